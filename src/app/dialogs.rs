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
use super::widgets::scroll_by_keys;
use crate::model::Limits;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align, Button, Event, FontId, Id, Key, KeyboardShortcut, Layout, Modal, Modifiers, Rect,
    RichText, ScrollArea, TextEdit, Ui, Vec2, vec2,
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
    let frame = egui::Frame::popup(ui.style()).inner_margin(INNER_MARGIN);
    // A question of another kind has another size.
    let id = Id::new("dialog").with(std::mem::discriminant(dialog));
    let modal = Modal::new(id).frame(frame).backdrop_color(t.backdrop);
    let response = modal.show(ui.ctx(), |ui| {
        scrolled(ui, id, width_of(dialog), |ui| content_ui(ui, model, dialog, out));
    });
    let escaped = response.is_top_modal
        && !response.any_popup_open
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    // A press beside a question would throw away what was typed into it.
    let left = is_view(dialog) && response.backdrop_response.clicked();
    if escaped || left || response.response.should_close() {
        out.push(Action::Dismiss);
    }
}

/// True for what is only looked at, or can be had again as it was: a press beside it closes it.
fn is_view(dialog: &Dialog) -> bool {
    matches!(
        dialog,
        Dialog::Standing
            | Dialog::History(_)
            | Dialog::Shortcuts
            | Dialog::Palette(_)
            | Dialog::New
            | Dialog::Settings(_)
    )
}

/// How wide a question is, if the window is wide enough.
fn width_of(dialog: &Dialog) -> f32 {
    match dialog {
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
    }
}

/// Draws the content of a question in a part of the window: what is taller scrolls, and its buttons
/// then stand below what scrolls.
fn scrolled(ui: &mut Ui, id: Id, width: f32, content: impl FnOnce(&mut Ui)) {
    let around = Vec2::splat(2.0 * (MARGIN + f32::from(INNER_MARGIN)));
    let room = (ui.ctx().content_rect().size() - around).max(Vec2::splat(LEAST_ROOM));
    let known: Measured = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    // What cannot be broken into lines may be wider than it was thought.
    let is_wide = known.width > room.x;
    let width = if is_wide { room.x } else { width.min(room.x) };
    ui.set_width(width);
    let spacing = ui.spacing().item_spacing.y;
    let foot_height = BUTTON.y + spacing;
    let is_cut = known.has_foot && known.height > room.y;
    let height = if is_cut { room.y - foot_height } else { room.y };
    let place = ui.cursor().min + vec2(0.0, height + spacing);
    let place = is_cut.then(|| Rect::from_min_size(place, vec2(width, BUTTON.y)));
    let foot = Id::new(FOOT);
    ui.data_mut(|data| data.insert_temp(foot, Foot { place, is_used: false }));
    let area = ScrollArea::new([is_wide, true]).id_salt("dialog").auto_shrink([false, true]);
    let shown = area.max_height(height).min_scrolled_height(height).show(ui, |ui| {
        // Lists in it take what is left beside the buttons, wherever those stand.
        ui.set_max_size(vec2(width, room.y - foot_height));
        let top = ui.cursor().top();
        content(ui);
        follow_keyboard(ui, id);
        ui.cursor().top() - top - spacing
    });
    let used: Foot = ui.data_mut(|data| data.remove_temp(foot)).unwrap_or_default();
    let size = vec2(shown.content_size.x, shown.inner);
    let mut now = Measured { width: size.x, height: size.y, has_foot: used.is_used };
    if is_cut {
        ui.allocate_space(vec2(width, BUTTON.y));
        now.height += foot_height;
    }
    if (now.has_foot && now.height > room.y) != is_cut || (now.width > room.x) != is_wide {
        ui.ctx().request_discard("the buttons of a question go elsewhere");
    }
    ui.data_mut(|data| data.insert_temp(id, now));
}

/// Brings what the keyboard has come to into view.
fn follow_keyboard(ui: &Ui, id: Id) {
    let focused = ui.memory(|memory| memory.focused());
    let kept = id.with("keyboard");
    let before: Option<Id> = ui.data(|data| data.get_temp::<Option<Id>>(kept)).flatten();
    ui.data_mut(|data| data.insert_temp(kept, focused));
    // What a question opens with is no reason to hide how it begins.
    let moved = before.is_some() && before != focused;
    let response = focused.filter(|_| moved).and_then(|id| ui.ctx().read_response(id));
    if let Some(response) = response
        && response.layer_id == ui.layer_id()
        // Buttons below what scrolls are always in view.
        && ui.min_rect().contains_rect(response.rect)
    {
        ui.scroll_to_rect(response.rect, None);
    }
}

/// What a question leaves of the window at each side, and what lies between its edge and its words.
const MARGIN: f32 = 8.0;
const INNER_MARGIN: i8 = 20;
/// What Page up and down scroll by.
const PAGE: f32 = 240.0;
/// A window that is smaller than this shows a part of a question.
const LEAST_ROOM: f32 = 120.0;

/// What was measured of a question when it was last drawn.
#[derive(Clone, Copy, Default)]
struct Measured {
    /// The size of all of it.
    width: f32,
    height: f32,
    /// True if it ends with buttons.
    has_foot: bool,
}

/// Where the buttons of the question go that is drawn.
#[derive(Clone, Copy, Default)]
struct Foot {
    /// Below what scrolls; `None` where they follow the content.
    place: Option<Rect>,
    /// True once they are there.
    is_used: bool,
}

/// Where it is kept, while a question is drawn.
const FOOT: &str = "foot of a dialog";

/// Draws the buttons that end a question: after its content, or below it where that scrolls.
fn at_foot(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let id = Id::new(FOOT);
    let foot: Foot = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    ui.data_mut(|data| data.insert_temp(id, Foot { is_used: true, ..foot }));
    // Buttons in a row are in their place once the row is.
    let Some(place) = foot.place.filter(|_| !foot.is_used) else { return content(ui) };
    let own = egui::UiBuilder::new().id_salt(FOOT).max_rect(place);
    let mut child = ui.new_child(own.layout(Layout::right_to_left(Align::Center)));
    child.set_clip_rect(place.expand(4.0));
    content(&mut child);
}

/// Draws a question, or a view.
fn content_ui(ui: &mut Ui, model: &Model, dialog: &Dialog, out: &mut Vec<Action>) {
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
        Dialog::Standing => {
            // Nothing in it takes the keyboard, and it may be taller than the window.
            scroll_by_keys(ui, theme::ROW_HEIGHT, PAGE);
            standing_ui(ui, model, out);
        }
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
        Dialog::FileChanged(..) => {
            title(ui, "The file has changed");
            let words = format!(
                "{} is not as it was opened or saved here: somebody else has written it.",
                model.file_name()
            );
            text(ui, &words);
            // The answer that loses what somebody else wrote is not the one that shines.
            let main = if model.has_unsaved_edits() { "Open it, drop my edits" } else { "Open it" };
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
    at_foot(ui, |ui| row_at_right(ui, words, content));
}

fn row_at_right(ui: &mut Ui, words: &[&str], content: impl FnOnce(&mut Ui)) {
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
    at_foot(ui, |ui| {
        let close = ui.add(Button::new("Close").min_size(BUTTON));
        if close.clicked() {
            out.push(Action::Dismiss);
        } else {
            focus_first(ui, &close);
        }
    });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::Command;
    use crate::app::every_command::{Hands, act, applied, open, settle};
    use crate::app::selection::{Selected, Selection};
    use crate::workflow::Approver;
    use egui_kittest::kittest::{NodeT, Queryable};

    /// A common window at twice its size, as it is measured then, and a larger one.
    const SMALL: [Vec2; 2] = [vec2(720.0, 450.0), vec2(1024.0, 576.0)];

    fn window_of(hands: &Hands) -> Rect {
        hands.ctx.content_rect().expand(0.5)
    }

    /// Where the question is that waits.
    fn rect_of(hands: &Hands) -> Option<Rect> {
        let dialog = hands.state().model.dialog.as_ref()?;
        let id = Id::new("dialog").with(std::mem::discriminant(dialog));
        hands.ctx.memory(|memory| memory.area_rect(id))
    }

    /// The rectangle of what has the keyboard.
    fn focused(hands: &Hands) -> Option<Rect> {
        let all = hands.root().children_recursive();
        all.into_iter().find(|node| node.accesskit_node().is_focused()).map(|node| node.rect())
    }

    /// What is wrong with how a question lies in the window.
    fn misplaced(hands: &mut Hands, what: &str) -> Option<String> {
        hands.run_steps(6);
        let Some(dialog) = rect_of(hands) else { return Some(format!("{what}: not asked")) };
        if !window_of(hands).contains_rect(dialog) {
            return Some(format!("{what}: {dialog:?} is not in the window"));
        }
        // The last button of that name is the one above all others.
        let ends = ["Close", "Cancel"].map(|name| {
            hands
                .query_all_by_label(name)
                .last()
                .is_some_and(|end| dialog.contains_rect(end.rect()))
        });
        // The palette has no button: Escape leaves it.
        let is_palette = matches!(hands.state().model.dialog, Some(Dialog::Palette(_)));
        (!is_palette && !ends.contains(&true)).then(|| format!("{what}: no button is in sight"))
    }

    #[test]
    fn every_question_lies_in_a_small_window_with_its_buttons() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        applied(&mut hands);
        let mut problems = Vec::new();
        for size in SMALL {
            hands.set_size(size);
            hands.run_steps(2);
            for command in [
                Command::New,
                Command::OpenTyped,
                Command::WhatIf,
                Command::Eject,
                Command::Settings,
                Command::UndoRun,
                Command::Destroy,
                Command::History,
                Command::Standing,
                Command::Palette,
                Command::Shortcuts,
                Command::ChooseInventory,
            ] {
                act(&mut hands, Action::Do(command));
                settle(&mut hands);
                problems.extend(misplaced(&mut hands, command.name()));
                hands.state_mut().model.dialog = None;
            }
            for dialog in [
                Dialog::Unsaved(Next::Quit),
                Dialog::FileChanged(Next::Stay, false),
                Dialog::Comments(Next::Stay, false),
                Dialog::Approve(Approver::new("Ada", "")),
                Dialog::Parts(std::collections::BTreeSet::new()),
            ] {
                let what = format!("{dialog:?}");
                act(&mut hands, Action::Ask(dialog));
                problems.extend(misplaced(&mut hands, &what));
                hands.state_mut().model.dialog = None;
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[test]
    fn the_keyboard_brings_into_view_what_a_small_window_hides() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        hands.set_size(SMALL[0]);
        act(&mut hands, Action::Do(Command::Settings));
        hands.run_steps(4);
        let dialog = rect_of(&hands).unwrap();
        let title = hands.query_all_by_label("Settings").last().unwrap().rect();
        assert!(dialog.contains_rect(title), "it begins at its beginning: {title:?}");
        for n in 0..30 {
            hands.key_press(Key::Tab);
            hands.run_steps(30);
            let here = focused(&hands).unwrap();
            assert!(dialog.contains_rect(here), "stop {n} at {here:?} of {dialog:?}");
        }
    }

    #[test]
    fn keys_scroll_where_it_stands() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        hands.set_size(SMALL[0]);
        act(&mut hands, Action::Do(Command::Standing));
        hands.run_steps(4);
        let top = |hands: &Hands| hands.get_by_label("Where it stands").rect().top();
        let before = top(&hands);
        hands.key_press(Key::PageDown);
        hands.run_steps(30);
        assert!(top(&hands) < before - 20.0, "{before} and {}", top(&hands));
        let close = hands.get_by_label("Close").rect();
        assert!(rect_of(&hands).unwrap().contains_rect(close));
    }

    #[test]
    fn every_line_of_a_menu_can_be_seen_in_a_small_window() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        let selected = Selected::Device { class: "be-leaf".to_owned(), number: 1 };
        act(&mut hands, Action::Select(Selection::one(selected)));
        hands.set_size(SMALL[0]);
        hands.run_steps(2);
        for (menu, key) in [
            ("File", Key::F),
            ("Edit", Key::E),
            ("Selection", Key::S),
            ("View", Key::V),
            ("Plan", Key::P),
            ("Help", Key::H),
        ] {
            hands.key_press_modifiers(Modifiers::ALT, key);
            hands.run_steps(6);
            let first = focused(&hands).unwrap_or_else(|| panic!("{menu} has no line"));
            for _ in 0..30 {
                hands.key_press(Key::ArrowUp);
                hands.run_steps(30);
                let here = focused(&hands).unwrap();
                assert!(window_of(&hands).contains_rect(here), "{menu}: {here:?}");
                assert!(here.left() == first.left() && here.top() > 30.0, "{menu}: {here:?}");
            }
            hands.key_press(Key::Escape);
            hands.run_steps(4);
        }
    }

    /// A press in the corner of the window, beside what is asked.
    fn press_beside(hands: &mut Hands) {
        let at = window_of(hands).left_bottom() + vec2(6.0, -6.0);
        hands.hover_at(at);
        hands.run_steps(2);
        for pressed in [true, false] {
            let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
            hands.event(Event::PointerButton { pos: at, button, pressed, modifiers });
            hands.run_steps(2);
        }
    }

    #[test]
    fn a_press_beside_closes_a_view_and_no_question() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        act(&mut hands, Action::Ask(Dialog::Approve(Approver::new("Ada", "NET-412"))));
        hands.run_steps(4);
        press_beside(&mut hands);
        let kept = &hands.state().model.dialog;
        assert!(matches!(kept, Some(Dialog::Approve(who)) if who.comment == "NET-412"), "{kept:?}");
        hands.key_press(Key::Escape);
        hands.run_steps(2);
        assert!(hands.state().model.dialog.is_none(), "Escape is an answer");
        for command in [Command::Standing, Command::Shortcuts, Command::New, Command::Settings] {
            act(&mut hands, Action::Do(command));
            hands.run_steps(4);
            press_beside(&mut hands);
            assert!(hands.state().model.dialog.is_none(), "{command:?}");
        }
    }
}
