//! A folder with plans, change sets and an inventory, and what is done with them.

use heddle::apply::{ApplyError, Entry, Journal, Report, apply};
use heddle::catalog::Catalog;
use heddle::diff::{Part, Purpose};
use heddle::evaluate::Evaluation;
use heddle::inventory::{
    DeviceRecord, Inventory, InventoryError, Lookup, Object, ObjectId, Prerequisite, Snapshot,
    TargetRef, Write,
};
use heddle::model::{Code, PlanId, Progress};
use heddle::plan::{Plan, preset};
use heddle::session::{self, Held, SessionError, Target};
use heddle::store::{self, LocalInventory, RecordsFolder, RunFile};
use heddle::workflow::{self, Approver};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

pub const SITE: &str = "dc1";

/// Servers on one switch: small, so that every step and every byte can be tried.
const TINY: &str = include_str!("../plans/tiny.ron");

/// Some servers on one switch.
pub fn tiny(servers: u32, prefix: &str) -> Plan {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tiny.ron");
    fs::write(&file, TINY).expect("it is written");
    let mut plan = store::read_plan(&file).expect("a plan").plan;
    plan.spec.server_classes.iter_mut().for_each(|class| class.quantity = servers);
    plan.spec.naming.prefix = prefix.to_owned();
    plan
}

/// A fabric of leaves and spines.
pub fn fabric(servers: u32, prefix: &str, id: u128) -> Plan {
    let set = [("servers", servers.to_string()), ("su_size", servers.min(32).to_string())];
    let set = set.map(|(key, value)| (key.to_owned(), value));
    let id = PlanId(uuid::Uuid::from_u128(id));
    let mut plan = preset::build("rail-optimised", &set, id).expect("the preset");
    plan.spec.cluster.as_mut().expect("a cluster").frontend = None;
    plan.spec.naming.prefix = prefix.to_owned();
    plan
}

/// A folder. The files in it are called `inventory`, `NAME.ron` and `NAME.changes`.
pub struct Home {
    folder: PathBuf,
    catalog: Catalog,
    _owned: Option<tempfile::TempDir>,
}

/// What a plan is called if there is only one.
pub const LAB: &str = "lab";

impl Home {
    /// A folder with an empty inventory.
    pub fn new() -> Self {
        let home = Self::empty();
        drop(home.open());
        home
    }

    /// A folder with an empty inventory and a plan, approved as a change set.
    pub fn approved(plan: &Plan) -> Self {
        let home = Self::new();
        home.save(LAB, plan);
        home.plan_and_approve(LAB);
        home
    }

    /// The same files in another folder.
    pub fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_folder(&self.folder, &copy.folder);
        copy
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Self::at(folder.path());
        Self { _owned: Some(folder), ..home }
    }

    /// A folder of somebody else.
    pub fn at(folder: &Path) -> Self {
        let catalog = Catalog::built_in().expect("the built-in catalogue");
        Self { folder: folder.to_owned(), catalog, _owned: None }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn inventory(&self) -> PathBuf {
        self.path("inventory")
    }

    pub fn plan_file(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.ron"))
    }

    pub fn set_file(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.changes"))
    }

    pub fn open(&self) -> LocalInventory {
        LocalInventory::open(&self.inventory()).expect("an inventory")
    }

    pub fn snapshot(&self) -> Snapshot {
        self.open().read(SITE, &Progress::new()).expect("a snapshot")
    }

    /// All that is in the inventory, as text.
    pub fn state(&self) -> String {
        state(&self.snapshot())
    }

    pub fn save(&self, name: &str, plan: &Plan) {
        store::write_plan(&self.plan_file(name), plan).expect("it is written");
    }

    pub fn plan(&self, name: &str) -> Plan {
        store::read_plan(&self.plan_file(name)).expect("the plan").plan
    }

    pub fn evaluation(&self, name: &str) -> Evaluation {
        self.hold(name).expect("an evaluation").evaluation
    }

    fn hold(&self, name: &str) -> Result<Held, SessionError> {
        self.hold_for(name, &Purpose::Converge, &BTreeSet::new())
    }

    /// What there is to do for a purpose; with parts, of these alone.
    pub fn hold_for(
        &self,
        name: &str,
        purpose: &Purpose,
        parts: &BTreeSet<Part>,
    ) -> Result<Held, SessionError> {
        session::hold(
            (&self.plan_file(name), &self.plan(name)),
            &self.catalog,
            &Target { inventory: self.inventory(), site: SITE.to_owned() },
            (purpose, Some(parts).filter(|parts| !parts.is_empty())),
            &Progress::new(),
        )
    }

    /// True if nothing is left to change.
    pub fn is_applied(&self, name: &str) -> bool {
        let evaluation = self.evaluation(name);
        !evaluation.has_errors() && evaluation.changes.is_some_and(|changes| changes.is_empty())
    }

    /// Writes a change set; one that is there makes way.
    pub fn write_set(&self, name: &str) -> Result<store::StoredChangeSet, SessionError> {
        self.write_set_for(name, &Purpose::Converge, &BTreeSet::new())
    }

    /// The same for a purpose, or of parts.
    pub fn write_set_for(
        &self,
        name: &str,
        purpose: &Purpose,
        parts: &BTreeSet<Part>,
    ) -> Result<store::StoredChangeSet, SessionError> {
        let file = self.set_file(name);
        if file.exists() {
            fs::remove_file(&file).expect("it makes way");
        }
        let (plan, held) = (self.plan(name), self.hold_for(name, purpose, parts)?);
        let (plan_file, of) = (self.plan_file(name), (&held.evaluation, held.snapshot.as_ref()));
        session::write_change_set(&file, (&plan_file, &plan), of, false)
    }

    pub fn approve_set(&self, name: &str) -> Result<(), SessionError> {
        session::approve_change_set(&self.set_file(name), &ada()).map(|_| ())
    }

    pub fn plan_and_approve(&self, name: &str) {
        self.write_set(name).expect("a change set");
        self.approve_set(name).expect("an approval");
    }

    pub fn apply_set(&self, name: &str) -> Result<Report, SessionError> {
        session::apply_change_set(&self.set_file(name), &self.inventory(), &Progress::new())
    }

    pub fn resume_set(&self, name: &str) -> Result<Report, SessionError> {
        session::resume_change_set(&self.set_file(name), &self.inventory(), &Progress::new())
    }

    /// From the plan to the inventory, the long way.
    pub fn make(&self, name: &str, plan: &Plan) -> Result<Report, SessionError> {
        self.save(name, plan);
        self.write_set(name)?;
        self.approve_set(name)?;
        let report = self.apply_set(name)?;
        assert!(self.is_applied(name), "a diff after an apply finds something");
        Ok(report)
    }

    /// Applies the approved set with an inventory and a journal that die when they are told to.
    pub fn apply_dying(
        &self,
        name: &str,
        death: &mut (dyn FnMut(Moment) -> Result<(), String> + Send),
    ) -> Result<Report, ApplyError> {
        let set = store::read_change_set(&self.set_file(name)).expect("a change set");
        let approved = workflow::authorise_stored(
            &set.changes,
            &set.findings,
            &set.head.digests,
            &set.approvals,
        )
        .expect("approved");
        let records = RecordsFolder::read(&self.plan_file(name), set.head.plan).expect("records");
        let mut inner = self.open();
        let known = inner.last_run(set.head.plan, SITE).expect("a run or none");
        let now = session::now();
        let mut run = records.begin_run(&approved, &now, known.as_deref()).expect("a run");
        run.stop_with(&inner);
        let death = Mutex::new(death);
        let death = |moment| (death.lock().expect("one thread uses it"))(moment);
        let mut inventory = Dying { inner: &mut inner, death: &death };
        let mut journal = DyingJournal { inner: &mut run, death: &death };
        apply(&approved, &mut inventory, &mut journal, &Progress::new())
    }

    pub fn target(&self) -> Target {
        Target { inventory: self.inventory(), site: SITE.to_owned() }
    }

    /// How many records there are; nothing may be wrong with them.
    pub fn audited(&self, name: &str) -> usize {
        let plan = self.plan(name).metadata.id;
        let audit = store::audit(&self.plan_file(name), plan).expect("an audit");
        assert_eq!(audit.problems, Vec::<String>::new());
        audit.records.len()
    }

    /// The real program, in this folder.
    pub fn program(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heddle"));
        command.args(words.split_whitespace());
        self.at_home(&mut command);
        command
    }

    pub fn at_home(&self, command: &mut Command) {
        command.current_dir(&self.folder).env("HEDDLE_HOME", self.path("home"));
    }

    pub fn run(&self, words: &str) -> Output {
        self.program(words).output().expect("the program starts")
    }

    /// Goes on with a run that was killed, whether it had begun or not, and checks the end. A file
    /// that a killed program was about to give its name lies about and does no harm.
    pub fn go_on(&self, end: &str, what: &str) {
        let resumed = self.run("resume lab.changes --inventory inventory");
        let words = String::from_utf8_lossy(&resumed.stderr).into_owned();
        if !resumed.status.success() {
            assert!(words.contains("nothing to resume"), "{what}: {words}");
            // Not begun, or ended already: either way this does no harm.
            let applied = self.run("apply lab.changes --inventory inventory");
            let words = String::from_utf8_lossy(&applied.stderr).into_owned();
            assert!(applied.status.success(), "{what}: {words}");
        }
        assert!(self.state() == end, "{what}: another end");
        assert!(self.is_applied(LAB), "{what}: something is left to change");
        self.audited(LAB);
    }

    /// No file lies about that was to be given its name.
    pub fn no_litter(&self, what: &str) {
        for folder in [self.folder.clone(), self.path("lab.heddle")] {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
                assert!(!name.starts_with(".heddle-"), "{what}: {name} is left");
            }
        }
    }
}

pub fn state(snapshot: &Snapshot) -> String {
    let all = (snapshot.devices(), snapshot.interfaces(), snapshot.cables());
    serde_json::to_string(&all).expect("text")
}

/// The records of a folder of records, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in files(from) {
        let copy = to.join(file.file_name().expect("a name"));
        if file.is_dir() {
            copy_folder(&file, &copy);
        } else {
            fs::copy(&file, &copy).expect("a copy");
        }
    }
}

/// A device of somebody else.
pub fn foreign_device(name: &str, key: Option<&str>) -> Object {
    Object::Device(DeviceRecord {
        name: name.to_owned(),
        site: SITE.to_owned(),
        role: "router".to_owned(),
        device_type: "acme-box".to_owned(),
        status: "active".to_owned(),
        key: key.map(str::to_owned),
        other: [("serial".to_owned(), serde_json::json!("S-1"))].into(),
        ..DeviceRecord::default()
    })
}

/// What devices of somebody else need: a type with two interfaces.
pub fn foreign_prerequisites() -> Vec<Write> {
    let text = |of: &str| of.to_owned();
    let interfaces = [("Ethernet1", "other"), ("Ethernet2", "other")];
    [
        Prerequisite::Site { name: text(SITE), slug: text(SITE) },
        Prerequisite::Manufacturer { name: text("Acme"), slug: text("acme") },
        Prerequisite::DeviceType {
            manufacturer: text("acme"),
            model: text("Box"),
            slug: text("acme-box"),
            u_height: 1,
            interfaces: interfaces.map(|(name, of)| (text(name), text(of))).to_vec(),
        },
        Prerequisite::DeviceRole { name: text("Router"), slug: text("router") },
    ]
    .map(|prerequisite| Write::Ensure { prerequisite })
    .to_vec()
}

/// Somebody who has read everything.
pub fn ada() -> Approver {
    let acknowledged = Code::ALL.iter().copied().filter(|code| code.needs_acknowledgement());
    Approver { acknowledged: acknowledged.collect(), ..Approver::new("Ada", "go") }
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    BeforeWrite,
    AfterWrite,
    BeforeNote,
    AfterNote,
}

/// Decides when a program dies: what is an error fails there.
type Death<'a> = &'a (dyn Fn(Moment) -> Result<(), String> + Sync);

struct Dying<'a> {
    inner: &'a mut LocalInventory,
    death: Death<'a>,
}

impl Inventory for Dying<'_> {
    fn target(&self, site: &str) -> TargetRef {
        self.inner.target(site)
    }
    fn read(&mut self, site: &str, progress: &Progress) -> Result<Snapshot, InventoryError> {
        self.inner.read(site, progress)
    }
    fn fetch(&mut self, wanted: &[Lookup]) -> Result<Vec<Option<Object>>, InventoryError> {
        self.inner.fetch(wanted)
    }
    fn present(&mut self, wanted: &[Prerequisite]) -> Result<Vec<bool>, InventoryError> {
        self.inner.present(wanted)
    }
    fn last_run(&mut self, plan: PlanId, site: &str) -> Result<Option<String>, InventoryError> {
        self.inner.last_run(plan, site)
    }

    fn begin_run(&mut self, plan: PlanId, site: &str, run: &str) -> Result<(), InventoryError> {
        let dead = |cause| InventoryError::Refused { what: "it".to_owned(), cause };
        (self.death)(Moment::BeforeWrite).map_err(dead)?;
        self.inner.begin_run(plan, site, run)?;
        (self.death)(Moment::AfterWrite).map_err(dead)
    }
    fn write(&mut self, batch: &[Write]) -> Result<Vec<ObjectId>, InventoryError> {
        let dead = |cause| InventoryError::Refused { what: "it".to_owned(), cause };
        (self.death)(Moment::BeforeWrite).map_err(dead)?;
        let ids = self.inner.write(batch)?;
        (self.death)(Moment::AfterWrite).map_err(dead)?;
        Ok(ids)
    }
}

struct DyingJournal<'a> {
    inner: &'a mut RunFile,
    death: Death<'a>,
}

impl Journal for DyingJournal<'_> {
    fn run_id(&self) -> &str {
        self.inner.run_id()
    }
    fn note(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let dead = |cause| ApplyError::Journal { cause };
        (self.death)(Moment::BeforeNote).map_err(dead)?;
        self.inner.note(entry)?;
        (self.death)(Moment::AfterNote).map_err(dead)
    }
}
