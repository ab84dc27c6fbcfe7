//! What moves when a plan grows, and what does not: every cable by the name of its lower end.

use super::{Answer, backend, cables_of, cluster, links, moved, of_models, radix_64, sound, weave};
use heddle::fabric::{self, LinkKind};
use heddle::plan::{Distribution, Plan, RailPacking, Spread, Tiers};

/// Of a backend: links that are there, links that move, links that are new.
fn check(what: &str, kind: LinkKind, old: &Answer, new: &Answer, expected: [usize; 3]) {
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
