//! Which links share a cable, and which cable that is.
//!
//! Cages that links join, directly or over others, are one *knot*: the breakouts of a leaf's cage
//! may go to two spines, whose cages take links of other leaves. In a knot every cage has one
//! plug, so all of it is chosen together. The first choice that fits counts, in the order of the
//! catalogue (copper, active cables, optics): a cable in one piece only where its plugs take whole
//! cages, optics where each fibre runs from sockets to sockets. All ways of the knot must be within
//! reach, and each cable gets the next length on the shelf.
//!
//! Limit: a knot of more than [`MOST_KINDS`] kinds of joints is not chosen for.

use super::Racking;
use super::{Cable, CableType};
use crate::catalog::{CableKind, Candidate, Catalog, Medium, Socket, TransceiverModel, candidates};
use crate::fabric::cages::Cages;
use crate::fabric::{End, Fabric};
use crate::model::{Cancelled, Code, Finding, Progress, SpecPath};
use petgraph::unionfind::UnionFind;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of joints in one knot for which a choice is looked for.
const MOST_KINDS: usize = 4;

/// A link between two cages of the fabric.
#[derive(Clone, Copy, Debug)]
struct Joint {
    link: u32,
    a: (u32, u8),
    b: (u32, u8),
    sockets: (Socket, Socket),
    way_cm: u32,
}

/// How often, and for which way, something could not be chosen.
#[derive(Default)]
struct Missed {
    links: u64,
    way_cm: u32,
    reach_cm: u32,
    example: u32,
}

type Pair = (Socket, Socket);

/// Chooses the cables of all links that have a way.
///
/// # Errors
/// Nobody waits for the answer any longer.
pub fn choose(
    fabric: &Fabric,
    catalog: &Catalog,
    racking: &mut Racking,
    path: &SpecPath,
    findings: &mut Vec<Finding>,
    progress: &Progress,
) -> Result<(), Cancelled> {
    racking.cable_of = vec![None; fabric.links.len()];
    let knots = knots(fabric, catalog, &racking.ways_cm);
    let mut known: BTreeMap<Pair, Vec<Candidate>> = BTreeMap::new();
    for joint in knots.iter().flatten() {
        let (a, b) = joint.sockets;
        known.entry((a, b)).or_insert_with(|| candidates(catalog, a, b));
    }
    let mut types: BTreeMap<CableType, u32> = BTreeMap::new();
    let mut optics: BTreeMap<&str, (&TransceiverModel, u32)> = BTreeMap::new();
    let mut missed: BTreeMap<(bool, Pair), Missed> = BTreeMap::new();
    for (n, knot) in knots.iter().enumerate() {
        if n % 1024 == 0 {
            progress.check()?;
        }
        let Some(chosen) = decide(knot, &known) else {
            note_missed(knot, &known, &mut missed);
            continue;
        };
        let mut seen: BTreeSet<u32> = BTreeSet::new();
        let mut sharing: BTreeMap<(u32, u32, u32, u32), Vec<&Joint>> = BTreeMap::new();
        for joint in knot {
            let Some(candidate) = chosen.get(&joint.sockets) else { continue };
            if let Candidate::Optics { a, b, .. } = candidate {
                for (cage, optic) in [(joint.a.0, *a), (joint.b.0, *b)] {
                    if seen.insert(cage) {
                        optics.entry(&optic.id).or_insert((optic, 0)).1 += 1;
                    }
                }
            }
            sharing.entry(shared_by(joint, candidate)).or_default().push(joint);
        }
        for joints in sharing.values() {
            let Some((first, candidate)) =
                joints.first().and_then(|first| Some((first, chosen.get(&first.sockets)?)))
            else {
                continue;
            };
            let way_cm = joints.iter().map(|joint| joint.way_cm).max().unwrap_or(0);
            let next = u32::try_from(types.len()).unwrap_or(u32::MAX);
            let cable = Cable {
                cable_type: *types.entry(type_of(candidate)).or_insert(next),
                length_cm: candidate.length_on_shelf_cm(way_cm).unwrap_or(way_cm),
                pieces: pieces(first, candidate),
            };
            let at = u32::try_from(racking.cables.len()).unwrap_or(u32::MAX);
            racking.cables.push(cable);
            for joint in joints {
                if let Some(of) = racking.cable_of.get_mut(joint.link as usize) {
                    *of = Some(at);
                }
            }
        }
    }
    let mut types: Vec<(CableType, u32)> = types.into_iter().collect();
    types.sort_by_key(|(_, n)| *n);
    racking.cable_types = types.into_iter().map(|(of, _)| of).collect();
    for (id, (optic, count)) in optics {
        racking.optics.insert(id.to_owned(), count);
        match optic.max_power_mw {
            Some(mw) => racking.optics_power_mw += u64::from(mw) * u64::from(count),
            None => racking.optics_power_unknown += count,
        }
    }
    say_missed(fabric, racking, &missed, path, findings);
    Ok(())
}

/// The links in knots, knots in the order of their first links. Links without a way have none.
fn knots(fabric: &Fabric, catalog: &Catalog, ways_cm: &[Option<u32>]) -> Vec<Vec<Joint>> {
    let cages: Vec<Cages> = fabric.classes.iter().map(|c| Cages::of(c, catalog)).collect();
    let mut first_cage = Vec::with_capacity(fabric.devices.len());
    let mut total = 0u32;
    for device in &fabric.devices {
        first_cage.push(total);
        total = total.saturating_add(cages.get(device.class as usize).map_or(0, |c| c.count));
    }
    let lane = |end: End| {
        let device = fabric.devices.get(end.device as usize)?;
        let lane = cages.get(device.class as usize)?.lanes.get(usize::from(end.slot))?;
        let cage = first_cage.get(end.device as usize)?.saturating_add(lane.cage);
        Some((cage, lane.lane, lane.socket))
    };
    let mut joints = Vec::with_capacity(fabric.links.len());
    let mut union = UnionFind::<u32>::new(total as usize);
    for (n, (link, way_cm)) in (0u32..).zip(fabric.links.iter().zip(ways_cm)) {
        let (Some(a), Some(b), Some(way_cm)) = (lane(link.a), lane(link.b), *way_cm) else {
            continue;
        };
        union.union(a.0, b.0);
        joints.push(Joint { link: n, a: (a.0, a.1), b: (b.0, b.1), sockets: (a.2, b.2), way_cm });
    }
    let mut knot_of: Vec<Option<usize>> = vec![None; total as usize];
    let mut knots: Vec<Vec<Joint>> = Vec::new();
    for joint in joints {
        let root = union.find_mut(joint.a.0) as usize;
        let Some(of) = knot_of.get_mut(root) else { continue };
        let at = *of.get_or_insert(knots.len());
        match knots.get_mut(at) {
            Some(knot) => knot.push(joint),
            None => knots.push(vec![joint]),
        }
    }
    knots
}

/// The first choice for each kind of joint with which the whole knot can be made.
fn decide<'c, 'k>(
    knot: &[Joint],
    known: &'k BTreeMap<Pair, Vec<Candidate<'c>>>,
) -> Option<BTreeMap<Pair, &'k Candidate<'c>>> {
    let mut pairs: Vec<Pair> = Vec::new();
    for joint in knot {
        if !pairs.contains(&joint.sockets) {
            if pairs.len() == MOST_KINDS {
                return None;
            }
            pairs.push(joint.sockets);
        }
    }
    let mut chosen = BTreeMap::new();
    search(knot, known, &pairs, &mut chosen).then_some(chosen)
}

fn search<'c, 'k>(
    knot: &[Joint],
    known: &'k BTreeMap<Pair, Vec<Candidate<'c>>>,
    pairs: &[Pair],
    chosen: &mut BTreeMap<Pair, &'k Candidate<'c>>,
) -> bool {
    let Some((pair, rest)) = pairs.split_first() else { return true };
    let alone = rest.is_empty() && chosen.is_empty();
    for candidate in known.get(pair).into_iter().flatten() {
        let joints = || knot.iter().filter(|joint| joint.sockets == *pair);
        let reaches = joints().all(|j| candidate.length_on_shelf_cm(j.way_cm).is_some());
        if reaches && agrees(pair, candidate, chosen) && runs(joints(), candidate, alone) {
            chosen.insert(*pair, candidate);
            if search(knot, known, rest, chosen) {
                return true;
            }
            chosen.remove(pair);
        }
    }
    false
}

/// True if every socket has one transceiver, the one that it already has.
fn agrees(pair: &Pair, candidate: &Candidate, chosen: &BTreeMap<Pair, &Candidate>) -> bool {
    let Candidate::Optics { a, b, .. } = candidate else { return true };
    let mut of: BTreeMap<Socket, &str> = BTreeMap::new();
    let others = chosen.iter().filter_map(|(pair, candidate)| match candidate {
        Candidate::Optics { a, b, .. } => Some((pair, a.id.as_str(), b.id.as_str())),
        Candidate::Assembly { .. } => None,
    });
    others.chain([(pair, a.id.as_str(), b.id.as_str())]).all(|((at_a, at_b), a, b)| {
        *of.entry(*at_a).or_insert(a) == a && *of.entry(*at_b).or_insert(b) == b
    })
}

/// True if cables of this kind can carry the links: each plug has one cable, each cable as many
/// plugs as it has.
fn runs<'j>(
    joints: impl Iterator<Item = &'j Joint> + Clone,
    candidate: &Candidate,
    alone: bool,
) -> bool {
    match candidate {
        Candidate::Assembly { .. } if !alone => return false,
        _ => {}
    }
    let (near_at_b, far_plugs) = match candidate {
        Candidate::Assembly { model, near_at_b } => (*near_at_b, usize::from(model.far_plugs)),
        Candidate::Optics { fibre, near_at_b, .. } => (*near_at_b, usize::from(fibre.far_plugs)),
    };
    let mut fars: BTreeMap<(u32, u32), BTreeSet<(u32, u32)>> = BTreeMap::new();
    let mut near_of: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for joint in joints {
        let (a, b) = plugs(joint, candidate);
        let (near, far) = if near_at_b { (b, a) } else { (a, b) };
        let of = fars.entry(near).or_default();
        of.insert(far);
        if of.len() > far_plugs || *near_of.entry(far).or_insert(near) != near {
            return false;
        }
    }
    true
}

/// The plug that a link uses at each end: the cage, and the socket of its transceiver.
fn plugs(joint: &Joint, candidate: &Candidate) -> ((u32, u32), (u32, u32)) {
    let socket = |lane: u8, lanes: u8, connectors: u8| {
        // A link over several sockets is told by the first.
        u32::from(lane) * u32::from(connectors) / u32::from(lanes.max(1))
    };
    match candidate {
        Candidate::Assembly { .. } => ((joint.a.0, 0), (joint.b.0, 0)),
        Candidate::Optics { a, b, .. } => (
            (joint.a.0, socket(joint.a.1, joint.sockets.0.breakout.lanes, a.connectors)),
            (joint.b.0, socket(joint.b.1, joint.sockets.1.breakout.lanes, b.connectors)),
        ),
    }
}

/// What links of one cable have in common: its near plug.
fn shared_by(joint: &Joint, candidate: &Candidate) -> (u32, u32, u32, u32) {
    let (a, b) = plugs(joint, candidate);
    let near_at_b = match candidate {
        Candidate::Assembly { near_at_b, .. } | Candidate::Optics { near_at_b, .. } => *near_at_b,
    };
    if near_at_b { (1, b.0, b.1, 0) } else { (0, a.0, a.1, 0) }
}

/// Cables side by side that carry one link: as many as it takes sockets at the near end.
fn pieces(joint: &Joint, candidate: &Candidate) -> u32 {
    let Candidate::Optics { a, b, near_at_b, .. } = candidate else { return 1 };
    let (connectors, socket) =
        if *near_at_b { (b.connectors, joint.sockets.1) } else { (a.connectors, joint.sockets.0) };
    u32::from(connectors / socket.breakout.lanes.max(1)).max(1)
}

fn type_of(candidate: &Candidate) -> CableType {
    let kind = candidate.kind();
    let (model, netbox_type) = match candidate {
        Candidate::Assembly { model, .. } => (
            &model.id,
            match kind {
                CableKind::Dac => "dac-passive",
                CableKind::Acc => "dac-active",
                CableKind::Aoc => "aoc",
                CableKind::Rj45 | CableKind::Optics => "cat6",
            },
        ),
        Candidate::Optics { fibre, .. } => (
            &fibre.id,
            match fibre.medium {
                Medium::Mmf => "mmf-om4",
                Medium::Smf => "smf-os2",
                Medium::Cat6 => "cat6",
            },
        ),
    };
    CableType { kind, model: model.clone(), netbox_type }
}

/// Notes why a knot has no cables: what its longest joints would need.
fn note_missed(
    knot: &[Joint],
    known: &BTreeMap<Pair, Vec<Candidate>>,
    missed: &mut BTreeMap<(bool, Pair), Missed>,
) {
    let mut by_sockets: BTreeMap<Pair, Vec<&Joint>> = BTreeMap::new();
    for joint in knot {
        by_sockets.entry(joint.sockets).or_default().push(joint);
    }
    for (sockets, joints) in by_sockets {
        let candidates = known.get(&sockets).map(Vec::as_slice).unwrap_or_default();
        let runs = |c: &&Candidate| runs(joints.iter().copied(), c, true);
        let reach_cm = candidates.iter().filter(runs).map(Candidate::max_length_cm).max();
        let too_long =
            reach_cm.is_some_and(|reach| joints.iter().any(|joint| joint.way_cm > reach));
        let entry = missed.entry((too_long, sockets)).or_default();
        entry.links += joints.len() as u64;
        entry.reach_cm = reach_cm.unwrap_or(0);
        for joint in joints {
            if joint.way_cm >= entry.way_cm {
                (entry.way_cm, entry.example) = (joint.way_cm, joint.link);
            }
        }
    }
}

fn say_missed(
    fabric: &Fabric,
    racking: &Racking,
    missed: &BTreeMap<(bool, Pair), Missed>,
    path: &SpecPath,
    findings: &mut Vec<Finding>,
) {
    let m = |cm: u32| format!("{}.{:02} m", cm / 100, cm % 100);
    for ((too_long, (a, b)), of) in missed {
        let Some(link) = fabric.links.get(of.example as usize) else { continue };
        let at = |device: u32| {
            let rack = racking.place(device).map_or("", |(rack, _)| rack.name.as_str());
            format!("{} in {rack}", fabric.device_name(device))
        };
        let ends = format!("{} to {}", at(link.a.device), at(link.b.device));
        let links = of.links;
        findings.push(if *too_long {
            Finding::new(
                Code::CableTooLong,
                path.clone(),
                format!(
                    "{links} links between {a} and {b} cannot be cabled: the way from {ends} is {}, and the longest cable that fits is {}.",
                    m(of.way_cm),
                    m(of.reach_cm)
                ),
            )
            .advise("Bring the racks closer, by shorter rows or places by hand, or add a longer cable to the models of the plan.")
        } else {
            Finding::new(
                Code::NoCable,
                path.clone(),
                format!(
                    "{links} links between {a} and {b} cannot be cabled, such as {ends}: no cable of the catalogue gives each cage one plug and carries its links."
                ),
            )
            .advise("Use another breakout or other ports, or add a cable or optics to the models of the plan.")
        });
    }
}
