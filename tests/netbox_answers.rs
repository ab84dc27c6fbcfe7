//! The inventory's words are NetBox's: recorded answers of NetBox 4.7 are mapped to them. The
//! recordings are not part of the repository; without them the test says that it is skipped.
#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use heddle::catalog::Cage;
use heddle::inventory::{
    CableRecord, DeviceRecord, Field, InterfaceRecord, Inventory, KEY_FIELD, Kind, Object,
    Prerequisite, Write, interface_type,
};
use heddle::model::Progress;
use heddle::store::LocalInventory;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder with recorded answers, or `None` where it is not.
fn answers() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/netbox/answers");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there are no recorded answers in {}", folder.display());
    None
}

fn body(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_str::<Value>(&text).unwrap().get("body").cloned().unwrap()
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}")).to_owned()
}

fn id(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("{pointer}"))
}

fn tags(value: &Value) -> Vec<String> {
    value["tags"].as_array().unwrap().iter().map(|tag| text(tag, "/slug")).collect()
}

#[test]
fn recorded_answers_fit_the_vocabulary() {
    let Some(folder) = answers() else { return };
    let field = body(&folder, "custom-field");
    let field_name = text(&field, "/name");
    assert_eq!(text(&field, "/type/value"), "text");
    let kinds: Vec<String> = field["object_types"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|kind| kind.as_str().map(str::to_owned))
        .collect();
    for kind in ["dcim.device", "dcim.interface", "dcim.cable"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}");
    }
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    assert!(plain(&field_name) && plain(KEY_FIELD));
    let tag = body(&folder, "tag");

    let device = body(&folder, "device");
    let key = |value: &Value| {
        value["custom_fields"].get(&field_name).and_then(Value::as_str).map(str::to_owned)
    };
    let record = DeviceRecord {
        id: 0,
        name: text(&device, "/name"),
        site: text(&device, "/site/slug"),
        role: text(&device, "/role/slug"),
        device_type: text(&device, "/device_type/slug"),
        status: text(&device, "/status/value"),
        tags: tags(&device),
        key: key(&device),
        other: [("serial".to_owned(), device["serial"].clone())].into(),
    };
    assert_eq!(record.status, "planned");
    assert_eq!(record.tags, [text(&tag, "/slug")]);
    assert!(record.key.is_some());

    let interface = body(&folder, "interface");
    assert_eq!(id(&interface, "/device/id"), id(&device, "/id"));
    let found = text(&interface, "/type/value");
    assert_eq!(found, interface_type(Cage::Osfp, 800));

    let cable = body(&folder, "cable");
    assert_eq!(text(&cable, "/status/value"), "planned");
    for end in ["a", "b"] {
        let kind = format!("/{end}_terminations/0/object_type");
        assert_eq!(text(&cable, &kind), "dcim.interface");
    }
    assert_eq!(id(&cable, "/a_terminations/0/object_id"), id(&interface, "/id"));

    // A local inventory takes them and gives them back.
    let dir = tempfile::tempdir().unwrap();
    let mut inventory = LocalInventory::open(&dir.path().join("inventory")).unwrap();
    let named = |value: &Value, at: &str| {
        (text(value, &format!("{at}/name")), text(value, &format!("{at}/slug")))
    };
    let (site, role) = (named(&device, "/site"), named(&device, "/role"));
    let (maker, label) = (named(&device, "/device_type/manufacturer"), named(&tag, ""));
    let prerequisites = [
        Prerequisite::Site { name: site.0, slug: site.1 },
        Prerequisite::DeviceRole { name: role.0, slug: role.1 },
        Prerequisite::Manufacturer { name: maker.0, slug: maker.1.clone() },
        Prerequisite::DeviceType {
            manufacturer: maker.1,
            model: text(&device, "/device_type/model"),
            slug: record.device_type.clone(),
            u_height: 1,
            interfaces: vec![(text(&interface, "/name"), found.clone())],
        },
        Prerequisite::Tag { name: label.0, slug: label.1 },
        Prerequisite::CustomField { name: KEY_FIELD.to_owned() },
    ];
    let mut batch: Vec<Write> =
        prerequisites.map(|prerequisite| Write::Ensure { prerequisite }).into();
    batch.push(Write::Create { object: Object::Device(record.clone()) });
    let made = *inventory.write(&batch).unwrap().last().unwrap();
    let second = InterfaceRecord {
        device: made,
        name: format!("{}-2", text(&interface, "/name")),
        interface_type: found.clone(),
        ..InterfaceRecord::default()
    };
    let b = inventory.write(&[Write::Create { object: Object::Interface(second) }]).unwrap();
    let snapshot = inventory.read(&record.site, &Progress::new()).unwrap();
    let a = snapshot.interface_named(made, &text(&interface, "/name")).unwrap();
    assert_eq!(a.interface_type, found);
    let joined = CableRecord {
        a: a.id,
        b: *b.first().unwrap(),
        status: text(&cable, "/status/value"),
        key: key(&cable),
        ..CableRecord::default()
    };
    inventory.write(&[Write::Create { object: Object::Cable(joined) }]).unwrap();
    let snapshot = inventory.read(&record.site, &Progress::new()).unwrap();
    assert_eq!(snapshot.device_named("LEAF-01"), Some(&DeviceRecord { id: made, ..record }));
    assert_eq!(snapshot.cables().len(), 1);
    let renamed = Write::Modify {
        kind: Kind::Device,
        id: made,
        fields: vec![(Field::Name, "leaf-02".to_owned())],
    };
    inventory.write(&[renamed]).unwrap();
    let snapshot = inventory.read("dc1", &Progress::new()).unwrap();
    assert!(snapshot.device_named("leaf-02").is_some());
}
