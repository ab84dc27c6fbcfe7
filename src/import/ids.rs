//! Ids of Heddle made from names of others: lower-case letters, digits and dashes, each once.

use crate::model::Limits;
use std::collections::BTreeSet;

/// The ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// An id that nobody has yet, as like to `name` as can be. The same names in the same order
    /// give the same ids.
    pub(super) fn make(&mut self, name: &str) -> String {
        let mut text: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .take(Limits::ID_CHARS)
            .collect();
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            text = format!("x-{}", text.trim_start_matches('-'));
        }
        let fit = |stem: &str, room: usize| -> String {
            let stem: String = stem.chars().take(Limits::ID_CHARS - room).collect();
            stem.trim_end_matches('-').to_owned()
        };
        let mut id = fit(&text, 0);
        let mut n = 2_u32;
        while !self.0.insert(id.clone()) {
            let suffix = format!("-{n}");
            id = fit(&text, suffix.len()) + &suffix;
            n += 1;
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_valid_id;

    #[test]
    fn every_name_gives_an_id_of_its_own() {
        let long = "a".repeat(60);
        let mut ids = Ids::default();
        for (name, expected) in [
            ("fe-leaf", "fe-leaf"),
            ("fe_leaf", "fe-leaf-2"),
            ("FE leaf", "fe-leaf-3"),
            ("1x", "x-1x"),
            ("__", "x"),
            ("", "x-2"),
            ("ü", "x-3"),
            (&long, &"a".repeat(40)),
            (&long, &("a".repeat(38) + "-2")),
        ] {
            let id = ids.make(name);
            assert_eq!(id, expected);
            assert!(is_valid_id(&id), "{id}");
        }
    }
}
