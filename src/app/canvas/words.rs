//! The words in the drawing, where they can be read.
//!
//! Words are painted in the order of what they are worth: of what is selected, of rows from the
//! outermost in, of frames, of blocks from the highest tier down. Whatever would lie over words that
//! are there, or under the tabs and the legend, is left out; what a block is, it tells under the
//! pointer. Where there is no room for the name of a block, the sign of its state stays, for colour
//! alone tells not everybody. Names that stand below their blocks are there for a whole row, or for
//! none of it. The same view always has the same words.

use super::{Canvas, is_narrow};
use crate::app::shapes::centre;
use crate::app::theme::{self, tokens};
use crate::fabric::DeviceRole;
use crate::scene::{Block, RowLabel};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Vec2, pos2, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A block that is wider has room for a sign, and for one as large as its name.
const SIGN_LEAST: f32 = 8.0;
const WHOLE_SIGN_LEAST: f32 = 14.0;
/// Room for less than so much of a text is no room.
const WORDS_LEAST: f32 = 60.0;

/// Words under way: where there are some.
struct Words<'a> {
    painter: &'a Painter,
    ground: Color32,
    taken: Vec<Rect>,
}

/// Some words: what, how, and where their anchor lies.
struct Put<'a> {
    text: &'a str,
    font: &'a FontId,
    ink: Color32,
    at: (Align2, Pos2),
    /// How wide they may be before they are cut.
    most: f32,
    /// True on a patch of the ground, so that cables do not strike them through.
    on_ground: bool,
}

impl Words<'_> {
    /// Where words lie with a little room around them, unless there are some.
    fn place(&self, put: &Put<'_>) -> Option<(Arc<Galley>, Rect)> {
        let mut job = LayoutJob::simple_singleline(put.text.to_owned(), put.font.clone(), put.ink);
        job.wrap = TextWrapping::truncate_at_width(put.most);
        let galley = self.painter.layout_job(job);
        let (anchor, at) = put.at;
        let patch = anchor.anchor_size(at, galley.size()).expand2(MARGIN);
        // They may share the room at their sides.
        let core = patch.shrink2(vec2(MARGIN.x / 2.0, 0.5));
        let is_free = !self.taken.iter().any(|taken| taken.intersects(core));
        is_free.then_some((galley, patch))
    }

    /// Paints words unless there are some.
    fn put(&mut self, put: &Put<'_>) {
        let Some((galley, patch)) = self.place(put) else { return };
        if put.on_ground {
            self.painter.rect_filled(patch, 2.0, self.ground.gamma_multiply(0.85));
        }
        self.painter.galley(patch.min + MARGIN, galley, put.ink);
        self.taken.push(patch);
    }
}

/// Room at both sides of words.
const MARGIN: Vec2 = vec2(3.0, 0.0);

/// Paints the words of a view.
pub(super) fn paint_words(painter: &Painter, canvas: &Canvas, rect: Rect) {
    let t = tokens(painter.ctx());
    let tabs = vec2(rect.width(), if is_narrow(rect) { 66.0 } else { 36.0 });
    let taken = [Some(Rect::from_min_size(rect.min, tabs)), canvas.foot].into_iter().flatten();
    let mut words = Words { painter, ground: t.canvas, taken: taken.collect() };
    let mut blocks: Vec<(u32, &Block)> = (0u32..)
        .zip(&canvas.scene.blocks)
        .filter(|(_, block)| canvas.area_on_screen(rect, block.area).intersects(rect))
        .collect();
    let is_selected = |n: &u32| canvas.marks.blocks.contains(n);
    blocks.sort_by_key(|(n, block)| (!is_selected(n), std::cmp::Reverse(height(block.role)), *n));
    let (selected, others) = blocks.split_at(blocks.partition_point(|(n, _)| is_selected(n)));
    for (n, block) in selected {
        label_block(&mut words, canvas, rect, (*n, block));
        if let Some(name) = name_below(canvas, rect, (*n, block)) {
            words.put(&name.put(t.dim));
        }
    }
    let small = FontId::proportional(11.0);
    // Rows of servers lie at 0, and those of all fabrics outside them.
    let mut rows: Vec<&RowLabel> = canvas.scene.labels.iter().collect();
    rows.sort_by(|a, b| b.y.abs().total_cmp(&a.y.abs()));
    for label in rows {
        let mut at = canvas.to_screen(rect, pos2(label.x, label.y));
        at.x = at.x.max(rect.left() + 12.0);
        at.y -= if label.above_frame { 21.0 } else { 7.0 };
        let most = rect.right() - 12.0 - at.x;
        if rect.contains(at) && most > WORDS_LEAST {
            let (text, font, ink) = (label.text.as_str(), &small, t.faint);
            let at = (Align2::LEFT_BOTTOM, at);
            words.put(&Put { text, font, ink, at, most, on_ground: true });
        }
    }
    for frame in &canvas.scene.frames {
        let at = canvas.area_on_screen(rect, frame.area);
        if let Some(text) = as_fits(&frame.label, at.width()).filter(|_| at.intersects(rect)) {
            let (font, ink) = (&small, t.dim);
            let left = (Align2::LEFT_BOTTOM, at.left_top() + vec2(2.0, -4.0));
            words.put(&Put { text, font, ink, at: left, most: f32::INFINITY, on_ground: true });
        }
    }
    for (n, block) in others {
        label_block(&mut words, canvas, rect, (*n, block));
    }
    let mut rows: BTreeMap<u32, Vec<Name>> = BTreeMap::new();
    for (n, block) in others {
        if let Some(name) = name_below(canvas, rect, (*n, block)) {
            rows.entry(block.area.y.to_bits()).or_default().push(name);
        }
    }
    for row in rows.values() {
        if row.iter().all(|name| words.place(&name.put(t.dim)).is_some()) {
            row.iter().for_each(|name| words.put(&name.put(t.dim)));
        }
    }
}

/// As much of what a frame is called as there is room for: it tells less and less of itself.
fn as_fits(label: &str, width: f32) -> Option<&str> {
    let mut shorter = label;
    while 6.0 * shorter.chars().count() as f32 >= width {
        shorter = shorter.rsplit_once(" · ")?.0;
    }
    Some(shorter)
}

/// How high the tier of a role is.
fn height(role: DeviceRole) -> u8 {
    match role {
        DeviceRole::SuperSpine => 4,
        DeviceRole::Spine => 3,
        DeviceRole::BorderLeaf | DeviceRole::Leaf | DeviceRole::Management => 2,
        DeviceRole::External => 1,
        DeviceRole::Server => 0,
    }
}

/// Says which block it is where there is room for that beside the sign of its state; else what the
/// sign says.
fn label_block(words: &mut Words<'_>, canvas: &Canvas, rect: Rect, (n, block): (u32, &Block)) {
    let t = tokens(words.painter.ctx());
    let at = canvas.area_on_screen(rect, block.area);
    let within = block.is_labelled_within();
    let sign = block.state.glyph();
    let has_sign = !sign.is_empty() && at.width() > SIGN_LEAST;
    let whole = whole_label(block, canvas.zoom);
    let size = if whole.is_some() || at.width() > WHOLE_SIGN_LEAST { 10.0 } else { 8.0 };
    let Some(text) = whole.or_else(|| has_sign.then(|| sign.to_owned())) else { return };
    let ink = match (canvas.marks.blocks.contains(&n) && within, t.of_state(block.state)) {
        (true, _) => t.on_accent,
        (false, Some(color)) => color,
        (false, None) => t.dim,
    };
    let at = if within {
        (Align2::CENTER_CENTER, at.center())
    } else {
        (Align2::CENTER_TOP, at.center_bottom() + vec2(0.0, 4.0))
    };
    let (font, most) = (&theme::mono(size), f32::INFINITY);
    words.put(&Put { text: &text, font, ink, at, most, on_ground: !within });
}

/// The label of a block where it has room for all of it, the sign of its state too.
fn whole_label(block: &Block, zoom: f32) -> Option<String> {
    block.label_at(zoom).filter(|label| label.starts_with(block.state.glyph()))
}

/// A name below its block, and the middle of its lower edge.
struct Name {
    text: String,
    font: FontId,
    at: Pos2,
}

impl Name {
    fn put(&self, ink: Color32) -> Put<'_> {
        let (text, font, at) = (self.text.as_str(), &self.font, (Align2::CENTER_BOTTOM, self.at));
        Put { text, font, ink, at, most: f32::INFINITY, on_ground: true }
    }
}

/// What a block has below it that stands alone and has no room for its name.
fn name_below(canvas: &Canvas, rect: Rect, (n, block): (u32, &Block)) -> Option<Name> {
    let has_room = block.is_labelled_within()
        && whole_label(block, canvas.zoom).is_none()
        && has_room_below(&canvas.scene.blocks, n, canvas.zoom);
    let at = canvas.area_on_screen(rect, block.area);
    let sign = block.state.glyph();
    // Where the sign has no room in the block either.
    let text = match at.width() > SIGN_LEAST || sign.is_empty() {
        true => block.label.clone(),
        false => format!("{sign} {}", block.label),
    };
    // Below the sign too, which may be higher than its block.
    let at = at.center_bottom() + vec2(0.0, 17.0);
    has_room.then(|| Name { text, font: theme::mono(10.0), at })
}

/// True if the label of a block is not wider than the way to its neighbours in the row.
fn has_room_below(blocks: &[Block], n: u32, zoom: f32) -> bool {
    let n = n as usize;
    let Some(block) = blocks.get(n) else { return false };
    // With a sign before it.
    let needed = (block.label.chars().count() + 2) as f32 * 6.5 + 8.0;
    let beside = [n.checked_sub(1), Some(n + 1)].into_iter().flatten();
    let mut beside = beside.filter_map(|n| blocks.get(n)).filter(|b| b.area.y == block.area.y);
    beside.all(|other| (centre(other).x - centre(block).x).abs() * zoom >= needed)
}
