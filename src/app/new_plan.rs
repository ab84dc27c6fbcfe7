//! The choice of what a new plan begins with: a preset that works, to be changed from there.

use super::bars::size_of;
use super::command::Action;
use super::dialogs::{BUTTON, buttons_row, focus_first, text, title};
use super::model::Model;
use super::theme::{self, tokens};
use super::widgets::scroll_by_keys;
use crate::catalog::Catalog;
use crate::model::PlanId;
use crate::plan::preset::{build, presets};
use egui::{Button, ScrollArea, Ui, WidgetInfo, WidgetType, vec2};

/// How wide the dialog is.
pub(super) const WIDTH: f32 = 560.0;
const HEIGHT: f32 = 400.0;

/// How large the plan of a preset is: `128 servers · 1,024 GPUs`.
fn size_words(preset: &str, catalog: &Catalog) -> String {
    let Ok(plan) = build(preset, &[], PlanId(uuid::Uuid::nil())) else { return String::new() };
    let clusters = plan.spec.cluster.iter().map(|c| (c.servers, c.server_model.as_str()));
    let classes = plan.spec.server_classes.iter().map(|c| (c.quantity, c.model.as_str()));
    let (mut servers, mut gpus) = (0, 0);
    for (count, model) in clusters.chain(classes) {
        servers += u64::from(count);
        gpus += u64::from(count) * catalog.servers.get(model).map_or(0, |m| u64::from(m.gpus));
    }
    size_of(servers, gpus)
}

/// Draws it.
pub(super) fn new_plan_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    title(ui, "New plan");
    text(ui, "Begin with a plan that works and change it. Nothing is written before you save.");
    let height = ui.available_height().min(HEIGHT);
    let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    area.show(ui, |ui| {
        // Arrows go from plan to plan.
        scroll_by_keys(ui, 0.0, HEIGHT);
        for preset in presets() {
            let mut words = egui::text::LayoutJob::default();
            let style =
                |font, color| egui::TextFormat { font_id: font, color, ..Default::default() };
            words.append(preset.name, 0.0, style(theme::semibold(13.0), t.text));
            let sized = egui::Id::new(("size of a preset", preset.name));
            let size = ui.data(|data| data.get_temp::<String>(sized)).unwrap_or_else(|| {
                let size = size_words(preset.name, &model.catalog);
                ui.data_mut(|data| data.insert_temp(sized, size.clone()));
                size
            });
            words.append(&size, 10.0, style(theme::small(), t.dim));
            words.append("\n", 0.0, style(theme::small(), t.dim));
            words.append(preset.summary, 0.0, style(theme::small(), t.dim));
            words.wrap.max_width = ui.available_width() - 24.0;
            let button = Button::new(words).min_size(vec2(ui.available_width(), 46.0));
            let enabled = model.running.is_none();
            let response = ui.add_enabled(enabled, button.wrap());
            let spoken = format!("New {}", preset.name);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, &spoken));
            focus_first(ui, &response);
            let last = egui::Id::new("last preset");
            if response.has_focus() && ui.data(|data| data.get_temp(last)) != Some(preset.name) {
                // With a part of its neighbours: arrows lead only to what can be seen.
                ui.data_mut(|data| data.insert_temp(last, preset.name));
                ui.scroll_to_rect(response.rect.expand2(vec2(0.0, 30.0)), None);
            }
            if response.clicked() {
                out.push(Action::Dismiss);
                out.push(Action::New(preset.name));
            }
            ui.add_space(2.0);
        }
    });
    ui.add_space(10.0);
    buttons_row(ui, &["Cancel"], |ui| {
        let cancel = Button::new("Cancel").min_size(BUTTON);
        if ui.add(cancel).clicked() {
            out.push(Action::Dismiss);
        }
    });
}
