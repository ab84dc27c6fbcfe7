//! The primitives of a plan: switch classes with port zones, server classes with connections,
//! names and pins. A cluster expands into the same types.

use super::{RailPacking, Ratio, Spread, Tiers};
use crate::catalog::{Breakout, PortList};
use serde::{Deserialize, Serialize};

/// What may fail without cutting a server off from a fabric of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redundancy {
    /// All ports of a server on one leaf.
    #[default]
    None,
    /// Each server on a pair of leaves, at least two spines.
    Redundant,
    /// The same, and storage and management use the frontend's pair.
    RedundantShared,
}

/// What a switch is in its fabric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchRole {
    /// Servers are cabled to it.
    #[default]
    Leaf,
    /// Leaves are cabled to it.
    Spine,
    /// Spines of all pods are cabled to it.
    SuperSpine,
    /// A leaf that faces the outside.
    BorderLeaf,
    /// Management controllers are cabled to it.
    Management,
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

impl Quantity {
    /// The number, if it is fixed.
    pub fn fixed(self) -> Option<u32> {
        match self {
            Self::Automatic => None,
            Self::Fixed(n) => Some(n),
        }
    }
}

/// How switches of a class stand in for each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchRedundancy {
    /// Not at all.
    #[default]
    None,
    /// Servers are cabled to two or more of them, each link by itself; at least two spines.
    Redundant,
    /// In MCLAG pairs.
    Mclag,
    /// In ESLAG groups of two to four.
    Eslag,
}

impl SwitchRedundancy {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// Whether leaves meet in spines or are joined directly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topology {
    /// Leaves have uplinks to spines.
    #[default]
    SpineLeaf,
    /// Two or three leaves are joined to each other.
    Mesh,
}

impl Topology {
    fn is_spine_leaf(&self) -> bool {
        *self == Self::SpineLeaf
    }
}

/// Whose rules place servers and wire spines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacementRules {
    /// Heddle's: balanced, rotated, stable under growth.
    #[default]
    Native,
    /// DIET's, word for word while they succeed: for imported plans.
    Diet,
}

impl PlacementRules {
    fn is_native(&self) -> bool {
        *self == Self::Native
    }
}

/// Equal switches of one fabric.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What it is there.
    pub role: SwitchRole,
    /// The switch, by its id in the catalogue.
    pub model: String,
    /// How many; of spines under super-spines those of a pod, of super-spines those of a group.
    #[serde(default)]
    pub quantity: Quantity,
    /// How they stand in for each other; of leaves, anything but `none` asks for two spines.
    #[serde(default, skip_serializing_if = "SwitchRedundancy::is_none")]
    pub redundancy: SwitchRedundancy,
    /// Switches of an ESLAG group, 2 to 4; 2 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_size: Option<u32>,
    /// The name of its MCLAG or ESLAG group; further groups get `-1`, `-2`, ….
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group_name: String,
    /// Whether it has spines or is a mesh.
    #[serde(default, skip_serializing_if = "Topology::is_spine_leaf")]
    pub topology: Topology,
    /// Whose rules place it.
    #[serde(default, skip_serializing_if = "PlacementRules::is_native")]
    pub placement: PlacementRules,
    /// Of spines: how the uplinks of leaves are spread over them; of super-spines: of spines.
    #[serde(default, skip_serializing_if = "Spread::is_equal")]
    pub spread: Spread,
    /// Of spines: whether a super-spine class of the fabric is used.
    #[serde(default, skip_serializing_if = "is_automatic")]
    pub tiers: Tiers,
    /// Of spines: leaves of a pod at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_leaves: Option<u32>,
    /// Of super-spines: pods to size for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pods: Option<u32>,
    /// Of leaves: the most bandwidth down to bandwidth up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oversubscription: Option<Ratio>,
    /// Numbers of devices that are not there: the others keep their names and cables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_service: Vec<u32>,
    /// Ports of single devices that do not work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dead_ports: Vec<DeadPorts>,
    /// What its ports are for.
    pub zones: Vec<PortZone>,
}

fn is_automatic(tiers: &Tiers) -> bool {
    *tiers == Tiers::Automatic
}

/// Cages of one device that do not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadPorts {
    /// The number of the device in its class, from 1.
    pub device: u32,
    /// Its cages.
    pub ports: PortList,
}

/// What the ports of a zone connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// A leaf to servers.
    #[default]
    Server,
    /// A switch to the tier above, or with a peer zone to that zone.
    Uplink,
    /// A switch to the tier below. Without an uplink zone, super-spines use its upper half.
    Fabric,
    /// A leaf of a mesh to the other leaves.
    Mesh,
    /// The two switches of an MCLAG pair to each other, for traffic.
    Peer,
    /// The same, for their session.
    Session,
    /// A management switch to management controllers, or with a peer zone to that zone.
    Management,
}

/// The order in which the ports of a zone are used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortOrder {
    /// 1, 2, 3, 4, 5, 6.
    #[default]
    Sequential,
    /// Every other port, then the rest: 1, 3, 5, 2, 4, 6.
    Interleaved,
    /// The two halves by turns: 1, 4, 2, 5, 3, 6.
    Spaced,
    /// As listed: each port of the zone once.
    Custom(Vec<u16>),
}

impl PortOrder {
    fn is_sequential(&self) -> bool {
        *self == Self::Sequential
    }
}

/// The priority of a zone that has none.
pub const DEFAULT_PRIORITY: u32 = 100;

fn default_priority() -> u32 {
    DEFAULT_PRIORITY
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_default_priority(priority: &u32) -> bool {
    *priority == DEFAULT_PRIORITY
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
    /// The order in which they are used.
    #[serde(default, skip_serializing_if = "PortOrder::is_sequential")]
    pub order: PortOrder,
    /// Among zones of one kind, the lower is used first.
    #[serde(default = "default_priority", skip_serializing_if = "is_default_priority")]
    pub priority: u32,
    /// The zone that its links go to, as `class/zone`, where that is not the tier above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_zone: Option<String>,
    /// Cages of the zone that are kept free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<PortList>,
}

impl PortZone {
    /// A zone with its ports in order and nothing special.
    pub fn new(id: &str, kind: ZoneKind, ports: PortList, breakout: Breakout) -> Self {
        Self {
            id: id.to_owned(),
            note: String::new(),
            kind,
            ports,
            breakout,
            order: PortOrder::Sequential,
            priority: DEFAULT_PRIORITY,
            peer_zone: None,
            reserved: None,
        }
    }
}

/// Equal servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Reserve leaves and ports for this many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_for: Option<u32>,
    /// GPUs of each; those of the model if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpus: Option<u32>,
    /// Numbers of servers that are not there: the others keep their names and cables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_service: Vec<u32>,
    /// Its network cards.
    pub nics: Vec<Nic>,
    /// What its ports are cabled to.
    pub connections: Vec<Connection>,
}

impl ServerClass {
    /// Servers to place: those that are there, and those that ports are reserved for.
    pub fn positions(&self) -> u32 {
        self.quantity.max(self.size_for.unwrap_or(0))
    }
}

/// A network card of a server class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nic {
    /// The key within its class.
    pub id: String,
    /// The stem of interface names; the id if left out: `rail-0` has `rail-0-p0`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The card, by its id in the catalogue.
    pub model: String,
}

/// What a server makes of the links of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// Each link by itself.
    #[default]
    Unbundled,
    /// One bundle to one switch.
    Bundled,
    /// One bundle to an MCLAG pair.
    Mclag,
    /// One bundle to an ESLAG group.
    Eslag,
}

impl ConnectionKind {
    fn is_unbundled(&self) -> bool {
        *self == Self::Unbundled
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unbundled => "unbundled",
            Self::Bundled => "bundled",
            Self::Mclag => "mclag",
            Self::Eslag => "eslag",
        }
    }
}

/// How the servers and ports of a connection are spread over leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// All ports of a server on one leaf; leaves are filled one after the other.
    #[default]
    SameSwitch,
    /// Servers on the leaves by turns.
    RoundRobin,
    /// The ports of a server on the leaves of a group by turns; groups are filled in turn.
    Alternating {
        /// Leaves of a group, 2 to 4; left out, as redundancy and ports have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<u32>,
    },
    /// A rail of a scalable unit on as few leaves as it needs.
    RailOptimised {
        /// The rail, from 0.
        rail: u32,
        /// Servers of a scalable unit; left out, as many as a rail has room for on a leaf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        su_size: Option<u32>,
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
    /// From one port used to the next: 1 for neighbours, 2 for every other port.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub port_step: u32,
    /// Ports used.
    pub ports: u32,
    /// The switch class at the other end.
    pub switch_class: String,
    /// The zone there.
    pub zone: String,
    /// What the server makes of the links.
    #[serde(default, skip_serializing_if = "ConnectionKind::is_unbundled")]
    pub kind: ConnectionKind,
    /// Speed of a link in Gb/s; that of the card if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_gbps: Option<u32>,
    /// How they are spread.
    pub distribution: Distribution,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_one(n: &u32) -> bool {
    *n == 1
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            id: String::new(),
            nic: String::new(),
            first_port: 0,
            port_step: 1,
            ports: 1,
            switch_class: String::new(),
            zone: String::new(),
            kind: ConnectionKind::Unbundled,
            speed_gbps: None,
            distribution: Distribution::SameSwitch,
        }
    }
}

/// How devices are called. A pattern has words in braces: `{class}` (the name of the class or its
/// id), `{fabric}`, `{role}`, `{site}`, `{su}`, `{rail}`, `{pod}` and `{number}`; `{number:3}`
/// has at least three digits. Numbers of names count from 1, rails from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// What every name begins with, e.g. `b-`: two plans in one site. Keys do not have it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Servers; `{class}-{number:3}` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Leaves, and switches of every role without a pattern; `{class}-{number:2}` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<String>,
    /// Spines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spine: Option<String>,
    /// Super-spines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub super_spine: Option<String>,
    /// Border leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border_leaf: Option<String>,
    /// Management switches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management: Option<String>,
}

impl Naming {
    /// True if every name is as usual.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An end that must be cabled to a given port. Whatever would have that port changes places with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The lower end, as in keys: `gpu/42/rail-3/0` (class, number, card or zone, port from 0).
    pub end: String,
    /// The upper end, as in keys: `be-leaf/7/server/12`.
    pub to: String,
}
