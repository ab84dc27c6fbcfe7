//! The embedded inventory: one local file that keeps NetBox's rules.
//!
//! The file is a log of checked lines (see `lines`): a head with the inventory's own id, then one
//! line per batch with the primitive ops that the batch came to. It is read whole on opening and
//! kept in memory. A batch is checked, made in memory, appended and forced to disk; if that
//! fails, it is taken back in memory too. On opening, a log much longer than its content is
//! rewritten, whole or not at all. The head says how many lines were written with it: a file with
//! fewer was cut, and is refused.
//!
//! While an inventory is open, a lock on the file beside it (`NAME.lock`) keeps every other
//! process and window out. The system drops the lock when its holder ends, however it ends.

use super::lines::{self, CheckedLines};
use super::tables::{Made, Op, Refusal, Tables};
use super::{StoreError, atomic};
use crate::inventory::{
    Inventory, InventoryError, Lookup, Object, ObjectId, Prerequisite, Snapshot, TargetRef, Write,
};
use crate::model::{Cancelled, PlanId, Progress};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write as _};
use std::path::{Path, PathBuf};

pub(super) const FORMAT: &str = "heddle-inventory";
const VERSION: u32 = 1;
const REMEDY: &str = "Restore the file from a backup, or move it away to begin an empty one";
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
    notice: Option<String>,
    // Held until the inventory is dropped.
    _lock: File,
}

impl LocalInventory {
    /// Opens an inventory and locks it; makes an empty one if there is none.
    ///
    /// # Errors
    /// The file cannot be read or written, someone else has it open, or it is no inventory.
    pub fn open(path: &Path) -> Result<Self, InventoryError> {
        let path = atomic::real_path(path);
        // A folder, a device or a name that no file can have gets no lock beside it.
        if path.exists() {
            atomic::open_file(&path, lines::MAX_BYTES)?;
        } else {
            atomic::check_name(&path)?;
        }
        let lock = lock(&path)?;
        if !path.try_exists().map_err(|e| StoreError::io(&path, "read it", &e))? {
            rewrite(&path, uuid::Uuid::new_v4(), &Tables::new(1))?;
        }
        let (mut id, mut tables, mut lines, ops) = load(&path)?;
        let notice = lines.notice().map(str::to_owned);
        if ops > REWRITE_OPS && ops / REWRITE_RATIO > tables.len() {
            drop(lines);
            // A rewrite that fails leaves a log that is only long, so it is no reason to stop.
            // Either way what is on disk now is what counts.
            match rewrite(&path, id, &tables) {
                Ok(()) | Err(_) => (id, tables, lines, _) = load(&path)?,
            }
        }
        Ok(Self { path, id, tables, lines, notice, _lock: lock })
    }

    /// What the user should hear about its opening: that a write which never ended was cut off.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
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
        let (id, tables, _, _) = read(path)?;
        Ok(Self { id, tables })
    }

    /// The slugs of its sites, ascending.
    pub fn sites(&self) -> BTreeSet<&str> {
        self.tables.sites().collect()
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
        Ok(wanted.iter().map(|lookup| self.tables.find(lookup)).collect())
    }

    fn present(&mut self, wanted: &[Prerequisite]) -> Result<Vec<bool>, InventoryError> {
        let has = |p: &Prerequisite| {
            let (kind, slug) = p.identity();
            self.tables.has(kind, &slug)
        };
        Ok(wanted.iter().map(has).collect())
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

fn load(path: &Path) -> Result<(uuid::Uuid, Tables, CheckedLines, usize), StoreError> {
    let (id, tables, whole, count) = read(path)?;
    Ok((id, tables, whole.open()?, count))
}

/// Reads a file and leaves it as it is.
fn read(path: &Path) -> Result<(uuid::Uuid, Tables, lines::Whole, usize), StoreError> {
    let mut head: Option<Head> = None;
    let mut tables = Tables::new(1);
    let mut count = 0;
    let whole = lines::read(path, REMEDY, &mut |number, json| {
        if number == 1 {
            let found: Head = serde_json::from_str(json).map_err(|e| e.to_string())?;
            lines::check_format(&found.format, found.version, FORMAT, VERSION)?;
            tables = Tables::new(found.next_id);
            head = Some(found);
            return Ok(());
        }
        let ops: Vec<Op> = serde_json::from_str(json).map_err(|e| e.to_string())?;
        count += ops.len();
        ops.into_iter().try_for_each(|op| tables.replay(op))
    })?;
    let head = head.ok_or_else(|| StoreError::damaged(path, "it has no first line", REMEDY))?;
    if whole.lines() < head.whole_lines {
        let (found, wanted) = (whole.lines(), head.whole_lines);
        let cause =
            format!("it was cut after line {found}; {wanted} lines were written to it at once");
        return Err(StoreError::damaged(path, &cause, REMEDY));
    }
    Ok((head.inventory, tables, whole, count))
}

/// Writes a whole inventory in as few lines as it needs.
fn rewrite(path: &Path, id: uuid::Uuid, tables: &Tables) -> Result<(), StoreError> {
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
    CheckedLines::create(path, std::iter::once(serde_json::to_string(&head)).chain(batches))
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let beside = PathBuf::from(name);
    let failed = |error: std::io::Error| StoreError::io(&beside, "open its lock", &error);
    if let Some(folder) = beside.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&beside)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            // Tells others who to wait for.
            file.set_len(0).map_err(failed)?;
            file.rewind().map_err(failed)?;
            write!(file, "{}", std::process::id()).map_err(failed)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // On some systems a locked file cannot be read; then the number stays unknown.
            let known = file.take(20).read_to_string(&mut holder).is_ok()
                && !holder.is_empty()
                && holder.chars().all(|c| c.is_ascii_digit());
            let who =
                if known { format!("process {holder}") } else { "another process".to_owned() };
            Err(StoreError::file(
                path,
                &format!("{who} has this inventory open"),
                "Wait until the other window or command has ended, or close it",
            ))
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests;
