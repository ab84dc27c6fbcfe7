//! A change set as a tree: kinds, classes, objects; and last what drifted and no change of the
//! set takes up. Made when an answer or a filter comes, drawn row by row.

mod details;
mod finder;
mod grouping;
mod lines;
#[cfg(test)]
mod tests;

use super::selection::{Selected, Selection};
use crate::diff::{Addition, ChangeSet, Drift, Drifted, Part, Reason};
use crate::evaluate::Evaluation;
use crate::fabric::{DeviceRole, Fabric};
use crate::inventory::{Desired, Kind, Object, ObjectId};
use crate::model::{Cancelled, Progress, counted};
use crate::scene::State;
use std::collections::{BTreeMap, BTreeSet};

use finder::Finder;
pub(super) use grouping::Grouping;
use lines::{Block, Lines, Said};

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

    /// True if it takes longer than a frame to look through.
    pub fn is_long(self) -> bool {
        let ChangeSet { additions, modifications, deletions, .. } = self.changes;
        let drifted = self.drift.map_or(0, |drift| drift.changed.len() + drift.gone.len());
        additions.len() + modifications.len() + deletions.len() + drifted > grouping::AT_ONCE
    }

    /// How many objects drifted, if that is known: each is in the list once where `≠` alone is
    /// asked for.
    pub fn drifted_count(self) -> Option<u64> {
        self.drift.map(|drift| (drift.changed.len() + drift.gone.len()) as u64)
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

    /// What drifted, by whether something of it stays so.
    fn drifted_objects(self, stays: bool) -> Vec<(Kind, ObjectId)> {
        let drifted = self.drift.iter().flat_map(|drift| &drift.changed);
        let drifted = drifted.filter(|drifted| drifted.left().next().is_some() == stays);
        let mut ids: Vec<_> = drifted.map(|drifted| (drifted.kind, drifted.id)).collect();
        ids.sort_unstable();
        ids
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

/// The changes, grouped. It holds numbers for the most part: a giant's is let go of at once.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangeTree {
    /// Section (in order), group, items.
    groups: BTreeMap<(u8, String), Group>,
    /// Additions that were there once before, ascending.
    regained: Vec<Addition>,
    /// What drifted and of which nothing stays so, ascending.
    set_right: Vec<(Kind, ObjectId)>,
    /// Cables of which an end moves, whatever the filter: somebody has to plug them.
    pub moved_cables: u64,
    /// Items without a filter.
    total: usize,
    lines: Lines,
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

    /// A tree without items, and what is known of all of them.
    fn empty(compared: Compared) -> Self {
        let changes = compared.changes;
        let ChangeSet { prerequisites, additions, modifications, deletions, .. } = changes;
        let mut regained = changes.regained.clone();
        regained.sort_unstable();
        Self {
            regained,
            set_right: compared.drifted_objects(false),
            moved_cables: modifications.iter().filter(|m| m.moves()).count() as u64,
            total: prerequisites.len() + additions.len() + modifications.len() + deletions.len(),
            ..Self::default()
        }
    }

    /// The same, unless it is asked to stop.
    fn unless_stopped(
        compared: Compared,
        fabric: &Fabric,
        filter: &str,
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let changes = compared.changes;
        let mut tree = Self::empty(compared);
        let families = Families::of(fabric);
        let wanted = Wanted::of(filter);
        let only_drifted = wanted.state == Some(State::Drifted);
        // What is set right in part is listed once, with what stays as it is.
        let stays = if only_drifted { compared.drifted_objects(true) } else { Vec::new() };
        let stays = |item: Item| match item {
            Item::Modification(n) => changes
                .modifications
                .get(n)
                .is_some_and(|m| stays.binary_search(&(m.old.kind(), m.old.id())).is_ok()),
            _ => false,
        };
        let rights =
            |tree: &Self, item| only_drifted && tree.sets_right(compared, item) && !stays(item);
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
            if state
                && (wanted.takes(&|| modification.name.clone())
                    || modification.fields.iter().any(|field| wanted.takes(&|| field.new.clone())))
            {
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
            let state = wanted.takes_state(State::Removed) || rights(&tree, Item::Deletion(n));
            if state && wanted.takes(&|| deletion.name.clone()) {
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
        let left = compared.left_drifted();
        tree.total += left.len();
        for item in left {
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
                let what = compared.changes.additions.get(n);
                what.is_some_and(|what| self.regained.binary_search(what).is_ok())
            }
            Item::Modification(n) => {
                let fields = compared.changes.modifications.get(n).map(|m| &m.fields);
                fields.is_some_and(|fields| fields.iter().any(|field| field.applied.is_some()))
            }
            Item::Deletion(n) => compared.changes.deletions.get(n).is_some_and(|deletion| {
                let old = &deletion.old;
                self.set_right.binary_search(&(old.kind(), old.id())).is_ok()
            }),
            _ => false,
        }
    }

    /// Opens the section and the group of the first change of something. False if there is none.
    pub fn open_to(&self, compared: Compared, one: &Selected, open: &mut BTreeSet<String>) -> bool {
        let finder = Finder::of(compared, one);
        let is_it = |item: &Item| finder.finds(*item);
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

    /// How many there are without a filter.
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many lines there are to draw.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// True if there is no line to draw.
    pub fn is_empty(&self) -> bool {
        self.lines.len() == 0
    }

    /// A line, made as it is drawn.
    pub fn row(&self, line: usize) -> Option<Row> {
        let (block, within) = self.lines.at(line)?;
        match block {
            Block::Fold(row) => Some(row.clone()),
            Block::Items { group, said } => match lines::item_at(said, within) {
                Ok(item) => self.groups.get(group)?.items.get(item).copied().map(Row::Item),
                Err(words) => Some(Row::Detail(words.to_owned())),
            },
        }
    }

    /// The first line that has a change of something.
    pub fn line_of(&self, compared: Compared, one: &Selected) -> Option<usize> {
        let finder = Finder::of(compared, one);
        self.lines.blocks().find_map(|(first, block)| {
            let Block::Items { group, said } = block else { return None };
            let items = &self.groups.get(group)?.items;
            let item = items.iter().position(|item| finder.finds(*item))?;
            Some(first + lines::line_of(said, item))
        })
    }

    /// Lays out the lines: groups that are open, or all while a filter is set. Items have none of
    /// their own here, for a giant has hundreds of thousands.
    pub fn unfold(&mut self, compared: Compared, open: &BTreeSet<String>, all: bool, shown: Shown) {
        let mut lines = Lines::default();
        for (number, title) in (0u8..).zip(SECTIONS) {
            let range = (number, String::new())..(number + 1, String::new());
            let mut tally = Tally::default();
            let mut groups = self.groups.range(range).peekable();
            if groups.peek().is_none() {
                continue;
            }
            groups.clone().for_each(|(_, group)| tally.add(group.tally));
            // Sections begin open, except for what nobody reads line by line.
            let key = format!("section/{title}");
            let section_open = all || (number != 0) != open.contains(&key);
            let title_too = title.to_owned();
            lines.fold(Row::Section { key, title: title_too, tally, open: section_open });
            if !section_open {
                continue;
            }
            for (place, Group { items, tally }) in groups {
                let group = &place.1;
                let key = format!("group/{title}/{group}");
                let group_open = all || group.is_empty() || open.contains(&key);
                if !group.is_empty() {
                    let (title, tally) = (group.clone(), *tally);
                    lines.fold(Row::Group { key, title, tally, open: group_open });
                }
                if group_open {
                    lines.items(place.clone(), items.len(), said_of(compared, items, shown));
                }
            }
        }
        self.lines = lines;
    }
}

/// What is said of those of a group that lead what is selected.
fn said_of(compared: Compared, items: &[Item], shown: Shown) -> Vec<Said> {
    let Some(lead) = shown.selection.lead() else { return Vec::new() };
    let finder = Finder::of(compared, lead);
    let leads = |item: Item| match shown.pressed {
        Some(pressed) => pressed == item,
        None => finder.finds(item),
    };
    let leading = items.iter().enumerate().filter(|(_, item)| leads(**item));
    leading.map(|(item, of)| Said { item, words: details::words(compared, *of) }).collect()
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
        Item::Drifted(n) => {
            let left = compared.drifted(n).into_iter().flat_map(Drifted::left);
            match left.collect::<Vec<_>>().as_slice() {
                [one] => format!("{} changed", one.field),
                left => fields(Some(left.len())),
            }
        }
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

/// The device that something desired is, or begins at as its key does.
fn device_of(desired: &Desired, what: Addition) -> Option<u32> {
    match what {
        Addition::Device(n) => Some(n),
        Addition::Interface(n) => Some(desired.interfaces.get(n as usize)?.device),
        Addition::Cable(n) => Some(desired.cables.get(n as usize)?.0.device),
    }
}

/// What a change of something desired is a change of, by its index.
enum Subject {
    Device(u32),
    Link(u32),
}

fn subject_of(changes: &ChangeSet, what: Addition) -> Option<Subject> {
    match what {
        Addition::Cable(n) if changes.purpose.is_converge() => Some(Subject::Link(n)),
        // What a run had before is not numbered as the links that are drawn.
        what => device_of(&changes.desired, what).map(Subject::Device),
    }
}

/// What an item selects in the topology.
pub(super) fn selected_of(compared: Compared, item: Item) -> Option<Selected> {
    let changes = compared.changes;
    let desired = |what: Addition| match subject_of(changes, what)? {
        Subject::Link(n) => Some(Selected::Link(n)),
        Subject::Device(n) => {
            let class = changes.desired.kind_of(n)?.class.clone();
            let number = changes.desired.devices.get(n as usize)?.number;
            Some(Selected::Device { class, number })
        }
    };
    match item {
        Item::Prerequisite(_) => None,
        Item::Addition(n) => desired(*changes.additions.get(n)?),
        Item::Modification(n) => desired(changes.modifications.get(n)?.desired),
        Item::Deletion(n) => Some(of_key(&changes.deletions.get(n)?.key)),
        Item::Drifted(n) => Some(of_key(&compared.drifted(n)?.key)),
        Item::Gone(n) => Some(of_key(&compared.gone(n)?.0)),
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

/// The device that an object belongs to, by its key: the same thing to drawing, tables and changes,
/// whether the plan has it or not. A key that names no device stands for itself.
pub(super) fn of_key(key: &str) -> Selected {
    let device = || {
        let (class, number) = class_and_number(key)?;
        // Keys have numbers in one way only.
        let read = number.parse::<u32>().ok().filter(|read| read.to_string() == number)?;
        Some(Selected::Device { class: class.to_owned(), number: read })
    };
    device().unwrap_or_else(|| Selected::Removed(device_key(key)))
}

/// The parts of a selection in words: `fabric backend, SU 2`.
pub(super) fn parts_words<'a>(parts: impl IntoIterator<Item = &'a Part>) -> String {
    let words: Vec<String> = parts.into_iter().map(Part::to_string).collect();
    words.join(", ")
}
