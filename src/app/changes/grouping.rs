//! A giant's changes grouped beside the drawing.

use super::{ChangeTree, Compared};
use crate::app::Window;
use crate::evaluate::Evaluation;
use crate::model::{Cancelled, Progress};
use crate::session::Job;
use std::sync::Arc;

/// Changes that are grouped at once; more by a job.
pub(super) const AT_ONCE: usize = 20_000;

/// Changes that are being looked through; what was asked before is let go.
pub(in crate::app) type Grouping = Job<Result<ChangeTree, Cancelled>>;

impl Window {
    /// Groups the changes anew. Those of a giant take longer to look through than a frame.
    pub(in crate::app) fn regroup(&mut self) {
        self.grouping = None;
        let evaluation = self.model.answer.as_ref().map(|answer| Arc::clone(&answer.evaluation));
        let many = |evaluation: &Arc<Evaluation>| {
            Compared::of(evaluation).is_some_and(|compared| compared.is_long())
        };
        let filter = self.model.filter.clone();
        let Some(evaluation) = evaluation.filter(many) else { return self.model.regroup() };
        self.model.tree_is_coming = true;
        let wake = self.context.clone();
        let group = move |progress: &Progress| match Compared::of(&evaluation) {
            Some(compared) => {
                ChangeTree::unless_stopped(compared, &evaluation.fabric, &filter, progress)
            }
            None => Ok(ChangeTree::default()),
        };
        let job = Job::start(Progress::new(), group, move || wake.request_repaint());
        self.grouping = Some(job);
    }

    /// Takes the changes that were looked through.
    pub(in crate::app) fn follow_grouping(&mut self) {
        let Some(job) = &mut self.grouping else { return };
        let Some(done) = job.take() else { return };
        self.grouping = None;
        // A job that fell over leaves it to be done here.
        match done {
            Ok(Ok(tree)) => {
                self.model.tree = tree;
                self.model.pressed_change = None;
                self.model.tree_is_coming = false;
                self.model.unfold();
            }
            Ok(Err(Cancelled)) => {}
            Err(()) => self.model.regroup(),
        }
    }
}
