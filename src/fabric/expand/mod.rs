//! From a spec to primitives.
//!
//! A [`Cluster`](crate::plan::Cluster) becomes switch and server classes that anyone could have
//! written by hand; the weaver sees nothing else, so a plan that is *ejected* – its cluster replaced
//! by these classes – weaves into the identical fabric. Each class keeps an [`Origin`], so that a
//! finding about a computed class stands at the field of the cluster that caused it.

mod cluster;
mod switches;

use super::offers::Used;
use crate::catalog::Catalog;
use crate::model::{Code, EditValue, Finding, SpecPath, grouped};
use crate::plan::{ExternalClass, Naming, Pin, ServerClass, Spec, SwitchClass};

/// Where the fields of a class stand in the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The class, or the part of the cluster that it comes from.
    pub base: SpecPath,
    /// Its model.
    pub model: SpecPath,
    /// Its quantity, or the number that decides it.
    pub quantity: SpecPath,
    /// Its redundancy.
    pub redundancy: SpecPath,
    /// Where its number is fixed, if it is.
    pub fixed: SpecPath,
    /// Of super-spines: where the number of pods is declared.
    pub pods: SpecPath,
    /// What one server counts in the number that decides: 1, or its GPUs where those are given.
    pub per_server: u32,
    /// The fewest servers that may stand there: those that are there, where the number decides
    /// only how many there is room for.
    pub least: u32,
    /// True if it was written by hand: its zones and connections have paths of their own.
    pub by_hand: bool,
}

impl Origin {
    pub(super) fn by_hand(base: SpecPath) -> Self {
        Self {
            model: base.field("model"),
            quantity: base.field("quantity"),
            redundancy: base.field("redundancy"),
            fixed: base.field("quantity"),
            pods: base.field("pods"),
            per_server: 1,
            least: 1,
            base,
            by_hand: true,
        }
    }

    /// A finding with the remedy to use so many servers, or to keep room for so many.
    pub fn offer_servers(&self, finding: Finding, servers: u32) -> Finding {
        if servers < self.least {
            return finding
                .advise(format!("Plan for {} servers at most.", grouped(servers.into())));
        }
        let number = servers.saturating_mul(self.per_server);
        let what = if self.per_server == 1 { "servers" } else { "GPUs" };
        finding.offer(
            format!("Use {} {what}", grouped(number.into())),
            self.quantity.clone(),
            EditValue::Number(u64::from(number)),
        )
    }

    /// The path of a list item of the class, e.g. its second zone.
    pub fn item(&self, list: &str, n: usize) -> SpecPath {
        if self.by_hand { self.base.field(list).index(n) } else { self.base.clone() }
    }
}

/// The classes of a spec, those of its cluster first, and what else the weaver needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Primitives {
    /// Switch classes.
    pub switches: Vec<(SwitchClass, Origin)>,
    /// Server classes.
    pub servers: Vec<(ServerClass, Origin)>,
    /// Classes of devices of others.
    pub external: Vec<(ExternalClass, Origin)>,
    /// How devices are called.
    pub naming: Naming,
    /// Pinned ends.
    pub pins: Vec<Pin>,
    /// The site, for names.
    pub site: String,
    /// How often the spec names each model, for remedies.
    pub used: Used,
}

/// Expands a spec. What cannot be expanded is left out, with a finding.
pub fn expand(spec: &Spec, catalog: &Catalog, findings: &mut Vec<Finding>) -> Primitives {
    let root = SpecPath::new("spec");
    let mut primitives = Primitives {
        naming: spec.naming.clone(),
        pins: spec.pins.clone(),
        site: spec.target.site.clone(),
        used: used_models(spec),
        ..Primitives::default()
    };
    if let Some(cluster) = &spec.cluster {
        cluster::expand(cluster, &root.field("cluster"), catalog, findings, &mut primitives);
    }
    let by_hand = |list: &str, n: usize| Origin::by_hand(root.field(list).index(n));
    for (n, class) in spec.switch_classes.iter().enumerate() {
        if class.zones.is_empty() {
            let text = format!("{} has no zones, so nothing can be joined to it.", class.id);
            let path = root.field("switch_classes").index(n);
            findings.push(
                Finding::new(Code::NoZones, path, text).advise("Add a zone, or remove the class."),
            );
        }
        primitives.switches.push((class.clone(), by_hand("switch_classes", n)));
    }
    for (n, class) in spec.server_classes.iter().enumerate() {
        primitives.servers.push((class.clone(), by_hand("server_classes", n)));
    }
    for (n, class) in spec.external.iter().enumerate() {
        let origin = by_hand("external", n);
        let quantity = origin.base.field("devices");
        primitives.external.push((class.clone(), Origin { quantity, ..origin }));
    }
    primitives
}

/// The models that a spec names, and how often.
fn used_models(spec: &Spec) -> Used {
    let mut used = Used::new();
    let cards = spec.server_classes.iter().flat_map(|c| c.nics.iter().map(|nic| &nic.model));
    let by_hand = (spec.switch_classes.iter().map(|c| &c.model))
        .chain(spec.server_classes.iter().map(|c| &c.model))
        .chain(cards);
    let of_cluster = spec.cluster.iter().flat_map(|cluster| {
        let backend = cluster.backend.iter().flat_map(|b| {
            [Some(&b.nic), Some(&b.leaf_model), Some(&b.spine_model), b.super_spine_model.as_ref()]
        });
        let access = (cluster.frontend.iter().chain(&cluster.storage))
            .flat_map(|f| [Some(&f.nic), Some(&f.leaf_model), Some(&f.spine_model)]);
        let management = (cluster.management.iter())
            .flat_map(|m| [Some(&m.nic), Some(&m.leaf_model), m.spine_model.as_ref()]);
        [Some(&cluster.server_model)].into_iter().chain(backend).chain(access).chain(management)
    });
    for id in by_hand.chain(of_cluster.flatten()) {
        *used.entry(id.clone()).or_default() += 1;
    }
    used
}

/// The same spec with its cluster written out as classes: the fabric is identical. `None` without
/// a cluster, or if the cluster cannot be expanded.
pub fn eject(spec: &Spec, catalog: &Catalog) -> Option<Spec> {
    spec.cluster.as_ref()?;
    let mut findings = Vec::new();
    let primitives = expand(spec, catalog, &mut findings);
    if findings.iter().any(|f| f.severity == crate::model::Severity::Error) {
        return None;
    }
    let mut ejected = spec.clone();
    ejected.cluster = None;
    ejected.switch_classes = primitives.switches.into_iter().map(|(class, _)| class).collect();
    ejected.server_classes = primitives.servers.into_iter().map(|(class, _)| class).collect();
    Some(ejected)
}

/// The finding about a model that the catalogue does not have.
pub fn unknown(what: &str, id: &str, path: SpecPath, near: Option<&str>) -> Finding {
    let shown: String = id.chars().take(60).collect();
    let finding = Finding::new(
        Code::UnknownModel,
        path.clone(),
        format!("The catalogue has no {what} called `{shown}`."),
    );
    match near {
        Some(near) => finding.offer(format!("Use {near}"), path, EditValue::Text(near.to_owned())),
        None => finding.advise("Choose a model from the catalogue."),
    }
}

/// The finding about a number outside its range, with the nearest number that is inside.
pub fn out_of_range(
    path: &SpecPath,
    name: &str,
    value: u32,
    least: u32,
    most: u32,
) -> Option<Finding> {
    let near = value.clamp(least, most);
    (near != value).then(|| {
        Finding::new(
            Code::OutOfRange,
            path.clone(),
            format!(
                "{value} is outside the range of {}: {least} to {most}.",
                name.replace('_', " ")
            ),
        )
        .offer(format!("Use {near}"), path.clone(), EditValue::Number(u64::from(near)))
    })
}
