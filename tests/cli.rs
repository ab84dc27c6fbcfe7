//! The real program without a window, from an empty folder to an applied plan.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A home of its own, with a plan's place in it.
struct Home {
    folder: tempfile::TempDir,
}

struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A home with the sample plan in it.
    fn with_sample() -> Self {
        let home = Self::new();
        home.run("new --preset rail-optimised -o lab.ron").is(0);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program in the folder; words are parted by spaces.
    fn run(&self, words: &str) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_heddle"))
            .args(words.split_whitespace())
            .current_dir(self.folder.path())
            .env("HEDDLE_HOME", self.path("home"))
            .output()
            .expect("the program starts");
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Replaces text in the plan; it has to be there.
    fn edit(&self, from: &str, to: &str) {
        let path = self.path("lab.ron");
        let text = fs::read_to_string(&path).expect("the plan");
        assert!(text.contains(from), "the plan has no `{from}`:\n{text}");
        fs::write(&path, text.replacen(from, to, 1)).expect("the plan can be written");
    }
}

impl Answer {
    /// Asserts the exit code.
    fn is(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Asserts that the command failed, wrote no answer, and said why in these words.
    fn refused(self, words: &[&str]) {
        let answer = self.is(1);
        assert_eq!(answer.out, "", "an error is no answer");
        assert!(answer.err.contains("error: "), "{}", answer.err);
        for word in words {
            assert!(answer.err.contains(word), "no `{word}` in: {}", answer.err);
        }
    }

    fn has(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(self.out.contains(part), "no `{part}` in: {}", self.out);
        }
        self
    }
}

fn rows(csv: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect();
    (header, rows)
}

#[test]
fn from_empty_to_applied() {
    let home = Home::with_sample();
    let checked = home.run("check lab.ron").is(0);
    checked.has(&["no errors"]);

    home.run("show lab.ron").is(0).has(&["156 devices, 1,856 links, 1,856 cables"]);

    // What would change, and nothing else on standard output.
    let diff = home.run("diff lab.ron").is(2);
    diff.has(&["+ device gpu-001\n", "+ cable ", "156 devices", "1,856 cables", "prerequisites"]);
    assert_eq!(diff.err, "");
    assert_eq!(home.run("diff lab.ron").is(2).out, diff.out, "the same diff, the same bytes");

    home.run("apply lab.ron").refused(&["approv"]);
    home.run("approve lab.ron --by Ada --comment first")
        .is(0)
        .has(&["approved by Ada", "156 devices"]);
    let applied = home.run("apply lab.ron").is(0);
    applied.has(&["applied: 156 devices", "1,856 cables"]);
    assert_eq!(applied.err, "", "progress is for terminals");
    home.run("diff lab.ron").is(0).has(&["no changes"]);
    home.run("apply lab.ron").is(0).has(&["no changes"]);
    home.run("resume lab.ron").refused(&["nothing to resume"]);

    // Growth adds, and takes nothing away.
    home.edit("servers: 128", "servers: 130");
    let diff = home.run("diff lab.ron").is(2);
    diff.has(&["+ device gpu-129\n", "+ device gpu-130\n", "+ to add"]);
    assert!(!diff.out.contains("− device"), "{}", diff.out);
    home.run("apply lab.ron").refused(&["approve"]);
}

#[test]
fn a_change_set_is_reviewed_approved_and_applied_by_itself() {
    let home = Home::with_sample();
    let written = home.run("plan lab.ron -o lab.changes").is(2);
    written.has(&["+ to add        156 devices"]);
    assert!(written.err.contains("wrote lab.changes"), "{}", written.err);
    let diff = home.run("diff lab.changes").is(2);
    let of_plan = home.run("diff lab.ron").is(2).out;
    let of_plan = of_plan.split("  estimate").next().expect("the changes");
    assert!(diff.out.starts_with(of_plan), "the same words as for the plan");
    diff.has(&["\nwritten at ", "lab.ron\n"]);
    home.run("apply lab.changes").refused(&["nobody has approved"]);
    home.run("diff lab.changes --site other").refused(&["for one site"]);
    home.run("approve lab.changes --by Ada --inventory x").refused(&["Leave `--inventory` out"]);
    home.run("apply lab.changes --inventory nowhere").refused(&["no such inventory"]);
    home.run("approve lab.changes --by Ada").is(0).has(&["approved by Ada", "156 devices"]);
    home.run("diff lab.changes").is(2).has(&["approved by Ada"]);
    home.run("plan lab.ron -o lab.changes").refused(&["somebody has approved"]);
    home.run("resume lab.changes").refused(&["nothing to resume"]);
    home.run("apply lab.changes").is(0).has(&["applied: 156 devices", "1,856 cables"]);
    home.run("diff lab.ron").is(0).has(&["no changes"]);
    // There is nothing to review any more, and nothing to approve.
    home.run("plan lab.ron -o none.changes").is(0).has(&["no changes"]);
    home.run("approve none.changes --by Ada").refused(&["nothing to change"]);
    // Not of a plan with errors.
    home.edit("servers: 128", "servers: 0");
    home.run("plan lab.ron -o bad.changes").refused(&["1 error"]);
    home.run("diff bad.changes").refused(&["bad.changes"]);
}

#[test]
fn records_are_listed_and_checked() {
    let home = Home::with_sample();
    home.run("audit lab.ron").is(0).has(&["0 records, nothing wrong"]);
    home.run("diff lab.ron").is(2);
    home.run("approve lab.ron --by Ada --comment first").is(0);
    home.run("apply lab.ron").is(0);
    let audit = home.run("audit lab.ron").is(0);
    audit.has(&[
        "  dc1   changes (4,572 to add, 0 to change, 0 to remove) approved by Ada: first\n",
        "  dc1   run approved by Ada, done\n",
        "\n2 records, nothing wrong\n",
    ]);
    let records = fs::read_dir(home.path("lab.heddle")).expect("records");
    let mut files = records.map(|entry| entry.expect("an entry").path());
    let file = files
        .find(|file| file.extension().is_some_and(|ending| ending == "json"))
        .expect("an approval");
    let text = fs::read_to_string(&file).expect("an approval");
    fs::write(&file, text.replace("Ada", "Eve")).expect("it is changed");
    let audit = home.run("audit lab.ron").is(1);
    audit.has(&["does not match its check digits", "1 record, "]);
    home.run("approve lab.ron --by Ada").refused(&["is damaged"]);
}

#[test]
fn an_approval_covers_what_was_seen_and_nothing_else() {
    let home = Home::with_sample();
    home.run("approve lab.ron --by Ada").is(0);
    home.edit("servers: 128", "servers: 127");
    home.run("apply lab.ron").refused(&["not those that were approved"]);
    // An edit that is taken back makes it valid again.
    home.edit("servers: 127", "servers: 128");
    home.run("apply lab.ron").is(0);
    home.run("diff lab.ron").is(0);
    // Another inventory is another target.
    home.run("diff lab.ron --inventory other.heddle-inventory --create").is(2);
    home.run("apply lab.ron --inventory other.heddle-inventory").refused(&["approve"]);
    home.run("diff lab.ron --site elsewhere").is(2).has(&["site elsewhere", "156 devices"]);
}

#[test]
fn tables_have_every_device_and_every_link() {
    let home = Home::with_sample();
    let (header, devices) = rows(&home.run("export devices lab.ron --format csv").is(0).out);
    assert_eq!(header.join(","), "name,role,class,model,fabric");
    assert_eq!(devices.len(), 156);
    let names: BTreeSet<&String> = devices.iter().map(|row| &row[0]).collect();
    assert_eq!(names.len(), 156, "names are unique");

    let cables = home.run("export cables lab.ron --format csv").is(0);
    assert_eq!(cables.err, "");
    let (header, links) = rows(&cables.out);
    assert_eq!(
        header.join(","),
        "a_device,a_interface,b_device,b_interface,speed_gbps,kind,fabric"
    );
    assert_eq!(links.len(), 1856);
    let ends: BTreeSet<(&String, &String)> =
        links.iter().flat_map(|row| [(&row[0], &row[1]), (&row[2], &row[3])]).collect();
    assert_eq!(ends.len(), 2 * 1856, "no interface is used twice");
    assert!(ends.iter().all(|(device, _)| names.contains(device)));

    let json = home.run("export cables lab.ron --format json").is(0).out;
    let json: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    for (value, row) in json.iter().zip(&links) {
        assert_eq!(value["a_device"], *row[0]);
        assert_eq!(value["b_interface"], *row[3]);
        assert_eq!(value["speed_gbps"].to_string(), row[4]);
    }
    assert_eq!(json.len(), links.len());
}

#[test]
fn show_as_json_is_what_the_reference_says() {
    let home = Home::with_sample();
    let shown = home.run("show lab.ron --format json").is(0);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).expect("JSON");
    assert_eq!(shown["devices"], 156);
    assert_eq!(shown["links"], 1856);
    let sum = |list: &str, field: &str| -> u64 {
        let items = shown[list].as_array().expect("an array");
        items.iter().filter_map(|item| item[field].as_u64()).sum()
    };
    assert_eq!(sum("classes", "devices"), 156);
    assert_eq!(sum("link_groups", "links"), 1856);
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/json.md"))
            .expect("the page");
    let object = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    for name in
        [object(&shown), object(&shown["classes"][0]), object(&shown["link_groups"][0])].concat()
    {
        assert!(page.contains(&format!("`{name}`")), "the reference does not know `{name}`");
    }
}

#[test]
fn numbers_are_explained() {
    let home = Home::with_sample();
    let all = home.run("explain lab.ron spec").is(0);
    all.has(&["rule: ", "decided at: lab.ron:"]);
    home.run("explain lab.ron be-leaf.quantity").is(0).has(&["(be-leaf.quantity): 16"]);
    home.run("explain lab.ron be-leaf.quantty").refused(&["Did you mean `be-leaf.quantity`?"]);
    // What was typed may come from anywhere; it never steers the terminal.
    for words in ["explain lab.ron \u{1b}[31m", "\u{1b}[31m", "check \u{1b}[31m.ron"] {
        let answer = home.run(words).is(1);
        assert!(!answer.err.contains('\u{1b}'), "{}", answer.err);
    }
    home.run("explain lab.ron colour").refused(&["be-leaf.quantity"]);
}

#[test]
fn errors_say_where_and_what_to_do() {
    let home = Home::with_sample();
    home.run("new --preset rail-optimised --set server=4 -o new.ron")
        .refused(&["`server`", "servers"]);
    home.run("new --preset rail-optimised --set servers=no -o new.ron")
        .refused(&["`servers`", "no"]);
    home.run("new --preset rail-optimized -o new.ron").refused(&["rail-optimised"]);
    assert!(!home.path("new.ron").exists(), "a refused plan is not written");

    let before = fs::read(home.path("lab.ron")).expect("the plan");
    home.run("new --preset rail-optimised -o lab.ron").refused(&["lab.ron", "already"]);
    assert_eq!(fs::read(home.path("lab.ron")).expect("the plan"), before);

    // Where the records of a plan lie, no plan can.
    home.run("new --preset rail-optimised -o lab.heddle").refused(&["lab.heddle", "`.ron`"]);
    home.run("check lab.heddle").refused(&["lab.heddle", "`.ron`"]);

    home.run("check missing.ron").refused(&["missing.ron"]);
    home.run("chek").refused(&["Did you mean `heddle check`?"]);
    home.run("chek lab.ron").refused(&["`chek`", "Did you mean `heddle check`?"]);
    home.run("diff lab.ron --site a/b").refused(&["--site \"a/b\""]);
    home.run("check lab.ron --colour").is(1);
    home.run("diff").is(1);

    // A broken document names its line.
    home.edit("servers: 128", "servers: many");
    let text = fs::read_to_string(home.path("lab.ron")).expect("the plan");
    let line = 1 + text.lines().position(|line| line.contains("many")).expect("the line");
    let refused = home.run("check lab.ron");
    refused.refused(&["lab.ron", &format!("line {line}"), "spec.cluster.servers"]);
}

#[test]
fn a_plan_with_errors_is_neither_exported_nor_compared_nor_approved() {
    let home = Home::with_sample();
    home.edit("servers: 128", "servers: 0");
    let text = fs::read_to_string(home.path("lab.ron")).expect("the plan");
    let line = 1 + text.lines().position(|line| line.contains("servers: 0")).expect("the line");

    home.run("show lab.ron").is(1).has(&["0 devices, 0 links"]);
    let checked = home.run("check lab.ron").is(1);
    checked.has(&[&format!("lab.ron:{line}:"), ": error[", "] spec.cluster.servers: "]);
    assert_eq!(checked.err, "", "what was asked for is the answer");
    for command in
        ["export cables lab.ron", "diff lab.ron", "approve lab.ron --by Ada", "apply lab.ron"]
    {
        home.run(command).refused(&[&format!("lab.ron:{line}:"), "1 error"]);
    }
}

#[test]
fn the_topology_is_drawn_alone_and_against_a_target() {
    let home = Home::with_sample();
    let drawing = |name: &str| fs::read_to_string(home.path(name)).expect("a drawing");
    let draw = |words: &str, name: &str| {
        let answer = home.run(&format!("render lab.ron -o {name} {words}")).is(0);
        assert_eq!((answer.out, answer.err), (String::new(), format!("wrote {name}\n")));
        drawing(name)
    };
    let alone = draw("", "a.svg");
    for part in ["156 devices, 1,856 links", "Backend spines · 8 × celestica-ds5000", "</svg>\n"]
    {
        assert!(alone.contains(part), "no {part}");
    }
    let added = "#007a5e";
    assert!(!alone.contains(added) && !alone.contains(">+ added<"), "nothing to hold it against");
    assert_eq!(draw("--theme light", "b.svg"), alone, "the same plan, the same bytes");
    assert!(draw("--theme dark", "dark.svg").contains("#0f1114"));
    home.run("render lab.ron -o a.svg").refused(&["a.svg", "never overwritten"]);
    assert!(!home.path("home").exists(), "no inventory was asked for");

    home.run("render lab.ron -o c.svg --inventory nowhere").refused(&["no such inventory"]);
    let all = draw("--site dc1", "all.svg");
    assert!(all.contains("Site dc1 · to add: 156 devices, 2,560 interfaces, 1,856 cables"));
    assert!(all.contains(added) && all.contains(">+ added<") && all.contains(">+ 01<"));
    home.run("approve lab.ron --by Ada").is(0);
    home.run("apply lab.ron").is(0);
    let same = draw("--site dc1", "same.svg");
    assert!(same.contains("Site dc1 · no changes<") && same.contains(">01<"));
    home.edit("servers: 128", "servers: 120");
    let fewer = draw("--site dc1", "fewer.svg");
    assert!(fewer.contains("to delete: 8 devices") && fewer.contains(">To be removed<"));

    // Of a plan with errors what could be made; not against a target, where it would seem to
    // change nothing.
    home.edit("su_size: 64", "su_size: 4000");
    home.run("render lab.ron -o e.svg --site dc1").refused(&["1 error"]);
    let answer = home.run("render lab.ron -o e.svg").is(1);
    assert!(
        answer.err.contains("error[") && answer.err.contains("wrote e.svg\n"),
        "{}",
        answer.err
    );
    assert!(drawing("e.svg").contains("The plan has errors"));
    home.edit("servers: 120", "servers: 0");
    home.run("render lab.ron -o f.svg").refused(&["There is nothing to draw."]);
    assert!(!home.path("f.svg").exists());
}

#[test]
fn help_is_an_answer() {
    let home = Home::new();
    for command in [
        "new", "check", "show", "pin", "eject", "what-if", "export", "render", "diff", "compare",
        "approve", "apply", "resume", "explain",
    ] {
        home.run("--help").is(0).has(&[command]);
        home.run(&format!("{command} --help")).is(0).has(&["Usage: heddle"]);
    }
    home.run("--version").is(0).has(&[env!("CARGO_PKG_VERSION")]);
}

/// The real program killed at many moments of an apply: what was begun is resumed, what was not
/// is applied, and the end is the same.
#[test]
fn killed_at_any_moment_it_goes_on_to_the_same_end() {
    let mut resumed = 0;
    for delay_ms in [0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256] {
        let home = Home::with_sample();
        home.run("approve lab.ron --by Ada").is(0);
        let mut apply = Command::new(env!("CARGO_BIN_EXE_heddle"))
            .args(["apply", "lab.ron"])
            .current_dir(home.folder.path())
            .env("HEDDLE_HOME", home.path("home"))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(std::time::Duration::from_millis(delay_ms));
        // It may have ended by itself.
        apply.kill().unwrap_or_default();
        apply.wait().expect("it has ended");
        if home.run("diff lab.ron").code == 2 {
            let resume = home.run("resume lab.ron");
            if resume.code == 0 {
                resumed += 1;
            } else {
                assert!(resume.err.contains("nothing to resume"), "{}", resume.err);
                home.run("apply lab.ron").is(0);
            }
        }
        let end = home.run("diff lab.ron").is(0);
        assert!(end.out.to_lowercase().contains("no changes"), "{}", end.out);
    }
    println!("resumed {resumed} runs");
}

/// A whole line that was harmed is damage, not an append that never ended: nothing is cut off.
#[test]
fn a_harmed_last_line_of_the_inventory_is_refused_and_kept() {
    let home = Home::with_sample();
    home.run("approve lab.ron --by Ada").is(0);
    home.run("apply lab.ron").is(0);
    let inventory = home.path("home/data/inventory.heddle-inventory");
    let mut bytes = fs::read(&inventory).expect("the inventory");
    let at = bytes.len() - 10;
    bytes[at] ^= 1;
    fs::write(&inventory, &bytes).expect("the inventory can be written");
    home.run("diff lab.ron").refused(&["damaged", "check digits"]);
    assert_eq!(fs::read(&inventory).expect("the inventory"), bytes);
}

/// A plan of DIET with one leaf and two servers.
const DIET: &str = "
meta: {case_id: small, managed_by: yaml}
plan: {name: Small}
reference_data:
  manufacturers: [{id: m, name: Maker, slug: maker}]
  device_types:
  - {id: sw, manufacturer: m, model: Switch, slug: switch}
  - {id: sv, manufacturer: m, model: Server, slug: server}
  device_type_extensions:
  - {id: ext, device_type: sw, native_speed: 800, supported_breakouts: [2x400g]}
  module_types:
  - {id: nic, manufacturer: m, model: Card, interface_templates: [{name: p0, type: other}]}
switch_classes:
- {switch_class_id: leaf, fabric_name: backend, hedgehog_role: server-leaf, device_type_extension: ext, colour: red}
switch_port_zones:
- {switch_class: leaf, zone_name: servers, zone_type: server, port_spec: 1-4, breakout_option: 2x400g}
server_classes:
- {server_class_id: gpu, quantity: 2, server_device_type: sv}
server_nics:
- {server_class: gpu, nic_id: fe, module_type: nic}
server_connections:
- {server_class: gpu, connection_id: fe, nic: fe, ports_per_connection: 1, speed: 400, distribution: same-switch, target_zone: leaf/servers}
";

#[test]
fn import_of_a_diet_plan() {
    let home = Home::new();
    fs::write(home.path("small.yaml"), DIET).expect("a file");
    let answer = home.run("import diet small.yaml -o small.ron").is(0);
    assert_eq!(answer.out, "");
    assert!(answer.err.contains("note: small.yaml:14: `colour`"), "{}", answer.err);
    assert!(answer.err.ends_with("wrote small.ron\n"), "{}", answer.err);
    home.run("check small.ron").is(0).has(&["no errors"]);
    home.run("show small.ron").is(0).has(&["Small for site hedgehog", "3 devices, 2 links"]);
    home.run("export cables small.ron").is(0).has(&["gpu-002,fe-p0,leaf-01,E1/1/2,400"]);

    home.run("import diet small.yaml -o small.ron").refused(&["small.ron", "never overwritten"]);
    let printed = home.run("import diet small.yaml").is(0);
    printed.has(&["api_version: \"heddle/", "name: \"Small\""]);
    assert!(!printed.err.contains("wrote"), "{}", printed.err);

    // Every error at once, and nothing is written.
    let bad = DIET.replace("quantity: 2", "quantity: two").replace("nic: fe,", "nic: ef,");
    fs::write(home.path("bad.yaml"), bad).expect("a file");
    for words in ["import diet bad.yaml -o bad.ron", "import diet bad.yaml"] {
        home.run(words).refused(&[
            "bad.yaml: line 18: error[invalid_type] server_classes[0].quantity = two: ",
            "error[unknown_reference] server_connections[0].nic = ef: ",
            "Did you mean `fe`?",
            "error: bad.yaml has 2 errors. Nothing was written.",
        ]);
    }
    assert!(!home.path("bad.ron").exists());
    home.run("import diet none.yaml -o none.ron").refused(&["none.yaml"]);
}

#[test]
fn a_device_type_becomes_a_model() {
    let home = Home::new();
    let ports: String = (1..=32)
        .map(|n| format!("  - name: et-0/0/{}\n    type: 400gbase-x-qsfpdd\n", n - 1))
        .collect();
    let yaml = format!(
        "manufacturer: Maker\nmodel: X32\nslug: maker-x32\nu_height: 1\nairflow: passive\n\
         interfaces:\n{ports}"
    );
    fs::write(home.path("x32.yaml"), yaml).expect("a file");
    let answer = home.run("import device-type x32.yaml").is(0);
    answer.has(&["switches: [", "id: \"maker-x32\"", "whole: \"et-0/0/{cage}\"", "first_cage: 0"]);
    assert!(answer.err.contains("note: x32.yaml: "), "{}", answer.err);
    assert!(answer.err.contains("left out: airflow."), "{}", answer.err);

    home.run("import device-type x32.yaml -o x32.ron").is(0);
    let written = fs::read_to_string(home.path("x32.ron")).expect("the model");
    assert_eq!(written, answer.out, "the same model");
    home.run("import device-type x32.yaml -o x32.ron").refused(&["x32.ron", "never overwritten"]);
    home.run("import device-type x32.yaml --as server").is(0).has(&["servers: [", "nics: ["]);

    fs::write(home.path("bad.yaml"), "manufacturer: [\n").expect("a file");
    home.run("import device-type bad.yaml").refused(&["bad.yaml", "line "]);
    home.run("import device-type none.yaml").refused(&["none.yaml"]);
}

/// A write that never ended is cut off, but kept, and the user hears of it once.
#[test]
fn a_torn_end_of_the_inventory_is_set_aside_and_told() {
    let home = Home::with_sample();
    home.run("approve lab.ron --by Ada").is(0);
    home.run("apply lab.ron").is(0);
    let inventory = home.path("home/data/inventory.heddle-inventory");
    let bytes = fs::read(&inventory).expect("the inventory");
    let torn = b"0123456789abcdef [half";
    fs::write(&inventory, [&bytes[..], &torn[..]].concat()).expect("the inventory can be written");
    let diff = home.run("diff lab.ron").is(0);
    let aside = "inventory.heddle-inventory.torn";
    assert!(diff.err.contains("notice: ") && diff.err.contains(aside), "{}", diff.err);
    assert_eq!(fs::read(&inventory).expect("the inventory"), bytes);
    let kept = fs::read(home.path("home/data").join(aside)).expect("what was cut off");
    assert!(kept.starts_with(torn));
    assert_eq!(home.run("diff lab.ron").is(0).err, "");
}

/// A run whose beginning is gone stops every command that needs it, with one way out that works.
#[test]
fn a_run_cut_at_its_beginning_has_a_way_out() {
    let home = Home::with_sample();
    home.run("approve lab.ron --by Ada").is(0);
    home.run("apply lab.ron").is(0);
    home.edit("servers: 128", "servers: 127");
    let run = fs::read_dir(home.path("lab.heddle"))
        .expect("the records")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|e| e == "heddle-run"))
        .expect("a run");
    let bytes = fs::read(&run).expect("the run");
    let third =
        bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(2).expect("three lines").0;
    for cut in [0, 20, third / 2, third] {
        fs::write(&run, &bytes[..cut]).expect("the run can be written");
        for command in ["approve lab.ron --by Ada", "apply lab.ron", "resume lab.ron"] {
            home.run(command).refused(&["heddle-run", "damaged", "move it out of the folder"]);
        }
        assert_eq!(fs::read(&run).expect("the run").len(), cut, "it is left as it is");
    }
    fs::rename(&run, home.path("moved")).expect("the run can be moved");
    home.run("resume lab.ron").refused(&["nothing to resume"]);
    // Nobody knows here what that run did.
    home.run("approve lab.ron --by Ada").refused(&["--acknowledge other-lineage"]);
    home.run("approve lab.ron --by Ada --acknowledge other-lineage").is(0);
    home.run("apply lab.ron").is(0);
}

/// Where a plan stands, and the ways back, on the command line.
#[test]
fn a_plan_has_a_standing_and_a_way_back() {
    let home = Home::with_sample();
    home.run("status lab.ron").is(2).has(&["planned, OutOfSync, Missing", "NeverApplied"]);
    home.run("undo lab.ron -o back").refused(&["nothing to undo"]);
    home.run("plan lab.ron -o part --only fabric=backend --only su=9").refused(&["no SU 9"]);
    home.run("plan lab.ron -o part --only fabric=bakend").refused(&["no fabric bakend", "backend"]);
    home.run("plan lab.ron -o part --only rack=1").refused(&["fabric=NAME"]);
    let part = home.run("plan lab.ron -o part --only fabric=backend").is(2);
    part.has(&["  selected      fabric backend", "  left out"]);
    home.run("approve part --by Ada").is(0);
    home.run("apply part").is(0);
    home.run("status lab.ron").is(2).has(&["planned, OutOfSync, Healthy", "InPart"]);
    home.run("plan lab.ron -o rest").is(2);
    home.run("approve rest --by Ada").is(0);
    home.run("apply rest").is(0);
    home.run("status lab.ron").is(0).has(&["applied, Synced, Healthy"]);
    let json = home.run("status lab.ron --format json").is(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["sync"], "Synced");
    assert_eq!(json["conditions"][3]["type"], "Applied");
    assert_eq!(json["conditions"][3]["status"], "True");
    assert_eq!(json["drift"]["objects"]["devices"], 0);

    home.run("undo lab.ron -o back --run nobody").refused(&["no run of that id"]);
    home.run("undo lab.ron -o back").is(2).has(&["undo of run", "− to delete"]);
    home.run("diff back").is(2).has(&["the run that is undone made or changed it"]);
    home.run("approve back --by Ada --acknowledge oversubscribed").refused(&["many-deletions"]);
    home.run("approve back --by Ada").is(0);
    home.run("apply back").is(0);
    home.run("status lab.ron").is(2).has(&["TakenBack"]);
    home.run("destroy lab.ron -o end").is(2).has(&["destroy: delete everything of this plan"]);
    home.run("approve end --by Ada").refused(&["--acknowledge many-deletions"]);
    home.run("approve end --by Ada --acknowledge many-deletions").is(0);
    home.run("apply end").is(0);
    home.run("destroy lab.ron -o nothing").is(0).has(&["no changes"]);
    home.run("status lab.ron").is(2).has(&["Missing"]);
    home.run("audit lab.ron").is(0).has(&["run to destroy", "run to undo", "run of a selection"]);
}

/// Approving beside a damaged record would only put off the trouble until apply.
#[test]
fn damaged_records_are_told_before_an_approval_is_added() {
    let home = Home::with_sample();
    home.run("approve lab.ron --by Ada").is(0);
    let records = || -> Vec<PathBuf> {
        fs::read_dir(home.path("lab.heddle"))
            .expect("the records")
            .map(|entry| entry.expect("an entry").path())
            .collect()
    };
    let approval = records().remove(0);
    let text = fs::read_to_string(&approval).expect("the approval");
    for (from, to) in [
        ("{", "["),
        ("\"by\": \"Ada\"", "\"by\": \" \""),
        ("\"at\": \"", "\"at\": \"later than "),
        ("\"comment\"", "\"only_on_sundays\": true, \"comment\""),
        ("\"site\"", "\"rack\": 1, \"site\""),
        ("\"spec\"", "\"rack\": 1, \"spec\""),
    ] {
        assert!(text.contains(from), "{text}");
        fs::write(&approval, text.replacen(from, to, 1)).expect("it can be written");
        for command in ["approve lab.ron --by Ada", "apply lab.ron"] {
            home.run(command).refused(&["approval.json is damaged", "move it out of the folder"]);
        }
        assert_eq!(records().len(), 1, "nothing was added");
    }
    fs::remove_file(&approval).expect("it can be moved");
    // Something else in the place of the folder.
    fs::remove_dir(home.path("lab.heddle")).expect("it is empty");
    fs::write(home.path("lab.heddle"), "mine").expect("a file");
    home.run("approve lab.ron --by Ada").refused(&["lab.heddle: ", "Move away"]);
    fs::remove_file(home.path("lab.heddle")).expect("it can be moved");
    home.run("approve lab.ron --by Ada").is(0);
    home.run("apply lab.ron").is(0);
}

/// A mistyped inventory is an error, not a new and empty one.
#[test]
fn an_inventory_that_is_named_is_there_or_asked_for() {
    let home = Home::with_sample();
    for command in ["diff lab.ron", "approve lab.ron --by Ada", "apply lab.ron", "resume lab.ron"] {
        home.run(&format!("{command} --inventory dc/mistyped")).refused(&["mistyped", "--create"]);
        assert!(!home.path("dc").exists());
    }
    home.run("diff lab.ron --create").is(1);
    home.run("resume lab.ron --inventory dc/new --create").is(1);
    home.run("diff lab.ron --inventory folder/ --create").refused(&["folder/", "name of a folder"]);
    #[cfg(unix)]
    {
        let link = home.path("nowhere");
        std::os::unix::fs::symlink("gone", &link).expect("a link");
        home.run("diff lab.ron --inventory nowhere --create").refused(&["a link", "not there"]);
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink(), "it was replaced");
    }
    assert!(!home.path("folder").exists(), "something was made for a name that is refused");
    home.run("diff lab.ron --inventory dc/new --create").is(2);
    home.run("diff lab.ron --inventory dc/new --create").is(2);
    home.run("approve lab.ron --by Ada --inventory dc/new").is(0);
    home.run("apply lab.ron --inventory dc/new").is(0);
    home.run("diff lab.ron --inventory dc/new").is(0);
}

/// The fabric's digest, as `show` gives it.
fn fabric_digest(home: &Home, plan: &str) -> String {
    let shown = home.run(&format!("show {plan} --format json")).is(0).out;
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    shown["digests"]["fabric"].as_str().expect("a digest").to_owned()
}

#[test]
fn sizes_are_pinned_in_sight_and_the_fabric_stays() {
    let home = Home::with_sample();
    let before = fabric_digest(&home, "lab.ron");
    let pinned = home.run("pin lab.ron").is(0);
    let lines: Vec<&str> = pinned.out.lines().collect();
    assert_eq!(
        lines,
        [
            "spec.cluster.backend.tiers = two",
            "spec.cluster.backend.overrides.leaves = 16",
            "spec.cluster.backend.overrides.uplink_cages = 32",
            "spec.cluster.backend.overrides.spines = 8",
            "spec.cluster.frontend.overrides.leaves = 2",
            "spec.cluster.frontend.overrides.uplink_cages = 32",
            "spec.cluster.frontend.overrides.spines = 2",
        ]
    );
    assert_eq!(pinned.err, "wrote lab.ron\n");
    assert_eq!(fabric_digest(&home, "lab.ron"), before);
    home.run("pin lab.ron").is(0).has(&["every count is fixed already"]);
    // More than the counts carry is refused, not grown into.
    home.edit("servers: 128", "servers: 129");
    home.run("check lab.ron").is(1).has(&["error[quantity-too-small]", "remedy: Use 24"]);
    home.run("pin lab.ron").refused(&["the plan has errors", "overrides", "heddle check"]);
}

#[test]
fn a_cluster_is_ejected_in_place_or_beside() {
    let home = Home::with_sample();
    let before = fabric_digest(&home, "lab.ron");
    let text = |name: &str| fs::read_to_string(home.path(name)).expect("a plan");
    let old = text("lab.ron");
    let id = |text: &str| {
        let line = text.lines().find(|line| line.contains(" id: ")).expect("an id");
        line.trim().to_owned()
    };
    home.run("eject lab.ron -o classes.ron")
        .is(0)
        .has(&["now 5 switch classes and 1 server class;"]);
    assert_eq!(text("lab.ron"), old);
    assert_ne!(id(&text("classes.ron")), id(&old), "a plan of its own");
    assert_eq!(fabric_digest(&home, "classes.ron"), before);
    home.run("eject lab.ron -o classes.ron").refused(&["classes.ron", "already"]);
    home.run("eject classes.ron").refused(&["no cluster"]);
    home.run("eject lab.ron").is(0);
    assert_eq!(id(&text("lab.ron")), id(&old), "the same plan");
    assert!(!text("lab.ron").contains("cluster:"));
    assert_eq!(fabric_digest(&home, "lab.ron"), before);
}

#[test]
fn comments_are_not_lost_unasked() {
    for command in ["pin lab.ron", "eject lab.ron"] {
        let home = Home::with_sample();
        home.edit("servers: 128", "/* ordered in May */ servers: 128");
        let before = fs::read(home.path("lab.ron")).expect("the plan");
        home.run(command).refused(&["has comments", "--drop-comments"]);
        assert_eq!(fs::read(home.path("lab.ron")).expect("the plan"), before);
        home.run(&format!("{command} --drop-comments")).is(0);
        assert_ne!(fs::read(home.path("lab.ron")).expect("the plan"), before);
    }
    let home = Home::with_sample();
    home.edit("servers: 128", "/* ordered in May */ servers: 128");
    home.run("eject lab.ron -o classes.ron").is(0);
}

#[test]
fn another_number_of_servers_is_compared_and_nothing_is_written() {
    let home = Home::with_sample();
    let before = fs::read(home.path("lab.ron")).expect("the plan");
    let answer = home.run("what-if lab.ron --servers 192").is(0);
    answer.has(&[
        "lab.ron: 128 → 192 servers; nothing is written",
        "spec.cluster.servers = 192",
        "be-spine  spine        8     16      8        0",
        "backend   leaf-spine        512    768    256    256        0",
        "  ~ be-leaf-01 ",
        "remedy: Keep room for 192 servers (spec.cluster.size_for = 192)",
        "256 cables then move at once; later none",
    ]);
    assert_eq!(answer.err, "");
    let json = home.run("what-if lab.ron --servers 192 --format json").is(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["servers_before"], 128);
    assert_eq!(json["moved"], 256);
    assert_eq!(json["room"]["edit"]["path"], "spec.cluster.size_for");
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/json.md"))
            .expect("the page");
    let page = page.split("## `heddle what-if").nth(1).expect("the command").to_owned();
    let spines = json["links"].as_array().expect("links").iter().find(|l| l["moved"] == 256);
    let spines = spines.expect("links that move");
    for value in [&json, &json["classes"][0], spines, &spines["examples"][0], &json["room"]] {
        for name in value.as_object().expect("an object").keys() {
            assert!(page.contains(&format!("`{name}`")), "the reference does not know `{name}`");
        }
    }
    home.run("what-if lab.ron --servers 9000").refused(&["error[too-many-leaves]", "9000 servers"]);
    home.run("what-if lab.ron --servers 0").is(1);
    home.run("what-if lab.ron --servers 129 --class cpu").refused(&["`cpu`", "gpu"]);
    assert_eq!(fs::read(home.path("lab.ron")).expect("the plan"), before);
}
