//! Checks that belong to no single step: texts and ids of the document, and the structure of
//! what was woven. What a step finds while it works, it reports itself.

use crate::fabric::{Class, DeviceRole, Fabric};
use crate::model::{Code, EditValue, Finding, Limits, SpecPath};
use crate::plan::Plan;
use petgraph::unionfind::UnionFind;
use std::collections::BTreeSet;

/// Checks the texts of a plan, and that it asks for anything.
pub fn of_plan(plan: &Plan, findings: &mut Vec<Finding>) {
    let site = &plan.spec.target.site;
    let slug = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if site.is_empty() || site.len() > 100 || !site.chars().all(slug) {
        let fixed: String = site
            .chars()
            .take(100)
            .map(|c| if slug(c) { c } else { '-' })
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
        if class.fabric.trim().is_empty() || class.fabric.chars().count() > Limits::ID_CHARS {
            findings.push(
                Finding::new(
                    Code::InvalidText,
                    SpecPath::new("spec.switch_classes").index(n).field("fabric"),
                    "A switch class needs the name of its fabric, at most 40 characters.",
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

/// Checks that every fabric is one network. Servers do not join fabrics.
pub fn of_fabric(fabric: &Fabric, findings: &mut Vec<Finding>) {
    let mut parts = UnionFind::<u32>::new(fabric.devices.len());
    for link in &fabric.links {
        let group = fabric.groups.get(link.group as usize);
        if group.is_some_and(|group| !group.kind.is_access()) {
            parts.union(link.a.device, link.b.device);
        }
    }
    let mut names: Vec<&str> = fabric.classes.iter().filter_map(|c| c.fabric.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let classes = || fabric.classes.iter().filter(|c| c.fabric.as_deref() == Some(name));
        let roots: BTreeSet<u32> = classes()
            .flat_map(|c| c.first_device..c.first_device + c.count)
            .map(|device| parts.find(device))
            .collect();
        if roots.len() < 2 {
            continue;
        }
        let path = classes().next().map(|c| c.path.clone()).unwrap_or_default();
        // Without a tier above, parts that only meet in servers are meant: rails, management.
        let above = |c: &Class| matches!(c.role, DeviceRole::Spine | DeviceRole::SuperSpine);
        findings.push(if classes().any(above) {
            Finding::new(
                Code::FabricInParts,
                path,
                format!(
                    "Fabric {name} falls into {} parts that cannot reach each other.",
                    roots.len()
                ),
            )
            .advise("Give its leaves uplinks to the spines, unless that is meant.")
        } else {
            Finding::new(
                Code::WithoutSpines,
                path,
                format!(
                    "Fabric {name} has no spines: its {} parts meet in the servers only.",
                    roots.len()
                ),
            )
        });
    }
}
