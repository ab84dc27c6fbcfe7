//! Work with files and the inventory, off the drawing thread: what is asked, what comes back.

use crate::apply::{ApplyError, Report};
use crate::catalog::{self, Catalog};
use crate::diff::Purpose;
use crate::evaluate::Evaluation;
use crate::inventory::InventoryError;
use crate::model::{PlanId, Progress};
use crate::plan::{Document, Plan, Spec, Status};
use crate::session::{self, Answer, SessionError, Target};
use crate::store::{self, Change, DraftFile, FoundDraft, HeldBy, PlanHold, PlanStamp};
use crate::workflow::{Approver, Condition};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::eject::Ejected;
use super::form::can_be_typed;
use super::history::Checked;
use super::model::{Dialog, Mends, Next, TypedPath, Wish};
use super::pick::{FileAnswer, Waiting, with_ending};
use super::target::Whose;
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
    /// A file was read.
    Read(Read),
    /// What a draft needs to be taken up was read.
    Recovered(Box<Recovered>),
    /// The file that was chosen to write to is that of the plan itself.
    OwnFile {
        /// The file.
        path: PathBuf,
        /// What to do once it is written.
        next: Next,
    },
    /// It was looked for an inventory.
    InventoryFound {
        /// Whose it is to be.
        whose: Whose,
        /// Where.
        path: PathBuf,
        /// What is there.
        found: InventoryFile,
    },
    /// Text that is no plan yet was written to its file, which then is as this says.
    TextSaved {
        /// The file and what holds it, or why not.
        written: Result<(Mends, Arc<PlanHold>), String>,
        /// What to do then.
        next: Next,
    },
    /// The plan that is open is this window's from now on.
    Claimed(Box<Claimed>),
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
    Exported(Result<Option<PathBuf>, String>),
}

/// How a run ended.
pub(super) enum RunEnd {
    /// Everything was written and read back.
    Applied(Report),
    /// The person stopped it.
    Cancelled {
        /// True if something may have been written before that.
        began: bool,
    },
    /// Something else stopped it.
    Failed(String),
}

impl From<Result<Report, SessionError>> for RunEnd {
    fn from(result: Result<Report, SessionError>) -> Self {
        match result {
            Ok(report) => Self::Applied(report),
            Err(SessionError::Apply(ApplyError::Cancelled(_))) => Self::Cancelled { began: true },
            Err(
                SessionError::Cancelled(_) | SessionError::Inventory(InventoryError::Cancelled(_)),
            ) => Self::Cancelled { began: false },
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// A plan that another window had.
pub(super) struct Claimed {
    /// What keeps others from writing it now.
    pub hold: Arc<PlanHold>,
    /// What is in its file, or what became of that.
    pub change: Change,
    /// What tells that from a later state.
    pub stamp: PlanStamp,
}

/// What a file turned out to be.
pub(super) enum Read {
    /// A plan.
    Plan(Box<Opened>),
    /// Text that is no plan as it stands.
    Text(Box<Unreadable>),
    /// Nothing that can be shown; why.
    Nothing(String),
}

/// A file that is no plan as it stands.
pub(super) struct Unreadable {
    /// The file.
    pub mends: Mends,
    /// What keeps others from writing it, unless somebody has it.
    pub hold: Option<Arc<PlanHold>>,
}

/// A draft, and its file if that is as it was.
pub(super) struct Recovered {
    /// The draft.
    pub found: FoundDraft,
    /// What its file is.
    pub file: Option<Read>,
}

/// What is where an inventory is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InventoryFile {
    /// One.
    Inventory,
    /// Nothing yet.
    Nothing {
        /// True if there is no folder either.
        lacks_folder: bool,
    },
    /// Something else.
    Other,
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

/// The files that a plan may go to under its own id.
#[derive(Clone, Default)]
pub(super) struct OwnFiles {
    /// That of the plan.
    pub path: Option<PathBuf>,
    /// The one that it was kept apart from.
    pub apart_from: Option<PathBuf>,
}

impl OwnFiles {
    /// True for the file of the plan, also by another way of writing its path.
    fn is_path(&self, path: &Path) -> bool {
        self.path.as_deref().is_some_and(|own| is_same_file(own, path))
    }

    /// True for either.
    fn has(&self, path: &Path) -> bool {
        let apart = self.apart_from.as_deref();
        self.is_path(path) || apart.is_some_and(|own| is_same_file(own, path))
    }
}

fn is_same_file(x: &Path, y: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    x == y || real(x).is_some_and(|x| Some(x) == real(y))
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
    Box::new(move |_| Done::Read(read(path, &file)))
}

/// Reads the file of a draft, if that is as it was.
pub(super) fn recover(found: FoundDraft, file: OpenFile) -> Work {
    Box::new(move |_| {
        // Over what somebody else wrote meanwhile it is not saved without a word.
        let path = found.draft.path.clone().filter(|_| found.file == DraftFile::AsBefore);
        let file = path.map(|path| read(path, &file));
        Done::Recovered(Box::new(Recovered { found, file }))
    })
}

/// Looks what is where an inventory is to be.
pub(super) fn look_for_inventory(whose: Whose, path: PathBuf) -> Work {
    Box::new(move |_| {
        let path = match whose {
            Whose::Plan => with_inventory_ending(path),
            Whose::Default => path,
        };
        let found = if !path.exists() {
            let lacks_folder = path.parent().is_some_and(|folder| !folder.exists());
            InventoryFile::Nothing { lacks_folder }
        } else if store::is_inventory(&path) {
            InventoryFile::Inventory
        } else {
            InventoryFile::Other
        };
        Done::InventoryFound { whose, path, found }
    })
}

/// The path with the ending of inventories, if it has none.
fn with_inventory_ending(path: PathBuf) -> PathBuf {
    if path.extension().is_some() || path.exists() {
        path
    } else {
        path.with_extension("heddle-inventory")
    }
}

/// Reads a plan, and holds it if nobody else does; of a file that is no plan its text, if that can
/// be mended here.
pub(super) fn read(path: PathBuf, file: &OpenFile) -> Read {
    let hold = file.hold(&path);
    let problem = match store::read_plan_and_stamp(&path) {
        Ok((document, stamp)) => {
            return Read::Plan(Box::new(Opened { path, document, stamp, hold }));
        }
        Err(error) => error.to_string(),
    };
    // Asked before, so that a change while it is read is seen at the next save.
    let stamp = PlanStamp::of(&path);
    match store::read_plan_text(&path).ok().filter(|text| can_be_typed(text)) {
        Some(text) => {
            let (hold, held_by) = match hold {
                Ok(hold) => (Some(hold), None),
                Err(by) => (None, Some(by)),
            };
            let mends = Mends { path, text, stamp, held_by };
            Read::Text(Box::new(Unreadable { mends, hold }))
        }
        None => Read::Nothing(problem),
    }
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
        // Whatever became of the file, what is open here is this window's to save.
        let (change, stamp) = match store::read_plan_and_stamp(&path) {
            Ok((document, stamp)) => (Change::Changed(Box::new(document)), stamp),
            Err(_) if !path.exists() => (Change::Gone, PlanStamp::of(&path)),
            Err(error) => (Change::Unreadable(error.to_string()), PlanStamp::of(&path)),
        };
        Done::Claimed(Box::new(Claimed { hold: Arc::new(hold), change, stamp }))
    })
}

/// Opens a file whose path was typed, or writes one; what is wrong with the path is told where it
/// was typed. A file that is there already is replaced only if that was agreed to.
pub(super) fn use_typed(
    path: PathBuf,
    typed: TypedPath,
    (own, file): (OwnFiles, OpenFile),
) -> Work {
    Box::new(move |_| {
        let again = |typed: TypedPath, problem: String, replace: bool| {
            Done::AskAgain(Dialog::Path(TypedPath { problem: Some(problem), replace, ..typed }))
        };
        match typed.wish.clone() {
            // Its path is typed elsewhere.
            Wish::Inventory => {
                Done::Picked { wish: Wish::Inventory, answer: FileAnswer::File(path) }
            }
            Wish::Open => match read(path, &file) {
                Read::Nothing(problem) => again(typed, problem, false),
                read => Done::Read(read),
            },
            // Its own file makes it no other plan, and is not asked about.
            Wish::Save { next, .. } if own.is_path(&path) => Done::OwnFile { path, next },
            Wish::Save { .. } | Wish::SaveText { .. } | Wish::Export(_)
                if path.is_file() && !typed.replace =>
            {
                let problem = format!("{} is there already.", path.display());
                again(typed, problem, true)
            }
            Wish::Save { .. } | Wish::SaveText { .. } | Wish::Export(_)
                if path.parent().is_some_and(|folder| !folder.is_dir()) =>
            {
                let folder = path.parent().unwrap_or(&path).display();
                again(typed, format!("There is no folder {folder}."), false)
            }
            // It takes long enough to be cancelled.
            wish @ Wish::Export(_) => Done::Picked { wish, answer: FileAnswer::File(path) },
            Wish::SaveText { text, next } => match write_plan_text(path, text, &file) {
                Ok(written) => Done::TextSaved { written: Ok(written), next },
                Err(problem) => again(typed, problem, false),
            },
            Wish::Save { next, .. } if own.has(&path) => Done::OwnFile { path, next },
            Wish::Save { plan, next } => match write(path, &plan, &file) {
                Ok(written) => Done::Saved { result: Ok(written), plan, next },
                Err(problem) => again(typed, problem, false),
            },
        }
    })
}

/// Writes text that is no plan yet to the file that it is of, unless somebody else has written that.
pub(super) fn save_text(mends: Mends, text: String, file: OpenFile, next: Next) -> Work {
    Box::new(move |_| {
        let Mends { path, stamp, .. } = mends;
        let written = match stamp.has_changed(&path) {
            Change::Same | Change::Gone => write_plan_text(path, text, &file),
            Change::Changed(_) | Change::Unreadable(_) => Err(format!(
                "{} was changed by another program meanwhile. Copy the text, then open the file \
                 again.",
                path.display()
            )),
        };
        Done::TextSaved { written, next }
    })
}

/// Writes text that is no plan yet to a file that was chosen for it.
pub(super) fn save_text_as(path: PathBuf, wish: Wish, file: OpenFile) -> Work {
    Box::new(move |_| {
        let ended = with_ending(path.clone());
        match wish {
            wish if was_not_asked(&path, &ended) => ask_to_replace(&ended, wish),
            Wish::SaveText { text, next } => {
                Done::TextSaved { written: write_plan_text(ended, text, &file), next }
            }
            wish => Done::Picked { wish, answer: FileAnswer::Left },
        }
    })
}

/// Writes text that is no plan yet. Gives what the file is then, and what keeps others from it.
fn write_plan_text(
    path: PathBuf,
    text: String,
    file: &OpenFile,
) -> Result<(Mends, Arc<PlanHold>), String> {
    let hold = file.hold(&path).map_err(|by| by.to_string())?;
    hold.check().map_err(|lost| lost.to_string())?;
    store::write_text(&path, &text).map_err(|error| error.to_string())?;
    let stamp = PlanStamp::of(&path);
    Ok((Mends { path, text, stamp, held_by: None }, hold))
}

/// True if a dialog asked about another file than the one that would be written: some add no ending.
fn was_not_asked(answered: &Path, ended: &Path) -> bool {
    answered != ended && ended.is_file()
}

fn ask_to_replace(path: &Path, wish: Wish) -> Done {
    let problem = Some(format!("{} is there already.", path.display()));
    let text = path.display().to_string();
    Done::AskAgain(Dialog::Path(TypedPath { wish, text, problem, replace: true }))
}

/// Writes a plan to a file, unless somebody else has it, or has written it; `agreed` if the comments
/// in it may be lost.
pub(super) fn save(
    path: PathBuf,
    plan: Arc<Plan>,
    (file, agreed): (OpenFile, bool),
    next: Next,
) -> Work {
    Box::new(move |_| {
        if file.was_changed(&path) {
            return Done::AskAgain(Dialog::FileChanged(next, agreed));
        }
        Done::Saved { result: write(path, &plan, &file), plan, next }
    })
}

/// Writes a plan to a file that was chosen for it, unless that is its own.
pub(super) fn save_as(
    path: PathBuf,
    plan: Arc<Plan>,
    (own, file): (OwnFiles, OpenFile),
    next: Next,
) -> Work {
    Box::new(move |_| {
        let ended = with_ending(path.clone());
        match own.has(&ended) {
            _ if was_not_asked(&path, &ended) && !own.is_path(&ended) => {
                ask_to_replace(&ended, Wish::Save { plan, next })
            }
            true => Done::OwnFile { path: ended, next },
            false => Done::Saved { result: write(ended, &plan, &file), plan, next },
        }
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
            return Done::AskAgain(Dialog::FileChanged(Next::Approve, false));
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

/// The models to choose from, or why there are none.
pub(super) type Models = Result<ReadModels, String>;

/// The models to choose from.
pub(super) struct ReadModels {
    /// All of them.
    pub catalog: Arc<Catalog>,
    /// Those that are not inside the program, or are otherwise there.
    pub of_folders: Arc<catalog::Models>,
    /// What there is to say of the files.
    pub notices: Vec<String>,
}

/// Reads the models of folders over the built-in ones.
pub(super) fn models(folders: &[PathBuf]) -> Models {
    let failed = |error: session::SessionError| error.to_string();
    let (catalog, notices) = session::catalog_with(folders).map_err(failed)?;
    let built_in = session::catalog().map_err(failed)?;
    let of_folders = Arc::new(catalog.beyond(&built_in));
    Ok(ReadModels { catalog, of_folders, notices })
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
