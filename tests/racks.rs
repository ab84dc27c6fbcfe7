//! Racks: where devices stand, how long cables are, what they are made of, and what is said when
//! something does not fit.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::{CableKind, Catalog};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::export::{self, Format};
use heddle::fabric::{DeviceRole, Fabric, LinkKind, Racking};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{self, Plan, RackPlace, Racks, preset};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalogue"))
}

/// The rail-optimised preset with so many servers, in racks.
fn sample(servers: u32, racks: Racks) -> Plan {
    let id = PlanId(uuid::Uuid::from_u128(7));
    let mut plan = preset::build("rail-optimised", &[], id).expect("the preset");
    let cluster = plan.spec.cluster.as_mut().expect("a cluster");
    cluster.servers = servers;
    plan.spec.racks = Some(racks);
    plan
}

fn answer(plan: &Plan) -> Evaluation {
    let inputs = Inputs::of(plan, catalog());
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

fn racking(evaluation: &Evaluation) -> &Racking {
    evaluation.fabric.racking.as_ref().expect("racks")
}

fn errors(evaluation: &Evaluation) -> BTreeSet<Code> {
    let errors = evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|f| f.code).collect()
}

/// Rack and unit of each device by name.
fn places(fabric: &Fabric) -> BTreeMap<String, (String, i32, u32, u32)> {
    let racking = fabric.racking.as_ref().expect("racks");
    (0u32..)
        .zip(&fabric.devices)
        .filter_map(|(n, _)| {
            let (rack, unit) = racking.place(n)?;
            Some((fabric.device_name(n), (rack.name.clone(), rack.row, rack.column, unit)))
        })
        .collect()
}

fn racks_48() -> Racks {
    Racks::of("heddle-rack-48u")
}

#[test]
fn a_leaf_or_servers_out_of_service_move_nobody() {
    let mut plan = sample(128, racks_48());
    plan.spec = heddle::fabric::eject(&plan.spec, catalog()).expect("a cluster");
    let whole = places(&answer(&plan).fabric);
    let check = |class: &str, numbers: Vec<u32>| {
        let mut plan = plan.clone();
        let gone = numbers.len();
        for switches in plan.spec.switch_classes.iter_mut().filter(|c| c.id == class) {
            switches.out_of_service.clone_from(&numbers);
        }
        for servers in plan.spec.server_classes.iter_mut().filter(|c| c.id == class) {
            servers.out_of_service.clone_from(&numbers);
        }
        let evaluation = answer(&plan);
        assert_eq!(errors(&evaluation), BTreeSet::new(), "{class} {numbers:?}");
        let left = places(&evaluation.fabric);
        assert_eq!(left.len() + gone, whole.len(), "{class} {numbers:?}");
        for (device, place) in left {
            // Racks are the same; their columns may be others where a whole rack is empty.
            let (rack, unit) = (place.0, place.3);
            assert_eq!((&rack, unit), (&whole[&device].0, whole[&device].3), "{device}");
        }
    };
    check("be-leaf", vec![8]);
    check("be-leaf", vec![1, 16]);
    check("gpu", (1..=64).collect());
}

#[test]
fn a_whole_placement_by_hand() {
    // 128 servers of 8 units and 10,200 W in racks of 45 kW: 4 a rack, 16 racks for a unit of 64,
    // 8 leaves of a unit in a rack of their own after the eighth, one unit in a row of 20.
    let evaluation = answer(&sample(128, racks_48()));
    assert_eq!(errors(&evaluation), BTreeSet::new());
    let places = places(&evaluation.fabric);
    let check = |device: &str, rack: &str, row: i32, column: u32, unit: u32| {
        assert_eq!(places[device], (rack.to_owned(), row, column, unit), "{device}");
    };
    check("gpu-001", "su-1-r01", 0, 0, 1);
    check("gpu-002", "su-1-r01", 0, 0, 9);
    check("gpu-004", "su-1-r01", 0, 0, 25);
    check("gpu-005", "su-1-r02", 0, 1, 1);
    check("gpu-032", "su-1-r08", 0, 7, 25);
    check("gpu-033", "su-1-r10", 0, 9, 1);
    check("gpu-064", "su-1-r17", 0, 16, 25);
    check("gpu-065", "su-2-r01", 1, 0, 1);
    check("be-leaf-01", "su-1-r09", 0, 8, 1);
    check("be-leaf-02", "su-1-r09", 0, 8, 3);
    check("be-leaf-09", "su-2-r09", 1, 8, 1);
    check("be-spine-01", "be-spine-r01", -1, 9, 1);
    check("be-spine-08", "be-spine-r01", -1, 9, 15);
    check("fe-spine-01", "fe-spine-r01", -2, 9, 1);
    check("fe-leaf-02", "fe-leaf-r01", -3, 9, 3);
    assert_eq!(racking(&evaluation).racks.len(), 2 * 17 + 3);
}

#[test]
fn a_length_by_hand() {
    // A unit is 4.445 cm: rises of 48 and of 46 units are 213.36 and 204.47 cm, each rounded up,
    // and 30 cm to the tray. Rack 1 to rack 9 of a row are 8 racks of 60 cm apart; 30 cm to spare
    // at each end. Within a rack nothing goes up to the tray.
    let evaluation = answer(&sample(128, racks_48()));
    let (fabric, racking) = (&evaluation.fabric, racking(&evaluation));
    let way = |a: &str, b: &str| {
        let link = fabric.links.iter().position(|link| {
            fabric.device_name(link.a.device) == a && fabric.device_name(link.b.device) == b
        });
        racking.ways_cm[link.expect("a link")]
    };
    assert_eq!(way("gpu-001", "be-leaf-01"), Some(214 + 30 + 8 * 60 + 214 + 30 + 60));
    assert_eq!(way("gpu-001", "be-leaf-02"), Some(214 + 30 + 8 * 60 + 205 + 30 + 60));
    // One row of 244 cm and one column.
    assert_eq!(way("be-leaf-01", "be-spine-01"), Some(214 + 30 + 244 + 60 + 214 + 30 + 60));
}

#[test]
fn cables_reach_and_every_cage_has_one_plug() {
    let evaluation = answer(&sample(128, racks_48()));
    let (fabric, racking) = (&evaluation.fabric, racking(&evaluation));
    let mut by_cable: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (n, (cable, way)) in racking.cable_of.iter().zip(&racking.ways_cm).enumerate() {
        let (cable, way) = (cable.expect("a cable"), way.expect("a way"));
        assert!(racking.cables[cable as usize].length_cm >= way);
        by_cable.entry(cable).or_default().push(n);
    }
    assert_eq!(by_cable.len(), racking.cables.len(), "no cable without a link");
    // Two racks apart are out of copper's reach: 2×400G cages of leaves with a fibre per server,
    // 800G links over two fibres, 4×200G of frontend leaves with two ports of a server card apiece.
    let fibres = |kind: LinkKind, speed: u32| {
        let of = |n: &usize| {
            let group = &fabric.groups[fabric.links[*n].group as usize];
            group.kind == kind && group.speed_gbps == speed
        };
        let cables: BTreeSet<u32> =
            (0..fabric.links.len()).filter(of).filter_map(|n| racking.cable_of[n]).collect();
        cables.iter().map(|n| racking.cables[*n as usize].pieces).sum::<u32>()
    };
    assert_eq!(fibres(LinkKind::ServerLeaf, 400), 1024);
    assert_eq!(fibres(LinkKind::LeafSpine, 800), 2 * (512 + 64));
    assert_eq!(
        fabric.cable_count(),
        racking.cables.iter().map(|c| u64::from(c.pieces)).sum::<u64>()
    );
    // One optic per cage: eight cages of DGX servers… are counted by the cages that links use.
    let optics: u32 = racking.optics.values().sum();
    let power = |(id, count): (&String, &u32)| {
        let optic = catalog().transceivers.get(id).expect("an optic of the catalogue");
        optic.max_power_mw.map(|mw| u64::from(mw) * u64::from(*count))
    };
    assert_eq!(racking.optics_power_mw, racking.optics.iter().filter_map(power).sum::<u64>());
    assert!(racking.optics_power_mw > 0);
    let mut cages = BTreeSet::new();
    for link in &fabric.links {
        for end in [link.a, link.b] {
            let class = fabric.class_of(end.device).expect("a class");
            let slot = fabric.slot(end).expect("a slot");
            if class.role != DeviceRole::Server {
                cages.insert((end.device, slot.cage_number, 0));
            }
        }
    }
    // 128 servers have four twin-port cages for eight backend cards, and the frontend's own.
    let front: BTreeSet<(u32, u16)> = fabric
        .links
        .iter()
        .filter(|link| fabric.groups[link.group as usize].fabric == "frontend")
        .filter(|link| fabric.groups[link.group as usize].kind == LinkKind::ServerLeaf)
        .map(|link| (link.a.device, link.a.slot))
        .collect();
    assert_eq!(optics as usize, cages.len() + 128 * 4 + front.len());
}

#[test]
fn short_ways_take_copper() {
    // Four servers a unit, its leaves in the same rack: the only case of top-of-rack.
    let racks = Racks { max_power_w: Some(90_000), slack_cm: 15, ..Racks::of("heddle-rack-52u") };
    let mut plan = sample(4, racks);
    let cluster = plan.spec.cluster.as_mut().expect("a cluster");
    cluster.su_size = 4;
    cluster.frontend = None;
    // Cards with a cage each; those of a DGX share one, and a cable with two ends fits none.
    cluster.server_model = "hgx-8gpu".to_owned();
    let evaluation = answer(&plan);
    let places = places(&evaluation.fabric);
    assert_eq!(places["gpu-004"].0, "su-1-r01");
    assert_eq!(places["be-leaf-01"].0, "su-1-r01");
    assert_eq!(places["be-leaf-01"].3, 51);
    let (fabric, racking) = (&evaluation.fabric, racking(&evaluation));
    let first_leaf = fabric.class("be-leaf").and_then(|c| c.device(1)).expect("a leaf");
    let mut kinds: BTreeMap<CableKind, u32> = BTreeMap::new();
    for (n, link) in fabric.links.iter().enumerate() {
        if fabric.groups[link.group as usize].kind == LinkKind::ServerLeaf {
            let (cable, cable_type) = racking.cable(n).expect("a cable");
            let way = racking.ways_cm[n].expect("a way");
            assert!(cable.length_cm >= way);
            if fabric.device_name(link.a.device) == "gpu-004" && link.b.device == first_leaf {
                // From unit 25 to unit 51 along the side, and 15 cm to spare at each end.
                assert_eq!(way, 116 + 2 * 15);
            }
            *kinds.entry(cable_type.kind).or_default() += 1;
        }
    }
    assert_eq!(kinds, BTreeMap::from([(CableKind::Dac, 32)]));
}

#[test]
fn links_without_a_cable_are_named() {
    let plan = sample(4, racks_48());
    let mut bare = catalog().clone();
    bare.assemblies.clear();
    bare.transceivers.clear();
    let inputs = Inputs::of(&plan, &bare);
    let evaluation = evaluate(&inputs, &Progress::new()).expect("nobody cancels");
    let found: Vec<_> = evaluation.findings.iter().filter(|f| f.code == Code::NoCable).collect();
    assert!(found.iter().all(|f| f.path.as_str() == "spec.racks" && f.remedy.is_some()));
    let links: u64 =
        found.iter().filter_map(|f| f.text.split(' ').next()?.parse::<u64>().ok()).sum();
    assert_eq!(links as usize, evaluation.fabric.links.len(), "{found:?}");
    assert!(
        found.iter().any(|f| f.text.contains("such as gpu-001 in su-1-r01 to be-leaf-01 in")),
        "{found:?}"
    );
    assert!(racking(&evaluation).cable_of.iter().all(Option::is_none));
    // With the catalogue as it is, every link has one.
    assert!(!errors(&answer(&plan)).contains(&Code::NoCable));
}

#[test]
fn plans_without_racks_have_none() {
    let mut plan = sample(128, racks_48());
    let with = answer(&plan);
    plan.spec.racks = None;
    let without = answer(&plan);
    assert_eq!(without.fabric.racking, None);
    assert_ne!(with.digests.fabric, without.digests.fabric);
    assert_eq!(without.fabric.links, with.fabric.links);
    assert_eq!(without.fabric.cable_count(), 1856);
}

#[test]
fn faults_are_named_at_their_place() {
    let check = |racks: Racks, code: Code, path: &str, text: &str| {
        let evaluation = answer(&sample(128, racks));
        let found = evaluation.findings.iter().find(|f| f.code == code && f.path.as_str() == path);
        let found = found.expect("the finding");
        assert!(found.text.contains(text), "{}", found.text);
        assert!(found.remedy.is_some());
    };
    let at = |device: &str, rack: &str, unit: u32| Racks {
        places: vec![RackPlace { device: device.to_owned(), rack: rack.to_owned(), unit }],
        ..racks_48()
    };
    use Code::*;
    check(Racks::of("heddle-rack-48"), UnknownModel, "spec.racks.model", "heddle-rack-48");
    check(
        Racks { racks_per_row: 0, ..racks_48() },
        OutOfRange,
        "spec.racks.racks_per_row",
        "1 to 200",
    );
    check(
        Racks { rack_units: Some(7), ..racks_48() },
        RackTooSmall,
        "spec.racks.model",
        "128 devices of gpu fit no rack: each is 8 units high",
    );
    check(
        Racks { max_power_w: Some(9_000), ..racks_48() },
        RackTooSmall,
        "spec.racks.model",
        "draws 10200 W",
    );
    check(
        at("gpu/1", "su-1-r02", 6),
        RackUnitTaken,
        "spec.racks.places[0].device".trim_end_matches(".device"),
        "gpu-001 and gpu-005 would share units of rack su-1-r02",
    );
    check(at("gpu/1", "su-1-r09", 42), RackTooSmall, "spec.racks.places[0].unit", "8 units high");
    check(at("gpu/999", "x", 1), UnknownReference, "spec.racks.places[0].device", "gpu/999");
    for name in ["", " ", "a\u{7}", &"ä".repeat(101)] {
        check(at("gpu/1", name, 1), InvalidText, "spec.racks.places[0].rack", "a name");
    }
    let twice = at("gpu/1", &"ä".repeat(100), 1).places[0].clone();
    check(
        Racks { places: vec![twice.clone(), RackPlace { unit: 9, ..twice }], ..racks_48() },
        DuplicateId,
        "spec.racks.places[1].device",
        "gpu-001 has two places",
    );
    check(at("gpu/1", "x", 0), RackTooSmall, "spec.racks.places[0].unit", "at unit 0 of a rack");
    check(
        at("gpu/1", "su-1-r02", 33),
        RackOverloaded,
        "spec.racks.places",
        "su-1-r02 draw 51000 W of 45000 W",
    );
    let fifth = Racks { max_power_w: Some(60_000), max_weight_kg: Some(600), ..racks_48() };
    check(
        Racks { places: at("gpu/1", "su-1-r02", 33).places, ..fifth.clone() },
        RackOverloaded,
        "spec.racks.places",
        "The devices of rack su-1-r02 weigh 653 kg of 600 kg.",
    );
    check(
        Racks { places: at("gpu/1", "su-1-r02", 33).places, max_power_w: Some(45_000), ..fifth },
        RackOverloaded,
        "spec.racks.places",
        "su-1-r02 draw 51000 W of 45000 W and weigh 653 kg of 600 kg.",
    );
    check(
        Racks { row_pitch_cm: 10_000, ..racks_48() },
        CableTooLong,
        "spec.racks",
        "is 206.08 m, and the longest cable that fits is 150.00 m.",
    );
    check(
        Racks { name: "r{number}".to_owned(), ..racks_48() },
        NameCollision,
        "spec.racks.name",
        "r1",
    );
    check(
        Racks { name: "rack".to_owned(), ..racks_48() },
        InvalidText,
        "spec.racks.name",
        "number",
    );
    check(racks_48(), RackFiguresUnknown, "spec.racks.model", "celestica-ds5000");
}

#[test]
fn a_place_by_hand_moves_nothing_else() {
    let before = places(&answer(&sample(128, racks_48())).fabric);
    let hand = RackPlace { device: "be-spine/3".to_owned(), rack: "core".to_owned(), unit: 40 };
    let evaluation = answer(&sample(128, Racks { places: vec![hand], ..racks_48() }));
    let mut after = places(&evaluation.fabric);
    assert_eq!(errors(&evaluation), BTreeSet::new());
    let (rack, _, _, unit) = after
        .insert("be-spine-03".to_owned(), before["be-spine-03"].clone())
        .expect("it has a place");
    assert_eq!((rack.as_str(), unit), ("core", 40));
    assert_eq!(after, before);
}

#[test]
fn unknown_figures_are_counted() {
    let evaluation = answer(&sample(128, racks_48()));
    let racking = racking(&evaluation);
    let switches = evaluation.fabric.devices.len() as u64 - 128;
    assert_eq!(racking.power_w(), (128 * 10_200, switches));
    assert_eq!(racking.weight_g().1, switches);
}

#[test]
fn a_plan_with_racks_survives_its_file() {
    let hand = RackPlace { device: "be-spine/3".to_owned(), rack: "core".to_owned(), unit: 40 };
    let racks = Racks { places: vec![hand], slack_cm: 45, ..racks_48() };
    let plan = sample(128, racks);
    let read = plan::read("lab.ron", &plan::write(&plan)).expect("a plan");
    assert_eq!(read.plan, plan);
    let text = plan::write(&plan).replace("slack_cm", "slack_m");
    let error = plan::read("lab.ron", &text).expect_err("no such field");
    assert!(error.to_string().contains("Did you mean `slack_cm`?"), "{error}");
}

#[test]
fn tables() {
    let evaluation = answer(&sample(128, racks_48()));
    type Table = fn(&Fabric, Format, &mut dyn std::io::Write) -> std::io::Result<()>;
    let lines = |table: Table| {
        let mut out = Vec::new();
        table(&evaluation.fabric, Format::Csv, &mut out).expect("memory takes everything");
        let text = String::from_utf8(out).expect("UTF-8");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let devices = lines(export::devices);
    assert_eq!(devices[0], "name,role,class,model,fabric,rack,unit");
    assert!(devices.iter().any(|l| l.starts_with("gpu-005,") && l.ends_with(",su-1-r02,1")));
    let cables = lines(export::cables);
    assert!(cables[0].ends_with(",fabric,length_m,cable"));
    assert_eq!(cables.len(), 1857);
    assert_eq!(lines(export::racks).len(), 1 + 37);
    let bill = lines(export::bill);
    assert!(bill.contains(&"server,dgx-h100,,128".to_owned()), "{bill:?}");
    assert!(bill.contains(&"rack,heddle-rack-48u,,37".to_owned()), "{bill:?}");
    assert!(racking(&evaluation).cable_types.iter().all(|t| t.kind == CableKind::Optics));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Servers that are added move no device, as long as no class changes its number of tiers.
    #[test]
    fn growth_moves_no_device(
        few in 1u32..200,
        more in 0u32..100,
        su_size in prop_oneof![Just(4u32), Just(16), Just(20), Just(64)],
        per_row in 3u32..30,
    ) {
        let plan = |servers| {
            let mut plan = sample(servers, Racks { racks_per_row: per_row, ..racks_48() });
            let cluster = plan.spec.cluster.as_mut().expect("a cluster");
            (cluster.su_size, cluster.size_for) = (su_size, Some(300));
            plan
        };
        let (small, large) = (answer(&plan(few)), answer(&plan(few + more)));
        let (small, large) = (places(&small.fabric), places(&large.fabric));
        for (device, place) in small {
            prop_assert_eq!(Some(&place), large.get(&device), "{}", device);
        }
    }

    /// No two devices stand in one unit, and no rack holds more than it may.
    #[test]
    fn the_rule_never_collides(
        servers in 1u32..300,
        su_size in 1u32..80,
        units in 8u32..60,
        free_units in 0u32..10,
        network_racks in prop::option::of(1u32..4),
        per_row in 1u32..40,
    ) {
        let racks = Racks {
            rack_units: Some(units),
            free_units,
            racks_per_row: per_row,
            network_racks_per_su: network_racks,
            ..racks_48()
        };
        let mut plan = sample(servers, racks);
        plan.spec.cluster.as_mut().expect("a cluster").su_size = su_size;
        let evaluation = answer(&plan);
        let unwanted = [Code::RackUnitTaken, Code::RackOverloaded, Code::NameCollision];
        prop_assert!(errors(&evaluation).iter().all(|code| !unwanted.contains(code)));
        if let Some(racking) = &evaluation.fabric.racking {
            let stands: BTreeSet<(i32, u32)> =
                racking.racks.iter().map(|rack| (rack.row, rack.column)).collect();
            prop_assert_eq!(stands.len(), racking.racks.len(), "two racks in one place");
            for rack in &racking.racks {
                prop_assert!(rack.used_units <= units && rack.column < per_row);
                prop_assert!(rack.power_w <= 45_000 && rack.weight_g <= 1_500_000);
            }
        }
    }
}
