//! Two things of one kind held against each other: what differs between two plans, or between two
//! inventories.
//!
//! Of plans, metadata and spec are compared field by field, and the objects they generate by key.
//! Of inventories, the objects of each site are compared by name. Neither side is the target of
//! the other: nothing is proposed, nothing is owned, and swapping the sides swaps the answer. That
//! is why this is no diff, which leaves out what it would not change – cables that wait for a
//! device of others, places that a rule chose, whatever carries another plan's id.
//!
//! Limits: the status of a plan is not looked at, nor are devices of others in it; of an inventory
//! the makers, types, roles and racks that its objects name are not.

mod fields;
mod generated;
mod markdown;
mod matched;
mod recorded;
mod text;

use crate::diff::Counts;
use crate::inventory::{Desired, Kind};
use crate::model::{Finding, Severity};
use crate::plan::Plan;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

pub use recorded::site;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first, which is called old.
    A,
    /// The second, which is called new.
    B,
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Two plans.
    Plans,
    /// Two inventories.
    Inventories,
}

/// What differs between two things of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What was compared.
    pub compared: Compared,
    /// How the first was named.
    pub a: String,
    /// How the second was named.
    pub b: String,
    /// Fields of metadata and spec that differ, by path. Inventories have none.
    pub fields: Vec<FieldDifference>,
    /// Why the objects of two plans were not compared, if they were not: one for each plan that
    /// has errors.
    pub not_compared: Vec<NotCompared>,
    /// Objects: once for two plans, by site for two inventories.
    pub objects: Vec<Objects>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldDifference {
    /// Of a plan the place in the document, with items of lists by their id, as in
    /// `spec.switch_classes[be-leaf].quantity`; of an object the field, as in `role`.
    pub path: String,
    /// The value in A; `None` if it is not set there.
    pub old: Option<Value>,
    /// The value in B; `None` if it is not set there.
    pub new: Option<Value>,
}

/// Why the objects of a plan were not compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotCompared {
    /// Whose plan has errors.
    pub side: Side,
    /// The first of them.
    pub finding: Finding,
}

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Only B has it.
    Added,
    /// Both have it, with fields that differ.
    Modified,
    /// Only A has it.
    Removed,
}

/// An object that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// How.
    pub change: How,
    /// Its kind.
    pub kind: Kind,
    /// Its key within the plan, as in `device/gpu/42`; `None` in inventories.
    pub key: Option<String>,
    /// Its name, that in A if both have it.
    pub name: String,
    /// Fields that differ, if it is modified.
    pub fields: Vec<FieldDifference>,
}

/// The objects of two plans, or of a site in two inventories.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Objects {
    /// The slug of the site; `None` for plans.
    pub site: Option<String>,
    /// The inventory that alone has the site.
    pub only_in: Option<Side>,
    /// Objects that only B has.
    pub added: Counts,
    /// Objects that differ.
    pub modified: Counts,
    /// Objects that only A has.
    pub removed: Counts,
    /// Objects that are the same in both.
    pub equal: Counts,
    /// Each that differs: added, modified, removed; of these devices, interfaces, cables.
    pub changes: Vec<Change>,
}

impl Objects {
    /// True if nothing differs.
    pub fn is_equal(&self) -> bool {
        self.changes.is_empty() && self.only_in.is_none()
    }

    /// How many changed so, by kind.
    fn counts(&self, how: How) -> Counts {
        match how {
            How::Added => self.added,
            How::Modified => self.modified,
            How::Removed => self.removed,
        }
    }
}

impl Comparison {
    /// True if nothing differs.
    pub fn is_equal(&self) -> bool {
        self.fields.is_empty() && self.objects.iter().all(Objects::is_equal)
    }

    fn name_of(&self, side: Side) -> &str {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

/// A plan to compare, and what an evaluation made of it.
#[derive(Clone, Copy, Debug)]
pub struct PlanSide<'a> {
    /// How it was named.
    pub name: &'a str,
    /// The plan.
    pub plan: &'a Plan,
    /// What it generates.
    pub desired: &'a Desired,
    /// What an evaluation found.
    pub findings: &'a [Finding],
}

/// Compares two plans. Objects are compared by their keys within the plan, so plans may have
/// different ids; of a plan with errors none are, for what it generates is not whole.
pub fn plans(a: PlanSide, b: PlanSide) -> Comparison {
    let broken = |side: Side, of: PlanSide| {
        let error = of.findings.iter().find(|f| f.severity == Severity::Error)?;
        Some(NotCompared { side, finding: error.clone() })
    };
    let not_compared: Vec<NotCompared> =
        broken(Side::A, a).into_iter().chain(broken(Side::B, b)).collect();
    let objects = if not_compared.is_empty() {
        vec![generated::objects(a.desired, b.desired)]
    } else {
        Vec::new()
    };
    Comparison {
        compared: Compared::Plans,
        a: a.name.to_owned(),
        b: b.name.to_owned(),
        fields: fields::of_plans(a.plan, b.plan),
        not_compared,
        objects,
    }
}

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs, as `docs/reference/json.md` says.
    Json,
    /// For a review, with tables.
    Markdown,
}

/// Writes a comparison. The same comparison gives the same bytes.
///
/// # Errors
/// Those of `out`.
pub fn write(comparison: &Comparison, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(comparison, out),
        Format::Markdown => markdown::write(comparison, out),
        Format::Json => {
            #[derive(Serialize)]
            struct Shown<'a> {
                equal: bool,
                #[serde(flatten)]
                comparison: &'a Comparison,
            }
            let shown = Shown { equal: comparison.is_equal(), comparison };
            serde_json::to_writer_pretty(&mut *out, &shown)?;
            out.write_all(b"\n")
        }
    }
}
