//! The newcomer's path through the window, by the labels that a screen reader would speak: from
//! the sample to an applied plan, and back again.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod files;
mod others;
mod selection;
mod settings;
mod spec;
mod tables;
mod target;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use heddle::app::{FileAnswer, FileKind, FileQuestion, Window};
use heddle::session::Places;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Hands<'a> = Harness<'a, Window>;

fn open<'a>(home: &Path) -> Hands<'a> {
    open_with(home, None, FileAnswer::Failed("this test has no file dialog".to_owned())).0
}

/// A window on a plan, whose file dialog gives one answer to all questions and keeps them.
fn open_with<'a>(
    home: &Path,
    plan: Option<PathBuf>,
    answer: FileAnswer,
) -> (Hands<'a>, Arc<Mutex<Vec<FileQuestion>>>) {
    let places = Places::within(home);
    let questions = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&questions);
    let hands = Harness::builder().with_size([1600.0, 1000.0]).build_eframe(move |cc| {
        let mut window = Window::new(&cc.egui_ctx, places, plan).expect("the window opens");
        window.pick_files_with(Box::new(move |question| {
            asked.lock().unwrap().push(question.clone());
            let answer = answer.clone();
            Box::pin(async move { answer })
        }));
        window
    });
    (hands, questions)
}

/// Replaces the cluster by its classes, once it was shown what comes of it.
fn eject(hands: &mut Hands) {
    choose(hands, "Edit", "Eject cluster…");
    read(hands, "switch_classes: [");
    hands.run_steps(3);
    press(hands, "Replace");
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
            hands.root().children_recursive().filter_map(|n| words_of(&n)).collect();
        assert!(begun.elapsed() < Duration::from_secs(30), "waited for {what}; there is {seen:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What is spoken or written of a node.
fn words_of<'n>(node: &impl NodeT<'n>) -> Option<String> {
    node.accesskit_node().label().or_else(|| node.accesskit_node().value())
}

fn press(hands: &mut Hands, label: &str) {
    see(hands, label);
    // A question is in its place one frame after it came.
    hands.step();
    hands.get_by_label(label).click();
    hands.run_steps(2);
}

/// Presses a command in a menu of the bar.
fn choose(hands: &mut Hands, menu: &str, item: &str) {
    press(hands, menu);
    press_on_top(hands, item);
}

/// Presses what was drawn last of all with the label: menus and dialogs lie above the panels.
fn press_on_top(hands: &mut Hands, label: &str) {
    click_on_top(hands, label);
    hands.run_steps(2);
}

fn click_on_top(hands: &mut Hands, label: &str) {
    see(hands, label);
    hands.step();
    hands.query_all_by_label(label).last().expect("it was seen").click();
}

/// Draws until nothing with the label is there.
fn gone(hands: &mut Hands, label: &str) {
    until(hands, &format!("`{label}` to go"), |hands| {
        hands.query_all_by_label(label).next().is_none()
    });
}

/// Draws until the button can be pressed, and presses it.
fn press_once_ready(hands: &mut Hands, label: &str) {
    until(hands, &format!("`{label}` to work"), |hands| {
        hands.query_by_label(label).is_some_and(|button| !button.accesskit_node().is_disabled())
    });
    press(hands, label);
}

/// The person closes the window; true if it obeys.
fn close(hands: &mut Hands) -> bool {
    use egui::{ViewportCommand, ViewportEvent, ViewportId};
    let root = hands.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    root.events.push(ViewportEvent::Close);
    hands.step();
    let out = hands.output().viewport_output.get(&ViewportId::ROOT);
    out.is_none_or(|out| !out.commands.contains(&ViewportCommand::CancelClose))
}

/// Draws until the window closes itself.
fn see_it_close(hands: &mut Hands) {
    until(hands, "the window to close", |hands| {
        let mut out = hands.output().viewport_output.values();
        out.any(|out| out.commands.contains(&egui::ViewportCommand::Close))
    });
}

/// Leaves the sample in a home, written and remembered.
fn make_sample(home: &Path) -> PathBuf {
    let mut hands = open(home);
    until(&mut hands, "the settings", |_| {
        file(&home.join("config/settings.json")).contains("sample.ron")
    });
    home.join("data/sample.ron")
}

fn file(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Another program sets the number of servers in a file.
fn write_servers(path: &Path, servers: &str) {
    let text = file(path);
    let at = text.find("servers: ").unwrap() + 9;
    let end = at + text[at..].find(',').unwrap();
    std::fs::write(path, format!("{}{servers}{}", &text[..at], &text[end..])).unwrap();
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
    fill(&mut hands, "Comment", "NET-7");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
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

/// Draws until nothing asks for another frame soon. Gives how often the topology was drawn by then.
fn comes_to_rest(hands: &mut Hands) -> u64 {
    // Work that was begun before ends.
    let asked =
        |hands: &Hands| hands.output().viewport_output.values().map(|out| out.repaint_delay).min();
    let (mut quiet, mut drawn) = (0, 0);
    for _ in 0..2_000 {
        hands.step();
        // Only the age of the reading is told anew, once a minute.
        if asked(hands) > Some(Duration::from_secs(9)) {
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
    drawn
}

#[test]
fn an_idle_window_draws_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    let drawn = comes_to_rest(&mut hands);
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
    hands.key_press(Key::Escape);
    until(&mut hands, "nothing to be selected", |hands| {
        hands.query_all_by_label_contains("Links to be-spine").next().is_none()
    });
    fill(&mut hands, "Filter changes", "be-spine-07");
    see(&mut hands, "+ be-spine-07");
    until(&mut hands, "the rest to go", |hands| hands.query_by_label("+ be-leaf-03").is_none());
}

#[test]
fn changes_stand_under_their_role_and_the_class_of_the_spec() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    fill(&mut hands, "Servers", "600");
    see(&mut hands, "600 servers · 4,800 GPUs");
    // 80 leaves need pods and spine groups: classes of their own, shown as one.
    for row in ["Super-spines + 64", "be-super-spine + 64", "be-spine + 96", "Servers + 600"] {
        see(&mut hands, row);
    }
}

#[test]
fn a_torn_end_of_the_inventory_is_told_once() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    drop(hands);
    let inventory = home.path().join("data/inventory.heddle-inventory");
    let mut bytes = std::fs::read(&inventory).unwrap();
    bytes.extend(b"0123456789abcdef [");
    std::fs::write(&inventory, bytes).unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "the last write to it never ended");
    press(&mut hands, "Dismiss message");
    // Later answers to the same reading do not tell it again.
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    assert!(hands.query_by_label("Dismiss message").is_none());
}

#[test]
fn a_new_plan_never_stands_beside_the_answer_to_another() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| {
        file(&home.path().join("data/sample.ron")).contains("servers: 64,")
    });
    hands.run_steps(2);
    press(&mut hands, "File");
    press_on_top(&mut hands, "New from");
    click_on_top(&mut hands, "rail-optimised");
    hands.step();
    // From the frame on in which the plan is there, all is of it or says that it is computed.
    until(&mut hands, "the new plan", |hands| {
        let untitled = hands.query_by_label("Untitled").is_some();
        let old = hands.query_by_label("64 servers · 512 GPUs").is_some();
        assert!(!(untitled && old), "the old figures under the new name");
        untitled
    });
    see(&mut hands, "128 servers · 1,024 GPUs");
}

#[test]
fn a_run_is_cancelled_and_goes_on_when_resumed() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    // 512 servers are tens of thousands of objects, each batch of which is forced to the disk:
    // far more work than the few frames until Cancel is pressed.
    fill(&mut hands, "Servers", "512");
    see(&mut hands, "512 servers · 4,096 GPUs");
    press_once_ready(&mut hands, "Approve…");
    fill(&mut hands, "Your name", "Ada");
    press_once_ready(&mut hands, "Approve");
    see(&mut hands, "Phase Approved, current");
    press_once_ready(&mut hands, "Apply");
    see(&mut hands, "Applying…");
    // While it runs the window can be looked at, but not closed, and no other plan opened.
    assert!(!close(&mut hands), "a run under way keeps the window open");
    read(&mut hands, "A run is under way");
    press(&mut hands, "Cancel");
    see(&mut hands, "Phase Stopped, current");
    read(&mut hands, "Stopped as you asked");
    assert!(hands.query_by_label("No changes").is_none());
    assert!(hands.query_by_label("Cancel").is_none(), "nothing is left to cancel");
    drop(hands);

    // The next day it is still so, and the run goes on to its end.
    let mut hands = open(home.path());
    see(&mut hands, "Phase Stopped, current");
    press_once_ready(&mut hands, "Resume");
    see(&mut hands, "Phase Applied, current");
    see(&mut hands, "No changes");
}

#[test]
fn fabrics_are_switched_off_and_come_back_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "128 servers · 1,024 GPUs");
    fill(&mut hands, "Rails", "4");
    until(&mut hands, "fewer changes", |hands| hands.query_by_label("4,572 added").is_none());
    press(&mut hands, "Backend fabric");
    gone(&mut hands, "Rails");
    gone(&mut hands, "be-leaf + 16");
    see(&mut hands, "Ports per server");

    // Without any fabric there is nothing to plan, and that is said.
    press(&mut hands, "Frontend fabric");
    see(&mut hands, "Phase Draft, current");
    read(&mut hands, "The cluster has no fabric");
    press(&mut hands, "Frontend fabric");
    see(&mut hands, "Phase Planned, current");

    press(&mut hands, "Backend fabric");
    see(&mut hands, "Rails");
    let rails = hands.get_by_label("Rails").accesskit_node().value();
    assert_eq!(rails.as_deref(), Some("4"), "as it was");
    press(&mut hands, "Undo");
    gone(&mut hands, "Rails");
    press(&mut hands, "Redo");
    see(&mut hands, "Rails");
}

#[test]
fn dialogs_are_answered_by_keys_even_in_a_slow_frame() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    // All in one frame, as after a long one.
    let type_at_once = |hands: &mut Hands, text: &str| {
        let key = |pressed| egui::Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let events = &mut hands.input_mut().events;
        events.extend([egui::Event::Text(text.to_owned()), key(true), key(false)]);
        hands.run_steps(2);
    };
    press_once_ready(&mut hands, "Approve…");
    see(&mut hands, "Your name");
    hands.run_steps(2);
    type_at_once(&mut hands, "Ada");
    read(&mut hands, "approved by Ada");
    choose(&mut hands, "File", "Save by path…");
    see(&mut hands, "Path of the file");
    hands.run_steps(2);
    // What was proposed is selected: typing replaces it.
    type_at_once(&mut hands, "copy.ron");
    see(&mut hands, "copy.ron");
    assert!(home.path().join("data/copy.ron").is_file());
}

#[test]
fn a_question_is_as_large_as_its_words_and_answered_with_enter() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    let enter = |hands: &mut Hands| {
        hands.run_steps(3);
        hands.key_press(Key::Enter);
        hands.run_steps(3);
    };
    press_once_ready(&mut hands, "Approve…");
    fill(&mut hands, "Your name", "Ada");
    enter(&mut hands);
    read(&mut hands, "approved by Ada");
    // The name is remembered: Enter is enough.
    fill(&mut hands, "Servers", "120");
    see(&mut hands, "120 servers · 960 GPUs");
    press_once_ready(&mut hands, "Approve…");
    see(&mut hands, "Your name");
    enter(&mut hands);
    gone(&mut hands, "Your name");
    read(&mut hands, "approved by Ada");
    // A smaller question after a larger one: as far above its first word as below its last.
    fill(&mut hands, "Servers", "119");
    see(&mut hands, "119 servers · 952 GPUs");
    assert!(!close(&mut hands));
    see(&mut hands, "Save the edits first?");
    hands.run_steps(3);
    let above = hands.get_by_label("Save the edits first?").rect().top();
    let below = 1000.0 - hands.get_by_label("Do not save").rect().bottom();
    assert!((above - below).abs() < 12.0, "{above} above, {below} below");
    hands.key_press(Key::Enter);
    // Every frame is looked at: it closes in the one after the file is written.
    see_it_close(&mut hands);
    assert!(file(&home.path().join("data/sample.ron")).contains("servers: 119"));
}

#[test]
fn another_number_of_servers_is_looked_at_before_it_is_taken() {
    let home = tempfile::tempdir().expect("a folder");
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    choose(&mut hands, "Edit", "What if…");
    see(&mut hands, "What if there were more servers, or fewer?");
    fill(&mut hands, "Number of servers", "no");
    read(&mut hands, "A whole number from 1 to 65,536.");
    // Eight units of 16 servers need 16 spines where six need 8: the uplinks of all leaves move.
    fill(&mut hands, "Number of servers", "192");
    press_on_top(&mut hands, "Show");
    read(&mut hands, "cables added,");
    see(&mut hands, "be-spine");
    press_on_top(&mut hands, "Keep room for 192");
    gone(&mut hands, "What if there were more servers, or fewer?");
    see(&mut hands, "Why 16 Backend spines?");
    // With that room nothing moves any more, and the number is taken.
    choose(&mut hands, "Edit", "What if…");
    fill(&mut hands, "Number of servers", "192");
    press_on_top(&mut hands, "Show");
    read(&mut hands, "cables added, 0 moved, 0 removed.");
    press_on_top(&mut hands, "Use this number");
    see(&mut hands, "192 servers · 1,536 GPUs");
    press(&mut hands, "Undo");
    see(&mut hands, "128 servers · 1,024 GPUs");
    press(&mut hands, "Undo");
    see(&mut hands, "Why 8 Backend spines?");
    // A number that does not work is refused with what is wrong, and can be corrected.
    choose(&mut hands, "Edit", "What if…");
    fill(&mut hands, "Number of servers", "65536");
    press_on_top(&mut hands, "Show");
    read(&mut hands, "fabric would need");
    press_on_top(&mut hands, "Cancel");
    gone(&mut hands, "What if there were more servers, or fewer?");
    assert!(hands.get_by_label("Undo").accesskit_node().is_disabled());
}

/// An answer counts by fields of the plan it was for, so it is let go once that was edited.
#[test]
fn an_answer_to_what_if_does_not_outlive_its_plan() {
    let home = tempfile::tempdir().expect("a folder");
    let mut hands = open(home.path());
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    read(&mut hands, "ready for approval");
    choose(&mut hands, "Edit", "What if…");
    fill(&mut hands, "Number of servers", "2048");
    click_on_top(&mut hands, "Show");
    // The question is gone while it is computed, which takes longer than a frame.
    hands.step();
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    read(&mut hands, "so the answer does not count. Ask again.");
    assert!(hands.query_by_label("Number of servers").is_none());
    see(&mut hands, "128 servers · 1,024 GPUs");
}

#[test]
fn counts_are_pinned_and_the_cluster_is_written_out() {
    let home = tempfile::tempdir().expect("a folder");
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    choose(&mut hands, "Edit", "Pin sizes");
    read(&mut hands, "computed counts now stand in the plan");
    see(&mut hands, "has edits that are not saved");
    see(&mut hands, "4,572 added");
    // Now an edit cannot change them by the way.
    fill(&mut hands, "Servers", "192");
    read(&mut hands, "is fixed at 16 switches");
    press(&mut hands, "Undo");
    press(&mut hands, "Undo");
    gone(&mut hands, "has edits that are not saved");

    see(&mut hands, "4,572 added");
    read(&mut hands, "ready for approval");
    eject(&mut hands);
    read(&mut hands, "The cluster now stands in the plan as 5 switch classes and 1 server class");
    read(&mut hands, "This plan has no cluster.");
    see(&mut hands, "4,572 added");
    press(&mut hands, "Undo");
    see(&mut hands, "Servers");
}
