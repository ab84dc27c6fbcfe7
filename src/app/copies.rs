//! What leaves the window for a ticket, a document or another program: changes and diagnostics as
//! text, the topology as a picture, the cables as a list.

use super::Window;
use super::form::listed;
use super::model::{Cabling, Export, Picture, Wish};
use crate::diff::{self, ChangeSet};
use crate::model::{Finding, counted, grouped};
use crate::scene::State;
use crate::session;
use std::sync::Arc;

/// Changes that are copied one by one; of more, only their summary.
const MOST_CHANGES: u64 = 20_000;

impl Window {
    /// Copies the changes as text.
    pub(super) fn copy_changes(&mut self) {
        let evaluation = self.model.answer.as_ref().map(|answer| &answer.evaluation);
        let Some(changes) = evaluation.and_then(|evaluation| evaluation.changes.as_ref()) else {
            return;
        };
        let all = changes.added().total() + changes.modified().total() + changes.deleted().total();
        let whole = all <= MOST_CHANGES;
        let text = if whole { diff::text(changes) } else { diff::summary(changes) };
        self.context.copy_text(text);
        self.tell(match whole {
            true => format!("{} copied.", counted(all, "change was", "changes were")),
            false => format!(
                "The summary was copied; {} changes are too many. `heddle diff` writes them all.",
                grouped(all)
            ),
        });
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

    /// Asks where the picture of the topology is to go.
    pub(super) fn export_picture(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let fabric = &answer.evaluation.fabric;
        let devices = counted(fabric.devices.len() as u64, "device", "devices");
        let links = counted(fabric.links.len() as u64, "link", "links");
        let changes = answer.evaluation.changes.as_deref();
        let mut lines = vec![format!("{devices}, {links}")];
        lines.extend(changes.and_then(ChangeSet::only).map(|only| format!("Shown: {only}")));
        let picture = Picture {
            scene: Arc::clone(&answer.scene),
            title: self.model.plan.metadata.name.clone(),
            lines,
            dark: self.context.theme() == egui::Theme::Dark,
            legend: changes.map(|changes| State::Unchanged.name_in(Some(changes))),
            caution: match answer.evaluation.is_whole {
                true => "",
                false => "The plan has errors: this is what could be made of it.",
            },
        };
        self.ask_for_file(Wish::Export(Export::Picture(picture)));
    }

    /// Asks where the cabling list is to go.
    pub(super) fn export_cables(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let fabric = Arc::clone(&answer.evaluation.fabric);
        let title = format!("{}-cables", self.model.plan.metadata.name);
        self.ask_for_file(Wish::Export(Export::Cables(Cabling { fabric, title })));
    }
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
