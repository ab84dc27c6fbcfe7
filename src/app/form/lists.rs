//! Lists of a plan as cards: opened and closed, added, doubled, removed, moved, and several edited
//! at once.
//!
//! A row that is ticked shares its edits with all ticked rows of its list. Long lists are drawn in
//! pages, so that the longest list costs no more than one of a hundred.

use super::fields::{Rows, template};
use super::{Around, Form, caret, fold_link, pickers};
use crate::app::command::{Action, Command};
use crate::app::menus::{dots_menu, menu_line, menu_lines};
use crate::app::model::{Dialog, Model};
use crate::app::theme::{self, tokens};
use crate::app::widgets::{finding_ui, heading, link, mark, named, tick};
use crate::model::{Severity, SpecPath, counted, grouped};
use crate::plan::{RowEdit, rows_of, rows_to_text};
use egui::{
    Align, Button, Id, Layout, Popup, RichText, Sense, SetOpenCommand, Stroke, Ui, UiBuilder,
    WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icon;
use serde_json::Value;

/// Rows of a list that are drawn at once.
const PAGE: usize = 100;

impl Form<'_> {
    /// A list of the plan, whose place is `within.name`. `of` is the row that holds it, if one does.
    pub(super) fn list(
        &mut self,
        ui: &mut Ui,
        within: &SpecPath,
        rows: &'static Rows,
        of: &str,
        out: &mut Vec<Action>,
    ) {
        let path = within.field(rows.name);
        let model = self.model;
        let values = rows_of(&model.spec_tree, &path);
        let wanted = model.findings_within(&path).next().is_some();
        let nested = !of.is_empty();
        let article = if rows.one.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        let add_one = format!("Add {article} {}", rows.one);
        let of_what = if nested { format!(" of {of}") } else { String::new() };
        let spoken = format!("{add_one}{of_what}");
        if rows.rare && values.is_empty() && !wanted {
            ui.horizontal(|ui| {
                let can_write = model.read_only().is_none();
                ui.add_enabled_ui(can_write, |ui| {
                    if link(ui, &add_one, &spoken).clicked() {
                        add(model, &path, rows, out);
                    }
                });
            });
            return;
        }
        ui.add_space(if nested { 0.0 } else { 8.0 });
        let mut begins = None;
        ui.horizontal(|ui| {
            heading(ui, rows.many);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let many = format!("{}{of_what}", rows.many.to_lowercase());
                list_menu(ui, model, &path, rows, &many, out);
                let words = format!("{} Add", icon::PLUS);
                let can_write = model.read_only().is_none();
                let button = Button::new(RichText::new(words).size(12.0)).frame(false);
                let response = ui.add_enabled(can_write, button);
                let info = || WidgetInfo::labeled(WidgetType::Button, can_write, &spoken);
                response.widget_info(info);
                begins = Some(response.id).filter(|_| !nested);
                if model.go_to.as_ref() == Some(&path) {
                    response.request_focus();
                    response.scroll_to_me(Some(Align::Center));
                }
                if response.on_hover_text(add_one).clicked() {
                    add(model, &path, rows, out);
                }
            });
        });
        self.sections.extend(begins);
        for finding in model.findings_at(&path) {
            finding_ui(ui, model, finding, out);
        }
        self.shown.insert(path.clone());
        let ticked = model.ticked.iter().filter(|row| row.parent().as_ref() == Some(&path)).count();
        if ticked > 1 {
            ui.horizontal(|ui| {
                let t = tokens(ui.ctx());
                let words = format!("Edits go to all {ticked} ticked rows.");
                ui.label(RichText::new(words).color(t.accent));
                if link(ui, "Untick", "Untick all rows").clicked() {
                    out.push(Action::Untick);
                }
            });
        }
        let pages = Id::new(("rows", path.as_str()));
        let mut most = ui.data(|data| data.get_temp::<usize>(pages)).unwrap_or(PAGE);
        let asked = model.go_to.as_ref().and_then(|place| position(&path, place));
        if let Some(row) = asked.filter(|row| *row >= most) {
            most = row + 1;
            ui.data_mut(|data| data.insert_temp(pages, most));
        }
        for (n, value) in values.iter().enumerate().take(most) {
            named(ui, ("card", &path.index(n)), |ui| {
                self.row_card(ui, (&path, n, values.len()), value, rows, of, out);
            });
        }
        if values.len() > most {
            let words = format!("Show more of {}", grouped(values.len() as u64));
            if link(ui, &words, &words).clicked() {
                ui.data_mut(|data| data.insert_temp(pages, most + PAGE));
            }
        }
        if values.is_empty() {
            let of_cluster = matches!(rows.name, "switch_classes" | "server_classes")
                && model.plan.spec.cluster.is_some();
            let words = match of_cluster {
                true => format!("There is no {} beside those of the cluster.", rows.one),
                false => format!("There is no {} yet.", rows.one),
            };
            ui.label(RichText::new(words).color(tokens(ui.ctx()).faint));
            if of_cluster {
                let words = "Write the cluster out as classes…";
                if Command::Eject.blocked(model).is_none()
                    && link(ui, words, &format!("{words} {}", rows.many)).clicked()
                {
                    out.push(Action::Do(Command::Eject));
                }
            }
        }
    }

    fn row_card(
        &mut self,
        ui: &mut Ui,
        (list, n, count): (&SpecPath, usize, usize),
        value: &Value,
        rows: &'static Rows,
        of: &str,
        out: &mut Vec<Action>,
    ) {
        let t = tokens(ui.ctx());
        let model = self.model;
        let path = list.index(n);
        let open = model.open_rows.contains(&path)
            || model.go_to.as_ref().is_some_and(|place| path.contains(place));
        let name = row_name(value, rows, n);
        let full = if of.is_empty() { name.clone() } else { format!("{of}/{name}") };
        let spoken = format!("{} {full}", rows.one);
        let mut on_name = false;
        let mut header = |ui: &mut Ui, out: &mut Vec<Action>| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let caret = caret(ui, open, &spoken);
            if caret.clicked() {
                out.push(Action::OpenRow(path.clone()));
            }
            if model.go_to.as_ref() == Some(&path) {
                // Whoever is led to the row goes on from it.
                caret.request_focus();
            }
            if count > 1 {
                let mut ticked = model.ticked.contains(&path);
                let response = tick(ui, &mut ticked, "");
                response.widget_info(|| {
                    WidgetInfo::selected(
                        WidgetType::Checkbox,
                        true,
                        ticked,
                        format!("Tick {spoken}"),
                    )
                });
                if response.on_hover_text("Ticked rows are edited together.").changed() {
                    out.push(Action::Tick(path.clone()));
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                row_menu(ui, model, (list, n, count), &spoken, out);
                let worst = model.findings_within(&path).map(|finding| finding.severity).min();
                let sign = match worst {
                    Some(Severity::Error) => Some((icon::WARNING_OCTAGON, t.removed, "an error")),
                    Some(Severity::Warning) => Some((icon::WARNING, t.changed, "a warning")),
                    Some(Severity::Info) | None => None,
                };
                if let Some((sign, color, what)) = sign {
                    let said = format!("{spoken} has {what}");
                    let sign = mark(ui, sign, color, 13.0);
                    sign.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &said));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = RichText::new(&name).font(theme::mono(12.5));
                    let summary = RichText::new(summary(model, value, rows))
                        .font(theme::small())
                        .color(t.dim);
                    let label =
                        ui.add(egui::Label::new(words).sense(Sense::click()).selectable(false));
                    ui.add(egui::Label::new(summary).truncate().selectable(false));
                    if label.clicked() {
                        out.push(Action::OpenRow(path.clone()));
                    }
                    on_name = label.secondary_clicked();
                });
            });
        };
        // Pressed anywhere in it, also beside the words.
        let own = UiBuilder::new().sense(Sense::CLICK);
        let header = ui.scope_builder(own, |ui| ui.horizontal(|ui| header(ui, out)));
        let asked = on_name || header.response.secondary_clicked();
        Popup::context_menu(&header.response)
            .open_memory(asked.then_some(SetOpenCommand::Bool(true)))
            .show(|ui| menu_lines(ui, |ui| row_commands(ui, model, (list, n, count), out)));
        if model.go_to.as_ref() == Some(&path) {
            ui.scroll_to_rect(header.response.rect, Some(Align::Center));
        }
        if !open {
            // The mark in its heading stands for them.
            self.fields_shown.insert(path);
            return;
        }
        let indent = if of.is_empty() { 6.0 } else { 10.0 };
        let body = ui.horizontal_top(|ui| {
            ui.add_space(indent);
            ui.vertical(|ui| {
                for finding in model.findings_at(&path) {
                    finding_ui(ui, model, finding, out);
                }
                self.shown.insert(path.clone());
                // The class is the outermost row: what holds the cards, the zones, the model.
                let class_path = class_of(&path);
                let class = rows_of(&model.spec_tree, &class_path.0).get(class_path.1);
                let around = Around { model, class, within: Some(value), row: Some(n) };
                let group = path.as_str().to_owned();
                let table = (rows.fields, group.as_str());
                self.fields_around(ui, &path, Some(value), table, &around, out);
                if let Some(words) = self.folded(&path, Some(value), table) {
                    ui.horizontal(|ui| {
                        ui.add_space(theme::LABEL_WIDTH + ui.spacing().item_spacing.x);
                        fold_link(ui, &words, &group, out);
                    });
                }
                for inner in rows.rows {
                    ui.add_space(4.0);
                    self.list(ui, &path, inner, &full, out);
                }
                ui.add_space(6.0);
            });
        });
        let rect = body.response.rect;
        let x = rect.left() + 2.0;
        ui.painter().vline(x, rect.y_range(), Stroke::new(1.0, t.line));
    }
}

/// The list and position of the class that a row is or is in.
fn class_of(path: &SpecPath) -> (SpecPath, usize) {
    let mut outer = path.clone();
    while let Some(parent) = outer.parent() {
        // `spec.switch_classes[2]`: its list lies in the spec itself.
        if parent.parent().is_some_and(|above| above.as_str() == "spec") {
            break;
        }
        outer = parent;
    }
    let list = outer.parent().unwrap_or_default();
    let n = position(&list, &outer).unwrap_or_default();
    (list, n)
}

/// The position of the row of a list in which a place lies.
pub(in crate::app) fn position(list: &SpecPath, place: &SpecPath) -> Option<usize> {
    let rest = place.as_str().strip_prefix(list.as_str())?.strip_prefix('[')?;
    rest.split_once(']')?.0.parse().ok()
}

fn add(model: &Model, list: &SpecPath, rows: &Rows, out: &mut Vec<Action>) {
    let mut row = template(rows, &model.spec_tree);
    if rows.name == "zones" {
        // One that takes cages of another zone would begin as an error.
        let (classes, n) = class_of(list);
        let class = rows_of(&model.spec_tree, &classes).get(n);
        let around = Around { model, class, within: None, row: None };
        if let Some((ports, breakout)) = pickers::free_cages(&around)
            && let Some(row) = row.as_object_mut()
        {
            row.insert("ports".to_owned(), ports.into());
            row.insert("breakout".to_owned(), breakout.into());
        }
    }
    out.push(Action::Rows(list.clone(), RowEdit::Add(vec![row])));
}

/// Commands on all rows of a list.
fn list_menu(
    ui: &mut Ui,
    model: &Model,
    path: &SpecPath,
    rows: &'static Rows,
    many: &str,
    out: &mut Vec<Action>,
) {
    dots_menu(ui, &format!("More for {many}"), |ui| {
        let ticked = |n: usize| model.ticked.contains(&path.index(n));
        let some = model.ticked.iter().any(|row| row.parent().as_ref() == Some(path));
        let copy = if some { "Copy ticked rows" } else { "Copy rows" };
        let line = ui.button(copy).on_hover_text("As lines of a spreadsheet.");
        menu_line(ui, &line);
        if line.clicked() {
            ui.ctx().copy_text(rows_to_text(&model.plan, path, |n| !some || ticked(n)));
            ui.close();
        }
        let paste = ui.add_enabled(model.read_only().is_none(), Button::new("Paste rows…"));
        menu_line(ui, &paste);
        if paste.on_hover_text("From a spreadsheet.").clicked() {
            let pasted = super::Pasted { list: path.clone(), rows, text: String::new() };
            out.push(Action::Ask(Dialog::PasteRows(pasted)));
            ui.close();
        }
        let all = rows_of(&model.spec_tree, path).len();
        if all < 2 {
            return;
        }
        let tick = ui.button("Tick all");
        menu_line(ui, &tick);
        if tick.clicked() {
            for n in 0..all {
                if !model.ticked.contains(&path.index(n)) {
                    out.push(Action::Tick(path.index(n)));
                }
            }
            ui.close();
        }
    });
}

fn row_menu(
    ui: &mut Ui,
    model: &Model,
    place: (&SpecPath, usize, usize),
    name: &str,
    out: &mut Vec<Action>,
) {
    dots_menu(ui, &format!("More for {name}"), |ui| row_commands(ui, model, place, out));
}

fn row_commands(
    ui: &mut Ui,
    model: &Model,
    (list, n, count): (&SpecPath, usize, usize),
    out: &mut Vec<Action>,
) {
    if model.read_only().is_some() {
        ui.disable();
    }
    let all = [
        ("Duplicate", Some(RowEdit::Duplicate(n))),
        ("Move up", n.checked_sub(1).map(|to| RowEdit::Move { from: n, to })),
        ("Move down", (n + 1 < count).then_some(RowEdit::Move { from: n, to: n + 1 })),
        ("Remove", Some(RowEdit::Remove(n))),
    ];
    for (name, edit) in all {
        let button = Button::new(name).min_size(vec2(110.0, 0.0));
        let line = ui.add_enabled(edit.is_some(), button);
        menu_line(ui, &line);
        if line.clicked() {
            out.extend(edit.map(|edit| Action::Rows(list.clone(), edit)));
            ui.close();
        }
    }
}

/// What a row is called: its id, or what its first field says.
fn row_name(value: &Value, rows: &Rows, n: usize) -> String {
    let first = rows.fields.first().and_then(|field| value.get(field.name));
    match first {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Number(number)) => format!("{} {number}", rows.one),
        _ => format!("{} {}", rows.one, n + 1),
    }
}

/// What there is to say about a row in a few words.
fn summary(model: &Model, value: &Value, rows: &Rows) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| value.get(name).and_then(Value::as_u64).unwrap_or_default();
    let parts = match rows.name {
        "switch_classes" => {
            let fixed = value.get("quantity").and_then(|quantity| quantity.get("fixed")?.as_u64());
            let count = fixed.or_else(|| count_of(model, text("id")));
            let count = count.map_or_else(|| "automatic".to_owned(), grouped);
            vec![format!("{count} × {}", text("model")), text("role").replace('_', "-")]
        }
        "server_classes" => vec![format!("{} × {}", grouped(number("quantity")), text("model"))],
        "external" => {
            let names = value.get("devices").and_then(Value::as_array).map_or(0, Vec::len);
            vec![counted(names as u64, "device", "devices")]
        }
        "zones" => {
            vec![text("ports").to_owned(), text("breakout").to_owned(), text("kind").to_owned()]
        }
        "dead_ports" => vec![text("ports").to_owned()],
        "nics" => vec![text("model").to_owned()],
        "connections" => vec![
            counted(number("ports"), "port", "ports"),
            format!("{}/{}", text("switch_class"), text("zone")),
        ],
        "places" => vec![text("rack").to_owned(), format!("unit {}", number("unit"))],
        "pins" | "moved" => vec![format!("→ {}", text("to"))],
        "waivers" => vec![text("path").to_owned(), format!("until {}", text("until"))],
        _ => Vec::new(),
    };
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Devices of a class, as computed.
fn count_of(model: &Model, id: &str) -> Option<u64> {
    let classes = &model.answer.as_ref()?.evaluation.fabric.classes;
    let of_class = classes.iter().filter(|class| class.family == id);
    Some(of_class.map(|class| u64::from(class.count)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_row_is_the_outermost() {
        for (path, list, n) in [
            ("spec.switch_classes[2]", "spec.switch_classes", 2),
            ("spec.switch_classes[2].zones[11]", "spec.switch_classes", 2),
            ("spec.server_classes[0].connections[3]", "spec.server_classes", 0),
        ] {
            assert_eq!(class_of(&SpecPath::new(path)), (SpecPath::new(list), n), "{path}");
        }
    }

    #[test]
    fn a_place_lies_in_a_row() {
        let list = SpecPath::new("spec.pins");
        for (place, expected) in [
            ("spec.pins[12].to", Some(12)),
            ("spec.pins[12]", Some(12)),
            ("spec.pins", None),
            ("spec.pinsx[1]", None),
        ] {
            assert_eq!(position(&list, &SpecPath::new(place)), expected, "{place}");
        }
    }
}
