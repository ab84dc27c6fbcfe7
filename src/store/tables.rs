//! The content of a local inventory and the rules it keeps.
//!
//! Every change is a list of primitive [`Op`]s, each checked against the rules before it is made.
//! The ops of a batch are what the file records, so reading a file is making the same ops again
//! under the same rules. A batch that breaks a rule is taken back op by op.
//!
//! Rules, as in NetBox 4.x: a device's name is unique in its site without regard to case, an
//! interface's on its device; an interface has at most one cable; a cable has two different
//! interfaces; site, role, device type, rack, tags and the custom field are there before they are
//! used;
//! a device is deleted only without cables, and its interfaces go with it. Stricter than NetBox:
//! an interface with a cable is not deleted either, so no cable is ever left hanging.

use crate::inventory::{
    CableRecord, DeviceRecord, Field, InterfaceRecord, KEY_FIELD, Kind, Lookup, Object, ObjectId,
    Prerequisite, Snapshot, TargetRef, Write,
};
use crate::model::{Cancelled, Limits, PlanId, Progress};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Interfaces of one device type, at most.
const INTERFACES_PER_TYPE: usize = 4096;
/// Plans of which the newest run is noted, at most.
const PLANS: usize = 100_000;
/// Characters of a slug or name other than a device's, at most (NetBox's limit).
const NAME_CHARS: usize = 100;

/// A primitive change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Op {
    /// The prerequisite is there.
    Ensure(Prerequisite),
    /// The object is there, as given.
    Put(Object),
    /// The object is gone.
    Gone(Kind, ObjectId),
    /// A run of a plan began.
    Run {
        /// The plan.
        plan: PlanId,
        /// The slug of the site.
        site: String,
        /// The id of the run.
        run: String,
    },
}

/// What takes an op back.
enum Undo {
    Forget(Kind, ObjectId),
    Restore(Object),
    Release(&'static str, String),
    LastRun((PlanId, String), Option<String>),
}

/// A batch that was made: what it did, and how to take it back.
pub(super) struct Made {
    /// The ops, in order.
    pub ops: Vec<Op>,
    /// The id of each object written, 0 for prerequisites.
    pub ids: Vec<ObjectId>,
    undo: Vec<Undo>,
    next_id: ObjectId,
}

/// A write that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What was to be written.
    pub what: String,
    /// The rule it breaks.
    pub cause: String,
}

/// The content of an inventory.
#[derive(Debug)]
pub(super) struct Tables {
    /// By kind, then by slug.
    prerequisites: BTreeMap<&'static str, BTreeMap<String, Prerequisite>>,
    /// The newest run of each plan in each site.
    runs: BTreeMap<(PlanId, String), String>,
    devices: BTreeMap<ObjectId, DeviceRecord>,
    interfaces: BTreeMap<ObjectId, InterfaceRecord>,
    cables: BTreeMap<ObjectId, CableRecord>,
    /// By site, then by name in lower case.
    device_by_name: BTreeMap<String, BTreeMap<String, ObjectId>>,
    /// By device, then by name.
    interface_by_name: BTreeMap<ObjectId, BTreeMap<String, ObjectId>>,
    cable_at: BTreeMap<ObjectId, ObjectId>,
    next_id: ObjectId,
}

impl Tables {
    /// Nothing yet. Ids are given from `next_id` on and never again.
    pub(super) fn new(next_id: ObjectId) -> Self {
        Self {
            prerequisites: BTreeMap::new(),
            runs: BTreeMap::new(),
            devices: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            cables: BTreeMap::new(),
            device_by_name: BTreeMap::new(),
            interface_by_name: BTreeMap::new(),
            cable_at: BTreeMap::new(),
            next_id: next_id.max(1),
        }
    }

    /// The id that the next object gets.
    pub(super) fn next_id(&self) -> ObjectId {
        self.next_id
    }

    /// Objects and prerequisites.
    pub(super) fn len(&self) -> usize {
        self.prerequisites().count()
            + self.runs.len()
            + self.devices.len()
            + self.interfaces.len()
            + self.cables.len()
    }

    /// The ops that make this content from nothing, in an order that keeps the rules.
    pub(super) fn ops(&self) -> impl Iterator<Item = Op> + '_ {
        // Manufacturers before the device types that name them.
        // So are sites before their racks.
        let late = |p: &&Prerequisite| {
            matches!(p, Prerequisite::DeviceType { .. } | Prerequisite::Rack { .. })
        };
        let first = self.prerequisites().filter(move |p| !late(p));
        let then = self.prerequisites().filter(late);
        first
            .chain(then)
            .cloned()
            .map(Op::Ensure)
            .chain(self.runs.iter().map(|((plan, site), run)| Op::Run {
                plan: *plan,
                site: site.clone(),
                run: run.clone(),
            }))
            .chain(self.devices.values().cloned().map(Object::Device).map(Op::Put))
            .chain(self.interfaces.values().cloned().map(Object::Interface).map(Op::Put))
            .chain(self.cables.values().cloned().map(Object::Cable).map(Op::Put))
    }

    fn prerequisites(&self) -> impl Iterator<Item = &Prerequisite> {
        self.prerequisites.values().flat_map(BTreeMap::values)
    }

    fn prerequisite(&self, kind: &str, slug: &str) -> Option<&Prerequisite> {
        self.prerequisites.get(kind)?.get(slug)
    }

    /// True if a prerequisite is there.
    pub(super) fn has(&self, kind: &str, slug: &str) -> bool {
        self.prerequisite(kind, slug).is_some()
    }

    /// The slugs of all sites.
    pub(super) fn sites(&self) -> impl Iterator<Item = &str> {
        let sites = self.prerequisites.get("site").into_iter().flat_map(BTreeMap::keys);
        sites.map(String::as_str)
    }

    /// One object.
    pub(super) fn find(&self, lookup: &Lookup) -> Option<Object> {
        match lookup {
            Lookup::Id(kind, id) => self.object(*kind, *id),
            Lookup::DeviceNamed { site, name } => {
                let id = self.device_by_name.get(site)?.get(&name.to_lowercase())?;
                self.object(Kind::Device, *id)
            }
            Lookup::InterfaceNamed { device, name } => {
                let id = self.interface_by_name.get(device)?.get(name)?;
                self.object(Kind::Interface, *id)
            }
            Lookup::CableAt(interface) => self.object(Kind::Cable, *self.cable_at.get(interface)?),
        }
    }

    /// Everything of a site. A cable belongs to it if one of its ends does.
    pub(super) fn snapshot(
        &self,
        target: TargetRef,
        progress: &Progress,
    ) -> Result<Snapshot, Cancelled> {
        progress.check()?;
        let devices: Vec<_> =
            self.devices.values().filter(|d| d.site == target.site).cloned().collect();
        progress.check()?;
        let here = |id: ObjectId| self.devices.get(&id).is_some_and(|d| d.site == target.site);
        let interfaces: Vec<_> =
            self.interfaces.values().filter(|i| here(i.device)).cloned().collect();
        progress.check()?;
        let ends_here = |id: ObjectId| self.interfaces.get(&id).is_some_and(|end| here(end.device));
        let cables: Vec<_> =
            self.cables.values().filter(|c| ends_here(c.a) || ends_here(c.b)).cloned().collect();
        let prerequisites: Vec<_> = self.prerequisites().cloned().collect();
        progress.check()?;
        let runs = self.runs.iter().filter(|((_, site), _)| *site == target.site);
        let runs = runs.map(|((plan, _), run)| (*plan, run.clone())).collect();
        Ok(Snapshot::new(target, &prerequisites, devices, interfaces, cables).with_runs(runs))
    }

    /// Makes an op that was read from a file.
    pub(super) fn replay(&mut self, op: Op) -> Result<(), String> {
        self.make(op, &mut Vec::new())
    }

    /// Makes a batch, or changes nothing.
    pub(super) fn write(&mut self, batch: &[Write]) -> Result<Made, Refusal> {
        let mut made =
            Made { ops: Vec::new(), ids: Vec::new(), undo: Vec::new(), next_id: self.next_id };
        for write in batch {
            match self.write_one(write, &mut made) {
                Ok(id) => made.ids.push(id),
                Err(cause) => {
                    let what = self.label(write);
                    self.take_back(made);
                    return Err(Refusal { what, cause });
                }
            }
        }
        Ok(made)
    }

    /// Takes a batch back.
    pub(super) fn take_back(&mut self, made: Made) {
        for undo in made.undo.into_iter().rev() {
            match undo {
                Undo::Forget(kind, id) => {
                    self.remove(kind, id);
                }
                Undo::Restore(object) => {
                    self.remove(object.kind(), object.id());
                    self.insert(object);
                }
                Undo::Release(kind, slug) => {
                    if let Some(of_kind) = self.prerequisites.get_mut(kind) {
                        of_kind.remove(&slug);
                    }
                }
                Undo::LastRun(of, Some(run)) => drop(self.runs.insert(of, run)),
                Undo::LastRun(of, None) => drop(self.runs.remove(&of)),
            }
        }
        self.next_id = made.next_id;
    }

    /// The run of a plan that was noted last, for each site.
    pub(super) fn last_runs(&self, plan: PlanId) -> impl Iterator<Item = (&str, &str)> {
        let runs = self.runs.iter().filter(move |((of, _), _)| *of == plan);
        runs.map(|((_, site), run)| (site.as_str(), run.as_str()))
    }

    /// The run of a plan that was noted last for a site.
    pub(super) fn last_run(&self, plan: PlanId, site: &str) -> Option<&str> {
        self.runs.get(&(plan, site.to_owned())).map(String::as_str)
    }

    /// Notes the newest run of a plan; the batch is empty if it is noted already.
    pub(super) fn begin_run(
        &mut self,
        plan: PlanId,
        site: &str,
        run: &str,
    ) -> Result<Made, Refusal> {
        let mut made =
            Made { ops: Vec::new(), ids: Vec::new(), undo: Vec::new(), next_id: self.next_id };
        let op = Op::Run { plan, site: site.to_owned(), run: run.to_owned() };
        if self.runs.get(&(plan, site.to_owned())).is_none_or(|last| last != run) {
            self.step(op, &mut made)
                .map_err(|cause| Refusal { what: "the run".to_owned(), cause })?;
        }
        Ok(made)
    }

    fn write_one(&mut self, write: &Write, made: &mut Made) -> Result<ObjectId, String> {
        match write {
            Write::Ensure { prerequisite } => {
                let (kind, slug) = prerequisite.identity();
                if !self.has(kind, &slug) {
                    self.step(Op::Ensure(prerequisite.clone()), made)?;
                }
                Ok(0)
            }
            Write::Create { object } => {
                if object.id() != 0 {
                    return Err("a new object brings no id".to_owned());
                }
                self.check_place(object)?;
                let id = self.next_id;
                self.step(Op::Put(with_id(object, id)), made)?;
                if let Object::Device(device) = object {
                    for (name, interface_type) in self.template(&device.device_type) {
                        let interface = InterfaceRecord {
                            id: self.next_id,
                            device: id,
                            name,
                            interface_type,
                            ..InterfaceRecord::default()
                        };
                        self.step(Op::Put(Object::Interface(interface)), made)?;
                    }
                }
                Ok(id)
            }
            Write::Modify { kind, id, fields } => {
                let mut object = self.object(*kind, *id).ok_or("it is not there")?;
                for (field, value) in fields {
                    set(&mut object, *field, value)?;
                }
                if fields.iter().any(|(field, _)| matches!(field, Field::Rack | Field::Position)) {
                    self.check_place(&object)?;
                }
                self.step(Op::Put(object), made)?;
                Ok(*id)
            }
            Write::Delete { kind, id } => {
                if *kind == Kind::Device {
                    for interface in self.interfaces_of(*id) {
                        self.step(Op::Gone(Kind::Interface, interface), made)?;
                    }
                }
                self.step(Op::Gone(*kind, *id), made)?;
                Ok(*id)
            }
        }
    }

    fn step(&mut self, op: Op, made: &mut Made) -> Result<(), String> {
        self.make(op.clone(), &mut made.undo)?;
        made.ops.push(op);
        Ok(())
    }

    /// The only way anything changes: checks an op and makes it.
    fn make(&mut self, op: Op, undo: &mut Vec<Undo>) -> Result<(), String> {
        match op {
            Op::Ensure(prerequisite) => {
                self.check_prerequisite(&prerequisite)?;
                let (kind, slug) = prerequisite.identity();
                let slug = slug.into_owned();
                undo.push(Undo::Release(kind, slug.clone()));
                self.prerequisites.entry(kind).or_default().insert(slug, prerequisite);
            }
            Op::Put(object) => {
                self.check(&object)?;
                let (kind, id) = (object.kind(), object.id());
                self.next_id = self.next_id.max(id.checked_add(1).ok_or("there are no more ids")?);
                undo.push(match self.remove(kind, id) {
                    Some(old) => Undo::Restore(old),
                    None => Undo::Forget(kind, id),
                });
                self.insert(object);
            }
            Op::Run { plan, site, run } => {
                name_is_good(&run, NAME_CHARS)?;
                name_is_good(&site, NAME_CHARS)?;
                let of = (plan, site);
                if self.runs.len() >= PLANS && !self.runs.contains_key(&of) {
                    return Err(format!("more than {PLANS} plans were applied here"));
                }
                let before = self.runs.insert(of.clone(), run);
                undo.push(Undo::LastRun(of, before));
            }
            Op::Gone(kind, id) => {
                match kind {
                    Kind::Device if !self.interfaces_of(id).is_empty() => {
                        return Err("it still has interfaces".to_owned());
                    }
                    Kind::Interface if self.cable_at.contains_key(&id) => {
                        let name = self.end_label(id);
                        return Err(format!("a cable is attached to {name}"));
                    }
                    _ => {}
                }
                let old = self.remove(kind, id).ok_or("it is not there")?;
                undo.push(Undo::Restore(old));
            }
        }
        Ok(())
    }

    fn check_prerequisite(&self, prerequisite: &Prerequisite) -> Result<(), String> {
        let (kind, slug) = prerequisite.identity();
        if let Prerequisite::Rack { name, site, .. } = prerequisite {
            self.need("site", site)?;
            name_is_good(name, NAME_CHARS)?;
            let there = self.has(kind, &slug);
            return if there { Err("it is there already".to_owned()) } else { Ok(()) };
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if slug.is_empty() || slug.len() > NAME_CHARS || !slug.chars().all(plain) {
            return Err(format!(
                "`{}` is no slug: 1 to {NAME_CHARS} letters, digits, dashes and underscores",
                shortened(&slug)
            ));
        }
        if self.has(kind, &slug) {
            return Err("it is there already".to_owned());
        }
        match prerequisite {
            Prerequisite::DeviceType { manufacturer, model, interfaces, .. } => {
                self.need("manufacturer", manufacturer)?;
                name_is_good(model, NAME_CHARS)?;
                if interfaces.len() > INTERFACES_PER_TYPE {
                    return Err(format!("it has more than {INTERFACES_PER_TYPE} interfaces"));
                }
                let mut names: Vec<&str> = Vec::with_capacity(interfaces.len());
                for (name, interface_type) in interfaces {
                    name_is_good(name, Limits::DEVICE_NAME_CHARS)?;
                    name_is_good(interface_type, NAME_CHARS)?;
                    names.push(name);
                }
                names.sort_unstable();
                names.dedup();
                if names.len() < interfaces.len() {
                    return Err("two of its interfaces have one name".to_owned());
                }
                Ok(())
            }
            Prerequisite::Site { name, .. }
            | Prerequisite::Manufacturer { name, .. }
            | Prerequisite::DeviceRole { name, .. }
            | Prerequisite::Tag { name, .. }
            | Prerequisite::CustomField { name }
            | Prerequisite::Rack { name, .. } => name_is_good(name, NAME_CHARS),
        }
    }

    /// A device that is put in a rack finds it, and its lowest unit is one of the rack's. Only
    /// for what is written now: older files have racks as fields that nobody looked at.
    fn check_place(&self, object: &Object) -> Result<(), String> {
        let Object::Device(device) = object else { return Ok(()) };
        let Some(rack) = device.other.get("rack").and_then(|rack| rack.as_str()) else {
            return Ok(());
        };
        let found = self.prerequisite("rack", &format!("{}/{rack}", device.site));
        let Some(Prerequisite::Rack { u_height, .. }) = found else {
            return Err(format!("the site {} has no rack `{}`", device.site, shortened(rack)));
        };
        let Some(position) = device.position().and_then(|p| p.parse::<f64>().ok()) else {
            return Ok(());
        };
        if position < 1.0 || position >= f64::from(*u_height) + 1.0 {
            return Err(format!("rack {} has no unit {position}", shortened(rack)));
        }
        Ok(())
    }

    fn check(&self, object: &Object) -> Result<(), String> {
        if object.id() == 0 {
            return Err("its id is 0".to_owned());
        }
        let (tags, key, other) = match object {
            Object::Device(d) => (&d.tags, &d.key, &d.other),
            Object::Interface(i) => (&i.tags, &i.key, &i.other),
            Object::Cable(c) => (&c.tags, &c.key, &c.other),
        };
        for tag in tags {
            self.need("tag", tag)?;
        }
        if let Some(key) = key {
            self.need("custom_field", KEY_FIELD)?;
            name_is_good(key, Limits::TEXT_CHARS)?;
        }
        // A field that stood in a record twice could not be read back.
        const OWN: [&str; 13] = [
            "object",
            "id",
            "name",
            "site",
            "role",
            "device_type",
            "status",
            "tags",
            "key",
            "device",
            "type",
            "a",
            "b",
        ];
        // What a cable is made of has no field of its own.
        let may = |field: &str| field == "type" && object.kind() == Kind::Cable;
        let own = |field: &&String| OWN.contains(&field.as_str()) && !may(field);
        if let Some(field) = other.keys().find(own) {
            return Err(format!("`{field}` cannot be one of its further fields"));
        }
        match object {
            Object::Device(d) => {
                name_is_good(&d.name, Limits::DEVICE_NAME_CHARS)?;
                name_is_good(&d.status, NAME_CHARS)?;
                self.need("site", &d.site)?;
                self.need("device_role", &d.role)?;
                self.need("device_type", &d.device_type)?;
                let of_site = self.device_by_name.get(&d.site);
                match of_site.and_then(|names| names.get(&d.name.to_lowercase())) {
                    Some(id) if *id != d.id => Err(format!(
                        "the site {} already has a device {} (upper and lower case are one)",
                        d.site, d.name
                    )),
                    _ => Ok(()),
                }
            }
            Object::Interface(i) => {
                name_is_good(&i.name, Limits::DEVICE_NAME_CHARS)?;
                name_is_good(&i.interface_type, NAME_CHARS)?;
                let device = self.devices.get(&i.device).ok_or("its device is not there")?;
                if self.interfaces.get(&i.id).is_some_and(|old| old.device != i.device) {
                    return Err("an interface stays on its device".to_owned());
                }
                let of_device = self.interface_by_name.get(&i.device);
                match of_device.and_then(|names| names.get(&i.name)) {
                    Some(id) if *id != i.id => {
                        Err(format!("{} already has an interface {}", device.name, i.name))
                    }
                    _ => Ok(()),
                }
            }
            Object::Cable(c) => {
                name_is_good(&c.status, NAME_CHARS)?;
                if c.a == c.b {
                    return Err("both its ends are one interface".to_owned());
                }
                for end in [c.a, c.b] {
                    if !self.interfaces.contains_key(&end) {
                        return Err(format!("there is no interface {end} for its end"));
                    }
                    if self.cable_at.get(&end).is_some_and(|id| *id != c.id) {
                        return Err(format!("{} already has a cable", self.end_label(end)));
                    }
                }
                Ok(())
            }
        }
    }

    fn need(&self, kind: &str, slug: &str) -> Result<(), String> {
        if self.has(kind, slug) {
            return Ok(());
        }
        Err(format!("there is no {} `{}`", kind.replace('_', " "), shortened(slug)))
    }

    fn object(&self, kind: Kind, id: ObjectId) -> Option<Object> {
        match kind {
            Kind::Device => self.devices.get(&id).cloned().map(Object::Device),
            Kind::Interface => self.interfaces.get(&id).cloned().map(Object::Interface),
            Kind::Cable => self.cables.get(&id).cloned().map(Object::Cable),
        }
    }

    fn interfaces_of(&self, device: ObjectId) -> Vec<ObjectId> {
        let names = self.interface_by_name.get(&device).into_iter();
        names.flat_map(BTreeMap::values).copied().collect()
    }

    fn template(&self, device_type: &str) -> Vec<(String, String)> {
        match self.prerequisite("device_type", device_type) {
            Some(Prerequisite::DeviceType { interfaces, .. }) => interfaces.clone(),
            _ => Vec::new(),
        }
    }

    /// Puts an object where none is: what takes another's place takes that out first, with its
    /// names and ends.
    fn insert(&mut self, object: Object) {
        match object {
            Object::Device(d) => {
                named(&mut self.device_by_name, &d.site).insert(d.name.to_lowercase(), d.id);
                self.devices.insert(d.id, d);
            }
            Object::Interface(i) => {
                named(&mut self.interface_by_name, &i.device).insert(i.name.clone(), i.id);
                self.interfaces.insert(i.id, i);
            }
            Object::Cable(c) => {
                self.cable_at.insert(c.a, c.id);
                self.cable_at.insert(c.b, c.id);
                self.cables.insert(c.id, c);
            }
        }
    }

    fn remove(&mut self, kind: Kind, id: ObjectId) -> Option<Object> {
        match kind {
            Kind::Device => self.devices.remove(&id).map(|d| {
                unname(&mut self.device_by_name, &d.site, &d.name.to_lowercase());
                Object::Device(d)
            }),
            Kind::Interface => self.interfaces.remove(&id).map(|i| {
                unname(&mut self.interface_by_name, &i.device, &i.name);
                Object::Interface(i)
            }),
            Kind::Cable => self.cables.remove(&id).map(|c| {
                self.cable_at.remove(&c.a);
                self.cable_at.remove(&c.b);
                Object::Cable(c)
            }),
        }
    }

    fn end_label(&self, interface: ObjectId) -> String {
        let Some(i) = self.interfaces.get(&interface) else {
            return format!("interface {interface}");
        };
        match self.devices.get(&i.device) {
            Some(device) => format!("{} {}", device.name, i.name),
            None => i.name.clone(),
        }
    }

    fn label(&self, write: &Write) -> String {
        let of = |object: &Object| match object {
            Object::Device(d) => format!("device {}", shortened(&d.name)),
            Object::Interface(i) => match self.devices.get(&i.device) {
                Some(device) => format!("interface {} {}", device.name, shortened(&i.name)),
                None => format!("interface {}", shortened(&i.name)),
            },
            Object::Cable(c) => {
                format!("cable {} – {}", self.end_label(c.a), self.end_label(c.b))
            }
        };
        match write {
            Write::Ensure { prerequisite } => shortened(&prerequisite.label()),
            Write::Create { object } => of(object),
            Write::Modify { kind, id, .. } | Write::Delete { kind, id } => {
                self.object(*kind, *id).as_ref().map_or_else(|| format!("object {id}"), of)
            }
        }
    }
}

/// The names under one owner.
fn named<'a, K: Ord + Clone>(
    all: &'a mut BTreeMap<K, BTreeMap<String, ObjectId>>,
    of: &K,
) -> &'a mut BTreeMap<String, ObjectId> {
    all.entry(of.clone()).or_default()
}

fn unname<K: Ord>(all: &mut BTreeMap<K, BTreeMap<String, ObjectId>>, of: &K, name: &str) {
    if let Some(names) = all.get_mut(of) {
        names.remove(name);
        if names.is_empty() {
            all.remove(of);
        }
    }
}

fn with_id(object: &Object, id: ObjectId) -> Object {
    let mut object = object.clone();
    match &mut object {
        Object::Device(d) => d.id = id,
        Object::Interface(i) => i.id = id,
        Object::Cable(c) => c.id = id,
    }
    object
}

fn set(object: &mut Object, field: Field, value: &str) -> Result<(), String> {
    if let Some(done) = object.set_further(field, value) {
        return done;
    }
    let place = match (object, field) {
        (Object::Device(DeviceRecord { key, .. }), Field::Key)
        | (Object::Interface(InterfaceRecord { key, .. }), Field::Key)
        | (Object::Cable(CableRecord { key, .. }), Field::Key) => {
            *key = Some(value.to_owned());
            return Ok(());
        }
        (Object::Device(d), Field::Name) => &mut d.name,
        (Object::Device(d), Field::Role) => &mut d.role,
        (Object::Device(d), Field::Type) => &mut d.device_type,
        (Object::Interface(i), Field::Name) => &mut i.name,
        (Object::Interface(i), Field::Type) => &mut i.interface_type,
        (Object::Cable(c), Field::A | Field::B) => {
            let id = value.parse().map_err(|_| format!("`{}` is no id", shortened(value)))?;
            *(if field == Field::A { &mut c.a } else { &mut c.b }) = id;
            return Ok(());
        }
        _ => return Err(format!("it has no {field}")),
    };
    value.clone_into(place);
    Ok(())
}

fn name_is_good(name: &str, max_chars: usize) -> Result<(), String> {
    if name.is_empty() {
        return Err("a name is empty".to_owned());
    }
    if name.chars().count() > max_chars {
        return Err(format!("`{}` has more than {max_chars} characters", shortened(name)));
    }
    Ok(())
}

/// A text that fits a message, whatever it is.
fn shortened(text: &str) -> String {
    if text.chars().count() <= NAME_CHARS {
        return text.to_owned();
    }
    text.chars().take(NAME_CHARS).chain(['…']).collect()
}
