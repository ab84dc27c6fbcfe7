//! What others do to the file of the plan that is open: a window that has it already, a program
//! that writes it, a hand that takes it away.
//!
//! A window holds its plan; one that cannot only reads it, and follows what the other saves. A job
//! looks at the file every second and ends once there is something to tell, so nothing is drawn
//! meanwhile. No edit is ever dropped here: reading the file again is a step of the history. Limits
//! are those of [`PlanHold`] and [`PlanStamp`].

use super::command::{Action, Command};
use super::dialogs::{buttons, text, title};
use super::jobs::{self, Claimed, Opened};
use super::model::{Model, Next, Stop};
use super::theme::{self, tokens};
use super::widgets::{self, command_button};
use super::{Window, times};
use crate::model::{Progress, SpecPath};
use crate::plan::Document;
use crate::session::{Job, free_aside};
use crate::store::{Change, HeldBy, PlanHold, PlanStamp};
use egui::{Button, RichText, Ui};
use egui_phosphor::regular as icon;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// From one look at the file to the next.
const EVERY: Duration = Duration::from_secs(1);
/// Until a file that was being written is looked at again.
const SOON: Duration = Duration::from_millis(200);

/// Who may write the file of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Access {
    /// This window.
    #[default]
    Ours,
    /// Another window, which had it first.
    HeldBy(HeldBy),
    /// Nobody: the window that had it first has it no more.
    LetGo,
    /// Another window, which took it over from this one; a sentence.
    TakenOver(String),
}

/// What became of the file behind the back of the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum OnDisk {
    /// Nothing.
    #[default]
    AsKnown,
    /// It is another plan now.
    Changed(Box<Document>),
    /// It is not there any more.
    Gone,
    /// It is no plan any more; why.
    Unreadable(String),
}

/// What a look at the file has found.
pub(super) enum Seen {
    /// Nothing: nobody wants to know any more.
    Nothing,
    /// What became of it, and what tells it from a later state.
    Changed(Change, PlanStamp),
    /// Another window took the plan over; a sentence.
    TakenOver(String),
    /// The other window that had it has it no more.
    LetGo,
}

/// Looks at a file until there is something to tell.
fn look(
    path: &Path,
    stamp: &PlanStamp,
    hold: &Weak<PlanHold>,
    is_held: bool,
    progress: &Progress,
) -> Seen {
    let mut last = None;
    loop {
        std::thread::sleep(if last.is_some() { SOON } else { EVERY });
        if progress.is_cancelled() {
            return Seen::Nothing;
        }
        // Not kept alive here: whoever closes a plan lets it go at once.
        if let Some(Err(lost)) = hold.upgrade().map(|hold| hold.check()) {
            return Seen::TakenOver(lost.to_string());
        }
        match stamp.has_changed(path) {
            // What that window saved last is read first.
            Change::Same if is_held && PlanHold::is_free(path) => return Seen::LetGo,
            Change::Same => last = None,
            // One that is just being written may look like anything.
            change if last.as_ref() == Some(&change) => {
                return Seen::Changed(change, PlanStamp::of(path));
            }
            change => last = Some(change),
        }
    }
}

impl Model {
    /// Why the plan is only read here, in a sentence; `None` if it may be edited.
    pub fn read_only(&self) -> Option<String> {
        match &self.access {
            Access::Ours => None,
            Access::HeldBy(by) => Some(format!("{} has {} open.", by.who, self.file_name())),
            Access::LetGo => {
                let command = Command::TakeOver.name();
                Some(format!("{} was opened to be read; press “{command}”.", self.file_name()))
            }
            Access::TakenOver(text) => Some(text.clone()),
        }
    }
}

impl Window {
    /// Looks at the file from now on, as it was read or written last.
    pub(super) fn watch_file(&mut self) {
        let mends = self.model.mends.as_ref().map(|mends| mends.stamp.clone());
        self.watch_from(self.stamp.clone().or(mends));
    }

    fn watch_from(&mut self, stamp: Option<PlanStamp>) {
        self.watch = None;
        let mends = self.model.mends.as_ref().map(|mends| &mends.path);
        let path = self.model.path.as_ref().or(mends).cloned();
        let (Some(path), Some(stamp)) = (path, stamp) else { return };
        let ours = self.model.access == Access::Ours;
        let is_held = matches!(self.model.access, Access::HeldBy(_));
        let hold = self.hold.as_ref().filter(|_| ours).map(Arc::downgrade).unwrap_or_default();
        let wake = self.context.clone();
        self.watch = Some(Job::start(
            Progress::new(),
            move |progress| look(&path, &stamp, &hold, is_held, progress),
            move || wake.request_repaint(),
        ));
    }

    /// Takes what a look at the file has found.
    pub(super) fn follow_file(&mut self) {
        let Some(seen) = self.watch.as_mut().and_then(Job::take) else { return };
        self.watch = None;
        match seen {
            Ok(Seen::Nothing) | Err(()) => self.watch_file(),
            Ok(Seen::TakenOver(text)) => {
                log::warn!(target: "heddle", "another window took the plan over");
                self.model.access = Access::TakenOver(text);
                self.watch_file();
            }
            Ok(Seen::LetGo) => {
                self.model.access = Access::LetGo;
                self.watch_file();
            }
            Ok(Seen::Changed(change, stamp)) => {
                self.take_change(change, &stamp);
                self.watch_from(Some(stamp));
            }
        }
    }

    fn take_change(&mut self, change: Change, stamp: &PlanStamp) {
        self.seen = Some(stamp.clone());
        let mends = self.model.mends.as_ref().filter(|_| self.model.is_stand_in());
        match change {
            // Text that nobody has touched here is what the file says.
            Change::Changed(_) | Change::Unreadable(_)
                if mends.is_some() && !self.model.mends_text() =>
            {
                let path = mends.map(|mends| mends.path.clone()).unwrap_or_default();
                self.follow(Next::OpenPath(path));
            }
            Change::Same => self.model.on_disk = OnDisk::AsKnown,
            Change::Gone => self.model.on_disk = OnDisk::Gone,
            Change::Unreadable(why) => self.model.on_disk = OnDisk::Unreadable(why),
            // Somebody took it back.
            Change::Changed(document) if self.model.is_as_saved(&document.plan) => {
                self.model.comments_at_risk = document.has_comments;
                self.take_seen();
            }
            Change::Changed(document) => {
                self.model.on_disk = OnDisk::Changed(document);
                // Who only reads has nothing to lose.
                if matches!(self.model.access, Access::HeldBy(_) | Access::LetGo) {
                    self.reload();
                    let file = self.model.file_name();
                    self.tell_more(vec![format!("{file} was saved by another; this is it now.")]);
                }
            }
        }
    }

    /// What was seen last is what is known of the file: a save may replace just that.
    fn take_seen(&mut self) {
        self.model.on_disk = OnDisk::AsKnown;
        let Some(seen) = self.seen.take() else { return };
        match &mut self.model.mends {
            Some(mends) => mends.stamp = seen,
            None => self.stamp = Some(seen),
        }
    }

    /// Shows what the file says now. Undo leads back to what was here.
    pub(super) fn reload(&mut self) {
        if let Some(mends) = self.model.mends.as_ref().filter(|_| self.model.is_stand_in()) {
            // Text that was mended here is asked about.
            return self.leave(Next::OpenPath(mends.path.clone()));
        }
        let OnDisk::Changed(document) = &self.model.on_disk else { return };
        if document.plan.metadata.id != self.model.plan.metadata.id {
            // Another plan altogether. Edits of this one are asked about, and until that is
            // answered the file is not taken for known.
            if let Some(path) = self.model.path.clone() {
                self.leave(Next::OpenPath(path));
            }
            return;
        }
        let plan = Arc::new(document.plan.clone());
        self.model.comments_at_risk = document.has_comments;
        self.model.history.close_step();
        self.model.history.note(&self.model.plan, &SpecPath::new("reloaded"));
        self.model.history.close_step();
        self.model.saved = Some(Arc::clone(&plan));
        self.model.notice = None;
        self.take_seen();
        self.take_plan(plan, true);
    }

    /// Goes on with the plan as it is here: the next save replaces what the file says now.
    pub(super) fn keep_mine(&mut self) {
        if self.model.is_stand_in() {
            return self.take_seen();
        }
        let (saved, comments) = match &self.model.on_disk {
            OnDisk::AsKnown => return,
            OnDisk::Changed(document) => {
                (Some(Arc::new(document.plan.clone())), document.has_comments)
            }
            OnDisk::Gone | OnDisk::Unreadable(_) => (None, false),
        };
        (self.model.saved, self.model.comments_at_risk) = (saved, comments);
        self.take_seen();
    }

    /// Begins to edit a plan that another window had, if nobody has it any more; else asks.
    pub(super) fn claim(&mut self, force: bool) {
        if let Some(path) = self.model.path.clone() {
            self.start("Opening", Stop::Never, jobs::claim(path, force));
        }
    }

    /// This is what keeps others from writing the plan, or who has it. What was held before is let
    /// go.
    pub(super) fn take_hold(&mut self, hold: Result<Arc<PlanHold>, HeldBy>) {
        let (hold, access) = match hold {
            Ok(hold) => (Some(hold), Access::Ours),
            Err(by) => (None, Access::HeldBy(by)),
        };
        self.let_hold_go();
        (self.hold, self.model.access) = (hold, access);
    }

    /// Nothing is held any more.
    pub(super) fn let_hold_go(&mut self) {
        if let Some(hold) = self.hold.take() {
            free_aside(hold);
        }
        self.model.access = Access::Ours;
    }

    /// The plan is this window's now.
    pub(super) fn take_claimed(&mut self, claimed: Claimed) {
        let Claimed { hold, change, stamp } = claimed;
        match (change, self.model.path.clone()) {
            // What was edited before another took it over stays.
            (Change::Changed(document), Some(path)) if !self.model.has_unsaved_edits() => {
                let document = *document;
                self.take_document(Opened { path, document, stamp, hold: Ok(hold) });
            }
            (change, _) => {
                self.take_hold(Ok(hold));
                self.take_change(change, &stamp);
                self.watch_from(Some(stamp));
            }
        }
    }
}

/// True if there is something to tell of the file.
pub(super) fn has_banner(model: &Model) -> bool {
    model.access != Access::Ours || model.on_disk != OnDisk::AsKnown
}

/// Draws a strip that says what others do to the file, and what can be done about it.
pub(super) fn banner_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let file = model.file_name();
    let (mark, words, commands): (_, _, &[Command]) = match (&model.on_disk, &model.access) {
        // What can be done about the file, only its window can do.
        (OnDisk::Changed(_), Access::TakenOver(text)) if model.has_unsaved_edits() => {
            let words = format!("Read only: {text} It has saved the plan since.");
            (icon::LOCK_SIMPLE, words, &[Command::TakeOver, Command::SaveAs])
        }
        (OnDisk::Changed(_) | OnDisk::Unreadable(_), _) if model.is_stand_in() => {
            let words =
                format!("{file} was changed by another program. The text here is as it was.");
            (icon::FILE_DASHED, words, &[Command::Reload, Command::KeepMine, Command::SaveAs])
        }
        (OnDisk::Changed(_), _) => {
            let mine =
                if model.has_unsaved_edits() { " Your edits are not lost either way." } else { "" };
            let words = format!("{file} was changed by another program.{mine}");
            (icon::FILE_DASHED, words, &[Command::Reload, Command::KeepMine, Command::SaveAs])
        }
        (OnDisk::Gone, _) => {
            let words =
                format!("{file} is not there any more. What you see is all there is of it.");
            (icon::FILE_X, words, &[Command::Save, Command::KeepMine, Command::SaveAs])
        }
        (OnDisk::Unreadable(why), _) => {
            let words = format!("{file} cannot be read any more. {why}");
            (icon::FILE_X, words, &[Command::KeepMine, Command::SaveAs])
        }
        (OnDisk::AsKnown, Access::HeldBy(by)) => {
            let since = by
                .since
                .as_deref()
                .map(|since| format!(" since {}", times::recent(since, model.now.time)));
            let since = since.unwrap_or_default();
            let words = format!("Read only: {} has {file} open{since}.", by.who);
            (icon::LOCK_SIMPLE, words, &[Command::TakeOver, Command::SaveAs])
        }
        (OnDisk::AsKnown, Access::LetGo) => {
            let words = format!("Read only, but nobody else has {file} open any more.");
            (icon::LOCK_SIMPLE_OPEN, words, &[Command::TakeOver, Command::SaveAs])
        }
        (OnDisk::AsKnown, Access::TakenOver(text)) => {
            let words = format!("Read only: {text}");
            (icon::LOCK_SIMPLE, words, &[Command::TakeOver, Command::SaveAs])
        }
        (OnDisk::AsKnown, Access::Ours) => return,
    };
    ui.horizontal(|ui| {
        widgets::mark(ui, mark, t.changed, 15.0);
        let room = ui.available_rect_before_wrap();
        let (_, buttons) = widgets::at_right(ui, "answers to the file", |ui| {
            for command in commands {
                command_button(ui, model, *command, Button::new(command.name()), out);
            }
        });
        let said = egui::Rect::from_min_max(room.min, egui::pos2(buttons.left() - 8.0, room.max.y));
        ui.scope_builder(egui::UiBuilder::new().max_rect(said), |ui| {
            let words = RichText::new(words).font(theme::medium(13.0));
            ui.add(egui::Label::new(words).wrap().selectable(true));
        });
    });
}

/// Draws the question whether to take a plan over.
pub(super) fn take_over_ui(ui: &mut Ui, model: &Model, by: &HeldBy, out: &mut Vec<Action>) {
    title(ui, "Take the plan over?");
    text(ui, &format!("{} has {} open.", by.who, model.file_name()));
    text(
        ui,
        "Do this only if that window hangs or nobody sits before it. It is told, and can save its \
         edits only under another name.",
    );
    buttons(ui, ("Take over", true), None, false, out);
}
