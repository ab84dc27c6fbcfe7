//! A YAML document as a tree whose values know their lines, and maps that are asked for one key
//! after the other while errors and notes add up.
//!
//! Types that serde fills stop at the first error; an architect who mends a file wants all of
//! them. What is read here has passed the limits of [`yaml`](crate::model::yaml) already.

use super::error::{ImportCode, ImportError, ImportErrors};
use crate::catalog::Note;
use crate::model::yaml::Spanned;
use crate::model::{SpecPath, nearest};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

/// The most notes that are kept.
const MOST_NOTES: usize = 100;
/// Characters of a value that a message shows.
const SHOWN_CHARS: usize = 60;

/// A value and its line.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) value: Value,
}

/// What YAML has.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Whole(i64),
    Other(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line(), value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::Whole(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
        Ok(i64::try_from(n).map_or_else(|_| Value::Other(n.to_string()), Value::Whole))
    }

    fn visit_i128<E>(self, n: i128) -> Result<Value, E> {
        Ok(Value::Other(n.to_string()))
    }

    fn visit_u128<E>(self, n: u128) -> Result<Value, E> {
        Ok(Value::Other(n.to_string()))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
        Ok(Value::Other(n.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Value::Map(map))
    }
}

impl Node {
    fn shown(&self) -> String {
        match &self.value {
            Value::Null => String::new(),
            Value::Flag(flag) => flag.to_string(),
            Value::Whole(n) => n.to_string(),
            Value::Other(text) | Value::Text(text) => clipped(text),
            Value::List(items) => format!("a list of {}", items.len()),
            Value::Map(entries) => format!("a map of {}", entries.len()),
        }
    }
}

/// `text` on one line, cut short.
pub(super) fn clipped(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// Errors and notes so far.
#[derive(Debug, Default)]
pub(super) struct Reports {
    errors: Vec<ImportError>,
    more: usize,
    notes: Vec<Note>,
    /// Keys that were noted as unknown, each once for its section.
    unknown: BTreeSet<String>,
}

impl Reports {
    pub(super) fn error(&mut self, error: ImportError) {
        if self.errors.len() < ImportErrors::MOST {
            self.errors.push(error);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn note(&mut self, line: Option<u64>, text: impl Into<String>) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(Note { line, text: text.into() });
        }
    }

    /// The notes, or the errors if there are any.
    pub(super) fn finish(self) -> Result<Vec<Note>, ImportErrors> {
        if self.errors.is_empty() {
            Ok(self.notes)
        } else {
            Err(ImportErrors { errors: self.errors, more: self.more })
        }
    }
}

/// A map and its place.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    map: &'a [(String, Node)],
    pub(super) path: SpecPath,
    pub(super) line: u64,
}

impl<'a> Fields<'a> {
    /// The map that a node is; an error if it is anything else.
    pub(super) fn of(node: &'a Node, path: SpecPath, reports: &mut Reports) -> Option<Self> {
        match &node.value {
            Value::Map(map) => Some(Self { map, path, line: node.line }),
            _ => {
                reports.error(ImportError {
                    code: ImportCode::InvalidType,
                    line: Some(node.line),
                    path,
                    value: node.shown(),
                    cause: "a map of keys and values is expected".to_owned(),
                    hint: "Write `key: value` lines here.".to_owned(),
                });
                None
            }
        }
    }

    /// An empty map at a place, for a part that may be left out.
    pub(super) fn empty(path: SpecPath) -> Self {
        Self { map: &[], path, line: 0 }
    }

    /// The value of a key, unless it is null or an empty text.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.map.iter().find(|(name, _)| name == key).map(|(_, node)| node).filter(|node| {
            match &node.value {
                Value::Null => false,
                Value::Text(text) => !text.trim().is_empty(),
                _ => true,
            }
        })
    }

    /// True if the key stands here, with or without a value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.iter().any(|(name, _)| name == key)
    }

    /// The line of a key's value, or of the map.
    pub(super) fn line_of(&self, key: &str) -> Option<u64> {
        let line = self.get(key).map_or(self.line, |node| node.line);
        Some(line).filter(|line| *line > 0)
    }

    /// Says that something is wrong with the value of a key.
    pub(super) fn error(
        &self,
        key: &str,
        code: ImportCode,
        cause: impl Into<String>,
        hint: impl Into<String>,
        reports: &mut Reports,
    ) {
        reports.error(ImportError {
            code,
            path: self.path.field(key),
            line: self.line_of(key),
            value: self.get(key).map(Node::shown).unwrap_or_default(),
            cause: cause.into(),
            hint: hint.into(),
        });
    }

    fn wrong_type(&self, key: &str, expected: &str, hint: &str, reports: &mut Reports) {
        self.error(key, ImportCode::InvalidType, format!("{expected} is expected"), hint, reports);
    }

    /// A text, or a number taken as one.
    pub(super) fn text(&self, key: &str, reports: &mut Reports) -> Option<String> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(text.trim().to_owned()),
            Value::Whole(n) => Some(n.to_string()),
            Value::Other(number) => Some(number.clone()),
            _ => {
                self.wrong_type(key, "a text", "Write one value, in quotes if need be.", reports);
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn need_text(&self, key: &str, reports: &mut Reports) -> Option<String> {
        if self.get(key).is_none() {
            self.error(
                key,
                ImportCode::MissingRequired,
                format!("`{key}` is missing"),
                format!("Add `{key}: …` here."),
                reports,
            );
        }
        self.text(key, reports)
    }

    /// A text or a number as one, if that is what stands here; says nothing if not.
    pub(super) fn plain(&self, key: &str) -> Option<String> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(text.trim().to_owned()),
            Value::Whole(n) => Some(n.to_string()),
            _ => None,
        }
    }

    /// The same under its key or an older one.
    pub(super) fn either(&self, key: &str, older: &str) -> Option<String> {
        self.plain(older).or_else(|| self.plain(key))
    }

    /// A text that must be there, under its key or an older one. If it stands under both, it is the
    /// same.
    pub(super) fn need_either(
        &self,
        key: &str,
        older: &str,
        reports: &mut Reports,
    ) -> Option<String> {
        if self.get(older).is_none() {
            return self.need_text(key, reports);
        }
        let text = self.text(older, reports);
        if self.get(key).is_some() && self.text(key, reports) != text {
            self.error(
                older,
                ImportCode::InvalidValue,
                format!("`{key}` says something else"),
                format!("Write the same, or `{key}` alone."),
                reports,
            );
        }
        text
    }

    /// A whole number within a range.
    pub(super) fn number(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        reports: &mut Reports,
    ) -> Option<u32> {
        let number = match &self.get(key)?.value {
            Value::Whole(n) => *n,
            _ => {
                let hint = format!("Write digits without quotes, such as {}.", range.start());
                self.wrong_type(key, "a whole number", &hint, reports);
                return None;
            }
        };
        let found = u32::try_from(number).ok().filter(|n| range.contains(n));
        if found.is_none() {
            self.error(
                key,
                ImportCode::InvalidValue,
                format!("this is outside {} to {}", range.start(), range.end()),
                "Write a number within it.",
                reports,
            );
        }
        found
    }

    /// A whole number that must be there.
    pub(super) fn need_number(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        reports: &mut Reports,
    ) -> Option<u32> {
        if self.get(key).is_none() {
            self.error(
                key,
                ImportCode::MissingRequired,
                format!("`{key}` is missing"),
                format!("Add `{key}: {}` or more here.", range.start()),
                reports,
            );
        }
        self.number(key, range, reports)
    }

    /// True or false; false if it is left out.
    pub(super) fn flag(&self, key: &str, reports: &mut Reports) -> bool {
        match self.get(key).map(|node| &node.value) {
            None => false,
            Some(Value::Flag(flag)) => *flag,
            Some(_) => {
                self.wrong_type(key, "true or false", "Write it without quotes.", reports);
                false
            }
        }
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        reports: &mut Reports,
    ) -> Option<T> {
        let text = self.text(key, reports)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let hint = match nearest(&text, known.iter().copied()) {
                Some(word) => format!("Did you mean `{word}`? Choices: {}.", known.join(", ")),
                None => format!("Choices: {}.", known.join(", ")),
            };
            self.error(key, ImportCode::InvalidEnum, "this is none of the choices", hint, reports);
        }
        found.map(|(_, value)| *value)
    }

    /// Says that a name is unknown, with the nearest that is known.
    pub(super) fn unknown<'k>(
        &self,
        key: &str,
        what: &str,
        wanted: &str,
        known: impl IntoIterator<Item = &'k str>,
        reports: &mut Reports,
    ) {
        let hint = match nearest(wanted, known) {
            Some(name) => format!("Did you mean `{name}`?"),
            None => format!("Declare the {what}, or correct its name."),
        };
        let cause = format!("there is no {what} of this name");
        self.error(key, ImportCode::UnknownReference, cause, hint, reports);
    }

    /// A map under a key, empty if it is left out.
    pub(super) fn part(&self, key: &str, reports: &mut Reports) -> Fields<'a> {
        let path = self.path.field(key);
        self.get(key)
            .and_then(|node| Fields::of(node, path.clone(), reports))
            .unwrap_or_else(|| Fields::empty(path))
    }

    /// The items of a list under a key, none if it is left out.
    pub(super) fn items(&self, key: &str, most: usize, reports: &mut Reports) -> &'a [Node] {
        let Some(node) = self.get(key) else { return &[] };
        let Value::List(items) = &node.value else {
            self.wrong_type(key, "a list", "Begin each item with `- `.", reports);
            return &[];
        };
        if items.len() > most {
            self.error(
                key,
                ImportCode::InvalidValue,
                format!("this has {} items; at most {most} are read", items.len()),
                "Split the plan.",
                reports,
            );
            return &[];
        }
        items
    }

    /// The maps of a list under a key.
    pub(super) fn rows(&self, key: &str, most: usize, reports: &mut Reports) -> Vec<Fields<'a>> {
        let path = self.path.field(key);
        let items = self.items(key, most, reports);
        items
            .iter()
            .enumerate()
            .filter_map(|(n, node)| Fields::of(node, path.index(n), reports))
            .collect()
    }

    /// The texts of a list under a key.
    pub(super) fn texts(&self, key: &str, most: usize, reports: &mut Reports) -> Vec<String> {
        let mut texts = Vec::new();
        for node in self.items(key, most, reports) {
            match &node.value {
                Value::Text(text) => texts.push(text.trim().to_owned()),
                Value::Whole(n) => texts.push(n.to_string()),
                _ => self.wrong_type(key, "a list of texts", "Write one text an item.", reports),
            }
        }
        texts
    }

    /// Notes keys that mean nothing here, each once for its section.
    pub(super) fn note_unknown(&self, section: &str, known: &[&str], reports: &mut Reports) {
        for (key, node) in self.map {
            if known.contains(&key.as_str()) || reports.unknown.len() >= MOST_NOTES {
                continue;
            }
            let key = clipped(key);
            if reports.unknown.insert(format!("{section}/{key}")) {
                let text = format!("`{key}` is not known in {section}; it is left out.");
                reports.note(Some(node.line), text);
            }
        }
    }
}
