//! Two inventories: the objects of each site by name.

use super::*;

/// The records of a small site.
#[derive(Clone, Default)]
pub(super) struct Site {
    pub(super) devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
}

impl Site {
    /// Two devices with two interfaces each, one cable; ids from `first` on.
    pub(super) fn new(first: u64) -> Self {
        let device = |id: u64, name: &str| DeviceRecord {
            id,
            name: name.to_owned(),
            site: "dc1".to_owned(),
            role: "leaf".to_owned(),
            device_type: "box".to_owned(),
            status: "active".to_owned(),
            ..DeviceRecord::default()
        };
        let interface = |id: u64, device: u64, name: &str| InterfaceRecord {
            id,
            device,
            name: name.to_owned(),
            interface_type: "other".to_owned(),
            ..InterfaceRecord::default()
        };
        let (a, b) = (first, first + 1);
        Self {
            devices: vec![device(a, "leaf-a"), device(b, "leaf-b")],
            interfaces: vec![
                interface(first + 2, a, "e1"),
                interface(first + 3, a, "e2"),
                interface(first + 4, b, "e1"),
                interface(first + 5, b, "e2"),
            ],
            cables: vec![CableRecord {
                id: first + 6,
                a: first + 2,
                b: first + 4,
                status: "connected".to_owned(),
                ..CableRecord::default()
            }],
        }
    }

    fn snapshot(&self) -> Snapshot {
        let target = TargetRef { inventory: "i".to_owned(), site: "dc1".to_owned() };
        let Self { devices, interfaces, cables } = self.clone();
        Snapshot::new(target, &[], devices, interfaces, cables)
    }
}

/// Compares the small site with what `change` makes of it under other ids.
fn check_site(change: impl FnOnce(&mut Site), expected: &str) {
    let (a, mut b) = (Site::new(1), Site::new(101));
    change(&mut b);
    let comparison = |a: &Site, b: &Site| Comparison {
        compared: compare::Compared::Inventories,
        a: "a".to_owned(),
        b: "b".to_owned(),
        fields: Vec::new(),
        not_compared: Vec::new(),
        objects: vec![compare::site("dc1", Some(&a.snapshot()), Some(&b.snapshot()))],
    };
    check_comparison(&comparison(&a, &b), &comparison(&b, &a), &format!("site dc1\n{expected}"));
}

#[test]
fn records_are_matched_by_name_and_compared_in_full() {
    check_site(|_| {}, "no object differs: equal are 2 devices, 4 interfaces, 1 cable\n");
    // The side of a cable and the order of records have no meaning.
    check_site(
        |site| {
            let cable = &mut site.cables[0];
            (cable.a, cable.b) = (cable.b, cable.a);
            site.devices.reverse();
        },
        "no object differs: equal are 2 devices, 4 interfaces, 1 cable\n",
    );
    check_site(
        |site| {
            site.devices[0].name = "Leaf-A".to_owned();
            site.devices[1].role = "spine".to_owned();
            site.devices[1].other.insert("serial".to_owned(), json!("X1"));
            site.interfaces[0].interface_type = "virtual".to_owned();
            site.cables[0].key = Some("p/cable/x/1/e1".to_owned());
        },
        "modified:\n  \
           ~ device leaf-a\n      name: leaf-a → Leaf-A\n  \
           ~ device leaf-b\n      role: leaf → spine\n      serial: not set → X1\n  \
           ~ interface leaf-a e1\n      type: other → virtual\n  \
           ~ cable leaf-a e1 – leaf-b e1\n      heddle_key: not set → p/cable/x/1/e1\n\
         \n\
         ~ modified 2 devices, 1 interface, 1 cable\n  \
           equal    3 interfaces\n",
    );
    // A cable that is plugged elsewhere has other ends.
    check_site(
        |site| site.cables[0].b = 106,
        "added:\n  \
           + cable leaf-a e1 – leaf-b e2\n\
         \n\
         removed:\n  \
           − cable leaf-a e1 – leaf-b e1\n\
         \n\
         + added    1 cable\n\
         − removed  1 cable\n  \
           equal    2 devices, 4 interfaces\n",
    );
    // The far end of a cable may be in another site.
    check_site(
        |site| site.cables[0].b = 999,
        "added:\n  \
           + cable leaf-a e1 – an interface of another site\n\
         \n\
         removed:\n  \
           − cable leaf-a e1 – leaf-b e1\n\
         \n\
         + added    1 cable\n\
         − removed  1 cable\n  \
           equal    2 devices, 4 interfaces\n",
    );
}

#[test]
fn a_value_may_have_several_forms() {
    let objects = |rack: Value, length: Value, unit: &str| {
        let mut site = Site::new(1);
        let tags = if unit == "cm" { ["x", "y"] } else { ["y", "x"] };
        site.devices[0].tags = tags.map(str::to_owned).to_vec();
        site.devices[0].other.insert("rack".to_owned(), rack);
        site.cables[0].other.insert("length".to_owned(), length);
        site.cables[0].other.insert("length_unit".to_owned(), json!(unit));
        site.snapshot()
    };
    let a = objects(json!("r1"), json!(0.5), "m");
    let b = objects(json!({"id": 3, "name": "r1"}), json!("50"), "cm");
    assert!(compare::site("dc1", Some(&a), Some(&b)).is_equal());
    let c = objects(json!("r2"), json!(3), "ft");
    let found = compare::site("dc1", Some(&a), Some(&c));
    let fields: Vec<_> = found
        .changes
        .iter()
        .flat_map(|change| &change.fields)
        .map(|f| (f.path.as_str(), f.old.clone(), f.new.clone()))
        .collect();
    assert_eq!(
        fields,
        [
            ("rack", Some(json!("r1")), Some(json!("r2"))),
            ("length", Some(json!("0.5 m")), Some(json!("3 ft"))),
        ]
    );
}

#[test]
fn values_that_read_alike_are_told_apart() {
    check_site(
        |site| {
            site.devices[0].other.insert("asset".to_owned(), json!(""));
            site.devices[1].other.insert("slot".to_owned(), json!("not set"));
        },
        "modified:\n  \
           ~ device leaf-a\n      asset: not set → \"\"\n  \
           ~ device leaf-b\n      slot: not set → \"not set\"\n\
         \n\
         ~ modified 2 devices\n  \
           equal    4 interfaces, 1 cable\n",
    );
}

#[test]
fn a_site_of_one_alone_differs_also_if_it_is_empty() {
    let site = Site::new(1).snapshot();
    let found = compare::site("dc1", Some(&site), None);
    assert_eq!((found.only_in, found.removed.total()), (Some(Side::A), 7));
    assert!(found.changes.iter().all(|c| c.change == How::Removed && c.key.is_none()));
    assert!(found.changes.iter().any(|c| c.kind == Kind::Interface && c.name == "leaf-a e1"));
    let empty = Snapshot::default();
    let found = compare::site("dc2", None, Some(&empty));
    assert_eq!(found.only_in, Some(Side::B));
    assert!(!found.is_equal());
    assert_eq!(
        compare::site("dc2", Some(&empty), Some(&empty)).changes,
        Objects::default().changes
    );
}
