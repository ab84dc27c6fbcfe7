//! What the diff says of a target, and what may be approved: over snapshots made in memory.

#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

use heddle::catalog::Catalog;
use heddle::diff::{Addition, ChangeSet, Purpose};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::End;
use heddle::inventory::{
    CableRecord, Desired, DeviceRecord, Field, InterfaceRecord, Object, Snapshot, TargetRef,
};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{Plan, preset};
use heddle::workflow::{
    self, Approval, Approver, Outcome, Phase, Records, Run, WorkflowError, Wrote,
};
use std::collections::BTreeMap;

fn sample() -> Plan {
    let set = [("servers".to_owned(), "16".to_owned()), ("su_size".to_owned(), "8".to_owned())];
    preset::build("rail-optimised", &set, PlanId(uuid::Uuid::from_u128(7))).expect("the preset")
}

fn target() -> TargetRef {
    TargetRef { inventory: "test".to_owned(), site: "dc1".to_owned() }
}

#[derive(Clone, Default)]
struct World {
    devices: Vec<DeviceRecord>,
    interfaces: Vec<InterfaceRecord>,
    cables: Vec<CableRecord>,
}

impl World {
    /// A target that is just as the plan wants it.
    fn equal_to(desired: &Desired) -> Self {
        let mut world = Self::default();
        let mut ids: BTreeMap<End, u64> = BTreeMap::new();
        let mut next = 1;
        let mut id = || {
            next += 1;
            next
        };
        for n in 0..desired.devices.len() as u32 {
            let device = DeviceRecord { id: id(), ..desired.device_record(n) };
            for (slot, interface) in
                desired.kind_of(n).expect("a kind").interfaces.iter().enumerate()
            {
                let end = End { device: n, slot: slot as u16 };
                let record = if interface.from_type {
                    InterfaceRecord {
                        device: device.id,
                        name: interface.name.clone(),
                        interface_type: interface.interface_type.clone(),
                        ..InterfaceRecord::default()
                    }
                } else if desired.interfaces.binary_search(&end).is_ok() {
                    desired.interface_record(end, device.id)
                } else {
                    continue;
                };
                let record = InterfaceRecord { id: id(), ..record };
                ids.insert(end, record.id);
                world.interfaces.push(record);
            }
            world.devices.push(device);
        }
        for (n, (a, b)) in (0..).zip(&desired.cables) {
            world.cables.push(CableRecord { id: id(), ..desired.cable_record(n, ids[a], ids[b]) });
        }
        world
    }

    fn snapshot(&self, desired: &Desired) -> Snapshot {
        Snapshot::new(
            target(),
            &desired.prerequisites,
            self.devices.clone(),
            self.interfaces.clone(),
            self.cables.clone(),
        )
    }
}

fn against(plan: &Plan, snapshot: Option<&Snapshot>) -> Evaluation {
    let catalog = Catalog::built_in().expect("the catalogue");
    evaluate(&Inputs::of(plan, &catalog).against(snapshot), &Progress::new())
        .expect("not cancelled")
}

fn counts(changes: &ChangeSet) -> [u64; 3] {
    [changes.added().total(), changes.modified().total(), changes.deleted().total()]
}

fn codes(evaluation: &Evaluation) -> Vec<Code> {
    let errors = evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|f| f.code).collect()
}

/// The sample against its equal, spoilt: the counts of changes and the errors.
fn check(what: &str, spoil: impl FnOnce(&mut World), expected: [u64; 3]) -> ChangeSet {
    let plan = sample();
    let desired = against(&plan, None).desired;
    let mut world = World::equal_to(&desired);
    spoil(&mut world);
    let evaluation = against(&plan, Some(&world.snapshot(&desired)));
    let changes = evaluation.changes.as_deref().expect("a change set").clone();
    assert_eq!(counts(&changes), expected, "{what}");
    assert_eq!(codes(&evaluation), [], "{what}: {:?}", evaluation.findings);
    changes
}

#[test]
fn an_empty_target_gets_everything_and_an_equal_one_nothing() {
    let plan = sample();
    let desired = against(&plan, None).desired;
    let evaluation = against(&plan, Some(&World::default().snapshot(&Desired::default())));
    let changes = evaluation.changes.expect("a change set");
    assert_eq!(changes.added().devices as usize, desired.devices.len());
    assert_eq!(changes.added().cables as usize, desired.cables.len());
    assert_eq!(changes.prerequisites, desired.prerequisites);
    let equal = check("equal", |_| {}, [0, 0, 0]);
    assert!(equal.prerequisites.is_empty());
    assert_eq!(equal.unchanged.cables as usize, desired.cables.len());
}

#[test]
fn what_differs_is_a_change_with_old_and_new() {
    check(
        "order of reading",
        |w| {
            w.devices.reverse();
            w.cables.reverse();
        },
        [0, 0, 0],
    );
    check(
        "a cable read the other way round",
        |w| {
            let cable = &mut w.cables[3];
            (cable.a, cable.b) = (cable.b, cable.a);
        },
        [0, 0, 0],
    );
    check(
        "a cable gone",
        |w| {
            w.cables.remove(5);
        },
        [1, 0, 0],
    );
    let set = check("a role", |w| w.devices[2].role = "spare".to_owned(), [0, 1, 0]);
    let field = &set.modifications[0].fields[0];
    assert_eq!((field.field, field.old.as_str()), (Field::Role, "spare"));
    check("a name", |w| w.devices[2].name = "x".to_owned(), [0, 1, 0]);
    check("a status is the operator's", |w| w.devices[2].status = "active".to_owned(), [0, 0, 0]);
    check(
        "a foreign field is somebody's",
        |w| {
            w.devices[2].other.insert("serial".to_owned(), "S1".into());
        },
        [0, 0, 0],
    );
    check(
        "a cable moved",
        |w| {
            let taken = w.cables.remove(9);
            w.cables[8].b = taken.b;
        },
        [1, 1, 0],
    );
    check(
        "a foreign device elsewhere",
        |w| {
            w.devices.push(DeviceRecord {
                id: 9_000_000,
                name: "router-1".to_owned(),
                site: "dc1".to_owned(),
                ..DeviceRecord::default()
            })
        },
        [0, 0, 0],
    );
}

#[test]
fn nothing_foreign_is_touched() {
    let plan = sample();
    let key = |what: &str| format!("{}/{what}", plan.metadata.id);
    check(
        "a device of an older state of this plan goes",
        |w| {
            w.devices.push(DeviceRecord {
                id: 9_000_000,
                name: "old-01".to_owned(),
                key: Some(key("device/old/1")),
                ..DeviceRecord::default()
            })
        },
        [0, 0, 1],
    );
    check(
        "another plan's device stays",
        |w| {
            w.devices.push(DeviceRecord {
                id: 9_000_000,
                name: "old-01".to_owned(),
                key: Some(format!("{}/device/old/1", PlanId(uuid::Uuid::from_u128(8)))),
                ..DeviceRecord::default()
            })
        },
        [0, 0, 0],
    );
    check(
        "a number written another way is another key",
        |w| {
            let device =
                DeviceRecord { id: 9_000_000, name: "x".to_owned(), ..w.devices[0].clone() };
            let key = device.key.as_deref().map(|key| key.replace("/1", "/01"));
            w.devices.push(DeviceRecord { key, ..device });
        },
        [0, 0, 1],
    );
    check(
        "a port's mark on another device is a port to make and one to delete",
        |w| {
            let port = w.interfaces.iter().position(|i| i.key.is_some()).expect("an owned port");
            let cable = w.cables.iter().position(|c| [c.a, c.b].contains(&w.interfaces[port].id));
            w.cables.remove(cable.expect("its cable"));
            let port = &mut w.interfaces[port];
            port.name = "moved".to_owned();
            port.device =
                w.devices.iter().map(|d| d.id).find(|id| *id != port.device).expect("two");
        },
        [2, 0, 1],
    );
    // Blocked by an error, and never a write to what is not this plan's beyond doubt.
    let blocked = |what: &str, spoil: &dyn Fn(&mut World) -> u64, code: Code| {
        let desired = against(&plan, None).desired;
        let mut world = World::equal_to(&desired);
        let foreign = spoil(&mut world);
        let evaluation = against(&plan, Some(&world.snapshot(&desired)));
        assert_eq!(codes(&evaluation).first(), Some(&code), "{what}: {:?}", evaluation.findings);
        let changes = evaluation.changes.as_deref().expect("a change set");
        let deleted = changes.deletions.iter().any(|d| d.old.id() == foreign);
        let modified = changes.modifications.iter().any(|m| m.old.id() == foreign);
        assert!(!deleted && !modified, "{what}");
        assert!(
            workflow::approve(&evaluation, &plan, &Approver::new("Ada", ""), "2026-01-01").is_err(),
            "{what}"
        );
    };
    let copied = |w: &mut World| {
        w.devices.push(DeviceRecord {
            id: 9_000_000,
            name: "copy".to_owned(),
            ..w.devices[0].clone()
        });
        9_000_000
    };
    blocked("a copied mark is followed nowhere", &copied, Code::KeyCollision);
    let original = |w: &mut World| {
        copied(w);
        w.devices[0].id
    };
    blocked("nor is the original", &original, Code::KeyCollision);
    let cable_on_device = |w: &mut World| {
        w.devices.push(DeviceRecord {
            id: 9_000_000,
            name: "odd".to_owned(),
            key: w.cables[0].key.clone(),
            ..DeviceRecord::default()
        });
        w.cables[0].id
    };
    blocked("a cable's mark on a device spoils it", &cable_on_device, Code::KeyCollision);
    let copied_port = |w: &mut World| {
        let port = w.interfaces.iter().position(|i| i.key.is_some()).expect("an owned port");
        let copy = InterfaceRecord { id: 9_000_000, ..w.interfaces[port].clone() };
        w.interfaces.push(InterfaceRecord { name: "copy".to_owned(), ..copy });
        9_000_000
    };
    blocked("a copied port", &copied_port, Code::KeyCollision);
    let unkept = |w: &mut World| {
        // The mark of an object that the plan has not, twice.
        for id in [9_000_000, 9_000_001] {
            w.devices.push(DeviceRecord {
                id,
                name: format!("note-{id}"),
                key: Some(key("device/gpu/007")),
                ..DeviceRecord::default()
            });
        }
        9_000_000
    };
    blocked("a copied mark of nothing in the plan", &unkept, Code::KeyCollision);
    let renamed = |w: &mut World| {
        w.devices[0].key = None;
        w.devices[0].id
    };
    blocked("a name that somebody has", &renamed, Code::NameTaken);
    let plugged = |w: &mut World| {
        w.cables[0].key = None;
        w.cables[0].id
    };
    blocked("a port that somebody uses", &plugged, Code::NameTaken);
}

/// A second plan of the same preset in one site: one finding, with a remedy that its plan can
/// follow.
#[test]
fn names_in_use_are_one_finding() {
    let desired = against(&sample(), None).desired;
    let world = World::equal_to(&desired);
    let twin = Plan {
        metadata: heddle::plan::Metadata {
            id: PlanId(uuid::Uuid::from_u128(8)),
            ..sample().metadata
        },
        ..sample()
    };
    let evaluation = against(&twin, Some(&world.snapshot(&desired)));
    let found: Vec<_> = evaluation.findings.iter().filter(|f| f.code == Code::NameTaken).collect();
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        one.text,
        format!(
            "The site already has {} devices with names that this plan wants for its own, \
             beginning with be-leaf-01, be-leaf-02, be-leaf-03.",
            desired.devices.len()
        )
    );
    // One edit gives every device a name of its own; keys stay, so nothing else is another.
    let edit_of = |evaluation: &Evaluation| {
        let taken = evaluation.findings.iter().filter(|f| f.code == Code::NameTaken);
        let remedies: Vec<_> = taken.map(|f| f.remedy.clone().expect("a remedy")).collect();
        let first = remedies.first().expect("a finding").clone();
        assert!(remedies.iter().all(|remedy| *remedy == first), "{remedies:?}");
        first.edit.expect("an edit")
    };
    let press = |mut plan: Plan, expected: &str, first: &str, snapshot: &Snapshot| {
        let edit = edit_of(&against(&plan, Some(snapshot)));
        assert_eq!(edit.path.as_str(), "spec.naming.prefix");
        assert_eq!(edit.value.to_string(), expected);
        heddle::plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        let evaluation = against(&plan, Some(snapshot));
        assert_eq!(codes(&evaluation), []);
        let desired = &evaluation.desired;
        assert_eq!(
            (desired.devices[0].name.as_str(), desired.device_key(0).as_str()),
            (first, "device/be-leaf/1")
        );
        plan
    };
    let second = press(twin.clone(), "b-", "b-be-leaf-01", &world.snapshot(&desired));
    // A third plan, and one whose prefix is taken as well.
    let mut both = world;
    let other = World::equal_to(&against(&second, None).desired);
    let far = |id: u64| id + 1_000_000;
    both.devices.extend(other.devices.into_iter().map(|d| DeviceRecord { id: far(d.id), ..d }));
    for plan in [twin.clone(), second] {
        let metadata = heddle::plan::Metadata {
            id: PlanId(uuid::Uuid::from_u128(9)),
            ..plan.metadata.clone()
        };
        press(Plan { metadata, ..plan.clone() }, "c-", "c-be-leaf-01", &both.snapshot(&desired));
    }
    let mut elsewhere = twin;
    elsewhere.spec.target.site = "dc2".to_owned();
    assert_eq!(codes(&against(&elsewhere, Some(&World::default().snapshot(&desired)))), []);
}

/// Another model has ports of other names: that is one thing that is wrong, and not one per port.
#[test]
fn ports_of_another_model_are_one_finding_for_each_class() {
    let desired = against(&sample(), None).desired;
    let there = World::equal_to(&desired).snapshot(&desired);
    let mut plan = sample();
    let backend = plan.spec.cluster.as_mut().and_then(|cluster| cluster.backend.as_mut());
    backend.expect("a backend").spine_model = "arista-7060x6-64pe".to_owned();
    let evaluation = against(&plan, Some(&there));
    let errors: Vec<_> =
        evaluation.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let [error] = errors[..] else { panic!("one error, but {errors:?}") };
    assert_eq!(error.code, Code::InterfaceMissing);
    assert_eq!(error.path.as_str(), "spec.cluster.backend.spine_model");
    let expected = "The inventory has 8 devices of be-spine without 512 ports that the plan uses, \
                    such as be-spine-01 Ethernet1/1.";
    assert_eq!(error.text, expected);
    let remedy = error.remedy.as_ref().map(|remedy| remedy.text.as_str()).unwrap_or_default();
    assert!(remedy.contains("go back to celestica-ds5000,"), "{remedy}");
    assert!(remedy.contains("To replace the devices"), "{remedy}");
}

#[test]
fn a_smaller_plan_deletes_only_its_own() {
    let mut plan = sample();
    let desired = against(&plan, None).desired;
    let world = World::equal_to(&desired);
    plan.spec.cluster.as_mut().unwrap().servers = 15;
    let evaluation = against(&plan, Some(&world.snapshot(&desired)));
    let changes = evaluation.changes.expect("a change set");
    // One server: the device, its ten ports, its ten cables and the lanes they used.
    assert_eq!(counts(&changes), [0, 0, 1 + 10 + 10 + 10]);
    assert!(changes.deletions.iter().all(|d| d.old.id() != 0 && !d.key.is_empty()));
    assert!(
        changes
            .deletions
            .iter()
            .any(|d| matches!(&d.old, Object::Device(x) if x.name == "gpu-016"))
    );
}

#[test]
fn an_approval_covers_exactly_what_was_seen() {
    let plan = sample();
    let empty = World::default().snapshot(&Desired::default());
    let evaluation = against(&plan, Some(&empty));
    assert_eq!(workflow::phase(&evaluation, &Records::default(), None).phase, Phase::Planned);
    assert!(
        workflow::approve(&evaluation, &plan, &Approver::new("  ", ""), "2026-01-01T00:00:00.000Z")
            .is_err()
    );
    let approval = workflow::approve(
        &evaluation,
        &plan,
        &Approver::new("Ada", ""),
        "2026-01-01T00:00:00.000Z",
    )
    .unwrap();
    let records = Records { approvals: vec![approval.clone()], runs: Vec::new() };
    assert_eq!(workflow::phase(&evaluation, &records, None).phase, Phase::Approved);
    assert!(workflow::authorise(&evaluation, &records).is_ok());

    let mut edited = plan.clone();
    edited.spec.cluster.as_mut().unwrap().servers += 1;
    let other = against(&edited, Some(&empty));
    assert_eq!(workflow::phase(&other, &records, None).phase, Phase::Planned);
    assert!(workflow::authorise(&other, &records).is_err());
    assert_eq!(
        workflow::phase(&against(&plan, Some(&empty)), &records, None).phase,
        Phase::Approved,
        "undone"
    );

    let mut renamed = plan.clone();
    renamed.metadata.description = "other".to_owned();
    assert!(workflow::authorise(&against(&renamed, Some(&empty)), &records).is_err());

    let changes = (**evaluation.changes.as_ref().unwrap()).clone();
    assert!(workflow::reauthorise(changes.clone(), approval.clone()).is_ok());
    let mut altered = changes.clone();
    altered.additions.retain(|a| *a != Addition::Device(0));
    assert!(workflow::reauthorise(altered, approval.clone()).is_err());
    let mut elsewhere = changes;
    elsewhere.target.site = "dc2".to_owned();
    assert!(workflow::reauthorise(elsewhere, approval).is_err());
}

#[test]
fn phases_follow_from_evaluation_and_records() {
    let mut plan = sample();
    let desired = against(&plan, None).desired;
    let empty = World::default().snapshot(&Desired::default());
    let equal = World::equal_to(&desired).snapshot(&desired);
    let run = |outcome| Records {
        approvals: Vec::new(),
        runs: vec![Run {
            id: "1".to_owned(),
            target: target(),
            changes: against(&plan, Some(&empty)).digests.changes.unwrap(),
            at: "2026-01-01T00:00:00.000Z".to_owned(),
            outcome,
            purpose: Purpose::Converge,
            is_whole: true,
            wrote: Wrote::Something,
            objects: None,
            parts: Vec::new(),
            pace: None,
            approval: word(&plan, &empty).unwrap(),
            follows: None,
            approvals_before: 0,
        }],
    };
    let stopped = run(Outcome::Running);
    let check = |plan: &Plan, snapshot: Option<&Snapshot>, records: &Records, expected: Phase| {
        assert_eq!(workflow::phase(&against(plan, snapshot), records, None).phase, expected);
    };
    check(&plan, None, &Records::default(), Phase::Draft);
    check(&plan, Some(&empty), &Records::default(), Phase::Planned);
    check(&plan, Some(&equal), &Records::default(), Phase::Applied);
    check(&plan, Some(&empty), &stopped, Phase::Failed);
    check(&plan, Some(&equal), &stopped, Phase::Applied);
    check(&plan, Some(&empty), &run(Outcome::Done), Phase::Planned);
    // A review of something else has its own next step; that of the run that stopped goes on.
    for (of_run, expected) in
        [(Purpose::Converge, Phase::Planned), (Purpose::Destroy, Phase::Failed)]
    {
        let mut review = against(&plan, Some(&empty));
        let changes = review
            .changes
            .as_ref()
            .map(|changes| ChangeSet { purpose: Purpose::Destroy, ..ChangeSet::clone(changes) });
        review.changes = changes.map(Into::into);
        let mut stopped = stopped.clone();
        stopped.runs[0].purpose = of_run;
        assert_eq!(workflow::phase(&review, &stopped, None).phase, expected);
    }
    plan.spec.cluster.as_mut().unwrap().servers = 0;
    check(&plan, Some(&empty), &Records::default(), Phase::Draft);
}

/// After a run that stopped, only an approval that came later begins anew: later by the records,
/// whatever the clocks said.
#[test]
fn an_approval_renews_only_if_it_came_after_the_run() {
    let plan = sample();
    let empty = World::default().snapshot(&Desired::default());
    let evaluation = against(&plan, Some(&empty));
    let check = |approvals_before: usize, same_word: bool, wrote: Wrote, expected: Phase| {
        let approval = word(&plan, &empty).unwrap();
        let other = Approval { by: "Bob".to_owned(), ..approval.clone() };
        let run = Run {
            id: "1".to_owned(),
            target: target(),
            changes: evaluation.digests.changes.unwrap(),
            at: "2027-01-01T00:00:00.000Z".to_owned(),
            outcome: Outcome::Running,
            purpose: Purpose::Converge,
            is_whole: true,
            wrote,
            objects: None,
            parts: Vec::new(),
            pace: None,
            approval: if same_word { approval.clone() } else { other },
            follows: None,
            approvals_before,
        };
        let records = Records { approvals: vec![approval], runs: vec![run] };
        assert_eq!(workflow::phase(&evaluation, &records, None).phase, expected);
    };
    check(0, false, Wrote::Something, Phase::Approved);
    check(0, false, Wrote::Unknown, Phase::Approved);
    check(1, false, Wrote::Something, Phase::Failed);
    check(1, true, Wrote::Something, Phase::Failed);
    // One that was killed before it reached its target uses nothing up.
    check(1, true, Wrote::Nothing, Phase::Approved);
}

/// Somebody's approval of what a plan would change.
fn word(plan: &Plan, snapshot: &Snapshot) -> Result<Approval, WorkflowError> {
    let at = "2026-01-01T00:00:00.000Z";
    workflow::approve(&against(plan, Some(snapshot)), plan, &Approver::new("Ada", ""), at)
}
