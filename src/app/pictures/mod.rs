//! Pictures of each panel alone, in both themes, also while it is empty, busy or in trouble: what
//! no text says of the window is held here.
//!
//! A panel is drawn from a model that [`states`] makes, in a context of its own, and its triangles
//! are filled by [`raster`], so that no machine needs a display or a graphics card. The pictures
//! lie in `tests/pictures`; after a change that was meant,
//! `HEDDLE_WRITE_DOCS=1 cargo test --lib pictures` renews them. Limits: few and small, one point
//! to the pixel, and nothing is hovered or moving.

mod compare;
mod raster;
pub(super) mod states;
mod words;

use super::canvas::{Canvas, canvas_ui};
use super::diff_text::DiffText;
use super::form::ModelKind;
use super::model::{Dialog, Model, Notice, Stop, Tab, Tone, TypedPath, Wish};
use super::on_disk::{self, Access, OnDisk};
use super::palette::Palette;
use super::settings::Typing;
use super::tables::table_ui;
use super::what_if::WhatIf;
use super::{bars, changes_panel, dialogs, first_steps, form, lower_bar, theme};
use crate::catalog::PortList;
use crate::diff::Part;
use crate::model::{Progress, SpecPath};
use crate::plan::{Document, Plan, RailPacking};
use crate::scene::tables::{TableKind, TableQuery};
use crate::session::Places;
use crate::workflow::Approver;
use egui::{CentralPanel, Context, Frame, RawInput, Rect, Ui, Vec2, pos2, vec2};
use raster::{Pixels, Textures};
use states::{World, computed, opened};
use std::collections::BTreeSet;

/// What is drawn alone.
#[derive(Clone, Copy)]
enum Panel {
    Top,
    FirstSteps,
    Bottom,
    Notice,
    Banner,
    Form,
    Models,
    Canvas,
    Table,
    Changes,
    Dialog,
}

impl Panel {
    fn draw(self, ui: &mut Ui, canvas: &mut Canvas, model: &Model) {
        // What is asked for has nobody to do it.
        let out = &mut Vec::new();
        match self {
            Self::Top => bars::top_ui(ui, model, out),
            Self::FirstSteps => first_steps::first_steps_ui(ui, model, out),
            Self::Bottom => lower_bar::bottom_ui(ui, model, out),
            Self::Notice => bars::notice_ui(ui, model, out),
            Self::Banner => on_disk::banner_ui(ui, model, out),
            Self::Form => form::form_ui(ui, model, out),
            Self::Models => {
                let at = (&spine_model(), ModelKind::Switch);
                form::list_alone(ui, model, at, "celestica-ds5000");
            }
            Self::Canvas => canvas_ui(ui, canvas, model, out),
            Self::Table => table_ui(ui, model, out),
            Self::Changes => changes_panel::changes_ui(ui, model, out),
            Self::Dialog => dialogs::dialog_ui(ui, model, out),
        }
    }
}

/// A panel in one state.
struct View {
    panel: Panel,
    size: Vec2,
    model: Model,
}

fn view(panel: Panel, size: (f32, f32), model: Model) -> View {
    View { panel, size: vec2(size.0, size.1), model }
}

impl View {
    /// Draws it until nothing moves any more, and keeps the last frame.
    fn shapes(&self, theme: egui::Theme) -> (Context, Vec<egui::epaint::ClippedShape>, Textures) {
        let context = Context::default();
        context.set_os(egui::os::OperatingSystem::Nix);
        theme::install(&context);
        context.set_theme(theme);
        let (mut canvas, mut textures) = (Canvas::new(), Textures::default());
        let mut last = Vec::new();
        // Questions are measured first, and the topology fits itself once it is there.
        for frame in 0..4u8 {
            let input = RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), self.size)),
                time: Some(f64::from(frame) / 60.0),
                ..RawInput::default()
            };
            let output = context.run_ui(input, |ui| {
                let frame = match self.panel {
                    Panel::Canvas => Frame::new(),
                    _ => theme::panel_frame(ui.style()),
                };
                let central = CentralPanel::default().frame(frame);
                central.show(ui, |ui| self.panel.draw(ui, &mut canvas, &self.model));
            });
            textures.take(output.textures_delta);
            last = output.shapes;
        }
        (context, last, textures)
    }

    /// What it looks like.
    fn pixels(&self, theme: egui::Theme) -> Pixels {
        let (context, last, textures) = self.shapes(theme);
        let mut pixels = Pixels::new(self.size.x as usize, self.size.y as usize);
        pixels.paint(&context.tessellate(last, 1.0), &textures);
        pixels
    }
}

/// A picture: its name, and what stands on it from top to bottom.
type Named = (&'static str, fn() -> Vec<View>);

/// Every picture.
const ALL: [Named; 24] = [
    ("top-bar", top_bar),
    ("first-steps", first_steps),
    ("bottom-bar", bottom_bar),
    ("notice", notice),
    ("banner", banner),
    ("form-cluster", form_cluster),
    ("form-errors", form_errors),
    ("form-lists", form_lists),
    ("form-models", form_models),
    ("form-checks", form_checks),
    ("form-text", form_text),
    ("canvas", canvas),
    ("not-built", not_built),
    ("selection", selection),
    ("table", table),
    ("changes", changes),
    ("changes-states", changes_states),
    ("changes-text", changes_text),
    ("approval", approval),
    ("standing", standing),
    ("questions", questions),
    ("new-plan", new_plan),
    ("palette", palette),
    ("settings", settings),
];

const FORM: f32 = theme::FORM_WIDTH;
const CHANGES: f32 = theme::CHANGES_WIDTH;

fn top_bar() -> Vec<View> {
    let bar = |model| view(Panel::Top, (1000.0, theme::TOP_HEIGHT), model);
    let mut edited = computed(states::plan(16), World::default());
    states::edit(&mut edited, |plan| plan.metadata.name.push_str(" and B"));
    let mut first = opened(states::plan(16));
    (first.path, first.saved) = (None, None);
    vec![bar(first), bar(computed(states::plan(16), World::default())), bar(edited)]
}

fn first_steps() -> Vec<View> {
    let strip = |model| view(Panel::FirstSteps, (900.0, 38.0), model);
    let plan = states::plan(16);
    let mut seen = computed(plan.clone(), World::default());
    states::select(&mut seen, &["be-leaf-01"]);
    let approved = computed(plan.clone(), World::default().approved(&plan));
    let applied = computed(plan.clone(), World::after(&plan));
    vec![strip(computed(plan, World::default())), strip(seen), strip(approved), strip(applied)]
}

fn bottom_bar() -> Vec<View> {
    let bar = |model| view(Panel::Bottom, (960.0, theme::BOTTOM_HEIGHT), model);
    let plan = states::plan(16);
    let mut stale = computed(plan.clone(), World::default());
    states::edit(&mut stale, |plan| plan.metadata.name.push_str(" and B"));
    let approved = || computed(states::plan(16), World::default().approved(&states::plan(16)));
    let mut running = approved();
    states::run(&mut running, "Applying", (500, 2_000), Stop::AfterStep);
    let stopped = World::default().stopped(&plan, "the disk is full");
    vec![
        bar(stale),
        bar(computed(wrong_plan(), World::default())),
        bar(computed(plan.clone(), World::default())),
        bar(approved()),
        bar(running),
        bar(computed(plan.clone(), stopped)),
        bar(computed(plan.clone(), World::after(&plan))),
    ]
}

fn notice() -> Vec<View> {
    let told = |tone, text: &str, height| {
        let mut model = opened(states::plan(16));
        model.notice = Some(Notice { tone, text: text.to_owned(), since: model.now.instant });
        view(Panel::Notice, (700.0, height), model)
    };
    vec![
        told(Tone::Done, "Approved. The approval lies beside the plan.", 38.0),
        told(
            Tone::Error,
            "/srv/heddle/inventory.heddle-inventory is open in another Heddle, which began to \
             write to it at 09:20 UTC. Wait until it is done, or close it.",
            54.0,
        ),
    ]
}

fn banner() -> Vec<View> {
    let strip = |access: Access, on_disk: OnDisk| {
        let mut model = opened(states::plan(16));
        (model.access, model.on_disk) = (access, on_disk);
        view(Panel::Banner, (900.0, 40.0), model)
    };
    let document =
        Document { plan: states::plan(8), lines: Default::default(), has_comments: false };
    vec![
        strip(Access::HeldBy(states::held_by()), OnDisk::AsKnown),
        strip(Access::TakenOver("Bo on lab-3 took this plan over.".to_owned()), OnDisk::AsKnown),
        strip(Access::Ours, OnDisk::Changed(Box::new(document))),
        strip(Access::Ours, OnDisk::Gone),
        strip(Access::Ours, OnDisk::Unreadable("Line 3 has no end.".to_owned())),
    ]
}

/// A plan with an error and a warning, each with a place in the form.
fn wrong_plan() -> Plan {
    let mut plan = states::plan(16);
    if let Some(cluster) = &mut plan.spec.cluster {
        cluster.servers = 60_000;
    }
    plan
}

fn form(tab: Tab, height: f32, mut model: Model) -> View {
    model.tab = tab;
    view(Panel::Form, (FORM, height), model)
}

fn form_cluster() -> Vec<View> {
    vec![form(Tab::Cluster, 760.0, computed(states::plan(16), World::default()))]
}

fn form_errors() -> Vec<View> {
    vec![
        form(Tab::Cluster, 420.0, computed(wrong_plan(), World::default())),
        form(Tab::Cluster, 260.0, computed(states::empty_plan(), World::default())),
    ]
}

fn form_lists() -> Vec<View> {
    let catalog = opened(states::plan(16)).catalog;
    let mut plan = states::plan(16);
    plan = crate::session::eject_cluster(&plan, &catalog, &Progress::new()).unwrap();
    let mut model = computed(plan, World::default());
    model.open_rows.insert(SpecPath::new("spec.switch_classes").index(0));
    let none = || computed(states::plan(16), World::default());
    vec![
        form(Tab::Switches, 460.0, model),
        form(Tab::Servers, 160.0, none()),
        form(Tab::More, 330.0, none()),
    ]
}

fn spine_model() -> SpecPath {
    SpecPath::new("spec.cluster.backend.spine_model")
}

/// A list of models while they are tried, with devices in the inventory.
fn form_models() -> Vec<View> {
    let mut plan = states::plan(64);
    let known = opened(plan.clone()).catalog;
    let own =
        [("arista-7060x6-64pe", 1_900), ("celestica-ds5000", 2_400), ("nvidia-sn5600", 1_750)];
    for (id, watts) in own {
        let mut switch = known.switches[id].clone();
        switch.max_power_w = Some(watts);
        plan.spec.models.switches.push(switch);
    }
    let mut small = known.switches["celestica-ds5000"].clone();
    (small.id, small.model) = ("small".to_owned(), "DS2500 with half the ports".to_owned());
    small.max_power_w = Some(1_300);
    small.ports[0].cages = PortList::range(1, 32).unwrap();
    plan.spec.models.switches.push(small);
    let mut model = computed(plan, World::default());
    let mut ids: Vec<String> = model.catalog.switches.keys().cloned().collect();
    ids.push("small".to_owned());
    let fits = form::tried(&model.plan, spine_model().as_str(), ModelKind::Switch, &ids);
    model.fits = Some(form::waiting(fits, 8, &["arista-7060dx5-32"]));
    vec![view(Panel::Models, (504.0, 470.0), model)]
}

fn form_checks() -> Vec<View> {
    let mut unknown = computed(wrong_plan(), World::default());
    unknown.findings_filter = "optics".to_owned();
    vec![
        form(Tab::Findings, 360.0, computed(wrong_plan(), World::default())),
        form(Tab::Findings, 150.0, unknown),
        form(Tab::Findings, 120.0, computed(states::plan(16), World::default())),
    ]
}

fn form_text() -> Vec<View> {
    let mut wrong = computed(states::plan(16), World::default());
    let text = wrong.ron.text.replace("servers: 16", "servers: sixteen");
    wrong.ron.type_in(text, std::time::Instant::now());
    assert_eq!(wrong.ron.read(&wrong.plan), None);
    let mut found = computed(states::plan(16), World::default());
    found.text_find.look("me".to_owned(), 0, &found.ron.text);
    wrong.place_findings();
    vec![form(Tab::Text, 260.0, found), form(Tab::Text, 300.0, wrong)]
}

/// A plan that has grown since it was applied, and a target where something drifted.
fn grown() -> Model {
    let world = World::after(&states::plan(8))
        .meddle("be-spine-01", |device| device.role = "leaf".to_owned());
    computed(states::plan(16), world)
}

/// A plan with few leaves: curves take most of the bytes of a picture.
fn few(servers: u32) -> Plan {
    let mut plan = states::plan(servers);
    let backend = plan.spec.cluster.as_mut().and_then(|c| c.backend.as_mut());
    backend.unwrap().rail_packing = RailPacking::Shared;
    plan
}

fn selection() -> Vec<View> {
    let mut many = computed(few(16), World::default());
    states::select(&mut many, &["be-leaf-01", "fe-leaf-01", "fe-leaf-02"]);
    vec![view(Panel::Canvas, (640.0, 400.0), many)]
}

fn canvas() -> Vec<View> {
    let world =
        World::after(&few(24)).meddle("be-spine-01", |device| device.role = "leaf".to_owned());
    let mut model = computed(few(40), world);
    states::select(&mut model, &["be-leaf-01"]);
    vec![
        view(Panel::Canvas, (640.0, 400.0), model),
        view(Panel::Canvas, (640.0, 90.0), opened(states::plan(16))),
        view(Panel::Canvas, (640.0, 160.0), computed(states::empty_plan(), World::default())),
    ]
}

fn not_built() -> Vec<View> {
    let backend = Part::Fabric("backend".to_owned());
    let part = states::in_part(few(16), World::default(), &[backend]);
    vec![view(Panel::Canvas, (480.0, 420.0), part)]
}

fn table() -> Vec<View> {
    let table = |model, height| view(Panel::Table, (720.0, height), model);
    let mut devices = grown();
    states::select(&mut devices, &["be-leaf-01", "be-leaf-03"]);
    states::tabulate(&mut devices, TableQuery::all(TableKind::Devices));
    let mut none = grown();
    let filter = "model:sn5600".to_owned();
    states::tabulate(&mut none, TableQuery { filter, ..TableQuery::all(TableKind::Cables) });
    let mut waiting = grown();
    states::untabulated(&mut waiting, TableKind::Ports);
    vec![table(devices, 300.0), table(none, 90.0), table(waiting, 80.0)]
}

fn changes() -> Vec<View> {
    let mut model = grown();
    model.open_groups.extend(["group/Spines/be-spine", "group/Leaves/be-leaf"].map(str::to_owned));
    states::select(&mut model, &["be-spine-01"]);
    vec![view(Panel::Changes, (CHANGES, 620.0), model)]
}

fn changes_text() -> Vec<View> {
    let mut model = grown();
    model.changes_as_text = true;
    model.filter = "spine-01".to_owned();
    model.diff_text = model.answer.as_ref().map(|answer| {
        let changes = answer.evaluation.changes.clone().unwrap();
        let drift = answer.evaluation.drift.as_deref();
        DiffText::of(&changes, drift, &model.filter, &Progress::new()).unwrap()
    });
    let mut unknown = grown();
    unknown.filter = "super-spine".to_owned();
    unknown.regroup();
    let panel = |model, height| view(Panel::Changes, (CHANGES, height), model);
    vec![panel(model, 320.0), panel(unknown, 140.0)]
}

fn changes_states() -> Vec<View> {
    let panel = |model, height| view(Panel::Changes, (CHANGES, height), model);
    let plan = states::plan(16);
    let unread = states::unread(
        plan.clone(),
        "/srv/heddle/inventory.heddle-inventory cannot be read: line 12 is not whole. Put back a \
         copy of it, or choose another inventory.",
    );
    let stopped = World::default().stopped(&plan, "the disk is full");
    vec![
        panel(opened(plan.clone()), 120.0),
        panel(unread, 240.0),
        panel(computed(plan.clone(), World::after(&plan)), 250.0),
        panel(computed(plan, stopped), 150.0),
    ]
}

fn dialog(dialog: Dialog, height: f32, mut model: Model) -> View {
    model.dialog = Some(dialog);
    view(Panel::Dialog, (600.0, height), model)
}

fn approval() -> Vec<View> {
    let approver = Approver::new("Ada Weaver", "NET-412");
    let model = computed(states::plan(16), World::default());
    vec![dialog(Dialog::Approve(approver), 380.0, model)]
}

fn standing() -> Vec<View> {
    let plan = states::plan(8);
    let world = World::after(&plan).meddle("be-spine-01", |device| device.role = "leaf".to_owned());
    vec![dialog(Dialog::Standing, 640.0, computed(plan, world))]
}

fn questions() -> Vec<View> {
    let plan = || computed(states::plan(16), World::default());
    let asked = plan();
    let what_if = WhatIf { servers: "24".to_owned(), ..WhatIf::of(&asked.plan) };
    let what_if = what_if.answered(&asked.plan, &asked.catalog, &Progress::new()).unwrap();
    let typed = TypedPath {
        wish: Wish::Open,
        text: "/srv/plans/pod-b.ron".to_owned(),
        problem: Some("/srv/plans/pod-b.ron cannot be read: no such file.".to_owned()),
        replace: false,
    };
    vec![dialog(Dialog::WhatIf(what_if), 500.0, asked), dialog(Dialog::Path(typed), 240.0, plan())]
}

fn new_plan() -> Vec<View> {
    vec![dialog(Dialog::New, 600.0, computed(states::plan(16), World::default()))]
}

fn palette() -> Vec<View> {
    let palette = |text: &str| Dialog::Palette(Palette { text: text.to_owned(), line: 0 });
    let plan = || computed(states::plan(16), World::default());
    vec![dialog(palette("le"), 500.0, plan()), dialog(palette("nothing like this"), 160.0, plan())]
}

fn settings() -> Vec<View> {
    let mut model = computed(states::plan(16), World::default());
    model.settings.catalogue_folders = vec!["/srv/heddle/models".into()];
    model.places = Some(Places::within("/srv/heddle".as_ref()));
    let typing = Typing::of(&model.settings);
    let by = states::held_by();
    vec![
        dialog(Dialog::Settings(typing), 520.0, model),
        dialog(Dialog::TakeOver(by), 230.0, opened(states::plan(16))),
    ]
}

/// Draws one picture in both themes, and says what is not as it was.
fn check(name: &str, views: &[View]) -> Vec<String> {
    let mut problems = Vec::new();
    for (theme, suffix) in [(egui::Theme::Dark, "dark"), (egui::Theme::Light, "light")] {
        let mut shown: Vec<Pixels> = views.iter().map(|view| view.pixels(theme)).collect();
        let mut whole = shown.remove(0);
        shown.iter().for_each(|next| whole.add_below(next));
        problems.extend(compare::compare(&format!("{name}-{suffix}"), &whole).err());
    }
    problems
}

#[test]
fn every_panel_looks_as_it_did() {
    let problems: Vec<String> = std::thread::scope(|scope| {
        let under_way = ALL.map(|(name, views)| scope.spawn(move || check(name, &views())));
        under_way.into_iter().flat_map(|check| check.join().expect("a picture")).collect()
    });
    assert!(
        problems.is_empty(),
        "{}\nIf this was meant, look at the pictures and renew them with \
         `HEDDLE_WRITE_DOCS=1 cargo test --lib pictures`.",
        problems.join("\n")
    );
}

#[test]
fn no_picture_is_kept_that_is_not_drawn() {
    let drawn: BTreeSet<String> = ALL
        .iter()
        .flat_map(|(name, _)| ["dark", "light"].map(|theme| format!("{name}-{theme}.png")))
        .collect();
    let kept: BTreeSet<String> = std::fs::read_dir(compare::folder())
        .expect("the pictures")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    let left: Vec<_> = kept.difference(&drawn).collect();
    assert!(left.is_empty(), "nothing draws {left:?}");
}
