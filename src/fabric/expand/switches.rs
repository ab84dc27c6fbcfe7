//! The switch classes of one fabric of a cluster: leaves, and the spines and super-spines above.

use super::{Origin, Primitives, unknown};
use crate::catalog::{Breakout, Catalog, PortGroup, PortList, PortPurpose, SwitchModel};
use crate::model::{Code, EditValue, Finding};
use crate::plan::{
    Overrides, PortZone, Quantity, Ratio, Spread, SwitchClass, SwitchRedundancy, SwitchRole, Tiers,
    ZoneKind,
};

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
}

impl SwitchPair<'_> {
    pub(super) fn expand(
        &self,
        catalog: &Catalog,
        findings: &mut Vec<Finding>,
        primitives: &mut Primitives,
    ) {
        let model = |id: &str, field: &str, findings: &mut Vec<Finding>| {
            let found = catalog.switches.get(id);
            if found.is_none() {
                let near = catalog.nearest_switch(id);
                findings.push(unknown("switch", id, self.origin.base.field(field), near));
            }
            found
        };
        let leaf = model(self.leaf_model, "leaf_model", findings);
        let spine = self.spine_model.map(|id| (id, model(id, "spine_model", findings)));
        // Automatic tiers use super-spines only where they must, so an unknown one is said once.
        let supers = self.super_spine_model.map(|id| {
            let known = self.spine_model == Some(id);
            (
                id,
                if known {
                    catalog.switches.get(id)
                } else {
                    model(id, "super_spine_model", findings)
                },
            )
        });
        let Some(leaf) = leaf else { return };
        let Some((down_group, down)) = self.breakout(leaf, self.nic_speed_gbps, "nic", findings)
        else {
            return;
        };
        let mut upper = Vec::new();
        for (role, field, found) in
            [("spine", "spine_model", spine), ("super-spine", "super_spine_model", supers)]
        {
            let Some((id, found)) = found else { continue };
            let Some(found) = found else { return };
            let field_of = if role == "spine" { "uplink_speed_gbps" } else { field };
            let Some((group, breakout)) =
                self.breakout(found, self.uplink_speed_gbps, field_of, findings)
            else {
                return;
            };
            upper.push((role, id, field, group.cages.clone(), breakout));
        }
        let uplink = match self.spine_model {
            None => None,
            Some(_) => {
                match self.breakout(leaf, self.uplink_speed_gbps, "uplink_speed_gbps", findings) {
                    None => return,
                    found => found,
                }
            }
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
        for (role, id, field, cages, breakout) in upper {
            let zones = vec![PortZone::new("fabric", ZoneKind::Fabric, cages, breakout)];
            let spine = role == "spine";
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
            primitives.switches.push((made, origin(field, count)));
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

    /// The ports for traffic of a model that can be broken out into lanes of a speed, and how.
    fn breakout<'c>(
        &self,
        model: &'c SwitchModel,
        speed_gbps: u32,
        field: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<(&'c PortGroup, Breakout)> {
        let groups = || model.ports.iter().filter(|g| g.purpose == PortPurpose::Data);
        let found = groups().find_map(|group| {
            let best = group.breakouts.iter().filter(|b| b.speed_gbps == speed_gbps).max()?;
            Some((group, *best))
        });
        if found.is_none() {
            let path = self.origin.base.field(field);
            let mut speeds: Vec<u32> =
                groups().flat_map(|g| g.breakouts.iter().map(|b| b.speed_gbps)).collect();
            speeds.sort_unstable();
            speeds.dedup();
            let list: Vec<String> = speeds.iter().map(|s| format!("{s}G")).collect();
            let finding = Finding::new(
                Code::BreakoutUnsupported,
                path.clone(),
                format!(
                    "{} has no ports of {speed_gbps}G; it offers {}.",
                    model.id,
                    list.join(", ")
                ),
            );
            let near = speeds.iter().copied().min_by_key(|s| s.abs_diff(speed_gbps));
            findings.push(match near {
                Some(near) if field == "uplink_speed_gbps" => {
                    finding.offer(format!("Use {near}G"), path, EditValue::Number(u64::from(near)))
                }
                _ => finding.advise("Choose a NIC or a model of the same speed."),
            });
        }
        found
    }
}
