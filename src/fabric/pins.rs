//! What comes after weaving: pinned ends, ports that do not work, and the check that no interface
//! is used twice.
//!
//! A pinned end changes places with whatever has its port, so that nothing else moves. A link on a
//! port that does not work takes the last free port of the same speed and zone on that device.

use super::expand::Primitives;
use super::{End, Fabric, LinkKind};
use crate::model::{Code, Finding, Limits, SpecPath};
use std::collections::{BTreeMap, BTreeSet};

/// Applies pins and dead ports of the spec, then checks every end. Of `incomplete` classes links
/// are missing for a reason that has been told, so it is not told that pins do not find them.
pub(super) fn apply(
    primitives: &Primitives,
    incomplete: &BTreeSet<String>,
    fabric: &mut Fabric,
    findings: &mut Vec<Finding>,
) {
    let before = leaves_of_rails(primitives, fabric);
    let pinned = pin(primitives, incomplete, fabric, findings);
    let after = leaves_of_rails(primitives, fabric);
    rails_spread(fabric, &before, &after, findings);
    avoid_dead_ports(primitives, incomplete, fabric, &pinned, findings);
    check_ends(fabric, findings);
}

/// The group of a rail's links, and the scalable unit of their servers.
type RailOfUnit = (u32, Option<u32>);

/// The leaves of each rail of each scalable unit; none without pins. Placing puts a rail on as few
/// leaves as it needs, and only a pin takes a link elsewhere.
fn leaves_of_rails(
    primitives: &Primitives,
    fabric: &Fabric,
) -> BTreeMap<RailOfUnit, BTreeSet<u32>> {
    let mut leaves: BTreeMap<RailOfUnit, BTreeSet<u32>> = BTreeMap::new();
    if primitives.pins.is_empty() {
        return leaves;
    }
    for link in &fabric.links {
        let kind = fabric.groups.get(link.group as usize).map(|group| group.kind);
        let of_rails = fabric.devices.get(link.b.device as usize).is_some_and(|d| d.rail.is_some());
        if kind == Some(LinkKind::ServerLeaf) && of_rails {
            let su = fabric.devices.get(link.a.device as usize).and_then(|server| server.su);
            leaves.entry((link.group, su)).or_default().insert(link.b.device);
        }
    }
    leaves
}

/// Says which rails stand on more leaves than before.
fn rails_spread(
    fabric: &Fabric,
    before: &BTreeMap<RailOfUnit, BTreeSet<u32>>,
    after: &BTreeMap<RailOfUnit, BTreeSet<u32>>,
    findings: &mut Vec<Finding>,
) {
    let mut worst: Option<(usize, usize, u32)> = None;
    let mut rails = 0;
    for (rail, leaves) in after {
        let Some(least) = before.get(rail).filter(|least| least.len() < leaves.len()) else {
            continue;
        };
        rails += 1;
        let more = leaves.difference(least).next().copied();
        if worst.is_none_or(|(most, ..)| leaves.len() > most) {
            worst = Some((leaves.len(), least.len(), more.unwrap_or_default()));
        }
    }
    if let Some((leaves, least, more)) = worst {
        findings.push(
            Finding::new(
                Code::RailSpread,
                SpecPath::new("spec.pins"),
                format!(
                    "Pins put {rails} {} on more leaves than needed: one on {leaves} instead of \
                     {least}, with a link on {}.",
                    if rails == 1 { "rail" } else { "rails" },
                    fabric.device_name(more)
                ),
            )
            .advise("Pin the ends of a rail to ports of its own leaves."),
        );
    }
}

/// The end that a key names: `gpu/42/rail-3/0`.
fn end_of(fabric: &Fabric, key: &str) -> Option<End> {
    let (class, rest) = key.split_once('/')?;
    let (number, slot) = rest.split_once('/')?;
    let class = fabric.class(class)?;
    let device = class.device(number.parse().ok()?)?;
    let slot = class.slots.iter().position(|s| s.key == slot)?;
    Some(End { device, slot: u16::try_from(slot).ok()? })
}

/// Moves pinned ends; returns the upper ends that they have now.
fn pin(
    primitives: &Primitives,
    incomplete: &BTreeSet<String>,
    fabric: &mut Fabric,
    findings: &mut Vec<Finding>,
) -> BTreeSet<End> {
    let of_incomplete =
        |end: &str| end.split('/').next().is_some_and(|class| incomplete.contains(class));
    let mut pinned = BTreeSet::new();
    if primitives.pins.is_empty() {
        return pinned;
    }
    let mut by_end: BTreeMap<End, usize> = BTreeMap::new();
    for (n, link) in fabric.links.iter().enumerate() {
        by_end.insert(link.a, n);
        by_end.insert(link.b, n);
    }
    for (n, pin) in primitives.pins.iter().enumerate().take(Limits::LIST_ITEMS) {
        let path = SpecPath::new("spec.pins").index(n);
        let mut refuse = |field: &str, text: String, remedy: &str| {
            findings.push(Finding::new(Code::PinInvalid, path.field(field), text).advise(remedy));
        };
        let shown = |text: &str| -> String { text.chars().take(80).collect() };
        let cabled = end_of(fabric, &pin.end)
            .and_then(|end| by_end.get(&end).copied())
            .and_then(|link| fabric.links.get(link).map(|l| (link, *l)));
        let Some((link, found)) = cabled else {
            if of_incomplete(&pin.end) {
                continue;
            }
            refuse(
                "end",
                format!("`{}` is not the end of a link.", shown(&pin.end)),
                "Name an end as in keys: class, number, card or zone, port from 0.",
            );
            continue;
        };
        let Some(to) = end_of(fabric, &pin.to) else {
            if of_incomplete(&pin.to) {
                continue;
            }
            refuse(
                "to",
                format!("`{}` is not a port of a switch.", shown(&pin.to)),
                "Name a port as in keys: class, number, zone, lane from 0.",
            );
            continue;
        };
        let zone = |end: End| {
            let class = fabric.devices.get(end.device as usize).map(|d| d.class)?;
            let zone = fabric.slot(end)?.key.split('/').next()?.to_owned();
            let family = fabric.classes.get(class as usize).map(|c| c.family.clone())?;
            Some((family, zone))
        };
        if zone(to) != zone(found.b) {
            refuse(
                "to",
                format!(
                    "`{}` is not in the zone that `{}` is cabled to.",
                    shown(&pin.to),
                    shown(&pin.end)
                ),
                "Pin an end within its zone; change the connection to use another.",
            );
            continue;
        }
        if pinned.contains(&to) {
            refuse(
                "to",
                format!("`{}` is pinned twice.", shown(&pin.to)),
                "Pin one end to a port.",
            );
            continue;
        }
        // A spine without a zone for uplinks has them in the upper half of the zone for leaves.
        let upward = |other: &usize| fabric.links.get(*other).is_some_and(|l| l.a == to);
        if by_end.get(&to).is_some_and(upward) {
            refuse(
                "to",
                format!("`{}` is the lower end of another link.", shown(&pin.to)),
                "Name a port that is free or the upper end of a link.",
            );
            continue;
        }
        if let Some(other) = by_end.get(&to).copied().filter(|other| *other != link) {
            if pinned.contains(&found.b) {
                refuse(
                    "end",
                    format!("`{}` is pinned twice.", shown(&pin.end)),
                    "Pin an end once.",
                );
                continue;
            }
            if let Some(other_link) = fabric.links.get_mut(other) {
                other_link.b = found.b;
                by_end.insert(found.b, other);
            }
        } else {
            by_end.remove(&found.b);
        }
        if let Some(moved) = fabric.links.get_mut(link) {
            moved.b = to;
        }
        by_end.insert(to, link);
        pinned.insert(to);
    }
    pinned
}

fn avoid_dead_ports(
    primitives: &Primitives,
    incomplete: &BTreeSet<String>,
    fabric: &mut Fabric,
    pinned: &BTreeSet<End>,
    findings: &mut Vec<Finding>,
) {
    // Every end on a port that does not work.
    let mut dead: BTreeSet<End> = BTreeSet::new();
    let mut paths: BTreeMap<u32, SpecPath> = BTreeMap::new();
    for (class, origin) in &primitives.switches {
        for (n, ports) in class.dead_ports.iter().enumerate().take(Limits::LIST_ITEMS) {
            let path = origin.base.field("dead_ports").index(n);
            let Some((device, slots)) = fabric
                .class(&class.id)
                .and_then(|c| Some((c.device(ports.device)?, c.slots.clone())))
            else {
                if incomplete.contains(&class.id) {
                    continue;
                }
                findings.push(
                    Finding::new(
                        Code::DeadPort,
                        path,
                        format!("{} has no switch number {}.", class.id, ports.device),
                    )
                    .advise("Name a number that the class has."),
                );
                continue;
            };
            paths.insert(device, path);
            for (slot, of) in (0u16..).zip(slots.iter()) {
                if ports.ports.cages().binary_search(&of.cage_number).is_ok() {
                    dead.insert(End { device, slot });
                }
            }
        }
    }
    if dead.is_empty() {
        return;
    }
    let mut used: BTreeSet<End> = fabric.links.iter().flat_map(|link| [link.a, link.b]).collect();
    let mut moves: Vec<(usize, bool, End)> = Vec::new();
    for (n, link) in fabric.links.iter().enumerate() {
        for (upper, end) in [(false, link.a), (true, link.b)] {
            if !dead.contains(&end) {
                continue;
            }
            let path = paths.get(&end.device).cloned().unwrap_or_default();
            let Some(class) = fabric.class_of(end.device) else { continue };
            let zone = |slot: u16| {
                class.slots.get(usize::from(slot)).map(|s| (s.key.split('/').next(), s.speed_gbps))
            };
            if upper && pinned.contains(&end) {
                findings.push(
                    Finding::new(
                        Code::DeadPort,
                        path,
                        format!(
                            "A link is pinned to a port of {} that does not work.",
                            fabric.device_name(end.device)
                        ),
                    )
                    .advise("Remove the pin or pin the link elsewhere."),
                );
                continue;
            }
            let slots = u16::try_from(class.slots.len()).unwrap_or(u16::MAX);
            let spare = (0..slots)
                .rev()
                .map(|slot| End { slot, ..end })
                .find(|e| zone(e.slot) == zone(end.slot) && !dead.contains(e) && !used.contains(e));
            match spare {
                Some(spare) => {
                    used.insert(spare);
                    moves.push((n, upper, spare));
                }
                None => findings.push(
                    Finding::new(
                        Code::DeadPort,
                        path,
                        format!(
                            "Port {} of {} does not work and its zone has no spare.",
                            fabric.slot(end).map(|s| s.name.clone()).unwrap_or_default(),
                            fabric.device_name(end.device)
                        ),
                    )
                    .advise(
                        "Reserve ports of the zone as spares, or take the switch out of service.",
                    ),
                ),
            }
        }
    }
    for (n, upper, spare) in moves {
        if let Some(link) = fabric.links.get_mut(n) {
            if upper {
                link.b = spare;
            } else {
                link.a = spare;
            }
        }
    }
    fabric.links.sort_by_key(|link| (link.group, link.a));
}

/// Finds interfaces that two links use.
fn check_ends(fabric: &Fabric, findings: &mut Vec<Finding>) {
    let mut first = Vec::with_capacity(fabric.devices.len());
    let mut total = 0usize;
    for device in &fabric.devices {
        first.push(total);
        total += fabric.classes.get(device.class as usize).map_or(0, |c| c.slots.len());
    }
    let mut used = vec![false; total];
    let mut twice: BTreeMap<u32, (u64, End)> = BTreeMap::new();
    for end in fabric.links.iter().flat_map(|link| [link.a, link.b]) {
        let Some(mark) = first
            .get(end.device as usize)
            .and_then(|first| used.get_mut(first + usize::from(end.slot)))
        else {
            continue;
        };
        if std::mem::replace(mark, true) {
            let class = fabric.devices.get(end.device as usize).map_or(0, |d| d.class);
            twice.entry(class).or_insert((0, end)).0 += 1;
        }
    }
    for (class, (count, end)) in twice {
        let path = fabric.classes.get(class as usize).map(|c| c.path.clone()).unwrap_or_default();
        findings.push(
            Finding::new(
                Code::LaneUsedTwice,
                path,
                format!(
                    "{count} interfaces would be used twice, such as {} of {}.",
                    fabric.slot(end).map(|s| s.name.clone()).unwrap_or_default(),
                    fabric.device_name(end.device)
                ),
            )
            .advise("Give each cage to one zone."),
        );
    }
}
