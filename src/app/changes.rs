//! A change set as a tree: kinds, classes, objects. Made when an answer or a filter comes, drawn
//! row by row.

use super::model::Selection;
use crate::diff::{Addition, ChangeSet};
use crate::fabric::{DeviceRole, Fabric};
use crate::inventory::{Kind, Object};
use crate::scene::State;
use std::collections::{BTreeMap, BTreeSet};

/// One change, by its place in the change set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Prerequisite(usize),
    Addition(usize),
    Modification(usize),
    Deletion(usize),
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

impl Tally {
    fn count(&mut self, item: Item) {
        match item {
            Item::Prerequisite(_) | Item::Addition(_) => self.added += 1,
            Item::Modification(_) => self.changed += 1,
            Item::Deletion(_) => self.removed += 1,
        }
    }

    fn add(&mut self, other: Tally) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
    }
}

/// A line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Objects of one kind.
    Section { key: String, title: String, tally: Tally, open: bool },
    /// Objects of one class.
    Group { key: String, title: String, tally: Tally, open: bool },
    /// An object.
    Item(Item),
    /// A field of a modified object: name, old, new.
    Field(String, String, String),
    /// Why an object changes.
    Reason(&'static str),
}

/// The changes, grouped.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangeTree {
    /// Section (in order), group, items.
    groups: BTreeMap<(u8, String), Vec<Item>>,
    rows: Vec<Row>,
}

/// The sections in order.
const SECTIONS: [&str; 9] = [
    "Prerequisites",
    "Super-spines",
    "Spines",
    "Leaves",
    "Border leaves",
    "Management switches",
    "Servers",
    "Interfaces",
    "Cables",
];
const INTERFACES: u8 = 7;
const CABLES: u8 = 8;

fn section_of_role(role: &str) -> u8 {
    match DeviceRole::ALL.into_iter().find(|known| known.name() == role) {
        Some(DeviceRole::SuperSpine) => 1,
        Some(DeviceRole::Spine) => 2,
        Some(DeviceRole::Leaf) => 3,
        Some(DeviceRole::BorderLeaf) => 4,
        Some(DeviceRole::Management) => 5,
        Some(DeviceRole::Server | DeviceRole::External) | None => 6,
    }
}

/// The class of the spec that a class comes from: the spines of all pods are of one.
struct Families<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Families<'a> {
    fn of(fabric: &'a Fabric) -> Self {
        Self(fabric.classes.iter().map(|c| (c.id.as_str(), c.family.as_str())).collect())
    }

    /// The family; of a class that is no longer planned its own id.
    fn name(&self, class: &str) -> String {
        self.0.get(class).copied().unwrap_or(class).to_owned()
    }
}

impl ChangeTree {
    /// Groups a change set; with a filter only what has it in its name.
    pub fn of(changes: &ChangeSet, fabric: &Fabric, filter: &str) -> Self {
        let mut tree = Self::default();
        let families = Families::of(fabric);
        let wanted = filter.trim().to_lowercase();
        let shown = |name: &dyn Fn() -> String| {
            wanted.is_empty() || name().to_lowercase().contains(&wanted)
        };
        for (n, prerequisite) in changes.prerequisites.iter().enumerate() {
            if shown(&|| prerequisite.label()) {
                tree.push(0, String::new(), Item::Prerequisite(n));
            }
        }
        for (n, addition) in changes.additions.iter().enumerate() {
            if shown(&|| changes.addition_name(*addition)) {
                let (section, group) = place_of(changes, &families, *addition);
                tree.push(section, group, Item::Addition(n));
            }
        }
        for (n, modification) in changes.modifications.iter().enumerate() {
            if shown(&|| modification.name.clone()) {
                let (section, group) = place_of(changes, &families, modification.desired);
                tree.push(section, group, Item::Modification(n));
            }
        }
        for (n, deletion) in changes.deletions.iter().enumerate() {
            if shown(&|| deletion.name.clone()) {
                let class = deletion.key.split('/').nth(1).unwrap_or_default();
                let section = match &deletion.old {
                    Object::Device(device) => section_of_role(&device.role),
                    Object::Interface(_) => INTERFACES,
                    Object::Cable(_) => CABLES,
                };
                tree.push(section, families.name(class), Item::Deletion(n));
            }
        }
        tree
    }

    fn push(&mut self, section: u8, group: String, item: Item) {
        self.groups.entry((section, group)).or_default().push(item);
    }

    /// The lines to draw.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Lays out the lines: groups that are open, or all while a filter is set.
    pub fn unfold(
        &mut self,
        changes: &ChangeSet,
        open: &BTreeSet<String>,
        all: bool,
        selection: &Selection,
    ) {
        self.rows.clear();
        for (number, title) in (0u8..).zip(SECTIONS) {
            let range = (number, String::new())..(number + 1, String::new());
            let mut total = Tally::default();
            let mut groups = Vec::new();
            for ((_, group), items) in self.groups.range(range) {
                let mut tally = Tally::default();
                items.iter().for_each(|item| tally.count(*item));
                total.add(tally);
                groups.push((group, items, tally));
            }
            if groups.is_empty() {
                continue;
            }
            // Sections begin open, except for what nobody reads line by line.
            let key = format!("section/{title}");
            let section_open = all || (number != 0) != open.contains(&key);
            self.rows.push(Row::Section {
                key,
                title: title.to_owned(),
                tally: total,
                open: section_open,
            });
            if !section_open {
                continue;
            }
            for (group, items, tally) in groups {
                let key = format!("group/{title}/{group}");
                let group_open = all || group.is_empty() || open.contains(&key);
                if !group.is_empty() {
                    let title = group.clone();
                    self.rows.push(Row::Group { key, title, tally, open: group_open });
                }
                if group_open {
                    for item in items {
                        self.rows.push(Row::Item(*item));
                        push_details(&mut self.rows, changes, *item, selection);
                    }
                }
            }
        }
    }
}

/// The old and new values and the reason, under a modification that is selected.
fn push_details(rows: &mut Vec<Row>, changes: &ChangeSet, item: Item, selection: &Selection) {
    let Item::Modification(n) = item else { return };
    if *selection == Selection::None || selection_of(changes, item) != *selection {
        return;
    }
    if let Some(modification) = changes.modifications.get(n) {
        for field in &modification.fields {
            rows.push(Row::Field(field.field.to_string(), field.old.clone(), field.new.clone()));
        }
        rows.push(Row::Reason(modification.reason.text()));
    }
}

/// The section and group of something desired.
fn place_of(changes: &ChangeSet, families: &Families, what: Addition) -> (u8, String) {
    let desired = &changes.desired;
    let class = |device: u32| {
        desired.kind_of(device).map(|kind| families.name(&kind.class)).unwrap_or_default()
    };
    match what {
        Addition::Device(n) => {
            let role = desired.kind_of(n).map(|kind| kind.role.as_str()).unwrap_or_default();
            (section_of_role(role), class(n))
        }
        Addition::Interface(n) => {
            let end = desired.interfaces.get(n as usize);
            (INTERFACES, end.map(|end| class(end.device)).unwrap_or_default())
        }
        Addition::Cable(n) => {
            let ends = desired.cables.get(n as usize);
            let words = |(a, b): &(crate::fabric::End, crate::fabric::End)| {
                format!("{} – {}", class(a.device), class(b.device))
            };
            (CABLES, ends.map(words).unwrap_or_default())
        }
    }
}

/// The state that an item stands for.
pub(super) fn state_of(item: Item) -> State {
    match item {
        Item::Prerequisite(_) | Item::Addition(_) => State::Added,
        Item::Modification(_) => State::Changed,
        Item::Deletion(_) => State::Removed,
    }
}

/// The name of an item for people.
pub(super) fn name_of(changes: &ChangeSet, item: Item) -> String {
    let found = match item {
        Item::Prerequisite(n) => changes.prerequisites.get(n).map(|p| p.label()),
        Item::Addition(n) => changes.additions.get(n).map(|a| changes.addition_name(*a)),
        Item::Modification(n) => changes.modifications.get(n).map(|m| m.name.clone()),
        Item::Deletion(n) => changes.deletions.get(n).map(|d| d.name.clone()),
    };
    found.unwrap_or_default()
}

/// A word or two at the right of an item.
pub(super) fn note_of(changes: &ChangeSet, item: Item) -> String {
    match item {
        Item::Addition(n) => match changes.additions.get(n) {
            Some(Addition::Device(n)) => {
                changes.desired.kind_of(*n).map(|k| k.device_type.clone()).unwrap_or_default()
            }
            _ => String::new(),
        },
        Item::Modification(n) => match changes.modifications.get(n).map(|m| m.fields.len()) {
            Some(1) => "1 field".to_owned(),
            Some(n) => format!("{n} fields"),
            None => String::new(),
        },
        Item::Deletion(_) => "not in plan".to_owned(),
        Item::Prerequisite(_) => String::new(),
    }
}

/// What an item selects in the topology.
pub(super) fn selection_of(changes: &ChangeSet, item: Item) -> Selection {
    let device =
        |n: u32| match (changes.desired.kind_of(n), changes.desired.devices.get(n as usize)) {
            (Some(kind), Some(device)) => {
                Selection::Device { class: kind.class.clone(), number: device.number }
            }
            _ => Selection::None,
        };
    let desired = |what: Addition| match what {
        Addition::Device(n) => device(n),
        Addition::Interface(n) => {
            let end = changes.desired.interfaces.get(n as usize);
            end.map_or(Selection::None, |end| device(end.device))
        }
        Addition::Cable(n) => Selection::Link(n),
    };
    match item {
        Item::Prerequisite(_) => Selection::None,
        Item::Addition(n) => {
            changes.additions.get(n).map_or(Selection::None, |what| desired(*what))
        }
        Item::Modification(n) => {
            changes.modifications.get(n).map_or(Selection::None, |m| desired(m.desired))
        }
        Item::Deletion(n) => changes
            .deletions
            .get(n)
            .map_or(Selection::None, |d| Selection::Removed(removed_device(&d.old, &d.key))),
    }
}

/// The key of the device that a removed object belongs to, as the scene knows it.
fn removed_device(old: &Object, key: &str) -> String {
    if old.kind() == Kind::Device {
        return key.to_owned();
    }
    let mut parts = key.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some(class), Some(number)) => format!("device/{class}/{number}"),
        _ => key.to_owned(),
    }
}
