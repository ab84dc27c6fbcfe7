//! A place in a plan, as people write it: `spec.cluster.backend.rails`,
//! `spec.switch_classes[2].zones[0].ports`.
//!
//! A path is text with two rules: fields are joined by dots, list items stand in brackets by
//! their position. The loader knows the line of every path, the window the field of every path,
//! and an [`Edit`](super::Edit) names what it changes by one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A place in a plan. Compares as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpecPath(String);

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A named field.
    Field(&'a str),
    /// The n-th item of a list, from 0.
    Index(usize),
}

impl SpecPath {
    /// A path from its text, e.g. `spec.cluster.servers`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same place, one field deeper.
    pub fn field(&self, name: &str) -> Self {
        if self.0.is_empty() { Self(name.to_owned()) } else { Self(format!("{}.{name}", self.0)) }
    }

    /// The same place, at the n-th item (from 0).
    pub fn index(&self, n: usize) -> Self {
        Self(format!("{}[{n}]", self.0))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The place that holds this one, if it is not the whole plan.
    pub fn parent(&self) -> Option<Self> {
        let cut = self.0.rfind(['.', '['])?;
        self.0.get(..cut).map(Self::new)
    }

    /// True if `other` is this place or lies inside it.
    pub fn contains(&self, other: &SpecPath) -> bool {
        match other.0.strip_prefix(&self.0) {
            Some(rest) => rest.is_empty() || rest.starts_with(['.', '[']) || self.0.is_empty(),
            None => false,
        }
    }

    /// The steps from the plan to this place. Text that is no path gives no steps.
    pub fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        for part in self.0.split('.').filter(|part| !part.is_empty()) {
            let (name, indices) = part.split_once('[').unwrap_or((part, ""));
            if !name.is_empty() {
                steps.push(Step::Field(name));
            }
            for index in indices.split('[') {
                if let Ok(n) = index.trim_end_matches(']').parse() {
                    steps.push(Step::Index(n));
                }
            }
        }
        steps
    }
}

impl fmt::Display for SpecPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_steps() {
        let path = SpecPath::new("spec.switch_classes").index(2).field("zones").index(0);
        assert_eq!(path.as_str(), "spec.switch_classes[2].zones[0]");
        assert_eq!(
            path.steps(),
            [
                Step::Field("spec"),
                Step::Field("switch_classes"),
                Step::Index(2),
                Step::Field("zones"),
                Step::Index(0)
            ]
        );
        assert_eq!(
            path.parent().map(|p| p.to_string()).as_deref(),
            Some("spec.switch_classes[2].zones")
        );
    }

    #[test]
    fn a_place_contains_itself_and_what_lies_inside() {
        let outer = SpecPath::new("spec.cluster");
        assert!(outer.contains(&outer));
        assert!(outer.contains(&SpecPath::new("spec.cluster.servers")));
        assert!(!outer.contains(&SpecPath::new("spec.clusters")));
        assert!(SpecPath::default().contains(&outer));
    }
}
