//! From one plan to another: open, save, and what must be asked before edits are left.
//!
//! A file is asked for with the system's dialog. Where that cannot be shown, or by the menu, its
//! path is typed in the window. Reading and writing are jobs; here is only what comes before and
//! after them.

use super::approve;
use super::exports::{Export, write_export};
use super::form::RonText;
use super::history::Checked;
use super::jobs::{self, OpenFile, Opened, OwnFiles, Unreadable, Written};
use super::model::{Dialog, FormEdit, Mends, Model, Next, Stop, TypedPath, Wish};
use super::on_disk::OnDisk;
use super::pick::{self, FileAnswer, FileKind, FileQuestion};
use super::sides::Side;
use super::target::Whose;
use super::theme::{self, tokens};
use super::undo::with_id;
use super::{Window, model::Running};
use crate::diff::Purpose;
use crate::model::{PlanId, SpecPath};
use crate::plan::Plan;
use crate::session::free_aside;
use crate::store::{PlanHold, PlanStamp, text_digest};
use crate::workflow::Approver;
use egui::{Context, Ui, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

impl Window {
    /// Goes on to something that leaves this plan, once its edits are safe.
    pub(super) fn leave(&mut self, next: Next) {
        self.read_text();
        self.take_typed_key();
        if let Some(running) = &self.model.running {
            self.refuse(format!("{}: let that end first.", running.what));
        } else if self.model.has_unsaved_edits() {
            self.model.dialog = Some(Dialog::Unsaved(next));
        } else {
            self.follow(next);
        }
    }

    /// Does what was to be done once the plan is safe.
    pub(super) fn follow(&mut self, next: Next) {
        self.left =
            Some((Arc::clone(&self.model.plan), self.model.ron.unread().map(str::to_owned)));
        match next {
            Next::Stay => {}
            Next::Approve => self.ask_for_approval(),
            Next::New(preset) => match jobs::new_plan(preset) {
                Ok(plan) => {
                    self.let_go();
                    self.model.notice = None;
                    self.forget();
                    self.take_plan(Arc::new(plan), true);
                }
                Err(problem) => self.fail(problem),
            },
            Next::Open => self.ask_for_file(Wish::Open),
            Next::OpenTyped => self.ask_for_path(Wish::Open, None),
            Next::OpenPath(path) => {
                self.start("Opening", Stop::Never, jobs::open(path, self.open_file()));
            }
            Next::Recover => self.start_recovery(),
            Next::Quit => {
                self.may_close = true;
                self.context.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    /// Asks who approves; a plan without a file, or one whose comments are at stake, is saved
    /// first: its records lie beside its file.
    pub(super) fn ask_for_approval(&mut self) {
        let at_stake = self.model.is_edited() && self.model.comments_at_risk;
        if self.model.path.is_none() || at_stake {
            self.save(Next::Approve);
        } else {
            self.model.dialog =
                Some(Dialog::Approve(Approver::new(&self.model.settings.author, "")));
        }
    }

    /// Writes the plan to its file, or asks for one.
    pub(super) fn save(&mut self, next: Next) {
        if self.model.is_stand_in() {
            let Some(mends) = self.model.mends.clone() else {
                return self.ask_for_file(self.wish_for_copy(next));
            };
            let work = jobs::save_text(mends, self.model.ron.text.clone(), self.open_file(), next);
            return self.start("Saving", Stop::Never, work);
        }
        self.save_over(self.open_file(), next);
    }

    /// The file of the plan, as it is known.
    pub(super) fn open_file(&self) -> OpenFile {
        OpenFile { known: self.stamp.clone(), hold: self.hold.clone() }
    }

    /// The same, whatever it holds.
    pub(super) fn whatever_file(&self) -> OpenFile {
        OpenFile { known: None, ..self.open_file() }
    }

    /// The plan has no file any more.
    pub(super) fn let_go(&mut self) {
        self.model.path = None;
        self.model.apart_from = None;
        self.model.is_recovered = false;
        self.text_base = None;
        self.model.mends = None;
        self.model.saved = None;
        self.model.comments_at_risk = false;
        (self.stamp, self.seen, self.watch) = Default::default();
        self.model.on_disk = OnDisk::AsKnown;
        self.let_hold_go();
    }

    /// The same, over a file as it is known, or over whatever it holds.
    pub(super) fn save_over(&mut self, file: OpenFile, next: Next) {
        if self.model.path.is_some() && self.model.comments_at_risk {
            self.model.dialog = Some(Dialog::Comments(next, file.known.is_none()));
        } else {
            self.save_without_comments(file, next);
        }
    }

    /// The same, whatever comments the file has.
    pub(super) fn save_without_comments(&mut self, file: OpenFile, next: Next) {
        match &self.model.path {
            None => self.ask_for_file(self.wish_for_copy(next)),
            Some(path) => {
                let plan = jobs::with_status(&self.model.plan, self.model.answer.as_ref());
                // Whoever comes here with comments at risk has agreed to lose them.
                let file = (file, self.model.comments_at_risk);
                let work = jobs::save(path.clone(), plan, file, next);
                self.start("Saving", Stop::Never, work);
            }
        }
    }

    /// The wish to write the plan to another file: as a plan of its own, unless it has none yet.
    pub(super) fn wish_for_copy(&self, next: Next) -> Wish {
        if self.model.is_stand_in() {
            return Wish::SaveText { text: self.model.ron.text.clone(), next };
        }
        let mut plan =
            Plan::clone(&jobs::with_status(&self.model.plan, self.model.answer.as_ref()));
        if self.model.path.is_some() || self.model.apart_from.is_some() {
            plan.metadata.id = PlanId(uuid::Uuid::new_v4());
            plan.status = None;
        }
        Wish::Save { plan: Arc::new(plan), next }
    }

    /// True if there are edits now that were not there when it was agreed to leave the plan.
    pub(super) fn loses_edits(&self) -> bool {
        let as_left = self.left.as_ref().is_some_and(|(plan, text)| {
            Arc::ptr_eq(plan, &self.model.plan) && text.as_deref() == self.model.ron.unread()
        });
        self.model.has_unsaved_edits() && !as_left
    }

    /// The files that the plan may go to under its own id.
    fn own_files(&self) -> OwnFiles {
        let Model { path, apart_from, .. } = &self.model;
        OwnFiles { path: path.clone(), apart_from: apart_from.clone() }
    }

    /// The file that was chosen to write to is that of the plan.
    pub(super) fn save_to_own(&mut self, path: PathBuf, next: Next) {
        if self.model.path.is_some() {
            return self.save(next);
        }
        // What it was kept apart from is to be replaced: that was asked, and it stays the same plan.
        let plan = jobs::with_status(&self.model.plan, self.model.answer.as_ref());
        let work = jobs::save(path, plan, (self.whatever_file(), false), next);
        self.start("Saving", Stop::Never, work);
    }

    /// The folder in which files are asked for, and the name of one to write.
    fn proposal(&self, wish: &Wish) -> (PathBuf, Option<String>) {
        let mends = self.model.mends.as_ref().map(|mends| &mends.path);
        let known = self.model.path.as_ref().or(mends).cloned();
        let folder = match known.as_ref().and_then(|path| path.parent()) {
            Some(folder) => folder.to_owned(),
            None => self.folder_of_plans(),
        };
        match wish {
            Wish::Open => (folder, None),
            Wish::Inventory => {
                let inventory = self.model.target.inventory.parent().map(PathBuf::from);
                (inventory.unwrap_or(folder), None)
            }
            Wish::Export(export) => (folder, Some(export.file_name())),
            Wish::Save { plan, .. } => (folder, Some(pick::file_name(&plan.metadata.name))),
            Wish::SaveText { .. } => {
                (folder, Some(pick::file_name(&self.model.plan.metadata.name)))
            }
        }
    }

    /// Where a plan that has no file yet is to go: beside the others, else among the documents. What
    /// lies in Heddle's own folder is not looked for there.
    fn folder_of_plans(&self) -> PathBuf {
        let others = self.model.settings.recent_plans.iter().filter_map(|path| path.parent());
        let mut own = others.filter(|folder| !folder.starts_with(&self.places.data));
        let documents = || {
            let dirs = directories::UserDirs::new()?;
            Some(dirs.document_dir().unwrap_or(dirs.home_dir()).to_owned())
        };
        let folder = own.next().map(PathBuf::from).or_else(documents);
        folder.unwrap_or_else(|| self.places.data.clone())
    }

    /// Asks for a file with the system's dialog.
    pub(super) fn ask_for_file(&mut self, wish: Wish) {
        let (folder, save_as) = self.proposal(&wish);
        let kind = match &wish {
            Wish::Open | Wish::Save { .. } | Wish::SaveText { .. } => FileKind::Plan,
            Wish::Inventory => FileKind::Inventory,
            Wish::Export(Export::Picture(_)) => FileKind::Picture,
            Wish::Export(Export::Cables(_)) => FileKind::CablingList,
        };
        let answer = (self.picker)(&FileQuestion { kind, save_as, folder: Some(folder) });
        self.start("Waiting for the file dialog", Stop::AtOnce, jobs::pick(answer, wish));
    }

    /// Asks for the path of a file.
    pub(super) fn ask_for_path(&mut self, wish: Wish, problem: Option<String>) {
        let (folder, name) = self.proposal(&wish);
        // Joined with nothing, the folder ends with its separator.
        let text = folder.join(name.unwrap_or_default()).display().to_string();
        self.model.dialog = Some(Dialog::Path(TypedPath { wish, text, problem, replace: false }));
    }

    /// The system's dialog was answered.
    pub(super) fn take_answer(&mut self, wish: Wish, answer: FileAnswer) {
        match (answer, wish) {
            (FileAnswer::Left, _) => {}
            (FileAnswer::Failed(cause), Wish::Inventory) => {
                self.ask_for_inventory(Some(no_file_dialog(&cause)));
            }
            (FileAnswer::File(path), Wish::Inventory) => {
                self.look_for_inventory(Whose::Plan, path);
            }
            (FileAnswer::Failed(cause), wish) => {
                self.ask_for_path(wish, Some(no_file_dialog(&cause)));
            }
            (FileAnswer::File(path), Wish::Export(export)) => {
                self.start("Writing", Stop::AtAnyLine, write_export(path, export));
            }
            // What was edited while the dialog was open is asked about too.
            (FileAnswer::File(path), Wish::Open) if self.loses_edits() => {
                self.leave(Next::OpenPath(path));
            }
            (FileAnswer::File(path), Wish::Open) => {
                self.start("Opening", Stop::Never, jobs::open(path, self.open_file()));
            }
            (FileAnswer::File(path), Wish::Save { plan, next }) => {
                let files = (self.own_files(), self.whatever_file());
                let work = jobs::save_as(path, plan, files, next);
                self.start("Saving", Stop::Never, work);
            }
            (FileAnswer::File(path), wish @ Wish::SaveText { .. }) => {
                let work = jobs::save_text_as(path, wish, self.whatever_file());
                self.start("Saving", Stop::Never, work);
            }
        }
    }

    /// A path was typed.
    fn take_path(&mut self, typed: TypedPath) {
        let (folder, _) = self.proposal(&typed.wish);
        let Some(mut path) = pick::typed_path(&typed.text, &folder) else { return };
        if let Wish::Save { .. } | Wish::SaveText { .. } = &typed.wish {
            path = pick::with_ending(path);
        }
        let work = jobs::use_typed(path, typed, (self.own_files(), self.whatever_file()));
        self.start("Using the path", Stop::Never, work);
    }

    /// A plan was written.
    pub(super) fn take_saved(
        &mut self,
        result: Result<Written, String>,
        plan: Arc<Plan>,
        next: Next,
    ) {
        let Written { path, stamp, hold } = match result {
            Ok(written) => written,
            Err(problem) => return self.fail(problem),
        };
        log::info!(target: "heddle", "saved {}", path.display());
        self.take_hold(Ok(hold));
        let moved = self.model.path.as_ref() != Some(&path);
        if plan.metadata.id != self.model.plan.metadata.id {
            // Saved as a plan of its own.
            let before = self.model.plan.metadata.id;
            let copy = with_id(&self.model.plan, plan.metadata.id);
            self.model.ron.move_to(&self.model.plan, &copy);
            self.model.plan = copy;
            // The way back is that of the copy now.
            self.model.history.rename(before, plan.metadata.id);
            let own = self.model.settings.inventory_of(before).map(PathBuf::from);
            if own.is_some() {
                self.model.settings.keep_inventory(plan.metadata.id, own);
            }
            // What was computed is about the plan before.
            self.first_revision = self.model.revision + 1;
            let old = self.model.answer.take().into_iter().chain(self.model.last_whole.take());
            free_aside(old.collect::<Vec<_>>());
            // Another plan owns nothing yet.
            self.model.purpose = Purpose::Converge;
            self.model.parts.clear();
        }
        self.take_written(plan, stamp);
        self.model.path = Some(path.clone());
        self.model.apart_from = None;
        if self.model.ron.unread().is_none() {
            // Its lines are those of the file now.
            self.model.ron.discard();
        }
        self.tell(match &self.model.ron.problem {
            None => format!("Saved to {}.", path.display()),
            Some(problem) => format!(
                "Saved to {} without what was typed as text: {}.",
                path.display(),
                problem.place()
            ),
        });
        self.tell_of_hold();
        self.remember(&path);
        self.watch_file();
        if moved {
            self.request(true);
        }
        match next {
            Next::Stay | Next::Approve => self.follow(next),
            // Edits that were made while the file was written are asked about again.
            next => self.leave(next),
        }
    }

    /// The file holds just this plan: it was written, or read.
    pub(super) fn take_written(&mut self, plan: Arc<Plan>, stamp: PlanStamp) {
        self.model.saved = Some(plan);
        self.model.is_recovered = false;
        self.text_base = None;
        self.model.comments_at_risk = false;
        self.model.on_disk = OnDisk::AsKnown;
        (self.stamp, self.seen) = (Some(stamp), None);
    }

    /// Another plan.
    pub(super) fn take_document(&mut self, opened: Opened) {
        let Opened { path, document, stamp, hold } = opened;
        log::info!(target: "heddle", "opened {}", path.display());
        let plan = Arc::new(document.plan);
        // Of the very plan that is edited here, undo leads back to what was there before.
        let is_same = self.model.path.as_ref() == Some(&path)
            && plan.metadata.id == self.model.plan.metadata.id
            && !self.model.is_stand_in()
            && self.model.read_only().is_none();
        let before = is_same.then(|| {
            let mut history = std::mem::take(&mut self.model.history);
            history.close_step();
            if *plan != *self.model.plan {
                history.note(&self.model.plan, &SpecPath::new("reloaded"));
                history.close_step();
            }
            history
        });
        self.take_hold(hold);
        self.model.path = Some(path.clone());
        self.model.apart_from = None;
        self.model.mends = None;
        self.take_written(Arc::clone(&plan), stamp);
        self.model.comments_at_risk = document.has_comments;
        self.forget();
        if let Some(before) = before {
            self.model.history = before;
        }
        self.remember(&path);
        self.take_plan(plan, true);
        self.tell_of_hold();
        self.watch_file();
    }

    /// A file that is no plan: its text is to be mended. A blank plan stands in for it, and is never
    /// written over it.
    pub(super) fn take_unreadable(&mut self, unreadable: Unreadable) {
        let Unreadable { mends, hold } = unreadable;
        let path = &mends.path;
        log::info!(target: "heddle", "{} cannot be read: its text is shown", path.display());
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let blank = match jobs::blank_plan(&name.unwrap_or_default()) {
            Ok(blank) => Arc::new(blank),
            Err(problem) => return self.fail(problem),
        };
        self.let_go();
        self.hold = hold;
        self.forget();
        self.take_plan(Arc::clone(&blank), true);
        // There is nothing in it that could be lost.
        self.model.saved = Some(Arc::clone(&blank));
        self.model.ron = RonText::of_file(mends.text.clone(), &blank, Instant::now());
        let held_by = mends.held_by.as_ref().map(|by| by.who.clone());
        self.model.mends = Some(mends);
        if let Some(who) = held_by {
            let file = self.model.file_name();
            self.tell(format!(
                "{who} has {file} open too. What is mended here can be saved elsewhere only."
            ));
        }
        // Whoever was writing it may be done by now.
        self.read_text();
        self.show_side(Side::Spec, true);
        self.go_to_unreadable();
        self.watch_file();
    }

    /// Text that is no plan yet was written to its file.
    pub(super) fn take_text_saved(
        &mut self,
        written: Result<(Mends, Arc<PlanHold>), String>,
        next: Next,
    ) {
        match written {
            Ok((mends, hold)) => {
                let place = self.model.ron.problem.as_ref().map(|problem| problem.place());
                let still = place.map(|place| format!(" It is no plan yet: {place}."));
                let (path, still) = (mends.path.display(), still.unwrap_or_default());
                self.tell(format!("Saved the text to {path}.{still}"));
                if self.model.is_stand_in() {
                    self.model.mends = Some(mends);
                    self.take_hold(Ok(hold));
                } else if self.model.path.as_ref() == Some(&mends.path) {
                    // It could be read meanwhile, and the plan has been the file's since.
                    self.stamp = Some(mends.stamp);
                    self.take_hold(Ok(hold));
                    self.watch_file();
                }
                match next {
                    Next::Stay | Next::Approve => {}
                    // Edits that were made while it was written are asked about again.
                    next => self.leave(next),
                }
            }
            Err(problem) => self.fail(problem),
        }
    }

    /// The text of a file can be read now: the plan is that of the file, which a save replaces.
    pub(super) fn take_mended(&mut self, has_comments: bool) {
        let Some(mends) = self.model.mends.take() else { return };
        self.model.path = Some(mends.path.clone());
        self.text_base = Some(text_digest(&mends.text));
        self.stamp = Some(mends.stamp);
        self.model.saved = None;
        self.model.comments_at_risk = has_comments;
        if let Some(by) = mends.held_by {
            self.take_hold(Err(by));
        }
        self.remember(&mends.path);
        self.watch_file();
    }

    /// Says that others are not kept out, if they are not.
    fn tell_of_hold(&mut self) {
        let hold = self.hold.as_ref();
        if let Some(problem) = hold.and_then(|hold| hold.problem()).map(str::to_owned) {
            let words = "Another window is not kept from writing this plan.";
            self.tell_more(vec![format!("{words} {problem}")]);
        }
    }

    /// The main button of the dialog was pressed.
    pub(super) fn confirm(&mut self) {
        match self.model.dialog.take() {
            None => {}
            Some(Dialog::Unsaved(next)) if self.model.is_stand_in() => self.save(next),
            Some(Dialog::Unsaved(_)) if !self.model.is_edited() => self.go_to_unreadable(),
            Some(Dialog::Unsaved(next)) => {
                if self.model.ron.problem.is_some() {
                    // It was said that it is not saved; asked about again, that would never end.
                    self.take_text_back();
                }
                self.save(next);
            }
            Some(Dialog::ReplaceText(_)) => self.go_to_unreadable(),
            Some(Dialog::Comments(next, replaces)) => {
                let file = if replaces { self.whatever_file() } else { self.open_file() };
                self.save_without_comments(file, next);
            }
            Some(Dialog::Path(typed)) => self.take_path(typed),
            Some(Dialog::WhatIf(asked)) => self.answer_what_if(asked),
            Some(Dialog::FileChanged(..)) => {
                if let Some(path) = self.model.path.clone() {
                    self.follow(Next::OpenPath(path));
                }
            }
            Some(Dialog::TakeOver(_)) => self.claim(true),
            Some(Dialog::Destroy) => self.review(Purpose::Destroy),
            Some(Dialog::UndoRun(run)) => self.review(Purpose::Undo { run }),
            Some(Dialog::Parts(parts)) => self.keep_parts(parts),
            Some(Dialog::Eject(ejected)) => self.eject(ejected),
            Some(Dialog::Inventory(typed)) => self.take_typed_inventory(&typed),
            Some(Dialog::NewInventory(new)) => self.make_inventory(new),
            Some(
                Dialog::New
                | Dialog::Standing
                | Dialog::Palette(_)
                | Dialog::Shortcuts
                | Dialog::Settings(_),
            ) => {}
            Some(Dialog::Recover(_)) => self.leave(Next::Recover),
            Some(Dialog::PasteRows(pasted)) => self.edit_by_form(FormEdit::Pasted(pasted)),
            Some(Dialog::History(_)) => {
                self.model.dialog = Some(Dialog::History(Checked::No));
                if let Some(path) = self.model.path.clone() {
                    let work = jobs::check_records(path, self.model.plan.metadata.id);
                    self.start("Checking records", Stop::Never, work);
                }
            }
            // What must be read may have come only while it was asked.
            Some(Dialog::Approve(approver)) if !approve::is_ready(&self.model, &approver) => {
                self.model.dialog = Some(Dialog::Approve(approver));
            }
            Some(Dialog::Approve(approver)) => {
                self.stay_with_inventory();
                let (Some(path), Some(answer)) = (&self.model.path, &self.model.answer) else {
                    return;
                };
                let plan = jobs::with_status(&self.model.plan, Some(answer));
                let work = jobs::approve(
                    path.clone(),
                    plan,
                    (self.model.is_edited(), self.open_file()),
                    Arc::clone(&answer.evaluation),
                    approver.clone(),
                );
                self.model.settings.author = approver.by;
                self.write_settings();
                self.start("Approving", Stop::Never, work);
            }
        }
    }

    /// Opens a plan that was dropped on the window.
    pub(super) fn take_dropped(&mut self, context: &Context) {
        let dropped = context.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
        let paths: Vec<PathBuf> = dropped.into_iter().map(|file| file.path().to_owned()).collect();
        let Some(path) = paths.first().cloned() else { return };
        if self.model.dialog.is_some() {
            return self.fail("Answer the question first, then drop the file again.".to_owned());
        }
        self.leave(Next::OpenPath(path));
        if paths.len() > 1 {
            self.tell_more(vec!["Only the first of the files was opened.".to_owned()]);
        }
    }

    /// Keeps the window open while edits are at stake or a run is under way.
    pub(super) fn guard_close(&mut self, context: &Context) {
        if !context.input(|input| input.viewport().close_requested()) || self.may_close {
            return;
        }
        self.read_text();
        self.take_typed_key();
        let stop = self.model.running.as_ref().map(|Running { stop, .. }| *stop);
        if matches!(stop, Some(Stop::Never | Stop::AtAnyLine)) {
            // What is being written is written first; then it is asked again.
            context.send_viewport_cmd(ViewportCommand::CancelClose);
            self.closes_after_job = true;
        } else if stop == Some(Stop::AfterStep) {
            context.send_viewport_cmd(ViewportCommand::CancelClose);
            self.fail("A run is under way. Cancel it or let it end, then close.".to_owned());
        } else if self.model.has_unsaved_edits() {
            context.send_viewport_cmd(ViewportCommand::CancelClose);
            self.model.dialog = Some(Dialog::Unsaved(Next::Quit));
        }
    }
}

/// Why a path is to be typed.
fn no_file_dialog(cause: &str) -> String {
    format!("The system’s file dialog cannot be shown, so type the path here. Cause: {cause}.")
}

/// Says what comes of letting go, while a file is dragged over the window.
pub(super) fn drop_ui(ui: &Ui) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let t = tokens(ui.ctx());
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::new("drop"));
    let (painter, whole) = (ui.ctx().layer_painter(layer), ui.ctx().content_rect());
    painter.rect_filled(whole, 0.0, t.backdrop);
    let edge = egui::Stroke::new(2.0, t.accent);
    painter.rect_stroke(whole.shrink(8.0), 8.0, edge, egui::StrokeKind::Inside);
    let words = "Drop the plan to open it";
    let galley = painter.layout_no_wrap(words.to_owned(), theme::semibold(18.0), t.text);
    let at = egui::Align2::CENTER_CENTER.anchor_size(whole.center(), galley.size());
    painter.rect_filled(at.expand2(egui::vec2(20.0, 14.0)), 8.0, t.panel);
    painter.galley(at.min, galley, t.text);
}
