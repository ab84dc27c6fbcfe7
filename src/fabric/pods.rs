//! Three tiers: leaves and spines in pods, the spines of all pods under super-spines.
//!
//! A pod has as many spines as a leaf has uplinks (or a given divisor of that), and as many leaves
//! as its spines have room for below; a scalable unit or a group of leaves never spans pods. Spine
//! j of every pod and its super-spines are *spine group* j; no link joins two groups. Every pod,
//! also the last one, has all its spines with all uplinks cabled, since every super-spine must
//! reach every pod. So a server more and a scalable unit more move nothing, and a pod more moves
//! nothing while the number of super-spines stays.

use super::spines::{Above, Below, Unfit, Uplink, size, wire};
use crate::plan::{Quantity, Spread};

/// Leaves that must stand in one pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Index of their class.
    pub class: usize,
    /// The first of them, by position in the class.
    pub first: u32,
    /// How many.
    pub leaves: u32,
}

/// What is known before the pods are sized.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Uplinks of every leaf.
    pub uplinks: u32,
    /// Lanes of a spine for its leaves.
    pub down_lanes: u32,
    /// Lanes of a spine for super-spines.
    pub up_lanes: u32,
    /// Spines of a pod, as the spec has it.
    pub spines: Quantity,
    /// The fewest spines of a pod that redundancy allows.
    pub least: u32,
    /// Leaves of a pod at most, if the spec says.
    pub pod_leaves: Option<u32>,
    /// Pods to size the super-spines for, if the spec says.
    pub pods: Option<u32>,
    /// Lanes of a super-spine.
    pub super_lanes: u32,
    /// Super-spines of a spine group, as the spec has it.
    pub super_spines: Quantity,
    /// How the uplinks of a spine are spread.
    pub spread: Spread,
}

/// Why there are no pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPods {
    /// The given number of spines does not divide the uplinks, or is too small.
    Spines {
        /// The number.
        fixed: u32,
    },
    /// A leaf has fewer uplinks than redundancy needs spines.
    FewUplinks,
    /// A unit has more leaves than a pod.
    UnitTooLarge {
        /// Leaves of the unit.
        unit: u32,
        /// Leaves of a pod.
        pod: u32,
    },
    /// There are more pods than a super-spine has lanes.
    ManyPods {
        /// Pods.
        pods: u32,
        /// The most pods there can be.
        most: u32,
        /// Leaf places of a pod that units use.
        pod_leaves: u32,
    },
    /// The number of pods of the spec is smaller than what is there.
    Pods {
        /// The number.
        fixed: u32,
        /// Pods needed.
        needed: u32,
    },
    /// The number of super-spines does not fit.
    SuperSpines(Unfit),
}

impl Wish {
    /// A spine group of so many pods, as [`size`] sees it.
    pub fn spine_group(&self, pods: u32) -> (Above, Below) {
        let above = Above {
            lanes: self.super_lanes,
            least: 1,
            quantity: self.super_spines,
            spread: self.spread,
        };
        (above, Below { class: 0, switches: pods, uplinks: self.up_lanes })
    }
}

/// Pods, sized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pods {
    /// The units of each pod.
    pub pods: Vec<Vec<Unit>>,
    /// Spines of each pod.
    pub spines: u32,
    /// Leaves that a pod has room for.
    pub places: u32,
    /// Super-spines of each spine group.
    pub super_spines: u32,
    /// Pods that the super-spines are sized for.
    pub sized_for: u32,
}

/// Sizes the pods for the given units.
pub fn plan(wish: &Wish, units: &[Unit]) -> Result<Pods, NoPods> {
    let spines = match wish.spines {
        Quantity::Automatic => wish.uplinks,
        Quantity::Fixed(n) => n,
    };
    if wish.uplinks < wish.least || wish.uplinks == 0 {
        return Err(NoPods::FewUplinks);
    }
    if spines == 0 || spines < wish.least || !wish.uplinks.is_multiple_of(spines) {
        return Err(NoPods::Spines { fixed: spines });
    }
    let parallels = wish.uplinks / spines;
    let places = (wish.down_lanes / parallels).min(wish.pod_leaves.unwrap_or(u32::MAX));
    let mut pods: Vec<Vec<Unit>> = Vec::new();
    let mut left = 0;
    for unit in units {
        if unit.leaves > places {
            return Err(NoPods::UnitTooLarge { unit: unit.leaves, pod: places });
        }
        match pods.last_mut().filter(|_| unit.leaves <= left) {
            Some(pod) => pod.push(*unit),
            None => {
                pods.push(vec![*unit]);
                left = places;
            }
        }
        left -= unit.leaves;
    }
    let needed = u32::try_from(pods.len()).unwrap_or(u32::MAX);
    if let Some(fixed) = wish.pods.filter(|fixed| *fixed < needed) {
        return Err(NoPods::Pods { fixed, needed });
    }
    let sized_for = wish.pods.unwrap_or(needed);
    let (above, group) = wish.spine_group(sized_for);
    let super_spines = size(&above, &[group]).map_err(|unfit| match unfit {
        Unfit::ManyBelow { .. } => NoPods::ManyPods {
            pods: sized_for,
            most: wish.super_lanes,
            pod_leaves: pods
                .first()
                .map_or(0, |pod| pod.iter().map(|unit| unit.leaves).sum::<u32>()),
        },
        other => NoPods::SuperSpines(other),
    })?;
    Ok(Pods { pods, spines, places, super_spines, sized_for })
}

/// The links of one pod: `below` is the leaf's position in its class, `above` the spine in the pod.
pub fn wire_pod(wish: &Wish, pods: &Pods, units: &[Unit]) -> Vec<Uplink> {
    let leaves: Vec<(usize, u32)> = units
        .iter()
        .flat_map(|unit| (unit.first..unit.first + unit.leaves).map(|leaf| (unit.class, leaf)))
        .collect();
    let switches = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
    let below = [Below { class: 0, switches, uplinks: wish.uplinks }];
    let mut links = wire(Spread::Equal, wish.down_lanes, pods.spines, &below);
    for link in &mut links {
        if let Some((class, leaf)) = leaves.get(link.below as usize) {
            (link.class, link.below) = (*class, *leaf);
        }
    }
    links
}

/// The links of one spine group: `below` is the pod, `above` the super-spine in the group. All
/// groups are wired alike.
pub fn wire_group(wish: &Wish, pods: &Pods) -> Vec<Uplink> {
    let below = [Below { class: 0, switches: pods.sized_for, uplinks: wish.up_lanes }];
    let there = u32::try_from(pods.pods.len()).unwrap_or(u32::MAX);
    let mut links = wire(wish.spread, wish.super_lanes, pods.super_spines, &below);
    links.retain(|link| link.below < there);
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(uplinks: u32, lanes: u32) -> Wish {
        Wish {
            uplinks,
            down_lanes: lanes / 2,
            up_lanes: lanes / 2,
            spines: Quantity::Automatic,
            least: 1,
            pod_leaves: None,
            pods: None,
            super_lanes: lanes,
            super_spines: Quantity::Automatic,
            spread: Spread::Equal,
        }
    }

    fn units(count: u32, leaves: u32) -> Vec<Unit> {
        (0..count).map(|n| Unit { class: 0, first: n * leaves, leaves }).collect()
    }

    /// (leaves, spines, super-spines, links below, links above).
    fn check(wish: &Wish, units: &[Unit], expected: (u32, u32, u32, usize, usize)) {
        let pods = plan(wish, units).unwrap();
        let count = u32::try_from(pods.pods.len()).unwrap();
        let below: usize = pods.pods.iter().map(|pod| wire_pod(wish, &pods, pod).len()).sum();
        let above = wire_group(wish, &pods).len() * pods.spines as usize;
        let leaves = units.iter().map(|u| u.leaves).sum();
        let got = (leaves, count * pods.spines, pods.spines * pods.super_spines, below, above);
        assert_eq!(got, expected);
    }

    #[test]
    fn published_sizes() {
        // A k-ary fat tree, k = 4 and 8.
        check(&wish(2, 4), &units(8, 1), (8, 8, 4, 16, 16));
        check(&wish(4, 8), &units(32, 1), (32, 32, 16, 128, 128));
        // 2,048 servers of eight rails at radix 64, and 16,384 at radix 128.
        check(&wish(32, 64), &units(64, 8), (512, 512, 256, 16_384, 16_384));
        check(&wish(64, 128), &units(256, 8), (2048, 2048, 1024, 131_072, 131_072));
    }

    #[test]
    fn refusals() {
        let of = |wish: &Wish, units: &[Unit]| plan(wish, units).expect_err("refused");
        assert_eq!(of(&wish(32, 64), &units(1, 40)), NoPods::UnitTooLarge { unit: 40, pod: 32 });
        assert_eq!(
            of(&wish(32, 64), &units(65 * 4, 8)),
            NoPods::ManyPods { pods: 65, most: 64, pod_leaves: 32 }
        );
        let fixed = Wish { spines: Quantity::Fixed(5), ..wish(32, 64) };
        assert_eq!(of(&fixed, &units(1, 8)), NoPods::Spines { fixed: 5 });
        let pods = Wish { pods: Some(1), ..wish(32, 64) };
        assert_eq!(of(&pods, &units(8, 8)), NoPods::Pods { fixed: 1, needed: 2 });
    }

    /// Growth as the rules name it: pods of 32 leaves at radix 64.
    #[test]
    fn growth() {
        let check = |wish: &Wish, from: u32, to: u32, expected: (usize, usize, usize)| {
            let group = |count| {
                let pods = plan(wish, &units(count, 8)).unwrap();
                let links = wire_group(wish, &pods);
                let ends = links.iter().map(|l| ((l.below, l.uplink), (l.above, l.lane)));
                (pods.spines as usize, ends.collect::<std::collections::BTreeMap<_, _>>())
            };
            let ((spines, old), (_, new)) = (group(from), group(to));
            let moved = old.iter().filter(|(lower, upper)| new.get(lower) != Some(upper)).count();
            let got = (old.len() * spines, moved * spines, (new.len() - old.len()) * spines);
            assert_eq!(got, expected, "{from} → {to} units");
        };
        check(&wish(32, 64), 12, 16, (3072, 0, 1024));
        check(&wish(32, 64), 16, 17, (4096, 2048, 1024));
        check(&wish(32, 64), 17, 18, (5120, 0, 0));
        check(&Wish { pods: Some(8), ..wish(32, 64) }, 16, 17, (4096, 0, 1024));
    }
}
