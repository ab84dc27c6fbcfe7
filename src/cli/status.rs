//! `heddle status`: where a plan stands against its target, for people or as JSON.
//!
//! The JSON is described in `docs/reference/json.md`.

use super::args::{ShowFormat, TargetArgs};
use super::opened::Opened;
use super::show::table;
use super::target::{open, tell_notices};
use super::{End, Failure};
use crate::diff::{Counts, Drift, Purpose};
use crate::evaluate::Digests;
use crate::inventory::TargetRef;
use crate::model::{PlanId, Progress, counted, printable};
use crate::session::{self, Held, Target};
use crate::workflow::{Health, Phase, Standing, SyncState};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

#[derive(Serialize)]
struct Shown<'a> {
    plan: ShownPlan<'a>,
    target: &'a TargetRef,
    phase: Phase,
    sync: &'a str,
    health: &'a str,
    conditions: &'a [crate::workflow::Condition],
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ShownChanges>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<ShownDrift<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<ShownEstimate>,
    acknowledge: Vec<&'a str>,
    digests: Digests,
}

#[derive(Serialize)]
struct ShownPlan<'a> {
    id: PlanId,
    name: &'a str,
    file: String,
}

#[derive(Serialize)]
struct ShownChanges {
    added: Counts,
    modified: Counts,
    deleted: Counts,
    unchanged: Counts,
    ignored_fields: u64,
}

#[derive(Serialize)]
struct ShownDrift<'a> {
    run: &'a str,
    at: &'a str,
    objects: Counts,
    overwritten: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct ShownEstimate {
    objects: u64,
    batches: u64,
    seconds: Option<u64>,
}

/// Says where a plan stands.
pub(super) fn status(
    path: &Path,
    args: &TargetArgs,
    format: ShowFormat,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let (opened, target) = open(path, args)?;
    let held = hold(&opened, &target)?;
    let standing = held.standing();
    match format {
        ShowFormat::Text => out.write_all(text(&opened, &held, &standing).as_bytes())?,
        ShowFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &shown(&opened, &held, &standing))?;
            out.write_all(b"\n")?;
        }
    }
    Ok(match standing.sync {
        SyncState::Synced => End::Fine,
        _ if held.evaluation.has_errors() => End::Errors,
        _ => End::Changes,
    })
}

/// A plan with errors has a standing too.
fn hold(opened: &Opened, target: &Target) -> Result<Held, Failure> {
    let progress = Progress::new();
    let plan = (opened.path.as_path(), &opened.document.plan);
    let held = session::hold(plan, &opened.catalog, target, (&Purpose::Converge, None), &progress);
    tell_notices(&progress);
    Ok(held?)
}

fn shown<'a>(opened: &'a Opened, held: &'a Held, standing: &'a Standing) -> Shown<'a> {
    let metadata = &opened.document.plan.metadata;
    let evaluation = &held.evaluation;
    Shown {
        plan: ShownPlan {
            id: metadata.id,
            name: &metadata.name,
            file: opened.path.display().to_string(),
        },
        target: held.snapshot.target(),
        phase: held.phase().phase,
        sync: standing.sync.name(),
        health: standing.health.name(),
        conditions: &standing.conditions,
        changes: evaluation.changes.as_ref().map(|changes| ShownChanges {
            added: changes.added(),
            modified: changes.modified(),
            deleted: changes.deleted(),
            unchanged: changes.unchanged,
            ignored_fields: changes.ignored,
        }),
        drift: evaluation.drift.as_ref().map(|drift| ShownDrift {
            run: &drift.run,
            at: &drift.at,
            objects: drift.counts(),
            overwritten: drift.overwritten(),
            unknown: drift.unsettled,
        }),
        estimate: held.estimate().map(|estimate| ShownEstimate {
            objects: estimate.objects.total(),
            batches: estimate.batches,
            seconds: estimate.seconds,
        }),
        acknowledge: crate::workflow::guards(&evaluation.findings)
            .into_iter()
            .map(|code| code.name())
            .collect(),
        digests: evaluation.digests,
    }
}

fn text(opened: &Opened, held: &Held, standing: &Standing) -> String {
    let mut lines = Vec::new();
    let target = held.snapshot.target();
    let name = printable(&opened.document.plan.metadata.name);
    lines.push(format!("{name} at site {} in inventory {}", target.site, target.inventory));
    let health = match (standing.health, &held.evaluation.drift) {
        (Health::Degraded, Some(drift)) => drifted(drift),
        _ => String::new(),
    };
    let phase = held.phase().phase.name();
    lines.push(format!("{phase}, {}, {}{health}", standing.sync.name(), standing.health.name()));
    lines.push(String::new());
    let mut rows = vec![["condition", "status", "reason", "message"].map(str::to_owned)];
    rows.extend(standing.conditions.iter().map(|condition| {
        let kind = format!("{:?}", condition.kind);
        let status = condition.status.name().to_owned();
        [kind, status, condition.reason.clone(), printable(&condition.message)]
    }));
    table(&rows, &mut lines);
    if let Some(estimate) = held.estimate() {
        lines.push(String::new());
        lines.push(format!("estimate: {}", estimate.text()));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn drifted(drift: &Drift) -> String {
    if drift.is_empty() {
        return String::new();
    }
    let objects = counted(drift.counts().total(), "object", "objects");
    format!(": {objects} drifted since the run of {}", drift.at)
}
