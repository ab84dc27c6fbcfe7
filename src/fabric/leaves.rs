//! Servers to leaves: placing, which is also sizing.
//!
//! One zone at a time, rails first, then everything else in the order of the spec. The number of
//! leaves is whatever placing came to; no second formula can disagree with it. Rules B1 (rails
//! with leaves of their own), B2 (rails that share), B4 (by turns over a group) and fill-first:
//! <docs/architecture.md> names them. Everything is a function of the spec, so a server more in
//! the last class moves nothing.

use super::slots::{NicPorts, ZoneLanes};
use crate::model::{Code, Finding, Limits, SpecPath};
use crate::plan::{Connection, Distribution, RailPacking};

/// A connection whose card and zone are known.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Its place in the spec.
    pub path: SpecPath,
    /// Index of its link group.
    pub group: u32,
    /// Index of the server class.
    pub class: usize,
    /// How many servers.
    pub servers: u32,
    /// The number that decides how many servers.
    pub servers_path: SpecPath,
    /// The card.
    pub nic: NicPorts,
}

/// A server port on a leaf lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Index of the link group.
    pub group: u32,
    /// Index of the server class.
    pub class: usize,
    /// The server, from 0.
    pub server: u32,
    /// Its slot.
    pub server_slot: u16,
    /// The leaf, from 0.
    pub leaf: u32,
    /// Its slot.
    pub leaf_slot: u16,
}

/// What a leaf serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeafPlace {
    /// The scalable unit, from 0.
    pub su: Option<u32>,
    /// The lowest rail.
    pub rail: Option<u32>,
}

/// How a rail set was laid out, for explanations and remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RailLayout {
    /// Rails.
    pub rails: u32,
    /// Servers of a scalable unit.
    pub su_size: u32,
    /// Scalable units.
    pub units: u32,
    /// Leaves of a scalable unit.
    pub leaves_per_unit: u32,
    /// Rails that share a leaf; 1 if each has its own.
    pub rails_per_leaf: u32,
}

/// The servers of one zone on its leaves.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// Where each port went.
    pub placements: Vec<Placement>,
    /// What each leaf serves; its length is the number of leaves.
    pub leaves: Vec<LeafPlace>,
    /// The rail sets.
    pub rails: Vec<RailLayout>,
    /// Leaves of a group by turns, if any connection asks for them.
    pub group: Option<u32>,
}

/// Places every connection of one zone.
pub fn place(zone: &ZoneLanes, wanted: &[Wanted], findings: &mut Vec<Finding>) -> Placed {
    let mut placed = Placed::default();
    for set in sets(wanted) {
        if let Some((Distribution::RailOptimised { su_size, packing, .. }, _)) = set.kind() {
            place_rails(zone, &set, su_size, packing, &mut placed, findings);
        }
    }
    let first_leaf = placed.leaves.len();
    let mut used: Vec<u32> = Vec::new();
    for set in sets(wanted) {
        match set.kind() {
            Some((Distribution::SameSwitch, ports)) => {
                place_groups(zone, &set, 1, ports, first_leaf, &mut used, &mut placed, findings);
            }
            Some((Distribution::Alternating { group }, ports)) => {
                if let Some(finding) = super::out_of_range(
                    &set.path().field("distribution").field("group"),
                    "group",
                    group,
                    2,
                    4,
                ) {
                    findings.push(finding);
                    continue;
                }
                placed.group = Some(placed.group.unwrap_or(0).max(group));
                place_groups(
                    zone,
                    &set,
                    group,
                    ports,
                    first_leaf,
                    &mut used,
                    &mut placed,
                    findings,
                );
            }
            _ => {}
        }
    }
    placed.leaves.resize(first_leaf + used.len(), LeafPlace::default());
    placed
}

/// Connections of one server class that are placed together: the rails of a set, or all ports
/// that go by turns or to one leaf.
struct Set<'a, 'w> {
    members: Vec<&'a Wanted<'w>>,
}

impl Set<'_, '_> {
    /// The distribution, and the ports of a server in the whole set.
    fn kind(&self) -> Option<(Distribution, u32)> {
        let ports = self.members.iter().map(|w| w.connection.ports).sum();
        self.members.first().map(|w| (w.connection.distribution, ports))
    }

    fn path(&self) -> SpecPath {
        self.members.first().map(|w| w.path.clone()).unwrap_or_default()
    }
}

fn sets<'a, 'w>(wanted: &'a [Wanted<'w>]) -> Vec<Set<'a, 'w>> {
    let mut sets: Vec<Set<'a, 'w>> = Vec::new();
    for one in wanted {
        let together = |set: &&mut Set<'_, '_>| {
            set.members.first().is_some_and(|first| {
                first.class == one.class
                    && match (first.connection.distribution, one.connection.distribution) {
                        (
                            Distribution::RailOptimised { su_size: a, packing: p, .. },
                            Distribution::RailOptimised { su_size: b, packing: q, .. },
                        ) => a == b && p == q,
                        (a, b) => a == b,
                    }
            })
        };
        match sets.iter_mut().find(together) {
            Some(set) => set.members.push(one),
            None => sets.push(Set { members: vec![one] }),
        }
    }
    sets
}

/// Servers that fit a leaf whose server takes `lanes` lanes each.
fn servers_per_leaf(
    zone: &ZoneLanes,
    lanes: u32,
    path: &SpecPath,
    findings: &mut Vec<Finding>,
) -> Option<u32> {
    let fit = zone.lanes.checked_div(lanes).unwrap_or(0);
    if fit == 0 {
        findings.push(
            Finding::new(
                Code::LeafTooSmall,
                path.clone(),
                format!(
                    "One server takes {lanes} lanes of a leaf in zone {}, which has {}: {} too few.",
                    zone.id,
                    zone.lanes,
                    lanes.saturating_sub(zone.lanes)
                ),
            )
            .advise("Use fewer ports, a finer breakout, or a leaf with more ports."),
        );
        return None;
    }
    Some(fit)
}

fn place_rails(
    zone: &ZoneLanes,
    set: &Set,
    su_size: u32,
    packing: RailPacking,
    placed: &mut Placed,
    findings: &mut Vec<Finding>,
) {
    let Some(first) = set.members.first() else { return };
    let ports = first.connection.ports;
    if let Some(other) = set.members.iter().find(|w| w.connection.ports != ports) {
        findings.push(
            Finding::new(
                Code::UnevenPorts,
                other.path.clone(),
                format!(
                    "Rail connection {} uses {} ports, {} uses {ports}.",
                    other.connection.id, other.connection.ports, first.connection.id
                ),
            )
            .advise("Give every rail of a server class the same number of ports."),
        );
        return;
    }
    if let Some(finding) = super::out_of_range(&first.path, "su_size", su_size, 1, Limits::SERVERS)
    {
        // A cluster has said so already, at its own field.
        if !findings.iter().any(|f| f.code == Code::OutOfRange) {
            findings.push(finding);
        }
        return;
    }
    // Rails are taken by the rank of their number.
    let mut members: Vec<(u32, &Wanted)> = set
        .members
        .iter()
        .filter_map(|w| match w.connection.distribution {
            Distribution::RailOptimised { rail, .. } => Some((rail, *w)),
            _ => None,
        })
        .collect();
    members.sort_by_key(|(rail, _)| *rail);
    if members.iter().zip(0..).any(|((rail, _), rank)| *rail != rank) {
        let list: Vec<String> = members.iter().map(|(rail, _)| rail.to_string()).collect();
        findings.push(
            Finding::new(
                Code::RailsNotDense,
                first.path.clone(),
                format!("The rails are {}; they must be 0, 1, 2 … without gaps.", list.join(", ")),
            )
            .advise("Number the rails from 0, each once."),
        );
        return;
    }
    let Some(fit) = servers_per_leaf(zone, ports, &first.path, findings) else { return };
    let rails = u32::try_from(members.len()).unwrap_or(u32::MAX);
    let shared_fit = u64::from(zone.lanes) / (u64::from(su_size) * u64::from(ports)).max(1);
    let share = packing == RailPacking::Shared && shared_fit >= 1;
    if packing == RailPacking::Shared && (shared_fit < 2 || rails < 2) {
        findings.push(
            Finding::new(
                Code::SharedRailsUnused,
                first.path.clone(),
                format!(
                    "A leaf has {} lanes and one rail of {su_size} servers takes {}, so each rail has its own leaf.",
                    zone.lanes,
                    u64::from(su_size) * u64::from(ports)
                ),
            )
            .advise("Make the scalable unit smaller if rails should share leaves."),
        );
    }
    // (leaves of a rail, rails of a leaf, servers of a leaf)
    let (per_rail, together, per_leaf) = if share {
        let most = u32::try_from(shared_fit).unwrap_or(u32::MAX).min(rails);
        (1, rails.div_ceil(rails.div_ceil(most)), su_size)
    } else {
        let per_rail = su_size.div_ceil(fit);
        (per_rail, 1, su_size.div_ceil(per_rail))
    };
    let leaves_per_unit = rails.div_ceil(together) * per_rail;
    let units = first.servers.div_ceil(su_size);
    let first_leaf = u32::try_from(placed.leaves.len()).unwrap_or(u32::MAX);
    if u64::from(first_leaf) + u64::from(units) * u64::from(leaves_per_unit)
        > u64::from(Limits::SWITCHES_PER_CLASS)
    {
        findings.push(
            Finding::new(
                Code::OverCeiling,
                first.servers_path.clone(),
                format!(
                    "{units} scalable units of {leaves_per_unit} leaves are more than {} switches of one class.",
                    Limits::SWITCHES_PER_CLASS
                ),
            )
            .advise("Plan fewer servers, or a larger scalable unit."),
        );
        return;
    }
    for unit in 0..units {
        for leaf in 0..leaves_per_unit {
            let rail = leaf / per_rail * together;
            placed.leaves.push(LeafPlace { su: Some(unit), rail: Some(rail) });
        }
    }
    placed.rails.push(RailLayout {
        rails,
        su_size,
        units,
        leaves_per_unit,
        rails_per_leaf: together,
    });
    placed.placements.reserve(first.servers as usize * members.len() * ports as usize);
    for server in 0..first.servers {
        let (unit, seat) = (server / su_size, server % su_size);
        for (rail, one) in &members {
            let leaf =
                first_leaf + unit * leaves_per_unit + rail / together * per_rail + seat / per_leaf;
            for port in 0..ports {
                let lane = ((seat % per_leaf) * together + rail % together) * ports + port;
                placed.placements.push(placement(one, server, port, leaf, lane, zone));
            }
        }
    }
}

fn placement(
    one: &Wanted,
    server: u32,
    port: u32,
    leaf: u32,
    lane: u32,
    zone: &ZoneLanes,
) -> Placement {
    let slot = |first: u16, n: u32| first.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
    Placement {
        group: one.group,
        class: one.class,
        server,
        server_slot: slot(one.nic.first_slot, one.connection.first_port + port),
        leaf,
        leaf_slot: slot(zone.first_slot, lane),
    }
}

/// All ports of a server over the leaves of one group by turns; groups are filled one after the
/// other, and a group of one leaf is "same switch".
#[expect(clippy::too_many_arguments, reason = "the cursor is shared by all sets of a zone")]
fn place_groups(
    zone: &ZoneLanes,
    set: &Set,
    group: u32,
    ports: u32,
    first_leaf: usize,
    used: &mut Vec<u32>,
    placed: &mut Placed,
    findings: &mut Vec<Finding>,
) {
    let Some(first) = set.members.first() else { return };
    let most = ports.div_ceil(group);
    if servers_per_leaf(zone, most, &first.path, findings).is_none() {
        return;
    }
    let size = group as usize;
    let mut candidate = 0;
    for server in 0..first.servers {
        // Lanes are only ever taken, so a group without room for this set stays without.
        while used
            .get(candidate * size..(candidate + 1) * size)
            .is_some_and(|leaves| leaves.iter().any(|lanes| lanes + most > zone.lanes))
        {
            candidate += 1;
        }
        if used.len() < (candidate + 1) * size {
            used.resize((candidate + 1) * size, 0);
        }
        let mut turn = 0;
        for one in &set.members {
            for port in 0..one.connection.ports {
                let leaf = candidate * size + turn % size;
                if let Some(lane) = used.get_mut(leaf) {
                    let at = u32::try_from(first_leaf + leaf).unwrap_or(u32::MAX);
                    placed.placements.push(placement(one, server, port, at, *lane, zone));
                    *lane += 1;
                }
                turn += 1;
            }
        }
    }
}
