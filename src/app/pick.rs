//! Asks for a file with the system's dialog, and tells a dialog that was left from one that could
//! not be shown.
//!
//! `rfd` answers both with nothing; why a dialog cannot be shown – no session bus, no portal, no
//! zenity – it only tells its log. So what it logs while a dialog is asked for is kept here, and
//! an empty answer with a complaint before it is a failure. A dialog that the portal shows and
//! then loses without a complaint looks like one that was left; the menu has a way by path too.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

/// What the file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A plan.
    Plan,
    /// A local inventory.
    Inventory,
    /// A picture of the topology.
    Picture,
    /// A line for each cable.
    CablingList,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileQuestion {
    /// What the file holds.
    pub kind: FileKind,
    /// The name to propose for a file to write; `None` for a file to read.
    pub save_as: Option<String>,
    /// The folder to begin in.
    pub folder: Option<PathBuf>,
}

/// What came of a question for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAnswer {
    /// This one.
    File(PathBuf),
    /// None: the dialog was left.
    Left,
    /// No dialog could be shown, for this cause.
    Failed(String),
}

/// An answer that is waited for on a thread of its own.
pub type Waiting = Pin<Box<dyn Future<Output = FileAnswer> + Send>>;

/// Shows a dialog for a file. Called on the drawing thread, where some platforms want their
/// dialogs made.
pub type FilePicker = Box<dyn Fn(&FileQuestion) -> Waiting>;

/// The system's own dialog.
pub(super) fn native(question: &FileQuestion) -> Waiting {
    COMPLAINTS.clear();
    let (kind, ending, title) = match (question.kind, &question.save_as) {
        (FileKind::Plan, None) => ("Heddle plan", "ron", "Open a plan"),
        (FileKind::Plan, Some(_)) => ("Heddle plan", "ron", "Save the plan as"),
        (FileKind::Inventory, _) => {
            ("Heddle inventory", "heddle-inventory", "Hold the plan against an inventory")
        }
        (FileKind::Picture, _) => ("Picture", "svg", "Write the picture to"),
        (FileKind::CablingList, _) => ("Table", "csv", "Write the cabling list to"),
    };
    let mut dialog = rfd::AsyncFileDialog::new().add_filter(kind, &[ending]);
    if let Some(folder) = &question.folder {
        dialog = dialog.set_directory(folder);
    }
    let picked: Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> =
        match &question.save_as {
            Some(name) => Box::pin(dialog.set_title(title).set_file_name(name).save_file()),
            None => Box::pin(dialog.set_title(title).pick_file()),
        };
    Box::pin(async move {
        match (picked.await, COMPLAINTS.first()) {
            (Some(file), _) => FileAnswer::File(file.path().to_owned()),
            (None, Some(cause)) => FileAnswer::Failed(cause),
            (None, None) => FileAnswer::Left,
        }
    })
}

/// What hears the complaints of `rfd` behind the program's log.
pub(super) fn ear() -> &'static dyn log::Log {
    &COMPLAINTS
}

static COMPLAINTS: Complaints = Complaints(Mutex::new(Vec::new()));

/// Complaints kept, at most, and characters of each.
const COMPLAINTS_MOST: usize = 8;
const COMPLAINT_CHARS: usize = 200;

/// A logger that keeps the errors of `rfd` and nothing else.
struct Complaints(Mutex<Vec<String>>);

impl Complaints {
    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn first(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }
}

impl log::Log for Complaints {
    fn enabled(&self, of: &log::Metadata<'_>) -> bool {
        of.level() == log::Level::Error && of.target().split("::").next() == Some("rfd")
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        // It writes optional texts of the bus as Rust does.
        let text = record.args().to_string().replace("Some(\"", "").replace("\")", "");
        let text = text.chars().take(COMPLAINT_CHARS).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < COMPLAINTS_MOST {
            kept.push(text);
        }
    }

    fn flush(&self) {}
}

/// The path that a person typed: `~/` is their home, and a path that does not begin at the root
/// begins in `folder`. `None` if nothing was typed.
pub(super) fn typed_path(text: &str, folder: &Path) -> Option<PathBuf> {
    let dirs = directories::UserDirs::new();
    path_from(text, folder, dirs.as_ref().map(directories::UserDirs::home_dir))
}

fn path_from(text: &str, folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Some(home.join(rest)),
        _ => Some(folder.join(text)),
    }
}

/// A file name for a plan of this name.
pub(super) fn file_name(plan: &str) -> String {
    let stem: String = plan
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .take(60)
        .collect();
    if stem.is_empty() { "plan.ron".to_owned() } else { format!("{stem}.ron") }
}

/// The path with the ending of plans, if it has none.
pub(super) fn with_ending(path: PathBuf) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension("ron") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::Log as _;

    #[test]
    fn names_of_files() {
        for (name, expected) in
            [("pod-a", "pod-a.ron"), ("Pod a/b", "Pod-a-b.ron"), ("", "plan.ron")]
        {
            assert_eq!(file_name(name), expected);
        }
        assert_eq!(with_ending("/x/pod".into()), Path::new("/x/pod.ron"));
        assert_eq!(with_ending("/x/pod.txt".into()), Path::new("/x/pod.txt"));
    }

    #[test]
    fn typed_paths() {
        let (folder, home) = (Path::new("/plans"), Path::new("/home/ada"));
        for (text, expected) in [
            ("a.ron", Some("/plans/a.ron")),
            (" ../b/a.ron ", Some("/plans/../b/a.ron")),
            ("/x/a.ron", Some("/x/a.ron")),
            ("~/a.ron", Some("/home/ada/a.ron")),
            ("~a.ron", Some("/plans/~a.ron")),
            ("  ", None),
        ] {
            assert_eq!(path_from(text, folder, Some(home)).as_deref(), expected.map(Path::new));
        }
        let no_home = path_from("~/a.ron", folder, None);
        assert_eq!(no_home.as_deref(), Some(Path::new("/plans/~/a.ron")));
    }

    #[test]
    fn only_errors_of_the_dialogs_are_kept() {
        let ear = Complaints(Mutex::new(Vec::new()));
        let say = |level, target: &str, text: &str| {
            let record = log::Record::builder().level(level).target(target).build();
            ear.log(
                &log::Record::builder()
                    .metadata(record.metadata().clone())
                    .args(format_args!("{text}"))
                    .build(),
            );
        };
        say(log::Level::Warn, "rfd::backend", "a warning");
        say(log::Level::Error, "eframe", "another's");
        say(log::Level::Error, "rfdx", "a stranger's");
        assert_eq!(ear.first(), None);
        say(log::Level::Error, "rfd::backend::portal", &"x".repeat(1_000));
        say(log::Level::Error, "rfd", "a second");
        assert_eq!(ear.first(), Some("x".repeat(COMPLAINT_CHARS)));
        ear.clear();
        assert_eq!(ear.first(), None);
        say(log::Level::Error, "rfd", "Failed: Some(\"bus.Error\"): Some(\"no bus\")");
        assert_eq!(ear.first().as_deref(), Some("Failed: bus.Error: no bus"));
    }
}
