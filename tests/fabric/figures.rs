//! Published figures and the vectors of the rules of construction.

use super::{backend, cluster, codes, evaluated, fat_tree, figures, of_models, radix_64, sample};
use super::{sound, switch_of};
use heddle::model::{Code, Severity};
use heddle::plan::{Plan, Spread, Tiers};

fn check(what: &str, plan: &Plan, expected: [u32; 6]) {
    let answer = sound(plan);
    assert_eq!(figures(&answer.fabric, "backend"), expected, "{what}");
}

fn three(mut plan: Plan) -> Plan {
    backend(&mut plan).tiers = Tiers::Three;
    plan
}

#[test]
fn the_sample() {
    let answer = sound(&sample());
    let fabric = &answer.fabric;
    assert_eq!(figures(fabric, "backend"), [16, 8, 0, 1024, 512, 0]);
    assert_eq!(figures(fabric, "frontend"), [2, 2, 0, 256, 64, 0]);
    assert_eq!((fabric.devices.len(), fabric.links.len()), (156, 1856));
}

/// Eight rails at radix 64, NVIDIA's DGX SuperPOD among them.
#[test]
fn radix_64_in_two_tiers() {
    for (servers, leaves, spines) in
        [(1, 8, 4), (33, 16, 8), (64, 16, 8), (128, 32, 16), (256, 64, 32)]
    {
        let expected = [leaves, spines, 0, 8 * servers, 32 * leaves, 0];
        check(&format!("{servers} servers"), &radix_64(servers, 32), expected);
    }
}

#[test]
fn three_tiers() {
    check(
        "2,048 servers at radix 64",
        &three(radix_64(2048, 32)),
        [512, 512, 256, 16_384, 16_384, 16_384],
    );
    check("k = 4", &three(fat_tree(16, 4)), [8, 8, 4, 16, 16, 16]);
    check("k = 8", &three(fat_tree(128, 8)), [32, 32, 16, 128, 128, 128]);
    let k_4 = sound(&three(fat_tree(16, 4)));
    assert_eq!(k_4.fabric.links.len(), 48);
}

/// A fat tree that needs a third tier gets it without being asked.
#[test]
fn the_third_tier_comes_by_itself() {
    check("two tiers hold 32", &fat_tree(32, 8), [8, 4, 0, 32, 32, 0]);
    check("one more", &fat_tree(33, 8), [9, 12, 8, 33, 36, 48]);
    check("radix 16", &fat_tree(128, 16), [16, 8, 0, 128, 128, 0]);
}

#[test]
fn a_hundred_and_thirty_thousand_gpus() {
    check(
        "16,384 servers at radix 128",
        &three(of_models(16_384, 64, "nvidia-sn5600", 400)),
        [2048, 2048, 1024, 131_072, 131_072, 131_072],
    );
    check(
        "8,192 GPUs in two tiers",
        &of_models(1024, 64, "nvidia-sn5600", 400),
        [128, 64, 0, 8192, 8192, 0],
    );
}

/// 64 DGX H100 as the Apstra examples have them: four groups of 16 servers on eight leaves.
#[test]
fn four_groups_of_sixteen() {
    check("32 ports", &of_models(64, 16, "celestica-ds4000", 400), [32, 16, 0, 512, 512, 0]);
}

/// A leaf of 32, 64 and 128 ports at 1:1 holds stripes of 16, 32 and 64 servers on eight leaves.
#[test]
fn stripes() {
    for (model, most) in [("celestica-ds4000", 16), ("nvidia-qm9700", 32), ("nvidia-sn5600", 64)] {
        for (stripe, leaves) in [(most, 8), (most + 1, 16)] {
            let answer = sound(&of_models(stripe, stripe, model, 400));
            assert_eq!(figures(&answer.fabric, "backend")[0], leaves, "{model}, {stripe} servers");
        }
    }
}

/// Two stripes of two servers, four spines, four uplinks of a leaf: the ratio of what is there.
#[test]
fn ratios_of_stripes() {
    for (speed_gbps, cages, ratio) in [(200, 1, "1 : 1"), (400, 2, "1 : 2"), (800, 4, "1 : 4")] {
        let mut plan = of_models(4, 2, "celestica-ds5000", speed_gbps);
        let backend = backend(&mut plan);
        (backend.overrides.spines, backend.overrides.uplink_cages) = (Some(4), Some(cages));
        let answer = sound(&plan);
        assert_eq!(figures(&answer.fabric, "backend"), [16, 4, 0, 32, 64, 0]);
        assert_eq!(answer.explained("be-leaf.oversubscription", "installed"), ratio);
    }
}

#[test]
fn rails_only() {
    let mut plan = radix_64(32, 32);
    backend(&mut plan).tiers = Tiers::One;
    check("32 servers", &plan, [8, 0, 0, 256, 0, 0]);
    (cluster(&mut plan).servers, cluster(&mut plan).su_size) = (64, 64);
    check("64 servers fill eight leaves", &plan, [8, 0, 0, 512, 0, 0]);
}

#[test]
fn a_partly_filled_unit() {
    let mut plan = of_models(32, 72, "nvidia-q3400", 800);
    backend(&mut plan).nic = "connectx-8-1x800".to_owned();
    check("32 of 72", &plan, [8, 4, 0, 256, 576, 0]);
}

/// 64 ports at 2 : 1: 42 down, 22 up.
#[test]
fn uplinks_follow_from_the_target() {
    let mut plan = of_models(42, 42, "tree", 400);
    plan.spec.models.switches = vec![switch_of("tree", 64)];
    backend(&mut plan).oversubscription = "2:1".parse().unwrap();
    check("2 : 1", &plan, [8, 11, 0, 336, 176, 0]);
    backend(&mut plan).spread = Spread::Balanced;
    check("2 : 1, balanced", &plan, [8, 3, 0, 336, 176, 0]);
}

/// Dual-plane NICs: two fabrics alike, half the ports of each NIC.
#[test]
fn two_planes() {
    let mut plan = of_models(128, 64, "nvidia-sn5600", 400);
    let backend = backend(&mut plan);
    (backend.nic, backend.planes) = ("connectx-8-2x400".to_owned(), 2);
    let answer = sound(&plan);
    for plane in ["backend-plane-0", "backend-plane-1"] {
        assert_eq!(figures(&answer.fabric, plane), [16, 8, 0, 1024, 1024, 0]);
    }
}

/// What a fabric without faults gives no warning about.
#[test]
fn sound_fabrics_are_of_one_piece() {
    for plan in [sample(), radix_64(256, 32), three(radix_64(300, 32)), three(fat_tree(16, 4))] {
        let warnings = codes(&evaluated(&plan).findings, Severity::Warning);
        assert!(!warnings.contains(&Code::FabricInParts), "{warnings:?}");
    }
}
