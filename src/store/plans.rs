//! Plans on disk: read with limits, written whole or not at all.

use super::records::RECORDS_ENDING;
use super::{StoreError, atomic};
use crate::model::Limits;
use crate::plan::{self, Document, Plan};
use std::path::Path;

/// Reads a plan.
///
/// # Errors
/// The file cannot be read, is too large or no text, its text is no plan, or its name is that of
/// a folder of records.
pub fn read_plan(path: &Path) -> Result<Document, StoreError> {
    document_of(path, read_plan_bytes(path)?)
}

/// The text of a plan file, whether or not it can be understood.
///
/// # Errors
/// As for [`read_plan`], but for what the text says.
pub fn read_plan_text(path: &Path) -> Result<String, StoreError> {
    atomic::text_of(path, read_plan_bytes(path)?)
}

/// The bytes of a plan file.
pub(super) fn read_plan_bytes(path: &Path) -> Result<Vec<u8>, StoreError> {
    check_name(path)?;
    atomic::read_bytes(path, Limits::FILE_BYTES)
}

/// The plan in the bytes of a file.
pub(super) fn document_of(path: &Path, bytes: Vec<u8>) -> Result<Document, StoreError> {
    let text = atomic::text_of(path, bytes)?;
    plan::read(&path.display().to_string(), &text).map_err(|error| Box::new(error).into())
}

/// Writes a plan. After a failure the old file stands as it was.
///
/// # Errors
/// The file or its folder cannot be written, or its name is that of a folder of records.
pub fn write_plan(path: &Path, plan: &Plan) -> Result<(), StoreError> {
    check_name(path)?;
    atomic::write(path, |out| out.write_all(plan::write(plan).as_bytes()))
}

/// Writes a plan to a file that is not there yet.
///
/// # Errors
/// As for [`write_plan`], and something of that name is there.
pub fn create_plan(path: &Path, plan: &Plan) -> Result<(), StoreError> {
    check_name(path)?;
    atomic::create(path, |out| out.write_all(plan::write(plan).as_bytes()))
}

/// Refuses `NAME.heddle` for a plan: there its records would have to lie.
fn check_name(path: &Path) -> Result<(), StoreError> {
    refuse_records_name(path, "a plan's", "Choose a name that ends in `.ron`")
}

/// Refuses `NAME.heddle`, where records lie. Some systems do not tell upper from lower case.
pub(super) fn refuse_records_name(
    path: &Path,
    whose: &str,
    remedy: &str,
) -> Result<(), StoreError> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(RECORDS_ENDING)) {
        let cause = format!(
            "{whose} name cannot end in `.heddle`, for that is the folder of approvals and runs"
        );
        return Err(StoreError::file(path, &cause, remedy));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlanId;
    use crate::plan::preset;

    #[test]
    fn the_name_of_a_folder_of_records_is_no_name_of_a_plan() {
        let dir = tempfile::tempdir().unwrap();
        let plan = preset::build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap();
        for name in ["lab.heddle", "lab.HEDDLE", "lab.ron.heddle"] {
            let path = dir.path().join(name);
            let errors = [
                create_plan(&path, &plan).unwrap_err(),
                write_plan(&path, &plan).unwrap_err(),
                read_plan(&path).unwrap_err(),
            ];
            for error in errors.map(|error| error.to_string()) {
                assert!(error.contains(name) && error.contains("ends in `.ron`"), "{error}");
            }
            assert!(!path.exists());
        }
        for name in ["heddle", "lab.heddle.ron", "lab.heddle-plan"] {
            let path = dir.path().join(name);
            create_plan(&path, &plan).unwrap();
            write_plan(&path, &plan).unwrap();
            assert_eq!(read_plan(&path).unwrap().plan, plan);
        }
    }

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
