//! Desired × snapshot → change set: what would be added, modified and deleted, and why.

mod change_set;
mod compute;
mod places;
mod racks;
mod text;

pub use change_set::{
    Addition, ChangeSet, Counts, Deletion, FieldChange, Modification, Reason, Waiting,
};
pub use compute::compute;
pub use text::{summary, text};
