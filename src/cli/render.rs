//! `heddle render`: the topology of a plan as a drawing in a file, from the scene that the window
//! draws.
//!
//! Alone a plan is drawn as it is; of a plan with errors what could be made, with a line that says
//! so. Held against a target, its colours say what would change and what drifted; a plan with
//! errors is then refused as by `diff`, since a drawing without colours would say that nothing
//! changes.

use super::args::TargetArgs;
use super::opened::Opened;
use super::{End, Failure, target, tell};
use crate::diff::{ChangeSet, Drift, Purpose};
use crate::evaluate::Evaluation;
use crate::export::{SvgLook, SvgTheme, svg};
use crate::model::{counted, printable};
use crate::scene::{State, lay_out};
use crate::store;
use std::path::Path;

pub(super) fn render(
    path: &Path,
    args: &TargetArgs,
    theme: SvgTheme,
    output: &Path,
) -> Result<End, Failure> {
    if args.inventory.is_none() && args.site.is_none() {
        let opened = Opened::read(path)?;
        let evaluation = opened.evaluate(None)?;
        opened.tell_findings(&evaluation);
        return draw(&opened, &evaluation, theme, output);
    }
    let (opened, target) = target::open(path, args)?;
    let held = target::hold(&opened, &target, &Purpose::Converge, None)?;
    draw(&opened, &held.evaluation, theme, output)
}

fn draw(
    opened: &Opened,
    evaluation: &Evaluation,
    theme: SvgTheme,
    output: &Path,
) -> Result<End, Failure> {
    let (changes, drift) = (evaluation.changes.as_deref(), evaluation.drift.as_deref());
    let scene = lay_out(&evaluation.fabric, changes, drift);
    if scene.blocks.is_empty() {
        return Err(Failure(format!("{}. There is nothing to draw.", opened.summary(evaluation))));
    }
    let fabric = &evaluation.fabric;
    let devices = counted(fabric.devices.len() as u64, "device", "devices");
    let links = counted(fabric.links.len() as u64, "link", "links");
    let mut lines = vec![format!("{devices}, {links}")];
    lines.extend(changes.map(|changes| against(changes, drift)));
    lines.extend(changes.and_then(ChangeSet::only).map(|only| format!("Shown: {only}")));
    let caution = match (evaluation.has_errors(), changes) {
        (false, _) => "",
        (true, None) => "The plan has errors: this is what could be made of it.",
        (true, Some(_)) => "There are errors: the changes cannot be applied as they are.",
    };
    let look = SvgLook {
        theme,
        title: &opened.document.plan.metadata.name,
        lines: &lines,
        caution,
        legend: changes.map(|changes| State::Unchanged.name_in(Some(changes))),
    };
    store::write_new_text(output, &svg(&scene, &look))?;
    tell(&format!("wrote {}", printable(&output.display().to_string())));
    if evaluation.has_errors() {
        tell(&opened.summary(evaluation));
        return Ok(End::Errors);
    }
    Ok(End::Fine)
}

/// What would change at a site, and what drifted there.
fn against(changes: &ChangeSet, drift: Option<&Drift>) -> String {
    let counts = [
        ("to add", changes.added()),
        ("to modify", changes.modified()),
        ("to delete", changes.deleted()),
        ("drifted", drift.map(Drift::counts).unwrap_or_default()),
    ];
    let some = counts.iter().filter(|(_, counts)| counts.total() > 0);
    let mut parts: Vec<String> =
        some.map(|(what, counts)| format!("{what}: {}", counts.text())).collect();
    if changes.is_empty() {
        parts.insert(0, "no changes".to_owned());
    }
    if changes.waiting_cables() > 0 {
        let cables = counted(changes.waiting_cables(), "cable", "cables");
        parts.push(format!("waiting for devices of others: {cables}"));
    }
    format!("Site {} · {}", changes.target.site, parts.join(" · "))
}
