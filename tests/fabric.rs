//! What a fabric must be, whatever the spec: the promises of the weaver, checked on its output by
//! rules written down here anew, and the published figures it must reproduce.

#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

use heddle::catalog::Catalog;
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::{DeviceRole, Fabric, LinkKind};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{self, Backend, Frontend, Plan, RailPacking, Redundancy, Tiers, preset};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn catalog() -> Catalog {
    Catalog::built_in().expect("the built-in catalogue")
}

fn sample() -> Plan {
    preset::build("rail-optimised", &[], PlanId(uuid::Uuid::from_u128(7))).expect("the sample")
}

fn weave(plan: &Plan, catalog: &Catalog) -> Evaluation {
    evaluate(&Inputs { plan, catalog, snapshot: None }, &Progress::new()).expect("not cancelled")
}

fn errors(evaluation: &Evaluation) -> Vec<Code> {
    let of = |f: &&heddle::model::Finding| f.severity == Severity::Error;
    evaluation.findings.iter().filter(of).map(|f| f.code).collect()
}

/// A backend of radix 64 (32 lanes down, 32 up), as in NVIDIA's reference architectures.
fn radix_64(servers: u32, su_size: u32) -> Plan {
    let mut plan = sample();
    let cluster = plan.spec.cluster.as_mut().expect("a cluster");
    (cluster.servers, cluster.su_size, cluster.frontend) = (servers, su_size, None);
    let backend = cluster.backend.as_mut().expect("a backend");
    backend.leaf_model = "nvidia-qm9700".to_owned();
    backend.spine_model = "nvidia-qm9700".to_owned();
    backend.uplink_speed_gbps = 400;
    plan
}

fn count(fabric: &Fabric, class: &str) -> u32 {
    fabric.class(class).map_or(0, |class| class.count)
}

fn links(fabric: &Fabric, name: &str, kind: LinkKind) -> usize {
    let of = |link: &&heddle::fabric::Link| {
        let group = &fabric.groups[link.group as usize];
        group.fabric == name && group.kind == kind
    };
    fabric.links.iter().filter(of).count()
}

/// The rules every fabric without errors keeps.
fn check(plan: &Plan, fabric: &Fabric) {
    let mut ends = BTreeSet::new();
    let mut between: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let mut spine_load: BTreeMap<u32, usize> = BTreeMap::new();
    for link in &fabric.links {
        for end in [link.a, link.b] {
            assert!(ends.insert(end), "an interface is used twice: {end:?}");
            let slot = fabric.slot(end).expect("an interface of the device");
            let speed = fabric.groups[link.group as usize].speed_gbps;
            assert_eq!(slot.speed_gbps, speed);
        }
        if fabric.groups[link.group as usize].kind == LinkKind::LeafSpine {
            *between.entry((link.a.device, link.b.device)).or_default() += 1;
            *spine_load.entry(link.b.device).or_default() += 1;
        }
    }
    assert_eq!(ends.len(), 2 * fabric.links.len());

    let names: BTreeSet<String> =
        (0..fabric.devices.len() as u32).map(|d| fabric.device_name(d).to_lowercase()).collect();
    assert_eq!(names.len(), fabric.devices.len(), "every device has a name of its own");

    // Every leaf reaches every spine of its fabric, equally often, and spines are evenly loaded.
    for name in ["backend", "frontend"] {
        let of = |role: DeviceRole| -> Vec<u32> {
            let classes = fabric
                .classes
                .iter()
                .filter(|c| c.fabric.as_deref() == Some(name) && c.role == role);
            classes.flat_map(|c| c.first_device..c.first_device + c.count).collect()
        };
        let (leaves, spines) = (of(DeviceRole::Leaf), of(DeviceRole::Spine));
        let counts: BTreeSet<usize> = leaves
            .iter()
            .flat_map(|l| spines.iter().map(|s| between.get(&(*l, *s)).copied().unwrap_or(0)))
            .collect();
        assert!(counts.len() <= 1 && !counts.contains(&0), "{name}: links per pair {counts:?}");
        let loads: BTreeSet<usize> =
            spines.iter().map(|s| spine_load.get(s).copied().unwrap_or(0)).collect();
        assert!(loads.len() <= 1, "{name}: spine loads {loads:?}");
    }

    let cluster = plan.spec.cluster.as_ref().expect("a cluster");
    let servers = fabric.class("gpu").expect("servers");
    let mut leaves_of: BTreeMap<(u32, &str), BTreeSet<u32>> = BTreeMap::new();
    let mut rail_leaves: BTreeMap<(u32, String), BTreeSet<u32>> = BTreeMap::new();
    let mut rails_at: BTreeMap<u32, BTreeSet<(u32, String)>> = BTreeMap::new();
    let mut cabled = 0;
    for link in &fabric.links {
        let group = &fabric.groups[link.group as usize];
        if group.kind != LinkKind::ServerLeaf {
            continue;
        }
        cabled += 1;
        leaves_of.entry((link.a.device, group.fabric.as_str())).or_default().insert(link.b.device);
        if group.fabric == "backend" {
            let nic = fabric
                .slot(link.a)
                .expect("a slot")
                .key
                .split('/')
                .next()
                .expect("a NIC")
                .to_owned();
            let unit = (link.a.device - servers.first_device) / cluster.su_size;
            rail_leaves.entry((unit, nic.clone())).or_default().insert(link.b.device);
            rails_at.entry(link.b.device).or_default().insert((unit, nic));
        }
    }
    let mut wanted = 0;
    if let Some(backend) = &cluster.backend {
        wanted += cluster.servers as usize * backend.rails as usize;
        for (leaf, rails) in &rails_at {
            let units: BTreeSet<u32> = rails.iter().map(|(unit, _)| *unit).collect();
            assert_eq!(units.len(), 1, "leaf {leaf} serves one scalable unit");
            if backend.rail_packing == RailPacking::Dedicated {
                assert_eq!(rails.len(), 1, "leaf {leaf} serves one rail");
            }
        }
        let lanes = fabric
            .class("be-leaf")
            .map_or(0, |c| c.slots.iter().filter(|s| s.key.starts_with("server/")).count());
        let fewest = (cluster.su_size as usize).div_ceil(lanes);
        for (rail, leaves) in &rail_leaves {
            assert!(
                leaves.len() <= fewest,
                "{rail:?} is on {} leaves, {fewest} are enough",
                leaves.len()
            );
        }
    }
    if let Some(frontend) = &cluster.frontend {
        wanted += (cluster.servers * frontend.ports_per_server) as usize;
        let leaves = if frontend.redundancy == Redundancy::Redundant { 2 } else { 1 };
        for ((server, fabric), at) in &leaves_of {
            assert!(
                *fabric != "frontend" || at.len() == leaves,
                "server {server} is on {} leaves",
                at.len()
            );
        }
        if frontend.redundancy == Redundancy::Redundant {
            assert!(count(fabric, "fe-spine") >= 2);
        }
    }
    assert_eq!(cabled, wanted, "every port of the spec is cabled");
}

#[test]
fn the_sample() {
    let (catalog, plan) = (catalog(), sample());
    let woven = weave(&plan, &catalog);
    let fabric = &woven.fabric;
    assert_eq!(errors(&woven), []);
    let counts =
        ["be-leaf", "be-spine", "fe-leaf", "fe-spine", "gpu"].map(|class| count(fabric, class));
    assert_eq!(counts, [16, 8, 2, 2, 128]);
    assert_eq!((fabric.devices.len(), fabric.links.len()), (156, 1856));
    assert_eq!(links(fabric, "backend", LinkKind::ServerLeaf), 1024);
    assert_eq!(links(fabric, "backend", LinkKind::LeafSpine), 512);
    assert_eq!(links(fabric, "frontend", LinkKind::ServerLeaf), 256);
    assert_eq!(links(fabric, "frontend", LinkKind::LeafSpine), 64);
    check(&plan, fabric);
}

/// Servers × 8 rails at radix 64: construction vectors and NVIDIA's published SuperPOD figures.
#[test]
fn published_figures() {
    let catalog = catalog();
    for (servers, leaves, spines) in
        [(1, 8, 4), (33, 16, 8), (64, 16, 8), (128, 32, 16), (256, 64, 32)]
    {
        let plan = radix_64(servers, 32);
        let woven = weave(&plan, &catalog);
        assert_eq!(errors(&woven), [], "{servers} servers");
        let fabric = &woven.fabric;
        assert_eq!(
            (count(fabric, "be-leaf"), count(fabric, "be-spine")),
            (leaves, spines),
            "{servers} servers"
        );
        assert_eq!(links(fabric, "backend", LinkKind::ServerLeaf), servers as usize * 8);
        assert_eq!(links(fabric, "backend", LinkKind::LeafSpine), leaves as usize * 32);
        check(&plan, fabric);
    }
}

#[test]
fn eight_thousand_gpus() {
    let (catalog, mut plan) = (catalog(), sample());
    let cluster = plan.spec.cluster.as_mut().unwrap();
    (cluster.servers, cluster.frontend) = (1024, None);
    let backend = cluster.backend.as_mut().unwrap();
    backend.leaf_model = "nvidia-sn5600".to_owned();
    backend.spine_model = "nvidia-sn5600".to_owned();
    backend.uplink_speed_gbps = 400;
    let woven = weave(&plan, &catalog);
    assert_eq!(errors(&woven), []);
    let fabric = &woven.fabric;
    assert_eq!((count(fabric, "be-leaf"), count(fabric, "be-spine")), (128, 64));
    assert_eq!(fabric.links.len(), 16_384);
    check(&plan, fabric);
}

/// Refusals name what is missing, and the remedy that a button can press works.
#[test]
fn a_fabric_too_large_for_two_tiers_is_refused_with_a_remedy_that_works() {
    let catalog = catalog();
    let mut plan = radix_64(288, 32);
    plan.spec.cluster.as_mut().unwrap().backend.as_mut().unwrap().tiers = Tiers::Two;
    let woven = weave(&plan, &catalog);
    assert_eq!(errors(&woven), [Code::TooManyLeaves]);
    let finding = &woven.findings[0];
    assert!(
        finding.text.contains("72 leaves") && finding.text.contains("64 ports"),
        "{}",
        finding.text
    );
    assert_eq!(finding.path.as_str(), "spec.cluster.servers");
    let edit = finding.remedy.as_ref().and_then(|r| r.edit.as_ref()).expect("an edit");
    plan::apply_edit(&mut plan, edit).expect("the edit fits");
    assert_eq!(plan.spec.cluster.as_ref().unwrap().servers, 256);
    assert_eq!(errors(&weave(&plan, &catalog)), []);
}

/// Every remedy with an edit, whatever was broken, can be pressed and removes its finding.
#[test]
fn remedies_that_can_be_pressed_help() {
    let catalog = catalog();
    let check = |what: &str, code: Code, spoil: &dyn Fn(&mut Plan)| {
        let mut plan = sample();
        spoil(&mut plan);
        let woven = weave(&plan, &catalog);
        let finding = woven.findings.iter().find(|f| f.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{what}: {:?}", woven.findings));
        let edit = finding.remedy.as_ref().and_then(|r| r.edit.as_ref());
        let edit = edit.unwrap_or_else(|| panic!("{what}: no edit in {finding:?}"));
        plan::apply_edit(&mut plan, edit).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(
            !errors(&weave(&plan, &catalog)).contains(&code),
            "{what}: pressing {edit:?} did not help"
        );
    };
    fn backend(plan: &mut Plan) -> &mut Backend {
        plan.spec.cluster.as_mut().unwrap().backend.as_mut().unwrap()
    }
    fn frontend(plan: &mut Plan) -> &mut Frontend {
        plan.spec.cluster.as_mut().unwrap().frontend.as_mut().unwrap()
    }
    check("no servers", Code::OutOfRange, &|p| p.spec.cluster.as_mut().unwrap().servers = 0);
    check("too many servers", Code::OutOfRange, &|p| {
        p.spec.cluster.as_mut().unwrap().servers = 70_000
    });
    check("no unit", Code::OutOfRange, &|p| p.spec.cluster.as_mut().unwrap().su_size = 0);
    check("too many leaves", Code::TooManyLeaves, &|p| {
        p.spec.cluster.as_mut().unwrap().servers = 2000;
        backend(p).tiers = Tiers::Two;
    });
    check("a leaf misspelt", Code::UnknownModel, &|p| {
        backend(p).leaf_model = "celestica-ds500".to_owned()
    });
    check("a NIC misspelt", Code::UnknownModel, &|p| backend(p).nic = "connectx-7-1x40".to_owned());
    check("no rails", Code::OutOfRange, &|p| backend(p).rails = 0);
    check("an odd speed", Code::BreakoutUnsupported, &|p| backend(p).uplink_speed_gbps = 300);
    check("one port, redundant", Code::RedundancyUnmet, &|p| frontend(p).ports_per_server = 1);
    check("no site", Code::InvalidText, &|p| p.spec.target.site = String::new());
    check("a site with spaces", Code::InvalidText, &|p| p.spec.target.site = "my site".to_owned());
}

/// Sized by placing: every size weaves, or says what is missing.
#[test]
fn every_size_of_the_preset_weaves_or_is_refused() {
    let catalog = catalog();
    let mut plan = sample();
    for servers in 1..=2048 {
        plan.spec.cluster.as_mut().unwrap().servers = servers;
        let woven = weave(&plan, &catalog);
        match errors(&woven).as_slice() {
            [] => check(&plan, &woven.fabric),
            [Code::TooManyLeaves] => assert!(servers > 512, "{servers}"),
            other => panic!("{servers} servers: {other:?}"),
        }
        assert!(servers > 512 || errors(&woven).is_empty(), "{servers} servers fit two tiers");
    }
}

fn cables(fabric: &Fabric) -> BTreeMap<String, String> {
    let name = |end| {
        let slot = fabric.slot(end).expect("a slot");
        format!("{} {}", fabric.device_name(end.device), slot.name)
    };
    fabric.links.iter().map(|link| (name(link.a), name(link.b))).collect()
}

fn clusters() -> impl Strategy<Value = Plan> {
    let packing = prop_oneof![Just(RailPacking::Dedicated), Just(RailPacking::Shared)];
    let redundancy = prop_oneof![Just(Redundancy::None), Just(Redundancy::Redundant)];
    (1u32..200, 1u32..100, 1u32..10, packing, redundancy, any::<[bool; 2]>()).prop_map(
        |(servers, su_size, rails, packing, redundancy, [wide, frontend])| {
            let mut plan = sample();
            let cluster = plan.spec.cluster.as_mut().expect("a cluster");
            (cluster.servers, cluster.su_size) = (servers, su_size);
            let backend = cluster.backend.as_mut().expect("a backend");
            (backend.rails, backend.rail_packing) = (rails, packing);
            backend.uplink_speed_gbps = if wide { 800 } else { 400 };
            if frontend {
                cluster.frontend.as_mut().expect("a frontend").redundancy = redundancy;
            } else {
                cluster.frontend = None;
            }
            plan
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cluster_keeps_the_rules_or_is_refused(plan in clusters()) {
        let catalog = catalog();
        let woven = weave(&plan, &catalog);
        match errors(&woven).as_slice() {
            [] => check(&plan, &woven.fabric),
            [Code::TooManyLeaves] => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn the_same_plan_is_the_same_bytes(plan in clusters()) {
        let catalog = catalog();
        let (one, two) = (weave(&plan, &catalog), weave(&plan, &catalog));
        prop_assert_eq!(one.digests, two.digests);
        let threads: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| weave(&plan, &catalog).digests)).collect();
            threads.into_iter().filter_map(|t| t.join().ok()).collect()
        });
        prop_assert_eq!(threads, vec![one.digests; 2]);
    }

    /// A server more moves no cable while the numbers of leaves and spines stay.
    #[test]
    fn growing_moves_nothing_while_the_switches_stay(plan in clusters()) {
        let catalog = catalog();
        let before = weave(&plan, &catalog);
        let mut larger = plan.clone();
        larger.spec.cluster.as_mut().unwrap().servers += 1;
        let after = weave(&larger, &catalog);
        let switches = |e: &Evaluation| -> Vec<u32> {
            e.fabric.classes.iter().filter(|c| c.role != DeviceRole::Server).map(|c| c.count).collect()
        };
        if errors(&before).is_empty() && errors(&after).is_empty() && switches(&before) == switches(&after) {
            let (old, new) = (cables(&before.fabric), cables(&after.fabric));
            for (a, b) in &old {
                prop_assert_eq!(new.get(a), Some(b), "{} moved", a);
            }
        }
    }
}
