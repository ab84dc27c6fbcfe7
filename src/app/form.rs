//! The left panel: the cluster as a form, what the program computed from it, and findings that
//! belong to no field.

use super::command::Action;
use super::model::{FabricChoice, Model};
use super::theme::{self, tokens};
use super::widgets::{
    choice_field, finding_ui, link, number_field, row, section, segment_field, word_field,
};
use crate::fabric::DeviceRole;
use crate::model::{Explanation, SpecPath, grouped};
use crate::plan::{Backend, Cluster, Frontend, RailPacking, Redundancy};
use egui::{Align, Layout, RichText, ScrollArea, Ui};
use std::collections::BTreeSet;

/// A form under way: the fields drawn so far know which findings have found their place.
struct Form<'a> {
    model: &'a Model,
    shown: BTreeSet<SpecPath>,
}

/// Draws the panel.
pub(super) fn form_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let mut form = Form { model, shown: BTreeSet::new() };
        section(ui, "Plan");
        form.word(ui, "metadata.name", "Name", &model.plan.metadata.name, out);
        form.findings(ui, "metadata.id", out);
        form.word(ui, "spec.target.site", "Site", &model.plan.spec.target.site, out);
        match &model.plan.spec.cluster {
            Some(cluster) => form.cluster(ui, cluster, out),
            None => {
                section(ui, "Classes");
                ui.label(
                    "This plan has no cluster. Its classes are written by hand: edit them in \
                     the file.",
                );
            }
        }
        computed_ui(ui, model);
        form.rest(ui, out);
        ui.add_space(12.0);
    });
}

impl Form<'_> {
    fn path(&mut self, path: &str) -> SpecPath {
        let path = SpecPath::new(path);
        self.shown.insert(path.clone());
        path
    }

    /// The findings of something that has no field of its own.
    fn findings(&mut self, ui: &mut Ui, path: &str, out: &mut Vec<Action>) {
        let path = self.path(path);
        for finding in self.model.findings().iter().filter(|f| f.path == path) {
            finding_ui(ui, finding, out);
        }
    }

    fn number(
        &mut self,
        ui: &mut Ui,
        path: &str,
        (label, unit): (&str, &str),
        value: u32,
        out: &mut Vec<Action>,
    ) {
        let path = self.path(path);
        row(ui, self.model, &path, label, unit, out, |ui, name, edge, out| {
            number_field(ui, &path, name, edge, value, out)
        });
    }

    fn word(&mut self, ui: &mut Ui, path: &str, label: &str, value: &str, out: &mut Vec<Action>) {
        let path = self.path(path);
        row(ui, self.model, &path, label, "", out, |ui, name, edge, out| {
            word_field(ui, &path, name, edge, value, out);
            None
        });
    }

    fn choice<'b>(
        &mut self,
        ui: &mut Ui,
        path: &str,
        label: &str,
        value: &str,
        choices: impl Iterator<Item = (&'b str, String)>,
        out: &mut Vec<Action>,
    ) {
        let path = self.path(path);
        row(ui, self.model, &path, label, "", out, |ui, name, edge, out| {
            choice_field(ui, &path, name, edge, value, choices, out);
            None
        });
    }

    fn segment(
        &mut self,
        ui: &mut Ui,
        path: &str,
        label: &str,
        value: &str,
        choices: &[(&str, &str)],
        out: &mut Vec<Action>,
    ) {
        let path = self.path(path);
        row(ui, self.model, &path, label, "", out, |ui, _, _, out| {
            segment_field(ui, &path, value, choices, out);
            None
        });
    }

    fn switch(&mut self, ui: &mut Ui, path: &str, label: &str, value: &str, out: &mut Vec<Action>) {
        let catalog = &self.model.catalog;
        let names =
            catalog.switches.values().map(|m| (m.id.as_str(), named(&m.manufacturer, &m.model)));
        self.choice(ui, path, label, value, names, out);
    }

    fn nic(&mut self, ui: &mut Ui, path: &str, value: &str, out: &mut Vec<Action>) {
        let names = self.model.catalog.nics.values().map(|m| (m.id.as_str(), m.model.clone()));
        self.choice(ui, path, "Card", value, names, out);
    }

    fn cluster(&mut self, ui: &mut Ui, cluster: &Cluster, out: &mut Vec<Action>) {
        let Cluster { servers, server_model, su_size, backend, frontend, .. } = cluster;
        section(ui, "Compute");
        self.number(ui, "spec.cluster.servers", ("Servers", ""), *servers, out);
        let catalog = &self.model.catalog;
        let names =
            catalog.servers.values().map(|m| (m.id.as_str(), named(&m.manufacturer, &m.model)));
        self.choice(ui, "spec.cluster.server_model", "Server model", server_model, names, out);
        self.number(ui, "spec.cluster.su_size", ("Scalable unit", "servers"), *su_size, out);
        self.findings(ui, "spec.cluster", out);
        self.fabric(ui, FabricChoice::Backend, "Backend fabric", backend.is_some(), out);
        if let Some(backend) = backend {
            self.backend(ui, backend, out);
        }
        self.fabric(ui, FabricChoice::Frontend, "Frontend fabric", frontend.is_some(), out);
        if let Some(frontend) = frontend {
            self.frontend(ui, frontend, out);
        }
    }

    /// The heading of a fabric, which switches it on and off, and the findings of all of it.
    fn fabric(
        &mut self,
        ui: &mut Ui,
        fabric: FabricChoice,
        label: &str,
        is_on: bool,
        out: &mut Vec<Action>,
    ) {
        let path = self.path(fabric.path().as_str());
        ui.add_space(12.0);
        let mut on = is_on;
        let words = RichText::new(label).font(theme::semibold(11.0)).color(tokens(ui.ctx()).dim);
        if ui.checkbox(&mut on, words).changed() {
            out.push(Action::SwitchFabric(fabric, on));
        }
        for finding in self.model.findings().iter().filter(|f| f.path == path) {
            finding_ui(ui, finding, out);
        }
        ui.add_space(2.0);
    }

    fn backend(&mut self, ui: &mut Ui, backend: &Backend, out: &mut Vec<Action>) {
        let Backend {
            rails, nic, rail_packing, leaf_model, spine_model, uplink_speed_gbps, ..
        } = backend;
        self.number(ui, "spec.cluster.backend.rails", ("Rails", ""), *rails, out);
        self.nic(ui, "spec.cluster.backend.nic", nic, out);
        let packing = match rail_packing {
            RailPacking::Dedicated => "dedicated",
            RailPacking::Shared => "shared",
        };
        self.segment(
            ui,
            "spec.cluster.backend.rail_packing",
            "Rail packing",
            packing,
            &[("dedicated", "dedicated"), ("shared", "shared")],
            out,
        );
        self.switch(ui, "spec.cluster.backend.leaf_model", "Leaf model", leaf_model, out);
        self.switch(ui, "spec.cluster.backend.spine_model", "Spine model", spine_model, out);
        let path = "spec.cluster.backend.uplink_speed_gbps";
        self.number(ui, path, ("Uplink speed", "Gb/s"), *uplink_speed_gbps, out);
    }

    fn frontend(&mut self, ui: &mut Ui, frontend: &Frontend, out: &mut Vec<Action>) {
        let Frontend {
            nic,
            ports_per_server,
            redundancy,
            leaf_model,
            spine_model,
            uplink_speed_gbps,
            ..
        } = frontend;
        self.nic(ui, "spec.cluster.frontend.nic", nic, out);
        let path = "spec.cluster.frontend.ports_per_server";
        self.number(ui, path, ("Ports per server", ""), *ports_per_server, out);
        let redundancy = match redundancy {
            Redundancy::None => "none",
            Redundancy::Redundant => "redundant",
            Redundancy::RedundantShared => "redundant_shared",
        };
        self.segment(
            ui,
            "spec.cluster.frontend.redundancy",
            "Redundancy",
            redundancy,
            &[("none", "none"), ("redundant", "redundant"), ("redundant_shared", "shared")],
            out,
        );
        self.switch(ui, "spec.cluster.frontend.leaf_model", "Leaf model", leaf_model, out);
        self.switch(ui, "spec.cluster.frontend.spine_model", "Spine model", spine_model, out);
        let path = "spec.cluster.frontend.uplink_speed_gbps";
        self.number(ui, path, ("Uplink speed", "Gb/s"), *uplink_speed_gbps, out);
    }

    /// Findings that belong to no field of the form.
    fn rest(&self, ui: &mut Ui, out: &mut Vec<Action>) {
        let rest: Vec<_> =
            self.model.findings().iter().filter(|f| !self.shown.contains(&f.path)).collect();
        if rest.is_empty() {
            return;
        }
        section(ui, "Other findings");
        for finding in rest {
            ui.label(
                RichText::new(finding.path.as_str())
                    .font(theme::mono(11.0))
                    .color(tokens(ui.ctx()).faint),
            );
            finding_ui(ui, finding, out);
        }
    }
}

fn named(manufacturer: &str, model: &str) -> String {
    if model.starts_with(manufacturer) {
        model.to_owned()
    } else {
        format!("{manufacturer} {model}")
    }
}

/// What the program computed: quiet, and never an input.
fn computed_ui(ui: &mut Ui, model: &Model) {
    let Some(answer) = &model.answer else { return };
    let fabric = &answer.evaluation.fabric;
    section(ui, "Computed");
    theme::quiet_box(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        for explanation in &answer.evaluation.explanations {
            let number = explanation.result.parse().ok().map(grouped);
            let result = number.as_ref().unwrap_or(&explanation.result);
            figure_ui(ui, &explanation.label, result, Some(explanation));
        }
        let servers: u32 = fabric
            .classes
            .iter()
            .filter(|class| class.role == DeviceRole::Server)
            .map(|class| class.count)
            .sum();
        let switches = fabric.devices.len() as u64 - u64::from(servers);
        figure_ui(ui, "Switches", &grouped(switches), None);
        figure_ui(ui, "Devices", &grouped(fabric.devices.len() as u64), None);
        figure_ui(ui, "Links", &grouped(fabric.links.len() as u64), None);
    });
}

fn figure_ui(ui: &mut Ui, label: &str, result: &str, why: Option<&Explanation>) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(
            egui::vec2(168.0, theme::ROW_HEIGHT),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_width(168.0);
                ui.label(RichText::new(label).color(t.dim));
            },
        );
        ui.label(RichText::new(result).font(theme::mono(12.5)));
        let Some(why) = why else { return };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
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
    ui.label(RichText::new(format!("{} · {}", why.label, why.result)).font(theme::semibold(13.0)));
    ui.label(&why.rule);
    for (name, value) in &why.inputs {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).color(t.dim));
            ui.label(RichText::new(value).font(theme::mono(12.0)));
        });
    }
    if let Some(rejected) = &why.rejected {
        ui.label(RichText::new(rejected).color(t.dim));
    }
}
