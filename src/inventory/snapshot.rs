//! What an inventory holds for one site, indexed once and never changed.

use super::{CableRecord, DeviceRecord, InterfaceRecord, ObjectId, Prerequisite, TargetRef};
use crate::model::{Digest, DigestStream};
use foldhash::fast::RandomState;
use std::collections::BTreeSet;

/// Only ever looked into by key, so its order and its random seed reach no result. A snapshot has
/// a key for every object; the standard hasher would take half the time of a diff.
type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// Where an object with a key is, as an index into the records of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAt {
    /// In [`Snapshot::devices`].
    Device(u32),
    /// In [`Snapshot::interfaces`].
    Interface(u32),
    /// In [`Snapshot::cables`].
    Cable(u32),
}

#[derive(Clone, Debug, Default)]
struct Keys {
    at: HashMap<Box<str>, KeyAt>,
    repeated: BTreeSet<Box<str>>,
}

impl Keys {
    fn add(&mut self, key: &Option<String>, at: KeyAt) {
        if let Some(key) = key.as_deref()
            && self.at.insert(key.into(), at).is_some()
        {
            self.repeated.insert(key.into());
        }
    }
}

/// A complete, consistent reading of one site. Order of the records has no meaning; they are
/// kept by id.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    target: TargetRef,
    prerequisites: BTreeSet<(String, String)>,
    devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
    device_by_name: HashMap<String, u32>,
    /// Interfaces by device and name.
    interface_order: Vec<u32>,
    keys: Keys,
    cable_at: HashMap<ObjectId, u32>,
}

impl Snapshot {
    /// Indexes what was read. `prerequisites` are those that exist, wherever in the inventory.
    pub fn new(
        target: TargetRef,
        prerequisites: &[Prerequisite],
        mut devices: Vec<DeviceRecord>,
        mut interfaces: Vec<InterfaceRecord>,
        mut cables: Vec<CableRecord>,
    ) -> Self {
        devices.sort_by_key(|d| d.id);
        interfaces.sort_by_key(|i| i.id);
        cables.sort_by_key(|c| c.id);
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let device_by_name =
            devices.iter().enumerate().map(|(n, d)| (d.name.to_lowercase(), at(n))).collect();
        let mut interface_order: Vec<u32> = (0..at(interfaces.len())).collect();
        let name_of = |n: &u32| interfaces.get(*n as usize).map(|i| (i.device, i.name.as_str()));
        interface_order.sort_unstable_by(|a, b| name_of(a).cmp(&name_of(b)));
        let mut keys = Keys::default();
        devices.iter().enumerate().for_each(|(n, d)| keys.add(&d.key, KeyAt::Device(at(n))));
        interfaces.iter().enumerate().for_each(|(n, i)| keys.add(&i.key, KeyAt::Interface(at(n))));
        cables.iter().enumerate().for_each(|(n, c)| keys.add(&c.key, KeyAt::Cable(at(n))));
        let cable_at = cables
            .iter()
            .enumerate()
            .flat_map(|(n, c)| [(c.a, at(n)), (c.b, at(n))])
            .filter(|(end, _)| *end != 0)
            .collect();
        let prerequisites = prerequisites
            .iter()
            .map(|p| p.identity())
            .map(|(kind, slug)| (kind.to_owned(), slug.to_owned()))
            .collect();
        Self {
            target,
            prerequisites,
            devices,
            interfaces,
            cables,
            device_by_name,
            interface_order,
            keys,
            cable_at,
        }
    }

    /// Which inventory and site.
    pub fn target(&self) -> &TargetRef {
        &self.target
    }

    /// True if a prerequisite is there.
    pub fn has(&self, prerequisite: &Prerequisite) -> bool {
        let (kind, slug) = prerequisite.identity();
        self.prerequisites.contains(&(kind.to_owned(), slug.to_owned()))
    }

    /// Devices by id.
    pub fn devices(&self) -> &[DeviceRecord] {
        &self.devices
    }

    /// Interfaces by id.
    pub fn interfaces(&self) -> &[InterfaceRecord] {
        &self.interfaces
    }

    /// Cables by id.
    pub fn cables(&self) -> &[CableRecord] {
        &self.cables
    }

    /// A device by its id.
    pub fn device(&self, id: ObjectId) -> Option<&DeviceRecord> {
        self.devices.binary_search_by_key(&id, |d| d.id).ok().and_then(|n| self.devices.get(n))
    }

    /// An interface by its id.
    pub fn interface(&self, id: ObjectId) -> Option<&InterfaceRecord> {
        self.interfaces
            .binary_search_by_key(&id, |i| i.id)
            .ok()
            .and_then(|n| self.interfaces.get(n))
    }

    /// A device by its name, without regard to case.
    pub fn device_named(&self, name: &str) -> Option<&DeviceRecord> {
        self.device_by_name.get(&name.to_lowercase()).and_then(|n| self.devices.get(*n as usize))
    }

    /// An interface by its device and name.
    pub fn interface_named(&self, device: ObjectId, name: &str) -> Option<&InterfaceRecord> {
        let order = |n: &u32| {
            self.interfaces.get(*n as usize).map_or(std::cmp::Ordering::Less, |i| {
                (i.device, i.name.as_str()).cmp(&(device, name))
            })
        };
        let at = self.interface_order.binary_search_by(order).ok()?;
        self.interfaces.get(*self.interface_order.get(at)? as usize)
    }

    /// The interfaces of a device, by name.
    pub fn interfaces_of(&self, device: ObjectId) -> impl Iterator<Item = &InterfaceRecord> {
        let of = |n: &u32| self.interfaces.get(*n as usize);
        let start =
            self.interface_order.partition_point(|n| of(n).is_some_and(|i| i.device < device));
        let rest = self.interface_order.get(start..).unwrap_or_default();
        rest.iter().filter_map(of).take_while(move |i| i.device == device)
    }

    /// Where the object with an owner's key is.
    pub fn with_key(&self, key: &str) -> Option<KeyAt> {
        self.keys.at.get(key).copied()
    }

    /// Keys that more than one object carries, ascending.
    pub fn repeated_keys(&self) -> &BTreeSet<Box<str>> {
        &self.keys.repeated
    }

    /// The cable at an interface.
    pub fn cable_at(&self, interface: ObjectId) -> Option<&CableRecord> {
        self.cable_at.get(&interface).and_then(|n| self.cables.get(*n as usize))
    }

    /// The digest of the record stream `heddle/snapshot/1`. Recorded, never compared.
    pub fn digest(&self) -> Digest {
        let mut stream = DigestStream::new("heddle/snapshot/1");
        stream.text(&self.target.inventory).text(&self.target.site);
        for d in &self.devices {
            stream.number(d.id).text(&d.name).text(&d.role).text(&d.device_type);
            stream.text(d.key.as_deref().unwrap_or(""));
        }
        for i in &self.interfaces {
            stream.number(i.id).number(i.device).text(&i.name).text(&i.interface_type);
            stream.text(i.key.as_deref().unwrap_or(""));
        }
        for c in &self.cables {
            stream.number(c.id).number(c.a).number(c.b).text(c.key.as_deref().unwrap_or(""));
        }
        stream.finish()
    }
}
