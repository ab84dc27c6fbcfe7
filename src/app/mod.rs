//! The window: what the session knows, drawn; what a person asks, handed to the session.
//!
//! Each frame draws the [`Model`](model::Model) and collects [`Action`]s; they are drained at one
//! place, which alone changes the model. Nothing is computed here and no file is touched on the
//! drawing thread: plans are evaluated by the session's worker, files and the inventory are
//! jobs. With nothing happening no frame is drawn.

mod approve;
mod bars;
mod canvas;
mod changes;
mod changes_panel;
mod command;
mod copies;
mod dialogs;
mod diff_text;
mod drafts;
mod edits;
mod eject;
#[cfg(test)]
mod every_command;
mod exports;
mod files;
mod first_steps;
mod form;
mod history;
mod jobs;
mod key_by_key;
mod keyboard;
mod lower_bar;
mod menus;
mod model;
mod new_plan;
mod notices;
mod obey;
mod on_disk;
mod palette;
mod parts;
mod pick;
#[cfg(test)]
mod pictures;
mod purposes;
mod receive;
mod search;
mod selection;
mod settings;
mod shapes;
mod sides;
#[cfg(test)]
mod spoken;
mod standing;
mod tables;
mod target;
mod theme;
mod times;
mod undo;
mod what_if;
mod widgets;

use canvas::Canvas;
use changes::ChangeTree;
use command::Action;
use drafts::Keeping;
use form::RonText;
use jobs::{Done, OpenFile, Read, Work};
use model::{Dialog, FormEdit, Model, Next, Running, Stop, Tab};
use on_disk::Seen;
pub use pick::{FileAnswer, FileKind, FilePicker, FileQuestion, Waiting};
use search::{Looking, Search};
use selection::Selection;
use sides::Side;
use tables::{Asked, Centre};
use what_if::{Outcome, WhatIf};

use crate::diff::Purpose;
use crate::model::{Digest, Edit, Progress, SpecPath};
use crate::plan::{Plan, apply_edits, carry_models, tree_of};
use crate::session::{Job, Places, Request, Target, Worker, free_aside};
use crate::store::{self, PlanHold, PlanStamp, Settings};
use egui::{Context, ViewportCommand};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Opens the window with a plan, or with the one that was open last, and stays until it is
/// closed.
///
/// # Errors
/// A sentence: no folder for data, no display, no OpenGL.
pub fn run(plan: Option<PathBuf>) -> Result<(), String> {
    let places = Places::platform().map_err(|error| error.to_string())?;
    let settings = store::read_settings(&places.config);
    // As much has room at the first start, at whatever scale; the size is kept from then on.
    let scale = f32::from(settings.scale_percent) / 100.0;
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Heddle")
        .with_app_id("heddle")
        .with_inner_size(theme::WINDOW_SIZE * scale)
        .with_min_inner_size([960.0, 600.0]);
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")) {
        viewport = viewport.with_icon(icon);
    }
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    store::start_log(&places.logs, settings.log_level, Some(pick::ear()));
    log::info!(target: "heddle", "Heddle {} opens its window", env!("CARGO_PKG_VERSION"));
    let start = Box::new(move |cc: &eframe::CreationContext<'_>| {
        let window = Window::new(&cc.egui_ctx, places, plan)?;
        Ok(Box::new(window) as Box<dyn eframe::App>)
    });
    eframe::run_native("Heddle", options, start)
        .map_err(|error| format!("the window cannot be opened: {error}"))
}

/// The window's state.
pub struct Window {
    model: Model,
    canvas: Canvas,
    worker: Worker,
    places: Places,
    job: Option<Job<Done>>,
    settings_job: Option<Job<Result<WrittenSettings, String>>>,
    /// The settings as this window last knew their file.
    settings_on_disk: Settings,
    /// The models of folders, while they are read.
    models_job: Option<Job<jobs::Models>>,
    asked: Option<Asked>,
    looking: Option<Looking>,
    writing: Option<diff_text::Writing>,
    fitting: Option<form::Fitting>,
    trying: Option<form::Trying>,
    grouping: Option<changes::Grouping>,
    /// True if something had the keyboard, or a menu was open, when the last frame ended.
    was_typing: bool,
    /// What had the keyboard before a question or a menu came, and for how many frames more one is
    /// taken to be there.
    before_overlay: (Option<egui::Id>, u8),
    keeping: Keeping,
    /// What tells the file from a later state of it.
    stamp: Option<PlanStamp>,
    /// The digest of the text that the file has, while that is no plan and was mended here.
    text_base: Option<Digest>,
    /// What tells what others have made of it from a later state, until that is answered.
    seen: Option<PlanStamp>,
    /// What keeps others from writing it.
    hold: Option<Arc<PlanHold>>,
    watch: Option<Job<Seen>>,
    /// True if the settings changed while they were being written.
    settings_changed: bool,
    title: String,
    context: Context,
    picker: FilePicker,
    /// True once closing was agreed to.
    may_close: bool,
    /// True if it was asked for while something was being written.
    closes_after_job: bool,
    /// The plan, and the text that was not in it, that it was last agreed to leave.
    left: Option<(Arc<Plan>, Option<String>)>,
    /// The first revision of the plan that is open; answers to older ones are of another plan.
    first_revision: u64,
}

/// The settings that a window wanted, and those that were written with what others wanted.
type WrittenSettings = (Settings, Settings);

impl Window {
    /// A window on a plan, or on the one that was open last.
    ///
    /// # Errors
    /// The catalogue or the preset inside the program cannot be used.
    pub fn new(context: &Context, places: Places, plan: Option<PathBuf>) -> Result<Self, String> {
        theme::install(context);
        context.add_plugin(key_by_key::KeyByKey::default());
        let settings = store::read_settings(&places.config);
        context.set_theme(theme::preference(settings.theme));
        context.set_zoom_factor(f32::from(settings.scale_percent) / 100.0);
        // The keys that zoom are those of the topology.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let catalog = jobs::catalog()?;
        let wake = context.clone();
        let worker = Worker::start(move || wake.request_repaint());
        // What is remembered means the same file wherever the next start is made.
        let plan = plan.map(|path| std::path::absolute(&path).unwrap_or(path));
        let lost = settings.last_plan.clone().filter(|last| plan.is_none() && !last.is_file());
        let path = match plan {
            Some(path) => Ok(path),
            None => places.first_plan().map_err(|error| error.to_string()),
        };
        let read = match path {
            Ok(path) => jobs::read(path, &OpenFile::default()),
            Err(problem) => Read::Nothing(problem),
        };
        // Whatever is wrong with the file, there is a plan to work on.
        let empty = Arc::new(jobs::new_plan("rail-optimised")?);
        let inventory = target::default_inventory(&settings, &places);
        let target = Target { inventory, site: String::new() };
        let settings_on_disk = settings.clone();
        let mut model = Model::new(catalog, Arc::clone(&empty), target, settings);
        model.places = Some(places.clone());
        let (keeping, notices) = Keeping::start(&places.autosave());
        let mut window = Self {
            model,
            canvas: Canvas::new(),
            worker,
            places,
            job: None,
            settings_job: None,
            settings_on_disk,
            models_job: None,
            asked: None,
            looking: None,
            writing: None,
            fitting: None,
            trying: None,
            grouping: None,
            was_typing: false,
            before_overlay: (None, 0),
            keeping,
            stamp: None,
            text_base: None,
            seen: None,
            hold: None,
            watch: None,
            settings_changed: false,
            title: String::new(),
            context: context.clone(),
            picker: Box::new(pick::native),
            may_close: false,
            closes_after_job: false,
            left: None,
            first_revision: 0,
        };
        if !window.model.settings.catalogue_folders.is_empty() {
            window.read_models();
        }
        match read {
            Read::Plan(opened) => window.take_document(*opened),
            Read::Text(unreadable) => window.take_unreadable(*unreadable),
            Read::Nothing(problem) => {
                window.fail(problem);
                window.take_plan(empty, true);
            }
        }
        if let Some(lost) = lost {
            window.tell_more(vec![format!(
                "{} is not there any more, so the sample was opened.",
                lost.display()
            )]);
        }
        window.tell_more(notices);
        window.offer_draft();
        Ok(window)
    }

    /// Asks for files in another way than with the system's dialog.
    pub fn pick_files_with(&mut self, picker: FilePicker) {
        self.picker = picker;
    }

    /// How often the topology was drawn anew rather than painted again.
    pub fn topology_frames(&self) -> u64 {
        self.canvas.live_frames
    }

    /// Evaluates the plan as it is now.
    fn request(&mut self, refresh: bool) {
        self.model.revision += 1;
        self.model.computing = Some(Instant::now());
        self.model.computing_failed = false;
        let (settings, plan) = (&self.model.settings, self.model.plan.metadata.id);
        self.model.target.inventory = target::inventory_of(settings, &self.places, plan);
        // Without them it would be the answer to another question.
        if self.models_job.is_some() {
            return;
        }
        self.model.target.site = self.model.plan.spec.target.site.clone();
        self.worker.request(Request {
            revision: self.model.revision,
            plan: Arc::clone(&self.model.plan),
            catalog: Arc::clone(&self.model.catalog),
            plan_path: self.model.path.clone(),
            target: self.model.target.clone(),
            purpose: self.model.purpose.clone(),
            parts: self.model.parts.clone(),
            refresh,
        });
    }

    /// Another state of the plan.
    fn take_plan(&mut self, plan: Arc<Plan>, refresh: bool) {
        let tree = Arc::new(tree_of(&plan));
        self.keep_ticks(&tree);
        self.model.spec_tree = tree;
        self.model.plan = plan;
        self.request(refresh);
    }

    /// Forgets what belonged to the plan before.
    fn forget(&mut self) {
        free_aside(std::mem::take(&mut self.model.history));
        self.model.selection = Selection::default();
        self.model.search = Search::default();
        self.model.text_find = form::TextFind::default();
        // Nothing on screen may be taken for the next plan.
        self.first_revision = self.model.revision + 1;
        let old = self.model.answer.take().into_iter().chain(self.model.last_whole.take());
        free_aside(old.collect::<Vec<_>>());
        self.model.tree = ChangeTree::default();
        self.model.purpose = Purpose::Converge;
        (self.model.plan_at_review, self.model.takes_away) = (None, false);
        self.model.parts.clear();
        self.model.open_groups.clear();
        self.model.filter.clear();
        self.model.open_rows.clear();
        self.model.unfolded.clear();
        self.model.ticked.clear();
        self.model.typed_key = None;
        widgets::forget_typed(&self.context);
        self.model.findings_filter.clear();
        self.model.last_finding = None;
        self.model.remedies = None;
        self.model.ron = RonText::default();
        self.model.place_findings();
        self.canvas.refit();
    }

    fn remember(&mut self, path: &std::path::Path) {
        self.model.settings.opened(path);
        self.write_settings();
    }

    /// Writes the settings, one state after the other: an older one must not land on a newer.
    fn write_settings(&mut self) {
        if self.settings_job.is_some() {
            self.settings_changed = true;
            return;
        }
        let (folder, mine) = (self.places.config.clone(), self.model.settings.clone());
        let base = self.settings_on_disk.clone();
        let wake = self.context.clone();
        self.settings_job = Some(Job::start(
            Progress::new(),
            move |_| {
                let written = store::update_settings(&folder, &base, &mine);
                written.map(|written| (mine, written)).map_err(|error| error.to_string())
            },
            move || wake.request_repaint(),
        ));
    }

    fn start(&mut self, what: &'static str, stop: Stop, work: Work) {
        let busy = self.model.running.as_ref().filter(|running| running.stop != Stop::AtOnce);
        if let Some(running) = busy {
            // What writes is not to be forgotten for something else.
            return self.refuse(format!("{}: let that end first.", running.what));
        }
        if stop == Stop::Never {
            // What this window writes is not what others do.
            self.watch = None;
        }
        let progress = Progress::new();
        let wake = self.context.clone();
        self.model.running =
            Some(Running { what, progress: progress.clone(), begun: Instant::now(), stop });
        self.end_notice();
        self.job = Some(Job::start(progress, work, move || wake.request_repaint()));
    }

    /// Carries out everything that was asked for.
    fn drain(&mut self, actions: Vec<Action>) {
        for action in actions {
            if !matches!(action, Action::TypeText(_)) {
                // Whatever is done, it is done to what stands there.
                self.read_text();
            }
            if ends_typing(&action) {
                self.take_typed_key();
            }
            match action {
                Action::Do(command) => self.obey(command),
                Action::New(preset) => self.leave(Next::New(preset)),
                Action::OpenPath(path) => self.leave(Next::OpenPath(path)),
                Action::Edit(edit) => self.edit_by_form(FormEdit::Field(edit)),
                Action::TakeAway(model) => self.take_away(&model),
                Action::Mend(edit) => self.mend(edit),
                Action::SwitchPart(part, on) => self.edit_by_form(FormEdit::Part(part, on)),
                Action::Rows(list, edit) => self.edit_by_form(FormEdit::Rows(list, edit)),
                Action::TypeKey(path, id) => self.model.typed_key = Some((path, id)),
                Action::EndKey { taken: true } => self.take_typed_key(),
                Action::EndKey { taken: false } => self.model.typed_key = None,
                Action::TypeText(text) => self.type_text(text),
                Action::OpenRow(row) => toggle(&mut self.model.open_rows, row),
                Action::Unfold(group) => toggle(&mut self.model.unfolded, group),
                Action::Tick(row) => self.tick(row),
                Action::Untick => self.model.ticked.clear(),
                Action::GoTo(path) => self.go_to(path),
                Action::GoToText(path) => {
                    self.model.tab = Tab::Text;
                    self.model.go_to_text = Some(path);
                }
                Action::FindInText { words, from } => {
                    self.model.text_find.look(words, from, &self.model.ron.text);
                }
                Action::NextInText { back } => {
                    self.model.text_find.next(back, &self.model.ron.text);
                }
                Action::ShowSeverity(severity) => {
                    toggle(&mut self.model.findings_shown, severity);
                }
                Action::FilterFindings(text) => self.model.findings_filter = text,
                Action::TryModels(of, ids) => self.try_models(of, ids),
                Action::AskTable(query) => self.ask_table(query),
                Action::SelectRow(row, reach) => self.select_row(row, reach),
                Action::SelectChange(line, reach) => self.select_change(line, reach),
                Action::OpenMenu(at) => self.open_menu(at),
                Action::Search(text) => self.search(text),
                Action::FindNext { back } => self.find_next(back),
                Action::SelectFound => self.select_found(),
                Action::Focus(field) => self.focus(&field),
                Action::SelectPlace(place) => self.select_place(&place),
                Action::EditEnded => self.model.history.close_step(),
                Action::Select(selection) => self.select(selection),
                Action::Filter(text) => {
                    self.model.filter = text;
                    self.show_side(Side::Changes, true);
                    self.regroup();
                }
                Action::Toggle(key) => {
                    if !self.model.open_groups.remove(&key) {
                        self.model.open_groups.insert(key);
                    }
                    self.model.unfold();
                }
                Action::Set(setting) => self.set(setting),
                Action::Ask(dialog) => self.model.dialog = Some(dialog),
                Action::Confirm => self.confirm(),
                Action::Discard => match self.model.dialog.take() {
                    Some(Dialog::Unsaved(next)) => self.follow(next),
                    Some(Dialog::WhatIf(asked)) => self.keep_room(asked),
                    Some(Dialog::FileChanged(next, true)) => {
                        self.save_without_comments(self.whatever_file(), next);
                    }
                    Some(Dialog::FileChanged(next, false)) => {
                        self.save_over(self.whatever_file(), next);
                    }
                    Some(Dialog::Recover(_)) => self.discard_draft(),
                    Some(Dialog::Parts(_)) => self.keep_parts(Default::default()),
                    Some(Dialog::Inventory(_)) => self.use_inventory(target::Whose::Plan, None),
                    Some(Dialog::ReplaceText(edit)) => self.replace_text(edit),
                    _ => {}
                },
                Action::BrowseInventory => self.browse_inventory(),
                Action::Dismiss => {
                    // The question before it is asked again, with what was typed.
                    if let Some(Dialog::NewInventory(new)) = self.model.dialog.take() {
                        self.ask_again_for_inventory(new.whose, &new.path);
                    }
                }
                Action::ForgetNotice => self.model.notice = None,
            }
        }
    }

    /// Asks what another number of servers would do, or takes that number.
    fn answer_what_if(&mut self, asked: WhatIf) {
        match asked.outcome {
            Some(Ok(outcome)) => {
                self.change_at_once(|plan| apply_all(plan, &outcome.edits));
            }
            _ => {
                let (plan, catalog) = (self.model.plan.clone(), self.model.catalog.clone());
                let work = jobs::what_if(plan, catalog, asked);
                self.start("Computing", Stop::AtOnce, work);
            }
        }
    }

    /// Keeps room for the number of servers that was asked about.
    fn keep_room(&mut self, asked: WhatIf) {
        if let Some(Ok(Outcome { room: Some((edit, _)), .. })) = asked.outcome {
            self.change_at_once(|plan| apply_all(plan, &[edit]));
        }
    }

    /// A step of the history of its own. False if it was refused.
    fn change_at_once(&mut self, change: impl FnOnce(&mut Plan) -> Result<(), String>) -> bool {
        self.model.history.close_step();
        let done = self.change(&SpecPath::new("spec"), change);
        self.model.history.close_step();
        done
    }

    /// True if the plan may be edited here; says why not.
    fn can_edit(&mut self) -> bool {
        let why = self.model.read_only();
        if let Some(why) = &why {
            self.refuse(format!("Nothing can be edited here: {why}"));
        }
        why.is_none()
    }

    /// One step of the history. False if it was refused.
    fn change(
        &mut self,
        path: &SpecPath,
        change: impl FnOnce(&mut Plan) -> Result<(), String>,
    ) -> bool {
        if !self.can_edit() {
            return false;
        }
        if let Some(problem) = &self.model.ron.problem {
            // Whatever came meanwhile, the text would be gone with it.
            let place = problem.place();
            self.refuse(format!("Nothing was changed: {place}. Mend it or take it back first."));
            return false;
        }
        let mut plan = Plan::clone(&self.model.plan);
        let done = change(&mut plan);
        let before = (&*self.model.plan, &*self.model.spec_tree);
        carry_models(before, &mut plan, &self.model.folder_models);
        match done {
            Ok(()) if plan != *self.model.plan => {
                self.model.history.note(&self.model.plan, path);
                self.end_notice();
                self.take_plan(Arc::new(plan), false);
            }
            Ok(()) => {}
            Err(problem) => {
                self.refuse(problem);
                return false;
            }
        }
        true
    }

    fn update_title(&mut self) {
        let mark = if self.model.has_unsaved_edits() { "● " } else { "" };
        let title = format!("{mark}{} – Heddle", self.model.file_name());
        if title != self.title {
            self.context.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

/// True for what is done to the plan as it stands, also while the key of a row is being typed.
fn ends_typing(action: &Action) -> bool {
    matches!(
        action,
        Action::Do(_)
            | Action::New(_)
            | Action::OpenPath(_)
            | Action::Edit(_)
            | Action::Mend(_)
            | Action::TakeAway(_)
            | Action::SwitchPart(..)
            | Action::Rows(..)
            | Action::OpenRow(_)
            | Action::Tick(_)
            | Action::GoTo(_)
            | Action::GoToText(_)
            | Action::Confirm
            | Action::Discard
    )
}

/// Draws in room that was taken before.
fn filled(ui: &mut egui::Ui, room: egui::Rect, content: impl FnOnce(&mut egui::Ui)) {
    let own = egui::UiBuilder::new().max_rect(room);
    ui.scope_builder(own, |ui| {
        ui.set_clip_rect(room.expand(1.0).intersect(ui.clip_rect()));
        content(ui);
    });
}

fn toggle<T: Ord>(all: &mut BTreeSet<T>, one: T) {
    if !all.remove(&one) {
        all.insert(one);
    }
}

fn apply_all(plan: &mut Plan, edits: &[Edit]) -> Result<(), String> {
    apply_edits(plan, edits).map_err(|error| error.to_string())
}

impl eframe::App for Window {
    fn logic(&mut self, context: &Context, _: &mut eframe::Frame) {
        self.receive();
        self.follow_file();
        self.follow_table();
        self.follow_search();
        self.follow_diff_text();
        self.follow_grouping();
        self.follow_fitting();
        self.follow_remedies();
        self.follow_text();
        self.model.reading = self.model.computing.and_then(|_| self.worker.reading());
        self.end_taking_away();
        self.keep_draft();
        self.guard_close(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.model.now = times::Now::read();
        let mut out = self.take_shortcuts(ui.ctx());
        let led_to = out.iter().rev().find_map(keyboard::led_to_by_keys);
        self.take_dropped(ui.ctx());
        if matches!(self.model.tab, Tab::Text | Tab::Findings) {
            self.model.ron.follow(&self.model.plan);
        }
        self.model.fit_sides(ui.available_width());
        if self.model.go_to.is_some() || self.model.go_to_text.is_some() {
            self.show_side(Side::Spec, true);
        }
        let Self { model, canvas, .. } = self;
        // Behind a question nothing is pointed at: a tooltip that was open would lie over it.
        let pointer = model
            .dialog
            .is_some()
            .then(|| ui.input_mut(|input| std::mem::take(&mut input.pointer)));
        let frame = theme::panel_frame(ui.style());
        let canvas_frame = match model.centre {
            // Beside the drawing, which takes every drag in it, the panels can be made wider.
            Centre::Topology => egui::Frame::new()
                .inner_margin(egui::Margin::symmetric(3, 0))
                .fill(theme::tokens(ui.ctx()).canvas),
            Centre::Table(_) => frame,
        };
        egui::Panel::top("top")
            .exact_size(theme::TOP_HEIGHT)
            .frame(frame)
            .show(ui, |ui| bars::top_ui(ui, model, &mut out));
        if on_disk::has_banner(model) {
            egui::Panel::top("banner")
                .frame(frame)
                .show(ui, |ui| on_disk::banner_ui(ui, model, &mut out));
        }
        if first_steps::are_shown(model) {
            egui::Panel::top("first steps")
                .frame(frame)
                .show(ui, |ui| first_steps::first_steps_ui(ui, model, &mut out));
        }
        // Tab goes as one reads: what lies at the right and below takes its room now, and is filled
        // after the rest.
        let take_room = |ui: &mut egui::Ui| {
            let room = ui.available_rect_before_wrap();
            ui.advance_cursor_after_rect(room);
            room
        };
        let bottom = egui::Panel::bottom("bottom")
            .exact_size(theme::BOTTOM_HEIGHT)
            .frame(frame)
            .show(ui, take_room)
            .inner;
        // The drawing keeps room in a small window.
        // Widths are kept for each scale: a small one does not narrow what a large one has.
        let scale = model.settings.scale_percent;
        let (form_id, changes_id) =
            (egui::Id::new(("form", scale)), egui::Id::new(("changes", scale)));
        let rest = ui.available_width() - theme::CANVAS_LEAST;
        let right = if model.shows(Side::Changes) { theme::CHANGES_LEAST } else { 0.0 };
        let form_most = (rest - right).clamp(theme::FORM_LEAST, 520.0);
        if model.shows(Side::Spec) {
            egui::Panel::left(form_id)
                .default_size(theme::FORM_WIDTH)
                .size_range(theme::FORM_LEAST..=form_most)
                .frame(frame)
                .show(ui, |ui| form::form_ui(ui, model, &mut out));
        }
        let rest = ui.available_width() - theme::CANVAS_LEAST;
        let changes = model.shows(Side::Changes).then(|| {
            egui::Panel::right(changes_id)
                .default_size(theme::CHANGES_WIDTH)
                .size_range(theme::CHANGES_LEAST..=rest.clamp(theme::CHANGES_LEAST, 640.0))
                .frame(frame)
                .show(ui, take_room)
                .inner
        });
        egui::CentralPanel::default().frame(canvas_frame).show(ui, |ui| match model.centre {
            Centre::Topology => canvas::canvas_ui(ui, canvas, model, &mut out),
            Centre::Table(_) => tables::table_ui(ui, model, &mut out),
        });
        if let Some(changes) = changes {
            filled(ui, changes, |ui| changes_panel::changes_ui(ui, model, &mut out));
        }
        filled(ui, bottom, |ui| lower_bar::bottom_ui(ui, model, &mut out));
        for (panel, side, name) in [
            (form_id, Side::Spec, "Width of the spec"),
            (changes_id, Side::Changes, "Width of the changes"),
        ] {
            if !model.shows(side) {
                continue;
            }
            // What panels are dragged by has no name of its own.
            let edge = panel.with("__resize");
            ui.ctx().accesskit_node_builder(edge, |node| {
                node.set_role(egui::accesskit::Role::Splitter);
                node.set_label(name);
            });
        }
        if let Some(pointer) = pointer {
            ui.input_mut(|input| input.pointer = pointer);
        }
        dialogs::dialog_ui(ui, model, &mut out);
        files::drop_ui(ui);
        let legend = canvas.foot.filter(|_| model.centre == Centre::Topology);
        notices::notice_ui(ui, model, legend, &mut out);
        selection::menu_ui(ui, model, &mut out);
        keyboard::ring_ui(ui);
        self.model.focus = None;
        self.model.reveal_change = None;
        self.model.reveal_row &= self.model.table.stale || self.model.centre == Centre::Topology;
        self.was_typing = ui.text_edit_focused() || egui::Popup::is_any_open(ui.ctx());
        self.give_keyboard_back(ui.ctx());
        self.model.go_to = None;
        self.model.go_to_text = None;
        self.model.text_find.goes = false;
        if !out.is_empty() {
            self.drain(out);
            ui.ctx().request_repaint();
        }
        if led_to.is_some() {
            self.model.focus = led_to;
        }
        self.update_title();
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.drop_draft();
        log::info!(target: "heddle", "the window closes");
        store::flush_log();
        // The window is gone: there is nobody left to tell, and nothing is lost but a habit.
        let (base, mine) = (&self.settings_on_disk, &self.model.settings);
        store::update_settings(&self.places.config, base, mine).map(drop).unwrap_or_default();
    }
}
