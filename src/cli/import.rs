//! `heddle import`: hardware from another tool's file, as a model, and plans of other tools.

use super::{End, Failure, tell};
use crate::catalog::{Catalog, DeviceKind, Note, read_device_type};
use crate::import::diet::read_diet;
use crate::model::{PlanId, counted, printable, yaml};
use crate::plan;
use crate::store;
use std::io::Write;
use std::path::Path;

/// Writes the model of a device type to `output`, or to `out`; what to know about it goes to
/// standard error.
pub(super) fn device_type(
    file: &Path,
    output: Option<&Path>,
    kind: Option<DeviceKind>,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let text = store::read_text(file, yaml::MAX_BYTES as u64)?;
    let at = |error: &dyn std::fmt::Display| {
        let cause = error.to_string();
        Failure(format!("{}: {}.", file.display(), printable(cause.trim_end_matches('.'))))
    };
    let (models, notes) = read_device_type(&text, kind).map_err(|error| at(&error))?;
    // A model that no plan could use is not worth writing.
    Catalog::default().with(&models).map_err(|error| at(&error))?;
    tell_notes(file, &notes);
    match output {
        Some(path) => {
            store::write_new_text(path, &models.to_text())?;
            tell(&format!("wrote {}", path.display()));
        }
        None => out.write_all(models.to_text().as_bytes())?,
    }
    Ok(End::Fine)
}

/// Writes the plan that a DIET plan becomes to `output`, or to `out`; every error, or every note,
/// goes to standard error.
pub(super) fn diet(
    file: &Path,
    output: Option<&Path>,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let text = store::read_text(file, yaml::MAX_BYTES as u64)?;
    let id = PlanId(uuid::Uuid::new_v4());
    let (plan, notes) = read_diet(&text, id, &Catalog::built_in()?).map_err(|errors| {
        for error in &errors.errors {
            tell(&format!("{}: {}", file.display(), printable(&error.to_string())));
        }
        let count = counted((errors.errors.len() + errors.more) as u64, "error", "errors");
        Failure(format!("{} has {count}. Nothing was written.", file.display()))
    })?;
    tell_notes(file, &notes);
    match output {
        Some(path) => {
            store::write_new_text(path, &plan::write(&plan))?;
            tell(&format!("wrote {}", path.display()));
        }
        None => out.write_all(plan::write(&plan).as_bytes())?,
    }
    Ok(End::Fine)
}

fn tell_notes(file: &Path, notes: &[Note]) {
    for note in notes {
        let line = note.line.map(|line| format!(":{line}")).unwrap_or_default();
        tell(&format!("note: {}{line}: {}", file.display(), printable(&note.text)));
    }
}
