//! What the window and the command line share: where things lie, and how a plan goes from its
//! file to an applied target. Everything with an effect passes through here.
//!
//! The functions block; [`Worker`] and [`Job`] run them beside a window.

mod catalogue;
mod change_sets;
mod compare;
mod diagnostics;
mod held;
mod job;
mod places;
mod sizes;
mod worker;

pub use catalogue::{catalog, catalog_with};
pub use change_sets::{
    apply_change_set, approve_change_set, beside_change_set, check_change_set,
    check_resume_change_set, resume_change_set, write_change_set,
};
pub use compare::compare;
pub use diagnostics::diagnostics;
pub use held::{Held, hold, newest_run, pace, today};
pub use job::{Job, free_aside};
pub use places::Places;
pub use sizes::{Room, WhatIf, eject_cluster, pin_sizes, what_if};
pub use worker::{Answer, Request, Worker};
#[cfg(test)]
pub(crate) use worker::{OnRecord, compute};

use crate::apply::{self, ApplyError, Report};
use crate::catalog::CatalogError;
use crate::checks;
use crate::diff::ChangeSet;
use crate::evaluate::Evaluation;
use crate::inventory::{Inventory, InventoryError, Snapshot, TargetRef};
use crate::model::{Cancelled, PlanId, Progress};
use crate::plan::preset::PresetError;
use crate::plan::{EditError, Plan, spec_digest};
use crate::store::{self, LocalInventory, RecordsFolder, RunFile, StoreError, StoredInventory};
use crate::workflow::{self, Approval, Approved, Approver, Outcome, Records, Run, WorkflowError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why something could not be done. Each carries its own sentence.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is another room's error, described there")]
pub enum SessionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Preset(#[from] PresetError),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A command does not fit the plan.
    #[error("{cause}. {remedy}")]
    Refused { cause: String, remedy: String },
    /// The platform names no folder for data.
    #[error("no folder for data is known; set HEDDLE_HOME to one")]
    NoHome,
    /// There is no run to resume.
    #[error("no run of this plan against this target stopped; there is nothing to resume")]
    NothingToResume,
}

impl SessionError {
    fn refused(cause: &str, remedy: &str) -> Self {
        Self::Refused { cause: cause.trim_end_matches('.').to_owned(), remedy: remedy.to_owned() }
    }
}

/// An inventory file and a site in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The local inventory.
    pub inventory: PathBuf,
    /// The slug of the site.
    pub site: String,
}

/// The time for records: RFC 3339, UTC, to the millisecond, so that texts order as times do.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Opens the inventory of a target, and leaves a notice if a write that never ended was cut off.
fn open_inventory(target: &Target, progress: &Progress) -> Result<LocalInventory, SessionError> {
    let inventory = LocalInventory::open(&target.inventory)?;
    inventory.notices().iter().for_each(|notice| progress.tell(notice));
    Ok(inventory)
}

/// Passes over whoever has an inventory open and hangs: they can write no more, and it can be
/// opened as any other. Leaves a notice that says who it was.
///
/// # Errors
/// The file cannot be read, or it is no inventory.
pub fn take_over(inventory: &Path, progress: &Progress) -> Result<(), SessionError> {
    let inventory = LocalInventory::take_over(inventory)?;
    inventory.notices().iter().for_each(|notice| progress.tell(notice));
    Ok(())
}

/// Reads what a target holds; the progress counts bytes.
pub fn read_snapshot(target: &Target, progress: &Progress) -> Result<Arc<Snapshot>, SessionError> {
    let mut inventory = LocalInventory::open_counting(&target.inventory, progress)?;
    inventory.notices().iter().for_each(|notice| progress.tell(notice));
    Ok(Arc::new(inventory.read(&target.site, progress)?))
}

/// What lies beside a plan.
pub fn records(plan_path: &Path, plan: &Plan) -> Result<Records, SessionError> {
    Ok(store::read_records(plan_path, plan.metadata.id)?)
}

/// Approves the changes of an evaluation and records it beside the plan, if what lies there can
/// be read: beside a damaged record an approval would be of no use.
pub fn approve(
    plan_path: &Path,
    plan: &Plan,
    evaluation: &Evaluation,
    approver: &Approver,
) -> Result<Approval, SessionError> {
    let mut folder = RecordsFolder::read(plan_path, plan.metadata.id)?;
    let approval = workflow::approve(evaluation, plan, approver, &now())?;
    folder.add_approval(&approval)?;
    Ok(approval)
}

/// Applies the approved changes of an evaluation, with a journal beside the plan.
pub fn apply(
    plan_path: &Path,
    plan: &Plan,
    evaluation: &Evaluation,
    target: &Target,
    progress: &Progress,
) -> Result<Report, SessionError> {
    // Opened first: with the lock held, no other run comes between.
    let mut inventory = open_inventory(target, progress)?;
    let known = inventory.last_run(plan.metadata.id, &target.site)?;
    let folder = RecordsFolder::read(plan_path, plan.metadata.id)?;
    let at = inventory.target(&target.site);
    let records = folder.records().clone().settled(&at, known.as_deref());
    let approved = workflow::authorise(evaluation, &records)?;
    if approved.get().follows.as_deref() != Some(known.as_deref().unwrap_or_default()) {
        return Err(overtaken(known.as_deref(), "Refresh, look at the diff and approve again."));
    }
    check_deletions(approved.get(), &mut inventory, progress)?;
    let mut journal = folder.begin_run(&approved, &now(), known.as_deref())?;
    run(&approved, &mut inventory, &mut journal, progress)
}

/// Goes on with the run that stopped, from the change set it stored.
pub fn resume(
    plan_path: &Path,
    plan: &Plan,
    target: &Target,
    progress: &Progress,
) -> Result<Report, SessionError> {
    let mut inventory = open_inventory(target, progress)?;
    let at: TargetRef = inventory.target(&target.site);
    let known = inventory.last_run(plan.metadata.id, &target.site)?;
    let records = store::read_records(plan_path, plan.metadata.id)?;
    let run_of = unfinished(&records, &at, known.as_deref(), |_| true)?
        .ok_or(SessionError::NothingToResume)?;
    let (changes, approval, mut journal) = store::open_run(plan_path, run_of)?;
    if let Some(notice) = journal.notice() {
        progress.tell(notice);
    }
    let approved = workflow::reauthorise(changes, approval)?;
    check_deletions(approved.get(), &mut inventory, progress)?;
    run(&approved, &mut inventory, &mut journal, progress)
}

/// Whether a plan could be applied or resumed, as far as can be told without the inventory: nobody
/// is passed over for a command that would be refused.
///
/// # Errors
/// Nobody approved this spec; or with `resume`, no run stopped.
pub fn check_before_take_over(
    plan_path: &Path,
    plan: &Plan,
    site: &str,
    resume: bool,
) -> Result<(), SessionError> {
    let records = store::read_records(plan_path, plan.metadata.id)?;
    if resume {
        let mut runs = records.runs.iter().filter(|run| run.target.site == site);
        let any = runs.any(|run| run.outcome != Outcome::Done);
        return if any { Ok(()) } else { Err(SessionError::NothingToResume) };
    }
    let spec = spec_digest(plan);
    match records.approvals.iter().any(|approval| approval.digests.spec == spec) {
        true => Ok(()),
        false => Err(SessionError::refused(
            "nobody has approved this plan as it is",
            "Approve it first; nobody was passed over.",
        )),
    }
}

/// What an inventory says of the newest runs of a plan that are not among its records: a sentence
/// each.
///
/// # Errors
/// The inventory cannot be read.
pub fn missing_runs(
    inventory: &Path,
    plan: PlanId,
    records: &[store::Record],
) -> Result<Vec<String>, SessionError> {
    let stored = StoredInventory::read(inventory)?;
    let known = |id: &str| {
        records.iter().any(|record| match &record.what {
            store::Recorded::Run { run, .. } => run.id == id,
            store::Recorded::Approval(_) => false,
        })
    };
    let missing = stored.last_runs(plan).filter(|(_, run)| !known(run));
    Ok(missing
        .map(|(site, run)| {
            format!(
                "run {run} was the last to change site {site} of {}, and is not on record here",
                inventory.display()
            )
        })
        .collect())
}

/// The run that can be gone on with: the newest that has no end, if the target knows of no other
/// since. One that the target has never heard of counts as long as it knows of the one before.
///
/// # Errors
/// The newest run of all has no end, and another came after it: a copy of the records does not know
/// what was done since.
fn unfinished<'r>(
    records: &'r Records,
    target: &TargetRef,
    known: Option<&str>,
    wanted: impl Fn(&Run) -> bool,
) -> Result<Option<&'r Run>, SessionError> {
    let known = known.unwrap_or_default();
    let runs = || records.runs.iter().filter(|run| run.target == *target);
    let open = |run: &&Run| run.outcome != Outcome::Done && wanted(run);
    let here =
        |run: &&Run| run.id == known || run.follows.as_deref().is_none_or(|before| before == known);
    if let Some(run) = runs().rfind(|run| open(run) && here(run)) {
        return Ok(Some(run));
    }
    match runs().next_back().filter(open) {
        Some(_) => {
            Err(overtaken(Some(known), "Look at the diff; what is left there needs an approval."))
        }
        None => Ok(None),
    }
}

/// Another run began in the target since.
fn overtaken(known: Option<&str>, remedy: &str) -> SessionError {
    let cause = match known.filter(|run| !run.is_empty()) {
        Some(run) => format!("run {run} of this plan has changed the inventory since"),
        None => "the inventory knows of no run of this plan any more".to_owned(),
    };
    SessionError::refused(&cause, remedy)
}

/// What others gave something after its deletion was approved would go with it.
fn check_deletions(
    changes: &ChangeSet,
    inventory: &mut LocalInventory,
    progress: &Progress,
) -> Result<(), SessionError> {
    let deleted = changes.deleted();
    if deleted.devices == 0 && deleted.interfaces == 0 {
        return Ok(());
    }
    let snapshot = inventory.read(&changes.target.site, progress)?;
    match checks::given_since(changes, &snapshot) {
        None => Ok(()),
        Some(cause) => Err(SessionError::refused(
            &format!("{cause}. Nothing was written now"),
            "Refresh, look at the diff and approve again; or take it off the device.",
        )),
    }
}

fn run(
    approved: &Approved<Arc<ChangeSet>>,
    inventory: &mut LocalInventory,
    journal: &mut RunFile,
    progress: &Progress,
) -> Result<Report, SessionError> {
    journal.stop_with(inventory);
    Ok(apply::apply(approved, inventory, journal, progress)?)
}
