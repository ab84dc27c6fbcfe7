//! The types of a plan document, as they stand in its RON file.
//!
//! Two levels describe a fabric. A [`Cluster`] is short and expands into primitives; the
//! primitives ([`SwitchClass`], [`ServerClass`]) may also be written by hand, and both may stand
//! side by side as long as their ids differ. Field order here is the order in the file. Unknown
//! fields are refused; a field with a default may be left out.

use super::{
    Cluster, ExternalClass, Moved, Naming, Pin, Racks, ServerClass, SwitchClass, Target, Waiver,
};
use crate::catalog::Models;
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
    /// Models that the catalogue does not have, copied in so that the plan stands alone.
    #[serde(default, skip_serializing_if = "Models::is_empty")]
    pub models: Models,
    /// A cluster that expands into classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// Switches written by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub switch_classes: Vec<SwitchClass>,
    /// Servers written by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_classes: Vec<ServerClass>,
    /// Devices of others with ports that this plan may cable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<ExternalClass>,
    /// How devices are called, where that is not the default.
    #[serde(default, skip_serializing_if = "Naming::is_default")]
    pub naming: Naming,
    /// Ends that must be cabled to a given port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
    /// Where the devices stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub racks: Option<Racks>,
    /// What objects were called before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    /// Warnings that somebody answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// True for a slug as inventories take it: 1 to 100 letters, digits, dashes and underscores.
pub fn is_slug(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.chars().all(is_slug_char)
}

/// True for what a slug is made of.
pub fn is_slug_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
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
    /// Conditions against the target it was last held against: `"InSync": "false: Changes"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, String>,
}
