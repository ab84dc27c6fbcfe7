//! The objects that two plans generate, by their keys within the plan.
//!
//! Keys do not say whose plan it is, so a copy with an id of its own compares as the same plan. A
//! cable has moved if it is plugged in elsewhere, as a diff sees it too: a switch that is only
//! called otherwise moves none. Devices of others are no objects of a plan, and only their cables
//! are here.

use super::matched::{Collector, Shelf};
use super::{FieldDifference, Objects};
use crate::fabric::End;
use crate::inventory::{Desired, DesiredInterface, Field, Kind, metres};
use serde_json::Value;

/// Class, number and slot of an end.
type EndKey<'a> = (&'a str, u32, &'a str);

/// Compares what two plans generate.
pub(super) fn objects(a: &Desired, b: &Desired) -> Objects {
    let mut found = Collector::default();
    let device = |of: &Desired, n: u32| (Some(of.device_key(n)), name_of(of, n).to_owned());
    found.compare(
        Kind::Device,
        Shelf { items: devices(a), describe: &|n| device(a, n) },
        Shelf { items: devices(b), describe: &|n| device(b, n) },
        |n, m| device_fields((a, n), (b, m)),
    );
    let interface = |of: &Desired, n: u32| {
        let end = of.interfaces.get(n as usize).copied();
        let described = end.map(|end| (of.interface_key(end), of.end_name(end)));
        let (key, name) = described.unwrap_or_default();
        (Some(key), name)
    };
    found.compare(
        Kind::Interface,
        Shelf { items: interfaces(a), describe: &|n| interface(a, n) },
        Shelf { items: interfaces(b), describe: &|n| interface(b, n) },
        |n, m| interface_fields((a, n), (b, m)),
    );
    let cable = |of: &Desired, n: u32| {
        let ends = of.cables.get(n as usize).copied();
        let described = ends.map(|(lower, upper)| {
            let name = format!("{} – {}", of.end_name(lower), of.end_name(upper));
            (of.cable_key(lower), name)
        });
        let (key, name) = described.unwrap_or_default();
        (Some(key), name)
    };
    found.compare(
        Kind::Cable,
        Shelf { items: cables(a), describe: &|n| cable(a, n) },
        Shelf { items: cables(b), describe: &|n| cable(b, n) },
        |n, m| cable_fields((a, n), (b, m)),
    );
    found.finish()
}

fn name_of(desired: &Desired, device: u32) -> &str {
    desired.devices.get(device as usize).map_or("", |d| &d.name)
}

fn devices(desired: &Desired) -> Vec<((&str, u32), u32)> {
    let own = (0u32..).zip(&desired.devices).filter_map(|(n, device)| {
        let kind = desired.kinds.get(device.kind as usize)?;
        kind.external.is_none().then_some(((kind.class.as_str(), device.number), n))
    });
    own.collect()
}

fn interfaces(desired: &Desired) -> Vec<(EndKey<'_>, u32)> {
    let all = (0u32..).zip(&desired.interfaces);
    all.filter_map(|(n, end)| Some((end_key(desired, *end)?, n))).collect()
}

fn cables(desired: &Desired) -> Vec<(EndKey<'_>, u32)> {
    let all = (0u32..).zip(&desired.cables);
    all.filter_map(|(n, (lower, _))| Some((end_key(desired, *lower)?, n))).collect()
}

fn end_key(desired: &Desired, end: End) -> Option<EndKey<'_>> {
    let device = desired.devices.get(end.device as usize)?;
    let kind = desired.kinds.get(device.kind as usize)?;
    let interface = kind.interfaces.get(usize::from(end.slot))?;
    Some((&kind.class, device.number, &interface.key))
}

/// Whose a device is: by class and number the plan's own, by name somebody else's.
#[derive(PartialEq, Eq)]
enum Whose<'a> {
    Own(&'a str, u32),
    Other(&'a str),
}

/// Where an end is plugged in: the device, whether its type brings the interface, and the
/// interface: by name if so, else by key, for it then goes where the plan calls it.
fn place(desired: &Desired, end: End) -> Option<(Whose<'_>, bool, &str)> {
    let device = desired.devices.get(end.device as usize)?;
    let kind = desired.kinds.get(device.kind as usize)?;
    let interface = kind.interfaces.get(usize::from(end.slot))?;
    let whose = match kind.external {
        Some(_) => Whose::Other(&device.name),
        None => Whose::Own(&kind.class, device.number),
    };
    let name = if interface.from_type { &interface.name } else { &interface.key };
    Some((whose, interface.from_type, name))
}

fn device_fields((a, n): (&Desired, u32), (b, m): (&Desired, u32)) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    // Nearly all are equal, so texts are made only for those that are not.
    let mut text = |field: Field, old: Option<&str>, new: Option<&str>| {
        if old != new {
            push(&mut found, field, old.map(Value::from), new.map(Value::from));
        }
    };
    let (kind_a, kind_b) = (a.kind_of(n), b.kind_of(m));
    text(Field::Name, Some(name_of(a, n)), Some(name_of(b, m)));
    text(Field::Role, kind_a.map(|k| k.role.as_str()), kind_b.map(|k| k.role.as_str()));
    let types = (kind_a.map(|k| k.device_type.as_str()), kind_b.map(|k| k.device_type.as_str()));
    text(Field::Type, types.0, types.1);
    let (old, new) = (a.place(n), b.place(m));
    text(Field::Rack, old.map(|p| p.0), new.map(|p| p.0));
    if old.map(|p| p.1) != new.map(|p| p.1) {
        push(&mut found, Field::Position, old.map(|p| p.1.into()), new.map(|p| p.1.into()));
    }
    found
}

fn interface_fields((a, n): (&Desired, u32), (b, m): (&Desired, u32)) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    let of = |of: &'_ Desired, n: u32| of.interfaces.get(n as usize).copied();
    let (Some(old), Some(new)) = (of(a, n), of(b, m)) else { return found };
    let (Some(old), Some(new)) = (a.interface(old), b.interface(new)) else { return found };
    let mut text = |field: Field, of: fn(&DesiredInterface) -> &str| {
        if of(old) != of(new) {
            push(&mut found, field, Some(of(old).into()), Some(of(new).into()));
        }
    };
    text(Field::Name, |i| &i.name);
    text(Field::Type, |i| &i.interface_type);
    found
}

fn cable_fields((a, n): (&Desired, u32), (b, m): (&Desired, u32)) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    if let (Some(of_a), Some(of_b)) = (a.cables.get(n as usize), b.cables.get(m as usize)) {
        for (field, old, new) in [(Field::A, of_a.0, of_b.0), (Field::B, of_a.1, of_b.1)] {
            if place(a, old) == place(b, new) {
                continue;
            }
            let (mut old_text, mut new_text) = (a.end_name(old), b.end_name(new));
            // Another device of the same name: only its key tells the two apart.
            if old_text == new_text {
                (old_text, new_text) = (a.interface_key(old), b.interface_key(new));
            }
            push(&mut found, field, Some(old_text.into()), Some(new_text.into()));
        }
    }
    let (old, new) = (a.cable_make(n), b.cable_make(m));
    if old.map(|c| c.0) != new.map(|c| c.0) {
        push(&mut found, Field::Type, old.map(|c| c.0.into()), new.map(|c| c.0.into()));
    }
    if old.map(|c| c.1) != new.map(|c| c.1) {
        let length = |cable: Option<(&str, u32)>| cable.map(|c| metres(c.1).into());
        push(&mut found, Field::Length, length(old), length(new));
    }
    found
}

fn push(found: &mut Vec<FieldDifference>, field: Field, old: Option<Value>, new: Option<Value>) {
    found.push(FieldDifference { path: field.to_string(), old, new });
}
