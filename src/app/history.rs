//! What was approved and applied, newest first, and whether the records are as they were written.

use super::command::Action;
use super::dialogs::{BUTTON, buttons_row, close_button, text, title};
use super::model::Model;
use super::purposes::{purpose_of_run, purpose_words};
use super::theme::{self, tokens};
use super::times;
use super::widgets::scroll_by_keys;
use crate::evaluate::Evaluation;
use crate::inventory::TargetRef;
use crate::model::{counted, grouped, printable};
use crate::scene::State;
use crate::workflow::{Approval, NotCovered, ObjectCounts, Outcome, Records, Run, Scope};
use egui::{Align2, Button, FontId, Pos2, ScrollArea, Sense, Ui};
use egui::{WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular as icon;

/// How wide the dialog is.
pub(super) const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 380.0;
const ROW: f32 = 46.0;

/// Whether the records were looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Checked {
    /// Nobody asked.
    #[default]
    No,
    /// They are as they were written: how many.
    Sound(u64),
    /// What is wrong, a sentence each.
    Wrong(Vec<String>),
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    at: String,
    /// What happened: `Approved`, `Run`.
    what: String,
    /// How it ended; of an approval, whether no run was begun by its word.
    outcome: String,
    went_well: bool,
    is_run: bool,
    by: String,
    comment: String,
    /// The inventory and the site.
    target: String,
    /// Objects and how long they took, of a run that was measured; of an approval what was
    /// confirmed as read.
    figures: String,
}

/// How a run ended, in words.
pub(super) fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Running => "no end on record".to_owned(),
        Outcome::Done => "done".to_owned(),
        Outcome::Cancelled => "cancelled".to_owned(),
        Outcome::Failed { cause } => format!("failed: {cause}"),
    }
}

/// How long a run took. What it was to do is known of most; what it wrote is counted in writes, of
/// which an object may need two, so it is told only where the other is not known.
fn figures(run: &Run) -> String {
    let Some((written, took_ms)) = run.pace else { return String::new() };
    let took = match took_ms {
        0..1_000 => "less than 1 s".to_owned(),
        1_000..60_000 => format!("{} s", took_ms / 1_000),
        _ => format!("{} min {} s", took_ms / 60_000, took_ms / 1_000 % 60),
    };
    match (run.objects, &run.outcome) {
        (Some(_), Outcome::Done) => took,
        _ => format!("{} in {took}", counted(written, "write", "writes")),
    }
}

/// What a run was to do: `+3,000 ~10 −2`.
pub(super) fn objects_words(objects: ObjectCounts) -> String {
    let ObjectCounts { added, modified, deleted } = objects;
    let each = [(State::Added, added), (State::Changed, modified), (State::Removed, deleted)];
    let each = each.into_iter().filter(|(_, count)| *count > 0);
    let each: Vec<_> =
        each.map(|(state, count)| format!("{}{}", state.glyph(), grouped(count))).collect();
    each.join(" ")
}

/// What an approver has confirmed to have read: `read: many-deletions`.
fn read_words(approval: &Approval) -> String {
    let codes: Vec<&str> = approval.acknowledged.iter().map(|code| code.name()).collect();
    if codes.is_empty() { String::new() } else { format!("read: {}", codes.join(", ")) }
}

/// Whether an approval has served or still can; `n` is its place among them.
fn use_words(
    records: &Records,
    evaluation: &Evaluation,
    (n, approval): (usize, &Approval),
) -> &'static str {
    if records.is_used(approval) {
        return "";
    }
    // A run since then has changed what it was given for.
    let last = records.newest_begun(&approval.target);
    if last.is_some_and(|run| n < run.approvals_before) {
        return "not used";
    }
    match NotCovered::of(approval, evaluation) {
        None | Some(NotCovered::OfAnother) => "waits to be applied",
        Some(NotCovered::Edited) => "does not hold: the plan was edited",
        Some(NotCovered::Changed) => "does not hold: the inventory is otherwise by now",
    }
}

/// All records, newest first.
fn entries(
    (records, evaluation): (&Records, &Evaluation),
    target: impl Fn(&TargetRef) -> String,
) -> Vec<Entry> {
    let approvals = records.approvals.iter().enumerate().map(|(n, approval)| Entry {
        at: approval.at.clone(),
        what: match &approval.scope {
            Some(Scope { purpose, parts, objects }) => {
                let purpose = purpose_words(purpose, parts, parts.is_empty(), records);
                format!("Approved: {purpose} {}", objects_words(*objects))
            }
            None => "Approved".to_owned(),
        },
        outcome: use_words(records, evaluation, (n, approval)).to_owned(),
        went_well: true,
        is_run: false,
        by: approval.by.clone(),
        comment: approval.comment.clone(),
        target: target(&approval.target),
        figures: read_words(approval),
    });
    let runs = records.runs.iter().map(|run| Entry {
        at: run.at.clone(),
        what: match run.objects {
            Some(objects) => {
                // What was written until then stands below.
                let planned = if run.outcome == Outcome::Done { "" } else { "planned " };
                let objects = objects_words(objects);
                format!("Run: {} {planned}{objects}", purpose_of_run(run, records))
            }
            None => format!("Run: {}", purpose_of_run(run, records)),
        },
        outcome: outcome_words(&run.outcome),
        went_well: run.outcome == Outcome::Done,
        is_run: true,
        by: run.approval.by.clone(),
        comment: String::new(),
        target: target(&run.target),
        figures: figures(run),
    });
    // A run comes after the approvals that were there when it began, whatever the clocks said.
    let mut all: Vec<(usize, Entry)> = (1..).zip(approvals).collect();
    all.extend(records.runs.iter().map(|run| run.approvals_before).zip(runs));
    all.sort_by_key(|(place, entry)| (*place, entry.is_run));
    all.into_iter().rev().map(|(_, entry)| entry).collect()
}

impl Entry {
    /// The second line.
    fn details(&self) -> String {
        let by = match (self.is_run, self.by.as_str()) {
            (_, "") => String::new(),
            (true, by) => format!("approved by {by}"),
            (false, by) => format!("by {by}"),
        };
        let parts = [by.as_str(), &self.comment, &self.target, &self.figures];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        printable(&parts.join(" · "))
    }
}

/// Draws the history.
pub(super) fn history_ui(ui: &mut Ui, model: &Model, checked: &Checked, out: &mut Vec<Action>) {
    title(ui, "History");
    let answer = model.answer.as_ref();
    let entries = answer
        .map(|answer| {
            let of = (&*answer.records, &*answer.evaluation);
            entries(of, |target| model.name_of_target(target))
        })
        .unwrap_or_default();
    if let Some(problem) = answer.and_then(|answer| answer.records_problem.as_ref()) {
        text(ui, &format!("The records beside the plan cannot be read: {}", printable(problem)));
    } else if entries.is_empty() {
        text(ui, "Nobody has approved anything of this plan yet, and nothing was applied.");
    } else {
        text(ui, "What was approved and applied, newest first. The records lie beside the plan.");
        list_ui(ui, &entries);
        ui.add_space(10.0);
    }
    checked_ui(ui, checked);
    let busy = if model.running.is_some() { "Checking…" } else { "Check records" };
    buttons_row(ui, &[busy, "Close"], |ui| {
        let can = model.running.is_none() && model.path.is_some();
        let check = ui.add_enabled(can, Button::new(busy).min_size(BUTTON));
        let hint = "Read all records again and look whether one was changed or taken away.";
        if check.on_hover_text(hint).clicked() {
            out.push(Action::Confirm);
        }
        close_button(ui, out);
    });
}

fn list_ui(ui: &mut Ui, entries: &[Entry]) {
    let height = (entries.len() as f32 * ROW).min(HEIGHT);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical().auto_shrink([false, true]).max_height(height);
        area.show_rows(ui, ROW, entries.len(), |ui, range| {
            scroll_by_keys(ui, ROW, HEIGHT);
            for entry in entries.iter().skip(range.start).take(range.len()) {
                entry_ui(ui, entry);
            }
        });
    });
}

fn entry_ui(ui: &mut Ui, entry: &Entry) {
    let t = tokens(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let (when, details) = (times::moment(&entry.at), entry.details());
    let outcome = printable(&entry.outcome);
    let parts = [entry.what.as_str(), &outcome, &when, &details];
    let spoken: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let spoken = spoken.join(", ");
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
    let painter = ui.painter_at(rect);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, t.line));
    let (mark, color) = match (entry.is_run, entry.went_well) {
        (false, _) => (icon::SIGNATURE, t.accent),
        (true, true) => (icon::CHECK_CIRCLE, t.added),
        (true, false) => (icon::WARNING_OCTAGON, t.removed),
    };
    let (upper, lower) = (rect.top() + 14.0, rect.top() + 32.0);
    let write = |at: Pos2, align: Align2, words: &str, font: FontId, color| {
        painter.text(at, align, words, font, color)
    };
    let left = Align2::LEFT_CENTER;
    write(pos2(rect.left() + 2.0, upper), left, mark, FontId::proportional(15.0), color);
    let when = write(
        pos2(rect.right() - 8.0, upper),
        Align2::RIGHT_CENTER,
        &when,
        theme::mono(11.5),
        t.faint,
    );
    let what =
        write(pos2(rect.left() + 28.0, upper), left, &entry.what, theme::medium(13.0), t.text);
    let clip = egui::Rect::from_min_max(rect.min, pos2(when.left() - 10.0, rect.max.y));
    let outcome = painter.with_clip_rect(clip).text(
        pos2(what.right() + 10.0, upper),
        left,
        &outcome,
        FontId::proportional(13.0),
        if entry.went_well { t.dim } else { t.removed },
    );
    let at = pos2(rect.left() + 28.0, lower);
    let details = write(at, left, &details, FontId::proportional(12.0), t.dim);
    // What is cut can be read all the same.
    if outcome.right() > clip.right() || details.right() > rect.right() {
        response.on_hover_text(spoken);
    }
}

fn checked_ui(ui: &mut Ui, checked: &Checked) {
    let t = tokens(ui.ctx());
    match checked {
        Checked::No => return,
        Checked::Sound(n) => {
            let words = format!(
                "{} checked: nothing was changed or taken away.",
                counted(*n, "record", "records")
            );
            theme::barred_box(ui, t.added, |ui| ui.label(words));
        }
        Checked::Wrong(problems) => {
            theme::barred_box(ui, t.removed, |ui| {
                ScrollArea::vertical().id_salt("problems").max_height(120.0).show(ui, |ui| {
                    for problem in problems {
                        ui.add(egui::Label::new(printable(problem)).wrap());
                    }
                });
            });
        }
    }
    ui.add_space(10.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Purpose;
    use crate::evaluate::Digests;
    use crate::model::{Digest, DigestStream, PlanId};
    use crate::workflow::Wrote;

    fn digest(text: &str) -> Digest {
        let mut stream = DigestStream::new("test");
        stream.text(text);
        stream.finish()
    }

    #[test]
    fn records_are_told_newest_first_each_run_with_its_own_approval() {
        let target = TargetRef { inventory: "lab".into(), site: "dc1".into() };
        let approval = |at: &str, by: &str, changes: &str| Approval {
            plan: PlanId(uuid::Uuid::nil()),
            target: target.clone(),
            digests: Digests { changes: Some(digest(changes)), ..Digests::default() },
            by: by.into(),
            comment: "ticket 7".into(),
            at: format!("2026-11-24T{at}:00.000Z"),
            acknowledged: Default::default(),
            heddle: String::new(),
            scope: None,
        };
        let run = |at: &str,
                   (by, before): (&str, usize),
                   changes: &str,
                   outcome: Outcome,
                   purpose: Purpose| Run {
            id: String::new(),
            target: target.clone(),
            changes: digest(changes),
            at: format!("2026-11-24T{at}:00.000Z"),
            outcome,
            purpose,
            is_whole: true,
            wrote: Wrote::Something,
            objects: Some(ObjectCounts { added: 2_990, modified: 10, deleted: 0 }),
            parts: Vec::new(),
            pace: Some((3000, 1500)),
            approval: approval(if by == "Ada" { "10:00" } else { "12:00" }, by, changes),
            follows: None,
            approvals_before: before,
        };
        let records = Records {
            approvals: vec![
                approval("10:00", "Ada", "a"),
                approval("12:00", "Eve", "b"),
                // The same changes approved anew after the run do not explain it.
                Approval {
                    scope: Some(Scope {
                        purpose: Purpose::Destroy,
                        parts: vec!["class gpu".to_owned()],
                        objects: ObjectCounts { added: 0, modified: 0, deleted: 12 },
                    }),
                    ..approval("14:00", "Bob", "b")
                },
            ],
            runs: vec![
                run("10:01", ("Ada", 1), "a", Outcome::Done, Purpose::Converge),
                run("12:00", ("Eve", 2), "b", Outcome::Cancelled, Purpose::Destroy),
            ],
        };
        let told: Vec<String> = entries((&records, &Evaluation::default()), |of| {
            format!("{}, site {}", of.inventory, of.site)
        })
        .iter()
        .map(|e| format!("{} | {} | {}", e.what, e.outcome, e.details()))
        .collect();
        assert_eq!(
            told,
            [
                "Approved: destroy of class gpu −12 | does not hold: the inventory is otherwise by now | by Bob · ticket 7 · lab, site dc1",
                "Run: destroy planned +2,990 ~10 | cancelled | approved by Eve · lab, site dc1 · 3,000 writes in 1 s",
                "Approved |  | by Eve · ticket 7 · lab, site dc1",
                "Run: all changes of the plan +2,990 ~10 | done | approved by Ada · lab, site dc1 · 1 s",
                "Approved |  | by Ada · ticket 7 · lab, site dc1",
            ]
        );
    }
}
