//! What must hold for any bytes that are read from outside: an answer or an error with a
//! sentence, never a panic; and what was read is written and read again as the same. The fuzz
//! targets and the test of their corpora call these.

use heddle::catalog::{Catalog, PortList, read_device_type};
use heddle::evaluate::{Inputs, evaluate};
use heddle::import::diet::read_diet;
use heddle::model::{PlanId, Progress};
use heddle::plan::{self, Plan};
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalogue"))
}

fn says_something(error: &dyn std::fmt::Display) {
    assert!(!error.to_string().trim().is_empty(), "an error without words");
}

/// Small enough to be woven many times a second.
fn is_small(plan: &Plan) -> bool {
    let spec = &plan.spec;
    let cluster = spec.cluster.as_ref();
    cluster.is_none_or(|c| c.servers < 500 && c.gpus.is_none_or(|n| n < 4_000))
        && cluster.is_none_or(|c| c.size_for.is_none_or(|n| n < 500))
        && spec.server_classes.iter().all(|class| class.positions() < 500)
        && spec.switch_classes.iter().all(|class| class.quantity.fixed().is_none_or(|n| n < 500))
        && spec.server_classes.len() + spec.switch_classes.len() < 20
}

fn weaves(plan: &Plan) {
    if is_small(plan) {
        let inputs = Inputs::of(plan, catalog());
        let evaluation = evaluate(&inputs, &Progress::new()).expect("nobody cancels");
        for finding in &evaluation.findings {
            assert!(!finding.text.is_empty() && !finding.path.as_str().is_empty(), "{finding:?}");
        }
    }
}

/// A plan document.
pub fn plan(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match plan::read("fuzz.ron", text) {
        Ok(document) => {
            let written = plan::write(&document.plan);
            let again = plan::read("again.ron", &written).expect("what was written can be read");
            assert_eq!(again.plan, document.plan);
            assert_eq!(plan::write(&again.plan), written);
            weaves(&document.plan);
        }
        Err(error) => says_something(&error),
    }
}

/// A plan of DIET.
pub fn diet(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read_diet(text, PlanId(uuid::Uuid::nil()), catalog()) {
        Ok((plan, _)) => {
            let written = plan::write(&plan);
            let again = plan::read("again.ron", &written).expect("what was written can be read");
            assert_eq!(again.plan, plan);
            weaves(&plan);
        }
        Err(errors) => {
            assert!(!errors.errors.is_empty());
            errors.errors.iter().for_each(|error| says_something(error));
        }
    }
}

/// A device type of the community library.
pub fn device_type(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read_device_type(text, None) {
        Ok((models, _)) => {
            let again = heddle::catalog::Models::parse(&models.to_text());
            assert_eq!(again.expect("what was written can be read"), models);
            if let Err(error) = Catalog::default().with(&models) {
                says_something(&error);
            }
        }
        Err(error) => says_something(&error),
    }
}

/// A port list such as `1-63:2`.
pub fn port_list(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match PortList::parse(text) {
        Ok(list) => {
            let cages = list.cages();
            assert!(!cages.is_empty() && cages.iter().all(|n| *n <= PortList::MAX_CAGE));
        }
        Err(error) => says_something(&error),
    }
}
