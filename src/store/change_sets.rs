//! A change set as a file of its own: what is reviewed, approved and applied, with nothing else
//! needed but the target.
//!
//! A file of checked lines: a head, the findings, the whole change set – written at once – and
//! then one line for each approval. So every byte is guarded against accidents, and an approval
//! that was torn while it was written never happened.

use super::lock::{Lock, Of};
use super::records::approval_of;
use super::{StoreError, atomic, lines};
use crate::diff::ChangeSet;
use crate::evaluate::{Digests, findings_digest};
use crate::inventory::TargetRef;
use crate::model::{Digest, Finding, PlanId};
use crate::workflow::{Approval, time_of};
use lines::CheckedLines;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) const FORMAT: &str = "heddle-change-set";
/// The approvals of the first have no scope.
const VERSIONS: RangeInclusive<u32> = 1..=2;
const REMEDY: &str = "Write it anew with `heddle plan`, look at it and approve it again";
/// Approvals in one file, at most.
const APPROVALS: usize = 10_000;

/// The first line: who wrote it, from what, for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSetHead {
    /// The kind of file.
    format: String,
    /// Of the format.
    version: u32,
    /// The plan.
    pub plan: PlanId,
    /// What the plan is called.
    pub plan_name: String,
    /// Where the plan was.
    pub plan_file: PathBuf,
    /// True if another site was chosen than the plan's.
    pub other_site: bool,
    /// The target.
    pub target: TargetRef,
    /// What an approval binds to.
    pub digests: Digests,
    /// The digest of the whole of the target at that time; noted, never compared.
    pub snapshot: Digest,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// The version of Heddle that wrote it.
    pub heddle: String,
    /// The last day on which every waiver holds that it was written with; left out without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<jiff::civil::Date>,
}

impl ChangeSetHead {
    /// A head of the present format, for changes of a plan.
    pub fn new(
        (plan, plan_name, plan_file): (PlanId, &str, &Path),
        (target, other_site): (&TargetRef, bool),
        digests: Digests,
        snapshot: Digest,
        at: &str,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: *VERSIONS.end(),
            plan,
            plan_name: plan_name.to_owned(),
            plan_file: plan_file.to_owned(),
            other_site,
            target: target.clone(),
            digests,
            snapshot,
            at: at.to_owned(),
            heddle: env!("CARGO_PKG_VERSION").to_owned(),
            until: None,
        }
    }
}

/// What a change-set file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChangeSet {
    /// Who wrote it, from what, for what.
    pub head: ChangeSetHead,
    /// What there was to say about the plan and its changes.
    pub findings: Vec<Finding>,
    /// The changes.
    pub changes: Arc<ChangeSet>,
    /// Approvals, oldest first.
    pub approvals: Vec<Approval>,
}

/// True if a file is a change set and not, say, a plan; also one that is damaged further on.
pub fn is_change_set(path: &Path) -> bool {
    lines::is_of_format(path, FORMAT)
}

/// Writes a change set to a file, whole or not at all. A file that is there is replaced only if it
/// is a change set that nobody approved.
///
/// # Errors
/// The file cannot be written, or something else has its place.
pub fn write_change_set(path: &Path, set: &StoredChangeSet) -> Result<(), StoreError> {
    super::plans::refuse_records_name(path, "a change set's", "Choose another ending")?;
    atomic::check_name(path)?;
    let _lock = Lock::take(path, Of::ChangeSet)?;
    if path.symlink_metadata().is_ok() {
        let cause = match is_change_set(path) {
            false => "something else than a change set is there already",
            true if read_change_set(path)?.approvals.is_empty() => "",
            true => "a change set is there that somebody has approved",
        };
        if !cause.is_empty() {
            return Err(StoreError::file(path, cause, "Choose another name, or move it away"));
        }
    }
    let first = [
        serde_json::to_string(&set.head),
        serde_json::to_string(&set.findings),
        serde_json::to_string(set.changes.as_ref()),
    ];
    CheckedLines::create(path, first)
}

/// Reads a change set.
///
/// # Errors
/// The file cannot be read, is damaged, or holds changes that are not those its digests name.
pub fn read_change_set(path: &Path) -> Result<StoredChangeSet, StoreError> {
    Ok(read(path)?.0)
}

/// Adds an approval to a change set.
///
/// # Errors
/// The file cannot be read or written.
pub fn approve_change_set(path: &Path, approval: &Approval) -> Result<(), StoreError> {
    if !path.is_file() {
        // It gets the words for that, and no lock beside it.
        read(path)?;
    }
    let _lock = Lock::take(path, Of::ChangeSet)?;
    let (set, whole) = read(path)?;
    if set.approvals.len() >= APPROVALS {
        let cause = format!("it has {APPROVALS} approvals already");
        return Err(StoreError::file(path, &cause, "Write it anew with `heddle plan`"));
    }
    let json = serde_json::to_string(approval)
        .map_err(|error| StoreError::file(path, &error.to_string(), "Try again"))?;
    whole.open()?.append(&json)
}

fn read(path: &Path) -> Result<(StoredChangeSet, lines::Whole), StoreError> {
    let (mut head, mut changes) = (None::<ChangeSetHead>, None::<ChangeSet>);
    let mut findings: Option<Vec<Finding>> = None;
    let mut approvals = Vec::new();
    let whole = lines::read(path, REMEDY, &mut |number, json| {
        let failed = |error: serde_json::Error| error.to_string();
        match number {
            1 => {
                let found: ChangeSetHead = serde_json::from_str(json).map_err(failed)?;
                lines::check_format(&found.format, found.version, FORMAT, VERSIONS)?;
                if time_of(&found.at).is_none() {
                    return Err("it does not say when it was written".to_owned());
                }
                head = Some(found);
            }
            2 => findings = Some(serde_json::from_str(json).map_err(failed)?),
            3 => changes = Some(serde_json::from_str(json).map_err(failed)?),
            _ if approvals.len() >= APPROVALS => {
                return Err(format!("it has more than {APPROVALS} approvals"));
            }
            _ => approvals.push(approval_of(json.as_bytes())?),
        }
        Ok(())
    })?;
    let (Some(head), Some(findings), Some(changes)) = (head, findings, changes) else {
        return Err(StoreError::damaged(path, "the changes are missing from it", REMEDY));
    };
    let same = head.digests.changes == Some(changes.digest())
        && head.digests.findings == findings_digest(&findings)
        && head.target == changes.target
        && changes.desired.plan == Some(head.plan);
    if !same {
        let cause = "its changes or findings are not those that its head names";
        return Err(StoreError::damaged(path, cause, REMEDY));
    }
    Ok((StoredChangeSet { head, findings, changes: Arc::new(changes), approvals }, whole))
}
