//! What an inventory holds for one site, indexed once and never changed.

use super::keys::{KeyReader, Keyed, Keys, NONE, Word, Words, index};
use super::{CableRecord, DeviceRecord, InterfaceRecord, Kind, ObjectId, Prerequisite, TargetRef};
use crate::model::{Digest, DigestStream, PlanId};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a diff asks of an interface, without a look at its record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InterfaceFacts {
    /// Index of its device, or [`NONE`].
    pub(crate) device: u32,
    /// Its name.
    pub(crate) name: Word,
    /// Its type.
    pub(crate) interface_type: Word,
    /// Its owner, or [`NONE`].
    pub(crate) owner: Word,
    /// Index of the cable in it, or [`NONE`].
    pub(crate) cable: u32,
}

/// What a diff asks of a cable, without a look at its record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CableFacts {
    /// Indices of the interfaces at its A and its B end, each [`NONE`] if it is not of the site.
    pub(crate) ends: [u32; 2],
    /// Its owner, or [`NONE`].
    pub(crate) owner: Word,
}

/// A complete, consistent reading of one site. Order of the records has no meaning; they are
/// kept by id.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    target: TargetRef,
    prerequisites: BTreeSet<(String, String)>,
    runs: BTreeMap<PlanId, String>,
    devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
    /// Only ever looked into, so its order and its random seed reach no result.
    device_by_name: HashMap<String, u32, RandomState>,
    /// Interfaces by device and name.
    interface_order: Vec<u32>,
    /// Where the interfaces of each device begin in `interface_order`, and where they end.
    interface_runs: Vec<[u32; 2]>,
    words: Words,
    keys: Keys,
    device_owners: Vec<Word>,
    interface_facts: Vec<InterfaceFacts>,
    cable_facts: Vec<CableFacts>,
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
        let device_by_name = (0..).zip(&devices).map(|(n, d)| (d.name.to_lowercase(), n)).collect();
        let interface_order = by_device_and_name(&interfaces);
        let interface_runs = runs(&devices, &interfaces, &interface_order);
        let (mut words, mut reader) = (Words::default(), KeyReader::default());
        let device_owners = (0..)
            .zip(&devices)
            .map(|(n, d)| reader.read(d.key.as_deref(), Kind::Device, n, &mut words))
            .collect();
        let mut interface_facts: Vec<InterfaceFacts> = (0..)
            .zip(&interfaces)
            .map(|(n, i)| InterfaceFacts {
                device: NONE,
                name: words.add(&i.name),
                interface_type: words.add(&i.interface_type),
                owner: reader.read(i.key.as_deref(), Kind::Interface, n, &mut words),
                cable: NONE,
            })
            .collect();
        for (device, run) in (0..).zip(&interface_runs) {
            for n in interface_order.get(run[0] as usize..run[1] as usize).unwrap_or_default() {
                if let Some(facts) = interface_facts.get_mut(*n as usize) {
                    facts.device = device;
                }
            }
        }
        let mut cable_facts: Vec<CableFacts> = (0..)
            .zip(&cables)
            .map(|(n, c)| CableFacts {
                ends: [NONE; 2],
                owner: reader.read(c.key.as_deref(), Kind::Cable, n, &mut words),
            })
            .collect();
        plug(&interfaces, &cables, &mut interface_facts, &mut cable_facts);
        let keys = reader.finish(|kind, n| {
            let n = n as usize;
            match kind {
                Kind::Device => devices.get(n).and_then(|d| d.key.as_deref()),
                Kind::Interface => interfaces.get(n).and_then(|i| i.key.as_deref()),
                Kind::Cable => cables.get(n).and_then(|c| c.key.as_deref()),
            }
        });
        let prerequisites = prerequisites
            .iter()
            .map(|p| p.identity())
            .map(|(kind, slug)| (kind.to_owned(), slug.into_owned()))
            .collect();
        Self {
            target,
            prerequisites,
            runs: BTreeMap::new(),
            devices,
            interfaces,
            cables,
            device_by_name,
            interface_order,
            interface_runs,
            words,
            keys,
            device_owners,
            interface_facts,
            cable_facts,
        }
    }

    /// The same reading, with the newest run of each plan.
    pub fn with_runs(mut self, runs: BTreeMap<PlanId, String>) -> Self {
        self.runs = runs;
        self
    }

    /// The newest run of a plan that wrote to this inventory, if any is noted.
    pub fn last_run(&self, plan: PlanId) -> Option<&str> {
        self.runs.get(&plan).map(String::as_str)
    }

    /// Which inventory and site.
    pub fn target(&self) -> &TargetRef {
        &self.target
    }

    /// True if a prerequisite is there.
    pub fn has(&self, prerequisite: &Prerequisite) -> bool {
        let (kind, slug) = prerequisite.identity();
        self.prerequisites.contains(&(kind.to_owned(), slug.into_owned()))
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

    /// The index of a device by its name, without regard to case, or [`NONE`].
    pub(crate) fn device_index_named(&self, name: &str) -> u32 {
        self.device_by_name.get(&name.to_lowercase()).copied().unwrap_or(NONE)
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

    /// Keys that more than one object carries, ascending.
    pub fn repeated_keys(&self) -> &BTreeSet<Box<str>> {
        self.keys.repeated()
    }

    /// The cable at an interface of the site.
    pub fn cable_at(&self, interface: ObjectId) -> Option<&CableRecord> {
        let at = self.interfaces.binary_search_by_key(&interface, |i| i.id).ok()?;
        self.cables.get(self.interface_facts.get(at)?.cable as usize)
    }

    /// A text as the number that stands for it here, if any record has it.
    pub(crate) fn word(&self, text: &str) -> Option<Word> {
        self.words.find(text)
    }

    /// How many words there are.
    pub(crate) fn words(&self) -> usize {
        self.words.len()
    }

    /// What an owner has of a device of a class: the device, its interfaces, the cables of which
    /// it is the lower end, in this order. Only what exactly one record is.
    pub(crate) fn keyed(&self, owner: Word, class: Word, number: u32) -> &[Keyed] {
        self.keys.of_device(owner, class, number)
    }

    /// The owner of each device, or [`NONE`].
    pub(crate) fn device_owners(&self) -> &[Word] {
        &self.device_owners
    }

    /// Facts of each interface.
    pub(crate) fn interface_facts(&self) -> &[InterfaceFacts] {
        &self.interface_facts
    }

    /// Facts of each cable.
    pub(crate) fn cable_facts(&self) -> &[CableFacts] {
        &self.cable_facts
    }

    /// Indices of the interfaces of the n-th device, by name.
    pub(crate) fn interfaces_on(&self, device: u32) -> &[u32] {
        let run = self.interface_runs.get(device as usize).copied().unwrap_or_default();
        self.interface_order.get(run[0] as usize..run[1] as usize).unwrap_or_default()
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

/// Indices of interfaces by their device's id, then by name.
fn by_device_and_name(interfaces: &[InterfaceRecord]) -> Vec<u32> {
    let of = |n: u32| interfaces.get(n as usize);
    let device = |n: u32| of(n).map(|i| i.device);
    let mut order: Vec<u32> = (0..index(interfaces.len())).collect();
    // Inventories give ids in order, so interfaces come almost sorted by device: the stable sort
    // uses that, and only the few of one device remain to be sorted by name.
    order.sort_by_key(|n| device(*n));
    for of_one in order.chunk_by_mut(|a, b| device(*a) == device(*b)) {
        of_one.sort_unstable_by_key(|n| of(*n).map(|i| i.name.as_str()));
    }
    order
}

/// Where the interfaces of each device begin and end in the order of devices.
fn runs(devices: &[DeviceRecord], interfaces: &[InterfaceRecord], order: &[u32]) -> Vec<[u32; 2]> {
    let mut at = 0;
    let mut pass = |before: &dyn Fn(ObjectId) -> bool| {
        let device = |n: &u32| interfaces.get(*n as usize).map(|i| i.device);
        while order.get(at).and_then(device).is_some_and(before) {
            at += 1;
        }
        index(at)
    };
    devices
        .iter()
        .map(|d| [pass(&|device| device < d.id), pass(&|device| device == d.id)])
        .collect()
}

/// Joins cables and interfaces by ids. If two cables claim an interface, it has the later one.
fn plug(
    interfaces: &[InterfaceRecord],
    cables: &[CableRecord],
    interface_facts: &mut [InterfaceFacts],
    cable_facts: &mut [CableFacts],
) {
    let mut ends: Vec<(ObjectId, u32, usize)> = (0..)
        .zip(cables)
        .flat_map(|(n, c)| [(c.a, n, 0), (c.b, n, 1)])
        .filter(|(interface, _, _)| *interface != 0)
        .collect();
    ends.sort_unstable();
    let mut at = 0;
    for (interface, cable, side) in ends {
        while interfaces.get(at).is_some_and(|i| i.id < interface) {
            at += 1;
        }
        if interfaces.get(at).is_none_or(|i| i.id != interface) {
            continue;
        }
        if let Some(facts) = interface_facts.get_mut(at) {
            facts.cable = cable;
        }
        let end = cable_facts.get_mut(cable as usize).and_then(|c| c.ends.get_mut(side));
        if let Some(end) = end {
            *end = index(at);
        }
    }
}
