//! A comparison as text for people: fields first, then each object that differs, `+` added,
//! `~` modified, `−` removed, and counts last, where the eye is when the text has scrolled by.

use super::{Change, Compared, Comparison, FieldDifference, How, NotCompared, Objects};
use crate::diff::Counts;
use crate::inventory::Kind;
use crate::model::printable;
use serde_json::Value;
use std::io::{self, Write};

/// The ways to differ, in the order of a text.
pub(super) const HOWS: [How; 3] = [How::Added, How::Modified, How::Removed];

impl How {
    /// The word for people.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
        }
    }

    fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Modified => '~',
            Self::Removed => '−',
        }
    }
}

pub(super) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Device => "device",
        Kind::Interface => "interface",
        Kind::Cable => "cable",
    }
}

/// Old and new value for people, told apart in any case.
pub(super) fn values(field: &FieldDifference) -> [String; 2] {
    let text = |value: &Option<Value>| value.as_ref().map_or("not set".to_owned(), value_text);
    let [old, new] = [text(&field.old), text(&field.new)];
    if old != new {
        return [old, new];
    }
    let exact =
        |value: &Option<Value>| value.as_ref().map_or("not set".to_owned(), Value::to_string);
    [exact(&field.old), exact(&field.new)]
}

/// As a file has it, without quotes where nothing is lost.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || text.trim() != text => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(value_text).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, v)| format!("{name}: {}", value_text(v)));
            format!("({})", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Why objects were not compared, in a sentence.
pub(super) fn reason(comparison: &Comparison, not: &NotCompared) -> String {
    let NotCompared { side, finding } = not;
    format!(
        "{} has errors, so its objects are not compared. The first: [{}] {}: {}",
        comparison.name_of(*side),
        finding.code,
        finding.path,
        finding.text
    )
}

/// `site dc1, only in lab.heddle-inventory`.
pub(super) fn site(comparison: &Comparison, objects: &Objects) -> Option<String> {
    let site = objects.site.as_deref()?;
    let only = objects.only_in.map(|side| format!(", only in {}", comparison.name_of(side)));
    Some(format!("site {site}{}", only.unwrap_or_default()))
}

/// What there is to say where no object differs.
pub(super) fn nothing_differs(objects: &Objects) -> String {
    match objects.equal.total() {
        0 => "there are no objects".to_owned(),
        _ => format!("no object differs: equal are {}", objects.equal.text()),
    }
}

pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    line(out, &format!("{} → {}", comparison.a, comparison.b))?;
    if comparison.compared == Compared::Plans {
        writeln!(out)?;
        if comparison.fields.is_empty() {
            line(out, "metadata and spec are equal")?;
        } else {
            line(out, "metadata and spec:")?;
            write_fields("  ", &comparison.fields, out)?;
        }
    }
    for not in &comparison.not_compared {
        writeln!(out)?;
        line(out, &reason(comparison, not))?;
    }
    if comparison.compared == Compared::Inventories && comparison.objects.is_empty() {
        writeln!(out)?;
        line(out, "neither inventory has a site")?;
    }
    for objects in &comparison.objects {
        writeln!(out)?;
        if let Some(site) = site(comparison, objects) {
            line(out, &site)?;
        }
        write_objects(objects, out)?;
    }
    Ok(())
}

fn write_objects(objects: &Objects, out: &mut dyn Write) -> io::Result<()> {
    if objects.changes.is_empty() {
        return line(out, &nothing_differs(objects));
    }
    for changes in objects.changes.chunk_by(|a, b| a.change == b.change) {
        let Some(Change { change: how, .. }) = changes.first() else { continue };
        line(out, &format!("{}:", how.word()))?;
        for change in changes {
            let (sign, kind) = (how.sign(), kind_word(change.kind));
            line(out, &format!("  {sign} {kind} {}", change.name))?;
            write_fields("      ", &change.fields, out)?;
        }
        writeln!(out)?;
    }
    let mut count = |label: &str, counts: Counts| match counts.total() {
        0 => Ok(()),
        _ => line(out, &format!("{label:<10} {}", counts.text())),
    };
    for how in HOWS {
        count(&format!("{} {}", how.sign(), how.word()), objects.counts(how))?;
    }
    count("  equal", objects.equal)
}

fn write_fields(indent: &str, fields: &[FieldDifference], out: &mut dyn Write) -> io::Result<()> {
    for field in fields {
        let [old, new] = values(field);
        line(out, &format!("{indent}{}: {old} → {new}", field.path))?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", printable(text))
}
