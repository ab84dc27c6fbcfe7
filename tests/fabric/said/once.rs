//! A mistake is told once, at its place, and the number on a button leaves its field without an
//! error.

use super::*;
use heddle::fabric::eject;
use heddle::model::{Edit, Severity, SpecPath};
use heddle::plan::Racks;

/// The sample plan written out as classes.
fn by_hand() -> Plan {
    let mut plan = super::super::sample();
    plan.spec = eject(&plan.spec, super::super::catalog()).expect("classes");
    plan
}

/// All errors of the sample plan as classes once it is changed: place, text, what buttons write.
/// Every button leaves no error at all.
fn check(expected: &[&str], change: impl FnOnce(&mut Plan)) {
    let mut plan = by_hand();
    change(&mut plan);
    let errors = |plan: &Plan| {
        let mut findings = evaluated(plan).findings;
        findings.retain(|finding| finding.severity == Severity::Error);
        findings
    };
    let mut said = Vec::new();
    for finding in errors(&plan) {
        let place = finding.path.as_str().trim_start_matches("spec.");
        let mut line = format!("{place}: {}", finding.text);
        assert!(finding.remedy.is_some(), "{line}");
        for edit in finding.remedies().filter_map(|remedy| remedy.edit.as_ref()) {
            line.push_str(&format!(" -> {}", edit.value));
            let mut pressed = plan.clone();
            plan::apply_edit(&mut pressed, edit).expect("the edit fits");
            let left = errors(&pressed);
            assert!(left.is_empty(), "pressing {edit:?}: {left:#?}");
        }
        said.push(line);
    }
    assert_eq!(said, expected);
}

#[test]
fn a_wrong_breakout_is_told_at_its_zone() {
    let breakout = |class: usize, zone: usize, way: &'static str| {
        move |plan: &mut Plan| {
            plan.spec.switch_classes[class].zones[zone].breakout = way.parse().expect("a breakout");
        }
    };
    // Eight rails, one error.
    for (way, lanes) in [("8x100", 100), ("4x200", 200), ("1x800", 800)] {
        let text = format!(
            "switch_classes[0].zones[0].breakout: Zone server of be-leaf has lanes of {lanes}G; \
             the 8 connections to it have 400G. Its cages offer 1x800, 2x400, 4x200, 8x100. -> \
             2x400"
        );
        check(&[&text], breakout(0, 0, way));
    }
    check(
        &["switch_classes[3].zones[0].breakout: Zone server of fe-leaf has lanes of 100G; the \
           connection to it has 200G. Its cages offer 1x800, 2x400, 4x200, 8x100. -> 4x200"],
        breakout(3, 0, "8x100"),
    );
    // More logical ports than the switch can have only follows.
    check(
        &["switch_classes[0].zones[0].breakout: Zone server of be-leaf has lanes of 100G; the 8 \
           connections to it have 400G. Its cages offer 1x800, 2x400, 4x200, 8x100. -> 2x400"],
        |p| {
            breakout(0, 0, "8x100")(p);
            let mut model = super::super::catalog().switches["celestica-ds5000"].clone();
            (model.id, model.max_lanes) = ("few-lanes".to_owned(), Some(128));
            p.spec.models.switches.push(model);
            p.spec.switch_classes[0].model = "few-lanes".to_owned();
        },
    );
    // A card that differs from the others is told itself; a speed that was asked for, too.
    check(
        &["server_classes[0].connections[2].zone: rail-2 has ports of 200G, zone server of \
           be-leaf has lanes of 400G. -> connectx-7-1x400"],
        |p| p.spec.server_classes[0].nics[2].model = "connectx-7-2x200".to_owned(),
    );
    check(
        &["server_classes[0].connections[2].speed_gbps: rail-2 has ports of 200G, zone server of \
           be-leaf has lanes of 400G. -> null"],
        |p| p.spec.server_classes[0].connections[2].speed_gbps = Some(200),
    );
    // Connections that differ among themselves have no breakout in common.
    check(
        &["switch_classes[0].zones[0].breakout: Zone server of be-leaf has lanes of 100G; the 8 \
           connections to it have 200G and 400G. Its cages offer 1x800, 2x400, 4x200, 8x100."],
        |p| {
            breakout(0, 0, "8x100")(p);
            p.spec.server_classes[0].connections[2].speed_gbps = Some(200);
        },
    );
    check(
        &["switch_classes[0].zones[1].breakout: Uplinks of 400G cannot join spine ports of 800G \
           in fabric backend. -> 1x800 -> 2x400"],
        breakout(0, 1, "2x400"),
    );
}

#[test]
fn an_id_that_two_rows_have_is_told_once() {
    fn copy<T: Clone>(rows: &mut Vec<T>, n: usize) {
        rows.insert(n + 1, rows[n].clone());
    }
    let classes = |rows: &str, id: &str| format!("{rows} have the same id, `{id}`.");
    check(
        &[&format!(
            "switch_classes[1].id: {} -> be-leaf-2",
            classes("Switch classes 1 and 2", "be-leaf")
        )],
        |p| copy(&mut p.spec.switch_classes, 0),
    );
    // Spines under another id would be a second class of spines.
    check(
        &[&format!("switch_classes[2].id: {}", classes("Switch classes 2 and 3", "be-spine"))],
        |p| copy(&mut p.spec.switch_classes, 1),
    );
    // Connections name who is not there: that is what the second was called.
    check(
        &[&format!(
            "switch_classes[3].id: {} -> fe-leaf",
            classes("Switch classes 3 and 4", "be-super-spine")
        )],
        |p| p.spec.switch_classes[3].id = "be-super-spine".to_owned(),
    );
    check(
        &[&format!(
            "server_classes[0].id: {} -> be-leaf-2",
            classes("Switch class 1 and server class 1", "be-leaf")
        )],
        |p| p.spec.server_classes[0].id = "be-leaf".to_owned(),
    );
    check(
        &[&format!(
            "server_classes[0].nics[1].id: {} -> rail-1",
            classes("NICs 1 and 2 of gpu", "rail-0")
        )],
        |p| p.spec.server_classes[0].nics[1].id = "rail-0".to_owned(),
    );
    check(
        &[&format!(
            "server_classes[0].connections[1].id: {} -> rail-1",
            classes("Connections 1 and 2 of gpu", "rail-0")
        )],
        |p| p.spec.server_classes[0].connections[1].id = "rail-0".to_owned(),
    );
    check(
        &[&format!(
            "switch_classes[0].zones[1].id: {} -> server-2",
            classes("Zones 1 and 2 of be-leaf", "server")
        )],
        |p| p.spec.switch_classes[0].zones[1].id = "server".to_owned(),
    );
    check(
        &[&format!(
            "server_classes[0].connections[1].id: {}",
            classes("Connections 1 and 2 of gpu", "rail-0")
        )],
        |p| copy(&mut p.spec.server_classes[0].connections, 0),
    );
    // What the cluster makes has no id of its own to write.
    let mut plan = super::super::sample();
    let model = "celestica-ds5000".to_owned();
    let other = SwitchClass { model, ..class("gpu", SwitchRole::Leaf, Vec::new()) };
    plan.spec.switch_classes.push(other);
    let findings = evaluated(&plan).findings;
    let found: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].path.as_str(), "spec.switch_classes[0].id");
}

fn numbers(tree: &serde_json::Value, path: &SpecPath, found: &mut Vec<SpecPath>) {
    match tree {
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| numbers(value, &path.field(name), found));
        }
        serde_json::Value::Array(rows) => {
            let rows = rows.iter().enumerate().take(2);
            rows.for_each(|(n, value)| numbers(value, &path.index(n), found));
        }
        serde_json::Value::Number(_) => found.push(path.clone()),
        _ => {}
    }
}

/// Whatever number is wrong in whatever field: the number on a button leaves its field without an
/// error.
#[test]
fn a_number_on_a_button_is_a_good_one() {
    let cluster = |extra: &[&str]| {
        let fields = extra.iter().map(|field| SpecPath::new(format!("spec.cluster.{field}")));
        fields.collect::<Vec<_>>()
    };
    let overrides = ["leaves", "uplink_cages", "spines", "pod_leaves", "pods", "super_spines"];
    let overrides = overrides.map(|field| format!("backend.overrides.{field}"));
    let mut extra: Vec<&str> = overrides.iter().map(String::as_str).collect();
    extra.extend(["size_for", "gpus", "frontend.overrides.leaves", "frontend.overrides.spines"]);
    let mut racks = super::super::sample();
    racks.spec.racks = Some(Racks::of("heddle-rack-48"));
    let plans =
        [(super::super::sample(), cluster(&extra)), (by_hand(), Vec::new()), (racks, Vec::new())];
    let mut pressed_some = 0;
    for (plan, mut paths) in plans {
        numbers(&plan::tree_of(&plan)["spec"], &SpecPath::new("spec"), &mut paths);
        for path in paths {
            for n in [0, 1, 3, 17, 65, 300, 70_000] {
                let mut wrong = plan.clone();
                let edit = Edit { path: path.clone(), value: EditValue::Number(n) };
                if plan::apply_edit(&mut wrong, &edit).is_err() {
                    continue;
                }
                let findings = evaluated(&wrong).findings;
                for finding in findings.iter().filter(|f| f.severity == Severity::Error) {
                    let edits = finding.remedies().filter_map(|remedy| remedy.edit.as_ref());
                    for edit in edits.filter(|e| matches!(e.value, EditValue::Number(_))) {
                        let mut pressed = wrong.clone();
                        plan::apply_edit(&mut pressed, edit).expect("the edit fits");
                        pressed_some += 1;
                        let left = evaluated(&pressed).findings.into_iter().find(|left| {
                            let here = left.path == finding.path || left.path == edit.path;
                            left.severity == Severity::Error && here
                        });
                        assert_eq!(left, None, "{path} = {n}, then {edit:?}");
                    }
                }
            }
        }
    }
    assert!(pressed_some > 30, "{pressed_some}");
}

#[test]
fn numbers_that_lead_on_are_not_offered() {
    let check = |field: &str, n: u64, expected: Option<u64>| {
        let mut plan = super::super::sample();
        let path = SpecPath::new(format!("spec.cluster.{field}"));
        let edit = Edit { path: path.clone(), value: EditValue::Number(n) };
        plan::apply_edit(&mut plan, &edit).expect("the edit fits");
        let findings = evaluated(&plan).findings;
        let found = findings.iter().find(|f| f.path == path && f.severity == Severity::Error);
        let found = found.expect("an error at the field");
        let edit = found.remedy.as_ref().and_then(|remedy| remedy.edit.as_ref());
        let value = expected.map(EditValue::Number);
        assert_eq!(edit.map(|edit| &edit.value), value.as_ref(), "{field} = {n}: {found:?}");
    };
    check("backend.rails", 300, Some(8));
    check("backend.rails", 0, Some(8));
    check("backend.planes", 300, Some(1));
    check("frontend.ports_per_server", 0, Some(2));
    check("servers", 70_000, Some(4_096));
    check("size_for", 70_000, Some(4_096));
    check("gpus", 0, Some(1_024));
    // The servers that belong to so many GPUs do not fit: the GPUs of the servers do.
    check("gpus", 70_000, Some(1_024));
}
