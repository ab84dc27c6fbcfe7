//! What drifted, what is ignored, and what was called otherwise.

use super::*;

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

/// Renamed, applied, renamed again and at last back: each time the inventory is renamed, however
/// many names lie between what is there and what is wanted.
#[test]
fn what_is_renamed_after_each_apply_stays_the_same_devices() {
    let home = Home::applied();
    let ejected = session::eject_cluster(&home.plan(), &home.catalog, &Progress::new());
    let ejected = ejected.expect("classes");
    home.edit(|plan| plan.spec = ejected.spec);
    let rename = |field: &str, id: &str| {
        home.edit(|plan| {
            let gpu = plan.spec.server_classes.iter().position(|class| !class.nics.is_empty());
            let path = SpecPath::new("spec.server_classes").index(gpu.expect("the servers"));
            let path = SpecPath::new(format!("{path}{field}"));
            heddle::plan::rename(plan, &path, id, true).expect("a new id");
        });
    };
    let of_keys = |part: &str| {
        let held = home.hold();
        let keys = held.snapshot.devices().iter().filter_map(|device| device.key.clone());
        keys.filter(|key| key.contains(part)).count()
    };
    for (field, id, applies) in [
        (".nics[0].id", "nic-0", true),
        (".id", "a", true),
        (".id", "b", true),
        // Two names that the inventory never saw.
        (".id", "c", false),
        (".nics[0].id", "port-0", false),
        (".id", "d", true),
        (".id", "a", true),
        (".nics[0].id", "nic-0", true),
        (".id", "gpu", true),
    ] {
        rename(field, id);
        let held = home.hold();
        assert_eq!(codes(&held, Severity::Error), [], "{id}: {:?}", held.evaluation.findings);
        let set = changes(&held);
        let text = heddle::diff::text(set);
        assert_eq!((set.additions.len(), set.deletions.len()), (0, 0), "{id}: {text}");
        assert!(!set.modifications.is_empty(), "{id}");
        if applies {
            home.converge();
            assert!(changes(&home.hold()).is_empty(), "{id}");
        }
    }
    assert_eq!(of_keys("/device/gpu/"), 16);
}

/// What drifted on an object that the plan has no longer goes with it, and is not left.
#[test]
fn what_drifted_on_something_that_goes_is_not_left() {
    let home = Home::applied();
    home.modify(Kind::Device, home.device("gpu-016").id, Field::Role, "spine");
    home.servers(15);
    let held = home.hold();
    let drift = held.evaluation.drift.as_deref().expect("a baseline");
    assert_eq!((drift.counts().devices, drift.overwritten()), (1, 1));
    assert!(!heddle::diff::drift_text(drift).contains('!'));
}

/// A place that the rule chose is written once; that the rule chooses another is no drift.
#[test]
fn a_device_that_stands_where_it_was_put_does_not_drift() {
    let home = Home::applied();
    home.edit(|plan| plan.spec.racks = Some(Racks::of("heddle-rack-48u")));
    home.converge();
    let held = home.hold();
    assert!(changes(&held).is_empty());
    let drift = held.evaluation.drift.clone().expect("a baseline");
    assert!(drift.is_empty(), "{:?}", drift.changed.first());
    assert_eq!(held.standing().health, Health::Healthy);
}
