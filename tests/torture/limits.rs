//! Disks that are full and permissions that were lost: a sentence, nothing half-written, and once
//! there is room again the same end.
//!
//! A full disk is a limit on the size of files, for which nobody needs to be root. What is written
//! beyond it fails, or, in every second run, ends the program.

use super::home::files;
use super::home::{Home, LAB, tiny};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Applies with files of at most so many blocks of 1,024 bytes.
fn apply_within(home: &Home, blocks: u64, ends: bool) -> Output {
    let trap = if ends { "" } else { "trap '' XFSZ; " };
    let script = format!("{trap}ulimit -f {blocks}; exec \"$@\"");
    let mut command = Command::new("bash");
    command.args(["-c", &script, "bash", env!("CARGO_BIN_EXE_heddle")]);
    command.args(["apply", "lab.changes", "--inventory", "inventory"]);
    home.at_home(&mut command);
    command.output().expect("bash starts")
}

#[test]
fn a_full_disk() {
    let start = Home::approved(&tiny(40, ""));
    let whole = start.copy();
    whole.apply_set(LAB).expect("applied");
    let end = whole.state();
    let size = |path: &Path| fs::metadata(path).expect("a file").len() / 1024;
    let run = files(&whole.path("lab.heddle")).into_iter().map(|file| size(&file)).max();
    let (inventory, run) = (size(&whole.inventory()), run.expect("records"));
    assert!(run > 4 && inventory > 8, "{run} and {inventory} blocks");
    let mut sizes = vec![0, 1, run / 2, run - 1, run, run + 1];
    sizes.extend((1..=8).map(|n| inventory * n / 8));
    sizes.push(2 * (run + inventory));
    let mut failed = 0;
    for (n, blocks) in sizes.into_iter().enumerate() {
        let what = format!("files of at most {blocks} KiB");
        let home = start.copy();
        let ends = n % 2 == 1;
        let ended = apply_within(&home, blocks, ends);
        if !ended.status.success() {
            failed += 1;
            if !ends {
                let words = String::from_utf8_lossy(&ended.stderr).into_owned();
                assert_eq!(ended.status.code(), Some(1), "{what}: {words}");
                assert!(
                    words.starts_with("error: ") && words.contains("cannot"),
                    "{what}: {words}"
                );
                assert!(words.contains("heck the disk"), "{what}: {words}");
                home.no_litter(&what);
            }
        }
        home.go_on(&end, &what);
    }
    assert!(failed >= 8, "{failed} failed");
}

/// Refused with words that name the path, and the inventory is as it was; given back, it goes on.
fn refused_then_applied(home: &Home, path: &Path, take: &dyn Fn(&Path), give: &dyn Fn(&Path)) {
    let before = fs::read(home.inventory()).expect("the inventory");
    take(path);
    let error = home.apply_set(LAB).expect_err("it is refused").to_string();
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(error.contains(&name), "no `{name}` in: {error}");
    give(path);
    assert_eq!(fs::read(home.inventory()).expect("the inventory"), before);
    home.apply_set(LAB).expect("applied");
    assert!(home.is_applied(LAB));
    home.audited(LAB);
}

#[test]
fn permissions_that_are_lost_between_approval_and_apply() {
    use std::os::unix::fs::PermissionsExt;
    let may = |path: &Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is the owner's");
    };
    let home = Home::approved(&tiny(1, ""));
    let folder = home.path("closed");
    fs::create_dir(&folder).expect("a folder");
    may(&folder, 0o555);
    if fs::write(folder.join("file"), "").is_ok() {
        println!("skipped: whoever runs this may write everywhere");
        return;
    }
    refused_then_applied(&home, &home.path("lab.heddle"), &|p| may(p, 0o555), &|p| may(p, 0o755));
    let home = Home::approved(&tiny(1, ""));
    refused_then_applied(&home, &home.inventory(), &|p| may(p, 0o444), &|p| may(p, 0o644));
}

#[test]
fn what_stands_in_the_place_of_records_or_inventory() {
    let aside = |path: &Path| path.with_extension("aside");
    let take = |path: &Path| fs::rename(path, aside(path)).expect("it goes aside");
    let give = |path: &Path| {
        fs::remove_file(path).or_else(|_| fs::remove_dir(path)).expect("it goes");
        fs::rename(aside(path), path).expect("it comes back");
    };
    let home = Home::approved(&tiny(1, ""));
    let file = |path: &Path| {
        take(path);
        fs::write(path, "").expect("it is written");
    };
    refused_then_applied(&home, &home.path("lab.heddle"), &file, &give);
    let home = Home::approved(&tiny(1, ""));
    let folder = |path: &Path| {
        take(path);
        fs::create_dir(path).expect("a folder");
    };
    refused_then_applied(&home, &home.inventory(), &folder, &give);
}
