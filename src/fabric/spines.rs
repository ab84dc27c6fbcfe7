//! One tier to the next: how many switches above, and which uplink goes where.
//!
//! Used for leaves to spines, and in a spine group for spines to super-spines. *Equal* takes the
//! smallest number above that divides the uplinks of each switch below; every pair then has the
//! same number of links. *Balanced* takes the smallest number with enough ports; pairs then differ
//! by at most one link and so do the loads above, because the links that are left over go round.
//! Positions and lanes depend on the switch and its uplink only, so that a switch more below moves
//! nothing while the number above stays.

use crate::plan::{Quantity, Spread};

/// Equal switches below, as the tier above sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Below {
    /// Index of the class.
    pub class: usize,
    /// How many.
    pub switches: u32,
    /// Uplinks of each.
    pub uplinks: u32,
}

/// One link from a tier to the next, by positions and lanes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uplink {
    /// Index of the lower class.
    pub class: usize,
    /// The switch below, in its class.
    pub below: u32,
    /// Its uplink.
    pub uplink: u32,
    /// The switch above.
    pub above: u32,
    /// Its lane.
    pub lane: u32,
}

/// What is known of the tier above.
#[derive(Clone, Copy, Debug)]
pub struct Above {
    /// Lanes of each switch for the tier below.
    pub lanes: u32,
    /// The fewest switches that the redundancy policy allows.
    pub least: u32,
    /// How many, as the spec has it.
    pub quantity: Quantity,
    /// How uplinks are spread.
    pub spread: Spread,
}

/// Why no number of switches above works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A switch below has fewer uplinks than redundancy needs switches above.
    FewUplinks {
        /// Uplinks of a switch below.
        uplinks: u32,
    },
    /// There are more switches below than even as many switches above as uplinks have lanes for.
    ManyBelow {
        /// Switches below.
        below: u32,
    },
    /// The number of the spec does not fit.
    Quantity {
        /// The number.
        fixed: u32,
        /// The fewest that have enough ports.
        fewest: u32,
        /// What would be computed, if anything works.
        computed: Option<u32>,
    },
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Links that `below` need in all.
pub(super) fn links(below: &[Below]) -> u64 {
    below.iter().map(|b| u64::from(b.switches) * u64::from(b.uplinks)).sum()
}

/// How many switches above; 0 without any link.
pub fn size(above: &Above, below: &[Below]) -> Result<u32, Unfit> {
    let used = || below.iter().filter(|b| b.switches > 0 && b.uplinks > 0);
    let Some(fewest_uplinks) = used().map(|b| b.uplinks).min() else { return Ok(0) };
    let common = used().fold(0, |g, b| gcd(b.uplinks, g));
    let total = used().map(|b| b.switches).fold(0, u32::saturating_add);
    let needed =
        links(below).div_ceil(u64::from(above.lanes.max(1))).max(u64::from(above.least)).max(1);
    let fewest = u32::try_from(needed).unwrap_or(u32::MAX);
    let computed = match above.spread {
        Spread::Equal => (fewest..=common).find(|n| common.is_multiple_of(*n)),
        Spread::Balanced => Some(fewest).filter(|n| *n <= fewest_uplinks),
    }
    .filter(|_| above.lanes > 0);
    if let Quantity::Fixed(fixed) = above.quantity {
        // As many as the spec says, whether they divide the uplinks or not.
        let fits = fixed >= fewest && fixed <= fewest_uplinks && above.lanes > 0;
        return if fits { Ok(fixed) } else { Err(Unfit::Quantity { fixed, fewest, computed }) };
    }
    computed.ok_or(if fewest_uplinks < above.least {
        Unfit::FewUplinks { uplinks: fewest_uplinks }
    } else {
        Unfit::ManyBelow { below: total }
    })
}

/// Wires every uplink to `count` switches above with `lanes` lanes each. [`size`] has said that it
/// fits.
pub fn wire(spread: Spread, lanes: u32, count: u32, below: &[Below]) -> Vec<Uplink> {
    let used: Vec<Below> =
        below.iter().copied().filter(|b| b.switches > 0 && b.uplinks > 0).collect();
    let Some(first) = used.first().filter(|_| count > 0) else { return Vec::new() };
    let total = usize::try_from(links(&used)).unwrap_or(0);
    let mut all = Vec::with_capacity(total);
    let equal = spread.is_equal() && used.iter().all(|b| b.uplinks.is_multiple_of(count));
    let alike = used.iter().all(|b| b.uplinks == first.uplinks);
    // Equal and alike: each parallel has a run of lanes of its own, so that a switch more below
    // finds a lane free in every run. Else lanes are taken from the bottom, switch by switch, and
    // what does not divide goes round from the top; balanced always so, because the number above
    // then grows in small steps and a link whose switch stays keeps its lane.
    let stride = if equal && alike { lanes / (first.uplinks / count).max(1) } else { 0 };
    let (mut before, mut bottom, mut round) = (0, 0, 0);
    for class in used {
        let (parallels, rest) = (class.uplinks / count, class.uplinks % count);
        let whole = parallels * count;
        for n in 0..class.switches {
            for uplink in 0..class.uplinks {
                let (above, lane) = if uplink >= whole {
                    let g = round + n * rest + (uplink - whole);
                    (g % count, (lanes - 1).saturating_sub(g / count))
                } else {
                    let parallel = uplink / count;
                    let lane = if stride > 0 {
                        parallel * stride + before + n
                    } else {
                        bottom + n * parallels + parallel
                    };
                    (uplink % count, lane)
                };
                all.push(Uplink { class: class.class, below: n, uplink, above, lane });
            }
        }
        before += class.switches;
        bottom += class.switches * parallels;
        round += class.switches * rest;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn above(lanes: u32, least: u32, spread: Spread) -> Above {
        Above { lanes, least, quantity: Quantity::Automatic, spread }
    }

    /// Wires and checks the laws: no lane twice, pairs and loads that differ by at most one.
    fn check_wired(spread: Spread, lanes: u32, count: u32, below: &[Below]) {
        let (mut seen, mut pairs, mut loads) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        for link in wire(spread, lanes, count, below) {
            assert!(link.lane < lanes && link.above < count, "{link:?}");
            assert!(seen.insert((link.above, link.lane)), "{link:?} twice");
            *pairs.entry((link.class, link.below, link.above)).or_insert(0u32) += 1;
            *loads.entry(link.above).or_insert(0u32) += 1;
        }
        assert_eq!(seen.len() as u64, links(below));
        for class in below.iter().filter(|b| b.switches > 0) {
            let of = |n| (0..count).map(move |a| (class.class, n, a));
            for n in 0..class.switches {
                let counts: BTreeSet<u32> =
                    of(n).map(|pair| pairs.get(&pair).copied().unwrap_or(0)).collect();
                let (low, high) = (counts.first().unwrap(), counts.last().unwrap());
                assert!(high - low <= 1 && *low > 0, "{class:?} {n}: {counts:?}");
            }
        }
        let (low, high) = (loads.values().min().unwrap(), loads.values().max().unwrap());
        assert!(high - low <= 1, "{loads:?}");
    }

    fn check(leaves: u32, uplinks: u32, lanes: u32, least: u32, expected: Result<u32, Unfit>) {
        let below = [Below { class: 0, switches: leaves, uplinks }];
        let got = size(&above(lanes, least, Spread::Equal), &below);
        assert_eq!(got, expected, "{leaves} leaves × {uplinks} on {lanes}");
        if let Ok(count) = got {
            check_wired(Spread::Equal, lanes, count, &below);
        }
    }

    #[test]
    fn equal_sizes_and_refusals() {
        check(16, 32, 64, 1, Ok(8));
        check(2, 32, 64, 2, Ok(2));
        check(2, 32, 64, 1, Ok(1));
        check(64, 32, 64, 1, Ok(32));
        check(72, 32, 64, 1, Err(Unfit::ManyBelow { below: 72 }));
        check(128, 64, 128, 1, Ok(64));
        check(4, 1, 64, 2, Err(Unfit::FewUplinks { uplinks: 1 }));
        for leaves in 1..=64 {
            let expected = [1, 2, 4, 8, 16, 32].into_iter().find(|s| s * 64 >= leaves * 32);
            check(leaves, 32, 64, 1, Ok(expected.unwrap()));
        }
    }

    #[test]
    fn balanced_for_every_number_of_leaves() {
        for (uplinks, lanes) in [(32, 64), (30, 64), (7, 12), (22, 64), (64, 128), (5, 9), (13, 40)]
        {
            for leaves in 1..=lanes {
                let below = [Below { class: 0, switches: leaves, uplinks }];
                let count = size(&above(lanes, 1, Spread::Balanced), &below).unwrap();
                assert_eq!(count, (leaves * uplinks).div_ceil(lanes));
                check_wired(Spread::Balanced, lanes, count, &below);
            }
        }
    }

    #[test]
    fn a_given_number_is_kept_or_refused() {
        let below = [Below { class: 0, switches: 10, uplinks: 32 }];
        let of = |n| {
            let quantity = Quantity::Fixed(n);
            size(&Above { quantity, ..above(64, 1, Spread::Equal) }, &below)
        };
        assert_eq!(of(5), Ok(5));
        check_wired(Spread::Equal, 64, 5, &below);
        assert_eq!(of(4), Err(Unfit::Quantity { fixed: 4, fewest: 5, computed: Some(8) }));
        assert_eq!(of(33), Err(Unfit::Quantity { fixed: 33, fewest: 5, computed: Some(8) }));
    }

    #[test]
    fn unlike_classes_share_the_tier_above() {
        let below = [
            Below { class: 0, switches: 3, uplinks: 8 },
            Below { class: 1, switches: 5, uplinks: 4 },
        ];
        assert_eq!(size(&above(16, 1, Spread::Equal), &below), Ok(4));
        check_wired(Spread::Equal, 16, 4, &below);
        assert_eq!(size(&above(16, 1, Spread::Balanced), &below), Ok(3));
        check_wired(Spread::Balanced, 16, 3, &below);
        // A class that has no switches yet, or no uplinks, has no say.
        let mut more = below.to_vec();
        more.push(Below { class: 2, switches: 0, uplinks: 3 });
        more.push(Below { class: 3, switches: 9, uplinks: 0 });
        assert_eq!(size(&above(16, 1, Spread::Equal), &more), Ok(4));
        assert_eq!(size(&above(16, 1, Spread::Balanced), &more), Ok(3));
        assert_eq!(wire(Spread::Equal, 16, 4, &more), wire(Spread::Equal, 16, 4, &below));
        assert_eq!(size(&above(16, 1, Spread::Equal), &more[2..]), Ok(0));
        assert_eq!(wire(Spread::Equal, 16, 4, &more[2..]), []);
        let none = size(&above(0, 1, Spread::Equal), &below);
        assert_eq!(none, Err(Unfit::ManyBelow { below: 8 }));
    }

    #[test]
    fn a_switch_more_below_moves_nothing_while_the_number_above_stays() {
        for count in [8, 6] {
            let of = |switches| {
                wire(Spread::Equal, 64, count, &[Below { class: 0, switches, uplinks: 32 }])
            };
            let small = of(11);
            assert_eq!(of(12).get(..small.len()), Some(small.as_slice()));
        }
    }

    /// The moves that the growth table of equal spread names.
    #[test]
    fn doubling_the_spines_moves_half() {
        let of = |switches, count| {
            wire(Spread::Equal, 64, count, &[Below { class: 0, switches, uplinks: 32 }])
        };
        let ends = |links: Vec<Uplink>| -> BTreeMap<(u32, u32), (u32, u32)> {
            links.iter().map(|l| ((l.below, l.uplink), (l.above, l.lane))).collect()
        };
        let (old, new) = (ends(of(32, 16)), ends(of(40, 32)));
        let moved = old.iter().filter(|(lower, upper)| new.get(lower) != Some(upper)).count();
        assert_eq!((old.len(), moved, new.len() - old.len()), (1024, 512, 256));
    }
}
