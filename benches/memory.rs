//! How much memory an evaluation takes: of the plans of `evaluate`, against an empty inventory
//! and an equal one, each in a process of its own. The figures are the kernel's: the most that
//! was resident (`VmHWM`), less what was resident when the plan stood ready. For an equal
//! inventory that includes the snapshot and all that it took to make it here.
//!
//! `cargo bench --bench memory`, on Linux; the figures are in `docs/performance.md`.

#![allow(clippy::expect_used, reason = "a benchmark that cannot begin has to stop")]

mod plans;

use heddle::catalog::Catalog;
use plans::{Applied, cases, empty, run};
use std::process::Command;

/// A line of `/proc/self/status`, in kB.
fn resident_kb(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a /proc of Linux");
    let line = status.lines().find(|line| line.starts_with(what)).expect("the line");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number of kB")
}

fn measure(name: &str, against: &str) {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    let case = cases().into_iter().find(|case| case.name == name).expect("a case");
    let before = resident_kb("VmRSS");
    let first = run(&case.plan, &catalog, &empty(&case.plan));
    let fabric = &first.fabric;
    assert_eq!((fabric.devices.len(), fabric.links.len()), (case.devices, case.links), "{name}");
    let objects = first.changes.as_ref().expect("changes").added().total();
    if against == "equal" {
        let equal = Applied::new(&case.plan, &first.desired, None).read();
        drop(first);
        let same = run(&case.plan, &catalog, &equal);
        assert!(same.changes.as_ref().is_some_and(|changes| changes.is_empty()), "not equal");
    }
    let most = resident_kb("VmHWM") - before;
    println!("{name:14} {against:6} {:8.1} MB, {objects} objects", most as f64 / 1024.0);
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, one, name, against] = args.as_slice()
        && one == "--one"
    {
        return measure(name, against);
    }
    // A test run lists and starts every target; only `cargo bench` says this.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let program = std::env::current_exe().expect("this program");
    for case in cases() {
        for against in ["empty", "equal"] {
            let status = Command::new(&program).args(["--one", case.name, against]).status();
            assert!(status.expect("this program runs").success(), "{} {against}", case.name);
        }
    }
}
