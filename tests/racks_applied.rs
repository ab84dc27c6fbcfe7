//! What of racks reaches an inventory: places and cables are written with the devices, racks are
//! found or made, and what somebody else decides afterwards stays.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use heddle::apply::{self, ApplyError, Entry, Journal};
use heddle::catalog::Catalog;
use heddle::diff::{self, Addition, ChangeSet};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::inventory::{
    CableRecord, DeviceRecord, Field, Inventory, Kind, Object, Prerequisite, Snapshot, Write,
};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{Plan, RackPlace, Racks, preset};
use heddle::store::LocalInventory;
use heddle::workflow::{self, Approval, Records};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalogue"))
}

/// Two servers and what connects them, in racks.
fn sample() -> Plan {
    let set = [("servers".to_owned(), "2".to_owned()), ("su_size".to_owned(), "2".to_owned())];
    let id = PlanId(uuid::Uuid::from_u128(7));
    let mut plan = preset::build("rail-optimised", &set, id).expect("the preset");
    plan.spec.racks = Some(Racks::of("heddle-rack-48u"));
    plan
}

fn by_hand(device: &str, rack: &str, unit: u32) -> Plan {
    let mut plan = sample();
    let place = RackPlace { device: device.to_owned(), rack: rack.to_owned(), unit };
    plan.spec.racks.as_mut().expect("racks").places.push(place);
    plan
}

fn without_racks() -> Plan {
    let mut plan = sample();
    plan.spec.racks = None;
    plan
}

fn open(folder: &Path) -> LocalInventory {
    LocalInventory::open(&folder.join("inventory")).expect("an inventory")
}

fn read(inventory: &mut dyn Inventory, plan: &Plan) -> Snapshot {
    inventory.read(&plan.spec.target.site, &Progress::new()).expect("a snapshot")
}

fn against(inventory: &mut dyn Inventory, plan: &Plan) -> Evaluation {
    let snapshot = read(inventory, plan);
    let inputs = Inputs::of(plan, catalog()).against(Some(&snapshot));
    evaluate(&inputs, &Progress::new()).expect("nobody cancels")
}

fn changes(inventory: &mut dyn Inventory, plan: &Plan) -> ChangeSet {
    let evaluation = against(inventory, plan);
    let errors: Vec<_> =
        evaluation.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    evaluation.changes.as_deref().expect("a change set").clone()
}

fn approval(evaluation: &Evaluation, plan: &Plan) -> Approval {
    workflow::approve(evaluation, plan, &workflow::Approver::new("Ada", ""), "2026-01-01T00:00:00Z")
        .expect("an approval")
}

/// A journal that fails after some entries.
struct Notes(usize);

impl Journal for Notes {
    fn run_id(&self) -> &str {
        "run"
    }
    fn note(&mut self, _: &Entry) -> Result<(), ApplyError> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(ApplyError::Journal { cause: "killed".to_owned() }),
        }
    }
}

fn apply(inventory: &mut dyn Inventory, plan: &Plan) {
    let evaluation = against(inventory, plan);
    let records = Records { approvals: vec![approval(&evaluation, plan)], runs: Vec::new() };
    let approved = workflow::authorise(&evaluation, &records).expect("it is approved");
    let progress = Progress::new();
    apply::apply(&approved, inventory, &mut Notes(usize::MAX), &progress).expect("it is applied");
    assert!(changes(inventory, plan).is_empty(), "a diff after a run finds nothing");
}

fn device(inventory: &mut dyn Inventory, name: &str) -> DeviceRecord {
    read(inventory, &sample()).device_named(name).expect("the device").clone()
}

fn stands(inventory: &mut dyn Inventory, name: &str) -> (Option<String>, Option<String>) {
    let device = device(inventory, name);
    (device.rack().map(str::to_owned), device.position())
}

fn at(rack: &str, position: &str) -> (Option<String>, Option<String>) {
    (Some(rack.to_owned()), Some(position.to_owned()))
}

fn modify(inventory: &mut dyn Inventory, kind: Kind, id: u64, fields: &[(Field, &str)]) {
    let fields = fields.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
    inventory.write(&[Write::Modify { kind, id, fields }]).expect("it is written");
}

fn racks(changes: &ChangeSet) -> BTreeSet<&str> {
    let all = changes.prerequisites.iter();
    all.filter_map(|p| match p {
        Prerequisite::Rack { name, .. } => Some(name.as_str()),
        _ => None,
    })
    .collect()
}

fn state(inventory: &mut dyn Inventory) -> String {
    let s = read(inventory, &sample());
    serde_json::to_string(&(s.devices(), s.interfaces(), s.cables())).expect("text")
}

#[test]
fn devices_are_made_in_their_racks_with_their_cables() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = open(folder.path());
    let inventory = &mut first;
    let plan = sample();
    let set = changes(inventory, &plan);
    let devices = 0..set.desired.devices.len() as u32;
    let wanted: BTreeSet<&str> =
        devices.filter_map(|n| set.desired.place(n)).map(|(rack, _, _)| rack).collect();
    assert!(racks(&set) == wanted && wanted.contains("su-1-r01"), "{wanted:?}");
    let text = diff::text(&set);
    assert!(text.contains("  + rack su-1-r01\n"), "{text}");
    assert!(text.contains("  + device gpu-002 in rack su-1-r01 at unit 9\n"), "{text}");
    let expected = format!("  prerequisites {}\n", set.prerequisites.len());
    assert!(text.contains(&expected), "{text}");

    apply(inventory, &plan);
    assert_eq!(stands(inventory, "gpu-002"), at("su-1-r01", "9"));
    assert_eq!(device(inventory, "gpu-002").other["position"], json!(9));
    assert_eq!(device(inventory, "gpu-002").other["face"], json!("front"));
    let evaluation = against(inventory, &plan);
    let racking = evaluation.fabric.racking.as_ref().expect("racks");
    let snapshot = read(inventory, &plan);
    for (n, (a, _)) in evaluation.desired.cables.iter().enumerate() {
        let key = evaluation.desired.owned_key(&evaluation.desired.cable_key(*a));
        let found = snapshot.cables().iter().find(|c| c.key.as_deref() == Some(&key));
        let (cable, cable_type) = racking.cable(n).expect("a cable");
        let found = found.expect("its record");
        assert_eq!(found.cable_type(), Some(cable_type.netbox_type));
        let length = f64::from(cable.length_cm) / 100.0;
        assert_eq!(found.other["length"].as_f64(), Some(length));
        assert_eq!(found.other["length_unit"], json!("m"));
    }
    // The file says the same when it is read again.
    let before = state(inventory);
    drop(first);
    let again = &mut open(folder.path());
    assert_eq!(state(again), before);
    assert!(changes(again, &plan).is_empty());
}

#[test]
fn a_run_that_was_killed_anywhere_is_resumed() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = &mut open(folder.path());
    let plan = by_hand("be-spine/1", "core", 40);
    apply(whole, &plan);
    let expected = state(whole);
    let mut entries = 0;
    loop {
        let folder = tempfile::tempdir().expect("a folder");
        let inventory = &mut open(folder.path());
        let evaluation = against(inventory, &plan);
        let approval = approval(&evaluation, &plan);
        let set = evaluation.changes.as_deref().expect("a change set").clone();
        // As it is written down and read again.
        let text = serde_json::to_string(&set).expect("text");
        let read: ChangeSet = serde_json::from_str(&text).expect("a change set");
        let approved = workflow::reauthorise(read, approval).expect("the same");
        let progress = Progress::new();
        let first = apply::apply(&approved, inventory, &mut Notes(entries), &progress);
        if first.is_ok() {
            break;
        }
        apply::apply(&approved, inventory, &mut Notes(usize::MAX), &progress).expect("resumed");
        assert_eq!(state(inventory), expected, "killed after {entries} entries");
        entries += 1;
    }
    assert!(entries > 5);
}

#[test]
fn a_place_by_the_rule_is_written_once_and_one_by_hand_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    apply(inventory, &sample());
    let spine = device(inventory, "be-spine-01");
    // Somebody moves it: that stays.
    let fields = [(Field::Rack, "su-1-r01"), (Field::Position, "40")];
    modify(inventory, Kind::Device, spine.id, &fields);
    assert!(changes(inventory, &sample()).is_empty());
    // The spec says where: that is set, and nothing else.
    let plan = by_hand("be-spine/1", "core", 7);
    let set = changes(inventory, &plan);
    assert_eq!((set.added().total(), set.modified().devices, set.deleted().total()), (0, 1, 0));
    // Its cables get the lengths of its new place.
    assert_eq!(set.modified().total(), 1 + set.modified().cables);
    let of_cables = set.modifications.iter().filter(|m| m.old.kind() == Kind::Cable);
    assert!(of_cables.flat_map(|m| &m.fields).all(|change| change.field == Field::Length));
    assert_eq!(racks(&set), BTreeSet::from(["core"]));
    let text = diff::text(&set);
    let lines = "  ~ device be-spine-01\n      rack: su-1-r01 → core\n      position: 40 → 7\n";
    assert!(text.contains(lines), "{text}");
    apply(inventory, &plan);
    assert_eq!(stands(inventory, "be-spine-01"), at("core", "7"));
    // Only the unit differs; the rack is there.
    let plan = by_hand("be-spine/1", "core", 9);
    let set = changes(inventory, &plan);
    assert_eq!(set.modifications[0].fields.len(), 1);
    assert!(set.prerequisites.is_empty());
    apply(inventory, &plan);
    assert_eq!(stands(inventory, "be-spine-01"), at("core", "9"));
    // Back to the rule: it stays where it stands.
    assert_eq!(changes(inventory, &sample()).modified().devices, 0);
    apply(inventory, &sample());
    assert_eq!(stands(inventory, "be-spine-01"), at("core", "9"));
}

#[test]
fn a_run_stops_where_a_device_was_moved_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    apply(inventory, &sample());
    let plan = by_hand("be-spine/1", "core", 7);
    let evaluation = against(inventory, &plan);
    let records = Records { approvals: vec![approval(&evaluation, &plan)], runs: Vec::new() };
    let approved = workflow::authorise(&evaluation, &records).expect("it is approved");
    let spine = device(inventory, "be-spine-01");
    modify(inventory, Kind::Device, spine.id, &[(Field::Position, "30")]);
    let before = state(inventory);
    let error = apply::apply(&approved, inventory, &mut Notes(usize::MAX), &Progress::new())
        .expect_err("it is not what was approved");
    assert!(error.to_string().contains("position 30"), "{error}");
    assert_eq!(state(inventory), before);
}

#[test]
fn devices_that_are_there_stay_and_their_cables_learn_what_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    apply(inventory, &without_racks());
    assert_eq!(stands(inventory, "gpu-001"), (None, None));
    let set = changes(inventory, &sample());
    let cables = set.desired.cables.len() as u64;
    assert_eq!((set.added().total(), set.modified().cables), (0, cables));
    assert_eq!(set.modified().total(), cables);
    assert_eq!(racks(&set), BTreeSet::new(), "no device is put in a rack");
    assert!(diff::text(&set).contains("      type: none → "), "{}", diff::text(&set));
    apply(inventory, &sample());
    assert_eq!(stands(inventory, "gpu-001"), (None, None));
    // Without racks the plan leaves types and lengths as they are.
    let cable = read(inventory, &sample()).cables()[0].clone();
    modify(inventory, Kind::Cable, cable.id, &[(Field::Type, "aoc"), (Field::Length, "77 m")]);
    assert!(changes(inventory, &without_racks()).is_empty());
    let set = changes(inventory, &sample());
    assert_eq!((set.modified().cables, set.modified().total()), (1, 1));
    let fields: Vec<_> = set.modifications[0].fields.iter().map(|f| (f.field, &*f.old)).collect();
    assert_eq!(fields, [(Field::Type, "aoc"), (Field::Length, "77 m")]);
    assert_eq!(set.modifications[0].ends, None);
    apply(inventory, &sample());
    assert_eq!(read(inventory, &sample()).cables()[0], cable);
}

#[test]
fn a_cable_that_moves_and_is_made_otherwise_is_one_modification() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    apply(inventory, &sample());
    let before = read(inventory, &sample()).cables().to_vec();
    let (x, y) = (before[0].clone(), before[1].clone());
    // Two cables change places at their B ends: one of them is made anew.
    let delete = |cable: &CableRecord| Write::Delete { kind: Kind::Cable, id: cable.id };
    let swapped = |cable: &CableRecord, b: u64| {
        let mut cable = CableRecord { id: 0, b, ..cable.clone() };
        cable.other.insert("length".to_owned(), json!("12.5"));
        cable.other.insert("label".to_owned(), json!("C-1"));
        Write::Create { object: Object::Cable(cable) }
    };
    let batch = [delete(&x), delete(&y), swapped(&x, y.b), swapped(&y, x.b)];
    inventory.write(&batch).expect("they are swapped");
    let set = changes(inventory, &sample());
    assert_eq!((set.modified().cables, set.modified().total()), (2, 2));
    let fields: Vec<Field> = set.modifications[0].fields.iter().map(|f| f.field).collect();
    assert_eq!(fields, [Field::B, Field::Length]);
    apply(inventory, &sample());
    let after = read(inventory, &sample());
    for old in [x, y] {
        let new = after.cables().iter().find(|c| c.key == old.key).expect("the cable");
        assert_eq!((new.a, new.b, new.length()), (old.a, old.b, old.length()));
        assert_eq!(new.other["label"], json!("C-1"), "what others wrote stays");
    }
}

#[test]
fn racks_are_found_in_their_own_site_and_never_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    let plan = sample();
    let site = plan.spec.target.site.clone();
    let ensure = |prerequisite: Prerequisite| Write::Ensure { prerequisite };
    let named = |slug: &str| Prerequisite::Site { name: slug.to_owned(), slug: slug.to_owned() };
    let rack = |name: &str, site: &str, u_height: u8| Prerequisite::Rack {
        name: name.to_owned(),
        site: site.to_owned(),
        u_height,
    };
    let refused = inventory.write(&[ensure(rack("su-1-r01", "nowhere", 42))]);
    assert!(refused.is_err(), "a rack stands in a site");
    let batch = [ensure(named("elsewhere")), ensure(rack("su-1-r01", "elsewhere", 42))];
    inventory.write(&batch).expect("another site");
    assert!(racks(&changes(inventory, &plan)).contains("su-1-r01"));
    let theirs = rack("su-1-r01", &site, 60);
    inventory.write(&[ensure(named(&site)), ensure(theirs.clone())]).expect("their rack");
    assert!(!racks(&changes(inventory, &plan)).contains("su-1-r01"));
    apply(inventory, &plan);
    assert_eq!(stands(inventory, "gpu-001"), at("su-1-r01", "1"));
    // A smaller plan takes its devices away, and leaves every rack.
    let mut none = without_racks();
    none.spec.cluster.as_mut().expect("a cluster").servers = 1;
    apply(inventory, &none);
    let there = inventory.present(&[theirs.clone(), rack("be-spine-r01", &site, 48)]);
    assert_eq!(there.expect("an answer"), [true, true]);
    let snapshot = read(inventory, &plan);
    assert!(snapshot.has(&theirs) && !snapshot.has(&rack("su-9-r01", &site, 48)));
}

#[test]
fn a_device_is_not_put_where_there_is_no_rack_or_no_unit() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    apply(inventory, &sample());
    let id = device(inventory, "gpu-001").id;
    let before = state(inventory);
    let mut check = |fields: &[(Field, &str)], cause: &str| {
        let fields = fields.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
        let write = Write::Modify { kind: Kind::Device, id, fields };
        let error = inventory.write(&[write]).expect_err("a rule").to_string();
        assert!(error.contains(cause), "{error}");
    };
    check(&[(Field::Rack, "nowhere")], "has no rack `nowhere`");
    check(&[(Field::Position, "49")], "has no unit 49");
    check(&[(Field::Position, "0")], "has no unit 0");
    check(&[(Field::Position, "x")], "a position is a number");
    check(&[(Field::Length, "3 m")], "it has no length");
    assert_eq!(state(inventory), before);
}

#[test]
fn a_unit_that_holds_another_device_is_not_given_away() {
    // `rack`, `position` and `face` of somebody else's device in the rack of gpu-001 and gpu-002,
    // which stand 8 units high at 1 and at 9.
    let check = |rack: &str, position: serde_json::Value, face: &str, expected: Option<&str>| {
        let folder = tempfile::tempdir().expect("a folder");
        let inventory = &mut open(folder.path());
        let plan = sample();
        let site = plan.spec.target.site.clone();
        let ensure = |prerequisite: Prerequisite| Write::Ensure { prerequisite };
        let named = |slug: &str| (slug.to_owned(), slug.to_owned());
        let ((name, slug), (maker, of)) = (named(&site), named("acme"));
        let theirs = DeviceRecord {
            name: "theirs".to_owned(),
            site: site.clone(),
            role: "leaf".to_owned(),
            device_type: "acme-box".to_owned(),
            status: "active".to_owned(),
            other: [
                ("rack".to_owned(), json!(rack)),
                ("position".to_owned(), position),
                ("face".to_owned(), json!(face)),
            ]
            .into(),
            ..DeviceRecord::default()
        };
        let batch = [
            ensure(Prerequisite::Site { name, slug }),
            ensure(Prerequisite::Manufacturer { name: maker, slug: of }),
            ensure(Prerequisite::DeviceType {
                manufacturer: "acme".to_owned(),
                model: "Box".to_owned(),
                slug: "acme-box".to_owned(),
                u_height: 1,
                interfaces: Vec::new(),
            }),
            ensure(Prerequisite::DeviceRole { name: "Leaf".to_owned(), slug: "leaf".to_owned() }),
            ensure(Prerequisite::Rack { name: rack.to_owned(), site, u_height: 48 }),
            Write::Create { object: Object::Device(theirs) },
        ];
        inventory.write(&batch).expect("their device");
        let evaluation = against(inventory, &plan);
        let taken: Vec<&str> = evaluation
            .findings
            .iter()
            .filter(|f| f.code == Code::RackUnitTaken)
            .map(|f| f.text.as_str())
            .collect();
        assert_eq!(taken.first().copied(), expected, "{rack}");
    };
    let first =
        "gpu-001 is to stand in rack su-1-r01, but theirs is at its unit 8 in the inventory.";
    check("su-1-r01", json!(8), "front", Some(first));
    let second =
        "gpu-002 is to stand in rack su-1-r01, but theirs is at its unit 16 in the inventory.";
    check("su-1-r01", json!("16.00"), "front", Some(second));
    let both = "gpu-001 is to stand in rack su-1-r01, but theirs is at its unit 8 in the inventory. \
                The same holds for gpu-002.";
    check("su-1-r01", json!(8.5), "front", Some(both));
    check("su-1-r01", json!(17), "front", None);
    check("su-1-r01", json!(8), "rear", None);
    check("su-1-r01", json!(null), "", None);
    check("elsewhere", json!(8), "front", None);
}

#[test]
fn a_device_that_leaves_a_unit_makes_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    apply(inventory, &by_hand("be-spine/1", "core", 7));
    let clashes = |evaluation: &Evaluation| {
        evaluation.findings.iter().filter(|f| f.code == Code::RackUnitTaken).count()
    };
    // Another takes its unit while it stays, and while it goes elsewhere.
    let mut plan = by_hand("be-leaf/1", "core", 7);
    assert_eq!(clashes(&against(inventory, &plan)), 1);
    let place = RackPlace { device: "be-spine/1".to_owned(), rack: "core".to_owned(), unit: 20 };
    plan.spec.racks.as_mut().expect("racks").places.push(place);
    assert_eq!(clashes(&against(inventory, &plan)), 0);
}

#[test]
fn an_approval_covers_places_and_cables() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = &mut open(folder.path());
    let set = changes(inventory, &sample());
    let digest = set.digest();
    let check = |alter: &dyn Fn(&mut heddle::inventory::DesiredRacking)| {
        let mut desired = (*set.desired).clone();
        alter(desired.racking.as_mut().expect("racks"));
        let altered = ChangeSet { desired: desired.into(), ..set.clone() };
        assert_ne!(altered.digest(), digest);
    };
    check(&|racking| racking.racks[0].push('x'));
    check(&|racking| racking.places[0].as_mut().expect("a place").position += 1);
    check(&|racking| racking.places[0].as_mut().expect("a place").rack += 1);
    check(&|racking| racking.places[0].as_mut().expect("a place").by_hand = true);
    check(&|racking| racking.places[0] = None);
    check(&|racking| racking.cable_types[0].push('x'));
    check(&|racking| racking.cables[0].as_mut().expect("a cable").length_cm += 1);
    check(&|racking| racking.cables[0] = None);
    let mut higher = set.clone();
    for prerequisite in &mut higher.prerequisites {
        if let Prerequisite::Rack { u_height, .. } = prerequisite {
            *u_height += 1;
        }
    }
    assert_ne!(higher.digest(), digest);
    assert!(set.additions.contains(&Addition::Device(0)));
}
