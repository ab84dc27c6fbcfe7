//! Which rows a table has, in which order, and what stands in their cells.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::natural::compare;
use super::*;
use crate::catalog::Catalog;
use crate::diff::{Addition, Deletion, Drifted, DriftedField, Modification, Purpose, Reason};
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::inventory::{CableRecord, DeviceRecord, Field, InterfaceRecord, Kind, Object};
use crate::model::PlanId;
use crate::plan::{Racks, preset};
use proptest::prelude::*;
use std::sync::OnceLock;

/// The sample plan, 1,024 GPUs, in racks.
fn sample() -> &'static Evaluation {
    static SAMPLE: OnceLock<Evaluation> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let id = PlanId(uuid::Uuid::from_u128(1));
        let mut plan = preset::build("rail-optimised", &[], id).unwrap();
        plan.spec.racks = Some(Racks::of("heddle-rack-48u"));
        let catalog = Catalog::built_in().unwrap();
        let answer = evaluate(&Inputs::of(&plan, &catalog), &Progress::new()).unwrap();
        assert!(!answer.has_errors());
        answer
    })
}

/// A change set in which every third device is new, every fifth changed, and so on.
fn changes() -> ChangeSet {
    let desired = &sample().desired;
    let every = |len: usize, n: usize| (0..len as u32).step_by(n);
    let additions = every(desired.devices.len(), 3)
        .map(Addition::Device)
        .chain(every(desired.interfaces.len(), 7).map(Addition::Interface))
        .chain(every(desired.cables.len(), 5).map(Addition::Cable));
    let modification = |desired, old, key: String| Modification {
        old,
        desired,
        key,
        name: String::new(),
        fields: Vec::new(),
        ends: None,
        reason: Reason::FieldDiffers,
    };
    let old_device = || Object::Device(DeviceRecord::default());
    let old_cable = || Object::Cable(CableRecord::default());
    let devices = (1..desired.devices.len() as u32).step_by(3);
    let cables = (1..desired.cables.len() as u32).step_by(9);
    ChangeSet {
        desired: Arc::clone(desired),
        additions: additions.collect(),
        modifications: devices
            .map(|n| modification(Addition::Device(n), old_device(), desired.device_key(n)))
            .chain(cables.map(|n| {
                let key = desired.cable_key(desired.cables[n as usize].0);
                modification(Addition::Cable(n), old_cable(), key)
            }))
            .collect(),
        ..ChangeSet::default()
    }
}

fn drifted(kind: Kind, key: &str) -> Drifted {
    let field = DriftedField {
        field: Field::Role,
        applied: String::new(),
        found: "x".into(),
        overwritten: false,
    };
    Drifted { kind, id: 1, key: key.into(), name: key.into(), fields: vec![field] }
}

fn unchanged() -> Tables {
    Tables::of(&sample().fabric, None, None)
}

fn rows(tables: &Tables, query: &TableQuery) -> Rows {
    tables.rows(query, &Progress::new()).unwrap()
}

/// Rows of a table with a filter over its default columns.
fn filtered(tables: &Tables, kind: TableKind, filter: &str) -> Vec<u32> {
    rows(tables, &TableQuery { filter: filter.into(), ..TableQuery::all(kind) }).order
}

fn row_of(tables: &Tables, kind: TableKind, filter: &str) -> u32 {
    let found = filtered(tables, kind, filter);
    assert_eq!(found.len(), 1, "{filter}");
    found[0]
}

#[test]
fn the_first_rows_of_the_sample() {
    let tables = unchanged();
    let mut text = String::new();
    for kind in TableKind::ALL {
        let all = rows(&tables, &TableQuery::all(kind));
        assert_eq!((all.changed, all.order.len()), (0, all.total as usize));
        assert_eq!(all.order, Vec::from_iter(0..all.total));
        let first = all.order.into_iter().take(3);
        text += &format!("{} {}\n", all.total, kind.title());
        text += &tables.tsv(kind, first, kind.columns()).replace('\t', " | ");
    }
    assert_eq!(text, FIRST_ROWS);
}

const FIRST_ROWS: &str = "\
156 Devices
Name | State | Role | Class | Fabric | Model | SU | Pod | Rail | Rack | Unit | Ports used | Ports
be-leaf-01 | not compared | leaf | be-leaf | backend | celestica-ds5000 | 1 |  | 0 | su-1-r09 | 1 | 96 | 96
be-leaf-02 | not compared | leaf | be-leaf | backend | celestica-ds5000 | 1 |  | 1 | su-1-r09 | 3 | 96 | 96
be-leaf-03 | not compared | leaf | be-leaf | backend | celestica-ds5000 | 1 |  | 2 | su-1-r09 | 5 | 96 | 96
3776 Ports
Device | Port | State | Zone | Speed (Gb/s) | Cage | Lane | Far device | Far port
be-leaf-01 | E1/1/1 | not compared | server | 400 | 1 | 1 | gpu-001 | rail-0-p0
be-leaf-01 | E1/1/2 | not compared | server | 400 | 1 | 2 | gpu-002 | rail-0-p0
be-leaf-01 | E1/2/1 | not compared | server | 400 | 2 | 1 | gpu-003 | rail-0-p0
1856 Cables
Lower device | Lower port | Upper device | Upper port | State | Fabric | Between | Speed (Gb/s) | Kind | Cable | Length (m) | Key
gpu-001 | rail-0-p0 | be-leaf-01 | E1/1/1 | not compared | backend | server-leaf | 400 | fibre between optics | mpo12-apc-mmf | 15 | cable/gpu/1/rail-0/0
gpu-002 | rail-0-p0 | be-leaf-01 | E1/1/2 | not compared | backend | server-leaf | 400 | fibre between optics | mpo12-apc-mmf | 10 | cable/gpu/2/rail-0/0
gpu-003 | rail-0-p0 | be-leaf-01 | E1/2/1 | not compared | backend | server-leaf | 400 | fibre between optics | mpo12-apc-mmf | 10 | cable/gpu/3/rail-0/0
";

#[test]
fn names_are_in_natural_order() {
    let sorted = [
        "",
        "2",
        "10",
        "E1/2",
        "E1/10",
        "E2/1",
        "leaf",
        "leaf-02",
        "leaf-2",
        "leaf-10",
        "leaf-99999999999999999999",
        "leaf-100000000000000000000",
        "leaf-a",
        "Leaf-b",
        "leafs",
        "swp1s0",
        "swp1s1",
        "swp10s0",
        "ä",
    ];
    for (n, one) in sorted.iter().enumerate() {
        for (m, other) in sorted.iter().enumerate() {
            assert_eq!(compare(one, other), n.cmp(&m), "{one} {other}");
        }
    }
}

#[test]
fn ids_tell_the_columns_of_a_table_apart() {
    for kind in TableKind::ALL {
        let tables = unchanged();
        for column in kind.columns() {
            assert_eq!(kind.column(column.id()), Some(*column));
            assert_eq!(kind.columns().iter().filter(|c| *c == column).count(), 1);
            assert!(column.unit().is_none() || column.is_number());
            let is_known = (0..50).any(|row| !tables.cell(kind, row, *column).is_empty());
            // Without pods nothing has one; only leaves have a rail.
            assert!(is_known || *column == Column::Pod, "{kind:?} {column:?}");
        }
        let others = [Column::Key, Column::Name, Column::FarDevice];
        for column in others.into_iter().filter(|c| !kind.columns().contains(c)) {
            let sort = Some((column, Direction::Descending));
            let columns = vec![column];
            let query = TableQuery { sort, columns, ..TableQuery::all(kind) };
            assert_eq!(rows(&tables, &query), rows(&tables, &TableQuery::all(kind)));
            assert_eq!(tables.cell(kind, 0, column), "");
            let query = TableQuery { filter: "e".into(), ..query };
            assert!(rows(&tables, &query).order.is_empty());
        }
        assert_eq!(tables.cell(kind, u32::MAX, Column::State), "");
        assert_eq!(tables.subject(kind, u32::MAX), None);
    }
}

#[test]
fn filters() {
    use TableKind::{Cables, Devices, Ports};
    let tables = Tables::of(&sample().fabric, Some(&changes()), None);
    let zoned = |class: &crate::fabric::Class| {
        let uplinks = class.slots.iter().filter(|slot| slot.zone() == "uplink").count();
        uplinks * class.count as usize
    };
    let uplinks = sample().fabric.classes.iter().map(zoned).sum();
    for (kind, filter, expected) in [
        (Devices, "", 156),
        (Devices, "  ", 156),
        (Devices, "gpu-", 128),
        (Devices, "GPU-007", 1),
        (Devices, "gpu-007 server", 1),
        (Devices, "gpu-007 spine", 0),
        (Devices, "007", 1),
        (Devices, "name:gpu-00 role:SERVER", 9),
        (Devices, "state:added", 52),
        (Devices, "state:", 156),
        (Devices, "state:changed", 52),
        (Devices, "state:cables", 52),
        (Devices, "changed", 52),
        (Devices, "un", 0),
        (Devices, "su:1 role:server", 64),
        (Devices, "su:9", 0),
        (Devices, "su:x", 0),
        (Devices, "nothing:gpu", 0),
        (Devices, "class:gpu", 128),
        (Devices, "=be-leaf-1", 0),
        (Devices, "=BE-leaf-10", 1),
        (Devices, "name:=gpu-00", 0),
        (Devices, "device:=gpu-007", 1),
        (Devices, "role:=leaf", 18),
        (Devices, "=", 156),
        (Devices, "name:=", 156),
        (Devices, "\"gpu-007\" \"server\"", 1),
        (Devices, "\"gpu-007 server\"", 0),
        (Devices, "gpu-007\"", 0),
        (Cables, "device:=gpu-007", 10),
        (Cables, "device:=be-leaf-10", 96),
        (Cables, "device:be-leaf-1", 7 * 96),
        (Cables, "key:=cable/gpu/7/rail-3/0", 1),
        (Cables, "key:=cable/gpu/7/rail-3", 0),
        (Ports, "device:=gpu-007", 10),
        (Cables, "gpu-007", 10),
        (Cables, "key:cable/gpu/7/rail-3/0", 1),
        (Cables, "key:/7/rail-3", 1),
        (Cables, "cable/gpu/7/", 0),
        (Ports, "zone:uplink", uplinks),
        (Ports, "device:gpu-007", 10),
    ] {
        assert_eq!(filtered(&tables, kind, filter).len(), expected, "{kind:?} {filter}");
    }
    // Both ends of a cable have their device, shown or not.
    let unshown = TableQuery {
        filter: "device:=be-leaf-10".into(),
        columns: vec![Column::Speed],
        ..TableQuery::all(Cables)
    };
    assert_eq!(rows(&tables, &unshown).order.len(), 96);
    let with_key = TableQuery {
        filter: "cable/gpu/7/".into(),
        columns: vec![Column::Key],
        ..TableQuery::all(Cables)
    };
    assert_eq!(rows(&tables, &with_key).order.len(), 10);
    let long = TableQuery { filter: "cable/gpu/7/".repeat(6), ..with_key };
    assert!(rows(&tables, &long).order.is_empty());
}

#[test]
fn keys_are_those_of_the_inventory() {
    let (tables, desired) = (unchanged(), &sample().desired);
    for (n, (lower, _)) in (0u32..).zip(&desired.cables) {
        assert_eq!(tables.cell(TableKind::Cables, n, Column::Key), desired.cable_key(*lower));
    }
}

#[test]
fn rows_stand_for_what_the_fabric_has() {
    let (tables, fabric) = (unchanged(), &sample().fabric);
    let row = row_of(&tables, TableKind::Devices, "gpu-007");
    assert_eq!(tables.subject(TableKind::Devices, row), Some(Subject::Device(row)));
    assert_eq!(fabric.device_name(row), "gpu-007");
    assert_eq!(tables.subject(TableKind::Cables, 5), Some(Subject::Link(5)));
    let mut cabled = 0;
    for row in 0..rows(&tables, &TableQuery::all(TableKind::Ports)).total {
        let Some(Subject::Port(end, link)) = tables.subject(TableKind::Ports, row) else {
            panic!("row {row} is a port");
        };
        let Some(link) = link else { continue };
        let of = fabric.links[link as usize];
        let far = if of.a == end { of.b } else { of.a };
        assert!(of.a == end || of.b == end);
        let cell = |column| tables.cell(TableKind::Ports, row, column);
        assert_eq!(cell(Column::FarDevice), fabric.device_name(far.device));
        assert_eq!(cell(Column::FarPort), fabric.slot(far).unwrap().name);
        cabled += 1;
    }
    assert_eq!(cabled, 2 * fabric.links.len());
}

#[test]
fn the_clipboard_keeps_rows_and_cells_apart() {
    let mut fabric = Fabric::clone(&sample().fabric);
    fabric.classes[0].model = "tab\tand\r\nline".into();
    let tables = Tables::of(&Arc::new(fabric), None, None);
    let text = tables.tsv(TableKind::Devices, [1, 0, 900], &[Column::Model, Column::Su]);
    assert_eq!(text, "Model\tSU\ntab and  line\t1\ntab and  line\t1\n\t\n");
    let text = tables.tsv(TableKind::Cables, [], &[Column::Speed, Column::Length]);
    assert_eq!(text, "Speed (Gb/s)\tLength (m)\n");
}

#[test]
fn lengths() {
    for (text, expected) in [
        ("0.5", Some(50)),
        ("12", Some(1200)),
        ("2.75", Some(275)),
        ("2.", Some(200)),
        ("2.755", None),
        (".5", None),
        ("-1", None),
        ("99999999999", None),
        ("", None),
    ] {
        assert_eq!(metres::parse(text), expected, "{text}");
    }
    for length_cm in [0, 1, 10, 50, 99, 100, 1250, u32::MAX] {
        assert_eq!(metres::parse(&metres::text(length_cm)), Some(length_cm));
    }
}

#[test]
fn states_of_single_ports_and_cables() {
    use TableKind::{Cables, Devices, Ports};
    let (cable, port) = ("cable/gpu/7/rail-3/0", "interface/gpu/9/rail-1/0");
    let drift = Drift {
        changed: vec![drifted(Kind::Cable, cable), drifted(Kind::Interface, port)],
        ..Drift::default()
    };
    let tables = Tables::of(&sample().fabric, None, Some(&drift));
    let drifted = |kind| -> Vec<u32> { filtered(&tables, kind, "state:drifted") };
    assert_eq!(drifted(Devices).len(), 2, "as in the drawing");
    assert_eq!(drifted(Cables).len(), 1);
    assert_eq!(tables.cell(Cables, drifted(Cables)[0], Column::Key), cable);
    let names = drifted(Ports).into_iter().map(|row| tables.cell(Ports, row, Column::Device));
    let names: Vec<_> = names.collect();
    assert_eq!(names.len(), 3, "both ends of the cable, and the other port: {names:?}");
    let only = TableQuery { only_changed: true, ..TableQuery::all(Ports) };
    let only = rows(&tables, &only);
    assert_eq!((only.order, only.changed), (drifted(Ports), 3));

    let undo = |purpose| ChangeSet {
        purpose,
        desired: Arc::clone(&sample().desired),
        deletions: vec![Deletion {
            old: Object::Cable(CableRecord::default()),
            key: cable.into(),
            name: cable.into(),
            reason: Reason::Undone,
            interfaces: None,
            far: None,
        }],
        modifications: vec![Modification {
            old: Object::Interface(InterfaceRecord::default()),
            desired: Addition::Interface(0),
            key: port.into(),
            name: port.into(),
            fields: Vec::new(),
            ends: None,
            reason: Reason::Undone,
        }],
        ..ChangeSet::default()
    };
    let undone = undo(Purpose::Undo { run: "1".into() });
    let tables = Tables::of(&sample().fabric, Some(&undone), None);
    let removed = row_of(&tables, Cables, "state:removed");
    assert_eq!(tables.cell(Cables, removed, Column::Key), cable);
    let changed = filtered(&tables, Ports, "state:changed");
    assert_eq!(changed.len(), 3, "both ends of the cable that goes, and the other port");
}

#[test]
fn a_device_that_changes_in_its_cables_only_is_told_from_one_that_changes_itself() {
    use TableKind::Devices;
    let own = changes().modifications.swap_remove(0);
    let link = sample().fabric.links[0];
    let some = ChangeSet {
        desired: Arc::clone(&sample().desired),
        additions: vec![Addition::Cable(0)],
        modifications: vec![own],
        ..ChangeSet::default()
    };
    let tables = Tables::of(&sample().fabric, Some(&some), None);
    let mut ends = vec![link.a.device, link.b.device];
    ends.retain(|device| *device != 1);
    ends.sort_unstable();
    assert_eq!(filtered(&tables, Devices, "state:changed"), [1]);
    assert_eq!(filtered(&tables, Devices, "state:cables"), ends);
    assert_eq!(filtered(&tables, Devices, "\"state:its cables\""), ends);
    let only = TableQuery { only_changed: true, ..TableQuery::all(Devices) };
    let only = rows(&tables, &only);
    assert_eq!(only.changed as usize, ends.len() + 1, "it is counted as before");
    assert_eq!(only.order.len(), ends.len() + 1);
}

#[test]
fn what_is_removed_and_in_no_row_is_counted() {
    use TableKind::{Cables, Devices, Ports};
    let deletion = |old: Object, key: String| Deletion {
        old,
        key: key.clone(),
        name: key,
        reason: Reason::NotInPlan,
        interfaces: None,
        far: Some("device/gone/2".to_owned()),
    };
    let device = || Object::Device(DeviceRecord::default());
    let kept = sample().desired.device_key(0);
    let gone = ChangeSet {
        deletions: vec![
            deletion(device(), kept),
            deletion(device(), "device/gone/1".to_owned()),
            deletion(device(), "device/gone/2".to_owned()),
            deletion(Object::Cable(CableRecord::default()), "cable/gone/1/x/0".to_owned()),
        ],
        ..ChangeSet::default()
    };
    let tables = Tables::of(&sample().fabric, Some(&gone), None);
    assert_eq!(filtered(&tables, Devices, "state:removed"), [0]);
    assert_eq!([Devices, Cables, Ports].map(|kind| tables.removed(kind)), [2, 1, 0]);
    assert_eq!(unchanged().removed(Devices), 0);
}

#[test]
fn what_waits_for_devices_of_others_is_not_told_as_there() {
    use TableKind::{Cables, Ports};
    let desired = Arc::clone(&sample().desired);
    let [first, second] = [0, 1].map(|n| sample().fabric.links[n]);
    let state = |tables: &Tables, kind, row| tables.cell(kind, row, Column::State).into_owned();
    let waiting = ChangeSet {
        desired,
        // Of what is to be made nothing waits.
        additions: vec![Addition::Cable(1)],
        not_made: vec![0, 1],
        ..ChangeSet::default()
    };
    let tables = Tables::of(&sample().fabric, Some(&waiting), None);
    let words = [0, 1, 2].map(|row| state(&tables, Cables, row));
    assert_eq!(words, ["waits", "added", "unchanged"]);
    assert_eq!(tables.state(Cables, 0), State::Unchanged, "nothing is done about it");
    let mut seen = 0;
    for row in 0..rows(&tables, &TableQuery::all(Ports)).total {
        let Some(Subject::Port(end, _)) = tables.subject(Ports, row) else { continue };
        let expected = match end {
            end if [first.a, first.b].contains(&end) => "waits",
            end if [second.a, second.b].contains(&end) => "changed",
            _ => "unchanged",
        };
        assert_eq!(state(&tables, Ports, row), expected, "{end:?}");
        seen += u32::from(expected == "waits");
    }
    assert_eq!(seen, 2);
    assert_eq!(filtered(&tables, Cables, "state:waits"), [0]);
    // A way back numbers its cables otherwise.
    let back = ChangeSet { purpose: Purpose::Destroy, ..waiting };
    let tables = Tables::of(&sample().fabric, Some(&back), None);
    assert_eq!(state(&tables, Cables, 0), "not touched");
}

#[test]
fn a_port_comes_and_goes_with_its_device() {
    let changes = changes();
    let tables = Tables::of(&sample().fabric, Some(&changes), None);
    let kind = TableKind::Ports;
    for row in 0..rows(&tables, &TableQuery::all(kind)).total {
        let Some(Subject::Port(end, _)) = tables.subject(kind, row) else {
            panic!("row {row} is a port");
        };
        let is_new = end.device % 3 == 0;
        let state = tables.state(kind, row);
        assert!(!is_new || state == State::Added);
        let own = changes.desired.interfaces.iter().position(|of| *of == end);
        if own.is_some_and(|n| n % 7 == 0) {
            assert_eq!(state, State::Added);
        }
    }
}

#[test]
fn nobody_waits_for_an_answer_that_is_not_wanted() {
    let progress = Progress::new();
    progress.cancel();
    let query = TableQuery::all(TableKind::Cables);
    assert_eq!(unchanged().rows(&query, &progress), Err(Cancelled));
}

/// The same answer by way of the texts, as slow as it is plain.
fn plainly(tables: &Tables, query: &TableQuery) -> Vec<u32> {
    let kind = query.kind;
    let total = rows(tables, &TableQuery::all(kind)).total;
    let cell = |row, column: Column| tables.cell(kind, row, column);
    let has_text = |row, column, word: &str| {
        let (cell, word) = (cell(row, column).to_lowercase(), word.to_lowercase());
        if column == Column::State { cell.starts_with(&word) } else { cell.contains(&word) }
    };
    let has = |row, word: &str| match word.split_once(':') {
        Some((id, word)) if kind.column(id).is_some() => {
            let column = kind.column(id).unwrap();
            let is_number = column.is_number();
            let is_in =
                if is_number { cell(row, column) == word } else { has_text(row, column, word) };
            word.is_empty() || is_in
        }
        _ => query.columns.iter().any(|c| !c.is_number() && has_text(row, *c, word)),
    };
    let is_kept = |row: &u32| {
        (!query.only_changed || cell(*row, Column::State) != "unchanged")
            && query.filter.split_whitespace().all(|word| has(*row, word))
    };
    let mut order: Vec<u32> = (0..total).filter(is_kept).collect();
    let Some((column, direction)) = query.sort else { return order };
    order.sort_by(|a, b| {
        let (a, b) = (cell(*a, column), cell(*b, column));
        let blanks = a.is_empty().cmp(&b.is_empty());
        let by_value = if column.is_number() && blanks.is_eq() && !a.is_empty() {
            let number = |text: &str| text.parse::<f64>().unwrap();
            number(&a).total_cmp(&number(&b))
        } else {
            compare(&a, &b)
        };
        let by_value =
            if direction == Direction::Ascending { by_value } else { by_value.reverse() };
        blanks.then(by_value)
    });
    order
}

const FIXED: &[&str] =
    &["state:added", "CHANGED", "unchanged", "e", "1", "et-0/0/0:1", "speed:400", ":"];

/// A word that may be found: a part of a cell, plain or with the id of its column, or none.
fn words(kind: TableKind) -> impl Strategy<Value = String> {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    let tables = TABLES.get_or_init(unchanged);
    let parts = (
        0..150u32,
        prop::sample::select(kind.columns()),
        any::<(prop::sample::Index, prop::sample::Index)>(),
    );
    let found = (parts, 0..4u8).prop_map(move |((row, column, (from, to)), how)| {
        let cell = tables.cell(kind, row, column).into_owned();
        let (from, to) = (from.index(cell.len() + 1), to.index(cell.len() + 1));
        let part = cell.get(from.min(to)..from.max(to)).unwrap_or_default();
        match how {
            0 => part.to_uppercase(),
            1 => part.to_owned(),
            2 => format!("{}:{part}", column.id()),
            _ => format!("{}:{cell}", column.id().to_uppercase()),
        }
    });
    prop_oneof![6 => found, 1 => prop::sample::select(FIXED).prop_map(str::to_owned)]
}

fn queries() -> impl Strategy<Value = TableQuery> {
    prop::sample::select(&TableKind::ALL[..]).prop_flat_map(|kind| {
        let columns = prop::sample::subsequence(kind.columns().to_vec(), 0..=kind.columns().len());
        let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
        let sort = prop::option::of((prop::sample::select(kind.columns()), direction));
        let filter = prop::collection::vec(words(kind), 0..3).prop_map(|words| words.join(" "));
        (columns, sort, filter, any::<bool>()).prop_map(
            move |(columns, sort, filter, only_changed)| TableQuery {
                kind,
                filter,
                only_changed,
                sort,
                columns,
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn rows_are_those_that_the_texts_say(query in queries()) {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        let tables =
            TABLES.get_or_init(|| Tables::of(&sample().fabric, Some(&changes()), None));
        let found = rows(tables, &query);
        prop_assert_eq!(&found.order, &plainly(tables, &query));
        // Sorting moves rows and neither makes nor loses one.
        let mut again = found.order;
        again.sort_unstable();
        prop_assert_eq!(again, rows(tables, &TableQuery { sort: None, ..query }).order);
    }

    #[test]
    fn natural_order_is_an_order(
        mut names in prop::collection::vec("[aB0-2ä/-]{0,6}", 3)
    ) {
        let (a, b) = (&names[0], &names[1]);
        prop_assert_eq!(compare(a, b), compare(b, a).reverse());
        prop_assert_eq!(compare(a, b).is_eq(), a == b);
        names.sort_by(|a, b| compare(a, b));
        prop_assert!(compare(&names[0], &names[2]).is_le());
    }
}
