//! Metadata and spec of two plans, field by field.
//!
//! Both plans become trees of named values, the ones that a file has, and the trees are walked
//! together. A field that is left out, or has the value it has when left out, is not set. Items of
//! a list are matched by what names them in the list – their `id`, or the `end` or `device` they
//! are about – so that one put in between leaves the others equal; if they come in another order,
//! that is one difference more, of `….order`. Items without a name are matched by position, and a
//! list of plain values is one value.

use super::FieldDifference;
use crate::plan::Plan;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What names the items of a list, in the order of trial.
const NAMES: [&str; 3] = ["id", "end", "device"];

/// What differs between metadata and spec of two plans.
pub(super) fn of_plans(a: &Plan, b: &Plan) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    walk("metadata", tree(&a.metadata).as_ref(), tree(&b.metadata).as_ref(), &mut found);
    walk("spec", tree(&a.spec).as_ref(), tree(&b.spec).as_ref(), &mut found);
    found
}

fn tree(part: &impl Serialize) -> Option<Value> {
    match serde_json::to_value(part) {
        Ok(tree) => Some(tree),
        // A tree fails on maps whose keys are no texts and on types that refuse; a plan has none.
        Err(error) => unreachable!("a plan is a tree: {error}"),
    }
}

/// Compares two values at a place. A value that one side has not is taken apart all the same, so
/// that each of its fields is seen.
pub(super) fn walk(
    path: &str,
    a: Option<&Value>,
    b: Option<&Value>,
    found: &mut Vec<FieldDifference>,
) {
    let (a, b) = (a.filter(|v| !v.is_null()), b.filter(|v| !v.is_null()));
    if a == b {
        return;
    }
    if let (Some(a), Some(b)) = (fields_of(a), fields_of(b))
        && a.len() + b.len() > 0
    {
        let names: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
        for name in names {
            walk(&format!("{path}.{name}"), a.get(name).copied(), b.get(name).copied(), found);
        }
        return;
    }
    if let (Some(a), Some(b)) = (items_of(a), items_of(b))
        && a.len() + b.len() > 0
    {
        lists(path, a, b, found);
        return;
    }
    found.push(FieldDifference { path: path.to_owned(), old: a.cloned(), new: b.cloned() });
}

/// The fields of a value, none if it is not set; `None` if it is something else.
fn fields_of(value: Option<&Value>) -> Option<BTreeMap<&str, &Value>> {
    let Some(value) = value else { return Some(BTreeMap::new()) };
    Some(value.as_object()?.iter().map(|(name, value)| (name.as_str(), value)).collect())
}

/// The items of a list of objects, none if it is not set; `None` if it is something else.
fn items_of(value: Option<&Value>) -> Option<&[Value]> {
    let items = value.map_or(Some(&[][..]), |value| value.as_array().map(Vec::as_slice))?;
    items.iter().all(Value::is_object).then_some(items)
}

fn lists(path: &str, a: &[Value], b: &[Value], found: &mut Vec<FieldDifference>) {
    let names = NAMES.iter().find_map(|name| Some((names_of(a, name)?, names_of(b, name)?)));
    let Some((names_a, names_b)) = names else {
        for n in 0..a.len().max(b.len()) {
            walk(&format!("{path}[{n}]"), a.get(n), b.get(n), found);
        }
        return;
    };
    let item = |items: &BTreeMap<&str, usize>, of: &'_ [Value], name: &str| {
        items.get(name).and_then(|at| of.get(*at)).cloned()
    };
    let all: BTreeSet<&str> = names_a.keys().chain(names_b.keys()).copied().collect();
    for name in &all {
        let (of_a, of_b) = (item(&names_a, a, name), item(&names_b, b, name));
        walk(&format!("{path}[{name}]"), of_a.as_ref(), of_b.as_ref(), found);
    }
    let order = |names: &BTreeMap<&str, usize>| -> Vec<Value> {
        let mut common: Vec<(usize, &str)> = all
            .iter()
            .filter(|name| names_a.contains_key(*name) && names_b.contains_key(*name))
            .filter_map(|name| Some((*names.get(name)?, *name)))
            .collect();
        common.sort_unstable();
        common.into_iter().map(|(_, name)| name.into()).collect()
    };
    let (old, new) = (order(&names_a), order(&names_b));
    if old != new {
        let (old, new) = (Some(Value::Array(old)), Some(Value::Array(new)));
        found.push(FieldDifference { path: format!("{path}.order"), old, new });
    }
}

/// The items by name, if each has one of its own.
fn names_of<'v>(items: &'v [Value], name: &str) -> Option<BTreeMap<&'v str, usize>> {
    let names: BTreeMap<&str, usize> =
        items.iter().enumerate().filter_map(|(n, item)| Some((name_of(item, name)?, n))).collect();
    (names.len() == items.len()).then_some(names)
}

fn name_of<'v>(item: &'v Value, name: &str) -> Option<&'v str> {
    item.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `path: old → new`, each as JSON.
    fn check(a: Value, b: Value, expected: &[&str]) {
        let (mut found, mut swapped) = (Vec::new(), Vec::new());
        walk("spec", Some(&a), Some(&b), &mut found);
        walk("spec", Some(&b), Some(&a), &mut swapped);
        let text =
            |value: &Option<Value>| value.as_ref().map_or("not set".to_owned(), Value::to_string);
        let lines: Vec<String> = found
            .iter()
            .map(|f| format!("{}: {} → {}", f.path, text(&f.old), text(&f.new)))
            .collect();
        assert_eq!(lines, expected, "{a} {b}");
        let mirrored: Vec<FieldDifference> = swapped
            .into_iter()
            .map(|f| FieldDifference { path: f.path, old: f.new, new: f.old })
            .collect();
        assert_eq!(mirrored, found, "{a} {b}");
    }

    #[test]
    fn fields_differ_where_their_values_do() {
        check(json!({}), json!({}), &[]);
        check(json!({"n": 16}), json!({"n": 32}), &["spec.n: 16 → 32"]);
        check(json!({"n": null}), json!({}), &[]);
        check(json!({"n": ""}), json!({}), &["spec.n: \"\" → not set"]);
        check(
            json!({}),
            json!({"c": {"n": 1, "d": {"e": "x"}}}),
            &["spec.c.d.e: not set → \"x\"", "spec.c.n: not set → 1"],
        );
        check(
            json!({"q": "automatic"}),
            json!({"q": {"fixed": 4}}),
            &["spec.q: \"automatic\" → {\"fixed\":4}"],
        );
        check(json!({"q": {"fixed": 3}}), json!({"q": {"fixed": 4}}), &["spec.q.fixed: 3 → 4"]);
        check(json!({"l": [1, 2]}), json!({"l": [1, 3]}), &["spec.l: [1,2] → [1,3]"]);
        check(json!({"l": [1]}), json!({}), &["spec.l: [1] → not set"]);
        check(json!({"l": []}), json!({}), &["spec.l: [] → not set"]);
        check(json!({"l": {}}), json!({}), &["spec.l: {} → not set"]);
    }

    #[test]
    fn items_are_matched_by_what_names_them() {
        let list = |items: Value| json!({ "l": items });
        let (x, y) = (json!({"id": "x", "n": 1}), json!({"id": "y", "n": 1}));
        let new = json!({"id": "new", "n": 1});
        check(
            list(json!([x, y])),
            list(json!([new, x, y])),
            &["spec.l[new].id: not set → \"new\"", "spec.l[new].n: not set → 1"],
        );
        check(list(json!([x])), list(json!([{"id": "x", "n": 2}])), &["spec.l[x].n: 1 → 2"]);
        check(
            list(json!([x, y])),
            list(json!([y, new, x])),
            &[
                "spec.l[new].id: not set → \"new\"",
                "spec.l[new].n: not set → 1",
                "spec.l.order: [\"x\",\"y\"] → [\"y\",\"x\"]",
            ],
        );
        check(
            list(json!([x])),
            json!({}),
            &["spec.l[x].id: \"x\" → not set", "spec.l[x].n: 1 → not set"],
        );
        // Two of one name name nothing.
        check(list(json!([x, x])), list(json!([x, y])), &["spec.l[1].id: \"x\" → \"y\""]);
        let pin = |end: &str, to: u32| json!({"end": end, "to": to});
        check(
            list(json!([pin("a", 1), pin("b", 2)])),
            list(json!([pin("b", 3)])),
            &["spec.l[a].end: \"a\" → not set", "spec.l[a].to: 1 → not set", "spec.l[b].to: 2 → 3"],
        );
        check(
            list(json!([{"n": 1}])),
            list(json!([{"n": 2}, {"n": 3}])),
            &["spec.l[0].n: 1 → 2", "spec.l[1].n: not set → 3"],
        );
    }
}
