//! Where a plan is applied, and what is known of its past there.
//!
//! A rule of [`Target::ignore`] leaves a difference alone. A [`Moved`] says what an object was
//! called before, so that it is renamed and not deleted and made anew.

use crate::model::is_valid_id;
use serde::{Deserialize, Serialize};

/// Where a plan is to be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The slug of the site in the inventory.
    pub site: String,
    /// Differences that are left as they are in the inventory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Ignore>,
}

/// Fields of which the inventory may differ from the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The class of the devices, or of the lower ends of the cables; every class if left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// The fields.
    pub fields: Vec<IgnoredField>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A field that can be left alone. Ends of cables cannot: a port has one cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredField {
    /// The name of a device.
    DeviceName,
    /// The role of a device.
    DeviceRole,
    /// The type of a device.
    DeviceType,
    /// The rack of a device, and its unit there.
    Place,
    /// The type of an interface.
    InterfaceType,
    /// What a cable is made of.
    CableType,
    /// The length of a cable.
    CableLength,
}

/// An object that had another key before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// What it was: a class (`gpu`), one device (`gpu/3`), or a NIC or zone of a class
    /// (`gpu/*/rail-0`).
    pub from: String,
    /// What it is now, in the same form.
    pub to: String,
}

/// One side of a [`Moved`], read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovedName<'a> {
    /// A class.
    Class(&'a str),
    /// A device of a class, by its number.
    Device(&'a str, u32),
    /// A NIC or a zone of a class.
    Slot(&'a str, &'a str),
}

impl<'a> MovedName<'a> {
    /// Reads `gpu`, `gpu/3` or `gpu/*/rail-0`; `None` for anything else.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split('/');
        let class = parts.next().filter(|class| is_valid_id(class))?;
        let read = match (parts.next(), parts.next()) {
            (None, _) => Self::Class(class),
            (Some("*"), Some(slot)) if is_valid_id(slot) => Self::Slot(class, slot),
            (Some(number), None) => {
                let read: u32 = number.parse().ok()?;
                // `gpu/03` and `gpu/+3` are no keys.
                (read.to_string() == number).then_some(Self::Device(class, read))?
            }
            _ => return None,
        };
        parts.next().is_none().then_some(read)
    }

    /// The class.
    pub fn class(self) -> &'a str {
        match self {
            Self::Class(class) | Self::Device(class, _) | Self::Slot(class, _) => class,
        }
    }

    /// True if both are a class, a device, or a NIC or zone of the same class.
    pub fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Class(_), Self::Class(_)) | (Self::Device(..), Self::Device(..)) => true,
            (Self::Slot(class, _), Self::Slot(other, _)) => class == other,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_class_a_device_or_a_part_of_its_class() {
        for (text, expected) in [
            ("gpu", Some(MovedName::Class("gpu"))),
            ("gpu/3", Some(MovedName::Device("gpu", 3))),
            ("gpu/*/rail-0", Some(MovedName::Slot("gpu", "rail-0"))),
            ("gpu/03", None),
            ("gpu/+3", None),
            ("gpu/", None),
            ("gpu/*", None),
            ("gpu/3/rail-0", None),
            ("gpu/*/rail-0/1", None),
            ("", None),
            ("Gpu", None),
        ] {
            assert_eq!(MovedName::parse(text), expected, "{text}");
        }
    }
}
