//! The plan as its RON text: it follows the forms, and the forms follow it.
//!
//! What is typed is read at the first pause, or when anything else is done: a number half typed is
//! no plan. Text that can be read is then the plan. Text that cannot stays as it was typed, with
//! the place and the cause below it and as an error of the plan, which stays as it was before. No
//! other edit replaces it without a question. What the program computes is not shown: it is no
//! input. Limits: a plan of more than 300 kB is for an editor.

use super::text_find::{TextFind, find_ui};
use crate::app::command::Action;
use crate::app::model::Model;
use crate::app::theme::{self, tokens};
use crate::app::widgets::finding_ui;
use crate::model::{Code, Finding, PlanId, Severity, SpecPath};
use crate::plan::{self, Plan};
use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::{
    Align, Align2, FontId, Id, Key, Margin, Rect, RichText, ScrollArea, Stroke, TextBuffer,
    TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes of text that a field can hold and still answer at once.
const MOST_BYTES: usize = 300_000;
/// From the last key until what was typed is read.
const PAUSE: Duration = Duration::from_millis(600);
/// Room for numbers of lines and marks of findings.
const GUTTER: f32 = 46.0;

/// The text of a plan, and what is wrong with what was typed.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct RonText {
    /// The text.
    pub text: String,
    /// What cannot be read, since the text was read last.
    pub problem: Option<Problem>,
    /// When a key was pressed last, until what was typed is read.
    typed_at: Option<Instant>,
    /// Text that could not be read and was taken back, and the plan that it was typed over.
    taken_back: Option<(String, Arc<Plan>)>,
    /// True if what was typed has comments, which no plan keeps.
    pub has_comments: bool,
    /// The line of every path of the plan, from 1.
    lines: BTreeMap<SpecPath, usize>,
    /// The plan that the text belongs to.
    of: Option<Arc<Plan>>,
    /// The blank plan that stands for the text of a file until that can be read: the plan that it
    /// then means is that of the file, whatever its identity.
    stand_in: Option<PlanId>,
}

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Problem {
    /// The line, from 1, if it is one line.
    pub line: Option<usize>,
    /// A sentence: what it is, and what helps.
    pub cause: String,
}

impl Problem {
    /// `line 12 of the text cannot be read`.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("line {line} of the text cannot be read"),
            None => "the text cannot be read".to_owned(),
        }
    }

    /// The same as a finding of the whole plan: of the text of a file, or of what was typed.
    pub fn finding(&self, of_file: bool) -> Finding {
        let text = match self.line {
            Some(line) => format!("RON text, line {line}: {}", self.cause),
            None => format!("RON text: {}", self.cause),
        };
        Finding::new(Code::UnreadableText, SpecPath::default(), text).advise(if of_file {
            "Mend it, then save it. What is half mended can be saved too."
        } else {
            "Mend it, or take it back with undo. Until then the plan is as it was before."
        })
    }
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
            lines: lines.unwrap_or_default(),
            of: Some(Arc::clone(plan)),
            taken_back: self.taken_back.take(),
            stand_in: self.stand_in,
            ..Self::default()
        };
    }

    /// The text of a file that cannot be read, over a blank plan that stands in for its own.
    pub fn of_file(text: String, blank: &Arc<Plan>, at: Instant) -> Self {
        let stand_in = Some(blank.metadata.id);
        let mut ron = Self { stand_in, of: Some(Arc::clone(blank)), ..Self::default() };
        ron.type_in(text, at);
        ron
    }

    /// True if a plan stands in for that of a file whose text cannot be read.
    pub fn stands_in(&self, plan: &Plan) -> bool {
        self.stand_in == Some(plan.metadata.id)
    }

    /// Notes what was typed; it is read later.
    pub fn type_in(&mut self, text: String, at: Instant) {
        self.text = text;
        self.typed_at = Some(at);
    }

    /// How long until what was typed is to be read; nothing if nothing was.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        self.typed_at.map(|at| PAUSE.saturating_sub(now.saturating_duration_since(at)))
    }

    /// What was typed and is not in the plan: not read yet, or not to be read.
    pub fn unread(&self) -> Option<&str> {
        (self.typed_at.is_some() || self.problem.is_some()).then_some(self.text.as_str())
    }

    /// Reads what was typed. Gives the plan that it means, if it can be read.
    pub fn read(&mut self, now: &Plan) -> Option<Plan> {
        self.typed_at = None;
        self.problem = None;
        self.has_comments = false;
        let read = plan::read("", &self.text);
        match read {
            Ok(document)
                if document.plan.metadata.id != now.metadata.id && !self.stands_in(now) =>
            {
                let line = document.lines.get(&SpecPath::new("metadata.id")).map(|at| at.0);
                let cause = "The identity of a plan never changes, since what it owns carries it. \
                             Save it as another plan to get a new one.";
                self.problem = Some(Problem { line, cause: cause.to_owned() });
                None
            }
            Ok(document) => {
                self.lines = lines_of(document.lines);
                self.has_comments = document.has_comments;
                Some(Plan { status: now.status.clone(), ..document.plan })
            }
            Err(error) => {
                let named = if matches!(error.value.as_str(), "" | "\"\"") {
                    String::new()
                } else {
                    format!(" (`{}`)", error.value)
                };
                let cause = format!("{}{named}. {}", error.cause, error.remedy);
                self.problem = Some(Problem { line: error.line, cause });
                None
            }
        }
    }

    /// The text now belongs to this plan.
    pub fn belongs_to(&mut self, plan: &Arc<Plan>) {
        self.of = Some(Arc::clone(plan));
    }

    /// The plan goes on under another identity: what was typed and is not in it does too.
    pub fn move_to(&mut self, from: &Plan, to: &Arc<Plan>) {
        if self.unread().is_some() {
            let (old, new) = (from.metadata.id.to_string(), to.metadata.id.to_string());
            self.text = self.text.replace(&old, &new);
            self.belongs_to(to);
        }
    }

    /// Forgets what was typed and is not in the plan.
    pub fn discard(&mut self) {
        self.of = None;
        self.problem = None;
        self.typed_at = None;
    }

    /// The same, so that it can be [typed again](Self::type_again).
    pub fn take_back(&mut self, now: &Arc<Plan>) {
        self.taken_back = Some((std::mem::take(&mut self.text), Arc::clone(now)));
        self.discard();
    }

    /// True if something was taken back from over this plan.
    pub fn can_type_again(&self, now: &Arc<Plan>) -> bool {
        self.taken_back.as_ref().is_some_and(|(_, of)| Arc::ptr_eq(of, now))
    }

    /// Brings back what was taken back.
    pub fn type_again(&mut self, now: &Arc<Plan>, at: Instant) {
        if let Some((text, _)) = self.taken_back.take().filter(|(_, of)| Arc::ptr_eq(of, now)) {
            self.belongs_to(now);
            self.type_in(text, at);
        }
    }

    /// The line of a path, or of what holds it. That of the whole plan is the line that cannot be
    /// read, if there is one.
    pub fn line_of(&self, path: &SpecPath) -> Option<usize> {
        if path.as_str().is_empty() && self.problem.is_some() {
            return self.problem.as_ref().and_then(|problem| problem.line);
        }
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

/// True if a text is short enough to be edited here.
pub(in crate::app) fn can_be_typed(text: &str) -> bool {
    text.len() <= MOST_BYTES
}

fn lines_of(lines: BTreeMap<SpecPath, (usize, usize)>) -> BTreeMap<SpecPath, usize> {
    lines.into_iter().map(|(path, (line, _))| (path, line)).collect()
}

fn text_of(plan: &Plan) -> String {
    plan::write(&Plan { status: None, ..plan.clone() })
}

/// The id of the field that the text is typed in.
pub(in crate::app) fn text_id() -> Id {
    Id::new("ron text")
}

/// The space that a line gets which has just been begun at a place, counted in characters.
fn indent_at(text: &str, at: usize) -> Option<String> {
    let byte = text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    let line = text.get(..byte)?.strip_suffix('\n')?.rsplit('\n').next()?;
    let spaces = line.len() - line.trim_start_matches(' ').len();
    let opens = line.trim_end().ends_with(['(', '[', '{']);
    Some(" ".repeat(spaces + if opens { INDENT } else { 0 }))
}

/// Spaces by which a plan is written deeper after a bracket.
const INDENT: usize = 4;

/// Draws the text.
pub(super) fn ron_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let ron = &model.ron;
    if !can_be_typed(&ron.text) {
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
    if ron.has_comments && ron.problem.is_none() {
        let words = "Comments are not kept when the plan is saved; notes are.";
        ui.add(egui::Label::new(RichText::new(words).color(t.changed)).wrap());
    }
    let cursor = Id::new("line of the cursor");
    // Below the text, so that no line moves because of it.
    let line = ui.data(|data| data.get_temp::<usize>(cursor));
    at_line_ui(ui, model, line, out);
    let text_id = text_id();
    find_ui(ui, model, text_id, out);
    ScrollArea::both().id_salt("ron").auto_shrink(false).show(ui, |ui| {
        let mut text = ron.text.clone();
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, _: f32| {
            let job = highlighted(text.as_str(), &model.text_find, ui);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let shown = TextEdit::multiline(&mut text)
            .id(text_id)
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
            let cursor = shown.cursor_range.map(|range| range.primary.index.0);
            let begun = cursor.filter(|_| ui.input(|input| input.key_pressed(Key::Enter)));
            if let Some((at, indent)) = begun.and_then(|at| Some((at, indent_at(&text, at)?))) {
                // A line begins where the one before it does, or deeper after a bracket.
                let byte = text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
                text.insert_str(byte, &indent);
                let mut state = shown.state.clone();
                let cursor = CCursor::new(at + indent.len());
                state.cursor.set_char_range(Some(CCursorRange::one(cursor)));
                state.store(ui.ctx(), response.id);
            }
            out.push(Action::TypeText(text));
        }
        if response.lost_focus() {
            out.push(Action::EditEnded);
        }
        let line = shown.cursor_range.map(|range| {
            let before = shown.galley.text().chars().take(range.primary.index.0);
            1 + before.filter(|c| *c == '\n').count()
        });
        if line.is_some() {
            ui.data_mut(|data| data.insert_temp(cursor, line.unwrap_or_default()));
        }
        let marks = marks(model);
        let asked = model.go_to_text.as_ref().and_then(|path| ron.line_of(path));
        if let Some(asked) = asked {
            // The cursor says which line is meant, and typing goes on there.
            let lines = shown.galley.text().split_inclusive('\n').take(asked.saturating_sub(1));
            let start = CCursor::new(lines.map(|line| line.chars().count()).sum::<usize>());
            let mut state = shown.state.clone();
            state.cursor.set_char_range(Some(CCursorRange::one(start)));
            state.store(ui.ctx(), response.id);
            ui.data_mut(|data| data.insert_temp(cursor, asked));
            response.request_focus();
        }
        let asked = asked.or_else(|| model.text_find.line(&ron.text));
        let clip = ui.clip_rect();
        let painter = ui.painter();
        // The numbers stay where they are while the text is moved sideways below them.
        let gutter = Rect::from_min_max(clip.min, pos2(clip.left() + GUTTER - 3.0, clip.max.y));
        if shown.galley_pos.x < clip.left() + GUTTER - 1.0 {
            painter.rect_filled(gutter, 0.0, t.field);
        }
        let mut line = 1;
        let mut begins = true;
        for row in &shown.galley.rows {
            let top = shown.galley_pos.y + row.pos.y;
            let height = row.row.height();
            let at = pos2(clip.left() + GUTTER - 10.0, top + height / 2.0);
            let area = Rect::from_min_size(pos2(clip.left(), top), vec2(clip.width(), height));
            if begins && asked == Some(line) {
                ui.scroll_to_rect(area, Some(Align::Center));
            }
            if begins && area.intersects(clip) {
                let wrong = ron.problem.as_ref().is_some_and(|problem| problem.line == Some(line));
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
        let x = clip.left() + GUTTER - 3.0;
        painter.vline(x, response.rect.y_range(), Stroke::new(1.0, t.line));
    });
}

/// What there is to say about the line that the cursor is in, or about the one that cannot be read.
fn at_line_ui(ui: &mut Ui, model: &Model, line: Option<usize>, out: &mut Vec<Action>) {
    let unreadable = model.ron.problem.as_ref();
    // Places of other findings are those of the text that could be read last.
    let there = |finding: &&Finding| match unreadable {
        Some(_) => finding.code == Code::UnreadableText,
        None => line.is_some() && model.ron.line_of(&finding.path) == line,
    };
    let findings: Vec<&Finding> = model.findings().iter().filter(there).collect();
    if findings.is_empty() {
        return;
    }
    let line = unreadable.map_or(line, |problem| problem.line).unwrap_or(1);
    // The panel takes the height of what it has only in the next frame.
    let told = (line, findings.first().map(|finding| finding.text.clone()));
    let told_id = Id::new("told at line");
    if ui.data(|data| data.get_temp(told_id)).as_ref() != Some(&told) {
        ui.data_mut(|data| data.insert_temp(told_id, told));
        ui.ctx().request_repaint();
    }
    let color = tokens(ui.ctx()).dim;
    let shown = findings.len().min(MOST_AT_LINE);
    let more = findings.len() - shown;
    egui::Panel::bottom("at line").frame(egui::Frame::new()).show_separator_line(false).show(
        ui,
        |ui| {
            ui.add_space(4.0);
            let words = match more {
                0 => format!("Line {line}"),
                more => format!("Line {line}: {more} more in Checks"),
            };
            ui.label(RichText::new(words).font(theme::small()).color(color));
            for finding in findings.iter().take(shown) {
                finding_ui(ui, model, finding, out);
            }
        },
    );
}

/// Findings of the line of the cursor that are told; the others are among the checks.
const MOST_AT_LINE: usize = 2;

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

/// The text with its names, texts and numbers told apart, and what is looked for marked.
fn highlighted(text: &str, find: &TextFind, ui: &Ui) -> LayoutJob {
    let t = tokens(ui.ctx());
    let places = find.places(text);
    let current = find.current(&places);
    let is_typed_in = ui.memory(|memory| memory.has_focus(text_id()));
    let mut marked = places.iter().enumerate().peekable();
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
        let mut from = from;
        while let Some((n, place)) = marked.peek().filter(|(_, place)| place.start < to) {
            let (start, end) = (place.start.max(from), place.end.min(to));
            job.append(text.get(from..start).unwrap_or_default(), 0.0, format.clone());
            // What the field has selected has a ground of its own.
            let strength = if Some(*n) != current {
                0.2
            } else if is_typed_in {
                0.0
            } else {
                0.45
            };
            let background = t.changed.gamma_multiply(strength);
            let format = TextFormat { background, ..format.clone() };
            job.append(text.get(start..end).unwrap_or_default(), 0.0, format);
            from = end;
            if place.end > to {
                break;
            }
            marked.next();
        }
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
    fn a_line_begins_where_the_one_before_it_does() {
        let check = |text: &str, expected: Option<usize>| {
            let found = indent_at(text, text.chars().count()).map(|indent| indent.len());
            assert_eq!(found, expected, "{text:?}");
        };
        check("(\n", Some(4));
        check("é: (\n    b: [ \n", Some(8));
        check("(\n    b: 1,\n", Some(4));
        check("    \n", Some(4));
        check("\n", Some(0));
        check("(", None);
        check("", None);
        assert_eq!(indent_at("(\n)", 2).as_deref(), Some("    "));
        assert_eq!(indent_at("x", 9), None);
    }

    #[test]
    fn what_can_be_read_is_the_plan() {
        let plan = plan();
        let mut ron = RonText::default();
        ron.follow(&plan);
        let typed = ron.text.replace("servers: 128", "servers: 64");
        let start = Instant::now();
        ron.type_in(typed.clone(), start);
        assert_eq!(ron.unread(), Some(typed.as_str()), "it is not in the plan yet");
        assert_eq!(ron.wait(start), Some(PAUSE));
        assert_eq!(ron.wait(start + PAUSE), Some(Duration::ZERO));
        let read = ron.read(&plan).unwrap();
        assert_eq!((ron.unread(), ron.wait(start)), (None, None));
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
        let typed = ron.text.replace("servers: 128", "servers: few");
        ron.type_in(typed.clone(), Instant::now());
        assert_eq!(ron.read(&plan), None);
        let problem = ron.problem.clone().unwrap();
        assert_eq!(problem.line, Some(line));
        assert_eq!(ron.line_of(&SpecPath::default()), Some(line));
        assert!(problem.cause.contains("whole number"), "{problem:?}");
        assert_eq!(ron.unread(), Some(typed.as_str()));
        let other = ron.text.replace("servers: few", "servers: 128");
        let id = plan.metadata.id.to_string();
        ron.type_in(other.replace(&id, &id.replace('7', "8")), Instant::now());
        assert_eq!(ron.read(&plan), None);
        assert!(ron.problem.as_ref().unwrap().cause.contains("never changes"));
        ron.discard();
        ron.follow(&plan);
        assert_eq!((ron.problem.clone(), ron.text.clone()), (None, text_of(&plan)));
    }

    #[test]
    fn what_was_taken_back_comes_back_over_its_plan_only() {
        let (plan, other) = (plan(), plan());
        let mut ron = RonText::default();
        ron.follow(&plan);
        ron.type_in("(".to_owned(), Instant::now());
        assert_eq!(ron.read(&plan), None);
        ron.take_back(&plan);
        ron.follow(&plan);
        assert_eq!(ron.unread(), None);
        assert!(ron.can_type_again(&plan) && !ron.can_type_again(&other));
        ron.type_again(&plan, Instant::now());
        assert_eq!(ron.unread(), Some("("));
        assert!(!ron.can_type_again(&plan));
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
