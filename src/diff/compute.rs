//! Holds what a plan wants against what a target has.
//!
//! Objects are found by key, never by name or place: only what carries this plan's id and its
//! own key is ever modified or deleted. Whatever stands in the way and belongs to somebody else
//! is a finding, and is left alone.

use super::{Addition, ChangeSet, Counts, Deletion, FieldChange, Modification, Reason, grouped};
use crate::fabric::End;
use crate::inventory::{CableRecord, Desired, Field, KeyAt, Kind, Object, ObjectId, Snapshot};
use crate::model::{Cancelled, Code, Finding, Progress, SpecPath};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Computes the change set that makes a target equal to what is desired.
pub fn compute(
    desired: &Arc<Desired>,
    snapshot: &Snapshot,
    findings: &mut Vec<Finding>,
    progress: &Progress,
) -> Result<ChangeSet, Cancelled> {
    let set = ChangeSet {
        target: snapshot.target().clone(),
        desired: Arc::clone(desired),
        prerequisites: desired.prerequisites.iter().filter(|p| !snapshot.has(p)).cloned().collect(),
        ..ChangeSet::default()
    };
    let mut diff = Diff {
        set,
        snapshot,
        findings,
        prefix: desired.owned_key(""),
        seen_devices: vec![false; snapshot.devices().len()],
        seen_interfaces: vec![false; snapshot.interfaces().len()],
        seen_cables: vec![false; snapshot.cables().len()],
        device_ids: vec![0; desired.devices.len()],
        interface_ids: vec![0; desired.interfaces.len()],
        first_interface: first_interfaces(desired),
    };
    diff.report_repeated_keys();
    diff.devices();
    progress.check()?;
    diff.interfaces();
    progress.check()?;
    diff.cables();
    progress.check()?;
    diff.leftovers();
    Ok(diff.set)
}

struct Diff<'a> {
    set: ChangeSet,
    snapshot: &'a Snapshot,
    findings: &'a mut Vec<Finding>,
    prefix: String,
    seen_devices: Vec<bool>,
    seen_interfaces: Vec<bool>,
    seen_cables: Vec<bool>,
    /// Ids of desired devices that are there, else 0.
    device_ids: Vec<ObjectId>,
    /// Ids of desired owned interfaces that are there, else 0.
    interface_ids: Vec<ObjectId>,
    /// Where the interfaces of each device begin in [`Desired::interfaces`].
    first_interface: Vec<u32>,
}

fn mark(seen: &mut [bool], n: u32) {
    if let Some(flag) = seen.get_mut(n as usize) {
        *flag = true;
    }
}

fn first_interfaces(desired: &Desired) -> Vec<u32> {
    let mut first = Vec::with_capacity(desired.devices.len() + 1);
    let mut at = 0;
    for device in 0..=count(desired.devices.len()) {
        while desired.interfaces.get(at).is_some_and(|end| end.device < device) {
            at += 1;
        }
        first.push(count(at));
    }
    first
}

/// The records that nothing desired matched.
fn unseen<'a, T>(records: &'a [T], seen: &'a [bool]) -> impl Iterator<Item = &'a T> {
    records.iter().zip(seen).filter(|(_, seen)| !**seen).map(|(record, _)| record)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn target_path() -> SpecPath {
    SpecPath::new("spec.target.site")
}

impl Diff<'_> {
    fn report_repeated_keys(&mut self) {
        for key in self.snapshot.repeated_keys() {
            if let Some(own) = key.strip_prefix(self.prefix.as_str()) {
                self.findings.push(
                    Finding::new(
                        Code::KeyCollision,
                        target_path(),
                        format!("Two objects of the inventory carry the key `{own}`; neither is touched."),
                    )
                    .advise("Clear the custom field `heddle_key` of the copy."),
                );
            }
        }
    }

    fn found(&self, key: &str) -> Option<KeyAt> {
        self.snapshot.with_key(key).filter(|_| !self.snapshot.repeated_keys().contains(key))
    }

    fn devices(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        // Names in use by somebody else, by kind.
        let mut taken: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        let mut key = String::new();
        for (n, device) in desired.devices.iter().enumerate() {
            let index = count(n);
            let Some(kind) = desired.kinds.get(device.kind as usize) else { continue };
            key.clear();
            key.push_str(&self.prefix);
            // Writing to a String cannot fail.
            write!(key, "device/{}/{}", kind.class, device.number).unwrap_or_default();
            let Some(KeyAt::Device(at)) = self.found(&key) else {
                if let Some(other) =
                    self.snapshot.device_named(&device.name).filter(|d| !self.is_own(&d.key))
                {
                    taken.entry(device.kind).or_default().push(other.name.as_str());
                }
                self.set.additions.push(Addition::Device(index));
                continue;
            };
            mark(&mut self.seen_devices, at);
            let Some(old) = self.snapshot.devices().get(at as usize) else { continue };
            if let Some(id) = self.device_ids.get_mut(n) {
                *id = old.id;
            }
            let fields = changes([
                (Field::Name, &old.name, &device.name),
                (Field::Role, &old.role, &kind.role),
                (Field::Type, &old.device_type, &kind.device_type),
            ]);
            let own = key.get(self.prefix.len()..).unwrap_or_default();
            self.note(
                Object::Device(old.clone()),
                Addition::Device(index),
                own,
                &old.name,
                fields,
                None,
            );
        }
        for (kind, names) in taken {
            let class = desired.kinds.get(kind as usize).map_or("", |kind| kind.class.as_str());
            self.report_taken_names(class, &names);
        }
    }

    /// One finding for a class, whose names clash together or not at all: a second plan of the
    /// same preset in a site is one mistake, not hundreds.
    fn report_taken_names(&mut self, class: &str, names: &[&str]) {
        const EXAMPLES: usize = 3;
        let first = names.iter().take(EXAMPLES).copied().collect::<Vec<_>>().join(", ");
        let what = match names {
            [_] => format!("a device called {first}, which is not this plan's"),
            [_, ..] if names.len() <= EXAMPLES => {
                format!("devices called {first}, which are not this plan's")
            }
            _ => format!(
                "{} devices with names of class {class}, which are not this plan's, beginning with {first}",
                grouped(names.len() as u64)
            ),
        };
        self.findings.push(
            Finding::new(Code::NameTaken, target_path(), format!("The site already has {what}."))
                .advise(
                    "Plan for another site, or rename those devices in the inventory. A class listed \
                     in the plan can have another `name` instead; those of a cluster cannot.",
                ),
        );
    }

    fn interfaces(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        let mut key = String::new();
        for (n, end) in desired.interfaces.iter().enumerate() {
            let index = count(n);
            let (Some(device), Some(kind), Some(interface)) = (
                desired.devices.get(end.device as usize),
                desired.kind_of(end.device),
                desired.interface(*end),
            ) else {
                continue;
            };
            let device_id = self.device_ids.get(end.device as usize).copied().unwrap_or(0);
            key.clear();
            key.push_str(&self.prefix);
            write!(key, "interface/{}/{}/{}", kind.class, device.number, interface.key)
                .unwrap_or_default();
            let found = match self.found(&key) {
                Some(KeyAt::Interface(at)) => self
                    .snapshot
                    .interfaces()
                    .get(at as usize)
                    .filter(|old| device_id != 0 && old.device == device_id)
                    .map(|old| (at, old)),
                _ => None,
            };
            let Some((at, old)) = found else {
                if device_id != 0
                    && let Some(other) = self.snapshot.interface_named(device_id, &interface.name)
                    && !self.is_own(&other.key)
                {
                    self.taken(&format!("{} {}", device.name, interface.name));
                }
                self.set.additions.push(Addition::Interface(index));
                continue;
            };
            mark(&mut self.seen_interfaces, at);
            if let Some(id) = self.interface_ids.get_mut(n) {
                *id = old.id;
            }
            let fields = changes([
                (Field::Name, &old.name, &interface.name),
                (Field::Type, &old.interface_type, &interface.interface_type),
            ]);
            if fields.is_empty() {
                self.set.unchanged.interfaces += 1;
                continue;
            }
            let own = key.get(self.prefix.len()..).unwrap_or_default();
            let name = format!("{} {}", device.name, old.name);
            self.note(
                Object::Interface(old.clone()),
                Addition::Interface(index),
                own,
                &name,
                fields,
                None,
            );
        }
    }

    fn cables(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        let mut key = String::new();
        for (n, (a, b)) in desired.cables.iter().enumerate() {
            let index = count(n);
            let (Some(device), Some(kind), Some(interface)) = (
                desired.devices.get(a.device as usize),
                desired.kind_of(a.device),
                desired.interface(*a),
            ) else {
                continue;
            };
            key.clear();
            key.push_str(&self.prefix);
            write!(key, "cable/{}/{}/{}", kind.class, device.number, interface.key)
                .unwrap_or_default();
            let (a_id, b_id) = (self.interface_id(&desired, *a), self.interface_id(&desired, *b));
            let old = match self.found(&key) {
                Some(KeyAt::Cable(at)) => {
                    self.snapshot.cables().get(at as usize).map(|old| (at, old))
                }
                _ => None,
            };
            for (end, id) in [(*a, a_id), (*b, b_id)] {
                if id != 0
                    && let Some(other) = self.snapshot.cable_at(id)
                    && !self.is_own(&other.key)
                {
                    self.taken(&desired.end_name(end));
                }
            }
            let Some((at, old)) = old else {
                self.set.additions.push(Addition::Cable(index));
                continue;
            };
            mark(&mut self.seen_cables, at);
            let same = a_id != 0 && b_id != 0;
            if same && ((old.a, old.b) == (a_id, b_id) || (old.b, old.a) == (a_id, b_id)) {
                self.set.unchanged.cables += 1;
                continue;
            }
            let (old_a, old_b) = (self.end_name(old.a), self.end_name(old.b));
            let fields = changes([
                (Field::A, &old_a, &desired.end_name(*a)),
                (Field::B, &old_b, &desired.end_name(*b)),
            ]);
            let own = key.get(self.prefix.len()..).unwrap_or_default();
            let name = format!("{old_a} – {old_b}");
            self.note(
                Object::Cable(old.clone()),
                Addition::Cable(index),
                own,
                &name,
                fields,
                Some((*a, *b)),
            );
        }
    }

    /// Everything of this plan that nothing desired matched.
    fn leftovers(&mut self) {
        let repeated = self.snapshot.repeated_keys();
        let own = |key: &Option<String>| {
            key.as_deref()
                .filter(|key| !repeated.contains(*key))
                .and_then(|key| key.strip_prefix(self.prefix.as_str()))
                .map(str::to_owned)
        };
        let mut gone = Vec::new();
        for record in unseen(self.snapshot.cables(), &self.seen_cables) {
            if let Some(key) = own(&record.key).filter(|k| k.starts_with("cable/")) {
                let name = format!("{} – {}", self.end_name(record.a), self.end_name(record.b));
                gone.push((Object::Cable(record.clone()), key, name));
            }
        }
        for record in unseen(self.snapshot.interfaces(), &self.seen_interfaces) {
            if let Some(key) = own(&record.key).filter(|k| k.starts_with("interface/")) {
                gone.push((Object::Interface(record.clone()), key, self.end_name(record.id)));
            }
        }
        for record in unseen(self.snapshot.devices(), &self.seen_devices) {
            if let Some(key) = own(&record.key).filter(|k| k.starts_with("device/")) {
                gone.push((Object::Device(record.clone()), key, record.name.clone()));
            }
        }
        // A foreign cable on a device that is to go would be left without an end.
        for (record, _, name) in &gone {
            let Object::Device(device) = record else { continue };
            let foreign = self
                .snapshot
                .interfaces_of(device.id)
                .filter_map(|i| self.snapshot.cable_at(i.id))
                .any(|cable: &CableRecord| !self.is_own(&cable.key));
            if foreign {
                self.findings.push(
                    Finding::new(
                        Code::NameTaken,
                        target_path(),
                        format!("{name} is no longer in the plan, but somebody else's cable is plugged into it."),
                    )
                    .advise("Remove that cable in the inventory, or keep the device in the plan."),
                );
            }
        }
        self.set.deletions.extend(gone.into_iter().map(|(old, key, name)| Deletion {
            old,
            key,
            name,
            reason: Reason::NotInPlan,
        }));
    }

    fn note(
        &mut self,
        old: Object,
        desired: Addition,
        key: &str,
        name: &str,
        fields: Vec<FieldChange>,
        ends: Option<(End, End)>,
    ) {
        if fields.is_empty() && ends.is_none() {
            self.set.unchanged.count(old.kind());
            return;
        }
        self.set.modifications.push(Modification {
            old,
            desired,
            key: key.to_owned(),
            name: name.to_owned(),
            fields,
            ends,
            reason: Reason::FieldDiffers,
        });
    }

    fn is_own(&self, key: &Option<String>) -> bool {
        key.as_deref().is_some_and(|key| key.starts_with(&self.prefix))
    }

    fn taken(&mut self, what: &str) {
        self.findings.push(
            Finding::new(
                Code::NameTaken,
                target_path(),
                format!("{what} is used in the inventory by something that is not this plan's."),
            )
            .advise("Free it in the inventory, or plan other ports."),
        );
    }

    /// The id of a desired end, 0 if it is not there yet.
    fn interface_id(&mut self, desired: &Desired, end: End) -> ObjectId {
        let device = end.device as usize;
        let device_id = self.device_ids.get(device).copied().unwrap_or(0);
        let Some(interface) = desired.interface(end).filter(|_| device_id != 0) else { return 0 };
        if !interface.from_type {
            let first = |n: usize| self.first_interface.get(n).map_or(0, |n| *n as usize);
            let (from, to) = (first(device), first(device + 1));
            let own = desired.interfaces.get(from..to).unwrap_or_default();
            let at = own.binary_search_by_key(&end.slot, |own| own.slot).ok();
            return at.and_then(|at| self.interface_ids.get(from + at).copied()).unwrap_or(0);
        }
        if let Some(found) = self.snapshot.interface_named(device_id, &interface.name) {
            return found.id;
        }
        self.findings.push(
            Finding::new(
                Code::InterfaceMissing,
                target_path(),
                format!("The inventory has {} without its port.", desired.end_name(end)),
            )
            .advise("Add the interface in the inventory, or delete the device there so that it is made anew."),
        );
        0
    }

    fn end_name(&self, interface: ObjectId) -> String {
        let Some(interface) = self.snapshot.interface(interface) else {
            return "nothing".to_owned();
        };
        let device = self.snapshot.device(interface.device).map_or("?", |d| d.name.as_str());
        format!("{device} {}", interface.name)
    }
}

fn changes<const N: usize>(fields: [(Field, &String, &String); N]) -> Vec<FieldChange> {
    fields
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| FieldChange { field, old: old.clone(), new: new.clone() })
        .collect()
}

/// Kinds of every object, for counting.
impl Counts {
    /// The count of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        match kind {
            Kind::Device => self.devices,
            Kind::Interface => self.interfaces,
            Kind::Cable => self.cables,
        }
    }
}
