//! Work with files and the inventory, off the drawing thread: what is asked, what comes back.

use crate::catalog::Catalog;
use crate::evaluate::Evaluation;
use crate::model::{PlanId, Progress};
use crate::plan::{Document, Plan, Status};
use crate::session::{self, Answer, Target};
use crate::store;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use super::model::Next;

/// What came of a job. `None` where a dialog was left without an answer.
pub(super) enum Done {
    /// A plan was opened.
    Opened(Option<Result<Opened, String>>),
    /// A plan was written.
    Saved {
        /// Where, or why not.
        result: Option<Result<PathBuf, String>>,
        /// What was written.
        plan: Arc<Plan>,
        /// What to do now.
        next: Next,
    },
    /// The changes were approved; the plan was written before, where it had to be.
    Approved {
        /// Why not.
        result: Result<(), String>,
        /// What was written.
        plan: Arc<Plan>,
    },
    /// A run ended.
    Ran(Result<crate::apply::Report, String>),
}

/// A plan and its file.
pub(super) type Opened = Box<(PathBuf, Document)>;

/// A job, to be run on a thread of its own.
pub(super) type Work = Box<dyn FnOnce(&Progress) -> Done + Send>;

type Picked = Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;

fn dialog(near: Option<&Path>) -> rfd::AsyncFileDialog {
    let dialog = rfd::AsyncFileDialog::new().add_filter("Heddle plan", &["ron"]);
    match near.and_then(Path::parent) {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

/// Asks for a file and opens it. Called on the drawing thread, where some platforms want their
/// dialogs made; the answer is waited for elsewhere.
pub(super) fn pick_and_open(near: Option<&Path>) -> Work {
    let picked: Picked = Box::pin(dialog(near).set_title("Open a plan").pick_file());
    Box::new(move |_| {
        let path = pollster::block_on(picked).map(|file| file.path().to_owned());
        Done::Opened(path.map(read))
    })
}

/// Opens a file.
pub(super) fn open(path: PathBuf) -> Work {
    Box::new(move |_| Done::Opened(Some(read(path))))
}

/// Reads a plan.
pub(super) fn read(path: PathBuf) -> Result<Opened, String> {
    let document = store::read_plan(&path).map_err(|error| error.to_string())?;
    Ok(Box::new((path, document)))
}

/// Asks for a file and writes a plan to it.
pub(super) fn pick_and_save(near: Option<&Path>, plan: Arc<Plan>, next: Next) -> Work {
    let name = format!("{}.ron", file_stem(&plan.metadata.name));
    let dialog = dialog(near).set_title("Save the plan as").set_file_name(name);
    let picked: Picked = Box::pin(dialog.save_file());
    Box::new(move |_| {
        let path = pollster::block_on(picked).map(|file| with_extension(file.path()));
        Done::Saved { result: path.map(|path| write(path, &plan)), plan, next }
    })
}

/// Writes a plan to its file.
pub(super) fn save(path: PathBuf, plan: Arc<Plan>, next: Next) -> Work {
    Box::new(move |_| Done::Saved { result: Some(write(path, &plan)), plan, next })
}

fn write(path: PathBuf, plan: &Plan) -> Result<PathBuf, String> {
    store::write_plan(&path, plan).map_err(|error| error.to_string())?;
    Ok(path)
}

/// Writes the plan if it was edited, then approves its changes.
pub(super) fn approve(
    path: PathBuf,
    plan: Arc<Plan>,
    edited: bool,
    evaluation: Arc<Evaluation>,
    by: String,
    comment: String,
) -> Work {
    Box::new(move |_| {
        let written = if edited { write(path.clone(), &plan).map(|_| ()) } else { Ok(()) };
        let result = written.and_then(|()| {
            session::approve(&path, &plan, &evaluation, &by, &comment)
                .map(|_| ())
                .map_err(|error| error.to_string())
        });
        Done::Approved { result, plan }
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
        let result = session::apply(&path, &plan, &evaluation, &target, progress);
        Done::Ran(result.map_err(|error| error.to_string()))
    })
}

/// Goes on with the run that stopped.
pub(super) fn resume(path: PathBuf, plan: Arc<Plan>, target: Target) -> Work {
    Box::new(move |progress| {
        let result = session::resume(&path, &plan, &target, progress);
        Done::Ran(result.map_err(|error| error.to_string()))
    })
}

/// The plan with what the program last made of it, as it goes to a file.
pub(super) fn with_status(plan: &Arc<Plan>, answer: Option<&Answer>) -> Arc<Plan> {
    // A status of an older state would be wrong; none is right.
    let answer = answer
        .filter(|answer| answer.plan.spec == plan.spec && answer.plan.metadata == plan.metadata);
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
    }
}

/// A new plan from a preset, with an identity of its own.
pub(super) fn new_plan(preset: &str) -> Result<Plan, String> {
    let id = PlanId(uuid::Uuid::new_v4());
    crate::plan::preset::build(preset, &[], id).map_err(|error| error.to_string())
}

/// The models to choose from.
pub(super) fn catalog() -> Result<Arc<Catalog>, String> {
    session::catalog().map_err(|error| error.to_string())
}

/// A plan's name as a file name.
fn file_stem(name: &str) -> String {
    let stem: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .take(60)
        .collect();
    if stem.is_empty() { "plan".to_owned() } else { stem }
}

fn with_extension(path: &Path) -> PathBuf {
    if path.extension().is_some() { path.to_owned() } else { path.with_extension("ron") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (name, expected) in [("pod-a", "pod-a"), ("Pod a/b", "Pod-a-b"), ("", "plan")] {
            assert_eq!(file_stem(name), expected);
        }
        assert_eq!(with_extension(Path::new("/x/pod")), Path::new("/x/pod.ron"));
        assert_eq!(with_extension(Path::new("/x/pod.txt")), Path::new("/x/pod.txt"));
    }
}
