//! The types of a plan document, as they stand in its RON file.
//!
//! Two levels describe a fabric. A [`Cluster`] is short and expands into primitives; the
//! primitives ([`SwitchClass`], [`ServerClass`]) may also be written by hand, and both may stand
//! side by side as long as their ids differ. Field order here is the order in the file. Unknown
//! fields are refused; a field with a default may be left out.

use crate::catalog::{Breakout, PortList};
use crate::model::{Digest, PlanId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The only version of the document so far.
pub const API_VERSION: &str = "heddle/v1beta1";

/// A plan document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Always [`API_VERSION`].
    pub api_version: String,
    /// Who the plan is.
    pub metadata: Metadata,
    /// What the architect wants.
    pub spec: Spec,
    /// What the program last made of it. Never an input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// Who a plan is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The name for people.
    pub name: String,
    /// The identity that owned objects carry; made once.
    pub id: PlanId,
    /// Free labels, e.g. `environment: "lab"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// What the architect wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Where it is to be applied.
    pub target: Target,
    /// A cluster that expands into classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// Switches written by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub switch_classes: Vec<SwitchClass>,
    /// Servers written by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_classes: Vec<ServerClass>,
}

/// Where a plan is to be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The slug of the site in the inventory.
    pub site: String,
}

/// A GPU cluster in a few numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Number of servers, 1 to 65,536.
    pub servers: u32,
    /// The server, by its id in the catalogue.
    pub server_model: String,
    /// Servers of a scalable unit: those wired to one set of leaves.
    pub su_size: u32,
    /// The GPU-to-GPU network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend: Option<Backend>,
    /// The network to users and storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontend: Option<Frontend>,
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
    /// The leaf switch, by its id in the catalogue.
    pub leaf_model: String,
    /// The spine switch, by its id in the catalogue.
    pub spine_model: String,
    /// Speed of a leaf–spine link in Gb/s; below the cage's speed cages are broken out.
    pub uplink_speed_gbps: u32,
}

/// The network of a cluster to users and storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frontend {
    /// The NIC, by its id in the catalogue.
    pub nic: String,
    /// Ports of it that each server uses.
    pub ports_per_server: u32,
    /// What may fail without cutting a server off.
    pub redundancy: Redundancy,
    /// The leaf switch, by its id in the catalogue.
    pub leaf_model: String,
    /// The spine switch, by its id in the catalogue.
    pub spine_model: String,
    /// Speed of a leaf–spine link in Gb/s; below the cage's speed cages are broken out.
    pub uplink_speed_gbps: u32,
}

/// Whether rails have leaves of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RailPacking {
    /// Each rail of a scalable unit has its own leaves.
    Dedicated,
    /// Rails share a leaf where a whole scalable unit fits.
    Shared,
}

/// What may fail without cutting a server off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redundancy {
    /// All ports of a server on one leaf.
    None,
    /// Each server on two leaves, at least two spines.
    Redundant,
}

/// What a switch is in its fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchRole {
    /// Servers are cabled to it.
    Leaf,
    /// Leaves are cabled to it.
    Spine,
}

/// How many devices a class has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// As many as the links need.
    #[default]
    Automatic,
    /// This many.
    Fixed(u32),
}

/// Equal switches of one fabric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchClass {
    /// The key: never changes.
    pub id: String,
    /// The stem of device names; the id if left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The fabric, e.g. `backend`.
    pub fabric: String,
    /// Leaf or spine.
    pub role: SwitchRole,
    /// The switch, by its id in the catalogue.
    pub model: String,
    /// How many.
    #[serde(default)]
    pub quantity: Quantity,
    /// What may fail: of leaves, asks for at least two spines.
    #[serde(default = "no_redundancy")]
    pub redundancy: Redundancy,
    /// What its ports are for.
    pub zones: Vec<PortZone>,
}

fn no_redundancy() -> Redundancy {
    Redundancy::None
}

/// What the ports of a zone connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// A leaf to servers.
    Server,
    /// A leaf to spines.
    Uplink,
    /// A spine to leaves.
    Fabric,
}

/// Ports of a switch class with one purpose and one breakout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortZone {
    /// The key within its class.
    pub id: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What they connect.
    pub kind: ZoneKind,
    /// The cages, e.g. `1-32` or `1-63:2`.
    pub ports: PortList,
    /// How each cage is broken out, e.g. `2x400`.
    pub breakout: Breakout,
}

/// Equal servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerClass {
    /// The key: never changes.
    pub id: String,
    /// The stem of device names; the id if left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The server, by its id in the catalogue.
    pub model: String,
    /// How many.
    pub quantity: u32,
    /// Its network cards.
    pub nics: Vec<Nic>,
    /// What its ports are cabled to.
    pub connections: Vec<Connection>,
}

/// A network card of a server class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nic {
    /// The key within its class, and the stem of interface names: `rail-0` has `rail-0-p0`.
    pub id: String,
    /// The card, by its id in the catalogue.
    pub model: String,
}

/// How the servers and ports of a connection are spread over leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// All ports of a server on one leaf; leaves are filled one after the other.
    SameSwitch,
    /// The ports of a server on the leaves of a group by turns; groups are filled in turn.
    Alternating {
        /// Leaves of a group, 2 to 4.
        group: u32,
    },
    /// A rail of a scalable unit on as few leaves as it needs.
    RailOptimised {
        /// The rail, from 0.
        rail: u32,
        /// Servers of a scalable unit.
        su_size: u32,
        /// Whether rails have leaves of their own.
        packing: RailPacking,
    },
}

/// Ports of one card, cabled to one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The key within its class.
    pub id: String,
    /// The card.
    pub nic: String,
    /// The first port used, from 0.
    #[serde(default)]
    pub first_port: u32,
    /// Ports used.
    pub ports: u32,
    /// The switch class at the other end.
    pub switch_class: String,
    /// The zone there.
    pub zone: String,
    /// How they are spread.
    pub distribution: Distribution,
}

/// The program's summary of a plan as of its last save. Never an input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The phase against the target it was last held against.
    pub phase: String,
    /// Devices planned.
    pub devices: u32,
    /// Links planned.
    pub links: u64,
    /// Switches by class.
    pub switches: BTreeMap<String, u32>,
    /// Findings of severity error.
    pub errors: u32,
    /// Findings of severity warning.
    pub warnings: u32,
    /// Digest of metadata and spec.
    pub spec_digest: Digest,
    /// Digest of the woven fabric.
    pub fabric_digest: Digest,
}
