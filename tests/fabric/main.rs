//! What a fabric must be, whatever the spec: the promises of the weaver, checked on its output by
//! rules written down anew in [`checker`], and the published figures that it must reproduce.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

mod checker;
mod classes;
mod figures;
mod growth;
mod presets;
mod properties;
mod refusals;
mod said;

use heddle::catalog::{Breakout, Cage, Catalog, PortGroup, PortList, PortPurpose, SwitchModel};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::{self, DeviceRole, End, Fabric, Link, LinkKind};
use heddle::model::{Code, Explanation, Finding, PlanId, Progress, Severity};
use heddle::plan::{Backend, Cluster, Plan, preset};
use std::collections::BTreeMap;
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalogue"))
}

/// What the weaver makes of a plan.
struct Answer {
    fabric: Fabric,
    findings: Vec<Finding>,
    explanations: Vec<Explanation>,
}

impl Answer {
    fn errors(&self) -> Vec<Code> {
        codes(&self.findings, Severity::Error)
    }

    fn has(&self, code: Code) -> bool {
        self.findings.iter().any(|f| f.code == code)
    }

    /// An input of the explanation of a number, e.g. `be-leaf.oversubscription`.
    fn explained(&self, subject: &str, input: &str) -> &str {
        let found = self.explanations.iter().find(|e| e.subject.as_str() == subject);
        let found = found.unwrap_or_else(|| panic!("{subject} is explained"));
        let value = found.inputs.iter().find(|(name, _)| name == input);
        value.map_or("", |(_, value)| value)
    }
}

/// Only expands and weaves: what most tests here are about.
fn weave(plan: &Plan) -> Answer {
    let mut findings = Vec::new();
    let own = catalog().with(&plan.spec.models).expect("sound models");
    let primitives = fabric::expand(&plan.spec, &own, &mut findings);
    let woven = fabric::weave(&primitives, &own, &mut findings, &Progress::new());
    let fabric::Woven { fabric, explanations } = woven.expect("not cancelled");
    Answer { fabric, findings, explanations }
}

fn evaluated(plan: &Plan) -> Evaluation {
    let inputs = Inputs::of(plan, catalog());
    evaluate(&inputs, &Progress::new()).expect("not cancelled")
}

fn codes(findings: &[Finding], severity: Severity) -> Vec<Code> {
    findings.iter().filter(|f| f.severity == severity).map(|f| f.code).collect()
}

/// Weaves a plan without errors and checks its fabric.
fn sound(plan: &Plan) -> Answer {
    let answer = weave(plan);
    assert_eq!(answer.errors(), [], "{:#?}", answer.findings);
    if plan.spec.cluster.is_some() {
        checker::check(plan, &answer.fabric);
    } else {
        checker::check_any(&answer.fabric);
    }
    answer
}

fn sample() -> Plan {
    preset::build("rail-optimised", &[], PlanId(uuid::Uuid::from_u128(7))).expect("the sample")
}

fn cluster(plan: &mut Plan) -> &mut Cluster {
    plan.spec.cluster.as_mut().expect("a cluster")
}

fn backend(plan: &mut Plan) -> &mut Backend {
    cluster(plan).backend.as_mut().expect("a backend")
}

/// A backend of eight rails whose switches have 64 ports of 400G, 32 down and 32 up.
fn radix_64(servers: u32, su_size: u32) -> Plan {
    of_models(servers, su_size, "nvidia-qm9700", 400)
}

/// A backend of eight rails, all its switches of one model.
fn of_models(servers: u32, su_size: u32, model: &str, uplink_speed_gbps: u32) -> Plan {
    let mut plan = sample();
    let cluster = cluster(&mut plan);
    (cluster.servers, cluster.su_size, cluster.frontend) = (servers, su_size, None);
    let backend = backend(&mut plan);
    backend.leaf_model = model.to_owned();
    backend.spine_model = model.to_owned();
    backend.uplink_speed_gbps = uplink_speed_gbps;
    plan
}

/// A switch that nobody sells, with so many ports of 400G.
fn switch_of(id: &str, ports: u16) -> SwitchModel {
    let model = catalog().switches.get("celestica-ds4000").expect("a switch");
    let group = PortGroup {
        cages: PortList::range(1, ports).expect("ports"),
        cage: Cage::QsfpDd,
        speed_gbps: 400,
        purpose: PortPurpose::Data,
        breakouts: vec![
            Breakout { lanes: 1, speed_gbps: 400 },
            Breakout { lanes: 2, speed_gbps: 200 },
        ],
        naming: None,
    };
    SwitchModel {
        id: id.to_owned(),
        model: id.to_owned(),
        slug: id.to_owned(),
        mclag: true,
        eslag: true,
        ports: vec![group],
        max_lanes: None,
        sources: Vec::new(),
        ..model.clone()
    }
}

/// One NIC a server on switches of one radix, half of each leaf for servers.
fn fat_tree(servers: u32, radix: u16) -> Plan {
    let mut plan = of_models(servers, u32::from(radix / 2), "tree", 400);
    plan.spec.models.switches = vec![switch_of("tree", radix)];
    backend(&mut plan).rails = 1;
    plan
}

/// Devices of a role in a fabric.
fn count(fabric: &Fabric, name: &str, role: DeviceRole) -> u32 {
    let of = fabric.classes.iter().filter(|c| c.role == role);
    of.filter(|c| c.fabric.as_deref() == Some(name)).map(|c| c.count).sum()
}

fn links<'a>(fabric: &'a Fabric, name: &'a str, kind: LinkKind) -> impl Iterator<Item = &'a Link> {
    fabric.links.iter().filter(move |link| {
        let group = &fabric.groups[link.group as usize];
        group.fabric == name && group.kind == kind
    })
}

/// Leaves, spines and super-spines of a fabric, then links of servers, leaves and spines upwards.
fn figures(fabric: &Fabric, name: &str) -> [u32; 6] {
    let links = |kind| links(fabric, name, kind).count() as u32;
    [
        count(fabric, name, DeviceRole::Leaf),
        count(fabric, name, DeviceRole::Spine),
        count(fabric, name, DeviceRole::SuperSpine),
        links(LinkKind::ServerLeaf),
        links(LinkKind::LeafSpine),
        links(LinkKind::SpineSuperSpine),
    ]
}

/// Every cable by the name of its lower end.
fn cables(fabric: &Fabric) -> BTreeMap<String, String> {
    cables_of(fabric, fabric.links.iter())
}

fn cables_of<'a>(
    fabric: &Fabric,
    links: impl Iterator<Item = &'a Link>,
) -> BTreeMap<String, String> {
    let name = |end: End| {
        let slot = fabric.slot(end).expect("a slot");
        format!("{} {}", fabric.device_name(end.device), slot.name)
    };
    links.map(|link| (name(link.a), name(link.b))).collect()
}

/// Cables of `old` that are elsewhere or gone in `new`, by their lower ends.
fn moved(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    old.iter().filter(|(a, b)| new.get(*a) != Some(*b)).map(|(a, _)| a.clone()).collect()
}

/// The number of switches of each class.
fn switches(fabric: &Fabric) -> Vec<(String, u32)> {
    let of = fabric.classes.iter().filter(|c| c.role.is_switch());
    of.map(|c| (c.id.clone(), c.count)).collect()
}
