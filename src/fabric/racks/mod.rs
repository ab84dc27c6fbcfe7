//! Where every device stands, how long every cable is, and what cable that is.
//!
//! [`rack`] runs after the weave, on a finished fabric: [`layout`] has the rule by which [`place`]
//! gives each device a rack and a unit, [`geometry`] measures the way between two, [`cabling`]
//! finds which links share a cable and chooses it from the catalogue. All are pure functions of
//! spec, catalogue and fabric.
//!
//! Growth moves nothing: a place follows from the device's number and the full size of its
//! scalable unit, never from how many devices there are. Limits: the plan has one model of rack,
//! rows are parallel and equally far apart, and a cable's way is the shortest along the trays.

mod cabling;
mod explain;
mod geometry;
mod layout;
mod place;

use super::{Device, DeviceRole, Fabric, Primitives};
use crate::catalog::{CableKind, Catalog, RackModel};
use crate::model::{Cancelled, DigestStream, Explanation, Finding, Progress, SpecPath};
use crate::plan::Racks;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A rack with devices in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rack {
    /// Its name, unique without regard to case.
    pub name: String,
    /// Its row. Scalable units stand in rows from 0 up, everything else in rows from −1 down, so
    /// that both can grow.
    pub row: i32,
    /// Its place in the row, from 0.
    pub column: u32,
    /// Rack units in use.
    pub used_units: u32,
    /// What its devices draw at most, in watts, as far as it is known.
    pub power_w: u64,
    /// Devices whose watts are not known.
    pub power_unknown: u32,
    /// What its devices weigh, in grams, as far as it is known.
    pub weight_g: u64,
    /// Devices whose weight is not known.
    pub weight_unknown: u32,
}

/// Where a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the rack in [`Racking::racks`].
    pub rack: u32,
    /// Its lowest rack unit, from 1 at the bottom.
    pub unit: u32,
    /// True if the spec gives the place, false if the rule does.
    pub by_hand: bool,
}

/// What a cable is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CableType {
    /// Its kind.
    pub kind: CableKind,
    /// The assembly, or the fibre or twisted pair, by its id in the catalogue.
    pub model: String,
    /// The word for it in NetBox, e.g. `dac-passive`.
    pub netbox_type: &'static str,
}

/// One physical assembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cable {
    /// Index of its type in [`Racking::cable_types`].
    pub cable_type: u32,
    /// The length on the shelf, in centimetres.
    pub length_cm: u32,
    /// Equal cables side by side that together carry one link; else 1.
    pub pieces: u32,
}

/// Racks, places and cables of a fabric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Racking {
    /// The model of all racks.
    pub model: String,
    /// Height of each, in rack units.
    pub rack_units: u32,
    /// Racks that the rule fills, scalable units first, then those that only places by hand name.
    pub racks: Vec<Rack>,
    /// Where each device of the fabric stands; `None` for one that fits nowhere.
    pub places: Vec<Option<Place>>,
    /// The way of each link of the fabric, in centimetres; `None` without places.
    pub ways_cm: Vec<Option<u32>>,
    /// Types of cables in use.
    pub cable_types: Vec<CableType>,
    /// Cables.
    pub cables: Vec<Cable>,
    /// The cable of each link of the fabric, as an index into `cables`.
    pub cable_of: Vec<Option<u32>>,
    /// Transceivers by their id in the catalogue.
    pub optics: BTreeMap<String, u32>,
    /// What transceivers draw at most, in milliwatts, as far as it is known.
    pub optics_power_mw: u64,
    /// Transceivers whose draw is not known.
    pub optics_power_unknown: u32,
}

/// One line of the list of cables: a type and a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CableCount<'a> {
    /// The type.
    pub cable_type: &'a CableType,
    /// The length, in centimetres.
    pub length_cm: u32,
    /// How many.
    pub cables: u64,
}

impl Racking {
    /// The rack and unit of a device.
    pub fn place(&self, device: u32) -> Option<(&Rack, u32)> {
        let place = (*self.places.get(device as usize)?)?;
        Some((self.racks.get(place.rack as usize)?, place.unit))
    }

    /// The cable of a link, and its type.
    pub fn cable(&self, link: usize) -> Option<(&Cable, &CableType)> {
        let cable = self.cables.get((*self.cable_of.get(link)?)? as usize)?;
        Some((cable, self.cable_types.get(cable.cable_type as usize)?))
    }

    /// How many cables of each type and length, by kind, model and length.
    pub fn cable_counts(&self) -> Vec<CableCount<'_>> {
        let mut counts: BTreeMap<(&CableType, u32), u64> = BTreeMap::new();
        for cable in &self.cables {
            if let Some(cable_type) = self.cable_types.get(cable.cable_type as usize) {
                *counts.entry((cable_type, cable.length_cm)).or_default() +=
                    u64::from(cable.pieces);
            }
        }
        let line = |((cable_type, length_cm), cables)| CableCount { cable_type, length_cm, cables };
        counts.into_iter().map(line).collect()
    }

    /// Watts of all devices and how many have none in the catalogue.
    pub fn power_w(&self) -> (u64, u64) {
        self.racks.iter().fold((0, 0), |(known, unknown), rack| {
            (known + rack.power_w, unknown + u64::from(rack.power_unknown))
        })
    }

    /// Grams of all devices and how many have none in the catalogue.
    pub fn weight_g(&self) -> (u64, u64) {
        self.racks.iter().fold((0, 0), |(known, unknown), rack| {
            (known + rack.weight_g, unknown + u64::from(rack.weight_unknown))
        })
    }

    /// Adds racks, places and cables to a stream.
    pub(super) fn record(&self, stream: &mut DigestStream) {
        let one_up = |n: Option<u32>| n.map_or(0, |n| u64::from(n) + 1);
        stream.text("racks").text(&self.model).number(u64::from(self.rack_units));
        stream.number(self.racks.len() as u64);
        for rack in &self.racks {
            // Rows below 0 keep their bits.
            stream.text(&rack.name).number(i64::from(rack.row).cast_unsigned());
            stream.number(u64::from(rack.column));
        }
        stream.number(self.places.len() as u64);
        for place in &self.places {
            stream.number(place.map_or(0, |p| (u64::from(p.rack) + 1) << 32 | u64::from(p.unit)));
        }
        stream.number(self.cable_types.len() as u64);
        for cable_type in &self.cable_types {
            stream.text(&cable_type.model);
        }
        stream.number(self.cables.len() as u64);
        for cable in &self.cables {
            stream.number(u64::from(cable.cable_type) << 32 | u64::from(cable.length_cm));
            stream.number(u64::from(cable.pieces));
        }
        stream.number(self.cable_of.len() as u64);
        for cable in &self.cable_of {
            stream.number(one_up(*cable));
        }
        stream.number(self.optics.len() as u64);
        for (optic, count) in &self.optics {
            stream.text(optic).number(u64::from(*count));
        }
    }
}

/// What the rule needs to know of a model: height, watts, weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Body {
    units: u32,
    power_w: Option<u32>,
    weight_g: Option<u32>,
}

impl Body {
    /// That of a class. A model that the catalogue does not have is one unit high.
    fn of(role: DeviceRole, model: &str, catalog: &Catalog) -> Self {
        let known = if role == DeviceRole::Server {
            let model = catalog.servers.get(model);
            model.map(|m| (m.rack_units, m.max_power_w, m.weight_g))
        } else {
            catalog.switches.get(model).map(|m| (m.rack_units, m.max_power_w, m.weight_g))
        };
        let (units, power_w, weight_g) = known.unwrap_or((1, None, None));
        Self { units: u32::from(units).max(1), power_w, weight_g }
    }
}

/// What one rack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    units: u32,
    /// Units that the rule may use.
    usable: u32,
    power_w: u64,
    weight_g: u64,
}

impl Room {
    fn of(spec: &Racks, model: &RackModel) -> Self {
        let units = spec.rack_units.unwrap_or(u32::from(model.rack_units));
        let grams = spec.max_weight_kg.map(|kg| u64::from(kg) * 1000);
        let most = |value: Option<u32>| value.map_or(u64::MAX, u64::from);
        Self {
            units,
            usable: units.saturating_sub(spec.free_units),
            power_w: most(spec.max_power_w.or(model.max_power_w)),
            weight_g: grams.unwrap_or(most(model.max_weight_g)),
        }
    }

    /// How many equal devices one rack holds. What is not known does not count.
    fn holds(&self, body: Body) -> u32 {
        let share = |room: u64, of: Option<u32>| {
            of.map_or(u64::MAX, |of| room.checked_div(u64::from(of)).unwrap_or(u64::MAX))
        };
        let most = u64::from(self.usable / body.units.max(1))
            .min(share(self.power_w, body.power_w))
            .min(share(self.weight_g, body.weight_g));
        u32::try_from(most).unwrap_or(u32::MAX)
    }
}

/// Places the devices of a fabric and chooses its cables. Without racks in the spec, or with ones
/// that cannot be used, the fabric stays as it is.
///
/// # Errors
/// Nobody waits for the answer any longer.
pub fn rack(
    spec: &Racks,
    primitives: &Primitives,
    catalog: &Catalog,
    fabric: &mut Fabric,
    findings: &mut Vec<Finding>,
    explanations: &mut Vec<Explanation>,
    progress: &Progress,
) -> Result<(), Cancelled> {
    let path = SpecPath::new("spec.racks");
    let Some(model) = catalog.racks.get(&spec.model) else {
        let near = catalog.nearest_rack(&spec.model);
        findings.push(super::expand::unknown("rack", &spec.model, path.field("model"), near));
        return Ok(());
    };
    if !check_ranges(spec, &path, findings) {
        return Ok(());
    }
    let room = Room::of(spec, model);
    let layout = layout::Layout::of(spec, room, primitives, catalog, fabric);
    let mut racking = layout.place(spec, &path, findings);
    progress.check()?;
    let way = geometry::Way::of(spec, model, room.units);
    racking.ways_cm = fabric
        .links
        .iter()
        .map(|link| {
            let place = |device: u32| racking.place(device);
            Some(way.length_cm(place(link.a.device)?, place(link.b.device)?))
        })
        .collect();
    cabling::choose(fabric, catalog, &mut racking, &path, findings, progress)?;
    explain::explain(&layout, &path, &racking, explanations);
    fabric.racking = Some(Arc::new(racking));
    Ok(())
}

fn check_ranges(spec: &Racks, path: &SpecPath, findings: &mut Vec<Finding>) -> bool {
    let before = findings.len();
    let ranges = [
        ("rack_units", spec.rack_units, 1, 60),
        ("max_power_w", spec.max_power_w, 1, 1_000_000),
        ("max_weight_kg", spec.max_weight_kg, 1, 10_000),
        ("servers_per_rack", spec.servers_per_rack, 1, 60),
        ("network_racks_per_su", spec.network_racks_per_su, 1, 100),
        ("free_units", Some(spec.free_units), 0, 59),
        ("racks_per_row", Some(spec.racks_per_row), 1, 200),
        ("row_pitch_cm", Some(spec.row_pitch_cm), 100, 10_000),
        ("rack_width_cm", spec.rack_width_cm, 30, 500),
        ("tray_rise_cm", Some(spec.tray_rise_cm), 0, 1_000),
        ("slack_cm", Some(spec.slack_cm), 0, 1_000),
    ];
    for (name, value, least, most) in ranges {
        let at = path.field(name);
        findings.extend(value.and_then(|n| super::out_of_range(&at, name, n, least, most)));
    }
    findings.len() == before
}

/// The part of a device's number that counts within its scalable unit, from 0.
fn number_in_unit(device: &Device, size: u32) -> u32 {
    let before = device.su.unwrap_or(0).saturating_mul(size);
    device.number.saturating_sub(1).saturating_sub(before)
}
