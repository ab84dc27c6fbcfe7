//! Checks that belong to no single step: texts and ids of the document, the structure of what was
//! woven, what the spec says of its target, and the guards of a change set. What a step finds while
//! it works, it reports itself.

mod structure;
mod target;

pub use structure::of_fabric;
pub use target::{given_since, of_changes, of_history, of_target, waive};

use crate::model::{Code, EditValue, Finding, Limits, SpecPath};
use crate::plan::{Plan, is_slug, is_slug_char};

/// Checks the texts of a plan, and that it asks for anything.
pub fn of_plan(plan: &Plan, findings: &mut Vec<Finding>) {
    let site = &plan.spec.target.site;
    if !is_slug(site) {
        let fixed: String = site
            .chars()
            .take(100)
            .map(|c| if is_slug_char(c) { c } else { '-' })
            .collect::<String>()
            .trim_matches('-')
            .to_lowercase();
        let fixed = if fixed.is_empty() { "site".to_owned() } else { fixed };
        let path = SpecPath::new("spec.target.site");
        findings.push(
            Finding::new(
                Code::InvalidText,
                path.clone(),
                "The site needs a slug of letters, digits, dashes and underscores, at most 100.",
            )
            .offer(format!("Use {fixed}"), path, EditValue::Text(fixed)),
        );
    }
    if plan.metadata.name.trim().is_empty() || plan.metadata.name.chars().count() > 100 {
        findings.push(
            Finding::new(
                Code::InvalidText,
                SpecPath::new("metadata.name"),
                "A plan needs a name of at most 100 characters.",
            )
            .advise("Give the plan a name."),
        );
    }
    let spec = &plan.spec;
    for (n, class) in spec.switch_classes.iter().enumerate() {
        if class.fabric.trim().is_empty() || class.fabric.chars().count() > Limits::FABRIC_CHARS {
            findings.push(
                Finding::new(
                    Code::InvalidText,
                    SpecPath::new("spec.switch_classes").index(n).field("fabric"),
                    "A switch class needs the name of its fabric, at most 50 characters.",
                )
                .advise("Name the fabric, such as `backend`."),
            );
        }
    }
    if spec.cluster.is_none() && spec.switch_classes.is_empty() && spec.server_classes.is_empty() {
        findings.push(
            Finding::new(Code::EmptySpec, SpecPath::new("spec"), "The spec asks for nothing yet.")
                .advise("Add a cluster, or switch and server classes."),
        );
    }
}
