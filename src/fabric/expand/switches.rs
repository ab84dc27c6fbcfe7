//! The switch classes of one fabric of a cluster: leaves, and the spines and super-spines above.

use super::{Origin, Primitives, unknown};
use crate::catalog::{Breakout, Catalog, LinkProtocol, PortGroup, PortList, SwitchModel};
use crate::fabric::offers::{self, Used, data_groups, has_speed};
use crate::model::{Code, EditValue, Finding, SpecPath};
use crate::plan::{
    Overrides, PortZone, Quantity, Ratio, Spread, SwitchClass, SwitchRedundancy, SwitchRole, Tiers,
    ZoneKind,
};
use std::collections::BTreeSet;

/// Cages of a leaf that an MCLAG pair keeps for its peer links, and as many for its session links.
const PAIR_CAGES: usize = 2;

/// What the classes of one fabric are made from.
pub(super) struct SwitchPair<'a> {
    pub(super) prefix: &'a str,
    pub(super) fabric: &'a str,
    pub(super) origin: Origin,
    pub(super) role: SwitchRole,
    pub(super) server_kind: ZoneKind,
    pub(super) nic_speed_gbps: u32,
    pub(super) nic_protocol: LinkProtocol,
    pub(super) leaf_model: &'a str,
    /// Without one, leaves have no uplinks.
    pub(super) spine_model: Option<&'a str>,
    pub(super) super_spine_model: Option<&'a str>,
    pub(super) tiers: Tiers,
    pub(super) uplink_speed_gbps: u32,
    pub(super) oversubscription: Ratio,
    pub(super) spread: Spread,
    pub(super) overrides: Overrides,
    pub(super) redundancy: SwitchRedundancy,
    /// The models that the plan uses, for remedies.
    pub(super) used: &'a Used,
}

impl SwitchPair<'_> {
    pub(super) fn expand(
        &self,
        catalog: &Catalog,
        findings: &mut Vec<Finding>,
        primitives: &mut Primitives,
    ) {
        let of = |id: &str| catalog.switches.get(id);
        let leaf = self.model(self.leaf_model, Part::Leaf, catalog, findings);
        let spine = self.spine_model.map(|id| (id, self.model(id, Part::Spine, catalog, findings)));
        // Automatic tiers use super-spines only where they must, so an unknown one is said once.
        let supers = self.super_spine_model.map(|id| {
            let told = self.spine_model == Some(id);
            let found =
                if told { of(id) } else { self.model(id, Part::SuperSpine, catalog, findings) };
            (id, found)
        });
        let Some(leaf) = leaf else { return };
        let Some((down_group, down)) = breakout(leaf, self.nic_speed_gbps) else {
            findings.push(self.no_ports_for_cards(leaf, catalog));
            return;
        };
        let mut upper = Vec::new();
        for (part, found) in [(Part::Spine, spine), (Part::SuperSpine, supers)] {
            let Some((id, found)) = found else { continue };
            let Some(found) = found else { return };
            let Some((group, breakout)) = breakout(found, self.uplink_speed_gbps) else {
                findings.push(self.no_ports_for_uplinks(found, part, catalog));
                return;
            };
            upper.push((part, id, group.cages.clone(), breakout));
        }
        let uplink = match self.spine_model {
            None => None,
            Some(_) => match breakout(leaf, self.uplink_speed_gbps) {
                None => {
                    findings.push(self.no_ports_for_uplinks(leaf, Part::Leaf, catalog));
                    return;
                }
                found => found,
            },
        };
        let Some((server, uplinks, pair)) = self.part(down_group, down, uplink) else {
            findings.push(
                Finding::new(
                    Code::NoZone,
                    self.origin.base.field("leaf_model"),
                    format!(
                        "{} has too few ports for servers and uplinks at once.",
                        self.leaf_model
                    ),
                )
                .advise("Choose a leaf model with more ports."),
            );
            return;
        };
        let mut zones = vec![PortZone::new("server", self.server_kind, server, down)];
        if let (Some(cages), Some((_, up))) = (uplinks, uplink) {
            zones.push(PortZone::new("uplink", ZoneKind::Uplink, cages, up));
        }
        if let Some((peer, session)) = pair {
            zones.push(PortZone::new("peer", ZoneKind::Peer, peer, down));
            zones.push(PortZone::new("session", ZoneKind::Session, session, down));
        }
        let fixed = |n: Option<u32>| n.map_or(Quantity::Automatic, Quantity::Fixed);
        let origin = |model: &str, fixed: &str| Origin {
            model: self.origin.base.field(model),
            fixed: self.origin.fixed.field(fixed),
            ..self.origin.clone()
        };
        let class = |role: &str, kind, model: &str, quantity, zones| SwitchClass {
            id: format!("{}-{role}", self.prefix),
            fabric: self.fabric.to_owned(),
            role: kind,
            model: model.to_owned(),
            quantity,
            zones,
            ..SwitchClass::default()
        };
        let leaves = SwitchClass {
            redundancy: self.redundancy,
            oversubscription: (!self.oversubscription.is_even()).then_some(self.oversubscription),
            ..class("leaf", self.role, self.leaf_model, fixed(self.overrides.leaves), zones)
        };
        primitives.switches.push((leaves, origin("leaf_model", "leaves")));
        for (part, id, cages, breakout) in upper {
            let zones = vec![PortZone::new("fabric", ZoneKind::Fabric, cages, breakout)];
            let spine = part == Part::Spine;
            let role = if spine { "spine" } else { "super-spine" };
            let (kind, quantity, count) = if spine {
                (SwitchRole::Spine, self.overrides.spines, "spines")
            } else {
                (SwitchRole::SuperSpine, self.overrides.super_spines, "super_spines")
            };
            let made = class(role, kind, id, fixed(quantity), zones);
            let made = SwitchClass {
                spread: self.spread,
                tiers: if spine { self.tiers } else { Tiers::Automatic },
                pod_leaves: self.overrides.pod_leaves.filter(|_| spine),
                pods: self.overrides.pods.filter(|_| !spine),
                ..made
            };
            primitives.switches.push((made, origin(part.field(), count)));
        }
    }

    /// Cages for servers and for uplinks, and with MCLAG for peer and session links.
    #[expect(clippy::type_complexity, reason = "three lists of cages, two of them optional")]
    fn part(
        &self,
        down_group: &PortGroup,
        down: Breakout,
        uplink: Option<(&PortGroup, Breakout)>,
    ) -> Option<(PortList, Option<PortList>, Option<(PortList, PortList)>)> {
        let mut cages = down_group.cages.cages().to_vec();
        let list = |cages: &[u16]| PortList::of_cages(cages).ok();
        let mut pair = None;
        let mut uplinks = None;
        let bandwidth =
            |b: Breakout, cages: usize| cages as u64 * u64::from(b.lanes) * u64::from(b.speed_gbps);
        // The fewest uplinks with (cages - u) × down ≤ ratio × u × up.
        let enough = |down_cages: usize, up_cages: usize, up: Breakout| {
            bandwidth(down, down_cages) * u64::from(self.oversubscription.up)
                <= bandwidth(up, up_cages) * u64::from(self.oversubscription.down)
        };
        let keep = if self.redundancy == SwitchRedundancy::Mclag { 2 * PAIR_CAGES } else { 0 };
        if let Some((up_group, up)) = uplink {
            let own_group = up_group.cages == down_group.cages;
            let total = cages.len().checked_sub(keep)?;
            let up_cages = match self.overrides.uplink_cages.map(|n| n as usize) {
                Some(n) => n,
                None if own_group => (1..total).find(|u| enough(total - u, *u, up))?,
                None => {
                    let most = up_group.cages.cages().len();
                    (1..=most).find(|u| enough(total, *u, up)).unwrap_or(most)
                }
            };
            if own_group {
                let at = cages.len().checked_sub(up_cages).filter(|at| *at > keep)?;
                uplinks = Some(list(&cages.split_off(at))?);
            } else {
                uplinks = Some(list(up_group.cages.cages().get(..up_cages)?)?);
            }
        }
        if keep > 0 {
            let at = cages.len().checked_sub(keep).filter(|at| *at > 0)?;
            let kept = cages.split_off(at);
            let (peer, session) = kept.split_at(PAIR_CAGES);
            pair = Some((list(peer)?, list(session)?));
        }
        Some((list(&cages)?, uplinks, pair))
    }

    /// The model of a part, with a finding if the catalogue does not have it.
    fn model<'c>(
        &self,
        id: &str,
        part: Part,
        catalog: &'c Catalog,
        findings: &mut Vec<Finding>,
    ) -> Option<&'c SwitchModel> {
        let found = catalog.switches.get(id);
        if found.is_none() {
            let fits = |model: &SwitchModel| self.fits(model, part, catalog);
            let near = offers::for_unknown(id, &catalog.switches, self.used, fits);
            findings.push(unknown("switch", id, self.origin.base.field(part.field()), near));
        }
        found
    }

    /// True if a part can be of a model: it has ports of the speeds that are asked for and speaks
    /// with what it is linked to.
    fn fits(&self, model: &SwitchModel, part: Part, catalog: &Catalog) -> bool {
        let of = |id: Option<&str>| id.and_then(|id| catalog.switches.get(id));
        let speaks = |other: Option<&SwitchModel>| {
            other.is_none_or(|other| other.protocol.meets(model.protocol))
        };
        let uplinks = self.spine_model.is_none_or(|_| has_speed(model, self.uplink_speed_gbps));
        match part {
            Part::Leaf => {
                let able = match self.redundancy {
                    SwitchRedundancy::Mclag => model.mclag,
                    SwitchRedundancy::Eslag => model.eslag,
                    SwitchRedundancy::None | SwitchRedundancy::Redundant => true,
                };
                let uplink = self.spine_model.and(breakout(model, self.uplink_speed_gbps));
                let parts = breakout(model, self.nic_speed_gbps)
                    .is_some_and(|(group, down)| self.part(group, down, uplink).is_some());
                let cards = self.nic_protocol.meets(model.protocol);
                able && uplinks && parts && cards && speaks(of(self.spine_model))
            }
            Part::Spine => uplinks && speaks(of(Some(self.leaf_model))),
            Part::SuperSpine => uplinks && speaks(of(self.spine_model)),
        }
    }

    /// The model to offer instead of one of a part.
    fn instead<'c>(&self, of: &SwitchModel, part: Part, catalog: &'c Catalog) -> Option<&'c str> {
        offers::switch_instead(of, catalog, self.used, |model| self.fits(model, part, catalog))
    }

    /// The finding about a leaf without ports of the speed of the cards. It stands at the card; the
    /// leaf that would do is offered.
    fn no_ports_for_cards(&self, leaf: &SwitchModel, catalog: &Catalog) -> Finding {
        let path = self.origin.base.field("nic");
        let finding = no_ports(leaf, self.nic_speed_gbps, path);
        match self.instead(leaf, Part::Leaf, catalog) {
            Some(id) => finding.offer(
                format!("Use {id}"),
                self.origin.base.field(Part::Leaf.field()),
                EditValue::Text(id.to_owned()),
            ),
            None => finding.advise("Choose a NIC or a model of the same speed."),
        }
    }

    /// The finding about a part without ports of the speed of the uplinks. If the other end has
    /// them, it stands at the model, and another model is offered first; else at the speed.
    fn no_ports_for_uplinks(&self, of: &SwitchModel, part: Part, catalog: &Catalog) -> Finding {
        let speed = self.origin.base.field("uplink_speed_gbps");
        let others = [Some(self.leaf_model), self.spine_model, self.super_spine_model];
        let others: Vec<&SwitchModel> = others
            .into_iter()
            .flatten()
            .filter(|id| *id != of.id)
            .filter_map(|id| catalog.switches.get(id))
            .collect();
        let alone = !others.is_empty()
            && others.iter().all(|other| has_speed(other, self.uplink_speed_gbps));
        let field = self.origin.base.field(part.field());
        let at = if alone { field.clone() } else { speed.clone() };
        let mut finding = no_ports(of, self.uplink_speed_gbps, at);
        if let Some(id) = self.instead(of, part, catalog).filter(|_| alone) {
            finding = finding.also(format!("Use {id}"), field, EditValue::Text(id.to_owned()));
        }
        let near = speeds(of)
            .into_iter()
            .filter(|speed| others.iter().all(|other| has_speed(other, *speed)))
            .min_by_key(|speed| speed.abs_diff(self.uplink_speed_gbps));
        let speaks = others.iter().all(|other| other.protocol.meets(of.protocol));
        if !speaks {
            // Another speed alone would lead into the next error.
            finding.text.push_str(&format!(" It is {} only, too.", of.protocol.name()));
        }
        if let Some(near) = near.filter(|_| speaks) {
            let value = EditValue::Number(u64::from(near));
            finding = finding.also(format!("Use uplinks of {near}G"), speed, value);
        }
        match finding.remedy {
            Some(_) => finding,
            None => finding.advise("Choose models that have ports of one speed."),
        }
    }
}

/// A part of a fabric that has a model of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Leaf,
    Spine,
    SuperSpine,
}

impl Part {
    /// The field that names its model.
    fn field(self) -> &'static str {
        match self {
            Self::Leaf => "leaf_model",
            Self::Spine => "spine_model",
            Self::SuperSpine => "super_spine_model",
        }
    }
}

/// The ports for traffic of a model that can be broken out into lanes of a speed, and how.
fn breakout(model: &SwitchModel, speed_gbps: u32) -> Option<(&PortGroup, Breakout)> {
    data_groups(model).find_map(|group| {
        let best = group.breakouts.iter().filter(|b| b.speed_gbps == speed_gbps).max()?;
        Some((group, *best))
    })
}

/// The speeds that ports for traffic of a model can have, ascending.
fn speeds(model: &SwitchModel) -> BTreeSet<u32> {
    data_groups(model).flat_map(|g| g.breakouts.iter().map(|b| b.speed_gbps)).collect()
}

fn no_ports(model: &SwitchModel, speed_gbps: u32, path: SpecPath) -> Finding {
    let list: Vec<String> = speeds(model).iter().map(|s| format!("{s}G")).collect();
    let text =
        format!("{} has no ports of {speed_gbps}G; it offers {}.", model.id, list.join(", "));
    Finding::new(Code::BreakoutUnsupported, path, text)
}
