//! The structure of what was woven: fabrics in parts, switches that everything hangs on, uplinks
//! that stay dark.
//!
//! Switches that everything hangs on are the articulation points of the graph of switches: all
//! are found in one walk, whatever the number of switches. Servers do not join switches, so they
//! are not in that graph. Where a server has ports on one leaf only, nobody meant the loss of a
//! switch to go unnoticed, and nothing is said.

use crate::fabric::{Class, DeviceRole, Fabric, LinkKind};
use crate::model::{Code, Finding};
use petgraph::algo::articulation_points::articulation_points;
use petgraph::graph::UnGraph;
use petgraph::unionfind::UnionFind;
use std::collections::{BTreeMap, BTreeSet};

/// Checks the structure of a fabric that was woven without an error.
pub fn of_fabric(fabric: &Fabric, findings: &mut Vec<Finding>) {
    parts(fabric, findings);
    single_points(fabric, findings);
    dark_uplinks(fabric, findings);
}

/// Checks that every fabric is one network. Servers do not join fabrics.
fn parts(fabric: &Fabric, findings: &mut Vec<Finding>) {
    let mut parts = UnionFind::<u32>::new(fabric.devices.len());
    for link in &fabric.links {
        let group = fabric.groups.get(link.group as usize);
        if group.is_some_and(|group| !group.kind.is_access()) {
            parts.union(link.a.device, link.b.device);
        }
    }
    let mut names: Vec<&str> = fabric.classes.iter().filter_map(|c| c.fabric.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let classes = || fabric.classes.iter().filter(|c| c.fabric.as_deref() == Some(name));
        let roots: BTreeSet<u32> = classes()
            .flat_map(|c| c.first_device..c.first_device + c.count)
            .map(|device| parts.find(device))
            .collect();
        if roots.len() < 2 {
            continue;
        }
        // Without a tier above, parts that only meet in servers are meant: rails, management.
        let above = |c: &Class| matches!(c.role, DeviceRole::Spine | DeviceRole::SuperSpine);
        // Leaves without any uplink are what to look at; with uplinks, what they do not reach.
        let mut groups = fabric.groups.iter().filter(|group| group.fabric == name);
        let reaches = groups.any(|group| !group.kind.is_access());
        let at = classes().find(|c| above(c) && reaches).or_else(|| classes().next());
        let path = at.map(|c| c.path.clone()).unwrap_or_default();
        findings.push(if classes().any(above) {
            Finding::new(
                Code::FabricInParts,
                path,
                format!(
                    "Fabric {name} falls into {} parts that cannot reach each other.",
                    roots.len()
                ),
            )
            .advise("Give its leaves uplinks to the spines, unless that is meant.")
        } else {
            Finding::new(
                Code::WithoutSpines,
                path,
                format!(
                    "Fabric {name} has no spines: its {} parts meet in the servers only.",
                    roots.len()
                ),
            )
        });
    }
}

/// Finds switches without which others of their fabric cannot reach each other, in fabrics that
/// are meant to lose any one switch: those in which every server has two leaves or more.
fn single_points(fabric: &Fabric, findings: &mut Vec<Finding>) {
    let meant = redundant_fabrics(fabric);
    if meant.is_empty() {
        return;
    }
    let mut graph = UnGraph::<(), (), u32>::default();
    let mut last_from = vec![u32::MAX; fabric.devices.len()];
    for _ in &fabric.devices {
        graph.add_node(());
    }
    for link in &fabric.links {
        let Some(group) = fabric.groups.get(link.group as usize) else { continue };
        if group.kind.is_access() || !meant.contains(group.fabric.as_str()) {
            continue;
        }
        // Links come by their lower end: the links of a pair are met before another lower end.
        if let Some(last) = last_from.get_mut(link.b.device as usize)
            && *last != link.a.device
        {
            *last = link.a.device;
            graph.add_edge(link.a.device.into(), link.b.device.into(), ());
        }
    }
    // By the class of the spec: how many of its switches, and one of them.
    let mut points: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for node in articulation_points(&graph) {
        let device = u32::try_from(node.index()).unwrap_or(u32::MAX);
        let Some(class) = fabric.class_of(device) else { continue };
        let name = class.fabric.as_deref().unwrap_or_default();
        let entry = points.entry((name, &class.family)).or_insert((0, device));
        *entry = (entry.0 + 1, entry.1.min(device));
    }
    for ((name, _), (count, first)) in points {
        let Some(class) = fabric.class_of(first) else { continue };
        // A fabric on a single spine was named when it was sized.
        if findings.iter().any(|f| f.code == Code::SingleSpine && f.path == class.path) {
            continue;
        }
        let (switch, others) = (fabric.device_name(first), count - 1);
        let who = match others {
            0 => format!("{switch} fails"),
            1 => format!("{switch} fails, or one other like it"),
            n => format!("{switch} fails, or one of {n} others like it"),
        };
        findings.push(
            Finding::new(
                Code::SinglePoint,
                class.path.clone(),
                format!("If {who}, switches of fabric {name} cannot reach each other."),
            )
            .advise("Join the switches behind it to a second one."),
        );
    }
}

/// The fabrics in which every server that has a port there has two leaves or more.
fn redundant_fabrics(fabric: &Fabric) -> BTreeSet<&str> {
    // The leaf of each server in the fabric at hand; links come by group, then by server.
    let mut names: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (n, group) in (0u32..).zip(&fabric.groups) {
        if group.kind == LinkKind::ServerLeaf {
            names.entry(&group.fabric).or_default().push(n);
        }
    }
    const NONE: u32 = u32::MAX;
    const SEVERAL: u32 = u32::MAX - 1;
    let mut fabric_of = vec![None; fabric.groups.len()];
    for (n, groups) in names.values().enumerate() {
        for group in groups {
            if let Some(slot) = fabric_of.get_mut(*group as usize) {
                *slot = Some(n);
            }
        }
    }
    let mut leaf_of = vec![vec![NONE; fabric.devices.len()]; names.len()];
    for link in &fabric.links {
        let of = fabric_of.get(link.group as usize).copied().flatten();
        let leaves = of.and_then(|n| leaf_of.get_mut(n));
        if let Some(leaf) = leaves.and_then(|leaves| leaves.get_mut(link.a.device as usize)) {
            *leaf = match *leaf {
                NONE => link.b.device,
                known if known == link.b.device => known,
                _ => SEVERAL,
            };
        }
    }
    let every = |leaves: &Vec<u32>| {
        leaves.contains(&SEVERAL) && leaves.iter().all(|leaf| matches!(*leaf, NONE | SEVERAL))
    };
    let named = names.keys().zip(&leaf_of).filter(|(_, leaves)| every(leaves));
    named.map(|(name, _)| *name).collect()
}

/// Finds uplinks that no switch of a class has a cable in.
fn dark_uplinks(fabric: &Fabric, findings: &mut Vec<Finding>) {
    let mut used: Vec<Vec<bool>> = Vec::new();
    for class in &fabric.classes {
        used.push(vec![false; class.slots.len()]);
    }
    let mut zones: BTreeSet<(u32, &str)> = BTreeSet::new();
    for link in &fabric.links {
        let kind = fabric.groups.get(link.group as usize).map(|group| group.kind);
        if !matches!(kind, Some(LinkKind::LeafSpine | LinkKind::SpineSuperSpine)) {
            continue;
        }
        let Some(device) = fabric.devices.get(link.a.device as usize) else { continue };
        let slot = used
            .get_mut(device.class as usize)
            .and_then(|slots| slots.get_mut(usize::from(link.a.slot)));
        if let Some(slot @ false) = slot {
            *slot = true;
            if let Some(slot) = fabric.slot(link.a) {
                zones.insert((device.class, slot.zone()));
            }
        }
    }
    for (n, zone) in zones {
        let Some((class, used)) = fabric.classes.get(n as usize).zip(used.get(n as usize)) else {
            continue;
        };
        // Under super-spines the zone of a spine has spare lanes downwards too; and where a switch
        // is out of service, ports are dark until it is back.
        let repairs = fabric
            .classes
            .iter()
            .any(|other| other.fabric == class.fabric && !other.out_of_service.is_empty());
        if class.role == DeviceRole::Spine || repairs {
            continue;
        }
        let of_zone = class.slots.iter().zip(used).filter(|(slot, _)| slot.zone() == zone);
        let dark = of_zone.clone().filter(|(_, used)| !**used).count();
        if dark > 0 {
            findings.push(
                Finding::new(
                    Code::DarkPorts,
                    class.path.clone(),
                    format!(
                        "{dark} of {} ports in zone {zone} of each {} stay without a cable.",
                        of_zone.count(),
                        class.family
                    ),
                )
                .advise("Use more spines, or give the zone fewer ports."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Cage;
    use crate::fabric::{Device, End, Link, LinkGroup, Slot};

    /// Switches and servers of one fabric, and links between them by name: `leaf-1 spine-2`.
    fn net(links: &str) -> Fabric {
        let mut fabric = Fabric::default();
        let roles = [
            ("leaf", DeviceRole::Leaf, 4),
            ("spine", DeviceRole::Spine, 2),
            ("edge", DeviceRole::BorderLeaf, 2),
            ("gpu", DeviceRole::Server, 2),
        ];
        for (id, role, count) in roles {
            let slot = |n: u16| Slot {
                name: format!("E{n}"),
                key: format!("uplink/{n}"),
                cage: Cage::Osfp,
                cage_number: n + 1,
                speed_gbps: 400,
                from_type: true,
            };
            let mut class = Class::new(id, role, 1);
            class.fabric = role.is_switch().then(|| "net".to_owned());
            (class.first_device, class.count) = (fabric.devices.len() as u32, count);
            class.slots = (0..4).map(slot).collect::<Vec<_>>().into();
            let index = fabric.classes.len() as u32;
            for number in 1..=count {
                fabric.devices.push(Device {
                    class: index,
                    number,
                    su: None,
                    rail: None,
                    pod: None,
                });
            }
            fabric.classes.push(class);
        }
        for kind in [LinkKind::ServerLeaf, LinkKind::LeafSpine] {
            fabric.groups.push(LinkGroup { fabric: "net".to_owned(), kind, speed_gbps: 400 });
        }
        let mut used = vec![0; fabric.devices.len()];
        for pair in links.split(',') {
            let mut ends = pair.split_whitespace().map(|name| {
                let found = (0u32..).take(fabric.devices.len());
                found.into_iter().find(|n| fabric.device_name(*n) == name).unwrap()
            });
            let (a, b) = (ends.next().unwrap(), ends.next().unwrap());
            let mut end = |device: u32| {
                used[device as usize] += 1;
                End { device, slot: used[device as usize] - 1 }
            };
            let group = u32::from(!pair.contains("gpu"));
            fabric.links.push(Link { a: end(a), b: end(b), group });
        }
        fabric
    }

    fn texts(fabric: &Fabric, code: Code) -> Vec<String> {
        let mut findings = Vec::new();
        of_fabric(fabric, &mut findings);
        findings.into_iter().filter(|f| f.code == code).map(|f| f.text).collect()
    }

    const SERVERS: &str = "gpu-1 leaf-1, gpu-1 leaf-2, gpu-2 leaf-1, gpu-2 leaf-2";
    const CLOS: &str = "leaf-1 spine-1, leaf-1 spine-2, leaf-2 spine-1, leaf-2 spine-2";

    #[test]
    fn switches_that_everything_hangs_on_are_found() {
        let check = |links: String, expected: &[&str]| {
            assert_eq!(texts(&net(&links), Code::SinglePoint), expected, "{links}");
        };
        check(format!("{SERVERS}, {CLOS}"), &[]);
        // One way to the edge: by spine 1. Two links of a pair are no second way.
        let hangs = "If spine-1 fails, switches of fabric net cannot reach each other.";
        check(format!("{SERVERS}, {CLOS}, edge-1 spine-1"), &[hangs]);
        check(format!("{SERVERS}, {CLOS}, edge-1 spine-1, edge-1 spine-1"), &[hangs]);
        check(format!("{SERVERS}, {CLOS}, edge-1 spine-1, edge-1 spine-2"), &[]);
        let both = "If spine-1 fails, or one other like it, switches of fabric net cannot reach \
                    each other.";
        check(format!("{SERVERS}, {CLOS}, edge-1 spine-1, edge-2 spine-2"), &[both]);
        // A chain: every switch between its ends.
        let chain =
            format!("{SERVERS}, leaf-1 spine-1, leaf-2 spine-1, leaf-3 spine-2, leaf-2 spine-2");
        check(chain, &["If leaf-2 fails, switches of fabric net cannot reach each other.", both]);
        // A server on one leaf, or on one leaf twice: nobody meant to lose a switch.
        check(format!("gpu-1 leaf-1, {CLOS}, edge-1 spine-1"), &[]);
        check(format!("gpu-1 leaf-1, gpu-1 leaf-1, {CLOS}, edge-1 spine-1"), &[]);
        check(format!("{CLOS}, edge-1 spine-1"), &[]);
    }

    #[test]
    fn a_single_spine_is_said_once() {
        let fabric = net(&format!("{SERVERS}, leaf-1 spine-1, leaf-2 spine-1"));
        assert_eq!(texts(&fabric, Code::SinglePoint).len(), 1);
        let path = fabric.classes[1].path.clone();
        let mut findings = vec![Finding::new(Code::SingleSpine, path, "")];
        of_fabric(&fabric, &mut findings);
        assert!(findings.iter().all(|f| f.code != Code::SinglePoint), "{findings:?}");
    }

    #[test]
    fn uplinks_that_no_leaf_uses_are_dark() {
        let check = |links: String, expected: &[&str]| {
            assert_eq!(texts(&net(&links), Code::DarkPorts), expected, "{links}");
        };
        let full = "leaf-1 spine-1, leaf-1 spine-2, leaf-1 spine-1, leaf-1 spine-2";
        check(full.to_owned(), &[]);
        check(format!("{full}, leaf-2 spine-1"), &[]);
        let dark = "2 of 4 ports in zone uplink of each leaf stay without a cable.";
        check(CLOS.to_owned(), &[dark]);
        // A server's ports are no uplinks, and a class without links above says nothing.
        check(SERVERS.to_owned(), &[]);
    }
}
