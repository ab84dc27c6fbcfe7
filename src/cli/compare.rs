//! `heddle compare`: what differs between two plans or two inventories.

use super::{End, Failure};
use crate::compare::{self, Format};
use crate::model::Progress;
use crate::session;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Compares, and ends as `diff` does.
pub(super) fn compare(
    a: &Path,
    b: &Path,
    site: Option<&str>,
    format: Format,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let comparison = session::compare(a, b, site, &Progress::new())?;
    let mut out = BufWriter::new(out);
    compare::write(&comparison, format, &mut out)?;
    out.flush()?;
    Ok(if comparison.is_equal() { End::Fine } else { End::Changes })
}
