//! The topology: the scene in a graph view, with pan, zoom, fit, selection and hover.
//!
//! `egui_graphs` asks for another frame whenever it is shown. So it is shown only while there is
//! something new to show: otherwise the shapes of its last frame are painted again, and an idle
//! window stays idle. Words are painted apart from those shapes, since a kept text would point
//! into a font atlas that may have been rebuilt.

mod overlays;
mod words;

use overlays::{is_narrow, overlays_ui, spoken_lead, tabs_ui};
use words::paint_words;

use super::changes::of_key;
use super::command::{Action, Command};
use super::model::{Field, Model};
use super::selection::{Marks, Reach, Selected, Selection, spoken_selection};
use super::shapes::{BlockLook, BlockShape, BundleLook, BundleShape, TILES_FROM, centre};
use super::theme::tokens;
use super::widgets::{Empty, empty_state};
use crate::fabric::Fabric;
use crate::scene::{Area, Block, Scene, tile};
use egui::epaint::ClippedShape;
use egui::{
    Event, EventFilter, Id, Key, MouseWheelUnit, Painter, Pos2, Rect, Sense, Stroke, StrokeKind,
    Ui, UiBuilder, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_graphs::{
    Graph, GraphChange, GraphView, Layout, LayoutState, MetadataFrame, SettingsInteraction,
    SettingsNavigation,
};
use egui_phosphor::regular as icon;
use petgraph::Undirected;
use petgraph::stable_graph::{DefaultIx, NodeIndex};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const ZOOM_LEAST: f32 = 0.000_5;
const ZOOM_MOST: f32 = 8.0;
const ZOOM_STEP: f32 = 1.25;
/// Blocks are never shown larger than this by fitting alone.
const FIT_MOST: f32 = 1.5;

type BlockGraph = Graph<BlockLook, BundleLook, Undirected, DefaultIx, BlockShape, BundleShape>;

/// A layout that leaves every block where the scene has put it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct AsPlaced;

impl LayoutState for AsPlaced {}

impl Layout<AsPlaced> for AsPlaced {
    fn from_state(state: AsPlaced) -> impl Layout<AsPlaced> {
        state
    }

    fn next<N, E, Ty, Ix, Dn, De>(&mut self, _: &mut Graph<N, E, Ty, Ix, Dn, De>, _: &Ui)
    where
        N: Clone,
        E: Clone,
        Ty: petgraph::EdgeType,
        Ix: petgraph::stable_graph::IndexType,
        Dn: egui_graphs::DisplayNode<N, E, Ty, Ix>,
        De: egui_graphs::DisplayEdge<N, E, Ty, Ix, Dn>,
    {
    }

    fn state(&self) -> AsPlaced {
        AsPlaced
    }
}

/// What the shapes of a frame depend on. Equal: paint them again.
#[derive(Clone, Debug, PartialEq)]
struct View {
    scene: usize,
    rect: Rect,
    zoom: f32,
    pan: Vec2,
    dark: bool,
    pixels_per_point: f32,
    marks: Arc<Marks>,
    hovered: Option<u32>,
}

/// The state of the drawing: where one looks, and what was drawn last.
#[derive(Default)]
pub(super) struct Canvas {
    scene: Arc<Scene>,
    graph: Option<BlockGraph>,
    /// Pixels of the screen, in points, to a unit of the scene.
    pub zoom: f32,
    pan: Vec2,
    /// True until someone pans or zooms: then every scene is fitted.
    pub fitted: bool,
    rect: Option<Rect>,
    hovered: Option<u32>,
    shown: Option<View>,
    /// The widget that the view was last shown as.
    widget: Option<Id>,
    shapes: Vec<ClippedShape>,
    selection: Selection,
    marks: Arc<Marks>,
    /// True once the selection is to fill the view.
    zooms_to_selection: bool,
    /// Where the rectangle began that is being drawn.
    band: Option<Pos2>,
    /// Where that lies which floats at the lower edge, if anything does.
    pub foot: Option<Rect>,
    /// Frames on which the graph view was shown.
    pub live_frames: u64,
}

impl Canvas {
    /// A canvas that fits what it will show.
    pub fn new() -> Self {
        Self { fitted: true, zoom: 1.0, ..Self::default() }
    }

    /// Does what a command asks of the view.
    pub fn obey(&mut self, command: Command) {
        match command {
            Command::Fit => self.fitted = true,
            Command::ZoomIn => self.zoom_about(None, ZOOM_STEP),
            Command::ZoomOut => self.zoom_about(None, 1.0 / ZOOM_STEP),
            Command::ZoomToSelection => self.zooms_to_selection = true,
            _ => {}
        }
    }

    /// Fits the next scene: another plan was opened.
    pub fn refit(&mut self) {
        self.fitted = true;
    }

    fn zoom_about(&mut self, at: Option<Pos2>, factor: f32) {
        let Some(rect) = self.rect else { return };
        let at = at.unwrap_or(rect.center()) - rect.min;
        let zoom = (self.zoom * factor).clamp(ZOOM_LEAST, ZOOM_MOST);
        self.pan = at - (at - self.pan) * (zoom / self.zoom);
        self.zoom = zoom;
        self.fitted = false;
    }

    fn fit(&mut self, rect: Rect) {
        self.fit_area(rect, self.scene.area);
    }

    fn fit_area(&mut self, rect: Rect, area: Area) {
        let Area { x, y, width, height } = area;
        if width <= 0.0 || height <= 0.0 {
            return;
        }
        // Between what floats above, with the words of a row under it, and what floats below.
        let (above, below) = (if is_narrow(rect) { 94.0 } else { 64.0 }, self.below());
        let room = (rect.size() - vec2(24.0, above + below)).max(vec2(50.0, 50.0));
        self.zoom = (room.x / width).min(room.y / height).clamp(ZOOM_LEAST, FIT_MOST);
        let middle = vec2(x + width / 2.0, y + height / 2.0);
        let centre = vec2(rect.width() / 2.0, above + (rect.height() - above - below) / 2.0);
        self.pan = centre - middle * self.zoom;
    }

    /// What the legend takes of the view, with the room around it; as much without one.
    fn below(&self) -> f32 {
        self.foot.map_or(62.0, |foot| (foot.height() + 32.0).max(62.0))
    }

    fn to_screen(&self, rect: Rect, at: Pos2) -> Pos2 {
        rect.min + self.pan + at.to_vec2() * self.zoom
    }

    fn area_on_screen(&self, rect: Rect, area: Area) -> Rect {
        Rect::from_min_size(
            self.to_screen(rect, pos2(area.x, area.y)),
            vec2(area.width, area.height) * self.zoom,
        )
    }

    fn take_scene(&mut self, scene: &Arc<Scene>) {
        if self.graph.is_some() && Arc::ptr_eq(&self.scene, scene) {
            return;
        }
        self.scene = Arc::clone(scene);
        self.hovered = None;
        let mut graph = BlockGraph::new();
        let mut nodes: Vec<NodeIndex> = Vec::with_capacity(scene.blocks.len());
        for (n, block) in (0u32..).zip(&scene.blocks) {
            let node = graph.add_node_custom(BlockLook::of(n, block), |node| {
                node.set_location(centre(block));
            });
            nodes.push(node);
        }
        for (n, bundle) in (0u32..).zip(&scene.bundles) {
            if let (Some(a), Some(b)) = (nodes.get(bundle.a as usize), nodes.get(bundle.b as usize))
            {
                let look = BundleLook::of(n, bundle, scene.bundles.len());
                graph.add_edge_custom(*a, *b, look, |_| {});
            }
        }
        self.graph = Some(graph);
    }

    /// The area of blocks, and of those that bundles join.
    fn area_of(&self, marks: &Marks) -> Option<Area> {
        let of_bundle = |n: &u32| {
            let bundle = self.scene.bundles.get(*n as usize);
            bundle.map(|bundle| [bundle.a, bundle.b]).into_iter().flatten()
        };
        let blocks = marks.blocks.iter().copied().chain(marks.bundles.iter().flat_map(of_bundle));
        let areas = blocks.filter_map(|n| self.scene.blocks.get(n as usize).map(|b| b.area));
        areas.reduce(Area::union)
    }

    /// Where on the screen the selected is drawn, or the edge that is nearest to it.
    pub fn place_of_selection(&self) -> Option<Pos2> {
        let (rect, area) = (self.rect?, self.area_of(&self.marks)?);
        Some(rect.shrink(20.0).clamp(self.area_on_screen(rect, area).center()))
    }

    /// Brings what was chosen last into view, if it is not.
    fn reveal(&mut self, rect: Rect, marks: &Marks) {
        let Some(area) = self.area_of(marks) else { return };
        let at = self.area_on_screen(rect, area);
        if !rect.shrink(20.0).intersects(at) {
            self.pan += rect.center() - at.center();
            self.fitted = false;
        }
    }
}

impl Canvas {
    /// What a block stands for: its devices, whether the plan has them or not.
    fn members(&self, fabric: &Fabric, index: u32) -> Vec<Selected> {
        let Some(block) = self.scene.blocks.get(index as usize) else { return Vec::new() };
        match block.first_device {
            Some(first) => (first..first.saturating_add(block.count))
                .filter_map(|device| Selected::device(fabric, device))
                .collect(),
            None => {
                let others = self.scene.others.iter().filter(|(_, other)| **other == index);
                others.map(|(key, _)| of_key(key)).collect()
            }
        }
    }

    /// What a bundle stands for: its links, or the devices that its cables come and go with.
    fn links(&self, fabric: &Fabric, index: u32) -> Vec<Selected> {
        let all = (0u32..).zip(&self.scene.bundle_of);
        let links = all.filter(|(_, bundle)| **bundle == index).map(|(n, _)| Selected::Link(n));
        let links: Vec<Selected> = links.collect();
        let Some(bundle) = self.scene.bundles.get(index as usize).filter(|_| links.is_empty())
        else {
            return links;
        };
        let is_other = |n: &u32| {
            let block = self.scene.blocks.get(*n as usize);
            block.is_some_and(|block| block.first_device.is_none())
        };
        let end = [bundle.a, bundle.b].into_iter().find(is_other).unwrap_or(bundle.a);
        self.members(fabric, end)
    }

    /// The tile of a block that lies at a place on the screen, where tiles are drawn.
    fn tile_at(&self, index: u32, at: Pos2) -> Option<u32> {
        let block = self.scene.blocks.get(index as usize)?;
        let area = self.area_on_screen(self.rect?, block.area);
        if area.height() <= TILES_FROM {
            return None;
        }
        let (x, y, width, height) = (area.min.x, area.min.y, area.width(), area.height());
        let area = Area { x, y, width, height };
        (0..block.tiles()).find(|n| {
            let Area { x, y, width, height } = tile(area, (block.columns, block.tiles()), *n);
            Rect::from_min_size(pos2(x, y), vec2(width, height)).contains(at)
        })
    }

    /// The nearest block from another in a direction, as one would point at it.
    fn neighbour(&self, from: u32, way: Vec2) -> Option<u32> {
        let from = centre(self.scene.blocks.get(from as usize)?);
        let reach = |block: &Block| {
            let to = centre(block) - from;
            let (along, aside) = (to.dot(way), to.dot(way.rot90()).abs());
            // Beyond a right angle's half it lies in another direction.
            (along > 0.5 && aside <= along * 4.0).then_some(along + 2.0 * aside)
        };
        let all = (0u32..).zip(&self.scene.blocks);
        let near = all.filter_map(|(n, block)| Some((n, reach(block)?)));
        near.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(n, _)| n)
    }
}

/// Arrow keys go from block to block while the topology has the keyboard; with Shift they add.
fn keys_ui(
    ui: &Ui,
    canvas: &Canvas,
    response: &egui::Response,
    (model, fabric): (&Model, &Fabric),
    out: &mut Vec<Action>,
) {
    if !response.has_focus() {
        return;
    }
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let accent = tokens(ui.ctx()).accent;
    if let Some(rect) = canvas.rect {
        ui.painter().rect_stroke(
            rect.shrink(1.0),
            2.0,
            Stroke::new(1.0, accent),
            StrokeKind::Inside,
        );
    }
    let (way, adds) = ui.input(|input| {
        let ways = [
            (Key::ArrowLeft, vec2(-1.0, 0.0)),
            (Key::ArrowRight, vec2(1.0, 0.0)),
            (Key::ArrowUp, vec2(0.0, -1.0)),
            (Key::ArrowDown, vec2(0.0, 1.0)),
        ];
        let way = ways.into_iter().find(|(key, _)| input.key_pressed(*key)).map(|(_, way)| way);
        (way, input.modifiers.shift)
    });
    let Some(way) = way else { return };
    let lead = model.selection.lead();
    let here = lead.map(|lead| Marks::of_one(&canvas.scene, fabric, lead));
    let here = here.and_then(|marks| marks.blocks.first().copied());
    let next = here.map_or(Some(0), |here| canvas.neighbour(here, way));
    let Some(next) = next else { return };
    let members = canvas.members(fabric, next);
    let lead = members.first().cloned();
    let selection = if adds { model.selection.joined(members) } else { Selection::of(members) };
    let selection = lead.map_or(selection.clone(), |lead| selection.led_by(lead));
    out.push(Action::Select(selection));
}

/// Draws the topology.
pub(super) fn canvas_ui(ui: &mut Ui, canvas: &mut Canvas, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let rect = ui.available_rect_before_wrap();
    ui.painter().rect_filled(rect, 0.0, t.canvas);
    let Some((answer, is_before)) = model.drawn() else {
        let state = Empty {
            mark: icon::HOURGLASS,
            title: "Computing",
            words: "The fabric is drawn once it is known.",
            commands: &[],
        };
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| empty_state(ui, model, &state, out));
        return;
    };
    let fabric = &answer.evaluation.fabric;
    let is_new = !Arc::ptr_eq(&canvas.scene, &answer.scene);
    canvas.take_scene(&answer.scene);
    if canvas.fitted {
        canvas.fit(rect);
    }
    canvas.rect = Some(rect);
    let chosen = canvas.selection != model.selection;
    if chosen || is_new {
        canvas.selection = model.selection.clone();
        // Links go by their numbers, which are others in the newest fabric.
        let links = canvas.selection.without_links();
        let marked = if is_before { &links } else { &canvas.selection };
        canvas.marks = Arc::new(Marks::of(&canvas.scene, fabric, marked));
    }
    let lead =
        model.selection.lead().filter(|lead| !is_before || !matches!(lead, Selected::Link(_)));
    if let Some(lead) = lead.filter(|_| chosen) {
        canvas.reveal(rect, &Marks::of_one(&canvas.scene, fabric, lead));
    }
    if std::mem::take(&mut canvas.zooms_to_selection)
        && let Some(area) = canvas.area_of(&canvas.marks)
    {
        canvas.fit_area(rect, area);
        canvas.fitted = false;
    }
    if canvas.scene.blocks.is_empty() {
        empty_ui(ui, canvas, model, rect, out);
        return;
    }
    paint_frames(&ui.painter_at(rect), canvas, rect);
    graph_ui(ui, canvas, rect, (model, fabric), out);
    paint_words(&ui.painter_at(rect), canvas, rect);
    if is_before {
        // It is a memory, and looks like one.
        ui.painter_at(rect).rect_filled(rect, 0.0, t.canvas.gamma_multiply(0.6));
    }
    paint_band(&ui.painter_at(rect), canvas, ui.input(|input| input.pointer.latest_pos()));
    let foot = overlays_ui(ui, canvas, model, rect, out);
    if foot.map(|foot| foot.height()) != canvas.foot.map(|foot| foot.height()) {
        // What is drawn makes room for it.
        ui.ctx().request_repaint();
    }
    canvas.foot = foot;
}

/// What stands in place of a drawing, with the way out of it.
fn empty_ui(ui: &mut Ui, canvas: &Canvas, model: &Model, rect: Rect, out: &mut Vec<Action>) {
    let state = match model.has_errors() {
        true if model.is_stand_in() => Empty {
            mark: icon::WARNING_OCTAGON,
            title: "Nothing to draw",
            words: "The text of the file cannot be read. Mend it at the left.",
            commands: &[Command::NextFinding],
        },
        true => Empty {
            mark: icon::WARNING_OCTAGON,
            title: "Nothing to draw",
            words: "The spec has errors. Each stands at its field, with what mends it.",
            commands: &[Command::NextFinding],
        },
        false => Empty {
            mark: icon::GRAPH,
            title: "Nothing to draw yet",
            words: "Add a cluster or classes at the left, or begin with a plan that works.",
            commands: &[Command::New, Command::Open],
        },
    };
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| empty_state(ui, model, &state, out));
    tabs_ui(ui, canvas, model, rect, out);
}

/// The rectangle that is being drawn.
fn paint_band(painter: &Painter, canvas: &Canvas, pointer: Option<Pos2>) {
    let (Some(from), Some(to)) = (canvas.band, pointer) else { return };
    let accent = tokens(painter.ctx()).accent;
    let band = Rect::from_two_pos(from, to);
    painter.rect_filled(band, 2.0, accent.gamma_multiply(0.12));
    painter.rect_stroke(band, 2.0, Stroke::new(1.0, accent), StrokeKind::Inside);
}

/// Shows the graph view, or paints its last shapes again.
fn graph_ui(
    ui: &mut Ui,
    canvas: &mut Canvas,
    rect: Rect,
    (model, fabric): (&Model, &Fabric),
    out: &mut Vec<Action>,
) {
    let view = |canvas: &Canvas| View {
        scene: Arc::as_ptr(&canvas.scene) as usize,
        rect,
        zoom: canvas.zoom,
        pan: canvas.pan,
        dark: ui.visuals().dark_mode,
        pixels_per_point: ui.pixels_per_point(),
        marks: Arc::clone(&canvas.marks),
        hovered: canvas.hovered,
    };
    let over = ui.rect_contains_pointer(rect);
    let stirring = ui.input(|input| {
        input.pointer.delta() != Vec2::ZERO
            || input.pointer.any_down()
            || input.pointer.any_released()
            || input.smooth_scroll_delta() != Vec2::ZERO
            || input.zoom_delta() != 1.0
    });
    let live = canvas.shown.as_ref() != Some(&view(canvas))
        || (over && stirring)
        || (!over && canvas.hovered.is_some());
    let now = view(canvas);
    let mut child = ui.new_child(UiBuilder::new().id(Id::new("topology")).max_rect(rect));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    let layer = child.layer_id();
    let Some(mut graph) = canvas.graph.take() else { return };
    let response = if live {
        canvas.live_frames += 1;
        let marks = Arc::clone(&canvas.marks);
        for index in graph.g().node_indices().collect::<Vec<_>>() {
            if let Some(node) = graph.node_mut(index) {
                let n = node.payload().index;
                node.set_selected(marks.blocks.contains(&n));
                let block = canvas.scene.blocks.get(n as usize);
                node.payload_mut().part = block.and_then(|block| marks.part_of(n, block));
            }
        }
        for index in graph.g().edge_indices().collect::<Vec<_>>() {
            if let Some(edge) = graph.edge_mut(index) {
                edge.set_selected(marks.bundles.contains(&edge.payload().index));
            }
        }
        // The view adds the way its corner moved to the pan; the pan here is already right.
        let moved = canvas.shown.as_ref().map_or(Vec2::ZERO, |last| rect.min - last.rect.min);
        let mut frame = MetadataFrame::new(None).load(&child);
        frame.zoom = canvas.zoom;
        frame.pan = canvas.pan - moved;
        frame.save(&mut child);
        let painted = |ui: &Ui| {
            ui.ctx().graphics(|layers| layers.get(layer).map_or(0, |l| l.all_entries().len()))
        };
        let before = painted(&child);
        let shown = GraphView::<AsPlaced, AsPlaced>::new()
            .with_interactions(
                &SettingsInteraction::new()
                    .with_dragging_enabled(false)
                    .with_hover_enabled(true)
                    .with_node_clicking_enabled(true)
                    .with_edge_clicking_enabled(true),
            )
            .with_navigations(
                &SettingsNavigation::new()
                    .with_fit_to_screen_enabled(false)
                    .with_zoom_and_pan_enabled(false),
            )
            .show(&mut child, &mut graph);
        canvas.shapes = child.ctx().graphics(|layers| {
            layers
                .get(layer)
                .map(|list| list.all_entries().skip(before).cloned().collect())
                .unwrap_or_default()
        });
        // The first frame of a widget is fitted by the view itself, in its own way: show another.
        canvas.shown = (canvas.widget == Some(shown.response.id)).then_some(now);
        canvas.widget = Some(shown.response.id);
        let click = Click {
            at: shown.response.interact_pointer_pos().filter(|_| shown.response.clicked()),
            reach: Reach::of(child.input(|input| input.modifiers)),
        };
        take_changes(canvas, &graph, &shown.changes, (model, fabric), click, out);
        shown.response
    } else {
        let (response, _) = child.allocate_painter(child.available_size(), Sense::click_and_drag());
        child.ctx().graphics_mut(|layers| {
            let list = layers.entry(layer);
            for shape in &canvas.shapes {
                list.add(shape.clip_rect, shape.shape.clone());
            }
        });
        response
    };
    canvas.graph = Some(graph);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "Topology"));
    // What the arrows have come to is heard.
    let is_before = model.drawn().is_some_and(|(_, is_before)| is_before);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        // A link has another number there.
        let is_link = matches!(model.selection.lead(), Some(Selected::Link(_)));
        let lead = if is_before && is_link { None } else { spoken_lead(canvas, model, fabric) };
        node.set_value(spoken_selection(lead, model.selection.len()));
    });
    let is_led_to = model.focus == Some(Field::View);
    if response.clicked() || response.drag_started() || is_led_to {
        response.request_focus();
    }
    navigate(ui, canvas, &response, (model, fabric), out);
    keys_ui(ui, canvas, &response, (model, fabric), out);
    if response.secondary_clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        // What lies under the pointer is meant, unless it is a part of what is selected.
        if let Some(hovered) = canvas.hovered
            && !canvas.marks.blocks.contains(&hovered)
        {
            let selection = Selection::of(canvas.members(fabric, hovered));
            canvas.selection = selection.clone();
            canvas.shown = None;
            out.push(Action::Select(selection));
        }
        out.push(Action::OpenMenu(at));
    }
}

/// Where the drawing was pressed, if it was, and how far that reaches.
#[derive(Clone, Copy)]
struct Click {
    at: Option<Pos2>,
    reach: Reach,
}

fn take_changes(
    canvas: &mut Canvas,
    graph: &BlockGraph,
    changes: &[GraphChange],
    (model, fabric): (&Model, &Fabric),
    Click { at, reach }: Click,
    out: &mut Vec<Action>,
) {
    let block = |node: &NodeIndex| graph.node(*node).map(|node| node.payload().index);
    let mut hit = false;
    for change in changes {
        match change {
            GraphChange::NodeHoverEntered { node } => canvas.hovered = block(node),
            GraphChange::NodeHoverExited { .. } => canvas.hovered = None,
            GraphChange::NodeClicked { node } | GraphChange::NodeDoubleClicked { node } => {
                hit = true;
                let Some(index) = block(node) else { continue };
                let members = canvas.members(fabric, index);
                // A block first, and pressed again the one of it that is meant.
                let again = canvas.marks.blocks.contains(&index);
                let tile = at.filter(|_| again).and_then(|at| canvas.tile_at(index, at));
                let one = tile.and_then(|tile| members.get(tile as usize)).cloned();
                let selection = match reach {
                    Reach::Only => one.map_or_else(|| Selection::of(members), Selection::one),
                    // There is no order in a drawing, so through is the same as also.
                    _ if canvas.marks.blocks.contains(&index) => model.selection.without(&members),
                    _ => model.selection.joined(members),
                };
                out.push(Action::Select(selection));
            }
            GraphChange::EdgeClicked { edge } => {
                hit = true;
                let index = graph.edge(*edge).map(|edge| edge.payload().index);
                let Some(index) = index else { continue };
                // Links go by their numbers, which are others in the newest fabric.
                let is_before = model.drawn().is_some_and(|(_, is_before)| is_before);
                let links = if is_before { Vec::new() } else { canvas.links(fabric, index) };
                out.push(Action::Select(match reach {
                    Reach::Only => Selection::of(links),
                    _ if canvas.marks.bundles.contains(&index) => model.selection.without(&links),
                    _ => model.selection.joined(links),
                }));
            }
            _ => {}
        }
    }
    if at.is_some() && !hit && reach == Reach::Only {
        out.push(Action::Select(Selection::default()));
    }
}

/// Pans by dragging, zooms by wheel or pinch about the pointer; with Shift, dragging draws a
/// rectangle that selects what lies in it.
fn navigate(
    ui: &Ui,
    canvas: &mut Canvas,
    response: &egui::Response,
    (model, fabric): (&Model, &Fabric),
    out: &mut Vec<Action>,
) {
    if response.drag_started() && ui.input(|input| input.modifiers.shift) {
        canvas.band = ui.input(|input| input.pointer.press_origin());
    }
    if let Some(from) = canvas.band
        && !response.dragged()
    {
        canvas.band = None;
        let to = response.interact_pointer_pos().or(ui.input(|input| input.pointer.latest_pos()));
        if let (Some(rect), Some(to)) = (canvas.rect, to) {
            let band = Rect::from_two_pos(from, to);
            let within = (0u32..)
                .zip(&canvas.scene.blocks)
                .filter(|(_, block)| band.contains_rect(canvas.area_on_screen(rect, block.area)));
            let within: Vec<u32> = within.map(|(n, _)| n).collect();
            let all = within.into_iter().flat_map(|n| canvas.members(fabric, n));
            out.push(Action::Select(model.selection.joined(all)));
        }
    }
    let drag = response.drag_delta();
    if canvas.band.is_none() && response.dragged() && drag != Vec2::ZERO {
        canvas.pan += drag;
        canvas.fitted = false;
        ui.ctx().request_repaint();
    }
    if let Some(at) = response.hover_pos() {
        // A trackpad tells points and a wheel lines: two fingers pan as on a map, a wheel zooms.
        let (pan, factor) = ui.input(|input| {
            let fingers = input.events.iter().any(|event| {
                matches!(event, Event::MouseWheel { unit: MouseWheelUnit::Point, .. })
            });
            let scrolled = input.smooth_scroll_delta();
            match fingers {
                true => (scrolled, input.zoom_delta()),
                false => (Vec2::ZERO, input.zoom_delta() * (scrolled.y * 0.002).exp()),
            }
        });
        if pan != Vec2::ZERO {
            canvas.pan += pan;
            canvas.fitted = false;
            ui.ctx().request_repaint();
        }
        if factor != 1.0 {
            canvas.zoom_about(Some(at), factor);
            ui.ctx().request_repaint();
        }
    }
}

fn paint_frames(painter: &Painter, canvas: &Canvas, rect: Rect) {
    let t = tokens(painter.ctx());
    for frame in &canvas.scene.frames {
        let at = canvas.area_on_screen(rect, frame.area);
        if at.intersects(rect) {
            let edge = Stroke::new(1.0, t.line);
            painter.rect_stroke(at, 6.0, edge, StrokeKind::Inside);
        }
    }
}
