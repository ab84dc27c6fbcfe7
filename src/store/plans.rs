//! Plans on disk: read with limits, written whole or not at all.

use super::{StoreError, atomic};
use crate::model::Limits;
use crate::plan::{self, Document, Plan};
use std::path::Path;

/// Reads a plan.
///
/// # Errors
/// The file cannot be read, is too large or no text, or its text is no plan.
pub fn read_plan(path: &Path) -> Result<Document, StoreError> {
    let text = atomic::read_text(path, Limits::FILE_BYTES)?;
    plan::read(&path.display().to_string(), &text).map_err(|error| Box::new(error).into())
}

/// Writes a plan. After a failure the old file stands as it was.
///
/// # Errors
/// The file or its folder cannot be written.
pub fn write_plan(path: &Path, plan: &Plan) -> Result<(), StoreError> {
    atomic::write(path, |out| out.write_all(plan::write(plan).as_bytes()))
}
