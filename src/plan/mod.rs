//! The plan document: types, bytes, versions, presets.
//!
//! A plan is metadata, a **spec** (the architect's alone) and a **status** (the program's summary
//! as of the last save, never an input). [`spec`] has the types.

pub mod spec;

pub use spec::*;
