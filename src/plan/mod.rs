//! The plan document: types, bytes, versions, presets.
//!
//! A plan is metadata, a **spec** (the architect's alone) and a **status** (the program's summary
//! as of the last save, never an input). [`spec`] has the types; [`read`] and [`write`] turn them
//! from and into RON, with the line of every path; [`apply_edit`] changes one field by its path;
//! [`spec_digest`] is what an approval binds to; [`preset`] starts new plans.

mod carried;
mod classes;
mod cluster;
mod document;
mod edit;
mod external;
mod lines;
mod order;
pub mod preset;
mod racks;
mod rename;
mod rows;
pub mod spec;
mod target;
#[cfg(test)]
pub(crate) mod testing;
mod waivers;

pub use carried::carry_models;
pub use classes::*;
pub use cluster::*;
pub use document::{Document, LoadError, read, write};
pub use edit::{EditError, apply_edit, apply_edits, spec_digest, tree_of};
pub use external::*;
pub use order::document_order;
pub use racks::{RackPlace, Racks};
pub use rename::rename;
pub use rows::{RowEdit, edit_rows, rows_from_text, rows_of, rows_to_text};
pub use spec::*;
pub use target::*;
pub use waivers::Waiver;
