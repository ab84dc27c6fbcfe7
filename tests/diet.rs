//! Plans imported from DIET: the same devices and cables as DIET's own generator made, sound plans
//! where it fails, and errors that name their place.

#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

use heddle::catalog::{Catalog, Note};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::{DeviceRole, Fabric, LinkKind};
use heddle::import::diet::read_diet;
use heddle::import::{ImportCode, ImportErrors};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{self, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn catalog() -> Catalog {
    Catalog::built_in().expect("the built-in catalogue")
}

fn read(text: &str) -> Result<(Plan, Vec<Note>), ImportErrors> {
    read_diet(text, PlanId(uuid::Uuid::from_u128(7)), &catalog())
}

fn weave(plan: &Plan) -> Evaluation {
    let inputs = Inputs { plan, catalog: &catalog(), snapshot: None };
    evaluate(&inputs, &Progress::new()).expect("not cancelled")
}

fn errors(evaluation: &Evaluation) -> Vec<String> {
    let of = |f: &&heddle::model::Finding| f.severity == Severity::Error;
    evaluation.findings.iter().filter(of).map(|f| format!("{} {}", f.code, f.text)).collect()
}

/// Reads and weaves what must be sound.
fn woven(text: &str) -> Evaluation {
    let (plan, _) = read(text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let evaluation = weave(&plan);
    assert_eq!(errors(&evaluation), Vec::<String>::new(), "{text}");
    assert_sound(&evaluation.fabric);
    evaluation
}

/// No interface twice.
fn assert_sound(fabric: &Fabric) {
    let mut ends = BTreeSet::new();
    for link in &fabric.links {
        for end in [link.a, link.b] {
            assert!(fabric.slot(end).is_some(), "an interface of the device: {end:?}");
            assert!(ends.insert(end), "an interface is used twice: {end:?}");
        }
    }
}

fn devices(fabric: &Fabric) -> BTreeSet<String> {
    (0..fabric.devices.len() as u32).map(|device| fabric.device_name(device)).collect()
}

/// Both ends of every cable, the lower text first.
fn cables(fabric: &Fabric) -> BTreeSet<String> {
    let end = |end| {
        let slot = fabric.slot(end).expect("an interface");
        format!("{},{}", fabric.device_name(end.device), slot.name)
    };
    fabric
        .links
        .iter()
        .map(|link| {
            let (a, b) = (end(link.a), end(link.b));
            if a <= b { format!("{a},{b}") } else { format!("{b},{a}") }
        })
        .collect()
}

fn rows(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("a recorded table");
    text.lines().skip(1).map(|line| line.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

/// A cable as recorded, with its ends in the order of [`cables`].
fn ordered(row: &str) -> String {
    let cells: Vec<&str> = row.split(',').collect();
    let [a, b, c, d] = cells.as_slice() else { panic!("four cells: {row}") };
    let (a, b) = (format!("{a},{b}"), format!("{c},{d}"));
    if a <= b { format!("{a},{b}") } else { format!("{b},{a}") }
}

#[test]
fn recorded_plans_give_the_recorded_devices_and_cables() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/diet");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no recorded plans beside the repository");
        return;
    };
    let mut cases = 0;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        cases += 1;
        let text = fs::read_to_string(&path).expect("a recorded plan");
        let evaluation = woven(&text);
        let fabric = &evaluation.fabric;
        let names = rows(&path.with_extension("devices.csv"))
            .iter()
            .map(|row| row.split(',').next().unwrap_or_default().to_owned())
            .collect::<BTreeSet<_>>();
        assert_eq!(devices(fabric), names, "{}", path.display());
        let wanted: BTreeSet<String> =
            rows(&path.with_extension("cables.csv")).iter().map(|row| ordered(row)).collect();
        assert_eq!(cables(fabric), wanted, "{}", path.display());
        let (plan, _) = read(&text).expect("read before");
        let again = plan::read("again", &plan::write(&plan)).expect("a plan that can be read");
        assert_eq!(again.plan, plan);
    }
    assert!(cases > 0, "the folder has no plans");
}
