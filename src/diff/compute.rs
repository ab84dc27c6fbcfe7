//! Holds what a plan wants against what a target has.
//!
//! Objects are found by key, never by name or place: only what carries this plan's id and its
//! own key is ever modified or deleted. Whatever stands in the way and belongs to somebody else
//! is a finding, and is left alone.
//!
//! What is there is found once for each device, in `places`. Names, types and ends are compared as
//! the numbers that the snapshot gave them; texts are made only for what differs.

use super::places::Places;
use super::racks;
use super::rules::{Former, Rules};
use super::{Addition, ChangeSet, Counts, Deletion, FieldChange, Modification, Reason, Waiting};
use crate::fabric::End;
use crate::inventory::{CableRecord, Desired, Field, Kind, NONE, Object, ObjectId, Snapshot, Word};
use crate::model::{
    Cancelled, Code, EditValue, Finding, Limits, Progress, SpecPath, counted, grouped,
};
use crate::plan::IgnoredField;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Computes the change set that makes a target equal to what is desired, under rules of the spec.
pub fn compute(
    desired: &Arc<Desired>,
    rules: &Rules,
    snapshot: &Snapshot,
    findings: &mut Vec<Finding>,
    progress: &Progress,
) -> Result<ChangeSet, Cancelled> {
    let set = ChangeSet {
        target: snapshot.target().clone(),
        desired: Arc::clone(desired),
        prerequisites: desired.prerequisites.iter().filter(|p| !snapshot.has(p)).cloned().collect(),
        follows: desired.plan.map(|plan| snapshot.last_run(plan).unwrap_or_default().to_owned()),
        ..ChangeSet::default()
    };
    let plan = desired.plan.map(|plan| plan.to_string());
    let owner = plan.as_deref().and_then(|plan| snapshot.word(plan));
    let former = Former::read(rules.moved);
    let mut diff = Diff {
        set,
        ignored: ignored_fields(desired, rules),
        any_moved: !former.is_empty(),
        snapshot,
        findings,
        owner,
        prefix: plan.map(|plan| format!("{plan}/")),
        seen_devices: vec![false; snapshot.devices().len()],
        seen_interfaces: vec![false; snapshot.interfaces().len()],
        seen_cables: vec![false; snapshot.cables().len()],
        places: Places::find(desired, snapshot, owner, &former),
        missing: BTreeMap::new(),
        lacking: BTreeMap::new(),
        models_in_spec: rules.models,
    };
    if owner.is_none() {
        let all = desired.devices.len() + desired.interfaces.len() + desired.cables.len();
        diff.set.additions.reserve_exact(all);
    }
    diff.report_repeated_keys();
    diff.devices();
    progress.check()?;
    diff.interfaces();
    progress.check()?;
    diff.cables();
    diff.report_missing();
    diff.report_lacking();
    progress.check()?;
    diff.leftovers();
    racks::leave_out_unused(&mut diff.set);
    racks::find_taken_units(&diff.set, snapshot, diff.findings);
    Ok(diff.set)
}

/// The fields that the rules leave alone on each kind.
fn ignored_fields(desired: &Desired, rules: &Rules) -> Vec<BTreeSet<IgnoredField>> {
    const ALL: [IgnoredField; 7] = [
        IgnoredField::DeviceName,
        IgnoredField::DeviceRole,
        IgnoredField::DeviceType,
        IgnoredField::Place,
        IgnoredField::InterfaceType,
        IgnoredField::CableType,
        IgnoredField::CableLength,
    ];
    if rules.ignore.is_empty() {
        return Vec::new();
    }
    let of = |class: &str| ALL.into_iter().filter(|f| rules.ignores(class, *f)).collect();
    desired.kinds.iter().map(|kind| of(&kind.class)).collect()
}

/// The rule that a difference may come under.
fn ignorable(kind: Kind, field: Field) -> Option<IgnoredField> {
    Some(match (kind, field) {
        (Kind::Device, Field::Name) => IgnoredField::DeviceName,
        (Kind::Device, Field::Role) => IgnoredField::DeviceRole,
        (Kind::Device, Field::Type) => IgnoredField::DeviceType,
        (Kind::Device, Field::Rack | Field::Position) => IgnoredField::Place,
        (Kind::Interface, Field::Type) => IgnoredField::InterfaceType,
        (Kind::Cable, Field::Type) => IgnoredField::CableType,
        (Kind::Cable, Field::Length) => IgnoredField::CableLength,
        _ => return None,
    })
}

struct Diff<'a> {
    set: ChangeSet,
    /// Of each kind, the fields whose differences are left alone; empty if there is no rule.
    ignored: Vec<BTreeSet<IgnoredField>>,
    any_moved: bool,
    snapshot: &'a Snapshot,
    findings: &'a mut Vec<Finding>,
    /// The plan as a word of the snapshot, if anything there is the plan's.
    owner: Option<Word>,
    /// What the keys of the plan begin with. A plan without an id owns nothing.
    prefix: Option<String>,
    seen_devices: Vec<bool>,
    seen_interfaces: Vec<bool>,
    seen_cables: Vec<bool>,
    places: Places,
    /// By external kind: cables that wait, and the ends that are missing.
    missing: BTreeMap<u32, (u64, Vec<End>)>,
    /// By kind: ends of cables that its devices in the inventory lack.
    lacking: BTreeMap<u32, Vec<End>>,
    /// Where the models of classes stand in the spec.
    models_in_spec: Option<&'a BTreeMap<&'a str, &'a SpecPath>>,
}

fn mark(seen: &mut [bool], n: u32) {
    if let Some(flag) = seen.get_mut(n as usize) {
        *flag = true;
    }
}

/// Indices of the records of an owner that nothing desired matched.
fn unseen<'a>(
    owners: impl Iterator<Item = Word> + 'a,
    seen: &'a [bool],
    owner: Word,
) -> impl Iterator<Item = usize> + 'a {
    owners
        .zip(seen)
        .enumerate()
        .filter(move |(_, (of, seen))| *of == owner && !**seen)
        .map(|(n, _)| n)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn target_path() -> SpecPath {
    SpecPath::new("spec.target.site")
}

impl Diff<'_> {
    fn report_repeated_keys(&mut self) {
        for key in self.snapshot.repeated_keys() {
            if let Some(own) = self.own_key(key) {
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

    fn devices(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        // Names in use by somebody else, by kind.
        let mut taken: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (index, device) in (0u32..).zip(&desired.devices) {
            let record = self.places.device(index);
            let Some(kind) = desired.kinds.get(device.kind as usize) else { continue };
            if let Some(path) = &kind.external {
                self.check_external(record, path);
                continue;
            }
            let Some(old) = self.snapshot.devices().get(record as usize) else {
                if let Some(other) =
                    self.snapshot.device_named(&device.name).filter(|d| !self.is_own(&d.key))
                {
                    taken.entry(device.kind).or_default().push(other.name.as_str());
                }
                self.set.additions.push(Addition::Device(index));
                continue;
            };
            mark(&mut self.seen_devices, record);
            let mut fields = self.key_change(&old.key, || desired.device_key(index));
            fields.extend(changes([
                (Field::Name, &old.name, &device.name),
                (Field::Role, &old.role, &kind.role),
                (Field::Type, &old.device_type, &kind.device_type),
            ]));
            fields.extend(racks::moved_by_hand(&desired, index, old));
            let renamed = fields.iter().any(|change| change.field == Field::Name);
            self.leave_alone(&mut fields, device.kind, Kind::Device);
            if renamed && fields.iter().all(|change| change.field != Field::Name) {
                self.set.called_otherwise.push((index, old.id));
            }
            if fields.is_empty() {
                self.set.unchanged.devices += 1;
                continue;
            }
            self.set.modifications.push(Modification {
                old: Object::Device(old.clone()),
                desired: Addition::Device(index),
                key: desired.device_key(index),
                name: old.name.clone(),
                reason: reason_of(&fields),
                fields,
                ends: None,
            });
        }
        if let Some((kind, _)) = taken.first_key_value() {
            let class = desired.kinds.get(*kind as usize).map(|kind| kind.class.as_str());
            let class = class.filter(|_| taken.len() == 1);
            let names: Vec<&str> = taken.values().flatten().copied().collect();
            let prefix = self.free_prefix();
            self.report_taken_names(class, &names, prefix.as_deref());
        }
    }

    /// A cable that waits stays where it is; another that is to have one of its ports cannot come.
    fn report_held(&mut self, desired: &Desired, held: &BTreeMap<ObjectId, End>) {
        let moved = self.set.modifications.iter().filter(|m| m.ends.is_some()).map(|m| m.desired);
        let made = self.set.additions.iter().copied();
        let blocked = made.chain(moved).find_map(|what| {
            let Addition::Cable(n) = what else { return None };
            let (a, b) = desired.cables.get(n as usize)?;
            [*a, *b].into_iter().find_map(|end| {
                let at = self.places.at(end).interface;
                let interface = self.snapshot.interfaces().get(at as usize)?;
                Some((end, *held.get(&interface.id)?))
            })
        });
        if let Some((end, waiting)) = blocked {
            let path = desired.external(waiting).cloned().unwrap_or_else(target_path);
            self.findings.push(
                Finding::new(
                    Code::PortHeld,
                    path,
                    format!(
                        "{} is needed, but the cable of {} is still in it and waits for a device \
                         of others.",
                        desired.end_name(end),
                        desired.end_name(waiting)
                    ),
                )
                .advise("Correct the names of the external class, or remove that cable from it."),
            );
        }
    }

    /// What a plan made itself is not somebody else's.
    fn check_external(&mut self, record: u32, path: &SpecPath) {
        let record = self.snapshot.devices().get(record as usize);
        if let Some(device) = record.filter(|device| self.is_own(&device.key)) {
            self.findings.push(
                Finding::new(
                    Code::NameTaken,
                    path.clone(),
                    format!("{} is called external, but this plan made it.", device.name),
                )
                .advise("Name devices of others only; take this one out of the class."),
            );
        }
    }

    /// One error for each class whose devices lack interfaces that their type should have given them:
    /// another model has other ports, and an inventory does not rename them.
    fn report_lacking(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        for (kind, ends) in std::mem::take(&mut self.lacking) {
            let Some(first) = ends.first().map(|end| desired.end_name(*end)) else { continue };
            let devices: BTreeSet<u32> = ends.iter().map(|end| end.device).collect();
            let class = desired.kinds.get(kind as usize).map_or("", |kind| kind.class.as_str());
            let text = match ends.len() {
                1 => format!("The inventory has {first} without its port."),
                ports => format!(
                    "The inventory has {} of {class} without {} that the plan uses, such as {first}.",
                    counted(devices.len() as u64, "device", "devices"),
                    counted(ports as u64, "port", "ports"),
                ),
            };
            let path = self.models_in_spec.and_then(|models| models.get(class));
            let path = path.map_or_else(target_path, |path| (*path).clone());
            let there = ends.first().and_then(|end| self.type_there(end.device));
            let wanted = desired.kinds.get(kind as usize).map(|kind| kind.device_type.as_str());
            let back = match there.filter(|there| Some(*there) != wanted) {
                Some(there) => format!("go back to {there}, the model that the devices have"),
                None => "correct the type of the devices there".to_owned(),
            };
            self.findings.push(Finding::new(Code::InterfaceMissing, path, text).advise(format!(
                "Add the interfaces in the inventory, or {back}. To replace the devices, destroy \
                 class {class} first and apply that; the plan then makes it anew."
            )));
        }
    }

    /// The slug of the device type that a desired device has in the snapshot.
    fn type_there(&self, device: u32) -> Option<&str> {
        let at = self.places.device(device) as usize;
        self.snapshot.devices().get(at).map(|record| record.device_type.as_str())
    }

    /// One warning for each external class of which the inventory lacks something.
    fn report_missing(&mut self) {
        const EXAMPLES: usize = 3;
        let desired = Arc::clone(&self.set.desired);
        for (kind, (cables, ends)) in std::mem::take(&mut self.missing) {
            let Some(kind) = desired.kinds.get(kind as usize) else { continue };
            // A device that is not there is one thing that is missing, whatever its ports.
            let (mut names, mut known) = (Vec::new(), BTreeSet::new());
            for end in ends {
                let there = self.places.device(end.device) != NONE;
                let name = match desired.devices.get(end.device as usize) {
                    Some(device) if !there => device.name.clone(),
                    _ => desired.end_name(end),
                };
                if known.insert(name.clone()) {
                    names.push(name);
                }
            }
            let first = names.iter().take(EXAMPLES).cloned().collect::<Vec<_>>().join(", ");
            let more = if names.len() > EXAMPLES {
                format!(" and {} more", grouped((names.len() - EXAMPLES) as u64))
            } else {
                String::new()
            };
            let path = kind.external.clone().unwrap_or_else(target_path);
            self.findings.push(
                Finding::new(
                    Code::ExternalMissing,
                    path,
                    format!(
                        "The inventory lacks {first}{more}: {} of {} wait.",
                        counted(cables, "cable", "cables"),
                        kind.class
                    ),
                )
                .advise("Correct the names, or wait until their owner has added them."),
            );
            self.set.waiting.push(Waiting { class: kind.class.clone(), cables });
        }
    }

    /// One finding for all names: a second plan of the same preset in a site is one mistake, not
    /// hundreds. `class` if they are of one class alone.
    fn report_taken_names(&mut self, class: Option<&str>, names: &[&str], prefix: Option<&str>) {
        const EXAMPLES: usize = 3;
        let first = names.iter().take(EXAMPLES).copied().collect::<Vec<_>>().join(", ");
        let what = match names {
            [_] => format!("a device called {first}, which this plan did not make"),
            [_, ..] if names.len() <= EXAMPLES => {
                format!("devices called {first}, which this plan did not make")
            }
            _ => {
                let of = class.map_or("this plan".to_owned(), |class| format!("class {class}"));
                format!(
                    "{} devices with names that {of} wants for its own, beginning with {first}",
                    grouped(names.len() as u64)
                )
            }
        };
        let finding =
            Finding::new(Code::NameTaken, target_path(), format!("The site already has {what}."));
        self.findings.push(match prefix {
            Some(prefix) => finding.offer(
                format!("Begin every name of this plan with {prefix}"),
                SpecPath::new("spec.naming.prefix"),
                EditValue::Text(prefix.to_owned()),
            ),
            None => {
                finding.advise("Plan for another site, or rename those devices in the inventory.")
            }
        });
    }

    /// A prefix of a letter and a dash with which no device of the plan has a name of somebody
    /// else's. `b-` is the first to be tried: the plan without one is the first.
    fn free_prefix(&self) -> Option<String> {
        let desired = &self.set.desired;
        let own =
            |kind: u32| desired.kinds.get(kind as usize).is_some_and(|k| k.external.is_none());
        let bare: Vec<&str> = desired
            .devices
            .iter()
            .filter(|d| own(d.kind))
            .map(|d| d.name.strip_prefix(&desired.name_prefix).unwrap_or(&d.name))
            .collect();
        if bare.iter().any(|name| name.chars().count() + 2 > Limits::DEVICE_NAME_CHARS) {
            return None;
        }
        ('b'..='z').map(|letter| format!("{letter}-")).find(|prefix| {
            bare.iter().all(|name| {
                let other = self.snapshot.device_named(&format!("{prefix}{name}"));
                other.is_none_or(|other| self.is_own(&other.key))
            })
        })
    }

    fn interfaces(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        let mut index = 0;
        for ends in desired.interfaces.chunk_by(|a, b| a.device == b.device) {
            let first = index;
            index += count(ends.len());
            let Some(of) = ends.first().map(|end| end.device) else { continue };
            let Some(device) = desired.devices.get(of as usize) else { continue };
            let Some(kind) = desired.kinds.get(device.kind as usize) else { continue };
            for (index, end) in (first..).zip(ends) {
                let slot = usize::from(end.slot);
                let Some(words) = self.places.words(device.kind, slot) else { continue };
                let (name, interface_type) = (words.name, words.interface_type);
                let at = self.places.at(*end).interface;
                let found = self.snapshot.interface_facts().get(at as usize);
                let Some(facts) = found.filter(|_| !words.from_type) else {
                    self.missing_interface(&desired, *end);
                    self.set.additions.push(Addition::Interface(index));
                    continue;
                };
                mark(&mut self.seen_interfaces, at);
                let same = (Some(facts.name), Some(facts.interface_type)) == (name, interface_type);
                if same && !self.any_moved {
                    self.set.unchanged.interfaces += 1;
                    continue;
                }
                let (Some(old), Some(interface)) =
                    (self.snapshot.interfaces().get(at as usize), kind.interfaces.get(slot))
                else {
                    continue;
                };
                let mut fields = self.key_change(&old.key, || desired.interface_key(*end));
                fields.extend(changes([
                    (Field::Name, &old.name, &interface.name),
                    (Field::Type, &old.interface_type, &interface.interface_type),
                ]));
                self.leave_alone(&mut fields, device.kind, Kind::Interface);
                if fields.is_empty() {
                    self.set.unchanged.interfaces += 1;
                    continue;
                }
                self.set.modifications.push(Modification {
                    old: Object::Interface(old.clone()),
                    desired: Addition::Interface(index),
                    key: desired.interface_key(*end),
                    name: format!("{} {}", device.name, old.name),
                    reason: reason_of(&fields),
                    fields,
                    ends: None,
                });
            }
        }
    }

    /// An interface that is to be made: is its name taken on a device that is there?
    fn missing_interface(&mut self, desired: &Desired, end: End) {
        let device = self.snapshot.devices().get(self.places.device(end.device) as usize);
        let (Some(device), Some(interface)) = (device, desired.interface(end)) else { return };
        let other = self.snapshot.interface_named(device.id, &interface.name);
        if other.is_some_and(|other| !self.is_own(&other.key)) {
            self.taken(&desired.end_name(end), target_path());
        }
    }

    fn cables(&mut self) {
        let desired = Arc::clone(&self.set.desired);
        // Interfaces that cables of this plan's own hold while they wait for an external end.
        let mut held: BTreeMap<ObjectId, End> = BTreeMap::new();
        for (index, (a, b)) in (0u32..).zip(&desired.cables) {
            if desired.interface(*a).is_none() {
                continue;
            }
            let ends = [self.interface_at(&desired, *a), self.interface_at(&desired, *b)];
            for (end, interface) in [*a, *b].into_iter().zip(ends) {
                let facts = self.snapshot.interface_facts().get(interface as usize);
                let cable =
                    facts.and_then(|facts| self.snapshot.cable_facts().get(facts.cable as usize));
                if cable.is_some_and(|cable| Some(cable.owner) != self.owner) {
                    let path = desired.external(end).cloned().unwrap_or_else(target_path);
                    self.taken(&desired.end_name(end), path);
                }
            }
            let at = self.places.at(*a).cable;
            if self.waits(&desired, [*a, *b], ends) {
                mark(&mut self.seen_cables, at);
                match self.snapshot.cables().get(at as usize) {
                    Some(old) => held.extend([(old.a, *a), (old.b, *a)]),
                    None => self.set.not_made.push(index),
                }
                continue;
            }
            let (Some(facts), Some(old)) = (
                self.snapshot.cable_facts().get(at as usize),
                self.snapshot.cables().get(at as usize),
            ) else {
                self.set.additions.push(Addition::Cable(index));
                continue;
            };
            mark(&mut self.seen_cables, at);
            let [there_a, there_b] = facts.ends;
            let stays =
                !ends.contains(&NONE) && (ends == [there_a, there_b] || ends == [there_b, there_a]);
            let mut made_otherwise = racks::made_otherwise(&desired, index, old);
            if let Some(device) = desired.devices.get(a.device as usize) {
                self.leave_alone(&mut made_otherwise, device.kind, Kind::Cable);
            }
            let key_change = self.key_change(&old.key, || desired.cable_key(*a));
            if stays && made_otherwise.is_empty() && key_change.is_empty() {
                self.set.unchanged.cables += 1;
                continue;
            }
            let (old_a, old_b) = (self.end_name(old.a), self.end_name(old.b));
            let mut fields = key_change;
            if !stays {
                fields.extend(changes([
                    (Field::A, &old_a, &desired.end_name(*a)),
                    (Field::B, &old_b, &desired.end_name(*b)),
                ]));
            }
            fields.extend(made_otherwise);
            self.set.modifications.push(Modification {
                old: Object::Cable(old.clone()),
                desired: Addition::Cable(index),
                key: desired.cable_key(*a),
                name: format!("{old_a} – {old_b}"),
                reason: reason_of(&fields),
                fields,
                ends: (!stays).then_some((*a, *b)),
            });
        }
        if !held.is_empty() {
            self.report_held(&desired, &held);
        }
    }

    /// Everything of this plan that nothing desired matched.
    fn leftovers(&mut self) {
        let (Some(owner), snapshot) = (self.owner, self.snapshot) else { return };
        let own = |key: &Option<String>, kind: &str| {
            let key = key.as_deref().filter(|key| !snapshot.repeated_keys().contains(*key))?;
            self.own_key(key).filter(|own| own.starts_with(kind)).map(str::to_owned)
        };
        let mut gone = Vec::new();
        let owners = snapshot.cable_facts().iter().map(|facts| facts.owner);
        for record in
            unseen(owners, &self.seen_cables, owner).filter_map(|n| snapshot.cables().get(n))
        {
            if let Some(key) = own(&record.key, "cable/") {
                let name = format!("{} – {}", self.end_name(record.a), self.end_name(record.b));
                gone.push((Object::Cable(record.clone()), key, name));
            }
        }
        let owners = snapshot.interface_facts().iter().map(|facts| facts.owner);
        for record in unseen(owners, &self.seen_interfaces, owner)
            .filter_map(|n| snapshot.interfaces().get(n))
        {
            if let Some(key) = own(&record.key, "interface/") {
                gone.push((Object::Interface(record.clone()), key, self.end_name(record.id)));
            }
        }
        let owners = snapshot.device_owners().iter().copied();
        for record in
            unseen(owners, &self.seen_devices, owner).filter_map(|n| snapshot.devices().get(n))
        {
            if let Some(key) = own(&record.key, "device/") {
                gone.push((Object::Device(record.clone()), key, record.name.clone()));
            }
        }
        // A foreign cable on something that is to go would be left without an end.
        let foreign_at = |interface: ObjectId| {
            let cable: Option<&CableRecord> = self.snapshot.cable_at(interface);
            cable.is_some_and(|cable| !self.is_own(&cable.key))
        };
        let devices_gone: BTreeSet<ObjectId> = gone
            .iter()
            .filter(|(record, _, _)| record.kind() == Kind::Device)
            .map(|(record, _, _)| record.id())
            .collect();
        let plugged: Vec<Finding> = gone
            .iter()
            .filter(|(record, _, _)| match record {
                Object::Device(device) => {
                    self.snapshot.interfaces_of(device.id).any(|i| foreign_at(i.id))
                }
                Object::Interface(interface) => {
                    !devices_gone.contains(&interface.device) && foreign_at(interface.id)
                }
                Object::Cable(_) => false,
            })
            .map(|(_, _, name)| {
                let text = format!(
                    "{name} is to be deleted, but somebody else's cable is plugged into it."
                );
                Finding::new(Code::ForeignCable, target_path(), text)
                    .advise("Remove that cable in the inventory, or keep this in the plan.")
            })
            .collect();
        self.findings.extend(plugged);
        let deletions = gone.into_iter().map(|(old, key, name)| {
            let interfaces = match &old {
                Object::Device(device) => Some(count(snapshot.interfaces_of(device.id).count())),
                _ => None,
            };
            let far = match &old {
                Object::Cable(cable) => self.far_device(cable, &key),
                _ => None,
            };
            Deletion { old, key, name, reason: Reason::NotInPlan, interfaces, far }
        });
        let deletions: Vec<Deletion> = deletions.collect();
        self.set.deletions.extend(deletions);
    }

    /// The key of the device at the end of a cable that its key does not begin at.
    fn far_device(&self, cable: &CableRecord, key: &str) -> Option<String> {
        let near = key.split('/').skip(1).take(2);
        let device_key = |interface: ObjectId| {
            let device = self.snapshot.device(self.snapshot.interface(interface)?.device)?;
            self.own_key(device.key.as_deref()?)
        };
        let ends = [cable.b, cable.a].into_iter().filter_map(device_key);
        let far = |device: &&str| !device.split('/').skip(1).eq(near.clone());
        ends.clone().find(far).or_else(|| ends.clone().next()).map(str::to_owned)
    }

    /// The key of an object that was found by a former one.
    fn key_change(
        &self,
        old: &Option<String>,
        wanted: impl FnOnce() -> String,
    ) -> Vec<FieldChange> {
        if !self.any_moved {
            return Vec::new();
        }
        let old = old.as_deref().and_then(|key| self.own_key(key)).unwrap_or_default();
        changes([(Field::Key, &old.to_owned(), &wanted())])
    }

    /// Takes out the fields that the rules leave alone on a kind, and counts them.
    fn leave_alone(&mut self, fields: &mut Vec<FieldChange>, kind: u32, of: Kind) {
        let Some(rules) = self.ignored.get(kind as usize).filter(|rules| !rules.is_empty()) else {
            return;
        };
        let before = fields.len();
        fields.retain(|f| ignorable(of, f.field).is_none_or(|field| !rules.contains(&field)));
        self.set.ignored += (before - fields.len()) as u64;
    }

    /// The key within the plan, if it is the plan's.
    fn own_key<'k>(&self, key: &'k str) -> Option<&'k str> {
        self.prefix.as_deref().and_then(|prefix| key.strip_prefix(prefix))
    }

    fn is_own(&self, key: &Option<String>) -> bool {
        key.as_deref().is_some_and(|key| self.own_key(key).is_some())
    }

    fn taken(&mut self, what: &str, path: SpecPath) {
        self.findings.push(
            Finding::new(
                Code::NameTaken,
                path,
                format!("{what} is used in the inventory by something that is not this plan's."),
            )
            .advise("Free it in the inventory, or plan other ports."),
        );
    }

    /// Whether a cable waits for an external end, which is then noted.
    fn waits(&mut self, desired: &Desired, ends: [End; 2], found: [u32; 2]) -> bool {
        let mut waits = false;
        for (end, found) in ends.into_iter().zip(found) {
            let Some(device) = desired.devices.get(end.device as usize) else { continue };
            if found == NONE && desired.external(end).is_some() {
                waits = true;
                let missing = self.missing.entry(device.kind).or_default();
                missing.0 += 1;
                missing.1.push(end);
            }
        }
        waits
    }

    /// The interface at a desired end, [`NONE`] if it is not there yet. Says so if it should be.
    fn interface_at(&mut self, desired: &Desired, end: End) -> u32 {
        if self.places.device(end.device) == NONE {
            return NONE;
        }
        let Some(interface) = desired.interface(end) else { return NONE };
        let found = self.places.at(end).interface;
        if found == NONE && interface.from_type && desired.external(end).is_none() {
            let kind = desired.devices.get(end.device as usize).map_or(u32::MAX, |d| d.kind);
            self.lacking.entry(kind).or_default().push(end);
        }
        found
    }

    fn end_name(&self, interface: ObjectId) -> String {
        let Some(interface) = self.snapshot.interface(interface) else {
            return "nothing".to_owned();
        };
        let device = self.snapshot.device(interface.device).map_or("?", |d| d.name.as_str());
        format!("{device} {}", interface.name)
    }
}

fn reason_of(fields: &[FieldChange]) -> Reason {
    match fields.iter().all(|change| change.field == Field::Key) {
        true => Reason::Moved,
        false => Reason::FieldDiffers,
    }
}

fn changes<const N: usize>(fields: [(Field, &String, &String); N]) -> Vec<FieldChange> {
    fields
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| FieldChange {
            field,
            old: old.clone(),
            new: new.clone(),
            applied: None,
        })
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
