//! A part of the changes.

use super::*;

#[test]
fn a_part_is_applied_with_all_it_needs_and_the_rest_waits() {
    for parts in [
        vec![Part::Fabric("backend".to_owned())],
        vec![Part::Fabric("frontend".to_owned())],
        vec![Part::Su(1)],
        vec![Part::Su(2), Part::Class("fe-leaf".to_owned())],
        vec![Part::Class("be-spine".to_owned())],
    ] {
        let home = Home::new();
        let all = changes(&home.hold()).clone();
        let set = home.run(&Purpose::Converge, &parts, &[]);
        assert!(!set.is_empty() && set.additions.len() < all.additions.len(), "{parts:?}");
        // The other ends of cables: those of spines are leaves, those of leaves are both.
        let named = |n: u32| {
            let kind = all.desired.kind_of(n).expect("a kind");
            parts.contains(&Part::Class(kind.class.clone()))
                || parts.contains(&Part::Fabric(kind.fabric.clone()))
        };
        let by_class = !parts.iter().any(|part| matches!(part, Part::Su(_)));
        let along = set.additions.iter().filter(|addition| match addition {
            Addition::Device(n) => !named(*n),
            _ => false,
        });
        assert!(!by_class || set.needed.devices == along.count() as u64, "{:?}", set.needed);
        assert!(set.needed.devices > 0 && set.needed.cables == 0, "{:?}", set.needed);
        let left = set.left_out.total() as usize;
        assert_eq!(set.additions.len() + left, all.additions.len(), "{parts:?}");
        let held = home.hold();
        assert_eq!(held.phase().phase, Phase::Planned, "the rest waits for an approval");
        assert!(held.evaluation.drift.is_none(), "no run was whole yet");
        let applied = &held.standing().conditions[3];
        assert_eq!((applied.kind, applied.reason.as_str()), (ConditionKind::Applied, "InPart"));
        let rest = home.converge();
        assert_eq!(rest.additions.len() + set.additions.len(), all.additions.len());
        assert!(changes(&home.hold()).is_empty());
        // Ports are found by the device, whatever it is called by now.
        home.edit(|plan| plan.spec.naming.prefix = "x-".to_owned());
        home.servers(17);
        let cable = home.hold().snapshot.cables().first().expect("a cable").id;
        home.write(&[Write::Delete { kind: Kind::Cable, id: cable }]);
        home.run(&Purpose::Converge, &parts, &[]);
        home.converge();
        home.edit(|plan| plan.spec.naming.prefix.clear());
        home.servers(16);
        home.run(&Purpose::Converge, &[], &[Code::ManyDeletions]);
        // Not of the whole: of what the part touched.
        home.servers(18);
        home.run(&Purpose::Converge, &[Part::Class("gpu".to_owned())], &[]);
        let held = home.hold();
        let drift = held.evaluation.drift.clone().expect("a baseline");
        assert!(drift.is_empty(), "{drift:?}");
    }
}

/// What a part leaves for later is not there: neither drawing nor tables claim it.
#[test]
fn what_is_not_there_is_not_drawn_as_built() {
    let home = Home::new();
    let check = |purpose: &Purpose, parts: &[Part], expected: [(&str, State); 3]| {
        let held = home.try_hold(purpose, parts).expect("it is held against the target");
        let (evaluation, changes) = (&held.evaluation, changes(&held));
        let scene = lay_out(&evaluation.fabric, Some(changes), None);
        let tables = Tables::of(&evaluation.fabric, Some(changes), None);
        for (class, state) in expected {
            let mut blocks = scene.blocks.iter().filter(|block| block.class == class);
            let is_so = |block: &Block| block.states.iter().all(|of| *of == state);
            assert!(blocks.all(is_so), "{purpose:?} {parts:?}: {class}");
            let first = evaluation.fabric.class(class).expect("a class").first_device;
            assert_eq!(tables.state(TableKind::Devices, first), state, "{class}");
            let words =
                if state == State::NotBuilt { "not built" } else { state.name_in(Some(changes)) };
            assert_eq!(tables.cell(TableKind::Devices, first, Column::State), words, "{class}");
        }
    };
    let backend = [Part::Fabric("backend".to_owned())];
    use State::{Added, NotBuilt, Removed, Unchanged};
    let of = |states: [State; 3]| {
        let [leaf, spine, front] = states;
        [("be-leaf", leaf), ("be-spine", spine), ("fe-leaf", front)]
    };
    check(&Purpose::Converge, &backend, of([Added, Added, NotBuilt]));
    check(&Purpose::Destroy, &[], of([NotBuilt; 3]));
    home.run(&Purpose::Converge, &backend, &[]);
    check(&Purpose::Destroy, &[], of([Removed, Removed, NotBuilt]));
    check(
        &Purpose::Converge,
        &[Part::Class("be-leaf".to_owned())],
        of([Unchanged, Unchanged, NotBuilt]),
    );
    home.converge();
    check(&Purpose::Destroy, &backend, of([Removed, Removed, Unchanged]));
}

/// What drifted is told of the part that is looked at; what the rest would set right is left.
#[test]
fn drift_is_told_of_the_part_that_is_looked_at() {
    let home = Home::applied();
    for name in ["be-leaf-01", "fe-leaf-01"] {
        home.modify(Kind::Device, home.device(name).id, Field::Role, "spine");
    }
    let held = home
        .try_hold(&Purpose::Converge, &[Part::Fabric("backend".to_owned())])
        .expect("it is held against the target");
    let drift = held.evaluation.drift.as_deref().expect("a baseline");
    assert_eq!((drift.counts().devices, drift.overwritten()), (2, 1));
    let left: Vec<&str> = drift
        .changed
        .iter()
        .filter(|drifted| drifted.left().next().is_some())
        .map(|drifted| drifted.name.as_str())
        .collect();
    assert_eq!(left, ["fe-leaf-01"]);
    assert_eq!(changes(&held).modifications[0].reason, Reason::Drifted);
    let text = heddle::diff::drift_text(drift);
    assert!(text.contains("! device fe-leaf-01") && !text.contains("! device be-leaf"), "{text}");
}

/// A rack unit that a device outside the part is to leave is not free yet.
#[test]
fn a_part_is_refused_where_a_rack_unit_is_not_free_yet() {
    let home = Home::new();
    let place =
        |device: &str, unit| RackPlace { device: device.to_owned(), rack: "core".to_owned(), unit };
    let stand = |places: Vec<RackPlace>| {
        home.edit(|plan| {
            plan.spec.racks = Some(Racks { places, ..Racks::of("heddle-rack-48u") });
        });
    };
    stand(vec![place("be-spine/1", 20), place("be-spine/2", 30)]);
    home.converge();
    // The frontend's spine is to stand where the backend's stands now.
    stand(vec![place("be-spine/1", 10), place("be-spine/2", 30), place("fe-spine/1", 20)]);
    assert_eq!(codes(&home.hold(), Severity::Error), []);
    let part = |fabric: &str| {
        let parts = [Part::Fabric(fabric.to_owned())];
        codes(&home.try_hold(&Purpose::Converge, &parts).expect("held"), Severity::Error)
    };
    assert_eq!(part("frontend"), [Code::RackUnitTaken]);
    assert_eq!(part("backend"), []);
    home.run(&Purpose::Converge, &[Part::Fabric("backend".to_owned())], &[]);
    assert_eq!(part("frontend"), []);
}
