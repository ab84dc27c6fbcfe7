//! What of the spec bears on a comparison: differences to leave alone, and former keys.

use crate::model::SpecPath;
use crate::plan::{Ignore, IgnoredField, Moved, MovedName};
use std::collections::{BTreeMap, BTreeSet};

/// Former keys of one object, at most: a chain of moves is as long as its entries.
const FORMER: usize = 256;

/// Rules of a comparison.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// Differences to leave alone.
    pub ignore: &'a [Ignore],
    /// What objects were called before.
    pub moved: &'a [Moved],
    /// Where the models of classes stand in the spec, by the ids of the classes, if that is known.
    pub models: Option<&'a BTreeMap<&'a str, &'a SpecPath>>,
}

impl Rules<'_> {
    /// True if a difference in a field is left alone on devices of a class, or on cables whose
    /// lower end is one of them.
    pub(super) fn ignores(&self, class: &str, field: IgnoredField) -> bool {
        let meant = |rule: &Ignore| rule.class.is_empty() || rule.class == class;
        self.ignore.iter().any(|rule| meant(rule) && rule.fields.contains(&field))
    }
}

/// Former keys, by what the object is called now.
#[derive(Debug, Default)]
pub(super) struct Former<'a> {
    moves: BTreeMap<MovedName<'a>, Vec<MovedName<'a>>>,
}

impl<'a> Former<'a> {
    /// Reads moves; one that cannot be read says nothing.
    pub(super) fn read(moved: &'a [Moved]) -> Self {
        let mut moves: BTreeMap<MovedName, Vec<MovedName>> = BTreeMap::new();
        for Moved { from, to } in moved {
            let (from, to) = (MovedName::parse(from), MovedName::parse(to));
            if let (Some(from), Some(to)) = (from, to)
                && from.is_like(to)
            {
                moves.entry(to).or_default().push(from);
            }
        }
        Self { moves }
    }

    /// True if nothing was called otherwise.
    pub(super) fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// What a device was called before, newest first.
    pub(super) fn devices(&self, class: &'a str, number: u32) -> Vec<(&'a str, u32)> {
        self.chain((class, number), |(class, number)| {
            let of_device = self.moves.get(&MovedName::Device(class, number));
            let of_class = self.moves.get(&MovedName::Class(class));
            let named = |name: &MovedName<'a>| match *name {
                MovedName::Device(class, number) => (class, number),
                other => (other.class(), number),
            };
            of_device.into_iter().chain(of_class).flatten().map(named).collect()
        })
    }

    /// What the part of a key that names an interface was before: `rail-0/1` of `gpu-0/1`.
    pub(super) fn slots(&self, class: &'a str, key: &str) -> Vec<String> {
        let (head, rest) = key.split_at(key.find('/').unwrap_or(key.len()));
        // The name as the moves have it lives as long as they do.
        let found = self.moves.get_key_value(&MovedName::Slot(class, head));
        let Some((MovedName::Slot(_, head), _)) = found else { return Vec::new() };
        let before = self.chain(*head, |head| {
            let of = self.moves.get(&MovedName::Slot(class, head)).into_iter().flatten();
            of.filter_map(|from| match *from {
                MovedName::Slot(_, slot) => Some(slot),
                _ => None,
            })
            .collect()
        });
        before.into_iter().map(|head| format!("{head}{rest}")).collect()
    }

    /// Everything that leads to a name, nearest first; a circle ends where it closes.
    fn chain<N: Ord + Copy>(&self, name: N, before: impl Fn(N) -> Vec<N>) -> Vec<N> {
        let mut known = BTreeSet::from([name]);
        let mut found = Vec::new();
        let mut next = vec![name];
        while let Some(name) = next.pop() {
            for former in before(name) {
                if found.len() < FORMER && known.insert(former) {
                    found.push(former);
                    next.push(former);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(list: &[(&str, &str)]) -> Vec<Moved> {
        let entry = |(from, to): &(&str, &str)| Moved { from: (*from).into(), to: (*to).into() };
        list.iter().map(entry).collect()
    }

    #[test]
    fn chains_are_followed_and_circles_end() {
        let list = moved(&[
            ("a", "b"),
            ("b", "c"),
            ("b/7", "c/1"),
            ("c/*/rail", "c/*/nic"),
            ("x", "y"),
            ("y", "x"),
            ("bad/", "c"),
            ("a/1", "c"),
        ]);
        let former = Former::read(&list);
        assert_eq!(former.devices("c", 1), [("b", 7), ("b", 1), ("a", 1), ("a", 7)]);
        assert_eq!(former.devices("c", 2), [("b", 2), ("a", 2)]);
        assert_eq!(former.devices("x", 1), [("y", 1)]);
        assert_eq!(former.devices("a", 1), []);
        assert_eq!(former.slots("c", "nic/0"), ["rail/0"]);
        assert_eq!(former.slots("c", "nic-1/0"), [""; 0]);
        assert_eq!(former.slots("b", "nic/0"), [""; 0]);
    }
}
