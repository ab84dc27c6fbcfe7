//! The way back from a run: what the target had before, and the changes that lead there.
//!
//! What was there before a run is what the last complete run before it had applied, with what
//! others had written on objects that the run deleted. Only keys that the run touched are looked
//! at, so nothing else moves. Limits: a value that had drifted before the run overwrote it is not
//! brought back, only what had been applied; ids of objects that are made again are new, and
//! interfaces that their device type brings come back bare.

use super::{ChangeSet, LeftOut, Purpose, Reason, addition_key};
use crate::inventory::{Desired, Field, Kept};
use crate::plan::Moved;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is needed to undo a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The id of the run.
    pub run: String,
    /// What the target had before.
    pub before: Arc<Desired>,
    /// Keys that the run touched.
    pub touched: BTreeSet<String>,
    /// What the run renamed, the other way round.
    pub moved: Vec<Moved>,
}

/// The moves that take renamed keys back.
fn moved_back(changes: &ChangeSet) -> Vec<Moved> {
    let mut moves = BTreeSet::new();
    let renamed = changes.modifications.iter().flat_map(|m| &m.fields);
    for change in renamed.filter(|change| change.field == Field::Key) {
        let parts = |key: &str| -> Vec<String> { key.splitn(4, '/').map(str::to_owned).collect() };
        let head = |slot: &str| slot.split('/').next().unwrap_or_default().to_owned();
        match (parts(&change.old).as_slice(), parts(&change.new).as_slice()) {
            ([_, class, number], [_, new_class, new_number]) => {
                moves.insert((format!("{new_class}/{new_number}"), format!("{class}/{number}")));
            }
            ([_, class, _, slot], [_, _, _, new_slot]) if head(slot) != head(new_slot) => {
                let of = |slot: &str| format!("{class}/*/{}", head(slot));
                moves.insert((of(new_slot), of(slot)));
            }
            _ => {}
        }
    }
    moves.into_iter().map(|(from, to)| Moved { from, to }).collect()
}

impl ChangeSet {
    /// What others had written on cables whose ends it moves, by the key from before or by the new
    /// one. A run may take such a cable away before it puts it back; where it stopped in between,
    /// this is all that is left of it.
    pub fn set_aside(&self, by_former_key: bool) -> impl Iterator<Item = (String, Kept)> {
        let moves = self.modifications.iter().filter(|m| m.ends.is_some());
        moves.map(move |m| {
            let renamed = m.fields.iter().find(|f| f.field == Field::Key && by_former_key);
            let key = renamed.map_or_else(|| m.key.clone(), |change| change.old.clone());
            (key, Kept::of(&m.old))
        })
    }

    /// Keys of all its objects; of one that was moved also the one before.
    pub fn touched(&self) -> BTreeSet<String> {
        let added = self.additions.iter().map(|a| addition_key(&self.desired, *a));
        let modified = self.modifications.iter().flat_map(|m| {
            let renamed = m.fields.iter().filter(|f| f.field == Field::Key);
            renamed.map(|f| f.old.clone()).chain([m.key.clone()]).collect::<Vec<_>>()
        });
        let deleted = self.deletions.iter().map(|d| d.key.clone());
        added.chain(modified).chain(deleted).collect()
    }
}

impl Undo {
    /// What is needed to undo the run of a change set. `before` is what had been applied before
    /// it; `None` if nothing had.
    pub fn of(run: &str, changes: &ChangeSet, before: Option<&Desired>) -> Self {
        let mut desired = before.cloned().unwrap_or_else(|| Desired {
            plan: changes.desired.plan,
            site: changes.desired.site.clone(),
            ..Desired::default()
        });
        let deleted = changes.deletions.iter().map(|d| (d.key.clone(), Kept::of(&d.old)));
        desired.kept = deleted.chain(changes.set_aside(true)).collect();
        Self {
            run: run.to_owned(),
            before: Arc::new(desired),
            touched: changes.touched(),
            moved: moved_back(changes),
        }
    }

    /// Leaves in a change set towards `before` only what the run touched.
    pub(crate) fn limit(&self, changes: &mut ChangeSet) {
        let mut left_out = LeftOut::default();
        let desired = Arc::clone(&changes.desired);
        changes.additions.retain(|addition| {
            let stays = self.touched.contains(&addition_key(&desired, *addition));
            if !stays {
                left_out.desired.push(*addition);
            }
            stays
        });
        changes.modifications.retain(|m| {
            let stays = self.touched.contains(&m.key);
            if !stays {
                left_out.desired.push(m.desired);
            }
            stays
        });
        changes.deletions.retain(|d| {
            let stays = self.touched.contains(&d.key);
            if !stays {
                left_out.deletions.push(d.key.clone());
            }
            stays
        });
        changes.deletions.iter_mut().for_each(|d| d.reason = Reason::Undone);
        changes.modifications.iter_mut().for_each(|m| m.reason = Reason::Undone);
        changes.purpose = Purpose::Undo { run: self.run.clone() };
        changes.left_out = left_out;
    }
}
