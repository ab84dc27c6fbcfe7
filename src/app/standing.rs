//! Where a plan stands: its conditions with their reasons, in sync or not, healthy or not; and the
//! box that says what a run without an end means.

use super::command::Action;
use super::dialogs::{buttons_row, close_button, text, title};
use super::model::{Model, Stop};
use super::purposes::review_words;
use super::theme::{self, tokens};
use super::times;
use super::widgets;
use crate::diff::Purpose;
use crate::session::Answer;
use crate::workflow::{Condition, ConditionKind, ConditionStatus, Health, Outcome, Run, SyncState};
use egui::{Align, Layout, RichText, Ui, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

/// How wide the dialog is.
pub(super) const WIDTH: f32 = 560.0;

/// Draws where the plan stands.
pub(super) fn standing_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    title(ui, "Where it stands");
    let Some(answer) = model.answer.as_ref().filter(|_| !model.is_computing()) else {
        text(ui, model.why_not_computed());
        return close_button(ui, out);
    };
    let standing = &answer.standing;
    text(ui, &format!("Held against {}.", model.target_name()));
    ui.label(RichText::new(sync_words(model.shown_sync())).font(theme::medium(13.0)));
    text(ui, health_words(answer));
    if let Some((head, _)) = review_words(model) {
        text(ui, &format!("{head}. The answers are about that."));
    } else if !model.parts.is_empty() {
        text(ui, "A part is selected. The answers are about that part.");
    }
    for condition in &standing.conditions {
        condition_ui(ui, condition, &with_moments(&condition.message, answer));
        ui.add_space(6.0);
    }
    ui.add_space(4.0);
    buttons_row(ui, &["Close"], |ui| close_button(ui, out));
}

/// A message with the times of records as people read them.
fn with_moments(message: &str, answer: &Answer) -> String {
    let approvals = answer.records.approvals.iter().map(|approval| &approval.at);
    let times = answer.records.runs.iter().map(|run| &run.at).chain(approvals);
    times.fold(message.to_owned(), |text, at| text.replace(at.as_str(), &times::moment(at)))
}

fn condition_ui(ui: &mut Ui, condition: &Condition, message: &str) {
    let t = tokens(ui.ctx());
    let Condition { kind, reason, digest, .. } = condition;
    let (mark, color) = match condition.status {
        _ if is_not_needed(condition) => (icon::MINUS_CIRCLE, t.faint),
        ConditionStatus::True => (icon::CHECK_CIRCLE, t.added),
        ConditionStatus::False => (icon::CIRCLE, t.changed),
        ConditionStatus::Unknown => (icon::QUESTION, t.faint),
    };
    let name = kind_words(*kind);
    let answer = status_words(condition);
    let spoken = format!("{name}: {answer}. {message}");
    // What programs are told of it, for a ticket.
    let digest = digest.map(|digest| format!(" · {}", digest.short())).unwrap_or_default();
    let told = format!("{reason}{digest}");
    let boxed = theme::quiet_box(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            widgets::mark(ui, mark, color, 16.0);
            ui.vertical(|ui| {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(name).font(theme::semibold(13.0)));
                    ui.label(RichText::new(answer).color(color));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.label(RichText::new(told).font(theme::mono(11.0)).color(t.faint));
                    });
                });
                ui.add(egui::Label::new(RichText::new(message).color(t.dim)).wrap());
            });
        });
    });
    boxed.response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
}

/// True for an approval where nothing would change.
fn is_not_needed(condition: &Condition) -> bool {
    condition.reason == "NothingToChange"
}

fn status_words(condition: &Condition) -> &'static str {
    match condition.status {
        _ if is_not_needed(condition) => "not needed",
        ConditionStatus::True => "yes",
        ConditionStatus::False => "no",
        ConditionStatus::Unknown => "not known",
    }
}

/// A condition as a question that is answered with its status.
fn kind_words(kind: ConditionKind) -> &'static str {
    match kind {
        ConditionKind::Valid => "Valid",
        ConditionKind::Fresh => "Fresh",
        ConditionKind::Approved => "Approved",
        ConditionKind::Applied => "Applied",
        ConditionKind::InSync => "In sync",
        ConditionKind::Recorded => "On record",
    }
}

/// In sync or not, as a short hint.
pub(super) fn sync_hint(sync: SyncState) -> &'static str {
    match sync {
        SyncState::Synced => "Synced",
        SyncState::OutOfSync => "Out of sync",
        SyncState::Unknown => "Sync unknown",
    }
}

/// How it fares, and for something that is not there whether it was once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fares {
    As(Health),
    /// The last run took it away.
    TakenAway,
}

fn health_of(answer: &Answer) -> Fares {
    let taken = answer.phase.run.as_ref().is_some_and(is_taken_back);
    match answer.standing.health {
        Health::Missing if taken => Fares::TakenAway,
        health => Fares::As(health),
    }
}

/// True for a run that came to its end and took something back.
pub(super) fn is_taken_back(run: &Run) -> bool {
    run.outcome == Outcome::Done && !run.purpose.is_converge()
}

/// How it fares, as a short hint.
pub(super) fn health_hint(answer: &Answer) -> &'static str {
    match health_of(answer) {
        Fares::As(Health::Healthy) if unsettled(answer) => "Healthy, as far as known",
        Fares::As(Health::Healthy) => "Healthy",
        Fares::As(Health::Progressing) => "Waits to be applied",
        Fares::As(Health::Degraded) => hurt(answer).0,
        Fares::As(Health::Missing) => "Not built yet",
        Fares::As(Health::Unknown) => "Health unknown",
        Fares::TakenAway => "Taken away",
    }
}

fn sync_words(sync: SyncState) -> &'static str {
    match sync {
        SyncState::Synced => "Synced: nothing would change.",
        SyncState::OutOfSync => "Out of sync: something would change.",
        SyncState::Unknown => "Whether it is in sync is not known.",
    }
}

/// What makes it degraded: as a short hint, and as a sentence.
fn hurt(answer: &Answer) -> (&'static str, &'static str) {
    let evaluation = &answer.evaluation;
    let stopped = answer.phase.run.as_ref().is_some_and(|run| run.outcome != Outcome::Done);
    if evaluation.changes.is_none() {
        ("Plan has errors", "The plan has errors now; what was applied is not compared with it.")
    } else if stopped {
        ("Run stopped", "Degraded: the last run did not come to its end.")
    } else if evaluation.drift.as_ref().is_some_and(|drift| !drift.is_empty()) {
        ("Drifted", "Degraded: somebody has changed what was applied.")
    } else if evaluation.has_errors() {
        ("Plan has errors", "Degraded: the plan has errors now; what was applied stays as it is.")
    } else {
        ("Records missing", "Degraded: what the inventory knows of this plan is not on record.")
    }
}

/// True if it is not known of some objects whether somebody has changed them.
fn unsettled(answer: &Answer) -> bool {
    answer.evaluation.drift.as_ref().is_some_and(|drift| drift.unsettled > 0)
}

fn health_words(answer: &Answer) -> &'static str {
    match health_of(answer) {
        Fares::As(Health::Healthy) if unsettled(answer) => {
            "Healthy, as far as is known: of some objects it is not known whether they drifted."
        }
        Fares::As(Health::Healthy) => "Healthy: what was applied is as it was applied.",
        Fares::As(Health::Progressing) => "Approved changes wait to be applied.",
        Fares::As(Health::Degraded) => hurt(answer).1,
        Fares::As(Health::Missing) => "Not built yet: the inventory has nothing of this plan.",
        Fares::As(Health::Unknown) => "How it fares is not known.",
        Fares::TakenAway => "Taken away: the last run deleted what the inventory had of this plan.",
    }
}

/// Draws what a run that stopped means, and the ways on.
pub(super) fn stopped_ui(ui: &mut Ui, model: &Model) {
    let busy = model.running.as_ref().is_some_and(|run| run.stop == Stop::AfterStep);
    let report = model.phase().filter(|_| !busy);
    let Some(run) = report.and_then(|report| report.stopped()) else { return };
    let t = tokens(ui.ctx());
    ui.add_space(6.0);
    // Who cancels has not failed.
    let color = if run.outcome == Outcome::Cancelled { t.changed } else { t.removed };
    theme::barred_box(ui, color, |ui| {
        let words = stopped_words(run, model.now.time);
        ui.add(egui::Label::new(words).wrap());
    });
}

/// What became of a run that did not come to its end, and the ways on.
fn stopped_words(run: &Run, now: jiff::Timestamp) -> String {
    let what = match &run.purpose {
        Purpose::Converge => "",
        Purpose::Destroy => " to destroy",
        Purpose::Undo { .. } => " to undo an earlier one",
    };
    let at = times::recent(&run.at, now);
    let end = match &run.outcome {
        Outcome::Running => "did not come to an end: Heddle was closed or killed.".to_owned(),
        Outcome::Cancelled => "was cancelled.".to_owned(),
        Outcome::Failed { cause } => format!("stopped: {}.", cause.trim_end_matches('.')),
        Outcome::Done => "came to its end.".to_owned(),
    };
    let on = match &run.purpose {
        Purpose::Destroy => "Resume goes on deleting, Approve begins anew with what is shown.",
        _ => "Resume goes on, Approve begins anew.",
    };
    format!("The run of {at}{what} {end} {on}")
}

/// A run that was cancelled, for tests.
#[cfg(test)]
pub(super) fn stopped_run() -> Run {
    use crate::inventory::TargetRef;
    use crate::workflow::{Approval, Wrote};
    Run {
        id: String::new(),
        target: TargetRef::default(),
        changes: Default::default(),
        at: "2026-11-24T17:12:00.000Z".to_owned(),
        outcome: Outcome::Cancelled,
        purpose: Purpose::Converge,
        is_whole: true,
        wrote: Wrote::Something,
        objects: None,
        parts: Vec::new(),
        pace: None,
        approval: Approval {
            plan: crate::model::PlanId(uuid::Uuid::nil()),
            target: TargetRef::default(),
            digests: Default::default(),
            by: "Ada".to_owned(),
            comment: String::new(),
            at: String::new(),
            acknowledged: Default::default(),
            heddle: String::new(),
            scope: None,
        },
        follows: None,
        approvals_before: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_an_end_says_what_can_be_done() {
        let run = |outcome: Outcome, purpose: Purpose| Run { outcome, purpose, ..stopped_run() };
        let now = "2026-11-24T18:00:00Z".parse().expect("a time");
        for (outcome, purpose, expected) in [
            (
                Outcome::Running,
                Purpose::Converge,
                "The run of 17:12 UTC did not come to an end: Heddle was closed or killed. Resume goes on, \
                 Approve begins anew.",
            ),
            (
                Outcome::Cancelled,
                Purpose::Destroy,
                "The run of 17:12 UTC to destroy was cancelled. Resume goes on deleting, Approve \
                 begins anew with what is shown.",
            ),
            (
                Outcome::Failed { cause: "the disk is full.".to_owned() },
                Purpose::Undo { run: String::new() },
                "The run of 17:12 UTC to undo an earlier one stopped: the disk is full. Resume \
                 goes on, Approve begins anew.",
            ),
        ] {
            assert_eq!(stopped_words(&run(outcome, purpose), now), expected);
        }
    }
}
