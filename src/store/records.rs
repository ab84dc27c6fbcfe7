//! Records beside a plan: approvals and runs, in the folder `NAME.heddle/`.
//!
//! One file each, never changed (approvals) or only appended to (runs), with a name of its own, so
//! that Git merges the folders of two people by putting them together; `log` says which follows
//! which. An approval is JSON with check digits. A run is a file of checked lines: a head, the
//! approval, the whole approved change set, then the journal as it is written. That is all a killed
//! run needs to be resumed.

mod folder;
mod log;

pub use folder::RecordsFolder;
pub use log::{Audit, Record, Recorded, audit};

use super::lines::{self, CheckedLines};
use super::{LocalInventory, StoreError};
use crate::apply::{ApplyError, Ending, Entry, Journal};
use crate::diff::{Baseline, ChangeSet, Purpose, RunHistory};
use crate::inventory::TargetRef;
use crate::model::{Digest, PlanId};
use crate::workflow::{Approval, ObjectCounts, Outcome, Records, Run, Wrote, time_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The ending of the folder of a plan's records.
pub(super) const RECORDS_ENDING: &str = "heddle";
const FORMAT: &str = "heddle-run";
/// The approval of the first has no scope.
const VERSIONS: RangeInclusive<u32> = 1..=2;
const RUN_REMEDY: &str =
    "Restore the file, or move it out of the folder, look at the diff and approve what is left";
/// Lines that a run begins with, written at once: head, approval, change set.
const WHOLE_LINES: u64 = 3;
/// Files in the folder of a plan, at most.
const FILES: usize = 100_000;

/// The first line of a run.
#[derive(Clone, Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    id: String,
    plan: PlanId,
    target: TargetRef,
    changes: Digest,
    at: String,
    heddle: String,
    /// The records that were the last when it began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    after: Vec<Digest>,
    /// What for.
    #[serde(default, skip_serializing_if = "Purpose::is_converge")]
    purpose: Purpose,
    /// True if it left out what differed too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_part: bool,
    /// The run that the target knew of as the newest: its id, empty if none. Older runs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    follows: Option<String>,
    /// How many objects it was to touch. Older runs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    objects: Option<ObjectCounts>,
    /// The parts that it was for, in words. Older runs do not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<String>,
}

/// An entry of the journal and when it was written: RFC 3339, UTC. Older journals do not say.
#[derive(Serialize, Deserialize)]
struct Noted<E> {
    #[serde(flatten)]
    entry: E,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<jiff::Timestamp>,
}

/// The file of a run, open to go on with its journal.
#[derive(Debug)]
pub struct RunFile {
    id: String,
    lines: CheckedLines,
}

impl RunFile {
    /// From now on nothing is noted once somebody took over the inventory that the run changes: they
    /// may go on with this very file.
    pub fn stop_with(&mut self, inventory: &LocalInventory) {
        self.lines.guard(inventory.lock());
    }

    /// What the user should hear about its opening: that an entry which never ended was cut off.
    pub fn notice(&self) -> Option<&str> {
        self.lines.notice()
    }
}

impl Journal for RunFile {
    fn run_id(&self) -> &str {
        &self.id
    }

    fn note(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let failed = |cause: String| ApplyError::Journal { cause };
        let noted = Noted { entry, at: Some(jiff::Timestamp::now()) };
        let json = serde_json::to_string(&noted).map_err(|e| failed(e.to_string()))?;
        self.lines.append(&json).map_err(|e| failed(e.to_string()))
    }
}

/// The folder of the records of a plan: `NAME.heddle` beside `NAME.ron`.
pub fn records_dir(plan_path: &Path) -> PathBuf {
    plan_path.with_extension(RECORDS_ENDING)
}

/// Reads the records of a plan, oldest first.
///
/// # Errors
/// A record cannot be read or is damaged.
pub fn read_records(plan_path: &Path, plan: PlanId) -> Result<Records, StoreError> {
    RecordsFolder::read(plan_path, plan).map(|folder| folder.records().clone())
}

/// Opens a run that has not come to its end, with the change set and the approval it began with.
///
/// # Errors
/// It cannot be read or is damaged.
pub fn open_run(plan_path: &Path, run: &Run) -> Result<(ChangeSet, Approval, RunFile), StoreError> {
    let path = records_dir(plan_path).join(format!("{}.{FORMAT}", run.id));
    let (changes, approval, whole) = read_begun(&path)?;
    Ok((changes, approval, RunFile { id: run.id.clone(), lines: whole.open()? }))
}

/// What a look at the folder of a plan tells without reading it: names, sizes and times. As long
/// as it is the same, so are the records.
///
/// # Errors
/// The folder cannot be read.
pub fn records_stamp(plan_path: &Path) -> Result<RecordsStamp, StoreError> {
    let stamp = |path: PathBuf| {
        let facts = fs::metadata(&path).ok();
        let changed = facts.as_ref().and_then(|facts| facts.modified().ok());
        (path, facts.map_or(0, |facts| facts.len()), changed)
    };
    Ok(RecordsStamp(files(plan_path)?.into_iter().map(stamp).collect()))
}

/// See [`records_stamp`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsStamp(Vec<(PathBuf, u64, Option<std::time::SystemTime>)>);

/// What is on record of a plan and a target: from the newest run after which all of it is known,
/// and from those after it. That is one that applied everything to its end, one that destroyed
/// everything, or one that undid another. `records` are those of the plan.
///
/// # Errors
/// A run cannot be read or is damaged.
pub fn read_history(
    plan_path: &Path,
    records: &Records,
    target: &TargetRef,
) -> Result<RunHistory, StoreError> {
    let runs = || records.runs.iter().filter(|run| run.target == *target && run.has_written());
    // Also a run that wrote nothing may have been noted in the inventory as the newest.
    let of_target = records.runs.iter().filter(|run| run.target == *target);
    let mut history =
        RunHistory { runs: of_target.map(|run| run.id.clone()).collect(), ..RunHistory::default() };
    // Until a run came to its end: what an older one had taken away, nobody wants back any more.
    for stopped in runs().rev().take_while(|run| run.outcome != Outcome::Done) {
        for (key, kept) in read_run_changes(plan_path, &stopped.id)?.0.set_aside(false) {
            history.set_aside.entry(key).or_insert(kept);
        }
    }
    let mut unsettled = BTreeSet::new();
    let mut newest_first = runs().rev();
    while let Some(run) = newest_first.next() {
        let (changes, _) = read_run_changes(plan_path, &run.id)?;
        let is_done = run.outcome == Outcome::Done && changes.selection.is_empty();
        let undone = match &run.purpose {
            Purpose::Undo { run } if is_done => Some(run.clone()),
            Purpose::Destroy if is_done => None,
            Purpose::Converge if is_done && run.is_whole => None,
            _ => {
                unsettled.extend(changes.touched());
                continue;
            }
        };
        if let Some(undone) = undone {
            unsettled.extend(modified(&changes));
            unsettled.extend(unsettled_by_undo(plan_path, newest_first.by_ref(), &undone)?);
        }
        history.baseline = Some(Baseline {
            run: run.id.clone(),
            at: run.at.clone(),
            desired: changes.applied(),
            unsettled,
        });
        break;
    }
    Ok(history)
}

/// Keys of what a change set modifies. An undo of it leaves some of their fields as it finds them.
fn modified(changes: &ChangeSet) -> impl Iterator<Item = String> {
    changes.modifications.iter().map(|m| m.key.clone())
}

/// What is not known after an undo, of all that runs before it touched, newest first: it leads
/// back to the newest whole one before the run that was `undone`. What that run added is gone and
/// what it deleted is back; what it modified may differ in what an undo leaves alone.
fn unsettled_by_undo<'r>(
    plan_path: &Path,
    earlier: impl Iterator<Item = &'r Run>,
    undone: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let mut unsettled = BTreeSet::new();
    let mut of_undone = None;
    for run in earlier {
        if run.id == undone {
            of_undone = Some(run.changes);
        }
        let (changes, _) = read_run_changes(plan_path, &run.id)?;
        // The same changes, begun anew or applied again, are one run.
        if of_undone == Some(run.changes) {
            unsettled.extend(modified(&changes));
        } else if run.outcome == Outcome::Done && run.is_whole {
            break;
        } else {
            unsettled.extend(changes.touched());
        }
    }
    Ok(unsettled)
}

/// The change set that a run began with, and its approval.
///
/// # Errors
/// The run cannot be read or is damaged.
pub fn read_run_changes(plan_path: &Path, run: &str) -> Result<(ChangeSet, Approval), StoreError> {
    let path = records_dir(plan_path).join(format!("{run}.{FORMAT}"));
    let (changes, approval, _) = read_begun(&path)?;
    Ok((changes, approval))
}

/// What a run began with, and its whole lines.
fn read_begun(path: &Path) -> Result<(ChangeSet, Approval, lines::Whole), StoreError> {
    let (mut changes, mut approval) = (None, None);
    let whole = lines::read(path, RUN_REMEDY, &mut |number, json| {
        match number {
            2 => approval = Some(approval_of(json.as_bytes())?),
            3 => changes = Some(serde_json::from_str(json).map_err(|e| e.to_string())?),
            _ => {}
        }
        Ok(())
    })?;
    let (changes, approval) = changes.zip(approval).ok_or_else(|| cut(path))?;
    Ok((changes, approval, whole))
}

/// A run without its first three lines, which were written at once.
fn cut(path: &Path) -> StoreError {
    StoreError::damaged(path, "the changes that were approved are missing from it", RUN_REMEDY)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.strip_suffix(ending)).is_some_and(|stem| stem.ends_with('.'))
}

/// A file of its own for a record: its name begins with its time.
fn new_file(plan_path: &Path, at: &str, ending: &str) -> (PathBuf, String) {
    let time: String = at.chars().filter(char::is_ascii_digit).take(14).collect();
    let id = format!("{time}-{}", uuid::Uuid::new_v4().simple());
    (records_dir(plan_path).join(format!("{id}.{ending}")), id)
}

/// The files in the folder of a plan by name; none if there is no folder.
fn files(plan_path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let folder = records_dir(plan_path);
    let failed = |error: std::io::Error| StoreError::io(&folder, "read the folder", &error);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry.map_err(failed)?.path());
        if files.len() > FILES {
            return Err(StoreError::file(
                &folder,
                &format!("it holds more than {FILES} files"),
                "Move old records elsewhere",
            ));
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn approval_of(json: &[u8]) -> Result<Approval, String> {
    let approval: Approval = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    approval.problem().map_or(Ok(approval), Err)
}

/// What a reading of a run finds.
struct RunRead {
    head: Head,
    outcome: Outcome,
    approval: Option<Approval>,
    /// The digest of the lines it began with.
    id: Digest,
    pace: Pace,
    wrote: Wrote,
}

/// How many objects a run has written since it last began, and when.
#[derive(Default)]
struct Pace {
    began: Option<jiff::Timestamp>,
    last: Option<jiff::Timestamp>,
    written: u64,
}

impl Pace {
    fn note(&mut self, noted: &Noted<Entry>) {
        match &noted.entry {
            Entry::Begin { .. } => *self = Self { began: noted.at, ..Self::default() },
            Entry::BatchDone { ids, .. } => {
                self.written += ids.iter().filter(|id| **id != 0).count() as u64;
            }
            Entry::End { .. } => {}
        }
        self.last = noted.at;
    }

    /// Objects, and milliseconds.
    fn measured(&self) -> Option<(u64, u64)> {
        let took = self.last?.duration_since(self.began?).as_millis();
        u64::try_from(took).ok().filter(|_| self.written > 0).map(|took| (self.written, took))
    }
}

fn read_run(path: &Path) -> Result<RunRead, StoreError> {
    let mut head: Option<Head> = None;
    let mut outcome = Outcome::Running;
    let mut approval = None;
    let mut pace = Pace::default();
    let mut any_batch = false;
    let mut id = log::RunId::new();
    let whole = lines::read(path, RUN_REMEDY, &mut |number, json| {
        if number <= WHOLE_LINES {
            id.line(json);
        }
        match number {
            1 => {
                let found: Head = serde_json::from_str(json).map_err(|e| e.to_string())?;
                lines::check_format(&found.format, found.version, FORMAT, VERSIONS)?;
                if time_of(&found.at).is_none() {
                    return Err("it does not say when the run began".to_owned());
                }
                head = Some(found);
            }
            2 => approval = Some(approval_of(json.as_bytes())?),
            3 => {}
            _ => {
                let noted: Noted<Entry> = serde_json::from_str(json).map_err(|e| e.to_string())?;
                pace.note(&noted);
                any_batch |= matches!(noted.entry, Entry::BatchDone { .. });
                outcome = match noted.entry {
                    Entry::End { ending: Ending::Done } => Outcome::Done,
                    Entry::End { ending: Ending::Cancelled } => Outcome::Cancelled,
                    Entry::End { ending: Ending::Failed { cause } } => Outcome::Failed { cause },
                    Entry::Begin { .. } | Entry::BatchDone { .. } => Outcome::Running,
                };
            }
        }
        Ok(())
    })?;
    match head {
        Some(head) if whole.lines() >= WHOLE_LINES => {
            let wrote = match (any_batch, &outcome) {
                (true, _) => Wrote::Something,
                // A run without an end may have written what it did not note.
                (false, Outcome::Running) => Wrote::Unknown,
                (false, _) => Wrote::Nothing,
            };
            Ok(RunRead { head, outcome, approval, id: id.finish(), pace, wrote })
        }
        _ => Err(cut(path)),
    }
}

#[cfg(test)]
mod tests;
