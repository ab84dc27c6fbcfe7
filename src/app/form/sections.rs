//! The ways of the keyboard through the spec: from page to page by the tabs, and on a page from
//! section to section.
//!
//! A section begins for the keyboard at the tick or the button of its heading, else at its first
//! field. Limits: what cannot be edited takes no keyboard, so a page that is only read may have
//! fewer beginnings.

use super::Form;
use super::fields::Field;
use crate::app::command::{Action, Command};
use crate::app::model::{Field as Focus, Model, Tab, Way};
use crate::app::theme::{self, tokens};
use crate::app::widgets::widget_of;
use crate::model::{Severity, SpecPath, grouped};
use egui::{
    Align, Button, EventFilter, Id, Key, Layout, Modifiers, RichText, Sense, Stroke, Ui,
    WidgetInfo, WidgetType, vec2,
};

/// The tabs, with the number of findings on theirs. Tab comes to the one that is shown, arrows go from
/// there to the others, and down into the page. True if they have the keyboard.
pub(super) fn tabs_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) -> bool {
    let mut tabs: Vec<(Tab, Id)> = Vec::new();
    let t = tokens(ui.ctx());
    let strip = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        for tab in Tab::ALL {
            let here = model.tab == tab;
            let words = RichText::new(tab.name()).color(if here { t.text } else { t.dim });
            let words = if here { words.font(theme::medium(13.0)) } else { words };
            let sense = if here { Sense::click() } else { Sense::CLICK };
            let button = Button::new(words).frame(false).min_size(vec2(0.0, 24.0)).sense(sense);
            let response = ui.add(button);
            tabs.push((tab, response.id));
            let command = Command::of_tab(tab);
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::SelectableLabel, true, here, tab.spoken())
            });
            if here && model.focus == Some(Focus::Page) {
                response.request_focus();
            }
            let rect = response.rect;
            if here {
                let line = egui::Rect::from_min_max(
                    rect.left_bottom() - vec2(0.0, 1.0),
                    rect.right_bottom() + vec2(0.0, 1.0),
                );
                ui.painter().rect_filled(line, 0.0, t.accent);
            }
            let keys = command.shortcut().map(|keys| ui.ctx().format_shortcut(&keys));
            let hint = format!("{}  ({})", command.hint(), keys.unwrap_or_default());
            if response.on_hover_text(hint).clicked() {
                out.push(Action::Do(command));
            }
            if tab == Tab::Findings {
                ui.add_space(-6.0);
                // What comes after it stays where it is.
                let room = vec2(BADGE_WIDTH, 24.0);
                let (room, _) = ui.allocate_exact_size(room, Sense::hover());
                let worst = model.findings().iter().map(|finding| finding.severity).min();
                let counted = model.findings().iter().filter(|f| Some(f.severity) == worst).count();
                let color = match worst {
                    Some(Severity::Error) => t.removed,
                    Some(Severity::Warning) => t.changed,
                    Some(Severity::Info) => t.accent,
                    None => continue,
                };
                let words = if counted > 99 { "99+".to_owned() } else { grouped(counted as u64) };
                let layout = Layout::left_to_right(Align::Center);
                let room = egui::UiBuilder::new().max_rect(room).layout(layout);
                ui.scope_builder(room, |ui| pill(ui, &words, color));
            }
        }
    });
    let below = strip.response.rect.bottom() + 3.0;
    let whole = ui.max_rect().x_range().expand(f32::from(theme::PAD));
    ui.painter().hline(whole, below, Stroke::new(1.0, t.line));
    ui.add_space(4.0);
    let here = tabs.iter().position(|(tab, _)| *tab == model.tab);
    here.is_some_and(|here| arrows_ui(ui, (&tabs, here), out))
}

/// Goes from tab to tab by keys, if the tabs have the keyboard.
fn arrows_ui(ui: &Ui, (tabs, here): (&[(Tab, Id)], usize), out: &mut Vec<Action>) -> bool {
    let Some((_, id)) = tabs.get(here) else { return false };
    if !ui.memory(|memory| memory.has_focus(*id)) {
        return false;
    }
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(*id, arrows));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = tabs.len().saturating_sub(1);
    let to = if pressed(Key::ArrowRight) {
        if here == last { 0 } else { here + 1 }
    } else if pressed(Key::ArrowLeft) {
        here.checked_sub(1).unwrap_or(last)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        if pressed(Key::ArrowDown) {
            out.push(Action::Do(Command::NextSection));
        }
        return true;
    };
    if let Some((tab, id)) = tabs.get(to) {
        out.push(Action::Do(Command::of_tab(*tab)));
        ui.memory_mut(|memory| memory.request_focus(*id));
    }
    true
}

/// Room for the number of findings beside their tab.
const BADGE_WIDTH: f32 = 27.0;

/// A count on a ground of its own.
fn pill(ui: &mut Ui, words: &str, color: egui::Color32) {
    let t = tokens(ui.ctx());
    let text = ui.painter().layout_no_wrap(words.to_owned(), theme::medium(10.5), t.on_accent);
    let size = vec2((text.size().x + 8.0).max(15.0), 15.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, 7.5, color);
    let at = rect.center() - text.size() / 2.0;
    ui.painter().galley(at, text, t.on_accent);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, words));
}

impl Form<'_> {
    /// A section begins at the first of some fields.
    pub(super) fn begins_at(&mut self, ui: &Ui, base: &SpecPath, table: &[Field]) {
        let first = table.first().map(|field| widget_of(ui.ctx(), &base.field(field.name)));
        self.sections.extend(first);
    }

    /// Gives the keyboard to the section beside the one that has it, as a command asked; to the first
    /// or the last from the tabs and from elsewhere.
    pub(super) fn lead(&self, ui: &Ui, on_tabs: bool) {
        let Some(Focus::Section(way)) = self.model.focus else { return };
        let rect = |id: Id| ui.ctx().read_response(id).map(|response| response.rect);
        let page = ui.max_rect().x_range();
        let focused = ui.memory(|memory| memory.focused()).filter(|_| !on_tabs);
        let here = focused.and_then(rect).filter(|rect| page.contains(rect.center().x));
        let begins: Vec<_> =
            self.sections.iter().filter_map(|id| Some((*id, rect(*id)?))).collect();
        let beside = here.and_then(|here| match way {
            Way::On => begins.iter().find(|(_, rect)| rect.top() > here.top() + APART),
            Way::Back => begins.iter().rev().find(|(_, rect)| rect.top() < here.top() - APART),
        });
        let end = match way {
            Way::On => begins.first(),
            Way::Back => begins.last(),
        };
        if let Some((id, rect)) = beside.or(end) {
            ui.memory_mut(|memory| memory.request_focus(*id));
            ui.scroll_to_rect(rect.expand(12.0), None);
        }
    }
}

/// What stands beside each other in a heading may be that much higher or lower.
const APART: f32 = 6.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::every_command::{Hands, act, open, settle};
    use egui_kittest::kittest::{NodeT, Queryable};

    fn focused(hands: &Hands) -> String {
        let all = hands.root().children_recursive();
        let node = all.into_iter().find(|node| node.accesskit_node().is_focused());
        let name = node.map(|node| node.accesskit_node());
        name.and_then(|node| node.label().or_else(|| node.labelled_by().next()?.value()))
            .unwrap_or_default()
    }

    fn check(hands: &mut Hands, (modifiers, key): (Modifiers, Key), expected: &str) {
        hands.key_press_modifiers(modifiers, key);
        hands.run_steps(5);
        assert_eq!(focused(hands), expected, "after {modifiers:?} {key:?}");
    }

    #[test]
    fn few_keys_lead_from_section_to_section() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        let ctrl = Modifiers::COMMAND;
        check(&mut hands, (ctrl, Key::Num1), "Cluster form");
        check(&mut hands, (ctrl, Key::PageDown), "Name");
        check(&mut hands, (ctrl, Key::PageDown), "Servers");
        check(&mut hands, (ctrl, Key::PageDown), "Backend fabric");
        check(&mut hands, (ctrl, Key::PageDown), "Frontend fabric");
        check(&mut hands, (ctrl, Key::PageUp), "Backend fabric");
        // From a field, back to the heading of its own section.
        for _ in 0..3 {
            hands.key_press(Key::Tab);
            hands.run_steps(5);
        }
        assert_ne!(focused(&hands), "Backend fabric");
        check(&mut hands, (ctrl, Key::PageUp), "Backend fabric");
        check(&mut hands, (ctrl, Key::PageUp), "Servers");
        check(&mut hands, (ctrl, Key::PageUp), "Name");
        check(&mut hands, (ctrl, Key::PageUp), "Management network");
        act(&mut hands, Action::Do(Command::ShowFindings));
        assert!(Command::NextSection.blocked(&hands.state().model).is_some());
    }

    #[test]
    fn the_tabs_are_one_place_for_tab_and_arrows_go_round_them() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        let none = Modifiers::NONE;
        check(&mut hands, (Modifiers::COMMAND, Key::Num1), "Cluster form");
        for (key, tab) in [
            (Key::ArrowRight, Tab::Switches),
            (Key::ArrowRight, Tab::Servers),
            (Key::End, Tab::Text),
            (Key::ArrowRight, Tab::Cluster),
            (Key::ArrowLeft, Tab::Text),
            (Key::Home, Tab::Cluster),
        ] {
            check(&mut hands, (none, key), tab.spoken());
            assert_eq!(hands.state().model.tab, tab);
        }
        check(&mut hands, (none, Key::ArrowDown), "Name");
        check(&mut hands, (Modifiers::COMMAND, Key::Num1), "Cluster form");
        hands.key_press(Key::Tab);
        hands.run_steps(4);
        let spoken = focused(&hands);
        assert!(Tab::ALL.iter().all(|tab| tab.spoken() != spoken), "{spoken}");
        // A press shows another page all the same.
        hands.get_by_label(Tab::More.spoken()).click();
        hands.run_steps(3);
        assert_eq!(hands.state().model.tab, Tab::More);
    }
}
