//! The topology as a drawing: a scene becomes an SVG of plain shapes that browsers, office
//! programs and drawing programs read alike.
//!
//! What stands where is the scene's; looks are those of the window. Words about the whole (rows,
//! title, legend) grow with the drawing, so that they can be read when all of it is on a page;
//! words about one block stay as small as it is, for who zooms in. There are no scripts, style
//! sheets, ids or references, so drawings can be put together in one page. The same scene gives
//! the same bytes.
//! Limits: fonts are named, not carried along. Where they are missing others take their place, so
//! room for words is an estimate.

mod look;
#[cfg(test)]
mod tests;
mod xml;

use crate::model::counted;
use crate::scene::{
    Area, Block, Bundle, CURVES_UP_TO, Curve, Scene, State, arch_rise, bundle_width, ends, tile,
};
use look::over;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use xml::{Escaped, Hex, Num};

pub use look::{SvgColors, SvgLook, SvgTheme};

/// A drawing at most so wide and high is shown at its own size, a larger one at this one.
const PAGE: f32 = 1_600.0;
/// Free space around everything, on a page.
const MARGIN: f32 = 24.0;
/// From one line of words to the next, on a page.
const LINE: f32 = 17.0;
/// Words of the title, and all others, on a page; labels of blocks.
const TITLE: f32 = 15.0;
const WORDS: f32 = 11.0;
const LABEL: f32 = 10.0;
/// From one state of the legend to the next, on a page.
const LEGEND_GAP: f32 = 15.0;
/// Free texts are cut to so many characters; the whole stands in the description.
const MOST_CHARS: usize = 120;
/// The width of a character of a label, to its size.
const CHARACTER: f32 = 0.6;
/// Thickness of the edges of tiles and of whole blocks.
const TILE_EDGE: f32 = 1.0;
const BLOCK_EDGE: f32 = 1.2;

const SANS: &str = "Inter, sans-serif";
const MONO: &str = "JetBrains Mono, monospace";

/// Draws a scene.
pub fn svg(scene: &Scene, look: &SvgLook) -> String {
    let mut drawing = Drawing {
        out: String::new(),
        colors: look.theme.colors(),
        zoom: (PAGE / scene.area.width.max(scene.area.height)).min(1.0),
    };
    // Writing to a String never fails.
    drawing.all(scene, look).ok();
    drawing.out
}

/// The beginning of a text, if all of it is too long to be drawn.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some(_) => text.chars().take(MOST_CHARS - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// About how wide a text is, in any font without serifs.
fn width_of(text: &str, size: f32) -> f32 {
    let of = |c: char| if c < '\u{1100}' { 0.52 } else { 1.0 };
    text.chars().map(of).sum::<f32>() * size
}

/// An area drawn smaller on every side, so that an edge of that thickness stays inside.
fn within(area: Area, edge: f32) -> Area {
    Area {
        x: area.x + edge / 2.0,
        y: area.y + edge / 2.0,
        width: area.width - edge,
        height: area.height - edge,
    }
}

/// Words on a patch of the ground.
struct Patch {
    x: f32,
    baseline: f32,
    size: f32,
    color: u32,
    text: String,
}

impl Patch {
    fn area(&self) -> Area {
        Area {
            x: self.x - 0.3 * self.size,
            y: self.baseline - self.size,
            width: width_of(&self.text, self.size) + 0.6 * self.size,
            height: 1.3 * self.size,
        }
    }

    fn touches(&self, other: &Self) -> bool {
        let (a, b) = (self.area(), other.area());
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    }
}

struct Drawing {
    out: String,
    colors: &'static SvgColors,
    /// At which zoom the whole stands on a page.
    zoom: f32,
}

impl Drawing {
    /// A length on a page in units of the scene.
    fn page(&self, length: f32) -> f32 {
        length / self.zoom
    }

    fn all(&mut self, scene: &Scene, look: &SvgLook) -> fmt::Result {
        let words = self.words(scene);
        let Area { x, y, width, height } =
            words.iter().map(Patch::area).chain(arches(scene)).fold(scene.area, Area::union);
        let title = cut(look.title);
        let mut lines: Vec<(String, u32)> =
            look.lines.iter().map(|line| (cut(line), self.colors.dim)).collect();
        if !look.caution.is_empty() {
            lines.push((cut(look.caution), self.colors.removed));
        }
        let above = self.page(TITLE + LINE * (lines.len() as f32 + 0.5));
        let below = if look.legend.is_some() { self.page(LINE * 1.5) } else { 0.0 };
        let mut widest = width_of(&title, TITLE * 1.1);
        for (line, _) in &lines {
            widest = widest.max(width_of(line, WORDS));
        }
        if let Some(unchanged) = look.legend {
            let words = legend(scene, unchanged);
            let widths = words.iter().map(|(_, words)| width_of(words, WORDS) + LEGEND_GAP);
            widest = widest.max(widths.sum());
        }
        let widest = self.page(widest);
        let margin = self.page(MARGIN);
        let whole = Area {
            x: x - margin,
            y: y - above - margin,
            width: width.max(widest) + 2.0 * margin,
            height: height + above + below + 2.0 * margin,
        };
        self.begin(scene, look, whole)?;
        self.frames(scene)?;
        self.bundles(scene)?;
        self.blocks(scene)?;
        self.patches(&words)?;
        self.labels(scene)?;
        self.heading((scene.area.x, y - above), (&title, &lines))?;
        if let Some(unchanged) = look.legend {
            self.legend((scene.area.x, y + height + below), &legend(scene, unchanged))?;
        }
        writeln!(self.out, "</svg>")
    }

    fn begin(&mut self, scene: &Scene, look: &SvgLook, whole: Area) -> fmt::Result {
        let Area { x, y, width, height } = whole;
        writeln!(self.out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            self.out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{} {} {} {}" width="{}" height="{}">"#,
            Num(x),
            Num(y),
            Num(width),
            Num(height),
            Num(width * self.zoom),
            Num(height * self.zoom)
        )?;
        writeln!(self.out, "<title>{}</title>", Escaped(look.title))?;
        let rows = scene.labels.iter().map(|label| label.text.as_str());
        let frames = scene.frames.iter().map(|frame| frame.label.as_str());
        let said = look.lines.iter().map(String::as_str).chain([look.caution]);
        let all: Vec<&str> = said.chain(rows).chain(frames).filter(|s| !s.is_empty()).collect();
        writeln!(self.out, "<desc>Network topology: {}</desc>", Escaped(&all.join("; ")))?;
        let fill = Hex(self.colors.canvas);
        write!(self.out, r#"<rect fill="{fill}""#)?;
        self.place(whole)?;
        writeln!(self.out, "/>")
    }

    fn place(&mut self, Area { x, y, width, height }: Area) -> fmt::Result {
        let (x, y, width, height) = (Num(x), Num(y), Num(width), Num(height));
        write!(self.out, r#" x="{x}" y="{y}" width="{width}" height="{height}""#)
    }

    fn rect(&mut self, area: Area, corner: f32) -> fmt::Result {
        self.out.push_str("<rect");
        self.place(area)?;
        writeln!(self.out, r#" rx="{}"/>"#, Num(corner))
    }

    fn frames(&mut self, scene: &Scene) -> fmt::Result {
        let (line, width) = (Hex(self.colors.line), self.page(1.0));
        writeln!(self.out, r#"<g fill="none" stroke="{line}" stroke-width="{}">"#, Num(width))?;
        for frame in &scene.frames {
            self.rect(within(frame.area, width), self.page(6.0))?;
        }
        writeln!(self.out, "</g>")
    }

    /// What changes lies above what stays.
    fn bundles(&mut self, scene: &Scene) -> fmt::Result {
        let curved = scene.bundles.len() <= CURVES_UP_TO;
        let mut alike: BTreeMap<(State, u32), Vec<&Bundle>> = BTreeMap::new();
        for bundle in &scene.bundles {
            let thickness = bundle.cables().max(1).ilog2();
            alike.entry((bundle.state, thickness)).or_default().push(bundle);
        }
        writeln!(self.out, r#"<g fill="none">"#)?;
        for ((state, thickness), bundles) in alike {
            let width = self.page(bundle_width(1 << thickness, self.zoom));
            let hollow = state == State::NotBuilt;
            let color = self.colors.of_state(state).filter(|_| !hollow);
            let stroke = Hex(color.unwrap_or(self.colors.trunk));
            write!(self.out, r#"<g stroke="{stroke}" stroke-width="{}""#, Num(width))?;
            writeln!(
                self.out,
                "{}",
                if color.is_some() || hollow { r#" stroke-opacity="0.5">"# } else { ">" }
            )?;
            for bundle in bundles {
                let block = |n: u32| scene.blocks.get(n as usize);
                if let (Some(a), Some(b)) = (block(bundle.a), block(bundle.b)) {
                    self.bundle(a, b, curved)?;
                }
            }
            writeln!(self.out, "</g>")?;
        }
        writeln!(self.out, "</g>")
    }

    fn bundle(&mut self, a: &Block, b: &Block, curved: bool) -> fmt::Result {
        let (a, b) = ends(a.area, b.area);
        let (ax, ay, bx, by) = (Num(a.0), Num(a.1), Num(b.0), Num(b.1));
        if !curved || (a.0 - b.0).abs() < 1.0 {
            return writeln!(self.out, r#"<path d="M{ax} {ay}L{bx} {by}"/>"#);
        }
        let Curve { a_control: (cx, cy), b_control: (dx, dy), .. } = Curve::between(a, b);
        let (cx, cy, dx, dy) = (Num(cx), Num(cy), Num(dx), Num(dy));
        writeln!(self.out, r#"<path d="M{ax} {ay}C{cx} {cy} {dx} {dy} {bx} {by}"/>"#)
    }

    fn blocks(&mut self, scene: &Scene) -> fmt::Result {
        for block in &scene.blocks {
            writeln!(self.out, "<g>\n<title>{}</title>", Escaped(&hover(block)))?;
            let own = self.colors.of_role(block.role);
            if block.tiles() > 0 {
                self.tiles(block, own)?;
            } else {
                let color = self.colors.of_state(block.state).unwrap_or(own);
                let (percent, dashes) = thickness(block.state, 22);
                let fill = Hex(over(self.colors.canvas, color, percent));
                let (edge, width) = (Hex(color), Num(BLOCK_EDGE));
                writeln!(
                    self.out,
                    r#"<g fill="{fill}" stroke="{edge}" stroke-width="{width}"{dashes}>"#
                )?;
                self.rect(within(block.area, BLOCK_EDGE), 3.0)?;
                writeln!(self.out, "</g>")?;
            }
            writeln!(self.out, "</g>")?;
        }
        Ok(())
    }

    fn tiles(&mut self, block: &Block, own: u32) -> fmt::Result {
        let mut alike: BTreeMap<State, Vec<u32>> = BTreeMap::new();
        for (n, state) in (0..block.tiles()).zip(&block.states) {
            alike.entry(*state).or_default().push(n);
        }
        for (state, tiles) in alike {
            let color = self.colors.of_state(state).unwrap_or(own);
            let (percent, dashes) = thickness(state, 45);
            let (fill, edge) = (Hex(over(self.colors.canvas, color, percent)), Hex(color));
            let width = Num(TILE_EDGE);
            writeln!(
                self.out,
                r#"<g fill="{fill}" stroke="{edge}" stroke-width="{width}"{dashes}>"#
            )?;
            for n in tiles {
                let area = tile(block.area, (block.columns, block.tiles()), n);
                self.rect(within(area, TILE_EDGE), 1.5)?;
            }
            writeln!(self.out, "</g>")?;
        }
        Ok(())
    }

    /// The labels of frames and rows that have room.
    fn words(&self, scene: &Scene) -> Vec<Patch> {
        let mut words: Vec<Patch> = Vec::new();
        let texts = scene.frames.iter().map(|frame| (frame.area, cut(&frame.label)));
        let fits = |(area, text): &(Area, String)| width_of(text, WORDS) <= area.width;
        let texts: Vec<(Area, String)> = texts.filter(fits).collect();
        // As large on a page as the others, or as large as the narrowest frame allows.
        let most = |(area, text): &(Area, String)| area.width / width_of(text, 1.0).max(1.0);
        let size = texts.iter().map(most).fold(self.page(WORDS), f32::min);
        for (area, text) in texts {
            words.push(Patch {
                x: area.x,
                baseline: area.y - 0.6 * size,
                size,
                color: self.colors.dim,
                text,
            });
        }
        let over_frame = 1.65 * size;
        for label in &scene.labels {
            let size = self.page(WORDS);
            let above = if label.above_frame { over_frame + 0.4 * size } else { 0.8 * size };
            let (x, baseline) = (label.x, label.y - above);
            let (color, text) = (self.colors.faint, cut(&label.text));
            let patch = Patch { x, baseline, size, color, text };
            if !words.iter().any(|word| word.touches(&patch)) {
                words.push(patch);
            }
        }
        words
    }

    fn patches(&mut self, words: &[Patch]) -> fmt::Result {
        let ground = Hex(self.colors.canvas);
        writeln!(self.out, r#"<g fill="{ground}" fill-opacity="0.85">"#)?;
        for patch in words {
            self.rect(patch.area(), 0.2 * patch.size)?;
        }
        writeln!(self.out, "</g>\n<g font-family=\"{SANS}\">")?;
        for patch in words {
            self.text((patch.x, patch.baseline), patch.size, patch.color, &patch.text)?;
        }
        writeln!(self.out, "</g>")
    }

    fn text(&mut self, (x, y): (f32, f32), size: f32, color: u32, text: &str) -> fmt::Result {
        let (x, y, size, color, text) = (Num(x), Num(y), Num(size), Hex(color), Escaped(text));
        let place = format_args!(r#"x="{x}" y="{y}" font-size="{size}" fill="{color}""#);
        writeln!(self.out, "<text {place}>{text}</text>")
    }

    fn labels(&mut self, scene: &Scene) -> fmt::Result {
        let labels = || scene.blocks.iter().filter_map(|b| Some((b, b.label_at(1.0)?)));
        // Below servers cables go on to another fabric: not through their labels.
        let ground = Hex(self.colors.canvas);
        writeln!(self.out, r#"<g fill="{ground}" fill-opacity="0.85">"#)?;
        for (block, label) in labels().filter(|(block, _)| !block.is_labelled_within()) {
            let width = (label.chars().count() as f32 + 0.5) * CHARACTER * LABEL;
            let (x, y) = (block.area.centre().0, block.area.y + block.area.height);
            let (x, height) = (x - width / 2.0, 1.45 * LABEL);
            self.rect(Area { x, y, width, height }, 2.0)?;
        }
        writeln!(self.out, "</g>")?;
        let size = Num(LABEL);
        write!(self.out, r#"<g font-family="{MONO}" font-size="{size}""#)?;
        writeln!(self.out, r#" text-anchor="middle">"#)?;
        for (block, label) in labels() {
            let (x, middle) = block.area.centre();
            let y = if block.is_labelled_within() {
                middle + 0.35 * LABEL
            } else {
                block.area.y + block.area.height + 1.2 * LABEL
            };
            let color = Hex(self.colors.of_state(block.state).unwrap_or(self.colors.dim));
            let (x, y, label) = (Num(x), Num(y), Escaped(&label));
            writeln!(self.out, r#"<text x="{x}" y="{y}" fill="{color}">{label}</text>"#)?;
        }
        writeln!(self.out, "</g>")
    }

    fn heading(
        &mut self,
        (x, top): (f32, f32),
        (title, lines): (&str, &[(String, u32)]),
    ) -> fmt::Result {
        writeln!(self.out, r#"<g font-family="{SANS}">"#)?;
        let (mut y, size) = (top + self.page(TITLE * 0.75), self.page(TITLE));
        let (color, title) = (Hex(self.colors.text), Escaped(title));
        writeln!(
            self.out,
            r#"<text x="{}" y="{}" font-size="{}" font-weight="600" fill="{color}">{title}</text>"#,
            Num(x),
            Num(y),
            Num(size)
        )?;
        for (line, color) in lines {
            y += self.page(LINE);
            self.text((x, y), self.page(WORDS), *color, line)?;
        }
        writeln!(self.out, "</g>")
    }

    fn legend(&mut self, (x, y): (f32, f32), legend: &[(State, String)]) -> fmt::Result {
        let size = Num(self.page(WORDS));
        let (x, y) = (Num(x), Num(y));
        write!(self.out, r#"<text x="{x}" y="{y}" font-family="{SANS}" font-size="{size}">"#)?;
        for (n, (state, words)) in legend.iter().enumerate() {
            let color = Hex(self.colors.of_state(*state).unwrap_or(self.colors.dim));
            let gap = Num(if n == 0 { 0.0 } else { self.page(LEGEND_GAP) });
            let words = Escaped(words);
            write!(self.out, r#"<tspan dx="{gap}" fill="{color}">{words}</tspan>"#)?;
        }
        writeln!(self.out, "</text>")
    }
}

/// The states and the words for them.
fn legend(scene: &Scene, unchanged: &str) -> Vec<(State, String)> {
    let words = |state: State| {
        let name = if state == State::Unchanged { unchanged } else { state.name() };
        (state, format!("{} {name}", state.glyph()).trim().to_owned())
    };
    scene.legend().map(words).collect()
}

/// How thick something of a state is filled that else is so thick, and how its edge is dashed: what
/// is not built is hollow.
fn thickness(state: State, percent: u32) -> (u32, &'static str) {
    match state {
        State::NotBuilt => (0, r#" stroke-dasharray="3 3""#),
        _ => (percent, ""),
    }
}

/// What the arches between blocks of one row take above the row.
fn arches(scene: &Scene) -> impl Iterator<Item = Area> {
    let block = |n: u32| scene.blocks.get(n as usize);
    scene.bundles.iter().filter_map(move |bundle| {
        let (a, b) = ends(block(bundle.a)?.area, block(bundle.b)?.area);
        // The middle is the highest, at three quarters of the way to the corners.
        let rise = 0.75 * arch_rise(a, b);
        Some(Area { x: a.0.min(b.0), y: a.1.min(b.1) - rise, width: 0.0, height: rise })
    })
}

/// What is said of a block that is pointed at.
fn hover(block: &Block) -> String {
    let mut parts = vec![block.name.clone()];
    if block.count > 1 {
        parts.push(counted(block.count, "device", "devices"));
    }
    parts.extend(Some(block.model.clone()).filter(|model| !model.is_empty()));
    parts.extend(block.su.map(|su| format!("SU {}", u64::from(su) + 1)));
    if block.state != State::Unchanged {
        parts.push(format!("{} {}", block.state.glyph(), block.state.name()));
    }
    parts.join(" · ")
}
