//! The list of changes, of every way in which something changes or has drifted.

use super::*;
use crate::diff::{Deletion, DriftedField, FieldChange, Gone, Modification};
use crate::fabric::End;
use crate::inventory::{DesiredDevice, DesiredKind, DeviceRecord, Field};
use std::sync::Arc;

/// Eight leaves, the first two of which have two interfaces each.
fn desired() -> Arc<Desired> {
    let kind = DesiredKind {
        class: "leaf".to_owned(),
        fabric: String::new(),
        role: "leaf".to_owned(),
        device_type: "ds5000".to_owned(),
        external: None,
        interfaces: Vec::new(),
    };
    let device = |number| DesiredDevice { kind: 0, number, name: format!("leaf-{number}") };
    let end = |n: u32| End { device: n / 2, slot: (n % 2) as u16 };
    Arc::new(Desired {
        kinds: vec![kind],
        devices: (1..=8).map(device).collect(),
        interfaces: (0..4).map(end).collect(),
        ..Desired::default()
    })
}

fn old(id: ObjectId) -> Object {
    Object::Device(DeviceRecord { id, role: "leaf".to_owned(), ..DeviceRecord::default() })
}

fn change(field: Field, is_drift: bool) -> FieldChange {
    let applied = is_drift.then(|| "applied".to_owned());
    FieldChange { field, old: "old".to_owned(), new: "new".to_owned(), applied }
}

fn modification(n: u32, fields: Vec<FieldChange>) -> Modification {
    Modification {
        old: old(u64::from(n)),
        desired: Addition::Device(n),
        key: format!("device/leaf/{}", n + 1),
        name: format!("leaf-{}", n + 1),
        fields,
        ends: None,
        reason: Reason::FieldDiffers,
    }
}

fn deletion(n: u32) -> Deletion {
    Deletion {
        old: old(u64::from(n)),
        key: format!("device/leaf/{}", n + 1),
        name: format!("leaf-{}", n + 1),
        reason: Reason::NotInPlan,
        interfaces: None,
        far: None,
    }
}

fn drifted(n: u32, fields: &[(Field, bool)]) -> Drifted {
    let field = |(field, overwritten): &(Field, bool)| DriftedField {
        field: *field,
        applied: "applied".to_owned(),
        found: "old".to_owned(),
        overwritten: *overwritten,
    };
    Drifted {
        kind: Kind::Device,
        id: ObjectId::from(n),
        key: format!("device/leaf/{}", n + 1),
        name: format!("leaf-{}", n + 1),
        fields: fields.iter().map(field).collect(),
    }
}

/// Every way in which something can have drifted.
fn held() -> (ChangeSet, Drift) {
    let desired = desired();
    let changes = ChangeSet {
        desired: Arc::clone(&desired),
        additions: vec![Addition::Device(6), Addition::Interface(0)],
        modifications: vec![
            modification(0, vec![change(Field::Role, true)]),
            modification(1, vec![change(Field::Role, true), change(Field::Name, false)]),
            modification(2, vec![change(Field::Name, false)]),
        ],
        deletions: vec![deletion(3), deletion(4)],
        regained: vec![Addition::Device(6)],
        ..ChangeSet::default()
    };
    let gone = |n, made_again| Gone { what: Addition::Device(n), made_again };
    let drift = Drift {
        changed: vec![
            drifted(0, &[(Field::Role, true)]),
            drifted(1, &[(Field::Role, true), (Field::Type, false)]),
            drifted(3, &[(Field::Role, true)]),
            drifted(5, &[(Field::Role, false), (Field::Type, false)]),
        ],
        gone: vec![gone(6, true), gone(7, false)],
        applied: desired,
        ..Drift::default()
    };
    (changes, drift)
}

fn rows(tree: &ChangeTree) -> Vec<Row> {
    (0..tree.len()).filter_map(|line| tree.row(line)).collect()
}

#[test]
fn what_drifted_is_counted_as_it_is_listed_and_noted() {
    let (changes, drift) = held();
    let compared = Compared { changes: &changes, drift: Some(&drift) };
    let tree = ChangeTree::of(compared, &Fabric::default(), "≠");
    let items = tree.groups.values().flat_map(|group| &group.items);
    let listed: Vec<(String, String)> =
        items.map(|item| (name_of(compared, *item), note_of(&tree, compared, *item))).collect();
    let expected = [
        ("leaf-7", "was gone"),
        ("leaf-1", "1 field"),
        ("leaf-4", "not in plan"),
        ("leaf-2", "type changed"),
        ("leaf-6", "2 fields"),
        ("leaf-8", "gone"),
    ];
    assert_eq!(listed, expected.map(|(name, note)| (name.to_owned(), note.to_owned())));
    assert_eq!(compared.drifted_count(), Some(tree.items() as u64));
    // All changes, and what stays as it drifted.
    let all = ChangeTree::of(compared, &Fabric::default(), "");
    assert_eq!((all.items(), all.total(), tree.total()), (10, 10, 10));
    let right = |item| all.sets_right(compared, item);
    assert_eq!([right(Item::Deletion(0)), right(Item::Deletion(1))], [true, false]);
}

#[test]
fn a_row_is_made_as_it_is_drawn() {
    let (changes, drift) = held();
    let compared = Compared { changes: &changes, drift: Some(&drift) };
    let leaf = |number| Selected::Device { class: "leaf".to_owned(), number };
    let mut tree = ChangeTree::of(compared, &Fabric::default(), "");
    let mut unfold = |selection: Selection, pressed: Option<Item>, all: bool| {
        let shown = Shown { selection: &selection, pressed };
        tree.unfold(compared, &BTreeSet::new(), all, shown);
        let rows = rows(&tree);
        assert_eq!((rows.len(), tree.row(tree.len())), (tree.len(), None));
        for (line, row) in rows.iter().enumerate() {
            let Row::Item(item) = row else { continue };
            let one = selected_of(compared, *item).unwrap();
            assert!(Finder::of(compared, &one).finds(*item), "{item:?}");
            assert!(tree.line_of(compared, &one).unwrap() <= line, "{item:?}");
        }
        rows
    };
    let items = |rows: &[Row]| rows.iter().filter(|row| matches!(row, Row::Item(_))).count();
    let said = |rows: &[Row]| {
        let said = rows.iter().zip(rows.iter().skip(1)).filter_map(|(above, row)| match row {
            Row::Detail(words) => Some((matches!(above, Row::Item(_)), words.clone())),
            _ => None,
        });
        said.collect::<Vec<_>>()
    };
    let detail = |first, words: &str| (first, words.to_owned());
    let closed = unfold(Selection::default(), None, false);
    assert_eq!((items(&closed), closed.len()), (3, 8));
    let open = unfold(Selection::default(), None, true);
    assert_eq!((items(&open), open.len(), said(&open)), (10, 15, Vec::new()));
    // Whatever is of the device that was selected last says more.
    let many = Selection::of([leaf(1), leaf(3)]);
    assert_eq!(
        said(&unfold(many.clone(), None, true)),
        [
            detail(true, "role   old → new (applied: applied)"),
            detail(false, "because the plan has changed since it was applied"),
            detail(true, "because the plan has it and the inventory does not"),
        ]
    );
    let pressed = Some(Item::Modification(0));
    assert_eq!(said(&unfold(many, pressed, true)).len(), 2);
    assert_eq!(
        said(&unfold(Selection::one(leaf(6)), None, true)),
        [
            detail(true, "role   applied applied, now old"),
            detail(false, "type   applied applied, now old"),
        ]
    );
    assert_eq!(said(&unfold(Selection::one(leaf(8)), None, true)).len(), 1);
    assert_eq!(said(&unfold(Selection::one(leaf(9)), None, true)), []);
}

#[test]
fn a_key_names_the_same_device_everywhere() {
    let leaf = |number| Selected::Device { class: "leaf".to_owned(), number };
    let removed = |key: &str| Selected::Removed(key.to_owned());
    for (key, expected) in [
        ("device/leaf/3", leaf(3)),
        ("cable/leaf/3/uplink/0", leaf(3)),
        ("device/leaf/03", removed("device/leaf/03")),
        ("cable/leaf/+3/uplink/0", removed("device/leaf/+3")),
        ("device/leaf", removed("device/leaf")),
        ("", removed("")),
    ] {
        assert_eq!(of_key(key), expected, "{key}");
    }
}
