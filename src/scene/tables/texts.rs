//! Texts that many rows share, each kept once: rows hold its number.
//!
//! Whatever is asked of a text – its place among the others, whether it has a word in it – is
//! answered once for each text and looked up for each row.

use super::natural;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: Vec<String>,
    ranks: OnceLock<Vec<u32>>,
}

impl Texts {
    pub(super) fn new(texts: Vec<String>) -> Self {
        Self { texts, ranks: OnceLock::new() }
    }

    /// A text; empty if there is none of that number.
    pub(super) fn get(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", String::as_str)
    }

    /// The place of each text in natural order; equal texts share one.
    pub(super) fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut sorted: Vec<(&str, u32)> =
                self.texts.iter().map(String::as_str).zip(0..).collect();
            sorted.sort_by(|a, b| natural::compare(a.0, b.0));
            let mut ranks = vec![0; sorted.len()];
            let (mut rank, mut last) = (0, None);
            for (text, id) in sorted {
                rank += u32::from(last.is_some_and(|last| last != text));
                last = Some(text);
                if let Some(slot) = ranks.get_mut(id as usize) {
                    *slot = rank;
                }
            }
            ranks
        })
    }

    /// Which texts are looked for; `None` if none is.
    pub(super) fn found(&self, is_looked_for: impl Fn(&str) -> bool) -> Option<Vec<bool>> {
        let found: Vec<bool> = self.iter().map(is_looked_for).collect();
        found.contains(&true).then_some(found)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }
}

/// True if a text has a word in it, which is in lower case; the text may be in any.
pub(super) fn contains(text: &str, word: &str) -> bool {
    let is_folded = |b: u8| b.is_ascii() && !b.is_ascii_uppercase();
    if text.bytes().all(is_folded) { text.contains(word) } else { folded(text).contains(word) }
}

/// A text in lower case.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Gives each different text a number, in the order in which they come.
#[derive(Default)]
pub(super) struct Numbering<'a> {
    ids: BTreeMap<&'a str, u32>,
    texts: Vec<String>,
}

impl<'a> Numbering<'a> {
    pub(super) fn id(&mut self, text: &'a str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.ids.insert(text, id);
        self.texts.push(text.to_owned());
        id
    }

    pub(super) fn texts(self) -> Texts {
        Texts::new(self.texts)
    }
}
