//! From primitives to a fabric: checks what the spec says, places servers, sizes and wires
//! spines, and fills the arena. Never fails: what cannot be woven is left out, with a finding.

use super::connections::{self, Aimed};
use super::expand::Primitives;
use super::explain;
use super::leaves::{LeafPlace, Placed, Placement, Wanted, place};
use super::slots::{NicPorts, ZoneLanes, bad_id, of_server, of_switch};
use super::spines::{LeafClass, Spines, size, wire};
use super::{Class, Device, DeviceRole, End, Fabric, Link, LinkGroup, LinkKind, Slot};
use crate::catalog::Catalog;
use crate::model::{
    Cancelled, Code, Explanation, Finding, Limits, Progress, SpecPath, is_valid_id,
};
use crate::plan::{Distribution, Quantity, Redundancy, SwitchRole, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// A fabric and how its numbers came about.
#[derive(Clone, Debug, Default)]
pub struct Woven {
    /// The fabric.
    pub fabric: Fabric,
    /// Why each computed number is what it is.
    pub explanations: Vec<Explanation>,
}

/// A switch class while it is woven.
pub(super) struct Switches {
    pub(super) slots: Vec<Slot>,
    pub(super) zones: Vec<ZoneLanes>,
    places: Vec<LeafPlace>,
    pub(super) count: u32,
    placements: Vec<Placement>,
    pub(super) placed: Vec<(SpecPath, Placed)>,
}

/// Weaves primitives into a fabric.
pub fn weave(
    primitives: &Primitives,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
    progress: &Progress,
) -> Result<Woven, Cancelled> {
    let mut woven = Woven::default();
    check_ids(primitives, findings);
    let mut switches = Vec::new();
    for (class, origin) in &primitives.switches {
        let (slots, zones) = of_switch(class, origin, catalog, findings);
        let (places, placements, placed) = (Vec::new(), Vec::new(), Vec::new());
        switches.push(Switches { slots, zones, places, count: 0, placements, placed });
    }
    let mut servers = Vec::new();
    for (class, origin) in &primitives.servers {
        servers.push(of_server(class, origin, catalog, findings));
    }
    if !within_ceilings(primitives, findings) {
        return Ok(woven);
    }
    let wanted =
        connections::aim(primitives, &switches, &servers, &mut woven.fabric.groups, findings);
    progress.check()?;
    place_servers(primitives, &mut switches, &wanted, findings);
    progress.check()?;
    let uplinks = spines(primitives, &mut switches, &mut woven, findings);
    explain::of_leaves(primitives, &switches, &mut woven.explanations);
    let links: u64 = switches.iter().map(|s| s.placements.len() as u64).sum::<u64>()
        + uplinks.iter().map(|u| u.links.len() as u64).sum::<u64>();
    if links > Limits::LINKS {
        findings.push(
            Finding::new(
                Code::OverCeiling,
                SpecPath::new("spec"),
                format!("The plan has {links} links; Heddle plans up to {}.", Limits::LINKS),
            )
            .advise("Split the plan, or plan fewer servers."),
        );
        woven.fabric = Fabric::default();
        return Ok(woven);
    }
    fill(primitives, switches, servers, uplinks, &mut woven.fabric);
    Ok(woven)
}

fn check_ids(primitives: &Primitives, findings: &mut Vec<Finding>) {
    let mut ids = BTreeSet::new();
    let mut stems = BTreeMap::new();
    let switches = primitives.switches.iter().map(|(c, o)| (&c.id, &c.name, &o.base));
    let servers = primitives.servers.iter().map(|(c, o)| (&c.id, &c.name, &o.base));
    for (id, name, base) in switches.chain(servers) {
        let valid = is_valid_id(id);
        if !valid || !ids.insert(id) {
            findings.push(bad_id("class", id, base.field("id"), valid));
        }
        let stem = if name.is_empty() { id } else { name };
        // A dash and up to five digits follow.
        let fits = stem.chars().count() + 6 <= Limits::DEVICE_NAME_CHARS
            && !stem.chars().any(char::is_control);
        if !fits {
            findings.push(
                Finding::new(
                    Code::InvalidText,
                    base.field("name"),
                    "The name is too long for a device name, or has characters that cannot be shown.",
                )
                .advise("Use at most 58 printable characters."),
            );
        }
        if let Some(other) = stems.insert(stem.to_lowercase(), id).filter(|other| *other != id) {
            findings.push(
                Finding::new(
                    Code::NameCollision,
                    base.field("name"),
                    format!("Devices of {id} would have the same names as those of {other}."),
                )
                .advise("Give each class a name of its own; capital letters make no difference."),
            );
        }
    }
}

fn within_ceilings(primitives: &Primitives, findings: &mut Vec<Finding>) -> bool {
    let total: u64 = primitives.servers.iter().map(|(c, _)| u64::from(c.quantity)).sum();
    if total > u64::from(Limits::SERVERS) {
        let path = primitives.servers.first().map(|(_, o)| o.quantity.clone()).unwrap_or_default();
        if !findings.iter().any(|f| f.path == path && f.code == Code::OutOfRange) {
            findings.push(
                Finding::new(
                    Code::OverCeiling,
                    path,
                    format!(
                        "The plan has {total} servers; Heddle plans up to {}.",
                        Limits::SERVERS
                    ),
                )
                .advise("Split the plan, or plan fewer servers."),
            );
        }
        return false;
    }
    let links: u64 = primitives
        .servers
        .iter()
        .map(|(c, _)| {
            let ports: u64 = c.connections.iter().map(|one| u64::from(one.ports)).sum();
            u64::from(c.quantity).saturating_mul(ports)
        })
        .fold(0, u64::saturating_add);
    if links > Limits::LINKS {
        findings.push(
            Finding::new(
                Code::OverCeiling,
                SpecPath::new("spec"),
                format!("The servers have {links} links; Heddle plans up to {}.", Limits::LINKS),
            )
            .advise("Split the plan, or plan fewer servers."),
        );
        return false;
    }
    true
}

fn place_servers(
    primitives: &Primitives,
    switches: &mut [Switches],
    aimed: &[Aimed],
    findings: &mut Vec<Finding>,
) {
    for (s, (switch, (class, origin))) in switches.iter_mut().zip(&primitives.switches).enumerate()
    {
        if class.role != SwitchRole::Leaf {
            continue;
        }
        for (z, zone) in switch.zones.iter().enumerate().filter(|(_, z)| z.kind == ZoneKind::Server)
        {
            let wanted: Vec<Wanted> = aimed
                .iter()
                .filter(|a| a.switch == s && a.zone == z)
                .map(|a| a.wanted.clone())
                .collect();
            if wanted.is_empty() {
                if origin.by_hand {
                    findings.push(
                        Finding::new(
                            Code::DarkZone,
                            zone.path.clone(),
                            format!("No server is connected to zone {} of {}.", zone.id, class.id),
                        )
                        .advise("Connect a server class to it, or remove the zone."),
                    );
                }
                continue;
            }
            let mut placed = place(zone, &wanted, findings);
            for (n, place) in placed.leaves.iter().enumerate() {
                match switch.places.get_mut(n) {
                    Some(known) if known.su.is_none() => *known = *place,
                    Some(_) => {}
                    None => switch.places.push(*place),
                }
            }
            switch.placements.append(&mut placed.placements);
            let path = wanted.first().map(|w| w.servers_path.clone()).unwrap_or_default();
            switch.placed.push((path, placed));
        }
        let mut count = u32::try_from(switch.places.len()).unwrap_or(u32::MAX);
        if class.redundancy == Redundancy::Redundant && count == 1 {
            count = 2;
        }
        if let Quantity::Fixed(fixed) = class.quantity {
            let path = origin.base.field("quantity");
            if fixed < count || fixed > Limits::SWITCHES_PER_CLASS {
                findings.push(
                    Finding::new(
                        Code::QuantityTooSmall,
                        path,
                        format!(
                            "{} is fixed at {fixed} switches; its links need {count}.",
                            class.id
                        ),
                    )
                    .advise(format!("Use {count}, or set the quantity to `automatic`.")),
                );
            } else {
                if fixed > count {
                    findings.push(
                        Finding::new(
                            Code::EmptySwitches,
                            path,
                            format!(
                                "{} of {fixed} switches of {} have no servers.",
                                fixed - count,
                                class.id
                            ),
                        )
                        .advise(format!("Use {count}, unless they are there for growth.")),
                    );
                }
                count = fixed;
            }
        }
        switch.count = count;
        oversubscription(class, origin, switch, findings);
    }
}

/// Lanes of all zones of a kind, and their bandwidth in Gb/s.
pub(super) fn lanes_of(zones: &[ZoneLanes], kind: ZoneKind) -> (u32, u64) {
    zones.iter().filter(|z| z.kind == kind).fold((0, 0), |(lanes, bandwidth), z| {
        (lanes + z.lanes, bandwidth + u64::from(z.lanes) * u64::from(z.speed_gbps))
    })
}

fn oversubscription(
    class: &crate::plan::SwitchClass,
    origin: &super::Origin,
    switch: &Switches,
    findings: &mut Vec<Finding>,
) {
    let (_, down) = lanes_of(&switch.zones, ZoneKind::Server);
    let (uplinks, up) = lanes_of(&switch.zones, ZoneKind::Uplink);
    if uplinks > 0 && down > up {
        let reduced = reduced(down, up);
        findings.push(
            Finding::new(
                Code::Oversubscribed,
                origin.base.clone(),
                format!(
                    "A leaf of {} is oversubscribed {} : {}: {down} Gb/s to servers, {up} Gb/s to spines.",
                    class.id, reduced.0, reduced.1
                ),
            )
            .advise("Give it more uplinks if servers should reach full speed."),
        );
    }
}

/// A ratio in its smallest whole numbers.
pub(super) fn reduced(a: u64, b: u64) -> (u64, u64) {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1), b / x.max(1))
}

/// The leaf–spine links of one leaf class.
struct UplinkLinks {
    leaf_class: usize,
    spine_class: usize,
    group: u32,
    links: Vec<super::spines::Uplink>,
}

fn spines(
    primitives: &Primitives,
    switches: &mut [Switches],
    woven: &mut Woven,
    findings: &mut Vec<Finding>,
) -> Vec<UplinkLinks> {
    let mut fabrics: Vec<&str> =
        primitives.switches.iter().map(|(c, _)| c.fabric.as_str()).collect();
    fabrics.sort_unstable();
    fabrics.dedup();
    let mut all = Vec::new();
    for fabric in fabrics {
        let of = |role| {
            let classes = primitives.switches.iter().enumerate();
            classes.filter(move |(_, (c, _))| c.fabric == fabric && c.role == role).map(|(n, _)| n)
        };
        let leaves: Vec<LeafClass> = of(SwitchRole::Leaf)
            .filter_map(|class| {
                let switch = switches.get(class)?;
                let (uplinks, _) = lanes_of(&switch.zones, ZoneKind::Uplink);
                Some(LeafClass { class, leaves: switch.count, uplinks })
            })
            .filter(|leaf| leaf.uplinks > 0)
            .collect();
        let Some(first) = leaves.first() else { continue };
        let Some((leaf_class, leaf_origin)) = primitives.switches.get(first.class) else {
            continue;
        };
        let spine_classes: Vec<usize> = of(SwitchRole::Spine).collect();
        let (Some(&spine), None) = (spine_classes.first(), spine_classes.get(1)) else {
            let (code, text, remedy) = if spine_classes.is_empty() {
                (
                    Code::NoSpine,
                    format!(
                        "Leaves of {} have uplinks, but fabric {fabric} has no spine class.",
                        leaf_class.id
                    ),
                    "Add a spine class, or remove the uplink zones.",
                )
            } else {
                (
                    Code::TwoSpineClasses,
                    format!(
                        "Fabric {fabric} has {} spine classes; it can have one.",
                        spine_classes.len()
                    ),
                    "Keep one spine class for each fabric.",
                )
            };
            findings.push(Finding::new(code, leaf_origin.base.clone(), text).advise(remedy));
            continue;
        };
        let Some((spine_class, spine_origin)) = primitives.switches.get(spine) else { continue };
        let Some(spine_zones) = switches.get(spine).map(|s| s.zones.clone()) else { continue };
        let fabric_zones: Vec<&ZoneLanes> =
            spine_zones.iter().filter(|z| z.kind == ZoneKind::Fabric).collect();
        let (lanes, _) = lanes_of(&spine_zones, ZoneKind::Fabric);
        let Some(speed_gbps) = fabric_zones.first().map(|z| z.speed_gbps) else {
            // Zones that were refused have findings of their own.
            if !spine_class.zones.iter().any(|z| z.kind == ZoneKind::Fabric) {
                findings.push(
                    Finding::new(
                        Code::NoZone,
                        spine_origin.base.field("zones"),
                        format!("{} has no zone of kind `fabric` for its leaves.", spine_class.id),
                    )
                    .advise("Add a zone of kind `fabric`."),
                );
            }
            continue;
        };
        let unlike = leaves.iter().find_map(|leaf| {
            let zones = &switches.get(leaf.class)?.zones;
            let differs = |z: &&ZoneLanes| z.kind == ZoneKind::Uplink && z.speed_gbps != speed_gbps;
            zones.iter().find(differs).map(|z| (z.speed_gbps, z.path.clone()))
        });
        let unlike = unlike.or_else(|| {
            let odd = fabric_zones.iter().find(|z| z.speed_gbps != speed_gbps)?;
            Some((odd.speed_gbps, odd.path.clone()))
        });
        if let Some((other, path)) = unlike {
            findings.push(
                Finding::new(
                    Code::SpeedMismatch,
                    path,
                    format!("Uplinks of {other}G cannot join spine ports of {speed_gbps}G in fabric {fabric}."),
                )
                .advise("Give both zones a breakout of the same speed."),
            );
            continue;
        }
        let redundant = leaves.iter().any(|leaf| {
            primitives
                .switches
                .get(leaf.class)
                .is_some_and(|(c, _)| c.redundancy == Redundancy::Redundant)
        });
        let facts = Spines {
            fabric,
            lanes,
            least: if redundant { 2 } else { 1 },
            quantity: spine_class.quantity,
            servers_path: leaf_origin.quantity.clone(),
            most_servers: most_servers(leaf_origin.by_hand, &leaves, switches, lanes),
            quantity_path: spine_origin.base.field("quantity"),
            uplink_path: leaf_origin.base.clone(),
        };
        let Some(count) = size(&facts, &leaves, findings) else { continue };
        if count == 1 {
            findings.push(Finding::new(
                Code::SingleSpine,
                spine_origin.base.clone(),
                format!("Fabric {fabric} stands on a single spine: if it fails, leaves cannot reach each other."),
            ));
        }
        explain::of_spines(
            spine_class,
            spine_origin,
            &facts,
            &leaves,
            count,
            &mut woven.explanations,
        );
        if let Some(switch) = switches.get_mut(spine) {
            switch.count = count;
        }
        for leaf in &leaves {
            let group = u32::try_from(woven.fabric.groups.len()).unwrap_or(u32::MAX);
            woven.fabric.groups.push(LinkGroup {
                fabric: fabric.to_owned(),
                kind: LinkKind::LeafSpine,
                speed_gbps,
            });
            all.push(UplinkLinks {
                leaf_class: leaf.class,
                spine_class: spine,
                group,
                links: Vec::new(),
            });
        }
        for link in wire(lanes, count, &leaves) {
            if let Some(of) = all.iter_mut().find(|l| l.leaf_class == link.class) {
                of.links.push(link);
            }
        }
    }
    all
}

/// The most servers that two tiers hold, if a cluster of rails decides.
fn most_servers(
    by_hand: bool,
    leaves: &[LeafClass],
    switches: &[Switches],
    lanes: u32,
) -> Option<u32> {
    let [leaf] = leaves else { return None };
    let [(_, placed)] = switches.get(leaf.class)?.placed.as_slice() else { return None };
    if by_hand {
        return None;
    }
    match placed.rails.as_slice() {
        [rails] => (lanes / rails.leaves_per_unit.max(1)).checked_mul(rails.su_size),
        _ => None,
    }
}

fn fill(
    primitives: &Primitives,
    switches: Vec<Switches>,
    servers: Vec<(Vec<Slot>, Vec<NicPorts>)>,
    uplinks: Vec<UplinkLinks>,
    fabric: &mut Fabric,
) {
    let stem = |id: &str, name: &str| if name.is_empty() { id.to_owned() } else { name.to_owned() };
    let mut placements: Vec<(usize, Vec<Placement>)> = Vec::new();
    for (n, (switch, (class, origin))) in switches.into_iter().zip(&primitives.switches).enumerate()
    {
        let places = switch.places;
        fabric.push_class(
            Class {
                id: class.id.clone(),
                stem: stem(&class.id, &class.name),
                digits: 2,
                fabric: Some(class.fabric.clone()),
                role: match class.role {
                    SwitchRole::Leaf => DeviceRole::Leaf,
                    SwitchRole::Spine => DeviceRole::Spine,
                },
                model: class.model.clone(),
                path: origin.base.clone(),
                first_device: 0,
                count: switch.count,
                slots: switch.slots,
            },
            |n| places.get(n as usize).copied().unwrap_or_default(),
        );
        placements.push((n, switch.placements));
    }
    let first_server_class = fabric.classes.len();
    for ((slots, _), (class, origin)) in servers.into_iter().zip(&primitives.servers) {
        let su_size = class.connections.iter().find_map(|c| match c.distribution {
            Distribution::RailOptimised { su_size, .. } => Some(su_size.max(1)),
            _ => None,
        });
        fabric.push_class(
            Class {
                id: class.id.clone(),
                stem: stem(&class.id, &class.name),
                digits: 3,
                fabric: None,
                role: DeviceRole::Server,
                model: class.model.clone(),
                path: origin.base.clone(),
                first_device: 0,
                count: class.quantity,
                slots,
            },
            |n| LeafPlace { su: su_size.map(|size| n / size), rail: None },
        );
    }
    let first = |class: usize| fabric.classes.get(class).map_or(0, |c| c.first_device);
    let mut links = Vec::new();
    for (class, placements) in placements {
        let (leaves, mut of_class) = (first(class), Vec::with_capacity(placements.len()));
        for p in placements {
            of_class.push(Link {
                a: End {
                    device: first(first_server_class + p.class) + p.server,
                    slot: p.server_slot,
                },
                b: End { device: leaves + p.leaf, slot: p.leaf_slot },
                group: p.group,
            });
        }
        links.append(&mut of_class);
    }
    for of in uplinks {
        let (leaves, spines) = (first(of.leaf_class), first(of.spine_class));
        let leaf_slots = slots_of(
            fabric.classes.get(of.leaf_class),
            primitives,
            of.leaf_class,
            ZoneKind::Uplink,
        );
        let spine_slots = slots_of(
            fabric.classes.get(of.spine_class),
            primitives,
            of.spine_class,
            ZoneKind::Fabric,
        );
        for link in of.links {
            let (Some(a), Some(b)) =
                (leaf_slots.get(link.uplink as usize), spine_slots.get(link.lane as usize))
            else {
                continue;
            };
            links.push(Link {
                a: End { device: leaves + link.leaf, slot: *a },
                b: End { device: spines + link.spine, slot: *b },
                group: of.group,
            });
        }
    }
    links.sort_by_key(|link| (link.group, link.a));
    fabric.links = links;
}

/// The slots of all zones of a kind, in the order of the zones.
fn slots_of(
    class: Option<&Class>,
    primitives: &Primitives,
    index: usize,
    kind: ZoneKind,
) -> Vec<u16> {
    let (Some(class), Some((spec, _))) = (class, primitives.switches.get(index)) else {
        return Vec::new();
    };
    let mut slots = Vec::new();
    for zone in spec.zones.iter().filter(|z| z.kind == kind) {
        let stem = format!("{}/", zone.id);
        slots.extend(
            (0u16..).zip(&class.slots).filter(|(_, s)| s.key.starts_with(&stem)).map(|(n, _)| n),
        );
    }
    slots
}

impl Fabric {
    fn push_class(&mut self, mut class: Class, place: impl Fn(u32) -> LeafPlace) {
        class.first_device = u32::try_from(self.devices.len()).unwrap_or(u32::MAX);
        let index = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
        self.devices.extend((0..class.count).map(|n| {
            let LeafPlace { su, rail } = place(n);
            Device { class: index, number: n + 1, su, rail }
        }));
        self.classes.push(class);
    }
}
