//! What an approval has to acknowledge, what can be waived, and what stops a run that was approved.

use super::*;

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
    assert_eq!(heddle::workflow::phase(&held.evaluation, &records, None).phase, Phase::Planned);
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

/// Applied devices do not become another model by themselves: who approves has read that.
#[test]
fn devices_that_become_another_model_are_told_and_acknowledged() {
    let home = Home::new();
    home.converge();
    home.edit(|plan| {
        let backend =
            plan.spec.cluster.as_mut().and_then(|c| c.backend.as_mut()).expect("a backend");
        "celestica-ds4101".clone_into(&mut backend.spine_model);
        backend.uplink_speed_gbps = 400;
    });
    let held = home.hold();
    let found = held.evaluation.findings.iter().find(|f| f.code == Code::ModelSwap);
    let found = found.expect("it is told");
    assert_eq!(found.path.as_str(), "spec.cluster.backend.spine_model");
    assert!(found.text.contains("of be-spine would become celestica-ds4101"), "{}", found.text);
    let approve = |acknowledged: &[Code]| {
        let mut approver = Approver::new("Ada", "");
        approver.acknowledged = acknowledged.iter().copied().collect();
        session::approve(&home.path("lab.ron"), &home.plan(), &held.evaluation, &approver)
    };
    let refused = approve(&[]).expect_err("it was not read").to_string();
    assert!(refused.contains("model-swap"), "{refused}");
    approve(&[Code::ModelSwap, Code::ManyDeletions]).expect("an approval");
}
