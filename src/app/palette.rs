//! The palette: every command, field and device, found by a few letters.
//!
//! Words may stand in any order; what begins with the first word comes first. A command that
//! cannot be given now says why.

use super::command::{Action, Command};
use super::dialogs::{buttons_row, close_button, title};
use super::form::fields_found;
use super::model::{Dialog, Model};
use super::selection::{Selected, Selection};
use super::theme::{self, tokens};
use super::widgets::scroll_by_keys;
use crate::model::SpecPath;
use crate::plan::preset::presets;
use egui::{Align, Key, Layout, Modifiers, RichText, ScrollArea, Sense, TextEdit, Ui, vec2};
use egui::{WidgetInfo, WidgetType};
use std::path::PathBuf;

pub(super) const WIDTH: f32 = 520.0;

/// How high the list of lines is, where the window has that room.
const LIST_HEIGHT: f32 = 380.0;

/// Devices that are listed at most.
const MOST_DEVICES: usize = 40;

/// What was typed, and which line is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Palette {
    pub text: String,
    pub line: usize,
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    Command(Command),
    /// A new plan from a preset: its name, and what it is.
    New(&'static str, &'static str),
    /// A plan that was open lately.
    Recent(PathBuf),
    Device(u32),
    /// A field of the spec, and its words.
    Field(SpecPath, String),
}

/// Draws it.
pub(super) fn palette_ui(ui: &mut Ui, model: &Model, palette: &Palette, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let lines = lines(model, &palette.text);
    let last = lines.len().saturating_sub(1);
    let mut now = Palette { line: palette.line.min(last), ..palette.clone() };
    // The arrows move the choice and not the cursor of the field.
    let (down, up) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
        )
    });
    if down {
        now.line = (now.line + 1).min(last);
    }
    if up {
        now.line = now.line.saturating_sub(1);
    }
    let field = ui.add(
        TextEdit::singleline(&mut now.text)
            .id(egui::Id::new("palette"))
            .hint_text(
                RichText::new("Run a command, open a plan, find a field or a device")
                    .color(t.faint),
            )
            .char_limit(120)
            .margin(egui::Margin::symmetric(10, 6))
            .desired_width(f32::INFINITY),
    );
    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Command or device"));
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    // Asked for in each frame it would break off what is being typed, on some systems a letter.
    if !entered && !field.has_focus() {
        field.request_focus();
    }
    if field.changed() {
        now.line = 0;
    }
    ui.add_space(6.0);
    let mut chosen = entered.then(|| lines.get(now.line).cloned()).flatten();
    // Another text begins at its first line.
    // As high whatever is found, so that nothing jumps while one types.
    let height = ui.available_height().min(LIST_HEIGHT);
    let area = ScrollArea::vertical().id_salt(&palette.text).auto_shrink(false);
    area.max_height(height).min_scrolled_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (n, line) in lines.iter().enumerate() {
            let here = n == now.line;
            let response = line_ui(ui, model, line, here);
            if here && (down || up) {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                chosen = Some(line.clone());
            }
        }
        if lines.is_empty() {
            ui.label(RichText::new("Nothing is called that.").color(t.dim));
        }
    });
    if let Some(line) = chosen {
        match line {
            Line::Command(command) if command.blocked(model).is_some() => {}
            Line::Command(command) => {
                out.push(Action::Dismiss);
                out.push(Action::Do(command));
            }
            Line::New(preset, _) => {
                out.push(Action::Dismiss);
                out.push(Action::New(preset));
            }
            Line::Recent(path) => {
                out.push(Action::Dismiss);
                out.push(Action::OpenPath(path));
            }
            Line::Field(path, _) => {
                out.push(Action::Dismiss);
                out.push(Action::GoTo(path));
            }
            Line::Device(device) => {
                let Some(answer) = &model.answer else { return };
                let device = Selected::device(&answer.evaluation.fabric, device);
                let selection = Selection::one(device);
                out.push(Action::Dismiss);
                out.push(Action::Select(selection));
            }
        }
    } else if now != *palette {
        out.push(Action::Ask(Dialog::Palette(now)));
    }
}

fn line_ui(ui: &mut Ui, model: &Model, line: &Line, here: bool) -> egui::Response {
    let t = tokens(ui.ctx());
    let (name, detail, keys, off) = match line {
        Line::Command(command) => {
            let keys = command.shortcut().map(|keys| ui.ctx().format_shortcut(&keys));
            let blocked = command.blocked(model);
            let off = blocked.is_some();
            let detail = blocked.unwrap_or_else(|| command.hint().to_owned());
            (command.name().to_owned(), detail, keys.unwrap_or_default(), off)
        }
        Line::New(name, summary) => {
            (format!("New plan: {name}"), (*summary).to_owned(), String::new(), false)
        }
        Line::Recent(path) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let folder = path.parent().map(|folder| folder.display().to_string());
            (format!("Open recent: {name}"), folder.unwrap_or_default(), String::new(), false)
        }
        Line::Field(path, words) => {
            (format!("Go to: {words}"), path.as_str().to_owned(), String::new(), false)
        }
        Line::Device(device) => {
            let fabric = model.answer.as_ref().map(|answer| &answer.evaluation.fabric);
            let name = fabric.map_or_else(String::new, |fabric| fabric.device_name(*device));
            let class = fabric.and_then(|fabric| fabric.class_of(*device));
            let detail = class.map_or_else(String::new, |class| class.model.clone());
            (name, detail, String::new(), false)
        }
    };
    let size = vec2(ui.available_width(), 26.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, !off, here, &name));
    if here || response.hovered() {
        let fill = if here { t.accent.gamma_multiply(0.18) } else { t.raised };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let mut line = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.shrink2(vec2(8.0, 0.0)))
            .layout(Layout::left_to_right(Align::Center)),
    );
    let color = if off { t.faint } else { t.text };
    line.add(egui::Label::new(RichText::new(&name).color(color)).selectable(false));
    line.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if !keys.is_empty() {
            let words = RichText::new(keys).font(theme::mono(11.0)).color(t.dim);
            ui.add(egui::Label::new(words).selectable(false));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let words = RichText::new(detail).font(theme::small()).color(t.dim);
            ui.add(egui::Label::new(words).truncate().selectable(false));
        });
    });
    response
}

/// What meets the words that were typed.
fn lines(model: &Model, text: &str) -> Vec<Line> {
    let text = text.trim().to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let meets = |name: &str| {
        let name = name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let mut commands: Vec<Command> = Command::ALL
        .into_iter()
        .filter(|command| *command != Command::Palette)
        .filter(|command| meets(&format!("{} {}", command.name(), command.hint())))
        .collect();
    commands.sort_by_key(|command| {
        let name = command.name().to_lowercase();
        (!name.starts_with(&text), !meets(&name), command.blocked(model).is_some())
    });
    let mut lines: Vec<Line> = commands.into_iter().map(Line::Command).collect();
    if !words.is_empty() && model.running.is_none() {
        let new = presets().iter().map(|preset| Line::New(preset.name, preset.summary));
        lines.extend(new.filter(|line| meets(&name_of(line))));
        let recent = model.settings.recent_plans.iter().cloned().map(Line::Recent);
        lines.extend(recent.filter(|line| meets(&name_of(line))));
    }
    if !words.is_empty() {
        let fields = fields_found(&model.spec_tree).into_iter();
        let fields = fields.map(|(path, words)| Line::Field(path, words));
        lines.extend(fields.filter(|line| meets(&name_of(line))));
    }
    if let Some(answer) = model.answer.as_ref().filter(|_| !words.is_empty()) {
        let fabric = &answer.evaluation.fabric;
        let all = 0..u32::try_from(fabric.devices.len()).unwrap_or(u32::MAX);
        let found = all.filter(|device| meets(&fabric.device_name(*device)));
        let found: Vec<Line> = found.take(MOST_DEVICES).map(Line::Device).collect();
        // A name in full is meant before a command that has these letters somewhere.
        let exact = |line: &Line| matches!(line, Line::Device(n) if fabric.device_name(*n) == text);
        let at = if found.iter().any(exact) { 0 } else { lines.len() };
        lines.splice(at..at, found);
    }
    lines
}

/// What a line of a plan is found by.
fn name_of(line: &Line) -> String {
    match line {
        Line::New(name, summary) => format!("new plan: {name} {summary}"),
        Line::Recent(path) => format!("open recent: {}", path.display()),
        Line::Field(path, words) => format!("go to: {words} {path}"),
        Line::Command(_) | Line::Device(_) => String::new(),
    }
}

/// How high the list of keys is at most.
const KEYS_HEIGHT: f32 = 440.0;

/// Draws the keys of all commands.
pub(super) fn shortcuts_ui(ui: &mut Ui, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    title(ui, "Keyboard shortcuts");
    ScrollArea::vertical().max_height(KEYS_HEIGHT).show(ui, |ui| {
        scroll_by_keys(ui, theme::ROW_HEIGHT, KEYS_HEIGHT);
        egui::Grid::new("shortcuts").num_columns(3).spacing(vec2(18.0, 5.0)).show(ui, |ui| {
            for command in Command::ALL {
                let Some(keys) = command.shortcut() else { continue };
                let keys = RichText::new(ui.ctx().format_shortcut(&keys)).font(theme::mono(12.0));
                ui.label(keys);
                ui.label(command.name());
                ui.label(RichText::new(command.hint()).color(t.dim).size(12.0));
                ui.end_row();
            }
        });
    });
    ui.add_space(8.0);
    buttons_row(ui, &["Close"], |ui| close_button(ui, out));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::every_command::{Hands, act, open, settle};
    use crate::app::tables::Centre;
    use egui::Event;
    use egui_kittest::kittest::Queryable;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    /// What comes in one frame, however much it is.
    fn at_once(hands: &mut Hands, events: impl IntoIterator<Item = Event>) {
        hands.input_mut().events.extend(events);
        hands.step();
    }

    fn letters(text: &str) -> impl Iterator<Item = Event> {
        text.chars().map(|letter| Event::Text(letter.to_string()))
    }

    #[test]
    fn what_is_typed_at_once_is_what_runs() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        let open_it = || [key(Key::K, Modifiers::COMMAND)];
        let enter = || [key(Key::Enter, Modifiers::NONE)];
        let name = Command::ShowCables.name();
        let check = |hands: &mut Hands, frames: &str| {
            hands.run_steps(12);
            let model = &hands.state().model;
            assert_eq!(model.dialog, None, "{frames}");
            assert_eq!(model.centre, Centre::Table(crate::scene::tables::TableKind::Cables));
            act(hands, Action::Do(Command::ShowTopology));
            hands.run_steps(3);
        };
        at_once(&mut hands, open_it().into_iter().chain(letters(name)).chain(enter()));
        check(&mut hands, "all in one frame");
        at_once(&mut hands, open_it());
        at_once(&mut hands, letters(name).chain(enter()));
        check(&mut hands, "the letters in the frame after the keys");
        at_once(&mut hands, open_it());
        for letter in letters(name) {
            at_once(&mut hands, [letter]);
        }
        at_once(&mut hands, enter());
        check(&mut hands, "each letter in a frame");
        // From the palette that a text has filled, with arrows: down and up again.
        at_once(&mut hands, open_it().into_iter().chain(letters(name)));
        let arrows = [Key::ArrowDown, Key::ArrowUp].map(|arrow| key(arrow, Modifiers::NONE));
        at_once(&mut hands, arrows.into_iter().chain(enter()));
        check(&mut hands, "arrows");
    }

    /// An input method is switched off and on when the keyboard is asked for: letters get lost.
    #[test]
    fn the_field_does_not_ask_for_the_keyboard_that_it_has() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        act(&mut hands, Action::Do(Command::Palette));
        hands.run_steps(4);
        for letter in letters("show") {
            at_once(&mut hands, [letter]);
            let ime = hands.output().platform_output.ime.as_ref();
            assert_eq!(ime.map(|ime| ime.should_interrupt_composition), Some(false));
        }
        // An arrow that is held down moves the choice and not the keyboard.
        let held = Event::Key {
            key: Key::ArrowDown,
            physical_key: None,
            pressed: true,
            repeat: true,
            modifiers: Modifiers::NONE,
        };
        at_once(&mut hands, [held]);
        at_once(&mut hands, letters(" c"));
        let shown = matches!(&hands.state().model.dialog, Some(Dialog::Palette(palette)) if palette.text == "show c");
        assert!(shown, "{:?}", hands.state().model.dialog);
    }

    /// What lies behind is not told over it.
    #[test]
    fn a_tooltip_goes_when_a_question_comes() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        // One that works and one that is off.
        for command in [Command::Fit, Command::Undo] {
            let blocked = command.blocked(&hands.state().model);
            let words = blocked.unwrap_or_else(|| command.hint().to_owned());
            let told = |hands: &Hands| hands.query_all_by_label_contains(&words).next().is_some();
            let at = hands.query_all_by_label(command.name()).last().unwrap().rect().center();
            hands.hover_at(at);
            hands.run_steps(12);
            assert!(told(&hands), "{words}");
            at_once(&mut hands, [key(Key::Comma, Modifiers::COMMAND)]);
            hands.run_steps(2);
            assert!(hands.state().model.dialog.is_some());
            assert!(!told(&hands), "{words}");
            // And is there again once the question has gone.
            act(&mut hands, Action::Dismiss);
            hands.run_steps(12);
            assert!(told(&hands), "{words}");
        }
    }
}
