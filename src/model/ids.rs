//! Ids and ceilings: the identity of a plan, what an id may look like, how large a plan may be,
//! and the nearest known name for one that is unknown.

use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fmt;

/// The identity of a plan, made once; every owned object carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanId(pub uuid::Uuid);

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// The ceilings of a plan, checked before anything is allocated.
pub struct Limits;

impl Limits {
    /// Servers of all classes together.
    pub const SERVERS: u32 = 65_536;
    /// Links of all fabrics together.
    pub const LINKS: u64 = 2_000_000;
    /// Switches of all classes together.
    pub const SWITCHES: u32 = 65_536;
    /// Switches of one class; more than any two-tier fabric of known hardware needs.
    pub const SWITCHES_PER_CLASS: u32 = 65_536;
    /// Bytes of a plan file.
    pub const FILE_BYTES: u64 = 16 * 1024 * 1024;
    /// Classes of each kind, zones or connections in a plan.
    pub const LIST_ITEMS: usize = 256;
    /// Characters of an id.
    pub const ID_CHARS: usize = 40;
    /// Characters of the name of a fabric (as many as DIET allows).
    pub const FABRIC_CHARS: usize = 50;
    /// Characters of a device name (NetBox's limit).
    pub const DEVICE_NAME_CHARS: usize = 64;
    /// Characters of a free text: name, note, comment.
    pub const TEXT_CHARS: usize = 2_000;
}

/// True if `id` can be a key: a lower-case letter, then lower-case letters, digits and dashes,
/// at most [`Limits::ID_CHARS`].
pub fn is_valid_id(id: &str) -> bool {
    let mut chars = id.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && id.len() <= Limits::ID_CHARS
}

/// The known name nearest to `wanted`, if one is near enough to be what was meant.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Hostile input may be megabytes long; nothing near a known name is.
    if wanted.len() > 100 {
        return None;
    }
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(wanted, name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1))
        // Of names that are equally near, the one that begins alike: ends are mistyped less often.
        .min_by_key(|(distance, name)| (*distance, Reverse(common_start(wanted, name)), *name))
        .map(|(_, name)| name)
}

/// Known names in the order in which to offer them for a wrong one, each with how often the plan
/// uses it: those near enough to be what was meant, then those that the plan uses. Of names that
/// are about equally near, the one in use comes first.
pub fn ranked<'a>(wanted: &str, known: impl IntoIterator<Item = (&'a str, u32)>) -> Vec<&'a str> {
    let measurable = wanted.len() <= 100;
    let mut ranked: Vec<_> = known
        .into_iter()
        .filter_map(|(name, used)| {
            let distance = if measurable { strsim::osa_distance(wanted, name) } else { usize::MAX };
            let near = distance <= (name.chars().count() / 3).max(1);
            let alike = Reverse(common_start(wanted, name));
            // A name in use may be one letter further away.
            let rank = match near {
                true => (distance - usize::from(used > 0 && distance > 0), used == 0, alike),
                false => (usize::MAX, used == 0, Reverse(0)),
            };
            (near || used > 0).then_some((rank, Reverse(used), name))
        })
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(.., name)| name).collect()
}

fn common_start(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for (id, valid) in [
            ("be-leaf", true),
            ("a", true),
            ("", false),
            ("1a", false),
            ("Be", false),
            ("a/b", false),
            (&"a".repeat(41), false),
        ] {
            assert_eq!(is_valid_id(id), valid, "{id}");
        }
    }

    #[test]
    fn names_in_the_order_of_offering() {
        let known = ["ds1000", "ds3000", "ds5000", "sn5600", "qm9700"];
        let check = |wanted: &str, used: &[(&str, u32)], expected: &[&str]| {
            let of = |name| used.iter().find(|(of, _)| *of == name).map_or(0, |(_, used)| *used);
            let ranked = ranked(wanted, known.map(|name| (name, of(name))));
            assert_eq!(ranked, expected, "{wanted} {used:?}");
        };
        check("ds6000", &[], &["ds1000", "ds3000", "ds5000"]);
        check("ds6000", &[("ds5000", 1)], &["ds5000", "ds1000", "ds3000"]);
        // What is clearly nearer comes before what is in use, and what is far is still in use.
        check("sn560", &[("ds5000", 3)], &["sn5600", "ds5000"]);
        check("acme", &[("ds5000", 1), ("qm9700", 2)], &["qm9700", "ds5000"]);
        check("acme", &[], &[]);
        check(&"d".repeat(1_000), &[("ds5000", 1)], &["ds5000"]);
    }

    #[test]
    fn nearest_names() {
        let known = ["servers", "su_size", "backend", "be-leaf", "fe-leaf"];
        for (wanted, expected) in [
            ("server", Some("servers")),
            ("su-size", Some("su_size")),
            ("colour", None),
            ("f-leaf", Some("fe-leaf")),
            ("b-leaf", Some("be-leaf")),
        ] {
            assert_eq!(nearest(wanted, known), expected, "{wanted}");
        }
    }
}
