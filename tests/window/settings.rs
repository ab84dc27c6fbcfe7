//! What holds for all plans: set in the window, kept between starts.

use super::*;

fn settings(home: &Path) -> String {
    file(&home.join("config/settings.json"))
}

#[test]
fn settings_hold_at_once_and_are_kept() {
    let home = tempfile::tempdir().unwrap();
    make_sample(home.path());
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    choose(&mut hands, "View", "Settings…");
    see(&mut hands, "Default inventory");
    for (press_it, kept) in [
        ("Light", "\"theme\": \"light\""),
        ("Dark", "\"theme\": \"dark\""),
        ("125 %", "\"scale_percent\": 125"),
        ("Warnings", "\"log_level\": \"warning\""),
    ] {
        press_on_top(&mut hands, press_it);
        until(&mut hands, kept, |_| settings(home.path()).contains(kept));
    }
    assert_eq!(hands.ctx.zoom_factor(), 1.25);

    // Another inventory: nothing is in it, and the built-in one is left alone.
    let inventory = home.path().join("lab.heddle-inventory");
    fill(&mut hands, "Default inventory", &inventory.display().to_string());
    press(&mut hands, "Use");
    // One that is not there may be a slip of the pen.
    see(&mut hands, "Make a new inventory?");
    hands.run_steps(3);
    assert!(!inventory.exists());
    press(&mut hands, "Make it");
    until(&mut hands, "the inventory", |_| inventory.exists());
    hands.run_steps(3);

    // Models of a folder; what is wrong with them is told.
    let models = home.path().join("models");
    std::fs::create_dir(&models).unwrap();
    std::fs::write(models.join("bad.ron"), "(").unwrap();
    fill(&mut hands, "Folder with models", &models.display().to_string());
    press(&mut hands, "Add");
    read(&mut hands, "bad.ron");
    let row = format!("Remove {}", models.display());
    see(&mut hands, &row);
    drop(hands);

    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    assert_eq!(hands.ctx.zoom_factor(), 1.25);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    press(&mut hands, &row);
    until(&mut hands, "no folder", |_| settings(home.path()).contains("\"catalogue_folders\": []"));
    press(&mut hands, "Close");
    gone(&mut hands, "Default inventory");
}

/// Whose inventory is which, and that a decision on a plan binds it to the one that was seen.
#[test]
fn a_plan_stays_with_its_inventory() {
    let home = tempfile::tempdir().unwrap();
    make_sample(home.path());
    let mut hands = open(home.path());
    let lab = home.path().join("lab.heddle-inventory");
    let other = home.path().join("other.heddle-inventory");
    let set_default = |hands: &mut Hands, path: &Path| {
        hands.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
        fill(hands, "Default inventory", &path.display().to_string());
        press(hands, "Use");
        press(hands, "Make it");
    };
    see(&mut hands, "Held against Heddle’s own inventory, site dc1");
    // Nobody has decided on the plan yet: it goes with the default, and that is told.
    set_default(&mut hands, &other);
    see(&mut hands, "This plan is held against other.heddle-inventory now.");
    press(&mut hands, "Close");
    see(&mut hands, "Held against other.heddle-inventory, site dc1");
    // Its own inventory.
    press(&mut hands, "Held against other.heddle-inventory, site dc1");
    see(&mut hands, "Inventory of this plan");
    fill(&mut hands, "Path of the inventory", &lab.display().to_string());
    press(&mut hands, "Use");
    press(&mut hands, "Make it");
    see(&mut hands, "This plan is held against lab.heddle-inventory now.");
    press_once_ready(&mut hands, "Approve…");
    read(&mut hands, "to remove in lab.heddle-inventory, site dc1.");
    fill(&mut hands, "Your name", "Ada");
    press_on_top(&mut hands, "Approve");
    see(&mut hands, "Phase Approved, current");
    // Another default moves it no more.
    set_default(&mut hands, &home.path().join("third.heddle-inventory"));
    see(&mut hands, "This plan has an inventory of its own and stays with lab.heddle-inventory.");
    press(&mut hands, "Close");
    see(&mut hands, "Phase Approved, current");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::H);
    read(&mut hands, "waits to be applied");
    read(&mut hands, "by Ada · lab.heddle-inventory, site dc1");
    press(&mut hands, "Close");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::I);
    see(&mut hands, "Held against lab.heddle-inventory, site dc1.");
    press(&mut hands, "Close");
    drop(hands);
    // At the next start too. Without its own it goes with the default again.
    let mut hands = open(home.path());
    see(&mut hands, "Held against lab.heddle-inventory, site dc1");
    see(&mut hands, "Phase Approved, current");
    press(&mut hands, "Held against lab.heddle-inventory, site dc1");
    press(&mut hands, "Use the default");
    see(&mut hands, "This plan is held against third.heddle-inventory now.");
    see(&mut hands, "Phase Planned, current");
}

/// A plan that was approved goes with the default until then, and stays with it from then on.
#[test]
fn an_approval_binds_a_plan_to_its_inventory() {
    let home = tempfile::tempdir().unwrap();
    make_sample(home.path());
    let mut hands = open(home.path());
    press_once_ready(&mut hands, "Approve…");
    see(&mut hands, "Your name");
    hands.run_steps(3);
    // Typed so fast that all of it comes in one frame.
    let key = |key: Key| egui::Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let text = |text: &str| egui::Event::Text(text.to_owned());
    let events = [text("Ada"), key(Key::Tab), text("ticket 7")];
    hands.input_mut().events.extend(events);
    hands.run_steps(4);
    press_on_top(&mut hands, "Approve");
    see(&mut hands, "Phase Approved, current");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::H);
    read(&mut hands, "by Ada · ticket 7 · Heddle’s own inventory, site dc1");
    press(&mut hands, "Close");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    let other = home.path().join("other.heddle-inventory");
    fill(&mut hands, "Default inventory", &other.display().to_string());
    press(&mut hands, "Use");
    press(&mut hands, "Make it");
    see(&mut hands, "This plan has an inventory of its own and stays with Heddle’s own inventory.");
    press(&mut hands, "Close");
    see(&mut hands, "Phase Approved, current");
}

#[test]
fn models_that_are_read_at_the_start_wipe_nothing_that_there_is_to_tell() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    std::fs::write(
        home.path().join("config/settings.json"),
        r#"{"last_plan": "/nowhere/lab.ron", "catalogue_folders": ["/nowhere/models"]}"#,
    )
    .unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    read(&mut hands, "/nowhere/lab.ron is not there any more");
    read(&mut hands, "/nowhere/models");
}

/// A plan is the same on any machine: what it names of a folder goes into it.
#[test]
fn a_plan_carries_the_models_of_a_folder() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let models = home.path().join("models");
    std::fs::create_dir(&models).unwrap();
    let mut own =
        heddle::catalog::Catalog::built_in().unwrap().switches["celestica-ds5000"].clone();
    own.id = "my-switch".to_owned();
    own.model = "Loom 64".to_owned();
    let text = heddle::catalog::Models { switches: vec![own], ..Default::default() }.to_text();
    std::fs::write(models.join("switch.ron"), text).unwrap();
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    let folders = serde_json::json!({"last_plan": path, "catalogue_folders": [models]});
    std::fs::write(home.path().join("config/settings.json"), folders.to_string()).unwrap();

    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Num6);
    see(&mut hands, "Plan as RON text");
    let text = hands.get_by_label("Plan as RON text").accesskit_node().value().unwrap();
    let named = text.replacen("spine_model: \"celestica-ds5000\"", "spine_model: \"my-switch\"", 1);
    assert_ne!(named, text);
    fill(&mut hands, "Plan as RON text", &named);
    let shown = |hands: &Hands| {
        hands.get_by_label("Plan as RON text").accesskit_node().value().unwrap_or_default()
    };
    until(&mut hands, "the model", |hands| shown(hands).contains("Loom 64"));
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("Loom 64"));
    drop(hands);
    // Where there is no such folder it is the same plan.
    let plan = heddle::store::read_plan(&path).unwrap().plan;
    let catalog = heddle::catalog::Catalog::built_in().unwrap();
    let inputs = heddle::evaluate::Inputs::of(&plan, &catalog);
    let evaluation = heddle::evaluate::evaluate(&inputs, &heddle::model::Progress::new()).unwrap();
    assert!(!evaluation.has_errors(), "{:?}", evaluation.findings);

    // With the last name the model goes, and undo brings both back.
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Num6);
    see(&mut hands, "Plan as RON text");
    let typed = shown(&hands).replacen(
        "spine_model: \"my-switch\"",
        "spine_model: \"celestica-ds5000\"",
        1,
    );
    fill(&mut hands, "Plan as RON text", &typed);
    until(&mut hands, "no model", |hands| !shown(hands).contains("Loom 64"));
    press(&mut hands, "Undo");
    until(&mut hands, "the model", |hands| shown(hands).contains("Loom 64"));
}

#[test]
fn ejecting_shows_what_comes_of_it_first() {
    let home = tempfile::tempdir().unwrap();
    make_sample(home.path());
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    let eject = |hands: &mut Hands| {
        choose(hands, "Edit", "Eject cluster…");
        see(hands, "Replace the cluster by its classes?");
        read(hands, "switch_classes: [");
    };
    eject(&mut hands);
    press(&mut hands, "Cancel");
    gone(&mut hands, "Replace the cluster by its classes?");
    assert!(hands.query_by_label("has edits that are not saved").is_none());
    eject(&mut hands);
    press(&mut hands, "Replace");
    read(&mut hands, "The cluster now stands in the plan as");
    press(&mut hands, "Undo");
    until(&mut hands, "no edits", |hands| {
        hands.query_by_label("has edits that are not saved").is_none()
    });

    // Classes are counted in all pods.
    fill(&mut hands, "Servers", "600");
    see(&mut hands, "600 servers · 4,800 GPUs");
    until(&mut hands, "an end of computing", |hands| {
        hands.query_all_by_label_contains("ready for approval").next().is_some()
    });
    eject(&mut hands);
    hands.run_steps(3);
    for count in ["96", "64"] {
        see(&mut hands, count);
    }
}
