//! Folders with models of a person's own: catalogue files (`.ron`) and device types of the community
//! library (`.yaml`, `.yml`).
//!
//! A folder is read without those in it, sorted by name, within ceilings of number and size. A file
//! that cannot be read is told and left out. Whether the models can be used is asked of the
//! catalogue, not here.

use super::{StoreError, atomic};
use crate::catalog::{Models, read_device_type};
use crate::model::{counted, printable, yaml};
use std::fs;
use std::path::{Path, PathBuf};

/// Files of one folder and of all, and names that are looked at in one.
const FILES: usize = 200;
const FILES_OF_ALL: usize = 500;
const NAMES: usize = 10_000;
/// Bytes of a catalogue file, and of all files.
const FILE_BYTES: u64 = 4 * 1024 * 1024;
const BYTES_OF_ALL: u64 = 32 * 1024 * 1024;

/// Reads the models in folders, file by file. The second value has what could not be read.
pub fn read_model_files(folders: &[PathBuf]) -> (Vec<(PathBuf, Models)>, Vec<String>) {
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for folder in folders {
        let files = match model_files(folder) {
            Ok(files) => files,
            Err(error) => {
                notices.push(error.to_string());
                continue;
            }
        };
        let allowed = FILES.min(FILES_OF_ALL.saturating_sub(found.len()));
        let mut left_out = files.len().saturating_sub(allowed);
        for file in files.into_iter().take(allowed) {
            bytes += fs::metadata(&file).map_or(0, |facts| facts.len().min(FILE_BYTES));
            if bytes > BYTES_OF_ALL {
                left_out += 1;
                continue;
            }
            match read(&file) {
                Ok(models) => found.push((file, models)),
                Err(notice) => notices.push(notice),
            }
        }
        if left_out > 0 {
            let files = counted(left_out as u64, "file is", "files are");
            notices.push(format!(
                "{}: {files} beyond the {FILES} of a folder, the {FILES_OF_ALL} of all or their {} \
                 MiB, and not read. Keep the models that you need in a folder of their own.",
                folder.display(),
                BYTES_OF_ALL / (1024 * 1024)
            ));
        }
    }
    notices.iter_mut().for_each(|notice| *notice = printable(notice));
    (found, notices)
}

/// The files of models in a folder, by name.
fn model_files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(folder)
        .map_err(|error| StoreError::io(folder, "look for models in it", &error))?;
    let mut files: Vec<PathBuf> = entries
        .take(NAMES)
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .filter(|path| is_catalogue(path) || is_device_type(path))
        .filter(|path| path.is_file())
        .collect();
    files.sort_unstable();
    Ok(files)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|found| endings.iter().any(|e| found.eq_ignore_ascii_case(e)))
}

fn is_catalogue(path: &Path) -> bool {
    has_ending(path, &["ron"])
}

fn is_device_type(path: &Path) -> bool {
    has_ending(path, &["yaml", "yml"])
}

fn read(file: &Path) -> Result<Models, String> {
    let at = |cause: &dyn std::fmt::Display| {
        let cause = cause.to_string();
        let cause = cause.trim_end_matches('.');
        format!("{}: {cause}. It is left out; mend it or move it away.", file.display())
    };
    let text = |bytes| atomic::read_text(file, bytes).map_err(|error| error.to_string());
    if is_catalogue(file) {
        Models::parse(&text(FILE_BYTES)?).map_err(|error| at(&error))
    } else {
        let device_type = read_device_type(&text(yaml::MAX_BYTES as u64)?, None);
        device_type.map(|(models, _)| models).map_err(|error| at(&error))
    }
}
