//! From a cluster to primitives.
//!
//! A [`Cluster`] becomes switch and server classes that anyone could have written by hand; the
//! weaver sees nothing else. Each class keeps an [`Origin`], so that a finding about a computed
//! class stands at the field of the cluster that caused it.

use crate::catalog::{Breakout, Catalog, PortGroup, PortList};
use crate::model::{Code, EditValue, Finding, SpecPath};
use crate::plan::{
    Backend, Cluster, Connection, Distribution, Frontend, Nic, PortZone, Quantity, Redundancy,
    ServerClass, Spec, SwitchClass, SwitchRole, ZoneKind,
};

/// Where the fields of a class stand in the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The class, or the part of the cluster that it comes from.
    pub base: SpecPath,
    /// Its model.
    pub model: SpecPath,
    /// Its quantity, or the number that decides it.
    pub quantity: SpecPath,
    /// Its redundancy.
    pub redundancy: SpecPath,
    /// True if it was written by hand: its zones and connections have paths of their own.
    pub by_hand: bool,
}

impl Origin {
    fn by_hand(base: SpecPath) -> Self {
        Self {
            model: base.field("model"),
            quantity: base.field("quantity"),
            redundancy: base.field("redundancy"),
            base,
            by_hand: true,
        }
    }

    /// The path of a list item of the class, e.g. its second zone.
    pub fn item(&self, list: &str, n: usize) -> SpecPath {
        if self.by_hand { self.base.field(list).index(n) } else { self.base.clone() }
    }
}

/// The classes of a spec, those of its cluster first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Primitives {
    /// Switch classes.
    pub switches: Vec<(SwitchClass, Origin)>,
    /// Server classes.
    pub servers: Vec<(ServerClass, Origin)>,
}

/// Expands a spec. What cannot be expanded is left out, with a finding.
pub fn expand(spec: &Spec, catalog: &Catalog, findings: &mut Vec<Finding>) -> Primitives {
    let root = SpecPath::new("spec");
    let mut primitives = Primitives::default();
    if let Some(cluster) = &spec.cluster {
        expand_cluster(cluster, &root.field("cluster"), catalog, findings, &mut primitives);
    }
    for (n, class) in spec.switch_classes.iter().enumerate() {
        let origin = Origin::by_hand(root.field("switch_classes").index(n));
        primitives.switches.push((class.clone(), origin));
    }
    for (n, class) in spec.server_classes.iter().enumerate() {
        let origin = Origin::by_hand(root.field("server_classes").index(n));
        primitives.servers.push((class.clone(), origin));
    }
    primitives
}

fn expand_cluster(
    cluster: &Cluster,
    path: &SpecPath,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
    primitives: &mut Primitives,
) {
    for (name, value, most) in
        [("servers", cluster.servers, 65_536), ("su_size", cluster.su_size, 65_536)]
    {
        if let Some(finding) = out_of_range(&path.field(name), name, value, 1, most) {
            findings.push(finding);
        }
    }
    if cluster.backend.is_none() && cluster.frontend.is_none() {
        findings.push(
            Finding::new(
                Code::EmptySpec,
                path.clone(),
                "The cluster has neither a backend nor a frontend fabric.",
            )
            .advise("Add `backend` or `frontend` to the cluster."),
        );
    }
    let mut servers = ServerClass {
        id: "gpu".to_owned(),
        name: String::new(),
        note: String::new(),
        model: cluster.server_model.clone(),
        quantity: cluster.servers,
        nics: Vec::new(),
        connections: Vec::new(),
    };
    if let Some(backend) = &cluster.backend {
        expand_backend(cluster, backend, path, catalog, findings, &mut servers, primitives);
    }
    if let Some(frontend) = &cluster.frontend {
        expand_frontend(frontend, path, catalog, findings, &mut servers, primitives);
    }
    let origin = Origin {
        base: path.clone(),
        model: path.field("server_model"),
        quantity: path.field("servers"),
        redundancy: path.clone(),
        by_hand: false,
    };
    primitives.servers.push((servers, origin));
}

fn expand_backend(
    cluster: &Cluster,
    backend: &Backend,
    cluster_path: &SpecPath,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
    servers: &mut ServerClass,
    primitives: &mut Primitives,
) {
    let path = cluster_path.field("backend");
    if let Some(finding) = out_of_range(&path.field("rails"), "rails", backend.rails, 1, 64) {
        findings.push(finding);
        return;
    }
    let Some(nic) = catalog.nics.get(&backend.nic) else {
        findings.push(unknown(
            "NIC",
            &backend.nic,
            path.field("nic"),
            catalog.nearest_nic(&backend.nic),
        ));
        return;
    };
    for rail in 0..backend.rails {
        let id = format!("rail-{rail}");
        servers.nics.push(Nic { id: id.clone(), model: backend.nic.clone() });
        servers.connections.push(Connection {
            id: id.clone(),
            nic: id,
            first_port: 0,
            ports: u32::from(nic.ports),
            switch_class: "be-leaf".to_owned(),
            zone: "server".to_owned(),
            distribution: Distribution::RailOptimised {
                rail,
                su_size: cluster.su_size,
                packing: backend.rail_packing,
            },
        });
    }
    let switches = Switches {
        prefix: "be",
        fabric: "backend",
        path,
        quantity: cluster_path.field("servers"),
        nic_speed_gbps: nic.speed_gbps,
        leaf_model: &backend.leaf_model,
        spine_model: &backend.spine_model,
        uplink_speed_gbps: backend.uplink_speed_gbps,
        // A rail is one path to one NIC; its redundancy is that of the other rails.
        redundancy: Redundancy::None,
    };
    switches.expand(catalog, findings, primitives);
}

fn expand_frontend(
    frontend: &Frontend,
    cluster_path: &SpecPath,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
    servers: &mut ServerClass,
    primitives: &mut Primitives,
) {
    let path = cluster_path.field("frontend");
    let ports_path = path.field("ports_per_server");
    if let Some(finding) =
        out_of_range(&ports_path, "ports_per_server", frontend.ports_per_server, 1, 16)
    {
        findings.push(finding);
        return;
    }
    if frontend.redundancy == Redundancy::Redundant && frontend.ports_per_server < 2 {
        findings.push(
            Finding::new(
                Code::RedundancyUnmet,
                ports_path.clone(),
                "A redundant frontend needs at least two ports on each server, one for each leaf.",
            )
            .offer("Use 2 ports", ports_path, EditValue::Number(2)),
        );
        return;
    }
    let Some(nic) = catalog.nics.get(&frontend.nic) else {
        findings.push(unknown(
            "NIC",
            &frontend.nic,
            path.field("nic"),
            catalog.nearest_nic(&frontend.nic),
        ));
        return;
    };
    let per_card = u32::from(nic.ports).max(1);
    let cards = frontend.ports_per_server.div_ceil(per_card);
    for card in 0..cards {
        let id = if cards == 1 { "fe".to_owned() } else { format!("fe-{card}") };
        servers.nics.push(Nic { id: id.clone(), model: frontend.nic.clone() });
        servers.connections.push(Connection {
            id: id.clone(),
            nic: id,
            first_port: 0,
            ports: per_card.min(frontend.ports_per_server - card * per_card),
            switch_class: "fe-leaf".to_owned(),
            zone: "server".to_owned(),
            distribution: match frontend.redundancy {
                Redundancy::None => Distribution::SameSwitch,
                Redundancy::Redundant => Distribution::Alternating { group: 2 },
            },
        });
    }
    let switches = Switches {
        prefix: "fe",
        fabric: "frontend",
        path,
        quantity: cluster_path.field("servers"),
        nic_speed_gbps: nic.speed_gbps,
        leaf_model: &frontend.leaf_model,
        spine_model: &frontend.spine_model,
        uplink_speed_gbps: frontend.uplink_speed_gbps,
        redundancy: frontend.redundancy,
    };
    switches.expand(catalog, findings, primitives);
}

/// The leaf and spine class of one fabric of a cluster.
struct Switches<'a> {
    prefix: &'a str,
    fabric: &'a str,
    path: SpecPath,
    quantity: SpecPath,
    nic_speed_gbps: u32,
    leaf_model: &'a str,
    spine_model: &'a str,
    uplink_speed_gbps: u32,
    redundancy: Redundancy,
}

impl Switches<'_> {
    fn expand(&self, catalog: &Catalog, findings: &mut Vec<Finding>, primitives: &mut Primitives) {
        let leaf = self.ports(self.leaf_model, "leaf_model", catalog, findings);
        let spine = self.ports(self.spine_model, "spine_model", catalog, findings);
        let (Some(leaf), Some(spine)) = (leaf, spine) else { return };
        let down = self.breakout(leaf, self.leaf_model, self.nic_speed_gbps, "nic", findings);
        let up = self.breakout(
            leaf,
            self.leaf_model,
            self.uplink_speed_gbps,
            "uplink_speed_gbps",
            findings,
        );
        let fabric = self.breakout(
            spine,
            self.spine_model,
            self.uplink_speed_gbps,
            "uplink_speed_gbps",
            findings,
        );
        let (Some(down), Some(up), Some(fabric)) = (down, up, fabric) else { return };
        let Some((server_cages, uplink_cages)) = split(leaf, down, up) else {
            findings.push(
                Finding::new(
                    Code::NoZone,
                    self.path.field("leaf_model"),
                    format!(
                        "{} has too few ports for servers and uplinks at once.",
                        self.leaf_model
                    ),
                )
                .advise("Choose a leaf model with more ports."),
            );
            return;
        };
        let zone = |id: &str, kind, ports, breakout| PortZone {
            id: id.to_owned(),
            note: String::new(),
            kind,
            ports,
            breakout,
        };
        let class = |role: &str, kind, model: &str, redundancy, zones| SwitchClass {
            id: format!("{}-{role}", self.prefix),
            name: String::new(),
            note: String::new(),
            fabric: self.fabric.to_owned(),
            role: kind,
            model: model.to_owned(),
            quantity: Quantity::Automatic,
            redundancy,
            zones,
        };
        let origin = |model: &str| Origin {
            base: self.path.clone(),
            model: self.path.field(model),
            quantity: self.quantity.clone(),
            redundancy: self.path.field("redundancy"),
            by_hand: false,
        };
        let leaf_zones = vec![
            zone("server", ZoneKind::Server, server_cages, down),
            zone("uplink", ZoneKind::Uplink, uplink_cages, up),
        ];
        let spine_zones = vec![zone("fabric", ZoneKind::Fabric, spine.cages.clone(), fabric)];
        primitives.switches.push((
            class("leaf", SwitchRole::Leaf, self.leaf_model, self.redundancy, leaf_zones),
            origin("leaf_model"),
        ));
        primitives.switches.push((
            class("spine", SwitchRole::Spine, self.spine_model, Redundancy::None, spine_zones),
            origin("spine_model"),
        ));
    }

    fn ports<'c>(
        &self,
        model: &str,
        field: &str,
        catalog: &'c Catalog,
        findings: &mut Vec<Finding>,
    ) -> Option<&'c PortGroup> {
        match catalog.switches.get(model) {
            None => {
                let near = catalog.nearest_switch(model);
                findings.push(unknown("switch", model, self.path.field(field), near));
                None
            }
            Some(switch) => switch.data_ports(),
        }
    }

    /// The breakout of a port group into lanes of a speed.
    fn breakout(
        &self,
        group: &PortGroup,
        model: &str,
        speed_gbps: u32,
        field: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<Breakout> {
        let found = group.breakouts.iter().filter(|b| b.speed_gbps == speed_gbps).max();
        if found.is_none() {
            let path = self.path.field(field);
            let mut speeds: Vec<u32> = group.breakouts.iter().map(|b| b.speed_gbps).collect();
            speeds.sort_unstable();
            speeds.dedup();
            let list: Vec<String> = speeds.iter().map(|s| format!("{s}G")).collect();
            let finding = Finding::new(
                Code::BreakoutUnsupported,
                path.clone(),
                format!("{model} has no ports of {speed_gbps}G; it offers {}.", list.join(", ")),
            );
            let near = speeds.iter().copied().min_by_key(|s| s.abs_diff(speed_gbps));
            findings.push(match near {
                Some(near) if field == "uplink_speed_gbps" => {
                    finding.offer(format!("Use {near}G"), path, EditValue::Number(u64::from(near)))
                }
                _ => finding.advise("Choose a NIC or a leaf model of the same speed."),
            });
        }
        found.copied()
    }
}

/// The cages of a leaf for servers and for uplinks: the fewest uplinks that carry all that the
/// servers can send (construction rule E2 with a target of 1 : 1).
fn split(group: &PortGroup, down: Breakout, up: Breakout) -> Option<(PortList, PortList)> {
    let cages = group.cages.cages();
    let bandwidth =
        |b: Breakout, cages: usize| cages * usize::from(b.lanes) * b.speed_gbps as usize;
    let uplinks =
        (1..cages.len()).find(|n| bandwidth(down, cages.len() - n) <= bandwidth(up, *n))?;
    let (servers, uplinks) = cages.split_at(cages.len() - uplinks);
    Some((PortList::of_cages(servers).ok()?, PortList::of_cages(uplinks).ok()?))
}

/// The finding about a model that the catalogue does not have.
pub fn unknown(what: &str, id: &str, path: SpecPath, near: Option<&str>) -> Finding {
    let shown: String = id.chars().take(60).collect();
    let finding = Finding::new(
        Code::UnknownModel,
        path.clone(),
        format!("The catalogue has no {what} called `{shown}`."),
    );
    match near {
        Some(near) => finding.offer(format!("Use {near}"), path, EditValue::Text(near.to_owned())),
        None => finding.advise("Choose a model from the catalogue."),
    }
}

/// The finding about a number outside its range, with the nearest number that is inside.
pub fn out_of_range(
    path: &SpecPath,
    name: &str,
    value: u32,
    least: u32,
    most: u32,
) -> Option<Finding> {
    let near = value.clamp(least, most);
    (near != value).then(|| {
        Finding::new(
            Code::OutOfRange,
            path.clone(),
            format!(
                "{value} is outside the range of {}: {least} to {most}.",
                name.replace('_', " ")
            ),
        )
        .offer(format!("Use {near}"), path.clone(), EditValue::Number(u64::from(near)))
    })
}
