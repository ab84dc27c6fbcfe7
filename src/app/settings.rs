//! What a person can set for all plans: looks, the inventory and the models to begin with, the log.
//!
//! A choice holds at once and is written to the settings' file; there is nothing to confirm. Paths
//! are typed, and taken with Enter or a press, since half a path is no path.

use super::Window;
use super::command::{Action, Command};
use super::dialogs::{close_button, ended_with_enter, text, title};
use super::jobs;
use super::model::{Dialog, Model};
use super::pick::typed_path;
use super::sides::Side;
use super::target::Whose;
use super::theme::{self, tokens};
use super::widgets::{at_right, command_button, hint, label_of_row, section, segment};
use crate::model::{Limits, Progress, counted};
use crate::session::Job;
use crate::store::{self, LogLevel, Settings, Theme};
use egui::{Align, Button, Id, Layout, RichText, TextEdit, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icon;

pub(super) const WIDTH: f32 = 560.0;
const NAMES: f32 = 130.0;

/// What is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typing {
    /// The default inventory.
    pub inventory: String,
    /// A folder with models to add.
    pub folder: String,
}

impl Typing {
    /// As the settings are.
    pub fn of(settings: &Settings) -> Self {
        let inventory = settings.default_inventory.as_ref();
        let inventory = inventory.map(|path| path.display().to_string()).unwrap_or_default();
        Self { inventory, folder: String::new() }
    }
}

/// Something to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// The colours.
    Theme(Theme),
    /// The size of everything.
    ScalePercent(u16),
    /// The inventory to begin with; nothing typed means that inside Heddle.
    Inventory(String),
    /// One more folder with models.
    AddFolder(String),
    /// One folder fewer.
    RemoveFolder(usize),
    /// What is logged.
    LogLevel(LogLevel),
    /// Whether the window says what to do first.
    FirstSteps(bool),
    /// Whether a panel is shown.
    Panel(Side, bool),
}

const THEMES: [(Theme, &str); 3] =
    [(Theme::System, "System"), (Theme::Dark, "Dark"), (Theme::Light, "Light")];
const SCALES: [(u16, &str); 6] = [
    (100, "100 %"),
    (110, "110 %"),
    (125, "125 %"),
    (150, "150 %"),
    (175, "175 %"),
    (200, "200 %"),
];
const LEVELS: [(LogLevel, &str); 5] = [
    (LogLevel::Off, "Nothing"),
    (LogLevel::Error, "Errors"),
    (LogLevel::Warning, "Warnings"),
    (LogLevel::Info, "Info"),
    (LogLevel::Debug, "Debug"),
];

impl Window {
    /// Makes a setting hold, and remembers it.
    pub(super) fn set(&mut self, setting: Setting) {
        let settings = &mut self.model.settings;
        match setting {
            Setting::Theme(theme) => {
                settings.theme = theme;
                self.context.set_theme(theme::preference(theme));
            }
            Setting::ScalePercent(percent) => {
                settings.scale_percent = percent;
                self.context.set_zoom_factor(f32::from(percent) / 100.0);
            }
            Setting::Inventory(text) => {
                return match typed_path(&text, &self.places.data) {
                    Some(path) => self.look_for_inventory(Whose::Default, path),
                    None => self.use_inventory(Whose::Default, None),
                };
            }
            Setting::AddFolder(text) => {
                let Some(folder) = typed_path(&text, &self.places.data) else { return };
                let folders = &mut settings.catalogue_folders;
                if folders.len() >= Settings::CATALOGUE_FOLDERS {
                    let most = counted(folders.len() as u64, "folder", "folders");
                    return self.fail(format!("There are {most} already; take one away first."));
                }
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
                if let Some(Dialog::Settings(typing)) = &mut self.model.dialog {
                    typing.folder.clear();
                }
                self.read_models();
            }
            Setting::RemoveFolder(n) => {
                if n < settings.catalogue_folders.len() {
                    settings.catalogue_folders.remove(n);
                    self.read_models();
                }
            }
            Setting::LogLevel(level) => {
                settings.log_level = level;
                store::set_log_level(level);
            }
            Setting::FirstSteps(shown) => settings.first_steps = shown,
            Setting::Panel(Side::Spec, shown) => settings.show_spec = shown,
            Setting::Panel(Side::Changes, shown) => settings.show_changes = shown,
        }
        self.write_settings();
    }

    /// Reads the models of all folders anew. Beside other work: an edit of the settings stops no
    /// run. Until they are there, nothing is computed.
    pub(super) fn read_models(&mut self) {
        let folders = self.model.settings.catalogue_folders.clone();
        let wake = self.context.clone();
        self.models_job = Some(Job::start(
            Progress::new(),
            move |_| jobs::models(&folders),
            move || wake.request_repaint(),
        ));
    }

    /// Plans are computed with these models from now on.
    pub(super) fn take_models(&mut self, models: Result<jobs::Models, ()>) {
        match models {
            Ok(Ok(jobs::ReadModels { catalog, of_folders, notices })) => {
                self.model.catalog = catalog;
                self.model.folder_models = of_folders;
                if !notices.is_empty() {
                    // Something of the folders could not be used.
                    let told = self.model.notice.take().map(|notice| notice.text);
                    self.fail(told.into_iter().chain(notices).collect::<Vec<_>>().join("\n"));
                }
            }
            Ok(Err(problem)) => self.fail(problem),
            Err(()) => self.fail("The models could not be read.".to_owned()),
        }
        self.request(true);
    }
}

/// Draws the settings.
pub(super) fn settings_ui(ui: &mut Ui, model: &Model, typing: &Typing, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let settings = &model.settings;
    let mut now = typing.clone();
    title(ui, "Settings");
    choice_row(ui, "Theme", &THEMES, settings.theme, Setting::Theme, out);
    choice_row(ui, "Scale", &SCALES, settings.scale_percent, Setting::ScalePercent, out);
    section(ui, "Inventory of plans without one of their own");
    let held = settings.default_inventory.as_ref().map(|path| path.display().to_string());
    let hint = "inside Heddle";
    let label = "Default inventory";
    if path_row(ui, label, hint, &mut now.inventory, held.as_deref().unwrap_or_default(), "Use") {
        out.push(Action::Set(Setting::Inventory(now.inventory.clone())));
    }
    section(ui, "Models");
    text(
        ui,
        "Switches, cards, servers and optics of these folders come before built-in ones with the same id.",
    );
    for (n, folder) in settings.catalogue_folders.iter().enumerate() {
        ui.horizontal(|ui| {
            let folder = folder.display().to_string();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = ui.add(Button::new(icon::X).frame(false));
                let spoken = format!("Remove {folder}");
                button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
                if button.on_hover_text(&spoken).clicked() {
                    out.push(Action::Set(Setting::RemoveFolder(n)));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = RichText::new(&folder).font(theme::mono(12.0));
                    ui.add(egui::Label::new(words).truncate().selectable(true));
                });
            });
        });
    }
    if path_row(ui, "Folder with models", "path of a folder", &mut now.folder, "", "Add") {
        out.push(Action::Set(Setting::AddFolder(now.folder.clone())));
    }
    section(ui, "Log");
    choice_row(ui, "Write to the log", &LEVELS, settings.log_level, Setting::LogLevel, out);
    if let Some(places) = &model.places {
        for (name, folder) in [("Settings", &places.config), ("Log", &places.logs)] {
            heading_row(ui, name, |ui, _| {
                let words = RichText::new(folder.display().to_string());
                let words = words.font(theme::mono(11.5)).color(t.dim);
                ui.add(egui::Label::new(words).truncate().selectable(true));
            });
        }
    }
    if now != *typing {
        out.push(Action::Ask(Dialog::Settings(now)));
    }
    ui.add_space(12.0);
    ui.horizontal(|ui| {
        for command in [Command::Shortcuts, Command::CopyDiagnostics] {
            let button = Button::new(command.name()).min_size(vec2(0.0, 30.0));
            command_button(ui, model, command, button, out);
        }
        at_right(ui, "end of the settings", |ui| close_button(ui, out));
    });
}

/// A line: what it is about, and what can be set.
fn heading_row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui, Id)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let label = label_of_row(ui, name, NAMES);
        ui.spacing_mut().item_spacing.x = -1.0;
        content(ui, label);
    });
    ui.add_space(4.0);
}

/// Choices side by side, of which one holds.
fn choice_row<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    choices: &[(T, &str)],
    held: T,
    set: impl Fn(T) -> Setting,
    out: &mut Vec<Action>,
) {
    heading_row(ui, name, |ui, _| {
        for (choice, name) in choices {
            if segment(ui, name, *choice == held, 64.0) {
                out.push(Action::Set(set(*choice)));
            }
        }
    });
}

/// A field for a path with what takes it. True if it was taken.
fn path_row(
    ui: &mut Ui,
    name: &str,
    example: &str,
    typed: &mut String,
    held: &str,
    take: &str,
) -> bool {
    let mut taken = false;
    heading_row(ui, name, |ui, label| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let ready = typed.trim() != held;
            taken = ui.add_enabled(ready, Button::new(take).min_size(vec2(56.0, 0.0))).clicked();
            let field = TextEdit::singleline(typed)
                .id(Id::new(("settings", name)))
                .hint_text(hint(ui, example))
                .font(theme::mono(12.0))
                .char_limit(Limits::TEXT_CHARS)
                .margin(egui::Margin::symmetric(8, 3))
                .desired_width(f32::INFINITY);
            let field = ui.add(field).labelled_by(label);
            taken |= ready && ended_with_enter(ui, &field);
        });
    });
    taken
}

#[cfg(test)]
mod tests {
    use super::super::history::Checked;
    use super::super::jobs::Done;
    use super::super::model::Stop;
    use super::*;
    use crate::session::Places;
    use std::sync::mpsc::channel;

    #[test]
    fn a_folder_that_is_added_takes_no_run_from_its_place() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::within(home.path());
        let mut window = Window::new(&egui::Context::default(), places, None).unwrap();
        let (end, ended) = channel();
        window.start(
            "Applying",
            Stop::AfterStep,
            Box::new(move |_| {
                ended.recv().unwrap();
                Done::Checked(Checked::No)
            }),
        );
        window.set(Setting::AddFolder("models".to_owned()));
        let running = window.model.running.clone().unwrap();
        assert_eq!((running.what, running.progress.is_cancelled()), ("Applying", false));
        while window.models_job.is_some() {
            window.receive();
        }
        assert!(window.model.running.is_some(), "the run goes on");
        end.send(()).unwrap();
        while window.job.is_some() {
            window.receive();
        }
        assert!(window.model.running.is_none());
    }
}
