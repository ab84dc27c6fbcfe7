//! Gives each device its place – that of the rule, or the one chosen by hand – names the racks,
//! adds up what stands in each, and says what does not fit, overlaps or is too much.

use super::layout::{Block, Layout};
use super::{Place, Rack, Racking};
use crate::fabric::names::ClassWords;
use crate::fabric::{DeviceRole, NameParts, NamePattern};
use crate::model::{Code, EditValue, Finding, Limits, SpecPath, nearest};
use crate::plan::Racks;
use std::collections::{BTreeMap, BTreeSet};

impl Layout<'_> {
    /// Places every device and says what does not fit.
    pub fn place(&self, spec: &Racks, path: &SpecPath, findings: &mut Vec<Finding>) -> Racking {
        let by_hand = self.by_hand(spec, path, findings);
        let mut homeless: BTreeMap<usize, u32> = BTreeMap::new();
        let mut spots = Vec::with_capacity(self.fabric.devices.len());
        let mut used: BTreeSet<(Block, u32)> = BTreeSet::new();
        for (n, device) in self.fabric.devices.iter().enumerate() {
            if self.is_external(device.class) {
                spots.push(None);
                continue;
            }
            let spot = self.spot(n);
            if spot.is_none() && !by_hand.contains_key(&(n as u32)) {
                *homeless.entry(device.class as usize).or_default() += 1;
            }
            // A rack stands where the rule has it, also if its only device was moved by hand.
            used.extend(spot.iter().map(|(block, rack, _)| (*block, *rack)));
            spots.push(spot);
        }
        self.say_homeless(&homeless, path, findings);
        let mut racking = Racking {
            model: spec.model.clone(),
            rack_units: self.room.units,
            ..Racking::default()
        };
        let mut patterns: BTreeMap<Block, NamePattern> = BTreeMap::new();
        let mut index: BTreeMap<(Block, u32), u32> = BTreeMap::new();
        let mut named: BTreeMap<String, u32> = BTreeMap::new();
        for (block, rack) in used {
            let pattern =
                patterns.entry(block).or_insert_with(|| self.pattern(&block, spec, path, findings));
            let su = if let Block::Su(su) = block { Some(su) } else { None };
            let name = pattern.render(&NameParts { number: rack + 1, su, rail: None, pod: None });
            let at = push_rack(&mut racking, name, self.stand(&block, rack));
            index.insert((block, rack), at);
        }
        for (n, rack) in (0..).zip(&racking.racks) {
            if named.insert(rack.name.to_lowercase(), n).is_some() {
                findings.push(
                    Finding::new(
                        Code::NameCollision,
                        path.field("name"),
                        format!("Two racks would be called {}.", rack.name),
                    )
                    .advise("Use a pattern that tells them apart, with {class} in it."),
                );
                break;
            }
        }
        let mut by_hand_only = 0;
        for (name, _, _) in by_hand.values() {
            named.entry(name.to_lowercase()).or_insert_with(|| {
                let stand = self.stand(&Block::ByHand, by_hand_only);
                by_hand_only += 1;
                push_rack(&mut racking, name.clone(), stand)
            });
        }
        racking.places = (0u32..)
            .zip(&spots)
            .map(|(n, spot)| match by_hand.get(&n) {
                Some((name, unit, _)) => {
                    let rack = *named.get(&name.to_lowercase())?;
                    Some(Place { rack, unit: *unit, by_hand: true })
                }
                None => {
                    let (block, rack, unit) = spot.as_ref()?;
                    let rack = *index.get(&(*block, *rack))?;
                    Some(Place { rack, unit: *unit, by_hand: false })
                }
            })
            .collect();
        self.weigh(&mut racking, &by_hand, path, findings);
        racking
    }

    /// True for a class of devices that others have placed already.
    fn is_external(&self, class: u32) -> bool {
        let class = self.fabric.classes.get(class as usize);
        class.is_some_and(|class| class.role == DeviceRole::External)
    }

    fn pattern(
        &self,
        block: &Block,
        spec: &Racks,
        path: &SpecPath,
        findings: &mut Vec<Finding>,
    ) -> NamePattern {
        let class = self.words(block);
        let of = match block {
            Block::Lane { class, .. } => self.fabric.classes.get(*class),
            _ => None,
        };
        let words = ClassWords {
            class: &class,
            fabric: of.and_then(|c| c.fabric.as_deref()).unwrap_or(""),
            role: of.map_or("", |c| c.role.name()),
            site: self.site,
        };
        NamePattern::parse(&spec.name, words).unwrap_or_else(|why| {
            let finding = Finding::new(Code::InvalidText, path.field("name"), why)
                .advise("Write a pattern such as {class}-r{number:2}.");
            if !findings.contains(&finding) {
                findings.push(finding);
            }
            NamePattern::numbered(&class, 2)
        })
    }

    /// The places of the spec that can be used: rack, unit and where it stands in the spec, by
    /// device.
    fn by_hand(
        &self,
        spec: &Racks,
        path: &SpecPath,
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<u32, (String, u32, SpecPath)> {
        let mut by_hand = BTreeMap::new();
        for (n, place) in spec.places.iter().enumerate().take(Limits::LIST_ITEMS) {
            let path = path.field("places").index(n);
            let found = place.device.rsplit_once('/').and_then(|(class, number)| {
                let class = self.fabric.class(class)?;
                let own = class.role != DeviceRole::External;
                own.then(|| class.device(number.parse().ok()?)).flatten()
            });
            let Some(device) = found else {
                let shown: String = place.device.chars().take(60).collect();
                let class = shown.split('/').next().unwrap_or("");
                let near = nearest(class, self.fabric.classes.iter().map(|c| c.id.as_str()));
                findings.push(
                    Finding::new(
                        Code::UnknownReference,
                        path.field("device"),
                        format!("There is no device `{shown}` in the plan."),
                    )
                    .advise(format!(
                        "Write the class and the number, such as {}/1.",
                        near.or(self.fabric.classes.first().map(|c| c.id.as_str()))
                            .unwrap_or("leaf")
                    )),
                );
                continue;
            };
            let name = place.rack.trim();
            if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
                findings.push(
                    Finding::new(
                        Code::InvalidText,
                        path.field("rack"),
                        "A rack needs a name of at most 100 characters.",
                    )
                    .advise("Name the rack."),
                );
                continue;
            }
            let class = self.fabric.devices.get(device as usize).map_or(0, |d| d.class as usize);
            let units = self.body(class).units;
            let top = self.room.units.saturating_add(1).saturating_sub(units);
            if !(1..=top).contains(&place.unit) {
                let finding = Finding::new(
                    Code::RackTooSmall,
                    path.field("unit"),
                    format!(
                        "{} is {units} units high and cannot stand at unit {} of a rack of {} units.",
                        self.fabric.device_name(device),
                        place.unit,
                        self.room.units
                    ),
                );
                findings.push(match top {
                    0 => finding.advise("Choose a higher rack."),
                    _ => finding.offer(
                        format!("Use unit {top}"),
                        path.field("unit"),
                        EditValue::Number(u64::from(top)),
                    ),
                });
                continue;
            }
            if by_hand.contains_key(&device) {
                findings.push(
                    Finding::new(
                        Code::DuplicateId,
                        path.field("device"),
                        format!("{} has two places.", self.fabric.device_name(device)),
                    )
                    .advise("Leave one of them."),
                );
                continue;
            }
            by_hand.insert(device, (name.to_owned(), place.unit, path));
        }
        by_hand
    }

    fn say_homeless(
        &self,
        homeless: &BTreeMap<usize, u32>,
        path: &SpecPath,
        findings: &mut Vec<Finding>,
    ) {
        for (class, count) in homeless {
            let Some(of) = self.fabric.classes.get(*class) else { continue };
            let body = self.body(*class);
            let known = |n: Option<u32>, unit: &str| {
                n.map_or_else(|| "an unknown".to_owned(), |n| format!("{n} {unit}"))
            };
            findings.push(
                Finding::new(
                    Code::RackTooSmall,
                    path.field("model"),
                    format!(
                        "{count} devices of {} fit no rack: each is {} units high, draws {} and weighs {}.",
                        of.id,
                        body.units,
                        known(body.power_w, "W"),
                        known(body.weight_g.map(|g| g.div_ceil(1000)), "kg"),
                    )
                    .replace("an unknown", "an unknown amount"),
                )
                .advise("Choose a rack that is higher or may hold more, or another model."),
            );
        }
    }

    /// Adds up what stands in each rack, and says where that is too much or overlaps.
    fn weigh(
        &self,
        racking: &mut Racking,
        by_hand: &BTreeMap<u32, (String, u32, SpecPath)>,
        path: &SpecPath,
        findings: &mut Vec<Finding>,
    ) {
        let mut units: Vec<Vec<Option<u32>>> =
            vec![vec![None; self.room.units as usize]; racking.racks.len()];
        let mut unknown: BTreeMap<&str, &'static str> = BTreeMap::new();
        let mut clashes: BTreeSet<(u32, u32)> = BTreeSet::new();
        for (n, place) in (0u32..).zip(&racking.places) {
            let Some(place) = place else { continue };
            let class = self.fabric.devices.get(n as usize).map_or(0, |d| d.class as usize);
            let body = self.body(class);
            if let Some(model) = self.fabric.classes.get(class).map(|c| c.model.as_str()) {
                match (body.power_w, body.weight_g) {
                    (None, None) => drop(unknown.insert(model, "watts and weight")),
                    (None, _) => drop(unknown.insert(model, "watts")),
                    (_, None) => drop(unknown.insert(model, "weight")),
                    _ => {}
                }
            }
            let Some(rack) = racking.racks.get_mut(place.rack as usize) else { continue };
            rack.used_units += body.units;
            rack.power_w += body.power_w.map_or(0, u64::from);
            rack.power_unknown += u32::from(body.power_w.is_none());
            rack.weight_g += body.weight_g.map_or(0, u64::from);
            rack.weight_unknown += u32::from(body.weight_g.is_none());
            let Some(column) = units.get_mut(place.rack as usize) else { continue };
            for unit in place.unit..place.unit.saturating_add(body.units) {
                let Some(taken) = column.get_mut(unit.saturating_sub(1) as usize) else { continue };
                match *taken {
                    Some(other) => drop(clashes.insert((other, n))),
                    None => *taken = Some(n),
                }
            }
        }
        for (a, b) in clashes {
            let at = [b, a].into_iter().find_map(|n| by_hand.get(&n)).map(|(_, _, at)| at.clone());
            let place = racking.place(b).map(|(rack, unit)| (rack.name.clone(), unit));
            let (rack, unit) = place.unwrap_or_default();
            findings.push(
                Finding::new(
                    Code::RackUnitTaken,
                    at.unwrap_or_else(|| path.clone()),
                    format!(
                        "{} and {} would share units of rack {rack}, at unit {unit}.",
                        self.fabric.device_name(a),
                        self.fabric.device_name(b)
                    ),
                )
                .advise("Give one of them units that are free."),
            );
        }
        for rack in &racking.racks {
            let mut over = Vec::new();
            if rack.power_w > self.room.power_w {
                over.push(format!("draw {} W of {} W", rack.power_w, self.room.power_w));
            }
            if rack.weight_g > self.room.weight_g {
                let kg = |grams: u64| grams.div_ceil(1000);
                over.push(format!(
                    "weigh {} kg of {} kg",
                    kg(rack.weight_g),
                    kg(self.room.weight_g)
                ));
            }
            if !over.is_empty() {
                findings.push(
                    Finding::new(
                        Code::RackOverloaded,
                        path.field("places"),
                        format!("The devices of rack {} {}.", rack.name, over.join(" and ")),
                    )
                    .advise("Move a device to another rack."),
                );
            }
        }
        // Weight and watts of some models are nowhere published; one line says which.
        if !unknown.is_empty() {
            let list: Vec<String> =
                unknown.iter().map(|(model, what)| format!("{model} ({what})")).collect();
            findings.push(
                Finding::new(
                    Code::RackFiguresUnknown,
                    path.field("model"),
                    format!(
                        "The catalogue does not know all of {}; totals leave it out.",
                        list.join(", ")
                    ),
                )
                .advise("Copy the model into the plan and put in the figures."),
            );
        }
    }
}
fn push_rack(racking: &mut Racking, name: String, (row, column): (i32, u32)) -> u32 {
    let at = u32::try_from(racking.racks.len()).unwrap_or(u32::MAX);
    racking.racks.push(Rack {
        name,
        row,
        column,
        used_units: 0,
        power_w: 0,
        power_unknown: 0,
        weight_g: 0,
        weight_unknown: 0,
    });
    at
}
