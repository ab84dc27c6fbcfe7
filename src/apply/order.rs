//! In which order to move things between places that hold one thing each.
//!
//! A cable moves from one interface to another, a device from one name to another. Whatever wants
//! a place goes after whatever holds it. Where that runs in a circle, the lowest of the circle is
//! set aside: it gives up its place first and is put back last.

use std::collections::{BTreeMap, BTreeSet};

/// Something that moves.
#[derive(Clone, Debug, Default)]
pub(super) struct Move<P> {
    /// Places it leaves.
    pub leaves: Vec<P>,
    /// Places it takes.
    pub takes: Vec<P>,
    /// True if it is set aside whatever the order is.
    pub aside: bool,
}

/// The order of moves, by index.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// Set aside first, ascending.
    pub aside: Vec<usize>,
    /// Then moved, in this order.
    pub direct: Vec<usize>,
}

/// Orders moves. The answer depends on nothing but the moves.
pub(super) fn order<P: Ord>(moves: &[Move<P>]) -> Order {
    let mut holder = BTreeMap::new();
    for (n, m) in moves.iter().enumerate().filter(|(_, m)| !m.aside) {
        for place in &m.leaves {
            holder.insert(place, n);
        }
    }
    // What each move waits for, and who waits for it.
    let mut waits: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut waited: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut order = Order::default();
    for (n, m) in moves.iter().enumerate() {
        if m.aside {
            order.aside.push(n);
            continue;
        }
        let on: BTreeSet<usize> =
            m.takes.iter().filter_map(|p| holder.get(p).copied()).filter(|h| *h != n).collect();
        for h in &on {
            waited.entry(*h).or_default().push(n);
        }
        waits.insert(n, on);
    }
    let mut ready: BTreeSet<usize> =
        waits.iter().filter(|(_, on)| on.is_empty()).map(|(n, _)| *n).collect();
    loop {
        let next = match ready.pop_first() {
            Some(n) => {
                waits.remove(&n);
                order.direct.push(n);
                n
            }
            None => {
                let Some(n) = lowest_of_a_circle(&waits) else { break };
                waits.remove(&n);
                order.aside.push(n);
                n
            }
        };
        for n in waited.remove(&next).unwrap_or_default() {
            if let Some(on) = waits.get_mut(&n) {
                on.remove(&next);
                if on.is_empty() {
                    ready.insert(n);
                }
            }
        }
    }
    order.aside.sort_unstable();
    order
}

/// Every move left waits for another: following them from the lowest ends in a circle.
fn lowest_of_a_circle(waits: &BTreeMap<usize, BTreeSet<usize>>) -> Option<usize> {
    let mut at = *waits.keys().next()?;
    let mut path = Vec::new();
    let mut seen = BTreeMap::new();
    loop {
        if let Some(start) = seen.insert(at, path.len()) {
            return path.iter().skip(start).min().copied();
        }
        path.push(at);
        at = *waits.get(&at)?.first()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_places_first_and_one_of_a_circle_aside() {
        let check = |moves: &[(u8, u8)], aside: &[usize], direct: &[usize]| {
            let moves: Vec<_> = moves
                .iter()
                .map(|(from, to)| Move { leaves: vec![*from], takes: vec![*to], aside: false })
                .collect();
            let expected = Order { aside: aside.to_vec(), direct: direct.to_vec() };
            assert_eq!(order(&moves), expected);
        };
        check(&[], &[], &[]);
        check(&[(1, 2), (2, 3), (3, 4)], &[], &[2, 1, 0]);
        check(&[(1, 2), (2, 1)], &[0], &[1]);
        // 0 waits for a circle of 1, 2, 3 and is not set aside; 4 is alone.
        check(&[(9, 1), (1, 2), (2, 3), (3, 1), (7, 8)], &[1], &[4, 0, 3, 2]);
        check(&[(1, 2), (2, 1), (3, 4), (4, 3)], &[0, 2], &[1, 3]);
        check(&[(1, 1)], &[], &[0]);
    }

    #[test]
    fn what_is_set_aside_anyway_blocks_nobody() {
        let moves = [
            Move { leaves: vec![1], takes: vec![2], aside: true },
            Move { leaves: vec![2], takes: vec![1], aside: false },
        ];
        assert_eq!(order(&moves), Order { aside: vec![0], direct: vec![1] });
    }
}
