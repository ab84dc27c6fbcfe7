//! What the benches measure: plans of four sizes, and what an inventory holds before and after
//! they have been applied.

use heddle::catalog::Catalog;
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::End;
use heddle::inventory::{
    CableRecord, Desired, DeviceRecord, InterfaceRecord, Prerequisite, Snapshot, TargetRef,
};
use heddle::model::{PlanId, Progress};
use heddle::plan::{Plan, Tiers, preset};
use std::collections::BTreeMap;

/// A plan and what must come of it.
pub struct Case {
    pub name: &'static str,
    pub plan: Plan,
    pub devices: usize,
    pub links: usize,
}

/// The plans, small to large.
pub fn cases() -> Vec<Case> {
    let case = |name, plan, devices, links| Case { name, plan, devices, links };
    vec![
        case("1024_gpus", sample(), 156, 1_856),
        case("8192_gpus", backend(1_024, Tiers::Two), 1_216, 16_384),
        case("16384_gpus", backend(2_048, Tiers::Three), 2_688, 49_152),
        case("131072_gpus", backend(16_384, Tiers::Three), 21_504, 393_216),
    ]
}

fn sample() -> Plan {
    preset::build("rail-optimised", &[], PlanId(uuid::Uuid::from_u128(1))).expect("the sample")
}

/// Servers × 8 × 400G in scalable units of 64 on switches of 64 × 800G used as 128 × 400G.
/// 1,024 servers: 128 leaves and 64 spines. 2,048: 256, 256 and 128 super-spines. 16,384: 2,048,
/// 2,048 and 1,024.
fn backend(servers: u32, tiers: Tiers) -> Plan {
    let mut plan = sample();
    let cluster = plan.spec.cluster.as_mut().expect("the sample is a cluster");
    cluster.servers = servers;
    cluster.su_size = 64;
    cluster.frontend = None;
    let backend = cluster.backend.as_mut().expect("the sample has a backend");
    backend.tiers = tiers;
    backend.leaf_model = "nvidia-sn5600".to_owned();
    backend.spine_model = "nvidia-sn5600".to_owned();
    backend.uplink_speed_gbps = 400;
    plan
}

/// Evaluates a plan against a snapshot.
pub fn run(plan: &Plan, catalog: &Catalog, snapshot: &Snapshot) -> Evaluation {
    let inputs = Inputs::of(plan, catalog).against(Some(snapshot));
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

fn target(plan: &Plan) -> TargetRef {
    TargetRef { inventory: "bench".to_owned(), site: plan.spec.target.site.clone() }
}

/// An inventory in which nothing has been made yet.
pub fn empty(plan: &Plan) -> Snapshot {
    Snapshot::new(target(plan), &[], Vec::new(), Vec::new(), Vec::new())
}

/// Records of an inventory, before they are indexed.
pub struct Applied {
    target: TargetRef,
    prerequisites: Vec<Prerequisite>,
    devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
}

impl Applied {
    /// What an inventory holds once everything desired has been created in it. With `one_in`,
    /// every n-th device has another role, every n-th owned interface another type, and every
    /// n-th cable is missing.
    pub fn new(plan: &Plan, desired: &Desired, one_in: Option<usize>) -> Self {
        let differs = |n: usize| one_in.is_some_and(|every| n.is_multiple_of(every));
        let mut made = Self {
            target: target(plan),
            prerequisites: desired.prerequisites.clone(),
            devices: Vec::new(),
            interfaces: Vec::new(),
            cables: Vec::new(),
        };
        let mut last = 0;
        let mut id = || {
            last += 1;
            last
        };
        // Ids of interfaces by device and name: cables are plugged into them.
        let mut ids: Vec<BTreeMap<&str, u64>> = Vec::new();
        let mut owned = desired.interfaces.iter().enumerate().peekable();
        for n in 0..desired.devices.len() {
            let device = u32::try_from(n).expect("few devices");
            let mut record = desired.device_record(device);
            record.id = id();
            if differs(n) {
                record.role = "other".to_owned();
            }
            let from_type = desired.prerequisites.iter().find_map(|p| match p {
                Prerequisite::DeviceType { slug, interfaces, .. }
                    if *slug == record.device_type =>
                {
                    Some(interfaces)
                }
                _ => None,
            });
            let mut of_device = BTreeMap::new();
            for (name, interface_type) in from_type.into_iter().flatten() {
                let interface = InterfaceRecord {
                    id: id(),
                    device: record.id,
                    name: name.clone(),
                    interface_type: interface_type.clone(),
                    ..InterfaceRecord::default()
                };
                of_device.insert(name.as_str(), interface.id);
                made.interfaces.push(interface);
            }
            while let Some((m, end)) = owned.next_if(|(_, end)| end.device == device) {
                let mut interface = desired.interface_record(*end, record.id);
                interface.id = id();
                if differs(m) {
                    interface.interface_type = "virtual".to_owned();
                }
                let name = &desired.interface(*end).expect("an end has an interface").name;
                of_device.insert(name, interface.id);
                made.interfaces.push(interface);
            }
            ids.push(of_device);
            made.devices.push(record);
        }
        for (n, (a, b)) in desired.cables.iter().enumerate().filter(|(n, _)| !differs(*n)) {
            let at = |end: &End| {
                let name = &desired.interface(*end).expect("an end has an interface").name;
                ids[end.device as usize][name.as_str()]
            };
            let mut cable = desired.cable_record(n as u32, at(a), at(b));
            cable.id = id();
            made.cables.push(cable);
        }
        made
    }

    /// The snapshot of it.
    pub fn read(self) -> Snapshot {
        let Self { target, prerequisites, devices, interfaces, cables } = self;
        Snapshot::new(target, &prerequisites, devices, interfaces, cables)
    }
}
