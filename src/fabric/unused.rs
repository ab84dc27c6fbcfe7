//! Spine ports that an equal spread leaves unused, and the number of uplinks that would use them.
//!
//! The number of spines is a divisor of the uplinks of a leaf, so an awkward number of uplinks can
//! double the spines. Whether more uplinks fit better depends on the servers, which then have fewer
//! ports of a leaf: so it is not reckoned but woven, one number after the other, and only for
//! fabrics of a cluster with two tiers that leave more than a quarter of their spine ports unused.

use super::{Fabric, LinkKind, expand, weave};
use crate::catalog::Catalog;
use crate::model::{Cancelled, Code, EditValue, Finding, Progress, Severity, SpecPath};
use crate::plan::{Cluster, Frontend, Overrides, Redundancy, Spec, Spread};

/// Adds a finding for each fabric of the cluster whose spines would be used better with more
/// uplinks. `fabric` is what came of the spec without an error.
///
/// # Errors
/// Somebody asked to stop.
pub fn better_uplinks(
    spec: &Spec,
    catalog: &Catalog,
    fabric: &Fabric,
    findings: &mut Vec<Finding>,
    progress: &Progress,
) -> Result<(), Cancelled> {
    let Some(cluster) = &spec.cluster else { return Ok(()) };
    for part in Part::ALL {
        let Some((overrides, spread, planes)) = part.of(cluster) else { continue };
        let (name, prefix) = part.names(planes);
        // A number that the spec fixes is no divisor's choice, and classes by hand may share it.
        let by_hand = spec.switch_classes.iter().any(|class| class.fabric == name);
        if overrides.spines.is_some() || !spread.is_equal() || by_hand {
            continue;
        }
        let Some(now) = Use::of(fabric, &name, &prefix) else { continue };
        if !now.is_poor() || now.spines <= now.fewest(part.least(cluster)) {
            continue;
        }
        if let Some(finding) = part.better(cluster, spec, catalog, now, progress)? {
            findings.push(finding);
        }
    }
    Ok(())
}

/// A fabric of a cluster that may have an awkward number of uplinks.
#[derive(Clone, Copy)]
enum Part {
    Backend,
    Frontend,
    Storage,
}

/// How the spines of a fabric with two tiers are used.
#[derive(Clone, Copy)]
struct Use {
    /// Switches of the fabric.
    switches: u64,
    spines: u64,
    /// Lanes of all spines.
    lanes: u64,
    /// Links of leaves and spines.
    links: u64,
    /// Links of one leaf.
    uplinks: u64,
}

impl Use {
    /// `None` without spines, or with a third tier.
    fn of(fabric: &Fabric, name: &str, prefix: &str) -> Option<Self> {
        let class = |role: &str| fabric.class(&format!("{prefix}-{role}"));
        let (leaf, spine) = (class("leaf")?, class("spine")?);
        if spine.pod.is_some() || spine.count == 0 || leaf.count == 0 {
            return None;
        }
        let of_spines =
            |group: &super::LinkGroup| group.fabric == name && group.kind == LinkKind::LeafSpine;
        let links = fabric
            .links
            .iter()
            .filter(|link| fabric.groups.get(link.group as usize).is_some_and(of_spines))
            .count() as u64;
        let lanes = spine.slots.iter().filter(|slot| slot.key.starts_with("fabric/")).count();
        Some(Self {
            switches: u64::from(leaf.count) + u64::from(spine.count),
            spines: u64::from(spine.count),
            lanes: u64::from(spine.count) * lanes as u64,
            links,
            uplinks: links / u64::from(leaf.count),
        })
    }

    /// True if more than a quarter of the lanes are unused.
    fn is_poor(&self) -> bool {
        (self.lanes - self.links.min(self.lanes)) * 4 > self.lanes
    }

    /// The fewest spines that have enough lanes and are redundant.
    fn fewest(&self, least: u64) -> u64 {
        self.links.div_ceil((self.lanes / self.spines.max(1)).max(1)).max(least)
    }
}

impl Part {
    const ALL: [Self; 3] = [Self::Backend, Self::Frontend, Self::Storage];

    /// Overrides, spread and planes of the part.
    fn of(self, cluster: &Cluster) -> Option<(Overrides, Spread, u32)> {
        let of = |f: &Frontend| (f.overrides, f.spread, 1);
        match self {
            Self::Backend => cluster.backend.as_ref().map(|b| (b.overrides, b.spread, b.planes)),
            Self::Frontend => cluster.frontend.as_ref().map(of),
            Self::Storage => cluster.storage.as_ref().map(of),
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Frontend => "frontend",
            Self::Storage => "storage",
        }
    }

    /// The name of its fabric and the stem of its classes; planes are alike, so of the first.
    fn names(self, planes: u32) -> (String, String) {
        match self {
            Self::Backend if planes > 1 => ("backend-plane-0".to_owned(), "be-plane-0".to_owned()),
            Self::Backend => ("backend".to_owned(), "be".to_owned()),
            Self::Frontend => ("frontend".to_owned(), "fe".to_owned()),
            Self::Storage => ("storage".to_owned(), "st".to_owned()),
        }
    }

    /// The fewest spines that redundancy allows.
    fn least(self, cluster: &Cluster) -> u64 {
        let redundancy = match self {
            Self::Backend => None,
            Self::Frontend => cluster.frontend.as_ref().map(|f| f.redundancy),
            Self::Storage => cluster.storage.as_ref().map(|f| f.redundancy),
        };
        if redundancy.is_some_and(|r| r != Redundancy::None) { 2 } else { 1 }
    }

    /// The cluster without the fabrics that have nothing to do with this one.
    fn alone(self, cluster: &Cluster) -> Cluster {
        let mut alone = cluster.clone();
        let shared =
            cluster.frontend.as_ref().is_some_and(|f| f.redundancy == Redundancy::RedundantShared);
        match self {
            Self::Backend => {
                (alone.frontend, alone.storage, alone.management) = (None, None, None);
            }
            _ if shared => alone.backend = None,
            Self::Frontend => {
                (alone.backend, alone.storage, alone.management) = (None, None, None);
            }
            Self::Storage => {
                (alone.backend, alone.frontend, alone.management) = (None, None, None);
            }
        }
        alone
    }

    fn overrides(self, cluster: &mut Cluster) -> Option<&mut Overrides> {
        match self {
            Self::Backend => cluster.backend.as_mut().map(|b| &mut b.overrides),
            Self::Frontend => cluster.frontend.as_mut().map(|f| &mut f.overrides),
            Self::Storage => cluster.storage.as_mut().map(|f| &mut f.overrides),
        }
    }

    /// The next number of uplink cages with which no more than a quarter of the lanes are unused
    /// and no switch more is needed.
    fn better(
        self,
        cluster: &Cluster,
        spec: &Spec,
        catalog: &Catalog,
        now: Use,
        progress: &Progress,
    ) -> Result<Option<Finding>, Cancelled> {
        let planes = self.of(cluster).map_or(1, |(_, _, planes)| planes);
        let (name, prefix) = self.names(planes);
        let mut tried = Spec {
            cluster: Some(self.alone(cluster)),
            switch_classes: Vec::new(),
            server_classes: Vec::new(),
            external: Vec::new(),
            pins: Vec::new(),
            ..spec.clone()
        };
        let cages_now = expand(&tried, catalog, &mut Vec::new())
            .switches
            .iter()
            .find(|(class, _)| class.id == format!("{prefix}-leaf"))
            .and_then(|(class, _)| class.zones.iter().find(|zone| zone.id == "uplink"))
            .map_or(0, |zone| u32::try_from(zone.ports.cages().len()).unwrap_or(u32::MAX));
        for cages in cages_now.saturating_add(1).. {
            progress.check()?;
            let mut found = Vec::new();
            if let Some(overrides) = tried.cluster.as_mut().and_then(|c| self.overrides(c)) {
                overrides.uplink_cages = Some(cages);
            }
            let primitives = expand(&tried, catalog, &mut found);
            let fabric = weave(&primitives, catalog, &mut found, progress)?.fabric;
            // With more uplinks still, there are fewer ports for servers still.
            if found.iter().any(|finding| finding.severity == Severity::Error) {
                return Ok(None);
            }
            let Some(then) = Use::of(&fabric, &name, &prefix) else { return Ok(None) };
            if then.is_poor() || then.switches > now.switches {
                continue;
            }
            let base = SpecPath::new("spec.cluster").field(self.field());
            let path = base.field("overrides").field("uplink_cages");
            let finding = Finding::new(
                Code::SpinePortsUnused,
                base,
                format!(
                    "{} of the {} spine ports of the {name} fabric are unused: {} spines is the smallest number that divides the {} uplinks of a leaf. With {} uplinks {} spines do.",
                    now.lanes - now.links,
                    now.lanes,
                    now.spines,
                    now.uplinks,
                    then.uplinks,
                    then.spines
                ),
            );
            return Ok(Some(finding.offer(
                format!("Use {cages} uplink cages"),
                path,
                EditValue::Number(u64::from(cages)),
            )));
        }
        Ok(None)
    }
}
