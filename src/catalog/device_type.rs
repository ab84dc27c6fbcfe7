//! Device types of the community library, read into models.
//!
//! The library (`netbox-community/devicetype-library`) describes hardware in YAML: height, weight
//! and interfaces by name and type. It says nothing about breakouts, about pairs of switches, or
//! about the network cards of a server; what a model needs and the file does not say is assumed
//! and noted, and what the file says and a model cannot hold is noted, too. Nothing is lost in
//! silence.

use super::port_pattern::{Pattern, pattern};
use super::{
    Breakout, Cage, FabricUse, LinkProtocol, Models, NicModel, NicSet, PortGroup, PortList,
    PortNaming, PortPurpose, ServerModel, Source, SwitchModel,
};
use crate::model::yaml::{self, Spanned, YamlError};
use crate::model::{Limits, is_valid_id};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// What a device type is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// A switch: its interfaces are cages.
    Switch,
    /// A server: its interfaces are ports of network cards.
    Server,
}

/// Something that the file says and the model does not, or the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line it is about, from 1, where there is one.
    pub line: Option<u64>,
    /// What, in a sentence.
    pub text: String,
}

/// Fewer ports for traffic than this, and a device type is taken for a server.
const SWITCH_PORTS: usize = 16;
/// The most interfaces that are read.
const MAX_INTERFACES: usize = 2_000;
/// The most notes of one kind; the rest is counted.
const MAX_NOTES: usize = 20;
/// Interfaces of one card, at most.
const MAX_CARD_PORTS: usize = 16;

/// The parts of a device type that a model has a place for.
#[derive(Deserialize)]
struct File {
    manufacturer: String,
    model: String,
    slug: String,
    #[serde(default)]
    u_height: Option<f64>,
    #[serde(default)]
    weight: Option<f64>,
    #[serde(default)]
    weight_unit: Option<String>,
    #[serde(default)]
    is_full_depth: Option<bool>,
    #[serde(default)]
    interfaces: Vec<Interface>,
}

const KNOWN: [&str; 8] = [
    "manufacturer",
    "model",
    "slug",
    "u_height",
    "weight",
    "weight_unit",
    "interfaces",
    "is_full_depth",
];

#[derive(Deserialize)]
struct Interface {
    name: Spanned<String>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    mgmt_only: bool,
}

/// Reads a device type. Without a `kind`, sixteen or more ports for traffic make a switch.
///
/// # Errors
/// The text is not YAML within the limits of [`yaml`], is no device type, or has no interface that
/// is known.
pub fn read_device_type(
    text: &str,
    kind: Option<DeviceKind>,
) -> Result<(Models, Vec<Note>), YamlError> {
    let file: File = yaml::read(text)?;
    let keys: BTreeMap<String, IgnoredAny> = yaml::read(text)?;
    let mut notes = Vec::new();
    let left_out: Vec<&str> =
        keys.keys().map(String::as_str).filter(|key| !KNOWN.contains(key)).collect();
    if !left_out.is_empty() {
        let list: String = left_out.join(", ").chars().take(500).collect();
        notes.push(Note {
            line: None,
            text: format!("A model has no place for these parts; they are left out: {list}."),
        });
    }
    if file.is_full_depth == Some(false) {
        notes.push(note("It is not of full depth; a model is always taken to be."));
    }
    let ports = ports(&file.interfaces, &mut notes);
    let data = ports.iter().filter(|port| !port.management).count();
    let kind = kind.unwrap_or_else(|| {
        let (kind, word) = if data >= SWITCH_PORTS {
            (DeviceKind::Switch, "switch")
        } else {
            (DeviceKind::Server, "server")
        };
        notes.push(note(format!(
            "It has {data} ports for traffic and is taken for a {word}; `--as` says otherwise."
        )));
        kind
    });
    let base = base(&file, &mut notes);
    let models = match kind {
        DeviceKind::Switch => {
            Models { switches: vec![switch(base, &ports, &mut notes)?], ..Models::default() }
        }
        DeviceKind::Server => server(base, &ports, &mut notes),
    };
    Ok((models, notes))
}

fn note(text: impl Into<String>) -> Note {
    Note { line: None, text: text.into() }
}

/// What switches and servers have in common.
struct Base {
    id: String,
    manufacturer: String,
    model: String,
    slug: String,
    rack_units: u8,
    weight_g: Option<u32>,
    sources: Vec<Source>,
}

fn base(file: &File, notes: &mut Vec<Note>) -> Base {
    let short = |text: &str| -> String { text.trim().chars().take(200).collect() };
    let slug = short(&file.slug);
    Base {
        id: id_of(&slug, notes),
        manufacturer: short(&file.manufacturer),
        model: short(&file.model),
        rack_units: rack_units(file.u_height, notes),
        weight_g: weight_g(file.weight, file.weight_unit.as_deref(), notes),
        sources: vec![Source {
            figure: "everything".to_owned(),
            url: "https://github.com/netbox-community/devicetype-library".to_owned(),
        }],
        slug,
    }
}

fn id_of(slug: &str, notes: &mut Vec<Note>) -> String {
    let lower: String = slug
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let lettered = lower.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let id: String = lettered.chars().take(Limits::ID_CHARS).collect();
    let id = if is_valid_id(&id) { id } else { "imported".to_owned() };
    if id != slug {
        notes.push(note(format!("The id is `{id}`: the slug cannot be one.")));
    }
    id
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is within 1 to 100 when it is cast"
)]
fn rack_units(u_height: Option<f64>, notes: &mut Vec<Note>) -> u8 {
    let Some(height) = u_height.filter(|height| (0.0..=100.0).contains(height)) else {
        notes.push(note("It has no height that a rack could have; 1U is assumed."));
        return 1;
    };
    let whole = height.ceil().max(1.0);
    if (whole - height).abs() > f64::EPSILON {
        notes.push(note(format!("Its height of {height}U is rounded up to {whole}U.")));
    }
    whole as u8
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is within 1 to 10,000,000 when it is cast"
)]
fn weight_g(weight: Option<f64>, unit: Option<&str>, notes: &mut Vec<Note>) -> Option<u32> {
    let weight = weight?;
    let grams = match unit {
        Some("kg") => weight * 1_000.0,
        Some("g") => weight,
        Some("lb") => weight * 453.592_37,
        Some("oz") => weight * 28.349_523_125,
        _ => f64::NAN,
    }
    .round();
    if (1.0..=10_000_000.0).contains(&grams) {
        Some(grams as u32)
    } else {
        notes.push(note(
            "Its weight has no unit that is known, or no sensible value; it is left out.",
        ));
        None
    }
}

/// An interface of a known type.
struct Port<'a> {
    name: &'a str,
    line: u64,
    cage: Cage,
    speed_gbps: u32,
    infiniband: bool,
    management: bool,
}

fn ports<'a>(interfaces: &'a [Interface], notes: &mut Vec<Note>) -> Vec<Port<'a>> {
    let mut ports = Vec::new();
    let mut unknown = 0;
    for interface in interfaces.iter().take(MAX_INTERFACES) {
        let line = interface.name.referenced.line();
        match interface_type(&interface.kind) {
            Some((cage, speed_gbps)) => ports.push(Port {
                name: &interface.name.value,
                line,
                cage,
                speed_gbps,
                infiniband: interface.kind.starts_with("infiniband-"),
                management: interface.mgmt_only,
            }),
            None => {
                unknown += 1;
                if unknown <= MAX_NOTES {
                    let short = |text: &str| -> String { text.chars().take(60).collect() };
                    notes.push(Note {
                        line: Some(line),
                        text: format!(
                            "The type `{}` of the interface {} is not known; it is left out.",
                            short(&interface.kind),
                            short(&interface.name.value)
                        ),
                    });
                }
            }
        }
    }
    if unknown > MAX_NOTES {
        notes.push(note(format!(
            "{} more interfaces have types that are not known; they are left out.",
            unknown - MAX_NOTES
        )));
    }
    if interfaces.len() > MAX_INTERFACES {
        notes.push(note(format!(
            "Only the first {MAX_INTERFACES} of {} interfaces are read.",
            interfaces.len()
        )));
    }
    ports
}

/// The cage and the speed in Gb/s of an interface type of NetBox, if it is one that models know.
pub fn interface_type(kind: &str) -> Option<(Cage, u32)> {
    Some(match kind {
        "800gbase-x-osfp" | "infiniband-xdr" => (Cage::Osfp, 800),
        "800gbase-x-qsfpdd" => (Cage::QsfpDd, 800),
        "400gbase-x-osfp" | "400gbase-x-osfp-rhs" | "infiniband-ndr" => (Cage::Osfp, 400),
        "400gbase-x-qsfpdd" => (Cage::QsfpDd, 400),
        "400gbase-x-qsfp112" => (Cage::Qsfp112, 400),
        "200gbase-x-qsfpdd" => (Cage::QsfpDd, 200),
        "200gbase-x-qsfp56" | "infiniband-hdr" => (Cage::Qsfp56, 200),
        "100gbase-x-qsfpdd" => (Cage::QsfpDd, 100),
        "100gbase-x-qsfp28" | "infiniband-edr" => (Cage::Qsfp28, 100),
        "25gbase-x-sfp28" => (Cage::Sfp28, 25),
        "10gbase-x-sfpp" => (Cage::SfpPlus, 10),
        "10gbase-t" => (Cage::Rj45, 10),
        "1000base-t" => (Cage::Rj45, 1),
        _ => return None,
    })
}

/// What ports speak by their types. Where some are of one kind and some of the other, either: the
/// device can do both.
fn protocol<'a>(mut ports: impl Iterator<Item = &'a Port<'a>>) -> LinkProtocol {
    let Some(first) = ports.next().map(|port| port.infiniband) else {
        return LinkProtocol::default();
    };
    match (first, ports.all(|port| port.infiniband == first)) {
        (_, false) => LinkProtocol::Both,
        (true, true) => LinkProtocol::Infiniband,
        (false, true) => LinkProtocol::Ethernet,
    }
}

/// Ports of one kind and the pattern of their names.
struct Run<'a> {
    cage: Cage,
    speed_gbps: u32,
    names: Vec<&'a str>,
    line: u64,
}

fn runs<'a>(ports: &[Port<'a>]) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    for port in ports.iter().filter(|port| !port.management) {
        match runs.last_mut() {
            Some(run) if (run.cage, run.speed_gbps) == (port.cage, port.speed_gbps) => {
                run.names.push(port.name);
            }
            _ => runs.push(Run {
                cage: port.cage,
                speed_gbps: port.speed_gbps,
                names: vec![port.name],
                line: port.line,
            }),
        }
    }
    runs
}

fn switch(base: Base, ports: &[Port<'_>], notes: &mut Vec<Note>) -> Result<SwitchModel, YamlError> {
    let none = |cause: &str| YamlError {
        at: None,
        path: crate::model::SpecPath::new("interfaces"),
        cause: cause.to_owned(),
    };
    let left_out = ports.iter().filter(|port| port.management).count();
    if left_out > 0 {
        notes.push(note(format!("Interfaces for management only are left out: {left_out}.")));
    }
    let mut groups: Vec<(PortGroup, PortNaming)> = Vec::new();
    let mut next = 1_u16;
    for run in runs(ports) {
        let pattern = pattern(&run.names, next).unwrap_or_else(|| {
            notes.push(Note {
                line: Some(run.line),
                text: format!(
                    "The names from {} on do not count in steps of one; they become port1, port2 ….",
                    run.names.first().map(|n| n.chars().take(60).collect::<String>()).unwrap_or_default()
                ),
            });
            Pattern {
                naming: PortNaming {
                    whole: "port{cage}".to_owned(),
                    lane: "port{cage}/{lane}".to_owned(),
                    first_lane: 1,
                    first_cage: 1,
                    lane_labels: BTreeMap::new(),
                },
                lanes: 1,
            }
        });
        let cages = u16::try_from(run.names.len() / usize::from(pattern.lanes))
            .ok()
            .filter(|cages| *cages >= 1)
            .ok_or_else(|| none("there are more ports than a switch has"))?;
        let last = next
            .checked_add(cages - 1)
            .filter(|last| *last <= PortList::MAX_CAGE)
            .ok_or_else(|| none("there are more ports than a switch has"))?;
        let list = PortList::range(next, last).map_err(|error| none(&error.to_string()))?;
        let group = PortGroup {
            cages: list,
            cage: run.cage,
            speed_gbps: run.speed_gbps * u32::from(pattern.lanes),
            purpose: PortPurpose::Data,
            breakouts: vec![Breakout { lanes: pattern.lanes, speed_gbps: run.speed_gbps }],
            naming: None,
        };
        groups.push((group, pattern.naming));
        next = last + 1;
    }
    let naming = groups
        .first()
        .map(|(_, naming)| naming.clone())
        .ok_or_else(|| none("there is no interface of a known type for traffic"))?;
    notes.push(note(
        "Device types say nothing about breakouts: each port is offered unbroken. Add those of the \
         data sheet to `breakouts`, and check the names of lanes.",
    ));
    notes.push(note(
        "Neither MCLAG nor ESLAG is offered, and no watts are known: the file does not say.",
    ));
    let protocol = protocol(ports.iter().filter(|port| !port.management));
    let ports = groups
        .into_iter()
        .map(|(group, own)| PortGroup { naming: (own != naming).then_some(own), ..group })
        .collect();
    Ok(SwitchModel {
        id: base.id,
        manufacturer: base.manufacturer,
        model: base.model,
        slug: base.slug,
        rack_units: base.rack_units,
        weight_g: base.weight_g,
        typical_power_w: None,
        max_power_w: None,
        protocol,
        mclag: false,
        eslag: false,
        naming,
        ports,
        max_lanes: None,
        note: None,
        sources: base.sources,
        incomplete: false,
    })
}

fn slug_of(cage: Cage) -> String {
    cage.name().chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn server(base: Base, ports: &[Port<'_>], notes: &mut Vec<Note>) -> Models {
    let mut cards: BTreeMap<(bool, u32, Cage), usize> = BTreeMap::new();
    for port in ports {
        *cards.entry((port.management, port.speed_gbps, port.cage)).or_default() += 1;
    }
    let mut nics = Vec::new();
    let mut sets = Vec::new();
    for ((management, speed_gbps, cage), count) in cards.into_iter().rev() {
        let count = count.min(MAX_CARD_PORTS);
        let Ok(count_u8) = u8::try_from(count) else { continue };
        let twin = nics.iter().any(|nic: &NicModel| nic.speed_gbps == speed_gbps);
        let suffix = format!(
            "-{}{count}x{speed_gbps}{}",
            if management { "m" } else { "" },
            // Two kinds of cages at one speed are two cards.
            if twin { format!("-{}", slug_of(cage)) } else { String::new() }
        );
        let stem: String =
            base.id.chars().take(Limits::ID_CHARS.saturating_sub(suffix.len())).collect();
        let id = stem + &suffix;
        nics.push(NicModel {
            manufacturer: base.manufacturer.clone(),
            model: format!("{} {count}×{speed_gbps}G", base.model).chars().take(200).collect(),
            slug: id.clone(),
            ports: count_u8,
            speed_gbps,
            cage,
            protocol: protocol(ports.iter().filter(|port| {
                (port.management, port.speed_gbps, port.cage) == (management, speed_gbps, cage)
            })),
            max_power_w: None,
            note: None,
            sources: base.sources.clone(),
            id: id.clone(),
            port_names: Vec::new(),
        });
        let fabric = if management { FabricUse::Management } else { FabricUse::Frontend };
        sets.push(NicSet { nic: id, quantity: 1, fabric, ports_per_cage: 1 });
    }
    notes.push(note(
        "Device types do not name network cards: ports of one kind became one card, for the \
         frontend unless for management only. Replace them by the cards that are in it.",
    ));
    notes.push(note("GPUs and watts are not known: the file does not say."));
    let server = ServerModel {
        id: base.id,
        manufacturer: base.manufacturer,
        model: base.model,
        slug: base.slug,
        rack_units: base.rack_units,
        weight_g: base.weight_g,
        typical_power_w: None,
        max_power_w: None,
        gpus: 0,
        nics: sets,
        note: None,
        sources: base.sources,
    };
    Models { servers: vec![server], nics, ..Models::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn text(head: &str, interfaces: &[(String, &str)]) -> String {
        let mut text = format!(
            "---\nmanufacturer: Maker\nmodel: X\nslug: maker-x\nu_height: 2\n{head}interfaces:\n"
        );
        for (name, kind) in interfaces {
            text.push_str(&format!("  - name: {name}\n    type: {kind}\n"));
        }
        text
    }

    /// Names of all ports of the switch that comes of it, in order.
    fn names(interfaces: &[(String, &str)]) -> (Vec<String>, Vec<Note>) {
        let (models, notes) =
            read_device_type(&text("", interfaces), Some(DeviceKind::Switch)).unwrap();
        Catalog::default().with(&models).unwrap();
        let switch = &models.switches[0];
        let mut names = Vec::new();
        for group in &switch.ports {
            for cage in group.cages.cages() {
                for lane in 0..group.breakouts[0].lanes {
                    names.push(switch.port_name(*cage, group.breakouts[0], lane));
                }
            }
        }
        (names, notes)
    }

    #[test]
    fn names_come_back_as_they_were() {
        let check = |interfaces: Vec<(String, &str)>| {
            let expected: Vec<String> = interfaces.iter().map(|(name, _)| name.clone()).collect();
            assert_eq!(names(&interfaces).0, expected);
        };
        let count = |from: u32, to: u32, name: fn(u32) -> String, kind: &'static str| {
            (from..=to).map(move |n| (name(n), kind)).collect::<Vec<_>>()
        };
        check(count(1, 64, |n| format!("swp{n}"), "800gbase-x-osfp"));
        check(count(0, 31, |n| format!("et-0/0/{n}"), "400gbase-x-qsfpdd"));
        check(
            [
                count(1, 32, |n| format!("Ethernet{n}/1"), "400gbase-x-qsfpdd"),
                count(33, 33, |n| format!("Ethernet{n}"), "10gbase-x-sfpp"),
            ]
            .concat(),
        );
        // The second group counts from 1 again.
        check(
            [
                count(1, 64, |n| format!("Ethernet{n}/1"), "800gbase-x-osfp"),
                count(1, 2, |n| format!("SFP{n}"), "25gbase-x-sfp28"),
            ]
            .concat(),
        );
        // Two interfaces in each cage.
        check(
            (1..=72)
                .flat_map(|n| [1, 2].map(|lane| (format!("sw{n}p{lane}"), "infiniband-xdr")))
                .collect(),
        );
    }

    #[test]
    fn what_ports_speak_follows_from_their_types() {
        let check = |first: &'static str, second: &'static str, expected: LinkProtocol| {
            let ports: Vec<_> =
                (1..=32).map(|n| (format!("sw{n}"), if n > 16 { second } else { first })).collect();
            let (models, _) = read_device_type(&text("", &ports), None).unwrap();
            assert_eq!(models.switches[0].protocol, expected, "{first} {second}");
        };
        check("infiniband-ndr", "infiniband-ndr", LinkProtocol::Infiniband);
        check("infiniband-ndr", "400gbase-x-osfp", LinkProtocol::Both);
        check("400gbase-x-osfp", "400gbase-x-osfp", LinkProtocol::Ethernet);
    }

    #[test]
    fn names_without_a_pattern_are_replaced_and_noted() {
        let irregular = ["left", "right", "top"].map(|n| (n.to_owned(), "100gbase-x-qsfp28"));
        let (names, notes) = names(&irregular);
        assert_eq!(names, ["port1", "port2", "port3"]);
        assert!(notes.iter().any(|n| n.line == Some(7) && n.text.contains("left")), "{notes:?}");
    }

    #[test]
    fn figures_are_taken_and_what_has_no_place_is_noted() {
        let head = "weight: 10\nweight_unit: lb\nairflow: front-to-rear\nis_full_depth: false\n\
                    console-ports:\n  - name: con0\n    type: rj-45\n";
        let mut interfaces: Vec<_> =
            (1..=16).map(|n| (format!("swp{n}"), "25gbase-x-sfp28")).collect();
        interfaces.push(("odd".to_owned(), "bridge"));
        let (models, notes) = read_device_type(&text(head, &interfaces), None).unwrap();
        let switch = &models.switches[0];
        assert_eq!((switch.rack_units, switch.weight_g), (2, Some(4_536)));
        assert_eq!(switch.ports[0].cages.to_string(), "1-16");
        let all: Vec<&str> = notes.iter().map(|n| n.text.as_str()).collect();
        for part in [
            "left out: airflow, console-ports.",
            "not of full depth",
            "`bridge` of the interface odd",
            "16 ports for traffic and is taken for a switch",
            "nothing about breakouts",
        ] {
            assert!(all.iter().any(|text| text.contains(part)), "no `{part}` in {all:#?}");
        }
    }

    #[test]
    fn a_few_ports_make_a_server_with_cards() {
        let yaml = "manufacturer: Maker\nmodel: S\nslug: Maker-S_1\nu_height: 0.5\ninterfaces:\n\
                    - {name: bmc, type: 1000base-t, mgmt_only: true}\n\
                    - {name: a, type: 200gbase-x-qsfp56}\n- {name: b, type: 200gbase-x-qsfp56}\n\
                    - {name: c, type: 10gbase-t}\n- {name: d, type: 10gbase-x-sfpp}\n";
        let (models, notes) = read_device_type(yaml, None).unwrap();
        let catalog = Catalog::default().with(&models).unwrap();
        let server = &catalog.servers["maker-s-1"];
        assert_eq!(server.rack_units, 1);
        let sets: Vec<(&str, FabricUse)> =
            server.nics.iter().map(|set| (set.nic.as_str(), set.fabric)).collect();
        assert_eq!(
            sets,
            [
                ("maker-s-1-m1x1", FabricUse::Management),
                ("maker-s-1-2x200", FabricUse::Frontend),
                ("maker-s-1-1x10", FabricUse::Frontend),
                ("maker-s-1-1x10-sfp", FabricUse::Frontend),
            ]
        );
        assert!(notes.iter().any(|n| n.text.contains("rounded up to 1U")));
        assert!(notes.iter().any(|n| n.text.contains("The id is `maker-s-1`")));
    }

    #[test]
    fn what_is_no_device_type_is_refused_with_its_place() {
        let check = |yaml: &str, line: Option<u64>, cause: &str| {
            let error = read_device_type(yaml, Some(DeviceKind::Switch)).unwrap_err();
            assert_eq!(error.at.map(|(line, _)| line), line, "{error}");
            assert!(error.to_string().contains(cause), "{error}");
        };
        check("model: X\nslug: x\n", Some(2), "manufacturer");
        check(
            "manufacturer: M\nmodel: X\nslug: x\ninterfaces:\n- {name: [], type: y}\n",
            Some(5),
            "interfaces[0].name",
        );
        check("manufacturer: M\nmodel: X\nslug: x\n", None, "no interface of a known type");
    }

    #[test]
    fn any_names_give_a_sound_model_or_an_error() {
        use proptest::prelude::*;
        let name = "[a-c]{0,2}[0-9]{0,7}[/.-]?[0-9]{0,2}";
        let kind = prop_oneof![Just("25gbase-x-sfp28"), Just("800gbase-x-osfp"), Just("lag")];
        proptest!(ProptestConfig::with_cases(200), |(
            ports in prop::collection::vec((name, kind), 0..40),
            noise in "\\PC{0,60}",
        )| {
            let quoted: Vec<_> = ports.iter().map(|(n, kind)| (format!("'{n}'"), *kind)).collect();
            for wanted in [None, Some(DeviceKind::Switch), Some(DeviceKind::Server)] {
                if let Ok((models, _)) = read_device_type(&text("", &quoted), wanted) {
                    // Only names that were the same before may be the same afterwards.
                    let made = Catalog::default().with(&models);
                    prop_assert!(
                        made.is_ok() || made.as_ref().unwrap_err().to_string().contains("called"),
                        "{made:?}"
                    );
                }
            }
            read_device_type(&noise, None).ok();
        });
    }
}
