//! Objects of two sides that are the same by what they are matched by: one sort and one walk over
//! each kind, so that a large plan takes hardly longer than to make it.
//!
//! If more than one of a side are called the same, they are matched in the order of that side.

use super::{Change, FieldDifference, How, Objects};
use crate::inventory::Kind;
use std::cmp::Ordering;

/// The objects of one kind on one side.
pub(super) struct Shelf<'a, K> {
    /// What each is matched by, and its index.
    pub(super) items: Vec<(K, u32)>,
    /// The key, if objects have one, and the name of an object.
    pub(super) describe: &'a dyn Fn(u32) -> (Option<String>, String),
}

/// Collects what differs, kind by kind.
#[derive(Default)]
pub(super) struct Collector {
    objects: Objects,
    modified: Vec<Change>,
    removed: Vec<Change>,
}

impl Collector {
    /// Compares the objects of a kind. `fields` gives what differs between one of A and one of B.
    pub(super) fn compare<K: Ord>(
        &mut self,
        kind: Kind,
        a: Shelf<K>,
        b: Shelf<K>,
        fields: impl Fn(u32, u32) -> Vec<FieldDifference>,
    ) {
        let (both, only_a, only_b) = matched(a.items, b.items);
        let change = |change: How, (key, name): (Option<String>, String)| Change {
            change,
            kind,
            key,
            name,
            fields: Vec::new(),
        };
        for n in only_b {
            self.objects.added.count(kind);
            self.objects.changes.push(change(How::Added, (b.describe)(n)));
        }
        for (of_a, of_b) in both {
            let fields = fields(of_a, of_b);
            if fields.is_empty() {
                self.objects.equal.count(kind);
                continue;
            }
            self.objects.modified.count(kind);
            let modified = change(How::Modified, (a.describe)(of_a));
            self.modified.push(Change { fields, ..modified });
        }
        for n in only_a {
            self.objects.removed.count(kind);
            self.removed.push(change(How::Removed, (a.describe)(n)));
        }
    }

    /// All of it.
    pub(super) fn finish(mut self) -> Objects {
        self.objects.changes.append(&mut self.modified);
        self.objects.changes.append(&mut self.removed);
        self.objects
    }
}

/// Those of both sides in the order of B, those of A alone, those of B alone.
fn matched<K: Ord>(
    mut a: Vec<(K, u32)>,
    mut b: Vec<(K, u32)>,
) -> (Vec<(u32, u32)>, Vec<u32>, Vec<u32>) {
    a.sort_unstable();
    b.sort_unstable();
    let (mut both, mut only_a, mut only_b) = (Vec::new(), Vec::new(), Vec::new());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some((of_a, _)), Some((of_b, _))) => of_a.cmp(of_b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let of_a = if order.is_le() { a.next() } else { None };
        let of_b = if order.is_ge() { b.next() } else { None };
        match (of_a, of_b) {
            (Some((_, n)), Some((_, m))) => both.push((n, m)),
            (Some((_, n)), None) => only_a.push(n),
            (None, Some((_, m))) => only_b.push(m),
            (None, None) => break,
        }
    }
    both.sort_unstable_by_key(|(_, m)| *m);
    only_a.sort_unstable();
    only_b.sort_unstable();
    (both, only_a, only_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_matched_once_and_in_order() {
        type Expected = (Vec<(u32, u32)>, Vec<u32>, Vec<u32>);
        let check = |a: &[&str], b: &[&str], expected: Expected| {
            let items = |of: &[&str]| of.iter().map(|k| (*k).to_owned()).zip(0..).collect();
            assert_eq!(matched::<String>(items(a), items(b)), expected, "{a:?} {b:?}");
        };
        check(&[], &[], (vec![], vec![], vec![]));
        check(&["x"], &[], (vec![], vec![0], vec![]));
        check(&["c", "a", "b"], &["b", "d", "a"], (vec![(2, 0), (1, 2)], vec![0], vec![1]));
        // Twice on one side and once on the other.
        check(&["a", "a"], &["a"], (vec![(0, 0)], vec![1], vec![]));
        check(&["a"], &["a", "a"], (vec![(0, 0)], vec![], vec![1]));
        check(&["z", "y"], &["y", "z", "x"], (vec![(1, 0), (0, 1)], vec![], vec![2]));
    }
}
