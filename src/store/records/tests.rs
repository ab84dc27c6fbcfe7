//! Approvals and runs on disk: cut, flipped, in the wrong place.

use super::*;
use crate::apply;
use crate::diff::Addition;
use crate::evaluate::Digests;
use crate::inventory::{Desired, DesiredDevice, DesiredKind};
use crate::workflow::{Approved, Scope, reauthorise};
use std::sync::Arc;

fn plan() -> PlanId {
    PlanId(uuid::Uuid::from_u128(7))
}

fn target() -> TargetRef {
    TargetRef { inventory: "inv".to_owned(), site: "dc1".to_owned() }
}

fn change_set() -> ChangeSet {
    let kind = DesiredKind {
        class: "gpu".to_owned(),
        fabric: String::new(),
        role: "server".to_owned(),
        device_type: "box".to_owned(),
        external: None,
        interfaces: Vec::new(),
    };
    let desired = Desired {
        plan: Some(plan()),
        site: "dc1".to_owned(),
        kinds: vec![kind],
        devices: vec![DesiredDevice { kind: 0, number: 1, name: "gpu-001".to_owned() }],
        ..Desired::default()
    };
    ChangeSet {
        target: target(),
        desired: Arc::new(desired),
        additions: vec![Addition::Device(0)],
        ..ChangeSet::default()
    }
}

fn approval(at: &str) -> Approval {
    Approval {
        plan: plan(),
        target: target(),
        digests: Digests { changes: Some(change_set().digest()), ..Digests::default() },
        by: "Ada".to_owned(),
        comment: "go".to_owned(),
        at: at.to_owned(),
        acknowledged: std::collections::BTreeSet::new(),
        heddle: "0".to_owned(),
        scope: Some(Scope::of(&change_set())),
    }
}

fn approved() -> Approved<Arc<ChangeSet>> {
    reauthorise(change_set(), approval("2026-01-01T00:00:00Z")).unwrap()
}

fn add_approval(plan_path: &Path, approval: &Approval) -> Result<(), StoreError> {
    RecordsFolder::read(plan_path, approval.plan)?.add_approval(approval)
}

fn begin_run(
    plan_path: &Path,
    approved: &Approved<Arc<ChangeSet>>,
    at: &str,
) -> Result<RunFile, StoreError> {
    RecordsFolder::read(plan_path, approved.approval().plan)?.begin_run(approved, at, None)
}

/// The newest run against a target, opened, unless it came to its end.
fn open_newest(
    plan_path: &Path,
    target: &TargetRef,
) -> Result<Option<(ChangeSet, Approval, RunFile)>, StoreError> {
    let records = read_records(plan_path, plan())?;
    let newest = records.runs.iter().rfind(|run| run.target == *target);
    let open = newest.filter(|run| run.outcome != Outcome::Done);
    open.map(|run| open_run(plan_path, run)).transpose()
}

fn end(ending: Ending) -> Entry {
    Entry::End { ending }
}

#[test]
fn approvals_and_runs_are_read_back_in_the_order_of_writing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a plan.ron");
    assert_eq!(read_records(&path, plan()).unwrap(), Records::default());
    for at in ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"] {
        add_approval(&path, &approval(at)).unwrap();
    }
    let mut other = approval("2026-01-03T00:00:00Z");
    other.plan = PlanId(uuid::Uuid::from_u128(8));
    add_approval(&path, &other).unwrap();
    fs::write(records_dir(&path).join("README"), "mine").unwrap();
    begin_run(&path, &approved(), "2026-01-05T00:00:00Z").unwrap();
    let mut second = begin_run(&path, &approved(), "2026-01-04T00:00:00Z").unwrap();
    second.note(&end(Ending::Failed { cause: "no".to_owned() })).unwrap();

    let records = read_records(&path, plan()).unwrap();
    let times: Vec<_> = records.approvals.iter().map(|a| a.at.as_str()).collect();
    // In the order in which they were written, whatever the clocks said.
    assert_eq!(times, ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]);
    let outcomes: Vec<_> = records.runs.iter().map(|r| r.outcome.clone()).collect();
    assert_eq!(outcomes, [Outcome::Running, Outcome::Failed { cause: "no".to_owned() }]);
    assert_eq!(records.runs.last().unwrap().id, second.run_id());
    assert_eq!(records.runs.last().unwrap().approvals_before, 3);
}

#[test]
fn only_the_newest_run_that_has_not_ended_is_resumed_with_what_was_approved() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    let open = || open_newest(&path, &target()).unwrap();
    assert!(open().is_none());
    begin_run(&path, &approved(), "2026-01-01T00:00:00Z").unwrap();
    let mut second = begin_run(&path, &approved(), "2026-01-02T00:00:00Z").unwrap();
    for ending in [Ending::Cancelled, Ending::Failed { cause: String::new() }] {
        second.note(&end(ending)).unwrap();
        assert!(open().is_some());
    }
    let (changes, by, mut run) = open().unwrap();
    assert_eq!(run.run_id(), second.run_id());
    assert!(reauthorise(changes, by).is_ok());
    run.note(&end(Ending::Done)).unwrap();
    assert!(open().is_none());
    let elsewhere = TargetRef { site: "dc2".to_owned(), ..target() };
    assert!(open_newest(&path, &elsewhere).unwrap().is_none());
}

#[test]
fn a_run_that_is_cut_anywhere_is_running_or_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    let mut run = begin_run(&path, &approved(), "2026-01-01T00:00:00Z").unwrap();
    run.note(&Entry::BatchDone { step: "x".to_owned(), ids: vec![1], skipped: 0 }).unwrap();
    run.note(&end(Ending::Done)).unwrap();
    let file = files(&path).unwrap().remove(0);
    let bytes = fs::read(&file).unwrap();
    let ends = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(n, _)| n + 1);
    let begun = ends.clone().nth(2).unwrap();
    for cut in 0..bytes.len() {
        fs::write(&file, bytes.get(..cut).unwrap()).unwrap();
        let opened = open_newest(&path, &target());
        if cut < begun {
            // What it began with was written at once: nobody can go on from a part of it, and
            // what is there is left as it is.
            for error in [
                read_records(&path, plan()).map(|_| ()).unwrap_err(),
                opened.map(|_| ()).unwrap_err(),
            ] {
                let error = error.to_string();
                assert!(error.contains("damaged") && error.contains("move it out"), "{error}");
            }
            assert_eq!(fs::read(&file).unwrap().len(), cut);
        } else {
            let (_, _, run) = opened.unwrap().unwrap();
            assert_eq!(run.notice().is_some(), !ends.clone().any(|end| end == cut), "{cut}");
            let records = read_records(&path, plan()).unwrap();
            assert_eq!(records.runs.first().map(|r| &r.outcome), Some(&Outcome::Running));
        }
    }
}

#[test]
fn broken_records_name_their_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    let wrong = [&b"{}"[..], b"", b"\xff\xfe", b"{\"by\": \"\xff\"}"];
    for (name, content) in
        ["x.approval.json", "x.heddle-run"].into_iter().flat_map(|name| wrong.map(|w| (name, w)))
    {
        let file = records_dir(&path).join(name);
        fs::create_dir_all(records_dir(&path)).unwrap();
        fs::write(&file, content).unwrap();
        let error = read_records(&path, plan()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("damaged"), "{error}");
        assert!(error.contains("move it out of the folder"), "{error}");
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn an_apply_is_journalled_and_its_run_is_then_done() {
    use crate::inventory::{Inventory, Prerequisite};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    let mut inventory = crate::store::LocalInventory::open(&dir.path().join("inv")).unwrap();
    let mut changes = change_set();
    changes.target = inventory.target("dc1");
    let (name, slug) = (|s: &str| s.to_owned(), |s: &str| s.to_owned());
    changes.prerequisites = vec![
        Prerequisite::Site { name: name("dc1"), slug: slug("dc1") },
        Prerequisite::Manufacturer { name: name("acme"), slug: slug("acme") },
        Prerequisite::DeviceType {
            manufacturer: slug("acme"),
            model: name("box"),
            slug: slug("box"),
            u_height: 1,
            interfaces: Vec::new(),
        },
        Prerequisite::DeviceRole { name: name("Server"), slug: slug("server") },
        Prerequisite::Tag { name: name("Heddle"), slug: slug(crate::inventory::TAG) },
        Prerequisite::CustomField { name: name(crate::inventory::KEY_FIELD) },
    ];
    let mut word = approval("2026-01-01T00:00:00Z");
    word.target = changes.target.clone();
    word.digests.changes = Some(changes.digest());
    let approved = reauthorise(changes, word).unwrap();
    let mut run = begin_run(&path, &approved, "2026-01-02T00:00:00Z").unwrap();
    let progress = crate::model::Progress::new();
    let report = apply::apply(&approved, &mut inventory, &mut run, &progress).unwrap();
    assert_eq!(report.written.devices, 1);
    let runs = read_records(&path, plan()).unwrap().runs;
    assert_eq!(runs.iter().map(|r| &r.outcome).collect::<Vec<_>>(), [&Outcome::Done]);
}

#[test]
fn a_record_is_as_it_was_written_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    add_approval(&path, &approval("2026-01-01T00:00:00Z")).unwrap();
    let mut run = begin_run(&path, &approved(), "2026-01-02T00:00:00Z").unwrap();
    run.note(&end(Ending::Done)).unwrap();
    let whole = audit(&path, plan()).unwrap();
    assert_eq!((whole.records.len(), whole.problems.len()), (2, 0), "{whole:?}");
    for file in files(&path).unwrap() {
        let good = fs::read(&file).unwrap();
        for n in 0..good.len() {
            let mut bad = good.clone();
            bad[n] ^= 1 << (n % 8);
            fs::write(&file, &bad).unwrap();
            let read = audit(&path, plan()).unwrap();
            // The last newline gone, the end of the run has not happened.
            let torn = n + 1 == good.len() && has_ending(&file, FORMAT);
            assert!(!read.problems.is_empty() || read == whole || torn, "byte {n} of {file:?}");
        }
        fs::write(&file, &good).unwrap();
    }
}

#[test]
fn a_record_that_is_taken_away_is_missed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    add_approval(&path, &approval("2026-01-01T00:00:00Z")).unwrap();
    begin_run(&path, &approved(), "2026-01-02T00:00:00Z").unwrap();
    // Two people go on from there, and Git puts their folders together.
    let (theirs, mine) = (dir.path().join("theirs.ron"), path.clone());
    fs::create_dir_all(records_dir(&theirs)).unwrap();
    for file in files(&mine).unwrap() {
        fs::copy(&file, records_dir(&theirs).join(file.file_name().unwrap())).unwrap();
    }
    add_approval(&mine, &approval("2026-01-03T00:00:00Z")).unwrap();
    add_approval(&theirs, &approval("2026-01-04T00:00:00Z")).unwrap();
    for file in files(&theirs).unwrap() {
        fs::copy(&file, records_dir(&mine).join(file.file_name().unwrap())).unwrap();
    }
    add_approval(&mine, &approval("2026-01-05T00:00:00Z")).unwrap();
    let whole = audit(&path, plan()).unwrap();
    assert_eq!(whole.problems, Vec::<String>::new());
    let after: Vec<usize> = whole.records.iter().map(|record| record.after.len()).collect();
    assert_eq!(after, [0, 1, 1, 1, 2]);
    // Each but the last is missed; the first by the run of its word too.
    for (n, record) in whole.records.iter().enumerate() {
        let good = fs::read(&record.file).unwrap();
        fs::remove_file(&record.file).unwrap();
        let problems = audit(&path, plan()).unwrap().problems;
        assert_eq!(problems.len(), [2, 2, 1, 1, 0][n], "{problems:?}");
        assert!(problems.iter().all(|p| p.contains("not here")), "{problems:?}");
        fs::write(&record.file, good).unwrap();
    }
    // Records of another plan in the folder are nobody's business.
    assert_eq!(audit(&path, PlanId(uuid::Uuid::from_u128(8))).unwrap(), Audit::default());
}

#[test]
fn an_approval_without_check_digits_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    fs::create_dir_all(records_dir(&path)).unwrap();
    let bare = approval("2026-01-01T00:00:00Z");
    let file = records_dir(&path).join("20260101000000-x.approval.json");
    fs::write(&file, serde_json::to_vec_pretty(&bare).unwrap()).unwrap();
    let error = read_records(&path, plan()).unwrap_err().to_string();
    assert!(error.contains("approve again"), "{error}");
    assert_eq!(audit(&path, plan()).unwrap().problems.len(), 1);
}

/// Records of an older Heddle say nothing of what they were for. They are read as before.
#[test]
fn an_approval_without_a_scope_is_read() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("lab.ron");
    let older = Approval { scope: None, ..approval("2026-01-01T00:00:00Z") };
    add_approval(&path, &older).unwrap();
    let file = files(&path).unwrap().pop().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("scope"), "{text}");
    let check = |version: &str, is_read: bool| {
        fs::write(&file, text.replace("\"version\": 3", version)).unwrap();
        let read = read_records(&path, plan());
        assert_eq!(read.is_ok_and(|records| records.approvals == [older.clone()]), is_read);
    };
    check("\"version\": 2", true);
    check("\"version\": 3", true);
    check("\"version\": 1", false);
    check("\"version\": 4", false);
}

#[test]
fn records_of_two_people_are_put_in_order_by_their_times_only_where_no_chain_tells() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("plan.ron"), dir.path().join("copy.ron"));
    // A clock that was an hour ahead wrote the first of all.
    add_approval(&path, &approval("2026-01-01T01:00:00Z")).unwrap();
    fs::create_dir_all(records_dir(&copy)).unwrap();
    for file in files(&path).unwrap() {
        fs::copy(&file, records_dir(&copy).join(file.file_name().unwrap())).unwrap();
    }
    add_approval(&path, &approval("2026-01-01T00:20:00Z")).unwrap();
    add_approval(&copy, &approval("2026-01-01T00:10:00Z")).unwrap();
    for file in files(&copy).unwrap() {
        fs::copy(&file, records_dir(&path).join(file.file_name().unwrap())).unwrap();
    }
    begin_run(&path, &approved(), "2025-12-31T00:00:00Z").unwrap();
    let folder = RecordsFolder::read(&path, plan()).unwrap();
    let times: Vec<_> = folder.records().approvals.iter().map(|a| a.at.get(11..16)).collect();
    assert_eq!(times, [Some("01:00"), Some("00:10"), Some("00:20")]);
    assert_eq!(folder.records().runs.first().unwrap().approvals_before, 3);
}

#[test]
fn what_is_added_after_one_reading_follows_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.ron");
    add_approval(&path, &approval("2026-01-01T00:00:00Z")).unwrap();
    let mut folder = RecordsFolder::read(&path, plan()).unwrap();
    folder.add_approval(&approval("2026-01-02T00:00:00Z")).unwrap();
    folder.add_approval(&approval("2026-01-03T00:00:00Z")).unwrap();
    assert_eq!(folder.records(), &read_records(&path, plan()).unwrap());
    folder.begin_run(&approved(), "2026-01-04T00:00:00Z", None).unwrap();
    let audit = audit(&path, plan()).unwrap();
    assert_eq!(audit.problems, Vec::<String>::new());
    let before = std::iter::once(Vec::new()).chain(audit.records.iter().map(|r| vec![r.id]));
    for (record, before) in audit.records.iter().zip(before) {
        assert_eq!(record.after, before, "{}", record.at);
    }
}
