//! The switches above the leaves of each fabric: how many tiers, how many switches, which rules.
//!
//! Two tiers where they reach, else three, unless the spec decides. What cannot be built is refused
//! with what is missing and the nearest thing that works. Links are not made here but in
//! [`fill`](super::fill), from the plan of each fabric that this module returns.

mod refusals;

use super::diet;
use super::pods::{self, Pods, Wish};
use super::slots::{ZoneLanes, slots_of, zones_of};
use super::spines::{Above, Below, size};
use super::weave::{Switches, Weaving};
use super::{LinkGroup, LinkKind, Origin, speeds};
use crate::model::{Code, Finding, Limits, counted};
use crate::plan::{
    PlacementRules, Quantity, Spread, SwitchClass, SwitchRedundancy, SwitchRole, Tiers, Topology,
    ZoneKind,
};
use refusals::{no_pods, refused, unequal};

/// How the leaves of one fabric meet.
pub(super) enum Tier {
    /// In spines.
    Two {
        /// The spine class.
        spine: usize,
        /// The leaf classes, each with its link group.
        below: Vec<(Below, u32)>,
        /// Lanes of a spine.
        lanes: u32,
        /// Spines.
        count: u32,
        /// How uplinks are spread over them.
        spread: Spread,
    },
    /// In pods under super-spines.
    Three {
        /// The spine class.
        spine: usize,
        /// The super-spine class.
        super_spine: usize,
        /// The leaf classes, each with its link group.
        below: Vec<(usize, u32)>,
        /// The link group of spines and super-spines.
        upper_group: u32,
        /// What was asked for.
        wish: Wish,
        /// What came of it.
        pods: Pods,
    },
    /// In spines, by DIET's blocks.
    Diet {
        /// Leaves in DIET's order: class, position, link group.
        leaves: Vec<(usize, u32, u32)>,
        /// Spines in DIET's order: class, position.
        spines: Vec<(usize, u32)>,
        /// The links between them.
        links: Vec<diet::BlockLink>,
    },
}

/// Plans every fabric.
pub(super) fn plan(weaving: &mut Weaving) -> Vec<Tier> {
    let mut fabrics: Vec<String> =
        weaving.primitives.switches.iter().map(|(c, _)| c.fabric.clone()).collect();
    fabrics.sort_unstable();
    fabrics.dedup();
    fabrics.iter().filter_map(|fabric| of_fabric(weaving, fabric)).collect()
}

fn of_fabric(weaving: &mut Weaving, fabric: &str) -> Option<Tier> {
    let of = |role: SwitchRole| -> Vec<usize> {
        let classes = &weaving.primitives.switches;
        let is = |c: &SwitchClass| c.fabric == fabric && c.role == role;
        // Another with the same id has been told: it is no second class.
        let again = |n: usize, id: &str| classes.iter().take(n).any(|(c, _)| is(c) && c.id == id);
        let of = classes.iter().enumerate().filter(|(n, (c, _))| is(c) && !again(*n, &c.id));
        of.map(|(n, _)| n).collect()
    };
    let mut leaves: Vec<(usize, Vec<u16>)> = Vec::new();
    for (n, (class, _)) in weaving.primitives.switches.iter().enumerate() {
        let leaf_like = !matches!(class.role, SwitchRole::Spine | SwitchRole::SuperSpine);
        if class.fabric != fabric || !leaf_like || class.topology == Topology::Mesh {
            continue;
        }
        let slots = weaving.switches.get(n).map(|s| slots_of(&s.zones, ZoneKind::Uplink));
        if let Some(slots) = slots.filter(|slots| !slots.is_empty()) {
            leaves.push((n, slots));
        }
    }
    // By key, so that the order of the spec means nothing.
    let id = |n: usize| weaving.primitives.switches.get(n).map(|(c, _)| c.id.as_str());
    leaves.sort_by(|a, b| id(a.0).cmp(&id(b.0)));
    let (spines, supers) = (of(SwitchRole::Spine), of(SwitchRole::SuperSpine));
    let diet = spines
        .iter()
        .chain(leaves.iter().map(|(n, _)| n))
        .any(|n| weaving.class(*n).is_some_and(|(c, _)| c.placement == PlacementRules::Diet));
    // What the spec fixes stands there, even if nothing is cabled to it.
    for n in spines.iter().chain(&supers) {
        let fixed = weaving.class(*n).and_then(|(c, _)| c.quantity.fixed());
        let none = fixed.is_none() && supers.contains(n);
        if let Some(switch) = weaving.switches.get_mut(*n).filter(|_| !none) {
            switch.sections = vec![fixed.unwrap_or(0).min(Limits::SWITCHES_PER_CLASS)];
        }
    }
    if leaves.is_empty() {
        return None;
    }
    if diet {
        return of_diet(weaving, fabric, &leaves, &spines);
    }
    let (first_leaf, _) = leaves.first()?;
    let (leaf_class, leaf_origin) = weaving.class(*first_leaf)?;
    let (&[spine], true) = (spines.as_slice(), supers.len() <= 1) else {
        let (code, text, remedy) = if spines.is_empty() {
            (
                Code::NoSpine,
                format!(
                    "Leaves of {} have uplinks, but fabric {fabric} has no spine class.",
                    leaf_class.id
                ),
                "Add a spine class, or remove the uplink zones.",
            )
        } else {
            (
                Code::TwoSpineClasses,
                format!("Fabric {fabric} has more than one class of spines or super-spines."),
                "Keep one class of each for a fabric.",
            )
        };
        weaving.findings.push(Finding::new(code, leaf_origin.base.clone(), text).advise(remedy));
        return None;
    };
    let (spine_class, spine_origin) = weaving.class(spine)?;
    let spine_zones = weaving.switches.get(spine).map(|s| s.zones.clone())?;
    let fabric_slots = slots_of(&spine_zones, ZoneKind::Fabric);
    let lanes = u32::try_from(fabric_slots.len()).unwrap_or(u32::MAX);
    let Some(speed_gbps) = zones_of(&spine_zones, ZoneKind::Fabric).first().map(|z| z.speed_gbps)
    else {
        missing_fabric_zone(&spine_class, &spine_origin, weaving.findings);
        return None;
    };
    let uplinks = leaves.iter().flat_map(|(n, _)| {
        let zones = weaving.switches.get(*n).map(|s| zones_of(&s.zones, ZoneKind::Uplink));
        zones.into_iter().flatten().map(|zone| (*n, zone))
    });
    let unlike = speeds::of_uplinks(
        fabric,
        (weaving.primitives, &weaving.switches, weaving.catalog),
        &uplinks.collect::<Vec<_>>(),
        (spine, &zones_of(&spine_zones, ZoneKind::Fabric)),
    );
    if let Some(finding) = unlike {
        weaving.findings.push(finding);
        return None;
    }
    let redundant = leaves.iter().any(|(n, _)| {
        weaving.class(*n).is_some_and(|(c, _)| c.redundancy != SwitchRedundancy::None)
    });
    let least = if redundant { 2 } else { 1 };
    let below: Vec<Below> = leaves
        .iter()
        .map(|(class, slots)| Below {
            class: *class,
            switches: weaving.switches.get(*class).map_or(0, Switches::count),
            uplinks: u32::try_from(slots.len()).unwrap_or(u32::MAX),
        })
        .collect();
    let classes: Vec<usize> =
        leaves.iter().map(|(n, _)| *n).chain(spines.iter().chain(&supers).copied()).collect();
    let above = Above { lanes, least, quantity: spine_class.quantity, spread: spine_class.spread };
    let two = size(&above, &below);
    let want_three = match spine_class.tiers {
        Tiers::Three => true,
        Tiers::One | Tiers::Two => false,
        Tiers::Automatic => two.is_err() && !supers.is_empty(),
    };
    if want_three {
        let Some(&super_spine) = supers.first() else {
            weaving.findings.push(
                Finding::new(
                    Code::NoSuperSpine,
                    spine_origin.base.field("tiers"),
                    format!("Fabric {fabric} asks for three tiers, but has no super-spine class."),
                )
                .advise("Add a super-spine class, or use two tiers."),
            );
            return None;
        };
        return three_tiers(weaving, fabric, &below, &classes, spine, super_spine, least);
    }
    let count = match two {
        Ok(count) => count,
        Err(unfit) => {
            // Without the zones that were refused the numbers are not those of the spec.
            if weaving.follows(&classes, false) {
                return None;
            }
            let finding =
                refused(weaving, fabric, &below, &above, unfit, &leaf_origin, &spine_origin);
            weaving.findings.push(finding);
            return None;
        }
    };
    if count == 1 && !weaving.follows(&classes, true) {
        weaving.findings.push(Finding::new(
            Code::SingleSpine,
            spine_origin.base.clone(),
            format!("Fabric {fabric} stands on a single spine: if it fails, leaves cannot reach each other."),
        ));
    }
    let wanting = (fabric, "spines", &spine_origin.fixed);
    weaving.findings.extend(unequal(wanting, &above, &below, count));
    super::explain::of_spines(
        &spine_class,
        &spine_origin,
        &above,
        &below,
        count,
        weaving.explanations,
    );
    if let Some(switch) = weaving.switches.get_mut(spine) {
        switch.sections = vec![count];
    }
    // Super-spines wait for the third tier, however many there are to be then.
    for n in &supers {
        if let Some(switch) = weaving.switches.get_mut(*n) {
            switch.sections.clear();
        }
    }
    let below = below
        .into_iter()
        .map(|one| (one, weaving.group(fabric, LinkKind::LeafSpine, speed_gbps)))
        .collect();
    Some(Tier::Two { spine, below, lanes, count, spread: spine_class.spread })
}

fn missing_fabric_zone(class: &SwitchClass, origin: &Origin, findings: &mut Vec<Finding>) {
    // Zones that were refused have findings of their own.
    if !class.zones.iter().any(|z| z.kind == ZoneKind::Fabric) {
        findings.push(
            Finding::new(
                Code::NoZone,
                origin.base.field("zones"),
                format!("{} has no zone of kind `fabric` for the tier below.", class.id),
            )
            .advise("Add a zone of kind `fabric`."),
        );
    }
}

fn three_tiers(
    weaving: &mut Weaving,
    fabric: &str,
    below: &[Below],
    classes: &[usize],
    spine: usize,
    super_spine: usize,
    least: u32,
) -> Option<Tier> {
    let (spine_class, spine_origin) = weaving.class(spine)?;
    let (super_class, super_origin) = weaving.class(super_spine)?;
    let spine_switch = weaving.switches.get(spine)?;
    let super_zones = weaving.switches.get(super_spine).map(|s| s.zones.clone())?;
    let (down, up) = halves(&spine_switch.zones);
    let lanes = slots_of(&spine_switch.zones, ZoneKind::Fabric).len();
    let up_speed = spine_switch.speed_of(up.first().copied());
    let down_speed = spine_switch.speed_of(down.first().copied());
    let super_slots = slots_of(&super_zones, ZoneKind::Fabric);
    let super_speed =
        weaving.switches.get(super_spine).and_then(|s| s.speed_of(super_slots.first().copied()));
    let Some(super_speed) = super_speed else {
        missing_fabric_zone(&super_class, &super_origin, weaving.findings);
        return None;
    };
    let (Some(up_speed), Some(down_speed)) = (up_speed, down_speed) else {
        // A zone that is missing was told, or has findings of its own.
        if lanes > 0 {
            weaving.findings.push(
                Finding::new(
                    Code::PodTooSmall,
                    spine_origin.base.clone(),
                    format!(
                        "{} has {} for leaves and super-spines of {fabric}, and each need one at \
                         least.",
                        spine_class.id,
                        counted(lanes as u64, "port", "ports")
                    ),
                )
                .advise("Give its zones more ports."),
            );
        }
        return None;
    };
    if up_speed != super_speed {
        weaving.findings.push(
            Finding::new(
                Code::SpeedMismatch,
                super_origin.base.clone(),
                format!(
                    "Uplinks of spines have {up_speed}G, ports of super-spines {super_speed}G in fabric {fabric}."
                ),
            )
            .advise("Give both zones a breakout of the same speed."),
        );
        return None;
    }
    let used: Vec<&Below> = below.iter().filter(|b| b.switches > 0).collect();
    let uplinks = used.first().map_or(0, |b| b.uplinks);
    if let Some(other) = used.iter().find(|b| b.uplinks != uplinks) {
        if weaving.follows(classes, false) {
            return None;
        }
        let (class, origin) = weaving.class(other.class)?;
        weaving.findings.push(
            Finding::new(
                Code::UnlikeUplinks,
                origin.base.clone(),
                format!(
                    "{} has {} uplinks, other leaves of {fabric} have {uplinks}; with three tiers all have the same.",
                    class.id, other.uplinks
                ),
            )
            .advise("Give all leaves of the fabric the same number of uplinks."),
        );
        return None;
    }
    let wish = Wish {
        uplinks,
        down_lanes: u32::try_from(down.len()).unwrap_or(u32::MAX),
        up_lanes: u32::try_from(up.len()).unwrap_or(u32::MAX),
        spines: spine_class.quantity,
        least,
        pod_leaves: spine_class.pod_leaves,
        pods: super_class.pods,
        super_lanes: u32::try_from(super_slots.len()).unwrap_or(u32::MAX),
        super_spines: super_class.quantity,
        spread: super_class.spread,
    };
    let units = weaving.units(below);
    let pods = match pods::plan(&wish, &units) {
        Ok(pods) => pods,
        Err(why) => {
            if weaving.follows(classes, false) {
                return None;
            }
            let leaf = weaving.class(used.first()?.class)?.1;
            let finding =
                no_pods(weaving, fabric, &wish, why, &leaf, &spine_origin, &super_origin, below);
            weaving.findings.push(finding);
            return None;
        }
    };
    let (above, group) = wish.spine_group(pods.sized_for);
    let wanting = (fabric, "super-spines", &super_origin.fixed);
    weaving.findings.extend(unequal(wanting, &above, &[group], pods.super_spines));
    super::explain::of_pods(
        (&spine_class, &spine_origin),
        (&super_class, &super_origin),
        &wish,
        &pods,
        weaving.explanations,
    );
    let count = u32::try_from(pods.pods.len()).unwrap_or(u32::MAX);
    let groups = (0..count).map(|_| pods.spines).collect();
    if let Some(switch) = weaving.switches.get_mut(spine) {
        switch.sections = groups;
    }
    if let Some(switch) = weaving.switches.get_mut(super_spine) {
        switch.sections = (0..pods.spines).map(|_| pods.super_spines).collect();
    }
    for (pod, units) in (0..).zip(&pods.pods) {
        for unit in units {
            if let Some(switch) = weaving.switches.get_mut(unit.class) {
                for leaf in unit.first..unit.first + unit.leaves {
                    if let Some(place) = switch.places.get_mut(leaf as usize) {
                        place.pod = Some(pod);
                    }
                }
            }
        }
    }
    let below = used
        .iter()
        .map(|one| (one.class, weaving.group(fabric, LinkKind::LeafSpine, down_speed)))
        .collect();
    let upper_group = weaving.group(fabric, LinkKind::SpineSuperSpine, up_speed);
    Some(Tier::Three { spine, super_spine, below, upper_group, wish, pods })
}

/// The slots of a spine for leaves and for super-spines: its zones, or the halves of its fabric
/// zone where it has no uplink zone.
pub(super) fn halves(zones: &[ZoneLanes]) -> (Vec<u16>, Vec<u16>) {
    let mut down = slots_of(zones, ZoneKind::Fabric);
    let up = slots_of(zones, ZoneKind::Uplink);
    if !up.is_empty() {
        return (down, up);
    }
    let half = down.len() / 2;
    let mut up = down.split_off(half);
    up.truncate(half);
    (down, up)
}

/// Spines by DIET's rules: its number while that has enough ports, and its blocks while they fit.
fn of_diet(
    weaving: &mut Weaving,
    fabric: &str,
    leaves: &[(usize, Vec<u16>)],
    spines: &[usize],
) -> Option<Tier> {
    if spines.is_empty() {
        return None;
    }
    let mut cages = 0u64;
    let mut links = 0u64;
    for (n, slots) in leaves {
        let switch = weaving.switches.get(*n)?;
        let of_one: u64 =
            zones_of(&switch.zones, ZoneKind::Uplink).iter().map(|z| u64::from(z.cages)).sum();
        cages += u64::from(switch.count()) * of_one;
        links += u64::from(switch.count()) * slots.len() as u64;
    }
    let mut lanes_of_all = 0u64;
    let stem = |class: &SwitchClass| {
        format!("{}-", if class.name.is_empty() { &class.id } else { &class.name })
    };
    let by_name = |weaving: &Weaving, classes: &mut Vec<usize>| {
        classes.sort_by_key(|n| weaving.class(*n).map(|(c, _)| stem(&c)));
    };
    let mut spines = spines.to_vec();
    by_name(weaving, &mut spines);
    for n in &spines {
        let (class, origin) = weaving.class(*n)?;
        let switch = weaving.switches.get(*n)?;
        let lanes = slots_of(&switch.zones, ZoneKind::Fabric).len() as u64;
        let count = match class.quantity {
            Quantity::Fixed(fixed) => fixed,
            Quantity::Automatic => {
                let model = weaving.catalog.switches.get(&class.model)?;
                let count = diet::spine_count(cages, model, &switch.zones, &switch.slots);
                let needed = u32::try_from(links.div_ceil(lanes.max(1))).unwrap_or(u32::MAX);
                if count < needed && spines.len() == 1 && lanes > 0 {
                    weaving.findings.push(diet_rules(
                        &origin,
                        format!(
                            "DIET computes {count} spines for {fabric}, whose {links} links need {needed}; {needed} are used."
                        ),
                    ));
                    needed
                } else {
                    count
                }
            }
        };
        let count = count.min(Limits::SWITCHES_PER_CLASS);
        lanes_of_all += u64::from(count) * lanes;
        weaving.switches.get_mut(*n)?.sections = vec![count];
    }
    if links == 0 {
        return None;
    }
    let first = weaving.class(*spines.first()?)?;
    if links > Limits::LINKS {
        let text = format!(
            "The leaves of {fabric} have {links} uplinks; Heddle plans up to {} links.",
            Limits::LINKS
        );
        weaving.findings.push(
            Finding::new(Code::OverCeiling, first.1.quantity.clone(), text)
                .advise("Split the plan, or plan fewer leaves."),
        );
        return None;
    }
    if lanes_of_all < links {
        weaving.findings.push(
            Finding::new(
                Code::SpinePortsShort,
                first.1.quantity.clone(),
                format!(
                    "The spines of {fabric} have {lanes_of_all} ports and its leaves {links} uplinks: {} too few.",
                    links - lanes_of_all
                ),
            )
            .advise("Use more spines, or leave their number to be computed."),
        );
        return None;
    }
    let mut order: Vec<usize> = leaves.iter().map(|(n, _)| *n).collect();
    by_name(weaving, &mut order);
    let mut leaf_positions = Vec::new();
    let mut uplinks = Vec::new();
    let above = spines
        .iter()
        .filter_map(|n| {
            zones_of(&weaving.switches.get(*n)?.zones, ZoneKind::Fabric)
                .first()
                .map(|z| z.speed_gbps)
        })
        .min();
    for n in order {
        let slots = leaves.iter().find(|(class, _)| *class == n).map(|(_, slots)| slots)?;
        let switch = weaving.switches.get(n)?;
        let count = switch.count();
        let below = switch.speed_of(slots.first().copied())?;
        let above = above.unwrap_or(below);
        if above != below
            && let Some((_, origin)) = weaving.class(n)
        {
            weaving.findings.push(
                Finding::new(
                    Code::SpeedUnlike,
                    origin.base,
                    format!("Uplinks of {below}G join spine ports of {above}G in fabric {fabric}."),
                )
                .advise("Give both zones a breakout of the same speed."),
            );
        }
        let group = weaving.group(fabric, LinkKind::LeafSpine, below.min(above));
        for leaf in 0..count {
            leaf_positions.push((n, leaf, group));
            uplinks.push(u32::try_from(slots.len()).unwrap_or(u32::MAX));
        }
    }
    let mut spine_positions = Vec::new();
    let mut lanes = Vec::new();
    for n in &spines {
        let switch = weaving.switches.get(*n)?;
        let slots = slots_of(&switch.zones, ZoneKind::Fabric);
        for spine in 0..switch.count() {
            spine_positions.push((*n, spine));
            lanes.push(u32::try_from(slots.len()).unwrap_or(u32::MAX));
        }
    }
    let links = match diet::blocks(&uplinks, &lanes, false) {
        Some(links) => links,
        None => {
            weaving.findings.push(diet_rules(
                &first.1,
                format!("DIET's blocks overflow the first spines of {fabric}; what does not divide goes round instead."),
            ));
            match diet::blocks(&uplinks, &lanes, true) {
                Some(links) => links,
                None => {
                    weaving.findings.push(
                        Finding::new(
                            Code::SpinePortsShort,
                            first.1.quantity.clone(),
                            format!("The uplinks of {fabric} cannot be spread over its spines."),
                        )
                        .advise("Use more spines, or leave their number to be computed."),
                    );
                    return None;
                }
            }
        }
    };
    if let (Some(fewest), true) = (uplinks.iter().min(), spine_positions.len() > 1)
        && (*fewest as usize) < spine_positions.len()
    {
        weaving.findings.push(
            Finding::new(
                Code::SpineUnreached,
                first.1.base.clone(),
                format!(
                    "A leaf of {fabric} has {} for {} spines: some it does not reach.",
                    counted(*fewest, "uplink", "uplinks"),
                    spine_positions.len()
                ),
            )
            .advise("Give leaves more uplinks, or use fewer spines."),
        );
    }
    if let [spine] = spines.as_slice() {
        let below: Vec<Below> = leaves
            .iter()
            .map(|(class, slots)| Below {
                class: *class,
                switches: weaving.switches.get(*class).map_or(0, Switches::count),
                uplinks: u32::try_from(slots.len()).unwrap_or(u32::MAX),
            })
            .collect();
        let count = weaving.switches.get(*spine).map_or(0, Switches::count);
        super::explain::of_diet_spines(
            &first.0,
            &first.1,
            cages,
            &below,
            count,
            weaving.explanations,
        );
    }
    Some(Tier::Diet { leaves: leaf_positions, spines: spine_positions, links })
}

/// The finding that DIET's rules did not do.
pub(super) fn diet_rules(origin: &Origin, text: String) -> Finding {
    Finding::new(Code::DietRules, origin.base.clone(), text)
}

impl Weaving<'_> {
    /// A new group of links.
    pub(super) fn group(&mut self, fabric: &str, kind: LinkKind, speed_gbps: u32) -> u32 {
        let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(LinkGroup { fabric: fabric.to_owned(), kind, speed_gbps });
        group
    }
}
