//! Every finding in one list: severity, code, place, text and remedy. A click goes to the field or
//! to the line of the text.

use super::places::place_words;
use crate::app::command::Action;
use crate::app::command::Command;
use crate::app::model::{Model, Tab};
use crate::app::selection::classes_at;
use crate::app::theme::{self, tokens};
use crate::app::widgets::{Empty, command_button, empty_state, finding_ui, link};
use crate::model::{Finding, Severity, grouped};
use egui::{Button, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

/// Findings that are drawn at once; the filter finds the others.
const MOST: usize = 200;

/// Draws the list.
pub(super) fn problems_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let findings = model.findings();
    if findings.is_empty() {
        let state = match model.answer {
            Some(_) if !model.purpose.is_converge() => Empty {
                mark: icon::INFO,
                title: "Nothing to report",
                words: "What is under review leads away from the plan, so its rules were not asked.",
                commands: &[Command::BackToPlan],
            },
            Some(_) => Empty {
                mark: icon::CHECK_CIRCLE,
                title: "Nothing to report",
                words: "Every rule was checked against this plan, and none has anything to say.",
                commands: &[],
            },
            None => Empty {
                mark: icon::HOURGLASS,
                title: "Computing",
                words: "The findings are listed once the plan was checked.",
                commands: &[],
            },
        };
        empty_state(ui, model, &state, out);
        return;
    }
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (severity, one, many) in [
            (Severity::Error, "error", "errors"),
            (Severity::Warning, "warning", "warnings"),
            (Severity::Info, "note", "notes"),
        ] {
            let count = findings.iter().filter(|finding| finding.severity == severity).count();
            let on = model.findings_shown.contains(&severity);
            let words = if count == 1 { one } else { many };
            let words = format!("{} {words}", grouped(count as u64));
            let button = Button::selectable(on && count > 0, RichText::new(&words).size(12.0));
            let response = ui.add_enabled(count > 0, button);
            let spoken = format!("Show {words}");
            response
                .widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, count > 0, on, &spoken));
            if response.clicked() {
                out.push(Action::ShowSeverity(severity));
            }
        }
    });
    ui.add_space(4.0);
    let mut filter = model.findings_filter.clone();
    let response = ui.horizontal(|ui| {
        let copy = Button::new(RichText::new(icon::COPY).size(14.0));
        let width = ui.available_width() - 40.0;
        let field = filter_ui(ui, &mut filter, width);
        command_button(ui, model, Command::CopyFindings, copy, out);
        field
    });
    let response = response.inner;
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Filter findings"));
    if response.changed() {
        out.push(Action::FilterFindings(filter));
    }
    ui.add_space(4.0);
    let kept = listed(model);
    ScrollArea::vertical().id_salt("findings").auto_shrink(false).show(ui, |ui| {
        if kept.is_empty() {
            ui.label(RichText::new("No finding is like that.").color(t.dim));
        }
        for (n, finding) in kept.iter().enumerate().take(MOST) {
            problem_ui(ui, model, n, finding, out);
        }
        if kept.len() > MOST {
            let more = grouped((kept.len() - MOST) as u64);
            ui.label(RichText::new(format!("{more} more; filter to see them.")).color(t.dim));
        }
        ui.add_space(12.0);
    });
}

fn filter_ui(ui: &mut Ui, filter: &mut String, width: f32) -> egui::Response {
    let hint = RichText::new("Filter findings").color(tokens(ui.ctx()).faint);
    let field = TextEdit::singleline(filter).hint_text(hint).char_limit(200);
    ui.add(field.margin(egui::Margin::symmetric(8, 3)).desired_width(width.max(60.0)))
}

/// The findings of the severities and with the words that are asked for.
pub fn listed(model: &Model) -> Vec<&Finding> {
    let shown = model.findings().iter().filter(|f| model.findings_shown.contains(&f.severity));
    shown.filter(|finding| meets(finding, &model.findings_filter)).collect()
}

fn problem_ui(ui: &mut Ui, model: &Model, n: usize, finding: &Finding, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    ui.push_id(n, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(finding.code.name()).font(theme::mono(11.5)).color(t.dim));
            let line = model.line_of(&finding.path);
            if let Some(line) = line {
                let words = format!("line {line}");
                let spoken = format!("Go to line {line}");
                if link(ui, &words, &spoken).clicked() {
                    out.push(Action::GoToText(finding.path.clone()));
                }
            }
            let fabric = model.answer.as_ref().map(|answer| &answer.evaluation.fabric);
            if fabric.is_some_and(|fabric| classes_at(fabric, &finding.path).next().is_some()) {
                let spoken = format!("Show devices of {}", finding.path);
                if link(ui, "devices", &spoken).on_hover_text("Show its devices.").clicked() {
                    out.push(Action::SelectPlace(finding.path.clone()));
                }
            }
        });
        let path = finding.path.as_str();
        if !path.is_empty() && Tab::of_path(&finding.path) != Tab::Findings {
            let words = place_words(&model.spec_tree, &finding.path);
            let spoken = format!("Go to {words}");
            if link(ui, &words, &spoken).on_hover_text(path).clicked() {
                out.push(Action::GoTo(finding.path.clone()));
            }
        }
        finding_ui(ui, model, finding, out);
        ui.add_space(6.0);
    });
}

fn meets(finding: &Finding, filter: &str) -> bool {
    let all = format!("{} {} {}", finding.code.name(), finding.path, finding.text).to_lowercase();
    filter.split_whitespace().all(|word| all.contains(&word.to_lowercase()))
}
