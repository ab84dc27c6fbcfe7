//! Which connections of the spec can be woven: their card, their ports, the zone at the other
//! end, and the speeds of both ends. What cannot be is left out, with a finding.

use super::leaves::Wanted;
use super::slots::{NicPorts, bad_id, unknown_reference};
use super::weave::Switches;
use super::{LinkGroup, LinkKind, Primitives, Slot};
use crate::model::{Code, Finding, Limits, is_valid_id};
use crate::plan::{Distribution, Redundancy, ZoneKind};
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
    servers: &[(Vec<Slot>, Vec<NicPorts>)],
    groups: &mut Vec<LinkGroup>,
    findings: &mut Vec<Finding>,
) -> Vec<Aimed<'a>> {
    let mut aimed = Vec::new();
    for (c, ((class, origin), (_, nics))) in primitives.servers.iter().zip(servers).enumerate() {
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
            let last = connection.first_port.checked_add(connection.ports);
            if connection.ports == 0 || last.is_none_or(|last| last > nic.ports) {
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
            let clash = (connection.first_port..connection.first_port + connection.ports)
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
            if lanes.kind != ZoneKind::Server {
                findings.push(
                    Finding::new(
                        Code::NoZone,
                        path.field("zone"),
                        format!("Zone {} of {} is not for servers.", lanes.id, class_of.id),
                    )
                    .advise("Name a zone of kind `server`."),
                );
                continue;
            }
            if lanes.speed_gbps != nic.speed_gbps {
                findings.push(
                    Finding::new(
                        Code::SpeedMismatch,
                        path.field("zone"),
                        format!(
                            "{} has ports of {}G, zone {} of {} has lanes of {}G.",
                            nic.id, nic.speed_gbps, lanes.id, class_of.id, lanes.speed_gbps
                        ),
                    )
                    .advise("Choose a breakout or a NIC of the same speed."),
                );
                continue;
            }
            if class_of.redundancy == Redundancy::Redundant
                && connection.distribution == Distribution::SameSwitch
            {
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
            let group = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            groups.push(LinkGroup {
                fabric: class_of.fabric.clone(),
                kind: LinkKind::ServerLeaf,
                speed_gbps: nic.speed_gbps,
            });
            let wanted = Wanted {
                connection,
                path,
                group,
                class: c,
                servers: class.quantity,
                servers_path: origin.quantity.clone(),
                nic: nic.clone(),
            };
            aimed.push(Aimed { switch, zone, wanted });
        }
    }
    aimed
}
