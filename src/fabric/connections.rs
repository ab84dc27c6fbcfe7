//! Which connections of the spec can be woven: their card, their ports, the zone at the other
//! end, and the speeds of both ends. What cannot be is left out, with a finding.

use super::ids::{self, Ids};
use super::leaves::Wanted;
use super::slots::{shown, unknown_reference};
use super::speeds;
use super::weave::{ServerSide, Switches};
use super::{LinkGroup, LinkKind, Primitives, out_of_range};
use crate::catalog::Catalog;
use crate::model::{Code, EditValue, Finding, Limits, SpecPath, listed, nearest};
use crate::plan::{
    Connection, ConnectionKind, Distribution, PlacementRules, PortZone, SwitchClass,
    SwitchRedundancy, SwitchRole, ZoneKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// A connection with the switch class and zone at its other end.
pub(super) struct Aimed<'a> {
    pub(super) switch: usize,
    pub(super) zone: usize,
    pub(super) wanted: Wanted<'a>,
}

/// A connection that cannot be woven, for a reason that has been told.
pub(super) struct LeftOut {
    /// Index of its server class.
    pub(super) class: usize,
    /// The id of that class.
    pub(super) class_id: String,
    /// The connection.
    pub(super) connection: Connection,
    /// The switch class at its other end, if there is one of that name.
    pub(super) switch: Option<usize>,
}

impl LeftOut {
    /// True if it may have been meant for a zone: it names the zone, or a zone or a class that is
    /// not there.
    pub(super) fn may_mean(&self, switch: usize, class: &SwitchClass, zone: &str) -> bool {
        match self.switch {
            Some(n) => {
                let known = zones_for_servers(class).contains(&self.connection.zone.as_str());
                n == switch && (!known || self.connection.zone == zone)
            }
            None => self.connection.zone == zone,
        }
    }
}

/// What connections are aimed with.
struct Aiming<'a, 'f> {
    primitives: &'a Primitives,
    switches: &'f [Switches],
    catalog: &'f Catalog,
    /// Zones whose breakout suits no connection: that has been told.
    misfits: BTreeSet<(usize, usize)>,
    /// Cards that are too fast or too slow for a zone, by class, id and zone, once told.
    told: BTreeSet<(usize, String, (usize, usize))>,
    groups: &'f mut Vec<LinkGroup>,
    findings: &'f mut Vec<Finding>,
}

/// The connections that can be woven, and those that cannot.
pub(super) fn aim<'a>(
    primitives: &'a Primitives,
    switches: &[Switches],
    servers: &'a [ServerSide],
    catalog: &Catalog,
    groups: &mut Vec<LinkGroup>,
    findings: &mut Vec<Finding>,
) -> (Vec<Aimed<'a>>, Vec<LeftOut>) {
    let (mut aimed, mut left_out) = (Vec::new(), Vec::new());
    let misfits = speeds::misfits(primitives, switches, servers, catalog, findings);
    let told = BTreeSet::new();
    let mut aiming = Aiming { primitives, switches, catalog, misfits, told, groups, findings };
    for (c, side) in servers.iter().enumerate() {
        let mut taken = BTreeMap::new();
        let connections = &side.class.connections;
        let all = connections.iter().map(|one| one.id.as_str());
        let mut ids = Ids::new("connection", &side.class.id, all);
        for (n, connection) in connections.iter().enumerate().take(Limits::LIST_ITEMS) {
            let path = side.origin.item("connections", n);
            // The copy of a row is not to be called otherwise, but to be changed or removed.
            let writes = side.origin.by_hand && ids::is_another(connection, connections);
            let wanted = || (!side.external).then_some(connection.nic.as_str());
            let one = match ids.check(n, &connection.id, (path.field("id"), writes), wanted) {
                Ok(()) => aiming.one(c, side, connection, path, &mut taken),
                Err(finding) => {
                    aiming.findings.push(*finding);
                    None
                }
            };
            match one {
                Some(one) => aimed.push(one),
                None => left_out.push(LeftOut {
                    class: c,
                    class_id: side.class.id.clone(),
                    connection: connection.clone(),
                    switch: switch_of(primitives, connection),
                }),
            }
        }
    }
    (aimed, left_out)
}

/// The switch class at the other end of a connection.
fn switch_of(primitives: &Primitives, connection: &Connection) -> Option<usize> {
    primitives.switches.iter().position(|(class, _)| class.id == connection.switch_class)
}

impl<'a> Aiming<'a, '_> {
    /// Aims one connection; `None` with a finding if that cannot be.
    fn one(
        &mut self,
        c: usize,
        side: &'a ServerSide,
        connection: &'a Connection,
        path: SpecPath,
        taken: &mut BTreeMap<(&'a str, u32), &'a str>,
    ) -> Option<Aimed<'a>> {
        let (primitives, switches, catalog) = (self.primitives, self.switches, self.catalog);
        let ServerSide { class, origin, external, .. } = side;
        let findings = &mut *self.findings;
        let Some(nic) = side.nics.iter().find(|nic| nic.id == connection.nic) else {
            // A card that the class names but the catalogue lacks has its own finding.
            let ids = || class.nics.iter().map(|nic| nic.id.as_str());
            if !ids().any(|id| id == connection.nic) && !ids::some_refused(ids()) {
                let known: Vec<&str> = class.nics.iter().map(|nic| nic.id.as_str()).collect();
                let text = format!("There is no NIC `{}`.", shown(&connection.nic));
                let at = path.field("nic");
                findings.push(unknown_reference(text, &connection.nic, at, &known, None));
            }
            return None;
        };
        let step = connection.port_step;
        if step == 0 {
            let at = path.field("port_step");
            findings.extend(out_of_range(&at, "port_step", 0, 1, nic.ports.max(1)));
            return None;
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
                        connection.id, connection.ports, connection.first_port, nic.id, nic.ports
                    ),
                )
                .advise(format!("Use 1 to {} ports of this NIC.", nic.ports)),
            );
            return None;
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
            return None;
        }
        let speed_gbps = connection.speed_gbps.unwrap_or(nic.speed_gbps);
        let Some(switch) = switch_of(primitives, connection) else {
            // The cluster said why it made no such class.
            let mut ids = primitives.switches.iter().map(|(class, _)| class.id.as_str());
            if origin.by_hand && !ids::some_refused(&mut ids) {
                let at = path.field("switch_class");
                findings.push(unknown_class(connection, speed_gbps, at, primitives));
            }
            return None;
        };
        let zones = switches.get(switch).map(|s| s.zones.as_slice()).unwrap_or_default();
        let class_of = primitives.switches.get(switch).map(|(s, _)| s);
        let Some(zone) = zones.iter().position(|zone| zone.id == connection.zone) else {
            // A zone that was refused has a finding of its own.
            let ids = |class: &'a SwitchClass| class.zones.iter().map(|zone| zone.id.as_str());
            if let Some(class) = class_of.filter(|class| {
                !ids(class).any(|id| id == connection.zone) && !ids::some_refused(ids(class))
            }) {
                findings.push(unknown_zone(connection, path.field("zone"), class));
            }
            return None;
        };
        let (lanes, class_of) = zones.get(zone).zip(class_of)?;
        let for_servers = matches!(lanes.kind, ZoneKind::Server | ZoneKind::Management)
            && lanes.peer_zone.is_none();
        if !for_servers {
            let at = path.field("zone");
            let text = format!("Zone {} of {} is not for servers.", lanes.id, class_of.id);
            let finding = Finding::new(Code::NoZone, at.clone(), text);
            findings.push(match zones_for_servers(class_of).as_slice() {
                [one] => {
                    finding.offer(format!("Use {one}"), at, EditValue::Text((*one).to_owned()))
                }
                [] => finding.advise("Give the class a zone of kind `server` or `management`."),
                several => {
                    finding.advise(format!("Name {}.", listed(several.iter().copied(), "or")))
                }
            });
            return None;
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
            return None;
        }
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
            return None;
        }
        if lanes.speed_gbps != speed_gbps {
            let diet = class_of.placement == PlacementRules::Diet;
            let at = (switch, zone);
            if !self.misfits.contains(&at) && self.told.insert((c, nic.id.clone(), at)) {
                let of = (primitives, catalog);
                findings.push(speeds::at_connection(
                    side,
                    connection,
                    (class_of, lanes),
                    &path,
                    of,
                ));
            }
            if !diet {
                return None;
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
            return None;
        }
        // All ports of a server on the class go by turns together; imported plans have rules of
        // their own.
        let of_class = class.connections.iter().filter(|one| one.switch_class == class_of.id);
        let ports = of_class.map(|one| one.ports).fold(0, u32::saturating_add);
        if redundant && ports < 2 && class_of.placement == PlacementRules::Native {
            let at = path.field("ports");
            let finding = Finding::new(
                Code::RedundancyUnmet,
                at.clone(),
                format!(
                    "{} is redundant, but a server has one port for it and hangs on one leaf.",
                    class_of.id
                ),
            );
            let room = nic.ports > connection.first_port.saturating_add(1);
            findings.push(match room {
                true => finding.offer("Use 2 ports", at, EditValue::Number(2)),
                false => finding.advise("Connect a second port, or set redundancy to `none`."),
            });
            return None;
        }
        if let Some(why) = cannot_bundle(connection, class_of, catalog) {
            findings.push(
                Finding::new(Code::BundleUnsupported, path.field("kind"), why)
                    .advise("Use `unbundled`, or switches that can."),
            );
            return None;
        }
        let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(LinkGroup {
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
        Some(Aimed { switch, zone, wanted })
    }
}

/// True for a zone that servers are cabled to.
fn is_for_servers(zone: &PortZone) -> bool {
    matches!(zone.kind, ZoneKind::Server | ZoneKind::Management) && zone.peer_zone.is_none()
}

/// The zones of a class that servers are cabled to.
fn zones_for_servers(class: &SwitchClass) -> Vec<&str> {
    class.zones.iter().filter(|zone| is_for_servers(zone)).map(|zone| zone.id.as_str()).collect()
}

/// The finding about a switch class that is not there. Offered is a class with the zone that the
/// connection names, at its speed; else one that is near by name.
fn unknown_class(
    connection: &Connection,
    speed_gbps: u32,
    path: SpecPath,
    primitives: &Primitives,
) -> Finding {
    let (mut fitting, mut others) = (Vec::new(), Vec::new());
    for (class, _) in &primitives.switches {
        let native = class.placement == PlacementRules::Native;
        if class.role == SwitchRole::SuperSpine || class.role == SwitchRole::Spine && native {
            continue;
        }
        match class.zones.iter().find(|zone| zone.id == connection.zone) {
            Some(zone) if is_for_servers(zone) && zone.breakout.speed_gbps == speed_gbps => {
                fitting.push(class.id.as_str());
            }
            // Known not to fit.
            Some(_) => {}
            None => others.push(class.id.as_str()),
        }
    }
    let wanted = &connection.switch_class;
    let sole = match fitting.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let near = nearest(wanted, fitting.iter().copied())
        .or_else(|| nearest(wanted, others.iter().copied()))
        .or(sole);
    if fitting.is_empty() {
        fitting = others;
    }
    let text = format!("There is no switch class `{}`.", shown(wanted));
    let finding = Finding::new(Code::UnknownReference, path.clone(), text);
    match near {
        Some(near) => finding.offer(format!("Use {near}"), path, EditValue::Text(near.to_owned())),
        None if fitting.is_empty() => finding.advise("Add a class of leaves with such a zone."),
        None => finding.advise(format!("Name {}.", listed(fitting.iter().copied(), "or"))),
    }
}

/// The finding about a zone that a class does not have: with the zones that it has, whatever else
/// is wrong with them, and one for servers as the remedy.
fn unknown_zone(connection: &Connection, path: SpecPath, class: &SwitchClass) -> Finding {
    let all = class.zones.iter().map(|zone| zone.id.as_str());
    let has = match class.zones.is_empty() {
        true => String::new(),
        false => format!("; it has {}", listed(all, "and")),
    };
    let text = format!("{} has no zone `{}`{has}.", class.id, shown(&connection.zone));
    let known = zones_for_servers(class);
    let sole = match known.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    unknown_reference(text, &connection.zone, path, &known, sole)
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
