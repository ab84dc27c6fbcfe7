//! Heddle plans data-centre fabrics: a short spec becomes a complete cabling plan, seen as a
//! topology, held against an inventory as a diff, approved, and applied.
//!
//! `docs/architecture.md` has the rooms, how things flow through them, and why.

pub mod app;
pub mod apply;
pub mod catalog;
pub mod checks;
pub mod cli;
pub mod compare;
pub mod diff;
pub mod evaluate;
pub mod export;
pub mod fabric;
pub mod import;
pub mod inventory;
pub mod model;
pub mod plan;
pub mod scene;
pub mod session;
pub mod store;
pub mod workflow;
