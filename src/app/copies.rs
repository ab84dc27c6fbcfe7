//! What leaves the window for a ticket or another program by the clipboard: changes, findings and
//! diagnostics as text.

use super::Window;
use super::diff_text::with_drift;
use super::form::listed;
use crate::diff::{self, ChangeSet, Drift};
use crate::model::{Finding, counted, grouped};
use crate::session;

/// Changes that are copied one by one; of more, only their summary.
const MOST_CHANGES: u64 = 20_000;

impl Window {
    /// Copies the changes and what drifted as text.
    pub(super) fn copy_changes(&mut self) {
        let evaluation = self.model.answer.as_ref().map(|answer| &answer.evaluation);
        let Some(changes) = evaluation.and_then(|evaluation| evaluation.changes.as_ref()) else {
            return;
        };
        let drift = evaluation.and_then(|evaluation| evaluation.drift.as_deref());
        let (text, said) = copy_of(changes, drift);
        self.context.copy_text(text);
        self.tell(said);
    }

    /// Copies the findings that are listed.
    pub(super) fn copy_findings(&mut self) {
        let listed = listed(&self.model);
        let text: Vec<String> = listed.iter().map(|finding| finding_text(finding)).collect();
        let count = counted(text.len() as u64, "finding was", "findings were");
        self.context.copy_text(text.join("\n"));
        self.tell(format!("{count} copied."));
    }

    /// Copies what a report of a fault needs.
    pub(super) fn copy_diagnostics(&mut self) {
        let scale = format!("{:.2}", self.context.pixels_per_point());
        let theme = format!("{:?}", self.context.theme());
        let more = [("renderer", "glow".to_owned()), ("scale", scale), ("theme", theme)];
        self.context.copy_text(session::diagnostics(&more));
        self.tell("Versions, system and last errors were copied.");
    }
}

/// The changes and what drifted as text, and what is said of the copy.
fn copy_of(changes: &ChangeSet, drift: Option<&Drift>) -> (String, String) {
    let all = changes.added().total() + changes.modified().total() + changes.deleted().total();
    let drifted = drift.map_or(0, |drift| drift.counts().total());
    let most = all.max(drifted);
    if most > MOST_CHANGES {
        let what = if all < drifted { "objects that drifted" } else { "changes" };
        let said = format!(
            "The summary was copied; {} {what} are too many. `heddle diff` writes them all.",
            grouped(most)
        );
        let drifted = drift.map(diff::drift_summary).unwrap_or_default();
        return (diff::summary(changes) + &drifted, said);
    }
    let said = match (all, drifted) {
        (0, 0) => "Nothing changes; that was copied.".to_owned(),
        (0, _) => "Nothing changes; what drifted was copied.".to_owned(),
        _ => format!("{} copied.", counted(all, "change was", "changes were")),
    };
    (with_drift(diff::text(changes), drift), said)
}

/// A finding as lines of text: what it is, where, and what mends it.
fn finding_text(finding: &Finding) -> String {
    let (severity, code) = (finding.severity.name(), finding.code.name());
    let place = match finding.path.as_str() {
        "" => String::new(),
        path => format!(" at {path}"),
    };
    let remedies = finding.remedies().map(|remedy| format!("\n  {}", remedy.text));
    format!("{severity} {code}{place}: {}{}", finding.text, remedies.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{Addition, Drifted, DriftedField, Gone};
    use crate::inventory::{Field, Kind};

    fn drift(left: usize, gone: usize) -> Drift {
        let field = |overwritten| DriftedField {
            field: Field::Role,
            applied: "leaf".to_owned(),
            found: "spine".to_owned(),
            overwritten,
        };
        let one = Drifted {
            kind: Kind::Device,
            id: 7,
            key: "device/leaf/7".to_owned(),
            name: "leaf-7".to_owned(),
            fields: vec![field(false)],
        };
        let gone = vec![Gone { what: Addition::Device(0), made_again: false }; gone];
        Drift { at: "2026-01-02".to_owned(), changed: vec![one; left], gone, ..Drift::default() }
    }

    #[test]
    fn a_copy_of_the_changes_has_what_drifted() {
        let none = ChangeSet::default();
        let some = ChangeSet { additions: vec![Addition::Device(0); 2], ..none.clone() };
        let many = ChangeSet { additions: vec![Addition::Device(0); 20_001], ..none.clone() };
        let check = |changes: &ChangeSet, drift: Option<Drift>, said: &str, has: &[&str]| {
            let (text, told) = copy_of(changes, drift.as_ref());
            assert_eq!(told, said);
            has.iter().for_each(|words| assert!(text.contains(words), "{words}: {text}"));
            assert_eq!(text.contains("drifted"), drift.is_some_and(|d| !d.is_empty()), "{text}");
        };
        let (head, line) = ("drifted since the run of 2026-01-02: 1 device", "  ! device leaf-7\n");
        check(&none, None, "Nothing changes; that was copied.", &["no changes"]);
        check(&none, Some(drift(0, 0)), "Nothing changes; that was copied.", &["no changes"]);
        let said = "Nothing changes; what drifted was copied.";
        check(&none, Some(drift(1, 0)), said, &["no changes", head, line]);
        check(&some, Some(drift(1, 0)), "2 changes were copied.", &["+ to add", head, line]);
        let said = "The summary was copied; 20,001 changes are too many. `heddle diff` writes them \
                    all.";
        check(&many, Some(drift(1, 0)), said, &["+ to add", head]);
        let said = "The summary was copied; 20,001 objects that drifted are too many. `heddle diff` \
                    writes them all.";
        check(&some, Some(drift(0, 20_001)), said, &["+ to add", "20,001 devices"]);
    }
}
