//! Why each computed number of a fabric is what it is.

use super::spines::{LeafClass, Spines};
use super::weave::{Switches, lanes_of, reduced};
use super::{Origin, Primitives};
use crate::model::{Explanation, SpecPath};
use crate::plan::{SwitchClass, SwitchRole, ZoneKind};

pub(super) fn of_leaves(
    primitives: &Primitives,
    switches: &[Switches],
    explanations: &mut Vec<Explanation>,
) {
    for (switch, (class, origin)) in switches.iter().zip(&primitives.switches) {
        if class.role != SwitchRole::Leaf {
            continue;
        }
        let mut inputs = Vec::new();
        let mut rule = "As many leaves as the servers fill, one after the other.".to_owned();
        let mut rejected = None;
        let (lanes, down) = lanes_of(&switch.zones, ZoneKind::Server);
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
        explanations.push(Explanation {
            subject: SpecPath::new(&class.id).field("quantity"),
            path: origin.quantity.clone(),
            label: format!("{} leaves", title(&class.fabric)),
            result: switch.count.to_string(),
            rule,
            inputs,
            rejected,
        });
        let (uplinks, up) = lanes_of(&switch.zones, ZoneKind::Uplink);
        if uplinks > 0 {
            let ratio = reduced(down, up);
            explanations.push(Explanation {
                subject: SpecPath::new(&class.id).field("oversubscription"),
                path: origin.base.clone(),
                label: format!("{} oversubscription", title(&class.fabric)),
                result: format!("{} : {}", ratio.0, ratio.1),
                rule: "Bandwidth of all server lanes of a leaf to bandwidth of its uplinks, in smallest whole numbers.".to_owned(),
                inputs: vec![
                    ("to servers".to_owned(), format!("{down} Gb/s")),
                    ("to spines".to_owned(), format!("{up} Gb/s")),
                ],
                rejected: None,
            });
        }
    }
}

pub(super) fn of_spines(
    class: &SwitchClass,
    origin: &Origin,
    facts: &Spines,
    leaves: &[LeafClass],
    count: u32,
    explanations: &mut Vec<Explanation>,
) {
    let total: u32 = leaves.iter().map(|l| l.leaves).sum();
    let uplinks = leaves.first().map_or(0, |l| l.uplinks);
    let links: u64 = leaves.iter().map(|l| u64::from(l.leaves) * u64::from(l.uplinks)).sum();
    let fewest = links.div_ceil(u64::from(facts.lanes.max(1))).max(u64::from(facts.least));
    explanations.push(Explanation {
        subject: SpecPath::new(&class.id).field("quantity"),
        path: origin.base.clone(),
        label: format!("{} spines", title(&class.fabric)),
        result: count.to_string(),
        rule: "The smallest number that divides the uplinks of a leaf, offers enough ports, and meets the redundancy: every leaf reaches every spine equally.".to_owned(),
        inputs: vec![
            ("leaves".to_owned(), total.to_string()),
            ("uplinks of a leaf".to_owned(), uplinks.to_string()),
            ("ports of a spine".to_owned(), facts.lanes.to_string()),
            ("fewest by redundancy".to_owned(), facts.least.to_string()),
        ],
        rejected: (u64::from(count) > fewest)
            .then(|| format!("{fewest} would have enough ports, but {uplinks} uplinks cannot be spread equally over it.")),
    });
}

fn title(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
