//! The plan as its RON text: it follows the forms, and the forms follow it.
//!
//! Text that can be read is the plan at once. Text that cannot stays as it was typed, with the
//! place and the cause below it, and the plan stays as it was before. What the program computes is
//! not shown: it is no input. Limits: a plan of more than 300 kB is for an editor.

use crate::app::command::Action;
use crate::app::model::Model;
use crate::app::theme::{self, tokens};
use crate::app::widgets::mark;
use crate::model::{Severity, SpecPath};
use crate::plan::{self, Plan};
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Align2, FontId, Margin, Rect, RichText, ScrollArea, Stroke, TextBuffer, TextEdit, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of text that a field can hold and still answer at once.
const MOST_BYTES: usize = 300_000;
/// Room for numbers of lines and marks of findings.
const GUTTER: f32 = 46.0;

/// The text of a plan, and what is wrong with what was typed.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct RonText {
    /// The text.
    pub text: String,
    /// What cannot be read: the line, if there is one, and a sentence.
    pub problem: Option<(Option<usize>, String)>,
    /// True if what was typed has comments, which no plan keeps.
    pub has_comments: bool,
    /// The line of every path of the plan, from 1.
    lines: BTreeMap<SpecPath, usize>,
    /// The plan that the text belongs to.
    of: Option<Arc<Plan>>,
}

impl RonText {
    /// Makes the text that of a plan, unless it is.
    pub fn follow(&mut self, plan: &Arc<Plan>) {
        if self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, plan)) {
            return;
        }
        let text = text_of(plan);
        let lines = plan::read("", &text).map(|document| lines_of(document.lines));
        *self = Self {
            text,
            problem: None,
            has_comments: false,
            lines: lines.unwrap_or_default(),
            of: Some(Arc::clone(plan)),
        };
    }

    /// Takes what was typed. Gives the plan that it means, if it can be read.
    pub fn take(&mut self, text: String, now: &Plan) -> Option<Plan> {
        let read = plan::read("", &text);
        self.text = text;
        self.problem = None;
        match read {
            Ok(document) if document.plan.metadata.id != now.metadata.id => {
                let line = document.lines.get(&SpecPath::new("metadata.id")).map(|at| at.0);
                let cause = "The identity of a plan never changes, since what it owns carries it. \
                             Save it as another plan to get a new one.";
                self.problem = Some((line, cause.to_owned()));
                None
            }
            Ok(document) => {
                self.lines = lines_of(document.lines);
                self.has_comments = document.has_comments;
                Some(Plan { status: now.status.clone(), ..document.plan })
            }
            Err(error) => {
                let place = error.line.map(|line| format!("Line {line}: ")).unwrap_or_default();
                let named = if error.value.is_empty() {
                    String::new()
                } else {
                    format!(" (`{}`)", error.value)
                };
                let cause = format!("{place}{}{named}. {}", error.cause, error.remedy);
                self.problem = Some((error.line, cause));
                None
            }
        }
    }

    /// The text now belongs to this plan.
    pub fn belongs_to(&mut self, plan: &Arc<Plan>) {
        self.of = Some(Arc::clone(plan));
    }

    /// Forgets what cannot be read.
    pub fn discard(&mut self) {
        self.of = None;
        self.problem = None;
    }

    /// The line of a path, or of what holds it.
    pub fn line_of(&self, path: &SpecPath) -> Option<usize> {
        let mut place = Some(path.clone());
        while let Some(path) = place {
            if let Some(line) = self.lines.get(&path) {
                return Some(*line);
            }
            place = path.parent();
        }
        None
    }
}

fn lines_of(lines: BTreeMap<SpecPath, (usize, usize)>) -> BTreeMap<SpecPath, usize> {
    lines.into_iter().map(|(path, (line, _))| (path, line)).collect()
}

fn text_of(plan: &Plan) -> String {
    plan::write(&Plan { status: None, ..plan.clone() })
}

/// Draws the text.
pub(super) fn ron_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let ron = &model.ron;
    if ron.text.len() > MOST_BYTES {
        ui.add_space(8.0);
        ui.add(
            egui::Label::new(
                "This plan is too long to be edited here. Save it and open the file in an editor; \
                 the window sees what changes.",
            )
            .wrap(),
        );
        return;
    }
    if let Some((_, problem)) = &ron.problem {
        theme::barred_box(ui, t.removed, |ui| {
            ui.horizontal_top(|ui| {
                mark(ui, icon::WARNING_OCTAGON, t.removed, 13.0);
                ui.vertical(|ui| {
                    ui.add(egui::Label::new(problem).wrap());
                    let words = "The plan stays as it was before, until this can be read.";
                    ui.add(egui::Label::new(RichText::new(words).color(t.dim)).wrap());
                });
            });
        });
        ui.add_space(4.0);
    } else if ron.has_comments {
        let words = "Comments are not kept when the plan is saved; notes are.";
        ui.add(egui::Label::new(RichText::new(words).color(t.changed)).wrap());
    }
    ScrollArea::both().id_salt("ron").auto_shrink(false).show(ui, |ui| {
        let mut text = ron.text.clone();
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, _: f32| {
            let job = highlighted(text.as_str(), ui);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let shown = TextEdit::multiline(&mut text)
            .id(egui::Id::new("ron text"))
            .code_editor()
            .interactive(model.read_only().is_none())
            .margin(Margin { left: GUTTER as i8, right: 8, top: 4, bottom: 4 })
            .desired_width(ui.available_width().max(200.0))
            .desired_rows(20)
            .layouter(&mut layouter)
            .show(ui);
        let response = shown.response.response.clone();
        response
            .widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Plan as RON text"));
        if response.changed() {
            out.push(Action::TypeText(text));
        }
        if response.lost_focus() {
            out.push(Action::EditEnded);
        }
        let marks = marks(model);
        let asked = model.go_to_text.as_ref().and_then(|path| ron.line_of(path));
        let clip = ui.clip_rect();
        let painter = ui.painter();
        let mut line = 1;
        let mut begins = true;
        for row in &shown.galley.rows {
            let top = shown.galley_pos.y + row.pos.y;
            let height = row.row.height();
            let at = pos2(shown.galley_pos.x - 10.0, top + height / 2.0);
            let area = Rect::from_min_size(pos2(clip.left(), top), vec2(clip.width(), height));
            if begins && asked == Some(line) {
                ui.scroll_to_rect(area, Some(Align::Center));
            }
            if begins && area.intersects(clip) {
                let wrong = ron.problem.as_ref().is_some_and(|(at, _)| *at == Some(line));
                let mark = if wrong { Some(Severity::Error) } else { marks.get(&line).copied() };
                let color = match mark {
                    Some(Severity::Error) => t.removed,
                    Some(Severity::Warning) => t.changed,
                    Some(Severity::Info) => t.accent,
                    None => t.faint,
                };
                let number = line.to_string();
                painter.text(at, Align2::RIGHT_CENTER, number, theme::mono(11.0), color);
                if mark.is_some() {
                    let bar = pos2(at.x + 4.0, area.top());
                    let bar = Rect::from_min_size(bar, vec2(2.0, height));
                    painter.rect_filled(bar, 0.0, color);
                }
            }
            begins = row.ends_with_newline;
            if begins {
                line += 1;
            }
        }
        let x = shown.galley_pos.x - 3.0;
        painter.vline(x, response.rect.y_range(), Stroke::new(1.0, t.line));
    });
}

/// The worst finding of each line.
fn marks(model: &Model) -> BTreeMap<usize, Severity> {
    let mut marks: BTreeMap<usize, Severity> = BTreeMap::new();
    for finding in model.findings() {
        if let Some(line) = model.ron.line_of(&finding.path) {
            let worst = marks.entry(line).or_insert(finding.severity);
            *worst = (*worst).min(finding.severity);
        }
    }
    marks
}

/// The text with its names, texts and numbers told apart.
fn highlighted(text: &str, ui: &Ui) -> LayoutJob {
    let t = tokens(ui.ctx());
    let font: FontId = theme::mono(12.0);
    let mut job = LayoutJob::default();
    for (from, to, what) in pieces(text) {
        let color = match what {
            Piece::Name => t.text,
            Piece::Text => t.added,
            Piece::Number => t.accent,
            Piece::Comment => t.faint,
            Piece::Other => t.dim,
        };
        let format = TextFormat { font_id: font.clone(), color, ..TextFormat::default() };
        job.append(text.get(from..to).unwrap_or_default(), 0.0, format);
    }
    job
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Name,
    Text,
    Number,
    Comment,
    Other,
}

/// Parts a text into pieces, without gaps.
fn pieces(text: &str) -> Vec<(usize, usize, Piece)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(first) = rest.chars().next() {
        let span = |keep: fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let (length, what) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), Piece::Comment)
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |end| end + 2), Piece::Comment)
        } else if first == '"' {
            (text_length(rest), Piece::Text)
        } else if first.is_ascii_digit() {
            (span(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.'), Piece::Number)
        } else if first.is_alphabetic() || first == '_' {
            (span(|c| c.is_alphanumeric() || c == '_'), Piece::Name)
        } else {
            let other = |c: char| !(c.is_alphanumeric() || c == '_' || c == '"' || c == '/');
            (span(other).max(first.len_utf8()), Piece::Other)
        };
        pieces.push((from, from + length, what));
        from += length;
        rest = rest.get(length..).unwrap_or_default();
    }
    pieces
}

/// The length of a text in quotes, with both.
fn text_length(text: &str) -> usize {
    let mut escaped = false;
    for (n, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return n + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlanId;
    use proptest::prelude::*;

    fn plan() -> Arc<Plan> {
        let id = PlanId(uuid::Uuid::from_u128(7));
        Arc::new(plan::preset::build("rail-optimised", &[], id).unwrap())
    }

    #[test]
    fn what_can_be_read_is_the_plan() {
        let plan = plan();
        let mut ron = RonText::default();
        ron.follow(&plan);
        let typed = ron.text.replace("servers: 128", "servers: 64");
        let read = ron.take(typed.clone(), &plan).unwrap();
        assert_eq!(read.spec.cluster.as_ref().unwrap().servers, 64);
        ron.belongs_to(&plan);
        ron.follow(&plan);
        assert_eq!(ron.text, typed, "what was typed stays");
        let line = ron.line_of(&SpecPath::new("spec.cluster.servers")).unwrap();
        assert!(typed.lines().nth(line - 1).unwrap().contains("servers: 64"));
        assert_eq!(ron.line_of(&SpecPath::new("spec.cluster.servers.x")), Some(line));
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let plan = plan();
        let mut ron = RonText::default();
        ron.follow(&plan);
        let line = ron.line_of(&SpecPath::new("spec.cluster.servers")).unwrap();
        assert_eq!(ron.take(ron.text.replace("servers: 128", "servers: few"), &plan), None);
        let (at, words) = ron.problem.clone().unwrap();
        assert_eq!(at, Some(line));
        assert!(words.contains("whole number"), "{words}");
        let other = ron.text.replace("servers: few", "servers: 128");
        let id = plan.metadata.id.to_string();
        assert_eq!(ron.take(other.replace(&id, &id.replace('7', "8")), &plan), None);
        assert!(ron.problem.as_ref().unwrap().1.contains("never changes"));
        ron.discard();
        ron.follow(&plan);
        assert_eq!((ron.problem.clone(), ron.text.clone()), (None, text_of(&plan)));
    }

    #[test]
    fn pieces_have_a_kind() {
        let text = "a: \"b\\\"c\", // d\n 12";
        let kinds: Vec<_> = pieces(text).into_iter().map(|(a, b, k)| (&text[a..b], k)).collect();
        assert_eq!(
            kinds,
            [
                ("a", Piece::Name),
                (": ", Piece::Other),
                ("\"b\\\"c\"", Piece::Text),
                (", ", Piece::Other),
                ("// d", Piece::Comment),
                ("\n ", Piece::Other),
                ("12", Piece::Number),
            ]
        );
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole_text(text in any::<String>()) {
            let mut whole = String::new();
            for (from, to, _) in pieces(&text) {
                prop_assert!(from < to);
                whole.push_str(&text[from..to]);
            }
            prop_assert_eq!(whole, text);
        }
    }
}
