//! A place of the spec in the words of the forms: `be-spine › fabric › Breakout` for
//! `spec.switch_classes[5].zones[0].breakout`.

use super::fields::{
    ALL_ROWS, BACKEND, CLUSTER, FRONTEND, Field, MANAGEMENT, METADATA, NAMING, RACKS, Rows,
};
use crate::model::{SpecPath, Step};
use serde_json::Value;

/// Between the parts of a place.
const APART: &str = " › ";

/// Parts of a cluster and of the spec that are a group of the forms.
const GROUPS: &[(&str, &str, &[Field])] = &[
    ("spec.cluster", "Cluster", CLUSTER),
    ("spec.cluster.backend", "Backend fabric", BACKEND),
    ("spec.cluster.frontend", "Frontend fabric", FRONTEND),
    ("spec.cluster.storage", "Storage fabric", FRONTEND),
    ("spec.cluster.management", "Management network", MANAGEMENT),
    ("spec.naming", "Naming", NAMING),
    ("spec.racks", "Racks", RACKS),
];

/// The words of a place. Rows are called by their id, or by their position, from 1.
pub(in crate::app) fn place_words(tree: &Value, path: &SpecPath) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut at = SpecPath::default();
    let mut value = Some(tree);
    // The fields of the form at hand, and where their names begin.
    let (mut base, mut fields) = (SpecPath::default(), METADATA);
    let mut lists: Vec<&Rows> = Vec::new();
    let mut list: Option<&Rows> = None;
    for step in path.steps() {
        match step {
            Step::Field(name) => {
                at = at.field(name);
                value = value.and_then(|value| value.get(name));
                let group = GROUPS.iter().find(|(place, ..)| *place == at.as_str());
                let own = |base: &&(&str, Rows)| SpecPath::new(base.0).field(base.1.name) == at;
                let top = ALL_ROWS.iter().find(own).map(|(_, rows)| rows);
                list = top.or_else(|| lists.iter().copied().find(|rows| rows.name == name));
                if let Some((_, label, table)) = group {
                    (base, fields) = (at.clone(), table);
                    words.push((*label).to_owned());
                } else if list.is_none() && at.as_str() != "spec" {
                    let within = |field: &&Field| at.contains(&base.field(field.name));
                    let mut there = fields.iter().filter(within);
                    match there.find(|field| base.field(field.name) == at) {
                        Some(field) => words.push(field.label.to_owned()),
                        // The name of the field goes on.
                        None if fields.iter().any(|field| within(&field)) => {}
                        None => words.push(name.replace('_', " ")),
                    }
                }
            }
            Step::Index(n) => {
                at = at.index(n);
                value = value.and_then(|value| value.get(n));
                let id = value.and_then(|row| row.get("id")?.as_str()).filter(|id| !id.is_empty());
                let one = list.map_or("item", |rows| rows.one);
                words.push(id.map_or_else(|| format!("{one} {}", n + 1), str::to_owned));
                if let Some(rows) = list.take() {
                    base = at.clone();
                    (fields, lists) = (rows.fields, rows.rows.iter().collect());
                }
            }
        }
    }
    // What ends with a list is about all of it.
    words.extend(list.map(|rows| rows.many.to_owned()));
    if words.is_empty() { "Whole plan".to_owned() } else { words.join(APART) }
}

/// The field to go to for a place: of a group of fields its first.
pub(in crate::app) fn field_for(path: SpecPath) -> SpecPath {
    let group = GROUPS.iter().find(|(place, ..)| *place == path.as_str());
    let first = group.and_then(|(.., fields)| fields.first());
    first.map(|field| path.field(field.name)).unwrap_or(path)
}

/// The fields of the plan that stand once, with their words: not those of rows of lists.
pub(in crate::app) fn fields_found(tree: &Value) -> Vec<(SpecPath, String)> {
    let there = GROUPS.iter().filter(|(place, ..)| {
        let place = format!("/{}", place.replace('.', "/"));
        tree.pointer(&place).is_some_and(|value| !value.is_null())
    });
    let groups = there.map(|(place, _, fields)| (SpecPath::new(*place), *fields));
    [(SpecPath::default(), METADATA)]
        .into_iter()
        .chain(groups)
        .flat_map(|(base, fields)| fields.iter().map(move |field| base.field(field.name)))
        .map(|path| (path.clone(), place_words(tree, &path)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_group_is_gone_to_at_its_first_field() {
        for (path, expected) in [
            ("spec.cluster", "spec.cluster.servers"),
            ("spec.cluster.backend", "spec.cluster.backend.rails"),
            ("spec.cluster.backend.nic", "spec.cluster.backend.nic"),
            ("spec.switch_classes[0]", "spec.switch_classes[0]"),
        ] {
            assert_eq!(field_for(SpecPath::new(path)).as_str(), expected);
        }
    }

    #[test]
    fn fields_of_groups_that_are_there_are_found() {
        let tree = json!({ "spec": { "cluster": { "backend": {}, "storage": null } } });
        let found = fields_found(&tree);
        let words: Vec<&str> = found.iter().map(|(_, words)| words.as_str()).collect();
        for expected in ["Site", "Cluster › Servers", "Cluster › Backend fabric › Rails"] {
            assert!(words.contains(&expected), "{words:?}");
        }
        assert!(!words.iter().any(|words| words.contains("Storage")), "{words:?}");
    }

    #[test]
    fn places_have_the_words_of_the_forms() {
        let tree = json!({ "spec": { "switch_classes": [
            { "id": "be-spine", "zones": [{ "id": "fabric" }, { "id": "" }] },
        ] } });
        for (path, expected) in [
            ("", "Whole plan"),
            ("spec", "Whole plan"),
            ("metadata.name", "Name"),
            ("spec.target.site", "Site"),
            ("spec.cluster.backend.overrides.spines", "Cluster › Backend fabric › Spines"),
            ("spec.cluster.servers", "Cluster › Servers"),
            ("spec.cluster.backend.rails", "Cluster › Backend fabric › Rails"),
            ("spec.switch_classes", "Switch classes"),
            ("spec.switch_classes[0].zones[0].breakout", "be-spine › fabric › Breakout"),
            ("spec.switch_classes[0].zones[1]", "be-spine › port zone 2"),
            ("spec.switch_classes[0].zones", "be-spine › Port zones"),
            ("spec.switch_classes[7].model", "switch class 8 › Model"),
            ("spec.pins[2].to", "pin 3 › Upper end"),
            ("spec.no_such.thing", "no such › thing"),
        ] {
            assert_eq!(place_words(&tree, &SpecPath::new(path)), expected, "{path}");
        }
    }
}
