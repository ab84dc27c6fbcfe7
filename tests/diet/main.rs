//! Plans imported from DIET: the same devices and cables as DIET's own generator made, sound plans
//! where it fails, and errors that name their place.

#![expect(clippy::expect_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod cabling;
mod reading;
mod recorded;
mod sizes;
mod yaml;

use heddle::catalog::{Catalog, Note};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::{Fabric, LinkKind};
use heddle::import::ImportErrors;
use heddle::import::diet::read_diet;
use heddle::model::{PlanId, Progress, Severity};
use heddle::plan::Plan;
use std::collections::BTreeSet;

fn catalog() -> Catalog {
    Catalog::built_in().expect("the built-in catalogue")
}

fn read(text: &str) -> Result<(Plan, Vec<Note>), ImportErrors> {
    read_diet(text, PlanId(uuid::Uuid::from_u128(7)), &catalog())
}

fn weave(plan: &Plan) -> Evaluation {
    let catalog = catalog();
    let inputs = Inputs::of(plan, &catalog);
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

fn count(fabric: &Fabric, class: &str) -> u32 {
    fabric.class(class).map_or(0, |class| class.count)
}

fn kinds(fabric: &Fabric, kind: LinkKind) -> usize {
    fabric.links.iter().filter(|link| fabric.groups[link.group as usize].kind == kind).count()
}
