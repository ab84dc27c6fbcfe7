//! What becomes of one fabric in another: devices and cables that come, go, and cables whose far
//! end changes.
//!
//! Both are compared by keys: class, number and interface, never by position. A cable is the one
//! at its lower end, as in an inventory, so a cable that is kept and plugged in elsewhere is *moved*.
//! Works for growing, shrinking and any other edit; a class that changes its key is another class.

use super::{DeviceRole, End, Fabric, LinkKind};
use std::collections::BTreeMap;

/// Moved cables that are named for each kind of link.
const EXAMPLES: usize = 3;

/// What becomes of a fabric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Classes of the spec that either fabric has: those of the new one in its order, then those
    /// that are gone.
    pub classes: Vec<ClassGrowth>,
    /// Links by fabric and kind, in the same order.
    pub links: Vec<LinkGrowth>,
}

/// Devices of a class of the spec: spines of all pods together, super-spines of all groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassGrowth {
    /// The id of the class.
    pub class: String,
    /// What its devices are.
    pub role: DeviceRole,
    /// Devices before.
    pub before: u64,
    /// Devices after.
    pub after: u64,
    /// Devices that only the new fabric has.
    pub added: u64,
    /// Devices that only the old fabric has.
    pub removed: u64,
}

/// Links of one kind in one fabric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkGrowth {
    /// The fabric.
    pub fabric: String,
    /// What they join.
    pub kind: LinkKind,
    /// Links before.
    pub before: u64,
    /// Links after.
    pub after: u64,
    /// Links whose lower end had none.
    pub added: u64,
    /// Links whose lower end stays and whose far end changes.
    pub moved: u64,
    /// Links whose lower end has none any more.
    pub removed: u64,
    /// The first that move.
    pub examples: Vec<Moved>,
}

/// A cable that moves: `device interface` of its lower end, and of the far end before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The end that stays.
    pub end: String,
    /// The far end before.
    pub from: String,
    /// The far end after.
    pub to: String,
}

impl Growth {
    /// Cables whose far end changes.
    pub fn moved(&self) -> u64 {
        self.links.iter().map(|links| links.moved).sum()
    }

    /// True if nothing is added, moved or removed.
    pub fn is_empty(&self) -> bool {
        self.classes.iter().all(|c| c.added + c.removed == 0)
            && self.links.iter().all(|l| l.added + l.moved + l.removed == 0)
    }
}

/// Compares two fabrics by keys.
pub fn compare(old: &Fabric, new: &Fabric) -> Growth {
    Growth { classes: classes(old, new), links: links(old, new) }
}

fn classes(old: &Fabric, new: &Fabric) -> Vec<ClassGrowth> {
    let mut classes: Vec<ClassGrowth> = Vec::new();
    // Devices that `of` has and `other` has not are told to `count`, by class of the spec.
    let mut tell = |of: &Fabric, other: &Fabric, count: fn(&mut ClassGrowth, u64, u64)| {
        for class in &of.classes {
            let there = other.class(&class.id);
            let only = (0..class.count)
                .filter_map(|n| of.devices.get((class.first_device + n) as usize))
                .filter(|device| there.and_then(|c| c.device(device.number)).is_none())
                .count() as u64;
            let known = classes.iter().position(|c| c.class == class.family);
            let at = known.unwrap_or(classes.len());
            if known.is_none() {
                classes.push(ClassGrowth {
                    class: class.family.clone(),
                    role: class.role,
                    before: 0,
                    after: 0,
                    added: 0,
                    removed: 0,
                });
            }
            if let Some(growth) = classes.get_mut(at) {
                count(growth, u64::from(class.count), only);
            }
        }
    };
    tell(new, old, |growth, all, only| {
        growth.after += all;
        growth.added += only;
    });
    tell(old, new, |growth, all, only| {
        growth.before += all;
        growth.removed += only;
    });
    classes
}

fn links(old: &Fabric, new: &Fabric) -> Vec<LinkGrowth> {
    let mut all: Vec<LinkGrowth> = Vec::new();
    let mut at_groups = |fabric: &Fabric| -> Vec<usize> {
        let at = |group: &super::LinkGroup| {
            let known = all.iter().position(|l| l.fabric == group.fabric && l.kind == group.kind);
            known.unwrap_or_else(|| {
                all.push(LinkGrowth {
                    fabric: group.fabric.clone(),
                    kind: group.kind,
                    before: 0,
                    after: 0,
                    added: 0,
                    moved: 0,
                    removed: 0,
                    examples: Vec::new(),
                });
                all.len() - 1
            })
        };
        fabric.groups.iter().map(at).collect()
    };
    let (of_new, of_old) = (at_groups(new), at_groups(old));
    let ends = Ends::new(old, new);
    let mut by_lower: Vec<(End, End)> = new.links.iter().map(|link| (link.a, link.b)).collect();
    by_lower.sort_unstable();
    let mut kept = vec![0_u64; all.len()];
    for link in &old.links {
        let Some(at) = of_old.get(link.group as usize) else { continue };
        let lower = ends.in_new(link.a);
        let found = lower.and_then(|a| {
            let n = by_lower.binary_search_by_key(&a, |(a, _)| *a).ok()?;
            by_lower.get(n)
        });
        if let (Some(kept), true) = (kept.get_mut(*at), found.is_some()) {
            *kept += 1;
        }
        let Some(growth) = all.get_mut(*at) else { continue };
        growth.before += 1;
        match found {
            None => growth.removed += 1,
            Some((_, b)) if ends.in_new(link.b) == Some(*b) => {}
            Some((a, b)) => {
                growth.moved += 1;
                if growth.examples.len() < EXAMPLES {
                    growth.examples.push(Moved {
                        end: end_name(new, *a),
                        from: end_name(old, link.b),
                        to: end_name(new, *b),
                    });
                }
            }
        }
    }
    for link in &new.links {
        if let Some(growth) = of_new.get(link.group as usize).and_then(|at| all.get_mut(*at)) {
            growth.after += 1;
        }
    }
    for (growth, kept) in all.iter_mut().zip(kept) {
        growth.added = growth.after.saturating_sub(kept);
    }
    all
}

fn end_name(fabric: &Fabric, end: End) -> String {
    let slot = fabric.slot(end).map_or("", |slot| slot.name.as_str());
    format!("{} {slot}", fabric.device_name(end.device))
}

/// Where the ends of an old fabric are in a new one.
struct Ends<'a> {
    old: &'a Fabric,
    new: &'a Fabric,
    /// Of each class of the old: its class in the new, and there the slot of each of its slots.
    classes: Vec<Option<(usize, Vec<Option<u16>>)>>,
}

impl<'a> Ends<'a> {
    fn new(old: &'a Fabric, new: &'a Fabric) -> Self {
        let class = |class: &super::Class| {
            let at = new.classes.iter().position(|c| c.id == class.id)?;
            let keys: BTreeMap<&str, u16> =
                new.classes.get(at)?.slots.iter().map(|s| s.key.as_str()).zip(0..).collect();
            let slots = class.slots.iter().map(|s| keys.get(s.key.as_str()).copied()).collect();
            Some((at, slots))
        };
        Self { old, new, classes: old.classes.iter().map(class).collect() }
    }

    fn in_new(&self, end: End) -> Option<End> {
        let device = self.old.devices.get(end.device as usize)?;
        let (class, slots) = self.classes.get(device.class as usize)?.as_ref()?;
        let device = self.new.classes.get(*class)?.device(device.number)?;
        Some(End { device, slot: (*slots.get(usize::from(end.slot))?)? })
    }
}
