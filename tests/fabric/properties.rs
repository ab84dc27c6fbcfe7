//! Laws of the weaver over clusters of every kind.

use super::{Answer, cables, catalog, checker, moved, sample, switch_of, switches, weave};
use heddle::fabric::{Fabric, LinkKind, eject};
use heddle::model::Code;
use heddle::plan::{
    Backend, DeadPorts, Frontend, Management, Multihoming, Overrides, Pin, Plan, RailPacking,
    Ratio, Redundancy, Spread, Tiers, write,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A plan that a failing test shows as its author would write it.
#[derive(Clone)]
struct Case(Plan);

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plan = self.0.clone();
        plan.spec.models = Default::default();
        f.write_str(&write(&plan))
    }
}

/// What a cluster may be refused for. Above all, never for an interface that is used twice.
const REFUSALS: [Code; 13] = [
    Code::TooManyLeaves,
    Code::TooManyPods,
    Code::PodTooSmall,
    Code::TooFewUplinks,
    Code::QuantityTooSmall,
    Code::LeafTooSmall,
    Code::NoZone,
    Code::OutOfRange,
    Code::UnevenPorts,
    Code::RedundancyUnmet,
    Code::GroupSize,
    Code::SpeedMismatch,
    Code::BundleUnsupported,
];

/// Mostly nothing, sometimes a number.
fn seldom(most: u32) -> impl Strategy<Value = Option<u32>> {
    option::weighted(0.1, 1..=most)
}

fn overrides() -> impl Strategy<Value = Overrides> {
    (seldom(64), seldom(20), seldom(32), seldom(32), seldom(8), seldom(16)).prop_map(
        |(leaves, uplink_cages, spines, pod_leaves, pods, super_spines)| Overrides {
            leaves,
            uplink_cages,
            spines,
            pod_leaves,
            pods,
            super_spines,
        },
    )
}

fn ratio() -> impl Strategy<Value = Ratio> {
    select(vec![(1, 1), (1, 1), (2, 1), (3, 2)]).prop_map(|(down, up)| Ratio { down, up })
}

fn spread() -> impl Strategy<Value = Spread> {
    select(vec![Spread::Equal, Spread::Balanced])
}

/// Leaf and spine model, NIC, speeds of uplinks.
type Hardware = (&'static str, &'static str, [u32; 2]);

fn backend() -> impl Strategy<Value = Backend> {
    let hardware: Vec<Hardware> = vec![
        ("celestica-ds5000", "connectx-7-1x400", [400, 800]),
        ("nvidia-qm9700", "connectx-7-1x400", [400, 400]),
        ("nvidia-sn5600", "connectx-8-2x400", [400, 800]),
        ("celestica-ds4000", "connectx-7-2x200", [200, 400]),
        ("tree-8", "connectx-7-1x400", [400, 200]),
        ("tree-12", "connectx-7-1x400", [400, 200]),
        ("tree-24", "connectx-7-2x200", [400, 200]),
    ];
    let packing = select(vec![RailPacking::Dedicated, RailPacking::Shared]);
    let tiers = select(vec![
        Tiers::Automatic,
        Tiers::Automatic,
        Tiers::One,
        Tiers::Two,
        Tiers::Three,
        Tiers::Three,
    ]);
    let shape = (1..=9_u32, 1..=2_u32, packing, tiers);
    let uplinks = (any::<bool>(), ratio(), spread(), overrides());
    (select(hardware), shape, uplinks).prop_map(
        |((model, nic, speeds), (rails, planes, rail_packing, tiers), uplinks)| {
            let (fast, oversubscription, spread, overrides) = uplinks;
            Backend {
                rails,
                nic: nic.to_owned(),
                rail_packing,
                planes: if nic.contains("-2x") { planes } else { 1 },
                tiers,
                leaf_model: model.to_owned(),
                spine_model: model.to_owned(),
                super_spine_model: None,
                uplink_speed_gbps: speeds[usize::from(fast)],
                oversubscription,
                spread,
                overrides,
            }
        },
    )
}

fn access() -> impl Strategy<Value = Frontend> {
    let model = select(vec!["celestica-ds5000", "tree-12", "tree-24", "tree-24"]);
    let redundancy =
        select(vec![Redundancy::None, Redundancy::Redundant, Redundancy::RedundantShared]);
    let multihoming = select(vec![Multihoming::Unbundled, Multihoming::Mclag, Multihoming::Eslag]);
    (model, 1..=4_u32, redundancy, multihoming, ratio(), spread(), overrides()).prop_map(
        |(model, ports_per_server, redundancy, multihoming, oversubscription, spread, fixed)| {
            let redundant = redundancy != Redundancy::None && ports_per_server > 1;
            Frontend {
                nic: "bluefield-3-2x200".to_owned(),
                ports_per_server,
                redundancy: if redundant { redundancy } else { Redundancy::None },
                multihoming: if redundant { multihoming } else { Multihoming::Unbundled },
                leaf_model: model.to_owned(),
                spine_model: model.to_owned(),
                uplink_speed_gbps: 400,
                oversubscription,
                spread,
                overrides: Overrides { pods: None, pod_leaves: None, super_spines: None, ..fixed },
            }
        },
    )
}

/// A cluster with any fabrics, of sizes that a person can look through.
fn clusters() -> impl Strategy<Value = Case> {
    let sizes = (1..=200_u32, 1..=40_u32, option::weighted(0.2, 1..=60_u32));
    let fabrics = (
        option::weighted(0.8, backend()),
        option::weighted(0.5, access()),
        option::weighted(0.3, access()),
        option::weighted(0.3, any::<bool>()),
    );
    (sizes, fabrics).prop_map(|((servers, su_size, more), fabrics)| {
        let (backend, frontend, mut storage, management) = fabrics;
        let mut plan = sample();
        plan.spec.models.switches =
            [8, 12, 24].map(|n| switch_of(&format!("tree-{n}"), n)).to_vec();
        let shared =
            frontend.as_ref().filter(|f| f.redundancy == Redundancy::RedundantShared).cloned();
        if let (Some(shared), Some(storage)) = (&shared, &mut storage) {
            // One pair carries both, so both want the same of it.
            storage.ports_per_server = storage.ports_per_server.max(2);
            storage.redundancy = shared.redundancy;
            storage.multihoming = shared.multihoming;
        }
        let nic = if shared.is_some() { "bluefield-3-2x200" } else { "bmc-1x1" };
        let cluster = super::cluster(&mut plan);
        // Switches of a few ports have units to match.
        let most = match backend.as_ref().map(|b| b.leaf_model.as_str()) {
            Some("tree-8" | "tree-12") => 8,
            _ => 40,
        };
        (cluster.servers, cluster.su_size) = (servers, su_size.min(most));
        cluster.size_for = more.map(|more| servers + more);
        (cluster.backend, cluster.frontend, cluster.storage) = (backend, frontend, storage);
        cluster.management = management.map(|spines| Management {
            nic: nic.to_owned(),
            leaf_model: "celestica-ds1000".to_owned(),
            spine_model: spines.then(|| "celestica-ds1000".to_owned()),
            uplink_speed_gbps: spines.then_some(10),
        });
        if cluster.backend.is_none() && cluster.frontend.is_none() && cluster.storage.is_none() {
            cluster.frontend = sample().spec.cluster.and_then(|c| c.frontend);
        }
        Case(plan)
    })
}

/// The answer, if the cluster is not refused.
fn woven(plan: &Plan) -> Option<Answer> {
    Some(weave(plan)).filter(|answer| answer.errors().is_empty())
}

fn ejected(plan: &Plan) -> Option<Plan> {
    let spec = eject(&plan.spec, &catalog().with(&plan.spec.models).ok()?)?;
    Some(Plan { spec, ..plan.clone() })
}

/// The key of an end, as pins have it.
fn key(fabric: &Fabric, end: heddle::fabric::End) -> String {
    let class = fabric.class_of(end.device).expect("a class");
    let slot = fabric.slot(end).expect("a slot");
    format!("{}/{}/{}", class.id, fabric.devices[end.device as usize].number, slot.key)
}

/// Cables by names, for those that touch devices for which `stays` holds.
fn cables_where(fabric: &Fabric, stays: impl Fn(&str, u32) -> bool) -> BTreeMap<String, String> {
    let here = |device: u32| {
        let class = fabric.class_of(device).expect("a class");
        stays(&class.family, fabric.devices[device as usize].number)
    };
    let links = fabric.links.iter().filter(|l| here(l.a.device) && here(l.b.device));
    super::cables_of(fabric, links)
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) }
}

/// The laws below would hold for nothing if nearly all clusters were refused.
#[test]
fn the_clusters_are_of_every_kind() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..256 {
        let Case(plan) = clusters().new_tree(&mut runner).expect("a cluster").current();
        let Some(Answer { fabric, .. }) = woven(&plan) else {
            *seen.entry("refused").or_default() += 1;
            continue;
        };
        let cluster = plan.spec.cluster.as_ref().expect("a cluster");
        let backend = cluster.backend.as_ref();
        let class = |id: &str| fabric.class(id).is_some_and(|c| c.count > 0);
        let kind = |kind| fabric.groups.iter().any(|g| g.kind == kind);
        for (what, is) in [
            ("woven", true),
            ("three tiers", kind(LinkKind::SpineSuperSpine)),
            ("many pods", class("be-spine-pod-2")),
            ("planes", backend.is_some_and(|b| b.planes == 2)),
            ("pairs", kind(LinkKind::Peer)),
            ("storage", class("st-leaf")),
            ("management", class("mg-leaf")),
            ("shared", backend.is_some_and(|b| b.rail_packing == RailPacking::Shared)),
            ("overrides", backend.is_some_and(|b| !b.overrides.is_empty())),
            ("balanced", backend.is_some_and(|b| b.spread == Spread::Balanced)),
        ] {
            *seen.entry(what).or_default() += u32::from(is);
        }
    }
    assert!(seen["woven"] > 100, "{seen:?}");
    assert!(seen.values().all(|n| *n >= 8), "{seen:?}");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_cluster_keeps_the_rules_or_is_refused(case in clusters()) {
        let answer = weave(&case.0);
        let errors = answer.errors();
        if errors.is_empty() {
            checker::check(&case.0, &answer.fabric);
        }
        let strange: Vec<&Code> = errors.iter().filter(|c| !REFUSALS.contains(c)).collect();
        prop_assert!(strange.is_empty(), "{:#?}", answer.findings);
    }

    #[test]
    fn the_same_plan_is_the_same_fabric(case in clusters()) {
        let one = weave(&case.0);
        let digests: Vec<_> = std::thread::scope(|scope| {
            let of = || { let two = weave(&case.0); (two.fabric.digest(), two.findings) };
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(of)).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        prop_assert_eq!(digests, vec![(one.fabric.digest(), one.findings); 2]);
    }

    #[test]
    fn an_ejected_cluster_is_the_identical_fabric(case in clusters()) {
        if let Some(classes) = ejected(&case.0) {
            let (old, new) = (weave(&case.0), weave(&classes));
            prop_assert_eq!(old.fabric.digest(), new.fabric.digest());
            prop_assert_eq!(old.errors(), new.errors());
        }
    }

    #[test]
    fn the_order_of_switch_classes_means_nothing(case in clusters()) {
        if let Some(mut classes) = ejected(&case.0) {
            let old = weave(&classes);
            classes.spec.switch_classes.reverse();
            let new = weave(&classes);
            prop_assert_eq!(cables(&old.fabric), cables(&new.fabric));
            let sorted = |answer: &Answer| {
                let mut codes = answer.errors();
                codes.sort_unstable();
                codes
            };
            prop_assert_eq!(sorted(&old), sorted(&new));
        }
    }

    #[test]
    fn a_server_more_moves_nothing_while_the_switches_stay(case in clusters()) {
        let mut larger = case.0.clone();
        super::cluster(&mut larger).servers += 1;
        if let (Some(old), Some(new)) = (woven(&case.0), woven(&larger))
            && switches(&old.fabric) == switches(&new.fabric)
        {
            prop_assert_eq!(moved(&cables(&old.fabric), &cables(&new.fabric)), [""; 0]);
        }
    }

    #[test]
    fn growth_within_the_room_kept_moves_nothing(case in clusters(), by in any::<Index>()) {
        let mut plan = case.0;
        let cluster = super::cluster(&mut plan);
        let room = cluster.size_for.unwrap_or(cluster.servers + 50);
        cluster.size_for = Some(room);
        let mut larger = plan.clone();
        let servers = super::cluster(&mut larger);
        servers.servers += by.index((room - servers.servers + 1) as usize) as u32;
        let (old, new) = (weave(&plan), weave(&larger));
        prop_assert_eq!(old.errors(), new.errors());
        if old.errors().is_empty() {
            prop_assert_eq!(switches(&old.fabric), switches(&new.fabric));
            prop_assert_eq!(moved(&cables(&old.fabric), &cables(&new.fabric)), [""; 0]);
        }
    }

    #[test]
    fn a_pin_moves_its_link_and_what_it_displaces(
        case in clusters(), link in any::<Index>(), device in any::<Index>(), slot in any::<Index>(),
    ) {
        let mut plan = case.0;
        let Some(old) = woven(&plan) else { return Ok(()) };
        let fabric = &old.fabric;
        let of_pair = |kind| matches!(kind, LinkKind::Peer | LinkKind::Session);
        let links: Vec<_> = fabric
            .links
            .iter()
            .filter(|l| !of_pair(fabric.groups[l.group as usize].kind))
            .collect();
        let link = **link.get(&links);
        let class = fabric.class_of(link.b.device).expect("a class");
        let zone = fabric.slot(link.b).and_then(|s| s.key.split('/').next()).expect("a zone");
        let slots: Vec<u16> = (0..)
            .zip(class.slots.iter())
            .filter(|(_, s)| s.key.split('/').next() == Some(zone))
            .map(|(n, _)| n)
            .collect();
        let to = heddle::fabric::End {
            device: class.first_device + device.index(class.count as usize) as u32,
            slot: *slot.get(&slots),
        };
        plan.spec.pins = vec![Pin { end: key(fabric, link.a), to: key(fabric, to) }];
        let new = weave(&plan);
        checker::check_any(&new.fabric);
        if fabric.links.iter().any(|l| l.a == to) {
            // A spine's way up is not for leaves.
            prop_assert_eq!(new.errors(), [Code::PinInvalid]);
            prop_assert_eq!(&new.fabric, fabric);
            return Ok(());
        }
        prop_assert_eq!(new.errors(), []);
        let now = new.fabric.links.iter().find(|l| l.a == link.a).map(|l| l.b);
        prop_assert_eq!(now, Some(to));
        let displaced = fabric.links.iter().find(|l| l.b == to && l.a != link.a);
        let mut expected = BTreeSet::new();
        if to != link.b {
            expected.insert(link.a);
            expected.extend(displaced.map(|l| l.a));
        }
        let ends: BTreeMap<_, _> = new.fabric.links.iter().map(|l| (l.a, l.b)).collect();
        let moved: BTreeSet<_> =
            fabric.links.iter().filter(|l| ends.get(&l.a) != Some(&l.b)).map(|l| l.a).collect();
        prop_assert_eq!(moved, expected);
        prop_assert_eq!(fabric.links.len(), new.fabric.links.len());
    }

    #[test]
    fn out_of_service_moves_nobody_else(
        case in clusters(), class in any::<Index>(), number in any::<Index>(),
    ) {
        let Some(mut plan) = ejected(&case.0) else { return Ok(()) };
        let Some(old) = woven(&plan) else { return Ok(()) };
        let classes: Vec<_> = old.fabric.classes.iter().filter(|c| c.count > 0).collect();
        let class = class.get(&classes);
        let (family, number) = (&class.family, number.index(class.count as usize) as u32 + 1);
        for switch in plan.spec.switch_classes.iter_mut().filter(|c| c.id == *family) {
            switch.out_of_service = vec![number];
        }
        for server in plan.spec.server_classes.iter_mut().filter(|c| c.id == *family) {
            server.out_of_service = vec![number];
        }
        let new = weave(&plan);
        prop_assert_eq!(new.errors(), []);
        checker::check_any(&new.fabric);
        let stays = |of: &str, n: u32| of != family || n != number;
        prop_assert_eq!(cables_where(&old.fabric, stays), cables(&new.fabric));
        prop_assert!(new.fabric.devices.len() < old.fabric.devices.len());
    }

    #[test]
    fn a_dead_port_moves_its_own_links_to_spares_of_the_device(
        case in clusters(), class in any::<Index>(), number in any::<Index>(), cage in any::<Index>(),
    ) {
        let Some(mut plan) = ejected(&case.0) else { return Ok(()) };
        let Some(old) = woven(&plan) else { return Ok(()) };
        let fabric = &old.fabric;
        let id = class.index(plan.spec.switch_classes.len());
        let class = &mut plan.spec.switch_classes[id];
        let Some(of) = fabric.class(&class.id).filter(|c| c.count > 0) else { return Ok(()) };
        let number = number.index(of.count as usize) as u32 + 1;
        let cages: Vec<u16> = of.slots.iter().map(|s| s.cage_number).collect();
        let cage = *cage.get(&cages);
        let ports = heddle::catalog::PortList::of_cages(&[cage]).expect("a cage");
        class.dead_ports = vec![DeadPorts { device: number, ports }];
        let device = of.device(number).expect("a device");
        let dead = |end: heddle::fabric::End, fabric: &Fabric| {
            end.device == device && fabric.slot(end).is_some_and(|s| s.cage_number == cage)
        };
        let new = weave(&plan);
        match new.errors().as_slice() {
            [] => {}
            errors => {
                prop_assert!(errors.iter().all(|c| *c == Code::DeadPort), "{:?}", new.findings);
                return Ok(());
            }
        }
        checker::check_any(&new.fabric);
        let on_dead = |l: &&heddle::fabric::Link| dead(l.a, fabric) || dead(l.b, fabric);
        let mut gone: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for link in fabric.links.iter().filter(on_dead) {
            *gone.entry((link.a.device, link.b.device)).or_default() += 1;
        }
        let kept: BTreeSet<_> =
            fabric.links.iter().filter(|l| !on_dead(l)).map(|l| (l.a, l.b)).collect();
        let mut spare: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for link in &new.fabric.links {
            prop_assert!(!dead(link.a, &new.fabric) && !dead(link.b, &new.fabric));
            if !kept.contains(&(link.a, link.b)) {
                *spare.entry((link.a.device, link.b.device)).or_default() += 1;
            }
        }
        prop_assert_eq!(gone, spare);
        prop_assert_eq!(fabric.links.len(), new.fabric.links.len());
    }
}

/// The law on sizes holds for each step from one server to a few units, too.
#[test]
fn growth_one_by_one() {
    let mut plan = sample();
    let mut before: Option<Answer> = None;
    for servers in 1..=200 {
        super::cluster(&mut plan).servers = servers;
        let after = weave(&plan);
        if let Some(before) = &before
            && switches(&before.fabric) == switches(&after.fabric)
        {
            let moved = moved(&cables(&before.fabric), &cables(&after.fabric));
            assert_eq!(moved, [""; 0], "{servers} servers");
        }
        before = Some(after);
    }
}
