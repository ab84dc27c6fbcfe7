//! Heddle without a window: one command, one answer.
//!
//! Standard output carries the answer and nothing else, so that it can be piped; findings that
//! were not asked for, progress and errors go to standard error. Exit codes: 0 fine, 1 an error
//! (for `check`: an error finding), 2 from `diff`, `plan`, `destroy`, `undo` and `status` when there
//! are changes and from `compare` when there are differences. Everything is computed by the same
//! functions that the window calls.

mod args;
mod audit;
mod change_set;
mod compare;
mod explain;
mod import;
mod opened;
mod render;
mod show;
mod sizes;
mod status;
mod target;

use crate::model::{PlanId, nearest, printable};
use crate::plan::preset;
use crate::workflow::Approver;
use crate::{export, store};
use args::{Arguments, Command, Import, Table};
use clap::{CommandFactory, Parser};
use opened::Opened;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why a command gave no answer, in words for people.
#[derive(Debug)]
struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// How a command that gave its answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All is well.
    Fine,
    /// The plan has an error; for `check`, `show` and `render` that is part of the answer.
    Errors,
    /// There are changes, or for `compare` differences.
    Changes,
}

/// Reads the arguments (the program's name first) and does what they ask for. Without a command
/// that is opening the window, which the caller brings.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    window: impl FnOnce(Option<PathBuf>) -> Result<(), String>,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&args) {
        Ok(arguments) => arguments,
        Err(error) => {
            // What follows a mistyped command says nothing of use.
            let first = args.get(1).filter(|_| error.use_stderr());
            if let Some(problem) = first.and_then(|word| unknown_command(word)) {
                tell(&format!("error: {}", printable(&problem)));
                return ExitCode::from(1);
            }
            let code = ExitCode::from(u8::from(error.use_stderr()));
            // Help that nobody can read any more is no failure.
            error.print().ok();
            return code;
        }
    };
    let answer = match arguments.command {
        Some(command) => do_command(command, &mut Answer(io::stdout().lock())),
        None => open_window(arguments.plan, window),
    };
    match answer {
        Ok(End::Fine) => ExitCode::SUCCESS,
        Ok(End::Errors) => ExitCode::from(1),
        Ok(End::Changes) => ExitCode::from(2),
        Err(Failure(text)) => {
            // What was typed, or stands in a file, must not steer the terminal.
            let lines: Vec<String> = text.split('\n').map(printable).collect();
            tell(&format!("error: {}", lines.join("\n")));
            ExitCode::from(1)
        }
    }
}

/// Where the answer goes. A reader that has seen enough (`heddle diff … | head`) is no failure:
/// what nobody reads any more is let go.
struct Answer<W>(W);

impl<W: Write> Write for Answer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

/// Writes a line to standard error. There is nowhere left to complain if that fails.
fn tell(line: &str) {
    writeln!(io::stderr(), "{line}").ok();
}

/// What is wrong with the first word, if it is neither an option, a command nor a file.
fn unknown_command(word: &OsStr) -> Option<String> {
    let text = word.to_string_lossy();
    let arguments = Arguments::command();
    let commands = || arguments.get_subcommands().map(clap::Command::get_name);
    let known = text.starts_with('-') || text == "help" || commands().any(|name| name == text);
    if known || Path::new(word).exists() {
        return None;
    }
    let hint = nearest(&text, commands())
        .map(|command| format!(" Did you mean `heddle {command}`?"))
        .unwrap_or_else(|| " `heddle --help` lists the commands.".to_owned());
    Some(format!("`{text}` is neither a command nor a file.{hint}"))
}

fn open_window(
    plan: Option<PathBuf>,
    window: impl FnOnce(Option<PathBuf>) -> Result<(), String>,
) -> Result<End, Failure> {
    if let Some(problem) = plan.as_ref().and_then(|path| unknown_command(path.as_os_str())) {
        return Err(Failure(problem));
    }
    window(plan).map(|()| End::Fine).map_err(Failure)
}

fn do_command(command: Command, out: &mut dyn Write) -> Result<End, Failure> {
    let answer = match command {
        Command::New { preset, set, output } => new(&preset, &set, &output),
        Command::Check { plan } => check(&plan, out),
        Command::Show { plan, format } => show::show(&plan, format, out),
        Command::Pin { plan, drop_comments } => sizes::pin(&plan, drop_comments, out),
        Command::Eject { plan, output, drop_comments } => {
            sizes::eject(&plan, output.as_deref(), drop_comments, out)
        }
        Command::WhatIf { plan, servers, class, format } => {
            sizes::what_if(&plan, class.as_deref(), servers, format, out)
        }
        Command::Export { table, plan, format } => export(&plan, table, format.into(), out),
        Command::Render { plan, output, theme, target } => {
            render::render(&plan, &target, theme.into(), &output)
        }
        Command::Plan { plan, output, only, target } => {
            target::plan(&plan, &target, &output, only, out)
        }
        Command::Destroy { plan, output, only, target } => {
            target::destroy(&plan, &target, &output, only, out)
        }
        Command::Undo { plan, output, run, target } => {
            target::undo(&plan, &target, run.as_deref(), &output, out)
        }
        Command::Status { plan, format, target } => status::status(&plan, &target, format, out),
        Command::Diff { plan, target, .. } if store::is_change_set(&plan) => {
            change_set::diff(&plan, &target, out)
        }
        Command::Approve { plan, by, comment, acknowledge, target } => {
            let acknowledged = acknowledge.into_iter().collect();
            let approver = Approver { by, comment, acknowledged };
            if store::is_change_set(&plan) {
                change_set::approve(&plan, &target, &approver, out)
            } else {
                target::approve(&plan, &target, &approver, out)
            }
        }
        Command::Apply { plan, target, lock } if store::is_change_set(&plan) => {
            change_set::apply(&plan, &target, &lock, out)
        }
        Command::Resume { plan, target, lock } if store::is_change_set(&plan) => {
            change_set::resume(&plan, &target, &lock, out)
        }
        Command::Diff { plan, target, create } => target::diff(&plan, &target, create, out),
        Command::Apply { plan, target, lock } => target::apply(&plan, &target, &lock, out),
        Command::Resume { plan, target, lock } => target::resume(&plan, &target, &lock, out),
        Command::Compare { a, b, site, format } => {
            compare::compare(&a, &b, site.as_deref(), format.into(), out)
        }
        Command::Audit { plan, inventory } => audit::audit(&plan, inventory, out),
        Command::Import { what: Import::DeviceType { file, output, kind } } => {
            import::device_type(&file, output.as_deref(), kind.map(Into::into), out)
        }
        Command::Import { what: Import::Diet { file, output } } => {
            import::diet(&file, output.as_deref(), out)
        }
        Command::Explain { plan, path } => explain::explain(&plan, &path, out),
    };
    let end = answer?;
    out.flush()?;
    Ok(end)
}

fn new(preset: &str, set: &[(String, String)], output: &Path) -> Result<End, Failure> {
    let plan = preset::build(preset, set, PlanId(uuid::Uuid::new_v4()))?;
    store::create_plan(output, &plan)?;
    tell(&format!("wrote {}", printable(&output.display().to_string())));
    Ok(End::Fine)
}

fn check(path: &Path, out: &mut dyn Write) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let evaluation = opened.evaluate(None)?;
    for finding in &evaluation.findings {
        writeln!(out, "{}", opened.finding_text(finding))?;
    }
    writeln!(out, "{}", opened.summary(&evaluation))?;
    Ok(if evaluation.has_errors() { End::Errors } else { End::Fine })
}

fn export(
    path: &Path,
    table: Table,
    format: export::Format,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let evaluation = opened.evaluate(None)?;
    opened.tell_findings(&evaluation);
    if evaluation.has_errors() {
        // A cabling list is carried to the racks; half of one does harm.
        return Err(Failure(format!("{}. Nothing was exported.", opened.summary(&evaluation))));
    }
    let mut out = io::BufWriter::new(out);
    match table {
        Table::Devices => export::devices(&evaluation.fabric, format, &mut out)?,
        Table::Racks => export::racks(&evaluation.fabric, format, &mut out)?,
        Table::Bill => export::bill(&evaluation.fabric, format, &mut out)?,
        Table::Cables => export::cables(&evaluation.fabric, format, &mut out)?,
    }
    out.flush()?;
    Ok(End::Fine)
}
