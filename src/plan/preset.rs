//! Presets: new plans from a name and a few parameters.
//!
//! A preset is a plan written out here; its parameters are the numbers and choices that people
//! change first. Everything else is edited in the plan that results.

use super::{
    API_VERSION, Backend, Cluster, Frontend, Metadata, Plan, RailPacking, Redundancy, Spec, Target,
};
use crate::model::{Limits, PlanId, nearest};
use std::collections::BTreeMap;

/// A plan that can be made from a few parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The name to give to [`build`].
    pub name: &'static str,
    /// What it makes, in a sentence.
    pub summary: &'static str,
    /// What can be chosen.
    pub parameters: &'static [Parameter],
}

/// Something to choose in a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The key.
    pub name: &'static str,
    /// What it is, for people.
    pub summary: &'static str,
    /// The value if none is given.
    pub default: &'static str,
    /// The values that it takes, for people: `1 to 64`, `dedicated or shared`.
    pub allowed: &'static str,
}

/// Why a preset made no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// No preset has this name.
    #[error("there is no preset `{name}`. {remedy}")]
    UnknownPreset {
        /// What was asked for, cut short if long.
        name: String,
        /// What to do.
        remedy: String,
    },
    /// The preset has no such parameter.
    #[error("the preset has no parameter `{key}`. {remedy}")]
    UnknownKey {
        /// What was set, cut short if long.
        key: String,
        /// What to do.
        remedy: String,
    },
    /// A parameter does not take this value.
    #[error("`{key}` cannot be `{value}`. Use {allowed}.")]
    BadValue {
        /// The parameter.
        key: &'static str,
        /// The value, cut short if long.
        value: String,
        /// The values that it takes.
        allowed: &'static str,
    },
    /// A parameter was set twice.
    #[error("`{key}` is set twice. Set it once.")]
    SetTwice {
        /// The parameter.
        key: &'static str,
    },
}

const SERVERS: Parameter = Parameter {
    name: "servers",
    summary: "Number of servers; two tiers of the preset's switches hold 512",
    default: "128",
    allowed: "a whole number from 1 to 65536",
};
const SU_SIZE: Parameter = Parameter {
    name: "su_size",
    summary: "Servers of a scalable unit: those wired to one set of leaves",
    default: "64",
    allowed: "a whole number from 1 to 64",
};
const RAIL_PACKING: Parameter = Parameter {
    name: "rail_packing",
    summary: "Whether each rail has leaves of its own",
    default: "dedicated",
    allowed: "dedicated or shared",
};
const FRONTEND_REDUNDANCY: Parameter = Parameter {
    name: "frontend_redundancy",
    summary: "Whether each server is wired to two frontend leaves",
    default: "redundant",
    allowed: "none or redundant",
};

const PRESETS: &[Preset] = &[Preset {
    name: "rail-optimised",
    summary: "DGX H100 servers with a rail-optimised 400 Gb/s backend and a redundant frontend",
    parameters: &[SERVERS, SU_SIZE, RAIL_PACKING, FRONTEND_REDUNDANCY],
}];

/// Every preset.
pub fn presets() -> &'static [Preset] {
    PRESETS
}

/// Makes a plan with the identity `id` from the preset `name`; `set` has keys and values of
/// parameters, those left out have their default. Without any it is the sample plan.
///
/// # Errors
/// On an unknown preset or key, a key set twice, or a value outside its range.
pub fn build(name: &str, set: &[(String, String)], id: PlanId) -> Result<Plan, PresetError> {
    let preset = PRESETS.iter().find(|preset| preset.name == name).ok_or_else(|| {
        let known = PRESETS.iter().map(|preset| preset.name);
        PresetError::UnknownPreset { name: clip(name), remedy: suggest(name, known) }
    })?;
    let mut values = BTreeMap::new();
    for (key, value) in set {
        let parameter = preset.parameters.iter().find(|parameter| parameter.name == key);
        let parameter = parameter.ok_or_else(|| {
            let known = preset.parameters.iter().map(|parameter| parameter.name);
            PresetError::UnknownKey { key: clip(key), remedy: suggest(key, known) }
        })?;
        if values.insert(parameter.name, value.as_str()).is_some() {
            return Err(PresetError::SetTwice { key: parameter.name });
        }
    }
    let value =
        |parameter: &Parameter| values.get(parameter.name).copied().unwrap_or(parameter.default);
    let number = |parameter: Parameter, most: u32| {
        let text = value(&parameter);
        text.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| bad(parameter, text))
    };
    let rail_packing = match value(&RAIL_PACKING) {
        "dedicated" => RailPacking::Dedicated,
        "shared" => RailPacking::Shared,
        other => return Err(bad(RAIL_PACKING, other)),
    };
    let redundancy = match value(&FRONTEND_REDUNDANCY) {
        "none" => Redundancy::None,
        "redundant" => Redundancy::Redundant,
        other => return Err(bad(FRONTEND_REDUNDANCY, other)),
    };
    Ok(rail_optimised(
        id,
        number(SERVERS, Limits::SERVERS)?,
        number(SU_SIZE, 64)?,
        rail_packing,
        redundancy,
    ))
}

fn rail_optimised(
    id: PlanId,
    servers: u32,
    su_size: u32,
    rail_packing: RailPacking,
    redundancy: Redundancy,
) -> Plan {
    let switch = || "celestica-ds5000".to_owned();
    Plan {
        api_version: API_VERSION.to_owned(),
        metadata: Metadata {
            name: "Sample".to_owned(),
            id,
            labels: BTreeMap::new(),
            description: String::new(),
        },
        spec: Spec {
            target: Target { site: "dc1".to_owned() },
            cluster: Some(Cluster {
                servers,
                server_model: "dgx-h100".to_owned(),
                su_size,
                backend: Some(Backend {
                    rails: 8,
                    nic: "connectx-7-1x400".to_owned(),
                    rail_packing,
                    leaf_model: switch(),
                    spine_model: switch(),
                    uplink_speed_gbps: 800,
                    ..Backend::default()
                }),
                frontend: Some(Frontend {
                    nic: "bluefield-3-2x200".to_owned(),
                    ports_per_server: 2,
                    redundancy,
                    leaf_model: switch(),
                    spine_model: switch(),
                    uplink_speed_gbps: 800,
                    ..Frontend::default()
                }),
                ..Cluster::default()
            }),
            ..Spec::default()
        },
        status: None,
    }
}

fn bad(parameter: Parameter, value: &str) -> PresetError {
    PresetError::BadValue { key: parameter.name, value: clip(value), allowed: parameter.allowed }
}

fn suggest(wanted: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    match nearest(wanted, known.clone()) {
        Some(name) => format!("Did you mean `{name}`?"),
        None => format!("Known: {}.", known.collect::<Vec<_>>().join(", ")),
    }
}

fn clip(text: &str) -> String {
    super::document::clip(text, 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::plan::testing::plan_id;
    use crate::plan::{read, write};

    fn make(name: &str, set: &[(&str, &str)]) -> Result<Plan, PresetError> {
        let set: Vec<_> = set.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        build(name, &set, plan_id())
    }

    #[test]
    fn the_sample_is_the_golden_file() {
        let plan = make("rail-optimised", &[]).unwrap();
        let golden = include_str!("../../tests/golden/sample.ron");
        assert_eq!(write(&plan), golden);
        assert_eq!(read("sample.ron", golden).unwrap().plan, plan);
    }

    #[test]
    fn its_hardware_is_in_the_catalogue() {
        let catalog = Catalog::built_in().unwrap();
        let cluster = make("rail-optimised", &[]).unwrap().spec.cluster.unwrap();
        let (backend, frontend) = (cluster.backend.unwrap(), cluster.frontend.unwrap());
        assert!(catalog.servers.contains_key(&cluster.server_model));
        for nic in [&backend.nic, &frontend.nic] {
            assert!(catalog.nics.contains_key(nic), "{nic}");
        }
        for model in
            [&backend.leaf_model, &backend.spine_model, &frontend.leaf_model, &frontend.spine_model]
        {
            assert!(catalog.switches.contains_key(model), "{model}");
        }
    }

    #[test]
    fn parameters_are_set() {
        let set = [
            ("servers", "65536"),
            ("su_size", "1"),
            ("rail_packing", "shared"),
            ("frontend_redundancy", "none"),
        ];
        let cluster = make("rail-optimised", &set).unwrap().spec.cluster.unwrap();
        assert_eq!((cluster.servers, cluster.su_size), (65_536, 1));
        assert_eq!(cluster.backend.unwrap().rail_packing, RailPacking::Shared);
        assert_eq!(cluster.frontend.unwrap().redundancy, Redundancy::None);
    }

    #[test]
    fn defaults_are_values_that_may_be_set() {
        for preset in presets() {
            let set: Vec<_> = preset.parameters.iter().map(|p| (p.name, p.default)).collect();
            assert_eq!(make(preset.name, &set), make(preset.name, &[]));
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        for (name, set, expected) in [
            (
                "rail-optimized",
                &[][..],
                "there is no preset `rail-optimized`. Did you mean `rail-optimised`?",
            ),
            ("torus", &[], "Known: rail-optimised."),
            (
                "rail-optimised",
                &[("server", "1")],
                "no parameter `server`. Did you mean `servers`?",
            ),
            (
                "rail-optimised",
                &[("colour", "1")],
                "Known: servers, su_size, rail_packing, frontend_redundancy.",
            ),
            (
                "rail-optimised",
                &[("servers", "0")],
                "`servers` cannot be `0`. Use a whole number from 1 to 65536.",
            ),
            ("rail-optimised", &[("servers", "65537")], "cannot be `65537`"),
            ("rail-optimised", &[("servers", "many")], "cannot be `many`"),
            ("rail-optimised", &[("su_size", "65")], "Use a whole number from 1 to 64."),
            ("rail-optimised", &[("rail_packing", "both")], "Use dedicated or shared."),
            ("rail-optimised", &[("frontend_redundancy", "")], "Use none or redundant."),
            ("rail-optimised", &[("servers", "1"), ("servers", "2")], "`servers` is set twice"),
        ] {
            let error = make(name, set).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
