//! `heddle pin`, `eject` and `what-if`: the size of a plan. Nothing here is computed; that is the
//! session's.

use super::args::ShowFormat;
use super::opened::Opened;
use super::show::table;
use super::{End, Failure, tell};
use crate::model::{Edit, Finding, PlanId, Progress, counted, grouped, printable};
use crate::plan::Plan;
use crate::session::{self, WhatIf};
use crate::store;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Fixes the computed counts of a plan and prints what it wrote.
pub(super) fn pin(path: &Path, drop_comments: bool, out: &mut dyn Write) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let plan = &opened.document.plan;
    let (pinned, edits) = session::pin_sizes(plan, &opened.catalog, &Progress::new())?;
    if edits.is_empty() {
        writeln!(out, "every count is fixed already; nothing was written")?;
        return Ok(End::Fine);
    }
    save(&opened, &pinned, drop_comments)?;
    for edit in &edits {
        writeln!(out, "{}", text_of(edit))?;
    }
    Ok(End::Fine)
}

/// Writes the cluster of a plan out as classes: to the plan itself, or to a new one.
pub(super) fn eject(
    path: &Path,
    output: Option<&Path>,
    drop_comments: bool,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let plan = &opened.document.plan;
    let mut ejected = session::eject_cluster(plan, &opened.catalog, &Progress::new())?;
    match output {
        Some(file) => {
            // Two files of one identity would undo what the other built.
            ejected.metadata.id = PlanId(uuid::Uuid::new_v4());
            store::create_plan(file, &ejected)?;
            tell(&format!("wrote {}, a plan of its own", printable(&file.display().to_string())));
        }
        None => save(&opened, &ejected, drop_comments)?,
    }
    let count = |n: usize, what: &str| {
        counted(n as u64, &format!("{what} class"), &format!("{what} classes"))
    };
    let spec = &ejected.spec;
    writeln!(
        out,
        "the cluster is now {} and {}; the fabric is the same",
        count(spec.switch_classes.len(), "switch"),
        count(spec.server_classes.len(), "server")
    )?;
    Ok(End::Fine)
}

/// Writes a plan over the file it was read from.
fn save(opened: &Opened, plan: &Plan, drop_comments: bool) -> Result<(), Failure> {
    let file = printable(&opened.path.display().to_string());
    if opened.document.has_comments && !drop_comments {
        return Err(Failure(format!(
            "{file} has comments, which would be lost. Nothing was written; \
             `--drop-comments` writes it without them."
        )));
    }
    store::write_plan(&opened.path, plan)?;
    tell(&format!("wrote {file}"));
    Ok(())
}

/// `spec.cluster.servers = 320`
fn text_of(edit: &Edit) -> String {
    format!("{} = {}", edit.path, printable(&edit.value.to_string()))
}

/// Shows what another number of servers would do.
pub(super) fn what_if(
    path: &Path,
    class: Option<&str>,
    servers: u32,
    format: ShowFormat,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    let opened = Opened::read(path)?;
    let plan = &opened.document.plan;
    let answer = session::what_if(plan, &opened.catalog, class, servers, &Progress::new())?;
    opened.tell_findings(&answer.evaluation);
    let Some(shown) = shown(&opened, &answer) else {
        return Err(Failure(format!(
            "with {servers} servers {}. Nothing can be compared.",
            opened.summary(&answer.evaluation)
        )));
    };
    match format {
        ShowFormat::Text => out.write_all(text(&shown).as_bytes())?,
        ShowFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &shown)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(End::Fine)
}

#[derive(Serialize)]
struct Shown<'a> {
    file: String,
    servers_before: u32,
    servers_after: u32,
    edits: &'a [Edit],
    classes: Vec<ShownClass<'a>>,
    links: Vec<ShownLinks<'a>>,
    added: u64,
    moved: u64,
    removed: u64,
    room: Option<ShownRoom<'a>>,
    findings: Vec<&'a Finding>,
}

#[derive(Serialize)]
struct ShownClass<'a> {
    id: &'a str,
    role: &'a str,
    before: u64,
    after: u64,
    added: u64,
    removed: u64,
}

#[derive(Serialize)]
struct ShownLinks<'a> {
    fabric: &'a str,
    kind: &'a str,
    before: u64,
    after: u64,
    added: u64,
    moved: u64,
    removed: u64,
    examples: Vec<ShownMove<'a>>,
}

#[derive(Serialize)]
struct ShownMove<'a> {
    end: &'a str,
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct ShownRoom<'a> {
    text: &'a str,
    edit: Option<&'a Edit>,
    moved_now: u64,
}

fn shown<'a>(opened: &Opened, answer: &'a WhatIf) -> Option<Shown<'a>> {
    let growth = answer.growth.as_ref()?;
    let classes = growth.classes.iter().map(|c| ShownClass {
        id: &c.class,
        role: c.role.name(),
        before: c.before,
        after: c.after,
        added: c.added,
        removed: c.removed,
    });
    let links = growth.links.iter().map(|l| ShownLinks {
        fabric: &l.fabric,
        kind: l.kind.name(),
        before: l.before,
        after: l.after,
        added: l.added,
        moved: l.moved,
        removed: l.removed,
        examples: l
            .examples
            .iter()
            .map(|m| ShownMove { end: &m.end, from: &m.from, to: &m.to })
            .collect(),
    });
    let [servers_before, servers_after] = answer.servers;
    Some(Shown {
        file: opened.path.display().to_string(),
        servers_before,
        servers_after,
        edits: &answer.edits,
        classes: classes.collect(),
        links: links.collect(),
        added: growth.links.iter().map(|l| l.added).sum(),
        moved: growth.moved(),
        removed: growth.links.iter().map(|l| l.removed).sum(),
        room: answer.room.as_ref().map(|room| ShownRoom {
            text: &room.remedy.text,
            edit: room.remedy.edit.as_ref(),
            moved_now: room.moved_now,
        }),
        findings: answer.evaluation.findings.iter().collect(),
    })
}

fn text(shown: &Shown) -> String {
    let number = |n: u32| grouped(u64::from(n));
    let mut lines = vec![format!(
        "{}: {} → {} servers; nothing is written",
        printable(&shown.file),
        number(shown.servers_before),
        number(shown.servers_after)
    )];
    lines.extend(shown.edits.iter().map(|edit| format!("  {}", text_of(edit))));
    lines.push(String::new());
    let mut rows =
        vec![["class", "role", "before", "after", "added", "removed"].map(str::to_owned)];
    rows.extend(shown.classes.iter().map(|c| {
        let [before, after, added, removed] = [c.before, c.after, c.added, c.removed].map(grouped);
        [c.id.to_owned(), c.role.to_owned(), before, after, added, removed]
    }));
    table(&rows, &mut lines);
    lines.push(String::new());
    let heads = ["fabric", "links between", "before", "after", "added", "moved", "removed"];
    let mut rows = vec![heads.map(str::to_owned)];
    rows.extend(shown.links.iter().map(|l| {
        let [before, after, added, moved, removed] =
            [l.before, l.after, l.added, l.moved, l.removed].map(grouped);
        [l.fabric.to_owned(), l.kind.to_owned(), before, after, added, moved, removed]
    }));
    table(&rows, &mut lines);
    lines.push(String::new());
    let mut moves = shown.links.iter().flat_map(|l| &l.examples).peekable();
    if moves.peek().is_some() {
        lines.push("cables that stay at one end and move at the other, for example:".to_owned());
        lines.extend(moves.map(|m| printable(&format!("  ~ {}: {} → {}", m.end, m.from, m.to))));
        lines.push(String::new());
    }
    let count = |n: u64| counted(n, "cable", "cables");
    lines.push(format!(
        "{} added, {} moved, {} removed",
        count(shown.added),
        grouped(shown.moved),
        grouped(shown.removed)
    ));
    if let Some(room) = &shown.room {
        let edit = room.edit.map(|edit| format!(" ({})", text_of(edit))).unwrap_or_default();
        lines.push(format!("remedy: {}{edit}", room.text));
        lines.push(format!(
            "    in a plan that is cabled already {} then move at once; later none",
            count(room.moved_now)
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}
