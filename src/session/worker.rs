//! Evaluates beside the window: the newest request wins, older ones are dropped or cancelled.
//!
//! Snapshots are kept until the target changes or a request asks to read again. Old answers are
//! freed here too, since freeing a giant takes longer than a frame.

use super::{SessionError, Target, read_snapshot};
use crate::catalog::Catalog;
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::inventory::Snapshot;
use crate::model::Progress;
use crate::plan::Plan;
use crate::scene::{Scene, lay_out};
use crate::store;
use crate::workflow::{PhaseReport, Records, phase};
use std::path::PathBuf;
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
    /// Its file, whose records lie beside it.
    pub plan_path: Option<PathBuf>,
    /// What to hold it against.
    pub target: Target,
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
    /// Where the plan stands.
    pub phase: PhaseReport,
    /// Why the target or the records could not be read.
    pub snapshot_problem: Option<String>,
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
    discarded: Vec<Answer>,
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
    pub fn start(catalog: Arc<Catalog>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || work(&of_thread, &catalog, &wake));
        Self { shared, thread: Some(thread) }
    }

    /// Asks for an evaluation. An older request that has not begun is dropped, one that has is
    /// cancelled.
    pub fn request(&self, mut request: Request) {
        let mut state = self.shared.lock();
        // What an older request wanted to read again, still nobody has read.
        request.refresh |= state.request.as_ref().is_some_and(|older| older.refresh);
        if let Some(progress) = &state.under_way {
            progress.cancel();
        }
        state.request = Some(request);
        self.shared.changed.notify_all();
    }

    /// The newest answer, once.
    pub fn take(&self) -> Option<Answer> {
        self.shared.lock().answer.take()
    }

    /// Frees an old answer on the worker.
    pub fn discard(&self, answer: Answer) {
        self.shared.lock().discarded.push(answer);
        self.shared.changed.notify_all();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stop = true;
        if let Some(progress) = &state.under_way {
            progress.cancel();
        }
        drop(state);
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A worker that panicked has nothing left to say.
            thread.join().unwrap_or_default();
        }
    }
}

fn work(shared: &Shared, catalog: &Catalog, wake: &(impl Fn() + Send + Sync)) {
    let mut held: Option<(Target, Result<Arc<Snapshot>, String>)> = None;
    let mut notices = Vec::new();
    loop {
        let progress = Progress::new();
        let mut state = shared.lock();
        while state.request.is_none() && state.discarded.is_empty() && !state.stop {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.stop {
            return;
        }
        let discarded = std::mem::take(&mut state.discarded);
        let request = state.request.take();
        state.under_way = request.is_some().then(|| progress.clone());
        drop(state);
        drop(discarded);
        let Some(request) = request else { continue };
        let known = held.as_ref().is_some_and(|(target, _)| *target == request.target);
        if request.refresh || !known {
            let reading = Progress::new();
            let read = read_snapshot(&request.target, &reading);
            notices = reading.take_notices();
            held = Some((request.target.clone(), read.map_err(|error| error.to_string())));
        }
        let (snapshot, problem) = match held.as_ref().map(|(_, read)| read) {
            Some(Ok(snapshot)) => (Some(Arc::clone(snapshot)), None),
            Some(Err(problem)) => (None, Some(problem.clone())),
            None => (None, None),
        };
        let answer = answer(&request, catalog, snapshot.as_deref(), problem, &progress);
        let mut state = shared.lock();
        state.under_way = None;
        let Ok(mut answer) = answer else { continue };
        answer.notices.clone_from(&notices);
        let older = state.answer.replace(answer);
        drop(state);
        drop(older);
        wake();
    }
}

fn answer(
    request: &Request,
    catalog: &Catalog,
    snapshot: Option<&Snapshot>,
    mut problem: Option<String>,
    progress: &Progress,
) -> Result<Answer, SessionError> {
    let begun = Instant::now();
    let evaluation = evaluate(&Inputs { plan: &request.plan, catalog, snapshot }, progress)?;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let records = match &request.plan_path {
        Some(path) => store::read_records(path, request.plan.metadata.id).unwrap_or_else(|error| {
            problem.get_or_insert(error.to_string());
            Records::default()
        }),
        None => Records::default(),
    };
    let scene = lay_out(&evaluation.fabric, evaluation.changes.as_deref());
    Ok(Answer {
        revision: request.revision,
        plan: Arc::clone(&request.plan),
        phase: phase(&evaluation, &records),
        evaluation: Arc::new(evaluation),
        scene: Arc::new(scene),
        snapshot_problem: problem,
        notices: Vec::new(),
        micros,
    })
}
