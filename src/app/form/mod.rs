//! The left panel: the spec as forms, its findings, and its text.
//!
//! Forms are drawn from the tables of [`fields`]. Every field carries its path: the findings of a
//! path stand under its field, and whatever belongs to no field of the form stands below it.

mod choices;
mod computed;
#[cfg(test)]
mod each_field;
mod fields;
mod fits;
mod lists;
mod paste;
mod pickers;
mod places;
mod problems;
mod remedies;
mod ron_text;
mod sections;
mod text_find;
mod values;

#[cfg(test)]
pub(super) use choices::list_alone;
#[cfg(test)]
pub(super) use fields::{ALL_ROWS, Rows, template};
#[cfg(test)]
pub(super) use fits::tests::{tried, waiting};
pub(super) use paste::{Pasted, paste_ui};
pub(super) use places::{field_for, fields_found, place_words};
pub(super) use problems::listed;
pub(super) use ron_text::{RonText, can_be_typed, text_id};
pub(super) use text_find::{TextFind, find_id};

use super::command::{Action, Command};
use super::model::{Model, SpecPart, Tab};
use super::theme::{self, tokens};
use super::widgets::{
    Look, choice_field, edit_at_once, field_id, finding_ui, heading, id_field, link, number_field,
    read_field, row, section, segment_field, tick, word_field,
};
use crate::model::{Code, EditValue, Limits, SpecPath};
use crate::plan::Ratio;
use choices::{Known, Offer};
use egui::{
    Align, Button, Id, Layout, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, WidgetType,
    vec2,
};
use fields::{Field, Kind};
use fits::Tried;
pub(super) use fits::{Fits, Fitting};
pub(super) use pickers::ModelKind;
pub(super) use remedies::{Remedies, Trying};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Draws the panel.
pub(super) fn form_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let on_tabs = sections::tabs_ui(ui, model, out);
    if !matches!(model.tab, Tab::Findings | Tab::Text) {
        unreadable_ui(ui, model, out);
    }
    match model.tab {
        Tab::Findings => problems::problems_ui(ui, model, out),
        Tab::Text => ron_text::ron_ui(ui, model, out),
        _ if model.is_stand_in() => {
            let words = "The form is back once the text can be read.";
            ui.label(RichText::new(words).color(tokens(ui.ctx()).dim));
        }
        tab => {
            ScrollArea::vertical().id_salt(("form", tab)).auto_shrink(false).show(ui, |ui| {
                let mut form = Form {
                    model,
                    shown: BTreeSet::new(),
                    fields_shown: BTreeSet::new(),
                    sections: Vec::new(),
                };
                match tab {
                    Tab::Cluster => form.cluster_tab(ui, out),
                    Tab::Switches => {
                        form.list(ui, &SpecPath::new("spec"), &fields::SWITCH_CLASSES, "", out)
                    }
                    Tab::Servers => {
                        form.list(ui, &SpecPath::new("spec"), &fields::SERVER_CLASSES, "", out);
                        form.list(ui, &SpecPath::new("spec"), &fields::EXTERNAL, "", out);
                    }
                    _ => form.more_tab(ui, out),
                }
                form.rest(ui, out);
                form.lead(ui, on_tabs);
                ui.add_space(12.0);
            });
        }
    }
}

/// Says that something was typed as text that the forms below do not have.
fn unreadable_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let Some(problem) = &model.ron.problem else { return };
    ui.add_space(6.0);
    finding_ui(ui, model, &problem.finding(model.is_stand_in()), out);
    if link(ui, "Go to the text", "Go to the text that cannot be read").clicked() {
        out.push(Action::GoToText(SpecPath::default()));
    }
    ui.add_space(6.0);
}

/// What shows the rare fields of a group, or hides them again.
fn fold_link(ui: &mut Ui, words: &str, group: &str, out: &mut Vec<Action>) {
    let color = tokens(ui.ctx()).accent;
    let shown = RichText::new(words).font(theme::small()).color(color);
    let response = ui.add(Button::new(shown).frame(false));
    let spoken = format!("{words} of {group}");
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    if response.clicked() {
        out.push(Action::Unfold(group.to_owned()));
    }
}

/// A form under way: the fields drawn so far know which findings have found their place.
struct Form<'a> {
    model: &'a Model,
    /// Places whose own findings were shown.
    shown: BTreeSet<SpecPath>,
    /// Places of which the findings of all within were shown.
    fields_shown: BTreeSet<SpecPath>,
    /// Where the sections of the page begin for the keyboard, from top to bottom.
    sections: Vec<Id>,
}

/// What stands around a field: the class, and the row within it.
#[derive(Clone, Copy)]
struct Around<'a> {
    model: &'a Model,
    /// The class that the field is in.
    class: Option<&'a Value>,
    /// The row of a list of that class, and its position.
    within: Option<&'a Value>,
    row: Option<usize>,
}

impl<'a> Around<'a> {
    /// The class, if it is one of switches.
    fn switch_class(&self) -> Option<&'a Value> {
        self.class.filter(|class| class.get("zones").is_some())
    }
}

/// What a path within a value leads to; null counts as nothing.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let found = path.split('.').try_fold(value, |value, name| value.get(name));
    found.filter(|found| !found.is_null())
}

/// The places within a field that have fields of their own, drawn below it.
fn inner_fields(path: &SpecPath, value: Option<&Value>, kind: Kind) -> Vec<SpecPath> {
    let has = |name: &str| value.is_some_and(|value| value.get(name).is_some());
    match kind {
        Kind::Order if has("custom") => vec![path.field("custom")],
        Kind::Distribution => DISTRIBUTIONS
            .iter()
            .filter(|(name, _)| has(name))
            .flat_map(|(name, table)| table.iter().map(|field| path.field(name).field(field.name)))
            .collect(),
        _ => Vec::new(),
    }
}

/// Ways to spread connections that have fields of their own.
const DISTRIBUTIONS: [(&str, &[Field]); 2] =
    [("alternating", fields::ALTERNATING), ("rail_optimised", fields::RAIL_OPTIMISED)];

impl Form<'_> {
    fn cluster_tab(&mut self, ui: &mut Ui, out: &mut Vec<Action>) {
        let tree = &self.model.spec_tree;
        let whole = SpecPath::default();
        let plan = (fields::METADATA, "metadata");
        self.heading(ui, &whole, Some(tree), plan, out, |ui, _| heading(ui, "Plan"));
        self.begins_at(ui, &whole, fields::METADATA);
        self.fields(ui, &whole, Some(tree), plan, out);
        self.findings(ui, "metadata.id", out);
        let cluster = tree.pointer("/spec/cluster").filter(|cluster| !cluster.is_null());
        let path = SpecPath::new("spec.cluster");
        if cluster.is_some() {
            let compute = (fields::CLUSTER, "spec.cluster");
            self.heading(ui, &path, cluster, compute, out, |ui, _| heading(ui, "Compute"));
            self.begins_at(ui, &path, fields::CLUSTER);
            self.fields(ui, &path, cluster, compute, out);
            self.findings(ui, "spec.cluster", out);
            for (part, label, table) in [
                (SpecPart::Backend, "Backend fabric", fields::BACKEND),
                (SpecPart::Frontend, "Frontend fabric", fields::FRONTEND),
                (SpecPart::Storage, "Storage fabric", fields::FRONTEND),
                (SpecPart::Management, "Management network", fields::MANAGEMENT),
            ] {
                self.part(ui, part, label, table, out);
            }
        } else {
            section(ui, "Cluster");
            ui.add(
                egui::Label::new(
                    "This plan has no cluster. Its classes are written by hand, under Switches \
                     and Servers.",
                )
                .wrap(),
            );
            ui.add_space(4.0);
            let can_write = self.model.read_only().is_none();
            if ui.add_enabled(can_write, Button::new("Add a cluster")).clicked() {
                out.push(Action::SwitchPart(SpecPart::Cluster, true));
            }
        }
        computed::computed_ui(ui, self.model);
    }

    fn more_tab(&mut self, ui: &mut Ui, out: &mut Vec<Action>) {
        let spec = SpecPath::new("spec");
        section(ui, "Names of devices");
        let naming = self.model.spec_tree.pointer("/spec/naming");
        let names = (fields::NAMING, "spec.naming");
        self.begins_at(ui, &spec.field("naming"), fields::NAMING);
        self.fields(ui, &spec.field("naming"), naming, names, out);
        self.part(ui, SpecPart::Racks, "Racks and cable lengths", fields::RACKS, out);
        if self.model.plan.spec.racks.is_some() {
            self.list(ui, &spec.field("racks"), &fields::PLACES, "", out);
        }
        self.list(ui, &spec, &fields::PINS, "", out);
        self.list(ui, &spec.field("target"), &fields::IGNORE, "", out);
        self.list(ui, &spec, &fields::WAIVERS, "", out);
        self.list(ui, &spec, &fields::MOVED, "", out);
        let models = &self.model.plan.spec.models;
        if !models.is_empty() {
            section(ui, "Models that the plan brings");
            let ids = models.switches.iter().map(|m| &m.id);
            let ids = ids.chain(models.servers.iter().map(|m| &m.id));
            let ids = ids.chain(models.nics.iter().map(|m| &m.id));
            for id in ids.chain(models.racks.iter().map(|m| &m.id)) {
                ui.label(RichText::new(id).font(theme::mono(12.0)));
            }
            ui.label(
                RichText::new("They are edited as text, under RON.").color(tokens(ui.ctx()).dim),
            );
        }
    }

    /// A part of the plan that can be left out: its heading switches it on and off.
    fn part(
        &mut self,
        ui: &mut Ui,
        part: SpecPart,
        label: &str,
        table: &'static [Field],
        out: &mut Vec<Action>,
    ) {
        let path = part.path();
        let value = part.of(&self.model.spec_tree);
        let shown = if value.is_some() { table } else { &[] };
        let mut begins = None;
        self.heading(ui, &path, value, (shown, path.as_str()), out, |ui, out| {
            let mut on = value.is_some();
            let color = tokens(ui.ctx()).dim;
            let words = RichText::new(label).font(theme::semibold(11.0)).color(color);
            if self.model.read_only().is_some() {
                ui.disable();
            }
            let tick = tick(ui, &mut on, words);
            if tick.changed() {
                out.push(Action::SwitchPart(part, on));
            }
            begins = Some(tick.id);
            if self.model.go_to.as_ref() == Some(&path) {
                // What is found of all of it has no field of its own.
                tick.request_focus();
                tick.scroll_to_me(Some(Align::Center));
            }
        });
        self.sections.extend(begins);
        self.findings(ui, path.as_str(), out);
        self.fields(ui, &path, value, (shown, path.as_str()), out);
    }

    /// The heading of a group of fields, and at its right what shows those that are folded away.
    fn heading(
        &self,
        ui: &mut Ui,
        base: &SpecPath,
        value: Option<&Value>,
        (table, group): (&'static [Field], &str),
        out: &mut Vec<Action>,
        left: impl FnOnce(&mut Ui, &mut Vec<Action>),
    ) {
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            left(ui, out);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(words) = self.folded(base, value, (table, group)) {
                    fold_link(ui, &words, group, out);
                }
            });
        });
    }

    /// The findings of something that has no field of its own.
    fn findings(&mut self, ui: &mut Ui, path: &str, out: &mut Vec<Action>) {
        let path = SpecPath::new(path);
        for finding in self.model.findings_at(&path) {
            finding_ui(ui, self.model, finding, out);
        }
        self.shown.insert(path);
    }

    /// The fields of something that is no row. The name beside the table is that of the group
    /// whose rare fields are folded away together.
    fn fields(
        &mut self,
        ui: &mut Ui,
        base: &SpecPath,
        value: Option<&Value>,
        table: (&'static [Field], &str),
        out: &mut Vec<Action>,
    ) {
        let around = Around { model: self.model, class: None, within: None, row: None };
        self.fields_around(ui, base, value, table, &around, out);
    }

    fn fields_around(
        &mut self,
        ui: &mut Ui,
        base: &SpecPath,
        value: Option<&Value>,
        (table, group): (&'static [Field], &str),
        around: &Around<'_>,
        out: &mut Vec<Action>,
    ) {
        let unfolded = self.model.unfolded.contains(group);
        for field in table {
            let path = base.field(field.name);
            let value = value.and_then(|value| at(value, field.name));
            // What is typed on its way to another value may be what is left out.
            let typed = || ui.memory(|memory| memory.focused()) == Some(field_id(&path));
            if unfolded || self.is_needed(&path, value, field) || typed() {
                self.field(ui, &path, value, field, around, out);
            }
        }
    }

    /// True if a field is shown also while rare ones are folded away.
    fn is_needed(&self, path: &SpecPath, value: Option<&Value>, field: &Field) -> bool {
        let asked = || self.model.go_to.as_ref().is_some_and(|place| path.contains(place));
        let found = || self.model.findings_within(path).next().is_some();
        !field.rare || value.is_some() || asked() || found()
    }

    /// What to say about the rare fields of a group, if it has some that can be folded away.
    fn folded(
        &self,
        base: &SpecPath,
        value: Option<&Value>,
        (table, group): (&'static [Field], &str),
    ) -> Option<String> {
        let unfolded = self.model.unfolded.contains(group);
        let is_folded = |field: &&Field| {
            let value = value.and_then(|value| at(value, field.name));
            !self.is_needed(&base.field(field.name), value, field)
        };
        match (table.iter().filter(is_folded).count(), unfolded) {
            (0, _) => None,
            (_, true) => Some("Fewer fields".to_owned()),
            (1, false) => Some("1 more field".to_owned()),
            (n, false) => Some(format!("{n} more fields")),
        }
    }

    fn field(
        &mut self,
        ui: &mut Ui,
        path: &SpecPath,
        value: Option<&Value>,
        field: &Field,
        around: &Around<'_>,
        out: &mut Vec<Action>,
    ) {
        self.fields_shown.insert(path.clone());
        let model = self.model;
        let inner = inner_fields(path, value, field.kind);
        let place = (path, inner.as_slice());
        row(ui, model, place, (field.label, field.unit), out, |ui, label, edge, out| {
            widget(ui, path, value, field, around, (label, edge), out)
        });
        match field.kind {
            Kind::Ports | Kind::PortsOr(_) => {
                let text = value.and_then(Value::as_str).unwrap_or_default();
                if !text.is_empty() {
                    ui.horizontal(|ui| {
                        ui.add_space(theme::LABEL_WIDTH + ui.spacing().item_spacing.x);
                        ui.vertical(|ui| pickers::cages_ui(ui, around, text));
                    });
                }
            }
            Kind::Order => {
                if let Some(custom) = value.and_then(|value| value.get("custom")) {
                    let path = path.field("custom");
                    let field = Field { label: "", unit: "", kind: Kind::EachOnce, ..*field };
                    self.field(ui, &path, Some(custom), &field, around, out);
                }
            }
            Kind::Distribution => self.distribution(ui, path, value, around, out),
            _ => {}
        }
    }

    /// What belongs to one way of spreading only.
    fn distribution(
        &mut self,
        ui: &mut Ui,
        path: &SpecPath,
        value: Option<&Value>,
        around: &Around<'_>,
        out: &mut Vec<Action>,
    ) {
        for (name, table) in DISTRIBUTIONS {
            if let Some(inner) = value.and_then(|value| value.get(name)) {
                let path = path.field(name);
                for field in table {
                    let value = at(inner, field.name);
                    self.field(ui, &path.field(field.name), value, field, around, out);
                }
            }
        }
    }

    /// Findings that belong to no field of the form.
    fn rest(&self, ui: &mut Ui, out: &mut Vec<Action>) {
        let elsewhere =
            |path: &SpecPath| !path.as_str().is_empty() && Tab::of_path(path) != self.model.tab;
        let within = |path: &SpecPath| {
            let mut place = Some(path.clone());
            std::iter::from_fn(|| {
                let now = place.take()?;
                place = now.parent();
                Some(now)
            })
            .any(|place| self.fields_shown.contains(&place))
        };
        let rest: Vec<_> = self
            .model
            .findings()
            .iter()
            .filter(|f| f.code != Code::UnreadableText)
            .filter(|f| !self.shown.contains(&f.path) && !elsewhere(&f.path) && !within(&f.path))
            .collect();
        if rest.is_empty() {
            return;
        }
        section(ui, "Other findings");
        // They have no field that could have the keyboard; an edge says where one is.
        let gone_to = Id::new("gone to");
        if let Some(path) = &self.model.go_to {
            ui.data_mut(|data| data.insert_temp(gone_to, path.clone()));
        }
        let gone_to = ui.data(|data| data.get_temp::<SpecPath>(gone_to));
        for finding in rest.iter().take(50) {
            let shown = ui.vertical(|ui| {
                let place = RichText::new(place_words(&self.model.spec_tree, &finding.path));
                let place = ui.label(place.font(theme::small()).color(tokens(ui.ctx()).faint));
                place.on_hover_text(finding.path.as_str());
                finding_ui(ui, self.model, finding, out);
            });
            if self.model.go_to.as_ref() == Some(&finding.path) {
                ui.scroll_to_rect(shown.response.rect, Some(Align::Center));
            }
            if gone_to.as_ref() == Some(&finding.path) {
                let edge = Stroke::new(1.5, tokens(ui.ctx()).accent);
                let area = shown.response.rect.expand(3.0);
                ui.painter().rect_stroke(area, 4.0, edge, egui::StrokeKind::Outside);
            }
        }
        if rest.len() > 50 && link(ui, "All findings", "All findings").clicked() {
            out.push(Action::Do(Command::ShowFindings));
        }
    }
}

/// Characters of each text of a list, on average, for which a field has room.
const NAME_CHARS: usize = 64;

/// The widget of a field. Gives what is wrong with the typing.
fn widget(
    ui: &mut Ui,
    path: &SpecPath,
    value: Option<&Value>,
    field: &Field,
    around: &Around<'_>,
    (label, edge): (Id, Option<Stroke>),
    out: &mut Vec<Action>,
) -> Option<String> {
    // A list has as many texts as a list may have, each as long as a name.
    let most_chars = match field.kind {
        Kind::Texts | Kind::Labels => Limits::LIST_ITEMS * NAME_CHARS,
        _ => Limits::TEXT_CHARS,
    };
    let look = |hint: &'static str, figures: bool| Look { label, edge, hint, figures, most_chars };
    let text = value.and_then(Value::as_str).unwrap_or_default();
    let catalogued = |ui: &mut Ui, kind, none: Option<&str>, out: &mut Vec<Action>| {
        let value = value.and_then(Value::as_str);
        let model = around.model;
        let shown = value.map_or_else(String::new, |id| pickers::name_of(model, kind, id));
        let fits = model.fits.as_ref().filter(|fits| fits.is_of(path, &model.plan));
        let mut wanted = Vec::new();
        let giant = fits::is_giant(model);
        let offer = || {
            let offer = pickers::models_offered(model, path, kind);
            if !giant {
                wanted.extend(offer.known.iter().map(|one| one.id.clone()));
                // What is there now comes first.
                wanted.sort_by_key(|id| Some(id.as_str()) != value);
            }
            offer
        };
        let meant = choices::picker(ui, path, (label, edge), (value, &shown), none, offer, out);
        if giant {
            wanted.extend(meant);
        }
        let untried = match fits {
            Some(fits) => fits.untried(wanted),
            None => wanted,
        };
        if !untried.is_empty() {
            out.push(Action::TryModels((path.clone(), kind), untried));
        }
        None
    };
    let named = |ui: &mut Ui, names: Vec<String>, out: &mut Vec<Action>| {
        let known = |name: String| Known {
            name: name.clone(),
            id: name,
            facts: String::new(),
            tried: Tried::Nothing,
        };
        let offer = || Offer { known: names.into_iter().map(known).collect(), models: None };
        choices::picker(ui, path, (label, edge), (Some(text), text), None, offer, out);
        None
    };
    match field.kind {
        Kind::Number(without) => {
            let number = value.and_then(Value::as_u64).or(Some(u64::from(without)));
            number_field(ui, path, &look("", true), number, false, out)
        }
        Kind::Count(without) => {
            let number = value.and_then(Value::as_u64);
            number_field(ui, path, &look(without, true), number, true, out)
        }
        Kind::Word => word_field(ui, path, &look("", false), text, false, out),
        Kind::Name(without) => word_field(ui, path, &look(without, false), text, true, out),
        Kind::Id => {
            let typed = around.model.typed_key.as_ref().filter(|(of, _)| of == path);
            let typed = typed.map(|(_, text)| text.as_str());
            id_field(ui, path, &look("", true), (text, typed), out)
        }
        Kind::Switch => catalogued(ui, ModelKind::Switch, None, out),
        Kind::SwitchOr(none) => catalogued(ui, ModelKind::Switch, Some(none), out),
        Kind::Server => catalogued(ui, ModelKind::Server, None, out),
        Kind::Card => catalogued(ui, ModelKind::Card, None, out),
        Kind::Rack => catalogued(ui, ModelKind::Rack, None, out),
        Kind::Segment(choices) => {
            let first = choices.first().map_or("", |(id, _)| id);
            let now = value.and_then(Value::as_str).unwrap_or(first);
            segment_field(ui, (path, field.label), now, choices, out);
            None
        }
        Kind::Choice(choices) => {
            let first = choices.first().map_or("", |(id, _)| id);
            let now = value.and_then(Value::as_str).unwrap_or(first);
            choice_field(ui, path, label, edge, now, choices, out);
            None
        }
        Kind::ChoiceOr(none, choices) => {
            let all: Vec<_> = std::iter::once(("", none)).chain(choices.iter().copied()).collect();
            choice_field(ui, path, label, edge, text, &all, out);
            None
        }
        Kind::Several(choices) => {
            pickers::several(ui, path, (label, edge), value, choices, out);
            None
        }
        Kind::Ratio(without) => {
            let read = |typed: &str| match typed.trim() {
                "" => Ok(EditValue::left_out()),
                typed => match typed.parse::<Ratio>() {
                    Ok(ratio) => Ok(EditValue::Text(ratio.to_string())),
                    Err(_) => Err("Write down : up, such as 2:1, each 1 to 1,000.".to_owned()),
                },
            };
            read_field(ui, path, &look(without, true), text, read, out)
        }
        Kind::Ports => {
            read_field(ui, path, &look("1-32", true), text, |t| values::ports(t, false), out)
        }
        Kind::PortsOr(none) => {
            read_field(ui, path, &look(none, true), text, |t| values::ports(t, true), out)
        }
        Kind::Breakout => {
            let ports = around.within.and_then(|zone| zone.get("ports")?.as_str());
            match pickers::switch_of(around) {
                Some(model) => {
                    let can = pickers::breakouts(model, ports.unwrap_or_default());
                    let names = can.iter().map(ToString::to_string).collect();
                    named(ui, names, out)
                }
                None => read_field(ui, path, &look("1x400", true), text, values::breakout, out),
            }
        }
        Kind::Numbers => {
            let shown = values::numbers_text(value);
            read_field(ui, path, &look("none", true), &shown, values::numbers, out)
        }
        Kind::EachOnce => {
            let shown = values::numbers_text(value);
            let read = |typed: &str| match values::numbers(typed) {
                Ok(EditValue::Tree(Value::Null)) => {
                    Err("List each cage of the zone once, or choose another order.".to_owned())
                }
                read => read,
            };
            read_field(ui, path, &look("", true), &shown, read, out)
        }
        Kind::Texts => {
            let shown = values::texts_text(value);
            let read = |typed: &str| Ok(values::texts(typed));
            read_field(ui, path, &look("none", false), &shown, read, out)
        }
        Kind::Labels => {
            let shown = values::labels_text(value);
            let hint = look("environment=lab", false);
            read_field(ui, path, &hint, &shown, values::labels, out)
        }
        Kind::Quantity => {
            let fixed = value.and_then(|value| value.get("fixed")?.as_u64());
            let shown = fixed.map(|n| n.to_string()).unwrap_or_default();
            read_field(ui, path, &look("automatic", true), &shown, values::quantity, out)
        }
        Kind::Order => {
            let custom = value.is_some_and(|value| value.get("custom").is_some());
            let now = if custom {
                "custom"
            } else if text.is_empty() {
                "sequential"
            } else {
                text
            };
            let mut chosen = Vec::new();
            choice_field(ui, path, label, edge, now, fields::ORDERS, &mut chosen);
            for action in chosen {
                match action {
                    Action::Edit(edit) if edit.value == EditValue::Text("custom".to_owned()) => {
                        let ports = around.within.and_then(|zone| zone.get("ports")?.as_str());
                        let list = values::cages(ports.unwrap_or_default());
                        let value = EditValue::Tree(json!({ "custom": list }));
                        // Each zone has cages of its own.
                        out.push(Action::Mend(crate::model::Edit { value, ..edit }));
                    }
                    other => out.push(other),
                }
            }
            None
        }
        Kind::Distribution => {
            let now = match value {
                Some(Value::Object(fields)) => fields.keys().next().map_or("", String::as_str),
                _ => text,
            };
            let mut chosen = Vec::new();
            choice_field(ui, path, label, edge, now, fields::DISTRIBUTIONS, &mut chosen);
            for action in chosen {
                match action {
                    Action::Edit(edit) => {
                        let value = values::distribution(&edit.value.to_string());
                        edit_at_once(path, value, out);
                    }
                    other => out.push(other),
                }
            }
            None
        }
        Kind::CardOfClass => {
            let nics = around.class.and_then(|class| class.get("nics")?.as_array());
            named(ui, values::ids(nics), out)
        }
        Kind::SwitchClass => named(ui, switch_classes(around.model), out),
        Kind::Zone => {
            let class = around.within.and_then(|row| row.get("switch_class")?.as_str());
            match zones(around.model, class.unwrap_or_default()) {
                Some(zones) => named(ui, zones, out),
                None => word_field(ui, path, &look("", false), text, false, out),
            }
        }
    }
}

/// The switch classes that a connection can go to: those of the plan and those of its cluster.
fn switch_classes(model: &Model) -> Vec<String> {
    let own = model.plan.spec.switch_classes.iter().map(|class| class.id.clone());
    let mut all: Vec<String> = own.collect();
    if let Some(answer) = &model.answer {
        for class in answer.evaluation.fabric.classes.iter().filter(|c| c.role.is_switch()) {
            if !all.contains(&class.family) {
                all.push(class.family.clone());
            }
        }
    }
    all
}

/// The zones of a switch class of the plan.
fn zones(model: &Model, class: &str) -> Option<Vec<String>> {
    let class = model.plan.spec.switch_classes.iter().find(|known| known.id == class)?;
    Some(class.zones.iter().map(|zone| zone.id.clone()).collect())
}

/// A caret that opens and closes something, as a button.
fn caret(ui: &mut Ui, open: bool, label: &str) -> egui::Response {
    use egui_phosphor::regular as icon;
    let mark = if open { icon::CARET_DOWN } else { icon::CARET_RIGHT };
    let color = tokens(ui.ctx()).dim;
    let response = ui.add(
        Button::new(RichText::new(mark).size(11.0).color(color))
            .frame(false)
            .sense(Sense::click())
            .min_size(vec2(14.0, theme::ROW_HEIGHT)),
    );
    let state = if open { "close" } else { "open" };
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{state} {label}")));
    response
}
