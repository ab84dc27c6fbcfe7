//! Edits of the plan: one field, a part of the spec, rows of lists, keys, and the text.
//!
//! Each is one step of the history, whatever it changes. An edit of a field in a ticked row goes to
//! the same field of all rows that are ticked beside it.

use super::Window;
use super::form::Pasted;
use super::jobs;
use super::model::{SpecPart, Tab};
use crate::model::{Edit, EditValue, Severity, SpecPath};
use crate::plan::{self, RowEdit, apply_edit, rows_of, tree_of};
use serde_json::json;
use std::collections::BTreeSet;

impl Window {
    /// Writes a field, and the same field of all rows that are ticked with its row.
    pub(super) fn edit(&mut self, edit: &Edit) {
        let others = self.beside(&edit.path);
        self.change(&edit.path, |plan| {
            for path in others.into_iter().chain([edit.path.clone()]) {
                let edit = Edit { path, value: edit.value.clone() };
                apply_edit(plan, &edit).map_err(|error| error.to_string())?;
            }
            Ok(())
        });
    }

    /// The same field in the other ticked rows, if its own row is ticked.
    fn beside(&self, path: &SpecPath) -> Vec<SpecPath> {
        let ticked = &self.model.ticked;
        let Some(row) = ticked.iter().find(|row| row.contains(path)) else { return Vec::new() };
        let field = path.as_str().strip_prefix(row.as_str()).unwrap_or_default();
        // Keys are of one row each.
        if field == ".id" {
            return Vec::new();
        }
        let others = ticked.iter().filter(|other| *other != row && other.parent() == row.parent());
        others.map(|other| SpecPath::new(format!("{other}{field}"))).collect()
    }

    /// Ticks a row; the ticked ones are all of one list.
    pub(super) fn tick(&mut self, row: SpecPath) {
        let ticked = &mut self.model.ticked;
        if !ticked.remove(&row) {
            ticked.retain(|other| other.parent() == row.parent());
            ticked.insert(row);
        }
    }

    /// Puts a part into the spec, or leaves it out. One that comes back is as it was when it was
    /// last there; one that never was is that of the sample, or something to go on from.
    pub(super) fn switch_part(&mut self, part: SpecPart, on: bool) {
        let value = if on {
            let earlier = self.model.history.newest(|plan| part.of(&tree_of(plan)).cloned());
            let sample = || {
                let sample = jobs::new_plan("rail-optimised").ok()?;
                let tree = tree_of(&sample);
                match part {
                    SpecPart::Storage => SpecPart::Frontend.of(&tree).cloned(),
                    SpecPart::Management => {
                        Some(json!({ "nic": "bmc-1x1", "leaf_model": "celestica-ds1000" }))
                    }
                    SpecPart::Racks => {
                        let model = self.model.catalog.racks.keys().next();
                        Some(json!({ "model": model.map_or("", String::as_str) }))
                    }
                    part => part.of(&tree).cloned(),
                }
            };
            earlier.or_else(sample)
        } else {
            None
        };
        let value = value.map_or_else(EditValue::left_out, EditValue::Tree);
        let edit = Edit { path: part.path(), value };
        self.change_at_once(|plan| apply_edit(plan, &edit).map_err(|error| error.to_string()));
    }

    /// Changes the rows of a list, and shows the row that came or moved.
    pub(super) fn edit_rows(&mut self, list: &SpecPath, edit: &RowEdit) {
        let before = rows_of(&self.model.spec_tree, list).len();
        let plan = self.model.plan.clone();
        self.change_at_once(|plan| {
            plan::edit_rows(plan, list, edit).map_err(|error| error.to_string())
        });
        if *plan == *self.model.plan {
            return;
        }
        // Positions have another meaning now.
        let within = |row: &SpecPath| list.contains(row);
        self.model.open_rows.retain(|row| !within(row));
        self.model.ticked.retain(|row| !within(row));
        let shown = match edit {
            RowEdit::Add(rows) if rows.len() == 1 => Some(before),
            RowEdit::Duplicate(n) => Some(n + 1),
            RowEdit::Move { to, .. } => Some(*to),
            RowEdit::Add(_) | RowEdit::Remove(_) => None,
        };
        if let Some(n) = shown {
            let row = list.index(n);
            if !matches!(edit, RowEdit::Move { .. }) {
                self.model.open_rows.insert(row.clone());
            }
            self.model.go_to = Some(row);
        }
    }

    /// Adds rows that were pasted.
    pub(super) fn paste_rows(&mut self, pasted: Pasted) {
        match pasted.edit(&self.model) {
            Ok(edit) => self.edit_rows(&pasted.list, &edit),
            Err(problem) => self.fail(problem),
        }
    }

    /// Gives a row another key, and all that names it. What was applied under the old key is
    /// renamed, not made anew.
    pub(super) fn rename(&mut self, path: &SpecPath, id: &str) {
        let applied = self.model.last_run().is_some();
        let moves = self.model.plan.spec.moved.clone();
        self.change_at_once(|plan| {
            plan::rename(plan, path, id, applied).map_err(|error| error.to_string())
        });
        if moves.len() < self.model.plan.spec.moved.len() {
            self.tell(
                "What was applied keeps its place: a move was noted under More, so that it is \
                 renamed and not deleted.",
            );
        }
    }

    /// The text of the plan was typed in.
    pub(super) fn type_text(&mut self, text: String) {
        let mut ron = std::mem::take(&mut self.model.ron);
        if let Some(plan) = ron.take(text, &self.model.plan) {
            self.change(&SpecPath::new("text"), |now| {
                *now = plan;
                Ok(())
            });
        }
        ron.belongs_to(&self.model.plan);
        self.model.ron = ron;
    }

    /// Brings a field into view.
    pub(super) fn go_to(&mut self, path: SpecPath) {
        self.model.tab = Tab::of_path(&path);
        let mut place = Some(path.clone());
        while let Some(row) = place {
            if row.as_str().ends_with(']') {
                self.model.open_rows.insert(row.clone());
            }
            place = row.parent();
        }
        self.model.go_to = Some(path);
    }

    /// Brings the field of the next error or warning into view, errors first.
    pub(super) fn next_finding(&mut self) {
        let mut places: Vec<(Severity, SpecPath)> = Vec::new();
        let mut seen = BTreeSet::new();
        for finding in self.model.findings().iter().filter(|f| f.severity != Severity::Info) {
            if seen.insert(&finding.path) {
                places.push((finding.severity, finding.path.clone()));
            }
        }
        places.sort();
        let last = self.model.last_finding.take();
        let next = places.iter().find(|place| Some(*place) > last.as_ref()).or(places.first());
        if let Some(place) = next.cloned() {
            self.model.last_finding = Some(place.clone());
            self.go_to(place.1);
        }
    }
}
