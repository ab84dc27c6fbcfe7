//! Plans of other tools, read into plans of Heddle.
//!
//! Pure: a text goes in; a plan with notes on what could not be taken over comes out, or every
//! error that was found, each with its code, place, value and remedy. The reader of one tool never
//! guesses in silence: what it cannot say in Heddle's words becomes a note or an error.

pub mod diet;
mod error;
mod fields;
mod ids;

pub use error::{ImportCode, ImportError, ImportErrors};
