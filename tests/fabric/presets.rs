//! Every size of every preset weaves, or is refused by name.

use super::{catalog, checker, weave};
use heddle::model::{Code, PlanId};
use heddle::plan::preset::{build, presets};

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
