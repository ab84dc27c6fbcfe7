//! The right panel: what would change and what drifted, counted and as a tree of virtual rows.
//! Above them, in calm boxes, whatever makes them other than the plan's own changes: a purpose, a
//! selection, a run that stopped.

use super::changes::{Compared, Item, Row, Shown, Tally, Wanted, name_of, note_of, state_of};
use super::command::{Action, Command};
use super::diff_text::lines_ui;
use super::model::{Field, Model, Stop};
use super::parts::only_words;
use super::purposes::{purpose_ui, waiting_ui};
use super::selection::Reach;
use super::standing::stopped_ui;
use super::theme::{self, tokens};
use super::times;
use super::widgets::{Empty, at_right, command_button, empty_state};
use crate::diff::{ChangeSet, Drift, Waiting};
use crate::model::{Limits, counted, grouped, printable};
use crate::scene::State;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, Button, FontId, Id, Key, Layout, RichText, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::ops::Range;

/// Draws the panel.
pub(super) fn changes_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    header_ui(ui, model, out);
    let answer = model.answer.as_ref();
    purpose_ui(ui, model, out);
    waiting_ui(ui, model, out);
    stopped_ui(ui, model);
    if let Some(problem) = answer.and_then(|answer| answer.snapshot_problem.as_ref()) {
        ui.add_space(6.0);
        ui.add(egui::Label::new(RichText::new(problem).color(t.removed)).wrap());
    }
    let Some(compared) = answer.and_then(|answer| Compared::of(&answer.evaluation)) else {
        let error = model.has_errors();
        let unread = answer.is_some_and(|answer| answer.snapshot_problem.is_some());
        let (mark, words, commands): (_, _, &[Command]) = match answer {
            None => (icon::HOURGLASS, "The plan is being computed.", &[]),
            Some(answer) if !answer.purpose.is_converge() => (
                icon::PROHIBIT,
                "There is nothing to review: see what is said above.",
                &[Command::BackToPlan],
            ),
            Some(_) if unread => (
                icon::PLUGS,
                "The plan is held against the inventory once that can be read.",
                &[Command::Refresh, Command::ChooseInventory],
            ),
            Some(_) if error => (
                icon::WARNING_OCTAGON,
                "The plan is held against the inventory once it has no error.",
                &[Command::NextFinding],
            ),
            Some(_) => (icon::PLUGS, "The inventory was not read.", &[Command::Refresh]),
        };
        let state = Empty { mark, title: "No comparison", words, commands };
        empty_state(ui, model, &state, out);
        return;
    };
    let changes = compared.changes;
    counts_ui(ui, model, compared, out);
    remarks_ui(ui, model, compared, out);
    filter_ui(ui, model, out);
    let nothing = changes.is_empty() && changes.prerequisites.is_empty();
    let has_rows = !nothing || !model.tree.is_empty();
    if !has_rows {
        let state = Empty {
            mark: icon::CHECK_CIRCLE,
            title: "No changes",
            words: no_changes(changes),
            commands: &[Command::WhatIf, Command::Standing],
        };
        empty_state(ui, model, &state, out);
    } else if nothing {
        ui.add_space(8.0);
        ui.label("No changes");
        ui.add(egui::Label::new(RichText::new(no_changes(changes)).color(t.dim)).wrap());
    }
    // What is of older changes is not taken for these.
    match model.diff_text.as_ref().filter(|text| text.is_of(changes, &model.filter)) {
        Some(text) if has_rows && model.changes_as_text => lines_ui(ui, text),
        None if has_rows && model.changes_as_text => {
            ui.label(RichText::new("computing…").color(t.dim));
        }
        _ if has_rows => rows_ui(ui, model, compared, out),
        _ => {}
    }
}

/// Why there is nothing to change.
fn no_changes(changes: &ChangeSet) -> &'static str {
    use crate::diff::Purpose;
    match &changes.purpose {
        _ if !changes.selection.is_empty() => "The inventory has this part as the plan wants it.",
        Purpose::Converge if changes.waiting_cables() > 0 => {
            "The inventory has all that can be made now; some cables wait for devices of others."
        }
        Purpose::Converge => "The inventory is as the plan wants it.",
        Purpose::Destroy => "The inventory has nothing of this plan.",
        Purpose::Undo { .. } => "The inventory is as it was before that run.",
    }
}

/// What the plan is held against, and how old that reading is.
fn header_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let running = model.running.as_ref().is_some_and(|run| run.stop == Stop::AfterStep);
    let read_at = model.answer.as_ref().and_then(|answer| answer.read_at);
    let when = match read_at {
        _ if running => " · before the run".to_owned(),
        Some(read_at) => {
            let age = model.now.since(read_at);
            ui.ctx().request_repaint_after(times::until_it_changes(age));
            format!(" · {}", times::read_ago(age))
        }
        None => String::new(),
    };
    let words = format!("{}{when}", model.target_name());
    ui.horizontal(|ui| {
        ui.label(RichText::new("Changes").font(theme::semibold(13.0)));
        at_right(ui, "tools of the changes", |ui| {
            let (mark, text) = (icon::TEXT_ALIGN_LEFT, model.changes_as_text);
            let text = Button::new(RichText::new(mark).size(14.0)).selected(text);
            command_button(ui, model, Command::ChangesAsText, text, out);
            let copy = Button::new(RichText::new(icon::COPY).size(14.0));
            command_button(ui, model, Command::CopyChanges, copy, out);
            let name = Command::Refresh.name();
            command_button(ui, model, Command::Refresh, Button::new(name), out);
        });
    });
    // It is the way to another one too.
    let words = RichText::new(words).color(t.faint).size(11.0);
    let button = Button::new(words).frame(false).truncate();
    let file = model.shown_inventory().display().to_string();
    let command = Command::ChooseInventory;
    let response = ui.add_enabled(command.blocked(model).is_none(), button);
    let spoken = format!("Held against {}", model.target_name());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, ui.is_enabled(), &spoken));
    let hint = format!("{} {}", printable(&file), command.hint());
    if response.on_hover_text(hint).clicked() {
        out.push(Action::Do(command));
    }
}

/// How many of each state; a press shows only them.
fn counts_ui(ui: &mut Ui, model: &Model, compared: Compared, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let changes = compared.changes;
    // A giant has hundreds of thousands of them; they are not gone through in every frame.
    let mut counts = vec![
        (State::Added, changes.additions.len() as u64),
        (State::Changed, changes.modifications.len() as u64),
        (State::Removed, changes.deletions.len() as u64),
    ];
    counts.extend(compared.drifted_count().map(|drifted| (State::Drifted, drifted)));
    let same = format!("{} unchanged", grouped(changes.unchanged.total()));
    let same = RichText::new(same).color(t.faint).size(11.0);
    ui.add_space(4.0);
    let words_of = |state: State, count: u64| {
        let drifted = if state == State::Drifted && count > 0 { " drifted" } else { "" };
        format!("{} {}{drifted}", state.glyph(), grouped(count))
    };
    let width = |words: &str, font: FontId| {
        ui.painter().layout_no_wrap(words.to_owned(), font, t.faint).size().x
    };
    let (apart, padding) = (8.0, 3.0);
    let each = counts.iter().map(|(state, count)| {
        width(&words_of(*state, *count), theme::mono(13.0)) + 2.0 * padding + apart
    });
    let needed: f32 = each.sum();
    let fits = needed + width(same.text(), FontId::proportional(11.0)) < ui.available_width();
    // A row that is wider than the panel would make all below it wider, and cut their numbers.
    let wraps = needed > ui.available_width();
    let layout = Layout::left_to_right(Align::Center).with_main_wrap(wraps);
    let size = vec2(ui.available_width(), 20.0);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.spacing_mut().item_spacing.x = apart;
        ui.spacing_mut().button_padding.x = padding;
        for (state, count) in counts {
            let color = if count == 0 { t.faint } else { t.of_state(state).unwrap_or(t.text) };
            let words = words_of(state, count);
            let words = RichText::new(words).font(theme::mono(13.0)).color(color);
            let wanted = Wanted::of(&model.filter);
            let on = wanted.state == Some(state);
            let button = Button::selectable(on, words).frame(on).min_size(vec2(0.0, 20.0));
            let response = ui.add_enabled(count > 0 || on, button);
            let name = format!("{} {}", grouped(count), state.name());
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::SelectableLabel, count > 0 || on, on, &name)
            });
            if response.clicked() {
                let sign = if on { "" } else { state.glyph() };
                out.push(Action::Filter(format!("{sign} {}", wanted.text).trim().to_owned()));
            }
            let more = compared.drift.filter(|_| state == State::Drifted && count > 0);
            response.on_hover_ui(|ui| {
                ui.label(match more {
                    Some(drift) => drift_hint(drift),
                    None if on => "Show all changes.".to_owned(),
                    None => format!("Show {name} only."),
                });
            });
        }
        if fits {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(same.clone()));
        }
    });
    if !fits {
        ui.label(same);
    }
}

fn drift_hint(drift: &Drift) -> String {
    format!(
        "{} changed since the run of {}. Of {} the present changes set right what differs.",
        drift.counts().text(),
        times::moment(&drift.at),
        grouped(drift.overwritten())
    )
}

/// Things to read before an approval that are told over the changes; Checks has all of them.
const MOST_GUARDS: usize = 3;

/// What is to be known of the changes beside their number.
fn remarks_ui(ui: &mut Ui, model: &Model, compared: Compared, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let Compared { changes, drift } = compared;
    // What must be read before it is approved stands where it is read.
    let guards = model.findings().iter().filter(|finding| finding.code.needs_acknowledgement());
    for finding in guards.take(MOST_GUARDS) {
        ui.add_space(4.0);
        theme::barred_box(ui, t.changed, |ui| {
            ui.add(egui::Label::new(RichText::new(&finding.text).size(12.0)).wrap());
        });
        ui.add_space(2.0);
    }
    if !changes.selection.is_empty() {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if !model.takes_away {
                    command_button(ui, model, Command::AllChanges, Button::new("All").small(), out);
                }
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                    let words = only_words(changes);
                    ui.add(egui::Label::new(RichText::new(words).color(t.text)).wrap());
                });
            });
        });
    }
    let mut quiet = |words: String| {
        ui.add(egui::Label::new(RichText::new(words).color(t.dim).size(11.0)).wrap());
    };
    model.tree.moved_words().into_iter().for_each(&mut quiet);
    if !changes.prerequisites.is_empty() {
        let made =
            counted(changes.prerequisites.len() as u64, "prerequisite is", "prerequisites are");
        quiet(format!("{made} made besides, and not counted above."));
    }
    match changes.ignored {
        0 => {}
        1 => quiet("1 field differs and is left alone, as the plan says.".to_owned()),
        n => quiet(format!("{} fields differ and are left alone, as the plan says.", grouped(n))),
    }
    for Waiting { class, cables } in &changes.waiting {
        let cables = counted(*cables, "cable of", "cables of");
        quiet(format!("{cables} {class} left out until the inventory has the other end."));
    }
    match drift.map_or(0, |drift| drift.unsettled) {
        0 => {}
        n => quiet(format!(
            "{} changed by a run since the last whole one, of a part or without its end, so whether \
             they drifted is told after the next whole run.",
            counted(n, "object was", "objects were")
        )),
    }
}

fn filter_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let mut text = model.filter.clone();
    ui.add_space(2.0);
    let filtered = !text.trim().is_empty();
    let field = |ui: &mut Ui, text: &mut String| {
        ui.add(
            TextEdit::singleline(text)
                .id(filter_id())
                .hint_text(RichText::new("Filter changes    /").color(t.faint))
                .margin(egui::Margin::symmetric(8, 3))
                .char_limit(Limits::TEXT_CHARS)
                .desired_width(f32::INFINITY),
        )
    };
    let response = ui
        .allocate_ui_with_layout(
            vec2(ui.available_width(), theme::ROW_HEIGHT),
            Layout::right_to_left(Align::Center),
            |ui| {
                if filtered {
                    let close = ui.add(Button::new(icon::X).frame(false));
                    let spoken = "Show all changes";
                    close.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
                    if close.on_hover_text(spoken).clicked() {
                        out.push(Action::Filter(String::new()));
                    }
                    let words = match model.tree_is_coming {
                        true => "…".to_owned(),
                        false => found_words(model.tree.items(), model.tree.total()),
                    };
                    ui.label(RichText::new(words).color(t.dim).size(11.0));
                }
                field(ui, &mut text)
            },
        )
        .inner;
    // From what is typed on to what it has found.
    let (enter, down) =
        ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::ArrowDown)));
    let leaves = response.lost_focus() && enter || response.has_focus() && down;
    let leads = leaves && filtered && model.tree.items() > 0 && !model.changes_as_text;
    // Whoever comes back to the filter, or types on, is not to be taken away from it later.
    if leads || response.changed() || response.gained_focus() {
        ui.data_mut(|data| data.insert_temp(Id::new(TO_FIRST_CHANGE), leads));
    }
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Filter changes"));
    if model.focus == Some(Field::Changes) {
        response.request_focus();
    }
    if response.changed() {
        out.push(Action::Filter(text));
    }
    ui.add_space(4.0);
}

/// Where it is kept that the first change of the list is to have the keyboard.
const TO_FIRST_CHANGE: &str = "to the first change";

/// `21 of 4,572`.
fn found_words(found: usize, total: usize) -> String {
    format!("{} of {}", grouped(found as u64), grouped(total as u64))
}

fn filter_id() -> Id {
    Id::new("filter changes")
}

fn rows_ui(ui: &mut Ui, model: &Model, compared: Compared, out: &mut Vec<Action>) {
    let tree = &model.tree;
    if tree.is_empty() && model.tree_is_coming {
        ui.label(RichText::new("looking through the changes…").color(tokens(ui.ctx()).dim));
        return;
    }
    if tree.is_empty() {
        let words = format!("No change has “{}” in its name.", model.filter);
        ui.label(RichText::new(words).color(tokens(ui.ctx()).dim));
        ui.data_mut(|data| data.insert_temp(Id::new(TO_FIRST_CHANGE), false));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("changes").auto_shrink(false);
    // What is in view stays where it is.
    let in_view = Id::new("changes in view");
    let seen: Range<usize> = ui.data(|data| data.get_temp(in_view)).unwrap_or_default();
    if let Some(line) = model.reveal_change.filter(|line| !seen.contains(line)) {
        // A few lines above it say where it stands.
        let above = line.saturating_sub(3) as f32;
        area = area.vertical_scroll_offset(above * theme::ROW_HEIGHT);
    }
    area.show_rows(ui, theme::ROW_HEIGHT, tree.len(), |ui, range| {
        // The last line may be cut.
        let whole = range.start..range.end.saturating_sub(1);
        ui.data_mut(|data| data.insert_temp(in_view, whole));
        for (n, row) in range.filter_map(|n| Some((n, tree.row(n)?))) {
            row_ui(ui, model, compared, (n, &row), out);
        }
    });
}

fn row_ui(
    ui: &mut Ui,
    model: &Model,
    compared: Compared,
    (place, row): (usize, &Row),
    out: &mut Vec<Action>,
) {
    match row {
        Row::Section { key, title, tally, open } => {
            fold_ui(ui, key, title, *tally, *open, 0.0, out);
        }
        Row::Group { key, title, tally, open } => {
            fold_ui(ui, key, title, *tally, *open, 14.0, out);
        }
        Row::Item(item) => item_ui(ui, model, compared, (place, *item), out),
        Row::Detail(words) => detail_ui(ui, words),
    }
}

fn line(ui: &mut Ui, sense: Sense) -> (egui::Rect, egui::Response) {
    ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), sense)
}

fn fold_ui(
    ui: &mut Ui,
    key: &str,
    title: &str,
    tally: Tally,
    open: bool,
    indent: f32,
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    let (rect, response) = line(ui, Sense::click());
    let words = tally_words(tally);
    let name = format!("{title} {words}");
    response.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, open, &name));
    let painter = ui.painter_at(rect);
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 3.0, t.raised);
    }
    let mark = if open { icon::CARET_DOWN } else { icon::CARET_RIGHT };
    let y = rect.center().y;
    let x = rect.left() + indent;
    painter.text(pos2(x, y), Align2::LEFT_CENTER, mark, FontId::proportional(10.0), t.faint);
    let font = if indent == 0.0 { theme::semibold(13.0) } else { FontId::proportional(13.0) };
    // The numbers are whole; a name may be cut.
    let left = tally_ui(&painter, rect, tally);
    let mut words = LayoutJob::simple_singleline(title.to_owned(), font, t.text);
    words.wrap = TextWrapping::truncate_at_width((left - x - 16.0).max(0.0));
    let words = painter.layout_job(words);
    painter.galley(pos2(x + 16.0, y - words.size().y / 2.0), words, t.text);
    if response.clicked() {
        out.push(Action::Toggle(key.to_owned()));
    }
}

/// `+ 4 ~ 2`.
fn tally_words(tally: Tally) -> String {
    let parts = [
        (State::Added, tally.added),
        (State::Changed, tally.changed),
        (State::Removed, tally.removed),
        (State::Drifted, tally.drifted),
    ];
    let words = parts.iter().filter(|(_, n)| *n > 0);
    words
        .map(|(state, n)| format!("{} {}", state.glyph(), grouped(*n as u64)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Draws the numbers at the right; gives where they begin, with some room before them.
fn tally_ui(painter: &egui::Painter, rect: egui::Rect, tally: Tally) -> f32 {
    let t = tokens(painter.ctx());
    let mut x = rect.right() - 10.0;
    for (state, n) in [
        (State::Drifted, tally.drifted),
        (State::Removed, tally.removed),
        (State::Changed, tally.changed),
        (State::Added, tally.added),
    ] {
        if n > 0 {
            let words = format!("{} {}", state.glyph(), grouped(n as u64));
            let color = t.of_state(state).unwrap_or(t.dim);
            let at = pos2(x, rect.center().y);
            x = painter.text(at, Align2::RIGHT_CENTER, words, theme::mono(11.0), color).left()
                - 8.0;
        }
    }
    x
}

fn item_ui(
    ui: &mut Ui,
    model: &Model,
    compared: Compared,
    (place, item): (usize, Item),
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    let (rect, response) = line(ui, Sense::click());
    let (state, name) = (state_of(item), name_of(compared, item));
    let shown = Shown { selection: &model.selection, pressed: model.pressed_change };
    let sets_right = model.tree.sets_right(compared, item);
    let selected = shown.has(compared, item);
    let also = if sets_right { " ≠" } else { "" };
    let spoken = format!("{}{also} {name}", state.glyph());
    response
        .widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, selected, &spoken));
    let to_first = Id::new(TO_FIRST_CHANGE);
    if ui.data(|data| data.get_temp(to_first) == Some(true)) {
        ui.data_mut(|data| data.insert_temp(to_first, false));
        response.request_focus();
    }
    let painter = ui.painter_at(rect);
    if selected || response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 3.0, t.raised);
    }
    if selected {
        let bar = egui::Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        painter.rect_filled(bar, 0.0, t.accent);
    }
    let y = rect.center().y;
    let color = t.of_state(state).unwrap_or(t.text);
    painter.text(
        pos2(rect.left() + 30.0, y),
        Align2::LEFT_CENTER,
        state.glyph(),
        theme::mono(12.5),
        color,
    );
    if sets_right {
        // It overwrites what somebody changed.
        let at = pos2(rect.left() + 17.0, y);
        let mark = State::Drifted.glyph();
        painter.text(at, Align2::LEFT_CENTER, mark, theme::mono(12.5), t.drift);
    }
    let note = note_of(&model.tree, compared, item);
    let note = painter.text(
        pos2(rect.right() - 10.0, y),
        Align2::RIGHT_CENTER,
        note,
        FontId::proportional(11.0),
        t.faint,
    );
    // A name that is cut says so: half the name of a port is that of another one.
    let left = rect.left() + 46.0;
    let room = (note.left() - 8.0 - left).max(0.0);
    let laid_out = |size: f32, wrap: TextWrapping| {
        let mut words = LayoutJob::simple_singleline(name.clone(), theme::mono(size), t.text);
        words.wrap = wrap;
        painter.layout_job(words)
    };
    // Both ends of a cable, if they fit somehow.
    let galley = [12.0, 11.0, 10.0]
        .into_iter()
        .map(|size| laid_out(size, TextWrapping::no_max_width()))
        .find(|galley| galley.size().x <= room);
    let galley = galley.unwrap_or_else(|| laid_out(12.0, TextWrapping::truncate_at_width(room)));
    painter.galley(pos2(left, y - galley.size().y / 2.0), galley, t.text);
    if response.clicked() {
        let reach = Reach::of(ui.input(|input| input.modifiers));
        out.push(Action::SelectChange(place, reach));
    }
    if response.secondary_clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        // What lies under the pointer is meant, unless it is a part of what is selected.
        if !selected {
            out.push(Action::SelectChange(place, Reach::Only));
        }
        out.push(Action::OpenMenu(at));
    }
    response.on_hover_text(&name);
}

fn detail_ui(ui: &mut Ui, text: &str) {
    let t = tokens(ui.ctx());
    let (rect, response) = line(ui, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, text));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, t.raised);
    let at = pos2(rect.left() + 46.0, rect.center().y);
    painter.text(at, Align2::LEFT_CENTER, text, FontId::proportional(12.0), t.dim);
    response.on_hover_text(text);
}
