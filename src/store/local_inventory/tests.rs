//! The embedded inventory: rules, kills, cuts, locks.

use super::*;
use crate::inventory::{CableRecord, DeviceRecord, Field, InterfaceRecord, KEY_FIELD, Kind, TAG};
use serde_json::json;
use std::fs;

fn slug(kind: &str, slug: &str) -> Prerequisite {
    let (name, slug) = (slug.to_owned(), slug.to_owned());
    match kind {
        "site" => Prerequisite::Site { name, slug },
        "role" => Prerequisite::DeviceRole { name, slug },
        "tag" => Prerequisite::Tag { name, slug },
        "manufacturer" => Prerequisite::Manufacturer { name, slug },
        "field" => Prerequisite::CustomField { name },
        _ => Prerequisite::DeviceType {
            manufacturer: "acme".to_owned(),
            model: name,
            slug,
            u_height: 1,
            interfaces: vec![
                ("E1".to_owned(), "400gbase-x-osfp".to_owned()),
                ("E2".to_owned(), "400gbase-x-osfp".to_owned()),
            ],
        },
    }
}

fn ensure(kind: &str, name: &str) -> Write {
    Write::Ensure { prerequisite: slug(kind, name) }
}

fn device(site: &str, name: &str) -> DeviceRecord {
    DeviceRecord {
        name: name.to_owned(),
        site: site.to_owned(),
        role: "leaf".to_owned(),
        device_type: "sw2".to_owned(),
        status: "planned".to_owned(),
        ..DeviceRecord::default()
    }
}

fn create(object: Object) -> Write {
    Write::Create { object }
}

fn new_device(site: &str, name: &str) -> Write {
    create(Object::Device(device(site, name)))
}

fn new_interface(device: ObjectId, name: &str) -> Write {
    create(Object::Interface(InterfaceRecord {
        device,
        name: name.to_owned(),
        interface_type: "other".to_owned(),
        ..InterfaceRecord::default()
    }))
}

fn cable(a: ObjectId, b: ObjectId) -> Write {
    create(Object::Cable(CableRecord {
        a,
        b,
        status: "planned".to_owned(),
        ..CableRecord::default()
    }))
}

fn modify(kind: Kind, id: ObjectId, field: Field, value: &str) -> Write {
    Write::Modify { kind, id, fields: vec![(field, value.to_owned())] }
}

fn delete(kind: Kind, id: ObjectId) -> Write {
    Write::Delete { kind, id }
}

/// Devices 1 (interfaces 2, 3) and 4 (5, 6), a cable 7 between 2 and 5, and foreign fields.
fn sample(path: &Path) -> LocalInventory {
    let mut inventory = LocalInventory::open(path).unwrap();
    let first = [
        ensure("site", "dc1"),
        ensure("site", "dc2"),
        ensure("manufacturer", "acme"),
        ensure("type", "sw2"),
        ensure("role", "leaf"),
    ];
    inventory.write(&first).unwrap();
    let mut foreign = device("dc1", "leaf-1");
    foreign.other.insert("serial".to_owned(), json!("X1"));
    foreign.other.insert("length".to_owned(), json!(0.1));
    foreign.other.insert("rack".to_owned(), json!({"name": "R1", "ids": [1, null]}));
    let ids = inventory.write(&[create(Object::Device(foreign)), new_device("dc1", "leaf-2")]);
    assert_eq!(ids.unwrap(), [1, 4]);
    assert_eq!(inventory.write(&[cable(2, 5)]).unwrap(), [7]);
    inventory
}

/// Everything, as text.
fn state(inventory: &mut LocalInventory) -> String {
    let mut text = String::new();
    for site in ["dc1", "dc2"] {
        let s = inventory.read(site, &Progress::new()).unwrap();
        text += &serde_json::to_string(&(s.devices(), s.interfaces(), s.cables())).unwrap();
    }
    text
}

#[test]
fn an_inventory_keeps_its_content_its_id_and_foreign_fields() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/inv");
    let mut first = sample(&path);
    let (target, before) = (first.target("dc1"), state(&mut first));
    drop(first);
    let mut again = LocalInventory::open(&path).unwrap();
    assert_eq!(again.target("dc1"), target);
    assert_eq!(state(&mut again), before);
    assert!(before.contains(r#""rack":{"ids":[1,null],"name":"R1"}"#), "{before}");
    assert!(before.contains(r#""length":0.1"#), "{before}");
    let wanted = [
        Lookup::DeviceNamed { site: "dc1".to_owned(), name: "LEAF-1".to_owned() },
        Lookup::InterfaceNamed { device: 1, name: "E2".to_owned() },
        Lookup::CableAt(5),
        Lookup::CableAt(3),
        Lookup::Id(Kind::Device, 4),
        Lookup::Id(Kind::Cable, 4),
    ];
    let ids: Vec<_> =
        again.fetch(&wanted).unwrap().iter().map(|o| o.as_ref().map_or(0, Object::id)).collect();
    assert_eq!(ids, [1, 3, 7, 0, 4, 0]);
    let there = again.present(&[slug("site", "dc1"), slug("site", "dc9")]).unwrap();
    assert_eq!(there, [true, false]);
}

#[test]
fn a_batch_that_breaks_a_rule_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut inventory = sample(&path);
    let before = state(&mut inventory);
    let mut bytes = fs::read(&path).unwrap();
    let with = |change: &dyn Fn(&mut DeviceRecord)| {
        let mut d = device("dc1", "x");
        change(&mut d);
        create(Object::Device(d))
    };
    let cases: Vec<(Vec<Write>, &str)> = vec![
        (vec![new_device("dc1", "Leaf-1")], "already has a device"),
        (vec![new_device("dc1", "a"), new_device("dc1", "A")], "already has a device"),
        (vec![modify(Kind::Device, 1, Field::Name, "LEAF-2")], "already has a device"),
        (vec![new_device("dc9", "a")], "no site `dc9`"),
        (vec![with(&|d| d.role = "spine".to_owned())], "no device role `spine`"),
        (vec![with(&|d| d.device_type = "sw3".to_owned())], "no device type `sw3`"),
        (vec![with(&|d| d.tags = vec![TAG.to_owned()])], "no tag `heddle`"),
        (vec![with(&|d| d.key = Some("k".to_owned()))], "no custom field `heddle_key`"),
        (vec![with(&|d| d.name = String::new())], "empty"),
        (vec![with(&|d| d.name = "x".repeat(65))], "more than 64"),
        (vec![with(&|d| d.id = 99)], "brings no id"),
        (
            vec![with(&|d| {
                d.other.insert("name".to_owned(), json!(1));
            })],
            "`name` cannot be",
        ),
        (vec![new_interface(1, "E1")], "already has an interface"),
        (vec![new_interface(9, "E1")], "device is not there"),
        (vec![modify(Kind::Interface, 2, Field::Name, "E2")], "already has an interface"),
        (vec![cable(2, 6)], "leaf-1 E1 already has a cable"),
        (vec![cable(3, 3)], "one interface"),
        (vec![cable(3, 99)], "no interface 99"),
        (vec![modify(Kind::Cable, 7, Field::B, "99")], "no interface 99"),
        (vec![modify(Kind::Cable, 7, Field::B, "x")], "no id"),
        (vec![modify(Kind::Cable, 7, Field::Role, "x")], "has no role"),
        (vec![modify(Kind::Device, 7, Field::Role, "x")], "not there"),
        (vec![delete(Kind::Device, 1)], "a cable is attached to leaf-1 E1"),
        (vec![delete(Kind::Interface, 5)], "a cable is attached to leaf-2 E1"),
        (vec![delete(Kind::Cable, 1)], "not there"),
        (vec![delete(Kind::Cable, 7), delete(Kind::Device, 1), cable(3, 6)], "no interface 3"),
        (vec![ensure("type", "a b")], "no slug"),
        (vec![ensure("site", "")], "no slug"),
        (vec![ensure("tag", "t"), new_device("dc2", "a"), ensure("role", "é")], "no slug"),
    ];
    for (batch, cause) in cases {
        let error = inventory.write(&batch).unwrap_err().to_string();
        assert!(error.contains(cause), "{error} should say {cause}");
        assert_eq!(state(&mut inventory), before, "{cause}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{cause}");
    }
    // No id was used up, and what was in use can be deleted in the right order.
    assert_eq!(inventory.write(&[new_device("dc2", "LEAF-1")]).unwrap(), [8]);
    let ordered = [delete(Kind::Cable, 7), delete(Kind::Device, 1), new_device("dc1", "leaf-1")];
    assert_eq!(inventory.write(&ordered).unwrap(), [7, 1, 11]);
    let there = inventory.fetch(&[Lookup::Id(Kind::Interface, 2), Lookup::Id(Kind::Device, 1)]);
    assert_eq!(there.unwrap(), [None, None]);
    bytes.clone_from(&fs::read(&path).unwrap());
    let after = state(&mut inventory);
    drop(inventory);
    assert_eq!(state(&mut LocalInventory::open(&path).unwrap()), after);
}

#[test]
fn a_kill_at_any_byte_leaves_a_prefix_of_batches() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut inventory = sample(&path);
    inventory.write(&[ensure("tag", TAG), ensure("field", KEY_FIELD)]).unwrap();
    inventory.write(&[modify(Kind::Cable, 7, Field::B, "6")]).unwrap();
    inventory.write(&[delete(Kind::Cable, 7), delete(Kind::Device, 4)]).unwrap();
    drop(inventory);
    let bytes = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(n, _)| n + 1).collect();
    let mut states = Vec::new();
    for end in &ends {
        fs::write(&path, &bytes[..*end]).unwrap();
        states.push(state(&mut LocalInventory::open(&path).unwrap()));
    }
    for cut in 0..bytes.len() {
        fs::write(&path, &bytes[..cut]).unwrap();
        let whole = ends.iter().filter(|end| **end <= cut).count();
        match LocalInventory::open(&path) {
            Ok(mut open) => assert_eq!(state(&mut open), states[whole - 1], "{cut}"),
            Err(error) => assert!(whole == 0 && error.to_string().contains("damaged"), "{error}"),
        }
    }
    for at in (0..bytes.len()).step_by(11) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 4;
        fs::write(&path, &flipped).unwrap();
        if let Ok(mut open) = LocalInventory::open(&path) {
            assert!(states.contains(&state(&mut open)), "byte {at}");
        }
    }
}

/// What was written at once is never torn: a cut in it is damage, and the file is left alone.
#[test]
fn a_cut_in_what_was_written_whole_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut inventory = sample(&path);
    let many: Vec<Write> =
        (0..OPS_PER_LINE).map(|n| new_device("dc2", &format!("d-{n}"))).collect();
    inventory.write(&many).unwrap();
    rewrite(&path, inventory.id, &inventory.tables, &inventory.lock).unwrap();
    let before = state(&mut inventory);
    drop(inventory);
    let written = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        written.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(n, _)| n + 1).collect();
    assert!(ends.len() > 3);
    let cuts = ends.iter().flat_map(|end| [end - 1, *end, end + 1]);
    for cut in cuts.filter(|cut| *cut < written.len()) {
        fs::write(&path, &written[..cut]).unwrap();
        let error = LocalInventory::open(&path).unwrap_err().to_string();
        assert!(error.contains("damaged") && error.contains("backup"), "{cut}: {error}");
        assert_eq!(fs::read(&path).unwrap().len(), cut, "left alone");
        assert!(!dir.path().join("inv.torn").exists());
    }
    // A batch that came later may be torn; then the user hears of it.
    fs::write(&path, &written).unwrap();
    LocalInventory::open(&path).unwrap().write(&[ensure("tag", TAG)]).unwrap();
    let longer = fs::read(&path).unwrap();
    for cut in written.len()..longer.len() {
        fs::write(&path, &longer[..cut]).unwrap();
        let mut open = LocalInventory::open(&path).unwrap();
        assert_eq!(state(&mut open), before);
        assert_eq!(!open.notices().is_empty(), cut > written.len());
    }
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut lines = vec![b"".to_vec(), b"hello\n".to_vec(), vec![0xff; 5000], b"\n\n".to_vec()];
    for head in [
        r#"{"format":"heddle-run","version":1,"inventory":"00000000-0000-0000-0000-000000000000","next_id":1}"#,
        r#"{"format":"heddle-inventory","version":2,"inventory":"00000000-0000-0000-0000-000000000000","next_id":1}"#,
        "{}",
    ] {
        CheckedLines::create(&path, [Ok(head.to_owned())]).unwrap();
        lines.push(fs::read(&path).unwrap());
    }
    for content in lines {
        fs::write(&path, &content).unwrap();
        let error = LocalInventory::open(&path).unwrap_err().to_string();
        assert!(error.contains("inv") && error.ends_with('.'), "{error}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    assert!(LocalInventory::open(&folder).is_err());
    assert!(!dir.path().join("folder.lock").exists());
}

#[test]
fn ops_that_break_the_rules_are_damage_of_their_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let head = serde_json::to_string(&Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        inventory: uuid::Uuid::nil(),
        next_id: 1,
        whole_lines: 1,
    });
    let ops = serde_json::to_string(&[Op::Gone(Kind::Cable, 3)]);
    CheckedLines::create(&path, [head, ops]).unwrap();
    let error = LocalInventory::open(&path).unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn only_one_has_it_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let first = LocalInventory::open(&path).unwrap();
    let error = LocalInventory::open(&path).unwrap_err().to_string();
    assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
    assert!(error.contains("Wait"), "{error}");
    drop(first);
    LocalInventory::open(&path).unwrap();
}

#[test]
fn whoever_is_passed_over_writes_nothing_more_and_is_told_by_whom() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut first = sample(&path);
    let mut second = LocalInventory::take_over(&path).unwrap();
    assert!(second.notices()[0].contains("taken over from "), "{:?}", second.notices());
    let (bytes, seen) = (fs::read(&path).unwrap(), state(&mut first));
    let error = first.write(&[new_device("dc1", "late")]).unwrap_err().to_string();
    let me = format!("process {}", std::process::id());
    for word in [me.as_str(), "took this inventory over at", "Nothing more was written"] {
        assert!(error.contains(word), "no `{word}` in: {error}");
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(state(&mut first), seen, "it is taken back in memory too");
    second.write(&[new_device("dc1", "new")]).unwrap();
    // Also once the second has ended, and somebody else has it.
    drop(second);
    assert!(first.write(&[new_device("dc1", "late")]).is_err());
    let mut third = LocalInventory::open(&path).unwrap();
    assert!(third.notices().is_empty(), "{:?}", third.notices());
    assert!(first.write(&[new_device("dc1", "late")]).is_err());
    third.write(&[new_device("dc1", "newer")]).unwrap();
}

#[test]
fn whoever_is_passed_over_while_opening_cuts_and_rewrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    drop(sample(&path));
    // The next holder is in the middle of a line.
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend(b"0123456789abcdef [");
    fs::write(&path, &bytes).unwrap();
    let first = Lock::take(&path, Of::Inventory).unwrap();
    let (second, _) = Lock::take_over(&path, Of::Inventory).unwrap();
    let errors = [
        load(&path, &first, &Progress::new()).map(|_| ()).unwrap_err(),
        rewrite(&path, uuid::Uuid::nil(), &Tables::new(1), &first).unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("took this inventory over"), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "the file and its lock");
    let (.., lines, _) = load(&path, &second, &Progress::new()).unwrap();
    assert!(lines.notice().is_some());
}

#[test]
fn a_long_log_is_rewritten_with_the_same_content() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut inventory = sample(&path);
    let other_end = ["6", "5"];
    let mut batch = Vec::new();
    for n in 0..REWRITE_OPS {
        batch.push(modify(Kind::Cable, 7, Field::B, other_end[n % 2]));
    }
    batch.push(new_device("dc2", "gone"));
    batch.push(delete(Kind::Device, 8));
    inventory.write(&batch).unwrap();
    let (target, before) = (inventory.target("dc1"), state(&mut inventory));
    drop(inventory);
    let long = fs::metadata(&path).unwrap().len();
    let mut again = LocalInventory::open(&path).unwrap();
    assert!(fs::metadata(&path).unwrap().len() * 10 < long);
    assert_eq!(state(&mut again), before);
    assert_eq!(again.target("dc1"), target);
    // The ids of what is gone are not given again.
    assert_eq!(again.write(&[new_device("dc2", "next")]).unwrap(), [11]);
    drop(again);
    assert_eq!(LocalInventory::open(&path).unwrap().tables.next_id(), 14);
}

#[test]
fn racks_and_what_cables_are_made_of_survive_a_rewrite() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inv");
    let mut inventory = sample(&path);
    let rack = |site: &str, name: &str| Prerequisite::Rack {
        name: name.to_owned(),
        site: site.to_owned(),
        u_height: 48,
    };
    let racks = [rack("dc1", "Row A / 1"), rack("dc2", "Row A / 1")];
    inventory.write(&racks.clone().map(|prerequisite| Write::Ensure { prerequisite })).unwrap();
    inventory.write(&[modify(Kind::Device, 4, Field::Rack, "Row A / 1")]).unwrap();
    inventory.write(&[modify(Kind::Device, 4, Field::Position, "9")]).unwrap();
    inventory.write(&[modify(Kind::Cable, 7, Field::Type, "dac-passive")]).unwrap();
    inventory.write(&[modify(Kind::Cable, 7, Field::Length, "0.5 m")]).unwrap();
    let before = state(&mut inventory);
    assert!(before.contains(r#""face":"front","position":9,"rack":"Row A / 1""#), "{before}");
    assert!(before.contains(r#""length":0.5,"length_unit":"m","type":"dac-passive""#), "{before}");
    rewrite(&path, inventory.id, &inventory.tables, &inventory.lock).unwrap();
    drop(inventory);
    let mut again = LocalInventory::open(&path).unwrap();
    assert_eq!(state(&mut again), before);
    assert_eq!(again.present(&racks).unwrap(), [true, true]);
    assert_eq!(again.present(&[rack("dc1", "row a / 1")]).unwrap(), [false]);
}
