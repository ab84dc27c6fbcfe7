//! The interfaces of a class: which lanes its zones have, which ports its cards have.

use super::expand::{Origin, unknown};
use super::{Slot, out_of_range};
use crate::catalog::Catalog;
use crate::model::{Code, EditValue, Finding, Limits, SpecPath, is_valid_id, nearest};
use crate::plan::{PortZone, ServerClass, SwitchClass, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// The lanes of one zone: a run of slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneLanes {
    /// The zone's id.
    pub id: String,
    /// What it connects.
    pub kind: ZoneKind,
    /// The slot of its first lane.
    pub first_slot: u16,
    /// How many lanes.
    pub lanes: u32,
    /// Speed of each, in Gb/s.
    pub speed_gbps: u32,
    /// Where it stands in the spec.
    pub path: SpecPath,
}

/// The ports of one card: a run of slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NicPorts {
    /// The card's id.
    pub id: String,
    /// The slot of its first port.
    pub first_slot: u16,
    /// How many ports.
    pub ports: u32,
    /// Speed of each, in Gb/s.
    pub speed_gbps: u32,
}

/// The slots and zones of a switch class. Zones that cannot be are left out, with a finding.
pub fn of_switch(
    class: &SwitchClass,
    origin: &Origin,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> (Vec<Slot>, Vec<ZoneLanes>) {
    let (mut slots, mut zones) = (Vec::new(), Vec::new());
    let Some(model) = catalog.switches.get(&class.model) else {
        let near = catalog.nearest_switch(&class.model);
        findings.push(unknown("switch", &class.model, origin.model.clone(), near));
        return (slots, zones);
    };
    let mut cage_zone: BTreeMap<u16, &str> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for (n, zone) in class.zones.iter().enumerate().take(Limits::LIST_ITEMS) {
        let path = origin.item("zones", n);
        if !is_valid_id(&zone.id) || !ids.insert(zone.id.as_str()) {
            findings.push(bad_id("zone", &zone.id, path.field("id"), is_valid_id(&zone.id)));
            continue;
        }
        let before = findings.len();
        check_cages(class, zone, &path, origin, model, &mut cage_zone, findings);
        if findings.len() > before {
            continue;
        }
        let first_slot = slots.len();
        for cage in zone.ports.cages() {
            for lane in 0..zone.breakout.lanes {
                let whole = zone.breakout.lanes == 1;
                slots.push(Slot {
                    name: model.port_name(*cage, zone.breakout, lane),
                    key: format!("{}/{}", zone.id, slots.len() - first_slot),
                    cage: model.port_group(*cage).map_or(crate::catalog::Cage::Osfp, |g| g.cage),
                    speed_gbps: zone.breakout.speed_gbps,
                    from_type: whole,
                });
            }
        }
        zones.push(ZoneLanes {
            id: zone.id.clone(),
            kind: zone.kind,
            first_slot: u16::try_from(first_slot).unwrap_or(u16::MAX),
            lanes: u32::try_from(slots.len() - first_slot).unwrap_or(0),
            speed_gbps: zone.breakout.speed_gbps,
            path,
        });
    }
    if let Some(most) = model.max_lanes.filter(|most| slots.len() > *most as usize) {
        findings.push(
            Finding::new(
                Code::TooManyLanes,
                origin.model.clone(),
                format!(
                    "{} has {} logical ports in this plan; {} can have {most}.",
                    class.id,
                    slots.len(),
                    model.model
                ),
            )
            .advise("Break out fewer cages, or choose a model that allows more."),
        );
    }
    (slots, zones)
}

fn check_cages<'a>(
    class: &SwitchClass,
    zone: &'a PortZone,
    path: &SpecPath,
    origin: &Origin,
    model: &crate::catalog::SwitchModel,
    cage_zone: &mut BTreeMap<u16, &'a str>,
    findings: &mut Vec<Finding>,
) {
    let at = |field: &str| if origin.by_hand { path.field(field) } else { path.clone() };
    for cage in zone.ports.cages() {
        let Some(group) = model.port_group(*cage) else {
            let last = model.ports.iter().filter_map(|g| g.cages.cages().last()).max();
            findings.push(
                Finding::new(
                    Code::PortsOutsideDevice,
                    at("ports"),
                    format!(
                        "Zone {} of {} uses cage {cage}; {} has cages 1 to {}.",
                        zone.id,
                        class.id,
                        model.model,
                        last.copied().unwrap_or(0)
                    ),
                )
                .advise("Shorten the port list, or choose a larger model."),
            );
            return;
        };
        if let Some(other) = cage_zone.insert(*cage, &zone.id) {
            findings.push(
                Finding::new(
                    Code::CageInTwoZones,
                    at("ports"),
                    format!(
                        "Cage {cage} of {} is in zone {other} and in zone {}.",
                        class.id, zone.id
                    ),
                )
                .advise("Give each cage to one zone."),
            );
            return;
        }
        if !group.breakouts.contains(&zone.breakout) {
            let offers: Vec<String> = group.breakouts.iter().map(ToString::to_string).collect();
            let finding = Finding::new(
                Code::BreakoutUnsupported,
                at("breakout"),
                format!(
                    "Cage {cage} of {} cannot be broken out as {}; it offers {}.",
                    model.model,
                    zone.breakout,
                    offers.join(", ")
                ),
            );
            findings.push(match group.breakouts.first().filter(|_| origin.by_hand) {
                Some(first) => finding.offer(
                    format!("Use {first}"),
                    at("breakout"),
                    EditValue::Text(first.to_string()),
                ),
                None => finding.advise("Choose a breakout that the cage offers."),
            });
            return;
        }
    }
}

/// The slots and cards of a server class. Cards that cannot be are left out, with a finding.
pub fn of_server(
    class: &ServerClass,
    origin: &Origin,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> (Vec<Slot>, Vec<NicPorts>) {
    let (mut slots, mut cards) = (Vec::new(), Vec::new());
    if !catalog.servers.contains_key(&class.model) {
        let near = catalog.nearest_server(&class.model);
        findings.push(unknown("server", &class.model, origin.model.clone(), near));
    }
    if let Some(finding) =
        out_of_range(&origin.quantity, "quantity", class.quantity, 1, Limits::SERVERS)
            .filter(|_| origin.by_hand)
    {
        findings.push(finding);
    }
    let mut ids = BTreeSet::new();
    for (n, nic) in class.nics.iter().enumerate().take(Limits::LIST_ITEMS) {
        let path = origin.item("nics", n);
        if !is_valid_id(&nic.id) || !ids.insert(nic.id.as_str()) {
            findings.push(bad_id("NIC", &nic.id, path.field("id"), is_valid_id(&nic.id)));
            continue;
        }
        let Some(model) = catalog.nics.get(&nic.model) else {
            let near = catalog.nearest_nic(&nic.model);
            findings.push(unknown("NIC", &nic.model, path.field("model"), near));
            continue;
        };
        cards.push(NicPorts {
            id: nic.id.clone(),
            first_slot: u16::try_from(slots.len()).unwrap_or(u16::MAX),
            ports: u32::from(model.ports),
            speed_gbps: model.speed_gbps,
        });
        for port in 0..model.ports {
            slots.push(Slot {
                name: format!("{}-p{port}", nic.id),
                key: format!("{}/{port}", nic.id),
                cage: model.cage,
                speed_gbps: model.speed_gbps,
                from_type: false,
            });
        }
    }
    (slots, cards)
}

/// The finding about an id that is no id, or that another object has.
pub fn bad_id(what: &str, id: &str, path: SpecPath, valid: bool) -> Finding {
    let shown: String = id.chars().take(60).collect();
    if valid {
        Finding::new(Code::DuplicateId, path, format!("Two objects have the {what} id `{shown}`."))
            .advise("Give each an id of its own.")
    } else {
        Finding::new(Code::InvalidText, path, format!("`{shown}` cannot be a {what} id."))
            .advise("Use a lower-case letter, then letters, digits and dashes, at most 40.")
    }
}

/// The finding about a name that nothing in the spec has.
pub fn unknown_reference<'a>(
    what: &str,
    id: &str,
    path: SpecPath,
    known: impl IntoIterator<Item = &'a str>,
) -> Finding {
    let shown: String = id.chars().take(60).collect();
    let finding = Finding::new(
        Code::UnknownReference,
        path.clone(),
        format!("There is no {what} `{shown}`."),
    );
    match nearest(id, known) {
        Some(near) => finding.offer(format!("Use {near}"), path, EditValue::Text(near.to_owned())),
        None => finding.advise(format!("Name a {what} of this spec.")),
    }
}
