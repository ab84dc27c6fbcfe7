//! What the remedies of findings lead to: each is tried beside the drawing, so that a button says
//! its price before it is pressed.
//!
//! Told are the switch classes whose count differs from what is drawn, another error that it leads
//! to, and a finding that stands all the same. Limits: the first remedies of a plan only, and nothing of the inventory.

use crate::app::Window;
use crate::catalog::Catalog;
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::fabric::Fabric;
use crate::model::{Cancelled, Code, Edit, Finding, Progress, Remedy, Severity, SpecPath, grouped};
use crate::plan::{Plan, apply_edit};
use crate::session::Job;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Remedies that are tried, at most.
const MOST: usize = 16;
/// Classes that are told, at most.
const MOST_CLASSES: usize = 3;

/// What the remedies of a plan lead to.
#[derive(Clone, Debug)]
pub(in crate::app) struct Remedies {
    of: Arc<Plan>,
    /// By the finding, and the place and the text of the button.
    prices: BTreeMap<Button, String>,
}

impl Remedies {
    /// What comes of a remedy of a finding in a plan, if that is known and worth a word.
    pub fn price(&self, finding: &Finding, remedy: &Remedy, plan: &Arc<Plan>) -> Option<&str> {
        let button = button_of(finding, remedy).filter(|_| Arc::ptr_eq(&self.of, plan))?;
        self.prices.get(&button).map(String::as_str)
    }
}

/// What a finding is and where, and of a remedy of it where it acts and what it says.
type Button = (Code, SpecPath, SpecPath, String);

fn button_of(finding: &Finding, remedy: &Remedy) -> Option<Button> {
    let edit = remedy.edit.as_ref()?;
    Some((finding.code, finding.path.clone(), edit.path.clone(), remedy.text.clone()))
}

/// Remedies that are being tried.
pub(in crate::app) type Trying = Job<Result<Remedies, Cancelled>>;

/// Switches by class of the spec.
fn counts(fabric: &Fabric) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for class in fabric.classes.iter().filter(|class| class.role.is_switch()) {
        *counts.entry(class.family.as_str()).or_default() += u64::from(class.count);
    }
    counts
}

fn errors(evaluation: &Evaluation) -> impl Iterator<Item = &Finding> {
    evaluation.findings.iter().filter(|finding| finding.severity == Severity::Error)
}

/// How many findings are of one kind at one place.
fn standing(evaluation: &Evaluation, code: Code, path: &SpecPath) -> usize {
    evaluation.findings.iter().filter(|f| f.code == code && f.path == *path).count()
}

/// What comes of a remedy, in a line; `None` if nothing but that the finding goes.
fn price(
    (code, path): (Code, &SpecPath),
    (before, whole): (&Evaluation, Option<&Fabric>),
    after: &Evaluation,
) -> Option<String> {
    let known: BTreeSet<(Code, &SpecPath)> = errors(before).map(|f| (f.code, &f.path)).collect();
    if let Some(other) = errors(after).find(|f| !known.contains(&(f.code, &f.path))) {
        // Errors hide others: it need not be the remedy that makes it.
        return Some(format!("The next error then: {}", other.text));
    }
    // Its words may be others: counted is how many are left of its kind at its place.
    if standing(after, code, path) >= standing(before, code, path).max(1) {
        return Some("Does not mend it by itself.".to_owned());
    }
    // What was left out because of errors counts for nothing, before and after.
    if !after.is_whole {
        return None;
    }
    let (was, is) = (whole.map(counts).unwrap_or_default(), counts(&after.fabric));
    let classes: BTreeSet<&str> = was.keys().chain(is.keys()).copied().collect();
    let differing: Vec<String> = classes
        .into_iter()
        .filter(|class| was.get(class) != is.get(class))
        .map(|class| match (was.get(class), is.get(class)) {
            (Some(was), Some(is)) => format!("{class} {} → {}", grouped(*was), grouped(*is)),
            (None, Some(is)) => format!("{} {class}", grouped(*is)),
            (_, None) => format!("no {class}"),
        })
        .collect();
    let more = differing.len().saturating_sub(MOST_CLASSES);
    let mut words = differing.into_iter().take(MOST_CLASSES).collect::<Vec<_>>().join(", ");
    if more > 0 {
        words.push_str(&format!(" and {more} more"));
    }
    if words.is_empty() {
        return None;
    }
    // What is bought is cables as well.
    let links = |fabric: &Fabric| grouped(fabric.links.len() as u64);
    let after = links(&after.fabric);
    let cables = match whole.map(links) {
        Some(before) if before == after => String::new(),
        Some(before) => format!("; links {before} → {after}"),
        None => format!("; {after} links"),
    };
    Some(format!("Gives {words}{cables}."))
}

fn try_all(
    plan: &Arc<Plan>,
    catalog: &Catalog,
    before: (&Evaluation, Option<&Fabric>),
    remedies: Vec<(Button, Edit)>,
    progress: &Progress,
) -> Result<Remedies, Cancelled> {
    let mut prices = BTreeMap::new();
    for (button, edit) in remedies {
        let mut with = Plan::clone(plan);
        if apply_edit(&mut with, &edit).is_err() {
            continue;
        }
        let after = evaluate(&Inputs::of(&with, catalog), progress)?;
        if let Some(price) = price((button.0, &button.1), before, &after) {
            prices.insert(button, price);
        }
    }
    Ok(Remedies { of: Arc::clone(plan), prices })
}

impl Window {
    /// Tries the remedies of what was found in the newest plan; older trials are let go.
    pub(in crate::app) fn try_remedies(&mut self) {
        self.trying = None;
        let Some(answer) = &self.model.answer else { return };
        let plan = Arc::clone(&answer.plan);
        if self.model.remedies.as_ref().is_some_and(|known| Arc::ptr_eq(&known.of, &plan)) {
            return;
        }
        let findings = answer.evaluation.findings.iter();
        let findings = findings.filter(|finding| finding.severity != Severity::Info);
        let remedies = findings.flat_map(|finding| {
            let all = finding.remedies();
            all.filter_map(|remedy| Some((button_of(finding, remedy)?, remedy.edit.clone()?)))
        });
        let remedies: Vec<(Button, Edit)> = remedies.take(MOST).collect();
        if remedies.is_empty() {
            self.model.remedies = None;
            return;
        }
        let (before, catalog) = (Arc::clone(&answer.evaluation), Arc::clone(&self.model.catalog));
        // Counted against the plan as it was before there were errors, if that is known.
        let whole = self.model.drawn().map_or(answer, |(drawn, _)| drawn);
        let whole = Some(&whole.evaluation).filter(|evaluation| evaluation.is_whole);
        let whole = whole.map(|evaluation| Arc::clone(&evaluation.fabric));
        let wake = self.context.clone();
        let work = move |progress: &Progress| {
            try_all(&plan, &catalog, (&before, whole.as_deref()), remedies, progress)
        };
        self.trying = Some(Job::start(Progress::new(), work, move || wake.request_repaint()));
    }

    /// Takes what came of it.
    pub(in crate::app) fn follow_remedies(&mut self) {
        if let Some(done) = self.trying.as_mut().and_then(Job::take) {
            self.trying = None;
            self.model.remedies = done.ok().and_then(Result::ok);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EditValue, PlanId};
    use crate::plan::preset::build;

    /// What is told of an edit of a plan that works, or of one with something wrong, as a remedy of
    /// its first error.
    fn check(broken: Option<(&str, EditValue)>, edit: (&str, EditValue), expected: Option<&str>) {
        let catalog = Catalog::built_in().unwrap();
        let mut plan = build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap();
        let edit_of = |(path, value): (&str, EditValue)| Edit { path: SpecPath::new(path), value };
        if let Some(broken) = broken {
            apply_edit(&mut plan, &edit_of(broken)).unwrap();
        }
        let plan = Arc::new(plan);
        let before = evaluate(&Inputs::of(&plan, &catalog), &Progress::new()).unwrap();
        let edit = edit_of(edit);
        let remedy = Remedy { text: "Use it".to_owned(), edit: Some(edit.clone()) };
        let none = || Finding::new(Code::DuplicateId, SpecPath::new("metadata.name"), "");
        let finding = errors(&before).next().cloned().unwrap_or_else(none);
        let tried = vec![(button_of(&finding, &remedy).unwrap(), edit)];
        let now = (&before, Some(&*before.fabric).filter(|_| before.is_whole));
        let found = try_all(&plan, &catalog, now, tried, &Progress::new()).unwrap();
        let price = found.price(&finding, &remedy, &plan);
        assert!(
            price.map(|price| price.starts_with(expected.unwrap_or("-"))) != Some(false)
                && price.is_some() == expected.is_some(),
            "{price:?}, and not {expected:?}"
        );
    }

    #[test]
    fn remedies_tell_their_price() {
        let text = |text: &str| EditValue::Text(text.to_owned());
        let servers = "spec.cluster.servers";
        let halved = "Gives be-leaf 16 → 8, be-spine 8 → 4";
        check(None, (servers, EditValue::Number(64)), Some(halved));
        check(None, ("metadata.name", text("other")), None);
        let unknown = Some(("spec.cluster.backend.leaf_model", text("nobody")));
        let leaf = "spec.cluster.backend.leaf_model";
        check(
            unknown.clone(),
            (leaf, text("celestica-ds5000")),
            Some("Gives 16 be-leaf, 8 be-spine"),
        );
        let other = (leaf, text("celestica-ds1000"));
        check(unknown.clone(), other, Some("The next error then: "));
        check(unknown, (leaf, text("no-one")), Some("Does not mend it by itself."));
    }
}
