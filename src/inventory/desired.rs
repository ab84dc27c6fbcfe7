//! What a plan wants in an inventory: the fabric in NetBox's words.
//!
//! Compact like the fabric it comes from: a table of kinds (role, type, interfaces), devices as
//! a kind, a number and a name, interfaces and cables as (device, slot). It stands alone – an
//! approved change set carries it – and renders keys and records when asked.

use super::{CableRecord, DeviceRecord, InterfaceRecord, Object, ObjectId, Prerequisite, TAG};
use crate::catalog::{Cage, Catalog};
use crate::fabric::{DeviceRole, End, Fabric, Place, Racking};
use crate::model::{DigestStream, PlanId, SpecPath};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An interface that devices of a kind can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredInterface {
    /// Its name.
    pub name: String,
    /// Its part of a key.
    pub key: String,
    /// Its type in NetBox's words.
    pub interface_type: String,
    /// True if the device type brings it; false if the plan creates and owns it.
    pub from_type: bool,
}

/// What the devices of a class have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredKind {
    /// The class id, the middle of keys.
    pub class: String,
    /// The fabric; empty for servers.
    pub fabric: String,
    /// Slug of the role.
    pub role: String,
    /// Slug of the device type.
    pub device_type: String,
    /// Where the class stands in the spec, if its devices are somebody else's: they and their
    /// interfaces are found by name, and never created, modified or deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<SpecPath>,
    /// Interfaces by slot.
    pub interfaces: Vec<DesiredInterface>,
}

/// A device that should be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredDevice {
    /// Index of its kind.
    pub kind: u32,
    /// Its number, as in its key.
    pub number: u32,
    /// Its name.
    pub name: String,
}

/// Where a device is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredPlace {
    /// Index in [`DesiredRacking::racks`].
    pub rack: u32,
    /// Its lowest unit, from 1.
    pub position: u32,
    /// True if the spec says so: then a device that stands elsewhere is moved.
    pub by_hand: bool,
}

/// What a cable is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredCable {
    /// Index in [`DesiredRacking::cable_types`].
    pub cable_type: u32,
    /// Its length, in centimetres.
    pub length_cm: u32,
}

/// What only a plan with racks says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredRacking {
    /// Names of racks.
    pub racks: Vec<String>,
    /// The place of each device; `None` for one that has none.
    pub places: Vec<Option<DesiredPlace>>,
    /// Types of cables, in NetBox's words.
    pub cable_types: Vec<String>,
    /// What each cable is to be; `None` for one that was not chosen.
    pub cables: Vec<Option<DesiredCable>>,
}

/// Everything a plan wants in one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    /// The owner.
    pub plan: Option<PlanId>,
    /// Slug of the site.
    pub site: String,
    /// What the name of every device begins with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_prefix: String,
    /// What must be there first, in the order of creation.
    pub prerequisites: Vec<Prerequisite>,
    /// Kinds of devices.
    pub kinds: Vec<DesiredKind>,
    /// Devices, as in the fabric.
    pub devices: Vec<DesiredDevice>,
    /// Owned interfaces, by device and slot, ascending.
    pub interfaces: Vec<End>,
    /// Cables: A end, B end, as in the fabric.
    pub cables: Vec<(End, End)>,
    /// Places of devices, types and lengths of cables, if the plan has racks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub racking: Option<DesiredRacking>,
    /// By key: what others had written on objects that were deleted and are to be made again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, Kept>,
}

/// What others had written on an object that was deleted: it comes back with the object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its status; empty for an interface, which has none.
    pub status: String,
    /// Slugs of its tags.
    pub tags: Vec<String>,
    /// Fields that Heddle does not know.
    pub other: BTreeMap<String, serde_json::Value>,
}

impl Kept {
    /// What others had written on a record.
    pub fn of(object: &Object) -> Self {
        let (status, tags, other) = match object {
            Object::Device(d) => (d.status.as_str(), &d.tags, &d.other),
            Object::Interface(i) => ("", &i.tags, &i.other),
            Object::Cable(c) => (c.status.as_str(), &c.tags, &c.other),
        };
        Self { status: status.to_owned(), tags: tags.clone(), other: other.clone() }
    }
}

/// NetBox's type of an interface with a connector and a speed.
pub fn interface_type(cage: Cage, speed_gbps: u32) -> String {
    let form = match cage {
        Cage::Osfp => "osfp",
        Cage::QsfpDd => "qsfpdd",
        Cage::Qsfp112 => "qsfp112",
        Cage::Qsfp56 => "qsfp56",
        Cage::Qsfp28 => "qsfp28",
        Cage::Sfp28 => "sfp28",
        Cage::SfpPlus => "sfpp",
        Cage::Rj45 => "rj45",
    };
    // Only pairs that NetBox has; every other lane of a broken-out cage is "other" there.
    match (speed_gbps, form) {
        (800 | 400, "osfp") | (800 | 400 | 200, "qsfpdd") | (400, "qsfp112") | (200, "qsfp56") => {
            format!("{speed_gbps}gbase-x-{form}")
        }
        (100, "qsfp28") => "100gbase-x-qsfp28".to_owned(),
        (25, "sfp28") => "25gbase-x-sfp28".to_owned(),
        (10, "sfpp") => "10gbase-x-sfpp".to_owned(),
        (10, "rj45") => "10gbase-t".to_owned(),
        (1, "rj45") => "1000base-t".to_owned(),
        _ => "other".to_owned(),
    }
}

impl Desired {
    /// Describes a fabric for a site.
    pub fn describe(plan: PlanId, site: &str, fabric: &Fabric, catalog: &Catalog) -> Self {
        let mut manufacturers = BTreeMap::new();
        let mut types = BTreeMap::new();
        let mut roles = BTreeSet::new();
        let mut kinds = Vec::new();
        for class in &fabric.classes {
            let external = class.role == DeviceRole::External;
            let (maker, model, slug, u_height, ports) = type_of(class.role, &class.model, catalog);
            if !external {
                roles.insert(class.role);
            }
            if class.count > 0 && !external {
                manufacturers.insert(slug_of(&maker), maker.clone());
                types.insert(slug.clone(), (slug_of(&maker), model, u_height, ports));
            }
            let interfaces = class.slots.iter().map(|slot| DesiredInterface {
                name: slot.name.clone(),
                key: slot.key.clone(),
                interface_type: interface_type(slot.cage, slot.speed_gbps),
                from_type: slot.from_type,
            });
            kinds.push(DesiredKind {
                class: class.id.clone(),
                fabric: class.fabric.clone().unwrap_or_default(),
                role: class.role.name().to_owned(),
                device_type: slug,
                external: external.then(|| class.path.clone()),
                interfaces: interfaces.collect(),
            });
        }
        let title = |slug: &str| {
            let mut chars = slug.chars();
            chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
        };
        let mut prerequisites =
            vec![Prerequisite::Site { name: site.to_owned(), slug: site.to_owned() }];
        prerequisites.extend(
            manufacturers.into_iter().map(|(slug, name)| Prerequisite::Manufacturer { name, slug }),
        );
        prerequisites.extend(types.into_iter().map(
            |(slug, (manufacturer, model, u_height, interfaces))| Prerequisite::DeviceType {
                manufacturer,
                model,
                slug,
                u_height,
                interfaces,
            },
        ));
        prerequisites.extend(roles.into_iter().map(|role| Prerequisite::DeviceRole {
            name: title(role.name()),
            slug: role.name().to_owned(),
        }));
        prerequisites.push(Prerequisite::Tag { name: "Heddle".to_owned(), slug: TAG.to_owned() });
        prerequisites.push(Prerequisite::CustomField { name: super::KEY_FIELD.to_owned() });

        let racking = fabric.racking.as_deref().map(DesiredRacking::of);
        if let Some(racks) = &fabric.racking {
            let u_height = u8::try_from(racks.rack_units).unwrap_or(u8::MAX);
            prerequisites.extend(racks.racks.iter().map(|rack| Prerequisite::Rack {
                name: rack.name.clone(),
                site: site.to_owned(),
                u_height,
            }));
        }

        let devices = (0u32..)
            .zip(&fabric.devices)
            .map(|(n, device)| DesiredDevice {
                kind: device.class,
                number: device.number,
                name: fabric.device_name(n),
            })
            .collect();
        let cables = fabric.links.iter().map(|link| (link.a, link.b)).collect();
        let interfaces = owned_interfaces(fabric);
        let first = fabric.classes.first();
        let name_prefix = first.map_or_else(String::new, |c| c.name_pattern.prefix().to_owned());
        Self {
            plan: Some(plan),
            site: site.to_owned(),
            name_prefix,
            prerequisites,
            kinds,
            devices,
            interfaces,
            cables,
            racking,
            kept: BTreeMap::new(),
        }
    }

    /// The rack of a device, its lowest unit there, and whether the spec says so itself.
    pub fn place(&self, device: u32) -> Option<(&str, u32, bool)> {
        let racking = self.racking.as_ref()?;
        let place = (*racking.places.get(device as usize)?)?;
        Some((racking.racks.get(place.rack as usize)?, place.position, place.by_hand))
    }

    /// The type of a cable and its length in centimetres.
    pub fn cable_make(&self, cable: u32) -> Option<(&str, u32)> {
        let racking = self.racking.as_ref()?;
        let make = (*racking.cables.get(cable as usize)?)?;
        let cable_type = racking.cable_types.get(make.cable_type as usize)?;
        Some((cable_type, make.length_cm))
    }

    /// The kind of a device.
    pub fn kind_of(&self, device: u32) -> Option<&DesiredKind> {
        self.kinds.get(self.devices.get(device as usize)?.kind as usize)
    }

    /// Where the class of an end stands in the spec, if its device is somebody else's.
    pub fn external(&self, end: End) -> Option<&SpecPath> {
        self.kind_of(end.device)?.external.as_ref()
    }

    /// The interface at an end.
    pub fn interface(&self, end: End) -> Option<&DesiredInterface> {
        self.kind_of(end.device)?.interfaces.get(usize::from(end.slot))
    }

    /// `device name` and `interface name` of an end.
    pub fn end_name(&self, end: End) -> String {
        match (self.devices.get(end.device as usize), self.interface(end)) {
            (Some(device), Some(interface)) => format!("{} {}", device.name, interface.name),
            _ => String::new(),
        }
    }

    /// `device/gpu/42`.
    pub fn device_key(&self, device: u32) -> String {
        match (self.devices.get(device as usize), self.kind_of(device)) {
            (Some(d), Some(kind)) => format!("device/{}/{}", kind.class, d.number),
            _ => String::new(),
        }
    }

    /// `interface/gpu/42/rail-3/0`.
    pub fn interface_key(&self, end: End) -> String {
        self.end_key("interface", end)
    }

    /// The key of a cable by its lower end: `cable/gpu/42/rail-3/0`.
    pub fn cable_key(&self, lower: End) -> String {
        self.end_key("cable", lower)
    }

    fn end_key(&self, what: &str, end: End) -> String {
        match (self.devices.get(end.device as usize), self.kind_of(end.device), self.interface(end))
        {
            (Some(d), Some(kind), Some(interface)) => {
                format!("{what}/{}/{}/{}", kind.class, d.number, interface.key)
            }
            _ => String::new(),
        }
    }

    /// What the custom field of an owned object holds.
    pub fn owned_key(&self, key: &str) -> String {
        self.plan.map_or_else(String::new, |plan| format!("{plan}/{key}"))
    }

    /// Tells whether what the custom field of an object holds is a key of this plan.
    pub fn owns(&self) -> impl Fn(&Option<String>) -> bool + use<> {
        let prefix = self.plan.map(|plan| format!("{plan}/"));
        move |key| {
            let key = key.as_deref().zip(prefix.as_deref());
            key.is_some_and(|(key, prefix)| key.starts_with(prefix))
        }
    }

    /// The record of a device, to be created.
    pub fn device_record(&self, device: u32) -> DeviceRecord {
        let kind = self.kind_of(device);
        let mut record = DeviceRecord {
            name: self.devices.get(device as usize).map(|d| d.name.clone()).unwrap_or_default(),
            site: self.site.clone(),
            role: kind.map(|k| k.role.clone()).unwrap_or_default(),
            device_type: kind.map(|k| k.device_type.clone()).unwrap_or_default(),
            status: "planned".to_owned(),
            tags: vec![TAG.to_owned()],
            key: Some(self.owned_key(&self.device_key(device))),
            ..DeviceRecord::default()
        };
        if let Some(kept) = self.kept(&self.device_key(device)) {
            record.status.clone_from(&kept.status);
            record.tags.clone_from(&kept.tags);
            record.other.clone_from(&kept.other);
            return record;
        }
        match self.place(device) {
            Some((rack, position, _)) => record.at(rack, position),
            None => record,
        }
    }

    /// The record of an owned interface, to be created on the device with the given id.
    pub fn interface_record(&self, end: End, device: ObjectId) -> InterfaceRecord {
        let interface = self.interface(end);
        let key = self.interface_key(end);
        let mut record = InterfaceRecord {
            device,
            name: interface.map(|i| i.name.clone()).unwrap_or_default(),
            interface_type: interface.map(|i| i.interface_type.clone()).unwrap_or_default(),
            tags: vec![TAG.to_owned()],
            key: Some(self.owned_key(&key)),
            ..InterfaceRecord::default()
        };
        if let Some(kept) = self.kept(&key) {
            record.tags.clone_from(&kept.tags);
            record.other.clone_from(&kept.other);
        }
        record
    }

    fn kept(&self, key: &str) -> Option<&Kept> {
        // Hardly any plan has one, and keys are asked for by the hundred thousand.
        if self.kept.is_empty() { None } else { self.kept.get(key) }
    }

    /// The record of a cable, to be created between two interface ids.
    pub fn cable_record(&self, cable: u32, a: ObjectId, b: ObjectId) -> CableRecord {
        let key = self.cables.get(cable as usize).map(|(lower, _)| self.cable_key(*lower));
        let mut record = CableRecord {
            a,
            b,
            status: "planned".to_owned(),
            tags: vec![TAG.to_owned()],
            key: key.as_deref().map(|key| self.owned_key(key)),
            ..CableRecord::default()
        };
        if let Some(kept) = key.and_then(|key| self.kept(&key)) {
            record.status.clone_from(&kept.status);
            record.tags.clone_from(&kept.tags);
            record.other.clone_from(&kept.other);
            return record;
        }
        match self.cable_make(cable) {
            Some((cable_type, length_cm)) => record.of(cable_type, length_cm),
            None => record,
        }
    }
}

impl DesiredRacking {
    /// Adds racks, places and cables to a stream.
    pub(crate) fn record(&self, stream: &mut DigestStream) {
        stream.text("racks").number(self.racks.len() as u64);
        for rack in &self.racks {
            stream.text(rack);
        }
        stream.number(self.places.len() as u64);
        for place in &self.places {
            // No place is 0; a rack counts from 1.
            stream
                .number(place.map_or(0, |p| (u64::from(p.rack) + 1) << 32 | u64::from(p.position)));
            stream.number(place.map_or(0, |p| u64::from(p.by_hand)));
        }
        stream.number(self.cable_types.len() as u64);
        for cable_type in &self.cable_types {
            stream.text(cable_type);
        }
        stream.number(self.cables.len() as u64);
        for cable in &self.cables {
            let made =
                cable.map_or(0, |c| (u64::from(c.cable_type) + 1) << 32 | u64::from(c.length_cm));
            stream.number(made);
        }
    }

    fn of(racking: &Racking) -> Self {
        let place = |place: &Place| DesiredPlace {
            rack: place.rack,
            position: place.unit,
            by_hand: place.by_hand,
        };
        let cable = |cable: &Option<u32>| {
            let cable = racking.cables.get((*cable)? as usize)?;
            Some(DesiredCable { cable_type: cable.cable_type, length_cm: cable.length_cm })
        };
        Self {
            racks: racking.racks.iter().map(|rack| rack.name.clone()).collect(),
            places: racking.places.iter().map(|of| of.as_ref().map(place)).collect(),
            cable_types: racking.cable_types.iter().map(|of| of.netbox_type.to_owned()).collect(),
            cables: racking.cable_of.iter().map(cable).collect(),
        }
    }
}

/// The ends of links that the plan creates, by device and slot. Counted into place: a sort of all
/// ends would take as long as the rest of the description.
fn owned_interfaces(fabric: &Fabric) -> Vec<End> {
    let owned: Vec<Vec<bool>> =
        fabric.classes.iter().map(|c| c.slots.iter().map(|s| !s.from_type).collect()).collect();
    let is_owned = |end: &End| {
        let class = fabric.devices.get(end.device as usize).map(|d| d.class as usize);
        let slots = class.and_then(|class| owned.get(class));
        slots.and_then(|slots| slots.get(usize::from(end.slot))).copied().unwrap_or(false)
    };
    let ends = || fabric.links.iter().flat_map(|link| [link.a, link.b]).filter(is_owned);
    let mut next = vec![0usize; fabric.devices.len() + 1];
    for end in ends() {
        // Ends that are owned have a device; the count of each stands one behind its own place.
        if let Some(count) = next.get_mut(end.device as usize + 1) {
            *count += 1;
        }
    }
    let mut total = 0;
    for first in &mut next {
        total += *first;
        *first = total;
    }
    let mut interfaces = vec![End { device: 0, slot: 0 }; total];
    for end in ends() {
        if let Some(at) = next.get_mut(end.device as usize) {
            if let Some(place) = interfaces.get_mut(*at) {
                *place = end;
            }
            *at += 1;
        }
    }
    for of_one in interfaces.chunk_by_mut(|a, b| a.device == b.device) {
        of_one.sort_unstable_by_key(|end| end.slot);
    }
    interfaces
}

/// Lower-case letters, digits and dashes.
fn slug_of(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect()
}

type TypeFacts = (String, String, String, u8, Vec<(String, String)>);

fn type_of(role: DeviceRole, model: &str, catalog: &Catalog) -> TypeFacts {
    let unknown = || (String::new(), model.to_owned(), model.to_owned(), 1, Vec::new());
    if role == DeviceRole::Server {
        return catalog.servers.get(model).map_or_else(unknown, |m| {
            (m.manufacturer.clone(), m.model.clone(), m.slug.clone(), m.rack_units, Vec::new())
        });
    }
    catalog.switches.get(model).map_or_else(unknown, |m| {
        let mut ports = Vec::new();
        for group in &m.ports {
            for cage in group.cages.cages() {
                ports.push((m.cage_name(*cage), interface_type(group.cage, group.speed_gbps)));
            }
        }
        (m.manufacturer.clone(), m.model.clone(), m.slug.clone(), m.rack_units, ports)
    })
}
