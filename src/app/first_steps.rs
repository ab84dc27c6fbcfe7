//! What to do first, in a strip below the upper bar: four steps, the next of which is told. It goes
//! once a plan was applied, or when it is asked to, and does not come back by itself.

use super::command::{Action, Command};
use super::model::Model;
use super::settings::Setting;
use super::theme::{self, tokens};
use super::widgets::mark;
use crate::workflow::Phase;
use egui::{Align, Button, Layout, RichText, Ui, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

/// A step: its name, and what it is.
const STEPS: [(&str, &str); 4] = [
    ("Edit", "Change a number at the left, such as Servers: the topology follows."),
    ("Review", "Look at the right at what would change in the inventory; press a line to see it."),
    ("Approve", "Put your name under exactly these changes, with Approve below."),
    ("Apply", "Apply them to the inventory, below at the right."),
];

/// True while the strip is shown.
pub(super) fn are_shown(model: &Model) -> bool {
    model.settings.first_steps
}

/// What is in the way of all steps, if something is.
const ERRORS: &str = "The spec has errors: F8 leads from one to the next, Checks lists them.";

/// What the next step is.
fn words(model: &Model, next: usize) -> &'static str {
    match (next, STEPS.get(next)) {
        (0..=2, _) if model.has_errors() => ERRORS,
        (0, _) if model.plan.spec.cluster.is_none() => {
            "Change a class at the left, under Switches or Servers: the topology follows."
        }
        (_, Some((_, words))) => words,
        (_, None) if waits(model) => "Done, but for cables that wait for devices of others.",
        (_, None) => "Done: the inventory is as planned.",
    }
}

/// True if cables wait for devices that the inventory lacks.
fn waits(model: &Model) -> bool {
    let changes = model.answer.as_ref().and_then(|answer| answer.evaluation.changes.as_ref());
    changes.is_some_and(|changes| changes.waiting_cables() > 0)
}

/// The step that comes next: the first that was not taken, and none after it was either.
fn next_step(model: &Model) -> usize {
    match model.shown_phase() {
        Phase::Draft if model.has_errors() => 0,
        Phase::Applied => STEPS.len(),
        Phase::Approved | Phase::Failed => 3,
        _ if !model.selection.is_empty() || model.changes_as_text => 2,
        _ if model.history.can_undo() || !model.open_groups.is_empty() => 1,
        _ => 0,
    }
}

/// Draws the strip.
pub(super) fn first_steps_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let next = next_step(model);
    ui.horizontal(|ui| {
        mark(ui, icon::LIGHTBULB, t.accent, 15.0);
        ui.label(RichText::new("First steps").font(theme::semibold(13.0)));
        ui.add_space(4.0);
        for (n, (name, words)) in STEPS.iter().enumerate() {
            let (sign, state, color) = if n < next {
                (icon::CHECK_CIRCLE, "done", t.added)
            } else if n == next {
                (icon::ARROW_CIRCLE_RIGHT, "next", t.accent)
            } else {
                (icon::CIRCLE, "to come", t.faint)
            };
            ui.spacing_mut().item_spacing.x = 4.0;
            mark(ui, sign, color, 13.0);
            let ink = if n == next { t.text } else { t.dim };
            let label = ui.label(RichText::new(*name).color(ink));
            let spoken = format!("Step {}, {name}, {state}", n + 1);
            label.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
            label.on_hover_text(*words);
            ui.add_space(8.0);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = ui.add(Button::new(icon::X).frame(false));
            let spoken = "Hide first steps";
            close.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
            let back = format!("{spoken}; Help › {} shows them again.", Command::FirstSteps.name());
            if close.on_hover_text(back).clicked() {
                out.push(Action::Set(Setting::FirstSteps(false)));
            }
            let words = words(model, next);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(words).color(t.dim)).truncate());
            });
        });
    });
}
