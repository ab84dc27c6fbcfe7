//! Which choice a remedy offers: one that fits what the class needs, and among those the one that
//! was most likely meant.
//!
//! Nothing is offered that is known not to fit. Limits: a choice is held against the ports, the
//! breakouts, the speeds and the protocol that its class and the far ends ask for; that the whole
//! fabric has room with it is not tried here.

use super::expand::Primitives;
use super::{Origin, zone_cages};
use crate::catalog::{
    Breakout, Catalog, LinkProtocol, NicModel, PortGroup, PortPurpose, SwitchModel,
};
use crate::model::ranked;
use crate::plan::{
    Connection, PortZone, ServerClass, SwitchClass, SwitchRedundancy, SwitchRole, ZoneKind,
};
use std::collections::BTreeMap;

/// More are not tried, so that a long catalogue and many wrong names cost little.
const MOST_TRIED: usize = 32;

/// How often a plan uses each model.
pub type Used = BTreeMap<String, u32>;

/// The model to offer for a name that the catalogue does not have: of those that fit the nearest
/// by name, those in use first, else one that the plan uses.
pub(super) fn for_unknown<'c, M>(
    wanted: &str,
    models: &'c BTreeMap<String, M>,
    used: &Used,
    fits: impl Fn(&M) -> bool,
) -> Option<&'c str> {
    let known = models.keys().map(|id| (id.as_str(), used.get(id).copied().unwrap_or(0)));
    ranked(wanted, known).into_iter().take(MOST_TRIED).find(|id| models.get(*id).is_some_and(&fits))
}

/// The switch to offer instead of one that does not fit: one that the plan uses, else the one
/// nearest by bandwidth, of the same maker if there is one.
pub(super) fn switch_instead<'c>(
    of: &SwitchModel,
    catalog: &'c Catalog,
    used: &Used,
    fits: impl Fn(&SwitchModel) -> bool,
) -> Option<&'c str> {
    let mut others: Vec<&SwitchModel> =
        catalog.switches.values().filter(|model| model.id != of.id).collect();
    others.sort_by_key(|model| {
        let unused = !used.contains_key(&model.id);
        let maker = model.manufacturer != of.manufacturer;
        (unused, bandwidth(model).abs_diff(bandwidth(of)), maker, &model.id)
    });
    others.into_iter().find(|model| fits(model)).map(|model| model.id.as_str())
}

/// Bandwidth of all ports for traffic, in Gb/s.
fn bandwidth(model: &SwitchModel) -> u64 {
    data_groups(model).map(|g| g.cages.cages().len() as u64 * u64::from(g.speed_gbps)).sum()
}

/// The groups of ports for traffic of a model.
pub(super) fn data_groups(model: &SwitchModel) -> impl Iterator<Item = &PortGroup> {
    model.ports.iter().filter(|group| group.purpose == PortPurpose::Data)
}

/// True if a model has ports for traffic of a speed.
pub(super) fn has_speed(model: &SwitchModel, speed_gbps: u32) -> bool {
    data_groups(model).any(|g| g.breakouts.iter().any(|b| b.speed_gbps == speed_gbps))
}

/// True if a switch class can be of a model: its zones have the cages and the breakouts that they
/// ask for, and its groups are possible. The zones of a cluster follow the model, so there only
/// their speeds count.
pub(super) fn switch_fits((class, origin): (&SwitchClass, &Origin), model: &SwitchModel) -> bool {
    let able = match class.redundancy {
        SwitchRedundancy::Mclag => model.mclag,
        SwitchRedundancy::Eslag => model.eslag,
        SwitchRedundancy::None | SwitchRedundancy::Redundant => true,
    };
    if !able {
        return false;
    }
    if !origin.by_hand {
        return class.zones.iter().all(|zone| has_speed(model, zone.breakout.speed_gbps));
    }
    zone_cages::fits(class, model)
}

/// True if the switches of a fabric, and the cards that are cabled to a class of it, can speak with
/// a model.
pub(super) fn speaks_with_fabric(
    class: &SwitchClass,
    primitives: &Primitives,
    catalog: &Catalog,
    protocol: LinkProtocol,
) -> bool {
    let mut others = primitives
        .switches
        .iter()
        .filter(|(other, _)| other.fabric == class.fabric && other.id != class.id)
        .filter_map(|(other, _)| catalog.switches.get(&other.model))
        .map(|model| model.protocol);
    let mut cards = primitives
        .servers
        .iter()
        .flat_map(|(servers, _)| servers.connections.iter().map(move |one| (servers, one)))
        .filter(|(_, one)| one.switch_class == class.id)
        .filter_map(|(servers, one)| card_of(servers, one, catalog))
        .map(|card| card.protocol);
    others.all(|other| other.meets(protocol)) && cards.all(|card| card.meets(protocol))
}

/// The model of the card of a connection.
pub(super) fn card_of<'c>(
    servers: &ServerClass,
    connection: &Connection,
    catalog: &'c Catalog,
) -> Option<&'c NicModel> {
    let card = servers.nics.iter().find(|nic| nic.id == connection.nic)?;
    catalog.nics.get(&card.model)
}

/// True if a card of a server class can be of a model: it has the ports that connections use, at
/// the speed and with the protocol of the switches there.
pub(super) fn card_fits(
    servers: &ServerClass,
    card: &str,
    primitives: &Primitives,
    catalog: &Catalog,
    model: &NicModel,
) -> bool {
    servers.connections.iter().filter(|one| one.nic == card).all(|one| {
        let last = one.ports.saturating_sub(1).saturating_mul(one.port_step);
        let ports = one.first_port.saturating_add(last) < u32::from(model.ports);
        let switch = primitives.switches.iter().find(|(class, _)| class.id == one.switch_class);
        let zone =
            switch.and_then(|(class, _)| class.zones.iter().find(|zone| zone.id == one.zone));
        let speed = zone.is_none_or(|zone| match one.speed_gbps {
            Some(speed) => speed <= model.speed_gbps,
            None => zone.breakout.speed_gbps == model.speed_gbps,
        });
        let switch = switch.and_then(|(class, _)| catalog.switches.get(&class.model));
        ports && speed && switch.is_none_or(|switch| switch.protocol.meets(model.protocol))
    })
}

/// The breakout to offer instead of one that cages cannot do: at the speed of the far ends, else
/// at the speed that was written, else with as many lanes.
pub(super) fn breakout_instead(
    wanted: Breakout,
    offers: &[Breakout],
    needed_gbps: Option<u32>,
) -> Option<Breakout> {
    let rank = |option: &Breakout| {
        (
            needed_gbps.is_some_and(|needed| option.speed_gbps != needed),
            option.speed_gbps != wanted.speed_gbps,
            option.lanes.abs_diff(wanted.lanes),
            option.speed_gbps.abs_diff(wanted.speed_gbps),
        )
    };
    offers.iter().copied().min_by_key(rank)
}

/// The speed of what the links of a zone go to, in Gb/s, if all of it agrees.
pub(super) fn needed_speed(
    class: &SwitchClass,
    zone: &PortZone,
    primitives: &Primitives,
    catalog: &Catalog,
) -> Option<u32> {
    if let Some(name) = &zone.peer_zone {
        let (class, zone) = name.split_once('/')?;
        let (class, _) = primitives.switches.iter().find(|(other, _)| other.id == class)?;
        return class.zones.iter().find(|other| other.id == zone).map(|z| z.breakout.speed_gbps);
    }
    let far = |roles: &[SwitchRole], kind: ZoneKind| {
        let classes = primitives
            .switches
            .iter()
            .filter(|(other, _)| other.fabric == class.fabric && roles.contains(&other.role));
        let zones = classes.flat_map(|(other, _)| &other.zones);
        agreed(
            zones
                .filter(|z| z.kind == kind && z.peer_zone.is_none())
                .map(|z| z.breakout.speed_gbps),
        )
    };
    let leaves = [SwitchRole::Leaf, SwitchRole::BorderLeaf, SwitchRole::Management];
    match (zone.kind, class.role) {
        (ZoneKind::Server | ZoneKind::Management, _) => {
            let here = |one: &Connection| one.switch_class == class.id && one.zone == zone.id;
            let cards = primitives.servers.iter().flat_map(|(servers, _)| {
                let own = servers.connections.iter().filter(|one| here(one));
                own.filter_map(|one| {
                    one.speed_gbps.or(card_of(servers, one, catalog).map(|card| card.speed_gbps))
                })
            });
            let external = primitives.external.iter().flat_map(|(external, _)| {
                let own = external.connections.iter();
                let own = own.filter(|one| one.switch_class == class.id && one.zone == zone.id);
                own.map(|_| external.speed_gbps)
            });
            agreed(cards.chain(external))
        }
        (ZoneKind::Uplink, SwitchRole::Spine) => far(&[SwitchRole::SuperSpine], ZoneKind::Fabric),
        (ZoneKind::Uplink, SwitchRole::SuperSpine) => None,
        (ZoneKind::Uplink, _) => far(&[SwitchRole::Spine], ZoneKind::Fabric),
        (ZoneKind::Fabric, SwitchRole::Spine) => far(&leaves, ZoneKind::Uplink),
        (ZoneKind::Fabric, SwitchRole::SuperSpine) => far(&[SwitchRole::Spine], ZoneKind::Uplink)
            .or_else(|| far(&[SwitchRole::Spine], ZoneKind::Fabric)),
        _ => None,
    }
}

/// What all of them are, if they are one.
fn agreed(mut speeds: impl Iterator<Item = u32>) -> Option<u32> {
    let first = speeds.next()?;
    speeds.all(|speed| speed == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakout_instead_of_another() {
        let check = |wanted: &str, offers: &[&str], needed: Option<u32>, expected: Option<&str>| {
            let offers: Vec<Breakout> = offers.iter().map(|o| o.parse().unwrap()).collect();
            let found = breakout_instead(wanted.parse().unwrap(), &offers, needed);
            assert_eq!(found.map(|b| b.to_string()).as_deref(), expected, "{wanted} {needed:?}");
        };
        let all = ["1x800", "2x400", "4x200", "8x100"];
        check("3x200", &all, Some(200), Some("4x200"));
        check("3x200", &all, None, Some("4x200"));
        check("4x400", &all, None, Some("2x400"));
        check("4x250", &all, None, Some("4x200"));
        // What does not meet its far ends is no help.
        check("3x200", &all, Some(400), Some("2x400"));
        check("3x200", &all, Some(25), Some("4x200"));
        check("3x200", &[], Some(200), None);
    }

    #[test]
    fn a_switch_instead_of_another() {
        let catalog = Catalog::built_in().unwrap();
        let check = |of: &str, used: &[&str], protocol: LinkProtocol, expected: &str| {
            let used: Used = used.iter().map(|id| ((*id).to_owned(), 1)).collect();
            let fits = |m: &SwitchModel| m.protocol == protocol && has_speed(m, 400);
            let found = switch_instead(&catalog.switches[of], &catalog, &used, fits);
            assert_eq!(found, Some(expected), "{of} {used:?}");
        };
        let (ethernet, infiniband) = (LinkProtocol::Ethernet, LinkProtocol::Infiniband);
        check("nvidia-qm9700", &["celestica-ds5000"], ethernet, "celestica-ds5000");
        check("nvidia-qm9700", &["celestica-ds1000"], ethernet, "nvidia-sn5400");
        check("nvidia-qm9700", &[], infiniband, "nvidia-qm9790");
    }
}
