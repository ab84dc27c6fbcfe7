//! From an approved change set to ordered steps. Pure: the same set gives the same steps, so a
//! run that was killed is resumed from the set alone.
//!
//! The order lets every step find what it needs: prerequisites; cables that go; cables and names
//! set aside; interfaces and devices that go and whose names are wanted again; changed devices
//! and interfaces; new devices; new interfaces; cables that move; the other interfaces and
//! devices that go – late, so that a cable can move away from them and stay the same cable –;
//! new cables, and those that were set aside.
//!
//! A cable is set aside by deleting it, and made again at the end with its key and its foreign
//! fields. That happens to one cable of a circle of moves, and to those that hang on a device or
//! interface that has to go early.

use super::order::{Move, order};
use crate::diff::{Addition, ChangeSet, Modification};
use crate::inventory::{Field, Kind, Object, ObjectId};
use std::collections::BTreeSet;

/// One object of a step. Numbers are indices in the lists of the change set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// A prerequisite.
    Ensure(usize),
    /// A deletion.
    Delete(usize),
    /// A modification: give up the name for the time being.
    SetNameAside(usize),
    /// A modification: delete the cable; [`Item::Recreate`] makes it again.
    SetCableAside(usize),
    /// A modification.
    Modify(usize),
    /// A modification of a cable that was set aside.
    Recreate(usize),
    /// An addition.
    Add(Addition),
}

/// Objects of one kind that are written in batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What it does, for the journal.
    pub name: &'static str,
    /// Its objects, in order.
    pub items: Vec<Item>,
    /// Objects of one batch, at most.
    pub batch: usize,
}

/// Objects of one batch.
const BATCH: usize = 100;
/// Cables of one batch; an inventory checks more for each.
const CABLE_BATCH: usize = 50;
/// Batches of one step, about. Above that they grow, up to [`LARGER`] times: every batch is forced
/// to disk, and a run that goes on after a stop looks at no more than one of them twice.
const BATCHES: usize = 500;
/// How many times as large a batch grows, at most.
const LARGER: usize = 10;

/// The ends that a modified cable is to have, as far as the interfaces are there already.
pub(super) type WantedEnds = [Option<ObjectId>; 2];

/// The new value of a field of a modification.
pub(super) fn new_value(m: &Modification, field: Field) -> Option<&str> {
    m.fields.iter().find(|change| change.field == field).map(|change| change.new.as_str())
}

/// The steps of a change set. `wanted` gives the wanted ends of the n-th modification.
pub(super) fn steps(changes: &ChangeSet, wanted: &dyn Fn(usize) -> WantedEnds) -> Vec<Step> {
    let early = early_deletions(changes);
    let modified = |kind: Kind| -> Vec<usize> {
        let of_kind = |m: &Modification| m.old.kind() == kind;
        let all = changes.modifications.iter().enumerate();
        all.filter(|(_, m)| of_kind(m)).map(|(n, _)| n).collect()
    };
    let deleted = |kind: Kind, is_early: bool| -> Vec<Item> {
        let all = changes.deletions.iter().enumerate();
        all.filter(|(n, d)| d.old.kind() == kind && early.contains(n) == is_early)
            .map(|(n, _)| Item::Delete(n))
            .collect()
    };
    let added = |kind: Kind| -> Vec<Item> {
        changes.additions.iter().filter(|a| a.kind() == kind).map(|a| Item::Add(*a)).collect()
    };
    let (names_aside, devices) = renames(changes, &modified(Kind::Device));
    let (more_aside, interfaces) = renames(changes, &modified(Kind::Interface));
    let (cables_aside, moves) = cable_moves(changes, &modified(Kind::Cable), &early, wanted);
    let recreated = cables_aside.iter().map(|n| Item::Recreate(*n));
    let all = |list: &[usize], item: fn(usize) -> Item| list.iter().map(|n| item(*n)).collect();

    let mut cables = added(Kind::Cable);
    cables.extend(recreated);
    let list: [(&'static str, Vec<Item>, usize); 15] = [
        ("prerequisites", (0..changes.prerequisites.len()).map(Item::Ensure).collect(), BATCH),
        ("delete cables", deleted(Kind::Cable, false), CABLE_BATCH),
        ("set cables aside", all(&cables_aside, Item::SetCableAside), CABLE_BATCH),
        ("set device names aside", all(&names_aside, Item::SetNameAside), BATCH),
        ("set interface names aside", all(&more_aside, Item::SetNameAside), BATCH),
        ("delete interfaces in the way", deleted(Kind::Interface, true), BATCH),
        ("delete devices in the way", deleted(Kind::Device, true), BATCH),
        ("modify devices", all(&devices, Item::Modify), BATCH),
        ("modify interfaces", all(&interfaces, Item::Modify), BATCH),
        ("create devices", added(Kind::Device), BATCH),
        ("create interfaces", added(Kind::Interface), BATCH),
        ("modify cables", all(&moves, Item::Modify), CABLE_BATCH),
        ("delete interfaces", deleted(Kind::Interface, false), BATCH),
        ("delete devices", deleted(Kind::Device, false), BATCH),
        ("create cables", cables, CABLE_BATCH),
    ];
    list.into_iter()
        .filter(|(_, items, _)| !items.is_empty())
        .map(|(name, items, batch)| {
            let batch = (items.len() / BATCHES).clamp(batch, batch * LARGER);
            Step { name, items, batch }
        })
        .collect()
}

/// Deletions of devices and interfaces whose names something else is to have. For interfaces a
/// name counts on whichever device: that may set a cable aside without need, never fail to.
fn early_deletions(changes: &ChangeSet) -> BTreeSet<usize> {
    // The names of a giant's additions are worth nothing if nothing stands in their way.
    if changes.deletions.is_empty() {
        return BTreeSet::new();
    }
    let desired = &changes.desired;
    let mut devices = BTreeSet::new();
    let mut interfaces = BTreeSet::new();
    for addition in &changes.additions {
        match *addition {
            Addition::Device(n) => {
                devices.extend(desired.devices.get(n as usize).map(|d| d.name.to_lowercase()));
            }
            Addition::Interface(n) => {
                let at = desired.interfaces.get(n as usize);
                let interface = at.and_then(|end| desired.interface(*end));
                interfaces.extend(interface.map(|i| i.name.clone()));
            }
            Addition::Cable(_) => {}
        }
    }
    for m in &changes.modifications {
        let Some(name) = new_value(m, Field::Name) else { continue };
        if m.old.kind() == Kind::Device {
            devices.insert(name.to_lowercase());
        } else {
            interfaces.insert(name.to_owned());
        }
    }
    let in_the_way = |object: &Object| match object {
        Object::Device(d) => devices.contains(&d.name.to_lowercase()),
        Object::Interface(i) => interfaces.contains(&i.name),
        Object::Cable(_) => false,
    };
    let all = changes.deletions.iter().enumerate();
    all.filter(|(_, d)| in_the_way(&d.old)).map(|(n, _)| n).collect()
}

/// Modifications in an order in which every name is free when it is taken: those to set aside
/// first, and all.
fn renames(changes: &ChangeSet, modified: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let place = |n: &usize| {
        let m = changes.modifications.get(*n)?;
        let new = new_value(m, Field::Name)?;
        let (home, old, new) = match &m.old {
            // Names of devices are compared without regard to case.
            Object::Device(d) => (0, d.name.to_lowercase(), new.to_lowercase()),
            Object::Interface(i) => (i.device, i.name.clone(), new.to_owned()),
            Object::Cable(_) => return None,
        };
        Some(Move { leaves: vec![(home, old)], takes: vec![(home, new)], aside: false })
    };
    let moves: Vec<_> = modified.iter().map(|n| place(n).unwrap_or_default()).collect();
    let order = order(&moves);
    let of = |list: &[usize]| -> Vec<usize> {
        list.iter().filter_map(|n| modified.get(*n).copied()).collect()
    };
    let mut all = of(&order.direct);
    all.extend(of(&order.aside));
    (of(&order.aside), all)
}

/// `device interface` of both ends that a modified cable has. An end without a change of words
/// reads as the wanted one, even if another device of that name is meant.
fn old_names(changes: &ChangeSet, m: &Modification) -> impl Iterator<Item = String> {
    m.ends.into_iter().flat_map(|(a, b)| [(Field::A, a), (Field::B, b)]).map(|(field, end)| {
        let change = m.fields.iter().find(|change| change.field == field);
        change.map_or_else(|| changes.desired.end_name(end), |change| change.old.clone())
    })
}

/// Moves of cables: those to delete and make again, and the others in order.
fn cable_moves(
    changes: &ChangeSet,
    modified: &[usize],
    early: &BTreeSet<usize>,
    wanted: &dyn Fn(usize) -> WantedEnds,
) -> (Vec<usize>, Vec<usize>) {
    let mut devices = Vec::new();
    let mut interfaces = BTreeSet::new();
    for deletion in early.iter().filter_map(|n| changes.deletions.get(*n)) {
        match &deletion.old {
            Object::Device(d) => devices.push(format!("{} ", d.name)),
            Object::Interface(i) => {
                interfaces.insert(i.id);
            }
            Object::Cable(_) => {}
        }
    }
    let place = |n: &usize| {
        let m = changes.modifications.get(*n)?;
        let Object::Cable(old) = &m.old else { return None };
        // A cable that is only made otherwise stays in its place.
        m.ends?;
        let old_ends = [old.a, old.b];
        let new_ends: Vec<_> = wanted(*n).into_iter().flatten().collect();
        let hangs_on_what_goes = old_ends.iter().any(|end| interfaces.contains(end))
            || old_names(changes, m).any(|end| devices.iter().any(|name| end.starts_with(name)));
        Some(Move {
            leaves: old_ends.into_iter().filter(|end| !new_ends.contains(end)).collect(),
            takes: new_ends.iter().copied().filter(|end| !old_ends.contains(end)).collect(),
            aside: hangs_on_what_goes,
        })
    };
    let moves: Vec<Move<ObjectId>> =
        modified.iter().map(|n| place(n).unwrap_or_default()).collect();
    let order = order(&moves);
    let of = |list: &[usize]| -> Vec<usize> {
        list.iter().filter_map(|n| modified.get(*n).copied()).collect()
    };
    (of(&order.aside), of(&order.direct))
}
