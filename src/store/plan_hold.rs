//! One writer per plan: a window that opens a plan holds it, so that the next one can say who has
//! it and only read.
//!
//! A hold is a lock (`lock`): it ends with its process, however that ends. Links and relative paths
//! lead to the same lock, because it is that of the real file. Where there can be no lock – a
//! folder that may not be written, a disk that knows no locks – the plan opens without a hold, and
//! [`PlanHold::problem`] says why. Limits: a hard link is another file, and nobody but Heddle asks
//! for the hold; [`PlanStamp`](super::PlanStamp) tells what other programs did.

use super::lock::{Holder, Lock, Of, Tried, UNKNOWN, held};
use super::{StoreError, atomic};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A lock that is being looked at by others for a moment is tried again.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(10);

/// A plan that is held, or could not be, until this is dropped.
#[derive(Debug)]
pub struct PlanHold {
    /// The real file.
    file: PathBuf,
    lock: Option<Lock>,
    problem: Option<String>,
}

/// Somebody else has the plan. Its text is a sentence that names the file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct HeldBy {
    /// `ada on lab-7 (process 1234)`.
    pub who: String,
    /// The number of the process on that machine, if it is known.
    pub process: Option<u32>,
    /// Since when, if it is known: RFC 3339, UTC.
    pub since: Option<String>,
    text: String,
}

impl PlanHold {
    /// Holds the plan at a path, whether it is there or not. Whoever opens a plan again drops the
    /// hold on it first, or asks [`PlanHold::is_of`].
    ///
    /// # Errors
    /// Somebody else holds it.
    pub fn take(path: &Path) -> Result<Self, HeldBy> {
        let file = real_file(path);
        for left in (0..TRIES).rev() {
            match Lock::try_take(&file, Of::Plan) {
                Ok(Tried::Had(lock)) => {
                    return Ok(Self { file, lock: Some(lock), problem: None });
                }
                Ok(Tried::Held(holder)) if left == 0 => {
                    return Err(HeldBy::new(path, holder.as_ref()));
                }
                Ok(Tried::Held(_)) => std::thread::sleep(PAUSE),
                Err(error) => return Ok(Self::none(file, &error)),
            }
        }
        Err(HeldBy::new(path, None))
    }

    /// Holds it though somebody else does, who is told by [`PlanHold::check`]. Only for a window
    /// that hangs. The second value says who that was, if anybody had it.
    pub fn take_over(path: &Path) -> (Self, Option<String>) {
        let file = real_file(path);
        match Lock::take_over(&file, Of::Plan) {
            Ok((lock, from)) => (Self { file, lock: Some(lock), problem: None }, from),
            Err(error) => (Self::none(file, &error), None),
        }
    }

    /// True if nobody holds a plan; nothing is held by asking.
    pub fn is_free(path: &Path) -> bool {
        Lock::is_free(&real_file(path), Of::Plan)
    }

    fn none(file: PathBuf, error: &StoreError) -> Self {
        Self { file, lock: None, problem: Some(error.to_string()) }
    }

    /// True if others are kept out.
    pub fn is_held(&self) -> bool {
        self.lock.is_some()
    }

    /// Why it could not be held.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// True if a path leads to the same file.
    pub fn is_of(&self, path: &Path) -> bool {
        real_file(path) == self.file
    }

    /// Says whether it is still held, or never could be; to be asked before the plan is saved.
    ///
    /// # Errors
    /// Somebody took it over, and who that was.
    pub fn check(&self) -> Result<(), StoreError> {
        self.lock.as_ref().map_or(Ok(()), Lock::check)
    }
}

impl HeldBy {
    fn new(path: &Path, holder: Option<&Holder>) -> Self {
        Self {
            who: holder.map_or_else(|| UNKNOWN.to_owned(), Holder::text),
            process: holder.map(|holder| holder.process),
            since: holder.map(|holder| crate::model::printable(&holder.since)),
            text: held(path, Of::Plan, holder).to_string(),
        }
    }
}

/// The path without links, also of a file that is not there yet.
fn real_file(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    std::fs::canonicalize(&path).unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => atomic::real_path(folder).join(name),
        _ => path.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_second_is_told_who_has_it_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lab.ron");
        let first = PlanHold::take(&path).unwrap();
        assert!(first.is_held() && first.problem().is_none());
        first.check().unwrap();
        let told = PlanHold::take(&path).unwrap_err();
        assert_eq!(told.process, Some(std::process::id()));
        assert!(told.since.as_ref().is_some_and(|since| since.ends_with('Z')));
        let text = told.to_string();
        for word in [&path.display().to_string(), &told.who, "has this plan open since", "read"] {
            assert!(text.contains(word), "no `{word}` in: {text}");
        }
        let (second, from) = PlanHold::take_over(&path);
        assert_eq!(from, Some(told.who));
        assert!(first.check().unwrap_err().to_string().contains("took this plan over"));
        drop(first);
        assert!(PlanHold::take(&path).is_err());
        drop(second);
        drop(PlanHold::take(&path).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_detours_lead_to_the_same_hold() {
        let dir = tempfile::tempdir().unwrap();
        let (real, linked) = (dir.path().join("real"), dir.path().join("linked"));
        fs::create_dir_all(real.join("deeper")).unwrap();
        std::os::unix::fs::symlink(&real, &linked).unwrap();
        let path = real.join("lab.ron");
        for is_there in [false, true] {
            if is_there {
                fs::write(&path, "").unwrap();
                std::os::unix::fs::symlink(&path, dir.path().join("other-name.ron")).unwrap();
            }
            let mut ways = vec![linked.join("lab.ron"), real.join("deeper/../lab.ron")];
            ways.extend(is_there.then(|| dir.path().join("other-name.ron")));
            for way in &ways {
                let first = PlanHold::take(&path).unwrap();
                assert!(first.is_of(way) && PlanHold::take(way).is_err(), "{}", way.display());
                drop(first);
                let first = PlanHold::take(way).unwrap();
                assert!(PlanHold::take(&path).is_err(), "{}", way.display());
                assert!(!first.is_of(&real.join("other.ron")));
            }
        }
    }

    #[test]
    fn where_there_can_be_no_lock_it_opens_without() {
        let dir = tempfile::tempdir().unwrap();
        let nowhere = PlanHold::take(&dir.path().join("none/lab.ron")).unwrap();
        assert!(!nowhere.is_held() && nowhere.problem().is_some());
        nowhere.check().unwrap();
        fs::write(dir.path().join(super::super::lock::PLAN_LOCKS), "").unwrap();
        let hold = PlanHold::take(&dir.path().join("lab.ron")).unwrap();
        assert!(hold.problem().is_some_and(|problem| problem.contains("is not a folder")));
        assert!(!PlanHold::take_over(&dir.path().join("lab.ron")).0.is_held());
    }
}
