//! `heddle audit`: who approved and applied what, and whether the records are as they were written.

use super::opened::Opened;
use super::show::table;
use super::{End, Failure};
use crate::model::{counted, printable};
use crate::session::{self, Places};
use crate::store;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Lists the records of a plan, or those beside a change set, then what is wrong with them.
pub(super) fn audit(
    path: &Path,
    inventory: Option<PathBuf>,
    out: &mut dyn Write,
) -> Result<End, Failure> {
    // The records of a change set whose plan is gone lie beside the set.
    let (plan, beside) = match store::is_change_set(path) {
        true => (store::read_change_set(path)?.head.plan, session::beside_change_set(path)?),
        false => (Opened::read(path)?.document.plan.metadata.id, path.to_owned()),
    };
    let mut audit = store::audit(&beside, plan)?;
    let own = || Places::platform().ok().map(|places| places.default_inventory());
    let inventory = inventory.or_else(|| own().filter(|own| own.is_file()));
    if let Some(inventory) = inventory {
        audit.problems.extend(session::missing_runs(&inventory, plan, &audit.records)?);
    }
    let mut lines = Vec::new();
    if !audit.records.is_empty() {
        let mut rows = vec![["time", "record", "site", "what"].map(str::to_owned)];
        rows.extend(audit.records.iter().map(|record| {
            let site = match &record.what {
                store::Recorded::Approval(approval) => &approval.target.site,
                store::Recorded::Run { run, .. } => &run.target.site,
            };
            [record.at.clone(), record.id.short(), site.clone(), record.what.text()]
                .map(|text| printable(&text))
        }));
        table(&rows, &mut lines);
        lines.push(String::new());
    }
    lines.extend(audit.problems.iter().map(|problem| format!("error: {}", printable(problem))));
    let count = counted(audit.records.len() as u64, "record", "records");
    lines.push(match audit.problems.len() as u64 {
        0 => format!("{count}, nothing wrong"),
        n => format!("{count}, {}", counted(n, "problem", "problems")),
    });
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(if audit.problems.is_empty() { End::Fine } else { End::Errors })
}
