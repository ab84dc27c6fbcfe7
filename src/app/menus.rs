//! Menus: their lines, arrow keys that go round them, and room in a low window.

use super::command::{Action, Command};
use super::model::Model;
use super::theme::{TOP_HEIGHT, tokens};
use super::widgets::command_button;
use egui::containers::menu::{MenuButton, MenuState, SubMenu, SubMenuButton};
use egui::{
    Button, EventFilter, FocusDirection, Id, Key, Modifiers, Popup, Response, RichText, ScrollArea,
    Ui, WidgetInfo, WidgetType,
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
    let arrows =
        EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let lines = Id::new(MENU_LINES);
    ui.data_mut(|data| {
        // There are none where a line stands in no menu.
        if let Some(mut all) = data.get_temp::<Lines>(lines) {
            all.own.push(response.id);
            data.insert_temp(lines, all);
        }
    });
}

/// The lines of a menu while it is drawn, and those of the menus that it has opened.
#[derive(Clone, Default)]
struct Lines {
    own: Vec<Id>,
    inner: Vec<Id>,
}

/// Draws what is in a menu; arrow keys go round its lines, however it was opened. Left to itself, the
/// keyboard would go to whatever lies nearest, also behind the menu. True if a line has it.
pub(super) fn menu_lines(ui: &mut Ui, content: impl FnOnce(&mut Ui)) -> bool {
    let kept = Id::new(MENU_LINES);
    let outer = ui.data_mut(|data| {
        let outer = data.get_temp::<Lines>(kept);
        data.insert_temp(kept, Lines::default());
        outer
    });
    scrolling_menu(ui, content);
    if !ui.is_sizing_pass() {
        // Where all lines are off none has taken the keyboard, and no later menu is to.
        ui.data_mut(|data| data.insert_temp(Id::new(MENU_BY_KEYS), false));
    }
    let Lines { own, inner } =
        ui.data_mut(|data| data.remove_temp::<Lines>(kept)).unwrap_or_default();
    let focused = ui.memory(|memory| memory.focused());
    let here = own.iter().position(|id| Some(*id) == focused);
    let is_elsewhere = focused.filter(|_| here.is_none());
    let leave = is_elsewhere.filter(|id| outer.is_none() && !inner.contains(id));
    if let Some(mut outer) = outer {
        outer.inner.extend(own.iter().chain(&inner));
        ui.data_mut(|data| data.insert_temp(kept, outer));
    }
    if let Some(id) = leave {
        // What lies behind has it back once the menu has gone.
        ui.memory_mut(|memory| memory.surrender_focus(id));
    } else if is_elsewhere.is_some() {
        return false;
    }
    let last = own.len().saturating_sub(1);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let to = if pressed(Key::ArrowDown) {
        here.filter(|here| *here < last).map_or(0, |here| here + 1)
    } else if pressed(Key::ArrowUp) {
        here.and_then(|here| here.checked_sub(1)).unwrap_or(last)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return here.is_some();
    };
    if let Some(id) = own.get(to) {
        ui.memory_mut(|memory| {
            // Nothing held the arrow: it is not to lead on from the line.
            memory.move_focus(FocusDirection::None);
            memory.request_focus(*id);
        });
        ui.data_mut(|data| data.insert_temp(Id::new(MENU_CAME_TO), *id));
        ui.ctx().request_repaint();
    }
    true
}

/// True if a button was pressed by keys.
fn is_pressed_by_keys(ui: &Ui, button: &Response) -> bool {
    button.clicked() && !ui.input(|input| input.pointer.any_click())
}

/// Gives the first line of a menu the keyboard if keys have just opened it.
pub(super) fn opened_by_keys(ui: &Ui, button: &Response) {
    let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(button));
    if is_open && is_pressed_by_keys(ui, button) {
        ui.data_mut(|data| data.insert_temp(Id::new(MENU_BY_KEYS), true));
    }
}

/// A menu in a menu; the right arrow goes into it and the left one back. The arrow that egui would
/// draw is in none of the fonts.
pub(super) fn submenu(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let button = Button::new(name).right_text(RichText::new(icon::CARET_RIGHT).size(11.0));
    let into = Id::new(("menu into", name));
    let mut has_keyboard = false;
    let (response, _) = SubMenuButton::from_button(button).ui(ui, |ui| {
        // While it is measured its lines take no keyboard.
        let is_there = !ui.is_sizing_pass();
        if is_there && ui.data_mut(|data| data.remove_temp::<bool>(into)).is_some() {
            ui.data_mut(|data| data.insert_temp(Id::new(MENU_BY_KEYS), true));
        }
        has_keyboard = menu_lines(ui, content);
    });
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let menu = SubMenu::id_from_widget_id(response.id);
    let enabled = response.enabled();
    if has_keyboard && pressed(Key::ArrowLeft) {
        MenuState::from_ui(ui, |state, _| state.open_item = None);
        response.request_focus();
    } else if enabled && response.has_focus() && pressed(Key::ArrowRight) {
        MenuState::mark_shown(ui.ctx(), menu);
        MenuState::from_ui(ui, |state, _| state.open_item = Some(menu));
        ui.data_mut(|data| data.insert_temp(into, true));
        ui.ctx().request_repaint();
    } else if is_pressed_by_keys(ui, &response) {
        ui.data_mut(|data| data.insert_temp(into, true));
    }
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, name));
    menu_line(ui, &response);
}

/// Left and right go from the open menu of a bar to the one beside it, unless they lead into a menu
/// within it or back. The menus are told by their popups, in their order.
pub(super) fn go_along_bar(ui: &Ui, menus: &[Id]) {
    let Some(open) = menus.iter().position(|menu| Popup::is_id_open(ui.ctx(), *menu)) else {
        return;
    };
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let to = if pressed(Key::ArrowRight) {
        menus.get(open + 1).or_else(|| menus.first())
    } else if pressed(Key::ArrowLeft) {
        open.checked_sub(1).map_or_else(|| menus.last(), |to| menus.get(to))
    } else {
        return;
    };
    if let Some(menu) = to {
        open_by_keys(ui, *menu);
        // Nothing holds the arrow where no line has the keyboard: it is not to lead to the page.
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
}

/// Opens a menu; its first line has the keyboard then.
pub(super) fn open_by_keys(ui: &Ui, menu: Id) {
    Popup::open_id(ui.ctx(), menu);
    ui.data_mut(|data| data.insert_temp(Id::new(MENU_BY_KEYS), true));
    ui.ctx().request_repaint();
}

/// Where the line is kept that arrows have just come to: it is to come into view.
const MENU_CAME_TO: &str = "menu line come to";

/// Draws what is in a menu, which scrolls where the window is lower than the menu.
fn scrolling_menu(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
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
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        menu_lines(ui, content);
    });
    opened_by_keys(ui, &response);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::every_command::{Hands, act, open, settle};
    use egui::{PointerButton, vec2};
    use egui_kittest::kittest::{NodeT, Queryable};

    fn press(hands: &mut Hands, at: egui::Pos2, button: PointerButton) {
        hands.hover_at(at);
        hands.run_steps(2);
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            hands.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
            hands.run_steps(2);
        }
        hands.run_steps(4);
    }

    /// What has the keyboard: its name and where it is.
    fn focused(hands: &Hands) -> Option<(String, egui::Rect)> {
        let all = hands.root().children_recursive();
        let node = all.into_iter().find(|node| node.accesskit_node().is_focused())?;
        Some((node.accesskit_node().label().unwrap_or_default(), node.rect()))
    }

    fn check(hands: &mut Hands, key: Key, expected: &str) {
        hands.key_press(key);
        hands.run_steps(4);
        let (name, _) = focused(hands).unwrap_or_else(|| panic!("nothing has it after {key:?}"));
        assert_eq!(name, expected, "after {key:?}");
    }

    #[test]
    fn a_menu_takes_keys_however_it_was_opened() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        act(&mut hands, Action::Do(Command::ShowServers));
        hands.run_steps(2);
        let dots = "More for server classes";
        let at = hands.get_by_label(dots).rect().center();
        press(&mut hands, at, PointerButton::Primary);
        assert!(Popup::is_any_open(&hands.ctx));
        check(&mut hands, Key::ArrowDown, "Copy rows");
        check(&mut hands, Key::ArrowDown, "Paste rows…");
        check(&mut hands, Key::ArrowDown, "Copy rows");
        check(&mut hands, Key::End, "Paste rows…");
        check(&mut hands, Key::Home, "Copy rows");
        hands.key_press(Key::Escape);
        hands.run_steps(4);
        assert!(!Popup::is_any_open(&hands.ctx));
        hands.get_by_label(dots).focus();
        hands.run_steps(2);
        check(&mut hands, Key::Enter, "Copy rows");
        check(&mut hands, Key::ArrowUp, "Paste rows…");
        hands.key_press(Key::Enter);
        hands.run_steps(4);
        assert!(matches!(
            hands.state().model.dialog,
            Some(crate::app::model::Dialog::PasteRows(_))
        ));
    }

    #[test]
    fn arrows_go_into_a_menu_within_a_menu_and_back() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        hands.key_press_modifiers(Modifiers::ALT, Key::F);
        hands.run_steps(6);
        check(&mut hands, Key::ArrowDown, "New from");
        hands.key_press(Key::ArrowRight);
        hands.run_steps(6);
        let presets = crate::plan::preset::presets();
        let name = |n: usize| presets.get(n).unwrap().name.to_owned();
        assert_eq!(focused(&hands).unwrap().0, name(0));
        check(&mut hands, Key::ArrowDown, &name(1));
        check(&mut hands, Key::ArrowLeft, "New from");
        check(&mut hands, Key::Enter, &name(0));
    }

    #[test]
    fn arrows_go_along_the_bar() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        hands.key_press(Key::F10);
        hands.run_steps(6);
        let first = Command::New.name();
        assert_eq!(focused(&hands).unwrap().0, first);
        // What has the keyboard in each menu; in one whose lines are all off nothing has.
        let go = |hands: &mut Hands, key: Key| {
            hands.key_press(key);
            hands.run_steps(6);
            assert!(Popup::is_any_open(&hands.ctx), "after {key:?}");
            focused(hands).map(|(name, _)| name)
        };
        let mut names: Vec<_> = (0..5).map(|_| go(&mut hands, Key::ArrowRight)).collect();
        let named = |command: Command| Some(command.name().to_owned());
        assert_eq!(names.last(), Some(&named(Command::Palette)));
        assert!(names.iter().filter(|name| name.is_some()).count() > 3, "{names:?}");
        assert_eq!(go(&mut hands, Key::ArrowRight), named(Command::New));
        names.reverse();
        for name in names {
            assert_eq!(go(&mut hands, Key::ArrowLeft), name);
        }
        assert_eq!(go(&mut hands, Key::ArrowLeft), named(Command::New));
        // Into a menu within a menu and back, and from a line of it to the next menu.
        check(&mut hands, Key::ArrowDown, "New from");
        hands.key_press(Key::ArrowRight);
        hands.run_steps(6);
        check(&mut hands, Key::ArrowLeft, "New from");
        hands.key_press(Key::ArrowRight);
        hands.run_steps(6);
        hands.key_press(Key::ArrowRight);
        hands.run_steps(6);
        assert!(Popup::is_any_open(&hands.ctx));
        assert_eq!(hands.query_all_by_label("New from").count(), 0);
    }

    /// A menu that a press has opened, with the keyboard in a field behind it.
    #[test]
    fn arrows_stay_in_a_menu_that_a_press_has_opened() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        hands.get_by_label("Filter changes").focus();
        hands.run_steps(2);
        let at = hands.get_by_label("File").rect().center();
        press(&mut hands, at, PointerButton::Primary);
        assert!(Popup::is_any_open(&hands.ctx));
        hands.key_press(Key::ArrowLeft);
        hands.run_steps(6);
        check(&mut hands, Key::Home, Command::Palette.name());
        // Keys that come at once are obeyed one after the other.
        for key in [Key::ArrowRight, Key::ArrowDown] {
            let (physical_key, modifiers) = (None, Modifiers::NONE);
            let down =
                egui::Event::Key { key, physical_key, pressed: true, repeat: false, modifiers };
            hands.input_mut().events.push(down);
        }
        hands.run_steps(8);
        assert_eq!(focused(&hands).unwrap().0, "New from");
    }

    #[test]
    fn the_menu_of_a_row_lies_in_a_low_window() {
        let home = tempfile::tempdir().unwrap();
        let mut hands = open(home.path());
        settle(&mut hands);
        act(&mut hands, Action::Do(Command::ShowServers));
        hands.get_by_label("Add a server class").click();
        settle(&mut hands);
        for size in [vec2(720.0, 450.0), vec2(720.0, 260.0)] {
            hands.set_size(size);
            hands.run_steps(4);
            let dots = hands.query_all_by_label_contains("More for server class ").last().unwrap();
            let at = dots.rect().left_center() - vec2(60.0, 0.0);
            assert!(hands.ctx.content_rect().shrink(60.0).y_range().contains(at.y), "{at:?}");
            press(&mut hands, at, PointerButton::Secondary);
            assert!(Popup::is_any_open(&hands.ctx), "{size:?}");
            for name in ["Duplicate", "Remove", "Duplicate", "Remove"] {
                check(&mut hands, Key::ArrowDown, name);
                hands.run_steps(30);
                let (_, rect) = focused(&hands).unwrap();
                let window = hands.ctx.content_rect().expand(0.5);
                assert!(window.contains_rect(rect), "{name} at {rect:?} of {window:?}");
            }
            hands.key_press(Key::Escape);
            hands.run_steps(4);
        }
    }
}
