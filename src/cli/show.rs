//! `heddle show`: what a plan comes to, in a table or as JSON.
//!
//! The JSON is described in `docs/reference/json.md`. Both are made from one list of classes and
//! one list of link groups, so they cannot differ.

use super::args::ShowFormat;
use super::opened::Opened;
use super::{End, Failure};
use crate::diff::{grouped, printable};
use crate::evaluate::Evaluation;
use crate::fabric::Fabric;
use crate::model::{Digest, PlanId, Remedy};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

#[derive(Serialize)]
struct Shown<'a> {
    plan: ShownPlan<'a>,
    site: &'a str,
    devices: u64,
    links: u64,
    classes: Vec<ShownClass<'a>>,
    link_groups: Vec<ShownGroup<'a>>,
    findings: Vec<ShownFinding<'a>>,
    digests: ShownDigests,
}

#[derive(Serialize)]
struct ShownPlan<'a> {
    id: PlanId,
    name: &'a str,
    file: String,
}

#[derive(Serialize)]
struct ShownClass<'a> {
    id: &'a str,
    role: &'a str,
    fabric: Option<&'a str>,
    model: &'a str,
    devices: u64,
}

#[derive(Serialize)]
struct ShownGroup<'a> {
    fabric: &'a str,
    kind: &'a str,
    speed_gbps: u32,
    links: u64,
}

#[derive(Serialize)]
struct ShownFinding<'a> {
    code: &'a str,
    severity: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    text: &'a str,
    remedy: Option<&'a Remedy>,
}

#[derive(Serialize)]
struct ShownDigests {
    spec: Digest,
    fabric: Digest,
    findings: Digest,
}

pub(super) fn show(path: &Path, format: ShowFormat, out: &mut dyn Write) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let evaluation = opened.evaluate(None)?;
    let shown = shown(&opened, &evaluation);
    match format {
        ShowFormat::Text => {
            opened.tell_findings(&evaluation);
            out.write_all(text(&shown).as_bytes())?;
        }
        ShowFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &shown)?;
            out.write_all(b"\n")?;
        }
    }
    // What is shown of a plan with errors is what could be made of it.
    Ok(if evaluation.has_errors() { End::Errors } else { End::Fine })
}

/// The classes of the spec: spines of all pods together, super-spines of all groups.
fn shown_classes(fabric: &Fabric) -> Vec<ShownClass<'_>> {
    let mut classes: Vec<ShownClass> = Vec::new();
    for class in &fabric.classes {
        match classes.iter_mut().find(|shown| shown.id == class.family) {
            Some(shown) => shown.devices += u64::from(class.count),
            None => classes.push(ShownClass {
                id: &class.family,
                role: class.role.name(),
                fabric: class.fabric.as_deref(),
                model: &class.model,
                devices: u64::from(class.count),
            }),
        }
    }
    classes
}

fn shown<'a>(opened: &'a Opened, evaluation: &'a Evaluation) -> Shown<'a> {
    let fabric = &evaluation.fabric;
    let plan = &opened.document.plan;
    // People count by fabric, ends and speed; the fabric keeps a group for each connection.
    let mut link_groups: Vec<ShownGroup> = Vec::new();
    let mut shown_at = Vec::new();
    for group in &fabric.groups {
        let (name, kind, speed_gbps) = (&group.fabric, group.kind.name(), group.speed_gbps);
        let known = link_groups
            .iter()
            .position(|g| (g.fabric, g.kind, g.speed_gbps) == (name, kind, speed_gbps));
        shown_at.push(known.unwrap_or(link_groups.len()));
        if known.is_none() {
            link_groups.push(ShownGroup { fabric: name, kind, speed_gbps, links: 0 });
        }
    }
    for link in &fabric.links {
        let group = shown_at.get(link.group as usize).and_then(|at| link_groups.get_mut(*at));
        if let Some(group) = group {
            group.links += 1;
        }
    }
    let findings = evaluation.findings.iter().map(|finding| {
        let (line, column) = opened.line_of(&finding.path).unzip();
        ShownFinding {
            code: finding.code.name(),
            severity: finding.severity.name(),
            path: finding.path.as_str(),
            line,
            column,
            text: &finding.text,
            remedy: finding.remedy.as_ref(),
        }
    });
    Shown {
        plan: ShownPlan {
            id: plan.metadata.id,
            name: &plan.metadata.name,
            file: opened.path.display().to_string(),
        },
        site: &plan.spec.target.site,
        devices: fabric.devices.len() as u64,
        links: fabric.links.len() as u64,
        classes: shown_classes(fabric),
        link_groups,
        findings: findings.collect(),
        digests: ShownDigests {
            spec: evaluation.digests.spec,
            fabric: evaluation.digests.fabric,
            findings: evaluation.digests.findings,
        },
    }
}

fn text(shown: &Shown) -> String {
    let mut lines =
        vec![format!("{} for site {}", printable(shown.plan.name), printable(shown.site))];
    lines.push(String::new());
    let mut rows = vec![["class", "role", "fabric", "model", "devices"].map(str::to_owned)];
    rows.extend(shown.classes.iter().map(|class| {
        [
            class.id.to_owned(),
            class.role.to_owned(),
            class.fabric.unwrap_or("").to_owned(),
            class.model.to_owned(),
            grouped(class.devices),
        ]
    }));
    table(&rows, &mut lines);
    lines.push(String::new());
    let mut rows = vec![["fabric", "links between", "Gb/s", "links"].map(str::to_owned)];
    rows.extend(shown.link_groups.iter().map(|group| {
        [
            group.fabric.to_owned(),
            group.kind.to_owned(),
            grouped(u64::from(group.speed_gbps)),
            grouped(group.links),
        ]
    }));
    table(&rows, &mut lines);
    lines.push(String::new());
    lines.push(format!("{} devices, {} links", grouped(shown.devices), grouped(shown.links)));
    lines.push(String::new());
    lines.join("\n")
}

/// Columns as wide as they need to be; those of figures, by their last row, to the right.
pub(super) fn table<const N: usize>(rows: &[[String; N]], lines: &mut Vec<String>) {
    let column = |n: usize| rows.iter().filter_map(move |row| row.get(n));
    for row in rows {
        let cells = row.iter().enumerate().map(|(n, cell)| {
            let width = column(n).map(|cell| cell.chars().count()).max().unwrap_or(0);
            let is_figure = |cell: &String| {
                !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit() || c == ',')
            };
            if column(n).skip(1).all(is_figure) {
                format!("{:>width$}", printable(cell))
            } else {
                format!("{:<width$}", printable(cell))
            }
        });
        lines.push(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned());
    }
}
