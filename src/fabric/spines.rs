//! Leaves to spines, two tiers, equal spread (construction rule C1).
//!
//! Every leaf reaches every spine with the same number of links. The number of spines is the
//! smallest divisor of a leaf's uplinks that offers enough ports; without one the fabric is
//! refused, saying what is missing.

use crate::model::{Code, EditValue, Finding, SpecPath};
use crate::plan::Quantity;

/// A leaf class of a fabric, as its spines see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafClass {
    /// Index of the class.
    pub class: usize,
    /// Leaves.
    pub leaves: u32,
    /// Uplinks of each.
    pub uplinks: u32,
}

/// One leaf–spine link, by class, number from 0 and lane from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uplink {
    /// Index of the leaf's class.
    pub class: usize,
    /// The leaf.
    pub leaf: u32,
    /// Its uplink.
    pub uplink: u32,
    /// The spine.
    pub spine: u32,
    /// The spine's lane.
    pub lane: u32,
}

/// What is known about the spines of a fabric.
#[derive(Clone, Debug)]
pub struct Spines<'a> {
    /// The fabric.
    pub fabric: &'a str,
    /// Lanes of a spine.
    pub lanes: u32,
    /// The fewest spines that the redundancy policy allows.
    pub least: u32,
    /// How many, as the spec has it.
    pub quantity: Quantity,
    /// Where the spec decides the leaves: the number of servers.
    pub servers_path: SpecPath,
    /// The most servers that fit, if one number decides.
    pub most_servers: Option<u32>,
    /// Where the quantity of spines stands.
    pub quantity_path: SpecPath,
    /// Where the uplinks stand.
    pub uplink_path: SpecPath,
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How many spines; `None` with a finding if no number works.
pub fn size(spines: &Spines, leaves: &[LeafClass], findings: &mut Vec<Finding>) -> Option<u32> {
    let total: u64 = leaves.iter().map(|l| u64::from(l.leaves)).sum();
    let links: u64 = leaves.iter().map(|l| u64::from(l.leaves) * u64::from(l.uplinks)).sum();
    let common = leaves.iter().filter(|l| l.leaves > 0).fold(0, |g, l| gcd(l.uplinks, g));
    if common == 0 {
        return Some(0);
    }
    let enough = links.div_ceil(u64::from(spines.lanes.max(1)));
    let needed = enough.max(u64::from(spines.least));
    let fits = |n: &u32| common.is_multiple_of(*n) && u64::from(*n) >= needed;
    if common < spines.least {
        findings.push(
            Finding::new(
                Code::TooFewUplinks,
                spines.uplink_path.clone(),
                format!(
                    "A leaf of {} has {common} uplinks and a redundant fabric needs {} spines.",
                    spines.fabric, spines.least
                ),
            )
            .advise(format!("Give each leaf at least {} uplinks.", spines.least)),
        );
        return None;
    }
    let Some(automatic) = (1..=common).find(fits) else {
        let finding = Finding::new(
            Code::TooManyLeaves,
            spines.servers_path.clone(),
            format!(
                "The {} fabric would need {total} leaves; a spine has {} ports, and every leaf must reach every spine.",
                spines.fabric, spines.lanes
            ),
        );
        findings.push(match spines.most_servers {
            Some(most) if most > 0 => finding.offer(
                format!("Use {most} servers"),
                spines.servers_path.clone(),
                EditValue::Number(u64::from(most)),
            ),
            _ => finding.advise(
                "Plan fewer servers, or choose spines with more ports or a finer breakout.",
            ),
        });
        return None;
    };
    match spines.quantity {
        Quantity::Automatic => Some(automatic),
        Quantity::Fixed(n) if n > 0 && fits(&n) => Some(n),
        Quantity::Fixed(n) => {
            let why = if u64::from(n) < needed {
                format!("{links} uplinks need at least {needed}")
            } else {
                format!("{common} uplinks of a leaf cannot be spread equally over them")
            };
            findings.push(
                Finding::new(
                    Code::QuantityTooSmall,
                    spines.quantity_path.clone(),
                    format!("{n} spines do not fit the {} fabric: {why}.", spines.fabric),
                )
                .advise(format!("Use {automatic} spines, or set the quantity to `automatic`.")),
            );
            None
        }
    }
}

/// Wires every uplink. `size` has said that it fits.
///
/// Uplink t of leaf i goes to spine t mod S; the spine's lane depends on the leaf and on the
/// parallel t div S only, so that a leaf more moves nothing while S stays. Leaf classes with
/// other uplink counts get lanes of their own behind those of earlier classes.
pub fn wire(lanes: u32, spines: u32, leaves: &[LeafClass]) -> Vec<Uplink> {
    let mut links = Vec::new();
    let Some(first) = leaves.iter().find(|l| l.leaves > 0 && l.uplinks > 0).filter(|_| spines > 0)
    else {
        return links;
    };
    let even = leaves.iter().all(|l| l.leaves == 0 || l.uplinks == first.uplinks);
    let stride = lanes / (first.uplinks / spines).max(1);
    let (mut before, mut lane_before) = (0, 0);
    for class in leaves.iter().filter(|l| l.leaves > 0) {
        let parallels = class.uplinks / spines;
        for leaf in 0..class.leaves {
            for uplink in 0..class.uplinks {
                let parallel = uplink / spines;
                let lane = if even {
                    parallel * stride + before + leaf
                } else {
                    lane_before + parallel * class.leaves + leaf
                };
                links.push(Uplink {
                    class: class.class,
                    leaf,
                    uplink,
                    spine: uplink % spines,
                    lane,
                });
            }
        }
        before += class.leaves;
        lane_before += parallels * class.leaves;
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spines(lanes: u32, least: u32, quantity: Quantity) -> Spines<'static> {
        let path = SpecPath::new("spec");
        Spines {
            fabric: "backend",
            lanes,
            least,
            quantity,
            servers_path: path.clone(),
            most_servers: None,
            quantity_path: path.clone(),
            uplink_path: path,
        }
    }

    fn check(leaves: u32, uplinks: u32, lanes: u32, least: u32, expected: Result<u32, Code>) {
        let mut findings = Vec::new();
        let classes = [LeafClass { class: 0, leaves, uplinks }];
        let sized = size(&spines(lanes, least, Quantity::Automatic), &classes, &mut findings);
        let got = sized.ok_or_else(|| findings.first().map(|f| f.code));
        assert_eq!(got, expected.map_err(Some), "{leaves} leaves × {uplinks} on {lanes}");
        let Ok(count) = got else { return };
        let mut seen = std::collections::BTreeSet::new();
        for link in wire(lanes, count, &classes) {
            assert!(link.lane < lanes);
            assert!(seen.insert((link.spine, link.lane)), "{link:?} twice");
        }
        assert_eq!(seen.len(), (leaves * uplinks) as usize);
    }

    #[test]
    fn sizes_and_refusals() {
        check(16, 32, 64, 1, Ok(8));
        check(2, 32, 64, 2, Ok(2));
        check(2, 32, 64, 1, Ok(1));
        check(8, 32, 64, 1, Ok(4));
        check(64, 32, 64, 1, Ok(32));
        check(72, 32, 64, 1, Err(Code::TooManyLeaves));
        check(128, 64, 128, 1, Ok(64));
        check(4, 1, 64, 2, Err(Code::TooFewUplinks));
        for leaves in 1..=64 {
            check(
                leaves,
                32,
                64,
                1,
                Ok([1, 2, 4, 8, 16, 32].into_iter().find(|s| s * 64 >= leaves * 32).unwrap()),
            );
        }
    }

    #[test]
    fn unlike_leaf_classes_share_spines() {
        let classes = [
            LeafClass { class: 0, leaves: 3, uplinks: 8 },
            LeafClass { class: 1, leaves: 5, uplinks: 4 },
        ];
        let mut findings = Vec::new();
        let count = size(&spines(16, 1, Quantity::Automatic), &classes, &mut findings).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for link in wire(16, count, &classes) {
            assert!(link.lane < 16 && seen.insert((link.spine, link.lane)), "{link:?}");
        }
        assert_eq!((count, seen.len()), (4, 44));
    }

    #[test]
    fn a_leaf_more_moves_nothing_while_the_spines_stay() {
        let of = |leaves| wire(64, 8, &[LeafClass { class: 0, leaves, uplinks: 32 }]);
        let small = of(11);
        assert_eq!(of(12).get(..small.len()), Some(small.as_slice()));
    }
}
