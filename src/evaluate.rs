//! The one function at the centre: a plan, the catalogue and a snapshot go in; the fabric, what
//! is desired, findings, changes, explanations and digests come out.
//!
//! The window, the command line, the tests and the benchmarks all call it. It computes the whole
//! answer every time, knows no clock, file or thread, and never fails on a bad spec: it returns
//! what can be made, and findings.

use crate::catalog::Catalog;
use crate::diff::{
    self, Addition, ChangeSet, Drift, Part, Purpose, Reason, Rules, RunHistory, Undo,
};
use crate::fabric::{Fabric, better_uplinks, expand, weave};
use crate::inventory::{Desired, Snapshot};
use crate::model::{
    Cancelled, Code, Digest, DigestStream, Explanation, Finding, Progress, Severity, SpecPath,
};
use crate::plan::{Moved, PlacementRules, Plan, SwitchClass, document_order, spec_digest};
use crate::{checks, fabric};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an evaluation depends on: all of it.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The plan. Its status is not looked at.
    pub plan: &'a Plan,
    /// The models to choose from.
    pub catalog: &'a Catalog,
    /// What the target holds, if it could be read.
    pub snapshot: Option<&'a Snapshot>,
    /// What is on record of the plan and the target, if that could be read.
    pub history: Option<&'a RunHistory>,
    /// What is to be done with the target.
    pub intent: Intent<'a>,
    /// The part of the changes to keep; all of them without one.
    pub selection: Option<&'a BTreeSet<Part>>,
    /// The day on which waivers are to hold. Without one, all do.
    pub today: Option<jiff::civil::Date>,
}

/// What is to be done with a target.
#[derive(Clone, Copy, Debug, Default)]
pub enum Intent<'a> {
    /// Make it as the plan wants it.
    #[default]
    Converge,
    /// Delete everything of the plan.
    Destroy,
    /// Take a run back.
    Undo(&'a Undo),
}

impl<'a> Inputs<'a> {
    /// A plan by itself, held against nothing.
    pub fn of(plan: &'a Plan, catalog: &'a Catalog) -> Self {
        Self {
            plan,
            catalog,
            snapshot: None,
            history: None,
            intent: Intent::Converge,
            selection: None,
            today: None,
        }
    }

    /// The same, held against what a target holds.
    pub fn against(self, snapshot: Option<&'a Snapshot>) -> Self {
        Self { snapshot, ..self }
    }
}

/// What an approval binds to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// Metadata and spec: the stream `heddle/spec/1`.
    pub spec: Digest,
    /// Every device and link: the stream `heddle/fabric/2`.
    pub fabric: Digest,
    /// Code, severity and path of every finding: the stream `heddle/findings/1`.
    pub findings: Digest,
    /// The change set: the stream `heddle/change-set/1`.
    pub changes: Option<Digest>,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Every device and link that could be woven.
    pub fabric: Arc<Fabric>,
    /// True if that is all of the plan: nothing was left out because of an error.
    pub is_whole: bool,
    /// The same in the inventory's words.
    pub desired: Arc<Desired>,
    /// What is wrong or noteworthy: errors first, then in the order of the written plan, then by
    /// code.
    pub findings: Vec<Finding>,
    /// What would change. `None` without a snapshot or while there is an error in the plan
    /// itself; a half-woven fabric is never held against a target.
    pub changes: Option<Arc<ChangeSet>>,
    /// What has left the state that was last applied. `None` if that is not known.
    pub drift: Option<Arc<Drift>>,
    /// Why each computed number is what it is.
    pub explanations: Vec<Explanation>,
    /// What an approval binds to.
    pub digests: Digests,
}

impl Evaluation {
    /// True if any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }
}

/// Computes the whole answer.
pub fn evaluate(inputs: &Inputs, progress: &Progress) -> Result<Evaluation, Cancelled> {
    let Inputs { plan, catalog, snapshot, history, intent, selection, today } = *inputs;
    let mut findings = Vec::new();
    checks::of_plan(plan, &mut findings);
    let own = own_catalog(plan, catalog, &mut findings);
    let catalog = own.as_ref().unwrap_or(catalog);
    let primitives = expand(&plan.spec, catalog, &mut findings);
    let fabric::Woven { mut fabric, mut explanations } =
        weave(&primitives, catalog, &mut findings, progress)?;
    let sound = |findings: &[Finding]| !findings.iter().any(|f| f.severity == Severity::Error);
    let is_whole = sound(&findings);
    if !is_whole {
        fabric::settle_numbers(plan, catalog, &mut findings, progress)?;
    }
    if is_whole {
        // A half-woven fabric falls into parts for reasons that have been named already.
        checks::of_fabric(&fabric, &mut findings);
        better_uplinks(&plan.spec, catalog, &fabric, &mut findings, progress)?;
        if let Some(racks) = &plan.spec.racks {
            fabric::rack(
                racks,
                &primitives,
                catalog,
                &mut fabric,
                &mut findings,
                &mut explanations,
                progress,
            )?;
        } else {
            // The connectors of an imported plan are guessed from speeds.
            let imported = plan.spec.switch_classes.iter().filter(|c| is_imported(c));
            let guessed = imported.map(|class| class.id.as_str()).collect();
            fabric::check_joinable(&fabric, catalog, &guessed, &mut findings);
        }
    }
    progress.check()?;
    let mut desired = Desired::describe(plan.metadata.id, &plan.spec.target.site, &fabric, catalog);
    if let (Intent::Converge, Some(history)) = (&intent, history) {
        desired.kept.clone_from(&history.set_aside);
    }
    let desired = Arc::new(desired);
    progress.check()?;
    checks::of_target(&plan.spec, &desired, &mut findings);
    let models =
        fabric.classes.iter().map(|class| (class.id.as_str(), &class.model_path)).collect();
    let rules =
        Rules { ignore: &plan.spec.target.ignore, moved: &plan.spec.moved, models: Some(&models) };
    // What is to go needs no plan without errors.
    if !matches!(intent, Intent::Converge) {
        findings.clear();
    }
    let mut changes = match snapshot.filter(|_| sound(&findings)) {
        Some(snapshot) => {
            let towards = |desired: Arc<Desired>, moved: &[Moved], findings: &mut Vec<Finding>| {
                diff::compute(&desired, &Rules { moved, ..rules }, snapshot, findings, progress)
            };
            Some(match intent {
                Intent::Converge => {
                    diff::compute(&desired, &rules, snapshot, &mut findings, progress)?
                }
                Intent::Destroy => {
                    let mut changes = towards(Arc::new(nothing(plan)), &[], &mut findings)?;
                    changes.purpose = Purpose::Destroy;
                    changes.deletions.iter_mut().for_each(|d| d.reason = Reason::Destroyed);
                    changes
                }
                Intent::Undo(undo) => {
                    let mut changes =
                        towards(Arc::clone(&undo.before), &undo.moved, &mut findings)?;
                    undo.limit(&mut changes);
                    diff::find_taken_units(&changes, snapshot, &mut findings);
                    changes
                }
            })
        }
        None => None,
    };
    let mut missing = None;
    if let (Some(all), Some(parts), Some(snapshot)) = (&changes, selection, snapshot) {
        missing = Some(all.additions.clone()).filter(|_| all.purpose.is_converge());
        let part = diff::select(all, &fabric, snapshot, parts);
        // What makes room in a rack may have been left for later.
        diff::find_taken_units(&part, snapshot, &mut findings);
        changes = Some(part);
    }
    if let Some(changes) = changes.as_mut().filter(|changes| !changes.is_everything()) {
        // Neither may be taken for what stands in the target.
        changes.not_built = match (&missing, snapshot) {
            (Some(missing), _) => without(missing, &changes.additions),
            (None, Some(snapshot)) => {
                // What is wrong with the plan's own changes is told where those are looked at.
                let mut untold = Vec::new();
                let own = diff::compute(&desired, &rules, snapshot, &mut untold, progress)?;
                own.additions
                    .into_iter()
                    .chain(own.not_made.into_iter().map(Addition::Cable))
                    .collect()
            }
            (None, None) => Vec::new(),
        };
    }
    let mut drift = None;
    if let (Some(snapshot), Some(history)) = (snapshot, history) {
        if let Some(baseline) = &history.baseline {
            let of = changes.as_mut();
            drift = Some(diff::drift(baseline, &rules, snapshot, of, progress)?);
        }
        let owns = changes.as_ref().is_some_and(|c| {
            c.unchanged.total() > 0 || !c.modifications.is_empty() || !c.deletions.is_empty()
        });
        checks::of_history(plan.metadata.id, snapshot, history, owns, &mut findings);
    }
    if let (Some(changes), Some(snapshot)) = (&mut changes, snapshot) {
        let before = history.and_then(|history| history.baseline.as_ref());
        let before = before.map(|baseline| baseline.desired.as_ref());
        let described: Vec<&Desired> = before.into_iter().chain([desired.as_ref()]).collect();
        checks::of_changes(changes, snapshot, &described, rules.models, &mut findings);
    }
    if matches!(intent, Intent::Converge) {
        checks::waive(&plan.spec.waivers, today, &mut findings);
    }
    findings.sort_by(|a, b| {
        let by_place = || document_order(&a.path, &b.path);
        let by_rule = || (a.code, &a.text).cmp(&(b.code, &b.text));
        a.severity.cmp(&b.severity).then_with(by_place).then_with(by_rule)
    });
    findings.dedup();
    progress.check()?;
    let digests = Digests {
        spec: spec_digest(plan),
        fabric: fabric.digest(),
        findings: findings_digest(&findings),
        changes: changes.as_ref().map(ChangeSet::digest),
    };
    Ok(Evaluation {
        is_whole,
        fabric: Arc::new(fabric),
        desired,
        findings,
        changes: changes.map(Arc::new),
        drift: drift.map(Arc::new),
        explanations,
        digests,
    })
}

/// All that is missing but what is to be made.
fn without(missing: &[Addition], made: &[Addition]) -> Vec<Addition> {
    let made: BTreeSet<Addition> = made.iter().copied().collect();
    missing.iter().copied().filter(|addition| !made.contains(addition)).collect()
}

/// A target with nothing of a plan.
fn nothing(plan: &Plan) -> Desired {
    Desired {
        plan: Some(plan.metadata.id),
        site: plan.spec.target.site.clone(),
        ..Desired::default()
    }
}

/// The digest of findings: the stream `heddle/findings/1`. In an order of its own, so that it does
/// not matter how they are shown.
pub fn findings_digest(findings: &[Finding]) -> Digest {
    let mut stream = DigestStream::new("heddle/findings/1");
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| (finding.severity, &finding.path, finding.code));
    for finding in findings {
        stream.text(finding.code.name()).text(finding.severity.name()).text(finding.path.as_str());
    }
    stream.finish()
}

/// True for a class of an imported plan.
fn is_imported(class: &SwitchClass) -> bool {
    class.placement == PlacementRules::Diet
}

/// The catalogue with the plan's own models over it, if it has any that can be used.
fn own_catalog(plan: &Plan, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Catalog> {
    if plan.spec.models.is_empty() {
        return None;
    }
    match catalog.with(&plan.spec.models) {
        Ok(own) => Some(own),
        Err(error) => {
            let path = SpecPath::new("spec.models");
            findings.push(
                Finding::new(
                    Code::ModelFlawed,
                    path,
                    format!("A model of the plan cannot be used: {error}."),
                )
                .advise("Correct the model, or import it anew."),
            );
            None
        }
    }
}
