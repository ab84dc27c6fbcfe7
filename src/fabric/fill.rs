//! Fills the arena: classes, devices and links, from what was placed and planned.
//!
//! Devices that are out of service are left out, and links to them; everybody else keeps number,
//! name and ports.

use super::leaves::LeafPlace;
use super::names::{ClassWords, NamePattern};
use super::peers::{Joint, Spot};
use super::pods;
use super::slots::slots_of;
use super::spines::wire;
use super::tiers::{Tier, halves};
use super::weave::{ServerSide, Switches, Weaving};
use super::{Class, Device, DeviceRole, End, Fabric, Link, Origin, Slot};
use crate::model::{Code, Finding, Limits, SpecPath};
use crate::plan::{Naming, SwitchClass, SwitchRole, ZoneKind};
use std::sync::Arc;

/// How many links there will be.
pub(super) fn count(switches: &[Switches], tiers: &[Tier], joints: &[Joint]) -> u64 {
    let placed: u64 = switches.iter().map(|s| s.placements.len() as u64).sum();
    let tiers: u64 = tiers
        .iter()
        .map(|tier| match tier {
            Tier::Two { below, .. } => {
                below.iter().map(|(b, _)| u64::from(b.switches) * u64::from(b.uplinks)).sum()
            }
            Tier::Three { wish, pods, .. } => {
                let leaves: u64 =
                    pods.pods.iter().flatten().map(|unit| u64::from(unit.leaves)).sum();
                let spines = pods.pods.len() as u64 * u64::from(pods.spines);
                leaves * u64::from(wish.uplinks) + spines * u64::from(wish.up_lanes)
            }
            Tier::Diet { links, .. } => links.len() as u64,
        })
        .sum();
    placed + tiers + joints.len() as u64
}

/// Where the classes of the spec begin in the arena.
struct Places {
    /// By switch class of the spec: its first class in the arena; the others follow by section.
    switches: Vec<usize>,
    /// By class of servers.
    servers: Vec<usize>,
}

/// Fills a fabric and returns the findings to go on with.
pub(super) fn fill<'a>(
    weaving: Weaving<'a>,
    servers: Vec<ServerSide>,
    tiers: &[Tier],
    joints: &[Joint],
) -> (Fabric, &'a mut Vec<Finding>) {
    let Weaving { primitives, switches, groups, findings, .. } = weaving;
    let total = usize::try_from(count(&switches, tiers, joints)).unwrap_or(0);
    let mut fabric = Fabric { groups, ..Fabric::default() };
    let mut places = Places { switches: Vec::new(), servers: Vec::new() };
    let mut placements = Vec::new();
    let mut zones = Vec::new();
    let in_pods = |n: usize| {
        tiers.iter().any(|tier| matches!(tier, Tier::Three { spine, .. } if *spine == n))
    };
    for (n, (switch, (class, origin))) in switches.into_iter().zip(&primitives.switches).enumerate()
    {
        places.switches.push(fabric.classes.len());
        let slots: Arc<[Slot]> = switch.slots.into();
        for (section, count) in (0..).zip(&switch.sections) {
            let (naming, site) = (&primitives.naming, &primitives.site);
            let mut class =
                class_of(class, origin, section, *count, naming, site, &slots, findings);
            class.pod = in_pods(n).then_some(section);
            class.su_size = su_size_of(&switch.places);
            fabric.push_class(class, *count, |n, device| {
                if let Some(place) = switch.places.get(n as usize) {
                    (device.su, device.rail, device.pod) = (place.su, place.rail, place.pod);
                }
            });
        }
        placements.push(switch.placements);
        zones.push(switch.zones);
    }
    for side in servers {
        places.servers.push(fabric.classes.len());
        push_servers(&mut fabric, side, &primitives.naming, &primitives.site, findings);
    }
    fabric.links.reserve_exact(total);
    let mut dark: Vec<(SpecPath, String, u64)> = Vec::new();
    for (n, placements) in placements.into_iter().enumerate() {
        let leaf = places.switches.get(n).copied();
        for p in placements {
            let server = places.servers.get(p.class).copied();
            let a = fabric.end(server, p.server, p.server_slot);
            let b = fabric.end(leaf, p.leaf, p.leaf_slot);
            fabric.join(p.group, a, b, (server, leaf), &mut dark);
        }
    }
    let of_kind = |kind| -> Vec<Vec<u16>> { zones.iter().map(|z| slots_of(z, kind)).collect() };
    let (ups, downs) = (of_kind(ZoneKind::Uplink), of_kind(ZoneKind::Fabric));
    let up = |n: usize| ups.get(n).map(Vec::as_slice).unwrap_or_default();
    let down = |n: usize| downs.get(n).map(Vec::as_slice).unwrap_or_default();
    for tier in tiers {
        match tier {
            Tier::Two { spine, below, lanes, count, spread } => {
                let spine_slots = down(*spine);
                let above = places.switches.get(*spine).copied();
                let classes: Vec<_> = below.iter().map(|(b, _)| *b).collect();
                let leaf_slots: Vec<_> =
                    below.iter().map(|(b, group)| (b.class, *group, up(b.class))).collect();
                for link in wire(*spread, *lanes, *count, &classes) {
                    let Some((class, group, slots)) =
                        leaf_slots.iter().find(|(class, ..)| *class == link.class)
                    else {
                        continue;
                    };
                    let leaf = places.switches.get(*class).copied();
                    let a = fabric.end(leaf, link.below, at(slots, link.uplink));
                    let b = fabric.end(above, link.above, at(spine_slots, link.lane));
                    fabric.join(*group, a, b, (leaf, above), &mut dark);
                }
            }
            Tier::Three { spine, super_spine, below, upper_group, wish, pods } => {
                let (spine_down, spine_up) =
                    zones.get(*spine).map(|z| halves(z)).unwrap_or_default();
                let super_slots = down(*super_spine);
                let first_pod = places.switches.get(*spine).copied();
                let leaf_slots: Vec<_> =
                    below.iter().map(|(class, group)| (*class, *group, up(*class))).collect();
                for (pod, units) in pods.pods.iter().enumerate() {
                    let above = first_pod.map(|first| first + pod);
                    for link in pods::wire_pod(wish, pods, units) {
                        let Some((class, group, slots)) =
                            leaf_slots.iter().find(|(class, ..)| *class == link.class)
                        else {
                            continue;
                        };
                        let leaf = places.switches.get(*class).copied();
                        let a = fabric.end(leaf, link.below, at(slots, link.uplink));
                        let b = fabric.end(above, link.above, at(&spine_down, link.lane));
                        fabric.join(*group, a, b, (leaf, above), &mut dark);
                    }
                }
                let first_group = places.switches.get(*super_spine).copied();
                let links = pods::wire_group(wish, pods);
                for (pod, of_pod) in links.chunks(wish.up_lanes.max(1) as usize).enumerate() {
                    let below = first_pod.map(|first| first + pod);
                    for spine in 0..pods.spines {
                        let above = first_group.map(|first| first + spine as usize);
                        for link in of_pod {
                            let a = fabric.end(below, spine, at(&spine_up, link.uplink));
                            let b = fabric.end(above, link.above, at(super_slots, link.lane));
                            fabric.join(*upper_group, a, b, (below, above), &mut dark);
                        }
                    }
                }
            }
            Tier::Diet { leaves, spines, links } => {
                for link in links {
                    let (Some((class, leaf, group)), Some((above, spine))) =
                        (leaves.get(link.leaf), spines.get(link.spine))
                    else {
                        continue;
                    };
                    let below = places.switches.get(*class).copied();
                    let a = fabric.end(below, *leaf, at(up(*class), link.uplink));
                    let upper = places.switches.get(*above).copied();
                    let b = fabric.end(upper, *spine, at(down(*above), link.lane));
                    fabric.join(*group, a, b, (below, upper), &mut dark);
                }
            }
        }
    }
    for joint in joints {
        let class =
            |spot: Spot| places.switches.get(spot.class).map(|first| first + spot.section as usize);
        let (below, above) = (class(joint.a), class(joint.b));
        let a = fabric.end(below, joint.a.position, joint.a.slot);
        let b = fabric.end(above, joint.b.position, joint.b.slot);
        fabric.join(joint.group, a, b, (below, above), &mut dark);
    }
    for (path, class, links) in dark {
        findings.push(Finding::new(
            Code::OutOfService,
            path,
            format!("{links} links are missing because devices of {class} are out of service."),
        ));
    }
    fabric.links.sort_by_key(|link| (link.group, link.a));
    check_names(&fabric, &primitives.naming, findings);
    (fabric, findings)
}

fn at(slots: &[u16], lane: u32) -> u16 {
    slots.get(lane as usize).copied().unwrap_or(u16::MAX)
}

fn role_of(role: SwitchRole) -> DeviceRole {
    match role {
        SwitchRole::Leaf => DeviceRole::Leaf,
        SwitchRole::Spine => DeviceRole::Spine,
        SwitchRole::SuperSpine => DeviceRole::SuperSpine,
        SwitchRole::BorderLeaf => DeviceRole::BorderLeaf,
        SwitchRole::Management => DeviceRole::Management,
    }
}

/// How devices of a class are called.
#[expect(clippy::too_many_arguments, reason = "all that a name may be made of")]
fn pattern(
    naming: &Naming,
    role: DeviceRole,
    stem: &str,
    class: &str,
    fabric: &str,
    site: &str,
    digits: usize,
    findings: &mut Vec<Finding>,
) -> NamePattern {
    let (field, own) = match role {
        DeviceRole::Server | DeviceRole::External => ("server", &naming.server),
        DeviceRole::Spine => ("spine", &naming.spine),
        DeviceRole::SuperSpine => ("super_spine", &naming.super_spine),
        DeviceRole::BorderLeaf => ("border_leaf", &naming.border_leaf),
        DeviceRole::Management => ("management", &naming.management),
        DeviceRole::Leaf => ("leaf", &naming.leaf),
    };
    let (field, text) = match own {
        None if role.is_switch() => ("leaf", &naming.leaf),
        _ => (field, own),
    };
    let usual = || NamePattern::numbered(stem, digits);
    let words = ClassWords { class, fabric, role: role.name(), site };
    let pattern = match text {
        None => usual(),
        Some(text) => NamePattern::parse(text, words).unwrap_or_else(|why| {
            let path = SpecPath::new("spec.naming").field(field);
            findings.push(
                Finding::new(Code::InvalidText, path, why)
                    .advise("Write a pattern such as {class}-{number:2}."),
            );
            usual()
        }),
    };
    pattern.prefixed(&naming.prefix).unwrap_or_else(|why| {
        let finding = Finding::new(Code::InvalidText, SpecPath::new("spec.naming.prefix"), why)
            .advise("Write a short prefix such as b-.");
        // Every class has the same one.
        if !findings.contains(&finding) {
            findings.push(finding);
        }
        usual()
    })
}

/// Leaves of a full scalable unit, if all that belong to one follow each other by unit from the
/// first leaf on. Two classes of servers on one class of leaves have units of their own each.
fn su_size_of(places: &[LeafPlace]) -> u32 {
    let size = places.iter().filter(|place| place.su == Some(0)).count();
    let in_order = |(n, place): (usize, &LeafPlace)| {
        place.su.is_none_or(|su| n.checked_div(size) == usize::try_from(su).ok())
    };
    let whole = places.iter().enumerate().all(in_order);
    if whole { u32::try_from(size).unwrap_or(u32::MAX) } else { 0 }
}

#[expect(clippy::too_many_arguments, reason = "all that a class is made of")]
fn class_of(
    class: &SwitchClass,
    origin: &Origin,
    section: u32,
    count: u32,
    naming: &Naming,
    site: &str,
    slots: &Arc<[Slot]>,
    findings: &mut Vec<Finding>,
) -> Class {
    let stem = if class.name.is_empty() { &class.id } else { &class.name };
    let role = role_of(class.role);
    // The first pod is called as the spines of two tiers are: a third tier renames nothing.
    let suffix = match (role, section) {
        (DeviceRole::SuperSpine, group) => format!("-group-{}", group + 1),
        (_, 0) => String::new(),
        (_, pod) => format!("-pod-{}", pod + 1),
    };
    let stem = format!("{stem}{suffix}");
    let holes = out_of_service(&class.out_of_service, count);
    Class {
        id: format!("{}{suffix}", class.id),
        family: class.id.clone(),
        name_pattern: pattern(naming, role, &stem, &stem, &class.fabric, site, 2, findings),
        fabric: Some(class.fabric.clone()),
        role,
        model: class.model.clone(),
        pod: None,
        spine_group: (role == DeviceRole::SuperSpine).then_some(section),
        su_size: 0,
        group_size: super::leaves::group_size(class).unwrap_or(0),
        group_name: class.group_name.clone(),
        given_names: Arc::default(),
        path: origin.base.clone(),
        model_path: origin.model.clone(),
        first_device: 0,
        count: 0,
        out_of_service: holes,
        slots: Arc::clone(slots),
    }
}

/// Numbers out of service that there would be.
fn out_of_service(numbers: &[u32], count: u32) -> Arc<[u32]> {
    let mut holes: Vec<u32> = numbers.iter().copied().filter(|n| (1..=count).contains(n)).collect();
    holes.sort_unstable();
    holes.dedup();
    holes.into()
}

fn push_servers(
    fabric: &mut Fabric,
    side: ServerSide,
    naming: &Naming,
    site: &str,
    findings: &mut Vec<Finding>,
) {
    let ServerSide { class, origin, slots, given_names, external, .. } = side;
    let stem = if class.name.is_empty() { &class.id } else { &class.name };
    let role = if external { DeviceRole::External } else { DeviceRole::Server };
    let su_size = class.connections.iter().find_map(|c| match c.distribution {
        crate::plan::Distribution::RailOptimised { su_size, .. } => su_size.map(|n| n.max(1)),
        _ => None,
    });
    let made = Class {
        id: class.id.clone(),
        family: class.id.clone(),
        name_pattern: if external {
            NamePattern::numbered(stem, 1)
        } else {
            pattern(naming, role, stem, stem, "", site, 3, findings)
        },
        given_names,
        fabric: None,
        role,
        model: class.model.clone(),
        pod: None,
        spine_group: None,
        su_size: if external { 0 } else { su_size.unwrap_or(0) },
        group_size: 0,
        group_name: String::new(),
        path: origin.base.clone(),
        model_path: origin.model.clone(),
        first_device: 0,
        count: 0,
        out_of_service: out_of_service(&class.out_of_service, class.quantity),
        slots: slots.into(),
    };
    fabric.push_class(made, class.quantity, |n, device| {
        device.su = su_size.map(|size| n / size);
    });
}

/// Checks names that patterns of the spec made; the usual ones cannot collide.
fn check_names(fabric: &Fabric, naming: &Naming, findings: &mut Vec<Finding>) {
    // Only patterns, and names that are given, can collide.
    let given = fabric.classes.iter().any(|class| class.role == DeviceRole::External);
    if naming.is_default() && !given {
        return;
    }
    let mut names: Vec<(String, u32)> = (0..)
        .zip(&fabric.devices)
        .map(|(n, _)| (fabric.device_name(n).to_lowercase(), n))
        .collect();
    if let Some((name, device)) = names
        .iter()
        .find(|(name, _)| name.is_empty() || name.chars().count() > Limits::DEVICE_NAME_CHARS)
    {
        let path = fabric.class_of(*device).map(|c| c.path.clone()).unwrap_or_default();
        let shown: String = name.chars().take(80).collect();
        findings.push(
            Finding::new(
                Code::NameCollision,
                path,
                format!(
                    "`{shown}` is not a device name: it has 1 to {} characters.",
                    Limits::DEVICE_NAME_CHARS
                ),
            )
            .advise("Shorten the pattern."),
        );
    }
    names.sort_unstable();
    let is_external = |device: u32| {
        fabric.class_of(device).is_some_and(|class| class.role == DeviceRole::External)
    };
    let clash = names.windows(2).find_map(|pair| match pair {
        [(a, one), (b, other)] if a == b => {
            // A name that is given is the one to be chosen otherwise.
            Some((a.clone(), if is_external(*other) { *other } else { *one }))
        }
        _ => None,
    });
    if let Some((name, device)) = clash {
        let path = fabric.class_of(device).map(|c| c.path.clone()).unwrap_or_default();
        findings.push(
            Finding::new(
                Code::NameCollision,
                path,
                format!("Two devices would be called {name}; capital letters make no difference."),
            )
            .advise(if is_external(device) {
                "Name each external device once, and none that is this plan's."
            } else {
                "Use a pattern that tells them apart, with {class} in it."
            }),
        );
    }
}

impl Fabric {
    /// Adds a class of `count` positions, less those that are out of service.
    fn push_class(&mut self, mut class: Class, count: u32, of: impl Fn(u32, &mut Device)) {
        class.first_device = u32::try_from(self.devices.len()).unwrap_or(u32::MAX);
        let index = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
        for n in 0..count {
            if class.out_of_service.binary_search(&(n + 1)).is_ok() {
                continue;
            }
            let mut device =
                Device { class: index, number: n + 1, su: None, rail: None, pod: class.pod };
            of(n, &mut device);
            self.devices.push(device);
            class.count += 1;
        }
        self.classes.push(class);
    }

    /// The end at a position of a class; `None` if that device is out of service.
    fn end(&self, class: Option<usize>, position: u32, slot: u16) -> Option<End> {
        let class = self.classes.get(class?)?;
        if usize::from(slot) >= class.slots.len() {
            return None;
        }
        Some(End { device: class.device(position + 1)?, slot })
    }

    fn join(
        &mut self,
        group: u32,
        a: Option<End>,
        b: Option<End>,
        classes: (Option<usize>, Option<usize>),
        dark: &mut Vec<(SpecPath, String, u64)>,
    ) {
        if let (Some(a), Some(b)) = (a, b) {
            self.links.push(Link { a, b, group });
            return;
        }
        let missing = if a.is_none() { classes.0 } else { classes.1 };
        let server = self.groups.get(group as usize).is_some_and(|g| g.kind.is_access());
        if a.is_none() && server {
            // A server that is not there has no links to miss.
            return;
        }
        let Some(class) = missing.and_then(|n| self.classes.get(n)) else { return };
        match dark.iter_mut().find(|(_, id, _)| *id == class.id) {
            Some((_, _, links)) => *links += 1,
            None => dark.push((class.path.clone(), class.id.clone(), 1)),
        }
    }
}
