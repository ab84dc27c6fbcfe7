//! What a switch, a network card, a server and a rack are.
//!
//! Every figure that may be unknown is an `Option`, and may be left out of a file. Weights are in
//! grams and watts are whole, so that sums are exact.

use super::{Breakout, PortList};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The connector of a physical port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cage {
    Osfp,
    QsfpDd,
    Qsfp112,
    Qsfp56,
    Qsfp28,
    Sfp28,
    SfpPlus,
    Rj45,
}

impl Cage {
    /// True if a plug made for `plug` also works here: a younger cage of the same width takes the
    /// plugs of its elders, as long as its lanes can run at their speed.
    pub fn accepts(self, plug: Cage) -> bool {
        self == plug
            || match self {
                Cage::QsfpDd | Cage::Qsfp112 => matches!(plug, Cage::Qsfp56 | Cage::Qsfp28),
                Cage::Qsfp56 => plug == Cage::Qsfp28,
                Cage::Sfp28 => plug == Cage::SfpPlus,
                Cage::Osfp | Cage::Qsfp28 | Cage::SfpPlus | Cage::Rj45 => false,
            }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Cage::Osfp => "OSFP",
            Cage::QsfpDd => "QSFP-DD",
            Cage::Qsfp112 => "QSFP112",
            Cage::Qsfp56 => "QSFP56",
            Cage::Qsfp28 => "QSFP28",
            Cage::Sfp28 => "SFP28",
            Cage::SfpPlus => "SFP+",
            Cage::Rj45 => "RJ45",
        }
    }
}

/// What ports speak on their links. A link needs one that both of its ends speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkProtocol {
    /// Ethernet only.
    #[default]
    Ethernet,
    /// InfiniBand only.
    Infiniband,
    /// Either, as its settings have it, such as the cards that NVIDIA calls VPI.
    Both,
}

impl LinkProtocol {
    /// True if a link may join ports of the two.
    pub fn meets(self, other: Self) -> bool {
        self == other || self == Self::Both || other == Self::Both
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "Ethernet",
            Self::Infiniband => "InfiniBand",
            Self::Both => "Ethernet or InfiniBand",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_ethernet(protocol: &LinkProtocol) -> bool {
    *protocol == LinkProtocol::Ethernet
}

/// What a group of ports is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortPurpose {
    /// Traffic: fabrics may use it.
    Data,
    /// The switch's own management; clusters leave it alone.
    Management,
}

/// Cages of one kind on a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortGroup {
    /// Their numbers, from 1.
    pub cages: PortList,
    /// Their connector.
    pub cage: Cage,
    /// Speed of the whole cage, in Gb/s.
    pub speed_gbps: u32,
    /// What they are for.
    pub purpose: PortPurpose,
    /// How each may be broken out; `1xN` is the cage unbroken.
    pub breakouts: Vec<Breakout>,
    /// How their interfaces are called, where that differs from the rest of the switch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naming: Option<PortNaming>,
}

/// How the interfaces of a switch are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortNaming {
    /// An unbroken cage, with `{cage}`.
    pub whole: String,
    /// A lane, with `{cage}` and `{lane}`.
    pub lane: String,
    /// The number of the first lane, 0 or 1.
    pub first_lane: u8,
    /// The number that cage 1 has, or would have, in names: 1, or 0 where the maker counts from
    /// 0. It is below 0 where cages further on count from 1 again.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub first_cage: i16,
    /// What stands for `{lane}` where the maker does not simply count: by the number of lanes,
    /// the text of each. `{2: ["1", "5"]}` is Arista's 2x400, whose second lane is `Ethernet1/5`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lane_labels: BTreeMap<u8, Vec<String>>,
}

fn one() -> i16 {
    1
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_one(n: &i16) -> bool {
    *n == 1
}

impl PortNaming {
    /// The name of an unbroken cage; cages count from 1.
    pub fn whole(&self, cage: u16) -> String {
        self.whole.replace("{cage}", &self.cage_number(cage))
    }

    /// The name of the n-th lane (from 0) of a cage (from 1) that is broken out into `lanes`.
    pub fn lane(&self, cage: u16, lanes: u8, lane: u8) -> String {
        let label = self
            .lane_labels
            .get(&lanes)
            .and_then(|labels| labels.get(usize::from(lane)).cloned())
            .unwrap_or_else(|| (u16::from(lane) + u16::from(self.first_lane)).to_string());
        self.lane.replace("{cage}", &self.cage_number(cage)).replace("{lane}", &label)
    }

    fn cage_number(&self, cage: u16) -> String {
        (i32::from(cage) + i32::from(self.first_cage) - 1).to_string()
    }
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Which figures.
    pub figure: String,
    /// The page.
    pub url: String,
}

/// A switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchModel {
    /// The name that plans use, e.g. `celestica-ds5000`.
    pub id: String,
    /// The maker.
    pub manufacturer: String,
    /// The maker's name for it.
    pub model: String,
    /// The slug of its device type in NetBox.
    pub slug: String,
    /// Height in rack units.
    pub rack_units: u8,
    /// Weight in grams, ready to run but for optics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u32>,
    /// Typical draw in watts, with passive cables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_power_w: Option<u32>,
    /// Greatest draw in watts; the note says if that is with plugs that draw themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_power_w: Option<u32>,
    /// What its ports speak.
    #[serde(default, skip_serializing_if = "is_ethernet")]
    pub protocol: LinkProtocol,
    /// True if two of them can be an MCLAG pair.
    pub mclag: bool,
    /// True if two to four of them can be an ESLAG group.
    pub eslag: bool,
    /// The names of its interfaces.
    pub naming: PortNaming,
    /// Its ports.
    pub ports: Vec<PortGroup>,
    /// The most logical ports it can have at once, if its cages allow more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_lanes: Option<u32>,
    /// True for a model that was read from somebody's plan and may be incomplete: cages and
    /// breakouts that it does not list are used with a warning.
    #[serde(default, skip_serializing_if = "is_false")]
    pub incomplete: bool,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

impl SwitchModel {
    /// The group that holds a cage.
    pub fn port_group(&self, cage: u16) -> Option<&PortGroup> {
        self.ports.iter().find(|group| group.cages.cages().contains(&cage))
    }

    /// The name of an unbroken cage.
    pub fn cage_name(&self, cage: u16) -> String {
        self.naming_of(cage).whole(cage)
    }

    /// The name of the n-th logical port (from 0) of a cage under a breakout.
    pub fn port_name(&self, cage: u16, breakout: Breakout, lane: u8) -> String {
        let naming = self.naming_of(cage);
        if breakout.lanes == 1 {
            naming.whole(cage)
        } else {
            naming.lane(cage, breakout.lanes, lane)
        }
    }

    pub(super) fn naming_of(&self, cage: u16) -> &PortNaming {
        self.port_group(cage).and_then(|group| group.naming.as_ref()).unwrap_or(&self.naming)
    }

    /// The first group for traffic: the cages that clusters use.
    pub fn data_ports(&self) -> Option<&PortGroup> {
        self.ports.iter().find(|group| group.purpose == PortPurpose::Data)
    }
}

/// A network card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NicModel {
    /// The name that plans use, e.g. `connectx-7-1x400`.
    pub id: String,
    /// The maker.
    pub manufacturer: String,
    /// The maker's name for it.
    pub model: String,
    /// A slug for it.
    pub slug: String,
    /// Ports of one card.
    pub ports: u8,
    /// Their names, in order; `p0`, `p1`, … where they have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub port_names: Vec<String>,
    /// Speed of each, in Gb/s.
    pub speed_gbps: u32,
    /// Their connector.
    pub cage: Cage,
    /// What its ports speak.
    #[serde(default, skip_serializing_if = "is_ethernet")]
    pub protocol: LinkProtocol,
    /// Greatest draw in watts, without optics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_power_w: Option<u32>,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// Which fabric a server's cards are meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FabricUse {
    /// GPU to GPU.
    Backend,
    /// Users and the world.
    Frontend,
    /// File and object stores.
    Storage,
    /// Out-of-band: BMCs, and the host's own management.
    Management,
}

/// Equal cards in a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NicSet {
    /// The card.
    pub nic: String,
    /// How many.
    pub quantity: u8,
    /// What for.
    pub fabric: FabricUse,
    /// Ports of these cards that come out in one cage of the server: 2 on a DGX H100, whose
    /// eight cards share four twin-port cages. 1 if each port has a cage of its own.
    #[serde(default = "one_port", skip_serializing_if = "is_one_port")]
    pub ports_per_cage: u8,
}

fn one_port() -> u8 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_one_port(n: &u8) -> bool {
    *n == 1
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerModel {
    /// The name that plans use, e.g. `dgx-h100`.
    pub id: String,
    /// The maker.
    pub manufacturer: String,
    /// The maker's name for it.
    pub model: String,
    /// The slug of its device type in NetBox.
    pub slug: String,
    /// Height in rack units.
    pub rack_units: u8,
    /// Weight in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u32>,
    /// Typical draw in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_power_w: Option<u32>,
    /// Greatest draw in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_power_w: Option<u32>,
    /// GPUs in it.
    pub gpus: u16,
    /// Cards it comes with.
    pub nics: Vec<NicSet>,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl NicModel {
    /// The name of a port, from 0.
    pub fn port_name(&self, port: u32) -> String {
        match self.port_names.get(port as usize) {
            Some(name) => name.clone(),
            None => format!("p{port}"),
        }
    }
}

/// A rack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RackModel {
    /// The name that plans use, e.g. `heddle-rack-48u`.
    pub id: String,
    /// The maker, or `Generic`.
    pub manufacturer: String,
    /// The maker's name for it.
    pub model: String,
    /// The slug of its rack type in NetBox.
    pub slug: String,
    /// Height inside, in rack units.
    pub rack_units: u8,
    /// Outer width in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width_mm: Option<u32>,
    /// Outer depth in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_mm: Option<u32>,
    /// Weight of the empty rack in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u32>,
    /// The greatest weight it may hold, standing still, in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_weight_g: Option<u32>,
    /// The greatest draw of all that stands in it, in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_power_w: Option<u32>,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}
