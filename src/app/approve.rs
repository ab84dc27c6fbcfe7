//! The question who approves: what is approved, what it will take, and what must have been read
//! before.

use super::command::Action;
use super::dialogs::{ANSWER, buttons, first_field, focus_first, text, title};
use super::model::{Dialog, Model};
use super::parts::only_words;
use super::theme::{self, tokens};
use super::widgets::{hint, tick};
use crate::diff::{ChangeSet, Purpose};
use crate::model::{Code, Finding, Limits, counted, grouped};
use crate::workflow::{Approver, guards};
use egui::{Id, RichText, ScrollArea, TextEdit, TextStyle, Ui, WidgetInfo, WidgetType};
use std::collections::BTreeMap;

/// What is missing before it can be approved; nothing if somebody with a name has read all that
/// must be read.
fn missing(model: &Model, approver: &Approver) -> Option<&'static str> {
    let unread = !guards(model.findings()).is_subset(&approver.acknowledged);
    match (approver.by.trim().is_empty(), unread) {
        _ if model.is_computing() => Some(model.why_not_computed()),
        (true, true) => Some("Tick what you have read, and write your name."),
        (true, false) => Some("Write your name."),
        (false, true) => Some("Tick what you have read."),
        (false, false) => None,
    }
}

/// True if nothing is missing.
pub(super) fn is_ready(model: &Model, approver: &Approver) -> bool {
    missing(model, approver).is_none()
}

/// Draws the question.
pub(super) fn approve_ui(ui: &mut Ui, model: &Model, approver: &Approver, out: &mut Vec<Action>) {
    let Some(answer) = &model.answer else { return };
    let Some(changes) = &answer.evaluation.changes else {
        title(ui, "Approve these changes");
        text(ui, "There is nothing to approve any more.");
        return buttons(ui, ("Approve", false), None, false, out);
    };
    title(
        ui,
        match changes.purpose {
            Purpose::Converge if changes.selection.is_empty() => "Approve these changes",
            Purpose::Converge => "Approve this part of the changes",
            Purpose::Destroy => "Approve these deletions",
            Purpose::Undo { .. } => "Approve this undo",
        },
    );
    text(ui, &what_words(changes, &model.target_name()));
    if let Some(moved) = model.tree.moved_words() {
        text(ui, &moved);
    }
    if let Some(estimate) = &answer.estimate {
        text(ui, &format!("{}.", estimate.text()));
    }
    let mut now = approver.clone();
    guards_ui(ui, model.findings(), &mut now);
    let body = TextStyle::Body.resolve(ui.style());
    let enter = first_field(ui, ("Your name", "approve by"), body, &mut now.by);
    ui.add_space(4.0);
    let label = ui.label("Comment");
    let keys = ui.ctx().format_shortcut(&ANSWER);
    let words = format!("why, or a ticket; {keys} approves");
    let field = TextEdit::multiline(&mut now.comment)
        .id(Id::new("approve comment"))
        .hint_text(hint(ui, &words))
        .char_limit(Limits::TEXT_CHARS)
        .desired_rows(2)
        .margin(egui::Margin::symmetric(8, 4))
        .desired_width(f32::INFINITY);
    ui.add(field).labelled_by(label.id);
    ui.add_space(6.0);
    let missing = missing(model, &now);
    // The line stays where it is empty: nothing moves under the pointer.
    let words = RichText::new(missing.unwrap_or(" ")).font(theme::small());
    ui.label(words.color(tokens(ui.ctx()).dim));
    ui.add_space(4.0);
    let ready = missing.is_none();
    if now != *approver {
        out.push(Action::Ask(Dialog::Approve(now)));
    }
    if enter && ready {
        out.push(Action::Confirm);
    }
    buttons(ui, ("Approve", ready), None, false, out);
}

/// What the approval covers.
fn what_words(changes: &ChangeSet, target: &str) -> String {
    let removed = grouped(changes.deleted().total());
    let what = match &changes.purpose {
        Purpose::Destroy if !changes.selection.is_empty() => {
            format!("{removed} to remove in {target}.")
        }
        Purpose::Destroy => {
            format!("Everything that this plan has in {target} is to go: {removed} to remove.")
        }
        purpose => {
            let back = match purpose {
                Purpose::Undo { .. } => "Back to what was applied before the last run: ",
                _ => "",
            };
            format!(
                "{back}{} to add, {} to change, {removed} to remove in {target}.",
                grouped(changes.added().total()),
                grouped(changes.modified().total()),
            )
        }
    };
    let besides = match changes.prerequisites.len() as u64 {
        0 => String::new(),
        n => format!(" {} made besides.", counted(n, "prerequisite is", "prerequisites are")),
    };
    let part = match changes.selection.is_empty() {
        true => String::new(),
        false => format!(" {}.", only_words(changes)),
    };
    let holds = match changes.purpose {
        Purpose::Converge => "; an edit voids it, undoing the edit makes it valid again",
        // The way back and the end are what they are whatever the plan says.
        Purpose::Destroy | Purpose::Undo { .. } => "",
    };
    format!(
        "{what}{besides}{part} The approval covers exactly these{holds}. The plan is saved with it."
    )
}

/// What must have been read: a box with its words for each guard, and a tick that they were.
fn guards_ui(ui: &mut Ui, findings: &[Finding], now: &mut Approver) {
    let mut open: BTreeMap<Code, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.code.needs_acknowledgement()) {
        open.entry(finding.code).or_default().push(finding);
    }
    if open.is_empty() {
        return;
    }
    let t = tokens(ui.ctx());
    ScrollArea::vertical().id_salt("guards").max_height(240.0).show(ui, |ui| {
        for (code, findings) in open {
            theme::barred_box(ui, t.changed, |ui| {
                let mut spoken = "I have read this:".to_owned();
                for finding in findings {
                    ui.add(egui::Label::new(&finding.text).wrap());
                    for remedy in finding.remedies() {
                        let words = RichText::new(&remedy.text).color(t.dim);
                        ui.add(egui::Label::new(words).wrap());
                    }
                    spoken = format!("{spoken} {}", finding.text);
                }
                ui.add_space(2.0);
                let mut read = now.acknowledged.contains(&code);
                let response = tick(ui, &mut read, "I have read this");
                if !read {
                    // What must be read comes before the name.
                    focus_first(ui, &response);
                }
                response.widget_info(|| {
                    WidgetInfo::selected(WidgetType::Checkbox, true, read, &spoken)
                });
                if response.changed() && !now.acknowledged.remove(&code) {
                    now.acknowledged.insert(code);
                }
            });
            ui.add_space(6.0);
        }
    });
    ui.add_space(4.0);
}
