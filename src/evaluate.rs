//! The one function at the centre: a plan, the catalogue and a snapshot go in; the fabric, what
//! is desired, findings, changes, explanations and digests come out.
//!
//! The window, the command line, the tests and the benchmarks all call it. It computes the whole
//! answer every time, knows no clock, file or thread, and never fails on a bad spec: it returns
//! what can be made, and findings.

use crate::catalog::Catalog;
use crate::diff::{self, ChangeSet};
use crate::fabric::{Fabric, better_uplinks, expand, weave};
use crate::inventory::{Desired, Snapshot};
use crate::model::{
    Cancelled, Code, Digest, DigestStream, Explanation, Finding, Progress, Severity, SpecPath,
};
use crate::plan::{PlacementRules, Plan, SwitchClass, spec_digest};
use crate::{checks, fabric};
use serde::{Deserialize, Serialize};
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
    /// The same in the inventory's words.
    pub desired: Arc<Desired>,
    /// What is wrong or noteworthy: errors first, then by path.
    pub findings: Vec<Finding>,
    /// What would change. `None` without a snapshot or while there is an error in the plan
    /// itself; a half-woven fabric is never held against a target.
    pub changes: Option<Arc<ChangeSet>>,
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
    let Inputs { plan, catalog, snapshot } = *inputs;
    let mut findings = Vec::new();
    checks::of_plan(plan, &mut findings);
    let own = own_catalog(plan, catalog, &mut findings);
    let catalog = own.as_ref().unwrap_or(catalog);
    let primitives = expand(&plan.spec, catalog, &mut findings);
    let fabric::Woven { mut fabric, mut explanations } =
        weave(&primitives, catalog, &mut findings, progress)?;
    let sound = |findings: &[Finding]| !findings.iter().any(|f| f.severity == Severity::Error);
    if sound(&findings) {
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
    let desired =
        Arc::new(Desired::describe(plan.metadata.id, &plan.spec.target.site, &fabric, catalog));
    progress.check()?;
    let changes = match snapshot.filter(|_| sound(&findings)) {
        Some(snapshot) => Some(diff::compute(&desired, snapshot, &mut findings, progress)?),
        None => None,
    };
    findings.sort_by(|a, b| {
        (a.severity, &a.path, a.code, &a.text).cmp(&(b.severity, &b.path, b.code, &b.text))
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
        fabric: Arc::new(fabric),
        desired,
        findings,
        changes: changes.map(Arc::new),
        explanations,
        digests,
    })
}

/// The digest of findings: the stream `heddle/findings/1`.
pub fn findings_digest(findings: &[Finding]) -> Digest {
    let mut stream = DigestStream::new("heddle/findings/1");
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
