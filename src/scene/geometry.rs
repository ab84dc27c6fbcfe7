//! The shapes of blocks and bundles in numbers, so that the window and a drawing in a file look
//! alike.
//!
//! Points are `(x, y)`. Everything about places holds at any zoom: give it places on the screen
//! and it answers with places on the screen. Only sums, products and quotients, so that the same
//! scene has the same curves on every platform.

use super::{Area, Block, MAX_TILES};
use crate::fabric::DeviceRole;

/// A place on the plane.
pub type Point = (f32, f32);

/// Bundles up to which they are curves; more are straight.
pub const CURVES_UP_TO: usize = 2_500;

pub(super) const TILE: f32 = 13.0;
pub(super) const TILE_STEP: f32 = 16.0;
/// The fewest rows of tiles that a block has room for.
pub(super) const TILE_ROWS: u32 = 4;
/// How far the corners of an arch between two blocks of a row rise, to their distance: over the
/// label of the row.
const ARCH_RISE: f32 = 0.7;
/// How far a curve runs upright before it bends, to the distance of its rows.
const BEND: f32 = 0.55;
/// The width of a character of a block's label.
const CHARACTER: f32 = 6.0;

impl Area {
    /// Its middle.
    pub fn centre(self) -> Point {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

impl Block {
    /// How many tiles it is drawn as; 0 draws it as a whole.
    pub fn tiles(&self) -> u32 {
        let tiled = self.role == DeviceRole::Server && self.count <= MAX_TILES;
        if tiled { self.count } else { 0 }
    }

    /// True if its label stands in it, else below it.
    pub fn is_labelled_within(&self) -> bool {
        self.role != DeviceRole::Server
    }

    /// Its label as far as there is room at a zoom, with the glyph of its state before it.
    pub fn label_at(&self, zoom: f32) -> Option<String> {
        let within = self.is_labelled_within();
        let characters = self.label.chars().count() as f32;
        let room = self.label_width * zoom - if within { 4.0 } else { 0.0 };
        let low = within && self.area.height * zoom < 12.0;
        if low || characters * CHARACTER > room {
            return None;
        }
        let glyph = self.state.glyph();
        Some(if glyph.is_empty() || (characters + 2.0) * CHARACTER > room {
            self.label.clone()
        } else {
            format!("{glyph} {}", self.label)
        })
    }
}

/// Where tile `n` stands in a block of so many columns and tiles, wherever the block stands.
pub fn tile(block: Area, (columns, tiles): (u32, u32), n: u32) -> Area {
    let columns = columns.max(1);
    let rows = tiles.div_ceil(columns).max(TILE_ROWS);
    let step = |length: f32, count: u32| {
        length * TILE_STEP / (TILE_STEP * count as f32 - (TILE_STEP - TILE))
    };
    let (across, down) = (step(block.width, columns), step(block.height, rows));
    Area {
        x: block.x + (n % columns) as f32 * across,
        y: block.y + (n / columns) as f32 * down,
        width: across * TILE / TILE_STEP,
        height: down * TILE / TILE_STEP,
    }
}

/// Where cables leave a block towards something that lies `down` below its middle: in the middle
/// of its upper or lower side; to a block in its own row by the upper.
pub fn leaving(centre: Point, half_height: f32, down: f32) -> Point {
    let side = if down.abs() < 1.0 { -1.0 } else { down };
    (centre.0, centre.1 + half_height.copysign(side))
}

/// The ends of a bundle: from the side of each block that faces the other.
pub fn ends(a: Area, b: Area) -> (Point, Point) {
    let (from, to) = (a.centre(), b.centre());
    let down = to.1 - from.1;
    (leaving(from, a.height / 2.0, down), leaving(to, b.height / 2.0, -down))
}

/// How far the curve between two ends rises over them: an arch between ends at one height.
pub fn arch_rise(a: Point, b: Point) -> f32 {
    if (a.1 - b.1).abs() < 0.5 { (b.0 - a.0).abs() * ARCH_RISE } else { 0.0 }
}

/// A cubic Bézier curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Where it begins.
    pub a: Point,
    /// Whereto it leaves.
    pub a_control: Point,
    /// Whence it arrives.
    pub b_control: Point,
    /// Where it ends.
    pub b: Point,
}

impl Curve {
    /// The curve between two ends: it leaves both upright. Between blocks of one row it is an
    /// arch.
    pub fn between(a: Point, b: Point) -> Self {
        let (bend, rise) = ((b.1 - a.1) * BEND, arch_rise(a, b));
        let (a_control, b_control) = ((a.0, a.1 + bend - rise), (b.0, b.1 - bend - rise));
        Self { a, a_control, b_control, b }
    }

    /// A point of it, `at` from 0 to 1.
    pub fn at(&self, at: f32) -> Point {
        let back = 1.0 - at;
        let (of_a, of_b) = (back * back * back, at * at * at);
        let (of_a_control, of_b_control) = (3.0 * back * back * at, 3.0 * back * at * at);
        let mix = |part: fn(Point) -> f32| {
            part(self.a) * of_a
                + part(self.a_control) * of_a_control
                + part(self.b_control) * of_b_control
                + part(self.b) * of_b
        };
        (mix(|point| point.0), mix(|point| point.1))
    }
}

/// How wide a bundle is drawn at a zoom, on the screen: a little wider with each doubling of its
/// links, and a hair stays a hair when far away.
pub fn bundle_width(links: u32, zoom: f32) -> f32 {
    let weight = 0.7 + links.max(1).ilog2() as f32 * 0.12;
    (weight * zoom.clamp(0.5, 1.6)).max(0.5)
}
