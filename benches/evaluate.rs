//! How long an evaluation takes, on one core: the sample and a fabric of 8,192 GPUs, each against
//! an empty inventory, an equal one, and one in which one object in a hundred differs.
//!
//! `cargo bench --bench evaluate`; the figures are in `docs/performance.md`.

#![allow(clippy::expect_used, reason = "a benchmark that cannot begin has to stop")]

use criterion::{Criterion, criterion_group, criterion_main};
use heddle::catalog::Catalog;
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::inventory::{Desired, InterfaceRecord, Prerequisite, Snapshot, TargetRef};
use heddle::model::{PlanId, Progress};
use heddle::plan::{Plan, preset};
use std::collections::BTreeMap;
use std::hint::black_box;

fn sample() -> Plan {
    preset::build("rail-optimised", &[], PlanId(uuid::Uuid::from_u128(1))).expect("the sample")
}

/// 1,024 servers × 8 × 400G: 128 leaves and 64 spines of 64 × 800G, used as 128 × 400G.
fn gpus_8192() -> Plan {
    let mut plan = sample();
    let cluster = plan.spec.cluster.as_mut().expect("the sample is a cluster");
    cluster.servers = 1024;
    cluster.su_size = 64;
    cluster.frontend = None;
    let backend = cluster.backend.as_mut().expect("the sample has a backend");
    backend.leaf_model = "nvidia-sn5600".to_owned();
    backend.spine_model = "nvidia-sn5600".to_owned();
    backend.uplink_speed_gbps = 400;
    plan
}

fn run(plan: &Plan, catalog: &Catalog, snapshot: &Snapshot) -> Evaluation {
    let inputs = Inputs { plan, catalog, snapshot: Some(snapshot) };
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

fn target(plan: &Plan) -> TargetRef {
    TargetRef { inventory: "bench".to_owned(), site: plan.spec.target.site.clone() }
}

fn empty(plan: &Plan) -> Snapshot {
    Snapshot::new(target(plan), &[], Vec::new(), Vec::new(), Vec::new())
}

/// What an inventory holds once everything desired has been created in it. With `one_in`, every
/// n-th device has another role, every n-th owned interface another type, and every n-th cable
/// is missing.
fn applied(plan: &Plan, desired: &Desired, one_in: Option<usize>) -> Snapshot {
    let differs = |n: usize| one_in.is_some_and(|every| n.is_multiple_of(every));
    let mut devices = Vec::new();
    let mut interfaces = Vec::new();
    let mut ids = BTreeMap::new();
    let mut next_id = 1;
    let mut id = || {
        next_id += 1;
        next_id
    };
    for n in 0..desired.devices.len() {
        let mut device = desired.device_record(u32::try_from(n).expect("few devices"));
        device.id = id();
        if differs(n) {
            device.role = "other".to_owned();
        }
        let from_type = desired.prerequisites.iter().find_map(|p| match p {
            Prerequisite::DeviceType { slug, interfaces, .. } if *slug == device.device_type => {
                Some(interfaces)
            }
            _ => None,
        });
        for (name, interface_type) in from_type.into_iter().flatten() {
            let interface = InterfaceRecord {
                id: id(),
                device: device.id,
                name: name.clone(),
                interface_type: interface_type.clone(),
                ..InterfaceRecord::default()
            };
            ids.insert((n, name.clone()), interface.id);
            interfaces.push(interface);
        }
        devices.push(device);
    }
    for (n, end) in desired.interfaces.iter().enumerate() {
        let at = end.device as usize;
        let mut interface = desired.interface_record(*end, devices[at].id);
        interface.id = id();
        ids.insert((at, interface.name.clone()), interface.id);
        if differs(n) {
            interface.interface_type = "virtual".to_owned();
        }
        interfaces.push(interface);
    }
    let mut cables = Vec::new();
    for (n, (a, b)) in desired.cables.iter().enumerate().filter(|(n, _)| !differs(*n)) {
        let at = |end: &heddle::fabric::End| {
            let name = desired.interface(*end).expect("an end has an interface").name.clone();
            ids[&(end.device as usize, name)]
        };
        let mut cable = desired.cable_record(*a, at(a), at(b));
        cable.id = 10_000_000 + n as u64;
        cables.push(cable);
    }
    Snapshot::new(target(plan), &desired.prerequisites, devices, interfaces, cables)
}

fn evaluations(criterion: &mut Criterion) {
    let catalog = Catalog::built_in().expect("the built-in catalogue");
    for (name, plan, switches, links) in
        [("sample_1024_gpus", sample(), 28, 1856), ("8192_gpus", gpus_8192(), 192, 16_384)]
    {
        let empty = empty(&plan);
        let first = run(&plan, &catalog, &empty);
        assert!(!first.has_errors(), "{name}: {:?}", first.findings);
        let servers = plan.spec.cluster.as_ref().map_or(0, |cluster| cluster.servers) as usize;
        assert_eq!(first.fabric.devices.len(), servers + switches, "{name}");
        assert_eq!(first.fabric.links.len(), links, "{name}");

        let equal = applied(&plan, &first.desired, None);
        let same = run(&plan, &catalog, &equal);
        let changes = same.changes.expect("changes");
        assert!(changes.is_empty() && changes.prerequisites.is_empty(), "{name} is not equal");
        let changed = applied(&plan, &first.desired, Some(100));
        let changes = run(&plan, &catalog, &changed).changes.expect("changes");
        assert_eq!(changes.added().cables, links.div_ceil(100) as u64, "{name}");

        let mut group = criterion.benchmark_group(name);
        for (against, snapshot) in [("empty", &empty), ("equal", &equal), ("changed", &changed)] {
            group.bench_function(against, |bencher| {
                bencher.iter(|| run(black_box(&plan), &catalog, black_box(snapshot)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, evaluations);
criterion_main!(benches);
