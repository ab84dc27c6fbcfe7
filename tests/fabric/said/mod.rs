//! What is said of classes written by hand that cannot be woven, or not as they should: the rule,
//! the place in the spec and the figures.

mod fields;
mod once;
mod remedies;
mod weaving;

use super::classes::{class, leaf, plan, servers, spine, zone};
use super::evaluated;
use heddle::catalog::{Breakout, PortList, SwitchModel};
use heddle::model::EditValue;
use heddle::plan::{
    self, Connection, ConnectionKind, DeadPorts, Distribution, Nic, Pin, PlacementRules, Plan,
    PortOrder, PortZone, Quantity, RailPacking, ServerClass, SwitchClass, SwitchRedundancy,
    SwitchRole, Tiers, Topology, ZoneKind,
};

/// Four leaves with eight servers and eight uplinks each, and two spines: nothing to say.
fn quiet() -> Plan {
    let zones = vec![zone("down", ZoneKind::Server, "1-8"), zone("up", ZoneKind::Uplink, "9-16")];
    plan(vec![leaf(zones), spine()], vec![servers("s", 32, 1, Distribution::SameSwitch)])
}

fn leaf_of(plan: &mut Plan) -> &mut SwitchClass {
    &mut plan.spec.switch_classes[0]
}

fn spine_of(plan: &mut Plan) -> &mut SwitchClass {
    &mut plan.spec.switch_classes[1]
}

fn down(plan: &mut Plan) -> &mut PortZone {
    &mut leaf_of(plan).zones[0]
}

fn up(plan: &mut Plan) -> &mut PortZone {
    &mut leaf_of(plan).zones[1]
}

fn of_servers(plan: &mut Plan) -> &mut ServerClass {
    &mut plan.spec.server_classes[0]
}

fn connection(plan: &mut Plan) -> &mut Connection {
    &mut of_servers(plan).connections[0]
}

fn model(plan: &mut Plan) -> &mut SwitchModel {
    &mut plan.spec.models.switches[0]
}

fn ports(list: &str) -> PortList {
    PortList::parse(list).expect("ports")
}

fn half() -> Breakout {
    Breakout { lanes: 2, speed_gbps: 200 }
}

/// Said of the class of leaves in many plans that cannot be woven.
const DARK: &str =
    "dark-zone at switch_classes[0].zones[0]: No server is connected to zone down of leaf.";

const SINGLE: &str = "single-spine at switch_classes[1]: Fabric net stands on a single spine: if \
                      it fails, leaves cannot reach each other.";

/// All that is said of the quiet plan once it is changed, as `rule at place: text`, with what a
/// button would write there. Every such button helps.
fn check(expected: &[&str], change: impl FnOnce(&mut Plan)) {
    check_in(quiet(), expected, change);
}

/// The same of another plan.
fn check_in(mut plan: Plan, expected: &[&str], change: impl FnOnce(&mut Plan)) {
    change(&mut plan);
    let findings = evaluated(&plan).findings;
    for finding in &findings {
        for edit in finding.remedies().filter_map(|remedy| remedy.edit.as_ref()) {
            let mut pressed = plan.clone();
            plan::apply_edit(&mut pressed, edit).expect("the edit fits");
            let left = evaluated(&pressed).findings;
            assert!(!left.contains(finding), "pressing {edit:?} did not help");
        }
    }
    let said: Vec<String> = findings
        .into_iter()
        .map(|f| {
            let place = f.path.as_str().trim_start_matches("spec.");
            let edits =
                f.remedies().filter_map(|r| r.edit.as_ref()).map(|edit| match &edit.value {
                    EditValue::Tree(_) => String::new(),
                    value => format!(" -> {value}"),
                });
            let edit: String = edits.collect();
            format!("{} at {place}: {}{edit}", f.code.name(), f.text)
        })
        .collect();
    assert_eq!(said, expected);
}
