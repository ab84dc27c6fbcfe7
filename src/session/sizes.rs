//! Commands around the size of a plan: fix its computed counts, write its cluster out as classes,
//! and ask what another number of servers would do.
//!
//! All are pure: they give a plan or an answer, and whoever asked saves or shows it. The first two
//! promise that the fabric stays the same; that is checked each time, not believed.

use super::SessionError;
use crate::catalog::Catalog;
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::fabric::growth::{Growth, compare};
use crate::fabric::{computed_sizes, eject, expand};
use crate::model::{Edit, EditValue, Progress, Remedy, Severity, SpecPath};
use crate::plan::{Plan, Spec, apply_edit};

/// A plan with its computed counts fixed, and the edits that fixed them: none if all were fixed.
///
/// # Errors
/// The plan has errors.
pub fn pin_sizes(
    plan: &Plan,
    catalog: &Catalog,
    progress: &Progress,
) -> Result<(Plan, Vec<Edit>), SessionError> {
    let old = sound(plan, catalog, progress)?;
    let own = catalog.with(&plan.spec.models)?;
    let primitives = expand(&plan.spec, &own, &mut Vec::new());
    let edits = computed_sizes(&plan.spec, &primitives, &old.fabric);
    let pinned = edited(plan, &edits)?;
    same_fabric(&old, &pinned, catalog, progress)?;
    Ok((pinned, edits))
}

/// A plan with its cluster written out as classes.
///
/// # Errors
/// The plan has errors, or no cluster.
pub fn eject_cluster(
    plan: &Plan,
    catalog: &Catalog,
    progress: &Progress,
) -> Result<Plan, SessionError> {
    if plan.spec.cluster.is_none() {
        return Err(SessionError::refused(
            "the plan has no cluster",
            "Its classes are written out already.",
        ));
    }
    let old = sound(plan, catalog, progress)?;
    let own = catalog.with(&plan.spec.models)?;
    let spec = eject(&plan.spec, &own).ok_or_else(|| {
        SessionError::refused(
            "the cluster cannot be written out as classes",
            "`heddle check` says what is wrong in it.",
        )
    })?;
    let ejected = Plan { spec, status: None, ..plan.clone() };
    same_fabric(&old, &ejected, catalog, progress)?;
    Ok(ejected)
}

/// What another number of servers would do.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// Servers before and after.
    pub servers: [u32; 2],
    /// The edits that lead there.
    pub edits: Vec<Edit>,
    /// The plan with those edits.
    pub plan: Plan,
    /// What it evaluates to.
    pub evaluation: Evaluation,
    /// What is added, moved and removed; `None` if that plan has errors.
    pub growth: Option<Growth>,
    /// Where cables would move: how to grow without.
    pub room: Option<Room>,
}

/// Room kept for growth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The edit that keeps it.
    pub remedy: Remedy,
    /// Cables that move when it is made, if the plan is cabled as it stands; none move later.
    pub moved_now: u64,
}

/// Evaluates a plan with another number of servers, and compares. `class` names the server class;
/// it may be left out if there is a cluster or a single class. Nothing is written.
///
/// # Errors
/// The plan has errors, or `class` names none of its server classes.
pub fn what_if(
    plan: &Plan,
    catalog: &Catalog,
    class: Option<&str>,
    servers: u32,
    progress: &Progress,
) -> Result<WhatIf, SessionError> {
    let old = sound(plan, catalog, progress)?;
    let sized = Sized::of(&plan.spec, class, &catalog.with(&plan.spec.models)?)?;
    let edits = sized.edits(servers);
    let new_plan = edited(plan, &edits)?;
    let new = evaluate(&Inputs::of(&new_plan, catalog), progress)?;
    let growth = (!new.has_errors()).then(|| compare(&old.fabric, &new.fabric));
    let moved = growth.as_ref().map_or(0, Growth::moved);
    let room = if moved > 0 && servers > sized.servers {
        room(plan, catalog, &sized, servers, &old, progress)?
    } else {
        None
    };
    Ok(WhatIf {
        servers: [sized.servers, servers],
        edits,
        plan: new_plan,
        evaluation: new,
        growth,
        room,
    })
}

/// Room for `servers`, if keeping it lets the plan grow to them without a move.
fn room(
    plan: &Plan,
    catalog: &Catalog,
    sized: &Sized,
    servers: u32,
    old: &Evaluation,
    progress: &Progress,
) -> Result<Option<Room>, SessionError> {
    let number = EditValue::Number(u64::from(servers));
    let edit = Edit { path: sized.base.field("size_for"), value: number };
    let roomy = edited(plan, std::slice::from_ref(&edit))?;
    let grown = edited(&roomy, &sized.edits(servers))?;
    let of = |plan: &Plan| evaluate(&Inputs::of(plan, catalog), progress);
    let (roomy, grown) = (of(&roomy)?, of(&grown)?);
    let helps = !roomy.has_errors()
        && !grown.has_errors()
        && compare(&roomy.fabric, &grown.fabric).moved() == 0;
    Ok(helps.then(|| Room {
        remedy: Remedy { text: format!("Keep room for {servers} servers"), edit: Some(edit) },
        moved_now: compare(&old.fabric, &roomy.fabric).moved(),
    }))
}

/// The part of a spec that says how many servers there are.
struct Sized {
    /// The cluster, or the class.
    base: SpecPath,
    /// The fields that say it, and what one server counts in each.
    fields: Vec<(&'static str, u32)>,
    servers: u32,
    size_for: Option<u32>,
}

impl Sized {
    fn of(spec: &Spec, class: Option<&str>, catalog: &Catalog) -> Result<Self, SessionError> {
        if let Some(cluster) = spec.cluster.as_ref().filter(|_| class.is_none_or(|c| c == "gpu")) {
            let model = catalog.servers.get(&cluster.server_model);
            let gpus = cluster.gpus.zip(model.map(|m| u32::from(m.gpus)).filter(|n| *n > 0));
            let mut fields = Vec::new();
            if gpus.is_none() || cluster.servers != 0 {
                fields.push(("servers", 1));
            }
            fields.extend(gpus.map(|(_, each)| ("gpus", each)));
            return Ok(Self {
                base: SpecPath::new("spec.cluster"),
                fields,
                servers: gpus.map_or(cluster.servers, |(gpus, each)| gpus.div_ceil(each)),
                size_for: cluster.size_for,
            });
        }
        let classes = &spec.server_classes;
        let found = match (class, classes.as_slice()) {
            (None, [only]) => Some((0, only)),
            (None, _) => None,
            (Some(id), _) => classes.iter().enumerate().find(|(_, class)| class.id == id),
        };
        let Some((n, class)) = found else {
            let cluster = spec.cluster.iter().map(|_| "gpu");
            let ids: Vec<_> = cluster.chain(classes.iter().map(|c| c.id.as_str())).collect();
            let cause = match class {
                Some(id) => format!("the plan has no server class called `{id}`"),
                None => {
                    "the plan has no cluster and more than one server class, or none".to_owned()
                }
            };
            let remedy = format!("Name one of its server classes: {}.", ids.join(", "));
            return Err(SessionError::refused(&cause, &remedy));
        };
        Ok(Self {
            base: SpecPath::new("spec.server_classes").index(n),
            fields: vec![("quantity", 1)],
            servers: class.quantity,
            size_for: class.size_for,
        })
    }

    /// What makes it so many servers. Room that is too small for them grows with them.
    fn edits(&self, servers: u32) -> Vec<Edit> {
        let edit = |field: &str, number: u64| Edit {
            path: self.base.field(field),
            value: EditValue::Number(number),
        };
        let number = u64::from(servers);
        let mut edits: Vec<Edit> = self
            .fields
            .iter()
            .map(|(field, each)| edit(field, number * u64::from(*each)))
            .collect();
        if self.size_for.is_some_and(|room| room < servers) {
            edits.push(edit("size_for", number));
        }
        edits
    }
}

/// The evaluation of a plan without errors.
fn sound(plan: &Plan, catalog: &Catalog, progress: &Progress) -> Result<Evaluation, SessionError> {
    let evaluation = evaluate(&Inputs::of(plan, catalog), progress)?;
    match evaluation.findings.iter().find(|f| f.severity == Severity::Error) {
        None => Ok(evaluation),
        Some(first) => Err(SessionError::refused(
            &format!("the plan has errors, the first at {}: {}", first.path, first.text),
            "`heddle check` lists them all; correct them first.",
        )),
    }
}

/// A plan with edits. Its status would be that of another plan.
fn edited(plan: &Plan, edits: &[Edit]) -> Result<Plan, SessionError> {
    let mut plan = Plan { status: None, ..plan.clone() };
    for edit in edits {
        apply_edit(&mut plan, edit)?;
    }
    Ok(plan)
}

fn same_fabric(
    old: &Evaluation,
    plan: &Plan,
    catalog: &Catalog,
    progress: &Progress,
) -> Result<(), SessionError> {
    let new = evaluate(&Inputs::of(plan, catalog), progress)?;
    if new.digests.fabric == old.digests.fabric && !new.has_errors() {
        return Ok(());
    }
    Err(SessionError::refused(
        "the fabric would not stay the same",
        "Nothing was written. Report this as a fault of Heddle, with the plan.",
    ))
}
