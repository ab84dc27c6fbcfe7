//! Evaluates beside the window: the newest request wins, older ones are dropped or cancelled.
//!
//! Snapshots are kept until the target changes or a request asks to read again.

use super::held::{self, undo_of};
use super::{SessionError, Target, pace, read_snapshot, today};
use crate::apply::{Estimate, estimate};
use crate::catalog::Catalog;
use crate::diff::{Part, Purpose, RunHistory, Undo};
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::inventory::{Snapshot, TargetRef};
use crate::model::{PlanId, Progress};
use crate::plan::Plan;
use crate::scene::tables::Tables;
use crate::scene::{Scene, lay_out};
use crate::store::{self, RecordsStamp};
use crate::workflow::{PhaseReport, Records, Run, Standing, phase, standing};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

/// A plan to evaluate.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which state of the plan this is; answers carry it.
    pub revision: u64,
    /// The plan.
    pub plan: Arc<Plan>,
    /// The models to choose from.
    pub catalog: Arc<Catalog>,
    /// Its file, whose records lie beside it.
    pub plan_path: Option<PathBuf>,
    /// What to hold it against.
    pub target: Target,
    /// What is to be done with the target.
    pub purpose: Purpose,
    /// The part of the changes to keep; all of them if empty.
    pub parts: BTreeSet<Part>,
    /// True to read the target again.
    pub refresh: bool,
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The state of the plan it belongs to.
    pub revision: u64,
    /// The plan it belongs to.
    pub plan: Arc<Plan>,
    /// The evaluation.
    pub evaluation: Arc<Evaluation>,
    /// What to draw.
    pub scene: Arc<Scene>,
    /// The same as tables.
    pub tables: Arc<Tables>,
    /// What is to be done with the target.
    pub purpose: Purpose,
    /// The part of the changes that was kept; all of them if empty.
    pub parts: BTreeSet<Part>,
    /// Where the plan stands.
    pub phase: PhaseReport,
    /// The same as conditions.
    pub standing: Standing,
    /// What lies beside the plan.
    pub records: Arc<Records>,
    /// What applying the changes will take, if there are any.
    pub estimate: Option<Estimate>,
    /// The inventory that it was to be held against.
    pub inventory: PathBuf,
    /// The target that was read, if one was.
    pub target: Option<TargetRef>,
    /// When the target was read.
    pub read_at: Option<Instant>,
    /// Why the target or the records could not be read.
    pub snapshot_problem: Option<String>,
    /// Why nothing is known of the records, if they could not be read.
    pub records_problem: Option<String>,
    /// What the user should hear about the last reading of the target.
    pub notices: Vec<String>,
    /// How long the evaluation took.
    pub micros: u64,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    request: Option<Request>,
    under_way: Option<Progress>,
    answer: Option<Answer>,
    /// How far the reading of a target is, while it is read.
    reading: Option<Progress>,
    /// True if somebody wanted the target read again, and gave that up before it was.
    read_again: bool,
    /// The state of which an evaluation ended without an answer, by a fault of the program.
    failed: Option<u64>,
    stop: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // State is plain data, whole between any two statements that hold the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that evaluates.
pub struct Worker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread; `wake` is called after each answer.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || work(&of_thread, &wake));
        Self { shared, thread: Some(thread) }
    }

    /// Asks for an evaluation. An older request that has not begun is dropped, one that has is
    /// cancelled.
    pub fn request(&self, mut request: Request) {
        let mut state = self.shared.lock();
        // What an older request wanted to read again, still nobody has read.
        request.refresh |= state.request.as_ref().is_some_and(|older| older.refresh);
        request.refresh |= std::mem::take(&mut state.read_again);
        if let Some(progress) = &state.under_way {
            progress.cancel();
        }
        state.request = Some(request);
        self.shared.changed.notify_all();
    }

    /// Lets go of what was asked for: there will be no answer. A target that is being read is read
    /// to its end, for the next request.
    pub fn cancel(&self) {
        let mut state = self.shared.lock();
        state.read_again |= state.request.take().is_some_and(|request| request.refresh);
        if let Some(progress) = &state.under_way {
            progress.cancel();
        }
    }

    /// The state of which an evaluation ended by a fault of the program, once: there will be no
    /// answer.
    pub fn take_failure(&self) -> Option<u64> {
        self.shared.lock().failed.take()
    }

    /// How many bytes of a target are read, while that goes on: it takes far longer than computing.
    pub fn reading(&self) -> Option<Progress> {
        self.shared.lock().reading.clone()
    }

    /// The newest answer, once.
    pub fn take(&self) -> Option<Answer> {
        self.shared.lock().answer.take()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stop = true;
        if let Some(progress) = &state.under_way {
            progress.cancel();
        }
        // A reading is not cancelled, and nobody waits for it any more.
        let is_reading = state.reading.is_some();
        drop(state);
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take().filter(|_| !is_reading) {
            // A worker that panicked has nothing left to say.
            thread.join().unwrap_or_default();
        }
    }
}

/// A reading of a target.
struct Reading {
    target: Target,
    snapshot: Result<Arc<Snapshot>, String>,
    at: Instant,
}

/// Records and history of a plan, as long as its folder is the same.
#[derive(Default)]
struct Known {
    folder: Option<(PathBuf, PlanId, RecordsStamp)>,
    records: Arc<Records>,
    of: Option<(PathBuf, TargetRef, Vec<Run>)>,
    history: Arc<RunHistory>,
}

impl Known {
    /// The records, read only if a file has come or grown: the runs of a giant are large.
    fn records(&mut self, path: &Path, plan: PlanId) -> Result<Arc<Records>, SessionError> {
        let folder = (path.to_owned(), plan, store::records_stamp(path)?);
        if self.folder.as_ref() != Some(&folder) {
            self.folder = None;
            self.records = Arc::new(store::read_records(path, plan)?);
            self.folder = Some(folder);
        }
        Ok(Arc::clone(&self.records))
    }

    /// The history, read only if a run has come or ended: the baseline of a giant is as large as
    /// its plan.
    fn history(
        &mut self,
        path: &Path,
        records: &Records,
        target: &TargetRef,
    ) -> Result<Arc<RunHistory>, SessionError> {
        let of = (path.to_owned(), target.clone(), records.runs.clone());
        if self.of.as_ref() != Some(&of) {
            self.of = None;
            self.history = Arc::new(store::read_history(path, records, target)?);
            self.of = Some(of);
        }
        Ok(Arc::clone(&self.history))
    }
}

fn work(shared: &Shared, wake: &(impl Fn() + Send + Sync)) {
    let mut held: Option<Reading> = None;
    let mut known = Known::default();
    let mut notices = Vec::new();
    loop {
        let progress = Progress::new();
        let mut state = shared.lock();
        while state.request.is_none() && !state.stop {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.stop {
            return;
        }
        let request = state.request.take();
        state.under_way = request.is_some().then(|| progress.clone());
        drop(state);
        let Some(request) = request else { continue };
        let is_read = held.as_ref().is_some_and(|reading| reading.target == request.target);
        if request.refresh || !is_read {
            let reading = Progress::new();
            shared.lock().reading = Some(reading.clone());
            let snapshot = read_snapshot(&request.target, &reading);
            notices = reading.take_notices();
            held = Some(Reading {
                target: request.target.clone(),
                snapshot: snapshot.map_err(|error| error.to_string()),
                at: Instant::now(),
            });
            shared.lock().reading = None;
        }
        let (snapshot, problem) = match held.as_ref().map(|reading| &reading.snapshot) {
            Some(Ok(snapshot)) => (Some(Arc::clone(snapshot)), None),
            Some(Err(problem)) => (None, Some(problem.clone())),
            None => (None, None),
        };
        // A fault in one evaluation is told and is not the end of all others.
        let work = || answer(&request, snapshot.as_deref(), problem, &mut known, &progress);
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        let mut state = shared.lock();
        state.under_way = None;
        let Ok(answer) = answer else {
            state.failed = Some(request.revision);
            drop(state);
            known = Known::default();
            wake();
            continue;
        };
        let Ok(mut answer) = answer else { continue };
        answer.read_at = held.as_ref().map(|reading| reading.at);
        answer.notices.clone_from(&notices);
        let older = state.answer.replace(answer);
        drop(state);
        drop(older);
        wake();
    }
}

/// What is on record of a plan and a target.
#[derive(Default)]
pub(crate) struct OnRecord {
    pub records: Arc<Records>,
    pub history: Option<Arc<RunHistory>>,
    pub undo: Option<Undo>,
    /// Why they could not be read.
    pub problem: Option<String>,
}

fn answer(
    request: &Request,
    snapshot: Option<&Snapshot>,
    mut problem: Option<String>,
    known: &mut Known,
    progress: &Progress,
) -> Result<Answer, SessionError> {
    let id = request.plan.metadata.id;
    let mut on_record = OnRecord::default();
    if let Some(path) = &request.plan_path {
        let mut read = || -> Result<(), SessionError> {
            let OnRecord { records, history, undo, .. } = &mut on_record;
            *records = known.records(path, id)?;
            if let Some(snapshot) = snapshot {
                let last = snapshot.last_run(id);
                *records = Arc::new(Records::clone(records).settled(snapshot.target(), last));
                *history = Some(known.history(path, records, snapshot.target())?);
                *undo = undo_of(path, records, snapshot.target(), &request.purpose)?;
            }
            Ok(())
        };
        if let Err(error) = read() {
            on_record.problem = Some(error.to_string());
            problem.get_or_insert(error.to_string());
        }
    }
    compute(request, (snapshot, problem), on_record, progress)
}

/// The answer to a request, with all that had to be read for it.
pub(crate) fn compute(
    request: &Request,
    (snapshot, problem): (Option<&Snapshot>, Option<String>),
    OnRecord { records, history, undo, problem: records_problem }: OnRecord,
    progress: &Progress,
) -> Result<Answer, SessionError> {
    // Without the way back nothing is compared: the plan's own changes are another matter.
    let wanting = matches!(request.purpose, Purpose::Undo { .. }) && undo.is_none();
    let target = snapshot.map(Snapshot::target);
    let snapshot = snapshot.filter(|_| !wanting);
    let begun = Instant::now();
    let catalog = request.catalog.as_ref();
    let mut inputs = Inputs::of(&request.plan, catalog);
    if let Some(snapshot) = snapshot {
        let plan = (request.plan.as_ref(), catalog);
        let purpose = (&request.purpose, undo.as_ref());
        inputs = held::inputs(plan, snapshot, history.as_deref(), purpose);
    }
    let selection = Some(&request.parts).filter(|parts| !parts.is_empty());
    let inputs = Inputs { selection, today: Some(today()), ..inputs };
    let evaluation = evaluate(&inputs, progress)?;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let (drawn, drift) = (evaluation.changes.as_deref(), evaluation.drift.as_deref());
    let scene = lay_out(&evaluation.fabric, drawn, drift);
    let tables = Tables::of(&evaluation.fabric, drawn, drift);
    let phase = phase(&evaluation, &records, target);
    let changes = evaluation.changes.as_ref().filter(|changes| !changes.is_empty());
    Ok(Answer {
        revision: request.revision,
        plan: Arc::clone(&request.plan),
        purpose: request.purpose.clone(),
        parts: request.parts.clone(),
        standing: standing(&evaluation, &phase, &records, target, problem.as_deref()),
        estimate: changes.map(|changes| estimate(changes, pace(&records, &changes.target))),
        phase,
        records,
        inventory: request.target.inventory.clone(),
        target: target.cloned(),
        read_at: None,
        evaluation: Arc::new(evaluation),
        scene: Arc::new(scene),
        tables: Arc::new(tables),
        snapshot_problem: problem,
        records_problem,
        notices: Vec::new(),
        micros,
    })
}
