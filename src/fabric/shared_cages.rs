//! Cages that zones of an imported class break out in different ways.
//!
//! DIET lets zones overlap and does not look at a cage before it takes a lane of it, so a plan with
//! such zones may be sound: as long as no switch uses a cage in two ways. Slots are kept for every
//! way while servers and links are placed; here, when all links are there, it is said which cages
//! are shared, and an error where one would have to be broken out twice.

use super::{Fabric, Primitives};
use crate::catalog::PortList;
use crate::model::{Code, EditValue, Finding};
use crate::plan::{PlacementRules, PortOrder, PortZone, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// The zones that a cage is broken out for.
type Ways<'a> = BTreeSet<&'a str>;

/// Says which cages are in zones with different breakouts.
pub(super) fn check(primitives: &Primitives, fabric: &Fabric, findings: &mut Vec<Finding>) {
    let imported = primitives.switches.iter().filter(|(c, _)| c.placement == PlacementRules::Diet);
    for (class, origin) in imported {
        let of_class = || (0..).zip(&fabric.classes).filter(|(_, c)| c.family == class.id);
        let Some((_, first)) = of_class().next() else { continue };
        let mut shared: BTreeMap<u16, Ways> = BTreeMap::new();
        for slot in first.slots.iter() {
            shared.entry(slot.cage_number).or_default().insert(slot.zone());
        }
        shared.retain(|_, ways| ways.len() > 1);
        if shared.is_empty() {
            continue;
        }
        let of: BTreeSet<u32> = of_class().map(|(n, _)| n).collect();
        let users = users(fabric, &of, &shared);
        // Two zones at a time, in the order of the spec.
        let mut pairs: BTreeMap<(usize, usize), Vec<u16>> = BTreeMap::new();
        for (cage, ways) in &shared {
            let places: Vec<usize> = (0..)
                .zip(&class.zones)
                .filter(|(_, zone)| ways.contains(zone.id.as_str()))
                .map(|(n, _)| n)
                .collect();
            for (n, b) in places.iter().enumerate() {
                for a in places.iter().take(n) {
                    pairs.entry((*a, *b)).or_default().push(*cage);
                }
            }
        }
        for ((a, b), cages) in pairs {
            let (Some(one), Some(other)) = (class.zones.get(a), class.zones.get(b)) else {
                continue;
            };
            let ways = format!(
                "broken out as {} in zone {} and as {} in zone {}",
                one.breakout, one.id, other.breakout, other.id
            );
            let path = |zone| origin.item("zones", zone).field("ports");
            let both = cages.iter().find_map(|cage| {
                let [one, other] = [one, other].map(|zone| users.get(&(*cage, zone.id.as_str())));
                one?.intersection(other?).next().map(|device| (*cage, *device))
            });
            let list = PortList::of_cages(&cages).map(|l| l.to_string()).unwrap_or_default();
            let finding = match both {
                Some((cage, device)) => {
                    let name = fabric.device_name(device);
                    let text = format!("Cage {cage} of {name} is {ways}, and used as both.");
                    Finding::new(Code::CageTwoBreakouts, path(b), text)
                }
                None => {
                    let text = format!("Cages {list} of {} are {ways}.", class.id);
                    Finding::new(Code::CageInTwoZones, path(b), text)
                }
            };
            // Servers find room elsewhere more easily than links between switches.
            let (giver, zone) =
                if for_servers(one) && !for_servers(other) { (a, one) } else { (b, other) };
            findings.push(match without(zone, &cages) {
                Some(ports) => finding.offer(
                    format!("Take {list} out of {}", zone.id),
                    path(giver),
                    EditValue::Text(ports),
                ),
                None => finding.advise("Give each cage to one zone."),
            });
        }
    }
}

fn for_servers(zone: &PortZone) -> bool {
    matches!(zone.kind, ZoneKind::Server | ZoneKind::Management)
}

/// The ports of a zone without some cages, if that is all there is to change.
fn without(zone: &PortZone, cages: &[u16]) -> Option<String> {
    if matches!(zone.order, PortOrder::Custom(_)) || zone.reserved.is_some() {
        return None;
    }
    let kept: Vec<u16> =
        zone.ports.cages().iter().copied().filter(|cage| !cages.contains(cage)).collect();
    PortList::of_cages(&kept).ok().map(|ports| ports.to_string())
}

/// The devices of some classes that use a shared cage, by cage and zone.
fn users<'f>(
    fabric: &'f Fabric,
    classes: &BTreeSet<u32>,
    shared: &BTreeMap<u16, Ways>,
) -> BTreeMap<(u16, &'f str), BTreeSet<u32>> {
    let mut users: BTreeMap<(u16, &str), BTreeSet<u32>> = BTreeMap::new();
    for end in fabric.links.iter().flat_map(|link| [link.a, link.b]) {
        let class = fabric.devices.get(end.device as usize).map(|device| device.class);
        if !class.is_some_and(|class| classes.contains(&class)) {
            continue;
        }
        let Some(slot) = fabric.slot(end) else { continue };
        if shared.contains_key(&slot.cage_number) {
            users.entry((slot.cage_number, slot.zone())).or_default().insert(end.device);
        }
    }
    users
}
