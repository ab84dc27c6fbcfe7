//! The weaver: from a spec to every device and every link.
//!
//! [`Fabric`] is an arena: classes with a table of *slots* (the interfaces that any device of the
//! class can have), devices as numbers, links as pairs of (device, slot). Names and keys are
//! rendered from the tables when somebody asks, so a fabric of 400,000 links stays small.

mod connections;
mod expand;
mod explain;
mod leaves;
mod slots;
mod spines;
mod weave;

pub use expand::{Origin, Primitives, expand, out_of_range};
pub use weave::{Woven, weave};

use crate::catalog::Cage;
use crate::model::{Digest, DigestStream, SpecPath};

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceRole {
    /// A server.
    Server,
    /// A switch that servers are cabled to.
    Leaf,
    /// A switch that leaves are cabled to.
    Spine,
}

impl DeviceRole {
    /// The word for it: also the slug of its role in an inventory.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Leaf => "leaf",
            Self::Spine => "spine",
        }
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
    /// Its speed in Gb/s.
    pub speed_gbps: u32,
    /// True if the inventory makes it from the device type: an unbroken switch cage.
    pub from_type: bool,
}

/// Equal devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its id, the middle of keys.
    pub id: String,
    /// The stem of device names.
    pub stem: String,
    /// Digits of the number in names, at least: 3 for servers, 2 for switches.
    pub digits: usize,
    /// Its fabric; servers have none.
    pub fabric: Option<String>,
    /// What its devices are.
    pub role: DeviceRole,
    /// The model's id in the catalogue.
    pub model: String,
    /// Where it stands in the spec.
    pub path: SpecPath,
    /// Index of its first device in [`Fabric::devices`]; the others follow.
    pub first_device: u32,
    /// How many devices.
    pub count: u32,
    /// The interfaces of each.
    pub slots: Vec<Slot>,
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
    /// A leaf and a spine.
    LeafSpine,
}

impl LinkKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServerLeaf => "server-leaf",
            Self::LeafSpine => "leaf-spine",
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
}

impl Fabric {
    /// The class of a device.
    pub fn class_of(&self, device: u32) -> Option<&Class> {
        self.classes.get(self.devices.get(device as usize)?.class as usize)
    }

    /// The name of a device, e.g. `be-leaf-03`. Empty if there is no such device.
    pub fn device_name(&self, device: u32) -> String {
        match (self.devices.get(device as usize), self.class_of(device)) {
            (Some(d), Some(class)) => {
                format!("{}-{:0width$}", class.stem, d.number, width = class.digits)
            }
            _ => String::new(),
        }
    }

    /// The interface at an end.
    pub fn slot(&self, end: End) -> Option<&Slot> {
        self.class_of(end.device)?.slots.get(usize::from(end.slot))
    }

    /// The class with an id.
    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// The digest of the record stream `heddle/fabric/1`.
    pub fn digest(&self) -> Digest {
        let mut stream = DigestStream::new("heddle/fabric/1");
        stream.number(self.classes.len() as u64);
        for class in &self.classes {
            stream.text(&class.id).text(&class.stem).number(class.digits as u64);
            stream.text(class.fabric.as_deref().unwrap_or("")).text(class.role.name());
            stream.text(&class.model).number(class.slots.len() as u64);
            for slot in &class.slots {
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
        stream.finish()
    }
}
