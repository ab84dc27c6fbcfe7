//! Approvals that have not served, and whether they can still: the newest of them may be for a part
//! or a review that is not open any more.
//!
//! Whether an approval holds is told by its digests alone; why it does not is told as far as it can
//! be: by the spec, then by what it was given for. Limits: an approval of an older Heddle does not
//! say what it was given for.

use super::{Approval, Records};
use crate::evaluate::Evaluation;
use crate::inventory::TargetRef;

/// Why an approval that has not served does not cover the present changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCovered {
    /// It was given for something else: another part of the changes, or another purpose. It holds.
    OfAnother,
    /// The plan was edited since. It holds again once the edit is taken back.
    Edited,
    /// The plan is the same, and what would change is not: the inventory is otherwise by now.
    Changed,
}

impl NotCovered {
    /// Why an approval does not cover the changes of an evaluation; `None` if it does.
    pub fn of(approval: &Approval, evaluation: &Evaluation) -> Option<Self> {
        if approval.digests == evaluation.digests {
            return None;
        }
        if approval.digests.spec != evaluation.digests.spec {
            return Some(Self::Edited);
        }
        let is_of_another = approval.scope.as_ref().zip(evaluation.changes.as_ref()).is_some_and(
            |(scope, changes)| scope.purpose != changes.purpose || scope.parts != changes.selection,
        );
        Some(if is_of_another { Self::OfAnother } else { Self::Changed })
    }
}

/// The newest approval against a target that has not served and does not cover the present changes,
/// of those that came after the last run.
pub fn waiting<'r>(
    evaluation: &Evaluation,
    records: &'r Records,
    target: &TargetRef,
) -> Option<(&'r Approval, NotCovered)> {
    let since = records.newest_begun(target).map_or(0, |run| run.approvals_before);
    let unused = records.approvals.iter().skip(since).rev();
    let mut unused = unused
        .filter(|approval| approval.target == *target && !records.is_used(approval))
        .filter_map(|approval| Some((approval, NotCovered::of(approval, evaluation)?)));
    unused.next()
}
