//! The tables in the centre of the window: filtered, sorted, chosen from, copied; and the picture.

use super::*;

/// The words of the rows in view.
fn words(hands: &Hands) -> Vec<String> {
    let nodes = hands.root().children_recursive();
    nodes
        .filter_map(|node| node.accesskit_node().label().or(node.accesskit_node().value()))
        .collect()
}

#[test]
fn rows_are_filtered_sorted_and_selected() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press_modifiers(Modifiers::ALT, Key::Num2);
    read(&mut hands, "156 rows");
    fill(&mut hands, "Filter rows", "be-leaf state:added");
    read(&mut hands, "16 of 156 rows");
    press(&mut hands, "Sort by name");
    press(&mut hands, "Sort by name");
    until(&mut hands, "the last first", |hands| {
        let words = words(hands);
        let at = |name: &str| words.iter().position(|word| word == name);
        matches!((at("be-leaf-16"), at("be-leaf-01")), (Some(last), Some(first)) if last < first)
    });
    fill(&mut hands, "Filter rows", "nothing-is-called-this");
    read(&mut hands, "None of 156 rows is like that");
    fill(&mut hands, "Filter rows", "");
    // Cables follow an edit of the plan.
    press(&mut hands, "View cables");
    read(&mut hands, "1,856 rows");
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    until(&mut hands, "fewer rows", |hands| {
        hands.query_all_by_label_contains("1,856 rows").next().is_none()
            && hands.query_all_by_label_contains(" rows · ").next().is_some()
    });
    // Their copy is lines of a spreadsheet.
    press_once_ready(&mut hands, "Copy table");
    read(&mut hands, "copied");
    press(&mut hands, "View topology");
    gone(&mut hands, "Filter rows");
}

#[test]
fn a_table_of_a_plan_with_errors_leads_to_them() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    press(&mut hands, "View devices");
    read(&mut hands, "156 rows · 156 changed");
    fill(&mut hands, "Servers", "0");
    read(&mut hands, "The spec has errors. Each stands at its field");
    assert!(hands.query_all_by_label_contains("The plan has none").next().is_none());
    // The drawing is that of the last plan without errors, which was compared.
    press(&mut hands, "View topology");
    see(&mut hands, "+ added");
}

#[test]
fn the_picture_goes_to_a_file() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("lab.svg");
    let (mut hands, questions) = open_with(home.path(), None, FileAnswer::File(path.clone()));
    see(&mut hands, "Phase Planned, current");
    choose(&mut hands, "File", "Export picture…");
    read(&mut hands, "Written to");
    assert!(file(&path).starts_with("<svg") || file(&path).starts_with("<?xml"));
    let asked = questions.lock().unwrap().first().and_then(|q| q.save_as.clone());
    assert_eq!(asked.as_deref(), Some("Sample.svg"));
}

#[test]
fn the_arrow_keys_pass_ports_without_a_cable() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press_modifiers(Modifiers::ALT, Key::Num3);
    read(&mut hands, " rows · ");
    fill(&mut hands, "Filter rows", "device:fe-spine-01");
    read(&mut hands, "64 of ");
    let chosen = |hands: &Hands| hands.get_by_label("Rows of ports").accesskit_node().value();
    hands.get_by_label("Rows of ports").focus();
    hands.run_steps(2);
    // Two of four ports have a cable; those without one all stand for the switch itself.
    for _ in 0..14 {
        hands.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
        hands.run_steps(2);
    }
    let heard = "fe-spine-01, E1/14, fabric, 800, added, 9 selected";
    assert_eq!(chosen(&hands).as_deref(), Some(heard));
    // A range begins at the port that was pressed, and again when it is drawn again.
    for (port, held, expected) in [
        ("E1/3", Modifiers::NONE, "added"),
        ("E1/6", Modifiers::SHIFT, "added, 3 selected"),
        ("E1/9", Modifiers::SHIFT, "added, 4 selected"),
    ] {
        crate::selection::press_with(&mut hands, port, held);
        let heard = chosen(&hands).unwrap_or_default();
        assert!(heard.starts_with("fe-spine-01, E1/3, ") && heard.ends_with(expected), "{heard}");
    }
}

#[test]
fn a_table_keeps_its_sort_and_not_its_filter_while_another_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    press(&mut hands, "View devices");
    read(&mut hands, "156 rows");
    press(&mut hands, "Sort by name");
    press(&mut hands, "Sort by name");
    fill(&mut hands, "Filter rows", "be-leaf");
    read(&mut hands, "16 of 156 rows");
    press(&mut hands, "View cables");
    read(&mut hands, "1,856 rows");
    press(&mut hands, "View devices");
    read(&mut hands, "156 rows");
    until(&mut hands, "the last first", |hands| {
        // Natural order has servers last.
        words(hands).iter().find(|word| word.starts_with("gpu-")).is_some_and(|w| w == "gpu-128")
    });
}

#[test]
fn the_example_of_a_filter_finds_something_in_its_table() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    for (view, column) in [("devices", "model:"), ("ports", "speed:"), ("cables", "speed:")] {
        press(&mut hands, &format!("View {view}"));
        read(&mut hands, " rows · ");
        hands.run_steps(2);
        let field = hands.get_by_label("Filter rows");
        let spoken = field.accesskit_node().placeholder().unwrap_or_default().to_owned();
        let example = spoken.strip_prefix("Filter, e.g. ").unwrap_or_default().to_owned();
        assert!(example.starts_with(column), "{view}: {spoken}");
        fill(&mut hands, "Filter rows", &example);
        hands.run_steps(4);
        read(&mut hands, "Rows of ");
        assert!(hands.query_all_by_label_contains("No row is left").next().is_none());
        fill(&mut hands, "Filter rows", "");
    }
}
