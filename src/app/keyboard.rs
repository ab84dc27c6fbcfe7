//! Where the keyboard is: which keys are commands, what has it after a command, a menu or a
//! question, and the ring that shows it.

use super::Window;
use super::command::{Action, Command};
use super::model::Field;
use super::theme;
use super::widgets::widget_of;
use crate::model::SpecPath;
use egui::Context;
use egui::text_selection::LabelSelectionState;

/// What has the keyboard after a command that was given with keys: the page or the view it shows.
pub(super) fn led_to_by_keys(action: &Action) -> Option<Field> {
    match action {
        Action::Do(
            Command::ShowCluster
            | Command::ShowSwitches
            | Command::ShowServers
            | Command::ShowMore
            | Command::ShowFindings
            | Command::ShowText,
        ) => Some(Field::Page),
        Action::Do(
            Command::ShowTopology | Command::ShowDevices | Command::ShowPorts | Command::ShowCables,
        ) => Some(Field::View),
        _ => None,
    }
}

/// Frames in which what had the keyboard in a menu or a question may still have it after it has gone.
const OVERLAY_FRAMES: u8 = 3;

impl Window {
    /// The keys of commands, before any field sees them.
    pub(super) fn take_shortcuts(&mut self, context: &Context) -> Vec<Action> {
        if self.model.dialog.is_some() {
            return Vec::new();
        }
        // Where something is typed, keys without Ctrl are letters, and Escape ends the typing. That
        // is so too for the frame in which Escape has just taken the keyboard from a field.
        let free =
            !self.was_typing && !context.text_edit_focused() && !egui::Popup::is_any_open(context);
        // Text of a file that is no plan yet has a history of its own, that of its field.
        let own_history = self.model.is_stand_in() && context.text_edit_focused();
        let labels = context.plugin_opt::<LabelSelectionState>();
        let marked = labels.is_some_and(|labels| labels.lock().has_selection());
        context.input_mut(|input| {
            // Systems tell Ctrl+C as a wish to copy; of words that are marked it is theirs.
            let copies = free && !marked;
            let copied = input.events.contains(&egui::Event::Copy) && copies;
            // Longer shortcuts first: Ctrl+Shift+Z is not Ctrl+Z.
            let mut all: Vec<_> =
                Command::ALL.iter().filter_map(|c| c.shortcut().map(|keys| (keys, *c))).collect();
            all.sort_by_key(|(keys, _)| !keys.modifiers.shift);
            all.into_iter()
                .filter(|(keys, command)| match command {
                    Command::CopyNames => copied || copies && input.consume_shortcut(keys),
                    Command::ClearSelection | Command::FilterChanges => {
                        free && input.consume_shortcut(keys)
                    }
                    Command::Undo | Command::Redo if own_history => false,
                    // Half of all programs have it there.
                    Command::Redo => {
                        input.consume_shortcut(keys)
                            || input.consume_key(egui::Modifiers::COMMAND, egui::Key::Y)
                    }
                    _ => input.consume_shortcut(keys),
                })
                .map(|(_, command)| Action::Do(command))
                .collect()
        })
    }

    /// Gives a field the keyboard if it is shown, else the page.
    pub(super) fn focus(&mut self, field: &SpecPath) {
        let widget = widget_of(&self.context, field);
        if self.context.read_response(widget).is_some() {
            self.context.memory_mut(|memory| memory.request_focus(widget));
        } else {
            self.model.focus = Some(Field::Page);
        }
    }

    /// Once a question or a menu has gone, what had the keyboard before it has it again.
    pub(super) fn give_keyboard_back(&mut self, context: &Context) {
        let focused = context.memory(|memory| memory.focused());
        let (before, frames) = self.before_overlay;
        if self.model.dialog.is_some() || egui::Popup::is_any_open(context) {
            self.before_overlay.1 = OVERLAY_FRAMES;
        } else if frames == 0 {
            self.before_overlay = (focused, 0);
        } else if focused.is_some() {
            // A button of what has gone, for a frame or two; or what a command has led to.
            self.before_overlay.1 -= 1;
            context.request_repaint();
        } else {
            let is_drawn = |id: &egui::Id| {
                context.viewport(|viewport| viewport.this_pass.widgets.get(*id).is_some())
            };
            if let Some(before) = before.filter(is_drawn) {
                context.memory_mut(|memory| memory.request_focus(before));
            }
            self.before_overlay.1 = 0;
        }
    }
}

/// Draws a ring around what Tab has come to. Fields have an edge of their own.
pub(super) fn ring_ui(ui: &egui::Ui) {
    let focused = ui.memory(|memory| memory.focused()).filter(|_| !ui.text_edit_focused());
    let Some(response) = focused.and_then(|id| ui.ctx().read_response(id)) else { return };
    if response.interact_rect.width() > 400.0 {
        // What is as large as a view has an edge of its own too.
        return;
    }
    let edge = egui::Stroke::new(1.5, theme::tokens(ui.ctx()).accent);
    let painter = ui.ctx().layer_painter(response.layer_id);
    let ring = response.interact_rect.expand(2.0);
    painter.rect_stroke(ring, 4.0, edge, egui::StrokeKind::Outside);
}
