//! Two plans, two revisions or two inventories held against each other: what differs is said in
//! full, what does not is not, and swapping the sides swaps the answer.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::Catalog;
use heddle::compare::{self, Comparison, Format, How, Objects, PlanSide, Side};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::inventory::{
    CableRecord, DeviceRecord, InterfaceRecord, Inventory, Kind, Object, Prerequisite, Snapshot,
    TargetRef, Write,
};
use heddle::model::{PlanId, Progress};
use heddle::plan::{self, Plan, preset};
use heddle::session;
use heddle::store::LocalInventory;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalogue"))
}

/// Two servers on one switch, and what cases put in between.
fn text_of(edits: &[(&str, &str)]) -> String {
    let mut text = r#"(
    api_version: "heddle/v1beta1",
    metadata: (name: "tiny", id: "00000000-0000-0000-0000-000000000007"),
    spec: (
        target: (site: "dc1"),
        switch_classes: [
            (
                id: "mgmt", fabric: "management", role: leaf, model: "celestica-ds1000",
                zones: [(id: "server", kind: server, ports: "1-48", breakout: "1x1")],
            ),
        ],
        server_classes: [
            (
                id: "node", model: "hgx-8gpu", quantity: 2,
                nics: [(id: "bmc", name: "bmc", model: "bmc-1x1")],
                connections: [
                    (id: "bmc", nic: "bmc", ports: 1, switch_class: "mgmt", zone: "server", distribution: same_switch),
                ],
            ),
        ],
    ),
)
"#
    .to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the plan has no `{from}`:\n{text}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn plan_of(edits: &[(&str, &str)]) -> Plan {
    plan::read("tiny.ron", &text_of(edits)).expect("a plan").plan
}

fn evaluated(plan: &Plan) -> Evaluation {
    let inputs = Inputs::of(plan, catalog());
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

fn compared(a: &Plan, b: &Plan) -> Comparison {
    let (of_a, of_b) = (evaluated(a), evaluated(b));
    fn side<'a>(name: &'a str, plan: &'a Plan, of: &'a Evaluation) -> PlanSide<'a> {
        PlanSide { name, plan, desired: &of.desired, findings: &of.findings }
    }
    compare::plans(side("a.ron", a, &of_a), side("b.ron", b, &of_b))
}

fn written(comparison: &Comparison, format: Format) -> String {
    let mut out = Vec::new();
    compare::write(comparison, format, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8")
}

/// Asserts the text below the names, and that everything else says the same: JSON, and the
/// comparison with its sides swapped.
fn check_comparison(found: &Comparison, swapped: &Comparison, expected: &str) {
    let text = written(found, Format::Text);
    let (_, below) = text.split_once("\n\n").expect("names come first");
    assert_eq!(below, expected);
    assert_mirrored(found, swapped);
    let shown: Value = serde_json::from_str(&written(found, Format::Json)).expect("JSON");
    assert_eq!(shown["equal"], found.is_equal());
    assert_eq!(shown["fields"].as_array().map(Vec::len), Some(found.fields.len()));
    assert!(written(found, Format::Markdown).starts_with("## "));
}

fn assert_mirrored(found: &Comparison, swapped: &Comparison) {
    assert_eq!(found.is_equal(), swapped.is_equal());
    assert_eq!(found.fields.len(), swapped.fields.len());
    for (one, other) in found.fields.iter().zip(&swapped.fields) {
        assert_eq!((&one.path, &one.old, &one.new), (&other.path, &other.new, &other.old));
    }
    assert_eq!(found.objects.len(), swapped.objects.len());
    for (one, other) in found.objects.iter().zip(&swapped.objects) {
        assert_eq!((one.added, one.removed), (other.removed, other.added));
        assert_eq!((one.modified, one.equal), (other.modified, other.equal));
    }
}

/// Compares two plans made of the tiny one by replacing texts.
fn check(a: &[(&str, &str)], b: &[(&str, &str)], expected: &str) {
    let (a, b) = (plan_of(a), plan_of(b));
    check_comparison(&compared(&a, &b), &compared(&b, &a), expected);
}

#[test]
fn a_plan_equals_itself() {
    check(
        &[],
        &[],
        "metadata and spec are equal\n\
         \n\
         no object differs: equal are 3 devices, 2 interfaces, 2 cables\n",
    );
    // A default that is written out is still a default.
    check(
        &[],
        &[("quantity: 2,", "quantity: 2, note: \"\",")],
        "metadata and spec are equal\n\
         \n\
         no object differs: equal are 3 devices, 2 interfaces, 2 cables\n",
    );
}

#[test]
fn growth_adds_objects_and_shrinking_removes_them() {
    check(
        &[],
        &[("quantity: 2", "quantity: 3")],
        "metadata and spec:\n  \
           spec.server_classes[node].quantity: 2 → 3\n\
         \n\
         added:\n  \
           + device node-003\n  \
           + interface node-003 bmc-p0\n  \
           + cable node-003 bmc-p0 – mgmt-01 E1/3\n\
         \n\
         + added    1 device, 1 interface, 1 cable\n  \
           equal    3 devices, 2 interfaces, 2 cables\n",
    );
    check(
        &[],
        &[("quantity: 2", "quantity: 1")],
        "metadata and spec:\n  \
           spec.server_classes[node].quantity: 2 → 1\n\
         \n\
         removed:\n  \
           − device node-002\n  \
           − interface node-002 bmc-p0\n  \
           − cable node-002 bmc-p0 – mgmt-01 E1/2\n\
         \n\
         − removed  1 device, 1 interface, 1 cable\n  \
           equal    2 devices, 1 interface, 1 cable\n",
    );
}

#[test]
fn a_copy_has_another_id_and_the_same_objects() {
    check(
        &[],
        &[("0007", "0008"), ("\"tiny\"", "\"copy\", labels: {\"of\": \"tiny\"}")],
        "metadata and spec:\n  \
           metadata.id: 00000000-0000-0000-0000-000000000007 → 00000000-0000-0000-0000-000000000008\n  \
           metadata.labels.of: not set → tiny\n  \
           metadata.name: tiny → copy\n\
         \n\
         no object differs: equal are 3 devices, 2 interfaces, 2 cables\n",
    );
}

#[test]
fn fields_of_objects_are_compared_by_key() {
    // Devices are renamed; no cable moves by that.
    check(
        &[],
        &[("switch_classes: [", "naming: (prefix: \"b-\"), switch_classes: [")],
        "metadata and spec:\n  \
           spec.naming.prefix: not set → b-\n\
         \n\
         modified:\n  \
           ~ device mgmt-01\n      name: mgmt-01 → b-mgmt-01\n  \
           ~ device node-001\n      name: node-001 → b-node-001\n  \
           ~ device node-002\n      name: node-002 → b-node-002\n\
         \n\
         ~ modified 3 devices\n  \
           equal    2 interfaces, 2 cables\n",
    );
    // Another order of ports swaps the ends of the cables.
    check(
        &[],
        &[("ports: \"1-48\"", "ports: \"2-48\"")],
        "metadata and spec:\n  \
           spec.switch_classes[mgmt].zones[server].ports: 1-48 → 2-48\n\
         \n\
         modified:\n  \
           ~ cable node-001 bmc-p0 – mgmt-01 E1/1\n      B end: mgmt-01 E1/1 → mgmt-01 E1/2\n  \
           ~ cable node-002 bmc-p0 – mgmt-01 E1/2\n      B end: mgmt-01 E1/2 → mgmt-01 E1/3\n\
         \n\
         ~ modified 2 cables\n  \
           equal    3 devices, 2 interfaces\n",
    );
}

#[test]
fn a_switch_of_another_class_is_another_switch() {
    // The same name all the time, so that only keys tell them apart.
    let named = ("id: \"mgmt\",", "id: \"mgmt\", name: \"sw\",");
    let other = [
        ("id: \"mgmt\",", "id: \"oob\", name: \"sw\","),
        ("switch_class: \"mgmt\"", "switch_class: \"oob\""),
    ];
    let found = compared(&plan_of(&[named]), &plan_of(&other));
    assert_mirrored(&found, &compared(&plan_of(&other), &plan_of(&[named])));
    let text = written(&found, Format::Text);
    for part in [
        "  + device sw-01\n",
        "  − device sw-01\n",
        "B end: interface/mgmt/1/server/0 → interface/oob/1/server/0\n",
        "~ modified 2 cables\n",
    ] {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

#[test]
fn of_devices_of_others_only_the_cables_are_compared() {
    let router = |name: &str| {
        format!(
            "external: [(id: \"router\", devices: [\"{name}\"], ports: [\"e1\"], speed_gbps: 1, \
             connections: [(id: \"up\", ports: 1, switch_class: \"mgmt\", zone: \"server\", \
             distribution: same_switch)])], switch_classes: ["
        )
    };
    let (one, other) = (router("core-a"), router("core-b"));
    let (one, other) =
        ([("switch_classes: [", one.as_str())], [("switch_classes: [", other.as_str())]);
    check(
        &one,
        &other,
        "metadata and spec:\n  \
           spec.external[router].devices: [core-a] → [core-b]\n\
         \n\
         modified:\n  \
           ~ cable core-a e1 – mgmt-01 E1/3\n      A end: core-a e1 → core-b e1\n\
         \n\
         ~ modified 1 cable\n  \
           equal    3 devices, 2 interfaces, 2 cables\n",
    );
    let found = compared(&plan_of(&[]), &plan_of(&one));
    assert_mirrored(&found, &compared(&plan_of(&one), &plan_of(&[])));
    let (added, equal) = (found.objects[0].added, found.objects[0].equal);
    assert_eq!((added.devices, added.interfaces, added.cables), (0, 0, 1));
    assert_eq!((equal.devices, equal.cables), (3, 2));
}

#[test]
fn a_class_put_in_between_leaves_the_others_equal() {
    let class = "server_classes: [
            (
                id: \"first\", model: \"hgx-8gpu\", quantity: 0, nics: [], connections: [],
            ),";
    let (a, b) = (plan_of(&[]), plan_of(&[("server_classes: [", class)]));
    let found = compared(&a, &b);
    assert!(!found.fields.is_empty());
    for field in &found.fields {
        assert!(field.path.starts_with("spec.server_classes[first]."), "{}", field.path);
    }
}

#[test]
fn racks_are_set_or_not_set() {
    let racks = ("switch_classes: [", "racks: (model: \"heddle-rack-48u\"), switch_classes: [");
    let found = compared(&plan_of(&[]), &plan_of(&[racks]));
    assert_mirrored(&found, &compared(&plan_of(&[racks]), &plan_of(&[])));
    let text = written(&found, Format::Text);
    for part in [
        "  spec.racks.model: not set → heddle-rack-48u\n",
        "      rack: not set → ",
        "      position: not set → ",
        "      length: not set → ",
        "~ modified 3 devices, 2 cables\n",
    ] {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

#[test]
fn a_plan_with_errors_has_its_spec_compared_and_no_objects() {
    check(&[], &[("zone: \"server\"", "zone: \"nowhere\"")], &{
        let broken = plan_of(&[("zone: \"server\"", "zone: \"nowhere\"")]);
        let evaluation = evaluated(&broken);
        let first = evaluation.findings.first().expect("an error");
        format!(
            "metadata and spec:\n  \
                   spec.server_classes[node].connections[bmc].zone: server → nowhere\n\
                 \n\
                 b.ron has errors, so its objects are not compared. The first: [{}] {}: {}\n",
            first.code, first.path, first.text
        )
    });
    let broken = plan_of(&[("zone: \"server\"", "zone: \"nowhere\"")]);
    let found = compared(&broken, &broken);
    assert!(found.is_equal(), "equal plans are equal, whatever is wrong with them");
    assert_eq!(found.not_compared.iter().map(|n| n.side).collect::<Vec<_>>(), [Side::A, Side::B]);
}

#[test]
fn what_a_plan_says_steers_neither_terminal_nor_markdown() {
    let description = "\"tiny\", description: \"a|b\\n| <b>x\\u{1b}[2J\"";
    let found = compared(&plan_of(&[]), &plan_of(&[("\"tiny\"", description)]));
    let text = written(&found, Format::Text);
    assert!(
        text.contains("metadata.description: not set → a|b\u{fffd}| <b>x\u{fffd}[2J\n"),
        "{text}"
    );
    let markdown = written(&found, Format::Markdown);
    let row = "| metadata.description | not set | a\\|b\u{fffd}\\| &lt;b&gt;x\u{fffd}\\[2J |\n";
    assert!(markdown.contains(row), "{markdown}");
}

#[test]
fn markdown_stays_short() {
    let set = |servers: &str| [("servers".to_owned(), servers.to_owned())];
    let plan = |servers: &str| {
        preset::build("rail-optimised", &set(servers), PlanId(uuid::Uuid::from_u128(7)))
            .expect("the preset")
    };
    let found = compared(&plan("32"), &plan("96"));
    let markdown = written(&found, Format::Markdown);
    let total = found.objects[0].added.total();
    let more = format!("\n… and {} more rows\n", heddle::model::grouped(total - 100));
    assert!(markdown.contains(&more), "no `{more}`");
    let lines = markdown.lines().count();
    assert!((200..250).contains(&lines), "{lines} lines: two full tables and what is around them");
}

#[test]
fn every_preset_equals_itself_and_its_growth_mirrors() {
    for preset in preset::presets() {
        let plan = |set: &[(String, String)]| {
            preset::build(preset.name, set, PlanId(uuid::Uuid::from_u128(7))).expect("a preset")
        };
        let plain = plan(&[]);
        let same = compared(&plain, &plain);
        assert!(same.is_equal() && same.not_compared.is_empty(), "{}", preset.name);
        assert!(same.fields.is_empty() && same.objects.len() == 1, "{}", preset.name);
        let evaluation = evaluated(&plain);
        let own = evaluation.desired.cables.len() as u64;
        assert_eq!(same.objects[0].equal.cables, own, "{}", preset.name);
        let fewer = plan(&[("servers".to_owned(), "7".to_owned())]);
        let found = compared(&plain, &fewer);
        assert!(!found.is_equal(), "{}", preset.name);
        assert_mirrored(&found, &compared(&fewer, &plain));
        // Each object is in exactly one count of each side.
        for (objects, cables) in found.objects.iter().zip([own]) {
            let of_a = objects.removed.cables + objects.modified.cables + objects.equal.cables;
            assert_eq!(of_a, cables, "{}", preset.name);
        }
    }
}

/// What moves is what growth counts as moved, which is counted from the fabric alone.
#[test]
fn cables_that_move_are_those_that_growth_counts() {
    let set = [("servers".to_owned(), "128".to_owned())];
    let plan = preset::build("rail-optimised", &set, PlanId(uuid::Uuid::from_u128(7)))
        .expect("the preset");
    let answer = session::what_if(&plan, catalog(), None, 192, &Progress::new()).expect("answer");
    let growth = answer.growth.expect("both can be woven");
    let mut grown = plan.clone();
    grown.spec.cluster.as_mut().expect("a cluster").servers = 192;
    let found = compared(&plan, &grown);
    let moved = found.objects[0].modified.cables;
    assert!(moved > 0);
    assert_eq!(moved, growth.moved());
    let added: u64 = growth.links.iter().map(|links| links.added).sum();
    assert_eq!(found.objects[0].added.cables, added);
}

/// The records of a small site.
#[derive(Clone, Default)]
struct Site {
    devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
}

impl Site {
    /// Two devices with two interfaces each, one cable; ids from `first` on.
    fn new(first: u64) -> Self {
        let device = |id: u64, name: &str| DeviceRecord {
            id,
            name: name.to_owned(),
            site: "dc1".to_owned(),
            role: "leaf".to_owned(),
            device_type: "box".to_owned(),
            status: "active".to_owned(),
            ..DeviceRecord::default()
        };
        let interface = |id: u64, device: u64, name: &str| InterfaceRecord {
            id,
            device,
            name: name.to_owned(),
            interface_type: "other".to_owned(),
            ..InterfaceRecord::default()
        };
        let (a, b) = (first, first + 1);
        Self {
            devices: vec![device(a, "leaf-a"), device(b, "leaf-b")],
            interfaces: vec![
                interface(first + 2, a, "e1"),
                interface(first + 3, a, "e2"),
                interface(first + 4, b, "e1"),
                interface(first + 5, b, "e2"),
            ],
            cables: vec![CableRecord {
                id: first + 6,
                a: first + 2,
                b: first + 4,
                status: "connected".to_owned(),
                ..CableRecord::default()
            }],
        }
    }

    fn snapshot(&self) -> Snapshot {
        let target = TargetRef { inventory: "i".to_owned(), site: "dc1".to_owned() };
        let Self { devices, interfaces, cables } = self.clone();
        Snapshot::new(target, &[], devices, interfaces, cables)
    }
}

/// Compares the small site with what `change` makes of it under other ids.
fn check_site(change: impl FnOnce(&mut Site), expected: &str) {
    let (a, mut b) = (Site::new(1), Site::new(101));
    change(&mut b);
    let comparison = |a: &Site, b: &Site| Comparison {
        compared: compare::Compared::Inventories,
        a: "a".to_owned(),
        b: "b".to_owned(),
        fields: Vec::new(),
        not_compared: Vec::new(),
        objects: vec![compare::site("dc1", Some(&a.snapshot()), Some(&b.snapshot()))],
    };
    check_comparison(&comparison(&a, &b), &comparison(&b, &a), &format!("site dc1\n{expected}"));
}

#[test]
fn records_are_matched_by_name_and_compared_in_full() {
    check_site(|_| {}, "no object differs: equal are 2 devices, 4 interfaces, 1 cable\n");
    // The side of a cable and the order of records have no meaning.
    check_site(
        |site| {
            let cable = &mut site.cables[0];
            (cable.a, cable.b) = (cable.b, cable.a);
            site.devices.reverse();
        },
        "no object differs: equal are 2 devices, 4 interfaces, 1 cable\n",
    );
    check_site(
        |site| {
            site.devices[0].name = "Leaf-A".to_owned();
            site.devices[1].role = "spine".to_owned();
            site.devices[1].other.insert("serial".to_owned(), json!("X1"));
            site.interfaces[0].interface_type = "virtual".to_owned();
            site.cables[0].key = Some("p/cable/x/1/e1".to_owned());
        },
        "modified:\n  \
           ~ device leaf-a\n      name: leaf-a → Leaf-A\n  \
           ~ device leaf-b\n      role: leaf → spine\n      serial: not set → X1\n  \
           ~ interface leaf-a e1\n      type: other → virtual\n  \
           ~ cable leaf-a e1 – leaf-b e1\n      heddle_key: not set → p/cable/x/1/e1\n\
         \n\
         ~ modified 2 devices, 1 interface, 1 cable\n  \
           equal    3 interfaces\n",
    );
    // A cable that is plugged elsewhere has other ends.
    check_site(
        |site| site.cables[0].b = 106,
        "added:\n  \
           + cable leaf-a e1 – leaf-b e2\n\
         \n\
         removed:\n  \
           − cable leaf-a e1 – leaf-b e1\n\
         \n\
         + added    1 cable\n\
         − removed  1 cable\n  \
           equal    2 devices, 4 interfaces\n",
    );
    // The far end of a cable may be in another site.
    check_site(
        |site| site.cables[0].b = 999,
        "added:\n  \
           + cable leaf-a e1 – an interface of another site\n\
         \n\
         removed:\n  \
           − cable leaf-a e1 – leaf-b e1\n\
         \n\
         + added    1 cable\n\
         − removed  1 cable\n  \
           equal    2 devices, 4 interfaces\n",
    );
}

#[test]
fn a_value_may_have_several_forms() {
    let objects = |rack: Value, length: Value, unit: &str| {
        let mut site = Site::new(1);
        let tags = if unit == "cm" { ["x", "y"] } else { ["y", "x"] };
        site.devices[0].tags = tags.map(str::to_owned).to_vec();
        site.devices[0].other.insert("rack".to_owned(), rack);
        site.cables[0].other.insert("length".to_owned(), length);
        site.cables[0].other.insert("length_unit".to_owned(), json!(unit));
        site.snapshot()
    };
    let a = objects(json!("r1"), json!(0.5), "m");
    let b = objects(json!({"id": 3, "name": "r1"}), json!("50"), "cm");
    assert!(compare::site("dc1", Some(&a), Some(&b)).is_equal());
    let c = objects(json!("r2"), json!(3), "ft");
    let found = compare::site("dc1", Some(&a), Some(&c));
    let fields: Vec<_> = found
        .changes
        .iter()
        .flat_map(|change| &change.fields)
        .map(|f| (f.path.as_str(), f.old.clone(), f.new.clone()))
        .collect();
    assert_eq!(
        fields,
        [
            ("rack", Some(json!("r1")), Some(json!("r2"))),
            ("length", Some(json!("0.5 m")), Some(json!("3 ft"))),
        ]
    );
}

#[test]
fn values_that_read_alike_are_told_apart() {
    check_site(
        |site| {
            site.devices[0].other.insert("asset".to_owned(), json!(""));
            site.devices[1].other.insert("slot".to_owned(), json!("not set"));
        },
        "modified:\n  \
           ~ device leaf-a\n      asset: not set → \"\"\n  \
           ~ device leaf-b\n      slot: not set → \"not set\"\n\
         \n\
         ~ modified 2 devices\n  \
           equal    4 interfaces, 1 cable\n",
    );
}

#[test]
fn a_site_of_one_alone_differs_also_if_it_is_empty() {
    let site = Site::new(1).snapshot();
    let found = compare::site("dc1", Some(&site), None);
    assert_eq!((found.only_in, found.removed.total()), (Some(Side::A), 7));
    assert!(found.changes.iter().all(|c| c.change == How::Removed && c.key.is_none()));
    assert!(found.changes.iter().any(|c| c.kind == Kind::Interface && c.name == "leaf-a e1"));
    let empty = Snapshot::default();
    let found = compare::site("dc2", None, Some(&empty));
    assert_eq!(found.only_in, Some(Side::B));
    assert!(!found.is_equal());
    assert_eq!(
        compare::site("dc2", Some(&empty), Some(&empty)).changes,
        Objects::default().changes
    );
}

/// A folder for the program.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        home.write("a.ron", &text_of(&[]));
        home.write("b.ron", &text_of(&[("quantity: 2", "quantity: 3")]));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the file can be written");
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, words: &str) -> (i32, String, String) {
        let output = Command::new(program)
            .args(words.split_whitespace())
            .current_dir(self.0.path())
            .env("HEDDLE_HOME", self.path("home"))
            // A repository around this one, or settings of whoever runs this, are not meant.
            .env_remove("GIT_DIR")
            .env("GIT_CEILING_DIRECTORIES", self.0.path().parent().unwrap_or(Path::new("/")))
            .env("GIT_CONFIG_GLOBAL", self.path("no-such-file"))
            .output()
            .expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    /// Runs `heddle compare`, and asserts its exit code and words of its answer or error.
    fn check(&self, words: &str, code: i32, expected: &[&str]) -> String {
        let words = format!("compare {words}");
        let (found, out, err) = self.command(env!("CARGO_BIN_EXE_heddle"), &words);
        assert_eq!(found, code, "{words}\nout: {out}\nerr: {err}");
        let said = if code == 1 { &err } else { &out };
        assert!(code != 1 || (out.is_empty() && err.starts_with("error: ")), "{out}{err}");
        for part in expected {
            assert!(said.contains(part), "no `{part}` after {words}: {said}");
        }
        out
    }

    fn heddle(&self, words: &str) -> String {
        let (code, out, err) = self.command(env!("CARGO_BIN_EXE_heddle"), words);
        assert!(code == 0 || code == 2, "{words}: {out}{err}");
        out
    }
}

#[test]
fn the_exit_code_says_whether_anything_differs() {
    let home = Home::new();
    home.check("a.ron a.ron", 0, &["a.ron → a.ron\n", "are equal\n"]);
    let text = home.check("a.ron b.ron", 2, &["spec.server_classes[node].quantity: 2 → 3\n"]);
    assert_eq!(home.check("a.ron b.ron --format text", 2, &[]), text, "the same bytes");
    home.check("a.ron b.ron --format markdown", 2, &["| added | 1 | 1 | 1 |\n"]);
    home.check("a.ron b.ron --format json", 2, &["\"equal\": false"]);
    home.check("a.ron missing.ron", 1, &["missing.ron", "Check the path"]);
    home.check("a.ron", 1, &[]);
    home.check("a.ron b.ron --site dc1", 1, &["inventories", "Leave `--site` out"]);
    home.check("a.ron b.ron --format yaml", 1, &[]);
}

#[test]
fn json_is_what_the_reference_says() {
    let home = Home::new();
    home.write("broken.ron", &text_of(&[("zone: \"server\"", "zone: \"nowhere\"")]));
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/json.md"))
            .expect("the page");
    let section = page.split("## `heddle compare").nth(1).expect("a section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let json =
        |words: &str| -> Value { serde_json::from_str(&home.check(words, 2, &[])).expect("JSON") };
    let shown = json("a.ron b.ron --format json");
    let broken = json("a.ron broken.ron --format json");
    let objects = &shown["objects"][0];
    for value in [
        &shown,
        &shown["fields"][0],
        objects,
        &objects["added"],
        &objects["changes"][0],
        &broken["not_compared"][0],
    ] {
        for name in value.as_object().expect("an object").keys() {
            assert!(section.contains(&format!("`{name}`")), "the reference does not know `{name}`");
        }
    }
    assert_eq!(objects["changes"][0]["key"], "device/node/3");
    assert_eq!(objects["site"], Value::Null);
    assert_eq!(broken["objects"], json!([]));
    assert_eq!(broken["not_compared"][0]["side"], "b");
}

/// What an inventory would see change is what the plans differ in, as the diff counts it by a way
/// of its own.
#[test]
fn counts_are_those_of_a_diff() {
    let counts = |text: &str, labels: [&str; 3]| {
        labels.map(|label| {
            let line = text.lines().find_map(|line| line.strip_prefix(label));
            line.map(|counts| counts.trim().to_owned())
        })
    };
    let check = |plan: &str, edits: &[&[(&str, &str)]]| {
        let home = Home::new();
        home.write("a.ron", plan);
        home.heddle("diff a.ron --inventory inventory --create");
        home.heddle("approve a.ron --by Ada --inventory inventory");
        home.heddle("apply a.ron --inventory inventory");
        for edits in edits {
            let mut text = plan.to_owned();
            for (from, to) in *edits {
                assert!(text.contains(from), "the plan has no `{from}`");
                text = text.replacen(from, to, 1);
            }
            home.write("b.ron", &text);
            let diff = home.heddle("diff b.ron --inventory inventory");
            let compared = home.check("a.ron b.ron", 2, &[]);
            let counted = counts(&compared, ["+ added", "~ modified", "− removed"]);
            assert_eq!(counts(&diff, ["+ to add", "~ to modify", "− to delete"]), counted);
            assert!(counted.iter().any(Option::is_some), "{edits:?}: {compared}");
        }
    };
    check(
        &text_of(&[]),
        &[
            &[("quantity: 2", "quantity: 3")],
            &[("quantity: 2", "quantity: 1")],
            &[("ports: \"1-48\"", "ports: \"2-48\"")],
            &[("id: \"node\"", "id: \"host\"")],
            &[("switch_classes: [", "naming: (prefix: \"b-\"), switch_classes: [")],
        ],
    );
    let set = [("servers".to_owned(), "32".to_owned())];
    let mut plan =
        preset::build("rail-optimised", &set, PlanId(uuid::Uuid::from_u128(7))).expect("a preset");
    plan.spec.target.site = "dc1".to_owned();
    check(
        &plan::write(&plan),
        &[&[("servers: 32", "servers: 70")], &[("servers: 32", "servers: 9")]],
    );
    let classes = session::eject_cluster(&plan, catalog(), &Progress::new()).expect("classes");
    check(
        &plan::write(&classes),
        &[
            // Breakout lanes of the servers, and whole cages of the uplinks.
            &[("ports: \"1-32\"", "ports: \"2-32\"")],
            &[("ports: \"1-32\"", "ports: \"1-31\""), ("ports: \"33-64\"", "ports: \"32-63\"")],
            &[("ports: \"1-64\"", "ports: \"2-64\"")],
        ],
    );
}

#[test]
fn inventories_are_read_and_left_as_they_are() {
    let home = Home::new();
    let open = |name: &str| LocalInventory::open(&home.path(name)).expect("an inventory");
    let ensure = |prerequisite: Prerequisite| Write::Ensure { prerequisite };
    let site =
        |name: &str| ensure(Prerequisite::Site { name: name.to_owned(), slug: name.to_owned() });
    drop(open("x"));
    drop(open("y"));
    home.check("x y", 0, &["neither inventory has a site\n"]);
    home.check("x y --site dc1", 1, &["neither inventory has a site `dc1`. They have no site."]);
    let mut y = open("y");
    let maker = Prerequisite::Manufacturer { name: "M".to_owned(), slug: "m".to_owned() };
    let role = Prerequisite::DeviceRole { name: "Leaf".to_owned(), slug: "leaf".to_owned() };
    let device_type = Prerequisite::DeviceType {
        manufacturer: "m".to_owned(),
        model: "Box".to_owned(),
        slug: "box".to_owned(),
        u_height: 1,
        interfaces: Vec::new(),
    };
    let mut device = Site::new(0).devices.remove(0);
    device.id = 0;
    let create = Write::Create { object: Object::Device(device) };
    let batch =
        [site("dc1"), site("dc2"), ensure(maker), ensure(role), ensure(device_type), create];
    y.write(&batch).expect("a batch");
    // Also while another Heddle has it open.
    home.check(
        "x y",
        2,
        &["site dc1, only in y\nadded:\n  + device leaf-a\n", "site dc2, only in y\n"],
    );
    drop(y);
    home.check("x y --site dc2", 2, &["x → y\n\nsite dc2, only in y\nthere are no objects\n"]);
    home.check("y y --site dc1", 0, &["site dc1\nno object differs: equal are 1 device\n"]);
    home.check("x y --site dc3", 1, &["neither inventory has a site `dc3`. They have: dc1, dc2."]);
    home.check("x y --format markdown", 2, &["### Site dc1, only in y\n", "| device leaf-a |\n"]);

    home.check(
        "a.ron y",
        1,
        &["y is an inventory and a.ron is a plan", "`heddle diff a.ron --inventory y`"],
    );
    home.check(
        "y a.ron",
        1,
        &["y is an inventory and a.ron is a plan", "`heddle diff a.ron --inventory y`"],
    );
    for words in ["x missing", "missing x", "missing missing"] {
        home.check(words, 1, &["missing: cannot read it"]);
    }
    assert!(!home.path("missing").exists() && !home.path("missing.lock").exists());

    // What is torn is passed over and stays; what is damaged is an error.
    let whole = fs::read(home.path("y")).expect("the inventory");
    let torn = [whole.as_slice(), b"0123456789abcdef [{"].concat();
    fs::write(home.path("y"), &torn).expect("it is written");
    home.check("y y", 0, &["no object differs"]);
    assert_eq!(fs::read(home.path("y")).expect("the inventory"), torn);
    let mut harmed = whole;
    let at = harmed.len() - 10;
    harmed[at] ^= 1;
    fs::write(home.path("y"), &harmed).expect("it is written");
    home.check("x y", 1, &["y is damaged"]);

    home.heddle("diff a.ron --inventory z --create");
    home.heddle("plan a.ron -o a.changes --inventory z");
    home.check("a.changes a.ron", 1, &["a.changes is a change set", "`heddle diff a.changes`"]);
}

#[test]
fn revisions_are_read_through_git() {
    if Command::new("git").arg("--version").output().is_err() {
        println!("git is missing: revisions were not tried");
        return;
    }
    let home = Home::new();
    let git = |words: &str| {
        let (code, out, err) = home.command("git", words);
        assert_eq!(code, 0, "git {words}: {out}{err}");
    };
    git("init -q");
    fs::create_dir(home.path("plans")).expect("a folder");
    home.write("plans/lab.ron", &text_of(&[]));
    home.write("plans/large.ron", &" ".repeat(16 * 1024 * 1024 + 1));
    home.write("plans/bytes.ron", "x");
    fs::write(home.path("plans/bytes.ron"), b"\xff\xfe").expect("it is written");
    drop(LocalInventory::open(&home.path("plans/inventory")).expect("an inventory"));
    git("add .");
    git("-c user.name=Ada -c user.email=ada@example.org commit -q -m first");
    home.write("plans/lab.ron", &text_of(&[("quantity: 2", "quantity: 3")]));
    git("-c user.name=Ada -c user.email=ada@example.org commit -q -a -m second");

    let grown = ["spec.server_classes[node].quantity: 2 → 3\n", "+ device node-003\n"];
    home.check("HEAD~1:plans/lab.ron plans/lab.ron", 2, &grown);
    home.check("HEAD~1:./plans/lab.ron HEAD:plans/lab.ron", 2, &grown);
    home.check("HEAD:plans/lab.ron b.ron", 0, &["HEAD:plans/lab.ron → b.ron\n"]);

    home.check("HEAD~5:plans/lab.ron a.ron", 1, &["HEAD~5:plans/lab.ron: ", "Check the revision"]);
    home.check("HEAD:plans/no.ron a.ron", 1, &["HEAD:plans/no.ron: ", "top of the repository"]);
    home.check("HEAD:plans a.ron", 1, &["HEAD:plans: ", "Check the revision"]);
    home.check("-- --textconv:plans/lab.ron a.ron", 1, &["no revision begins with a dash"]);
    home.check("HEAD:plans/large.ron a.ron", 1, &["larger than the 16 MiB"]);
    home.check("HEAD:plans/bytes.ron a.ron", 1, &["byte 1 is not UTF-8"]);
    home.check("HEAD:plans/inventory a.ron", 1, &["only plans are read from a revision"]);
    home.check(
        "C:\\plans\\lab.ron a.ron",
        1,
        &["C:\\plans\\lab.ron: cannot read it", "Check the path"],
    );

    // A file of that name comes first, and errors of a plan name its revision.
    #[cfg(unix)]
    {
        home.write("HEAD:a.ron", &text_of(&[("\"tiny\"", "\"a file\"")]));
        home.check("HEAD:a.ron a.ron", 2, &["metadata.name: a file → tiny\n"]);
    }
    home.write("a.ron", "(");
    git("-c user.name=Ada -c user.email=ada@example.org commit -q -a -m third");
    home.check("HEAD:./a.ron b.ron", 1, &["HEAD:./a.ron, line 1"]);

    // Where there is no repository, and no git.
    let outside = Home::new();
    outside.check("HEAD:a.ron a.ron", 1, &["HEAD:a.ron: ", "not a git repository"]);
    let output = Command::new(env!("CARGO_BIN_EXE_heddle"))
        .args(["compare", "HEAD:a.ron", "a.ron"])
        .current_dir(outside.0.path())
        .env("PATH", outside.path("empty"))
        .output()
        .expect("the program starts");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("the program `git`") && err.contains("install Git"), "{err}");
}
