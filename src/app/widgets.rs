//! Small pieces that panels share: command buttons, labelled fields, findings, links.

use super::command::{Action, Command};
use super::model::Model;
use super::theme::{self, FIELD_WIDTH, LABEL_WIDTH, ROW_HEIGHT, tokens};
use crate::model::{Edit, EditValue, Finding, Severity, SpecPath};
use egui::{
    Button, Color32, ComboBox, Id, Response, RichText, Sense, Stroke, TextEdit, TextStyle, Ui,
    WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icon;

/// A button of a command: off while it cannot be done, with the reason when hovered.
pub(super) fn command_button(
    ui: &mut Ui,
    model: &Model,
    command: Command,
    button: Button<'_>,
    out: &mut Vec<Action>,
) -> Response {
    let blocked = command.blocked(model);
    let response = ui.add_enabled(blocked.is_none(), button);
    let enabled = blocked.is_none();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, command.name()));
    let keys = command
        .shortcut()
        .map(|keys| format!("  ({})", ui.ctx().format_shortcut(&keys)))
        .unwrap_or_default();
    let response = response
        .on_hover_text(format!("{}{keys}", command.hint()))
        .on_disabled_hover_text(blocked.unwrap_or_default());
    if response.clicked() {
        out.push(Action::Do(command));
    }
    response
}

/// The line of a menu that stands for a command.
pub(super) fn command_item(ui: &mut Ui, model: &Model, command: Command, out: &mut Vec<Action>) {
    let mut button = Button::new(command.name());
    if let Some(keys) = command.shortcut() {
        button = button.shortcut_text(ui.ctx().format_shortcut(&keys));
    }
    if command_button(ui, model, command, button, out).clicked() {
        ui.close();
    }
}

/// Words that act when pressed.
pub(super) fn link(ui: &mut Ui, text: &str, label: &str) -> Response {
    let accent = tokens(ui.ctx()).accent;
    let response = ui.add(Button::new(RichText::new(text).color(accent)).frame(false).wrap());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label));
    response
}

/// A heading within a panel.
pub(super) fn section(ui: &mut Ui, text: &str) {
    ui.add_space(12.0);
    let color = tokens(ui.ctx()).dim;
    ui.label(RichText::new(text).font(theme::semibold(11.0)).color(color));
    ui.add_space(2.0);
}

/// A line of the form: label, field, unit. Under it stand what is wrong with the typing, which
/// the field gives, and the findings of the field.
pub(super) fn row(
    ui: &mut Ui,
    model: &Model,
    path: &SpecPath,
    label: &str,
    unit: &str,
    out: &mut Vec<Action>,
    field: impl FnOnce(&mut Ui, Id, Option<Stroke>, &mut Vec<Action>) -> Option<&'static str>,
) {
    let t = tokens(ui.ctx());
    let findings: Vec<&Finding> = model.findings().iter().filter(|f| f.path == *path).collect();
    let worst = findings.iter().map(|f| f.severity).min();
    let edge = match worst {
        Some(Severity::Error) => Some(Stroke::new(1.0, t.removed)),
        Some(Severity::Warning) => Some(Stroke::new(1.0, t.changed)),
        Some(Severity::Info) | None => None,
    };
    let mut problem = None;
    ui.horizontal(|ui| {
        let name = ui
            .allocate_ui_with_layout(
                vec2(LABEL_WIDTH, ROW_HEIGHT),
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| {
                    ui.set_min_width(LABEL_WIDTH);
                    ui.label(RichText::new(label).color(t.dim))
                },
            )
            .inner;
        problem = field(ui, name.id, edge, out);
        if !unit.is_empty() {
            ui.label(RichText::new(unit).color(t.faint));
        }
    });
    if let Some(problem) = problem {
        ui.add(egui::Label::new(RichText::new(problem).color(t.removed)).wrap());
    }
    for finding in findings {
        finding_ui(ui, finding, out);
    }
}

/// A finding, with its remedy as something to press.
pub(super) fn finding_ui(ui: &mut Ui, finding: &Finding, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let (mark, color) = match finding.severity {
        Severity::Error => (icon::WARNING_OCTAGON, t.removed),
        Severity::Warning => (icon::WARNING, t.changed),
        Severity::Info => (icon::INFO, t.accent),
    };
    theme::barred_box(ui, color, |ui| {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(mark).color(color));
            ui.vertical(|ui| {
                ui.add(egui::Label::new(&finding.text).wrap());
                let Some(remedy) = &finding.remedy else { return };
                match &remedy.edit {
                    Some(edit) => {
                        if link(ui, &remedy.text, &remedy.text).clicked() {
                            out.push(Action::EditEnded);
                            out.push(Action::Edit(edit.clone()));
                            out.push(Action::EditEnded);
                        }
                    }
                    None => {
                        ui.add(egui::Label::new(RichText::new(&remedy.text).color(t.dim)).wrap());
                    }
                }
            });
        });
    });
    ui.add_space(2.0);
}

/// What is being typed into a field of numbers, kept while it has the keyboard.
#[derive(Clone)]
struct Typed {
    text: String,
    value: u64,
}

/// A field for a whole number. What cannot be read as one is not taken, and says so.
pub(super) fn number_field(
    ui: &mut Ui,
    path: &SpecPath,
    label: Id,
    edge: Option<Stroke>,
    value: u32,
    out: &mut Vec<Action>,
) -> Option<&'static str> {
    let id = Id::new(("field", path.as_str()));
    let value = u64::from(value);
    // An undo or a remedy changes the value under the text: then the text is forgotten.
    let kept = ui.data(|data| data.get_temp::<Typed>(id)).filter(|typed| typed.value == value);
    let mut text = kept.map_or_else(|| value.to_string(), |typed| typed.text);
    let response = text_field(ui, id, label, edge, &mut text, true);
    let read = whole_number(&text);
    if response.changed() {
        let now = read.map_or(value, u64::from);
        ui.data_mut(|data| data.insert_temp(id, Typed { text, value: now }));
        if now != value {
            let edit = Edit { path: path.clone(), value: EditValue::Number(now) };
            out.push(Action::Edit(edit));
        }
    }
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<Typed>(id));
        out.push(Action::EditEnded);
    }
    (response.has_focus() && read.is_none())
        .then_some("This is not a whole number; the one before stays.")
}

/// A whole number, also with marks between thousands: `1,024` but not `1,5`.
pub(super) fn whole_number(text: &str) -> Option<u32> {
    let groups: Vec<&str> = text.trim().split([',', ' ', '_']).collect();
    let marked = groups.iter().skip(1).all(|group| group.len() == 3);
    let plain = groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()));
    (marked && plain).then(|| groups.concat().parse().ok())?
}

/// A field for a word.
pub(super) fn word_field(
    ui: &mut Ui,
    path: &SpecPath,
    label: Id,
    edge: Option<Stroke>,
    value: &str,
    out: &mut Vec<Action>,
) {
    let mut text = value.to_owned();
    let response = text_field(ui, Id::new(("field", path.as_str())), label, edge, &mut text, false);
    if response.changed() && text != value {
        out.push(Action::Edit(Edit { path: path.clone(), value: EditValue::Text(text) }));
    }
    if response.lost_focus() {
        out.push(Action::EditEnded);
    }
}

fn text_field(
    ui: &mut Ui,
    id: Id,
    label: Id,
    edge: Option<Stroke>,
    text: &mut String,
    figures: bool,
) -> Response {
    ui.scope(|ui| {
        if let Some(edge) = edge {
            let widgets = &mut ui.visuals_mut().widgets;
            widgets.inactive.bg_stroke = edge;
            widgets.hovered.bg_stroke = edge;
            widgets.active.bg_stroke = edge;
            ui.visuals_mut().selection.stroke = edge;
        }
        let font = if figures { theme::mono(12.5) } else { egui::FontId::proportional(13.0) };
        ui.add(
            TextEdit::singleline(text)
                .id(id)
                .font(font)
                .margin(egui::Margin::symmetric(8, 3))
                .char_limit(crate::model::Limits::TEXT_CHARS)
                .desired_width(FIELD_WIDTH),
        )
        .labelled_by(label)
    })
    .inner
}

/// A field with a list of names to choose from.
pub(super) fn choice_field<'a>(
    ui: &mut Ui,
    path: &SpecPath,
    label: Id,
    edge: Option<Stroke>,
    value: &str,
    choices: impl Iterator<Item = (&'a str, String)>,
    out: &mut Vec<Action>,
) {
    ui.scope(|ui| {
        if let Some(edge) = edge {
            ui.visuals_mut().widgets.inactive.bg_stroke = edge;
        }
        ui.set_max_width(FIELD_WIDTH);
        let choices: Vec<(&str, String)> = choices.collect();
        let shown = choices.iter().find(|(id, _)| *id == value);
        let shown = shown.map_or_else(|| value.to_owned(), |(_, name)| name.clone());
        ComboBox::from_id_salt(path.as_str())
            .width(FIELD_WIDTH)
            .truncate()
            .selected_text(shown)
            .show_ui(ui, |ui| {
                for (id, name) in choices {
                    if ui.selectable_label(id == value, name).clicked() && id != value {
                        choose(path, id, out);
                    }
                }
            })
            .response
            .labelled_by(label);
    });
}

/// A field with a few choices side by side.
pub(super) fn segment_field(
    ui: &mut Ui,
    path: &SpecPath,
    value: &str,
    choices: &[(&str, &str)],
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    ui.scope(|ui| {
        // Neighbours share an edge, and what room is left is shared out between the words.
        ui.spacing_mut().item_spacing.x = -1.0;
        let font = TextStyle::Button.resolve(ui.style());
        let width_of = |(_, name): &(&str, &str)| {
            ui.painter().layout_no_wrap((*name).to_owned(), font.clone(), t.text).size().x
        };
        let words: f32 = choices.iter().map(width_of).sum();
        let count = choices.len().max(1) as f32;
        let spare = FIELD_WIDTH + (count - 1.0) - words;
        ui.spacing_mut().button_padding.x = (spare / (2.0 * count)).max(3.0);
        for (id, name) in choices {
            let selected = *id == value;
            let edge = if selected { t.accent } else { t.line };
            let fill = if selected { t.accent.gamma_multiply(0.18) } else { Color32::TRANSPARENT };
            let response = ui.add(
                Button::new(*name)
                    .fill(fill)
                    .stroke(Stroke::new(1.0, edge))
                    .corner_radius(2.0)
                    .min_size(vec2(0.0, ROW_HEIGHT)),
            );
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::RadioButton, true, selected, name)
            });
            if response.clicked() && !selected {
                choose(path, id, out);
            }
        }
    });
}

fn choose(path: &SpecPath, id: &str, out: &mut Vec<Action>) {
    out.push(Action::EditEnded);
    out.push(Action::Edit(Edit { path: path.clone(), value: EditValue::Text(id.to_owned()) }));
    out.push(Action::EditEnded);
}

/// A box to tick that can be seen on a quiet box too. It comes into view with the keyboard.
pub(super) fn tick(ui: &mut Ui, on: &mut bool, label: &str) -> Response {
    let t = tokens(ui.ctx());
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for (widget, edge) in [
            (&mut widgets.inactive, t.faint),
            (&mut widgets.hovered, t.text),
            (&mut widgets.active, t.accent),
        ] {
            widget.bg_fill = t.field;
            widget.bg_stroke = Stroke::new(1.0, edge);
        }
        let response = ui.checkbox(on, label);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        response
    })
    .inner
}

/// A coloured dot with words for who cannot see it.
pub(super) fn dot(ui: &mut Ui, color: Color32, label: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, color);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, label));
}

#[cfg(test)]
mod tests {
    use super::whole_number;

    #[test]
    fn marks_stand_between_thousands() {
        for (text, expected) in [
            ("1024", Some(1024)),
            (" 1,024 ", Some(1024)),
            ("1_024", Some(1024)),
            ("1 024 000", Some(1_024_000)),
            ("1,5", None),
            ("1,0244", None),
            ("", None),
            ("-1", None),
            ("1e3", None),
            ("99999999999", None),
        ] {
            assert_eq!(whole_number(text), expected, "{text}");
        }
    }
}
