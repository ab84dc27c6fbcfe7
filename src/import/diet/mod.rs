//! Topology plans of DIET, the planning module of a NetBox plugin for Hedgehog fabrics: its YAML
//! in the first and the second version.
//!
//! DIET's classes, zones and connections are Heddle's, under other words, so the import translates
//! and does not plan: switch classes get [`PlacementRules::Diet`](crate::plan::PlacementRules) and
//! the weaver follows DIET's rules where they succeed. Devices and interfaces keep the names that
//! DIET gives them. What the file says about hardware becomes models of the plan's own, marked as
//! incomplete. Optics, status, tags and customers have no place in a plan; they are noted.

mod reference;
mod servers;
mod switch_models;
mod switches;

use super::error::{ImportCode, ImportError, ImportErrors};
use super::fields::{Fields, Node, Reports};
use super::ids::Ids;
use crate::catalog::{Catalog, Models, Note};
use crate::model::yaml::{self, YamlError};
use crate::model::{Limits, PlanId, SpecPath};
use crate::plan::{API_VERSION, Metadata, Plan, Spec, Target};
use reference::Reference;
use std::collections::{BTreeMap, BTreeSet};

/// The slug of the one site that DIET plans for.
const SITE: &str = "hedgehog";
/// The most rows of a section.
const MOST_ROWS: usize = 5_000;
/// Characters of a plan's name.
const NAME_CHARS: usize = 100;

/// Sections that describe the plan, in both versions.
const SECTIONS: [&str; 6] = [
    "plan",
    "switch_classes",
    "switch_port_zones",
    "server_classes",
    "server_nics",
    "server_connections",
];

/// Reads a plan. `id` is the identity that it gets; `catalog` has the models that it may name
/// without declaring them.
///
/// # Errors
/// Everything that keeps the text from being a plan, up to [`ImportErrors::MOST`] errors.
pub fn read_diet(
    text: &str,
    id: PlanId,
    catalog: &Catalog,
) -> Result<(Plan, Vec<Note>), ImportErrors> {
    let node: Node =
        yaml::read(text).map_err(|error| ImportErrors { errors: vec![of_yaml(error)], more: 0 })?;
    let mut reports = Reports::default();
    let plan = Fields::of(&node, SpecPath::default(), &mut reports)
        .map(|root| read_root(&root, id, catalog, &mut reports));
    let notes = reports.finish()?;
    // No map, no plan: that is an error, and `finish` has given it back.
    plan.map(|plan| (plan, notes)).ok_or_else(|| ImportErrors { errors: Vec::new(), more: 0 })
}

fn of_yaml(error: YamlError) -> ImportError {
    ImportError {
        code: ImportCode::InvalidFormat,
        path: error.path,
        line: error.at.map(|(line, _)| line),
        value: String::new(),
        cause: format!("this is not YAML that can be read: {}", error.cause),
        hint: "Correct the file and try again.".to_owned(),
    }
}

/// The names of DIET's classes and zones, and what they have become.
#[derive(Debug, Default)]
struct Names {
    /// Switch classes by their DIET id: their position.
    switches: BTreeMap<String, usize>,
    /// Server classes by their DIET id: their position.
    servers: BTreeMap<String, usize>,
    /// Ids of classes of both kinds.
    ids: Ids,
    /// Switch classes (`class`) and zones (`class/zone`) that stand in the file with an error of
    /// their own: whoever names them is not wrong.
    refused_switches: BTreeSet<String>,
    /// Server classes (`class`) and cards (`class/card`) likewise.
    refused_servers: BTreeSet<String>,
}

impl Names {
    /// True if a zone `class/zone`, or its class, has an error of its own.
    fn is_refused_zone(&self, zone: &str) -> bool {
        let class = zone.split_once('/').map_or(zone, |(class, _)| class);
        self.refused_switches.contains(zone) || self.refused_switches.contains(class)
    }
}

fn read_root(root: &Fields, id: PlanId, catalog: &Catalog, reports: &mut Reports) -> Plan {
    let second = root.has("apiVersion") || root.has("kind");
    let (about, body, expected) = if second {
        check_second(root, reports);
        (root.part("metadata", reports), root.part("spec", reports), root.part("contract", reports))
    } else {
        let known = ["meta", "reference_data", "expected"];
        root.note_unknown("the file", &[&known[..], &SECTIONS].concat(), reports);
        (root.part("meta", reports), root.clone(), root.part("expected", reports))
    };
    check_about(&about, reports);
    let reference_data = match second {
        true => Fields::empty(SpecPath::new("reference_data")),
        false => root.part("reference_data", reports),
    };
    let reference = Reference::read(&reference_data, catalog, reports);
    let mut names = Names::default();
    let (mut rows, noted) = switches::read(&body, &reference, &mut names, reports);
    let switch_models = switch_models::make(&mut rows, &reference, reports);
    let switches = switches::finish(rows, &names, reports);
    let servers = servers::read(&body, &reference, &switches, &mut names, reports);
    let optics = noted + servers.optics;
    if optics > 0 {
        reports.note(
            None,
            format!("{optics} zones and connections name transceivers; optics are not taken over."),
        );
    }
    let models = Models {
        switches: switch_models,
        nics: servers.nics,
        servers: servers.models,
        ..Models::default()
    };
    check_models(catalog, &models, reports);
    let counts = [
        ("switch_classes", switches.len()),
        ("server_classes", servers.classes.len()),
        ("connections", servers.classes.iter().map(|class| class.connections.len()).sum()),
    ];
    check_counts(&expected, &counts, reports);
    Plan {
        api_version: API_VERSION.to_owned(),
        metadata: metadata(&body, &about, id, reports),
        spec: Spec {
            target: Target { site: SITE.to_owned(), ..Target::default() },
            models,
            switch_classes: switches.into_iter().map(|switch| switch.class).collect(),
            server_classes: servers.classes,
            ..Spec::default()
        },
        status: None,
    }
}

fn check_second(root: &Fields, reports: &mut Reports) {
    if root.get("apiVersion").is_none() {
        root.need_text("apiVersion", reports);
    }
    root.word("apiVersion", &[("diet/v2", ())], reports);
    if root.get("kind").is_none() {
        root.need_text("kind", reports);
    }
    root.word("kind", &[("TopologyPlan", ())], reports);
    if root.get("spec").is_none() {
        root.error(
            "spec",
            ImportCode::MissingRequired,
            "`spec` is missing",
            "Add `spec:` with the classes of the plan.",
            reports,
        );
    }
    let spec = root.part("spec", reports);
    let forbidden = |fields: &Fields, keys: &[&str], reports: &mut Reports| {
        for key in keys.iter().filter(|key| fields.has(key)) {
            let hint = match *key {
                "reference_data" => "Remove it; name hardware by its slug in the catalogue.",
                "meta" => "Write it as `metadata`.",
                "expected" => "Write it as `contract`.",
                _ => "Move it under `spec`.",
            };
            let cause = format!("`{key}` does not stand here in the second version");
            fields.error(key, ImportCode::V2ForbiddenKey, cause, hint, reports);
        }
    };
    forbidden(root, &[&["reference_data", "meta", "expected"][..], &SECTIONS].concat(), reports);
    forbidden(&spec, &["reference_data"], reports);
    let known = ["apiVersion", "kind", "metadata", "spec", "status", "contract"];
    let forbidden_too = ["reference_data", "meta", "expected"];
    root.note_unknown("the file", &[&known[..], &forbidden_too, &SECTIONS].concat(), reports);
    let of_spec = ["reference_data", "name", "description"];
    spec.note_unknown("spec", &[&of_spec[..], &SECTIONS].concat(), reports);
}

fn check_about(about: &Fields, reports: &mut Reports) {
    if let Some(case) = about.text("case_id", reports)
        && !case.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        about.error(
            "case_id",
            ImportCode::InvalidFormat,
            "a case id has lower-case letters, digits and underscores only",
            "Write it like `training_opg64`.",
            reports,
        );
    }
    about.word("managed_by", &[("yaml", ())], reports);
}

fn check_models(catalog: &Catalog, models: &Models, reports: &mut Reports) {
    if let Err(error) = catalog.with(models) {
        reports.error(ImportError {
            code: ImportCode::InvalidValue,
            path: SpecPath::new("reference_data"),
            line: None,
            value: String::new(),
            cause: error.to_string(),
            hint: "Correct what the file says about this hardware.".to_owned(),
        });
    }
}

/// Holds the counts that the file expects of itself against what was read.
fn check_counts(expected: &Fields, found: &[(&str, usize)], reports: &mut Reports) {
    let counts = expected.part("counts", reports);
    for (key, found) in found {
        let wanted = counts.number(key, 0..=u32::MAX, reports);
        if wanted.is_some_and(|wanted| wanted as usize != *found) {
            counts.error(
                key,
                ImportCode::AssertionFailed,
                format!("the file has {found}"),
                "Correct the count, or add what is missing.",
                reports,
            );
        }
    }
}

fn metadata(body: &Fields, about: &Fields, id: PlanId, reports: &mut Reports) -> Metadata {
    let plan = body.part("plan", reports);
    let known = ["name", "status", "description", "notes", "customer_name", "customer"];
    plan.note_unknown("plan", &known, reports);
    let name = plan
        .text("name", reports)
        .or_else(|| body.text("name", reports))
        .or_else(|| about.text("name", reports));
    if name.is_none() {
        plan.need_text("name", reports);
    }
    let name = name.unwrap_or_default();
    let short: String = name.chars().take(NAME_CHARS).collect();
    if short != name {
        reports.note(plan.line_of("name"), "The plan's name is longer than a name of Heddle.");
    }
    let description = plan
        .text("description", reports)
        .or_else(|| body.text("description", reports))
        .or_else(|| about.text("description", reports))
        .unwrap_or_default();
    let mut labels = BTreeMap::new();
    if let Some(case) = about.text("case_id", reports) {
        labels.insert("diet_case".to_owned(), case.chars().take(NAME_CHARS).collect());
    }
    for key in ["notes", "customer_name", "customer"] {
        if plan.get(key).is_some() {
            reports.note(plan.line_of(key), format!("`plan.{key}` has no place in a plan."));
        }
    }
    Metadata {
        name: short,
        id,
        labels,
        description: description.chars().take(Limits::TEXT_CHARS).collect(),
    }
}

/// A DIET name as NetBox makes a slug of it: lower case, underscores kept, everything else that is
/// no letter or digit a dash between words.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' | '_' => slug.push(c),
            'A'..='Z' => slug.push(c.to_ascii_lowercase()),
            '-' | ' ' | '\t' if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_matches(|c| c == '-' || c == '_').to_owned()
}

/// True the first time that a name is seen; an error after that.
fn once<'s>(
    seen: &mut BTreeSet<(String, String)>,
    scope: &'s str,
    row: &Fields,
    key: &str,
    name: &'s str,
    reports: &mut Reports,
) -> bool {
    if seen.insert((scope.to_owned(), name.to_owned())) {
        return true;
    }
    row.error(
        key,
        ImportCode::InvalidValue,
        "this stands in the file twice",
        "Give each a name of its own, or remove one.",
        reports,
    );
    false
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_those_of_netbox() {
        for (text, expected) in [
            ("compute_xpu", "compute_xpu"),
            ("FE Leaf", "fe-leaf"),
            ("a -- b", "a-b"),
            ("_x.y_", "xy"),
            ("", ""),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
    }
}
