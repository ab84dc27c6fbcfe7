//! The workflow whole, through files and a real inventory: what drifts, what is ignored, what an
//! approval must acknowledge, what was moved, a part of the changes, the way back, and the end.

#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

mod drift;
mod guards;
mod parts;
mod standing;
mod ways_back;

use heddle::apply::{Ending, Entry, Journal};
use heddle::catalog::Catalog;
use heddle::diff::{Addition, ChangeSet, Part, Purpose, Reason};
use heddle::inventory::{
    CableRecord, DeviceRecord, Field, InterfaceRecord, Inventory, Kind, Object, Snapshot, Write,
};
use heddle::model::{Code, PlanId, Progress, Severity, SpecPath};
use heddle::plan::{Ignore, IgnoredField, Moved, Plan, RackPlace, Racks, Waiver, preset};
use heddle::scene::tables::{Column, TableKind, Tables};
use heddle::scene::{Block, State, lay_out};
use heddle::session::{self, Held, SessionError, Target};
use heddle::store::{self, LocalInventory};
use heddle::workflow::{
    Approver, ConditionKind, ConditionStatus, Health, Outcome, Phase, SyncState,
};
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

    /// The run that the inventory knows of as the newest.
    fn known(&self) -> Option<String> {
        self.inventory().last_run(self.plan().metadata.id, "dc1").expect("a run or none")
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

    /// Somebody deletes what has these keys.
    fn take_away(&self, keys: &BTreeSet<String>) {
        let snapshot = self.hold().snapshot;
        let goes = |key: &Option<String>| {
            let own = key.as_deref().and_then(|key| key.split_once('/'));
            own.is_some_and(|(_, own)| keys.contains(own))
        };
        let of = |kind: Kind, all: Vec<(u64, &Option<String>)>| {
            let gone = all.into_iter().filter(|(_, key)| goes(key));
            gone.map(|(id, _)| Write::Delete { kind, id }).collect::<Vec<_>>()
        };
        self.write(&of(Kind::Cable, snapshot.cables().iter().map(|c| (c.id, &c.key)).collect()));
        let interfaces = snapshot.interfaces().iter().map(|i| (i.id, &i.key)).collect();
        self.write(&of(Kind::Interface, interfaces));
        self.write(&of(Kind::Device, snapshot.devices().iter().map(|d| (d.id, &d.key)).collect()));
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
