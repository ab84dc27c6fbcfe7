//! A change set as a tree: kinds, classes, objects; and last what drifted and no change of the
//! set takes up. Made when an answer or a filter comes, drawn row by row.

mod grouping;

use super::selection::{Selected, Selection};
use crate::diff::{Addition, ChangeSet, Drift, Drifted, DriftedField, FieldChange};
use crate::diff::{Part, Purpose, Reason};
use crate::evaluate::Evaluation;
use crate::fabric::{DeviceRole, Fabric};
use crate::inventory::{Desired, Field, Object, metres};
use crate::model::{Cancelled, Progress, counted};
use crate::scene::State;
use std::collections::{BTreeMap, BTreeSet};

pub(super) use grouping::Grouping;

/// What a target was held against: the changes, and what has drifted if that is known.
#[derive(Clone, Copy)]
pub(super) struct Compared<'a> {
    pub changes: &'a ChangeSet,
    pub drift: Option<&'a Drift>,
}

impl<'a> Compared<'a> {
    /// What an evaluation compared, if it did.
    pub fn of(evaluation: &'a Evaluation) -> Option<Self> {
        let changes = evaluation.changes.as_deref()?;
        Some(Self { changes, drift: evaluation.drift.as_deref() })
    }

    /// How many items there are without a filter.
    pub fn items(self) -> usize {
        let ChangeSet { prerequisites, additions, modifications, deletions, .. } = self.changes;
        prerequisites.len()
            + additions.len()
            + modifications.len()
            + deletions.len()
            + self.left_drifted().len()
    }

    /// True if it takes longer than a frame to look through.
    pub fn is_long(self) -> bool {
        let ChangeSet { additions, modifications, deletions, .. } = self.changes;
        additions.len() + modifications.len() + deletions.len() > grouping::AT_ONCE
    }

    fn drifted(self, n: usize) -> Option<&'a Drifted> {
        self.drift.and_then(|drift| drift.changed.get(n))
    }

    /// Key and name of something that was applied and is gone.
    fn gone(self, n: usize) -> Option<(String, String)> {
        let drift = self.drift?;
        drift.gone.get(n).map(|gone| drift.gone_name(*gone))
    }

    /// What drifted and stays so: places in `changed` and in `gone`.
    fn left_drifted(self) -> Vec<Item> {
        let Some(drift) = self.drift else { return Vec::new() };
        let changed = drift.changed.iter().enumerate();
        let changed = changed.filter(|(_, drifted)| drifted.left().next().is_some());
        let gone = drift.gone.iter().enumerate().filter(|(_, gone)| !gone.made_again);
        changed.map(|(n, _)| Item::Drifted(n)).chain(gone.map(|(n, _)| Item::Gone(n))).collect()
    }
}

/// One change or one drift, by its place in the change set or the drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Prerequisite(usize),
    Addition(usize),
    Modification(usize),
    Deletion(usize),
    Drifted(usize),
    Gone(usize),
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
    pub drifted: usize,
}

impl Tally {
    fn count(&mut self, item: Item) {
        match item {
            Item::Prerequisite(_) | Item::Addition(_) => self.added += 1,
            Item::Modification(_) => self.changed += 1,
            Item::Deletion(_) => self.removed += 1,
            Item::Drifted(_) | Item::Gone(_) => self.drifted += 1,
        }
    }

    fn add(&mut self, other: Tally) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
        self.drifted += other.drifted;
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
    /// More about the object above: a field, or why it changes.
    Detail(String),
}

/// The changes, grouped.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangeTree {
    /// Section (in order), group, items.
    groups: BTreeMap<(u8, String), Group>,
    /// Additions that were there once before.
    regained: BTreeSet<Addition>,
    /// Cables of which an end moves, whatever the filter: somebody has to plug them.
    pub moved_cables: u64,
    rows: Vec<Row>,
}

impl ChangeTree {
    /// What has to be plugged anew; `None` if nothing has.
    pub fn moved_words(&self) -> Option<String> {
        let moved = || counted(self.moved_cables, "cable moves", "cables move");
        (self.moved_cables > 0).then(|| format!("{} to another port.", moved()))
    }
}

/// Items of one kind and class, and how many there are.
#[derive(Clone, Debug, Default)]
struct Group {
    items: Vec<Item>,
    tally: Tally,
}

/// Items that follow each other and are of one group.
#[derive(Debug)]
struct Run<K> {
    of: Option<(K, (u8, String))>,
    group: Group,
}

impl<K> Default for Run<K> {
    fn default() -> Self {
        Self { of: None, group: Group::default() }
    }
}

impl<K: PartialEq> Run<K> {
    /// Adds an item. What has the same `kinds` is of the same `place`.
    fn push(
        &mut self,
        tree: &mut ChangeTree,
        kinds: K,
        item: Item,
        place: impl FnOnce() -> (u8, String),
    ) {
        if self.of.as_ref().is_none_or(|(of, _)| *of != kinds) {
            self.end(tree);
            self.of = Some((kinds, place()));
        }
        self.group.items.push(item);
        self.group.tally.count(item);
    }

    /// Hands over what was added since the last one was of another group.
    fn end(&mut self, tree: &mut ChangeTree) {
        let Some((_, place)) = self.of.take() else { return };
        let Group { items, tally } = std::mem::take(&mut self.group);
        let group = tree.groups.entry(place).or_default();
        group.tally.add(tally);
        match group.items.is_empty() {
            true => group.items = items,
            false => group.items.extend(items),
        }
    }
}

/// The sections in order.
const SECTIONS: [&str; 10] = [
    "Prerequisites",
    "Super-spines",
    "Spines",
    "Leaves",
    "Border leaves",
    "Management switches",
    "Servers",
    "Interfaces",
    "Cables",
    "Drift",
];
const INTERFACES: u8 = 7;
const CABLES: u8 = 8;
const DRIFT: u8 = 9;

fn section_of_role(role: &str) -> u8 {
    match DeviceRole::ALL.into_iter().find(|known| known.name() == role) {
        Some(DeviceRole::SuperSpine) => 1,
        Some(DeviceRole::Spine) => 2,
        Some(DeviceRole::Leaf) => 3,
        Some(DeviceRole::BorderLeaf) => 4,
        Some(DeviceRole::Management) => 5,
        // Devices of others are cabled only; none of them is in a change set.
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

/// What a filter of changes asks for: `+ leaf` those that are added and have `leaf` in their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Of this state only: its sign stands at the beginning.
    pub state: Option<State>,
    /// With this in their name, in small letters.
    pub text: String,
}

impl Wanted {
    /// Reads a filter.
    pub fn of(filter: &str) -> Self {
        let filter = filter.trim();
        let states = [State::Added, State::Changed, State::Removed, State::Drifted];
        let signed = states.into_iter().find_map(|state| {
            let rest = filter.strip_prefix(state.glyph());
            // The sign that is on every keyboard.
            let rest =
                rest.or_else(|| filter.strip_prefix('-').filter(|_| state == State::Removed));
            rest.filter(|rest| rest.is_empty() || rest.starts_with(' ')).map(|rest| (state, rest))
        });
        let (state, rest) = signed.map_or((None, filter), |(state, rest)| (Some(state), rest));
        Self { state, text: rest.trim().to_lowercase() }
    }

    /// True if something of that name is asked for, its state aside.
    fn takes(&self, name: &dyn Fn() -> String) -> bool {
        self.text.is_empty() || name().to_lowercase().contains(&self.text)
    }

    /// True if something of that state is asked for.
    pub fn takes_state(&self, state: State) -> bool {
        self.state.is_none_or(|wanted| wanted == state)
    }
}

impl ChangeTree {
    /// Groups what was compared; with a filter only what it asks for.
    pub fn of(compared: Compared, fabric: &Fabric, filter: &str) -> Self {
        // Nobody asks this one to stop.
        Self::unless_stopped(compared, fabric, filter, &Progress::new()).unwrap_or_default()
    }

    /// The same, unless it is asked to stop.
    fn unless_stopped(
        compared: Compared,
        fabric: &Fabric,
        filter: &str,
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let changes = compared.changes;
        let regained = changes.regained.iter().copied().collect();
        let moved_cables = changes.modifications.iter().filter(|m| m.moves()).count() as u64;
        let mut tree = Self { regained, moved_cables, ..Self::default() };
        let families = Families::of(fabric);
        let wanted = Wanted::of(filter);
        let rights = |tree: &Self, item| {
            wanted.state == Some(State::Drifted) && tree.sets_right(compared, item)
        };
        for (n, prerequisite) in changes.prerequisites.iter().enumerate() {
            if wanted.takes_state(State::Added) && wanted.takes(&|| prerequisite.label()) {
                tree.push(0, String::new(), Item::Prerequisite(n));
            }
        }
        // Neighbours are mostly of one group: its name is made, and it is looked up, once for all.
        let mut run = Run::default();
        for (n, addition) in changes.additions.iter().enumerate() {
            progress.check()?;
            let state = wanted.takes_state(State::Added) || rights(&tree, Item::Addition(n));
            if state && wanted.takes(&|| changes.addition_name(*addition)) {
                let of = kinds_of(changes, *addition);
                run.push(&mut tree, of, Item::Addition(n), || {
                    place_of(changes, &families, *addition)
                });
            }
        }
        for (n, modification) in changes.modifications.iter().enumerate() {
            progress.check()?;
            let state = wanted.takes_state(State::Changed) || rights(&tree, Item::Modification(n));
            if state && wanted.takes(&|| modification.name.clone()) {
                let what = modification.desired;
                run.push(&mut tree, kinds_of(changes, what), Item::Modification(n), || {
                    place_of(changes, &families, what)
                });
            }
        }
        run.end(&mut tree);
        let mut run = Run::default();
        for (n, deletion) in changes.deletions.iter().enumerate() {
            progress.check()?;
            if wanted.takes_state(State::Removed) && wanted.takes(&|| deletion.name.clone()) {
                let class = class_of(&deletion.key);
                let far = deletion.far.as_deref().map_or("", class_of);
                let section = match &deletion.old {
                    Object::Device(device) => section_of_role(&device.role),
                    Object::Interface(_) => INTERFACES,
                    Object::Cable(_) => CABLES,
                };
                run.push(&mut tree, (section, class, far), Item::Deletion(n), || {
                    let name = families.name(class);
                    let far = Some(far).filter(|far| !far.is_empty());
                    (
                        section,
                        far.map_or(name.clone(), |far| format!("{name} – {}", families.name(far))),
                    )
                });
            }
        }
        run.end(&mut tree);
        for item in compared.left_drifted() {
            if wanted.takes_state(State::Drifted) && wanted.takes(&|| name_of(compared, item)) {
                tree.push(DRIFT, String::new(), item);
            }
        }
        Ok(tree)
    }

    /// True if an item sets right what drifted, beside what else it does.
    pub fn sets_right(&self, compared: Compared, item: Item) -> bool {
        match item {
            Item::Addition(n) => {
                compared.changes.additions.get(n).is_some_and(|what| self.regained.contains(what))
            }
            Item::Modification(n) => {
                let fields = compared.changes.modifications.get(n).map(|m| &m.fields);
                fields.is_some_and(|fields| fields.iter().any(|field| field.applied.is_some()))
            }
            _ => false,
        }
    }

    /// Opens the section and the group of the first change of something. False if there is none.
    pub fn open_to(&self, compared: Compared, one: &Selected, open: &mut BTreeSet<String>) -> bool {
        let is_it = |item: &Item| selected_of(compared, *item).as_ref() == Some(one);
        let found = self.groups.iter().find(|(_, group)| group.items.iter().any(is_it));
        let Some(((number, group), _)) = found else { return false };
        let title = SECTIONS.get(usize::from(*number)).copied().unwrap_or_default();
        let section = format!("section/{title}");
        // Sections begin open but for the first.
        if *number == 0 {
            open.insert(section);
        } else {
            open.remove(&section);
        }
        open.insert(format!("group/{title}/{group}"));
        true
    }

    fn push(&mut self, section: u8, group: String, item: Item) {
        let group = self.groups.entry((section, group)).or_default();
        group.items.push(item);
        group.tally.count(item);
    }

    /// How many changes and drifts it has.
    pub fn items(&self) -> usize {
        self.groups.values().map(|group| group.items.len()).sum()
    }

    /// The lines to draw.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Lays out the lines: groups that are open, or all while a filter is set.
    pub fn unfold(&mut self, compared: Compared, open: &BTreeSet<String>, all: bool, shown: Shown) {
        self.rows.clear();
        for (number, title) in (0u8..).zip(SECTIONS) {
            let range = (number, String::new())..(number + 1, String::new());
            let mut total = Tally::default();
            let mut groups = Vec::new();
            for ((_, name), Group { items, tally }) in self.groups.range(range) {
                total.add(*tally);
                groups.push((name, items, *tally));
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
                        push_details(&mut self.rows, compared, *item, shown);
                    }
                }
            }
        }
    }
}

/// Which changes are shown as selected.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// What is selected, wherever that was done.
    pub selection: &'a Selection,
    /// The change that was pressed: then it alone, and not all others of its device.
    pub pressed: Option<Item>,
}

impl Shown<'_> {
    /// True if a change is shown as selected.
    pub fn has(&self, compared: Compared, item: Item) -> bool {
        // Most trees are drawn with nothing selected.
        if self.selection.is_empty() {
            return false;
        }
        match self.pressed {
            Some(pressed) => pressed == item,
            None => selected_of(compared, item).is_some_and(|one| self.selection.contains(&one)),
        }
    }

    /// True for what was selected last: of many, more is said of that one alone.
    fn leads(&self, compared: Compared, item: Item) -> bool {
        self.pressed.is_some() || selected_of(compared, item).as_ref() == self.selection.lead()
    }
}

/// The old and new values and the reason, under what was selected last.
fn push_details(rows: &mut Vec<Row>, compared: Compared, item: Item, shown: Shown) {
    if !shown.has(compared, item) || !shown.leads(compared, item) {
        return;
    }
    let because = |reason: Reason| match reason {
        // What was applied is known and nobody has changed it: then the plan has.
        Reason::FieldDiffers if compared.drift.is_some_and(|drift| drift.unsettled == 0) => {
            Row::Detail("because the plan has changed since it was applied".to_owned())
        }
        reason => Row::Detail(format!("because {}", reason.text())),
    };
    match item {
        Item::Modification(n) => {
            let Some(m) = compared.changes.modifications.get(n) else { return };
            rows.extend(m.fields.iter().flat_map(field_words).map(Row::Detail));
            rows.push(because(m.reason));
        }
        Item::Drifted(n) => {
            let Some(drifted) = compared.drifted(n) else { return };
            rows.extend(drifted.left().map(|field| {
                let DriftedField { field, applied, found, .. } = field;
                Row::Detail(format!("{field}   applied {applied}, now {found}"))
            }));
        }
        Item::Gone(_) => rows.push(because(Reason::Vanished)),
        Item::Addition(n) => {
            let Some(what) = compared.changes.additions.get(n) else { return };
            let fields = added_fields(&compared.changes.desired, *what);
            rows.extend(
                fields.into_iter().map(|(name, value)| Row::Detail(format!("{name}   {value}"))),
            );
            let regained = compared.changes.regained.contains(what);
            rows.push(match (&compared.changes.purpose, regained) {
                (Purpose::Undo { .. }, _) => {
                    Row::Detail("because the run that is undone took it away".to_owned())
                }
                (_, true) => because(Reason::Vanished),
                _ => because(Reason::Missing),
            });
        }
        Item::Deletion(n) => {
            let Some(deletion) = compared.changes.deletions.get(n) else { return };
            let fields = match &deletion.old {
                Object::Device(d) => vec![("role", &d.role), ("device type", &d.device_type)],
                Object::Interface(i) => vec![("type", &i.interface_type)],
                Object::Cable(c) => vec![("status", &c.status)],
            };
            rows.extend(
                fields.into_iter().map(|(name, value)| Row::Detail(format!("{name}   {value}"))),
            );
            rows.push(because(deletion.reason));
        }
        Item::Prerequisite(_) => {}
    }
}

/// What something that is added is to be, by field.
fn added_fields(desired: &Desired, what: Addition) -> Vec<(&'static str, String)> {
    match what {
        Addition::Device(n) => {
            let kind = desired.kind_of(n).into_iter();
            let kind = kind.flat_map(|kind| {
                [("role", kind.role.clone()), ("device type", kind.device_type.clone())]
            });
            let place = desired.place(n).into_iter();
            let place = place.flat_map(|(rack, position, _)| {
                [("rack", rack.to_owned()), ("position", position.to_string())]
            });
            kind.chain(place).collect()
        }
        Addition::Interface(n) => {
            let interface = desired.interfaces.get(n as usize);
            let interface = interface.and_then(|end| desired.interface(*end));
            interface
                .map(|interface| ("type", interface.interface_type.clone()))
                .into_iter()
                .collect()
        }
        Addition::Cable(n) => {
            let make = desired.cable_make(n).into_iter();
            make.flat_map(|(cable_type, length_cm)| {
                [("type", cable_type.to_owned()), ("length", format!("{} m", metres(length_cm)))]
            })
            .collect()
        }
    }
}

/// `role   spine → leaf`, and what was applied where that is a third value. The ends of a cable
/// have a line each: the port to plug into is not to be cut.
fn field_words(change: &FieldChange) -> Vec<String> {
    let FieldChange { field, old, new, applied } = change;
    let applied = applied.as_ref().filter(|applied| *applied != new);
    let applied = applied.map(|applied| format!("applied: {applied}"));
    match field {
        Field::A | Field::B => {
            let ends = [format!("from   {old}"), format!("to   {new}")];
            ends.into_iter().chain(applied).collect()
        }
        _ => {
            let applied = applied.map(|applied| format!(" ({applied})")).unwrap_or_default();
            vec![format!("{field}   {old} → {new}{applied}")]
        }
    }
}

/// What the section and the group of something desired follow from: what it is, and the kinds of
/// its devices.
fn kinds_of(changes: &ChangeSet, what: Addition) -> (u8, u32, u32) {
    let desired = &changes.desired;
    let kind = |device: u32| desired.devices.get(device as usize).map_or(u32::MAX, |d| d.kind);
    match what {
        Addition::Device(n) => (0, kind(n), 0),
        Addition::Interface(n) => {
            let end = desired.interfaces.get(n as usize);
            (1, end.map_or(u32::MAX, |end| kind(end.device)), 0)
        }
        Addition::Cable(n) => {
            let ends = desired.cables.get(n as usize);
            let (a, b) =
                ends.map_or((u32::MAX, u32::MAX), |(a, b)| (kind(a.device), kind(b.device)));
            (2, a, b)
        }
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
        Item::Drifted(_) | Item::Gone(_) => State::Drifted,
    }
}

/// The name of an item for people.
pub(super) fn name_of(compared: Compared, item: Item) -> String {
    let changes = compared.changes;
    let found = match item {
        Item::Prerequisite(n) => changes.prerequisites.get(n).map(|p| p.label()),
        Item::Addition(n) => changes.additions.get(n).map(|a| changes.addition_name(*a)),
        Item::Modification(n) => changes.modifications.get(n).map(|m| m.name.clone()),
        Item::Deletion(n) => changes.deletions.get(n).map(|d| d.name.clone()),
        Item::Drifted(n) => compared.drifted(n).map(|drifted| drifted.name.clone()),
        Item::Gone(n) => compared.gone(n).map(|(_, name)| name),
    };
    found.unwrap_or_default()
}

/// A word or two at the right of an item.
pub(super) fn note_of(tree: &ChangeTree, compared: Compared, item: Item) -> String {
    let changes = compared.changes;
    let fields = |n: Option<usize>| match n {
        Some(1) => "1 field".to_owned(),
        Some(n) => format!("{n} fields"),
        None => String::new(),
    };
    match item {
        Item::Addition(_) if tree.sets_right(compared, item) => "was gone".to_owned(),
        Item::Addition(n) => match changes.additions.get(n) {
            Some(Addition::Device(n)) => {
                changes.desired.kind_of(*n).map(|k| k.device_type.clone()).unwrap_or_default()
            }
            _ => String::new(),
        },
        Item::Modification(n) => match changes.modifications.get(n) {
            Some(modification) if modification.moves() => "moves".to_owned(),
            Some(modification) if modification.swaps() => "another model".to_owned(),
            modification => fields(modification.map(|m| m.fields.len())),
        },
        Item::Deletion(n) => {
            let reason = changes.deletions.get(n).map(|d| d.reason);
            reason.map(short_reason).unwrap_or_default().to_owned()
        }
        Item::Drifted(n) => match compared.drifted(n).map(|drifted| drifted.fields.as_slice()) {
            Some([one]) => format!("{} changed", one.field),
            of => fields(of.map(<[_]>::len)),
        },
        Item::Gone(_) => "gone".to_owned(),
        Item::Prerequisite(_) => String::new(),
    }
}

/// A reason in a word or two.
fn short_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Missing => "missing",
        Reason::FieldDiffers => "differs",
        Reason::NotInPlan => "not in plan",
        Reason::Vanished => "was gone",
        Reason::Drifted => "drifted",
        Reason::Moved => "moved",
        Reason::Destroyed => "by destroy",
        Reason::Undone => "by undo",
    }
}

/// What an item selects in the topology.
pub(super) fn selected_of(compared: Compared, item: Item) -> Option<Selected> {
    let changes = compared.changes;
    let device = |n: u32| {
        let class = changes.desired.kind_of(n)?.class.clone();
        let number = changes.desired.devices.get(n as usize)?.number;
        Some(Selected::Device { class, number })
    };
    let desired = |what: Addition| match what {
        Addition::Device(n) => device(n),
        Addition::Interface(n) => device(changes.desired.interfaces.get(n as usize)?.device),
        Addition::Cable(n) if changes.purpose.is_converge() => Some(Selected::Link(n)),
        // What a run had before is not numbered as the links that are drawn.
        Addition::Cable(n) => device(changes.desired.cables.get(n as usize)?.0.device),
    };
    match item {
        Item::Prerequisite(_) => None,
        Item::Addition(n) => desired(*changes.additions.get(n)?),
        Item::Modification(n) => desired(changes.modifications.get(n)?.desired),
        Item::Deletion(n) => {
            let deletion = changes.deletions.get(n)?;
            let part = !matches!(deletion.old, Object::Device(_));
            // The device of a port or a cable that goes mostly stays.
            let stays = of_key(&deletion.key).filter(|_| part);
            stays.or_else(|| Some(Selected::Removed(device_key(&deletion.key))))
        }
        Item::Drifted(n) => of_key(&compared.drifted(n)?.key),
        Item::Gone(n) => of_key(&compared.gone(n)?.0),
    }
}

/// The class and the number that a key of a device or of a part of one names.
fn class_and_number(key: &str) -> Option<(&str, &str)> {
    let mut parts = key.split('/').skip(1);
    Some((parts.next()?, parts.next()?))
}

/// The class of the device that a key begins at.
fn class_of(key: &str) -> &str {
    class_and_number(key).map_or("", |(class, _)| class)
}

/// The key of the device that a removed object belongs to, as the scene knows it.
fn device_key(key: &str) -> String {
    class_and_number(key)
        .map_or_else(|| key.to_owned(), |(class, number)| format!("device/{class}/{number}"))
}

/// The device that an object belongs to.
pub(super) fn of_key(key: &str) -> Option<Selected> {
    let (class, number) = class_and_number(key)?;
    Some(Selected::Device { class: class.to_owned(), number: number.parse().ok()? })
}

/// The parts of a selection in words: `fabric backend, SU 2`.
pub(super) fn parts_words<'a>(parts: impl IntoIterator<Item = &'a Part>) -> String {
    let words: Vec<String> = parts.into_iter().map(Part::to_string).collect();
    words.join(", ")
}
