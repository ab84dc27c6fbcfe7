//! Makes an inventory what was approved. The only room that changes anything outside.
//!
//! [`apply`] takes an approved change set and nothing else. First everything the set touches is
//! read and compared with what was approved; while anything differs, nothing is written. Then
//! `steps` are written in batches. Before each batch its objects are read again: one that is
//! already as wanted is skipped, one that is as approved is written, anything else stops the run.
//! At the end everything is read once more. So a run that was stopped or killed anywhere is
//! resumed by applying the same set again; the journal is proof, not memory.

mod compare;
mod estimate;
mod inspect;
mod order;
mod steps;

pub use estimate::{Estimate, estimate};

use crate::diff::{ChangeSet, Counts};
use crate::inventory::{Inventory, InventoryError, ObjectId};
use crate::model::{Cancelled, Progress};
use crate::workflow::Approved;
use inspect::{Inspector, Stage, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use steps::Item;

/// Where a run writes down what it did.
pub trait Journal {
    /// The id of the run.
    fn run_id(&self) -> &str;

    /// Adds an entry, durably before it returns.
    ///
    /// # Errors
    /// The entry could not be kept; the run then stops.
    fn note(&mut self, entry: &Entry) -> Result<(), ApplyError>;
}

/// What a run writes down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// The run begins, or goes on after a stop.
    Begin {
        /// The version of Heddle.
        heddle: String,
        /// Objects and prerequisites in all steps.
        total: u64,
    },
    /// A batch was written, or found to be as wanted.
    BatchDone {
        /// What the step does.
        step: String,
        /// Ids of the objects written; 0 for prerequisites.
        ids: Vec<ObjectId>,
        /// Objects that were already as wanted.
        skipped: u64,
    },
    /// The run ends.
    End {
        /// How.
        ending: Ending,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Everything was written and read back.
    Done,
    /// It stopped.
    Failed {
        /// Why.
        cause: String,
    },
    /// Somebody stopped it.
    Cancelled,
}

/// What a run did. Prerequisites are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Objects written.
    pub written: Counts,
    /// Objects that were already as wanted.
    pub skipped: Counts,
}

/// Why a run stopped. What was written before stays; applying the same set again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Something is not as it was approved.
    #[error("{object} is not what was approved. Approved: {approved}. Found: {found}. {remedy}")]
    Changed { object: String, approved: String, found: String, remedy: String },
    /// Something was written and is not there when it is read back.
    #[error(
        "{object} was written and is not as wanted. Wanted: {wanted}. Found: {found}. {remedy}"
    )]
    NotAsWritten { object: String, wanted: String, found: String, remedy: String },
    /// The inventory could not be read or written.
    #[error(transparent)]
    Inventory(InventoryError),
    /// The journal could not be kept.
    #[error("the journal of the run cannot be kept: {cause}")]
    Journal { cause: String },
    /// Somebody stopped the run.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<InventoryError> for ApplyError {
    fn from(error: InventoryError) -> Self {
        match error {
            InventoryError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Inventory(error),
        }
    }
}

/// Applies an approved change set, or goes on with one that was stopped.
///
/// # Errors
/// See [`ApplyError`]. Before the first write the inventory is untouched.
pub fn apply(
    approved: &Approved<Arc<ChangeSet>>,
    inventory: &mut dyn Inventory,
    journal: &mut dyn Journal,
    progress: &Progress,
) -> Result<Report, ApplyError> {
    run(approved.get(), inventory, journal, progress)
}

fn run(
    changes: &ChangeSet,
    inventory: &mut dyn Inventory,
    journal: &mut dyn Journal,
    progress: &Progress,
) -> Result<Report, ApplyError> {
    let result = write_and_verify(changes, inventory, journal, progress);
    let ending = match &result {
        Ok(_) => Ending::Done,
        Err(ApplyError::Cancelled(_)) => Ending::Cancelled,
        Err(error) => Ending::Failed { cause: error.to_string() },
    };
    let noted = journal.note(&Entry::End { ending });
    // The first error is the one to tell.
    let report = result?;
    noted?;
    Ok(report)
}

fn write_and_verify(
    changes: &ChangeSet,
    inventory: &mut dyn Inventory,
    journal: &mut dyn Journal,
    progress: &Progress,
) -> Result<Report, ApplyError> {
    let mut inspector = Inspector::new(changes, inventory)?;
    let wanted = inspector.wanted_ends()?;
    let steps = steps::steps(changes, &|n| wanted.get(&n).copied().unwrap_or_default());
    let total = steps.iter().map(|step| step.items.len() as u64).sum();
    progress.set_total(total);
    journal.note(&Entry::Begin { heddle: env!("CARGO_PKG_VERSION").to_owned(), total })?;

    for step in &steps {
        for items in step.items.chunks(step.batch) {
            progress.check()?;
            inspector.inspect(items, Stage::Before)?;
        }
    }
    if let Some(plan) = changes.desired.plan {
        inspector.begin_run(plan, journal.run_id())?;
    }
    let mut report = Report::default();
    for step in &steps {
        for items in step.items.chunks(step.batch) {
            progress.check()?;
            let mut writes = Vec::new();
            let mut skipped = 0;
            for (item, state) in items.iter().zip(inspector.inspect(items, Stage::Now)?) {
                let counts = match state {
                    State::Write(write) => {
                        writes.push(write);
                        &mut report.written
                    }
                    State::Done | State::Later => {
                        skipped += 1;
                        &mut report.skipped
                    }
                };
                match *item {
                    Item::Ensure(_) | Item::SetNameAside(_) | Item::SetCableAside(_) => {}
                    Item::Delete(n) => {
                        changes
                            .deletions
                            .get(n)
                            .into_iter()
                            .for_each(|d| counts.count(d.old.kind()));
                    }
                    Item::Modify(n) | Item::Recreate(n) => changes
                        .modifications
                        .get(n)
                        .into_iter()
                        .for_each(|m| counts.count(m.old.kind())),
                    Item::Add(addition) => counts.count(addition.kind()),
                }
            }
            let ids = if writes.is_empty() { Vec::new() } else { inspector.write(&writes)? };
            journal.note(&Entry::BatchDone { step: step.name.to_owned(), ids, skipped })?;
            progress.add(items.len() as u64);
        }
    }
    inspector.forget();
    for step in &steps {
        for items in step.items.chunks(step.batch) {
            progress.check()?;
            inspector.inspect(items, Stage::After)?;
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests;
