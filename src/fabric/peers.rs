//! Links between switches beside those of the tiers: the leaves of a mesh, peer and session links
//! of MCLAG pairs, and zones that name the zone at their far end (management switches to the
//! network they hang on, border leaves to a zone of the spines).

use super::LinkKind;
use super::leaves::group_size;
use super::mesh::{self, NoMesh};
use super::slots::{ZoneLanes, shown, slots_of, unknown_reference, zones_of};
use super::spines::{links, wire};
use super::tiers::Tier;
use super::weave::Weaving;
use crate::model::{Code, Finding, Limits};
use crate::plan::{PlacementRules, SwitchRedundancy, SwitchRole, Topology, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// A place of a link's end: class, section and position in it, slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) class: usize,
    pub(super) section: u32,
    pub(super) position: u32,
    pub(super) slot: u16,
}

/// A link between two such places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Joint {
    pub(super) group: u32,
    pub(super) a: Spot,
    pub(super) b: Spot,
}

/// Plans all of them, beside the links of the tiers.
pub(super) fn plan(weaving: &mut Weaving, tiers: &[Tier]) -> Vec<Joint> {
    let mut joints = Vec::new();
    meshes(weaving, &mut joints);
    pairs(weaving, &mut joints);
    named_zones(weaving, tiers, &mut joints);
    joints
}

fn meshes(weaving: &mut Weaving, joints: &mut Vec<Joint>) {
    let classes = || weaving.primitives.switches.iter().enumerate();
    let mut fabrics: Vec<&str> = classes()
        .filter(|(_, (c, _))| c.topology == Topology::Mesh)
        .map(|(_, (c, _))| c.fabric.as_str())
        .collect();
    fabrics.sort_unstable();
    fabrics.dedup();
    for fabric in fabrics {
        let mut of: Vec<usize> = classes()
            .filter(|(_, (c, _))| c.fabric == fabric && c.topology == Topology::Mesh)
            .map(|(n, _)| n)
            .collect();
        let Some((first, origin)) = of.first().and_then(|n| weaving.primitives.switches.get(*n))
        else {
            continue;
        };
        let other =
            classes().find(|(_, (c, _))| c.fabric == fabric && c.topology != Topology::Mesh);
        if let Some((_, (other, _))) = other {
            weaving.findings.push(
                Finding::new(
                    Code::MeshWithSpines,
                    origin.base.clone(),
                    format!(
                        "{} is a mesh leaf, but fabric {fabric} also has {}.",
                        first.id, other.id
                    ),
                )
                .advise("Give the mesh a fabric of its own, or use spines for all leaves."),
            );
            continue;
        }
        // In the order of device names.
        of.sort_by_key(|n| {
            weaving
                .primitives
                .switches
                .get(*n)
                .map(|(c, _)| format!("{}-", if c.name.is_empty() { &c.id } else { &c.name }))
        });
        let mut leaves: Vec<(usize, u32, Vec<u16>)> = Vec::new();
        let mut speed = None;
        for n in of.iter().copied() {
            let Some(switch) = weaving.switches.get(n) else { continue };
            let slots = slots_of(&switch.zones, ZoneKind::Mesh);
            speed = speed.or(switch.speed_of(slots.first().copied()));
            leaves.extend((0..switch.count()).map(|position| (n, position, slots.clone())));
        }
        let lanes: Vec<u32> =
            leaves.iter().map(|(_, _, s)| u32::try_from(s.len()).unwrap_or(u32::MAX)).collect();
        let links = match mesh::wire(&lanes) {
            Ok(links) => links,
            // What is left out of it has been told; the numbers only follow.
            Err(why) if weaving.follows(&of, why == NoMesh::Size(0) || why == NoMesh::Size(1)) => {
                continue;
            }
            Err(why) => {
                let (code, text, remedy) = match why {
                    NoMesh::Size(n) => (
                        Code::MeshSize,
                        format!("The mesh of {fabric} has {n} leaves; a mesh has two or three."),
                        "Fix its leaves at 2 or 3, or use spines.",
                    ),
                    NoMesh::Unlike(a, b) => (
                        Code::MeshPorts,
                        format!("Leaves of the mesh of {fabric} have {a} and {b} mesh ports."),
                        "Give all leaves of a mesh the same number of mesh ports.",
                    ),
                    NoMesh::TooFew(n) => (
                        Code::MeshPorts,
                        format!(
                            "A leaf of the mesh of {fabric} has {n} mesh ports, one too few to reach every other."
                        ),
                        "Add ports to the zone of kind `mesh`.",
                    ),
                    NoMesh::Odd(n) => (
                        Code::MeshPorts,
                        format!(
                            "{n} mesh ports of a leaf of {fabric} are not divisible by two other leaves."
                        ),
                        "Give the leaves an even number of mesh ports.",
                    ),
                };
                weaving.findings.push(Finding::new(code, origin.base.clone(), text).advise(remedy));
                continue;
            }
        };
        let fabric = fabric.to_owned();
        let group = weaving.group(&fabric, LinkKind::Mesh, speed.unwrap_or(0));
        for link in links {
            let spot = |leaf: usize, lane: u32| {
                let (class, position, slots) = leaves.get(leaf)?;
                let slot = slots.get(lane as usize)?;
                Some(Spot { class: *class, section: 0, position: *position, slot: *slot })
            };
            if let (Some(a), Some(b)) = (spot(link.a, link.a_lane), spot(link.b, link.b_lane)) {
                joints.push(Joint { group, a, b });
            }
        }
    }
}

/// Peer and session links of MCLAG pairs: the k-th port of one to the k-th of the other.
fn pairs(weaving: &mut Weaving, joints: &mut Vec<Joint>) {
    for (n, (class, origin)) in weaving.primitives.switches.iter().enumerate() {
        let pair = class.redundancy == SwitchRedundancy::Mclag && group_size(class) == Some(2);
        let count = weaving.switches.get(n).map_or(0, super::weave::Switches::count);
        if !pair || count == 0 || matches!(class.role, SwitchRole::Spine | SwitchRole::SuperSpine) {
            continue;
        }
        let mut missing = Vec::new();
        for (zone, kind, name) in [
            (ZoneKind::Peer, LinkKind::Peer, "peer"),
            (ZoneKind::Session, LinkKind::Session, "session"),
        ] {
            let Some(switch) = weaving.switches.get(n) else { continue };
            let slots = slots_of(&switch.zones, zone);
            let Some(speed) = switch.speed_of(slots.first().copied()) else {
                // A zone that was refused has a finding of its own.
                if !class.zones.iter().any(|one| one.kind == zone) {
                    missing.push(name);
                }
                continue;
            };
            let group = weaving.group(&class.fabric, kind, speed);
            for first in (0..count.saturating_sub(1)).step_by(2) {
                for slot in &slots {
                    let spot = |position| Spot { class: n, section: 0, position, slot: *slot };
                    joints.push(Joint { group, a: spot(first), b: spot(first + 1) });
                }
            }
        }
        if !missing.is_empty() {
            weaving.findings.push(
                Finding::new(
                    Code::PeerLinksMissing,
                    origin.base.clone(),
                    format!(
                        "{} is in MCLAG pairs, but has no zone for {} links.",
                        class.id,
                        missing.join(" and ")
                    ),
                )
                .advise("Add zones of kind `peer` and `session`."),
            );
        }
    }
}

/// The ports of spines that leaves have, where another zone may want them: a fabric zone that is
/// named and has to serve leaves, too, because there is no other.
fn taken_by_leaves(weaving: &Weaving, tiers: &[Tier]) -> BTreeSet<Spot> {
    let mut taken = BTreeSet::new();
    let shared = |class: usize| -> Option<Vec<u16>> {
        let zones = &weaving.switches.get(class)?.zones;
        let of = zones_of(zones, ZoneKind::Fabric);
        of.iter().any(|zone| zone.named).then(|| slots_of(zones, ZoneKind::Fabric))
    };
    let spot = |class: usize, position: u32, slots: &[u16], lane: u32| {
        let slot = slots.get(lane as usize).copied()?;
        Some(Spot { class, section: 0, position, slot })
    };
    for tier in tiers {
        match tier {
            Tier::Two { spine, below, lanes, count, spread } => {
                let Some(slots) = shared(*spine) else { continue };
                let below: Vec<_> = below.iter().map(|(below, _)| *below).collect();
                if links(&below) > Limits::LINKS {
                    // Refused as a whole, later.
                    continue;
                }
                let wired = wire(*spread, *lanes, *count, &below);
                taken.extend(
                    wired.iter().filter_map(|link| spot(*spine, link.above, &slots, link.lane)),
                );
            }
            Tier::Diet { spines, links, .. } => {
                let slots: BTreeMap<usize, Vec<u16>> = spines
                    .iter()
                    .filter_map(|(class, _)| Some((*class, shared(*class)?)))
                    .collect();
                taken.extend(links.iter().filter_map(|link| {
                    let (class, position) = spines.get(link.spine)?;
                    spot(*class, *position, slots.get(class)?, link.lane)
                }));
            }
            // A spine of a pod has its fabric zone for leaves alone, or parts it in halves.
            Tier::Three { .. } => {}
        }
    }
    taken
}

/// Zones that name the zone at their far end.
fn named_zones(weaving: &mut Weaving, tiers: &[Tier], joints: &mut Vec<Joint>) {
    let primitives = weaving.primitives;
    let mut used = taken_by_leaves(weaving, tiers);
    // By key, so that the order of the spec means nothing.
    let mut classes: Vec<_> = primitives.switches.iter().enumerate().collect();
    classes.sort_by(|(_, (a, _)), (_, (b, _))| a.id.cmp(&b.id));
    for (n, (class, origin)) in classes {
        let zones: Vec<ZoneLanes> = weaving
            .switches
            .get(n)
            .map(|s| s.zones.iter().filter(|z| z.peer_zone.is_some()).cloned().collect())
            .unwrap_or_default();
        for zone in zones {
            let Some(name) = zone.peer_zone.as_deref() else { continue };
            let class_id = &class.id;
            let at = if origin.by_hand { zone.path.field("peer_zone") } else { zone.path.clone() };
            let target = name.split_once('/').and_then(|(class, zone)| {
                let t = primitives.switches.iter().position(|(c, _)| c.id == class)?;
                let z = weaving.switches.get(t)?.zones.iter().position(|z| z.id == zone)?;
                Some((t, z))
            });
            let Some((t, z)) = target else {
                let known: Vec<String> = primitives
                    .switches
                    .iter()
                    .flat_map(|(c, _)| c.zones.iter().map(move |z| format!("{}/{}", c.id, z.id)))
                    .collect();
                // A zone that is there and was refused has a finding of its own.
                if !known.iter().any(|zone| zone == name) {
                    let fits = |full: &&str| {
                        full.split_once('/').is_some_and(|(of, id)| {
                            let class = primitives.switches.iter().find(|(c, _)| c.id == of);
                            let other =
                                class.and_then(|(c, _)| c.zones.iter().find(|z| z.id == id));
                            of != class_id
                                && other.is_some_and(|z| z.breakout.speed_gbps == zone.speed_gbps)
                        })
                    };
                    let known: Vec<&str> = known.iter().map(String::as_str).filter(fits).collect();
                    let text = format!("There is no zone `{}`.", shown(name));
                    weaving.findings.push(unknown_reference(text, name, at, &known, None));
                }
                continue;
            };
            let (Some(target), Some((target_class, _))) =
                (weaving.switches.get(t), primitives.switches.get(t))
            else {
                continue;
            };
            let Some(to) = target.zones.get(z).cloned() else { continue };
            let diet = class.placement == PlacementRules::Diet;
            if to.speed_gbps != zone.speed_gbps {
                weaving.findings.push(
                    Finding::new(
                        if diet { Code::SpeedUnlike } else { Code::SpeedMismatch },
                        at.clone(),
                        format!(
                            "Zone {} of {} has {}G, zone {} of {} has {}G.",
                            zone.id,
                            class.id,
                            zone.speed_gbps,
                            to.id,
                            target_class.id,
                            to.speed_gbps
                        ),
                    )
                    .advise("Give both zones a breakout of the same speed."),
                );
                if !diet {
                    continue;
                }
            }
            let devices: Vec<(u32, u32)> = (0..)
                .zip(&target.sections)
                .flat_map(|(section, count)| (0..*count).map(move |position| (section, position)))
                .collect();
            let count = weaving.switches.get(n).map_or(0, super::weave::Switches::count);
            if devices.is_empty() || count == 0 {
                continue;
            }
            // Lanes that servers have already.
            for placement in &target.placements {
                used.insert(Spot {
                    class: t,
                    section: 0,
                    position: placement.leaf,
                    slot: placement.leaf_slot,
                });
            }
            let (kind, fabric) = (LinkKind::PeerZone, class.fabric.clone());
            let group = weaving.group(&fabric, kind, zone.speed_gbps.min(to.speed_gbps));
            let mut short = 0u64;
            for position in 0..count {
                for (uplink, slot) in zone.slots.iter().enumerate() {
                    let device = if diet && zone.kind == ZoneKind::Uplink {
                        block(uplink, zone.slots.len(), devices.len())
                    } else {
                        uplink % devices.len()
                    };
                    let Some((section, above)) = devices.get(device).copied() else { continue };
                    let spot = |slot: u16| Spot { class: t, section, position: above, slot };
                    let free = |slot: &&u16| !used.contains(&spot(**slot));
                    // From the far end of the zone, so that servers may grow; DIET takes the next.
                    let found = if diet {
                        to.slots.iter().find(free)
                    } else {
                        to.slots.iter().rev().find(free)
                    };
                    let Some(to_slot) = found else {
                        short += 1;
                        continue;
                    };
                    let b = spot(*to_slot);
                    used.insert(b);
                    let a = Spot { class: n, section: 0, position, slot: *slot };
                    joints.push(Joint { group, a, b });
                }
            }
            if short > 0 {
                weaving.findings.push(
                    Finding::new(
                        Code::PeerPortsShort,
                        at,
                        format!(
                            "Zone {} of {} has {short} ports too few for the links of {}.",
                            to.id, target_class.id, class.id
                        ),
                    )
                    .advise("Give that zone more ports, or this one fewer."),
                );
            }
        }
    }
}

/// The block of neighbouring uplinks that an uplink is in: the first blocks have one more.
fn block(uplink: usize, uplinks: usize, blocks: usize) -> usize {
    let (size, more) = (uplinks / blocks, uplinks % blocks);
    let in_larger = more * (size + 1);
    if uplink < in_larger { uplink / (size + 1) } else { more + (uplink - in_larger) / size.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks() {
        let check = |uplinks: usize, blocks: usize, expected: &[usize]| {
            let got: Vec<usize> = (0..uplinks).map(|n| block(n, uplinks, blocks)).collect();
            assert_eq!(got, expected, "{uplinks} uplinks in {blocks} blocks");
        };
        check(4, 4, &[0, 1, 2, 3]);
        check(4, 2, &[0, 0, 1, 1]);
        check(10, 4, &[0, 0, 0, 1, 1, 1, 2, 2, 3, 3]);
        check(5, 3, &[0, 0, 1, 1, 2]);
        check(2, 4, &[0, 1]);
    }
}
