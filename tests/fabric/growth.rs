//! What moves when a plan grows, and what does not: every cable by the name of its lower end.

use super::{Answer, backend, cables_of, cluster, links, moved, of_models, radix_64, sound, weave};
use heddle::fabric::growth::{Growth, Moved, compare};
use heddle::fabric::{self, LinkKind};
use heddle::plan::{Distribution, Plan, RailPacking, Spread, Tiers};

/// Of a backend: links that are there, links that move, links that are new. Counted here by names,
/// and by the library by keys.
fn check(what: &str, kind: LinkKind, old: &Answer, new: &Answer, expected: [usize; 3]) {
    let growth = compare(&old.fabric, &new.fabric);
    let links_of = growth.links.iter().find(|l| l.fabric == "backend" && l.kind == kind);
    let told = links_of.map_or([0; 5], |l| [l.before, l.moved, l.added, l.removed, l.after]);
    let [before, moves, added] = expected.map(|n| n as u64);
    assert_eq!(told, [before, moves, added, 0, before + added], "{what}, as compared");
    let examples = links_of.map_or(&[][..], |l| &l.examples);
    assert_eq!(examples.len(), expected[1].min(3), "{what}: {examples:?}");

    let of = |answer: &Answer| cables_of(&answer.fabric, links(&answer.fabric, "backend", kind));
    let (old, new) = (of(old), of(new));
    let got = [old.len(), moved(&old, &new).len(), new.len() - old.len()];
    assert_eq!(got, expected, "{what}");
}

/// Units of 32 servers at radix 64: eight leaves each.
fn units(units: u32, of: impl Fn(&mut Plan)) -> Answer {
    let mut plan = radix_64(32 * units, 32);
    of(&mut plan);
    sound(&plan)
}

#[test]
fn two_tiers() {
    let kind = LinkKind::LeafSpine;
    let check = |what, from, to, of: &dyn Fn(&mut Plan), expected| {
        check(what, kind, &units(from, of), &units(to, of), expected);
    };
    check("one unit more, spines as before", 3, 4, &|_| {}, [768, 0, 256]);
    check("spines double", 4, 5, &|_| {}, [1024, 512, 256]);
    let spines = |n, spread| {
        move |plan: &mut Plan| {
            backend(plan).overrides.spines = Some(n);
            backend(plan).spread = spread;
        }
    };
    check("32 spines given", 4, 5, &spines(32, Spread::Equal), [1024, 0, 256]);
    check("balanced, 16 given", 3, 4, &spines(16, Spread::Balanced), [768, 0, 256]);
    check("balanced, 12 given", 2, 3, &spines(12, Spread::Balanced), [512, 0, 256]);
    let balanced = |plan: &mut Plan| backend(plan).spread = Spread::Balanced;
    check("balanced, 12 to 16", 3, 4, &balanced, [768, 480, 256]);
}

#[test]
fn a_server_more() {
    let [old, new] = [70, 71].map(|servers| sound(&radix_64(servers, 32)));
    check("uplinks", LinkKind::LeafSpine, &old, &new, [768, 0, 0]);
    check("servers", LinkKind::ServerLeaf, &old, &new, [560, 0, 8]);
}

#[test]
fn three_tiers() {
    let check = |what, from, to, pods: Option<u32>, below, above| {
        let of = |plan: &mut Plan| {
            backend(plan).tiers = Tiers::Three;
            backend(plan).overrides.pods = pods;
        };
        let (old, new) = (units(from, of), units(to, of));
        check(what, LinkKind::LeafSpine, &old, &new, below);
        check(what, LinkKind::SpineSuperSpine, &old, &new, above);
        check(what, LinkKind::ServerLeaf, &old, &new, {
            let [old, new] = [from, to].map(|n| 256 * n as usize);
            [old, 0, new - old]
        });
    };
    check("one unit in the last pod", 17, 18, None, [4352, 0, 256], [5120, 0, 0]);
    check("one pod", 12, 16, None, [3072, 0, 1024], [3072, 0, 1024]);
    check("one pod, super-spines double", 16, 17, None, [4096, 0, 256], [4096, 2048, 1024]);
    check("one pod of eight declared", 16, 17, Some(8), [4096, 0, 256], [4096, 0, 1024]);
}

#[test]
fn from_two_tiers_to_three() {
    let [old, new] = [8, 9].map(|n| units(n, |_| {}));
    check("8 to 9 units", LinkKind::LeafSpine, &old, &new, [2048, 1024, 256]);
}

#[test]
fn shared_rails() {
    let plan = |servers, su_size| {
        let mut plan = of_models(servers, su_size, "nvidia-sn5600", 400);
        backend(&mut plan).leaf_model = "nvidia-qm9700".to_owned();
        backend(&mut plan).rail_packing = RailPacking::Shared;
        // All 64 lanes of a leaf for servers.
        backend(&mut plan).tiers = Tiers::One;
        plan
    };
    let kind = LinkKind::ServerLeaf;
    let [old, new] = [8, 9].map(|servers| sound(&plan(servers, 64)));
    check("units of 64", kind, &old, &new, [64, 0, 8]);
    let [old, new] = [8, 9].map(|servers| {
        let mut plan = plan(servers, 64);
        plan.spec = fabric::eject(&plan.spec, super::catalog()).expect("it can be ejected");
        for connection in &mut plan.spec.server_classes[0].connections {
            if let Distribution::RailOptimised { su_size, .. } = &mut connection.distribution {
                *su_size = None;
            }
        }
        sound(&plan)
    });
    check("no size of a unit", kind, &old, &new, [64, 60, 8]);
}

/// Room that is kept is room that growth uses: nothing moves and no switch comes.
#[test]
fn size_for_keeps_room() {
    let plan = |servers| {
        let mut plan = super::sample();
        let cluster = cluster(&mut plan);
        (cluster.servers, cluster.size_for) = (servers, Some(700));
        plan
    };
    let old = sound(&plan(100));
    let all = |answer: &Answer| cables_of(&answer.fabric, answer.fabric.links.iter());
    for servers in [101, 128, 129, 513, 700] {
        let new = sound(&plan(servers));
        assert_eq!(super::switches(&old.fabric), super::switches(&new.fabric), "{servers}");
        assert_eq!(moved(&all(&old), &all(&new)), [""; 0], "{servers}");
    }
    assert_ne!(super::switches(&old.fabric), super::switches(&weave(&plan(769)).fabric));
}

/// Growth as the counts of devices and of links added, moved and removed, by class and by kind.
fn told(growth: &Growth) -> String {
    let classes = growth.classes.iter().filter(|c| c.added + c.removed > 0);
    let classes = classes.map(|c| format!("{} +{} -{}", c.class, c.added, c.removed));
    let links = growth.links.iter().filter(|l| l.added + l.moved + l.removed > 0);
    let links =
        links.map(|l| format!("{} +{} ~{} -{}", l.kind.name(), l.added, l.moved, l.removed));
    classes.chain(links).collect::<Vec<_>>().join(", ")
}

#[test]
fn growth_is_told_by_class_and_kind() {
    let check = |old: &Plan, new: &Plan, expected: &str| {
        let (old, new) = (sound(old), sound(new));
        assert_eq!(told(&compare(&old.fabric, &new.fabric)), expected);
        assert!(compare(&new.fabric, &new.fabric).is_empty());
    };
    let units = |n: u32| radix_64(32 * n, 32);
    check(&units(3), &units(3), "");
    check(
        &units(4),
        &units(5),
        "be-leaf +8 -0, be-spine +16 -0, gpu +32 -0, server-leaf +256 ~0 -0, \
         leaf-spine +256 ~512 -0",
    );
    // Shrinking is growing backwards: what moved moves back.
    check(
        &units(5),
        &units(4),
        "be-leaf +0 -8, be-spine +0 -16, gpu +0 -32, server-leaf +0 ~0 -256, \
         leaf-spine +0 ~512 -256",
    );
    check(
        &units(8),
        &units(9),
        "be-leaf +8 -0, be-spine +64 -0, be-super-spine +64 -0, gpu +32 -0, \
         server-leaf +256 ~0 -0, leaf-spine +256 ~1024 -0, spine-super-spine +3072 ~0 -0",
    );
    // A fabric that goes takes everything with it.
    let mut without = super::sample();
    cluster(&mut without).frontend = None;
    check(
        &super::sample(),
        &without,
        "fe-leaf +0 -2, fe-spine +0 -2, server-leaf +0 ~0 -256, leaf-spine +0 ~0 -64",
    );
}

#[test]
fn a_move_names_the_end_that_stays_and_both_far_ends() {
    let [old, new] = [4, 5].map(|n| sound(&radix_64(32 * n, 32)));
    let growth = compare(&old.fabric, &new.fabric);
    let links = growth.links.iter().find(|l| l.kind == LinkKind::LeafSpine).expect("uplinks");
    let moved = |end: &str, from: &str, to: &str| Moved {
        end: end.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let names = [cables_of(&old.fabric, old.fabric.links.iter()), super::cables(&new.fabric)];
    for example in &links.examples {
        let [from, to] = names.each_ref().map(|cables| cables[&example.end].as_str());
        assert_eq!(*example, moved(&example.end, from, to));
        assert_ne!(from, to);
    }
    assert_eq!(links.examples.len(), 3);
}

/// What a number of servers would do to the sample: the edits, what moves, and the room to keep.
#[test]
fn another_number_of_servers() {
    use heddle::model::{Edit, EditValue, Progress, SpecPath};
    use heddle::session::what_if;
    let number = |path: &str, n: u64| Edit {
        path: SpecPath::new(format!("spec.cluster.{path}")),
        value: EditValue::Number(n),
    };
    let check = |of: &dyn Fn(&mut Plan), servers, edits: &[Edit], moved, room: Option<u64>| {
        let mut plan = super::sample();
        of(&mut plan);
        let before = plan.clone();
        let answer = what_if(&plan, super::catalog(), None, servers, &Progress::new());
        let answer = answer.expect("a sound plan");
        assert_eq!(plan, before);
        assert_eq!(answer.edits, edits);
        assert_eq!(answer.servers[1], servers);
        assert_eq!(answer.growth.as_ref().map(Growth::moved), moved, "{servers}");
        assert_eq!(answer.room.as_ref().map(|room| room.moved_now), room, "{servers}");
        if let Some(room) = answer.room {
            // Pressed and then grown, nothing moves.
            let edit = room.remedy.edit.expect("an edit");
            heddle::plan::apply_edit(&mut plan, &edit).expect("it can be made");
            let grown = what_if(&plan, super::catalog(), None, servers, &Progress::new());
            let grown = grown.expect("a sound plan");
            assert_eq!(grown.growth.as_ref().map(Growth::moved), Some(0), "{servers}");
            assert_eq!(grown.room, None);
        }
    };
    let servers = |n| [number("servers", n)];
    check(&|_| {}, 128, &servers(128), Some(0), None);
    check(&|_| {}, 129, &servers(129), Some(256), Some(256));
    check(&|_| {}, 64, &servers(64), Some(128), None);
    // It does not fit: nothing to compare, and the findings say why.
    check(&|_| {}, 9000, &servers(9000), None, None);
    let gpus = |plan: &mut Plan| {
        let cluster = cluster(plan);
        (cluster.servers, cluster.gpus) = (0, Some(1024));
    };
    check(&gpus, 127, &[number("gpus", 1016)], Some(0), None);
    let both = |plan: &mut Plan| cluster(plan).gpus = Some(1024);
    check(&both, 127, &[number("servers", 127), number("gpus", 1016)], Some(0), None);
    let room = |plan: &mut Plan| cluster(plan).size_for = Some(200);
    check(&room, 200, &servers(200), Some(0), None);
    let more = [number("servers", 400), number("size_for", 400)];
    check(&room, 400, &more, Some(512 + 64), Some(512 + 64));
}

#[test]
fn the_class_that_grows_is_named_where_there_is_a_choice() {
    use heddle::model::Progress;
    use heddle::session::what_if;
    let check = |plan: &Plan, class: Option<&str>, expected: Result<&str, &str>| match (
        what_if(plan, super::catalog(), class, 3, &Progress::new()),
        expected,
    ) {
        (Ok(answer), Ok(path)) => assert_eq!(answer.edits[0].path.as_str(), path),
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (answer, _) => panic!("{class:?}: {answer:?}"),
    };
    let sample = super::sample();
    check(&sample, None, Ok("spec.cluster.servers"));
    check(&sample, Some("gpu"), Ok("spec.cluster.servers"));
    check(
        &sample,
        Some("cpu"),
        Err("no server class called `cpu`. Name one of its server classes: gpu."),
    );
    let mut ejected = sample.clone();
    ejected.spec = fabric::eject(&sample.spec, super::catalog()).expect("it can be ejected");
    check(&ejected, None, Ok("spec.server_classes[0].quantity"));
    check(&ejected, Some("gpu"), Ok("spec.server_classes[0].quantity"));
    let mut two = ejected.clone();
    two.spec.server_classes[0].connections.truncate(8);
    let mut other = two.spec.server_classes[0].clone();
    other.id = "cpu".to_owned();
    two.spec.server_classes.push(other);
    check(&two, None, Err("more than one server class"));
    check(&two, Some("cpu"), Ok("spec.server_classes[1].quantity"));
    let mut wrong = sample;
    cluster(&mut wrong).servers = 0;
    check(&wrong, None, Err("the plan has errors, the first at spec.cluster.servers"));
}
