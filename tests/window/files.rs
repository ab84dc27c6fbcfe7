//! The plan and its file: opened, saved, changed by somebody else, asked about before it is left.

use super::*;

#[test]
fn a_file_that_is_no_text_is_told_and_leaves_a_plan_to_work_on() {
    let home = tempfile::tempdir().unwrap();
    let plan = home.path().join("broken.ron");
    std::fs::write(&plan, [0x28, 0xff, 0xfe, 0x00]).unwrap();
    let places = Places::within(home.path());
    let mut hands = Harness::builder().with_size([1600.0, 1000.0]).build_eframe(move |cc| {
        Window::new(&cc.egui_ctx, places, Some(plan)).expect("the window opens")
    });
    read(&mut hands, "broken.ron");
    see(&mut hands, "Untitled");
    see(&mut hands, "128 servers · 1,024 GPUs");
}

#[test]
fn what_somebody_else_wrote_is_not_replaced_without_a_word() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    write_servers(&path, "5");
    fill(&mut hands, "Servers", "3");
    read(&mut hands, "3 servers · 24 GPUs");
    press_once_ready(&mut hands, "Save");
    see(&mut hands, "The file has changed");
    assert!(file(&path).contains("servers: 5,"));
    press(&mut hands, "Cancel");
    // Approving would write it too.
    press_once_ready(&mut hands, "Approve…");
    fill(&mut hands, "Your name", "Ada");
    press_once_ready(&mut hands, "Approve");
    see(&mut hands, "The file has changed");
    assert!(file(&path).contains("servers: 5,"));
    press(&mut hands, "Replace it");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 3,"));
    see(&mut hands, "Your name");
    press_on_top(&mut hands, "Cancel");
    write_servers(&path, "7");
    fill(&mut hands, "Servers", "4");
    read(&mut hands, "4 servers · 32 GPUs");
    press_once_ready(&mut hands, "Save");
    press(&mut hands, "Open it, drop my edits");
    see(&mut hands, "7 servers · 56 GPUs");
    assert!(file(&path).contains("servers: 7,"));
    // Nothing is lost by that.
    press(&mut hands, "Undo");
    see(&mut hands, "4 servers · 32 GPUs");
    assert!(file(&path).contains("servers: 7,"));
}

#[test]
fn the_last_plan_is_remembered_wherever_the_next_start_is_made() {
    let home = tempfile::tempdir().unwrap();
    make_sample(home.path());
    // The tests run in the package's folder.
    let relative = PathBuf::from("benches/peers/two-tiers.ron");
    let (mut hands, _) = open_with(home.path(), Some(relative), FileAnswer::Left);
    see(&mut hands, "256 servers · 2,048 GPUs");
    until(&mut hands, "the settings", |_| {
        let settings = file(&home.path().join("config/settings.json"));
        let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/two-tiers.ron");
        settings.contains(&format!("\"last_plan\": \"{}\"", whole.display()))
            || settings.contains(&format!("\"last_plan\":\"{}\"", whole.display()))
    });
}

#[test]
fn a_plan_that_is_gone_is_told() {
    let home = tempfile::tempdir().unwrap();
    let sample = make_sample(home.path());
    let mine = home.path().join("mine.ron");
    std::fs::copy(&sample, &mine).unwrap();
    let none = FileAnswer::Left;
    let (mut hands, _) = open_with(home.path(), Some(mine.clone()), none);
    until(&mut hands, "the settings", |_| {
        file(&home.path().join("config/settings.json")).contains("mine.ron")
    });
    drop(hands);
    std::fs::remove_file(&mine).unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "mine.ron is not there any more, so the sample was opened");
}

#[test]
fn edits_are_asked_about_before_another_plan_comes() {
    for answer in ["Cancel", "Do not save", "Save"] {
        for way in ["New from", "Open…", "Open recent", "Open by path…"] {
            let home = tempfile::tempdir().unwrap();
            let other = home.path().join("other.ron");
            let sample = make_sample(home.path());
            let text =
                file(&sample).replace("servers: 128", "servers: 8").replace("Sample", "Other");
            std::fs::write(&other, text).unwrap();
            // It is known as a recent plan once it was open.
            let mut hands = open_with(home.path(), Some(other.clone()), FileAnswer::Left).0;
            see(&mut hands, "8 servers · 64 GPUs");
            until(&mut hands, "settings", |_| {
                file(&home.path().join("config/settings.json")).contains("other.ron")
            });
            drop(hands);
            let picked = FileAnswer::File(other.clone());
            let mut hands = open_with(home.path(), Some(sample.clone()), picked).0;
            fill(&mut hands, "Servers", "64");
            see(&mut hands, "64 servers · 512 GPUs");
            match way {
                "New from" => {
                    press(&mut hands, "File");
                    press(&mut hands, "New from");
                    press(&mut hands, "rail-optimised");
                }
                "Open recent" => {
                    press(&mut hands, "File");
                    press(&mut hands, "Open recent");
                    press(&mut hands, &other.display().to_string());
                }
                command => choose(&mut hands, "File", command),
            }
            see(&mut hands, "Save the edits first?");
            press_on_top(&mut hands, answer);
            gone(&mut hands, "Save the edits first?");
            let saved = |hands: &mut Hands| {
                until(hands, "the file", |_| file(&sample).contains("servers: 64"));
            };
            match answer {
                "Cancel" => {
                    see(&mut hands, "64 servers · 512 GPUs");
                    see(&mut hands, "has edits that are not saved");
                    assert!(file(&sample).contains("servers: 128"));
                    continue;
                }
                "Save" => saved(&mut hands),
                _ => assert!(file(&sample).contains("servers: 128")),
            }
            match way {
                "New from" => {
                    see(&mut hands, "Untitled");
                    see(&mut hands, "128 servers · 1,024 GPUs");
                    continue;
                }
                "Open by path…" => {
                    fill(&mut hands, "Path of the file", &other.display().to_string());
                    press(&mut hands, "Open");
                }
                _ => {}
            }
            see(&mut hands, "other.ron");
            see(&mut hands, "8 servers · 64 GPUs");
        }
    }
}

#[test]
fn edits_are_asked_about_before_the_window_closes() {
    for (answer, servers) in [("Cancel", "128"), ("Do not save", "128"), ("Save", "64")] {
        // What one leaves behind, as a crash would, is not the next one's.
        let home = tempfile::tempdir().unwrap();
        let sample = home.path().join("data/sample.ron");
        let mut hands = open(home.path());
        see(&mut hands, "Phase Planned, current");
        assert!(close(&mut hands), "without edits it closes");
        fill(&mut hands, "Servers", "64");
        see(&mut hands, "has edits that are not saved");
        assert!(!close(&mut hands), "with edits it stays");
        see(&mut hands, "Save the edits first?");
        click_on_top(&mut hands, answer);
        if answer == "Cancel" {
            gone(&mut hands, "Save the edits first?");
            see(&mut hands, "has edits that are not saved");
            assert!(!close(&mut hands), "it asks again");
        } else {
            see_it_close(&mut hands);
            assert!(close(&mut hands), "{answer}: it may");
        }
        assert!(file(&sample).contains(&format!("servers: {servers}")), "{answer}");
    }
}

#[test]
fn comments_are_not_lost_without_a_word() {
    let home = tempfile::tempdir().unwrap();
    let sample = make_sample(home.path());
    let text = file(&sample)
        .replace("servers: 128", "// As many as fit into the hall.\n            servers: 128");
    std::fs::write(&sample, &text).unwrap();
    let mut hands = open(home.path());
    // Approving what was not edited writes nothing, and the comments are as much at stake after it.
    press_once_ready(&mut hands, "Approve…");
    fill(&mut hands, "Your name", "Ada");
    press_once_ready(&mut hands, "Approve");
    read(&mut hands, "approved by Ada");
    assert_eq!(file(&sample), text);
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "has edits that are not saved");

    // Nothing is written until that was agreed to.
    // The approval may be read from its file before the work that wrote it is over.
    press_once_ready(&mut hands, "Save");
    see(&mut hands, "The comments in the file would be lost");
    press(&mut hands, "Cancel");
    gone(&mut hands, "The comments in the file would be lost");
    assert_eq!(file(&sample), text);

    // Approving would write it too.
    press_once_ready(&mut hands, "Approve…");
    see(&mut hands, "The comments in the file would be lost");
    press(&mut hands, "Save without comments");
    see(&mut hands, "Your name");
    let written = file(&sample);
    assert!(written.contains("servers: 64") && !written.contains("//"), "{written}");
    press(&mut hands, "Cancel");

    // Now there are none any more, and no word is lost about them.
    fill(&mut hands, "Servers", "32");
    see(&mut hands, "32 servers · 256 GPUs");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&sample).contains("servers: 32"));
    assert!(hands.query_by_label("The comments in the file would be lost").is_none());
}

#[test]
fn a_file_dialog_that_cannot_be_shown_is_told_and_the_path_can_be_typed() {
    let home = tempfile::tempdir().unwrap();
    let failed = FileAnswer::Failed("no session bus".to_owned());
    let (mut hands, questions) = open_with(home.path(), None, failed);
    see(&mut hands, "Phase Planned, current");

    // Save as: a name beside the plan is proposed.
    choose(&mut hands, "File", "Save as…");
    read(&mut hands, "no session bus");
    see(&mut hands, "Save the plan as");
    fill(&mut hands, "Path of the file", "copy");
    press_on_top(&mut hands, "Save");
    see(&mut hands, "copy.ron");
    let copy = home.path().join("data/copy.ron");
    assert!(file(&copy).contains("servers: 128"));
    assert_ne!(file(&copy), file(&home.path().join("data/sample.ron")), "a plan of its own");

    // A file that is there is replaced only if that was agreed to.
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    std::fs::write(home.path().join("data/taken.ron"), "mine").unwrap();
    choose(&mut hands, "File", "Save by path…");
    fill(&mut hands, "Path of the file", "taken.ron");
    press_on_top(&mut hands, "Save");
    see(&mut hands, "Replace the file?");
    read(&mut hands, "is there already");
    assert_eq!(file(&home.path().join("data/taken.ron")), "mine");
    press(&mut hands, "Replace");
    see(&mut hands, "taken.ron");
    assert!(file(&home.path().join("data/taken.ron")).contains("servers: 64"));

    // Open: what is wrong with the path is told where it was typed.
    choose(&mut hands, "File", "Open…");
    read(&mut hands, "no session bus");
    fill(&mut hands, "Path of the file", "nowhere.ron");
    press(&mut hands, "Open");
    read(&mut hands, "nowhere.ron");
    see(&mut hands, "Open a plan");
    fill(&mut hands, "Path of the file", "copy.ron");
    press(&mut hands, "Open");
    see(&mut hands, "128 servers · 1,024 GPUs");
    gone(&mut hands, "Open a plan");

    let data = Some(home.path().join("data"));
    let save_as = Some("Sample.ron".to_owned());
    let expected = [
        FileQuestion { kind: FileKind::Plan, save_as, folder: data.clone() },
        FileQuestion { kind: FileKind::Plan, save_as: None, folder: data },
    ];
    assert_eq!(*questions.lock().unwrap(), expected);
}

#[test]
fn a_file_dialog_that_never_answers_can_be_given_up() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    hands.state_mut().pick_files_with(Box::new(|_| Box::pin(std::future::pending())));
    see(&mut hands, "Phase Planned, current");
    choose(&mut hands, "File", "Open…");
    see(&mut hands, "Waiting for the file dialog…");
    press(&mut hands, "Cancel");
    gone(&mut hands, "Waiting for the file dialog…");
    fill(&mut hands, "Servers", "64");
    see(&mut hands, "64 servers · 512 GPUs");
    press_once_ready(&mut hands, "Save");
    read(&mut hands, "Saved to");
}

#[test]
fn a_file_dialog_that_is_left_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (mut hands, questions) = open_with(home.path(), None, FileAnswer::Left);
    see(&mut hands, "Phase Planned, current");
    for command in ["Open…", "Save as…"] {
        choose(&mut hands, "File", command);
        gone(&mut hands, "Waiting for the file dialog…");
    }
    assert_eq!(questions.lock().unwrap().len(), 2);
    see(&mut hands, "sample.ron");
    assert!(hands.query_by_label("Path of the file").is_none());
}

#[test]
fn edits_that_a_crash_left_are_offered() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    see(&mut hands, "128 servers · 1,024 GPUs");
    fill(&mut hands, "Servers", "64");
    let drafts = home.path().join("data/autosave");
    let kept = || {
        let entries = std::fs::read_dir(&drafts).into_iter().flatten().flatten();
        entries.map(|entry| file(&entry.path())).filter(|text| text.contains("servers:")).count()
    };
    until(&mut hands, "the draft", |_| kept() == 1);
    // The window goes without a word.
    drop(hands);

    let mut hands = open(home.path());
    see(&mut hands, "Take up the edits that were not saved?");
    press(&mut hands, "Take up");
    see(&mut hands, "64 servers · 512 GPUs");
    see(&mut hands, "has edits that are not saved");
    press(&mut hands, "Undo");
    see(&mut hands, "128 servers · 1,024 GPUs");
    until(&mut hands, "the draft to go", |_| kept() == 0);
    press(&mut hands, "Redo");
    until(&mut hands, "the draft", |_| kept() == 1);
    drop(hands);

    // Nobody has to take them up.
    let mut hands = open(home.path());
    press(&mut hands, "Drop them");
    gone(&mut hands, "Take up the edits that were not saved?");
    // A job removes it.
    until(&mut hands, "no draft", |_| kept() == 0);
    see(&mut hands, "128 servers · 1,024 GPUs");
    drop(hands);
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    assert!(hands.query_by_label("Take up").is_none());
}

#[test]
fn a_file_that_cannot_be_read_is_mended_in_the_window() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let whole = file(&path);
    let id = whole.lines().find(|line| line.contains("id: ")).unwrap().to_owned();
    // A comma is missing.
    let broken = whole.replace("servers: 128,", "servers: 128");
    assert_ne!(broken, whole);
    std::fs::write(&path, &broken).unwrap();
    let answer = FileAnswer::Left;
    let (mut hands, questions) = open_with(home.path(), Some(path.clone()), answer);
    read(&mut hands, "a comma is missing after this");
    read(&mut hands, "Mend it, then save it.");
    // Nobody has edited anything yet.
    assert!(hands.query_by_label("has edits that are not saved").is_none());
    // Nothing on screen is taken for the plan of the file, and nothing is written over it.
    see(&mut hands, "Nothing to draw");
    assert!(hands.get_by_label("Save").accesskit_node().is_disabled());
    // Nor is there an earlier plan to go back to.
    hands.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    hands.run_steps(3);
    let text = hands.get_by_label("Plan as RON text");
    assert_eq!(text.accesskit_node().value().unwrap_or_default(), broken);
    text.focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::A);
    hands.run_steps(1);
    hands.get_by_label("Plan as RON text").type_text(&whole);
    see(&mut hands, "128 servers · 1,024 GPUs");
    see(&mut hands, "has edits that are not saved");
    // It is saved where it is from, and nothing is asked.
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 128,"));
    assert!(file(&path).contains(&id), "it is the same plan");
    see(&mut hands, "sample.ron");
    assert!(questions.lock().unwrap().is_empty());
    gone(&mut hands, "has edits that are not saved");
    // The mended plan is the first: no way leads back to the blank one.
    assert!(hands.get_by_label("Undo").accesskit_node().is_disabled());
}

#[test]
fn a_mended_plan_is_not_left_without_a_question() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let whole = file(&path);
    std::fs::write(&path, whole.replace("servers: 128,", "servers: 128")).unwrap();
    let (mut hands, _) = open_with(home.path(), Some(path.clone()), FileAnswer::Left);
    read(&mut hands, "a comma is missing after this");
    hands.get_by_label("Plan as RON text").focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::A);
    hands.run_steps(1);
    hands.get_by_label("Plan as RON text").type_text(&whole);
    see(&mut hands, "128 servers · 1,024 GPUs");
    assert!(!close(&mut hands));
    see(&mut hands, "Do not save");
}

/// Types over the whole text of the plan.
fn type_all(hands: &mut Hands, text: &str) {
    hands.get_by_label("Plan as RON text").focus();
    hands.run_steps(2);
    hands.key_press_modifiers(Modifiers::COMMAND, Key::A);
    hands.run_steps(1);
    hands.get_by_label("Plan as RON text").type_text(text);
    hands.run_steps(3);
}

/// Half the mending is kept in the file; comments are asked about before they are lost.
#[test]
fn text_that_is_half_mended_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let whole = file(&path);
    let broken = whole.replace("servers: 128,", "servers: 128").replace("rails: 8", "rails: [");
    std::fs::write(&path, &broken).unwrap();
    let (mut hands, questions) = open_with(home.path(), Some(path.clone()), FileAnswer::Left);
    read(&mut hands, "a comma is missing after this");
    press(&mut hands, "Cluster form");
    see(&mut hands, "The form is back once the text can be read.");
    press(&mut hands, "Go to the text that cannot be read");
    // One of two faults.
    let half = format!("// To do.\n{}", broken.replace("servers: 128", "servers: 128,"));
    type_all(&mut hands, &half);
    assert!(!close(&mut hands));
    see(&mut hands, "Save the text first?");
    press(&mut hands, "Cancel");
    press_once_ready(&mut hands, "Save");
    read(&mut hands, "It is no plan yet: line ");
    assert_eq!(file(&path), half);
    assert!(hands.query_by_label("has edits that are not saved").is_none());
    // The other.
    type_all(&mut hands, &format!("// To do.\n{whole}"));
    see(&mut hands, "128 servers · 1,024 GPUs");
    press_once_ready(&mut hands, "Save");
    see(&mut hands, "The comments in the file would be lost");
    press(&mut hands, "Save without comments");
    until(&mut hands, "the file", |_| file(&path).contains("rails: 8"));
    assert!(!file(&path).contains("To do"));
    assert!(questions.lock().unwrap().is_empty());
}

/// A crash in the midst of the mending: the text comes back over its file, as the plan of that file.
/// The key of a row is in the plan only once it is whole. What was typed of it is not lost.
#[test]
fn an_id_that_was_being_typed_comes_back_after_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let drafts = home.path().join("data/autosave");
    let kept = |name: &str| {
        let entries = std::fs::read_dir(&drafts).into_iter().flatten().flatten();
        entries.filter(|entry| file(&entry.path()).contains(name)).count()
    };
    let mut hands = super::spec::ejected(home.path());
    press(&mut hands, "Switch classes form");
    press(&mut hands, "open switch class be-leaf");
    fill(&mut hands, "Id", "rail-leaf");
    until(&mut hands, "the draft", |_| kept("rail-leaf") == 1);
    // What may not be taken is not kept either.
    fill(&mut hands, "Id", "be-spine");
    until(&mut hands, "the draft", |_| kept("rail-leaf") == 0);
    fill(&mut hands, "Id", "rail-leaf");
    until(&mut hands, "the draft", |_| kept("rail-leaf") == 1);
    // The window goes without a word.
    drop(hands);
    let mut hands = open(home.path());
    see(&mut hands, "Take up the edits that were not saved?");
    press(&mut hands, "Take up");
    see(&mut hands, "rail-leaf + 16");
}

#[test]
fn text_that_was_being_mended_comes_back_after_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let whole = file(&path);
    let id = whole.lines().find(|line| line.contains("id: ")).unwrap().to_owned();
    let broken = whole.replace("servers: 128,", "servers: 128").replace("rails: 8", "rails: [");
    std::fs::write(&path, &broken).unwrap();
    let half = broken.replace("servers: 128", "servers: 128,");
    let drafts = home.path().join("data/autosave");
    let kept = || std::fs::read_dir(&drafts).into_iter().flatten().flatten().count();
    {
        let (mut hands, _) = open_with(home.path(), Some(path.clone()), FileAnswer::Left);
        read(&mut hands, "a comma is missing after this");
        type_all(&mut hands, &half);
        until(&mut hands, "the draft", |_| kept() > 0);
        // The window goes without a word.
    }
    let (mut hands, questions) = open_with(home.path(), Some(path.clone()), FileAnswer::Left);
    see(&mut hands, "Take up the edits that were not saved?");
    read(&mut hands, "Its file is ");
    press(&mut hands, "Take up");
    read(&mut hands, "The text is back.");
    let text = hands.get_by_label("Plan as RON text");
    assert_eq!(text.accesskit_node().value().unwrap_or_default(), half);
    type_all(&mut hands, &whole);
    see(&mut hands, "128 servers · 1,024 GPUs");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 128,"));
    assert!(file(&path).contains(&id), "it is the same plan");
    assert!(questions.lock().unwrap().is_empty());
}

/// The same file by another path is no other plan.
#[test]
fn saving_over_the_own_file_by_another_path_keeps_the_plan() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let id = |text: String| text.lines().find(|line| line.contains("id: ")).map(str::to_owned);
    let before = id(file(&path));
    let odd = home.path().join("data/../data/sample.ron");
    let (mut hands, _) = open_with(home.path(), Some(odd), FileAnswer::File(path.clone()));
    see(&mut hands, "Phase Planned, current");
    fill(&mut hands, "Servers", "64");
    choose(&mut hands, "File", "Save as…");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 64"));
    assert_eq!(id(file(&path)), before);
}

/// Some dialogs add no ending, so they never asked about the file that would be replaced.
#[test]
fn a_file_that_only_the_ending_leads_to_is_not_replaced_without_a_word() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let other = home.path().join("other.ron");
    std::fs::write(&other, "somebody's").unwrap();
    let picked = FileAnswer::File(home.path().join("other"));
    let (mut hands, _) = open_with(home.path(), Some(path), picked);
    see(&mut hands, "Phase Planned, current");
    choose(&mut hands, "File", "Save as…");
    read(&mut hands, "other.ron is there already");
    assert_eq!(file(&other), "somebody's");
    press(&mut hands, "Replace");
    until(&mut hands, "the file", |_| file(&other).contains("servers: 128"));
}

/// Makes a plan whose text has two faults, mends one of them, and leaves the window as a crash would.
/// Gives its file, the whole text, and the text that is half mended.
fn crash_while_mending(home: &Path) -> (PathBuf, String, String) {
    let path = make_sample(home);
    let whole = file(&path);
    let broken = whole.replace("servers: 128,", "servers: 128").replace("rails: 8", "rails: [");
    std::fs::write(&path, &broken).unwrap();
    let half = broken.replace("servers: 128", "servers: 128,");
    let drafts = home.join("data/autosave");
    let kept = || std::fs::read_dir(&drafts).into_iter().flatten().flatten().count();
    let (mut hands, _) = open_with(home, Some(path.clone()), FileAnswer::Left);
    read(&mut hands, "a comma is missing after this");
    type_all(&mut hands, &half);
    until(&mut hands, "the draft", |_| kept() > 0);
    (path, whole, half)
}

/// The file is another one meanwhile: the text comes back beside it, and is not lost.
#[test]
fn text_that_comes_back_beside_its_file_can_be_saved_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    let (path, whole, half) = crash_while_mending(home.path());
    std::fs::write(&path, "another fault").unwrap();
    let elsewhere = home.path().join("elsewhere.ron");
    let picked = FileAnswer::File(elsewhere.clone());
    let (mut hands, _) = open_with(home.path(), Some(path.clone()), picked);
    press(&mut hands, "Take up");
    read(&mut hands, "The text is back, as a plan without a file");
    see(&mut hands, "has edits that are not saved");
    assert!(!close(&mut hands), "it is asked about");
    press(&mut hands, "Cancel");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the text", |_| elsewhere.is_file() && file(&elsewhere) == half);
    assert_eq!(file(&path), "another fault");
    // It goes on as the text of that file.
    type_all(&mut hands, &whole);
    see(&mut hands, "128 servers · 1,024 GPUs");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the plan", |_| file(&elsewhere).contains("servers: 128,"));
}

/// Edits whose file others wrote meanwhile: saved elsewhere they are another plan, and over that
/// file the same.
#[test]
fn edits_that_come_back_beside_their_file_are_another_plan_elsewhere() {
    let id = |text: String| text.lines().find(|line| line.contains("id: ")).map(str::to_owned);
    for over in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let path = make_sample(home.path());
        let before = id(file(&path));
        let drafts = home.path().join("data/autosave");
        let kept = || std::fs::read_dir(&drafts).into_iter().flatten().flatten().count();
        let mut hands = open(home.path());
        see(&mut hands, "128 servers · 1,024 GPUs");
        fill(&mut hands, "Servers", "64");
        until(&mut hands, "the draft", |_| kept() > 0);
        drop(hands);
        write_servers(&path, "5");
        let elsewhere = home.path().join("elsewhere.ron");
        let to = if over { path.clone() } else { elsewhere };
        let picked = FileAnswer::File(to.clone());
        let (mut hands, _) = open_with(home.path(), Some(path.clone()), picked);
        press(&mut hands, "Take up");
        see(&mut hands, "64 servers · 512 GPUs");
        press_once_ready(&mut hands, "Save");
        until(&mut hands, "the file", |_| to.is_file() && file(&to).contains("servers: 64"));
        assert_eq!(id(file(&to)) == before, over);
        gone(&mut hands, "has edits that are not saved");
    }
}

/// A plan that was mended is not lost because another window has its file.
#[test]
fn what_was_mended_beside_another_window_can_be_saved_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let whole = file(&path);
    std::fs::write(&path, whole.replace("servers: 128,", "servers: 128")).unwrap();
    let (mut first, _) = open_with(home.path(), Some(path.clone()), FileAnswer::Left);
    read(&mut first, "a comma is missing after this");
    let elsewhere = home.path().join("elsewhere.ron");
    let picked = FileAnswer::File(elsewhere.clone());
    let (mut second, _) = open_with(home.path(), Some(path.clone()), picked);
    read(&mut second, "a comma is missing after this");
    type_all(&mut second, &whole);
    see(&mut second, "128 servers · 1,024 GPUs");
    read(&mut second, "Read only: ");
    see(&mut second, "has edits that are not saved");
    choose(&mut second, "File", "Save as…");
    until(&mut second, "the file", |_| elsewhere.is_file());
    assert!(file(&elsewhere).contains("servers: 128,"));
}

/// Somebody else mends the file: text that was not touched here gives way, and text that was is asked
/// about.
#[test]
fn a_file_that_somebody_else_mends_is_seen() {
    for touched in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let path = make_sample(home.path());
        let whole = file(&path);
        let broken = whole.replace("servers: 128,", "servers: 128").replace("rails: 8", "rails: [");
        std::fs::write(&path, &broken).unwrap();
        let (mut hands, _) = open_with(home.path(), Some(path.clone()), FileAnswer::Left);
        read(&mut hands, "a comma is missing after this");
        if touched {
            // Its own undo is that of the field.
            type_all(&mut hands, "(");
            type_all(&mut hands, &broken.replace("servers: 128", "servers: 128,"));
        }
        std::fs::write(&path, &whole).unwrap();
        if touched {
            read(&mut hands, "was changed by another program. The text here is as it was.");
            press(&mut hands, "Reload");
            see(&mut hands, "Save the text first?");
            press(&mut hands, "Do not save");
        }
        see(&mut hands, "128 servers · 1,024 GPUs");
        see(&mut hands, "sample.ron");
        assert!(hands.query_by_label("has edits that are not saved").is_none());
    }
}
