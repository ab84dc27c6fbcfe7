//! Locks: while one program writes a file, every other is kept out and told by whom.
//!
//! A lock is a file of its own, `NAME.lock`, that its holder has locked. Its one line of JSON says
//! who that is, since when, and a token made for this one lock. The system drops the lock when its
//! holder ends, however it ends; the line alone locks nothing. The lock is a shared one, so that
//! others can read the line also where a lock forbids that; whoever wants to have it needs it
//! alone for a moment.
//!
//! The lock file of a plan would be in Git's way, for plans lie in Git and a window has them open
//! all day. It goes into a folder [`PLAN_LOCKS`] beside the plan, in which a `.gitignore` tells Git
//! to pass over everything, itself too; so no ignore file of the person is touched. Beside the plan
//! and not among this user's own files, because a colleague who opens the same plan from a shared
//! folder is to hear of it. The folder goes with the last lock in it.
//!
//! A lock file that is a link is refused: it may come from somebody else's repository, and what it
//! leads to would be written over.
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
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Bytes that are read of the line of a lock, and characters that a name in it may have.
const MAX_BYTES: u64 = 4096;
const NAME_CHARS: usize = 100;
/// The folder of the lock files of the plans beside it.
pub(super) const PLAN_LOCKS: &str = ".heddle-locks";
const GIT_IGNORE: &str = ".gitignore";
const IGNORE_ALL: &[u8] = b"*\n";
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
    /// A plan, while a window has it open. Its lock file goes with the lock.
    Plan,
    /// The kept edits of a window. Its lock file goes with the lock.
    Draft,
}

/// Who has a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    /// `ada on lab-7`, as far as it is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) holder: String,
    /// The number of its process.
    pub(super) process: u32,
    /// Since when: RFC 3339, UTC.
    pub(super) since: String,
    /// Tells this lock from every other.
    token: uuid::Uuid,
}

/// What came of trying a lock.
#[derive(Debug)]
pub(super) enum Tried {
    /// It is had.
    Had(Lock),
    /// Somebody else has it, who may be unknown.
    Held(Option<Holder>),
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
        match Self::try_take(path, of)? {
            Tried::Had(lock) => Ok(lock),
            Tried::Held(holder) => Err(held(&atomic::real_path(path), of, holder.as_ref())),
        }
    }

    /// The same, and gives who has it instead of an error.
    ///
    /// # Errors
    /// There can be no lock file.
    pub(super) fn try_take(path: &Path, of: Of) -> Result<Tried, StoreError> {
        let path = atomic::real_path(path);
        let beside = beside(&path, of);
        let failed = |error: std::io::Error| StoreError::io(&beside, "open its lock", &error);
        for _ in 0..TRIES {
            make_place(&beside, of)?;
            let opened =
                File::options().read(true).write(true).create(true).truncate(false).open(&beside);
            let mut file = match opened {
                Ok(file) => file,
                // Its folder went with somebody's lock just now.
                Err(error) if of == Of::Plan && error.kind() == ErrorKind::NotFound => continue,
                // Who may not have it may still see that somebody has.
                Err(error) => match File::open(&beside).map(|file| file.try_lock()) {
                    Ok(Err(TryLockError::WouldBlock)) => {
                        return Ok(Tried::Held(read_holder(&beside)));
                    }
                    _ => return Err(failed(error)),
                },
            };
            if !is_free(file.try_lock(), &failed)? {
                return Ok(Tried::Held(read_holder(&beside)));
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
                return Ok(Tried::Held(read_holder(&beside)));
            }
            if read_holder(&beside).is_some_and(|holder| holder.token == me.token) {
                // With a lock in it, the folder stays.
                make_place(&beside, of)?;
                return Ok(Tried::Had(Self { of, path, beside, token: me.token, file }));
            }
            // The file that is locked lost its name meanwhile.
        }
        Ok(Tried::Held(read_holder(&beside)))
    }

    /// True if nobody has the lock of a file. Whoever takes it in that very moment tries again.
    pub(super) fn is_free(path: &Path, of: Of) -> bool {
        let beside = beside(&atomic::real_path(path), of);
        match File::open(&beside).map(|file| file.try_lock()) {
            Ok(locked) => locked.is_ok(),
            Err(error) => error.kind() == ErrorKind::NotFound,
        }
    }

    /// Locks a file that somebody else has locked, who can then write no more. The second value
    /// says who that was, if anybody had it.
    ///
    /// # Errors
    /// There can be no lock file.
    pub(super) fn take_over(path: &Path, of: Of) -> Result<(Self, Option<String>), StoreError> {
        let path = atomic::real_path(path);
        let beside = beside(&path, of);
        make_place(&beside, of)?;
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
        if self.of != Of::Inventory && self.check().is_ok() {
            // Whoever waits for this very file sees that its name is gone and makes another. One
            // that stays is no lock.
            fs::remove_file(&self.beside).unwrap_or_default();
            if let (Of::Plan, Some(folder)) = (self.of, self.beside.parent()) {
                clear_place(folder);
            }
        }
        // Closing the file is not enough: a child process that is just being started has it open
        // too, until it is the other program. If this fails, closing does what it can.
        self.file.unlock().unwrap_or_default();
    }
}

pub(super) const UNKNOWN: &str = "another program";

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Inventory => "this inventory",
            Self::ChangeSet => "this change set",
            Self::Plan => "this plan",
            Self::Draft => "this draft",
        }
    }
}

impl Holder {
    /// This process, with a new token.
    pub(super) fn me() -> Self {
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
    pub(super) fn text(&self) -> String {
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

/// Where the lock file of a file is.
fn beside(path: &Path, of: Of) -> PathBuf {
    let mut name = match (of, path.file_name()) {
        (Of::Plan, Some(name)) => path.with_file_name(PLAN_LOCKS).join(name).into_os_string(),
        _ => path.as_os_str().to_owned(),
    };
    name.push(".lock");
    PathBuf::from(name)
}

/// Makes the folder of a lock file. That of a plan is made beside it, so the plan's own folder has
/// to be there.
fn make_place(beside: &Path, of: Of) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| StoreError::io(beside, "open its lock", &error);
    if beside.symlink_metadata().is_ok_and(|facts| !facts.is_file()) {
        return Err(in_its_place(beside, "it is not a file"));
    }
    let Some(folder) = beside.parent().filter(|p| !p.as_os_str().is_empty()) else { return Ok(()) };
    if of != Of::Plan {
        return fs::create_dir_all(folder).map_err(failed);
    }
    match fs::create_dir(folder) {
        Ok(()) => {}
        Err(_) if folder.symlink_metadata().is_ok_and(|facts| facts.is_dir()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(in_its_place(folder, "it is not a folder"));
        }
        Err(error) => return Err(failed(error)),
    }
    write_ignore(folder);
    Ok(())
}

/// Has Git pass over a folder. Where that cannot be, Git shows a file more; that is no reason to
/// have no lock.
fn write_ignore(folder: &Path) {
    let file = File::options().write(true).create_new(true).open(folder.join(GIT_IGNORE));
    file.and_then(|mut file| file.write_all(IGNORE_ALL)).unwrap_or_default();
}

fn in_its_place(path: &Path, cause: &str) -> StoreError {
    StoreError::file(path, cause, "Move it away: a lock has its place there")
}

/// Removes the folder of the locks of plans, if there is no lock in it.
fn clear_place(folder: &Path) {
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == GIT_IGNORE))
    });
    let ignore = folder.join(GIT_IGNORE);
    let is_ours = || atomic::read_bytes(&ignore, MAX_BYTES).is_ok_and(|bytes| bytes == IGNORE_ALL);
    if is_empty && is_ours() {
        fs::remove_file(&ignore).unwrap_or_default();
        if fs::remove_dir(folder).is_err() {
            // Somebody was faster and has a lock in it.
            write_ignore(folder);
        }
    }
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
    serde_json::from_slice(&atomic::read_bytes(beside, MAX_BYTES).ok()?).ok()
}

pub(super) fn held(path: &Path, of: Of, holder: Option<&Holder>) -> StoreError {
    let cause = refusal(holder, of, jiff::Timestamp::now());
    let remedy = match of {
        Of::Inventory => {
            "Wait until the other window or command has ended, or close it. If it hangs, \
             `heddle apply` and `heddle resume` go on without it if you add `--take-over`"
        }
        Of::ChangeSet => "Try again once that has ended",
        Of::Plan => "It can be read here; to edit it, close it there and open it again",
        Of::Draft => "Close it there to have it here",
    };
    StoreError::file(path, &cause, remedy)
}

/// Who has it, since when and for how long.
fn refusal(holder: Option<&Holder>, of: Of, now: jiff::Timestamp) -> String {
    let doing = match of {
        Of::Inventory => "has this inventory open",
        Of::ChangeSet => "is writing to this change set",
        Of::Plan => "has this plan open",
        Of::Draft => "is working on this draft",
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
        fs::remove_file(beside(&path, Of::Inventory)).unwrap();
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
            fs::write(beside(&path, Of::ChangeSet), cut).unwrap();
            drop(Lock::take(&path, Of::ChangeSet).unwrap());
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
        for theirs in ["precious", "{\"holdings\":1}", "\n"] {
            fs::write(beside(&path, Of::ChangeSet), theirs).unwrap();
            let error = Lock::take(&path, Of::ChangeSet).unwrap_err().to_string();
            assert!(error.contains("something else in it"), "{error}");
            assert_eq!(fs::read_to_string(beside(&path, Of::ChangeSet)).unwrap(), theirs);
        }
    }

    #[test]
    fn the_lock_of_a_plan_lies_where_git_passes_over_it_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("lab.ron"), dir.path().join("other.ron"));
        let folder = dir.path().join(PLAN_LOCKS);
        let first = Lock::take(&path, Of::Plan).unwrap();
        let second = Lock::take(&other, Of::Plan).unwrap();
        assert_eq!(fs::read(folder.join(GIT_IGNORE)).unwrap(), IGNORE_ALL);
        let error = Lock::take(&path, Of::Plan).unwrap_err().to_string();
        assert!(error.contains("has this plan open since") && error.contains("read"), "{error}");
        drop(first);
        assert!(folder.join("other.ron.lock").is_file());
        drop(second);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        // What a person put there stays.
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(GIT_IGNORE), "mine").unwrap();
        drop(Lock::take(&path, Of::Plan).unwrap());
        assert_eq!(fs::read(folder.join(GIT_IGNORE)).unwrap(), b"mine");
        // No folder is made for a plan.
        assert!(Lock::take(&dir.path().join("none/lab.ron"), Of::Plan).is_err());
        assert!(!dir.path().join("none").exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_not_written_over() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let precious = dir.path().join("precious");
        fs::write(&precious, "mine").unwrap();
        for of in [Of::Inventory, Of::ChangeSet, Of::Plan, Of::Draft] {
            let path = dir.path().join("lab.ron");
            let beside = beside(&path, of);
            fs::create_dir_all(beside.parent().unwrap()).unwrap();
            symlink(&precious, &beside).unwrap();
            let error = Lock::take(&path, of).unwrap_err().to_string();
            assert!(error.contains("is not a file") && error.contains("Move it away"), "{error}");
            assert!(Lock::take_over(&path, of).is_err());
            fs::remove_file(&beside).unwrap();
        }
        assert_eq!(fs::read(&precious).unwrap(), b"mine");
        let folder = dir.path().join(PLAN_LOCKS);
        fs::remove_dir_all(&folder).unwrap();
        symlink(dir.path(), &folder).unwrap();
        let error = Lock::take(&dir.path().join("lab.ron"), Of::Plan).unwrap_err().to_string();
        assert!(error.contains("is not a folder"), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
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
        let dir = tempfile::tempdir().unwrap();
        for of in [Of::ChangeSet, Of::Plan] {
            one_after_the_other(&dir.path().join("lab"), of);
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }

    fn one_after_the_other(path: &Path, of: Of) {
        use std::sync::atomic::{AtomicU32, Ordering};
        let (inside, had) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let Ok(lock) = Lock::take(path, of) else { continue };
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
