//! How long the tables of devices, ports and cables take, of the plan for 131,072 GPUs held
//! against an inventory in which one object in a hundred differs, on one core: to make them, to
//! sort each table by each of its columns, and to filter the cables. The first sort by a column of
//! names also puts the names in order, and the first look at the ports gathers them; what that
//! takes is in `first`.
//!
//! `cargo bench --bench tables`; the figures are in `docs/performance.md`.

#![allow(clippy::expect_used, reason = "a benchmark that cannot begin has to stop")]

mod plans;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use heddle::catalog::Catalog;
use heddle::evaluate::Evaluation;
use heddle::model::Progress;
use heddle::scene::tables::{Column, Direction, TableKind, TableQuery, Tables};
use plans::{Applied, Case, cases, empty, run};
use std::hint::black_box;
use std::time::Duration;

const FILTERS: [(&str, &str); 7] = [
    ("a_name", "gpu-777"),
    ("a_letter", "e"),
    ("nowhere", "nowhere"),
    ("three_words", "gpu be-leaf rail-3"),
    ("a_state", "state:added"),
    ("a_number", "speed:400"),
    ("a_key", "key:gpu/77"),
];

fn giant() -> Evaluation {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    let Case { name, plan, devices, links } =
        cases().into_iter().next_back().expect("the largest plan");
    let first = run(&plan, &catalog, &empty(&plan));
    assert_eq!((first.fabric.devices.len(), first.fabric.links.len()), (devices, links), "{name}");
    let changed = Applied::new(&plan, &first.desired, Some(100)).read();
    run(&plan, &catalog, &changed)
}

/// There are many columns, and each takes milliseconds.
fn brief(group: &mut BenchmarkGroup<WallTime>) {
    let half = Duration::from_millis(500);
    group.sample_size(20).warm_up_time(half).measurement_time(4 * half);
}

fn tables(criterion: &mut Criterion) {
    let evaluation = giant();
    let make = || Tables::of(&evaluation.fabric, evaluation.changes.as_deref(), None);
    let tables = make();
    let rows = |tables: &Tables, query: &TableQuery| {
        tables.rows(query, &Progress::new()).expect("nobody cancels")
    };

    let mut group = criterion.benchmark_group("tables/first");
    brief(&mut group);
    group.bench_function("make", |bencher| bencher.iter_with_large_drop(make));
    for (name, kind, column) in [
        ("ports", TableKind::Ports, None),
        ("cables_by_device", TableKind::Cables, Some(Column::LowerDevice)),
        ("cables_by_key", TableKind::Cables, Some(Column::Key)),
    ] {
        let sort = column.map(|column| (column, Direction::Ascending));
        let query = TableQuery { sort, ..TableQuery::all(kind) };
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(make, |new| rows(new, &query), BatchSize::PerIteration);
        });
    }
    group.finish();

    for kind in TableKind::ALL {
        let total = rows(&tables, &TableQuery::all(kind)).total;
        let mut group =
            criterion.benchmark_group(format!("tables/sort_{}", kind.title().to_lowercase()));
        group.throughput(Throughput::Elements(u64::from(total)));
        brief(&mut group);
        for column in kind.columns() {
            let sort = Some((*column, Direction::Ascending));
            let query = TableQuery { sort, ..TableQuery::all(kind) };
            group.bench_function(column.id(), |bencher| {
                bencher.iter_with_large_drop(|| rows(&tables, black_box(&query)));
            });
        }
        group.finish();
    }

    let mut group = criterion.benchmark_group("tables/filter_cables");
    brief(&mut group);
    let all = TableQuery {
        columns: TableKind::Cables.columns().to_vec(),
        ..TableQuery::all(TableKind::Cables)
    };
    for (name, filter) in FILTERS {
        let query = TableQuery { filter: filter.to_owned(), ..all.clone() };
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| rows(&tables, black_box(&query)));
        });
    }
    let query = TableQuery { only_changed: true, ..all.clone() };
    group.bench_function("only_changed", |bencher| {
        bencher.iter_with_large_drop(|| rows(&tables, black_box(&query)));
    });
    let sort = Some((Column::UpperDevice, Direction::Descending));
    let query = TableQuery { filter: "e".to_owned(), sort, ..all };
    group.bench_function("a_letter_and_sorted", |bencher| {
        bencher.iter_with_large_drop(|| rows(&tables, black_box(&query)));
    });
    group.finish();

    // What one frame draws: fifty rows from the middle.
    let mut group = criterion.benchmark_group("tables/draw");
    for kind in TableKind::ALL {
        let rows = rows(&tables, &TableQuery::all(kind));
        let shown: Vec<u32> =
            rows.order.iter().copied().skip(rows.order.len() / 2).take(50).collect();
        group.bench_function(format!("fifty_{}", kind.title().to_lowercase()), |bencher| {
            bencher.iter(|| {
                for row in black_box(&shown) {
                    for column in kind.columns() {
                        black_box(tables.cell(kind, *row, *column));
                    }
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, tables);
criterion_main!(benches);
