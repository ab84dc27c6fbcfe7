//! Which rows have all words of a filter.
//!
//! Each word is looked for once in every text that rows share, and then for each row in what was
//! found. A column that has it nowhere is not asked, and a word that is nowhere leaves no row.

use super::columns::{Column, TableKind};
use super::texts::{Texts, contains, folded};
use super::{Tables, metres};

/// One word, by the columns that have it somewhere. A row has it if one of them does.
pub(super) struct Term(Vec<(Column, Test)>);

enum Test {
    /// By the number of the text: whether it has the word.
    OneOf(Vec<bool>),
    /// The number itself.
    Number(u32),
    Key(KeyTest),
}

/// Reads a filter: words, and `column:word` for a column by its id. What stands before a colon and
/// is no id belongs to the word, as in `et-0/0/0:1`. `None` if no row can have all of it.
pub(super) fn terms(
    tables: &Tables,
    kind: TableKind,
    filter: &str,
    shown: &[Column],
) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    for word in folded(filter).split_whitespace() {
        let named = word.split_once(':').and_then(|(id, word)| Some((kind.column(id)?, word)));
        // Somebody who has typed `state:` so far will go on.
        if matches!(named, Some((_, ""))) {
            continue;
        }
        let tests: Vec<_> = match named {
            Some((column, word)) => test(tables, column, word).into_iter().collect(),
            None => {
                let is_asked = |c: &&Column| !c.is_number() && kind.columns().contains(c);
                let texts = shown.iter().filter(is_asked);
                texts.filter_map(|column| test(tables, *column, word)).collect()
            }
        };
        if tests.is_empty() {
            return None;
        }
        terms.push(Term(tests));
    }
    Some(terms)
}

/// How to ask a column for a word; `None` if none of its rows has it.
fn test(tables: &Tables, column: Column, word: &str) -> Option<(Column, Test)> {
    let test = match column {
        Column::Key => Test::Key(KeyTest::of(tables, word)?),
        Column::Length => Test::Number(metres::parse(word)?),
        _ if column.is_number() => Test::Number(word.parse().ok()?),
        // `changed` is no part of `unchanged` to anybody who looks for it.
        Column::State => Test::OneOf(tables.index.texts(column)?.found(|s| s.starts_with(word))?),
        _ => Test::OneOf(tables.index.texts(column)?.found(|text| contains(text, word))?),
    };
    Some((column, test))
}

impl Term {
    pub(super) fn is_in(&self, tables: &Tables, kind: TableKind, row: u32) -> bool {
        self.0.iter().any(|(column, test)| {
            let value = || tables.value(kind, row, *column);
            match test {
                Test::OneOf(found) => {
                    value().is_some_and(|id| found.get(id as usize).copied().unwrap_or(false))
                }
                Test::Number(number) => value() == Some(*number),
                Test::Key(key) => key.is_in(tables, kind, row),
            }
        })
    }
}

/// A word in keys, which are put together of a device's part and an interface's: it is in one of
/// them, or ends the one and begins the other.
struct KeyTest {
    word: String,
    devices: Vec<Part>,
    slots: Vec<Part>,
}

/// What a part of a key has of a word.
#[derive(Clone, Copy, Default)]
struct Part {
    whole: bool,
    /// By the number of bytes of the word that stand in the part before: bit 5 is set in a device's
    /// part that ends with the first five, and in an interface's that begins with the others.
    splits: u64,
}

/// Longer words are looked for in each key as a whole.
const LONGEST: usize = 63;

impl KeyTest {
    fn of(tables: &Tables, word: &str) -> Option<Self> {
        let mut test = Self { word: word.to_owned(), devices: Vec::new(), slots: Vec::new() };
        if word.len() > LONGEST {
            return Some(test);
        }
        let cuts: Vec<(usize, &str, &str)> = (1..word.len())
            .filter_map(|at| word.split_at_checked(at).map(|(before, after)| (at, before, after)))
            .collect();
        let parts = |texts: &Texts, part: &dyn Fn(&str) -> Part| texts.iter().map(part).collect();
        let splits = |is_cut: &dyn Fn(&str, &str) -> bool| {
            let at = cuts.iter().filter(|(_, before, after)| is_cut(before, after));
            at.fold(0u64, |splits, (at, ..)| splits | 1 << at)
        };
        test.devices = parts(tables.index.device_keys(), &|key| {
            let key = folded(&format!("cable/{key}/"));
            Part { whole: contains(&key, word), splits: splits(&|before, _| key.ends_with(before)) }
        });
        test.slots = parts(&tables.index.slot_keys, &|key| {
            let key = folded(key);
            Part { whole: contains(&key, word), splits: splits(&|_, after| key.starts_with(after)) }
        });
        let any = |parts: &[Part]| parts.iter().any(|part| part.whole || part.splits > 0);
        (any(&test.devices) || any(&test.slots)).then_some(test)
    }

    fn is_in(&self, tables: &Tables, kind: TableKind, row: u32) -> bool {
        if self.word.len() > LONGEST {
            return contains(&tables.cell(kind, row, Column::Key), &self.word);
        }
        let Some((device, slot)) = tables.key_parts(row) else { return false };
        let part = |parts: &[Part], n: u32| parts.get(n as usize).copied().unwrap_or_default();
        let (device, slot) = (part(&self.devices, device), part(&self.slots, slot));
        device.whole || slot.whole || device.splits & slot.splits > 0
    }
}
