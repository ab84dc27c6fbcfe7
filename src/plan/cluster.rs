//! The cluster: a GPU cluster in a few numbers, as it stands in a plan.
//!
//! It expands into switch and server classes (`fabric::expand`). Whatever can be computed is left
//! out; `overrides` hold the counts that an architect, or the command "pin sizes", has fixed.

use super::Redundancy;
use serde::{Deserialize, Serialize, de};
use std::fmt;
use std::str::FromStr;

/// A GPU cluster in a few numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Number of servers, 1 to 65,536; left out where `gpus` says it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub servers: u32,
    /// Number of GPUs instead; servers are rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpus: Option<u32>,
    /// The server, by its id in the catalogue.
    pub server_model: String,
    /// Servers of a scalable unit: those wired to one set of leaves.
    pub su_size: u32,
    /// Reserve leaves, spines and ports for this many servers: growth up to it moves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_for: Option<u32>,
    /// The GPU-to-GPU network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend: Option<Backend>,
    /// The network to users, and to storage where that has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontend: Option<Frontend>,
    /// A network to storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Frontend>,
    /// The network to the servers' management controllers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management: Option<Management>,
}

/// The rail-optimised GPU-to-GPU network of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// NICs per server, one rail each.
    pub rails: u32,
    /// The NIC, by its id in the catalogue.
    pub nic: String,
    /// Whether rails have leaves of their own.
    pub rail_packing: RailPacking,
    /// Equal, disjoint networks; the ports of a NIC go to them by turns. 1 to 8.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub planes: u32,
    /// Leaves only, leaves and spines, or super-spines as well.
    #[serde(default, skip_serializing_if = "Tiers::is_automatic")]
    pub tiers: Tiers,
    /// The leaf switch, by its id in the catalogue.
    pub leaf_model: String,
    /// The spine switch, by its id in the catalogue.
    pub spine_model: String,
    /// The super-spine switch; the spine's model if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub super_spine_model: Option<String>,
    /// Speed of a switch-to-switch link in Gb/s; below the cage's speed cages are broken out.
    pub uplink_speed_gbps: u32,
    /// The most bandwidth down that a leaf may have to its bandwidth up, e.g. `2:1`.
    #[serde(default, skip_serializing_if = "Ratio::is_even")]
    pub oversubscription: Ratio,
    /// How uplinks are spread where the spines do not divide them.
    #[serde(default, skip_serializing_if = "Spread::is_equal")]
    pub spread: Spread,
    /// Counts fixed by hand.
    #[serde(default, skip_serializing_if = "Overrides::is_empty")]
    pub overrides: Overrides,
}

/// A network of a cluster to users or storage: each server on one leaf or on a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frontend {
    /// The NIC, by its id in the catalogue.
    pub nic: String,
    /// Ports of it that each server uses.
    pub ports_per_server: u32,
    /// What may fail without cutting a server off.
    pub redundancy: Redundancy,
    /// How the two leaves of a server work together.
    #[serde(default, skip_serializing_if = "Multihoming::is_unbundled")]
    pub multihoming: Multihoming,
    /// The leaf switch, by its id in the catalogue.
    pub leaf_model: String,
    /// The spine switch, by its id in the catalogue.
    pub spine_model: String,
    /// Speed of a leaf–spine link in Gb/s; below the cage's speed cages are broken out.
    pub uplink_speed_gbps: u32,
    /// The most bandwidth down that a leaf may have to its bandwidth up, e.g. `2:1`.
    #[serde(default, skip_serializing_if = "Ratio::is_even")]
    pub oversubscription: Ratio,
    /// How uplinks are spread where the spines do not divide them.
    #[serde(default, skip_serializing_if = "Spread::is_equal")]
    pub spread: Spread,
    /// Counts fixed by hand.
    #[serde(default, skip_serializing_if = "Overrides::is_empty")]
    pub overrides: Overrides,
}

/// The network of a cluster to the servers' management controllers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Management {
    /// The management controller's port, by its id in the catalogue.
    pub nic: String,
    /// The management switch, by its id in the catalogue.
    pub leaf_model: String,
    /// The switch that joins them. Left out, each management switch stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spine_model: Option<String>,
    /// Speed of its uplinks in Gb/s; needed with a spine model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uplink_speed_gbps: Option<u32>,
}

/// Counts of a fabric that are fixed instead of computed. Each is checked against what the links
/// need; a count of another tier may be left to be computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<u32>,
    /// Uplink cages of a leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uplink_cages: Option<u32>,
    /// Spines; with three tiers those of a pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spines: Option<u32>,
    /// Leaves of a pod at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_leaves: Option<u32>,
    /// Pods to size the super-spines for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pods: Option<u32>,
    /// Super-spines of a spine group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub super_spines: Option<u32>,
}

impl Overrides {
    /// True if nothing is fixed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether rails have leaves of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RailPacking {
    /// Each rail of a scalable unit has its own leaves.
    #[default]
    Dedicated,
    /// Rails share a leaf where a whole scalable unit fits.
    Shared,
}

/// How many tiers of switches a fabric has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tiers {
    /// Two where they reach, else three.
    #[default]
    Automatic,
    /// Leaves only: the parts of the fabric meet in the servers (rail-only).
    One,
    /// Leaves and spines.
    Two,
    /// Leaves and spines in pods under super-spines.
    Three,
}

impl Tiers {
    fn is_automatic(&self) -> bool {
        *self == Self::Automatic
    }
}

/// How the uplinks of a leaf are spread over spines, and those of a spine over super-spines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Every pair has the same number of links.
    #[default]
    Equal,
    /// As few spines as have enough ports; pairs differ by at most one link.
    Balanced,
}

impl Spread {
    /// True for the default.
    pub fn is_equal(&self) -> bool {
        *self == Self::Equal
    }
}

/// How the leaves that a server is cabled to work together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Multihoming {
    /// Not at all: each link is routed by itself.
    #[default]
    Unbundled,
    /// As an MCLAG pair.
    Mclag,
    /// As an ESLAG group.
    Eslag,
}

impl Multihoming {
    fn is_unbundled(&self) -> bool {
        *self == Self::Unbundled
    }
}

/// Bandwidth down to bandwidth up, written `2:1`. Both parts are 1 to 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Down.
    pub down: u32,
    /// Up.
    pub up: u32,
}

impl Ratio {
    /// True for 1:1.
    pub fn is_even(&self) -> bool {
        self.down == self.up
    }
}

impl Default for Ratio {
    fn default() -> Self {
        Self { down: 1, up: 1 }
    }
}

impl FromStr for Ratio {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let part = |text: &str| {
            let text = text.trim();
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<u32>().ok()).flatten().filter(|n| (1..=1000).contains(n))
        };
        text.split_once(':')
            .and_then(|(down, up)| Some(Self { down: part(down)?, up: part(up)? }))
            .ok_or_else(|| {
                let shown: String = text.chars().take(40).collect();
                format!("`{shown}` is not a ratio; write down : up, such as 2:1, each 1 to 1000")
            })
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.down, self.up)
    }
}

impl Serialize for Ratio {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Default for Backend {
    fn default() -> Self {
        Self {
            rails: 0,
            nic: String::new(),
            rail_packing: RailPacking::Dedicated,
            planes: 1,
            tiers: Tiers::Automatic,
            leaf_model: String::new(),
            spine_model: String::new(),
            super_spine_model: None,
            uplink_speed_gbps: 0,
            oversubscription: Ratio::default(),
            spread: Spread::Equal,
            overrides: Overrides::default(),
        }
    }
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_one(n: &u32) -> bool {
    *n == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios() {
        for (text, expected) in [
            ("2:1", Some(Ratio { down: 2, up: 1 })),
            (" 3 : 2 ", Some(Ratio { down: 3, up: 2 })),
            ("0:1", None),
            ("1:1001", None),
            ("2", None),
            ("-2:1", None),
            ("+2:1", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
        assert_eq!(Ratio { down: 3, up: 2 }.to_string(), "3:2");
    }
}
