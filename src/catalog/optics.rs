//! What joins two cages: a cable assembly with fixed ends, or two transceivers and a fibre.
//!
//! A *plug* is what goes into one cage; there is one in each cage, however many links it carries.
//! Lengths of things on the shelf are whole centimetres and watts of plugs whole milliwatts, so
//! that choices and sums are exact.

use super::{Breakout, Cage, Source};
use serde::{Deserialize, Serialize};

/// What a cable assembly is made of, in the order in which it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssemblyKind {
    /// Passive copper, direct attach.
    Dac,
    /// Active copper.
    Acc,
    /// Active optical: optics and fibre in one piece.
    Aoc,
    /// A twisted-pair patch cable between two RJ45 sockets.
    Rj45,
}

impl AssemblyKind {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            AssemblyKind::Dac => "DAC",
            AssemblyKind::Acc => "ACC",
            AssemblyKind::Aoc => "AOC",
            AssemblyKind::Rj45 => "twisted pair",
        }
    }
}

/// A cable whose plugs cannot be taken off: one plug at the near end, one or more at the far end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssemblyModel {
    /// The name that plans use, e.g. `dac-800g-osfp-2x400g-qsfp112`.
    pub id: String,
    /// The maker, or `Generic`.
    pub manufacturer: String,
    /// The maker's name for it; the part number of the series.
    pub model: String,
    /// What it is made of.
    pub kind: AssemblyKind,
    /// The cage of its single plug.
    pub near: Cage,
    /// The cage of each far plug.
    pub far: Cage,
    /// Far plugs: 1 on a straight cable, 2 or 4 on one that splits.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub far_plugs: u8,
    /// The breakouts of the near cage that it carries; their lanes are shared equally among the
    /// far plugs. A straight `2x400` is `2x400` at both ends, one that splits in two is `1x400` at
    /// each far plug.
    pub breakouts: Vec<Breakout>,
    /// Lengths on the shelf, in centimetres, ascending. The last is how far it reaches.
    pub lengths_cm: Vec<u32>,
    /// Draw of the near plug in milliwatts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_power_mw: Option<u32>,
    /// Draw of each far plug in milliwatts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_power_mw: Option<u32>,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// Where a fibre or a twisted pair goes into a transceiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connector {
    /// Twelve fibres, angled.
    Mpo12Apc,
    /// Twelve fibres, flat.
    Mpo12Upc,
    /// Sixteen fibres, angled.
    Mpo16Apc,
    /// Two fibres.
    LcDuplex,
    /// Four twisted pairs.
    Rj45,
}

impl Connector {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Connector::Mpo12Apc => "MPO-12 APC",
            Connector::Mpo12Upc => "MPO-12 UPC",
            Connector::Mpo16Apc => "MPO-16 APC",
            Connector::LcDuplex => "LC duplex",
            Connector::Rj45 => "RJ45",
        }
    }
}

/// What light or current runs through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Multi-mode fibre.
    Mmf,
    /// Single-mode fibre.
    Smf,
    /// Twisted pair, category 6 or better.
    Cat6,
}

impl Medium {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Medium::Mmf => "multi-mode fibre",
            Medium::Smf => "single-mode fibre",
            Medium::Cat6 => "twisted pair",
        }
    }
}

/// The family of IEEE's and its relatives' optical standards; two transceivers meet only within
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReachClass {
    /// Very short reach: about 50 m of multi-mode fibre.
    Vr,
    /// Short reach: about 100 m of multi-mode fibre.
    Sr,
    /// 500 m of single-mode fibre.
    Dr,
    /// 2 km of single-mode fibre.
    Fr,
    /// 10 km of single-mode fibre.
    Lr,
    /// 100 m of twisted pair.
    T,
}

impl ReachClass {
    /// The letters of the standard.
    pub fn name(self) -> &'static str {
        match self {
            ReachClass::Vr => "VR",
            ReachClass::Sr => "SR",
            ReachClass::Dr => "DR",
            ReachClass::Fr => "FR",
            ReachClass::Lr => "LR",
            ReachClass::T => "T",
        }
    }
}

/// A pluggable transceiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransceiverModel {
    /// The name that plans use, e.g. `osfp-800g-2xdr4`.
    pub id: String,
    /// The maker, or `Generic`.
    pub manufacturer: String,
    /// The maker's name for it.
    pub model: String,
    /// The cage it goes into.
    pub cage: Cage,
    /// Speed of the whole transceiver, in Gb/s.
    pub speed_gbps: u32,
    /// The breakouts of its cage that it carries.
    pub breakouts: Vec<Breakout>,
    /// The standard, as its maker writes it: `2×DR4`.
    pub standard: String,
    /// The family of the standard.
    pub reach_class: ReachClass,
    /// Sockets for fibres: 2 on a twin-port transceiver.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub connectors: u8,
    /// Their kind.
    pub connector: Connector,
    /// What goes into them.
    pub medium: Medium,
    /// Optical lanes in each socket, each on fibres of its own or at a wavelength of its own.
    pub lanes_per_connector: u8,
    /// Wavelengths in nanometres: one for parallel lanes, several where lanes share a fibre, none
    /// on copper.
    #[serde(default)]
    pub wavelengths_nm: Vec<u16>,
    /// How far it reaches, in metres, over the best fibre its standard names.
    pub reach_m: u32,
    /// Greatest draw in milliwatts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_power_mw: Option<u32>,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

impl TransceiverModel {
    /// Speed of one optical lane, in Gb/s.
    pub fn lane_speed_gbps(&self) -> u32 {
        let lanes = u32::from(self.connectors) * u32::from(self.lanes_per_connector);
        self.speed_gbps.checked_div(lanes).unwrap_or(0)
    }
}

/// A cable between transceivers: one plug at the near end, one or more at the far end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FibreModel {
    /// The name that plans use, e.g. `mpo12-smf`.
    pub id: String,
    /// The maker, or `Generic`.
    pub manufacturer: String,
    /// The maker's name for it.
    pub model: String,
    /// What it is made of.
    pub medium: Medium,
    /// Its single plug.
    pub near: Connector,
    /// Each far plug.
    pub far: Connector,
    /// Far plugs: 1 on a straight cable, 2 or 4 on one that splits.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub far_plugs: u8,
    /// Lengths on the shelf, in centimetres, ascending.
    pub lengths_cm: Vec<u32>,
    /// What to know before choosing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

fn one() -> u8 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_one(n: &u8) -> bool {
    *n == 1
}
