//! Plans imported from DIET: the same devices and cables as DIET's own generator made, sound plans
//! where it fails, and errors that name their place.

#![expect(clippy::expect_used, clippy::panic, reason = "a helper that fails is a test that fails")]

use heddle::catalog::{Catalog, Note};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::{DeviceRole, Fabric, LinkKind};
use heddle::import::diet::read_diet;
use heddle::import::{ImportCode, ImportErrors};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{self, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn catalog() -> Catalog {
    Catalog::built_in().expect("the built-in catalogue")
}

fn read(text: &str) -> Result<(Plan, Vec<Note>), ImportErrors> {
    read_diet(text, PlanId(uuid::Uuid::from_u128(7)), &catalog())
}

fn weave(plan: &Plan) -> Evaluation {
    let inputs = Inputs { plan, catalog: &catalog(), snapshot: None };
    evaluate(&inputs, &Progress::new()).expect("not cancelled")
}

fn errors(evaluation: &Evaluation) -> Vec<String> {
    let of = |f: &&heddle::model::Finding| f.severity == Severity::Error;
    evaluation.findings.iter().filter(of).map(|f| format!("{} {}", f.code, f.text)).collect()
}

/// Reads and weaves what must be sound.
fn woven(text: &str) -> Evaluation {
    let (plan, _) = read(text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let evaluation = weave(&plan);
    assert_eq!(errors(&evaluation), Vec::<String>::new(), "{text}");
    assert_sound(&evaluation.fabric);
    evaluation
}

/// No interface twice.
fn assert_sound(fabric: &Fabric) {
    let mut ends = BTreeSet::new();
    for link in &fabric.links {
        for end in [link.a, link.b] {
            assert!(fabric.slot(end).is_some(), "an interface of the device: {end:?}");
            assert!(ends.insert(end), "an interface is used twice: {end:?}");
        }
    }
}

fn devices(fabric: &Fabric) -> BTreeSet<String> {
    (0..fabric.devices.len() as u32).map(|device| fabric.device_name(device)).collect()
}

/// Both ends of every cable, the lower text first.
fn cables(fabric: &Fabric) -> BTreeSet<String> {
    let end = |end| {
        let slot = fabric.slot(end).expect("an interface");
        format!("{},{}", fabric.device_name(end.device), slot.name)
    };
    fabric
        .links
        .iter()
        .map(|link| {
            let (a, b) = (end(link.a), end(link.b));
            if a <= b { format!("{a},{b}") } else { format!("{b},{a}") }
        })
        .collect()
}

fn rows(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("a recorded table");
    text.lines().skip(1).map(|line| line.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

/// A cable as recorded, with its ends in the order of [`cables`].
fn ordered(row: &str) -> String {
    let cells: Vec<&str> = row.split(',').collect();
    let [a, b, c, d] = cells.as_slice() else { panic!("four cells: {row}") };
    let (a, b) = (format!("{a},{b}"), format!("{c},{d}"));
    if a <= b { format!("{a},{b}") } else { format!("{b},{a}") }
}

#[test]
fn recorded_plans_give_the_recorded_devices_and_cables() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/diet");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no recorded plans beside the repository");
        return;
    };
    let mut cases = 0;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        cases += 1;
        let text = fs::read_to_string(&path).expect("a recorded plan");
        let evaluation = woven(&text);
        let fabric = &evaluation.fabric;
        let names = rows(&path.with_extension("devices.csv"))
            .iter()
            .map(|row| row.split(',').next().unwrap_or_default().to_owned())
            .collect::<BTreeSet<_>>();
        assert_eq!(devices(fabric), names, "{}", path.display());
        let wanted: BTreeSet<String> =
            rows(&path.with_extension("cables.csv")).iter().map(|row| ordered(row)).collect();
        assert_eq!(cables(fabric), wanted, "{}", path.display());
        let (plan, _) = read(&text).expect("read before");
        let again = plan::read("again", &plan::write(&plan)).expect("a plan that can be read");
        assert_eq!(again.plan, plan);
    }
    assert!(cases > 0, "the folder has no plans");
}

/// A plan of switches with 64 cages of 800G, section by section.
#[derive(Clone, Default)]
struct Yaml {
    switches: String,
    zones: String,
    servers: String,
    nics: String,
    connections: String,
}

impl Yaml {
    /// A switch class; `more` are further lines such as `redundancy_type: mclag`.
    fn switch(mut self, id: &str, fabric: &str, role: &str, more: &[&str]) -> Self {
        let ext = if more.contains(&"small") { "small" } else { "large" };
        write!(
            self.switches,
            "  - switch_class_id: {id}\n    fabric_name: {fabric}\n    fabric_class: managed\n    \
             hedgehog_role: {role}\n    device_type_extension: {ext}\n"
        )
        .expect("memory takes everything");
        for line in more.iter().filter(|line| **line != "small") {
            writeln!(self.switches, "    {line}").expect("memory takes everything");
        }
        self
    }

    fn zone(mut self, class: &str, name: &str, kind: &str, ports: &str, breakout: &str) -> Self {
        write!(
            self.zones,
            "  - switch_class: {class}\n    zone_name: {name}\n    zone_type: {kind}\n    \
             port_spec: {ports}\n    breakout_option: {breakout}\n"
        )
        .expect("memory takes everything");
        self
    }

    fn peer(mut self, zone: &str) -> Self {
        writeln!(self.zones, "    peer_zone: {zone}").expect("memory takes everything");
        self
    }

    fn servers(mut self, id: &str, quantity: u32) -> Self {
        write!(
            self.servers,
            "  - server_class_id: {id}\n    quantity: {quantity}\n    server_device_type: server\n"
        )
        .expect("memory takes everything");
        self
    }

    /// A card of its own with `ports` ports, all of them cabled; `how` is a distribution or a rail.
    fn connect(
        mut self,
        class: &str,
        id: &str,
        zone: &str,
        ports: u32,
        speed: u32,
        how: &str,
    ) -> Self {
        write!(
            self.nics,
            "  - server_class: {class}\n    nic_id: {id}\n    module_type: nic{ports}\n"
        )
        .expect("memory takes everything");
        let how = match how.strip_prefix("rail ") {
            Some(rail) => format!("distribution: rail-optimized\n    rail: {rail}"),
            None => format!("distribution: {how}"),
        };
        write!(
            self.connections,
            "  - server_class: {class}\n    connection_id: {id}\n    nic: {id}\n    \
             ports_per_connection: {ports}\n    target_zone: {zone}\n    speed: {speed}\n    {how}\n"
        ).expect("memory takes everything");
        self
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "meta: {case_id: made_here, managed_by: yaml}\nplan: {name: Made here}\n\
             reference_data:\n  manufacturers: [{id: m, name: Maker, slug: maker}]\n  \
             device_types:\n  - {id: sw, manufacturer: m, model: Switch, slug: switch}\n  \
             - {id: sm, manufacturer: m, model: Small, slug: small}\n  \
             - {id: server, manufacturer: m, model: Server, slug: server}\n  \
             device_type_extensions:\n  - id: large\n    device_type: sw\n    mclag_capable: true\n    \
             supported_breakouts: [1x800g, 2x400g, 4x200g, 8x100g]\n    native_speed: 800\n  \
             - {id: small, device_type: sm, native_speed: 100, supported_breakouts: [1x100g, 4x25g]}\n  \
             breakout_options:\n  \
             - {id: b1, breakout_id: 1x1g, from_speed: 1, logical_ports: 1, logical_speed: 1}\n  \
             module_types:\n",
        );
        for ports in 1..=8 {
            writeln!(
                text,
                "  - id: nic{ports}\n    manufacturer: m\n    model: Card {ports}\n    interface_templates:"
            ).expect("memory takes everything");
            for port in 0..ports {
                writeln!(text, "    - {{name: p{port}, type: other}}")
                    .expect("memory takes everything");
            }
        }
        for (section, rows) in [
            ("switch_classes", &self.switches),
            ("switch_port_zones", &self.zones),
            ("server_classes", &self.servers),
            ("server_nics", &self.nics),
            ("server_connections", &self.connections),
        ] {
            if !rows.is_empty() {
                write!(text, "{section}:\n{rows}").expect("memory takes everything");
            }
        }
        text
    }
}

fn count(fabric: &Fabric, class: &str) -> u32 {
    fabric.class(class).map_or(0, |class| class.count)
}

fn kinds(fabric: &Fabric, kind: LinkKind) -> usize {
    fabric.links.iter().filter(|link| fabric.groups[link.group as usize].kind == kind).count()
}

/// The flagship design: a frontend of MCLAG pairs, a rail-optimised backend of eight rails.
fn flagship(servers: u32, frontend: bool) -> Yaml {
    let mut yaml = Yaml::default()
        .switch("be-leaf", "backend", "server-leaf", &[])
        .switch("be-spine", "backend", "spine", &[])
        .zone("be-leaf", "servers", "server", "1-32", "2x400g")
        .zone("be-leaf", "uplinks", "uplink", "33-64", "1x800g")
        .zone("be-spine", "leaves", "fabric", "1-64", "1x800g")
        .servers("gpu", servers);
    if frontend {
        yaml = yaml
            .switch("fe-leaf", "frontend", "server-leaf", &["redundancy_type: mclag"])
            .switch("fe-spine", "frontend", "spine", &[])
            .zone("fe-leaf", "servers", "server", "1-63:2", "4x200g")
            .zone("fe-leaf", "uplinks", "uplink", "2-64:2", "1x800g")
            .zone("fe-spine", "leaves", "fabric", "1-64", "1x800g")
            .connect("gpu", "fe", "fe-leaf/servers", 2, 200, "alternating");
    }
    for rail in 0..8 {
        let (id, how) = (format!("rail-{rail}"), format!("rail {rail}"));
        yaml = yaml.connect("gpu", &id, "be-leaf/servers", 1, 400, &how);
    }
    yaml
}

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

/// Leaves with fixed numbers and uplinks under spines of 64 ports.
fn tiers(leaves: &[(u32, &str)], spines: &str) -> Yaml {
    let mut yaml = Yaml::default()
        .switch("spine", "frontend", "spine", &[])
        .zone("spine", "leaves", "fabric", spines, "1x800g");
    for (n, (count, uplinks)) in leaves.iter().enumerate() {
        let (id, fixed) = (format!("leaf-{n}"), format!("override_quantity: {count}"));
        yaml = yaml.switch(&id, "frontend", "server-leaf", &[&fixed]);
        for (z, ports) in uplinks.split(' ').enumerate() {
            yaml = yaml.zone(&id, &format!("up-{z}"), "uplink", ports, "1x800g");
        }
    }
    yaml
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

#[test]
fn the_second_version_names_the_catalogue() {
    let text = "
apiVersion: diet/v2
kind: TopologyPlan
metadata: {version: 2, case_id: second, name: Second}
spec:
  switch_classes:
  - switch_class_id: leaf
    fabric_name: backend
    hedgehog_role: server-leaf
    device_type_extension: celestica-ds5000
  switch_port_zones:
  - {switch_class: leaf, zone_name: servers, zone_type: server, port_spec: 1-32, breakout_option: 2x400g}
  server_classes:
  - {server_class_id: gpu, quantity: 2, server_device_type: nvidia-dgx-h100}
  server_nics:
  - {server_class: gpu, nic_id: rail-0, module_type: nvidia-connectx-7-1x400}
  server_connections:
  - server_class: gpu
    connection_id: rail-0
    nic: rail-0
    ports_per_connection: 1
    distribution: rail-optimized
    rail: 0
    speed: 400
    target_zone: leaf/servers
contract: {counts: {switch_classes: 1, server_classes: 1, connections: 1}}
";
    let names = cables(&woven(text).fabric);
    assert!(names.contains("gpu-001,rail-0-p0,leaf-01,E1/1/1"), "{names:?}");
    let (plan, _) = read(text).expect("a plan");
    assert_eq!(plan.metadata.name, "Second");
    assert!(plan.spec.models.is_empty());
    for (from, to, code, path, hint) in [
        (
            "celestica-ds5000",
            "celestica-ds500",
            "unknown_reference",
            "spec.switch_classes[0].device_type_extension",
            "`celestica-ds5000`",
        ),
        ("diet/v2", "diet/v3", "invalid_enum", "apiVersion", "diet/v2"),
        ("kind: TopologyPlan", "kind: Plan", "invalid_enum", "kind", "TopologyPlan"),
        (
            "contract:",
            "reference_data: {}\ncontract:",
            "v2_forbidden_key",
            "reference_data",
            "slug",
        ),
        (
            "contract:",
            "switch_classes: []\ncontract:",
            "v2_forbidden_key",
            "switch_classes",
            "`spec`",
        ),
        ("spec:", "spec:\n  reference_data: {}", "v2_forbidden_key", "spec.reference_data", "slug"),
        (
            "connections: 1",
            "connections: 2",
            "assertion_failed",
            "contract.counts.connections",
            "count",
        ),
    ] {
        refused(&text.replacen(from, to, 1), code, path, hint);
    }
}

/// A text that is refused, with an error of this code at this path whose hint has these words.
fn refused(text: &str, code: &str, path: &str, hint: &str) {
    let errors = read(text).expect_err(text);
    let found = errors.errors.iter().any(|error| {
        error.code.name() == code && error.path.as_str() == path && error.hint.contains(hint)
    });
    assert!(found, "{code} at {path}: {errors}");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let good = flagship(4, true)
        .switch("mesh", "mesh", "server-leaf", &["topology_mode: mesh", "override_quantity: 2"])
        .zone("mesh", "mesh", "mesh", "1-2", "1x800g")
        .text();
    woven(&good);
    let check = |from: &str, to: &str, code: &str, path: &str, hint: &str| {
        assert!(good.contains(from), "{from}");
        refused(&good.replacen(from, to, 1), code, path, hint);
    };
    let first = "switch_port_zones[0]";
    check(
        "2x400g\n",
        "3x400g\n",
        "unknown_reference",
        &format!("{first}.breakout_option"),
        "x400g`",
    );
    check("1-32", "1-9999", "invalid_value", &format!("{first}.port_spec"), "1 to 1024");
    check(
        "port_spec: 1-32",
        "port_spec: ''",
        "missing_required",
        &format!("{first}.port_spec"),
        "Add",
    );
    check(
        "zone_type: server",
        "zone_type: sever",
        "invalid_enum",
        &format!("{first}.zone_type"),
        "`server`",
    );
    check(
        "switch_class: be-leaf",
        "switch_class: be-leav",
        "unknown_reference",
        &format!("{first}.switch_class"),
        "`be-leaf`",
    );
    check(
        "port_spec: 1-32",
        "port_spec: 1-32\n    priority: many",
        "invalid_type",
        &format!("{first}.priority"),
        "digits",
    );
    check(
        "port_spec: 1-32",
        "port_spec: 1-32\n    allocation_strategy: custom\n    allocation_order: [1, 1]",
        "invalid_value",
        &format!("{first}.allocation_order"),
        "sequential",
    );
    check(
        "zone_name: uplinks",
        "zone_name: servers",
        "invalid_value",
        "switch_port_zones[1].zone_name",
        "name of its own",
    );
    check("quantity: 4", "quantity: -4", "invalid_value", "server_classes[0].quantity", "within");
    check(
        "server_device_type: server",
        "server_device_type: servr",
        "unknown_reference",
        "server_classes[0].server_device_type",
        "`server`",
    );
    check(
        "module_type: nic2",
        "module_type: nik2",
        "unknown_reference",
        "server_nics[0].module_type",
        "Did you mean",
    );
    check("nic_id: fe", "nic_id: '-fe'", "invalid_format", "server_nics[0].nic_id", "letters");
    check(
        "    nic: fe\n",
        "    nic: ef\n",
        "unknown_reference",
        "server_connections[0].nic",
        "`fe`",
    );
    check(
        "ports_per_connection: 2",
        "ports_per_connection: 3",
        "invalid_value",
        "server_connections[0].ports_per_connection",
        "port_index",
    );
    check(
        "target_zone: fe-leaf/servers",
        "target_zone: fe-leaf/server",
        "unknown_reference",
        "server_connections[0].target_zone",
        "fe-leaf/servers",
    );
    check(
        "target_zone: fe-leaf/servers",
        "target_zone: fe-leaf",
        "invalid_format",
        "server_connections[0].target_zone",
        "class/zone",
    );
    check(
        "target_zone: fe-leaf/servers",
        "target_zone: fe-leaf/uplinks",
        "invalid_value",
        "server_connections[0].target_zone",
        "type `server`",
    );
    check(
        "distribution: alternating",
        "distribution: alternate",
        "invalid_enum",
        "server_connections[0].distribution",
        "same-switch",
    );
    check("    rail: 0\n", "", "missing_required", "server_connections[1].rail", "Add");
    check(
        "    nic: fe\n",
        "    nic: fe\n    target_switch_class: fe-leaf\n",
        "deprecated_key",
        "server_connections[0].target_switch_class",
        "target_zone",
    );
    check(
        "    nic: fe\n",
        "    nic: fe\n    nic_module_type: x\n",
        "deprecated_key",
        "server_connections[0].nic_module_type",
        "server_nics",
    );
    check(
        "topology_mode: mesh",
        "topology_mode: prefer-mesh",
        "deprecated_key",
        "switch_classes[4].topology_mode",
        "mesh",
    );
    check(
        "override_quantity: 2",
        "override_quantity: 5",
        "invalid_value",
        "switch_classes[4].override_quantity",
        "2",
    );
    check(
        "mclag_capable: true",
        "mclag_capable: 1",
        "invalid_type",
        "reference_data.device_type_extensions[0].mclag_capable",
        "quotes",
    );
    check("managed_by: yaml", "managed_by: hand", "invalid_enum", "meta.managed_by", "yaml");
    check("made_here", "Made-Here", "invalid_format", "meta.case_id", "training");
    check("{name: Made here}", "{}", "missing_required", "plan.name", "Add");
    check(
        "logical_speed: 1}",
        "logical_speed: 2}",
        "invalid_value",
        "reference_data.breakout_options[0].logical_speed",
        "Correct",
    );
    check(
        "manufacturer: m,",
        "manufacturer: mm,",
        "unknown_reference",
        "reference_data.device_types[0].manufacturer",
        "`m`",
    );
    check(
        "switch_port_zones:",
        "switch_port_zones: 5\nother:",
        "invalid_type",
        "switch_port_zones",
        "item",
    );
}

#[test]
fn every_error_is_told_with_its_line_and_value() {
    let text = flagship(4, false).text().replacen("2x400g\n", "3x400g\n", 1).replacen(
        "quantity: 4",
        "quantity: four",
        1,
    );
    let errors = read(&text).expect_err("two errors");
    let zone = errors.errors.iter().find(|e| e.code == ImportCode::UnknownReference).expect("one");
    let line = text.lines().position(|line| line.ends_with("3x400g")).expect("the line") as u64 + 1;
    assert_eq!((zone.line, zone.value.as_str()), (Some(line), "3x400g"), "{zone}");
    assert!(errors.errors.iter().any(|e| e.code == ImportCode::InvalidType), "{errors}");
    assert!(errors.to_string().contains("server_classes[0].quantity = four"), "{errors}");
}

#[test]
fn unknown_keys_and_what_has_no_place_are_noted() {
    let text = flagship(4, false)
        .text()
        .replacen("    hedgehog_role: spine\n", "    hedgehog_role: spine\n    colour: red\n", 1)
        .replacen("port_spec: 33-64", "port_spec: 33-64\n    transceiver_module_type: x", 1);
    let (_, notes) = read(&text).expect("a plan");
    let line = text.lines().position(|line| line.contains("colour")).expect("the line") as u64 + 1;
    assert!(notes.iter().any(|n| n.line == Some(line) && n.text.contains("`colour`")), "{notes:?}");
    assert!(notes.iter().any(|n| n.text.contains("optics")), "{notes:?}");
}

#[test]
fn uplinks_that_diet_does_not_cable_are_left_out_with_a_note() {
    let text = flagship(4, false).text().replacen(
        "hedgehog_role: server-leaf\n",
        "hedgehog_role: server-leaf\n    uplink_ports_per_switch: 0\n",
        1,
    );
    let (_, notes) = read(&text).expect("a plan");
    assert!(notes.iter().any(|n| n.text.contains("uplink zones are left out")), "{notes:?}");
    let evaluation = woven(&text);
    assert_eq!(kinds(&evaluation.fabric, LinkKind::LeafSpine), 0);
    assert_eq!(count(&evaluation.fabric, "be-spine"), 0);
}

#[test]
fn hostile_texts_are_refused_or_bounded() {
    let nested = "[".repeat(1_000);
    let rows = "- {}\n".repeat(100_000);
    let same = "- {switch_class_id: a, fabric_name: f, device_type_extension: x}\n".repeat(200);
    for text in [
        String::new(),
        "[]".to_owned(),
        "a".to_owned(),
        "{}".to_owned(),
        nested,
        format!("switch_classes:\n{rows}"),
        format!("switch_port_zones:\n{rows}"),
        format!("switch_classes:\n{same}"),
        "plan: {name: x}\nswitch_classes: {a: b}".to_owned(),
        "a: &a [1]\nb: [*a, *a]\nplan: *a\n".to_owned(),
        "plan: 1\nplan: 2\n".to_owned(),
    ] {
        let errors = read(&text).expect_err("no plan");
        assert!((1..=ImportErrors::MOST).contains(&errors.errors.len()));
        assert!(errors.to_string().len() < 100_000);
    }
    // Whatever a line is replaced by, there is a plan or an error.
    let good = flagship(3, true).text();
    for n in 0..good.lines().count() {
        for other in
            ["", "  - ", "    ports: [1, 2]", "  - ~", "x: {", "    quantity: 99999999999999999999"]
        {
            let text: Vec<&str> = good
                .lines()
                .enumerate()
                .map(|(m, line)| if m == n { other } else { line })
                .collect();
            if let Ok((plan, _)) = read(&text.join("\n")) {
                weave(&plan);
            }
        }
    }
}
