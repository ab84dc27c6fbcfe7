//! How many leaves and spines there are: as DIET counts them, and what is enough where it cannot
//! place what it counted.

use super::yaml::{Yaml, flagship, tiers};
use super::{cables, count, errors, kinds, read, weave, woven};
use heddle::fabric::{DeviceRole, Fabric, LinkKind};
use heddle::model::Code;
use std::collections::BTreeMap;

/// Sizes of the flagship's backend at which DIET's own generator succeeds.
fn diet_builds_backend(n: u32) -> bool {
    matches!(n, 1..=21 | 25..=32 | 57..=72 | 121..=128 | 249..=256)
}

/// Devices of a role in a fabric, and the links of each to the tier below.
fn spine_loads(fabric: &Fabric) -> BTreeMap<String, Vec<usize>> {
    let mut loads: BTreeMap<u32, usize> = BTreeMap::new();
    for (n, device) in (0..).zip(&fabric.devices) {
        if fabric.classes[device.class as usize].role == DeviceRole::Spine {
            loads.insert(n, 0);
        }
    }
    for link in &fabric.links {
        if fabric.groups[link.group as usize].kind == LinkKind::LeafSpine {
            *loads.entry(link.b.device).or_default() += 1;
        }
    }
    let mut by_class: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (device, load) in loads {
        let class = fabric.class_of(device).expect("a class");
        by_class.entry(class.id.clone()).or_default().push(load);
    }
    by_class
}

#[test]
fn the_flagship_is_built_at_every_size() {
    let mut as_diet = (0, 0);
    for n in 1..=256u32 {
        for frontend in [false, true] {
            let text = flagship(n, frontend).text();
            let evaluation = woven(&text);
            let fabric = &evaluation.fabric;
            let ports = n as usize * if frontend { 10 } else { 8 };
            assert_eq!(kinds(fabric, LinkKind::ServerLeaf), ports, "{n} servers");
            let fell_back = |what: &str| {
                evaluation
                    .findings
                    .iter()
                    .any(|f| f.code == Code::DietRules && f.text.contains(what))
            };
            let (leaves, spines) = (count(fabric, "be-leaf"), count(fabric, "be-spine"));
            let builds = diet_builds_backend(n);
            assert_eq!(
                !fell_back("be-leaf") && !fell_back("backend"),
                builds,
                "{n}: {:?}",
                evaluation.findings
            );
            if builds {
                assert_eq!(leaves, (8 * n).div_ceil(64), "{n} servers");
                assert_eq!(spines, (32 * leaves).div_ceil(64), "{n} servers");
            }
            assert_eq!(kinds(fabric, LinkKind::LeafSpine) as u32 % 32, 0);
            if frontend {
                let pairs = n.div_ceil(128);
                assert_eq!(count(fabric, "fe-leaf"), 2 * pairs, "{n} servers");
                as_diet.1 += u32::from(builds && n <= 128);
                assert_eq!(!fell_back("fe-leaf"), n <= 128, "{n} servers");
            } else {
                as_diet.0 += u32::from(builds);
            }
            for (class, loads) in spine_loads(fabric) {
                let (least, most) = (loads.iter().min(), loads.iter().max());
                let rotated = fell_back(if class == "be-spine" { "backend" } else { "frontend" });
                if rotated {
                    let (least, most) = (least.expect("a spine"), most.expect("a spine"));
                    assert!(most - least <= 1, "{n} servers, {class}: {loads:?}");
                }
                assert!(most.is_none_or(|most| *most <= 64), "{n} servers, {class}: {loads:?}");
            }
        }
    }
    assert_eq!(as_diet, (61, 53));
}

#[test]
fn published_sizes_of_whole_plans() {
    // Servers, frontend leaves, backend leaves, cables, devices.
    for (n, fe, be, cables, devices) in [
        (1, 2, 1, 106, 6),
        (2, 2, 1, 116, 7),
        (4, 2, 1, 136, 9),
        (8, 2, 1, 176, 13),
        (16, 2, 2, 288, 22),
    ] {
        let evaluation = woven(&flagship(n, true).text());
        let fabric = &evaluation.fabric;
        assert_eq!((count(fabric, "fe-leaf"), count(fabric, "be-leaf")), (fe, be));
        assert_eq!((count(fabric, "fe-spine"), count(fabric, "be-spine")), (1, 1));
        assert_eq!((fabric.links.len(), fabric.devices.len()), (cables, devices));
    }
}

#[test]
fn without_servers_there_are_no_switches() {
    let evaluation = woven(&flagship(0, true).text());
    assert_eq!((evaluation.fabric.devices.len(), evaluation.fabric.links.len()), (0, 0));
}

#[test]
fn sizes_where_diet_cannot_place_what_it_counts() {
    // Servers, leaves, spines that are enough.
    for (n, leaves, spines) in [
        (22, 4, 2),
        (24, 4, 2),
        (33, 8, 4),
        (40, 8, 4),
        (48, 8, 4),
        (56, 8, 4),
        (65, 9, 5),
        (72, 9, 5),
        (73, 10, 5),
        (80, 10, 5),
        (96, 12, 6),
        (129, 17, 9),
    ] {
        let evaluation = woven(&flagship(n, false).text());
        let fabric = &evaluation.fabric;
        let found = (count(fabric, "be-leaf"), count(fabric, "be-spine"));
        assert_eq!(found, (leaves, spines), "{n} servers");
    }
}

/// Leaves that a class `leaf` with one zone of 12 lanes of 100G gets.
fn small_leaf(more: &[&str], ports: &str) -> Yaml {
    Yaml::default()
        .switch("leaf", "frontend", "server-leaf", &[&["small"], more].concat())
        .zone("leaf", "servers", "server", ports, "1x100g")
}

fn leaves_of(yaml: &Yaml) -> u32 {
    count(&woven(&yaml.text()).fabric, "leaf")
}

#[test]
fn leaves_as_diet_counts_them() {
    let large = |more: &[&str]| {
        Yaml::default()
            .switch("leaf", "frontend", "server-leaf", more)
            .zone("leaf", "servers", "server", "1-63", "4x200g")
    };
    let check = |case: &str, yaml: Yaml, expected: u32| {
        assert_eq!(leaves_of(&yaml), expected, "{case}");
    };
    let same = "same-switch";
    let to = |yaml: Yaml, servers: u32, ports: u32, speed: u32, how: &str| {
        yaml.servers("s", servers).connect("s", "c", "leaf/servers", ports, speed, how)
    };
    check("u1", to(large(&[]), 32, 2, 200, same), 1);
    check("u2", to(large(&[]), 128, 2, 200, same), 2);
    check("u3", to(large(&["redundancy_type: mclag"]), 32, 2, 200, same), 2);
    let two = to(large(&[]), 32, 2, 200, same).servers("t", 16).connect(
        "t",
        "c",
        "leaf/servers",
        2,
        200,
        same,
    );
    check("u4", two, 1);
    check("u5", to(large(&[]), 1, 1, 200, same), 1);
    check("u6", large(&[]), 0);
    let rails = |servers: u32, rails: u32, more: &[&str]| {
        let mut yaml = Yaml::default()
            .switch("leaf", "backend", "server-leaf", more)
            .zone("leaf", "servers", "server", "1-32", "2x400g")
            .servers("s", servers);
        for rail in 0..rails {
            let (id, how) = (format!("r{rail}"), format!("rail {rail}"));
            yaml = yaml.connect("s", &id, "leaf/servers", 1, 400, &how);
        }
        yaml
    };
    check("u7", rails(32, 8, &[]), 4);
    check("u8", rails(16, 4, &["mclag_pair: true"]), 2);
    check("u9", to(small_leaf(&[], "1-28"), 100, 1, 100, same), 4);
    let management = Yaml::default()
        .switch("leaf", "frontend", "server-leaf", &["small"])
        .zone("leaf", "servers", "server", "1-48", "b1");
    check("u10", to(management, 100, 1, 1, same), 3);
    let whole = Yaml::default()
        .switch("leaf", "frontend", "server-leaf", &[])
        .zone("leaf", "servers", "server", "1-60", "1x800g");
    check("u11", to(whole, 100, 2, 800, same), 4);
    let zones = |first: u32, second: u32, how: &str| {
        Yaml::default()
            .switch("leaf", "frontend", "server-leaf", &[])
            .zone("leaf", "servers", "server", "1-16", "2x400g")
            .zone("leaf", "more", "server", "17-22", "4x200g")
            .servers("s", first)
            .connect("s", "c", "leaf/servers", 1, 400, how)
            .servers("t", second)
            .connect("t", "c", "leaf/more", 1, 200, same)
    };
    check("u12", zones(64, 36, same), 2);
    check("u13", zones(96, 10, same), 3);
    check("u14", zones(8, 8, "alternating"), 2);
    check("u15", rails(64, 1, &[]), 1);
    let twelve = |servers, how| to(small_leaf(&[], "1-12"), servers, 2, 100, how);
    check("u16", twelve(1, "alternating"), 2);
    check("u16, none", twelve(0, "alternating"), 0);
    check("u16, same switch", twelve(1, same), 1);
    let seven = twelve(7, "alternating").servers("t", 7).connect(
        "t",
        "c",
        "leaf/servers",
        2,
        100,
        "alternating",
    );
    check("u17", seven, 4);
    check("u18, 3 to 4", to(small_leaf(&["redundancy_type: mclag"], "1-12"), 36, 1, 100, same), 4);
    check("u18, 1 to 2", to(small_leaf(&["redundancy_type: mclag"], "1-12"), 1, 1, 100, same), 2);
    check("u18, eslag", to(small_leaf(&["redundancy_type: eslag"], "1-12"), 1, 1, 100, same), 2);
    check("13 on 12-lane leaves", twelve(13, "alternating"), 4);
    check("8 ports on one switch", to(small_leaf(&[], "1-12"), 3, 8, 100, same), 3);
    let mut many = small_leaf(&[], "1-12");
    for n in 0..13 {
        let id = format!("s{n:02}");
        many = many.servers(&id, 1).connect(&id, "c", "leaf/servers", 1, 100, same);
    }
    check("13 classes", many, 2);
    let too_many = to(small_leaf(&["redundancy_type: eslag"], "1-12"), 60, 1, 100, same);
    let (plan, _) = read(&too_many.text()).expect("a plan");
    assert!(errors(&weave(&plan)).iter().any(|e| e.contains("ESLAG")), "u18, five of ESLAG");
    let mut odd = flagship(32, false);
    odd.connections = (0..8).rev().fold(odd.connections, |text, rail| {
        text.replace(&format!("    rail: {rail}\n"), &format!("    rail: {}\n", rail + 1))
    });
    assert_eq!(count(&woven(&odd.text()).fabric, "be-leaf"), 4, "rails 1 to 8");
}

#[test]
fn spines_as_diet_counts_them() {
    let check = |case: &str, leaves: &[(u32, &str)], ports: &str, expected: u32, cables: usize| {
        let evaluation = woven(&tiers(leaves, ports).text());
        let fabric = &evaluation.fabric;
        assert_eq!(count(fabric, "spine"), expected, "{case}");
        assert_eq!(kinds(fabric, LinkKind::LeafSpine), cables, "{case}");
    };
    check("u19", &[(2, "33-64")], "1-64", 1, 64);
    check("u20", &[(2, "33-64"), (1, "33-64"), (1, "33-64")], "1-64", 2, 128);
    check("u21", &[(4, "33-64")], "1-64", 2, 128);
    check("u22", &[(8, "33-64")], "1-64", 4, 256);
    check("u22", &[(64, "33-64")], "1-64", 32, 2_048);
    check("u22", &[(128, "33-64")], "1-64", 64, 4_096);
    check("u28", &[(2, "1-2")], "1-2", 2, 4);
    check("u35, zones decide", &[(1, "61-64")], "1-64", 1, 4);
    check("u35, two zones", &[(1, "61-62 63-64")], "1-64", 1, 4);
    for leaves in 1..=64 {
        let spines = (leaves * 32u32).div_ceil(64);
        check("rotated", &[(leaves, "33-64")], "1-64", spines, leaves as usize * 32);
    }
    // u27: the first spines have more.
    let yaml = tiers(&[(1, "1-4")], "1-64").text().replacen(
        "hedgehog_role: spine\n",
        "hedgehog_role: spine\n    override_quantity: 3\n",
        1,
    );
    assert_eq!(spine_loads(&woven(&yaml).fabric)["spine"], [2, 1, 1]);
    // u29
    let broken_out = tiers(&[(1, "3")], "1").text().replace("1x800g\n", "2x400g\n");
    let names = cables(&woven(&broken_out).fabric);
    let wanted = ["leaf-0-01,E1/3/1,spine-01,E1/1/1", "leaf-0-01,E1/3/2,spine-01,E1/1/2"];
    assert_eq!(names, wanted.map(str::to_owned).into());
}
