//! The program: a window or one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    heddle::cli::run(std::env::args_os(), heddle::app::run)
}
