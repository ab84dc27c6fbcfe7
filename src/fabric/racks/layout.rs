//! The rule of places.
//!
//! A scalable unit (SU) has racks of its own, all it needs when it is full: servers to the left
//! and right, its leaves in the middle. Where a whole unit fits one rack, its leaves stand in it
//! too, at its top: the only case in which all servers of a leaf stand in its rack. Units share a
//! row where they fit and begin a row where they are longer. Every other class – spines by pod,
//! super-spines by spine group, shared leaves, servers without a unit – has a row of its own
//! behind the others and fills it from the middle outwards.
//!
//! Devices out of service keep their place free. A class or a size that changes makes a new
//! layout; a number that grows does not.

use super::{Body, Room, number_in_unit};
use crate::catalog::Catalog;
use crate::fabric::{Class, DeviceRole, Fabric, Primitives};
use crate::plan::Racks;

/// A run of racks with names and a place of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// A scalable unit, from 0.
    Su(u32),
    /// Pods or spine groups of a family by section, or a class of its own: row lane, section,
    /// class.
    Lane { lane: usize, section: u32, class: usize },
    /// Racks that only places by hand name.
    ByHand,
}

/// How one class stands in the racks of a unit.
#[derive(Clone, Debug, Default)]
struct InUnit {
    /// Devices of a full unit.
    size: u32,
    /// Rack among those of the unit, and rack unit, by number in the unit.
    spots: Vec<(u32, u32)>,
}

/// What the rule has worked out for a fabric.
pub struct Layout<'a> {
    pub fabric: &'a Fabric,
    pub site: &'a str,
    pub room: Room,
    bodies: Vec<Body>,
    /// Devices of each class that a rack holds.
    per_rack: Vec<u32>,
    /// How each class stands in its units, if it does.
    in_unit: Vec<Option<InUnit>>,
    /// Racks of a full unit: servers to the left, leaves, servers to the right.
    pub server_racks: u32,
    pub network_racks: u32,
    /// The row lane and section of each class outside units.
    lanes: Vec<(usize, u32)>,
    lane_count: usize,
    /// Racks of a section of each lane.
    section_racks: Vec<u32>,
    racks_per_row: u32,
}

impl<'a> Layout<'a> {
    pub fn of(
        spec: &Racks,
        room: Room,
        primitives: &'a Primitives,
        catalog: &Catalog,
        fabric: &'a Fabric,
    ) -> Self {
        let bodies: Vec<Body> =
            fabric.classes.iter().map(|c| Body::of(c.role, &c.model, catalog)).collect();
        let holds = |(class, body): (&Class, &Body)| {
            let most = match class.role {
                DeviceRole::Server => spec.servers_per_rack.unwrap_or(u32::MAX),
                _ => u32::MAX,
            };
            room.holds(*body).min(most)
        };
        let per_rack: Vec<u32> = fabric.classes.iter().zip(&bodies).map(holds).collect();
        let sizes: Vec<u32> = fabric.classes.iter().map(|class| class.su_size).collect();
        let mut layout = Self {
            fabric,
            site: &primitives.site,
            room,
            bodies,
            per_rack,
            in_unit: Vec::new(),
            server_racks: 0,
            network_racks: 0,
            lanes: Vec::new(),
            lane_count: 0,
            section_racks: Vec::new(),
            racks_per_row: spec.racks_per_row,
        };
        layout.lay_units(spec, &sizes);
        layout.lay_lanes();
        layout
    }

    /// Servers of a unit in as many racks as a full unit needs, then its leaves.
    fn lay_units(&mut self, spec: &Racks, sizes: &[u32]) {
        let is_server =
            |n: usize| self.fabric.classes.get(n).is_some_and(|c| c.role == DeviceRole::Server);
        let mut in_unit: Vec<Option<InUnit>> = vec![None; sizes.len()];
        let mut racks = 0;
        for (n, size) in sizes.iter().copied().enumerate().filter(|(n, s)| *s > 0 && is_server(*n))
        {
            let (body, holds) = (self.body(n), self.holds(n));
            if holds == 0 {
                continue;
            }
            let spots = (0..size).map(|q| (racks + q / holds, 1 + q % holds * body.units));
            if let Some(of) = in_unit.get_mut(n) {
                *of = Some(InUnit { size, spots: spots.collect() });
            }
            racks += size.div_ceil(holds);
        }
        let switches: Vec<(usize, u32)> = sizes
            .iter()
            .copied()
            .enumerate()
            .filter(|(n, size)| *size > 0 && !is_server(*n) && self.holds(*n) > 0)
            .collect();
        self.server_racks = racks;
        let servers: Vec<(usize, u32)> =
            sizes.iter().copied().enumerate().filter(|(n, s)| *s > 0 && is_server(*n)).collect();
        let all = || servers.iter().chain(&switches).copied();
        let sum = |of: fn(Body) -> u64| -> u64 {
            all().map(|(n, size)| u64::from(size) * of(self.body(n))).sum()
        };
        let together = racks == 1
            && spec.network_racks_per_su.is_none()
            && sum(|b| u64::from(b.units)) <= u64::from(self.room.usable)
            && sum(|b| b.power_w.map_or(0, u64::from)) <= self.room.power_w
            && sum(|b| b.weight_g.map_or(0, u64::from)) <= self.room.weight_g;
        if together {
            let mut top = self.room.usable;
            for (n, size) in switches {
                let units = self.body(n).units;
                let spots = (0..size).map(|q| (0, top.saturating_sub((q + 1) * units) + 1));
                if let Some(of) = in_unit.get_mut(n) {
                    *of = Some(InUnit { size, spots: spots.collect() });
                }
                top = top.saturating_sub(size * units);
            }
        } else {
            let count: u32 = switches.iter().map(|(_, size)| *size).sum();
            let most = count.div_ceil(spec.network_racks_per_su.unwrap_or(1)).max(1);
            let mut open = Open::new(self.room, most);
            for (n, size) in switches {
                let spots = (0..size).map(|_| open.put(self.body(n))).collect();
                if let Some(of) = in_unit.get_mut(n) {
                    *of = Some(InUnit { size, spots });
                }
            }
            self.network_racks = if count == 0 { 0 } else { open.rack + 1 };
        }
        self.in_unit = in_unit;
    }

    /// Rows behind the units: spines first, then leaves, super-spines, servers without a unit.
    fn lay_lanes(&mut self) {
        let rank = |role: DeviceRole| match role {
            DeviceRole::Spine => 0,
            DeviceRole::Leaf | DeviceRole::BorderLeaf => 1,
            DeviceRole::Management => 2,
            DeviceRole::SuperSpine => 3,
            DeviceRole::Server => 4,
            // Others have placed theirs.
            DeviceRole::External => 5,
        };
        let outside = |n: usize| {
            self.in_unit.get(n).is_none_or(Option::is_none)
                || self.fabric.devices.iter().any(|d| d.class as usize == n && d.su.is_none())
        };
        let mut families: Vec<(u8, usize, &str)> = Vec::new();
        for (n, class) in self.fabric.classes.iter().enumerate().filter(|(n, _)| outside(*n)) {
            if class.role == DeviceRole::External {
                continue;
            }
            if !families.iter().any(|(_, _, id)| *id == class.family) {
                families.push((rank(class.role), n, &class.family));
            }
        }
        families.sort_unstable();
        self.lane_count = families.len();
        self.section_racks = vec![1; families.len()];
        for (n, class) in self.fabric.classes.iter().enumerate() {
            let lane = families.iter().position(|(_, _, id)| *id == class.family);
            // Classes that stand in units have no lane, and must not widen another's.
            let lane = lane.unwrap_or(self.lane_count);
            let section = class
                .spine_group
                .or_else(|| self.fabric.devices.get(class.first_device as usize)?.pod)
                .filter(|_| class.role != DeviceRole::Server && !class.role.is_leaf())
                .unwrap_or(0);
            self.lanes.push((lane, section));
            let positions =
                class.count.saturating_add(u32::try_from(class.out_of_service.len()).unwrap_or(0));
            let racks = positions.div_ceil(self.holds(n).max(1));
            if let Some(most) = self.section_racks.get_mut(lane) {
                *most = racks.max(*most);
            }
        }
    }

    /// Classes and how many of their devices one rack holds.
    pub fn holding(&self) -> impl Iterator<Item = (&str, u32)> {
        let classes = self.fabric.classes.iter().zip(self.per_rack.iter().copied());
        classes.filter(|(c, _)| c.role != DeviceRole::External).map(|(c, n)| (c.id.as_str(), n))
    }

    pub fn body(&self, class: usize) -> Body {
        self.bodies.get(class).copied().unwrap_or_default()
    }

    fn holds(&self, class: usize) -> u32 {
        self.per_rack.get(class).copied().unwrap_or(0)
    }

    /// The block, the rack in it and the unit that the rule gives a device.
    pub fn spot(&self, device: usize) -> Option<(Block, u32, u32)> {
        let device = self.fabric.devices.get(device)?;
        let class = device.class as usize;
        if let (Some(su), Some(of)) = (device.su, self.in_unit.get(class)?) {
            let (rack, unit) = *of.spots.get(number_in_unit(device, of.size) as usize)?;
            let server = self.fabric.classes.get(class)?.role == DeviceRole::Server;
            let left = self.server_racks / 2;
            let rack = match server {
                _ if self.network_racks == 0 => rack,
                true if rack < left => rack,
                true => rack + self.network_racks,
                false => left + rack,
            };
            return Some((Block::Su(su), rack, unit));
        }
        let holds = self.holds(class);
        let (lane, section) = *self.lanes.get(class)?;
        let q = device.number.checked_sub(1)?;
        let block = Block::Lane { lane, section, class };
        Some((block, q.checked_div(holds)?, 1 + q % holds * self.body(class).units))
    }

    /// The row and column of a rack of a block.
    pub fn stand(&self, block: &Block, rack: u32) -> (i32, u32) {
        let per_row = self.racks_per_row.max(1);
        let row = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
        match block {
            Block::Su(su) => {
                let width = (self.server_racks + self.network_racks).max(1);
                match per_row / width {
                    0 => {
                        let rows = u64::from(width.div_ceil(per_row));
                        let n = u64::from(*su) * rows + u64::from(rack / per_row);
                        (row(n), rack % per_row)
                    }
                    units => (row(u64::from(su / units)), su % units * width + rack),
                }
            }
            Block::Lane { lane, section, .. } => {
                let before = self.section_racks.get(*lane).copied().unwrap_or(1);
                self.behind(*lane, u64::from(*section) * u64::from(before) + u64::from(rack))
            }
            Block::ByHand => self.behind(self.lane_count, u64::from(rack)),
        }
    }

    /// The n-th rack of a lane: lanes take turns with rows, and a row is filled from its middle.
    fn behind(&self, lane: usize, n: u64) -> (i32, u32) {
        let per_row = u64::from(self.racks_per_row.max(1));
        let lanes = self.lane_count as u64 + 1;
        let row = 1 + lane as u64 + n / per_row * lanes;
        let step = n % per_row;
        let middle = (per_row - 1) / 2;
        let column = if step % 2 == 1 { middle + step.div_ceil(2) } else { middle - step / 2 };
        (i32::try_from(row).map_or(i32::MIN, |n| -n), u32::try_from(column).unwrap_or(u32::MAX))
    }

    pub fn words(&self, block: &Block) -> String {
        match block {
            Block::Su(su) => format!("su-{}", su + 1),
            Block::Lane { class, .. } => {
                self.fabric.classes.get(*class).map(|c| c.id.clone()).unwrap_or_default()
            }
            Block::ByHand => String::new(),
        }
    }
}

/// A rack that is being filled.
struct Open {
    room: Room,
    /// Devices of a rack at most.
    most: u32,
    rack: u32,
    devices: u32,
    units: u32,
    power_w: u64,
    weight_g: u64,
}

impl Open {
    fn new(room: Room, most: u32) -> Self {
        Self { room, most, rack: 0, devices: 0, units: 0, power_w: 0, weight_g: 0 }
    }

    /// Puts a device above the last, or into the next rack.
    fn put(&mut self, body: Body) -> (u32, u32) {
        let (power_w, weight_g) =
            (body.power_w.map_or(0, u64::from), body.weight_g.map_or(0, u64::from));
        let fits = self.devices < self.most
            && self.units + body.units <= self.room.usable
            && self.power_w + power_w <= self.room.power_w
            && self.weight_g + weight_g <= self.room.weight_g;
        if !fits {
            *self = Self { rack: self.rack + 1, ..Self::new(self.room, self.most) };
        }
        let unit = self.units + 1;
        self.devices += 1;
        self.units += body.units;
        self.power_w += power_w;
        self.weight_g += weight_g;
        (self.rack, unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rack_is_full_by_number_height_power_or_weight() {
        let room = Room { units: 10, usable: 10, power_w: 100, weight_g: 1_000 };
        let check =
            |most: u32, units: u32, power_w: u32, weight_g: u32, expected: [(u32, u32); 4]| {
                let body = Body { units, power_w: Some(power_w), weight_g: Some(weight_g) };
                let mut open = Open::new(room, most);
                assert_eq!([(); 4].map(|()| open.put(body)), expected, "{body:?}");
            };
        check(9, 1, 1, 1, [(0, 1), (0, 2), (0, 3), (0, 4)]);
        check(3, 1, 1, 1, [(0, 1), (0, 2), (0, 3), (1, 1)]);
        check(9, 5, 1, 1, [(0, 1), (0, 6), (1, 1), (1, 6)]);
        check(9, 4, 1, 1, [(0, 1), (0, 5), (1, 1), (1, 5)]);
        check(9, 1, 50, 1, [(0, 1), (0, 2), (1, 1), (1, 2)]);
        check(9, 1, 33, 1, [(0, 1), (0, 2), (0, 3), (1, 1)]);
        check(9, 1, 1, 500, [(0, 1), (0, 2), (1, 1), (1, 2)]);
        check(9, 1, 1, 334, [(0, 1), (0, 2), (1, 1), (1, 2)]);
    }
}
