//! What changes in each row.
//!
//! Devices and links are as in the drawing. Rows also tell single interfaces and cables that
//! drifted, or that an undo touches, which the drawing shows by their devices alone.

use super::super::State;
use super::super::blocks::States;
use crate::diff::{Addition, ChangeSet, Drift, Purpose};
use crate::fabric::{Class, End, Fabric};
use crate::inventory::{Kind, Object};
use std::collections::BTreeMap;

/// The states of devices and links, by their indices in the fabric, and of the interfaces that
/// have one of their own.
#[derive(Debug)]
pub(super) struct RowStates {
    devices: Vec<State>,
    links: Vec<State>,
    ports: BTreeMap<End, State>,
}

impl RowStates {
    pub(super) fn of(fabric: &Fabric, changes: Option<&ChangeSet>, drift: Option<&Drift>) -> Self {
        let States { devices, links } = States::of(fabric, changes, drift);
        let mut states = Self { devices, links, ports: BTreeMap::new() };
        let keys = Keys::of(fabric);
        // The links of these lower ends.
        let mut lower: BTreeMap<End, State> = BTreeMap::new();
        match changes {
            Some(changes) if changes.purpose.is_converge() => states.take_interfaces(changes),
            Some(changes) if changes.purpose != Purpose::Destroy => {
                states.take_undo(&keys, changes, &mut lower);
            }
            // What goes as a whole goes with its devices.
            _ => {}
        }
        let drifted = drift.iter().flat_map(|drift| &drift.changed);
        for drifted in drifted.filter(|drifted| drifted.left().next().is_some()) {
            states.note(&keys, drifted.kind, &drifted.key, State::Drifted, &mut lower);
        }
        if !lower.is_empty() {
            for (state, link) in states.links.iter_mut().zip(&fabric.links) {
                if let Some(of) = lower.get(&link.a).filter(|_| *state == State::Unchanged) {
                    *state = *of;
                }
            }
        }
        states
    }

    /// Interfaces that are made or set on devices that stay.
    fn take_interfaces(&mut self, changes: &ChangeSet) {
        let additions = changes.additions.iter().map(|what| (*what, State::Added));
        let modified = changes.modifications.iter().map(|m| (m.desired, State::Changed));
        for (what, state) in additions.chain(modified) {
            let Addition::Interface(n) = what else { continue };
            let Some(end) = changes.desired.interfaces.get(n as usize) else { continue };
            if self.device(end.device) != State::Added {
                self.ports.entry(*end).or_insert(state);
            }
        }
    }

    fn take_undo(&mut self, keys: &Keys, changes: &ChangeSet, lower: &mut BTreeMap<End, State>) {
        for what in &changes.additions {
            self.note(keys, what.kind(), &changes.addition_key(*what), State::Added, lower);
        }
        for m in &changes.modifications {
            self.note(keys, m.old.kind(), &m.key, State::Changed, lower);
        }
        for deletion in &changes.deletions {
            if !matches!(deletion.old, Object::Device(_)) {
                self.note(keys, deletion.old.kind(), &deletion.key, State::Removed, lower);
            }
        }
    }

    /// Gives the interface or the cable of a key a state, unless it has one.
    fn note(
        &mut self,
        keys: &Keys,
        kind: Kind,
        key: &str,
        state: State,
        lower: &mut BTreeMap<End, State>,
    ) {
        let to = match kind {
            Kind::Device => return,
            Kind::Interface => &mut self.ports,
            Kind::Cable => lower,
        };
        if let Some(end) = keys.end(key) {
            to.entry(end).or_insert(state);
        }
    }

    pub(super) fn device(&self, device: u32) -> State {
        self.devices.get(device as usize).copied().unwrap_or_default()
    }

    pub(super) fn link(&self, link: u32) -> State {
        self.links.get(link as usize).copied().unwrap_or_default()
    }

    /// A port comes and goes with its device; else it is as its own record or its cable is.
    pub(super) fn port(&self, end: End, link: Option<u32>) -> State {
        let device = self.device(end.device);
        if matches!(device, State::Added | State::Removed) {
            return device;
        }
        // Most plans have no state of a port alone.
        let own = if self.ports.is_empty() { None } else { self.ports.get(&end) };
        own.copied().unwrap_or_else(|| match link.map(|link| self.link(link)) {
            None | Some(State::Unchanged) => State::Unchanged,
            Some(State::Drifted) => State::Drifted,
            Some(_) => State::Changed,
        })
    }
}

/// Classes by id: a plan of many pods has thousands.
struct Keys<'a>(BTreeMap<&'a str, &'a Class>);

impl<'a> Keys<'a> {
    fn of(fabric: &'a Fabric) -> Self {
        Self(fabric.classes.iter().map(|class| (class.id.as_str(), class)).collect())
    }

    /// The end that a key names: `cable/gpu/42/rail-3/0`.
    fn end(&self, key: &str) -> Option<End> {
        let mut parts = key.splitn(4, '/').skip(1);
        let class = self.0.get(parts.next()?)?;
        let device = class.device(parts.next()?.parse().ok()?)?;
        let slot = parts.next()?;
        let slot = class.slots.iter().position(|of| of.key == slot)?;
        Some(End { device, slot: u16::try_from(slot).ok()? })
    }
}
