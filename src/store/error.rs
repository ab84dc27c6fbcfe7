//! Why a file could not be read or written, in words that name the file and what to do.

use crate::plan::LoadError;
use std::path::Path;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system would not read or write it.
    #[error("{place}: {cause}. {remedy}")]
    File { place: String, cause: String, remedy: String },
    /// What was read is not what Heddle wrote.
    #[error("{place} is damaged: {cause}. {remedy}")]
    Damaged { place: String, cause: String, remedy: String },
    /// The text of a plan cannot be understood.
    #[error(transparent)]
    Plan(#[from] Box<LoadError>),
}

impl StoreError {
    /// A failure of the system at a path, with the remedy that fits its kind.
    pub(super) fn io(path: &Path, doing: &str, error: &std::io::Error) -> Self {
        let remedy = match error.kind() {
            std::io::ErrorKind::NotFound => "Check the path",
            std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
                "Move away what stands in its place, or choose another path"
            }
            std::io::ErrorKind::PermissionDenied => {
                "Check who may read and write the file and its folder"
            }
            std::io::ErrorKind::StorageFull => "Free some space and try again",
            _ => "Check the disk and the folder, then try again",
        };
        Self::file(path, &format!("cannot {doing}: {error}"), remedy)
    }

    /// Any other reason not to use a file.
    pub(super) fn file(path: &Path, cause: &str, remedy: &str) -> Self {
        Self::File {
            place: path.display().to_string(),
            cause: cause.to_owned(),
            remedy: format!("{remedy}."),
        }
    }

    /// A file that holds something else than Heddle wrote.
    pub(super) fn damaged(path: &Path, cause: &str, remedy: &str) -> Self {
        Self::Damaged {
            place: path.display().to_string(),
            cause: cause.to_owned(),
            remedy: format!("{remedy}."),
        }
    }
}
