//! The servers of a cluster, their cards and connections, and its fabrics one by one.

use super::switches::SwitchPair;
use super::{Origin, Primitives, out_of_range, unknown};
use crate::catalog::{Catalog, NicModel};
use crate::fabric::offers::{self, has_speed};
use crate::model::{Code, EditValue, Finding, Limits, SpecPath, counted};
use crate::plan::{
    Backend, Cluster, Connection, ConnectionKind, Distribution, Frontend, Management, Multihoming,
    Nic, Overrides, Ratio, Redundancy, ServerClass, Spread, SwitchRedundancy, SwitchRole, Tiers,
    ZoneKind,
};

/// A cluster while it is expanded.
struct Expansion<'a> {
    cluster: &'a Cluster,
    path: &'a SpecPath,
    catalog: &'a Catalog,
    findings: &'a mut Vec<Finding>,
    /// The number of servers: the field, and what one server counts in it.
    quantity: SpecPath,
    per_server: u32,
    /// The fewest servers that may stand in that field.
    least: u32,
    servers: ServerClass,
    primitives: &'a mut Primitives,
}

pub(super) fn expand(
    cluster: &Cluster,
    path: &SpecPath,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
    primitives: &mut Primitives,
) {
    let (quantity, field, per_server) = servers_of(cluster, path, catalog, findings);
    findings.extend(out_of_range(
        &path.field("su_size"),
        "the scalable unit",
        cluster.su_size,
        1,
        Limits::SERVERS,
    ));
    // A room that is refused is none: nothing else is to be said of it.
    let size_for = cluster.size_for.filter(|size_for| {
        let least = quantity.clamp(1, Limits::SERVERS);
        let path = path.field("size_for");
        let finding = out_of_range(&path, "size_for", *size_for, least, Limits::SERVERS);
        let refused = finding.is_some();
        findings.extend(finding);
        !refused
    });
    let fabrics = cluster.backend.is_some()
        || cluster.frontend.is_some()
        || cluster.storage.is_some()
        || cluster.management.is_some();
    if !fabrics {
        findings.push(
            Finding::new(Code::EmptySpec, path.clone(), "The cluster has no fabric.").advise(
                "Give the cluster a backend, a frontend, a storage or a management fabric.",
            ),
        );
    }
    let servers = ServerClass {
        id: "gpu".to_owned(),
        model: cluster.server_model.clone(),
        quantity,
        size_for,
        ..ServerClass::default()
    };
    // Switches are there for the servers that there is room for.
    let room = size_for.is_some_and(|room| room > quantity);
    let mut expansion = Expansion {
        cluster,
        path,
        catalog,
        findings,
        quantity: path.field(if room { "size_for" } else { field }),
        per_server: if room { 1 } else { per_server },
        least: if room { quantity } else { 1 },
        servers,
        primitives,
    };
    if let Some(backend) = &cluster.backend {
        expansion.backend(backend);
    }
    if let Some(frontend) = &cluster.frontend {
        expansion.access(frontend, "frontend", "fe");
    }
    if let Some(storage) = &cluster.storage {
        expansion.access(storage, "storage", "st");
    }
    if let Some(management) = &cluster.management {
        expansion.management(management);
    }
    let origin = Origin { model: path.field("server_model"), ..expansion.origin(path.clone()) };
    let Expansion { servers, primitives, .. } = expansion;
    primitives.servers.push((servers, origin));
}

/// The number of servers, the field that says it, and what one server counts there.
fn servers_of(
    cluster: &Cluster,
    path: &SpecPath,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> (u32, &'static str, u32) {
    let servers = path.field("servers");
    let Some(gpus) = cluster.gpus else {
        findings.extend(out_of_range(&servers, "servers", cluster.servers, 1, Limits::SERVERS));
        return (cluster.servers, "servers", 1);
    };
    let field = path.field("gpus");
    let Some(model) = catalog.servers.get(&cluster.server_model) else {
        // The unknown model has a finding of its own.
        return (cluster.servers.max(1), "gpus", 1);
    };
    let each = u32::from(model.gpus);
    if each == 0 {
        findings.push(
            Finding::new(
                Code::CountsDisagree,
                field,
                format!("{} has no GPUs, so {gpus} GPUs need any number of servers.", model.model),
            )
            .advise("Give the number of servers, or choose a server with GPUs."),
        );
        return (cluster.servers.max(1), "servers", 1);
    }
    let most = Limits::SERVERS.saturating_mul(each);
    if let Some(finding) = out_of_range(&field, "gpus", gpus, 1, most) {
        // Where the servers are given as well, their GPUs are what was meant.
        let meant = cluster.servers.checked_mul(each).filter(|gpus| (1..=most).contains(gpus));
        findings.push(match meant {
            Some(gpus) => {
                finding.offer(format!("Use {gpus}"), field, EditValue::Number(u64::from(gpus)))
            }
            None => finding,
        });
        return (cluster.servers.clamp(1, Limits::SERVERS), "gpus", each);
    }
    let needed = gpus.div_ceil(each);
    if cluster.servers != 0 && cluster.servers != needed {
        findings.push(
            Finding::new(
                Code::CountsDisagree,
                field.clone(),
                format!(
                    "{gpus} GPUs are {needed} servers of {each}; the spec also says {} servers.",
                    cluster.servers
                ),
            )
            .offer(format!("Use {needed} servers"), servers, EditValue::Number(u64::from(needed)))
            .also(
                format!("Use {} GPUs", cluster.servers.saturating_mul(each)),
                field,
                EditValue::Number(u64::from(cluster.servers.saturating_mul(each))),
            ),
        );
        return (cluster.servers.min(Limits::SERVERS), "servers", 1);
    }
    if !gpus.is_multiple_of(each) {
        findings.push(
            Finding::new(
                Code::RoundedUp,
                field.clone(),
                format!("{gpus} GPUs do not fill {needed} servers of {each}."),
            )
            .offer(
                format!("Use {} GPUs", needed * each),
                field,
                EditValue::Number(u64::from(needed * each)),
            ),
        );
    }
    (needed, "gpus", each)
}

impl Expansion<'_> {
    /// The origin of classes that a part of the cluster makes.
    fn origin(&self, base: SpecPath) -> Origin {
        let overrides = base.field("overrides");
        Origin {
            model: base.clone(),
            quantity: self.quantity.clone(),
            redundancy: base.field("redundancy"),
            fixed: overrides.clone(),
            pods: overrides.field("pods"),
            per_server: self.per_server,
            least: self.least,
            by_hand: false,
            base,
        }
    }

    /// The card of a fabric, whose ports `planes` share and which meets leaves of a model; with a
    /// finding if the catalogue does not have it.
    fn nic(&mut self, id: &str, path: SpecPath, leaf: &str, planes: u32) -> Option<NicModel> {
        let found = self.catalog.nics.get(id).cloned();
        if found.is_none() {
            let leaf = self.catalog.switches.get(leaf);
            let fits = |card: &NicModel| {
                u32::from(card.ports).is_multiple_of(planes)
                    && leaf.is_none_or(|leaf| {
                        has_speed(leaf, card.speed_gbps) && leaf.protocol.meets(card.protocol)
                    })
            };
            let (nics, used) = (&self.catalog.nics, &self.primitives.used);
            let near = offers::for_unknown(id, nics, used, fits);
            self.findings.push(unknown("NIC", id, path, near));
        }
        found
    }

    /// The switches of a fabric whose card is unknown: what is unknown besides is told at once.
    fn unknown_switches(&mut self, base: &SpecPath, leaf: &str, spine: Option<&str>) {
        let models = [("leaf_model", Some(leaf)), ("spine_model", spine)];
        for (field, id) in models.into_iter().filter_map(|(field, id)| Some((field, id?))) {
            let (switches, used) = (&self.catalog.switches, &self.primitives.used);
            if !switches.contains_key(id) {
                let near = offers::for_unknown(id, switches, used, |_| true);
                self.findings.push(unknown("switch", id, base.field(field), near));
            }
        }
    }

    /// A rail has a card of its own in every server, and reference designs give each GPU one.
    fn rails_beyond_gpus(&mut self, rails: u32, path: SpecPath) {
        let Some(server) = self.catalog.servers.get(&self.cluster.server_model) else { return };
        let gpus = u32::from(server.gpus);
        if gpus == 0 || rails <= gpus {
            return;
        }
        self.findings.push(
            Finding::new(
                Code::RailsBeyondGpus,
                path.clone(),
                format!(
                    "{rails} rails need {rails} backend cards in every server, and a {} has {}.",
                    server.model,
                    counted(gpus, "GPU", "GPUs")
                ),
            )
            .offer(
                format!("Use {}", counted(gpus, "rail", "rails")),
                path,
                EditValue::Number(u64::from(gpus)),
            ),
        );
    }

    fn backend(&mut self, backend: &Backend) {
        let path = self.path.field("backend");
        let ranges = [("rails", backend.rails, 64), ("planes", backend.planes, 8)];
        let before = self.findings.len();
        for (name, value, most) in ranges {
            let field = path.field(name);
            let Some(mut finding) = out_of_range(&field, name, value, 1, most) else { continue };
            // Reference designs have a rail for each GPU.
            let server = self.catalog.servers.get(&self.cluster.server_model);
            let gpus = server.map(|server| u32::from(server.gpus));
            if let Some(gpus) = gpus.filter(|n| name == "rails" && (1..=most).contains(n)) {
                let value = EditValue::Number(u64::from(gpus));
                finding = finding.offer(format!("Use {gpus}"), field, value);
            }
            self.findings.push(finding);
        }
        if self.findings.len() > before {
            return;
        }
        self.rails_beyond_gpus(backend.rails, path.field("rails"));
        let Some(nic) =
            self.nic(&backend.nic, path.field("nic"), &backend.leaf_model, backend.planes)
        else {
            let spine = (backend.tiers != Tiers::One).then_some(backend.spine_model.as_str());
            return self.unknown_switches(&path, &backend.leaf_model, spine);
        };
        let ports = u32::from(nic.ports);
        if !ports.is_multiple_of(backend.planes) {
            let near = (1..=backend.planes).rev().find(|n| ports.is_multiple_of(*n)).unwrap_or(1);
            let path = path.field("planes");
            self.findings.push(
                Finding::new(
                    Code::UnevenPorts,
                    path.clone(),
                    format!(
                        "{ports} ports of {} cannot be shared by {} planes.",
                        nic.model, backend.planes
                    ),
                )
                .offer(
                    format!("Use {near}"),
                    path,
                    EditValue::Number(u64::from(near)),
                ),
            );
            return;
        }
        for rail in 0..backend.rails {
            let id = format!("rail-{rail}");
            self.servers.nics.push(Nic {
                id: id.clone(),
                model: backend.nic.clone(),
                ..Nic::default()
            });
            for plane in 0..backend.planes {
                let (suffix, prefix) = plane_of(backend.planes, plane, "be");
                self.servers.connections.push(Connection {
                    id: format!("{id}{suffix}"),
                    nic: id.clone(),
                    first_port: plane,
                    port_step: backend.planes,
                    ports: ports / backend.planes,
                    switch_class: format!("{prefix}-leaf"),
                    zone: "server".to_owned(),
                    distribution: Distribution::RailOptimised {
                        rail,
                        su_size: Some(self.cluster.su_size),
                        packing: backend.rail_packing,
                    },
                    ..Connection::default()
                });
            }
        }
        let used = self.primitives.used.clone();
        for plane in 0..backend.planes {
            let (suffix, prefix) = plane_of(backend.planes, plane, "be");
            let pair = SwitchPair {
                prefix: &prefix,
                fabric: &format!("backend{suffix}"),
                origin: self.origin(path.clone()),
                role: SwitchRole::Leaf,
                server_kind: ZoneKind::Server,
                nic_speed_gbps: nic.speed_gbps,
                nic_protocol: nic.protocol,
                leaf_model: &backend.leaf_model,
                spine_model: (backend.tiers != Tiers::One).then_some(backend.spine_model.as_str()),
                super_spine_model: match backend.tiers {
                    Tiers::Automatic | Tiers::Three => {
                        Some(backend.super_spine_model.as_ref().unwrap_or(&backend.spine_model))
                    }
                    Tiers::One | Tiers::Two => None,
                },
                tiers: backend.tiers,
                uplink_speed_gbps: backend.uplink_speed_gbps,
                oversubscription: backend.oversubscription,
                spread: backend.spread,
                overrides: backend.overrides,
                // A rail is one path to one NIC; its redundancy is that of the other rails.
                redundancy: SwitchRedundancy::None,
                used: &used,
            };
            pair.expand(self.catalog, self.findings, self.primitives);
        }
    }

    /// A network that servers have a leaf or a pair of leaves of: frontend or storage.
    fn access(&mut self, access: &Frontend, fabric: &str, prefix: &str) {
        let path = self.path.field(fabric);
        let ports_path = path.field("ports_per_server");
        let redundant = access.redundancy != Redundancy::None;
        let ports = access.ports_per_server;
        // One port of a redundant fabric has a finding of its own.
        let least = if redundant && ports != 1 { 2 } else { 1 };
        if let Some(finding) = out_of_range(&ports_path, "ports_per_server", ports, least, 16) {
            self.findings.push(finding);
            return;
        }
        if redundant && access.ports_per_server < 2 {
            self.findings.push(
                Finding::new(
                    Code::RedundancyUnmet,
                    ports_path.clone(),
                    format!("A redundant {fabric} needs at least two ports on each server, one for each leaf."),
                )
                .offer("Use 2 ports", ports_path, EditValue::Number(2)),
            );
            return;
        }
        if !redundant && access.multihoming != Multihoming::Unbundled {
            let path = path.field("redundancy");
            self.findings.push(
                Finding::new(
                    Code::RedundancyUnmet,
                    path.clone(),
                    format!("MCLAG and ESLAG need the {fabric} to be redundant."),
                )
                .offer(
                    "Use redundant",
                    path,
                    EditValue::Text("redundant".to_owned()),
                ),
            );
            return;
        }
        let Some(nic) = self.nic(&access.nic, path.field("nic"), &access.leaf_model, 1) else {
            // Storage may need none of its own.
            if prefix == "fe" {
                self.unknown_switches(&path, &access.leaf_model, Some(&access.spine_model));
            }
            return;
        };
        // Storage may use the frontend's pair.
        let shared =
            if prefix == "fe" { None } else { self.shares_frontend(nic.speed_gbps, &path) };
        let home = match shared {
            Some(false) => return,
            Some(true) => "fe",
            None => prefix,
        };
        let (kind, redundancy) = match access.multihoming {
            _ if !redundant => (ConnectionKind::Unbundled, SwitchRedundancy::None),
            Multihoming::Unbundled => (ConnectionKind::Unbundled, SwitchRedundancy::Redundant),
            Multihoming::Mclag => (ConnectionKind::Mclag, SwitchRedundancy::Mclag),
            Multihoming::Eslag => (ConnectionKind::Eslag, SwitchRedundancy::Eslag),
        };
        let distribution = if redundant {
            Distribution::Alternating { group: Some(2) }
        } else {
            Distribution::SameSwitch
        };
        let per_card = u32::from(nic.ports).max(1);
        let cards = access.ports_per_server.div_ceil(per_card);
        for card in 0..cards {
            let id = if cards == 1 { prefix.to_owned() } else { format!("{prefix}-{card}") };
            self.servers.nics.push(Nic {
                id: id.clone(),
                model: access.nic.clone(),
                ..Nic::default()
            });
            self.servers.connections.push(Connection {
                id: id.clone(),
                nic: id,
                ports: per_card.min(access.ports_per_server - card * per_card),
                switch_class: format!("{home}-leaf"),
                zone: "server".to_owned(),
                kind,
                distribution,
                ..Connection::default()
            });
        }
        if home != prefix {
            return;
        }
        let pair = SwitchPair {
            prefix,
            fabric,
            origin: self.origin(path),
            role: SwitchRole::Leaf,
            server_kind: ZoneKind::Server,
            nic_speed_gbps: nic.speed_gbps,
            nic_protocol: nic.protocol,
            leaf_model: &access.leaf_model,
            spine_model: Some(&access.spine_model),
            super_spine_model: None,
            tiers: Tiers::Two,
            uplink_speed_gbps: access.uplink_speed_gbps,
            oversubscription: access.oversubscription,
            spread: access.spread,
            overrides: access.overrides,
            redundancy,
            used: &self.primitives.used.clone(),
        };
        pair.expand(self.catalog, self.findings, self.primitives);
    }

    /// Whether a fabric uses the frontend's pair of leaves: `None` if it has switches of its own,
    /// `Some(false)` with a finding if it should but cannot.
    fn shares_frontend(&mut self, speed_gbps: u32, path: &SpecPath) -> Option<bool> {
        let frontend = self.cluster.frontend.as_ref()?;
        if frontend.redundancy != Redundancy::RedundantShared {
            return None;
        }
        let speed = self.catalog.nics.get(&frontend.nic).map(|nic| nic.speed_gbps)?;
        if speed == speed_gbps {
            return Some(true);
        }
        self.findings.push(
            Finding::new(
                Code::SpeedMismatch,
                path.field("nic"),
                format!("The shared leaves have ports of {speed}G for servers, this NIC has {speed_gbps}G."),
            )
            .advise("Choose NICs of one speed, or set the frontend's redundancy to `redundant`."),
        );
        Some(false)
    }

    fn management(&mut self, management: &Management) {
        let path = self.path.field("management");
        let Some(nic) = self.nic(&management.nic, path.field("nic"), &management.leaf_model, 1)
        else {
            return;
        };
        self.servers.nics.push(Nic {
            id: "mgmt".to_owned(),
            model: management.nic.clone(),
            ..Nic::default()
        });
        let shared = match self.shares_frontend(nic.speed_gbps, &path) {
            Some(false) => return,
            shared => shared.is_some(),
        };
        self.servers.connections.push(Connection {
            id: "mgmt".to_owned(),
            nic: "mgmt".to_owned(),
            ports: 1,
            switch_class: if shared { "fe-leaf" } else { "mg-leaf" }.to_owned(),
            zone: "server".to_owned(),
            distribution: if shared {
                Distribution::Alternating { group: Some(2) }
            } else {
                Distribution::SameSwitch
            },
            ..Connection::default()
        });
        if shared {
            return;
        }
        let uplink_speed_gbps = match (&management.spine_model, management.uplink_speed_gbps) {
            (Some(_), None) => {
                self.findings.push(
                    Finding::new(
                        Code::NoZone,
                        path.field("uplink_speed_gbps"),
                        "A management spine needs the speed of the uplinks to it.",
                    )
                    .offer(
                        "Use 10G",
                        path.field("uplink_speed_gbps"),
                        EditValue::Number(10),
                    ),
                );
                return;
            }
            (_, speed) => speed.unwrap_or(0),
        };
        let pair = SwitchPair {
            prefix: "mg",
            fabric: "management",
            origin: self.origin(path),
            role: SwitchRole::Management,
            server_kind: ZoneKind::Management,
            nic_speed_gbps: nic.speed_gbps,
            nic_protocol: nic.protocol,
            leaf_model: &management.leaf_model,
            spine_model: management.spine_model.as_deref(),
            super_spine_model: None,
            tiers: Tiers::Two,
            uplink_speed_gbps,
            // Management traffic is small: any ratio will do.
            oversubscription: Ratio { down: 1000, up: 1 },
            spread: Spread::Equal,
            overrides: Overrides::default(),
            redundancy: SwitchRedundancy::None,
            used: &self.primitives.used.clone(),
        };
        pair.expand(self.catalog, self.findings, self.primitives);
    }
}

/// What the names of a plane add: `-plane-1`, and the prefix of its classes.
fn plane_of(planes: u32, plane: u32, prefix: &str) -> (String, String) {
    if planes == 1 {
        (String::new(), prefix.to_owned())
    } else {
        (format!("-plane-{plane}"), format!("{prefix}-plane-{plane}"))
    }
}
