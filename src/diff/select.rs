//! A part of a change set: that of some fabrics, scalable units or classes.
//!
//! A selection takes the changes of its devices, of their interfaces and of every cable with an
//! end on one of them; and then whatever those need: the devices and interfaces at the other end
//! of a cable, whatever holds a port or a name that one of them is to have, and the cables of a
//! device that goes. A scalable unit takes nothing that goes, since what the plan has no longer is in
//! none; of a destroy it takes what the plan has there. What is left out stays for a later run.

use super::{Addition, ChangeSet, LeftOut};
use crate::fabric::{Class, End, Fabric};
use crate::inventory::{Field, Kind, Object, ObjectId, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// A part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The switches of a fabric.
    Fabric(String),
    /// A scalable unit: its servers and leaves; counted from 1.
    Su(u32),
    /// The devices of a class.
    Class(String),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fabric(name) => write!(f, "fabric {name}"),
            Self::Su(number) => write!(f, "SU {number}"),
            Self::Class(id) => write!(f, "class {id}"),
        }
    }
}

impl FromStr for Part {
    type Err = ();

    /// What [`Display`](fmt::Display) writes.
    fn from_str(words: &str) -> Result<Self, ()> {
        match words.split_once(' ') {
            Some(("fabric", name)) if !name.is_empty() => Ok(Self::Fabric(name.to_owned())),
            Some(("class", id)) if !id.is_empty() => Ok(Self::Class(id.to_owned())),
            Some(("SU", number)) => match number.parse() {
                Ok(number @ 1..) => Ok(Self::Su(number)),
                _ => Err(()),
            },
            _ => Err(()),
        }
    }
}

/// A change, by its place in the change set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Addition(usize),
    Modification(usize),
    Deletion(usize),
}

/// The part of a change set that a selection names, with all that it needs. `fabric` is the one
/// that the set was made from.
pub fn select(
    changes: &ChangeSet,
    fabric: &Fabric,
    snapshot: &Snapshot,
    parts: &BTreeSet<Part>,
) -> ChangeSet {
    let mut selector = Selector::new(changes, fabric, snapshot, parts);
    selector.start();
    let named = selector.taken.clone();
    selector.close();
    selector.result(parts, &named)
}

struct Selector<'a> {
    changes: &'a ChangeSet,
    snapshot: &'a Snapshot,
    /// True for each desired device that is selected.
    selected: Vec<bool>,
    /// Classes selected as a whole, also such as the plan has no longer.
    classes: BTreeSet<String>,
    /// Keys of devices selected by their scalable unit, where what they go from knows no units.
    devices_of_units: BTreeSet<String>,
    taken: BTreeSet<Change>,
    open: Vec<Change>,
    devices: BTreeMap<u32, Change>,
    interfaces: BTreeMap<End, Change>,
    /// Ids of devices that the target calls otherwise than the plan does.
    known: BTreeMap<u32, ObjectId>,
    /// What leaves or changes an object of the target.
    by_id: BTreeMap<(Kind, ObjectId), Change>,
    /// By site name without case: what holds it and gives it up.
    device_names: BTreeMap<String, Change>,
}

impl<'a> Selector<'a> {
    fn new(
        changes: &'a ChangeSet,
        fabric: &Fabric,
        snapshot: &'a Snapshot,
        parts: &BTreeSet<Part>,
    ) -> Self {
        let desired = &changes.desired;
        let is_selected = |n: usize| {
            let device = u32::try_from(n).ok();
            let kind = device.and_then(|n| desired.kind_of(n));
            let su = fabric.devices.get(n).and_then(|d| d.su);
            parts.iter().any(|part| match part {
                Part::Fabric(name) => kind.is_some_and(|k| k.fabric == *name),
                Part::Class(id) => kind.is_some_and(|k| k.class == *id),
                Part::Su(number) => su.is_some_and(|su| su + 1 == *number),
            })
        };
        let of_fabrics = desired.kinds.iter().filter(|kind| {
            parts.contains(&Part::Fabric(kind.fabric.clone())) && !kind.fabric.is_empty()
        });
        let named = parts.iter().filter_map(|part| match part {
            Part::Class(id) => Some(id.clone()),
            _ => None,
        });
        let classes = named.chain(of_fabrics.map(|kind| kind.class.clone()));
        // Towards nothing, only the fabric knows what the parts mean.
        let is_part = |class: &&Class| {
            let fabric = class.fabric.clone().unwrap_or_default();
            !fabric.is_empty() && parts.contains(&Part::Fabric(fabric))
        };
        let planned = fabric.classes.iter().filter(|_| !changes.purpose.is_converge());
        let planned = planned.filter(is_part).map(|class| class.id.clone());
        let classes = classes.chain(planned);
        let of_unit = |n: &u32| {
            let su = fabric.devices.get(*n as usize).and_then(|device| device.su);
            su.is_some_and(|su| parts.contains(&Part::Su(su.saturating_add(1))))
        };
        let all = 0..u32::try_from(fabric.devices.len()).unwrap_or(u32::MAX);
        let units = all.filter(|n| !changes.purpose.is_converge() && of_unit(n));
        let key = |n: u32| {
            let number = fabric.devices.get(n as usize)?.number;
            Some(format!("device/{}/{number}", fabric.class_of(n)?.id))
        };
        let devices_of_units = units.filter_map(key).collect();
        let mut selector = Self {
            changes,
            snapshot,
            selected: (0..desired.devices.len()).map(is_selected).collect(),
            classes: classes.collect(),
            devices_of_units,
            taken: BTreeSet::new(),
            open: Vec::new(),
            devices: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            known: changes.called_otherwise.iter().copied().collect(),
            by_id: BTreeMap::new(),
            device_names: BTreeMap::new(),
        };
        for (n, addition) in changes.additions.iter().enumerate() {
            selector.index(*addition, Change::Addition(n));
        }
        for (n, m) in changes.modifications.iter().enumerate() {
            selector.index(m.desired, Change::Modification(n));
            if let Addition::Device(device) = m.desired {
                selector.known.insert(device, m.old.id());
            }
            selector.index_old(&m.old, Change::Modification(n));
        }
        for (n, d) in changes.deletions.iter().enumerate() {
            selector.index_old(&d.old, Change::Deletion(n));
        }
        selector
    }

    fn index(&mut self, what: Addition, change: Change) {
        match what {
            Addition::Device(n) => drop(self.devices.insert(n, change)),
            Addition::Interface(n) => {
                let end = self.changes.desired.interfaces.get(n as usize);
                if let Some(end) = end {
                    self.interfaces.insert(*end, change);
                }
            }
            Addition::Cable(_) => {}
        }
    }

    fn index_old(&mut self, old: &Object, change: Change) {
        self.by_id.insert((old.kind(), old.id()), change);
        if let Object::Device(device) = old {
            self.device_names.insert(device.name.to_lowercase(), change);
        }
    }

    fn take(&mut self, change: Change) {
        if self.taken.insert(change) {
            self.open.push(change);
        }
    }

    /// Takes what the parts name.
    fn start(&mut self) {
        let changes = self.changes;
        for (n, addition) in changes.additions.iter().enumerate() {
            if self.is_of(*addition) {
                self.take(Change::Addition(n));
            }
        }
        for (n, m) in changes.modifications.iter().enumerate() {
            if self.is_of(m.desired) {
                self.take(Change::Modification(n));
            }
        }
        for (n, d) in changes.deletions.iter().enumerate() {
            let mut parts = d.key.split('/').skip(1);
            let class = parts.next().unwrap_or_default();
            let of_unit = !self.devices_of_units.is_empty() && {
                let number = parts.next().unwrap_or_default();
                self.devices_of_units.contains(&format!("device/{class}/{number}"))
            };
            if of_unit || self.classes.contains(class) {
                self.take(Change::Deletion(n));
            }
        }
    }

    fn is_of(&self, what: Addition) -> bool {
        let desired = &self.changes.desired;
        let of = |device: u32| self.selected.get(device as usize).copied().unwrap_or(false);
        match what {
            Addition::Device(n) => of(n),
            Addition::Interface(n) => {
                desired.interfaces.get(n as usize).is_some_and(|end| of(end.device))
            }
            Addition::Cable(n) => {
                desired.cables.get(n as usize).is_some_and(|(a, b)| of(a.device) || of(b.device))
            }
        }
    }

    /// Takes what the taken need, until they need nothing more.
    fn close(&mut self) {
        while let Some(change) = self.open.pop() {
            match change {
                Change::Addition(n) => {
                    if let Some(addition) = self.changes.additions.get(n) {
                        self.need(*addition, None);
                    }
                }
                Change::Modification(n) => {
                    if let Some(m) = self.changes.modifications.get(n) {
                        let name = m.fields.iter().find(|f| f.field == Field::Name);
                        self.need(m.desired, name.map(|f| f.new.as_str()));
                    }
                }
                Change::Deletion(n) => {
                    let changes = self.changes;
                    match changes.deletions.get(n).map(|d| &d.old) {
                        Some(Object::Device(device)) => self.leave_device(device.id),
                        Some(Object::Interface(interface)) => self.leave_port(interface.id),
                        _ => {}
                    }
                }
            }
        }
    }

    /// What something that is to be made or changed needs.
    fn need(&mut self, what: Addition, new_name: Option<&str>) {
        let changes = self.changes;
        match what {
            Addition::Device(n) => {
                let name = changes.desired.devices.get(n as usize).map(|d| d.name.to_lowercase());
                let name = new_name.map(str::to_lowercase).or(name);
                if let Some(holder) = name.and_then(|name| self.device_names.get(&name)) {
                    self.take(*holder);
                }
            }
            Addition::Interface(n) => {
                if let Some(end) = changes.desired.interfaces.get(n as usize) {
                    self.need_end(*end);
                }
            }
            Addition::Cable(n) => {
                if let Some((a, b)) = changes.desired.cables.get(n as usize) {
                    for end in [*a, *b] {
                        self.need_end(end);
                        self.free_port(end);
                    }
                }
            }
        }
    }

    fn need_end(&mut self, end: End) {
        let needed = [self.devices.get(&end.device), self.interfaces.get(&end)];
        for change in needed.into_iter().flatten().copied().collect::<Vec<_>>() {
            self.take(change);
        }
    }

    /// A cable that is in the port of an end and leaves it has to leave.
    fn free_port(&mut self, end: End) {
        let desired = &self.changes.desired;
        let Some(interface) = desired.interface(end) else { return };
        let Some(device) = desired.devices.get(end.device as usize) else { return };
        let known = self.known.get(&end.device).and_then(|id| self.snapshot.device(*id));
        let there = known
            .or_else(|| self.snapshot.device_named(&device.name))
            .and_then(|device| self.snapshot.interface_named(device.id, &interface.name))
            .map(|interface| interface.id);
        if let Some(id) = there {
            self.leave_port(id);
        }
    }

    fn leave_port(&mut self, interface: ObjectId) {
        let cable = self.snapshot.cable_at(interface).map(|cable| cable.id);
        let change = cable.and_then(|id| self.by_id.get(&(Kind::Cable, id)).copied());
        if let Some(change) = change {
            self.take(change);
        }
    }

    fn leave_device(&mut self, device: ObjectId) {
        let ports: Vec<ObjectId> = self.snapshot.interfaces_of(device).map(|i| i.id).collect();
        for port in ports {
            self.leave_port(port);
            if let Some(change) = self.by_id.get(&(Kind::Interface, port)).copied() {
                self.take(change);
            }
        }
    }

    /// The set of what is taken; `named` is what the parts name of it.
    fn result(self, parts: &BTreeSet<Part>, named: &BTreeSet<Change>) -> ChangeSet {
        let changes = self.changes;
        let mut left_out = LeftOut::default();
        let taken = |change: Change| self.taken.contains(&change);
        let mut set = ChangeSet {
            additions: Vec::new(),
            modifications: Vec::new(),
            deletions: Vec::new(),
            selection: parts.iter().map(Part::to_string).collect(),
            ..changes.clone()
        };
        for (n, addition) in changes.additions.iter().enumerate() {
            match taken(Change::Addition(n)) {
                true => set.additions.push(*addition),
                false => left_out.desired.push(*addition),
            }
        }
        for (n, m) in changes.modifications.iter().enumerate() {
            match taken(Change::Modification(n)) {
                true => set.modifications.push(m.clone()),
                false => left_out.desired.push(m.desired),
            }
        }
        for (n, d) in changes.deletions.iter().enumerate() {
            match taken(Change::Deletion(n)) {
                true => set.deletions.push(d.clone()),
                false => left_out.deletions.push(d.key.clone()),
            }
        }
        set.left_out = left_out;
        for change in self.taken.difference(named) {
            let kind = match *change {
                Change::Addition(n) => changes.additions.get(n).map(|addition| addition.kind()),
                Change::Modification(n) => changes.modifications.get(n).map(|m| m.desired.kind()),
                Change::Deletion(n) => changes.deletions.get(n).map(|d| d.old.kind()),
            };
            if let Some(kind) = kind {
                set.needed.count(kind);
            }
        }
        super::racks::leave_out_unused(&mut set);
        set
    }
}
