//! The changes as text, in the grammar that `heddle diff` writes: to read from top to bottom, to
//! mark with the pointer, to copy.
//!
//! The text of a giant has hundreds of thousands of lines. So a job writes it, and only the lines
//! in view are drawn. Limits: marking with the pointer reaches as far as the lines that are drawn;
//! [`Command::CopyChanges`](super::command::Command::CopyChanges) copies the whole, of more than
//! 20,000 changes only the summary.

use super::Window;
use super::changes::Wanted;
use super::theme::{self, tokens};
use crate::diff::{self, ChangeSet, Drift};
use crate::model::{Cancelled, Progress};
use crate::scene::State;
use crate::session::Job;
use egui::{Color32, Label, RichText, ScrollArea, Ui};
use std::ops::Range;
use std::sync::{Arc, Weak};

/// The text, and what it is of.
#[derive(Clone, Debug)]
pub(super) struct DiffText {
    /// Not held: whoever lets go of a giant's changes last takes long to free them.
    changes: Weak<ChangeSet>,
    filter: String,
    text: String,
    lines: Vec<Range<usize>>,
}

impl DiffText {
    /// Writes it; with a filter only what has it in its name.
    pub fn of(
        changes: &Arc<ChangeSet>,
        drift: Option<&Drift>,
        filter: &str,
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let text = with_drift(diff::text_unless_stopped(changes, progress)?, drift);
        progress.check()?;
        let lines = lines_with(&text, filter);
        let changes = Arc::downgrade(changes);
        Ok(Self { changes, filter: filter.to_owned(), text, lines })
    }

    /// True if it is of these changes and this filter.
    pub fn is_of(&self, changes: &ChangeSet, filter: &str) -> bool {
        std::ptr::eq(self.changes.as_ptr(), changes) && self.filter == filter
    }

    fn line(&self, n: usize) -> &str {
        self.lines.get(n).and_then(|line| self.text.get(line.clone())).unwrap_or_default()
    }
}

/// A text of changes with what drifted below it, as `heddle diff` writes them.
pub(super) fn with_drift(mut text: String, drift: Option<&Drift>) -> String {
    let drifted = drift.map(diff::drift_text).filter(|drifted| !drifted.is_empty());
    if let Some(drifted) = drifted {
        text.push('\n');
        text += &drifted;
    }
    text
}

/// The lines to show: all, or each change with the filter in its line or a field, whole, and the
/// heading above.
fn lines_with(text: &str, filter: &str) -> Vec<Range<usize>> {
    let wanted = Wanted::of(filter);
    let mut lines = Vec::new();
    let mut at = 0;
    // The heading above, and a change with its fields until one of these lines has the filter.
    let (mut heading, mut change) = (None, Vec::new());
    // A field is that of the object above, and without one it is nobody's.
    let (mut keeps, mut of_state) = (false, false);
    for line in text.split_inclusive('\n') {
        let place = at..at + line.trim_end_matches('\n').len();
        at += line.len();
        if filter.trim().is_empty() {
            lines.push(place);
            continue;
        }
        match line.len() - line.trim_start_matches(' ').len() {
            0 => {
                (heading, keeps, of_state) = (Some(place), false, false);
                change.clear();
                continue;
            }
            // A field of the change above.
            6.. => {}
            _ => {
                change.clear();
                keeps = false;
                of_state = sign_of(line).is_some_and(|state| wanted.takes_state(state));
            }
        }
        if !of_state {
            continue;
        }
        keeps |= line.to_lowercase().contains(&wanted.text);
        change.push(place);
        if keeps {
            lines.extend(heading.take());
            lines.append(&mut change);
        }
    }
    lines
}

/// The sign of what drifted, in text.
const DRIFTED: &str = "!";

/// The state that the sign at the beginning of a line stands for.
fn sign_of(line: &str) -> Option<State> {
    let states = [State::Added, State::Changed, State::Removed, State::Drifted];
    let sign = line.trim_start().split(' ').next()?;
    let is_it = |state: &State| match state {
        State::Drifted => sign == DRIFTED,
        state => sign == state.glyph(),
    };
    let deep = line.starts_with("      ");
    states.into_iter().find(|state| !deep && is_it(state))
}

/// A text that is being written.
pub(super) type Writing = (Weak<ChangeSet>, String, Job<Result<DiffText, Cancelled>>);

impl Window {
    /// Has the text written that is to be shown, and takes it. Nobody waits for it here.
    pub(super) fn follow_diff_text(&mut self) {
        if !self.model.changes_as_text {
            (self.model.diff_text, self.writing) = (None, None);
            return;
        }
        if let Some((_, _, job)) = &mut self.writing
            && let Some(done) = job.take()
        {
            self.writing = None;
            match done {
                Ok(Ok(text)) => self.model.diff_text = Some(text),
                Ok(Err(Cancelled)) => {}
                // It would fall over again.
                Err(()) => {
                    self.model.changes_as_text = false;
                    self.fail("The changes could not be written as text.".to_owned());
                    return;
                }
            }
        }
        let evaluation = self.model.answer.as_ref().map(|answer| &answer.evaluation);
        let Some(changes) = evaluation.and_then(|evaluation| evaluation.changes.clone()) else {
            (self.model.diff_text, self.writing) = (None, None);
            return;
        };
        let filter = self.model.filter.clone();
        let wanted = |text: &DiffText| text.is_of(&changes, &filter);
        let under_way = self
            .writing
            .as_ref()
            .is_some_and(|(of, by, _)| of.as_ptr() == Arc::as_ptr(&changes) && *by == filter);
        if under_way || self.model.diff_text.as_ref().is_some_and(wanted) {
            return;
        }
        let drift = evaluation.and_then(|evaluation| evaluation.drift.clone());
        let (of, by, wake) = (Arc::clone(&changes), filter.clone(), self.context.clone());
        let write = move |progress: &Progress| DiffText::of(&of, drift.as_deref(), &by, progress);
        let job = Job::start(Progress::new(), write, move || wake.request_repaint());
        // What was asked before is let go.
        self.writing = Some((Arc::downgrade(&changes), filter, job));
    }
}

/// Draws the lines in view.
pub(super) fn lines_ui(ui: &mut Ui, text: &DiffText) {
    let t = tokens(ui.ctx());
    if text.lines.is_empty() {
        let words = format!("No change has “{}” in its name.", text.filter);
        ui.label(RichText::new(words).color(t.dim));
        return;
    }
    let color = |line: &str| -> Color32 {
        match sign_of(line) {
            Some(state) => t.of_state(state).unwrap_or(t.text),
            None if line.starts_with("  ") => t.dim,
            None => t.text,
        }
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = theme::TEXT_LINE;
    ScrollArea::both().id_salt("changes as text").auto_shrink(false).show_rows(
        ui,
        theme::TEXT_LINE,
        text.lines.len(),
        |ui, range| {
            for n in range {
                let line = text.line(n);
                let words = RichText::new(line).font(theme::mono(11.5)).color(color(line));
                ui.horizontal(|ui| ui.add(Label::new(words).extend()));
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::{lines_with, sign_of};
    use crate::scene::State;

    const TEXT: &str = "site dc1\n\nto add: missing\n  + device leaf-01\n  + device leaf-02\n\nto \
                        modify: differs\n  ~ cable gpu-1 – leaf-01\n      B end: a → leaf-02\n  ~ \
                        cable gpu-2 – leaf-03\n      B end: leaf-01 → b\n\n+ to add 2 devices\n\n\
                        drifted since the run of 2026-01-02: 3 devices\n  1 of them is among the \
                        changes above\n  ! device leaf-01\n      role: applied leaf, now spine\n  \
                        ! device spine-7\n      role: applied leaf-02, now spine\n";

    #[test]
    fn a_line_has_the_state_of_its_sign() {
        for (line, expected) in [
            ("  + device leaf-01", Some(State::Added)),
            ("  ~ cable a – b", Some(State::Changed)),
            ("  − device leaf-01", Some(State::Removed)),
            ("  ! device leaf-01", Some(State::Drifted)),
            ("      ! no object: a → b", None),
            ("  unchanged     3 devices", None),
            ("to add: missing", None),
        ] {
            assert_eq!(sign_of(line), expected, "{line}");
        }
    }

    #[test]
    fn a_filter_keeps_changes_with_their_fields_and_headings() {
        let all = TEXT.lines().count();
        for (filter, expected) in [
            ("", None),
            ("  ", None),
            ("nothing", Some(&[][..])),
            (
                "~ leaf-02",
                Some(
                    &[
                        "to modify: differs",
                        "  ~ cable gpu-1 – leaf-01",
                        "      B end: a → leaf-02",
                    ][..],
                ),
            ),
            (
                "≠",
                Some(
                    &[
                        "drifted since the run of 2026-01-02: 3 devices",
                        "  ! device leaf-01",
                        "      role: applied leaf, now spine",
                        "  ! device spine-7",
                        "      role: applied leaf-02, now spine",
                    ][..],
                ),
            ),
            ("+ role", Some(&[])),
            (
                "LEAF-02",
                Some(
                    &[
                        "to add: missing",
                        "  + device leaf-02",
                        "to modify: differs",
                        "  ~ cable gpu-1 – leaf-01",
                        "      B end: a → leaf-02",
                        "drifted since the run of 2026-01-02: 3 devices",
                        "  ! device spine-7",
                        "      role: applied leaf-02, now spine",
                    ][..],
                ),
            ),
            (
                "leaf-01",
                Some(
                    &[
                        "to add: missing",
                        "  + device leaf-01",
                        "to modify: differs",
                        "  ~ cable gpu-1 – leaf-01",
                        "      B end: a → leaf-02",
                        "  ~ cable gpu-2 – leaf-03",
                        "      B end: leaf-01 → b",
                        "drifted since the run of 2026-01-02: 3 devices",
                        "  ! device leaf-01",
                        "      role: applied leaf, now spine",
                    ][..],
                ),
            ),
        ] {
            let lines: Vec<&str> =
                lines_with(TEXT, filter).into_iter().map(|line| &TEXT[line]).collect();
            match expected {
                Some(expected) => assert_eq!(lines, expected, "{filter}"),
                None => assert_eq!(lines.len(), all, "{filter}"),
            }
        }
    }
}
