//! Drafts: the edits of a plan that are not in its file, kept so that a crash loses none.
//!
//! Each window keeps one file, `UUID.draft.ron`, replaced whole or not at all: a kill at any moment
//! leaves the last draft that was whole. It is the RON of the plan, so that a person can read it,
//! under a comment that says of which plan, file and state of the file it is, who wrote it and when,
//! and has what was typed as text and cannot be read as a plan,
//! with a check over all of it: a draft that was cut or changed is told, set aside, and never taken
//! for another. Whether its window still lives is told by a lock (`lock`), not by a process number,
//! which another process may have by now.
//!
//! Limits: a draft is as large as a plan file may be, and the folder holds [`MOST_FILES`]. A name of
//! a file that is not Unicode is not kept; such a plan is found again as one without a file.

use super::lock::{Holder, Lock, Of, Tried};
use super::{Change, PlanStamp, StoreError, atomic, plans};
use crate::model::{Digest, DigestStream, Limits, PlanId, counted, printable};
use crate::plan::{self, Plan, spec_digest};
use crate::workflow::time_of;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

const ENDING: &str = ".draft.ron";
const MARK: &str = "// heddle-draft 1 ";
const FOR_PEOPLE: &str = "// Edits of a plan that were not in its file. Heddle offers them at its \
                          next start; to take them by hand, save this under another name.\n";
const MAX_BYTES: u64 = Limits::FILE_BYTES + 512 * 1024;
/// Files with drafts, whole or damaged, beyond which no window begins a new one.
const MOST_FILES: usize = 200;
/// Drafts that are offered at once, and entries of the folder that are looked at.
const MOST_OFFERED: usize = 32;
const MOST_ENTRIES: usize = 2_000;
/// After that time, what a kill left of a draft that was being written is removed.
const LITTER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// A plan with edits that are not in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its file, if it has one.
    pub path: Option<PathBuf>,
    /// What the file said when this program last read or wrote it: [`spec_digest`] of that plan, or
    /// [`text_digest`] of text that was none.
    pub base: Option<Digest>,
    /// True if the file is no plan yet and its text is being mended: the plan only stands in for it.
    pub mends: bool,
    /// The plan as it is now.
    pub plan: Arc<Plan>,
    /// What was typed as text and is not in the plan, since it cannot be read.
    pub text: Option<String>,
}

/// The comment above a draft.
#[derive(Serialize, Deserialize)]
struct Head {
    plan: PlanId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    mends: bool,
    at: String,
    heddle: String,
    by: Holder,
}

/// Keeps the draft of one window. Clones keep the same draft. Whoever drops the last without
/// [`Autosave::discard`] leaves the draft for the next start.
#[derive(Clone, Debug)]
pub struct Autosave {
    dir: PathBuf,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// The file of a draft, and the lock that says its window lives.
#[derive(Debug)]
struct Kept {
    file: PathBuf,
    lock: Lock,
}

impl Autosave {
    /// For a window that keeps its draft in a folder. Nothing is made yet.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), kept: Arc::default() }
    }

    /// Keeps a draft in the place of the one before. It is on disk when this returns.
    ///
    /// # Errors
    /// It cannot be written, or is no plan that could be read again. The one before stands.
    pub fn keep(&self, draft: &Draft) -> Result<(), StoreError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Where the lock was taken away, somebody else may have the draft by now.
        let place = match kept.take().filter(|kept| kept.lock.check().is_ok()) {
            Some(place) => place,
            None => Kept::begin(&self.dir)?,
        };
        let place = kept.insert(place);
        let text = text_of(draft, &place.file)?;
        atomic::write(&place.file, |out| out.write_all(text.as_bytes()))
    }

    /// Removes the draft: its edits are in the file, or nobody wants them.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn discard(&self) -> Result<(), StoreError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.map_or(Ok(()), |kept| kept.remove())
    }
}

impl Kept {
    fn begin(dir: &Path) -> Result<Self, StoreError> {
        let names = fs::read_dir(dir).into_iter().flatten().flatten();
        let is_draft = |entry: &fs::DirEntry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.contains(ENDING) && !name.ends_with(".lock")
        };
        if names.filter(is_draft).take(MOST_FILES).count() == MOST_FILES {
            let cause =
                format!("there are {MOST_FILES} drafts in it, and none is begun beyond that");
            return Err(StoreError::file(dir, &cause, "Look through them, and remove what is old"));
        }
        let file = dir.join(format!("{}{ENDING}", uuid::Uuid::new_v4()));
        let lock = Lock::take(&file, Of::Draft)?;
        Ok(Self { file, lock })
    }

    fn remove(&self) -> Result<(), StoreError> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::io(&self.file, "remove it", &error))
            }
            _ => Ok(()),
        }
    }
}

/// The file of a draft. It is read once to be sure that it can be.
fn text_of(draft: &Draft, file: &Path) -> Result<String, StoreError> {
    let body = FOR_PEOPLE.to_owned() + &plan::write(&draft.plan);
    let read = plan::read(&file.display().to_string(), &body).map_err(Box::new)?;
    let failed =
        |cause: &str| StoreError::file(file, cause, "Save the plan, or take the last edit back");
    if read.plan != *draft.plan {
        return Err(failed("the plan would not be the same when it is read again"));
    }
    let path = draft.path.as_ref().map(|path| std::path::absolute(path).unwrap_or(path.clone()));
    let head = Head {
        plan: draft.plan.metadata.id,
        file: path.and_then(|path| path.to_str().map(str::to_owned)),
        base: draft.base,
        text: draft.text.clone(),
        mends: draft.mends,
        at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        heddle: env!("CARGO_PKG_VERSION").to_owned(),
        by: Holder::me(),
    };
    let head = serde_json::to_string(&head).map_err(|error| failed(&error.to_string()))?;
    let text = format!("{MARK}{} {head}\n{body}", check_of(&head, &body));
    if text.len() as u64 > MAX_BYTES {
        return Err(failed("it is larger than a plan may be"));
    }
    Ok(text)
}

fn check_of(head: &str, body: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(head.len() as u64).to_le_bytes());
    hasher.update(head.as_bytes()).update(body.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// What tells the text of a file that is no plan from another.
pub fn text_digest(text: &str) -> Digest {
    let mut stream = DigestStream::new("heddle/draft-text/1");
    stream.text(text);
    stream.finish()
}

/// What the file of a plan says now, beside its draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftFile {
    /// The plan has no file yet.
    Untitled,
    /// What it said when the edits were made: they can be taken up where they ended.
    AsBefore,
    /// Something else: somebody wrote it meanwhile.
    Changed,
    /// It is not there any more.
    Gone,
}

/// A draft that a window left which is gone. While this lives, no other start is offered it.
#[derive(Debug)]
pub struct FoundDraft {
    /// The plan and its edits.
    pub draft: Draft,
    /// When it was kept: RFC 3339, UTC.
    pub at: String,
    /// Who kept it: `ada on lab-7 (process 1234)`.
    pub by: String,
    /// What the file of the plan says now.
    pub file: DraftFile,
    kept: Kept,
}

impl FoundDraft {
    /// Takes up the draft: the window goes on keeping it where it lies.
    pub fn recover(self) -> (Draft, Autosave) {
        let Self { draft, kept, .. } = self;
        let dir = kept.file.parent().map(Path::to_owned).unwrap_or_default();
        (draft, Autosave { dir, kept: Arc::new(Mutex::new(Some(kept))) })
    }

    /// Removes it. A draft that is neither recovered nor discarded is offered again.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn discard(self) -> Result<(), StoreError> {
        self.kept.remove()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.kept.file
    }
}

/// What was found of windows that are gone.
#[derive(Debug, Default)]
pub struct Drafts {
    /// Drafts whose edits are nowhere else, the latest first; at most 32.
    pub found: Vec<FoundDraft>,
    /// What there is to say about others.
    pub notices: Vec<String>,
}

/// Looks for drafts of windows that are gone. Whatever lies in the folder, this comes to an end. A
/// draft whose edits are all in the file of its plan is removed.
pub fn drafts(dir: &Path) -> Drafts {
    let mut drafts = Drafts::default();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return drafts,
        Err(error) => {
            drafts.notices.push(StoreError::io(dir, "look for drafts in it", &error).to_string());
            return drafts;
        }
    };
    let mut files = Vec::new();
    for entry in entries.flatten().take(MOST_ENTRIES) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let facts = path.symlink_metadata().ok();
        let time = facts.as_ref().and_then(|facts| facts.modified().ok());
        let is_file = facts.is_some_and(|facts| facts.is_file());
        if name.ends_with(ENDING) && is_file {
            files.push((time, path));
        } else if name.ends_with(ENDING) {
            drafts.tell(&format!("{}: it is not a file. Move it away.", path.display()));
        } else if is_file && name.starts_with(atomic::TEMPORARY) && is_litter(time) {
            fs::remove_file(&path).unwrap_or_default();
        } else if let Some(draft) = name.strip_suffix(".lock").filter(|n| n.ends_with(ENDING)) {
            // The lock of a window that ended before it kept anything goes as it is dropped.
            let draft = dir.join(draft);
            if !draft.exists() {
                Lock::try_take(&draft, Of::Draft).map(drop).unwrap_or_default();
            }
        }
    }
    files.sort_unstable_by(|x, y| y.cmp(x));
    let mut looked_at = 0;
    let mut later = 0_u64;
    for (_, file) in files {
        if looked_at == MOST_OFFERED {
            later += 1;
            continue;
        }
        looked_at += usize::from(drafts.look_at(file));
    }
    if later > 0 {
        let files = counted(later, "older file", "older files");
        drafts.tell(&format!("{}: {files} will be looked at another time.", dir.display()));
    }
    drafts.found.sort_by_key(|found| Reverse(time_of(&found.at)));
    drafts
}

fn is_litter(time: Option<SystemTime>) -> bool {
    let age = time.and_then(|time| SystemTime::now().duration_since(time).ok());
    age.is_some_and(|age| age > LITTER_AGE)
}

impl Drafts {
    fn tell(&mut self, notice: &str) {
        self.notices.push(printable(notice));
    }

    /// Looks at one file; true if that was some work.
    fn look_at(&mut self, file: PathBuf) -> bool {
        let lock = match Lock::try_take(&file, Of::Draft) {
            Ok(Tried::Had(lock)) => lock,
            // A window that lives has it.
            Ok(Tried::Held(_)) => return false,
            Err(error) => {
                self.tell(&error.to_string());
                return true;
            }
        };
        let (draft, head) = match read(&file) {
            Ok(read) => read,
            // Its window removed it just now.
            Err(_) if !file.exists() => return false,
            Err(error) => {
                self.tell(&error.to_string());
                if matches!(error, StoreError::Damaged { .. }) {
                    // Told once; whoever wants to look finds it beside.
                    let mut aside = file.clone().into_os_string();
                    aside.push(".damaged");
                    fs::rename(&file, aside).unwrap_or_default();
                }
                return true;
            }
        };
        let kept = Kept { file, lock };
        // A plan that says the same has all the edits in it.
        let stamp = PlanStamp::of_plan(&draft.plan);
        let text_of_file = || {
            let text = draft.path.as_deref().and_then(|path| plans::read_plan_text(path).ok());
            text.map(|text| text_digest(&text))
        };
        let file = match draft.path.as_deref().map(|path| stamp.has_changed(path)) {
            None => DraftFile::Untitled,
            Some(Change::Gone) => DraftFile::Gone,
            Some(_) if draft.mends => match text_of_file() {
                Some(now) if Some(now) == draft.base => DraftFile::AsBefore,
                _ => DraftFile::Changed,
            },
            Some(Change::Same) if draft.text.is_none() => {
                kept.remove().unwrap_or_default();
                return true;
            }
            Some(Change::Same) => DraftFile::AsBefore,
            Some(Change::Changed(now)) if draft.base == Some(spec_digest(&now.plan)) => {
                DraftFile::AsBefore
            }
            // The plan was text that could be read at last, and is not in its file yet.
            Some(Change::Unreadable(_)) if draft.base.is_some() && draft.base == text_of_file() => {
                DraftFile::AsBefore
            }
            Some(Change::Changed(_) | Change::Unreadable(_)) => DraftFile::Changed,
        };
        self.found.push(FoundDraft { draft, at: head.at, by: head.by.text(), file, kept });
        true
    }
}

/// Reads the file of a draft.
fn read(file: &Path) -> Result<(Draft, Head), StoreError> {
    parse(file, atomic::read_bytes(file, MAX_BYTES)?)
}

fn parse(file: &Path, bytes: Vec<u8>) -> Result<(Draft, Head), StoreError> {
    let damaged = |cause: &str| {
        let remedy = "It is set aside as `….damaged` and not used; look at it with an editor";
        StoreError::damaged(file, cause, remedy)
    };
    let text = String::from_utf8(bytes).map_err(|_| damaged("it is no text"))?;
    let other = || match text.strip_prefix("// heddle-draft ") {
        Some(rest) if !rest.starts_with("1 ") && rest.starts_with(|c: char| c.is_ascii_digit()) => {
            let cause = "it is a draft of another version";
            StoreError::file(file, cause, "Open it with the Heddle that wrote it")
        }
        _ => damaged("it is no draft of Heddle, or was cut off"),
    };
    let (first, body) =
        text.strip_prefix(MARK).and_then(|rest| rest.split_once('\n')).ok_or_else(other)?;
    let (check, head) = first.split_once(' ').ok_or_else(other)?;
    if check != check_of(head, body) {
        return Err(damaged("it does not match its check digits"));
    }
    let unusable =
        |cause: &str| StoreError::file(file, cause, "Open it with the Heddle that wrote it");
    let mut head: Head =
        serde_json::from_str(head).map_err(|error| unusable(&error.to_string()))?;
    let plan = plan::read(&file.display().to_string(), body).map_err(Box::new)?.plan;
    if plan.metadata.id != head.plan || time_of(&head.at).is_none() {
        return Err(unusable("its head is not of this plan"));
    }
    let path = head.file.as_ref().map(PathBuf::from);
    let text = head.text.take();
    let mends = head.mends;
    Ok((Draft { path, base: head.base, mends, plan: Arc::new(plan), text }, head))
}

#[cfg(test)]
mod tests;
