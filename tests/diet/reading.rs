//! What a file may say: both versions, errors with their places, notes, and hostile texts.

use super::yaml::{Yaml, flagship};
use super::{cables, count, kinds, read, weave, woven};
use heddle::catalog::Note;
use heddle::fabric::LinkKind;
use heddle::import::{ImportCode, ImportErrors};

#[test]
fn the_second_version_names_the_catalogue() {
    let text = "
apiVersion: diet/v2
kind: TopologyPlan
metadata: {version: 2, case_id: second, name: Second}
spec:
  switch_classes:
  - switch_class_id: leaf
    fabric_name: backend
    hedgehog_role: server-leaf
    device_type_extension: celestica-ds5000
  switch_port_zones:
  - {switch_class: leaf, zone_name: servers, zone_type: server, port_spec: 1-32, breakout_option: 2x400g}
  server_classes:
  - {server_class_id: gpu, quantity: 2, server_device_type: nvidia-dgx-h100}
  server_nics:
  - {server_class: gpu, nic_id: rail-0, module_type: nvidia-connectx-7-1x400}
  server_connections:
  - server_class: gpu
    connection_id: rail-0
    nic: rail-0
    ports_per_connection: 1
    distribution: rail-optimized
    rail: 0
    speed: 400
    target_zone: leaf/servers
contract: {counts: {switch_classes: 1, server_classes: 1, connections: 1}}
";
    let names = cables(&woven(text).fabric);
    assert!(names.contains("gpu-001,rail-0-p0,leaf-01,E1/1/1"), "{names:?}");
    let (plan, _) = read(text).expect("a plan");
    assert_eq!(plan.metadata.name, "Second");
    assert!(plan.spec.models.is_empty());
    for (from, to, code, path, hint) in [
        (
            "celestica-ds5000",
            "celestica-ds500",
            "unknown_reference",
            "spec.switch_classes[0].device_type_extension",
            "`celestica-ds5000`",
        ),
        ("diet/v2", "diet/v3", "invalid_enum", "apiVersion", "diet/v2"),
        ("kind: TopologyPlan", "kind: Plan", "invalid_enum", "kind", "TopologyPlan"),
        (
            "contract:",
            "reference_data: {}\ncontract:",
            "v2_forbidden_key",
            "reference_data",
            "slug",
        ),
        (
            "contract:",
            "switch_classes: []\ncontract:",
            "v2_forbidden_key",
            "switch_classes",
            "`spec`",
        ),
        ("spec:", "spec:\n  reference_data: {}", "v2_forbidden_key", "spec.reference_data", "slug"),
        (
            "connections: 1",
            "connections: 2",
            "assertion_failed",
            "contract.counts.connections",
            "count",
        ),
    ] {
        refused(&text.replacen(from, to, 1), code, path, hint);
    }
}

/// A text that is refused, with an error of this code at this path whose hint has these words.
fn refused(text: &str, code: &str, path: &str, hint: &str) {
    let errors = read(text).expect_err(text);
    let found = errors.errors.iter().any(|error| {
        error.code.name() == code && error.path.as_str() == path && error.hint.contains(hint)
    });
    assert!(found, "{code} at {path}: {errors}");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let good = flagship(4, true)
        .switch("mesh", "mesh", "server-leaf", &["topology_mode: mesh", "override_quantity: 2"])
        .zone("mesh", "mesh", "mesh", "1-2", "1x800g")
        .text();
    woven(&good);
    let check = |from: &str, to: &str, code: &str, path: &str, hint: &str| {
        assert!(good.contains(from), "{from}");
        refused(&good.replacen(from, to, 1), code, path, hint);
    };
    let first = "switch_port_zones[0]";
    check(
        "2x400g\n",
        "3x400g\n",
        "unknown_reference",
        &format!("{first}.breakout_option"),
        "x400g`",
    );
    check("1-32", "1-9999", "invalid_value", &format!("{first}.port_spec"), "1 to 1024");
    check(
        "port_spec: 1-32",
        "port_spec: ''",
        "missing_required",
        &format!("{first}.port_spec"),
        "Add",
    );
    check(
        "zone_type: server",
        "zone_type: sever",
        "invalid_enum",
        &format!("{first}.zone_type"),
        "`server`",
    );
    check(
        "switch_class: be-leaf",
        "switch_class: be-leav",
        "unknown_reference",
        &format!("{first}.switch_class"),
        "`be-leaf`",
    );
    check(
        "port_spec: 1-32",
        "port_spec: 1-32\n    priority: many",
        "invalid_type",
        &format!("{first}.priority"),
        "digits",
    );
    check(
        "port_spec: 1-32",
        "port_spec: 1-32\n    allocation_strategy: custom\n    allocation_order: [1, 1]",
        "invalid_value",
        &format!("{first}.allocation_order"),
        "sequential",
    );
    check(
        "zone_name: uplinks",
        "zone_name: servers",
        "invalid_value",
        "switch_port_zones[1].zone_name",
        "name of its own",
    );
    check("quantity: 4", "quantity: -4", "invalid_value", "server_classes[0].quantity", "within");
    check(
        "server_device_type: server",
        "server_device_type: servr",
        "unknown_reference",
        "server_classes[0].server_device_type",
        "`server`",
    );
    check(
        "module_type: nic2",
        "module_type: nik2",
        "unknown_reference",
        "server_nics[0].module_type",
        "Did you mean",
    );
    check("nic_id: fe", "nic_id: '-fe'", "invalid_format", "server_nics[0].nic_id", "letters");
    check(
        "    nic: fe\n",
        "    nic: ef\n",
        "unknown_reference",
        "server_connections[0].nic",
        "`fe`",
    );
    check(
        "ports_per_connection: 2",
        "ports_per_connection: 3",
        "invalid_value",
        "server_connections[0].ports_per_connection",
        "port_index",
    );
    check(
        "target_zone: fe-leaf/servers",
        "target_zone: fe-leaf/server",
        "unknown_reference",
        "server_connections[0].target_zone",
        "fe-leaf/servers",
    );
    check(
        "target_zone: fe-leaf/servers",
        "target_zone: fe-leaf",
        "invalid_format",
        "server_connections[0].target_zone",
        "class/zone",
    );
    check(
        "target_zone: fe-leaf/servers",
        "target_zone: fe-leaf/uplinks",
        "invalid_value",
        "server_connections[0].target_zone",
        "type `server`",
    );
    check(
        "distribution: alternating",
        "distribution: alternate",
        "invalid_enum",
        "server_connections[0].distribution",
        "same-switch",
    );
    check("    rail: 0\n", "", "missing_required", "server_connections[1].rail", "Add");
    check(
        "    nic: fe\n",
        "    nic: fe\n    target_switch_class: fe-leaf\n",
        "deprecated_key",
        "server_connections[0].target_switch_class",
        "target_zone",
    );
    check(
        "    nic: fe\n",
        "    nic: fe\n    nic_module_type: x\n",
        "deprecated_key",
        "server_connections[0].nic_module_type",
        "server_nics",
    );
    check(
        "topology_mode: mesh",
        "topology_mode: prefer-mesh",
        "deprecated_key",
        "switch_classes[4].topology_mode",
        "mesh",
    );
    check(
        "override_quantity: 2",
        "override_quantity: 5",
        "invalid_value",
        "switch_classes[4].override_quantity",
        "2",
    );
    check(
        "mclag_capable: true",
        "mclag_capable: 1",
        "invalid_type",
        "reference_data.device_type_extensions[0].mclag_capable",
        "quotes",
    );
    check("managed_by: yaml", "managed_by: hand", "invalid_enum", "meta.managed_by", "yaml");
    check("made_here", "Made-Here", "invalid_format", "meta.case_id", "training");
    check("{name: Made here}", "{}", "missing_required", "plan.name", "Add");
    check(
        "logical_speed: 1}",
        "logical_speed: 2}",
        "invalid_value",
        "reference_data.breakout_options[0].logical_speed",
        "Correct",
    );
    check(
        "manufacturer: m,",
        "manufacturer: mm,",
        "unknown_reference",
        "reference_data.device_types[0].manufacturer",
        "`m`",
    );
    check(
        "switch_port_zones:",
        "switch_port_zones: 5\nother:",
        "invalid_type",
        "switch_port_zones",
        "item",
    );
}

#[test]
fn older_names_of_keys_are_understood() {
    let good = flagship(4, false).text();
    let expected = read(&good).expect("a plan").0;
    for (from, to) in [
        ("fabric_name: backend", "fabric: backend"),
        ("fabric_name: backend", "fabric: backend\n    fabric_name: backend"),
        ("switch_class_id:", "id:"),
        ("server_class_id:", "id:"),
    ] {
        let (plan, notes) = read(&good.replace(from, to)).expect(to);
        assert_eq!((plan, notes), (expected.clone(), Vec::new()), "{to}");
    }
    let two = good.replacen("fabric_name: backend", "fabric: b\n    fabric_name: backend", 1);
    refused(&two, "invalid_value", "switch_classes[0].fabric", "same");
    let none = good.replacen("    fabric_name: backend\n", "", 1);
    refused(&none, "missing_required", "switch_classes[0].fabric_name", "Add");
}

#[test]
fn a_fabric_may_have_a_name_of_fifty_characters() {
    let named = |chars: usize| flagship(4, false).text().replace("backend", &"b".repeat(chars));
    woven(&named(50));
    refused(&named(51), "invalid_value", "switch_classes[0].fabric_name", "Shorten");
}

#[test]
fn the_last_extension_of_a_device_type_counts() {
    // With 8 ports of 100G a cage, 16 servers fit a leaf of two cages; with one, two do.
    let text = |last: &str| {
        let extension = format!(
            "  - {{id: late, device_type: sw, native_speed: 800, supported_breakouts: [{last}]}}\n"
        );
        Yaml::default()
            .switch("leaf", "frontend", "server-leaf", &[])
            .zone("leaf", "servers", "server", "1-2", "8x100g")
            .servers("s", 16)
            .connect("s", "c", "leaf/servers", 1, 100, "same-switch")
            .text()
            .replacen("  breakout_options:\n", &format!("{extension}  breakout_options:\n"), 1)
    };
    for (last, leaves) in [("1x800g, 8x100g", 1), ("1x800g", 8)] {
        let evaluation = woven(&text(last));
        assert_eq!(count(&evaluation.fabric, "leaf"), leaves, "{last}");
    }
    let (plan, notes) = read(&text("1x800g").replacen("_extension: large", "_extension: late", 1))
        .expect("both ids name it");
    assert_eq!(plan.spec.models.switches.len(), 1);
    assert!(notes.iter().any(|n| n.text.contains("the last counts")), "{notes:?}");
}

#[test]
fn zones_without_a_breakout_are_noted() {
    let text = flagship(4, false).text().replacen("    breakout_option: 2x400g\n", "", 1);
    let (_, notes) = read(&text).expect("a plan");
    let noted = |n: &Note| n.text.contains("be-leaf/servers") && n.text.contains("whole");
    assert_eq!(notes.iter().filter(|n| noted(n)).count(), 1, "{notes:?}");
}

#[test]
fn every_error_is_told_with_its_line_and_value() {
    let text = flagship(4, false).text().replacen("2x400g\n", "3x400g\n", 1).replacen(
        "quantity: 4",
        "quantity: four",
        1,
    );
    let errors = read(&text).expect_err("two errors");
    let zone = errors.errors.iter().find(|e| e.code == ImportCode::UnknownReference).expect("one");
    let line = text.lines().position(|line| line.ends_with("3x400g")).expect("the line") as u64 + 1;
    assert_eq!((zone.line, zone.value.as_str()), (Some(line), "3x400g"), "{zone}");
    assert!(errors.errors.iter().any(|e| e.code == ImportCode::InvalidType), "{errors}");
    assert!(errors.to_string().contains("server_classes[0].quantity = four"), "{errors}");
}

#[test]
fn who_names_what_is_wrong_is_not_wrong() {
    let good = flagship(4, true).text();
    let check = |from: &str, to: &str, expected: &[&str]| {
        assert!(good.contains(from), "{from}");
        let errors = read(&good.replacen(from, to, 1)).expect_err(to);
        let paths: Vec<&str> = errors.errors.iter().map(|error| error.path.as_str()).collect();
        assert_eq!(paths, expected, "{errors}");
    };
    check("    fabric_name: backend\n", "", &["switch_classes[0].fabric_name"]);
    check("2x400g\n", "3x400g\n", &["switch_port_zones[0].breakout_option"]);
    check("port_spec: 1-32", "port_spec: 0", &["switch_port_zones[0].port_spec"]);
    check("device_type: server\n", "device_type: x\n", &["server_classes[0].server_device_type"]);
    check("module_type: nic2", "module_type: nik2", &["server_nics[0].module_type"]);
    let old = |key: &str| format!("server_connections[0].{key}");
    check("    nic: fe\n", "    nic_module_type: x\n", &[&old("nic_module_type")]);
    let zone = "    target_zone: fe-leaf/servers\n";
    check(zone, "    target_switch_class: fe-leaf\n", &[&old("target_switch_class")]);
}

#[test]
fn unknown_keys_and_what_has_no_place_are_noted() {
    let text = flagship(4, false)
        .text()
        .replacen("    hedgehog_role: spine\n", "    hedgehog_role: spine\n    colour: red\n", 1)
        .replacen("port_spec: 33-64", "port_spec: 33-64\n    transceiver_module_type: x", 1);
    let (_, notes) = read(&text).expect("a plan");
    let line = text.lines().position(|line| line.contains("colour")).expect("the line") as u64 + 1;
    assert!(notes.iter().any(|n| n.line == Some(line) && n.text.contains("`colour`")), "{notes:?}");
    assert!(notes.iter().any(|n| n.text.contains("optics")), "{notes:?}");
}

#[test]
fn uplinks_that_diet_does_not_cable_are_left_out_with_a_note() {
    let text = flagship(4, false).text().replacen(
        "hedgehog_role: server-leaf\n",
        "hedgehog_role: server-leaf\n    uplink_ports_per_switch: 0\n",
        1,
    );
    let (_, notes) = read(&text).expect("a plan");
    assert!(notes.iter().any(|n| n.text.contains("uplink zones are left out")), "{notes:?}");
    let evaluation = woven(&text);
    assert_eq!(kinds(&evaluation.fabric, LinkKind::LeafSpine), 0);
    assert_eq!(count(&evaluation.fabric, "be-spine"), 0);
}

#[test]
fn hostile_texts_are_refused_or_bounded() {
    let nested = "[".repeat(1_000);
    let rows = "- {}\n".repeat(100_000);
    let same = "- {switch_class_id: a, fabric_name: f, device_type_extension: x}\n".repeat(200);
    for text in [
        String::new(),
        "[]".to_owned(),
        "a".to_owned(),
        "{}".to_owned(),
        nested,
        format!("switch_classes:\n{rows}"),
        format!("switch_port_zones:\n{rows}"),
        format!("switch_classes:\n{same}"),
        "plan: {name: x}\nswitch_classes: {a: b}".to_owned(),
        "a: &a [1]\nb: [*a, *a]\nplan: *a\n".to_owned(),
        "plan: 1\nplan: 2\n".to_owned(),
    ] {
        let errors = read(&text).expect_err("no plan");
        assert!((1..=ImportErrors::MOST).contains(&errors.errors.len()));
        assert!(errors.to_string().len() < 100_000);
    }
    // Whatever a line is replaced by, there is a plan or an error.
    let good = flagship(3, true).text();
    for n in 0..good.lines().count() {
        for other in
            ["", "  - ", "    ports: [1, 2]", "  - ~", "x: {", "    quantity: 99999999999999999999"]
        {
            let text: Vec<&str> = good
                .lines()
                .enumerate()
                .map(|(m, line)| if m == n { other } else { line })
                .collect();
            if let Ok((plan, _)) = read(&text.join("\n")) {
                weave(&plan);
            }
        }
    }
}
