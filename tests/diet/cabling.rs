//! Which port meets which: meshes, servers, border leaves, and the names of both ends.

use super::yaml::{Yaml, tiers};
use super::{cables, errors, kinds, read, weave, woven};
use heddle::fabric::{Fabric, LinkKind};

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
