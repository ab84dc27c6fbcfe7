//! The bar below: the phase, how the plan stands, what is missing, and the next step; while
//! something runs, how far it is.
//!
//! The words have the room: where there is little, the hint goes first, then the names of the phases
//! but that of the one it is. What two lines do not hold is told under the pointer.

use super::command::{Action, Command};
use super::model::{Model, Running, Stop};
use super::purposes::approved_elsewhere;
use super::standing::{health_hint, is_taken_back, sync_hint};
use super::theme::{self, tokens};
use super::times;
use super::widgets::{at_right, command_button};
use crate::diff::Purpose;
use crate::model::{ProgressReport, grouped};
use crate::workflow::{Outcome, Phase, Run};
use egui::text::LayoutJob;
use egui::{
    Align, Align2, Button, Color32, FontId, Galley, Id, Layout, ProgressBar, RichText, Sense,
    Stroke, StrokeKind, TextStyle, Ui, UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The phases in order, with the one that a stopped run puts in place of the last.
const PHASES: [(Phase, &str); 4] = [
    (Phase::Draft, "Draft"),
    (Phase::Planned, "Planned"),
    (Phase::Approved, "Approved"),
    (Phase::Applied, "Applied"),
];

/// Draws the bar below.
pub(super) fn bottom_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let centred = Layout::left_to_right(Align::Center);
    ui.with_layout(centred, |ui| {
        let phase = model.shown_phase();
        let running = model.running.as_ref().is_some_and(|run| run.stop == Stop::AfterStep);
        // What runs has been approved, and has not failed yet.
        let stepper = ui.horizontal_centered(|ui| {
            let run = model.phase().and_then(|report| report.run.as_ref());
            let stopped = run.is_some_and(|run| run.outcome == Outcome::Cancelled);
            let all = phases_width(ui) + STATUS_LEAST <= ui.available_width();
            phases_ui(ui, if running { Phase::Approved } else { phase }, (stopped, all));
        });
        standing_button(ui, model, stepper.response.rect, out);
        let told = hint_ui(ui, model);
        ui.add_space(APART - ui.spacing().item_spacing.x);
        match &model.running {
            Some(running) => {
                let right_to_left = Layout::right_to_left(Align::Center);
                ui.with_layout(right_to_left, |ui| running_ui(ui, model, running, out));
            }
            None => steps_ui(ui, model, (phase, told), out),
        }
    });
}

/// The phases are a button: they lead to where the plan stands.
fn standing_button(ui: &mut Ui, model: &Model, rect: egui::Rect, out: &mut Vec<Action>) {
    let command = Command::Standing;
    let enabled = command.blocked(model).is_none();
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let rect = egui::Rect::from_center_size(rect.center(), vec2(rect.width() + 12.0, 32.0));
    let response = ui.interact(rect, ui.id().with("standing"), sense);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, command.name()));
    let t = tokens(ui.ctx());
    if enabled && (response.hovered() || response.has_focus()) {
        let color = if response.has_focus() { t.accent } else { t.line };
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(1.0, color), StrokeKind::Inside);
    }
    if response.on_hover_text(command.hint()).clicked() {
        out.push(Action::Do(command));
    }
}

/// Width that the buttons and the status at the right need before there is room for the hint, or for
/// the names of all phases.
const STATUS_LEAST: f32 = 520.0;

/// Who approved, and how the plan stands in a word or two, if there is room. True if there was.
fn hint_ui(ui: &mut Ui, model: &Model) -> bool {
    let Some(answer) = model.answer.as_ref().filter(|_| !model.is_computing()) else {
        return false;
    };
    let t = tokens(ui.ctx());
    let state = match &model.purpose {
        _ if model.running.as_ref().is_some_and(|run| run.stop == Stop::AfterStep) => {
            "Being applied".to_owned()
        }
        Purpose::Converge if approved_elsewhere(model).is_some() => {
            format!("{} · something else is approved", sync_hint(model.shown_sync()))
        }
        Purpose::Converge => {
            format!("{} · {}", sync_hint(model.shown_sync()), health_hint(answer))
        }
        Purpose::Destroy => "Destroy under review".to_owned(),
        Purpose::Undo { .. } => "Undo under review".to_owned(),
    };
    let font = FontId::proportional(11.0);
    let lay_out = |words: &str, color| {
        ui.painter().layout_no_wrap(words.to_owned(), font.clone(), color).size().x
    };
    let by = approved_words(model);
    let width = by.iter().map(|by| lay_out(by, t.dim)).fold(lay_out(&state, t.faint), f32::max);
    if width + STATUS_LEAST > ui.available_width() {
        return false;
    }
    ui.add_space(10.0);
    let lines = 1 + by.iter().len();
    ui.allocate_ui(vec2(width, 15.0 * lines as f32), |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            if let Some(by) = by {
                ui.label(RichText::new(by).font(font.clone()).color(t.dim));
            }
            ui.label(RichText::new(state).font(font.clone()).color(t.faint));
        });
    });
    true
}

/// Who approved what is shown, or what was applied last, and when.
fn approved_words(model: &Model) -> Option<String> {
    let report = model.phase()?;
    let shown = model.shown_phase();
    let told = matches!(shown, Phase::Approved | Phase::Applied | Phase::Failed);
    let approval = report.approval.as_ref().filter(|_| told)?;
    let at = times::recent(&approval.at, model.now.time);
    Some(format!("approved by {}, {at}", approval.by))
}

/// The length of the line between two phases, and where there is little room.
const BETWEEN: [f32; 2] = [20.0, 8.0];

/// How wide the phases are with all of their names.
fn phases_width(ui: &Ui) -> f32 {
    let names: f32 = PHASES.iter().map(|(_, name)| width_of(ui, name)).sum();
    let (count, [between, _]) = (PHASES.len() as f32, BETWEEN);
    let gaps = (3.0 * count - 2.0) * ui.spacing().item_spacing.x;
    names + 18.0 * count + between * (count - 1.0) + gaps
}

/// The phases, with `all` of their names or that of the one it is; a run that was `stopped` by
/// somebody has not failed.
fn phases_ui(ui: &mut Ui, phase: Phase, (stopped, all): (bool, bool)) {
    let t = tokens(ui.ctx());
    let failed = phase == Phase::Failed;
    let here = PHASES.iter().position(|(p, _)| *p == phase).unwrap_or(PHASES.len() - 1);
    let last = PHASES.len() - 1;
    for (n, (_, name)) in PHASES.iter().enumerate() {
        if n > 0 {
            let [wide, narrow] = BETWEEN;
            let length = if all { wide } else { narrow };
            let (rect, _) = ui.allocate_exact_size(vec2(length, 8.0), Sense::hover());
            ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, t.line));
        }
        let name = match (failed && n == last, stopped) {
            (true, true) => "Stopped",
            (true, false) => "Failed",
            (false, _) => name,
        };
        let (done, now) = (n < here, n == here);
        let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
        let color = match (failed && now, stopped) {
            (true, true) => t.changed,
            (true, false) => t.removed,
            (false, _) => t.accent,
        };
        let painter = ui.painter();
        if now {
            painter.circle_filled(rect.center(), 9.0, color);
        } else {
            painter.circle_stroke(rect.center(), 8.5, Stroke::new(1.0, t.line));
        }
        let finished = done || (now && phase == Phase::Applied);
        let mark = if finished {
            icon::CHECK.to_owned()
        } else if failed && now && stopped {
            icon::PAUSE.to_owned()
        } else if failed && now {
            icon::X.to_owned()
        } else {
            (n + 1).to_string()
        };
        let ink = match (now, done) {
            (true, _) => t.on_accent,
            (false, true) => t.added,
            (false, false) => t.faint,
        };
        painter.text(rect.center(), Align2::CENTER_CENTER, mark, FontId::proportional(10.5), ink);
        let state = if now {
            "current"
        } else if done {
            "done"
        } else {
            "to come"
        };
        let spoken = format!("Phase {name}, {state}");
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &spoken));
        if !all && !now {
            continue;
        }
        let words = RichText::new(name);
        ui.label(if now { words.font(theme::semibold(13.0)) } else { words.color(t.dim) });
    }
}

/// A button of the lower bar, with an id of its own: one that counted the widgets before it would be
/// another once an answer arrives, and a click between the two would be lost.
fn bar_button(
    ui: &mut Ui,
    model: &Model,
    command: Command,
    button: Button<'_>,
    out: &mut Vec<Action>,
) {
    let own = UiBuilder::new().id(Id::new(("lower bar", command.name())));
    ui.scope_builder(own, |ui| command_button(ui, model, command, button, out));
}

/// The next steps at the right, and before them what is missing.
fn steps_ui(ui: &mut Ui, model: &Model, (phase, told): (Phase, bool), out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let primary = match phase {
        // Who has just taken it back is not led to make it again.
        Phase::Planned if is_taken_back_again(model) => None,
        Phase::Draft | Phase::Planned => Some(Command::Approve),
        Phase::Approved | Phase::Applied => Some(Command::Apply),
        Phase::Failed => Some(Command::Resume),
    };
    let steps: &[Command] = match phase {
        Phase::Failed => &[Command::Approve, Command::Resume],
        _ => &[Command::Approve, Command::Apply],
    };
    let room = ui.available_rect_before_wrap();
    let (_, buttons) = at_right(ui, "steps", |ui| {
        let save = Button::new(Command::Save.name()).min_size(vec2(64.0, 30.0));
        bar_button(ui, model, Command::Save, save, out);
        computing_button(ui, model, out);
        for command in steps {
            let mut button = Button::new(command.name()).min_size(vec2(86.0, 30.0));
            if Some(*command) == primary && command.blocked(model).is_none() {
                let words = RichText::new(command.name()).font(theme::medium(13.0));
                button =
                    Button::new(words.color(t.on_accent)).fill(t.accent).min_size(vec2(86.0, 30.0));
            }
            bar_button(ui, model, *command, button, out);
        }
    });
    let said = egui::Rect::from_min_max(room.min, pos2(buttons.left() - 16.0, room.max.y));
    let layout = Layout::right_to_left(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(said).layout(layout), |ui| {
        let (words, way, color) = status(model, told, (t.dim, t.removed));
        let whole = if way.is_empty() { words.clone() } else { format!("{words} · {way}") };
        let all = in_two_lines(ui, &whole, color);
        let said = if all.elided { in_two_lines(ui, &words, color) } else { all };
        let mut more = if said.elided { vec![whole] } else { Vec::new() };
        let said = ui.add(egui::Label::new(said).show_tooltip_when_elided(false));
        if let Some(answer) = model.answer.as_ref().filter(|_| !model.is_computing()) {
            let millis = answer.micros as f64 / 1000.0;
            more.push(format!("All that is shown was computed in {millis:.1} ms."));
        }
        if !more.is_empty() {
            said.on_hover_text(more.join("\n"));
        }
    });
}

/// Words at the right of the room there is, in the two lines that the bar is high.
fn in_two_lines(ui: &Ui, words: &str, color: Color32) -> Arc<Galley> {
    let font = TextStyle::Body.resolve(ui.style());
    let room = ui.available_width().max(0.0);
    let mut job = LayoutJob::simple(words.to_owned(), font, color, room);
    job.wrap.max_rows = 2;
    job.halign = Align::RIGHT;
    ui.painter().layout_job(job)
}

/// The way out of computing that takes long, and back into it once it was stopped.
fn computing_button(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let command = match model.computing {
        // What takes no time is not worth a button that comes and goes.
        Some(since) => {
            ui.ctx().request_repaint_after(Duration::from_millis(250));
            (model.now.since(since) > PATIENCE).then_some(Command::Cancel)
        }
        None => model.is_computing().then_some(Command::Refresh),
    };
    if let Some(command) = command {
        let button = Button::new(command.name()).min_size(vec2(86.0, 30.0));
        bar_button(ui, model, command, button, out);
    }
}

/// True if the plan still wants what the last run has taken back.
fn is_taken_back_again(model: &Model) -> bool {
    let Some(answer) = &model.answer else { return false };
    // What was edited since, no run has taken back; nor what would go now.
    let spec = answer.evaluation.digests.spec;
    let run = answer.phase.run.as_ref().filter(|run| run.approval.digests.spec == spec);
    let changes = answer.evaluation.changes.as_ref();
    let adds = changes.is_some_and(|changes| changes.deletions.is_empty());
    // A part that was destroyed is mostly to be made anew.
    let is_meant =
        |run: &Run| is_taken_back(run) && (run.purpose != Purpose::Destroy || run.is_whole);
    model.purpose.is_converge() && adds && run.is_some_and(is_meant)
}

/// How long computing may take before it can be stopped with a button.
const PATIENCE: Duration = Duration::from_millis(700);

/// Between the phases and what stands at their right, at least.
const APART: f32 = 16.0;

fn width_of(ui: &Ui, words: &str) -> f32 {
    let font = TextStyle::Body.resolve(ui.style());
    ui.painter().layout_no_wrap(words.to_owned(), font, ui.visuals().text_color()).size().x
}

/// What is missing before the next step, or who approved, unless that is `told`; and apart what is
/// said if there is room: the way on.
fn status(
    model: &Model,
    told: bool,
    (quiet, loud): (Color32, Color32),
) -> (String, String, Color32) {
    let Some(answer) = model.answer.as_ref().filter(|_| !model.is_computing()) else {
        return match model.computing {
            Some(since) => {
                let reading = model.reading.as_ref().map(|reading| reading.report());
                (computing(reading, model.now.since(since)), String::new(), quiet)
            }
            None if model.computing_failed => {
                ("not computed: a fault of Heddle".to_owned(), String::new(), loud)
            }
            None => ("not computed: you stopped it".to_owned(), String::new(), loud),
        };
    };
    if let Some(problem) = &model.ron.problem {
        let how = if model.is_stand_in() { "mend it" } else { "mend it, or undo" };
        return (problem.place(), how.to_owned(), loud);
    }
    let report = &answer.phase;
    let missing = match report.phase {
        Phase::Draft => {
            let what = report.before_approve.join(", ");
            let words = match report.before_approve.iter().any(|what| what.contains("could not")) {
                true => what,
                false => format!("{what} before approval"),
            };
            return (words, String::new(), loud);
        }
        Phase::Failed => {
            let what = match report.run.as_ref().map(|run| &run.outcome) {
                Some(Outcome::Running) => "the last run has no end",
                Some(Outcome::Cancelled) => "you stopped the last run",
                _ => "the last run stopped",
            };
            return (what.to_owned(), "resume it, or approve again".to_owned(), loud);
        }
        Phase::Planned if !report.before_approve.is_empty() => "nothing to change here".to_owned(),
        Phase::Planned if is_taken_back_again(model) => {
            let destroyed = report.run.as_ref().is_some_and(|run| run.purpose == Purpose::Destroy);
            let (what, way) = match destroyed {
                true => ("destroyed by the last run", "approve to build it again"),
                false => ("undone by the last run", "approve to make it again"),
            };
            return (what.to_owned(), way.to_owned(), quiet);
        }
        Phase::Planned => match &model.purpose {
            Purpose::Converge => "ready for approval".to_owned(),
            Purpose::Destroy => "destroy, ready for approval".to_owned(),
            Purpose::Undo { .. } => "undo, ready for approval".to_owned(),
        },
        Phase::Approved => {
            let by = approved_words(model).filter(|_| !told);
            by.unwrap_or_else(|| "ready to apply".to_owned())
        }
        Phase::Applied => "no changes".to_owned(),
    };
    (missing, String::new(), quiet)
}

/// What is done for the newest state, and since when once that is long.
fn computing(reading: Option<ProgressReport>, since: Duration) -> String {
    let what = if reading.is_some() { "reading the inventory" } else { "computing" };
    let seconds = since.as_secs_f64();
    if seconds < 1.0 {
        return format!("{what}…");
    }
    match reading {
        Some(ProgressReport { done, total }) if done > 0 && done < total => {
            let megabytes = |bytes: u64| grouped(bytes / 1_000_000);
            let rate = done as f64 / seconds;
            let left = (total - done) as f64 / rate;
            format!(
                "{what}… {} of {} MB · {} MB per second · {} left",
                megabytes(done),
                megabytes(total),
                megabytes(rate as u64),
                duration(left)
            )
        }
        _ => format!("{what}… {} s", since.as_secs()),
    }
}

/// How far the work is; drawn from the right.
fn running_ui(ui: &mut Ui, model: &Model, running: &Running, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    if running.stop != Stop::Never {
        let button = Button::new(Command::Cancel.name()).min_size(vec2(86.0, 30.0));
        bar_button(ui, model, Command::Cancel, button, out);
    }
    let report = running.progress.report();
    if report.total > 0 {
        let pace = pace_of(ui, running, (model.now.instant, report.done));
        let words = if running.progress.is_cancelled() {
            format!("stopping · {} of {}", grouped(report.done), grouped(report.total))
        } else {
            how_far(report, pace, running.stop == Stop::AtAnyLine)
        };
        // The bar has what the words leave.
        let said = width_of(ui, &words) + width_of(ui, running.what) + 3.0 * APART;
        let part = report.done as f32 / report.total as f32;
        let width = (ui.available_width() - said).clamp(60.0, 220.0);
        let bar = ProgressBar::new(part).desired_width(width).fill(t.accent).corner_radius(3.0);
        // The ground of fields cannot be seen on a light panel.
        let response = ui.scope(|ui| {
            ui.visuals_mut().extreme_bg_color = t.line;
            ui.add(bar.desired_height(8.0))
        });
        let response = response.inner;
        let spoken = format!("{} of {}", report.done, report.total);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::ProgressIndicator, true, &spoken));
        ui.add(egui::Label::new(RichText::new(words).color(t.dim)).truncate());
    }
    ui.add(egui::Label::new(format!("{}…", running.what)).truncate());
    if running.stop != Stop::AtOnce {
        ui.ctx().request_repaint_after(Duration::from_millis(100));
    }
}

/// Counts of a run, the oldest first: what was done when.
#[derive(Clone, Debug, Default, PartialEq)]
struct Counted(Vec<(Instant, u64)>);

impl Counted {
    /// A count is kept at most this often.
    const APART: Duration = Duration::from_millis(500);
    /// Older counts do not say how fast it is now: a run that goes on passes over what was written
    /// before, and looks at everything before its first write.
    const WINDOW: Duration = Duration::from_secs(20);
    /// Before this it is too early to say.
    const LEAST: Duration = Duration::from_secs(2);

    /// Keeps a count, from the first object that was counted on.
    fn keep(&mut self, (now, done): (Instant, u64)) {
        let last = self.0.last().map(|(at, _)| now.saturating_duration_since(*at));
        if done == 0 || last.is_some_and(|since| since < Self::APART) {
            return;
        }
        self.0.retain(|(at, _)| now.saturating_duration_since(*at) <= Self::WINDOW);
        self.0.push((now, done));
    }

    /// Objects per second, once that can be said.
    fn pace(&self, (now, done): (Instant, u64)) -> Option<f64> {
        let (at, before) = self.0.first()?;
        let since = now.saturating_duration_since(*at);
        let written = done.saturating_sub(*before);
        (since >= Self::LEAST && written > 0).then(|| written as f64 / since.as_secs_f64())
    }
}

/// How fast a run is, by what was counted in the frames before.
fn pace_of(ui: &Ui, running: &Running, now: (Instant, u64)) -> Option<f64> {
    ui.data_mut(|data| {
        let (of, counted) = data
            .get_temp_mut_or_default::<(Option<Instant>, Counted)>(egui::Id::new("pace of a run"));
        if *of != Some(running.begun) {
            (*of, *counted) = (Some(running.begun), Counted::default());
        }
        counted.keep(now);
        counted.pace(now)
    })
}

/// How far work is, and how long it takes at a pace of so many objects per second. A run looks at
/// everything before its first write, and again after its last; what only writes a file does not.
fn how_far(report: ProgressReport, pace: Option<f64>, is_file: bool) -> String {
    let ProgressReport { done, total } = report;
    if is_file && (done == 0 || done >= total) {
        return format!("{} of {} lines", grouped(done), grouped(total));
    }
    if done == 0 {
        return format!("checking {} objects", grouped(total));
    }
    if done >= total {
        return "reading back what was written".to_owned();
    }
    let far = format!("{} of {}", grouped(done), grouped(total));
    let Some(pace) = pace else { return far };
    let left = total.saturating_sub(done) as f64 / pace.max(0.001);
    format!("{far} · {} per second · {} left", grouped(pace.round() as u64), duration(left))
}

fn duration(seconds: f64) -> String {
    let whole = seconds.ceil().clamp(0.0, 1e9) as u64;
    if whole < 60 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_what_it_does() {
        for (done, pace, expected) in [
            (0, None, "checking 2,000 objects"),
            (11, None, "11 of 2,000"),
            (500, Some(250.0), "500 of 2,000 · 250 per second · 6 s left"),
            (500, Some(0.4), "500 of 2,000 · 0 per second · 62 min 30 s left"),
            (2_000, Some(250.0), "reading back what was written"),
        ] {
            assert_eq!(how_far(ProgressReport { done, total: 2_000 }, pace, false), expected);
        }
    }

    #[test]
    fn the_pace_of_a_run_is_that_of_its_last_seconds() {
        let begun = Instant::now();
        let check = |counts: &[(u64, u64)], expected: Option<f64>| {
            let mut counted = Counted::default();
            let at = |(millis, done): (u64, u64)| (begun + Duration::from_millis(millis), done);
            counts.iter().for_each(|count| counted.keep(at(*count)));
            let pace = counts.last().and_then(|count| counted.pace(at(*count)));
            assert_eq!(pace, expected, "{counts:?}");
            assert!(counted.0.len() <= 42, "{counts:?}");
        };
        check(&[], None);
        // What comes before the first object is no part of it.
        check(&[(0, 0), (60_000, 0)], None);
        check(&[(0, 0), (60_000, 100), (61_000, 200)], None);
        check(&[(0, 0), (60_000, 100), (62_000, 300)], Some(100.0));
        // Nor is what a run that goes on passes over.
        check(&[(0, 9_000), (10_000, 9_100)], Some(10.0));
        check(&[(0, 100), (1_000, 9_000), (21_500, 9_410), (31_500, 9_610)], Some(20.0));
        // It stands still.
        check(&[(0, 100), (10_000, 100)], None);
        let many: Vec<(u64, u64)> = (1..1_000).map(|n| (n * 50, n)).collect();
        check(&many, Some(20.0));
    }

    #[test]
    fn computing_says_what_takes_so_long() {
        let read = |done, total| Some(ProgressReport { done, total });
        for (reading, millis, expected) in [
            (None, 200, "computing…"),
            (None, 1_200, "computing… 1 s"),
            (read(5, 10), 200, "reading the inventory…"),
            (read(0, 0), 3_000, "reading the inventory… 3 s"),
            (
                read(100_000_000, 270_000_000),
                2_000,
                "reading the inventory… 100 of 270 MB · 50 MB per second · 4 s left",
            ),
            // The bytes are read, and are made a snapshot of.
            (read(270_000_000, 270_000_000), 5_000, "reading the inventory… 5 s"),
        ] {
            assert_eq!(computing(reading, Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn times_are_short() {
        for (seconds, expected) in [(0.0, "0 s"), (0.2, "1 s"), (61.0, "1 min 1 s")] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
