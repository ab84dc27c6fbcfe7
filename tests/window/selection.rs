//! Selecting one and many – in the changes, in tables, by a search – and what can be done with them.

use super::*;
use egui_kittest::kittest::Queryable;

/// Names that are marked as selected.
fn selected(hands: &Hands) -> Vec<String> {
    let all = hands.root().children_recursive();
    all.filter(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
        .filter_map(|node| words_of(&node))
        .filter(|words| words.contains("leaf-") || words.contains("spine-"))
        .collect()
}

pub(super) fn press_with(hands: &mut Hands, label: &str, held: Modifiers) {
    see(hands, label);
    hands.get_by_label(label).click_modifiers(held);
    hands.run_steps(2);
}

/// What was copied last.
fn copied(hands: &mut Hands) -> String {
    let mut text = String::new();
    until(hands, "something to be copied", |hands| {
        for command in &hands.output().platform_output.commands {
            if let egui::OutputCommand::CopyText(copied) = command {
                text.clone_from(copied);
            }
        }
        !text.is_empty()
    });
    text
}

#[test]
fn many_are_selected_and_acted_on() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    press(&mut hands, "be-leaf + 16");
    press(&mut hands, "+ be-leaf-03");
    assert_eq!(selected(&hands), ["+ be-leaf-03"]);
    press_with(&mut hands, "+ be-leaf-06", Modifiers::SHIFT);
    assert_eq!(selected(&hands).len(), 4);
    see(&mut hands, "4 selected");
    press_with(&mut hands, "+ be-leaf-04", Modifiers::COMMAND);
    see(&mut hands, "3 selected");
    press(&mut hands, "Selection");
    click_on_top(&mut hands, "Copy names");
    assert_eq!(copied(&mut hands), "be-leaf-03\nbe-leaf-05\nbe-leaf-06");

    // All of the class, in its table.
    hands.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::A);
    see(&mut hands, "16 selected");
    choose(&mut hands, "Selection", "Show in table");
    see(&mut hands, "156 rows · 156 changed");
    hands.run_steps(2);

    // A row of the table, and from there to the changes and the spec.
    press_with(&mut hands, "be-leaf-02", Modifiers::NONE);
    hands.key_press(Key::F12);
    hands.run_steps(3);
    let fields = hands.query_all_by_role(egui::accesskit::Role::TextInput);
    let focused = fields.filter(|field| field.accesskit_node().is_focused()).count();
    assert_eq!(focused, 1, "the field that the leaf comes from has the keyboard");
    see(&mut hands, "Servers");
    choose(&mut hands, "Selection", "Zoom to selection");
    read(&mut hands, "Links to be-spine");
    choose(&mut hands, "Selection", "Go to RON line");
    until(&mut hands, "the text", |hands| {
        hands
            .query_all_by_label("RON text")
            .any(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
    });
    hands.key_press(Key::Escape);
    hands.run_steps(2);
    press(&mut hands, "View topology");
    hands.key_press(Key::Escape);
    gone(&mut hands, "4 selected");
    press(&mut hands, "Selection");
    assert!(hands.get_by_label("Copy names").accesskit_node().is_disabled());
}

#[test]
fn the_menu_of_the_selection_opens_by_key_and_by_the_other_button() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    press(&mut hands, "be-leaf + 16");
    press(&mut hands, "+ be-leaf-03");
    hands.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    press_on_top(&mut hands, "Select whole class");
    see(&mut hands, "16 selected");
    gone(&mut hands, "Copy names");
    // What is not selected yet is meant instead.
    press(&mut hands, "be-spine + 8");
    see(&mut hands, "+ be-spine-01");
    hands.get_by_label("+ be-spine-01").click_secondary();
    hands.run_steps(3);
    see(&mut hands, "Copy names");
    assert_eq!(selected(&hands), ["+ be-spine-01"]);
}

#[test]
fn what_is_searched_is_found_one_after_the_other() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::F);
    hands.run_steps(2);
    assert!(hands.get_by_label("Find in topology").accesskit_node().is_focused());
    hands.get_by_label("Find in topology").type_text("name:be-leaf-0");
    see(&mut hands, "9 found");
    hands.key_press(Key::Enter);
    see(&mut hands, "1 of 9");
    read(&mut hands, "Links to be-spine");
    hands.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    see(&mut hands, "9 of 9");
    press(&mut hands, "Select all found");
    see(&mut hands, "9 selected");
    // Escape ends the typing, and the next one clears the selection.
    hands.get_by_label("Find in topology").focus();
    hands.run_steps(2);
    hands.key_press(Key::Escape);
    hands.run_steps(2);
    see(&mut hands, "9 selected");
    hands.key_press(Key::Escape);
    gone(&mut hands, "9 selected");
    // Letters that are typed are no commands.
    hands.key_press(Key::Slash);
    hands.run_steps(2);
    assert!(hands.get_by_label("Filter changes").accesskit_node().is_focused());
    hands.get_by_label("Filter changes").type_text("/");
    hands.key_press(Key::Slash);
    hands.run_steps(2);
    let filter = hands.get_by_label("Filter changes").accesskit_node().value();
    assert_eq!(filter.as_deref(), Some("/"));
}

#[test]
fn changes_are_read_as_text() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "4,572 added");
    choose(&mut hands, "View", "Changes as text");
    see(&mut hands, "to add: the plan has it and the inventory does not");
    fill(&mut hands, "Filter changes", "device be-spine-07");
    see(&mut hands, "  + device be-spine-07");
    until(&mut hands, "the rest to go", |hands| {
        hands.query_by_label("  + device be-spine-01").is_none()
    });
    choose(&mut hands, "View", "Changes as text");
    fill(&mut hands, "Filter changes", "be-spine-07");
    see(&mut hands, "+ be-spine-07");
}

#[test]
fn a_new_plan_begins_with_one_that_works() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::N);
    see(&mut hands, "New plan");
    hands.run_steps(3);
    // The first has the keyboard.
    hands.key_press(Key::Enter);
    see(&mut hands, "Untitled");
    see(&mut hands, "Phase Planned, current");
}

#[test]
fn first_steps_are_told_until_they_are_taken_or_hidden() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Step 1, Edit, next");
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "Step 1, Edit, done");
    press(&mut hands, "be-leaf + 8");
    press(&mut hands, "+ be-leaf-03");
    see(&mut hands, "Step 3, Approve, next");
    press(&mut hands, "Hide first steps");
    gone(&mut hands, "Step 3, Approve, next");
    // The next day, without the edits that this one leaves behind.
    let later = tempfile::tempdir().unwrap();
    let kept = "config/settings.json";
    until(&mut hands, "the settings", |_| {
        file(&home.path().join(kept)).contains("\"first_steps\": false")
    });
    std::fs::create_dir(later.path().join("config")).unwrap();
    std::fs::copy(home.path().join(kept), later.path().join(kept)).unwrap();
    drop(hands);
    let mut hands = open(later.path());
    see(&mut hands, "Phase Planned, current");
    gone(&mut hands, "Step 1, Edit, next");
    choose(&mut hands, "Help", "First steps");
    see(&mut hands, "Step 1, Edit, next");
}

#[test]
fn a_count_of_the_changes_shows_only_them() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    press(&mut hands, "4,572 added");
    let filter = |hands: &Hands| hands.get_by_label("Filter changes").accesskit_node().value();
    assert_eq!(filter(&hands).as_deref(), Some("+"));
    see(&mut hands, "be-spine + 8");
    // A part of a name can stand beside the sign; nothing is removed here.
    fill(&mut hands, "Filter changes", "- be-spine");
    gone(&mut hands, "be-spine + 8");
    fill(&mut hands, "Filter changes", "+ be-spine");
    see(&mut hands, "be-spine + 8");
    assert!(hands.query_by_label("fe-spine + 2").is_none());
    press(&mut hands, "4,572 added");
    assert_eq!(filter(&hands).as_deref(), Some("be-spine"));
    see(&mut hands, "be-spine + 8");
}

#[test]
fn the_palette_leads_to_fields_also_to_those_that_are_folded_away() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    for (words, field) in [("backend rails", "Rails"), ("go to: backend pods", "Pods")] {
        hands.key_press_modifiers(Modifiers::COMMAND, Key::K);
        see(&mut hands, "Command or device");
        hands.run_steps(2);
        hands.get_by_label("Command or device").type_text(words);
        hands.run_steps(2);
        hands.key_press(Key::Enter);
        hands.run_steps(4);
        let fields = hands.query_all_by_label(field);
        let focused = fields.filter(|node| node.accesskit_node().is_focused()).count();
        assert_eq!(focused, 1, "{words}");
    }
}

#[test]
fn a_change_that_is_pressed_says_what_and_why_and_stands_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    press(&mut hands, "be-leaf + 16");
    press(&mut hands, "+ be-leaf-03");
    see(&mut hands, "role   leaf");
    see(&mut hands, "because the plan has it and the inventory does not");
    // Interfaces of one server are many: only the one that was pressed is shown as selected.
    hands.get_by_label("Filter changes").focus();
    hands.get_by_label("Filter changes").type_text("gpu-001 rail");
    see(&mut hands, "+ gpu-001 rail-1-p0");
    press(&mut hands, "+ gpu-001 rail-1-p0");
    let rows = |hands: &Hands| -> Vec<String> {
        let all = hands.root().children_recursive();
        all.filter(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
            .filter_map(|node| words_of(&node))
            .filter(|words| words.contains("gpu-001"))
            .collect()
    };
    assert_eq!(rows(&hands), ["+ gpu-001 rail-1-p0"]);
    // What is selected elsewhere is shown here with all of its changes.
    choose(&mut hands, "Selection", "Select whole class");
    until(&mut hands, "all of the class", |hands| rows(hands).len() > 2);
}

#[test]
fn what_is_selected_elsewhere_comes_into_view_among_the_changes() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "be-leaf + 16");
    press(&mut hands, "View devices");
    see(&mut hands, "be-leaf-02");
    press_with(&mut hands, "be-leaf-02", Modifiers::NONE);
    see(&mut hands, "+ be-leaf-02");
    see(&mut hands, "role   leaf");
}

#[test]
fn menus_are_gone_through_by_keys() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    let focused = |hands: &Hands| {
        let all = hands.root().children_recursive();
        all.filter(|node| node.accesskit_node().is_focused()).find_map(|node| words_of(&node))
    };
    hands.get_by_label("Filter changes").focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::ALT, Key::P);
    until(&mut hands, "the first line", |hands| {
        focused(hands).as_deref() == Some("Inventory of this plan…")
    });
    hands.run_steps(2);
    // What cannot be given now is passed over, and the last line is followed by the first.
    for expected in ["Refresh", "Apply a part…", "Approve…", "Destroy…"] {
        hands.key_press(Key::ArrowDown);
        hands.run_steps(2);
        assert_eq!(focused(&hands).as_deref(), Some(expected));
    }
    hands.key_press(Key::End);
    hands.run_steps(2);
    hands.key_press(Key::ArrowDown);
    hands.run_steps(2);
    assert_eq!(focused(&hands).as_deref(), Some("Inventory of this plan…"));
    hands.key_press(Key::ArrowUp);
    hands.run_steps(2);
    hands.key_press(Key::Enter);
    see(&mut hands, "Valid: yes. The plan has no errors.");
    // What had the keyboard before has it again.
    hands.key_press(Key::Escape);
    gone(&mut hands, "Close");
    until(&mut hands, "the field", |hands| focused(hands).as_deref() == Some("Filter changes"));
    hands.key_press(Key::F10);
    until(&mut hands, "the first menu", |hands| focused(hands).as_deref() == Some("New plan…"));
}

#[test]
fn a_filter_leads_into_its_list() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "be-leaf + 16");
    hands.key_press(Key::Slash);
    hands.run_steps(2);
    hands.get_by_label("Filter changes").type_text("be-leaf-0");
    see(&mut hands, "+ be-leaf-03");
    hands.key_press(Key::ArrowDown);
    hands.run_steps(3);
    hands.key_press(Key::Enter);
    until(&mut hands, "a change", |hands| selected(hands) == ["+ be-leaf-01"]);
    press(&mut hands, "Show all changes");
    see(&mut hands, "fe-leaf + 2");
    // Where there is no list, nobody is led into one that comes later.
    hands.key_press(Key::Slash);
    hands.run_steps(2);
    hands.get_by_label("Filter changes").type_text("nobody");
    read(&mut hands, "No change has");
    hands.key_press(Key::Enter);
    hands.run_steps(3);
    press(&mut hands, "Show all changes");
    press(&mut hands, "be-leaf + 16");
    see(&mut hands, "+ be-leaf-03");
    hands.run_steps(3);
    let all = hands.root().children_recursive();
    let focused = all.filter(|node| node.accesskit_node().is_focused());
    let focused: Vec<String> = focused.filter_map(|node| words_of(&node)).collect();
    assert!(!focused.iter().any(|words| words.starts_with('+')), "{focused:?}");
}

#[test]
fn the_panels_at_the_sides_are_put_away_and_come_back_when_they_are_led_to() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "be-leaf + 16");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::B);
    gone(&mut hands, "Scalable unit");
    hands.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::B);
    gone(&mut hands, "be-leaf + 16");
    see(&mut hands, "Find in topology");
    hands.key_press(Key::Slash);
    see(&mut hands, "be-leaf + 16");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    see(&mut hands, "Scalable unit");
    // A window without room for both has one of them.
    hands.set_size(egui::vec2(760.0, 500.0));
    gone(&mut hands, "be-leaf + 16");
    press(&mut hands, "Changes panel");
    see(&mut hands, "be-leaf + 16");
    gone(&mut hands, "Scalable unit");
    press(&mut hands, "Changes panel");
    gone(&mut hands, "be-leaf + 16");
    hands.set_size(egui::vec2(1440.0, 900.0));
    see(&mut hands, "be-leaf + 16");
    see(&mut hands, "Scalable unit");
}

#[test]
fn what_goes_is_one_thing_in_drawing_changes_and_tables() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = crate::target::applied(home.path(), "16");
    crate::target::plan_menu(&mut hands, "Destroy…");
    press_on_top(&mut hands, "Show what would go");
    see(&mut hands, "Under review: destroy");
    see(&mut hands, "Phase Planned, current");
    // From a table to the changes.
    press(&mut hands, "View devices");
    see(&mut hands, "be-leaf-02");
    press_with(&mut hands, "be-leaf-02", Modifiers::NONE);
    until(&mut hands, "its deletion", |hands| selected(hands) == ["− be-leaf-02"]);
    see(&mut hands, "because it is to be destroyed");
    // From the changes to the table, the drawing and the cables.
    press(&mut hands, "− be-leaf-03");
    until(&mut hands, "the row", |hands| {
        let rows = hands.get_by_label("Rows of devices").accesskit_node().value();
        rows.is_some_and(|row| row.starts_with("be-leaf-03, ") && row.ends_with("removed"))
    });
    choose(&mut hands, "Selection", "Show its cables");
    let filter = |hands: &Hands| hands.get_by_label("Filter rows").accesskit_node().value();
    until(&mut hands, "the filter", |hands| filter(hands).as_deref() == Some("device:=be-leaf-03"));
    press(&mut hands, "View topology");
    until(&mut hands, "the drawing", |hands| {
        let drawn = hands.get_by_label("Topology").accesskit_node().value();
        drawn.as_deref() == Some("be-leaf-03, removed")
    });
}
