//! Presets: new plans from a name and a few parameters.
//!
//! A preset is a plan written out here; its parameters are the numbers and choices that people
//! change first. Everything else is edited in the plan that results.

mod plans;

use super::Plan;
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

const fn servers(default: &'static str) -> Parameter {
    Parameter {
        name: "servers",
        summary: "Number of servers",
        default,
        allowed: "a whole number from 1 to 65536",
    }
}

const fn su_size(default: &'static str, allowed: &'static str) -> Parameter {
    Parameter {
        name: "su_size",
        summary: "Servers of a scalable unit: those wired to one set of leaves",
        default,
        allowed,
    }
}

const fn redundancy(default: &'static str) -> Parameter {
    Parameter {
        name: "frontend_redundancy",
        summary: "Whether each server is wired to two frontend leaves",
        default,
        allowed: "none or redundant",
    }
}

const fn rail_packing(default: &'static str) -> Parameter {
    Parameter {
        name: "rail_packing",
        summary: "Whether each rail has leaves of its own",
        default,
        allowed: "dedicated or shared",
    }
}

const UP_TO_64: &str = "a whole number from 1 to 64";
const UP_TO_32: &str = "a whole number from 1 to 32";
const UP_TO_72: &str = "a whole number from 1 to 72";

const MESH_LEAVES: Parameter =
    Parameter { name: "leaves", summary: "Leaves of the mesh", default: "2", allowed: "2 or 3" };
const STORAGE_SERVERS: Parameter = Parameter {
    name: "storage_servers",
    summary: "Number of storage servers",
    default: "8",
    allowed: "a whole number from 1 to 4096",
};

/// The parameters of a Hedgehog building block of so many servers.
const fn opg(servers_of_block: &'static str) -> [Parameter; 2] {
    [servers(servers_of_block), redundancy("redundant")]
}

const PRESETS: &[Preset] = &[
    Preset {
        name: "rail-optimised",
        summary: "DGX H100 servers with a rail-optimised 400 Gb/s backend and a redundant frontend",
        parameters: &[
            servers("128"),
            su_size("64", UP_TO_64),
            rail_packing("dedicated"),
            redundancy("redundant"),
        ],
    },
    Preset {
        name: "starter-64",
        summary: "64 GPUs: eight servers whose rails share one leaf, and a redundant frontend",
        parameters: &[servers("8"), redundancy("redundant")],
    },
    Preset {
        name: "superpod-h100",
        summary: "DGX H100 SuperPOD style: 400 Gb/s InfiniBand, scalable units of 32",
        parameters: &[servers("128"), su_size("32", UP_TO_32), redundancy("redundant")],
    },
    Preset {
        name: "superpod-b200",
        summary: "DGX B200 SuperPOD style: 400 Gb/s InfiniBand, scalable units of 32",
        parameters: &[servers("128"), su_size("32", UP_TO_32), redundancy("redundant")],
    },
    Preset {
        name: "superpod-b300",
        summary: "DGX B300 SuperPOD style: 800 Gb/s InfiniBand, scalable units of 72",
        parameters: &[servers("144"), su_size("72", UP_TO_72), redundancy("redundant")],
    },
    Preset {
        name: "dual-plane",
        summary: "Two equal, disjoint backends: every card has a port in each",
        parameters: &[servers("256"), su_size("64", UP_TO_64), redundancy("redundant")],
    },
    Preset {
        name: "three-tiers",
        summary: "A large backend in pods under super-spines",
        parameters: &[servers("2048"), su_size("64", UP_TO_64)],
    },
    Preset { name: "opg-64", summary: "Hedgehog building block of 64 GPUs", parameters: &opg("8") },
    Preset {
        name: "opg-128",
        summary: "Hedgehog building block of 128 GPUs",
        parameters: &opg("16"),
    },
    Preset {
        name: "opg-256",
        summary: "Hedgehog building block of 256 GPUs",
        parameters: &opg("32"),
    },
    Preset {
        name: "opg-512",
        summary: "Hedgehog building block of 512 GPUs",
        parameters: &opg("64"),
    },
    Preset {
        name: "mesh",
        summary: "Two or three leaves joined to each other, without spines",
        parameters: &[servers("16"), MESH_LEAVES],
    },
    Preset {
        name: "frontend-storage",
        summary: "No GPU fabric: a redundant frontend, and storage servers on a network of their own",
        parameters: &[servers("64"), STORAGE_SERVERS],
    },
    Preset {
        name: "rail-only",
        summary: "Rails without spines: each rail is a network of its own",
        parameters: &[servers("32"), redundancy("redundant")],
    },
];

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
    let chosen = Chosen { preset, values };
    plans::build(&chosen, id)
}

/// A preset with the values of its parameters.
struct Chosen<'a> {
    preset: &'static Preset,
    values: BTreeMap<&'static str, &'a str>,
}

impl Chosen<'_> {
    /// A parameter and its value, if the preset has it.
    fn text(&self, name: &str) -> Option<(Parameter, &str)> {
        let parameter = self.preset.parameters.iter().find(|p| p.name == name)?;
        Some((*parameter, self.values.get(parameter.name).copied().unwrap_or(parameter.default)))
    }

    /// A number within `least..=most`; 0 if the preset has no such parameter.
    fn number(&self, name: &str, least: u32, most: u32) -> Result<u32, PresetError> {
        let Some((parameter, text)) = self.text(name) else { return Ok(0) };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|n| digits && (least..=most).contains(n));
        number.ok_or_else(|| bad(parameter, text))
    }

    fn servers(&self) -> Result<u32, PresetError> {
        self.number("servers", 1, Limits::SERVERS)
    }

    /// One of the words of a choice; `fallback` if the preset has no such parameter.
    fn choice<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
        fallback: T,
    ) -> Result<T, PresetError> {
        let Some((parameter, text)) = self.text(name) else { return Ok(fallback) };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        found.ok_or_else(|| bad(parameter, text))
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
    use crate::plan::testing::plan_id;
    use crate::plan::{RailPacking, Redundancy};

    fn make(name: &str, set: &[(&str, &str)]) -> Result<Plan, PresetError> {
        let set: Vec<_> = set.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        build(name, &set, plan_id())
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
            ("torus", &[], "Known: rail-optimised, starter-64,"),
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
