//! Files that are there whole or not at all.
//!
//! The new content goes to a temporary file in the same folder, is forced to disk, takes the
//! place of the old file in one step, and then the folder is forced to disk. A kill at any moment
//! leaves the old content or the new. A link is followed: the file behind it is replaced.

use super::StoreError;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// How the name of a temporary file begins. A kill leaves it behind.
pub(super) const TEMPORARY: &str = ".heddle-";

/// Replaces or makes the file at `path` with what `fill` writes. Its folder is made if missing.
pub(super) fn write(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    write_if(path, fill, || Ok(()))
}

/// The same, if `may` agrees once everything is written and before it takes its place.
pub(super) fn write_if(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    may: impl FnOnce() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let path = real_path(path);
    let folder = folder_of(&path);
    let failed = |error: io::Error| StoreError::io(&path, "write it", &error);
    let temporary = filled(&path, fill)?;
    // A file that is replaced keeps who may read it.
    if let Ok(old) = fs::metadata(&path) {
        temporary.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    temporary.as_file().sync_all().map_err(failed)?;
    may()?;
    temporary.persist(&path).map_err(|error| failed(error.error))?;
    sync_folder(folder).map_err(failed)
}

/// Makes the file at `path` with what `fill` writes, and never takes the place of one: also not
/// of one that somebody else makes meanwhile, nor of a link. Its folder is made if missing.
pub(super) fn create(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::file(
            path,
            "there is a file of that name already",
            "Choose another file name, or move that file away first",
        ),
        _ => StoreError::io(path, "write it", &error),
    };
    if path.symlink_metadata().is_ok() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let temporary = filled(path, fill)?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist_noclobber(path).map_err(|error| failed(error.error))?;
    sync_folder(folder_of(path)).map_err(failed)
}

/// A temporary file in the folder of `path` with what `fill` writes.
pub(super) fn filled(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<tempfile::NamedTempFile, StoreError> {
    let folder = folder_of(path);
    let failed = |error: io::Error| StoreError::io(path, "write it", &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(folder).map_err(failed)?;
    let mut buffered = BufWriter::new(temporary.as_file_mut());
    fill(&mut buffered).map_err(failed)?;
    buffered.flush().map_err(failed)?;
    drop(buffered);
    Ok(temporary)
}

/// Reads a file of at most `max_bytes`.
pub(super) fn read_bytes(path: &Path, max_bytes: u64) -> Result<Vec<u8>, StoreError> {
    let failed = |error: io::Error| StoreError::io(path, "read it", &error);
    let file = open_file(path, max_bytes)?;
    let mut bytes = Vec::new();
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large(path, max_bytes));
    }
    Ok(bytes)
}

/// Reads a text file of at most `max_bytes`.
pub(super) fn read_text(path: &Path, max_bytes: u64) -> Result<String, StoreError> {
    text_of(path, read_bytes(path, max_bytes)?)
}

/// The text that was read from a file.
pub(super) fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        StoreError::damaged(
            path,
            &format!("byte {} is not UTF-8 text", at + 1),
            "Choose another file, or save it as UTF-8",
        )
    })
}

/// Opens a plain file of at most `max_bytes` to read it.
pub(super) fn open_file(path: &Path, max_bytes: u64) -> Result<File, StoreError> {
    let failed = |error: io::Error| StoreError::io(path, "read it", &error);
    let facts = fs::metadata(path).map_err(failed)?;
    if !facts.is_file() {
        return Err(StoreError::file(path, "it is not a file", "Choose a file, or move this away"));
    }
    if facts.len() > max_bytes {
        return Err(too_large(path, max_bytes));
    }
    File::open(path).map_err(failed)
}

fn too_large(path: &Path, max_bytes: u64) -> StoreError {
    StoreError::file(
        path,
        &format!("it is larger than the {} MiB that Heddle reads", max_bytes / (1024 * 1024)),
        "Choose another file",
    )
}

/// The path behind links, or the path itself while nothing is there.
pub(super) fn real_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Refuses a path where nothing is and no file can be made: the name of a folder, or a link that
/// leads nowhere, which a new file would take the place of.
pub(super) fn check_name(path: &Path) -> Result<(), StoreError> {
    let ends_as_folder = path.to_string_lossy().ends_with(std::path::is_separator);
    let cause = if ends_as_folder || path.file_name().is_none() {
        "it is the name of a folder"
    } else if path.symlink_metadata().is_ok_and(|facts| facts.is_symlink()) {
        "it is a link to a file that is not there"
    } else {
        return Ok(());
    };
    Err(StoreError::file(path, cause, "Name the file itself"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

// Other systems have no folder to force to disk; the rename is as durable as they make it.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er/file");
        write(&path, |out| out.write_all(b"old")).unwrap();
        let failed = write(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no"))
        });
        assert!(failed.is_err());
        assert_eq!(read_text(&path, 10).unwrap(), "old");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        write(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(read_text(&path, 3).unwrap(), "new");
        assert!(read_text(&path, 2).is_err());
        assert!(read_text(dir.path(), 2).is_err());
    }

    #[test]
    fn a_new_file_takes_no_place_of_another_also_not_of_one_made_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/file");
        create(&path, |out| out.write_all(b"first")).unwrap();
        let second = create(&path, |out| out.write_all(b"second")).unwrap_err().to_string();
        assert!(second.contains("already") && second.contains("another file name"), "{second}");
        assert_eq!(read_text(&path, 10).unwrap(), "first");
        let path = dir.path().join("new/other");
        let late = create(&path, |out| {
            fs::write(&path, "theirs")?;
            out.write_all(b"mine")
        });
        assert!(late.unwrap_err().to_string().contains("already"));
        assert_eq!(read_text(&path, 10).unwrap(), "theirs");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        write(&file, |out| out.write_all(b"old")).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, |out| out.write_all(b"new")).unwrap();
        assert_eq!(read_text(&file, 10).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
