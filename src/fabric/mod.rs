//! The weaver: from a spec to every device and every link.
//!
//! [`Fabric`] is an arena: classes with a table of *slots* (the interfaces that any device of the
//! class can have), devices as numbers, links as pairs of (device, slot). Names and keys are
//! rendered from the tables when somebody asks, so a fabric of 400,000 links stays small.

mod cages;
mod connections;
mod diet;
mod expand;
mod explain;
mod external;
mod fill;
pub mod growth;
mod ids;
mod joinable;
mod leaves;
mod mesh;
mod names;
mod offers;
mod peers;
mod pins;
mod pods;
mod protocols;
mod racks;
mod settle;
mod shared_cages;
mod sizes;
mod slots;
mod speeds;
mod spines;
mod tiers;
mod unused;
mod weave;
mod zone_cages;

pub use expand::{Origin, Primitives, eject, expand, out_of_range};
pub use joinable::check_joinable;
pub use names::{NameParts, NamePattern};
pub use racks::{Cable, CableCount, CableType, Place, Rack, Racking, rack};
pub use settle::settle_numbers;
pub use sizes::computed_sizes;
pub use unused::better_uplinks;
pub use weave::{Woven, weave};

use crate::catalog::Cage;
use crate::model::{Digest, DigestStream, SpecPath};
use std::sync::Arc;

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceRole {
    /// A server.
    Server,
    /// A switch that servers are cabled to.
    Leaf,
    /// A switch that leaves are cabled to.
    Spine,
    /// A switch that the spines of all pods are cabled to.
    SuperSpine,
    /// A leaf that faces the outside.
    BorderLeaf,
    /// A switch for management controllers.
    Management,
    /// A device of somebody else, with ports that the plan may cable.
    External,
}

impl DeviceRole {
    /// Every role, from the servers up.
    pub const ALL: [Self; 7] = [
        Self::Server,
        Self::Leaf,
        Self::Spine,
        Self::SuperSpine,
        Self::BorderLeaf,
        Self::Management,
        Self::External,
    ];

    /// The word for it: also the slug of its role in an inventory.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Leaf => "leaf",
            Self::Spine => "spine",
            Self::SuperSpine => "super-spine",
            Self::BorderLeaf => "border-leaf",
            Self::Management => "management",
            Self::External => "external",
        }
    }

    /// True for switches of the plan.
    pub fn is_switch(self) -> bool {
        !matches!(self, Self::Server | Self::External)
    }

    /// True for switches that servers are cabled to.
    pub fn is_leaf(self) -> bool {
        matches!(self, Self::Leaf | Self::BorderLeaf | Self::Management)
    }
}

/// An interface that each device of a class can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name on the device, e.g. `E1/1/2` or `rail-3-p0`.
    pub name: String,
    /// Its part of a key: `rail-3/0`, `uplink/17` (NIC and port, or zone and lane, from 0).
    pub key: String,
    /// The connector of its cage.
    pub cage: Cage,
    /// The cage of the switch, or the port of the card, from 1.
    pub cage_number: u16,
    /// Its speed in Gb/s.
    pub speed_gbps: u32,
    /// True if the inventory makes it from the device type: an unbroken switch cage.
    pub from_type: bool,
}

impl Slot {
    /// The zone that it was made for, or the NIC: `uplink` of `uplink/17`.
    pub fn zone(&self) -> &str {
        self.key.rsplit_once('/').map_or(&self.key, |(zone, _)| zone)
    }
}

/// Equal devices. The spines of each pod after the first, and the super-spines of each spine
/// group, are classes of their own, so that their numbers never depend on how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its id, the middle of keys.
    pub id: String,
    /// The class of the spec that it comes from: its id, but for later pods and spine groups.
    pub family: String,
    /// How its devices are called.
    pub name_pattern: NamePattern,
    /// Its fabric; servers have none.
    pub fabric: Option<String>,
    /// What its devices are.
    pub role: DeviceRole,
    /// The model's id in the catalogue.
    pub model: String,
    /// The pod that its spines belong to, from 0, with three tiers.
    pub pod: Option<u32>,
    /// The spine group that its super-spines belong to, from 0.
    pub spine_group: Option<u32>,
    /// Positions of a full scalable unit, those out of service included: device n, from 0, is of
    /// unit n / `su_size`. 0 where its devices do not follow each other by unit.
    pub su_size: u32,
    /// Switches of an MCLAG or ESLAG group; 0 for none.
    pub group_size: u32,
    /// The name of the first such group.
    pub group_name: String,
    /// Names of external devices, by number; empty for devices of the plan.
    pub given_names: Arc<[String]>,
    /// Where it stands in the spec.
    pub path: SpecPath,
    /// Where its model stands in the spec.
    pub model_path: SpecPath,
    /// Index of its first device in [`Fabric::devices`]; the others follow.
    pub first_device: u32,
    /// How many devices.
    pub count: u32,
    /// Numbers that no device has, ascending.
    pub out_of_service: Arc<[u32]>,
    /// The interfaces of each.
    pub slots: Arc<[Slot]>,
}

impl Class {
    /// A class without devices and interfaces, its names numbered with at least `digits` digits.
    pub fn new(id: &str, role: DeviceRole, digits: usize) -> Self {
        Self {
            id: id.to_owned(),
            family: id.to_owned(),
            name_pattern: NamePattern::numbered(id, digits),
            fabric: None,
            role,
            model: String::new(),
            pod: None,
            spine_group: None,
            su_size: 0,
            group_size: 0,
            group_name: String::new(),
            given_names: Arc::default(),
            path: SpecPath::default(),
            model_path: SpecPath::default(),
            first_device: 0,
            count: 0,
            out_of_service: Arc::default(),
            slots: Arc::default(),
        }
    }

    /// The device with a number, as an index into [`Fabric::devices`].
    pub fn device(&self, number: u32) -> Option<u32> {
        let missing = match self.out_of_service.binary_search(&number) {
            Ok(_) => return None,
            Err(before) => u32::try_from(before).ok()?,
        };
        let n = number.checked_sub(1 + missing)?;
        (n < self.count).then_some(self.first_device + n)
    }
}

/// One device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Index of its class.
    pub class: u32,
    /// Its number in the class, from 1; the number in its name and key.
    pub number: u32,
    /// Its scalable unit, from 0, if it belongs to one.
    pub su: Option<u32>,
    /// The lowest rail it serves, if it is a leaf of rails.
    pub rail: Option<u32>,
    /// Its pod, from 0, with three tiers.
    pub pod: Option<u32>,
}

/// One end of a link.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct End {
    /// Index of the device.
    pub device: u32,
    /// Index of the slot in the device's class.
    pub slot: u16,
}

/// What a link joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// A server and a leaf.
    ServerLeaf,
    /// A device of somebody else and a leaf.
    ExternalLeaf,
    /// A leaf and a spine.
    LeafSpine,
    /// A spine and a super-spine.
    SpineSuperSpine,
    /// Two leaves of a mesh.
    Mesh,
    /// The two switches of an MCLAG pair, for traffic.
    Peer,
    /// The same, for their session.
    Session,
    /// A switch and a zone of another class that it names.
    PeerZone,
}

impl LinkKind {
    /// True if the lower end is no switch: a server, or a device of somebody else.
    pub fn is_access(self) -> bool {
        matches!(self, Self::ServerLeaf | Self::ExternalLeaf)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServerLeaf => "server-leaf",
            Self::ExternalLeaf => "external-leaf",
            Self::LeafSpine => "leaf-spine",
            Self::SpineSuperSpine => "spine-super-spine",
            Self::Mesh => "mesh",
            Self::Peer => "peer",
            Self::Session => "session",
            Self::PeerZone => "peer-zone",
        }
    }
}

/// What the links of one connection, or of one leaf class to its spines, have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkGroup {
    /// The fabric.
    pub fabric: String,
    /// What they join.
    pub kind: LinkKind,
    /// Speed of each link, in Gb/s: that of the slower end.
    pub speed_gbps: u32,
}

/// A link, lane to lane. `a` is the lower end: the server, or the leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The lower end.
    pub a: End,
    /// The upper end.
    pub b: End,
    /// Index of its group.
    pub group: u32,
}

/// Every device and every link of a plan. Order is fixed: classes as in the spec (servers after
/// switches), devices by number, links by group, then by lower end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fabric {
    /// Classes.
    pub classes: Vec<Class>,
    /// Devices of all classes.
    pub devices: Vec<Device>,
    /// Groups of links.
    pub groups: Vec<LinkGroup>,
    /// Links of all groups.
    pub links: Vec<Link>,
    /// Where the devices stand and what the cables are, if the plan has racks.
    pub racking: Option<Arc<Racking>>,
}

impl Fabric {
    /// The class of a device.
    pub fn class_of(&self, device: u32) -> Option<&Class> {
        self.classes.get(self.devices.get(device as usize)?.class as usize)
    }

    /// The name of a device, e.g. `be-leaf-03`. Empty if there is no such device.
    pub fn device_name(&self, device: u32) -> String {
        match (self.devices.get(device as usize), self.class_of(device)) {
            (Some(d), Some(class)) if class.role == DeviceRole::External => {
                let at = (d.number as usize).checked_sub(1);
                at.and_then(|at| class.given_names.get(at)).cloned().unwrap_or_default()
            }
            (Some(d), Some(class)) => class.name_pattern.render(&NameParts {
                number: d.number,
                su: d.su,
                rail: d.rail,
                pod: d.pod,
            }),
            _ => String::new(),
        }
    }

    /// The interface at an end.
    pub fn slot(&self, end: End) -> Option<&Slot> {
        self.class_of(end.device)?.slots.get(usize::from(end.slot))
    }

    /// The device that a key begins at: `cable/gpu/42/rail-3/0` begins at `gpu` 42.
    pub fn device_of_key(&self, key: &str) -> Option<u32> {
        let mut parts = key.split('/').skip(1);
        let class = self.class(parts.next()?)?;
        class.device(parts.next()?.parse().ok()?)
    }

    /// The class with an id.
    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// Physical cables: those chosen, if the plan has racks. Without, and for links that have no
    /// cable, all links between the same two cages count as one.
    pub fn cable_count(&self) -> u64 {
        let chosen = self.racking.iter().flat_map(|r| &r.cables).map(|c| u64::from(c.pieces));
        let has_cable = |n: usize| self.racking.as_ref().is_some_and(|r| r.cable(n).is_some());
        let cage = |end: End| {
            let class = self.class_of(end.device);
            let slot = class.and_then(|class| class.slots.get(usize::from(end.slot)));
            // Each card of a server counts its cages for itself; the slot tells them apart.
            let server = class.is_some_and(|class| class.role == DeviceRole::Server);
            let of_switch = slot.filter(|_| !server).map(|slot| slot.cage_number);
            (end.device, of_switch.unwrap_or(end.slot))
        };
        let links = self.links.iter().enumerate().filter(|(n, _)| !has_cable(*n));
        let mut pairs: Vec<_> = links.map(|(_, link)| (cage(link.a), cage(link.b))).collect();
        pairs.sort_unstable();
        pairs.dedup();
        chosen.sum::<u64>() + pairs.len() as u64
    }

    /// The digest of the record stream `heddle/fabric/2`. Racks, places and cables are part of it
    /// only where the plan has racks.
    pub fn digest(&self) -> Digest {
        let mut stream = DigestStream::new("heddle/fabric/2");
        stream.number(self.classes.len() as u64);
        for class in &self.classes {
            stream.text(&class.id).text(class.name_pattern.text());
            stream.text(class.fabric.as_deref().unwrap_or("")).text(class.role.name());
            stream.number(u64::from(class.group_size)).text(&class.group_name);
            if class.role == DeviceRole::External {
                stream.number(class.given_names.len() as u64);
                for name in class.given_names.iter() {
                    stream.text(name);
                }
            }
            stream.text(&class.model).number(class.slots.len() as u64);
            for slot in class.slots.iter() {
                stream.text(&slot.name).text(&slot.key).number(u64::from(slot.speed_gbps));
                stream.number(u64::from(slot.from_type));
            }
        }
        stream.number(self.devices.len() as u64);
        for device in &self.devices {
            stream.number(u64::from(device.class) << 32 | u64::from(device.number));
        }
        stream.number(self.groups.len() as u64);
        for group in &self.groups {
            stream.text(&group.fabric).text(group.kind.name()).number(u64::from(group.speed_gbps));
        }
        stream.number(self.links.len() as u64);
        for link in &self.links {
            stream.number(u64::from(link.a.device) << 32 | u64::from(link.b.device));
            stream.number(
                u64::from(link.a.slot) << 48 | u64::from(link.b.slot) << 32 | u64::from(link.group),
            );
        }
        if let Some(racking) = &self.racking {
            racking.record(&mut stream);
        }
        stream.finish()
    }
}
