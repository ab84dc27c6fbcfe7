//! What a person can ask the window to do: one enum, one exhaustive match for each facet.
//!
//! Menus, buttons and shortcuts all read it, so nothing can be forgotten in one of them.
//! [`Command`] is intent without data; [`Action`] is everything that drawing can hand back,
//! drained at one place after the frame.

use super::form::ModelKind;
use super::model::{Dialog, Model, SpecPart, Stop, Tab, is_whole};
use super::on_disk::{Access, OnDisk};
use super::purposes::approved_elsewhere;
use super::selection::{self, Reach, Selection};
use super::settings::Setting;
use super::tables::Centre;
use crate::diff::Purpose;
use crate::model::{Edit, Finding, Severity, SpecPath};
use crate::plan::RowEdit;
use crate::scene::tables::TableQuery;
use egui::{Key, KeyboardShortcut, Modifiers, Pos2};

/// What a person can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    New,
    Open,
    OpenTyped,
    Reload,
    KeepMine,
    TakeOver,
    Save,
    SaveAs,
    SaveTyped,
    Quit,
    Undo,
    Redo,
    WhatIf,
    PinSizes,
    Eject,
    ZoomToSelection,
    ShowInTable,
    ShowItsCables,
    ShowInChanges,
    GoToSpec,
    GoToLine,
    SelectClass,
    CopyNames,
    SelectionMenu,
    ClearSelection,
    Find,
    FilterChanges,
    Fit,
    ZoomIn,
    ZoomOut,
    SwitchTheme,
    Settings,
    ChooseInventory,
    Refresh,
    Approve,
    Apply,
    Resume,
    Cancel,
    ChooseParts,
    AllChanges,
    UndoRun,
    Destroy,
    BackToPlan,
    ShowApproved,
    History,
    Standing,
    ShowCluster,
    ShowSwitches,
    ShowServers,
    ShowMore,
    ShowFindings,
    ShowText,
    NextFinding,
    NextSection,
    PreviousSection,
    Palette,
    Shortcuts,
    FirstSteps,
    ToggleSpec,
    ToggleChanges,
    ShowTopology,
    ShowDevices,
    ShowPorts,
    ShowCables,
    ClearTableFilter,
    ChangesAsText,
    CopyTable,
    CopyChanges,
    CopyFindings,
    CopyDiagnostics,
    ExportPicture,
    ExportCables,
}

impl Command {
    /// All of them.
    pub const ALL: [Command; 72] = [
        Self::New,
        Self::Open,
        Self::OpenTyped,
        Self::Reload,
        Self::KeepMine,
        Self::TakeOver,
        Self::Save,
        Self::SaveAs,
        Self::SaveTyped,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::WhatIf,
        Self::PinSizes,
        Self::Eject,
        Self::ZoomToSelection,
        Self::ShowInTable,
        Self::ShowItsCables,
        Self::ShowInChanges,
        Self::GoToSpec,
        Self::GoToLine,
        Self::SelectClass,
        Self::CopyNames,
        Self::SelectionMenu,
        Self::ClearSelection,
        Self::Find,
        Self::FilterChanges,
        Self::Fit,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::SwitchTheme,
        Self::Settings,
        Self::ChooseInventory,
        Self::Refresh,
        Self::Approve,
        Self::Apply,
        Self::Resume,
        Self::Cancel,
        Self::ChooseParts,
        Self::AllChanges,
        Self::UndoRun,
        Self::Destroy,
        Self::BackToPlan,
        Self::ShowApproved,
        Self::History,
        Self::Standing,
        Self::ShowCluster,
        Self::ShowSwitches,
        Self::ShowServers,
        Self::ShowMore,
        Self::ShowFindings,
        Self::ShowText,
        Self::NextFinding,
        Self::NextSection,
        Self::PreviousSection,
        Self::Palette,
        Self::Shortcuts,
        Self::FirstSteps,
        Self::ToggleSpec,
        Self::ToggleChanges,
        Self::ShowTopology,
        Self::ShowDevices,
        Self::ShowPorts,
        Self::ShowCables,
        Self::ClearTableFilter,
        Self::ChangesAsText,
        Self::CopyTable,
        Self::CopyChanges,
        Self::CopyFindings,
        Self::CopyDiagnostics,
        Self::ExportPicture,
        Self::ExportCables,
    ];

    /// Its name. An ellipsis says that it asks something first.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "New plan…",
            Self::Open => "Open…",
            Self::OpenTyped => "Open by path…",
            Self::Reload => "Reload",
            Self::KeepMine => "Keep mine",
            Self::TakeOver => "Edit here…",
            Self::Save => "Save",
            Self::SaveAs => "Save as…",
            Self::SaveTyped => "Save by path…",
            Self::Quit => "Quit",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::WhatIf => "What if…",
            Self::PinSizes => "Pin sizes",
            Self::Eject => "Eject cluster…",
            Self::ZoomToSelection => "Zoom to selection",
            Self::ShowInTable => "Show in table",
            Self::ShowItsCables => "Show its cables",
            Self::ShowInChanges => "Show in changes",
            Self::GoToSpec => "Go to spec",
            Self::GoToLine => "Go to RON line",
            Self::SelectClass => "Select whole class",
            Self::CopyNames => "Copy names",
            Self::SelectionMenu => "Menu of the selection",
            Self::ClearSelection => "Clear selection",
            Self::Find => "Find in view",
            Self::FilterChanges => "Filter changes",
            Self::Fit => "Fit",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::SwitchTheme => "Switch theme",
            Self::Settings => "Settings…",
            Self::ChooseInventory => "Inventory of this plan…",
            Self::Refresh => "Refresh",
            Self::Approve => "Approve…",
            Self::Apply => "Apply",
            Self::Resume => "Resume",
            Self::Cancel => "Cancel",
            Self::ChooseParts => "Apply a part…",
            Self::AllChanges => "All changes",
            Self::UndoRun => "Undo last run…",
            Self::Destroy => "Destroy…",
            Self::BackToPlan => "Back to the plan",
            Self::ShowApproved => "Show what was approved",
            Self::History => "History…",
            Self::Standing => "Where it stands…",
            Self::ShowCluster => "Show cluster",
            Self::ShowSwitches => "Show switch classes",
            Self::ShowServers => "Show server classes",
            Self::ShowMore => "Show more of the spec",
            Self::ShowFindings => "Show checks",
            Self::ShowText => "Show RON text",
            Self::NextFinding => "Next finding",
            Self::NextSection => "Next section",
            Self::PreviousSection => "Previous section",
            Self::Palette => "Find a command…",
            Self::Shortcuts => "Keyboard shortcuts…",
            Self::FirstSteps => "First steps",
            Self::ToggleSpec => "Spec panel",
            Self::ToggleChanges => "Changes panel",
            Self::ShowTopology => "Show topology",
            Self::ShowDevices => "Show devices",
            Self::ShowPorts => "Show ports",
            Self::ShowCables => "Show cables",
            Self::ClearTableFilter => "Clear table filter",
            Self::ChangesAsText => "Changes as text",
            Self::CopyTable => "Copy table",
            Self::CopyChanges => "Copy changes",
            Self::CopyFindings => "Copy checks",
            Self::CopyDiagnostics => "Copy diagnostics",
            Self::ExportPicture => "Export picture…",
            Self::ExportCables => "Export cabling list…",
        }
    }

    /// What it does, in a sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Self::New => "Begin a plan from one that works.",
            Self::Open => "Open a plan from a file.",
            Self::OpenTyped => "Open a plan from a file whose path you type.",
            Self::Reload => "Show what the file says now; undo leads back to what is here.",
            Self::KeepMine => {
                "Go on with what is here; the next save replaces what others have written."
            }
            Self::TakeOver => "Edit the plan in this window, though another had it open.",
            Self::Save => "Write the plan to its file.",
            Self::SaveAs => "Write the plan to another file, as a plan of its own.",
            Self::SaveTyped => "Write the plan to another file whose path you type.",
            Self::Quit => "Close the window.",
            Self::Undo => "Take back the last edit.",
            Self::Redo => "Make the edit again that was taken back.",
            Self::WhatIf => "See what another number of servers would add, move and remove.",
            Self::PinSizes => {
                "Write the computed counts into the plan, so that no later edit changes them unseen."
            }
            Self::Eject => {
                "Replace the cluster by the classes it stands for; the fabric stays the same."
            }
            Self::ZoomToSelection => "Show what is selected in the topology, as large as fits.",
            Self::ShowInTable => "Show what is selected in the table of devices or cables.",
            Self::ShowItsCables => "List the cables of the selected device.",
            Self::ShowInChanges => "Show what would become of the selected.",
            Self::GoToSpec => "Go to the field that the selected comes from.",
            Self::GoToLine => "Go to the line of the plan’s text that the selected comes from.",
            Self::SelectClass => {
                "Select all devices of the same classes, or all cables of the same kind."
            }
            Self::CopyNames => "Copy the names of what is selected, one to a line.",
            Self::SelectionMenu => "Show what can be done with the selected.",
            Self::ClearSelection => "Select nothing.",
            Self::Find => {
                "Find devices and cables in the topology, rows in the table, or words in the text that is being edited."
            }
            Self::FilterChanges => "Show only changes whose name contains a text.",
            Self::Fit => "Show the whole topology.",
            Self::ZoomIn => "Show less, larger.",
            Self::ZoomOut => "Show more, smaller.",
            Self::SwitchTheme => "Switch between the dark and the light theme.",
            Self::Settings => "Set theme, scale, inventory, models and log for all plans.",
            Self::ChooseInventory => "Choose what this plan is held against and applied to.",
            Self::Refresh => "Read the inventory again.",
            Self::Approve => "Put your name under exactly these changes.",
            Self::Apply => "Make the approved changes in the inventory.",
            Self::Resume => "Go on with the run that stopped.",
            Self::Cancel => "Stop what is under way; what was written until then stays.",
            Self::ChooseParts => {
                "Choose fabrics, scalable units or classes; the rest stays for later."
            }
            Self::AllChanges => "Show the changes of all parts again.",
            Self::UndoRun => {
                "Review the changes that lead back to what was there before the last run."
            }
            Self::Destroy => "Review the deletion of everything that this plan has built.",
            Self::BackToPlan => "Review the plan’s own changes again.",
            Self::ShowApproved => {
                "Show the part or the review that was approved and waits to be applied."
            }
            Self::History => "See what was approved and applied, and check the records.",
            Self::Standing => {
                "See whether the plan is valid, approved, applied and in sync, and why."
            }
            Self::ShowCluster => "Edit the cluster in a few numbers.",
            Self::ShowSwitches => "Edit the switch classes and their port zones.",
            Self::ShowServers => "Edit the server classes, their cards and connections.",
            Self::ShowMore => "Edit names, racks, pins, rules, waivers and moves.",
            Self::ShowFindings => "List everything that the checks have found.",
            Self::ShowText => "Edit the plan as its text.",
            Self::NextFinding => "Go to the field of the next error or warning.",
            Self::NextSection => "Go to the next section of the spec's page.",
            Self::PreviousSection => "Go to the section of the spec's page before this one.",
            Self::Palette => "Run any command, or go to any device, by its name.",
            Self::Shortcuts => "See the keys of all commands.",
            Self::FirstSteps => "Show what to do first, or no longer.",
            Self::ToggleSpec => "Show the spec at the left, or put it away.",
            Self::ToggleChanges => "Show the changes at the right, or put them away.",
            Self::ShowTopology => "Draw the fabric.",
            Self::ShowDevices => "List the devices as a table.",
            Self::ShowPorts => "List the ports as a table.",
            Self::ShowCables => "List the cables as a table.",
            Self::ClearTableFilter => "Show all rows of the table.",
            Self::ChangesAsText => "Show the changes as lines of text, or as a tree again.",
            Self::CopyTable => "Copy the rows of the table as lines of a spreadsheet.",
            Self::CopyChanges => "Copy the changes as text, as in a ticket.",
            Self::CopyFindings => "Copy the findings that are listed as text, as in a ticket.",
            Self::CopyDiagnostics => {
                "Copy versions, system and last errors, for a report; nothing secret."
            }
            Self::ExportPicture => "Write the topology to a file as SVG.",
            Self::ExportCables => "Write a line for each cable to a file as CSV.",
        }
    }

    /// Its keys.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let shifted = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        match self {
            Self::New => command(Key::N),
            Self::Open => command(Key::O),
            Self::Save => command(Key::S),
            Self::SaveAs => Some(KeyboardShortcut::new(shifted, Key::S)),
            Self::Quit => command(Key::Q),
            Self::Undo => command(Key::Z),
            Self::Redo => Some(KeyboardShortcut::new(shifted, Key::Z)),
            Self::ZoomToSelection => Some(KeyboardShortcut::new(Modifiers::ALT, Key::Num0)),
            Self::GoToSpec => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F12)),
            Self::GoToLine => Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F12)),
            Self::SelectClass => Some(KeyboardShortcut::new(shifted, Key::A)),
            Self::CopyNames => command(Key::C),
            Self::SelectionMenu => Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F10)),
            Self::ClearSelection => Some(KeyboardShortcut::new(Modifiers::NONE, Key::Escape)),
            Self::FilterChanges => Some(KeyboardShortcut::new(Modifiers::NONE, Key::Slash)),
            Self::Find => command(Key::F),
            Self::Fit => command(Key::Num0),
            Self::ZoomIn => command(Key::Plus),
            Self::ZoomOut => command(Key::Minus),
            Self::Settings => command(Key::Comma),
            Self::SwitchTheme => Some(KeyboardShortcut::new(shifted, Key::T)),
            Self::Refresh => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F5)),
            Self::Approve => command(Key::Enter),
            Self::Apply => Some(KeyboardShortcut::new(shifted, Key::Enter)),
            Self::History => command(Key::H),
            Self::Standing => command(Key::I),
            Self::ToggleSpec => command(Key::B),
            Self::ToggleChanges => Some(KeyboardShortcut::new(shifted, Key::B)),
            Self::ShowCluster => command(Key::Num1),
            Self::ShowSwitches => command(Key::Num2),
            Self::ShowServers => command(Key::Num3),
            Self::ShowMore => command(Key::Num4),
            Self::ShowFindings => command(Key::Num5),
            Self::ShowText => command(Key::Num6),
            Self::NextFinding => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F8)),
            Self::NextSection => command(Key::PageDown),
            Self::PreviousSection => command(Key::PageUp),
            Self::Palette => command(Key::K),
            Self::Shortcuts => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F1)),
            Self::ShowTopology => Some(KeyboardShortcut::new(Modifiers::ALT, Key::Num1)),
            Self::ShowDevices => Some(KeyboardShortcut::new(Modifiers::ALT, Key::Num2)),
            Self::ShowPorts => Some(KeyboardShortcut::new(Modifiers::ALT, Key::Num3)),
            Self::ShowCables => Some(KeyboardShortcut::new(Modifiers::ALT, Key::Num4)),
            Self::ChooseInventory
            | Self::ChooseParts
            | Self::AllChanges
            | Self::UndoRun
            | Self::Destroy
            | Self::BackToPlan
            | Self::ShowApproved
            | Self::OpenTyped
            | Self::Reload
            | Self::KeepMine
            | Self::TakeOver
            | Self::SaveTyped
            | Self::WhatIf
            | Self::PinSizes
            | Self::Eject
            | Self::Resume
            | Self::ShowInTable
            | Self::ShowItsCables
            | Self::ShowInChanges
            | Self::ClearTableFilter
            | Self::ChangesAsText
            | Self::CopyTable
            | Self::CopyChanges
            | Self::CopyFindings
            | Self::FirstSteps
            | Self::CopyDiagnostics
            | Self::ExportPicture
            | Self::ExportCables
            | Self::Cancel => None,
        }
    }

    /// The command that shows a page of the left panel.
    pub fn of_tab(tab: Tab) -> Self {
        match tab {
            Tab::Cluster => Self::ShowCluster,
            Tab::Switches => Self::ShowSwitches,
            Tab::Servers => Self::ShowServers,
            Tab::More => Self::ShowMore,
            Tab::Findings => Self::ShowFindings,
            Tab::Text => Self::ShowText,
        }
    }

    /// Why it cannot be done now, in a sentence; `None` if it can.
    pub fn blocked(self, model: &Model) -> Option<String> {
        let busy = || model.running.as_ref().map(|running| format!("{}.", running.what));
        let said = |missing: &[String]| {
            (!missing.is_empty()).then(|| format!("Missing: {}.", missing.join("; ")))
        };
        let report = || model.phase();
        // Errors of the plan itself: then it is held against nothing.
        let wrong = || {
            let error = |finding: &Finding| finding.severity == Severity::Error;
            let unheld =
                model.answer.as_ref().is_some_and(|answer| answer.evaluation.changes.is_none());
            (unheld && model.findings().iter().any(error))
                .then(|| "Correct the errors first.".to_owned())
        };
        let stale = || model.is_computing().then(|| model.why_not_computed().to_owned());
        let unread = || {
            let read = model.answer.as_ref().is_some_and(|answer| answer.target.is_some());
            (!read).then(|| "The inventory could not be read.".to_owned())
        };
        let uncompared = || {
            let held = model.answer.as_ref().is_some_and(|a| a.evaluation.changes.is_some());
            (!held).then(|| "There is no change set.".to_owned())
        };
        let nothing = || {
            let changes = model.answer.as_ref()?.evaluation.changes.as_ref()?;
            let none = changes.is_empty() && changes.is_everything();
            none.then(|| "Nothing would change.".to_owned())
        };
        let only_read = || model.read_only();
        // What stands in for the text of a file is not to be written over it, and has no earlier
        // plan to go back to.
        let blank = || {
            let why = "The text of the file cannot be read yet: mend it first.";
            model.is_stand_in().then(|| why.to_owned())
        };
        // It is an edit that is not in the plan.
        let unreadable = || {
            let place = model.ron.problem.as_ref().map(|problem| problem.place());
            place.map(|place| format!("Mend the spec first: {place}."))
        };
        let reviewed = |is_it: bool| is_it.then(|| "It is under review already.".to_owned());
        match self {
            Self::Find
            | Self::FilterChanges
            | Self::Fit
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::SwitchTheme
            | Self::Settings
            | Self::ShowCluster
            | Self::ShowSwitches
            | Self::ShowServers
            | Self::ShowMore
            | Self::ShowFindings
            | Self::ShowText
            | Self::Palette
            | Self::Shortcuts
            | Self::ShowTopology
            | Self::ShowDevices
            | Self::ShowPorts
            | Self::ShowCables
            | Self::ChangesAsText
            | Self::FirstSteps
            | Self::ToggleSpec
            | Self::ToggleChanges
            | Self::CopyDiagnostics
            | Self::Quit => None,
            Self::CopyTable => {
                let none = model.centre == Centre::Topology;
                none.then(|| "No table is shown.".to_owned())
            }
            Self::CopyChanges => stale().or_else(uncompared),
            Self::ExportPicture => busy().or_else(stale),
            // A list is carried to the racks: half of one does harm.
            Self::ExportCables => {
                let lacks = || {
                    let whole = model.answer.as_ref().is_some_and(is_whole);
                    (!whole || model.has_errors()).then(|| "Correct the errors first.".to_owned())
                };
                busy().or_else(stale).or_else(unreadable).or_else(lacks)
            }
            Self::NextFinding => {
                let none = !model.findings().iter().any(|f| f.severity != Severity::Info);
                none.then(|| "There is no error and no warning.".to_owned())
            }
            Self::NextSection | Self::PreviousSection => {
                let none = matches!(model.tab, Tab::Findings | Tab::Text) || model.is_stand_in();
                none.then(|| "This page has no sections.".to_owned())
            }
            Self::New | Self::Open | Self::OpenTyped | Self::ChooseInventory | Self::Refresh => {
                busy()
            }
            Self::SaveAs | Self::SaveTyped => busy(),
            // Undo, which leads back to them, cannot be given where a plan is only read.
            Self::Reload
                if model.has_unsaved_edits() && matches!(model.access, Access::TakenOver(_)) =>
            {
                Some("Save your edits under another name first: Save as.".to_owned())
            }
            Self::Reload if model.is_stand_in() => busy().or_else(|| {
                let known = model.on_disk == OnDisk::AsKnown;
                known.then(|| "The file is as it was read.".to_owned())
            }),
            Self::Reload => busy().or_else(unreadable).or_else(|| {
                let changed = matches!(model.on_disk, OnDisk::Changed(_));
                (!changed).then(|| "The file is as it was read.".to_owned())
            }),
            Self::KeepMine => busy().or_else(only_read).or_else(|| {
                let known = model.on_disk == OnDisk::AsKnown;
                known.then(|| "The file is as it was read.".to_owned())
            }),
            Self::TakeOver => busy().or_else(|| {
                (model.access == Access::Ours).then(|| "It is edited here already.".to_owned())
            }),
            Self::Save if model.is_stand_in() => busy().or_else(|| {
                let same = !model.mends_text();
                same.then(|| "The file is as the text is.".to_owned())
            }),
            Self::Save => busy().or_else(only_read).or_else(|| {
                let same = model.path.is_some() && !model.is_edited();
                same.then(|| unreadable().unwrap_or("The file is as the plan is.".to_owned()))
            }),
            Self::Undo | Self::Redo if model.read_only().is_some() => only_read(),
            Self::Undo if model.is_stand_in() => blank(),
            Self::Undo => {
                let none = !model.history.can_undo() && model.ron.unread().is_none();
                let why = match model.has_unsaved_edits() {
                    true => "There is no earlier state to go back to.",
                    false => "There is nothing to undo.",
                };
                none.then(|| why.to_owned())
            }
            Self::Redo => {
                let none = !model.history.can_redo() && !model.can_type_again();
                none.then(|| "There is nothing to redo.".to_owned())
            }
            Self::WhatIf | Self::PinSizes => {
                busy().or_else(only_read).or_else(unreadable).or_else(stale).or_else(wrong)
            }
            Self::Eject => {
                busy().or_else(only_read).or_else(unreadable).or_else(stale).or_else(wrong).or_else(
                    || {
                        let none = model.plan.spec.cluster.is_none();
                        none.then(|| "The plan has no cluster.".to_owned())
                    },
                )
            }
            Self::ZoomToSelection
            | Self::ShowInTable
            | Self::ShowItsCables
            | Self::ShowInChanges
            | Self::GoToSpec
            | Self::GoToLine
            | Self::SelectClass
            | Self::CopyNames
            | Self::SelectionMenu
            | Self::ClearSelection => selection::blocked(self, model),
            Self::ClearTableFilter => {
                let query = &model.table.query;
                let none = query.filter.is_empty() && !query.only_changed;
                let none = none || model.centre == Centre::Topology;
                none.then(|| "All rows are shown.".to_owned())
            }
            Self::CopyFindings => {
                model.findings().is_empty().then(|| "There is no finding.".to_owned())
            }
            Self::Approve => busy()
                .or_else(only_read)
                .or_else(unreadable)
                .or_else(stale)
                .or_else(|| report().and_then(|r| said(&r.before_approve))),
            Self::Apply => busy()
                .or_else(only_read)
                .or_else(unreadable)
                .or_else(stale)
                .or_else(|| report().and_then(|r| said(&r.before_apply))),
            Self::Resume => busy().or_else(only_read).or_else(|| {
                let stopped = report().and_then(|report| report.stopped());
                stopped.is_none().then(|| "No run stopped.".to_owned())
            }),
            Self::ChooseParts => {
                busy().or_else(stale).or_else(wrong).or_else(uncompared).or_else(nothing)
            }
            Self::AllChanges if model.takes_away => busy().or_else(|| {
                Some(
                    "Only what was asked for is taken away; Destroy… is for everything.".to_owned(),
                )
            }),
            Self::AllChanges => {
                busy().or_else(|| model.parts.is_empty().then(|| "All are shown.".to_owned()))
            }
            Self::UndoRun => busy()
                .or_else(stale)
                .or_else(unread)
                .or_else(|| reviewed(matches!(model.purpose, Purpose::Undo { .. })))
                .or_else(|| {
                    let none = model.last_run().is_none();
                    none.then(|| "No run against this target is on record.".to_owned())
                }),
            Self::Destroy => busy()
                .or_else(stale)
                .or_else(unread)
                .or_else(|| reviewed(model.purpose == Purpose::Destroy)),
            Self::BackToPlan => busy().or_else(|| {
                let here = model.purpose.is_converge();
                here.then(|| "The plan’s own changes are shown.".to_owned())
            }),
            Self::ShowApproved => busy().or_else(stale).or_else(|| {
                let none = approved_elsewhere(model).is_none();
                none.then(|| "Nothing else is approved and waits.".to_owned())
            }),
            Self::History | Self::Standing => {
                model.answer.is_none().then(|| model.why_not_computed().to_owned())
            }
            Self::Cancel => {
                let can = match &model.running {
                    Some(running) => running.stop != Stop::Never,
                    None => model.computing.is_some(),
                };
                (!can).then(|| "Nothing is running.".to_owned())
            }
        }
    }
}

/// What drawing hands back.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// A command was asked for.
    Do(Command),
    /// A new plan from a preset was asked for.
    New(&'static str),
    /// A plan of the recent ones was asked for.
    OpenPath(std::path::PathBuf),
    /// A field has a new value.
    Edit(Edit),
    /// A field is to have this value, whatever rows are ticked: a remedy is for its own place.
    Mend(Edit),
    /// Devices whose model stands at a place are to be reviewed as something to destroy.
    TakeAway(SpecPath),
    /// A part of the spec was switched on or off.
    SwitchPart(SpecPart, bool),
    /// Rows of a list came, went or moved.
    Rows(SpecPath, RowEdit),
    /// The key of a row is being typed.
    TypeKey(SpecPath, String),
    /// What was typed as the key of a row is taken, or dropped.
    EndKey { taken: bool },
    /// The text of the plan was typed in.
    TypeText(String),
    /// A row was opened or closed.
    OpenRow(SpecPath),
    /// Fields that few plans need were shown or hidden.
    Unfold(String),
    /// A row was ticked or no longer is.
    Tick(SpecPath),
    /// No row is ticked any more.
    Untick,
    /// A field was asked for.
    GoTo(SpecPath),
    /// The keyboard is to go on from a field if it is shown, else from the page.
    Focus(SpecPath),
    /// A line of the text was asked for.
    GoToText(SpecPath),
    /// Something else is looked for in the text.
    FindInText { words: String, from: usize },
    /// The next place in the text that has it, or the one before.
    NextInText { back: bool },
    /// Findings of a severity were shown or hidden.
    ShowSeverity(Severity),
    /// The filter of the findings has a new text.
    FilterFindings(String),
    /// Try models in a field, to say which fit.
    TryModels((SpecPath, ModelKind), Vec<String>),
    /// Another question about the table.
    AskTable(TableQuery),
    /// A row of the table was chosen.
    SelectRow(u32, Reach),
    /// A line of the changes was chosen.
    SelectChange(usize, Reach),
    /// The menu of what is selected was asked for at a place.
    OpenMenu(Pos2),
    /// Something else is looked for in the topology.
    Search(String),
    /// The next, or the one before, of what was found.
    FindNext { back: bool },
    /// All that was found.
    SelectFound,
    /// The devices that come from a place of the spec.
    SelectPlace(SpecPath),
    /// A field was left: the next edit is an undo step of its own.
    EditEnded,
    /// Something was selected.
    Select(Selection),
    /// The filter of the changes has a new text.
    Filter(String),
    /// A group of the changes was opened or closed.
    Toggle(String),
    /// Something is to hold for all plans.
    Set(Setting),
    /// The dialog has a new state.
    Ask(Dialog),
    /// The file of the inventory is to be chosen with the system's dialog.
    BrowseInventory,
    /// The dialog was answered with its main button.
    Confirm,
    /// The dialog was answered with its other button.
    Discard,
    /// The dialog was left.
    Dismiss,
    /// The notice was read.
    ForgetNotice,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_keys_are_used_once() {
        let names: BTreeSet<_> = Command::ALL.iter().map(|c| c.name()).collect();
        assert_eq!(names.len(), Command::ALL.len());
        let keys: Vec<_> = Command::ALL.iter().filter_map(|c| c.shortcut()).collect();
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key), "{key:?} is used twice");
        }
    }
    /// The page of the guide that lists every command: written with `HEDDLE_WRITE_DOCS=1`.
    #[test]
    fn the_page_of_shortcuts_is_as_the_commands_are() {
        let mut page = String::from(
            "# Commands and their keys\n\nEvery command is in a menu and in the palette, where \
             Ctrl+K finds it by a few letters. On macOS, Ctrl is ⌘ and Alt is ⌥. The program \
             writes this page; a test holds it to the commands.\n\n| command | keys | what it \
             does |\n|---|---|---|\n",
        );
        let names = egui::ModifierNames::NAMES;
        for command in Command::ALL {
            let keys = command.shortcut().map(|keys| format!("`{}`", keys.format(&names, false)));
            let (name, keys) = (command.name(), keys.unwrap_or_default());
            page += &format!("| {name} | {keys} | {} |\n", command.hint());
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/shortcuts.md");
        if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(found, page, "renew it with `HEDDLE_WRITE_DOCS=1 cargo test --lib shortcuts`");
    }
}
