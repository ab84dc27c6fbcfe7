//! A comparison as Markdown (GitHub's, with tables), to be put into a review.
//!
//! A review is read by people and has its ceilings, so each table has at most [`ROWS`] rows and
//! says how many more there are. Texts of a plan are escaped: none of them ends a cell, begins
//! markup or brings HTML.

use super::text::{HOWS, kind_word, nothing_differs, reason, site, values};
use super::{Change, Compared, Comparison, How, Objects};
use crate::diff::Counts;
use crate::model::{grouped, printable};
use std::io::{self, Write};

/// Rows of one table.
const ROWS: usize = 100;

/// A text of others in a line or a cell.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let [a, b] = [&comparison.a, &comparison.b].map(|name| escaped(name));
    writeln!(out, "## {a} → {b}")?;
    if comparison.compared == Compared::Plans {
        writeln!(out, "\n### Metadata and spec\n")?;
        if comparison.fields.is_empty() {
            writeln!(out, "Equal.")?;
        } else {
            let rows = comparison.fields.iter().map(|field| {
                let [old, new] = values(field);
                vec![field.path.clone(), old, new]
            });
            table(&["field", "old", "new"], rows, comparison.fields.len(), out)?;
        }
    }
    for not in &comparison.not_compared {
        writeln!(out, "\n{}", escaped(&reason(comparison, not)))?;
    }
    if comparison.compared == Compared::Inventories && comparison.objects.is_empty() {
        writeln!(out, "\nNeither inventory has a site.")?;
    }
    for objects in &comparison.objects {
        let title = site(comparison, objects).unwrap_or_else(|| "objects".to_owned());
        writeln!(out, "\n### {}\n", escaped(&capital(&title)))?;
        write_objects(objects, out)?;
    }
    Ok(())
}

fn write_objects(objects: &Objects, out: &mut dyn Write) -> io::Result<()> {
    if objects.changes.is_empty() {
        return writeln!(out, "{}.", capital(&nothing_differs(objects)));
    }
    writeln!(out, "| | devices | interfaces | cables |\n|---|---:|---:|---:|")?;
    let mut count = |label: &str, counts: Counts| {
        let [devices, interfaces, cables] =
            [counts.devices, counts.interfaces, counts.cables].map(grouped);
        writeln!(out, "| {label} | {devices} | {interfaces} | {cables} |")
    };
    for how in HOWS {
        count(how.word(), objects.counts(how))?;
    }
    count("equal", objects.equal)?;
    for how in HOWS {
        let changes = || objects.changes.iter().filter(move |change| change.change == how);
        if changes().next().is_none() {
            continue;
        }
        writeln!(out, "\n#### {}\n", capital(how.word()))?;
        let object = |change: &Change| format!("{} {}", kind_word(change.kind), change.name);
        if how == How::Modified {
            let rows = changes().flat_map(|change| {
                change.fields.iter().map(move |field| {
                    let [old, new] = values(field);
                    vec![object(change), field.path.clone(), old, new]
                })
            });
            let count = changes().map(|change| change.fields.len()).sum();
            table(&["object", "field", "old", "new"], rows, count, out)?;
        } else {
            table(&["object"], changes().map(|c| vec![object(c)]), changes().count(), out)?;
        }
    }
    Ok(())
}

fn table(
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    count: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(heads.len()))?;
    for row in rows.take(ROWS) {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    match count.saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "\n… and {} more rows", grouped(more as u64)),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_cell() {
        for (text, expected) in [
            ("be-leaf-01 E1/1/1", "be-leaf-01 E1/1/1"),
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\\\|b"),
            ("a\n| b |", "a\u{fffd}\\| b \\|"),
            ("<img src=x>", "&lt;img src=x&gt;"),
            ("[x](y) `z` *b* _c_", "\\[x\\](y) \\`z\\` \\*b\\* \\_c\\_"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
