//! Plans of classes written by hand: meshes, groups, zones that name each other, devices of
//! others, orders of ports, and the ways that servers are spread.

use super::{Answer, cables, count, links, sample, sound, switch_of, weave};
use heddle::catalog::{Breakout, PortList};
use heddle::fabric::{DeviceRole, Fabric, LinkKind};
use heddle::model::{Code, Progress};
use heddle::plan::{
    Connection, ConnectionKind, Distribution, Naming, Nic, Plan, PortOrder, PortZone, Quantity,
    RailPacking, ServerClass, Spread, SwitchClass, SwitchRedundancy, SwitchRole, Tiers, Topology,
    ZoneKind,
};
use heddle::session;
use std::collections::BTreeMap;

pub(super) fn zone(id: &str, kind: ZoneKind, ports: &str) -> PortZone {
    let breakout = Breakout { lanes: 1, speed_gbps: 400 };
    PortZone::new(id, kind, PortList::parse(ports).expect("ports"), breakout)
}

/// A class of switches with 16 ports of 400G in a fabric called `net`.
pub(super) fn class(id: &str, role: SwitchRole, zones: Vec<PortZone>) -> SwitchClass {
    SwitchClass {
        id: id.to_owned(),
        fabric: "net".to_owned(),
        role,
        model: "sixteen".to_owned(),
        zones,
        ..SwitchClass::default()
    }
}

pub(super) fn leaf(zones: Vec<PortZone>) -> SwitchClass {
    class("leaf", SwitchRole::Leaf, zones)
}

/// Ports 1-12 to servers, 13-16 to spines.
pub(super) fn usual() -> Vec<PortZone> {
    vec![zone("down", ZoneKind::Server, "1-12"), zone("up", ZoneKind::Uplink, "13-16")]
}

pub(super) fn spine() -> SwitchClass {
    class("spine", SwitchRole::Spine, vec![zone("all", ZoneKind::Fabric, "1-16")])
}

/// Servers with `ports` cards of one port, all spread in one way over zone `down` of `leaf`.
pub(super) fn servers(
    id: &str,
    quantity: u32,
    ports: u32,
    distribution: Distribution,
) -> ServerClass {
    let nic =
        |n| Nic { id: format!("nic-{n}"), model: "connectx-7-1x400".to_owned(), ..Nic::default() };
    let connection = |n| Connection {
        id: format!("nic-{n}"),
        nic: format!("nic-{n}"),
        switch_class: "leaf".to_owned(),
        zone: "down".to_owned(),
        distribution,
        ..Connection::default()
    };
    ServerClass {
        id: id.to_owned(),
        model: "hgx-8gpu".to_owned(),
        quantity,
        nics: (0..ports).map(nic).collect(),
        connections: (0..ports).map(connection).collect(),
        ..ServerClass::default()
    }
}

pub(super) fn plan(switches: Vec<SwitchClass>, servers: Vec<ServerClass>) -> Plan {
    let mut plan = sample();
    plan.spec.cluster = None;
    plan.spec.models.switches = vec![switch_of("sixteen", 16)];
    (plan.spec.switch_classes, plan.spec.server_classes) = (switches, servers);
    plan
}

/// How many links each pair of devices has, by name.
fn pairs(fabric: &Fabric, kind: LinkKind) -> BTreeMap<(String, String), u32> {
    let mut pairs = BTreeMap::new();
    for link in links(fabric, "net", kind) {
        let name = |end: heddle::fabric::End| fabric.device_name(end.device);
        *pairs.entry((name(link.a), name(link.b))).or_default() += 1;
    }
    pairs
}

/// The leaves that each server is on, by number.
fn leaves_of(answer: &Answer) -> Vec<Vec<u32>> {
    let fabric = &answer.fabric;
    let mut leaves: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for link in links(fabric, "net", LinkKind::ServerLeaf) {
        let number = |device: u32| fabric.devices[device as usize].number;
        leaves.entry(number(link.a.device)).or_default().push(number(link.b.device));
    }
    leaves.into_values().collect()
}

#[test]
fn ways_to_spread_servers() {
    let check = |quantity, ports, distribution, expected: &[&[u32]]| {
        let plan =
            plan(vec![leaf(usual()), spine()], vec![servers("s", quantity, ports, distribution)]);
        assert_eq!(leaves_of(&sound(&plan)), expected, "{distribution:?}");
    };
    let alternating = |n| Distribution::Alternating { group: Some(n) };
    check(3, 6, Distribution::SameSwitch, &[&[1; 6], &[1; 6], &[2; 6]]);
    check(3, 6, Distribution::RoundRobin, &[&[1; 6], &[2; 6], &[1; 6]]);
    check(2, 2, Distribution::Alternating { group: None }, &[&[1, 2], &[1, 2]]);
    check(1, 6, alternating(3), &[&[1, 2, 3, 1, 2, 3]]);
    check(2, 4, alternating(4), &[&[1, 2, 3, 4], &[1, 2, 3, 4]]);
    // A pair is full after six servers of two ports on each leaf.
    let answer =
        sound(&plan(vec![leaf(usual()), spine()], vec![servers("s", 7, 4, alternating(2))]));
    assert_eq!(leaves_of(&answer).last(), Some(&vec![3, 4, 3, 4]));
    assert_eq!(count(&answer.fabric, "net", DeviceRole::Leaf), 4);
}

/// A later class fills what an earlier one left, and its growth moves nothing.
#[test]
fn classes_share_a_zone() {
    let of = |quantity| {
        let one = servers("a", 5, 1, Distribution::SameSwitch);
        let two = servers("b", quantity, 2, Distribution::SameSwitch);
        sound(&plan(vec![leaf(usual()), spine()], vec![one, two]))
    };
    let (old, new) = (of(5), of(9));
    let sizes = |a: &Answer| count(&a.fabric, "net", DeviceRole::Leaf);
    assert_eq!((sizes(&old), sizes(&new)), (2, 2));
    assert!(super::moved(&cables(&old.fabric), &cables(&new.fabric)).is_empty());
}

/// Rails and others on zones of their own of the same leaves: the leaves keep unit and rail.
#[test]
fn two_zones_of_the_same_leaves() {
    let zones = vec![
        zone("down", ZoneKind::Server, "1-4"),
        zone("extra", ZoneKind::Server, "5-8"),
        zone("up", ZoneKind::Uplink, "9-16"),
    ];
    let rail = |rail| Distribution::RailOptimised {
        rail,
        su_size: Some(4),
        packing: RailPacking::Dedicated,
    };
    let mut rails = servers("a", 8, 2, rail(0));
    rails.connections[1].distribution = rail(1);
    let mut others = servers("b", 16, 1, Distribution::SameSwitch);
    others.connections[0].zone = "extra".to_owned();
    for order in [[&rails, &others], [&others, &rails]] {
        let plan = plan(vec![leaf(zones.clone()), spine()], order.map(Clone::clone).to_vec());
        let fabric = sound(&plan).fabric;
        let leaves = fabric.class("leaf").expect("leaves");
        let of = |n| {
            let device = &fabric.devices[leaves.device(n).expect("a leaf") as usize];
            (device.su, device.rail)
        };
        let expected = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(su, rail)| (Some(su), Some(rail)));
        assert_eq!([1, 2, 3, 4].map(of), expected);
        assert_eq!((leaves.count, leaves.su_size), (4, 2));
    }
}

/// Spines that have a zone for super-spines need not halve the one for leaves, nor are they leaves.
#[test]
fn spines_with_a_zone_for_uplinks() {
    let zones = vec![zone("down", ZoneKind::Server, "1-8"), zone("up", ZoneKind::Uplink, "9-10")];
    let halves = vec![zone("all", ZoneKind::Fabric, "1-4"), zone("up", ZoneKind::Uplink, "5-8")];
    let spines = class("spine", SwitchRole::Spine, halves);
    let spines = SwitchClass { tiers: Tiers::Three, ..spines };
    let supers = vec![zone("all", ZoneKind::Fabric, "1-16")];
    let supers = class("super", SwitchRole::SuperSpine, supers);
    let one = servers("s", 48, 1, Distribution::SameSwitch);
    for quantity in [Quantity::Automatic, Quantity::Fixed(2)] {
        let spines = SwitchClass { quantity, ..spines.clone() };
        let classes = vec![leaf(zones.clone()), spines, supers.clone()];
        let answer = sound(&plan(classes, vec![one.clone()]));
        // Six leaves in pods of four: two spines a pod, and a super-spine for each of the two.
        assert_eq!(super::figures(&answer.fabric, "net"), [6, 4, 2, 48, 12, 16]);
    }
}

/// Spines and super-spines without leaves are not there, and have no number to pin.
#[test]
fn what_is_not_there_is_not_pinned() {
    let supers = vec![zone("all", ZoneKind::Fabric, "1-16")];
    let supers = class("super", SwitchRole::SuperSpine, supers);
    let plan = plan(vec![spine(), supers], Vec::new());
    let (pinned, edits) =
        session::pin_sizes(&plan, super::catalog(), &Progress::new()).expect("a sound plan");
    assert_eq!((pinned, edits), (plan, Vec::new()));
}

/// Two lanes of one cage that go to one cage are one cable.
#[test]
fn lanes_of_a_cage_are_one_cable() {
    let of = |breakout| {
        let zones = vec![
            zone("down", ZoneKind::Server, "1-8"),
            zone("up", ZoneKind::Uplink, "9-12"),
            PortZone::new(
                "peer",
                ZoneKind::Peer,
                PortList::parse("13-14").expect("ports"),
                breakout,
            ),
            zone("session", ZoneKind::Session, "15-16"),
        ];
        let pair = SwitchClass { redundancy: SwitchRedundancy::Mclag, ..leaf(zones) };
        let servers = servers("s", 8, 2, Distribution::Alternating { group: None });
        let fabric = sound(&plan(vec![pair, spine()], vec![servers])).fabric;
        (links(&fabric, "net", LinkKind::Peer).count(), fabric.links.len(), fabric.cable_count())
    };
    assert_eq!(of(Breakout { lanes: 1, speed_gbps: 400 }), (2, 28, 28));
    assert_eq!(of(Breakout { lanes: 2, speed_gbps: 200 }), (4, 30, 28));
}

#[test]
fn meshes() {
    let check = |leaves: u32, mesh: &str, expected: u32| {
        let zones = vec![zone("down", ZoneKind::Server, "1-8"), zone("mesh", ZoneKind::Mesh, mesh)];
        let leaf = SwitchClass {
            topology: Topology::Mesh,
            quantity: Quantity::Fixed(leaves),
            ..leaf(zones)
        };
        let servers = servers("s", 16, 1, Distribution::RoundRobin);
        let answer = sound(&plan(vec![leaf], vec![servers]));
        let pairs = pairs(&answer.fabric, LinkKind::Mesh);
        assert_eq!(pairs.len() as u32, leaves * (leaves - 1) / 2, "{pairs:?}");
        assert!(pairs.values().all(|n| *n == expected), "{pairs:?}");
    };
    check(2, "9-16", 8);
    check(3, "9-16", 4);
    check(3, "9-10", 1);
}

#[test]
fn groups_of_leaves() {
    let zones = || {
        vec![
            zone("down", ZoneKind::Server, "1-8"),
            zone("up", ZoneKind::Uplink, "9-12"),
            zone("peer", ZoneKind::Peer, "13-14"),
            zone("session", ZoneKind::Session, "15-16"),
        ]
    };
    let of = |redundancy, size, kind, quantity| {
        let leaf = SwitchClass {
            redundancy,
            group_size: size,
            group_name: "rack".to_owned(),
            ..leaf(zones())
        };
        let ports = size.unwrap_or(2);
        let mut servers = servers("s", quantity, ports, Distribution::Alternating { group: None });
        for connection in &mut servers.connections {
            connection.kind = kind;
        }
        weave(&plan(vec![leaf, spine()], vec![servers]))
    };
    let answer = of(SwitchRedundancy::Mclag, None, ConnectionKind::Mclag, 9);
    assert_eq!(answer.errors(), []);
    super::checker::check_any(&answer.fabric);
    let expected = BTreeMap::from([
        (("leaf-01".to_owned(), "leaf-02".to_owned()), 2),
        (("leaf-03".to_owned(), "leaf-04".to_owned()), 2),
    ]);
    for kind in [LinkKind::Peer, LinkKind::Session] {
        assert_eq!(pairs(&answer.fabric, kind), expected);
    }
    assert!(count(&answer.fabric, "net", DeviceRole::Spine) >= 2);
    let on = leaves_of(&answer);
    assert_eq!((on.first(), on.last()), (Some(&vec![1, 2]), Some(&vec![3, 4])));

    let answer = of(SwitchRedundancy::Eslag, Some(3), ConnectionKind::Eslag, 9);
    assert_eq!(answer.errors(), []);
    super::checker::check_any(&answer.fabric);
    assert_eq!(count(&answer.fabric, "net", DeviceRole::Leaf), 6);
    assert_eq!(leaves_of(&answer).last(), Some(&vec![4, 5, 6]));
    assert_eq!(links(&answer.fabric, "net", LinkKind::Peer).count(), 0);
    // Servers of one port fill three leaves: a pair is made whole.
    let pair = SwitchClass { redundancy: SwitchRedundancy::Mclag, ..leaf(zones()) };
    let singles = servers("s", 24, 1, Distribution::SameSwitch);
    let answer = sound(&plan(vec![pair, spine()], vec![singles]));
    assert_eq!(count(&answer.fabric, "net", DeviceRole::Leaf), 4);
    // A bundle needs switches that are such a group.
    let answer = of(SwitchRedundancy::None, None, ConnectionKind::Mclag, 9);
    assert!(answer.has(Code::BundleUnsupported));
}

/// Management switches hang on a zone of the leaves, border leaves on the spines like any leaf.
#[test]
fn zones_that_name_zones() {
    let mut up = zone("up", ZoneKind::Uplink, "15-16");
    up.peer_zone = Some("leaf/extra".to_owned());
    let mut management =
        class("mgmt", SwitchRole::Management, vec![zone("down", ZoneKind::Management, "1-14"), up]);
    (management.fabric, management.quantity) = ("management".to_owned(), Quantity::Fixed(3));
    let zones = vec![
        zone("down", ZoneKind::Server, "1-8"),
        zone("extra", ZoneKind::Server, "9-12"),
        zone("up", ZoneKind::Uplink, "13-16"),
    ];
    let mut border = class("border", SwitchRole::BorderLeaf, usual());
    border.quantity = Quantity::Fixed(2);
    let mut of_servers = servers("s", 12, 1, Distribution::SameSwitch);
    of_servers.nics.push(Nic {
        id: "oob".to_owned(),
        model: "connectx-7-1x400".to_owned(),
        ..Nic::default()
    });
    of_servers.connections.push(Connection {
        id: "oob".to_owned(),
        nic: "oob".to_owned(),
        switch_class: "mgmt".to_owned(),
        zone: "down".to_owned(),
        ..Connection::default()
    });
    let plan = plan(vec![management, leaf(zones), border, spine()], vec![of_servers]);
    let answer = sound(&plan);
    let fabric = &answer.fabric;
    let joined = cables(fabric);
    let uplinks = joined.iter().filter(|(a, _)| a.starts_with("mgmt-")).count();
    assert_eq!((uplinks, links(fabric, "management", LinkKind::PeerZone).count()), (6, 6));
    let extra = joined.iter().filter(|(a, b)| a.starts_with("mgmt-") && b.starts_with("leaf-"));
    assert_eq!(extra.count(), 6);
    let borders = pairs(fabric, LinkKind::LeafSpine);
    assert!(borders.keys().any(|(a, _)| a == "border-02"), "{borders:?}");
}

/// Two classes that name one zone get its ports by their ids, not by their place in the spec.
#[test]
fn the_order_of_classes_that_name_one_zone_means_nothing() {
    let of = |id: &str| {
        let mut up = zone("up", ZoneKind::Uplink, "15-16");
        up.peer_zone = Some("leaf/extra".to_owned());
        let zones = vec![zone("down", ZoneKind::Management, "1-14"), up];
        let class = class(id, SwitchRole::Management, zones);
        SwitchClass { fabric: id.to_owned(), quantity: Quantity::Fixed(1), ..class }
    };
    let zones = vec![
        zone("down", ZoneKind::Server, "1-8"),
        zone("extra", ZoneKind::Server, "9-12"),
        zone("up", ZoneKind::Uplink, "13-16"),
    ];
    let one = servers("s", 8, 1, Distribution::SameSwitch);
    let classes = [of("mgmt-a"), of("mgmt-b"), leaf(zones), spine()];
    let mut plan = plan(classes.to_vec(), vec![one]);
    let old = sound(&plan);
    plan.spec.switch_classes.reverse();
    assert_eq!(cables(&old.fabric), cables(&sound(&plan).fabric));
}

/// The order of use, the ports kept free, and the zone that comes first.
#[test]
fn ports_of_zones() {
    let check = |order, reserved: Option<&str>, expected: &[u16]| {
        let mut down = zone("down", ZoneKind::Server, "1-6");
        down.order = order;
        down.reserved = reserved.map(|ports| PortList::parse(ports).expect("ports"));
        let leaf = leaf(vec![down, zone("up", ZoneKind::Uplink, "7-12")]);
        let one = servers("s", expected.len() as u32, 1, Distribution::SameSwitch);
        let answer = sound(&plan(vec![leaf, spine()], vec![one]));
        let fabric = &answer.fabric;
        let cages: Vec<u16> = links(fabric, "net", LinkKind::ServerLeaf)
            .map(|l| fabric.slot(l.b).expect("a slot").cage_number)
            .collect();
        assert_eq!(cages, expected);
        assert_eq!(count(fabric, "net", DeviceRole::Leaf), 1);
    };
    check(PortOrder::Sequential, None, &[1, 2, 3, 4, 5, 6]);
    check(PortOrder::Interleaved, None, &[1, 3, 5, 2, 4, 6]);
    check(PortOrder::Spaced, None, &[1, 4, 2, 5, 3, 6]);
    check(PortOrder::Custom(vec![6, 1, 5, 2, 4, 3]), None, &[6, 1, 5, 2, 4, 3]);
    check(PortOrder::Interleaved, Some("3,6"), &[1, 5, 2, 4]);
}

/// Leaf classes with unlike uplinks on one set of spines.
#[test]
fn unlike_leaves_share_spines() {
    for spread in [Spread::Equal, Spread::Balanced] {
        let small =
            vec![zone("down", ZoneKind::Server, "1-14"), zone("up", ZoneKind::Uplink, "15-16")];
        let other = SwitchClass {
            quantity: Quantity::Fixed(3),
            ..class("zleaf", SwitchRole::BorderLeaf, small)
        };
        let spine = SwitchClass { spread, ..spine() };
        let one = servers("s", 40, 1, Distribution::SameSwitch);
        let answer = sound(&plan(vec![leaf(usual()), other, spine], vec![one]));
        let spines = count(&answer.fabric, "net", DeviceRole::Spine);
        assert_eq!(spines, 2, "four leaves of four uplinks and three of two: 22 links");
        let pairs = pairs(&answer.fabric, LinkKind::LeafSpine);
        assert_eq!(pairs.len(), 7 * 2, "{pairs:?}");
        assert!(pairs.iter().all(|((a, _), n)| *n == if a.starts_with('z') { 1 } else { 2 }));
    }
}

#[test]
fn names_by_pattern() {
    let mut plan = super::radix_64(64, 32);
    plan.spec.naming = Naming {
        server: Some("{site}-{class}-su{su}-{number:4}".to_owned()),
        leaf: Some("{site}-su{su}-rail{rail}-{role}-{number:3}".to_owned()),
        ..Naming::default()
    };
    let answer = sound(&plan);
    let fabric = &answer.fabric;
    let name = |id: &str, n| {
        fabric.class(id).and_then(|c| c.device(n)).map(|d| fabric.device_name(d)).expect("a device")
    };
    assert_eq!(name("gpu", 33), "dc1-gpu-su2-0033");
    assert_eq!(name("be-leaf", 11), "dc1-su2-rail2-leaf-011");
    // A prefix stands before every name, whatever its pattern.
    plan.spec.naming.prefix = "b-".to_owned();
    let prefixed = sound(&plan);
    for (n, _) in (0..).zip(&fabric.devices) {
        assert_eq!(prefixed.fabric.device_name(n), format!("b-{}", fabric.device_name(n)));
    }
    assert_eq!(prefixed.fabric.links, fabric.links);
    assert_ne!(prefixed.fabric.digest(), fabric.digest());
    for (prefix, code) in [("b{", Code::InvalidText), (&"b".repeat(60), Code::NameCollision)] {
        plan.spec.naming.prefix = prefix.to_owned();
        assert_eq!(weave(&plan).errors(), [code], "{prefix}");
    }
    plan.spec.naming.prefix = String::new();
    plan.spec.naming.leaf = Some("switch-{number}".to_owned());
    assert_eq!(weave(&plan).errors(), [Code::NameCollision]);
}
