//! What lies over the window: questions that must be answered before anything else, and views of
//! what there is to know. Here are the frame, the small questions and the pieces that all share.

use super::approve::approve_ui;
use super::command::Action;
use super::drafts::recover_ui;
use super::eject::{self, eject_ui};
use super::form::paste_ui;
use super::history::{self, history_ui};
use super::model::{Dialog, Model, Next, TypedPath, Wish};
use super::new_plan::{self, new_plan_ui};
use super::on_disk::take_over_ui;
use super::palette::{self, palette_ui, shortcuts_ui};
use super::parts::{self, parts_ui};
use super::purposes::{destroy_ui, undo_run_ui};
use super::settings::{self, settings_ui};
use super::standing::{self, standing_ui};
use super::target::{inventory_ui, new_inventory_ui};
use super::theme::{self, tokens};
use super::what_if::what_if_ui;
use crate::model::Limits;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align, Button, Event, FontId, Id, Key, KeyboardShortcut, Layout, Modal, Modifiers, RichText,
    TextEdit, Ui, vec2,
};

const WIDTH: f32 = 420.0;

/// Draws the question that waits.
pub(super) fn dialog_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let Some(dialog) = &model.dialog else { return };
    // Before a tick that has the keyboard takes the Enter of it for a press.
    let answered = ui.input_mut(|input| {
        // A key that is held down answers no question that has just come up.
        let held = |event: &Event| matches!(event, Event::Key { repeat: true, .. });
        let held = input.events.iter().any(held);
        input.consume_shortcut(&ANSWER) && !held
    });
    ui.data_mut(|data| data.insert_temp(Id::new(ANSWERED), answered));
    let t = tokens(ui.ctx());
    let frame = egui::Frame::popup(ui.style()).inner_margin(20);
    // A question of another kind has another size.
    let id = Id::new("dialog").with(std::mem::discriminant(dialog));
    let modal = Modal::new(id).frame(frame).backdrop_color(t.backdrop);
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(match dialog {
            Dialog::Inventory(_) => settings::WIDTH,
            Dialog::Parts(_) => parts::WIDTH,
            Dialog::History(_) => history::WIDTH,
            Dialog::Standing => standing::WIDTH,
            Dialog::PasteRows(_) | Dialog::Palette(_) => palette::WIDTH,
            Dialog::Settings(_) => settings::WIDTH,
            Dialog::Eject(_) => eject::WIDTH,
            Dialog::New => new_plan::WIDTH,
            Dialog::Shortcuts => palette::WIDTH + 120.0,
            _ => WIDTH,
        });
        match dialog {
            Dialog::Approve(approver) => approve_ui(ui, model, approver, out),
            Dialog::Unsaved(_) => unsaved_ui(ui, model, out),
            Dialog::ReplaceText(_) => {
                title(ui, "Take back what was typed as text?");
                unreadable_ui(ui, model);
                text(ui, "An edit beside it goes on from the plan as it was before that text.");
                buttons(ui, ("Go to the text", true), Some("Take it back"), true, out);
            }
            Dialog::Path(typed) => path_ui(ui, typed, out),
            Dialog::WhatIf(asked) => what_if_ui(ui, model, asked, out),
            Dialog::Destroy => destroy_ui(ui, model, out),
            Dialog::UndoRun(run) => undo_run_ui(ui, model, run, out),
            Dialog::Parts(chosen) => parts_ui(ui, model, chosen, out),
            Dialog::History(checked) => history_ui(ui, model, checked, out),
            Dialog::Standing => standing_ui(ui, model, out),
            Dialog::PasteRows(pasted) => paste_ui(ui, model, pasted, out),
            Dialog::Palette(palette) => palette_ui(ui, model, palette, out),
            Dialog::New => new_plan_ui(ui, model, out),
            Dialog::Shortcuts => shortcuts_ui(ui, out),
            Dialog::Settings(typing) => settings_ui(ui, model, typing, out),
            Dialog::Eject(ejected) => eject_ui(ui, model, ejected, out),
            Dialog::Recover(found) => recover_ui(ui, model, found, out),
            Dialog::TakeOver(by) => take_over_ui(ui, model, by, out),
            Dialog::Inventory(typed) => inventory_ui(ui, model, typed, out),
            Dialog::NewInventory(new) => new_inventory_ui(ui, new, out),
            Dialog::FileChanged(_) => {
                title(ui, "The file has changed");
                let words = format!(
                    "{} is not as it was opened or saved here: somebody else has written it.",
                    model.file_name()
                );
                text(ui, &words);
                // The answer that loses what somebody else wrote is not the one that shines.
                let main =
                    if model.has_unsaved_edits() { "Open it, drop my edits" } else { "Open it" };
                buttons(ui, (main, true), Some("Replace it"), false, out);
            }
            Dialog::Comments(..) => {
                title(ui, "The comments in the file would be lost");
                text(
                    ui,
                    "Heddle writes plans in its own order and cannot keep comments. Use “Save \
                     as…” to leave this file as it is.",
                );
                buttons(ui, ("Save without comments", true), None, false, out);
            }
        }
    });
    if response.should_close() {
        out.push(Action::Dismiss);
    }
}

/// Asks what is to become of edits that are not in the file.
fn unsaved_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let unreadable = model.ron.problem.is_some();
    if model.is_stand_in() {
        title(ui, "Save the text first?");
        unreadable_ui(ui, model);
        text(ui, "The text can be saved as it is and mended later.");
        return buttons(ui, ("Save", true), Some("Do not save"), true, out);
    }
    if unreadable && !model.is_edited() {
        title(ui, "Leave what was typed as text?");
        unreadable_ui(ui, model);
        return buttons(ui, ("Go to the text", true), Some("Leave without it"), true, out);
    }
    title(ui, "Save the edits first?");
    text(ui, &format!("{} has edits that are not in its file.", model.file_name()));
    if unreadable {
        unreadable_ui(ui, model);
    }
    let save = if unreadable { "Save without the text" } else { "Save" };
    buttons(ui, (save, true), Some("Do not save"), true, out);
}

/// Says what of the text is not in the plan.
fn unreadable_ui(ui: &mut Ui, model: &Model) {
    let Some(problem) = &model.ron.problem else { return };
    let mut words = format!("What was typed as RON text is not in the plan: {}.", problem.place());
    words.push_str(&format!(" {}", problem.cause));
    text(ui, &words);
}

pub(super) fn title(ui: &mut Ui, words: &str) {
    ui.label(RichText::new(words).font(theme::semibold(15.0)));
    ui.add_space(6.0);
}

pub(super) fn text(ui: &mut Ui, words: &str) {
    let dim = tokens(ui.ctx()).dim;
    ui.add(egui::Label::new(RichText::new(words).color(dim)).wrap());
    ui.add_space(8.0);
}

/// True if Enter ended the typing in a field. Asked before the field may get the keyboard again:
/// in a slow frame the first letter and Enter come together.
pub(super) fn ended_with_enter(ui: &Ui, field: &egui::Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// Gives something the keyboard if nothing has it: what a question opens with.
/// True if it was given.
pub(super) fn focus_first(ui: &Ui, response: &egui::Response) -> bool {
    let free = ui.memory(|memory| memory.focused().is_none());
    if free {
        response.request_focus();
    }
    free
}

/// The same for a field with a suggestion: typing replaces it.
pub(super) fn focus_and_select(ui: &Ui, field: &egui::Response, suggestion: &str) {
    if focus_first(ui, field) {
        let mut state = TextEditState::load(ui.ctx(), field.id).unwrap_or_default();
        let end = CCursor::new(suggestion.chars().count());
        state.cursor.set_char_range(Some(CCursorRange::two(CCursor::default(), end)));
        state.store(ui.ctx(), field.id);
    }
}

/// The field that a question begins with: it has the keyboard, and typing replaces what it suggests.
/// True if Enter ended it.
pub(super) fn first_field(
    ui: &mut Ui,
    (label, id): (&str, &str),
    font: FontId,
    text: &mut String,
) -> bool {
    let label = ui.label(label);
    let field = TextEdit::singleline(text)
        .id(Id::new(id))
        .font(font)
        .char_limit(Limits::TEXT_CHARS)
        .margin(egui::Margin::symmetric(8, 4))
        .desired_width(f32::INFINITY);
    let response = ui.add(field).labelled_by(label.id);
    let enter = ended_with_enter(ui, &response);
    if !enter {
        focus_and_select(ui, &response, text);
    }
    enter
}

fn path_ui(ui: &mut Ui, typed: &TypedPath, out: &mut Vec<Action>) {
    let (words, main) = match (&typed.wish, typed.replace) {
        (Wish::Open | Wish::Inventory, _) => ("Open a plan", "Open"),
        (Wish::Export(export), false) => (export.question(), "Write"),
        (Wish::Export(_), true) => ("Replace the file?", "Replace"),
        (Wish::Save { .. }, false) => ("Save the plan as", "Save"),
        (Wish::SaveText { .. }, false) => ("Save the text as", "Save"),
        (Wish::Save { .. } | Wish::SaveText { .. }, true) => ("Replace the file?", "Replace"),
    };
    title(ui, words);
    match &typed.problem {
        Some(problem) => {
            theme::barred_box(ui, tokens(ui.ctx()).changed, |ui| {
                ui.add(egui::Label::new(problem).wrap())
            });
            ui.add_space(8.0);
        }
        None if matches!(typed.wish, Wish::Save { next: Next::Approve, .. }) => text(
            ui,
            "An approval is kept beside the file of its plan, so the plan needs a file first.",
        ),
        None => {}
    }
    let mut now = typed.text.clone();
    let enter = first_field(ui, ("Path of the file", "typed path"), theme::mono(12.5), &mut now);
    ui.add_space(10.0);
    let ready = !now.trim().is_empty();
    if now != typed.text {
        let typed = TypedPath { text: now, problem: None, replace: false, ..typed.clone() };
        out.push(Action::Ask(Dialog::Path(typed)));
    }
    if enter && ready {
        out.push(Action::Confirm);
    }
    buttons(ui, (main, ready), None, false, out);
}

/// A row at the right, in reading order, of buttons with these words.
pub(super) fn buttons_row(ui: &mut Ui, words: &[&str], content: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), BUTTON.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let padding = 2.0 * ui.spacing().button_padding.x;
        let width = |words: &&str| {
            let words = RichText::new(*words).font(theme::medium(13.0));
            let galley = egui::WidgetText::from(words).into_galley(
                ui,
                Some(egui::TextWrapMode::Extend),
                f32::INFINITY,
                egui::TextStyle::Button,
            );
            (galley.size().x + padding).max(BUTTON.x)
        };
        let apart = ui.spacing().item_spacing.x * words.len().saturating_sub(1) as f32;
        let taken = words.iter().map(width).sum::<f32>() + apart;
        ui.add_space((ui.available_width() - taken).max(0.0));
        content(ui);
    });
}

/// The least size of a button that ends a dialog.
pub(super) const BUTTON: egui::Vec2 = vec2(86.0, 30.0);

/// The button of a view that asks nothing; it has the keyboard if nothing else has.
pub(super) fn close_button(ui: &mut Ui, out: &mut Vec<Action>) {
    let button = Button::new("Close").min_size(BUTTON);
    let close = ui.add(button);
    if close.clicked() {
        out.push(Action::Dismiss);
    } else {
        focus_first(ui, &close);
    }
}

/// Where it is kept, while a question is drawn, whether it was answered by keys.
const ANSWERED: &str = "answered by keys";

/// What presses the main button from wherever the keyboard is: in a text of lines Enter begins another
/// line, and on a tick it ticks.
pub(super) const ANSWER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);

/// From the left: no answer, another way, and at the right the main button. That may be `first` to
/// have the keyboard, if it does no harm and nothing is typed.
pub(super) fn buttons(
    ui: &mut Ui,
    (main, ready): (&str, bool),
    other: Option<&str>,
    first: bool,
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    let words: Vec<&str> = ["Cancel"].into_iter().chain(other).chain([main]).collect();
    buttons_row(ui, &words, |ui| {
        if ui.add(Button::new("Cancel").min_size(BUTTON)).clicked() {
            out.push(Action::Dismiss);
        }
        if let Some(other) = other
            && ui.add(Button::new(other).min_size(BUTTON)).clicked()
        {
            out.push(Action::Discard);
        }
        let words = RichText::new(main).font(theme::medium(13.0)).color(t.on_accent);
        let button = Button::new(words).fill(t.accent).min_size(BUTTON);
        let main = ui.add_enabled(ready, button);
        let answered = ui.data(|data| data.get_temp(Id::new(ANSWERED))).unwrap_or(false);
        let answered = ready && answered;
        if main.clicked() || answered {
            out.push(Action::Confirm);
        } else if first {
            focus_first(ui, &main);
        }
    });
}
