//! Which devices share a block, and which links a bundle.

use super::states::States;
use super::{Bundle, MAX_BLOCKS, MAX_BUNDLES, State};
use crate::fabric::{DeviceRole, Fabric};

/// Servers of a block, if there are few.
const SERVERS_PER_BLOCK: u32 = 8;

/// A run of devices of one class and one scalable unit, or of one class alone.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub first: u32,
    pub count: u32,
    /// The unit that all of them are of.
    pub su: Option<u32>,
}

/// How devices and links are drawn together.
pub(super) struct Grouping {
    pub runs: Vec<Run>,
    pub block_of: Vec<u32>,
    pub bundles: Vec<Bundle>,
    pub bundle_of: Vec<u32>,
}

/// The finest grouping that is small enough to draw. Of more units than there may be blocks, a
/// block holds devices of many.
pub(super) fn group(fabric: &Fabric, states: &States) -> Grouping {
    finest(fabric, states, true).or_else(|_| finest(fabric, states, false)).unwrap_or_else(
        |mut coarsest| {
            // Too many classes to be drawn well. Their links are counted by bundles all the same.
            if coarsest.bundle_of.len() != fabric.links.len() {
                bundle(fabric, states, &mut coarsest);
            }
            coarsest
        },
    )
}

/// The finest grouping that is small enough to draw, else the coarsest.
fn finest(fabric: &Fabric, states: &States, by_unit: bool) -> Result<Grouping, Grouping> {
    // One block per class and unit is the end of what grouping can do.
    let end = u32::try_from(fabric.devices.len()).unwrap_or(u32::MAX);
    let (mut servers, mut switches) = (SERVERS_PER_BLOCK, 1u32);
    if by_unit {
        let coarsest = attempt(fabric, states, (end, end), true);
        if coarsest.runs.len() > MAX_BLOCKS {
            return Err(coarsest);
        }
    }
    loop {
        let grouping = attempt(fabric, states, (servers, switches), by_unit);
        let Some(too_many_servers) = grouping.verdict(fabric) else { return Ok(grouping) };
        match (servers < end, switches < end) {
            (false, false) => return Err(grouping),
            (true, false) => servers = servers.saturating_mul(2),
            (false, true) => switches = switches.saturating_mul(2),
            _ if too_many_servers => servers = servers.saturating_mul(2),
            _ => switches = switches.saturating_mul(2),
        }
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

fn attempt(
    fabric: &Fabric,
    states: &States,
    (servers, switches): (u32, u32),
    by_unit: bool,
) -> Grouping {
    let mut runs: Vec<Run> = Vec::new();
    let mut block_of = Vec::with_capacity(fabric.devices.len());
    let mut last = None;
    for (n, device) in (0u32..).zip(&fabric.devices) {
        let is_server = fabric.class_of(n).is_some_and(|class| class.role == DeviceRole::Server);
        let most = if is_server { servers } else { switches };
        let su = device.su.filter(|_| by_unit);
        match runs.last_mut() {
            Some(run) if last == Some((device.class, su)) && run.count < most => {
                run.count += 1;
            }
            _ => runs.push(Run { first: n, count: 1, su }),
        }
        last = Some((device.class, su));
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
                speed_gbps: fabric.groups.get(group as usize).map_or(0, |g| g.speed_gbps),
                ..Bundle::default()
            });
        }
        let index = u32::try_from(grouping.bundles.len() - 1).unwrap_or(u32::MAX);
        if let Some(last) = grouping.bundles.last_mut() {
            last.count(states.link(link));
        }
        if let Some(slot) = bundle_of.get_mut(link as usize) {
            *slot = index;
        }
    }
    grouping.bundle_of = bundle_of;
}

impl Bundle {
    /// Counts a link of the fabric.
    fn count(&mut self, state: State) {
        self.state = match self.links {
            0 => state,
            _ => State::of_parts([self.state, state]),
        };
        self.links += 1;
        match state {
            State::Added => self.added += 1,
            State::Changed => self.changed += 1,
            State::Removed => self.removed += 1,
            State::Drifted => self.drifted += 1,
            State::NotBuilt => self.not_built += 1,
            State::Unchanged => {}
        }
    }

    /// Counts cables that the fabric has not: they go, or come back.
    pub(super) fn count_others(&mut self, state: State, cables: u32) {
        self.state = match self.cables() {
            0 => state,
            _ => State::of_parts([self.state, state]),
        };
        let of_state = if state == State::Added { &mut self.back } else { &mut self.gone };
        *of_state = of_state.saturating_add(cables);
    }

    /// How many cables it stands for.
    pub fn cables(&self) -> u32 {
        self.links.saturating_add(self.gone).saturating_add(self.back)
    }
}
