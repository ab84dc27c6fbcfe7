//! Texts in other tools' forms: read with a limit, written where nothing stands yet or where
//! somebody agreed.

use super::{StoreError, atomic};
use std::io::{self, Write};
use std::path::Path;

/// Reads a text of at most `max_bytes`.
///
/// # Errors
/// The file cannot be read, is too large or is no text.
pub fn read_text(path: &Path, max_bytes: u64) -> Result<String, StoreError> {
    atomic::read_text(path, max_bytes)
}

/// Writes a text to a file, whole or not at all. One that is there is replaced: whoever calls this
/// has asked.
///
/// # Errors
/// The file or its folder cannot be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), StoreError> {
    write_file(path, |out| out.write_all(text.as_bytes()))
}

/// The same of what `fill` writes; nothing of it is left where that fails.
///
/// # Errors
/// The file or its folder cannot be written, or those of `fill`.
pub fn write_file(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    atomic::write(path, fill)
}

/// Writes a text to a file that does not exist yet, whole or not at all.
///
/// # Errors
/// Something stands at `path`, or it or its folder cannot be written.
pub fn write_new_text(path: &Path, text: &str) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(StoreError::file(
            path,
            "there is a file already, and it is never overwritten",
            "Choose another file name, or move it away first",
        ));
    }
    write_text(path, text)
}
