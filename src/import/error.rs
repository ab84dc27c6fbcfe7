//! What is wrong with a foreign plan: all of it at once, each with its place.

use crate::model::SpecPath;
use std::fmt;

/// The kind of an error, by the names that DIET's own intake uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportCode {
    /// A key that must be there is not.
    MissingRequired,
    /// A value is of another kind: a text for a number, a list for a map.
    InvalidType,
    /// A value is of the right kind and cannot be used.
    InvalidValue,
    /// A text does not have the form that it must have, or the file is no YAML.
    InvalidFormat,
    /// A word is none of the choices.
    InvalidEnum,
    /// A name that nothing in the file, or in the catalogue, has.
    UnknownReference,
    /// A key of an older form whose meaning is gone.
    DeprecatedKey,
    /// A key that the second version of the form does not allow.
    V2ForbiddenKey,
    /// A count that the file expects of itself is another.
    AssertionFailed,
}

impl ImportCode {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingRequired => "missing_required",
            Self::InvalidType => "invalid_type",
            Self::InvalidValue => "invalid_value",
            Self::InvalidFormat => "invalid_format",
            Self::InvalidEnum => "invalid_enum",
            Self::UnknownReference => "unknown_reference",
            Self::DeprecatedKey => "deprecated_key",
            Self::V2ForbiddenKey => "v2_forbidden_key",
            Self::AssertionFailed => "assertion_failed",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// What kind of thing.
    pub code: ImportCode,
    /// Where: `switch_port_zones[3].breakout_option`; empty for the whole file.
    pub path: SpecPath,
    /// The line, from 1, where it is known.
    pub line: Option<u64>,
    /// The value, cut short if long; empty if there is none.
    pub value: String,
    /// What is the matter, without a full stop.
    pub cause: String,
    /// What to do, in a sentence.
    pub hint: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "error[{}]", self.code.name())?;
        if !self.path.as_str().is_empty() {
            write!(f, " {}", self.path)?;
        }
        if !self.value.is_empty() {
            write!(f, " = {}", self.value)?;
        }
        write!(f, ": {}. {}", self.cause, self.hint)
    }
}

/// Everything that is wrong, in the order of the file as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportErrors {
    /// The errors, at least one and at most [`ImportErrors::MOST`].
    pub errors: Vec<ImportError>,
    /// How many more there are.
    pub more: usize,
}

impl ImportErrors {
    /// The most errors that are kept.
    pub const MOST: usize = 100;
}

impl fmt::Display for ImportErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, error) in self.errors.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        if self.more > 0 {
            write!(f, "\n… and {} more errors", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}
