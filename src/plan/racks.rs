//! Racks as they stand in a plan: which, how they are filled, how they stand, and the places that
//! are chosen by hand. `fabric::racks` works out the rest. Lengths are whole centimetres.

use serde::{Deserialize, Serialize};

/// Where the devices of a plan stand. Without it nothing is placed and no cable has a length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Racks {
    /// The rack, by its id in the catalogue.
    pub model: String,
    /// Its height, if not that of the model: 1 to 60 rack units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack_units: Option<u32>,
    /// The most that its devices may draw together, if not that of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_power_w: Option<u32>,
    /// The most that its devices may weigh together, if not that of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_weight_kg: Option<u32>,
    /// Servers of a rack at most; height, power and weight may allow fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub servers_per_rack: Option<u32>,
    /// Racks over which the leaves of a scalable unit are spread, at least; as few as hold them
    /// if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_racks_per_su: Option<u32>,
    /// Rack units at the top of each rack that the rule leaves free.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub free_units: u32,
    /// Racks of a row.
    #[serde(default = "racks_per_row", skip_serializing_if = "is_racks_per_row")]
    pub racks_per_row: u32,
    /// From the middle of a row to that of the next.
    #[serde(default = "row_pitch_cm", skip_serializing_if = "is_row_pitch_cm")]
    pub row_pitch_cm: u32,
    /// From the middle of a rack to that of its neighbour, if not the width of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack_width_cm: Option<u32>,
    /// From the top rack unit up to the cable tray.
    #[serde(default = "tray_rise_cm", skip_serializing_if = "is_tray_rise_cm")]
    pub tray_rise_cm: u32,
    /// Cable to spare at each end.
    #[serde(default = "slack_cm", skip_serializing_if = "is_slack_cm")]
    pub slack_cm: u32,
    /// The pattern of rack names; `{class}` is the unit or class that the rack is for.
    #[serde(default = "rack_name", skip_serializing_if = "is_rack_name")]
    pub name: String,
    /// Places chosen by hand. They win over the rule, which keeps its own place free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<RackPlace>,
}

/// A place chosen by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RackPlace {
    /// The device, as class and number: `be-spine/3`.
    pub device: String,
    /// The name of the rack. One that the rule does not have stands in a row of its own.
    pub rack: String,
    /// The lowest rack unit of the device, from 1 at the bottom.
    pub unit: u32,
}

impl Racks {
    /// The rule with its defaults, in racks of a model.
    pub fn of(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            rack_units: None,
            max_power_w: None,
            max_weight_kg: None,
            servers_per_rack: None,
            network_racks_per_su: None,
            free_units: 0,
            racks_per_row: racks_per_row(),
            row_pitch_cm: row_pitch_cm(),
            rack_width_cm: None,
            tray_rise_cm: tray_rise_cm(),
            slack_cm: slack_cm(),
            name: rack_name(),
            places: Vec::new(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Values to start planning with: no standard prescribes them.
macro_rules! starting_values {
    ($($name:ident $is:ident $value:literal;)*) => {$(
        fn $name() -> u32 {
            $value
        }

        // The form that serde calls.
        fn $is(n: &u32) -> bool {
            *n == $value
        }
    )*};
}

starting_values! {
    racks_per_row is_racks_per_row 20;
    // Half of eight floor tiles of 610 mm, on which two rows of deep racks share their aisles.
    row_pitch_cm is_row_pitch_cm 244;
    tray_rise_cm is_tray_rise_cm 30;
    slack_cm is_slack_cm 30;
}

fn rack_name() -> String {
    "{class}-r{number:2}".to_owned()
}

fn is_rack_name(name: &str) -> bool {
    name == rack_name()
}
