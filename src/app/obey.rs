//! What each command does: one match over all of them.

use super::Window;
use super::command::Command;
use super::form::{find_id, text_id};
use super::jobs;
use super::model::{Dialog, Field, Next, Stop, Tab, Way};
use super::selection::Selection;
use super::settings;
use super::sides::Side;
use super::tables::Centre;
use super::what_if::WhatIf;
use crate::diff::Purpose;
use crate::scene::tables::TableKind;
use crate::store::Theme;
use egui::ViewportCommand;
use std::sync::Arc;

impl Window {
    /// Does what a command stands for, unless it is blocked.
    pub(super) fn obey(&mut self, command: Command) {
        if let Some(why) = command.blocked(&self.model) {
            // Only keys ask for what a menu does not offer, and they want to know.
            if !matches!(command, Command::ClearSelection | Command::CopyNames) {
                self.refuse(why);
            }
            return;
        }
        if let Some(side) = Side::of(command) {
            self.show_side(side, true);
        }
        match command {
            Command::New => self.model.dialog = Some(Dialog::New),
            Command::Open => self.leave(Next::Open),
            Command::Reload => self.reload(),
            Command::KeepMine => self.keep_mine(),
            Command::TakeOver => self.claim(false),
            Command::Save => self.save(Next::Stay),
            Command::OpenTyped => self.leave(Next::OpenTyped),
            Command::SaveAs => self.ask_for_file(self.wish_for_copy(Next::Stay)),
            Command::SaveTyped => self.ask_for_path(self.wish_for_copy(Next::Stay), None),
            Command::Quit => self.context.send_viewport_cmd(ViewportCommand::Close),
            // What cannot be read is the newest edit.
            Command::Undo if self.model.ron.problem.is_some() => self.take_text_back(),
            Command::Undo => {
                let now = Arc::clone(&self.model.plan);
                if let Some(plan) = self.model.history.undo(&now) {
                    self.end_notice();
                    self.take_plan(plan, false);
                }
            }
            Command::Redo if self.model.can_type_again() => self.type_text_again(),
            Command::Redo => {
                let now = Arc::clone(&self.model.plan);
                if let Some(plan) = self.model.history.redo(&now) {
                    self.end_notice();
                    self.take_plan(plan, false);
                }
            }
            Command::WhatIf => {
                self.model.dialog = Some(Dialog::WhatIf(WhatIf::of(&self.model.plan)));
            }
            Command::PinSizes => {
                let work = jobs::pin_sizes(self.model.plan.clone(), self.model.catalog.clone());
                self.start("Computing", Stop::AtOnce, work);
            }
            Command::Eject => {
                let work = jobs::eject(self.model.plan.clone(), self.model.catalog.clone());
                self.start("Computing", Stop::AtOnce, work);
            }
            Command::ZoomToSelection => {
                self.show_centre(Centre::Topology);
                self.canvas.obey(command);
                self.context.request_repaint();
            }
            Command::ShowInTable => self.show_in_table(),
            Command::ShowItsCables => self.show_its_cables(),
            Command::ShowInChanges => self.show_in_changes(),
            Command::GoToSpec => self.go_to_spec(false),
            Command::GoToLine => self.go_to_spec(true),
            Command::SelectClass => self.select_class(),
            Command::CopyNames => self.copy_names(),
            Command::SelectionMenu => {
                let drawn = self.model.centre == Centre::Topology;
                let place = self.canvas.place_of_selection().filter(|_| drawn);
                self.open_menu(place.unwrap_or(self.context.content_rect().center()));
            }
            Command::ClearSelection => self.select(Selection::default()),
            Command::Find => self.model.focus = Some(self.field_to_find_in()),
            Command::FilterChanges => self.model.focus = Some(Field::Changes),
            Command::ClearTableFilter => {
                let mut query = self.model.table.query.clone();
                (query.filter, query.only_changed) = (String::new(), false);
                self.ask_table(query);
            }
            Command::ChangesAsText => self.model.changes_as_text ^= true,
            Command::Fit | Command::ZoomIn | Command::ZoomOut => {
                self.canvas.obey(command);
                self.context.request_repaint();
            }
            Command::SwitchTheme => {
                let dark = self.context.theme() == egui::Theme::Dark;
                let theme = if dark { Theme::Light } else { Theme::Dark };
                self.set(settings::Setting::Theme(theme));
            }
            Command::ChooseInventory => self.ask_for_inventory(None),
            Command::Refresh => {
                if !self.model.settings.catalogue_folders.is_empty() {
                    self.read_models();
                }
                self.request(true);
            }
            Command::Approve => self.ask_for_approval(),
            Command::Apply => {
                self.stay_with_inventory();
                if let (Some(path), Some(answer)) = (&self.model.path, &self.model.answer) {
                    let work = jobs::apply(
                        path.clone(),
                        Arc::clone(&self.model.plan),
                        Arc::clone(&answer.evaluation),
                        self.model.target.clone(),
                    );
                    let what = match answer.purpose {
                        Purpose::Converge => "Applying",
                        Purpose::Destroy => "Destroying",
                        Purpose::Undo { .. } => "Undoing",
                    };
                    self.start(what, Stop::AfterStep, work);
                }
            }
            Command::Resume => {
                self.stay_with_inventory();
                if let Some(path) = &self.model.path {
                    let plan = Arc::clone(&self.model.plan);
                    let run = self.model.phase().and_then(|report| report.stopped());
                    let purpose = run.map(|run| run.purpose.clone()).unwrap_or_default();
                    let target = self.model.target.clone();
                    let work = jobs::resume(path.clone(), plan, target, purpose);
                    self.start("Resuming", Stop::AfterStep, work);
                }
            }
            Command::ChooseParts => {
                self.model.dialog = Some(Dialog::Parts(self.model.parts.clone()));
            }
            Command::AllChanges => self.keep_parts(Default::default()),
            Command::UndoRun => {
                let run = self.model.last_run().map(|run| run.id.clone());
                self.model.dialog = run.map(Dialog::UndoRun);
            }
            Command::Destroy => self.model.dialog = Some(Dialog::Destroy),
            Command::BackToPlan => self.review(Purpose::Converge),
            Command::ShowApproved => self.show_approved(),
            Command::History => self.model.dialog = Some(Dialog::History(Default::default())),
            Command::Standing => self.model.dialog = Some(Dialog::Standing),
            Command::ShowCluster => self.model.tab = Tab::Cluster,
            Command::ShowSwitches => self.model.tab = Tab::Switches,
            Command::ShowServers => self.model.tab = Tab::Servers,
            Command::ShowMore => self.model.tab = Tab::More,
            Command::ShowFindings => self.model.tab = Tab::Findings,
            Command::ShowText => self.model.tab = Tab::Text,
            Command::NextFinding => self.next_finding(),
            Command::NextSection => self.model.focus = Some(Field::Section(Way::On)),
            Command::PreviousSection => self.model.focus = Some(Field::Section(Way::Back)),
            Command::Palette => self.model.dialog = Some(Dialog::Palette(Default::default())),
            Command::Settings => {
                let typing = settings::Typing::of(&self.model.settings);
                self.model.dialog = Some(Dialog::Settings(typing));
            }
            Command::Shortcuts => self.model.dialog = Some(Dialog::Shortcuts),
            Command::FirstSteps => {
                let shown = self.model.settings.first_steps;
                self.set(settings::Setting::FirstSteps(!shown));
            }
            Command::ToggleSpec => self.toggle_side(Side::Spec),
            Command::ToggleChanges => self.toggle_side(Side::Changes),
            Command::ShowTopology => self.show_centre(Centre::Topology),
            Command::ShowDevices => self.show_centre(Centre::Table(TableKind::Devices)),
            Command::ShowPorts => self.show_centre(Centre::Table(TableKind::Ports)),
            Command::ShowCables => self.show_centre(Centre::Table(TableKind::Cables)),
            Command::CopyTable => self.copy_table(),
            Command::CopyChanges => self.copy_changes(),
            Command::CopyFindings => self.copy_findings(),
            Command::CopyDiagnostics => self.copy_diagnostics(),
            Command::ExportPicture => self.export_picture(),
            Command::ExportCables => self.export_cables(),
            Command::Cancel => {
                let Some(running) = &self.model.running else { return self.stop_computing() };
                match running.stop {
                    Stop::Never => {}
                    Stop::AfterStep | Stop::AtAnyLine => running.progress.cancel(),
                    Stop::AtOnce => {
                        self.model.running = None;
                        self.job = None;
                    }
                }
            }
        }
    }

    /// The field in which something is found: that of the plan’s text while it is being written in,
    /// else that of the centre.
    fn field_to_find_in(&self) -> Field {
        let has_keyboard = |id| self.context.memory(|memory| memory.has_focus(id));
        let in_text = has_keyboard(text_id()) || has_keyboard(find_id());
        if self.model.tab == Tab::Text && in_text { Field::Text } else { Field::Centre }
    }

    /// Lets go of what is being computed; what is on screen is of an older state.
    pub(super) fn stop_computing(&mut self) {
        self.worker.cancel();
        self.model.computing = None;
    }
}
