//! Why each computed number of a fabric is what it is.

use super::pods::{Pods, Wish};
use super::spines::{Above, Below};
use super::weave::{Switches, lanes_of, reduced};
use super::{Origin, Primitives};
use crate::model::{Explanation, INSTALLED, SpecPath};
use crate::plan::{PlacementRules, Quantity, Spread, SwitchClass, SwitchRole, Topology, ZoneKind};
use std::collections::BTreeMap;

pub(super) fn of_leaves(
    primitives: &Primitives,
    switches: &[Switches],
    explanations: &mut Vec<Explanation>,
) {
    for (switch, (class, origin)) in switches.iter().zip(&primitives.switches) {
        if matches!(class.role, SwitchRole::Spine | SwitchRole::SuperSpine) {
            continue;
        }
        let mut inputs = Vec::new();
        let mut rule = "As many leaves as the servers fill, one after the other.".to_owned();
        let mut rejected = None;
        let (lanes, down) = match class.role {
            SwitchRole::Management => lanes_of(&switch.zones, ZoneKind::Management),
            _ => lanes_of(&switch.zones, ZoneKind::Server),
        };
        inputs.push(("lanes for servers on a leaf".to_owned(), lanes.to_string()));
        for (_, placed) in &switch.placed {
            for rails in &placed.rails {
                inputs.push(("rails".to_owned(), rails.rails.to_string()));
                inputs.push(("servers of a scalable unit".to_owned(), rails.su_size.to_string()));
                inputs.push(("scalable units".to_owned(), rails.units.to_string()));
                inputs.push((
                    "leaves of a scalable unit".to_owned(),
                    rails.leaves_per_unit.to_string(),
                ));
                rule = "Each scalable unit has its leaves whole, also when it is partly filled: scalable units × leaves of a scalable unit.".to_owned();
                rejected = (rails.rails_per_leaf == 1).then(|| {
                    "Leaves only for the servers that exist: growing inside a scalable unit would then move cables.".to_owned()
                });
            }
            if let Some(group) = placed.group {
                inputs.push(("leaves of a group".to_owned(), group.to_string()));
                rule = "The ports of a server go to the leaves of a group by turns; a group is filled before the next begins.".to_owned();
            }
        }
        if class.placement == PlacementRules::Diet && switch.placed.is_empty() {
            rule = "As DIET counts: the ports that servers ask for over the ports of a leaf, rounded up, and as redundancy wants it.".to_owned();
        }
        if class.quantity.fixed().is_some() {
            rule = "The number that the spec fixes, which is enough for the servers.".to_owned();
            rejected = None;
        } else if let Some(size) = super::leaves::group_size(class) {
            inputs.push(("leaves of a group".to_owned(), size.to_string()));
        }
        explanations.push(Explanation {
            subject: SpecPath::new(&class.id).field("quantity"),
            path: origin.quantity.clone(),
            label: format!("{} leaves", title(&class.fabric)),
            result: switch.count().to_string(),
            rule,
            inputs,
            rejected,
        });
        if class.topology == Topology::SpineLeaf {
            ratio(class, origin, switch, down, explanations);
        }
    }
}

/// Bandwidth down to bandwidth up of a leaf: of all its server lanes, and of the servers there.
fn ratio(
    class: &SwitchClass,
    origin: &Origin,
    switch: &Switches,
    down: u64,
    explanations: &mut Vec<Explanation>,
) {
    let (uplinks, up) = lanes_of(&switch.zones, ZoneKind::Uplink);
    if uplinks == 0 {
        return;
    }
    let mut installed: BTreeMap<u32, u64> = BTreeMap::new();
    for placement in &switch.placements {
        let speed = switch.speed_of(Some(placement.leaf_slot)).unwrap_or(0);
        *installed.entry(placement.leaf).or_default() += u64::from(speed);
    }
    let worst = installed.into_values().max().unwrap_or(0);
    let (all, now) = (reduced(down, up), reduced(worst, up));
    let mut inputs = vec![
        ("uplinks of a leaf".to_owned(), uplinks.to_string()),
        ("to servers".to_owned(), format!("{down} Gb/s")),
        ("to spines".to_owned(), format!("{up} Gb/s")),
        ("to the servers of the fullest leaf".to_owned(), format!("{worst} Gb/s")),
        (INSTALLED.to_owned(), format!("{} : {}", now.0, now.1)),
    ];
    if let Some(target) = class.oversubscription {
        inputs.push(("target".to_owned(), format!("{} : {}", target.down, target.up)));
    }
    explanations.push(Explanation {
        subject: SpecPath::new(&class.id).field("oversubscription"),
        path: origin.base.clone(),
        label: format!("{} oversubscription", title(&class.fabric)),
        result: format!("{} : {}", all.0, all.1),
        rule: "Bandwidth of all server lanes of a leaf to bandwidth of its uplinks, in smallest whole numbers; installed counts the servers that are there."
            .to_owned(),
        inputs,
        rejected: None,
    });
}

pub(super) fn of_spines(
    class: &SwitchClass,
    origin: &Origin,
    above: &Above,
    below: &[Below],
    count: u32,
    explanations: &mut Vec<Explanation>,
) {
    let (mut inputs, links) = leaf_inputs(below);
    inputs.push(("ports of a spine".to_owned(), above.lanes.to_string()));
    let fewest =
        if above.least > 1 { "fewest for redundancy" } else { "fewest without redundancy" };
    inputs.push((fewest.to_owned(), above.least.to_string()));
    let uplinks = below.iter().map(|b| b.uplinks).min().unwrap_or(0);
    let fewest = links.div_ceil(u64::from(above.lanes.max(1))).max(u64::from(above.least)).max(1);
    let (rule, rejected) = match (class.quantity, class.spread) {
        (Quantity::Fixed(_), _) => {
            ("The number that the spec fixes: enough ports, and no more spines than a leaf has uplinks.", None)
        }
        (_, Spread::Equal) => (
            "The smallest number that divides the uplinks of a leaf, offers enough ports, and meets the redundancy: every leaf reaches every spine equally.",
            (u64::from(count) > fewest).then(|| {
                format!("{fewest} would have enough ports, but {uplinks} uplinks cannot be spread equally over it.")
            }),
        ),
        (_, Spread::Balanced) => (
            "The smallest number that offers enough ports and meets the redundancy; what does not divide goes round.",
            (count > 1).then(|| format!("{} would have too few ports.", count - 1)),
        ),
    };
    explanations.push(Explanation {
        subject: SpecPath::new(&class.id).field("quantity"),
        path: origin.base.clone(),
        label: format!("{} spines", title(&class.fabric)),
        result: count.to_string(),
        rule: rule.to_owned(),
        inputs,
        rejected,
    });
}

fn leaf_inputs(below: &[Below]) -> (Vec<(String, String)>, u64) {
    let total: u32 = below.iter().map(|b| b.switches).sum();
    let uplinks = below.iter().map(|b| b.uplinks).min().unwrap_or(0);
    let links: u64 = below.iter().map(|b| u64::from(b.switches) * u64::from(b.uplinks)).sum();
    let inputs = vec![
        ("leaves".to_owned(), total.to_string()),
        ("uplinks of a leaf".to_owned(), uplinks.to_string()),
        ("uplinks of all leaves".to_owned(), links.to_string()),
    ];
    (inputs, links)
}

pub(super) fn of_diet_spines(
    class: &SwitchClass,
    origin: &Origin,
    cages: u64,
    below: &[Below],
    count: u32,
    explanations: &mut Vec<Explanation>,
) {
    let (mut inputs, _) = leaf_inputs(below);
    inputs.push(("uplink cages of all leaves".to_owned(), cages.to_string()));
    explanations.push(Explanation {
        subject: SpecPath::new(&class.id).field("quantity"),
        path: origin.base.clone(),
        label: format!("{} spines", title(&class.fabric)),
        result: count.to_string(),
        rule: "As DIET counts: uplink cages of all leaves over the fabric cages of a spine, rounded up."
            .to_owned(),
        inputs,
        rejected: None,
    });
}

pub(super) fn of_pods(
    (spine, spine_origin): (&SwitchClass, &Origin),
    (upper, upper_origin): (&SwitchClass, &Origin),
    wish: &Wish,
    pods: &Pods,
    explanations: &mut Vec<Explanation>,
) {
    let count = pods.pods.len();
    let fabric = title(&spine.fabric);
    let inputs = |list: &[(&str, u64)]| -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect()
    };
    explanations.push(Explanation {
        subject: SpecPath::new(&spine.id).field("pods"),
        path: spine_origin.base.clone(),
        label: format!("{fabric} pods"),
        result: count.to_string(),
        rule: "As many pods as the leaves fill; a scalable unit never spans two.".to_owned(),
        inputs: inputs(&[
            ("leaf places of a pod", u64::from(pods.places)),
            ("lanes of a spine for leaves", u64::from(wish.down_lanes)),
            ("leaves", pods.pods.iter().flatten().map(|u| u64::from(u.leaves)).sum()),
        ]),
        rejected: Some(
            "Two tiers: more leaves than a spine has ports, or the spec asks for three.".to_owned(),
        ),
    });
    explanations.push(Explanation {
        subject: SpecPath::new(&spine.id).field("quantity"),
        path: spine_origin.base.clone(),
        label: format!("{fabric} spines"),
        result: (count as u64 * u64::from(pods.spines)).to_string(),
        rule: "Every pod, also the last, has one spine for each uplink of a leaf, or the number that the spec fixes.".to_owned(),
        inputs: inputs(&[
            ("pods", count as u64),
            ("uplinks of a leaf", u64::from(wish.uplinks)),
            ("spines of a pod", u64::from(pods.spines)),
        ]),
        rejected: Some(
            "Fewer spines in a pod that is partly filled: a super-spine could then not reach every pod."
                .to_owned(),
        ),
    });
    let links = u64::from(pods.sized_for) * u64::from(wish.up_lanes);
    let fewest = links.div_ceil(u64::from(wish.super_lanes.max(1))).max(1);
    explanations.push(Explanation {
        subject: SpecPath::new(&upper.id).field("quantity"),
        path: upper_origin.base.clone(),
        label: format!("{fabric} super-spines"),
        result: (u64::from(pods.spines) * u64::from(pods.super_spines)).to_string(),
        rule: "For each spine of a pod a group of super-spines that reaches that spine in every pod: the smallest number with enough ports that divides a spine's uplinks, unless the spread is balanced.".to_owned(),
        inputs: inputs(&[
            ("spine groups", u64::from(pods.spines)),
            ("pods sized for", u64::from(pods.sized_for)),
            ("uplinks of a spine", u64::from(wish.up_lanes)),
            ("ports of a super-spine", u64::from(wish.super_lanes)),
            ("super-spines of a group", u64::from(pods.super_spines)),
        ]),
        rejected: (u64::from(pods.super_spines) > fewest).then(|| {
            format!(
                "{fewest} would have enough ports, but {} uplinks cannot be spread equally over it.",
                wish.up_lanes
            )
        }),
    });
}

fn title(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
