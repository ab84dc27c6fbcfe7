//! Whether a plan file was changed by another program since this one read or wrote it: Git, an
//! editor, a second Heddle. Cheap enough to be asked every second.
//!
//! A stamp knows what was in the file, by digest. As long as the file has the time and length that
//! it had when it was last seen to be the same, it is not read again. A time is trusted only once
//! it is some seconds old: two writes within one tick of a disk's clock look alike. What counts is
//! metadata and spec, for the status is the program's own, and comments where there were none,
//! since a save would lose them. Limits: a change that is taken back between two questions is not
//! seen, and a file that is just being written can be unreadable for a moment, so ask again before
//! you tell.

use super::{StoreError, plans};
use crate::model::Digest;
use crate::plan::{self, Document, Plan, spec_digest};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How old the time of a file has to be to tell it from a later one. FAT counts in two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// What was in a plan file. Clones are of the same file and learn from each other.
#[derive(Clone, Debug)]
pub struct PlanStamp {
    content: Content,
    /// Of metadata and spec, if the file was a plan.
    spec: Option<Digest>,
    /// Whether it had comments, if that is known.
    comments: Option<bool>,
    /// The time and length with which the file was last seen to be the same, once it is settled.
    seen: Arc<Mutex<Option<Facts>>>,
}

/// The bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Nothing is known of them.
    Unknown,
    /// There was no file.
    NoFile,
    /// Their digest.
    Is(blake3::Hash),
}

/// What became of a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It says the same.
    Same,
    /// It is another plan, or has comments that it had not.
    Changed(Box<Document>),
    /// There is no file any more.
    Gone,
    /// It cannot be read, or is no plan; why.
    Unreadable(String),
}

/// What the system tells of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Facts {
    modified: SystemTime,
    bytes: u64,
    /// Device, number, and time of the last change of anything. Copies can keep their time.
    #[cfg(unix)]
    inode: (u64, u64, i64, i64),
}

impl Facts {
    /// None for a file that was changed just now, or has no time.
    fn settled(of: &Metadata) -> Option<Self> {
        let modified = of.modified().ok()?;
        let now = SystemTime::now();
        let is_old = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > SETTLED);
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt;
            let seconds = u64::try_from(of.ctime()).ok()?;
            if !is_old(SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?) {
                return None;
            }
            (of.dev(), of.ino(), of.ctime(), of.ctime_nsec())
        };
        is_old(modified).then_some(Self {
            modified,
            bytes: of.len(),
            #[cfg(unix)]
            inode,
        })
    }
}

/// Reads a plan, and what tells it from a later state of its file.
///
/// # Errors
/// As for [`read_plan`](super::read_plan).
pub fn read_plan_and_stamp(path: &Path) -> Result<(Document, PlanStamp), StoreError> {
    // Asked before, so that a change while it is read is seen the next time.
    let facts = fs::metadata(path).ok().as_ref().and_then(Facts::settled);
    let bytes = plans::read_plan_bytes(path)?;
    let content = Content::Is(blake3::hash(&bytes));
    let document = plans::document_of(path, bytes)?;
    let stamp = PlanStamp {
        spec: Some(spec_digest(&document.plan)),
        comments: Some(document.has_comments),
        seen: Arc::new(Mutex::new(facts)),
        content,
    };
    Ok((document, stamp))
}

impl PlanStamp {
    /// The stamp of a file as it is, whatever it is.
    pub fn of(path: &Path) -> Self {
        let blank = |content| Self { content, spec: None, comments: None, seen: Arc::default() };
        if is_gone(path) {
            return blank(Content::NoFile);
        }
        read_plan_and_stamp(path).map_or_else(
            |_| {
                let bytes = plans::read_plan_bytes(path).ok();
                blank(bytes.map_or(Content::Unknown, |bytes| Content::Is(blake3::hash(&bytes))))
            },
            |(_, stamp)| stamp,
        )
    }

    /// The stamp of the file that [`write_plan`](super::write_plan) has just made of a plan.
    pub fn of_written(plan: &Plan) -> Self {
        let content = Content::Is(blake3::hash(plan::write(plan).as_bytes()));
        Self { content, comments: Some(false), ..Self::of_plan(plan) }
    }

    /// A stamp for any file that says the same as a plan, with or without comments.
    pub fn of_plan(plan: &Plan) -> Self {
        let spec = Some(spec_digest(plan));
        Self { content: Content::Unknown, spec, comments: None, seen: Arc::default() }
    }

    /// What became of the file since.
    pub fn has_changed(&self, path: &Path) -> Change {
        let facts = match fs::metadata(path) {
            Ok(facts) => Facts::settled(&facts),
            Err(_) if is_gone(path) => return self.gone(),
            Err(error) => {
                return Change::Unreadable(StoreError::io(path, "read it", &error).to_string());
            }
        };
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if facts.is_some() && *seen() == facts {
            return Change::Same;
        }
        let change = self.compare(path);
        if change == Change::Same {
            *seen() = facts;
        }
        change
    }

    fn gone(&self) -> Change {
        if self.content == Content::NoFile { Change::Same } else { Change::Gone }
    }

    /// Reads the file.
    fn compare(&self, path: &Path) -> Change {
        let found = plans::read_plan_bytes(path).and_then(|bytes| {
            if self.content == Content::Is(blake3::hash(&bytes)) {
                return Ok(None);
            }
            plans::document_of(path, bytes).map(Some)
        });
        match found {
            Ok(None) => Change::Same,
            Ok(Some(document)) => {
                let new_comments = document.has_comments && self.comments == Some(false);
                if self.spec == Some(spec_digest(&document.plan)) && !new_comments {
                    Change::Same
                } else {
                    Change::Changed(Box::new(document))
                }
            }
            Err(_) if is_gone(path) => self.gone(),
            Err(error) => Change::Unreadable(error.to_string()),
        }
    }
}

/// True if there is nothing at a path.
fn is_gone(path: &Path) -> bool {
    fs::metadata(path)
        .is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlanId;
    use crate::plan::{Status, preset};
    use crate::store::write_plan;

    fn plan(name: &str) -> Plan {
        let mut plan = preset::build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap();
        name.clone_into(&mut plan.metadata.name);
        plan
    }

    fn name_of(change: &Change) -> &'static str {
        match change {
            Change::Same => "same",
            Change::Changed(_) => "changed",
            Change::Gone => "gone",
            Change::Unreadable(_) => "unreadable",
        }
    }

    #[test]
    fn what_counts_as_a_change() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lab.ron");
        let text = plan::write(&plan("lab"));
        let status = Status { phase: "draft".to_owned(), ..Status::default() };
        let with_status = plan::write(&Plan { status: Some(status), ..plan("lab") });
        let spaced = text.replace("    ", "  ").replace('\n', "\r\n");
        let commented = format!("// mine\n{text}");
        let other = plan::write(&plan("other"));
        for (then, now, expected) in [
            (Some(text.as_str()), Some(text.as_str()), "same"),
            (Some(&text), Some(&with_status), "same"),
            (Some(&text), Some(&spaced), "same"),
            (Some(&text), Some(&commented), "changed"),
            (Some(&commented), Some(&format!("{commented}// more")), "same"),
            (Some(&commented), Some(&text), "same"),
            (Some(&text), Some(&other), "changed"),
            (Some(&text), Some("("), "unreadable"),
            (Some(&text), None, "gone"),
            (Some("("), Some("("), "same"),
            (Some("("), Some("(("), "unreadable"),
            (Some("("), Some(&text), "changed"),
            (None, None, "same"),
            (None, Some(&text), "changed"),
        ] {
            let put = |text: Option<&str>| match text {
                Some(text) => fs::write(&path, text).unwrap(),
                None => drop(fs::remove_file(&path)),
            };
            put(then);
            let stamp = PlanStamp::of(&path);
            put(now);
            let found = stamp.has_changed(&path);
            assert_eq!(name_of(&found), expected, "{then:?} {now:?}: {found:?}");
            if let Change::Changed(document) = found {
                assert_eq!(plan::write(&document.plan), now.unwrap().replace("// mine\n", ""));
            }
        }
    }

    #[test]
    fn stamps_of_what_was_read_written_and_known() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lab.ron");
        write_plan(&path, &plan("lab")).unwrap();
        let (document, read) = read_plan_and_stamp(&path).unwrap();
        assert_eq!(document.plan, plan("lab"));
        let stamps = [read, PlanStamp::of_written(&plan("lab")), PlanStamp::of_plan(&plan("lab"))];
        stamps.iter().for_each(|stamp| assert_eq!(stamp.has_changed(&path), Change::Same));
        // Of a plan alone it is not known whether its file had comments.
        fs::write(&path, format!("// mine\n{}", plan::write(&plan("lab")))).unwrap();
        let found = stamps.each_ref().map(|stamp| name_of(&stamp.has_changed(&path)));
        assert_eq!(found, ["changed", "changed", "same"]);
        write_plan(&path, &plan("other")).unwrap();
        stamps.iter().for_each(|s| assert_eq!(name_of(&s.has_changed(&path)), "changed"));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        stamps.iter().for_each(|s| assert_eq!(name_of(&s.has_changed(&path)), "unreadable"));
        fs::remove_dir(&path).unwrap();
        stamps.iter().for_each(|s| assert_eq!(s.has_changed(&path), Change::Gone));
    }

    #[test]
    fn two_writes_in_one_tick_are_told_apart_and_old_files_are_not_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lab.ron");
        let set_time = |age: Duration| {
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        };
        // Equal in length and time.
        write_plan(&path, &plan("lab1")).unwrap();
        let stamp = PlanStamp::of(&path);
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        write_plan(&path, &plan("lab2")).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        assert_eq!(name_of(&stamp.has_changed(&path)), "changed");
        // A clock that is ahead.
        write_plan(&path, &plan("lab1")).unwrap();
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(SystemTime::now() + Duration::from_secs(3600))
            .unwrap();
        assert_eq!(stamp.has_changed(&path), Change::Same);
        assert_eq!(*stamp.seen.lock().unwrap(), None);
        // A settled file is remembered. On unix that takes as long as it says.
        set_time(Duration::from_secs(60));
        if cfg!(unix) {
            std::thread::sleep(SETTLED + Duration::from_millis(1_100));
        }
        assert_eq!(stamp.has_changed(&path), Change::Same);
        assert!(stamp.seen.lock().unwrap().is_some());
        // It believes the facts: what it would compare with is of no account now.
        let believing = PlanStamp { spec: None, content: Content::Unknown, ..stamp };
        assert_eq!(believing.has_changed(&path), Change::Same);
        write_plan(&path, &plan("lab2")).unwrap();
        assert_eq!(name_of(&believing.has_changed(&path)), "changed");
    }
}
