//! The target and what was done to it: drift, parts, destroy, undo, runs without an end, the history
//! and the conditions.

use super::*;
use egui::accesskit::Role;
use heddle::inventory::{Field, Inventory, Kind, Write};
use heddle::model::Progress;
use heddle::store::LocalInventory;

/// Presses a command of the plan's menu.
pub(super) fn plan_menu(hands: &mut Hands, item: &str) {
    hands.get_by_role_and_label(Role::Button, "Plan").click();
    hands.run_steps(2);
    // It opens while the plan is computed, too.
    until(hands, &format!("`{item}` to work"), |hands| {
        let last = hands.query_all_by_label(item).last();
        last.is_some_and(|item| !item.accesskit_node().is_disabled())
    });
    press_on_top(hands, item);
}

/// Approves what is shown; ticks the guards that are named.
fn approve(hands: &mut Hands, guards: &[&str]) {
    press_once_ready(hands, "Approve…");
    fill(hands, "Your name", "Ada");
    for guard in guards {
        let disabled = |hands: &Hands| hands.get_by_label("Approve").accesskit_node().is_disabled();
        assert!(disabled(hands), "{guard} must be read first");
        read(hands, guard);
        let boxes: Vec<_> = hands
            .query_all_by_role(Role::CheckBox)
            .filter(|tick| tick.accesskit_node().label().is_some_and(|label| label.contains(guard)))
            .collect();
        assert_eq!(boxes.len(), 1, "one tick for {guard}");
        boxes.first().expect("one").click();
        hands.run_steps(2);
    }
    press(hands, "Approve");
    see(hands, "Phase Approved, current");
    read(hands, "approved by Ada");
}

/// Approves and applies what is shown.
fn apply(hands: &mut Hands, guards: &[&str], said: &str) {
    approve(hands, guards);
    press_once_ready(hands, "Apply");
    read(hands, said);
}

/// A window on a sample of so many servers that was applied.
pub(super) fn applied<'a>(home: &Path, servers: &str) -> Hands<'a> {
    let mut hands = open(home);
    fill(&mut hands, "Servers", servers);
    see(&mut hands, &format!("{servers} servers · {} GPUs", servers.parse::<u32>().unwrap() * 8));
    apply(&mut hands, &[], "Applied and read back");
    see(&mut hands, "Phase Applied, current");
    hands
}

/// Somebody else gives a device another role.
fn edit_elsewhere(home: &Path, device: &str, role: &str) {
    let path = home.join("data/inventory.heddle-inventory");
    let mut inventory = LocalInventory::open(&path).unwrap();
    let snapshot = inventory.read("dc1", &Progress::new()).unwrap();
    let id = snapshot.device_named(device).expect("it was applied").id;
    let fields = vec![(Field::Role, role.to_owned())];
    inventory.write(&[Write::Modify { kind: Kind::Device, id, fields }]).unwrap();
}

fn absent(hands: &Hands, text: &str) {
    assert!(hands.query_all_by_label_contains(text).next().is_none(), "{text}");
}

#[test]
fn everything_is_destroyed_once_it_was_read_and_approved() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "16");
    plan_menu(&mut hands, "Destroy…");
    see(&mut hands, "Destroy what this plan has built?");
    read(&mut hands, "Nothing is deleted before that list is approved and applied.");
    press_on_top(&mut hands, "Show what would go");
    see(&mut hands, "Under review: destroy");
    read(&mut hands, "would be deleted.");
    see(&mut hands, "Phase Planned, current");
    see(&mut hands, "0 added");
    // A part of it: a fabric, or a scalable unit, as the plan has them.
    for (part, said) in [("frontend", "Only fabric frontend"), ("SU 1", "Only SU 1")] {
        plan_menu(&mut hands, "Apply a part…");
        press_on_top(&mut hands, part);
        press_on_top(&mut hands, "Show this part");
        see(&mut hands, "Under review: destroy a part");
        read(&mut hands, said);
        absent(&hands, "No changes");
        press_once_ready(&mut hands, "All changes");
        see(&mut hands, "Under review: destroy");
    }
    // Nothing has happened yet, and there is a way back.
    press_once_ready(&mut hands, "Back to the plan");
    gone(&mut hands, "Under review: destroy");
    see(&mut hands, "Phase Applied, current");
    plan_menu(&mut hands, "Destroy…");
    press_on_top(&mut hands, "Show what would go");
    see(&mut hands, "Under review: destroy");
    apply(&mut hands, &["would be deleted"], "Destroyed:");
    // The plan itself comes back, and would build everything anew.
    see(&mut hands, "Phase Planned, current");
    absent(&hands, "Under review");
    see(&mut hands, "0 removed");
    plan_menu(&mut hands, "History…");
    read(&mut hands, "Run: destroy −");
    read(&mut hands, "Run: all changes of the plan +");
}

#[test]
fn the_last_run_is_undone() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "16");
    fill(&mut hands, "Servers", "24");
    see(&mut hands, "24 servers · 192 GPUs");
    apply(&mut hands, &[], "Applied and read back");
    see(&mut hands, "Phase Applied, current");
    plan_menu(&mut hands, "Undo last run…");
    see(&mut hands, "Undo the last run?");
    see(&mut hands, "all changes of the plan");
    press_on_top(&mut hands, "Show the way back");
    read(&mut hands, "Under review: undo of the run of");
    see(&mut hands, "0 added");
    apply(&mut hands, &[], "Undone:");
    gone(&mut hands, "Back to the plan");
    // What the plan wants is missing again: eight servers.
    see(&mut hands, "Servers + 8");
}

/// What was approved under a review or of a part is found again after a start, and nothing else
/// has to be approved for it.
#[test]
fn what_was_approved_is_shown_again_after_a_start() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "16");
    plan_menu(&mut hands, "Destroy…");
    press_on_top(&mut hands, "Show what would go");
    read(&mut hands, "Under review: destroy");
    // An edit is taken, and is told to be no part of the review.
    fill(&mut hands, "Servers", "24");
    read(&mut hands, "The plan was edited meanwhile.");
    press(&mut hands, "Undo");
    absent(&hands, "The plan was edited meanwhile.");
    approve(&mut hands, &["would be deleted"]);
    drop(hands);

    let mut hands = open(home.path());
    read(&mut hands, "Approved and not applied: destroy \u{2212}");
    read(&mut hands, "It is not what is shown here.");
    read(&mut hands, "something else is approved");
    plan_menu(&mut hands, "Where it stands…");
    read(&mut hands, "Ada approved something else at");
    press_on_top(&mut hands, "Close");
    // An edit voids it, and the edit taken back makes it hold again.
    fill(&mut hands, "Servers", "24");
    read(&mut hands, "Approved, and edited since: destroy");
    absent(&hands, "Show what was approved");
    plan_menu(&mut hands, "History…");
    read(&mut hands, "does not hold: the plan was edited");
    press_on_top(&mut hands, "Close");
    press(&mut hands, "Undo");
    press_once_ready(&mut hands, "Show what was approved");
    see(&mut hands, "Phase Approved, current");
    read(&mut hands, "It is approved: Apply deletes what is listed.");
    absent(&hands, "Approved and not applied");
    press_once_ready(&mut hands, "Apply");
    read(&mut hands, "Destroyed:");
    // It has served.
    absent(&hands, "Approved and not applied");
}

#[test]
fn a_review_ends_with_its_plan() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "16");
    plan_menu(&mut hands, "Destroy…");
    press_on_top(&mut hands, "Show what would go");
    see(&mut hands, "Under review: destroy");
    see(&mut hands, "Phase Planned, current");
    choose(&mut hands, "File", "Save by path…");
    fill(&mut hands, "Path of the file", "copy");
    press_on_top(&mut hands, "Save");
    see(&mut hands, "copy.ron");
    gone(&mut hands, "Under review: destroy");
    // A copy has an id of its own, so it owns nothing; what it would build is there already.
    see(&mut hands, "0 removed");
}

#[test]
fn drift_is_shown_whether_a_change_sets_it_right_or_not() {
    let home = tempfile::tempdir().unwrap();
    drop(applied(home.path(), "16"));
    edit_elsewhere(home.path(), "be-leaf-01", "spine");
    let mut hands = open(home.path());
    see(&mut hands, "1 drifted");
    see(&mut hands, "1 changed");
    press(&mut hands, "be-leaf ~ 1");
    press(&mut hands, "~ ≠ be-leaf-01");
    see(&mut hands, "role   spine → leaf");
    see(&mut hands, "because somebody changed what was applied");
    // While only another part is looked at, it stays as it is.
    plan_menu(&mut hands, "Apply a part…");
    press_on_top(&mut hands, "be-spine");
    see(&mut hands, "Only class be-spine.");
    press_on_top(&mut hands, "Show this part");
    see(&mut hands, "Only class be-spine – 1 change is left for later");
    see(&mut hands, "Drift ≠ 1");
    see(&mut hands, "≠ be-leaf-01");
    see(&mut hands, "role   applied leaf, now spine");
    // Nothing of this part is to change, which does not make the plan applied.
    see(&mut hands, "Phase Planned, current");
    see(&mut hands, "Out of sync · Drifted");
    press(&mut hands, "All changes");
    gone(&mut hands, "Drift ≠ 1");
    apply(&mut hands, &[], "Applied and read back: 1 object");
    see(&mut hands, "Phase Applied, current");
    see(&mut hands, "0 drifted");
}

#[test]
fn answering_by_keys_leaves_the_tick_that_has_the_keyboard_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "64");
    let answer = |hands: &mut Hands| {
        hands.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        hands.run_steps(3);
    };
    fill(&mut hands, "Servers", "8");
    see(&mut hands, "8 servers · 64 GPUs");
    press_once_ready(&mut hands, "Approve…");
    read(&mut hands, "Tick what you have read.");
    let tick = |hands: &Hands| -> Option<String> {
        let ticks = hands.query_all_by_role(Role::CheckBox);
        let labels = ticks.filter_map(|node| node.accesskit_node().label());
        labels.into_iter().find(|label| label.starts_with("I have read this"))
    };
    let label = tick(&hands).expect("a tick");
    hands.get_by_label(&label).focus();
    hands.run_steps(2);
    answer(&mut hands);
    // What was not read is not approved, and not ticked either.
    read(&mut hands, "Tick what you have read.");
    see(&mut hands, "Phase Planned, current");
    let read_it = hands.get_by_label(&label).accesskit_node().toggled();
    assert_eq!(read_it, Some(egui::accesskit::Toggled::False));
    press_on_top(&mut hands, "Cancel");

    plan_menu(&mut hands, "Apply a part…");
    press_on_top(&mut hands, "gpu");
    read(&mut hands, "Only class gpu.");
    hands.query_all_by_label("gpu").last().expect("it was seen").focus();
    hands.run_steps(2);
    answer(&mut hands);
    read(&mut hands, "Only class gpu");
    assert!(hands.query_by_label("Show this part").is_none(), "it was answered");
}

#[test]
fn a_part_is_applied_and_the_rest_left() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    fill(&mut hands, "Servers", "72");
    see(&mut hands, "72 servers · 576 GPUs");
    plan_menu(&mut hands, "Apply a part…");
    read(&mut hands, "Nothing is ticked");
    press_on_top(&mut hands, "SU 1");
    press_on_top(&mut hands, "Show this part");
    read(&mut hands, "Only SU 1 – ");
    // An edit keeps the part.
    fill(&mut hands, "Servers", "80");
    see(&mut hands, "80 servers · 640 GPUs");
    read(&mut hands, "Only SU 1 – ");
    press_once_ready(&mut hands, "Approve…");
    see(&mut hands, "Approve this part of the changes");
    read(&mut hands, "made besides. Only SU 1 – ");
    read(&mut hands, " batches,");
    press_on_top(&mut hands, "Cancel");
    apply(&mut hands, &[], "What was left is shown now.");
    see(&mut hands, "Phase Planned, current");
    absent(&hands, "Only SU 1");
    until(&mut hands, "the rest", |hands| hands.query_by_label("0 added").is_none());
    plan_menu(&mut hands, "History…");
    read(&mut hands, "Run: a part of the changes, SU 1 +");
}

#[test]
fn what_happened_is_listed_and_checked() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "16");
    plan_menu(&mut hands, "History…");
    read(&mut hands, "Run: all changes of the plan +");
    read(&mut hands, "by Ada · Heddle’s own inventory, site dc1");
    press_on_top(&mut hands, "Check records");
    see(&mut hands, "2 records checked: nothing was changed or taken away.");
    press_on_top(&mut hands, "Close");
    gone(&mut hands, "Check records");
    // A record that is taken away is missed.
    let folder = home.path().join("data/sample.heddle");
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let approval = entries.into_iter().find(|path| path.to_string_lossy().contains(".approval."));
    std::fs::remove_file(approval.expect("an approval")).unwrap();
    hands.key_press_modifiers(Modifiers::COMMAND, Key::H);
    press_on_top(&mut hands, "Check records");
    read(&mut hands, "which is not here");
}

#[test]
fn the_phases_lead_to_where_the_plan_stands() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    read(&mut hands, "ready for approval");
    press(&mut hands, "Where it stands…");
    for condition in ["Valid: yes.", "Fresh: yes.", "Approved: no.", "Applied: no.", "In sync: no."]
    {
        read(&mut hands, condition);
    }
    read(&mut hands, "Not built yet: the inventory has nothing of this plan.");
    press_on_top(&mut hands, "Close");
    gone(&mut hands, "Close");
    see(&mut hands, "Out of sync · Not built yet");
}

#[test]
fn a_run_without_an_end_goes_on_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = open(home.path());
    fill(&mut hands, "Servers", "512");
    see(&mut hands, "512 servers · 4,096 GPUs");
    approve(&mut hands, &[]);
    press_once_ready(&mut hands, "Apply");
    see(&mut hands, "Applying…");
    press(&mut hands, "Cancel");
    see(&mut hands, "Phase Stopped, current");
    read(&mut hands, "was cancelled. Resume goes on, Approve begins anew.");
    drop(hands);
    // As if it had been killed: the line with its end was never written.
    let folder = home.path().join("data/sample.heddle");
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let run = entries.into_iter().find(|path| path.to_string_lossy().ends_with(".heddle-run"));
    let run = run.expect("a run");
    let text = file(&run);
    let cut = text.trim_end().rfind('\n').unwrap() + 1;
    std::fs::write(&run, &text[..cut]).unwrap();
    // Before the inventory hears of it, it is as if it never was.
    let mut hands = open(home.path());
    see(&mut hands, "Phase Approved, current");
    drop(hands);
    let plan = heddle::store::read_plan(&home.path().join("data/sample.ron")).unwrap().plan;
    let run = run.file_stem().unwrap().to_string_lossy().into_owned();
    let inventory = home.path().join("data/inventory.heddle-inventory");
    let mut inventory = heddle::store::LocalInventory::open(&inventory).unwrap();
    heddle::inventory::Inventory::begin_run(&mut inventory, plan.metadata.id, "dc1", &run).unwrap();
    drop(inventory);

    let mut hands = open(home.path());
    see(&mut hands, "Phase Failed, current");
    read(
        &mut hands,
        "did not come to an end: Heddle was closed or killed. Resume goes on, Approve begins anew.",
    );
    press_once_ready(&mut hands, "Resume");
    see(&mut hands, "Phase Applied, current");
    absent(&hands, "has no end");
}

/// A copy of the file is the same plan for the inventory, but has no records.
#[test]
fn a_copy_of_the_plan_is_told_and_must_be_acknowledged() {
    let home = tempfile::tempdir().unwrap();
    drop(applied(home.path(), "16"));
    let copy = home.path().join("data/other.ron");
    std::fs::copy(home.path().join("data/sample.ron"), &copy).unwrap();
    let (mut hands, _) = open_with(home.path(), Some(copy), FileAnswer::Left);
    let told = "no run is on record here: this is a copy";
    read(&mut hands, told);
    fill(&mut hands, "Servers", "17");
    see(&mut hands, "17 servers · 136 GPUs");
    apply(&mut hands, &[told], "Applied and read back");
    see(&mut hands, "Phase Applied, current");
    absent(&hands, told);
}

/// No inventory changes the ports of a device with its type: devices that are to be another model
/// are destroyed first, and the plan makes them anew. The window leads there.
#[test]
fn applied_devices_are_replaced_by_another_model() {
    let home = tempfile::tempdir().unwrap();
    let mut hands = applied(home.path(), "16");
    let path = home.path().join("data/sample.ron");
    let text = file(&path);
    let at = text.find("spine_model: ").expect("the backend's");
    let end = at + text[at..].find(',').expect("it ends");
    let other = format!("{}spine_model: \"arista-7060x6-64pe\"{}", &text[..at], &text[end..]);
    std::fs::write(&path, other).unwrap();
    press_once_ready(&mut hands, "Reload");
    see(&mut hands, "Phase Draft, current");
    press_on_top(&mut hands, "Take them away first…");
    see(&mut hands, "Under review: destroy a part");
    read(&mut hands, "Only class be-spine");
    apply(&mut hands, &[], "Destroyed: ");
    // The plan is led to make them anew, and nothing of it counts as drifted.
    see(&mut hands, "ready for approval");
    absent(&hands, "Drifted");
    apply(&mut hands, &[], "Applied and read back");
    see(&mut hands, "Phase Applied, current");
    let inventory = home.path().join("data/inventory.heddle-inventory");
    let mut inventory = LocalInventory::open(&inventory).unwrap();
    let snapshot = inventory.read("dc1", &Progress::new()).unwrap();
    let spine = snapshot.device_named("be-spine-01").expect("it was made anew");
    assert!(spine.device_type.contains("7060x6"), "{}", spine.device_type);
}
