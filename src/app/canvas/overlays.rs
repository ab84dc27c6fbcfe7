//! What lies over the drawing: the views and the search, the zoom, the legend, what is said of the
//! block or bundle under the pointer or selected, and that something is lacking.

use super::Canvas;
use crate::app::command::{Action, Command};
use crate::app::model::{Model, is_whole};
use crate::app::search::search_ui;
use crate::app::selection::{Marks, Selection, counts_of};
use crate::app::tables::centre_tabs_ui;
use crate::app::theme::{self, tokens};
use crate::app::widgets::{command_button, link, mark};
use crate::diff::{Addition, ChangeSet};
use crate::fabric::Fabric;
use crate::model::{counted, grouped};
use crate::scene::{Block, Scene, State};
use egui::{Align2, Button, Pos2, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use egui_phosphor::regular as icon;
use std::collections::BTreeMap;

/// Classes that are counted beside the drawing.
const MOST_COUNTS: usize = 8;
/// Says that the drawing is not the whole plan while errors keep something from being woven, above
/// what floats at the lower edge. Gives where.
fn lacking_ui(
    ui: &mut Ui,
    model: &Model,
    (inner, legend): (Rect, Option<Rect>),
    out: &mut Vec<Action>,
) -> Option<Rect> {
    let words = match (&model.answer, model.drawn()) {
        (_, Some((_, true))) => "The spec has errors; drawn is the last plan that had none.",
        (Some(answer), _) if !is_whole(answer) => {
            "The spec has errors; what they touch is not drawn."
        }
        _ => return None,
    };
    let t = tokens(ui.ctx());
    let below = legend.map_or(inner.bottom(), |legend| legend.top() - 8.0);
    let room = Rect::from_min_max(pos2(inner.left(), below - 30.0), pos2(inner.right(), below));
    let drawn = ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
        let drawn = theme::floating_box(ui.style()).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                mark(ui, icon::WARNING_OCTAGON, t.removed, 13.0);
                ui.label(RichText::new(words).size(11.0));
                let spoken = "Go to the next error";
                if link(ui, "Next finding", spoken).clicked() {
                    out.push(Action::Do(Command::NextFinding));
                }
            });
        });
        drawn.response.rect
    });
    Some(drawn.inner)
}

/// What floats above the drawing: commands, legend, details.
pub(super) fn overlays_ui(
    ui: &mut Ui,
    canvas: &Canvas,
    model: &Model,
    rect: Rect,
    out: &mut Vec<Action>,
) -> Option<Rect> {
    let inner = rect.shrink(12.0);
    tabs_ui(ui, canvas, model, rect, out);
    let top = inner.top() + if is_narrow(rect) { 32.0 } else { 0.0 };
    let strip = Rect::from_min_size(pos2(inner.right() - 104.0, top), vec2(104.0, 26.0));
    ui.scope_builder(UiBuilder::new().max_rect(strip), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (command, mark) in [
                (Command::ZoomOut, icon::MINUS),
                (Command::ZoomIn, icon::PLUS),
                (Command::Fit, icon::CORNERS_OUT),
            ] {
                command_button(ui, model, command, Button::new(mark), out);
            }
        });
    });
    // Where nothing was compared, no colour says anything.
    let legend = changes_drawn(model).map(|_| legend_ui(ui, canvas, model, inner));
    let lacking = lacking_ui(ui, model, (inner, legend), out);
    let foot = legend.into_iter().chain(lacking).reduce(Rect::union);
    details_ui(ui, canvas, model, (rect, top), foot);
    foot
}

/// What is said of the block or bundle under the pointer, or of what is selected.
fn details_ui(
    ui: &mut Ui,
    canvas: &Canvas,
    model: &Model,
    (rect, top): (Rect, f32),
    foot: Option<Rect>,
) {
    let inner = rect.shrink(12.0);
    let Marks { blocks, bundles, .. } = &*canvas.marks;
    let lines = match (canvas.hovered, blocks.first(), bundles.first()) {
        (Some(block), _, _) => block_details(&canvas.scene, model, block),
        (None, None, None) => return,
        (None, Some(block), None) if blocks.len() == 1 => {
            one_of_block(canvas, model, fabric_of(model), *block)
                .or_else(|| block_details(&canvas.scene, model, *block))
        }
        (None, None, Some(bundle)) if bundles.len() == 1 => {
            bundle_details(&canvas.scene, model, *bundle)
        }
        _ => selection_details(&model.selection),
    };
    let Some((title, lines)) = lines.filter(|_| model.dialog.is_none()) else { return };
    let id = ui.id().with("details");
    // As large as it was last: that is close enough to find a corner for it.
    let size = ui.memory(|memory| memory.area_rect(id)).map_or(DETAILS_SIZE, |area| area.size());
    let room = Rect::from_min_max(pos2(inner.left(), top + 34.0), inner.max);
    let (corner, at) = free_corner(canvas, rect, (room, foot), size);
    let drawn = egui::Area::new(id)
        .interactable(false)
        .order(egui::Order::Middle)
        .constrain_to(rect)
        .pivot(corner)
        .fixed_pos(at)
        .show(ui.ctx(), |ui| {
            theme::floating_box(ui.style()).shadow(ui.visuals().popup_shadow).show(ui, |ui| {
                let t = tokens(ui.ctx());
                ui.label(RichText::new(title).font(theme::mono(12.5)));
                egui::Grid::new("details").num_columns(2).spacing(vec2(18.0, 2.0)).show(ui, |ui| {
                    for (name, value) in lines {
                        ui.label(RichText::new(name).color(t.dim));
                        ui.label(value);
                        ui.end_row();
                    }
                });
            });
        });
    if (drawn.response.rect.size() - size).length() > 0.5 {
        // Its corner was found for another size.
        ui.ctx().request_repaint();
    }
}

/// Draws what the signs and colours say, in as many lines as it takes. Gives where.
fn legend_ui(ui: &mut Ui, canvas: &Canvas, model: &Model, inner: Rect) -> Rect {
    let t = tokens(ui.ctx());
    let font = egui::FontId::proportional(11.0);
    let style = theme::floating_box(ui.style());
    let most = inner.width() - style.total_margin().sum().x;
    let mut lines: Vec<Vec<(String, egui::Color32)>> = vec![Vec::new()];
    let mut used = 0.0;
    for state in canvas.scene.legend() {
        let color = t.of_state(state).unwrap_or(t.dim);
        let words = format!("{} {}", state.glyph(), name_of(model, state)).trim().to_owned();
        let galley = ui.painter().layout_no_wrap(words.clone(), font.clone(), color);
        let width = galley.size().x + LEGEND_GAP;
        if used + width - LEGEND_GAP > most && used > 0.0 {
            lines.push(Vec::new());
            used = 0.0;
        }
        used += width;
        if let Some(line) = lines.last_mut() {
            line.push((words, color));
        }
    }
    let height = lines.len() as f32 * LEGEND_LINE + style.total_margin().sum().y;
    let room = Rect::from_min_max(pos2(inner.left(), inner.bottom() - height), inner.max);
    let drawn = ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
        let legend = style.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(LEGEND_GAP, 0.0);
            for line in lines {
                ui.horizontal(|ui| {
                    ui.set_height(LEGEND_LINE);
                    for (words, color) in line {
                        ui.label(RichText::new(words).color(color).font(font.clone()));
                    }
                });
            }
        });
        legend.response.on_hover_text(HANDLING).rect
    });
    drawn.inner
}

/// Between two states of the legend, and from one of its lines to the next.
const LEGEND_GAP: f32 = 8.0;
const LEGEND_LINE: f32 = 18.0;

/// How the drawing is handled, for who looks at the legend.
const HANDLING: &str = "Press to select, and a block again for one of its servers; with Ctrl to \
                        add; drag with Shift to select all in a rectangle.\nDrag, or two fingers, to move; the wheel, or pinch, to zoom; \
                        arrow keys go from one to the next.";
/// Room for details, before they were ever drawn.
const DETAILS_SIZE: egui::Vec2 = vec2(250.0, 110.0);

/// The corner in which a box covers the fewest blocks, and least of all the one it is about.
fn free_corner(
    canvas: &Canvas,
    rect: Rect,
    (room, foot): (Rect, Option<Rect>),
    size: egui::Vec2,
) -> (Align2, Pos2) {
    // The legend lies in a corner; what is in the other ones may come down to the edge.
    let (width, height) = foot.map_or((0.0, 0.0), |foot| (foot.width(), foot.height() + 8.0));
    let above_legend = room.left_bottom() - vec2(0.0, height);
    // In a narrow view the legend reaches into the corner beside it.
    let right = if room.width() < size.x + width + 8.0 { height } else { 0.0 };
    let corners = [
        (Align2::RIGHT_BOTTOM, room.right_bottom() - vec2(0.0, right)),
        (Align2::RIGHT_TOP, room.right_top()),
        (Align2::LEFT_BOTTOM, above_legend),
        (Align2::LEFT_TOP, room.left_top()),
    ];
    let covered = |(corner, at): &(Align2, Pos2)| {
        let area = corner.anchor_size(*at, size);
        let blocks = (0u32..).zip(&canvas.scene.blocks);
        let there = blocks.filter(|(_, b)| canvas.area_on_screen(rect, b.area).intersects(area));
        let weight = |n: u32| {
            let is_it = canvas.hovered == Some(n) || canvas.marks.blocks.contains(&n);
            if is_it { 1_000_000 } else { 1 }
        };
        there.map(|(n, _)| weight(n)).sum::<u64>()
    };
    // The first of those that are equally good.
    corners.into_iter().min_by_key(covered).unwrap_or((Align2::RIGHT_BOTTOM, room.right_bottom()))
}

/// The choice of the view, and the field that finds things in it.
pub(super) fn tabs_ui(
    ui: &mut Ui,
    canvas: &Canvas,
    model: &Model,
    rect: Rect,
    out: &mut Vec<Action>,
) {
    // Where they stand over a table.
    let inner = rect.shrink2(vec2(11.0, 8.0));
    let narrow = is_narrow(rect);
    let search = |ui: &mut Ui, out: &mut Vec<Action>| {
        ui.spacing_mut().item_spacing.x = 8.0;
        // What was found is counted beside the field.
        let counted = if model.search.text.is_empty() { 0.0 } else { 110.0 };
        let width = (ui.available_width() - counted - 24.0).clamp(60.0, 220.0);
        search_ui(ui, model, width, out);
    };
    let beside = if narrow { 0.0 } else { 112.0 };
    let strip = Rect::from_min_size(inner.min, vec2(inner.width() - beside, 26.0));
    let is_drawn = !canvas.scene.blocks.is_empty();
    ui.scope_builder(UiBuilder::new().max_rect(strip), |ui| {
        ui.horizontal(|ui| {
            centre_tabs_ui(ui, model, out);
            if is_drawn && !narrow {
                ui.add_space(8.0);
                search(ui, out);
            }
        });
    });
    if is_drawn && narrow {
        let below = inner.min + vec2(0.0, 32.0);
        let strip = Rect::from_min_size(below, vec2(inner.width() - 112.0, 26.0));
        ui.scope_builder(UiBuilder::new().max_rect(strip), |ui| {
            ui.horizontal(|ui| search(ui, out));
        });
    }
}

/// True if the choice of the view, the search and the zoom do not fit beside each other.
pub(super) fn is_narrow(rect: Rect) -> bool {
    rect.width() < 500.0
}

type Details = Option<(String, Vec<(String, String)>)>;

/// How many of each class are selected.
fn selection_details(selection: &Selection) -> Details {
    let counts = counts_of(selection);
    let more = counts.len().saturating_sub(MOST_COUNTS);
    let mut lines: Vec<(String, String)> = counts
        .into_iter()
        .take(MOST_COUNTS)
        .map(|(class, count)| (class, grouped(count as u64)))
        .collect();
    if more > 0 {
        lines.push((counted(more as u64, "class more", "classes more"), String::new()));
    }
    Some((format!("{} selected", grouped(selection.len() as u64)), lines))
}

fn block_details(scene: &Scene, model: &Model, index: u32) -> Details {
    let block = scene.blocks.get(index as usize)?;
    let mut lines = Vec::new();
    if !block.model.is_empty() {
        // Of a device of somebody else the plan knows the name only.
        lines.push(("Model".to_owned(), block.model.clone()));
    }
    if block.count > 1 {
        lines.push(("Devices".to_owned(), block.count.to_string()));
    }
    if let Some(su) = block.su {
        lines.push(("Scalable unit".to_owned(), (su + 1).to_string()));
    }
    let mut towards: BTreeMap<(String, u32), u32> = BTreeMap::new();
    let mut others: BTreeMap<(State, String), u32> = BTreeMap::new();
    for bundle in scene.bundles.iter().filter(|b| b.a == index || b.b == index) {
        let other = if bundle.a == index { bundle.b } else { bundle.a };
        if let Some(other) = scene.blocks.get(other as usize) {
            if bundle.links > 0 {
                *towards.entry((other.class.clone(), bundle.speed_gbps)).or_default() +=
                    bundle.links;
            }
            for (state, cables) in [(State::Added, bundle.back), (State::Removed, bundle.gone)] {
                if cables > 0 {
                    *others.entry((state, other.class.clone())).or_default() += cables;
                }
            }
        }
    }
    for ((class, speed), links) in towards {
        lines.push((format!("Links to {class}"), format!("{links} × {speed}G")));
    }
    for ((state, class), cables) in others {
        lines.push((format!("{} Cables to {class}", state.glyph()), cables.to_string()));
    }
    let state = if only_parts_change(block, model) {
        format!("{} only its ports or cables", block.state.glyph())
    } else {
        format!("{} {}", block.state.glyph(), name_of(model, block.state))
    };
    lines.push(("State".to_owned(), state.trim().to_owned()));
    let not_built = block.states.iter().filter(|state| **state == State::NotBuilt).count();
    if not_built > 0 && block.state != State::NotBuilt {
        lines.push(("○ Not built".to_owned(), grouped(not_built as u64)));
    }
    Some((block.name.clone(), lines))
}

/// The changes that are drawn; none if nothing was compared.
fn changes_drawn(model: &Model) -> Option<&ChangeSet> {
    model.drawn().and_then(|(answer, _)| answer.evaluation.changes.as_deref())
}

/// The word for a state among the changes that are drawn.
fn name_of(model: &Model, state: State) -> &'static str {
    state.name_in(changes_drawn(model))
}

fn fabric_of(model: &Model) -> Option<&Fabric> {
    model.drawn().map(|(answer, _)| &*answer.evaluation.fabric)
}

/// What is heard of what was chosen last: its name and its state.
pub(super) fn spoken_lead(canvas: &Canvas, model: &Model, fabric: &Fabric) -> Option<String> {
    let lead = model.selection.lead()?;
    let marks = Marks::of_one(&canvas.scene, fabric, lead);
    let block = || canvas.scene.blocks.get(*marks.blocks.first()? as usize);
    let (name, state) = match lead.device_index(fabric) {
        Some(device) => {
            let block = block()?;
            let place = block.first_device.and_then(|first| device.checked_sub(first));
            let state = place.and_then(|place| block.states.get(place as usize).copied());
            (fabric.device_name(device), state.unwrap_or(block.state))
        }
        None => match marks.bundles.first() {
            Some(bundle) => {
                let bundle = canvas.scene.bundles.get(*bundle as usize)?;
                let end = |n: u32| canvas.scene.blocks.get(n as usize).map(|b| b.name.as_str());
                (format!("{} – {}", end(bundle.a)?, end(bundle.b)?), bundle.state)
            }
            None => block().map(|block| (block.name.clone(), block.state))?,
        },
    };
    Some(format!("{name}, {}", name_of(model, state)))
}

/// What is said of a single device that is selected out of a block of many.
fn one_of_block(canvas: &Canvas, model: &Model, fabric: Option<&Fabric>, index: u32) -> Details {
    let block = canvas.scene.blocks.get(index as usize)?;
    let lead = model.selection.lead().filter(|_| model.selection.len() == 1)?;
    if block.count == 1 {
        return None;
    }
    let fabric = fabric?;
    let device = lead.device_index(fabric)?;
    let place = device.checked_sub(block.first_device?)?;
    let state = block.states.get(place as usize)?;
    let mut lines = vec![
        ("Model".to_owned(), block.model.clone()),
        ("Drawn with".to_owned(), block.name.clone()),
    ];
    lines.extend(block.su.map(|su| ("Scalable unit".to_owned(), (su + 1).to_string())));
    let state = format!("{} {}", state.glyph(), name_of(model, *state));
    lines.push(("State".to_owned(), state.trim().to_owned()));
    Some((fabric.device_name(device), lines))
}

/// True if the devices of a block that is drawn as changed stay as they are themselves.
fn only_parts_change(block: &Block, model: &Model) -> bool {
    let (State::Changed, Some(first)) = (block.state, block.first_device) else { return false };
    let devices = first..first.saturating_add(block.count);
    let own = |what: Addition| matches!(what, Addition::Device(n) if devices.contains(&n));
    // What a run had before has numbers of its own.
    let changes = changes_drawn(model).filter(|changes| changes.purpose.is_converge());
    // Devices come first in both lists; what follows them may be a million interfaces and cables.
    let is_device = |what: Addition| matches!(what, Addition::Device(_));
    changes.is_some_and(|changes| {
        let mut added = changes.additions.iter().copied().take_while(|what| is_device(*what));
        let modified = changes.modifications.iter().map(|m| m.desired);
        !added.any(own) && !modified.take_while(|what| is_device(*what)).any(own)
    })
}

fn bundle_details(scene: &Scene, model: &Model, index: u32) -> Details {
    let bundle = scene.bundles.get(index as usize)?;
    let name = |block: u32| scene.blocks.get(block as usize).map(|b| b.name.clone());
    let mut lines = Vec::new();
    if bundle.links > 0 {
        lines.push(("Links".to_owned(), format!("{} × {}G", bundle.links, bundle.speed_gbps)));
    }
    let group = model
        .drawn()
        .and_then(|(answer, _)| answer.evaluation.fabric.groups.get(bundle.group as usize))
        .filter(|_| bundle.links > 0);
    if let Some(group) = group {
        lines.push(("Fabric".to_owned(), group.fabric.clone()));
    }
    let added = bundle.added.saturating_add(bundle.back);
    let removed = bundle.removed.saturating_add(bundle.gone);
    for (what, count) in [
        ("+ added", added),
        ("~ changed", bundle.changed),
        ("− removed", removed),
        ("≠ drifted", bundle.drifted),
        ("○ not built", bundle.not_built),
    ] {
        if count > 0 {
            lines.push((what.to_owned(), count.to_string()));
        }
    }
    Some((format!("{} – {}", name(bundle.a)?, name(bundle.b)?), lines))
}
