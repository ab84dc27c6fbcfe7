//! How long a cable has to be: up from the one device to the tray, along rows and columns, down
//! to the other, and some to spare at each end.
//!
//! Within a rack a cable does not go up to the tray; it runs along the side from unit to unit.
//! The way is counted from the lowest unit of a device, so it is never too short.

use super::Rack;
use crate::catalog::RackModel;
use crate::plan::Racks;

/// A rack unit, in hundredths of a millimetre: 44.45 mm (EIA-310).
const UNIT: u64 = 4_445;
/// A centimetre, in the same.
const CM: u64 = 1_000;

/// The measures of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    units: u32,
    pitch_cm: u64,
    width_cm: u64,
    rise_cm: u64,
    slack_cm: u64,
}

impl Way {
    pub fn of(spec: &Racks, model: &RackModel, units: u32) -> Self {
        let width_cm = model.width_mm.map_or(60, |mm| mm.div_ceil(10));
        Self {
            units,
            pitch_cm: u64::from(spec.row_pitch_cm),
            width_cm: u64::from(spec.rack_width_cm.unwrap_or(width_cm)),
            rise_cm: u64::from(spec.tray_rise_cm),
            slack_cm: u64::from(spec.slack_cm),
        }
    }

    /// The way between two devices, each by its rack and its lowest unit, in whole centimetres.
    pub fn length_cm(&self, a: (&Rack, u32), b: (&Rack, u32)) -> u32 {
        let ((from, a), (to, b)) = (a, b);
        let slack = 2 * self.slack_cm;
        let length = if (from.row, from.column) == (to.row, to.column) {
            up_to_cm(u64::from(a.abs_diff(b)) * UNIT) + slack
        } else {
            self.rise(a)
                + u64::from(from.row.abs_diff(to.row)) * self.pitch_cm
                + u64::from(from.column.abs_diff(to.column)) * self.width_cm
                + self.rise(b)
                + slack
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// From the lowest unit of a device up to the tray.
    fn rise(&self, unit: u32) -> u64 {
        let above = self.units.saturating_add(1).saturating_sub(unit);
        up_to_cm(u64::from(above) * UNIT) + self.rise_cm
    }
}

fn up_to_cm(hundredths_mm: u64) -> u64 {
    hundredths_mm.div_ceil(CM)
}
