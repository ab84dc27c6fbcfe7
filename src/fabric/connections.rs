//! Which connections of the spec can be woven: their card, their ports, the zone at the other
//! end, and the speeds of both ends. What cannot be is left out, with a finding.

use super::leaves::Wanted;
use super::slots::{bad_id, unknown_reference};
use super::weave::{ServerSide, Switches};
use super::{LinkGroup, LinkKind, Primitives, out_of_range};
use crate::catalog::Catalog;
use crate::model::{Code, Finding, Limits, is_valid_id};
use crate::plan::{
    Connection, ConnectionKind, Distribution, PlacementRules, SwitchClass, SwitchRedundancy,
    SwitchRole, ZoneKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// A connection with the switch class and zone at its other end.
pub(super) struct Aimed<'a> {
    pub(super) switch: usize,
    pub(super) zone: usize,
    pub(super) wanted: Wanted<'a>,
}

pub(super) fn aim<'a>(
    primitives: &'a Primitives,
    switches: &[Switches],
    servers: &'a [ServerSide],
    catalog: &Catalog,
    groups: &mut Vec<LinkGroup>,
    findings: &mut Vec<Finding>,
) -> Vec<Aimed<'a>> {
    let mut aimed = Vec::new();
    for (c, ServerSide { class, origin, nics, external, .. }) in servers.iter().enumerate() {
        let mut taken: BTreeMap<(&str, u32), &str> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for (n, connection) in class.connections.iter().enumerate().take(Limits::LIST_ITEMS) {
            let path = origin.item("connections", n);
            if !is_valid_id(&connection.id) || !ids.insert(&connection.id) {
                let valid = is_valid_id(&connection.id);
                findings.push(bad_id("connection", &connection.id, path.field("id"), valid));
                continue;
            }
            let Some(nic) = nics.iter().find(|nic| nic.id == connection.nic) else {
                // A card that the class names but the catalogue lacks has its own finding.
                if !class.nics.iter().any(|nic| nic.id == connection.nic) {
                    let known = class.nics.iter().map(|nic| nic.id.as_str());
                    findings.push(unknown_reference(
                        "NIC",
                        &connection.nic,
                        path.field("nic"),
                        known,
                    ));
                }
                continue;
            };
            let step = connection.port_step;
            if step == 0 {
                let at = path.field("port_step");
                findings.extend(out_of_range(&at, "port_step", 0, 1, nic.ports.max(1)));
                continue;
            }
            let last = connection
                .ports
                .checked_sub(1)
                .and_then(|more| more.checked_mul(step))
                .and_then(|more| connection.first_port.checked_add(more));
            if last.is_none_or(|last| last >= nic.ports) {
                findings.push(
                    Finding::new(
                        Code::NicPorts,
                        path.field("ports"),
                        format!(
                            "Connection {} uses {} ports from port {} on; {} has {}.",
                            connection.id,
                            connection.ports,
                            connection.first_port,
                            nic.id,
                            nic.ports
                        ),
                    )
                    .advise(format!("Use 1 to {} ports of this NIC.", nic.ports)),
                );
                continue;
            }
            let clash = (0..connection.ports)
                .map(|n| connection.first_port + n * step)
                .find_map(|port| taken.insert((&connection.nic, port), &connection.id));
            if let Some(other) = clash {
                findings.push(
                    Finding::new(
                        Code::NicPorts,
                        path.field("ports"),
                        format!(
                            "Connections {other} and {} use the same port of {}.",
                            connection.id, nic.id
                        ),
                    )
                    .advise("Give each port to one connection."),
                );
                continue;
            }
            let Some(switch) =
                primitives.switches.iter().position(|(s, _)| s.id == connection.switch_class)
            else {
                // The cluster said why it made no such class.
                if origin.by_hand {
                    let known = primitives.switches.iter().map(|(s, _)| s.id.as_str());
                    findings.push(unknown_reference(
                        "switch class",
                        &connection.switch_class,
                        path.field("switch_class"),
                        known,
                    ));
                }
                continue;
            };
            let zones = switches.get(switch).map(|s| s.zones.as_slice()).unwrap_or_default();
            let class_of = primitives.switches.get(switch).map(|(s, _)| s);
            let Some(zone) = zones.iter().position(|zone| zone.id == connection.zone) else {
                let named =
                    class_of.is_some_and(|s| s.zones.iter().any(|z| z.id == connection.zone));
                if !named {
                    let known = zones.iter().map(|zone| zone.id.as_str());
                    findings.push(unknown_reference(
                        "zone",
                        &connection.zone,
                        path.field("zone"),
                        known,
                    ));
                }
                continue;
            };
            let Some((lanes, class_of)) = zones.get(zone).zip(class_of) else { continue };
            let for_servers = matches!(lanes.kind, ZoneKind::Server | ZoneKind::Management)
                && lanes.peer_zone.is_none();
            if !for_servers {
                findings.push(
                    Finding::new(
                        Code::NoZone,
                        path.field("zone"),
                        format!("Zone {} of {} is not for servers.", lanes.id, class_of.id),
                    )
                    .advise("Name a zone of kind `server` or `management`."),
                );
                continue;
            }
            // DIET lets servers hang on spines, and knows no super-spines.
            let above = match class_of.role {
                SwitchRole::Spine if class_of.placement == PlacementRules::Native => Some("spines"),
                SwitchRole::SuperSpine => Some("super-spines"),
                _ => None,
            };
            if let Some(above) = above {
                findings.push(
                    Finding::new(
                        Code::NoZone,
                        path.field("switch_class"),
                        format!("{} are {above}, and servers hang on leaves.", class_of.id),
                    )
                    .advise("Name a class of leaves or border leaves."),
                );
                continue;
            }
            let speed_gbps = connection.speed_gbps.unwrap_or(nic.speed_gbps);
            if speed_gbps > nic.speed_gbps {
                findings.push(
                    Finding::new(
                        Code::SpeedMismatch,
                        path.field("speed_gbps"),
                        format!(
                            "Connection {} asks for {speed_gbps}G; ports of {} have {}G.",
                            connection.id, nic.id, nic.speed_gbps
                        ),
                    )
                    .advise("Choose a faster NIC or a lower speed."),
                );
                continue;
            }
            if lanes.speed_gbps != speed_gbps {
                let diet = class_of.placement == PlacementRules::Diet;
                let code = if diet { Code::SpeedUnlike } else { Code::SpeedMismatch };
                findings.push(
                    Finding::new(
                        code,
                        path.field("zone"),
                        format!(
                            "{} has ports of {speed_gbps}G, zone {} of {} has lanes of {}G.",
                            nic.id, lanes.id, class_of.id, lanes.speed_gbps
                        ),
                    )
                    .advise("Choose a breakout or a NIC of the same speed."),
                );
                if !diet {
                    continue;
                }
            }
            let redundant = class_of.redundancy == SwitchRedundancy::Redundant;
            if redundant && connection.distribution == Distribution::SameSwitch {
                findings.push(
                    Finding::new(
                        Code::RedundancyUnmet,
                        path.field("distribution"),
                        format!(
                            "{} is redundant, but connection {} stays on one leaf.",
                            class_of.id, connection.id
                        ),
                    )
                    .advise("Spread it with `alternating(group: 2)`, or set redundancy to `none`."),
                );
                continue;
            }
            if let Some(why) = cannot_bundle(connection, class_of, catalog) {
                findings.push(
                    Finding::new(Code::BundleUnsupported, path.field("kind"), why)
                        .advise("Use `unbundled`, or switches that can."),
                );
                continue;
            }
            let group = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            groups.push(LinkGroup {
                fabric: class_of.fabric.clone(),
                kind: if *external { LinkKind::ExternalLeaf } else { LinkKind::ServerLeaf },
                speed_gbps: speed_gbps.min(lanes.speed_gbps),
            });
            let wanted = Wanted {
                connection,
                path,
                group,
                class: c,
                servers: class.quantity,
                positions: class.positions(),
                servers_path: origin.quantity.clone(),
                nic: nic.clone(),
            };
            aimed.push(Aimed { switch, zone, wanted });
        }
    }
    aimed
}

/// Why the switches at the far end cannot make the bundle that a connection needs.
fn cannot_bundle(
    connection: &Connection,
    class: &SwitchClass,
    catalog: &Catalog,
) -> Option<String> {
    let model = catalog.switches.get(&class.model)?;
    let (wanted, able) = match connection.kind {
        ConnectionKind::Unbundled | ConnectionKind::Bundled => return None,
        ConnectionKind::Mclag => (SwitchRedundancy::Mclag, model.mclag),
        ConnectionKind::Eslag => (SwitchRedundancy::Eslag, model.eslag),
    };
    let name = connection.kind.name().to_uppercase();
    if class.redundancy != wanted {
        return Some(format!(
            "Connection {} is an {name} bundle, but {} has no {name} groups.",
            connection.id, class.id
        ));
    }
    (!able).then(|| {
        format!(
            "Connection {} is an {name} bundle, which {} cannot do.",
            connection.id, model.model
        )
    })
}
