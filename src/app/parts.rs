//! The question which part of the changes to review and apply: fabrics, scalable units, classes.

use super::changes::parts_words;
use super::command::Action;
use super::dialogs::{buttons, focus_first, text, title};
use super::model::{Dialog, Model};
use super::theme::{self, tokens};
use super::widgets::tick;
use crate::diff::{ChangeSet, Counts, Part, Purpose};
use crate::evaluate::Evaluation;
use crate::model::counted;
use egui::{RichText, ScrollArea, Ui};
use std::collections::BTreeSet;
use std::ops::Range;

/// How wide the question is.
pub(super) const WIDTH: f32 = 600.0;
const HEIGHT: f32 = 236.0;
/// Boxes of a list up to which all of them are there for the tab key; of a longer list only those
/// in view are.
const ALL_UP_TO: usize = 512;

/// What a plan can be parted into.
struct Choices {
    fabrics: BTreeSet<String>,
    units: u32,
    classes: Vec<String>,
}

impl Choices {
    fn of(evaluation: &Evaluation) -> Self {
        let kinds = &evaluation.desired.kinds;
        let fabrics = kinds.iter().map(|kind| kind.fabric.clone()).filter(|name| !name.is_empty());
        let units = evaluation.fabric.devices.iter().filter_map(|device| device.su).max();
        Self {
            fabrics: fabrics.collect(),
            units: units.map_or(0, |last| last.saturating_add(1)),
            classes: kinds.iter().map(|kind| kind.class.clone()).collect(),
        }
    }
}

/// Draws the question.
pub(super) fn parts_ui(ui: &mut Ui, model: &Model, chosen: &BTreeSet<Part>, out: &mut Vec<Action>) {
    title(ui, "Apply a part");
    text(
        ui,
        "Only what is ticked is shown, approved and applied: its devices, and every cable with an end on \
         one of them. What those need comes along: devices at the other ends, and cables that leave a \
         port for them. All other cables of such devices stay for later. Ticks add up.",
    );
    let Some(answer) = &model.answer else { return };
    let choices = Choices::of(&answer.evaluation);
    let mut now = chosen.clone();
    ui.columns(3, |columns| {
        let [first, second, third] = columns else { return };
        let fabrics: Vec<&String> = choices.fabrics.iter().collect();
        list_ui(first, ("Fabrics", true), fabrics.len(), &mut now, |n| {
            let name = fabrics.get(n)?;
            Some((Part::Fabric((*name).clone()), (*name).clone()))
        });
        list_ui(second, ("Scalable units", false), choices.units as usize, &mut now, |n| {
            let number = u32::try_from(n).ok()?.checked_add(1)?;
            Some((Part::Su(number), format!("SU {number}")))
        });
        list_ui(third, ("Classes", false), choices.classes.len(), &mut now, |n| {
            let id = choices.classes.get(n)?;
            Some((Part::Class(id.clone()), id.clone()))
        });
    });
    ui.add_space(8.0);
    let words = match now.len() {
        0 => "Nothing is ticked: all changes are shown.".to_owned(),
        _ => format!("Only {}.", parts_words(&now)),
    };
    let t = tokens(ui.ctx());
    let height = 2.0 * theme::ROW_HEIGHT;
    ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
        ui.set_min_height(height);
        ScrollArea::vertical().id_salt("ticked").show(ui, |ui| {
            ui.add(egui::Label::new(RichText::new(words).color(t.text)).wrap());
        });
    });
    ui.add_space(8.0);
    let some = !now.is_empty();
    if now != *chosen {
        out.push(Action::Ask(Dialog::Parts(now)));
    }
    buttons(ui, ("Show this part", some), Some("Show all"), false, out);
}

/// Which part it is, what becomes of the rest, and what comes along: `Only SU 1 – 310 changes are left
/// for later; with them come 2 devices at the other ends of cables`.
pub(super) fn only_words(changes: &ChangeSet) -> String {
    let rest = match (changes.left_out.total(), &changes.purpose) {
        (0, _) => "nothing is left for later".to_owned(),
        (n, Purpose::Destroy) => format!("{} stay", counted(n, "other object", "other objects")),
        (n, _) => format!("{} left for later", counted(n, "change is", "changes are")),
    };
    format!("Only {} – {rest}{}", changes.selection.join(", "), needed_words(changes))
}

/// What came along with a part, and why: `; with them come 2 devices at the other ends of cables`.
fn needed_words(changes: &ChangeSet) -> String {
    let Counts { devices, interfaces, cables } = changes.needed;
    let (of_ends, of_ports) = match changes.purpose {
        Purpose::Destroy => ("that hang on them", "that go with their devices"),
        Purpose::Converge | Purpose::Undo { .. } => {
            ("at the other ends of cables", "that are in ports which these need")
        }
    };
    let ends = [(devices, "device", "devices"), (interfaces, "interface", "interfaces")];
    let ends: Vec<String> = ends
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    let mut all = Vec::new();
    if !ends.is_empty() {
        all.push(format!("{} {of_ends}", ends.join(" and ")));
    }
    if cables > 0 {
        all.push(format!("{} {of_ports}", counted(cables, "cable", "cables")));
    }
    let come = if changes.needed.total() == 1 { "comes" } else { "come" };
    if all.is_empty() {
        String::new()
    } else {
        format!("; with them {come} {}", all.join(", and "))
    }
}

/// A list of boxes to tick; the first box of the `first` list has the keyboard.
fn list_ui(
    ui: &mut Ui,
    (head, first): (&str, bool),
    count: usize,
    chosen: &mut BTreeSet<Part>,
    part: impl Fn(usize) -> Option<(Part, String)>,
) {
    let t = tokens(ui.ctx());
    ui.label(RichText::new(head).font(theme::semibold(11.0)).color(t.dim));
    theme::quiet_box(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let mut rows = |ui: &mut Ui, range: Range<usize>| {
            let begins = range.start == 0;
            for (n, (part, name)) in range.filter_map(&part).enumerate() {
                let mut on = chosen.contains(&part);
                let response = tick(ui, &mut on, &name);
                if first && begins && n == 0 {
                    focus_first(ui, &response);
                }
                if response.changed() && !chosen.remove(&part) {
                    chosen.insert(part);
                }
            }
        };
        let area = ScrollArea::vertical().id_salt(head).auto_shrink(false).max_height(HEIGHT);
        if count == 0 {
            area.show(ui, |ui| ui.label(RichText::new("none").color(t.faint)));
        } else if count <= ALL_UP_TO {
            area.show(ui, |ui| rows(ui, 0..count));
        } else {
            area.show_rows(ui, theme::ROW_HEIGHT, count, rows);
        }
    });
}
