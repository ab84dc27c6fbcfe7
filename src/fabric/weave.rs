//! From primitives to a fabric: checks what the spec says, places servers, sizes the tiers above
//! and fills the arena. Never fails: what cannot be woven is left out, with a finding.

use super::connections::{self, Aimed, LeftOut};
use super::expand::Primitives;
use super::leaves::{Groups, LeafPlace, Placed, Placement, Wanted, group_size, place};
use super::pods::Unit;
use super::slots::{NicPorts, ZoneLanes, of_server, of_switch};
use super::spines::Below;
use super::tiers::diet_rules;
use super::{
    Fabric, LinkGroup, Origin, Slot, diet, explain, external, fill, ids, peers, pins, protocols,
    shared_cages, tiers,
};
use crate::catalog::Catalog;
use crate::model::{
    Cancelled, Code, EditValue, Explanation, Finding, Limits, Progress, SpecPath, counted,
};
use crate::plan::{
    PlacementRules, Quantity, ServerClass, SwitchClass, SwitchRedundancy, SwitchRole, Topology,
    ZoneKind,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A fabric and how its numbers came about.
#[derive(Clone, Debug, Default)]
pub struct Woven {
    /// The fabric.
    pub fabric: Fabric,
    /// Why each computed number is what it is.
    pub explanations: Vec<Explanation>,
}

/// Servers of a class while they are woven.
pub(super) struct ServerSide {
    pub(super) class: ServerClass,
    pub(super) origin: Origin,
    pub(super) slots: Vec<Slot>,
    pub(super) nics: Vec<NicPorts>,
    /// Names of external devices; servers have none.
    pub(super) given_names: Arc<[String]>,
    pub(super) external: bool,
}

/// A switch class while it is woven.
#[derive(Default)]
pub(super) struct Switches {
    pub(super) slots: Vec<Slot>,
    pub(super) zones: Vec<ZoneLanes>,
    /// What each leaf serves.
    pub(super) places: Vec<LeafPlace>,
    /// How many there are: in all, or of spines in each pod, of super-spines in each group.
    pub(super) sections: Vec<u32>,
    pub(super) placements: Vec<Placement>,
    pub(super) placed: Vec<(SpecPath, Placed)>,
}

impl Switches {
    /// How many there are in all.
    pub(super) fn count(&self) -> u32 {
        self.sections.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// The speed of a slot, in Gb/s.
    pub(super) fn speed_of(&self, slot: Option<u16>) -> Option<u32> {
        self.slots.get(usize::from(slot?)).map(|slot| slot.speed_gbps)
    }
}

/// Everything that weaving reads and writes.
pub(super) struct Weaving<'a> {
    pub(super) primitives: &'a Primitives,
    pub(super) catalog: &'a Catalog,
    pub(super) switches: Vec<Switches>,
    /// Connections that could not be aimed: what only follows from that is not told.
    pub(super) left_out: Vec<LeftOut>,
    pub(super) groups: Vec<LinkGroup>,
    pub(super) explanations: &'a mut Vec<Explanation>,
    pub(super) findings: &'a mut Vec<Finding>,
}

/// Weaves primitives into a fabric.
pub fn weave(
    primitives: &Primitives,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
    progress: &Progress,
) -> Result<Woven, Cancelled> {
    let mut woven = Woven::default();
    ids::of_classes(primitives, findings);
    check_names(primitives, findings);
    let mut switches = Vec::new();
    for (class, origin) in &primitives.switches {
        let (slots, zones) = of_switch(class, origin, primitives, catalog, findings);
        check_group(class, origin, catalog, findings);
        switches.push(Switches { slots, zones, ..Switches::default() });
    }
    let mut servers = Vec::new();
    for (class, origin) in &primitives.servers {
        let (slots, nics) = of_server(class, origin, primitives, catalog, findings);
        let (class, origin) = (class.clone(), origin.clone());
        let (given_names, external) = (Arc::default(), false);
        servers.push(ServerSide { class, origin, slots, nics, given_names, external });
    }
    for (class, origin) in &primitives.external {
        servers.push(external::of_external(class, origin, findings));
    }
    // Fixed numbers are allocated while servers are placed; computed ones follow from the links.
    let fixed = primitives.switches.iter().map(|(class, _)| class.quantity.fixed().unwrap_or(0));
    if !within_ceilings(&servers, findings) || !few_switches(primitives, fixed, findings) {
        return Ok(woven);
    }
    let mut weaving = Weaving {
        primitives,
        catalog,
        switches,
        left_out: Vec::new(),
        groups: Vec::new(),
        explanations: &mut woven.explanations,
        findings,
    };
    weaving.mark_named_zones();
    protocols::check(primitives, catalog, weaving.findings);
    let (aimed, left_out) = connections::aim(
        primitives,
        &weaving.switches,
        &servers,
        catalog,
        &mut weaving.groups,
        weaving.findings,
    );
    weaving.left_out = left_out;
    progress.check()?;
    weaving.place_servers(&aimed);
    progress.check()?;
    let tiers = tiers::plan(&mut weaving);
    weaving.place_on_spines(&aimed);
    drop(aimed);
    let joints = peers::plan(&mut weaving, &tiers);
    explain::of_leaves(primitives, &weaving.switches, weaving.explanations);
    let links = fill::count(&weaving.switches, &tiers, &joints);
    if links > Limits::LINKS {
        weaving.findings.push(
            Finding::new(
                Code::OverCeiling,
                SpecPath::new("spec"),
                format!("The plan has {links} links; Heddle plans up to {}.", Limits::LINKS),
            )
            .advise("Split the plan, or plan fewer servers."),
        );
        return Ok(woven);
    }
    let counts: Vec<u32> = weaving.switches.iter().map(Switches::count).collect();
    if !few_switches(primitives, counts.into_iter(), weaving.findings) {
        return Ok(woven);
    }
    progress.check()?;
    let incomplete = weaving.incomplete_classes();
    let (mut fabric, findings) = fill::fill(weaving, servers, &tiers, &joints);
    pins::apply(primitives, &incomplete, &mut fabric, findings);
    shared_cages::check(primitives, &fabric, findings);
    woven.fabric = fabric;
    Ok(woven)
}

fn check_names(primitives: &Primitives, findings: &mut Vec<Finding>) {
    let mut stems = BTreeMap::new();
    let switches = primitives.switches.iter().map(|(c, o)| (&c.id, &c.name, &o.base));
    let servers = primitives.servers.iter().map(|(c, o)| (&c.id, &c.name, &o.base));
    let external = primitives.external.iter().map(|(c, o)| (&c.id, &c.id, &o.base));
    for (id, name, base) in switches.chain(servers).chain(external) {
        let stem = if name.is_empty() { id } else { name };
        // A dash and up to five digits follow.
        let fits = stem.chars().count() + 6 <= Limits::DEVICE_NAME_CHARS
            && !stem.chars().any(|c| c.is_control() || c == '{' || c == '}');
        if !fits {
            findings.push(
                Finding::new(
                    Code::InvalidText,
                    base.field("name"),
                    "The name is too long for a device name, or has characters that cannot be used in one.",
                )
                .advise("Use at most 58 printable characters other than braces."),
            );
        }
        if let Some(other) = stems.insert(stem.to_lowercase(), id).filter(|other| *other != id) {
            findings.push(
                Finding::new(
                    Code::NameCollision,
                    base.field("name"),
                    format!("Devices of {id} would have the same names as those of {other}."),
                )
                .advise("Give each class a name of its own; capital letters make no difference."),
            );
        }
    }
}

/// Checks that a class can be in groups, and says so where its model cannot.
fn check_group(
    class: &SwitchClass,
    origin: &Origin,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) {
    let Some(size) = group_size(class) else { return };
    if let Some(wrong) = class.group_size.filter(|n| !(2..=4).contains(n)) {
        let path = origin.base.field("group_size");
        findings.extend(super::out_of_range(&path, "group_size", wrong, 2, 4));
    }
    let able = catalog.switches.get(&class.model).map(|model| match class.redundancy {
        SwitchRedundancy::Mclag => model.mclag,
        _ => model.eslag,
    });
    let name = if class.redundancy == SwitchRedundancy::Mclag { "MCLAG" } else { "ESLAG" };
    if able == Some(false) {
        findings.push(
            Finding::new(
                Code::GroupUnsupported,
                origin.redundancy.clone(),
                format!("{} asks for {name}, which {} cannot do.", class.id, class.model),
            )
            .advise("Use `redundant` and unbundled connections, or another model."),
        );
    }
    if let Some(n) = class
        .quantity
        .fixed()
        .filter(|n| n % size != 0 && class.placement == PlacementRules::Native)
    {
        let near = n.next_multiple_of(size);
        findings.push(
            Finding::new(
                Code::GroupSize,
                origin.fixed.clone(),
                format!(
                    "{} of {} cannot be parted into {name} groups of {size}.",
                    counted(n, "switch", "switches"),
                    class.id
                ),
            )
            .offer(
                format!("Use {near}"),
                origin.fixed.clone(),
                EditValue::Number(u64::from(near)),
            ),
        );
    }
}

fn within_ceilings(servers: &[ServerSide], findings: &mut Vec<Finding>) -> bool {
    let total: u64 = servers.iter().map(|s| u64::from(s.class.positions())).sum();
    if total > u64::from(Limits::SERVERS) {
        let path = servers.first().map(|s| s.origin.quantity.clone()).unwrap_or_default();
        if !findings.iter().any(|f| f.path == path && f.code == Code::OutOfRange) {
            findings.push(
                Finding::new(
                    Code::OverCeiling,
                    path,
                    format!(
                        "The plan has {total} servers; Heddle plans up to {}.",
                        Limits::SERVERS
                    ),
                )
                .advise("Split the plan, or plan fewer servers."),
            );
        }
        return false;
    }
    let links: u64 = servers
        .iter()
        .map(|s| {
            let ports: u64 = s.class.connections.iter().map(|one| u64::from(one.ports)).sum();
            u64::from(s.class.positions()).saturating_mul(ports)
        })
        .fold(0, u64::saturating_add);
    if links > Limits::LINKS {
        findings.push(
            Finding::new(
                Code::OverCeiling,
                SpecPath::new("spec"),
                format!("The servers have {links} links; Heddle plans up to {}.", Limits::LINKS),
            )
            .advise("Split the plan, or plan fewer servers."),
        );
        return false;
    }
    true
}

/// Whether so many switches of each class are within the ceiling; a finding at the largest class
/// if they are not.
fn few_switches(
    primitives: &Primitives,
    counts: impl Iterator<Item = u32> + Clone,
    findings: &mut Vec<Finding>,
) -> bool {
    let total: u64 = counts.clone().map(u64::from).sum();
    if total <= u64::from(Limits::SWITCHES) {
        return true;
    }
    let largest = primitives.switches.iter().zip(counts).max_by_key(|(_, count)| *count);
    let Some(((class, origin), count)) = largest else { return true };
    findings.push(
        Finding::new(
            Code::OverCeiling,
            origin.fixed.clone(),
            format!(
                "The plan has {total} switches, {count} of them {}; Heddle plans up to {}.",
                class.id,
                Limits::SWITCHES
            ),
        )
        .advise("Split the plan, or plan fewer switches."),
    );
    false
}

/// Lanes of all zones of a kind, and their bandwidth in Gb/s.
pub(super) fn lanes_of(zones: &[ZoneLanes], kind: ZoneKind) -> (u32, u64) {
    zones.iter().filter(|z| z.kind == kind && z.peer_zone.is_none()).fold(
        (0, 0),
        |(lanes, bandwidth), z| {
            (lanes + z.lanes(), bandwidth + u64::from(z.lanes()) * u64::from(z.speed_gbps))
        },
    )
}

/// A ratio in its smallest whole numbers.
pub(super) fn reduced(a: u64, b: u64) -> (u64, u64) {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1), b / x.max(1))
}

impl Weaving<'_> {
    /// A switch class of the spec.
    pub(super) fn class(&self, n: usize) -> Option<(SwitchClass, Origin)> {
        self.primitives.switches.get(n).cloned()
    }

    /// True if zones of a switch class were refused, or its model is unknown.
    pub(super) fn is_incomplete(&self, n: usize) -> bool {
        let Some((class, _)) = self.primitives.switches.get(n) else { return false };
        self.switches.get(n).is_none_or(|switch| switch.zones.len() != class.zones.len())
    }

    /// True if what is wrong with some switch classes may only follow from what has been told:
    /// zones were refused, or, where it is about how many switches there are, connections left out.
    pub(super) fn follows(&self, classes: &[usize], about_numbers: bool) -> bool {
        let meant = |one: &LeftOut| one.switch.is_none_or(|switch| classes.contains(&switch));
        classes.iter().any(|n| self.is_incomplete(*n))
            || about_numbers && self.left_out.iter().any(meant)
    }

    /// The ids of classes of which links are missing for a reason that has been told.
    fn incomplete_classes(&self) -> BTreeSet<String> {
        let switches = self.primitives.switches.iter().enumerate();
        let refused = switches
            .filter(|(n, _)| self.follows(&[*n], true))
            .map(|(_, (class, _))| class.id.clone());
        let left_out = self.left_out.iter().map(|one| one.class_id.clone());
        left_out.chain(refused).collect()
    }

    /// Notes which zones are named by others.
    fn mark_named_zones(&mut self) {
        let named: BTreeSet<String> = self
            .switches
            .iter()
            .flat_map(|s| s.zones.iter().filter_map(|z| z.peer_zone.clone()))
            .collect();
        for (switch, (class, _)) in self.switches.iter_mut().zip(&self.primitives.switches) {
            for zone in &mut switch.zones {
                zone.named = named.contains(&format!("{}/{}", class.id, zone.id));
            }
        }
    }

    fn place_servers(&mut self, aimed: &[Aimed]) {
        for (s, (class, origin)) in self.primitives.switches.iter().enumerate() {
            if matches!(class.role, SwitchRole::Spine | SwitchRole::SuperSpine) {
                continue;
            }
            let wanted = aimed_at(aimed, s);
            let missing = missing_at(&self.left_out, s);
            // Whatever names the id of an earlier class means that one.
            let mut earlier = self.primitives.switches.iter().take(s);
            let named = !earlier.any(|(other, _)| other.id == class.id);
            let Some(switch) = self.switches.get_mut(s) else { continue };
            for (z, zone) in switch.zones.iter().enumerate() {
                let dark = zone.kind == ZoneKind::Server
                    && !zone.named
                    && zone.peer_zone.is_none()
                    && !wanted.iter().any(|(zone, _)| *zone == z);
                let meant = self.left_out.iter().any(|one| one.may_mean(s, class, &zone.id));
                if dark && origin.by_hand && named && !meant {
                    self.findings.push(
                        Finding::new(
                            Code::DarkZone,
                            zone.path.clone(),
                            format!("No server is connected to zone {} of {}.", zone.id, class.id),
                        )
                        .advise("Connect a server class to it, or remove the zone."),
                    );
                }
            }
            place_class(class, origin, switch, &wanted, &missing, self.catalog, self.findings);
            // With a zone that was refused the bandwidths are not those of the leaf.
            if switch.zones.len() == class.zones.len() {
                oversubscription(class, origin, switch, self.findings);
            }
        }
    }

    /// Places servers of imported plans that hang on spines. The leaves have said how many spines
    /// there are; without leaves the servers do.
    fn place_on_spines(&mut self, aimed: &[Aimed]) {
        for (s, (class, origin)) in self.primitives.switches.iter().enumerate() {
            let wanted = aimed_at(aimed, s);
            let missing = missing_at(&self.left_out, s);
            let Some(switch) = self.switches.get_mut(s) else { continue };
            if class.role != SwitchRole::Spine || wanted.is_empty() {
                continue;
            }
            let mut class = class.clone();
            if switch.count() > 0 {
                class.quantity = Quantity::Fixed(switch.count());
            }
            place_class(&class, origin, switch, &wanted, &missing, self.catalog, self.findings);
        }
    }

    /// Leaves that must stand in one pod, border leaves first, so that growth moves none of them.
    pub(super) fn units(&self, below: &[Below]) -> Vec<Unit> {
        let mut classes: Vec<usize> = below.iter().map(|b| b.class).collect();
        let border = |n: &usize| {
            self.primitives.switches.get(*n).is_some_and(|(c, _)| c.role == SwitchRole::BorderLeaf)
        };
        classes.sort_by_key(|n| !border(n));
        let mut units: Vec<Unit> = Vec::new();
        for class in classes {
            let Some(switch) = self.switches.get(class) else { continue };
            let by_turns = switch.placed.iter().filter_map(|(_, p)| p.group).max();
            let declared = self.primitives.switches.get(class).and_then(|(c, _)| group_size(c));
            let group = by_turns.max(declared).unwrap_or(1).max(1);
            let mut last: Option<u32> = None;
            let first_unit = units.len();
            for leaf in 0..switch.count() {
                let su = switch.places.get(leaf as usize).and_then(|place| place.su);
                let open = units.len() > first_unit;
                let joins = match (units.last(), su) {
                    (Some(_), Some(su)) if open => last == Some(su),
                    (Some(unit), None) if open => last.is_none() && unit.leaves < group,
                    _ => false,
                };
                match units.last_mut().filter(|_| joins) {
                    Some(unit) => unit.leaves += 1,
                    None => units.push(Unit { class, first: leaf, leaves: 1 }),
                }
                last = su;
            }
        }
        units
    }

    /// The most servers that fit on so many leaves, if one set of rails of a cluster decides, or
    /// groups of leaves that servers fill by turns.
    pub(super) fn most_servers(&self, below: &[Below], leaves: u32) -> Option<u32> {
        let [only] = below else { return None };
        let (class, origin) = self.primitives.switches.get(only.class)?;
        if class.quantity.fixed().is_some() {
            return None;
        }
        let switch = self.switches.get(only.class)?;
        let [(_, placed)] = switch.placed.as_slice() else { return None };
        if origin.by_hand {
            return None;
        }
        match placed.rails.as_slice() {
            [rails] => (leaves / rails.leaves_per_unit.max(1)).checked_mul(rails.su_size),
            [] => {
                // Full groups hold equally many servers: the first one shows how many.
                let group = placed.group.unwrap_or(1).max(1);
                let first: BTreeSet<u32> = switch
                    .placements
                    .iter()
                    .filter(|placement| placement.leaf < group)
                    .map(|placement| placement.server)
                    .collect();
                (leaves / group).checked_mul(u32::try_from(first.len()).ok()?)
            }
            _ => None,
        }
    }
}

/// The connections that may have been meant for a switch class and were left out.
fn missing_at(left_out: &[LeftOut], switch: usize) -> Vec<&LeftOut> {
    left_out.iter().filter(|one| one.switch.is_none_or(|n| n == switch)).collect()
}

/// The connections to a switch class, each with its zone.
fn aimed_at<'a>(aimed: &[Aimed<'a>], switch: usize) -> Vec<(usize, Wanted<'a>)> {
    aimed.iter().filter(|a| a.switch == switch).map(|a| (a.zone, a.wanted.clone())).collect()
}

/// Places what is connected to a class, by the rules that it is under.
fn place_class(
    class: &SwitchClass,
    origin: &Origin,
    switch: &mut Switches,
    wanted: &[(usize, Wanted)],
    missing: &[&LeftOut],
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) {
    let placed = match class.placement {
        PlacementRules::Native => Err(None),
        PlacementRules::Diet => place_diet(class, origin, switch, wanted, catalog, findings),
    };
    if let Err(computed) = placed {
        place_native(class, origin, switch, wanted, missing, computed, findings);
    }
}

/// Places a class by DIET's rules.
///
/// # Errors
/// Where they do not do: the number of leaves that DIET computes.
fn place_diet(
    class: &SwitchClass,
    origin: &Origin,
    switch: &mut Switches,
    wanted: &[(usize, Wanted)],
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) -> Result<(), Option<u32>> {
    let Some(model) = catalog.switches.get(&class.model) else { return Err(None) };
    let computed = match class.topology {
        Topology::Mesh => Some(0),
        Topology::SpineLeaf => diet::leaf_count(class, model, &switch.zones, &switch.slots, wanted),
    };
    let count = match (class.quantity, computed) {
        (Quantity::Fixed(n), _) => n,
        (Quantity::Automatic, Some(n)) => n,
        (Quantity::Automatic, None) => {
            findings.push(
                Finding::new(
                    Code::GroupSize,
                    origin.redundancy.clone(),
                    format!("{} would need more than four switches in its ESLAG group.", class.id),
                )
                .advise("Use fewer servers, a larger switch or MCLAG."),
            );
            return Ok(());
        }
    };
    let count = count.min(Limits::SWITCHES_PER_CLASS);
    let mut placements = Vec::new();
    for (z, zone) in switch.zones.iter().enumerate() {
        let of: Vec<&Wanted> = wanted.iter().filter(|(n, _)| *n == z).map(|(_, w)| w).collect();
        match diet::place(zone, &of, count) {
            Some(mut placed) => placements.append(&mut placed),
            None => {
                findings.push(diet_rules(
                    origin,
                    format!(
                        "DIET computes {count} switches of {} but finds no port left in zone {}; servers are placed by Heddle's own rules.",
                        class.id, zone.id
                    ),
                ));
                return Err(Some(count));
            }
        }
    }
    switch.places = vec![LeafPlace::default(); count as usize];
    for placement in &placements {
        let rail =
            wanted.iter().find(|(_, w)| w.group == placement.group).and_then(|(_, w)| {
                match w.connection.distribution {
                    crate::plan::Distribution::RailOptimised { rail, .. } => Some(rail),
                    _ => None,
                }
            });
        if let (Some(rail), Some(place)) = (rail, switch.places.get_mut(placement.leaf as usize)) {
            place.rail = Some(place.rail.map_or(rail, |known| known.min(rail)));
        }
    }
    switch.placements = placements;
    switch.sections = vec![count];
    Ok(())
}

fn place_native(
    class: &SwitchClass,
    origin: &Origin,
    switch: &mut Switches,
    wanted: &[(usize, Wanted)],
    missing: &[&LeftOut],
    computed: Option<u32>,
    findings: &mut Vec<Finding>,
) {
    let groups = Groups::of(class);
    let groups = Groups {
        any_rails: class.placement == PlacementRules::Diet,
        leaves: groups.leaves.or(computed),
        ..groups
    };
    for (z, zone) in switch.zones.iter().enumerate() {
        let of: Vec<Wanted> =
            wanted.iter().filter(|(n, _)| *n == z).map(|(_, w)| w.clone()).collect();
        if of.is_empty() {
            continue;
        }
        let mut placed = place(zone, &of, missing, groups, findings);
        for (n, place) in placed.leaves.iter().enumerate() {
            match switch.places.get_mut(n) {
                Some(known) if known.su.is_none() => *known = *place,
                Some(_) => {}
                None => switch.places.push(*place),
            }
        }
        switch.placements.append(&mut placed.placements);
        let path = of.first().map(|w| w.servers_path.clone()).unwrap_or_default();
        switch.placed.push((path, placed));
    }
    let mut count = u32::try_from(switch.places.len()).unwrap_or(u32::MAX);
    count = match (group_size(class), class.redundancy) {
        (Some(size), _) if count > 0 => count.next_multiple_of(size),
        (_, SwitchRedundancy::Redundant) if count == 1 => 2,
        _ => count,
    };
    if let Quantity::Fixed(fixed) = class.quantity {
        if fixed < count || fixed > Limits::SWITCHES_PER_CLASS {
            let path = origin.fixed.clone();
            let finding = Finding::new(
                Code::QuantityTooSmall,
                path.clone(),
                format!(
                    "{} is fixed at {}; its links need {count}.",
                    class.id,
                    counted(fixed, "switch", "switches")
                ),
            );
            findings.push(if class.topology == Topology::Mesh && count > 3 {
                finding
                    .advise("A mesh has at most three leaves: plan fewer servers, or use spines.")
            } else {
                finding.offer(format!("Use {count}"), path, EditValue::Number(u64::from(count)))
            });
        } else {
            let empty = fixed - count;
            // Those that wait for growth are meant, and a border leaf may have no servers.
            let follows = !missing.is_empty() || switch.zones.len() != class.zones.len();
            let bare = class.role == SwitchRole::Leaf && class.topology != Topology::Mesh;
            if empty > 0 && bare && !follows {
                findings.push(
                    Finding::new(
                        Code::EmptySwitches,
                        origin.fixed.clone(),
                        format!("{empty} of {fixed} switches of {} have no servers.", class.id),
                    )
                    .advise(format!("Use {count}, unless they are there for growth.")),
                );
            }
            count = fixed;
        }
    }
    switch.places.resize(count as usize, LeafPlace::default());
    switch.sections = vec![count];
}

/// Says where a leaf has more bandwidth down than up: above its target, or without one.
fn oversubscription(
    class: &SwitchClass,
    origin: &Origin,
    switch: &Switches,
    findings: &mut Vec<Finding>,
) {
    let (_, down) = lanes_of(&switch.zones, ZoneKind::Server);
    let (uplinks, up) = lanes_of(&switch.zones, ZoneKind::Uplink);
    if uplinks == 0 || class.topology == Topology::Mesh {
        return;
    }
    let (a, b) = reduced(down, up);
    match class.oversubscription {
        Some(target) if down * u64::from(target.up) > up * u64::from(target.down) => {
            findings.push(
                Finding::new(
                    Code::AboveTarget,
                    origin.base.clone(),
                    format!(
                        "A leaf of {} is oversubscribed {a}:{b}, above its target of {target}: {down} Gb/s to servers, {up} Gb/s to spines.",
                        class.id
                    ),
                )
                .advise("Give it more uplinks, or a higher target."),
            );
        }
        None if down > up => findings.push(
            Finding::new(
                Code::Oversubscribed,
                origin.base.clone(),
                format!(
                    "A leaf of {} is oversubscribed {a} : {b}: {down} Gb/s to servers, {up} Gb/s to spines.",
                    class.id
                ),
            )
            .advise("Give it more uplinks if servers should reach full speed."),
        ),
        _ => {}
    }
}
