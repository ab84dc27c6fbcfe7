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
use ron::ser::PrettyConfig;
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
        options().from_str(text).map_err(|error| CatalogError::Unreadable(error.to_string()))
    }

    /// The text of these models, as a catalogue file has it. [`Models::parse`] gives them back.
    pub fn to_text(&self) -> String {
        let pretty = PrettyConfig::new().new_line("\n");
        match options().to_string_pretty(self, pretty) {
            Ok(text) => text + "\n",
            // `ron` fails on full disks, deep nesting and types that refuse; here is none of them.
            Err(error) => unreachable!("models have a text: {error}"),
        }
    }

    /// True if there is no model.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// As in plans: `Some` need not be written.
fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
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

    /// The models that `other` has not, or has otherwise.
    pub fn beyond(&self, other: &Self) -> Models {
        fn of<T: Clone + PartialEq>(
            here: &BTreeMap<String, T>,
            there: &BTreeMap<String, T>,
        ) -> Vec<T> {
            let new = here.iter().filter(|(id, model)| there.get(*id) != Some(*model));
            new.map(|(_, model)| model.clone()).collect()
        }
        Models {
            switches: of(&self.switches, &other.switches),
            nics: of(&self.nics, &other.nics),
            servers: of(&self.servers, &other.servers),
            transceivers: of(&self.transceivers, &other.transceivers),
            assemblies: of(&self.assemblies, &other.assemblies),
            fibres: of(&self.fibres, &other.fibres),
            racks: of(&self.racks, &other.racks),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_come_back_from_their_text() {
        let models = Models::parse(include_str!("../../assets/catalog.ron")).unwrap();
        assert_eq!(Models::parse(&models.to_text()).unwrap(), models);
        assert_eq!(Models::parse("()").unwrap(), Models::default());
        assert!(Models::default().is_empty() && !models.is_empty());
    }

    #[test]
    fn own_models_stand_over_the_built_in_ones() {
        let built_in = Catalog::built_in().unwrap();
        let mut switch = built_in.switches["nvidia-sn5600"].clone();
        switch.rack_units = 3;
        let mut other = switch.clone();
        other.id = "own".to_owned();
        let own = Models { switches: vec![switch, other], ..Models::default() };
        let both = built_in.with(&own).unwrap();
        assert_eq!(both.switches["nvidia-sn5600"].rack_units, 3);
        assert_eq!(both.switches.len(), built_in.switches.len() + 1);
        assert_eq!(both.nics, built_in.nics);
        let mut beyond = both.beyond(&built_in);
        beyond.switches.sort_by_key(|model| model.id != "nvidia-sn5600");
        assert_eq!(beyond, own);
        assert!(built_in.beyond(&both).switches == [built_in.switches["nvidia-sn5600"].clone()]);
        assert!(both.beyond(&both).is_empty());
        let twice =
            Models { switches: [own.switches.clone(), own.switches].concat(), ..Models::default() };
        assert_eq!(built_in.with(&twice), Err(CatalogError::Duplicate("nvidia-sn5600".to_owned())));
    }

    #[test]
    fn models_that_contradict_themselves_are_refused() {
        let good = r#"(
            switches: [(id: "s", manufacturer: "M", model: "S", slug: "s", rack_units: 1,
                mclag: false, eslag: false,
                naming: (whole: "p{cage}", lane: "p{cage}/{lane}", first_lane: 1),
                ports: [(cages: "1-4", cage: osfp, speed_gbps: 800, purpose: data,
                    breakouts: ["1x800", "2x400"])])],
            nics: [(id: "n", manufacturer: "M", model: "N", slug: "n", ports: 1, speed_gbps: 400,
                cage: osfp)],
            servers: [(id: "v", manufacturer: "M", model: "V", slug: "v", rack_units: 2, gpus: 0,
                nics: [(nic: "n", quantity: 1, fabric: storage)])],
            transceivers: [(id: "t", manufacturer: "M", model: "T", cage: osfp, speed_gbps: 800,
                breakouts: ["2x400"], standard: "2×DR4", reach_class: dr, connectors: 2,
                connector: mpo12_apc, medium: smf, lanes_per_connector: 4, reach_m: 500)],
            assemblies: [(id: "a", manufacturer: "M", model: "A", kind: dac, near: osfp,
                far: qsfp112, far_plugs: 2, breakouts: ["2x400"], lengths_cm: [100, 150])],
            fibres: [(id: "f", manufacturer: "M", model: "F", medium: smf, near: mpo12_apc,
                far: mpo12_apc, lengths_cm: [100])],
            racks: [(id: "r", manufacturer: "M", model: "R", slug: "r", rack_units: 42)],
        )"#;
        let check = |from: &str, to: &str, expected: &str| {
            assert!(good.contains(from), "{from}");
            let error = Catalog::parse(&good.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(expected), "{from} → {to}: {error}");
        };
        assert!(Catalog::parse(good).is_ok(), "{:?}", Catalog::parse(good));
        check("id: \"s\"", "id: \"S\"", "lower-case letter");
        check("model: \"S\"", "model: \" \"", "`model` is empty");
        check("rack_units: 1,", "rack_units: 0,", "`rack_units` is 0");
        check("p{cage}\"", "p\"", "the name `p` needs {cage}");
        check("p{cage}/{lane}", "p{cage}", "needs {lane}");
        check(
            "first_lane: 1",
            "first_lane: 1, lane_labels: {2: [\"1\", \"1\"]}",
            "two ports are called `p1/1`",
        );
        check("first_lane: 1", "first_lane: 1, first_cage: -1", "`first_cage` is -1");
        check("first_lane: 1", "first_lane: 1, lane_labels: {2: [\"1\"]}", "lane_labels");
        check("[\"1x800\"", "[\"4x400\"", "4x400 is more than 800G");
        check(
            "\"2x400\"])])]",
            "\"2x400\"]), (cages: \"4\", cage: osfp, speed_gbps: 800, purpose: data, breakouts: [\"1x800\"])])]",
            "cage 4 is in two groups",
        );
        check("nic: \"n\"", "nic: \"m\"", "no NIC `m`");
        check("quantity: 1", "quantity: 0", "`quantity` is 0");
        check("connectors: 2", "connectors: 3", "do not divide 800G");
        check("far_plugs: 2", "far_plugs: 3", "cannot be shared equally among 3");
        check("[100, 150]", "[150, 100]", "must ascend");
        check("rack_units: 42", "rack_units: 200", "`rack_units` is 200");
        check("racks:", "shelves:", "shelves");
    }
}
