//! Drawings of small plans are golden: one alone, one held against an empty inventory.
//! `HEDDLE_WRITE_DOCS=1 cargo test --test render` writes them anew.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::Catalog;
use heddle::evaluate::{Inputs, evaluate};
use heddle::export::{SvgLook, SvgTheme, svg};
use heddle::inventory::Snapshot;
use heddle::model::{PlanId, Progress};
use heddle::plan::preset;
use heddle::scene::{State, lay_out};
use std::path::Path;

/// A golden drawing is no larger, so that its differences can be read.
const MOST_BYTES: usize = 40_000;

fn check(name: &str, preset: &str, servers: u32, theme: SvgTheme, snapshot: Option<&Snapshot>) {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    let set = [("servers".to_owned(), servers.to_string())];
    let plan = preset::build(preset, &set, PlanId(uuid::Uuid::from_u128(7))).expect("a plan");
    let inputs = Inputs::of(&plan, &catalog).against(snapshot);
    let evaluation = evaluate(&inputs, &Progress::new()).expect("not cancelled");
    assert!(!evaluation.has_errors());
    let scene = lay_out(&evaluation.fabric, evaluation.changes.as_deref(), None);
    let lines = [format!("{servers} servers")];
    let changes = evaluation.changes.as_deref();
    let legend = changes.map(|changes| State::Unchanged.name_in(Some(changes)));
    let look = SvgLook { theme, title: preset, lines: &lines, caution: "", legend };
    let made = svg(&scene, &look);
    assert!(made.len() < MOST_BYTES, "{name}: {} bytes", made.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/drawings").join(name);
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(&path, &made).expect("the file can be written");
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == made,
        "{name} differs; if that is meant, write it anew with \
         `HEDDLE_WRITE_DOCS=1 cargo test --test render`, and look at it"
    );
}

#[test]
fn a_plan_alone() {
    check("rail-optimised-20.svg", "rail-optimised", 20, SvgTheme::Light, None);
}

#[test]
fn a_plan_against_an_empty_inventory() {
    let empty = Snapshot::default();
    check("mesh-8.svg", "mesh", 8, SvgTheme::Dark, Some(&empty));
}
