//! Remedies with a number: each is tried, so that its field is without an error once it is pressed.
//!
//! A rule knows what it allows itself, and not what others do: 65,536 servers are in range and may
//! be more than a spine has ports for. So the plan is woven with the number; an error at the same
//! field that knows a better one is followed, and where none is known no button is left. Limits:
//! the first numbers of a plan only, and what inventory and racks object to is not looked at.

use super::{expand, weave};
use crate::catalog::Catalog;
use crate::model::{
    Cancelled, Edit, EditValue, Finding, Progress, Remedy, Severity, SpecPath, grouped,
};
use crate::plan::{Plan, apply_edit};
use std::collections::BTreeMap;

/// Numbers that are tried for a plan, at most: each weaves it once more.
const MOST: usize = 8;
/// Numbers that are tried for one button, at most.
const HOPS: usize = 4;

/// What came of trying a number.
#[derive(Clone)]
enum Tried {
    /// The field is without error with this number.
    Good(u64),
    /// None was found; this is said of the field then.
    None(String),
}

/// Puts numbers into the remedies of errors that leave their fields without an error, and takes
/// those away for which none is found.
///
/// # Errors
/// Somebody asked to stop.
pub fn settle_numbers(
    plan: &Plan,
    catalog: &Catalog,
    findings: &mut [Finding],
    progress: &Progress,
) -> Result<(), Cancelled> {
    let before = findings.to_vec();
    let mut known: BTreeMap<(SpecPath, SpecPath, u64), Tried> = BTreeMap::new();
    let mut left = MOST;
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Error) {
        if !finding.remedies().any(|remedy| number_of(remedy).is_some()) {
            continue;
        }
        let all: Vec<Remedy> = finding.remedies().cloned().collect();
        let (mut kept, mut why) = (Vec::new(), None);
        for remedy in all {
            let Some((edit, number)) = number_of(&remedy) else {
                kept.push(remedy);
                continue;
            };
            let key = (finding.path.clone(), edit.path.clone(), number);
            let tried = match known.get(&key) {
                Some(tried) => tried.clone(),
                None => {
                    let of = (&*finding, edit, number);
                    settle(plan, catalog, of, &before, &mut left, progress)?
                }
            };
            match &tried {
                Tried::Good(good) => {
                    kept.push(with(&remedy, number, *good));
                    // Another error may offer it straight away.
                    known.insert((key.0.clone(), key.1.clone(), *good), tried.clone());
                }
                Tried::None(text) => why = Some(text.clone()),
            }
            known.insert(key, tried);
        }
        let mut kept = kept.into_iter();
        finding.remedy = kept.next();
        finding.alternatives = kept.collect();
        if let (None, Some(why)) = (&finding.remedy, why) {
            finding.remedy = Some(Remedy {
                text: format!("No number alone mends this. With the nearest: {why}"),
                edit: None,
            });
        }
    }
    Ok(())
}

/// The edit of a remedy that writes a number, and the number.
fn number_of(remedy: &Remedy) -> Option<(&Edit, u64)> {
    let edit = remedy.edit.as_ref()?;
    match edit.value {
        EditValue::Number(number) => Some((edit, number)),
        _ => None,
    }
}

/// A remedy with another number.
fn with(remedy: &Remedy, number: u64, good: u64) -> Remedy {
    let mut remedy = remedy.clone();
    if number == good {
        return remedy;
    }
    let parted = grouped(number);
    let said = if remedy.text.contains(&parted) { parted } else { number.to_string() };
    remedy.text = remedy.text.replacen(&said, &grouped(good), 1);
    if let Some(edit) = &mut remedy.edit {
        edit.value = EditValue::Number(good);
    }
    remedy
}

/// Tries a number, and those that errors at its field offer then. Where `left` more may be tried and
/// that is none, the last is taken as it is.
fn settle(
    plan: &Plan,
    catalog: &Catalog,
    (finding, edit, number): (&Finding, &Edit, u64),
    before: &[Finding],
    left: &mut usize,
    progress: &Progress,
) -> Result<Tried, Cancelled> {
    let mut number = number;
    let mut said = finding.text.clone();
    for _ in 0..HOPS {
        let Some(fewer) = left.checked_sub(1) else { return Ok(Tried::Good(number)) };
        *left = fewer;
        let mut tried = plan.clone();
        let with = Edit { path: edit.path.clone(), value: EditValue::Number(number) };
        if apply_edit(&mut tried, &with).is_err() {
            break;
        }
        let mut found = Vec::new();
        let primitives = expand(&tried.spec, catalog, &mut found);
        weave(&primitives, catalog, &mut found, progress)?;
        let here = |other: &&Finding| {
            let at = other.path == finding.path || other.path == edit.path;
            // What is wrong there besides, and stays, is no fault of the number.
            let stays = *other != finding && before.contains(other) && !offers(other, &edit.path);
            other.severity == Severity::Error && at && !stays
        };
        let errors: Vec<&Finding> = found.iter().filter(here).collect();
        let Some(first) = errors.first() else { return Ok(Tried::Good(number)) };
        said.clone_from(&first.text);
        // Of several that know a number the one furthest away does for all.
        let numbers = errors.iter().flat_map(|error| error.remedies()).filter_map(number_of);
        let numbers = numbers.filter(|(other, _)| other.path == edit.path).map(|(_, n)| n);
        match numbers.filter(|n| *n != number).max_by_key(|n| n.abs_diff(number)) {
            Some(next) => number = next,
            None => break,
        }
    }
    Ok(Tried::None(said))
}

/// True if a finding knows a number for a field.
fn offers(finding: &Finding, path: &SpecPath) -> bool {
    finding.remedies().filter_map(number_of).any(|(edit, _)| edit.path == *path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_says_its_number() {
        let check = |text: &str, number, good, expected: &str| {
            let value = EditValue::Number(number);
            let edit = Some(Edit { path: SpecPath::new("spec.cluster.servers"), value });
            let found = with(&Remedy { text: text.to_owned(), edit }, number, good);
            assert_eq!(found.text, expected);
            assert_eq!(number_of(&found).map(|(_, n)| n), Some(good));
        };
        check("Use 64", 64, 8, "Use 8");
        check("Use 16,384 servers", 16_384, 4_096, "Use 4,096 servers");
        check("Use 65536", 65_536, 4_096, "Use 4,096");
        check("Use 64", 64, 64, "Use 64");
    }
}
