//! Finding devices and cables in the topology by what stands in their rows: names, ports, models.
//!
//! The words mean what they mean in the filter of a table, and a job looks for them there. Enter
//! goes from one to the next; all that was found can be selected at once.

use super::Window;
use super::command::Action;
use super::model::{Field, Model};
use super::selection::{MOST_SELECTED, Selected, Selection};
use super::theme::tokens;
use crate::fabric::Fabric;
use crate::model::{Cancelled, Progress, grouped};
use crate::scene::tables::{Subject, TableKind, TableQuery, Tables};
use crate::session::Job;
use egui::{Button, Key, RichText, TextEdit, Ui, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;
use std::sync::{Arc, Weak};

/// What is looked for, and what was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// What was typed.
    pub text: String,
    /// What was found by the newest answer, devices first; none while that is on its way.
    found: Option<Found>,
    /// The one that was gone to last.
    place: Option<usize>,
}

/// Everything that has the words, as far as it can be selected.
#[derive(Clone, Debug)]
struct Found {
    of: Asked,
    all: Arc<[Selected]>,
    total: usize,
}

/// A text, and the tables in which it is looked for.
#[derive(Clone, Debug)]
struct Asked {
    text: String,
    /// Not held: whoever lets go of a giant's tables last takes long to free them.
    tables: Weak<Tables>,
}

impl Asked {
    fn is(&self, text: &str, tables: &Arc<Tables>) -> bool {
        self.text == text && std::ptr::eq(self.tables.as_ptr(), Arc::as_ptr(tables))
    }

    fn look(
        self,
        (fabric, tables): (&Fabric, &Tables),
        progress: &Progress,
    ) -> Result<Found, Cancelled> {
        let mut all = Vec::new();
        let mut total = 0;
        for kind in [TableKind::Devices, TableKind::Cables] {
            let query = TableQuery { filter: self.text.clone(), ..TableQuery::all(kind) };
            let rows = tables.rows(&query, progress)?;
            total += rows.order.len();
            let room = MOST_SELECTED - all.len();
            all.extend(rows.order.iter().take(room).filter_map(|row| {
                match tables.subject(kind, *row)? {
                    Subject::Device(device) => Selected::device(fabric, device),
                    Subject::Link(link) | Subject::Port(_, Some(link)) => {
                        Some(Selected::Link(link))
                    }
                    Subject::Port(end, None) => Selected::device(fabric, end.device),
                }
            }));
        }
        Ok(Found { of: self, all: all.into(), total })
    }
}

/// A search under way.
pub(super) struct Looking {
    of: Asked,
    job: Job<Result<Found, Cancelled>>,
}

impl Window {
    /// Something else is looked for.
    pub(super) fn search(&mut self, text: String) {
        self.model.search = Search { text, ..Search::default() };
    }

    /// Looks for what was typed, and takes what was found. Nobody waits for it here.
    pub(super) fn follow_search(&mut self) {
        let search = &mut self.model.search;
        let Some(answer) = self.model.answer.as_ref().filter(|_| !search.text.trim().is_empty())
        else {
            (search.found, self.looking) = (None, None);
            return;
        };
        if let Some(looking) = &mut self.looking {
            let wanted = looking.of.is(&search.text, &answer.tables);
            if !wanted {
                looking.job.progress().cancel();
            }
            if let Some(done) = looking.job.take() {
                if let (Ok(Ok(found)), true) = (done, wanted) {
                    search.found = Some(found);
                }
                self.looking = None;
            }
        }
        let known = search.found.as_ref().is_some_and(|f| f.of.is(&search.text, &answer.tables));
        if !known {
            // Links of an older answer have other numbers: what was found there is not gone to.
            (search.found, search.place) = (None, None);
        }
        if known || self.looking.is_some() {
            return;
        }
        let of = Asked { text: search.text.clone(), tables: Arc::downgrade(&answer.tables) };
        let (asked, evaluation) = (of.clone(), Arc::clone(&answer.evaluation));
        let (tables, wake) = (Arc::clone(&answer.tables), self.context.clone());
        let look = move |progress: &Progress| asked.look((&evaluation.fabric, &tables), progress);
        let job = Job::start(Progress::new(), look, move || wake.request_repaint());
        self.looking = Some(Looking { of, job });
    }

    /// Selects the next of what was found, or the one before.
    pub(super) fn find_next(&mut self, back: bool) {
        let search = &mut self.model.search;
        let Some(found) = &search.found else { return };
        let Some(last) = found.all.len().checked_sub(1) else { return };
        let next = match (search.place, back) {
            (None, false) => 0,
            (None, true) => last,
            (Some(place), false) => {
                if place >= last {
                    0
                } else {
                    place + 1
                }
            }
            (Some(place), true) => place.checked_sub(1).unwrap_or(last),
        };
        search.place = Some(next);
        let selection = Selection::one(found.all.get(next).cloned());
        self.select(selection);
    }

    /// Selects all that was found.
    pub(super) fn select_found(&mut self) {
        if let Some(found) = &self.model.search.found {
            let selection = Selection::of(found.all.iter().cloned());
            self.select(selection);
        }
    }
}

/// What was pressed in a field in which something is looked for.
pub(super) enum FindKey {
    /// Enter: the next of what was found, or with Shift the one before.
    Next {
        /// True for the one before.
        back: bool,
    },
    /// Escape.
    Leave,
}

/// Draws a field in which something is looked for, which has the keyboard once that `is_asked`. Enter
/// does not leave it: one thing after the other is gone to.
pub(super) fn find_field(
    ui: &mut Ui,
    field: TextEdit<'_>,
    spoken: &str,
    is_asked: bool,
) -> Option<FindKey> {
    let response = ui.add(field.char_limit(200).margin(egui::Margin::symmetric(8, 3)));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, spoken));
    if is_asked {
        response.request_focus();
    }
    if !response.lost_focus() {
        return None;
    }
    let (enter, back, escape) = ui.input(|input| {
        let pressed = |key| input.key_pressed(key);
        (pressed(Key::Enter), input.modifiers.shift, pressed(Key::Escape))
    });
    if enter {
        response.request_focus();
        return Some(FindKey::Next { back });
    }
    escape.then_some(FindKey::Leave)
}

/// Draws the field.
pub(super) fn search_ui(ui: &mut Ui, model: &Model, width: f32, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let Search { text, found, place } = &model.search;
    let mut now = text.clone();
    let hint = RichText::new("Find device, port, cable").color(t.faint);
    let field = TextEdit::singleline(&mut now)
        .id(egui::Id::new("find"))
        .hint_text(hint)
        .desired_width(width);
    let is_asked = model.focus == Some(Field::Centre);
    match find_field(ui, field, "Find in topology", is_asked) {
        Some(FindKey::Next { back }) => out.push(Action::FindNext { back }),
        Some(FindKey::Leave) => now.clear(),
        None => {}
    }
    if now != *text {
        out.push(Action::Search(now));
    }
    if text.trim().is_empty() {
        return;
    }
    let Some(Found { total, all, .. }) = found else {
        ui.label(RichText::new("looking…").color(t.dim));
        return;
    };
    let total = grouped(*total as u64);
    let words = match place {
        _ if all.is_empty() => "none".to_owned(),
        Some(place) => format!("{} of {total}", grouped(*place as u64 + 1)),
        None => format!("{total} found"),
    };
    ui.label(RichText::new(words).color(t.dim));
    if !all.is_empty() {
        let button =
            ui.add(Button::new(RichText::new(icon::SELECTION_ALL).size(14.0)).frame(false));
        let spoken = "Select all found";
        button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
        if button.on_hover_text(spoken).clicked() {
            out.push(Action::SelectFound);
        }
    }
}
