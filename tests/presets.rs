//! Every preset makes a plan that weaves without errors, and its documents are golden: the plan as
//! RON, the cabling list as CSV, and how its numbers are explained. `HEDDLE_WRITE_DOCS=1 cargo test
//! --test presets` writes them anew.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::Catalog;
use heddle::evaluate::{Inputs, evaluate};
use heddle::export::{Format, cables};
use heddle::model::{PlanId, Progress, Severity};
use heddle::plan::{Cluster, Multihoming, Plan, Racks, Spread, Tiers, preset, write};
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
        let inputs = Inputs::of(&plan, &catalog);
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

/// Each computed number with what it was computed from and what was not taken, and the digests of
/// fabrics: approvals bind to them, and a plan must not be cabled anew because Heddle is newer.
#[test]
fn fabrics_and_explanations_are_as_the_golden_file_says() {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    let mut page = String::new();
    let mut add = |name: &str, plan: &Plan, explained: bool| {
        let inputs = Inputs::of(plan, &catalog);
        let evaluation = evaluate(&inputs, &Progress::new()).expect("not cancelled");
        let (devices, links) = (evaluation.fabric.devices.len(), evaluation.fabric.links.len());
        let digest = evaluation.digests.fabric;
        page.push_str(&format!("# {name}: {devices} devices, {links} links, {digest}\n"));
        for e in evaluation.explanations.iter().filter(|_| explained) {
            let inputs: Vec<String> =
                e.inputs.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let (subject, path, result) = (e.subject.as_str(), e.path.as_str(), &e.result);
            page.push_str(&format!("{subject} at {path}: {result} ({})\n", inputs.join(", ")));
            page.extend(e.rejected.iter().map(|rejected| format!("  not: {rejected}\n")));
        }
    };
    let build = |name: &str, servers: Option<u32>| {
        let set = servers.map(|n| ("servers".to_owned(), n.to_string()));
        preset::build(name, set.as_slice(), PlanId(uuid::Uuid::from_u128(7))).expect("a plan")
    };
    for preset in preset::presets() {
        add(preset.name, &build(preset.name, None), true);
        for servers in [1, 65, 130, 400] {
            add(&format!("{servers} servers"), &build(preset.name, Some(servers)), false);
        }
    }
    let with = |name: &str, servers, change: &dyn Fn(&mut Cluster)| {
        let mut plan = build(name, Some(servers));
        change(plan.spec.cluster.as_mut().expect("a cluster"));
        plan
    };
    let balanced = with("rail-optimised", 300, &|cluster| {
        if let (Some(backend), Some(frontend)) = (&mut cluster.backend, &mut cluster.frontend) {
            backend.spread = Spread::Balanced;
            frontend.leaf_model = "arista-7060x6-64pe".to_owned();
            frontend.multihoming = Multihoming::Mclag;
        }
    });
    add("balanced, with pairs of leaves", &balanced, true);
    let above = with("rail-optimised", 100, &|cluster| {
        if let (Some(backend), Some(frontend)) = (&mut cluster.backend, &mut cluster.frontend) {
            backend.oversubscription = "2:1".parse().expect("a ratio");
            frontend.oversubscription = "4:3".parse().expect("a ratio");
        }
    });
    add("with targets", &above, true);
    let racks = || Racks::of("heddle-rack-48u");
    let low = Racks {
        rack_units: Some(20),
        free_units: 3,
        racks_per_row: 7,
        network_racks_per_su: Some(3),
        rack_width_cm: Some(75),
        ..racks()
    };
    let heavy = Racks {
        max_power_w: Some(25_000),
        max_weight_kg: Some(900),
        servers_per_rack: Some(3),
        racks_per_row: 50,
        slack_cm: 15,
        ..racks()
    };
    let high = Racks { max_power_w: Some(90_000), ..Racks::of("heddle-rack-52u") };
    let small = with("rail-optimised", 10, &|cluster| cluster.su_size = 4);
    let three = with("three-tiers", 70, &|cluster| {
        (cluster.su_size, cluster.backend.as_mut().expect("a backend").tiers) = (8, Tiers::Three);
    });
    // Cards of one kind, of which the model puts eight in four cages, and two more.
    let cards = with("rail-optimised", 20, &|cluster| {
        let frontend = cluster.frontend.as_mut().expect("a frontend");
        (frontend.nic, frontend.ports_per_server) = ("connectx-7-1x400".to_owned(), 2);
    });
    for (name, mut plan, racks) in [
        ("more cards of a kind than the model has", cards, racks()),
        ("in racks", build("rail-optimised", None), racks()),
        ("in low racks", build("rail-optimised", None), low.clone()),
        ("in weak racks", build("rail-optimised", None), heavy),
        ("leaves and servers in one rack", small, high),
        ("three tiers in racks", three, racks()),
        ("a mesh in racks", build("mesh", None), racks()),
        ("storage in racks", build("frontend-storage", None), low),
    ] {
        plan.spec.racks = Some(racks);
        add(name, &plan, true);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fabrics.txt");
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the file can be written");
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page,
        "tests/golden/fabrics.txt differs; if that is meant, write it anew with \
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
