//! Locks: while one program writes a file, every other is kept out and told by whom.
//!
//! A lock is a file of its own, `NAME.lock`, that its holder has locked. Its one line of JSON says
//! who that is, since when, and a token made for this one lock. The system drops the lock when its
//! holder ends, however it ends; the line alone locks nothing. The lock is a shared one, so that
//! others can read the line also where a lock forbids that; whoever wants to have it needs it
//! alone for a moment.
//!
//! A holder that hangs can be passed over: [`Lock::take_over`] puts a new file with a new token in
//! the place of the old one. The old holder keeps its lock on a file that has no name any more, and
//! [`Lock::check`], which it asks before each write, tells it so. What it was writing at the moment
//! when it was passed over is not held back: the check and the write are two steps.

use super::{StoreError, atomic};
use crate::model::{counted, printable};
use crate::workflow::time_of;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Bytes that are read of the line of a lock, and characters that a name in it may have.
const MAX_BYTES: u64 = 4096;
const NAME_CHARS: usize = 100;
/// How often a lock is tried that is replaced by others again and again.
const TRIES: u32 = 10;

/// What a lock is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// An inventory, for as long as it is open. Its lock file stays, so that a holder who was passed
    /// over can be told by whom.
    Inventory,
    /// A change set, while it is written. Its lock file goes with the lock.
    ChangeSet,
}

/// Who has a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    /// `ada on lab-7`, as far as it is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    holder: String,
    /// The number of its process.
    process: u32,
    /// Since when: RFC 3339, UTC.
    since: String,
    /// Tells this lock from every other.
    token: uuid::Uuid,
}

/// A lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    of: Of,
    /// The file it is for, and the lock file.
    path: PathBuf,
    beside: PathBuf,
    token: uuid::Uuid,
    file: File,
}

impl Lock {
    /// Locks a file, whether it is there or not.
    ///
    /// # Errors
    /// Somebody else holds the lock, or there can be no lock file.
    pub(super) fn take(path: &Path, of: Of) -> Result<Self, StoreError> {
        let path = atomic::real_path(path);
        let beside = beside(&path);
        let failed = |error: std::io::Error| StoreError::io(&beside, "open its lock", &error);
        if let Some(folder) = beside.parent().filter(|p| !p.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        for _ in 0..TRIES {
            let mut file = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&beside)
                .map_err(failed)?;
            if !is_free(file.try_lock(), &failed)? {
                return Err(held(&path, of, read_holder(&beside)));
            }
            if !is_lock_file(&mut file).map_err(failed)? {
                return Err(StoreError::file(
                    &beside,
                    "a lock would be kept in this file, but somebody has something else in it",
                    "Move it elsewhere, or choose another name",
                ));
            }
            let me = Holder::me();
            file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
            file.write_all(me.line().as_bytes()).map_err(failed)?;
            // Between the two another may be faster: then the line is not this one.
            file.unlock().map_err(failed)?;
            if !is_free(file.try_lock_shared(), &failed)? {
                return Err(held(&path, of, read_holder(&beside)));
            }
            if read_holder(&beside).is_some_and(|holder| holder.token == me.token) {
                return Ok(Self { of, path, beside, token: me.token, file });
            }
            // The file that is locked lost its name meanwhile.
        }
        Err(held(&path, of, read_holder(&beside)))
    }

    /// Locks a file that somebody else has locked, who can then write no more. The second value
    /// says who that was, if anybody had it.
    ///
    /// # Errors
    /// There can be no lock file.
    pub(super) fn take_over(path: &Path, of: Of) -> Result<(Self, Option<String>), StoreError> {
        let path = atomic::real_path(path);
        let beside = beside(&path);
        if let Ok(lock) = Self::take(&path, of) {
            return Ok((lock, None));
        }
        let failed = |error: std::io::Error| StoreError::io(&beside, "replace its lock", &error);
        let before = read_holder(&beside);
        let me = Holder::me();
        let temporary = atomic::filled(&beside, |out| out.write_all(me.line().as_bytes()))?;
        is_free(temporary.as_file().try_lock_shared(), &failed)?;
        let (file, at) = temporary.into_parts();
        fs::rename(&at, &beside).map_err(failed)?;
        at.keep().map_err(|error| failed(error.error))?;
        let lock = Self { of, path, beside, token: me.token, file };
        Ok((lock, Some(before.as_ref().map_or_else(|| UNKNOWN.to_owned(), Holder::text))))
    }

    /// Says whether this is still the lock of the file; asked before each write.
    ///
    /// # Errors
    /// Somebody took it over, and who that was.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let found = read_holder(&self.beside);
        if found.as_ref().is_some_and(|holder| holder.token == self.token) {
            return Ok(());
        }
        let cause = match found {
            Some(other) => {
                let (who, at) = (other.text(), printable(&other.since));
                format!("{who} took {} over at {at}", self.of.name())
            }
            None => format!("the lock on {} was taken away", self.of.name()),
        };
        let remedy = "Nothing more was written. Look at what is there now, then open it again";
        Err(StoreError::file(&self.path, &cause, remedy))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.of == Of::ChangeSet && self.check().is_ok() {
            // Whoever waits for this very file sees that its name is gone and makes another. One
            // that stays is no lock.
            fs::remove_file(&self.beside).unwrap_or_default();
        }
        // Closing the file is not enough: a child process that is just being started has it open
        // too, until it is the other program. If this fails, closing does what it can.
        self.file.unlock().unwrap_or_default();
    }
}

const UNKNOWN: &str = "another program";

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Inventory => "this inventory",
            Self::ChangeSet => "this change set",
        }
    }
}

impl Holder {
    /// This process, with a new token.
    fn me() -> Self {
        let variable = |names: &[&str]| {
            let found = names.iter().find_map(|name| std::env::var(name).ok());
            found.filter(|text| !text.trim().is_empty())
        };
        let user = variable(&["USER", "USERNAME", "LOGNAME"]);
        let host = variable(&["HOSTNAME", "COMPUTERNAME"])
            .or_else(|| atomic::read_text(Path::new("/etc/hostname"), MAX_BYTES).ok());
        Self {
            holder: name(user.as_deref(), host.as_deref()),
            process: std::process::id(),
            since: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            token: uuid::Uuid::new_v4(),
        }
    }

    /// One line; numbers, texts and times always have one.
    fn line(&self) -> String {
        serde_json::to_string(self).map(|json| json + "\n").unwrap_or_default()
    }

    /// `ada on lab-7 (process 1234)`.
    fn text(&self) -> String {
        match self.holder.as_str() {
            "" => format!("process {}", self.process),
            holder => format!("{} (process {})", printable(holder), self.process),
        }
    }
}

/// `ada on lab-7`, without what is not known.
fn name(user: Option<&str>, host: Option<&str>) -> String {
    let short = |text: &str| -> String { text.trim().chars().take(NAME_CHARS).collect() };
    match (user.map(short), host.map(short).filter(|host| !host.is_empty())) {
        (Some(user), Some(host)) => format!("{user} on {host}"),
        (Some(user), None) => user,
        (None, Some(host)) => format!("somebody on {host}"),
        (None, None) => String::new(),
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn is_free(
    tried: Result<(), TryLockError>,
    failed: &dyn Fn(std::io::Error) -> StoreError,
) -> Result<bool, StoreError> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// True for a file that is empty or begins as the line of a lock; one may have been cut.
fn is_lock_file(file: &mut File) -> std::io::Result<bool> {
    let mut line = Vec::new();
    file.rewind()?;
    Read::by_ref(file).take(MAX_BYTES).read_to_end(&mut line)?;
    let begins = |mark: &[u8]| {
        let length = mark.len().min(line.len());
        line.get(..length) == mark.get(..length)
    };
    Ok(begins(b"{\"holder\":") || begins(b"{\"process\":"))
}

/// The line of a lock file, if it can be read.
fn read_holder(beside: &Path) -> Option<Holder> {
    let mut line = Vec::new();
    File::open(beside).ok()?.take(MAX_BYTES).read_to_end(&mut line).ok()?;
    serde_json::from_slice(&line).ok()
}

fn held(path: &Path, of: Of, holder: Option<Holder>) -> StoreError {
    let cause = refusal(holder.as_ref(), of, jiff::Timestamp::now());
    let remedy = match of {
        Of::Inventory => {
            "Wait until the other window or command has ended, or close it. If it hangs, \
             `heddle apply` and `heddle resume` go on without it if you add `--take-over`"
        }
        Of::ChangeSet => "Try again once that has ended",
    };
    StoreError::file(path, &cause, remedy)
}

/// Who has it, since when and for how long.
fn refusal(holder: Option<&Holder>, of: Of, now: jiff::Timestamp) -> String {
    let doing = match of {
        Of::Inventory => "has this inventory open",
        Of::ChangeSet => "is writing to this change set",
    };
    let Some(holder) = holder else { return format!("{UNKNOWN} {doing}") };
    let seconds = time_of(&holder.since).map(|since| now.as_second() - since.as_second());
    // The clock of another machine may be ahead.
    let long = match seconds.map(u64::try_from) {
        Some(Ok(seconds)) => format!(", {}", duration(seconds)),
        _ => String::new(),
    };
    format!("{} {doing} since {}{long}", holder.text(), printable(&holder.since))
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => counted(seconds, "second", "seconds"),
        60..3_600 => counted(seconds / 60, "minute", "minutes"),
        3_600..86_400 => counted(seconds / 3_600, "hour", "hours"),
        _ => counted(seconds / 86_400, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_who_since_when_and_for_how_long() {
        let at = |time: &str| time.parse::<jiff::Timestamp>().unwrap();
        let check = |user, host, now: &str, expected: &str| {
            let holder = Holder {
                holder: name(user, host),
                process: 1234,
                since: "2026-01-31T12:00:00Z".to_owned(),
                token: uuid::Uuid::from_u128(1),
            };
            assert_eq!(refusal(Some(&holder), Of::Inventory, at(now)), expected);
        };
        let since = "since 2026-01-31T12:00:00Z";
        for (now, long) in [
            ("2026-01-31T12:00:01Z", ", 1 second"),
            ("2026-01-31T12:03:59Z", ", 3 minutes"),
            ("2026-01-31T14:00:00Z", ", 2 hours"),
            ("2026-02-02T12:00:00Z", ", 2 days"),
            ("2026-01-31T11:00:00Z", ""),
        ] {
            let expected =
                format!("ada on lab-7 (process 1234) has this inventory open {since}{long}");
            check(Some("ada"), Some("lab-7\n"), now, &expected);
        }
        for (user, host, who) in [
            (Some("ada"), None, "ada (process 1234)"),
            (None, Some("lab-7"), "somebody on lab-7 (process 1234)"),
            (Some("a\u{1b}"), Some(""), "a\u{fffd} (process 1234)"),
            (None, None, "process 1234"),
        ] {
            let expected = format!("{who} has this inventory open {since}, 0 seconds");
            check(user, host, "2026-01-31T12:00:00Z", &expected);
        }
        let unknown = refusal(None, Of::ChangeSet, at("2026-01-31T12:00:00Z"));
        assert_eq!(unknown, "another program is writing to this change set");
    }

    #[test]
    fn one_at_a_time_and_whoever_is_passed_over_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("inv");
        let first = Lock::take(&path, Of::Inventory).unwrap();
        let me = format!("process {}", std::process::id());
        let error = Lock::take(&path, Of::Inventory).unwrap_err().to_string();
        for word in [me.as_str(), "has this inventory open since ", "Wait", "--take-over"] {
            assert!(error.contains(word), "no `{word}` in: {error}");
        }
        first.check().unwrap();
        let (second, from) = Lock::take_over(&path, Of::Inventory).unwrap();
        assert!(from.is_some_and(|from| from.contains(&me)));
        second.check().unwrap();
        let told = |lock: &Lock| {
            let error = lock.check().unwrap_err().to_string();
            assert!(error.contains(&me) && error.contains("took this inventory over"), "{error}");
        };
        told(&first);
        assert!(Lock::take(&path, Of::Inventory).is_err());
        // The end of who was passed over frees nothing.
        drop(first);
        assert!(Lock::take(&path, Of::Inventory).is_err());
        let (third, _) = Lock::take_over(&path, Of::Inventory).unwrap();
        told(&second);
        drop((second, third));
        let (fourth, from) = Lock::take_over(&path, Of::Inventory).unwrap();
        assert_eq!(from, None, "nobody had it");
        fs::remove_file(beside(&path)).unwrap();
        let error = fourth.check().unwrap_err().to_string();
        assert!(error.contains("was taken away"), "{error}");
    }

    #[test]
    fn the_lock_of_a_change_set_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lab.changes");
        let first = Lock::take(&path, Of::ChangeSet).unwrap();
        let error = Lock::take(&path, Of::ChangeSet).unwrap_err().to_string();
        assert!(error.contains("is writing to this change set since"), "{error}");
        assert!(!error.contains("--take-over"), "{error}");
        drop(first);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        // A line that a kill has cut is one of a lock; anything else is somebody's file.
        for cut in ["", "{\"hol", "{\"process\":12"] {
            fs::write(beside(&path), cut).unwrap();
            drop(Lock::take(&path, Of::ChangeSet).unwrap());
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
        for theirs in ["precious", "{\"holdings\":1}", "\n"] {
            fs::write(beside(&path), theirs).unwrap();
            let error = Lock::take(&path, Of::ChangeSet).unwrap_err().to_string();
            assert!(error.contains("something else in it"), "{error}");
            assert_eq!(fs::read_to_string(beside(&path)).unwrap(), theirs);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_is_being_started_does_not_keep_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("inv");
        let children = std::thread::spawn(|| {
            for _ in 0..300 {
                std::process::Command::new("true").status().unwrap();
            }
        });
        while !children.is_finished() {
            drop(Lock::take(&path, Of::Inventory).unwrap());
        }
    }

    #[test]
    fn many_threads_have_it_one_after_the_other() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lab.changes");
        let (inside, had) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let Ok(lock) = Lock::take(&path, Of::ChangeSet) else { continue };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two have it");
                        had.fetch_add(1, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(had.into_inner() > 0);
    }
}
