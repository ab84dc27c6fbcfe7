//! A plan held against a target: everything that is read for it, and what comes of it.

use super::{SessionError, Target, read_snapshot};
use crate::apply::{Estimate, estimate};
use crate::catalog::Catalog;
use crate::diff::{Part, Purpose, RunHistory, Undo};
use crate::evaluate::{Evaluation, Inputs, Intent, evaluate};
use crate::inventory::{Snapshot, TargetRef};
use crate::model::Progress;
use crate::plan::Plan;
use crate::store;
use crate::workflow::{Outcome, PhaseReport, Records, Run, Standing, phase, standing};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// A plan held against a target.
#[derive(Clone, Debug)]
pub struct Held {
    /// What the target has.
    pub snapshot: Arc<Snapshot>,
    /// What lies beside the plan.
    pub records: Records,
    /// What came of it.
    pub evaluation: Evaluation,
}

impl Held {
    /// Where the plan stands.
    pub fn phase(&self) -> PhaseReport {
        phase(&self.evaluation, &self.records, Some(self.snapshot.target()))
    }

    /// What applying the changes will take, if there are any.
    pub fn estimate(&self) -> Option<Estimate> {
        let changes = self.evaluation.changes.as_ref().filter(|changes| !changes.is_empty())?;
        Some(estimate(changes, pace(&self.records, self.snapshot.target())))
    }

    /// The same as conditions.
    pub fn standing(&self) -> Standing {
        let target = Some(self.snapshot.target());
        standing(&self.evaluation, &self.phase(), &self.records, target, None)
    }
}

/// The day on which waivers are to hold: that of UTC, so that it is the same for everybody.
pub fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Reads a target and the records of a plan, and evaluates for a purpose. An undo that names no run
/// is of the newest.
///
/// # Errors
/// The target or a record cannot be read, or the run to undo cannot be undone.
pub fn hold(
    (plan_path, plan): (&Path, &Plan),
    catalog: &Catalog,
    target: &Target,
    (purpose, selection): (&Purpose, Option<&BTreeSet<Part>>),
    progress: &Progress,
) -> Result<Held, SessionError> {
    let snapshot = read_snapshot(target, progress)?;
    let known = snapshot.last_run(plan.metadata.id);
    let records = store::read_records(plan_path, plan.metadata.id)?;
    let records = records.settled(snapshot.target(), known);
    let history = store::read_history(plan_path, &records, snapshot.target())?;
    let undo = undo_of(plan_path, &records, snapshot.target(), purpose)?;
    let of = (purpose, undo.as_ref());
    let inputs = inputs((plan, catalog), &snapshot, Some(&history), of);
    let inputs = Inputs { selection, ..inputs };
    let evaluation = evaluate(&inputs, progress)?;
    Ok(Held { snapshot, records, evaluation })
}

/// The inputs of an evaluation against a target, today.
pub(super) fn inputs<'a>(
    (plan, catalog): (&'a Plan, &'a Catalog),
    snapshot: &'a Snapshot,
    history: Option<&'a RunHistory>,
    (purpose, undo): (&Purpose, Option<&'a Undo>),
) -> Inputs<'a> {
    let intent = match (purpose, undo) {
        (Purpose::Destroy, _) => Intent::Destroy,
        (Purpose::Undo { .. }, Some(undo)) => Intent::Undo(undo),
        _ => Intent::Converge,
    };
    let alone = Inputs::of(plan, catalog).against(Some(snapshot));
    Inputs { history, intent, today: Some(today()), ..alone }
}

/// What is needed for a purpose that is an undo.
pub(super) fn undo_of(
    plan_path: &Path,
    records: &Records,
    target: &TargetRef,
    purpose: &Purpose,
) -> Result<Option<Undo>, SessionError> {
    match purpose {
        Purpose::Undo { run } if run.is_empty() => {
            let newest = newest_run(records, target).ok_or_else(|| {
                SessionError::refused(
                    "no run of this plan against this target is on record",
                    "There is nothing to undo.",
                )
            })?;
            undo(plan_path, records, target, &newest.id).map(Some)
        }
        Purpose::Undo { run } => undo(plan_path, records, target, run).map(Some),
        Purpose::Converge | Purpose::Destroy => Ok(None),
    }
}

/// The newest run of a plan against a target: the one that can be undone.
pub fn newest_run<'r>(records: &'r Records, target: &TargetRef) -> Option<&'r Run> {
    records.runs.iter().rfind(|run| run.target == *target && run.has_written())
}

/// How many objects the newest measured run against a target wrote, in how many milliseconds.
pub fn pace(records: &Records, target: &TargetRef) -> Option<(u64, u64)> {
    let runs = records.runs.iter().rev().filter(|run| run.target == *target);
    runs.filter_map(|run| run.pace).next()
}

/// What is needed to undo the newest run.
///
/// # Errors
/// It is not the newest, or what was there before it is not on record.
fn undo(
    plan_path: &Path,
    records: &Records,
    target: &TargetRef,
    run: &str,
) -> Result<Undo, SessionError> {
    let wrote = |run: &&Run| run.target == *target && run.has_written();
    let runs: Vec<&Run> = records.runs.iter().filter(wrote).collect();
    let Some((newest, earlier)) = runs.split_last().filter(|(newest, _)| newest.id == run) else {
        let known = runs.iter().any(|known| known.id == run);
        let cause = match known {
            true => "later runs build on that run",
            false => "no run of that id against this target is on record",
        };
        return Err(SessionError::refused(
            cause,
            "Undo the newest run first; `heddle audit` lists them.",
        ));
    };
    let (changes, _) = store::read_run_changes(plan_path, &newest.id)?;
    let touched = changes.touched();
    let mut before = None;
    for run in earlier.iter().rev() {
        // The same changes, begun anew or applied again, are one run.
        if run.changes == newest.changes {
            continue;
        }
        let (of_run, _) = store::read_run_changes(plan_path, &run.id)?;
        if run.outcome == Outcome::Done && run.is_whole {
            before = Some(of_run.applied());
            break;
        }
        if of_run.touched().intersection(&touched).next().is_some() {
            return Err(SessionError::refused(
                &format!(
                    "what was there before it is not known: the run of {} touched the same objects and was not whole",
                    run.at
                ),
                "Edit the plan to what you want, and apply that.",
            ));
        }
    }
    if before.is_none() && !(changes.modifications.is_empty() && changes.deletions.is_empty()) {
        return Err(SessionError::refused(
            "what was there before that run is not on record",
            "Put the folder of records back beside the plan, or edit the plan to what you want and apply that.",
        ));
    }
    Ok(Undo::of(&newest.id, &changes, before.as_deref()))
}
