//! DIET's own rules, for plans that were imported from it.
//!
//! Such a plan must lead to the same devices and cables as DIET's generator, end for end, wherever
//! that succeeds. So sizing and placing are two algorithms here as they are there, word for word,
//! and [`place`] says when they disagree: then the weaver falls back to the native rules for that
//! class. Order matters: classes and connections as they stand in the plan, which the import has
//! sorted as DIET does.

use super::leaves::{Placement, Wanted, placement};
use super::slots::{ZoneLanes, zones_of};
use crate::catalog::SwitchModel;
use crate::plan::{Distribution, SwitchClass, SwitchRedundancy, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// Lanes that DIET counts for a cage of a zone at a speed: those of the first breakout of the
/// model that gives the speed, else one.
fn lanes_per_cage(model: &SwitchModel, zone: &ZoneLanes, slots: &[super::Slot], speed: u32) -> u32 {
    let cage = zone.slots.first().and_then(|slot| slots.get(usize::from(*slot)));
    let group = cage.and_then(|slot| model.port_group(slot.cage_number)).or(model.ports.first());
    let breakouts = group.map(|group| group.breakouts.as_slice()).unwrap_or_default();
    breakouts.iter().find(|b| b.speed_gbps == speed).map_or(1, |b| u32::from(b.lanes))
}

/// A number of switches, as redundancy wants it; `None` if an ESLAG group would be too large.
pub fn rounded(class: &SwitchClass, count: u32) -> Option<u32> {
    match class.redundancy {
        SwitchRedundancy::None | SwitchRedundancy::Redundant => Some(count),
        SwitchRedundancy::Mclag => Some(count.max(2).next_multiple_of(2)),
        SwitchRedundancy::Eslag => Some(count.max(2)).filter(|n| *n <= 4),
    }
}

fn speed(wanted: &Wanted) -> u32 {
    wanted.connection.speed_gbps.unwrap_or(wanted.nic.speed_gbps)
}

fn rail(wanted: &Wanted) -> Option<u32> {
    match wanted.connection.distribution {
        Distribution::RailOptimised { rail, .. } => Some(rail),
        _ => None,
    }
}

/// How many leaves DIET computes for the connections of a class, by zone.
pub fn leaf_count(
    class: &SwitchClass,
    model: &SwitchModel,
    zones: &[ZoneLanes],
    slots: &[super::Slot],
    wanted: &[(usize, Wanted)],
) -> Option<u32> {
    if wanted.is_empty() {
        return Some(0);
    }
    let demand = |w: &Wanted| u64::from(w.servers) * u64::from(w.connection.ports);
    let ceil = |demand: u64, capacity: u64| {
        u32::try_from(demand.div_ceil(capacity.max(1))).unwrap_or(u32::MAX)
    };
    if let Some((_, first)) = wanted.iter().find(|(_, w)| rail(w).is_some()) {
        let zone = zones_of(zones, ZoneKind::Server).into_iter().next();
        let capacity = zone.map_or(64, |zone| {
            u64::from(zone.cages) * u64::from(lanes_per_cage(model, zone, slots, speed(first)))
        });
        let all = wanted.iter().filter(|(_, w)| rail(w).is_some()).map(|(_, w)| demand(w)).sum();
        return rounded(class, ceil(all, capacity));
    }
    let mut by_zone: BTreeMap<usize, (u64, u32)> = BTreeMap::new();
    for (zone, one) in wanted {
        by_zone.entry(*zone).or_insert((0, speed(one))).0 += demand(one);
    }
    let mut need = 0;
    for (zone, (demand, speed)) in by_zone {
        let Some(zone) = zones.get(zone).filter(|_| demand > 0) else { continue };
        let capacity = u64::from(zone.cages) * u64::from(lanes_per_cage(model, zone, slots, speed));
        need = need.max(ceil(demand, capacity)).max(1);
    }
    let by_turns = |(_, w): &(usize, Wanted)| {
        matches!(w.connection.distribution, Distribution::Alternating { .. }) && demand(w) > 0
    };
    if need > 0 && wanted.iter().any(by_turns) {
        need = need.max(2);
    }
    if need == 0 { Some(0) } else { rounded(class, need) }
}

/// Places the connections of one zone on `leaves` leaves; `None` where DIET would stop because a
/// leaf has no port left.
pub fn place(zone: &ZoneLanes, wanted: &[&Wanted], leaves: u32) -> Option<Vec<Placement>> {
    let mut placements = Vec::new();
    if leaves == 0 {
        return wanted.iter().all(|w| w.servers == 0).then_some(placements);
    }
    let mut rails: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    for one in wanted {
        rails.entry(one.class).or_default().extend(rail(one));
    }
    let mut next = vec![0u32; leaves as usize];
    let mut start = 0;
    while let Some(class) = wanted.get(start).map(|w| w.class) {
        let of_class: Vec<&&Wanted> =
            wanted.iter().skip(start).take_while(|w| w.class == class).collect();
        start += of_class.len();
        let servers = of_class.first().map_or(0, |w| w.servers);
        let rails = u32::try_from(rails.get(&class).map_or(0, BTreeSet::len)).unwrap_or(u32::MAX);
        for server in 0..servers {
            for one in &of_class {
                for port in 0..one.connection.ports {
                    let leaf = instance(zone, one, server, port, leaves, rails);
                    let lane = next.get_mut(leaf as usize)?;
                    if *lane >= zone.lanes() {
                        return None;
                    }
                    placements.push(placement(one, server, port, leaf, *lane, zone));
                    *lane += 1;
                }
            }
        }
    }
    Some(placements)
}

fn instance(
    zone: &ZoneLanes,
    one: &Wanted,
    server: u32,
    port: u32,
    leaves: u32,
    rails: u32,
) -> u32 {
    if leaves == 1 {
        return 0;
    }
    match one.connection.distribution {
        Distribution::SameSwitch => {
            // Contiguous groups; the first of them have one server more.
            let (size, more) = (one.servers / leaves, one.servers % leaves);
            let in_larger = more * (size + 1);
            if server < in_larger {
                server / (size + 1)
            } else {
                more + (server - in_larger) / size.max(1)
            }
        }
        Distribution::Alternating { .. } => port % leaves,
        Distribution::RoundRobin => server % leaves,
        Distribution::RailOptimised { rail, .. } => {
            let instance = if leaves < rails {
                rail / rails.div_ceil(leaves)
            } else {
                let unit = (zone.lanes() / one.connection.ports.max(1)).max(1);
                (server / unit).saturating_mul(rails).saturating_add(rail)
            };
            instance.min(leaves - 1)
        }
    }
}

/// A leaf–spine link by positions in DIET's order and lanes, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockLink {
    /// The leaf, among all leaves of the fabric.
    pub leaf: usize,
    /// Its uplink.
    pub uplink: u32,
    /// The spine, among all spines of the fabric.
    pub spine: usize,
    /// Its lane.
    pub lane: u32,
}

/// Blocks of neighbouring uplinks go to one spine after the other; what does not divide goes to
/// the first spines, or with `rotate` to the next ones in turn. `None` if a spine has too few lanes.
pub fn blocks(uplinks: &[u32], spines: &[u32], rotate: bool) -> Option<Vec<BlockLink>> {
    let count = u32::try_from(spines.len()).ok().filter(|n| *n > 0)?;
    let mut next = vec![0u32; spines.len()];
    let mut links = Vec::new();
    let mut round = 0;
    for (leaf, uplinks) in uplinks.iter().enumerate() {
        let (base, more) = (uplinks / count, uplinks % count);
        let extra = |spine: u32| {
            let turn = if rotate { (spine + count - round % count) % count } else { spine };
            u32::from(turn < more)
        };
        let mut uplink = 0;
        for (spine, lanes) in (0..count).zip(spines) {
            for _ in 0..base + extra(spine) {
                let lane = next.get_mut(spine as usize)?;
                if *lane >= *lanes {
                    return None;
                }
                links.push(BlockLink { leaf, uplink, spine: spine as usize, lane: *lane });
                *lane += 1;
                uplink += 1;
            }
        }
        round = (round + more) % count;
    }
    Some(links)
}

/// How many spines DIET computes: uplink cages of all leaves over fabric cages of a spine.
pub fn spine_count(
    uplink_cages: u64,
    model: &SwitchModel,
    zones: &[ZoneLanes],
    slots: &[super::Slot],
) -> u32 {
    let Some(zone) = zones_of(zones, ZoneKind::Fabric).into_iter().next() else { return 0 };
    let cage = zone.slots.first().and_then(|slot| slots.get(usize::from(*slot)));
    let native = cage
        .and_then(|slot| model.port_group(slot.cage_number))
        .or(model.ports.first())
        .map_or(zone.speed_gbps, |group| group.speed_gbps);
    let lanes = lanes_per_cage(model, zone, slots, native);
    let capacity = u64::from(zone.cages) * u64::from(lanes);
    u32::try_from(uplink_cages.div_ceil(capacity.max(1))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_as_diet_lays_them() {
        let check = |leaves: usize, uplinks: u32, spines: usize, lanes: u32, rotate, fits| {
            let links = blocks(&vec![uplinks; leaves], &vec![lanes; spines], rotate);
            assert_eq!(links.is_some(), fits, "{leaves} × {uplinks} on {spines}, {rotate}");
            let mut seen = BTreeSet::new();
            for link in links.unwrap_or_default() {
                assert!(seen.insert((link.spine, link.lane)));
                assert!(link.lane < lanes && link.uplink < uplinks);
            }
        };
        let overflowing = |n: usize| matches!(n, 6 | 10..=14 | 17..=20 | 22..=30 | 33..=62);
        for leaves in 1..=64 {
            let spines = (leaves * 32usize).div_ceil(64);
            check(leaves, 32, spines, 64, false, !overflowing(leaves));
            check(leaves, 32, spines, 64, true, true);
        }
        let first: Vec<usize> =
            blocks(&[4], &[64; 3], false).unwrap().iter().map(|l| l.spine).collect();
        assert_eq!(first, [0, 0, 1, 2]);
    }
}
