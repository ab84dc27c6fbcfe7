//! The fabric by numbers: for each row and column the number of a shared text, or the number that
//! stands there.
//!
//! What the devices of a class have in common is numbered once for the class, and classes of one
//! table of slots share its numbers.

use super::columns::Column;
use super::texts::{Numbering, Texts};
use crate::fabric::{Class, Device, DeviceRole, End, Fabric, Slot};
use crate::scene::State;
use crate::scene::states::States;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// The word for a cable that is not made, and for its ports: it waits for a device of others.
const WAITS: &str = "waits";

/// The word for a device that stays as it is while its ports or cables change.
const ITS_CABLES: &str = "its cables";

/// Numbers of texts, unless a field says otherwise.
#[derive(Debug)]
struct ClassIds {
    role: u32,
    fabric: Option<u32>,
    model: u32,
    /// True if all its ports are rows, false if only those with a cable are.
    all_ports: bool,
    slots: Arc<[SlotIds]>,
}

#[derive(Clone, Copy, Debug)]
struct SlotIds {
    name: u32,
    key: u32,
    zone: u32,
    /// In Gb/s.
    speed: u32,
    /// From 1.
    cage: u16,
    /// From 1; `None` for a whole cage.
    lane: Option<u16>,
}

#[derive(Debug)]
struct GroupIds {
    fabric: u32,
    joins: u32,
    /// In Gb/s.
    speed: u32,
}

#[derive(Debug)]
struct CableTypeIds {
    kind: u32,
    model: u32,
}

/// A row of the table of ports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) end: End,
    /// The link that is plugged in.
    pub(super) link: Option<u32>,
}

#[derive(Debug)]
pub(super) struct Index {
    pub(super) fabric: Arc<Fabric>,
    pub(super) states: States,
    /// The devices that a change set changes themselves; `None` where their numbers are not known.
    own_changes: Option<BTreeSet<u32>>,
    classes: Vec<ClassIds>,
    groups: Vec<GroupIds>,
    cable_types: Vec<CableTypeIds>,
    ports_used: Vec<u32>,
    ports: OnceLock<Vec<Port>>,
    device_keys: OnceLock<Texts>,
    pub(super) slot_keys: Texts,
    device_names: Texts,
    port_names: Texts,
    zones: Texts,
    roles: Texts,
    class_ids: Texts,
    models: Texts,
    fabrics: Texts,
    joins: Texts,
    cable_kinds: Texts,
    cable_models: Texts,
    racks: Texts,
    state_names: Texts,
}

impl Index {
    pub(super) fn of(
        fabric: Arc<Fabric>,
        states: States,
        own_changes: Option<BTreeSet<u32>>,
        name: impl Fn(State) -> &'static str,
    ) -> Self {
        let mut roles = Numbering::default();
        let mut fabrics = Numbering::default();
        let mut models = Numbering::default();
        let mut slots = SlotNumbering::default();
        let classes = fabric.classes.iter().map(|class| ClassIds {
            role: roles.id(class.role.name()),
            fabric: class.fabric.as_deref().map(|name| fabrics.id(name)),
            model: models.id(&class.model),
            all_ports: class.role.is_switch(),
            slots: slots.of(class),
        });
        let classes = classes.collect();
        let mut joins = Numbering::default();
        let groups = fabric.groups.iter().map(|group| GroupIds {
            fabric: fabrics.id(&group.fabric),
            joins: joins.id(group.kind.name()),
            speed: group.speed_gbps,
        });
        let groups = groups.collect();
        let mut kinds = Numbering::default();
        let mut cable_models = Numbering::default();
        let racking = fabric.racking.as_deref();
        let types = racking.iter().flat_map(|racking| &racking.cable_types);
        let cable_types = types.map(|of| CableTypeIds {
            kind: kinds.id(of.kind.name()),
            model: cable_models.id(&of.model),
        });
        let cable_types = cable_types.collect();
        let mut ports_used = vec![0; fabric.devices.len()];
        for end in fabric.links.iter().flat_map(|link| [link.a, link.b]) {
            if let Some(used) = ports_used.get_mut(end.device as usize) {
                *used += 1;
            }
        }
        let racks = racking.iter().flat_map(|r| &r.racks).map(|rack| rack.name.clone());
        let devices = 0..u32::try_from(fabric.devices.len()).unwrap_or(u32::MAX);
        let SlotNumbering { names, keys, zones, .. } = slots;
        Self {
            states,
            own_changes,
            classes,
            groups,
            cable_types,
            ports_used,
            ports: OnceLock::new(),
            device_keys: OnceLock::new(),
            slot_keys: keys.texts(),
            device_names: Texts::new(devices.map(|n| fabric.device_name(n)).collect()),
            port_names: names.texts(),
            zones: zones.texts(),
            roles: roles.texts(),
            class_ids: Texts::new(fabric.classes.iter().map(|class| class.id.clone()).collect()),
            models: models.texts(),
            fabrics: fabrics.texts(),
            joins: joins.texts(),
            cable_kinds: kinds.texts(),
            cable_models: cable_models.texts(),
            racks: Texts::new(racks.collect()),
            state_names: Texts::new(
                State::ALL
                    .iter()
                    .map(|state| name(*state))
                    .chain([WAITS, ITS_CABLES])
                    .map(Into::into)
                    .collect(),
            ),
            fabric,
        }
    }

    /// The rows of the table of ports: by device, then as its class has them.
    pub(super) fn ports(&self) -> &[Port] {
        self.ports.get_or_init(|| {
            let mut first = Vec::with_capacity(self.fabric.devices.len());
            let mut total = 0;
            for device in &self.fabric.devices {
                first.push(total);
                total += self.classes.get(device.class as usize).map_or(0, |c| c.slots.len());
            }
            let mut links: Vec<Option<u32>> = vec![None; total];
            for (n, link) in (0u32..).zip(&self.fabric.links) {
                for end in [link.a, link.b] {
                    let place = first.get(end.device as usize).map(|n| n + usize::from(end.slot));
                    if let Some(link) = place.and_then(|place| links.get_mut(place)) {
                        link.get_or_insert(n);
                    }
                }
            }
            let mut links = links.into_iter();
            let mut ports = Vec::with_capacity(total);
            for (device, of) in (0u32..).zip(&self.fabric.devices) {
                let Some(class) = self.classes.get(of.class as usize) else { continue };
                let of_device = (0u16..).zip(links.by_ref().take(class.slots.len()));
                ports.extend(
                    of_device
                        .filter(|(_, link)| class.all_ports || link.is_some())
                        .map(|(slot, link)| Port { end: End { device, slot }, link }),
                );
            }
            ports
        })
    }

    /// The middles of keys, by device: `gpu/42`.
    pub(super) fn device_keys(&self) -> &Texts {
        self.device_keys.get_or_init(|| {
            let key = |(n, device): (u32, &Device)| {
                let class = self.fabric.class_of(n).map_or("", |class| class.id.as_str());
                format!("{class}/{}", device.number)
            };
            Texts::new((0..).zip(&self.fabric.devices).map(key).collect())
        })
    }

    /// The texts of a column; `None` if it has numbers, or texts put together for each row.
    pub(super) fn texts(&self, column: Column) -> Option<&Texts> {
        Some(match column {
            Column::Name
            | Column::Device
            | Column::FarDevice
            | Column::LowerDevice
            | Column::UpperDevice => &self.device_names,
            Column::Port | Column::FarPort | Column::LowerPort | Column::UpperPort => {
                &self.port_names
            }
            Column::Role => &self.roles,
            Column::Class => &self.class_ids,
            Column::Fabric => &self.fabrics,
            Column::Model => &self.models,
            Column::Rack => &self.racks,
            Column::Zone => &self.zones,
            Column::Joins => &self.joins,
            Column::CableKind => &self.cable_kinds,
            Column::CableModel => &self.cable_models,
            Column::State => &self.state_names,
            _ => return None,
        })
    }

    fn class(&self, device: u32) -> Option<&ClassIds> {
        self.classes.get(self.fabric.devices.get(device as usize)?.class as usize)
    }

    fn slot(&self, end: End) -> Option<&SlotIds> {
        self.class(end.device)?.slots.get(usize::from(end.slot))
    }

    /// The number of the part of a key that an end has.
    pub(super) fn slot_key(&self, end: End) -> Option<u32> {
        Some(self.slot(end)?.key)
    }

    /// What stands in a column of a device: the number of a text, or a number.
    pub(super) fn of_device(&self, n: u32, column: Column) -> Option<u32> {
        let device = self.fabric.devices.get(n as usize)?;
        let class = self.classes.get(device.class as usize)?;
        let place = || {
            let racking = self.fabric.racking.as_ref()?;
            *racking.places.get(n as usize)?
        };
        match column {
            Column::Name => Some(n),
            Column::Role => Some(class.role),
            Column::Class => Some(device.class),
            Column::Fabric => class.fabric,
            Column::Model => Some(class.model),
            Column::Su => device.su.map(|su| su.saturating_add(1)),
            Column::Pod => device.pod.map(|pod| pod.saturating_add(1)),
            Column::Rail => device.rail,
            Column::Rack => place().map(|place| place.rack),
            Column::Unit => place().map(|place| place.unit),
            Column::PortsUsed => self.ports_used.get(n as usize).copied(),
            Column::Ports => u32::try_from(class.slots.len()).ok(),
            Column::State if self.only_parts_change(n) => Some(its_cables_id()),
            Column::State => Some(state_id(self.states.device(n))),
            _ => None,
        }
    }

    /// True for a device that is changed in its ports or cables only: the list of changes counts it
    /// among none of its devices.
    fn only_parts_change(&self, device: u32) -> bool {
        let is_own = |own: &BTreeSet<u32>| own.contains(&device);
        self.states.device(device) == State::Changed
            && self.own_changes.as_ref().is_some_and(|own| !is_own(own))
    }

    /// The same of a port, by its row.
    pub(super) fn of_port(&self, row: u32, column: Column) -> Option<u32> {
        let port = self.ports().get(row as usize)?;
        let far = || {
            let link = self.fabric.links.get(port.link? as usize)?;
            Some(if link.a == port.end { link.b } else { link.a })
        };
        match column {
            Column::Device => Some(port.end.device),
            Column::Port => Some(self.slot(port.end)?.name),
            Column::Zone => Some(self.slot(port.end)?.zone),
            Column::Speed => Some(self.slot(port.end)?.speed),
            Column::Cage => Some(u32::from(self.slot(port.end)?.cage)),
            Column::Lane => self.slot(port.end)?.lane.map(u32::from),
            Column::FarDevice => Some(far()?.device),
            Column::FarPort => Some(self.slot(far()?)?.name),
            Column::State if self.states.port_waits(port.end, port.link) => Some(waits_id()),
            Column::State => Some(state_id(self.states.port(port.end, port.link))),
            _ => None,
        }
    }

    /// The same of a link.
    pub(super) fn of_link(&self, n: u32, column: Column) -> Option<u32> {
        let link = self.fabric.links.get(n as usize)?;
        let group = || self.groups.get(link.group as usize);
        let cable = || {
            let racking = self.fabric.racking.as_ref()?;
            racking.cables.get((*racking.cable_of.get(n as usize)?)? as usize)
        };
        let cable_type = || self.cable_types.get(cable()?.cable_type as usize);
        match column {
            Column::LowerDevice => Some(link.a.device),
            Column::LowerPort => Some(self.slot(link.a)?.name),
            Column::UpperDevice => Some(link.b.device),
            Column::UpperPort => Some(self.slot(link.b)?.name),
            Column::Fabric => Some(group()?.fabric),
            Column::Joins => Some(group()?.joins),
            Column::Speed => Some(group()?.speed),
            Column::CableKind => Some(cable_type()?.kind),
            Column::CableModel => Some(cable_type()?.model),
            Column::Length => Some(cable()?.length_cm),
            Column::State if self.states.link_waits(n) => Some(waits_id()),
            Column::State => Some(state_id(self.states.link(n))),
            _ => None,
        }
    }
}

/// The number of the word for a state.
fn state_id(state: State) -> u32 {
    State::ALL.iter().zip(0..).find(|(of, _)| **of == state).map_or(0, |(_, id)| id)
}

/// The number of [`WAITS`], which stands after the words for states.
fn waits_id() -> u32 {
    u32::try_from(State::ALL.len()).unwrap_or(u32::MAX)
}

/// The number of [`ITS_CABLES`], which stands after that.
fn its_cables_id() -> u32 {
    waits_id().saturating_add(1)
}

/// The part of a word for a state that a filter begins with: `cables` finds what says `its cables`.
pub(super) fn told(state: &str) -> &str {
    state.strip_prefix("its ").unwrap_or(state)
}

/// Numbers the texts of slots, once for each table of them.
#[derive(Default)]
struct SlotNumbering<'a> {
    names: Numbering<'a>,
    keys: Numbering<'a>,
    zones: Numbering<'a>,
    last: Option<Numbered<'a>>,
}

/// A table of slots and its numbers.
type Numbered<'a> = (&'a Arc<[Slot]>, Arc<[SlotIds]>);

impl<'a> SlotNumbering<'a> {
    fn of(&mut self, class: &'a Class) -> Arc<[SlotIds]> {
        // The classes of pods and spine groups follow each other and share their slots.
        if let Some((slots, ids)) = &self.last
            && Arc::ptr_eq(slots, &class.slots)
        {
            return Arc::clone(ids);
        }
        let is_server = class.role == DeviceRole::Server;
        let mut ids: Vec<SlotIds> = Vec::with_capacity(class.slots.len());
        // The lanes of a cage in one way follow each other.
        let of_cage = |a: &Slot, b: &Slot| {
            (a.cage_number, a.zone(), a.speed_gbps) == (b.cage_number, b.zone(), b.speed_gbps)
        };
        for lanes in class.slots.chunk_by(of_cage) {
            for (lane, slot) in (1..).zip(lanes) {
                ids.push(SlotIds {
                    name: self.names.id(&slot.name),
                    key: self.keys.id(&slot.key),
                    zone: self.zones.id(slot.zone()),
                    speed: slot.speed_gbps,
                    cage: slot.cage_number,
                    lane: (lanes.len() > 1 && !is_server).then_some(lane),
                });
            }
        }
        let ids: Arc<[SlotIds]> = ids.into();
        self.last = Some((&class.slots, Arc::clone(&ids)));
        ids
    }
}
