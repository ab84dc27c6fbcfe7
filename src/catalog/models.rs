//! Models as a file has them, and the catalogue that plans choose from.
//!
//! [`Models`] is one RON file or a part of a plan; [`Catalog`] is every model by its id. A plan's
//! own models stand over the built-in ones. All of them are checked when a catalogue is made, so
//! that the rest of the program need not doubt them.

use super::check::{self, Flaw};
use super::{
    AssemblyModel, FibreModel, NicModel, RackModel, ServerModel, SwitchModel, TransceiverModel,
};
use crate::model::nearest;
use ron::extensions::Extensions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Models of every kind. A kind that has none may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Models {
    /// Switches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub switches: Vec<SwitchModel>,
    /// Network cards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nics: Vec<NicModel>,
    /// Servers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<ServerModel>,
    /// Pluggable transceivers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transceivers: Vec<TransceiverModel>,
    /// Cable assemblies with fixed ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assemblies: Vec<AssemblyModel>,
    /// Fibre and twisted-pair cables for transceivers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fibres: Vec<FibreModel>,
    /// Racks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub racks: Vec<RackModel>,
}

impl Models {
    /// The most models of one kind.
    pub const MAX_OF_A_KIND: usize = 1_000;

    /// Reads models from RON. Nothing is checked yet but the form.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        ron::Options::default()
            .with_default_extension(Extensions::IMPLICIT_SOME)
            .from_str(text)
            .map_err(|error| CatalogError::Unreadable(error.to_string()))
    }

    /// True if there is no model.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// Not RON, or not a catalogue.
    #[error("the catalogue cannot be read: {0}")]
    Unreadable(String),
    /// Two models with one id.
    #[error("the catalogue has the id `{0}` twice; give each model an id of its own")]
    Duplicate(String),
    /// More than [`Models::MAX_OF_A_KIND`].
    #[error("a catalogue has at most {} models of a kind; this has {count}", Models::MAX_OF_A_KIND, count = .0)]
    TooMany(usize),
    /// A model whose figures contradict each other.
    #[error("the model `{id}` cannot be used: {flaw}")]
    Flawed {
        /// The model.
        id: String,
        /// What is the matter.
        flaw: Flaw,
    },
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
    /// Transceivers by id.
    pub transceivers: BTreeMap<String, TransceiverModel>,
    /// Cable assemblies by id.
    pub assemblies: BTreeMap<String, AssemblyModel>,
    /// Fibre and twisted-pair cables by id.
    pub fibres: BTreeMap<String, FibreModel>,
    /// Racks by id.
    pub racks: BTreeMap<String, RackModel>,
}

impl Catalog {
    /// Reads a catalogue from RON.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        Self::default().with(&Models::parse(text)?)
    }

    /// The catalogue inside the program.
    pub fn built_in() -> Result<Self, CatalogError> {
        Self::parse(include_str!("../../assets/catalog.ron"))
    }

    /// This catalogue with `models` over it: one with the id of a model here takes its place.
    /// Fails if two of `models` have one id or if one of them contradicts itself.
    pub fn with(&self, models: &Models) -> Result<Self, CatalogError> {
        let mut catalog = self.clone();
        lay_over(&mut catalog.switches, &models.switches)?;
        lay_over(&mut catalog.nics, &models.nics)?;
        lay_over(&mut catalog.servers, &models.servers)?;
        lay_over(&mut catalog.transceivers, &models.transceivers)?;
        lay_over(&mut catalog.assemblies, &models.assemblies)?;
        lay_over(&mut catalog.fibres, &models.fibres)?;
        lay_over(&mut catalog.racks, &models.racks)?;
        for server in catalog.servers.values() {
            if let Some(set) = server.nics.iter().find(|set| !catalog.nics.contains_key(&set.nic)) {
                let near = catalog.nearest_nic(&set.nic).map(str::to_owned);
                let flaw = Flaw::UnknownNic { nic: set.nic.clone(), near };
                return Err(CatalogError::Flawed { id: server.id.clone(), flaw });
            }
        }
        Ok(catalog)
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

    /// The rack whose id is nearest to a wrong one.
    pub fn nearest_rack(&self, id: &str) -> Option<&str> {
        nearest(id, self.racks.keys().map(String::as_str))
    }
}

fn lay_over<T: check::Checked + Clone>(
    catalog: &mut BTreeMap<String, T>,
    models: &[T],
) -> Result<(), CatalogError> {
    if models.len() > Models::MAX_OF_A_KIND {
        return Err(CatalogError::TooMany(models.len()));
    }
    let mut fresh = BTreeMap::new();
    for model in models {
        if let Some(flaw) = model.flaw() {
            return Err(CatalogError::Flawed { id: model.id().to_owned(), flaw });
        }
        if fresh.insert(model.id().to_owned(), model.clone()).is_some() {
            return Err(CatalogError::Duplicate(model.id().to_owned()));
        }
    }
    catalog.extend(fresh);
    Ok(())
}
