//! The workflow whole, through files and a real inventory: what drifts, what is ignored, what an
//! approval must acknowledge, what was moved, a part of the changes, the way back, and the end.

#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

use heddle::catalog::Catalog;
use heddle::diff::{ChangeSet, Part, Purpose, Reason};
use heddle::inventory::{
    CableRecord, DeviceRecord, Field, InterfaceRecord, Inventory, Kind, Object, Snapshot, Write,
};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{Ignore, IgnoredField, Moved, Plan, Waiver, preset};
use heddle::session::{self, Held, SessionError, Target};
use heddle::store::{self, LocalInventory};
use heddle::workflow::{Approver, ConditionKind, ConditionStatus, Health, Phase, SyncState};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A folder with a plan, its records and an inventory.
struct Home {
    folder: tempfile::TempDir,
    catalog: Catalog,
}

impl Home {
    fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().expect("a folder"),
            catalog: Catalog::built_in().expect("the catalogue"),
        };
        let set = [("servers", "16"), ("su_size", "8")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        let id = PlanId(uuid::Uuid::from_u128(7));
        let plan = preset::build("rail-optimised", &set, id).expect("the preset");
        store::create_plan(&home.path("lab.ron"), &plan).expect("the plan");
        drop(home.inventory());
        home
    }

    /// The same with everything applied.
    fn applied() -> Self {
        let home = Self::new();
        home.converge();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn inventory(&self) -> LocalInventory {
        LocalInventory::open(&self.path("inventory")).expect("the inventory")
    }

    fn plan(&self) -> Plan {
        store::read_plan(&self.path("lab.ron")).expect("the plan").plan
    }

    fn edit(&self, edit: impl FnOnce(&mut Plan)) {
        let mut plan = self.plan();
        edit(&mut plan);
        store::write_plan(&self.path("lab.ron"), &plan).expect("the plan is written");
    }

    fn servers(&self, servers: u32) {
        self.edit(|plan| plan.spec.cluster.as_mut().expect("a cluster").servers = servers);
    }

    fn try_hold(&self, purpose: &Purpose, parts: &[Part]) -> Result<Held, SessionError> {
        let parts: BTreeSet<Part> = parts.iter().cloned().collect();
        let site = self.plan().spec.target.site;
        session::hold(
            (&self.path("lab.ron"), &self.plan()),
            &self.catalog,
            &Target { inventory: self.path("inventory"), site },
            (purpose, Some(&parts).filter(|parts| !parts.is_empty())),
            &Progress::new(),
        )
    }

    fn hold(&self) -> Held {
        self.try_hold(&Purpose::Converge, &[]).expect("it is held against the target")
    }

    fn newest(&self) -> Purpose {
        let held = self.hold();
        let run = session::newest_run(&held.records, held.snapshot.target()).expect("a run");
        Purpose::Undo { run: run.id.clone() }
    }

    /// Plan, file, approve, apply: through the file, with acknowledgements.
    fn run(&self, purpose: &Purpose, parts: &[Part], acknowledged: &[Code]) -> ChangeSet {
        let held = self.try_hold(purpose, parts).expect("it is held against the target");
        let file = self.path("set.changes");
        drop(std::fs::remove_file(&file));
        let plan = (self.path("lab.ron"), self.plan());
        let of = (&held.evaluation, held.snapshot.as_ref());
        let set =
            session::write_change_set(&file, (&plan.0, &plan.1), of, false).expect("a change set");
        let approver = Approver {
            acknowledged: acknowledged.iter().copied().collect(),
            ..Approver::new("Ada", "because")
        };
        session::approve_change_set(&file, &approver).expect("an approval");
        session::apply_change_set(&file, &self.path("inventory"), &Progress::new())
            .expect("it is applied");
        ChangeSet::clone(&set.changes)
    }

    fn converge(&self) -> ChangeSet {
        self.run(&Purpose::Converge, &[], &[])
    }

    fn write(&self, batch: &[Write]) {
        self.inventory().write(batch).expect("somebody writes");
    }

    fn modify(&self, kind: Kind, id: u64, field: Field, value: &str) {
        self.write(&[Write::Modify { kind, id, fields: vec![(field, value.to_owned())] }]);
    }

    fn device(&self, name: &str) -> DeviceRecord {
        self.hold().snapshot.device_named(name).expect("the device").clone()
    }

    /// A device of somebody else with an interface.
    fn foreigner(&self) -> u64 {
        let device = DeviceRecord {
            name: "router".to_owned(),
            role: "leaf".to_owned(),
            key: None,
            id: 0,
            tags: Vec::new(),
            other: [("serial".to_owned(), "S-1".into())].into(),
            ..self.device("be-leaf-01")
        };
        let id = self.inventory().write(&[Write::Create { object: Object::Device(device) }]);
        let device = *id.expect("a foreign device").first().expect("its id");
        let interface = InterfaceRecord {
            device,
            name: "mgmt".to_owned(),
            interface_type: "other".to_owned(),
            ..InterfaceRecord::default()
        };
        let object = Object::Interface(interface);
        let id = self.inventory().write(&[Write::Create { object }]).expect("an interface");
        *id.first().expect("its id")
    }
}

/// Everything that a snapshot has, without ids: names, keys, fields, ends.
fn state(snapshot: &Snapshot) -> BTreeSet<String> {
    let end = |id: u64| {
        let interface = snapshot.interface(id).expect("an interface");
        let device = snapshot.device(interface.device).expect("its device");
        format!("{} {}", device.name, interface.name)
    };
    let devices = snapshot.devices().iter().map(|device| {
        let device = DeviceRecord { id: 0, ..device.clone() };
        serde_json::to_string(&device).expect("text")
    });
    let interfaces = snapshot.interfaces().iter().map(|interface| {
        let record = InterfaceRecord { id: 0, device: 0, ..interface.clone() };
        format!("{} {}", end(interface.id), serde_json::to_string(&record).expect("text"))
    });
    let cables = snapshot.cables().iter().map(|cable| {
        let record = CableRecord { id: 0, a: 0, b: 0, ..cable.clone() };
        let record = serde_json::to_string(&record).expect("text");
        format!("{} – {} {record}", end(cable.a), end(cable.b))
    });
    devices.chain(interfaces).chain(cables).collect()
}

fn codes(held: &Held, severity: Severity) -> Vec<Code> {
    let of = held.evaluation.findings.iter().filter(|f| f.severity == severity);
    of.map(|f| f.code).collect()
}

fn changes(held: &Held) -> &ChangeSet {
    held.evaluation.changes.as_deref().expect("a change set")
}

#[test]
fn after_an_apply_nothing_drifts_and_nothing_changes() {
    let home = Home::applied();
    let held = home.hold();
    assert!(changes(&held).is_empty());
    let drift = held.evaluation.drift.as_deref().expect("a baseline");
    assert!(drift.is_empty(), "{drift:?}");
    assert_eq!(held.phase().phase, Phase::Applied);
    let standing = held.standing();
    assert_eq!((standing.sync, standing.health), (SyncState::Synced, Health::Healthy));
    assert!(home.hold().evaluation.digests == held.evaluation.digests);
}

#[test]
fn what_drifted_is_told_with_the_change_that_overwrites_it() {
    let home = Home::applied();
    let (leaf, spine) = (home.device("be-leaf-01"), home.device("be-spine-01"));
    home.modify(Kind::Device, leaf.id, Field::Name, "renamed");
    home.modify(Kind::Device, spine.id, Field::Role, "leaf");
    // A cable is gone.
    let gone = home.hold().snapshot.cables().first().expect("a cable").id;
    home.write(&[Write::Delete { kind: Kind::Cable, id: gone }]);
    let held = home.hold();
    let drift = held.evaluation.drift.clone().expect("a baseline");
    assert_eq!((drift.counts().devices, drift.counts().cables), (2, 1));
    assert_eq!(drift.overwritten(), 3, "an unedited plan sets all of it right");
    let set = changes(&held);
    assert_eq!(set.regained.len(), 1);
    assert_eq!(set.modifications.len(), 2);
    for m in &set.modifications {
        assert_eq!(m.reason, Reason::Drifted, "{m:?}");
        assert!(m.fields.iter().all(|field| field.applied.as_ref() == Some(&field.new)));
    }
    let standing = held.standing();
    assert_eq!((standing.sync, standing.health), (SyncState::OutOfSync, Health::Degraded));
    let text = heddle::diff::text(set);
    assert!(text.contains("somebody changed what was applied"), "{text}");
    assert!(text.contains("it was applied and is gone from the inventory"), "{text}");

    // The plan takes the new name over: that drift is nobody's change any more.
    home.edit(|plan| plan.spec.naming.leaf = Some("{class}-r{number}".to_owned()));
    let held = home.hold();
    let drift = held.evaluation.drift.clone().expect("a baseline");
    assert_eq!(drift.counts().devices, 2);
    let renamed = changes(&held).modifications.iter().find(|m| m.name == "renamed");
    let field = &renamed.expect("the leaf").fields[0];
    assert_eq!(field.applied.as_deref(), Some("be-leaf-01"));
    assert_ne!(renamed.expect("the leaf").reason, Reason::Drifted);
    home.converge();
    let held = home.hold();
    assert!(changes(&held).is_empty() && held.evaluation.drift.expect("a baseline").is_empty());
}

#[test]
fn what_is_ignored_is_left_alone_and_counted() {
    let home = Home::applied();
    let leaf = home.device("be-leaf-01");
    home.modify(Kind::Device, leaf.id, Field::Name, "renamed");
    home.modify(Kind::Device, leaf.id, Field::Role, "spine");
    home.edit(|plan| {
        plan.spec.target.ignore = vec![Ignore {
            class: "be-leaf".to_owned(),
            fields: vec![IgnoredField::DeviceName],
            note: "ops names leaves".to_owned(),
        }];
    });
    let held = home.hold();
    let set = changes(&held);
    assert_eq!((set.ignored, set.modifications.len()), (1, 1));
    assert_eq!(set.modifications[0].fields[0].field, Field::Role);
    assert!(heddle::diff::text(set).contains("1 field that differ"), "{}", heddle::diff::text(set));
    // Cables to a device that is called otherwise are still made: it is found by its id.
    let cable = held.snapshot.interfaces_of(leaf.id).find_map(|i| held.snapshot.cable_at(i.id));
    let cable = cable.expect("a cable of the leaf").id;
    home.write(&[Write::Delete { kind: Kind::Cable, id: cable }]);
    home.converge();
    let held = home.hold();
    assert!(changes(&held).is_empty());
    assert_eq!(changes(&held).ignored, 1);
    assert_eq!(home.device("renamed").id, leaf.id);

    for (ignore, bad) in [
        (Ignore { fields: vec![IgnoredField::Place], ..Ignore::default() }, false),
        (Ignore::default(), true),
        (
            Ignore {
                class: "be-laef".to_owned(),
                fields: vec![IgnoredField::Place],
                ..Ignore::default()
            },
            true,
        ),
    ] {
        home.edit(|plan| plan.spec.target.ignore = vec![ignore]);
        let errors = codes(&home.hold(), Severity::Error);
        assert_eq!(errors.contains(&Code::IgnoreInvalid), bad);
    }
}

#[test]
fn many_deletions_and_addresses_are_acknowledged_or_not_approved() {
    let home = Home::applied();
    // An address on the last server, which goes.
    let server = home.device("gpu-016");
    let fields = [("primary_ip4".to_owned(), "10.0.0.1/24".into())];
    let held = home.hold();
    let cables: Vec<Write> = held
        .snapshot
        .interfaces_of(server.id)
        .filter_map(|i| held.snapshot.cable_at(i.id))
        .map(|cable| Write::Delete { kind: Kind::Cable, id: cable.id })
        .collect();
    home.write(&cables);
    home.write(&[Write::Delete { kind: Kind::Device, id: server.id }]);
    let addressed = DeviceRecord { id: 0, other: fields.into(), ..server };
    home.write(&[Write::Create { object: Object::Device(addressed) }]);

    home.servers(15);
    let held = home.hold();
    assert_eq!(heddle::workflow::guards(&held.evaluation.findings), [Code::CarriesForeign].into());
    // An interface that somebody added to a switch of a fabric that goes.
    let other = Home::applied();
    let leaf = other.device("fe-leaf-01").id;
    let interface = InterfaceRecord {
        device: leaf,
        name: "loopback0".to_owned(),
        interface_type: "virtual".to_owned(),
        ..InterfaceRecord::default()
    };
    let without = |plan: &mut Plan| {
        plan.spec.cluster.as_mut().expect("a cluster").frontend = None;
    };
    other.edit(without);
    let guards = |home: &Home| heddle::workflow::guards(&home.hold().evaluation.findings);
    assert_eq!(guards(&other), BTreeSet::new());
    other.write(&[Write::Create { object: Object::Interface(interface) }]);
    assert_eq!(guards(&other), [Code::CarriesForeign].into());
    home.servers(2);
    let held = home.hold();
    let guards = heddle::workflow::guards(&held.evaluation.findings);
    assert_eq!(guards, [Code::ManyDeletions, Code::CarriesForeign].into());
    let approve = |acknowledged: &[Code]| {
        let plan = home.plan();
        let acknowledged = acknowledged.iter().copied().collect();
        let approver = Approver { acknowledged, ..Approver::new("Ada", "") };
        session::approve(&home.path("lab.ron"), &plan, &held.evaluation, &approver)
    };
    for too_few in [&[][..], &[Code::ManyDeletions], &[Code::CarriesForeign]] {
        let error = approve(too_few).expect_err("not acknowledged").to_string();
        assert!(error.contains("--acknowledge"), "{error}");
    }
    let approval = approve(&[Code::ManyDeletions, Code::CarriesForeign]).expect("an approval");
    assert_eq!(approval.acknowledged, guards);
    assert_eq!(home.hold().phase().phase, Phase::Approved);
    // An approval that does not acknowledge is none, however it came about.
    let mut records = home.hold().records;
    records.approvals.iter_mut().for_each(|a| a.acknowledged.clear());
    assert_eq!(heddle::workflow::phase(&held.evaluation, &records).phase, Phase::Planned);
    home.run(&Purpose::Converge, &[], &[Code::ManyDeletions, Code::CarriesForeign]);
    assert!(changes(&home.hold()).is_empty());
}

#[test]
fn a_warning_can_be_waived_by_somebody_until_a_day() {
    let home = Home::new();
    home.edit(|plan| {
        let backend = plan.spec.cluster.as_mut().expect("a cluster").backend.as_mut();
        backend.expect("a backend").overrides.uplink_cages = Some(1);
    });
    let warning = codes(&home.hold(), Severity::Warning);
    let findings = home.hold().evaluation.findings;
    let code = *warning.first().unwrap_or_else(|| panic!("no warning: {findings:?}"));
    let waiver = |edit: &dyn Fn(&mut Waiver)| {
        let mut waiver = Waiver {
            code: code.name().to_owned(),
            path: String::new(),
            reason: "it is a lab".to_owned(),
            by: "Ada".to_owned(),
            until: "2199-12-31".to_owned(),
        };
        edit(&mut waiver);
        waiver
    };
    let check = |waiver: Waiver, waived: bool, said: Option<Code>| {
        home.edit(|plan| plan.spec.waivers = vec![waiver.clone()]);
        let held = home.hold();
        let still = codes(&held, Severity::Warning).contains(&code);
        assert_eq!(still, !waived, "{waiver:?}");
        for (known, severity) in [
            (Code::WaiverInvalid, Severity::Error),
            (Code::WaiverExpired, Severity::Warning),
            (Code::WaiverUnused, Severity::Info),
        ] {
            assert_eq!(codes(&held, severity).contains(&known), said == Some(known), "{waiver:?}");
        }
    };
    check(waiver(&|_| ()), true, None);
    check(waiver(&|w| w.path = "spec.cluster".to_owned()), true, None);
    check(waiver(&|w| w.path = "spec.racks".to_owned()), false, Some(Code::WaiverUnused));
    check(waiver(&|w| w.until = "2020-01-01".to_owned()), false, Some(Code::WaiverExpired));
    check(waiver(&|w| w.until = "soon".to_owned()), false, Some(Code::WaiverInvalid));
    check(waiver(&|w| w.reason.clear()), false, Some(Code::WaiverInvalid));
    check(waiver(&|w| w.by.clear()), false, Some(Code::WaiverInvalid));
    check(waiver(&|w| w.code = "no-spine".to_owned()), false, Some(Code::WaiverInvalid));
    check(waiver(&|w| w.code = "many-deletions".to_owned()), false, Some(Code::WaiverInvalid));
    check(waiver(&|w| w.code = "nothing".to_owned()), false, Some(Code::WaiverInvalid));
    // A waiver is a part of what is approved.
    let with = home.hold().evaluation.digests;
    home.edit(|plan| plan.spec.waivers.clear());
    assert_ne!(home.hold().evaluation.digests.findings, with.findings);
}

#[test]
fn what_is_moved_is_renamed_and_neither_deleted_nor_made() {
    let home = Home::applied();
    // The cluster's classes, written out, so that ids can be changed.
    let ejected = session::eject_cluster(&home.plan(), &home.catalog, &Progress::new());
    let ejected = ejected.expect("classes");
    home.edit(|plan| plan.spec = ejected.spec);
    assert!(changes(&home.hold()).is_empty());
    let ids = |held: &Held| -> BTreeSet<u64> {
        let s = &held.snapshot;
        let devices = s.devices().iter().map(|d| d.id);
        devices
            .chain(s.interfaces().iter().map(|i| i.id))
            .chain(s.cables().iter().map(|c| c.id))
            .collect()
    };
    let before = ids(&home.hold());
    home.edit(|plan| {
        let class = plan.spec.server_classes.iter_mut().find(|class| class.id == "gpu");
        let class = class.expect("the servers");
        class.id = "compute".to_owned();
        // A card too: `rail-0` is in the keys of its interfaces and cables.
        for nic in class.nics.iter_mut().filter(|nic| nic.id == "rail-0") {
            nic.id = "nic-0".to_owned();
        }
        for connection in class.connections.iter_mut().filter(|c| c.nic == "rail-0") {
            connection.nic = "nic-0".to_owned();
        }
    });
    let held = home.hold();
    assert!(changes(&held).deleted().devices == 16, "unsaid, a new id is another device");
    home.edit(|plan| {
        plan.spec.moved = [("gpu", "compute"), ("compute/*/rail-0", "compute/*/nic-0")]
            .map(|(from, to)| Moved { from: from.to_owned(), to: to.to_owned() })
            .to_vec();
    });
    let held = home.hold();
    assert_eq!(codes(&held, Severity::Error), [], "{:?}", held.evaluation.findings);
    let set = changes(&held);
    assert_eq!((set.additions.len(), set.deletions.len()), (0, 0), "{}", heddle::diff::text(set));
    assert!(set.modifications.iter().any(|m| m.reason == Reason::Moved));
    let key = |from: &str, to: &str| {
        set.modifications
            .iter()
            .flat_map(|m| &m.fields)
            .any(|change| change.field == Field::Key && change.old == from && change.new == to)
    };
    assert!(key("device/gpu/3", "device/compute/3"));
    assert!(key("cable/gpu/3/rail-0/0", "cable/compute/3/nic-0/0"));
    home.converge();
    let held = home.hold();
    assert!(changes(&held).is_empty(), "{}", heddle::diff::text(changes(&held)));
    assert_eq!(ids(&held), before, "every object is still the same");
    assert!(held.evaluation.drift.clone().expect("a baseline").is_empty());
    // Taken back, everything is called as before, and still the same.
    home.run(&home.newest(), &[], &[]);
    let back = home.hold();
    assert_eq!(ids(&back), before);
    let old = back.snapshot.devices().iter().filter_map(|d| d.key.as_deref());
    assert!(old.clone().any(|key| key.ends_with("/device/gpu/3")));
    let cables = back.snapshot.cables().iter().filter_map(|c| c.key.as_deref());
    assert!(cables.clone().any(|key| key.ends_with("/cable/gpu/3/rail-0/0")));
    assert!(!old.chain(cables).any(|key| key.contains("/compute/")));
    home.converge();
    // Done, the entries may stay or go.
    home.edit(|plan| plan.spec.moved.clear());
    assert!(changes(&home.hold()).is_empty());

    for (from, to) in [
        ("compute", "gpu"),
        ("compute", "compute"),
        ("gpu", "nothing"),
        ("gpu", "compute/1"),
        ("compute/1", "compute/99"),
        ("Gpu", "compute"),
    ] {
        home.edit(|plan| {
            plan.spec.moved = vec![Moved { from: from.to_owned(), to: to.to_owned() }];
        });
        let errors = codes(&home.hold(), Severity::Error);
        assert_eq!(errors, [Code::MovedInvalid], "{from} → {to}");
    }
}

#[test]
fn a_part_is_applied_with_all_it_needs_and_the_rest_waits() {
    for parts in [
        vec![Part::Fabric("backend".to_owned())],
        vec![Part::Fabric("frontend".to_owned())],
        vec![Part::Su(1)],
        vec![Part::Su(2), Part::Class("fe-leaf".to_owned())],
        vec![Part::Class("be-spine".to_owned())],
    ] {
        let home = Home::new();
        let all = changes(&home.hold()).clone();
        let set = home.run(&Purpose::Converge, &parts, &[]);
        assert!(!set.is_empty() && set.additions.len() < all.additions.len(), "{parts:?}");
        let left = set.left_out.desired.len() + set.left_out.deletions.len();
        assert_eq!(set.additions.len() + left, all.additions.len(), "{parts:?}");
        let held = home.hold();
        assert_eq!(held.phase().phase, Phase::Planned, "the rest waits for an approval");
        assert!(held.evaluation.drift.is_none(), "no run was whole yet");
        let applied = &held.standing().conditions[3];
        assert_eq!((applied.kind, applied.reason.as_str()), (ConditionKind::Applied, "InPart"));
        let rest = home.converge();
        assert_eq!(rest.additions.len() + set.additions.len(), all.additions.len());
        assert!(changes(&home.hold()).is_empty());
        // Ports are found by the device, whatever it is called by now.
        home.edit(|plan| plan.spec.naming.prefix = "x-".to_owned());
        home.servers(17);
        let cable = home.hold().snapshot.cables().first().expect("a cable").id;
        home.write(&[Write::Delete { kind: Kind::Cable, id: cable }]);
        home.run(&Purpose::Converge, &parts, &[]);
        home.converge();
        home.edit(|plan| plan.spec.naming.prefix.clear());
        home.servers(16);
        home.run(&Purpose::Converge, &[], &[Code::ManyDeletions]);
        // Not of the whole: of what the part touched.
        home.servers(18);
        home.run(&Purpose::Converge, &[Part::Class("gpu".to_owned())], &[]);
        let held = home.hold();
        let drift = held.evaluation.drift.clone().expect("a baseline");
        assert!(drift.is_empty(), "{drift:?}");
    }
}

#[test]
fn an_undo_brings_back_what_was_there_before() {
    // Growth, shrinking, moves of cables, new names: whatever the run does, undo takes it back.
    for edit in [
        (|plan| plan.spec.cluster.as_mut().expect("a cluster").servers = 24) as fn(&mut Plan),
        |plan| plan.spec.cluster.as_mut().expect("a cluster").servers = 9,
        |plan| plan.spec.cluster.as_mut().expect("a cluster").su_size = 16,
        |plan| plan.spec.naming.prefix = "x-".to_owned(),
        |plan| plan.spec.cluster.as_mut().expect("a cluster").frontend = None,
    ] {
        let home = Home::applied();
        home.foreigner();
        // What others wrote on objects of the plan comes back with them.
        let server = home.device("gpu-016");
        let before = home.hold().snapshot;
        home.edit(edit);
        let all = [Code::ManyDeletions];
        home.run(&Purpose::Converge, &[], &all);
        assert_ne!(state(&home.hold().snapshot), state(&before));
        let undo = home.newest();
        let set = home.run(&undo, &[], &all);
        assert_eq!(set.purpose, undo);
        let after = home.hold();
        assert_eq!(state(&after.snapshot), state(&before));
        let applied = &after.standing().conditions[3];
        assert_eq!(applied.reason, "TakenBack");
        // What was approved before does not count for the same changes again.
        assert_eq!(after.phase().phase, Phase::Planned);
        // And the undo can be undone.
        home.run(&home.newest(), &[], &all);
        assert!(changes(&home.hold()).is_empty());
        drop(server);
    }
    // The first run of all: everything goes, and nothing else does.
    let home = Home::new();
    let before = home.hold().snapshot;
    home.converge();
    home.foreigner();
    home.run(&home.newest(), &[], &[Code::ManyDeletions]);
    let after = home.hold().snapshot;
    assert_eq!(before.devices().len() + 1, after.devices().len(), "the router stays");
    assert!(after.cables().is_empty());
}

#[test]
fn fields_of_others_on_what_was_deleted_come_back_with_it() {
    let home = Home::applied();
    let server = home.device("gpu-016");
    let held = home.hold();
    // The device is made anew by somebody with a serial number, as no write sets one.
    let cables: Vec<CableRecord> = held
        .snapshot
        .interfaces_of(server.id)
        .filter_map(|i| held.snapshot.cable_at(i.id))
        .cloned()
        .collect();
    home.write(
        &cables
            .iter()
            .map(|cable| Write::Delete { kind: Kind::Cable, id: cable.id })
            .chain([Write::Delete { kind: Kind::Device, id: server.id }])
            .collect::<Vec<_>>(),
    );
    let record = DeviceRecord {
        id: 0,
        status: "active".to_owned(),
        other: [("serial".to_owned(), "S-16".into())].into(),
        ..server
    };
    home.write(&[Write::Create { object: Object::Device(record) }]);
    home.converge();
    home.servers(15);
    home.converge();
    home.run(&home.newest(), &[], &[]);
    let back = home.device("gpu-016");
    assert_eq!(back.status, "active");
    assert_eq!(back.other.get("serial").and_then(|s| s.as_str()), Some("S-16"));
}

#[test]
fn an_undo_is_refused_where_it_would_guess() {
    let home = Home::applied();
    let first = home.newest();
    home.servers(18);
    home.converge();
    let refused = |purpose: &Purpose, words: &str| {
        let error = home.try_hold(purpose, &[]).expect_err("it is refused").to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&first, "later runs build on that run");
    refused(&Purpose::Undo { run: "nobody".to_owned() }, "no run of that id");
    // Somebody else's cable on a device that would go.
    let held = home.hold();
    let server = held.snapshot.device_named("gpu-018").expect("a server").id;
    let port = held.snapshot.interfaces_of(server).next().expect("an interface").id;
    let cable = held.snapshot.cable_at(port).expect("a cable").id;
    let router = home.foreigner();
    home.write(&[Write::Delete { kind: Kind::Cable, id: cable }]);
    let foreign = CableRecord {
        a: port,
        b: router,
        status: "connected".to_owned(),
        ..CableRecord::default()
    };
    home.write(&[Write::Create { object: Object::Cable(foreign) }]);
    let held = home.try_hold(&home.newest(), &[]).expect("it is held against the target");
    assert_eq!(codes(&held, Severity::Error), [Code::ForeignCable]);
    assert_eq!(held.phase().phase, Phase::Draft);
    // Without the records before it, what was there is unknown.
    let home = Home::applied();
    home.servers(9);
    home.run(&Purpose::Converge, &[], &[]);
    let held = home.hold();
    let first = &held.records.runs[0].id;
    std::fs::remove_file(home.path("lab.heddle").join(format!("{first}.heddle-run")))
        .expect("the first run is taken away");
    let error = home.try_hold(&home.newest(), &[]).expect_err("it is refused").to_string();
    assert!(error.contains("is not on record"), "{error}");
}

#[test]
fn destroying_takes_everything_of_the_plan_and_nothing_else() {
    let home = Home::applied();
    home.foreigner();
    // A plan that is broken by now can still be taken away.
    home.servers(0);
    assert_eq!(home.hold().phase().phase, Phase::Draft);
    let set = home.run(&Purpose::Destroy, &[], &[Code::ManyDeletions]);
    assert!(set.deletions.iter().all(|d| d.reason == Reason::Destroyed));
    assert!(heddle::diff::text(&set).contains("destroy: delete everything of this plan"));
    let snapshot = home.hold().snapshot;
    let names: Vec<&str> = snapshot.devices().iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["router"]);
    assert!(snapshot.cables().is_empty());
    home.servers(16);
    let held = home.hold();
    assert_eq!(held.standing().health, Health::Missing);
    assert!(held.evaluation.drift.expect("a baseline").is_empty(), "it went by our own hand");
    home.converge();
    assert!(changes(&home.hold()).is_empty());
}

#[test]
fn a_run_that_wrote_nothing_is_no_run_to_undo() {
    let home = Home::applied();
    home.servers(18);
    home.converge();
    let newest = home.newest();
    // Approved, but somebody renamed a device that goes: refused before the first write.
    home.servers(17);
    let held = home.hold();
    let plan = (home.path("lab.ron"), home.plan());
    session::approve(&plan.0, &plan.1, &held.evaluation, &Approver::new("Ada", ""))
        .expect("an approval");
    let server = home.device("gpu-018").id;
    home.modify(Kind::Device, server, Field::Name, "other");
    let target = Target { inventory: home.path("inventory"), site: "dc1".to_owned() };
    session::apply(&plan.0, &plan.1, &held.evaluation, &target, &Progress::new())
        .expect_err("it is not what was approved");
    let held = home.hold();
    assert_eq!(held.records.runs.len(), 3);
    assert_eq!(home.newest(), newest);
    let drift = held.evaluation.drift.expect("a baseline");
    assert_eq!((drift.counts().devices, drift.unsettled), (1, 0));
    home.modify(Kind::Device, server, Field::Name, "gpu-018");
    home.servers(16);
    home.run(&newest, &[], &[Code::ManyDeletions]);
    assert!(changes(&home.hold()).is_empty());
}

/// What was given to a device after its deletion was approved would go with it unseen.
#[test]
fn what_a_device_got_after_the_approval_stops_its_deletion() {
    let home = Home::applied();
    home.servers(15);
    let held = home.hold();
    let plan = (home.path("lab.ron"), home.plan());
    session::approve(&plan.0, &plan.1, &held.evaluation, &Approver::new("Ada", ""))
        .expect("an approval");
    let device = home.device("gpu-016").id;
    let interface = InterfaceRecord {
        device,
        name: "loopback0".to_owned(),
        interface_type: "virtual".to_owned(),
        ..InterfaceRecord::default()
    };
    home.write(&[Write::Create { object: Object::Interface(interface) }]);
    let before = state(&home.hold().snapshot);
    let target = Target { inventory: home.path("inventory"), site: "dc1".to_owned() };
    let error = session::apply(&plan.0, &plan.1, &held.evaluation, &target, &Progress::new())
        .expect_err("it is refused")
        .to_string();
    assert!(error.contains("gpu-016") && error.contains("interface"), "{error}");
    assert_eq!(state(&home.hold().snapshot), before);
}

/// A set is applied once, and no way back over what came later.
#[test]
fn a_set_that_is_behind_is_written_anew() {
    let home = Home::applied();
    let apply = |file: &str| {
        session::apply_change_set(&home.path(file), &home.path("inventory"), &Progress::new())
    };
    // Again, and nothing is done: not even what somebody took away meanwhile comes back.
    let cable = home.hold().snapshot.cables().first().expect("a cable").id;
    home.write(&[Write::Delete { kind: Kind::Cable, id: cable }]);
    assert_eq!(apply("set.changes").expect("all is done").written.total(), 0);
    assert_eq!(home.hold().records.runs.len(), 1);
    assert_eq!(changes(&home.hold()).additions.len(), 1);
    home.servers(18);
    home.converge();
    let held = home.try_hold(&home.newest(), &[]).expect("it is held against the target");
    let plan = (home.path("lab.ron"), home.plan());
    let of = (&held.evaluation, held.snapshot.as_ref());
    session::write_change_set(&home.path("back"), (&plan.0, &plan.1), of, false)
        .expect("a change set");
    let ada = Approver { acknowledged: [Code::ManyDeletions].into(), ..Approver::new("Ada", "") };
    session::approve_change_set(&home.path("back"), &ada).expect("approved");
    home.servers(20);
    home.converge();
    // The plan was edited; and back to that, the run in between still is.
    home.servers(18);
    let error = apply("back").expect_err("it is behind").to_string();
    assert!(error.contains("came after it was written"), "{error}");
    assert!(home.hold().snapshot.device_named("gpu-020").is_some());
}

#[test]
fn a_copy_of_a_plan_asks_before_it_overwrites_the_other() {
    let home = Home::applied();
    // The same file in another folder, its records with it.
    let copy = home.path("copy");
    std::fs::create_dir(&copy).expect("a folder");
    let copy_records = |to: &PathBuf| {
        std::fs::create_dir(to.join("lab.heddle")).expect("a folder");
        for file in std::fs::read_dir(home.path("lab.heddle")).expect("the records") {
            let file = file.expect("a record").path();
            let name = file.file_name().expect("a name");
            std::fs::copy(&file, to.join("lab.heddle").join(name)).expect("copied");
        }
    };
    std::fs::copy(home.path("lab.ron"), copy.join("lab.ron")).expect("copied");
    copy_records(&copy);
    let hold_copy = || {
        let plan = store::read_plan(&copy.join("lab.ron")).expect("the plan").plan;
        let target = Target { inventory: home.path("inventory"), site: "dc1".to_owned() };
        let of = (copy.join("lab.ron"), plan);
        let none = (&Purpose::Converge, None);
        session::hold((&of.0, &of.1), &home.catalog, &target, none, &Progress::new())
            .expect("it is held against the target")
    };
    assert!(heddle::workflow::guards(&hold_copy().evaluation.findings).is_empty());
    home.servers(18);
    home.converge();
    let guards = heddle::workflow::guards(&hold_copy().evaluation.findings);
    assert!(guards.contains(&Code::OtherLineage));
    // Without any records: a copy, or the folder went missing.
    std::fs::remove_dir_all(copy.join("lab.heddle")).expect("taken away");
    let guards = heddle::workflow::guards(&hold_copy().evaluation.findings);
    assert!(guards.contains(&Code::OtherLineage));
    // With the newest records all is well.
    copy_records(&copy);
    let guards = heddle::workflow::guards(&hold_copy().evaluation.findings);
    assert!(!guards.contains(&Code::OtherLineage));
}

#[test]
fn conditions_follow_the_plan_and_its_target() {
    let home = Home::new();
    let check = |expected: [(&str, ConditionStatus); 5], phase: Phase| {
        let held = home.hold();
        assert_eq!(held.phase().phase, phase);
        let found: Vec<(String, ConditionStatus)> =
            held.standing().conditions.into_iter().map(|c| (c.reason, c.status)).collect();
        let found: Vec<(&str, ConditionStatus)> =
            found.iter().map(|(reason, status)| (reason.as_str(), *status)).collect();
        assert_eq!(found, expected);
    };
    use ConditionStatus::{False, True, Unknown};
    let (valid, fresh) = (("NoErrors", True), ("Read", True));
    let changes = ("Changes", False);
    check([valid, fresh, ("NotApproved", False), ("NeverApplied", False), changes], Phase::Planned);
    let held = home.hold();
    let plan = home.plan();
    session::approve(&home.path("lab.ron"), &plan, &held.evaluation, &Approver::new("Ada", ""))
        .expect("an approval");
    check([valid, fresh, ("Covered", True), ("NeverApplied", False), changes], Phase::Approved);
    home.converge();
    let equal = ("NoChanges", True);
    check([valid, fresh, ("NothingToChange", Unknown), ("Done", True), equal], Phase::Applied);
    home.servers(18);
    check([valid, fresh, ("Changed", False), ("SpecChanged", False), changes], Phase::Planned);
    home.servers(0);
    check(
        [
            ("Errors", False),
            ("NotCompared", Unknown),
            ("NoChangeSet", Unknown),
            ("SpecChanged", False),
            ("NotCompared", Unknown),
        ],
        Phase::Draft,
    );
}

#[test]
fn a_measured_run_tells_how_long_the_next_will_take() {
    let home = Home::new();
    let estimate = home.hold().estimate().expect("changes");
    assert_eq!(estimate.seconds, None, "nothing was measured yet");
    assert!(estimate.batches > 3 && estimate.objects == changes(&home.hold()).added());
    home.converge();
    assert_eq!(home.hold().estimate(), None, "nothing to do");
    home.servers(18);
    let estimate = home.hold().estimate().expect("changes");
    assert!(estimate.seconds.is_some(), "{estimate:?}");
    let run = home.hold().records.runs[0].clone();
    let (written, _) = run.pace.expect("a pace");
    assert!(written > 100, "{run:?}");
}
