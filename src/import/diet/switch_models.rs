//! Models of switches from DIET's device types and their extensions.
//!
//! The cages are those of the interface templates, or of the catalogue's model with the same slug,
//! or 64 of the native speed. Breakouts are those of the extension's policy. Where a zone breaks a
//! cage out of more than that, the zone is believed and a note says so: DIET does not look at its
//! device types when it cables.

use super::super::error::{ImportCode, ImportError};
use super::super::fields::{Reports, clipped};
use super::super::ids::Ids;
use super::reference::{DeviceType, Extension, PartRef, Reference, Template};
use super::switches::{SwitchRow, extension_path};
use crate::catalog::{
    Breakout, Cage, PortGroup, PortList, PortNaming, PortPurpose, SwitchModel, interface_type,
};
use std::collections::{BTreeMap, BTreeSet};

/// Cages of a switch of which nothing is known, as DIET has it.
const CAGES: u16 = 64;

/// A cage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Port {
    cage: Cage,
    speed_gbps: u32,
    purpose: PortPurpose,
}

/// Makes the models of all switches that classes use, and gives classes their ids and zones
/// without a breakout the speed of their cages.
pub(super) fn make(
    rows: &mut [SwitchRow],
    reference: &Reference,
    reports: &mut Reports,
) -> Vec<SwitchModel> {
    let mut models = Vec::new();
    let mut ids = Ids::default();
    let used: BTreeSet<PartRef> = rows.iter().map(|row| row.part.clone()).collect();
    for part in used {
        let model = match &part {
            PartRef::BuiltIn(id) => reference.catalog.switches.get(id).cloned(),
            PartRef::Own(n) => own(*n, rows, reference, &mut ids, reports),
        };
        let Some(model) = model else { continue };
        for row in rows.iter_mut().filter(|row| row.part == part) {
            row.class.model.clone_from(&model.id);
            row.able = (model.mclag, model.eslag);
            for zone in &mut row.zones {
                let first = zone.ports.cages().first().copied().unwrap_or(1);
                let group = model.port_group(first).or(model.ports.first());
                zone.whole_gbps = group.map_or(1, |group| group.speed_gbps);
            }
        }
        if matches!(part, PartRef::Own(_)) {
            models.push(model);
        }
    }
    models
}

fn own(
    n: usize,
    rows: &[SwitchRow],
    reference: &Reference,
    ids: &mut Ids,
    reports: &mut Reports,
) -> Option<SwitchModel> {
    let extension = reference.extensions.get(n)?;
    let device = extension.device_type.and_then(|n| reference.device_types.get(n));
    let built_in = extension.built_in.as_ref().and_then(|id| reference.catalog.switches.get(id));
    let zones: Vec<_> = rows
        .iter()
        .filter(|row| row.part == PartRef::Own(n))
        .flat_map(|row| &row.zones)
        .filter_map(|zone| zone.option.map(|option| (zone, option)))
        .collect();
    let mut ports = cages(extension, device, built_in);
    if ports.is_empty() {
        let native = extension
            .native_gbps
            .or_else(|| zones.iter().map(|(_, option)| option.from_speed_gbps).max());
        let Some(speed_gbps) = native else {
            reports.error(ImportError {
                code: ImportCode::MissingRequired,
                path: extension_path(n).field("native_speed"),
                line: Some(extension.line),
                value: String::new(),
                cause: "neither interfaces nor a native speed say how fast its ports are"
                    .to_owned(),
                hint: "Add `native_speed: 800`, or whatever a port has in Gb/s.".to_owned(),
            });
            return None;
        };
        let purpose = PortPurpose::Data;
        let port = Port { cage: cage_of(speed_gbps), speed_gbps, purpose };
        ports = (1..=CAGES).map(|cage| (cage, port)).collect();
    }
    let mut faster = BTreeSet::new();
    // Native speeds that zones count from, by cage.
    let mut natives: BTreeMap<u16, BTreeSet<u32>> = BTreeMap::new();
    for (zone, option) in &zones {
        for cage in zone.ports.cages() {
            let Some(port) = ports.get_mut(cage) else { continue };
            natives.entry(*cage).or_default().insert(option.from_speed_gbps);
            if port.speed_gbps < option.from_speed_gbps {
                port.speed_gbps = option.from_speed_gbps;
                port.cage = cage_of(option.from_speed_gbps);
                faster.insert(zone.name.as_str());
            }
        }
    }
    let name = device.map(|d| d.model.as_str()).or(built_in.map(|m| m.model.as_str()))?;
    if !faster.is_empty() {
        let list: Vec<&str> = faster.into_iter().collect();
        reports.note(
            Some(extension.line),
            format!(
                "Zones use ports of {} as faster than it says, and are believed: {}.",
                clipped(name),
                clipped(&list.join(", "))
            ),
        );
    }
    let groups = groups(n, extension, &ports, &natives, reference, reports)?;
    let slug = device.map(|d| d.slug.as_str()).or(built_in.map(|m| m.slug.as_str()))?;
    let maker =
        device.map(|d| d.manufacturer.as_str()).or(built_in.map(|m| m.manufacturer.as_str()))?;
    let rack_units = match (device, built_in) {
        (_, Some(model)) => model.rack_units,
        (Some(device), None) => device.rack_units,
        (None, None) => 1,
    };
    Some(SwitchModel {
        id: ids.make(&format!("diet-{slug}")),
        manufacturer: maker.to_owned(),
        model: name.to_owned(),
        slug: slug.to_owned(),
        rack_units,
        weight_g: built_in.and_then(|model| model.weight_g),
        typical_power_w: built_in.and_then(|model| model.typical_power_w),
        max_power_w: built_in.and_then(|model| model.max_power_w),
        protocol: built_in.map(|model| model.protocol).unwrap_or_default(),
        mclag: extension.mclag,
        // DIET has no word for it: what the maker's switch can do, else as for MCLAG.
        eslag: built_in.map_or(extension.mclag, |model| model.eslag),
        naming: PortNaming {
            whole: "E1/{cage}".to_owned(),
            lane: "E1/{cage}/{lane}".to_owned(),
            first_lane: 1,
            first_cage: 1,
            lane_labels: BTreeMap::new(),
        },
        ports: groups,
        max_lanes: None,
        incomplete: true,
        note: Some("Read from a DIET plan; it may have more cages and breakouts.".to_owned()),
        sources: Vec::new(),
    })
}

/// The cages of a device type by number: its interfaces, or those of the catalogue's model.
fn cages(
    extension: &Extension,
    device: Option<&DeviceType>,
    built_in: Option<&SwitchModel>,
) -> BTreeMap<u16, Port> {
    let data: Vec<&Template> = device
        .map(|device| device.templates.iter().filter(|t| !t.management).collect())
        .unwrap_or_default();
    if !data.is_empty() {
        let ports = data.iter().map(|template| port_of(template, extension.native_gbps));
        return numbers(&data).into_iter().zip(ports).collect();
    }
    let groups = built_in.map(|model| model.ports.as_slice()).unwrap_or_default();
    groups
        .iter()
        .flat_map(|group| {
            let PortGroup { cage, speed_gbps, purpose, .. } = *group;
            group.cages.cages().iter().map(move |n| (*n, Port { cage, speed_gbps, purpose }))
        })
        .collect()
}

fn port_of(template: &Template, native_gbps: Option<u32>) -> Port {
    let (cage, speed_gbps) = interface_type(&template.kind).unwrap_or_else(|| {
        let speed = gbps(&template.kind).or(native_gbps).unwrap_or(1);
        (cage_of(speed), speed)
    });
    Port { cage, speed_gbps, purpose: PortPurpose::Data }
}

/// The speed in Gb/s that the word for an interface type begins with: `40gbase-x-qsfpp`.
fn gbps(kind: &str) -> Option<u32> {
    let digits = kind.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = kind.split_at(digits);
    let number: u32 = number.parse().ok().filter(|n| (1..=3_200).contains(n))?;
    if rest.starts_with("gbase") || rest.starts_with(".5gbase") {
        Some(number)
    } else {
        rest.starts_with("base").then(|| (number / 1_000).max(1))
    }
}

/// The connector that ports of a speed, in Gb/s, mostly have.
pub(super) fn cage_of(speed_gbps: u32) -> Cage {
    match speed_gbps {
        401.. => Cage::Osfp,
        201..=400 => Cage::Qsfp112,
        101..=200 => Cage::Qsfp56,
        26..=100 => Cage::Qsfp28,
        11..=25 => Cage::Sfp28,
        2..=10 => Cage::SfpPlus,
        0..=1 => Cage::Rj45,
    }
}

/// The numbers of cages: those at the end of their names, or else their places.
fn numbers(templates: &[&Template]) -> Vec<u16> {
    let of_name = |template: &&Template| {
        let name = template.name.as_str();
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let number: u16 = name.get(stem.len()..)?.parse().ok()?;
        (1..=PortList::MAX_CAGE).contains(&number).then_some(number)
    };
    let named: Vec<u16> = templates.iter().filter_map(of_name).collect();
    let different: BTreeSet<u16> = named.iter().copied().collect();
    if different.len() == templates.len() {
        named
    } else {
        (1..=PortList::MAX_CAGE).take(templates.len()).collect()
    }
}

/// Cages of one kind together, with the breakouts that the policy allows them.
fn groups(
    n: usize,
    extension: &Extension,
    ports: &BTreeMap<u16, Port>,
    natives: &BTreeMap<u16, BTreeSet<u32>>,
    reference: &Reference,
    reports: &mut Reports,
) -> Option<Vec<PortGroup>> {
    let none = BTreeSet::new();
    let mut kinds: Vec<(Port, &BTreeSet<u32>, Vec<u16>)> = Vec::new();
    for (cage, port) in ports {
        let natives = natives.get(cage).unwrap_or(&none);
        match kinds.iter_mut().find(|(kind, known, _)| kind == port && *known == natives) {
            Some((_, _, cages)) => cages.push(*cage),
            None => kinds.push((*port, natives, vec![*cage])),
        }
    }
    let mut groups = Vec::new();
    for (port, natives, cages) in kinds {
        let Ok(cages) = PortList::of_cages(&cages) else {
            reports.error(ImportError {
                code: ImportCode::InvalidValue,
                path: extension_path(n).field("device_type"),
                line: Some(extension.line),
                value: String::new(),
                cause: "the ports of one kind are too scattered to be listed".to_owned(),
                hint: "Correct the types of its interfaces.".to_owned(),
            });
            return None;
        };
        let others = natives.iter().filter(|speed| **speed != port.speed_gbps).copied();
        let speeds = std::iter::once(port.speed_gbps).chain(others);
        groups.push(PortGroup {
            cages,
            cage: port.cage,
            speed_gbps: port.speed_gbps,
            purpose: port.purpose,
            breakouts: breakouts(extension, speeds, reference),
            naming: None,
        });
    }
    Some(groups)
}

/// The breakouts of a policy for cages that count from some speeds; the cage whole without one.
fn breakouts(
    extension: &Extension,
    speeds: impl Iterator<Item = u32>,
    reference: &Reference,
) -> Vec<Breakout> {
    let mut breakouts: Vec<Breakout> = Vec::new();
    for speed_gbps in speeds {
        let before = breakouts.len();
        for option in extension.policy.iter().filter_map(|id| reference.breakout(id)) {
            let known = breakouts.iter().any(|b| b.speed_gbps == option.breakout.speed_gbps);
            if option.from_speed_gbps == speed_gbps && !known {
                breakouts.push(option.breakout);
            }
        }
        let whole = Breakout { lanes: 1, speed_gbps };
        if breakouts.len() == before && !breakouts.contains(&whole) {
            breakouts.push(whole);
        }
    }
    breakouts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_of_interface_types() {
        for (kind, expected) in [
            ("40gbase-x-qsfpp", Some(40)),
            ("2.5gbase-t", Some(2)),
            ("1000base-x-sfp", Some(1)),
            ("100base-tx", Some(1)),
            ("other", None),
            ("", None),
            ("99999999999gbase", None),
        ] {
            assert_eq!(gbps(kind), expected, "{kind}");
        }
    }

    #[test]
    fn cages_are_numbered_by_name_or_place() {
        for (names, expected) in [
            (&["E1/3", "E1/1", "E1/2"][..], &[3, 1, 2][..]),
            (&["et-0/0/0", "et-0/0/1"], &[1, 2]),
            (&["a1", "b1"], &[1, 2]),
        ] {
            let templates: Vec<Template> = names
                .iter()
                .map(|name| Template {
                    name: (*name).to_owned(),
                    kind: String::new(),
                    management: false,
                })
                .collect();
            assert_eq!(numbers(&templates.iter().collect::<Vec<_>>()), expected, "{names:?}");
        }
    }
}
