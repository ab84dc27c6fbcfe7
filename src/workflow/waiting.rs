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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{ChangeSet, Purpose};
    use crate::evaluate::Digests;
    use crate::model::{Digest, DigestStream, PlanId};
    use crate::workflow::Scope;
    use std::sync::Arc;

    fn digest(text: &str) -> Digest {
        let mut stream = DigestStream::new("test");
        stream.text(text);
        stream.finish()
    }

    /// What the plan says, and what would change.
    fn digests(spec: &str, changes: &str) -> Digests {
        Digests { spec: digest(spec), changes: Some(digest(changes)), ..Digests::default() }
    }

    fn approval(of: Digests, scope: Option<Scope>) -> Approval {
        Approval {
            plan: PlanId(uuid::Uuid::nil()),
            target: TargetRef::default(),
            digests: of,
            by: "Ada".to_owned(),
            comment: String::new(),
            at: "2026-01-01T00:00:00Z".to_owned(),
            acknowledged: Default::default(),
            heddle: String::new(),
            scope,
        }
    }

    #[test]
    fn why_an_approval_does_not_cover_what_is_shown() {
        let evaluation = Evaluation {
            digests: digests("plan", "all"),
            changes: Some(Arc::new(ChangeSet::default())),
            ..Evaluation::default()
        };
        let destroy = || Some(Scope { purpose: Purpose::Destroy, ..Scope::default() });
        let part = || Some(Scope { parts: vec!["SU 1".to_owned()], ..Scope::default() });
        let all = || Some(Scope::default());
        let check = |spec: &str, changes: &str, scope, expected: Option<NotCovered>| {
            let approval = approval(digests(spec, changes), scope);
            assert_eq!(NotCovered::of(&approval, &evaluation), expected, "{spec} {changes}");
            let records = Records { approvals: vec![approval], runs: Vec::new() };
            let found = waiting(&evaluation, &records, &TargetRef::default());
            assert_eq!(found.map(|(_, why)| why), expected);
            let elsewhere = TargetRef { site: "dc2".to_owned(), ..TargetRef::default() };
            assert_eq!(waiting(&evaluation, &records, &elsewhere), None);
        };
        check("plan", "all", all(), None);
        check("plan", "some", destroy(), Some(NotCovered::OfAnother));
        check("plan", "some", part(), Some(NotCovered::OfAnother));
        check("plan", "some", all(), Some(NotCovered::Changed));
        // One of an older Heddle does not say.
        check("plan", "some", None, Some(NotCovered::Changed));
        for scope in [all(), part(), destroy(), None] {
            check("other plan", "some", scope, Some(NotCovered::Edited));
        }
    }

    /// Behind one that covers what is shown, another may wait.
    #[test]
    fn the_newest_that_does_not_cover_is_told() {
        let evaluation = Evaluation { digests: digests("plan", "all"), ..Evaluation::default() };
        let older = approval(digests("other", "a"), None);
        let newer = approval(digests("other", "b"), None);
        let covering = approval(evaluation.digests, None);
        let records = Records { approvals: vec![older, newer.clone(), covering], runs: Vec::new() };
        let found = waiting(&evaluation, &records, &TargetRef::default());
        assert_eq!(found, Some((&newer, NotCovered::Edited)));
    }
}
