//! Port lists (`1-32,33-63:2`) and breakouts (`2x400`): read, checked, written.
//!
//! A port list is comma-separated terms `N`, `A-B` or `A-B:S` (every S-th from A). Spaces are
//! ignored, overlaps count once, the result ascends. Cages go from 1 to 1,024.

use serde::{Deserialize, Serialize, de};
use std::fmt;
use std::str::FromStr;

/// The cages of a zone or a port group, ascending, without repetition, and never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortList {
    text: String,
    cages: Vec<u16>,
}

/// Why a port list cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortListError {
    /// Nothing between two commas, or nothing at all.
    #[error("a port list needs at least one port, such as 1-32")]
    Empty,
    /// Something that is no number.
    #[error("`{0}` is not a port number; write 5, 1-32 or 1-63:2")]
    NotANumber(String),
    /// A number outside 1..=1024.
    #[error("port {0} is outside 1 to 1024")]
    OutOfRange(u64),
    /// A range that runs backwards.
    #[error("the range {0}-{1} runs backwards; write {1}-{0}")]
    Backwards(u16, u16),
    /// A step of 0, or a step without a range.
    #[error("the step in `{0}` needs a range before it and must be at least 1")]
    Step(String),
    /// A text too long to be a port list.
    #[error("a port list has at most {} characters", PortList::MAX_CHARS)]
    TooLong,
}

impl PortList {
    /// The highest cage number.
    pub const MAX_CAGE: u16 = 1024;
    /// The longest text.
    pub const MAX_CHARS: usize = 1000;

    /// Reads a port list. The text is kept as it was written.
    pub fn parse(text: &str) -> Result<Self, PortListError> {
        if text.len() > Self::MAX_CHARS {
            return Err(PortListError::TooLong);
        }
        let mut cages = Vec::new();
        for term in text.split(',') {
            let term: String = term.chars().filter(|c| !c.is_whitespace()).collect();
            if term.is_empty() {
                return Err(PortListError::Empty);
            }
            let (range, step) = match term.split_once(':') {
                Some((range, step)) => {
                    let step = step
                        .parse::<u16>()
                        .ok()
                        .filter(|step| *step > 0 && range.contains('-'))
                        .ok_or_else(|| PortListError::Step(term.clone()))?;
                    (range, step)
                }
                None => (term.as_str(), 1),
            };
            match range.split_once('-') {
                Some((first, last)) => {
                    let (first, last) = (cage(first)?, cage(last)?);
                    if first > last {
                        return Err(PortListError::Backwards(first, last));
                    }
                    cages.extend((first..=last).step_by(usize::from(step)));
                }
                None => cages.push(cage(range)?),
            }
        }
        cages.sort_unstable();
        cages.dedup();
        Ok(Self { text: text.to_owned(), cages })
    }

    /// The list of the cages `first..=last`.
    pub fn range(first: u16, last: u16) -> Result<Self, PortListError> {
        if first == last {
            Self::parse(&first.to_string())
        } else {
            Self::parse(&format!("{first}-{last}"))
        }
    }

    /// The shortest list of the given cages.
    pub fn of_cages(cages: &[u16]) -> Result<Self, PortListError> {
        let mut sorted = cages.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut terms: Vec<String> = Vec::new();
        let mut rest = sorted.iter().copied().peekable();
        while let Some(first) = rest.next() {
            let mut last = first;
            while let Some(next) = rest.next_if(|next| *next == last + 1) {
                last = next;
            }
            terms.push(if first == last { first.to_string() } else { format!("{first}-{last}") });
        }
        Self::parse(&terms.join(","))
    }

    /// The cages, ascending.
    pub fn cages(&self) -> &[u16] {
        &self.cages
    }
}

fn cage(text: &str) -> Result<u16, PortListError> {
    let number: u64 = text
        .parse()
        .ok()
        .filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
        .ok_or_else(|| PortListError::NotANumber(text.to_owned()))?;
    u16::try_from(number)
        .ok()
        .filter(|n| (1..=PortList::MAX_CAGE).contains(n))
        .ok_or(PortListError::OutOfRange(number))
}

impl fmt::Display for PortList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for PortList {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PortList {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A cage broken out into lanes of one speed, written `2x400`. `1x800` is the cage unbroken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Breakout {
    /// Logical ports per cage, 1 to 16.
    pub lanes: u8,
    /// Speed of each, in Gb/s, 1 to 3,200.
    pub speed_gbps: u32,
}

impl FromStr for Breakout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = |text: &str| {
            text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten()
        };
        text.split_once('x')
            .and_then(|(lanes, speed)| Some((read(lanes)?, read(speed)?)))
            .filter(|(lanes, speed)| (1..=16).contains(lanes) && (1..=3200).contains(speed))
            .and_then(|(lanes, speed_gbps)| {
                Some(Self { lanes: u8::try_from(lanes).ok()?, speed_gbps })
            })
            .ok_or_else(|| {
                let shown: String = text.chars().take(40).collect();
                format!("`{shown}` is not a breakout; write lanes x Gb/s, such as 2x400")
            })
    }
}

impl fmt::Display for Breakout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.lanes, self.speed_gbps)
    }
}

impl Serialize for Breakout {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Breakout {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_lists() {
        let check = |text: &str, expected: Result<Vec<u16>, &str>| {
            let read = PortList::parse(text).map(|list| list.cages().to_vec());
            match expected {
                Ok(cages) => assert_eq!(read, Ok(cages), "{text}"),
                Err(part) => {
                    let error = read.expect_err(text).to_string();
                    assert!(error.contains(part), "{text}: {error}");
                }
            }
        };
        check("5", Ok(vec![5]));
        check("2-6:2", Ok(vec![2, 4, 6]));
        check(" 1 - 3 , 3,2", Ok(vec![1, 2, 3]));
        check(
            "26,28,30,32,34,36,38-63",
            Ok([26, 28, 30, 32, 34, 36].into_iter().chain(38..=63).collect()),
        );
        assert_eq!(PortList::parse("1-63:2").unwrap().cages().len(), 32);
        check("", Err("at least one"));
        check("1,,2", Err("at least one"));
        check("x", Err("not a port"));
        check("+1", Err("not a port"));
        check("0", Err("outside"));
        check("1025", Err("outside"));
        check("99999999999999999999999", Err("not a port"));
        check("5-3", Err("backwards"));
        check("1-2-3", Err("not a port"));
        check("3:2", Err("step"));
        check("1-4:0", Err("step"));
        check(&"1,".repeat(600), Err("at most"));
    }

    #[test]
    fn the_shortest_list_of_cages() {
        assert_eq!(PortList::of_cages(&[4, 1, 2, 3, 7, 9, 10]).unwrap().to_string(), "1-4,7,9-10");
        assert_eq!(PortList::of_cages(&[]), Err(PortListError::Empty));
    }

    #[test]
    fn breakouts() {
        for (text, expected) in [
            ("2x400", Some(Breakout { lanes: 2, speed_gbps: 400 })),
            ("1x800", Some(Breakout { lanes: 1, speed_gbps: 800 })),
            ("0x400", None),
            ("2x0", None),
            ("17x1", None),
            ("2x400g", None),
            ("+2x400", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }
}
