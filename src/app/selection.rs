//! What is selected – devices, links, and what is removed – and what can be done with it.
//!
//! A selection is a set by identity, so that it outlives an edit, with one lead: what was chosen
//! last, which the view follows and a range begins at. Links have no identity of their own; they
//! are forgotten when the fabric changes. Limits: a selection holds [`MOST_SELECTED`] things.

use super::Window;
use super::changes::{Compared, Row, selected_of};
use super::command::{Action, Command};
use super::form::field_for;
use super::menus::{MENU_BY_KEYS, groups_ui, menu_lines};
use super::model::{Model, Tab};
use super::tables::Centre;
use super::theme;
use crate::diff::{Addition, addition_name};
use crate::evaluate::Evaluation;
use crate::fabric::{Class, Fabric};
use crate::model::{SpecPath, counted, grouped};
use crate::scene::tables::TableKind;
use crate::scene::{Block, Scene};
use egui::{Id, LayerId, Modifiers, Order, Popup, PopupKind, Pos2, Ui};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Things that are selected at most.
pub(super) const MOST_SELECTED: usize = 20_000;

/// One thing that is selected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Selected {
    /// A device: of the plan, or one that goes or comes back.
    Device {
        /// The id of its class.
        class: String,
        /// Its number in the class.
        number: u32,
    },
    /// A link of the plan, by its index.
    Link(u32),
    /// Something that goes and whose key names no device.
    Removed(String),
}

impl Selected {
    /// A device by its index.
    pub fn device(fabric: &Fabric, index: u32) -> Option<Self> {
        let class = fabric.class_of(index)?.id.clone();
        let number = fabric.devices.get(index as usize)?.number;
        Some(Self::Device { class, number })
    }

    /// Its key, unless it is a link.
    fn key(&self) -> Option<String> {
        match self {
            Self::Device { class, number } => Some(format!("device/{class}/{number}")),
            Self::Link(_) => None,
            Self::Removed(key) => Some(key.clone()),
        }
    }

    /// The index of the device, if it is one.
    pub fn device_index(&self, fabric: &Fabric) -> Option<u32> {
        let Self::Device { class, number } = self else { return None };
        fabric.class(class)?.device(*number)
    }

    /// The index of the device that it is, or is a part of, if the plan has that.
    fn standing(&self, fabric: &Fabric) -> Option<u32> {
        match self {
            Self::Device { .. } => self.device_index(fabric),
            Self::Link(n) => Some(fabric.links.get(*n as usize)?.a.device),
            // Of a device that stays something may be removed.
            Self::Removed(key) => fabric.device_of_key(key),
        }
    }

    /// Where its class stands in the spec.
    fn place(&self, fabric: &Fabric) -> Option<SpecPath> {
        Some(fabric.class_of(self.standing(fabric)?)?.path.clone())
    }
}

/// The names for people of some that are selected. What neither the plan nor a change has any more
/// has none.
fn names<'a>(some: impl Iterator<Item = &'a Selected> + Clone, of: &Evaluation) -> Vec<String> {
    let fabric = &of.fabric;
    let gone = some.clone().filter(|one| one.standing(fabric).is_none());
    let gone = names_of_gone(gone.filter_map(Selected::key), of);
    let name = |one: &Selected| match (one, one.standing(fabric)) {
        (Selected::Link(n), _) => Some(addition_name(&of.desired, Addition::Cable(*n))),
        (_, Some(device)) => Some(fabric.device_name(device)),
        (Selected::Removed(key), None) => {
            Some(gone.get(key).cloned().flatten().unwrap_or_else(|| key.clone()))
        }
        (Selected::Device { .. }, None) => gone.get(&one.key()?).cloned().flatten(),
    };
    some.filter_map(name).collect()
}

/// The names of what the plan has not, as changes and drift have them.
fn names_of_gone(
    keys: impl Iterator<Item = String>,
    of: &Evaluation,
) -> BTreeMap<String, Option<String>> {
    let mut gone: BTreeMap<String, Option<String>> = keys.map(|key| (key, None)).collect();
    if gone.is_empty() {
        return gone;
    }
    // There may be as many deletions: they are gone through once for all.
    let changes = of.changes.as_deref();
    for deletion in changes.iter().flat_map(|changes| &changes.deletions) {
        if let Some(name) = gone.get_mut(&deletion.key) {
            *name = Some(deletion.name.clone());
        }
    }
    // What an undo makes again, and what was taken away.
    let back = changes.filter(|changes| !changes.purpose.is_converge()).into_iter();
    let back =
        back.flat_map(|changes| changes.additions.iter().map(|what| (&changes.desired, what)));
    let away = of
        .drift
        .iter()
        .flat_map(|drift| drift.gone.iter().map(|gone| (&drift.applied, &gone.what)));
    for (desired, what) in back.chain(away) {
        if let Addition::Device(n) = what
            && let Some(name) = gone.get_mut(&desired.device_key(*n))
        {
            name.get_or_insert_with(|| addition_name(desired, *what));
        }
    }
    gone
}

/// How far a choice reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// This and nothing else.
    Only,
    /// This comes to the others, or leaves them.
    Toggle,
    /// Everything from the lead to this.
    Through,
    /// This comes to the others, and leads.
    Joins,
}

impl Reach {
    /// What the keys that are held mean for a click.
    pub fn of(held: Modifiers) -> Self {
        match (held.shift, held.command) {
            (true, _) => Self::Through,
            (false, true) => Self::Toggle,
            (false, false) => Self::Only,
        }
    }
}

/// Everything that is selected.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    all: Arc<BTreeSet<Selected>>,
    lead: Option<Selected>,
}

impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        self.lead == other.lead && (Arc::ptr_eq(&self.all, &other.all) || self.all == other.all)
    }
}

impl Selection {
    /// One thing, or nothing.
    pub fn one(one: impl Into<Option<Selected>>) -> Self {
        let lead = one.into();
        Self { all: Arc::new(lead.iter().cloned().collect()), lead }
    }

    /// What stands first of many leads; the rest beyond [`MOST_SELECTED`] is left out.
    pub fn of(many: impl IntoIterator<Item = Selected>) -> Self {
        let mut many = many.into_iter().take(MOST_SELECTED).peekable();
        let lead = many.peek().cloned();
        Self { all: Arc::new(many.collect()), lead }
    }

    /// True if nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many things are selected.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// What was chosen last.
    pub fn lead(&self) -> Option<&Selected> {
        self.lead.as_ref()
    }

    /// All of it, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &Selected> + Clone {
        self.all.iter()
    }

    /// True if it is selected.
    pub fn contains(&self, one: &Selected) -> bool {
        self.all.contains(one)
    }

    /// The same with one thing more, or without it if it was there.
    pub fn toggled(&self, one: Selected) -> Self {
        let mut all = BTreeSet::clone(&self.all);
        if all.remove(&one) {
            let lead = all.first().cloned();
            return Self { all: Arc::new(all), lead };
        }
        self.joined([one])
    }

    /// The same with more, the last of which leads.
    pub fn joined(&self, more: impl IntoIterator<Item = Selected>) -> Self {
        let mut all = BTreeSet::clone(&self.all);
        let mut lead = self.lead.clone();
        for one in more {
            if all.len() >= MOST_SELECTED {
                break;
            }
            lead = Some(one.clone());
            all.insert(one);
        }
        Self { all: Arc::new(all), lead }
    }

    /// The same without some.
    pub fn without(&self, some: &[Selected]) -> Self {
        let mut all = BTreeSet::clone(&self.all);
        some.iter().for_each(|one| {
            all.remove(one);
        });
        let lead = self.lead.clone().filter(|lead| all.contains(lead));
        let lead = lead.or_else(|| all.first().cloned());
        Self { all: Arc::new(all), lead }
    }

    /// The same with the lead at one that is selected; at another, if that one is not.
    pub fn led_by(&self, one: Selected) -> Self {
        let lead = Some(one).filter(|one| self.contains(one));
        let lead = lead.or_else(|| self.all.first().cloned());
        Self { all: Arc::clone(&self.all), lead }
    }

    /// The selection after a click on `one`. `between` gives what lies from the lead to it, where
    /// there is an order; it begins at the lead, so that what is too much is left out at the other
    /// end.
    pub fn clicked(&self, one: Selected, reach: Reach, between: Vec<Selected>) -> Self {
        match reach {
            Reach::Only => Self::one(one),
            Reach::Toggle => self.toggled(one),
            Reach::Joins => self.joined([one]),
            // The range begins at the same place if it is drawn again.
            Reach::Through => match self.lead.clone().filter(|_| !between.is_empty()) {
                Some(lead) => Self::of(between).joined([one]).led_by(lead),
                None => self.joined([one]),
            },
        }
    }

    /// The same without links: another fabric numbers them anew.
    pub fn without_links(&self) -> Self {
        let stays = |one: &&Selected| !matches!(one, Selected::Link(_));
        let kept = Self::of(self.iter().filter(stays).cloned());
        self.lead.clone().map_or(kept.clone(), |lead| kept.led_by(lead))
    }
}

/// The numbers from one to another, up or down.
pub(super) fn from_to(from: usize, to: usize) -> impl Iterator<Item = usize> {
    let step = move |n: usize| if from <= to { from + n } else { from.saturating_sub(n) };
    (0..=from.abs_diff(to)).map(step)
}

/// The blocks and bundles of a scene that a selection touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub blocks: BTreeSet<u32>,
    pub bundles: BTreeSet<u32>,
    /// Of blocks that are drawn as tiles, a bit for each tile that is meant.
    pub tiles: BTreeMap<u32, u32>,
}

impl Marks {
    /// What one thing is drawn as.
    pub fn of_one(scene: &Scene, fabric: &Fabric, one: &Selected) -> Self {
        let mut marks = Self::default();
        match one {
            Selected::Device { .. } => {
                let Some(device) = one.device_index(fabric) else {
                    // The plan has it not: it goes, or an undo brings it back.
                    marks.blocks.extend(one.key().and_then(|key| scene.others.get(&key)));
                    return marks;
                };
                let Some(n) = scene.block_of.get(device as usize) else { return marks };
                marks.blocks.insert(*n);
                let block = scene.blocks.get(*n as usize).filter(|block| block.tiles() > 0);
                let first = block.and_then(|block| block.first_device);
                let place = first.and_then(|first| device.checked_sub(first));
                if let Some(tile) = place.and_then(|place| 1u32.checked_shl(place)) {
                    marks.tiles.insert(*n, tile);
                }
            }
            Selected::Link(n) => marks.bundles.extend(scene.bundle_of.get(*n as usize)),
            Selected::Removed(key) => {
                let removed = scene.others.get(key);
                // What is removed may be a part of a device that stays.
                let staying = || scene.block_of.get(fabric.device_of_key(key)? as usize);
                marks.blocks.extend(removed.or_else(staying));
            }
        }
        marks
    }

    /// The tiles of a block that are meant where it is not all of them.
    pub fn part_of(&self, n: u32, block: &Block) -> Option<u32> {
        let all = u32::MAX.checked_shr(32u32.saturating_sub(block.tiles())).unwrap_or(0);
        self.tiles.get(&n).copied().filter(|tiles| *tiles != all)
    }

    /// What all of a selection is drawn as.
    pub fn of(scene: &Scene, fabric: &Fabric, selection: &Selection) -> Self {
        let mut marks = Self::default();
        for one in selection.iter() {
            let Self { blocks, bundles, tiles } = Self::of_one(scene, fabric, one);
            marks.blocks.extend(blocks);
            marks.bundles.extend(bundles);
            for (block, tile) in tiles {
                *marks.tiles.entry(block).or_default() |= tile;
            }
        }
        marks
    }
}

/// What is selected, by class: `be-leaf` 3, links 2.
pub(super) fn counts_of(selection: &Selection) -> Vec<(String, usize)> {
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut links, mut removed) = (0, 0);
    for one in selection.iter() {
        match one {
            Selected::Device { class, .. } => *classes.entry(class).or_default() += 1,
            Selected::Link(_) => links += 1,
            Selected::Removed(_) => removed += 1,
        }
    }
    let classes = classes.into_iter().map(|(class, n)| (class.to_owned(), n));
    let others = [("Cables".to_owned(), links), ("Removed".to_owned(), removed)];
    classes.chain(others).filter(|(_, n)| *n > 0).collect()
}

/// What is heard of what is selected, from what is said of the lead.
pub(super) fn spoken_selection(lead: Option<String>, selected: usize) -> String {
    match (lead, selected) {
        (_, 0) => "nothing selected".to_owned(),
        (Some(lead), 1) => lead,
        (Some(lead), n) => format!("{lead}, {} selected", grouped(n as u64)),
        (None, n) => format!("{} selected", grouped(n as u64)),
    }
}

/// The commands on what is selected, in groups: of the menu bar and of the menu at the selection.
pub(super) const COMMANDS: [&[Command]; 3] = [
    &[
        Command::ZoomToSelection,
        Command::ShowInTable,
        Command::ShowItsCables,
        Command::ShowInChanges,
    ],
    &[Command::GoToSpec, Command::GoToLine],
    &[Command::SelectClass, Command::CopyNames, Command::ClearSelection],
];

/// Why a command on what is selected cannot be given.
pub(super) fn blocked(command: Command, model: &Model) -> Option<String> {
    if model.selection.is_empty() {
        return Some("Nothing is selected.".to_owned());
    }
    let lead = model.selection.lead();
    let evaluation = model.answer.as_ref().map(|answer| &answer.evaluation);
    let fabric = evaluation.map(|evaluation| &evaluation.fabric);
    let stands = |one: &Selected| fabric.is_some_and(|fabric| one.standing(fabric).is_some());
    let no_longer = || "The plan has it no longer.".to_owned();
    match command {
        Command::ShowInTable => (!lead.is_some_and(stands)).then(no_longer),
        Command::ShowItsCables => match lead {
            Some(lead @ Selected::Device { .. }) => (!stands(lead)).then(no_longer),
            _ => Some("No device is selected.".to_owned()),
        },
        Command::SelectClass | Command::GoToSpec | Command::GoToLine => {
            let place = fabric.and_then(|fabric| lead.and_then(|lead| lead.place(fabric)));
            place.is_none().then(no_longer)
        }
        Command::ShowInChanges => {
            let compared = evaluation.and_then(|evaluation| Compared::of(evaluation));
            compared.is_none().then(|| "There is no change set.".to_owned())
        }
        Command::CopyNames => {
            // Most of what is selected is there, and then nothing has to be looked for.
            let named = || evaluation.is_some_and(|of| !names(lead.into_iter(), of).is_empty());
            (!model.selection.iter().any(stands) && !named()).then(no_longer)
        }
        _ => None,
    }
}

impl Window {
    /// Selects, and says what was left out.
    fn set_selection(&mut self, selection: Selection) {
        if selection.len() >= MOST_SELECTED {
            let most = grouped(MOST_SELECTED as u64);
            self.tell(format!("{most} are selected; more are not."));
        }
        self.model.selection = selection;
        self.model.pressed_change = None;
        self.model.unfold();
    }

    /// Selects, and brings the change of what was chosen last into view.
    pub(super) fn select(&mut self, selection: Selection) {
        self.set_selection(selection);
        let Some(answer) = &self.model.answer else { return };
        let evaluation = Arc::clone(&answer.evaluation);
        let Some(compared) = Compared::of(&evaluation) else { return };
        if !compared.is_long() && !self.model.changes_as_text {
            self.reveal_lead(compared);
        }
    }

    /// Opens the group of the lead's change and brings it into view. False if there is none.
    fn reveal_lead(&mut self, compared: Compared) -> bool {
        let Some(lead) = self.model.selection.lead() else { return false };
        if !self.model.tree.open_to(compared, lead, &mut self.model.open_groups) {
            return false;
        }
        self.model.unfold();
        let lead = self.model.selection.lead();
        let line = lead.and_then(|lead| self.model.tree.line_of(compared, lead));
        self.model.reveal_change = line;
        true
    }

    /// A click on a line of the changes.
    pub(super) fn select_change(&mut self, line: usize, reach: Reach) {
        let Some(answer) = &self.model.answer else { return };
        let evaluation = Arc::clone(&answer.evaluation);
        let Some(compared) = Compared::of(&evaluation) else { return };
        let tree = &self.model.tree;
        let of = |line: usize| match tree.row(line)? {
            Row::Item(item) => selected_of(compared, item),
            _ => None,
        };
        let Some(one) = of(line) else { return };
        let lead = self.model.selection.lead().filter(|_| reach == Reach::Through);
        let from = lead.and_then(|lead| tree.line_of(compared, lead));
        let between = from.into_iter().flat_map(|from| from_to(from, line)).filter_map(of);
        let between = between.take(MOST_SELECTED).collect();
        let pressed = match tree.row(line) {
            Some(Row::Item(item)) if reach == Reach::Only => Some(item),
            _ => None,
        };
        let selection = self.model.selection.clicked(one, reach, between);
        self.set_selection(selection);
        self.model.pressed_change = pressed;
        self.model.unfold();
    }

    /// Selects all devices of the classes, or all links of the groups, of what is selected.
    pub(super) fn select_class(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let fabric = &answer.evaluation.fabric;
        let (mut classes, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for one in self.model.selection.iter() {
            match one {
                Selected::Device { class, .. } => {
                    classes.insert(class.as_str());
                }
                Selected::Link(n) => groups.extend(fabric.links.get(*n as usize).map(|l| l.group)),
                Selected::Removed(_) => {}
            }
        }
        let of_class = |class: &&Class| classes.contains(class.id.as_str());
        let devices = fabric.classes.iter().filter(of_class).flat_map(|class| {
            let devices = class.first_device..class.first_device.saturating_add(class.count);
            devices.filter_map(|n| Selected::device(fabric, n))
        });
        let links = (0u32..).zip(&fabric.links).filter(|(_, link)| groups.contains(&link.group));
        let all = Selection::of(devices.chain(links.map(|(n, _)| Selected::Link(n))));
        let lead = self.model.selection.lead().filter(|lead| all.contains(lead)).cloned();
        let all = lead.map_or(all.clone(), |lead| all.led_by(lead));
        self.select(all);
    }

    /// Selects the devices that come from a place of the spec, and shows them in the topology.
    pub(super) fn select_place(&mut self, place: &SpecPath) {
        let Some(answer) = &self.model.answer else { return };
        let fabric = &answer.evaluation.fabric;
        let devices = classes_at(fabric, place).flat_map(|class| {
            let devices = class.first_device..class.first_device.saturating_add(class.count);
            devices.filter_map(|n| Selected::device(fabric, n))
        });
        let devices = Selection::of(devices);
        self.select(devices);
        self.obey(Command::ZoomToSelection);
    }

    /// Shows what is selected in its table, in view.
    pub(super) fn show_in_table(&mut self) {
        let kind = match self.model.selection.lead() {
            Some(Selected::Link(_)) => TableKind::Cables,
            _ => TableKind::Devices,
        };
        self.show_centre(Centre::Table(kind));
        // A filter might hide it.
        let mut query = self.model.table.query.clone();
        (query.filter, query.only_changed) = (String::new(), false);
        self.ask_table(query);
        self.model.reveal_row = true;
    }

    /// Lists the cables of the device that was selected last.
    pub(super) fn show_its_cables(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let lead = self.model.selection.lead();
        let Some(name) = names(lead.into_iter(), &answer.evaluation).pop() else { return };
        self.show_centre(Centre::Table(TableKind::Cables));
        let mut query = self.model.table.query.clone();
        // Another name may begin with this one, and one that others gave may have spaces.
        let quote = if name.contains(char::is_whitespace) { "\"" } else { "" };
        (query.filter, query.only_changed) = (format!("device:={quote}{name}{quote}"), false);
        self.ask_table(query);
    }

    /// Shows what would become of the selected in the changes, in view.
    pub(super) fn show_in_changes(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let evaluation = Arc::clone(&answer.evaluation);
        let Some(compared) = Compared::of(&evaluation) else { return };
        self.model.changes_as_text = false;
        if !self.model.filter.is_empty() {
            self.model.filter.clear();
            self.regroup();
        }
        self.model.pressed_change = None;
        if !self.reveal_lead(compared) {
            self.tell("Nothing of it would change.");
        }
    }

    /// Goes to the form, or the line of the text, that the selected comes from.
    pub(super) fn go_to_spec(&mut self, line: bool) {
        let Some(answer) = &self.model.answer else { return };
        let lead = self.model.selection.lead();
        let Some(place) = lead.and_then(|lead| lead.place(&answer.evaluation.fabric)) else {
            return;
        };
        if line {
            self.model.tab = Tab::Text;
            self.model.go_to_text = Some(place);
        } else {
            self.go_to(field_for(place));
        }
    }

    /// Copies the names of what is selected, one to a line.
    pub(super) fn copy_names(&mut self) {
        let Some(answer) = &self.model.answer else { return };
        let names = names(self.model.selection.iter(), &answer.evaluation);
        self.context.copy_text(names.join("\n"));
        self.tell(format!("{} copied.", counted(names.len() as u64, "name was", "names were")));
    }

    /// Opens the menu of what is selected.
    pub(super) fn open_menu(&mut self, at: Pos2) {
        if self.model.selection.is_empty() {
            return;
        }
        self.model.menu_at = Some(at);
        Popup::open_id(&self.context, menu_id());
        let pressed = self.context.input(|input| input.pointer.any_released());
        self.context.data_mut(|data| data.insert_temp(Id::new(MENU_BY_KEYS), !pressed));
        self.context.request_repaint();
    }
}

/// The classes with devices that come from a place of the spec or one within it.
pub(super) fn classes_at<'a>(
    fabric: &'a Fabric,
    place: &'a SpecPath,
) -> impl Iterator<Item = &'a Class> {
    let real = |class: &&Class| class.count > 0 && !class.path.as_str().is_empty();
    fabric.classes.iter().filter(real).filter(|class| class.path.contains(place))
}

fn menu_id() -> Id {
    Id::new("menu of the selection")
}

/// Draws the menu of what is selected, if it is open.
pub(super) fn menu_ui(ui: &Ui, model: &Model, out: &mut Vec<Action>) {
    let Some(at) = model.menu_at else { return };
    let layer = LayerId::new(Order::Foreground, menu_id());
    Popup::new(menu_id(), ui.ctx().clone(), at, layer)
        .kind(PopupKind::Menu)
        .open_memory(None)
        .layout(egui::Layout::top_down_justified(egui::Align::Min))
        .style(egui::containers::menu::menu_style)
        .gap(0.0)
        .show(|ui| {
            ui.set_min_width(theme::MENU_WIDTH);
            menu_lines(ui, |ui| groups_ui(ui, model, &COMMANDS, out));
        });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::changes::Item;
    use crate::catalog::Catalog;
    use crate::diff::{ChangeSet, Deletion, Reason};
    use crate::evaluate::{Inputs, evaluate};
    use crate::inventory::Object;
    use crate::model::{PlanId, Progress};
    use crate::plan::preset::build;

    #[test]
    fn what_goes_is_told_from_the_device_that_stays() {
        let catalog = Catalog::built_in().unwrap();
        let plan = build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap();
        let mut evaluation = evaluate(&Inputs::of(&plan, &catalog), &Progress::new()).unwrap();
        let deletion = |old: Object, key: &str, name: &str| Deletion {
            old,
            key: key.to_owned(),
            name: name.to_owned(),
            reason: Reason::NotInPlan,
            interfaces: None,
            far: None,
        };
        let (device, cable) =
            (Object::Device(Default::default()), Object::Cable(Default::default()));
        evaluation.changes = Some(Arc::new(ChangeSet {
            deletions: vec![
                deletion(device.clone(), "device/be-leaf/99", "old-leaf"),
                deletion(device, "device/be-leaf/77", "older-leaf"),
                deletion(cable, "cable/be-leaf/2/uplink/0", "be-leaf-02 E1/1 – old-spine E1/1"),
            ],
            ..ChangeSet::default()
        }));
        let compared = Compared::of(&evaluation).unwrap();
        let check = |one: Selected, name: Option<&str>, has_place: bool| {
            assert_eq!(names([&one].into_iter(), &evaluation).pop().as_deref(), name, "{one:?}");
            assert_eq!(one.place(&evaluation.fabric).is_some(), has_place, "{one:?}");
        };
        let of = |n: usize| selected_of(compared, Item::Deletion(n)).unwrap();
        check(of(0), Some("old-leaf"), false);
        check(of(1), Some("older-leaf"), false);
        check(of(2), Some("be-leaf-02"), true);
        check(Selected::Removed("device/be-leaf/3".into()), Some("be-leaf-03"), true);
        check(Selected::Removed("device/be-leaf/98".into()), Some("device/be-leaf/98"), false);
        let leaf = |number| Selected::Device { class: "be-leaf".into(), number };
        check(leaf(98), None, false);
        // Drawing, tables and changes speak of one thing.
        assert_eq!([of(0), of(1), of(2)], [leaf(99), leaf(77), leaf(2)]);
        let all = [of(0), of(1), of(2)];
        assert_eq!(names(all.iter(), &evaluation), ["old-leaf", "older-leaf", "be-leaf-02"]);
    }

    #[test]
    fn a_range_that_is_too_long_is_cut_at_its_far_end() {
        let links = |from: u32, to: u32| from_to(from as usize, to as usize).map(|n| n as u32);
        let most = MOST_SELECTED as u32;
        for (from, to) in [(0, most + 9), (most + 9, 0), (5, 5), (3, 1)] {
            let between = links(from, to).map(Selected::Link).collect();
            let lead = Selection::one(Selected::Link(from));
            let chosen = lead.clicked(Selected::Link(to), Reach::Through, between);
            assert_eq!(chosen.lead(), Some(&Selected::Link(from)), "{from} to {to}");
            assert_eq!(chosen.len(), MOST_SELECTED.min(from.abs_diff(to) as usize + 1));
            assert!(
                links(from, to).take(chosen.len()).all(|n| chosen.contains(&Selected::Link(n)))
            );
        }
        // Something leads as long as something is selected.
        let some = Selection::of([Selected::Link(4), Selected::Link(7)]);
        assert_eq!(some.led_by(Selected::Link(7)).lead(), Some(&Selected::Link(7)));
        assert_eq!(some.led_by(Selected::Link(9)).lead(), Some(&Selected::Link(4)));
        assert_eq!(Selection::default().led_by(Selected::Link(9)).lead(), None);
    }

    #[test]
    fn what_is_selected_is_heard() {
        for (lead, selected, expected) in [
            (None, 0, "nothing selected"),
            (Some("leaf-1, added"), 1, "leaf-1, added"),
            (Some("leaf-1, added"), 4, "leaf-1, added, 4 selected"),
            (None, 1_200, "1,200 selected"),
        ] {
            assert_eq!(spoken_selection(lead.map(str::to_owned), selected), expected);
        }
    }
}
