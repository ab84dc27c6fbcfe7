//! The bar above: menus, title and undo; and the strip that says what happened.

use super::command::{Action, Command};
use super::menus::{
    command_item, go_along_bar, groups_ui, menu_line, menu_lines, open_by_keys, opened_by_keys,
    submenu,
};
use super::model::{Model, Tone};
use super::selection;
use super::sides::Side;
use super::theme::{self, tokens};
use super::widgets::{self, at_right, command_button, dot};
use crate::fabric::DeviceRole;
use crate::model::counted;
use crate::plan::preset::presets;
use egui::{
    Align, Button, FontId, Id, Key, Layout, MenuBar, Modifiers, Popup, RichText, Stroke, Ui,
    WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;

/// Draws the bar above.
pub(super) fn top_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let bar = ui.max_rect();
    // What the menus and the tools leave for the title.
    let mut room = bar;
    MenuBar::new().ui(ui, |ui| {
        ui.label(RichText::new("Heddle").font(theme::semibold(13.0)));
        ui.add_space(6.0);
        let file = menu(ui, model, ("File", Key::F), |ui| file_menu(ui, model, out));
        let edit = menu(ui, model, ("Edit", Key::E), |ui| {
            let groups: [&[Command]; 4] = [
                &[Command::Undo, Command::Redo],
                &[Command::Find, Command::FilterChanges, Command::ClearTableFilter],
                &[Command::CopyChanges, Command::CopyTable, Command::CopyFindings],
                &[Command::WhatIf, Command::PinSizes, Command::Eject],
            ];
            groups_ui(ui, model, &groups, out);
        });
        let selected = menu(ui, model, ("Selection", Key::S), |ui| {
            groups_ui(ui, model, &selection::COMMANDS, out);
            ui.separator();
            command_item(ui, model, Command::SelectionMenu, out);
        });
        let view = menu(ui, model, ("View", Key::V), |ui| {
            let groups: [&[Command]; 7] = [
                &[
                    Command::ShowTopology,
                    Command::ShowDevices,
                    Command::ShowPorts,
                    Command::ShowCables,
                ],
                &[Command::ZoomIn, Command::ZoomOut, Command::Fit],
                &[Command::ToggleSpec, Command::ToggleChanges],
                &[Command::ChangesAsText],
                &[
                    Command::ShowCluster,
                    Command::ShowSwitches,
                    Command::ShowServers,
                    Command::ShowMore,
                    Command::ShowFindings,
                    Command::ShowText,
                    Command::NextFinding,
                ],
                &[Command::NextSection, Command::PreviousSection],
                &[Command::SwitchTheme, Command::Settings],
            ];
            groups_ui(ui, model, &groups, out);
        });
        let plan = menu(ui, model, ("Plan", Key::P), |ui| {
            let groups: [&[Command]; 5] = [
                &[Command::ChooseInventory, Command::Refresh],
                &[Command::ChooseParts, Command::AllChanges],
                &[Command::Approve, Command::Apply, Command::Resume, Command::Cancel],
                &[Command::UndoRun, Command::Destroy, Command::ShowApproved, Command::BackToPlan],
                &[Command::History, Command::Standing],
            ];
            groups_ui(ui, model, &groups, out);
        });
        let help = menu(ui, model, ("Help", Key::H), |ui| {
            let groups: [&[Command]; 2] = [
                &[Command::Palette, Command::Shortcuts, Command::FirstSteps],
                &[Command::CopyDiagnostics],
            ];
            groups_ui(ui, model, &groups, out);
        });
        go_along_bar(ui, &[file, edit, selected, view, plan, help]);
        room.min.x = ui.cursor().left() + 8.0;
        let (_, tools) = at_right(ui, "tools", |ui| {
            let theme_icon = if ui.visuals().dark_mode { icon::SUN } else { icon::MOON };
            palette_box(ui, model, bar.width(), out);
            ui.add_space(6.0);
            for (command, side, mark) in [
                (Command::ToggleSpec, Side::Spec, icon::SIDEBAR_SIMPLE),
                (Command::ToggleChanges, Side::Changes, icon::GIT_DIFF),
            ] {
                let words = RichText::new(mark).size(15.0);
                let ink = if model.shows(side) { t.text } else { t.faint };
                let button = Button::new(words.color(ink)).frame(false);
                command_button(ui, model, command, button, out);
            }
            for (command, mark) in [
                (Command::Open, icon::FOLDER_OPEN),
                (Command::Undo, icon::ARROW_U_UP_LEFT),
                (Command::Redo, icon::ARROW_U_UP_RIGHT),
                (Command::SwitchTheme, theme_icon),
            ] {
                let button = Button::new(RichText::new(mark).size(15.0)).frame(false);
                command_button(ui, model, command, button, out);
            }
        });
        room.max.x = tools.left() - 8.0;
    });
    // In the middle of the bar if there is room, else between what stands at its sides.
    let (width, height) = (room.width().min(420.0), 22.0);
    if width < TITLE_LEAST {
        return;
    }
    let (least, most) = (room.left() + width / 2.0, room.right() - width / 2.0);
    let x = bar.center().x.min(most).max(least);
    let middle = egui::Rect::from_center_size(pos2(x, bar.center().y), vec2(width, height));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let facts = facts(model);
            let measure = |text: &str, font: FontId| {
                ui.painter().layout_no_wrap(text.to_owned(), font, t.text).size().x
            };
            let edited = model.has_unsaved_edits();
            let name = measure(&model.file_name(), theme::semibold(13.0))
                + if edited { 72.0 } else { 8.0 };
            let whole = name + measure(&facts, FontId::proportional(12.0));
            // Without room for all, the name alone.
            let (total, facts) = match whole <= width {
                true => (whole, facts),
                false => (name, String::new()),
            };
            ui.add_space(((width - total) / 2.0).max(0.0));
            let name = RichText::new(model.file_name()).font(theme::semibold(13.0));
            if total > width {
                ui.add(egui::Label::new(name).truncate());
                return;
            }
            ui.label(name);
            ui.label(RichText::new(facts).color(t.dim).size(12.0));
            if edited {
                dot(ui, t.changed, "has edits that are not saved");
                ui.label(RichText::new("edited").color(t.changed).size(12.0));
            }
        });
    });
}

/// Room below which the bar has no title.
const TITLE_LEAST: f32 = 60.0;

/// A menu of the bar, opened by a press or by Alt with its letter. Gives its popup.
fn menu(ui: &mut Ui, model: &Model, (name, key): (&str, Key), content: impl FnOnce(&mut Ui)) -> Id {
    let button = ui.menu_button(name, |ui| menu_lines(ui, content)).response;
    opened_by_keys(ui, &button);
    let first = ui.input_mut(|input| {
        model.dialog.is_none() && key == Key::F && input.consume_key(Modifiers::NONE, Key::F10)
    });
    let opens = first
        || model.dialog.is_none() && ui.input_mut(|input| input.consume_key(Modifiers::ALT, key));
    let menu = Popup::default_response_id(&button);
    if opens {
        open_by_keys(ui, menu);
    }
    menu
}

/// The way to every command, where one looks for it.
fn palette_box(ui: &mut Ui, model: &Model, bar: f32, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let command = Command::Palette;
    let keys = command.shortcut().map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    // A small window has no room for the words.
    let (words, width) = if bar > 1360.0 { ("Search or run a command", 230.0) } else { ("", 84.0) };
    let words = format!("{} {words}", icon::MAGNIFYING_GLASS);
    let button = Button::new(RichText::new(words).color(t.dim).size(12.0))
        .right_text(RichText::new(keys).color(t.faint).size(11.0))
        .fill(t.field)
        .stroke(Stroke::new(1.0, t.line))
        .min_size(vec2(width, 26.0));
    command_button(ui, model, command, button, out);
}

/// `128 servers · 1,024 GPUs`.
fn facts(model: &Model) -> String {
    let Some(answer) = &model.answer else { return String::new() };
    let fabric = &answer.evaluation.fabric;
    if fabric.classes.is_empty() && answer.evaluation.has_errors() {
        // None would be said of a plan that asks for some.
        return String::new();
    }
    let servers = answer.evaluation.fabric.classes.iter().filter(|c| c.role == DeviceRole::Server);
    let (mut count, mut gpus) = (0u64, 0u64);
    for class in servers {
        count += u64::from(class.count);
        let each = model.catalog.servers.get(&class.model).map_or(0, |m| u64::from(m.gpus));
        gpus += u64::from(class.count) * each;
    }
    size_of(count, gpus)
}

/// `128 servers · 1,024 GPUs`; without GPUs only the servers.
pub(super) fn size_of(servers: u64, gpus: u64) -> String {
    let servers = counted(servers, "server", "servers");
    if gpus == 0 { servers } else { format!("{servers} · {}", counted(gpus, "GPU", "GPUs")) }
}

fn file_menu(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    command_item(ui, model, Command::New, out);
    ui.add_enabled_ui(model.running.is_none(), |ui| {
        submenu(ui, "New from", |ui| {
            for preset in presets() {
                let line = ui.button(preset.name).on_hover_text(preset.summary);
                menu_line(ui, &line);
                if line.clicked() {
                    out.push(Action::New(preset.name));
                    ui.close();
                }
            }
        });
    });
    command_item(ui, model, Command::Open, out);
    command_item(ui, model, Command::OpenTyped, out);
    let recent = &model.settings.recent_plans;
    ui.add_enabled_ui(!recent.is_empty() && model.running.is_none(), |ui| {
        submenu(ui, "Open recent", |ui| {
            for path in recent {
                let line = ui.button(path.display().to_string());
                menu_line(ui, &line);
                if line.clicked() {
                    out.push(Action::OpenPath(path.clone()));
                    ui.close();
                }
            }
        });
    });
    ui.separator();
    for command in [Command::Reload, Command::KeepMine, Command::TakeOver] {
        command_item(ui, model, command, out);
    }
    ui.separator();
    command_item(ui, model, Command::Save, out);
    command_item(ui, model, Command::SaveAs, out);
    command_item(ui, model, Command::SaveTyped, out);
    command_item(ui, model, Command::ExportPicture, out);
    command_item(ui, model, Command::ExportCables, out);
    ui.separator();
    command_item(ui, model, Command::Quit, out);
}

/// A strip above the lower bar that says what happened.
pub(super) fn notice_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let Some(notice) = &model.notice else { return };
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        let (mark, color) = match notice.tone {
            Tone::Error => (icon::WARNING_OCTAGON, t.removed),
            Tone::Refused => (icon::INFO, t.accent),
            Tone::Done => (icon::CHECK, t.added),
        };
        widgets::mark(ui, mark, color, 13.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = ui.add(Button::new(icon::X).frame(false));
            close.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Dismiss message"));
            if close.clicked() {
                out.push(Action::ForgetNotice);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(&notice.text).wrap());
            });
        });
    });
}
