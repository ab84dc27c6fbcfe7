//! The plans behind the presets, one function for each kind.

use super::{Chosen, PresetError};
use crate::catalog::{Breakout, PortList};
use crate::model::{Limits, PlanId};
use crate::plan::{
    API_VERSION, Backend, Cluster, Connection, Distribution, Frontend, Metadata, Nic, Plan,
    PortZone, Quantity, RailPacking, Redundancy, ServerClass, Spec, SwitchClass, SwitchRole,
    Target, Tiers, Topology, ZoneKind,
};

/// Makes the plan of a preset.
pub(super) fn build(chosen: &Chosen, id: PlanId) -> Result<Plan, PresetError> {
    let name = chosen.preset.name;
    let spec = match name {
        "mesh" => mesh(chosen)?,
        "frontend-storage" => frontend_storage(chosen)?,
        _ => Spec { cluster: Some(cluster(chosen)?), ..Spec::default() },
    };
    Ok(Plan {
        api_version: API_VERSION.to_owned(),
        metadata: Metadata {
            name: name.to_owned(),
            id,
            labels: std::collections::BTreeMap::new(),
            description: String::new(),
        },
        spec: Spec { target: Target { site: "dc1".to_owned(), ..Target::default() }, ..spec },
        status: None,
    })
}

/// The hardware of a rail-optimised cluster.
struct Hardware {
    server: &'static str,
    nic: &'static str,
    switch: &'static str,
    uplink_speed_gbps: u32,
    frontend_nic: &'static str,
    frontend_switch: &'static str,
}

const DS5000: Hardware = Hardware {
    server: "dgx-h100",
    nic: "connectx-7-1x400",
    switch: "celestica-ds5000",
    uplink_speed_gbps: 800,
    frontend_nic: "bluefield-3-2x200",
    frontend_switch: "celestica-ds5000",
};

const SN5600: Hardware = Hardware {
    switch: "nvidia-sn5600",
    uplink_speed_gbps: 400,
    frontend_switch: "nvidia-sn5600",
    ..DS5000
};

const QM9700: Hardware = Hardware {
    switch: "nvidia-qm9700",
    uplink_speed_gbps: 400,
    frontend_nic: "connectx-7-2x200",
    frontend_switch: "nvidia-sn5600",
    ..DS5000
};

fn cluster(chosen: &Chosen) -> Result<Cluster, PresetError> {
    use RailPacking::{Dedicated, Shared};
    use Tiers::{Automatic, One, Three};
    let servers = chosen.servers()?;
    // Hardware, default size of a unit and the most it may be, planes, tiers, packing, frontend.
    let (hardware, unit, most, planes, tiers, packing, frontend) = match chosen.preset.name {
        "starter-64" => {
            (Hardware { server: "hgx-8gpu", ..DS5000 }, 8, 64, 1, Automatic, Shared, true)
        }
        "superpod-h100" => (QM9700, 32, 32, 1, Automatic, Dedicated, true),
        "superpod-b200" => {
            (Hardware { server: "dgx-b200", ..QM9700 }, 32, 32, 1, Automatic, Dedicated, true)
        }
        "superpod-b300" => (
            Hardware {
                server: "dgx-b300",
                nic: "connectx-8-1x800",
                switch: "nvidia-q3400",
                uplink_speed_gbps: 800,
                frontend_nic: "bluefield-3-2x200",
                ..QM9700
            },
            72,
            72,
            1,
            Automatic,
            Dedicated,
            true,
        ),
        "dual-plane" => (
            Hardware { server: "hgx-8gpu", nic: "connectx-8-2x400", ..SN5600 },
            64,
            64,
            2,
            Automatic,
            Dedicated,
            true,
        ),
        "three-tiers" => (SN5600, 64, 64, 1, Three, Dedicated, false),
        "opg-64" => (Hardware { server: "hgx-8gpu", ..DS5000 }, 8, 64, 1, Automatic, Shared, true),
        "opg-128" => {
            (Hardware { server: "hgx-8gpu", ..DS5000 }, 16, 64, 1, Automatic, Shared, true)
        }
        "opg-256" => {
            (Hardware { server: "hgx-8gpu", ..DS5000 }, 32, 64, 1, Automatic, Shared, true)
        }
        // One rail of its unit fills a leaf.
        "opg-512" => {
            (Hardware { server: "hgx-8gpu", ..DS5000 }, 64, 64, 1, Automatic, Dedicated, true)
        }
        "rail-only" => {
            (Hardware { switch: "nvidia-sn5400", ..DS5000 }, 64, 64, 1, One, Dedicated, true)
        }
        _ => (DS5000, 64, 64, 1, Automatic, Dedicated, true),
    };
    let su_size = match chosen.number("su_size", 1, most)? {
        0 => unit,
        n => n,
    };
    let packing =
        chosen.choice("rail_packing", &[("dedicated", Dedicated), ("shared", Shared)], packing)?;
    Ok(Cluster {
        servers,
        server_model: hardware.server.to_owned(),
        su_size,
        backend: Some(Backend {
            rails: 8,
            nic: hardware.nic.to_owned(),
            rail_packing: packing,
            planes,
            tiers,
            leaf_model: hardware.switch.to_owned(),
            spine_model: hardware.switch.to_owned(),
            uplink_speed_gbps: hardware.uplink_speed_gbps,
            ..Backend::default()
        }),
        frontend: match frontend {
            true => Some(access(
                hardware.frontend_nic,
                hardware.frontend_switch,
                frontend_redundancy(chosen)?,
            )),
            false => None,
        },
        ..Cluster::default()
    })
}

fn frontend_redundancy(chosen: &Chosen) -> Result<Redundancy, PresetError> {
    let words = [("none", Redundancy::None), ("redundant", Redundancy::Redundant)];
    chosen.choice("frontend_redundancy", &words, Redundancy::Redundant)
}

fn access(nic: &str, switch: &str, redundancy: Redundancy) -> Frontend {
    Frontend {
        nic: nic.to_owned(),
        ports_per_server: 2,
        redundancy,
        leaf_model: switch.to_owned(),
        spine_model: switch.to_owned(),
        uplink_speed_gbps: 800,
        ..Frontend::default()
    }
}

/// Compute servers on a frontend and a storage network, and storage servers on the latter.
fn frontend_storage(chosen: &Chosen) -> Result<Spec, PresetError> {
    let network = || access("bluefield-3-2x200", "celestica-ds5000", Redundancy::Redundant);
    let storage = ServerClass {
        id: "storage".to_owned(),
        model: "storage-2x200".to_owned(),
        quantity: chosen.number("storage_servers", 1, 4096)?,
        nics: vec![nic("st", "connectx-7-2x200")],
        connections: vec![Connection {
            id: "st".to_owned(),
            nic: "st".to_owned(),
            ports: 2,
            switch_class: "st-leaf".to_owned(),
            zone: "server".to_owned(),
            distribution: Distribution::Alternating { group: Some(2) },
            ..Connection::default()
        }],
        ..ServerClass::default()
    };
    Ok(Spec {
        cluster: Some(Cluster {
            servers: chosen.servers()?,
            server_model: "hgx-8gpu".to_owned(),
            su_size: 64,
            frontend: Some(network()),
            storage: Some(network()),
            ..Cluster::default()
        }),
        server_classes: vec![storage],
        ..Spec::default()
    })
}

fn nic(id: &str, model: &str) -> Nic {
    Nic { id: id.to_owned(), model: model.to_owned(), ..Nic::default() }
}

/// Servers on leaves that are joined to each other: half the ports down, half across.
fn mesh(chosen: &Chosen) -> Result<Spec, PresetError> {
    let servers = chosen.servers()?.min(Limits::SERVERS);
    let leaves = chosen.number("leaves", 2, 3)?;
    // Ranges that are written out here are always valid.
    let cages = |first, last| PortList::range(first, last).ok();
    let zone = |id: &str, kind, cages: Option<PortList>, lanes, speed_gbps| {
        cages.map(|cages| PortZone::new(id, kind, cages, Breakout { lanes, speed_gbps }))
    };
    let zones = [
        zone("server", ZoneKind::Server, cages(1, 32), 2, 400),
        zone("mesh", ZoneKind::Mesh, cages(33, 64), 1, 800),
    ];
    let rails = 0..8;
    Ok(Spec {
        switch_classes: vec![SwitchClass {
            id: "leaf".to_owned(),
            fabric: "converged".to_owned(),
            role: SwitchRole::Leaf,
            model: "celestica-ds5000".to_owned(),
            quantity: Quantity::Fixed(leaves),
            topology: Topology::Mesh,
            zones: zones.into_iter().flatten().collect(),
            ..SwitchClass::default()
        }],
        server_classes: vec![ServerClass {
            id: "gpu".to_owned(),
            model: "hgx-8gpu".to_owned(),
            quantity: servers,
            nics: rails.clone().map(|n| nic(&format!("rail-{n}"), "connectx-7-1x400")).collect(),
            connections: rails
                .map(|rail| Connection {
                    id: format!("rail-{rail}"),
                    nic: format!("rail-{rail}"),
                    ports: 1,
                    switch_class: "leaf".to_owned(),
                    zone: "server".to_owned(),
                    distribution: Distribution::RailOptimised {
                        rail,
                        su_size: None,
                        packing: RailPacking::Shared,
                    },
                    ..Connection::default()
                })
                .collect(),
            ..ServerClass::default()
        }],
        ..Spec::default()
    })
}
