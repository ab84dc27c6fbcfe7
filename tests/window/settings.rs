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
