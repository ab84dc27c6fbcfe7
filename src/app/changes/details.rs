//! What is said of a change below its line: fields with their old and new values, and why.

use super::{Compared, Item};
use crate::diff::{Addition, Drifted, DriftedField, FieldChange, Purpose, Reason};
use crate::inventory::{Desired, Field, Object, metres};

/// The old and new values and the reason of an item.
pub(super) fn words(compared: Compared, item: Item) -> Vec<String> {
    let changes = compared.changes;
    let because = |reason: Reason| match reason {
        // What was applied is known and nobody has changed it: then the plan has.
        Reason::FieldDiffers if compared.drift.is_some_and(|drift| drift.unsettled == 0) => {
            "because the plan has changed since it was applied".to_owned()
        }
        reason => format!("because {}", reason.text()),
    };
    let fields = |fields: Vec<(&str, String)>| {
        let fields = fields.into_iter();
        fields.map(|(name, value)| format!("{name}   {value}")).collect::<Vec<_>>()
    };
    let (mut words, reason): (Vec<String>, _) = match item {
        Item::Prerequisite(_) => return Vec::new(),
        Item::Modification(n) => {
            let Some(m) = changes.modifications.get(n) else { return Vec::new() };
            (m.fields.iter().flat_map(field_words).collect(), because(m.reason))
        }
        Item::Drifted(n) => {
            let left = compared.drifted(n).into_iter().flat_map(Drifted::left);
            let left = left.map(|field| {
                let DriftedField { field, applied, found, .. } = field;
                format!("{field}   applied {applied}, now {found}")
            });
            return left.collect();
        }
        Item::Gone(_) => (Vec::new(), because(Reason::Vanished)),
        Item::Addition(n) => {
            let Some(what) = changes.additions.get(n) else { return Vec::new() };
            let reason = match (&changes.purpose, changes.regained.contains(what)) {
                (Purpose::Undo { .. }, _) => {
                    "because the run that is undone took it away".to_owned()
                }
                (_, true) => because(Reason::Vanished),
                _ => because(Reason::Missing),
            };
            (fields(added_fields(&changes.desired, *what)), reason)
        }
        Item::Deletion(n) => {
            let Some(deletion) = changes.deletions.get(n) else { return Vec::new() };
            let of = match &deletion.old {
                Object::Device(d) => {
                    vec![("role", d.role.clone()), ("device type", d.device_type.clone())]
                }
                Object::Interface(i) => vec![("type", i.interface_type.clone())],
                Object::Cable(c) => vec![("status", c.status.clone())],
            };
            (fields(of), because(deletion.reason))
        }
    };
    words.push(reason);
    words
}

/// What something that is added is to be, by field.
fn added_fields(desired: &Desired, what: Addition) -> Vec<(&'static str, String)> {
    match what {
        Addition::Device(n) => {
            let kind = desired.kind_of(n).into_iter();
            let kind = kind.flat_map(|kind| {
                [("role", kind.role.clone()), ("device type", kind.device_type.clone())]
            });
            let place = desired.place(n).into_iter();
            let place = place.flat_map(|(rack, position, _)| {
                [("rack", rack.to_owned()), ("position", position.to_string())]
            });
            kind.chain(place).collect()
        }
        Addition::Interface(n) => {
            let interface = desired.interfaces.get(n as usize);
            let interface = interface.and_then(|end| desired.interface(*end));
            interface
                .map(|interface| ("type", interface.interface_type.clone()))
                .into_iter()
                .collect()
        }
        Addition::Cable(n) => {
            let make = desired.cable_make(n).into_iter();
            make.flat_map(|(cable_type, length_cm)| {
                [("type", cable_type.to_owned()), ("length", format!("{} m", metres(length_cm)))]
            })
            .collect()
        }
    }
}

/// `role   spine → leaf`, and what was applied where that is a third value. The ends of a cable
/// have a line each: the port to plug into is not to be cut.
fn field_words(change: &FieldChange) -> Vec<String> {
    let FieldChange { field, old, new, applied } = change;
    let applied = applied.as_ref().filter(|applied| *applied != new);
    let applied = applied.map(|applied| format!("applied: {applied}"));
    match field {
        Field::A | Field::B => {
            let ends = [format!("from   {old}"), format!("to   {new}")];
            ends.into_iter().chain(applied).collect()
        }
        _ => {
            let applied = applied.map(|applied| format!(" ({applied})")).unwrap_or_default();
            vec![format!("{field}   {old} → {new}{applied}")]
        }
    }
}
