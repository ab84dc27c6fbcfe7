//! Ids: those that are none, and those that an earlier row has already.
//!
//! An id that two rows have is told once, at the second row, which is the one to call otherwise:
//! as what names it and finds nobody, where that is one name, else with the next number. A name
//! that finds nobody may mean a row whose id was refused; that is then not told as well.

use super::expand::{Origin, Primitives};
use super::slots::shown;
use crate::model::{Code, EditValue, Finding, SpecPath, Step, is_valid_id};
use crate::plan::{Connection, ServerClass, SwitchClass, SwitchRole};
use std::collections::{BTreeMap, BTreeSet};

/// The ids of a list of rows while it is read.
pub(super) struct Ids<'a> {
    /// What a row is, and whose: `zone`, ` of be-leaf`.
    what: &'static str,
    owner: String,
    all: BTreeSet<&'a str>,
    /// The row that has it, from 0.
    seen: BTreeMap<&'a str, usize>,
}

impl<'a> Ids<'a> {
    /// The ids of rows of a class that are each a `what`.
    pub(super) fn new(what: &'static str, class: &str, all: impl Iterator<Item = &'a str>) -> Self {
        let owner = format!(" of {}", shown(class));
        Self { what, owner, all: all.collect(), seen: BTreeMap::new() }
    }

    /// Looks at the n-th row, whose id stands at a place, which can be written to or not. `wanted`
    /// is what it is to be called rather than by a number.
    ///
    /// # Errors
    /// The id is none, or an earlier row has it.
    pub(super) fn check<'w>(
        &mut self,
        n: usize,
        id: &'a str,
        (path, writes): (SpecPath, bool),
        wanted: impl FnOnce() -> Option<&'w str>,
    ) -> Result<(), Box<Finding>> {
        if !is_valid_id(id) {
            return Err(Box::new(invalid(self.what, id, path)));
        }
        let Some(first) = self.seen.get(id) else {
            self.seen.insert(id, n);
            return Ok(());
        };
        let rows = format!("{}s {} and {}{}", self.what, first + 1, n + 1, self.owner);
        let instead = writes.then(|| free(id, &self.all, wanted())).flatten();
        Err(Box::new(taken(&rows, id, path, instead)))
    }
}

/// The finding about an id that is none.
fn invalid(what: &str, id: &str, path: SpecPath) -> Finding {
    let text = format!("`{}` cannot be a {what} id.", shown(id));
    Finding::new(Code::InvalidText, path, text)
        .advise("Use a lower-case letter, then letters, digits and dashes, at most 40.")
}

/// The finding about an id that two rows have.
fn taken(rows: &str, id: &str, path: SpecPath, instead: Option<String>) -> Finding {
    let mut text = format!("{rows} have the same id, `{}`.", shown(id));
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let finding = Finding::new(Code::DuplicateId, path.clone(), text);
    match instead {
        Some(new) => finding.offer(format!("Call it {new}"), path, EditValue::Text(new)),
        None => finding.advise("Remove one of the two, or give it another id."),
    }
}

/// An id that nobody has: the one that is wanted, else the next number after that of `id`.
fn free(id: &str, all: &BTreeSet<&str>, wanted: Option<&str>) -> Option<String> {
    let fits = |new: &str| is_valid_id(new) && !all.contains(new);
    if let Some(wanted) = wanted.filter(|wanted| fits(wanted)) {
        return Some(wanted.to_owned());
    }
    let numbered = id.rsplit_once('-').and_then(|(stem, n)| Some((stem, n.parse::<u32>().ok()?)));
    let (stem, next) = numbered.map_or((id, 2), |(stem, n)| (stem, n.saturating_add(1)));
    let numbers = (next..).take(all.len() + 1);
    numbers.map(|n| format!("{stem}-{n}")).find(|new| fits(new))
}

/// The one name among some, if all are the same.
fn sole<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

/// True if a row of a list was refused for its id: a name that nobody has may mean it.
pub(super) fn some_refused<'a>(mut ids: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    ids.any(|id| !is_valid_id(id) || !seen.insert(id))
}

/// All connections of a plan.
fn connections(primitives: &Primitives) -> impl Iterator<Item = (&str, &str)> {
    let servers = primitives.servers.iter().flat_map(|(class, _)| &class.connections);
    let external = primitives.external.iter().flat_map(|(class, _)| &class.connections);
    servers
        .map(|one| (one.switch_class.as_str(), one.zone.as_str()))
        .chain(external.map(|one| (one.switch_class.as_str(), one.zone.as_str())))
}

/// The one zone that connections to a class name and that it does not have.
pub(super) fn wanted_zone<'a>(class: &SwitchClass, primitives: &'a Primitives) -> Option<&'a str> {
    let of_class = connections(primitives).filter(|(to, _)| *to == class.id).map(|(_, zone)| zone);
    sole(of_class.filter(|name| !class.zones.iter().any(|zone| zone.id == *name)))
}

/// The one card that connections of a class name and that it does not have.
pub(super) fn wanted_card(class: &ServerClass) -> Option<&str> {
    let named = class.connections.iter().map(|one| one.nic.as_str());
    sole(named.filter(|name| !class.nics.iter().any(|nic| nic.id == *name)))
}

/// True if a connection is not just another one under the id of an earlier: it has ports of its own.
pub(super) fn is_another(connection: &Connection, others: &[Connection]) -> bool {
    let same = |other: &&Connection| {
        (&other.nic, other.first_port) == (&connection.nic, connection.first_port)
    };
    others.iter().filter(same).count() < 2
}

/// Tells of classes whose id is none, or that of an earlier class. A class of the cluster has no
/// id of its own to write, so there it is told at the other.
pub(super) fn of_classes(primitives: &Primitives, findings: &mut Vec<Finding>) {
    let switches = primitives.switches.iter().map(|(c, o)| (c.id.as_str(), o, Some(c)));
    let servers = primitives.servers.iter().map(|(c, o)| (c.id.as_str(), o, None));
    let external = primitives.external.iter().map(|(c, o)| (c.id.as_str(), o, None));
    let rows: Vec<(&str, &Origin, Option<&SwitchClass>)> =
        switches.chain(servers).chain(external).collect();
    let all: BTreeSet<&str> = rows.iter().map(|(id, ..)| *id).collect();
    let unknown = connections(primitives).map(|(class, _)| class);
    let unknown = sole(unknown.filter(|class| !all.contains(class)));
    let mut seen: BTreeMap<&str, (&Origin, Option<&SwitchClass>)> = BTreeMap::new();
    for (id, origin, switch) in rows {
        if !is_valid_id(id) {
            findings.push(invalid("class", id, origin.base.field("id")));
            continue;
        }
        let Some((mut first, of_first)) = seen.get(id).copied() else {
            seen.insert(id, (origin, switch));
            continue;
        };
        let mut second = origin;
        if !second.by_hand {
            std::mem::swap(&mut first, &mut second);
        }
        // Under another id, a fabric would have two classes of spines.
        let above = |one: &SwitchClass| {
            matches!(one.role, SwitchRole::Spine | SwitchRole::SuperSpine)
                .then(|| (one.role, one.fabric.clone()))
        };
        let twice = switch.and_then(above).is_some_and(|one| of_first.and_then(above) == Some(one));
        let wanted = unknown.filter(|_| switch.is_some());
        let instead = free(id, &all, wanted).filter(|_| second.by_hand && !twice);
        findings.push(taken(&both(first, second), id, second.base.field("id"), instead));
    }
}

/// Two classes by what they are and their numbers: `switch classes 1 and 3`.
fn both(first: &Origin, second: &Origin) -> String {
    let ((one, a), (other, b)) = (row(first), row(second));
    match (a, b) {
        (Some(a), Some(b)) if one == other => format!("{one}es {a} and {b}"),
        _ => {
            let name = |what: &str, n: Option<usize>| match n {
                Some(n) => format!("{what} {n}"),
                None => what.to_owned(),
            };
            format!("{} and {}", name(one, a), name(other, b))
        }
    }
}

/// What a class is, and its number in its list.
fn row(origin: &Origin) -> (&'static str, Option<usize>) {
    match origin.base.steps().as_slice() {
        [_, Step::Field(list), Step::Index(n)] => {
            let what = match *list {
                "switch_classes" => "switch class",
                "server_classes" => "server class",
                _ => "external class",
            };
            (what, Some(n + 1))
        }
        _ => ("a class of the cluster", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_instead_of_one_that_is_taken() {
        let check = |id: &str, all: &[&str], wanted: Option<&str>, expected: Option<&str>| {
            let all = all.iter().copied().collect();
            assert_eq!(free(id, &all, wanted).as_deref(), expected, "{id} {wanted:?}");
        };
        check("leaf", &["leaf"], None, Some("leaf-2"));
        check("leaf", &["leaf", "leaf-2"], None, Some("leaf-3"));
        check("rail-0", &["rail-0", "rail-1"], None, Some("rail-2"));
        check("rail-0", &["rail-0"], Some("rail-7"), Some("rail-7"));
        // What is wanted is no id, or taken too.
        check("leaf", &["leaf"], Some("Leaf"), Some("leaf-2"));
        check("leaf", &["leaf", "spine"], Some("spine"), Some("leaf-2"));
        check(&"a".repeat(40), &["a"], None, None);
    }
}
