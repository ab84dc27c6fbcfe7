//! `heddle show`: what a plan comes to, in a table or as JSON.
//!
//! The JSON is described in `docs/reference/json.md`. Both are made from one list of classes and
//! one list of link groups, so they cannot differ.

use super::args::ShowFormat;
use super::opened::Opened;
use super::{End, Failure};
use crate::evaluate::Evaluation;
use crate::fabric::{Fabric, Racking};
use crate::model::{Digest, PlanId, Remedy, grouped, printable};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

#[derive(Serialize)]
struct Shown<'a> {
    plan: ShownPlan<'a>,
    site: &'a str,
    devices: u64,
    links: u64,
    cables: u64,
    classes: Vec<ShownClass<'a>>,
    link_groups: Vec<ShownGroup<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    racks: Option<ShownRacks<'a>>,
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
struct ShownRacks<'a> {
    model: &'a str,
    racks: u64,
    power_w: u64,
    power_unknown: u64,
    weight_g: u64,
    weight_unknown: u64,
    optics_power_mw: u64,
    optics_power_unknown: u32,
    cable_types: Vec<ShownCable<'a>>,
    optics: &'a BTreeMap<String, u32>,
}

#[derive(Serialize)]
struct ShownCable<'a> {
    kind: &'a str,
    model: &'a str,
    length_cm: u32,
    cables: u64,
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
    #[serde(skip_serializing_if = "<[Remedy]>::is_empty")]
    alternatives: &'a [Remedy],
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
            alternatives: &finding.alternatives,
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
        cables: fabric.cable_count(),
        racks: fabric.racking.as_deref().map(shown_racks),
        findings: findings.collect(),
        digests: ShownDigests {
            spec: evaluation.digests.spec,
            fabric: evaluation.digests.fabric,
            findings: evaluation.digests.findings,
        },
    }
}

fn shown_racks(racking: &Racking) -> ShownRacks<'_> {
    let ((power_w, power_unknown), (weight_g, weight_unknown)) =
        (racking.power_w(), racking.weight_g());
    let cables = racking.cable_counts().into_iter().map(|count| ShownCable {
        kind: count.cable_type.kind.name(),
        model: &count.cable_type.model,
        length_cm: count.length_cm,
        cables: count.cables,
    });
    ShownRacks {
        model: &racking.model,
        racks: racking.racks.len() as u64,
        power_w,
        power_unknown,
        weight_g,
        weight_unknown,
        optics_power_mw: racking.optics_power_mw,
        optics_power_unknown: racking.optics_power_unknown,
        cable_types: cables.collect(),
        optics: &racking.optics,
    }
}

/// Racks, watts, kilograms and cables. What the catalogue does not know is said, never 0.
fn racks_text(racks: &ShownRacks, lines: &mut Vec<String>) {
    let mut rows = vec![["cable", "model", "cm", "cables"].map(str::to_owned)];
    rows.extend(racks.cable_types.iter().map(|cable| {
        [
            cable.kind.to_owned(),
            cable.model.to_owned(),
            grouped(u64::from(cable.length_cm)),
            grouped(cable.cables),
        ]
    }));
    table(&rows, lines);
    lines.push(String::new());
    let mut rows = vec![["optics", "quantity"].map(str::to_owned)];
    rows.extend(racks.optics.iter().map(|(id, n)| [id.clone(), grouped(u64::from(*n))]));
    table(&rows, lines);
    lines.push(String::new());
    let without = |unknown: u64, of: &str| match unknown {
        0 => String::new(),
        n => format!(", without {} {of} that the catalogue does not know", grouped(n)),
    };
    lines.push(format!("{} racks {}", grouped(racks.racks), printable(racks.model)));
    lines.push(format!(
        "devices draw at most {} W{}",
        grouped(racks.power_w),
        without(racks.power_unknown, "devices")
    ));
    lines.push(format!(
        "optics draw at most {} W{}",
        grouped(racks.optics_power_mw.div_ceil(1000)),
        without(u64::from(racks.optics_power_unknown), "optics")
    ));
    lines.push(format!(
        "devices weigh {} kg{}",
        grouped(racks.weight_g.div_ceil(1000)),
        without(racks.weight_unknown, "devices")
    ));
    lines.push(String::new());
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
    if let Some(racks) = &shown.racks {
        racks_text(racks, &mut lines);
    }
    lines.push(format!(
        "{} devices, {} links, {} cables",
        grouped(shown.devices),
        grouped(shown.links),
        grouped(shown.cables)
    ));
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
