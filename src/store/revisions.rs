//! Plans as they once were: `REV:PATH`, as Git calls a file of a revision.
//!
//! The program `git` reads them. It is asked for one blob and nothing else, so no filter, pager or
//! editor of the user's runs, and what it answers is bounded like a file. A file of that literal
//! name comes first, and `C:\…` is a path.

use super::{StoreError, change_sets, lines, local_inventory};
use crate::model::{Limits, printable};
use crate::plan::{self, Document};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// What is kept of what `git` says about a failure.
const SAID_BYTES: u64 = 4096;

/// Reads a plan from a file, or as `REV:PATH` from the revision of a Git repository that the
/// working folder lies in.
///
/// # Errors
/// As for [`super::read_plan`]; `git` is missing, or has no such file.
pub fn read_plan_or_revision(name: &Path) -> Result<Document, StoreError> {
    match name.to_str().filter(|text| is_revision(text)) {
        Some(text) if name.symlink_metadata().is_err() => read_revision(name, text),
        _ => super::read_plan(name),
    }
}

/// True if a name reads as `REV:PATH`.
fn is_revision(name: &str) -> bool {
    let Some((revision, path)) = name.split_once(':') else { return false };
    let letter = revision.len() == 1 && revision.chars().all(|c| c.is_ascii_alphabetic());
    let drive = letter && (cfg!(windows) || path.starts_with(['\\', '/']));
    !revision.is_empty() && !path.is_empty() && !drive
}

fn read_revision(name: &Path, text: &str) -> Result<Document, StoreError> {
    if text.starts_with('-') {
        let remedy = "Write a branch, a tag or the digits of a commit before the colon";
        return Err(StoreError::file(name, "no revision begins with a dash", remedy));
    }
    let bytes = blob(name, text)?;
    let formats = [local_inventory::FORMAT, change_sets::FORMAT];
    if formats.iter().any(|format| lines::begin_as(&bytes, format)) {
        return Err(StoreError::file(
            name,
            "this is no plan, and only plans are read from a revision",
            "Write it to a file with `git show REV:PATH > FILE`, and name that",
        ));
    }
    let text_of_plan = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let cause = format!("byte {} is not UTF-8 text", at + 1);
        StoreError::file(name, &cause, "Choose another file or revision")
    })?;
    plan::read(text, &text_of_plan).map_err(|error| Box::new(error).into())
}

/// The bytes of a file in a revision.
fn blob(name: &Path, text: &str) -> Result<Vec<u8>, StoreError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::file(
            name,
            "there is no such file, and the program `git`, which reads revisions, was not found",
            "Check the path, or install Git",
        ),
        _ => StoreError::io(name, "read it with `git`", &error),
    };
    let mut git = Command::new("git")
        .args(["cat-file", "blob", text])
        // What it says is shown, in the language of everything else.
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let answer = listen(&mut git);
    // It has said all it was asked for, or is not wanted any longer; it may have ended by itself.
    if !matches!(&answer, Ok((bytes, _)) if bytes.len() as u64 <= Limits::FILE_BYTES) {
        drop(git.kill());
    }
    let status = git.wait().map_err(failed)?;
    let (bytes, said) = answer.map_err(failed)?;
    if bytes.len() as u64 > Limits::FILE_BYTES {
        let cause = format!(
            "it is larger than the {} MiB that Heddle reads",
            Limits::FILE_BYTES / (1024 * 1024)
        );
        return Err(StoreError::file(name, &cause, "Choose another file or revision"));
    }
    if !status.success() {
        let said = String::from_utf8_lossy(&said);
        let first = said.lines().next().unwrap_or("it did not say why").trim_end_matches('.');
        return Err(StoreError::file(
            name,
            &format!(
                "there is no such file, and `git` has no such revision of one: {}",
                printable(first)
            ),
            "Check the revision, and the path: it counts from the top of the repository, or from \
             here if it begins with `./`",
        ));
    }
    Ok(bytes)
}

/// Reads what a program writes, one byte beyond the ceiling at most, and the beginning of what it
/// says about failures.
fn listen(program: &mut Child) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (answer, said) = (program.stdout.take(), program.stderr.take());
    let closed = || io::Error::other("its output is closed");
    let (answer, said) = (answer.ok_or_else(closed)?, said.ok_or_else(closed)?);
    // Beside each other, or a program that says much would wait for ever.
    let saying = thread::spawn(move || -> io::Result<Vec<u8>> {
        let mut said = said;
        let mut first = Vec::new();
        said.by_ref().take(SAID_BYTES).read_to_end(&mut first)?;
        io::copy(&mut said, &mut io::sink())?;
        Ok(first)
    });
    let mut bytes = Vec::new();
    let read = answer.take(Limits::FILE_BYTES + 1).read_to_end(&mut bytes);
    // The rest of its answer is lost with the end of the pipe that was read from, which ends it.
    let said = saying.join().unwrap_or_else(|_| Err(io::Error::other("its words were lost")));
    read?;
    Ok((bytes, said?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_told_from_a_path() {
        for (name, expected) in [
            ("HEAD:lab.ron", true),
            ("HEAD~1:plans/lab.ron", true),
            ("v1.0:./lab.ron", true),
            ("main@{1}:lab.ron", true),
            ("-p:lab.ron", true),
            ("C:\\plans\\lab.ron", false),
            ("c:/plans/lab.ron", false),
            ("C:lab.ron", !cfg!(windows)),
            ("lab.ron", false),
            (":lab.ron", false),
            ("HEAD:", false),
            ("", false),
        ] {
            assert_eq!(is_revision(name), expected, "{name}");
        }
    }
}
