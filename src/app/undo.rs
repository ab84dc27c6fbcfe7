//! Undo and redo of edits: earlier and later states of the plan, bounded by memory.

use crate::model::{PlanId, SpecPath};
use crate::plan::Plan;
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes of earlier and later states of the plan that are kept, at most, by estimate.
const UNDO_BYTES: usize = 256 * 1024 * 1024;

/// A state of the plan and about how many bytes it takes.
#[derive(Clone, Debug)]
struct Kept {
    plan: Arc<Plan>,
    bytes: usize,
}

impl Kept {
    fn new(plan: &Arc<Plan>) -> Self {
        Self { plan: Arc::clone(plan), bytes: bytes_of(plan) }
    }
}

/// About how many bytes a plan takes in memory: twice its length as JSON, where names of fields
/// stand for what lists, texts and the allocator need around them.
fn bytes_of(plan: &Plan) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, plan) {
        Ok(()) => size_of::<Plan>() + 2 * count.0,
        // Of a plan that is no tree nothing is known: it may be as large as all.
        Err(_) => UNDO_BYTES,
    }
}

/// The same plan under another id.
pub(super) fn with_id(plan: &Plan, id: PlanId) -> Arc<Plan> {
    let mut plan = plan.clone();
    plan.metadata.id = id;
    Arc::new(plan)
}

/// Earlier and later states of the plan, bounded by memory: beyond that the oldest go.
#[derive(Clone, Debug)]
pub(super) struct History {
    past: VecDeque<Kept>,
    future: Vec<Kept>,
    /// The field that is being typed in: its edits are one step.
    open: Option<SpecPath>,
    /// Bytes of all states, at most.
    most_bytes: usize,
}

impl Default for History {
    fn default() -> Self {
        Self::bounded(UNDO_BYTES)
    }
}

impl History {
    fn bounded(most_bytes: usize) -> Self {
        Self { past: VecDeque::new(), future: Vec::new(), open: None, most_bytes }
    }

    /// Remembers the state before an edit of a field.
    pub fn note(&mut self, before: &Arc<Plan>, path: &SpecPath) {
        self.future.clear();
        if self.open.as_ref() == Some(path) {
            return;
        }
        self.open = Some(path.clone());
        self.past.push_back(Kept::new(before));
        self.forget_oldest();
    }

    /// The last edit can always be taken back.
    fn forget_oldest(&mut self) {
        let mut bytes: usize = self.past.iter().chain(&self.future).map(|kept| kept.bytes).sum();
        while bytes > self.most_bytes && self.past.len() > 1 {
            bytes -= self.past.pop_front().map_or(0, |kept| kept.bytes);
        }
    }

    /// Ends the step of the field that was being typed in.
    pub fn close_step(&mut self) {
        self.open = None;
    }

    /// Something was done that is no state of the plan: what was taken back is not to come again.
    pub fn forget_later(&mut self) {
        self.future.clear();
    }

    /// The state before `now`.
    pub fn undo(&mut self, now: &Arc<Plan>) -> Option<Arc<Plan>> {
        self.open = None;
        let earlier = self.past.pop_back()?;
        self.future.push(Kept::new(now));
        Some(earlier.plan)
    }

    /// The state that was left by [`Self::undo`].
    pub fn redo(&mut self, now: &Arc<Plan>) -> Option<Arc<Plan>> {
        self.open = None;
        let later = self.future.pop()?;
        self.past.push_back(Kept::new(now));
        Some(later.plan)
    }

    /// What the newest earlier state has, of those that have it.
    pub fn newest<T>(&self, find: impl Fn(&Plan) -> Option<T>) -> Option<T> {
        self.past.iter().rev().find_map(|kept| find(&kept.plan))
    }

    /// States of the plan `before` are states of the plan `id` from now on.
    pub fn rename(&mut self, before: PlanId, id: PlanId) {
        self.open = None;
        let all = self.past.iter_mut().chain(&mut self.future);
        for kept in all.filter(|kept| kept.plan.metadata.id == before) {
            kept.plan = with_id(&kept.plan, id);
        }
    }

    /// True if there is an earlier state.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// True if there is a later state.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Metadata, Spec};

    fn plan(name: &str) -> Arc<Plan> {
        Arc::new(Plan {
            api_version: String::new(),
            metadata: Metadata {
                name: name.into(),
                id: PlanId(uuid::Uuid::nil()),
                labels: Default::default(),
                description: String::new(),
            },
            spec: Spec::default(),
            status: None,
        })
    }

    #[test]
    fn typing_in_one_field_is_one_step() {
        let (a, b, c) = (plan("a"), plan("b"), plan("c"));
        let (servers, rails) = (SpecPath::new("servers"), SpecPath::new("rails"));
        let mut history = History::default();
        history.note(&a, &servers);
        history.note(&b, &servers);
        history.note(&b, &rails);
        assert_eq!(history.undo(&c).as_ref(), Some(&b));
        assert_eq!(history.undo(&b).as_ref(), Some(&a));
        assert_eq!(history.undo(&a), None);
        assert_eq!(history.redo(&a).as_ref(), Some(&b));
        assert!(history.can_undo() && history.can_redo());
        history.note(&b, &servers);
        assert!(!history.can_redo(), "an edit forgets what was taken back");
    }

    #[test]
    fn leaving_a_field_ends_its_step_and_bytes_are_bounded() {
        let servers = SpecPath::new("servers");
        // Two states of which each takes a little more than the half hold one.
        let states: Vec<_> = (0..9).map(|n| plan(&n.to_string().repeat(1_000))).collect();
        let each = bytes_of(&states[0]);
        assert!((2_000..8_000).contains(&each), "{each}");
        for (room, expected) in [(0, 1), (each, 1), (2 * each - 1, 1), (3 * each, 3)] {
            let mut history = History::bounded(room);
            for state in &states {
                history.note(state, &servers);
                history.close_step();
            }
            let last = plan("last");
            let back: Vec<_> = std::iter::from_fn(|| history.undo(&last)).collect();
            let newest: Vec<_> = states.iter().rev().take(expected).cloned().collect();
            assert_eq!(back, newest, "in {room} bytes");
        }
    }

    #[test]
    fn what_an_earlier_state_had_is_found() {
        let mut history = History::default();
        for name in ["old", "", "new", ""] {
            history.note(&plan(name), &SpecPath::new("metadata.name"));
            history.close_step();
        }
        let named = |plan: &Plan| Some(plan.metadata.name.clone()).filter(|name| !name.is_empty());
        assert_eq!(history.newest(named).as_deref(), Some("new"));
    }
}
