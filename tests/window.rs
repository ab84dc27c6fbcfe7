//! The newcomer's path through the window, by the labels that a screen reader would speak: from
//! the sample to an applied plan, and back again.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use heddle::app::Window;
use heddle::session::Places;
use std::path::Path;
use std::time::{Duration, Instant};

type Hands<'a> = Harness<'a, Window>;

fn open<'a>(home: &Path) -> Hands<'a> {
    let places = Places { data: home.join("data"), config: home.join("config") };
    Harness::builder()
        .with_size([1600.0, 1000.0])
        .build_eframe(move |cc| Window::new(&cc.egui_ctx, places, None).expect("the window opens"))
}

/// Draws until something with the label is there.
fn see(hands: &mut Hands, label: &str) {
    until(hands, &format!("`{label}` to appear"), |hands| {
        hands.query_all_by_label(label).next().is_some()
    });
}

/// Draws until something whose label contains the text is there.
fn read(hands: &mut Hands, text: &str) {
    until(hands, &format!("`{text}` to be read"), |hands| {
        hands.query_all_by_label_contains(text).next().is_some()
    });
}

fn until(hands: &mut Hands, what: &str, mut there: impl FnMut(&Hands) -> bool) {
    let begun = Instant::now();
    loop {
        hands.step();
        if there(hands) {
            return;
        }
        let seen: Vec<String> =
            hands.root().children_recursive().filter_map(|n| n.accesskit_node().label()).collect();
        assert!(begun.elapsed() < Duration::from_secs(30), "waited for {what}; there is {seen:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn press(hands: &mut Hands, label: &str) {
    see(hands, label);
    hands.get_by_label(label).click();
    hands.run_steps(2);
}

/// Replaces what stands in a field.
fn fill(hands: &mut Hands, label: &str, text: &str) {
    see(hands, label);
    hands.get_by_label(label).focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::A);
    hands.step();
    hands.get_by_label(label).type_text(text);
    hands.run_steps(2);
}

#[test]
fn from_the_sample_to_an_applied_plan_and_back() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());

    // The sample, held against an empty inventory.
    see(&mut hands, "Phase Planned, current");
    see(&mut hands, "128 servers · 1,024 GPUs");
    see(&mut hands, "4,572 added");
    see(&mut hands, "1,856");

    // Counts and changes follow the number of servers.
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    see(&mut hands, "has edits that are not saved");
    until(&mut hands, "other changes", |hands| {
        hands.query_by_label("4,572 added").is_none()
            && hands.query_all_by_label_contains(" added").next().is_some()
    });

    // Something is broken: the error stands under its field, and its remedy mends it.
    fill(&mut hands, "Servers", "0");
    see(&mut hands, "Phase Draft, current");
    read(&mut hands, "1 error to fix");
    assert!(hands.get_by_label("Approve…").accesskit_node().is_disabled());
    press(&mut hands, "Use 1");
    see(&mut hands, "Phase Planned, current");

    // Undo takes both back, step by step.
    press(&mut hands, "Undo");
    see(&mut hands, "Phase Draft, current");
    press(&mut hands, "Undo");
    press(&mut hands, "Undo");
    see(&mut hands, "128 servers · 1,024 GPUs");
    until(&mut hands, "no mark of edits", |hands| {
        hands.query_by_label("has edits that are not saved").is_none()
    });
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "Phase Planned, current");
    see(&mut hands, "64 servers · 512 GPUs");

    // Approve, with a name.
    until(&mut hands, "Approve to work", |hands| {
        !hands.get_by_label("Approve…").accesskit_node().is_disabled()
    });
    assert!(hands.get_by_label("Apply").accesskit_node().is_disabled());
    press(&mut hands, "Approve…");
    see(&mut hands, "Your name");
    assert!(hands.get_by_label("Approve").accesskit_node().is_disabled());
    fill(&mut hands, "Your name", "Ada");
    press(&mut hands, "Approve");
    see(&mut hands, "Phase Approved, current");
    read(&mut hands, "approved by Ada");

    // Apply.
    until(&mut hands, "Apply to work", |hands| {
        hands.query_by_label("Apply").is_some_and(|apply| !apply.accesskit_node().is_disabled())
    });
    press(&mut hands, "Apply");
    see(&mut hands, "Phase Applied, current");
    see(&mut hands, "No changes");
    drop(hands);

    // The same plan and phase, the next day.
    let mut hands = open(home.path());
    see(&mut hands, "Phase Applied, current");
    see(&mut hands, "64 servers · 512 GPUs");
    see(&mut hands, "No changes");

    // An edit proposes changes against what was applied.
    fill(&mut hands, "Servers", "72");
    see(&mut hands, "Phase Planned, current");
    see(&mut hands, "72 servers · 576 GPUs");
}

#[test]
fn an_idle_window_draws_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    // Work that was begun at the start ends; then nothing asks for another frame.
    let asked =
        |hands: &Hands| hands.output().viewport_output.values().map(|out| out.repaint_delay).min();
    let (mut quiet, mut drawn) = (0, 0);
    for _ in 0..2_000 {
        hands.step();
        if asked(&hands) == Some(Duration::MAX) {
            quiet += 1;
        } else {
            std::thread::sleep(Duration::from_millis(5));
            quiet = 0;
        }
        // The first quiet frame may be the one that keeps the shapes.
        if quiet <= 1 {
            drawn = hands.state().topology_frames();
        }
        if quiet == 20 {
            break;
        }
    }
    assert_eq!(quiet, 20, "the window comes to rest");
    assert_eq!(hands.state().topology_frames(), drawn, "the kept shapes are painted again");
    // And it wakes up.
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    assert!(hands.state().topology_frames() > drawn);
}

#[test]
fn changes_open_filter_and_select() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    press(&mut hands, "be-leaf + 16");
    press(&mut hands, "+ be-leaf-03");
    read(&mut hands, "Links to be-spine");
    fill(&mut hands, "Filter changes", "be-spine-07");
    see(&mut hands, "+ be-spine-07");
    until(&mut hands, "the rest to go", |hands| hands.query_by_label("+ be-leaf-03").is_none());
}

#[test]
fn nothing_that_acts_is_without_a_label() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.run_steps(2);
    let mute: Vec<String> = hands
        .root()
        .children_recursive()
        .filter(|node| {
            use egui::accesskit::Role;
            let node = node.accesskit_node();
            let acts = matches!(
                node.role(),
                Role::Button | Role::TextInput | Role::ComboBox | Role::RadioButton
            );
            acts && node.label().is_none_or(|label| label.trim().is_empty())
        })
        .map(|node| format!("{node:?}"))
        .collect();
    assert!(mute.is_empty(), "{mute:#?}");
}

#[test]
fn a_plan_that_cannot_be_read_is_told_and_leaves_a_plan_to_work_on() {
    let home = tempfile::tempdir().unwrap();
    let plan = home.path().join("broken.ron");
    std::fs::write(&plan, "(api_version: \"heddle/v1beta1\", metdata: ())").unwrap();
    let places = Places { data: home.path().join("data"), config: home.path().join("config") };
    let mut hands = Harness::builder().with_size([1600.0, 1000.0]).build_eframe(move |cc| {
        Window::new(&cc.egui_ctx, places, Some(plan)).expect("the window opens")
    });
    read(&mut hands, "broken.ron");
    see(&mut hands, "Untitled");
    see(&mut hands, "128 servers · 1,024 GPUs");
}
