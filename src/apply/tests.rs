//! Apply against an inventory that fails, is killed, or belongs to somebody else too.

use super::*;
use crate::diff::{self, Rules};
use crate::fabric::End;
use crate::inventory::{
    Desired, DesiredDevice, DesiredInterface, DesiredKind, DeviceRecord, Field, InterfaceRecord,
    KEY_FIELD, Kind, Lookup, Object, Prerequisite, Snapshot, TAG, TargetRef, Write,
};
use crate::model::PlanId;
use crate::store::LocalInventory;
use std::collections::BTreeMap;
use std::path::Path;

const SITE: &str = "dc1";

/// Devices as (class, number, name) and cables as (device, slot, device, slot). Slots of a leaf:
/// 0–3 from its type, 4–5 owned. Slots of a server: 0–1, owned.
type Wanted<'a> = (&'a [(&'a str, u32, &'a str)], &'a [(u32, u16, u32, u16)]);

fn desired((devices, cables): Wanted) -> Arc<Desired> {
    let interface = |name: String, from_type: bool| DesiredInterface {
        key: name.to_lowercase(),
        name,
        interface_type: "other".to_owned(),
        from_type,
    };
    let kind = |class: &str, role: &str, interfaces: Vec<DesiredInterface>| DesiredKind {
        class: class.to_owned(),
        fabric: String::new(),
        role: role.to_owned(),
        device_type: format!("type-{role}"),
        external: None,
        interfaces,
    };
    let ports = |range: std::ops::Range<u16>| range.map(|n| (format!("E{n}"), "other".to_owned()));
    let leaf = || (0..6).map(|n| interface(format!("E{n}"), n < 4)).collect::<Vec<_>>();
    let gpu = (0..2).map(|n| interface(format!("nic{n}"), false)).collect();
    let kinds = vec![
        kind("leaf", "leaf", leaf()),
        kind("edge", "leaf", leaf()),
        kind("gpu", "server", gpu),
    ];
    let devices: Vec<_> = devices
        .iter()
        .map(|(class, number, name)| DesiredDevice {
            kind: kinds.iter().position(|k| k.class == *class).unwrap() as u32,
            number: *number,
            name: (*name).to_owned(),
        })
        .collect();
    let end = |device, slot| End { device, slot };
    let cables: Vec<_> = cables.iter().map(|(a, x, b, y)| (end(*a, *x), end(*b, *y))).collect();
    let owned = |e: &End| {
        let kind = &kinds[devices[e.device as usize].kind as usize];
        !kind.interfaces[usize::from(e.slot)].from_type
    };
    let mut interfaces: Vec<End> =
        cables.iter().flat_map(|(a, b)| [*a, *b]).filter(owned).collect();
    interfaces.sort_unstable();
    let named = |s: &str| (s.to_owned(), s.to_owned());
    let mut prerequisites = Vec::new();
    let (name, slug) = named(SITE);
    prerequisites.push(Prerequisite::Site { name, slug });
    let (name, slug) = named("acme");
    prerequisites.push(Prerequisite::Manufacturer { name, slug });
    for (role, ports) in [("leaf", ports(0..4).collect()), ("server", Vec::new())] {
        prerequisites.push(Prerequisite::DeviceType {
            manufacturer: "acme".to_owned(),
            model: role.to_owned(),
            slug: format!("type-{role}"),
            u_height: 1,
            interfaces: ports,
        });
        let (name, slug) = named(role);
        prerequisites.push(Prerequisite::DeviceRole { name, slug });
    }
    let (name, slug) = named(TAG);
    prerequisites.push(Prerequisite::Tag { name, slug });
    prerequisites.push(Prerequisite::CustomField { name: KEY_FIELD.to_owned() });
    Arc::new(Desired {
        plan: Some(PlanId(uuid::Uuid::from_u128(7))),
        site: SITE.to_owned(),
        name_prefix: String::new(),
        prerequisites,
        kinds,
        devices,
        interfaces,
        cables,
        racking: None,
        kept: BTreeMap::new(),
    })
}

fn snapshot(inventory: &mut dyn Inventory) -> Snapshot {
    inventory.read(SITE, &Progress::new()).unwrap()
}

fn changes(inventory: &mut dyn Inventory, wanted: Wanted) -> ChangeSet {
    let mut findings = Vec::new();
    let snapshot = snapshot(inventory);
    diff::compute(&desired(wanted), &Rules::default(), &snapshot, &mut findings, &Progress::new())
        .unwrap()
}

fn state(inventory: &mut dyn Inventory) -> String {
    let s = snapshot(inventory);
    serde_json::to_string(&(s.devices(), s.interfaces(), s.cables())).unwrap()
}

/// Keeps entries, and fails after some.
struct Notes {
    left: usize,
    entries: Vec<Entry>,
}

fn notes() -> Notes {
    Notes { left: usize::MAX, entries: Vec::new() }
}

impl Journal for Notes {
    fn run_id(&self) -> &str {
        "run"
    }

    fn note(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        if self.left == 0 {
            return Err(ApplyError::Journal { cause: "killed".to_owned() });
        }
        self.left -= 1;
        self.entries.push(entry.clone());
        Ok(())
    }
}

/// An inventory that dies at a write: before it, or after it with the answer lost.
struct Dying<'a> {
    inner: &'a mut LocalInventory,
    writes_left: usize,
    answer_lost: bool,
}

impl Inventory for Dying<'_> {
    fn target(&self, site: &str) -> TargetRef {
        self.inner.target(site)
    }
    fn read(&mut self, site: &str, progress: &Progress) -> Result<Snapshot, InventoryError> {
        self.inner.read(site, progress)
    }
    fn fetch(&mut self, wanted: &[Lookup]) -> Result<Vec<Option<Object>>, InventoryError> {
        self.inner.fetch(wanted)
    }
    fn present(&mut self, wanted: &[Prerequisite]) -> Result<Vec<bool>, InventoryError> {
        self.inner.present(wanted)
    }
    fn last_run(&mut self, plan: PlanId, site: &str) -> Result<Option<String>, InventoryError> {
        self.inner.last_run(plan, site)
    }

    fn begin_run(&mut self, plan: PlanId, site: &str, run: &str) -> Result<(), InventoryError> {
        self.inner.begin_run(plan, site, run)
    }
    fn write(&mut self, batch: &[Write]) -> Result<Vec<u64>, InventoryError> {
        let dead = || InventoryError::Refused { what: "it".to_owned(), cause: "killed".to_owned() };
        if self.writes_left == 0 {
            if self.answer_lost {
                self.inner.write(batch)?;
            }
            return Err(dead());
        }
        self.writes_left -= 1;
        self.inner.write(batch)
    }
}

fn apply_all(inventory: &mut dyn Inventory, changes: &ChangeSet) -> Report {
    run(changes, inventory, &mut notes(), &Progress::new()).unwrap()
}

fn foreign(inventory: &mut LocalInventory) {
    let device = DeviceRecord {
        name: "router".to_owned(),
        site: SITE.to_owned(),
        role: "leaf".to_owned(),
        device_type: "type-leaf".to_owned(),
        status: "active".to_owned(),
        other: [("serial".to_owned(), serde_json::json!("S-1"))].into(),
        ..DeviceRecord::default()
    };
    inventory.write(&[Write::Create { object: Object::Device(device) }]).unwrap();
}

/// The records of somebody else, as text.
fn foreign_state(inventory: &mut dyn Inventory) -> String {
    let s = snapshot(inventory);
    let router = s.device_named("router").unwrap();
    let interfaces: Vec<_> = s.interfaces().iter().filter(|i| i.device == router.id).collect();
    serde_json::to_string(&(router, interfaces)).unwrap()
}

const FIRST: Wanted = (
    &[
        ("leaf", 1, "leaf-1"),
        ("leaf", 2, "leaf-2"),
        ("leaf", 3, "leaf-3"),
        ("gpu", 1, "gpu-1"),
        ("gpu", 2, "gpu-2"),
    ],
    &[(3, 0, 0, 0), (3, 1, 1, 0), (4, 0, 0, 4), (4, 1, 2, 1)],
);

/// What the plan may become.
const NEXT: [Wanted; 6] = [
    // Two cables swap their leaf ports, a third follows into a freed one.
    (FIRST.0, &[(3, 0, 1, 0), (3, 1, 0, 0), (4, 0, 2, 1), (4, 1, 0, 4)]),
    // A leaf goes; its cable moves to another.
    (
        &[("leaf", 1, "leaf-1"), ("leaf", 2, "leaf-2"), ("gpu", 1, "gpu-1"), ("gpu", 2, "gpu-2")],
        &[(2, 0, 0, 0), (2, 1, 1, 0), (3, 0, 0, 4), (3, 1, 1, 5)],
    ),
    // Names go round; one differs in case.
    (
        &[
            ("leaf", 1, "leaf-2"),
            ("leaf", 2, "Leaf-3"),
            ("leaf", 3, "leaf-1"),
            ("gpu", 1, "GPU-1"),
            ("gpu", 2, "gpu-2"),
        ],
        FIRST.1,
    ),
    // A leaf of another class takes the name of one that goes, and its cables.
    (
        &[
            ("edge", 1, "leaf-1"),
            ("leaf", 2, "leaf-2"),
            ("leaf", 3, "leaf-3"),
            ("gpu", 1, "gpu-1"),
            ("gpu", 2, "gpu-2"),
        ],
        &[(3, 0, 0, 0), (3, 1, 1, 0), (4, 0, 0, 4), (4, 1, 2, 1)],
    ),
    // It grows.
    (
        &[
            ("leaf", 1, "leaf-1"),
            ("leaf", 2, "leaf-2"),
            ("leaf", 3, "leaf-3"),
            ("gpu", 1, "gpu-1"),
            ("gpu", 2, "gpu-2"),
            ("gpu", 3, "gpu-3"),
        ],
        &[(3, 0, 0, 0), (3, 1, 1, 0), (4, 0, 0, 4), (4, 1, 2, 1), (5, 0, 0, 5), (5, 1, 1, 3)],
    ),
    // Nothing is left.
    (&[], &[]),
];

/// An inventory with the first plan applied and a foreign device.
fn applied(path: &Path) -> LocalInventory {
    let mut inventory = LocalInventory::open(path).unwrap();
    let set = changes(&mut inventory, FIRST);
    apply_all(&mut inventory, &set);
    foreign(&mut inventory);
    inventory
}

#[test]
fn after_an_apply_nothing_is_left_to_change_and_nothing_foreign_was_touched() {
    for wanted in NEXT {
        let dir = tempfile::tempdir().unwrap();
        let mut inventory = applied(&dir.path().join("inv"));
        let before = foreign_state(&mut inventory);
        let set = changes(&mut inventory, wanted);
        assert!(!set.is_empty());
        let progress = Progress::new();
        let mut journal = notes();
        let report = run(&set, &mut inventory, &mut journal, &progress).unwrap();
        let counts = [set.added(), set.modified(), set.deleted()];
        let total: u64 = counts.iter().map(Counts::total).sum();
        assert_eq!(report.written.total() + report.skipped.total(), total);
        assert_eq!(progress.report().done, progress.report().total);
        assert_eq!(journal.entries.last(), Some(&Entry::End { ending: Ending::Done }));
        assert!(changes(&mut inventory, wanted).is_empty(), "{wanted:?}");
        assert_eq!(foreign_state(&mut inventory), before);
        // The same set again writes nothing.
        let after = state(&mut inventory);
        assert_eq!(apply_all(&mut inventory, &set).written, Counts::default(), "{wanted:?}");
        assert_eq!(state(&mut inventory), after);
    }
}

#[test]
fn a_cable_that_moves_off_a_device_that_goes_stays_the_same_cable() {
    let dir = tempfile::tempdir().unwrap();
    let mut inventory = applied(&dir.path().join("inv"));
    let ids = |inventory: &mut LocalInventory| -> Vec<u64> {
        snapshot(inventory).cables().iter().map(|c| c.id).collect()
    };
    let before = ids(&mut inventory);
    let set = changes(&mut inventory, NEXT[1]);
    assert_eq!((set.modified().cables, set.deleted().devices), (1, 1));
    apply_all(&mut inventory, &set);
    assert_eq!(ids(&mut inventory), before);
}

#[test]
fn killed_anywhere_and_resumed_it_reaches_the_same_end() {
    let dir = tempfile::tempdir().unwrap();
    let (empty, full) = (dir.path().join("empty"), dir.path().join("full"));
    drop(LocalInventory::open(&empty).unwrap());
    drop(applied(&full));
    let starts = std::iter::once((&empty, FIRST)).chain(NEXT.iter().map(|wanted| (&full, *wanted)));
    for (start, wanted) in starts {
        let path = dir.path().join("inv");
        std::fs::copy(start, &path).unwrap();
        let mut inventory = LocalInventory::open(&path).unwrap();
        let set = changes(&mut inventory, wanted);
        let set: ChangeSet = serde_json::from_str(&serde_json::to_string(&set).unwrap()).unwrap();
        let mut journal = notes();
        run(&set, &mut inventory, &mut journal, &Progress::new()).unwrap();
        let end = state(&mut inventory);
        drop(inventory);
        let entries = journal.entries.len();
        for n in 0..entries * 3 {
            std::fs::copy(start, &path).unwrap();
            let mut inventory = LocalInventory::open(&path).unwrap();
            if n < entries {
                let mut journal = Notes { left: n, entries: Vec::new() };
                let killed = run(&set, &mut inventory, &mut journal, &Progress::new());
                assert!(killed.is_err(), "{n}");
            } else {
                let mut dying = Dying {
                    inner: &mut inventory,
                    writes_left: n / 2 - entries / 2,
                    answer_lost: n % 2 == 0,
                };
                // With enough writes left it does not die at all.
                let result = run(&set, &mut dying, &mut notes(), &Progress::new());
                assert!(matches!(result, Ok(_) | Err(ApplyError::Inventory(_))), "{result:?}");
            }
            drop(inventory);
            let mut inventory = LocalInventory::open(&path).unwrap();
            apply_all(&mut inventory, &set);
            assert_eq!(state(&mut inventory), end, "stopped at {n}: {wanted:?}");
        }
    }
}

#[test]
fn what_is_not_as_approved_stops_the_run_untouched() {
    let modify = |kind, id, field, value: &str| Write::Modify {
        kind,
        id,
        fields: vec![(field, value.to_owned())],
    };
    let port = |s: &Snapshot, device: &str, port: &str| {
        s.interface_named(s.device_named(device).unwrap().id, port).unwrap().id
    };
    let create = |object| Write::Create { object };
    let check = |wanted: Wanted, meddle: &dyn Fn(&Snapshot) -> Vec<Write>, words: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        let mut inventory = applied(&dir.path().join("inv"));
        let set = changes(&mut inventory, wanted);
        let now = snapshot(&mut inventory);
        inventory.write(&meddle(&now)).unwrap();
        let before = state(&mut inventory);
        let error = run(&set, &mut inventory, &mut notes(), &Progress::new()).unwrap_err();
        assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
        for word in words {
            assert!(error.to_string().contains(word), "{error} should say {word}");
        }
        assert_eq!(state(&mut inventory), before);
    };
    let device = |name: &str| {
        create(Object::Device(DeviceRecord {
            name: name.to_owned(),
            site: SITE.to_owned(),
            role: "server".to_owned(),
            device_type: "type-server".to_owned(),
            status: "active".to_owned(),
            ..DeviceRecord::default()
        }))
    };
    let cable = |a, b| {
        create(Object::Cable(crate::inventory::CableRecord {
            a,
            b,
            status: "connected".to_owned(),
            ..Default::default()
        }))
    };
    // A foreign device with a wanted name.
    check(NEXT[4], &|_| vec![device("GPU-3")], &["device gpu-3", "GPU-3", "nobody's"]);
    // A taken port, of a new cable and of one that moves.
    check(
        NEXT[4],
        &|s| vec![cable(port(s, "leaf-2", "E3"), port(s, "router", "E0"))],
        &["gpu-3 nic1 – leaf-2 E3", "connected"],
    );
    // A foreign interface where the plan makes its own.
    check(
        NEXT[1],
        &|s| {
            vec![create(Object::Interface(InterfaceRecord {
                device: s.device_named("leaf-2").unwrap().id,
                name: "E5".to_owned(),
                interface_type: "other".to_owned(),
                ..InterfaceRecord::default()
            }))]
        },
        &["leaf-2 E5"],
    );
    // A device to delete and a device to rename were renamed by somebody.
    check(
        NEXT[1],
        &|s| vec![modify(Kind::Device, s.device_named("leaf-3").unwrap().id, Field::Name, "x")],
        &["leaf-3", "device x", "approve again"],
    );
    check(
        NEXT[2],
        &|s| vec![modify(Kind::Device, s.device_named("leaf-3").unwrap().id, Field::Name, "x")],
        &["leaf-3", "device x"],
    );
    // A cable to move was moved by somebody.
    check(
        NEXT[0],
        &|s| {
            let moved = s.cable_at(port(s, "leaf-1", "E0")).unwrap().id;
            let to = port(s, "router", "E1").to_string();
            vec![modify(Kind::Cable, moved, Field::B, &to)]
        },
        &["gpu-1 nic0 – leaf-1 E0"],
    );
}

#[test]
fn another_inventory_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut one = LocalInventory::open(&dir.path().join("one")).unwrap();
    let mut two = LocalInventory::open(&dir.path().join("two")).unwrap();
    let set = changes(&mut one, FIRST);
    let error = run(&set, &mut two, &mut notes(), &Progress::new()).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    assert_eq!(snapshot(&mut two).devices(), []);
}

#[test]
fn a_cancelled_run_says_so_and_goes_on_later() {
    let dir = tempfile::tempdir().unwrap();
    let mut inventory = LocalInventory::open(&dir.path().join("inv")).unwrap();
    let set = changes(&mut inventory, FIRST);
    let (progress, mut journal) = (Progress::new(), notes());
    progress.cancel();
    let error = run(&set, &mut inventory, &mut journal, &progress).unwrap_err();
    assert!(matches!(error, ApplyError::Cancelled(_)), "{error}");
    assert_eq!(journal.entries.last(), Some(&Entry::End { ending: Ending::Cancelled }));
    apply_all(&mut inventory, &set);
    assert!(changes(&mut inventory, FIRST).is_empty());
}

#[test]
fn the_sample_is_applied_to_an_empty_inventory_and_then_equals_the_plan() {
    use crate::catalog::Catalog;
    use crate::evaluate::{Inputs, evaluate};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let id = PlanId(uuid::Uuid::from_u128(7));
    let plan = crate::plan::preset::build("rail-optimised", &[], id).unwrap();
    let catalog = Catalog::built_in().unwrap();
    let mut inventory = LocalInventory::open(&path).unwrap();
    let progress = Progress::new();
    let evaluation = |inventory: &mut LocalInventory| {
        let snapshot = inventory.read(&plan.spec.target.site, &progress).unwrap();
        let inputs = Inputs::of(&plan, &catalog).against(Some(&snapshot));
        evaluate(&inputs, &progress).unwrap().changes.unwrap()
    };
    let set = evaluation(&mut inventory);
    assert!(set.added().cables > 1000);
    let report = apply_all(&mut inventory, &set);
    assert_eq!(report.written, set.added());
    drop(inventory);
    let mut inventory = LocalInventory::open(&path).unwrap();
    assert!(evaluation(&mut inventory).is_empty());
}
