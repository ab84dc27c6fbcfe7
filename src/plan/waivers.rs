//! Findings that somebody answers for: with a reason, a name and a last day.
//!
//! Only warnings can be waived. An error means that something cannot be built, and what needs an
//! acknowledgement needs it of whoever approves, each time.

use serde::{Deserialize, Serialize};

/// A warning that somebody answers for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The code of the finding.
    pub code: String,
    /// Where it may be: this place of the plan and all below it; anywhere if left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Why it is no harm.
    pub reason: String,
    /// Who answers for it.
    pub by: String,
    /// The last day on which it holds: `2026-12-31`.
    pub until: String,
}
