//! What the program computed: quiet, never an input, and each number with its reason.

use crate::app::model::Model;
use crate::app::theme::{self, tokens};
use crate::app::widgets::{label_of_row, link, section};
use crate::fabric::{DeviceRole, Fabric};
use crate::model::{Explanation, SpecPath, grouped};
use crate::scene::Scene;
use egui::{Align, Layout, RichText, Ui};

/// Room kept for the link to the reason.
const WHY_WIDTH: f32 = 34.0;
/// Width of the column of what is counted: the longest fits.
const NAME_WIDTH: f32 = 164.0;

/// Draws the box.
pub(super) fn computed_ui(ui: &mut Ui, model: &Model) {
    let Some(answer) = &model.answer else { return };
    let fabric = &answer.evaluation.fabric;
    section(ui, "Computed");
    theme::quiet_box(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        if model.has_errors() {
            let words = "There are errors: counted is what could be woven without them.";
            let words = RichText::new(words).font(theme::small()).color(tokens(ui.ctx()).changed);
            ui.add(egui::Label::new(words).wrap());
        }
        let totals = totals(fabric, &answer.scene);
        for explanation in answer.evaluation.explanations.iter().chain(&totals) {
            figure_ui(ui, &explanation.label, &shown(&explanation.result), explanation);
        }
    });
}

/// A number, with a unit or without, with its thousands parted; anything else as it is.
fn shown(value: &str) -> String {
    let (number, unit) = value.split_once(' ').map_or((value, ""), |(number, unit)| (number, unit));
    match number.parse() {
        Ok(number) if unit.is_empty() => grouped(number),
        Ok(number) => format!("{} {unit}", grouped(number)),
        Err(_) => value.to_owned(),
    }
}

/// Sums over what was woven, with what they are sums of.
fn totals(fabric: &Fabric, scene: &Scene) -> Vec<Explanation> {
    let sum = |label: &str, rule: &str, parts: Vec<(String, u64)>| Explanation {
        subject: SpecPath::default(),
        path: SpecPath::default(),
        label: label.to_owned(),
        result: parts.iter().map(|(_, count)| count).sum::<u64>().to_string(),
        rule: rule.to_owned(),
        inputs: parts.into_iter().map(|(name, count)| (name, grouped(count))).collect(),
        rejected: None,
    };
    let classes = |keep: fn(DeviceRole) -> bool| -> Vec<(String, u64)> {
        let mut parts: Vec<(String, u64)> = Vec::new();
        for class in fabric.classes.iter().filter(|class| keep(class.role) && class.count > 0) {
            match parts.iter_mut().find(|(name, _)| *name == class.family) {
                Some((_, count)) => *count += u64::from(class.count),
                None => parts.push((class.family.clone(), u64::from(class.count))),
            }
        }
        parts
    };
    let mut links: Vec<(String, u64)> = Vec::new();
    // Bundles are few even where links are many.
    for bundle in &scene.bundles {
        let Some(group) = fabric.groups.get(bundle.group as usize) else { continue };
        if bundle.links == 0 {
            continue;
        }
        let count = u64::from(bundle.links);
        match links.iter_mut().find(|(name, _)| *name == group.fabric) {
            Some((_, sum)) => *sum += count,
            None => links.push((group.fabric.clone(), count)),
        }
    }
    vec![
        sum("Switches", "The switches of all classes together.", classes(DeviceRole::is_switch)),
        sum("Devices", "Switches, servers and devices of others together.", classes(|_| true)),
        sum("Links", "The links of all fabrics together; a twin cable carries two.", links),
    ]
}

fn figure_ui(ui: &mut Ui, label: &str, result: &str, why: &Explanation) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        label_of_row(ui, label, NAME_WIDTH);
        ui.label(RichText::new(result).font(theme::mono(12.5)));
        if let Some(now) = why.installed() {
            let words = format!("{} installed", now.replace(' ', ""));
            let words = RichText::new(words).size(11.0).color(t.dim);
            let room = (ui.available_width() - WHY_WIDTH).max(0.0);
            ui.allocate_ui_with_layout(
                egui::vec2(room, theme::ROW_HEIGHT),
                Layout::left_to_right(Align::Center),
                |ui| ui.add(egui::Label::new(words).truncate()),
            );
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
            let response = link(ui, "why?", &format!("Why {} {}?", why.result, why.label));
            if response.clicked() {
                // A click opens it until the keyboard goes elsewhere.
                response.request_focus();
            }
            let shown = response.has_focus();
            let mut response = response.on_hover_ui(|ui| why_ui(ui, why));
            if shown {
                response = response.on_hover_text("");
                egui::Tooltip::always_open(
                    ui.ctx().clone(),
                    ui.layer_id(),
                    response.id.with("why"),
                    &response,
                )
                .show(|ui| why_ui(ui, why));
            }
        });
    });
}

fn why_ui(ui: &mut Ui, why: &Explanation) {
    let t = tokens(ui.ctx());
    let head = format!("{} · {}", why.label, shown(&why.result));
    ui.label(RichText::new(head).font(theme::semibold(13.0)));
    ui.label(&why.rule);
    for (name, value) in &why.inputs {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).color(t.dim));
            ui.label(RichText::new(shown(value)).font(theme::mono(12.0)));
        });
    }
    if let Some(rejected) = &why.rejected {
        ui.label(RichText::new(format!("Not taken: {}", lowered(rejected))).color(t.dim));
    }
}

/// A sentence as it goes on after a colon.
fn lowered(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
}
