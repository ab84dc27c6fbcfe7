//! Every size of every preset weaves, or is refused by name.

use super::{catalog, checker, evaluated, weave};
use heddle::model::{Code, PlanId, Progress};
use heddle::plan::preset::{build, presets};
use heddle::plan::{Plan, Quantity};
use heddle::session;

/// What may be said of a size that is too large for the switches of a preset.
const REFUSALS: [Code; 5] = [
    Code::TooManyLeaves,
    Code::TooManyPods,
    Code::OverCeiling,
    Code::MeshSize,
    Code::QuantityTooSmall,
];

#[test]
fn every_size_of_every_preset_weaves_or_is_refused() {
    assert!(!catalog().switches.is_empty());
    for preset in presets() {
        let sized = preset.parameters.iter().find(|p| p.name == "servers");
        assert!(sized.is_some(), "{} has a number of servers", preset.name);
        let mut woven = 0;
        for servers in 1..=2048_u32 {
            let set = [("servers".to_owned(), servers.to_string())];
            let plan = build(preset.name, &set, PlanId(uuid::Uuid::from_u128(7)));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", preset.name));
            let answer = weave(&plan);
            match answer.errors().as_slice() {
                [] => woven += 1,
                refusals => assert!(
                    refusals.iter().all(|code| REFUSALS.contains(code)),
                    "{} of {servers}: {:?}",
                    preset.name,
                    answer.findings
                ),
            }
            // The checker is slower than the weaver: every size of the first unit, the edges of
            // units, and a spread of the rest.
            let edge = servers <= 65 || servers % 64 <= 1 && servers % 256 <= 1;
            if answer.errors().is_empty() && (edge || servers.is_multiple_of(83)) {
                // The checker's second level knows clusters that stand alone.
                if plan.spec.cluster.is_some() && plan.spec.server_classes.is_empty() {
                    checker::check(&plan, &answer.fabric);
                } else {
                    checker::check_any(&answer.fabric);
                }
            }
        }
        assert!(woven > 0, "{} weaves some size", preset.name);
    }
}

/// Every preset as it comes, and those with a number of servers at sizes that need another number
/// of leaves, spines, pods.
fn plans() -> Vec<(String, Plan)> {
    let mut plans = Vec::new();
    for preset in presets() {
        for servers in ["", "1", "65", "130", "600", "1100"] {
            let set = [("servers".to_owned(), servers.to_owned())];
            let set = if servers.is_empty() { &set[..0] } else { &set[..] };
            let plan = build(preset.name, set, PlanId(uuid::Uuid::from_u128(7)));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", preset.name));
            if weave(&plan).errors().is_empty() {
                plans.push((format!("{} {servers}", preset.name), plan));
            }
        }
    }
    plans
}

/// Presets come with a number of uplinks that fits.
#[test]
fn no_preset_as_it_comes_has_unused_spine_ports() {
    for (name, plan) in plans().into_iter().filter(|(name, _)| name.ends_with(' ')) {
        let findings = evaluated(&plan).findings;
        assert!(!findings.iter().any(|f| f.code == Code::SpinePortsUnused), "{name}: {findings:?}");
    }
}

/// Pinning fixes all that was computed, changes nothing, and has nothing left to do afterwards.
#[test]
fn pinned_sizes_weave_into_the_same_fabric() {
    let mut pinned_any = 0;
    for (name, plan) in plans() {
        let pin = |plan: &Plan| session::pin_sizes(plan, catalog(), &Progress::new());
        let (pinned, edits) = pin(&plan).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (old, new) = (evaluated(&plan), evaluated(&pinned));
        assert_eq!(new.digests.fabric, old.digests.fabric, "{name}: {edits:?}");
        // A fixed number of spines is no divisor's choice.
        let told = old.findings.into_iter().filter(|f| f.code != Code::SpinePortsUnused);
        assert_eq!(new.findings, told.collect::<Vec<_>>(), "{name}");
        assert_eq!(pin(&pinned).expect("a sound plan"), (pinned.clone(), Vec::new()), "{name}");
        let automatic = |plan: &Plan| {
            let cluster = plan.spec.cluster.iter();
            let overrides = cluster.flat_map(|c| {
                let backend = c.backend.iter().map(|b| b.overrides);
                let of = |f: &heddle::plan::Frontend| f.overrides;
                backend.chain(c.frontend.iter().map(of))
            });
            overrides.filter(|o| o.leaves.is_none() || o.uplink_cages.is_none()).count()
                + plan
                    .spec
                    .switch_classes
                    .iter()
                    .filter(|c| c.quantity == Quantity::Automatic)
                    .count()
        };
        if automatic(&plan) > 0 {
            assert!(!edits.is_empty(), "{name}");
            pinned_any += 1;
        }
    }
    assert!(pinned_any > 20, "{pinned_any}");
}

#[test]
fn ejected_clusters_weave_into_the_same_fabric() {
    let mut ejected_any = 0;
    for (name, plan) in plans() {
        let ejected = session::eject_cluster(&plan, catalog(), &Progress::new());
        if plan.spec.cluster.is_none() {
            let error = ejected.expect_err(&name).to_string();
            assert!(error.contains("no cluster"), "{error}");
            continue;
        }
        let ejected = ejected.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(ejected.spec.cluster.is_none());
        let (old, new) = (evaluated(&plan), evaluated(&ejected));
        assert_eq!(new.digests.fabric, old.digests.fabric, "{name}");
        // What was written out can be pinned too.
        let pinned = session::pin_sizes(&ejected, catalog(), &Progress::new());
        let (pinned, _) = pinned.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(evaluated(&pinned).digests.fabric, old.digests.fabric, "{name}");
        for class in &pinned.spec.switch_classes {
            let there = old.fabric.classes.iter().any(|c| c.family == class.id && c.count > 0);
            let pinned = class.quantity != Quantity::Automatic;
            assert_eq!(pinned, there, "{name}: {} is pinned if it is there", class.id);
        }
        ejected_any += 1;
    }
    assert!(ejected_any > 20, "{ejected_any}");
}
