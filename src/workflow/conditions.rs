//! Where a plan stands, said as Kubernetes says it: conditions, each with a status, a reason and a
//! message; and as Argo CD does: in sync or not, healthy or not.
//!
//! Everything follows from an evaluation and the records; nothing of it is an input of anything.

use super::{Approval, NotCovered, Outcome, PhaseReport, Records, Run, waiting};
use crate::diff::Purpose;
use crate::evaluate::Evaluation;
use crate::inventory::TargetRef;
use crate::model::{Code, Digest, Finding, Severity, counted, grouped};
use serde::{Deserialize, Serialize};

/// A question about a plan and its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConditionKind {
    /// Has the plan no errors?
    Valid,
    /// Does the evaluation belong to this plan and to a reading of the target?
    Fresh,
    /// Does an approval cover exactly the present changes?
    Approved,
    /// Did the newest run apply this spec, to its end?
    Applied,
    /// Is the target as the plan wants it?
    InSync,
    /// Is the newest run that the target knows of on record?
    Recorded,
}

/// The answer to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionStatus {
    /// Yes.
    True,
    /// No.
    False,
    /// It cannot be told.
    Unknown,
}

impl ConditionStatus {
    fn of(yes: bool) -> Self {
        if yes { Self::True } else { Self::False }
    }

    /// The word for people and machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        }
    }
}

/// A condition and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The question.
    #[serde(rename = "type")]
    pub kind: ConditionKind,
    /// The answer.
    pub status: ConditionStatus,
    /// Why, in one word for machines.
    pub reason: String,
    /// Why, in a sentence for people.
    pub message: String,
    /// The digest of what the answer is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// Whether the target is as the plan wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncState {
    /// It is.
    Synced,
    /// It is not.
    OutOfSync,
    /// It cannot be told.
    Unknown,
}

/// How what was applied fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Health {
    /// It is as it was applied.
    Healthy,
    /// Approved changes wait to be applied.
    Progressing,
    /// A run stopped, something drifted, records are missing, or a plan that was applied has
    /// errors.
    Degraded,
    /// The target has nothing of the plan.
    Missing,
    /// It cannot be told.
    Unknown,
}

impl SyncState {
    /// The word for people and machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Synced => "Synced",
            Self::OutOfSync => "OutOfSync",
            Self::Unknown => "Unknown",
        }
    }
}

impl Health {
    /// The word for people and machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Progressing => "Progressing",
            Self::Degraded => "Degraded",
            Self::Missing => "Missing",
            Self::Unknown => "Unknown",
        }
    }
}

/// Where a plan stands against a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// All conditions, in the order of [`ConditionKind`].
    pub conditions: Vec<Condition>,
    /// In sync or not.
    pub sync: SyncState,
    /// How it fares.
    pub health: Health,
}

/// Where a plan stands. Without a `target` it could not be read; `problem` says why, or why the
/// records could not.
pub fn standing(
    evaluation: &Evaluation,
    report: &PhaseReport,
    records: &Records,
    target: Option<&TargetRef>,
    problem: Option<&str>,
) -> Standing {
    let run = target.and_then(|target| records.newest_begun(target));
    let (sync, in_sync) = in_sync(evaluation, problem);
    let conditions = vec![
        valid(evaluation),
        fresh(evaluation, problem),
        approved(evaluation, report, target.and_then(|of| waiting(evaluation, records, of))),
        applied(evaluation, run, problem),
        in_sync,
        recorded(evaluation),
    ];
    Standing { conditions, sync, health: health(evaluation, report, run) }
}

fn condition(
    kind: ConditionKind,
    status: ConditionStatus,
    reason: &str,
    message: String,
    digest: Option<Digest>,
) -> Condition {
    Condition { kind, status, reason: reason.to_owned(), message, digest }
}

fn valid(evaluation: &Evaluation) -> Condition {
    let errors = evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
    let digest = Some(evaluation.digests.spec);
    let (n, first) = (errors.clone().count() as u64, errors.map(|f| f.text.as_str()).next());
    match first {
        None => {
            let message = "The plan has no errors.".to_owned();
            condition(ConditionKind::Valid, ConditionStatus::True, "NoErrors", message, digest)
        }
        Some(first) => {
            let message = format!("{}, the first: {first}", counted(n, "error", "errors"));
            condition(ConditionKind::Valid, ConditionStatus::False, "Errors", message, digest)
        }
    }
}

fn fresh(evaluation: &Evaluation, problem: Option<&str>) -> Condition {
    let (status, reason, message) = match (problem, &evaluation.changes) {
        (Some(problem), _) => (ConditionStatus::False, "NotRead", problem.to_owned()),
        (None, Some(changes)) => {
            let site = &changes.target.site;
            (
                ConditionStatus::True,
                "Read",
                format!("The site {site} was read for this evaluation."),
            )
        }
        (None, None) => {
            (ConditionStatus::Unknown, "NotCompared", "The target was not compared.".to_owned())
        }
    };
    condition(ConditionKind::Fresh, status, reason, message, None)
}

/// Whether an approval covers what would change. One that waits for something else is told too.
fn approved(
    evaluation: &Evaluation,
    report: &PhaseReport,
    waiting: Option<(&Approval, NotCovered)>,
) -> Condition {
    let digest = evaluation.digests.changes;
    let stopped = report.stopped();
    let (status, reason, message) = match (&evaluation.changes, &report.approval) {
        (None, _) => {
            (ConditionStatus::Unknown, "NoChangeSet", "There is no change set.".to_owned())
        }
        (Some(changes), _) if changes.is_empty() => {
            (ConditionStatus::Unknown, "NothingToChange", "There is nothing to approve.".to_owned())
        }
        (_, Some(approval)) if report.is_covered => (
            ConditionStatus::True,
            "Covered",
            format!("{} approved it at {}.", approval.by, approval.at),
        ),
        (_, Some(approval)) if approval.digests == evaluation.digests => (
            ConditionStatus::False,
            "Used",
            format!("The approval of {} has served for a run already.", approval.at),
        ),
        (_, Some(approval)) if stopped.is_some_and(|run| run.approval == *approval) => (
            ConditionStatus::False,
            "Stopped",
            format!(
                "{} approved the run that has stopped: it can be resumed. What would change now is what \
                 is left of it, and nobody has approved that by itself.",
                approval.by
            ),
        ),
        (_, Some(approval)) => {
            let served = report.run.as_ref().is_some_and(|run| {
                let led = run.outcome == Outcome::Done && run.purpose.is_converge();
                led && run.approval == *approval
            });
            let message = match served {
                true => "What was approved is applied; nobody has approved what would change now.",
                false => "What was approved is not what would change now.",
            };
            (ConditionStatus::False, "Changed", message.to_owned())
        }
        (_, None) => (ConditionStatus::False, "NotApproved", "Nobody has approved it.".to_owned()),
    };
    let other = waiting.and_then(|(approval, why)| {
        let scope = approval.scope.as_ref().filter(|_| why == NotCovered::OfAnother)?;
        let Approval { by, at, .. } = approval;
        Some(format!(" {by} approved something else at {at}, which waits: {}.", scope.text()))
    });
    let message = message + &other.unwrap_or_default();
    condition(ConditionKind::Approved, status, reason, message, digest)
}

/// Whether the newest run that the target knows of is on record.
fn recorded(evaluation: &Evaluation) -> Condition {
    let kind = ConditionKind::Recorded;
    let missing = lost(evaluation).map(|finding| {
        let reason = match finding.code {
            Code::RecordsMissing => "RecordsMissing",
            _ => "OtherLineage",
        };
        condition(kind, ConditionStatus::False, reason, finding.text.clone(), None)
    });
    missing.unwrap_or_else(|| match evaluation.changes {
        Some(_) => {
            let message = "What the target knows of this plan is on record.".to_owned();
            condition(kind, ConditionStatus::True, "OnRecord", message, None)
        }
        None => {
            let message = "The target was not compared.".to_owned();
            condition(kind, ConditionStatus::Unknown, "NotCompared", message, None)
        }
    })
}

/// The finding that says that records are missing, if there is one.
fn lost(evaluation: &Evaluation) -> Option<&Finding> {
    let codes = [Code::RecordsMissing, Code::OtherLineage];
    evaluation.findings.iter().find(|finding| codes.contains(&finding.code))
}

/// Whether the plan was applied. A target that equals the plan is that whatever the newest run was
/// for, and even if it stopped: [`phase`](super::phase) calls it applied too.
fn applied(evaluation: &Evaluation, run: Option<&Run>, problem: Option<&str>) -> Condition {
    let equal = evaluation.changes.as_ref().is_some_and(|changes| {
        changes.purpose.is_converge() && changes.is_empty() && changes.is_everything()
    });
    let waiting = evaluation.changes.as_ref().map_or(0, |changes| changes.waiting_cables());
    let (is_applied, reason, message) = match run {
        Some(run) => match (&run.outcome, &run.purpose) {
            (Outcome::Done, Purpose::Converge)
                if run.is_whole && run.approval.digests.spec == evaluation.digests.spec =>
            {
                (true, "Done", format!("The run of {} applied this spec{}.", run.at, but(waiting)))
            }
            (Outcome::Done, Purpose::Undo { .. }) if equal => {
                let but = but(waiting);
                let message =
                    format!("The run of {} led back to what the plan wants{but}.", run.at);
                (true, "LedBack", message)
            }
            _ if equal => (true, "AsPlanned", as_planned(waiting)),
            (Outcome::Running, _) => {
                (false, "NoEnd", format!("The run of {} has no end on record.", run.at))
            }
            (Outcome::Failed { cause }, _) => {
                (false, "Failed", format!("The run of {} failed: {cause}", run.at))
            }
            (Outcome::Cancelled, _) => {
                (false, "Cancelled", format!("The run of {} was cancelled.", run.at))
            }
            (Outcome::Done, Purpose::Undo { .. })
                if run.approval.digests.spec == evaluation.digests.spec =>
            {
                (
                    false,
                    "TakenBack",
                    format!(
                        "The run of {} took back the one before it; the plan still wants what that had \
                     made.",
                        run.at
                    ),
                )
            }
            (Outcome::Done, Purpose::Destroy) => {
                let what = if run.is_whole { "everything" } else { "a part" };
                let message = format!("The run of {} deleted {what} of this plan.", run.at);
                (false, "TakenBack", message)
            }
            (Outcome::Done, Purpose::Undo { .. }) => {
                (false, "SpecChanged", format!("The spec was edited after the run of {}.", run.at))
            }
            (Outcome::Done, Purpose::Converge) if !run.is_whole => {
                (false, "InPart", format!("The run of {} applied a part of the changes.", run.at))
            }
            (Outcome::Done, Purpose::Converge) => {
                (false, "SpecChanged", format!("The spec was edited after the run of {}.", run.at))
            }
        },
        None if problem.is_some() => {
            let message = problem.unwrap_or_default().to_owned();
            let kind = ConditionKind::Applied;
            return condition(kind, ConditionStatus::Unknown, "NotRead", message, None);
        }
        None if equal => (true, "AsPlanned", as_planned(waiting)),
        None => {
            let message = "No run against this target is on record.".to_owned();
            (false, "NeverApplied", message)
        }
    };
    let digest = run.map(|run| run.changes);
    condition(ConditionKind::Applied, ConditionStatus::of(is_applied), reason, message, digest)
}

/// That the target is as the plan wants it, and how many cables wait for devices of others.
fn as_planned(waiting: u64) -> String {
    format!("The target is as the plan wants it{}.", but(waiting))
}

/// What a sentence that all is done has to add: nothing is done about cables that wait.
fn but(waiting: u64) -> String {
    match waiting {
        0 => String::new(),
        1 => ", but for 1 cable that waits for a device of others".to_owned(),
        n => format!(", but for {} cables that wait for devices of others", grouped(n)),
    }
}

fn in_sync(evaluation: &Evaluation, problem: Option<&str>) -> (SyncState, Condition) {
    let Some(changes) = evaluation.changes.as_ref().filter(|_| problem.is_none()) else {
        let message = "The target was not compared.".to_owned();
        let kind = ConditionKind::InSync;
        return (
            SyncState::Unknown,
            condition(kind, ConditionStatus::Unknown, "NotCompared", message, None),
        );
    };
    let kind = ConditionKind::InSync;
    if !changes.purpose.is_converge() {
        let message = "The plan itself was not compared.".to_owned();
        let unknown = condition(kind, ConditionStatus::Unknown, "OtherPurpose", message, None);
        return (SyncState::Unknown, unknown);
    }
    let left_out = changes.left_out.total();
    let changed = changes.added().total() + changes.modified().total() + changes.deleted().total();
    let total = left_out + changed;
    let synced = total == 0;
    let (reason, message) = if synced {
        ("NoChanges", as_planned(changes.waiting_cables()))
    } else {
        (
            "Changes",
            format!("{} would be added, changed or removed.", counted(total, "object", "objects")),
        )
    };
    let digest = evaluation.digests.changes;
    let condition = condition(kind, ConditionStatus::of(synced), reason, message, digest);
    (if synced { SyncState::Synced } else { SyncState::OutOfSync }, condition)
}

fn health(evaluation: &Evaluation, report: &PhaseReport, run: Option<&Run>) -> Health {
    let Some(changes) = &evaluation.changes else {
        // Errors of a plan of which nothing was ever built harm nothing that is there.
        let harms = evaluation.has_errors() && run.is_some();
        return if harms { Health::Degraded } else { Health::Unknown };
    };
    let drifted = evaluation.drift.as_ref().is_some_and(|drift| !drift.is_empty());
    let stopped = run.is_some_and(|run| run.outcome != Outcome::Done);
    let there = changes.unchanged.total() + changes.modified().total() + changes.deleted().total();
    if evaluation.has_errors() || stopped || drifted || lost(evaluation).is_some() {
        Health::Degraded
    } else if there == 0 && !changes.is_empty() {
        Health::Missing
    } else if report.phase == super::Phase::Approved {
        Health::Progressing
    } else {
        Health::Healthy
    }
}
