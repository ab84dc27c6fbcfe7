//! What has left the state that was last applied, and what of it a change would overwrite.
//!
//! Three states are held together: what was applied (the baseline), what the target has, and what
//! the plan wants now. The baseline against the target is the drift; where a change set would set
//! the same field, the change says what had been applied, and what else drifted is listed apart.
//! Limits: nothing is known of objects that a later run touched and did not finish with.

use super::compute::compute;
use super::rules::Rules;
use super::{Addition, ChangeSet, Counts, Reason, addition_key, addition_name};
use crate::inventory::{Desired, Field, Kept, Kind, ObjectId, Snapshot};
use crate::model::{Cancelled, Progress};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was last applied to a target, as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The id of the run.
    pub run: String,
    /// When it began: RFC 3339, UTC.
    pub at: String,
    /// What the target had at its end.
    pub desired: Arc<Desired>,
    /// Keys of objects that later runs touched, in part or without an end.
    pub unsettled: BTreeSet<String>,
}

/// What is on record of a plan and a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunHistory {
    /// What was last applied as a whole.
    pub baseline: Option<Baseline>,
    /// Ids of all runs.
    pub runs: BTreeSet<String>,
    /// What others had written on cables that a run which stopped may have taken away and not put
    /// back, by key.
    pub set_aside: BTreeMap<String, Kept>,
}

/// A field that is not as it was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftedField {
    /// The field.
    pub field: Field,
    /// What was applied.
    pub applied: String,
    /// What the target has.
    pub found: String,
    /// True if the present change set sets it, or deletes the object.
    pub overwritten: bool,
}

/// An object with fields that are not as they were applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifted {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: ObjectId,
    /// Its key.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// The fields.
    pub fields: Vec<DriftedField>,
}

/// An object that was applied and is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// What it was, as a part of [`Drift::applied`].
    pub what: Addition,
    /// True if the present change set makes it again.
    pub made_again: bool,
}

/// What has left the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// The run that the target is held against.
    pub run: String,
    /// When it began.
    pub at: String,
    /// Objects with fields that changed.
    pub changed: Vec<Drifted>,
    /// Objects that are gone.
    pub gone: Vec<Gone>,
    /// What was applied.
    pub applied: Arc<Desired>,
    /// Fields that differ and are left alone, as the spec says.
    pub ignored: u64,
    /// Objects that differ and of which nothing is known.
    pub unsettled: u64,
}

impl Drifted {
    /// The fields that no change of the present change set takes up.
    pub fn left(&self) -> impl Iterator<Item = &DriftedField> {
        self.fields.iter().filter(|field| !field.overwritten)
    }
}

impl Drift {
    /// True if the target is as it was left.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.gone.is_empty()
    }

    /// Objects that drifted, by kind.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.changed.iter().for_each(|drifted| counts.count(drifted.kind));
        self.gone.iter().for_each(|gone| counts.count(gone.what.kind()));
        counts
    }

    /// Objects that drifted and that the present change set sets right, in every field.
    pub fn overwritten(&self) -> u64 {
        let changed = self.changed.iter().filter(|drifted| drifted.left().next().is_none());
        let again = self.gone.iter().filter(|gone| gone.made_again);
        changed.count() as u64 + again.count() as u64
    }

    /// Key and name of something that is gone.
    pub fn gone_name(&self, gone: Gone) -> (String, String) {
        (addition_key(&self.applied, gone.what), addition_name(&self.applied, gone.what))
    }
}

/// Holds a target against what was last applied to it, and writes into `changes` what of it they
/// would overwrite.
pub(crate) fn drift(
    baseline: &Baseline,
    rules: &Rules,
    snapshot: &Snapshot,
    changes: Option<&mut ChangeSet>,
    progress: &Progress,
) -> Result<Drift, Cancelled> {
    // What was moved since is known there under its old keys.
    let rules = Rules { moved: &[], ..*rules };
    // An unedited plan differs from the target in just what drifted.
    let same = changes.as_deref().filter(|changes| {
        changes.is_everything()
            && changes.desired.racking.is_none()
            && changes.desired == baseline.desired
            && changes.modifications.iter().all(|m| m.reason == Reason::FieldDiffers)
    });
    let computed;
    let left = match same {
        Some(changes) => changes,
        None => {
            computed = compute(&baseline.desired, &rules, snapshot, &mut Vec::new(), progress)?;
            &computed
        }
    };
    let mut drift = Drift {
        run: baseline.run.clone(),
        at: baseline.at.clone(),
        applied: Arc::clone(&baseline.desired),
        ignored: left.ignored,
        ..Drift::default()
    };
    let settled = |key: &str| baseline.unsettled.is_empty() || !baseline.unsettled.contains(key);
    for m in &left.modifications {
        if !settled(&m.key) {
            drift.unsettled += 1;
            continue;
        }
        let fields = m.fields.iter().map(|change| DriftedField {
            field: change.field,
            applied: change.new.clone(),
            found: change.old.clone(),
            overwritten: false,
        });
        drift.changed.push(Drifted {
            kind: m.old.kind(),
            id: m.old.id(),
            key: m.key.clone(),
            name: m.name.clone(),
            fields: fields.collect(),
        });
    }
    for addition in &left.additions {
        if !baseline.unsettled.is_empty() && !settled(&addition_key(&baseline.desired, *addition)) {
            drift.unsettled += 1;
            continue;
        }
        drift.gone.push(Gone { what: *addition, made_again: false });
    }
    let unedited = same.is_some();
    if let Some(changes) = changes {
        tell(&mut drift, changes, unedited);
    }
    Ok(drift)
}

/// Writes into changes what had been applied, and into the drift what they overwrite.
fn tell(drift: &mut Drift, changes: &mut ChangeSet, unedited: bool) {
    let mut by_id: BTreeMap<(Kind, ObjectId), &mut Drifted> =
        drift.changed.iter_mut().map(|drifted| ((drifted.kind, drifted.id), drifted)).collect();
    for m in &mut changes.modifications {
        let Some(drifted) = by_id.get_mut(&(m.old.kind(), m.old.id())) else { continue };
        for change in &mut m.fields {
            let field = drifted.fields.iter_mut().find(|field| field.field == change.field);
            if let Some(field) = field {
                field.overwritten = true;
                change.applied = Some(field.applied.clone());
            }
        }
        if m.fields.iter().all(|change| change.applied.as_deref() == Some(change.new.as_str())) {
            m.reason = Reason::Drifted;
        }
    }
    // The ids were of the target, so what goes with the object is not left.
    for deletion in &changes.deletions {
        if let Some(drifted) = by_id.get_mut(&(deletion.old.kind(), deletion.old.id())) {
            drifted.fields.iter_mut().for_each(|field| field.overwritten = true);
        }
    }
    if drift.gone.is_empty() {
        return;
    }
    // Of an unedited plan the numbers are the same; of another only the keys are.
    let name = |desired: &Desired, what: Addition| match unedited {
        true => Err(what),
        false => Ok(addition_key(desired, what)),
    };
    let gone: BTreeSet<_> = drift.gone.iter().map(|gone| name(&drift.applied, gone.what)).collect();
    let is_gone = |what: &Addition| gone.contains(&name(&changes.desired, *what));
    changes.regained = changes.additions.iter().copied().filter(is_gone).collect();
    let again: BTreeSet<_> =
        changes.regained.iter().map(|what| name(&changes.desired, *what)).collect();
    for gone in &mut drift.gone {
        gone.made_again = again.contains(&name(&drift.applied, gone.what));
    }
}
