//! What the worker and the jobs bring, and what becomes of it: the newest answer, files, runs.
//!
//! Each result belongs to a revision, a plan or a file; one that belongs to something else by now is
//! let go or asked about.

use super::Window;
use super::changes::ChangeTree;
use super::jobs::{Done, Read, RunEnd};
use super::model::{self, Dialog, Next};
use crate::plan::{Plan, Spec};
use crate::session::{Job, free_aside};
use crate::store::Settings;

impl Window {
    /// Takes what worker and jobs have brought.
    pub(super) fn receive(&mut self) {
        let answer = match self.worker.take() {
            Some(stale) if stale.revision < self.first_revision => {
                free_aside(stale);
                None
            }
            answer => answer,
        };
        if let Some(revision) = self.worker.take_failure() {
            // A newer state may be under way already.
            if revision == self.model.revision {
                self.model.computing = None;
                self.model.computing_failed = true;
            }
            log::error!(target: "heddle", "an evaluation ended without an answer");
            self.fail(
                "This plan could not be computed, by a fault of Heddle. Take the last edit back; \
                 “Copy diagnostics” has what a report needs."
                    .to_owned(),
            );
        }
        if let Some(answer) = answer {
            // Links have no identity of their own that outlives an edit.
            let same = self.model.answer.as_ref().is_some_and(|old| {
                old.evaluation.digests.fabric == answer.evaluation.digests.fabric
            });
            if !same {
                self.model.selection = self.model.selection.without_links();
            }
            if answer.revision == self.model.revision {
                self.model.computing = None;
            }
            // What was ticked was another text.
            let digests = answer.evaluation.digests;
            let same = self.model.answer.as_ref().is_some_and(|a| a.evaluation.digests == digests);
            if let Some(Dialog::Approve(approver)) = self.model.dialog.as_mut().filter(|_| !same) {
                approver.acknowledged.clear();
            }
            // An answer carries what there was to say about the last reading, also once it was said.
            let said = self.model.answer.as_ref().map_or(&[][..], |old| &old.notices);
            let news = answer.notices.iter().filter(|notice| !said.contains(notice)).cloned();
            let news = news.collect();
            let is_whole = model::is_whole(&answer);
            let mut gone: Vec<_> =
                if is_whole { self.model.last_whole.take() } else { None }.into_iter().collect();
            gone.extend(match self.model.answer.replace(answer) {
                Some(old) if !is_whole && model::is_whole(&old) && old.purpose.is_converge() => {
                    self.model.last_whole.replace(old)
                }
                old => old,
            });
            free_aside(gone);
            self.tell_more(news);
            self.model.place_findings();
            // Its items are places in the changes of the answer before.
            self.model.tree = ChangeTree::default();
            self.regroup();
            self.try_remedies();
        }
        if let Some(done) = self.job.as_mut().and_then(Job::take) {
            self.job = None;
            self.model.running = None;
            match done {
                Ok(done) => {
                    self.finish(done);
                    if std::mem::take(&mut self.closes_after_job) && self.job.is_none() {
                        self.context.send_viewport_cmd(egui::ViewportCommand::Close);
                    }
                }
                Err(()) => {
                    log::error!(target: "heddle", "work ended without a result");
                    self.fail("The work ended without a result.".to_owned());
                }
            }
            if self.watch.is_none() && self.job.is_none() {
                self.watch_file();
            }
        }
        if let Some(done) = self.models_job.as_mut().and_then(Job::take) {
            self.models_job = None;
            self.take_models(done);
        }
        if let Some(done) = self.settings_job.as_mut().and_then(Job::take) {
            self.settings_job = None;
            match done {
                Ok(Ok((mine, written))) => {
                    // What other windows know of plans is known here too; how this one looks and
                    // what it is held against, no other window changes.
                    let merged = self.model.settings.over(&mine, &written);
                    let Settings { inventories, recent_plans, .. } = merged;
                    (self.model.settings.inventories, self.model.settings.recent_plans) =
                        (inventories, recent_plans);
                    let Settings { inventories, recent_plans, .. } = written;
                    self.settings_on_disk = Settings { inventories, recent_plans, ..mine };
                }
                Ok(Err(problem)) => self.fail(problem),
                Err(()) => self.fail("The settings could not be written.".to_owned()),
            }
            if std::mem::take(&mut self.settings_changed) {
                self.write_settings();
            }
        }
    }

    pub(super) fn finish(&mut self, done: Done) {
        // Whatever came of it, it comes to what is typed as well.
        self.read_text();
        let leads_to = match &done {
            Done::Read(Read::Plan(opened)) => Some(&opened.path),
            Done::Read(Read::Text(unreadable)) => Some(&unreadable.mends.path),
            _ => None,
        };
        if let Some(path) = leads_to.filter(|_| self.loses_edits()).cloned() {
            return self.leave(Next::OpenPath(path));
        }
        match done {
            Done::Picked { wish, answer } => self.take_answer(wish, answer),
            Done::AskAgain(dialog) => self.model.dialog = Some(dialog),
            Done::Read(Read::Plan(opened)) => self.take_document(*opened),
            Done::Read(Read::Text(unreadable)) => self.take_unreadable(*unreadable),
            Done::Read(Read::Nothing(problem)) => self.fail(problem),
            Done::Recovered(recovered) => self.take_recovered(*recovered),
            Done::OwnFile { path, next } => self.save_to_own(path, next),
            Done::InventoryFound { whose, path, found } => {
                self.take_found_inventory(whose, path, found);
            }
            Done::TextSaved { written, next } => self.take_text_saved(written, next),
            Done::Claimed(claimed) => self.take_claimed(*claimed),
            Done::Saved { result, plan, next } => self.take_saved(result, plan, next),
            // The answer counts by fields of the plan that it was for.
            Done::WhatIf { of, .. } if *of != *self.model.plan => self.fail(
                "The plan was edited meanwhile, so the answer does not count. Ask again.".into(),
            ),
            Done::WhatIf { answered, .. } => {
                // A question that came meanwhile is not taken from under the pointer.
                self.model.dialog.get_or_insert(Dialog::WhatIf(answered));
            }
            Done::Reshaped { of, result } => self.take_reshaped(&of, result),
            Done::Approved { result, written } => {
                if let Some((plan, stamp)) = written {
                    self.take_written(plan, stamp);
                }
                match result {
                    Ok(()) => {
                        self.tell("Approved. The approval lies beside the plan.");
                    }
                    Err(problem) => self.fail(problem),
                }
                self.request(true);
            }
            Done::Ejected(Ok(ejected)) => {
                self.model.dialog.get_or_insert(Dialog::Eject(ejected));
            }
            Done::Ejected(Err(problem)) => self.fail(problem),
            Done::Exported(Ok(None)) => self.tell("Cancelled: no file was written."),
            Done::Exported(Ok(Some(path))) => self.tell(format!("Written to {}.", path.display())),
            Done::Exported(Err(problem)) => self.fail(problem),
            Done::Checked(checked) => {
                // Who has left the history does not ask any more.
                if let Some(Dialog::History(shown)) = &mut self.model.dialog {
                    *shown = checked;
                }
            }
            Done::Ran { end, purpose, notices } => {
                match &end {
                    RunEnd::Applied(_) => log::info!(target: "heddle", "a run came to its end"),
                    RunEnd::Cancelled { .. } => log::info!(target: "heddle", "a run was cancelled"),
                    RunEnd::Failed(_) => log::error!(target: "heddle", "a run stopped"),
                }
                match end {
                    RunEnd::Applied(report) => self.take_applied(&purpose, report),
                    RunEnd::Cancelled { began: true } => self.tell(
                        "Stopped as you asked. What was written until then stays; Resume goes on.",
                    ),
                    RunEnd::Cancelled { began: false } => {
                        self.tell("Stopped as you asked, before anything was written.");
                    }
                    RunEnd::Failed(problem) => self.fail(problem),
                }
                self.tell_more(notices);
                self.request(true);
            }
        }
    }

    /// The plan in another form, if it is still the one that was asked about.
    pub(super) fn take_reshaped(&mut self, of: &Plan, result: Result<(Box<Spec>, String), String>) {
        match result {
            Ok(_) if *of != *self.model.plan => {
                self.fail("The plan was edited meanwhile, so nothing was done. Ask again.".into());
            }
            Ok((spec, said)) => {
                let done = self.change_at_once(|plan| {
                    plan.spec = *spec;
                    Ok(())
                });
                if done {
                    self.tell(said);
                }
            }
            Err(problem) => self.fail(problem),
        }
    }
}
