//! Which devices share a block, which links a bundle, and what changes in each.

use super::{Bundle, MAX_BLOCKS, MAX_BUNDLES, State};
use crate::diff::{Addition, ChangeSet, Drift};
use crate::fabric::{DeviceRole, Fabric};
use crate::inventory::{Kind, Object};

/// Servers of a block, if there are few.
const SERVERS_PER_BLOCK: u32 = 8;

/// The states of devices and links, by their indices in the fabric.
pub(super) struct States {
    pub devices: Vec<State>,
    pub links: Vec<State>,
}

impl States {
    pub(super) fn of(fabric: &Fabric, changes: Option<&ChangeSet>, drift: Option<&Drift>) -> Self {
        let mut states = Self {
            devices: vec![State::Unchanged; fabric.devices.len()],
            links: vec![State::Unchanged; fabric.links.len()],
        };
        if let Some(changes) = changes {
            states.take_changes(fabric, changes);
        }
        if let Some(drift) = drift {
            states.take_drift(fabric, drift);
        }
        states
    }

    fn take_changes(&mut self, fabric: &Fabric, changes: &ChangeSet) {
        let additions = changes.additions.iter().map(|what| (*what, State::Added));
        let modified = changes.modifications.iter().map(|m| (m.desired, State::Changed));
        for (what, state) in additions.chain(modified) {
            if changes.purpose.is_converge() {
                self.set(changes, what, state);
            } else if let Some(device) = fabric.device_of_key(&changes.addition_key(what)) {
                // What comes back is numbered as it was then, and known here by its key.
                let state = if what.kind() == Kind::Device { state } else { State::Changed };
                self.touch(device, state);
            }
        }
        let mut goes = false;
        for deletion in &changes.deletions {
            let Some(device) = fabric.device_of_key(&deletion.key) else { continue };
            // A device that stays and loses an interface or a cable is changed.
            let is_device = matches!(deletion.old, Object::Device(_));
            goes |= is_device;
            self.touch(device, if is_device { State::Removed } else { State::Changed });
        }
        if goes {
            let gone = |n: u32| self.devices.get(n as usize) == Some(&State::Removed);
            for (state, link) in self.links.iter_mut().zip(&fabric.links) {
                if gone(link.a.device) || gone(link.b.device) {
                    *state = State::Removed;
                }
            }
        }
    }

    fn take_drift(&mut self, fabric: &Fabric, drift: &Drift) {
        for drifted in drift.changed.iter().filter(|drifted| drifted.left().next().is_some()) {
            if let Some(device) = fabric.device_of_key(&drifted.key) {
                self.touch(device, State::Drifted);
            }
        }
    }

    fn set(&mut self, changes: &ChangeSet, what: Addition, state: State) {
        match what {
            Addition::Device(n) => {
                if let Some(slot) = self.devices.get_mut(n as usize) {
                    *slot = state;
                }
            }
            Addition::Cable(n) => {
                if let Some(slot) = self.links.get_mut(n as usize) {
                    *slot = state;
                }
            }
            Addition::Interface(n) => {
                if let Some(end) = changes.desired.interfaces.get(n as usize) {
                    self.touch(end.device, State::Changed);
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
}

/// A run of devices of one class and one scalable unit.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub first: u32,
    pub count: u32,
}

/// How devices and links are drawn together.
pub(super) struct Grouping {
    pub runs: Vec<Run>,
    pub block_of: Vec<u32>,
    pub bundles: Vec<Bundle>,
    pub bundle_of: Vec<u32>,
}

/// The finest grouping that is small enough to draw.
pub(super) fn group(fabric: &Fabric, states: &States) -> Grouping {
    let (mut servers, mut switches) = (SERVERS_PER_BLOCK, 1);
    loop {
        let grouping = attempt(fabric, states, servers, switches);
        let Some(too_many_servers) = grouping.verdict(fabric) else { return grouping };
        // A single device per class and unit is the end of what grouping can do.
        if servers.max(switches) >= 1 << 20 {
            return grouping;
        }
        if too_many_servers { servers *= 2 } else { switches *= 2 }
    }
}

impl Grouping {
    /// `None` if small enough, else whether blocks of servers are the ones to grow.
    fn verdict(&self, fabric: &Fabric) -> Option<bool> {
        let is_server = |device: u32| {
            fabric.class_of(device).is_some_and(|class| class.role == DeviceRole::Server)
        };
        if self.runs.len() > MAX_BLOCKS {
            let servers = self.runs.iter().filter(|run| is_server(run.first)).count();
            return Some(servers * 2 >= self.runs.len());
        }
        if self.bundles.len() > MAX_BUNDLES {
            let first = |block: u32| self.runs.get(block as usize).map_or(0, |run| run.first);
            let servers = self.bundles.iter().filter(|b| is_server(first(b.a))).count();
            return Some(servers * 2 >= self.bundles.len());
        }
        None
    }
}

fn attempt(fabric: &Fabric, states: &States, servers: u32, switches: u32) -> Grouping {
    let mut runs: Vec<Run> = Vec::new();
    let mut block_of = Vec::with_capacity(fabric.devices.len());
    let mut last = None;
    for (n, device) in (0u32..).zip(&fabric.devices) {
        let is_server = fabric.class_of(n).is_some_and(|class| class.role == DeviceRole::Server);
        let most = if is_server { servers } else { switches };
        match runs.last_mut() {
            Some(run) if last == Some((device.class, device.su)) && run.count < most => {
                run.count += 1;
            }
            _ => runs.push(Run { first: n, count: 1 }),
        }
        last = Some((device.class, device.su));
        block_of.push(u32::try_from(runs.len() - 1).unwrap_or(u32::MAX));
    }
    let mut grouping = Grouping { runs, block_of, bundles: Vec::new(), bundle_of: Vec::new() };
    if grouping.runs.len() <= MAX_BLOCKS {
        bundle(fabric, states, &mut grouping);
    }
    grouping
}

fn bundle(fabric: &Fabric, states: &States, grouping: &mut Grouping) {
    let block = |device: u32| grouping.block_of.get(device as usize).copied().unwrap_or(0);
    let mut keyed: Vec<(u32, u32, u32, u32)> = (0u32..)
        .zip(&fabric.links)
        .map(|(n, link)| (block(link.a.device), block(link.b.device), link.group, n))
        .collect();
    keyed.sort_unstable();
    let mut bundle_of = vec![0; fabric.links.len()];
    for (a, b, group, link) in keyed {
        let same = |last: &&mut Bundle| (last.a, last.b, last.group) == (a, b, group);
        if grouping.bundles.last_mut().filter(same).is_none() {
            grouping.bundles.push(Bundle {
                a,
                b,
                group,
                links: 0,
                added: 0,
                changed: 0,
                removed: 0,
                speed_gbps: fabric.groups.get(group as usize).map_or(0, |g| g.speed_gbps),
                state: State::Unchanged,
            });
        }
        let index = u32::try_from(grouping.bundles.len() - 1).unwrap_or(u32::MAX);
        if let Some(last) = grouping.bundles.last_mut() {
            last.links += 1;
            match states.links.get(link as usize) {
                Some(State::Added) => last.added += 1,
                Some(State::Changed) => last.changed += 1,
                Some(State::Removed) => last.removed += 1,
                _ => {}
            }
            last.state = match (last.added, last.changed, last.removed) {
                (0, 0, 0) => State::Unchanged,
                (added, 0, 0) if added == last.links => State::Added,
                (0, 0, removed) if removed == last.links => State::Removed,
                _ => State::Changed,
            };
        }
        if let Some(slot) = bundle_of.get_mut(link as usize) {
            *slot = index;
        }
    }
    grouping.bundle_of = bundle_of;
}
