//! What to draw: a fabric and its changes as blocks, bundles and frames on a plane, and as rows of
//! [`tables`].
//!
//! Tiers are rows. Servers stand in the middle; the first fabric rises above them (leaves, then
//! spines), the second hangs below them, the third lies outside the first, and so on, so that
//! the cables of two fabrics never cross. The leaves and servers of a scalable unit stand in one
//! frame, units side by side; leaves and border leaves of no unit stand in the same row, beside the
//! units if their leaves stand in it too. Devices are drawn in *blocks* of neighbours, links in *bundles*
//! between two blocks; blocks grow until there are few enough of both to draw. Devices that the
//! inventory still has and the plan has no longer stand in frames of their own at the right, one
//! for each fabric, as do those that an undo makes again and the plan has not. A device that left what was applied, and
//! that no change touches, is drawn as drifted; so is one of which an interface or a cable did. What
//! a part of the changes leaves for later, and the inventory has not, is drawn as not built.
//!
//! Pure and deterministic: the same fabric, changes and drift give the same scene. A scalable unit
//! stands beside the units before it, so growth at the end moves none of them sideways; its rows
//! lie further apart, in steps of a doubling, as the whole grows wide.
//! Limits: of removed cables the block at each end is known, not the port.

mod blocks;
mod geometry;
mod layout;
mod others;
mod states;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::diff::ChangeSet;
use crate::fabric::DeviceRole;
use std::collections::BTreeMap;

pub use geometry::{CURVES_UP_TO, Curve, Point, arch_rise, bundle_width, ends, leaving, tile};
pub use layout::lay_out;

/// The most blocks of a scene.
pub const MAX_BLOCKS: usize = 2_000;
/// The most bundles of a scene.
pub const MAX_BUNDLES: usize = 8_000;
/// Devices of a block that are drawn one by one; a larger block is drawn as a whole.
pub const MAX_TILES: u32 = 32;

/// What a change set does to something, or what happened to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing.
    #[default]
    Unchanged,
    /// Nothing, and the inventory has not got it.
    NotBuilt,
    /// It is to be made.
    Added,
    /// It differs, or a part of it does.
    Changed,
    /// It is to be deleted.
    Removed,
    /// It left what was applied, and no change sets it right.
    Drifted,
}

impl State {
    /// All of them, as a legend has them.
    pub const ALL: [Self; 6] =
        [Self::Added, Self::Changed, Self::Removed, Self::Drifted, Self::NotBuilt, Self::Unchanged];

    /// The state of a whole from the states of its parts: theirs if they agree, unchanged if nothing
    /// happens to any, drifted if some drifted and the rest stays, else changed.
    pub fn of_parts(parts: impl IntoIterator<Item = State>) -> State {
        let both = |whole: State, part: State| match (whole, part) {
            _ if whole == part => whole,
            _ if whole.is_still() && part.is_still() => State::Unchanged,
            (State::Drifted, still) | (still, State::Drifted) if still.is_still() => State::Drifted,
            _ => State::Changed,
        };
        parts.into_iter().reduce(both).unwrap_or_default()
    }

    /// True if nothing happens to it.
    pub fn is_still(self) -> bool {
        matches!(self, Self::Unchanged | Self::NotBuilt)
    }

    /// The word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::NotBuilt => "not built",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Drifted => "drifted",
        }
    }

    /// The word, where these changes are shown: a part, the way back and the end say nothing of what
    /// they leave alone but whether it is there. Without changes nothing was compared.
    pub fn name_in(self, changes: Option<&ChangeSet>) -> &'static str {
        match (self, changes) {
            (Self::Unchanged, None) => "not compared",
            (Self::Unchanged, Some(changes)) if !changes.is_everything() => "not touched",
            _ => self.name(),
        }
    }

    /// The glyph beside every colour of a state; nothing changes without one.
    pub fn glyph(self) -> &'static str {
        match self {
            Self::Unchanged => "",
            Self::NotBuilt => "○",
            Self::Added => "+",
            Self::Changed => "~",
            Self::Removed => "−",
            Self::Drifted => "≠",
        }
    }
}

impl Scene {
    /// The states that a legend names: that something is not built, only where something is not.
    pub fn legend(&self) -> impl Iterator<Item = State> + use<> {
        let has_not_built = self.has_not_built;
        State::ALL.into_iter().filter(move |state| *state != State::NotBuilt || has_not_built)
    }
}

/// A rectangle. Units are those of text at zoom 1; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left.
    pub x: f32,
    /// Top.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Area {
    /// The smallest area that holds both.
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }
}

/// Neighbours of one class, drawn as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Where it stands.
    pub area: Area,
    /// What its devices are.
    pub role: DeviceRole,
    /// The id of its class.
    pub class: String,
    /// The model of its devices: an id of the catalogue, or a device type for removed ones.
    pub model: String,
    /// Index of its first device in the fabric; the others follow. `None` if its devices are not
    /// in the plan.
    pub first_device: Option<u32>,
    /// Devices in it, at least 1.
    pub count: u32,
    /// Its scalable unit, from 0.
    pub su: Option<u32>,
    /// The state of the whole.
    pub state: State,
    /// The states of its devices, in order.
    pub states: Vec<State>,
    /// Columns of tiles.
    pub columns: u32,
    /// A short label to stand in or under it.
    pub label: String,
    /// Room for the label, before it would touch that of a neighbour.
    pub label_width: f32,
    /// Its devices by name: `be-leaf-03` or `gpu-001 … gpu-008`.
    pub name: String,
}

/// Links between two blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// Index of the lower block.
    pub a: u32,
    /// Index of the upper block.
    pub b: u32,
    /// Index of the group of its links in the fabric; of no meaning without links.
    pub group: u32,
    /// Links in it; 0 if all of its cables are gone from the plan.
    pub links: u32,
    /// Links that are to be added.
    pub added: u32,
    /// Links that differ.
    pub changed: u32,
    /// Links of the plan of which the cable is to be deleted.
    pub removed: u32,
    /// Links of the plan of which the cable drifted and stays so.
    pub drifted: u32,
    /// Links that the inventory has not, and nothing is done about.
    pub not_built: u32,
    /// Cables that are to be deleted and that the plan has no longer.
    pub gone: u32,
    /// Cables that an undo makes again and that the plan has not.
    pub back: u32,
    /// Speed of each link, in Gb/s.
    pub speed_gbps: u32,
    /// The state of the whole.
    pub state: State,
}

/// A quiet frame around what belongs together.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Where.
    pub area: Area,
    /// What, e.g. `SU 1 · 64 servers · 8 leaves`.
    pub label: String,
}

/// The label of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowLabel {
    /// Left end of its baseline.
    pub x: f32,
    /// The top of what it labels.
    pub y: f32,
    /// True if that is a frame, whose own label stands directly above it.
    pub above_frame: bool,
    /// E.g. `Backend spines · 8 × celestica-ds5000`.
    pub text: String,
}

/// Everything to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Blocks: those of the plan by device, then removed ones.
    pub blocks: Vec<Block>,
    /// Bundles by lower block, upper block and group.
    pub bundles: Vec<Bundle>,
    /// Frames of scalable units, then that of removed devices.
    pub frames: Vec<Frame>,
    /// Labels of rows.
    pub labels: Vec<RowLabel>,
    /// What holds all of it.
    pub area: Area,
    /// True if some of it is [`State::NotBuilt`].
    pub has_not_built: bool,
    /// The block of each device of the fabric.
    pub block_of: Vec<u32>,
    /// The bundle of each link of the fabric.
    pub bundle_of: Vec<u32>,
    /// The block of each device that the plan has not, by key: one to be removed, or one that an
    /// undo makes again.
    pub others: BTreeMap<String, u32>,
}
