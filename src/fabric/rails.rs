//! Whether rails stand on as few leaves as they need.
//!
//! Traffic of a rail between servers of a scalable unit should cross one leaf. Placing by
//! Heddle's rules sees to that; DIET's rules, pins and fixed quantities may not.

use super::Origin;
use super::leaves::Wanted;
use super::weave::Switches;
use crate::model::{Code, Finding};
use crate::plan::{Distribution, SwitchClass};
use std::collections::{BTreeMap, BTreeSet};

/// Finds rails on more leaves than they need: where the rail has a scalable unit of N servers,
/// as many as hold N, for each unit; else as many as hold all servers.
pub(super) fn spread(
    class: &SwitchClass,
    origin: &Origin,
    switch: &Switches,
    wanted: &[(usize, Wanted)],
    findings: &mut Vec<Finding>,
) {
    let mut leaves: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for placement in &switch.placements {
        leaves.entry(placement.group).or_default().insert(placement.leaf);
    }
    let mut worst: Option<(u32, u32, u32)> = None;
    for (zone, wanted) in wanted {
        let Distribution::RailOptimised { rail, su_size, .. } = wanted.connection.distribution
        else {
            continue;
        };
        let lanes = switch.zones.get(*zone).map_or(0, |zone| zone.lanes());
        let per_leaf = lanes / wanted.connection.ports.max(1);
        let Some(used) = leaves.get(&wanted.group).map(BTreeSet::len) else { continue };
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        if per_leaf == 0 {
            continue;
        }
        let needed = match su_size {
            Some(size) => {
                let size = size.max(1);
                wanted.servers.div_ceil(size).saturating_mul(size.div_ceil(per_leaf))
            }
            None => wanted.servers.div_ceil(per_leaf),
        };
        if used > needed && worst.is_none_or(|(_, most, _)| used > most) {
            worst = Some((rail, used, needed));
        }
    }
    if let Some((rail, used, needed)) = worst {
        findings.push(
            Finding::new(
                Code::RailSpread,
                origin.base.clone(),
                format!(
                    "Rail {rail} stands on {used} leaves of {}; {needed} would hold it.",
                    class.id
                ),
            )
            .advise("Leave the number of leaves to be computed, and place by Heddle's rules."),
        );
    }
}
