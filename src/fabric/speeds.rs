//! Whose fault it is that two ends have different speeds, so that it is told once, where it is to
//! be mended.
//!
//! A zone that suits none of the connections to it has a wrong breakout: told is the zone, and not
//! each connection. A connection that differs from others of its zone is told itself, once for a
//! card. Limits: of a leaf and its spine either may be meant, so both are offered.

use super::expand::Primitives;
use super::offers::{card_fits, for_unknown};
use super::slots::ZoneLanes;
use super::weave::{ServerSide, Switches};
use super::zone_cages;
use crate::catalog::{Breakout, Catalog, SwitchModel};
use crate::model::{Code, EditValue, Finding, SpecPath};
use crate::plan::{Connection, PlacementRules, PortZone, SwitchClass, ZoneKind};
use std::collections::BTreeSet;

/// The zones, by class and position, whose breakout suits no connection: each is told.
pub(super) fn misfits(
    primitives: &Primitives,
    switches: &[Switches],
    servers: &[ServerSide],
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> BTreeSet<(usize, usize)> {
    let mut misfits = BTreeSet::new();
    for (s, ((class, origin), switch)) in primitives.switches.iter().zip(switches).enumerate() {
        // A name means the first that has it.
        let mut earlier = primitives.switches.iter().take(s);
        if !origin.by_hand
            || class.placement != PlacementRules::Native
            || earlier.any(|(other, _)| other.id == class.id)
        {
            continue;
        }
        for (z, zone) in switch.zones.iter().enumerate() {
            let for_servers = matches!(zone.kind, ZoneKind::Server | ZoneKind::Management);
            let aimed = aimed_at(class, zone, servers);
            let suits = aimed.iter().any(|(_, speed)| *speed == zone.speed_gbps);
            if !for_servers || zone.peer_zone.is_some() || aimed.is_empty() || suits {
                continue;
            }
            // A single connection that asks for a speed of its own is what differs.
            if let [(one, _)] = aimed.as_slice()
                && one.speed_gbps.is_some()
            {
                continue;
            }
            misfits.insert((s, z));
            let speeds: BTreeSet<u32> = aimed.iter().map(|(_, speed)| *speed).collect();
            let needed = speeds.first().copied().filter(|_| speeds.len() == 1);
            let mended =
                needed.and_then(|n| breakout_of((primitives, switches, catalog), s, zone, n));
            if mended.is_some() {
                // Lanes are counted as the zone has them now.
                let follows = |f: &Finding| f.code == Code::TooManyLanes && f.path == origin.model;
                findings.retain(|finding| !follows(finding));
            }
            findings.push(misfit(class, zone, aimed.len(), &speeds, catalog, mended));
        }
    }
    misfits
}

/// The connections to a zone and their speeds, but for those that are wrong by themselves.
fn aimed_at<'a>(
    class: &SwitchClass,
    zone: &ZoneLanes,
    servers: &'a [ServerSide],
) -> Vec<(&'a Connection, u32)> {
    let to = |one: &Connection| one.switch_class == class.id && one.zone == zone.id;
    let of = |side: &'a ServerSide| {
        let connections = side.class.connections.iter().filter(|one| to(one));
        connections.filter_map(|one| {
            let card = side.nics.iter().find(|nic| nic.id == one.nic)?;
            let speed = one.speed_gbps.unwrap_or(card.speed_gbps);
            (speed <= card.speed_gbps).then_some((one, speed))
        })
    };
    servers.iter().flat_map(of).collect()
}

fn misfit(
    class: &SwitchClass,
    zone: &ZoneLanes,
    connections: usize,
    speeds: &BTreeSet<u32>,
    catalog: &Catalog,
    mended: Option<(SpecPath, Breakout)>,
) -> Finding {
    let offered = catalog.switches.get(&class.model).map(|model| offered(model, class, zone));
    let offered = offered.filter(|list| !list.is_empty());
    let list: Vec<String> = speeds.iter().map(|speed| format!("{speed}G")).collect();
    let list = list.join(" and ");
    let those = match connections {
        1 => "the connection to it has".to_owned(),
        n => format!("the {n} connections to it have"),
    };
    let mut text = format!(
        "Zone {} of {} has lanes of {}G; {those} {list}.",
        zone.id, class.id, zone.speed_gbps
    );
    if let Some(offered) = offered {
        text.push_str(&format!(" Its cages offer {offered}."));
    }
    let finding = Finding::new(Code::SpeedMismatch, zone.path.field("breakout"), text);
    match mended {
        Some((path, breakout)) => {
            finding.offer(format!("Use {breakout}"), path, EditValue::Text(breakout.to_string()))
        }
        None if speeds.len() > 1 => {
            finding.advise("Give the connections of each speed a zone of their own.")
        }
        None => finding.advise(format!(
            "Choose a switch or ports that offer {list}, or cards of {}G.",
            zone.speed_gbps
        )),
    }
}

/// The breakouts that all cages of a zone offer.
fn offered(model: &SwitchModel, class: &SwitchClass, zone: &ZoneLanes) -> String {
    let of = class.zones.iter().find(|one| one.id == zone.id);
    let common = of.map(|of| common(model, of.ports.cages())).unwrap_or_default();
    common.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn common(model: &SwitchModel, cages: &[u16]) -> Vec<Breakout> {
    let groups = || cages.iter().filter_map(|cage| model.port_group(*cage));
    let first = groups().next().map(|group| group.breakouts.as_slice()).unwrap_or_default();
    let all = |one: &&Breakout| groups().all(|group| group.breakouts.contains(one));
    first.iter().filter(all).copied().collect()
}

/// The breakout that gives a zone lanes of a speed, and its field: of those that the cages and the
/// switch have room for the one with the most lanes, so that no bandwidth of a cage is lost. None
/// where other zones share the cages, or other links hang on the speed.
pub(super) fn breakout_of(
    (primitives, switches, catalog): (&Primitives, &[Switches], &Catalog),
    n: usize,
    zone: &ZoneLanes,
    needed_gbps: u32,
) -> Option<(SpecPath, Breakout)> {
    let (class, origin) = primitives.switches.get(n)?;
    let model = catalog.switches.get(&class.model)?;
    if !origin.by_hand || zone.named || zone.peer_zone.is_some() {
        return None;
    }
    let of = class.zones.iter().find(|one| one.id == zone.id)?;
    let apart = |other: &PortZone| {
        other.ports.cages().iter().all(|cage| of.ports.cages().binary_search(cage).is_err())
    };
    if !class.zones.iter().filter(|other| !std::ptr::eq(*other, of)).all(apart) {
        return None;
    }
    // Zones that were refused have findings of their own.
    let kept = |id: &str| switches.get(n).is_some_and(|s| s.zones.iter().any(|z| z.id == id));
    let fits = |breakout: &Breakout| {
        let mut with = class.clone();
        with.zones.retain(|one| kept(&one.id));
        with.zones
            .iter_mut()
            .filter(|one| one.id == zone.id)
            .for_each(|one| one.breakout = *breakout);
        zone_cages::fits(&with, model)
    };
    let options = common(model, of.ports.cages()).into_iter();
    let options = options.filter(|one| one.speed_gbps == needed_gbps).filter(fits);
    let best = options.max_by_key(|one| one.lanes)?;
    Some((zone.path.field("breakout"), best))
}

/// The finding about a connection whose speed is not that of its zone, while others suit it.
pub(super) fn at_connection(
    side: &ServerSide,
    connection: &Connection,
    (class, zone): (&SwitchClass, &ZoneLanes),
    path: &SpecPath,
    (primitives, catalog): (&Primitives, &Catalog),
) -> Finding {
    let card = side.nics.iter().find(|nic| nic.id == connection.nic);
    let own_gbps = card.map_or(0, |card| card.speed_gbps);
    let speed_gbps = connection.speed_gbps.unwrap_or(own_gbps);
    let text = format!(
        "{} has ports of {speed_gbps}G, zone {} of {} has lanes of {}G.",
        connection.nic, zone.id, class.id, zone.speed_gbps
    );
    // The slower end counts where a plan was imported.
    let diet = class.placement == PlacementRules::Diet;
    let code = if diet { Code::SpeedUnlike } else { Code::SpeedMismatch };
    let finding = Finding::new(code, path.field("zone"), text);
    let advice = "Choose a breakout or a NIC of the same speed.";
    if diet || !side.origin.by_hand || side.external {
        return finding.advise(advice);
    }
    if connection.speed_gbps.is_some() && own_gbps == zone.speed_gbps {
        let at = path.field("speed_gbps");
        let finding = Finding { path: at.clone(), ..finding };
        return finding.offer("Use the speed of the card", at, EditValue::left_out());
    }
    let rows = side.class.nics.iter().enumerate();
    let Some((n, row)) = rows.into_iter().find(|(_, row)| row.id == connection.nic) else {
        return finding.advise(advice);
    };
    let fits = |model: &_| card_fits(&side.class, &row.id, primitives, catalog, model);
    match for_unknown(&row.model, &catalog.nics, &primitives.used, fits) {
        Some(id) => finding.offer(
            format!("Use {id}"),
            side.origin.item("nics", n).field("model"),
            EditValue::Text(id.to_owned()),
        ),
        None => finding.advise(advice),
    }
}

/// The finding about uplinks and ports of spines of different speeds. It stands at the one zone
/// that differs from the others, and offers that it follow them; of two that differ from each
/// other, either.
pub(super) fn of_uplinks(
    fabric: &str,
    of: (&Primitives, &[Switches], &Catalog),
    uplinks: &[(usize, &ZoneLanes)],
    (spine, ports): (usize, &[&ZoneLanes]),
) -> Option<Finding> {
    let speed_gbps = ports.first()?.speed_gbps;
    let unlike: Vec<&(usize, &ZoneLanes)> =
        uplinks.iter().filter(|(_, zone)| zone.speed_gbps != speed_gbps).collect();
    let odd_port = ports.iter().find(|zone| zone.speed_gbps != speed_gbps);
    let (other, at, ways) = match (unlike.as_slice(), odd_port) {
        ([], None) => return None,
        ([], Some(port)) => {
            (port.speed_gbps, &port.path, vec![breakout_of(of, spine, port, speed_gbps)])
        }
        ([first @ (class, zone), rest @ ..], _) => {
            let other = zone.speed_gbps;
            let agree = uplinks.iter().all(|(_, zone)| zone.speed_gbps == other);
            let above = match ports {
                [port] if agree => Some(*port),
                _ => None,
            };
            let up = above.and_then(|port| breakout_of(of, spine, port, other));
            match (above, rest) {
                // All leaves agree: it is the spine that differs.
                (Some(port), [_, ..]) => (other, &port.path, vec![up]),
                (_, []) => (other, &zone.path, vec![breakout_of(of, *class, zone, speed_gbps), up]),
                _ => (other, &first.1.path, Vec::new()),
            }
        }
    };
    let by_hand = |path: &SpecPath| path.as_str().ends_with(']');
    let at = if by_hand(at) { at.field("breakout") } else { at.clone() };
    let text =
        format!("Uplinks of {other}G cannot join spine ports of {speed_gbps}G in fabric {fabric}.");
    let mut finding = Finding::new(Code::SpeedMismatch, at, text);
    for (path, breakout) in ways.into_iter().flatten() {
        let class =
            of.0.switches.iter().find(|(_, origin)| {
                path.as_str().starts_with(&format!("{}.", origin.base.as_str()))
            });
        let class = class.map_or("", |(class, _)| class.id.as_str());
        let value = EditValue::Text(breakout.to_string());
        finding = finding.also(format!("Use {breakout} for {class}"), path, value);
    }
    Some(match finding.remedy {
        Some(_) => finding,
        None => finding.advise("Give both zones a breakout of the same speed."),
    })
}
