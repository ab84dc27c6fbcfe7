//! Desired × snapshot × baseline → change set: what would be added, modified and deleted, and why;
//! what drifted since it was applied; parts of a change set, and the way back from one.

mod change_set;
mod compute;
mod drift;
mod places;
mod racks;
mod rules;
mod select;
mod text;
mod undo;

pub use change_set::{
    Addition, ChangeSet, Counts, Deletion, FieldChange, LeftOut, Modification, Purpose, Reason,
    Waiting,
};
pub use compute::compute;
pub use drift::{Baseline, Drift, Drifted, DriftedField, Gone, RunHistory};
pub use rules::Rules;
pub use select::{Part, select};
pub use undo::Undo;

pub(crate) use change_set::{addition_key, addition_name};
pub(crate) use drift::drift;
pub(crate) use racks::find_taken_units;
pub use text::{drift_summary, drift_text, summary, text, text_unless_stopped};
