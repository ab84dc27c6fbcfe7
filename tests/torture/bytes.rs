//! Files cut at every length and flipped at every byte: reading refuses them, or gives what was
//! before – the last line never ended –, and nothing else is ever applied.
//!
//! Where each byte would take too long, some are tried: those around every end of a line, and
//! others at equal distances.

use super::home::{Home, LAB, ada, files, tiny};
use heddle::inventory::Inventory;
use heddle::model::Progress;
use heddle::store::{self, LocalInventory};
use heddle::workflow::Records;
use std::fs;
use std::path::{Path, PathBuf};

/// What may become of a file: cut to a length, or a byte flipped.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Cut(usize),
    Flip(usize),
}

impl Harm {
    fn of(self, good: &[u8]) -> Vec<u8> {
        let mut bad = good.to_vec();
        match self {
            Self::Cut(length) => bad.truncate(length),
            Self::Flip(n) => bad[n] ^= 1 << (n % 8),
        }
        bad
    }
}

/// Every harm, or about so many, those around the ends of lines in any case.
fn harms(good: &[u8], about: usize) -> Vec<Harm> {
    let ends = || good.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(n, _)| n);
    let distance = (good.len() / about).max(1);
    let chosen = |n: &usize| {
        n.is_multiple_of(distance) || ends().any(|end| n.abs_diff(end) <= 2) || n + 1 == good.len()
    };
    let all = (0..good.len()).filter(chosen);
    all.flat_map(|n| [Harm::Cut(n), Harm::Flip(n)]).collect()
}

#[test]
fn an_approval_is_as_it_was_given_or_refused() {
    let home = Home::new();
    home.save(LAB, &tiny(1, ""));
    let evaluation = home.evaluation(LAB);
    let (plan, plan_file) = (home.plan(LAB), home.plan_file(LAB));
    heddle::session::approve(&plan_file, &plan, &evaluation, &ada()).expect("an approval");
    let read = || store::read_records(&plan_file, plan.metadata.id);
    let whole = read().expect("the records");
    let file = files(&home.path("lab.heddle")).remove(0);
    let good = fs::read(&file).expect("the approval");
    let (before, mut applied) = (fs::read(home.inventory()).expect("the inventory"), 0);
    for harm in harms(&good, good.len()) {
        fs::write(&file, harm.of(&good)).expect("it is harmed");
        match read() {
            // A blank may have become another blank.
            Ok(found) => assert_eq!(found, whole, "{harm:?}"),
            Err(error) => {
                let words = error.to_string();
                assert!(words.contains("damaged") && words.contains("approve again"), "{words}");
                if applied < 20 {
                    applied += 1;
                    let (target, progress) = (home.target(), Progress::new());
                    let run =
                        heddle::session::apply(&plan_file, &plan, &evaluation, &target, &progress);
                    assert!(run.is_err(), "{harm:?}");
                    assert!(fs::read(home.inventory()).expect("it") == before, "{harm:?}");
                }
            }
        }
    }
    fs::remove_file(&file).expect("it goes");
    assert_eq!(read().expect("the records"), Records::default());
}

/// A run that stopped after two batches, what an undisturbed one comes to, and the file of the run.
fn stopped() -> (Home, String, PathBuf) {
    let home = Home::approved(&tiny(1, ""));
    let whole = home.copy();
    whole.apply_set(LAB).expect("applied");
    let mut writes = 0;
    let stopped = home.apply_dying(LAB, &mut |moment| {
        writes += u32::from(moment == super::home::Moment::BeforeWrite);
        if writes > 2 { Err("it stops".to_owned()) } else { Ok(()) }
    });
    stopped.expect_err("it stops");
    let runs = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "heddle-run");
    let run = files(&home.path("lab.heddle")).into_iter().find(runs).expect("a run");
    (home, whole.state(), run)
}

/// Resumes from a harmed file: refused, and the inventory is as it was, or the one right end.
/// Gives how many were resumed.
fn resume_from_harmed(home: &Home, file: &Path, run: &Path, end: &str, about: usize) -> usize {
    let kept = [&home.inventory(), run].map(|file| (file.to_owned(), fs::read(file).expect("it")));
    let good = fs::read(file).expect("the file");
    let mut resumed = 0;
    for harm in harms(&good, about) {
        let bad = harm.of(&good);
        fs::write(file, &bad).expect("it is harmed");
        let before = fs::read(home.inventory()).expect("the inventory");
        match home.resume_set(LAB) {
            Ok(_) => {
                resumed += 1;
                assert!(home.state() == end, "{harm:?}: another end");
            }
            Err(error) => {
                let words = error.to_string();
                assert!(words.contains("damaged"), "{harm:?}: {words}");
                assert!(fs::read(home.inventory()).expect("it") == before, "{harm:?}: {words}");
            }
        }
        for (file, bytes) in &kept {
            fs::write(file, bytes).expect("it is as before");
        }
    }
    home.resume_set(LAB).expect("resumed");
    resumed
}

#[test]
fn a_harmed_run_is_refused_or_resumed_to_the_same_end() {
    let (home, end, run) = stopped();
    assert!(resume_from_harmed(&home, &run.clone(), &run, &end, 150) > 10);
}

#[test]
fn from_a_harmed_inventory_a_run_goes_on_to_the_same_end_or_not_at_all() {
    let (home, end, run) = stopped();
    assert!(resume_from_harmed(&home, &home.inventory(), &run, &end, 150) > 10);
}

#[test]
fn an_inventory_is_as_it_was_after_some_write_or_refused() {
    let home = Home::approved(&tiny(1, ""));
    home.apply_set(LAB).expect("applied");
    let good = fs::read(home.inventory()).expect("the inventory");
    let path = home.path("harmed");
    let state = || -> Result<String, String> {
        let mut open = LocalInventory::open(&path).map_err(|error| error.to_string())?;
        let snapshot = open.read(super::home::SITE, &Progress::new()).expect("a snapshot");
        Ok(super::home::state(&snapshot))
    };
    // After each line.
    let ends = good.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(n, _)| n + 1);
    let states: Vec<(usize, String)> = ends
        .map(|end| {
            fs::write(&path, &good[..end]).expect("it is written");
            (end, state().expect("a whole number of lines"))
        })
        .collect();
    assert!(states.len() > 4);
    for harm in harms(&good, 1_000) {
        fs::write(&path, harm.of(&good)).expect("it is harmed");
        let found = state();
        match harm {
            Harm::Cut(length) => {
                let before = states.iter().rfind(|(end, _)| *end <= length);
                assert_eq!(found.is_ok(), before.is_some(), "{harm:?}");
                assert!(found.ok().as_ref() == before.map(|(_, state)| state), "{harm:?}");
            }
            Harm::Flip(_) => {
                let (_, before) = &states[states.len() - 2];
                let last_line = found.as_ref() == Ok(before);
                assert!(last_line || found.is_err_and(|e| e.contains("damaged")), "{harm:?}");
            }
        }
    }
}
