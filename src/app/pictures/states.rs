//! Models of the window to draw: a small plan against an inventory that never was on a disk,
//! computed by the session as for the window, with every time fixed.

use crate::app::jobs;
use crate::app::model::{Model, Running, Stop};
use crate::app::selection::{Selected, Selection};
use crate::app::tables::{Centre, TableView};
use crate::app::times::Now;
use crate::catalog::Catalog;
use crate::diff::{Baseline, Part, RunHistory};
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::inventory::{CableRecord, DeviceRecord, InterfaceRecord, Prerequisite};
use crate::inventory::{Desired, Snapshot, TargetRef};
use crate::model::{PlanId, Progress};
use crate::plan::preset::build;
use crate::plan::{Plan, tree_of};
use crate::scene::tables::{TableKind, TableQuery};
use crate::session::{OnRecord, Request, Target, compute};
use crate::store::{HeldBy, PlanHold, Settings};
use crate::workflow::{Approver, ObjectCounts, Outcome, Records, Run, Wrote, approve};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// When something was approved, and applied.
const APPROVED: &str = "2026-03-02T09:14:00.000Z";
const APPLIED: &str = "2026-03-02T09:20:00.000Z";
/// The run that did it.
const RUN: &str = "1";

/// A plan of so many servers in scalable units of eight, never the same file as another.
pub fn plan(servers: u32) -> Plan {
    let set = [("servers", servers.to_string()), ("su_size", "8".to_owned())];
    let set = set.map(|(key, value)| (key.to_owned(), value));
    let mut plan = build("rail-optimised", &set, id()).expect("a preset");
    plan.metadata.name = "Pod A".to_owned();
    plan
}

/// A plan that has nothing in it yet.
pub fn empty_plan() -> Plan {
    let mut plan = plan(8);
    plan.metadata.name = "Untitled".to_owned();
    plan.spec.cluster = None;
    plan
}

/// The catalogue inside the program, made once.
fn catalog() -> Arc<Catalog> {
    static CATALOG: LazyLock<Arc<Catalog>> =
        LazyLock::new(|| jobs::catalog().expect("the catalogue inside the program"));
    Arc::clone(&CATALOG)
}

fn id() -> PlanId {
    PlanId(uuid::Uuid::from_u128(1))
}

/// A window on a plan that nothing is known of yet.
pub fn opened(plan: Plan) -> Model {
    let target = Target {
        inventory: "/srv/heddle/lab.heddle-inventory".into(),
        site: plan.spec.target.site.clone(),
    };
    let plan = Arc::new(plan);
    let mut model = Model::new(catalog(), Arc::clone(&plan), target, Settings::default());
    model.path = Some("/srv/plans/pod-a.ron".into());
    model.saved = Some(plan);
    model.now = Now {
        // Ages are counted back from here, also on a machine that was just started.
        instant: Instant::now() + Duration::from_secs(3600),
        time: "2026-03-02T09:30:00Z".parse().expect("a time"),
    };
    model.computing = Some(model.now.instant);
    model
}

/// Somebody who has a plan open.
pub fn held_by() -> HeldBy {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("pod-a.ron");
    let _first = PlanHold::take(&path).expect("nobody else has it");
    let mut by = PlanHold::take(&path).expect_err("somebody has it");
    "ada on lab-7 (process 1234)".clone_into(&mut by.who);
    by.since = Some(APPROVED.to_owned());
    by
}

/// An inventory, and what is on record of it.
#[derive(Default)]
pub struct World {
    devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
    prerequisites: Vec<Prerequisite>,
    history: Option<RunHistory>,
    pub records: Records,
}

impl World {
    /// One to which a plan was applied as a whole.
    pub fn after(plan: &Plan) -> Self {
        let evaluation = held(plan, &Self::default());
        let changes = evaluation.changes.as_deref().expect("changes");
        let Desired { devices, interfaces, cables, .. } = &*evaluation.desired;
        let desired = &evaluation.desired;
        let id_of = |device: u32| u64::from(device) + 1;
        // The other ends of cables come with their devices, and are nobody's.
        let owned: BTreeSet<_> = interfaces.iter().copied().collect();
        let ends: BTreeSet<_> = cables.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let ends: BTreeMap<_, u64> = owned.union(&ends).copied().zip(10_000..).collect();
        let device_records = (0..devices.len() as u32)
            .map(|n| DeviceRecord { id: id_of(n), ..desired.device_record(n) });
        let interface_records = ends.iter().map(|(end, id)| {
            let mut record = desired.interface_record(*end, id_of(end.device));
            if !owned.contains(end) {
                (record.key, record.tags) = (None, Vec::new());
            }
            InterfaceRecord { id: *id, ..record }
        });
        let cable_records = (0u32..).zip(cables).map(|(n, (a, b))| CableRecord {
            id: 100_000 + u64::from(n),
            ..desired.cable_record(n, ends[a], ends[b])
        });
        let baseline = Baseline {
            run: RUN.to_owned(),
            at: APPLIED.to_owned(),
            desired: Arc::clone(desired),
            unsettled: BTreeSet::new(),
        };
        let mut world = Self {
            devices: device_records.collect(),
            interfaces: interface_records.collect(),
            cables: cable_records.collect(),
            prerequisites: changes.prerequisites.clone(),
            history: Some(RunHistory {
                baseline: Some(baseline),
                runs: [RUN.to_owned()].into(),
                ..RunHistory::default()
            }),
            records: Records::default(),
        };
        world.approve(plan, &evaluation);
        world.run(Outcome::Done, &evaluation);
        world
    }

    /// What somebody else did to a device meanwhile.
    pub fn meddle(mut self, device: &str, with: impl FnOnce(&mut DeviceRecord)) -> Self {
        let found = self.devices.iter_mut().find(|record| record.name == device);
        with(found.expect("a device of that name"));
        self
    }

    /// Somebody approves what would change.
    pub fn approved(mut self, plan: &Plan) -> Self {
        let evaluation = held(plan, &self);
        self.approve(plan, &evaluation);
        self
    }

    /// The same, and a run that stopped.
    pub fn stopped(self, plan: &Plan, cause: &str) -> Self {
        let mut world = self.approved(plan);
        let evaluation = held(plan, &world);
        world.run(Outcome::Failed { cause: cause.to_owned() }, &evaluation);
        world
    }

    fn approve(&mut self, plan: &Plan, evaluation: &Evaluation) {
        let approver = Approver::new("Ada Weaver", "NET-412");
        let approval = approve(evaluation, plan, &approver, APPROVED).expect("an approval");
        self.records.approvals.push(approval);
    }

    fn run(&mut self, outcome: Outcome, evaluation: &Evaluation) {
        let changes = evaluation.changes.as_deref().expect("changes");
        let approvals_before = self.records.approvals.len();
        let approval = self.records.approvals.last().expect("an approval").clone();
        self.records.runs.push(Run {
            id: RUN.to_owned(),
            target: changes.target.clone(),
            changes: changes.digest(),
            at: APPLIED.to_owned(),
            outcome,
            purpose: changes.purpose.clone(),
            is_whole: true,
            wrote: Wrote::Something,
            approval,
            follows: None,
            approvals_before,
            objects: Some(ObjectCounts { added: 7_168, modified: 0, deleted: 0 }),
            parts: Vec::new(),
            pace: Some((2_000, 4_000)),
        });
    }

    fn snapshot(&self) -> Snapshot {
        let target = TargetRef { inventory: "embedded".to_owned(), site: "dc1".to_owned() };
        Snapshot::new(
            target,
            &self.prerequisites,
            self.devices.clone(),
            self.interfaces.clone(),
            self.cables.clone(),
        )
        .with_runs(self.records.runs.iter().map(|run| (id(), run.id.clone())).collect())
    }
}

fn held(plan: &Plan, world: &World) -> Evaluation {
    let catalog = catalog();
    let snapshot = world.snapshot();
    let inputs = Inputs::of(plan, &catalog).against(Some(&snapshot));
    let inputs = Inputs { history: world.history.as_ref(), ..inputs };
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

/// The same window once the plan was computed against an inventory.
pub fn computed(plan: Plan, world: World) -> Model {
    let snapshot = world.snapshot();
    let mut model = answered(plan, Ok(&snapshot), &world, &[]);
    let read_at = before(&model, 130);
    if let Some(answer) = &mut model.answer {
        answer.read_at = Some(read_at);
    }
    model
}

/// So many seconds before a window is drawn.
fn before(model: &Model, seconds: u64) -> Instant {
    model.now.instant - Duration::from_secs(seconds)
}

/// The same with an inventory that cannot be read.
pub fn unread(plan: Plan, problem: &str) -> Model {
    answered(plan, Err(problem), &World::default(), &[])
}

/// The same while a part of the changes is looked at.
pub fn in_part(plan: Plan, world: World, parts: &[Part]) -> Model {
    answered(plan, Ok(&world.snapshot()), &world, parts)
}

fn answered(plan: Plan, snapshot: Result<&Snapshot, &str>, world: &World, parts: &[Part]) -> Model {
    let mut model = opened(plan);
    let request = Request {
        revision: model.revision,
        plan: Arc::clone(&model.plan),
        catalog: Arc::clone(&model.catalog),
        plan_path: model.path.clone(),
        target: model.target.clone(),
        purpose: model.purpose.clone(),
        parts: parts.iter().cloned().collect(),
        refresh: false,
    };
    let on_record = OnRecord {
        problem: None,
        records: Arc::new(world.records.clone()),
        history: world.history.clone().map(Arc::new),
        undo: None,
    };
    let read = (snapshot.ok(), snapshot.err().map(str::to_owned));
    let mut answer = compute(&request, read, on_record, &Progress::new()).expect("nobody cancels");
    answer.micros = 1_400;
    model.answer = Some(answer);
    model.computing = None;
    model.place_findings();
    model.ron.follow(&model.plan);
    model.regroup();
    model
}

/// Selects devices by their names.
pub fn select(model: &mut Model, devices: &[&str]) {
    let evaluation = Arc::clone(&model.answer.as_ref().expect("an answer").evaluation);
    let fabric = &evaluation.fabric;
    let found = (0..fabric.devices.len() as u32)
        .filter(|n| devices.contains(&fabric.device_name(*n).as_str()))
        .filter_map(|n| Selected::device(fabric, n));
    model.selection = Selection::of(found);
    assert_eq!(model.selection.len(), devices.len(), "devices of these names");
    model.regroup();
}

/// Shows a table.
pub fn tabulate(model: &mut Model, query: TableQuery) {
    let tables = Arc::clone(&model.answer.as_ref().expect("an answer").tables);
    let rows = tables.rows(&query, &Progress::new()).expect("nobody cancels");
    model.centre = Centre::Table(query.kind);
    model.table =
        TableView { query, rows: Some((tables, Arc::new(rows))), stale: false, chosen: None };
}

/// A table that is not there yet.
pub fn untabulated(model: &mut Model, kind: TableKind) {
    model.centre = Centre::Table(kind);
    model.table = TableView::of(kind);
}

/// Work under way for so many seconds.
pub fn run(model: &mut Model, what: &'static str, (done, total): (u64, u64), stop: Stop) {
    let progress = Progress::new();
    progress.set_total(total);
    progress.add(done);
    let begun = before(model, 4);
    model.running = Some(Running { what, progress, begun, stop });
}

/// An edit that is not saved and not computed yet.
pub fn edit(model: &mut Model, change: impl FnOnce(&mut Plan)) {
    let mut plan = Plan::clone(&model.plan);
    change(&mut plan);
    model.spec_tree = Arc::new(tree_of(&plan));
    model.plan = Arc::new(plan);
    model.revision += 1;
    model.computing = Some(model.now.instant);
}
