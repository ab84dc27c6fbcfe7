//! Servers to leaves: placing, which is also sizing.
//!
//! One zone at a time, rails first, then everything else in the order of the spec. The number of
//! leaves is whatever placing came to; no second formula can disagree with it. Rails have leaves
//! of their own or share them, all other ports fill groups of leaves one after the other. Room is
//! kept for the servers that the spec reserves for. Everything is a function of the spec, so a
//! server more in the last class moves nothing.

use super::connections::LeftOut;
use super::slots::{NicPorts, ZoneLanes};
use crate::model::{Code, EditValue, Finding, Limits, SpecPath, counted};
use crate::plan::{Connection, Distribution, RailPacking, SwitchClass, SwitchRedundancy};
use std::collections::BTreeSet;

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
    /// Servers to keep room for: those that are there and those that may come.
    pub positions: u32,
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
    /// The pod, from 0, with three tiers.
    pub pod: Option<u32>,
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
    /// Leaves of one rail of a scalable unit.
    pub leaves_per_rail: u32,
    /// Rails that share a leaf; 1 if each has its own.
    pub rails_per_leaf: u32,
    /// Servers of a rail that a leaf takes.
    pub servers_per_leaf: u32,
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

/// What the switches of a zone say about groups.
#[derive(Clone, Copy, Debug, Default)]
pub struct Groups {
    /// Leaves of an MCLAG or ESLAG group, if they have such groups.
    pub size: Option<u32>,
    /// How many leaves there will be, where that is known before placing.
    pub leaves: Option<u32>,
    /// True if rails may have any numbers and are taken by their rank.
    pub any_rails: bool,
}

impl Groups {
    /// What a class says.
    pub fn of(class: &SwitchClass) -> Self {
        Self { size: group_size(class), leaves: class.quantity.fixed(), any_rails: false }
    }
}

/// Leaves of a group of a class, if it has MCLAG or ESLAG groups.
pub fn group_size(class: &SwitchClass) -> Option<u32> {
    match class.redundancy {
        SwitchRedundancy::None | SwitchRedundancy::Redundant => None,
        SwitchRedundancy::Mclag => Some(2),
        SwitchRedundancy::Eslag => Some(class.group_size.unwrap_or(2).clamp(2, 4)),
    }
}

/// Places every connection of one zone.
pub fn place(
    zone: &ZoneLanes,
    wanted: &[Wanted],
    missing: &[&LeftOut],
    groups: Groups,
    findings: &mut Vec<Finding>,
) -> Placed {
    let mut placed = Placed::default();
    for set in sets(wanted) {
        if let Some((Distribution::RailOptimised { su_size, packing, .. }, _)) = set.kind() {
            let missing = missing_rails(&set, missing);
            place_rails(zone, &set, su_size, packing, &missing, groups, &mut placed, findings);
        }
    }
    // A group never has leaves that carry rails.
    let align = groups.size.unwrap_or(1) as usize;
    let first_leaf = placed.leaves.len().next_multiple_of(align);
    let mut used: Vec<u32> = Vec::new();
    for set in sets(wanted) {
        let Some((distribution, ports)) = set.kind() else { continue };
        let group = match distribution {
            Distribution::RailOptimised { .. } => continue,
            Distribution::SameSwitch => 1,
            Distribution::RoundRobin => {
                place_by_turns(
                    zone,
                    &set,
                    ports,
                    groups,
                    first_leaf,
                    &mut used,
                    &mut placed,
                    findings,
                );
                continue;
            }
            Distribution::Alternating { group: None } => match groups.size {
                Some(size) => size,
                None if ports == 2 => 2,
                None => groups.leaves.map_or(2, |leaves| leaves.min(ports)).clamp(2, 4),
            },
            Distribution::Alternating { group: Some(group) } => {
                let path = set.path().field("distribution").field("alternating").field("group");
                if let Some(finding) = super::out_of_range(&path, "group", group, 2, 4) {
                    findings.push(finding);
                    continue;
                }
                group
            }
        };
        if group > 1 {
            placed.group = Some(placed.group.unwrap_or(0).max(group));
        }
        place_groups(zone, &set, group, ports, first_leaf, &mut used, &mut placed, findings);
    }
    empty_turns(wanted, &used, findings);
    if !used.is_empty() {
        placed.leaves.resize(first_leaf + used.len(), LeafPlace::default());
    }
    placed
}

/// Tells of groups with more leaves than a server has ports: every server begins at the first leaf of
/// its group, so the last stay empty unless others use them.
fn empty_turns(wanted: &[Wanted], used: &[u32], findings: &mut Vec<Finding>) {
    if !used.contains(&0) {
        return;
    }
    for set in sets(wanted) {
        let Some((Distribution::Alternating { group: Some(group) }, ports)) = set.kind() else {
            continue;
        };
        if ports >= group || set.members.iter().all(|one| one.positions == 0) {
            continue;
        }
        let path = set.path().field("distribution");
        let finding = Finding::new(
            Code::EmptySwitches,
            path.clone(),
            format!(
                "A server has {} for the {group} leaves of its group, so some leaves have no server.",
                counted(ports, "port", "ports")
            ),
        );
        findings.push(match ports {
            // Together they go by turns; one alone would be another set.
            _ if set.members.len() > 1 => {
                finding.advise("Use smaller groups for all of its connections, or more ports.")
            }
            0 | 1 => finding.offer(
                "Use the same switch",
                path,
                EditValue::Text("same_switch".to_owned()),
            ),
            _ => finding.offer(
                format!("Use groups of {ports}"),
                path.field("alternating").field("group"),
                EditValue::Number(u64::from(ports)),
            ),
        });
    }
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
    let fit = zone.lanes().checked_div(lanes).unwrap_or(0);
    if fit == 0 {
        findings.push(
            Finding::new(
                Code::LeafTooSmall,
                path.clone(),
                format!(
                    "One server takes {lanes} lanes of a leaf in zone {}, which has {}: {} too few.",
                    zone.id,
                    zone.lanes(),
                    lanes.saturating_sub(zone.lanes())
                ),
            )
            .advise("Use fewer ports, a finer breakout, or a leaf with more ports."),
        );
        return None;
    }
    Some(fit)
}

/// The rails of a set whose connections were left out.
fn missing_rails(set: &Set, left_out: &[&LeftOut]) -> BTreeSet<u32> {
    let Some(first) = set.members.first() else { return BTreeSet::new() };
    let Distribution::RailOptimised { su_size, packing, .. } = first.connection.distribution else {
        return BTreeSet::new();
    };
    let of_set = left_out.iter().filter(|one| one.class == first.class);
    of_set
        .filter_map(|one| match one.connection.distribution {
            Distribution::RailOptimised { rail, su_size: size, packing: of }
                if (size, of) == (su_size, packing) =>
            {
                Some(rail)
            }
            _ => None,
        })
        .collect()
}

#[expect(clippy::too_many_arguments, reason = "the set, what is missing of it, and where it goes")]
fn place_rails(
    zone: &ZoneLanes,
    set: &Set,
    su_size: Option<u32>,
    packing: RailPacking,
    missing: &BTreeSet<u32>,
    groups: Groups,
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
    let checked = su_size.and_then(|size| {
        let path = first.path.field("distribution").field("rail_optimised").field("su_size");
        super::out_of_range(&path, "su_size", size, 1, Limits::SERVERS)
    });
    if let Some(finding) = checked {
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
    // A rail that was left out keeps its place, so that the others do not seem to be wrong.
    let mut numbers: Vec<u32> = members.iter().map(|(rail, _)| *rail).collect();
    numbers.extend(missing.iter().filter(|rail| !members.iter().any(|(known, _)| known == *rail)));
    numbers.sort_unstable();
    let dense = numbers.iter().zip(0..).all(|(rail, rank)| *rail == rank);
    if !groups.any_rails && !dense {
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
    let ranks: Vec<u32> = match groups.any_rails {
        true => (0..).take(members.len()).collect(),
        false => members.iter().map(|(rail, _)| *rail).collect(),
    };
    let rails = ranks.last().map_or(0, |last| last.saturating_add(1));
    // Without a size, a unit is what one rail fills a leaf with, and the last one what is left.
    let size = su_size.unwrap_or(fit);
    let shared_fit = zone.lanes() / size.saturating_mul(ports).max(1);
    if su_size.is_some() && packing == RailPacking::Shared && (shared_fit < 2 || rails < 2) {
        findings.push(
            Finding::new(
                Code::SharedRailsUnused,
                first.path.clone(),
                format!(
                    "A leaf has {} lanes and one rail of {size} servers takes {}, so each rail has its own leaf.",
                    zone.lanes(),
                    u64::from(size) * u64::from(ports)
                ),
            )
            .advise("Make the scalable unit smaller if rails should share leaves."),
        );
    }
    let units = first.positions.div_ceil(size);
    let mut layouts: Vec<RailLayout> = Vec::new();
    for unit in 0..units {
        let seats = match su_size {
            Some(size) => size,
            None => size.min(first.positions - unit * size),
        };
        let layout = rail_layout(zone.lanes(), seats, ports, rails, fit, packing);
        match layouts.last_mut().filter(|last| last.su_size == layout.su_size) {
            Some(last) => last.units += 1,
            None => layouts.push(layout),
        }
    }
    let leaves: u64 =
        layouts.iter().map(|l| u64::from(l.units) * u64::from(l.leaves_per_unit)).sum();
    if placed.leaves.len() as u64 + leaves > u64::from(Limits::SWITCHES_PER_CLASS) {
        findings.push(
            Finding::new(
                Code::OverCeiling,
                first.servers_path.clone(),
                format!(
                    "{units} scalable units need {leaves} leaves, more than {} switches of one class.",
                    Limits::SWITCHES_PER_CLASS
                ),
            )
            .advise("Plan fewer servers, or a larger scalable unit."),
        );
        return;
    }
    placed.placements.reserve(first.servers as usize * members.len() * ports as usize);
    let mut unit = 0;
    for layout in layouts {
        for _ in 0..layout.units {
            let first_leaf = u32::try_from(placed.leaves.len()).unwrap_or(u32::MAX);
            for leaf in 0..layout.leaves_per_unit {
                let rail = leaf / layout.leaves_per_rail * layout.rails_per_leaf;
                placed.leaves.push(LeafPlace { su: Some(unit), rail: Some(rail), pod: None });
            }
            let start = unit * size;
            for server in start..first.servers.min(start.saturating_add(layout.su_size)) {
                let seat = server - start;
                for (rank, (_, one)) in ranks.iter().copied().zip(&members) {
                    let leaf = first_leaf
                        + rank / layout.rails_per_leaf * layout.leaves_per_rail
                        + seat / layout.servers_per_leaf;
                    let row = (seat % layout.servers_per_leaf) * layout.rails_per_leaf
                        + rank % layout.rails_per_leaf;
                    for port in 0..ports {
                        placed.placements.push(placement(
                            one,
                            server,
                            port,
                            leaf,
                            row * ports + port,
                            zone,
                        ));
                    }
                }
            }
            unit += 1;
        }
        placed.rails.push(layout);
    }
}

/// How the rails of one unit of `seats` servers lie on leaves of `lanes` lanes, `fit` servers of
/// one rail to a leaf.
fn rail_layout(
    lanes: u32,
    seats: u32,
    ports: u32,
    rails: u32,
    fit: u32,
    packing: RailPacking,
) -> RailLayout {
    let shared_fit = lanes / seats.saturating_mul(ports).max(1);
    let (leaves_per_rail, rails_per_leaf, servers_per_leaf) =
        if packing == RailPacking::Shared && shared_fit >= 1 {
            let most = shared_fit.min(rails).max(1);
            (1, rails.div_ceil(rails.div_ceil(most).max(1)).max(1), seats.max(1))
        } else {
            let leaves = seats.div_ceil(fit).max(1);
            (leaves, 1, seats.div_ceil(leaves).max(1))
        };
    RailLayout {
        rails,
        su_size: seats,
        units: 1,
        leaves_per_unit: rails.div_ceil(rails_per_leaf) * leaves_per_rail,
        leaves_per_rail,
        rails_per_leaf,
        servers_per_leaf,
    }
}

pub(super) fn placement(
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
        server_slot: slot(
            one.nic.first_slot,
            one.connection.first_port + port * one.connection.port_step,
        ),
        leaf,
        leaf_slot: zone.slot(lane),
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
    for server in 0..first.positions {
        // Lanes are only ever taken, so a group without room for this set stays without.
        while used
            .get(candidate * size..(candidate + 1) * size)
            .is_some_and(|leaves| leaves.iter().any(|lanes| lanes + most > zone.lanes()))
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
                    if server < one.servers {
                        let at = u32::try_from(first_leaf + leaf).unwrap_or(u32::MAX);
                        placed.placements.push(placement(one, server, port, at, *lane, zone));
                    }
                    *lane += 1;
                }
                turn += 1;
            }
        }
    }
}

/// Server n on leaf n mod the number of leaves: that of the spec, or the fewest that have room.
#[expect(clippy::too_many_arguments, reason = "the cursor is shared by all sets of a zone")]
fn place_by_turns(
    zone: &ZoneLanes,
    set: &Set,
    ports: u32,
    groups: Groups,
    first_leaf: usize,
    used: &mut Vec<u32>,
    placed: &mut Placed,
    findings: &mut Vec<Finding>,
) {
    let Some(first) = set.members.first() else { return };
    let Some(fit) = servers_per_leaf(zone, ports, &first.path, findings) else { return };
    let leaves = groups.leaves.unwrap_or_else(|| first.positions.div_ceil(fit)).max(1) as usize;
    if used.len() < leaves {
        used.resize(leaves, 0);
    }
    for server in 0..first.positions {
        // A leaf that is full is passed over.
        let turn = server as usize % leaves;
        let candidate = (turn..used.len())
            .chain(0..turn)
            .find(|leaf| used.get(*leaf).is_some_and(|lanes| lanes + ports <= zone.lanes()));
        let leaf = candidate.unwrap_or_else(|| {
            used.push(0);
            used.len() - 1
        });
        for one in &set.members {
            for port in 0..one.connection.ports {
                if let Some(lane) = used.get_mut(leaf) {
                    if server < one.servers {
                        let at = u32::try_from(first_leaf + leaf).unwrap_or(u32::MAX);
                        placed.placements.push(placement(one, server, port, at, *lane, zone));
                    }
                    *lane += 1;
                }
            }
        }
    }
}
