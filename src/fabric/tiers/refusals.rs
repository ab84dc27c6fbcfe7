//! What is said of tiers that cannot be, or are less even than they might be: the figures, and the
//! nearest thing that works.

use crate::fabric::Origin;
use crate::fabric::pods::{NoPods, Wish};
use crate::fabric::spines::{Above, Below, Unfit, size};
use crate::fabric::weave::Weaving;
use crate::model::{Code, EditValue, Finding, SpecPath, counted, grouped};
use crate::plan::Quantity;

/// The finding about a number above that was fixed and does not divide the uplinks below.
pub(super) fn unequal(
    (fabric, what, path): (&str, &str, &SpecPath),
    above: &Above,
    below: &[Below],
    count: u32,
) -> Option<Finding> {
    let used = || below.iter().filter(|b| b.switches > 0);
    above.quantity.fixed().filter(|_| above.spread.is_equal() && count > 0)?;
    let odd = used().find(|b| !b.uplinks.is_multiple_of(count))?;
    let most = odd.uplinks.div_ceil(count);
    let finding = Finding::new(
        Code::UnequalLinks,
        path.clone(),
        format!(
            "{count} {what} do not divide {} uplinks in fabric {fabric}: a switch has {most} to some of them and {} to others.",
            odd.uplinks,
            most - 1
        ),
    );
    let automatic = Above { quantity: Quantity::Automatic, ..*above };
    Some(match size(&automatic, below) {
        Ok(n) => {
            finding.offer(format!("Use {n} {what}"), path.clone(), EditValue::Number(u64::from(n)))
        }
        Err(_) => finding.advise("Use a number that divides the uplinks."),
    })
}

/// The finding about two tiers that cannot be.
pub(super) fn refused(
    weaving: &Weaving,
    fabric: &str,
    below: &[Below],
    above: &Above,
    unfit: Unfit,
    leaf: &Origin,
    spine: &Origin,
) -> Finding {
    let total: u32 = below.iter().map(|b| b.switches).sum();
    match unfit {
        Unfit::FewUplinks { uplinks } => Finding::new(
            Code::TooFewUplinks,
            leaf.base.clone(),
            format!(
                "A leaf of {fabric} has {} and a redundant fabric needs {} spines.",
                counted(uplinks, "uplink", "uplinks"),
                above.least
            ),
        )
        .advise(format!("Give each leaf at least {} uplinks.", above.least)),
        Unfit::ManyBelow { below: leaves } => {
            let finding = Finding::new(
                Code::TooManyLeaves,
                leaf.quantity.clone(),
                format!(
                    "The {fabric} fabric would need {} leaves; a spine has {} ports, and every leaf must reach every spine.",
                    grouped(leaves.into()),
                    above.lanes
                ),
            );
            match weaving.most_servers(below, above.lanes) {
                Some(most) if most > 0 => leaf.offer_servers(finding, most),
                _ => finding.advise(
                    "Plan fewer servers, use three tiers, or choose spines with more ports or a finer breakout.",
                ),
            }
        }
        Unfit::Quantity { fixed, fewest, computed } => {
            let uplinks = below.iter().map(|b| b.uplinks).min().unwrap_or(0);
            let why = if fixed < fewest {
                format!("{total} leaves need at least {fewest}")
            } else {
                format!("a leaf has {uplinks} uplinks and must reach every spine")
            };
            let finding = Finding::new(
                Code::QuantityTooSmall,
                spine.fixed.clone(),
                format!("{fixed} spines do not fit the {fabric} fabric: {why}."),
            );
            match computed {
                Some(n) => finding.offer(
                    format!("Use {n} spines"),
                    spine.fixed.clone(),
                    EditValue::Number(u64::from(n)),
                ),
                None => finding.advise("Set the quantity to `automatic`."),
            }
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "every place that a refusal may name")]
pub(super) fn no_pods(
    weaving: &Weaving,
    fabric: &str,
    wish: &Wish,
    why: NoPods,
    leaf: &Origin,
    spine: &Origin,
    super_spine: &Origin,
    below: &[Below],
) -> Finding {
    match why {
        NoPods::FewUplinks => Finding::new(
            Code::TooFewUplinks,
            leaf.base.clone(),
            format!(
                "A leaf of {fabric} has {} and a redundant fabric needs {} spines.",
                counted(wish.uplinks, "uplink", "uplinks"),
                wish.least
            ),
        )
        .advise(format!("Give each leaf at least {} uplinks.", wish.least)),
        NoPods::Spines { fixed } => Finding::new(
            Code::QuantityTooSmall,
            spine.fixed.clone(),
            format!(
                "{fixed} spines of a pod do not fit the {fabric} fabric: they must divide the {} uplinks of a leaf.",
                wish.uplinks
            ),
        )
        .offer(
            format!("Use {}", counted(wish.uplinks, "spine", "spines")),
            spine.fixed.clone(),
            EditValue::Number(u64::from(wish.uplinks)),
        ),
        NoPods::UnitTooLarge { unit, pod } => Finding::new(
            Code::PodTooSmall,
            leaf.base.clone(),
            format!(
                "A scalable unit of {fabric} has {unit} leaves and a pod holds {pod}: {} too few.",
                unit - pod
            ),
        )
        .advise("Make the scalable unit smaller, let rails share leaves, or choose spines with more ports."),
        NoPods::ManyPods { pods, most, .. } if wish.pods == Some(pods) => {
            let path = super_spine.pods.clone();
            Finding::new(
                Code::TooManyPods,
                path.clone(),
                format!(
                    "The {fabric} fabric is to have {pods} pods; a super-spine has {most} ports, and every spine of its group must reach it."
                ),
            )
            .offer(format!("Use {most} pods"), path, EditValue::Number(u64::from(most)))
        }
        NoPods::ManyPods { pods, most, pod_leaves } => {
            let finding = Finding::new(
                Code::TooManyPods,
                leaf.quantity.clone(),
                format!(
                    "The {fabric} fabric would need {} pods; a super-spine has {most} ports, and every spine of its group must reach it.",
                    grouped(pods.into()),
                ),
            );
            match weaving.most_servers(below, most.saturating_mul(pod_leaves)) {
                Some(servers) if servers > 0 => leaf.offer_servers(finding, servers),
                _ => finding.advise("Plan fewer servers, or choose super-spines with more ports."),
            }
        }
        NoPods::Pods { fixed, needed } => {
            let path = super_spine.pods.clone();
            Finding::new(
                Code::QuantityTooSmall,
                path.clone(),
                format!("The {fabric} fabric has {needed} pods; the spec says {fixed}."),
            )
            .offer(format!("Use {needed} pods"), path, EditValue::Number(u64::from(needed)))
        }
        NoPods::SuperSpines(unfit) => {
            let text = format!(
                "The super-spines of the {fabric} fabric do not fit: a spine has {} uplinks.",
                wish.up_lanes
            );
            let finding =
                Finding::new(Code::QuantityTooSmall, super_spine.fixed.clone(), text);
            match unfit {
                Unfit::Quantity { computed: Some(n), .. } => finding.offer(
                    format!("Use {n} super-spines for each group"),
                    super_spine.fixed.clone(),
                    EditValue::Number(u64::from(n)),
                ),
                _ => finding.advise("Let the number of super-spines be computed."),
            }
        }
    }
}
