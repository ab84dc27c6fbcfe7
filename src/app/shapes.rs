//! How blocks and bundles look in the graph: cheap shapes, culled, without words.

use super::theme::tokens;
use crate::fabric::DeviceRole;
use crate::scene::{
    Area, Block, Bundle, CURVES_UP_TO, Curve, State, arch_rise, bundle_width, leaving, tile,
};
use egui::{Color32, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};
use egui_graphs::{DisplayEdge, DisplayNode, DrawContext, EdgeProps, Node, NodeProps};
use petgraph::{Undirected, stable_graph::DefaultIx};

/// Points along a curve that a click is measured against.
const CURVE_POINTS: usize = 14;
/// Points from one corner of a drawn curve to the next, on the screen.
const CURVE_STEP: f32 = 14.0;
/// A bundle can be hit this near, in points.
const HIT_POINTS: f32 = 4.0;

/// Blocks that are higher on the screen are drawn as tiles.
pub(super) const TILES_FROM: f32 = 14.0;

/// Dashes and the gaps between them, in points, and the width from which a block has some.
const DASH: f32 = 3.0;
const DASHED_FROM: f32 = 20.0;

/// Once around, from corner to corner.
fn outline(rect: Rect) -> [Pos2; 5] {
    let Rect { min, max } = rect;
    [min, pos2(max.x, min.y), max, pos2(min.x, max.y), min]
}

/// What a node carries: small, since the graph copies it for every edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockLook {
    pub index: u32,
    half: Vec2,
    state: State,
    role: DeviceRole,
    columns: u32,
    /// Tiles to draw; 0 draws the block as a whole.
    tiles: u32,
    /// Three bits for the state of each tile.
    tile_states: u128,
    /// A bit for each tile that is selected, if the block is not as a whole.
    pub part: Option<u32>,
}

impl BlockLook {
    pub fn of(index: u32, block: &Block) -> Self {
        let bits = |state: &State| match state {
            State::Unchanged => 0u128,
            State::Added => 1,
            State::Changed => 2,
            State::Removed => 3,
            State::Drifted => 4,
            State::NotBuilt => 5,
        };
        let tiles = block.tiles();
        let tile_states = block
            .states
            .iter()
            .take(tiles as usize)
            .enumerate()
            .fold(0, |all, (n, state)| all | bits(state) << (3 * n));
        Self {
            index,
            half: vec2(block.area.width, block.area.height) / 2.0,
            state: block.state,
            role: block.role,
            columns: block.columns.max(1),
            tiles,
            tile_states,
            part: None,
        }
    }

    fn tile_is_selected(&self, n: u32) -> bool {
        self.part.is_none_or(|tiles| tiles & 1u32.checked_shl(n).unwrap_or(0) != 0)
    }

    fn tile_state(&self, n: u32) -> State {
        match self.tile_states >> (3 * n) & 7 {
            0 => State::Unchanged,
            1 => State::Added,
            2 => State::Changed,
            3 => State::Removed,
            4 => State::Drifted,
            _ => State::NotBuilt,
        }
    }
}

/// The middle of a block.
pub(super) fn centre(block: &Block) -> Pos2 {
    block.area.centre().into()
}

/// What an edge carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct BundleLook {
    pub index: u32,
    state: State,
    links: u32,
    curved: bool,
}

impl BundleLook {
    pub fn of(index: u32, bundle: &Bundle, bundles: usize) -> Self {
        Self { index, state: bundle.state, links: bundle.cables(), curved: bundles <= CURVES_UP_TO }
    }
}

/// Draws a block.
#[derive(Clone)]
pub(super) struct BlockShape {
    look: BlockLook,
    centre: Pos2,
    selected: bool,
    hovered: bool,
}

impl From<NodeProps<BlockLook>> for BlockShape {
    fn from(props: NodeProps<BlockLook>) -> Self {
        Self {
            look: props.payload,
            centre: props.location(),
            selected: props.selected,
            hovered: props.hovered,
        }
    }
}

impl DisplayNode<BlockLook, BundleLook, Undirected, DefaultIx> for BlockShape {
    fn closest_boundary_point(&self, dir: Vec2) -> Pos2 {
        leaving(self.centre.into(), self.look.half.y, dir.y).into()
    }

    fn shapes(&mut self, ctx: &DrawContext) -> Vec<Shape> {
        let t = tokens(ctx.ctx);
        let zoom = ctx.meta.zoom;
        let centre = ctx.meta.canvas_to_screen_pos(self.centre);
        let rect = Rect::from_center_size(centre, self.look.half * 2.0 * zoom);
        if !rect.expand(4.0).intersects(ctx.painter.clip_rect()) {
            return Vec::new();
        }
        let own = match self.look.role {
            DeviceRole::Server => t.server,
            DeviceRole::External => t.dim,
            DeviceRole::Leaf | DeviceRole::BorderLeaf | DeviceRole::Management => t.leaf,
            DeviceRole::Spine | DeviceRole::SuperSpine => t.spine,
        };
        let color = |state: State| t.of_state(state).unwrap_or(own);
        let lit = |fill: f32| if self.hovered { fill + 0.2 } else { fill };
        let mut shapes = Vec::with_capacity(self.look.tiles as usize + 2);
        if self.look.tiles > 0 && rect.height() > TILES_FROM {
            let (x, y, width, height) = (rect.min.x, rect.min.y, rect.width(), rect.height());
            let area = Area { x, y, width, height };
            for n in 0..self.look.tiles {
                let tile = tile(area, (self.look.columns, self.look.tiles), n);
                let size = vec2(tile.width, tile.height);
                let tile = Rect::from_min_size(pos2(tile.x, tile.y), size);
                let color = color(self.look.tile_state(n));
                let selected = self.selected && self.look.tile_is_selected(n);
                let hollow = self.look.tile_state(n) == State::NotBuilt;
                let fill = match selected {
                    true => t.accent,
                    false => color.gamma_multiply(lit(if hollow { 0.0 } else { 0.45 })),
                };
                shapes.push(Shape::rect_filled(tile, 1.5 * zoom.min(1.0), fill));
                // What is hollow has nothing but its edge.
                if size.x > 6.0 || hollow {
                    let edge = Stroke::new(1.0, if selected { t.accent } else { color });
                    shapes.push(Shape::rect_stroke(tile, 1.5, edge, StrokeKind::Inside));
                }
            }
            if self.selected {
                let edge = Stroke::new(1.5, t.accent);
                shapes.push(Shape::rect_stroke(rect.expand(3.0), 3.0, edge, StrokeKind::Outside));
            }
        } else {
            let color = color(self.look.state);
            let ground = Shape::rect_filled(rect, 3.0, t.canvas);
            let hollow = self.look.state == State::NotBuilt;
            let fill = match self.selected {
                true => t.accent,
                false => color.gamma_multiply(lit(if hollow { 0.0 } else { 0.22 })),
            };
            let edge = Stroke::new(1.2, if self.selected { t.accent } else { color });
            shapes.push(ground);
            shapes.push(Shape::rect_filled(rect, 3.0, fill));
            if hollow && !self.selected && rect.width() > DASHED_FROM {
                shapes.extend(Shape::dashed_line(&outline(rect.shrink(0.6)), edge, DASH, DASH));
            } else {
                shapes.push(Shape::rect_stroke(rect, 3.0, edge, StrokeKind::Inside));
            }
        }
        shapes
    }

    fn update(&mut self, props: &NodeProps<BlockLook>) {
        self.look = props.payload;
        self.centre = props.location();
        self.selected = props.selected;
        self.hovered = props.hovered;
    }

    fn is_inside(&self, pos: Pos2) -> bool {
        Rect::from_center_size(self.centre, self.look.half * 2.0).contains(pos)
    }
}

/// Draws a bundle.
#[derive(Clone)]
pub(super) struct BundleShape {
    look: BundleLook,
    selected: bool,
    zoom: f32,
}

impl From<EdgeProps<BundleLook>> for BundleShape {
    fn from(props: EdgeProps<BundleLook>) -> Self {
        Self { look: props.payload, selected: props.selected, zoom: 1.0 }
    }
}

type BlockNode = Node<BlockLook, BundleLook, Undirected, DefaultIx, BlockShape>;

/// The ends of a bundle: from the side of each block that faces the other.
fn ends(start: &BlockNode, end: &BlockNode) -> (Pos2, Pos2) {
    let (a, b) = (start.location(), end.location());
    (start.display().closest_boundary_point(b - a), end.display().closest_boundary_point(a - b))
}

impl DisplayEdge<BlockLook, BundleLook, Undirected, DefaultIx, BlockShape> for BundleShape {
    fn shapes(&mut self, start: &BlockNode, end: &BlockNode, ctx: &DrawContext) -> Vec<Shape> {
        let t = tokens(ctx.ctx);
        self.zoom = ctx.meta.zoom;
        let (a, b) = ends(start, end);
        let (a, b) = (ctx.meta.canvas_to_screen_pos(a), ctx.meta.canvas_to_screen_pos(b));
        let arch = arch_rise(a.into(), b.into());
        if !Rect::from_two_pos(a, b).expand(2.0 + arch).intersects(ctx.painter.clip_rect()) {
            return Vec::new();
        }
        let lit =
            self.selected || start.selected() || end.selected() || start.hovered() || end.hovered();
        let color: Color32 = match (lit, t.of_state(self.look.state)) {
            (true, _) => t.accent,
            (false, _) if self.look.state == State::NotBuilt => t.trunk.gamma_multiply(0.5),
            (false, Some(color)) => color.gamma_multiply(0.5),
            (false, None) => t.trunk,
        };
        let width = bundle_width(self.look.links, ctx.meta.zoom) + if lit { 0.6 } else { 0.0 };
        let stroke = Stroke::new(width, color);
        if !self.look.curved || (a.x - b.x).abs() < 1.0 {
            return vec![Shape::line_segment([a, b], stroke)];
        }
        let corners = ((a.distance(b) + 2.0 * arch) / CURVE_STEP).clamp(8.0, 40.0) as usize;
        let curve = Curve::between(a.into(), b.into());
        let points =
            (0..=corners).map(|n| Pos2::from(curve.at(n as f32 / corners as f32))).collect();
        vec![Shape::line(points, stroke)]
    }

    fn update(&mut self, props: &EdgeProps<BundleLook>) {
        self.look = props.payload;
        self.selected = props.selected;
    }

    fn is_inside(&self, start: &BlockNode, end: &BlockNode, pos: Pos2) -> bool {
        let (a, b) = ends(start, end);
        let reach = HIT_POINTS / self.zoom.max(0.01);
        let arch = arch_rise(a.into(), b.into());
        if !Rect::from_two_pos(a, b).expand(reach + arch).contains(pos) {
            return false;
        }
        let last = (CURVE_POINTS - 1) as f32;
        let curve = Curve::between(a.into(), b.into());
        let point = |n: usize| {
            let at = n as f32 / last;
            if self.look.curved { Pos2::from(curve.at(at)) } else { a + (b - a) * at }
        };
        (1..CURVE_POINTS).any(|n| {
            let (from, to) = (point(n - 1), point(n));
            let along = to - from;
            let length = along.length_sq().max(f32::EPSILON);
            let at = ((pos - from).dot(along) / length).clamp(0.0, 1.0);
            (from + along * at).distance(pos) <= reach
        })
    }
}
