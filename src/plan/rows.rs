//! Rows of a plan's lists: added, doubled, removed, moved; and as lines of a spreadsheet.
//!
//! A row is what a list of the spec holds: a class, a zone, a card, a connection. Like an edit of
//! one field, a change of rows works on the plan as a tree and is refused where the types refuse
//! it. Ids stay unique: a row that comes gets the first free one. Pasted text is tab-separated,
//! with the names of fields as its first line, and means exactly what the RON file would.

use super::edit::{EditError, change_place, find, is_taken};
use super::{Plan, tree_of};
use crate::model::{Limits, SpecPath, Step};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What happens to the rows of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum RowEdit {
    /// These come at the end.
    Add(Vec<Value>),
    /// A copy of this row comes after it.
    Duplicate(usize),
    /// This row goes.
    Remove(usize),
    /// The row goes to another position.
    Move {
        /// From here.
        from: usize,
        /// To here, as counted once it is taken out.
        to: usize,
    },
}

/// Changes the rows of a list. A list that is left out of the plan is empty. Waivers go where the
/// row goes that they are of. A text that a field cannot be, and that reads as a number or as JSON
/// which the field can be, is read so: cells of a spreadsheet are texts.
///
/// # Errors
/// When the path is no list of metadata or spec, has no such row, or the plan cannot have what
/// comes. The plan is then unchanged.
pub fn edit_rows(plan: &mut Plan, list: &SpecPath, edit: &RowEdit) -> Result<(), EditError> {
    let done = put_rows(plan, list, edit);
    match (done, edit) {
        (Err(error), RowEdit::Add(rows)) => {
            let typed = typed_rows(plan, list, rows);
            if typed == *rows { Err(error) } else { put_rows(plan, list, &RowEdit::Add(typed)) }
        }
        (done, _) => {
            done?;
            plan.spec.waivers.retain_mut(|waiver| match moved_path(&waiver.path, list, edit) {
                Some(path) => {
                    waiver.path = path;
                    true
                }
                None => false,
            });
            Ok(())
        }
    }
}

fn put_rows(plan: &mut Plan, list: &SpecPath, edit: &RowEdit) -> Result<(), EditError> {
    let said = match edit {
        RowEdit::Add(rows) => format!("{} more", rows.len()),
        RowEdit::Duplicate(n) => format!("[{n}] twice"),
        RowEdit::Remove(n) => format!("without [{n}]"),
        RowEdit::Move { from, to } => format!("[{from}] at [{to}]"),
    };
    change_place(plan, list, &said, |tree, steps| {
        let place = find(tree, steps)?;
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let rows = place.as_array_mut()?;
        match edit {
            RowEdit::Add(more) => {
                for row in more {
                    let row = with_free_id(rows, row.clone());
                    rows.push(row);
                }
            }
            RowEdit::Duplicate(n) => {
                let copy = with_free_id(rows, rows.get(*n)?.clone());
                rows.insert(n + 1, copy);
            }
            RowEdit::Remove(n) => {
                rows.get(*n)?;
                rows.remove(*n);
            }
            RowEdit::Move { from, to } => {
                rows.get(*from)?;
                rows.get(*to)?;
                let row = rows.remove(*from);
                rows.insert(*to, row);
            }
        }
        Some(())
    })
}

/// A path after the rows of a list have changed; `None` if it leads into a row that is gone.
fn moved_path(path: &str, list: &SpecPath, edit: &RowEdit) -> Option<String> {
    let of_row = || {
        let (digits, rest) =
            path.strip_prefix(list.as_str())?.strip_prefix('[')?.split_once(']')?;
        let n: usize = digits.parse().ok()?;
        // `[02]` is no place of a plan.
        (n.to_string() == digits).then_some((n, rest))
    };
    match of_row() {
        Some((n, rest)) => Some(format!("{}{rest}", list.index(edit.moved(n)?))),
        None => Some(path.to_owned()),
    }
}

impl RowEdit {
    /// Where a row stands afterwards; `None` if it is gone.
    fn moved(&self, n: usize) -> Option<usize> {
        match *self {
            Self::Duplicate(of) if n > of => n.checked_add(1),
            Self::Remove(gone) if n == gone => None,
            Self::Remove(gone) if n > gone => n.checked_sub(1),
            Self::Move { from, to } if n == from => Some(to),
            Self::Move { from, to } if from < n && n <= to => n.checked_sub(1),
            Self::Move { from, to } if to <= n && n < from => n.checked_add(1),
            _ => Some(n),
        }
    }
}

/// The rows, with what the types do not take as a text read as a number or JSON. Each column is
/// asked once: its fields are of one type.
fn typed_rows(plan: &Plan, list: &SpecPath, rows: &[Value]) -> Vec<Value> {
    let tree = tree_of(plan);
    let is_taken = |name: &str, value: &Value| {
        let row = serde_json::json!([{ name: value }]);
        is_taken(tree.clone(), &list.steps(), row)
    };
    let mut typed: BTreeMap<String, bool> = BTreeMap::new();
    let mut rows = rows.to_vec();
    for (name, value) in rows.iter_mut().filter_map(Value::as_object_mut).flatten() {
        let Some(text) = value.as_str() else { continue };
        let Some(read) = read_cell(text) else { continue };
        let known = typed.get(name).copied();
        let is_typed = known.unwrap_or_else(|| !is_taken(name, value) && is_taken(name, &read));
        typed.insert(name.clone(), is_typed);
        if is_typed {
            *value = read;
        }
    }
    rows
}

/// What a cell is if it is no text: a number, a list, or named values.
fn read_cell(cell: &str) -> Option<Value> {
    if cell.starts_with(['[', '{']) {
        return serde_json::from_str(cell).ok();
    }
    cell.parse::<u64>().ok().map(Value::from)
}

/// The row with an id that no other has: its own, or that with the next number at its end.
fn with_free_id(rows: &[Value], mut row: Value) -> Value {
    let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row.get("id")?.as_str()).collect();
    if let Some(Value::String(id)) = row.get_mut("id")
        && ids.contains(id.as_str())
    {
        let (stem, number) = match id.rsplit_once('-') {
            Some((stem, digits)) if !stem.is_empty() => {
                (stem.to_owned(), digits.parse::<u32>().ok())
            }
            _ => (id.clone(), None),
        };
        let (stem, mut number) = match number {
            Some(number) => (stem, number),
            None => (id.clone(), 1),
        };
        loop {
            number = number.saturating_add(1);
            let next = format!("{stem}-{number}");
            if !ids.contains(next.as_str()) || number == u32::MAX {
                *id = next;
                break;
            }
        }
    }
    row
}

/// The rows of a list as tab-separated text, with the names of all fields that a row has as its
/// first line: of those that are `wanted`, by their position. Lists and choices with fields of their
/// own stand as JSON.
pub fn rows_to_text(plan: &Plan, list: &SpecPath, wanted: impl Fn(usize) -> bool) -> String {
    let mut tree = tree_of(plan);
    let rows = find(&mut tree, &list.steps()).and_then(|rows| rows.as_array().cloned());
    let rows = rows.unwrap_or_default().into_iter().enumerate();
    let rows: Vec<Value> = rows.filter(|(n, _)| wanted(*n)).map(|(_, row)| row).collect();
    let mut names: Vec<&str> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    // What a row is called stands first.
    names.sort_by_key(|name| *name != "id");
    let mut text = names.join("\t") + "\n";
    for row in &rows {
        let cells = names.iter().map(|name| match row.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(word)) => word.replace(['\t', '\n', '\r'], " "),
            Some(other) => other.to_string(),
        });
        text += &(cells.collect::<Vec<_>>().join("\t") + "\n");
    }
    text
}

/// Reads rows that were copied from a spreadsheet: the first line names fields, each line below it
/// is a row, tabs part the cells. An empty cell leaves its field as in `template`. Cells are texts
/// where the template has no number or list; [`edit_rows`] knows better.
///
/// # Errors
/// A sentence that names the line: no line of names, a row with more cells than names, none at
/// all, or too many.
pub fn rows_from_text(text: &str, template: &Value) -> Result<Vec<Value>, String> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((_, head)) = lines.next() else {
        return Err("Paste a line with the names of fields, and a line for each row.".to_owned());
    };
    let names: Vec<&str> = head.split('\t').map(str::trim).collect();
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        let shown: String = name.chars().take(40).collect();
        return Err(format!(
            "The first line names the fields, and `{shown}` is no name: write names such as id, \
             parted by tabs."
        ));
    }
    let mut rows = Vec::new();
    for (number, line) in lines {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        if let Some(extra) = cells.get(names.len()) {
            let shown: String = extra.chars().take(40).collect();
            return Err(format!("Line {number}: `{shown}` stands under no name."));
        }
        if rows.len() >= Limits::LIST_ITEMS {
            return Err(format!("There are more than {} rows.", Limits::LIST_ITEMS));
        }
        let mut row = match template {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        for (name, cell) in names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let old = row.get(*name);
            row.insert((*name).to_owned(), value_of(cell, old));
        }
        rows.push(Value::Object(row));
    }
    if rows.is_empty() {
        return Err("There is no row below the names.".to_owned());
    }
    Ok(rows)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// The value of a cell: a text, but where the template has something else. What the template does
/// not have, or has as a text, [`edit_rows`] reads as the types want it.
fn value_of(cell: &str, old: Option<&Value>) -> Value {
    let read = match old {
        None | Some(Value::String(_) | Value::Null) => None,
        Some(_) => read_cell(cell),
    };
    read.unwrap_or_else(|| Value::from(cell))
}

/// The rows of a list in a plan's tree; none if it is left out.
pub fn rows_of<'a>(tree: &'a Value, list: &SpecPath) -> &'a [Value] {
    let place = list.steps().into_iter().try_fold(tree, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Index(n) => value.get(n),
    });
    place.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::full_plan;
    use proptest::prelude::*;
    use serde_json::json;

    fn ids(plan: &Plan, list: &str) -> Vec<String> {
        let tree = tree_of(plan);
        let rows = rows_of(&tree, &SpecPath::new(list));
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn rows_come_go_and_move() {
        let list = "spec.server_classes[0].nics";
        let mut plan = full_plan();
        let mut edit = |edit: RowEdit| {
            edit_rows(&mut plan, &SpecPath::new(list), &edit).unwrap();
            ids(&plan, list)
        };
        let first = edit(RowEdit::Add(Vec::new()));
        let [one] = first.as_slice() else { panic!("{first:?}") };
        let nic = json!({ "id": "rail-7", "model": "cx7" });
        let twice = vec![nic.clone(), nic];
        let all = edit(RowEdit::Add(twice));
        assert_eq!(all[1..], ["rail-7", "rail-8"]);
        assert_eq!(edit(RowEdit::Duplicate(1))[1..], ["rail-7", "rail-9", "rail-8"]);
        assert_eq!(edit(RowEdit::Move { from: 3, to: 0 })[..2], ["rail-8".to_owned(), one.clone()]);
        assert_eq!(edit(RowEdit::Remove(1)), ["rail-8", "rail-7", "rail-9"]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let mut plan = full_plan();
        let before = plan.clone();
        for (list, edit, expected) in [
            ("spec.server_classes[0].nics", RowEdit::Remove(9), "no such place"),
            ("spec.server_classes[0].nics", RowEdit::Duplicate(9), "no such place"),
            ("spec.server_classes[0].nics", RowEdit::Move { from: 0, to: 9 }, "no such place"),
            ("spec.server_classes[9].nics", RowEdit::Remove(0), "no such place"),
            ("spec.cluster", RowEdit::Remove(0), "no such place"),
            ("metadata.id", RowEdit::Remove(0), "never changes"),
            ("spec.pins", RowEdit::Add(vec![json!({ "end": "a" })]), "missing field `to`"),
            ("spec.pins", RowEdit::Add(vec![json!({ "x": 1 })]), "unknown field `x`"),
        ] {
            let error = edit_rows(&mut plan, &SpecPath::new(list), &edit).expect_err(list);
            assert!(error.cause.contains(expected), "{list}: {error}");
            assert_eq!(plan, before, "{list}");
        }
    }

    #[test]
    fn free_ids() {
        let rows: Vec<Value> =
            ["leaf", "leaf-2", "rail-0", "-1"].map(|id| json!({ "id": id })).to_vec();
        for (id, expected) in [
            ("spine", "spine"),
            ("leaf", "leaf-3"),
            ("leaf-2", "leaf-3"),
            ("rail-0", "rail-1"),
            ("-1", "-1-2"),
        ] {
            assert_eq!(with_free_id(&rows, json!({ "id": id })), json!({ "id": expected }));
        }
        assert_eq!(with_free_id(&rows, json!({ "end": "a" })), json!({ "end": "a" }));
    }

    #[test]
    fn rows_are_read_from_a_spreadsheet() {
        let template = json!({ "id": "nic", "name": "", "ports": 1 });
        let check = |text: &str, expected: Result<Value, &str>| match (
            rows_from_text(text, &template),
            expected,
        ) {
            (Ok(rows), Ok(expected)) => assert_eq!(Value::from(rows), expected),
            (Err(problem), Err(part)) => assert!(problem.contains(part), "{problem}"),
            (got, _) => panic!("{text:?}: {got:?}"),
        };
        check(
            "id\tports\tspread\r\n7\t2\t{\"a\":1}\r\n\r\n b \t\tround_robin\n",
            Ok(json!([
                { "id": "7", "name": "", "ports": 2, "spread": "{\"a\":1}" },
                { "id": "b", "name": "", "ports": 1, "spread": "round_robin" },
            ])),
        );
        check("", Err("the names of fields"));
        check("id\n", Err("no row"));
        check("id,ports\na,2", Err("`id,ports` is no name"));
        check("id\na\tb", Err("Line 2: `b` stands under no name"));
    }

    #[test]
    fn copied_rows_are_the_same_when_pasted() {
        let mut plan = full_plan();
        let mut lists = 0;
        for list in [
            "spec.switch_classes",
            "spec.switch_classes[0].zones",
            "spec.server_classes",
            "spec.server_classes[0].nics",
            "spec.server_classes[0].connections",
            "spec.pins",
            "spec.moved",
            "spec.waivers",
        ] {
            let list = SpecPath::new(list);
            let before = rows_of(&tree_of(&plan), &list).to_vec();
            let text = rows_to_text(&plan, &list, |_| true);
            let rows = rows_from_text(&text, &json!({})).unwrap();
            for _ in &before {
                edit_rows(&mut plan, &list, &RowEdit::Remove(0)).unwrap();
            }
            edit_rows(&mut plan, &list, &RowEdit::Add(rows)).unwrap();
            assert_eq!(rows_of(&tree_of(&plan), &list), before, "{list}");
            lists += 1;
        }
        assert_eq!(lists, 8);
    }

    #[test]
    fn texts_that_look_like_numbers_or_lists_come_back_as_texts() {
        let mut plan = full_plan();
        plan.spec.server_classes[0].nics[0].name = "0".to_owned();
        plan.spec.server_classes[0].note = "007".to_owned();
        plan.spec.switch_classes[0].note = "4711".to_owned();
        plan.spec.switch_classes[1].note = "[1, 2]".to_owned();
        plan.spec.switch_classes[0].zones[0].note = "{ \"a\": 1 }".to_owned();
        plan.spec.switch_classes[0].out_of_service = vec![1, 2];
        for (list, template) in [
            ("spec.switch_classes", json!({ "id": "leaf", "zones": [] })),
            ("spec.switch_classes[0].zones", json!({ "id": "server", "ports": "1" })),
            ("spec.server_classes", json!({ "id": "server", "quantity": 1, "nics": [] })),
            ("spec.server_classes[0].nics", json!({ "id": "nic", "model": "" })),
        ] {
            let list = SpecPath::new(list);
            let before = rows_of(&tree_of(&plan), &list).to_vec();
            let rows = rows_from_text(&rows_to_text(&plan, &list, |_| true), &template).unwrap();
            for _ in &before {
                edit_rows(&mut plan, &list, &RowEdit::Remove(0)).unwrap();
            }
            edit_rows(&mut plan, &list, &RowEdit::Add(rows)).unwrap();
            assert_eq!(rows_of(&tree_of(&plan), &list), before, "{list}");
        }
    }

    #[test]
    fn what_no_reading_can_be_is_refused_by_its_type() {
        let mut plan = full_plan();
        let before = plan.clone();
        for (list, head, expected) in [
            ("spec.server_classes[0].connections", "first_port\nx", "expected u32"),
            ("spec.server_classes[0].connections", "first_port\n4294967296", "expected u32"),
            ("spec.server_classes[0].nics", "nothing\n1", "unknown field `nothing`"),
            ("spec.switch_classes[0].zones", "ports\n[1]", "is not a port number"),
        ] {
            let rows = rows_from_text(head, &json!({})).unwrap();
            let list = SpecPath::new(list);
            let error = edit_rows(&mut plan, &list, &RowEdit::Add(rows)).expect_err(head);
            assert!(error.cause.contains(expected), "{head}: {error}");
            assert_eq!(plan, before);
        }
    }

    #[test]
    fn waivers_go_where_their_rows_go() {
        let list = SpecPath::new("spec.switch_classes");
        let moved = |path: &str, edit: &RowEdit| moved_path(path, &list, edit);
        let check = |edit: RowEdit, expected: [Option<usize>; 4]| {
            for (n, expected) in expected.into_iter().enumerate() {
                for rest in ["", ".zones[1].ports"] {
                    let path = |n: usize| format!("spec.switch_classes[{n}]{rest}");
                    assert_eq!(moved(&path(n), &edit), expected.map(path), "{edit:?}: {n}");
                }
            }
            for other in
                ["", "spec", "spec.switch_classes", "spec.pins[1]", "spec.switch_classes[x]"]
            {
                assert_eq!(moved(other, &edit).as_deref(), Some(other));
            }
        };
        check(RowEdit::Add(vec![json!({})]), [Some(0), Some(1), Some(2), Some(3)]);
        check(RowEdit::Duplicate(1), [Some(0), Some(1), Some(3), Some(4)]);
        check(RowEdit::Remove(1), [Some(0), None, Some(1), Some(2)]);
        check(RowEdit::Move { from: 0, to: 2 }, [Some(2), Some(0), Some(1), Some(3)]);
        check(RowEdit::Move { from: 3, to: 1 }, [Some(0), Some(2), Some(3), Some(1)]);
        check(RowEdit::Move { from: 1, to: 1 }, [Some(0), Some(1), Some(2), Some(3)]);

        let mut plan = full_plan();
        let waiver = |path: &str| crate::plan::Waiver { path: path.into(), ..Default::default() };
        plan.spec.waivers =
            ["spec.switch_classes[0].zones[0]", "spec.switch_classes[1]"].map(waiver).to_vec();
        let paths = |plan: &Plan| -> Vec<String> {
            plan.spec.waivers.iter().map(|waiver| waiver.path.clone()).collect()
        };
        edit_rows(&mut plan, &list, &RowEdit::Remove(0)).unwrap();
        assert_eq!(paths(&plan), ["spec.switch_classes[0]"]);
        // A change that is refused moves none.
        edit_rows(&mut plan, &list, &RowEdit::Remove(9)).unwrap_err();
        assert_eq!(paths(&plan), ["spec.switch_classes[0]"]);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[a-z\\t\\n\\[\\]{}\"0-9,:-]{0,60}") {
            let mut plan = full_plan();
            let before = plan.clone();
            if let Ok(rows) = rows_from_text(&text, &json!({})) {
                let list = SpecPath::new("spec.server_classes[0].nics");
                if edit_rows(&mut plan, &list, &RowEdit::Add(rows)).is_err() {
                    prop_assert_eq!(plan, before);
                }
            }
        }
    }
}
