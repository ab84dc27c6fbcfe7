//! The models of the catalogue and how the embedded file is read.

use super::{Breakout, PortList};
use crate::model::nearest;
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
}

impl PortNaming {
    /// The name of an unbroken cage.
    pub fn whole(&self, cage: u16) -> String {
        self.whole.replace("{cage}", &cage.to_string())
    }

    /// The name of the n-th lane (from 0) of a broken-out cage.
    pub fn lane(&self, cage: u16, lane: u8) -> String {
        self.lane
            .replace("{cage}", &cage.to_string())
            .replace("{lane}", &(u16::from(lane) + u16::from(self.first_lane)).to_string())
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
    /// Typical draw in watts.
    pub typical_power_w: Option<u32>,
    /// Greatest draw in watts.
    pub max_power_w: Option<u32>,
    /// True if two of them can be an MCLAG pair.
    pub mclag: bool,
    /// True if two to four of them can be an ESLAG group.
    pub eslag: bool,
    /// The names of its interfaces.
    pub naming: PortNaming,
    /// Its ports.
    pub ports: Vec<PortGroup>,
    /// The most logical ports it can have at once, if its cages allow more.
    pub max_lanes: Option<u32>,
    /// True for a model that was read from somebody's plan and may be incomplete: cages and
    /// breakouts that it does not list are used with a warning.
    #[serde(default, skip_serializing_if = "is_false")]
    pub incomplete: bool,
    /// Where the figures come from.
    pub sources: Vec<Source>,
}

impl SwitchModel {
    /// The group that holds a cage.
    pub fn port_group(&self, cage: u16) -> Option<&PortGroup> {
        self.ports.iter().find(|group| group.cages.cages().contains(&cage))
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
    /// Greatest draw in watts.
    pub max_power_w: Option<u32>,
    /// Where the figures come from.
    pub sources: Vec<Source>,
}

/// Which fabric a server's cards are meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FabricUse {
    /// GPU to GPU.
    Backend,
    /// Users, storage, the world.
    Frontend,
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
    /// Greatest draw in watts.
    pub max_power_w: Option<u32>,
    /// GPUs in it.
    pub gpus: u16,
    /// Cards it comes with.
    pub nics: Vec<NicSet>,
    /// Where the figures come from.
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

/// Why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// Not RON, or not a catalogue.
    #[error("the catalogue cannot be read: {0}")]
    Unreadable(String),
    /// Two models with one id.
    #[error("the catalogue has the id `{0}` twice")]
    Duplicate(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    switches: Vec<SwitchModel>,
    nics: Vec<NicModel>,
    servers: Vec<ServerModel>,
}

/// The models to choose from, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Switches by id.
    pub switches: BTreeMap<String, SwitchModel>,
    /// Network cards by id.
    pub nics: BTreeMap<String, NicModel>,
    /// Servers by id.
    pub servers: BTreeMap<String, ServerModel>,
}

impl Catalog {
    /// Reads a catalogue from RON.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        let file: File =
            ron::from_str(text).map_err(|error| CatalogError::Unreadable(error.to_string()))?;
        let mut catalog = Self::default();
        for model in file.switches {
            add(&mut catalog.switches, model.id.clone(), model)?;
        }
        for model in file.nics {
            add(&mut catalog.nics, model.id.clone(), model)?;
        }
        for model in file.servers {
            add(&mut catalog.servers, model.id.clone(), model)?;
        }
        Ok(catalog)
    }

    /// The catalogue inside the program.
    pub fn built_in() -> Result<Self, CatalogError> {
        Self::parse(include_str!("../../assets/catalog.ron"))
    }

    /// The switch whose id is nearest to a wrong one.
    pub fn nearest_switch(&self, id: &str) -> Option<&str> {
        nearest(id, self.switches.keys().map(String::as_str))
    }

    /// The server whose id is nearest to a wrong one.
    pub fn nearest_server(&self, id: &str) -> Option<&str> {
        nearest(id, self.servers.keys().map(String::as_str))
    }

    /// The card whose id is nearest to a wrong one.
    pub fn nearest_nic(&self, id: &str) -> Option<&str> {
        nearest(id, self.nics.keys().map(String::as_str))
    }
}

fn add<T>(models: &mut BTreeMap<String, T>, id: String, model: T) -> Result<(), CatalogError> {
    match models.insert(id.clone(), model) {
        None => Ok(()),
        Some(_) => Err(CatalogError::Duplicate(id)),
    }
}
