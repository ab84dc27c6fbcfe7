//! The changes of one thing, found among hundreds of thousands without a word made for each.

use super::{Compared, Item, Selected, Subject, class_and_number, device_of, of_key, subject_of};
use crate::diff::Addition;
use crate::inventory::Desired;

/// Finds the changes of one thing without making what each change selects.
pub(super) struct Finder<'a> {
    compared: Compared<'a>,
    one: &'a Selected,
    /// Kinds of what is desired that are of the class of a device.
    kinds: Vec<bool>,
    /// The same of what was applied.
    applied: Vec<bool>,
    /// The class and the number of a device, as keys have them.
    named: Option<(&'a str, String)>,
}

impl<'a> Finder<'a> {
    /// Of what `one` is.
    pub fn of(compared: Compared<'a>, one: &'a Selected) -> Self {
        let named = match one {
            Selected::Device { class, number } => Some((class.as_str(), number.to_string())),
            Selected::Link(_) | Selected::Removed(_) => None,
        };
        let class = named.as_ref().map(|(class, _)| *class);
        let kinds = |desired: &Desired| {
            desired.kinds.iter().map(|kind| Some(kind.class.as_str()) == class).collect()
        };
        let applied = compared.drift.map(|drift| kinds(&drift.applied)).unwrap_or_default();
        Self { compared, one, kinds: kinds(&compared.changes.desired), applied, named }
    }

    /// True if an item selects it: what [`selected_of`] says.
    pub fn finds(&self, item: Item) -> bool {
        let changes = self.compared.changes;
        match item {
            Item::Prerequisite(_) => false,
            Item::Addition(n) => changes.additions.get(n).is_some_and(|what| self.is(*what)),
            Item::Modification(n) => {
                changes.modifications.get(n).is_some_and(|m| self.is(m.desired))
            }
            Item::Deletion(n) => changes.deletions.get(n).is_some_and(|d| self.is_of_key(&d.key)),
            Item::Drifted(n) => self.compared.drifted(n).is_some_and(|d| self.is_of_key(&d.key)),
            Item::Gone(n) => self.is_gone(n),
        }
    }

    fn is(&self, what: Addition) -> bool {
        match (self.one, subject_of(self.compared.changes, what)) {
            (Selected::Link(link), Some(Subject::Link(n))) => *link == n,
            (Selected::Device { number, .. }, Some(Subject::Device(n))) => {
                is_device(&self.compared.changes.desired, (&self.kinds, *number), n)
            }
            _ => false,
        }
    }

    fn is_gone(&self, n: usize) -> bool {
        let Some(drift) = self.compared.drift else { return false };
        let gone = drift.gone.get(n).and_then(|gone| device_of(&drift.applied, gone.what));
        match self.one {
            Selected::Device { number, .. } => {
                gone.is_some_and(|n| is_device(&drift.applied, (&self.applied, *number), n))
            }
            Selected::Link(_) | Selected::Removed(_) => false,
        }
    }

    fn is_of_key(&self, key: &str) -> bool {
        match (self.one, &self.named) {
            (Selected::Device { .. }, Some((class, number))) => {
                class_and_number(key) == Some((class, number))
            }
            (one, _) => of_key(key) == *one,
        }
    }
}

/// True if a device is of one of some kinds and has a number.
fn is_device(desired: &Desired, (kinds, number): (&[bool], u32), n: u32) -> bool {
    desired.devices.get(n as usize).is_some_and(|device| {
        device.number == number && kinds.get(device.kind as usize).copied().unwrap_or(false)
    })
}
