//! The cages of a zone: that the model has them, that no other zone has them, and that they can be
//! broken out as the zone asks. Everything that is wrong is told at once, with the port list or
//! the breakout that mends it.

use super::expand::{Origin, Primitives};
use super::offers::{self, breakout_instead, needed_speed};
use crate::catalog::{Breakout, Catalog, PortGroup, PortList, PortPurpose, SwitchModel};
use crate::model::{Code, EditValue, Finding, Limits, SpecPath};
use crate::plan::{PlacementRules, PortOrder, PortZone, SwitchClass};
use std::collections::{BTreeMap, BTreeSet};

/// What the zones of a class are read with.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) class: &'a SwitchClass,
    pub(super) origin: &'a Origin,
    pub(super) model: &'a SwitchModel,
    pub(super) primitives: &'a Primitives,
    pub(super) catalog: &'a Catalog,
}

/// The zones of a class by the cages that they ask for, those that come later or are refused too:
/// an overlap is told at once, not when the zone it is with has been mended.
pub(super) struct Claims<'a> {
    reading: Reading<'a>,
    /// Positions of zones, ascending.
    by_cage: BTreeMap<u16, Vec<usize>>,
    /// Zones whose port list is wrong by itself.
    faulty: Vec<bool>,
    /// Zones that can be used, as far as they have been looked at.
    kept: Vec<bool>,
}

/// One zone while it is looked at.
struct ZoneCheck<'a> {
    reading: Reading<'a>,
    n: usize,
    zone: &'a PortZone,
    path: &'a SpecPath,
}

impl<'a> Claims<'a> {
    pub(super) fn new(reading: Reading<'a>) -> Self {
        let zones = || reading.class.zones.iter().take(Limits::LIST_ITEMS);
        let mut by_cage: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (n, zone) in zones().enumerate() {
            for cage in zone.ports.cages() {
                by_cage.entry(*cage).or_default().push(n);
            }
        }
        let faulty = zones().map(|zone| {
            let can = |cage: &u16| can(reading.model, zone.breakout, *cage);
            let cages = zone.ports.cages();
            cages.iter().any(can) && !cages.iter().all(can)
        });
        let faulty: Vec<bool> = faulty.collect();
        Self { reading, by_cage, kept: vec![false; faulty.len()], faulty }
    }

    /// Looks at the cages of the n-th zone; false if it cannot be used.
    pub(super) fn check(
        &mut self,
        n: usize,
        zone: &PortZone,
        path: &SpecPath,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let check = ZoneCheck { reading: self.reading, n, zone, path };
        // Not the first that fails: every one has its say.
        let exist = check.exist(findings);
        let free = check.are_free(self, findings);
        check.reserved(findings);
        let can = check.can_be_broken_out(findings);
        let kept = exist && free && can;
        if let Some(of) = self.kept.get_mut(n) {
            *of = kept;
        }
        kept
    }

    /// True if an overlap of two zones is to be mended in the n-th: in the later one, unless only
    /// the earlier one has a port list that is wrong anyway.
    fn yields(&self, n: usize, other: usize) -> bool {
        let faulty = |n: usize| self.faulty.get(n).copied().unwrap_or(false);
        match (faulty(n), faulty(other)) {
            (true, false) => true,
            (false, true) => false,
            _ => n > other,
        }
    }
}

/// True if the zones of a class have cages and breakouts that a model offers.
pub(super) fn fits(class: &SwitchClass, model: &SwitchModel) -> bool {
    let mut lanes: BTreeMap<u16, u8> = BTreeMap::new();
    for zone in class.zones.iter().take(Limits::LIST_ITEMS) {
        for cage in zone.ports.cages() {
            if !can(model, zone.breakout, *cage) {
                return false;
            }
            let most = lanes.entry(*cage).or_default();
            *most = zone.breakout.lanes.max(*most);
        }
    }
    let lanes: u32 = lanes.into_values().map(u32::from).sum();
    model.max_lanes.is_none_or(|most| lanes <= most)
}

/// True if a cage of a model is for traffic.
fn is_data(model: &SwitchModel, cage: u16) -> bool {
    model.port_group(cage).is_some_and(|group| group.purpose == PortPurpose::Data)
}

/// True if a model has a cage and can break it out so.
fn can(model: &SwitchModel, breakout: Breakout, cage: u16) -> bool {
    model.port_group(cage).is_some_and(|group| {
        group.breakouts.contains(&breakout) || model.incomplete && carries(group, breakout)
    })
}

impl ZoneCheck<'_> {
    fn at(&self, field: &str) -> SpecPath {
        if self.reading.origin.by_hand { self.path.field(field) } else { self.path.clone() }
    }

    /// A model to offer instead of that of the class.
    fn model_instead(&self) -> Option<&str> {
        let Reading { class, origin, model, primitives, catalog } = self.reading;
        let fits = |other: &SwitchModel| {
            offers::switch_fits((class, origin), other)
                && offers::speaks_with_fabric(class, primitives, catalog, other.protocol)
        };
        let found = offers::switch_instead(model, catalog, &primitives.used, fits);
        found.filter(|_| origin.by_hand)
    }

    /// A finding about the port list, with a list that mends it.
    fn about_ports(&self, code: Code, text: String, otherwise: &str) -> Finding {
        let finding = Finding::new(code, self.at("ports"), text);
        match self.ports_instead() {
            Some(ports) => finding.offer(
                format!("Use {ports}"),
                self.at("ports"),
                EditValue::Text(ports.to_string()),
            ),
            None => finding.advise(otherwise),
        }
    }

    fn exist(&self, findings: &mut Vec<Finding>) -> bool {
        let Self { zone, reading: Reading { class, model, .. }, .. } = self;
        let cages = zone.ports.cages().iter().copied();
        let unknown: Vec<u16> = cages.filter(|c| model.port_group(*c).is_none()).collect();
        if unknown.is_empty() {
            return true;
        }
        let text = format!(
            "Zone {} of {} uses {}; {} has cages {}.",
            zone.id,
            class.id,
            cages_of(&unknown),
            model.model,
            cages_words(model)
        );
        let otherwise = "Shorten the port list, or choose a larger model.";
        if model.incomplete {
            findings.push(
                Finding::new(Code::PortsBeyondType, self.at("ports"), text).advise(otherwise),
            );
            return true;
        }
        let finding = self.about_ports(Code::PortsOutsideDevice, text, otherwise);
        findings.push(self.or_other_model(finding));
        false
    }

    /// The finding with one more remedy: a model that does what the zones ask for, if the plan has
    /// one elsewhere. A number mistyped is no reason to buy another.
    fn or_other_model(&self, finding: Finding) -> Finding {
        let used = &self.reading.primitives.used;
        match self.model_instead().filter(|id| used.contains_key(*id)) {
            Some(id) => finding.also(
                format!("Use {id}"),
                self.reading.origin.model.clone(),
                EditValue::Text(id.to_owned()),
            ),
            None => finding,
        }
    }

    /// Tells of cages that other zones have; false if one of them has them in another way.
    fn are_free(&self, claims: &Claims, findings: &mut Vec<Finding>) -> bool {
        let Self { zone, reading: Reading { class, .. }, .. } = self;
        let native = class.placement == PlacementRules::Native;
        let mut shared: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
        let mut otherwise: BTreeMap<(&str, Breakout), Vec<u16>> = BTreeMap::new();
        let mut free = true;
        for cage in zone.ports.cages() {
            let others = claims.by_cage.get(cage).map(Vec::as_slice).unwrap_or_default();
            let others: Vec<(usize, &PortZone)> = others
                .iter()
                .filter(|other| **other != self.n && claims.yields(self.n, **other))
                .filter_map(|other| Some((*other, class.zones.get(*other)?)))
                .collect();
            if let Some((_, other)) = others.iter().find(|(_, z)| z.breakout == zone.breakout) {
                shared.entry(&other.id).or_default().push(*cage);
            } else if let Some((_, other)) = others.first().filter(|_| native) {
                otherwise.entry((&other.id, other.breakout)).or_default().push(*cage);
                let kept = |(n, _): &(usize, _)| claims.kept.get(*n).copied().unwrap_or(false);
                free &= !others.iter().any(kept);
            }
        }
        let advice = "Give each cage to one zone.";
        for ((other, breakout), cages) in otherwise {
            let text = format!(
                "{} of {} {} broken out as {breakout} in zone {other} and as {} in zone {}.",
                capital(&cages_of(&cages)),
                class.id,
                is_are(&cages),
                zone.breakout,
                zone.id
            );
            findings.push(self.about_ports(Code::CageTwoBreakouts, text, advice));
        }
        for (other, cages) in shared {
            let text = format!(
                "{} of {} {} in zone {other} and in zone {}.",
                capital(&cages_of(&cages)),
                class.id,
                is_are(&cages),
                zone.id
            );
            findings.push(if native {
                self.about_ports(Code::CageInTwoZones, text, advice)
            } else {
                Finding::new(Code::CageInTwoZones, self.at("ports"), text).advise(advice)
            });
        }
        free
    }

    fn reserved(&self, findings: &mut Vec<Finding>) {
        let Some(reserved) = &self.zone.reserved else { return };
        let of_zone = self.zone.ports.cages();
        let outside: Vec<u16> = reserved
            .cages()
            .iter()
            .copied()
            .filter(|cage| of_zone.binary_search(cage).is_err())
            .collect();
        if outside.is_empty() {
            return;
        }
        let text = format!(
            "{} {} reserved in zone {}, which does not have {}.",
            capital(&cages_of(&outside)),
            is_are(&outside),
            self.zone.id,
            if outside.len() == 1 { "it" } else { "them" }
        );
        findings.push(
            Finding::new(Code::ReservedOutside, self.at("reserved"), text)
                .advise("Reserve cages of the zone only."),
        );
    }

    fn can_be_broken_out(&self, findings: &mut Vec<Finding>) -> bool {
        let Self { zone, reading: Reading { model, .. }, .. } = self;
        // By what they offer instead.
        let mut unable: BTreeMap<&[Breakout], Vec<u16>> = BTreeMap::new();
        let mut unlisted: Option<(u16, &PortGroup)> = None;
        for cage in zone.ports.cages() {
            let Some(group) = model.port_group(*cage) else { continue };
            if group.breakouts.contains(&zone.breakout) {
                continue;
            }
            if model.incomplete && carries(group, zone.breakout) {
                unlisted = unlisted.or(Some((*cage, group)));
            } else {
                unable.entry(&group.breakouts).or_default().push(*cage);
            }
        }
        if let Some((cage, group)) = unlisted {
            findings.push(
                Finding::new(
                    Code::BreakoutUnlisted,
                    self.at("breakout"),
                    format!(
                        "{} does not list {} for cage {cage}; it lists {}.",
                        model.model,
                        zone.breakout,
                        offers(&group.breakouts)
                    ),
                )
                .advise("Check that the switch can do it."),
            );
        }
        let fault_of_ports = self.some_can();
        // Where nothing can, cages for management are not what is meant.
        let data = |cage: &u16| is_data(model, *cage);
        if !fault_of_ports && unable.values().flatten().any(data) {
            unable.retain(|_, cages| cages.iter().any(data));
        }
        for (breakouts, cages) in &unable {
            let text = format!(
                "{} of {} cannot be broken out as {}; {} {}.",
                capital(&cages_of(cages)),
                model.model,
                zone.breakout,
                if cages.len() == 1 { "it offers" } else { "they offer" },
                offers(breakouts)
            );
            findings.push(if fault_of_ports {
                let otherwise =
                    "Leave these cages out, or choose a breakout that all of them offer.";
                self.about_ports(Code::BreakoutUnsupported, text, otherwise)
            } else {
                self.about_breakout(text, &unable)
            });
        }
        unable.is_empty()
    }

    fn about_breakout(&self, text: String, unable: &BTreeMap<&[Breakout], Vec<u16>>) -> Finding {
        let Self { zone, reading: Reading { class, origin, primitives, catalog, .. }, .. } = self;
        let finding = Finding::new(Code::BreakoutUnsupported, self.at("breakout"), text);
        let mut of_groups = unable.keys();
        let first = of_groups.next().copied().unwrap_or_default();
        let rest: Vec<&[Breakout]> = of_groups.copied().collect();
        let common: Vec<Breakout> =
            first.iter().copied().filter(|b| rest.iter().all(|of| of.contains(b))).collect();
        let needed = needed_speed(class, zone, primitives, catalog);
        // A breakout of another speed than that of the far ends is known not to fit.
        let meets = |best: &Breakout| needed.is_none_or(|needed| best.speed_gbps == needed);
        let best = breakout_instead(zone.breakout, &common, needed).filter(|_| origin.by_hand);
        let unmet = needed.filter(|_| best.as_ref().is_some_and(|best| !meets(best)));
        let best = best.filter(meets);
        let mut finding = finding;
        match (best, self.model_instead()) {
            (None, Some(id)) => {
                // The far ends have what the zone asks for: it is the model that differs.
                finding.path = origin.model.clone();
                let value = EditValue::Text(id.to_owned());
                finding.offer(format!("Use {id}"), origin.model.clone(), value)
            }
            (Some(best), _) => {
                let value = EditValue::Text(best.to_string());
                self.or_other_model(finding.offer(
                    format!("Use {best}"),
                    self.at("breakout"),
                    value,
                ))
            }
            (None, None) => match unmet {
                Some(needed) => finding.advise(format!(
                    "Choose a model that offers {needed}G, or bring the far ends to a speed that \
                     these cages offer."
                )),
                None => finding.advise("Choose a breakout that the cage offers."),
            },
        }
    }

    /// True if any cage of the zone can be broken out as it asks.
    fn some_can(&self) -> bool {
        self.zone.ports.cages().iter().any(|cage| self.can(*cage))
    }

    fn can(&self, cage: u16) -> bool {
        can(self.reading.model, self.zone.breakout, cage)
    }

    /// The ports that the zone could have: of those written what exists, is in no other zone and
    /// can do the breakout; where none is left, as many of the free cages nearest to them.
    /// `None` if that cannot be written as one change of the port list.
    fn ports_instead(&self) -> Option<PortList> {
        let Self { zone, reading: Reading { class, origin, model, .. }, .. } = self;
        if !origin.by_hand || matches!(zone.order, PortOrder::Custom(_)) {
            return None;
        }
        let others: BTreeSet<u16> = class
            .zones
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != self.n)
            .flat_map(|(_, other)| other.ports.cages().iter().copied())
            .collect();
        // A breakout that is wrong everywhere has a remedy of its own.
        let any_breakout = !self.some_can();
        let usable = |cage: &u16| {
            model.port_group(*cage).is_some()
                && !others.contains(cage)
                && (any_breakout && is_data(model, *cage) || self.can(*cage))
        };
        let written = zone.ports.cages();
        let mut cages: Vec<u16> = written.iter().copied().filter(usable).collect();
        let data = model.ports.iter().filter(|group| group.purpose == PortPurpose::Data);
        let mut more: Vec<u16> = data
            .flat_map(|group| group.cages.cages().iter().copied())
            .filter(|cage| usable(cage) && written.binary_search(cage).is_err())
            .collect();
        if cages.is_empty() {
            more.sort_by_key(|cage| (distance(written, *cage), *cage));
            cages.extend(more.into_iter().take(written.len()));
            cages.sort_unstable();
        }
        let reserved = zone.reserved.iter().flat_map(|list| list.cages());
        if reserved.into_iter().any(|cage| cages.binary_search(cage).is_err()) {
            return None;
        }
        PortList::of_cages(&cages).ok()
    }
}

/// How far a cage is from the nearest of some, ascending.
fn distance(from: &[u16], cage: u16) -> u16 {
    let at = from.partition_point(|other| *other < cage);
    let below = at.checked_sub(1).and_then(|at| from.get(at));
    below.into_iter().chain(from.get(at)).map(|other| other.abs_diff(cage)).min().unwrap_or(0)
}

/// True if a cage has the bandwidth of a breakout.
fn carries(group: &PortGroup, breakout: Breakout) -> bool {
    u32::from(breakout.lanes).saturating_mul(breakout.speed_gbps) <= group.speed_gbps
}

fn offers(breakouts: &[Breakout]) -> String {
    let offers: Vec<String> = breakouts.iter().map(ToString::to_string).collect();
    offers.join(", ")
}

/// `cage 7`, or `cages 7-9,12`.
fn cages_of(cages: &[u16]) -> String {
    let list = PortList::of_cages(cages).map(|l| l.to_string()).unwrap_or_default();
    format!("{} {list}", if cages.len() == 1 { "cage" } else { "cages" })
}

fn is_are(cages: &[u16]) -> &'static str {
    if cages.len() == 1 { "is" } else { "are" }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The cages of a model: `1 to 64, and 65-66 for its own management`.
fn cages_words(model: &SwitchModel) -> String {
    let of = |purpose: PortPurpose| -> Vec<u16> {
        let groups = model.ports.iter().filter(|group| group.purpose == purpose);
        let mut cages: Vec<u16> = groups.flat_map(|group| group.cages.cages().to_vec()).collect();
        cages.sort_unstable();
        cages
    };
    let words = |cages: &[u16]| match (cages.first(), cages.last()) {
        (Some(1), Some(last)) if usize::from(*last) == cages.len() => format!("1 to {last}"),
        _ => PortList::of_cages(cages).map(|list| list.to_string()).unwrap_or_default(),
    };
    let (data, own) = (of(PortPurpose::Data), of(PortPurpose::Management));
    match own.is_empty() {
        true => words(&data),
        false => format!("{}, and {} for its own management", words(&data), words(&own)),
    }
}
