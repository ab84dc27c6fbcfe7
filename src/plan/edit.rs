//! One field of a plan changed by its path, and the digest of what the architect wrote.
//!
//! Both work on the plan as a tree of named values, the one that its `serde` derives give, so a
//! new field of the types needs nothing here. The tree of an edited plan is read back into the
//! types: what they refuse, the edit refuses, and the plan stays as it was.

use super::document::ceiling_passed;
use super::{Metadata, Plan, Spec};
use crate::model::{Digest, DigestStream, Edit, EditValue, SpecPath, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why an edit was refused. The plan is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` cannot become `{value}`: {cause}. {remedy}")]
pub struct EditError {
    /// The field.
    pub path: SpecPath,
    /// The value that it should have had, cut short if long.
    pub value: String,
    /// What is the matter, without a full stop.
    pub cause: String,
    /// What to do, in a sentence.
    pub remedy: String,
}

/// What an edit may change.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Editable<M, S> {
    metadata: M,
    spec: S,
}

/// Writes the value of `edit` to its path. Fields left out of the plan are added, null leaves one
/// out and changes nothing if it is left out already; items of lists must exist. A number written to
/// the `quantity` of a switch class means `fixed`.
///
/// # Errors
/// When the path is not a field of metadata or spec, is the identity of the plan, or does not take
/// the value. The plan is then unchanged.
pub fn apply_edit(plan: &mut Plan, edit: &Edit) -> Result<(), EditError> {
    apply_edits(plan, std::slice::from_ref(edit))
}

/// Writes several values, all of them or none; the plan is taken apart and read back once.
///
/// # Errors
/// As [`apply_edit`]; the first that is refused.
pub fn apply_edits(plan: &mut Plan, edits: &[Edit]) -> Result<(), EditError> {
    let Some(last) = edits.last() else { return Ok(()) };
    let mut tree = tree_of(plan);
    for edit in edits {
        let value = edit.value.to_string();
        let steps = place_of(&edit.path, &value)?;
        let is_null = matches!(&edit.value, EditValue::Tree(Value::Null));
        if !(is_null && is_left_out(&tree, &steps)) {
            write(&mut tree, &steps, &edit.value).ok_or_else(|| no_place(&edit.path, &value))?;
        }
    }
    read_back(plan, tree, &last.path, &last.value.to_string())
}

/// Writes a value into the tree of a plan; `None` if it has no such place.
fn write(tree: &mut Value, steps: &[Step<'_>], value: &EditValue) -> Option<()> {
    let value = match value {
        EditValue::Tree(Value::Null) => {
            let (last, before) = steps.split_last()?;
            return match (find(tree, before)?, last) {
                (Value::Object(fields), Step::Field(name)) => fields.remove(*name).map(drop),
                _ => None,
            };
        }
        EditValue::Text(text) => Value::from(text.as_str()),
        EditValue::Number(number) if is_quantity(steps) => serde_json::json!({ "fixed": number }),
        EditValue::Number(number) => Value::from(*number),
        EditValue::Tree(tree) => tree.clone(),
    };
    *find(tree, steps)? = value;
    Some(())
}

/// True if the steps lead to a field that the types have and the tree of a plan leaves out.
fn is_left_out(tree: &Value, steps: &[Step<'_>]) -> bool {
    if !matches!(steps.last(), Some(Step::Field(_))) || is_there(tree, steps) {
        return false;
    }
    let mut tree = tree.clone();
    // The way there is made, and ends in null.
    find(&mut tree, steps).is_some() && is_known(tree)
}

/// True if the steps lead to something in a tree.
fn is_there(tree: &Value, steps: &[Step<'_>]) -> bool {
    let found = steps.iter().try_fold(tree, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Index(n) => value.get(n),
    });
    found.is_some()
}

/// True if the types have the one field that a plan's tree was given. They take its value, or say
/// that it cannot be null, or miss a neighbour of it; of a field that they have not they say so.
fn is_known(tree: Value) -> bool {
    match serde_json::from_value::<Editable<Metadata, Spec>>(tree) {
        Ok(_) => true,
        Err(error) => {
            let said = error.to_string();
            said.starts_with("invalid type: null") || said.starts_with("missing field")
        }
    }
}

/// True if the types take a value at a place of the plan's tree, whatever else they miss there.
pub(super) fn is_taken(mut tree: Value, steps: &[Step<'_>], value: Value) -> bool {
    let Some(place) = find(&mut tree, steps) else { return false };
    *place = value;
    match serde_json::from_value::<Editable<Metadata, Spec>>(tree) {
        Ok(_) => true,
        Err(error) => error.to_string().starts_with("missing field"),
    }
}

/// Changes something at a path of the plan's tree, and reads the tree back into the types.
/// `change` gives `None` if the plan has no such place; `value` is what it writes, for an error.
pub(super) fn change_place(
    plan: &mut Plan,
    path: &SpecPath,
    value: &str,
    change: impl FnOnce(&mut Value, &[Step<'_>]) -> Option<()>,
) -> Result<(), EditError> {
    let steps = place_of(path, value)?;
    let mut tree = tree_of(plan);
    change(&mut tree, &steps).ok_or_else(|| no_place(path, value))?;
    read_back(plan, tree, path, value)
}

/// An edit that is refused.
fn refused(path: &SpecPath, value: &str, (cause, remedy): (&str, &str)) -> EditError {
    EditError {
        path: SpecPath::new(clip(path.as_str())),
        value: clip(value),
        cause: clip(cause),
        remedy: remedy.to_owned(),
    }
}

fn no_place(path: &SpecPath, value: &str) -> EditError {
    refused(path, value, ("the plan has no such place", "Choose a place that exists."))
}

/// The steps to a place that may be edited.
fn place_of<'p>(path: &'p SpecPath, value: &str) -> Result<Vec<Step<'p>>, EditError> {
    let refuse = |cause: &str, remedy: &str| refused(path, value, (cause, remedy));
    let steps = steps_of(path).ok_or_else(|| {
        refuse("this is not a path of a plan", "Write one such as spec.cluster.servers.")
    })?;
    if !matches!(steps.first(), Some(Step::Field("metadata" | "spec"))) {
        return Err(refuse(
            "edits reach metadata and spec only",
            "Choose a field below metadata or spec.",
        ));
    }
    if matches!(steps.as_slice(), [Step::Field("metadata"), Step::Field("id"), ..]) {
        return Err(refuse(
            "the identity of a plan never changes, since the objects it owns carry it",
            "Save the plan under a new name to get a new identity.",
        ));
    }
    Ok(steps)
}

/// Reads the tree of a plan back into its types.
fn read_back(plan: &mut Plan, tree: Value, path: &SpecPath, value: &str) -> Result<(), EditError> {
    let refuse = |cause: &str, remedy: &str| refused(path, value, (cause, remedy));
    if let Some((path, cause)) = ceiling_passed(&tree) {
        return Err(refuse(&format!("{}: {cause}", clip(path.as_str())), "Shorten it."));
    }
    let edited: Editable<Metadata, Spec> = serde_json::from_value(tree).map_err(|error| {
        refuse(&error.to_string(), "Choose a field that exists and a value that it takes.")
    })?;
    plan.metadata = edited.metadata;
    plan.spec = edited.spec;
    Ok(())
}

/// Metadata and spec as a tree of named values: what forms show and paths of edits lead to.
pub fn tree_of(plan: &Plan) -> Value {
    match serde_json::to_value(Editable { metadata: &plan.metadata, spec: &plan.spec }) {
        Ok(tree) => tree,
        // A tree fails on maps whose keys are no texts and on types that refuse; a plan has none.
        Err(error) => unreachable!("a plan is a tree: {error}"),
    }
}

/// The steps of a path; `None` if its text is not exactly the text of its steps.
fn steps_of(path: &SpecPath) -> Option<Vec<Step<'_>>> {
    // Keys of labels are free text: the rest of the path is one key.
    if let Some(key) = path.as_str().strip_prefix("metadata.labels.") {
        return Some(vec![Step::Field("metadata"), Step::Field("labels"), Step::Field(key)]);
    }
    let steps = path.steps();
    let rebuilt = steps.iter().fold(SpecPath::default(), |path, step| match step {
        Step::Field(name) => path.field(name),
        Step::Index(n) => path.index(*n),
    });
    (rebuilt == *path).then_some(steps)
}

fn is_quantity(steps: &[Step<'_>]) -> bool {
    matches!(
        steps,
        [
            Step::Field("spec"),
            Step::Field("switch_classes"),
            Step::Index(_),
            Step::Field("quantity")
        ]
    )
}

/// The place that the steps lead to, made if fields on the way are left out.
pub(super) fn find<'a>(tree: &'a mut Value, steps: &[Step<'_>]) -> Option<&'a mut Value> {
    steps.iter().try_fold(tree, |value, step| match step {
        Step::Field(name) => {
            if value.is_null() {
                *value = Value::Object(serde_json::Map::new());
            }
            Some(value.as_object_mut()?.entry(*name).or_insert(Value::Null))
        }
        Step::Index(n) => value.as_array_mut()?.get_mut(*n),
    })
}

fn clip(text: &str) -> String {
    super::document::clip(text, 200)
}

/// The digest of metadata and spec, over the stream `heddle/spec/1`: the two as one tree, each
/// value a number for its kind and then its content – nothing 0; true or false 1, 1 or 0; whole
/// number 2, itself; text 3, itself; list 4, length, items; named values 5, length, then name and
/// value in the order of the names' bytes. Fields that are left out of the file are left out of
/// the stream. The status is no part of it.
pub fn spec_digest(plan: &Plan) -> Digest {
    let mut stream = DigestStream::new("heddle/spec/1");
    record(&mut stream, &tree_of(plan));
    stream.finish()
}

fn record(stream: &mut DigestStream, value: &Value) {
    match value {
        Value::Null => drop(stream.number(0)),
        Value::Bool(value) => drop(stream.number(1).number(u64::from(*value))),
        Value::Number(number) => match number.as_u64() {
            Some(number) => drop(stream.number(2).number(number)),
            // Plans have whole numbers from 0 only; others would be told apart by their text.
            None => drop(stream.number(6).text(&number.to_string())),
        },
        Value::String(text) => drop(stream.number(3).text(text)),
        Value::Array(items) => {
            stream.number(4).number(items.len() as u64);
            items.iter().for_each(|item| record(stream, item));
        }
        Value::Object(fields) => {
            stream.number(5).number(fields.len() as u64);
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in fields {
                record(stream.text(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{every_path, full_plan, plans};
    use crate::plan::{Quantity, RailPacking, Status};
    use proptest::prelude::*;
    use serde_json::json;

    fn edit(plan: &mut Plan, path: &str, value: EditValue) -> Result<(), EditError> {
        apply_edit(plan, &Edit { path: SpecPath::new(path), value })
    }

    fn number(n: u64) -> EditValue {
        EditValue::Number(n)
    }

    fn tree(value: Value) -> EditValue {
        EditValue::Tree(value)
    }

    fn text(value: &str) -> EditValue {
        EditValue::Text(value.to_owned())
    }

    #[test]
    fn edits_change_one_field() {
        let mut plan = full_plan();
        for (path, value) in [
            ("spec.cluster.servers", number(7)),
            ("spec.cluster.backend.rail_packing", text("shared")),
            ("metadata.labels.a.b", text("c")),
            ("spec.switch_classes[0].quantity", number(3)),
            ("spec.switch_classes[1].zones[0].breakout", text("4x200")),
            ("spec.server_classes[0].connections[0].distribution.rail_optimised.rail", number(5)),
            ("spec.switch_classes[0].note", text("")),
            ("spec.switch_classes[0].zones[0].priority", EditValue::left_out()),
            ("spec.switch_classes[0].out_of_service", tree(json!([2, 9]))),
            ("spec.server_classes[0].connections[0].distribution", text("round_robin")),
            (
                "spec.server_classes[0].connections[0].distribution",
                tree(json!({ "alternating": { "group": 2 } })),
            ),
            ("spec.cluster.backend.overrides", EditValue::left_out()),
            ("spec.racks", EditValue::left_out()),
        ] {
            let before = plan.clone();
            assert_eq!(edit(&mut plan, path, value), Ok(()), "{path}");
            assert_ne!(plan, before, "{path}");
        }
        let cluster = plan.spec.cluster.as_ref().unwrap();
        assert_eq!(cluster.servers, 7);
        assert_eq!(cluster.backend.as_ref().unwrap().rail_packing, RailPacking::Shared);
        assert_eq!(plan.metadata.labels.get("a.b").map(String::as_str), Some("c"));
        let class = plan.spec.switch_classes.first().unwrap();
        assert_eq!((class.quantity, class.note.as_str()), (Quantity::Fixed(3), ""));
        assert_eq!(edit(&mut plan, "spec.switch_classes[0].quantity", text("automatic")), Ok(()));
        assert_eq!(edit(&mut plan, "spec.switch_classes[0].note", text("back")), Ok(()));
        assert_eq!(plan.spec.switch_classes.first().unwrap().note, "back");
    }

    #[test]
    fn leaving_out_what_is_left_out_changes_nothing() {
        let mut plan = full_plan();
        plan.metadata.description = String::new();
        plan.spec.cluster.as_mut().unwrap().size_for = None;
        plan.spec.cluster.as_mut().unwrap().backend.as_mut().unwrap().overrides =
            Default::default();
        plan.spec.racks = None;
        let before = plan.clone();
        for path in [
            "spec.cluster.size_for",
            "metadata.description",
            "metadata.labels.nobody",
            "spec.racks",
            "spec.racks.name",
            "spec.racks.places",
            "spec.cluster.backend.overrides",
            "spec.cluster.backend.overrides.leaves",
        ] {
            assert_eq!(edit(&mut plan, path, EditValue::left_out()), Ok(()), "{path}");
            assert_eq!(plan, before, "{path}");
        }
    }

    #[test]
    fn refused_edits_leave_the_plan_alone() {
        let mut plan = full_plan();
        let before = plan.clone();
        for (path, value, expected) in [
            ("", number(1), "metadata and spec only"),
            ("status.devices", number(1), "metadata and spec only"),
            ("api_version", text("x"), "metadata and spec only"),
            ("metadata.id", text("x"), "never changes"),
            ("spec.cluster.server", number(1), "unknown field `server`"),
            ("spec.cluster.servers", text("x"), "expected u32"),
            ("spec.cluster.servers", number(u64::MAX), "expected u32"),
            ("spec.cluster.servers.x", number(1), "no such place"),
            ("spec.cluster.backend.rails", EditValue::left_out(), "missing field `rails`"),
            ("spec.cluster.nothing", EditValue::left_out(), "no such place"),
            ("spec.nothing.more", EditValue::left_out(), "no such place"),
            ("spec.cluster.servers.more", EditValue::left_out(), "no such place"),
            ("spec.server_classes[9].note", EditValue::left_out(), "no such place"),
            ("metadata.id.more", EditValue::left_out(), "never changes"),
            ("spec.switch_classes[0].quantity.automatic", EditValue::left_out(), "no such place"),
            ("spec.switch_classes[0]", EditValue::left_out(), "no such place"),
            ("spec.switch_classes[0].zones", tree(json!([7])), "invalid type"),
            ("spec.switch_classes[9].note", text("x"), "no such place"),
            ("spec.switch_classes[0]x.note", text("x"), "not a path"),
            ("spec..cluster", text("x"), "not a path"),
            ("spec.cluster.backend.rail_packing", text("both"), "unknown variant `both`"),
            ("spec.switch_classes[0].zones[0].ports", text("9-1"), "backwards"),
            ("metadata.name", text(&"x".repeat(2_001)), "more than 2000 characters"),
            (&format!("metadata.labels.{}", "k".repeat(81)), text("x"), "more than 80 characters"),
        ] {
            let error = edit(&mut plan, path, value).expect_err(path);
            assert!(error.cause.contains(expected), "{path}: {error}");
            assert_eq!(plan, before, "{path}");
        }
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let plan = Plan { status: None, ..full_plan() };
        let digest = spec_digest(&plan);
        let mut changed = 0;
        for (path, value) in every_path(&plan) {
            if ["api_version", "metadata.id"].contains(&path.as_str()) {
                continue;
            }
            let new = match value {
                Value::Number(n) => number(n.as_u64().unwrap() + 1),
                Value::String(old) => {
                    let choices = [
                        "dedicated",
                        "shared",
                        "none",
                        "redundant",
                        "leaf",
                        "spine",
                        "server",
                        "uplink",
                        "1-2",
                        "1x100",
                        "2:1",
                        "two",
                        "three",
                        "equal",
                        "native",
                        "spine_leaf",
                        "unbundled",
                        "sequential",
                        "mclag",
                    ];
                    let mut plan = plan.clone();
                    let taken = choices
                        .iter()
                        .filter(|choice| **choice != old)
                        .find(|choice| edit(&mut plan, path.as_str(), text(choice)).is_ok());
                    match taken {
                        Some(choice) => text(choice),
                        None => continue,
                    }
                }
                _ => continue,
            };
            let mut plan = plan.clone();
            assert_eq!(edit(&mut plan, path.as_str(), new), Ok(()), "{path}");
            assert_ne!(spec_digest(&plan), digest, "{path}");
            changed += 1;
        }
        assert!(changed > 50, "{changed}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn plans_have_one_digest_when_they_mean_the_same(a in plans(), b in plans()) {
            let same = a.metadata == b.metadata && a.spec == b.spec;
            prop_assert_eq!(spec_digest(&a) == spec_digest(&b), same);
            let mut other = a.clone();
            other.status = Some(Status { devices: 5, ..Status::default() });
            prop_assert_eq!(spec_digest(&a), spec_digest(&other));
        }

        #[test]
        fn any_edit_is_answered(path in "(spec|metadata)?[a-z_.\\[\\]0-9]{0,20}", value in any::<String>()) {
            let mut plan = full_plan();
            let before = plan.clone();
            if edit(&mut plan, &path, EditValue::Text(value)).is_err() {
                prop_assert_eq!(plan, before);
            }
        }
    }
}
