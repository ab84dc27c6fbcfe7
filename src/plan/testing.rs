//! Plans for tests of this room and of the forms: one with every field, a strategy for any, and the
//! paths of one.

use super::*;
use crate::catalog::{Breakout, Cage, PortList};
use crate::model::{PlanId, SpecPath};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::Value;

/// A fixed identity.
pub fn plan_id() -> PlanId {
    PlanId(uuid::Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8))
}

/// A plan in which every field stands.
pub fn full_plan() -> Plan {
    let mut plan = preset::build("rail-optimised", &[], plan_id()).unwrap();
    plan.metadata.labels.insert("environment".to_owned(), "lab".to_owned());
    plan.metadata.description = "Zürich, \"hall 2\"\nsecond line".to_owned();
    let zone = |id: &str, kind, ports: &str| PortZone {
        id: id.to_owned(),
        note: "n".to_owned(),
        kind,
        ports: PortList::parse(ports).unwrap(),
        breakout: Breakout { lanes: 2, speed_gbps: 400 },
        order: PortOrder::Interleaved,
        priority: 7,
        peer_zone: Some("x-spine/all".to_owned()),
        reserved: Some(PortList::parse("2").unwrap()),
    };
    let class = |id: &str, role, quantity, zones| SwitchClass {
        id: id.to_owned(),
        name: "leaf".to_owned(),
        note: "kept".to_owned(),
        fabric: "backend".to_owned(),
        role,
        model: "celestica-ds5000".to_owned(),
        quantity,
        redundancy: SwitchRedundancy::Eslag,
        group_size: Some(3),
        group_name: "pair".to_owned(),
        topology: Topology::Mesh,
        placement: PlacementRules::Diet,
        spread: Spread::Balanced,
        tiers: Tiers::Three,
        pod_leaves: Some(16),
        pods: Some(4),
        oversubscription: Some(Ratio { down: 2, up: 1 }),
        out_of_service: vec![3],
        dead_ports: vec![DeadPorts { device: 1, ports: PortList::parse("5").unwrap() }],
        zones,
    };
    let cluster = plan.spec.cluster.as_mut().unwrap();
    (cluster.gpus, cluster.size_for) = (Some(1024), Some(256));
    cluster.storage = cluster.frontend.clone();
    cluster.management = Some(Management {
        nic: "bmc".to_owned(),
        leaf_model: "celestica-ds1000".to_owned(),
        spine_model: Some("celestica-ds1000".to_owned()),
        uplink_speed_gbps: Some(10),
    });
    let backend = cluster.backend.as_mut().unwrap();
    (backend.planes, backend.tiers, backend.spread) = (2, Tiers::Two, Spread::Balanced);
    backend.super_spine_model = Some("celestica-ds5000".to_owned());
    backend.oversubscription = Ratio { down: 3, up: 2 };
    backend.overrides = Overrides {
        leaves: Some(1),
        uplink_cages: Some(2),
        spines: Some(3),
        pod_leaves: Some(4),
        pods: Some(5),
        super_spines: Some(6),
    };
    cluster.frontend.as_mut().unwrap().multihoming = Multihoming::Eslag;
    plan.spec.switch_classes = vec![
        class(
            "x-leaf",
            SwitchRole::Leaf,
            Quantity::Automatic,
            vec![zone("down", ZoneKind::Server, "1-32"), zone("up", ZoneKind::Uplink, "33-64")],
        ),
        class(
            "x-spine",
            SwitchRole::Spine,
            Quantity::Fixed(2),
            vec![zone("all", ZoneKind::Fabric, "1-64")],
        ),
    ];
    let connection = |id: &str, distribution| Connection {
        id: id.to_owned(),
        nic: "rail-0".to_owned(),
        first_port: 0,
        port_step: 2,
        ports: 1,
        switch_class: "x-leaf".to_owned(),
        zone: "down".to_owned(),
        kind: ConnectionKind::Bundled,
        speed_gbps: Some(400),
        distribution,
    };
    plan.spec.server_classes = vec![ServerClass {
        id: "gpu".to_owned(),
        name: "gpu".to_owned(),
        note: "g".to_owned(),
        model: "dgx-h100".to_owned(),
        quantity: 16,
        size_for: Some(32),
        gpus: Some(8),
        out_of_service: vec![2],
        nics: vec![Nic {
            id: "rail-0".to_owned(),
            name: "r0".to_owned(),
            model: "connectx-7-1x400".to_owned(),
        }],
        connections: vec![
            connection(
                "a",
                Distribution::RailOptimised {
                    rail: 3,
                    su_size: Some(8),
                    packing: RailPacking::Shared,
                },
            ),
            connection("b", Distribution::Alternating { group: Some(2) }),
            connection("c", Distribution::SameSwitch),
        ],
    }];
    plan.spec.models.racks = vec![crate::catalog::RackModel {
        id: "rack".to_owned(),
        manufacturer: "m".to_owned(),
        model: "r".to_owned(),
        slug: "r".to_owned(),
        rack_units: 48,
        width_mm: Some(600),
        depth_mm: Some(1200),
        weight_g: Some(1),
        max_weight_g: Some(2),
        max_power_w: Some(3),
        note: Some("n".to_owned()),
        sources: Vec::new(),
    }];
    plan.spec.external = vec![ExternalClass {
        id: "router".to_owned(),
        note: "n".to_owned(),
        devices: vec!["core-1".to_owned()],
        ports: vec!["Ethernet[1-2]".to_owned()],
        speed_gbps: 400,
        connector: Some(Cage::QsfpDd),
        out_of_service: vec![2],
        connections: vec![ExternalConnection {
            id: "up".to_owned(),
            first_port: 1,
            ports: 1,
            switch_class: "x-leaf".to_owned(),
            zone: "down".to_owned(),
            kind: ConnectionKind::Bundled,
            distribution: Distribution::Alternating { group: Some(2) },
        }],
    }];
    let pattern = || Some("{class}-{number}".to_owned());
    plan.spec.naming = Naming {
        prefix: "p-".to_owned(),
        server: pattern(),
        leaf: pattern(),
        spine: pattern(),
        super_spine: pattern(),
        border_leaf: pattern(),
        management: pattern(),
    };
    plan.spec.pins =
        vec![Pin { end: "gpu/1/rail-0/0".to_owned(), to: "x-leaf/1/down/3".to_owned() }];
    plan.spec.racks = Some(Racks {
        rack_units: Some(47),
        max_power_w: Some(30_000),
        max_weight_kg: Some(900),
        servers_per_rack: Some(3),
        network_racks_per_su: Some(2),
        free_units: 4,
        racks_per_row: 12,
        row_pitch_cm: 300,
        rack_width_cm: Some(75),
        tray_rise_cm: 40,
        slack_cm: 50,
        name: "{class}-{number:3}".to_owned(),
        places: vec![RackPlace {
            device: "x-spine/1".to_owned(),
            rack: "x-leaf-001".to_owned(),
            unit: 40,
        }],
        ..Racks::of("rack")
    });
    plan.spec.target.ignore = vec![Ignore {
        class: "gpu".to_owned(),
        fields: vec![IgnoredField::DeviceName, IgnoredField::Place],
        note: "n".to_owned(),
    }];
    plan.spec.moved = vec![Moved { from: "old".to_owned(), to: "gpu".to_owned() }];
    plan.spec.waivers = vec![Waiver {
        code: "oversubscribed".to_owned(),
        path: "spec.cluster".to_owned(),
        reason: "r".to_owned(),
        by: "Ada".to_owned(),
        until: "2026-12-31".to_owned(),
    }];
    plan.status = Some(Status { devices: 5, phase: "draft".to_owned(), ..Status::default() });
    plan
}

/// Every path of a plan's fields and items, with its value.
pub fn every_path(plan: &Plan) -> Vec<(SpecPath, Value)> {
    let tree = serde_json::to_value(plan).unwrap();
    let mut paths = Vec::new();
    let mut open = vec![(SpecPath::default(), tree)];
    while let Some((path, value)) = open.pop() {
        match &value {
            Value::Array(items) => {
                open.extend(
                    items.iter().enumerate().map(|(n, item)| (path.index(n), item.clone())),
                );
            }
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(name, item)| (path.field(name), item.clone())));
            }
            _ => {}
        }
        if !path.as_str().is_empty() {
            paths.push((path, value));
        }
    }
    paths
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-z0-9-]{0,8}", any::<String>()]
}

fn redundancy() -> impl Strategy<Value = Redundancy> {
    prop_oneof![Just(Redundancy::None), Just(Redundancy::Redundant)]
}

fn packing() -> impl Strategy<Value = RailPacking> {
    prop_oneof![Just(RailPacking::Dedicated), Just(RailPacking::Shared)]
}

fn cluster() -> impl Strategy<Value = Cluster> {
    let backend = (any::<u32>(), text(), packing(), text(), text(), any::<u32>()).prop_map(
        |(rails, nic, rail_packing, leaf_model, spine_model, uplink_speed_gbps)| Backend {
            rails,
            nic,
            rail_packing,
            leaf_model,
            spine_model,
            uplink_speed_gbps,
            ..Backend::default()
        },
    );
    let frontend = (text(), any::<u32>(), redundancy(), text(), text(), any::<u32>()).prop_map(
        |(nic, ports_per_server, redundancy, leaf_model, spine_model, uplink_speed_gbps)| {
            Frontend {
                nic,
                ports_per_server,
                redundancy,
                leaf_model,
                spine_model,
                uplink_speed_gbps,
                ..Frontend::default()
            }
        },
    );
    (any::<u32>(), text(), any::<u32>(), option::of(backend), option::of(frontend)).prop_map(
        |(servers, server_model, su_size, backend, frontend)| Cluster {
            servers,
            server_model,
            su_size,
            backend,
            frontend,
            ..Cluster::default()
        },
    )
}

fn switch_class() -> impl Strategy<Value = SwitchClass> {
    let kind = prop_oneof![Just(ZoneKind::Server), Just(ZoneKind::Uplink), Just(ZoneKind::Fabric)];
    let zone = (text(), text(), kind, vec(1_u16..=1024, 1..6), 1_u8..=16, 1_u32..=3200).prop_map(
        |(id, note, kind, cages, lanes, speed_gbps)| PortZone {
            note,
            ..PortZone::new(
                &id,
                kind,
                PortList::of_cages(&cages).unwrap(),
                Breakout { lanes, speed_gbps },
            )
        },
    );
    let role = prop_oneof![Just(SwitchRole::Leaf), Just(SwitchRole::Spine)];
    let quantity = prop_oneof![Just(Quantity::Automatic), any::<u32>().prop_map(Quantity::Fixed)];
    let texts = (text(), text(), text(), text(), text());
    let redundancy = prop_oneof![Just(SwitchRedundancy::None), Just(SwitchRedundancy::Mclag)];
    (texts, role, quantity, redundancy, vec(zone, 0..3)).prop_map(
        |((id, name, note, fabric, model), role, quantity, redundancy, zones)| SwitchClass {
            id,
            name,
            note,
            fabric,
            role,
            model,
            quantity,
            redundancy,
            zones,
            ..SwitchClass::default()
        },
    )
}

fn server_class() -> impl Strategy<Value = ServerClass> {
    let distribution = prop_oneof![
        Just(Distribution::SameSwitch),
        option::of(any::<u32>()).prop_map(|group| Distribution::Alternating { group }),
        (any::<u32>(), option::of(any::<u32>()), packing()).prop_map(|(rail, su_size, packing)| {
            Distribution::RailOptimised { rail, su_size, packing }
        }),
    ];
    let connection = (text(), text(), any::<u32>(), any::<u32>(), text(), text(), distribution)
        .prop_map(|(id, nic, first_port, ports, switch_class, zone, distribution)| Connection {
            id,
            nic,
            first_port,
            ports,
            switch_class,
            zone,
            distribution,
            ..Connection::default()
        });
    let nic = (text(), text()).prop_map(|(id, model)| Nic { id, model, ..Nic::default() });
    (text(), text(), text(), text(), any::<u32>(), vec(nic, 0..3), vec(connection, 0..3)).prop_map(
        |(id, name, note, model, quantity, nics, connections)| ServerClass {
            id,
            name,
            note,
            model,
            quantity,
            nics,
            connections,
            ..ServerClass::default()
        },
    )
}

fn status() -> impl Strategy<Value = Status> {
    (text(), any::<u32>(), any::<u64>(), btree_map("[a-z]{1,5}", any::<u32>(), 0..3), any::<u32>())
        .prop_map(|(phase, devices, links, switches, errors)| Status {
            phase,
            devices,
            links,
            switches,
            errors,
            ..Status::default()
        })
}

/// Any plan, sensible or not.
pub fn plans() -> impl Strategy<Value = Plan> {
    let metadata = (text(), any::<u128>(), btree_map(text(), text(), 0..3), text()).prop_map(
        |(name, id, labels, description)| Metadata {
            name,
            id: PlanId(uuid::Uuid::from_u128(id)),
            labels,
            description,
        },
    );
    let classes = (vec(switch_class(), 0..3), vec(server_class(), 0..3));
    (metadata, text(), option::of(cluster()), classes, option::of(status())).prop_map(
        |(metadata, site, cluster, (switch_classes, server_classes), status)| Plan {
            api_version: API_VERSION.to_owned(),
            metadata,
            spec: Spec {
                target: Target { site, ..Target::default() },
                cluster,
                switch_classes,
                server_classes,
                ..Spec::default()
            },
            status,
        },
    )
}
