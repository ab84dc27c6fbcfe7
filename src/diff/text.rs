//! A change set as text, in the grammar people know: `+` is added, `~` modified, `−` deleted.
//!
//! Prerequisites come first and apart, because no plan owns them. Then the changes by what
//! happens and to which kind of object, each group under a line that says why. Counts come last,
//! where the eye is when the text has scrolled by. The same change set gives the same bytes.

use super::Purpose;
use super::{
    Addition, ChangeSet, Counts, Drift, Drifted, DriftedField, FieldChange, Reason, Waiting,
};
use crate::inventory::Kind;
use crate::model::{Cancelled, Progress, counted, grouped, printable};
use std::collections::BTreeSet;

impl Counts {
    /// `156 devices, 3,712 interfaces, 1,856 cables`; kinds without objects are left out, and
    /// nothing at all is `nothing`.
    pub fn text(&self) -> String {
        let parts: Vec<String> =
            [(self.devices, "device"), (self.interfaces, "interface"), (self.cables, "cable")]
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| counted(n, what, &format!("{what}s")))
                .collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Device => "device",
        Kind::Interface => "interface",
        Kind::Cable => "cable",
    }
}

/// One line for each kind of change; `no changes` if there is none.
pub fn summary(changes: &ChangeSet) -> String {
    let mut text = String::new();
    if changes.is_empty() {
        text.push_str("no changes");
        if changes.unchanged.total() > 0 {
            text.push_str(&format!(": {} as planned", changes.unchanged.text()));
        }
        text.push('\n');
        waiting(&changes.waiting, &mut text);
        left(changes, &mut text);
        return text;
    }
    let mut line = |label: &str, counts: Counts| {
        if counts.total() > 0 {
            text.push_str(&format!("{label:<15} {}\n", counts.text()));
        }
    };
    line("+ to add", changes.added());
    line("~ to modify", changes.modified());
    line("− to delete", changes.deleted());
    line("  unchanged", changes.unchanged);
    if !changes.prerequisites.is_empty() {
        let n = changes.prerequisites.len() as u64;
        text.push_str(&format!("{:<15} {}\n", "  prerequisites", grouped(n)));
    }
    waiting(&changes.waiting, &mut text);
    left(changes, &mut text);
    text
}

/// What is left for later, and what is left alone.
fn left(changes: &ChangeSet, text: &mut String) {
    if !changes.selection.is_empty() {
        text.push_str(&printable(&format!(
            "{:<15} {}",
            "  selected",
            changes.selection.join(", ")
        )));
        text.push('\n');
    }
    let needed = changes.needed.total();
    if needed > 0 {
        let objects = counted(needed, "object", "objects");
        text.push_str(&format!("{:<15} {objects} that these need\n", "  with them"));
    }
    let left_out = changes.left_out.total();
    if left_out > 0 {
        let objects = counted(left_out, "object", "objects");
        text.push_str(&format!("{:<15} {objects} for a later run\n", "  left out"));
    }
    if changes.ignored > 0 {
        let fields = counted(changes.ignored, "field", "fields");
        text.push_str(&format!("{:<15} {fields} that differ, as the plan says\n", "  ignored"));
    }
}

/// A line for each external class with cables that are left out.
fn waiting(all: &[Waiting], text: &mut String) {
    for Waiting { class, cables } in all {
        let cables = match cables {
            1 => "1 cable".to_owned(),
            n => format!("{} cables", grouped(*n)),
        };
        text.push_str(&printable(&format!(
            "{:<15} {cables} of {class}, until the inventory has the other end",
            "  waiting"
        )));
        text.push('\n');
    }
}

/// The whole change set, ending in its [`summary`].
pub fn text(changes: &ChangeSet) -> String {
    // Nobody asks this one to stop.
    text_unless_stopped(changes, &Progress::new()).unwrap_or_default()
}

/// The same, unless it is asked to stop: that of a giant takes a while.
pub fn text_unless_stopped(changes: &ChangeSet, progress: &Progress) -> Result<String, Cancelled> {
    let mut out = Lines(String::new());
    let target = &changes.target;
    out.line(format_args!("site {} in inventory {}", target.site, target.inventory));
    if !changes.purpose.is_converge() {
        out.line(format_args!("{}", changes.purpose.text()));
    }
    out.line(format_args!(""));
    if changes.is_empty() {
        out.0.push_str(&summary(changes));
        return Ok(out.0);
    }

    if !changes.prerequisites.is_empty() {
        out.line(format_args!("prerequisites, created where missing and never owned by the plan:"));
        for prerequisite in &changes.prerequisites {
            out.line(format_args!("  + {}", prerequisite.label()));
        }
        out.line(format_args!(""));
    }
    let regained: BTreeSet<Addition> = changes.regained.iter().copied().collect();
    for (again, reason) in [(false, Reason::Missing), (true, Reason::Vanished)] {
        let mut additions =
            changes.additions.iter().filter(|a| regained.contains(a) == again).peekable();
        if additions.peek().is_none() {
            continue;
        }
        let why = match &changes.purpose {
            Purpose::Undo { .. } => "the run that is undone took it away",
            Purpose::Converge | Purpose::Destroy => reason.text(),
        };
        out.line(format_args!("to add: {why}"));
        for addition in additions {
            progress.check()?;
            let name = changes.addition_name(*addition);
            let detail = changes.addition_detail(*addition);
            out.line(format_args!("  + {} {name}{detail}", kind_name(addition.kind())));
        }
        out.line(format_args!(""));
    }
    // Modifications and deletions carry their reasons one by one: a heading for each run of
    // equal ones keeps their order, which is that of the plan.
    let mut heading = None;
    for m in &changes.modifications {
        progress.check()?;
        if heading != Some(m.reason) {
            out.line(format_args!("to modify: {}", m.reason.text()));
            heading = Some(m.reason);
        }
        out.line(format_args!("  ~ {} {}", kind_name(m.old.kind()), m.name));
        for change in &m.fields {
            let FieldChange { field, old, new, applied } = change;
            match applied.as_deref() {
                // Somebody else's edit would be lost, and the plan wants something new besides.
                Some(applied) if applied != new => {
                    out.line(format_args!("      {field}: {old} → {new} (applied: {applied})"))
                }
                _ => out.line(format_args!("      {field}: {old} → {new}")),
            }
        }
    }
    if !changes.modifications.is_empty() {
        out.line(format_args!(""));
    }
    let mut heading = None;
    for d in &changes.deletions {
        progress.check()?;
        if heading != Some(d.reason) {
            out.line(format_args!("to delete: {}", d.reason.text()));
            heading = Some(d.reason);
        }
        out.line(format_args!("  − {} {}", kind_name(d.old.kind()), d.name));
    }
    if !changes.deletions.is_empty() {
        out.line(format_args!(""));
    }
    out.0.push_str(&summary(changes));
    Ok(out.0)
}

/// What has left the state that was last applied, in a few lines: how many of each kind, and how
/// many the present changes would set right. Empty if nothing has.
pub fn drift_summary(drift: &Drift) -> String {
    let mut out = Lines(String::new());
    if drift.unsettled > 0 {
        let objects = counted(drift.unsettled, "object", "objects");
        out.line(format_args!(
            "not known: whether {objects} drifted that a run changed since the last whole one"
        ));
    }
    if drift.is_empty() {
        return out.0;
    }
    out.line(format_args!("drifted since the run of {}: {}", drift.at, drift.counts().text()));
    let overwritten = drift.overwritten();
    if overwritten > 0 {
        let objects = counted(overwritten, "of them is", "of them are");
        out.line(format_args!("  {objects} among the changes above"));
    }
    out.0
}

/// The [`drift_summary`], and what the present changes leave as it is one by one. Empty if nothing
/// drifted.
pub fn drift_text(drift: &Drift) -> String {
    let mut out = Lines(drift_summary(drift));
    for drifted in &drift.changed {
        let Drifted { kind, name, .. } = drifted;
        let mut left = drifted.left().peekable();
        if left.peek().is_none() {
            continue;
        }
        out.line(format_args!("  ! {} {name}", kind_name(*kind)));
        for DriftedField { field, applied, found, .. } in left {
            out.line(format_args!("      {field}: applied {applied}, now {found}"));
        }
    }
    let gone = drift.gone.iter().filter(|gone| !gone.made_again).count() as u64;
    if gone > 0 {
        let objects = counted(gone, "object", "objects");
        out.line(format_args!("  ! {objects} gone that the plan does not want any more"));
    }
    out.0
}

struct Lines(String);

impl Lines {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.0.push_str(&printable(&line.to_string()));
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{Deletion, Modification};
    use crate::inventory::{
        CableRecord, Desired, DesiredDevice, DesiredKind, DeviceRecord, Field, Object,
        Prerequisite, TargetRef,
    };
    use std::sync::Arc;

    fn changes() -> ChangeSet {
        ChangeSet {
            target: TargetRef { inventory: "lab".to_owned(), site: "dc1".to_owned() },
            desired: Arc::new(Desired {
                kinds: vec![DesiredKind {
                    class: "gpu".to_owned(),
                    fabric: String::new(),
                    role: "server".to_owned(),
                    device_type: "hgx".to_owned(),
                    external: None,
                    interfaces: Vec::new(),
                }],
                devices: vec![DesiredDevice { kind: 0, number: 1, name: "gpu-001".to_owned() }],
                ..Desired::default()
            }),
            prerequisites: vec![Prerequisite::Site {
                name: "dc1".to_owned(),
                slug: "dc1".to_owned(),
            }],
            additions: vec![Addition::Device(0)],
            modifications: vec![Modification {
                old: Object::Cable(CableRecord::default()),
                desired: Addition::Cable(0),
                key: "cable/gpu/1/rail-0/0".to_owned(),
                name: "gpu-001 rail-0-p0 – be-leaf-01 E1/1/1".to_owned(),
                fields: vec![FieldChange {
                    field: Field::B,
                    old: "be-leaf-01 E1/1/1".to_owned(),
                    new: "be-leaf-02 E1/1/1".to_owned(),
                    applied: None,
                }],
                ends: None,
                reason: Reason::FieldDiffers,
            }],
            deletions: vec![Deletion {
                old: Object::Device(DeviceRecord::default()),
                key: "device/gpu/2".to_owned(),
                name: "gpu-002\n  + device forged\u{1b}[2J".to_owned(),
                reason: Reason::NotInPlan,
                interfaces: None,
                far: None,
            }],
            unchanged: Counts { devices: 1000, interfaces: 0, cables: 1 },
            waiting: vec![Waiting { class: "router".to_owned(), cables: 2 }],
            ..ChangeSet::default()
        }
    }

    #[test]
    fn every_change_has_its_sign_its_values_and_its_reason() {
        assert_eq!(
            text(&changes()),
            "site dc1 in inventory lab\n\
             \n\
             prerequisites, created where missing and never owned by the plan:\n  \
             + site dc1\n\
             \n\
             to add: the plan has it and the inventory does not\n  \
             + device gpu-001\n\
             \n\
             to modify: the inventory differs from the plan\n  \
             ~ cable gpu-001 rail-0-p0 – be-leaf-01 E1/1/1\n      \
             B end: be-leaf-01 E1/1/1 → be-leaf-02 E1/1/1\n\
             \n\
             to delete: this plan made it and has it no longer\n  \
             − device gpu-002\u{fffd}  + device forged\u{fffd}[2J\n\
             \n\
             + to add        1 device\n\
             ~ to modify     1 cable\n\
             − to delete     1 device\n  \
             unchanged     1,000 devices, 1 cable\n  \
             prerequisites 1\n  \
             waiting       2 cables of router, until the inventory has the other end\n"
        );
    }

    #[test]
    fn nothing_to_do_says_so() {
        let equal = ChangeSet {
            target: TargetRef { inventory: "lab".to_owned(), site: "dc1".to_owned() },
            unchanged: Counts { devices: 156, interfaces: 3, cables: 1856 },
            ..ChangeSet::default()
        };
        assert_eq!(
            text(&equal),
            "site dc1 in inventory lab\n\n\
             no changes: 156 devices, 3 interfaces, 1,856 cables as planned\n"
        );
        assert_eq!(summary(&ChangeSet::default()), "no changes\n");
    }
}
