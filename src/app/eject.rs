//! What the cluster stands for, shown before it takes the cluster's place.
//!
//! The cluster in a few numbers becomes switch and server classes that can be edited one by one.
//! The fabric stays the same; only undo leads back to the numbers.

use super::Window;
use super::command::Action;
use super::dialogs::{buttons, text, title};
use super::model::Model;
use super::theme::{self, tokens};
use crate::model::{counted, grouped};
use crate::plan::{self, Plan, Spec};
use egui::{Grid, RichText, ScrollArea, Ui, vec2};
use std::sync::Arc;

pub(super) const WIDTH: f32 = 620.0;
/// Lines of the text that are shown at once.
const LINES_SHOWN: f32 = 16.0;

/// A plan whose cluster was replaced, not taken yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ejected {
    /// The plan with the cluster.
    of: Arc<Plan>,
    /// The spec with its classes.
    spec: Box<Spec>,
    /// The new plan as text, by lines.
    lines: Arc<Vec<String>>,
}

impl Ejected {
    /// What a plan becomes.
    pub fn of(of: &Arc<Plan>, ejected: Plan) -> Self {
        let text = plan::write(&Plan { status: None, ..ejected.clone() });
        let lines = text.lines().map(str::to_owned).collect();
        Self { of: Arc::clone(of), spec: Box::new(ejected.spec), lines: Arc::new(lines) }
    }

    /// `4 switch classes and 1 server class`.
    fn classes(&self) -> String {
        let (switches, servers) = (self.spec.switch_classes.len(), self.spec.server_classes.len());
        format!(
            "{} and {}",
            counted(switches as u64, "switch class", "switch classes"),
            counted(servers as u64, "server class", "server classes")
        )
    }
}

impl Window {
    /// Puts the classes in the place of the cluster.
    pub(super) fn eject(&mut self, ejected: Ejected) {
        let said = format!(
            "The cluster now stands in the plan as {}; the fabric is the same. Undo takes it back.",
            ejected.classes()
        );
        self.take_reshaped(&ejected.of, Ok((ejected.spec, said)));
    }
}

/// Draws the preview.
pub(super) fn eject_ui(ui: &mut Ui, model: &Model, ejected: &Ejected, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    title(ui, "Replace the cluster by its classes?");
    text(
        ui,
        &format!(
            "The few numbers of the cluster become {}, which can be edited one by one. The \
             fabric stays the same: no device and no cable changes. Undo takes it back.",
            ejected.classes()
        ),
    );
    Grid::new("ejected").num_columns(3).spacing(vec2(24.0, 4.0)).show(ui, |ui| {
        let switches = ejected.spec.switch_classes.iter().map(|class| (&class.id, &class.model));
        let servers = ejected.spec.server_classes.iter().map(|class| (&class.id, &class.model));
        for (id, of) in switches.chain(servers) {
            ui.label(RichText::new(id).font(theme::mono(12.5)));
            ui.label(RichText::new(of).color(t.dim));
            ui.label(RichText::new(count_in(model, id)).color(t.dim));
            ui.end_row();
        }
    });
    ui.add_space(8.0);
    let font = theme::mono(11.5);
    let height = ui.fonts_mut(|fonts| fonts.row_height(&font));
    theme::quiet_box(ui.style()).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // The area of a dialog grows by frames where it may; this one has its height at once.
        let shown = LINES_SHOWN * height;
        let area = ScrollArea::both().min_scrolled_height(shown).max_height(shown);
        let area = area.auto_shrink(false);
        area.show_rows(ui, height, ejected.lines.len(), |ui, rows| {
            for line in ejected.lines.iter().skip(rows.start).take(rows.len()) {
                let words = RichText::new(line).font(font.clone());
                ui.add(egui::Label::new(words).extend().selectable(true));
            }
        });
    });
    ui.add_space(12.0);
    buttons(ui, ("Replace", true), None, true, out);
}

/// How many devices a class has in the fabric that is shown: in all pods and planes.
fn count_in(model: &Model, class: &str) -> String {
    let classes = model.answer.iter().flat_map(|answer| &answer.evaluation.fabric.classes);
    let own = classes.filter(|of| of.family == class);
    grouped(own.map(|of| u64::from(of.count)).sum())
}
