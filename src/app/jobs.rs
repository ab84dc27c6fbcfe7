//! Work with files and the inventory, off the drawing thread: what is asked, what comes back.

use crate::apply::{ApplyError, Report};
use crate::catalog::Catalog;
use crate::diff::Purpose;
use crate::evaluate::Evaluation;
use crate::model::{PlanId, Progress};
use crate::plan::{Document, Plan, Spec, Status};
use crate::session::{self, Answer, SessionError, Target};
use crate::store::{self, Change, HeldBy, PlanHold, PlanStamp};
use crate::workflow::{Approver, Condition};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::eject::Ejected;
use super::form::can_be_typed;
use super::history::Checked;
use super::model::{Dialog, Export, Mends, Next, TypedPath, Wish};
use super::pick::{FileAnswer, Waiting};
use super::what_if::WhatIf;

/// What came of a job.
pub(super) enum Done {
    /// A dialog for a file was answered.
    Picked {
        /// What the file was asked for.
        wish: Wish,
        /// The answer.
        answer: FileAnswer,
    },
    /// The answer to a question cannot be used: it is asked again.
    AskAgain(Dialog),
    /// A plan was opened.
    Opened(Result<Box<Opened>, String>),
    /// A file was read that is no plan as it stands.
    Unreadable(Box<Unreadable>),
    /// Text that is no plan yet was written to its file, which then is as this says.
    TextSaved {
        /// The file, or why not.
        written: Result<Mends, String>,
        /// What to do then.
        next: Next,
    },
    /// The plan that is open is this window's from now on.
    Claimed(Result<Box<Opened>, String>),
    /// A plan was written.
    Saved {
        /// Where, or why not.
        result: Result<Written, String>,
        /// What was written.
        plan: Arc<Plan>,
        /// What to do now.
        next: Next,
    },
    /// What another number of servers would do.
    WhatIf {
        /// What was asked about.
        of: Arc<Plan>,
        /// The question with its answer.
        answered: WhatIf,
    },
    /// The plan was brought into another form.
    Reshaped {
        /// What was asked about.
        of: Arc<Plan>,
        /// The new spec and what to say, or why there is none.
        result: Result<(Box<Spec>, String), String>,
    },
    /// The changes were approved; the plan was written before, where it had to be.
    Approved {
        /// Why not.
        result: Result<(), String>,
        /// What was written before, whatever came of the approval.
        written: Option<(Arc<Plan>, PlanStamp)>,
    },
    /// A run ended.
    Ran {
        /// How.
        end: RunEnd,
        /// What it was for.
        purpose: Purpose,
        /// What there is to say about the files it used.
        notices: Vec<String>,
    },
    /// The cluster can be replaced by what it stands for, or why not.
    Ejected(Result<Ejected, String>),
    /// The records of a plan were looked at.
    Checked(Checked),
    /// Something was written for other programs.
    Exported(Result<PathBuf, String>),
}

/// How a run ended.
pub(super) enum RunEnd {
    /// Everything was written and read back.
    Applied(Report),
    /// The person stopped it.
    Cancelled,
    /// Something else stopped it.
    Failed(String),
}

impl From<Result<Report, SessionError>> for RunEnd {
    fn from(result: Result<Report, SessionError>) -> Self {
        match result {
            Ok(report) => Self::Applied(report),
            Err(SessionError::Cancelled(_) | SessionError::Apply(ApplyError::Cancelled(_))) => {
                Self::Cancelled
            }
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// A file that is no plan as it stands.
pub(super) struct Unreadable {
    /// The file.
    pub mends: Mends,
    /// Why it is no plan.
    pub problem: String,
}

/// A plan and its file.
pub(super) struct Opened {
    /// The file.
    pub path: PathBuf,
    /// What is in it.
    pub document: Document,
    /// What tells it from a later state of the file.
    pub stamp: PlanStamp,
    /// What keeps others from writing it, or who has it already.
    pub hold: Result<Arc<PlanHold>, HeldBy>,
}

/// A file that was written.
pub(super) struct Written {
    /// The file.
    pub path: PathBuf,
    /// What tells it from a later state of the file.
    pub stamp: PlanStamp,
    /// What keeps others from writing it.
    pub hold: Arc<PlanHold>,
}

/// The file of the plan that is open.
#[derive(Clone, Default)]
pub(super) struct OpenFile {
    /// What it held when this window last read or wrote it; a file that holds something else is
    /// not replaced. `None` if it may hold anything.
    pub known: Option<PlanStamp>,
    /// What keeps others from writing it.
    pub hold: Option<Arc<PlanHold>>,
}

impl OpenFile {
    /// True if somebody else has written the file. One that is gone was not changed.
    fn was_changed(&self, path: &Path) -> bool {
        let change = self.known.as_ref().map(|known| known.has_changed(path));
        matches!(change, Some(Change::Changed(_) | Change::Unreadable(_)))
    }

    /// Holds a file, unless it is the one that is held already.
    fn hold(&self, path: &Path) -> Result<Arc<PlanHold>, HeldBy> {
        match self.hold.as_ref().filter(|hold| hold.is_of(path)) {
            Some(hold) => Ok(Arc::clone(hold)),
            None => PlanHold::take(path).map(Arc::new),
        }
    }
}

/// A job, to be run on a thread of its own.
pub(super) type Work = Box<dyn FnOnce(&Progress) -> Done + Send>;

/// Waits for the answer of a dialog.
pub(super) fn pick(answer: Waiting, wish: Wish) -> Work {
    Box::new(move |_| Done::Picked { wish, answer: pollster::block_on(answer) })
}

/// Opens a file.
pub(super) fn open(path: PathBuf, file: OpenFile) -> Work {
    Box::new(move |_| match read(path.clone(), &file) {
        Ok(opened) => Done::Opened(Ok(opened)),
        Err(problem) => match unreadable(path, &problem) {
            Some(text) => Done::Unreadable(Box::new(text)),
            None => Done::Opened(Err(problem)),
        },
    })
}

/// The text of a file that is no plan, with the reason; `None` if there is none to be mended here.
pub(super) fn unreadable(path: PathBuf, problem: &str) -> Option<Unreadable> {
    // Asked before, so that a change while it is read is seen at the next save.
    let stamp = PlanStamp::of(&path);
    let text = store::read_plan_text(&path).ok().filter(|text| can_be_typed(text))?;
    Some(Unreadable { mends: Mends { path, text, stamp }, problem: problem.to_owned() })
}

/// Reads a plan, and holds it if nobody else does.
pub(super) fn read(path: PathBuf, file: &OpenFile) -> Result<Box<Opened>, String> {
    let hold = file.hold(&path);
    read_held(path, hold)
}

fn read_held(path: PathBuf, hold: Result<Arc<PlanHold>, HeldBy>) -> Result<Box<Opened>, String> {
    let (document, stamp) = store::read_plan_and_stamp(&path).map_err(|error| error.to_string())?;
    Ok(Box::new(Opened { path, document, stamp, hold }))
}

/// Holds a plan that another window had, and reads it again; with `force` also if that window has
/// it still.
pub(super) fn claim(path: PathBuf, force: bool) -> Work {
    Box::new(move |_| {
        let hold = match PlanHold::take(&path) {
            Err(by) if !force => return Done::AskAgain(Dialog::TakeOver(by)),
            Err(_) => PlanHold::take_over(&path).0,
            Ok(hold) => hold,
        };
        Done::Claimed(read_held(path, Ok(Arc::new(hold))))
    })
}

/// Opens a file whose path was typed, or writes one; what is wrong with the path is told where it
/// was typed. A file that is there already is replaced only if that was agreed to.
pub(super) fn use_typed(path: PathBuf, typed: TypedPath, file: OpenFile) -> Work {
    Box::new(move |_| {
        let again = |typed: TypedPath, problem: String, replace: bool| {
            Done::AskAgain(Dialog::Path(TypedPath { problem: Some(problem), replace, ..typed }))
        };
        match typed.wish.clone() {
            // Its path is typed elsewhere.
            Wish::Inventory => {
                Done::Picked { wish: Wish::Inventory, answer: FileAnswer::File(path) }
            }
            Wish::Open => match read(path.clone(), &file) {
                Ok(opened) => Done::Opened(Ok(opened)),
                Err(problem) => match unreadable(path, &problem) {
                    Some(text) => Done::Unreadable(Box::new(text)),
                    None => again(typed, problem, false),
                },
            },
            Wish::Save { .. } | Wish::Export(_) if path.is_file() && !typed.replace => {
                let problem = format!("{} is there already.", path.display());
                again(typed, problem, true)
            }
            Wish::Save { .. } | Wish::Export(_)
                if path.parent().is_some_and(|folder| !folder.is_dir()) =>
            {
                let folder = path.parent().unwrap_or(&path).display();
                again(typed, format!("There is no folder {folder}."), false)
            }
            Wish::Export(export) => write_export(path, export)(&Progress::new()),
            Wish::Save { plan, next } => match write(path, &plan, &file) {
                Ok(written) => Done::Saved { result: Ok(written), plan, next },
                Err(problem) => again(typed, problem, false),
            },
        }
    })
}

/// Writes text that is no plan yet to the file that it is of, unless somebody else has written that.
pub(super) fn save_text(mends: Mends, text: String, next: Next) -> Work {
    Box::new(move |_| {
        let Mends { path, stamp, .. } = mends;
        let write = || {
            if !matches!(stamp.has_changed(&path), Change::Same | Change::Gone) {
                return Err(format!(
                    "{} was changed by another program meanwhile. Copy the text, then open the \
                     file again.",
                    path.display()
                ));
            }
            let _hold = PlanHold::take(&path).map_err(|by| by.to_string())?;
            store::write_text(&path, &text).map_err(|error| error.to_string())?;
            Ok(PlanStamp::of(&path))
        };
        let written = write().map(|stamp| Mends { path: path.clone(), text: text.clone(), stamp });
        Done::TextSaved { written, next }
    })
}

/// Writes what is to be exported to a file.
pub(super) fn write_export(path: PathBuf, export: Export) -> Work {
    Box::new(move |_| {
        let write =
            |text: String| store::write_text(&path, &text).map_err(|error| error.to_string());
        let written = export.text().and_then(write);
        Done::Exported(written.map(|()| path))
    })
}

/// Writes a plan to a file, unless somebody else has it, or has written it.
pub(super) fn save(path: PathBuf, plan: Arc<Plan>, file: OpenFile, next: Next) -> Work {
    Box::new(move |_| {
        if file.was_changed(&path) {
            return Done::AskAgain(Dialog::FileChanged(next));
        }
        Done::Saved { result: write(path, &plan, &file), plan, next }
    })
}

fn write(path: PathBuf, plan: &Plan, file: &OpenFile) -> Result<Written, String> {
    let hold = file.hold(&path).map_err(|by| by.to_string())?;
    hold.check().map_err(|lost| lost.to_string())?;
    store::write_plan(&path, plan).map_err(|error| error.to_string())?;
    Ok(Written { path, stamp: PlanStamp::of_written(plan), hold })
}

/// Writes the plan if it was edited, then approves its changes; unless the file holds something
/// else than what is known of it.
pub(super) fn approve(
    path: PathBuf,
    plan: Arc<Plan>,
    (edited, file): (bool, OpenFile),
    evaluation: Arc<Evaluation>,
    approver: Approver,
) -> Work {
    Box::new(move |_| {
        if file.was_changed(&path) {
            return Done::AskAgain(Dialog::FileChanged(Next::Approve));
        }
        let wrote = match edited {
            true => write(path.clone(), &plan, &file).map(Some),
            false => Ok(None),
        };
        let stamp = wrote.as_ref().ok().and_then(Option::as_ref).map(|w| w.stamp.clone());
        let written = stamp.map(|stamp| (Arc::clone(&plan), stamp));
        let result = wrote.and_then(|_| {
            session::approve(&path, &plan, &evaluation, &approver)
                .map(|_| ())
                .map_err(|error| error.to_string())
        });
        Done::Approved { result, written }
    })
}

/// Applies what was approved.
pub(super) fn apply(
    path: PathBuf,
    plan: Arc<Plan>,
    evaluation: Arc<Evaluation>,
    target: Target,
) -> Work {
    Box::new(move |progress| {
        let purpose = evaluation.changes.as_ref().map(|changes| changes.purpose.clone());
        let end = session::apply(&path, &plan, &evaluation, &target, progress).into();
        Done::Ran { end, purpose: purpose.unwrap_or_default(), notices: progress.take_notices() }
    })
}

/// Goes on with the run that stopped, which was for `purpose`.
pub(super) fn resume(path: PathBuf, plan: Arc<Plan>, target: Target, purpose: Purpose) -> Work {
    Box::new(move |progress| {
        let end = session::resume(&path, &plan, &target, progress).into();
        Done::Ran { end, purpose, notices: progress.take_notices() }
    })
}

/// Looks whether the records of a plan are as they were written.
pub(super) fn check_records(path: PathBuf, plan: PlanId) -> Work {
    Box::new(move |_| {
        Done::Checked(match store::audit(&path, plan) {
            Ok(audit) if audit.problems.is_empty() => Checked::Sound(audit.records.len() as u64),
            Ok(audit) => Checked::Wrong(audit.problems),
            Err(error) => Checked::Wrong(vec![error.to_string()]),
        })
    })
}

/// Asks what another number of servers would do.
pub(super) fn what_if(plan: Arc<Plan>, catalog: Arc<Catalog>, asked: WhatIf) -> Work {
    Box::new(move |progress| {
        let unasked = asked.clone();
        let answered = asked.answered(&plan, &catalog, progress).unwrap_or(unasked);
        Done::WhatIf { of: plan, answered }
    })
}

/// Fixes the computed counts.
pub(super) fn pin_sizes(plan: Arc<Plan>, catalog: Arc<Catalog>) -> Work {
    Box::new(move |progress| {
        let result = session::pin_sizes(&plan, &catalog, progress);
        let result = result.map_err(|error| error.to_string()).map(|(pinned, edits)| {
            let said = match edits.len() {
                0 => "Every count was fixed already.".to_owned(),
                1 => "One computed count now stands in the plan; undo takes it back.".to_owned(),
                n => format!("{n} computed counts now stand in the plan; undo takes them back."),
            };
            (Box::new(pinned.spec), said)
        });
        Done::Reshaped { of: plan, result }
    })
}

/// Looks what the cluster stands for.
pub(super) fn eject(plan: Arc<Plan>, catalog: Arc<Catalog>) -> Work {
    Box::new(move |progress| {
        let ejected = session::eject_cluster(&plan, &catalog, progress);
        let ejected = ejected.map(|ejected| Ejected::of(&plan, ejected));
        Done::Ejected(ejected.map_err(|error| error.to_string()))
    })
}

/// The models to choose from and what there is to say, or why there are none.
pub(super) type Models = Result<(Arc<Catalog>, Vec<String>), String>;

/// Reads the models of folders over the built-in ones.
pub(super) fn models(folders: &[PathBuf]) -> Models {
    session::catalog_with(folders).map_err(|error| error.to_string())
}

/// The plan with what the program last made of it, as it goes to a file.
pub(super) fn with_status(plan: &Arc<Plan>, answer: Option<&Answer>) -> Arc<Plan> {
    // A status of an older state would be wrong; none is right.
    let answer = answer
        .filter(|answer| answer.plan.spec == plan.spec && answer.plan.metadata == plan.metadata)
        // That of a review, or of a part, says nothing of the plan as a whole.
        .filter(|answer| answer.purpose.is_converge() && answer.parts.is_empty());
    Arc::new(Plan { status: answer.map(status), ..Plan::clone(plan) })
}

fn status(answer: &Answer) -> Status {
    use crate::model::Severity;
    let evaluation = &answer.evaluation;
    let fabric = &evaluation.fabric;
    let count = |severity| {
        let n = evaluation.findings.iter().filter(|f| f.severity == severity).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    let mut switches: BTreeMap<String, u32> = BTreeMap::new();
    for class in fabric.classes.iter().filter(|class| class.role.is_switch()) {
        *switches.entry(class.family.clone()).or_default() += class.count;
    }
    Status {
        phase: answer.phase.phase.name().to_owned(),
        devices: u32::try_from(fabric.devices.len()).unwrap_or(u32::MAX),
        links: fabric.links.len() as u64,
        switches,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        spec_digest: evaluation.digests.spec,
        fabric_digest: evaluation.digests.fabric,
        conditions: answer.standing.conditions.iter().map(said).collect(),
    }
}

/// A condition as the status of a plan has it.
fn said(condition: &Condition) -> (String, String) {
    let Condition { kind, status, reason, .. } = condition;
    (format!("{kind:?}"), format!("{}: {reason}", status.name()))
}

/// A new plan from a preset, with an identity of its own.
pub(super) fn new_plan(preset: &str) -> Result<Plan, String> {
    let id = PlanId(uuid::Uuid::new_v4());
    crate::plan::preset::build(preset, &[], id).map_err(|error| error.to_string())
}

/// A plan without anything in it.
pub(super) fn blank_plan(name: &str) -> Result<Plan, String> {
    let mut plan = new_plan("rail-optimised")?;
    plan.metadata.name = name.to_owned();
    plan.spec.cluster = None;
    Ok(plan)
}

/// The models to choose from.
pub(super) fn catalog() -> Result<Arc<Catalog>, String> {
    session::catalog().map_err(|error| error.to_string())
}
