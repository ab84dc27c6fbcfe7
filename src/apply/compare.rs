//! Compares objects with what was approved, and says for people what was approved and found.

use super::ApplyError;
use crate::diff::FieldChange;
use crate::inventory::{Field, Object};

/// Something is not as it was approved.
pub(super) fn changed(object: &str, approved: &str, found: &str, remedy: &str) -> ApplyError {
    ApplyError::Changed {
        object: object.to_owned(),
        approved: approved.to_owned(),
        found: found.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// True if everything is equal that Heddle sets or relies on. Tags and fields that Heddle does
/// not know are other people's.
pub(super) fn same(x: &Object, y: &Object) -> bool {
    match (x, y) {
        (Object::Device(x), Object::Device(y)) => {
            (x.id, &x.key, &x.name, &x.site, &x.role, &x.device_type, &x.status)
                == (y.id, &y.key, &y.name, &y.site, &y.role, &y.device_type, &y.status)
        }
        (Object::Interface(x), Object::Interface(y)) => {
            (x.id, &x.key, x.device, &x.name, &x.interface_type)
                == (y.id, &y.key, y.device, &y.name, &y.interface_type)
        }
        (Object::Cable(x), Object::Cable(y)) => {
            (x.id, &x.key, x.a, x.b, &x.status) == (y.id, &y.key, y.a, y.b, &y.status)
        }
        _ => false,
    }
}

/// The same, and equal in the further fields among `fields`. Where the plan does not set them,
/// places and makes are other people's too.
pub(super) fn same_with(x: &Object, y: &Object, fields: &[FieldChange]) -> bool {
    same(x, y) && fields.iter().all(|change| x.further(change.field) == y.further(change.field))
}

/// Sets a field of a record; values are as in a write.
pub(super) fn set(object: &mut Object, field: Field, value: &str) {
    match (object, field) {
        (Object::Device(d), Field::Name) => value.clone_into(&mut d.name),
        (Object::Device(d), Field::Role) => value.clone_into(&mut d.role),
        (Object::Device(d), Field::Type) => value.clone_into(&mut d.device_type),
        (Object::Interface(i), Field::Name) => value.clone_into(&mut i.name),
        (Object::Interface(i), Field::Type) => value.clone_into(&mut i.interface_type),
        (Object::Device(d), Field::Key) => d.key = Some(value.to_owned()),
        (Object::Interface(i), Field::Key) => i.key = Some(value.to_owned()),
        (Object::Cable(c), Field::Key) => c.key = Some(value.to_owned()),
        (Object::Cable(c), Field::A) => c.a = value.parse().unwrap_or_default(),
        (Object::Cable(c), Field::B) => c.b = value.parse().unwrap_or_default(),
        // What is no value of a field leaves it as it is, and the write is refused.
        (object, field) => drop(object.set_further(field, value)),
    }
}

/// An object, or that there is none, for people.
pub(super) fn shown(object: Option<&Object>) -> String {
    let owner = |key: &Option<String>| key.clone().unwrap_or_else(|| "nobody's".to_owned());
    match object {
        None => "nothing there".to_owned(),
        Some(Object::Device(d)) => format!(
            "device {} (role {}, type {}, status {}{}, key {})",
            d.name,
            d.role,
            d.device_type,
            d.status,
            further(object, &[Field::Rack, Field::Position]),
            owner(&d.key)
        ),
        Some(Object::Interface(i)) => {
            format!("interface {} (type {}, key {})", i.name, i.interface_type, owner(&i.key))
        }
        Some(Object::Cable(c)) => format!(
            "cable {} (interfaces {} and {}, status {}{}, key {})",
            c.id,
            c.a,
            c.b,
            c.status,
            further(object, &[Field::Type, Field::Length]),
            owner(&c.key)
        ),
    }
}

/// The further fields that an object has: `, rack su-1-r01, position 9`.
fn further(object: Option<&Object>, fields: &[Field]) -> String {
    let value = |field: &Field| Some(format!(", {field} {}", object?.further(*field)?));
    fields.iter().filter_map(value).collect()
}
