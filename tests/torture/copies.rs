//! Copies, backups and clocks: what an older copy of a plan, a change set, a record or an inventory
//! knows is never taken for what is, and no clock decides what came first.

use super::home::{Home, LAB, ada, fabric, foreign_device, foreign_prerequisites, tiny};
use heddle::diff::Purpose;
use heddle::inventory::{CableRecord, Field, Inventory, Kind, Object, Write};
use heddle::model::{Code, Progress};
use heddle::session::{self, SessionError, Target};
use heddle::store::{self, RecordsFolder};
use heddle::workflow::{Approval, ConditionKind, ConditionStatus, Health, Outcome, Phase};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The plan and its records in a folder beside.
fn copy_plan(home: &Home, folder: &str) -> PathBuf {
    let to = home.path(folder);
    fs::create_dir_all(to.join("lab.heddle")).expect("a folder");
    fs::copy(home.plan_file(LAB), to.join("lab.ron")).expect("a copy");
    for entry in fs::read_dir(home.path("lab.heddle")).expect("records") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join("lab.heddle").join(entry.file_name())).expect("a copy");
    }
    to.join("lab.ron")
}

/// Applies the approved set and dies for good after some moments, as if killed.
fn killed(home: &Home, mut moments: u32) {
    home.apply_dying(LAB, &mut |_| {
        if moments == 0 {
            return Err("killed".to_owned());
        }
        moments -= 1;
        Ok(())
    })
    .expect_err("it is killed");
}

fn undo(home: &Home) {
    let none = BTreeSet::new();
    home.write_set_for(LAB, &Purpose::Undo { run: String::new() }, &none).expect("a way back");
    let many = [Code::ManyDeletions, Code::OtherLineage].into();
    let approver = heddle::workflow::Approver { acknowledged: many, ..ada() };
    session::approve_change_set(&home.set_file(LAB), &approver).expect("approved");
    home.apply_set(LAB).expect("undone");
}

fn resume_at(home: &Home, plan_file: &Path) -> Result<(), SessionError> {
    let plan = store::read_plan(plan_file).expect("a plan").plan;
    let site = plan.spec.target.site.clone();
    let target = Target { inventory: home.inventory(), site };
    session::resume(plan_file, &plan, &target, &Progress::new()).map(|_| ())
}

#[test]
fn a_copy_from_before_does_not_go_on_with_what_was_undone() {
    let home = Home::approved(&tiny(3, ""));
    killed(&home, 5);
    let copy = copy_plan(&home, "copy");
    home.resume_set(LAB).expect("resumed");
    undo(&home);
    let before = home.state();
    let error = resume_at(&home, &copy).expect_err("it is behind").to_string();
    assert!(error.contains("has changed the inventory since"), "{error}");
    assert_eq!(home.state(), before);
    // Records that were put back are no better.
    fs::remove_dir_all(home.path("lab.heddle")).expect("they go");
    fs::rename(home.path("copy/lab.heddle"), home.path("lab.heddle")).expect("put back");
    assert!(resume_at(&home, &home.plan_file(LAB)).is_err());
    assert_eq!(home.state(), before);
}

#[test]
fn a_set_that_was_copied_is_not_applied_over_what_was_done_elsewhere() {
    let home = Home::approved(&tiny(3, ""));
    let elsewhere = home.path("elsewhere");
    fs::create_dir_all(&elsewhere).expect("a folder");
    let copy = elsewhere.join("lab.changes");
    fs::copy(home.set_file(LAB), &copy).expect("a copy");
    home.apply_set(LAB).expect("applied");
    undo(&home);
    let before = home.state();
    // There the plan is gone, and with it what is on record.
    fs::rename(home.plan_file(LAB), home.path("moved.ron")).expect("it moves");
    fs::rename(home.path("lab.heddle"), home.path("moved.heddle")).expect("they move");
    let error = session::apply_change_set(&copy, &home.inventory(), &Progress::new())
        .expect_err("it is behind")
        .to_string();
    assert!(error.contains("has changed the inventory since"), "{error}");
    assert_eq!(home.state(), before);
}

#[test]
fn an_approval_serves_once_also_if_its_run_was_killed_and_undone() {
    let home = Home::new();
    home.make(LAB, &fabric(2, "", 7)).expect("applied");
    home.save(LAB, &fabric(3, "", 7));
    let approved = || home.hold_for(LAB, &Purpose::Converge, &BTreeSet::new()).expect("held");
    let held = approved();
    let approval =
        session::approve(&home.plan_file(LAB), &home.plan(LAB), &held.evaluation, &ada())
            .expect("an approval");
    // Through the set of the same changes, with the same word.
    home.write_set(LAB).expect("a set");
    store::approve_change_set(&home.set_file(LAB), &approval).expect("approved");
    killed(&home, 6);
    undo(&home);
    let held = approved();
    assert_eq!(held.evaluation.digests.changes, approval.digests.changes, "the same again");
    assert_eq!(held.phase().phase, Phase::Planned, "another word is needed");
    let (file, plan) = (home.plan_file(LAB), home.plan(LAB));
    let of = (&held.evaluation, &home.target(), &Progress::new());
    assert!(session::apply(&file, &plan, of.0, of.1, of.2).is_err());
}

/// A clock five minutes ahead gives no approval a second life, and hides no run.
#[test]
fn clocks_decide_nothing() {
    let home = Home::new();
    home.make(LAB, &fabric(2, "", 7)).expect("applied");
    let file = home.plan_file(LAB);
    let late = "2999-01-01T00:00:00.000Z";
    home.save(LAB, &fabric(3, "", 7));
    let held = home.hold_for(LAB, &Purpose::Converge, &BTreeSet::new()).expect("held");
    let plan = home.plan(LAB);
    let approval = session::approve(&file, &plan, &held.evaluation, &ada()).expect("approved");
    // The same word from a clock that is ahead.
    let ahead = Approval { at: late.to_owned(), ..approval };
    let mut folder = RecordsFolder::read(&file, plan.metadata.id).expect("records");
    folder.add_approval(&ahead).expect("it is added");
    session::apply(&file, &plan, &held.evaluation, &home.target(), &Progress::new())
        .expect("applied");
    let records = session::records(&file, &plan).expect("records");
    assert_eq!(records.runs.last().expect("the run").approval, ahead);
    undo(&home);
    let held = home.hold_for(LAB, &Purpose::Converge, &BTreeSet::new()).expect("held");
    // The one that was not used is still good for one run; the one from the future is not.
    let report = held.phase();
    assert_eq!(report.approval.map(|approval| approval.at != late), Some(true));
}

#[test]
fn a_run_that_never_reached_the_inventory_stands_in_nobodys_way() {
    let home = Home::new();
    home.make(LAB, &tiny(2, "")).expect("applied");
    home.save(LAB, &tiny(3, ""));
    home.plan_and_approve(LAB);
    // Killed at its first entry: the inventory never heard of it.
    killed(&home, 1);
    let records = session::records(&home.plan_file(LAB), &home.plan(LAB)).expect("records");
    assert_eq!(records.runs.last().map(|run| run.outcome.clone()), Some(Outcome::Running));
    home.save(LAB, &tiny(2, ""));
    let none = BTreeSet::new();
    let held = home.hold_for(LAB, &Purpose::Converge, &none).expect("held");
    assert_eq!((held.phase().phase, held.standing().health), (Phase::Applied, Health::Healthy));
    let back = home.hold_for(LAB, &Purpose::Undo { run: String::new() }, &none).expect("held");
    let first = records.runs.first().expect("the first run").id.clone();
    let changes = back.evaluation.changes.expect("a way back");
    assert_eq!(changes.purpose, Purpose::Undo { run: first }, "the run before is undone");
    assert!(!changes.deletions.is_empty());
}

#[test]
fn records_that_are_lost_are_told() {
    let home = Home::new();
    home.make(LAB, &tiny(2, "")).expect("applied");
    let missing = |home: &Home| {
        let plan = home.plan(LAB).metadata.id;
        let audit = store::audit(&home.plan_file(LAB), plan).expect("an audit");
        session::missing_runs(&home.inventory(), plan, &audit.records).expect("it is read")
    };
    let recorded = |home: &Home| {
        let held = home.hold_for(LAB, &Purpose::Converge, &BTreeSet::new()).expect("held");
        let standing = held.standing();
        let found = standing.conditions.into_iter().find(|c| c.kind == ConditionKind::Recorded);
        (found.expect("the condition").status, standing.health)
    };
    assert_eq!(missing(&home), Vec::<String>::new());
    assert_eq!(recorded(&home), (ConditionStatus::True, Health::Healthy));
    fs::remove_dir_all(home.path("lab.heddle")).expect("they go");
    assert_eq!(missing(&home).len(), 1);
    assert_eq!(recorded(&home), (ConditionStatus::False, Health::Degraded));
}

#[test]
fn an_inventory_that_is_replaced_or_written_to_under_a_run_stops_it() {
    type Harm = fn(&Path, &Path);
    let harms: [(&str, Harm); 4] = [
        ("another file", |file, before| {
            fs::copy(before, file.with_extension("new")).expect("a copy");
            fs::rename(file.with_extension("new"), file).expect("put in its place");
        }),
        ("taken away", |file, _| fs::remove_file(file).expect("it goes")),
        ("written to it", |file, before| {
            let bytes = fs::read(before).expect("the backup");
            fs::write(file, bytes).expect("written over");
        }),
        ("written to it", |file, _| {
            use std::io::Write as _;
            let mut file = fs::File::options().append(true).open(file).expect("it opens");
            file.write_all(b"x").expect("written");
        }),
    ];
    for (words, harm) in harms {
        let home = Home::approved(&tiny(3, ""));
        let before = home.path("before");
        fs::copy(home.inventory(), &before).expect("a backup");
        let mut moments = 0;
        let error = home
            .apply_dying(LAB, &mut |_| {
                moments += 1;
                if moments == 8 {
                    harm(&home.inventory(), &before);
                }
                Ok(())
            })
            .expect_err("it stops")
            .to_string();
        assert!(error.contains(words), "{words}: {error}");
        let records = session::records(&home.plan_file(LAB), &home.plan(LAB)).expect("records");
        assert!(records.runs.iter().all(|run| run.outcome != Outcome::Done), "{words}");
    }
    // Records that are taken away stop it too.
    let home = Home::approved(&tiny(3, ""));
    let mut moments = 0;
    home.apply_dying(LAB, &mut |_| {
        moments += 1;
        if moments == 8 {
            fs::remove_dir_all(home.path("lab.heddle")).expect("they go");
        }
        Ok(())
    })
    .expect_err("it stops");
}

#[cfg(unix)]
#[test]
fn an_inventory_with_a_second_name_is_not_written_to() {
    let home = Home::approved(&tiny(2, ""));
    fs::hard_link(home.inventory(), home.path("second")).expect("a link");
    let error = home.apply_set(LAB).expect_err("it is refused").to_string();
    assert!(error.contains("a second name"), "{error}");
    fs::remove_file(home.path("second")).expect("it goes");
    home.apply_set(LAB).expect("applied");
}

/// Somebody's cable in an interface of the plan's that goes, on a switch that stays.
#[test]
fn a_foreign_cable_in_an_interface_that_goes_is_told_before_the_first_write() {
    let start = Home::new();
    start.make(LAB, &tiny(3, "")).expect("applied");
    start.open().write(&foreign_prerequisites()).expect("they are made");
    let router = Write::Create { object: foreign_device("router-1", None) };
    let made = start.open().write(&[router]).expect("it is made");
    let s = start.snapshot();
    let theirs = s.interfaces_of(*made.first().expect("an id")).next().expect("a port").id;
    // Of a breakout: an interface that the plan has made itself.
    let plan = start.plan(LAB).metadata.id;
    let own = |key: &Option<String>| key.as_ref().is_some_and(|k| k.starts_with(&plan.to_string()));
    let last = s.cables().iter().rfind(|c| own(&c.key)).expect("a cable");
    let ends = [last.a, last.b];
    let switch_end = ends.iter().find(|id| s.interface(**id).is_some_and(|i| own(&i.key)));
    let Some(end) = switch_end.copied() else { panic!("the plan makes no interface here") };
    let plug = |home: &Home| {
        let of_plan = Write::Delete { kind: Kind::Cable, id: last.id };
        let object =
            Object::Cable(CableRecord { id: 0, key: None, a: end, b: theirs, ..last.clone() });
        home.open().write(&[of_plan, Write::Create { object }]).expect("plugged in");
    };
    // Before it was planned.
    let home = start.copy();
    plug(&home);
    home.save(LAB, &tiny(2, ""));
    let evaluation = home.evaluation(LAB);
    assert!(evaluation.findings.iter().any(|f| f.code == Code::ForeignCable), "it is told");
    // After it was approved.
    let home = start.copy();
    home.save(LAB, &tiny(2, ""));
    home.write_set(LAB).expect("a set");
    let approver =
        heddle::workflow::Approver { acknowledged: [Code::ManyDeletions].into(), ..ada() };
    session::approve_change_set(&home.set_file(LAB), &approver).expect("approved");
    plug(&home);
    let before = home.state();
    home.apply_set(LAB).expect_err("it is refused");
    assert_eq!(home.state(), before, "nothing was written");
}

/// What was approved to go is not deleted once it is another thing.
#[test]
fn a_deletion_is_approved_as_the_object_was() {
    let home = Home::new();
    home.make(LAB, &tiny(3, "")).expect("applied");
    home.save(LAB, &tiny(2, ""));
    let (file, plan) = (home.plan_file(LAB), home.plan(LAB));
    let none = BTreeSet::new();
    let held = home.hold_for(LAB, &Purpose::Converge, &none).expect("held");
    session::approve(&file, &plan, &held.evaluation, &ada()).expect("approved");
    let s = home.snapshot();
    let gone = s.devices().iter().find(|d| d.name.ends_with('3')).expect("the third").id;
    let role = s.devices().iter().find(|d| !d.name.contains("gpu")).expect("a switch").role.clone();
    let fields = vec![(Field::Role, role)];
    home.open().write(&[Write::Modify { kind: Kind::Device, id: gone, fields }]).expect("edited");
    let held = home.hold_for(LAB, &Purpose::Converge, &none).expect("held");
    assert_eq!(held.phase().phase, Phase::Planned, "the approval was of another device");
}

#[test]
fn the_plan_and_its_copy_must_both_be_as_they_were() {
    let home = Home::approved(&tiny(2, ""));
    let copy = copy_plan(&home, "beside");
    let set = copy.with_file_name("lab.changes");
    fs::copy(home.set_file(LAB), &set).expect("a copy");
    home.save(LAB, &tiny(3, ""));
    let error = session::apply_change_set(&set, &home.inventory(), &Progress::new())
        .expect_err("the plan was edited")
        .to_string();
    assert!(error.contains("was edited after"), "{error}");
    home.save(LAB, &tiny(2, ""));
    store::write_plan(&copy, &tiny(3, "")).expect("edited");
    assert!(session::apply_change_set(&set, &home.inventory(), &Progress::new()).is_err());
    store::write_plan(&copy, &tiny(2, "")).expect("taken back");
    session::apply_change_set(&set, &home.inventory(), &Progress::new()).expect("applied");
    // What was done is on record beside the set, and the plan that lacks it says so.
    assert!(home.is_applied(LAB));
    assert_eq!(session::records(&copy, &home.plan(LAB)).expect("records").runs.len(), 1);
    let findings = home.evaluation(LAB).findings;
    assert!(findings.iter().any(|finding| finding.code == Code::OtherLineage));
}

/// Two cables change places; a run that was killed between has taken them away. Whatever others
/// had written on them comes back with them.
#[test]
fn what_others_wrote_on_a_cable_outlives_a_run_that_took_it_away() {
    let start = Home::new();
    let plan = fabric(2, "", 7);
    start.make(LAB, &plan).expect("applied");
    let s = start.snapshot();
    for cable in s.cables() {
        let away = Write::Delete { kind: Kind::Cable, id: cable.id };
        let status = "connected".to_owned();
        let object = Object::Cable(CableRecord { id: 0, status, ..cable.clone() });
        start.open().write(&[away, Write::Create { object }]).expect("patched by others");
    }
    // The ports of two servers on one leaf change places.
    let held = start.evaluation(LAB);
    let fabric_of = held.fabric;
    let mut swapped = plan.clone();
    let class = fabric_of.classes.iter().find(|c| c.role.is_leaf()).expect("leaves").id.clone();
    swapped.spec.pins = vec![heddle::plan::Pin {
        end: "gpu/1/rail-0/0".to_owned(),
        to: format!("{class}/1/server/1"),
    }];
    start.save(LAB, &swapped);
    start.write_set(LAB).expect("a set");
    start.approve_set(LAB).expect("approved");
    let statuses = |home: &Home| {
        let s = home.snapshot();
        s.cables().iter().filter(|c| c.status != "connected").count()
    };
    let mut lost = 0;
    for moments in 4..12 {
        let home = start.copy();
        let mut left = moments;
        let result = home.apply_dying(LAB, &mut |_| {
            if left == 0 {
                return Err("killed".to_owned());
            }
            left -= 1;
            Ok(())
        });
        if result.is_ok() {
            break;
        }
        if home.state() == start.state() {
            continue;
        }
        lost += usize::from(home.snapshot().cables().len() < s.cables().len());
        let anew = home.copy();
        undo(&home);
        assert_eq!(statuses(&home), 0, "undone after {moments}");
        // And the same if it is approved and applied anew.
        anew.write_set(LAB).expect("a set");
        anew.approve_set(LAB).expect("approved");
        anew.apply_set(LAB).expect("applied");
        assert_eq!(statuses(&anew), 0, "anew after {moments}");
    }
    assert!(lost > 0, "a moment at which cables are away was met");
}
