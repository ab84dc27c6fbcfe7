//! Each field of the forms with something that can be read and something that cannot, and where
//! what is wrong with it is told: right below, and nowhere else.
//!
//! The fields are those of a plan that has all of them, with every card open, each page drawn as
//! tall as it is.

use super::fields::tests::{claims, general, leaves, plan};
use super::fields::{ALL_ROWS, Kind, Rows};
use super::form_ui;
use crate::app::command::Action;
use crate::app::model::{Model, Tab};
use crate::app::theme;
use crate::app::widgets::field_id;
use crate::catalog::Catalog;
use crate::evaluate::{Inputs, evaluate};
use crate::model::{Code, Finding, Progress, SpecPath};
use crate::plan::{Plan, apply_edit, rows_of, tree_of};
use crate::session::{OnRecord, Request, Target, compute};
use crate::store::Settings;
use egui::{Event, Key, Modifiers, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::collections::BTreeSet;
use std::sync::Arc;

struct Page {
    model: Model,
    out: Vec<Action>,
    has_fonts: bool,
}

type Hands = Harness<'static, Page>;

/// A model of the plan with all its cards open.
fn model() -> Model {
    let (plan, catalog) = (Arc::new(plan()), Arc::new(Catalog::built_in().unwrap()));
    let target = Target { inventory: "none".into(), site: String::new() };
    let mut model = Model::new(catalog, plan, target, Settings::default());
    fn open(model: &mut Model, list: &SpecPath, rows: &Rows) {
        for n in 0..rows_of(&model.spec_tree, list).len() {
            let row = list.index(n);
            rows.rows.iter().for_each(|inner| open(model, &row.field(inner.name), inner));
            model.open_rows.insert(row);
        }
    }
    for (base, rows) in ALL_ROWS {
        open(&mut model, &SpecPath::new(*base).field(rows.name), rows);
    }
    model
}

/// The same with findings of its own making.
fn model_with(findings: Vec<Finding>) -> Model {
    let mut model = model();
    let request = Request {
        revision: 0,
        plan: Arc::clone(&model.plan),
        catalog: Arc::clone(&model.catalog),
        plan_path: None,
        target: model.target.clone(),
        purpose: model.purpose.clone(),
        parts: BTreeSet::new(),
        refresh: false,
    };
    let read = (None, None);
    let mut answer = compute(&request, read, OnRecord::default(), &Progress::new()).unwrap();
    let inputs = Inputs::of(&model.plan, &model.catalog);
    let mut evaluation = evaluate(&inputs, &Progress::new()).unwrap();
    evaluation.findings = findings;
    answer.evaluation = Arc::new(evaluation);
    model.answer = Some(answer);
    model.place_findings();
    model
}

fn draw(tab: Tab, mut model: Model) -> Hands {
    model.tab = tab;
    let size = vec2(theme::FORM_WIDTH, 30_000.0);
    let app = |ui: &mut egui::Ui, page: &mut Page| {
        let Page { model, out, has_fonts } = page;
        // Fonts are there a frame after they were given.
        match std::mem::replace(has_fonts, true) {
            true => form_ui(ui, model, out),
            false => theme::install(ui.ctx()),
        }
    };
    let page = Page { model, out: Vec::new(), has_fonts: false };
    let mut hands = Harness::builder().with_size(size).build_ui_state(app, page);
    hands.run_steps(4);
    hands
}

const PAGES: [Tab; 4] = [Tab::Cluster, Tab::Switches, Tab::Servers, Tab::More];

/// Where the field of a path is, if it is one that is typed.
fn place(hands: &Hands, path: &SpecPath) -> Option<Rect> {
    hands.ctx.read_response(field_id(path)).map(|response| response.rect)
}

/// Where a text stands, each time.
fn told(hands: &Hands, text: &str) -> Vec<Rect> {
    hands.query_all_by_label(text).map(|node| node.rect()).collect()
}

/// The paths of all that stands in the plan and is drawn in a form.
fn paths(plan: &Plan) -> Vec<SpecPath> {
    leaves(plan).into_iter().map(|(path, _)| path).collect()
}

#[test]
fn a_finding_stands_right_below_its_field_and_nowhere_else() {
    let all = paths(&plan());
    let text = |path: &SpecPath| format!("What is wrong with {path}.");
    let finding = |path: &SpecPath| Finding::new(Code::DuplicateId, path.clone(), text(path));
    let findings: Vec<Finding> = all.iter().map(finding).collect();
    let (mut typed, mut problems) = (0, Vec::new());
    for tab in PAGES {
        let hands = draw(tab, model_with(findings.clone()));
        for path in &all {
            let found = told(&hands, &text(path));
            if Tab::of_path(path) != tab {
                // What has no field on a page is told at its end, on the first page alone.
                if !found.is_empty() && tab != Tab::Cluster {
                    problems.push(format!("{path} is told on {tab:?} too"));
                }
                continue;
            }
            let [below] = found[..] else {
                problems.push(format!("{path} is told {} times on {tab:?}", found.len()));
                continue;
            };
            if let Some(field) = place(&hands, path) {
                typed += 1;
                let gap = below.top() - field.bottom();
                if !(-1.0..60.0).contains(&gap) {
                    problems.push(format!("{path} is told {gap} points below its field"));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(typed > 80, "{typed} fields are typed");
}

/// What to type into a field of a kind: what can be read, what cannot, and what is then told.
fn samples(kind: Kind) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match kind {
        Kind::Number(_) | Kind::Count(_) => ("7", "seven", "This is not a whole number"),
        Kind::Ratio(_) => ("3:2", "three", "Write down : up"),
        Kind::Ports | Kind::PortsOr(_) => ("3-4", "3-x", "is not a port number"),
        Kind::Numbers | Kind::EachOnce => ("4, 6-7", "x", "`x`"),
        Kind::Labels => ("rack=7", "rack", "write name=value"),
        Kind::Quantity => ("7", "seven", "Write a whole number"),
        Kind::Word | Kind::Name(_) | Kind::Texts => ("another", "", ""),
        // A key is written once its field is left; lists to choose from take nothing else.
        _ => return None,
    })
}

fn type_in(hands: &mut Hands, path: &SpecPath, text: &str) {
    hands.ctx.memory_mut(|memory| memory.request_focus(field_id(path)));
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::A);
    hands.step();
    hands.state_mut().out.clear();
    hands.event(Event::Text(text.to_owned()));
    hands.run_steps(2);
}

/// True if something was handed back for a path.
fn edited(hands: &Hands, path: &SpecPath) -> bool {
    let is_of = |edit: &crate::model::Edit| path.contains(&edit.path);
    hands.state().out.iter().any(|action| matches!(action, Action::Edit(edit) if is_of(edit)))
}

/// The fields of a page that are typed, one of each kind of place that was not tried before.
fn typed_fields(hands: &Hands, tab: Tab, tried: &mut BTreeSet<String>) -> Vec<(SpecPath, Kind)> {
    let claims = claims();
    let mut found = Vec::new();
    let on_page = |path: &SpecPath| Tab::of_path(path) == tab;
    // A list of numbers or texts has one field for all of it.
    let whole = |path: SpecPath| match path.as_str().ends_with(']') {
        true => path.parent().unwrap_or(path),
        false => path,
    };
    for mut path in paths(&plan()).into_iter().filter(on_page).map(whole) {
        if place(hands, &path).is_none() {
            path = path.parent().unwrap_or(path);
        }
        let general = general(path.as_str());
        let Some((_, field)) = claims.iter().find(|(claim, _)| *claim == general) else {
            continue;
        };
        let can_be_typed = samples(field.kind).is_some() && place(hands, &path).is_some();
        if can_be_typed && tried.insert(general) {
            found.push((path, field.kind));
        }
    }
    found
}

#[test]
fn what_can_be_read_is_taken_and_what_cannot_says_so_below_the_field() {
    let claims = claims();
    let (mut tried, mut problems) = (BTreeSet::new(), Vec::new());
    for tab in PAGES {
        let mut hands = draw(tab, model());
        for (path, kind) in typed_fields(&hands, tab, &mut tried) {
            let Some((good, bad, words)) = samples(kind) else { continue };
            if !bad.is_empty() {
                type_in(&mut hands, &path, bad);
                let field = place(&hands, &path).unwrap();
                let said = hands.query_all_by_label_contains(words);
                let said = said
                    .filter(|node| node.accesskit_node().role() == egui::accesskit::Role::Label);
                let gaps: Vec<f32> = said.map(|n| n.rect().top() - field.bottom()).collect();
                if !gaps.iter().any(|gap| (-1.0..60.0).contains(gap)) {
                    problems.push(format!("{path}: nothing is said below it of {bad}: {gaps:?}"));
                }
                if edited(&hands, &path) {
                    problems.push(format!("{path}: {bad} was taken"));
                }
            }
            type_in(&mut hands, &path, good);
            if !edited(&hands, &path) {
                problems.push(format!("{path}: {good} was not taken"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    // None was missed. A fixed quantity is typed where an automatic one is, and the plan spreads
    // by rails only the cards of its own servers.
    let elsewhere = [".fixed", "external[].connections[].distribution.rail_optimised"];
    let of_kind = |field: &super::fields::Field| samples(field.kind).is_some();
    let missed: Vec<&String> = claims
        .iter()
        .filter(|(claim, field)| of_kind(field) && !claim.ends_with("[]") && !tried.contains(claim))
        .filter(|(claim, _)| !elsewhere.iter().any(|part| claim.contains(part)))
        .map(|(claim, _)| claim)
        .collect();
    assert_eq!(missed, Vec::<&String>::new(), "of {} that were tried", tried.len());
}

/// Writes into the plan what the form handed back, as the window does after each frame.
fn take_edits(hands: &mut Hands) {
    let Page { model, out, .. } = hands.state_mut();
    for action in out.drain(..) {
        if let Action::Edit(edit) = action {
            let mut plan = Plan::clone(&model.plan);
            // What the types refuse stays out, here and there.
            if apply_edit(&mut plan, &edit).is_ok() {
                show(model, plan);
            }
        }
    }
}

fn show(model: &mut Model, plan: Plan) {
    model.spec_tree = Arc::new(tree_of(&plan));
    model.plan = Arc::new(plan);
}

#[test]
fn what_is_typed_letter_by_letter_comes_to_the_same_as_at_once() {
    let (mut tried, mut kinds, mut problems) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for tab in PAGES {
        let mut hands = draw(tab, model());
        for (path, kind) in typed_fields(&hands, tab, &mut tried) {
            // What is read, and how it is shown again, is a matter of the kind.
            if !kinds.insert(format!("{:?}", std::mem::discriminant(&kind))) {
                continue;
            }
            let texts: &[&str] = match kind {
                Kind::Number(_) | Kind::Count(_) | Kind::Quantity => &["12", "1,024"],
                Kind::Ratio(_) => &["4:25", "10:4", "1:15"],
                Kind::Ports | Kind::PortsOr(_) => &["3,7", "3 , 5-6", "11-15:2"],
                Kind::Numbers | Kind::EachOnce => &["3,7", "4, 6-7", "12-14,1"],
                Kind::Labels => &["a=b, c=d", "c=d,a=b c"],
                Kind::Texts => &["one, two", "b c,a"],
                _ => &["another one"],
            };
            for text in texts {
                let mut came_to = |parts: &[String]| {
                    show(&mut hands.state_mut().model, plan());
                    for (n, part) in parts.iter().enumerate() {
                        match n {
                            0 => type_in(&mut hands, &path, part),
                            _ => hands.event(Event::Text(part.clone())),
                        }
                        hands.step();
                        take_edits(&mut hands);
                    }
                    hands.step();
                    Arc::clone(&hands.state().model.plan)
                };
                let letters: Vec<String> = text.chars().map(String::from).collect();
                if came_to(&letters) != came_to(&[(*text).to_owned()]) {
                    problems.push(format!("{path}: {text}"));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(kinds.len() > 8, "{} kinds are typed", kinds.len());
}

#[test]
fn who_is_led_to_a_field_has_the_keyboard_there() {
    let claims = claims();
    let (mut kinds, mut problems) = (BTreeSet::new(), Vec::new());
    for path in paths(&plan()) {
        let general = general(path.as_str());
        let Some((_, field)) = claims.iter().find(|(claim, _)| *claim == general) else { continue };
        // One field of each kind is led to as the others are.
        if !kinds.insert(format!("{:?}", std::mem::discriminant(&field.kind))) {
            continue;
        }
        let mut model = model();
        model.go_to = Some(path.clone());
        let hands = draw(Tab::of_path(&path), model);
        let focused = hands.ctx.memory(|memory| memory.focused());
        let at = focused.and_then(|id| hands.ctx.read_response(id)).map(|response| response.rect);
        let labels = told(&hands, field.label);
        if !at.is_some_and(|at| labels.iter().any(|label| label.y_range().intersects(at.y_range())))
        {
            problems.push(format!("{path} ({}): {at:?}", field.label));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(kinds.len() > 10, "{kinds:?}");
}
