//! Programs killed, really, with the signal that nobody can catch: after every step of a small run,
//! and at random moments of a large one. And one that hangs and is passed over.

use super::home::{Home, LAB, fabric, tiny};
use super::{Random, rounds};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Folder, number of a moment, and what happens then, for the child.
const CHILD: &str = "HEDDLE_TORTURE_CHILD";

/// Applies in a process of its own, and dies or hangs at a moment. The tests below start it.
#[test]
#[ignore = "a part of the other tests, which start it"]
fn child() {
    let Ok(words) = std::env::var(CHILD) else { return };
    let words: Vec<&str> = words.splitn(3, ' ').collect();
    let [number, what, folder] = words[..] else { panic!("{words:?}") };
    let (mut left, folder) = (number.parse::<u64>().expect("a number"), PathBuf::from(folder));
    let home = Home::at(&folder);
    let result = home.apply_dying(LAB, &mut |_| {
        if left == 0 {
            if what == "kill" {
                let kill = format!("kill -9 {}", std::process::id());
                Command::new("sh").args(["-c", &kill]).status().expect("a shell");
                unreachable!("it is dead");
            }
            std::fs::write(folder.join("hangs"), "").expect("it is written");
            wait_for(&folder.join("goes-on"));
            left = u64::MAX;
        }
        left -= 1;
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

fn start_child(home: &Home, number: u64, what: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kills::child", "--ignored", "--nocapture"])
        .env(CHILD, format!("{number} {what} {}", home.folder().display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

fn wait_for(file: &Path) {
    let begun = Instant::now();
    while !file.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} never came", file.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Kills at each moment until there is none left; gives their number.
fn kill_at_every_moment(start: &Home) -> u64 {
    let whole = start.copy();
    whole.apply_set(LAB).expect("applied");
    assert!(whole.is_applied(LAB));
    let end = whole.state();
    for number in 0.. {
        let home = start.copy();
        let ended = start_child(&home, number, "kill").wait_with_output().expect("it ends");
        let killed = std::os::unix::process::ExitStatusExt::signal(&ended.status) == Some(9);
        let words = String::from_utf8_lossy(&ended.stderr);
        assert!(killed || ended.status.success(), "moment {number}: {words}");
        home.go_on(&end, &format!("killed at moment {number}"));
        if !killed {
            return number;
        }
    }
    unreachable!("it ends at some time")
}

#[test]
fn killed_at_every_moment_of_a_first_run() {
    // Two moments for each of begin, end and the steps, and two for each batch that is written.
    assert!(kill_at_every_moment(&Home::approved(&tiny(2, ""))) >= 16);
}

#[test]
fn killed_at_every_moment_of_a_run_that_adds_moves_renames_and_deletes() {
    let home = Home::new();
    home.make(LAB, &tiny(3, "")).expect("applied");
    let mut plan = tiny(2, "b-");
    // The ports are taken from the other end.
    let zone = &mut plan.spec.switch_classes[0].zones[0];
    zone.ports = heddle::catalog::PortList::parse("3-48").expect("ports");
    home.save(LAB, &plan);
    let set = home.write_set(LAB).expect("a change set").changes;
    assert!(set.modified().devices > 0 && set.modified().cables > 0 && set.deleted().devices > 0);
    home.approve_set(LAB).expect("an approval");
    assert!(kill_at_every_moment(&home) >= 20);
}

#[test]
fn killed_at_random_moments_of_a_large_run() {
    let start = Home::approved(&fabric(192, "", 7));
    let apply = "apply lab.changes --inventory inventory";
    let whole = start.copy();
    let begun = Instant::now();
    assert!(whole.run(apply).status.success());
    let long = u64::try_from(begun.elapsed().as_micros()).expect("not that long");
    let end = whole.state();
    let seed = 0x9e37_79b9_7f4a_7c15;
    let (mut random, mut begun) = (Random(seed), 0);
    for round in 0..rounds(15) {
        let home = start.copy();
        let delay_us = random.below(long + long / 10);
        let mut program =
            home.program(apply).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it");
        std::thread::sleep(Duration::from_micros(delay_us));
        // It may have ended by itself.
        program.kill().unwrap_or_default();
        program.wait().expect("it ends");
        begun += u64::from(home.audited(LAB) > 1);
        home.go_on(&end, &format!("seed {seed:#x}, round {round}, killed after {delay_us} µs"));
    }
    println!("{begun} runs had begun");
}

#[test]
fn one_that_hangs_is_passed_over_and_then_writes_nothing_more() {
    let start = Home::approved(&tiny(2, ""));
    let whole = start.copy();
    whole.apply_set(LAB).expect("applied");
    let end = whole.state();
    let moments = 14;
    for moment in 0..moments {
        let home = start.copy();
        let child = start_child(&home, moment, "hang");
        wait_for(&home.path("hangs"));
        let refused = home.run("resume lab.changes --inventory inventory");
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        let holder = format!("process {}", child.id());
        for word in [holder.as_str(), "has this inventory open since", "--take-over"] {
            assert!(words.contains(word), "no `{word}` in: {words}");
        }
        // The plan works as well as the set.
        let what = if moment % 2 == 0 { "lab.changes" } else { "lab.ron" };
        let over = home.run(&format!("resume {what} --inventory inventory --take-over"));
        let words = String::from_utf8_lossy(&over.stderr).into_owned();
        assert!(over.status.success(), "moment {moment}: {words}");
        assert!(words.contains("taken over from") && words.contains(&holder), "{words}");
        let written = std::fs::read(home.inventory()).expect("the inventory");
        std::fs::write(home.path("goes-on"), "").expect("it is written");
        let ended = child.wait_with_output().expect("it ends");
        let words = String::from_utf8_lossy(&ended.stderr).into_owned()
            + &String::from_utf8_lossy(&ended.stdout);
        assert!(!ended.status.success() && words.contains("took this inventory over"), "{words}");
        assert!(std::fs::read(home.inventory()).expect("the inventory") == written);
        assert!(home.state() == end, "moment {moment}: another end");
        assert_eq!(home.audited(LAB), 2, "moment {moment}");
    }
}
