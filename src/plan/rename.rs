//! Another id for a class, a zone or a card, and for all that names it.
//!
//! Ids are keys: connections, zones, pins, places, rules and moves name them. A rename carries
//! those along, so that the fabric stays the same but for its keys. Where the old id is not the
//! only one of its list, or the new one is taken, nothing can tell which was meant: then only the
//! id itself changes, and the findings speak.

use super::edit::{EditError, apply_edit};
use super::{Moved, Plan};
use crate::model::{Edit, EditValue, SpecPath, Step};
use std::collections::BTreeSet;

/// What an id is the id of.
#[derive(Clone, Copy)]
enum Named<'a> {
    Class,
    /// A zone or a card of this class.
    Slot(&'a str),
}

/// Writes an id, and to all places that name the old one. With `keep_objects` a move is added for
/// what the inventory may have under the old key, so that it is renamed and not made anew. Moves
/// from before stay as the links of a chain, also those of names that were never applied: only the
/// inventory could tell them apart.
///
/// # Errors
/// Those of [`apply_edit`]; the plan is then unchanged.
pub fn rename(
    plan: &mut Plan,
    path: &SpecPath,
    new: &str,
    keep_objects: bool,
) -> Result<(), EditError> {
    let (old, class, alone) = match path.steps().as_slice() {
        [Step::Field("spec"), Step::Field(list), Step::Index(n), Step::Field("id")] => {
            let ids = class_ids(plan);
            let old = ids_of(plan, list).get(*n).cloned().unwrap_or_default();
            let alone = ids.iter().filter(|id| **id == old).count() == 1;
            (old, None, alone && !ids.iter().any(|id| id == new))
        }
        [
            Step::Field("spec"),
            Step::Field(list),
            Step::Index(n),
            Step::Field(slots),
            Step::Index(m),
            Step::Field("id"),
        ] => {
            let class = ids_of(plan, list).get(*n).cloned().unwrap_or_default();
            let ids = slot_ids(plan, *n, slots);
            let old = ids.get(*m).cloned().unwrap_or_default();
            let alone = ids.iter().filter(|id| **id == old).count() == 1;
            (old, Some(class), alone && !ids.iter().any(|id| id == new))
        }
        _ => (String::new(), None, false),
    };
    let mut renamed = plan.clone();
    let value = EditValue::Text(new.to_owned());
    apply_edit(&mut renamed, &Edit { path: path.clone(), value })?;
    if alone && !old.is_empty() && !new.is_empty() && old != new {
        let named = class.as_deref().map_or(Named::Class, Named::Slot);
        carry(&mut renamed, named, (&old, new), keep_objects);
    }
    *plan = renamed;
    Ok(())
}

fn class_ids(plan: &Plan) -> Vec<String> {
    ["switch_classes", "server_classes", "external"]
        .iter()
        .flat_map(|list| ids_of(plan, list))
        .collect()
}

fn ids_of(plan: &Plan, list: &str) -> Vec<String> {
    let spec = &plan.spec;
    match list {
        "switch_classes" => spec.switch_classes.iter().map(|class| class.id.clone()).collect(),
        "server_classes" => spec.server_classes.iter().map(|class| class.id.clone()).collect(),
        "external" => spec.external.iter().map(|class| class.id.clone()).collect(),
        _ => Vec::new(),
    }
}

fn slot_ids(plan: &Plan, class: usize, slots: &str) -> Vec<String> {
    let spec = &plan.spec;
    match slots {
        "zones" => spec.switch_classes.get(class).map_or_else(Vec::new, |class| {
            class.zones.iter().map(|zone| zone.id.clone()).collect()
        }),
        "nics" => spec
            .server_classes
            .get(class)
            .map_or_else(Vec::new, |class| class.nics.iter().map(|nic| nic.id.clone()).collect()),
        // Nothing names a connection.
        _ => Vec::new(),
    }
}

fn carry(plan: &mut Plan, named: Named<'_>, (old, new): (&str, &str), keep_objects: bool) {
    let put = |place: &mut String| {
        if place == old {
            new.clone_into(place);
        }
    };
    let spec = &mut plan.spec;
    let connections = spec.server_classes.iter_mut().flat_map(|class| {
        let id = class.id.clone();
        class
            .connections
            .iter_mut()
            .map(move |c| (id.clone(), Some(&mut c.nic), &mut c.switch_class, &mut c.zone))
    });
    let external = spec.external.iter_mut().flat_map(|class| {
        let id = class.id.clone();
        class
            .connections
            .iter_mut()
            .map(move |c| (id.clone(), None, &mut c.switch_class, &mut c.zone))
    });
    for (of, nic, switch_class, zone) in connections.chain(external) {
        match named {
            Named::Class => put(switch_class),
            Named::Slot(class) => {
                if switch_class == class {
                    put(zone);
                }
                if of == class
                    && let Some(nic) = nic
                {
                    put(nic);
                }
            }
        }
    }
    // Paths of two and more parts: `class/zone`, `class/7/zone/12`, `class/7`, `class/*/slot`.
    let put_part = |place: &mut String, slot_at: usize| {
        let mut parts: Vec<&str> = place.split('/').collect();
        let at = match named {
            Named::Class => 0,
            Named::Slot(class) if parts.first() == Some(&class) => slot_at,
            Named::Slot(_) => return false,
        };
        match parts.get_mut(at) {
            Some(part) if *part == old => *part = new,
            _ => return false,
        }
        *place = parts.join("/");
        true
    };
    for zone in spec.switch_classes.iter_mut().flat_map(|class| &mut class.zones) {
        if let Some(peer) = &mut zone.peer_zone {
            put_part(peer, 1);
        }
    }
    for pin in &mut spec.pins {
        put_part(&mut pin.end, 2);
        put_part(&mut pin.to, 2);
    }
    if let Named::Class = named {
        for place in spec.racks.iter_mut().flat_map(|racks| &mut racks.places) {
            put_part(&mut place.device, 1);
        }
        for rule in &mut spec.target.ignore {
            put(&mut rule.class);
        }
    }
    carry_moves(&mut spec.moved, named, (old, new), keep_objects);
}

/// Takes the moves along with a renamed id. With `keep_objects` the rename is one more link of its
/// chain: the inventory may have any name of it, since nothing here tells which were applied.
fn carry_moves(
    moves: &mut Vec<Moved>,
    named: Named<'_>,
    (old, new): (&str, &str),
    keep_objects: bool,
) {
    let name = |id: &str| match named {
        Named::Class => id.to_owned(),
        Named::Slot(class) => format!("{class}/*/{id}"),
    };
    if let Named::Class = named {
        for moved in &mut *moves {
            carry_parts(moved, (old, new));
        }
    }
    let (old, new) = (name(old), name(new));
    if keep_objects {
        lengthen(moves, old, new);
        return;
    }
    for moved in moves.iter_mut().filter(|moved| moved.to == old) {
        moved.to.clone_from(&new);
    }
    // Back to where it came from is no move.
    moves.retain(|moved| moved.from != moved.to);
}

/// Takes a move of a device, of a NIC or of a zone along with its renamed class. A device of the
/// old class is one that the inventory may have, so only what it is now called changes. NICs and
/// zones are told within the class of now, on both sides.
fn carry_parts(moved: &mut Moved, (old, new): (&str, &str)) {
    let in_new_class = |name: &mut String| {
        let parts = name.split_once('/').filter(|(class, _)| *class == old);
        if let Some((_, rest)) = parts {
            *name = format!("{new}/{rest}");
        }
    };
    in_new_class(&mut moved.to);
    if moved.from.contains("/*/") {
        in_new_class(&mut moved.from);
    }
}

/// Adds a link to the chain that leads to `old`. Where the chain began at or came by `new`, its way
/// on from there would be a circle: that link goes, and every name still leads to `new`.
fn lengthen(moves: &mut Vec<Moved>, old: String, new: String) {
    let before = leading_to(moves, &old);
    moves.retain(|moved| moved.from != new || !before.contains(&moved.to));
    let link = Moved { from: old, to: new };
    if !moves.contains(&link) {
        moves.push(link);
    }
}

/// A name, and all that moves lead from to it.
fn leading_to(moves: &[Moved], name: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from([name.to_owned()]);
    let mut next = vec![name];
    while let Some(to) = next.pop() {
        for moved in moves.iter().filter(|moved| moved.to == to) {
            if names.insert(moved.from.clone()) {
                next.push(&moved.from);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::full_plan;
    use crate::plan::{Ignore, Pin, RackPlace, Racks};

    fn plan() -> Plan {
        let mut plan = full_plan();
        let spec = &mut plan.spec;
        let leaf = spec.switch_classes[0].id.clone();
        let zone = spec.switch_classes[0].zones[0].id.clone();
        let (gpu, nic) =
            (spec.server_classes[0].id.clone(), spec.server_classes[0].nics[0].id.clone());
        let connection = &mut spec.server_classes[0].connections[0];
        (connection.switch_class, connection.zone, connection.nic) =
            (leaf.clone(), zone.clone(), nic.clone());
        spec.switch_classes[1].zones[0].peer_zone = Some(format!("{leaf}/{zone}"));
        spec.pins =
            vec![Pin { end: format!("{gpu}/4/{nic}/0"), to: format!("{leaf}/7/{zone}/12") }];
        let mut racks = Racks::of("rack");
        racks.places =
            vec![RackPlace { device: format!("{leaf}/3"), rack: "r".to_owned(), unit: 1 }];
        spec.racks = Some(racks);
        spec.target.ignore = vec![Ignore { class: leaf, ..Ignore::default() }];
        spec.moved = Vec::new();
        plan
    }

    fn text(plan: &Plan) -> String {
        serde_json::to_string(&plan.spec).unwrap()
    }

    #[test]
    fn all_that_names_an_id_goes_with_it_and_comes_back() {
        for (path, refs) in [
            ("spec.switch_classes[0].id", 9),
            ("spec.switch_classes[0].zones[0].id", 7),
            ("spec.server_classes[0].id", 2),
            ("spec.server_classes[0].nics[0].id", 5),
        ] {
            let before = plan();
            let path = SpecPath::new(path);
            let old = {
                let tree = crate::plan::tree_of(&before);
                let steps = path.steps();
                let found = steps.iter().try_fold(&tree, |value, step| match step {
                    Step::Field(name) => value.get(name),
                    Step::Index(n) => value.get(n),
                });
                found.unwrap().as_str().unwrap().to_owned()
            };
            let mut renamed = before.clone();
            rename(&mut renamed, &path, "quite-new", false).unwrap();
            assert_eq!(text(&renamed).matches("quite-new").count(), refs, "{path}");
            rename(&mut renamed, &path, &old, false).unwrap();
            assert_eq!(renamed, before, "{path}");
        }
    }

    fn moves(list: &[(&str, &str)]) -> Vec<Moved> {
        list.iter().map(|(from, to)| Moved { from: (*from).into(), to: (*to).into() }).collect()
    }

    #[test]
    fn a_rename_is_one_more_link_of_its_chain() {
        use Named::{Class, Slot};
        let check = |before: &[(&str, &str)], named, ids, keep, expected: &[(&str, &str)]| {
            let mut list = moves(before);
            carry_moves(&mut list, named, ids, keep);
            assert_eq!(list, moves(expected), "{before:?}: {ids:?}");
        };
        check(&[], Class, ("gpu", "a"), true, &[("gpu", "a")]);
        check(&[("gpu", "a")], Class, ("a", "b"), true, &[("gpu", "a"), ("a", "b")]);
        // Back to a name of before: all of the chain leads there.
        check(&[("gpu", "a")], Class, ("a", "gpu"), true, &[("a", "gpu")]);
        let chain = [("gpu", "a"), ("a", "b"), ("x", "gpu")];
        check(&chain, Class, ("b", "gpu"), true, &[("a", "b"), ("x", "gpu"), ("b", "gpu")]);
        check(&chain, Class, ("b", "a"), true, &[("gpu", "a"), ("x", "gpu"), ("b", "a")]);
        // What another class was called before is not this one's to drop.
        check(&[("gpu", "c")], Class, ("a", "gpu"), true, &[("gpu", "c"), ("a", "gpu")]);
        // Parts are told within the class of now, devices by what the inventory may have.
        check(
            &[("gpu/*/rail-0", "gpu/*/nic-0"), ("gpu/3", "gpu/4"), ("gpu-2/1", "gpu-2/2")],
            Class,
            ("gpu", "a"),
            true,
            &[("a/*/rail-0", "a/*/nic-0"), ("gpu/3", "a/4"), ("gpu-2/1", "gpu-2/2"), ("gpu", "a")],
        );
        check(
            &[("a/*/x", "a/*/y"), ("b/*/x", "b/*/y")],
            Slot("a"),
            ("y", "z"),
            true,
            &[("a/*/x", "a/*/y"), ("b/*/x", "b/*/y"), ("a/*/y", "a/*/z")],
        );
        check(&[("a/*/x", "a/*/y")], Slot("a"), ("y", "x"), true, &[("a/*/y", "a/*/x")]);
        // Nothing was applied, so nothing but the newest name counts.
        check(&[("gpu", "a")], Class, ("a", "b"), false, &[("gpu", "b")]);
        check(&[("gpu", "a")], Class, ("a", "gpu"), false, &[]);
        check(&[("a/*/x", "a/*/y")], Slot("a"), ("y", "z"), false, &[("a/*/x", "a/*/z")]);
        check(&[("a/*/x", "a/*/y")], Class, ("a", "b"), false, &[("b/*/x", "b/*/y")]);
        check(&[], Class, ("a", "b"), false, &[]);
    }

    #[test]
    fn what_is_in_the_inventory_is_kept_by_a_move() {
        let mut plan = plan();
        let path = SpecPath::new("spec.switch_classes[0].id");
        let old = plan.spec.switch_classes[0].id.clone();
        rename(&mut plan, &path, "one", true).unwrap();
        rename(&mut plan, &path, "two", true).unwrap();
        assert_eq!(plan.spec.moved, moves(&[(&old, "one"), ("one", "two")]));
        rename(&mut plan, &path, &old, true).unwrap();
        assert_eq!(plan.spec.moved, moves(&[("one", "two"), ("two", &old)]));
        let zone = SpecPath::new("spec.switch_classes[0].zones[0].id");
        let was = plan.spec.switch_classes[0].zones[0].id.clone();
        rename(&mut plan, &zone, "z", true).unwrap();
        let (from, to) = (format!("{old}/*/{was}"), format!("{old}/*/z"));
        assert_eq!(plan.spec.moved.last(), Some(&Moved { from, to }));
    }

    #[test]
    fn an_id_that_is_taken_carries_nothing() {
        let mut renamed = plan();
        let other = renamed.spec.switch_classes[1].id.clone();
        let before = renamed.spec.server_classes.clone();
        rename(&mut renamed, &SpecPath::new("spec.switch_classes[0].id"), &other, true).unwrap();
        assert_eq!(renamed.spec.switch_classes[0].id, other);
        assert_eq!(renamed.spec.server_classes, before);
        assert_eq!(renamed.spec.moved, []);
        let same = renamed.clone();
        assert!(rename(&mut renamed, &SpecPath::new("spec.nothing[0].id"), "x", true).is_err());
        assert_eq!(renamed, same);
    }
}
