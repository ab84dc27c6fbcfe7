//! Tables of a fabric's devices, ports and cables: which rows, in which order, and what stands in
//! a cell.
//!
//! A plan has hundreds of thousands of cables and a window shows fifty. So a table is an order of
//! row numbers: [`Tables`] numbers the texts that rows share, [`Tables::rows`] filters and sorts
//! by those numbers, and [`Tables::cell`] makes the text of a cell when it is drawn. Making the
//! tables and asking for rows is the worker's work; a cell is quick enough for the drawing thread.
//!
//! Pure and deterministic: rows are in the order of the plan, or in natural order of a column with
//! ties in the order of the plan. A row is known by its number, which holds for one fabric only.
//! Limits: what the inventory still has and the plan has no longer is in no row (the change set
//! lists it, and [`Tables::removed`] counts it); of an interface that an unsound plan uses twice, only the first link is told.

mod columns;
mod filter;
mod index;
mod metres;
mod natural;
mod sort;
#[cfg(test)]
mod tests;
mod texts;

use crate::diff::{Addition, ChangeSet, Drift};
use crate::fabric::{End, Fabric};
use crate::inventory::Kind;
use crate::model::{Cancelled, Progress};
use crate::scene::State;
use crate::scene::states::States;
use index::Index;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

pub use columns::{Column, TableKind};

/// Rows between two looks at whether to go on.
const ROWS_AT_ONCE: usize = 1 << 15;

/// Which way to sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Small numbers and early names first.
    Ascending,
    /// Large numbers and late names first.
    Descending,
}

/// What to show of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableQuery {
    /// The table.
    pub kind: TableKind,
    /// Words, in any case. A row is kept if each stands in a text of a shown column. `column:word`
    /// looks in the column with that [id](Column::id), shown or not; a column of numbers has the
    /// word if it is the number, as in `speed:400`. A state has it if it begins with it, so that
    /// `changed` does not find what is unchanged. `device:word` looks at both ends of a cable.
    /// `=word` asks for all of the text, and between quotes a space belongs to the word.
    pub filter: String,
    /// True to keep only rows that something happens to.
    pub only_changed: bool,
    /// The column to sort by; the order of the plan without one. Rows with nothing in it are last.
    pub sort: Option<(Column, Direction)>,
    /// The columns that are shown.
    pub columns: Vec<Column>,
}

impl TableQuery {
    /// All rows of a table in the order of the plan, with the columns that are shown first.
    pub fn all(kind: TableKind) -> Self {
        let columns = kind.default_columns();
        Self { kind, filter: String::new(), only_changed: false, sort: None, columns }
    }
}

/// The rows to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The table.
    pub kind: TableKind,
    /// Numbers of rows, as they are shown from top to bottom.
    pub order: Vec<u32>,
    /// Rows that the table has in all.
    pub total: u32,
    /// How many of those something happens to.
    pub changed: u32,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A device, by its index in [`Fabric::devices`].
    Device(u32),
    /// An interface, and the index in [`Fabric::links`] of what is plugged in.
    Port(End, Option<u32>),
    /// A link, by its index in [`Fabric::links`].
    Link(u32),
}

/// The tables of one fabric, with what a change set would do to it and what has drifted.
#[derive(Debug)]
pub struct Tables {
    index: Index,
    is_compared: bool,
    /// Devices and cables that a change set removes and that are in no row.
    removed: [u32; 2],
}

impl Tables {
    /// Makes the tables of a fabric.
    pub fn of(fabric: &Arc<Fabric>, changes: Option<&ChangeSet>, drift: Option<&Drift>) -> Self {
        let states = States::of(fabric, changes, drift);
        let removed = [devices_gone(&states, changes), cables_gone(&states)];
        let own = changes.and_then(own_changes);
        let index = Index::of(Arc::clone(fabric), states, own, |state| state.name_in(changes));
        Self { index, is_compared: changes.is_some(), removed }
    }

    /// How many devices or cables are to be removed that are in no row of their table, since the
    /// plan has them no longer. Ports are not counted.
    pub fn removed(&self, kind: TableKind) -> u32 {
        let [devices, cables] = self.removed;
        match kind {
            TableKind::Devices => devices,
            TableKind::Cables => cables,
            TableKind::Ports => 0,
        }
    }

    /// True if the fabric was held against an inventory: without that, no row is known to be as it
    /// is there.
    pub fn is_compared(&self) -> bool {
        self.is_compared
    }

    /// The rows that a query keeps, in its order.
    ///
    /// # Errors
    /// Nobody waits for the answer any longer.
    pub fn rows(&self, query: &TableQuery, progress: &Progress) -> Result<Rows, Cancelled> {
        progress.check()?;
        let kind = query.kind;
        let total = self.count(kind);
        let mut rows = Rows { kind, order: Vec::new(), total, changed: 0 };
        let terms = filter::terms(self, kind, &query.filter, &query.columns);
        for row in 0..total {
            if (row as usize).is_multiple_of(ROWS_AT_ONCE) {
                progress.check()?;
            }
            let is_changed = !self.state(kind, row).is_still();
            rows.changed += u32::from(is_changed);
            if (is_changed || !query.only_changed)
                && let Some(terms) = &terms
                && terms.iter().all(|term| term.is_in(self, kind, row))
            {
                rows.order.push(row);
            }
        }
        if let Some((column, direction)) = query.sort {
            rows.order = self.sorted(kind, &rows.order, (column, direction), progress)?;
        }
        Ok(rows)
    }

    /// The text of a cell, without the column's unit. Empty where nothing is known, and for a
    /// column that the table does not have.
    pub fn cell(&self, kind: TableKind, row: u32, column: Column) -> Cow<'_, str> {
        if column == Column::Key && kind == TableKind::Cables {
            let Some((device, slot)) = self.key_parts(row) else { return Cow::Borrowed("") };
            let (device, slot) =
                (self.index.device_keys().get(device), self.index.slot_keys.get(slot));
            return Cow::Owned(format!("cable/{device}/{slot}"));
        }
        match (self.value(kind, row, column), self.index.texts(column)) {
            (None, _) => Cow::Borrowed(""),
            (Some(id), Some(texts)) => Cow::Borrowed(texts.get(id)),
            (Some(length_cm), None) if column == Column::Length => {
                Cow::Owned(metres::text(length_cm))
            }
            (Some(number), None) => Cow::Owned(number.to_string()),
        }
    }

    /// The state of a row.
    pub fn state(&self, kind: TableKind, row: u32) -> State {
        let states = &self.index.states;
        match kind {
            TableKind::Devices => states.device(row),
            TableKind::Cables => states.link(row),
            TableKind::Ports => match self.index.ports().get(row as usize) {
                Some(port) => states.port(port.end, port.link),
                None => State::Unchanged,
            },
        }
    }

    /// What a row stands for; `None` if the table has no such row.
    pub fn subject(&self, kind: TableKind, row: u32) -> Option<Subject> {
        if kind == TableKind::Ports {
            let port = self.index.ports().get(row as usize)?;
            return Some(Subject::Port(port.end, port.link));
        }
        let is_devices = kind == TableKind::Devices;
        let subject = if is_devices { Subject::Device(row) } else { Subject::Link(row) };
        (row < self.count(kind)).then_some(subject)
    }

    /// Rows as text for the clipboard: a header, then a line for each row, cells apart by tabs. A
    /// tab or a line break in a name becomes a space.
    pub fn tsv(
        &self,
        kind: TableKind,
        rows: impl IntoIterator<Item = u32>,
        columns: &[Column],
    ) -> String {
        let mut text = String::new();
        let title = |column: &Column| match column.unit() {
            Some(unit) => Cow::Owned(format!("{} ({unit})", column.title())),
            None => Cow::Borrowed(column.title()),
        };
        push_line(&mut text, columns.iter().map(title));
        for row in rows {
            push_line(&mut text, columns.iter().map(|column| self.cell(kind, row, *column)));
        }
        text
    }

    /// Rows of a table in all.
    fn count(&self, kind: TableKind) -> u32 {
        let count = match kind {
            TableKind::Devices => self.index.fabric.devices.len(),
            TableKind::Ports => self.index.ports().len(),
            TableKind::Cables => self.index.fabric.links.len(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// What stands in a cell: the number of a text, or a number.
    fn value(&self, kind: TableKind, row: u32, column: Column) -> Option<u32> {
        match kind {
            TableKind::Devices => self.index.of_device(row, column),
            TableKind::Ports => self.index.of_port(row, column),
            TableKind::Cables => self.index.of_link(row, column),
        }
    }

    /// The two parts of a cable's key: its lower device, and the number of the interface's part.
    fn key_parts(&self, link: u32) -> Option<(u32, u32)> {
        let lower = self.index.fabric.links.get(link as usize)?.a;
        Some((lower.device, self.index.slot_key(lower)?))
    }

    fn sorted(
        &self,
        kind: TableKind,
        order: &[u32],
        (column, direction): (Column, Direction),
        progress: &Progress,
    ) -> Result<Vec<u32>, Cancelled> {
        let rank = |ranks: &[u32], id: u32| ranks.get(id as usize).copied();
        if column == Column::Key && kind == TableKind::Cables {
            let (devices, slots) = (self.index.device_keys().ranks(), self.index.slot_keys.ranks());
            let by_slot =
                sort::by(order, direction, progress, |row| rank(slots, self.key_parts(row)?.1))?;
            return sort::by(&by_slot, direction, progress, |row| {
                rank(devices, self.key_parts(row)?.0)
            });
        }
        match self.index.texts(column).map(|texts| texts.ranks()) {
            Some(ranks) => sort::by(order, direction, progress, |row| {
                rank(ranks, self.value(kind, row, column)?)
            }),
            None => sort::by(order, direction, progress, |row| self.value(kind, row, column)),
        }
    }
}

/// The devices that a change set changes themselves. `None` on a way back: what a run had before
/// has numbers of its own.
fn own_changes(changes: &ChangeSet) -> Option<BTreeSet<u32>> {
    let number = |what: Addition| match what {
        Addition::Device(n) => Some(n),
        _ => None,
    };
    // Devices come first; what follows them may be a million interfaces and cables.
    let modified = changes.modifications.iter().map_while(|m| number(m.desired));
    changes.purpose.is_converge().then(|| modified.collect())
}

/// Devices that a change set removes and that no row stands for.
fn devices_gone(states: &States, changes: Option<&ChangeSet>) -> u32 {
    let deletions = changes.iter().flat_map(|changes| &changes.deletions);
    let all = deletions.filter(|deletion| deletion.old.kind() == Kind::Device).count();
    let rows = states.devices.iter().filter(|state| **state == State::Removed).count();
    u32::try_from(all.saturating_sub(rows)).unwrap_or(u32::MAX)
}

/// Cables that a change set removes and that no row stands for.
fn cables_gone(states: &States) -> u32 {
    let gone = states.others.iter().filter(|((state, ..), _)| *state == State::Removed);
    gone.fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

fn push_line<'a>(text: &mut String, cells: impl Iterator<Item = Cow<'a, str>>) {
    for (n, cell) in cells.enumerate() {
        if n > 0 {
            text.push('\t');
        }
        text.extend(cell.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    text.push('\n');
}
