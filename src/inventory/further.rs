//! Where a device stands and what a cable is made of.
//!
//! Only plans with racks set these fields, and inventories may have them from others in any form,
//! so they stay among the further fields of a record, in NetBox's words: `rack` (the name),
//! `position` and `face` of a device; `type`, `length` and `length_unit` of a cable. What has
//! another form than expected is kept as it is and reads as nothing.

use super::{CableRecord, DeviceRecord, Field, Object};
use serde_json::Value;
use std::ops::RangeInclusive;

/// The greatest position and length (in metres) that is taken.
const MOST: f64 = 100_000_000.0;

impl DeviceRecord {
    /// The name of its rack.
    pub fn rack(&self) -> Option<&str> {
        word(self.other.get("rack")?, "name")
    }

    /// The lowest unit that it takes in its rack: `9`, or `9.5` between two.
    pub fn position(&self) -> Option<String> {
        Some(decimal(self.other.get("position")?)?.to_string())
    }

    /// True if it is mounted at the back of its rack.
    pub(crate) fn faces_back(&self) -> bool {
        self.other.get("face").and_then(|face| word(face, "value")) == Some("rear")
    }

    /// The rack units in which it stands, if it has a position; so many `units` high, one if that
    /// is not known. A device between two units takes a part of both.
    pub(crate) fn units(&self, units: Option<u32>) -> Option<RangeInclusive<u32>> {
        let low = decimal(self.other.get("position")?).filter(|n| (0.0..=MOST).contains(n))?;
        let high = low + f64::from(units.unwrap_or(1).max(1)) - 1.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are whole, not below 0 and far below 2^32: nothing is cut"
        )]
        Some(low.floor() as u32..=high.ceil() as u32)
    }

    /// The same device at the front of a rack, from a unit up.
    pub(super) fn at(mut self, rack: &str, position: u32) -> Self {
        self.other.insert("rack".to_owned(), rack.into());
        self.other.insert("position".to_owned(), position.into());
        self.other.insert("face".to_owned(), "front".into());
        self
    }

    /// NetBox takes no position without a face.
    fn set_position(&mut self, position: &str) -> Result<(), String> {
        let position = number(position).ok_or("a position is a number")?;
        self.other.insert("position".to_owned(), position);
        if self.other.get("face").is_none_or(Value::is_null) {
            self.other.insert("face".to_owned(), "front".into());
        }
        Ok(())
    }
}

impl CableRecord {
    /// What it is made of, e.g. `dac-passive`.
    pub fn cable_type(&self) -> Option<&str> {
        word(self.other.get("type")?, "value").filter(|word| !word.is_empty())
    }

    /// Its length, in metres if its unit is a metric one: `0.5 m`.
    pub fn length(&self) -> Option<String> {
        let length = decimal(self.other.get("length")?)?;
        let unit = self.other.get("length_unit").and_then(|unit| word(unit, "value"));
        Some(match unit {
            Some("m") => format!("{length} m"),
            Some("cm") => format!("{} m", length.round() / 100.0),
            Some("km") => format!("{} m", (length * 100_000.0).round() / 100.0),
            unit => format!("{length} {}", unit.unwrap_or("of no unit")),
        })
    }

    /// The same cable of a type and a length.
    pub(super) fn of(mut self, cable_type: &str, length_cm: u32) -> Self {
        self.other.insert("type".to_owned(), cable_type.into());
        // A length in centimetres is a length.
        drop(self.set_length(&metres(length_cm)));
        self
    }

    fn set_length(&mut self, length: &str) -> Result<(), String> {
        let metres = length.strip_suffix(" m").and_then(number);
        let metres = metres.ok_or("a length is in metres, as in `0.5 m`")?;
        self.other.insert("length".to_owned(), metres);
        self.other.insert("length_unit".to_owned(), "m".into());
        Ok(())
    }
}

impl Object {
    /// The value of a further field, as in a write; `None` if there is none. Fields of other kinds
    /// read as `None` too.
    pub(crate) fn further(&self, field: Field) -> Option<String> {
        match (self, field) {
            (Self::Device(d), Field::Rack) => d.rack().map(str::to_owned),
            (Self::Device(d), Field::Position) => d.position(),
            (Self::Cable(c), Field::Type) => c.cable_type().map(str::to_owned),
            (Self::Cable(c), Field::Length) => c.length(),
            _ => None,
        }
    }

    /// Sets a further field; `None` if the object has no such field.
    ///
    /// # Errors
    /// The value is none of the field's.
    pub(crate) fn set_further(&mut self, field: Field, value: &str) -> Option<Result<(), String>> {
        match (self, field) {
            (Self::Device(d), Field::Rack) => drop(d.other.insert("rack".to_owned(), value.into())),
            (Self::Device(d), Field::Position) => return Some(d.set_position(value)),
            (Self::Cable(c), Field::Type) => drop(c.other.insert("type".to_owned(), value.into())),
            (Self::Cable(c), Field::Length) => return Some(c.set_length(value)),
            _ => return None,
        }
        Some(Ok(()))
    }
}

/// A length as a field reads it: `0.5 m`.
pub(crate) fn metres(length_cm: u32) -> String {
    format!("{} m", f64::from(length_cm) / 100.0)
}

/// A text, or the text of that name in an object: NetBox answers in both forms.
fn word<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.as_str().or_else(|| value.get(name)?.as_str())
}

/// A number, or a text that is one.
fn decimal(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|n| n.is_finite())
}

/// A number as NetBox writes it: without a point where it is whole.
fn number(text: &str) -> Option<Value> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number = text.parse().ok().filter(|n: &f64| plain && *n <= MOST)?;
    Some(text.parse::<u64>().map_or_else(|_| number.into(), Value::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_in_every_form_and_written_in_one() {
        let device = |rack: Value, position: Value| DeviceRecord {
            other: [("rack".to_owned(), rack), ("position".to_owned(), position)].into(),
            ..DeviceRecord::default()
        };
        for (rack, position, expected) in [
            (json!("r1"), json!(9), (Some("r1"), Some("9"))),
            (json!({"id": 2, "name": "r1"}), json!("9.00"), (Some("r1"), Some("9"))),
            (json!("r1"), json!(9.5), (Some("r1"), Some("9.5"))),
            (Value::Null, Value::Null, (None, None)),
            (json!([1]), json!("inf"), (None, None)),
        ] {
            let device = device(rack, position);
            assert_eq!((device.rack(), device.position().as_deref()), expected);
        }
        let cable = |length: Value, unit: Value| CableRecord {
            other: [("length".to_owned(), length), ("length_unit".to_owned(), unit)].into(),
            ..CableRecord::default()
        };
        for (length, unit, expected) in [
            (json!(3), json!("m"), Some("3 m")),
            (json!(0.5), json!({"value": "m", "label": "Meters"}), Some("0.5 m")),
            (json!("50"), json!("cm"), Some("0.5 m")),
            (json!(10), json!("ft"), Some("10 ft")),
            (Value::Null, Value::Null, None),
        ] {
            assert_eq!(cable(length, unit).length().as_deref(), expected);
        }
    }

    #[test]
    fn a_position_brings_a_face_and_a_length_its_unit() {
        let mut device = Object::Device(DeviceRecord::default());
        assert_eq!(device.set_further(Field::Position, "9"), Some(Ok(())));
        let Object::Device(d) = &device else { unreachable!() };
        assert_eq!(
            serde_json::to_value(&d.other).unwrap(),
            json!({"position": 9, "face": "front"})
        );
        let mut cable = Object::Cable(CableRecord::default());
        assert_eq!(cable.set_further(Field::Length, "0.5 m"), Some(Ok(())));
        let Object::Cable(c) = &cable else { unreachable!() };
        assert_eq!(
            serde_json::to_value(&c.other).unwrap(),
            json!({"length": 0.5, "length_unit": "m"})
        );
        for (field, value) in [(Field::Length, "3"), (Field::Length, "-1 m"), (Field::Length, " m")]
        {
            assert!(cable.set_further(field, value).unwrap().is_err(), "{value}");
        }
        assert!(device.set_further(Field::Position, "1e3").unwrap().is_err());
        assert_eq!(cable.set_further(Field::Role, "x"), None);
    }
}
