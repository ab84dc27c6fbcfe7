//! The commands on a change set instead of a plan: show, approve, apply and resume it. Nothing is
//! evaluated; the file has everything but the target.

use super::args::{LockArgs, TargetArgs};
use super::target::{
    check_inventory, inventory, take_over, tell_approved, tell_report, with_progress,
};
use super::{End, Failure, tell};
use crate::diff;
use crate::model::{Severity, printable};
use crate::session;
use crate::store;
use crate::workflow::Approver;
use std::io::Write;
use std::path::Path;

/// A change set was made for one site.
fn check(args: &TargetArgs) -> Result<(), Failure> {
    if args.site.is_some() {
        return Err(Failure(
            "a change set is for one site. Leave `--site` out, or write another with `heddle \
             plan`."
                .to_owned(),
        ));
    }
    check_inventory(args)
}

/// The same, where no inventory is looked at.
fn check_alone(args: &TargetArgs) -> Result<(), Failure> {
    if args.inventory.is_some() {
        return Err(Failure(
            "a change set is shown and approved as it is. Leave `--inventory` out; `heddle \
             apply` looks at it."
                .to_owned(),
        ));
    }
    check(args)
}

/// Shows what a change set holds, and who approved it.
pub(super) fn diff(path: &Path, args: &TargetArgs, out: &mut dyn Write) -> Result<End, Failure> {
    check_alone(args)?;
    let set = store::read_change_set(path)?;
    for finding in set.findings.iter().filter(|f| f.severity != Severity::Info) {
        let (severity, code) = (finding.severity.name(), finding.code);
        tell(&printable(&format!("{severity}[{code}] {}: {}", finding.path, finding.text)));
    }
    out.write_all(diff::text(&set.changes).as_bytes())?;
    let (plan, at) = (printable(&set.head.plan_file.display().to_string()), &set.head.at);
    writeln!(out, "written at {at} from {plan}")?;
    for approval in &set.approvals {
        writeln!(out, "approved by {} at {}", printable(&approval.by), approval.at)?;
    }
    Ok(if set.changes.is_empty() { End::Fine } else { End::Changes })
}

pub(super) fn approve(
    path: &Path,
    args: &TargetArgs,
    approver: &Approver,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    check_alone(args)?;
    let (set, approval) = session::approve_change_set(path, approver)?;
    tell_approved(&set.changes, &approval, out)
}

pub(super) fn apply(
    path: &Path,
    args: &TargetArgs,
    lock: &LockArgs,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    check(args)?;
    let inventory = inventory(args)?;
    if lock.take_over {
        // Nobody is stopped for a set that would be refused.
        session::check_change_set(path)?;
    }
    take_over(&inventory, lock)?;
    let report = with_progress(|progress| session::apply_change_set(path, &inventory, progress))?;
    tell_report("applied", &report, out)
}

pub(super) fn resume(
    path: &Path,
    args: &TargetArgs,
    lock: &LockArgs,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    check(args)?;
    let inventory = inventory(args)?;
    if lock.take_over {
        session::check_resume_change_set(path)?;
    }
    take_over(&inventory, lock)?;
    let report = with_progress(|progress| session::resume_change_set(path, &inventory, progress))?;
    tell_report("resumed and applied", &report, out)
}
