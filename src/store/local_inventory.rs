//! The embedded inventory: one local file that keeps NetBox's rules.
//!
//! The file is a log of checked lines (see `lines`): a head with the inventory's own id, then one
//! line per batch with the primitive ops that the batch came to. It is read whole on opening and
//! kept in memory. A batch is checked, made in memory, appended and forced to disk; if that
//! fails, it is taken back in memory too. On opening, a log much longer than its content is
//! rewritten, whole or not at all. The head says how many lines were written with it: a file with
//! fewer was cut, and is refused.
//!
//! While an inventory is open, a lock (see `lock`) keeps every other process and window out. Whoever
//! hangs can be passed over by [`LocalInventory::take_over`], and then writes nothing more: the lock
//! is checked before each write. A write that was under way at that very moment is not held back. It
//! may meet what the next holder writes; the check digits then tell that the file is damaged.

use super::lines::{self, CheckedLines};
use super::lock::{Lock, Of};
use super::tables::{Made, Op, Refusal, Tables};
use super::{StoreError, atomic};
use crate::inventory::{
    Inventory, InventoryError, Lookup, Object, ObjectId, Prerequisite, Snapshot, TargetRef, Write,
};
use crate::model::{Cancelled, PlanId, Progress};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

pub(super) const FORMAT: &str = "heddle-inventory";
const VERSION: u32 = 1;
const REMEDY: &str = "Restore the file from a backup, or move it away to begin an empty one";
/// Lines that are read ahead of those that are made.
const LINES_AHEAD: usize = 64;
/// Ops of one line when a log is rewritten.
const OPS_PER_LINE: usize = 1000;
/// A log is rewritten on opening when it has more ops than this …
const REWRITE_OPS: usize = 10_000;
/// … and this many times as many as its content needs.
const REWRITE_RATIO: usize = 4;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    /// The inventory's own id, made once.
    inventory: uuid::Uuid,
    /// The first id that was never given when this file was written.
    next_id: ObjectId,
    /// Lines that were written at once with this one, and it. Older files do not say.
    #[serde(default)]
    whole_lines: u64,
}

/// An inventory in a local file, open and locked.
#[derive(Debug)]
pub struct LocalInventory {
    path: PathBuf,
    id: uuid::Uuid,
    tables: Tables,
    lines: CheckedLines,
    notices: Vec<String>,
    /// Held until the inventory is dropped.
    lock: Arc<Lock>,
}

impl LocalInventory {
    /// Opens an inventory and locks it; makes an empty one if there is none.
    ///
    /// # Errors
    /// The file cannot be read or written, someone else has it open, or it is no inventory.
    pub fn open(path: &Path) -> Result<Self, InventoryError> {
        Self::open_counting(path, &Progress::new())
    }

    /// The same, counting the bytes that are read of those in the file.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn open_counting(path: &Path, progress: &Progress) -> Result<Self, InventoryError> {
        let path = checked_path(path)?;
        let lock = Lock::take(&path, Of::Inventory)?;
        Ok(Self::open_locked(path, lock, None, progress)?)
    }

    /// The same, though somebody else has it open: who that is can then write no more. Only for one
    /// that hangs.
    ///
    /// # Errors
    /// The file cannot be read or written, or it is no inventory.
    pub fn take_over(path: &Path) -> Result<Self, InventoryError> {
        let path = checked_path(path)?;
        let (lock, from) = Lock::take_over(&path, Of::Inventory)?;
        let notice = from.map(|from| format!("{}: taken over from {from}", path.display()));
        Ok(Self::open_locked(path, lock, notice, &Progress::new())?)
    }

    fn open_locked(
        path: PathBuf,
        lock: Lock,
        notice: Option<String>,
        progress: &Progress,
    ) -> Result<Self, StoreError> {
        if !path.try_exists().map_err(|e| StoreError::io(&path, "read it", &e))? {
            rewrite(&path, uuid::Uuid::new_v4(), &Tables::new(1), &lock)?;
        }
        let (mut id, mut tables, mut lines, ops) = load(&path, &lock, progress)?;
        let torn = lines.notice().map(str::to_owned);
        if ops > REWRITE_OPS && ops / REWRITE_RATIO > tables.len() {
            drop(lines);
            // A rewrite that fails leaves a log that is only long, so it is no reason to stop.
            // Either way what is on disk now is what counts.
            match rewrite(&path, id, &tables, &lock) {
                Ok(()) | Err(_) => (id, tables, lines, _) = load(&path, &lock, progress)?,
            }
        }
        let lock = Arc::new(lock);
        lines.guard(Arc::clone(&lock));
        let notices: Vec<String> = notice.into_iter().chain(torn).collect();
        Ok(Self { path, id, tables, lines, notices, lock })
    }

    /// What the user should hear about its opening: that it was taken over, that a write which
    /// never ended was cut off.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The lock that is held while it is open.
    pub(super) fn lock(&self) -> Arc<Lock> {
        Arc::clone(&self.lock)
    }
}

/// What an inventory file held when it was read. Reading it makes, locks and changes nothing, so
/// a file that another Heddle writes to can be looked at; a last line that is torn is passed over.
#[derive(Debug)]
pub struct StoredInventory {
    id: uuid::Uuid,
    tables: Tables,
}

/// True if a file is an inventory, also one that is damaged further on.
pub fn is_inventory(path: &Path) -> bool {
    lines::is_of_format(path, FORMAT)
}

impl StoredInventory {
    /// Reads an inventory file.
    ///
    /// # Errors
    /// There is none, it cannot be read, or it is damaged.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let (id, tables, _, _) = read(path, &Progress::new())?;
        Ok(Self { id, tables })
    }

    /// The slugs of its sites, ascending.
    pub fn sites(&self) -> BTreeSet<&str> {
        self.tables.sites().collect()
    }

    /// The newest run of a plan in each site that knows of one.
    pub fn last_runs(&self, plan: PlanId) -> impl Iterator<Item = (&str, &str)> {
        self.tables.last_runs(plan)
    }

    /// Everything of a site.
    ///
    /// # Errors
    /// The work was asked to stop.
    pub fn snapshot(&self, site: &str, progress: &Progress) -> Result<Snapshot, Cancelled> {
        let target = TargetRef { inventory: self.id.to_string(), site: site.to_owned() };
        self.tables.snapshot(target, progress)
    }
}

impl Inventory for LocalInventory {
    fn target(&self, site: &str) -> TargetRef {
        TargetRef { inventory: self.id.to_string(), site: site.to_owned() }
    }

    fn read(&mut self, site: &str, progress: &Progress) -> Result<Snapshot, InventoryError> {
        Ok(self.tables.snapshot(self.target(site), progress)?)
    }

    fn fetch(&mut self, wanted: &[Lookup]) -> Result<Vec<Option<Object>>, InventoryError> {
        // What is kept in memory counts only while the file has it too.
        self.lines.check_place()?;
        Ok(wanted.iter().map(|lookup| self.tables.find(lookup)).collect())
    }

    fn present(&mut self, wanted: &[Prerequisite]) -> Result<Vec<bool>, InventoryError> {
        let has = |p: &Prerequisite| {
            let (kind, slug) = p.identity();
            self.tables.has(kind, &slug)
        };
        Ok(wanted.iter().map(has).collect())
    }

    fn last_run(&mut self, plan: PlanId, site: &str) -> Result<Option<String>, InventoryError> {
        Ok(self.tables.last_run(plan, site).map(str::to_owned))
    }

    fn begin_run(&mut self, plan: PlanId, site: &str, run: &str) -> Result<(), InventoryError> {
        let made = self.tables.begin_run(plan, site, run);
        self.keep(made).map(drop)
    }

    fn write(&mut self, batch: &[Write]) -> Result<Vec<ObjectId>, InventoryError> {
        let made = self.tables.write(batch);
        self.keep(made)
    }
}

impl LocalInventory {
    /// Forces to disk what was made in memory, or takes it back.
    fn keep(&mut self, made: Result<Made, Refusal>) -> Result<Vec<ObjectId>, InventoryError> {
        let made =
            made.map_err(|Refusal { what, cause }| InventoryError::Refused { what, cause })?;
        if made.ops.is_empty() {
            return Ok(made.ids);
        }
        let appended = to_json(&self.path, &made.ops).and_then(|json| self.lines.append(&json));
        match appended {
            Ok(()) => Ok(made.ids),
            Err(error) => {
                self.tables.take_back(made);
                Err(error.into())
            }
        }
    }
}

impl From<StoreError> for InventoryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::File { place, cause, remedy } => Self::Unreachable { place, cause, remedy },
            StoreError::Damaged { place, cause, remedy } => Self::Damaged { place, cause, remedy },
            StoreError::Plan(error) => Self::Damaged {
                place: error.file.clone(),
                cause: error.cause.clone(),
                remedy: error.remedy.clone(),
            },
        }
    }
}

fn to_json(path: &Path, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| {
        StoreError::file(path, &format!("a record cannot be written: {error}"), "Report this")
    })
}

/// A line of an inventory, read.
enum Line {
    /// The first: the id from which new ones are given.
    Begin(ObjectId),
    /// A batch and the number of its line.
    Ops(u64, Vec<Op>),
}

/// Makes what the lines say: the content and the number of ops, or the line that breaks a rule.
fn make(lines: &mpsc::Receiver<Line>) -> Result<(Tables, usize), (u64, String)> {
    let mut tables = Tables::new(1);
    let mut count = 0;
    for line in lines {
        match line {
            Line::Begin(next_id) => tables = Tables::new(next_id),
            Line::Ops(number, ops) => {
                count += ops.len();
                let made = ops.into_iter().try_for_each(|op| tables.replay(op));
                made.map_err(|cause| (number, cause))?;
            }
        }
    }
    Ok((tables, count))
}

/// Reads an inventory and opens it for writing, if the lock is still held then: opening cuts off a
/// torn line, which may be one that the next holder is just writing.
fn load(
    path: &Path,
    lock: &Lock,
    progress: &Progress,
) -> Result<(uuid::Uuid, Tables, CheckedLines, usize), StoreError> {
    let (id, tables, whole, count) = read(path, progress)?;
    lock.check()?;
    Ok((id, tables, whole.open()?, count))
}

/// Reads a file and leaves it as it is. Lines are read on this thread and made on another: of a
/// giant each takes seconds.
fn read(
    path: &Path,
    progress: &Progress,
) -> Result<(uuid::Uuid, Tables, lines::Whole, usize), StoreError> {
    let bytes = std::fs::metadata(path).map_or(0, |facts| facts.len());
    // What was read once and rewritten is read again.
    progress.set_total(progress.report().done + bytes);
    let mut head: Option<Head> = None;
    let (lines_read, to_make) = mpsc::sync_channel(LINES_AHEAD);
    let (whole, made) = thread::scope(|scope| {
        let maker = scope.spawn(move || make(&to_make));
        let whole = lines::read(path, REMEDY, &mut |number, json| {
            progress.add(json.len() as u64);
            let line = if number == 1 {
                let found: Head = serde_json::from_str(json).map_err(|e| e.to_string())?;
                lines::check_format(&found.format, found.version, FORMAT, VERSION..=VERSION)?;
                let next_id = found.next_id;
                head = Some(found);
                Line::Begin(next_id)
            } else {
                Line::Ops(number, serde_json::from_str(json).map_err(|e| e.to_string())?)
            };
            // Whoever does not take it any more has found a line that cannot be made.
            lines_read.send(line).map_err(|_| "an earlier line cannot be used".to_owned())
        });
        drop(lines_read);
        (whole, maker.join())
    });
    let made = made.map_err(|_| StoreError::damaged(path, "reading it failed", REMEDY))?;
    // What is wrong with an earlier line comes before that of a later one.
    let (tables, count) =
        made.map_err(|(line, cause)| lines::unusable(path, line, &cause, REMEDY))?;
    let whole = whole?;
    let head = head.ok_or_else(|| StoreError::damaged(path, "it has no first line", REMEDY))?;
    if whole.lines() < head.whole_lines {
        let (found, wanted) = (whole.lines(), head.whole_lines);
        let cause =
            format!("it was cut after line {found}; {wanted} lines were written to it at once");
        return Err(StoreError::damaged(path, &cause, REMEDY));
    }
    Ok((head.inventory, tables, whole, count))
}

/// The file itself. A folder, a device or a name that no file can have gets no lock beside it.
fn checked_path(path: &Path) -> Result<PathBuf, StoreError> {
    let path = atomic::real_path(path);
    if path.exists() {
        let file = atomic::open_file(&path, lines::MAX_BYTES)?;
        let facts = file.metadata().map_err(|e| StoreError::io(&path, "look at it", &e))?;
        if lines::names_of(&facts) > 1 {
            return Err(StoreError::file(
                &path,
                "it has a second name (a hard link), under which another program could write to it",
                "Copy it, and give the copy its place",
            ));
        }
    } else {
        atomic::check_name(&path)?;
    }
    Ok(path)
}

/// Writes a whole inventory in as few lines as it needs, if the lock is still held then.
fn rewrite(path: &Path, id: uuid::Uuid, tables: &Tables, lock: &Lock) -> Result<(), StoreError> {
    let head = Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        inventory: id,
        next_id: tables.next_id(),
        whole_lines: 1 + tables.len().div_ceil(OPS_PER_LINE) as u64,
    };
    let mut ops = tables.ops().peekable();
    let batches = std::iter::from_fn(move || {
        ops.peek()?;
        let batch: Vec<Op> = ops.by_ref().take(OPS_PER_LINE).collect();
        Some(serde_json::to_string(&batch))
    });
    let lines = std::iter::once(serde_json::to_string(&head)).chain(batches);
    CheckedLines::create_if(path, lines, || lock.check())
}

#[cfg(test)]
mod tests;
