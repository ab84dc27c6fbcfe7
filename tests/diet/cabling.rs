//! Which port meets which: meshes, servers, border leaves, and the names of both ends.

use super::yaml::{Yaml, tiers};
use super::{cables, errors, kinds, read, weave, woven};
use heddle::evaluate::Evaluation;
use heddle::fabric::{Fabric, LinkKind};
use heddle::model::{Code, Finding};
use heddle::plan::{PlacementRules, apply_edit};

#[test]
fn meshes_as_diet_wires_them() {
    let mesh = |count: u32, ports: &str| {
        let fixed = format!("override_quantity: {count}");
        Yaml::default()
            .switch("leaf", "frontend", "server-leaf", &["topology_mode: mesh", &fixed])
            .zone("leaf", "mesh", "mesh", ports, "1x800g")
    };
    // u30
    for (count, ports, cables) in
        [(2, "1-4", 4), (3, "1-4", 6), (2, "1", 1), (3, "1-2", 3), (2, "1-63:2", 32)]
    {
        let evaluation = woven(&mesh(count, ports).text());
        assert_eq!(kinds(&evaluation.fabric, LinkKind::Mesh), cables, "{count} × {ports}");
    }
    // u31
    let refused = |yaml: Yaml, word: &str| {
        let (plan, _) = read(&yaml.text()).expect("a plan");
        let errors = errors(&weave(&plan));
        assert!(errors.iter().any(|e| e.contains("mesh-ports") && e.contains(word)), "{errors:?}");
    };
    refused(mesh(3, "1-3"), "divisible");
    let mixed = |id: &str, ports: &str, yaml: Yaml| {
        yaml.switch(id, "frontend", "server-leaf", &["topology_mode: mesh", "override_quantity: 2"])
            .zone(id, "mesh", "mesh", ports, "1x800g")
    };
    let two = mixed("b", "1-4", mixed("a", "1-2", Yaml::default()))
        .text()
        .replace("override_quantity: 2", "override_quantity: 3");
    let (plan, _) = read(&two).expect("a plan");
    assert!(!errors(&weave(&plan)).is_empty());
}

/// How many server links each leaf of a class has.
fn leaf_loads(fabric: &Fabric, class: &str) -> Vec<usize> {
    let class = fabric.class(class).expect("the class");
    let devices = class.first_device..class.first_device + class.count;
    devices
        .map(|leaf| {
            let to_server = |link: &&heddle::fabric::Link| {
                link.b.device == leaf
                    && fabric.groups[link.group as usize].kind == LinkKind::ServerLeaf
            };
            fabric.links.iter().filter(to_server).count()
        })
        .collect()
}

#[test]
fn servers_as_diet_spreads_them() {
    let fixed = |count: u32, ports: &str| {
        Yaml::default()
            .switch("leaf", "backend", "server-leaf", &[&format!("override_quantity: {count}")])
            .zone("leaf", "servers", "server", ports, "2x400g")
    };
    let rails = |mut yaml: Yaml, servers: u32, rails: u32| {
        yaml = yaml.servers("s", servers);
        for rail in 0..rails {
            let (id, how) = (format!("r{rail}"), format!("rail {rail}"));
            yaml = yaml.connect("s", &id, "leaf/servers", 1, 400, &how);
        }
        leaf_loads(&woven(&yaml.text()).fabric, "leaf")
    };
    assert_eq!(rails(fixed(2, "1-4"), 4, 4), [8, 8], "u32");
    assert_eq!(rails(fixed(8, "1"), 8, 2), [2; 8], "u33");
    // u34
    for (servers, leaves, expected) in [(8, 2, &[4, 4][..]), (7, 2, &[4, 3]), (3, 2, &[2, 1])] {
        let yaml = fixed(leaves, "1-32").servers("s", servers).connect(
            "s",
            "c",
            "leaf/servers",
            1,
            400,
            "same-switch",
        );
        assert_eq!(leaf_loads(&woven(&yaml.text()).fabric, "leaf"), expected, "u34: {servers}");
    }
    let by_turns = fixed(2, "1-32").servers("s", 3).connect("s", "c", "leaf/servers", 1, 400, "");
    assert_eq!(leaf_loads(&woven(&by_turns.text()).fabric, "leaf"), [2, 1], "blank");
}

#[test]
fn border_leaves_reach_the_spines_by_name() {
    // The zone that the border leaves name is the only one of the spines: leaves have it first.
    let yaml = tiers(&[(2, "1-4")], "1-16")
        .switch(
            "border",
            "frontend",
            "border-leaf",
            &["override_quantity: 1", "uplink_ports_per_switch: 0"],
        )
        .zone("border", "up", "uplink", "1-4", "1x800g")
        .peer("spine/leaves");
    let evaluation = woven(&yaml.text());
    let names = cables(&evaluation.fabric);
    for n in 1..=4 {
        let wanted = format!("border-01,E1/{n},spine-01,E1/{}", n + 8);
        assert!(names.contains(&wanted), "{wanted} of {names:?}");
    }
    assert_eq!(names.len(), 12);
}

#[test]
fn names_and_numbers_stay_those_of_diet() {
    let yaml = Yaml::default()
        .switch("FE_Leaf", "frontend", "server-leaf", &["redundancy_type: mclag"])
        .zone("FE_Leaf", "Down Links", "server", "1-16", "4x200g")
        .servers("gpu_b", 1)
        .servers("GPU-a", 1)
        .connect("gpu_b", "NIC_1", "FE_Leaf/Down Links", 2, 200, "alternating")
        .connect("GPU-a", "x", "FE_Leaf/Down Links", 2, 200, "alternating");
    let (plan, _) = read(&yaml.text()).expect("a plan");
    let ids: Vec<&str> = plan.spec.server_classes.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["gpu-a", "gpu-b"], "capital letters come first, as in DIET's database");
    let names = cables(&woven(&yaml.text()).fabric);
    assert!(names.contains("fe_leaf-01,E1/1/2,gpu_b-001,NIC_1-p0"), "{names:?}");
    assert!(names.contains("fe_leaf-02,E1/1/1,gpu-a-001,x-p1"), "{names:?}");
}

/// What is said under a code.
fn texts(evaluation: &Evaluation, code: Code) -> Vec<&str> {
    let of = evaluation.findings.iter().filter(|finding| finding.code == code);
    of.map(|finding| finding.text.as_str()).collect()
}

#[test]
fn a_cage_broken_out_in_two_ways_is_as_links_use_it() {
    // Cage 5 has two lanes for servers, or one uplink.
    let shared = |servers: u32| {
        tiers(&[], "1-64")
            .switch("leaf", "frontend", "server-leaf", &[])
            .zone("leaf", "servers", "server", "1-5", "2x400g")
            .zone("leaf", "up", "uplink", "5-8", "1x800g")
            .servers("s", servers)
            .connect("s", "c", "leaf/servers", 1, 400, "same-switch")
    };
    for servers in [1, 8] {
        let evaluation = woven(&shared(servers).text());
        assert_eq!(evaluation.fabric.links.len(), servers as usize + 4);
        assert!(cables(&evaluation.fabric).contains("leaf-01,E1/5,spine-01,E1/1"));
        assert_eq!(
            texts(&evaluation, Code::CageInTwoZones),
            ["Cages 5 of leaf are broken out as 2x400 in zone servers and as 1x800 in zone up."]
        );
        let joins: Vec<&str> = texts(&evaluation, Code::NothingJoins);
        assert!(!joins.iter().any(|text| text.contains("spine")), "{joins:?}");
    }
    for servers in [9, 10, 20] {
        let (mut plan, _) = read(&shared(servers).text()).expect("a plan");
        let evaluation = weave(&plan);
        assert_eq!(
            texts(&evaluation, Code::CageTwoBreakouts),
            [
                "Cage 5 of leaf-01 is broken out as 2x400 in zone servers and as 1x800 in zone up, and used as both."
            ],
            "{servers}"
        );
        assert_eq!(texts(&evaluation, Code::CageInTwoZones), Vec::<&str>::new());
        let of = |finding: &&Finding| finding.code == Code::CageTwoBreakouts;
        let remedy = evaluation.findings.iter().find(of).and_then(|f| f.remedy.clone());
        let remedy = remedy.expect("a remedy");
        assert_eq!(remedy.text, "Take 5 out of servers");
        let change = remedy.edit.expect("an edit");
        apply_edit(&mut plan, &change).expect("the edit fits");
        assert_eq!(errors(&weave(&plan)), Vec::<String>::new(), "{servers}");
    }
    // One way on one leaf, the other way on another: each leaf can do that.
    let apart = Yaml::default()
        .switch("leaf", "frontend", "server-leaf", &["override_quantity: 2"])
        .zone("leaf", "halves", "server", "1-2", "2x400g")
        .zone("leaf", "wholes", "server", "2-3", "1x800g")
        .servers("s", 3)
        .connect("s", "c", "leaf/halves", 1, 400, "rail 1")
        .servers("t", 1)
        .connect("t", "c", "leaf/wholes", 1, 800, "same-switch");
    let names = cables(&woven(&apart.text()).fabric);
    for wanted in ["leaf-02,E1/2/1,s-003,c-p0", "leaf-01,E1/2,t-001,c-p0"] {
        assert!(names.contains(wanted), "{wanted} of {names:?}");
    }
    // Only DIET looks at a cage that late.
    let (mut plan, _) = read(&shared(1).text()).expect("a plan");
    for class in &mut plan.spec.switch_classes {
        class.placement = PlacementRules::Native;
    }
    assert_eq!(texts(&weave(&plan), Code::CageTwoBreakouts).len(), 1);
}

#[test]
fn servers_may_hang_on_spines() {
    let hung = |servers: u32| {
        tiers(&[(4, "1-4")], "2-9")
            .zone("spine", "gateways", "server", "1", "4x200g")
            .servers("gw", servers)
            .connect("gw", "fe", "spine/gateways", 2, 200, "alternating")
    };
    let names = cables(&woven(&hung(3).text()).fabric);
    assert_eq!(names.len(), 16 + 6);
    for n in 1..=3 {
        for (port, spine) in [("p0", 1), ("p1", 2)] {
            let wanted = format!("gw-00{n},fe-{port},spine-0{spine},E1/1/{n}");
            assert!(names.contains(&wanted), "{wanted} of {names:?}");
        }
    }
    // More than two spines have room for, and nothing is lost without a word.
    let (plan, _) = read(&hung(5).text()).expect("a plan");
    assert!(errors(&weave(&plan)).iter().any(|e| e.contains("quantity-too-small")));
    // Without leaves there are no spines: then the servers decide.
    let alone = Yaml::default()
        .switch("spine", "frontend", "spine", &[])
        .zone("spine", "gateways", "server", "1", "4x200g")
        .servers("gw", 5)
        .connect("gw", "fe", "spine/gateways", 2, 200, "alternating");
    assert_eq!(woven(&alone.text()).fabric.links.len(), 10);
    // The native rules know servers on leaves only.
    let (mut plan, _) = read(&hung(3).text()).expect("a plan");
    for class in &mut plan.spec.switch_classes {
        class.placement = PlacementRules::Native;
    }
    assert!(errors(&weave(&plan)).iter().any(|e| e.contains("no-zone")));
}

#[test]
fn ends_of_different_speeds_are_cabled_at_the_slower() {
    let check = |yaml: Yaml, kind: LinkKind, links: usize, speeds: &[u32], warnings: usize| {
        let evaluation = woven(&yaml.text());
        let fabric = &evaluation.fabric;
        assert_eq!(kinds(fabric, kind), links);
        let of_kind = fabric.groups.iter().filter(|group| group.kind == kind);
        assert_eq!(of_kind.map(|group| group.speed_gbps).collect::<Vec<_>>(), speeds);
        assert_eq!(texts(&evaluation, Code::SpeedUnlike).len(), warnings);
    };
    let border = ["override_quantity: 1", "uplink_ports_per_switch: 0"];
    let peers = |own: &str, breakout: &str| {
        tiers(&[(2, "1-4")], "3-64")
            .zone("spine", "others", "server", "1-2", breakout)
            .switch("border", "frontend", "border-leaf", &border)
            .zone("border", "up", "uplink", "1", own)
            .peer("spine/others")
    };
    check(peers("4x200g", "4x200g"), LinkKind::PeerZone, 4, &[200], 0);
    check(peers("4x200g", "8x100g"), LinkKind::PeerZone, 4, &[100], 1);
    check(peers("2x400g", "4x200g"), LinkKind::PeerZone, 2, &[200], 1);
    check(peers("1x800g", "1x800g"), LinkKind::PeerZone, 1, &[800], 0);
    check(peers("4x200g", "2x400g"), LinkKind::PeerZone, 4, &[200], 1);
    let leaf = |id: &str, ports: &str, breakout: &str, yaml: Yaml| {
        yaml.switch(id, "frontend", "server-leaf", &["override_quantity: 1"])
            .zone(id, "up", "uplink", ports, breakout)
    };
    let mixed = leaf("b", "1-4", "1x800g", leaf("a", "1-2", "2x400g", tiers(&[], "1-64")));
    check(mixed, LinkKind::LeafSpine, 8, &[400, 800], 1);
}
