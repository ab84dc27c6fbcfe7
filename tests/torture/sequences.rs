//! Everything in any order, from fixed seeds, against a model of what must hold:
//!
//! - what a foreigner made is byte for byte as the foreigner left it;
//! - the inventory changes only when somebody foreign changes it, or by an apply or resume of what
//!   was approved;
//! - after an apply nothing is left to change, unless somebody changed an own object meanwhile;
//! - records are never fewer, and nothing is ever wrong with them.

use super::home::{Home, LAB, Moment, foreign_device, foreign_prerequisites, tiny};
use super::{Random, rounds};
use heddle::inventory::{Field, Inventory, Kind, Snapshot, Write};
use heddle::plan::Plan;
use std::collections::BTreeMap;

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
    /// Somebody changed an own object after the set was written.
    meddled: bool,
    state: String,
    log: Vec<String>,
    counts: BTreeMap<&'static str, u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    None,
    Written,
    Approved,
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
            meddled: false,
            state,
            log: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    fn step(&mut self) {
        // What usually comes next comes more often than not.
        let usual = match self.log.last().map(String::as_str) {
            Some("write") => 5,
            Some("approve") if self.random.below(2) == 0 => 9,
            Some("approve") => 14,
            Some("die") => 19,
            _ => 0,
        };
        let any = self.random.below(20);
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
            _ => (self.resume(), true),
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
        match self.home.write_set(LAB) {
            Ok(_) => {
                (self.set, self.meddled) = (Set::Written, false);
                self.planned = Some(self.home.plan(LAB));
                "write"
            }
            // What others did stands in the way.
            Err(error) => {
                self.set = Set::None;
                assert!(error.to_string().contains("the plan has errors"), "{error}");
                "write with errors"
            }
        }
    }

    fn approve(&mut self) -> &'static str {
        match self.home.approve_set(LAB) {
            Ok(()) => {
                assert!(self.set != Set::None && !self.edited(), "{}", self.story());
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
        let result = self.home.apply_set(LAB);
        let changed = self.home.state() != self.state;
        assert!(self.covered() || (result.is_err() && !changed), "{}", self.story());
        match result {
            Ok(_) => {
                assert!(self.meddled || self.home.is_applied(LAB), "{}", self.story());
                "apply"
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
            Ok(_) => "run that did not die",
            Err(_) => "die",
        }
    }

    fn resume(&mut self) -> &'static str {
        let result = self.home.resume_set(LAB);
        let changed = self.home.state() != self.state;
        match result {
            Ok(_) => {
                assert!(self.set == Set::Approved, "{}", self.story());
                let own = self.edited() || self.meddled || self.home.is_applied(LAB);
                assert!(own, "{}", self.story());
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
        self.meddled = true;
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
    for name in ["apply", "die", "resume", "apply refused", "foreign edit", "approve refused"] {
        assert!(counts.contains_key(name), "no {name} in {counts:?}");
    }
}
