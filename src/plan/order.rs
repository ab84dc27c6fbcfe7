//! The order of places as a written plan has them, for lists that are read beside it.
//!
//! The order is that of the types, whatever is left out of a text: a finding about a field that is
//! not there yet stands where the field would be written. A table of names does, because lists of
//! findings are short and plans may be long; a test holds it to what [`write`](super::write) writes.

use crate::model::{SpecPath, Step};
use std::cmp::Ordering;

/// The fields of what stands under a name, in the order of writing.
const FIELDS: &[(&str, &[&str])] = &[
    ("", &["api_version", "metadata", "spec", "status"]),
    ("metadata", &["name", "id", "labels", "description"]),
    (
        "spec",
        &[
            "target",
            "models",
            "cluster",
            "switch_classes",
            "server_classes",
            "external",
            "naming",
            "pins",
            "racks",
            "moved",
            "waivers",
        ],
    ),
    ("target", &["site", "ignore"]),
    ("ignore", &["class", "fields", "note"]),
    ("models", &["switches", "nics", "servers", "transceivers", "assemblies", "fibres", "racks"]),
    (
        "cluster",
        &[
            "servers",
            "gpus",
            "server_model",
            "su_size",
            "size_for",
            "backend",
            "frontend",
            "storage",
            "management",
        ],
    ),
    (
        "backend",
        &[
            "rails",
            "nic",
            "rail_packing",
            "planes",
            "tiers",
            "leaf_model",
            "spine_model",
            "super_spine_model",
            "uplink_speed_gbps",
            "oversubscription",
            "spread",
            "overrides",
        ],
    ),
    ("frontend", ACCESS),
    ("storage", ACCESS),
    ("management", &["nic", "leaf_model", "spine_model", "uplink_speed_gbps"]),
    ("overrides", &["leaves", "uplink_cages", "spines", "pod_leaves", "pods", "super_spines"]),
    (
        "switch_classes",
        &[
            "id",
            "name",
            "note",
            "fabric",
            "role",
            "model",
            "quantity",
            "redundancy",
            "group_size",
            "group_name",
            "topology",
            "placement",
            "spread",
            "tiers",
            "pod_leaves",
            "pods",
            "oversubscription",
            "out_of_service",
            "dead_ports",
            "zones",
        ],
    ),
    ("dead_ports", &["device", "ports"]),
    (
        "zones",
        &["id", "note", "kind", "ports", "breakout", "order", "priority", "peer_zone", "reserved"],
    ),
    (
        "server_classes",
        &[
            "id",
            "name",
            "note",
            "model",
            "quantity",
            "size_for",
            "gpus",
            "out_of_service",
            "nics",
            "connections",
        ],
    ),
    ("nics", &["id", "name", "model"]),
    (
        "connections",
        &[
            "id",
            "nic",
            "first_port",
            "port_step",
            "ports",
            "switch_class",
            "zone",
            "kind",
            "speed_gbps",
            "distribution",
        ],
    ),
    ("rail_optimised", &["rail", "su_size", "packing"]),
    (
        "external",
        &[
            "id",
            "note",
            "devices",
            "ports",
            "speed_gbps",
            "connector",
            "out_of_service",
            "connections",
        ],
    ),
    ("naming", &["prefix", "server", "leaf", "spine", "super_spine", "border_leaf", "management"]),
    ("pins", &["end", "to"]),
    (
        "racks",
        &[
            "model",
            "rack_units",
            "max_power_w",
            "max_weight_kg",
            "servers_per_rack",
            "network_racks_per_su",
            "free_units",
            "racks_per_row",
            "row_pitch_cm",
            "rack_width_cm",
            "tray_rise_cm",
            "slack_cm",
            "name",
            "places",
        ],
    ),
    ("places", &["device", "rack", "unit"]),
    ("moved", &["from", "to"]),
    ("waivers", &["code", "path", "reason", "by", "until"]),
];

/// The fields of a frontend and of a storage fabric.
const ACCESS: &[&str] = &[
    "nic",
    "ports_per_server",
    "redundancy",
    "multihoming",
    "leaf_model",
    "spine_model",
    "uplink_speed_gbps",
    "oversubscription",
    "spread",
    "overrides",
];

/// Compares two places by where they stand in a written plan; what holds a place comes before it.
/// Names that no plan has come last, by their text.
pub fn document_order(a: &SpecPath, b: &SpecPath) -> Ordering {
    let (steps_a, steps_b) = (a.steps(), b.steps());
    let mut under = "";
    for (one, other) in steps_a.iter().zip(&steps_b) {
        let ordering = match (one, other) {
            (Step::Index(n), Step::Index(m)) => n.cmp(m),
            (Step::Field(n), Step::Field(m)) => (rank(under, n), n).cmp(&(rank(under, m), m)),
            (Step::Field(_), Step::Index(_)) => Ordering::Less,
            (Step::Index(_), Step::Field(_)) => Ordering::Greater,
        };
        if ordering.is_ne() {
            return ordering;
        }
        if let Step::Field(name) = one {
            under = name;
        }
    }
    // The text decides between what is no path and has no steps.
    steps_a.len().cmp(&steps_b.len()).then_with(|| a.cmp(b))
}

/// The position of a field among those that stand under a name.
fn rank(under: &str, field: &str) -> usize {
    FIELDS
        .iter()
        .find(|(name, _)| *name == under)
        .and_then(|(_, fields)| fields.iter().position(|known| *known == field))
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::full_plan;
    use crate::plan::{preset, read, write};

    #[test]
    fn places_stand_as_they_are_written() {
        let id = full_plan().metadata.id;
        let presets =
            preset::presets().iter().map(|preset| preset::build(preset.name, &[], id).unwrap());
        for plan in presets.chain([full_plan()]) {
            let document = read("plan.ron", &write(&plan)).unwrap();
            let of_plan = |path: &SpecPath| {
                let path = path.as_str();
                // Labels are the user's, models have no findings inside, the status is no input.
                !path.starts_with("metadata.labels.")
                    && !path.starts_with("spec.models.")
                    && !path.starts_with("status.")
            };
            let lines: Vec<_> = document.lines.iter().filter(|(path, _)| of_plan(path)).collect();
            let mut written = lines.clone();
            // Of a choice and what it carries, the holder first.
            written.sort_by_key(|(path, line)| (**line, path.as_str().len()));
            let mut ordered = lines;
            ordered.sort_by(|(a, _), (b, _)| document_order(a, b));
            let texts = |places: Vec<(&SpecPath, &(usize, usize))>| -> Vec<String> {
                places.iter().map(|(path, _)| path.to_string()).collect()
            };
            assert_eq!(texts(ordered), texts(written), "{}", plan.metadata.name);
        }
    }

    #[test]
    fn what_is_not_written_has_a_place_too() {
        let check = |first: &str, second: &str| {
            let (a, b) = (SpecPath::new(first), SpecPath::new(second));
            assert_eq!(document_order(&a, &b), Ordering::Less, "{first} {second}");
            assert_eq!(document_order(&b, &a), Ordering::Greater, "{second} {first}");
        };
        check("metadata.name", "spec.target.site");
        check("spec.switch_classes[2].zones[0]", "spec.switch_classes[10].zones[0]");
        check("spec.cluster.gpus", "spec.cluster.size_for");
        check("spec.server_classes[0].size_for", "spec.server_classes[0].gpus");
        check("spec.switch_classes[1]", "spec.switch_classes[1].id");
        check("spec.waivers[0]", "spec.nobody_knows");
        check("", "spec");
    }
}
