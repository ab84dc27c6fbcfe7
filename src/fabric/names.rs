//! Names of devices, from patterns such as `{class}-{number:2}`.
//!
//! A pattern is parsed once for a class and rendered whenever somebody asks for a name. Padding is
//! part of the pattern and never follows from how many devices there are, so names stay when a
//! class grows.

use crate::model::Limits;
use std::fmt::Write as _;

/// What is known of one device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameParts {
    /// Its number in the class, from 1.
    pub number: u32,
    /// Its scalable unit, from 0; named from 1.
    pub su: Option<u32>,
    /// Its rail, from 0.
    pub rail: Option<u32>,
    /// Its pod, from 0; named from 1.
    pub pod: Option<u32>,
}

/// What is known of a class when its pattern is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClassWords<'a> {
    pub(super) class: &'a str,
    pub(super) fabric: &'a str,
    pub(super) role: &'a str,
    pub(super) site: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Number(usize),
    Su(usize),
    Rail(usize),
    Pod(usize),
}

/// A pattern with the words of its class filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    prefix: String,
    parts: Vec<Part>,
}

impl NamePattern {
    /// The usual pattern: a stem, a dash and the number.
    pub fn numbered(stem: &str, digits: usize) -> Self {
        Self {
            text: format!("{}-{{number:{digits}}}", stem.replace(['{', '}'], "")),
            prefix: String::new(),
            parts: vec![Part::Text(format!("{stem}-")), Part::Number(digits)],
        }
    }

    /// Reads a pattern of the spec.
    ///
    /// # Errors
    /// A sentence about what is wrong: an unknown word, a brace too many, no number.
    pub(super) fn parse(pattern: &str, words: ClassWords) -> Result<Self, String> {
        if pattern.chars().count() > 2 * Limits::DEVICE_NAME_CHARS {
            return Err("The pattern is too long for a device name.".to_owned());
        }
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            push_text(&mut parts, before)?;
            let Some((word, after)) = after.split_once('}') else {
                return Err(format!("A brace in `{pattern}` is not closed."));
            };
            let (word, digits) = match word.split_once(':') {
                None => (word, 1),
                Some((word, digits)) => {
                    let digits = digits.parse().ok().filter(|n| (1..=9).contains(n));
                    (word, digits.ok_or_else(|| format!("`{{{word}:…}}` takes 1 to 9 digits."))?)
                }
            };
            match word {
                "number" => parts.push(Part::Number(digits)),
                "su" => parts.push(Part::Su(digits)),
                "rail" => parts.push(Part::Rail(digits)),
                "pod" => parts.push(Part::Pod(digits)),
                "class" => push_text(&mut parts, words.class)?,
                "fabric" => push_text(&mut parts, words.fabric)?,
                "role" => push_text(&mut parts, words.role)?,
                "site" => push_text(&mut parts, words.site)?,
                other => {
                    let other: String = other.chars().take(40).collect();
                    return Err(format!(
                        "`{{{other}}}` is not a word of a name; use class, fabric, role, site, su, rail, pod or number."
                    ));
                }
            }
            rest = after;
        }
        push_text(&mut parts, rest)?;
        if !parts.iter().any(|part| matches!(part, Part::Number(_))) {
            return Err("The pattern needs `{number}`, or devices would share a name.".to_owned());
        }
        Ok(Self { text: pattern.to_owned(), prefix: String::new(), parts })
    }

    /// The same pattern with a text before every name.
    ///
    /// # Errors
    /// A sentence about what is wrong with that text.
    pub fn prefixed(mut self, prefix: &str) -> Result<Self, String> {
        if prefix.contains('{') {
            return Err(
                "A prefix is the same for every device: it has no words in braces.".to_owned()
            );
        }
        let mut parts = Vec::new();
        push_text(&mut parts, prefix)?;
        parts.append(&mut self.parts);
        Ok(Self { text: format!("{prefix}{}", self.text), prefix: prefix.to_owned(), parts })
    }

    /// What every name begins with; empty if there is no such text.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The pattern as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name of a device.
    pub fn render(&self, of: &NameParts) -> String {
        let mut name = String::with_capacity(24);
        for part in &self.parts {
            let padded = |name: &mut String, n: Option<u32>, digits: usize| {
                // Writing to a text cannot fail.
                let _done = write!(name, "{:0digits$}", n.unwrap_or(0));
            };
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Number(digits) => padded(&mut name, Some(of.number), *digits),
                Part::Su(digits) => padded(&mut name, of.su.map(|n| n + 1), *digits),
                Part::Rail(digits) => padded(&mut name, of.rail, *digits),
                Part::Pod(digits) => padded(&mut name, of.pod.map(|n| n + 1), *digits),
            }
        }
        name
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) -> Result<(), String> {
    if text.contains('}') {
        return Err("A closing brace stands alone.".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("A name has characters that cannot be shown.".to_owned());
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: ClassWords =
        ClassWords { class: "be-leaf", fabric: "backend", role: "leaf", site: "dc1" };

    #[test]
    fn patterns() {
        let parts = NameParts { number: 7, su: Some(0), rail: Some(3), pod: Some(1) };
        for (pattern, expected) in [
            ("{class}-{number:2}", Ok("be-leaf-07")),
            (
                "{site}.{fabric}.{role}.su{su:2}.r{rail}.p{pod}.{number:3}",
                Ok("dc1.backend.leaf.su01.r3.p2.007"),
            ),
            ("{number}", Ok("7")),
            ("{class}", Err("needs `{number}`")),
            ("{class}-{index}", Err("`{index}` is not a word")),
            ("{number", Err("not closed")),
            ("{number}}", Err("stands alone")),
            ("{number:0}", Err("1 to 9 digits")),
            ("a\n{number}", Err("cannot be shown")),
        ] {
            let name = NamePattern::parse(pattern, WORDS).map(|p| p.render(&parts));
            match (name, expected) {
                (Ok(name), Ok(expected)) => assert_eq!(name, expected),
                (Err(error), Err(part)) => assert!(error.contains(part), "{pattern}: {error}"),
                (got, _) => panic!("{pattern}: {got:?}"),
            }
        }
        assert_eq!(NamePattern::numbered("gpu", 3).render(&parts), "gpu-007");
        let long = |n: usize| NamePattern::parse(&format!("{{number}}{}", "ä".repeat(n)), WORDS);
        assert_eq!(long(120).map(|p| p.render(&parts).chars().count()), Ok(121));
        assert_eq!(long(121), Err("The pattern is too long for a device name.".to_owned()));
    }

    #[test]
    fn prefixes() {
        let usual = || NamePattern::numbered("gpu", 3);
        let of = |prefix: &str| usual().prefixed(prefix);
        let parts = NameParts { number: 7, ..NameParts::default() };
        let named = of("b-").expect("a prefix");
        assert_eq!((named.render(&parts).as_str(), named.prefix()), ("b-gpu-007", "b-"));
        assert_ne!(named.text(), usual().text(), "the digest of a fabric tells them apart");
        assert_eq!(of(""), Ok(usual()));
        for (prefix, part) in [("{site}-", "no words"), ("b}", "stands alone"), ("\n", "cannot be")]
        {
            let error = of(prefix).expect_err(prefix);
            assert!(error.contains(part), "{prefix}: {error}");
        }
    }

    #[test]
    fn padding_does_not_hide_numbers() {
        let pattern = NamePattern::numbered("gpu", 3);
        assert_eq!(pattern.render(&NameParts { number: 1234, ..NameParts::default() }), "gpu-1234");
    }
}
