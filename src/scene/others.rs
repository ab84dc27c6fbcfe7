//! Where that stands which the plan has not: devices that go, or come back with an undo.
//!
//! They stand in frames at the right, one for the servers and one for each fabric, in the rows of
//! that fabric. Which fabric a class was of nobody says once the plan has it no longer: it is that
//! of the switches it is cabled to. Classes that have only each other were a fabric of their own,
//! and stand in rows outside those of the plan.
//! Limits: without its cables, a class stands alone.

use super::layout::{BLOCK_GAP, FRAME_PAD, Rows, SWITCH_WIDTH, UNIT_GAP, size};
use super::states::States;
use super::{Area, Block, Bundle, Frame, MAX_BUNDLES, RowLabel, Scene, State};
use crate::diff::{Addition, ChangeSet};
use crate::fabric::{DeviceRole, Fabric};
use crate::inventory::Object;
use crate::model::grouped;
use std::collections::{BTreeMap, BTreeSet};

/// Places what goes and what comes back, and draws its cables.
pub(super) fn place(
    scene: &mut Scene,
    fabric: &Fabric,
    rows: &Rows,
    states: &States,
    changes: &ChangeSet,
) {
    let goes = removed(fabric, states, changes);
    place_others(scene, (fabric, rows, states), goes, (State::Removed, "To be removed"));
    let comes = back(fabric, changes);
    place_others(scene, (fabric, rows, states), comes, (State::Added, "To come back"));
    bundle_others(scene, fabric, states);
}

/// A device that the plan has not.
struct Other<'a> {
    key: String,
    name: String,
    device_type: &'a str,
}

/// Devices that the plan has not, by role and class.
type Others<'a> = BTreeMap<(DeviceRole, String), Vec<Other<'a>>>;

/// Those that are to be deleted.
fn removed<'a>(fabric: &Fabric, states: &States, changes: &'a ChangeSet) -> Others<'a> {
    let mut others = Others::new();
    for deletion in &changes.deletions {
        let Object::Device(record) = &deletion.old else { continue };
        let planned = fabric.device_of_key(&deletion.key);
        if planned.is_some_and(|device| states.device(device) == State::Removed) {
            // The plan has it: it is drawn where it stands.
            continue;
        }
        let (key, name) = (deletion.key.clone(), deletion.name.clone());
        let other = Other { key, name, device_type: &record.device_type };
        others.entry(class_of(&record.role, &deletion.key)).or_default().push(other);
    }
    others
}

/// Those that an undo makes again.
fn back<'a>(fabric: &Fabric, changes: &'a ChangeSet) -> Others<'a> {
    let mut others = Others::new();
    for addition in changes.additions.iter().filter(|_| !changes.purpose.is_converge()) {
        let Addition::Device(n) = addition else { continue };
        let (key, kind) = (changes.addition_key(*addition), changes.desired.kind_of(*n));
        let Some(kind) = kind.filter(|_| fabric.device_of_key(&key).is_none()) else { continue };
        let class = class_of(&kind.role, &key);
        let name = changes.addition_name(*addition);
        let other = Other { key, name, device_type: &kind.device_type };
        others.entry(class).or_default().push(other);
    }
    others
}

/// The role of a slug, and the class that a key names.
fn class_of(role: &str, key: &str) -> (DeviceRole, String) {
    let role = DeviceRole::ALL.into_iter().find(|known| known.name() == role);
    let class = key.split('/').nth(1).unwrap_or_default().to_owned();
    (role.unwrap_or(DeviceRole::Server), class)
}

/// The places of the fabrics that classes of switches are of: what the plan says, else that of
/// what they are cabled to, else places after those of the plan.
fn positions(
    (fabric, rows, states): (&Fabric, &Rows, &States),
    classes: &Others,
) -> BTreeMap<String, usize> {
    let class_of = |key: &str| key.split('/').nth(1).unwrap_or_default().to_owned();
    let others: BTreeSet<&str> = classes
        .keys()
        .filter(|(role, _)| *role != DeviceRole::Server)
        .map(|(_, class)| class.as_str())
        .collect();
    let of_plan = |class: &str| rows.position(fabric.class(class)?.fabric.as_deref());
    let is_switch = |class: &str| others.contains(class) || of_plan(class).is_some();
    let mut joined: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, near, far) in states.others.keys() {
        let (near, far) = (class_of(near), class_of(far));
        if is_switch(&near) && is_switch(&far) {
            joined.entry(near.clone()).or_default().insert(far.clone());
            joined.entry(far).or_default().insert(near);
        }
    }
    let known = others.iter().copied().chain(joined.keys().map(String::as_str));
    let known = known.filter_map(|class| Some((class.to_owned(), of_plan(class)?)));
    let mut positions: BTreeMap<String, usize> = known.collect();
    let mut open: Vec<String> = positions.keys().cloned().collect();
    let mut next = rows.fabrics.len();
    let mut rest = others.into_iter();
    loop {
        while let Some(class) = open.pop() {
            let Some(position) = positions.get(&class).copied() else { continue };
            for beside in joined.get(&class).into_iter().flatten() {
                if !positions.contains_key(beside) {
                    positions.insert(beside.clone(), position);
                    open.push(beside.clone());
                }
            }
        }
        let Some(class) = rest.find(|class| !positions.contains_key(*class)) else { break };
        positions.insert(class.to_owned(), next);
        open.push(class.to_owned());
        next += 1;
    }
    positions
}

/// Places devices that the plan has not: a block for each class, in the row of its role, and a frame
/// for each fabric.
fn place_others(
    scene: &mut Scene,
    (fabric, rows, states): (&Fabric, &Rows, &States),
    classes: Others,
    (state, label): (State, &str),
) {
    let positions = positions((fabric, rows, states), &classes);
    let right = scene.blocks.iter().map(|b| b.area.x + b.area.width).fold(0.0, f32::max);
    // By the height of a row: roles may share one.
    let mut next_x: BTreeMap<u32, f32> = BTreeMap::new();
    let mut frames: BTreeMap<Option<usize>, Area> = BTreeMap::new();
    let mut labels: BTreeMap<u32, RowLabel> = BTreeMap::new();
    for ((role, class), devices) in classes {
        let count = u32::try_from(devices.len()).unwrap_or(u32::MAX);
        let (columns, width, height) = size(role, count);
        let (width, first) = (width.max(SWITCH_WIDTH * 1.6), devices.first());
        let position = positions.get(&class).copied();
        let y = rows.y_at(role, position);
        let x = next_x.entry(y.to_bits()).or_insert(right + UNIT_GAP + FRAME_PAD);
        let area = Area { x: *x, y, width, height };
        *x += width + BLOCK_GAP;
        frames.entry(position).and_modify(|frame| *frame = frame.union(area)).or_insert(area);
        let text = format!("{} {class} · {}", state.glyph(), grouped(count.into()));
        labels
            .entry(y.to_bits())
            .and_modify(|label| label.text = format!("{}, {text}", label.text))
            .or_insert(RowLabel { x: area.x, y, above_frame: false, text });
        let index = u32::try_from(scene.blocks.len()).unwrap_or(u32::MAX);
        for device in &devices {
            scene.others.insert(device.key.clone(), index);
        }
        let name = |device: Option<&Other>| device.map(|d| d.name.clone()).unwrap_or_default();
        let names = (name(first), name(devices.last()));
        scene.blocks.push(Block {
            area,
            role,
            class,
            model: first.map(|d| d.device_type.to_owned()).unwrap_or_default(),
            first_device: None,
            count,
            su: None,
            state,
            states: vec![state; devices.len()],
            columns,
            label: grouped(count.into()),
            label_width: width,
            name: match names {
                (one, other) if one != other => format!("{one} … {other}"),
                (one, _) => one,
            },
        });
    }
    scene.frames.extend(frames.into_values().map(|area| Frame {
        area: Area {
            x: area.x - FRAME_PAD,
            y: area.y - FRAME_PAD,
            width: area.width + 2.0 * FRAME_PAD,
            height: area.height + 2.0 * FRAME_PAD + 12.0,
        },
        label: label.to_owned(),
    }));
    scene.labels.extend(labels.into_values());
}

/// Draws the cables that the plan has not, between the blocks of their devices.
fn bundle_others(scene: &mut Scene, fabric: &Fabric, states: &States) {
    let block_of = |scene: &Scene, key: &str| {
        let staying = || scene.block_of.get(fabric.device_of_key(key)? as usize).copied();
        scene.others.get(key).copied().or_else(staying)
    };
    let mut others: BTreeMap<(u32, u32, State), u32> = BTreeMap::new();
    for ((state, near, far), cables) in &states.others {
        if let (Some(a), Some(b)) = (block_of(scene, near), block_of(scene, far)) {
            *others.entry((a, b, *state)).or_default() += cables;
        }
    }
    // Bundles of the plan are in the order of their blocks.
    let planned = scene.bundles.len();
    for ((a, b, state), cables) in others {
        let has_room = scene.bundles.len() < MAX_BUNDLES;
        let of_plan = scene.bundles.get_mut(..planned).unwrap_or_default();
        let first = of_plan.partition_point(|bundle| (bundle.a, bundle.b) < (a, b));
        match of_plan.get_mut(first).filter(|bundle| (bundle.a, bundle.b) == (a, b)) {
            Some(bundle) => bundle.count_others(state, cables),
            None if has_room => {
                let mut bundle = Bundle { a, b, ..Bundle::default() };
                bundle.count_others(state, cables);
                scene.bundles.push(bundle);
            }
            None => {}
        }
    }
}
