//! What a screen reader hears, and where Tab leads: every page, view, menu and question is walked.
//!
//! What acts has a role and a name. Tab goes as one reads: from bar to bar and panel to panel, and
//! in each line by line. In a question the answer that is meant comes first, then the others.

use super::Window;
use super::command::{Action, Command};
use super::every_command::{Hands, act, applied, open, settle};
use super::model::{Dialog, Next, Tab};
use super::on_disk::OnDisk;
use super::selection::{Selected, Selection};
use super::tables::Centre;
use crate::scene::tables::TableKind;
use egui::accesskit::{Action as Can, Role};
use egui::{Key, Rect};
use egui_kittest::kittest::{NodeT, Queryable};

/// What acts and is not named: its role, and where it is.
fn unnamed(hands: &Hands) -> Vec<String> {
    let all = hands.root().children_recursive();
    let mute = all.filter(|node| {
        let spoken = node.accesskit_node();
        let acts = spoken.data().supports_action(Can::Click)
            || matches!(spoken.role(), Role::Button | Role::TextInput | Role::ComboBox);
        // Words that can be marked with the pointer act on nothing, and bars that scroll say so.
        let acts = acts && !matches!(spoken.role(), Role::Label | Role::ScrollBar);
        // The ground of a menu only keeps presses from what lies below.
        let named = spoken.label().is_some_and(|label| !label.trim().is_empty());
        let is_ground = !named && spoken.role() == Role::Unknown && node.rect().area() > 10_000.0;
        let knows_its_part = !matches!(spoken.role(), Role::Unknown | Role::GenericContainer)
            || spoken.label().as_deref() == Some("Topology");
        let is_well_named = named && knows_its_part;
        acts && !is_ground && !is_well_named
    });
    mute.map(|node| format!("{:?} at {:?}", node.accesskit_node().role(), node.rect())).collect()
}

/// Buttons of one name that do not lie in lines that tell them apart.
fn alike(hands: &Hands, within: Rect) -> Vec<String> {
    let all = hands.root().children_recursive();
    let mut names: Vec<String> = all
        .filter(|node| node.accesskit_node().role() == Role::Button)
        .filter(|node| within.contains_rect(node.rect()))
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    names.sort();
    let twice = names.windows(2).filter(|pair| pair[0] == pair[1]);
    twice.map(|pair| pair[0].clone()).collect()
}

fn select_a_leaf(hands: &mut Hands) {
    let selected = Selected::Device { class: "be-leaf".to_owned(), number: 1 };
    act(hands, Action::Select(Selection::one(selected)));
}

fn everything(window: &mut Window) {
    let findings = window.model.answer.as_ref().map(|answer| &answer.evaluation.fabric.classes);
    let open = findings.into_iter().flatten().map(|class| format!("group/Leaves/{}", class.family));
    window.model.open_groups.extend(open);
}

#[test]
fn everything_that_acts_has_a_name_and_a_part() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    settle(&mut hands);
    applied(&mut hands);
    let mut problems = Vec::new();
    let mut check = |hands: &mut Hands, what: &str| {
        hands.run_steps(3);
        problems.extend(unnamed(hands).into_iter().map(|node| format!("{what}: {node}")));
    };
    for tab in Tab::ALL {
        hands.state_mut().model.tab = tab;
        check(&mut hands, tab.spoken());
    }
    hands.state_mut().model.tab = Tab::Cluster;
    for kind in TableKind::ALL {
        hands.state_mut().show_centre(Centre::Table(kind));
        check(&mut hands, kind.title());
    }
    hands.state_mut().show_centre(Centre::Topology);
    select_a_leaf(&mut hands);
    everything(hands.state_mut());
    check(&mut hands, "a selection");
    hands.state_mut().model.on_disk = OnDisk::Gone;
    check(&mut hands, "a strip about the file");
    hands.state_mut().model.on_disk = OnDisk::AsKnown;
    act(&mut hands, Action::Do(Command::ChangesAsText));
    check(&mut hands, "changes as text");
    act(&mut hands, Action::Do(Command::ChangesAsText));
    for menu in ["File", "Edit", "Selection", "View", "Plan", "Help"] {
        hands.query_all_by_label(menu).next().unwrap().click();
        check(&mut hands, menu);
        hands.key_press(Key::Escape);
        hands.run_steps(2);
    }
    for command in [
        Command::New,
        Command::OpenTyped,
        Command::WhatIf,
        Command::Eject,
        Command::Settings,
        Command::Approve,
        Command::ChooseParts,
        Command::UndoRun,
        Command::Destroy,
        Command::History,
        Command::Standing,
        Command::Palette,
        Command::Shortcuts,
        Command::SelectionMenu,
    ] {
        act(&mut hands, Action::Do(command));
        if command.blocked(&hands.state().model).is_none() {
            settle(&mut hands);
        }
        check(&mut hands, command.name());
        hands.state_mut().model.dialog = None;
    }
    for dialog in [Dialog::Unsaved(Next::Quit), Dialog::FileChanged(Next::Stay, false)] {
        let what = format!("{dialog:?}");
        act(&mut hands, Action::Ask(dialog));
        check(&mut hands, &what);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What has the keyboard, after each press of Tab, until it is the first again.
fn tab_stops(hands: &mut Hands) -> Vec<(String, Rect)> {
    let mut stops: Vec<(String, Rect)> = Vec::new();
    hands.ctx.memory_mut(|memory| {
        if let Some(id) = memory.focused() {
            memory.surrender_focus(id);
        }
    });
    hands.run_steps(2);
    for _ in 0..300 {
        hands.key_press(Key::Tab);
        hands.step();
        let focused = hands.root().children_recursive().find(|n| n.accesskit_node().is_focused());
        let Some(node) = focused else { continue };
        let name = node.accesskit_node().label().unwrap_or_default();
        let stop = (name, node.rect());
        if stops.first() == Some(&stop) {
            return stops;
        }
        stops.push(stop);
    }
    panic!("Tab does not come back to where it began: {stops:?}");
}

/// The part of the window that something is in, in the order in which one reads.
fn part_of(hands: &Hands, rect: Rect) -> usize {
    let all = hands.ctx.content_rect();
    let (left, right) = (super::theme::FORM_WIDTH + 4.0, all.right() - super::theme::CHANGES_WIDTH);
    let middle = rect.center();
    match () {
        () if middle.y < super::theme::TOP_HEIGHT => 0,
        () if rect.height() < 60.0 && middle.y < super::theme::TOP_HEIGHT + 40.0 => 1,
        () if middle.y > all.bottom() - super::theme::BOTTOM_HEIGHT && middle.x > left => 5,
        () if middle.x < left => 2,
        () if middle.x < right - 8.0 => 3,
        () => 4,
    }
}

#[test]
fn tab_goes_as_one_reads() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    settle(&mut hands);
    for centre in [Centre::Topology, Centre::Table(TableKind::Devices)] {
        hands.state_mut().show_centre(centre);
        settle(&mut hands);
        hands.run_steps(4);
        let stops = tab_stops(&mut hands);
        assert!(stops.len() > 60, "{stops:?}");
        for pair in stops.windows(2) {
            let [(from, a), (to, b)] = pair else { continue };
            // What panels are dragged by lies between two of them, and the phases at the far left.
            if [from, to].iter().any(|name| name.starts_with("Width of") || name.contains("stands"))
            {
                continue;
            }
            let (here, there) = (part_of(&hands, *a), part_of(&hands, *b));
            let onward = here < there
                || (here == there && (b.top() > a.top() + 3.0 || b.left() > a.left() - 1.0))
                // The views and the search lie over the drawing.
                || a.contains_rect(*b);
            assert!(onward, "Tab goes from {from} at {a:?} back to {to} at {b:?}");
        }
    }
    // Of two buttons in one bar or panel no two are called the same.
    let all = hands.ctx.content_rect();
    let upper = Rect::everything_above(super::theme::TOP_HEIGHT);
    let lower = Rect::everything_below(all.bottom() - super::theme::BOTTOM_HEIGHT);
    let right = Rect::everything_right_of(all.right() - super::theme::CHANGES_WIDTH);
    for place in [upper, lower, right] {
        assert_eq!(alike(&hands, place), [""; 0], "{place:?}");
    }
}
