//! Which models a field can take: each is tried beside the drawing, once its list is open.
//!
//! A model does not fit if the plan with it has an error that it has not with every model: what is
//! wrong elsewhere says nothing of the models. Limits: a choice that fits may still be a poor one,
//! and what only the inventory could object to is not looked at.

use crate::app::Window;
use crate::catalog::Catalog;
use crate::evaluate::{Inputs, evaluate};
use crate::model::{Cancelled, Code, Edit, EditValue, Progress, Severity, SpecPath};
use crate::plan::{Plan, apply_edit};
use crate::session::Job;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What came of trying the models of a field.
#[derive(Clone, Debug)]
pub(in crate::app) struct Fits {
    path: SpecPath,
    plan: Arc<Plan>,
    /// By the id of a model, what would be wrong with it.
    problems: BTreeMap<String, String>,
}

impl Fits {
    /// Of models that are being tried, or of which nothing came to light.
    fn unknown(path: &SpecPath, plan: &Arc<Plan>) -> Self {
        Self { path: path.clone(), plan: Arc::clone(plan), problems: BTreeMap::new() }
    }

    /// What would be wrong with a model in a field of a plan, if that is known.
    pub fn problem(&self, id: &str) -> Option<&str> {
        self.problems.get(id).map(String::as_str)
    }

    /// True if it is about that field of that plan.
    pub fn is_of(&self, path: &SpecPath, plan: &Arc<Plan>) -> bool {
        self.path == *path && Arc::ptr_eq(&self.plan, plan)
    }
}

/// Models of a field that are being tried.
pub(in crate::app) type Fitting = (SpecPath, Arc<Plan>, Job<Result<Fits, Cancelled>>);

/// The errors that a plan has with a model, by what they are and where.
type Errors = BTreeMap<(Code, SpecPath), String>;

/// Tries models in a field.
fn try_all(
    plan: &Arc<Plan>,
    catalog: &Catalog,
    path: SpecPath,
    ids: Vec<String>,
    progress: &Progress,
) -> Result<Fits, Cancelled> {
    let mut found: Vec<(String, Errors)> = Vec::new();
    for id in ids {
        let mut with = Plan::clone(plan);
        let edit = Edit { path: path.clone(), value: EditValue::Text(id.clone()) };
        if apply_edit(&mut with, &edit).is_err() {
            continue;
        }
        let evaluation = evaluate(&Inputs::of(&with, catalog), progress)?;
        let errors = evaluation.findings.into_iter().filter(|f| f.severity == Severity::Error);
        found.push((id, errors.map(|f| ((f.code, f.path), f.text)).collect()));
    }
    let places =
        |errors: &Errors| -> BTreeSet<(Code, SpecPath)> { errors.keys().cloned().collect() };
    let all = found.iter().map(|(_, errors)| places(errors));
    let everywhere = all.reduce(|all, one| &all & &one).unwrap_or_default();
    let problems = found.into_iter().filter_map(|(id, errors)| {
        let own = errors.into_iter().find(|(place, _)| !everywhere.contains(place));
        own.map(|(_, text)| (id, text))
    });
    Ok(Fits { path, plan: Arc::clone(plan), problems: problems.collect() })
}

impl Window {
    /// Tries the models of a field, unless that is known or under way.
    pub(in crate::app) fn try_models(&mut self, path: SpecPath, ids: Vec<String>) {
        let plan = Arc::clone(&self.model.plan);
        if self.model.fits.as_ref().is_some_and(|fits| fits.is_of(&path, &plan)) {
            return;
        }
        let (of, by, catalog) = (path.clone(), Arc::clone(&plan), Arc::clone(&self.model.catalog));
        let wake = self.context.clone();
        let work = move |progress: &Progress| try_all(&by, &catalog, of, ids, progress);
        let job = Job::start(Progress::new(), work, move || wake.request_repaint());
        // Until that is known all models look alike. The form must not ask in every frame: each
        // thing it asks for draws the window once more.
        self.model.fits = Some(Fits::unknown(&path, &plan));
        // What was tried before is let go.
        self.fitting = Some((path, plan, job));
    }

    /// Takes what came of it.
    pub(in crate::app) fn follow_fitting(&mut self) {
        let Some((path, plan, job)) = &mut self.fitting else { return };
        let Some(done) = job.take() else { return };
        // Without an answer all models look alike, and are not tried again.
        let fits = done.ok().and_then(Result::ok).unwrap_or_else(|| Fits::unknown(path, plan));
        self.model.fits = Some(fits);
        self.fitting = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlanId;
    use crate::plan::preset::build;

    #[test]
    fn models_that_do_not_fit_say_why() {
        let catalog = Catalog::built_in().unwrap();
        let ids: Vec<String> = catalog.switches.keys().cloned().collect();
        let plan = build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap();
        let tried = |plan: &Plan, path: &str| {
            let path = SpecPath::new(path);
            try_all(&Arc::new(plan.clone()), &catalog, path, ids.clone(), &Progress::new()).unwrap()
        };
        let spines = tried(&plan, "spec.cluster.backend.spine_model");
        assert_eq!(spines.problem("celestica-ds5000"), None);
        let unfit: Vec<&String> = spines.problems.keys().collect();
        assert!(!unfit.is_empty() && unfit.len() < ids.len(), "{unfit:?}");
        // What is wrong elsewhere is no fault of theirs.
        let mut broken = plan.clone();
        broken.spec.cluster.as_mut().unwrap().server_model = "nobody-knows-it".to_owned();
        let alone = tried(&broken, "spec.cluster.frontend.spine_model");
        assert_eq!(alone.problem("celestica-ds5000"), None);
    }
}
