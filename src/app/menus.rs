//! Menus: their lines, arrow keys that go round them, and room in a low window.

use super::command::{Action, Command};
use super::model::Model;
use super::theme::{TOP_HEIGHT, tokens};
use super::widgets::command_button;
use egui::{
    Button, EventFilter, Id, Key, Modifiers, Response, RichText, ScrollArea, Ui, WidgetInfo,
    WidgetType,
};
use egui_phosphor::regular as icon;

/// The line of a menu that stands for a command.
pub(super) fn command_item(ui: &mut Ui, model: &Model, command: Command, out: &mut Vec<Action>) {
    let mut button = Button::new(command.name());
    if let Some(keys) = command.shortcut() {
        button = button.shortcut_text(ui.ctx().format_shortcut(&keys));
    }
    let response = command_button(ui, model, command, button, out);
    menu_line(ui, &response);
    if response.clicked() {
        ui.close();
    }
}

/// Makes something a line of the menu that it is in: arrow keys come to it.
pub(super) fn menu_line(ui: &Ui, response: &Response) {
    if !response.enabled() {
        return;
    }
    let came_to = Id::new(MENU_CAME_TO);
    if ui.data(|data| data.get_temp(came_to) == Some(response.id)) {
        ui.data_mut(|data| data.remove::<Id>(came_to));
        response.scroll_to_me(None);
    }
    let by_keys = Id::new(MENU_BY_KEYS);
    if ui.data(|data| data.get_temp(by_keys) == Some(true)) {
        response.request_focus();
        ui.data_mut(|data| data.insert_temp(by_keys, false));
        // Arrows are its own from the next frame on.
        ui.ctx().request_repaint();
    }
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let lines = Id::new(MENU_LINES);
    ui.data_mut(|data| {
        // There are none where a line stands in no menu.
        if let Some(mut all) = data.get_temp::<Vec<Id>>(lines) {
            all.push(response.id);
            data.insert_temp(lines, all);
        }
    });
}

/// Draws what is in a menu; arrow keys go round its lines. Left to itself, the keyboard would go to
/// whatever lies nearest, also behind the menu.
pub(super) fn menu_lines(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let lines = Id::new(MENU_LINES);
    ui.data_mut(|data| data.insert_temp(lines, Vec::<Id>::new()));
    scrolling_menu(ui, content);
    let lines: Vec<Id> = ui.data_mut(|data| data.remove_temp(lines)).unwrap_or_default();
    let focused = ui.memory(|memory| memory.focused());
    let Some(here) = lines.iter().position(|id| Some(*id) == focused) else { return };
    let last = lines.len() - 1;
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let to = if pressed(Key::ArrowDown) {
        if here == last { 0 } else { here + 1 }
    } else if pressed(Key::ArrowUp) {
        if here == 0 { last } else { here - 1 }
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return;
    };
    if let Some(id) = lines.get(to) {
        ui.memory_mut(|memory| memory.request_focus(*id));
        ui.data_mut(|data| data.insert_temp(Id::new(MENU_CAME_TO), *id));
        ui.ctx().request_repaint();
    }
}

/// Where the line is kept that arrows have just come to: it is to come into view.
const MENU_CAME_TO: &str = "menu line come to";

/// Draws what is in a menu, which scrolls where the window is lower than the menu.
pub(super) fn scrolling_menu(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    // Below the bar, with the edge of the menu and a little room around it.
    let height = (ui.ctx().content_rect().height() - TOP_HEIGHT - 24.0).max(LEAST_MENU);
    let area = ScrollArea::vertical().id_salt("menu").max_height(height);
    area.min_scrolled_height(height).show(ui, content);
}

/// The height that a menu takes also in a window that is lower.
const LEAST_MENU: f32 = 80.0;

/// Where the lines of the menu that is drawn are kept, while it is.
const MENU_LINES: &str = "menu lines";

/// Where it is kept that a menu was opened by keys: its first command then has the keyboard.
pub(super) const MENU_BY_KEYS: &str = "menu by keys";

/// Commands in groups, parted by lines.
pub(super) fn groups_ui(ui: &mut Ui, model: &Model, groups: &[&[Command]], out: &mut Vec<Action>) {
    for (n, group) in groups.iter().enumerate() {
        if n > 0 {
            ui.separator();
        }
        for command in *group {
            command_item(ui, model, *command, out);
        }
    }
}

/// A menu behind three dots.
pub(super) fn dots_menu(ui: &mut Ui, spoken: &str, content: impl FnOnce(&mut Ui)) {
    let color = tokens(ui.ctx()).dim;
    let dots = RichText::new(icon::DOTS_THREE).size(14.0).color(color);
    let button = Button::new(dots).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button)
        .ui(ui, |ui| scrolling_menu(ui, content));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
}
