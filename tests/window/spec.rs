//! The plan edited field by field, row by row and as text, and what it says of itself.

use super::*;
use egui::accesskit::{Role, Toggled};

/// The sample with its cluster written out as classes.
pub(super) fn ejected<'a>(home: &Path) -> Hands<'a> {
    let mut hands = open(home);
    read(&mut hands, "ready for approval");
    eject(&mut hands);
    read(&mut hands, "The cluster now stands in the plan");
    read(&mut hands, "ready for approval");
    hands
}

/// What stands in the field with a label.
fn value(hands: &Hands, label: &str) -> Option<String> {
    hands.get_by_label(label).accesskit_node().value()
}

fn enter(hands: &mut Hands) {
    hands.key_press(Key::Enter);
    hands.run_steps(3);
}

/// Presses a command in the menu of a row or a list.
fn choose_for(hands: &mut Hands, what: &str, item: &str) {
    press(hands, &format!("More for {what}"));
    press_on_top(hands, item);
}

/// The switch classes in their order.
fn classes(hands: &Hands) -> Vec<String> {
    let buttons = hands.query_all_by_role(Role::Button);
    let labels = buttons.filter_map(|node| node.accesskit_node().label());
    let name = |label: String| {
        let rest = label.strip_prefix("open ").or_else(|| label.strip_prefix("close "))?;
        rest.strip_prefix("switch class ").map(str::to_owned)
    };
    labels.filter_map(name).collect()
}

#[test]
fn an_id_carries_what_names_it() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    press(&mut hands, "Switch classes form");
    press(&mut hands, "open switch class be-leaf");
    fill(&mut hands, "Id", "rail-leaf");
    // Half a key is none: nothing is written before the field is left.
    assert!(classes(&hands).contains(&"be-leaf".to_owned()));
    enter(&mut hands);
    see(&mut hands, "close switch class rail-leaf");
    // A key that another row has is not taken.
    fill(&mut hands, "Id", "be-spine");
    enter(&mut hands);
    read(&mut hands, "be-spine is the id of another row already");
    see(&mut hands, "close switch class rail-leaf");
    see(&mut hands, "rail-leaf + 16");
    read(&mut hands, "ready for approval");
    press(&mut hands, "Server classes form");
    press(&mut hands, "open server class gpu");
    press(&mut hands, "open connection gpu/rail-0");
    assert_eq!(value(&hands, "To").as_deref(), Some("rail-leaf"));
    press(&mut hands, "Undo");
    assert_eq!(value(&hands, "To").as_deref(), Some("be-leaf"));
    see(&mut hands, "be-leaf + 16");
}

#[test]
fn what_cannot_be_read_is_not_taken_and_says_why() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    press(&mut hands, "Switch classes form");
    press(&mut hands, "open switch class be-leaf");
    press(&mut hands, "open port zone be-leaf/server");
    let before = value(&hands, "Ports");
    fill(&mut hands, "Ports", "32-1");
    read(&mut hands, "32-1");
    read(&mut hands, "backwards");
    hands.key_press(Key::Escape);
    hands.run_steps(2);
    assert_eq!(value(&hands, "Ports"), before, "the old ones stay");
    assert!(hands.query_by_label_contains("backwards").is_none());
    // What can be read is taken, and the cages are drawn.
    fill(&mut hands, "Ports", "1-8");
    see(&mut hands, "8 of 64 cages");
    press(&mut hands, "Undo");
    gone(&mut hands, "8 of 64 cages");
    assert_eq!(value(&hands, "Ports"), before);
}

#[test]
fn rows_are_added_doubled_moved_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    press(&mut hands, "Switch classes form");
    see(&mut hands, "open switch class be-leaf");
    let first = classes(&hands);
    assert_eq!(first.len(), 5, "{first:?}");
    let mut states = vec![first.clone()];
    press(&mut hands, "Add a switch class");
    see(&mut hands, "close switch class leaf");
    states.push(classes(&hands));
    choose_for(&mut hands, "switch class be-leaf", "Duplicate");
    see(&mut hands, "close switch class be-leaf-2");
    states.push(classes(&hands));
    assert_eq!(states[2][..2], ["be-leaf", "be-leaf-2"]);
    choose_for(&mut hands, "switch class be-leaf-2", "Move up");
    states.push(classes(&hands));
    assert_eq!(states[3][..2], ["be-leaf-2", "be-leaf"]);
    choose_for(&mut hands, "switch class be-leaf-2", "Remove");
    states.push(classes(&hands));
    choose_for(&mut hands, "switch class leaf", "Remove");
    assert_eq!(classes(&hands), first);
    for state in states.iter().rev() {
        press(&mut hands, "Undo");
        assert_eq!(classes(&hands), *state);
    }
    // The undo before the first edit is that of the cluster.
    press(&mut hands, "Undo");
    see(&mut hands, "There is no switch class beside those of the cluster.");
}

#[test]
fn ticked_rows_are_edited_together() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    press(&mut hands, "Switch classes form");
    press(&mut hands, "Tick switch class be-leaf");
    press(&mut hands, "Tick switch class be-spine");
    see(&mut hands, "Edits go to all 2 ticked rows.");
    press(&mut hands, "open switch class be-leaf");
    fill(&mut hands, "Fabric", "storage");
    press(&mut hands, "close switch class be-leaf");
    press(&mut hands, "open switch class be-spine");
    assert_eq!(value(&hands, "Fabric").as_deref(), Some("storage"));
    press(&mut hands, "Undo");
    assert_eq!(value(&hands, "Fabric").as_deref(), Some("backend"));
    press(&mut hands, "Untick all rows");
    gone(&mut hands, "Edits go to all 2 ticked rows.");
}

#[test]
fn a_finding_leads_to_its_field() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    press(&mut hands, "Switch classes form");
    press(&mut hands, "open switch class be-leaf");
    press(&mut hands, "open port zone be-leaf/server");
    fill(&mut hands, "Ports", "1-32,99");
    see(&mut hands, "Phase Draft, current");
    press(&mut hands, "close switch class be-leaf");
    press(&mut hands, "Checks");
    read(&mut hands, "1 error");
    let label = "Go to be-leaf › server › Ports";
    see(&mut hands, label);
    press(&mut hands, label);
    // The rows that lead there are open, and the field has the keyboard.
    see(&mut hands, "close switch class be-leaf");
    see(&mut hands, "close port zone be-leaf/server");
    assert!(hands.get_by_label("Ports").accesskit_node().is_focused());
    // A filter leaves the findings that meet it.
    press(&mut hands, "Checks");
    fill(&mut hands, "Filter findings", "nothing like this");
    see(&mut hands, "No finding is like that.");
    // The key goes there from anywhere.
    press(&mut hands, "Cluster form");
    hands.key_press(Key::F8);
    see(&mut hands, "close port zone be-leaf/server");
}

#[test]
fn the_text_and_the_forms_are_one_plan() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "128 servers · 1,024 GPUs");
    press(&mut hands, "RON text");
    let text = value(&hands, "Plan as RON text").unwrap();
    let typed = text.replace("servers: 128", "servers: 64");
    fill(&mut hands, "Plan as RON text", &typed);
    see(&mut hands, "64 servers · 512 GPUs");
    press(&mut hands, "Cluster form");
    assert_eq!(value(&hands, "Servers").as_deref(), Some("64"));
    press(&mut hands, "RON text");
    assert_eq!(value(&hands, "Plan as RON text"), Some(typed.clone()), "as it was typed");

    // What cannot be read says the line and the cause, and leaves the plan as it is.
    let broken = typed.replace("servers: 64", "servers: few");
    let line = 1 + broken.lines().position(|line| line.contains("servers: few")).unwrap();
    fill(&mut hands, "Plan as RON text", &broken);
    read(&mut hands, &format!("RON text, line {line}: "));
    read(&mut hands, "the plan is as it was before");
    see(&mut hands, "64 servers · 512 GPUs");
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken.clone()));
    press(&mut hands, "Undo");
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(typed.clone()));
    press(&mut hands, "Redo");
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken));
    press(&mut hands, "Undo");
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(typed));
    press(&mut hands, "Undo");
    see(&mut hands, "128 servers · 1,024 GPUs");
    assert_eq!(value(&hands, "Plan as RON text"), Some(text));
}

/// What is found is selected once the field is left, so that it can be typed over.
#[test]
fn words_are_found_in_the_text() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "128 servers · 1,024 GPUs");
    press(&mut hands, "RON text");
    hands.get_by_label("Plan as RON text").focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::F);
    hands.run_steps(2);
    let find = || "Find in the text";
    hands.get_by_label(find()).type_text("SERVER");
    hands.run_steps(2);
    let count = value(&hands, "Plan as RON text").unwrap().matches("server").count();
    see(&mut hands, &format!("1 of {count}"));
    hands.key_press(Key::Enter);
    see(&mut hands, &format!("2 of {count}"));
    press(&mut hands, "Place before in the text");
    see(&mut hands, &format!("1 of {count}"));
    hands.get_by_label(find()).focus();
    hands.run_steps(2);
    hands.get_by_label(find()).type_text("s: 128");
    see(&mut hands, "1 of 1");
    hands.key_press(Key::Escape);
    hands.run_steps(2);
    hands.get_by_label("Plan as RON text").type_text("servers: 64");
    see(&mut hands, "64 servers · 512 GPUs");
    see(&mut hands, "none");
}

/// A window in which the text of the plan cannot be read, with its line and what was typed.
fn with_broken_text<'a>(home: &Path) -> (Hands<'a>, usize, String) {
    let mut hands = open(home);
    read(&mut hands, "ready for approval");
    press(&mut hands, "RON text");
    let text = value(&hands, "Plan as RON text").unwrap();
    let broken = text.replace("servers: 128", "servers: few");
    let line = 1 + broken.lines().position(|line| line.contains("servers: few")).unwrap();
    fill(&mut hands, "Plan as RON text", &broken);
    read(&mut hands, &format!("RON text, line {line}: "));
    (hands, line, broken)
}

#[test]
fn text_that_cannot_be_read_is_an_error_of_the_plan() {
    let home = tempfile::tempdir().unwrap();
    let (mut hands, line, broken) = with_broken_text(home.path());
    let place = format!("line {line} of the text cannot be read");
    see(&mut hands, "Phase Draft, current");
    read(&mut hands, &place);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    hands.run_steps(3);
    assert!(hands.query_by_label("Approve the changes?").is_none());
    let approve = hands.get_by_role_and_label(Role::Button, "Approve…");
    assert!(approve.accesskit_node().is_disabled());
    press(&mut hands, "Checks");
    see(&mut hands, "unreadable-text");
    see(&mut hands, "Show 1 error");
    press(&mut hands, "Server classes form");
    hands.run_steps(2);
    press(&mut hands, "Go to the text that cannot be read");
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken.clone()));
    press(&mut hands, "Cluster form");
    hands.key_press(Key::F8);
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken.clone()));

    // Another edit would drop it, so that is asked.
    press(&mut hands, "Cluster form");
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "Take back what was typed as text?");
    press(&mut hands, "Go to the text");
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken));
    press(&mut hands, "Cluster form");
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "Take back what was typed as text?");
    press(&mut hands, "Take it back");
    see(&mut hands, "64 servers · 512 GPUs");
    read(&mut hands, "ready for approval");
}

#[test]
fn saving_says_that_text_is_left_out_and_leaving_asks_once() {
    let home = tempfile::tempdir().unwrap();
    let (mut hands, line, broken) = with_broken_text(home.path());
    let place = format!("line {line} of the text cannot be read");
    // The plan itself is in its file.
    assert!(!close(&mut hands));
    see(&mut hands, "Leave what was typed as text?");
    press(&mut hands, "Go to the text");
    hands.run_steps(2);
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken));
    press(&mut hands, "Undo");
    press(&mut hands, "Cluster form");
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    press(&mut hands, "RON text");
    let text = value(&hands, "Plan as RON text").unwrap();
    fill(&mut hands, "Plan as RON text", &text.replace("servers: 64", "servers: few"));
    read(&mut hands, &place);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::S);
    read(&mut hands, "without what was typed as text");
    see(&mut hands, "has edits that are not saved");
    assert!(!close(&mut hands));
    see(&mut hands, "Leave without it");
    hands.get_by_label("Leave without it").click();
    see_it_close(&mut hands);
    assert!(file(&home.path().join("data/sample.ron")).contains("servers: 64"));

    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "128 servers · 1,024 GPUs");
    fill(&mut hands, "Servers", "32");
    see(&mut hands, "32 servers · 256 GPUs");
    press(&mut hands, "RON text");
    let text = value(&hands, "Plan as RON text").unwrap();
    fill(&mut hands, "Plan as RON text", &text.replace("servers: 32", "servers: few"));
    read(&mut hands, &place);
    assert!(!close(&mut hands));
    see(&mut hands, "Save without the text");
    hands.get_by_label("Save without the text").click();
    see_it_close(&mut hands);
    assert!(file(&home.path().join("data/sample.ron")).contains("servers: 32"));
}

#[test]
fn text_that_cannot_be_read_outlives_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let (mut hands, line, broken) = with_broken_text(home.path());
    let drafts = home.path().join("data/autosave");
    until(&mut hands, "the draft", |_| {
        let entries = std::fs::read_dir(&drafts).into_iter().flatten().flatten();
        entries.filter(|entry| file(&entry.path()).contains("servers: few")).count() == 1
    });
    drop(hands);
    let mut hands = open(home.path());
    press_once_ready(&mut hands, "Take up");
    read(&mut hands, &format!("RON text, line {line}: "));
    assert_eq!(value(&hands, "Plan as RON text"), Some(broken));
}

#[test]
fn a_typed_value_that_is_not_taken_is_told_after_the_field_was_left() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    fill(&mut hands, "Servers", "12x");
    read(&mut hands, "This is not a whole number");
    enter(&mut hands);
    read(&mut hands, "“12x” was not taken.");
    assert_eq!(value(&hands, "Servers").as_deref(), Some("128"));
    fill(&mut hands, "Servers", "64");
    enter(&mut hands);
    see(&mut hands, "64 servers · 512 GPUs");
    assert!(hands.query_by_label_contains("was not taken").is_none());
}

#[test]
fn the_line_of_the_cursor_says_what_is_found_there() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    fill(&mut hands, "Rails", "9");
    read(&mut hands, "9 rails need 9 backend cards");
    press(&mut hands, "RON text");
    assert!(hands.query_by_label_contains("9 backend cards").is_none());
    let text = value(&hands, "Plan as RON text").unwrap();
    let line = 1 + text.lines().position(|line| line.contains("rails: 9")).unwrap();
    hands.get_by_label("Plan as RON text").focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::CTRL | Modifiers::COMMAND, Key::Home);
    hands.run_steps(2);
    for _ in 1..line {
        hands.key_press(Key::ArrowDown);
        hands.run_steps(2);
    }
    hands.run_steps(2);
    see(&mut hands, &format!("Line {line}"));
    read(&mut hands, "9 rails need 9 backend cards");
}

#[test]
fn a_finding_without_a_field_is_led_to_as_well() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    press(&mut hands, "Backend fabric");
    press(&mut hands, "Frontend fabric");
    read(&mut hands, "The cluster has no fabric.");
    see(&mut hands, "The spec has errors; drawn is the last plan that had none.");
}

#[test]
fn a_number_half_typed_is_no_plan() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    press(&mut hands, "RON text");
    let text = value(&hands, "Plan as RON text").unwrap();
    let waits = |hands: &Hands| hands.query_by_label("128 servers · 1,024 GPUs").is_some();
    hands.get_by_label("Plan as RON text").focus();
    hands.run_steps(2);
    for servers in ["servers: 6", "servers: 64"] {
        hands.key_press_modifiers(Modifiers::COMMAND, Key::A);
        hands.step();
        let typed = text.replace("servers: 128", servers);
        hands.get_by_label("Plan as RON text").type_text(&typed);
        hands.run_steps(2);
        assert!(waits(&hands), "the plan waits for a pause");
    }
    see(&mut hands, "64 servers · 512 GPUs");
    press(&mut hands, "Undo");
    see(&mut hands, "128 servers · 1,024 GPUs");
}

#[test]
fn the_palette_runs_commands_and_finds_devices() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    let open_palette = |hands: &mut Hands| {
        hands.key_press_modifiers(Modifiers::COMMAND, Key::K);
        see(hands, "Command or device");
        hands.run_steps(2);
    };
    // Another program has written the inventory: only Refresh sees it.
    let inventory = home.path().join("data/inventory.heddle-inventory");
    let mut bytes = std::fs::read(&inventory).unwrap_or_default();
    bytes.extend(b"0123456789abcdef [");
    std::fs::write(&inventory, bytes).unwrap();
    open_palette(&mut hands);
    hands.get_by_label("Command or device").type_text("refr");
    hands.run_steps(2);
    see(&mut hands, "Refresh");
    enter(&mut hands);
    gone(&mut hands, "Command or device");
    read(&mut hands, "the last write to it never ended");

    open_palette(&mut hands);
    hands.get_by_label("Command or device").type_text("be-spine-07");
    hands.run_steps(2);
    enter(&mut hands);
    gone(&mut hands, "Command or device");
    read(&mut hands, "Links to be-leaf");

    // The arrows choose another line.
    open_palette(&mut hands);
    hands.get_by_label("Command or device").type_text("show");
    hands.run_steps(2);
    let lines = |hands: &Hands| -> Vec<(String, bool)> {
        let rows = hands.query_all_by_role(Role::Button);
        rows.filter_map(|row| {
            let row = row.accesskit_node();
            let label = row.label().filter(|label| label.starts_with("Show "))?;
            Some((label, row.toggled() == Some(Toggled::True)))
        })
        .collect()
    };
    let chosen = |hands: &Hands| lines(hands).iter().position(|(_, here)| *here);
    assert_eq!(chosen(&hands), Some(0), "{:?}", lines(&hands));
    hands.key_press(Key::ArrowDown);
    hands.run_steps(3);
    assert_eq!(chosen(&hands), Some(1));
    hands.key_press(Key::Escape);
    gone(&mut hands, "Command or device");
}

#[test]
fn keys_are_told_and_pages_have_one() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press(Key::F1);
    see(&mut hands, "Keyboard shortcuts");
    see(&mut hands, "Show RON text");
    press(&mut hands, "Close");
    for (key, there) in [
        (Key::Num2, "Add a switch class"),
        (Key::Num3, "Add a server class"),
        (Key::Num4, "Add a pin"),
        (Key::Num6, "Plan as RON text"),
        (Key::Num1, "Scalable unit"),
    ] {
        hands.key_press_modifiers(Modifiers::COMMAND, key);
        see(&mut hands, there);
    }
}

#[test]
fn rows_of_a_spreadsheet_are_pasted() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    press(&mut hands, "Server classes form");
    press(&mut hands, "open server class gpu");
    choose_for(&mut hands, "connections of gpu", "Paste rows…");
    see(&mut hands, "Rows to paste");
    fill(&mut hands, "Rows to paste", "id\tnic\tports\nspare\trail-0");
    read(&mut hands, "1 connection more");
    fill(&mut hands, "Rows to paste", "id\tnic\tports\nspare\trail-0\tmany");
    read(&mut hands, "many");
    assert!(hands.query_by_label_contains("connection more").is_none());
    fill(&mut hands, "Rows to paste", "id\tnic\tports\nspare\trail-0\t1\nspare-b\trail-1\t1");
    press(&mut hands, "Add 2 rows");
    see(&mut hands, "open connection gpu/spare");
    see(&mut hands, "open connection gpu/spare-b");
    press(&mut hands, "Undo");
    gone(&mut hands, "open connection gpu/spare");
    assert!(hands.query_by_label("open connection gpu/spare-b").is_none());
}

#[test]
fn no_page_of_the_plan_keeps_the_window_busy() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    for page in [
        "Switch classes form",
        "Server classes form",
        "More of the spec",
        "Checks",
        "RON text",
        "Cluster form",
    ] {
        press(&mut hands, page);
        comes_to_rest(&mut hands);
    }
    press(&mut hands, "RON text");
    hands.get_by_label("Plan as RON text").focus();
    comes_to_rest(&mut hands);
}

/// A list begins at what is chosen: Enter alone changes nothing, and the arrows move the choice.
#[test]
fn a_model_is_chosen_by_keys() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    fn list<'h>(hands: &'h Hands) -> egui_kittest::Node<'h> {
        let is_it = |label: Option<String>| label.as_deref() == Some("Spine model");
        let mut lists = hands.query_all_by_role(Role::ComboBox);
        lists.find(|node| is_it(node.accesskit_node().label())).expect("the backend's")
    }
    let unfold = |hands: &mut Hands| {
        list(hands).click();
        hands.run_steps(3);
        see(hands, "Search the list");
    };
    unfold(&mut hands);
    enter(&mut hands);
    gone(&mut hands, "Search the list");
    assert!(hands.query_by_label("has edits that are not saved").is_none());
    unfold(&mut hands);
    hands.key_press(Key::ArrowDown);
    hands.run_steps(2);
    enter(&mut hands);
    see(&mut hands, "has edits that are not saved");
    press(&mut hands, "Undo");
    unfold(&mut hands);
    // Which of them fit is said once they were tried; they can be chosen all the same.
    read(&mut hands, "Celestica DS1000, does not fit: celestica-ds1000 has no ports of 800G");
    // What fits says how many switches there would be, held against now.
    read(&mut hands, "switches, as now");
    hands.get_by_label("Search the list").type_text("7060x6");
    hands.run_steps(2);
    enter(&mut hands);
    until(&mut hands, "the model", |hands| {
        list(hands).accesskit_node().value().is_some_and(|value| value.contains("7060X6"))
    });
}

/// In a slow frame all keys come together: the list that the first has opened is searched by what
/// follows, and the last takes what was found.
#[test]
fn a_model_is_chosen_by_keys_that_come_at_once() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    fn list<'h>(hands: &'h Hands) -> egui_kittest::Node<'h> {
        let is_it = |label: Option<String>| label.as_deref() == Some("Spine model");
        let mut lists = hands.query_all_by_role(Role::ComboBox);
        lists.find(|node| is_it(node.accesskit_node().label())).expect("the backend's")
    }
    list(&hands).focus();
    hands.run_steps(3);
    let (physical_key, pressed, repeat) = (None, true, false);
    let modifiers = Modifiers::NONE;
    let enter = egui::Event::Key { key: Key::Enter, physical_key, pressed, repeat, modifiers };
    let letters = "7060x6".chars().map(|letter| egui::Event::Text(letter.to_string()));
    let all = [enter.clone()].into_iter().chain(letters).chain([enter]);
    hands.input_mut().events.extend(all);
    until(&mut hands, "the model", |hands| {
        list(hands).accesskit_node().value().is_some_and(|value| value.contains("7060X6"))
    });
}

/// Also short lists are gone round by keys, and nothing behind them is.
#[test]
fn short_lists_are_chosen_from_by_keys() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = ejected(home.path());
    let before = |hands: &Hands| {
        let buttons = hands.query_all_by_role(Role::ComboBox);
        let values = buttons.filter_map(|node| node.accesskit_node().value()).collect::<Vec<_>>();
        values.join(", ")
    };
    press(&mut hands, "Switch classes form");
    press(&mut hands, "open switch class be-leaf");
    for (label, down) in [("Role", 1), ("Model", 1)] {
        let was = before(&hands);
        fn list<'h>(hands: &'h Hands, label: &str) -> egui_kittest::Node<'h> {
            let mut lists = hands.query_all_by_role(Role::ComboBox);
            lists.find(|node| node.accesskit_node().label().as_deref() == Some(label)).expect("it")
        }
        list(&hands, label).focus();
        hands.run_steps(2);
        enter(&mut hands);
        hands.run_steps(4);
        for _ in 0..=down {
            hands.key_press(Key::ArrowDown);
            hands.run_steps(3);
        }
        enter(&mut hands);
        hands.run_steps(4);
        let now = before(&hands);
        assert_ne!(now, was, "{label}");
        assert!(list(&hands, label).is_focused(), "the keyboard is back at {label}");
        press(&mut hands, "Undo");
        until(&mut hands, "the value before", |hands| before(hands) == was);
    }
}

/// With an error there is still something to look at: the plan as it was, and it says so.
#[test]
fn a_plan_with_errors_is_drawn_as_it_was_before() {
    let home = tempfile::tempdir().unwrap();
    make_sample(home.path());
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    let words = "The spec has errors; drawn is the last plan that had none.";
    fill(&mut hands, "Servers", "0");
    see(&mut hands, words);
    see(&mut hands, "There are errors: counted is what could be woven without them.");
    // Another error changes nothing of that, and another plan has another past.
    fill(&mut hands, "Rails", "0");
    see(&mut hands, words);
    fill(&mut hands, "Rails", "8");
    fill(&mut hands, "Servers", "64");
    gone(&mut hands, words);
    see(&mut hands, "64 servers · 512 GPUs");
}
