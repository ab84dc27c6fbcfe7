//! Every command by its menu, by its keys and by the palette, from one table: none can be forgotten,
//! for the table is a match over the enum.
//!
//! A row says where the menu has it, how the window comes to where it can be given, and what is the
//! case after it and was not before. The window is real but for its screen and its file dialog,
//! which says that it cannot be shown.

use super::command::{Action, Command};
use super::exports::Export;
use super::model::{Dialog, Model, Running, Stop, Tab, Wish};
use super::on_disk::{Access, OnDisk};
use super::selection::{Selected, Selection};
use super::sides::Side;
use super::tables::Centre;
use super::undo::History;
use super::{FileAnswer, Window, jobs};
use crate::diff::{Part, Purpose};
use crate::model::{Edit, EditValue, Progress, SpecPath};
use crate::plan::write;
use crate::scene::tables::TableKind;
use crate::session::Places;
use crate::store;
use crate::workflow::{Approver, Phase};
use egui::{Id, Key, Modifiers, OutputCommand, Theme, ViewportCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) type Hands = Harness<'static, Window>;

/// The ways to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Menu,
    Keys,
    Palette,
}

/// What was the case before.
struct Before {
    zoom: f32,
    theme: Theme,
    revision: u64,
    first_steps: bool,
}

/// A row of the table.
struct Row {
    menu: &'static str,
    /// Brings the window to where the command can be given.
    before: fn(&mut Hands),
    /// True once it has done what it should.
    after: fn(&Hands, &Before) -> bool,
}

fn model(hands: &Hands) -> &Model {
    &hands.state().model
}

pub(super) fn act(hands: &mut Hands, action: Action) {
    hands.state_mut().drain(vec![action]);
    hands.step();
}

/// Draws until something is the case.
fn until(hands: &mut Hands, what: &str, mut there: impl FnMut(&Hands) -> bool) {
    let begun = Instant::now();
    while !there(hands) {
        let notice = model(hands).notice.as_ref().map(|notice| notice.text.clone());
        assert!(begun.elapsed() < Duration::from_secs(30), "waited for {what}; told: {notice:?}");
        hands.step();
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Draws until what is on screen belongs to the plan as it is.
pub(super) fn settle(hands: &mut Hands) {
    hands.step();
    until(hands, "an answer", |hands| {
        let window = hands.state();
        !window.model.is_computing() && window.model.running.is_none() && window.job.is_none()
    });
    hands.step();
}

fn edit(hands: &mut Hands, path: &str, value: EditValue) {
    act(hands, Action::Edit(Edit { path: SpecPath::new(path), value }));
    act(hands, Action::EditEnded);
    settle(hands);
}

fn rename(hands: &mut Hands) {
    let name = format!("{}x", model(hands).plan.metadata.name);
    edit(hands, "metadata.name", EditValue::Text(name));
}

/// An edit with an error.
fn break_it(hands: &mut Hands) {
    edit(hands, "spec.cluster.servers", EditValue::Number(0));
}

fn select_a_leaf(hands: &mut Hands) {
    let selected = Selected::Device { class: "be-leaf".to_owned(), number: 1 };
    act(hands, Action::Select(Selection::one(selected)));
}

fn away_from_the_form(hands: &mut Hands) {
    act(hands, Action::Do(Command::ShowCluster));
    if let Some(id) = hands.ctx.memory(|memory| memory.focused()) {
        hands.ctx.memory_mut(|memory| memory.surrender_focus(id));
    }
    hands.step();
}

/// True if something below the tabs of the form has the keyboard.
fn is_in_the_form(hands: &Hands) -> bool {
    let focused = hands.ctx.memory(|memory| memory.focused());
    let rect = focused.and_then(|id| hands.ctx.read_response(id)).map(|response| response.rect);
    rect.is_some_and(|rect| rect.left() < 380.0 && rect.top() > 76.0)
}

fn show_devices(hands: &mut Hands) {
    act(hands, Action::Do(Command::ShowDevices));
    until(hands, "rows", |hands| !model(hands).table.stale);
}

/// Brings a plan that differs from what was applied to where it is approved.
fn approved(hands: &mut Hands) {
    let servers = match model(hands).plan.spec.cluster.as_ref().map(|cluster| cluster.servers) {
        Some(servers) if servers < 12 => servers + 1,
        _ => 8,
    };
    edit(hands, "spec.cluster.servers", EditValue::Number(u64::from(servers)));
    approved_as_shown(hands);
}

/// What is under review is approved.
fn approved_as_shown(hands: &mut Hands) {
    act(hands, Action::Do(Command::Approve));
    let acknowledged = crate::workflow::guards(model(hands).findings());
    let approver = Approver { acknowledged, ..Approver::new("Ada", "") };
    act(hands, Action::Ask(Dialog::Approve(approver)));
    act(hands, Action::Confirm);
    settle(hands);
    until(hands, "an approval", |hands| model(hands).shown_phase() == Phase::Approved);
}

pub(super) fn applied(hands: &mut Hands) {
    if model(hands).last_run().is_none() {
        approved(hands);
        act(hands, Action::Do(Command::Apply));
        settle(hands);
        until(hands, "a run", |hands| model(hands).last_run().is_some());
    }
}

/// Another program has written the file.
fn changed_on_disk(hands: &mut Hands) {
    let window = hands.state_mut();
    let path = window.model.path.clone().unwrap();
    let mut document = store::read_plan(&path).unwrap();
    document.plan.metadata.description.push('x');
    window.model.on_disk = OnDisk::Changed(Box::new(document));
    // It is not looked at again before the test is done.
    window.watch = None;
}

fn none(_: &mut Hands) {}

fn asks(hands: &Hands, is_it: impl Fn(&Dialog) -> bool) -> bool {
    model(hands).dialog.as_ref().is_some_and(is_it)
}

/// True if the place of a file for saving, or of a plan to open, is asked for.
fn asks_path(hands: &Hands, wish: impl Fn(&Wish) -> bool, in_vain: bool) -> bool {
    asks(hands, |dialog| match dialog {
        Dialog::Path(typed) => wish(&typed.wish) && typed.problem.is_some() == in_vain,
        _ => false,
    })
}

fn copied(hands: &Hands) -> bool {
    let commands = &hands.output().platform_output.commands;
    commands.iter().any(|c| matches!(c, OutputCommand::CopyText(text) if !text.is_empty()))
}

fn focused(hands: &Hands, id: &'static str) -> bool {
    hands.ctx.memory(|memory| memory.focused()) == Some(Id::new(id))
}

fn shows(hands: &Hands, tab: Tab) -> bool {
    model(hands).tab == tab
}

fn row(command: Command) -> Row {
    let row = |menu, before, after| Row { menu, before, after };
    let tab: fn(&mut Hands) = |hands| hands.state_mut().model.tab = Tab::More;
    match command {
        Command::New => row("File", none, |h, _| asks(h, |d| *d == Dialog::New)),
        Command::Open => row("File", none, |h, _| asks_path(h, |w| *w == Wish::Open, true)),
        Command::OpenTyped => row("File", none, |h, _| asks_path(h, |w| *w == Wish::Open, false)),
        Command::Reload => row("File", changed_on_disk, |h, _| {
            model(h).on_disk == OnDisk::AsKnown && !model(h).plan.metadata.description.is_empty()
        }),
        Command::KeepMine => {
            row("File", changed_on_disk, |h, _| model(h).on_disk == OnDisk::AsKnown)
        }
        Command::TakeOver => row(
            "File",
            |h| h.state_mut().model.access = Access::TakenOver("Bo has it.".to_owned()),
            |h, _| model(h).access == Access::Ours || asks(h, |d| matches!(d, Dialog::TakeOver(_))),
        ),
        Command::Save => row("File", rename, |h, _| !model(h).is_edited()),
        Command::SaveAs => {
            row("File", none, |h, _| asks_path(h, |w| matches!(w, Wish::Save { .. }), true))
        }
        Command::SaveTyped => {
            row("File", none, |h, _| asks_path(h, |w| matches!(w, Wish::Save { .. }), false))
        }
        Command::Quit => row("File", none, |h, _| {
            let mut out = h.output().viewport_output.values();
            out.any(|out| out.commands.contains(&ViewportCommand::Close))
        }),
        Command::ExportPicture => row("File", none, |h, _| {
            asks_path(h, |w| matches!(w, Wish::Export(Export::Picture(_))), true)
        }),
        Command::ExportCables => row("File", none, |h, _| {
            asks_path(h, |w| matches!(w, Wish::Export(Export::Cables(_))), true)
        }),
        Command::Undo => row("Edit", rename, |h, _| model(h).history.can_redo()),
        Command::Redo => row(
            "Edit",
            |h| {
                rename(h);
                act(h, Action::Do(Command::Undo));
            },
            |h, _| !model(h).history.can_redo(),
        ),
        Command::WhatIf => row("Edit", none, |h, _| asks(h, |d| matches!(d, Dialog::WhatIf(_)))),
        Command::PinSizes => row("Edit", none, |h, _| model(h).history.can_undo()),
        Command::Eject => row("Edit", none, |h, _| asks(h, |d| matches!(d, Dialog::Eject(_)))),
        Command::Find => row("Edit", none, |h, _| focused(h, "find")),
        Command::FilterChanges => row("Edit", none, |h, _| focused(h, "filter changes")),
        Command::ClearTableFilter => row(
            "Edit",
            |h| {
                show_devices(h);
                h.state_mut().model.table.query.filter = "leaf".to_owned();
            },
            |h, _| model(h).table.query.filter.is_empty(),
        ),
        Command::CopyChanges => row("Edit", none, |h, _| copied(h)),
        Command::CopyTable => row("Edit", show_devices, |h, _| copied(h)),
        Command::CopyFindings => row("Edit", break_it, |h, _| copied(h)),
        Command::ZoomToSelection => row(
            "Selection",
            |h| {
                act(h, Action::Do(Command::Fit));
                select_a_leaf(h);
            },
            |h, _| !h.state().canvas.fitted,
        ),
        Command::ShowInTable => row("Selection", select_a_leaf, |h, _| {
            model(h).centre == Centre::Table(TableKind::Devices)
        }),
        Command::ShowItsCables => row("Selection", select_a_leaf, |h, _| {
            model(h).centre == Centre::Table(TableKind::Cables)
                && model(h).table.query.filter.contains("leaf-01")
        }),
        Command::ShowInChanges => {
            let closed = |h: &mut Hands| {
                select_a_leaf(h);
                h.state_mut().model.open_groups.clear();
                h.state_mut().model.unfold();
            };
            row("Selection", closed, |h, _| !model(h).open_groups.is_empty())
        }
        Command::GoToSpec => row(
            "Selection",
            |h| {
                select_a_leaf(h);
                h.state_mut().model.tab = Tab::More;
            },
            |h, _| shows(h, Tab::Cluster),
        ),
        Command::GoToLine => row("Selection", select_a_leaf, |h, _| shows(h, Tab::Text)),
        Command::SelectClass => {
            row("Selection", select_a_leaf, |h, _| model(h).selection.len() > 1)
        }
        Command::CopyNames => row("Selection", select_a_leaf, |h, _| copied(h)),
        Command::SelectionMenu => row("Selection", select_a_leaf, |h, _| {
            model(h).menu_at.is_some()
                && h.query_all_by_label("Select whole class").next().is_some()
        }),
        Command::ClearSelection => {
            row("Selection", select_a_leaf, |h, _| model(h).selection.is_empty())
        }
        Command::ShowTopology => {
            row("View", show_devices, |h, _| model(h).centre == Centre::Topology)
        }
        Command::ShowDevices => {
            row("View", none, |h, _| model(h).centre == Centre::Table(TableKind::Devices))
        }
        Command::ShowPorts => {
            row("View", none, |h, _| model(h).centre == Centre::Table(TableKind::Ports))
        }
        Command::ShowCables => {
            row("View", none, |h, _| model(h).centre == Centre::Table(TableKind::Cables))
        }
        Command::ZoomIn => row("View", none, |h, b| h.state().canvas.zoom > b.zoom * 1.1),
        Command::ZoomOut => row("View", none, |h, b| h.state().canvas.zoom < b.zoom * 0.9),
        Command::Fit => {
            row("View", |h| act(h, Action::Do(Command::ZoomIn)), |h, _| h.state().canvas.fitted)
        }
        Command::ChangesAsText => row("View", none, |h, _| model(h).changes_as_text),
        Command::ShowCluster => row("View", tab, |h, _| shows(h, Tab::Cluster)),
        Command::ShowSwitches => row("View", tab, |h, _| shows(h, Tab::Switches)),
        Command::ShowServers => row("View", tab, |h, _| shows(h, Tab::Servers)),
        Command::ShowMore => row("View", none, |h, _| shows(h, Tab::More)),
        Command::ShowFindings => row("View", tab, |h, _| shows(h, Tab::Findings)),
        Command::ShowText => row("View", tab, |h, _| shows(h, Tab::Text)),
        Command::NextFinding => row("View", break_it, |h, _| model(h).last_finding.is_some()),
        Command::NextSection | Command::PreviousSection => {
            row("View", away_from_the_form, |h, _| is_in_the_form(h))
        }
        Command::SwitchTheme => row("View", none, |h, b| h.ctx.theme() != b.theme),
        Command::Settings => {
            row("View", none, |h, _| asks(h, |d| matches!(d, Dialog::Settings(_))))
        }
        Command::ChooseInventory => {
            row("Plan", none, |h, _| asks(h, |d| matches!(d, Dialog::Inventory(_))))
        }
        Command::Refresh => row("Plan", none, |h, b| model(h).revision > b.revision),
        Command::ChooseParts => {
            row("Plan", none, |h, _| asks(h, |d| matches!(d, Dialog::Parts(_))))
        }
        Command::AllChanges => row(
            "Plan",
            |h| {
                h.state_mut().keep_parts([Part::Su(1)].into());
                settle(h);
            },
            |h, _| model(h).parts.is_empty(),
        ),
        Command::Approve => row("Plan", none, |h, _| asks(h, |d| matches!(d, Dialog::Approve(_)))),
        Command::Apply => row("Plan", approved, |h, _| {
            let running = model(h).running.as_ref().map(|running| running.what);
            running == Some("Applying") || model(h).shown_phase() == Phase::Applied
        }),
        Command::Resume => row(
            "Plan",
            |h| {
                // As if a run had stopped: there is none to go on with, and that is told.
                h.state_mut().model.notice = None;
                if let Some(answer) = &mut h.state_mut().model.answer {
                    answer.phase.phase = Phase::Failed;
                    answer.phase.run = Some(crate::app::standing::stopped_run());
                }
            },
            |h, _| {
                model(h).running.as_ref().is_some_and(|running| running.what == "Resuming")
                    || model(h).notice.is_some()
            },
        ),
        Command::Cancel => row(
            "Plan",
            |h| {
                let (progress, begun) = (Progress::new(), Instant::now());
                let running = Running { what: "Waiting", progress, begun, stop: Stop::AtOnce };
                h.state_mut().model.running = Some(running);
            },
            |h, _| model(h).running.is_none(),
        ),
        Command::UndoRun => {
            row("Plan", applied, |h, _| asks(h, |d| matches!(d, Dialog::UndoRun(_))))
        }
        Command::Destroy => row("Plan", none, |h, _| asks(h, |d| *d == Dialog::Destroy)),
        Command::BackToPlan => row(
            "Plan",
            |h| {
                h.state_mut().review(Purpose::Destroy);
                settle(h);
            },
            |h, _| model(h).purpose.is_converge(),
        ),
        Command::ShowApproved => row(
            "Plan",
            |h| {
                applied(h);
                h.state_mut().review(Purpose::Destroy);
                settle(h);
                approved_as_shown(h);
                h.state_mut().review(Purpose::Converge);
                settle(h);
            },
            |h, _| {
                let is_shown = !model(h).is_computing() && model(h).purpose == Purpose::Destroy;
                is_shown && model(h).shown_phase() == Phase::Approved
            },
        ),
        Command::History => row("Plan", none, |h, _| asks(h, |d| matches!(d, Dialog::History(_)))),
        Command::Standing => row("Plan", none, |h, _| asks(h, |d| *d == Dialog::Standing)),
        Command::Palette => row("Help", none, |h, _| asks(h, |d| matches!(d, Dialog::Palette(_)))),
        Command::Shortcuts => row("Help", none, |h, _| asks(h, |d| *d == Dialog::Shortcuts)),
        Command::FirstSteps => {
            row("Help", none, |h, b| model(h).settings.first_steps != b.first_steps)
        }
        Command::ToggleSpec => row("View", none, |h, _| !model(h).shows(Side::Spec)),
        Command::ToggleChanges => row("View", none, |h, _| !model(h).shows(Side::Changes)),
        Command::CopyDiagnostics => row("Help", none, |h, _| copied(h)),
    }
}

/// A window on a small plan.
pub(super) fn open(home: &Path) -> Hands {
    let mut plan = jobs::new_plan("rail-optimised").unwrap();
    if let Some(cluster) = &mut plan.spec.cluster {
        (cluster.servers, cluster.su_size) = (8, 8);
    }
    let path = home.join("small.ron");
    std::fs::write(&path, write(&plan)).unwrap();
    let places = Places::within(home);
    Harness::builder().with_size([1440.0, 900.0]).build_eframe(move |cc| {
        let mut window = Window::new(&cc.egui_ctx, places, Some(path)).unwrap();
        let cannot = || Box::pin(async { FileAnswer::Failed("no desktop".to_owned()) });
        window.pick_files_with(Box::new(move |_| cannot()));
        window
    })
}

/// Brings the window back to the plan as it is in its file, with nothing asked or selected.
fn reset(hands: &mut Hands) {
    let window = hands.state_mut();
    window.model.dialog = None;
    window.model.on_disk = OnDisk::AsKnown;
    window.model.access = Access::Ours;
    window.model.purpose = Purpose::Converge;
    window.model.parts.clear();
    window.model.open_groups.clear();
    window.model.changes_as_text = false;
    window.model.menu_at = None;
    window.model.last_finding = None;
    window.model.tab = Tab::Cluster;
    window.model.notice = None;
    window.show_side(Side::Spec, true);
    window.show_side(Side::Changes, true);
    window.show_centre(Centre::Topology);
    window.select(Selection::default());
    let saved = window.model.saved.clone().unwrap();
    window.take_plan(saved, true);
    window.model.history = History::default();
    egui::Popup::close_all(&hands.ctx);
    hands.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    hands.ctx.memory_mut(|memory| {
        if let Some(id) = memory.focused() {
            memory.surrender_focus(id);
        }
    });
    settle(hands);
    hands.run_steps(2);
}

/// Presses what has the label and was drawn last: menus lie above the panels.
fn press_last(hands: &mut Hands, label: &str) -> Result<(), String> {
    let node = hands.query_all_by_label(label).last();
    let node = node.ok_or_else(|| format!("nothing is called {label}"))?;
    if node.accesskit_node().is_disabled() {
        return Err(format!("{label} is off"));
    }
    node.click();
    Ok(())
}

/// A key goes down in the next frame; what comes of it may be there for that frame alone.
fn key_down(hands: &mut Hands, key: Key, modifiers: Modifiers) {
    hands.event(egui::Event::ModifiersChanged(modifiers));
    hands.step();
    let input = hands.input_mut();
    let (physical_key, pressed, repeat) = (None, true, false);
    input.events.push(egui::Event::Key { key, physical_key, pressed, repeat, modifiers });
}

/// Gives a command in one way. Its last event is not drawn yet.
fn give(hands: &mut Hands, command: Command, menu: &str, way: Way) -> Result<(), String> {
    match way {
        Way::Menu => {
            // A heading further down may be called the same.
            hands.query_all_by_label(menu).next().ok_or("there is no such menu")?.click();
            hands.run_steps(3);
            press_last(hands, command.name())
        }
        Way::Keys => {
            let keys = command.shortcut().ok_or("it has no keys")?;
            key_down(hands, keys.logical_key, keys.modifiers);
            Ok(())
        }
        Way::Palette => {
            hands.key_press_modifiers(Modifiers::COMMAND, Key::K);
            hands.run_steps(3);
            hands.get_by_label("Command or device").type_text(command.name());
            hands.run_steps(2);
            key_down(hands, Key::Enter, Modifiers::NONE);
            Ok(())
        }
    }
}

fn check(hands: &mut Hands, command: Command, way: Way) -> Result<(), String> {
    reset(hands);
    let Row { menu, before, after } = row(command);
    before(hands);
    hands.run_steps(2);
    let was = Before {
        zoom: hands.state().canvas.zoom,
        theme: hands.ctx.theme(),
        revision: model(hands).revision,
        first_steps: model(hands).settings.first_steps,
    };
    if let Some(why) = command.blocked(model(hands)) {
        return Err(format!("it cannot be given: {why}"));
    }
    if after(hands, &was) {
        return Err("what it does is the case before it".to_owned());
    }
    give(hands, command, menu, way)?;
    let begun = Instant::now();
    // What goes to the clipboard or the system is there for one frame.
    while begun.elapsed() < Duration::from_secs(10) {
        hands.step();
        if after(hands, &was) {
            return Ok(());
        }
    }
    let told = model(hands).notice.as_ref().map(|notice| notice.text.as_str());
    Err(format!("nothing came of it; told: {told:?}"))
}

#[test]
fn every_command_is_given_by_menu_by_keys_and_by_the_palette() {
    let halves = Command::ALL.len().div_ceil(2);
    let problems: Vec<String> = std::thread::scope(|scope| {
        let under_way: Vec<_> = Command::ALL
            .chunks(halves)
            .map(|commands| {
                scope.spawn(move || {
                    let home = tempfile::tempdir().unwrap();
                    let mut hands = open(home.path());
                    settle(&mut hands);
                    let mut problems = Vec::new();
                    for command in commands {
                        for way in [Way::Menu, Way::Keys, Way::Palette] {
                            let has_no_keys = way == Way::Keys && command.shortcut().is_none();
                            let itself = way == Way::Palette && *command == Command::Palette;
                            if has_no_keys || itself {
                                continue;
                            }
                            if let Err(problem) = check(&mut hands, *command, way) {
                                let name = command.name();
                                problems.push(format!("{name} by {way:?}: {problem}"));
                            }
                        }
                    }
                    problems
                })
            })
            .collect();
        under_way.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What cannot be done when a window opens says why.
#[test]
fn what_cannot_be_done_says_why() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    settle(&mut hands);
    let blocked: Vec<_> = Command::ALL
        .into_iter()
        .filter_map(|command| Some((command.name(), command.blocked(model(&hands))?)))
        .collect();
    for (name, why) in &blocked {
        assert!(why.ends_with('.') && why.len() > 8, "{name}: {why}");
    }
    for name in ["Reload", "Save", "Undo", "Copy names", "Apply", "Resume", "Cancel"] {
        assert!(blocked.iter().any(|(blocked, _)| *blocked == name), "{name}");
    }
}
