//! The command: exit codes, JSON, files and revisions.

use super::sites::Site;
use super::*;

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
