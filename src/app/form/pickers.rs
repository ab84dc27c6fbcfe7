//! What fields whose value is chosen rather than typed choose from: models with what is known of
//! them, cages drawn as they stand on the switch, breakouts that those cages can have.

use super::Around;
use super::choices::{Known, Models, Offer};
use super::fits::Tried;
use crate::app::command::Action;
use crate::app::menus::menu_line;
use crate::app::model::Model;
use crate::app::theme::{self, FIELD_WIDTH, tokens};
use crate::app::widgets::{edit_at_once, note_widget, tick, unfold};
use crate::catalog::{Breakout, Catalog, PortGroup, PortList, PortPurpose, SwitchModel};
use crate::model::{EditValue, SpecPath, grouped};
use crate::plan::Plan;
use egui::{
    ComboBox, CornerRadius, Id, PopupCloseBehavior, RichText, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use serde_json::Value;
use std::collections::BTreeSet;

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
                tried: Tried::Nothing,
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
                    tried: Tried::Nothing,
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
                tried: Tried::Nothing,
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
                    tried: Tried::Nothing,
                }
            },
        ),
    }
}

/// The models for a field, with what is known of each there.
pub(super) fn models_offered(model: &Model, path: &SpecPath, kind: ModelKind) -> Offer {
    let fits = model.fits.as_ref().filter(|fits| fits.is_of(path, &model.plan));
    let mut known = models(&model.catalog, &model.plan, kind);
    for one in &mut known {
        one.tried = fits.map_or(Tried::Nothing, |fits| fits.of(&one.id));
    }
    let models = Models {
        kind,
        applied: fits.map_or(0, |fits| fits.applied(model)),
        in_the_way: fits.and_then(|fits| fits.in_the_way()).map(str::to_owned),
    };
    Offer { known, models: Some(models) }
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
        let list = ComboBox::from_id_salt(path.as_str())
            .width(FIELD_WIDTH)
            .truncate()
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .selected_text(words);
        let response = unfold(ui, list, |ui| {
            for (id, name) in choices {
                let mut on = ticked(id);
                let line = tick(ui, &mut on, *name);
                menu_line(ui, &line);
                if line.changed() {
                    let kept = choices.iter().map(|(one, _)| *one);
                    let kept: Vec<&str> =
                        kept.filter(|one| if one == id { on } else { ticked(one) }).collect();
                    edit_at_once(path, EditValue::Tree(kept.into()), out);
                }
            }
        });
        note_widget(ui, path, &response);
        response.labelled_by(label);
    });
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

    /// An edit makes another plan: what was tried in the one before is shown no more.
    #[test]
    fn a_stale_answer_is_not_shown() {
        use crate::app::form::tried;
        use crate::app::pictures::states;
        let mut model = states::opened(states::plan(16));
        let path = SpecPath::new("spec.cluster.backend.spine_model");
        let shown = |model: &Model| {
            let offer = models_offered(model, &path, ModelKind::Switch);
            let found = offer.known.into_iter().find(|one| one.id == "celestica-ds5000");
            found.map(|one| one.tried).unwrap()
        };
        assert_eq!(shown(&model), Tried::Nothing);
        let ids = ["celestica-ds5000".to_owned()];
        model.fits = Some(tried(&model.plan, path.as_str(), ModelKind::Switch, &ids));
        assert!(matches!(shown(&model), Tried::Fits(_)));
        states::edit(&mut model, |plan| plan.spec.cluster.as_mut().unwrap().servers = 32);
        assert_eq!(shown(&model), Tried::Nothing);
    }
}
