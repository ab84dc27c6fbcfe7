//! Finding words in the plan's text.
//!
//! All places that have the words are marked in the text, and Enter goes from one to the next
//! without leaving the field. Escape goes on in the text, at the place that was found last. Letters
//! of the English alphabet match whatever their case.

use super::super::search::{FindKey, find_field};
use super::super::theme::tokens;
use super::super::widgets::hint;
use crate::app::command::Action;
use crate::app::model::{Field, Model};
use crate::model::grouped;
use egui::text::{CCursor, CCursorRange};
use egui::{Align, Button, Id, Layout, RichText, TextEdit, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icon;
use std::ops::Range;

/// Room for the words beside the field.
const BESIDE: f32 = 116.0;

/// What is looked for in the plan's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct TextFind {
    /// What was typed.
    pub words: String,
    /// Where the place begins that was gone to last, in bytes.
    at: usize,
    /// True for one frame, in which that place is brought into view.
    pub goes: bool,
}

impl TextFind {
    /// Other words: the first place that has them from here on is gone to; `from` if nothing was
    /// looked for before, in bytes.
    pub fn look(&mut self, words: String, from: usize, text: &str) {
        if self.words.trim().is_empty() {
            self.at = from;
        }
        self.words = words;
        self.go(text, |places, at| places.iter().find(|place| place.start >= at));
    }

    /// Goes to the next place, or the one before; from the last to the first.
    pub fn next(&mut self, back: bool, text: &str) {
        self.go(text, |places, at| match back {
            true => places.iter().rev().find(|place| place.start < at).or(places.last()),
            false => places.iter().find(|place| place.start > at),
        });
    }

    fn go<'p>(
        &mut self,
        text: &str,
        find: impl for<'a> Fn(&'a [Range<usize>], usize) -> Option<&'a Range<usize>>,
    ) {
        let places = self.places(text);
        if let Some(place) = find(&places, self.at).or(places.first()) {
            self.at = place.start;
            self.goes = true;
        }
    }

    /// Where the words stand, in bytes; none if there are no words.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let words = self.words.trim().to_ascii_lowercase();
        if words.is_empty() {
            return Vec::new();
        }
        // Other letters stay as they are, so places are the same.
        let text = text.to_ascii_lowercase();
        text.match_indices(&words).map(|(at, found)| at..at + found.len()).collect()
    }

    /// Which of the places was gone to last, if it is still one.
    pub fn current(&self, places: &[Range<usize>]) -> Option<usize> {
        places.iter().position(|place| place.start == self.at)
    }

    /// The line of the place that is to be brought into view, from 1.
    pub fn line(&self, text: &str) -> Option<usize> {
        let before = text.get(..self.at).filter(|_| self.goes)?;
        Some(1 + before.matches('\n').count())
    }
}

/// The id of the field.
pub(in crate::app) fn find_id() -> Id {
    Id::new("find in text")
}

/// Draws the field, with how many places there are, and the ways to them.
pub(super) fn find_ui(ui: &mut Ui, model: &Model, text_id: Id, out: &mut Vec<Action>) {
    let (find, text) = (&model.text_find, &model.ron.text);
    let t = tokens(ui.ctx());
    let places = find.places(text);
    let current = find.current(&places);
    ui.horizontal(|ui| {
        let mut now = find.words.clone();
        let width = (ui.available_width() - BESIDE).max(60.0);
        let field = TextEdit::singleline(&mut now)
            .id(find_id())
            .hint_text(hint(ui, "Find in the text"))
            .desired_width(width);
        let is_asked = model.focus == Some(Field::Text);
        match find_field(ui, field, "Find in the text", is_asked) {
            Some(FindKey::Next { back }) => out.push(Action::NextInText { back }),
            Some(FindKey::Leave) => {
                if let Some(place) = current.and_then(|n| places.get(n)) {
                    select(ui, text_id, text, place);
                }
                ui.memory_mut(|memory| memory.request_focus(text_id));
            }
            None => {}
        }
        if now != find.words {
            let cursor = egui::text_edit::TextEditState::load(ui.ctx(), text_id)
                .and_then(|state| state.cursor.char_range())
                .map_or(0, |range| range.primary.index.0);
            let from = text.char_indices().nth(cursor).map_or(0, |(byte, _)| byte);
            out.push(Action::FindInText { words: now, from });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut step = |ui: &mut Ui, mark: &str, spoken: &'static str, back: bool| {
                let button = Button::new(RichText::new(mark).size(13.0)).frame(false);
                let button = ui.add_enabled(!places.is_empty(), button.min_size(vec2(20.0, 20.0)));
                let can = !places.is_empty();
                button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, can, spoken));
                if button.on_hover_text(spoken).clicked() {
                    out.push(Action::NextInText { back });
                }
            };
            step(ui, icon::CARET_DOWN, "Next place in the text", false);
            step(ui, icon::CARET_UP, "Place before in the text", true);
            let words = match current {
                _ if find.words.trim().is_empty() => String::new(),
                _ if places.is_empty() => "none".to_owned(),
                Some(n) => {
                    format!("{} of {}", grouped(n as u64 + 1), grouped(places.len() as u64))
                }
                None => format!("{} found", grouped(places.len() as u64)),
            };
            ui.add(egui::Label::new(RichText::new(words).color(t.dim)).truncate());
        });
    });
    ui.add_space(4.0);
}

/// Selects a place in the field of the text.
fn select(ui: &Ui, text_id: Id, text: &str, place: &Range<usize>) {
    let chars = |to: usize| text.get(..to).map_or(0, |before| before.chars().count());
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), text_id).unwrap_or_default();
    let (from, to) = (CCursor::new(chars(place.start)), CCursor::new(chars(place.end)));
    state.cursor.set_char_range(Some(CCursorRange::two(from, to)));
    state.store(ui.ctx(), text_id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_gone_to_in_turn() {
        let text = "a Spine\nspine ü SPINE\n";
        let mut find = TextFind::default();
        let mut check = |step: &dyn Fn(&mut TextFind), expected: Option<(usize, usize)>| {
            find.goes = false;
            step(&mut find);
            let found = find.current(&find.places(text)).zip(find.line(text));
            assert_eq!(found, expected, "{find:?}");
        };
        check(&|find| find.look("spine".to_owned(), 0, text), Some((0, 1)));
        check(&|find| find.next(false, text), Some((1, 2)));
        check(&|find| find.next(false, text), Some((2, 2)));
        check(&|find| find.next(false, text), Some((0, 1)));
        check(&|find| find.next(true, text), Some((2, 2)));
        check(&|find| find.next(true, text), Some((1, 2)));
        // One letter more stays where it is.
        check(&|find| find.look("spine ü".to_owned(), 0, text), Some((0, 2)));
        check(&|find| find.look("nothing".to_owned(), 0, text), None);
        check(&|find| find.look(" ".to_owned(), 0, text), None);
        check(&|find| find.next(false, text), None);
        // It begins where the cursor is.
        check(&|find| find.look("spine".to_owned(), 9, text), Some((2, 2)));
        check(&|find| find.look(String::new(), 0, text), None);
        check(&|find| find.look("a".to_owned(), 20, text), Some((0, 1)));
    }
}
