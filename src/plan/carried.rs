//! Models that a plan has to carry: those that it names and that are not inside the program.
//!
//! A plan gives the same result on any machine, so a model of somebody's own folder goes into the
//! plan by the edit that names it, with the cards that a server needs, and goes again by the edit
//! after which nothing names it. Limits: cables, transceivers and fibres are chosen by the program
//! and named by nobody, so those of a folder count on its machine only.

use super::{Plan, tree_of};
use crate::catalog::{Models, ServerModel};
use serde_json::Value;
use std::collections::BTreeSet;

/// Puts the models that an edit of the plan `before`, with its tree, names into the plan, as far as
/// they are among those of folders, and takes out what came from there and is named no more.
pub fn carry_models((before, tree): (&Plan, &Value), plan: &mut Plan, of_folders: &Models) {
    if of_folders.is_empty() {
        return;
    }
    let (named_before, named) = (named_models(tree), named_models(&tree_of(plan)));
    let cards_before = cards(&before.spec.models.servers);
    let carried = &mut plan.spec.models;
    let change = (&named_before, &named);
    carry(&mut carried.switches, &of_folders.switches, |model| &model.id, change);
    carry(&mut carried.servers, &of_folders.servers, |model| &model.id, change);
    carry(&mut carried.racks, &of_folders.racks, |model| &model.id, change);
    let cards_now = cards(&carried.servers);
    let before = named_before.union(&cards_before).cloned().collect();
    let now = named.union(&cards_now).cloned().collect();
    carry(&mut carried.nics, &of_folders.nics, |model| &model.id, (&before, &now));
}

fn carry<T: Clone + PartialEq>(
    carried: &mut Vec<T>,
    of_folders: &[T],
    id: impl Fn(&T) -> &String,
    (before, now): (&BTreeSet<String>, &BTreeSet<String>),
) {
    let goes = |id: &String| before.contains(id) && !now.contains(id);
    carried.retain(|model| !goes(id(model)) || !of_folders.contains(model));
    for model in of_folders.iter().filter(|model| now.contains(id(model))) {
        if !carried.iter().any(|own| id(own) == id(model)) {
            carried.push(model.clone());
        }
    }
}

/// The cards that servers are built with.
fn cards(servers: &[ServerModel]) -> BTreeSet<String> {
    servers.iter().flat_map(|server| &server.nics).map(|set| set.nic.clone()).collect()
}

/// All that stands where a spec names a model: in fields such as `leaf_model` and `nic`.
fn named_models(tree: &Value) -> BTreeSet<String> {
    let spec = tree.get("spec").and_then(Value::as_object);
    let mut open: Vec<(&str, &Value)> =
        spec.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect();
    // What is carried names nothing.
    open.retain(|(name, _)| *name != "models");
    let mut named = BTreeSet::new();
    while let Some((name, value)) = open.pop() {
        match value {
            Value::Array(rows) => open.extend(rows.iter().map(|row| (name, row))),
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(name, of)| (name.as_str(), of)))
            }
            Value::String(id) if name.ends_with("model") || name == "nic" => {
                named.insert(id.clone());
            }
            _ => {}
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::model::{Edit, EditValue, SpecPath};
    use crate::plan::apply_edit;
    use crate::plan::preset::build;

    /// Models of a folder: a switch, and a server with a card of its own.
    fn folder() -> Models {
        let built_in = Catalog::built_in().unwrap();
        let mut switch = built_in.switches["nvidia-sn5600"].clone();
        switch.id = "my-switch".to_owned();
        let mut server = built_in.servers["dgx-h100"].clone();
        server.id = "my-server".to_owned();
        let mut nic = built_in.nics[&server.nics[0].nic].clone();
        nic.id = "my-nic".to_owned();
        server.nics[0].nic = nic.id.clone();
        Models {
            switches: vec![switch],
            servers: vec![server],
            nics: vec![nic],
            ..Models::default()
        }
    }

    #[test]
    fn a_plan_carries_what_it_names_of_a_folder() {
        let of_folders = folder();
        let mut plan = build("rail-optimised", &[], crate::plan::testing::plan_id()).unwrap();
        let mut check = |path: &str, model: &str, expected: [&[&str]; 3]| {
            let before = plan.clone();
            let value = EditValue::Text(model.to_owned());
            apply_edit(&mut plan, &Edit { path: SpecPath::new(path), value }).unwrap();
            carry_models((&before, &tree_of(&before)), &mut plan, &of_folders);
            let carried = &plan.spec.models;
            let switches = carried.switches.iter().map(|model| model.id.as_str());
            let servers = carried.servers.iter().map(|model| model.id.as_str());
            let nics = carried.nics.iter().map(|model| model.id.as_str());
            let found: [Vec<&str>; 3] = [switches.collect(), servers.collect(), nics.collect()];
            assert_eq!(found, expected.map(<[&str]>::to_vec), "{path} = {model}");
        };
        let spine = "spec.cluster.backend.spine_model";
        let leaf = "spec.cluster.backend.leaf_model";
        check(spine, "nvidia-sn5600", [&[], &[], &[]]);
        check(spine, "my-switch", [&["my-switch"], &[], &[]]);
        check(leaf, "my-switch", [&["my-switch"], &[], &[]]);
        check(spine, "nvidia-sn5600", [&["my-switch"], &[], &[]]);
        check(leaf, "nvidia-sn5600", [&[], &[], &[]]);
        check("spec.cluster.server_model", "my-server", [&[], &["my-server"], &["my-nic"]]);
        check("spec.cluster.server_model", "dgx-h100", [&[], &[], &[]]);
    }

    /// What somebody wrote into the plan stays, whatever a folder has.
    #[test]
    fn what_is_the_plans_own_stays() {
        let of_folders = folder();
        let mut plan = build("rail-optimised", &[], crate::plan::testing::plan_id()).unwrap();
        let mut own = of_folders.switches[0].clone();
        own.rack_units = 7;
        plan.spec.models.switches = vec![own.clone()];
        let spine = SpecPath::new("spec.cluster.backend.spine_model");
        for model in ["my-switch", "nvidia-sn5600"] {
            let before = plan.clone();
            let value = EditValue::Text(model.to_owned());
            apply_edit(&mut plan, &Edit { path: spine.clone(), value }).unwrap();
            carry_models((&before, &tree_of(&before)), &mut plan, &of_folders);
            assert_eq!(plan.spec.models.switches, [own.clone()]);
        }
        // Nor does one go that was never named.
        plan.spec.models.switches = of_folders.switches.clone();
        let before = plan.clone();
        carry_models((&before, &tree_of(&before)), &mut plan, &of_folders);
        assert_eq!(plan, before);
    }
}
