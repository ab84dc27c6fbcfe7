//! Which record follows which, and whether each is as it was written.
//!
//! Each record has an id, the digest of what it says, and names the records that were the last when
//! it was written: usually one; several after Git put the folders of two people together. So a
//! record that was changed, or taken away, is missed by those that follow it, and one that stands
//! alone still has check digits of its own. That guards against accidents and careless hands, not
//! against a forger who writes all of them anew, nor is the loss of the very last record noticed,
//! nor that of the last lines of a run, which then has no end.

use super::{Head, StoreError, approval_of, cut, files, has_ending, read_run};
use crate::diff::Purpose;
use crate::model::{Digest, DigestStream, PlanId};
use crate::store::atomic;
use crate::workflow::{Approval, Outcome, Run, Scope, time_of};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

const FORMAT: &str = "heddle-approval";
/// The second has no scope.
const VERSIONS: RangeInclusive<u32> = 2..=3;
const MAX_BYTES: u64 = 1024 * 1024;
/// Records that one record may name as those before it.
const MOST_BEFORE: usize = 1_000;

/// The file of an approval.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalFile {
    format: String,
    version: u32,
    after: Vec<Digest>,
    approval: Approval,
    check: Digest,
}

impl ApprovalFile {
    pub(super) fn new(approval: &Approval, after: Vec<Digest>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: *VERSIONS.end(),
            check: approval_id(approval, &after),
            after,
            approval: approval.clone(),
        }
    }

    /// The id of the record.
    pub(super) fn id(&self) -> Digest {
        self.check
    }
}

/// A record beside a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its file.
    pub file: PathBuf,
    /// Its id.
    pub id: Digest,
    /// The records that were the last when it was written.
    pub after: Vec<Digest>,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// What it records.
    pub what: Recorded,
}

/// What a record is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Somebody approved.
    Approval(Approval),
    /// A run, and the approval that it began with.
    Run {
        /// The run.
        run: Box<Run>,
        /// Its plan.
        plan: PlanId,
        /// By whose word.
        approval: Approval,
    },
}

impl Record {
    pub(super) fn plan(&self) -> PlanId {
        match &self.what {
            Recorded::Approval(approval) => approval.plan,
            Recorded::Run { plan, .. } => *plan,
        }
    }
}

fn approval_id(approval: &Approval, after: &[Digest]) -> Digest {
    let Approval { plan, target, digests, by, comment, at, acknowledged, heddle, scope } = approval;
    let mut stream = DigestStream::new("heddle/approval/1");
    stream.number(after.len() as u64);
    for before in after {
        stream.digest(before);
    }
    stream.text(&plan.to_string()).text(&target.inventory).text(&target.site);
    stream.digest(&digests.spec).digest(&digests.fabric).digest(&digests.findings);
    stream.number(u64::from(digests.changes.is_some()));
    stream.digest(&digests.changes.unwrap_or_default());
    stream.text(by).text(comment).text(at).text(heddle);
    for code in acknowledged {
        stream.text(code.name());
    }
    // Of records that have none the id is what it was.
    if let Some(Scope { purpose, parts, objects }) = scope {
        stream.text("scope");
        match purpose {
            Purpose::Converge => stream.text("converge"),
            Purpose::Destroy => stream.text("destroy"),
            Purpose::Undo { run } => stream.text("undo").text(run),
        };
        stream.number(parts.len() as u64);
        for part in parts {
            stream.text(part);
        }
        stream.number(objects.added).number(objects.modified).number(objects.deleted);
    }
    stream.finish()
}

/// The id of a run: the digest of the lines that it began with.
pub(super) struct RunId(DigestStream);

impl RunId {
    pub(super) fn new() -> Self {
        Self(DigestStream::new("heddle/run/1"))
    }

    pub(super) fn line(&mut self, json: &str) {
        self.0.text(json);
    }

    pub(super) fn finish(self) -> Digest {
        self.0.finish()
    }
}

/// Reads a record; `None` for a file that is none.
pub(super) fn read_record(path: &Path) -> Result<Option<Record>, StoreError> {
    if has_ending(path, "approval.json") {
        let bytes = atomic::read_bytes(path, MAX_BYTES)?;
        let (approval, after) = approval_file(&bytes).map_err(|cause| {
            StoreError::damaged(
                path,
                &format!("it is no approval: {cause}"),
                "Restore it, or move it out of the folder and approve again",
            )
        })?;
        return Ok(Some(Record {
            file: path.to_owned(),
            id: approval_id(&approval, &after),
            after,
            at: approval.at.clone(),
            what: Recorded::Approval(approval),
        }));
    }
    if !has_ending(path, super::FORMAT) {
        return Ok(None);
    }
    let read = read_run(path)?;
    let approval = read.approval.ok_or_else(|| cut(path))?;
    let pace = read.pace.measured();
    let Head {
        id,
        plan,
        target,
        changes,
        at,
        after,
        purpose,
        in_part,
        follows,
        objects,
        parts,
        ..
    } = read.head;
    Ok(Some(Record {
        file: path.to_owned(),
        id: read.id,
        after,
        at: at.clone(),
        what: Recorded::Run {
            run: Box::new(Run {
                id,
                target,
                changes,
                at,
                outcome: read.outcome,
                purpose,
                is_whole: !in_part,
                wrote: read.wrote,
                objects,
                parts,
                pace,
                approval: approval.clone(),
                follows,
                approvals_before: 0,
            }),
            plan,
            approval,
        },
    }))
}

/// The approval of a file, and the records before it. One without check digits, as the first Heddle
/// wrote it, might say anything.
fn approval_file(bytes: &[u8]) -> Result<(Approval, Vec<Digest>), String> {
    let file: ApprovalFile =
        serde_json::from_slice(bytes).map_err(|error| match approval_of(bytes) {
            Ok(_) => "it has no check digits".to_owned(),
            Err(_) => error.to_string(),
        })?;
    let ApprovalFile { format, version, after, approval, check } = file;
    crate::store::lines::check_format(&format, version, FORMAT, VERSIONS)?;
    if after.len() > MOST_BEFORE {
        return Err(format!("it names more than {MOST_BEFORE} records before it"));
    }
    if let Some(problem) = approval.problem() {
        return Err(problem);
    }
    if check != approval_id(&approval, &after) {
        return Err("it does not match its check digits".to_owned());
    }
    Ok((approval, after))
}

/// Which records of a plan there are, and which of them others name.
#[derive(Default)]
pub(super) struct Chain {
    ids: BTreeSet<Digest>,
    named: BTreeSet<Digest>,
}

impl Chain {
    pub(super) fn add(&mut self, record: &Record) {
        self.ids.insert(record.id);
        self.named.extend(&record.after);
    }

    /// The last records: those that no other names.
    pub(super) fn last(&self) -> Vec<Digest> {
        self.ids.difference(&self.named).copied().take(MOST_BEFORE).collect()
    }
}

/// The records in the order in which they came about: each after those that it names as before it;
/// what no chain tells, the times tell.
pub(super) fn in_order(records: Vec<Record>) -> Vec<Record> {
    let at = |record: &Record| (time_of(&record.at), record.file.clone());
    let mut ids: BTreeMap<Digest, usize> = BTreeMap::new();
    for (n, record) in records.iter().enumerate() {
        ids.entry(record.id).or_insert(n);
    }
    let mut waits: Vec<usize> = vec![0; records.len()];
    let mut followed_by: Vec<Vec<usize>> = vec![Vec::new(); records.len()];
    for (n, record) in records.iter().enumerate() {
        let before: BTreeSet<usize> =
            record.after.iter().filter_map(|id| ids.get(id).copied()).filter(|m| *m != n).collect();
        if let Some(waits) = waits.get_mut(n) {
            *waits = before.len();
        }
        for m in before {
            followed_by.get_mut(m).into_iter().for_each(|followed| followed.push(n));
        }
    }
    let mut slots: Vec<Option<Record>> = records.into_iter().map(Some).collect();
    let place = |slots: &[Option<Record>], n: usize| slots.get(n)?.as_ref().map(at);
    let mut ready: BTreeSet<_> = (0..slots.len())
        .filter(|n| waits.get(*n) == Some(&0))
        .map(|n| (place(&slots, n), n))
        .collect();
    let mut ordered = Vec::with_capacity(slots.len());
    while let Some((_, n)) = ready.pop_first() {
        ordered.extend(slots.get_mut(n).and_then(Option::take));
        for m in followed_by.get(n).into_iter().flatten() {
            if let Some(left) = waits.get_mut(*m) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.insert((place(&slots, *m), *m));
                }
            }
        }
    }
    // Digests go in no circle; if they did, nothing would be lost.
    ordered.extend(slots.into_iter().flatten());
    ordered
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// The records of the plan, oldest first.
    pub records: Vec<Record>,
    /// What is wrong, a sentence each, by file.
    pub problems: Vec<String>,
}

/// Reads all records beside a plan and says what is wrong with them.
///
/// # Errors
/// The folder cannot be read.
pub fn audit(plan_path: &Path, plan: PlanId) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    for path in files(plan_path)? {
        match read_record(&path) {
            Ok(record) => audit.records.extend(record.filter(|record| record.plan() == plan)),
            Err(error) => audit.problems.push(error.to_string()),
        }
    }
    let ids: BTreeSet<Digest> = audit.records.iter().map(|record| record.id).collect();
    let approvals: Vec<&Approval> = audit
        .records
        .iter()
        .filter_map(|record| match &record.what {
            Recorded::Approval(approval) => Some(approval),
            Recorded::Run { .. } => None,
        })
        .collect();
    for record in &audit.records {
        let file = record.file.display();
        for before in record.after.iter().filter(|before| !ids.contains(before)) {
            audit.problems.push(format!(
                "{file} follows record {}, which is not here: it was changed or taken away",
                before.short()
            ));
        }
        if let Recorded::Run { approval, .. } = &record.what
            && !approvals.contains(&approval)
        {
            audit.problems.push(format!(
                "{file} is the run of an approval by {} of {}, which is not here",
                approval.by, approval.at
            ));
        }
    }
    audit.records = in_order(audit.records);
    Ok(audit)
}

impl Recorded {
    /// What was recorded, in a few words: `approved by Ada: first build`, `run approved by Ada, done`.
    pub fn text(&self) -> String {
        match self {
            Self::Approval(Approval { by, comment, scope, .. }) => {
                let of = scope.as_ref().map(|scope| format!("{} ", scope.text()));
                let of = of.unwrap_or_default();
                if comment.is_empty() {
                    format!("{of}approved by {by}")
                } else {
                    format!("{of}approved by {by}: {comment}")
                }
            }
            Self::Run { run, approval, .. } => {
                let outcome = match &run.outcome {
                    Outcome::Running => "without an end".to_owned(),
                    Outcome::Done => "done".to_owned(),
                    Outcome::Failed { cause } => format!("failed: {cause}"),
                    Outcome::Cancelled => "cancelled".to_owned(),
                };
                let what = match &run.purpose {
                    Purpose::Converge if run.is_whole => "run".to_owned(),
                    Purpose::Converge => "run of a selection".to_owned(),
                    Purpose::Destroy => "run to destroy".to_owned(),
                    Purpose::Undo { run } => format!("run to undo {run}"),
                };
                format!("{what} approved by {}, {outcome}", approval.by)
            }
        }
    }
}
