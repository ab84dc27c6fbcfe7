//! The commands that hold a plan against an inventory: diff, plan, approve, apply, resume.
//!
//! Each reads the inventory anew and evaluates the plan against it; what `apply` does is decided
//! by the approvals beside the plan and by nothing said on the command line.

use super::args::{LockArgs, TargetArgs};
use super::opened::Opened;
use super::{End, Failure, tell};
use crate::apply::Report;
use crate::diff::{self, ChangeSet};
use crate::evaluate::Evaluation;
use crate::inventory::Snapshot;
use crate::model::{Progress, grouped, printable};
use crate::plan::is_slug;
use crate::session::{self, Places, Target};
use crate::workflow::Approval;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A plan and what it is held against. An inventory that was named has to be there, so that a
/// mistyped name neither makes a file nor is taken for an empty target.
fn open(path: &Path, args: &TargetArgs) -> Result<(Opened, Target), Failure> {
    check_inventory(args)?;
    open_or_create(path, args)
}

/// An inventory that was named has to be there.
pub(super) fn check_inventory(args: &TargetArgs) -> Result<(), Failure> {
    match args.inventory.as_deref().filter(|file| !file.exists()) {
        Some(file) => Err(Failure(format!(
            "{}: there is no such inventory. Check the path; to start an empty inventory there, \
             add `--create` to `heddle diff`.",
            file.display()
        ))),
        None => Ok(()),
    }
}

/// The inventory that was named, or the one inside Heddle.
pub(super) fn inventory(args: &TargetArgs) -> Result<PathBuf, Failure> {
    match &args.inventory {
        Some(file) => Ok(file.clone()),
        None => Ok(Places::platform()?.default_inventory()),
    }
}

/// The same, also if the inventory is yet to be made.
fn open_or_create(path: &Path, args: &TargetArgs) -> Result<(Opened, Target), Failure> {
    let mut opened = Opened::read(path)?;
    if let Some(site) = &args.site {
        if !is_slug(site) {
            return Err(Failure(format!(
                "--site {site:?}: a site needs a slug of letters, digits, dashes and \
                 underscores, at most 100."
            )));
        }
        opened.document.plan.spec.target.site.clone_from(site);
    }
    let inventory = inventory(args)?;
    let site = opened.document.plan.spec.target.site.clone();
    Ok((opened, Target { inventory, site }))
}

/// Passes over another program that has the inventory open, if that is asked for. One that is yet
/// to be made nobody has open.
pub(super) fn take_over(inventory: &Path, lock: &LockArgs) -> Result<(), Failure> {
    if lock.take_over && inventory.exists() {
        let progress = Progress::new();
        session::take_over(inventory, &progress)?;
        tell_notices(&progress);
    }
    Ok(())
}

/// The evaluation against the target, and what was read of that.
fn evaluate(opened: &Opened, target: &Target) -> Result<(Evaluation, Arc<Snapshot>), Failure> {
    // A plan that is wrong in itself is told before an inventory is touched.
    let alone = opened.evaluate(None)?;
    if alone.has_errors() {
        opened.tell_findings(&alone);
        return Err(Failure(opened.summary(&alone)));
    }
    let progress = Progress::new();
    let snapshot = session::read_snapshot(target, &progress);
    tell_notices(&progress);
    let snapshot = snapshot?;
    let evaluation = opened.evaluate(Some(&snapshot))?;
    opened.tell_findings(&evaluation);
    Ok((evaluation, snapshot))
}

fn changes<'a>(opened: &Opened, evaluation: &'a Evaluation) -> Result<&'a ChangeSet, Failure> {
    evaluation.changes.as_deref().ok_or_else(|| Failure(opened.summary(evaluation)))
}

pub(super) fn diff(
    path: &Path,
    args: &TargetArgs,
    create: bool,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = if create { open_or_create(path, args)? } else { open(path, args)? };
    let (evaluation, _) = evaluate(&opened, &target)?;
    let changes = changes(&opened, &evaluation)?;
    out.write_all(diff::text(changes).as_bytes())?;
    if evaluation.has_errors() {
        return Err(Failure(opened.summary(&evaluation)));
    }
    Ok(if changes.is_empty() { End::Fine } else { End::Changes })
}

/// Writes what would change to a file.
pub(super) fn plan(
    path: &Path,
    args: &TargetArgs,
    output: &Path,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let (evaluation, snapshot) = evaluate(&opened, &target)?;
    changes(&opened, &evaluation)?;
    let plan = (path, &opened.document.plan);
    let of = (&evaluation, snapshot.as_ref());
    let set = session::write_change_set(output, plan, of, args.site.is_some())?;
    write!(out, "{}", diff::summary(&set.changes))?;
    tell(&format!("wrote {}", printable(&output.display().to_string())));
    Ok(if set.changes.is_empty() { End::Fine } else { End::Changes })
}

pub(super) fn approve(
    path: &Path,
    args: &TargetArgs,
    by: &str,
    comment: &str,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let (evaluation, _) = evaluate(&opened, &target)?;
    let changes = changes(&opened, &evaluation)?;
    let approval = session::approve(path, &opened.document.plan, &evaluation, by, comment)?;
    tell_approved(changes, &approval, out)
}

pub(super) fn apply(
    path: &Path,
    args: &TargetArgs,
    lock: &LockArgs,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    take_over(&target.inventory, lock)?;
    let (evaluation, _) = evaluate(&opened, &target)?;
    if changes(&opened, &evaluation)?.is_empty() && !evaluation.has_errors() {
        writeln!(out, "no changes")?;
        return Ok(End::Fine);
    }
    let plan = &opened.document.plan;
    let report =
        with_progress(|progress| session::apply(path, plan, &evaluation, &target, progress))?;
    tell_report("applied", &report, out)
}

pub(super) fn resume(
    path: &Path,
    args: &TargetArgs,
    lock: &LockArgs,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    take_over(&target.inventory, lock)?;
    let plan = &opened.document.plan;
    let report = with_progress(|progress| session::resume(path, plan, &target, progress))?;
    tell_report("resumed and applied", &report, out)
}

/// What was approved, and by whom.
pub(super) fn tell_approved(
    changes: &ChangeSet,
    approval: &Approval,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    write!(out, "{}", diff::summary(changes))?;
    writeln!(out, "approved by {} at {}", printable(&approval.by), approval.at)?;
    Ok(End::Fine)
}

pub(super) fn tell_report(
    what: &str,
    report: &Report,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    writeln!(out, "{what}: {} written", report.written.text())?;
    if report.skipped.total() > 0 {
        writeln!(out, "already there: {}", report.skipped.text())?;
    }
    Ok(End::Fine)
}

fn tell_notices(progress: &Progress) {
    for notice in progress.take_notices() {
        tell(&format!("notice: {}", printable(&notice)));
    }
}

/// Does the work and meanwhile counts on standard error, if somebody is looking; then says what
/// the work has left to say.
pub(super) fn with_progress<T>(work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::new();
    if !io::stderr().is_terminal() {
        let result = work(&progress);
        tell_notices(&progress);
        return result;
    }
    let (working, ended) = mpsc::channel::<()>();
    let shown = progress.clone();
    let result = thread::scope(|scope| {
        scope.spawn(move || {
            while ended.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
                let report = shown.report();
                let (done, total) = (grouped(report.done), grouped(report.total));
                write!(io::stderr(), "\r{done} of {total}").ok();
            }
        });
        let result = work(&progress);
        drop(working);
        result
    });
    let report = progress.report();
    tell(&format!("\r{} of {}", grouped(report.done), grouped(report.total)));
    tell_notices(&progress);
    result
}
