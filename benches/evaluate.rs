//! How long an evaluation takes, on one core: the sample, a fabric of 8,192 GPUs, and fabrics of
//! three tiers for 16,384 and 131,072 GPUs, each against an empty inventory, an equal one, and one
//! in which one object in a hundred differs; the last also with what was applied on record, by the
//! plan as it is and by one that was edited since. A plan's time and its answer's end are measured
//! together.
//!
//! `cargo bench --bench evaluate`; the figures are in `docs/performance.md`.

#![allow(clippy::expect_used, reason = "a benchmark that cannot begin has to stop")]

mod plans;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heddle::catalog::Catalog;
use heddle::diff::{Baseline, RunHistory};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::inventory::{Desired, Snapshot};
use heddle::model::Progress;
use heddle::plan::Plan;
use plans::{Applied, Case, cases, empty, run};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Evaluates a plan with what was applied before on record.
fn run_since(
    plan: &Plan,
    catalog: &Catalog,
    snapshot: &Snapshot,
    history: &RunHistory,
) -> Evaluation {
    let inputs = Inputs::of(plan, catalog).against(Some(snapshot));
    let inputs = Inputs { history: Some(history), ..inputs };
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

/// The history of a plan that was applied once. With `edited`, not quite as it is now: then the
/// target is held against both.
fn applied_once(desired: &Arc<Desired>, edited: bool) -> RunHistory {
    let mut desired = Arc::clone(desired);
    if edited {
        Arc::make_mut(&mut desired).name_prefix.push('x');
    }
    let baseline = Baseline { run: "1".to_owned(), desired, ..Baseline::default() };
    RunHistory { baseline: Some(baseline), runs: ["1".to_owned()].into(), ..RunHistory::default() }
}

fn evaluations(criterion: &mut Criterion) {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    for Case { name, plan, devices, links } in cases() {
        let empty = empty(&plan);
        let first = run(&plan, &catalog, &empty);
        assert!(!first.has_errors(), "{name}: {:?}", first.findings);
        assert_eq!((first.fabric.devices.len(), first.fabric.links.len()), (devices, links));

        let equal = Applied::new(&plan, &first.desired, None).read();
        let same = run(&plan, &catalog, &equal);
        let changes = same.changes.expect("changes");
        assert!(changes.is_empty() && changes.prerequisites.is_empty(), "{name} is not equal");
        let changed = Applied::new(&plan, &first.desired, Some(100)).read();
        let changes = run(&plan, &catalog, &changed).changes.expect("changes");
        assert_eq!(changes.added().cables, links.div_ceil(100) as u64, "{name}");

        let mut group = criterion.benchmark_group(name);
        // Elements per second: what a cable costs.
        group.throughput(Throughput::Elements(links as u64));
        group.sample_size(30).measurement_time(Duration::from_secs(6));
        for (against, snapshot) in [("empty", &empty), ("equal", &equal), ("changed", &changed)] {
            group.bench_function(against, |bencher| {
                bencher.iter(|| run(black_box(&plan), &catalog, black_box(snapshot)));
            });
        }
        for (against, edited) in [("changed_since_applied", false), ("changed_and_edited", true)] {
            let history = applied_once(&first.desired, edited);
            let told = run_since(&plan, &catalog, &changed, &history).drift.expect("a drift");
            assert!(!told.changed.is_empty() && told.gone.len() == links.div_ceil(100), "{name}");
            group.bench_function(against, |bencher| {
                bencher.iter(|| run_since(black_box(&plan), &catalog, &changed, &history));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, evaluations);
criterion_main!(benches);
