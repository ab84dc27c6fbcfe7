//! DIET's server classes, cards and connections, and models of what they are made of.
//!
//! The weaver places an imported plan in the order of its lists, and DIET in the order of its ids:
//! so classes and connections are sorted by DIET id here, byte by byte.

use super::super::error::ImportCode;
use super::super::fields::{Fields, Reports, clipped};
use super::super::ids::Ids;
use super::reference::{MOST_GBPS, PartRef, Reference};
use super::switch_models::cage_of;
use super::switches::{Switch, zone_of};
use super::{MOST_ROWS, Names, once, slug};
use crate::catalog::{LinkProtocol, NicModel, ServerModel, interface_type};
use crate::model::Limits;
use crate::plan::{
    Connection, ConnectionKind, Distribution, Nic, RailPacking, ServerClass, SwitchRedundancy,
    ZoneKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// The most ports of a card that a model can have.
const MOST_PORTS: usize = 16;
/// The most GPUs of a server that a model can have.
const MOST_GPUS: u32 = 1_000;

/// What comes of the server side.
#[derive(Default)]
pub(super) struct Servers {
    pub(super) classes: Vec<ServerClass>,
    pub(super) models: Vec<ServerModel>,
    pub(super) nics: Vec<NicModel>,
    /// How many connections name optics.
    pub(super) optics: usize,
}

/// A class while it is read.
struct Row {
    diet_id: String,
    class: ServerClass,
    part: PartRef,
    /// Cards by DIET id, in the order of the class.
    cards: Vec<(String, PartRef)>,
    /// Connections with their DIET ids.
    connections: Vec<(String, Connection)>,
    nic_ids: Ids,
}

/// Reads all of it.
pub(super) fn read(
    body: &Fields,
    reference: &Reference,
    switches: &[Switch],
    names: &mut Names,
    reports: &mut Reports,
) -> Servers {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for row in body.rows("server_classes", Limits::LIST_ITEMS, reports) {
        match class(&row, reference, names, &mut seen, reports) {
            Some(read) => {
                names.servers.insert(read.diet_id.clone(), rows.len());
                rows.push(read);
            }
            None => names.refused_servers.extend(row.either("server_class_id", "id")),
        }
    }
    for row in body.rows("server_nics", MOST_ROWS, reports) {
        if card(&row, reference, names, &mut rows, &mut seen, reports).is_none()
            && let Some((class, card)) = row.plain("server_class").zip(row.plain("nic_id"))
        {
            names.refused_servers.insert(format!("{class}/{card}"));
        }
    }
    let mut optics = 0;
    // The fastest connection of each kind of card.
    let mut speeds: BTreeMap<PartRef, u32> = BTreeMap::new();
    for row in body.rows("server_connections", MOST_ROWS, reports) {
        optics += usize::from(row.get("transceiver_module_type").is_some());
        let read = connection(&row, reference, switches, names, &mut rows, &mut seen, reports);
        if let Some((part, speed)) = read {
            let fastest = speeds.entry(part).or_default();
            *fastest = speed.max(*fastest);
        }
    }
    let servers = finish(rows, &speeds, reference, reports);
    Servers { optics, ..servers }
}

fn class(
    row: &Fields,
    reference: &Reference,
    names: &mut Names,
    seen: &mut BTreeSet<(String, String)>,
    reports: &mut Reports,
) -> Option<Row> {
    let known = [
        "server_class_id",
        "id",
        "description",
        "category",
        "quantity",
        "gpus_per_server",
        "server_device_type",
        "notes",
    ];
    row.note_unknown("server_classes", &known, reports);
    let diet_id = row.need_either("server_class_id", "id", reports);
    let quantity = row.need_number("quantity", 0..=Limits::SERVERS, reports);
    let gpus = row.number("gpus_per_server", 0..=MOST_GPUS, reports);
    let part = reference.server_of(row, reports);
    let note = row.text("description", reports).unwrap_or_default();
    let (diet_id, part) = (diet_id?, part?);
    if !once(seen, "server_classes", row, "server_class_id", &diet_id, reports) {
        return None;
    }
    let id = names.ids.make(&diet_id);
    let name = slug(&diet_id);
    let class = ServerClass {
        name: if name == id { String::new() } else { name },
        note: note.chars().take(Limits::TEXT_CHARS).collect(),
        id,
        quantity: quantity.unwrap_or(0),
        gpus,
        ..ServerClass::default()
    };
    let (cards, connections) = (Vec::new(), Vec::new());
    Some(Row { diet_id, class, part, cards, connections, nic_ids: Ids::default() })
}

/// The class that a row belongs to.
fn class_of<'r>(
    row: &Fields,
    names: &Names,
    rows: &'r mut [Row],
    reports: &mut Reports,
) -> Option<&'r mut Row> {
    let class = row.need_text("server_class", reports)?;
    let found = names.servers.get(&class).copied();
    if found.is_none() && !names.refused_servers.contains(&class) {
        let known = names.servers.keys().map(String::as_str);
        row.unknown("server_class", "server class", &class, known, reports);
    }
    rows.get_mut(found?)
}

/// The error that a class has too many of something; none of it comes.
fn too_many<T>(row: &Fields, what: &str, reports: &mut Reports) -> Option<T> {
    row.error(
        "server_class",
        ImportCode::InvalidValue,
        format!("a server class has at most {} {what}", Limits::LIST_ITEMS),
        "Use fewer.",
        reports,
    );
    None
}

fn card(
    row: &Fields,
    reference: &Reference,
    names: &Names,
    rows: &mut [Row],
    seen: &mut BTreeSet<(String, String)>,
    reports: &mut Reports,
) -> Option<()> {
    row.note_unknown(
        "server_nics",
        &["server_class", "nic_id", "module_type", "description", "notes"],
        reports,
    );
    let nic_id = row.need_text("nic_id", reports);
    let part = reference.card_of(row, reports);
    if let Some(PartRef::Own(n)) = &part {
        let ports = reference.modules.get(*n).map_or(0, |module| module.ports.len());
        if ports == 0 || ports > MOST_PORTS {
            row.error(
                "module_type",
                ImportCode::InvalidValue,
                format!("a card has 1 to {MOST_PORTS} interfaces; this has {ports}"),
                "Correct the `interface_templates` of the module type.",
                reports,
            );
        }
    }
    let class = class_of(row, names, rows, reports);
    let (nic_id, part, class) = (nic_id?, part?, class?);
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let begins = nic_id.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !begins || !nic_id.chars().all(valid) {
        row.error(
            "nic_id",
            ImportCode::InvalidFormat,
            "this cannot be the id of a card",
            "Use letters, digits, dashes and underscores, a letter or digit first.",
            reports,
        );
        return None;
    }
    if class.cards.len() >= Limits::LIST_ITEMS {
        return too_many(row, "cards", reports);
    }
    let scope = format!("cards of {}", class.diet_id);
    if !once(seen, &scope, row, "nic_id", &nic_id, reports) {
        return None;
    }
    let id = class.nic_ids.make(&nic_id);
    class.class.nics.push(Nic {
        name: if nic_id == id { String::new() } else { nic_id.clone() },
        id,
        model: String::new(),
    });
    class.cards.push((nic_id, part));
    Some(())
}

fn connection(
    row: &Fields,
    reference: &Reference,
    switches: &[Switch],
    names: &Names,
    rows: &mut [Row],
    seen: &mut BTreeSet<(String, String)>,
    reports: &mut Reports,
) -> Option<(PartRef, u32)> {
    let known = [
        "server_class",
        "connection_id",
        "connection_name",
        "nic",
        "port_index",
        "ports_per_connection",
        "hedgehog_conn_type",
        "distribution",
        "target_zone",
        "speed",
        "rail",
        "port_type",
        "transceiver_module_type",
        "target_switch_class",
        "nic_module_type",
        "notes",
    ];
    row.note_unknown("server_connections", &known, reports);
    let mut outdated = |key: &str, hint: &str| {
        let stands = row.has(key);
        if stands {
            let cause = format!("`{key}` has no meaning any more");
            row.error(key, ImportCode::DeprecatedKey, cause, hint, reports);
        }
        stands
    };
    let hint = "Name the zone instead: `target_zone: class/zone`.";
    let old_target = outdated("target_switch_class", hint);
    let old_card =
        outdated("nic_module_type", "Declare the card under `server_nics` and name it as `nic`.");
    let diet_id = row.need_text("connection_id", reports);
    // What the newer key lacks has been said at the older one.
    let nic = if old_card { row.text("nic", reports) } else { row.need_text("nic", reports) };
    let first_port = row.number("port_index", 0..=1_000, reports).unwrap_or(0);
    let ports = row.need_number("ports_per_connection", 1..=1_000, reports);
    let speed = row.need_number("speed", 1..=MOST_GBPS, reports);
    row.word("port_type", &[("data", ()), ("ipmi", ()), ("pxe", ())], reports);
    let distribution = distribution(row, reports);
    let kind = kind(row, reports);
    let target = if old_target && row.get("target_zone").is_none() {
        None
    } else {
        zone_of(row, "target_zone", names, switches, reports)
    };
    if let Some((switch, zone)) = target {
        check_target(row, switches.get(switch), zone, reports);
    }
    let class = class_of(row, names, rows, reports)?;
    let card = nic.and_then(|nic| {
        let position = class.cards.iter().position(|(known, _)| *known == nic);
        let refused = names.refused_servers.contains(&format!("{}/{nic}", class.diet_id));
        if position.is_none() && !refused {
            let known = class.cards.iter().map(|(id, _)| id.as_str());
            row.unknown("nic", "card of this server class", &nic, known, reports);
        }
        position
    });
    let part = card.and_then(|n| class.cards.get(n)).map(|(_, part)| part.clone());
    if let (Some(part), Some(ports)) = (&part, ports) {
        check_ports(row, part, first_port, ports, reference, reports);
    }
    let (diet_id, (switch, zone)) = (diet_id?, target?);
    let (part, switch) = (part?, switches.get(switch)?);
    let nic = class.class.nics.get(card?)?.id.clone();
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !diet_id.chars().all(valid) {
        row.error(
            "connection_id",
            ImportCode::InvalidFormat,
            "this cannot be the id of a connection",
            "Use letters, digits, dashes and underscores.",
            reports,
        );
    }
    if class.connections.len() >= Limits::LIST_ITEMS {
        return too_many(row, "connections", reports);
    }
    let scope = format!("connections of {}", class.diet_id);
    if !once(seen, &scope, row, "connection_id", &diet_id, reports) {
        return None;
    }
    let (distribution, ports, speed) = (distribution?, ports?, speed?);
    let connection = Connection {
        // The id comes last, when connections are sorted.
        id: String::new(),
        nic,
        first_port,
        port_step: 1,
        ports,
        switch_class: switch.class.id.clone(),
        zone: switch.zones.get(zone)?.1.clone(),
        kind: possible(row, kind, &diet_id, switch, reports),
        speed_gbps: Some(speed),
        distribution,
    };
    class.connections.push((diet_id, connection));
    Some((part, speed))
}

fn distribution(row: &Fields, reports: &mut Reports) -> Option<Distribution> {
    let words = [
        ("same-switch", Distribution::SameSwitch),
        ("alternating", Distribution::Alternating { group: None }),
        (
            "rail-optimized",
            Distribution::RailOptimised { rail: 0, su_size: None, packing: RailPacking::Shared },
        ),
    ];
    if row.get("distribution").is_none() {
        return Some(Distribution::RoundRobin);
    }
    let distribution = row.word("distribution", &words, reports)?;
    let Distribution::RailOptimised { su_size, packing, .. } = distribution else {
        return Some(distribution);
    };
    let rail = row.need_number("rail", 0..=10_000, reports)?;
    Some(Distribution::RailOptimised { rail, su_size, packing })
}

fn kind(row: &Fields, reports: &mut Reports) -> ConnectionKind {
    let unknown_to_plans = ["fabric", "vpc_loopback", "external"];
    let words = [
        ("unbundled", ConnectionKind::Unbundled),
        ("bundled", ConnectionKind::Bundled),
        ("mclag", ConnectionKind::Mclag),
        ("eslag", ConnectionKind::Eslag),
    ];
    let others = unknown_to_plans.map(|word| (word, ConnectionKind::Unbundled));
    let key = "hedgehog_conn_type";
    let kind = row.word(key, &[&words[..], &others].concat(), reports);
    if row.text(key, reports).is_some_and(|word| unknown_to_plans.contains(&word.as_str())) {
        reports.note(
            row.line_of(key),
            "A server has no connection of this kind; its links stand alone.",
        );
    }
    kind.unwrap_or_default()
}

/// The kind of a connection, or unbundled where its switches cannot make the bundle: DIET cables
/// it all the same, and exports it as unbundled.
fn possible(
    row: &Fields,
    kind: ConnectionKind,
    id: &str,
    switch: &Switch,
    reports: &mut Reports,
) -> ConnectionKind {
    let (wanted, able) = match kind {
        ConnectionKind::Unbundled | ConnectionKind::Bundled => return kind,
        ConnectionKind::Mclag => (SwitchRedundancy::Mclag, switch.able.0),
        ConnectionKind::Eslag => (SwitchRedundancy::Eslag, switch.able.1),
    };
    if switch.class.redundancy == wanted && able {
        return kind;
    }
    let text = format!(
        "{} is an {} bundle, which {} cannot make; its links stand alone.",
        clipped(id),
        kind.name().to_uppercase(),
        switch.class.id
    );
    reports.note(row.line_of("hedgehog_conn_type"), text);
    ConnectionKind::Unbundled
}

fn check_target(row: &Fields, switch: Option<&Switch>, zone: usize, reports: &mut Reports) {
    let Some(switch) = switch else { return };
    let id = switch.zones.get(zone).map(|(_, id)| id);
    let found = switch.class.zones.iter().find(|zone| Some(&zone.id) == id);
    let servers = |kind| matches!(kind, ZoneKind::Server | ZoneKind::Management);
    if found.is_none_or(|zone| !servers(zone.kind) || zone.peer_zone.is_some()) {
        row.error(
            "target_zone",
            ImportCode::InvalidValue,
            "this zone is not for servers",
            "Name a zone of type `server` or `oob`.",
            reports,
        );
    }
}

fn check_ports(
    row: &Fields,
    part: &PartRef,
    first: u32,
    ports: u32,
    reference: &Reference,
    reports: &mut Reports,
) {
    let count = match part {
        PartRef::Own(n) => reference.modules.get(*n).map_or(0, |module| module.ports.len()),
        PartRef::BuiltIn(id) => {
            reference.catalog.nics.get(id).map_or(0, |nic| usize::from(nic.ports))
        }
    };
    if (first + ports) as usize > count {
        row.error(
            "ports_per_connection",
            ImportCode::InvalidValue,
            format!("{ports} ports from port {first} on are more than the card's {count}"),
            "Correct `port_index` or `ports_per_connection`; ports count from 0.",
            reports,
        );
    }
}

/// Sorts as DIET does, and makes ids and models.
fn finish(
    mut rows: Vec<Row>,
    speeds: &BTreeMap<PartRef, u32>,
    reference: &Reference,
    reports: &mut Reports,
) -> Servers {
    rows.sort_by(|a, b| a.diet_id.cmp(&b.diet_id));
    let nics = card_models(&rows, speeds, reference, reports);
    let servers = server_models(&rows, reference);
    let classes = rows.into_iter().map(|row| {
        let Row { mut class, part, cards, mut connections, .. } = row;
        class.model = id_of(&part, |n| servers.get(&n).map(|model| model.id.clone()));
        for (nic, (_, part)) in class.nics.iter_mut().zip(&cards) {
            nic.model = id_of(part, |n| nics.get(&n).map(|model| model.id.clone()));
        }
        connections.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut ids = Ids::default();
        class.connections = connections
            .into_iter()
            .map(|(diet_id, connection)| Connection { id: ids.make(&diet_id), ..connection })
            .collect();
        class
    });
    Servers {
        classes: classes.collect(),
        models: servers.into_values().collect(),
        nics: nics.into_values().collect(),
        optics: 0,
    }
}

fn id_of(part: &PartRef, own: impl Fn(usize) -> Option<String>) -> String {
    match part {
        PartRef::Own(n) => own(*n).unwrap_or_default(),
        PartRef::BuiltIn(id) => id.clone(),
    }
}

/// Models of the cards that are used, by position in the file.
fn card_models(
    rows: &[Row],
    speeds: &BTreeMap<PartRef, u32>,
    reference: &Reference,
    reports: &mut Reports,
) -> BTreeMap<usize, NicModel> {
    let mut ids = Ids::default();
    let mut models = BTreeMap::new();
    for part in rows.iter().flat_map(|row| &row.cards).map(|(_, part)| part) {
        let PartRef::Own(n) = part else { continue };
        let Some(module) = reference.modules.get(*n) else { continue };
        if models.contains_key(n) {
            continue;
        }
        let of_type = module.ports.iter().filter_map(|port| interface_type(&port.kind));
        let of_type = of_type.max_by_key(|(_, speed)| *speed);
        let speed_gbps =
            speeds.get(part).copied().or(of_type.map(|(_, speed)| speed)).unwrap_or_else(|| {
                let text = format!("No connection says how fast {} is.", clipped(&module.model));
                reports.note(Some(module.line), text);
                1
            });
        let cage = of_type.map_or_else(|| cage_of(speed_gbps), |(cage, _)| cage);
        let id = ids.make(&format!("diet-{}", slug(&module.model)));
        let model = NicModel {
            manufacturer: module.manufacturer.clone(),
            model: module.model.clone(),
            slug: Some(slug(&module.model)).filter(|s| !s.is_empty()).unwrap_or_else(|| id.clone()),
            ports: u8::try_from(module.ports.len()).unwrap_or(u8::MAX),
            port_names: module.ports.iter().map(|port| port.name.clone()).collect(),
            speed_gbps,
            cage,
            // DIET does not say what a port speaks; a card that may be either objects to nothing.
            protocol: LinkProtocol::Both,
            max_power_w: None,
            note: None,
            sources: Vec::new(),
            id,
        };
        models.insert(*n, model);
    }
    models
}

/// Models of the servers that are used, by position in the file.
fn server_models(rows: &[Row], reference: &Reference) -> BTreeMap<usize, ServerModel> {
    let mut ids = Ids::default();
    let mut models: BTreeMap<usize, ServerModel> = BTreeMap::new();
    for row in rows {
        let PartRef::Own(n) = &row.part else { continue };
        let Some(device) = reference.device_types.get(*n) else { continue };
        let gpus = u16::try_from(row.class.gpus.unwrap_or(0)).unwrap_or(u16::MAX);
        let model = models.entry(*n).or_insert_with(|| ServerModel {
            id: ids.make(&format!("diet-{}", device.slug)),
            manufacturer: device.manufacturer.clone(),
            model: device.model.clone(),
            slug: device.slug.clone(),
            rack_units: device.rack_units,
            weight_g: None,
            typical_power_w: None,
            max_power_w: None,
            gpus: 0,
            nics: Vec::new(),
            note: None,
            sources: Vec::new(),
        });
        model.gpus = model.gpus.max(gpus);
    }
    models
}
