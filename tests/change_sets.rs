//! Change sets as files: written, approved and applied by themselves, and refused when a byte, the
//! plan or the target is not what was approved.

#![expect(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::catalog::Catalog;
use heddle::diff::Purpose;
use heddle::inventory::{DeviceRecord, Inventory, Object, Prerequisite, Snapshot, Write};
use heddle::model::{PlanId, Progress};
use heddle::plan::{Plan, preset};
use heddle::session::{self, Held, SessionError, Target};
use heddle::store::{self, LocalInventory};
use heddle::workflow::Approver;
use std::fs;
use std::io::{Seek, SeekFrom, Write as _};
use std::path::PathBuf;

/// One server on one switch: small, so that each byte of its change set can be tried.
const TINY: &str = include_str!("plans/tiny.ron");

/// A folder with a plan of two servers and an empty inventory.
struct Home {
    folder: tempfile::TempDir,
    catalog: Catalog,
}

impl Home {
    fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().expect("a folder"),
            catalog: Catalog::built_in().expect("the built-in catalogue"),
        };
        home.save(2);
        drop(home.open());
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Saves the plan with a number of servers.
    fn save(&self, servers: u32) {
        let set = [("servers", servers.to_string()), ("su_size", "2".to_owned())];
        let set = set.map(|(key, value)| (key.to_owned(), value));
        let id = PlanId(uuid::Uuid::from_u128(7));
        let mut plan = preset::build("rail-optimised", &set, id).expect("the preset");
        plan.spec.cluster.as_mut().expect("a cluster").frontend = None;
        store::write_plan(&self.path("lab.ron"), &plan).expect("it is written");
    }

    fn plan(&self) -> Plan {
        store::read_plan(&self.path("lab.ron")).expect("the plan").plan
    }

    fn target(&self, inventory: &str) -> Target {
        Target { inventory: self.path(inventory), site: "dc1".to_owned() }
    }

    fn open(&self) -> LocalInventory {
        LocalInventory::open(&self.path("inventory")).expect("an inventory")
    }

    fn read(&self, inventory: &str) -> Snapshot {
        let mut opened = LocalInventory::open(&self.path(inventory)).expect("an inventory");
        opened.read("dc1", &Progress::new()).expect("a snapshot")
    }

    fn write(&self) -> Result<store::StoredChangeSet, SessionError> {
        self.write_to("lab.changes")
    }

    fn write_to(&self, file: &str) -> Result<store::StoredChangeSet, SessionError> {
        let (plan, held) = (self.plan(), self.hold("inventory")?);
        let (plan_file, of) = (self.path("lab.ron"), (&held.evaluation, held.snapshot.as_ref()));
        session::write_change_set(&self.path(file), (&plan_file, &plan), of, false)
    }

    fn hold(&self, inventory: &str) -> Result<Held, SessionError> {
        let (plan, plan_file) = (self.plan(), self.path("lab.ron"));
        session::hold(
            (&plan_file, &plan),
            &self.catalog,
            &self.target(inventory),
            (&Purpose::Converge, None),
            &Progress::new(),
        )
    }

    fn write_and_approve(&self) {
        self.write().expect("a change set");
        session::approve_change_set(&self.path("lab.changes"), &Approver::new("Ada", "first"))
            .expect("approved");
    }

    fn apply(&self, progress: &Progress) -> Result<heddle::apply::Report, SessionError> {
        let (set, inventory) = (self.path("lab.changes"), self.path("inventory"));
        session::apply_change_set(&set, &inventory, progress)
    }

    fn resume(&self) -> Result<heddle::apply::Report, SessionError> {
        let (set, inventory) = (self.path("lab.changes"), self.path("inventory"));
        session::resume_change_set(&set, &inventory, &Progress::new())
    }

    fn refused(&self, words: &[&str]) {
        let before = fs::read(self.path("inventory")).expect("the inventory");
        let error = self.apply(&Progress::new()).expect_err("it is refused").to_string();
        for word in words {
            assert!(error.contains(word), "no `{word}` in: {error}");
        }
        assert_eq!(fs::read(self.path("inventory")).expect("the inventory"), before);
    }
}

fn state(snapshot: &Snapshot) -> String {
    let all = (snapshot.devices(), snapshot.interfaces(), snapshot.cables());
    serde_json::to_string(&all).expect("text")
}

#[test]
fn a_file_makes_what_the_plan_would_make() {
    let home = Home::new();
    // The plan itself, against an inventory of its own.
    let (plan, plan_file, target) = (home.plan(), home.path("lab.ron"), home.target("other"));
    let progress = Progress::new();
    drop(LocalInventory::open(&target.inventory).expect("an inventory"));
    let evaluation = home.hold("other").expect("read").evaluation;
    session::approve(&plan_file, &plan, &evaluation, &Approver::new("Ada", ""))
        .expect("an approval");
    session::apply(&plan_file, &plan, &evaluation, &target, &progress).expect("applied");

    // What was read is what was written, and the file says who approved it.
    let written = home.write().expect("a change set");
    assert!(store::is_change_set(&home.path("lab.changes")));
    assert!(!store::is_change_set(&plan_file));
    home.refused(&["nobody has approved"]);
    let (set, approval) =
        session::approve_change_set(&home.path("lab.changes"), &Approver::new(" Ada ", "first"))
            .unwrap();
    assert_eq!(set, written);
    let read = store::read_change_set(&home.path("lab.changes")).expect("a change set");
    assert_eq!(
        (read.approvals.as_slice(), approval.by.as_str()),
        ([approval.clone()].as_slice(), "Ada")
    );
    let records = session::records(&plan_file, &plan).expect("records");
    assert!(records.approvals.contains(&approval), "it lies beside the plan too");

    let report = home.apply(&progress).expect("applied");
    assert_eq!(report.written, written.changes.added());
    assert_eq!(state(&home.read("inventory")), state(&home.read("other")));
    let held = home.hold("inventory").expect("read");
    assert!(held.evaluation.changes.unwrap().is_empty(), "a diff after it finds nothing");
    // Once more does no harm.
    let report = home.apply(&progress).expect("applied");
    assert_eq!(report.written.total(), 0);
}

#[test]
fn every_byte_counts() {
    let home = Home::new();
    fs::write(home.path("lab.ron"), TINY).expect("it is written");
    home.write_and_approve();
    let file = home.path("lab.changes");
    let good = fs::read(&file).expect("the file");
    let approved = || store::read_change_set(&file).is_ok_and(|set| !set.approvals.is_empty());
    assert!(approved());
    let mut open = fs::OpenOptions::new().write(true).open(&file).expect("the file");
    let mut put = |at: usize, byte: u8| {
        open.seek(SeekFrom::Start(at as u64)).expect("a place");
        open.write_all(&[byte]).expect("it is written");
    };
    for (n, byte) in good.iter().enumerate() {
        put(n, byte ^ (1 << (n % 8)));
        assert!(!approved(), "byte {n} of {} flipped", good.len());
        put(n, *byte);
    }
    assert!(approved());
    for length in (0..good.len()).rev() {
        open.set_len(length as u64).expect("it is cut");
        assert!(!approved(), "cut at {length} of {}", good.len());
    }
}

#[test]
fn a_plan_that_moved_on_is_told_and_one_that_is_gone_is_no_obstacle() {
    let home = Home::new();
    home.write_and_approve();
    home.save(4);
    home.refused(&["lab.ron was edited", "heddle plan"]);
    let error = session::approve_change_set(&home.path("lab.changes"), &Approver::new("Ada", ""))
        .unwrap_err();
    assert!(error.to_string().contains("was edited"), "{error}");
    // Its status is the program's, and no edit.
    home.save(2);
    fs::remove_file(home.path("lab.ron")).expect("it goes");
    fs::remove_dir_all(home.path("lab.heddle")).expect("its records go");
    let progress = Progress::new();
    home.apply(&progress).expect("applied");
    let notices = progress.take_notices();
    assert!(notices.iter().any(|n| n.contains("lab.ron is gone")), "{notices:?}");
    assert!(home.path("lab.heddle").is_dir(), "the run lies beside the change set");
}

#[test]
fn another_inventory_is_refused() {
    let home = Home::new();
    home.write_and_approve();
    fs::remove_file(home.path("inventory")).expect("it goes");
    drop(home.open());
    home.refused(&["the change set was made for", "--inventory"]);
}

/// A device of somebody else in the site.
fn theirs(home: &Home, name: &str) {
    let slug = |of: &str| of.to_owned();
    let device = DeviceRecord {
        name: name.to_owned(),
        site: slug("dc1"),
        role: slug("router"),
        device_type: slug("acme-box"),
        status: slug("active"),
        ..DeviceRecord::default()
    };
    let ensure = |prerequisite: Prerequisite| Write::Ensure { prerequisite };
    let batch = [
        ensure(Prerequisite::Site { name: slug("dc1"), slug: slug("dc1") }),
        ensure(Prerequisite::Manufacturer { name: slug("Acme"), slug: slug("acme") }),
        ensure(Prerequisite::DeviceType {
            manufacturer: slug("acme"),
            model: slug("Box"),
            slug: slug("acme-box"),
            u_height: 1,
            interfaces: Vec::new(),
        }),
        ensure(Prerequisite::DeviceRole { name: slug("Router"), slug: slug("router") }),
        Write::Create { object: Object::Device(device) },
    ];
    home.open().write(&batch).expect("their device");
}

#[test]
fn a_target_that_moved_counts_where_the_set_touches_it() {
    let home = Home::new();
    home.write_and_approve();
    theirs(&home, "core-1");
    home.apply(&Progress::new()).expect("what others do elsewhere is no obstacle");

    let home = Home::new();
    home.write_and_approve();
    theirs(&home, "GPU-002");
    home.refused(&["gpu-002"]);
}

#[test]
fn a_run_that_was_stopped_is_resumed_from_the_file() {
    let home = Home::new();
    home.write_and_approve();
    assert!(home.resume().is_err_and(|e| e.to_string().contains("nothing to resume")));
    let progress = Progress::new();
    progress.cancel();
    assert!(matches!(home.apply(&progress), Err(SessionError::Apply(_))));
    // What was approved is finished, whatever the plan says by now.
    home.save(4);
    home.resume().expect("resumed");
    assert_eq!(home.read("inventory").devices().len(), 2 + 8 + 4);
    assert!(home.resume().is_err_and(|e| e.to_string().contains("nothing to resume")));
    // The run of another set is not this one's.
    home.write_and_approve_again();
    let progress = Progress::new();
    progress.cancel();
    assert!(home.apply(&progress).is_err());
    fs::rename(home.path("lab.changes"), home.path("second")).expect("it is put aside");
    home.save(6);
    home.write().expect("a third set");
    assert!(home.resume().is_err_and(|e| e.to_string().contains("nothing to resume")));
}

impl Home {
    fn write_and_approve_again(&self) {
        fs::remove_file(self.path("lab.changes")).expect("it goes");
        self.write_and_approve();
    }
}

#[test]
fn a_site_that_was_edited_is_an_edit() {
    let home = Home::new();
    home.write_and_approve();
    let mut plan = home.plan();
    plan.spec.target.site = "dc2".to_owned();
    store::write_plan(&home.path("lab.ron"), &plan).expect("it is written");
    home.refused(&["was edited"]);
}

#[test]
fn a_word_that_was_given_elsewhere_comes_beside_the_plan_with_the_run() {
    let home = Home::new();
    home.write().expect("a change set");
    // Whoever approves has the set and nothing else.
    let away = tempfile::tempdir().expect("a folder");
    let copy = away.path().join("lab.changes");
    fs::copy(home.path("lab.changes"), &copy).expect("it is sent");
    let plan = fs::read(home.path("lab.ron")).expect("the plan");
    fs::remove_file(home.path("lab.ron")).expect("it is not there");
    session::approve_change_set(&copy, &Approver::new("Bob", "")).expect("approved");
    fs::write(home.path("lab.ron"), plan).expect("it is there");
    fs::copy(&copy, home.path("lab.changes")).expect("it is sent back");
    home.apply(&Progress::new()).expect("applied");
    let audit = store::audit(&home.path("lab.ron"), home.plan().metadata.id).expect("an audit");
    assert_eq!((audit.problems, audit.records.len()), (Vec::new(), 2));
}

#[test]
fn a_set_is_not_applied_again_once_others_were_nor_over_one_that_stopped() {
    let home = Home::new();
    home.write_and_approve();
    home.apply(&Progress::new()).expect("applied");
    fs::rename(home.path("lab.changes"), home.path("first")).expect("it is put aside");
    home.save(4);
    home.write_and_approve();
    let progress = Progress::new();
    progress.cancel();
    assert!(home.apply(&progress).is_err(), "it stopped");
    let plan = home.path("lab.ron");
    fs::rename(home.path("lab.changes"), home.path("second")).expect("it is put aside");
    fs::copy(home.path("first"), home.path("lab.changes")).expect("the first again");
    home.save(2);
    // The one that stopped had not begun to write: the first is still the last, and all is done.
    assert_eq!(home.apply(&Progress::new()).expect("nothing to do").written.total(), 0);
    let records = session::records(&plan, &home.plan()).expect("records");
    let stopped = records.runs.last().expect("the run that stopped").id.clone();
    home.open().begin_run(home.plan().metadata.id, "dc1", &stopped).expect("it begins");
    home.refused(&["has stopped before its end", "Resume that run first"]);
    fs::copy(home.path("second"), home.path("lab.changes")).expect("the second again");
    home.save(4);
    home.resume().expect("resumed");
    fs::copy(home.path("first"), home.path("lab.changes")).expect("the first again");
    home.save(2);
    home.refused(&["came after it was written"]);
    assert!(plan.is_file());
}

#[test]
fn nothing_is_written_over_but_a_set_that_nobody_approved() {
    let home = Home::new();
    home.write().expect("a change set");
    home.write().expect("once more");
    session::approve_change_set(&home.path("lab.changes"), &Approver::new("Ada", ""))
        .expect("approved");
    let error = home.write().expect_err("it is approved").to_string();
    assert!(error.contains("somebody has approved"), "{error}");
    let plan = fs::read(home.path("lab.ron")).expect("the plan");
    fs::copy(home.path("lab.ron"), home.path("copy.ron")).expect("a copy");
    let error = home.write_to("copy.ron");
    assert!(error.is_err_and(|e| e.to_string().contains("something else")));
    assert_eq!(fs::read(home.path("copy.ron")).expect("the copy"), plan);
    // There the records of the plan lie.
    let error = home.write_to("lab.heddle");
    assert!(error.is_err_and(|e| e.to_string().contains("cannot end in `.heddle`")));
    // One at a time.
    home.write_and_approve_again();
    let held = fs::File::create(home.path("lab.changes.lock")).expect("the file");
    held.lock().expect("a lock");
    let error = session::approve_change_set(&home.path("lab.changes"), &Approver::new("Bob", ""))
        .unwrap_err();
    assert!(error.to_string().contains("is writing to this change set"), "{error}");
    drop(held);
    session::approve_change_set(&home.path("lab.changes"), &Approver::new("Bob", ""))
        .expect("approved");
}
