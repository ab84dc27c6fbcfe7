//! Ethernet or InfiniBand: whether the two ends of every link can speak the same.
//!
//! Models that links run between belong together; what most of them speak is taken for what is
//! meant, and the finding stands at the model that differs. Where it is one against one, the lower
//! tier decides: servers, then leaves, then spines. Devices of others and imported classes, whose
//! models are guessed, are not looked at.

use super::expand::{Origin, Primitives};
use super::offers;
use crate::catalog::{Catalog, LinkProtocol, NicModel};
use crate::model::{Code, EditValue, Finding, SpecPath};
use crate::plan::{Connection, PlacementRules, SwitchClass, SwitchRole, Topology, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// What stands behind an end of links.
enum End<'a> {
    /// The card of a connection: server class and connection.
    Card(usize, &'a Connection),
    /// A switch class.
    Switch(usize),
}

/// A model at an end of links.
struct Node<'a> {
    end: End<'a>,
    /// The class or card, for people.
    name: String,
    /// The model's id, and its name for people.
    id: &'a str,
    model: &'a str,
    protocol: LinkProtocol,
    path: SpecPath,
    /// The lower, the nearer to the servers.
    tier: u8,
    /// The least node that links lead to: the same for all that belong together.
    root: usize,
}

/// Tells of models that cannot speak with what they are linked to.
pub(super) fn check(primitives: &Primitives, catalog: &Catalog, findings: &mut Vec<Finding>) {
    let mut nodes = nodes(primitives, catalog);
    join(&mut nodes, primitives);
    let mut by_root: BTreeMap<usize, Vec<&Node>> = BTreeMap::new();
    for node in &nodes {
        by_root.entry(node.root).or_default().push(node);
    }
    // Planes of a cluster have one field for their model.
    let mut told: BTreeSet<SpecPath> = BTreeSet::new();
    for of in by_root.into_values() {
        let Some((meant, other)) = meant(&of) else { continue };
        for node in of.iter().filter(|node| !node.protocol.meets(meant)) {
            let twin = |known: &Node| known.tier < node.tier && known.id == node.id;
            // A super-spine that follows the spine is mended with it.
            if follows_spine(node, primitives) && of.iter().any(|known| twin(known))
                || !told.insert(node.path.clone())
            {
                continue;
            }
            let text = format!(
                "{} is {} only; {other} is {}.",
                node.model,
                node.protocol.name(),
                meant.name()
            );
            let finding = Finding::new(Code::ProtocolMismatch, node.path.clone(), text);
            findings.push(match instead(node, meant, primitives, catalog) {
                Some(id) => finding.offer(
                    format!("Use {id}"),
                    node.path.clone(),
                    EditValue::Text(id.to_owned()),
                ),
                None => finding
                    .advise(format!("Choose a model that speaks {} at this speed.", meant.name())),
            });
        }
    }
}

fn nodes<'a>(primitives: &'a Primitives, catalog: &'a Catalog) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    for (n, (class, origin)) in primitives.switches.iter().enumerate() {
        let Some(model) = catalog.switches.get(&class.model) else { continue };
        if class.placement == PlacementRules::Diet {
            continue;
        }
        nodes.push(Node {
            end: End::Switch(n),
            name: class.id.clone(),
            id: &model.id,
            model: &model.model,
            protocol: model.protocol,
            path: origin.model.clone(),
            tier: match class.role {
                SwitchRole::Leaf | SwitchRole::BorderLeaf | SwitchRole::Management => 1,
                SwitchRole::Spine => 2,
                SwitchRole::SuperSpine => 3,
            },
            root: nodes.len(),
        });
    }
    for (n, (class, origin)) in primitives.servers.iter().enumerate() {
        for connection in &class.connections {
            let Some(model) = offers::card_of(class, connection, catalog) else { continue };
            let at = class.nics.iter().position(|nic| nic.id == connection.nic).unwrap_or(0);
            nodes.push(Node {
                end: End::Card(n, connection),
                name: format!("{} {}", class.id, connection.nic),
                id: &model.id,
                model: &model.model,
                protocol: model.protocol,
                path: match origin.by_hand {
                    true => origin.item("nics", at).field("model"),
                    false => card_of_cluster(&connection.nic, origin),
                },
                tier: 0,
                root: nodes.len(),
            });
        }
    }
    nodes
}

/// Where a cluster names the card of a connection: by the prefixes that its expansion gives.
fn card_of_cluster(nic: &str, origin: &Origin) -> SpecPath {
    let part = match nic.split('-').next() {
        Some("rail") => "backend",
        Some("fe") => "frontend",
        Some("st") => "storage",
        Some("mgmt") => "management",
        _ => return origin.base.clone(),
    };
    origin.base.field(part).field("nic")
}

/// Gives nodes that links lead to one root.
fn join(nodes: &mut [Node], primitives: &Primitives) {
    let of_class: BTreeMap<usize, usize> = (0..)
        .zip(nodes.iter())
        .filter_map(|(at, node)| match node.end {
            End::Switch(n) => Some((n, at)),
            End::Card(..) => None,
        })
        .collect();
    let by_id: BTreeMap<&str, usize> = (0..)
        .zip(&primitives.switches)
        .filter_map(|(n, (class, _))| Some((class.id.as_str(), *of_class.get(&n)?)))
        .collect();
    let mut links: Vec<(usize, usize)> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        if let End::Card(_, connection) = node.end {
            links.extend(by_id.get(connection.switch_class.as_str()).map(|to| (at, *to)));
        }
    }
    // What all links of a tier lead to: one of them stands for the others.
    let mut spine_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut mesh_of: BTreeMap<&str, usize> = BTreeMap::new();
    let at = |n: usize| of_class.get(&n).copied();
    for (n, (class, _)) in primitives.switches.iter().enumerate() {
        let Some(at) = at(n).filter(|_| class.role == SwitchRole::Spine) else { continue };
        spine_of.entry(&class.fabric).or_insert(at);
    }
    for (n, (class, _)) in primitives.switches.iter().enumerate() {
        let Some(at) = at(n) else { continue };
        let names = class.zones.iter().filter_map(|zone| zone.peer_zone.as_deref());
        let named = names.filter_map(|name| by_id.get(name.split_once('/')?.0));
        links.extend(named.map(|to| (at, *to)));
        if is_mesh(class) {
            links.push((at, *mesh_of.entry(&class.fabric).or_insert(at)));
        } else if has_uplinks(class) {
            links.extend(spine_of.get(class.fabric.as_str()).map(|to| (at, *to)));
        }
    }
    let mut roots: Vec<usize> = (0..nodes.len()).collect();
    for (a, b) in links {
        let (a, b) = (root(&roots, a), root(&roots, b));
        if let Some(high) = roots.get_mut(a.max(b)) {
            *high = a.min(b);
        }
    }
    for (at, node) in nodes.iter_mut().enumerate() {
        node.root = root(&roots, at);
    }
}

/// Follows the way down to the root of a node: each step leads to a lower one.
fn root(roots: &[usize], mut at: usize) -> usize {
    while let Some(next) = roots.get(at).copied().filter(|next| *next < at) {
        at = next;
    }
    at
}

fn is_mesh(class: &SwitchClass) -> bool {
    class.topology == Topology::Mesh
}

/// True if switches of a class have links to the tier above, or are that tier.
fn has_uplinks(class: &SwitchClass) -> bool {
    matches!(class.role, SwitchRole::Spine | SwitchRole::SuperSpine)
        || class.zones.iter().any(|z| z.kind == ZoneKind::Uplink && z.peer_zone.is_none())
}

/// What is meant by models that belong together but have no protocol in common, and one of them
/// that speaks it and nothing else. `None` if there is nothing to tell.
fn meant(nodes: &[&Node]) -> Option<(LinkProtocol, String)> {
    let odd = |protocol: LinkProtocol| -> BTreeSet<&str> {
        nodes.iter().filter(|node| !node.protocol.meets(protocol)).map(|node| node.id).collect()
    };
    let ethernet = odd(LinkProtocol::Ethernet).len();
    let infiniband = odd(LinkProtocol::Infiniband).len();
    if ethernet == 0 || infiniband == 0 {
        return None;
    }
    let decided = |protocol: LinkProtocol| {
        let of = nodes.iter().filter(|node| node.protocol == protocol);
        of.min_by_key(|node| node.tier)
    };
    let lowest = nodes.iter().filter(|node| node.protocol != LinkProtocol::Both);
    let protocol = match ethernet.cmp(&infiniband) {
        std::cmp::Ordering::Less => LinkProtocol::Ethernet,
        std::cmp::Ordering::Greater => LinkProtocol::Infiniband,
        std::cmp::Ordering::Equal => lowest.min_by_key(|node| node.tier)?.protocol,
    };
    Some((protocol, decided(protocol)?.name.clone()))
}

/// True for the super-spines of a cluster, which are of the spines' model unless it says otherwise.
fn follows_spine(node: &Node, primitives: &Primitives) -> bool {
    let End::Switch(n) = node.end else { return false };
    let class = primitives.switches.get(n);
    class.is_some_and(|(class, origin)| class.role == SwitchRole::SuperSpine && !origin.by_hand)
}

/// A model to offer instead: one that fits and speaks what is meant.
fn instead<'c>(
    node: &Node,
    meant: LinkProtocol,
    primitives: &Primitives,
    catalog: &'c Catalog,
) -> Option<&'c str> {
    match node.end {
        End::Switch(n) => {
            let (class, origin) = primitives.switches.get(n)?;
            let of = catalog.switches.get(&class.model)?;
            offers::switch_instead(of, catalog, &primitives.used, |model| {
                model.protocol.meets(meant) && offers::switch_fits((class, origin), model)
            })
        }
        End::Card(n, connection) => {
            let (class, _) = primitives.servers.get(n)?;
            let fits = |model: &NicModel| {
                offers::card_fits(class, &connection.nic, primitives, catalog, model)
            };
            offers::for_unknown(node.id, &catalog.nics, &primitives.used, fits)
        }
    }
}
