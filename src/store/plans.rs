//! Plans on disk: read with limits, written whole or not at all.

use super::{StoreError, atomic};
use crate::model::Limits;
use crate::plan::{self, Document, Plan};
use std::path::Path;

/// Reads a plan.
///
/// # Errors
/// The file cannot be read, is too large or no text or its text is no plan.
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

/// Writes a plan to a file that is not there yet.
///
/// # Errors
/// As for [`write_plan`], and something of that name is there.
pub fn create_plan(path: &Path, plan: &Plan) -> Result<(), StoreError> {
    atomic::create(path, |out| out.write_all(plan::write(plan).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlanId;
    use crate::plan::preset;

    #[test]
    fn a_plan_is_read_as_it_was_written_and_bad_files_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/plan.ron");
        assert!(read_plan(&path).unwrap_err().to_string().contains("plan.ron"));
        let plan = preset::build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap();
        write_plan(&path, &plan).unwrap();
        assert_eq!(read_plan(&path).unwrap().plan, plan);
        for bytes in [&b""[..], b"\xff\xfe", b"(", b"\0\0"] {
            std::fs::write(&path, bytes).unwrap();
            let error = read_plan(&path).unwrap_err().to_string();
            assert!(error.contains("plan.ron"), "{error}");
        }
        let large = std::fs::File::create(&path).unwrap();
        large.set_len(Limits::FILE_BYTES + 1).unwrap();
        assert!(read_plan(&path).unwrap_err().to_string().contains("larger than the 16 MiB"));
    }
}
