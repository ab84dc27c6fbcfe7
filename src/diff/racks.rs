//! What of racks stands in a change set: places that the spec gives, what cables are made of, the
//! racks to make, and rack units that are not free.
//!
//! A device is put into a rack when it is made, and later only if the spec gives its place itself.
//! Limits: of a device whose type the plan does not use the height is not known, so it counts as
//! one unit; one that hangs at the back of a rack is taken to leave the front free.

use super::compute::target_path;
use super::{Addition, ChangeSet, FieldChange};
use crate::inventory::{
    CableRecord, Desired, DeviceRecord, Field, Kind, ObjectId, Prerequisite, Snapshot, metres,
};
use crate::model::{Code, Finding, grouped};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A place that the rule chose is written once, when the device is made; one that the spec gives
/// is kept.
pub(super) fn moved_by_hand(
    desired: &Desired,
    device: u32,
    old: &DeviceRecord,
) -> Vec<FieldChange> {
    let place = desired.place(device).filter(|(_, _, by_hand)| *by_hand);
    let Some((rack, position, _)) = place else { return Vec::new() };
    let (old_rack, old_position) = (old.rack().map(str::to_owned), old.position());
    further_changes([
        (Field::Rack, old_rack, rack.to_owned()),
        (Field::Position, old_position, position.to_string()),
    ])
}

/// Type and length, where the plan chose a cable.
pub(super) fn made_otherwise(desired: &Desired, cable: u32, old: &CableRecord) -> Vec<FieldChange> {
    let Some((cable_type, length_cm)) = desired.cable_make(cable) else { return Vec::new() };
    let old_type = old.cable_type().map(str::to_owned);
    further_changes([
        (Field::Type, old_type, cable_type.to_owned()),
        (Field::Length, old.length(), metres(length_cm)),
    ])
}

fn further_changes(fields: [(Field, Option<String>, String); 2]) -> Vec<FieldChange> {
    fields
        .into_iter()
        .filter(|(_, old, new)| old.as_ref() != Some(new))
        .map(|(field, old, new)| FieldChange {
            field,
            old: old.unwrap_or_else(|| "none".to_owned()),
            new,
            applied: None,
        })
        .collect()
}

/// A rack is made only for a device that the set puts into it: a device that stands elsewhere
/// already needs none.
pub(super) fn leave_out_unused(set: &mut ChangeSet) {
    if set.desired.racking.is_none() {
        return;
    }
    let desired = Arc::clone(&set.desired);
    let used: BTreeSet<&str> = placed(set, &desired).map(|(_, rack, _)| rack).collect();
    set.prerequisites.retain(|p| match p {
        Prerequisite::Rack { name, .. } => used.contains(name.as_str()),
        _ => true,
    });
}

/// Devices that the set puts into racks: index, rack and lowest unit.
fn placed<'d>(set: &ChangeSet, desired: &'d Desired) -> impl Iterator<Item = (u32, &'d str, u32)> {
    let made = set.additions.iter().filter_map(|addition| match addition {
        Addition::Device(n) => Some(*n),
        _ => None,
    });
    let moved = set.modifications.iter().filter_map(|m| match m.desired {
        Addition::Device(n) if moves(m) => Some(n),
        _ => None,
    });
    made.chain(moved).filter_map(|n| {
        let (rack, unit, _) = desired.place(n)?;
        Some((n, rack, unit))
    })
}

/// One finding for all devices whose units hold a device that stays where it is, of this plan or
/// of somebody else: NetBox takes no two devices in one unit. Two devices that change places are
/// let through; whether they can depends on the order in which they are written.
pub(crate) fn find_taken_units(set: &ChangeSet, snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    const EXAMPLES: usize = 3;
    if set.desired.racking.is_none() {
        return;
    }
    let heights: BTreeMap<&str, u32> = set
        .desired
        .prerequisites
        .iter()
        .filter_map(|p| match p {
            Prerequisite::DeviceType { slug, u_height, .. } => {
                Some((slug.as_str(), u32::from(*u_height)))
            }
            _ => None,
        })
        .collect();
    let wanted: Vec<(u32, &str, u32)> = placed(set, &set.desired).collect();
    let racks: BTreeSet<&str> = wanted.iter().map(|(_, rack, _)| *rack).collect();
    // What goes or moves makes room.
    let gone: BTreeSet<ObjectId> = set
        .deletions
        .iter()
        .filter(|d| d.old.kind() == Kind::Device)
        .map(|d| d.old.id())
        .chain(set.modifications.iter().filter(|m| moves(m)).map(|m| m.old.id()))
        .collect();
    let mut held: BTreeMap<(&str, u32), &str> = BTreeMap::new();
    for device in snapshot.devices() {
        let Some(rack) = device.rack().and_then(|rack| racks.get(rack)) else { continue };
        if device.faces_back() || gone.contains(&device.id) {
            continue;
        }
        let Some(units) = device.units(heights.get(device.device_type.as_str()).copied()) else {
            continue;
        };
        held.extend(units.map(|unit| ((*rack, unit), device.name.as_str())));
    }
    let mut blocked = wanted.iter().filter_map(|(n, rack, unit)| {
        let kind = set.desired.kind_of(*n)?;
        let height = heights.get(kind.device_type.as_str()).copied().unwrap_or(1).max(1);
        let (unit, other) = (*unit..unit.saturating_add(height))
            .find_map(|unit| Some((unit, *held.get(&(*rack, unit))?)))?;
        Some((set.desired.devices.get(*n as usize)?.name.as_str(), *rack, unit, other))
    });
    let Some((name, rack, unit, other)) = blocked.next() else { return };
    let others: Vec<&str> = blocked.map(|(name, ..)| name).collect();
    let also = match others.len() {
        0 => String::new(),
        n if n <= EXAMPLES => format!(" The same holds for {}.", others.join(", ")),
        n => format!(" The same holds for {} more devices.", grouped(n as u64)),
    };
    findings.push(
        Finding::new(
            Code::RackUnitTaken,
            target_path(),
            format!("{name} is to stand in rack {rack}, but {other} is at its unit {unit} in the inventory.{also}"),
        )
        .advise("Give the device another place in the spec, or move the other one in the inventory."),
    );
}

/// True if a modification gives a device another place.
fn moves(modification: &super::Modification) -> bool {
    modification.fields.iter().any(|f| matches!(f.field, Field::Rack | Field::Position))
}
