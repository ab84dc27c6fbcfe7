//! Draft, planned, approved, applied, failed: who may do what next, and why not.
//!
//! Pure: an evaluation and records go in, a phase comes out. Only this room makes an
//! [`Approved`] change set, and apply takes nothing else. An approval binds to digests and to
//! the target, so an edit that is undone makes it valid again.

mod conditions;
mod waiting;

pub use conditions::{
    Condition, ConditionKind, ConditionStatus, Health, Standing, SyncState, standing,
};
pub use waiting::{NotCovered, waiting};

use crate::diff::{ChangeSet, Part, Purpose};
use crate::evaluate::{Digests, Evaluation};
use crate::inventory::TargetRef;
use crate::model::{Code, Digest, Finding, Limits, PlanId, Severity, counted, grouped};
use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where a plan stands against one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It has errors, or the target could not be read.
    Draft,
    /// It can be approved.
    Planned,
    /// An approval covers exactly the present changes.
    Approved,
    /// The target is as the plan wants it.
    Applied,
    /// A run stopped before its end.
    Failed,
}

impl Phase {
    /// The word for people and machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Planned => "planned",
            Self::Approved => "approved",
            Self::Applied => "applied",
            Self::Failed => "failed",
        }
    }
}

/// Somebody's word that exactly these changes may be made. A field that this Heddle does not know
/// might limit the word, so it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The plan.
    pub plan: PlanId,
    /// The target.
    pub target: TargetRef,
    /// What was approved.
    pub digests: Digests,
    /// By whom.
    pub by: String,
    /// With what comment.
    pub comment: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Guards whose findings were acknowledged.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub acknowledged: BTreeSet<Code>,
    /// The version of Heddle that wrote it.
    pub heddle: String,
    /// What the changes were for. Left out by an older Heddle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

/// What changes are for, and how many they are: for people, and to show the same changes again. An
/// approval does not bind to it: the digest of the changes says which they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// What for.
    #[serde(default, skip_serializing_if = "Purpose::is_converge")]
    pub purpose: Purpose,
    /// The parts of the plan that they are limited to, in words; empty if to none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// How many objects are added, modified and deleted.
    pub objects: ObjectCounts,
}

impl Scope {
    /// That of a change set.
    pub fn of(changes: &ChangeSet) -> Self {
        Self {
            purpose: changes.purpose.clone(),
            parts: changes.selection.clone(),
            objects: ObjectCounts::of(changes),
        }
    }

    /// The same as what a selection takes; `None` if a part is written in a way that is not known.
    pub fn selection(&self) -> Option<BTreeSet<Part>> {
        self.parts.iter().map(|words| words.parse().ok()).collect()
    }

    /// In a few words: `destroy of class gpu (0 to add, 0 to change, 12 to remove)`.
    pub fn text(&self) -> String {
        let what = match &self.purpose {
            Purpose::Converge => "changes".to_owned(),
            Purpose::Destroy => "destroy".to_owned(),
            Purpose::Undo { run } => format!("undo of run {run}"),
        };
        let of = match self.parts.is_empty() {
            true => String::new(),
            false => format!(" of {}", self.parts.join(", ")),
        };
        let ObjectCounts { added, modified, deleted } = self.objects;
        let [added, modified, deleted] = [added, modified, deleted].map(grouped);
        format!("{what}{of} ({added} to add, {modified} to change, {deleted} to remove)")
    }
}

/// Who approves, and with what words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approver {
    /// The name.
    pub by: String,
    /// Why, or under which ticket.
    pub comment: String,
    /// Guards whose findings are acknowledged.
    pub acknowledged: BTreeSet<Code>,
}

impl Approver {
    /// Somebody who acknowledges nothing.
    pub fn new(by: &str, comment: &str) -> Self {
        Self { by: by.to_owned(), comment: comment.to_owned(), acknowledged: BTreeSet::new() }
    }
}

/// The guards among findings: what an approval has to acknowledge.
pub fn guards(findings: &[Finding]) -> BTreeSet<Code> {
    findings.iter().map(|f| f.code).filter(|code| code.needs_acknowledgement()).collect()
}

impl Approval {
    /// Why this is no approval that [`approve`] would give, if it is none.
    pub fn problem(&self) -> Option<String> {
        let max = Limits::TEXT_CHARS;
        if !is_name(&self.by) {
            return Some(format!("`by` is not the name of who approved, at most {max} characters"));
        }
        if self.comment.chars().count() > max {
            return Some(format!("`comment` has more than {max} characters"));
        }
        if time_of(&self.at).is_none() {
            return Some("`at` is not a time in UTC such as 2026-01-31T12:00:00.000Z".to_owned());
        }
        None
    }
}

fn is_name(by: &str) -> bool {
    !by.trim().is_empty() && by.chars().count() <= Limits::TEXT_CHARS
}

/// The moment that a record names: RFC 3339, UTC.
pub fn time_of(at: &str) -> Option<jiff::Timestamp> {
    at.strip_suffix('Z').and_then(|_| at.parse().ok())
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has no end: it runs, or was killed.
    Running,
    /// Everything was written and read back.
    Done,
    /// It stopped.
    Failed {
        /// Why.
        cause: String,
    },
    /// Somebody stopped it.
    Cancelled,
}

/// Whether a run wrote anything to its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrote {
    /// It ended before its first batch, or the target never heard of it.
    Nothing,
    /// It has no end, and may have written what it did not note.
    #[default]
    Unknown,
    /// At least one batch.
    Something,
}

/// How many objects of all kinds a change set touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectCounts {
    /// To add.
    pub added: u64,
    /// To modify.
    pub modified: u64,
    /// To delete.
    pub deleted: u64,
}

impl ObjectCounts {
    /// Those of a change set.
    pub fn of(changes: &ChangeSet) -> Self {
        Self {
            added: changes.added().total(),
            modified: changes.modified().total(),
            deleted: changes.deleted().total(),
        }
    }
}

/// One apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id: the stem of its file.
    pub id: String,
    /// The target.
    pub target: TargetRef,
    /// The change set it applied.
    pub changes: Digest,
    /// When it began: RFC 3339, UTC.
    pub at: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What for.
    #[serde(default)]
    pub purpose: Purpose,
    /// True if it was for everything that differed, and not for a selection.
    #[serde(default)]
    pub is_whole: bool,
    /// Whether it wrote anything.
    #[serde(default)]
    pub wrote: Wrote,
    /// By whose word it began.
    pub approval: Approval,
    /// The run that the target knew of as the newest when this one began: its id, empty if none.
    /// Left out by an older Heddle.
    #[serde(default)]
    pub follows: Option<String>,
    /// How many of the approvals on record came before it.
    #[serde(default)]
    pub approvals_before: usize,
    /// How many objects it was to add, modify and delete. Left out by an older Heddle.
    #[serde(default)]
    pub objects: Option<ObjectCounts>,
    /// The parts that it was for, in words; empty if it was for everything. Left out by an older
    /// Heddle.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Objects written, and the milliseconds that took, where that is on record; after a stop,
    /// since the last beginning.
    #[serde(default)]
    pub pace: Option<(u64, u64)>,
}

impl Run {
    /// True unless it is known to have written nothing.
    pub fn has_written(&self) -> bool {
        self.wrote != Wrote::Nothing
    }

    /// True for one that was killed before it reached its target: as if it never was.
    pub fn never_began(&self) -> bool {
        self.wrote == Wrote::Nothing && self.outcome == Outcome::Running
    }
}

/// What lies beside a plan, each record after those that it names as before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Approvals.
    pub approvals: Vec<Approval>,
    /// Runs.
    pub runs: Vec<Run>,
}

impl Records {
    /// The same, held against the run that a target knows of as the newest: a run that was killed
    /// before its first batch wrote nothing if the target still knows of the one before it.
    pub fn settled(mut self, target: &TargetRef, known: Option<&str>) -> Self {
        let known = known.unwrap_or_default();
        for run in self.runs.iter_mut().filter(|run| run.target == *target) {
            let before = run.follows.as_deref() == Some(known) && run.id != known;
            if run.wrote == Wrote::Unknown && before {
                run.wrote = Wrote::Nothing;
            }
        }
        self
    }

    /// True for an approval under which a run has written, whether it came to its end or not. The
    /// same changes may be wanted again, after an undo, say; that takes another word. Only a resume
    /// goes on under the same one.
    pub fn is_used(&self, approval: &Approval) -> bool {
        self.runs.iter().any(|run| run.has_written() && run.approval == *approval)
    }

    /// The newest run against a target that began there at all.
    pub fn newest_begun(&self, target: &TargetRef) -> Option<&Run> {
        self.runs.iter().rfind(|run| run.target == *target && !run.never_began())
    }
}

/// A phase, and what is missing before the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseReport {
    /// The phase.
    pub phase: Phase,
    /// What is missing before it can be approved; empty if nothing is.
    pub before_approve: Vec<String>,
    /// What is missing before it can be applied; empty if nothing is.
    pub before_apply: Vec<String>,
    /// True if an approval covers exactly the present changes and has not served yet.
    pub is_covered: bool,
    /// The approval that covers the present changes, or the one that led to the last run.
    pub approval: Option<Approval>,
    /// The newest run against the target.
    pub run: Option<Run>,
}

impl PhaseReport {
    /// The newest run, if it did not come to its end and no approval has replaced it: it can be
    /// resumed, whatever the plan says meanwhile.
    pub fn stopped(&self) -> Option<&Run> {
        let run = self.run.as_ref().filter(|run| run.outcome != Outcome::Done)?;
        matches!(self.phase, Phase::Failed | Phase::Draft).then_some(run)
    }
}

/// Why something was not approved or may not be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// Something is missing.
    #[error("this plan cannot be approved yet: {0}")]
    NotReady(String),
    /// No approval covers the changes.
    #[error("{0}")]
    NotApproved(String),
    /// A guard was not acknowledged.
    #[error("{0}")]
    NotAcknowledged(String),
    /// An approval needs a name.
    #[error(
        "an approval needs the name of who approves, at most {} characters",
        Limits::TEXT_CHARS
    )]
    NoName,
    /// Nobody approved a stored change set as it is.
    #[error("nobody has approved these changes; `heddle approve` does, once they have been read")]
    Unapproved,
    /// A stored change set is not the one that was approved.
    #[error("the stored changes are not those that were approved; plan and approve again")]
    Altered,
}

/// Something that was approved. Only [`authorise`], [`authorise_stored`] and
/// [`reauthorise`] make one.
#[derive(Clone, Debug)]
pub struct Approved<T> {
    value: T,
    approval: Approval,
}

impl<T> Approved<T> {
    /// What was approved.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// By whom, when.
    pub fn approval(&self) -> &Approval {
        &self.approval
    }
}

/// Where a plan stands against the target that the evaluation read. With errors it was not held
/// against one; a run against the `target` may be on record all the same.
pub fn phase(
    evaluation: &Evaluation,
    records: &Records,
    target: Option<&TargetRef>,
) -> PhaseReport {
    let is_error = |f: &&Finding| f.severity == Severity::Error;
    let errors = evaluation.findings.iter().filter(is_error).count() as u64;
    let mut before_approve = Vec::new();
    if errors > 0 {
        before_approve.push(errors_to_fix(errors));
    }
    let Some(changes) = &evaluation.changes else {
        if errors == 0 {
            before_approve.push(match target {
                Some(_) => "the changes could not be computed".to_owned(),
                None => "the inventory could not be read".to_owned(),
            });
        }
        return PhaseReport {
            phase: Phase::Draft,
            before_apply: before_approve.clone(),
            before_approve,
            is_covered: false,
            approval: None,
            run: target.and_then(|target| records.newest_begun(target)).cloned(),
        };
    };
    let run = records.newest_begun(&changes.target).cloned();
    let found = covering(evaluation, changes, records);
    // A review of something else has its own next step: to go on with what stopped is none.
    let is_meant = |run: &Run| changes.purpose.is_converge() || run.purpose == changes.purpose;
    let stopped = run.as_ref().is_some_and(|run| run.outcome != Outcome::Done && is_meant(run));
    let renewed = match (found, &run) {
        (Some((n, _)), Some(run)) => n >= run.approvals_before,
        _ => false,
    };
    let covering = found.map(|(_, approval)| approval.clone());
    let phase = if errors > 0 {
        Phase::Draft
    } else if changes.is_empty() && changes.is_everything() {
        Phase::Applied
    } else if stopped && !renewed {
        Phase::Failed
    } else if covering.is_some() {
        Phase::Approved
    } else {
        Phase::Planned
    };
    if changes.is_empty() && phase != Phase::Applied && errors == 0 {
        before_approve.push("nothing to change".to_owned());
    }
    let mut before_apply = before_approve.clone();
    match phase {
        Phase::Applied => {
            before_approve.push("nothing to change".to_owned());
            before_apply.push("nothing to change".to_owned());
        }
        Phase::Approved => before_approve.push("already approved".to_owned()),
        Phase::Planned => before_apply.push("an approval of these changes".to_owned()),
        Phase::Failed => {
            before_apply.push("resume the run that stopped, or approve again".to_owned())
        }
        Phase::Draft => {}
    }
    let is_covered = covering.is_some();
    let approval = covering.or_else(|| Some(run.as_ref()?.approval.clone()));
    PhaseReport { phase, before_approve, before_apply, is_covered, approval, run }
}

/// The newest approval that covers the present changes, and its position.
fn covering<'a>(
    evaluation: &Evaluation,
    changes: &ChangeSet,
    records: &'a Records,
) -> Option<(usize, &'a Approval)> {
    records.approvals.iter().enumerate().rfind(|(_, approval)| {
        !records.is_used(approval)
            && approval.digests == evaluation.digests
            && approval.target == changes.target
            && Some(approval.plan) == changes.desired.plan
            && guards(&evaluation.findings).is_subset(&approval.acknowledged)
    })
}

/// Approves the present changes.
///
/// # Errors
/// Something is missing, a guard was not acknowledged, or the name is none.
pub fn approve(
    evaluation: &Evaluation,
    plan: &Plan,
    approver: &Approver,
    at: &str,
) -> Result<Approval, WorkflowError> {
    let report = phase(evaluation, &Records::default(), None);
    let Some(changes) = evaluation.changes.as_ref().filter(|_| report.before_approve.is_empty())
    else {
        return Err(WorkflowError::NotReady(report.before_approve.join(", ")));
    };
    let of = (plan.metadata.id, changes.as_ref(), evaluation.digests);
    new_approval(of, &evaluation.findings, approver, at)
}

/// Approves a change set that was stored, with the findings and the digests it was stored with.
///
/// # Errors
/// There is nothing to change, a finding is an error, or the name is none.
pub fn approve_stored(
    changes: &ChangeSet,
    findings: &[Finding],
    digests: Digests,
    approver: &Approver,
    at: &str,
) -> Result<Approval, WorkflowError> {
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count() as u64;
    if errors > 0 {
        return Err(WorkflowError::NotReady(errors_to_fix(errors)));
    }
    match changes.desired.plan {
        Some(plan) if !changes.is_empty() && digests.changes == Some(changes.digest()) => {
            new_approval((plan, changes, digests), findings, approver, at)
        }
        Some(_) if changes.is_empty() => {
            Err(WorkflowError::NotReady("nothing to change".to_owned()))
        }
        _ => Err(WorkflowError::Altered),
    }
}

fn errors_to_fix(errors: u64) -> String {
    format!("{} to fix", counted(errors, "error", "errors"))
}

fn new_approval(
    (plan, changes, digests): (PlanId, &ChangeSet, Digests),
    findings: &[Finding],
    approver: &Approver,
    at: &str,
) -> Result<Approval, WorkflowError> {
    let by = approver.by.trim();
    if !is_name(by) {
        return Err(WorkflowError::NoName);
    }
    let guards = guards(findings);
    let open = |f: &&Finding| guards.contains(&f.code) && !approver.acknowledged.contains(&f.code);
    let open: Vec<String> = findings
        .iter()
        .filter(open)
        .map(|f| format!("{} (--acknowledge {})", f.text.trim_end_matches('.'), f.code))
        .collect();
    if !open.is_empty() {
        let what = open.join("; ");
        return Err(WorkflowError::NotAcknowledged(format!("to be acknowledged first: {what}")));
    }
    Ok(Approval {
        plan,
        target: changes.target.clone(),
        digests,
        by: by.to_owned(),
        comment: approver.comment.trim().chars().take(Limits::TEXT_CHARS).collect(),
        at: at.to_owned(),
        // What nobody asked about is not worth keeping.
        acknowledged: guards,
        heddle: env!("CARGO_PKG_VERSION").to_owned(),
        scope: Some(Scope::of(changes)),
    })
}

/// The present changes, if an approval covers exactly them.
pub fn authorise(
    evaluation: &Evaluation,
    records: &Records,
) -> Result<Approved<Arc<ChangeSet>>, WorkflowError> {
    let report = phase(evaluation, records, None);
    match (report.phase, &evaluation.changes) {
        (Phase::Approved, Some(changes)) => covering(evaluation, changes, records)
            .map(|(_, approval)| Approved {
                value: Arc::clone(changes),
                approval: approval.clone(),
            })
            .ok_or_else(|| {
                WorkflowError::NotApproved("no approval covers these changes".to_owned())
            }),
        (Phase::Applied, _) => {
            Err(WorkflowError::NotApproved("there is nothing to change".to_owned()))
        }
        (Phase::Planned, _) if !records.approvals.is_empty() => Err(WorkflowError::NotApproved(
            "the changes are not those that were approved; look at the diff and approve again"
                .to_owned(),
        )),
        _ => Err(WorkflowError::NotApproved(format!(
            "this plan cannot be applied yet: {}",
            report.before_apply.join(", ")
        ))),
    }
}

/// A change set that was stored, if one of the approvals with it covers exactly it.
///
/// # Errors
/// None does.
pub fn authorise_stored(
    changes: &Arc<ChangeSet>,
    findings: &[Finding],
    digests: &Digests,
    approvals: &[Approval],
) -> Result<Approved<Arc<ChangeSet>>, WorkflowError> {
    if digests.changes != Some(changes.digest()) {
        return Err(WorkflowError::Altered);
    }
    let covers = |approval: &&Approval| {
        approval.digests == *digests
            && approval.target == changes.target
            && Some(approval.plan) == changes.desired.plan
            && guards(findings).is_subset(&approval.acknowledged)
    };
    let approval = approvals.iter().rfind(covers).ok_or(WorkflowError::Unapproved)?;
    Ok(Approved { value: Arc::clone(changes), approval: approval.clone() })
}

/// A change set that a run stored, if it is still the one that was approved.
pub fn reauthorise(
    changes: ChangeSet,
    approval: Approval,
) -> Result<Approved<Arc<ChangeSet>>, WorkflowError> {
    let same = approval.digests.changes == Some(changes.digest())
        && approval.target == changes.target
        && changes.desired.plan == Some(approval.plan);
    if same {
        Ok(Approved { value: Arc::new(changes), approval })
    } else {
        Err(WorkflowError::Altered)
    }
}
