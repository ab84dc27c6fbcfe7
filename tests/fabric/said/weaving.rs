//! What placing, groups, meshes, tiers and pins come to.

use super::*;

#[test]
fn of_places_on_leaves() {
    let two = |p: &mut Plan, first: Distribution, second: Distribution| {
        *of_servers(p) = servers("s", 16, 2, first);
        of_servers(p).connections[1].distribution = second;
    };
    let rail = |rail, su_size, packing| Distribution::RailOptimised { rail, su_size, packing };
    let by_turns = |group| Distribution::Alternating { group };
    for distribution in
        [Distribution::SameSwitch, Distribution::RoundRobin, rail(0, None, RailPacking::Dedicated)]
    {
        let expected = "leaf-too-small at server_classes[0].connections[0]: One server takes 2 \
                        lanes of a leaf in zone down, which has 1: 1 too few.";
        check(&[expected], |p| {
            down(p).ports = ports("1");
            two(p, distribution, distribution);
            if let Distribution::RailOptimised { .. } = distribution {
                of_servers(p).nics[0].model = "connectx-8-2x400".to_owned();
                of_servers(p).connections.truncate(1);
                connection(p).ports = 2;
            }
        });
    }
    check(
        &["out-of-range at server_classes[0].connections[0].distribution.alternating.group: 1 is \
 outside the range of group: 2 to 4. -> 2"],
        |p| two(p, by_turns(Some(1)), by_turns(Some(1))),
    );
    check(&[], |p| two(p, by_turns(Some(2)), by_turns(Some(2))));
    check(
        &[
            "empty-switches at server_classes[0].connections[0].distribution: A server has 2 ports for \
         the 4 leaves of its group, so some leaves have no server.",
        ],
        |p| two(p, by_turns(Some(4)), by_turns(Some(4))),
    );
    check(
        &["out-of-range at server_classes[0].connections[0].distribution.alternating.group: 5 is \
 outside the range of group: 2 to 4. -> 4"],
        |p| two(p, by_turns(Some(5)), by_turns(Some(5))),
    );
    check(
        &["uneven-ports at server_classes[0].connections[1]: Rail connection nic-1 uses 2 ports, \
             nic-0 uses 1."],
        |p| {
            two(p, rail(0, None, RailPacking::Dedicated), rail(1, None, RailPacking::Dedicated));
            of_servers(p).nics[1].model = "connectx-8-2x400".to_owned();
            of_servers(p).connections[1].ports = 2;
        },
    );
    let rails = |su_size, packing| {
        move |p: &mut Plan| two(p, rail(0, su_size, packing), rail(1, su_size, packing))
    };
    check(&[], rails(Some(4), RailPacking::Shared));
    check(
        &["shared-rails-unused at server_classes[0].connections[0]: A leaf has 8 lanes and one \
             rail of 5 servers takes 5, so each rail has its own leaf."],
        rails(Some(5), RailPacking::Shared),
    );
    check(&[], rails(Some(5), RailPacking::Dedicated));
    check(&[], rails(None, RailPacking::Shared));
    // One rail has nothing to share with.
    check(
        &["shared-rails-unused at server_classes[0].connections[0]: A leaf has 8 lanes and one \
             rail of 4 servers takes 4, so each rail has its own leaf."],
        |p| connection(p).distribution = rail(0, Some(4), RailPacking::Shared),
    );
}

#[test]
fn of_numbers() {
    check(
        &["out-of-range at server_classes[0].quantity: 70000 is outside the range of \
         quantity: 0 to 65536. -> 65536"],
        |p| of_servers(p).quantity = 70_000,
    );
    check(
        &["over-ceiling at server_classes[0].quantity: The plan has 80000 servers; \
         Heddle plans up to 65536."],
        |p| {
            of_servers(p).quantity = 40_000;
            let second = ServerClass { id: "t".to_owned(), ..of_servers(p).clone() };
            p.spec.server_classes.push(second);
        },
    );
    // Nothing is woven of zones that are not there, but the ceiling counts all ports.
    let many = |p: &mut Plan, quantity: u32| {
        of_servers(p).quantity = quantity;
        (connection(p).zone, connection(p).ports) = ("none".to_owned(), 32);
    };
    check(
        &["nic-ports at server_classes[0].connections[0].ports: Connection nic-0 uses 32 \
             ports from port 0 on; nic-0 has 1."],
        |p| many(p, 62_500),
    );
    check(
        &["over-ceiling at spec: The servers have 2000032 links; Heddle plans up to \
         2000000."],
        |p| many(p, 62_501),
    );
    check(&[], |p| leaf_of(p).quantity = Quantity::Fixed(4));
    check(
        &["quantity-too-small at switch_classes[0].quantity: leaf is fixed at 3 \
         switches; its links need 4. -> 4"],
        |p| leaf_of(p).quantity = Quantity::Fixed(3),
    );
    check(
        &["empty-switches at switch_classes[0].quantity: 2 of 6 switches of leaf have no \
         servers."],
        |p| leaf_of(p).quantity = Quantity::Fixed(6),
    );
    check(
        &["quantity-too-small at switch_classes[1].quantity: 1 spines do not fit the net \
         fabric: 4 leaves need at least 2. -> 2"],
        |p| spine_of(p).quantity = Quantity::Fixed(1),
    );
    check(&[], |p| spine_of(p).quantity = Quantity::Fixed(4));
    check(
        &["quantity-too-small at switch_classes[1].quantity: 9 spines do not fit the net \
         fabric: a leaf has 8 uplinks and must reach every spine. -> 2"],
        |p| spine_of(p).quantity = Quantity::Fixed(9),
    );
    check(&[SINGLE], |p| of_servers(p).quantity = 9);
    check(
        &["too-many-leaves at switch_classes[0].quantity: The net fabric would need 17 \
         leaves; a spine has 16 ports, and every leaf must reach every spine."],
        |p| of_servers(p).quantity = 17 * 8,
    );
    let extra = |p: &mut Plan| {
        down(p).ports = ports("1-7");
        let one = PortZone { id: "extra".to_owned(), ports: ports("8"), ..down(p).clone() };
        leaf_of(p).zones.push(one);
    };
    check(
        &["dark-zone at switch_classes[0].zones[2]: No server is connected to zone extra \
         of leaf."],
        extra,
    );
    let three = |p: &mut Plan| (down(p).ports, up(p).ports) = (ports("1-12"), ports("13-16"));
    check(
        &[
            "oversubscribed at switch_classes[0]: A leaf of leaf is oversubscribed 3 : 1: \
         4800 Gb/s to servers, 1600 Gb/s to spines.",
            SINGLE,
        ],
        three,
    );
    let with = |down: u32, up: u32| {
        move |p: &mut Plan| {
            three(p);
            leaf_of(p).oversubscription = format!("{down}:{up}").parse().ok();
        }
    };
    check(&[SINGLE], with(3, 1));
    check(
        &[
            "above-target at switch_classes[0]: A leaf of leaf is oversubscribed 3:1, \
         above its target of 5:2: 4800 Gb/s to servers, 1600 Gb/s to spines.",
            SINGLE,
        ],
        with(5, 2),
    );
}

#[test]
fn of_groups() {
    let group = |redundancy, size| {
        move |p: &mut Plan| {
            (leaf_of(p).redundancy, leaf_of(p).group_size) = (redundancy, size);
            let by_turns = Distribution::Alternating { group: None };
            *of_servers(p) = servers("s", 16, 2, by_turns);
        }
    };
    check(&[], group(SwitchRedundancy::Eslag, None));
    check(
        &["out-of-range at switch_classes[0].group_size: 1 is outside the range of group \
         size: 2 to 4. -> 2"],
        group(SwitchRedundancy::Eslag, Some(1)),
    );
    check(&[], group(SwitchRedundancy::Eslag, Some(4)));
    check(
        &["out-of-range at switch_classes[0].group_size: 5 is outside the range of group \
         size: 2 to 4. -> 4"],
        group(SwitchRedundancy::Eslag, Some(5)),
    );
    check(
        &["peer-links-missing at switch_classes[0]: leaf is in MCLAG pairs, but has no \
         zone for peer and session links."],
        group(SwitchRedundancy::Mclag, None),
    );
    check(
        &["group-unsupported at switch_classes[0].redundancy: leaf asks for ESLAG, which \
         sixteen cannot do."],
        |p| {
            group(SwitchRedundancy::Eslag, None)(p);
            model(p).eslag = false;
        },
    );
    check(&[], |p| {
        group(SwitchRedundancy::Eslag, None)(p);
        model(p).mclag = false;
    });
    check(
        &[
            "peer-links-missing at switch_classes[0]: leaf is in MCLAG pairs, but has no \
         zone for peer and session links.",
            "group-unsupported at switch_classes[0].redundancy: leaf asks for MCLAG, which \
         sixteen cannot do.",
        ],
        |p| {
            group(SwitchRedundancy::Mclag, None)(p);
            model(p).mclag = false;
        },
    );
    check(
        &[
            "group-size at switch_classes[0].quantity: 5 switches of leaf cannot be parted into \
         MCLAG groups of 2. -> 6",
            "peer-links-missing at switch_classes[0]: leaf is in MCLAG pairs, but has no \
         zone for session links.",
            "oversubscribed at switch_classes[0]: A leaf of leaf is oversubscribed 4 : 3: \
         3200 Gb/s to servers, 2400 Gb/s to spines.",
            "empty-switches at switch_classes[0].quantity: 1 of 5 switches of leaf have no \
         servers.",
        ],
        |p| {
            group(SwitchRedundancy::Mclag, None)(p);
            leaf_of(p).quantity = Quantity::Fixed(5);
            up(p).ports = ports("9-14");
            leaf_of(p).zones.push(zone("peer", ZoneKind::Peer, "15"));
        },
    );
    check(
        &[
            "oversubscribed at switch_classes[0]: A leaf of leaf is oversubscribed 4 : 3: \
         3200 Gb/s to servers, 2400 Gb/s to spines.",
            "empty-switches at switch_classes[0].quantity: 2 of 6 switches of leaf have no \
         servers.",
        ],
        |p| {
            group(SwitchRedundancy::Mclag, None)(p);
            leaf_of(p).quantity = Quantity::Fixed(6);
            up(p).ports = ports("9-14");
            leaf_of(p).zones.push(zone("peer", ZoneKind::Peer, "15"));
            leaf_of(p).zones.push(zone("session", ZoneKind::Session, "16"));
        },
    );
}

#[test]
fn of_meshes() {
    let mesh = |leaves: u32, list: &'static str| {
        move |p: &mut Plan| {
            *up(p) = zone("mesh", ZoneKind::Mesh, list);
            (leaf_of(p).topology, leaf_of(p).quantity) = (Topology::Mesh, Quantity::Fixed(leaves));
            p.spec.switch_classes.truncate(1);
            of_servers(p).quantity = 16;
        }
    };
    check(&[], mesh(2, "9-16"));
    check(
        &["mesh-size at switch_classes[0]: The mesh of net has 4 leaves; a mesh has two \
         or three."],
        mesh(4, "9-16"),
    );
    check(
        &["mesh-ports at switch_classes[0]: 7 mesh ports of a leaf of net are not \
         divisible by two other leaves."],
        mesh(3, "9-15"),
    );
    check(
        &["mesh-ports at switch_classes[0]: A leaf of the mesh of net has 1 mesh ports, \
         one too few to reach every other."],
        mesh(3, "9"),
    );
    check(
        &["mesh-with-spines at switch_classes[0]: leaf is a mesh leaf, but fabric net \
         also has spine."],
        |p| {
            mesh(2, "9-16")(p);
            p.spec.switch_classes.push(spine());
        },
    );
    check(
        &["mesh-ports at switch_classes[0]: Leaves of the mesh of net have 8 and 4 mesh \
         ports."],
        |p| {
            mesh(2, "9-16")(p);
            let zones = vec![zone("mesh", ZoneKind::Mesh, "9-12")];
            let other = class("other", SwitchRole::Leaf, zones);
            let quantity = Quantity::Fixed(1);
            p.spec.switch_classes.push(SwitchClass { topology: Topology::Mesh, quantity, ..other });
        },
    );
    check(
        &[
            "mesh-size at switch_classes[0]: The mesh of net has 4 leaves; a mesh has two \
         or three.",
            "quantity-too-small at switch_classes[0].quantity: leaf is fixed at 2 \
         switches; its links need 4.",
        ],
        |p| {
            mesh(3, "9-16")(p);
            (leaf_of(p).quantity, of_servers(p).quantity) = (Quantity::Fixed(2), 32);
        },
    );
}

#[test]
fn of_zones_that_name_zones() {
    let mut up_ = zone("up", ZoneKind::Uplink, "15-16");
    up_.peer_zone = Some("leaf/extra".to_owned());
    let zones = vec![zone("down", ZoneKind::Management, "1-14"), up_];
    let mut manager = class("mgmt", SwitchRole::Management, zones);
    (manager.fabric, manager.quantity) = ("management".to_owned(), Quantity::Fixed(2));
    let with = |p: &mut Plan, manager: &SwitchClass, list: &str| {
        down(p).ports = ports("1-7");
        of_servers(p).quantity = 28;
        leaf_of(p).zones.push(zone("extra", ZoneKind::Server, list));
        p.spec.switch_classes.push(manager.clone());
    };
    check(
        &["peer-ports-short at switch_classes[2].zones[1].peer_zone: Zone extra of leaf \
         has 2 ports too few for the links of mgmt."],
        |p| with(p, &manager, "8"),
    );
    check(
        &["peer-ports-short at switch_classes[2].zones[1].peer_zone: Zone extra of leaf \
         has 4 ports too few for the links of mgmt."],
        |p| {
            with(p, &manager, "8");
            p.spec.switch_classes[2].quantity = Quantity::Fixed(3);
        },
    );
    check(
        &[
            "unknown-reference at switch_classes[2].zones[1].peer_zone: There is no zone \
         `leaf/extr`. -> leaf/extra",
            "dark-zone at switch_classes[0].zones[2]: No server is connected to zone extra \
         of leaf.",
        ],
        |p| {
            with(p, &manager, "8");
            p.spec.switch_classes[2].zones[1].peer_zone = Some("leaf/extr".to_owned());
        },
    );
    check(
        &["speed-mismatch at switch_classes[2].zones[1].peer_zone: Zone up of mgmt has \
         200G, zone extra of leaf has 400G."],
        |p| {
            with(p, &manager, "8");
            p.spec.switch_classes[2].zones[1].breakout = half();
        },
    );
}

#[test]
fn of_tiers() {
    check(
        &["no-spine at switch_classes[0]: Leaves of leaf have uplinks, but fabric net \
         has no spine class."],
        |p| p.spec.switch_classes.truncate(1),
    );
    check(
        &["two-spine-classes at switch_classes[0]: Fabric net has more than one class of \
         spines or super-spines."],
        |p| {
            p.spec.switch_classes.push(SwitchClass { id: "other".to_owned(), ..spine() });
        },
    );
    check(
        &["no-zone at switch_classes[1].zones: spine has no zone of kind `fabric` for \
         the tier below."],
        |p| spine_of(p).zones[0].kind = ZoneKind::Mesh,
    );
    check(
        &["speed-mismatch at switch_classes[0].zones[1].breakout: Uplinks of 200G cannot join \
         spine ports of 400G in fabric net. -> 1x400 -> 2x200"],
        |p| up(p).breakout = half(),
    );
    check(
        &["speed-mismatch at switch_classes[0].zones[1].breakout: Uplinks of 400G cannot join \
         spine ports of 200G in fabric net. -> 2x200 -> 1x400"],
        |p| spine_of(p).zones[0].breakout = half(),
    );
    check(
        &["no-super-spine at switch_classes[1].tiers: Fabric net asks for three tiers, \
         but has no super-spine class."],
        |p| spine_of(p).tiers = Tiers::Three,
    );
    check(
        &[
            "too-few-uplinks at switch_classes[0]: A leaf of net has 1 uplink and a \
         redundant fabric needs 2 spines.",
            "oversubscribed at switch_classes[0]: A leaf of leaf is oversubscribed 8 : 1: \
         3200 Gb/s to servers, 400 Gb/s to spines.",
        ],
        |p| {
            (leaf_of(p).redundancy, up(p).ports) = (SwitchRedundancy::Redundant, ports("9"));
            connection(p).distribution = Distribution::Alternating { group: None };
            of_servers(p).nics[0].model = "connectx-8-2x400".to_owned();
            connection(p).ports = 2;
        },
    );
    check(
        &["without-spines at switch_classes[0]: Fabric net has no spines: its 4 parts \
         meet in the servers only."],
        |p| {
            leaf_of(p).zones.truncate(1);
            p.spec.switch_classes.truncate(1);
        },
    );
    check(
        &["fabric-in-parts at switch_classes[0]: Fabric net falls into 5 parts that \
         cannot reach each other."],
        |p| {
            leaf_of(p).zones.truncate(1);
            spine_of(p).quantity = Quantity::Fixed(1);
        },
    );
    let three = |p: &mut Plan| {
        spine_of(p).tiers = Tiers::Three;
        let above =
            class("super", SwitchRole::SuperSpine, vec![zone("all", ZoneKind::Fabric, "1-16")]);
        p.spec.switch_classes.push(above);
    };
    check(&[], three);
    check(
        &["speed-mismatch at switch_classes[2]: Uplinks of spines have 400G, ports of \
         super-spines 200G in fabric net."],
        |p| {
            three(p);
            p.spec.switch_classes[2].zones[0].breakout = half();
        },
    );
    check(
        &["no-zone at switch_classes[2].zones: super has no zone of kind `fabric` for \
         the tier below."],
        |p| {
            three(p);
            p.spec.switch_classes[2].zones[0].kind = ZoneKind::Mesh;
        },
    );
    check(
        &["pod-too-small at switch_classes[1]: spine has 1 port for leaves and super-spines of \
         net, and each need one at least."],
        |p| {
            three(p);
            spine_of(p).zones[0].ports = ports("1");
        },
    );
    check(
        &["unlike-uplinks at switch_classes[0]: leaf has 8 uplinks, other leaves of net \
         have 4; with three tiers all have the same."],
        |p| {
            three(p);
            let zones = vec![zone("up", ZoneKind::Uplink, "9-12")];
            let border = class("border", SwitchRole::BorderLeaf, zones);
            p.spec.switch_classes.push(SwitchClass { quantity: Quantity::Fixed(2), ..border });
        },
    );
    let diet = |p: &mut Plan, spines| {
        (leaf_of(p).placement, spine_of(p).placement) =
            (PlacementRules::Diet, PlacementRules::Diet);
        spine_of(p).quantity = spines;
    };
    check(&[], |p| diet(p, Quantity::Automatic));
    check(
        &["spine-ports-short at switch_classes[1].quantity: The spines of net have 16 \
         ports and its leaves 32 uplinks: 16 too few."],
        |p| diet(p, Quantity::Fixed(1)),
    );
    check(
        &[
            "spine-unreached at switch_classes[1]: A leaf of net has 8 uplinks for 9 \
         spines: some it does not reach.",
            "fabric-in-parts at switch_classes[1]: Fabric net falls into 2 parts that \
         cannot reach each other.",
        ],
        |p| diet(p, Quantity::Fixed(9)),
    );
}

#[test]
fn of_what_is_out_of_service() {
    check(
        &["out-of-service at switch_classes[0]: 16 links are missing because devices of \
         leaf are out of service."],
        |p| leaf_of(p).out_of_service = vec![2],
    );
    check(
        &["out-of-service at switch_classes[1]: 16 links are missing because devices of \
         spine are out of service."],
        |p| spine_of(p).out_of_service = vec![2],
    );
    check(&[], |p| of_servers(p).out_of_service = vec![2, 3]);
    let dead = |device, list: &str| vec![DeadPorts { device, ports: ports(list) }];
    check(&["dead-port at switch_classes[0].dead_ports[0]: leaf has no switch number 5."], |p| {
        leaf_of(p).dead_ports = dead(5, "1")
    });
    check(
        &["dead-port at switch_classes[0].dead_ports[0]: Port E1/3 of leaf-01 does not \
         work and its zone has no spare."],
        |p| leaf_of(p).dead_ports = dead(1, "3"),
    );
    check(&[], |p| {
        (leaf_of(p).dead_ports, of_servers(p).quantity) = (dead(4, "3"), 31);
    });
    check(
        &["dead-port at switch_classes[0].dead_ports[0]: A link is pinned to a port of \
         leaf-04 that does not work."],
        |p| {
            (leaf_of(p).dead_ports, of_servers(p).quantity) = (dead(4, "3"), 31);
            p.spec.pins =
                vec![Pin { end: "s/26/nic-0/0".to_owned(), to: "leaf/4/down/2".to_owned() }];
        },
    );
}

#[test]
fn of_pins() {
    let pin = |pins: &'static [(&str, &str)]| {
        move |p: &mut Plan| {
            let of =
                |(end, to): &(&str, &str)| Pin { end: (*end).to_owned(), to: (*to).to_owned() };
            p.spec.pins = pins.iter().map(of).collect();
        }
    };
    check(&[], pin(&[("s/1/nic-0/0", "leaf/2/down/3")]));
    check(
        &["pin-invalid at pins[0].end: `s/33/nic-0/0` is not the end of a link."],
        pin(&[("s/33/nic-0/0", "leaf/2/down/3")]),
    );
    check(
        &["pin-invalid at pins[0].to: `leaf/5/down/3` is not a port of a switch."],
        pin(&[("s/1/nic-0/0", "leaf/5/down/3")]),
    );
    check(
        &["pin-invalid at pins[0].to: `leaf/2/up/3` is not in the zone that \
         `s/1/nic-0/0` is cabled to."],
        pin(&[("s/1/nic-0/0", "leaf/2/up/3")]),
    );
    check(
        &["pin-invalid at pins[1].to: `leaf/2/down/3` is pinned twice."],
        pin(&[("s/1/nic-0/0", "leaf/2/down/3"), ("s/2/nic-0/0", "leaf/2/down/3")]),
    );
    check(
        &["pin-invalid at pins[1].end: `s/1/nic-0/0` is pinned twice."],
        pin(&[("s/1/nic-0/0", "leaf/2/down/3"), ("s/1/nic-0/0", "leaf/2/down/4")]),
    );
}
