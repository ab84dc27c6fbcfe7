//! Fields whose value is chosen rather than typed: models with what is known of them, cages drawn
//! as they stand on the switch, breakouts that those cages can have, names that the plan has.

use super::Around;
use crate::app::command::Action;
use crate::app::model::Model;
use crate::app::theme::{self, FIELD_WIDTH, tokens};
use crate::app::widgets::{choose, edit_at_once, note_widget, tick};
use crate::catalog::{Breakout, Catalog, PortGroup, PortList, PortPurpose, SwitchModel};
use crate::model::{EditValue, SpecPath, grouped};
use crate::plan::Plan;
use egui::{
    Button, ComboBox, CornerRadius, Id, Key, Modifiers, PopupCloseBehavior, RichText, ScrollArea,
    Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use serde_json::Value;
use std::collections::BTreeSet;

/// Something to choose: its id, what it is called, and what is known of it.
pub(in crate::app) struct Known {
    pub id: String,
    pub name: String,
    pub facts: String,
    /// What would be wrong with it here, if that is known.
    pub problem: Option<String>,
}

/// What kind of model is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum ModelKind {
    Switch,
    Server,
    Card,
    Rack,
}

/// The models of a kind: those of the plan first, then those of the catalogue.
pub(in crate::app) fn models(catalog: &Catalog, plan: &Plan, kind: ModelKind) -> Vec<Known> {
    let own = &plan.spec.models;
    fn both<'a, T: 'a>(
        own: &'a [T],
        known: impl Iterator<Item = &'a T>,
        id: impl Fn(&T) -> &str,
        make: impl Fn(&T) -> Known,
    ) -> Vec<Known> {
        let mine: BTreeSet<&str> = own.iter().map(&id).collect();
        let known: Vec<&T> = known.filter(|model| !mine.contains(id(model))).collect();
        own.iter().chain(known).map(make).collect()
    }
    match kind {
        ModelKind::Switch => both(
            &own.switches,
            catalog.switches.values(),
            |model| &model.id,
            |model| Known {
                id: model.id.clone(),
                name: named(&model.manufacturer, &model.model),
                facts: switch_facts(model),
                problem: None,
            },
        ),
        ModelKind::Server => both(
            &own.servers,
            catalog.servers.values(),
            |model| &model.id,
            |model| {
                let mut facts =
                    vec![format!("{} GPUs", model.gpus), format!("{}U", model.rack_units)];
                facts.extend(model.max_power_w.map(watts));
                Known {
                    id: model.id.clone(),
                    name: named(&model.manufacturer, &model.model),
                    facts: facts.join(" · "),
                    problem: None,
                }
            },
        ),
        ModelKind::Card => both(
            &own.nics,
            catalog.nics.values(),
            |model| &model.id,
            |model| Known {
                id: model.id.clone(),
                name: model.model.clone(),
                facts: format!("{} × {}G {}", model.ports, model.speed_gbps, model.cage.name()),
                problem: None,
            },
        ),
        ModelKind::Rack => both(
            &own.racks,
            catalog.racks.values(),
            |model| &model.id,
            |model| {
                let mut facts = vec![format!("{}U", model.rack_units)];
                facts.extend(model.max_power_w.map(watts));
                Known {
                    id: model.id.clone(),
                    name: named(&model.manufacturer, &model.model),
                    facts: facts.join(" · "),
                    problem: None,
                }
            },
        ),
    }
}

/// The name of a model, or its id where it is not known.
pub(super) fn name_of(model: &Model, kind: ModelKind, id: &str) -> String {
    let own = &model.plan.spec.models;
    let known = &model.catalog;
    let name = match kind {
        ModelKind::Switch => own
            .switches
            .iter()
            .find(|m| m.id == id)
            .or_else(|| known.switches.get(id))
            .map(|m| named(&m.manufacturer, &m.model)),
        ModelKind::Server => own
            .servers
            .iter()
            .find(|m| m.id == id)
            .or_else(|| known.servers.get(id))
            .map(|m| named(&m.manufacturer, &m.model)),
        ModelKind::Card => {
            let own = own.nics.iter().find(|m| m.id == id);
            own.or_else(|| known.nics.get(id)).map(|m| m.model.clone())
        }
        ModelKind::Rack => own
            .racks
            .iter()
            .find(|m| m.id == id)
            .or_else(|| known.racks.get(id))
            .map(|m| named(&m.manufacturer, &m.model)),
    };
    name.unwrap_or_else(|| id.to_owned())
}

fn watts(watts: u32) -> String {
    format!("{} W at most", grouped(u64::from(watts)))
}

fn switch_facts(model: &SwitchModel) -> String {
    let ports =
        model.ports.iter().filter(|group| group.purpose == PortPurpose::Data).map(|group| {
            // Some cages are never one port: said is what they offer at most.
            let most = group.breakouts.iter().max_by_key(|b| (b.speed_gbps, b.lanes));
            let whole = group.breakouts.iter().any(|b| b.speed_gbps == group.speed_gbps);
            let cages = group.cages.cages().len();
            match most.filter(|_| !whole) {
                Some(most) => format!("{cages} {} of {most}G", group.cage.name()),
                None => format!("{cages} × {}G {}", group.speed_gbps, group.cage.name()),
            }
        });
    let mut facts: Vec<String> = ports.collect();
    facts.push(format!("{}U", model.rack_units));
    facts.extend(model.max_power_w.map(watts));
    facts.join(" · ")
}

fn named(manufacturer: &str, model: &str) -> String {
    if model.starts_with(manufacturer) {
        model.to_owned()
    } else {
        format!("{manufacturer} {model}")
    }
}

/// A list to choose from, with a search and the facts of each; `none` stands for no value.
pub(super) fn picker(
    ui: &mut Ui,
    path: &SpecPath,
    (label, edge): (Id, Option<Stroke>),
    (value, shown): (Option<&str>, &str),
    none: Option<&str>,
    options: impl FnOnce() -> Vec<Known>,
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    ui.scope(|ui| {
        if let Some(edge) = edge {
            ui.visuals_mut().widgets.inactive.bg_stroke = edge;
        }
        ui.set_max_width(FIELD_WIDTH);
        let search_id = Id::new(("search", path.as_str()));
        let words = match value {
            Some(_) => RichText::new(shown),
            None => RichText::new(none.unwrap_or_default()).color(t.faint),
        };
        let shown = ComboBox::from_id_salt(path.as_str())
            .width(FIELD_WIDTH)
            .truncate()
            .height(440.0)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .selected_text(words)
            .show_ui(ui, |ui| {
                let chosen = options_ui(ui, search_id, value, none, options());
                if let Some(chosen) = chosen {
                    if chosen.as_deref() != value {
                        choose(path, chosen.as_deref(), out);
                    }
                    ui.close();
                }
            });
        let picking = shown.inner.is_none().then(|| {
            // The next time begins with no search.
            ui.data_mut(|data| data.remove_temp::<Picking>(search_id))
        });
        if let Some(picking) = picking.flatten() {
            // The keyboard goes on from the field, unless a press has led it elsewhere.
            let had = ui.memory(|memory| memory.focused());
            if had.is_none() || had == picking.field {
                shown.response.request_focus();
            }
        }
        note_widget(ui, path, &shown.response);
        shown.response.labelled_by(label);
    });
}

/// The list of a picker. Gives what was chosen: something, or none.
fn options_ui(
    ui: &mut Ui,
    search_id: Id,
    value: Option<&str>,
    none: Option<&str>,
    options: Vec<Known>,
) -> Option<Option<String>> {
    let t = tokens(ui.ctx());
    let without = none.unwrap_or_default();
    let mut chosen = None;
    if options.iter().any(|option| !option.facts.is_empty()) {
        ui.set_min_width(if options.iter().any(|o| o.problem.is_some()) { 460.0 } else { 340.0 });
    }
    let searched = options.len() > 8;
    let before = ui.data(|data| data.get_temp::<Picking>(search_id)).filter(|_| searched);
    let opened = before.is_none();
    let mut picking = before.unwrap_or_default();
    let (mut entered, mut moved) = (false, false);
    if searched {
        // The arrows move the choice and not the cursor of the field.
        let (down, up) = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            (pressed(Key::ArrowDown), pressed(Key::ArrowUp))
        });
        moved = down || up || picking.frames < 3;
        let field = ui.add(
            TextEdit::singleline(&mut picking.search)
                .hint_text(RichText::new("Search").color(t.faint))
                .char_limit(80)
                .margin(egui::Margin::symmetric(8, 3))
                .desired_width(f32::INFINITY),
        );
        field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Search the list"));
        if opened {
            // The search is what the keyboard is for.
            field.request_focus();
        }
        picking.field = Some(field.id);
        entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if field.changed() {
            // The first that fits, for Enter takes it.
            let found = options.iter().filter(|option| meets(option, &picking.search));
            let fits = found.clone().position(|option| option.problem.is_none());
            picking.line = Some(fits.unwrap_or(0));
        }
        picking.frames = picking.frames.saturating_add(1);
        if down {
            picking.line = Some(picking.line.map_or(0, |line| line + 1));
        }
        if up {
            picking.line = picking.line.map(|line| line.saturating_sub(1));
        }
        ui.add_space(2.0);
    }
    let none = none.filter(|_| picking.search.trim().is_empty()).map(|_| None);
    let found = options.iter().filter(|option| meets(option, &picking.search)).map(Some);
    let rows: Vec<Option<&Known>> = none.into_iter().chain(found).collect();
    let now = |row: &Option<&Known>| row.map(|option| option.id.as_str()) == value;
    // It begins at what is chosen already, so that Enter alone changes nothing.
    let begin = || rows.iter().position(now).unwrap_or(0);
    let line = picking.line.unwrap_or_else(begin).min(rows.len().saturating_sub(1));
    picking.line = Some(line);
    let picking_words = picking.search.trim().to_owned();
    if searched {
        ui.data_mut(|data| data.insert_temp(search_id, picking));
    }
    // Why a model does not fit stands above the list, where it covers no other and a low window
    // does not cut it. Which one is meant the list has said in the frame before.
    let why_id = search_id.with("why");
    let why: String = ui.data(|data| data.get_temp(why_id)).unwrap_or_default();
    if options.iter().any(|option| option.problem.is_some()) {
        ui.allocate_ui(vec2(ui.available_width(), WHY_HEIGHT), |ui| {
            ui.set_min_height(WHY_HEIGHT);
            let tried = "Each was tried in this plan. What is applied was not looked at.";
            let words = if why.is_empty() { tried } else { &why };
            let words = RichText::new(words).font(theme::small());
            ui.add(egui::Label::new(words.color(t.dim)).wrap());
        });
        ui.separator();
    }
    let mut told = None;
    // A search that finds little makes the list no lower: it would not grow again.
    let height = if searched { LIST_HEIGHT } else { 0.0 };
    let area = ScrollArea::vertical().max_height(LIST_HEIGHT).min_scrolled_height(height);
    area.auto_shrink([false, !searched]).show(ui, |ui| {
        for (n, row) in rows.iter().enumerate() {
            let (name, facts) = match row {
                Some(option) => (option.name.as_str(), option.facts.as_str()),
                None => (without, ""),
            };
            let (is, here) = (now(row), searched && n == line);
            let problem = row.and_then(|option| option.problem.as_deref());
            let ink = if problem.is_some() { t.dim } else { t.text };
            let facts = RichText::new(facts).font(theme::small()).color(t.dim);
            let name_shown = RichText::new(name).color(ink);
            let button = match problem {
                Some(_) => {
                    let unfit = format!("{} does not fit", icon::WARNING);
                    let unfit = RichText::new(unfit).font(theme::small()).color(t.changed);
                    Button::selectable(is, name_shown).right_text((facts, unfit))
                }
                None => Button::selectable(is, name_shown).right_text(facts),
            };
            let response = ui.add(button.min_size(vec2(ui.available_width(), 0.0)));
            if here {
                let edge = Stroke::new(1.0, t.accent);
                ui.painter().rect_stroke(response.rect, 3.0, edge, egui::StrokeKind::Inside);
            }
            let spoken =
                if problem.is_some() { format!("{name}, does not fit") } else { name.to_owned() };
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::SelectableLabel, true, is || here, &spoken)
            });
            if response.hovered() || (here && told.is_none()) {
                told = problem;
            }
            if here && moved {
                response.scroll_to_me(None);
            }
            if response.clicked() || (here && entered) {
                chosen = Some(row.map(|option| option.id.clone()));
            }
        }
        if rows.is_empty() {
            let searched = !picking_words.is_empty();
            let words =
                if searched { "Nothing has that in its name." } else { "There is none yet." };
            ui.label(RichText::new(words).color(t.dim));
        }
    });
    if told.unwrap_or_default() != why {
        ui.data_mut(|data| data.insert_temp(why_id, told.unwrap_or_default().to_owned()));
        ui.ctx().request_repaint();
    }
    chosen
}

/// How high a list is at most, and one that is searched.
const LIST_HEIGHT: f32 = 320.0;

/// Room for why a model does not fit.
const WHY_HEIGHT: f32 = 30.0;

/// What is typed into the search of a list, and the line that Enter takes.
#[derive(Clone, Debug, Default)]
struct Picking {
    search: String,
    line: Option<usize>,
    /// For how many frames it has been open: its size is known after the first two.
    frames: u8,
    /// The field of the search.
    field: Option<Id>,
}

/// A list of which any may be ticked.
pub(super) fn several(
    ui: &mut Ui,
    path: &SpecPath,
    (label, edge): (Id, Option<Stroke>),
    value: Option<&Value>,
    choices: &[(&str, &str)],
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    let ticked = |id: &str| {
        let all = value.and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).any(|one| one == id)
    };
    ui.scope(|ui| {
        if let Some(edge) = edge {
            ui.visuals_mut().widgets.inactive.bg_stroke = edge;
        }
        ui.set_max_width(FIELD_WIDTH);
        let names: Vec<&str> =
            choices.iter().filter(|(id, _)| ticked(id)).map(|(_, name)| *name).collect();
        let words = match names.as_slice() {
            [] => RichText::new("none").color(t.faint),
            names => RichText::new(names.join(", ")),
        };
        let shown = ComboBox::from_id_salt(path.as_str())
            .width(FIELD_WIDTH)
            .truncate()
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .selected_text(words)
            .show_ui(ui, |ui| {
                for (id, name) in choices {
                    let mut on = ticked(id);
                    if tick(ui, &mut on, *name).changed() {
                        let kept = choices.iter().map(|(one, _)| *one);
                        let kept: Vec<&str> =
                            kept.filter(|one| if one == id { on } else { ticked(one) }).collect();
                        edit_at_once(path, EditValue::Tree(kept.into()), out);
                    }
                }
            });
        note_widget(ui, path, &shown.response);
        shown.response.labelled_by(label);
    });
}

fn meets(option: &Known, search: &str) -> bool {
    let all = format!("{} {} {}", option.name, option.id, option.facts).to_lowercase();
    search.split_whitespace().all(|word| all.contains(&word.to_lowercase()))
}

/// The switch model of a class, wherever it is known.
pub(super) fn switch_of<'a>(around: &Around<'a>) -> Option<&'a SwitchModel> {
    let id = around.switch_class()?.get("model")?.as_str()?;
    let own = around.model.plan.spec.models.switches.iter().find(|model| model.id == id);
    own.or_else(|| around.model.catalog.switches.get(id))
}

/// The first cages in a row of a switch that no zone of its class has, and a breakout that all of
/// them can have; nothing if none is free or the model is not known.
pub(super) fn free_cages(around: &Around<'_>) -> Option<(String, String)> {
    let model = switch_of(around)?;
    let zones = around.switch_class()?.get("zones")?.as_array()?;
    let lists = zones.iter().filter_map(|zone| zone.get("ports")?.as_str());
    let taken: BTreeSet<u16> = lists
        .filter_map(|ports| PortList::parse(ports).ok())
        .flat_map(|ports| ports.cages().to_vec())
        .collect();
    // Of one group, so that there is a breakout for all.
    model.ports.iter().filter(|group| group.purpose == PortPurpose::Data).find_map(|group| {
        let mut free = group.cages.cages().iter().copied().filter(|cage| !taken.contains(cage));
        let first = free.next()?;
        let last = (first + 1..).zip(free).take_while(|(next, cage)| next == cage).last();
        let ports = PortList::range(first, last.map_or(first, |(_, last)| last)).ok()?;
        Some((ports.to_string(), group.breakouts.first()?.to_string()))
    })
}

/// The breakouts that all cages of a list can have; those of the switch if the list has none.
pub(super) fn breakouts(model: &SwitchModel, ports: &str) -> Vec<Breakout> {
    let cages = PortList::parse(ports).map(|list| list.cages().to_vec()).unwrap_or_default();
    let mut groups: Vec<&PortGroup> =
        cages.iter().filter_map(|cage| model.port_group(*cage)).collect();
    groups.dedup_by_key(|group| std::ptr::from_ref(*group));
    if groups.is_empty() {
        groups = model.ports.iter().filter(|g| g.purpose == PortPurpose::Data).collect();
    }
    let Some((first, rest)) = groups.split_first() else { return Vec::new() };
    let can = |breakout: &&Breakout| rest.iter().all(|group| group.breakouts.contains(breakout));
    first.breakouts.iter().filter(can).copied().collect()
}

const CELL: f32 = 9.0;
const STEP: f32 = 11.0;

/// Draws the cages of a switch in two rows, as most stand on the front: those of the list filled,
/// those of other zones of the class dim, the rest open.
pub(super) fn cages_ui(ui: &mut Ui, around: &Around<'_>, text: &str) {
    let Some(model) = switch_of(around) else { return };
    let t = tokens(ui.ctx());
    let Ok(mine) = PortList::parse(text) else { return };
    // Cages for management are drawn where the list has one.
    let shown = |group: &&PortGroup| {
        group.purpose == PortPurpose::Data
            || group.cages.cages().iter().any(|cage| mine.cages().contains(cage))
    };
    let groups = model.ports.iter().filter(shown);
    let mut all: Vec<u16> = groups.flat_map(|group| group.cages.cages().to_vec()).collect();
    all.sort_unstable();
    let beyond = mine.cages().iter().filter(|cage| model.port_group(**cage).is_none()).count();
    let zones = around.switch_class().and_then(|class| class.get("zones")?.as_array());
    let mut others: BTreeSet<u16> = BTreeSet::new();
    for (n, zone) in zones.into_iter().flatten().enumerate() {
        if Some(n) != around.row {
            let ports = zone.get("ports").and_then(Value::as_str).map(PortList::parse);
            others.extend(ports.and_then(Result::ok).iter().flat_map(|p| p.cages().to_vec()));
        }
    }
    let columns = all.len().div_ceil(2).max(1);
    // Wide switches are drawn in several pairs of rows.
    let bands = columns.div_ceil(((ui.available_width() / STEP).floor() as usize).max(8));
    let fit = columns.div_ceil(bands);
    let size = vec2(fit as f32 * STEP, bands as f32 * (2.0 * STEP + 3.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    for (n, cage) in all.iter().enumerate() {
        let (column, row) = (n / 2, n % 2);
        let at = pos2(
            rect.left() + (column % fit) as f32 * STEP,
            rect.top() + (column / fit) as f32 * (2.0 * STEP + 3.0) + row as f32 * STEP,
        );
        let cell = egui::Rect::from_min_size(at, vec2(CELL, CELL));
        let corner = CornerRadius::same(2);
        let painter = ui.painter();
        match (mine.cages().contains(cage), others.contains(cage)) {
            (true, true) => {
                painter.rect_filled(cell, corner, t.accent);
                let edge = Stroke::new(1.5, t.changed);
                painter.rect_stroke(cell, corner, edge, StrokeKind::Inside);
            }
            (true, false) => {
                painter.rect_filled(cell, corner, t.accent);
            }
            (false, true) => {
                painter.rect_filled(cell, corner, t.trunk);
            }
            (false, false) => {
                painter.rect_stroke(cell, corner, Stroke::new(1.0, t.trunk), StrokeKind::Inside);
            }
        }
    }
    let both = mine.cages().iter().filter(|cage| others.contains(cage)).count();
    let count = mine.cages().len() - beyond;
    let mut words = format!("{count} of {} cages", all.len());
    if both > 0 {
        words += &format!(", {both} also in another zone");
    }
    if beyond > 0 {
        words += &format!(", {beyond} that the switch does not have");
    }
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &words));
    let hovered = response.hover_pos().and_then(|at| {
        let (x, y) = (at.x - rect.left(), at.y - rect.top());
        let band = (y / (2.0 * STEP + 3.0)).floor();
        let row = ((y - band * (2.0 * STEP + 3.0)) / STEP).floor().min(1.0);
        let n = (band as usize * fit + (x / STEP).floor() as usize) * 2 + row as usize;
        all.get(n)
    });
    if let Some(cage) = hovered {
        let name = model.cage_name(*cage);
        let group = model.port_group(*cage);
        let facts = group.map(|g| format!(" · {}G {}", g.speed_gbps, g.cage.name()));
        response.on_hover_text_at_pointer(format!("{name}{}", facts.unwrap_or_default()));
    }
    ui.label(RichText::new(words).font(theme::small()).color(t.faint));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breakouts_are_those_of_every_cage() {
        let catalog = Catalog::built_in().unwrap();
        let model = &catalog.switches["celestica-ds5000"];
        let names = |ports: &str| -> Vec<String> {
            breakouts(model, ports).iter().map(ToString::to_string).collect()
        };
        assert!(names("1-32").contains(&"2x400".to_owned()), "{:?}", names("1-32"));
        assert_eq!(names("nonsense"), names("1"), "the data ports of the switch");
        let last = model.ports.last().unwrap();
        if last.purpose == PortPurpose::Management {
            let cage = last.cages.cages()[0].to_string();
            assert!(names(&format!("1,{cage}")).len() < names("1").len());
        }
    }

    #[test]
    fn a_new_zone_takes_cages_that_are_free() {
        let model = Model::new(
            std::sync::Arc::new(Catalog::built_in().unwrap()),
            std::sync::Arc::new(crate::plan::testing::full_plan()),
            crate::session::Target { inventory: "i".into(), site: String::new() },
            crate::store::Settings::default(),
        );
        for (model_id, taken, expected) in [
            ("celestica-ds5000", vec!["1-32"], Some("33-64")),
            ("celestica-ds5000", vec!["1-8", "11-64"], Some("9-10")),
            ("celestica-ds5000", vec!["2-64"], Some("1")),
            ("celestica-ds5000", vec!["1-64"], None),
            ("nobody-makes-it", vec![], None),
        ] {
            let zones: Vec<_> =
                taken.iter().map(|ports| serde_json::json!({ "ports": ports })).collect();
            let class = serde_json::json!({ "model": model_id, "zones": zones });
            let around = Around { model: &model, class: Some(&class), within: None, row: None };
            let found = free_cages(&around);
            assert_eq!(found.as_ref().map(|(ports, _)| ports.as_str()), expected, "{taken:?}");
            assert!(found.is_none_or(|(_, breakout)| breakout == "1x800"));
        }
    }

    #[test]
    fn a_search_meets_name_id_and_facts() {
        let option = Known {
            id: "nvidia-sn5600".to_owned(),
            name: "NVIDIA SN5600".to_owned(),
            facts: "64 × 800G OSFP".to_owned(),
            problem: None,
        };
        for (search, expected) in
            [("", true), ("sn56", true), ("NVIDIA 800g", true), ("nvidia 400g", false)]
        {
            assert_eq!(meets(&option, search), expected, "{search}");
        }
    }
}
