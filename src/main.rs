//! Opens the window: on a plan if one is named, else on the one that was open last.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let plan = std::env::args_os().nth(1).map(PathBuf::from);
    match heddle::app::run(plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("heddle: {problem}");
            ExitCode::FAILURE
        }
    }
}
