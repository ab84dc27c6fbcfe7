//! Fields that are read before anything is placed: ports, ids, names, texts, connections.

use super::*;

#[test]
fn of_ports() {
    check(&[], |_| {});
    check(
        &["ports-outside-device at switch_classes[0].zones[0].ports: Zone down of leaf uses \
             cages 17-18; sixteen has cages 1 to 16. -> 1-8"],
        |p| down(p).ports = ports("1-8,17-18"),
    );
    check(
        &[
            "oversubscribed at switch_classes[0]: A leaf of leaf is oversubscribed 5 : 4: \
         4000 Gb/s to servers, 3200 Gb/s to spines.",
            "ports-beyond-type at switch_classes[0].zones[0].ports: Zone down of leaf uses \
         cages 17-18; sixteen has cages 1 to 16.",
        ],
        |p| {
            model(p).incomplete = true;
            down(p).ports = ports("1-8,17-18");
        },
    );
    let extra =
        |list: &str, breakout| PortZone::new("extra", ZoneKind::Mesh, ports(list), breakout);
    check(
        &["cage-two-breakouts at switch_classes[0].zones[2].ports: Cage 8 of leaf is \
         broken out as 1x400 in zone down and as 2x200 in zone extra."],
        |p| leaf_of(p).zones.push(extra("8", half())),
    );
    check(
        &[
            "cage-in-two-zones at switch_classes[0].zones[2].ports: Cage 9 of leaf is in zone \
             up and in zone extra.",
            "cage-in-two-zones at switch_classes[0].zones[2].ports: Cages 7-8 of leaf are in \
             zone down and in zone extra.",
        ],
        |p| leaf_of(p).zones.push(extra("7-9", Breakout { lanes: 1, speed_gbps: 400 })),
    );
    check(
        &["reserved-outside at switch_classes[0].zones[0].reserved: Cage 9 is reserved in \
             zone down, which does not have it."],
        |p| down(p).reserved = Some(ports("8-9")),
    );
    let fine = Breakout { lanes: 4, speed_gbps: 100 };
    check(
        &["breakout-unsupported at switch_classes[0].zones[0].breakout: Cages 1-8 of sixteen \
             cannot be broken out as 4x100; they offer 1x400, 2x200. -> 1x400"],
        |p| down(p).breakout = fine,
    );
    check(
        &[
            "speed-mismatch at switch_classes[0].zones[0].breakout: Zone down of leaf has lanes of \
             100G; the connection to it has 400G. Its cages offer 1x400, 2x200. -> 1x400",
            "breakout-unlisted at switch_classes[0].zones[0].breakout: sixteen does not list \
             4x100 for cage 1; it lists 1x400, 2x200.",
        ],
        |p| {
            model(p).incomplete = true;
            down(p).breakout = fine;
        },
    );
    check(
        &["breakout-unsupported at switch_classes[0].zones[0].breakout: Cages 1-8 of sixteen \
             cannot be broken out as 3x200; they offer 1x400, 2x200. -> 1x400"],
        |p| {
            model(p).incomplete = true;
            down(p).breakout = Breakout { lanes: 3, speed_gbps: 200 };
        },
    );
    check(&[], |p| model(p).max_lanes = Some(16));
    check(
        &[
            "too-many-lanes at switch_classes[0].model: leaf has 16 logical ports in this \
         plan; sixteen can have 15.",
            "too-many-lanes at switch_classes[1].model: spine has 16 logical ports in this \
         plan; sixteen can have 15.",
        ],
        |p| model(p).max_lanes = Some(15),
    );
    check(
        &["port-order at switch_classes[0].zones[0].order: The order of zone down does \
         not list each of its ports once."],
        |p| down(p).order = PortOrder::Custom(vec![1, 2, 3, 4, 5, 6, 7, 7]),
    );
    check(
        &[
            "duplicate-id at switch_classes[0].zones[1].id: Zones 1 and 2 of leaf have the same id, \
         `down`. -> down-2",
        ],
        |p| up(p).id = "down".to_owned(),
    );
    check(&["invalid-text at switch_classes[0].zones[1].id: `Up` cannot be a zone id."], |p| {
        up(p).id = "Up".to_owned()
    });
}

#[test]
fn of_ids_and_names() {
    check(
        &[
            "duplicate-id at switch_classes[1].id: Switch classes 1 and 2 have the same id, `leaf`. \
         -> leaf-2",
        ],
        |p| spine_of(p).id = "leaf".to_owned(),
    );
    check(&["invalid-text at switch_classes[1].id: `Spine` cannot be a class id."], |p| {
        spine_of(p).id = "Spine".to_owned()
    });
    check(&[], |p| spine_of(p).name = "n".repeat(58));
    check(
        &["invalid-text at switch_classes[1].name: The name is too long for a device \
         name, or has characters that cannot be used in one."],
        |p| spine_of(p).name = "n".repeat(59),
    );
    check(
        &["invalid-text at switch_classes[1].name: The name is too long for a device \
         name, or has characters that cannot be used in one."],
        |p| spine_of(p).name = "a{b".to_owned(),
    );
    check(
        &["invalid-text at switch_classes[1].name: The name is too long for a device \
         name, or has characters that cannot be used in one."],
        |p| spine_of(p).name = "a}b".to_owned(),
    );
    check(
        &["invalid-text at switch_classes[1].name: The name is too long for a device \
         name, or has characters that cannot be used in one."],
        |p| spine_of(p).name = "a\tb".to_owned(),
    );
    check(
        &["name-collision at switch_classes[1].name: Devices of spine would have the \
         same names as those of leaf."],
        |p| spine_of(p).name = "LEAF".to_owned(),
    );
    check(
        &["unknown-model at switch_classes[1].model: The catalogue has no switch called \
         `sixten`. -> sixteen"],
        |p| spine_of(p).model = "sixten".to_owned(),
    );
    check(
        &["unknown-model at server_classes[0].model: The catalogue has no server called \
         `hgx-9gpu`. -> hgx-8gpu"],
        |p| of_servers(p).model = "hgx-9gpu".to_owned(),
    );
    check(
        &["unknown-model at server_classes[0].nics[0].model: The catalogue has no NIC called \
             `connectx-7-1x40`. -> connectx-7-1x400"],
        |p| of_servers(p).nics[0].model = "connectx-7-1x40".to_owned(),
    );
    check(
        // That nobody is called `nic-0` only follows.
        &["invalid-text at server_classes[0].nics[0].id: `Nic` cannot be a NIC id."],
        |p| of_servers(p).nics[0].id = "Nic".to_owned(),
    );
    check(
        &["duplicate-id at server_classes[0].nics[1].id: NICs 1 and 2 of s have the same id, \
         `nic-0`. -> nic-1"],
        |p| {
            let nic = of_servers(p).nics[0].clone();
            of_servers(p).nics.push(nic);
        },
    );
    check(
        // A mere copy has to be changed, whatever it is called.
        &[
            "duplicate-id at server_classes[0].connections[1].id: Connections 1 and 2 of s have the \
         same id, `nic-0`.",
        ],
        |p| {
            let one = connection(p).clone();
            of_servers(p).connections.push(one);
        },
    );
    check(
        &["invalid-text at server_classes[0].connections[0].id: `` cannot be a connection id."],
        |p| connection(p).id = String::new(),
    );
}

#[test]
fn of_texts() {
    check(
        &["invalid-text at target.site: The site needs a slug of letters, digits, dashes \
         and underscores, at most 100. -> halle-s-d"],
        |p| p.spec.target.site = "Halle Süd!".to_owned(),
    );
    check(
        &["invalid-text at target.site: The site needs a slug of letters, digits, dashes \
         and underscores, at most 100. -> site"],
        |p| p.spec.target.site = "ß".to_owned(),
    );
    check(&[], |p| p.spec.target.site = "s".repeat(100));
    check(
        &["invalid-text at target.site: The site needs a slug of letters, digits, dashes \
         and underscores, at most 100. -> \
         ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"],
        |p| p.spec.target.site = "s".repeat(101),
    );
    check(&[], |p| p.metadata.name = "ä".repeat(100));
    check(
        &["invalid-text at metadata.name: A plan needs a name of at most 100 characters."],
        |p| p.metadata.name = "ä".repeat(101),
    );
    check(
        &["invalid-text at metadata.name: A plan needs a name of at most 100 characters."],
        |p| p.metadata.name = " ".to_owned(),
    );
    check(&[], |p| {
        leaf_of(p).fabric = "ä".repeat(50);
        spine_of(p).fabric = "ä".repeat(50);
    });
    check(
        &[
            "invalid-text at switch_classes[0].fabric: A switch class needs the name of \
         its fabric, at most 50 characters.",
            "invalid-text at switch_classes[1].fabric: A switch class needs the name of \
         its fabric, at most 50 characters.",
        ],
        |p| {
            leaf_of(p).fabric = "ä".repeat(51);
            spine_of(p).fabric = "ä".repeat(51);
        },
    );
    check(
        &[
            "invalid-text at switch_classes[0].fabric: A switch class needs the name of \
         its fabric, at most 50 characters.",
            "invalid-text at switch_classes[1].fabric: A switch class needs the name of \
         its fabric, at most 50 characters.",
        ],
        |p| {
            leaf_of(p).fabric = " ".to_owned();
            spine_of(p).fabric = " ".to_owned();
        },
    );
    check(&["empty-spec at spec: The spec asks for nothing yet."], |p| {
        (p.spec.switch_classes, p.spec.server_classes) = (vec![], vec![])
    });
    check(
        &["unknown-reference at server_classes[0].connections[0].switch_class: There is \
         no switch class `leaf`."],
        |p| p.spec.switch_classes = vec![],
    );
    check(&[DARK], |p| p.spec.server_classes = vec![]);
}

#[test]
fn of_connections() {
    check(
        &["unknown-reference at server_classes[0].connections[0].nic: There is no NIC \
             `nic-1`. -> nic-0"],
        |p| connection(p).nic = "nic-1".to_owned(),
    );
    check(
        &["nic-ports at server_classes[0].connections[0].ports: Connection nic-0 uses 0 ports \
             from port 0 on; nic-0 has 1."],
        |p| connection(p).ports = 0,
    );
    check(
        &["nic-ports at server_classes[0].connections[0].ports: Connection nic-0 uses 2 ports \
             from port 0 on; nic-0 has 1."],
        |p| connection(p).ports = 2,
    );
    check(
        &["nic-ports at server_classes[0].connections[0].ports: Connection nic-0 uses 1 ports \
             from port 1 on; nic-0 has 1."],
        |p| connection(p).first_port = 1,
    );
    check(
        &["out-of-range at server_classes[0].connections[0].port_step: 0 is outside the range \
             of port step: 1 to 1. -> 1"],
        |p| connection(p).port_step = 0,
    );
    check(
        &["nic-ports at server_classes[0].connections[1].ports: Connections nic-0 and \
         other use the same port of nic-0."],
        |p| {
            let one = Connection { id: "other".to_owned(), ..connection(p).clone() };
            of_servers(p).connections.push(one);
        },
    );
    check(
        &["unknown-reference at server_classes[0].connections[0].switch_class: There is no \
             switch class `leaf-1`. -> leaf"],
        |p| connection(p).switch_class = "leaf-1".to_owned(),
    );
    check(
        &["unknown-reference at server_classes[0].connections[0].zone: leaf has no zone \
             `dwn`; it has `down` and `up`. -> down"],
        |p| connection(p).zone = "dwn".to_owned(),
    );
    check(
        &["no-zone at server_classes[0].connections[0].zone: Zone up of leaf is not for \
             servers. -> down"],
        |p| connection(p).zone = "up".to_owned(),
    );
    check(
        &["speed-mismatch at server_classes[0].connections[0].speed_gbps: Connection nic-0 \
             asks for 800G; ports of nic-0 have 400G."],
        |p| connection(p).speed_gbps = Some(800),
    );
    check(
        &["speed-mismatch at server_classes[0].connections[0].speed_gbps: nic-0 has ports of \
             200G, zone down of leaf has lanes of 400G."],
        |p| connection(p).speed_gbps = Some(200),
    );
    check(
        &[
            "speed-unlike at server_classes[0].connections[0].zone: nic-0 has ports of \
         200G, zone down of leaf has lanes of 400G.",
            "diet-rules at switch_classes[0]: DIET computes 2 switches of leaf but finds \
         no port left in zone down; servers are placed by Heddle's own rules.",
        ],
        |p| {
            leaf_of(p).placement = PlacementRules::Diet;
            connection(p).speed_gbps = Some(200);
        },
    );
    check(
        &["redundancy-unmet at server_classes[0].connections[0].distribution: leaf is \
             redundant, but connection nic-0 stays on one leaf."],
        |p| leaf_of(p).redundancy = SwitchRedundancy::Redundant,
    );
    check(
        &["bundle-unsupported at server_classes[0].connections[0].kind: Connection nic-0 is \
             an MCLAG bundle, but leaf has no MCLAG groups."],
        |p| connection(p).kind = ConnectionKind::Mclag,
    );
    check(&[], |p| connection(p).kind = ConnectionKind::Bundled);
    check(
        &[
            "bundle-unsupported at server_classes[0].connections[0].kind: Connection nic-0 is \
             an ESLAG bundle, which sixteen cannot do.",
            "group-unsupported at switch_classes[0].redundancy: leaf asks for ESLAG, which \
             sixteen cannot do.",
        ],
        |p| {
            model(p).eslag = false;
            connection(p).kind = ConnectionKind::Eslag;
            leaf_of(p).redundancy = SwitchRedundancy::Eslag;
        },
    );
    let rail = |rail, su_size| Distribution::RailOptimised {
        rail,
        su_size,
        packing: RailPacking::Dedicated,
    };
    check(&[], |p| connection(p).distribution = rail(0, Some(8)));
    check(
        &["rails-not-dense at server_classes[0].connections[0]: The rails are 1; they \
         must be 0, 1, 2 … without gaps."],
        |p| connection(p).distribution = rail(1, Some(8)),
    );
    check(
        &["out-of-range at \
         server_classes[0].connections[0].distribution.rail_optimised.su_size: 0 is \
         outside the range of su size: 1 to 65536. -> 1"],
        |p| connection(p).distribution = rail(0, Some(0)),
    );
    check(
        &["rails-not-dense at server_classes[0].connections[0]: The rails are 0, 2; they \
         must be 0, 1, 2 … without gaps."],
        |p| {
            let card = of_servers(p).nics[0].clone();
            of_servers(p).nics.push(Nic { id: "n".to_owned(), ..card });
            let one = Connection {
                id: "n".to_owned(),
                nic: "n".to_owned(),
                distribution: rail(2, Some(8)),
                ..connection(p).clone()
            };
            connection(p).distribution = rail(0, Some(8));
            of_servers(p).connections.push(one);
        },
    );
}
