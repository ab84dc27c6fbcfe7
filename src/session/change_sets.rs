//! Change sets as files: written from a plan, approved and applied without it.
//!
//! The plan that a set was written from is looked for beside the set, by its name, and where it
//! was. Records go beside it as long as it is there, else beside the set. Its spec must still be
//! that of the set; a plan that is gone is no obstacle.

use super::{SessionError, Target, check_deletions, newest_run, now, open_inventory, run};
use crate::apply::Report;
use crate::diff::ChangeSet;
use crate::evaluate::Evaluation;
use crate::inventory::{Inventory, Snapshot};
use crate::model::{Progress, Severity};
use crate::plan::{Plan, spec_digest};
use crate::store::{self, ChangeSetHead, RecordsFolder, StoredChangeSet};
use crate::workflow::{self, Approval, Approved, Approver, Outcome, Records, Run, time_of};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let set = StoredChangeSet {
        head: ChangeSetHead::new(
            (plan.metadata.id, &plan.metadata.name, &plan_file),
            (&changes.target, other_site),
            evaluation.digests,
            snapshot.digest(),
            &now(),
        ),
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
    unedited_plan(file, &set).map(drop)
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
    let beside = unedited_plan(file, &set)?.unwrap_or_else(|| {
        progress.tell(&format!(
            "the plan {} is gone; the records of this run lie beside the change set",
            set.head.plan_file.display()
        ));
        file.to_owned()
    });
    // Opened first: with the lock held, no other run comes between.
    let mut inventory = open_target(inventory, &set, progress)?;
    let mut folder = RecordsFolder::read(&beside, set.head.plan)?;
    if let Some(run) = check_order(folder.records(), &approved, &set)? {
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
    let mut journal = folder.begin_run(&approved, &now())?;
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
    // A run whose record lies beside the set is behind those beside the plan.
    let newest = match &beside_plan {
        None => None,
        Some(plan) => {
            let records = store::read_records(plan, set.head.plan)?;
            newest_run(&records, &set.head.target).cloned()
        }
    };
    let mut unfinished = None;
    for beside in beside_plan.into_iter().chain([file.to_owned()]) {
        let found = store::open_unfinished_run(&beside, set.head.plan, &set.head.target)?;
        unfinished =
            found.filter(|(changes, _, _)| Some(changes.digest()) == set.head.digests.changes);
        if unfinished.is_some() {
            break;
        }
    }
    let (changes, approval, mut journal) = unfinished.ok_or(SessionError::NothingToResume)?;
    if let Some(notice) = journal.notice() {
        progress.tell(notice);
    }
    let is_later = |run: &Run| {
        Some(run.changes) != set.head.digests.changes && time_of(&run.at) >= time_of(&approval.at)
    };
    if let Some(newest) = newest.filter(is_later) {
        return Err(SessionError::refused(
            &format!("the run of {} came after the one that stopped", newest.at),
            "Write a change set anew with `heddle plan`.",
        ));
    }
    let approved = workflow::reauthorise(changes, approval)?;
    check_deletions(approved.get(), &mut inventory, progress)?;
    run(&approved, &mut inventory, &mut journal, progress)
}

/// A set is not applied over another run that stopped, nor over one that came after it was written.
/// Gives the run that applied it already, if that was the last to write: then all is done.
fn check_order<'r>(
    records: &'r Records,
    approved: &Approved<Arc<ChangeSet>>,
    set: &StoredChangeSet,
) -> Result<Option<&'r Run>, SessionError> {
    let runs = || records.runs.iter().filter(|run| run.target == set.head.target);
    let own = |run: &Run| Some(run.changes) == set.head.digests.changes;
    let word = time_of(&approved.approval().at);
    let stopped =
        |run: &&Run| !own(run) && run.outcome != Outcome::Done && time_of(&run.at) >= word;
    if let Some(last) = runs().next_back().filter(stopped) {
        return Err(SessionError::refused(
            &format!("another run, begun at {}, has stopped before its end", last.at),
            "Resume that run first, or approve this change set again.",
        ));
    }
    // A set tells what the target was when it was written.
    let written = time_of(&set.head.at);
    let done =
        |run: &&Run| run.has_written && run.outcome == Outcome::Done && time_of(&run.at) >= written;
    let Some(last) = runs().rfind(done) else { return Ok(None) };
    if own(last) {
        return Ok(Some(last));
    }
    // Parts of one plan are written together and applied one after the other.
    let is_part = !set.changes.selection.is_empty();
    if is_part && !runs().filter(done).any(own) {
        return Ok(None);
    }
    Err(SessionError::refused(
        &format!("the run of {} came after it was written", last.at),
        "Write a change set anew with `heddle plan`; if that finds no changes, all is done.",
    ))
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
    let Some((path, mut plan)) = plan_of(file, set)? else { return Ok(None) };
    if set.head.other_site {
        plan.spec.target.site.clone_from(&set.head.target.site);
    }
    if spec_digest(&plan) != set.head.digests.spec {
        return Err(SessionError::refused(
            &format!("{} was edited after the change set was written", path.display()),
            "Write the change set anew with `heddle plan`, or take the edit back.",
        ));
    }
    Ok(Some(path))
}

/// The plan that a set was written from, if it is still there.
fn plan_of(file: &Path, set: &StoredChangeSet) -> Result<Option<(PathBuf, Plan)>, SessionError> {
    let head = &set.head;
    let beside = head.plan_file.file_name().map(|name| file.with_file_name(name));
    for path in beside.into_iter().chain([head.plan_file.clone()]) {
        match store::read_plan(&path) {
            Ok(document) if document.plan.metadata.id == head.plan => {
                return Ok(Some((path, document.plan)));
            }
            // Something else has its name: that plan is not here.
            Ok(_) => {}
            Err(_) if !path.exists() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}
