//! Two plans: their specs field by field, what they generate by key.

use super::*;

#[test]
fn a_plan_equals_itself() {
    check(
        &[],
        &[],
        "metadata and spec are equal\n\
         \n\
         no object differs: equal are 3 devices, 2 interfaces, 2 cables\n",
    );
    // A default that is written out is still a default.
    check(
        &[],
        &[("quantity: 2,", "quantity: 2, note: \"\",")],
        "metadata and spec are equal\n\
         \n\
         no object differs: equal are 3 devices, 2 interfaces, 2 cables\n",
    );
}

#[test]
fn growth_adds_objects_and_shrinking_removes_them() {
    check(
        &[],
        &[("quantity: 2", "quantity: 3")],
        "metadata and spec:\n  \
           spec.server_classes[node].quantity: 2 → 3\n\
         \n\
         added:\n  \
           + device node-003\n  \
           + interface node-003 bmc-p0\n  \
           + cable node-003 bmc-p0 – mgmt-01 E1/3\n\
         \n\
         + added    1 device, 1 interface, 1 cable\n  \
           equal    3 devices, 2 interfaces, 2 cables\n",
    );
    check(
        &[],
        &[("quantity: 2", "quantity: 1")],
        "metadata and spec:\n  \
           spec.server_classes[node].quantity: 2 → 1\n\
         \n\
         removed:\n  \
           − device node-002\n  \
           − interface node-002 bmc-p0\n  \
           − cable node-002 bmc-p0 – mgmt-01 E1/2\n\
         \n\
         − removed  1 device, 1 interface, 1 cable\n  \
           equal    2 devices, 1 interface, 1 cable\n",
    );
}

#[test]
fn a_copy_has_another_id_and_the_same_objects() {
    check(
        &[],
        &[("0007", "0008"), ("\"tiny\"", "\"copy\", labels: {\"of\": \"tiny\"}")],
        "metadata and spec:\n  \
           metadata.id: 00000000-0000-0000-0000-000000000007 → 00000000-0000-0000-0000-000000000008\n  \
           metadata.labels.of: not set → tiny\n  \
           metadata.name: tiny → copy\n\
         \n\
         no object differs: equal are 3 devices, 2 interfaces, 2 cables\n",
    );
}

#[test]
fn fields_of_objects_are_compared_by_key() {
    // Devices are renamed; no cable moves by that.
    check(
        &[],
        &[("switch_classes: [", "naming: (prefix: \"b-\"), switch_classes: [")],
        "metadata and spec:\n  \
           spec.naming.prefix: not set → b-\n\
         \n\
         modified:\n  \
           ~ device mgmt-01\n      name: mgmt-01 → b-mgmt-01\n  \
           ~ device node-001\n      name: node-001 → b-node-001\n  \
           ~ device node-002\n      name: node-002 → b-node-002\n\
         \n\
         ~ modified 3 devices\n  \
           equal    2 interfaces, 2 cables\n",
    );
    // Another order of ports swaps the ends of the cables.
    check(
        &[],
        &[("ports: \"1-48\"", "ports: \"2-48\"")],
        "metadata and spec:\n  \
           spec.switch_classes[mgmt].zones[server].ports: 1-48 → 2-48\n\
         \n\
         modified:\n  \
           ~ cable node-001 bmc-p0 – mgmt-01 E1/1\n      B end: mgmt-01 E1/1 → mgmt-01 E1/2\n  \
           ~ cable node-002 bmc-p0 – mgmt-01 E1/2\n      B end: mgmt-01 E1/2 → mgmt-01 E1/3\n\
         \n\
         ~ modified 2 cables\n  \
           equal    3 devices, 2 interfaces\n",
    );
}

#[test]
fn a_switch_of_another_class_is_another_switch() {
    // The same name all the time, so that only keys tell them apart.
    let named = ("id: \"mgmt\",", "id: \"mgmt\", name: \"sw\",");
    let other = [
        ("id: \"mgmt\",", "id: \"oob\", name: \"sw\","),
        ("switch_class: \"mgmt\"", "switch_class: \"oob\""),
    ];
    let found = compared(&plan_of(&[named]), &plan_of(&other));
    assert_mirrored(&found, &compared(&plan_of(&other), &plan_of(&[named])));
    let text = written(&found, Format::Text);
    for part in [
        "  + device sw-01\n",
        "  − device sw-01\n",
        "B end: interface/mgmt/1/server/0 → interface/oob/1/server/0\n",
        "~ modified 2 cables\n",
    ] {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

#[test]
fn of_devices_of_others_only_the_cables_are_compared() {
    let router = |name: &str| {
        format!(
            "external: [(id: \"router\", devices: [\"{name}\"], ports: [\"e1\"], speed_gbps: 1, \
             connections: [(id: \"up\", ports: 1, switch_class: \"mgmt\", zone: \"server\", \
             distribution: same_switch)])], switch_classes: ["
        )
    };
    let (one, other) = (router("core-a"), router("core-b"));
    let (one, other) =
        ([("switch_classes: [", one.as_str())], [("switch_classes: [", other.as_str())]);
    check(
        &one,
        &other,
        "metadata and spec:\n  \
           spec.external[router].devices: [core-a] → [core-b]\n\
         \n\
         modified:\n  \
           ~ cable core-a e1 – mgmt-01 E1/3\n      A end: core-a e1 → core-b e1\n\
         \n\
         ~ modified 1 cable\n  \
           equal    3 devices, 2 interfaces, 2 cables\n",
    );
    let found = compared(&plan_of(&[]), &plan_of(&one));
    assert_mirrored(&found, &compared(&plan_of(&one), &plan_of(&[])));
    let (added, equal) = (found.objects[0].added, found.objects[0].equal);
    assert_eq!((added.devices, added.interfaces, added.cables), (0, 0, 1));
    assert_eq!((equal.devices, equal.cables), (3, 2));
}

#[test]
fn a_class_put_in_between_leaves_the_others_equal() {
    let class = "server_classes: [
            (
                id: \"first\", model: \"hgx-8gpu\", quantity: 0, nics: [], connections: [],
            ),";
    let (a, b) = (plan_of(&[]), plan_of(&[("server_classes: [", class)]));
    let found = compared(&a, &b);
    assert!(!found.fields.is_empty());
    for field in &found.fields {
        assert!(field.path.starts_with("spec.server_classes[first]."), "{}", field.path);
    }
}

#[test]
fn racks_are_set_or_not_set() {
    let racks = ("switch_classes: [", "racks: (model: \"heddle-rack-48u\"), switch_classes: [");
    let found = compared(&plan_of(&[]), &plan_of(&[racks]));
    assert_mirrored(&found, &compared(&plan_of(&[racks]), &plan_of(&[])));
    let text = written(&found, Format::Text);
    for part in [
        "  spec.racks.model: not set → heddle-rack-48u\n",
        "      rack: not set → ",
        "      position: not set → ",
        "      length: not set → ",
        "~ modified 3 devices, 2 cables\n",
    ] {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

#[test]
fn a_plan_with_errors_has_its_spec_compared_and_no_objects() {
    check(&[], &[("zone: \"server\"", "zone: \"nowhere\"")], &{
        let broken = plan_of(&[("zone: \"server\"", "zone: \"nowhere\"")]);
        let evaluation = evaluated(&broken);
        let first = evaluation.findings.first().expect("an error");
        format!(
            "metadata and spec:\n  \
                   spec.server_classes[node].connections[bmc].zone: server → nowhere\n\
                 \n\
                 b.ron has errors, so its objects are not compared. The first: [{}] {}: {}\n",
            first.code, first.path, first.text
        )
    });
    let broken = plan_of(&[("zone: \"server\"", "zone: \"nowhere\"")]);
    let found = compared(&broken, &broken);
    assert!(found.is_equal(), "equal plans are equal, whatever is wrong with them");
    assert_eq!(found.not_compared.iter().map(|n| n.side).collect::<Vec<_>>(), [Side::A, Side::B]);
}

#[test]
fn what_a_plan_says_steers_neither_terminal_nor_markdown() {
    let description = "\"tiny\", description: \"a|b\\n| <b>x\\u{1b}[2J\"";
    let found = compared(&plan_of(&[]), &plan_of(&[("\"tiny\"", description)]));
    let text = written(&found, Format::Text);
    assert!(
        text.contains("metadata.description: not set → a|b\u{fffd}| <b>x\u{fffd}[2J\n"),
        "{text}"
    );
    let markdown = written(&found, Format::Markdown);
    let row = "| metadata.description | not set | a\\|b\u{fffd}\\| &lt;b&gt;x\u{fffd}\\[2J |\n";
    assert!(markdown.contains(row), "{markdown}");
}

#[test]
fn markdown_stays_short() {
    let set = |servers: &str| [("servers".to_owned(), servers.to_owned())];
    let plan = |servers: &str| {
        preset::build("rail-optimised", &set(servers), PlanId(uuid::Uuid::from_u128(7)))
            .expect("the preset")
    };
    let found = compared(&plan("32"), &plan("96"));
    let markdown = written(&found, Format::Markdown);
    let total = found.objects[0].added.total();
    let more = format!("\n… and {} more rows\n", heddle::model::grouped(total - 100));
    assert!(markdown.contains(&more), "no `{more}`");
    let lines = markdown.lines().count();
    assert!((200..250).contains(&lines), "{lines} lines: two full tables and what is around them");
}

#[test]
fn every_preset_equals_itself_and_its_growth_mirrors() {
    for preset in preset::presets() {
        let plan = |set: &[(String, String)]| {
            preset::build(preset.name, set, PlanId(uuid::Uuid::from_u128(7))).expect("a preset")
        };
        let plain = plan(&[]);
        let same = compared(&plain, &plain);
        assert!(same.is_equal() && same.not_compared.is_empty(), "{}", preset.name);
        assert!(same.fields.is_empty() && same.objects.len() == 1, "{}", preset.name);
        let evaluation = evaluated(&plain);
        let own = evaluation.desired.cables.len() as u64;
        assert_eq!(same.objects[0].equal.cables, own, "{}", preset.name);
        let fewer = plan(&[("servers".to_owned(), "7".to_owned())]);
        let found = compared(&plain, &fewer);
        assert!(!found.is_equal(), "{}", preset.name);
        assert_mirrored(&found, &compared(&fewer, &plain));
        // Each object is in exactly one count of each side.
        for (objects, cables) in found.objects.iter().zip([own]) {
            let of_a = objects.removed.cables + objects.modified.cables + objects.equal.cables;
            assert_eq!(of_a, cables, "{}", preset.name);
        }
    }
}

/// What moves is what growth counts as moved, which is counted from the fabric alone.
#[test]
fn cables_that_move_are_those_that_growth_counts() {
    let set = [("servers".to_owned(), "128".to_owned())];
    let plan = preset::build("rail-optimised", &set, PlanId(uuid::Uuid::from_u128(7)))
        .expect("the preset");
    let answer = session::what_if(&plan, catalog(), None, 192, &Progress::new()).expect("answer");
    let growth = answer.growth.expect("both can be woven");
    let mut grown = plan.clone();
    grown.spec.cluster.as_mut().expect("a cluster").servers = 192;
    let found = compared(&plan, &grown);
    let moved = found.objects[0].modified.cables;
    assert!(moved > 0);
    assert_eq!(moved, growth.moved());
    let added: u64 = growth.links.iter().map(|links| links.added).sum();
    assert_eq!(found.objects[0].added.cables, added);
}
