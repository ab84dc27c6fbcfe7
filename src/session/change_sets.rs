//! Change sets as files: written from a plan, approved and applied without it.
//!
//! The plan that a set was written from is looked for beside the set, by its name, and where it
//! was. Records go beside it as long as it is there, else beside the set. Its spec must still be
//! that of the set; a plan that is gone is no obstacle.

use super::{
    SessionError, Target, check_deletions, now, open_inventory, overtaken, run, today, unfinished,
};
use crate::apply::Report;
use crate::evaluate::Evaluation;
use crate::inventory::{Inventory, Snapshot};
use crate::model::{Progress, Severity};
use crate::plan::{Plan, spec_digest};
use crate::store::{self, ChangeSetHead, RecordsFolder, StoredChangeSet};
use crate::workflow::{self, Approval, Approver, Outcome, Records, Run};
use std::path::{Path, PathBuf};

/// Writes what an evaluation against a target would change to a file. `other_site` if the site is
/// not the plan's own.
///
/// # Errors
/// The plan has errors, or the file cannot be written.
pub fn write_change_set(
    file: &Path,
    (plan_file, plan): (&Path, &Plan),
    (evaluation, snapshot): (&Evaluation, &Snapshot),
    other_site: bool,
) -> Result<StoredChangeSet, SessionError> {
    let errors = || evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
    let changes = evaluation.changes.as_ref().filter(|_| errors().next().is_none());
    let Some(changes) = changes else {
        let first = errors().next().map_or("", |finding| finding.text.as_str());
        return Err(SessionError::refused(
            &format!("the plan has errors: {first}"),
            "Correct them; `heddle diff` lists them all.",
        ));
    };
    let plan_file = std::path::absolute(plan_file).unwrap_or_else(|_| plan_file.to_owned());
    let mut head = ChangeSetHead::new(
        (plan.metadata.id, &plan.metadata.name, &plan_file),
        (&changes.target, other_site),
        evaluation.digests,
        snapshot.digest(),
        &now(),
    );
    // A waiver whose day has passed holds no more, and is none of those the set was written with.
    let days = plan.spec.waivers.iter().filter_map(|waiver| waiver.until.parse().ok());
    head.until = days.filter(|day| *day >= today()).min();
    let set = StoredChangeSet {
        head,
        findings: evaluation.findings.clone(),
        changes: changes.clone(),
        approvals: Vec::new(),
    };
    store::write_change_set(file, &set)?;
    Ok(set)
}

/// Approves a change set: the approval goes into the file, and beside the plan if it is there.
///
/// # Errors
/// The set cannot be approved, read or written.
pub fn approve_change_set(
    file: &Path,
    approver: &Approver,
) -> Result<(StoredChangeSet, Approval), SessionError> {
    let set = store::read_change_set(file)?;
    let plan = unedited_plan(file, &set)?;
    check_waivers(&set)?;
    let approval =
        workflow::approve_stored(&set.changes, &set.findings, set.head.digests, approver, &now())?;
    // Beside a damaged record an approval would be of no use.
    let folder =
        plan.map(|plan_file| RecordsFolder::read(&plan_file, set.head.plan)).transpose()?;
    store::approve_change_set(file, &approval)?;
    if let Some(mut folder) = folder {
        folder.add_approval(&approval)?;
    }
    Ok((set, approval))
}

/// Whether a change set may be applied, as far as can be told without the inventory.
///
/// # Errors
/// Nobody approved it, or the plan has moved on.
pub fn check_change_set(file: &Path) -> Result<(), SessionError> {
    let set = store::read_change_set(file)?;
    workflow::authorise_stored(&set.changes, &set.findings, &set.head.digests, &set.approvals)?;
    check_waivers(&set)?;
    unedited_plan(file, &set).map(drop)
}

/// Whether there is a run of a change set to resume, as far as can be told without the inventory.
///
/// # Errors
/// There is none.
pub fn check_resume_change_set(file: &Path) -> Result<(), SessionError> {
    let set = store::read_change_set(file)?;
    let beside_plan = plan_of(file, &set)?.map(|(path, _)| path);
    for beside in beside_plan.into_iter().chain([file.to_owned()]) {
        let records = store::read_records(&beside, set.head.plan)?;
        let own = |run: &Run| Some(run.changes) == set.head.digests.changes;
        if records.runs.iter().any(|run| own(run) && run.outcome != Outcome::Done) {
            return Ok(());
        }
    }
    Err(SessionError::NothingToResume)
}

/// The file beside which the records of a change set lie: the plan, if it or its folder of records
/// is there, else the set itself.
///
/// # Errors
/// The set or the plan cannot be read.
pub fn beside_change_set(file: &Path) -> Result<PathBuf, SessionError> {
    let set = store::read_change_set(file)?;
    let plan = plan_of(file, &set)?.map(|(path, _)| path);
    Ok(plan.or_else(|| records_without_plan(&set)).unwrap_or_else(|| file.to_owned()))
}

/// Where the plan was, if its records are still there and it is not: it may have another name now.
fn records_without_plan(set: &StoredChangeSet) -> Option<PathBuf> {
    let at = &set.head.plan_file;
    let records = store::read_records(at, set.head.plan).ok()?;
    let any = !records.runs.is_empty() || !records.approvals.is_empty();
    (any && !at.exists()).then(|| at.clone())
}

/// A waiver that the set was written with may have come to its end.
fn check_waivers(set: &StoredChangeSet) -> Result<(), SessionError> {
    match set.head.until.filter(|until| *until < today()) {
        None => Ok(()),
        Some(until) => Err(SessionError::refused(
            &format!("a waiver that it was written with held until {until}"),
            "Look at the finding again, and write the change set anew with `heddle plan`.",
        )),
    }
}

/// Applies an approved change set to the inventory it was made for.
///
/// # Errors
/// Nobody approved it, the plan has moved on, the inventory is another one, or the run stopped.
pub fn apply_change_set(
    file: &Path,
    inventory: &Path,
    progress: &Progress,
) -> Result<Report, SessionError> {
    let set = store::read_change_set(file)?;
    let approved =
        workflow::authorise_stored(&set.changes, &set.findings, &set.head.digests, &set.approvals)?;
    check_waivers(&set)?;
    let beside = unedited_plan(file, &set)?.unwrap_or_else(|| {
        let plan = set.head.plan_file.display();
        match records_without_plan(&set) {
            Some(at) => {
                progress.tell(&format!("the plan {plan} is gone; its records are still there"));
                at
            }
            None => {
                progress.tell(&format!(
                    "the plan {plan} is gone; the records of this run lie beside the change set"
                ));
                file.to_owned()
            }
        }
    });
    // Opened first: with the lock held, no other run comes between.
    let mut inventory = open_target(inventory, &set, progress)?;
    let known = inventory.last_run(set.head.plan, &set.head.target.site)?;
    let mut folder = RecordsFolder::read(&beside, set.head.plan)?;
    if let Some(run) = check_order(folder.records(), &set, known.as_deref())? {
        progress.tell(&format!(
            "the run of {} applied these changes already, so nothing was written; `heddle diff` \
             of the plan says whether anything differs since",
            run.at
        ));
        return Ok(Report::default());
    }
    check_deletions(&set.changes, &mut inventory, progress)?;
    // It may have been approved where the plan was not.
    if !folder.records().approvals.contains(approved.approval()) {
        folder.add_approval(approved.approval())?;
    }
    let mut journal = folder.begin_run(&approved, &now(), known.as_deref())?;
    run(&approved, &mut inventory, &mut journal, progress)
}

/// Goes on with a run of a change set that stopped.
///
/// # Errors
/// No run of exactly this set stopped, or it stopped again.
pub fn resume_change_set(
    file: &Path,
    inventory: &Path,
    progress: &Progress,
) -> Result<Report, SessionError> {
    let set = store::read_change_set(file)?;
    // What was approved is finished, whatever the plan says by now.
    let beside_plan = plan_of(file, &set)?.map(|(path, _)| path);
    let mut inventory = open_target(inventory, &set, progress)?;
    let known = inventory.last_run(set.head.plan, &set.head.target.site)?;
    let own = |run: &Run| Some(run.changes) == set.head.digests.changes;
    let mut found = None;
    let elsewhere = records_without_plan(&set);
    for beside in beside_plan.into_iter().chain(elsewhere).chain([file.to_owned()]) {
        let records = store::read_records(&beside, set.head.plan)?;
        let run = unfinished(&records, &set.head.target, known.as_deref(), own)?;
        found = run.map(|run| store::open_run(&beside, run)).transpose()?;
        if found.is_some() {
            break;
        }
    }
    let (changes, approval, mut journal) = found.ok_or(SessionError::NothingToResume)?;
    if let Some(notice) = journal.notice() {
        progress.tell(notice);
    }
    let approved = workflow::reauthorise(changes, approval)?;
    check_deletions(approved.get(), &mut inventory, progress)?;
    run(&approved, &mut inventory, &mut journal, progress)
}

/// A set is applied to what the target was when it was written: no other run may have begun there
/// since, but for those of other parts that were written together with it, and its own. Gives its
/// own run if that was the last, and came to its end: then all is done.
fn check_order<'r>(
    records: &'r Records,
    set: &StoredChangeSet,
    known: Option<&str>,
) -> Result<Option<&'r Run>, SessionError> {
    const ANEW: &str =
        "Write a change set anew with `heddle plan`; if that finds no changes, all is done.";
    let known = known.unwrap_or_default();
    let Some(follows) = set.changes.follows.as_deref() else {
        return Err(SessionError::refused("it was written by an older Heddle", ANEW));
    };
    if known == follows {
        return Ok(None);
    }
    let run_of =
        |id: &str| records.runs.iter().find(|run| run.id == id && run.target == set.head.target);
    let own = |run: &Run| Some(run.changes) == set.head.digests.changes;
    let Some(last) = run_of(known) else { return Err(overtaken(Some(known), ANEW)) };
    if own(last) && last.outcome == Outcome::Done {
        return Ok(Some(last));
    }
    if last.outcome != Outcome::Done && !own(last) {
        return Err(SessionError::refused(
            &format!("another run, begun at {}, has stopped before its end", last.at),
            "Resume that run first, or write a change set anew with `heddle plan`.",
        ));
    }
    // Parts of one plan are written together and applied one after the other.
    let mut before = Some(last);
    let mut steps = records.runs.len();
    while let Some(run) = before.filter(|_| steps > 0) {
        let is_part = !run.is_whole && run.purpose.is_converge() && run.outcome == Outcome::Done;
        if !(own(run) || is_part && !set.changes.selection.is_empty()) {
            break;
        }
        match run.follows.as_deref() {
            Some(earlier) if earlier == follows => return Ok(None),
            Some(earlier) => before = run_of(earlier),
            None => break,
        }
        steps -= 1;
    }
    Err(SessionError::refused(&format!("the run of {} came after it was written", last.at), ANEW))
}

fn open_target(
    inventory: &Path,
    set: &StoredChangeSet,
    progress: &Progress,
) -> Result<store::LocalInventory, SessionError> {
    let site = set.head.target.site.clone();
    let target = Target { inventory: inventory.to_owned(), site };
    let opened = open_inventory(&target, progress)?;
    let found = opened.target(&target.site);
    if found != set.head.target {
        return Err(SessionError::refused(
            &format!(
                "{} is inventory {}; the change set was made for {}",
                inventory.display(),
                found.inventory,
                set.head.target.inventory
            ),
            "Name that inventory with `--inventory`, or write a change set for this one.",
        ));
    }
    Ok(opened)
}

/// Where the plan lies that a set was written from, if it is still there.
///
/// # Errors
/// It was edited since, or cannot be read.
fn unedited_plan(file: &Path, set: &StoredChangeSet) -> Result<Option<PathBuf>, SessionError> {
    // A copy beside the set must not hide that the plan itself was edited, nor the other way round.
    for (path, mut plan) in plans_of(file, set)? {
        if set.head.other_site {
            plan.spec.target.site.clone_from(&set.head.target.site);
        }
        if spec_digest(&plan) != set.head.digests.spec {
            return Err(SessionError::refused(
                &format!("{} was edited after the change set was written", path.display()),
                "Write the change set anew with `heddle plan`, or take the edit back.",
            ));
        }
    }
    Ok(plan_of(file, set)?.map(|(path, _)| path))
}

/// The plan that a set was written from, if it is still there: beside the set, or else where it was.
fn plan_of(file: &Path, set: &StoredChangeSet) -> Result<Option<(PathBuf, Plan)>, SessionError> {
    Ok(plans_of(file, set)?.into_iter().next())
}

/// The plan that a set was written from: beside the set, and where it was.
fn plans_of(file: &Path, set: &StoredChangeSet) -> Result<Vec<(PathBuf, Plan)>, SessionError> {
    let head = &set.head;
    let beside = head.plan_file.file_name().map(|name| file.with_file_name(name));
    let mut found = Vec::new();
    for path in beside.into_iter().chain([head.plan_file.clone()]) {
        match store::read_plan(&path) {
            Ok(document) if document.plan.metadata.id == head.plan => {
                found.push((path, document.plan));
            }
            // Something else has its name: that plan is not here.
            Ok(_) => {}
            Err(_) if !path.exists() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}
