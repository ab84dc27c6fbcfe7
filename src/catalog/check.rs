//! Whether the figures of one model agree with each other.
//!
//! A model may come from a stranger's file. What is checked here once, every other room may rely
//! on: ids are ids, cages belong to one group, breakouts fit their cage, names differ, and nothing
//! is of a size that would cost memory or overflow a sum.

use super::{
    AssemblyModel, Breakout, FibreModel, NicModel, PortList, PortNaming, RackModel, ServerModel,
    Source, SwitchModel, TransceiverModel,
};
use crate::model::{Limits, is_valid_id};
use std::collections::BTreeSet;

/// What is the matter with a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The id cannot be one.
    #[error(
        "an id is a lower-case letter, then lower-case letters, digits and dashes, at most {} \
         characters",
        Limits::ID_CHARS
    )]
    Id,
    /// A text that is empty or too long.
    #[error("`{0}` is empty or longer than {MAX_TEXT_CHARS} characters")]
    Text(&'static str),
    /// A number outside what hardware can be.
    #[error("`{field}` is {value}, which is outside {least} to {most}")]
    Number {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
        /// The least that is allowed.
        least: u64,
        /// The most that is allowed.
        most: u64,
    },
    /// A list with too many items, or none where one is needed.
    #[error("`{0}` has no items or more than {MAX_ITEMS}")]
    Items(&'static str),
    /// A cage in two groups.
    #[error("cage {0} is in two groups of ports; name each cage once")]
    CageTwice(u16),
    /// A breakout that needs more than its cage has.
    #[error("the breakout {breakout} is more than {speed_gbps}G; leave it out or correct it")]
    BreakoutTooFast {
        /// The breakout.
        breakout: Breakout,
        /// What the cage or transceiver can do.
        speed_gbps: u32,
    },
    /// A pattern for names without what makes names differ.
    #[error("the name `{0}` needs {1}, or ports would have the same name")]
    Naming(String, &'static str),
    /// A first cage that gives numbers no switch has.
    #[error("`first_cage` is {0}; no cage may have a number below 0 or far above the last")]
    FirstCage(i16),
    /// Two ports with one name.
    #[error("two ports are called `{0}`")]
    NameTwice(String),
    /// Lanes that cannot be shared equally among plugs or sockets.
    #[error("the breakout {0} cannot be shared equally among {1} plugs or sockets")]
    Uneven(Breakout, u8),
    /// Lengths that do not ascend.
    #[error("`lengths_cm` must ascend without repetition")]
    Lengths,
    /// Optical lanes that do not make the speed.
    #[error("{connectors} sockets of {lanes} lanes do not divide {speed_gbps}G evenly")]
    OpticalLanes {
        /// Sockets.
        connectors: u8,
        /// Lanes in each.
        lanes: u8,
        /// Speed of the whole.
        speed_gbps: u32,
    },
    /// A server with a card that the catalogue does not have.
    #[error("the catalogue has no NIC `{nic}`{}", hint(near.as_deref()))]
    UnknownNic {
        /// The card.
        nic: String,
        /// The nearest id.
        near: Option<String>,
    },
}

fn hint(near: Option<&str>) -> String {
    near.map_or_else(
        || "; add it under `nics`".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    )
}

/// The longest text of a model, in characters.
const MAX_TEXT_CHARS: usize = 200;
/// The most items of a list inside a model.
const MAX_ITEMS: usize = 64;
/// Taller than any rack.
const MAX_RACK_UNITS: u64 = 100;
/// Ten tonnes, in grams.
const MAX_WEIGHT_G: u64 = 10_000_000;
/// A megawatt.
const MAX_POWER_W: u64 = 1_000_000;
/// A kilometre, in centimetres.
const MAX_LENGTH_CM: u64 = 100_000;

/// A model that can be checked.
pub(super) trait Checked {
    /// Its id.
    fn id(&self) -> &str;
    /// The first flaw, if there is one.
    fn flaw(&self) -> Option<Flaw>;
}

type Sound = Result<(), Flaw>;

fn id(id: &str) -> Sound {
    if is_valid_id(id) { Ok(()) } else { Err(Flaw::Id) }
}

fn texts(texts: &[(&'static str, &str)]) -> Sound {
    let bad = |text: &str| text.trim().is_empty() || text.chars().count() > MAX_TEXT_CHARS;
    match texts.iter().find(|(_, text)| bad(text)) {
        Some((field, _)) => Err(Flaw::Text(field)),
        None => Ok(()),
    }
}

fn number(field: &'static str, value: impl Into<u64>, least: u64, most: u64) -> Sound {
    let value = value.into();
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(Flaw::Number { field, value, least, most })
    }
}

fn optional(field: &'static str, value: Option<u32>, most: u64) -> Sound {
    value.map_or(Ok(()), |value| number(field, value, 1, most))
}

fn items<T>(field: &'static str, list: &[T]) -> Sound {
    if list.is_empty() || list.len() > MAX_ITEMS { Err(Flaw::Items(field)) } else { Ok(()) }
}

/// The note and the sources, which every model has.
fn remarks(note: Option<&str>, list: &[Source]) -> Sound {
    if note.is_some_and(|note| note.trim().is_empty() || note.chars().count() > Limits::TEXT_CHARS)
    {
        return Err(Flaw::Text("note"));
    }
    if list.len() > MAX_ITEMS {
        return Err(Flaw::Items("sources"));
    }
    list.iter().try_for_each(|source| {
        if source.url.chars().count() > Limits::TEXT_CHARS {
            return Err(Flaw::Text("url"));
        }
        texts(&[("figure", &source.figure), ("url", source.url.get(..1).unwrap_or_default())])
    })
}

fn lengths(list: &[u32]) -> Sound {
    items("lengths_cm", list)?;
    list.iter().try_for_each(|cm| number("lengths_cm", *cm, 1, MAX_LENGTH_CM))?;
    if list.is_sorted_by(|a, b| a < b) { Ok(()) } else { Err(Flaw::Lengths) }
}

fn naming(naming: &PortNaming) -> Sound {
    texts(&[("whole", &naming.whole), ("lane", &naming.lane)])?;
    for text in [&naming.whole, &naming.lane] {
        if !text.contains("{cage}") {
            return Err(Flaw::Naming(text.clone(), "{cage}"));
        }
    }
    if !naming.lane.contains("{lane}") {
        return Err(Flaw::Naming(naming.lane.clone(), "{lane}"));
    }
    number("first_lane", naming.first_lane, 0, 1)?;
    if naming.first_cage.unsigned_abs() > PortList::MAX_CAGE {
        return Err(Flaw::FirstCage(naming.first_cage));
    }
    for (lanes, labels) in &naming.lane_labels {
        if labels.len() != usize::from(*lanes) {
            return Err(Flaw::Items("lane_labels"));
        }
        labels.iter().try_for_each(|label| texts(&[("lane_labels", label)]))?;
    }
    Ok(())
}

impl SwitchModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("slug", &self.slug),
        ])?;
        number("rack_units", self.rack_units, 1, MAX_RACK_UNITS)?;
        optional("weight_g", self.weight_g, MAX_WEIGHT_G)?;
        optional("typical_power_w", self.typical_power_w, MAX_POWER_W)?;
        optional("max_power_w", self.max_power_w, MAX_POWER_W)?;
        remarks(self.note.as_deref(), &self.sources)?;
        naming(&self.naming)?;
        items("ports", &self.ports)?;
        let mut cages = BTreeSet::new();
        for group in &self.ports {
            group.naming.as_ref().map_or(Ok(()), naming)?;
            items("breakouts", &group.breakouts)?;
            if let Some(cage) = group.cages.cages().iter().find(|cage| !cages.insert(**cage)) {
                return Err(Flaw::CageTwice(*cage));
            }
            fits(&group.breakouts, group.speed_gbps)?;
        }
        optional("max_lanes", self.max_lanes, 16_384)?;
        self.names_differ()
    }

    /// No two cages are called the same, and no two lanes of the switch under one breakout.
    fn names_differ(&self) -> Sound {
        let mut wholes = BTreeSet::new();
        for cage in self.ports.iter().flat_map(|group| group.cages.cages()) {
            let first_cage = self.naming_of(*cage).first_cage;
            if i32::from(*cage) + i32::from(first_cage) < 1 {
                return Err(Flaw::FirstCage(first_cage));
            }
            let name = self.cage_name(*cage);
            if !wholes.insert(name.clone()) {
                return Err(Flaw::NameTwice(name));
            }
        }
        for group in &self.ports {
            for breakout in group.breakouts.iter().filter(|breakout| breakout.lanes > 1) {
                let mut lanes = BTreeSet::new();
                for cage in group.cages.cages() {
                    for lane in 0..breakout.lanes {
                        let name = self.port_name(*cage, *breakout, lane);
                        if !lanes.insert(name.clone()) {
                            return Err(Flaw::NameTwice(name));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn fits(breakouts: &[Breakout], speed_gbps: u32) -> Sound {
    match breakouts.iter().find(|b| u32::from(b.lanes) * b.speed_gbps > speed_gbps) {
        Some(breakout) => Err(Flaw::BreakoutTooFast { breakout: *breakout, speed_gbps }),
        None => Ok(()),
    }
}

impl NicModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("slug", &self.slug),
        ])?;
        number("ports", self.ports, 1, 16)?;
        number("speed_gbps", self.speed_gbps, 1, 3_200)?;
        optional("max_power_w", self.max_power_w, MAX_POWER_W)?;
        remarks(self.note.as_deref(), &self.sources)
    }
}

impl ServerModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("slug", &self.slug),
        ])?;
        number("rack_units", self.rack_units, 1, MAX_RACK_UNITS)?;
        optional("weight_g", self.weight_g, MAX_WEIGHT_G)?;
        optional("typical_power_w", self.typical_power_w, MAX_POWER_W)?;
        optional("max_power_w", self.max_power_w, MAX_POWER_W)?;
        number("gpus", self.gpus, 0, 1_000)?;
        if self.nics.len() > MAX_ITEMS {
            return Err(Flaw::Items("nics"));
        }
        for set in &self.nics {
            id(&set.nic)?;
            number("quantity", set.quantity, 1, 64)?;
            number("ports_per_cage", set.ports_per_cage, 1, 8)?;
        }
        remarks(self.note.as_deref(), &self.sources)
    }
}

impl TransceiverModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("standard", &self.standard),
        ])?;
        number("speed_gbps", self.speed_gbps, 1, 3_200)?;
        number("connectors", self.connectors, 1, 8)?;
        number("lanes_per_connector", self.lanes_per_connector, 1, 16)?;
        number("reach_m", self.reach_m, 1, 200_000)?;
        optional("max_power_mw", self.max_power_mw, 100_000)?;
        items("breakouts", &self.breakouts)?;
        fits(&self.breakouts, self.speed_gbps)?;
        let lanes = u32::from(self.connectors) * u32::from(self.lanes_per_connector);
        if !self.speed_gbps.is_multiple_of(lanes) {
            return Err(Flaw::OpticalLanes {
                connectors: self.connectors,
                lanes: self.lanes_per_connector,
                speed_gbps: self.speed_gbps,
            });
        }
        match self.breakouts.iter().find(|b| !shares(b.lanes, self.connectors)) {
            Some(breakout) => Err(Flaw::Uneven(*breakout, self.connectors)),
            None => remarks(self.note.as_deref(), &self.sources),
        }
    }
}

/// True if links can be shared equally among sockets, or sockets equally among links.
fn shares(links: u8, sockets: u8) -> bool {
    links != 0 && sockets != 0 && (links.is_multiple_of(sockets) || sockets.is_multiple_of(links))
}

impl AssemblyModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[("manufacturer", &self.manufacturer), ("model", &self.model)])?;
        number("far_plugs", self.far_plugs, 1, 8)?;
        optional("near_power_mw", self.near_power_mw, 100_000)?;
        optional("far_power_mw", self.far_power_mw, 100_000)?;
        items("breakouts", &self.breakouts)?;
        lengths(&self.lengths_cm)?;
        match self.breakouts.iter().find(|b| !b.lanes.is_multiple_of(self.far_plugs)) {
            Some(breakout) => Err(Flaw::Uneven(*breakout, self.far_plugs)),
            None => remarks(self.note.as_deref(), &self.sources),
        }
    }
}

impl FibreModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[("manufacturer", &self.manufacturer), ("model", &self.model)])?;
        number("far_plugs", self.far_plugs, 1, 8)?;
        lengths(&self.lengths_cm)?;
        remarks(self.note.as_deref(), &self.sources)
    }
}

impl RackModel {
    fn check(&self) -> Sound {
        id(&self.id)?;
        texts(&[
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("slug", &self.slug),
        ])?;
        number("rack_units", self.rack_units, 1, MAX_RACK_UNITS)?;
        optional("width_mm", self.width_mm, 10_000)?;
        optional("depth_mm", self.depth_mm, 10_000)?;
        optional("weight_g", self.weight_g, MAX_WEIGHT_G)?;
        optional("max_weight_g", self.max_weight_g, MAX_WEIGHT_G)?;
        optional("max_power_w", self.max_power_w, MAX_POWER_W)?;
        remarks(self.note.as_deref(), &self.sources)
    }
}

macro_rules! checked {
    ($($model:ident)*) => {$(
        impl Checked for $model {
            fn id(&self) -> &str {
                &self.id
            }

            fn flaw(&self) -> Option<Flaw> {
                self.check().err()
            }
        }
    )*};
}

checked!(SwitchModel NicModel ServerModel TransceiverModel AssemblyModel FibreModel RackModel);
