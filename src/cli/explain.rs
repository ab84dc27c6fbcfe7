//! `heddle explain`: why a computed number is what it is.

use super::opened::Opened;
use super::{End, Failure};
use crate::model::{Explanation, SpecPath, nearest, printable};
use std::io::Write;
use std::path::Path;

/// Writes what is known about a computed number (`be-leaf.quantity`), a class, or whatever a
/// place in the spec decides.
pub(super) fn explain(path: &Path, wanted: &str, out: &mut dyn Write) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let evaluation = opened.evaluate(None)?;
    opened.tell_findings(&evaluation);
    let place = SpecPath::new(wanted);
    let found: Vec<&Explanation> = evaluation
        .explanations
        .iter()
        .filter(|e| !wanted.is_empty() && (place.contains(&e.subject) || place.contains(&e.path)))
        .collect();
    if found.is_empty() {
        let subjects = || evaluation.explanations.iter().map(|e| e.subject.as_str());
        let hint = match nearest(wanted, subjects()) {
            Some(subject) => format!("Did you mean `{subject}`?"),
            None => {
                format!("Computed are: {}.", subjects().collect::<Vec<_>>().join(", "))
            }
        };
        return Err(Failure(format!("no number is computed at `{wanted}`. {hint}")));
    }
    for (n, explanation) in found.into_iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{} ({}): {}", explanation.label, explanation.subject, explanation.result)?;
        writeln!(out, "  rule: {}", printable(&explanation.rule))?;
        for (name, value) in &explanation.inputs {
            writeln!(out, "  {}: {}", printable(name), printable(value))?;
        }
        if let Some(rejected) = &explanation.rejected {
            writeln!(out, "  not taken: {}", printable(rejected))?;
        }
        writeln!(out, "  decided at: {} {}", opened.place(&explanation.path), explanation.path)?;
    }
    Ok(End::Fine)
}
