//! What a target has of each desired device, put in the places of its slots.
//!
//! The keys of a device are looked up once, all together. From then on anything desired is found
//! by its device and its slot, without a text. Only devices of which the target has anything take
//! room, so a plan that nobody has applied costs nothing here.

use super::rules::Former;
use crate::fabric::End;
use crate::inventory::{Desired, DesiredInterface, DesiredKind, Keyed, Kind, NONE, Snapshot, Word};

/// Where everything desired is in a snapshot.
pub(super) struct Places {
    kinds: Vec<KindWords>,
    /// Of each desired device.
    devices: Vec<Place>,
    /// Of each slot of each device of which the target has anything.
    at_slots: Vec<AtSlot>,
}

/// Where a desired device stands.
#[derive(Clone, Copy)]
struct Place {
    /// Its record, or [`NONE`].
    record: u32,
    /// Its first slot in [`Places::at_slots`], or [`NONE`] if the target has nothing of it.
    first: u32,
}

/// What the target has at a slot of a desired device.
#[derive(Clone, Copy)]
pub(super) struct AtSlot {
    /// The interface: of the plan's own by key, of the type's by name. Or [`NONE`].
    pub(super) interface: u32,
    /// The cable that is the plan's by the key of this slot, or [`NONE`].
    pub(super) cable: u32,
}

const NOTHING: AtSlot = AtSlot { interface: NONE, cable: NONE };

/// The texts of a kind as words of a snapshot; `None` is a text that no record has.
struct KindWords {
    class: Option<Word>,
    interfaces: Vec<InterfaceWords>,
}

/// The texts of an interface as words of a snapshot.
pub(super) struct InterfaceWords {
    key: Option<Word>,
    /// What its key was before, newest first.
    former: Vec<Word>,
    pub(super) name: Option<Word>,
    pub(super) interface_type: Option<Word>,
    pub(super) from_type: bool,
}

impl KindWords {
    fn of(kind: &DesiredKind, snapshot: &Snapshot, former: &Former) -> Self {
        let former_words = |key: &str| -> Vec<Word> {
            if former.is_empty() {
                return Vec::new();
            }
            former.slots(&kind.class, key).iter().filter_map(|key| snapshot.word(key)).collect()
        };
        let words = |i: &DesiredInterface| InterfaceWords {
            key: snapshot.word(&i.key),
            former: former_words(&i.key),
            name: snapshot.word(&i.name),
            interface_type: snapshot.word(&i.interface_type),
            from_type: i.from_type,
        };
        Self {
            class: snapshot.word(&kind.class),
            interfaces: kind.interfaces.iter().map(words).collect(),
        }
    }
}

/// The slots of one kind by a word: those of the kind before are wiped when it changes.
struct Slots {
    kind: u32,
    by_key: Vec<u32>,
    by_name: Vec<u32>,
    any_from_type: bool,
}

impl Slots {
    fn new(words: usize) -> Self {
        Self {
            kind: NONE,
            by_key: vec![NONE; words],
            by_name: vec![NONE; words],
            any_from_type: false,
        }
    }

    fn turn_to(&mut self, kind: u32, kinds: &[KindWords]) {
        if self.kind == kind {
            return;
        }
        let interfaces = |kind: u32| {
            let interfaces = kinds.get(kind as usize).map(|k| k.interfaces.as_slice());
            (0u32..).zip(interfaces.unwrap_or_default())
        };
        for (_, old) in interfaces(self.kind) {
            put(&mut self.by_key, old.key, NONE);
            old.former.iter().for_each(|word| put(&mut self.by_key, Some(*word), NONE));
            put(&mut self.by_name, old.name, NONE);
        }
        // A key of now stands before one of old.
        for (slot, interface) in interfaces(kind) {
            interface.former.iter().for_each(|word| put(&mut self.by_key, Some(*word), slot));
        }
        for (slot, interface) in interfaces(kind) {
            put(&mut self.by_key, interface.key, slot);
            if interface.from_type {
                put(&mut self.by_name, interface.name, slot);
            }
        }
        self.any_from_type = interfaces(kind).any(|(_, i)| i.from_type);
        self.kind = kind;
    }
}

fn put(slots: &mut [u32], word: Option<Word>, slot: u32) {
    if let Some(place) = word.and_then(|word| slots.get_mut(word as usize)) {
        *place = slot;
    }
}

impl Places {
    /// Finds everything desired that an owner has in a snapshot.
    pub(super) fn find(
        desired: &Desired,
        snapshot: &Snapshot,
        owner: Option<Word>,
        former: &Former,
    ) -> Self {
        let mut places = Self {
            kinds: desired.kinds.iter().map(|kind| KindWords::of(kind, snapshot, former)).collect(),
            devices: vec![Place { record: NONE, first: NONE }; desired.devices.len()],
            at_slots: Vec::new(),
        };
        // A plan that owns nothing yet has nothing there but what others have.
        if owner.is_none() && desired.kinds.iter().all(|kind| kind.external.is_none()) {
            return places;
        }
        let mut slots = Slots::new(snapshot.words());
        for (place, device) in places.devices.iter_mut().zip(&desired.devices) {
            let at = device.kind as usize;
            let (Some(words), Some(kind)) = (places.kinds.get(at), desired.kinds.get(at)) else {
                continue;
            };
            let keyed = owner
                .zip(words.class)
                .map_or(&[][..], |(owner, class)| snapshot.keyed(owner, class, device.number));
            let external =
                kind.external.as_ref().map(|_| snapshot.device_index_named(&device.name));
            let before = before(former, kind, device.number, owner, snapshot);
            let nothing = keyed.is_empty() && before.iter().all(|keyed| keyed.is_empty());
            if nothing && external.is_none_or(|record| record == NONE) {
                continue;
            }
            slots.turn_to(device.kind, &places.kinds);
            let first = places.at_slots.len();
            place.first = u32::try_from(first).unwrap_or(NONE);
            places.at_slots.resize(first + words.interfaces.len(), NOTHING);
            let at_slots = places.at_slots.get_mut(first..).unwrap_or_default();
            let keyed = keyed.iter().chain(before.into_iter().flatten());
            place.record = fill(at_slots, keyed, external, words, &slots, snapshot);
        }
        places
    }

    /// The record of a desired device, or [`NONE`].
    pub(super) fn device(&self, device: u32) -> u32 {
        self.devices.get(device as usize).map_or(NONE, |place| place.record)
    }

    /// What is at a desired end; the end's slot must be one of its kind's.
    pub(super) fn at(&self, end: End) -> AtSlot {
        let place = self.devices.get(end.device as usize).filter(|place| place.first != NONE);
        let at = place.map(|place| place.first as usize + usize::from(end.slot));
        at.and_then(|at| self.at_slots.get(at)).copied().unwrap_or(NOTHING)
    }

    /// The words of an interface of a kind.
    pub(super) fn words(&self, kind: u32, slot: usize) -> Option<&InterfaceWords> {
        self.kinds.get(kind as usize)?.interfaces.get(slot)
    }
}

/// What an owner has under former keys of a device, newest first.
fn before<'s>(
    former: &Former,
    kind: &DesiredKind,
    number: u32,
    owner: Option<Word>,
    snapshot: &'s Snapshot,
) -> Vec<&'s [Keyed]> {
    let Some(owner) = owner.filter(|_| !former.is_empty()) else { return Vec::new() };
    let keyed = |(class, number): (&str, u32)| {
        snapshot.word(class).map(|class| snapshot.keyed(owner, class, number))
    };
    former.devices(&kind.class, number).into_iter().filter_map(keyed).collect()
}

/// Puts what is keyed as one device in its slots, the first of each; gives the record of the device: that of its key,
/// or the one found by name if it is external.
fn fill<'k>(
    at_slots: &mut [AtSlot],
    keyed: impl Iterator<Item = &'k Keyed>,
    external: Option<u32>,
    words: &KindWords,
    slots: &Slots,
    snapshot: &Snapshot,
) -> u32 {
    let mut device = external.unwrap_or(NONE);
    let facts = snapshot.interface_facts();
    let slot_of =
        |of: &[u32], word: Word| of.get(word as usize).map_or(NONE, |slot| *slot) as usize;
    for object in keyed {
        let slot = slot_of(&slots.by_key, object.slot);
        match (object.kind, at_slots.get_mut(slot)) {
            (Kind::Device, _) if external.is_none() && device == NONE => device = object.record,
            // An interface of another device is not the one that is meant.
            (Kind::Interface, Some(at)) if at.interface == NONE => {
                let on = facts.get(object.record as usize).map_or(NONE, |facts| facts.device);
                let owned = words.interfaces.get(slot).is_some_and(|i| !i.from_type);
                if owned && on != NONE && on == device {
                    at.interface = object.record;
                }
            }
            (Kind::Cable, Some(at)) if at.cable == NONE => at.cable = object.record,
            _ => {}
        }
    }
    if slots.any_from_type && device != NONE {
        for record in snapshot.interfaces_on(device) {
            let name = facts.get(*record as usize).map_or(NONE, |facts| facts.name);
            if let Some(at) = at_slots.get_mut(slot_of(&slots.by_name, name)) {
                at.interface = *record;
            }
        }
    }
    device
}
