//! What is to be done with the target, where that is not to make it as the plan wants it: the
//! questions before a destroy and an undo, and the box that says what is under review meanwhile.
//!
//! A purpose changes nothing by itself. It leads to another change set, which is approved and
//! applied like any other; once that was applied to its end, the plan's own changes come back.

use super::Window;
use super::command::{Action, Command};
use super::dialogs::{buttons, text, title};
use super::history::{objects_words, outcome_words};
use super::model::{Model, Stop};
use super::settings::Setting;
use super::sides::Side;
use super::theme::{self, tokens};
use super::times;
use super::widgets::command_button;
use crate::apply::Report;
use crate::diff::{Part, Purpose};
use crate::model::{SpecPath, counted, printable};
use crate::workflow::{Approval, NotCovered, Outcome, Phase, Records, Run, waiting};
use egui::{Align, Button, Layout, RichText, Ui, vec2};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Window {
    /// Reviews the changes that lead to something else. The target is read again: what is decided
    /// on should be what is there.
    pub(super) fn review(&mut self, purpose: Purpose) {
        self.review_part(purpose, BTreeSet::new());
    }

    /// The same of a part of them; of all if none is named.
    fn review_part(&mut self, purpose: Purpose, parts: BTreeSet<Part>) {
        self.model.plan_at_review = (!purpose.is_converge()).then(|| Arc::clone(&self.model.plan));
        self.model.takes_away = false;
        if !purpose.is_converge() {
            // What is decided on is to be seen.
            self.show_side(Side::Changes, true);
        }
        self.model.purpose = purpose;
        self.model.parts = parts;
        self.model.filter.clear();
        self.end_notice();
        self.request(true);
    }

    /// Reviews the way to other devices: those whose model stands at a place are destroyed first, with
    /// their cables, and the plan makes them anew. No inventory changes the ports of a device.
    pub(super) fn take_away(&mut self, model: &SpecPath) {
        let Some(answer) = &self.model.answer else { return };
        let classes = answer.evaluation.fabric.classes.iter();
        let classes = classes.filter(|class| class.model_path == *model);
        let parts = classes.map(|class| Part::Class(class.id.clone())).collect();
        self.review_part(Purpose::Destroy, parts);
        self.model.takes_away = true;
    }

    /// An edit may have taken back what devices were to be taken away for.
    pub(super) fn end_taking_away(&mut self) {
        let is_edited =
            self.model.plan_at_review.as_ref().is_some_and(|of| !Arc::ptr_eq(of, &self.model.plan));
        if self.model.takes_away && is_edited && self.model.running.is_none() {
            self.review(Purpose::Converge);
            self.tell(
                "The plan was edited, so the review of what is to be taken away has ended. Its own \
                 changes are shown.",
            );
        }
    }

    /// Reviews what was approved and waits, if that is something else than what is shown.
    pub(super) fn show_approved(&mut self) {
        if let Some((purpose, parts)) = approved_elsewhere(&self.model) {
            self.review_part(purpose, parts);
        }
    }

    /// Keeps a part of the changes, or all of them if none is named.
    pub(super) fn keep_parts(&mut self, parts: BTreeSet<Part>) {
        if self.model.parts != parts {
            self.model.parts = parts;
            self.end_notice();
            self.request(false);
        }
    }

    /// Everything of a run was written: the plan's own changes, and all of them, come back.
    pub(super) fn take_applied(&mut self, purpose: &Purpose, report: Report) {
        let objects = counted(report.written.total(), "object", "objects");
        let changes = self.model.answer.as_ref().and_then(|a| a.evaluation.changes.as_ref());
        let left = changes.is_some_and(|changes| !changes.left_out.is_empty());
        let rest = if left { " What was left is shown now." } else { "" };
        self.tell(match purpose {
            Purpose::Converge => format!("Applied and read back: {objects}.{rest}"),
            Purpose::Destroy => {
                format!("Destroyed: {objects} deleted. What is shown now is what the plan would add.")
            }
            Purpose::Undo { .. } => {
                format!("Undone: {objects} are as before that run. What is shown now is what the plan wants.")
            }
        });
        // Who has come this far needs no steps to be told.
        if self.model.settings.first_steps {
            self.set(Setting::FirstSteps(false));
        }
        self.model.purpose = Purpose::Converge;
        (self.model.plan_at_review, self.model.takes_away) = (None, false);
        self.model.parts.clear();
        self.model.filter.clear();
    }
}

/// The newest approval that has not served and does not cover what is shown: a part or a review is
/// not open any more after a start.
pub(super) fn waiting_approval(model: &Model) -> Option<(&Approval, NotCovered)> {
    let answer = model.answer.as_ref()?;
    waiting(&answer.evaluation, &answer.records, answer.target.as_ref()?)
}

/// What has to be asked for to see what was approved and waits, if that is not what is shown.
pub(super) fn approved_elsewhere(model: &Model) -> Option<(Purpose, BTreeSet<Part>)> {
    let (approval, why) = waiting_approval(model)?;
    let scope = approval.scope.as_ref().filter(|_| why == NotCovered::OfAnother)?;
    Some((scope.purpose.clone(), scope.selection()?))
}

/// Draws what was approved and not applied where that is not what is shown, and the way to it.
pub(super) fn waiting_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let Some((approval, why)) = waiting_approval(model) else { return };
    let Some(records) = model.answer.as_ref().map(|answer| &answer.records) else { return };
    let t = tokens(ui.ctx());
    let what = approval.scope.as_ref().map(|scope| {
        let purpose = purpose_words(&scope.purpose, &scope.parts, true, records);
        format!(": {purpose} {}", objects_words(scope.objects))
    });
    let by = printable(&approval.by);
    let at = times::recent(&approval.at, model.now.time);
    let (color, head, words) = match why {
        NotCovered::OfAnother => (
            t.accent,
            "Approved and not applied",
            format!("By {by}, {at}. It is not what is shown here."),
        ),
        NotCovered::Edited => (
            t.faint,
            "Approved, and edited since",
            format!(
                "By {by}, {at}. It does not hold for the plan as it is now; taking the edit back makes \
                 it hold again."
            ),
        ),
        NotCovered::Changed => (
            t.faint,
            "Approved, and otherwise by now",
            format!(
                "By {by}, {at}. What would change in the inventory is not the same any more, so it has \
                 to be approved anew."
            ),
        ),
    };
    ui.add_space(6.0);
    theme::barred_box(ui, color, |ui| {
        let head = format!("{head}{}", what.unwrap_or_default());
        ui.add(egui::Label::new(RichText::new(head).font(theme::semibold(13.0))).wrap());
        ui.add(egui::Label::new(RichText::new(words).color(t.dim)).wrap());
        if approved_elsewhere(model).is_some() {
            ui.add_space(2.0);
            let show = Command::ShowApproved;
            command_button(ui, model, show, Button::new(show.name()), out);
        }
    });
    ui.add_space(2.0);
}

/// The run that a purpose takes back.
fn run_to_undo<'m>(model: &'m Model, purpose: &Purpose) -> Option<&'m Run> {
    let Purpose::Undo { run } = purpose else { return None };
    model.answer.as_ref()?.records.runs.iter().find(|known| known.id == *run)
}

/// What is under review, in a line and a sentence; `None` if it is the plan itself. It is of the
/// answer that is shown, not of what is asked for since.
pub(super) fn review_words(model: &Model) -> Option<(String, &'static str)> {
    Some(match &model.answer.as_ref()?.purpose {
        Purpose::Converge => return None,
        Purpose::Destroy if !model.answer.as_ref()?.parts.is_empty() => (
            "Under review: destroy a part".to_owned(),
            "This part of what the plan has in the inventory would go, with its cables. Once that is \
             applied, the plan makes anew what it wants of it.",
        ),
        Purpose::Destroy => (
            "Under review: destroy".to_owned(),
            "Everything that this plan has in the inventory would go. Nothing is deleted before it \
             is approved and applied.",
        ),
        purpose @ Purpose::Undo { .. } => (
            format!("Under review: {}", undo_words(model, purpose)),
            "These changes lead back to what was applied before it. Nothing is written before they \
             are approved and applied.",
        ),
    })
}

/// `undo of the run of yesterday, 10:00`.
fn undo_words(model: &Model, purpose: &Purpose) -> String {
    let at = run_to_undo(model, purpose)
        .map(|run| format!(" of {}", times::recent(&run.at, model.now.time)));
    format!("undo of the run{}", at.unwrap_or_default())
}

/// What is asked for, while what is shown is still something else: in a line and a sentence.
fn asked_words(model: &Model) -> Option<(String, &'static str)> {
    let shown = &model.answer.as_ref()?.purpose;
    if *shown == model.purpose {
        return None;
    }
    let asked = match &model.purpose {
        Purpose::Converge => "the plan’s own changes".to_owned(),
        Purpose::Destroy => "destroy".to_owned(),
        purpose @ Purpose::Undo { .. } => undo_words(model, purpose),
    };
    let (is_on_its_way, words) = match model.computing {
        Some(_) => ("Being computed", "What is listed until then is what was asked for before."),
        None => (
            "Not computed",
            "Computing was stopped. What is listed is what was asked for before; Refresh goes on.",
        ),
    };
    Some((format!("{is_on_its_way}: {asked}"), words))
}

/// What to say of edits that were made while something else than the plan is under review.
fn edited_words(model: &Model) -> Option<&'static str> {
    let before = model.plan_at_review.as_ref()?;
    (!Arc::ptr_eq(before, &model.plan)).then_some(
        "The plan was edited meanwhile. That is no part of this review: back in the plan, its own \
         changes show it.",
    )
}

/// Draws what is under review, what is asked for instead, and the way back.
pub(super) fn purpose_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let mut told: Vec<_> = review_words(model).into_iter().chain(asked_words(model)).collect();
    if let Some((_, words)) = told.first_mut().filter(|_| model.shown_phase() == Phase::Approved) {
        *words = match &model.purpose {
            Purpose::Destroy => "It is approved: Apply deletes what is listed.",
            _ => "It is approved: Apply makes the changes that are listed.",
        };
    }
    let runs = model.running.as_ref().is_some_and(|running| running.stop == Stop::AfterStep);
    if let Some((_, words)) = told.first_mut().filter(|_| runs) {
        *words = "It was approved, and is being applied now.";
    }
    let t = tokens(ui.ctx());
    for (n, (head, words)) in (1..).zip(&told) {
        ui.add_space(6.0);
        theme::barred_box(ui, t.accent, |ui| {
            ui.label(RichText::new(head).font(theme::semibold(13.0)));
            ui.add(egui::Label::new(RichText::new(*words).color(t.dim)).wrap());
            if n == told.len() && !model.purpose.is_converge() {
                if let Some(words) = edited_words(model) {
                    ui.add(egui::Label::new(RichText::new(words).color(t.text)).wrap());
                }
                ui.add_space(2.0);
                let back = Command::BackToPlan;
                command_button(ui, model, back, Button::new(back.name()), out);
            }
        });
    }
}

/// Draws the question before a destroy.
pub(super) fn destroy_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    title(ui, "Destroy what this plan has built?");
    let target = model.target_name();
    text(
        ui,
        &format!(
            "The next step shows every device, interface and cable that this plan has in {target}, \
             as something to delete. Nothing is deleted before that list is approved and \
             applied."
        ),
    );
    text(
        ui,
        "What others have made stays, as do the site, the types and the roles. The plan itself \
         stays as it is.",
    );
    buttons(ui, ("Show what would go", true), None, true, out);
}

/// Draws the question before the newest run is undone.
pub(super) fn undo_run_ui(ui: &mut Ui, model: &Model, run: &str, out: &mut Vec<Action>) {
    title(ui, "Undo the last run?");
    let records = model.answer.as_ref().map(|answer| &answer.records);
    let found = records.and_then(|records| records.runs.iter().find(|known| known.id == run));
    let Some(run) = found else {
        text(ui, "That run is no longer on record.");
        return buttons(ui, ("Show the way back", false), None, false, out);
    };
    let mut lines = vec![("Run of", times::moment(&run.at))];
    lines.push(("Approved by", run.approval.by.clone()));
    if !run.approval.comment.is_empty() {
        lines.push(("Comment", run.approval.comment.clone()));
    }
    lines.push(("Target", model.name_of_target(&run.target)));
    if let Some(records) = records {
        lines.push(("What", purpose_of_run(run, records)));
    }
    lines.push(("Outcome", outcome_words(&run.outcome)));
    let is_done = run.outcome == Outcome::Done;
    if let Some(objects) = run.objects {
        lines.push((if is_done { "Objects" } else { "Planned" }, objects_words(objects)));
    }
    if let Some((written, _)) = run.pace.filter(|_| !is_done) {
        lines.push(("Written", counted(written, "write", "writes")));
    }
    let t = tokens(ui.ctx());
    // No grid: it would be as tall as its words in their narrowest column.
    for (name, value) in lines {
        ui.horizontal_top(|ui| {
            let left = Layout::left_to_right(Align::Min);
            ui.allocate_ui_with_layout(vec2(96.0, 18.0), left, |ui| {
                ui.set_min_width(96.0);
                ui.label(RichText::new(name).color(t.dim));
            });
            ui.add(egui::Label::new(value).wrap());
        });
    }
    ui.add_space(8.0);
    text(
        ui,
        "The next step shows the changes that lead back to what was applied before it. Only what \
         the run touched is looked at. Nothing is written before those changes are approved and \
         applied.",
    );
    text(
        ui,
        "The plan stays as it is, and wants afterwards what it wants now: edit it if that is not to \
         come again.",
    );
    buttons(ui, ("Show the way back", true), None, true, out);
}

/// What a run was for, in words.
pub(super) fn purpose_of_run(run: &Run, records: &Records) -> String {
    purpose_words(&run.purpose, &run.parts, run.is_whole, records)
}

/// What changes are for, in words: `parts` are those they are limited to, if they are not the
/// `whole`; `records` have the run that they take back, if they take one back.
pub(super) fn purpose_words(
    purpose: &Purpose,
    parts: &[String],
    is_whole: bool,
    records: &Records,
) -> String {
    let words = match purpose {
        Purpose::Undo { run } => {
            let undone = records.runs.iter().find(|known| known.id == *run);
            let at = undone.map(|undone| times::moment(&undone.at));
            return at.map_or_else(
                || "undo of an earlier run".to_owned(),
                |at| format!("undo of the run of {at}"),
            );
        }
        Purpose::Converge if !parts.is_empty() => {
            return format!("a part of the changes, {}", parts.join(", "));
        }
        Purpose::Destroy if !parts.is_empty() => {
            return format!("destroy of {}", parts.join(", "));
        }
        Purpose::Converge if is_whole => "all changes of the plan",
        Purpose::Converge => "a part of the changes",
        Purpose::Destroy => "destroy",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::pictures::states;

    #[test]
    fn what_is_shown_is_told_apart_from_what_is_asked_for() {
        let mut model = states::computed(states::plan(8), states::World::default());
        let now = model.now.instant;
        let undo = || Purpose::Undo { run: "unknown".to_owned() };
        let mut check = |shown: Purpose, asked: Purpose, is_computing: bool, expected: &[&str]| {
            model.answer.as_mut().unwrap().purpose = shown;
            model.purpose = asked;
            model.computing = is_computing.then_some(now);
            let told = review_words(&model).into_iter().chain(asked_words(&model));
            assert_eq!(told.map(|(head, _)| head).collect::<Vec<_>>(), expected);
        };
        check(Purpose::Converge, Purpose::Converge, false, &[]);
        check(Purpose::Converge, Purpose::Converge, true, &[]);
        check(Purpose::Converge, Purpose::Destroy, true, &["Being computed: destroy"]);
        // Whoever cancels has the plan's own changes before them.
        check(Purpose::Converge, Purpose::Destroy, false, &["Not computed: destroy"]);
        check(Purpose::Converge, undo(), false, &["Not computed: undo of the run"]);
        check(Purpose::Destroy, Purpose::Destroy, false, &["Under review: destroy"]);
        check(
            Purpose::Destroy,
            Purpose::Converge,
            true,
            &["Under review: destroy", "Being computed: the plan’s own changes"],
        );
        check(undo(), undo(), false, &["Under review: undo of the run"]);
        model.answer = None;
        assert_eq!((review_words(&model), asked_words(&model)), (None, None));
    }
}
