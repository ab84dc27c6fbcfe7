//! The change set: what is reviewed, approved and applied.
//!
//! It stands alone: it carries the desired records, and of every object that it modifies or
//! deletes the id and the old values, so that whoever applies it can tell whether the target is
//! still what was approved.

use crate::fabric::End;
use crate::inventory::{Desired, Field, Kind, Object, ObjectId, Prerequisite, TargetRef, metres};
use crate::model::{Digest, DigestStream};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something desired that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addition {
    /// Index in [`Desired::devices`].
    Device(u32),
    /// Index in [`Desired::interfaces`].
    Interface(u32),
    /// Index in [`Desired::cables`].
    Cable(u32),
}

/// Why a change is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The plan has it, the inventory does not.
    Missing,
    /// A field that the plan sets differs.
    FieldDiffers,
    /// The plan made it once and has it no longer.
    NotInPlan,
    /// It was applied, and somebody took it away.
    Vanished,
    /// Somebody changed what was applied.
    Drifted,
    /// The plan calls it otherwise now, as `moved` says.
    Moved,
    /// Everything of the plan is to go.
    Destroyed,
    /// A run that is undone made it.
    Undone,
}

/// What a change set is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To make the target as the plan wants it.
    #[default]
    Converge,
    /// To delete everything of the plan.
    Destroy,
    /// To make the target as it was before a run.
    Undo {
        /// The id of the run.
        run: String,
    },
}

impl Purpose {
    /// True for the purpose of most change sets.
    pub fn is_converge(&self) -> bool {
        *self == Self::Converge
    }

    /// The sentence for people.
    pub fn text(&self) -> String {
        match self {
            Self::Converge => "make the inventory as the plan wants it".to_owned(),
            Self::Destroy => "destroy: delete everything of this plan".to_owned(),
            Self::Undo { run } => format!("undo of run {run}: back to what was applied before it"),
        }
    }
}

impl Reason {
    /// The sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Self::Missing => "the plan has it and the inventory does not",
            Self::FieldDiffers => "the inventory differs from the plan",
            Self::NotInPlan => "this plan made it and has it no longer",
            Self::Vanished => "it was applied and is gone from the inventory",
            Self::Drifted => "somebody changed what was applied",
            Self::Moved => "the plan calls it otherwise now",
            Self::Destroyed => "it is to be destroyed",
            Self::Undone => "the run that is undone made or changed it",
        }
    }
}

/// A field's old and new value, as people read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: Field,
    /// What the inventory has. Cable ends read `device interface`.
    pub old: String,
    /// What the plan wants.
    pub new: String,
    /// What was last applied, where somebody has changed it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<String>,
}

/// An owned object with fields that differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modification {
    /// Its record as it was read.
    pub old: Object,
    /// Which desired object it is to become.
    pub desired: Addition,
    /// Its key.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Fields that differ, by field.
    pub fields: Vec<FieldChange>,
    /// For a cable whose end moves: the ends it is to have.
    pub ends: Option<(End, End)>,
    /// Why.
    pub reason: Reason,
}

impl Modification {
    /// True for a cable of which an end moves to another port.
    pub fn moves(&self) -> bool {
        self.ends.is_some()
    }

    /// True for a device that is to be another model: somebody has to swap it.
    pub fn swaps(&self) -> bool {
        matches!(self.old, Object::Device(_)) && self.fields.iter().any(|f| f.field == Field::Type)
    }
}

/// An owned object that the plan has no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Its record as it was read.
    pub old: Object,
    /// Its key.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Why.
    pub reason: Reason,
    /// Interfaces that a device had: one with more has got something of others since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interfaces: Option<u32>,
    /// Of a cable, the key of the device at the end that its own key does not name, if the plan
    /// made that device. For drawing it: no part of the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far: Option<String>,
}

/// Objects by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Devices.
    pub devices: u64,
    /// Interfaces that the plan creates and owns.
    pub interfaces: u64,
    /// Cables.
    pub cables: u64,
}

impl Counts {
    /// Counts one object.
    pub fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Device => self.devices += 1,
            Kind::Interface => self.interfaces += 1,
            Kind::Cable => self.cables += 1,
        }
    }

    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.devices + self.interfaces + self.cables
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }
}

/// Cables that wait: the inventory lacks the device or interface of somebody else at one end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The id of the external class.
    pub class: String,
    /// How many. They are not in the change set.
    pub cables: u64,
}

/// What would change in a target. Additions, modifications and deletions are in the order of
/// kind, then of the plan (or of the id).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Where.
    pub target: TargetRef,
    /// What for.
    #[serde(default, skip_serializing_if = "Purpose::is_converge")]
    pub purpose: Purpose,
    /// What the plan wants there.
    pub desired: Arc<Desired>,
    /// Prerequisites that are missing, in the order of creation.
    pub prerequisites: Vec<Prerequisite>,
    /// What is missing.
    pub additions: Vec<Addition>,
    /// What differs.
    pub modifications: Vec<Modification>,
    /// What is left over.
    pub deletions: Vec<Deletion>,
    /// Owned objects that are as the plan wants them.
    pub unchanged: Counts,
    /// Cables to external devices that wait, by class. Nothing is done about them, so they are no
    /// part of the digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// Cables that wait and are not in the target: indices in [`Desired::cables`]. No part of the
    /// digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_made: Vec<u32>,
    /// Keys of devices to delete that carry what others gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<String>,
    /// Fields that differ and are left alone, as the spec says. No part of the digest.
    #[serde(default)]
    pub ignored: u64,
    /// Additions that had been applied before and are gone from the target. No part of the digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regained: Vec<Addition>,
    /// Devices that the target calls otherwise, which is left alone: index and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub called_otherwise: Vec<(u32, ObjectId)>,
    /// The parts that were selected, in words; empty if this is everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selection: Vec<String>,
    /// What is in it only because the selected need it: the other end of a cable, say. No part of
    /// the digest.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub needed: Counts,
    /// What was not selected.
    #[serde(default, skip_serializing_if = "LeftOut::is_empty")]
    pub left_out: LeftOut,
    /// What the plan has, the target has not, and this does nothing about: a part, the way back and
    /// the end leave it out. Indices are those of all that the plan wants, which the way back and
    /// the end do not carry. For drawing it: neither written nor part of the digest.
    #[serde(skip)]
    pub not_built: Vec<Addition>,
    /// The run of this plan that the target knew of as the newest when it was read: its id, empty
    /// if none. They are applied after no other. No part of the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
}

/// Changes that a selection leaves for later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Additions and modifications, by what is desired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub desired: Vec<Addition>,
    /// Deletions, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deletions: Vec<String>,
}

impl LeftOut {
    /// True if nothing is left for later.
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// How many changes are left for later.
    pub fn total(&self) -> u64 {
        (self.desired.len() + self.deletions.len()) as u64
    }
}

impl Object {
    /// The kind of the object.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Device(_) => Kind::Device,
            Self::Interface(_) => Kind::Interface,
            Self::Cable(_) => Kind::Cable,
        }
    }

    /// The id of the object.
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Device(d) => d.id,
            Self::Interface(i) => i.id,
            Self::Cable(c) => c.id,
        }
    }
}

impl Addition {
    /// The kind of the object.
    pub fn kind(self) -> Kind {
        match self {
            Self::Device(_) => Kind::Device,
            Self::Interface(_) => Kind::Interface,
            Self::Cable(_) => Kind::Cable,
        }
    }
}

impl ChangeSet {
    /// True if the target is as the plan wants it.
    pub fn is_empty(&self) -> bool {
        self.additions.is_empty() && self.modifications.is_empty() && self.deletions.is_empty()
    }

    /// What the target has once it is applied: what is wanted, without the cables that wait.
    pub fn applied(&self) -> Arc<Desired> {
        if self.not_made.is_empty() {
            return Arc::clone(&self.desired);
        }
        let left_out: BTreeSet<u32> = self.not_made.iter().copied().collect();
        let mut desired = Desired::clone(&self.desired);
        let mut made = (0..).map(|n| !left_out.contains(&n));
        desired.cables.retain(|_| made.next().unwrap_or(true));
        if let Some(racking) = &mut desired.racking {
            let mut made = (0..).map(|n| !left_out.contains(&n));
            racking.cables.retain(|_| made.next().unwrap_or(true));
        }
        Arc::new(desired)
    }

    /// Cables that wait for devices of others: the target is without them as the plan wants it.
    pub fn waiting_cables(&self) -> u64 {
        self.waiting.iter().map(|waiting| waiting.cables).sum()
    }

    /// What it is of, if not of everything: a part, the way back or the end.
    pub fn only(&self) -> Option<String> {
        if !self.purpose.is_converge() {
            Some(self.purpose.text())
        } else if !self.selection.is_empty() {
            Some(format!("only {}", self.selection.join(", ")))
        } else if !self.left_out.is_empty() {
            Some("only a part of the changes".to_owned())
        } else {
            None
        }
    }

    /// True if it is all that differs between the plan and the target: neither a part of it, nor
    /// the way back or the end.
    pub fn is_everything(&self) -> bool {
        self.purpose.is_converge() && self.left_out.is_empty()
    }

    /// Objects to add.
    pub fn added(&self) -> Counts {
        let mut counts = Counts::default();
        self.additions.iter().for_each(|a| counts.count(a.kind()));
        counts
    }

    /// Objects to modify.
    pub fn modified(&self) -> Counts {
        let mut counts = Counts::default();
        self.modifications.iter().for_each(|m| counts.count(m.old.kind()));
        counts
    }

    /// Objects to delete.
    pub fn deleted(&self) -> Counts {
        let mut counts = Counts::default();
        self.deletions.iter().for_each(|d| counts.count(d.old.kind()));
        counts
    }

    /// The name of an addition for people: a device's name, `device interface`, or
    /// `device interface – device interface`.
    pub fn addition_name(&self, addition: Addition) -> String {
        addition_name(&self.desired, addition)
    }

    /// The key of an addition.
    pub fn addition_key(&self, addition: Addition) -> String {
        addition_key(&self.desired, addition)
    }

    /// What else an addition says if the plan has racks: ` in rack su-1-r01 at unit 9`,
    /// ` of dac-passive, 0.5 m`. Empty without.
    pub fn addition_detail(&self, addition: Addition) -> String {
        let detail = match addition {
            Addition::Device(n) => self
                .desired
                .place(n)
                .map(|(rack, unit, _)| format!(" in rack {rack} at unit {unit}")),
            Addition::Interface(_) => None,
            Addition::Cable(n) => self
                .desired
                .cable_make(n)
                .map(|(made_of, length_cm)| format!(" of {made_of}, {}", metres(length_cm))),
        };
        detail.unwrap_or_default()
    }

    /// The digest of the record stream `heddle/change-set/2`: kind, key, field, old → new, and of
    /// what goes or changes all that a run relies on. What an addition will be is in the desired
    /// records, which come first in the stream.
    pub fn digest(&self) -> Digest {
        let mut stream = DigestStream::new("heddle/change-set/2");
        stream.text(&self.target.inventory).text(&self.target.site);
        let desired = &self.desired;
        stream.text(&desired.plan.map(|plan| plan.to_string()).unwrap_or_default());
        for kind in &desired.kinds {
            stream.text(&kind.class).text(&kind.role).text(&kind.device_type);
            for i in &kind.interfaces {
                stream.text(&i.name).text(&i.key).text(&i.interface_type);
                stream.number(u64::from(i.from_type));
            }
        }
        // Names of all devices, also of those that are there: ends of cables are written by them.
        stream.number(desired.devices.len() as u64);
        for device in &desired.devices {
            stream.number(u64::from(device.kind) << 32 | u64::from(device.number));
            stream.text(&device.name);
        }
        stream.number(self.prerequisites.len() as u64);
        for prerequisite in &self.prerequisites {
            stream.text(&prerequisite.label());
        }
        let end = |end: End| u64::from(end.device) << 16 | u64::from(end.slot);
        stream.number(self.additions.len() as u64);
        for addition in &self.additions {
            match *addition {
                Addition::Device(n) => {
                    stream.number(1).number(u64::from(n));
                }
                Addition::Interface(n) => {
                    if let Some(at) = desired.interfaces.get(n as usize) {
                        stream.number(2).number(end(*at));
                    }
                }
                Addition::Cable(n) => {
                    if let Some((a, b)) = desired.cables.get(n as usize) {
                        stream.number(3).number(end(*a)).number(end(*b));
                    }
                }
            }
        }
        stream.number(self.modifications.len() as u64);
        for m in &self.modifications {
            stream.number(m.old.kind() as u64).number(m.old.id()).text(&m.key);
            record_old(&mut stream, &m.old);
            let ends = m.ends.map_or([0, 0], |(a, b)| [end(a) + 1, end(b) + 1]);
            stream.number(ends[0]).number(ends[1]).number(m.fields.len() as u64);
            for change in &m.fields {
                stream.text(&change.field.to_string()).text(&change.old).text(&change.new);
            }
        }
        stream.number(self.deletions.len() as u64);
        for d in &self.deletions {
            stream.number(d.old.kind() as u64).number(d.old.id()).text(&d.key).text(&d.name);
            record_old(&mut stream, &d.old);
        }
        if !self.purpose.is_converge() {
            stream.text(&self.purpose.text());
        }
        for (key, kept) in &desired.kept {
            stream.text(key).text(&kept.status).number(kept.tags.len() as u64);
            for tag in &kept.tags {
                stream.text(tag);
            }
            stream.number(kept.other.len() as u64);
            for (name, value) in &kept.other {
                stream.text(name).text(&value.to_string());
            }
        }
        if !self.carrying.is_empty() {
            stream.text("carrying");
            for key in &self.carrying {
                stream.text(key);
            }
        }
        if !self.selection.is_empty() {
            stream.text("selection");
            for part in &self.selection {
                stream.text(part);
            }
        }
        if let Some(racking) = &desired.racking {
            racking.record(&mut stream);
            for prerequisite in &self.prerequisites {
                if let Prerequisite::Rack { site, u_height, .. } = prerequisite {
                    stream.text(site).number(u64::from(*u_height));
                }
            }
        }
        stream.finish()
    }
}

/// What a run compares with what it finds before it writes: an object that is otherwise by then is
/// not the one that was approved.
fn record_old(stream: &mut DigestStream, old: &Object) {
    match old {
        Object::Device(d) => {
            stream.text(&d.name).text(&d.site).text(&d.role).text(&d.device_type).text(&d.status);
        }
        Object::Interface(i) => {
            stream.number(i.device).text(&i.name).text(&i.interface_type);
        }
        Object::Cable(c) => {
            stream.number(c.a).number(c.b).text(&c.status);
        }
    }
}

/// The name of something desired for people, see [`ChangeSet::addition_name`].
pub(crate) fn addition_name(desired: &Desired, addition: Addition) -> String {
    let found = match addition {
        Addition::Device(n) => desired.devices.get(n as usize).map(|d| d.name.clone()),
        Addition::Interface(n) => {
            desired.interfaces.get(n as usize).map(|end| desired.end_name(*end))
        }
        Addition::Cable(n) => desired
            .cables
            .get(n as usize)
            .map(|(a, b)| format!("{} – {}", desired.end_name(*a), desired.end_name(*b))),
    };
    found.unwrap_or_default()
}

/// The key of something desired.
pub(crate) fn addition_key(desired: &Desired, addition: Addition) -> String {
    let found = match addition {
        Addition::Device(n) => Some(desired.device_key(n)),
        Addition::Interface(n) => {
            desired.interfaces.get(n as usize).map(|end| desired.interface_key(*end))
        }
        Addition::Cable(n) => {
            desired.cables.get(n as usize).map(|(lower, _)| desired.cable_key(*lower))
        }
    };
    found.unwrap_or_default()
}
