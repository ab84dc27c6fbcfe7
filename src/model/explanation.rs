//! "Why this number?": how a computed number came about.

use super::SpecPath;
use serde::{Deserialize, Serialize};

/// The rule, the inputs and the result behind one computed number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What is explained, e.g. `be-leaf.quantity`. Computed numbers have paths of their own:
    /// the id of the class, then the name of the number.
    pub subject: SpecPath,
    /// The place in the spec that decides it most, for "go to".
    pub path: SpecPath,
    /// The name of the number for people, e.g. `Backend leaves`.
    pub label: String,
    /// The result, e.g. `16`.
    pub result: String,
    /// The rule in a sentence.
    pub rule: String,
    /// The inputs by name, e.g. (`servers per scalable unit`, `64`).
    pub inputs: Vec<(String, String)>,
    /// The next best answer and why it was not taken, where there is one.
    pub rejected: Option<String>,
}

/// The input that says what a ratio is for what is there now.
pub const INSTALLED: &str = "installed";

impl Explanation {
    /// What a ratio is for the servers that are there, where that is another.
    pub fn installed(&self) -> Option<&str> {
        let input = self.inputs.iter().find(|(name, _)| name == INSTALLED);
        input.map(|(_, now)| now.as_str()).filter(|now| *now != self.result)
    }
}
