//! Which rows have all words of a filter.
//!
//! Each word is looked for once in every text that rows share, and then for each row in what was
//! found. A column that has it nowhere is not asked, and a word that is nowhere leaves no row.

use super::columns::{Column, TableKind};
use super::index::told;
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
    for word in words(&folded(filter)) {
        let (columns, word) = match word.split_once(':') {
            Some((id, of_column)) => match columns_called(kind, id) {
                [] => (None, word.as_str()),
                columns => (Some(columns), of_column),
            },
            None => (None, word.as_str()),
        };
        let word = match word.strip_prefix('=') {
            Some(text) => Word::Whole(text),
            None => Word::Part(word),
        };
        // Somebody who has typed `state:` or `=` so far will go on.
        if word.text().is_empty() {
            continue;
        }
        let tests: Vec<_> = match columns {
            Some(columns) => columns.iter().filter_map(|c| test(tables, *c, word)).collect(),
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

/// The words of a filter, apart by spaces. Between two quotes a space belongs to the word.
fn words(filter: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = filter.chars();
    while let Some(c) = rest.next() {
        match c {
            // One alone is a sign like others.
            '"' if quoted || rest.as_str().contains('"') => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The columns that an id stands for: one of that id, or all that have a device.
fn columns_called(kind: TableKind, id: &str) -> &'static [Column] {
    let all = kind.columns();
    let is_it = |column: &Column| column.id().eq_ignore_ascii_case(id);
    let one = all.iter().position(is_it).and_then(|n| all.get(n..=n));
    one.unwrap_or_else(|| match kind {
        TableKind::Devices if id == Column::Device.id() => &[Column::Name],
        TableKind::Cables if id == Column::Device.id() => {
            &[Column::LowerDevice, Column::UpperDevice]
        }
        _ => &[],
    })
}

/// What a text is to be.
#[derive(Clone, Copy)]
enum Word<'a> {
    /// It has this in it.
    Part(&'a str),
    /// It is this.
    Whole(&'a str),
}

impl<'a> Word<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Part(text) | Self::Whole(text) => text,
        }
    }
}

/// How to ask a column for a word; `None` if none of its rows has it.
fn test(tables: &Tables, column: Column, word: Word) -> Option<(Column, Test)> {
    let test = match (column, word) {
        (Column::Key, word) => Test::Key(KeyTest::of(tables, word)?),
        (Column::Length, word) => Test::Number(metres::parse(word.text())?),
        _ if column.is_number() => Test::Number(word.text().parse().ok()?),
        // `changed` is no part of `unchanged` to anybody who looks for it.
        (Column::State, Word::Part(word)) => {
            let begins = |s: &str| s.starts_with(word) || told(s).starts_with(word);
            Test::OneOf(tables.index.texts(column)?.found(begins)?)
        }
        (_, Word::Part(word)) => {
            Test::OneOf(tables.index.texts(column)?.found(|text| contains(text, word))?)
        }
        (_, Word::Whole(word)) => {
            Test::OneOf(tables.index.texts(column)?.found(|text| folded(text) == word)?)
        }
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
    /// True if the word is to be all of the key.
    is_whole: bool,
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
    fn of(tables: &Tables, word: Word) -> Option<Self> {
        let is_whole = matches!(word, Word::Whole(_));
        let word = word.text();
        let (devices, slots) = (Vec::new(), Vec::new());
        let mut test = Self { word: word.to_owned(), is_whole, devices, slots };
        if is_whole || word.len() > LONGEST {
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
        if self.is_whole {
            return folded(&tables.cell(kind, row, Column::Key)) == self.word;
        }
        if self.word.len() > LONGEST {
            return contains(&tables.cell(kind, row, Column::Key), &self.word);
        }
        let Some((device, slot)) = tables.key_parts(row) else { return false };
        let part = |parts: &[Part], n: u32| parts.get(n as usize).copied().unwrap_or_default();
        let (device, slot) = (part(&self.devices, device), part(&self.slots, slot));
        device.whole || slot.whole || device.splits & slot.splits > 0
    }
}
