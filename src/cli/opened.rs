//! A plan read from its file, with what every command needs of it: the evaluation, and findings
//! as lines that editors and terminals can follow to their place.

use super::{Failure, tell};
use crate::catalog::Catalog;
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::inventory::Snapshot;
use crate::model::{Finding, Progress, Severity, SpecPath, printable};
use crate::plan::Document;
use crate::store;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A plan and where it came from.
pub(super) struct Opened {
    pub path: PathBuf,
    pub document: Document,
    pub catalog: Catalog,
}

impl Opened {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Ok(Self {
            path: path.to_owned(),
            document: store::read_plan(path)?,
            catalog: Catalog::built_in()?,
        })
    }

    pub(super) fn evaluate(&self, snapshot: Option<&Snapshot>) -> Result<Evaluation, Failure> {
        let inputs = Inputs::of(&self.document.plan, &self.catalog).against(snapshot);
        Ok(evaluate(&inputs, &Progress::new())?)
    }

    /// The line and column of a place, or of the nearest place around it that stands in the file.
    pub(super) fn line_of(&self, path: &SpecPath) -> Option<(usize, usize)> {
        let mut place = Some(path.clone());
        while let Some(path) = place {
            if let Some(found) = self.document.lines.get(&path) {
                return Some(*found);
            }
            place = path.parent();
        }
        None
    }

    /// `lab.ron:12:9`, or `lab.ron` for what stands nowhere in the file.
    pub(super) fn place(&self, path: &SpecPath) -> String {
        let file = printable(&self.path.display().to_string());
        match self.line_of(path) {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file,
        }
    }

    /// `file:line:column: error[code] path: text`, and the remedy on a line of its own.
    pub(super) fn finding_text(&self, finding: &Finding) -> String {
        let mut text = format!(
            "{}: {}[{}] {}: {}",
            self.place(&finding.path),
            finding.severity.name(),
            finding.code,
            finding.path,
            printable(&finding.text)
        );
        for (n, remedy) in finding.remedies().enumerate() {
            text.push_str(if n == 0 { "\n    remedy: " } else { "\n    or: " });
            text.push_str(&printable(&remedy.text));
            if let Some(edit) = &remedy.edit {
                // Writing to a String never fails.
                write!(text, " ({} = {})", edit.path, printable(&edit.value.to_string())).ok();
            }
        }
        text
    }

    /// Writes errors and warnings to standard error, beside an answer that is something else.
    pub(super) fn tell_findings(&self, evaluation: &Evaluation) {
        for finding in evaluation.findings.iter().filter(|f| f.severity != Severity::Info) {
            tell(&self.finding_text(finding));
        }
    }

    /// `lab.ron: 2 errors, 1 warning, no notes`.
    pub(super) fn summary(&self, evaluation: &Evaluation) -> String {
        let count = |severity: Severity, what: &str| match evaluation
            .findings
            .iter()
            .filter(|f| f.severity == severity)
            .count()
        {
            0 => format!("no {what}s"),
            1 => format!("1 {what}"),
            n => format!("{n} {what}s"),
        };
        format!(
            "{}: {}, {}, {}",
            printable(&self.path.display().to_string()),
            count(Severity::Error, "error"),
            count(Severity::Warning, "warning"),
            count(Severity::Info, "note")
        )
    }
}
