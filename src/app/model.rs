//! What the window shows: plain data, changed only where actions are drained.

use super::changes::ChangeTree;
use crate::catalog::Catalog;
use crate::fabric::Fabric;
use crate::model::{Finding, Progress, SpecPath};
use crate::plan::Plan;
use crate::session::{Answer, Target};
use crate::store::Settings;
use crate::workflow::PhaseReport;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Edits that can be taken back, at most.
const UNDO_STEPS: usize = 500;

/// What is selected, by identity: it outlives an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Selection {
    /// Nothing.
    #[default]
    None,
    /// A device of the plan.
    Device {
        /// The id of its class.
        class: String,
        /// Its number in the class.
        number: u32,
    },
    /// A link of the plan, by its index: forgotten when the plan changes.
    Link(u32),
    /// Something that the plan has no longer, by its key.
    Removed(String),
}

impl Selection {
    /// The selection of a device by its index.
    pub fn device(fabric: &Fabric, index: u32) -> Self {
        match (fabric.class_of(index), fabric.devices.get(index as usize)) {
            (Some(class), Some(device)) => {
                Self::Device { class: class.id.clone(), number: device.number }
            }
            _ => Self::None,
        }
    }

    /// The index of the selected device.
    pub fn device_index(&self, fabric: &Fabric) -> Option<u32> {
        let Self::Device { class, number } = self else { return None };
        let class = fabric.class(class)?;
        let offset = number.checked_sub(1)?;
        (offset < class.count).then(|| class.first_device + offset)
    }
}

/// What to do once a plan is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing more.
    Stay,
    /// Start a new plan from a preset.
    New(&'static str),
    /// Ask for a file and open it.
    Open,
    /// Open this file.
    OpenPath(PathBuf),
    /// Close the window.
    Quit,
    /// Ask for an approval.
    Approve,
}

/// A question that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dialog {
    /// Who approves, and why?
    Approve {
        /// The name.
        by: String,
        /// The comment.
        comment: String,
    },
    /// Save the edits first?
    Unsaved(Next),
    /// Save, and lose the comments of the file?
    Comments(Next),
}

/// Work under way.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// What, e.g. `Applying`.
    pub what: &'static str,
    /// How far.
    pub progress: Progress,
    /// Since when.
    pub begun: Instant,
    /// True if it can be stopped.
    pub can_cancel: bool,
}

/// A sentence about something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// True if something went wrong.
    pub is_error: bool,
    /// The sentence.
    pub text: String,
}

/// Earlier and later states of the plan.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    past: Vec<Arc<Plan>>,
    future: Vec<Arc<Plan>>,
    /// The field that is being typed in: its edits are one step.
    open: Option<SpecPath>,
}

impl History {
    /// Remembers the state before an edit of a field.
    pub fn note(&mut self, before: &Arc<Plan>, path: &SpecPath) {
        self.future.clear();
        if self.open.as_ref() == Some(path) {
            return;
        }
        self.open = Some(path.clone());
        self.past.push(Arc::clone(before));
        if self.past.len() > UNDO_STEPS {
            self.past.remove(0);
        }
    }

    /// Ends the step of the field that was being typed in.
    pub fn close_step(&mut self) {
        self.open = None;
    }

    /// The state before `now`.
    pub fn undo(&mut self, now: &Arc<Plan>) -> Option<Arc<Plan>> {
        self.open = None;
        let earlier = self.past.pop()?;
        self.future.push(Arc::clone(now));
        Some(earlier)
    }

    /// The state that was left by [`Self::undo`].
    pub fn redo(&mut self, now: &Arc<Plan>) -> Option<Arc<Plan>> {
        self.open = None;
        let later = self.future.pop()?;
        self.past.push(Arc::clone(now));
        Some(later)
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

/// Everything that is drawn.
pub(super) struct Model {
    /// The models to choose from.
    pub catalog: Arc<Catalog>,
    /// The plan as it is now.
    pub plan: Arc<Plan>,
    /// Its file.
    pub path: Option<PathBuf>,
    /// The plan as it is in its file.
    pub saved: Option<Arc<Plan>>,
    /// True if the file has comments that a save would lose.
    pub comments_at_risk: bool,
    /// Earlier and later states.
    pub history: History,
    /// Counts states of the plan.
    pub revision: u64,
    /// The newest answer.
    pub answer: Option<Answer>,
    /// What the plan is held against.
    pub target: Target,
    /// What is selected.
    pub selection: Selection,
    /// The changes as a tree.
    pub tree: ChangeTree,
    /// Groups of the tree that are open.
    pub open_groups: BTreeSet<String>,
    /// Only changes with this in their name are shown.
    pub filter: String,
    /// True once the filter is to have the keyboard.
    pub focus_filter: bool,
    /// The question that waits.
    pub dialog: Option<Dialog>,
    /// Work under way.
    pub running: Option<Running>,
    /// What happened last.
    pub notice: Option<Notice>,
    /// What is remembered between starts.
    pub settings: Settings,
}

impl Model {
    /// True if the file is not as the plan is. The status is the program's, not an edit.
    pub fn is_edited(&self) -> bool {
        self.saved.as_ref().is_none_or(|saved| {
            saved.metadata != self.plan.metadata || saved.spec != self.plan.spec
        })
    }

    /// True while the newest answer belongs to an older state.
    pub fn is_computing(&self) -> bool {
        self.answer.as_ref().is_none_or(|answer| answer.revision != self.revision)
    }

    /// Where the plan stands.
    pub fn phase(&self) -> Option<&PhaseReport> {
        self.answer.as_ref().map(|answer| &answer.phase)
    }

    /// What is wrong or noteworthy.
    pub fn findings(&self) -> &[Finding] {
        self.answer.as_ref().map_or(&[], |answer| &answer.evaluation.findings)
    }

    /// The name of the file, or what stands for it.
    pub fn file_name(&self) -> String {
        self.path
            .as_ref()
            .and_then(|path| path.file_name())
            .map_or_else(|| "Untitled".to_owned(), |name| name.to_string_lossy().into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlanId;
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
    fn leaving_a_field_ends_its_step_and_steps_are_bounded() {
        let (a, servers) = (plan("a"), SpecPath::new("servers"));
        let mut history = History::default();
        for _ in 0..UNDO_STEPS * 2 {
            history.note(&a, &servers);
            history.close_step();
        }
        let steps = std::iter::from_fn(|| history.undo(&a)).count();
        assert_eq!(steps, UNDO_STEPS);
    }
}
