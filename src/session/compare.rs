//! Two plans, two revisions of plans or two inventories, read and compared. Nothing is written.

use super::{SessionError, catalog};
use crate::compare::{self, Compared, Comparison, PlanSide};
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::model::Progress;
use crate::plan::Document;
use crate::store::{self, StoredInventory};
use std::collections::BTreeSet;
use std::path::Path;

/// Compares two plans (files, or `REV:PATH` of a Git repository) or two inventories. `site` is the
/// one site of the inventories to compare; without, all are.
///
/// # Errors
/// One of the two cannot be read, they are not of one kind, or there is no such site.
pub fn compare(
    a: &Path,
    b: &Path,
    site: Option<&str>,
    progress: &Progress,
) -> Result<Comparison, SessionError> {
    for path in [a, b] {
        if store::is_change_set(path) {
            let name = path.display();
            return Err(SessionError::refused(
                &format!("{name} is a change set, and those are not compared"),
                &format!("`heddle diff {name}` shows it; compare the plans they were made from."),
            ));
        }
    }
    match (store::is_inventory(a), store::is_inventory(b)) {
        (true, true) => inventories(a, b, site, progress),
        (false, false) => {
            if site.is_some() {
                return Err(SessionError::refused(
                    "a site can be chosen of two inventories only",
                    "Leave `--site` out to compare two plans.",
                ));
            }
            plans(a, b, progress)
        }
        (a_is_inventory, _) => {
            let (inventory, other) = if a_is_inventory { (a, b) } else { (b, a) };
            // Something that is not there is no plan either.
            store::read_plan_or_revision(other)?;
            let (inventory, plan) = (inventory.display(), other.display());
            Err(SessionError::refused(
                &format!("{inventory} is an inventory and {plan} is a plan"),
                &format!(
                    "Compare two of one kind; `heddle diff {plan} --inventory {inventory}` holds \
                     a plan against an inventory."
                ),
            ))
        }
    }
}

fn plans(a: &Path, b: &Path, progress: &Progress) -> Result<Comparison, SessionError> {
    let catalog = catalog()?;
    let read = |path: &Path| -> Result<(String, Document, Evaluation), SessionError> {
        let document = store::read_plan_or_revision(path)?;
        let inputs = Inputs::of(&document.plan, &catalog);
        let evaluation = evaluate(&inputs, progress)?;
        Ok((path.display().to_string(), document, evaluation))
    };
    let (a, b) = (read(a)?, read(b)?);
    Ok(compare::plans(side(&a), side(&b)))
}

fn side((name, document, evaluation): &(String, Document, Evaluation)) -> PlanSide<'_> {
    PlanSide {
        name,
        plan: &document.plan,
        desired: &evaluation.desired,
        findings: &evaluation.findings,
    }
}

fn inventories(
    a: &Path,
    b: &Path,
    site: Option<&str>,
    progress: &Progress,
) -> Result<Comparison, SessionError> {
    let (of_a, of_b) = (StoredInventory::read(a)?, StoredInventory::read(b)?);
    let (sites_a, sites_b) = (of_a.sites(), of_b.sites());
    let mut sites: BTreeSet<&str> = sites_a.union(&sites_b).copied().collect();
    if let Some(site) = site {
        if !sites.contains(site) {
            let known = match sites.len() {
                0 => "They have no site.".to_owned(),
                _ => format!("They have: {}.", sites.into_iter().collect::<Vec<_>>().join(", ")),
            };
            let cause = format!("neither inventory has a site `{site}`");
            return Err(SessionError::refused(&cause, &known));
        }
        sites.retain(|known| *known == site);
    }
    let mut objects = Vec::new();
    for site in sites {
        let snapshot = |of: &StoredInventory, known: &BTreeSet<&str>| {
            known.contains(site).then(|| of.snapshot(site, progress)).transpose()
        };
        let (of_a, of_b) = (snapshot(&of_a, &sites_a)?, snapshot(&of_b, &sites_b)?);
        objects.push(compare::site(site, of_a.as_ref(), of_b.as_ref()));
    }
    Ok(Comparison {
        compared: Compared::Inventories,
        a: a.display().to_string(),
        b: b.display().to_string(),
        fields: Vec::new(),
        not_compared: Vec::new(),
        objects,
    })
}
