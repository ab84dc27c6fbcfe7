//! What a fabric must be, whatever the plan: the rules of construction written down anew.
//!
//! The checker reads the plan and the arena of the finished fabric and shares no code with the
//! weaver: counts and positions are recomputed here from the lanes that the switches have. Two
//! levels: [`check_any`] holds for every fabric without errors, [`check`] adds what a cluster
//! promises, link by link. Pinned ends and ports that do not work are not known here; their tests
//! compare cables instead.

use heddle::fabric::{Class, DeviceRole, Fabric, Link, LinkKind};
use heddle::plan::{
    Backend, Cluster, Frontend, Management, Multihoming, Overrides, Plan, RailPacking, Ratio,
    Redundancy, Spread, Tiers,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Checks the fabric of a plan that has a cluster and nothing else.
pub fn check(plan: &Plan, fabric: &Fabric) {
    check_any(fabric);
    let cluster = plan.spec.cluster.as_ref().expect("a cluster");
    let view = View::new(fabric);
    let servers = fabric.class("gpu").expect("servers");
    assert_eq!(servers.count, cluster.servers, "servers");
    let mut cabled = 0;
    if let Some(backend) = &cluster.backend {
        cabled += check_backend(&view, cluster, backend);
    }
    let shared = shares(cluster);
    if let Some(frontend) = &cluster.frontend {
        let mut cards = vec![("fe", frontend.ports_per_server)];
        if shared {
            cards.extend(cluster.storage.iter().map(|s| ("st", s.ports_per_server)));
            cards.extend(cluster.management.iter().map(|_| ("mgmt", 1)));
        }
        cabled += check_access(&view, cluster, &Access::of(frontend, "frontend", "fe", cards));
    }
    if !shared {
        if let Some(storage) = &cluster.storage {
            let cards = vec![("st", storage.ports_per_server)];
            cabled += check_access(&view, cluster, &Access::of(storage, "storage", "st", cards));
        }
        if let Some(management) = &cluster.management {
            cabled += check_access(&view, cluster, &Access::of_management(management));
        }
    }
    let links = fabric.links.iter().filter(|l| view.kind(l) == LinkKind::ServerLeaf).count();
    assert_eq!(links, cabled, "links of servers");
}

/// What holds for every fabric without errors.
pub fn check_any(fabric: &Fabric) {
    let mut next = 0;
    for (index, class) in fabric.classes.iter().enumerate() {
        assert_eq!(class.first_device, next, "{} begins where the last class ends", class.id);
        next += class.count;
        let mut number = 0;
        for device in class.first_device..next {
            let found = fabric.devices[device as usize];
            assert_eq!(found.class as usize, index);
            number += 1;
            while class.out_of_service.contains(&number) {
                number += 1;
            }
            assert_eq!(found.number, number, "{} numbers its devices from 1", class.id);
            assert_eq!(class.device(number), Some(device));
        }
        let names: HashSet<&str> = class.slots.iter().map(|s| s.name.as_str()).collect();
        let keys: HashSet<&str> = class.slots.iter().map(|s| s.key.as_str()).collect();
        assert_eq!(names.len(), class.slots.len(), "names of interfaces of {} differ", class.id);
        assert_eq!(keys.len(), class.slots.len(), "keys of interfaces of {} differ", class.id);
    }
    assert_eq!(next as usize, fabric.devices.len());

    let mut ends = HashSet::with_capacity(2 * fabric.links.len());
    for link in &fabric.links {
        let group = &fabric.groups[link.group as usize];
        let mut speed = u32::MAX;
        for end in [link.a, link.b] {
            assert!(ends.insert(end_number(end)), "an interface is used twice: {end:?}");
            let slot = fabric.slot(end).expect("an interface of the device");
            assert!(slot.speed_gbps >= group.speed_gbps, "{end:?} is too slow");
            speed = speed.min(slot.speed_gbps);
        }
        assert_eq!(speed, group.speed_gbps, "a link has the speed of its slower end");
        check_roles(fabric, link);
    }
    assert_eq!(ends.len(), 2 * fabric.links.len(), "a link has two ends");
    let sorted = fabric.links.is_sorted_by_key(|link| (link.group, link.a));
    assert!(sorted, "links are in order");

    let names: HashSet<String> =
        (0..next).map(|device| fabric.device_name(device).to_lowercase()).collect();
    assert_eq!(names.len(), fabric.devices.len(), "every device has a name of its own");
    assert!(names.iter().all(|name| (1..=64).contains(&name.chars().count())));
}

fn end_number(end: heddle::fabric::End) -> u64 {
    u64::from(end.device) << 16 | u64::from(end.slot)
}

/// A link joins devices of the roles that its kind says, within its fabric.
fn check_roles(fabric: &Fabric, link: &Link) {
    use DeviceRole as R;
    let group = &fabric.groups[link.group as usize];
    let (a, b) = (class_of(fabric, link.a.device), class_of(fabric, link.b.device));
    let leaf = |role| matches!(role, R::Leaf | R::BorderLeaf | R::Management);
    let right = match group.kind {
        LinkKind::ServerLeaf => a.role == R::Server && leaf(b.role),
        LinkKind::ExternalLeaf => a.role == R::External && leaf(b.role),
        LinkKind::LeafSpine => leaf(a.role) && b.role == R::Spine,
        LinkKind::SpineSuperSpine => a.role == R::Spine && b.role == R::SuperSpine,
        LinkKind::Mesh => leaf(a.role) && leaf(b.role),
        LinkKind::Peer | LinkKind::Session => leaf(a.role) && a.id == b.id,
        LinkKind::PeerZone => leaf(a.role) && b.role != R::Server,
    };
    assert!(right, "a {} link joins {:?} and {:?}", group.kind.name(), a.role, b.role);
    assert_ne!(link.a.device, link.b.device);
    if group.kind != LinkKind::PeerZone {
        for class in [a, b] {
            let own = class.fabric.as_ref().is_none_or(|name| *name == group.fabric);
            assert!(own, "{} is not of {}", class.id, group.fabric);
        }
    }
}

fn class_of(fabric: &Fabric, device: u32) -> &Class {
    &fabric.classes[fabric.devices[device as usize].class as usize]
}

/// A link by the positions of its devices in their classes and its lanes in their zones.
#[derive(Clone, Copy)]
struct Wire {
    below: u32,
    lane_below: u32,
    above: u32,
    lane_above: u32,
}

/// The fabric with what the rules speak of at hand.
struct View<'a> {
    fabric: &'a Fabric,
    /// By class: the lane in its zone of each slot.
    lanes: Vec<Vec<u32>>,
    /// The links between two classes, by their indices and kind.
    wires: BTreeMap<(u32, u32, LinkKind), Vec<Wire>>,
}

impl<'a> View<'a> {
    fn new(fabric: &'a Fabric) -> Self {
        let lane = |key: &str| key.rsplit('/').next().and_then(|n| n.parse().ok()).expect("a lane");
        let lanes = fabric.classes.iter().map(|c| c.slots.iter().map(|s| lane(&s.key)).collect());
        let mut view = Self { fabric, lanes: lanes.collect(), wires: BTreeMap::new() };
        for link in &fabric.links {
            let class = |end: heddle::fabric::End| fabric.devices[end.device as usize].class;
            let wire = view.wire(link);
            let at = (class(link.a), class(link.b), view.kind(link));
            view.wires.entry(at).or_default().push(wire);
        }
        view
    }

    fn kind(&self, link: &Link) -> LinkKind {
        self.fabric.groups[link.group as usize].kind
    }

    fn class(&self, id: &str) -> &'a Class {
        self.fabric.class(id).unwrap_or_else(|| panic!("there is a class {id}"))
    }

    fn wire(&self, link: &Link) -> Wire {
        let device = |end: heddle::fabric::End| {
            let device = self.fabric.devices[end.device as usize];
            let class = &self.fabric.classes[device.class as usize];
            (end.device - class.first_device, self.lanes[device.class as usize][end.slot as usize])
        };
        let ((below, lane_below), (above, lane_above)) = (device(link.a), device(link.b));
        Wire { below, lane_below, above, lane_above }
    }

    /// The links of a kind between two classes.
    fn between(&self, kind: LinkKind, below: &Class, above: &Class) -> Vec<Wire> {
        let index = |class: &Class| {
            let first = self.fabric.devices.get(class.first_device as usize);
            first.map_or(u32::MAX, |device| device.class)
        };
        self.wires.get(&(index(below), index(above), kind)).cloned().unwrap_or_default()
    }

    /// The links of a kind in a fabric.
    fn count(&self, kind: LinkKind, fabric: &str) -> usize {
        let of = |l: &&Link| {
            self.kind(l) == kind && self.fabric.groups[l.group as usize].fabric == fabric
        };
        self.fabric.links.iter().filter(of).count()
    }
}

/// Lanes of a zone of a class.
fn lanes(class: &Class, zone: &str) -> u32 {
    let of = |key: &str| key.split('/').next() == Some(zone);
    class.slots.iter().filter(|slot| of(&slot.key)).count() as u32
}

/// Cages of a zone of a class, and the bandwidth of one.
fn cages(class: &Class, zone: &str) -> (u64, u64) {
    let of: Vec<_> = class.slots.iter().filter(|s| s.key.split('/').next() == Some(zone)).collect();
    let cages: BTreeSet<u16> = of.iter().map(|s| s.cage_number).collect();
    let bandwidth: u64 = of.iter().map(|s| u64::from(s.speed_gbps)).sum();
    (cages.len() as u64, bandwidth / (cages.len() as u64).max(1))
}

/// True if storage and management use the leaves of the frontend.
fn shares(cluster: &Cluster) -> bool {
    let shared = |f: &Frontend| f.redundancy == Redundancy::RedundantShared;
    cluster.frontend.as_ref().is_some_and(shared)
}

/// Servers that leaves and ports are kept for.
fn positions(cluster: &Cluster) -> u32 {
    cluster.servers.max(cluster.size_for.unwrap_or(0))
}

/// B1, B2 and B7, then C and D for each plane. Returns the server ports that are cabled.
fn check_backend(view: &View, cluster: &Cluster, backend: &Backend) -> usize {
    let servers = view.class("gpu");
    let ports = lanes(servers, "rail-0");
    let per_plane = ports / backend.planes;
    let mut sizes = BTreeSet::new();
    for plane in 0..backend.planes {
        let (prefix, name) = match backend.planes {
            1 => ("be".to_owned(), "backend".to_owned()),
            _ => (format!("be-plane-{plane}"), format!("backend-plane-{plane}")),
        };
        let leaf = view.class(&format!("{prefix}-leaf"));
        let room = lanes(leaf, "server");
        let (su, rails) = (cluster.su_size, backend.rails);
        let fit = room / per_plane;
        let shared = room / (su * per_plane);
        // Leaves of a rail, rails of a leaf, servers of a leaf.
        let (c, h, b) = if backend.rail_packing == RailPacking::Shared && shared >= 1 {
            let k = rails.div_ceil(shared.min(rails));
            (1, rails.div_ceil(k), su)
        } else {
            let c = su.div_ceil(fit);
            (c, 1, su.div_ceil(c))
        };
        let su_leaves = rails.div_ceil(h) * c;
        let units = positions(cluster).div_ceil(su);
        let count = backend.overrides.leaves.unwrap_or(units * su_leaves);
        assert!(count >= units * su_leaves);
        assert_eq!(leaf.count, count, "leaves of {name}");

        let links = view.between(LinkKind::ServerLeaf, servers, leaf);
        let expected = (cluster.servers * rails * per_plane) as usize;
        assert_eq!(links.len(), expected, "every port of a server is cabled in {name}");
        let mut rails_of: BTreeMap<u32, BTreeSet<(u32, u32)>> = BTreeMap::new();
        let mut leaves_of: BTreeMap<(u32, u32), BTreeSet<u32>> = BTreeMap::new();
        let all = view.fabric.links.iter().filter(|l| {
            view.kind(l) == LinkKind::ServerLeaf
                && view.fabric.groups[l.group as usize].fabric == name
        });
        for link in all {
            let wire = view.wire(link);
            let slot = view.fabric.slot(link.a).expect("a slot");
            let card = slot.key.split('/').next().expect("a card");
            let rail: u32 = card.strip_prefix("rail-").and_then(|n| n.parse().ok()).expect("rail");
            let port = wire.lane_below;
            assert_eq!(port % backend.planes, plane, "ports go to the planes by turns");
            let (g, q, k) = (wire.below / su, wire.below % su, port / backend.planes);
            let (place, lane) = if c == 1 && backend.rail_packing == RailPacking::Shared {
                (rail / h, (q * h + rail % h) * per_plane + k)
            } else {
                (rail * c + q / b, (q % b) * per_plane + k)
            };
            let at = (g * su_leaves + place, lane);
            assert_eq!((wire.above, wire.lane_above), at, "server {} {}", wire.below, slot.key);
            rails_of.entry(wire.above).or_default().insert((g, rail));
            leaves_of.entry((g, rail)).or_default().insert(wire.above);
        }
        for (leaf, rails) in &rails_of {
            let units: BTreeSet<u32> = rails.iter().map(|(unit, _)| *unit).collect();
            assert_eq!(units.len(), 1, "leaf {leaf} serves one scalable unit");
            let dedicated = backend.rail_packing == RailPacking::Dedicated;
            assert!(!dedicated || rails.len() == 1, "leaf {leaf} serves one rail");
        }
        let fewest = su.div_ceil(fit) as usize;
        for (rail, leaves) in &leaves_of {
            assert!(leaves.len() <= fewest, "{rail:?} is on {} leaves", leaves.len());
        }
        let upper = Upper {
            fabric: &name,
            prefix: &prefix,
            tiers: backend.tiers,
            spread: backend.spread,
            overrides: backend.overrides,
            ratio: backend.oversubscription,
            least: 1,
            unit: su_leaves,
            units,
        };
        sizes.insert((leaf.count, check_upper(view, leaf, &upper)));
    }
    assert_eq!(sizes.len(), 1, "planes are equal: {sizes:?}");
    check_disjoint(view, backend.planes);
    (cluster.servers * backend.rails * ports) as usize
}

/// No switch of a plane is linked to another plane.
fn check_disjoint(view: &View, planes: u32) {
    if planes == 1 {
        return;
    }
    let plane = |device: u32| {
        let class = class_of(view.fabric, device);
        class.fabric.clone().filter(|name| name.starts_with("backend-plane-"))
    };
    for link in view.fabric.links.iter() {
        if let (Some(a), Some(b)) = (plane(link.a.device), plane(link.b.device)) {
            assert_eq!(a, b, "a link joins two planes");
        }
    }
}

/// A fabric that servers have one leaf or a pair of leaves of.
struct Access<'a> {
    fabric: &'a str,
    prefix: &'a str,
    /// Cards by the stem of their ids, with the ports of a server, in the order of placing.
    cards: Vec<(&'a str, u32)>,
    redundant: bool,
    multihoming: Multihoming,
    ratio: Option<Ratio>,
    spread: Spread,
    overrides: Overrides,
}

impl<'a> Access<'a> {
    fn of(access: &Frontend, fabric: &'a str, prefix: &'a str, cards: Vec<(&'a str, u32)>) -> Self {
        Self {
            fabric,
            prefix,
            cards,
            redundant: access.redundancy != Redundancy::None,
            multihoming: access.multihoming,
            ratio: Some(access.oversubscription),
            spread: access.spread,
            overrides: access.overrides,
        }
    }

    fn of_management(_: &Management) -> Self {
        Self {
            fabric: "management",
            prefix: "mg",
            cards: vec![("mgmt", 1)],
            redundant: false,
            multihoming: Multihoming::Unbundled,
            ratio: None,
            spread: Spread::Equal,
            overrides: Overrides::default(),
        }
    }
}

/// B4 and B6: groups of leaves filled one after the other. Returns the server ports cabled.
fn check_access(view: &View, cluster: &Cluster, access: &Access) -> usize {
    let name = access.fabric;
    let leaf = view.class(&format!("{}-leaf", access.prefix));
    let ports: u32 = access.cards.iter().map(|(_, ports)| ports).sum();
    let size = if access.redundant { 2 } else { 1 };
    let most = ports.div_ceil(size);
    let room = lanes(leaf, "server") / most;
    let count = size * positions(cluster).div_ceil(room);
    assert!(access.overrides.leaves.is_none_or(|n| n >= count));
    assert_eq!(leaf.count, access.overrides.leaves.unwrap_or(count), "leaves of {name}");

    let mut leaves_of: BTreeMap<(u32, &str), BTreeSet<u32>> = BTreeMap::new();
    let mut ports_of: BTreeMap<(u32, &str), u32> = BTreeMap::new();
    for link in view.fabric.links.iter() {
        let group = &view.fabric.groups[link.group as usize];
        if group.kind != LinkKind::ServerLeaf || group.fabric != name {
            continue;
        }
        let wire = view.wire(link);
        let slot = view.fabric.slot(link.a).expect("a slot");
        let card = slot.key.split('/').next().expect("a card");
        let (stem, _) = access
            .cards
            .iter()
            .find(|(stem, _)| card == *stem || card.starts_with(&format!("{stem}-")))
            .unwrap_or_else(|| panic!("{card} is a card of {name}"));
        assert_eq!(wire.above / size, wire.below / room, "groups of {name} are filled in turn");
        *ports_of.entry((wire.below, stem)).or_default() += 1;
        leaves_of.entry((wire.below, stem)).or_default().insert(wire.above);
    }
    for (stem, ports) in &access.cards {
        let on = (*ports).min(size) as usize;
        for server in 0..cluster.servers {
            let cabled = ports_of.get(&(server, *stem)).copied().unwrap_or(0);
            assert_eq!(cabled, *ports, "ports of {stem} of server {server}");
            let leaves = leaves_of.get(&(server, *stem)).map_or(0, BTreeSet::len);
            assert_eq!(leaves, on, "leaves that {stem} of server {server} is on");
        }
    }
    check_pairs(view, leaf, access);
    let upper = Upper {
        fabric: name,
        prefix: access.prefix,
        tiers: Tiers::Two,
        spread: access.spread,
        overrides: access.overrides,
        ratio: access.ratio.unwrap_or(Ratio { down: 1000, up: 1 }),
        least: size,
        unit: size,
        units: count / size,
    };
    check_upper(view, leaf, &upper);
    (cluster.servers * ports) as usize
}

/// The two switches of each MCLAG pair, and nobody else, are joined port by port.
fn check_pairs(view: &View, leaf: &Class, access: &Access) {
    let mclag = access.redundant && access.multihoming == Multihoming::Mclag;
    let grouped = access.redundant && access.multihoming != Multihoming::Unbundled;
    assert_eq!(leaf.group_size, if grouped { 2 } else { 0 }, "groups of {}", leaf.id);
    assert!(!grouped || leaf.count.is_multiple_of(2));
    for (kind, zone) in [(LinkKind::Peer, "peer"), (LinkKind::Session, "session")] {
        let links = view.between(kind, leaf, leaf);
        assert_eq!(links.len(), view.count(kind, access.fabric));
        assert_eq!(links.len() as u32, lanes(leaf, zone) * leaf.count / 2);
        assert_eq!(links.is_empty(), !mclag, "{zone} links of {}", leaf.id);
        for link in links {
            assert!(link.below.is_multiple_of(2) && link.above == link.below + 1);
            assert_eq!(link.lane_below, link.lane_above);
        }
    }
}

/// What decides the switches above the leaves.
struct Upper<'a> {
    fabric: &'a str,
    prefix: &'a str,
    tiers: Tiers,
    spread: Spread,
    overrides: Overrides,
    ratio: Ratio,
    /// The fewest spines.
    least: u32,
    /// Leaves that must stand in one pod, and how often.
    unit: u32,
    units: u32,
}

/// C1, C2 and C3: how many switches above `below` switches with `uplinks` each.
fn above(
    below: u32,
    uplinks: u32,
    lanes: u32,
    least: u32,
    spread: Spread,
    fixed: Option<u32>,
) -> Option<u32> {
    let fewest = (below * uplinks).div_ceil(lanes).max(least).max(1);
    match (fixed, spread) {
        (Some(n), _) => Some(n).filter(|n| *n >= fewest && *n <= uplinks),
        (None, Spread::Equal) => (fewest..=uplinks).find(|n| uplinks.is_multiple_of(*n)),
        (None, Spread::Balanced) => Some(fewest).filter(|n| *n <= uplinks),
    }
}

/// Where uplink `t` of switch `i` goes: the switch above and its lane (C1, else C2).
fn target(spread: Spread, i: u32, t: u32, uplinks: u32, count: u32, lanes: u32) -> (u32, u32) {
    let (q, e) = (uplinks / count, uplinks % count);
    if e == 0 && spread == Spread::Equal {
        return (t % count, t / count * (lanes / q) + i);
    }
    if t < q * count {
        return (t % count, i * q + t / count);
    }
    let g = i * e + (t - q * count);
    (g % count, lanes - 1 - g / count)
}

/// Pairs have the same number of links, or with a remainder at most one more; so have the loads.
fn check_even(links: &[Wire], below: u32, count: u32, uplinks: u32, what: &str) {
    let mut pairs = vec![0u32; (below * count) as usize];
    for link in links {
        pairs[(link.below * count + link.above) as usize] += 1;
    }
    let (q, e) = (uplinks / count, uplinks % count);
    let most = if e == 0 { q } else { q + 1 };
    assert!(q > 0, "{what}: every switch reaches every switch above");
    assert!(pairs.iter().all(|n| (q..=most).contains(n)), "{what}: links of a pair");
    let loads: Vec<u32> = (0..count)
        .map(|above| pairs.iter().skip(above as usize).step_by(count as usize).sum())
        .collect();
    let (low, high) = (loads.iter().min(), loads.iter().max());
    let even = high.zip(low).is_none_or(|(high, low)| high - low <= 1);
    assert!(even, "{what}: loads {loads:?}");
}

/// The tiers above the leaves of a fabric. Returns their switches: spines, super-spines.
fn check_upper(view: &View, leaf: &Class, upper: &Upper) -> (u32, u32) {
    let name = upper.fabric;
    let uplinks = lanes(leaf, "uplink");
    let role = |role: DeviceRole| -> Vec<&Class> {
        let of = |c: &&Class| c.fabric.as_deref() == Some(name) && c.role == role && c.count > 0;
        view.fabric.classes.iter().filter(of).collect()
    };
    let (spines, supers) = (role(DeviceRole::Spine), role(DeviceRole::SuperSpine));
    if uplinks == 0 {
        assert!(spines.is_empty() && supers.is_empty(), "{name} has leaves only");
        assert!(view.fabric.class(&format!("{}-spine", upper.prefix)).is_none());
        return (0, 0);
    }
    check_ratio(leaf, upper);
    let first = view.class(&format!("{}-spine", upper.prefix));
    let room = lanes(first, "fabric");
    let two = above(leaf.count, uplinks, room, upper.least, upper.spread, upper.overrides.spines);
    if upper.tiers == Tiers::Three || (upper.tiers == Tiers::Automatic && two.is_none()) {
        return check_pods(view, leaf, upper, &spines, &supers);
    }
    assert!(supers.is_empty(), "{name} has two tiers");
    let count = two.unwrap_or_else(|| panic!("two tiers of {name} fit"));
    assert_eq!(first.count, count, "spines of {name}");
    let links = view.between(LinkKind::LeafSpine, leaf, first);
    assert_eq!(links.len(), view.count(LinkKind::LeafSpine, name));
    assert_eq!(links.len() as u32, leaf.count * uplinks, "every uplink of {name} is cabled");
    check_even(&links, leaf.count, count, uplinks, name);
    for link in links {
        let to = target(upper.spread, link.below, link.lane_below, uplinks, count, room);
        assert_eq!((link.above, link.lane_above), to, "{name}: uplink of leaf {}", link.below);
    }
    (count, 0)
}

/// E2: the fewest uplink cages that keep the ratio, where servers and uplinks share them.
fn check_ratio(leaf: &Class, upper: &Upper) {
    let ((down, down_each), (up, up_each)) = (cages(leaf, "server"), cages(leaf, "uplink"));
    if let Some(fixed) = upper.overrides.uplink_cages {
        assert_eq!(up, u64::from(fixed), "uplink cages of {}", leaf.id);
        return;
    }
    let cage = |zone: &str| leaf.slots.iter().find(|s| s.key.starts_with(zone)).map(|s| s.cage);
    if cage("server/") != cage("uplink/") {
        return;
    }
    let keeps = |down: u64, up: u64| {
        down * down_each * u64::from(upper.ratio.up) <= up * up_each * u64::from(upper.ratio.down)
    };
    assert!(keeps(down, up), "{} keeps its ratio", leaf.id);
    assert!(up == 1 || !keeps(down + 1, up - 1), "{} has more uplinks than needed", leaf.id);
}

/// D: pods and spine groups.
fn check_pods(
    view: &View,
    leaf: &Class,
    upper: &Upper,
    spines: &[&Class],
    supers: &[&Class],
) -> (u32, u32) {
    let name = upper.fabric;
    let uplinks = lanes(leaf, "uplink");
    let first = spines.first().expect("spines");
    let half = lanes(first, "fabric") / 2;
    let of_pod = upper.overrides.spines.unwrap_or(uplinks);
    assert_eq!(uplinks % of_pod, 0);
    let m = uplinks / of_pod;
    let places = (half / m).min(upper.overrides.pod_leaves.unwrap_or(u32::MAX));
    let units_of_pod = places / upper.unit;
    assert!(units_of_pod > 0, "{name}: a unit fits a pod");
    // Units first; leaves that only wait for growth fill up the last pod, then further ones.
    let pods_of_units = upper.units.div_ceil(units_of_pod);
    let last = (upper.units - (pods_of_units - 1) * units_of_pod) * upper.unit;
    let waiting = leaf.count - upper.units * upper.unit;
    let pods = pods_of_units + waiting.saturating_sub(places - last).div_ceil(places);
    assert_eq!(spines.len() as u32, pods, "pods of {name}");
    let mut pod_of = Vec::new();
    for (pod, spine) in (0..).zip(spines) {
        assert_eq!(spine.pod, Some(pod));
        assert_eq!(spine.count, of_pod, "spines of pod {pod}");
        let leaves = match pod {
            _ if pod + 1 < pods_of_units => units_of_pod * upper.unit,
            _ if pod + 1 == pods_of_units => last + waiting.min(places - last),
            _ => (leaf.count - pod_of.len() as u32).min(places),
        };
        let begin = pod_of.len() as u32;
        pod_of.extend((0..leaves).map(|a| (pod, a)));
        let mut links = view.between(LinkKind::LeafSpine, leaf, spine);
        assert_eq!(links.len() as u32, leaves * uplinks, "pod {pod}: every uplink is cabled");
        for link in &mut links {
            assert!((begin..begin + leaves).contains(&link.below), "a link crosses pods");
            link.below -= begin;
            let at = (link.lane_below % of_pod, link.lane_below / of_pod * (half / m) + link.below);
            assert_eq!((link.above, link.lane_above), at, "pod {pod} leaf {}", link.below);
        }
        check_even(&links, leaves, of_pod, uplinks, name);
    }
    assert_eq!(pod_of.len() as u32, leaf.count, "every leaf is in a pod");
    for (leaf_number, (pod, _)) in (0..).zip(&pod_of) {
        let device = view.fabric.devices[(leaf.first_device + leaf_number) as usize];
        assert_eq!(device.pod, Some(*pod), "pod of leaf {leaf_number}");
        let unit = leaf_number / upper.unit;
        let whole = unit >= upper.units || pod_of[(unit * upper.unit) as usize].0 == *pod;
        assert!(whole, "a scalable unit spans pods");
    }
    let of_leaves: usize = (leaf.count * uplinks) as usize;
    assert_eq!(view.count(LinkKind::LeafSpine, name), of_leaves, "no link to another pod");

    assert_eq!(supers.len() as u32, of_pod, "spine groups of {name}");
    let sized_for = upper.overrides.pods.unwrap_or(pods);
    assert!(sized_for >= pods);
    let room = lanes(supers[0], "fabric");
    let of_group = above(sized_for, half, room, 1, upper.spread, upper.overrides.super_spines);
    let of_group = of_group.unwrap_or_else(|| panic!("the super-spines of {name} fit"));
    for (j, group) in (0..).zip(supers) {
        assert_eq!(group.spine_group, Some(j));
        assert_eq!(group.count, of_group, "super-spines of group {j}");
        let mut of: Vec<Wire> = Vec::new();
        for (pod, spine) in (0..).zip(spines) {
            let links = view.between(LinkKind::SpineSuperSpine, spine, group);
            assert_eq!(links.len() as u32, half, "uplinks of spine {j} of pod {pod}");
            for link in links {
                assert_eq!(link.below, j, "no link joins two spine groups");
                let t = link.lane_below.checked_sub(half).expect("the upper half of a spine");
                let at = target(upper.spread, pod, t, half, of_group, room);
                assert_eq!((link.above, link.lane_above), at, "group {j} pod {pod}");
                of.push(Wire { below: pod, ..link });
            }
        }
        check_even(&of, pods, of_group, half, name);
    }
    let links = (pods * of_pod * half) as usize;
    assert_eq!(view.count(LinkKind::SpineSuperSpine, name), links, "no link to another group");
    (pods * of_pod, of_pod * of_group)
}
