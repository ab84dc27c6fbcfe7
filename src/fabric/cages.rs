//! The cages of a class: which of its interfaces are lanes of one cage, and how it is broken out.
//!
//! Cards of a server have cages of their own, but for those that its model puts in one cage.

use super::{Class, DeviceRole, Slot};
use crate::catalog::{Breakout, Cage, Catalog, ServerModel, Socket};
use std::collections::BTreeMap;

/// A slot as part of a cage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    /// The cage among those of the class.
    pub cage: u32,
    /// The lane in it, from 0.
    pub lane: u8,
    /// The cage and its breakout.
    pub socket: Socket,
}

/// The cages of a class.
pub(super) struct Cages {
    /// How many.
    pub count: u32,
    /// The lane of each slot.
    pub lanes: Vec<Lane>,
}

impl Cages {
    /// The cages of a class of devices.
    pub fn of(class: &Class, catalog: &Catalog) -> Self {
        let model = match class.role {
            DeviceRole::Server => catalog.servers.get(&class.model),
            _ => None,
        };
        let mut known: BTreeMap<(&str, u16), u32> = BTreeMap::new();
        let (mut cages, mut lane_counts): (Vec<(u32, u8)>, Vec<u8>) = (Vec::new(), Vec::new());
        let mut together = Together::of(model, catalog);
        for slot in class.slots.iter() {
            // Of a server, each card counts its ports from 1. Of a switch, a cage that two zones
            // break out in two ways is one for each: no switch uses both.
            let new = u32::try_from(lane_counts.len()).unwrap_or(u32::MAX);
            let cage = match together.cage(slot.cage, slot.speed_gbps, new) {
                Some(shared) => shared,
                None => *known.entry((slot.zone(), slot.cage_number)).or_insert(new),
            };
            if cage == new {
                lane_counts.push(0);
            }
            let lanes = lane_counts.get_mut(cage as usize);
            cages.push((cage, lanes.as_ref().map_or(0, |n| **n)));
            if let Some(lanes) = lanes {
                *lanes = lanes.saturating_add(1);
            }
        }
        let lane = |(slot, (cage, lane)): (&Slot, (u32, u8))| {
            let lanes = lane_counts.get(cage as usize).copied().unwrap_or(1);
            let breakout = Breakout { lanes, speed_gbps: slot.speed_gbps };
            Lane { cage, lane, socket: Socket { cage: slot.cage, breakout } }
        };
        let lanes = class.slots.iter().zip(cages).map(lane).collect();
        Self { count: u32::try_from(lane_counts.len()).unwrap_or(u32::MAX), lanes }
    }
}

/// Ports of neighbouring cards that a server's model puts into one cage.
struct Together {
    /// Cage, speed, ports of a cage, ports left of the kind, the open cage and its ports left.
    kinds: Vec<(Cage, u32, u32, u32, u32, u32)>,
}

impl Together {
    fn of(model: Option<&ServerModel>, catalog: &Catalog) -> Self {
        let sets = model.into_iter().flat_map(|m| &m.nics).filter(|set| set.ports_per_cage > 1);
        let kinds = sets.filter_map(|set| {
            let nic = catalog.nics.get(&set.nic)?;
            let ports = u32::from(nic.ports) * u32::from(set.quantity);
            Some((nic.cage, nic.speed_gbps, u32::from(set.ports_per_cage), ports, 0, 0))
        });
        Self { kinds: kinds.collect() }
    }

    /// The shared cage of the next port of a kind; `new` is the number of one to open.
    fn cage(&mut self, cage: Cage, speed_gbps: u32, new: u32) -> Option<u32> {
        let kind = self.kinds.iter_mut().find(|k| (k.0, k.1) == (cage, speed_gbps) && k.3 > 0)?;
        if kind.5 == 0 {
            (kind.4, kind.5) = (new, kind.2);
        }
        kind.3 -= 1;
        kind.5 -= 1;
        Some(kind.4)
    }
}
