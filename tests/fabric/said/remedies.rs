//! What is offered: choices that fit, all that is wrong at once, and nothing that only follows from
//! what has been told.

use super::*;
use heddle::fabric::eject;

/// The sample plan written out as classes, as one gets by ejecting it.
fn by_hand() -> Plan {
    let mut plan = super::super::sample();
    plan.spec = eject(&plan.spec, super::super::catalog()).expect("classes");
    plan
}

fn switches<'p>(plan: &'p mut Plan, id: &str) -> &'p mut SwitchClass {
    plan.spec.switch_classes.iter_mut().find(|class| class.id == id).expect("the class")
}

fn zone_of<'p>(plan: &'p mut Plan, class: &str, id: &str) -> &'p mut PortZone {
    switches(plan, class).zones.iter_mut().find(|zone| zone.id == id).expect("the zone")
}

fn cabled<'p>(plan: &'p mut Plan, id: &str) -> &'p mut Connection {
    let connections = &mut plan.spec.server_classes[0].connections;
    connections.iter_mut().find(|one| one.id == id).expect("the connection")
}

/// All that is said of the sample plan as classes, once it is changed.
fn check(expected: &[&str], change: impl FnOnce(&mut Plan)) {
    check_in(by_hand(), expected, change);
}

/// The same of the sample plan as a cluster.
fn check_cluster(expected: &[&str], change: impl FnOnce(&mut Plan)) {
    check_in(super::super::sample(), expected, change);
}

#[test]
fn models_that_fit() {
    check(&[], |_| {});
    // A DS1000 is as near by name and has other ports.
    check(
        &["unknown-model at switch_classes[0].model: The catalogue has no switch called \
             `celestica-ds6000`. -> celestica-ds5000"],
        |p| switches(p, "be-leaf").model = "celestica-ds6000".to_owned(),
    );
    check(
        &["unknown-model at switch_classes[4].model: The catalogue has no switch called \
             `celestica-ds500`. -> celestica-ds5000"],
        |p| switches(p, "fe-spine").model = "celestica-ds500".to_owned(),
    );
    // Nothing is near: what the plan uses elsewhere fits.
    check(
        &["unknown-model at switch_classes[1].model: The catalogue has no switch called \
             `acme`. -> celestica-ds5000"],
        |p| switches(p, "be-spine").model = "acme".to_owned(),
    );
    check_cluster(
        &["unknown-model at cluster.backend.leaf_model: The catalogue has no switch called \
             `celestica-ds6000`. -> celestica-ds5000"],
        |p| {
            super::super::backend(p).leaf_model = "celestica-ds6000".to_owned();
        },
    );
    check_cluster(
        &["unknown-model at cluster.backend.spine_model: The catalogue has no switch called \
             `nvidia-qm970`. -> celestica-ds5000"],
        |p| super::super::backend(p).spine_model = "nvidia-qm970".to_owned(),
    );
    check_cluster(
        &["unknown-model at cluster.backend.nic: The catalogue has no NIC called \
             `connectx-7-2x400`. -> connectx-7-2x200"],
        |p| super::super::backend(p).nic = "connectx-7-2x400".to_owned(),
    );
    check(
        &["unknown-model at server_classes[0].nics[0].model: The catalogue has no NIC called \
             `connectx-7-2x400`. -> connectx-7-1x400"],
        |p| {
            p.spec.server_classes[0].nics[0].model = "connectx-7-2x400".to_owned();
        },
    );
}

#[test]
fn breakouts_that_fit() {
    check(
        &["breakout-unsupported at switch_classes[3].zones[0].breakout: Cages 1-32 of DS5000 \
             cannot be broken out as 3x200; they offer 1x800, 2x400, 4x200, 8x100. -> 4x200"],
        |p| zone_of(p, "fe-leaf", "server").breakout = "3x200".parse().unwrap(),
    );
    check(
        &["breakout-unsupported at switch_classes[0].zones[0].breakout: Cages 1-32 of DS5000 \
             cannot be broken out as 3x200; they offer 1x800, 2x400, 4x200, 8x100. -> 2x400"],
        |p| zone_of(p, "be-leaf", "server").breakout = "3x200".parse().unwrap(),
    );
    check(
        &["breakout-unsupported at switch_classes[0].zones[1].breakout: Cages 33-64 of DS5000 \
             cannot be broken out as 4x400; they offer 1x800, 2x400, 4x200, 8x100. -> 1x800"],
        |p| zone_of(p, "be-leaf", "uplink").breakout = "4x400".parse().unwrap(),
    );
    // What the cages offer is another speed than that of the cards: it would only be refused there.
    check(
        &["breakout-unsupported at switch_classes[3].zones[0].breakout: Cages 1-32 of DS5000 \
             cannot be broken out as 3x25; they offer 1x800, 2x400, 4x200, 8x100."],
        |p| {
            zone_of(p, "fe-leaf", "server").breakout = "3x25".parse().unwrap();
            cabled(p, "fe").speed_gbps = Some(25);
        },
    );
}

#[test]
fn zones_and_classes_that_are_there() {
    check(
        &["unknown-reference at server_classes[0].connections[8].zone: fe-leaf has no zone \
             `servers`; it has `server` and `uplink`. -> server"],
        |p| cabled(p, "fe").zone = "servers".to_owned(),
    );
    check(
        &["unknown-reference at server_classes[0].connections[8].zone: fe-leaf has no zone \
             `access`; it has `server` and `uplink`. -> server"],
        |p| cabled(p, "fe").zone = "access".to_owned(),
    );
    check(
        &["no-zone at server_classes[0].connections[8].zone: Zone uplink of fe-leaf is not \
             for servers. -> server"],
        |p| cabled(p, "fe").zone = "uplink".to_owned(),
    );
    // Whatever else is wrong with the class.
    check(
        &[
            "unknown-model at switch_classes[3].model: The catalogue has no switch called \
             `celestica-ds6000`. -> celestica-ds5000",
            "unknown-reference at server_classes[0].connections[8].zone: fe-leaf has no zone \
             `servers`; it has `server` and `uplink`. -> server",
        ],
        |p| {
            cabled(p, "fe").zone = "servers".to_owned();
            switches(p, "fe-leaf").model = "celestica-ds6000".to_owned();
        },
    );
    check(
        &["unknown-reference at server_classes[0].connections[8].switch_class: There is no \
             switch class `fe-leef`. -> fe-leaf"],
        |p| cabled(p, "fe").switch_class = "fe-leef".to_owned(),
    );
    check(
        &["unknown-reference at server_classes[0].connections[8].switch_class: There is no \
             switch class `access`. -> fe-leaf"],
        |p| cabled(p, "fe").switch_class = "access".to_owned(),
    );
}

/// One cause, one finding.
#[test]
fn nothing_that_only_follows() {
    check(
        &["unknown-reference at server_classes[0].connections[3].switch_class: There is no \
             switch class `be-leef`. -> be-leaf"],
        |p| cabled(p, "rail-3").switch_class = "be-leef".to_owned(),
    );
    check(
        &["unknown-reference at server_classes[0].connections[7].zone: be-leaf has no zone \
             `none`; it has `server` and `uplink`. -> server"],
        |p| cabled(p, "rail-7").zone = "none".to_owned(),
    );
    check(
        &["unknown-model at server_classes[0].nics[3].model: The catalogue has no NIC called \
             `connectx-7-1x40`. -> connectx-7-1x400"],
        |p| p.spec.server_classes[0].nics[3].model = "connectx-7-1x40".to_owned(),
    );
    // A gap that nothing explains is told.
    check(
        &[
            "rails-not-dense at server_classes[0].connections[0]: The rails are 0, 1, 2, 4, 6, \
             7; they must be 0, 1, 2 … without gaps.",
            "unknown-reference at server_classes[0].connections[3].zone: be-leaf has no zone \
             `none`; it has `server` and `uplink`. -> server",
        ],
        |p| {
            cabled(p, "rail-3").zone = "none".to_owned();
            p.spec.server_classes[0].connections.retain(|one| one.id != "rail-5");
        },
    );
    check(
        &["unknown-reference at server_classes[0].connections[3].zone: be-leaf has no zone \
             `none`; it has `server` and `uplink`. -> server"],
        |p| {
            cabled(p, "rail-3").zone = "none".to_owned();
            p.spec.pins =
                vec![Pin { end: "gpu/1/rail-3/0".to_owned(), to: "be-leaf/4/server/0".to_owned() }];
        },
    );
    check(&["pin-invalid at pins[0].end: `gpu/1/rail-9/0` is not the end of a link."], |p| {
        p.spec.pins =
            vec![Pin { end: "gpu/1/rail-9/0".to_owned(), to: "be-leaf/4/server/0".to_owned() }];
    });
    check(
        &["unknown-reference at server_classes[0].connections[8].zone: fe-leaf has no zone \
             `none`; it has `server` and `uplink`. -> server"],
        |p| {
            switches(p, "fe-leaf").quantity = Quantity::Fixed(4);
            cabled(p, "fe").zone = "none".to_owned();
        },
    );
}

/// The same of what joins switches: meshes, pairs, zones that name zones, waivers.
#[test]
fn nothing_that_only_follows_between_switches() {
    let mesh = |p: &mut Plan| {
        *up(p) = zone("mesh", ZoneKind::Mesh, "9-16");
        leaf_of(p).topology = Topology::Mesh;
        p.spec.switch_classes.truncate(1);
        of_servers(p).quantity = 16;
    };
    check_in(quiet(), &[], mesh);
    check_in(
        quiet(),
        &["unknown-reference at server_classes[0].connections[0].zone: leaf has no zone \
             `none`; it has `down` and `mesh`. -> down"],
        |p| {
            mesh(p);
            connection(p).zone = "none".to_owned();
        },
    );
    check_in(
        quiet(),
        &["ports-outside-device at switch_classes[0].zones[1].ports: Zone mesh of leaf uses \
             cage 17; sixteen has cages 1 to 16. -> 9-16"],
        |p| {
            mesh(p);
            up(p).ports = ports("9-17");
        },
    );
    check_in(
        quiet(),
        &["ports-outside-device at switch_classes[0].zones[3].ports: Zone session of leaf \
             uses cage 17; sixteen has cages 1 to 16. -> 16"],
        |p| {
            let by_turns = Distribution::Alternating { group: None };
            *of_servers(p) = servers("s", 16, 2, by_turns);
            leaf_of(p).redundancy = SwitchRedundancy::Mclag;
            up(p).ports = ports("9-14");
            leaf_of(p).zones.push(zone("peer", ZoneKind::Peer, "15"));
            leaf_of(p).zones.push(zone("session", ZoneKind::Session, "17"));
        },
    );
    check_in(
        quiet(),
        &["ports-outside-device at switch_classes[0].zones[2].ports: Zone extra of leaf uses \
             cage 17; sixteen has cages 1 to 16. -> 8"],
        |p| {
            let mut up_ = zone("up", ZoneKind::Uplink, "15-16");
            up_.peer_zone = Some("leaf/extra".to_owned());
            let zones = vec![zone("down", ZoneKind::Management, "1-14"), up_];
            let manager = class("mgmt", SwitchRole::Management, zones);
            down(p).ports = ports("1-7");
            leaf_of(p).zones.push(zone("extra", ZoneKind::Server, "17"));
            p.spec.switch_classes.push(SwitchClass { fabric: "management".to_owned(), ..manager });
        },
    );
    check_in(
        quiet(),
        &["unknown-reference at server_classes[0].connections[0].zone: leaf has no zone \
             `none`; it has `down` and `up`. -> down"],
        |p| {
            connection(p).zone = "none".to_owned();
            p.spec.waivers.push(heddle::plan::Waiver {
                code: "single-point".to_owned(),
                path: String::new(),
                reason: "known".to_owned(),
                by: "Ada".to_owned(),
                until: "2999-12-31".to_owned(),
            });
        },
    );
}

#[test]
fn ports_all_at_once() {
    check(
        &[
            "ports-outside-device at switch_classes[0].zones[1].ports: Zone uplink of be-leaf \
             uses cages 67-70; DS5000 has cages 1 to 64, and 65-66 for its own management. -> \
             33-64",
            "cage-two-breakouts at switch_classes[0].zones[1].ports: Cages 30-32 of be-leaf are \
             broken out as 2x400 in zone server and as 1x800 in zone uplink. -> 33-64",
            "breakout-unsupported at switch_classes[0].zones[1].ports: Cages 65-66 of DS5000 \
             cannot be broken out as 1x800; they offer 1x25, 1x10. -> 33-64",
        ],
        |p| zone_of(p, "be-leaf", "uplink").ports = ports("30-70"),
    );
    check(
        &[
            "ports-outside-device at switch_classes[0].zones[0].ports: Zone server of be-leaf \
             uses cages 67-70; DS5000 has cages 1 to 64, and 65-66 for its own management. -> \
             1-32",
            "cage-two-breakouts at switch_classes[0].zones[0].ports: Cages 33-64 of be-leaf are \
             broken out as 1x800 in zone uplink and as 2x400 in zone server. -> 1-32",
            "breakout-unsupported at switch_classes[0].zones[0].ports: Cages 65-66 of DS5000 \
             cannot be broken out as 2x400; they offer 1x25, 1x10. -> 1-32",
        ],
        |p| zone_of(p, "be-leaf", "server").ports = ports("1-70"),
    );
    check(
        &["cage-two-breakouts at switch_classes[0].zones[1].ports: Cages 1-32 of be-leaf are \
             broken out as 2x400 in zone server and as 1x800 in zone uplink. -> 33-64"],
        |p| zone_of(p, "be-leaf", "uplink").ports = ports("1-32"),
    );
    check(
        &["breakout-unsupported at switch_classes[0].zones[1].ports: Cage 65 of DS5000 cannot \
             be broken out as 1x800; it offers 1x25, 1x10. -> 33-64"],
        |p| zone_of(p, "be-leaf", "uplink").ports = ports("33-65"),
    );
    check(
        &["cage-two-breakouts at switch_classes[0].zones[1].ports: Cage 32 of be-leaf is \
             broken out as 2x400 in zone server and as 1x800 in zone uplink."],
        |p| {
            let zone = zone_of(p, "be-leaf", "uplink");
            (zone.ports, zone.order) = (ports("32-63"), PortOrder::Custom((32..=63).collect()));
        },
    );
}

#[test]
fn models_that_were_changed() {
    check(
        &[
            "breakout-unsupported at switch_classes[1].model: Cages 1-32 of DS4000 cannot be \
             broken out as 1x800; they offer 1x400, 2x200, 4x100. -> celestica-ds5000",
            "ports-outside-device at switch_classes[1].zones[0].ports: Zone fabric of be-spine \
             uses cages 34-64; DS4000 has cages 1 to 32, and 33 for its own management. -> 1-32 \
             -> celestica-ds5000",
        ],
        |p| switches(p, "be-spine").model = "celestica-ds4000".to_owned(),
    );
    check(&[], |p| switches(p, "be-spine").model = "arista-7060x6-64pe".to_owned());
    check(
        &[
            "protocol-mismatch at switch_classes[1].model: Q3400-RA is InfiniBand only; be-leaf \
             is Ethernet. -> celestica-ds5000",
            "breakout-unsupported at switch_classes[1].zones[0].breakout: Cages 1-64 of \
             Q3400-RA cannot be broken out as 1x800; they offer 2x800. -> 2x800 -> \
             celestica-ds5000",
        ],
        |p| switches(p, "be-spine").model = "nvidia-q3400".to_owned(),
    );
    check(
        &["breakout-unsupported at switch_classes[1].model: Cages 1-32 of DS4000 cannot be \
             broken out as 1x800; they offer 1x400, 2x200, 4x100. -> celestica-ds5000"],
        |p| {
            zone_of(p, "be-spine", "fabric").ports = ports("1-32");
            switches(p, "be-spine").model = "celestica-ds4000".to_owned();
        },
    );
    check(
        &[
            "breakout-unsupported at switch_classes[3].model: Cages 1-32 of DS1000 cannot be \
             broken out as 4x200; they offer 1x1. -> celestica-ds5000",
            "breakout-unsupported at switch_classes[3].model: Cages 33-48 of DS1000 cannot be \
             broken out as 1x800; they offer 1x1. -> celestica-ds5000",
            "breakout-unsupported at switch_classes[3].model: Cages 49-56 of DS1000 cannot be \
             broken out as 1x800; they offer 1x10. -> celestica-ds5000",
            "ports-outside-device at switch_classes[3].zones[1].ports: Zone uplink of fe-leaf \
             uses cages 57-64; DS1000 has cages 1 to 56. -> 33-56 -> celestica-ds5000",
        ],
        |p| {
            switches(p, "fe-leaf").model = "celestica-ds1000".to_owned();
        },
    );
}

#[test]
fn protocols() {
    let backend = super::super::backend;
    check_cluster(
        &["breakout-unsupported at cluster.backend.spine_model: nvidia-qm9700 has no ports of \
             800G; it offers 200G, 400G. It is InfiniBand only, too. -> celestica-ds5000"],
        |p| backend(p).spine_model = "nvidia-qm9700".to_owned(),
    );
    check_cluster(
        &["protocol-mismatch at cluster.backend.spine_model: QM9700 is InfiniBand only; \
             be-leaf is Ethernet. -> celestica-ds5000"],
        |p| {
            backend(p).spine_model = "nvidia-qm9700".to_owned();
            backend(p).uplink_speed_gbps = 400;
        },
    );
    check_cluster(&[], |p| {
        backend(p).leaf_model = "nvidia-qm9700".to_owned();
        backend(p).spine_model = "nvidia-qm9790".to_owned();
        backend(p).uplink_speed_gbps = 400;
    });
    check_cluster(
        &["protocol-mismatch at cluster.backend.spine_model: Q3400-RA is InfiniBand only; \
             be-leaf is Ethernet. -> celestica-ds5000"],
        |p| {
            backend(p).spine_model = "nvidia-q3400".to_owned();
            backend(p).nic = "connectx-8-1x800".to_owned();
            backend(p).uplink_speed_gbps = 800;
        },
    );
    check(
        &["protocol-mismatch at switch_classes[1].model: QM9700 is InfiniBand only; be-leaf \
             is Ethernet. -> celestica-ds5000"],
        |p| {
            switches(p, "be-spine").model = "nvidia-qm9700".to_owned();
            let zone = zone_of(p, "be-spine", "fabric");
            (zone.ports, zone.breakout) = (ports("1-32"), "2x400".parse().unwrap());
            zone_of(p, "be-leaf", "uplink").breakout = "2x400".parse().unwrap();
        },
    );
}

#[test]
fn speeds_of_uplinks() {
    let backend = super::super::backend;
    check_cluster(
        &["breakout-unsupported at cluster.backend.spine_model: celestica-ds4000 has no ports \
             of 800G; it offers 100G, 200G, 400G. -> celestica-ds5000 -> 400"],
        |p| {
            backend(p).uplink_speed_gbps = 800;
            backend(p).spine_model = "celestica-ds4000".to_owned();
        },
    );
    check_cluster(
        &["breakout-unsupported at cluster.backend.leaf_model: celestica-ds4000 has no ports \
             of 800G; it offers 100G, 200G, 400G. -> celestica-ds5000 -> 400"],
        |p| {
            backend(p).uplink_speed_gbps = 800;
            backend(p).leaf_model = "celestica-ds4000".to_owned();
        },
    );
    check_cluster(
        &["breakout-unsupported at cluster.backend.uplink_speed_gbps: celestica-ds5000 has no \
             ports of 1600G; it offers 100G, 200G, 400G, 800G. -> 800"],
        |p| backend(p).uplink_speed_gbps = 1600,
    );
}
