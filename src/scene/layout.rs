//! Where everything stands.

use super::blocks::{Run, group};
use super::geometry::{TILE, TILE_ROWS, TILE_STEP};
use super::others;
use super::states::States;
use super::{Area, Block, Frame, MAX_TILES, RowLabel, Scene, State};
use crate::diff::{ChangeSet, Drift};
use crate::fabric::{Class, DeviceRole, Fabric};
use crate::model::{counted, grouped};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const SWITCH_WIDTH: f32 = 46.0;
const SWITCH_HEIGHT: f32 = 22.0;
pub(super) const BLOCK_GAP: f32 = 16.0;
pub(super) const UNIT_GAP: f32 = 56.0;
/// From servers to the leaves of the innermost fabric.
const SERVER_LEAF: f32 = 190.0;
/// From leaves to spines.
const LEAF_SPINE: f32 = 190.0;
/// From the spines of a fabric to the leaves of the next one outside it.
const FABRIC_GAP: f32 = 110.0;
pub(super) const FRAME_PAD: f32 = 20.0;
/// A drawing wider than this many times its height gets more room between its rows.
const WIDEST: f32 = 2.5;

/// Lays out a fabric, with what a change set would do to it and what has drifted.
pub fn lay_out(fabric: &Fabric, changes: Option<&ChangeSet>, drift: Option<&Drift>) -> Scene {
    let states = States::of(fabric, changes, drift);
    let grouping = group(fabric, &states);
    let mut scene = Scene {
        bundles: grouping.bundles,
        block_of: grouping.block_of,
        bundle_of: grouping.bundle_of,
        ..Scene::default()
    };
    for run in &grouping.runs {
        scene.blocks.push(block_of_run(fabric, &states, *run));
    }
    // A unit is drawn around its servers; where they are of none, leaves stand in a plain row.
    if !scene.blocks.iter().any(|b| b.role == DeviceRole::Server && b.su.is_some()) {
        for block in &mut scene.blocks {
            block.su = None;
        }
    }
    let mut rows = Rows::of(fabric);
    let right = place_units(&mut scene, fabric, &rows);
    while right > WIDEST * rows.height(fabric) {
        // By doubling, so that growth seldom moves a row.
        rows.spread *= 2.0;
    }
    if rows.spread > 1.0 {
        scene.frames.clear();
        place_units(&mut scene, fabric, &rows);
    }
    place_rows(&mut scene, fabric, &rows, right);
    if let Some(changes) = changes {
        others::place(&mut scene, fabric, &rows, &states, changes);
    }
    label_rows(&mut scene, fabric, &rows);
    scene.has_not_built = states.has_not_built();
    let areas = scene.blocks.iter().map(|b| b.area).chain(scene.frames.iter().map(|f| f.area));
    scene.area = areas.reduce(Area::union).unwrap_or_default();
    if !scene.blocks.is_empty() {
        // Room for the labels of rows above and names below.
        scene.area.y -= 30.0;
        scene.area.height += 50.0;
    }
    scene
}

/// The vertical place of each tier of each fabric.
pub(super) struct Rows {
    pub fabrics: Vec<String>,
    /// How many times the least distance the rows lie apart.
    spread: f32,
}

impl Rows {
    fn of(fabric: &Fabric) -> Self {
        let mut fabrics: Vec<String> = Vec::new();
        for name in fabric.classes.iter().filter_map(|class| class.fabric.as_ref()) {
            if !fabrics.contains(name) {
                fabrics.push(name.clone());
            }
        }
        Self { fabrics, spread: 1.0 }
    }

    /// From the uppermost row to the lowest; never less than one distance.
    fn height(&self, fabric: &Fabric) -> f32 {
        let of_class = |class: &Class| self.y(class.role, class.fabric.as_deref());
        let rows = || fabric.classes.iter().filter(|class| class.count > 0).map(of_class);
        let (top, bottom) = (rows().fold(0.0, f32::min), rows().fold(0.0, f32::max));
        (bottom - top).max(SERVER_LEAF * self.spread)
    }

    /// The place of a fabric among those of the plan.
    pub fn position(&self, fabric: Option<&str>) -> Option<usize> {
        fabric.and_then(|name| self.fabrics.iter().position(|f| f == name))
    }

    fn y(&self, role: DeviceRole, fabric: Option<&str>) -> f32 {
        self.y_at(role, self.position(fabric))
    }

    /// The top of a row: servers at 0, fabrics by turns above and below. Those that the plan has no
    /// longer come after its own.
    pub fn y_at(&self, role: DeviceRole, position: Option<usize>) -> f32 {
        let (Some(n), false) = (position, role == DeviceRole::Server) else { return 0.0 };
        let spine = match role {
            DeviceRole::Spine => LEAF_SPINE,
            DeviceRole::SuperSpine => 2.0 * LEAF_SPINE,
            _ => 0.0,
        };
        let away = SERVER_LEAF + (n / 2) as f32 * (LEAF_SPINE + FABRIC_GAP) + spine;
        let away = away * self.spread;
        // Below the servers' block and its label.
        if n % 2 == 0 { -away } else { away + TILE_STEP * 2.0 }
    }
}

fn block_of_run(fabric: &Fabric, states: &States, run: Run) -> Block {
    let class = fabric.class_of(run.first);
    let role = class.map_or(DeviceRole::Server, |class| class.role);
    let (first, last) =
        (fabric.device_name(run.first), fabric.device_name(run.first + run.count - 1));
    let number = |name: &str| name.rsplit('-').next().unwrap_or_default().to_owned();
    let device = fabric.devices.get(run.first as usize);
    let label = match (role, run.count) {
        (DeviceRole::Leaf, 1) => {
            device.and_then(|d| d.rail).map_or_else(|| number(&first), |rail| format!("r{rail}"))
        }
        (_, 1) => number(&first),
        (_, _) => format!("{}–{}", number(&first), number(&last)),
    };
    let states: Vec<State> =
        states.devices.iter().skip(run.first as usize).take(run.count as usize).copied().collect();
    let (columns, width, height) = size(role, run.count);
    Block {
        area: Area { x: 0.0, y: 0.0, width, height },
        role,
        class: class.map(|class| class.id.clone()).unwrap_or_default(),
        model: class.map(|class| class.model.clone()).unwrap_or_default(),
        first_device: Some(run.first),
        count: run.count,
        su: run.su,
        state: State::of_parts(states.iter().copied()),
        states,
        columns,
        label,
        label_width: width,
        name: if run.count == 1 { first } else { format!("{first} … {last}") },
    }
}

/// Columns of tiles, width and height.
pub(super) fn size(role: DeviceRole, count: u32) -> (u32, f32, f32) {
    if role != DeviceRole::Server {
        return (1, if count == 1 { SWITCH_WIDTH } else { SWITCH_WIDTH * 1.6 }, SWITCH_HEIGHT);
    }
    let columns = if count <= 8 { 2 } else { 4 };
    let tiles = count.clamp(1, MAX_TILES);
    let rows = tiles.div_ceil(columns).max(TILE_ROWS);
    let length = |n: u32| (n - 1) as f32 * TILE_STEP + TILE;
    (columns, length(columns), length(rows))
}

/// The tier of a role: what stands at one height in a fabric has one.
fn tier(role: DeviceRole) -> DeviceRole {
    match role {
        DeviceRole::BorderLeaf | DeviceRole::Management => DeviceRole::Leaf,
        other => other,
    }
}

/// A row: one tier of one fabric.
type Row = (DeviceRole, Option<String>);

/// The row that a block stands in.
fn row_of(fabric: &Fabric, block: &Block) -> Row {
    let class = fabric.class(&block.class);
    (tier(block.role), class.and_then(|class| class.fabric.clone()))
}

/// Blocks by the rows they stand in, those of one role side by side.
fn rows_of(
    scene: &Scene,
    fabric: &Fabric,
    blocks: impl Iterator<Item = usize>,
) -> BTreeMap<Row, Vec<usize>> {
    let mut rows: BTreeMap<Row, Vec<usize>> = BTreeMap::new();
    for n in blocks {
        if let Some(block) = scene.blocks.get(n) {
            rows.entry(row_of(fabric, block)).or_default().push(n);
        }
    }
    for row in rows.values_mut() {
        row.sort_by_key(|n| scene.blocks.get(*n).map(|block| block.role));
    }
    rows
}

/// True for a switch, or a device of others, that stands in no scalable unit.
fn is_apart(block: &Block) -> bool {
    block.su.is_none() && block.role != DeviceRole::Server
}

/// The rows that run through the scalable units.
fn rows_of_units(scene: &Scene, fabric: &Fabric) -> BTreeSet<Row> {
    let of_units = scene.blocks.iter().filter(|block| block.su.is_some());
    of_units.map(|block| row_of(fabric, block)).collect()
}

/// Places what belongs to a scalable unit, unit after unit, and gives the right end.
fn place_units(scene: &mut Scene, fabric: &Fabric, rows: &Rows) -> f32 {
    // Servers without a unit share a column after those with one.
    let columns: BTreeSet<u32> = scene
        .blocks
        .iter()
        .filter(|b| b.su.is_some() || b.role == DeviceRole::Server)
        .map(|b| b.su.unwrap_or(u32::MAX))
        .collect();
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (n, block) in scene.blocks.iter().enumerate() {
        if block.su.is_some() || block.role == DeviceRole::Server {
            members.entry(block.su.unwrap_or(u32::MAX)).or_default().push(n);
        }
    }
    let mut left = 0.0;
    for column in columns {
        let Some(blocks) = members.get(&column) else { continue };
        let tiers = rows_of(scene, fabric, blocks.iter().copied());
        let width_of = |scene: &Scene, row: &[usize]| -> f32 {
            let widths = row.iter().filter_map(|n| scene.blocks.get(*n)).map(|b| b.area.width);
            widths.sum::<f32>() + BLOCK_GAP * row.len().saturating_sub(1) as f32
        };
        let width = tiers.values().map(|row| width_of(scene, row)).fold(0.0, f32::max);
        let mut area: Option<Area> = None;
        for ((role, name), row) in &tiers {
            // Spread over the width of the unit, so that a leaf stands near its servers.
            let spare = width - width_of(scene, row);
            let step = spare / row.len().max(1) as f32;
            let mut x = left + step / 2.0;
            let y = rows.y(*role, name.as_deref());
            for n in row {
                if let Some(block) = scene.blocks.get_mut(*n) {
                    block.area.x = x;
                    block.area.y = y;
                    if *role == DeviceRole::Server {
                        block.label_width = block.area.width + BLOCK_GAP + step - 4.0;
                    }
                    x += block.area.width + BLOCK_GAP + step;
                    area = Some(area.map_or(block.area, |area| area.union(block.area)));
                }
            }
        }
        if let (Some(area), true) = (area, column != u32::MAX) {
            let count = |role: DeviceRole| -> u32 {
                let of_role = blocks.iter().filter_map(|n| scene.blocks.get(*n));
                of_role.filter(|b| b.role == role).map(|b| b.count).sum()
            };
            let (servers, leaves) = (count(DeviceRole::Server), count(DeviceRole::Leaf));
            scene.frames.push(Frame {
                area: Area {
                    x: left - FRAME_PAD,
                    y: area.y - FRAME_PAD,
                    width: width + 2.0 * FRAME_PAD,
                    height: area.height + 2.0 * FRAME_PAD + 12.0,
                },
                // Of leaves that could not be woven nothing is said.
                label: [
                    (1, format!("SU {}", column.saturating_add(1))),
                    (servers, counted(servers, "server", "servers")),
                    (leaves, counted(leaves, "leaf", "leaves")),
                ]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(_, words)| words)
                .collect::<Vec<_>>()
                .join(" · "),
            });
        }
        left += width + UNIT_GAP;
    }
    (left - UNIT_GAP).max(0.0)
}

/// Places the switches that belong to no unit: each row spread over the whole width, or beside the
/// units if their leaves stand in it. Devices of others stand beside the servers.
fn place_rows(scene: &mut Scene, fabric: &Fabric, rows: &Rows, right: f32) {
    let apart = (0..).zip(&scene.blocks).filter(|(_, block)| is_apart(block)).map(|(n, _)| n);
    let tiers = rows_of(scene, fabric, apart);
    let of_units = rows_of_units(scene, fabric);
    for (key, row) in tiers {
        let width: f32 =
            row.iter().filter_map(|n| scene.blocks.get(*n)).map(|b| b.area.width).sum();
        let mut step = ((right - width) / row.len().max(1) as f32).max(BLOCK_GAP);
        let mut x = (right - width - step * row.len() as f32) / 2.0 + step / 2.0;
        if key.0 == DeviceRole::External || of_units.contains(&key) {
            (step, x) = (BLOCK_GAP, right + UNIT_GAP);
        }
        let y = rows.y(key.0, key.1.as_deref());
        for n in row {
            if let Some(block) = scene.blocks.get_mut(n) {
                block.area.x = x;
                block.area.y = y;
                x += block.area.width + step;
            }
        }
    }
}

/// Labels each row of switches with what stands in it. Classes that share a row share its label.
fn label_rows(scene: &mut Scene, fabric: &Fabric, rows: &Rows) {
    let frames = scene.frames.iter().map(|f| f.area.x);
    let left = scene.blocks.iter().map(|b| b.area.x).chain(frames).fold(0.0, f32::min);
    let in_units = rows_of_units(scene, fabric);
    // Where the part of a row begins that stands beside the units.
    let mut beside: BTreeMap<Row, f32> = BTreeMap::new();
    for block in scene.blocks.iter().filter(|b| is_apart(b) && b.first_device.is_some()) {
        let row = row_of(fabric, block);
        if row.0 == DeviceRole::External || in_units.contains(&row) {
            let x = beside.entry(row).or_insert(block.area.x);
            *x = x.min(block.area.x);
        }
    }
    // Spines of all pods, and super-spines of all groups, stand in one row.
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for class in &fabric.classes {
        *counts.entry(&class.family).or_default() += class.count;
    }
    for class in fabric.classes.iter().filter(|class| class.count > 0) {
        let Some(count) = counts.remove(class.family.as_str()) else { continue };
        let Some(text) = label_of(class, count) else { continue };
        let row = (tier(class.role), class.fabric.clone());
        let y = rows.y(class.role, class.fabric.as_deref());
        let of_class = |b: &Block| b.class == class.id && b.su.is_some();
        let above_frame = scene.blocks.iter().any(of_class);
        let x = beside.get(&row).filter(|_| !above_frame).copied().unwrap_or(left);
        let y = if above_frame { y - FRAME_PAD } else { y };
        let shared = scene.labels.iter_mut().find(|label| (label.x, label.y) == (x, y));
        match shared {
            Some(label) => label.text = format!("{}, {text}", label.text),
            None => scene.labels.push(RowLabel { x, y, above_frame, text }),
        }
    }
}

/// What a class of so many is called over its row; servers have their units for it.
fn label_of(class: &Class, count: u32) -> Option<String> {
    let words = match class.role {
        DeviceRole::Server => return None,
        DeviceRole::External => return Some(format!("External {} · {count}", class.id)),
        DeviceRole::Leaf => "leaves",
        DeviceRole::Spine => "spines",
        DeviceRole::SuperSpine => "super-spines",
        DeviceRole::BorderLeaf => "border leaves",
        DeviceRole::Management => "switches",
    };
    let name = class.fabric.as_deref().unwrap_or_default();
    let mut chars = name.chars();
    let title: String =
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    Some(format!("{title} {words} · {} × {}", grouped(count.into()), class.model))
}
