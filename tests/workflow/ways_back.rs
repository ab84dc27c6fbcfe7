//! The way back from a run, and the end.

use super::*;

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
        // What it made and took away is known: only a field that an undo leaves alone is not.
        let modified = set.modifications.len() as u64;
        let drift = after.evaluation.drift.as_ref().expect("a baseline");
        assert!(drift.is_empty(), "{drift:?}");
        assert!(drift.unsettled <= modified, "{} of {modified}", drift.unsettled);
        let known = drift.counts().devices + drift.unsettled;
        let back = home.device("gpu-016");
        home.modify(Kind::Device, back.id, Field::Role, "spine");
        let drift = home.hold().evaluation.drift.expect("a baseline");
        let now = drift.counts().devices + drift.unsettled;
        assert_eq!(now, known + 1, "what drifts later is seen");
        home.modify(Kind::Device, back.id, Field::Role, &back.role);
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
    let drift = held.evaluation.drift.expect("a baseline");
    assert!(drift.is_empty(), "it went by our own hand");
    assert_eq!(drift.unsettled, 0, "and nothing of it is unknown");
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

/// A run that stopped, and the same changes approved and applied anew, are one run to undo.
#[test]
fn a_run_that_was_begun_anew_is_undone_as_one() {
    let home = Home::applied();
    let before = home.hold().snapshot;
    home.servers(15);
    let held = home.hold();
    let plan = (home.path("lab.ron"), home.plan());
    let approve = || {
        session::approve(&plan.0, &plan.1, &held.evaluation, &Approver::new("Ada", ""))
            .expect("an approval");
        let records = session::records(&plan.0, &plan.1).expect("records");
        let approved = heddle::workflow::authorise(&held.evaluation, &records).expect("approved");
        let folder = store::RecordsFolder::read(&plan.0, plan.1.metadata.id).expect("records");
        folder.begin_run(&approved, &session::now(), home.known().as_deref()).expect("a run")
    };
    // Killed before it wrote anything, as far as anybody can tell.
    drop(approve());
    let mut run = approve();
    let records = session::records(&plan.0, &plan.1).expect("records");
    assert_eq!(records.runs.iter().filter(|run| run.outcome == Outcome::Running).count(), 2);
    let id = run.run_id().to_owned();
    let (set, approval) = store::read_run_changes(&plan.0, &id).expect("its changes");
    let approved = heddle::workflow::reauthorise(set, approval).expect("approved");
    heddle::apply::apply(&approved, &mut home.inventory(), &mut run, &Progress::new())
        .expect("applied");
    home.run(&Purpose::Undo { run: id }, &[], &[]);
    assert_eq!(state(&home.hold().snapshot), state(&before));
}

/// Cables that waited for a device of others were not applied: they do not drift, and undo of the
/// run that made them takes them away.
#[test]
fn cables_that_waited_are_not_taken_for_applied() {
    let home = Home::new();
    let edge = "switch_classes: [(
        id: \"edge\", fabric: \"frontend\", role: border_leaf, model: \"celestica-ds5000\",
        redundancy: redundant,
        zones: [
            (id: \"outside\", kind: server, ports: \"1-8\", breakout: \"2x400\"),
            (id: \"uplink\", kind: uplink, ports: \"33-64\", breakout: \"1x800\"),
        ],
    )],
    external: [(
        id: \"router\", devices: [\"core-a\"], ports: [\"Ethernet1/[1-4]\"], speed_gbps: 400,
        connections: [(id: \"up\", ports: 4, switch_class: \"edge\", zone: \"outside\",
            distribution: alternating(group: 2))],
    )],
    cluster: (";
    let text = std::fs::read_to_string(home.path("lab.ron")).expect("the plan");
    std::fs::write(home.path("lab.ron"), text.replacen("cluster: (", edge, 1)).expect("written");
    let set = home.converge();
    assert_eq!(set.waiting.iter().map(|waiting| waiting.cables).sum::<u64>(), 4);
    // Their owner brings it.
    let device = DeviceRecord {
        name: "core-a".to_owned(),
        id: 0,
        key: None,
        tags: Vec::new(),
        ..home.device("edge-01")
    };
    let id = home.inventory().write(&[Write::Create { object: Object::Device(device) }]);
    let device = *id.expect("a device").first().expect("its id");
    let interface = |n: u32| InterfaceRecord {
        device,
        name: format!("Ethernet1/{n}"),
        interface_type: "other".to_owned(),
        ..InterfaceRecord::default()
    };
    let create = |n| Write::Create { object: Object::Interface(interface(n)) };
    home.write(&(1..=4).map(create).collect::<Vec<_>>());
    let held = home.hold();
    assert_eq!(changes(&held).added().cables, 4);
    assert_eq!(changes(&held).regained, []);
    let drift = held.evaluation.drift.clone().expect("a baseline");
    assert!(drift.is_empty(), "{drift:?}");
    let before = held.snapshot;
    home.converge();
    home.run(&home.newest(), &[], &[]);
    assert_eq!(state(&home.hold().snapshot), state(&before));
}

/// Places are part of what was there before: of what comes and goes, and of what an architect moved.
#[test]
fn places_in_racks_come_back() {
    let home = Home::new();
    let spines_at = |first: u32, second: u32| {
        let place = |device: &str, unit| RackPlace {
            device: device.to_owned(),
            rack: "core".to_owned(),
            unit,
        };
        home.edit(|plan| {
            let places = vec![place("be-spine/1", first), place("be-spine/2", second)];
            plan.spec.racks = Some(Racks { places, ..Racks::of("heddle-rack-48u") });
        });
    };
    spines_at(20, 30);
    home.converge();
    let position = |name: &str| home.device(name).position();
    assert_eq!(position("be-spine-01").as_deref(), Some("20"));
    let before = home.hold().snapshot;
    // Both move, one to where the other stood, and servers come that stand in racks too.
    spines_at(30, 40);
    home.servers(18);
    home.converge();
    assert_eq!(position("be-spine-01").as_deref(), Some("30"));
    assert!(position("gpu-018").is_some());
    home.run(&home.newest(), &[], &[Code::ManyDeletions]);
    assert_eq!(state(&home.hold().snapshot), state(&before));
}

/// What came after a run that stopped would be overwritten by going on with it: only the newest
/// run can be gone on with.
#[test]
fn a_run_that_others_came_after_is_not_gone_on_with() {
    let home = Home::applied();
    home.servers(18);
    let held = home.hold();
    let plan = (home.path("lab.ron"), home.plan());
    let of = (&held.evaluation, held.snapshot.as_ref());
    let file = home.path("late");
    session::write_change_set(&file, (&plan.0, &plan.1), of, false).expect("a change set");
    session::approve_change_set(&file, &Approver::new("Ada", "")).expect("approved");
    let set = store::read_change_set(&file).expect("a change set");
    let approved = heddle::workflow::authorise_stored(
        &set.changes,
        &set.findings,
        &set.head.digests,
        &set.approvals,
    )
    .expect("approved");
    let folder = store::RecordsFolder::read(&plan.0, plan.1.metadata.id).expect("records");
    drop(
        folder
            .begin_run(&approved, &session::now(), home.known().as_deref())
            .expect("a run that dies at once"),
    );
    home.servers(20);
    home.converge();
    let before = home.hold().snapshot;
    let inventory = home.path("inventory");
    let error = session::resume_change_set(&file, &inventory, &Progress::new())
        .expect_err("it is behind")
        .to_string();
    assert!(error.contains("nothing to resume"), "{error}");
    assert_eq!(state(&home.hold().snapshot), state(&before));
}
