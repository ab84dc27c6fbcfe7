//! Reads what a step touches and tells what is to be done with each object: nothing, a write, or
//! stop because it is not what was approved.
//!
//! Ids of devices and interfaces are learned by name, and a device counts only if it carries the
//! plan's key. Something that the change set itself moves or deletes may stand in the way; the
//! order of steps sees to it that it has gone by then.

use super::ApplyError;
use super::compare::{changed, same, same_with, set, shown};
use super::steps::{Item, WantedEnds, new_value};
use crate::diff::{Addition, ChangeSet, Modification};
use crate::fabric::End;
use crate::inventory::{
    CableRecord, Field, Inventory, Kind, Lookup, Object, ObjectId, Prerequisite, Write,
};
use crate::model::PlanId;
use std::collections::{BTreeMap, BTreeSet};

const AGAIN: &str = "Refresh, look at the diff and approve again.";

/// When a step is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the first write: what other steps will make may be missing.
    Before,
    /// Right before it is written.
    Now,
    /// At the end: everything is to be as wanted.
    After,
}

/// What is to be done with an object.
#[derive(Debug)]
pub(super) enum State {
    /// It is as wanted.
    Done,
    /// It is as approved: write this.
    Write(Write),
    /// It cannot be told before earlier steps are done. Only in [`Stage::Before`].
    Later,
}

/// An inventory seen through a change set.
pub(super) struct Inspector<'a> {
    changes: &'a ChangeSet,
    inventory: &'a mut dyn Inventory,
    /// Objects that the set deletes, moves or renames.
    leaving: BTreeSet<(Kind, ObjectId)>,
    /// Devices that the set adds.
    new_devices: BTreeSet<u32>,
    /// Interfaces that the set adds.
    new_interfaces: BTreeSet<End>,
    /// Devices and interfaces that the set modifies, or that the target calls otherwise, by what
    /// they become: the id, and the key that it has before.
    kept_devices: BTreeMap<u32, (ObjectId, Option<String>)>,
    kept_interfaces: BTreeMap<End, (ObjectId, Option<String>)>,
    /// Ids learned so far.
    devices: BTreeMap<u32, ObjectId>,
    interfaces: BTreeMap<End, ObjectId>,
}

impl<'a> Inspector<'a> {
    /// Looks at an inventory through a change set made for it.
    pub(super) fn new(
        changes: &'a ChangeSet,
        inventory: &'a mut dyn Inventory,
    ) -> Result<Self, ApplyError> {
        let target = inventory.target(&changes.target.site);
        if target != changes.target {
            return Err(changed(
                "the target",
                &format!("inventory {}, site {}", changes.target.inventory, changes.target.site),
                &format!("inventory {}", target.inventory),
                "Open the inventory that the changes were approved for.",
            ));
        }
        let desired = &changes.desired;
        let mut leaving: BTreeSet<_> =
            changes.deletions.iter().map(|d| (d.old.kind(), d.old.id())).collect();
        let mut kept_devices: BTreeMap<u32, (ObjectId, Option<String>)> =
            changes.called_otherwise.iter().map(|(n, id)| (*n, (*id, None))).collect();
        let mut kept_interfaces = BTreeMap::new();
        for m in &changes.modifications {
            leaving.insert((m.old.kind(), m.old.id()));
            let key = match &m.old {
                Object::Device(d) => d.key.clone(),
                Object::Interface(i) => i.key.clone(),
                Object::Cable(_) => None,
            };
            match m.desired {
                Addition::Device(n) => {
                    kept_devices.insert(n, (m.old.id(), key));
                }
                Addition::Interface(n) => {
                    if let Some(end) = desired.interfaces.get(n as usize) {
                        kept_interfaces.insert(*end, (m.old.id(), key));
                    }
                }
                Addition::Cable(_) => {}
            }
        }
        let mut new_devices = BTreeSet::new();
        let mut new_interfaces = BTreeSet::new();
        for addition in &changes.additions {
            match *addition {
                Addition::Device(n) => {
                    new_devices.insert(n);
                }
                Addition::Interface(n) => {
                    new_interfaces.extend(desired.interfaces.get(n as usize));
                }
                Addition::Cable(_) => {}
            }
        }
        Ok(Self {
            changes,
            inventory,
            leaving,
            new_devices,
            new_interfaces,
            kept_devices,
            kept_interfaces,
            devices: BTreeMap::new(),
            interfaces: BTreeMap::new(),
        })
    }

    /// Forgets every id learned, so that all is read again.
    pub(super) fn forget(&mut self) {
        self.devices.clear();
        self.interfaces.clear();
    }

    /// Notes in the inventory that the run begins to write.
    pub(super) fn begin_run(&mut self, plan: PlanId, run: &str) -> Result<(), ApplyError> {
        Ok(self.inventory.begin_run(plan, &self.changes.target.site, run)?)
    }

    /// Writes a batch.
    pub(super) fn write(&mut self, batch: &[Write]) -> Result<Vec<ObjectId>, ApplyError> {
        Ok(self.inventory.write(batch)?)
    }

    /// The ends that each modified cable is to have, as far as they are there.
    pub(super) fn wanted_ends(&mut self) -> Result<BTreeMap<usize, WantedEnds>, ApplyError> {
        let changes = self.changes;
        let mut ends = Vec::new();
        for (n, m) in changes.modifications.iter().enumerate() {
            if let (Object::Cable(_), Some((a, b))) = (&m.old, m.ends) {
                ends.push((n, a, b));
            }
        }
        let all: Vec<End> = ends.iter().flat_map(|(_, a, b)| [*a, *b]).collect();
        self.learn(&all, Stage::Before)?;
        Ok(ends
            .into_iter()
            .map(|(n, a, b)| (n, [a, b].map(|end| self.interfaces.get(&end).copied())))
            .collect())
    }

    /// Reads objects and tells what is to be done with each.
    pub(super) fn inspect(
        &mut self,
        items: &[Item],
        stage: Stage,
    ) -> Result<Vec<State>, ApplyError> {
        if let [Item::Ensure(_), ..] = items {
            return self.prerequisites(items, stage);
        }
        let mut ends = Vec::new();
        for item in items {
            match *item {
                Item::Add(Addition::Interface(n)) => {
                    ends.extend(self.changes.desired.interfaces.get(n as usize));
                }
                Item::Add(Addition::Cable(_)) | Item::Modify(_) | Item::Recreate(_) => {
                    ends.extend(self.cable_ends(*item).into_iter().flat_map(|(a, b)| [a, b]));
                }
                _ => {}
            }
        }
        let learned: Vec<End> =
            ends.iter().copied().filter(|end| !self.is_added_by(items, *end)).collect();
        self.learn_devices(&ends, stage)?;
        self.learn(&learned, stage)?;

        let lookups: Vec<Vec<Lookup>> = items.iter().map(|item| self.lookups(*item)).collect();
        let flat: Vec<Lookup> = lookups.iter().flatten().cloned().collect();
        let mut found = self.inventory.fetch(&flat)?.into_iter();
        let mut states = Vec::with_capacity(items.len());
        for (item, lookups) in items.iter().zip(&lookups) {
            let found: Vec<Option<Object>> = found.by_ref().take(lookups.len()).collect();
            let state = self.state(*item, &found, stage)?;
            if let (Stage::After, State::Write(_) | State::Later) = (stage, &state) {
                return Err(ApplyError::NotAsWritten {
                    object: self.name(*item),
                    wanted: "as approved".to_owned(),
                    found: shown(found.first().and_then(Option::as_ref)),
                    remedy: "Somebody else changed it meanwhile, or the inventory lost it; \
                             resume, or refresh and look at the diff."
                        .to_owned(),
                });
            }
            states.push(state);
        }
        Ok(states)
    }

    fn prerequisites(&mut self, items: &[Item], stage: Stage) -> Result<Vec<State>, ApplyError> {
        let wanted: Vec<Prerequisite> = items
            .iter()
            .filter_map(|item| match item {
                Item::Ensure(n) => self.changes.prerequisites.get(*n).cloned(),
                _ => None,
            })
            .collect();
        let present = self.inventory.present(&wanted)?;
        let mut states = Vec::with_capacity(wanted.len());
        for (prerequisite, there) in wanted.into_iter().zip(present) {
            if !there && stage == Stage::After {
                return Err(ApplyError::NotAsWritten {
                    object: prerequisite.label(),
                    wanted: "to be there".to_owned(),
                    found: shown(None),
                    remedy: "Resume.".to_owned(),
                });
            }
            states.push(if there {
                State::Done
            } else {
                State::Write(Write::Ensure { prerequisite })
            });
        }
        Ok(states)
    }

    /// True if one of the items adds the interface at an end.
    fn is_added_by(&self, items: &[Item], end: End) -> bool {
        matches!(items, [Item::Add(Addition::Interface(_)), ..])
            && self.new_interfaces.contains(&end)
    }

    /// The ends that a cable is to have.
    fn cable_ends(&self, item: Item) -> Option<(End, End)> {
        match item {
            Item::Add(Addition::Cable(n)) => self.changes.desired.cables.get(n as usize).copied(),
            Item::Modify(n) | Item::Recreate(n) => self.changes.modifications.get(n)?.ends,
            _ => None,
        }
    }

    /// True if the plan says what the cable of an item is made of.
    fn sets_make(&self, item: Item) -> bool {
        let addition = match item {
            Item::Add(addition) => Some(addition),
            Item::Recreate(n) => self.changes.modifications.get(n).map(|m| m.desired),
            _ => None,
        };
        matches!(addition, Some(Addition::Cable(n)) if self.changes.desired.cable_make(n).is_some())
    }

    /// Learns the ids of the devices of ends.
    fn learn_devices(&mut self, ends: &[End], stage: Stage) -> Result<(), ApplyError> {
        let desired = &self.changes.desired;
        let mut wanted: Vec<u32> = ends.iter().map(|end| end.device).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|n| !self.devices.contains_key(n));
        let lookup = |n: &u32| match self.kept_devices.get(n) {
            Some((id, _)) => Lookup::Id(Kind::Device, *id),
            None => Lookup::DeviceNamed {
                site: self.changes.target.site.clone(),
                name: desired.device_record(*n).name,
            },
        };
        let lookups: Vec<Lookup> = wanted.iter().map(lookup).collect();
        let found = self.inventory.fetch(&lookups)?;
        for (n, found) in wanted.into_iter().zip(found) {
            let record = desired.device_record(n);
            // A device of somebody else is the one of that name.
            let external = desired.kind_of(n).is_some_and(|kind| kind.external.is_some());
            match found {
                Some(Object::Device(d))
                    if external || d.key == record.key || self.is_kept_device(n, &d.key) =>
                {
                    self.devices.insert(n, d.id);
                }
                Some(Object::Device(d))
                    if stage == Stage::Before && self.leaving.contains(&(Kind::Device, d.id)) => {}
                None if stage == Stage::Before && self.new_devices.contains(&n) => {}
                found => {
                    return Err(changed(
                        &format!("device {}", record.name),
                        &if external {
                            "the device of that name".to_owned()
                        } else {
                            format!("a device of this plan with the key {}", desired.device_key(n))
                        },
                        &shown(found.as_ref()),
                        AGAIN,
                    ));
                }
            }
        }
        Ok(())
    }

    /// True for a device of the set that still has the key from before.
    fn is_kept_device(&self, device: u32, key: &Option<String>) -> bool {
        let kept = self.kept_devices.get(&device);
        kept.is_some_and(|(_, old)| old.is_some() && old == key)
    }

    /// Learns the ids of the interfaces at ends.
    fn learn(&mut self, ends: &[End], stage: Stage) -> Result<(), ApplyError> {
        self.learn_devices(ends, stage)?;
        let desired = &self.changes.desired;
        let mut wanted: Vec<(End, Lookup)> = Vec::new();
        for end in ends.iter().filter(|end| !self.interfaces.contains_key(end)) {
            let Some(interface) = desired.interface(*end) else { continue };
            if let Some((id, _)) = self.kept_interfaces.get(end) {
                wanted.push((*end, Lookup::Id(Kind::Interface, *id)));
            } else if let Some(device) = self.devices.get(&end.device) {
                let name = interface.name.clone();
                wanted.push((*end, Lookup::InterfaceNamed { device: *device, name }));
            }
        }
        let lookups: Vec<Lookup> = wanted.iter().map(|(_, lookup)| lookup.clone()).collect();
        let found = self.inventory.fetch(&lookups)?;
        for ((end, _), found) in wanted.into_iter().zip(found) {
            let from_type = desired.interface(end).is_some_and(|i| i.from_type);
            let key = desired.owned_key(&desired.interface_key(end));
            match found {
                Some(Object::Interface(i))
                    if from_type
                        || i.key.as_deref() == Some(key.as_str())
                        || self
                            .kept_interfaces
                            .get(&end)
                            .is_some_and(|(_, old)| old.is_some() && *old == i.key) =>
                {
                    self.interfaces.insert(end, i.id);
                }
                Some(Object::Interface(i))
                    if stage == Stage::Before
                        && self.leaving.contains(&(Kind::Interface, i.id)) => {}
                None if stage == Stage::Before
                    && (self.new_interfaces.contains(&end)
                        || self.new_devices.contains(&end.device)) => {}
                found => {
                    return Err(changed(
                        &format!("interface {}", desired.end_name(end)),
                        "an interface of this plan's device",
                        &shown(found.as_ref()),
                        "Make the device's interfaces match its type, or remove what is in the \
                         way; then refresh and approve again.",
                    ));
                }
            }
        }
        Ok(())
    }

    /// What has to be read to tell about an item.
    fn lookups(&self, item: Item) -> Vec<Lookup> {
        let desired = &self.changes.desired;
        let site = || self.changes.target.site.clone();
        let at_ends = || -> Vec<Lookup> {
            let ends = self.cable_ends(item).into_iter().flat_map(|(a, b)| [a, b]);
            ends.filter_map(|end| self.interfaces.get(&end))
                .map(|id| Lookup::CableAt(*id))
                .collect()
        };
        match item {
            Item::Ensure(_) => Vec::new(),
            Item::Delete(n) => {
                let Some(d) = self.changes.deletions.get(n) else { return Vec::new() };
                let mut lookups = vec![Lookup::Id(d.old.kind(), d.old.id())];
                if let Object::Interface(interface) = &d.old {
                    lookups.push(Lookup::CableAt(interface.id));
                }
                lookups
            }
            Item::SetNameAside(n) | Item::SetCableAside(n) | Item::Modify(n) => {
                let Some(m) = self.changes.modifications.get(n) else { return Vec::new() };
                let mut lookups = vec![Lookup::Id(m.old.kind(), m.old.id())];
                match (&m.old, new_value(m, Field::Name)) {
                    (Object::Device(_), Some(name)) => {
                        lookups.push(Lookup::DeviceNamed { site: site(), name: name.to_owned() });
                    }
                    (Object::Interface(i), Some(name)) => lookups
                        .push(Lookup::InterfaceNamed { device: i.device, name: name.to_owned() }),
                    _ => {}
                }
                lookups.extend(at_ends());
                lookups
            }
            Item::Add(Addition::Device(n)) => {
                let name = desired.device_record(n).name;
                vec![Lookup::DeviceNamed { site: site(), name }]
            }
            Item::Add(Addition::Interface(n)) => {
                let end = desired.interfaces.get(n as usize);
                let found = end.and_then(|end| {
                    let device = *self.devices.get(&end.device)?;
                    let name = desired.interface(*end)?.name.clone();
                    Some(Lookup::InterfaceNamed { device, name })
                });
                found.into_iter().collect()
            }
            Item::Recreate(_) | Item::Add(Addition::Cable(_)) => at_ends(),
        }
    }

    fn state(
        &self,
        item: Item,
        found: &[Option<Object>],
        stage: Stage,
    ) -> Result<State, ApplyError> {
        let first = found.first().and_then(Option::as_ref);
        match item {
            Item::Ensure(_) => Ok(State::Done),
            Item::Delete(n) => match self.changes.deletions.get(n) {
                Some(d) => {
                    for cable in found.iter().skip(1).flatten() {
                        self.must_leave(item, cable)?;
                    }
                    self.deletion(item, &d.old, first)
                }
                None => Ok(State::Done),
            },
            Item::SetNameAside(n) | Item::SetCableAside(n) | Item::Modify(n) => {
                match self.changes.modifications.get(n) {
                    Some(m) => self.modification(item, m, found, stage),
                    None => Ok(State::Done),
                }
            }
            Item::Recreate(n) => match self.changes.modifications.get(n).map(|m| &m.old) {
                Some(Object::Cable(old)) => self.new_cable(item, found, stage, |a, b| {
                    let mut cable = Object::Cable(CableRecord { id: 0, a, b, ..old.clone() });
                    let fields = self.changes.modifications.get(n).map(|m| m.fields.as_slice());
                    for change in fields.unwrap_or_default() {
                        match change.field {
                            Field::A | Field::B => {}
                            Field::Key => {
                                let key = self.changes.desired.owned_key(&change.new);
                                set(&mut cable, Field::Key, &key);
                            }
                            field => set(&mut cable, field, &change.new),
                        }
                    }
                    cable
                }),
                _ => Ok(State::Done),
            },
            Item::Add(Addition::Device(n)) => {
                let record = self.changes.desired.device_record(n);
                let same = |o: &Object| match o {
                    Object::Device(d) => {
                        (&d.key, &d.name, &d.role, &d.device_type)
                            == (&record.key, &record.name, &record.role, &record.device_type)
                    }
                    _ => false,
                };
                self.addition(item, Object::Device(record.clone()), first, &same)
            }
            Item::Add(Addition::Interface(n)) => {
                let desired = &self.changes.desired;
                let Some(end) = desired.interfaces.get(n as usize) else { return Ok(State::Done) };
                let Some(device) = self.devices.get(&end.device) else { return Ok(State::Later) };
                let record = desired.interface_record(*end, *device);
                let same = |o: &Object| match o {
                    Object::Interface(i) => {
                        (&i.key, &i.interface_type) == (&record.key, &record.interface_type)
                    }
                    _ => false,
                };
                self.addition(item, Object::Interface(record.clone()), first, &same)
            }
            Item::Add(Addition::Cable(n)) => {
                let desired = &self.changes.desired;
                if desired.cables.get(n as usize).is_none() {
                    return Ok(State::Done);
                }
                self.new_cable(item, found, stage, |a, b| {
                    Object::Cable(desired.cable_record(n, a, b))
                })
            }
        }
    }

    fn deletion(
        &self,
        item: Item,
        old: &Object,
        found: Option<&Object>,
    ) -> Result<State, ApplyError> {
        match found {
            None => Ok(State::Done),
            Some(found) if same(found, old) => {
                Ok(State::Write(Write::Delete { kind: old.kind(), id: old.id() }))
            }
            Some(found) => {
                Err(changed(&self.name(item), &shown(Some(old)), &shown(Some(found)), AGAIN))
            }
        }
    }

    fn addition(
        &self,
        item: Item,
        record: Object,
        found: Option<&Object>,
        as_wanted: &dyn Fn(&Object) -> bool,
    ) -> Result<State, ApplyError> {
        match found {
            Some(found) if as_wanted(found) => Ok(State::Done),
            Some(found) if !self.leaving.contains(&(found.kind(), found.id())) => Err(changed(
                &self.name(item),
                "nothing of that name",
                &shown(Some(found)),
                "Rename or remove what is in the way, then refresh and approve again.",
            )),
            _ => Ok(State::Write(Write::Create { object: record })),
        }
    }

    fn modification(
        &self,
        item: Item,
        m: &Modification,
        found: &[Option<Object>],
        stage: Stage,
    ) -> Result<State, ApplyError> {
        let (kind, id) = (m.old.kind(), m.old.id());
        let now = found.first().and_then(Option::as_ref);
        let aside_name = format!("heddle-aside-{id}");
        let differs = |found: Option<&Object>| {
            Err(changed(&self.name(item), &shown(Some(&m.old)), &shown(found), AGAIN))
        };
        if let Item::SetCableAside(_) = item {
            return self.deletion(item, &m.old, now);
        }
        let Some(now) = now else { return differs(None) };
        // What the object is to be, and the writes that make it so.
        let mut wanted = m.old.clone();
        let mut fields = Vec::new();
        let mut complete = true;
        for change in &m.fields {
            let is_end = matches!(change.field, Field::A | Field::B);
            if let Some((a, b)) = m.ends.filter(|_| is_end) {
                // The digest of an approval covers these words, not the numbers behind them.
                let end = if change.field == Field::A { a } else { b };
                let name = self.changes.desired.end_name(end);
                if name != change.new {
                    return Err(changed(&self.name(item), &change.new, &name, AGAIN));
                }
            } else if change.field == Field::Key {
                // The plan's id is not in the words that were approved, but the key is.
                if change.new != m.key {
                    return Err(changed(&self.name(item), &change.new, &m.key, AGAIN));
                }
                let key = self.changes.desired.owned_key(&m.key);
                set(&mut wanted, change.field, &key);
                fields.push((change.field, key));
            } else {
                set(&mut wanted, change.field, &change.new);
                fields.push((change.field, change.new.clone()));
            }
        }
        for (field, end) in m.ends.into_iter().flat_map(|(a, b)| [(Field::A, a), (Field::B, b)]) {
            match self.interfaces.get(&end) {
                Some(id) => {
                    set(&mut wanted, field, &id.to_string());
                    fields.push((field, id.to_string()));
                }
                None => complete = false,
            }
        }
        let mut aside = m.old.clone();
        set(&mut aside, Field::Name, &aside_name);
        if complete && same_with(now, &wanted, &m.fields) {
            return Ok(State::Done);
        }
        if kind != Kind::Cable && same_with(now, &aside, &m.fields) {
            if let Item::SetNameAside(_) = item {
                return Ok(if stage == Stage::After { differs(Some(now))? } else { State::Done });
            }
        } else if !same_with(now, &m.old, &m.fields) {
            return differs(Some(now));
        }
        if let Item::SetNameAside(_) = item {
            let fields = vec![(Field::Name, aside_name)];
            return Ok(State::Write(Write::Modify { kind, id, fields }));
        }
        for other in found.iter().skip(1).flatten() {
            self.must_leave(item, other)?;
        }
        if !complete {
            return Ok(State::Later);
        }
        Ok(State::Write(Write::Modify { kind, id, fields }))
    }

    fn new_cable(
        &self,
        item: Item,
        found: &[Option<Object>],
        stage: Stage,
        record: impl Fn(ObjectId, ObjectId) -> Object,
    ) -> Result<State, ApplyError> {
        let ends = self.cable_ends(item).into_iter().flat_map(|(a, b)| [a, b]);
        let ids: Vec<ObjectId> =
            ends.filter_map(|end| self.interfaces.get(&end).copied()).collect();
        let cable = match ids.as_slice() {
            [a, b] => Some(record(*a, *b)),
            _ => None,
        };
        if let (
            Some(wanted @ Object::Cable(cable)),
            [Some(there @ Object::Cable(x)), Some(Object::Cable(y))],
        ) = (&cable, found)
            && x.id == y.id
            && x.key == cable.key
            && ((x.a, x.b) == (cable.a, cable.b) || (x.b, x.a) == (cable.a, cable.b))
            && (!self.sets_make(item)
                || [Field::Type, Field::Length]
                    .iter()
                    .all(|field| wanted.further(*field) == there.further(*field)))
        {
            return Ok(State::Done);
        }
        for other in found.iter().flatten() {
            self.must_leave(item, other)?;
        }
        match cable {
            Some(object) => Ok(State::Write(Write::Create { object })),
            None if stage == Stage::Before => Ok(State::Later),
            None => Err(changed(&self.name(item), "two interfaces", &shown(None), AGAIN)),
        }
    }

    /// Stops if what stands in the way is not moved or deleted by the set itself.
    fn must_leave(&self, item: Item, other: &Object) -> Result<(), ApplyError> {
        if self.leaving.contains(&(other.kind(), other.id())) {
            return Ok(());
        }
        Err(changed(
            &self.name(item),
            "its place to be free",
            &shown(Some(other)),
            "Move or remove what is in the way, then refresh and approve again.",
        ))
    }

    /// What an item is, for people.
    fn name(&self, item: Item) -> String {
        let modification = |n: usize| self.changes.modifications.get(n);
        let (kind, name) = match item {
            Item::Ensure(n) => {
                let found = self.changes.prerequisites.get(n);
                return found.map(Prerequisite::label).unwrap_or_default();
            }
            Item::Delete(n) => {
                let found = self.changes.deletions.get(n);
                (found.map(|d| d.old.kind()), found.map(|d| d.name.clone()))
            }
            Item::SetNameAside(n)
            | Item::SetCableAside(n)
            | Item::Modify(n)
            | Item::Recreate(n) => {
                (modification(n).map(|m| m.old.kind()), modification(n).map(|m| m.name.clone()))
            }
            Item::Add(addition) => {
                (Some(addition.kind()), Some(self.changes.addition_name(addition)))
            }
        };
        let kind = match kind {
            Some(Kind::Device) => "device",
            Some(Kind::Interface) => "interface",
            Some(Kind::Cable) | None => "cable",
        };
        format!("{kind} {}", name.unwrap_or_default())
    }
}
