//! What changes: of each device, link and port of a fabric, and which cables go that it has not.
//!
//! A device is changed if it is itself, or one of its ports or cables: so say the drawing and the
//! tables. What the changes leave alone is there, unless they say that it is not built. Limits: the far end of a cable that goes is known by its device alone.

use super::State;
use crate::diff::{Addition, ChangeSet, Deletion, Drift};
use crate::fabric::{Class, End, Fabric};
use crate::inventory::{Kind, Object};
use std::collections::{BTreeMap, BTreeSet};

/// The states of devices and links, by their indices in the fabric, and of the ports that have
/// one of their own.
#[derive(Debug, Default)]
pub(super) struct States {
    pub devices: Vec<State>,
    pub links: Vec<State>,
    ports: BTreeMap<End, State>,
    /// Links that no cable is made for, since they wait for devices of others.
    waiting: BTreeSet<u32>,
    /// Cables that the fabric has not, by whether they go or come back and the keys of the devices
    /// at their ends: how many.
    pub others: BTreeMap<(State, String, String), u32>,
}

impl States {
    pub fn of(fabric: &Fabric, changes: Option<&ChangeSet>, drift: Option<&Drift>) -> Self {
        let mut states = Self {
            devices: vec![State::Unchanged; fabric.devices.len()],
            links: vec![State::Unchanged; fabric.links.len()],
            ..Self::default()
        };
        let keys = Keys::of(fabric, changes, drift);
        match changes {
            Some(changes) if changes.purpose.is_converge() => {
                states.take_plan(fabric, changes);
                states.waiting = changes.not_made.iter().copied().collect();
            }
            Some(changes) => states.take_way_back(&keys, changes),
            None => {}
        }
        for deletion in changes.iter().flat_map(|changes| &changes.deletions) {
            states.take_deletion(&keys, deletion);
        }
        let drifted = drift.iter().flat_map(|drift| &drift.changed);
        for drifted in drifted.filter(|drifted| drifted.left().next().is_some()) {
            states.note(&keys, drifted.kind, &drifted.key, State::Drifted);
        }
        for what in changes.iter().flat_map(|changes| &changes.not_built) {
            states.leave_unbuilt(*what);
        }
        states
    }

    /// Notes what is not there; what the changes say of it says more.
    fn leave_unbuilt(&mut self, what: Addition) {
        let slot = match what {
            Addition::Device(n) => self.devices.get_mut(n as usize),
            Addition::Cable(n) => self.links.get_mut(n as usize),
            // A device without one of its ports is there; the rest go with their devices.
            Addition::Interface(_) => None,
        };
        if let Some(slot) = slot.filter(|slot| **slot == State::Unchanged) {
            *slot = State::NotBuilt;
        }
    }

    /// Changes towards the plan name its objects by number.
    fn take_plan(&mut self, fabric: &Fabric, changes: &ChangeSet) {
        let additions = changes.additions.iter().map(|what| (*what, State::Added));
        let modified = changes.modifications.iter().map(|m| (m.desired, State::Changed));
        for (what, state) in additions.chain(modified) {
            match what {
                Addition::Device(n) => {
                    if let Some(slot) = self.devices.get_mut(n as usize) {
                        *slot = state;
                    }
                }
                Addition::Interface(n) => {
                    let Some(end) = changes.desired.interfaces.get(n as usize) else { continue };
                    self.touch(end.device, State::Changed);
                    if self.device(end.device) != State::Added {
                        self.ports.entry(*end).or_insert(state);
                    }
                }
                Addition::Cable(n) => {
                    if let Some(slot) = self.links.get_mut(n as usize) {
                        *slot = state;
                    }
                    if let Some(link) = fabric.links.get(n as usize) {
                        self.touch(link.a.device, State::Changed);
                        self.touch(link.b.device, State::Changed);
                    }
                }
            }
        }
    }

    /// What comes back is numbered as it was then, and known here by its key.
    fn take_way_back(&mut self, keys: &Keys, changes: &ChangeSet) {
        for what in &changes.additions {
            let key = changes.addition_key(*what);
            self.note(keys, what.kind(), &key, State::Added);
            let Addition::Cable(n) = what else { continue };
            let Some((_, upper)) = changes.desired.cables.get(*n as usize) else { continue };
            self.note_far(keys, State::Added, &key, changes.desired.device_key(upper.device));
        }
        for m in &changes.modifications {
            self.note(keys, m.old.kind(), &m.key, State::Changed);
        }
    }

    fn take_deletion(&mut self, keys: &Keys, deletion: &Deletion) {
        let kind = deletion.old.kind();
        let link = keys.link(&deletion.key).filter(|_| kind == Kind::Cable);
        if let Some((n, upper)) = link
            && deletion.far.as_ref().is_some_and(|far| keys.is_other(far, upper))
        {
            // What goes leads elsewhere than what the plan wants there, and that is not there.
            if let Some(slot) = self.links.get_mut(n as usize)
                && *slot == State::Unchanged
            {
                *slot = State::NotBuilt;
            }
            let ends = [deletion.key.as_str(), deletion.far.as_deref().unwrap_or_default()];
            for device in ends.into_iter().filter_map(|key| keys.device(key)) {
                self.touch(device, State::Changed);
            }
            let far = deletion.far.clone().unwrap_or_default();
            let other = (State::Removed, device_key(&deletion.key), far);
            *self.others.entry(other).or_default() += 1;
            return;
        }
        self.note(keys, kind, &deletion.key, State::Removed);
        let (Object::Cable(_), Some(far)) = (&deletion.old, &deletion.far) else { return };
        self.note_far(keys, State::Removed, &deletion.key, far.clone());
    }

    /// Notes a cable by its key and that of the device which its own does not begin at.
    fn note_far(&mut self, keys: &Keys, state: State, key: &str, far: String) {
        if let Some(device) = keys.device(&far) {
            self.touch(device, State::Changed);
        }
        if keys.link(key).is_none() {
            *self.others.entry((state, device_key(key), far)).or_default() += 1;
        }
    }

    /// Gives what a key names a state, unless it has one; and its device, if it is a part of one.
    fn note(&mut self, keys: &Keys, kind: Kind, key: &str, state: State) {
        let of_device = match (kind, state) {
            (Kind::Device, state) | (_, state @ State::Drifted) => state,
            _ => State::Changed,
        };
        if let Some(device) = keys.device(key) {
            self.touch(device, of_device);
        }
        match kind {
            Kind::Device => {}
            Kind::Interface => {
                if let Some(end) = keys.end(key) {
                    self.ports.entry(end).or_insert(state);
                }
            }
            Kind::Cable => {
                let Some((n, far)) = keys.link(key) else { return };
                if let Some(slot) = self.links.get_mut(n as usize)
                    && *slot == State::Unchanged
                {
                    *slot = state;
                }
                if state != State::Drifted {
                    self.touch(far, State::Changed);
                }
            }
        }
    }

    /// Gives a device a state, unless it has one; that it goes says more than that it changes.
    fn touch(&mut self, device: u32, state: State) {
        if let Some(slot) = self.devices.get_mut(device as usize)
            && (*slot == State::Unchanged || (*slot, state) == (State::Changed, State::Removed))
        {
            *slot = state;
        }
    }

    pub fn device(&self, device: u32) -> State {
        self.devices.get(device as usize).copied().unwrap_or_default()
    }

    pub fn link(&self, link: u32) -> State {
        self.links.get(link as usize).copied().unwrap_or_default()
    }

    /// True if there is anything that is not built.
    pub fn has_not_built(&self) -> bool {
        self.devices.iter().chain(&self.links).any(|state| *state == State::NotBuilt)
    }

    /// True if a link is not there and nothing is done about it yet.
    pub fn link_waits(&self, link: u32) -> bool {
        self.waiting.contains(&link) && self.link(link) == State::Unchanged
    }

    /// True if nothing happens to a port because its link waits.
    pub fn port_waits(&self, end: End, link: Option<u32>) -> bool {
        let waits = link.is_some_and(|link| self.link_waits(link));
        waits && self.port(end, link) == State::Unchanged
    }

    /// A port comes and goes with its device; else it is as its own record or its cable is.
    pub fn port(&self, end: End, link: Option<u32>) -> State {
        let device = self.device(end.device);
        if matches!(device, State::Added | State::Removed | State::NotBuilt) {
            return device;
        }
        // Most plans have no state of a port alone.
        let own = if self.ports.is_empty() { None } else { self.ports.get(&end) };
        own.copied().unwrap_or_else(|| match link.map(|link| self.link(link)) {
            None | Some(State::Unchanged | State::NotBuilt) => State::Unchanged,
            Some(State::Drifted) => State::Drifted,
            Some(_) => State::Changed,
        })
    }
}

/// What keys name in a fabric.
struct Keys<'a> {
    /// Classes by id: a plan of many pods has thousands.
    classes: BTreeMap<&'a str, &'a Class>,
    /// Links that keys ask for, by their lower ends, and the devices at the upper ones.
    links: BTreeMap<End, (u32, u32)>,
}

impl<'a> Keys<'a> {
    fn of(fabric: &'a Fabric, changes: Option<&ChangeSet>, drift: Option<&Drift>) -> Self {
        let classes = fabric.classes.iter().map(|class| (class.id.as_str(), class)).collect();
        let mut keys = Self { classes, links: BTreeMap::new() };
        let mut asked: BTreeSet<End> = BTreeSet::new();
        if let Some(changes) = changes {
            let deleted = changes.deletions.iter().filter(|d| d.old.kind() == Kind::Cable);
            asked.extend(deleted.filter_map(|deletion| keys.end(&deletion.key)));
            if !changes.purpose.is_converge() {
                let added = changes.additions.iter().filter(|what| what.kind() == Kind::Cable);
                asked.extend(added.filter_map(|what| keys.end(&changes.addition_key(*what))));
                let modified = changes.modifications.iter().filter(|m| m.old.kind() == Kind::Cable);
                asked.extend(modified.filter_map(|m| keys.end(&m.key)));
            }
        }
        let drifted = drift.iter().flat_map(|drift| &drift.changed);
        let drifted = drifted.filter(|drifted| drifted.kind == Kind::Cable);
        asked.extend(drifted.filter_map(|drifted| keys.end(&drifted.key)));
        if !asked.is_empty() {
            let links = (0u32..).zip(&fabric.links).filter(|(_, link)| asked.contains(&link.a));
            keys.links = links.map(|(n, link)| (link.a, (n, link.b.device))).collect();
        }
        keys
    }

    /// The device that a key begins at: `cable/gpu/42/rail-3/0` begins at `gpu` 42.
    fn device(&self, key: &str) -> Option<u32> {
        let mut parts = key.splitn(4, '/').skip(1);
        let class = self.classes.get(parts.next()?)?;
        class.device(parts.next()?.parse().ok()?)
    }

    /// True if the key of a device surely names another one.
    fn is_other(&self, key: &str, device: u32) -> bool {
        let class = key.split('/').nth(1).unwrap_or_default();
        self.classes.contains_key(class) && self.device(key) != Some(device)
    }

    /// The end that a key names.
    fn end(&self, key: &str) -> Option<End> {
        let mut parts = key.splitn(4, '/').skip(1);
        let class = self.classes.get(parts.next()?)?;
        let device = class.device(parts.next()?.parse().ok()?)?;
        let slot = parts.next()?;
        let slot = class.slots.iter().position(|of| of.key == slot)?;
        Some(End { device, slot: u16::try_from(slot).ok()? })
    }

    /// The link that a key of a cable names, and the device at its upper end.
    fn link(&self, key: &str) -> Option<(u32, u32)> {
        self.links.get(&self.end(key)?).copied()
    }
}

/// The key of the device that another key begins at.
fn device_key(key: &str) -> String {
    let mut parts = key.split('/').skip(1);
    let (class, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("device/{class}/{number}")
}
