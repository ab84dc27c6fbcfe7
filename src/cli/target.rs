//! The commands that hold a plan against an inventory: diff, plan, destroy, undo, approve, apply,
//! resume.
//!
//! Each reads the inventory anew and evaluates the plan against it; what `apply` does is decided
//! by the approvals beside the plan and by nothing said on the command line.

use super::args::{LockArgs, TargetArgs};
use super::opened::Opened;
use super::{End, Failure, tell};
use crate::apply::Report;
use crate::diff::{self, ChangeSet, Part, Purpose};
use crate::model::{Progress, grouped, printable};
use crate::plan::is_slug;
use crate::session::{self, Held, Places, Target};
use crate::workflow::{Approval, Approver};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A plan and what it is held against. An inventory that was named has to be there, so that a
/// mistyped name neither makes a file nor is taken for an empty target.
pub(super) fn open(path: &Path, args: &TargetArgs) -> Result<(Opened, Target), Failure> {
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

/// A plan held against its target for a purpose.
pub(super) fn hold(
    opened: &Opened,
    target: &Target,
    purpose: &Purpose,
    selection: Option<&BTreeSet<Part>>,
) -> Result<Held, Failure> {
    // A plan that is wrong in itself is told before an inventory is touched. What is to go needs
    // no plan without errors.
    if purpose.is_converge() {
        let alone = opened.evaluate(None)?;
        if alone.has_errors() {
            opened.tell_findings(&alone);
            return Err(Failure(opened.summary(&alone)));
        }
    }
    let progress = Progress::new();
    let plan = (opened.path.as_path(), &opened.document.plan);
    let held = session::hold(plan, &opened.catalog, target, (purpose, selection), &progress);
    tell_notices(&progress);
    let held = held?;
    opened.tell_findings(&held.evaluation);
    Ok(held)
}

fn changes<'a>(opened: &Opened, held: &'a Held) -> Result<&'a ChangeSet, Failure> {
    held.evaluation.changes.as_deref().ok_or_else(|| Failure(opened.summary(&held.evaluation)))
}

/// What is drifted, and what a run would take, below the changes.
fn tell_more(held: &Held, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(drift) = &held.evaluation.drift {
        out.write_all(diff::drift_text(drift).as_bytes())?;
    }
    if let Some(estimate) = held.estimate() {
        writeln!(out, "{:<15} {}", "  estimate", estimate.text())?;
    }
    Ok(())
}

pub(super) fn diff(
    path: &Path,
    args: &TargetArgs,
    create: bool,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = if create { open_or_create(path, args)? } else { open(path, args)? };
    let held = hold(&opened, &target, &Purpose::Converge, None)?;
    let changes = changes(&opened, &held)?;
    out.write_all(diff::text(changes).as_bytes())?;
    tell_more(&held, out)?;
    if held.evaluation.has_errors() {
        return Err(Failure(opened.summary(&held.evaluation)));
    }
    Ok(if changes.is_empty() { End::Fine } else { End::Changes })
}

/// Writes what would change to a file.
pub(super) fn plan(
    path: &Path,
    args: &TargetArgs,
    output: &Path,
    only: Vec<Part>,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let parts: BTreeSet<Part> = only.into_iter().collect();
    check_parts(&opened, &parts)?;
    let selection = Some(&parts).filter(|parts| !parts.is_empty());
    let held = hold(&opened, &target, &Purpose::Converge, selection)?;
    write(&opened, args, &held, output, out)
}

/// Writes the deletion of everything, or of a part, to a file.
pub(super) fn destroy(
    path: &Path,
    args: &TargetArgs,
    output: &Path,
    only: Vec<Part>,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let parts: BTreeSet<Part> = only.into_iter().collect();
    check_parts(&opened, &parts)?;
    let selection = Some(&parts).filter(|parts| !parts.is_empty());
    let held = hold(&opened, &target, &Purpose::Destroy, selection)?;
    write(&opened, args, &held, output, out)
}

/// Writes the way back from the newest run to a file.
pub(super) fn undo(
    path: &Path,
    args: &TargetArgs,
    run: Option<&str>,
    output: &Path,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let run = run.unwrap_or_default().to_owned();
    let held = hold(&opened, &target, &Purpose::Undo { run }, None)?;
    write(&opened, args, &held, output, out)
}

/// A part that the plan does not have is a mistyped one.
fn check_parts(opened: &Opened, parts: &BTreeSet<Part>) -> Result<(), Failure> {
    if parts.is_empty() {
        return Ok(());
    }
    let evaluation = opened.evaluate(None)?;
    let kinds = &evaluation.desired.kinds;
    for part in parts {
        let (wanted, known): (&str, BTreeSet<&str>) = match part {
            Part::Fabric(name) => (name, kinds.iter().map(|kind| kind.fabric.as_str()).collect()),
            // One that the plan has no longer may still have devices that are to go.
            Part::Class(_) => continue,
            Part::Su(number) => {
                let units = evaluation.fabric.devices.iter().filter_map(|device| device.su).max();
                let most = units.map_or(0, |su| su + 1);
                if *number > most {
                    return Err(Failure(format!("the plan has {most} SUs, and no SU {number}.")));
                }
                continue;
            }
        };
        let known: Vec<&str> = known.into_iter().filter(|name| !name.is_empty()).collect();
        if !known.contains(&wanted) {
            let known = known.join(", ");
            return Err(Failure(format!("the plan has no fabric {wanted}; it has {known}.")));
        }
    }
    Ok(())
}

fn write(
    opened: &Opened,
    args: &TargetArgs,
    held: &Held,
    output: &Path,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    changes(opened, held)?;
    let plan = (opened.path.as_path(), &opened.document.plan);
    let of = (&held.evaluation, held.snapshot.as_ref());
    let set = session::write_change_set(output, plan, of, args.site.is_some())?;
    if !set.changes.purpose.is_converge() {
        writeln!(out, "{}", set.changes.purpose.text())?;
    }
    write!(out, "{}", diff::summary(&set.changes))?;
    tell_more(held, out)?;
    tell(&format!("wrote {}", printable(&output.display().to_string())));
    Ok(if set.changes.is_empty() { End::Fine } else { End::Changes })
}

pub(super) fn approve(
    path: &Path,
    args: &TargetArgs,
    approver: &Approver,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let held = hold(&opened, &target, &Purpose::Converge, None)?;
    let changes = changes(&opened, &held)?;
    let approval = session::approve(path, &opened.document.plan, &held.evaluation, approver)?;
    tell_approved(changes, &approval, out)
}

pub(super) fn apply(
    path: &Path,
    args: &TargetArgs,
    lock: &LockArgs,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    if lock.take_over {
        let plan = &opened.document.plan;
        session::check_before_take_over(path, plan, &target.site, false)?;
    }
    take_over(&target.inventory, lock)?;
    let held = hold(&opened, &target, &Purpose::Converge, None)?;
    let evaluation = &held.evaluation;
    if changes(&opened, &held)?.is_empty() && !evaluation.has_errors() {
        writeln!(out, "no changes")?;
        return Ok(End::Fine);
    }
    let plan = &opened.document.plan;
    let report =
        with_progress(|progress| session::apply(path, plan, evaluation, &target, progress))?;
    tell_report("applied", &report, out)
}

pub(super) fn resume(
    path: &Path,
    args: &TargetArgs,
    lock: &LockArgs,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    if lock.take_over {
        let plan = &opened.document.plan;
        session::check_before_take_over(path, plan, &target.site, true)?;
    }
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

pub(super) fn tell_notices(progress: &Progress) {
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
