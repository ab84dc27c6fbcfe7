//! Everything in any order, from fixed seeds, against a model of what must hold:
//!
//! - what a foreigner made is byte for byte as the foreigner left it;
//! - the inventory changes only when somebody foreign changes it, or by an apply or resume of what
//!   was approved;
//! - after an apply nothing is left to change, after a part nothing of that part, after a destroy
//!   nothing is owned, and after an undo all that is owned is as it was before that run, unless
//!   somebody changed an own object meanwhile;
//! - whoever was passed over writes nothing more;
//! - records are never fewer, and nothing is ever wrong with them.

use super::home::{Home, LAB, Moment, foreign_device, foreign_prerequisites, tiny};
use super::{Random, rounds};
use heddle::diff::{Part, Purpose};
use heddle::inventory::{CableRecord, DeviceRecord, Field, InterfaceRecord};
use heddle::inventory::{Inventory, Kind, Snapshot, Write};
use heddle::model::Digest;
use heddle::plan::Plan;
use heddle::store::LocalInventory;
use std::collections::{BTreeMap, BTreeSet};

/// What is known to hold.
struct Model {
    home: Home,
    random: Random,
    servers: u32,
    prefix: &'static str,
    /// Foreign devices by id, as text.
    foreign: BTreeMap<u64, String>,
    records: usize,
    /// What there is of the change set, and the plan when it was written.
    set: Set,
    planned: Option<Plan>,
    /// What the set is for, and of which parts.
    purpose: Purpose,
    parts: BTreeSet<Part>,
    /// Somebody changed an own object after the set was written.
    meddled: bool,
    /// Somebody changed an own object, and nothing set it right since.
    drifted: bool,
    /// What was owned when the set was written.
    owned_then: BTreeSet<String>,
    /// What was owned before the newest run, if nobody meddled since.
    owned_before: Option<BTreeSet<String>>,
    /// The digest of the set's changes, and how many runs of it died.
    changes: Option<Digest>,
    dead: u32,
    /// What an undo is to bring back: the same, when its set was written.
    undo_to: Option<BTreeSet<String>>,
    state: String,
    log: Vec<String>,
    counts: BTreeMap<&'static str, u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    None,
    Written,
    Approved,
    Used,
}

impl Model {
    fn new(seed: u64) -> Self {
        let home = Home::new();
        home.save(LAB, &tiny(1, ""));
        home.open().write(&foreign_prerequisites()).expect("they are made");
        let state = home.state();
        Self {
            home,
            random: Random(seed),
            servers: 1,
            prefix: "",
            foreign: BTreeMap::new(),
            records: 0,
            set: Set::None,
            planned: None,
            purpose: Purpose::Converge,
            parts: BTreeSet::new(),
            meddled: false,
            drifted: false,
            owned_then: BTreeSet::new(),
            owned_before: None,
            changes: None,
            dead: 0,
            undo_to: None,
            state,
            log: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    fn step(&mut self) {
        // What usually comes next comes more often than not.
        let usual = match self.log.last().map(String::as_str) {
            Some("write" | "write a part" | "write an undo" | "write a destroy") => 5,
            Some("approve") if self.random.below(2) == 0 => 9,
            Some("approve") => 14,
            Some("die") => 19,
            _ => 0,
        };
        let any = self.random.below(27);
        let pick = if usual > 0 && self.random.below(3) > 0 { usual } else { any };
        let (name, may_change) = match pick {
            0 => (self.edit(), false),
            1..4 => {
                self.edit();
                (self.write(), false)
            }
            4 => (self.write(), false),
            5..9 => (self.approve(), false),
            9..12 => (self.apply(), true),
            12 => (self.foreign_edit(), true),
            13 => (self.foreign_edit_of_own(), true),
            14..17 => (self.die(), true),
            17..20 => (self.resume(), true),
            20 => (self.take_over(), false),
            21 => (self.write_for(Purpose::Destroy, &[]), false),
            22 => {
                self.edit();
                let class = ["node", "mgmt"][usize::from(self.random.below(2) == 0)];
                (self.write_for(Purpose::Converge, &[Part::Class(class.to_owned())]), false)
            }
            _ => (self.write_for(Purpose::Undo { run: String::new() }, &[]), false),
        };
        *self.counts.entry(name).or_default() += 1;
        self.log.push(name.to_owned());
        let snapshot = self.home.snapshot();
        let state = super::home::state(&snapshot);
        assert!(may_change || state == self.state, "{}: the inventory changed", self.story());
        self.state = state;
        assert_eq!(foreign(&snapshot), self.foreign, "{}", self.story());
        let records = self.home.audited(LAB);
        assert!(records >= self.records, "{}: records went", self.story());
        self.records = records;
    }

    fn story(&self) -> String {
        self.log.join(", ")
    }

    fn edit(&mut self) -> &'static str {
        self.servers = u32::try_from(1 + self.random.below(4)).expect("a small number");
        self.prefix = ["", "b-"][usize::from(self.random.below(4) == 0)];
        self.home.save(LAB, &tiny(self.servers, self.prefix));
        "edit"
    }

    /// Whether the plan is another than that of the set. An edit that is taken back is none.
    fn edited(&self) -> bool {
        self.planned.as_ref().is_none_or(|planned| planned.spec != self.home.plan(LAB).spec)
    }

    fn write(&mut self) -> &'static str {
        self.write_for(Purpose::Converge, &[])
    }

    fn write_for(&mut self, purpose: Purpose, parts: &[Part]) -> &'static str {
        let parts: BTreeSet<Part> = parts.iter().cloned().collect();
        let done = match (&purpose, parts.is_empty()) {
            (Purpose::Undo { .. }, _) => "write an undo",
            (Purpose::Destroy, _) => "write a destroy",
            (Purpose::Converge, true) => "write",
            (Purpose::Converge, false) => "write a part",
        };
        match self.home.write_set_for(LAB, &purpose, &parts) {
            Ok(written) => {
                self.set = Set::Written;
                (self.purpose, self.parts) = (purpose, parts);
                self.planned = Some(self.home.plan(LAB));
                // The same again is what a run died of, and that run can still go on.
                let same = written.head.digests.changes;
                if self.dead == 0 || self.changes != same {
                    self.meddled = false;
                    self.owned_then = owned(&self.home.snapshot());
                    self.undo_to = self.owned_before.clone();
                    (self.changes, self.dead) = (same, 0);
                }
                done
            }
            // What others did stands in the way, or there is nothing that could be taken back.
            Err(error) => {
                if !self.home.set_file(LAB).exists() {
                    self.set = Set::None;
                }
                let undo = matches!(purpose, Purpose::Undo { .. });
                let words = error.to_string();
                assert!(undo || words.contains("the plan has errors"), "{words}");
                "write with errors"
            }
        }
    }

    /// What must hold once the set was applied to its end.
    fn check_end(&mut self) {
        let owned = owned(&self.home.snapshot());
        if !self.meddled {
            match &self.purpose {
                Purpose::Destroy => assert!(owned.is_empty(), "{}: {owned:?}", self.story()),
                Purpose::Undo { .. } => {
                    if let Some(before) = &self.undo_to {
                        assert_eq!(&owned, before, "{}", self.story());
                    }
                }
                Purpose::Converge => {
                    let held = self.home.hold_for(LAB, &Purpose::Converge, &self.parts);
                    let changes = held.expect("held").evaluation.changes;
                    let equal = changes.is_some_and(|changes| changes.is_empty());
                    assert!(equal || self.edited(), "{}", self.story());
                }
            }
        }
        self.note_run();
        self.drifted &= self.meddled || !self.is_whole();
        // An approval serves for one run.
        self.set = Set::Used;
    }

    /// Whether the set is for all that the plan wants.
    fn is_whole(&self) -> bool {
        self.purpose == Purpose::Converge && self.parts.is_empty()
    }

    /// A run wrote what it wrote. One that wrote nothing is none to take back; what was there
    /// between two that died is not known.
    fn note_run(&mut self) {
        if owned(&self.home.snapshot()) != self.owned_then {
            // An undo brings back what was applied, not what somebody had made of it.
            let known = !self.meddled && !self.drifted && self.dead < 2;
            self.owned_before = Some(self.owned_then.clone()).filter(|_| known);
        }
    }

    /// Somebody hangs with the inventory open and is passed over.
    fn take_over(&mut self) -> &'static str {
        let mut hung = self.home.open();
        let next = LocalInventory::take_over(&self.home.inventory()).expect("it is taken over");
        let late = Write::Create { object: foreign_device("late", None) };
        assert!(hung.write(&[late]).is_err(), "{}", self.story());
        drop((hung, next));
        "take over"
    }

    fn approve(&mut self) -> &'static str {
        match self.home.approve_set(LAB) {
            Ok(()) => {
                assert!(self.set != Set::None && !self.edited(), "{}", self.story());
                if self.set == Set::Used {
                    // What was applied once is approved for another run.
                    self.owned_then = owned(&self.home.snapshot());
                }
                self.set = Set::Approved;
                "approve"
            }
            Err(_) => "approve refused",
        }
    }

    /// Nothing that nobody approved is ever applied.
    fn covered(&self) -> bool {
        self.set == Set::Approved && !self.edited()
    }

    fn apply(&mut self) -> &'static str {
        // It does not go on with a run that died.
        self.dead += u32::from(self.dead > 0);
        let result = self.home.apply_set(LAB);
        let changed = self.home.state() != self.state;
        if self.set == Set::Used {
            // Whether it is told that all is done already, or refused: it does nothing.
            assert!(!changed, "{}: applied twice", self.story());
            return "apply again";
        }
        assert!(self.covered() || (result.is_err() && !changed), "{}", self.story());
        match result {
            Ok(_) => {
                self.check_end();
                match self.purpose {
                    Purpose::Converge if self.is_whole() => "apply",
                    Purpose::Converge => "apply a part",
                    Purpose::Destroy => "destroy",
                    Purpose::Undo { .. } => "undo",
                }
            }
            Err(error) => {
                assert!(!changed, "{}: refused in the middle: {error}", self.story());
                "apply refused"
            }
        }
    }

    /// A run that dies after some moments, if one may begin.
    fn die(&mut self) -> &'static str {
        if !self.covered() {
            return "no run to die";
        }
        let mut left = self.random.below(24);
        let lost = self.random.below(2) == 0;
        let result = self.home.apply_dying(LAB, &mut |moment| {
            left = left.saturating_sub(1);
            // From then on nothing works any more: neither the inventory nor the journal.
            match (left, moment) {
                (0, Moment::AfterWrite | Moment::AfterNote) if lost => Err("dead".to_owned()),
                (0, _) if !lost => Err("dead".to_owned()),
                _ => Ok(()),
            }
        });
        match result {
            Ok(_) => {
                self.check_end();
                "run that did not die"
            }
            Err(_) => {
                self.dead += 1;
                self.note_run();
                "die"
            }
        }
    }

    fn resume(&mut self) -> &'static str {
        let result = self.home.resume_set(LAB);
        let changed = self.home.state() != self.state;
        match result {
            Ok(_) => {
                assert!(self.set == Set::Approved || self.dead > 0, "{}", self.story());
                self.check_end();
                "resume"
            }
            Err(error) => {
                assert!(!changed, "{}: refused in the middle: {error}", self.story());
                "resume refused"
            }
        }
    }

    fn foreign_edit(&mut self) -> &'static str {
        let n = self.foreign.len();
        let ids: Vec<u64> = self.foreign.keys().copied().collect();
        let pick = self.random.below(3);
        let write = match ids.first().filter(|_| pick > 0) {
            None => Write::Create { object: foreign_device(&format!("router-{n}-{pick}"), None) },
            Some(id) => {
                let name = format!("core-{}", self.log.len());
                Write::Modify { kind: Kind::Device, id: *id, fields: vec![(Field::Name, name)] }
            }
        };
        // A name that is taken already is refused, as it would be for anybody.
        let done = self.home.open().write(&[write]).is_ok();
        self.foreign = foreign(&self.home.snapshot());
        if done { "foreign edit" } else { "foreign edit refused" }
    }

    /// Somebody renames one of the plan's devices, or takes a cable away, or plugs one of theirs
    /// into a port that the plan may want.
    fn foreign_edit_of_own(&mut self) -> &'static str {
        let s = self.home.snapshot();
        let own: Vec<_> = s.devices().iter().filter(|d| d.key.is_some()).collect();
        if own.is_empty() {
            return "nothing to meddle with";
        }
        let at = self.random.below(own.len() as u64);
        let device = own[usize::try_from(at).expect("an index")].id;
        let own_cable = s.cables().iter().rfind(|c| c.key.is_some());
        let write = match own_cable.filter(|_| self.random.below(2) == 0) {
            Some(cable) => Write::Delete { kind: Kind::Cable, id: cable.id },
            None => {
                let name = format!("odd-{}", self.log.len());
                Write::Modify { kind: Kind::Device, id: device, fields: vec![(Field::Name, name)] }
            }
        };
        self.home.open().write(&[write]).expect("they can");
        (self.meddled, self.drifted, self.owned_before) = (true, true, None);
        "foreign edit of an own object"
    }
}

/// Devices of nobody, with their interfaces, as text.
fn foreign(s: &Snapshot) -> BTreeMap<u64, String> {
    let devices = s.devices().iter().filter(|d| d.key.is_none());
    devices
        .map(|d| {
            let interfaces: Vec<_> = s.interfaces_of(d.id).collect();
            (d.id, serde_json::to_string(&(d, interfaces)).expect("text"))
        })
        .collect()
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("text")
}

/// What the plan owns, without ids.
fn owned(s: &Snapshot) -> BTreeSet<String> {
    let end = |id: u64| {
        let interface = s.interface(id).expect("an interface");
        format!("{} {}", s.device(interface.device).expect("a device").name, interface.name)
    };
    let devices = s.devices().iter().filter(|d| d.key.is_some());
    let devices = devices.map(|d| text(&DeviceRecord { id: 0, ..d.clone() }));
    let interfaces = s.interfaces().iter().filter(|i| i.key.is_some());
    let interfaces =
        interfaces.map(|i| end(i.id) + &text(&InterfaceRecord { id: 0, device: 0, ..i.clone() }));
    let cables = s.cables().iter().filter(|c| c.key.is_some());
    let cables = cables.map(|c| {
        let record = CableRecord { id: 0, a: 0, b: 0, ..c.clone() };
        format!("{} – {} {}", end(c.a), end(c.b), text(&record))
    });
    devices.chain(interfaces).chain(cables).collect()
}

#[test]
fn in_any_order() {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 1..=rounds(20) {
        println!("seed {seed}");
        let mut model = Model::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for _ in 0..40 {
            model.step();
        }
        for (name, n) in model.counts {
            *counts.entry(name).or_default() += n;
        }
    }
    println!("{counts:?}");
    for name in [
        "apply",
        "die",
        "resume",
        "apply refused",
        "foreign edit",
        "approve refused",
        "apply a part",
        "undo",
        "destroy",
        "take over",
    ] {
        assert!(counts.contains_key(name), "no {name} in {counts:?}");
    }
}
