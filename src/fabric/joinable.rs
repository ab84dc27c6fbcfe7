//! Links between cages that nothing in the catalogue joins: plugs, media or reach that never meet.
//!
//! For plans without racks; with racks every cable is chosen, and `racks/cabling` says what it
//! misses. Here a link counts by itself: that one plug serves all links of a cage is not looked at.

use super::Fabric;
use super::cages::Cages;
use crate::catalog::{Catalog, Socket, candidates};
use crate::model::{Code, Finding, counted};
use std::collections::{BTreeMap, BTreeSet};

/// One warning for each pair of cages that links run between and nothing joins. Links of classes
/// whose connectors are guessed are left out.
pub fn check_joinable(
    fabric: &Fabric,
    catalog: &Catalog,
    guessed: &BTreeSet<&str>,
    findings: &mut Vec<Finding>,
) {
    let cages: Vec<Cages> = fabric.classes.iter().map(|c| Cages::of(c, catalog)).collect();
    let left_out: Vec<bool> =
        fabric.classes.iter().map(|class| guessed.contains(class.family.as_str())).collect();
    let socket = |end: super::End| {
        let class = fabric.devices.get(end.device as usize)?.class;
        if *left_out.get(class as usize)? {
            return None;
        }
        Some(cages.get(class as usize)?.lanes.get(usize::from(end.slot))?.socket)
    };
    // By pair: how many links, and the first. Neighbouring links are mostly of one pair.
    let mut pairs: BTreeMap<(Socket, Socket), (u64, usize)> = BTreeMap::new();
    let mut run: Option<((Socket, Socket), u64, usize)> = None;
    for (n, link) in fabric.links.iter().enumerate() {
        let (Some(a), Some(b)) = (socket(link.a), socket(link.b)) else { continue };
        match &mut run {
            Some((pair, links, _)) if *pair == (a, b) => *links += 1,
            _ => {
                if let Some((pair, links, first)) = run.replace(((a, b), 1, n)) {
                    pairs.entry(pair).or_insert((0, first)).0 += links;
                }
            }
        }
    }
    if let Some((pair, links, first)) = run {
        pairs.entry(pair).or_insert((0, first)).0 += links;
    }
    for ((a, b), (links, first)) in pairs {
        if a.breakout.speed_gbps != b.breakout.speed_gbps || !candidates(catalog, a, b).is_empty() {
            // Speeds that differ are told by the weaver.
            continue;
        }
        let Some(link) = fabric.links.get(first) else { continue };
        let path = fabric.class_of(link.a.device).map(|class| class.path.clone());
        findings.push(
            Finding::new(
                Code::NothingJoins,
                path.unwrap_or_default(),
                format!(
                    "Nothing in the catalogue joins {a} and {b}: {}, such as {} to {}.",
                    counted(links, "link", "links"),
                    fabric.device_name(link.a.device),
                    fabric.device_name(link.b.device)
                ),
            )
            .advise("Use hardware whose plugs meet, or add a cable or optics to the models of the plan."),
        );
    }
}
