//! What others do to the file of a plan: a second window, another program, a hand that takes it
//! away.

use super::*;

#[test]
fn the_second_window_on_a_plan_reads_it_and_says_who_has_it() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let mut first = open(home.path());
    see(&mut first, "Phase Planned, current");
    assert!(first.query_all_by_label_contains("Read only").next().is_none());
    let mut second = open(home.path());
    read(&mut second, "Read only: ");
    read(&mut second, &format!("process {}", std::process::id()));
    see(&mut second, "Phase Planned, current");
    for label in ["Save", "Approve…", "Apply"] {
        assert!(second.get_by_label(label).accesskit_node().is_disabled(), "{label}");
    }
    assert!(second.get_by_label("Servers").accesskit_node().is_disabled());
    assert_eq!(hands_off(&mut second), "128", "nothing can be typed");

    // It follows what the first saves.
    fill(&mut first, "Servers", "64");
    press_once_ready(&mut first, "Save");
    until(&mut first, "the file", |_| file(&path).contains("servers: 64,"));
    see(&mut second, "64 servers · 512 GPUs");
    read(&mut second, "was saved by another");

    // The first has it still, so taking it is asked about; the first is told.
    press_once_ready(&mut second, "Edit here…");
    see(&mut second, "Take the plan over?");
    press(&mut second, "Take over");
    gone(&mut second, "Edit here…");
    fill(&mut second, "Servers", "72");
    see(&mut second, "72 servers · 576 GPUs");
    read(&mut first, "took this plan over");
    assert!(first.get_by_label("Save").accesskit_node().is_disabled());
    press_once_ready(&mut second, "Save");
    until(&mut second, "the file", |_| file(&path).contains("servers: 72,"));

    // Once nobody has it, it is had without a question.
    drop(second);
    press_once_ready(&mut first, "Edit here…");
    gone(&mut first, "Edit here…");
    see(&mut first, "72 servers · 576 GPUs");
    fill(&mut first, "Servers", "80");
    press_once_ready(&mut first, "Save");
    until(&mut first, "the file", |_| file(&path).contains("servers: 80,"));
}

/// Types into the field of the servers and gives what stands in it then.
fn hands_off(hands: &mut Hands) -> String {
    hands.get_by_label("Servers").focus();
    hands.run_steps(2);
    hands.get_by_label("Servers").type_text("9");
    hands.run_steps(2);
    hands.get_by_label("Servers").accesskit_node().value().unwrap_or_default()
}

#[test]
fn a_plan_that_another_program_changed_is_offered_and_nothing_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");

    // Read again: undo leads back.
    fill(&mut hands, "Servers", "3");
    write_servers(&path, "5");
    read(&mut hands, "was changed by another program");
    press(&mut hands, "Reload");
    see(&mut hands, "5 servers · 40 GPUs");
    gone(&mut hands, "Reload");
    press(&mut hands, "Undo");
    see(&mut hands, "3 servers · 24 GPUs");
    press(&mut hands, "Redo");
    see(&mut hands, "5 servers · 40 GPUs");

    // Kept: the next save replaces it without a question.
    fill(&mut hands, "Servers", "4");
    write_servers(&path, "7");
    read(&mut hands, "was changed by another program");
    press(&mut hands, "Keep mine");
    gone(&mut hands, "Keep mine");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 4,"));

    // What is taken back needs no answer.
    write_servers(&path, "9");
    read(&mut hands, "was changed by another program");
    write_servers(&path, "4");
    gone(&mut hands, "Reload");

    // A save of its own is no news.
    fill(&mut hands, "Servers", "6");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 6,"));
    std::thread::sleep(Duration::from_millis(2_500));
    hands.run_steps(2);
    assert!(hands.query_by_label("Reload").is_none());

    // Not there any more: what is here can be written again.
    std::fs::remove_file(&path).unwrap();
    read(&mut hands, "is not there any more");
    press(&mut hands, "Keep mine");
    see(&mut hands, "has edits that are not saved");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 6,"));

    // No plan any more.
    std::fs::write(&path, "(").unwrap();
    read(&mut hands, "cannot be read any more");
    press(&mut hands, "Keep mine");
    press_once_ready(&mut hands, "Save");
    until(&mut hands, "the file", |_| file(&path).contains("servers: 6,"));
}

#[test]
fn a_plan_that_is_dropped_on_the_window_is_opened() {
    let home = tempfile::tempdir().unwrap();
    let sample = make_sample(home.path());
    let other = home.path().join("other.ron");
    std::fs::copy(&sample, &other).unwrap();
    write_servers(&other, "16");
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    drop_file(&mut hands, &other);
    see(&mut hands, "16 servers · 128 GPUs");
    // Edits are asked about first.
    fill(&mut hands, "Servers", "8");
    see(&mut hands, "8 servers · 64 GPUs");
    drop_file(&mut hands, &sample);
    see(&mut hands, "Save the edits first?");
    press(&mut hands, "Do not save");
    see(&mut hands, "128 servers · 1,024 GPUs");
}

#[test]
fn another_plan_in_the_file_is_not_taken_for_known_until_it_was_opened() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    fill(&mut hands, "Servers", "3");
    let text = file(&path);
    let at = text.find("id: \"").unwrap() + 5;
    let other = format!("{}{}{}", &text[..at], uuid::Uuid::from_u128(7), &text[at + 36..]);
    std::fs::write(&path, &other).unwrap();
    read(&mut hands, "was changed by another program");
    press(&mut hands, "Reload");
    see(&mut hands, "Save the edits first?");
    press(&mut hands, "Cancel");
    press_once_ready(&mut hands, "Save");
    see(&mut hands, "The file has changed");
    assert_eq!(file(&path), other, "what somebody else wrote is there");
    press(&mut hands, "Cancel");
    see(&mut hands, "3 servers · 24 GPUs");
    press(&mut hands, "Reload");
    press(&mut hands, "Do not save");
    see(&mut hands, "128 servers · 1,024 GPUs");
    gone(&mut hands, "Reload");
}

#[test]
fn a_plan_whose_file_is_gone_is_not_closed_without_a_word() {
    let home = tempfile::tempdir().unwrap();
    let path = make_sample(home.path());
    let text = file(&path);
    let mut hands = open(home.path());
    see(&mut hands, "Phase Planned, current");
    // An approval writes the file, and then it is there.
    std::fs::remove_file(&path).unwrap();
    read(&mut hands, "is not there any more");
    press_once_ready(&mut hands, "Approve…");
    fill(&mut hands, "Your name", "Ada");
    press_once_ready(&mut hands, "Approve");
    see(&mut hands, "Phase Approved, current");
    gone(&mut hands, "Keep mine");
    assert!(file(&path).contains("servers: 128,"));

    std::fs::remove_file(&path).unwrap();
    read(&mut hands, "is not there any more");
    assert!(!close(&mut hands));
    see(&mut hands, "Save the edits first?");
    press_on_top(&mut hands, "Cancel");
    // What comes back meanwhile is not replaced without a word either.
    press(&mut hands, "Keep mine");
    std::fs::write(&path, &text).unwrap();
    press_once_ready(&mut hands, "Save");
    see(&mut hands, "The file has changed");
    assert_eq!(file(&path), text);
    press(&mut hands, "Cancel");
}

/// A file that was dropped.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

fn drop_file(hands: &mut Hands, path: &Path) {
    let file = Arc::new(Dropped(path.to_owned()));
    hands.input_mut().dropped_files.push(file);
    hands.step();
}

/// A window that only reads takes a plan over though its file is broken, or gone: what it shows is
/// then its own to save.
#[test]
fn a_plan_whose_file_is_broken_or_gone_can_be_taken_over() {
    for broken in [true, false] {
        let home = tempfile::tempdir().unwrap();
        let path = make_sample(home.path());
        let mut first = open(home.path());
        see(&mut first, "Phase Planned, current");
        let mut second = open(home.path());
        read(&mut second, "Read only: ");
        drop(first);
        read(&mut second, "nobody else has sample.ron open any more");
        match broken {
            true => std::fs::write(&path, "<<<<<<< ours").unwrap(),
            false => std::fs::remove_file(&path).unwrap(),
        }
        let words = if broken { "cannot be read any more" } else { "is not there any more" };
        read(&mut second, words);
        choose(&mut second, "File", "Edit here…");
        until(&mut second, "the form to be edited", |hands| {
            !hands.get_by_label("Servers").accesskit_node().is_disabled()
        });
        fill(&mut second, "Servers", "72");
        see(&mut second, "72 servers · 576 GPUs");
        press_once_ready(&mut second, "Keep mine");
        gone(&mut second, "Keep mine");
        press_once_ready(&mut second, "Save");
        until(&mut second, "the file", |_| path.is_file() && file(&path).contains("servers: 72,"));
    }
}
