//! DIET's switch classes and port zones.
//!
//! Read first as they stand; [`finish`] settles what needs all of them: the zones at far ends, and
//! uplinks that DIET does not cable.

use super::super::error::ImportCode;
use super::super::fields::{Fields, Reports, Value, clipped};
use super::super::ids::Ids;
use super::reference::{PartRef, Reference};
use super::{MOST_ROWS, Names, once, slug};
use crate::catalog::{Breakout, BreakoutOption, PortList};
use crate::model::{Limits, SpecPath, nearest};
use crate::plan::{
    DEFAULT_PRIORITY, PlacementRules, PortOrder, PortZone, Quantity, SwitchClass, SwitchRedundancy,
    SwitchRole, Topology, ZoneKind,
};
use std::collections::BTreeSet;

/// A zone as it was read.
pub(super) struct ZoneRow<'a> {
    /// DIET's name for it.
    pub(super) name: String,
    id: String,
    kind: ZoneKind,
    pub(super) ports: PortList,
    /// The breakout, if it names one; else its cages stay whole.
    pub(super) option: Option<BreakoutOption>,
    /// Speed of an unbroken cage, in Gb/s, where no breakout is named.
    pub(super) whole_gbps: u32,
    order: PortOrder,
    priority: u32,
    row: Fields<'a>,
}

/// A class as it was read.
pub(super) struct SwitchRow<'a> {
    diet_id: String,
    pub(super) class: SwitchClass,
    /// Its switch.
    pub(super) part: PartRef,
    /// True if DIET cables its model can make MCLAG pairs and ESLAG groups.
    pub(super) able: (bool, bool),
    managed: bool,
    /// True if DIET's device role is that of a leaf.
    leaf: bool,
    no_uplinks: bool,
    pub(super) zones: Vec<ZoneRow<'a>>,
    zone_ids: Ids,
    line: u64,
}

/// A class of Heddle, and DIET's names of its zones.
pub(super) struct Switch {
    pub(super) class: SwitchClass,
    /// DIET's names, in the order of its zones, those left out included, with the ids.
    pub(super) zones: Vec<(String, String)>,
    /// True if its model can make MCLAG pairs, and ESLAG groups.
    pub(super) able: (bool, bool),
}

/// Reads classes and zones; with them comes how many name optics.
pub(super) fn read<'a>(
    body: &Fields<'a>,
    reference: &Reference,
    names: &mut Names,
    reports: &mut Reports,
) -> (Vec<SwitchRow<'a>>, usize) {
    let mut seen = BTreeSet::new();
    let mut switches = Vec::new();
    for row in body.rows("switch_classes", Limits::LIST_ITEMS, reports) {
        match class(&row, reference, names, &mut seen, reports) {
            Some(switch) => {
                names.switches.insert(switch.diet_id.clone(), switches.len());
                switches.push(switch);
            }
            None => names.refused_switches.extend(row.either("switch_class_id", "id")),
        }
    }
    let mut optics = 0;
    for row in body.rows("switch_port_zones", MOST_ROWS, reports) {
        optics += usize::from(row.get("transceiver_module_type").is_some());
        if zone(&row, reference, names, &mut switches, &mut seen, reports).is_none() {
            names.refused_switches.extend(name_of(&row));
        }
    }
    (switches, optics)
}

fn class<'a>(
    row: &Fields<'a>,
    reference: &Reference,
    names: &mut Names,
    seen: &mut BTreeSet<(String, String)>,
    reports: &mut Reports,
) -> Option<SwitchRow<'a>> {
    let known = [
        "switch_class_id",
        "id",
        "fabric_name",
        "fabric",
        "fabric_class",
        "hedgehog_role",
        "device_type_extension",
        "topology_mode",
        "uplink_ports_per_switch",
        "override_quantity",
        "calculated_quantity",
        "mclag_pair",
        "redundancy_type",
        "redundancy_group",
        "groups",
        "description",
        "notes",
    ];
    row.note_unknown("switch_classes", &known, reports);
    let diet_id = row.need_either("switch_class_id", "id", reports);
    let fabric = row.need_either("fabric_name", "fabric", reports);
    let fabric_class =
        row.word("fabric_class", &[("managed", true), ("unmanaged", false)], reports);
    let roles = [
        ("server-leaf", Some(SwitchRole::Leaf)),
        ("border-leaf", Some(SwitchRole::BorderLeaf)),
        ("spine", Some(SwitchRole::Spine)),
        ("virtual", None),
    ];
    let role = row.word("hedgehog_role", &roles, reports).flatten();
    let part = reference.switch_of(row, reports);
    let topology = topology(row, reports);
    let quantity = row.number("override_quantity", 0..=Limits::SWITCHES_PER_CLASS, reports);
    if topology == Topology::Mesh && !matches!(quantity, Some(2 | 3)) {
        row.error(
            "override_quantity",
            if quantity.is_none() { ImportCode::MissingRequired } else { ImportCode::InvalidValue },
            "the switches of a mesh are 2 or 3",
            "Write `override_quantity: 2` or 3, or use spines.",
            reports,
        );
    }
    let no_uplinks = row.number("uplink_ports_per_switch", 0..=1_024, reports) == Some(0);
    let pair = row.flag("mclag_pair", reports);
    let kinds = [("mclag", SwitchRedundancy::Mclag), ("eslag", SwitchRedundancy::Eslag)];
    let redundancy = row.word("redundancy_type", &kinds, reports);
    let redundancy = match redundancy {
        Some(kind) => kind,
        None if pair => SwitchRedundancy::Mclag,
        None => SwitchRedundancy::None,
    };
    if redundancy == SwitchRedundancy::Eslag && quantity.is_some_and(|n| n > 4) {
        row.error(
            "override_quantity",
            ImportCode::InvalidValue,
            "an ESLAG group has two to four switches",
            "Use at most four, or MCLAG.",
            reports,
        );
    }
    let (diet_id, fabric, part) = (diet_id?, fabric?, part?);
    if fabric.chars().count() > Limits::FABRIC_CHARS {
        row.error(
            "fabric_name",
            ImportCode::InvalidValue,
            format!("the name of a fabric has at most {} characters", Limits::FABRIC_CHARS),
            "Shorten it in every class of the fabric.",
            reports,
        );
    }
    if !once(seen, "switch_classes", row, "switch_class_id", &diet_id, reports) {
        return None;
    }
    let managed = fabric_class.unwrap_or(matches!(fabric.as_str(), "frontend" | "backend"));
    let leaf = matches!(role, Some(SwitchRole::Leaf | SwitchRole::BorderLeaf));
    let id = names.ids.make(&diet_id);
    let name = slug(&diet_id);
    let group_name = row.text("redundancy_group", reports).unwrap_or_default();
    let groups = row.texts("groups", Limits::LIST_ITEMS, reports);
    if groups.iter().any(|group| *group != group_name) {
        reports.note(
            row.line_of("groups"),
            format!("Groups of {} beside its redundancy group are left out.", clipped(&diet_id)),
        );
    }
    let class = SwitchClass {
        name: if name == id { String::new() } else { name },
        id,
        fabric,
        // A switch without a role, or a virtual one, is a leaf to nobody's spines.
        role: role.unwrap_or(if managed { SwitchRole::Leaf } else { SwitchRole::Management }),
        quantity: quantity.map_or(Quantity::Automatic, Quantity::Fixed),
        redundancy,
        group_size: match (redundancy, quantity) {
            (SwitchRedundancy::Eslag, Some(n @ 3..=4)) => Some(n),
            _ => None,
        },
        group_name: if redundancy == SwitchRedundancy::None { String::new() } else { group_name },
        topology,
        placement: PlacementRules::Diet,
        ..SwitchClass::default()
    };
    Some(SwitchRow {
        diet_id,
        class,
        part,
        able: (false, false),
        managed,
        leaf,
        no_uplinks,
        zones: Vec::new(),
        zone_ids: Ids::default(),
        line: row.line,
    })
}

fn topology(row: &Fields, reports: &mut Reports) -> Topology {
    let key = "topology_mode";
    if row.text(key, reports).as_deref() == Some("prefer-mesh") {
        row.error(
            key,
            ImportCode::DeprecatedKey,
            "`prefer-mesh` is no longer a mode",
            "Write `mesh` with an `override_quantity` of 2 or 3, or `spine-leaf`.",
            reports,
        );
        return Topology::SpineLeaf;
    }
    let modes = [("spine-leaf", Topology::SpineLeaf), ("mesh", Topology::Mesh)];
    row.word(key, &modes, reports).unwrap_or_default()
}

fn zone<'a>(
    row: &Fields<'a>,
    reference: &Reference,
    names: &Names,
    switches: &mut [SwitchRow<'a>],
    seen: &mut BTreeSet<(String, String)>,
    reports: &mut Reports,
) -> Option<()> {
    let known = [
        "switch_class",
        "zone_name",
        "zone_type",
        "port_spec",
        "breakout_option",
        "allocation_strategy",
        "allocation_order",
        "priority",
        "transceiver_module_type",
        "peer_zone",
        "description",
        "notes",
    ];
    row.note_unknown("switch_port_zones", &known, reports);
    let class = row.need_text("switch_class", reports);
    let name = row.need_text("zone_name", reports);
    let kinds = [
        ("server", ZoneKind::Server),
        ("uplink", ZoneKind::Uplink),
        ("fabric", ZoneKind::Fabric),
        ("mesh", ZoneKind::Mesh),
        ("mclag", ZoneKind::Peer),
        ("peer", ZoneKind::Peer),
        ("session", ZoneKind::Session),
        ("oob", ZoneKind::Management),
    ];
    if row.get("zone_type").is_none() {
        row.need_text("zone_type", reports);
    }
    let kind = row.word("zone_type", &kinds, reports);
    let ports = ports(row, reports);
    let option = reference.breakout_of(row, "breakout_option", reports);
    let order = order(row, ports.as_ref(), reports);
    let priority = row.number("priority", 1..=1_000_000, reports).unwrap_or(DEFAULT_PRIORITY);
    let (class, name) = (class?, name?);
    let Some(switch) = names.switches.get(&class).and_then(|n| switches.get_mut(*n)) else {
        if !names.is_refused_zone(&class) {
            let known = names.switches.keys().map(String::as_str);
            row.unknown("switch_class", "switch class", &class, known, reports);
        }
        return None;
    };
    let (kind, ports, order) = (kind?, ports?, order?);
    if !once(seen, &format!("zones of {class}"), row, "zone_name", &name, reports) {
        return None;
    }
    if switch.zones.len() >= Limits::LIST_ITEMS {
        row.error(
            "switch_class",
            ImportCode::InvalidValue,
            format!("a class has at most {} zones", Limits::LIST_ITEMS),
            "Join zones of one purpose.",
            reports,
        );
        return None;
    }
    if row.get("breakout_option").is_none() {
        let text = format!(
            "{} names no breakout, which DIET needs for its counts; its cages stay whole.",
            clipped(&format!("{class}/{name}"))
        );
        reports.note(row.line_of("zone_name"), text);
    }
    let id = switch.zone_ids.make(&name);
    switch.zones.push(ZoneRow {
        name,
        id,
        kind,
        ports,
        option,
        whole_gbps: 1,
        order,
        priority,
        row: row.clone(),
    });
    Some(())
}

/// The name that others have for a zone.
fn name_of(row: &Fields) -> Option<String> {
    Some(format!("{}/{}", row.plain("switch_class")?, row.plain("zone_name")?))
}

fn ports(row: &Fields, reports: &mut Reports) -> Option<PortList> {
    let text = row.need_text("port_spec", reports)?;
    PortList::parse(&text)
        .map_err(|why| {
            let hint = "Write ports from 1 to 1024, such as 1-32 or 1-63:2.";
            row.error("port_spec", ImportCode::InvalidValue, why.to_string(), hint, reports);
        })
        .ok()
}

fn order(row: &Fields, ports: Option<&PortList>, reports: &mut Reports) -> Option<PortOrder> {
    let strategies = [("sequential", 0), ("interleaved", 1), ("spaced", 2), ("custom", 3)];
    let strategy = match row.get("allocation_strategy") {
        None => 0,
        Some(_) => row.word("allocation_strategy", &strategies, reports)?,
    };
    Some(match strategy {
        0 => PortOrder::Sequential,
        1 => PortOrder::Interleaved,
        2 => PortOrder::Spaced,
        _ => {
            let items = row.items("allocation_order", usize::from(PortList::MAX_CAGE), reports);
            let order: Vec<u16> = items
                .iter()
                .filter_map(|node| match &node.value {
                    Value::Whole(n) => u16::try_from(*n).ok(),
                    _ => None,
                })
                .collect();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            if order.len() != items.len() || ports.is_some_and(|ports| sorted != ports.cages()) {
                row.error(
                    "allocation_order",
                    ImportCode::InvalidValue,
                    "a custom order lists each port of its zone once",
                    "List them all, or use `sequential`.",
                    reports,
                );
                return None;
            }
            PortOrder::Custom(order)
        }
    })
}

/// Settles far ends and uplinks, once models are known.
pub(super) fn finish(rows: Vec<SwitchRow>, names: &Names, reports: &mut Reports) -> Vec<Switch> {
    // `class/zone` in DIET's words and in Heddle's.
    let known: Vec<(String, String)> = rows
        .iter()
        .flat_map(|switch| {
            switch.zones.iter().map(|zone| {
                (
                    format!("{}/{}", switch.diet_id, zone.name),
                    format!("{}/{}", switch.class.id, zone.id),
                )
            })
        })
        .collect();
    debug_assert_eq!(rows.len(), names.switches.len(), "each class stands among the names");
    rows.into_iter().map(|row| finish_class(row, &known, names, reports)).collect()
}

fn finish_class(
    row: SwitchRow,
    known: &[(String, String)],
    names: &Names,
    reports: &mut Reports,
) -> Switch {
    let SwitchRow { diet_id, mut class, zones, able, managed, leaf, no_uplinks, line, .. } = row;
    let mut zone_names = Vec::new();
    let mut left_out = Vec::new();
    let spine = class.role == SwitchRole::Spine;
    for zone in zones {
        zone_names.push((zone.name.clone(), zone.id.clone()));
        let peer_zone = peer_zone(&zone, known, names, reports);
        let cabled = spine || (managed && leaf && !no_uplinks);
        if zone.kind == ZoneKind::Uplink && peer_zone.is_none() && !cabled {
            left_out.push(zone.name);
            continue;
        }
        let whole = Breakout { lanes: 1, speed_gbps: zone.whole_gbps };
        class.zones.push(PortZone {
            order: zone.order,
            priority: zone.priority,
            peer_zone,
            ..PortZone::new(
                &zone.id,
                zone.kind,
                zone.ports,
                zone.option.map_or(whole, |option| option.breakout),
            )
        });
    }
    if !left_out.is_empty() {
        let why = if !managed {
            "its fabric is unmanaged"
        } else if no_uplinks {
            "it has `uplink_ports_per_switch: 0`"
        } else {
            "it is no leaf"
        };
        let text = format!(
            "{} is not cabled to spines, because {why}; its uplink zones are left out: {}.",
            clipped(&diet_id),
            clipped(&left_out.join(", "))
        );
        reports.note(Some(line), text);
    }
    Switch { class, zones: zone_names, able }
}

fn peer_zone(
    zone: &ZoneRow,
    known: &[(String, String)],
    names: &Names,
    reports: &mut Reports,
) -> Option<String> {
    let row = &zone.row;
    let wanted = row.text("peer_zone", reports)?;
    if !matches!(zone.kind, ZoneKind::Uplink | ZoneKind::Management) {
        let text = "Only uplink and oob zones are cabled to a peer zone; this one is left out.";
        reports.note(row.line_of("peer_zone"), text);
        return None;
    }
    match known.iter().find(|(diet, _)| *diet == wanted) {
        Some((_, id)) => Some(id.clone()),
        None if names.is_refused_zone(&wanted) => None,
        None => {
            let known = known.iter().map(|(diet, _)| diet.as_str());
            row.unknown("peer_zone", "zone", &wanted, known, reports);
            None
        }
    }
}

/// The place of a zone that a name `class/zone` means, as positions; an error if there is none.
pub(super) fn zone_of(
    row: &Fields,
    key: &str,
    names: &Names,
    switches: &[Switch],
    reports: &mut Reports,
) -> Option<(usize, usize)> {
    let wanted = row.need_text(key, reports)?;
    let Some((class, zone)) = wanted.split_once('/') else {
        row.error(
            key,
            ImportCode::InvalidFormat,
            "a zone is named with its class",
            "Write `class/zone`.",
            reports,
        );
        return None;
    };
    if names.is_refused_zone(&wanted) {
        return None;
    }
    let found = names.switches.get(class.trim()).copied();
    let Some((n, switch)) = found.and_then(|n| Some((n, switches.get(n)?))) else {
        let hint = match nearest(class, names.switches.keys().map(String::as_str)) {
            Some(near) => format!("Did you mean `{near}/{zone}`?"),
            None => "Declare the switch class, or correct its name.".to_owned(),
        };
        let cause = format!("there is no switch class {}", clipped(class));
        row.error(key, ImportCode::UnknownReference, cause, clipped(&hint), reports);
        return None;
    };
    let position = switch.zones.iter().position(|(name, _)| name == zone.trim());
    if position.is_none() {
        let known: Vec<String> =
            switch.zones.iter().map(|(name, _)| format!("{class}/{name}")).collect();
        row.unknown(key, "zone", &wanted, known.iter().map(String::as_str), reports);
    }
    position.map(|zone| (n, zone))
}

/// Where models stand in the file, for errors about all of them.
pub(super) fn extension_path(n: usize) -> SpecPath {
    SpecPath::new("reference_data").field("device_type_extensions").index(n)
}
