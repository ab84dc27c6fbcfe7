//! The words in the drawing, where they can be read.
//!
//! Words are painted in the order of what they are worth: of what is selected, of rows from the
//! outermost in, of frames, of blocks from the highest tier down. Whatever would lie over words that
//! are there, or under the tabs and the legend, is left out; what a block is, it tells under the
//! pointer. The same view always has the same words.

use super::{Canvas, is_narrow};
use crate::app::shapes::centre;
use crate::app::theme::{self, tokens};
use crate::fabric::DeviceRole;
use crate::scene::{Block, RowLabel};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, pos2, vec2};

/// A block that is wider has room for a sign.
const SIGN_LEAST: f32 = 14.0;
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
    /// Paints words unless there are some.
    fn put(&mut self, put: &Put<'_>) {
        let mut job = LayoutJob::simple_singleline(put.text.to_owned(), put.font.clone(), put.ink);
        job.wrap = TextWrapping::truncate_at_width(put.most);
        let galley = self.painter.layout_job(job);
        let (anchor, at) = put.at;
        let area = anchor.anchor_size(at, galley.size());
        let patch = area.expand2(vec2(3.0, 0.0));
        if self.taken.iter().any(|taken| taken.intersects(patch.shrink(0.5))) {
            return;
        }
        if put.on_ground {
            self.painter.rect_filled(patch, 2.0, self.ground.gamma_multiply(0.85));
        }
        self.painter.galley(area.min, galley, put.ink);
        self.taken.push(patch);
    }
}

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
        if at.width() > 6.0 * frame.label.chars().count() as f32 && at.intersects(rect) {
            let (text, font, ink) = (frame.label.as_str(), &small, t.dim);
            let left = (Align2::LEFT_BOTTOM, at.left_top() + vec2(2.0, -4.0));
            words.put(&Put { text, font, ink, at: left, most: f32::INFINITY, on_ground: true });
        }
    }
    for (n, block) in others {
        label_block(&mut words, canvas, rect, (*n, block));
    }
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

/// Says which block it is, as far as there is room in it, below it or beside it.
fn label_block(words: &mut Words<'_>, canvas: &Canvas, rect: Rect, (n, block): (u32, &Block)) {
    let t = tokens(words.painter.ctx());
    let at = canvas.area_on_screen(rect, block.area);
    let within = block.is_labelled_within();
    // Where there is no room for a name, the sign of its state says what colours say.
    let sign = block.state.glyph();
    let has_room = within && at.width() > SIGN_LEAST && !sign.is_empty();
    let sign = has_room.then(|| sign.to_owned());
    let font = theme::mono(10.0);
    let (font, most) = (&font, f32::INFINITY);
    let Some(text) = block.label_at(canvas.zoom).or(sign) else {
        // A block that stands alone has room beside it.
        if within && has_room_below(&canvas.scene.blocks, n, canvas.zoom) {
            let at = (Align2::CENTER_BOTTOM, at.center_bottom() + vec2(0.0, 14.0));
            let (text, ink) = (block.label.as_str(), t.dim);
            words.put(&Put { text, font, ink, at, most, on_ground: true });
        }
        return;
    };
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
    words.put(&Put { text: &text, font, ink, at, most, on_ground: false });
}

/// True if the label of a block is not wider than the way to its neighbours in the row.
fn has_room_below(blocks: &[Block], n: u32, zoom: f32) -> bool {
    let n = n as usize;
    let Some(block) = blocks.get(n) else { return false };
    let needed = block.label.chars().count() as f32 * 6.5 + 8.0;
    let beside = [n.checked_sub(1), Some(n + 1)].into_iter().flatten();
    let mut beside = beside.filter_map(|n| blocks.get(n)).filter(|b| b.area.y == block.area.y);
    beside.all(|other| (centre(other).x - centre(block).x).abs() * zoom >= needed)
}
