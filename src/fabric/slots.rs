//! The interfaces of a class: which lanes its zones have, which ports its cards have.
//!
//! An interface is a cage and a lane of it. Zones may overlap in a cage as long as they break it
//! out alike: they then share its interfaces, and the weaver sees to it that none is used twice. In
//! imported classes they may break it out differently, too; [`shared_cages`](super::shared_cages)
//! looks at such a cage when all links are there.

use super::expand::{Origin, Primitives, unknown};
use super::ids::{self, Ids};
use super::zone_cages::{Claims, Reading};
use super::{Slot, offers, out_of_range};
use crate::catalog::{Breakout, Cage, Catalog, NicModel, SwitchModel};
use crate::model::{Code, EditValue, Finding, Limits, SpecPath, listed, nearest};
use crate::plan::{PortOrder, PortZone, ServerClass, SwitchClass, ZoneKind};
use std::collections::{BTreeMap, BTreeSet};

/// The lanes of one zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneLanes {
    /// The zone's id.
    pub id: String,
    /// What it connects.
    pub kind: ZoneKind,
    /// The slots that may be used, in the order of use.
    pub slots: Vec<u16>,
    /// Cages that may be used.
    pub cages: u32,
    /// How each is broken out.
    pub breakout: Breakout,
    /// Speed of each lane, in Gb/s.
    pub speed_gbps: u32,
    /// The lower is used first among zones of a kind.
    pub priority: u32,
    /// The zone that its links go to, as `class/zone`, if it names one.
    pub peer_zone: Option<String>,
    /// True if another zone names this one as its peer zone.
    pub named: bool,
    /// Where it stands in the spec.
    pub path: SpecPath,
}

impl ZoneLanes {
    /// How many lanes may be used.
    pub fn lanes(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// The slot of a lane, from 0. Lanes beyond the last give no slot of any device.
    pub fn slot(&self, lane: u32) -> u16 {
        self.slots.get(lane as usize).copied().unwrap_or(u16::MAX)
    }
}

/// The zones of a kind that are not for single other zones, first to be used first.
pub fn zones_of(zones: &[ZoneLanes], kind: ZoneKind) -> Vec<&ZoneLanes> {
    let mut of: Vec<&ZoneLanes> =
        zones.iter().filter(|z| z.kind == kind && z.peer_zone.is_none()).collect();
    // A zone that others name is for their links, unless there is no other.
    if of.iter().any(|z| !z.named) && kind != ZoneKind::Server {
        of.retain(|z| !z.named);
    }
    of.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
    of
}

/// The slots of all zones of a kind, first to be used first.
pub fn slots_of(zones: &[ZoneLanes], kind: ZoneKind) -> Vec<u16> {
    zones_of(zones, kind).into_iter().flat_map(|z| z.slots.iter().copied()).collect()
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

/// What is known of the cages of a class while its zones are read.
#[derive(Default)]
struct Cages {
    /// The ways in which a cage is broken out, each with the slot of its first lane.
    taken: BTreeMap<u16, Vec<(Breakout, u16)>>,
}

impl Cages {
    /// The slot of the first lane of a cage in one way; `next` if it has none yet.
    fn first_slot(&mut self, cage: u16, zone: &PortZone, next: u16) -> u16 {
        let ways = self.taken.entry(cage).or_default();
        if let Some((_, first)) = ways.iter().find(|(way, _)| *way == zone.breakout) {
            return *first;
        }
        ways.push((zone.breakout, next));
        next
    }
}

/// The slots and zones of a switch class. Zones that cannot be are left out, with a finding.
pub fn of_switch(
    class: &SwitchClass,
    origin: &Origin,
    primitives: &Primitives,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> (Vec<Slot>, Vec<ZoneLanes>) {
    let (mut slots, mut zones) = (Vec::new(), Vec::new());
    let Some(model) = catalog.switches.get(&class.model) else {
        let fits = |model: &SwitchModel| {
            offers::switch_fits((class, origin), model)
                && offers::speaks_with_fabric(class, primitives, catalog, model.protocol)
        };
        let (wanted, used) = (&class.model, &primitives.used);
        let near = offers::for_unknown(wanted, &catalog.switches, used, fits);
        findings.push(unknown("switch", wanted, origin.model.clone(), near));
        return (slots, zones);
    };
    let reading = Reading { class, origin, model, primitives, catalog };
    let (mut cages, mut claims) = (Cages::default(), Claims::new(reading));
    let all = class.zones.iter().map(|zone| zone.id.as_str());
    let mut ids = Ids::new("zone", &class.id, all);
    for (n, zone) in class.zones.iter().enumerate().take(Limits::LIST_ITEMS) {
        let path = origin.item("zones", n);
        let wanted = || ids::wanted_zone(class, primitives);
        let place = (path.field("id"), origin.by_hand);
        if let Err(finding) = ids.check(n, &zone.id, place, wanted) {
            findings.push(*finding);
            continue;
        }
        if !claims.check(n, zone, &path, findings) {
            continue;
        }
        let Some(order) = order_of(zone, &path, origin, findings) else { continue };
        let mut first_slots: BTreeMap<u16, u16> = BTreeMap::new();
        let mut lane_of_zone = 0;
        for cage in zone.ports.cages() {
            let next = u16::try_from(slots.len()).unwrap_or(u16::MAX);
            let first = cages.first_slot(*cage, zone, next);
            first_slots.insert(*cage, first);
            for lane in 0..zone.breakout.lanes {
                if first == next {
                    slots.push(slot(model, zone, *cage, lane, lane_of_zone));
                }
                lane_of_zone += 1;
            }
        }
        let reserved: BTreeSet<u16> =
            zone.reserved.iter().flat_map(|list| list.cages().iter().copied()).collect();
        let usable: Vec<u16> = order.into_iter().filter(|cage| !reserved.contains(cage)).collect();
        zones.push(ZoneLanes {
            id: zone.id.clone(),
            kind: zone.kind,
            slots: usable
                .iter()
                .filter_map(|cage| first_slots.get(cage))
                .flat_map(|first| {
                    (0..u16::from(zone.breakout.lanes)).map(|n| first.saturating_add(n))
                })
                .collect(),
            cages: u32::try_from(usable.len()).unwrap_or(u32::MAX),
            breakout: zone.breakout,
            speed_gbps: zone.breakout.speed_gbps,
            priority: zone.priority,
            peer_zone: zone.peer_zone.clone(),
            named: false,
            path,
        });
    }
    let lanes = lanes_at_once(&slots);
    if let Some(most) = model.max_lanes.filter(|most| lanes > *most as usize) {
        findings.push(
            Finding::new(
                Code::TooManyLanes,
                origin.model.clone(),
                format!(
                    "{} has {} logical ports in this plan; {} can have {most}.",
                    class.id, lanes, model.model
                ),
            )
            .advise("Break out fewer cages, or choose a model that allows more."),
        );
    }
    (slots, zones)
}

/// The most logical ports at once: of a cage that zones break out in different ways those of the
/// finest way.
fn lanes_at_once(slots: &[Slot]) -> usize {
    let mut ways: BTreeMap<(u16, &str), usize> = BTreeMap::new();
    for slot in slots {
        *ways.entry((slot.cage_number, slot.zone())).or_default() += 1;
    }
    let mut most: BTreeMap<u16, usize> = BTreeMap::new();
    for ((cage, _), lanes) in ways {
        let of = most.entry(cage).or_default();
        *of = lanes.max(*of);
    }
    most.values().sum()
}

fn slot(model: &SwitchModel, zone: &PortZone, cage: u16, lane: u8, lane_of_zone: u32) -> Slot {
    let whole = zone.breakout.lanes == 1;
    Slot {
        name: model.port_name(cage, zone.breakout, lane),
        key: format!("{}/{lane_of_zone}", zone.id),
        cage: model.port_group(cage).map_or(Cage::Osfp, |g| g.cage),
        cage_number: cage,
        speed_gbps: zone.breakout.speed_gbps,
        from_type: whole && model.port_group(cage).is_some(),
    }
}

/// The cages of a zone in the order of use.
fn order_of(
    zone: &PortZone,
    path: &SpecPath,
    origin: &Origin,
    findings: &mut Vec<Finding>,
) -> Option<Vec<u16>> {
    let cages = zone.ports.cages();
    let every_other = |start: usize| cages.iter().skip(start).step_by(2).copied();
    match &zone.order {
        PortOrder::Sequential => Some(cages.to_vec()),
        PortOrder::Interleaved => Some(every_other(0).chain(every_other(1)).collect()),
        PortOrder::Spaced => {
            let (first, second) = cages.split_at(cages.len().div_ceil(2));
            let mut order = Vec::with_capacity(cages.len());
            for (n, cage) in first.iter().enumerate() {
                order.push(*cage);
                order.extend(second.get(n).copied());
            }
            Some(order)
        }
        PortOrder::Custom(order) => {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            if sorted == cages {
                return Some(order.clone());
            }
            let at = if origin.by_hand { path.field("order") } else { path.clone() };
            findings.push(
                Finding::new(
                    Code::PortOrder,
                    at,
                    format!("The order of zone {} does not list each of its ports once.", zone.id),
                )
                .advise(format!("List each of {} once, or use `sequential`.", zone.ports)),
            );
            None
        }
    }
}

/// The slots and cards of a server class. Cards that cannot be are left out, with a finding.
pub fn of_server(
    class: &ServerClass,
    origin: &Origin,
    primitives: &Primitives,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> (Vec<Slot>, Vec<NicPorts>) {
    let (mut slots, mut cards) = (Vec::new(), Vec::new());
    if !catalog.servers.contains_key(&class.model) {
        let (wanted, used) = (&class.model, &primitives.used);
        let near = offers::for_unknown(wanted, &catalog.servers, used, |_| true);
        findings.push(unknown("server", &class.model, origin.model.clone(), near));
    }
    if let Some(finding) =
        out_of_range(&origin.quantity, "quantity", class.quantity, 0, Limits::SERVERS)
            .filter(|_| origin.by_hand)
    {
        findings.push(finding);
    }
    let all = class.nics.iter().map(|nic| nic.id.as_str());
    let mut ids = Ids::new("NIC", &class.id, all);
    for (n, nic) in class.nics.iter().enumerate().take(Limits::LIST_ITEMS) {
        let path = origin.item("nics", n);
        let place = (path.field("id"), origin.by_hand);
        if let Err(finding) = ids.check(n, &nic.id, place, || ids::wanted_card(class)) {
            findings.push(*finding);
            continue;
        }
        let Some(model) = catalog.nics.get(&nic.model) else {
            let fits =
                |model: &NicModel| offers::card_fits(class, &nic.id, primitives, catalog, model);
            let near = offers::for_unknown(&nic.model, &catalog.nics, &primitives.used, fits);
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
                name: format!(
                    "{}-{}",
                    if nic.name.is_empty() { &nic.id } else { &nic.name },
                    model.port_name(u32::from(port))
                ),
                key: format!("{}/{port}", nic.id),
                cage: model.cage,
                cage_number: u16::from(port) + 1,
                speed_gbps: model.speed_gbps,
                from_type: false,
            });
        }
    }
    (slots, cards)
}

/// The finding about a name that nothing in the spec has. `known` are the names that would do, of
/// which the nearest is offered; `sole` is offered where none is near.
pub fn unknown_reference<'a>(
    text: String,
    id: &str,
    path: SpecPath,
    known: &[&'a str],
    sole: Option<&'a str>,
) -> Finding {
    let finding = Finding::new(Code::UnknownReference, path.clone(), text);
    match nearest(id, known.iter().copied()).or(sole) {
        Some(near) => finding.offer(format!("Use {near}"), path, EditValue::Text(near.to_owned())),
        None if known.is_empty() => finding.advise("Name something that the spec has."),
        None => finding.advise(format!("Name {}.", listed(known.iter().copied(), "or"))),
    }
}

/// A name as a finding shows it: of a long one the beginning.
pub fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}
