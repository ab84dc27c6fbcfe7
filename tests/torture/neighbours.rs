//! Two plans in one site, and other people's objects: nobody touches what is not theirs, and what
//! was approved is made only of what is still there as it was.

use super::home::{Home, LAB, fabric, foreign_device, foreign_prerequisites, tiny};
use heddle::inventory::{
    CableRecord, Field, InterfaceRecord, Inventory, Kind, Object, Snapshot, Write,
};
use heddle::model::Severity;
use heddle::plan::Plan;
use std::fs;

/// Everything that a plan owns, and all interfaces of its devices, as text.
fn owned_by(home: &Home, plan: &Plan) -> String {
    let s = home.snapshot();
    let prefix = format!("{}/", plan.metadata.id);
    let own = |key: &Option<String>| key.as_ref().is_some_and(|key| key.starts_with(&prefix));
    let devices: Vec<_> = s.devices().iter().filter(|d| own(&d.key)).collect();
    let of = |id| devices.iter().any(|d| d.id == id);
    let interfaces: Vec<_> = s.interfaces().iter().filter(|i| of(i.device)).collect();
    let cables: Vec<_> = s.cables().iter().filter(|c| own(&c.key)).collect();
    assert!(!devices.is_empty() && !interfaces.is_empty() && !cables.is_empty());
    serde_json::to_string(&(devices, interfaces, cables)).expect("text")
}

#[test]
fn two_plans_in_one_site_never_touch_each_other() {
    let home = Home::new();
    let theirs = fabric(2, "b-", 8);
    for servers in [2, 4, 1, 3] {
        home.make("a", &fabric(servers, "a-", 7)).expect("applied");
        if servers == 2 {
            home.make("b", &theirs).expect("applied");
        }
        assert_eq!(owned_by(&home, &theirs), {
            assert!(home.is_applied("b"));
            owned_by(&home, &theirs)
        });
    }
    // And the other way round.
    let mine = owned_by(&home, &fabric(3, "a-", 7));
    for servers in [5, 1] {
        home.make("b", &fabric(servers, "b-", 8)).expect("applied");
        assert_eq!(owned_by(&home, &fabric(3, "a-", 7)), mine);
    }
    home.audited("a");
    home.audited("b");
}

fn create(home: &Home, object: Object) -> u64 {
    let ids = home.open().write(&[Write::Create { object }]).expect("it is made");
    *ids.first().expect("an id")
}

/// An object as text.
fn record(s: &Snapshot, kind: Kind, id: u64) -> String {
    match kind {
        Kind::Device => serde_json::to_string(&s.device(id)),
        Kind::Interface => serde_json::to_string(&s.interface(id)),
        Kind::Cable => serde_json::to_string(&s.cables().iter().find(|c| c.id == id)),
    }
    .expect("text")
}

fn interface_on(s: &Snapshot, device: &str, name: &str) -> u64 {
    let device = s.device_named(device).expect("the device").id;
    s.interface_named(device, name).expect("the interface").id
}

#[test]
fn a_copied_key_is_a_finding_and_neither_object_is_touched() {
    let home = Home::new();
    home.make(LAB, &tiny(3, "")).expect("applied");
    let mut theirs = tiny(2, "b-");
    theirs.metadata.id = heddle::model::PlanId(uuid::Uuid::from_u128(8));
    home.make("b", &theirs).expect("applied");
    home.open().write(&foreign_prerequisites()).expect("they are made");
    for name in ["router-1", "router-2"] {
        create(&home, foreign_device(name, None));
    }
    let start = home;
    for (kind, whose) in [
        (Kind::Device, "nobody's"),
        (Kind::Interface, "nobody's"),
        (Kind::Cable, "nobody's"),
        (Kind::Interface, "b"),
        (Kind::Cable, "b"),
    ] {
        let home = start.copy();
        let s = home.snapshot();
        let own =
            |key: &Option<String>| key.as_deref().is_some_and(|key| key.contains("-000000000007/"));
        // The last of the plan: it goes when the plan shrinks.
        let device = s.devices().iter().rfind(|d| own(&d.key)).expect("a device");
        let (original, copy) = match kind {
            Kind::Device => {
                (device.id, create(&home, foreign_device("router-3", device.key.as_deref())))
            }
            Kind::Interface => {
                let i = s.interfaces().iter().rfind(|i| own(&i.key)).expect("an interface");
                let on = if whose == "b" { "b-node-001" } else { "router-1" };
                let copy = Object::Interface(InterfaceRecord {
                    id: 0,
                    name: "copy".to_owned(),
                    device: s.device_named(on).expect("the device").id,
                    ..i.clone()
                });
                (i.id, create(&home, copy))
            }
            Kind::Cable => {
                let c = s.cables().iter().rfind(|c| own(&c.key)).expect("a cable");
                let (a, b) = if whose == "b" {
                    let of_b = |key: &Option<String>| {
                        key.as_deref().is_some_and(|key| key.contains("-000000000008/"))
                    };
                    let gone = s.cables().iter().rfind(|c| of_b(&c.key)).expect("a cable");
                    let delete = Write::Delete { kind, id: gone.id };
                    home.open().write(&[delete]).expect("it goes");
                    (gone.a, gone.b)
                } else {
                    let end = |router| interface_on(&s, router, "Ethernet1");
                    (end("router-1"), end("router-2"))
                };
                (c.id, create(&home, Object::Cable(CableRecord { id: 0, a, b, ..c.clone() })))
            }
        };
        let s = home.snapshot();
        let both = |s: &Snapshot| [original, copy].map(|id| record(s, kind, id));
        let before = both(&s);
        assert!(before.iter().all(|text| text != "null"), "{before:?}");
        for servers in [3, 2, 4] {
            home.save(LAB, &tiny(servers, ""));
            let evaluation = home.evaluation(LAB);
            let errors = evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
            let codes: Vec<String> = errors.map(|f| f.code.to_string()).collect();
            assert!(codes.iter().any(|code| code == "key-collision"), "{kind:?}: {codes:?}");
            let changes = evaluation.changes.expect("a change set");
            let touched = |id: u64| {
                let modified = changes.modifications.iter().map(|m| &m.old);
                let all = modified.chain(changes.deletions.iter().map(|d| &d.old));
                all.into_iter().any(|old| old.kind() == kind && old.id() == id)
            };
            assert!(!touched(copy) && !touched(original), "{kind:?} of {whose}, {servers}");
            let error = home.write_set(LAB).expect_err("it has errors").to_string();
            assert!(error.contains("the plan has errors"), "{error}");
        }
        assert_eq!(both(&home.snapshot()), before);
    }
}

#[test]
fn a_key_copied_after_the_approval_is_not_followed() {
    let home = Home::new();
    home.make(LAB, &tiny(3, "")).expect("applied");
    home.save(LAB, &tiny(2, ""));
    home.plan_and_approve(LAB);
    home.open().write(&foreign_prerequisites()).expect("they are made");
    let s = home.snapshot();
    let goes = s.device_named("node-003").expect("the one that goes");
    let copy = create(&home, foreign_device("router-1", goes.key.as_deref()));
    let before = record(&home.snapshot(), Kind::Device, copy);
    home.apply_set(LAB).expect("applied");
    let after = home.snapshot();
    assert!(after.device(goes.id).is_none());
    assert_eq!(record(&after, Kind::Device, copy), before);
}

/// Refused with these words, and nothing is written.
fn refused(home: &Home, words: &[&str]) {
    let before = fs::read(home.inventory()).expect("the inventory");
    let error = home.apply_set(LAB).expect_err("it is refused").to_string();
    for word in words {
        assert!(error.contains(word), "no `{word}` in: {error}");
    }
    assert!(fs::read(home.inventory()).expect("the inventory") == before, "{error}");
}

#[test]
fn what_the_set_touches_is_as_approved_or_nothing_is_written() {
    // The set renames everything, moves cables, deletes a server and adds nothing …
    let start = Home::new();
    start.make(LAB, &tiny(3, "")).expect("applied");
    start.open().write(&foreign_prerequisites()).expect("they are made");
    create(&start, foreign_device("router-1", None));
    let mut plan = tiny(2, "b-");
    plan.spec.switch_classes[0].zones[0].ports =
        heddle::catalog::PortList::parse("3-48").expect("ports");
    start.save(LAB, &plan);
    start.plan_and_approve(LAB);
    let set = heddle::store::read_change_set(&start.set_file(LAB)).expect("a set").changes;
    let s = start.snapshot();
    let free = interface_on(&s, "router-1", "Ethernet1").to_string();
    let touched: Vec<&Object> = (set.modifications.iter().map(|m| &m.old))
        .chain(set.deletions.iter().map(|d| &d.old))
        .collect();
    let mut kinds = std::collections::BTreeSet::new();
    for old in touched {
        let (field, value, word) = match old {
            Object::Device(d) => (Field::Name, "moved".to_owned(), d.name.clone()),
            Object::Interface(i) => (Field::Name, "moved".to_owned(), i.name.clone()),
            Object::Cable(_) => (Field::B, free.clone(), "cable".to_owned()),
        };
        kinds.insert(old.kind());
        let home = start.copy();
        let write = Write::Modify { kind: old.kind(), id: old.id(), fields: vec![(field, value)] };
        home.open().write(&[write]).expect("somebody changes it");
        refused(&home, &[&word, "is not what was approved"]);
    }
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    // … what is elsewhere is no obstacle: another's, and the plan's own that stays as it is.
    let home = start.copy();
    create(&home, foreign_device("router-2", None));
    let router = s.device_named("router-1").expect("the router").id;
    let fields = vec![(Field::Name, "core".to_owned())];
    home.open().write(&[Write::Modify { kind: Kind::Device, id: router, fields }]).expect("it is");
    home.apply_set(LAB).expect("applied");
    assert!(home.is_applied(LAB));
    assert_eq!(home.snapshot().device(router).map(|d| d.name.as_str()), Some("core"));
}

#[test]
fn names_and_ports_that_were_taken_meanwhile_stop_the_run() {
    let start = Home::new();
    start.make(LAB, &tiny(2, "")).expect("applied");
    start.open().write(&foreign_prerequisites()).expect("they are made");
    create(&start, foreign_device("router-1", None));
    start.save(LAB, &tiny(4, ""));
    let set = start.write_set(LAB).expect("a set").changes;
    start.approve_set(LAB).expect("approved");
    let home = start.copy();
    create(&home, foreign_device("NODE-004", None));
    refused(&home, &["node-004", "is not what was approved"]);
    // The port of the first new cable at the switch.
    let home = start.copy();
    let new = set.additions.iter().find_map(|a| match a {
        heddle::diff::Addition::Cable(n) => set.desired.cables.get(*n as usize),
        _ => None,
    });
    let (a, b) = *new.expect("a new cable");
    let name = |end| set.desired.end_name(end);
    let (device, port) = [name(a), name(b)]
        .iter()
        .find_map(|end| end.split_once(' ').map(|(d, p)| (d.to_owned(), p.to_owned())))
        .filter(|(d, _)| d.starts_with("mgmt"))
        .or_else(|| name(b).split_once(' ').map(|(d, p)| (d.to_owned(), p.to_owned())))
        .expect("an end");
    let s = home.snapshot();
    let (a, b) = (interface_on(&s, &device, &port), interface_on(&s, "router-1", "Ethernet1"));
    let status = "connected".to_owned();
    create(&home, Object::Cable(CableRecord { a, b, status, ..CableRecord::default() }));
    refused(&home, &[&port, "is not what was approved"]);
    start.apply_set(LAB).expect("applied");
}

#[test]
fn what_others_plugged_into_a_device_that_goes_stays_and_stops_the_run() {
    let home = Home::new();
    home.make(LAB, &tiny(3, "")).expect("applied");
    home.open().write(&foreign_prerequisites()).expect("they are made");
    create(&home, foreign_device("router-1", None));
    home.save(LAB, &tiny(2, ""));
    home.plan_and_approve(LAB);
    let s = home.snapshot();
    let goes = s.device_named("node-003").expect("the one that goes").id;
    let port = InterfaceRecord {
        name: "theirs".to_owned(),
        device: goes,
        interface_type: "other".to_owned(),
        ..InterfaceRecord::default()
    };
    let a = create(&home, Object::Interface(port));
    let b = interface_on(&s, "router-1", "Ethernet1");
    let status = "connected".to_owned();
    let cable = Object::Cable(CableRecord { a, b, status, ..CableRecord::default() });
    let cable = create(&home, cable);
    let theirs = |s: &Snapshot| [record(s, Kind::Interface, a), record(s, Kind::Cable, cable)];
    let before = theirs(&home.snapshot());
    let error = home.apply_set(LAB).expect_err("it stops").to_string();
    assert!(error.contains("node-003") && error.contains("cable"), "{error}");
    assert_eq!(theirs(&home.snapshot()), before);
    home.open().write(&[Write::Delete { kind: Kind::Cable, id: cable }]).expect("it goes");
    let error = home.apply_set(LAB).expect_err("it stops").to_string();
    assert!(error.contains("node-003") && error.contains("interface"), "{error}");
    assert!(home.snapshot().device_named("node-003").is_some());
    home.open().write(&[Write::Delete { kind: Kind::Interface, id: a }]).expect("it goes");
    home.apply_set(LAB).expect("applied");
    assert!(home.is_applied(LAB));
}
