//! Reads objects from JSON in one pass.
//!
//! An inventory has them by the million. A derived reader of a tagged enum with further fields
//! keeps every value aside twice before it knows what it is for; as the tag is written first, this
//! one knows at once. A tag that comes later is read too, by way of a tree.

use super::{CableRecord, DeviceRecord, InterfaceRecord, Object};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Objects)
    }
}

/// A word that is not copied if it stands in the text as it is. A plain `Cow` always copies.
struct Word<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Word<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Words)
    }
}

struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Word<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(text)))
    }
}

struct Objects;

const KINDS: &[&str] = &["device", "interface", "cable"];

impl<'de> Visitor<'de> for Objects {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device, an interface or a cable")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let first: Option<Word<'de>> = map.next_key()?;
        match first.map(|word| word.0) {
            Some(key) if key == "object" => {
                let kind: Word<'de> = map.next_value()?;
                read(&kind.0, map)
            }
            None => Err(A::Error::missing_field("object")),
            Some(key) => {
                let mut tree = serde_json::Map::new();
                tree.insert(key.into_owned(), map.next_value()?);
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if tree.insert(key.clone(), value).is_some() {
                        return Err(A::Error::custom(format!("the field `{key}` stands twice")));
                    }
                }
                let kind = match tree.remove("object") {
                    Some(Value::String(kind)) => kind,
                    Some(_) => return Err(A::Error::custom("`object` is no text")),
                    None => return Err(A::Error::missing_field("object")),
                };
                let fields = serde::de::value::MapDeserializer::new(tree.into_iter());
                read(&kind, fields).map_err(|error: serde_json::Error| A::Error::custom(error))
            }
        }
    }
}

fn read<'de, A: MapAccess<'de>>(kind: &str, map: A) -> Result<Object, A::Error> {
    match kind {
        "device" => device(map).map(Object::Device),
        "interface" => interface(map).map(Object::Interface),
        "cable" => cable(map).map(Object::Cable),
        other => Err(A::Error::unknown_variant(other, KINDS)),
    }
}

/// Sets a field that must not stand twice.
fn set<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    place: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    match place.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(A::Error::duplicate_field(name)),
    }
}

/// Keeps a field that Heddle does not know.
fn keep<'de, A: MapAccess<'de>>(
    other: &mut BTreeMap<String, Value>,
    name: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    match other.insert(name.to_owned(), map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(A::Error::custom(format!("the field `{name}` stands twice"))),
    }
}

fn need<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

fn device<'de, A: MapAccess<'de>>(mut map: A) -> Result<DeviceRecord, A::Error> {
    let (mut id, mut name, mut site, mut role) = (None, None, None, None);
    let (mut device_type, mut status, mut tags, mut key) = (None, None, None, None);
    let mut other = BTreeMap::new();
    while let Some(field) = map.next_key::<Word<'de>>()? {
        match &*field.0 {
            "id" => set(&mut id, "id", &mut map)?,
            "name" => set(&mut name, "name", &mut map)?,
            "site" => set(&mut site, "site", &mut map)?,
            "role" => set(&mut role, "role", &mut map)?,
            "device_type" => set(&mut device_type, "device_type", &mut map)?,
            "status" => set(&mut status, "status", &mut map)?,
            "tags" => set(&mut tags, "tags", &mut map)?,
            "key" => set(&mut key, "key", &mut map)?,
            further => keep(&mut other, further, &mut map)?,
        }
    }
    Ok(DeviceRecord {
        id: need(id, "id")?,
        name: need(name, "name")?,
        site: need(site, "site")?,
        role: need(role, "role")?,
        device_type: need(device_type, "device_type")?,
        status: need(status, "status")?,
        tags: tags.unwrap_or_default(),
        key: key.flatten(),
        other,
    })
}

fn interface<'de, A: MapAccess<'de>>(mut map: A) -> Result<InterfaceRecord, A::Error> {
    let (mut id, mut device, mut name, mut interface_type) = (None, None, None, None);
    let (mut tags, mut key) = (None, None);
    let mut other = BTreeMap::new();
    while let Some(field) = map.next_key::<Word<'de>>()? {
        match &*field.0 {
            "id" => set(&mut id, "id", &mut map)?,
            "device" => set(&mut device, "device", &mut map)?,
            "name" => set(&mut name, "name", &mut map)?,
            "type" => set(&mut interface_type, "type", &mut map)?,
            "tags" => set(&mut tags, "tags", &mut map)?,
            "key" => set(&mut key, "key", &mut map)?,
            further => keep(&mut other, further, &mut map)?,
        }
    }
    Ok(InterfaceRecord {
        id: need(id, "id")?,
        device: need(device, "device")?,
        name: need(name, "name")?,
        interface_type: need(interface_type, "type")?,
        tags: tags.unwrap_or_default(),
        key: key.flatten(),
        other,
    })
}

fn cable<'de, A: MapAccess<'de>>(mut map: A) -> Result<CableRecord, A::Error> {
    let (mut id, mut a, mut b, mut status) = (None, None, None, None);
    let (mut tags, mut key) = (None, None);
    let mut other = BTreeMap::new();
    while let Some(field) = map.next_key::<Word<'de>>()? {
        match &*field.0 {
            "id" => set(&mut id, "id", &mut map)?,
            "a" => set(&mut a, "a", &mut map)?,
            "b" => set(&mut b, "b", &mut map)?,
            "status" => set(&mut status, "status", &mut map)?,
            "tags" => set(&mut tags, "tags", &mut map)?,
            "key" => set(&mut key, "key", &mut map)?,
            further => keep(&mut other, further, &mut map)?,
        }
    }
    Ok(CableRecord {
        id: need(id, "id")?,
        a: need(a, "a")?,
        b: need(b, "b")?,
        status: need(status, "status")?,
        tags: tags.unwrap_or_default(),
        key: key.flatten(),
        other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_as_they_were_written() {
        let other: BTreeMap<String, Value> =
            [("serial".to_owned(), "S".into()), ("rack".to_owned(), Value::Null)].into();
        for object in [
            Object::Device(DeviceRecord {
                id: 1,
                name: "a\"ü".to_owned(),
                tags: vec!["t".to_owned()],
                key: Some("k".to_owned()),
                other: other.clone(),
                ..DeviceRecord::default()
            }),
            Object::Interface(InterfaceRecord {
                id: 2,
                device: 1,
                other: other.clone(),
                ..InterfaceRecord::default()
            }),
            Object::Cable(CableRecord {
                id: 3,
                other: [("type".to_owned(), "dac".into())].into(),
                ..CableRecord::default()
            }),
        ] {
            let text = serde_json::to_string(&object).unwrap();
            assert_eq!(serde_json::from_str::<Object>(&text).unwrap(), object);
            // The tag may come last, as after a tool that sorts fields.
            let tree: Value = serde_json::from_str(&text).unwrap();
            let mut fields = tree.as_object().unwrap().clone();
            let kind = fields.remove("object").unwrap();
            let rest = serde_json::to_string(&fields).unwrap();
            let last = format!("{},\"object\":{kind}}}", rest.strip_suffix('}').unwrap());
            assert_eq!(serde_json::from_str::<Object>(&last).unwrap(), object, "{last}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for (text, expected) in [
            (r#"{}"#, "missing field `object`"),
            (r#"{"object":"rack","id":1}"#, "unknown variant `rack`"),
            (r#"{"object":1}"#, "invalid type"),
            (r#"{"object":"cable","id":1,"a":1,"b":2}"#, "missing field `status`"),
            (r#"{"object":"cable","id":1,"id":1,"a":1,"b":2,"status":""}"#, "duplicate field `id`"),
            (
                r#"{"object":"cable","x":1,"x":1,"id":1,"a":1,"b":2,"status":""}"#,
                "`x` stands twice",
            ),
            (r#"{"id":1,"object":"device"}"#, "missing field `name`"),
            (r#"{"id":1,"id":2,"object":"device"}"#, "`id` stands twice"),
            (r#"[]"#, "a device, an interface or a cable"),
        ] {
            let error = serde_json::from_str::<Object>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
