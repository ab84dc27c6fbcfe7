//! What the plan is held against: which inventory, what that is called, and the question that
//! chooses another.
//!
//! A plan has an inventory of its own once one was chosen for it, or once it was approved or
//! applied; until then it goes with the default of the settings. So a change of the default moves
//! no plan that somebody has decided on. The choice is kept by the id of the plan in the settings
//! of this machine, and not in the plan: where the file lies differs from machine to machine.

use super::Window;
use super::command::Action;
use super::command::Command;
use super::dialogs::{buttons, first_field, text, title};
use super::jobs::{self, InventoryFile};
use super::model::{Dialog, Model, Stop, Wish};
use super::pick::typed_path;
use super::settings::Typing;
use super::theme::{self, tokens};
use crate::diff::Purpose;
use crate::inventory::TargetRef;
use crate::model::{PlanId, printable};
use crate::session::Places;
use crate::store::Settings;
use egui::{Button, Ui, vec2};
use std::path::{Path, PathBuf};

/// The path of an inventory that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TypedInventory {
    /// What was typed by now.
    pub text: String,
    /// Why it is to be typed.
    pub problem: Option<String>,
}

/// Whose inventory is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// That of the plan that is open.
    Plan,
    /// That of plans without one of their own.
    Default,
}

/// An inventory that would be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewInventory {
    /// Whose it is to be.
    pub whose: Whose,
    /// Where.
    pub path: PathBuf,
    /// True if its folder would be made too.
    pub lacks_folder: bool,
}

/// The inventory of plans without one of their own.
pub(super) fn default_inventory(settings: &Settings, places: &Places) -> PathBuf {
    settings.default_inventory.clone().unwrap_or_else(|| places.default_inventory())
}

/// The inventory of a plan.
pub(super) fn inventory_of(settings: &Settings, places: &Places, plan: PlanId) -> PathBuf {
    let own = settings.inventory_of(plan).map(Path::to_owned);
    own.unwrap_or_else(|| default_inventory(settings, places))
}

/// What an inventory is called: the name of its file, and the one inside Heddle by that.
pub(super) fn inventory_name(path: &Path, places: Option<&Places>) -> String {
    if places.is_some_and(|places| places.default_inventory() == path) {
        return "Heddle’s own inventory".to_owned();
    }
    // With its ending, so that it is not taken for a word of the sentence.
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    printable(&name.unwrap_or_else(|| path.display().to_string()))
}

impl Model {
    /// The inventory that what is shown is held against. Another may have been chosen, and not be
    /// read yet.
    pub fn shown_inventory(&self) -> &Path {
        self.answer.as_ref().map_or(&self.target.inventory, |answer| &answer.inventory)
    }

    /// What it is called.
    pub fn inventory_name(&self) -> String {
        inventory_name(self.shown_inventory(), self.places.as_ref())
    }

    /// What that and its site are called: `lab, site dc1`.
    pub fn target_name(&self) -> String {
        let plan = self.answer.as_ref().map_or(&self.plan, |answer| &answer.plan);
        format!("{}, site {}", self.inventory_name(), plan.spec.target.site)
    }

    /// The same of a record, whose inventory may be another one.
    pub fn name_of_target(&self, target: &TargetRef) -> String {
        let here = self.answer.as_ref().and_then(|answer| answer.target.as_ref());
        let inventory = match here {
            Some(here) if here.inventory == target.inventory => self.inventory_name(),
            Some(_) => "another inventory".to_owned(),
            None => return format!("site {}", target.site),
        };
        format!("{inventory}, site {}", target.site)
    }
}

impl Window {
    /// Asks for the inventory of the plan.
    pub(super) fn ask_for_inventory(&mut self, problem: Option<String>) {
        let text = self.model.target.inventory.display().to_string();
        self.model.dialog = Some(Dialog::Inventory(TypedInventory { text, problem }));
    }

    /// Asks for its file with the system's dialog.
    pub(super) fn browse_inventory(&mut self) {
        self.model.dialog = None;
        self.ask_for_file(Wish::Inventory);
    }

    /// A path was typed or chosen: looks what is there.
    pub(super) fn look_for_inventory(&mut self, whose: Whose, path: PathBuf) {
        self.start("Opening", Stop::AtOnce, jobs::look_for_inventory(whose, path));
    }

    /// It was looked what is there. Where nothing is may be a slip of the pen, and is not to become
    /// an empty inventory unasked.
    pub(super) fn take_found_inventory(
        &mut self,
        whose: Whose,
        path: PathBuf,
        found: InventoryFile,
    ) {
        match found {
            InventoryFile::Nothing { lacks_folder } => {
                let new = NewInventory { whose, path, lacks_folder };
                self.model.dialog = Some(Dialog::NewInventory(new));
            }
            InventoryFile::Other => {
                let problem =
                    format!("{} is no inventory.", printable(&path.display().to_string()));
                match whose {
                    Whose::Plan => {
                        self.ask_again_for_inventory(whose, &path);
                        if let Some(Dialog::Inventory(typed)) = &mut self.model.dialog {
                            typed.problem = Some(problem);
                        }
                    }
                    Whose::Default => self.fail(problem),
                }
            }
            InventoryFile::Inventory => self.use_inventory(whose, Some(path)),
        }
    }

    /// It was agreed to that an inventory is made; whoever reads it makes it.
    pub(super) fn make_inventory(&mut self, new: NewInventory) {
        self.use_inventory(new.whose, Some(new.path));
        if new.whose == Whose::Default {
            self.obey(Command::Settings);
        }
    }

    /// The path that was typed for the plan.
    pub(super) fn take_typed_inventory(&mut self, typed: &TypedInventory) {
        let beside = self.model.path.as_ref().and_then(|path| path.parent());
        let folder = beside.unwrap_or(&self.places.data);
        if let Some(path) = typed_path(&typed.text, folder) {
            self.look_for_inventory(Whose::Plan, path);
        }
    }

    /// The question that led to a new inventory, again.
    pub(super) fn ask_again_for_inventory(&mut self, whose: Whose, path: &Path) {
        let text = path.display().to_string();
        self.model.dialog = Some(match whose {
            Whose::Plan => Dialog::Inventory(TypedInventory { text, problem: None }),
            Whose::Default => {
                Dialog::Settings(Typing { inventory: text, ..Typing::of(&self.model.settings) })
            }
        });
    }

    /// Plans are held against this inventory from now on; without a path against the default, or
    /// the default is that inside Heddle.
    pub(super) fn use_inventory(&mut self, whose: Whose, path: Option<PathBuf>) {
        let (settings, plan) = (&mut self.model.settings, self.model.plan.metadata.id);
        match whose {
            Whose::Default => settings.default_inventory = path,
            Whose::Plan => settings.keep_inventory(plan, path),
        }
        let has_own = settings.inventory_of(plan).is_some();
        let before = self.model.target.inventory.clone();
        self.model.purpose = Purpose::Converge;
        self.request(true);
        let name = inventory_name(&self.model.target.inventory, self.model.places.as_ref());
        if self.model.target.inventory != before {
            self.tell(format!("This plan is held against {name} now."));
        } else if has_own && whose == Whose::Default {
            self.tell(format!("This plan has an inventory of its own and stays with {name}."));
        }
        self.write_settings();
    }

    /// Somebody has decided on the plan: it stays with the inventory that they saw.
    pub(super) fn stay_with_inventory(&mut self) {
        let plan = self.model.plan.metadata.id;
        if self.model.settings.inventory_of(plan).is_none() {
            let path = self.model.target.inventory.clone();
            self.model.settings.keep_inventory(plan, Some(path));
            self.write_settings();
        }
    }
}

/// Draws the question for the inventory of the plan.
pub(super) fn inventory_ui(
    ui: &mut Ui,
    model: &Model,
    typed: &TypedInventory,
    out: &mut Vec<Action>,
) {
    title(ui, "Inventory of this plan");
    text(
        ui,
        "The plan is held against this inventory, and applied to it. The choice is kept on this \
         computer, not in the plan.",
    );
    if let Some(problem) = &typed.problem {
        theme::barred_box(ui, tokens(ui.ctx()).changed, |ui| {
            ui.add(egui::Label::new(problem).wrap())
        });
        ui.add_space(8.0);
    }
    let mut now = typed.clone();
    let label = ("Path of the inventory", "typed inventory");
    let enter = first_field(ui, label, theme::mono(12.5), &mut now.text);
    ui.add_space(4.0);
    if ui.add(Button::new("Browse…").min_size(vec2(86.0, 0.0))).clicked() {
        out.push(Action::BrowseInventory);
    }
    ui.add_space(8.0);
    let own = model.settings.inventory_of(model.plan.metadata.id);
    let default = model.places.as_ref().map(|places| default_inventory(&model.settings, places));
    match &default {
        Some(default) if own.is_some() => {
            text(ui, &format!("The default is {}.", printable(&default.display().to_string())));
        }
        _ => text(ui, "It is the default of the settings, for this plan has none of its own."),
    }
    let held = model.target.inventory.display().to_string();
    let ready = !now.text.trim().is_empty() && (own.is_none() || now.text.trim() != held);
    if now.text != typed.text {
        now.problem = None;
        out.push(Action::Ask(Dialog::Inventory(now)));
    }
    if enter && ready {
        out.push(Action::Confirm);
    }
    let other = own.is_some().then_some("Use the default");
    buttons(ui, ("Use", ready), other, false, out);
}

/// Draws the question whether an empty inventory is to be made.
pub(super) fn new_inventory_ui(ui: &mut Ui, new: &NewInventory, out: &mut Vec<Action>) {
    title(ui, "Make a new inventory?");
    let shown = printable(&new.path.display().to_string());
    let with = if new.lacks_folder { ", with its folder" } else { "" };
    text(ui, &format!("There is no file {shown}. An empty inventory would be made there{with}."));
    buttons(ui, ("Make it", true), None, true, out);
}
