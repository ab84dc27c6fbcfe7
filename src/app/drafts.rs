//! Edits that are not in a file outlive a crash: they are kept as a draft, and offered at the next
//! start.
//!
//! While a plan has such edits, its newest state is written soon after each of them, by a job; once
//! they are saved or dropped, so is the draft. Closing the window in peace leaves none.

use super::Window;
use super::command::Action;
use super::dialogs::{buttons, text, title};
use super::form::RonText;
use super::jobs::{self, Opened, Read, Recovered, Unreadable};
use super::model::{Dialog, Model, Next, Stop};
use super::times;
use crate::model::{Progress, SpecPath};
use crate::plan::{Plan, spec_digest};
use crate::session::Job;
use crate::store::{self, Autosave, Draft, DraftFile, FoundDraft, text_digest};
use egui::Ui;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// From an edit until it is kept.
const SOON: Duration = Duration::from_millis(400);

/// What is kept of the plan that is open, and what was found at the start.
pub(super) struct Keeping {
    autosave: Autosave,
    kept: Option<Kept>,
    /// Since when the plan is another.
    since: Option<Instant>,
    job: Option<Job<Result<(), String>>>,
    /// Drafts of windows that are gone, the latest first.
    found: Vec<FoundDraft>,
    /// Those that nobody wants, while they are removed.
    removing: Vec<Job<Result<(), String>>>,
}

/// What the draft has.
struct Kept {
    plan: Arc<Plan>,
    /// What was typed as text and is not in it.
    text: Option<String>,
    /// What was being typed as the key of a row.
    typed_key: Option<(SpecPath, String)>,
    /// What its file was known to say.
    saved: Option<Arc<Plan>>,
}

impl Kept {
    /// True if it is the present state.
    fn is_of(&self, model: &Model) -> bool {
        let same_file = match (&self.saved, &model.saved) {
            (Some(kept), Some(now)) => Arc::ptr_eq(kept, now),
            (None, None) => true,
            _ => false,
        };
        same_file
            && Arc::ptr_eq(&self.plan, &model.plan)
            && self.text.as_deref() == model.ron.unread()
            && self.typed_key == model.typed_key
    }
}

/// A draft that can be taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The name of its plan.
    name: String,
    /// Its file, if it has one.
    path: Option<PathBuf>,
    /// When it was kept.
    at: String,
    /// What its file says now.
    file: DraftFile,
    /// How many there are.
    count: usize,
}

impl Keeping {
    /// Looks for what windows that are gone have left; the second value is what to say about it.
    pub fn start(dir: &Path) -> (Self, Vec<String>) {
        let drafts = store::drafts(dir);
        let (autosave, found) = (Autosave::new(dir), drafts.found);
        let removing = Vec::new();
        (Self { autosave, kept: None, since: None, job: None, found, removing }, drafts.notices)
    }

    fn next(&self) -> Option<Found> {
        let first = self.found.first()?;
        Some(Found {
            name: first.draft.plan.metadata.name.clone(),
            path: first.draft.path.clone(),
            at: first.at.clone(),
            file: first.file,
            count: self.found.len(),
        })
    }
}

impl Window {
    /// Keeps the newest state, or drops the draft once nothing is at stake.
    pub(super) fn keep_draft(&mut self) {
        self.follow_removing();
        let keeping = &mut self.keeping;
        if let Some(done) = keeping.job.as_mut().and_then(Job::take) {
            keeping.job = None;
            if let Ok(Err(problem)) = done {
                self.fail(format!("Edits could not be kept for the case of a crash: {problem}"));
            }
        }
        // Keys of rows are in the plan only once they are whole; a crash may come before.
        let wanted = self.model.has_unsaved_edits() || self.model.typed_key.is_some();
        let keeping = &mut self.keeping;
        let kept = keeping.kept.as_ref();
        if kept.is_some() == wanted && kept.is_none_or(|kept| kept.is_of(&self.model)) {
            keeping.since = None;
            return;
        }
        let since = *keeping.since.get_or_insert_with(Instant::now);
        let waited = since.elapsed();
        if waited < SOON && wanted {
            self.context.request_repaint_after(SOON - waited);
            return;
        }
        // The job that is under way wakes the window.
        if keeping.job.is_some() {
            return;
        }
        let autosave = keeping.autosave.clone();
        let with_key = self.with_typed_key();
        let model = &self.model;
        let any = model.has_unsaved_edits() || with_key.is_some();
        let mends = model.mends.as_ref().filter(|_| model.is_stand_in());
        let kept = wanted.then(|| Kept {
            plan: Arc::clone(&model.plan),
            text: model.ron.unread().map(str::to_owned),
            typed_key: model.typed_key.clone(),
            saved: model.saved.clone(),
        });
        let file = model.path.as_ref().or(mends.map(|mends| &mends.path));
        let draft = kept.as_ref().filter(|_| any).map(|Kept { plan, text, saved, .. }| Draft {
            // What was kept apart from a file stays so after the next crash.
            path: file.or(model.apart_from.as_ref()).cloned(),
            base: match mends {
                Some(mends) => Some(text_digest(&mends.text)),
                None => saved.as_ref().map(|saved| spec_digest(saved)).or(self.text_base),
            },
            mends: model.is_stand_in(),
            plan: with_key.map_or_else(|| Arc::clone(plan), Arc::new),
            text: text.clone(),
        });
        let keeping = &mut self.keeping;
        let wake = self.context.clone();
        keeping.kept = kept;
        keeping.since = None;
        keeping.job = Some(Job::start(
            Progress::new(),
            move |_| {
                let done = draft.map_or_else(|| autosave.discard(), |draft| autosave.keep(&draft));
                done.map_err(|error| error.to_string())
            },
            move || wake.request_repaint(),
        ));
    }

    /// The window closes in peace: what is not saved is not wanted.
    pub(super) fn drop_draft(&self) {
        // There is nobody left to tell; a draft that stays is offered at the next start.
        self.keeping.autosave.discard().unwrap_or_default();
    }

    /// Offers the next draft of a window that is gone.
    pub(super) fn offer_draft(&mut self) {
        if let Some(found) = self.keeping.next() {
            self.model.dialog = Some(Dialog::Recover(found));
        }
    }

    /// Reads what the draft that was offered needs to be taken up.
    pub(super) fn start_recovery(&mut self) {
        if !self.keeping.found.is_empty() {
            let found = self.keeping.found.remove(0);
            let work = jobs::recover(found, self.open_file());
            self.start("Opening", Stop::Never, work);
        }
    }

    /// Takes up the draft that was offered.
    pub(super) fn take_recovered(&mut self, recovered: Recovered) {
        let Recovered { found, file: read } = recovered;
        if self.loses_edits() {
            // They were made meanwhile, and are asked about first.
            self.keeping.found.insert(0, found);
            return self.leave(Next::Recover);
        }
        let file = found.file;
        let (draft, autosave) = found.recover();
        self.keeping.autosave = autosave;
        // Kept anew as soon as its file is known, since another window may have been before it.
        let (plan, text) = (Arc::clone(&draft.plan), draft.text.clone());
        self.keeping.kept = Some(Kept { plan, text, typed_key: None, saved: None });
        if draft.mends {
            return self.recover_text(draft, file, read);
        }
        match read {
            // Over what another window has it is not saved either.
            Some(Read::Plan(opened)) if opened.hold.is_ok() => {
                let Opened { path, document, stamp, hold } = *opened;
                self.let_go();
                self.model.path = Some(path);
                self.take_written(Arc::new(document.plan), stamp);
                self.model.comments_at_risk = document.has_comments;
                self.take_hold(hold);
            }
            // The text that was mended is in no file yet, and the file is as it was.
            Some(Read::Text(unreadable)) if unreadable.hold.is_some() => {
                let Unreadable { mends, hold } = *unreadable;
                self.let_go();
                self.model.path = Some(mends.path);
                self.text_base = Some(text_digest(&mends.text));
                self.stamp = Some(mends.stamp);
                self.hold = hold;
            }
            _ => self.keep_apart(&draft, file),
        }
        self.forget();
        let before = self.model.saved.clone().unwrap_or_else(|| {
            let nothing = Plan { spec: Default::default(), ..Plan::clone(&draft.plan) };
            Arc::new(nothing)
        });
        self.model.history.note(&before, &SpecPath::new("recovered"));
        self.model.history.close_step();
        if let Some(path) = self.model.path.clone() {
            self.remember(&path);
        }
        let named = draft.path.as_ref().map(|path| path.display().to_string());
        let lost_file = self.model.path.is_none();
        self.tell(match (file, named) {
            (DraftFile::AsBefore, Some(path)) if lost_file => format!(
                "The edits are back, as a plan without a file: {path} is open in another window, \
                 or cannot be read any more. Use Save as to keep both."
            ),
            (DraftFile::AsBefore, _) => {
                "The edits are back. They are not saved yet; undo leads to what is in the file."
                    .to_owned()
            }
            (DraftFile::Changed, Some(path)) => format!(
                "The edits are back, as a plan without a file: somebody else has written {path} \
                 meanwhile. Use Save as to keep both."
            ),
            (DraftFile::Gone, Some(path)) => format!(
                "The edits are back, as a plan without a file: {path} is not there any more."
            ),
            _ => "The edits are back. They have no file yet.".to_owned(),
        });
        let notice = self.model.notice.take();
        self.take_plan(draft.plan, true);
        if let Some(text) = draft.text {
            self.model.ron.follow(&self.model.plan);
            self.model.ron.type_in(text, Instant::now());
            self.read_text();
            self.go_to_unreadable();
        }
        self.model.notice = notice;
        self.watch_file();
    }

    /// The plan comes without a file. Where that is still there, a save elsewhere makes another plan
    /// of it: two files are not to say that they are the same.
    fn keep_apart(&mut self, draft: &Draft, file: DraftFile) {
        self.let_go();
        self.model.is_recovered = true;
        self.model.apart_from = draft.path.clone().filter(|_| file != DraftFile::Gone);
    }

    /// Takes up text that was being mended, over its file if that is as it was.
    fn recover_text(&mut self, draft: Draft, file: DraftFile, read: Option<Read>) {
        let text = draft.text.clone().unwrap_or_default();
        let named = draft.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let is_over_file = matches!(read, Some(Read::Text(_)));
        match read {
            Some(Read::Text(unreadable)) => {
                self.take_unreadable(*unreadable);
                self.model.ron.type_in(text, Instant::now());
            }
            _ => {
                self.keep_apart(&draft, file);
                self.forget();
                self.take_plan(Arc::clone(&draft.plan), true);
                self.model.saved = None;
                self.model.ron = RonText::of_file(text, &draft.plan, Instant::now());
            }
        }
        self.read_text();
        self.go_to_unreadable();
        self.tell(match is_over_file {
            true => format!("The text is back. It is not saved to {named} yet."),
            false => format!(
                "The text is back, as a plan without a file: {named} is not as it was. Mend it, \
                 then use Save as."
            ),
        });
        self.watch_file();
    }

    /// Nobody wants the draft that was offered.
    pub(super) fn discard_draft(&mut self) {
        if !self.keeping.found.is_empty() {
            let found = self.keeping.found.remove(0);
            let wake = self.context.clone();
            self.keeping.removing.push(Job::start(
                Progress::new(),
                move |_| found.discard().map_err(|error| error.to_string()),
                move || wake.request_repaint(),
            ));
        }
        self.offer_draft();
    }

    /// Says of drafts that could not be removed.
    fn follow_removing(&mut self) {
        let mut problems = Vec::new();
        self.keeping.removing.retain_mut(|job| match job.take() {
            None => true,
            Some(done) => {
                problems.extend(done.ok().and_then(Result::err));
                false
            }
        });
        problems.into_iter().for_each(|problem| self.fail(problem));
    }
}

/// Draws the offer.
pub(super) fn recover_ui(ui: &mut Ui, model: &Model, found: &Found, out: &mut Vec<Action>) {
    title(ui, "Take up the edits that were not saved?");
    let at = times::recent(&found.at, model.now.time);
    text(ui, &format!("Heddle ended while {} had edits that were not saved ({at}).", found.name));
    let file = found.path.as_ref().map(|path| path.display().to_string());
    match (found.file, file) {
        (DraftFile::AsBefore, Some(path)) => text(ui, &format!("Its file is {path}.")),
        (DraftFile::Changed, Some(path)) => text(
            ui,
            &format!("Somebody else has written {path} since, so the edits come back beside it."),
        ),
        (DraftFile::Gone, Some(path)) => text(ui, &format!("{path} is not there any more.")),
        _ => text(ui, "It has no file yet."),
    }
    if found.count > 1 {
        text(ui, &format!("There are {} more such plans.", found.count - 1));
    }
    buttons(ui, ("Take up", true), Some("Drop them"), true, out);
}
