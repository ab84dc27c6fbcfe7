//! The corpora of the fuzz targets, as ordinary tests: every file that ever mattered keeps its
//! promises.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

#[path = "fuzz/promises.rs"]
mod promises;

use std::fs;
use std::path::Path;

fn check(target: &str, at_least: usize, keeps: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(files.len() >= at_least, "{target} has {} files", files.len());
    for file in files {
        println!("{}", file.display());
        let bytes = fs::read(&file).expect("the file");
        keeps(&bytes);
        // Cut anywhere, it is still somebody's file.
        let step = (bytes.len() / 40).max(1);
        (0..bytes.len()).step_by(step).for_each(|cut| keeps(&bytes[..cut]));
    }
}

#[test]
fn plans() {
    check("plan", 10, promises::plan);
}

#[test]
fn plans_of_diet() {
    check("diet", 4, promises::diet);
}

#[test]
fn device_types() {
    check("device_type", 4, promises::device_type);
}

#[test]
fn port_lists() {
    check("port_list", 10, promises::port_list);
}
