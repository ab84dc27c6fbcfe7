//! Every preset makes a plan that weaves without errors, and its documents are golden: the plan
//! as RON, the cabling list as CSV, and how its numbers are explained. `HEDDLE_WRITE_DOCS=1 cargo test --test presets` writes
//! them anew.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::Catalog;
use heddle::evaluate::{Inputs, evaluate};
use heddle::export::{Format, cables};
use heddle::model::{PlanId, Progress, Severity};
use heddle::plan::{Multihoming, Plan, Racks, Spread, preset, write};
use std::fmt::Write as _;
use std::path::Path;

/// Cabling lists beyond this size are held by their digest, so that the repository stays small.
const MOST_BYTES: usize = 60_000;

#[test]
fn presets_weave_as_their_golden_files_say() {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/presets");
    let bless = std::env::var_os("HEDDLE_WRITE_DOCS").is_some();
    let mut wrong = Vec::new();
    for preset in preset::presets() {
        let plan = preset::build(preset.name, &[], PlanId(uuid::Uuid::from_u128(7)))
            .expect("defaults make a plan");
        let inputs = Inputs { plan: &plan, catalog: &catalog, snapshot: None };
        let evaluation = evaluate(&inputs, &Progress::new()).expect("not cancelled");
        let errors: Vec<_> =
            evaluation.findings.iter().filter(|f| f.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", preset.name);
        let mut csv = Vec::new();
        cables(&evaluation.fabric, Format::Csv, &mut csv).expect("memory takes everything");
        let csv = String::from_utf8(csv).expect("UTF-8");
        let list = if csv.len() <= MOST_BYTES {
            csv
        } else {
            let (lines, digest) = (csv.lines().count() - 1, blake3::hash(csv.as_bytes()).to_hex());
            format!("{lines} cables, BLAKE3 {digest}\n")
        };
        for (name, made) in [
            (format!("{}.ron", preset.name), write(&plan)),
            (format!("{}.cables.csv", preset.name), list),
        ] {
            let path = folder.join(&name);
            if bless {
                std::fs::create_dir_all(&folder).expect("the folder can be made");
                std::fs::write(&path, &made).expect("the file can be written");
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != made {
                wrong.push(name);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:?} differ; if that is meant, write them anew with \
         `HEDDLE_WRITE_DOCS=1 cargo test --test presets`"
    );
}

/// Each computed number with what it was computed from and what was not taken, and the digest of
/// the fabric: approvals that were given bind to it.
#[test]
fn numbers_are_explained_as_the_golden_file_says() {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    let mut page = String::new();
    let mut add = |name: &str, plan: &Plan| {
        let inputs = Inputs { plan, catalog: &catalog, snapshot: None };
        let evaluation = evaluate(&inputs, &Progress::new()).expect("not cancelled");
        writeln!(page, "# {name}: {}", evaluation.digests.fabric).expect("memory takes everything");
        for e in &evaluation.explanations {
            let inputs: Vec<String> =
                e.inputs.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let (subject, path, result) = (e.subject.as_str(), e.path.as_str(), &e.result);
            writeln!(page, "{subject} at {path}: {result} ({})", inputs.join(", "))
                .expect("memory takes everything");
            if let Some(rejected) = &e.rejected {
                writeln!(page, "  not: {rejected}").expect("memory takes everything");
            }
        }
        page.push('\n');
    };
    let build = |name: &str| {
        preset::build(name, &[], PlanId(uuid::Uuid::from_u128(7))).expect("defaults make a plan")
    };
    for preset in preset::presets() {
        add(preset.name, &build(preset.name));
    }
    let mut plan = build("rail-optimised");
    plan.spec.racks = Some(Racks::of("heddle-rack-48u"));
    add("in racks", &plan);
    plan.spec.racks = None;
    let cluster = plan.spec.cluster.as_mut().expect("a cluster");
    if let (Some(backend), Some(frontend)) = (&mut cluster.backend, &mut cluster.frontend) {
        backend.spread = Spread::Balanced;
        frontend.leaf_model = "arista-7060x6-64pe".to_owned();
        frontend.multihoming = Multihoming::Mclag;
    }
    add("balanced, with pairs of leaves", &plan);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/explained.txt");
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the file can be written");
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page,
        "tests/golden/explained.txt differs; if that is meant, write it anew with \
         `HEDDLE_WRITE_DOCS=1 cargo test --test presets`"
    );
}

/// `docs/reference/presets.md` lists every preset and parameter, no more and no less.
#[test]
fn the_reference_lists_every_preset() {
    let mut page = String::from(
        "# Presets\n\nA preset starts a new plan: `heddle new --preset NAME --set key=value -o FILE`. \
         What it does not ask for is edited in the plan.\n",
    );
    for preset in preset::presets() {
        page.push_str(&format!("\n## `{}`\n\n{}.\n\n", preset.name, preset.summary));
        page.push_str("| parameter | what it is | values | default |\n|---|---|---|---|\n");
        for p in preset.parameters {
            page.push_str(&format!(
                "| `{}` | {} | {} | `{}` |\n",
                p.name, p.summary, p.allowed, p.default
            ));
        }
    }
    page.push_str("\nThis page is written by `HEDDLE_WRITE_DOCS=1 cargo test --test presets`.\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/presets.md");
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page,
        "docs/reference/presets.md differs from the presets; \
         write it anew with `HEDDLE_WRITE_DOCS=1 cargo test --test presets`"
    );
}
