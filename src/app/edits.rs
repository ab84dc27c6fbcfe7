//! Edits of the plan: one field, a part of the spec, rows of lists, keys, and the text.
//!
//! Each is one step of the history, whatever it changes. An edit of a field in a ticked row goes to
//! the same field of all rows that are ticked beside it.

use super::Window;
use super::form::{Pasted, RonText, place_words};
use super::jobs;
use super::model::{Dialog, FormEdit, SpecPart, Tab};
use super::undo::History;
use crate::model::{Edit, EditValue, Severity, SpecPath, printable};
use crate::plan::{self, Plan, RowEdit, apply_edit, apply_edits, rows_of, tree_of};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The lists of classes, whose ids are names of one space.
const CLASSES: [&str; 3] = ["spec.switch_classes", "spec.server_classes", "spec.external"];

/// True for a place whose fields stand in a group of their own.
fn is_group(path: &SpecPath) -> bool {
    let parts = [
        SpecPart::Cluster,
        SpecPart::Backend,
        SpecPart::Frontend,
        SpecPart::Storage,
        SpecPart::Management,
        SpecPart::Racks,
    ];
    parts.iter().any(|part| part.path() == *path) || path.as_str() == "spec.naming"
}

/// True if the rows of a list are the same ones, in the same order, whatever was edited in them.
fn rows_stay(before: &[Value], after: &[Value]) -> bool {
    let keys = |rows: &[Value]| -> Vec<Option<Value>> {
        rows.iter().map(|row| row.get("id").cloned()).collect()
    };
    // Rows without a key have moved if they are the same in another order.
    let sorted = |rows: &[Value]| {
        let mut texts: Vec<String> = rows.iter().map(Value::to_string).collect();
        texts.sort_unstable();
        texts
    };
    before.len() == after.len()
        && keys(before) == keys(after)
        && (before == after || sorted(before) != sorted(after))
}

/// What stands at a place of the tree of a plan.
fn value_at<'v>(tree: &'v Value, path: &SpecPath) -> Option<&'v Value> {
    let pointer = path.as_str().replace(['.', '['], "/").replace(']', "");
    tree.pointer(&format!("/{pointer}"))
}

impl Window {
    /// Writes a field, and the same field of all rows that are ticked with its row.
    pub(super) fn edit(&mut self, edit: &Edit) {
        let others = self.beside(&edit.path);
        self.change(&edit.path, |plan| {
            let paths = others.into_iter().chain([edit.path.clone()]);
            let of = |path| Edit { path, value: edit.value.clone() };
            let edits: Vec<Edit> = paths.map(of).collect();
            apply_edits(plan, &edits).map_err(|error| error.to_string())
        });
    }

    /// Writes this field and no other, as a step of its own.
    pub(super) fn edit_one(&mut self, edit: &Edit) {
        self.change_at_once(|plan| apply_edit(plan, edit).map_err(|error| error.to_string()));
    }

    /// Does what a remedy offers, and says what that was: its place may be elsewhere.
    pub(super) fn mend(&mut self, edit: Edit) {
        let place = place_words(&self.model.spec_tree, &edit.path);
        let words = match &edit.value {
            EditValue::Number(number) => format!("{place} is {number} now."),
            EditValue::Text(text) => format!("{place} is {} now.", printable(text)),
            EditValue::Tree(Value::Null) => format!("{place} is left out now."),
            EditValue::Tree(_) => format!("{place} was changed."),
        };
        let before = Arc::clone(&self.model.plan);
        self.edit_by_form(FormEdit::Single(edit));
        if !Arc::ptr_eq(&before, &self.model.plan) {
            self.tell(format!("{words} Undo takes it back."));
        }
    }

    /// The same field in the other ticked rows, if its own row is ticked.
    fn beside(&self, path: &SpecPath) -> Vec<SpecPath> {
        let ticked = &self.model.ticked;
        let Some(row) = ticked.iter().find(|row| row.contains(path)) else { return Vec::new() };
        let field = path.as_str().strip_prefix(row.as_str()).unwrap_or_default();
        // Keys are of one row each, and rows within it are others' rows by chance only.
        if field == ".id" || field.contains('[') {
            return Vec::new();
        }
        let others = ticked.iter().filter(|other| *other != row && other.parent() == row.parent());
        let places = others.map(|other| SpecPath::new(format!("{other}{field}")));
        // What belongs to one way of spreading, rows that spread in another way do not have.
        let tree = &self.model.spec_tree;
        places
            .filter(|place| place.parent().is_some_and(|of| value_at(tree, &of).is_some()))
            .collect()
    }

    /// Unticks all rows unless each is the same one in another state of the plan: a tick is of a
    /// position.
    pub(super) fn keep_ticks(&mut self, tree: &Value) {
        let Some(list) = self.model.ticked.first().and_then(SpecPath::parent) else { return };
        if !rows_stay(rows_of(&self.model.spec_tree, &list), rows_of(tree, &list)) {
            self.model.ticked.clear();
        }
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
        if id.trim().is_empty() {
            return self.refuse("A row needs an id; the one before stays.".to_owned());
        }
        // Two rows of one key would be ten findings far from here.
        if self.is_key_of_another(path, id) {
            return self
                .refuse(format!("{id} is the id of another row already; the one before stays."));
        }
        let applied = self.model.last_run().is_some();
        let moves = self.model.plan.spec.moved.clone();
        let ticked = self.model.ticked.clone();
        self.change_at_once(|plan| {
            plan::rename(plan, path, id, applied).map_err(|error| error.to_string())
        });
        // The row is the same under another key.
        self.model.ticked = ticked;
        if self.model.plan.spec.moved.iter().any(|noted| !moves.contains(noted)) {
            self.tell(
                "What was applied keeps its place: a move was noted under More, so that it is \
                 renamed and not deleted.",
            );
        }
    }

    /// The plan as it would be if what is being typed as the key of a row were taken; `None` if there
    /// is nothing to take.
    pub(super) fn with_typed_key(&self) -> Option<Plan> {
        let (path, id) = self.model.typed_key.as_ref()?;
        let before = value_at(&self.model.spec_tree, path).and_then(Value::as_str)?;
        if before == id || id.trim().is_empty() || self.is_key_of_another(path, id) {
            return None;
        }
        let mut plan = (*self.model.plan).clone();
        let applied = self.model.last_run().is_some();
        plan::rename(&mut plan, path, id, applied).ok().map(|_| plan)
    }

    /// Takes what was typed as the key of a row.
    pub(super) fn take_typed_key(&mut self) {
        let Some((path, id)) = self.model.typed_key.take() else { return };
        let before = value_at(&self.model.spec_tree, &path);
        // Where the row is gone meanwhile, there is nothing to be called so.
        if before.and_then(Value::as_str).is_some_and(|before| before != id) {
            self.edit_by_form(FormEdit::Key(path, id));
        }
    }

    /// True if a row beside that of the path has the key. Classes of all lists have names in one
    /// space, with those of the cluster.
    fn is_key_of_another(&self, path: &SpecPath, id: &str) -> bool {
        let row = path.parent();
        let Some((row, list)) = row.and_then(|row| Some((row.clone(), row.parent()?))) else {
            return false;
        };
        let classes = CLASSES.map(SpecPath::new);
        let is_class = classes.contains(&list);
        let lists = if is_class { classes.to_vec() } else { vec![list] };
        let has_it = |value: &Value| value.get("id").is_some_and(|of| of == id);
        let in_list = |list: &SpecPath| {
            let rows = rows_of(&self.model.spec_tree, list).iter().enumerate();
            rows.filter(|(n, _)| list.index(*n) != row).any(|(_, value)| has_it(value))
        };
        let of_cluster = || {
            let fabric = &self.model.answer.as_ref()?.evaluation.fabric;
            let mut classes = fabric.classes.iter().filter(|class| class.family == id);
            Some(classes.any(|class| class.path.as_str().starts_with("spec.cluster")))
        };
        lists.iter().any(in_list) || (is_class && of_cluster().unwrap_or_default())
    }

    /// The text of the plan was typed in.
    pub(super) fn type_text(&mut self, text: String) {
        if self.can_edit() {
            self.end_refusal();
            self.model.ron.type_in(text, Instant::now());
        }
    }

    /// Reads what was typed as text once no key was pressed for a while.
    pub(super) fn follow_text(&mut self) {
        match self.model.ron.wait(Instant::now()) {
            None => {}
            Some(Duration::ZERO) => self.read_text(),
            Some(wait) => self.context.request_repaint_after(wait),
        }
    }

    /// Reads what was typed as text, if that was not read yet: as one step of the history.
    pub(super) fn read_text(&mut self) {
        if self.model.ron.wait(Instant::now()).is_none() {
            return;
        }
        let mut ron = std::mem::take(&mut self.model.ron);
        let read = ron.read(&self.model.plan);
        if let Some(plan) = read {
            if ron.stands_in(&self.model.plan) {
                // Also where another window has the file: what was mended is not to be lost. No way
                // leads back to the blank plan that stood in for that of the file.
                self.take_mended(ron.has_comments);
                self.model.history = History::default();
                self.end_notice();
                self.take_plan(Arc::new(plan), false);
            } else {
                let models = plan.spec.models.clone();
                let taken = self.change_at_once(|now| {
                    *now = plan;
                    Ok(())
                });
                if taken && self.model.plan.spec.models != models {
                    // More stands in the plan now than was typed.
                    ron = RonText::default();
                    ron.follow(&self.model.plan);
                }
            }
        }
        ron.belongs_to(&self.model.plan);
        if ron.problem.is_some() {
            self.model.history.forget_later();
        }
        self.model.ron = ron;
        self.model.place_findings();
    }

    /// Takes back what cannot be read; redo brings it again.
    pub(super) fn take_text_back(&mut self) {
        self.model.ron.take_back(&self.model.plan);
        self.model.place_findings();
    }

    /// Brings back what was taken back.
    pub(super) fn type_text_again(&mut self) {
        self.model.ron.type_again(&self.model.plan, Instant::now());
        self.read_text();
    }

    /// Edits the plan in another way than as text. Text that cannot be read would be lost with
    /// that, so it is asked about first.
    pub(super) fn edit_by_form(&mut self, edit: FormEdit) {
        if self.model.ron.problem.is_some() && self.model.read_only().is_none() {
            // Of what stands in for the plan of a file there is nothing to edit.
            match self.model.is_stand_in() {
                true => self.go_to_unreadable(),
                false => self.model.dialog = Some(Dialog::ReplaceText(edit)),
            }
            return;
        }
        match edit {
            FormEdit::Field(edit) => self.edit(&edit),
            FormEdit::Single(edit) => self.edit_one(&edit),
            FormEdit::Part(part, on) => self.switch_part(part, on),
            FormEdit::Rows(list, edit) => self.edit_rows(&list, &edit),
            FormEdit::Pasted(pasted) => self.paste_rows(pasted),
            FormEdit::Key(path, id) => self.rename(&path, &id),
        }
    }

    /// Drops the text that cannot be read, and makes the edit that it was in the way of.
    pub(super) fn replace_text(&mut self, edit: FormEdit) {
        self.model.ron = RonText::default();
        self.model.place_findings();
        self.edit_by_form(edit);
    }

    /// Shows the line that cannot be read.
    pub(super) fn go_to_unreadable(&mut self) {
        self.model.tab = Tab::Text;
        self.model.go_to_text = Some(SpecPath::default());
    }

    /// Brings a field into view.
    pub(super) fn go_to(&mut self, path: SpecPath) {
        self.model.tab = Tab::of_path(&path);
        let pointer = format!("/{}", path.as_str().replace('.', "/"));
        let is_empty = self.model.spec_tree.pointer(&pointer).is_none_or(Value::is_null);
        let mut place = Some(path.clone());
        let mut group = None;
        while let Some(row) = place {
            let is_row = row.as_str().ends_with(']');
            if is_row {
                self.model.open_rows.insert(row.clone());
            }
            if group.is_none() && row != path && (is_row || is_group(&row)) {
                group = Some(row.as_str().to_owned());
            }
            place = row.parent();
        }
        if is_empty && (group.is_some() || !self.model.found.contains_key(&path)) {
            // It may be among those that are folded away: it is to stay once it was shown.
            self.model.unfolded.insert(group.unwrap_or_else(|| "metadata".to_owned()));
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
        // What was mended meanwhile has left its place to the one after it.
        let next = match self.model.last_finding.take() {
            Some((n, last)) => match places.iter().position(|place| *place == last) {
                Some(found) => found + 1,
                None => n,
            },
            None => 0,
        };
        let next = if next < places.len() { next } else { 0 };
        if let Some(place) = places.get(next).cloned() {
            self.model.last_finding = Some((next, place.clone()));
            match place.1 {
                path if path.as_str().is_empty() && self.model.ron.problem.is_some() => {
                    self.go_to_unreadable();
                }
                path => self.go_to(path),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::{Action, Command};
    use super::super::form::ALL_ROWS;
    use super::super::what_if::WhatIf;
    use super::*;
    use crate::model::Code;
    use crate::plan::{rows_to_text, testing::every_path, write};
    use crate::session::Places;
    use std::path::Path;

    fn window(home: &Path) -> Window {
        Window::new(&egui::Context::default(), Places::within(home), None).unwrap()
    }

    /// Numbers that look random and are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % most.max(1) as u64) as usize
        }

        fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
            all.get(self.below(all.len()))
        }
    }

    /// The lists that a plan has, with what their rows are.
    fn lists(window: &Window) -> Vec<(SpecPath, &'static super::super::form::Rows)> {
        let mut lists = Vec::new();
        for (base, rows) in ALL_ROWS {
            let path = SpecPath::new(*base).field(rows.name);
            for n in 0..rows_of(&window.model.spec_tree, &path).len() {
                lists
                    .extend(rows.rows.iter().map(|inner| (path.index(n).field(inner.name), inner)));
            }
            lists.push((path, rows));
        }
        lists
    }

    /// Something that a form, a list or the text could ask for now.
    fn any_action(window: &Window, dice: &mut Dice) -> Action {
        let model = &window.model;
        let own = |path: &SpecPath| {
            let path = path.as_str();
            (path.starts_with("spec.") || path.starts_with("metadata.")) && path != "metadata.id"
        };
        let mut paths = every_path(&model.plan);
        paths.retain(|(path, _)| own(path));
        let lists = lists(window);
        let list = dice.of(&lists).cloned();
        match (dice.below(9), list) {
            (0..=2, _) => {
                let leaf = |v: &Value| v.is_string() || v.is_number();
                let mut leaves: Vec<_> = paths.iter().filter(|(_, value)| leaf(value)).collect();
                let ticked = &model.ticked;
                if ticked.len() > 1 && dice.below(4) > 0 {
                    // Else an edit would hardly ever be one of several rows.
                    leaves.retain(|(path, _)| !window.beside(path).is_empty());
                }
                let Some((path, value)) = dice.of(&leaves) else { return Action::Untick };
                let value = match value {
                    Value::Number(_) => EditValue::Number(dice.below(40) as u64),
                    _ if dice.below(2) == 0 => EditValue::left_out(),
                    _ => EditValue::Text(["x", "1-8", "shared", "two"][dice.below(4)].to_owned()),
                };
                Action::Edit(Edit { path: path.clone(), value })
            }
            (3, Some((list, rows))) => {
                let count = rows_of(&model.spec_tree, &list).len();
                let edit = match dice.below(4) {
                    0 => RowEdit::Add(vec![super::super::form::template(rows, &model.spec_tree)]),
                    1 => RowEdit::Duplicate(dice.below(count)),
                    2 => RowEdit::Remove(dice.below(count)),
                    _ => RowEdit::Move { from: dice.below(count), to: dice.below(count) },
                };
                Action::Rows(list, edit)
            }
            (4, Some((list, rows))) => {
                let text = rows_to_text(&model.plan, &list, |_| true);
                Action::Ask(super::super::model::Dialog::PasteRows(Pasted { list, rows, text }))
            }
            (5, _) => {
                let ids: Vec<_> =
                    paths.iter().filter(|(p, _)| p.as_str().ends_with(".id")).collect();
                match dice.of(&ids) {
                    Some((path, _)) => {
                        Action::TypeKey(path.clone(), format!("k{}", dice.below(1_000)))
                    }
                    None => Action::Untick,
                }
            }
            (6, _) => {
                use SpecPart::{Backend, Frontend, Management, Racks, Storage};
                let parts = [Backend, Frontend, Storage, Management, Racks];
                Action::SwitchPart(parts[dice.below(5)], dice.below(3) > 0)
            }
            (7..=8, Some((list, _))) if dice.below(3) > 0 => {
                let count = rows_of(&model.spec_tree, &list).len();
                if count == 0 {
                    Action::Untick
                } else {
                    Action::Tick(list.index(dice.below(count)))
                }
            }
            _ => {
                let text = write(&model.plan);
                let digit = text.rfind("priority: 1").or_else(|| text.find("servers: "));
                let at = digit.and_then(|at| text[at..].find(' ').map(|n| at + n + 1));
                Action::TypeText(match at {
                    Some(at) => format!("{}{}{}", &text[..at], dice.below(9), &text[at..]),
                    None => text + "x",
                })
            }
        }
    }

    /// Waits until nothing is under way.
    fn settle(window: &mut Window) {
        while window.job.is_some() || window.model.is_computing() {
            std::thread::sleep(Duration::from_millis(2));
            window.receive();
        }
    }

    /// Runs a command that computes another plan, and answers what it asks with its main button.
    fn carry_out(window: &mut Window, command: Command) {
        settle(window);
        window.drain(vec![Action::Do(command)]);
        if let Some(Dialog::WhatIf(asked)) = &window.model.dialog {
            let asked = WhatIf { servers: "64".to_owned(), ..asked.clone() };
            window.drain(vec![Action::Ask(Dialog::WhatIf(asked)), Action::Confirm]);
        }
        settle(window);
        window.drain(vec![Action::Confirm]);
        settle(window);
    }

    #[test]
    fn edits_are_taken_back_one_by_one_and_made_again() {
        let home = tempfile::tempdir().unwrap();
        let mut kinds = BTreeSet::new();
        for seed in 1..=6 {
            let mut window = window(home.path());
            if seed % 2 == 0 {
                let mut plan = crate::plan::testing::full_plan();
                plan.status = None;
                window.take_plan(std::sync::Arc::new(plan), false);
            }
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
            let now = |window: &Window| write(&window.model.plan);
            let mut states = vec![now(&window)];
            if seed == 1 {
                // Only a plan without errors can be asked about; the next edits make many.
                for command in [Command::WhatIf, Command::PinSizes, Command::Eject] {
                    carry_out(&mut window, command);
                    states.push(now(&window));
                }
                assert_eq!(states.len(), states.iter().collect::<BTreeSet<_>>().len());
            }
            for _ in 0..60 {
                let action = any_action(&window, &mut dice);
                let kind = format!("{action:?}");
                let kind = kind.split(['(', ' ']).next().unwrap_or_default().to_owned();
                let paste = matches!(action, Action::Ask(_));
                let many = match &action {
                    Action::Edit(edit) => !window.beside(&edit.path).is_empty(),
                    _ => false,
                };
                // Of rows that are ticked, most are: whatever replaces the plan unticks them all.
                let also = match &action {
                    Action::Tick(row) => row.parent().map(|list| {
                        let all = 0..rows_of(&window.model.spec_tree, &list).len();
                        let others = all.map(|n| list.index(n)).filter(|other| other != row);
                        let ticked = &window.model.ticked;
                        others.filter(|other| !ticked.contains(other)).map(Action::Tick).collect()
                    }),
                    _ => None,
                };
                window.drain(vec![Action::EditEnded, action]);
                window.drain(also.unwrap_or_default());
                if paste {
                    window.drain(vec![Action::Confirm]);
                }
                // What was typed as text, or as the key of a row, is read once the field is left.
                window.drain(vec![Action::EditEnded, Action::EndKey { taken: true }]);
                let state = now(&window);
                if states.last() != Some(&state) {
                    kinds.insert(if many { "Edit of several".to_owned() } else { kind });
                    states.push(state);
                }
                // The text of another plan must not be taken for this one's.
                window.model.ron.discard();
            }
            assert!(states.len() > 20, "{} of 60 did something", states.len());
            let undo = || vec![Action::Do(Command::Undo)];
            for state in states.iter().rev().skip(1) {
                window.drain(undo());
                assert!(now(&window) == *state, "seed {seed}: an edit is not taken back");
            }
            assert!(!window.model.history.can_undo());
            for state in states.iter().skip(1) {
                window.drain(vec![Action::Do(Command::Redo)]);
                assert!(now(&window) == *state, "seed {seed}: an edit is not made again");
            }
            assert!(!window.model.history.can_redo());
        }
        let all = ["Ask", "Edit", "Edit of several", "Rows", "SwitchPart", "TypeKey", "TypeText"];
        assert_eq!(kinds, all.map(str::to_owned).into());
    }

    #[test]
    fn text_that_cannot_be_read_is_not_lost_to_what_comes_meanwhile() {
        let home = tempfile::tempdir().unwrap();
        let mut window = window(home.path());
        settle(&mut window);
        window.drain(vec![Action::Do(Command::PinSizes)]);
        let before = write(&window.model.plan);
        window.drain(vec![Action::TypeText("(".to_owned()), Action::EditEnded]);
        settle(&mut window);
        assert_eq!(window.model.ron.unread(), Some("("));
        assert_eq!(write(&window.model.plan), before, "sizes are not pinned over it");
        assert!(
            window
                .model
                .notice
                .as_ref()
                .is_some_and(|notice| notice.tone == crate::app::model::Tone::Refused)
        );
        // An undo takes it back, a redo brings it again, and an answered question drops it.
        window.drain(vec![Action::Do(Command::Undo)]);
        assert_eq!(window.model.ron.unread(), None);
        window.drain(vec![Action::Do(Command::Redo)]);
        assert_eq!(window.model.ron.unread(), Some("("));
        let edit = || {
            let path = SpecPath::new("spec.cluster.servers");
            Action::Edit(Edit { path, value: EditValue::Number(64) })
        };
        window.drain(vec![edit(), Action::Confirm]);
        assert_eq!((window.model.tab, window.model.ron.unread()), (Tab::Text, Some("(")));
        window.drain(vec![edit(), Action::Discard]);
        assert_eq!(window.model.ron.unread(), None);
        assert_eq!(window.model.plan.spec.cluster.as_ref().unwrap().servers, 64);
        assert!(window.model.findings().iter().all(|f| f.code != Code::UnreadableText));
        // From here on it is history like any other.
        window.drain(vec![Action::Do(Command::Undo)]);
        assert_eq!(write(&window.model.plan), before);
        window.drain(vec![Action::Do(Command::Redo)]);
        assert_eq!(window.model.plan.spec.cluster.as_ref().unwrap().servers, 64);
        assert_eq!(window.model.ron.unread(), None);
        // What is typed over an earlier state takes the place of the later ones.
        window.drain(vec![Action::Do(Command::Undo), Action::TypeText("[".to_owned())]);
        window.drain(vec![Action::Do(Command::Undo), Action::Do(Command::Redo)]);
        assert_eq!(window.model.ron.unread(), Some("["));
        assert_eq!(write(&window.model.plan), before);
    }

    #[test]
    fn ticked_rows_are_edited_together_but_for_their_keys() {
        let home = tempfile::tempdir().unwrap();
        let mut window = window(home.path());
        window.take_plan(std::sync::Arc::new(crate::plan::testing::full_plan()), false);
        let list = SpecPath::new("spec.switch_classes");
        let edit = |field: &str, text: &str| {
            let value = EditValue::Text(text.to_owned());
            Action::Edit(Edit { path: list.index(0).field(field), value })
        };
        window.drain(vec![Action::Tick(list.index(0)), Action::Tick(list.index(1))]);
        window.drain(vec![edit("fabric", "storage"), Action::EditEnded, edit("id", "alone")]);
        let classes = &window.model.plan.spec.switch_classes;
        assert!(classes.iter().all(|class| class.fabric == "storage"));
        assert_eq!(classes.iter().filter(|class| class.id == "alone").count(), 1);
        // Rows of another list are not ticked beside them.
        let zone = list.index(0).field("zones").index(0);
        window.drain(vec![Action::Tick(zone.clone())]);
        assert_eq!(window.model.ticked, [zone].into());
    }

    #[test]
    fn a_remedy_is_for_its_own_row_and_rows_within_rows_are_not_alike() {
        let home = tempfile::tempdir().unwrap();
        let mut window = window(home.path());
        window.take_plan(Arc::new(crate::plan::testing::full_plan()), false);
        let list = SpecPath::new("spec.switch_classes");
        window.drain(vec![Action::Tick(list.index(0)), Action::Tick(list.index(1))]);
        let edit = |path: SpecPath, text: &str| Edit { path, value: EditValue::Text(text.into()) };
        let fabrics = |window: &Window| -> Vec<String> {
            window.model.plan.spec.switch_classes.iter().map(|c| c.fabric.clone()).collect()
        };
        let before = fabrics(&window);
        window.drain(vec![Action::Mend(edit(list.index(0).field("fabric"), "mended"))]);
        assert_eq!(fabrics(&window)[0], "mended");
        let told = window.model.notice.as_ref().map(|notice| notice.text.clone());
        assert!(
            told.is_some_and(|told| told.ends_with("› Fabric is mended now. Undo takes it back."))
        );
        assert_eq!(fabrics(&window)[1..], before[1..]);
        assert_eq!(window.model.ticked.len(), 2, "they stay ticked");
        let zone = list.index(0).field("zones").index(0);
        assert!(window.beside(&zone.field("ports")).is_empty(), "another zone altogether");
        assert_eq!(window.beside(&list.index(0).field("fabric")).len(), 1);
        window.drain(vec![Action::Do(Command::Undo)]);
        assert_eq!(window.model.ticked.len(), 2, "they are the same rows");
        // Of other rows at the same positions they are not.
        window.drain(vec![Action::Rows(list.clone(), RowEdit::Duplicate(0))]);
        window.drain(vec![Action::Tick(list.index(1)), Action::Tick(list.index(2))]);
        window.drain(vec![Action::Do(Command::Undo)]);
        assert!(window.model.ticked.is_empty());
    }

    #[test]
    fn the_key_of_a_row_is_taken_before_anything_else_is_done() {
        let home = tempfile::tempdir().unwrap();
        let mut window = window(home.path());
        window.take_plan(Arc::new(crate::plan::testing::full_plan()), false);
        let path = SpecPath::new("spec.switch_classes[0].id");
        let server = window.model.plan.spec.server_classes[0].id.clone();
        let before = window.model.plan.spec.switch_classes[0].id.clone();
        for (typed, expected) in
            [("another", "another"), ("", "another"), (server.as_str(), "another"), ("a", "a")]
        {
            window.drain(vec![Action::TypeKey(path.clone(), typed.to_owned())]);
            window.drain(vec![Action::ForgetNotice]);
            assert!(window.model.typed_key.is_some(), "a notice that goes takes nothing");
            window.drain(vec![Action::Do(Command::ShowText)]);
            assert_eq!(window.model.plan.spec.switch_classes[0].id, expected, "{typed}");
        }
        window.drain(vec![Action::TypeKey(path.clone(), "b".to_owned())]);
        window.drain(vec![Action::EndKey { taken: false }, Action::Do(Command::ShowSwitches)]);
        assert_eq!(window.model.plan.spec.switch_classes[0].id, "a", "Escape drops it");
        assert_ne!(before, "a");
    }

    #[test]
    fn what_went_wrong_is_told_until_somebody_has_seen_it() {
        let home = tempfile::tempdir().unwrap();
        let mut window = window(home.path());
        let servers = |n: u64| {
            let path = SpecPath::new("spec.cluster.servers");
            Action::Edit(Edit { path, value: EditValue::Number(n) })
        };
        let told = |window: &Window| window.model.notice.as_ref().map(|notice| notice.text.clone());
        window.fail("The disk is full.".to_owned());
        window.drain(vec![servers(7), Action::EditEnded, Action::Do(Command::Undo)]);
        assert_eq!(told(&window).as_deref(), Some("The disk is full."));
        window.refuse("Not now.".to_owned());
        window.drain(vec![servers(9)]);
        assert_eq!(told(&window), None);
    }
}
