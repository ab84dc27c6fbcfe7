//! Devices of others: cabled by the names they have in the inventory, and never touched.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

use heddle::apply::{ApplyError, Entry, Journal, apply};
use heddle::catalog::Catalog;
use heddle::diff::{self, Waiting};
use heddle::evaluate::{Evaluation, Inputs, evaluate};
use heddle::fabric::{DeviceRole, LinkKind};
use heddle::inventory::{
    CableRecord, DeviceRecord, Inventory, InventoryError, Kind, Lookup, Object, ObjectId,
    Prerequisite, Snapshot, TargetRef, Write,
};
use heddle::model::{Code, PlanId, Progress, Severity};
use heddle::plan::{self, Plan, preset};
use heddle::scene::lay_out;
use heddle::scene::tables::{Column, TableKind, Tables};
use heddle::store::LocalInventory;
use heddle::workflow::{
    ConditionKind, ConditionStatus, Phase, Records, SyncState, approve, authorise, phase, standing,
};

/// A pair of border leaves beside the sample's frontend, and two routers of somebody else.
const EDGE: &str = r#"switch_classes: [
    (
        id: "edge", fabric: "frontend", role: border_leaf, model: "celestica-ds5000",
        redundancy: redundant,
        zones: [
            (id: "outside", kind: server, ports: "1-8", breakout: "2x400"),
            (id: "uplink", kind: uplink, ports: "33-64", breakout: "1x800"),
        ],
    ),
],
external: [
    (
        id: "router", note: "owned by the network team",
        devices: ["core-a", "Core-B"],
        ports: ["Ethernet1/[1-4]", "mgmt"],
        speed_gbps: 400,
        connections: [
            (id: "up", ports: 4, switch_class: "edge", zone: "outside",
             distribution: alternating(group: 2)),
        ],
    ),
],
"#;

/// The text of the sample with those classes.
fn text_of(edge: &str) -> String {
    let set = [("servers".to_owned(), "16".to_owned())];
    let plan = preset::build("rail-optimised", &set, PlanId(uuid::Uuid::from_u128(7)));
    let text = plan::write(&plan.expect("the sample"));
    let at = text.find("cluster: (").expect("a cluster");
    format!("{}{edge}{}", &text[..at], &text[at..])
}

fn plan_of(edge: &str) -> Plan {
    plan::read("edge.ron", &text_of(edge)).unwrap_or_else(|error| panic!("{error}")).plan
}

fn against(plan: &Plan, snapshot: Option<&Snapshot>) -> Evaluation {
    let catalog = Catalog::built_in().expect("the catalogue");
    evaluate(&Inputs::of(plan, &catalog).against(snapshot), &Progress::new())
        .expect("not cancelled")
}

fn errors(evaluation: &Evaluation) -> Vec<(Code, String)> {
    let errors = evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|f| (f.code, f.path.to_string())).collect()
}

#[test]
fn they_are_woven_like_servers_and_keep_their_names() {
    let plan = plan_of(EDGE);
    let evaluation = against(&plan, None);
    assert_eq!(errors(&evaluation), [], "{:?}", evaluation.findings);
    let fabric = &evaluation.fabric;
    let links: Vec<String> = fabric
        .links
        .iter()
        .filter(|link| fabric.groups[link.group as usize].kind == LinkKind::ExternalLeaf)
        .map(|link| {
            let name = |end| {
                let slot = fabric.slot(end).expect("a slot");
                format!("{} {}", fabric.device_name(end.device), slot.name)
            };
            format!("{} – {}", name(link.a), name(link.b))
        })
        .collect();
    assert_eq!(
        links,
        [
            "core-a Ethernet1/1 – edge-01 E1/1/1",
            "core-a Ethernet1/2 – edge-02 E1/1/1",
            "core-a Ethernet1/3 – edge-01 E1/1/2",
            "core-a Ethernet1/4 – edge-02 E1/1/2",
            "Core-B Ethernet1/1 – edge-01 E1/2/1",
            "Core-B Ethernet1/2 – edge-02 E1/2/1",
            "Core-B Ethernet1/3 – edge-01 E1/2/2",
            "Core-B Ethernet1/4 – edge-02 E1/2/2",
        ]
    );
    let router = fabric.class("router").expect("the class");
    assert_eq!((router.role, router.count), (DeviceRole::External, 2));
    // In the inventory's words there are cables, and nothing else of theirs.
    let desired = &evaluation.desired;
    let is_external = |end| desired.external(end).is_some();
    assert!(!desired.interfaces.iter().any(|end| is_external(*end)));
    let cables: Vec<_> = desired.cables.iter().filter(|(a, _)| is_external(*a)).collect();
    assert_eq!(cables.len(), 8);
    assert_eq!(desired.cable_key(cables[5].0), "cable/router/2/port/1");
    let text = serde_json::to_string(&desired.prerequisites).expect("JSON");
    assert!(!text.contains("external"), "{text}");
    // They are drawn beside the servers, and nothing is drawn over them.
    let scene = lay_out(fabric, None, None);
    let of = |role| scene.blocks.iter().filter(move |b| b.role == role).map(|b| b.area);
    let right = of(DeviceRole::Server).map(|a| a.x + a.width).fold(0.0, f32::max);
    assert_eq!(of(DeviceRole::External).count(), 2);
    assert!(of(DeviceRole::External).all(|area| area.x > right), "beside the servers");
    assert!(scene.labels.iter().any(|label| label.text == "External router · 2"));
    // Border leaves share a height with the leaves of their fabric, and no place.
    let mut leaves: Vec<_> = of(DeviceRole::Leaf).chain(of(DeviceRole::BorderLeaf)).collect();
    leaves.sort_by(|a, b| (a.y, a.x).partial_cmp(&(b.y, b.x)).expect("numbers"));
    for pair in leaves.windows(2) {
        assert!(pair[0].y != pair[1].y || pair[0].x + pair[0].width < pair[1].x, "{pair:?}");
    }
    // The names of the plan's own devices do not touch theirs, and no name pattern does.
    let mut prefixed = plan.clone();
    prefixed.spec.naming.prefix = "b-".to_owned();
    let fabric = against(&prefixed, None).fabric;
    let router = fabric.class("router").expect("the class");
    assert_eq!(fabric.device_name(router.first_device), "core-a");
    // The digest knows the names.
    let mut renamed = plan.clone();
    renamed.spec.external[0].devices[0] = "core-x".to_owned();
    assert_ne!(against(&renamed, None).digests.fabric, evaluation.digests.fabric);
}

#[test]
fn they_stand_where_their_owners_put_them() {
    let plan = plan_of(&format!("racks: (model: \"heddle-rack-48u\"),\n{EDGE}"));
    let evaluation = against(&plan, None);
    assert_eq!(errors(&evaluation), []);
    let fabric = &evaluation.fabric;
    let racking = fabric.racking.as_ref().expect("racks");
    for (n, device) in (0u32..).zip(&fabric.devices) {
        let own = fabric.classes[device.class as usize].role != DeviceRole::External;
        assert_eq!(racking.place(n).is_some(), own, "{}", fabric.device_name(n));
    }
    for (n, link) in fabric.links.iter().enumerate() {
        let own = fabric.groups[link.group as usize].kind != LinkKind::ExternalLeaf;
        assert_eq!(racking.cable(n).is_some(), own, "link {n}");
    }
    assert!(racking.racks.iter().all(|rack| !rack.name.contains("router")));
    // Also where they are spread by rails, like servers of a scalable unit, they take no room.
    let by_rail = EDGE.replace(
        "(id: \"up\", ports: 4, switch_class: \"edge\", zone: \"outside\",\n             distribution: alternating(group: 2))",
        "(id: \"up\", ports: 4, switch_class: \"edge\", zone: \"outside\",\n             distribution: rail_optimised(rail: 0, su_size: 2, packing: dedicated))",
    );
    assert_ne!(by_rail, EDGE);
    let none = |edge: &str| {
        let plan = plan_of(&format!("racks: (model: \"heddle-rack-48u\"),\n{edge}"));
        let evaluation = against(&plan, None);
        let racking = evaluation.fabric.racking.clone().expect("racks");
        racking.racks.iter().filter(|rack| rack.used_units == 0).count()
    };
    assert_eq!((none(EDGE), none(&by_rail)), (0, 0));
    let by_hand = format!(
        "racks: (model: \"heddle-rack-48u\", places: [(device: \"router/1\", rack: \"x\", unit: 1)]),\n{EDGE}"
    );
    let found = errors(&against(&plan_of(&by_hand), None));
    assert_eq!(found.iter().map(|e| e.0).collect::<Vec<_>>(), [Code::UnknownReference]);
}

#[test]
fn ejecting_keeps_them_and_growth_moves_none() {
    let plan = plan_of(EDGE);
    let catalog = Catalog::built_in().expect("the catalogue");
    let ejected = heddle::session::eject_cluster(&plan, &catalog, &Progress::new());
    let ejected = ejected.expect("the same fabric");
    assert_eq!(ejected.spec.external, plan.spec.external);
    let mut more = plan.clone();
    more.spec.external[0].devices.push("core-c".to_owned());
    let [old, new] = [&plan, &more].map(|plan| against(plan, None).fabric);
    let growth = heddle::fabric::growth::compare(&old, &new);
    assert_eq!(growth.moved(), 0);
    let links = growth.links.iter().find(|l| l.kind == LinkKind::ExternalLeaf);
    assert_eq!(links.map(|l| (l.before, l.added)), Some((8, 4)));
    // One that is out of service leaves key and name to the others.
    let mut without = plan.clone();
    without.spec.external[0].out_of_service = vec![1];
    let fabric = against(&without, None).fabric;
    let router = fabric.class("router").expect("the class");
    assert_eq!((router.count, fabric.device_name(router.first_device)), (1, "Core-B".to_owned()));
}

#[test]
fn wrong_names_are_refused_where_they_stand() {
    let check = |from: &str, to: &str, code: Code, path: &str| {
        assert!(EDGE.contains(from), "{from}");
        let evaluation = against(&plan_of(&EDGE.replacen(from, to, 1)), None);
        let found = errors(&evaluation);
        assert!(found.contains(&(code, path.to_owned())), "{to}: {:?}", evaluation.findings);
        let finding = evaluation.findings.iter().find(|f| f.code == code).expect("it is there");
        assert!(finding.remedy.is_some(), "{to}");
    };
    let devices = "spec.external[0].devices[1]";
    check("\"Core-B\"", "\"\"", Code::InvalidText, devices);
    check("\"Core-B\"", "\"a\\u{1b}[2J\"", Code::InvalidText, devices);
    check("\"Core-B\"", "\"CORE-A\"", Code::DuplicateId, devices);
    check("\"Core-B\"", "\"GPU-001\"", Code::NameCollision, "spec.external[0]");
    check("\"mgmt\"", "\"e[2-1]\"", Code::PortSpec, "spec.external[0].ports[1]");
    check("\"mgmt\"", "\"Ethernet1/2\"", Code::PortSpec, "spec.external[0].ports[1]");
    check("speed_gbps: 400", "speed_gbps: 0", Code::OutOfRange, "spec.external[0].speed_gbps");
    let connection = "spec.external[0].connections[0]";
    let breakout = "spec.switch_classes[0].zones[0].breakout";
    check("speed_gbps: 400", "speed_gbps: 100", Code::SpeedMismatch, breakout);
    check("ports: 4", "ports: 6", Code::NicPorts, &format!("{connection}.ports"));
    check(
        "zone: \"outside\"",
        "zone: \"inside\"",
        Code::UnknownReference,
        &format!("{connection}.zone"),
    );
    check("id: \"router\"", "id: \"gpu\"", Code::DuplicateId, "spec.external[0].id");
    // What the document refuses has a line.
    let error = plan::read("edge.ron", &text_of(&EDGE.replacen("note:", "nota:", 1)));
    let error = error.expect_err("an unknown field").to_string();
    assert!(error.contains("line ") && error.contains("spec.external[0]"), "{error}");
}

/// A local inventory in a file of its own.
struct Home {
    _folder: tempfile::TempDir,
    inventory: LocalInventory,
}

const SITE: &str = "dc1";

impl Home {
    /// Somebody else's routers, each with the interfaces of its type.
    fn with_routers(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lab.heddle-inventory");
        let inventory = LocalInventory::open(&path).expect("an inventory");
        let mut home = Self { _folder: folder, inventory };
        let slug = |text: &str| (text.to_owned(), text.to_owned());
        let (name, site) = slug(SITE);
        let (maker, role) = ("maker".to_owned(), "router".to_owned());
        let interfaces =
            (1..=4).map(|n| (format!("Ethernet1/{n}"), "400gbase-x-qsfpdd".to_owned())).collect();
        let needed = [
            Prerequisite::Site { name, slug: site },
            Prerequisite::Manufacturer { name: maker.clone(), slug: maker.clone() },
            Prerequisite::DeviceType {
                manufacturer: maker,
                model: "R".to_owned(),
                slug: "r".to_owned(),
                u_height: 1,
                interfaces,
            },
            Prerequisite::DeviceRole { name: role.clone(), slug: role },
        ];
        let mut batch: Vec<Write> =
            needed.into_iter().map(|prerequisite| Write::Ensure { prerequisite }).collect();
        batch.extend(names.iter().map(|name| {
            let device = DeviceRecord {
                name: (*name).to_owned(),
                site: SITE.to_owned(),
                role: "router".to_owned(),
                device_type: "r".to_owned(),
                status: "active".to_owned(),
                other: [("serial".to_owned(), serde_json::json!("S-1"))].into(),
                ..DeviceRecord::default()
            };
            Write::Create { object: Object::Device(device) }
        }));
        home.inventory.write(&batch).expect("it can be written");
        home
    }

    fn snapshot(&mut self) -> Snapshot {
        self.inventory.read(SITE, &Progress::new()).expect("it can be read")
    }

    /// Everything that is not the plan's, as text.
    fn foreign(&mut self) -> String {
        let s = self.snapshot();
        let devices: Vec<_> = s.devices().iter().filter(|d| d.key.is_none()).collect();
        let of = |id| devices.iter().any(|d| d.id == id);
        let interfaces: Vec<_> = s.interfaces().iter().filter(|i| of(i.device)).collect();
        let cables: Vec<_> = s.cables().iter().filter(|c| c.key.is_none()).collect();
        serde_json::to_string(&(devices, interfaces, cables)).expect("JSON")
    }

    /// Approves and applies with an inventory that may die.
    fn apply(&mut self, plan: &Plan, writes: usize, answer_lost: bool) -> Result<(), ApplyError> {
        let evaluation = against(plan, Some(&self.snapshot()));
        assert_eq!(errors(&evaluation), [], "{:?}", evaluation.findings);
        let at = "2026-01-01T00:00:00.000Z";
        let approval = approve(&evaluation, plan, &heddle::workflow::Approver::new("Ada", ""), at)
            .expect("an approval");
        let records = Records { approvals: vec![approval], ..Records::default() };
        let approved = authorise(&evaluation, &records).expect("approved");
        let mut dying = Dying { inner: &mut self.inventory, left: writes, answer_lost };
        let first = apply(&approved, &mut dying, &mut Silent, &Progress::new());
        if first.is_err() {
            // From the change set alone.
            apply(&approved, &mut self.inventory, &mut Silent, &Progress::new())?;
        }
        first.map(|_| ())
    }

    fn changes(&mut self, plan: &Plan) -> std::sync::Arc<diff::ChangeSet> {
        against(plan, Some(&self.snapshot())).changes.expect("a change set")
    }
}

struct Silent;

impl Journal for Silent {
    fn run_id(&self) -> &str {
        "run"
    }
    fn note(&mut self, _: &Entry) -> Result<(), ApplyError> {
        Ok(())
    }
}

/// An inventory that dies at a write: before it, or after it with the answer lost.
struct Dying<'a> {
    inner: &'a mut LocalInventory,
    left: usize,
    answer_lost: bool,
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
        self.inner.begin_run(plan, site, run)
    }
    fn write(&mut self, batch: &[Write]) -> Result<Vec<ObjectId>, InventoryError> {
        if self.left == 0 {
            if self.answer_lost {
                self.inner.write(batch)?;
            }
            return Err(InventoryError::Refused { what: "it".into(), cause: "killed".into() });
        }
        self.left -= 1;
        self.inner.write(batch)
    }
}

/// Which ends the plan's cables have at external devices: key, and `device interface`.
fn external_cables(s: &Snapshot) -> Vec<(String, String)> {
    let mut cables: Vec<_> = s
        .cables()
        .iter()
        .filter_map(|cable| {
            let key = cable.key.as_deref()?.split_once('/')?.1;
            let end = s.interface(cable.a)?;
            let device = s.device(end.device)?;
            device.key.is_none().then(|| (key.to_owned(), format!("{} {}", device.name, end.name)))
        })
        .collect();
    cables.sort();
    cables
}

#[test]
fn they_are_cabled_left_alone_and_uncabled_again() {
    let plan = plan_of(EDGE);
    let mut home = Home::with_routers(&["core-a", "core-b", "other"]);
    let before = home.foreign();
    home.apply(&plan, usize::MAX, false).expect("it is applied");
    assert_eq!(home.foreign(), before, "nobody else's records change");
    let cables = external_cables(&home.snapshot());
    assert_eq!(cables.len(), 8);
    // The name is found without regard to case, and stays as its owner wrote it.
    let second = ("cable/router/2/port/0".to_owned(), "core-b Ethernet1/1".to_owned());
    assert!(cables.contains(&second), "{cables:?}");
    let changes = home.changes(&plan);
    assert!(changes.is_empty() && changes.waiting.is_empty(), "{}", diff::text(&changes));

    // Another router takes the place of the second: its cables move, and nothing else happens.
    let mut moved = plan.clone();
    moved.spec.external[0].devices[1] = "other".to_owned();
    let changes = home.changes(&moved);
    let counts = [changes.added().total(), changes.modified().cables, changes.deleted().total()];
    assert_eq!(counts, [0, 4, 0], "{}", diff::text(&changes));
    home.apply(&moved, usize::MAX, false).expect("it is applied");
    assert_eq!(home.foreign(), before);
    assert!(home.changes(&moved).is_empty());
    let cables = external_cables(&home.snapshot());
    let second = ("cable/router/2/port/0".to_owned(), "other Ethernet1/1".to_owned());
    assert!(cables.contains(&second), "{cables:?}");

    // Without the class the cables and the plan's own lanes go; the routers stay.
    let mut without = moved.clone();
    without.spec.external.clear();
    without.spec.switch_classes[0].quantity = plan::Quantity::Fixed(2);
    let changes = home.changes(&without);
    assert_eq!(changes.deleted().cables, 8, "{}", diff::text(&changes));
    assert_eq!((changes.deleted().devices, changes.modified().total()), (0, 0));
    home.apply(&without, usize::MAX, false).expect("it is applied");
    assert_eq!(home.foreign(), before);
    assert_eq!(external_cables(&home.snapshot()), []);
}

#[test]
fn a_port_that_a_waiting_cable_holds_is_told_before_anybody_approves() {
    let plan = plan_of(EDGE);
    let mut home = Home::with_routers(&["core-a", "core-b"]);
    home.apply(&plan, usize::MAX, false).expect("it is applied");
    // The first cables are to have the ports of the second ones, which wait for what is not there.
    let mut swapped = plan.clone();
    swapped.spec.external[0].ports =
        ["Ethernet1/2", "nope", "Ethernet1/3", "Ethernet1/4"].map(str::to_owned).to_vec();
    let evaluation = against(&swapped, Some(&home.snapshot()));
    assert_eq!(errors(&evaluation), [(Code::PortHeld, "spec.external[0]".to_owned())]);
    let missing = evaluation.findings.iter().find(|f| f.code == Code::ExternalMissing);
    let text = &missing.expect("a warning").text;
    assert!(text.contains("core-a nope, Core-B nope: 2 cables"), "{text}");
    // Where nobody needs its port a waiting cable may stay.
    let mut waiting = plan.clone();
    waiting.spec.external[0].ports =
        ["nope", "Ethernet1/2", "Ethernet1/3", "Ethernet1/4"].map(str::to_owned).to_vec();
    assert_eq!(errors(&against(&waiting, Some(&home.snapshot()))), []);
}

#[test]
fn killed_at_any_write_it_goes_on_to_the_same_end() {
    let plan = plan_of(EDGE);
    let state = |home: &mut Home| {
        let s = home.snapshot();
        let names = |c: &CableRecord| {
            let end = |id| {
                s.interface(id)
                    .map(|i| (s.device(i.device).map(|d| d.name.clone()), i.name.clone()))
            };
            (end(c.a), end(c.b), c.key.clone())
        };
        let mut cables: Vec<_> = s.cables().iter().map(names).collect();
        cables.sort();
        (s.devices().len(), s.interfaces().len(), cables)
    };
    let mut whole = Home::with_routers(&["core-a", "core-b"]);
    whole.apply(&plan, usize::MAX, false).expect("it is applied");
    let expected = state(&mut whole);
    let mut killed = 0;
    for writes in (0..).step_by(2) {
        let mut home = Home::with_routers(&["core-a", "core-b"]);
        let before = home.foreign();
        let died = home.apply(&plan, writes, writes % 4 == 0).is_err();
        assert_eq!(state(&mut home), expected, "killed at write {writes}");
        assert_eq!(home.foreign(), before);
        assert!(home.changes(&plan).is_empty());
        if !died {
            break;
        }
        killed += 1;
    }
    assert!(killed > 3, "{killed}");
}

#[test]
fn what_the_inventory_lacks_is_waited_for() {
    let plan = plan_of(EDGE);
    let warned = |home: &mut Home, plan: &Plan| {
        let evaluation = against(plan, Some(&home.snapshot()));
        assert_eq!(errors(&evaluation), []);
        let found = evaluation.findings.iter().filter(|f| f.code == Code::ExternalMissing);
        let found: Vec<_> = found.map(|f| (f.path.to_string(), f.text.clone())).collect();
        (found, evaluation.changes.expect("a change set"))
    };
    let at = || "spec.external[0]".to_owned();
    let wait = |cables| vec![Waiting { class: "router".to_owned(), cables }];

    // A device that is not there.
    let mut home = Home::with_routers(&["core-a"]);
    let (found, changes) = warned(&mut home, &plan);
    assert_eq!(found, [(at(), "The inventory lacks Core-B: 4 cables of router wait.".to_owned())]);
    assert_eq!(changes.waiting, wait(4));
    let all = against(&plan, None).desired.cables.len() as u64;
    assert_eq!(changes.added().cables, all - 4);
    assert!(diff::text(&changes).contains("waiting       4 cables of router, until"));
    home.apply(&plan, usize::MAX, false).expect("the rest is applied");
    let (_, changes) = warned(&mut home, &plan);
    assert!(changes.is_empty(), "applied but for what waits");
    assert!(diff::text(&changes).contains("4 cables of router, until"));
    // Applied, and nobody is told that all of it is there.
    let evaluation = against(&plan, Some(&home.snapshot()));
    let records = Records::default();
    let report = phase(&evaluation, &records, None);
    assert_eq!(report.phase, Phase::Applied);
    let told = standing(&evaluation, &report, &records, None, None);
    assert_eq!(told.sync, SyncState::Synced);
    for kind in [ConditionKind::Applied, ConditionKind::InSync] {
        let condition = told.conditions.iter().find(|c| c.kind == kind).expect("the condition");
        assert_eq!(
            (condition.status, condition.message.as_str()),
            (
                ConditionStatus::True,
                "The target is as the plan wants it, but for 4 cables that wait for devices of \
                 others."
            )
        );
    }
    let tables = Tables::of(&evaluation.fabric, Some(&changes), None);
    let state = |row| tables.cell(TableKind::Cables, row, Column::State);
    let all = u32::try_from(evaluation.fabric.links.len()).expect("a few");
    assert_eq!((0..all).filter(|row| state(*row) == "waits").count(), 4);

    // It comes: its cables are the next change.
    let device = DeviceRecord {
        name: "CORE-B".to_owned(),
        site: SITE.to_owned(),
        role: "router".to_owned(),
        device_type: "r".to_owned(),
        status: "active".to_owned(),
        ..DeviceRecord::default()
    };
    let ids = home.inventory.write(&[Write::Create { object: Object::Device(device) }]);
    let core_b = ids.expect("it can be written")[0];
    let (found, changes) = warned(&mut home, &plan);
    assert_eq!((found.len(), changes.added().cables, changes.added().total()), (0, 4, 4));
    home.apply(&plan, usize::MAX, false).expect("it is applied");
    assert!(home.changes(&plan).is_empty());

    // An interface that is called otherwise: the cable in it waits and is left where it is.
    let mut other = plan.clone();
    other.spec.external[0].ports = vec!["Ethernet1/[1-3]".to_owned(), "Ethernet1/9".to_owned()];
    let (found, changes) = warned(&mut home, &other);
    assert_eq!(
        found,
        [(
            at(),
            "The inventory lacks core-a Ethernet1/9, Core-B Ethernet1/9: 2 cables of router wait."
                .to_owned()
        )]
    );
    assert!(changes.is_empty(), "{}", diff::text(&changes));
    assert_eq!(changes.waiting, wait(2));

    // Names beyond the third are counted.
    other.spec.external[0].ports = vec!["x[1-4]".to_owned()];
    let (found, _) = warned(&mut home, &other);
    assert!(found[0].1.contains("core-a x3 and 5 more: 8 cables"), "{found:?}");
    assert!(home.snapshot().device(core_b).is_some());
}

#[test]
fn what_others_have_cabled_or_the_plan_made_is_an_error_at_the_class() {
    let plan = plan_of(EDGE);
    let mut home = Home::with_routers(&["core-a", "core-b", "other"]);
    let s = home.snapshot();
    let port = |name: &str, port: &str| {
        let device = s.device_named(name).expect("a device").id;
        s.interface_named(device, port).expect("an interface").id
    };
    let ends = (port("core-a", "Ethernet1/2"), port("other", "Ethernet1/1"));
    let status = "connected".to_owned();
    let cable = CableRecord { a: ends.0, b: ends.1, status, ..CableRecord::default() };
    let ids = home.inventory.write(&[Write::Create { object: Object::Cable(cable) }]);
    let cable = ids.expect("it can be written")[0];
    let at = || (Code::NameTaken, "spec.external[0]".to_owned());
    assert_eq!(errors(&against(&plan, Some(&home.snapshot()))), [at()]);
    home.inventory.write(&[Write::Delete { kind: Kind::Cable, id: cable }]).expect("deleted");
    home.apply(&plan, usize::MAX, false).expect("it is applied");

    // A device that the plan made once is not somebody else's.
    let mut own = plan.clone();
    own.spec.external[0].devices[1] = "gpu-016".to_owned();
    own.spec.cluster.as_mut().expect("a cluster").servers = 15;
    let found = errors(&against(&own, Some(&home.snapshot())));
    assert!(found.contains(&at()), "{found:?}");
}

/// A foreign cable that comes between approval and apply stops the run.
#[test]
fn a_port_that_somebody_takes_meanwhile_stops_the_run() {
    let plan = plan_of(EDGE);
    let mut home = Home::with_routers(&["core-a", "core-b", "other"]);
    let s = home.snapshot();
    let evaluation = against(&plan, Some(&s));
    let approval = approve(
        &evaluation,
        &plan,
        &heddle::workflow::Approver::new("Ada", ""),
        "2026-01-01T00:00:00.000Z",
    )
    .expect("an approval");
    let records = Records { approvals: vec![approval], ..Records::default() };
    let approved = authorise(&evaluation, &records).expect("approved");
    let port = |name: &str, port: &str| {
        let device = s.device_named(name).expect("a device").id;
        s.interface_named(device, port).expect("an interface").id
    };
    let cable = CableRecord {
        a: port("core-b", "Ethernet1/4"),
        b: port("other", "Ethernet1/1"),
        status: "connected".to_owned(),
        ..CableRecord::default()
    };
    home.inventory.write(&[Write::Create { object: Object::Cable(cable) }]).expect("written");
    let before = home.foreign();
    let stopped = apply(&approved, &mut home.inventory, &mut Silent, &Progress::new());
    let error = stopped.expect_err("it stops").to_string();
    assert!(error.contains("is not what was approved"), "{error}");
    assert_eq!(home.foreign(), before);
    assert_eq!(home.snapshot().devices().len(), 3, "nothing was written");
}

/// A class that was once one of servers leaves its devices behind; the names given now are others.
#[test]
fn a_device_that_the_plan_made_under_the_same_key_is_not_meant() {
    let plan = plan_of(EDGE);
    let mut home = Home::with_routers(&["core-a", "core-b"]);
    let device = DeviceRecord {
        name: "old-router".to_owned(),
        site: SITE.to_owned(),
        role: "router".to_owned(),
        device_type: "r".to_owned(),
        status: "planned".to_owned(),
        key: Some(format!("{}/device/router/1", plan.metadata.id)),
        ..DeviceRecord::default()
    };
    let field = Prerequisite::CustomField { name: heddle::inventory::KEY_FIELD.to_owned() };
    let batch =
        [Write::Ensure { prerequisite: field }, Write::Create { object: Object::Device(device) }];
    home.inventory.write(&batch).expect("it can be written");
    let before = home.foreign();
    let changes = home.changes(&plan);
    let gone: Vec<_> = changes.deletions.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(gone, ["old-router"]);
    home.apply(&plan, usize::MAX, false).expect("it is applied");
    assert_eq!(home.foreign(), before);
    assert!(external_cables(&home.snapshot()).iter().any(|(_, end)| end == "core-a Ethernet1/1"));
    assert!(home.changes(&plan).is_empty());
}
