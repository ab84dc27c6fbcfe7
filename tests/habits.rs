//! The habits of a window with its documents, between real processes: who holds a plan, what is
//! left of edits when a program is killed, and what is logged.
//!
//! `HEDDLE_TORTURE_ROUNDS` is the number of kills at random moments, as in `tests/torture`.

#![expect(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::model::PlanId;
use heddle::plan::{preset, spec_digest};
use heddle::session::{self, Places};
use heddle::store::{self, Autosave, Draft, DraftFile, HeldBy, LogLevel, PlanHold};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the child does, and a folder.
const CHILD: &str = "HEDDLE_HABITS_CHILD";

/// Does something in a process of its own, until it is killed. The tests below start it.
#[test]
#[ignore = "a part of the other tests, which start it"]
fn child() {
    let Ok(words) = std::env::var(CHILD) else { return };
    let (what, folder) = words.split_once(' ').expect("two words");
    let folder = Path::new(folder);
    match what {
        "hold" => {
            let hold = PlanHold::take(&folder.join("lab.ron"));
            say(if hold.is_ok() { "held" } else { "refused" });
            std::thread::sleep(Duration::from_secs(60));
        }
        "keep" => {
            let autosave = Autosave::new(&folder.join("autosave"));
            for number in 1..100_000 {
                autosave.keep(&draft(folder, number)).expect("it is kept");
                say(&number.to_string());
            }
        }
        "places" => {
            let places = Places::platform().expect("places");
            for place in [&places.data, &places.config, &places.logs, &places.autosave()] {
                assert!(place.starts_with(folder), "{}", place.display());
            }
            say("inside");
        }
        other => panic!("{other}"),
    }
}

fn say(word: &str) {
    // Nobody may listen any more.
    writeln!(std::io::stdout(), "says {word}").unwrap_or_default();
    std::io::stdout().flush().unwrap_or_default();
}

fn start_child(what: &str, folder: &Path) -> (Child, Heard) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(CHILD, format!("{what} {}", folder.display()))
        .env("HEDDLE_HOME", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let heard = BufReader::new(child.stdout.take().expect("a pipe"));
    (child, Heard(heard))
}

/// What a child says.
struct Heard(BufReader<std::process::ChildStdout>);

impl Heard {
    /// The next word, until there is none.
    fn next(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).expect("a line") == 0 {
                return None;
            }
            if let Some((_, word)) = line.split_once("says ") {
                return word.strip_suffix('\n').map(str::to_owned);
            }
        }
    }
}

/// The `number`-th state of a plan with a file.
fn draft(folder: &Path, number: u64) -> Draft {
    let id = PlanId(uuid::Uuid::from_u128(7));
    let mut plan = preset::build("rail-optimised", &[], id).expect("the preset");
    let base = Some(spec_digest(&plan));
    plan.metadata.name = format!("state {number}");
    Draft {
        path: Some(folder.join("lab.ron")),
        base,
        mends: false,
        plan: Arc::new(plan),
        text: None,
    }
}

fn git(folder: &Path, words: &str) -> Option<String> {
    let output = Command::new("git")
        .args(words.split(' '))
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().expect("a parent"))
        .output()
        .ok()?;
    assert!(output.status.success(), "git {words}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A plan is free as soon as the system has noticed the end of who held it.
fn take_soon(path: &Path) -> PlanHold {
    let begun = Instant::now();
    loop {
        match PlanHold::take(path) {
            Ok(hold) => return hold,
            Err(held) => assert!(begun.elapsed() < Duration::from_secs(10), "{held}"),
        }
    }
}

#[test]
fn a_plan_is_held_by_one_process_until_it_ends_or_is_killed() {
    let home = tempfile::tempdir().expect("a folder");
    #[cfg(unix)]
    let links = tempfile::tempdir().expect("a folder");
    let folder = home.path().canonicalize().expect("its path");
    let path = folder.join("lab.ron");
    store::write_plan(&path, &draft(&folder, 1).plan).expect("written");
    let has_git = git(&folder, "init -q").is_some() && git(&folder, "add .").is_some();
    let status = || git(&folder, "status --porcelain").filter(|_| has_git);
    let before = status();
    for round in 0..3 {
        let (child, mut heard) = start_child("hold", &folder);
        assert_eq!(heard.next().as_deref(), Some("held"), "round {round}");
        let mut ways = vec![path.clone(), folder.join(".").join("lab.ron")];
        #[cfg(unix)]
        {
            let link = links.path().join(format!("link-{round}.ron"));
            std::os::unix::fs::symlink(&path, &link).expect("a link");
            ways.push(link);
        }
        for way in ways {
            let told: HeldBy = PlanHold::take(&way).expect_err("it is held");
            assert_eq!(told.process, Some(child.id()));
            let text = told.to_string();
            let words = [format!("process {}", child.id()), "has this plan open since".to_owned()];
            words.iter().for_each(|word| assert!(text.contains(word), "no `{word}` in: {text}"));
        }
        let (second, mut second_heard) = start_child("hold", &folder);
        assert_eq!(second_heard.next().as_deref(), Some("refused"));
        assert_eq!(status(), before, "Git sees the lock");
        for mut gone in [child, second] {
            gone.kill().expect("it is killed");
            gone.wait().expect("it ends");
        }
        assert_eq!(status(), before, "Git sees what is left of the lock");
        // What it left behind holds nothing and is in nobody's way.
        assert!(folder.join(".heddle-locks/lab.ron.lock").is_file());
        drop(take_soon(&path));
        assert!(!folder.join(".heddle-locks").exists());
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

/// Takes away permissions. False for who may write everywhere all the same, such as root.
#[cfg(unix)]
fn forbid(path: &Path, mode: u32) -> bool {
    set_mode(path, mode);
    let probe = if path.is_dir() { path.join("probe") } else { path.to_owned() };
    let is_forbidden = fs::File::options().append(true).create(true).open(&probe).is_err();
    if !is_forbidden {
        println!("left out: this user may write everywhere");
    }
    is_forbidden
}

#[cfg(unix)]
#[test]
fn where_nothing_may_be_written_a_plan_opens_without_a_hold_and_still_sees_one() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("theirs");
    fs::create_dir(&folder).expect("a folder");
    let path = folder.join("lab.ron");
    store::write_plan(&path, &draft(&folder, 1).plan).expect("written");
    let (mut child, mut heard) = start_child("hold", &folder);
    assert_eq!(heard.next().as_deref(), Some("held"));
    let lock = folder.join(".heddle-locks/lab.ron.lock");
    if forbid(&lock, 0o444) {
        let told = PlanHold::take(&path).expect_err("it is seen");
        assert_eq!(told.process, Some(child.id()));
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    if forbid(&lock, 0o444) {
        let hold = PlanHold::take(&path).expect("nobody has it");
        assert!(hold.problem().is_some_and(|p| p.contains("Check who may read and write")));
    }
    fs::remove_dir_all(folder.join(".heddle-locks")).expect("removed");
    if forbid(&folder, 0o555) {
        let hold = PlanHold::take(&path).expect("it opens");
        assert!(!hold.is_held() && hold.problem().is_some());
        hold.check().expect("nothing to lose");
    }
    set_mode(&folder, 0o755);
}

#[test]
fn killed_at_any_moment_the_last_draft_is_there_whole() {
    let rounds = std::env::var("HEDDLE_TORTURE_ROUNDS").ok();
    let rounds = rounds.map_or(15, |n| n.parse().expect("HEDDLE_TORTURE_ROUNDS is a number"));
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut kept = 0;
    for round in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let delay = Duration::from_micros(random % 30_000);
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("autosave");
        let (mut child, mut heard) = start_child("keep", home.path());
        // Every third is killed while it may not have begun.
        let mut last = 0;
        if round % 3 > 0 {
            last = heard.next().expect("a number").parse().expect("a number");
            let found = store::drafts(&folder);
            assert!(found.found.is_empty(), "a draft of a living process was offered");
            assert_eq!(found.notices, Vec::<String>::new());
        }
        std::thread::sleep(delay);
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        while let Some(number) = heard.next() {
            last = number.parse().expect("a number");
        }
        let what = format!("round {round}, killed after {delay:?}, {last} said");
        let mut found = store::drafts(&folder);
        assert_eq!(found.notices, Vec::<String>::new(), "{what}");
        let Some(draft_found) = found.found.pop() else {
            assert_eq!(last, 0, "{what}: nothing is there");
            continue;
        };
        kept += 1;
        assert!(found.found.is_empty(), "{what}: more than one");
        let expected = [last, last + 1].map(|number| draft(home.path(), number));
        assert!(expected.contains(&draft_found.draft), "{what}: {:?}", draft_found.draft);
        assert_eq!(draft_found.file, DraftFile::Gone);
        assert!(draft_found.by.contains(&child.id().to_string()), "{what}: {}", draft_found.by);
        draft_found.discard().expect("it is removed");
        // At most a file that was about to get its name, and no lock, is left.
        let left = fs::read_dir(&folder)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
        let left: Vec<_> = left.filter(|name| !name.starts_with(".heddle-")).collect();
        assert_eq!(left, Vec::<String>::new(), "{what}");
    }
    assert!(kept > 0 || rounds < 2, "no round kept anything");
}

#[test]
fn heddle_home_contains_all_places() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut child, mut heard) = start_child("places", home.path());
    assert_eq!(heard.next().as_deref(), Some("inside"));
    assert!(child.wait().expect("it ends").success());
}

/// Another logger that hears everything, as the window's.
struct Also(Mutex<Vec<String>>);

impl log::Log for Also {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        self.0.lock().expect("a list").push(record.args().to_string());
    }
    fn flush(&self) {}
}

static ALSO: Also = Also(Mutex::new(Vec::new()));

#[test]
fn what_is_logged_and_what_is_not() {
    let home = tempfile::tempdir().expect("a folder");
    let logs: PathBuf = home.path().join("logs");
    assert!(store::start_log(&logs, LogLevel::Info, Some(&ALSO)));
    assert!(!store::start_log(&logs, LogLevel::Info, None), "there is one already");
    assert!(!logs.exists(), "nothing was logged yet");
    log::info!(target: "heddle", "opened a plan");
    log::debug!(target: "heddle", "too much");
    log::warn!(target: "heddle::store", "sent with token 0123abc");
    log::error!(target: "rfd", "no portal");
    log::info!(target: "winit", "chatter");
    store::set_log_level(LogLevel::Off);
    log::error!(target: "heddle", "not in the file");
    store::set_log_level(LogLevel::Debug);
    log::debug!(target: "heddle", "quite much");
    std::thread::spawn(|| panic!("with a plan in its words")).join().expect_err("it panicked");
    for n in 0..5_000 {
        log::debug!(target: "heddle", "line {n} of very many that have to wait for each other");
    }
    store::flush_log();
    log::info!(target: "heddle", "the end");
    store::flush_log();
    let text = fs::read_to_string(logs.join("heddle.log")).expect("the log");
    for word in ["INFO ", "heddle: opened a plan", "token …", "rfd: no portal", "quite much"] {
        assert!(text.contains(word), "no `{word}` in: {text}");
    }
    assert!(text.contains("the program panicked at tests") && text.contains("the end"), "{text}");
    assert!(text.contains(&format!(" {} ", std::process::id())));
    for word in ["too much", "0123abc", "chatter", "not in the file", "in its words"] {
        assert!(!text.contains(word), "`{word}` is in: {text}");
    }
    let heard = ALSO.0.lock().expect("a list").clone();
    assert!(heard.iter().any(|line| line == "no portal"));
    let said = session::diagnostics(&[]);
    for word in ["no portal", "not in the file", "token …", "panicked"] {
        assert!(said.contains(word), "no `{word}` in: {said}");
    }
    assert!(!said.contains("0123abc") && !said.contains("opened a plan"), "{said}");
    for n in 0..60 {
        log::error!(target: "heddle", "error {n}");
    }
    let recent = store::recent_errors();
    assert_eq!(recent.len(), 50);
    assert!(recent.iter().all(|line| line.contains("error ")));
}
