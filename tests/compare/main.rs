//! Two plans, two revisions or two inventories held against each other: what differs is said in
//! full, what does not is not, and swapping the sides swaps the answer.

#![expect(clippy::expect_used, reason = "a test that cannot begin has failed")]

mod command;
mod plans;
mod sites;

use heddle::catalog::Catalog;
use heddle::compare::{self, Comparison, Format, How, Objects, PlanSide, Side};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::inventory::{
    CableRecord, DeviceRecord, InterfaceRecord, Inventory, Kind, Object, Prerequisite, Snapshot,
    TargetRef, Write,
};
use heddle::model::{PlanId, Progress};
use heddle::plan::{self, Plan, preset};
use heddle::session;
use heddle::store::LocalInventory;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalogue"))
}

/// Two servers on one switch, and what cases put in between.
fn text_of(edits: &[(&str, &str)]) -> String {
    let mut text = include_str!("../plans/tiny.ron").replace("quantity: 1", "quantity: 2");
    for (from, to) in edits {
        assert!(text.contains(from), "the plan has no `{from}`:\n{text}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn plan_of(edits: &[(&str, &str)]) -> Plan {
    plan::read("tiny.ron", &text_of(edits)).expect("a plan").plan
}

fn evaluated(plan: &Plan) -> Evaluation {
    let inputs = Inputs::of(plan, catalog());
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

fn compared(a: &Plan, b: &Plan) -> Comparison {
    let (of_a, of_b) = (evaluated(a), evaluated(b));
    fn side<'a>(name: &'a str, plan: &'a Plan, of: &'a Evaluation) -> PlanSide<'a> {
        PlanSide { name, plan, desired: &of.desired, findings: &of.findings }
    }
    compare::plans(side("a.ron", a, &of_a), side("b.ron", b, &of_b))
}

fn written(comparison: &Comparison, format: Format) -> String {
    let mut out = Vec::new();
    compare::write(comparison, format, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8")
}

/// Asserts the text below the names, and that everything else says the same: JSON, and the
/// comparison with its sides swapped.
fn check_comparison(found: &Comparison, swapped: &Comparison, expected: &str) {
    let text = written(found, Format::Text);
    let (_, below) = text.split_once("\n\n").expect("names come first");
    assert_eq!(below, expected);
    assert_mirrored(found, swapped);
    let shown: Value = serde_json::from_str(&written(found, Format::Json)).expect("JSON");
    assert_eq!(shown["equal"], found.is_equal());
    assert_eq!(shown["fields"].as_array().map(Vec::len), Some(found.fields.len()));
    assert!(written(found, Format::Markdown).starts_with("## "));
}

fn assert_mirrored(found: &Comparison, swapped: &Comparison) {
    assert_eq!(found.is_equal(), swapped.is_equal());
    assert_eq!(found.fields.len(), swapped.fields.len());
    for (one, other) in found.fields.iter().zip(&swapped.fields) {
        assert_eq!((&one.path, &one.old, &one.new), (&other.path, &other.new, &other.old));
    }
    assert_eq!(found.objects.len(), swapped.objects.len());
    for (one, other) in found.objects.iter().zip(&swapped.objects) {
        assert_eq!((one.added, one.removed), (other.removed, other.added));
        assert_eq!((one.modified, one.equal), (other.modified, other.equal));
    }
}

/// Compares two plans made of the tiny one by replacing texts.
fn check(a: &[(&str, &str)], b: &[(&str, &str)], expected: &str) {
    let (a, b) = (plan_of(a), plan_of(b));
    check_comparison(&compared(&a, &b), &compared(&b, &a), expected);
}
