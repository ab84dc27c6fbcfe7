//! Refusals say what is missing, and a remedy that a button can press helps.

use super::{backend, cluster, codes, evaluated, of_models, radix_64, sample};
use heddle::model::{Code, Finding, Severity};
use heddle::plan::{self, Frontend, Multihoming, Pin, Plan, RailPacking, Tiers};

fn frontend(plan: &mut Plan) -> &mut Frontend {
    cluster(plan).frontend.as_mut().expect("a frontend")
}

fn find(plan: &Plan, what: &str, code: Code) -> Finding {
    let findings = evaluated(plan).findings;
    let found = findings.iter().find(|f| f.code == code);
    found.unwrap_or_else(|| panic!("{what}: {findings:#?}")).clone()
}

fn errors(plan: &Plan) -> Vec<Code> {
    codes(&evaluated(plan).findings, Severity::Error)
}

#[test]
fn a_fabric_too_large_for_two_tiers() {
    let mut plan = radix_64(288, 32);
    backend(&mut plan).tiers = Tiers::Two;
    assert_eq!(errors(&plan), [Code::TooManyLeaves]);
    let finding = find(&plan, "288 servers", Code::TooManyLeaves);
    assert!(finding.text.contains("72 leaves") && finding.text.contains("64 ports"), "{finding:?}");
    assert_eq!(finding.path.as_str(), "spec.cluster.servers");
    let edit = finding.remedy.and_then(|r| r.edit).expect("an edit");
    plan::apply_edit(&mut plan, &edit).expect("the edit fits");
    assert_eq!(cluster(&mut plan).servers, 256);
    assert_eq!(errors(&plan), []);
}

/// Pairs of leaves: where two tiers end, the button has the most servers that fit.
#[test]
fn a_frontend_too_large_for_two_tiers() {
    let mut plan = sample();
    (cluster(&mut plan).servers, cluster(&mut plan).backend) = (8_192, None);
    let finding = find(&plan, "8,192 servers", Code::TooManyLeaves);
    let edit = finding.remedy.and_then(|r| r.edit).expect("an edit");
    plan::apply_edit(&mut plan, &edit).expect("the edit fits");
    assert_eq!(errors(&plan), []);
    let most = cluster(&mut plan).servers;
    cluster(&mut plan).servers += 1;
    assert_eq!(errors(&plan), [Code::TooManyLeaves], "one more than {most}");
}

/// The text of every refusal has the figures that it stands on.
#[test]
fn refusals_name_their_figures() {
    let check = |what: &str, plan: Plan, code: Code, figures: &[&str]| {
        let finding = find(&plan, what, code);
        assert_eq!(errors(&plan), [code], "{what}");
        assert!(figures.iter().all(|f| finding.text.contains(f)), "{what}: {}", finding.text);
        assert!(finding.remedy.is_some(), "{what}: what helps");
    };
    let with = |mut plan: Plan, change: &dyn Fn(&mut Plan)| {
        change(&mut plan);
        plan
    };
    // One rail a leaf: a unit of 40 rails has 40 leaves, a pod of this radix 32.
    let wide = with(radix_64(32, 32), &|p| {
        (backend(p).rails, backend(p).tiers) = (40, Tiers::Three);
    });
    check("a unit larger than a pod", wide, Code::PodTooSmall, &["40 leaves", "32"]);
    let pods = with(of_models(64, 16, "celestica-ds4000", 400), &|p| {
        cluster(p).servers = 33 * 32;
        backend(p).tiers = Tiers::Three;
    });
    check("more pods than ports", pods, Code::TooManyPods, &["33 pods", "32 ports"]);
    let two = |spines| {
        with(radix_64(128, 32), &|p| {
            (backend(p).tiers, backend(p).overrides.spines) = (Tiers::Two, Some(spines));
        })
    };
    let few = two(15);
    check("too few spines", few, Code::QuantityTooSmall, &["15 spines", "at least 16"]);
    let many = two(33);
    check("more spines than uplinks", many, Code::QuantityTooSmall, &["33 spines", "32 uplinks"]);
    let leaves = with(radix_64(128, 32), &|p| backend(p).overrides.leaves = Some(31));
    check("too few leaves", leaves, Code::QuantityTooSmall, &["31", "32"]);
    let declared = with(radix_64(256, 32), &|p| {
        (backend(p).tiers, backend(p).overrides.pods) = (Tiers::Three, Some(1));
    });
    check("more pods than declared", declared, Code::QuantityTooSmall, &["2 pods", "1"]);
}

/// A rail is a card in every server: more of them than GPUs is asked about, not refused.
#[test]
fn more_rails_than_gpus_are_told() {
    for (rails, expected) in [(8, None), (9, Some("9 rails need 9 backend cards"))] {
        let mut plan = sample();
        backend(&mut plan).rails = rails;
        let findings = evaluated(&plan).findings;
        let found = findings.iter().find(|f| f.code == Code::RailsBeyondGpus);
        assert_eq!(found.is_some(), expected.is_some(), "{rails} rails");
        let Some(found) = found else { continue };
        assert!(found.text.contains(expected.unwrap_or_default()), "{}", found.text);
        let edit = found.remedy.clone().and_then(|r| r.edit).expect("an edit");
        plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        assert_eq!(backend(&mut plan).rails, 8);
    }
}

/// Without racks no cable is chosen, but that there is one at all is looked at.
#[test]
fn cages_that_nothing_joins_are_told() {
    use heddle::catalog::Cage;
    let check = |cage: Cage, expected: Option<&str>| {
        let mut plan = sample();
        let mut card = super::catalog().nics["connectx-7-1x400"].clone();
        (card.id, card.cage) = ("odd".to_owned(), cage);
        plan.spec.models.nics.push(card);
        backend(&mut plan).nic = "odd".to_owned();
        let findings = evaluated(&plan).findings;
        let found = findings.iter().find(|f| f.code == Code::NothingJoins);
        assert_eq!(found.map(|f| f.text.as_str()), expected, "{cage:?}");
    };
    check(Cage::Osfp, None);
    let text = "Nothing in the catalogue joins RJ45 1x400 and OSFP 2x400: 1,024 links, such as \
                gpu-001 to be-leaf-01.";
    check(Cage::Rj45, Some(text));
}

/// Every remedy with an edit, whatever was broken, can be pressed and removes its finding.
#[test]
fn remedies_that_can_be_pressed_help() {
    let check = |what: &str, code: Code, spoil: &dyn Fn(&mut Plan)| {
        let mut plan = sample();
        spoil(&mut plan);
        let finding = find(&plan, what, code);
        let edit = finding.remedy.as_ref().and_then(|r| r.edit.as_ref());
        let edit = edit.unwrap_or_else(|| panic!("{what}: no edit in {finding:?}"));
        plan::apply_edit(&mut plan, edit).unwrap_or_else(|e| panic!("{what}: {e}"));
        let left = evaluated(&plan).findings.into_iter().find(|f| f.code == code);
        assert_eq!(left, None, "{what}: pressing {edit:?} did not help");
    };
    let three = |p: &mut Plan| {
        backend(p).tiers = Tiers::Three;
        cluster(p).servers = 1024;
    };
    check("no servers", Code::OutOfRange, &|p| cluster(p).servers = 0);
    check("too many servers", Code::OutOfRange, &|p| cluster(p).servers = 70_000);
    check("no unit", Code::OutOfRange, &|p| cluster(p).su_size = 0);
    check("room for fewer than there are", Code::OutOfRange, &|p| cluster(p).size_for = Some(1));
    check("too many leaves", Code::TooManyLeaves, &|p| {
        cluster(p).servers = 2000;
        backend(p).tiers = Tiers::Two;
    });
    check("too many leaves for GPUs", Code::TooManyLeaves, &|p| {
        (cluster(p).servers, cluster(p).gpus) = (0, Some(16_000));
        backend(p).tiers = Tiers::Two;
    });
    check("too many pods", Code::TooManyPods, &|p| {
        cluster(p).servers = 16_500;
        cluster(p).frontend = None;
    });
    check("too many leaves for the room kept", Code::TooManyLeaves, &|p| {
        (cluster(p).servers, cluster(p).size_for) = (100, Some(2000));
        backend(p).tiers = Tiers::Two;
    });
    check("room for more, and every seat of two tiers taken", Code::TooManyLeaves, &|p| {
        (cluster(p).servers, cluster(p).size_for) = (512, Some(2000));
        backend(p).tiers = Tiers::Two;
    });
    check("more pods declared than there can be", Code::TooManyPods, &|p| {
        three(p);
        backend(p).overrides.pods = Some(100);
    });
    check("GPUs that fill no server", Code::RoundedUp, &|p| {
        (cluster(p).servers, cluster(p).gpus) = (0, Some(1001));
    });
    check("two counts", Code::CountsDisagree, &|p| cluster(p).gpus = Some(1000));
    check("a leaf misspelt", Code::UnknownModel, &|p| {
        backend(p).leaf_model = "celestica-ds500".to_owned();
    });
    check("a NIC misspelt", Code::UnknownModel, &|p| {
        backend(p).nic = "connectx-7-1x40".to_owned();
    });
    check("no rails", Code::OutOfRange, &|p| backend(p).rails = 0);
    check("an odd speed", Code::BreakoutUnsupported, &|p| backend(p).uplink_speed_gbps = 300);
    check("planes that do not share a NIC", Code::UnevenPorts, &|p| backend(p).planes = 2);
    check("one port, redundant", Code::RedundancyUnmet, &|p| frontend(p).ports_per_server = 1);
    check("bundled, not redundant", Code::RedundancyUnmet, &|p| {
        frontend(p).redundancy = plan::Redundancy::None;
        frontend(p).multihoming = Multihoming::Mclag;
    });
    check("too few leaves", Code::QuantityTooSmall, &|p| backend(p).overrides.leaves = Some(3));
    check("too few spines", Code::QuantityTooSmall, &|p| backend(p).overrides.spines = Some(3));
    check("too many spines", Code::QuantityTooSmall, &|p| backend(p).overrides.spines = Some(33));
    check("too few pods", Code::QuantityTooSmall, &|p| {
        three(p);
        backend(p).overrides.pods = Some(1);
    });
    check("too few super-spines", Code::QuantityTooSmall, &|p| {
        three(p);
        backend(p).overrides.super_spines = Some(1);
    });
    check("spines that do not divide", Code::QuantityTooSmall, &|p| {
        three(p);
        backend(p).overrides.spines = Some(5);
    });
    check("half a pair", Code::GroupSize, &|p| {
        frontend(p).leaf_model = "arista-7060x6-64pe".to_owned();
        frontend(p).multihoming = Multihoming::Mclag;
        frontend(p).overrides.leaves = Some(5);
    });
    check("no site", Code::InvalidText, &|p| p.spec.target.site = String::new());
    check("a site with spaces", Code::InvalidText, &|p| {
        p.spec.target.site = "my site".to_owned();
    });
}

/// Where fewer servers would not help, no button says so.
#[test]
fn remedies_that_would_not_help_are_not_offered() {
    let check = |what: &str, servers, size_for, leaves| {
        let mut plan = sample();
        (cluster(&mut plan).servers, cluster(&mut plan).size_for) = (servers, size_for);
        let backend = backend(&mut plan);
        (backend.tiers, backend.overrides.leaves) = (Tiers::Two, leaves);
        let remedy = find(&plan, what, Code::TooManyLeaves).remedy.expect("advice");
        assert_eq!(remedy.edit, None, "{what}");
    };
    check("leaves fixed at too many", 128, None, Some(100));
    check("room for more, but also too many servers", 600, Some(2000), None);
}

/// A pin to a leaf of another rail spreads both rails; one to a port of its own leaf does not.
#[test]
fn pins_that_take_a_rail_elsewhere() {
    let check = |end: &str, to: &str, expected: Option<&str>| {
        let mut plan = sample();
        plan.spec.pins = vec![Pin { end: end.to_owned(), to: to.to_owned() }];
        let findings = evaluated(&plan).findings;
        let found = findings.iter().find(|f| f.code == Code::RailSpread);
        assert_eq!(found.map(|f| f.text.as_str()), expected, "{end} to {to}");
        assert_eq!(errors(&plan), []);
    };
    check("gpu/1/rail-0/0", "be-leaf/1/server/9", None);
    check(
        "gpu/1/rail-0/0",
        "be-leaf/2/server/0",
        Some(
            "Pins put 2 rails on more leaves than needed: one on 2 instead of 1, with a link on \
             be-leaf-02.",
        ),
    );
    // The same rail of the other unit: each unit's rail has a link on the other's leaf.
    check(
        "gpu/1/rail-0/0",
        "be-leaf/9/server/0",
        Some(
            "Pins put 2 rails on more leaves than needed: one on 2 instead of 1, with a link on \
             be-leaf-09.",
        ),
    );
    // The frontend has no rails, and spreads over what it likes.
    check("gpu/1/fe/0", "fe-leaf/2/server/5", None);
}

/// Rails that cannot share a leaf are said so, and have their own.
#[test]
fn shared_rails_that_do_not_fit() {
    let mut plan = radix_64(64, 32);
    backend(&mut plan).rail_packing = RailPacking::Shared;
    find(&plan, "one rail fills a leaf", Code::SharedRailsUnused);
    assert_eq!(errors(&plan), []);
}

/// An awkward number of uplinks doubles the spines: said where another number helps, and nowhere
/// else.
#[test]
fn unused_spine_ports_are_told_where_more_uplinks_help() {
    let unused = |plan: &Plan| -> Vec<Finding> {
        let findings = evaluated(plan).findings;
        findings.into_iter().filter(|f| f.code == Code::SpinePortsUnused).collect()
    };
    // At 2 : 1 a leaf of 64 ports has 22 uplinks, whose divisors are 1, 2, 11 and 22.
    let two_to_one = |leaves: u32| {
        let mut plan = radix_64(4 * leaves, 32);
        backend(&mut plan).oversubscription = "2:1".parse().expect("a ratio");
        plan
    };
    let check = |leaves: u32, expected: Option<(u32, u32, u64)>| {
        let mut plan = two_to_one(leaves);
        let found = unused(&plan);
        let Some((before, after, uplinks)) = expected else {
            assert!(found.is_empty(), "{leaves}: {found:?}");
            return;
        };
        let [finding] = found.as_slice() else { panic!("{leaves}: {found:?}") };
        assert_eq!(finding.severity, Severity::Info);
        assert_eq!(finding.path.as_str(), "spec.cluster.backend");
        let figures = [
            format!("{before} spines"),
            format!("{after} spines do"),
            format!("{uplinks} uplinks"),
        ];
        assert!(figures.iter().all(|f| finding.text.contains(f)), "{}", finding.text);
        let edit = finding.remedy.clone().and_then(|r| r.edit).expect("an edit");
        assert_eq!(edit.path.as_str(), "spec.cluster.backend.overrides.uplink_cages");
        assert_eq!(edit.value, heddle::model::EditValue::Number(uplinks / 2), "two to a cage");
        let spines = |plan: &Plan| super::figures(&evaluated(plan).fabric, "backend")[1];
        assert_eq!(spines(&plan), before);
        plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        assert_eq!((errors(&plan), spines(&plan), unused(&plan).len()), (vec![], after, 0));
    };
    check(8, Some((11, 3, 24)));
    check(16, Some((11, 6, 24)));
    check(24, None);
    check(64, None);
    // What is said of the fabric beside that, and what else the plan has, changes nothing.
    let mut shared = two_to_one(16);
    backend(&mut shared).rail_packing = RailPacking::Shared;
    find(&shared, "one rail fills a leaf", Code::SharedRailsUnused);
    assert_eq!(unused(&shared).len(), 1);
    let mut more = two_to_one(16);
    let ejected = heddle::fabric::eject(&sample().spec, super::catalog());
    let ejected = ejected.expect("it can be ejected");
    let frontend = |class: &&plan::SwitchClass| class.fabric == "frontend";
    more.spec.switch_classes.extend(ejected.switch_classes.iter().filter(frontend).cloned());
    let mut server = ejected.server_classes[0].clone();
    server.id = "other".to_owned();
    server.connections.retain(|one| one.switch_class == "fe-leaf");
    more.spec.server_classes.push(server);
    more.spec
        .pins
        .push(Pin { end: "other/1/fe/0".to_owned(), to: "fe-leaf/1/server/4".to_owned() });
    assert_eq!(errors(&more), []);
    assert_eq!(unused(&more).len(), 1);
    // Planes are alike: said once, of the first.
    let mut planes = super::of_models(64, 32, "nvidia-sn5600", 400);
    let of = backend(&mut planes);
    (of.nic, of.planes) = ("connectx-8-2x400".to_owned(), 2);
    of.oversubscription = "2:1".parse().expect("a ratio");
    let found = unused(&planes);
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    for figures in ["of the backend-plane-0 fabric", "11 spines", "48 uplinks 6 spines do"] {
        assert!(finding.text.contains(figures), "{}", finding.text);
    }
    // What the architect fixed, or spread in balance, is no divisor's choice.
    let mut fixed = two_to_one(16);
    backend(&mut fixed).overrides.spines = Some(11);
    assert!(unused(&fixed).is_empty());
    // Here 34 uplinks would fill the eleven.
    let mut roomy = two_to_one(8);
    cluster(&mut roomy).su_size = 16;
    backend(&mut roomy).overrides.spines = Some(11);
    assert_eq!((errors(&roomy), unused(&roomy)), (vec![], vec![]));
    let mut balanced = two_to_one(16);
    backend(&mut balanced).spread = heddle::plan::Spread::Balanced;
    assert!(unused(&balanced).is_empty());
    // A redundant frontend of two leaves needs its two spines, however empty they are.
    assert!(unused(&sample()).is_empty());
}

/// Fixed numbers of all classes count together, and are refused before anything is made of them.
#[test]
fn the_ceiling_counts_all_switches() {
    let plan = |counts: &[u32]| {
        let mut plan = sample();
        plan.spec = heddle::fabric::eject(&plan.spec, super::catalog()).expect("it can be ejected");
        let leaf = plan.spec.switch_classes[0].clone();
        plan.spec.switch_classes.extend(counts.iter().zip(0..).map(|(count, n)| {
            heddle::plan::SwitchClass {
                id: format!("spare-{n}"),
                fabric: format!("spare-{n}"),
                quantity: heddle::plan::Quantity::Fixed(*count),
                zones: vec![leaf.zones[0].clone()],
                ..leaf.clone()
            }
        }));
        plan
    };
    // The sample has 28 switches.
    assert_eq!(errors(&plan(&[32_768, 32_740])), []);
    for (counts, largest) in
        [(&[32_768, 32_741][..], "32768 of them spare-0"), (&[1, 65_536], "65536 of them spare-1")]
    {
        let plan = plan(counts);
        assert_eq!(errors(&plan), [Code::OverCeiling]);
        let finding = find(&plan, "switches", Code::OverCeiling);
        assert!(finding.text.contains(largest) && finding.text.contains("65536."), "{finding:?}");
        assert!(finding.remedy.is_some());
        assert!(evaluated(&plan).fabric.devices.is_empty());
    }
    // Numbers that are computed count as well: 64 leaves for each unit of one server.
    let computed = |spare: u32| {
        let mut computed = radix_64(1020, 1);
        (backend(&mut computed).rails, backend(&mut computed).tiers) = (64, Tiers::One);
        computed.spec.switch_classes = plan(&[spare]).spec.switch_classes.split_off(5);
        computed
    };
    assert_eq!(errors(&computed(256)), []);
    assert_eq!(errors(&computed(257)), [Code::OverCeiling]);
    let finding = find(&computed(257), "computed", Code::OverCeiling);
    assert!(finding.text.contains("65537 switches, 65280 of them be-leaf"), "{finding:?}");
    // Of super-spines the number is that of one group.
    let mut plan = radix_64(288, 32);
    backend(&mut plan).overrides.super_spines = Some(32);
    assert_eq!(errors(&plan), []);
}

/// A plan of an imported class of leaves and what stands above it.
fn imported(leaf_zones: &str, role: &str, of_servers: &str) -> Plan {
    let text = format!(
        r#"(
            api_version: "heddle/v1beta1",
            metadata: (name: "imported", id: "00000000-0000-0000-0000-000000000007"),
            spec: (
                target: (site: "dc1"),
                switch_classes: [
                    (id: "leaf", fabric: "net", role: leaf, model: "celestica-ds4000",
                     placement: diet, zones: [{leaf_zones}]),
                    (id: "above", fabric: "net", role: {role}, model: "celestica-ds4000",
                     quantity: fixed(1), placement: diet, zones: [
                        (id: "down", kind: fabric, ports: "1-16", breakout: "1x400"),
                        (id: "server", kind: server, ports: "17-32", breakout: "4x100"),
                    ]),
                ],
                server_classes: [
                    (id: "node", model: "hgx-8gpu", quantity: 2,
                     nics: [(id: "nic", name: "nic", model: "card")],
                     connections: [(id: "up", nic: "nic", ports: 1, switch_class: "{of_servers}",
                                    zone: "server", distribution: same_switch)]),
                ],
                models: (nics: [(id: "card", manufacturer: "Acme", model: "Card", slug: "card",
                                 ports: 1, speed_gbps: 100, cage: qsfp28)]),
            ),
        )"#
    );
    plan::read("imported.ron", &text).expect("a plan").plan
}

/// No server port of the spec is lost without an error.
#[test]
fn servers_do_not_hang_on_super_spines() {
    let zones = r#"(id: "server", kind: server, ports: "1-32", breakout: "4x100")"#;
    for (role, expected) in [("spine", false), ("super_spine", true)] {
        let refused = codes(&evaluated(&imported(zones, role, "above")).findings, Severity::Error);
        assert_eq!(refused.contains(&Code::NoZone), expected, "{role}: {refused:?}");
    }
}

/// A cage in two zones is one cage: its lanes count once against what the switch can.
#[test]
fn lanes_of_a_shared_cage_count_once() {
    let check = |servers: &str, uplinks: &str, expected: bool| {
        let zones = format!(
            r#"(id: "server", kind: server, ports: "{servers}", breakout: "4x100"),
               (id: "uplink", kind: uplink, ports: "{uplinks}", breakout: "1x400")"#
        );
        let findings = evaluated(&imported(&zones, "spine", "leaf")).findings;
        let refused = codes(&findings, Severity::Error).contains(&Code::TooManyLanes);
        assert_eq!(refused, expected, "{servers} {uplinks}: {findings:#?}");
    };
    // 144 logical ports are the most.
    check("1-32", "17-32", false);
    check("1-28", "29-32", false);
    check("1-32", "1-32", false);
}

/// Classes of the sample's frontend, ejected, with one connection of the servers to its leaves.
fn ejected_frontend(change: impl Fn(&mut plan::SwitchClass, &mut plan::Connection)) -> Plan {
    let mut plan = sample();
    cluster(&mut plan).backend = None;
    plan.spec = heddle::fabric::eject(&plan.spec, super::catalog()).expect("it can be ejected");
    let leaf = plan.spec.switch_classes.iter_mut().find(|class| class.id == "fe-leaf");
    let connection = plan.spec.server_classes[0].connections.first_mut();
    change(leaf.expect("leaves"), connection.expect("a connection"));
    plan
}

/// One port is no way around a leaf that fails, whatever is said of the class.
#[test]
fn a_redundant_class_needs_two_ports_of_each_server() {
    for (redundancy, expected) in [
        (plan::SwitchRedundancy::Redundant, vec![Code::RedundancyUnmet]),
        (plan::SwitchRedundancy::None, vec![]),
    ] {
        let mut plan = ejected_frontend(|leaf, connection| {
            (leaf.redundancy, connection.ports) = (redundancy, 1);
        });
        assert_eq!(errors(&plan), expected, "{redundancy:?}");
        if expected.is_empty() {
            continue;
        }
        let finding = find(&plan, "one port", Code::RedundancyUnmet);
        let edit = finding.remedy.and_then(|r| r.edit).expect("an edit");
        plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        assert_eq!(errors(&plan), []);
    }
}

/// Servers begin at the first leaf of their group: of three, two ports leave one empty.
#[test]
fn a_group_of_more_leaves_than_ports_is_told() {
    use heddle::plan::Distribution::Alternating;
    for (group, ports, expected) in [(2, 2, None), (3, 2, Some("2 ports for the 3 leaves"))] {
        let mut plan = ejected_frontend(|_, connection| {
            connection.ports = ports;
            connection.distribution = Alternating { group: Some(group) };
        });
        let findings = evaluated(&plan).findings;
        let found = findings.iter().find(|f| f.code == Code::EmptySwitches);
        assert_eq!(found.is_some(), expected.is_some(), "{group}: {findings:#?}");
        let Some(found) = found else { continue };
        assert!(found.text.contains(expected.unwrap_or_default()), "{}", found.text);
        let edit = found.remedy.clone().and_then(|r| r.edit).expect("an edit");
        plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        let after = evaluated(&plan).findings;
        assert!(after.iter().all(|f| f.code != Code::EmptySwitches), "{after:#?}");
    }
}

/// A number of spines that was fixed and divides no uplinks is taken, and told.
#[test]
fn fixed_spines_that_do_not_divide_the_uplinks_are_told() {
    for (spines, expected) in [(16, None), (20, Some("20 spines do not divide 32 uplinks"))] {
        let mut plan = radix_64(128, 32);
        (backend(&mut plan).tiers, backend(&mut plan).overrides.spines) =
            (Tiers::Two, Some(spines));
        assert_eq!(errors(&plan), [], "{spines}");
        let findings = evaluated(&plan).findings;
        let found = findings.iter().find(|f| f.code == Code::UnequalLinks);
        assert_eq!(found.is_some(), expected.is_some(), "{spines}: {findings:#?}");
        let Some(found) = found else { continue };
        assert!(found.text.contains(expected.unwrap_or_default()), "{}", found.text);
        let edit = found.remedy.clone().and_then(|r| r.edit).expect("an edit");
        plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        assert_eq!(backend(&mut plan).overrides.spines, Some(16));
    }
}
