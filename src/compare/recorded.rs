//! The objects of a site in two inventories, by name.
//!
//! Ids are an inventory's own, so they match nothing and count for nothing: a device is matched by
//! its name without regard to case, as inventories take it, an interface by its device and name, a
//! cable by its two ends, whichever is A. Everything else that a record says is compared, also
//! what Heddle does not know. A cable that was plugged elsewhere has other ends, so it is one
//! removed and one added.

use super::fields::walk;
use super::matched::{Collector, Shelf};
use super::{FieldDifference, Objects, Side};
use crate::inventory::{CableRecord, DeviceRecord, InterfaceRecord, KEY_FIELD, Kind, Snapshot};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Device without regard to case, and interface; two empty texts for one of another site.
type End<'a> = (&'a str, &'a str);

/// A snapshot and its names.
struct Named<'a> {
    snapshot: &'a Snapshot,
    /// Of each device, in lower case.
    names: Vec<String>,
}

/// Compares what two inventories hold for a site; `None` for one that does not know the site.
pub fn site(site: &str, a: Option<&Snapshot>, b: Option<&Snapshot>) -> Objects {
    let only_in = match (a, b) {
        (Some(_), None) => Some(Side::A),
        (None, Some(_)) => Some(Side::B),
        _ => None,
    };
    let nothing = Snapshot::default();
    let (a, b) = (Named::of(a.unwrap_or(&nothing)), Named::of(b.unwrap_or(&nothing)));
    let mut found = Collector::default();
    found.compare(
        Kind::Device,
        Shelf { items: a.devices(), describe: &|n| (None, a.device_name(n).to_owned()) },
        Shelf { items: b.devices(), describe: &|n| (None, b.device_name(n).to_owned()) },
        |n, m| differing(a.device(n), b.device(m), same_device, device_facts),
    );
    found.compare(
        Kind::Interface,
        Shelf { items: a.interfaces(), describe: &|n| (None, a.interface_name(n)) },
        Shelf { items: b.interfaces(), describe: &|n| (None, b.interface_name(n)) },
        |n, m| differing(a.interface(n), b.interface(m), same_interface, interface_facts),
    );
    found.compare(
        Kind::Cable,
        Shelf { items: a.cables(), describe: &|n| (None, a.cable_name(n)) },
        Shelf { items: b.cables(), describe: &|n| (None, b.cable_name(n)) },
        |n, m| differing(a.cable(n), b.cable(m), same_cable, cable_facts),
    );
    Objects { site: Some(site.to_owned()), only_in, ..found.finish() }
}

impl<'a> Named<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let names = snapshot.devices().iter().map(|d| d.name.to_lowercase()).collect();
        Self { snapshot, names }
    }

    fn device(&self, n: u32) -> Option<&'a DeviceRecord> {
        self.snapshot.devices().get(n as usize)
    }

    fn interface(&self, n: u32) -> Option<&'a InterfaceRecord> {
        self.snapshot.interfaces().get(n as usize)
    }

    fn cable(&self, n: u32) -> Option<&'a CableRecord> {
        self.snapshot.cables().get(n as usize)
    }

    fn devices(&self) -> Vec<(&str, u32)> {
        self.names.iter().map(String::as_str).zip(0..).collect()
    }

    fn interfaces(&self) -> Vec<(End<'_>, u32)> {
        let count = self.snapshot.interfaces().len();
        (0..count).zip(0u32..).map(|(_, n)| (self.end(n), n)).collect()
    }

    /// The ends of each cable, the lesser one first.
    fn cables(&self) -> Vec<([End<'_>; 2], u32)> {
        let facts = (0u32..).zip(self.snapshot.cable_facts());
        facts
            .map(|(n, facts)| {
                let mut ends = facts.ends.map(|end| self.end(end));
                ends.sort_unstable();
                (ends, n)
            })
            .collect()
    }

    fn device_of(&self, interface: u32) -> Option<u32> {
        Some(self.snapshot.interface_facts().get(interface as usize)?.device)
    }

    fn end(&self, interface: u32) -> End<'_> {
        let device = self.device_of(interface).and_then(|n| self.names.get(n as usize));
        let name = self.interface(interface).map_or("", |i| i.name.as_str());
        (device.map_or("", String::as_str), name)
    }

    fn device_name(&self, n: u32) -> &str {
        self.device(n).map_or("", |d| d.name.as_str())
    }

    fn interface_name(&self, n: u32) -> String {
        match (self.device_of(n), self.interface(n)) {
            (Some(device), Some(i)) => format!("{} {}", self.device_name(device), i.name),
            _ => "an interface of another site".to_owned(),
        }
    }

    fn cable_name(&self, n: u32) -> String {
        let ends = self.snapshot.cable_facts().get(n as usize).map(|facts| facts.ends);
        let [a, b] = ends.unwrap_or_default().map(|end| self.interface_name(end));
        format!("{a} – {b}")
    }
}

/// What a record says by the names of its fields.
type Facts = BTreeMap<String, Value>;

/// Fields that differ. Nearly all records are equal, so those are passed by first.
fn differing<R>(
    a: Option<&R>,
    b: Option<&R>,
    same: fn(&R, &R) -> bool,
    facts: fn(&R) -> Facts,
) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    let (Some(a), Some(b)) = (a, b) else { return found };
    if same(a, b) {
        return found;
    }
    let (a, b) = (facts(a), facts(b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for name in names {
        walk(name, a.get(name), b.get(name), &mut found);
    }
    found
}

fn same_device(a: &DeviceRecord, b: &DeviceRecord) -> bool {
    (&a.name, &a.role, &a.device_type, &a.status, &a.tags, &a.key, &a.other)
        == (&b.name, &b.role, &b.device_type, &b.status, &b.tags, &b.key, &b.other)
}

fn same_interface(a: &InterfaceRecord, b: &InterfaceRecord) -> bool {
    (&a.interface_type, &a.tags, &a.key, &a.other) == (&b.interface_type, &b.tags, &b.key, &b.other)
}

fn same_cable(a: &CableRecord, b: &CableRecord) -> bool {
    (&a.status, &a.tags, &a.key, &a.other) == (&b.status, &b.tags, &b.key, &b.other)
}

fn device_facts(device: &DeviceRecord) -> Facts {
    let mut facts = facts(&device.other, &device.tags, device.key.as_ref());
    // A place may stand in several forms that mean the same.
    further(&mut facts, "rack", device.rack().map(str::to_owned));
    further(&mut facts, "position", device.position());
    facts.insert("name".to_owned(), device.name.clone().into());
    facts.insert("role".to_owned(), device.role.clone().into());
    facts.insert("device_type".to_owned(), device.device_type.clone().into());
    facts.insert("status".to_owned(), device.status.clone().into());
    facts
}

fn interface_facts(interface: &InterfaceRecord) -> Facts {
    let mut facts = facts(&interface.other, &interface.tags, interface.key.as_ref());
    facts.insert("type".to_owned(), interface.interface_type.clone().into());
    facts
}

fn cable_facts(cable: &CableRecord) -> Facts {
    let mut facts = facts(&cable.other, &cable.tags, cable.key.as_ref());
    further(&mut facts, "type", cable.cable_type().map(str::to_owned));
    if let Some(length) = cable.length() {
        facts.remove("length_unit");
        facts.insert("length".to_owned(), length.into());
    }
    facts.insert("status".to_owned(), cable.status.clone().into());
    facts
}

/// What every kind has. The order of tags has no meaning.
fn facts(other: &Facts, tags: &[String], key: Option<&String>) -> Facts {
    let mut facts = other.clone();
    let mut tags = tags.to_vec();
    tags.sort_unstable();
    facts.insert("tags".to_owned(), tags.into());
    if let Some(key) = key {
        facts.insert(KEY_FIELD.to_owned(), key.clone().into());
    }
    facts
}

fn further(facts: &mut Facts, name: &str, value: Option<String>) {
    if let Some(value) = value {
        facts.insert(name.to_owned(), value.into());
    }
}
