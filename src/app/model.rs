//! What the window shows: plain data, changed only where actions are drained.

use super::changes::{ChangeTree, Compared, Item, Shown};
use super::diff_text::DiffText;
use super::drafts::Found;
use super::eject::Ejected;
use super::exports::Export;
use super::form::{Fits, Pasted, Remedies, RonText, TextFind};
use super::history::Checked;
use super::on_disk::{Access, OnDisk};
use super::palette::Palette;
use super::search::Search;
use super::selection::Selection;
use super::settings::Typing;
use super::sides::Sides;
use super::tables::{Centre, TableView};
use super::target::{NewInventory, TypedInventory};
use super::times::Now;
use super::undo::History;
use super::what_if::WhatIf;
use crate::catalog::{Catalog, Models};
use crate::diff::{Part, Purpose};
use crate::model::{Edit, Finding, Progress, Severity, SpecPath};
use crate::plan::{Plan, RowEdit, tree_of};
use crate::scene::tables::{TableKind, TableQuery};
use crate::session::{self, Answer, Places, Target};
use crate::store::{HeldBy, PlanStamp, Settings};
use crate::workflow::{Approver, Phase, PhaseReport, Run, SyncState};
use egui::Pos2;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What to do once a plan is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing more.
    Stay,
    /// Start a new plan from a preset.
    New(&'static str),
    /// Ask for a file and open it.
    Open,
    /// Ask for a path and open it.
    OpenTyped,
    /// Open this file.
    OpenPath(PathBuf),
    /// Take up the draft that was offered.
    Recover,
    /// Close the window.
    Quit,
    /// Ask for an approval.
    Approve,
}

/// What a file is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// To open it.
    Open,
    /// To hold the plan against it.
    Inventory,
    /// To write this to it, for other programs and for people.
    Export(Export),
    /// To write this plan to it.
    Save {
        /// What is to be written.
        plan: Arc<Plan>,
        /// What to do then.
        next: Next,
    },
    /// To write this text to it, which is no plan yet.
    SaveText {
        /// The text.
        text: String,
        /// What to do then.
        next: Next,
    },
}

/// A path that is being typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TypedPath {
    /// What the file is for.
    pub wish: Wish,
    /// What was typed by now.
    pub text: String,
    /// What is wrong with it, or why it is to be typed.
    pub problem: Option<String>,
    /// True once the file is known to be there: the main button then replaces it.
    pub replace: bool,
}

/// An edit of the plan other than as text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FormEdit {
    /// Of a field, and of the same one in all rows that are ticked with its row.
    Field(Edit),
    /// Of this field alone.
    Single(Edit),
    /// Of a part of the spec: there or not.
    Part(SpecPart, bool),
    /// Of rows of a list.
    Rows(SpecPath, RowEdit),
    /// Of rows that were pasted.
    Pasted(Pasted),
    /// Of the key of a row.
    Key(SpecPath, String),
}

/// A question that waits for an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Dialog {
    /// Who approves, and why?
    Approve(Approver),
    /// Save the edits first?
    Unsaved(Next),
    /// Save, and lose the comments of the file? And true if whatever it holds is replaced.
    Comments(Next, bool),
    /// Which file, by its path?
    Path(TypedPath),
    /// Replace a file that somebody else has written meanwhile? And true if it was agreed to that its
    /// comments are lost.
    FileChanged(Next, bool),
    /// Take the plan from the window that has it?
    TakeOver(HeldBy),
    /// What would another number of servers do?
    WhatIf(WhatIf),
    /// Review what would go if everything of the plan went?
    Destroy,
    /// Review the way back from this run?
    UndoRun(String),
    /// Which part of the changes?
    Parts(BTreeSet<Part>),
    /// What was approved and applied.
    History(Checked),
    /// Where the plan stands.
    Standing,
    /// Rows from a spreadsheet.
    PasteRows(Pasted),
    /// From which plan does a new one begin?
    New,
    /// Which command, or which device?
    Palette(Palette),
    /// The keys of all commands.
    Shortcuts,
    /// What holds for all plans.
    Settings(Typing),
    /// Which inventory is the plan held against?
    Inventory(TypedInventory),
    /// Make an empty inventory where there is none?
    NewInventory(NewInventory),
    /// Replace the cluster by what it stands for?
    Eject(Ejected),
    /// Take up edits that a crash has left?
    Recover(Found),
    /// Drop the text that cannot be read, for this edit?
    ReplaceText(FormEdit),
}

/// How work can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It ends by itself soon.
    Never,
    /// After the step under way; what was done until then stays.
    AfterStep,
    /// By not waiting for it any longer: it changes nothing.
    AtOnce,
    /// At any line of the file that it writes, which is then not there.
    AtAnyLine,
}

/// Work under way.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// What, e.g. `Applying`.
    pub what: &'static str,
    /// How far.
    pub progress: Progress,
    /// Since when.
    pub begun: Instant,
    /// How it can be stopped.
    pub stop: Stop,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Something went well.
    Done,
    /// Something was asked for that cannot be done now.
    Refused,
    /// Something went wrong: that stays until it is dismissed.
    Error,
}

/// A sentence about something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
    /// Since when it is told.
    pub since: Instant,
}

/// A part of the spec that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpecPart {
    Cluster,
    Backend,
    Frontend,
    Storage,
    Management,
    Racks,
}

impl SpecPart {
    /// Where it stands.
    pub fn path(self) -> SpecPath {
        SpecPath::new(match self {
            Self::Cluster => "spec.cluster",
            Self::Backend => "spec.cluster.backend",
            Self::Frontend => "spec.cluster.frontend",
            Self::Storage => "spec.cluster.storage",
            Self::Management => "spec.cluster.management",
            Self::Racks => "spec.racks",
        })
    }

    /// What stands there in the tree of a plan.
    pub fn of(self, tree: &Value) -> Option<&Value> {
        let pointer = format!("/{}", self.path().as_str().replace('.', "/"));
        tree.pointer(&pointer).filter(|value| !value.is_null())
    }
}

/// A page of the left panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Tab {
    #[default]
    Cluster,
    Switches,
    Servers,
    More,
    Findings,
    Text,
}

impl Tab {
    /// All of them, in their order.
    pub const ALL: [Tab; 6] =
        [Self::Cluster, Self::Switches, Self::Servers, Self::More, Self::Findings, Self::Text];

    /// What stands on it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::Switches => "Switches",
            Self::Servers => "Servers",
            Self::More => "More",
            Self::Findings => "Checks",
            Self::Text => "RON",
        }
    }

    /// What is spoken of it.
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster form",
            Self::Switches => "Switch classes form",
            Self::Servers => "Server classes form",
            Self::More => "More of the spec",
            Self::Findings => "Checks",
            Self::Text => "RON text",
        }
    }

    /// The one that has the field of a path.
    pub fn of_path(path: &SpecPath) -> Self {
        let path = path.as_str();
        let starts = |names: &[&str]| names.iter().any(|name| path.starts_with(name));
        if starts(&["spec.switch_classes"]) {
            Self::Switches
        } else if starts(&["spec.server_classes", "spec.external"]) {
            Self::Servers
        } else if starts(&[
            "spec.naming",
            "spec.racks",
            "spec.pins",
            "spec.target.ignore",
            "spec.waivers",
            "spec.moved",
            "spec.models",
        ]) {
            Self::More
        } else {
            Self::Cluster
        }
    }
}

/// What a command gives the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// That of the changes.
    Changes,
    /// That of what the centre shows.
    Centre,
    /// That of the plan’s text.
    Text,
    /// The page of the spec that is shown.
    Page,
    /// A section of that page, beside the one that has it.
    Section(Way),
    /// What the centre shows itself.
    View,
}

/// Which of two neighbours is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The next one.
    On,
    /// The one before.
    Back,
}

/// True if all of a plan was woven.
pub(super) fn is_whole(answer: &Answer) -> bool {
    answer.evaluation.is_whole
}

/// A file whose text is no plan.
#[derive(Clone, Debug)]
pub(super) struct Mends {
    /// The file.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
    /// What tells it from a later state.
    pub stamp: PlanStamp,
    /// Who else has it, if anybody.
    pub held_by: Option<HeldBy>,
}

/// Everything that is drawn.
pub(super) struct Model {
    /// The models to choose from.
    pub catalog: Arc<Catalog>,
    /// Those of them that come from a person’s own folders.
    pub folder_models: Arc<Models>,
    /// The plan as it is now.
    pub plan: Arc<Plan>,
    /// Its file.
    pub path: Option<PathBuf>,
    /// The file whose text cannot be read and is being mended.
    pub mends: Option<Mends>,
    /// The file whose plan this was before it was kept apart from that, since others wrote it.
    pub apart_from: Option<PathBuf>,
    /// True if what is here comes from a draft and is in no file.
    pub is_recovered: bool,
    /// The plan as it is in its file.
    pub saved: Option<Arc<Plan>>,
    /// Who may write its file.
    pub access: Access,
    /// What others have made of its file.
    pub on_disk: OnDisk,
    /// True if the file has comments that a save would lose.
    pub comments_at_risk: bool,
    /// Earlier and later states.
    pub history: History,
    /// Since when the newest state is being computed, if it is.
    pub computing: Option<Instant>,
    /// True if the newest state could not be computed, by a fault of the program.
    pub computing_failed: bool,
    /// How many bytes of the inventory are read for that, while it is read.
    pub reading: Option<Progress>,
    /// Counts states of the plan.
    pub revision: u64,
    /// The newest answer.
    pub answer: Option<Answer>,
    /// The last answer to this plan that was whole, while the newest is not: what has errors is not
    /// woven, and a drawing that jumps with each slip of the pen helps nobody.
    pub last_whole: Option<Answer>,
    /// What the plan is held against.
    pub target: Target,
    /// What is to be done with the target.
    pub purpose: Purpose,
    /// The plan as it was when the review of another purpose than its own began.
    pub plan_at_review: Option<Arc<Plan>>,
    /// True while what is under review is a step to another model: it ends with the next edit.
    pub takes_away: bool,
    /// The part of the changes to keep; all of them if empty.
    pub parts: BTreeSet<Part>,
    /// What is selected.
    pub selection: Selection,
    /// The change that was pressed, if that is how the selection came about.
    pub pressed_change: Option<Item>,
    /// Where the menu of what is selected was opened last.
    pub menu_at: Option<Pos2>,
    /// The changes as a tree.
    pub tree: ChangeTree,
    /// True while the changes of the newest answer are being looked through.
    pub tree_is_coming: bool,
    /// Groups of the tree that are open.
    pub open_groups: BTreeSet<String>,
    /// The changes as text, once it was written.
    pub diff_text: Option<DiffText>,
    /// True if the changes are shown as text.
    pub changes_as_text: bool,
    /// Only changes with this in their name are shown.
    pub filter: String,
    /// Metadata and spec as a tree: what forms show.
    pub spec_tree: Arc<Value>,
    /// Which of the panels at the sides are shown.
    pub sides: Sides,
    /// The page of the left panel.
    pub tab: Tab,
    /// What the centre shows.
    pub centre: Centre,
    /// The table, shown or not.
    pub table: TableView,
    /// What was last asked of each table: its columns and its sort stay.
    pub table_queries: BTreeMap<TableKind, TableQuery>,
    /// Rows of lists that are open.
    pub open_rows: BTreeSet<SpecPath>,
    /// Groups of which fields that few plans need are shown.
    pub unfolded: BTreeSet<String>,
    /// The key of a row that is being typed: every letter on the way would be a key of its own.
    pub typed_key: Option<(SpecPath, String)>,
    /// Rows that are edited together.
    pub ticked: BTreeSet<SpecPath>,
    /// The field to bring into view, for one frame.
    pub go_to: Option<SpecPath>,
    /// The finding that was gone to last.
    pub last_finding: Option<(usize, (Severity, SpecPath))>,
    /// The same in the text of the plan.
    pub go_to_text: Option<SpecPath>,
    /// What is looked for in that text.
    pub text_find: TextFind,
    /// Which models fit in the field whose list was opened last.
    pub fits: Option<Fits>,
    /// What the remedies of the findings lead to, once they were tried.
    pub remedies: Option<Remedies>,
    /// The plan as text.
    pub ron: RonText,
    /// Severities of findings that are listed.
    pub findings_shown: BTreeSet<Severity>,
    /// Only findings with this are listed.
    pub findings_filter: String,
    /// What is wrong or noteworthy: of the newest answer, and of the text that was typed.
    pub findings: Vec<Finding>,
    /// The findings of each place, by their position.
    pub found: BTreeMap<SpecPath, Vec<usize>>,
    /// The field that is to have the keyboard, for one frame.
    pub focus: Option<Field>,
    /// What is looked for in the topology.
    pub search: Search,
    /// True until the selected row of the table was brought into view.
    pub reveal_row: bool,
    /// The line of the changes to bring into view, for one frame.
    pub reveal_change: Option<usize>,
    /// The question that waits.
    pub dialog: Option<Dialog>,
    /// Work under way.
    pub running: Option<Running>,
    /// What happened last.
    pub notice: Option<Notice>,
    /// What is remembered between starts.
    pub settings: Settings,
    /// Where things lie on this machine, if that is to be told.
    pub places: Option<Places>,
    /// When the frame is drawn.
    pub now: Now,
}

impl Model {
    /// What a window shows of a plan before anything is computed.
    pub fn new(catalog: Arc<Catalog>, plan: Arc<Plan>, target: Target, settings: Settings) -> Self {
        Self {
            catalog,
            folder_models: Arc::default(),
            spec_tree: Arc::new(tree_of(&plan)),
            plan,
            path: None,
            apart_from: None,
            is_recovered: false,
            saved: None,
            access: Access::default(),
            on_disk: OnDisk::default(),
            comments_at_risk: false,
            history: History::default(),
            computing: None,
            computing_failed: false,
            reading: None,
            revision: 0,
            answer: None,
            last_whole: None,
            target,
            purpose: Purpose::Converge,
            plan_at_review: None,
            takes_away: false,
            parts: BTreeSet::new(),
            selection: Selection::default(),
            menu_at: None,
            tree: ChangeTree::default(),
            tree_is_coming: false,
            open_groups: BTreeSet::new(),
            diff_text: None,
            changes_as_text: false,
            filter: String::new(),
            tab: Tab::default(),
            centre: Centre::default(),
            table: TableView::of(TableKind::Devices),
            table_queries: BTreeMap::new(),
            open_rows: BTreeSet::new(),
            unfolded: BTreeSet::new(),
            typed_key: None,
            ticked: BTreeSet::new(),
            go_to: None,
            last_finding: None,
            go_to_text: None,
            text_find: TextFind::default(),
            ron: RonText::default(),
            findings_shown: [Severity::Error, Severity::Warning, Severity::Info].into(),
            findings_filter: String::new(),
            findings: Vec::new(),
            found: BTreeMap::new(),
            focus: None,
            search: Search::default(),
            reveal_row: false,
            reveal_change: None,
            pressed_change: None,
            mends: None,
            fits: None,
            remedies: None,
            sides: Sides::default(),
            dialog: None,
            running: None,
            notice: None,
            settings,
            places: None,
            now: Now::read(),
        }
    }

    /// True if the file is not as the plan is: also if there is none any more, for then what is
    /// here is all there is.
    pub fn is_edited(&self) -> bool {
        matches!(self.on_disk, OnDisk::Gone | OnDisk::Unreadable(_))
            || !self.is_as_saved(&self.plan)
    }

    /// True if a plan is what the file was last known to say. The status is the program's, not an
    /// edit.
    pub fn is_as_saved(&self, plan: &Plan) -> bool {
        let saved = self.saved.as_ref();
        saved.is_some_and(|saved| saved.metadata == plan.metadata && saved.spec == plan.spec)
    }

    /// True if leaving the plan would lose something. A new plan that nobody edited is no loss.
    pub fn has_unsaved_edits(&self) -> bool {
        if self.is_stand_in() {
            return self.mends_text();
        }
        let is_somebodys = self.path.is_some() || self.history.can_undo() || self.is_recovered;
        (self.is_edited() && is_somebodys) || self.ron.unread().is_some()
    }

    /// True if text that is no plan yet is not as it is in its file, or has none.
    pub fn mends_text(&self) -> bool {
        match &self.mends {
            Some(mends) => mends.text != self.ron.text,
            None => self.is_stand_in(),
        }
    }

    /// True while the plan is blank, because the text of its file cannot be read.
    pub fn is_stand_in(&self) -> bool {
        self.ron.stands_in(&self.plan)
    }

    /// True if text that could not be read was taken back, and nothing was done since.
    pub fn can_type_again(&self) -> bool {
        let is_newest = self.ron.unread().is_none() && !self.history.can_redo();
        is_newest && self.ron.can_type_again(&self.plan)
    }

    /// True while the newest answer belongs to an older state.
    pub fn is_computing(&self) -> bool {
        self.answer.as_ref().is_none_or(|answer| answer.revision != self.revision)
    }

    /// Why there is no answer to the newest state.
    pub fn why_not_computed(&self) -> &'static str {
        match (self.computing, self.computing_failed) {
            (Some(_), _) => "The plan is being computed.",
            (None, true) => "The plan could not be computed, by a fault of Heddle.",
            (None, false) => "Computing was stopped; refresh to go on.",
        }
    }

    /// Where the plan stands.
    pub fn phase(&self) -> Option<&PhaseReport> {
        self.answer.as_ref().map(|answer| &answer.phase)
    }

    /// The phase to show: text that cannot be read is work that is not done.
    pub fn shown_phase(&self) -> Phase {
        match self.phase().map(|report| report.phase) {
            Some(Phase::Failed) => Phase::Failed,
            // Nobody knows where what was edited since stands.
            _ if self.is_computing() && self.computing.is_none() => Phase::Draft,
            Some(phase) if self.ron.problem.is_none() => phase,
            _ => Phase::Draft,
        }
    }

    /// In sync or not.
    pub fn shown_sync(&self) -> SyncState {
        self.answer.as_ref().map_or(SyncState::Unknown, |answer| answer.standing.sync)
    }

    /// What is drawn, and whether it is the plan as it was before there were errors.
    pub fn drawn(&self) -> Option<(&Answer, bool)> {
        let newest = self.answer.as_ref()?;
        // A review shows what is there.
        let lacks = !is_whole(newest) && newest.purpose.is_converge();
        let before = self.last_whole.as_ref().filter(|_| lacks);
        Some(before.map_or((newest, false), |before| (before, true)))
    }

    /// The newest run against the target that was read.
    pub fn last_run(&self) -> Option<&Run> {
        let answer = self.answer.as_ref()?;
        session::newest_run(&answer.records, answer.target.as_ref()?)
    }

    /// What is wrong or noteworthy.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// True if something is wrong.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The findings of exactly this place.
    pub fn findings_at(&self, path: &SpecPath) -> impl Iterator<Item = &Finding> {
        let found = self.found.get(path).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|n| self.findings().get(*n))
    }

    /// The findings of this place and all within it.
    pub fn findings_within(&self, path: &SpecPath) -> impl Iterator<Item = &Finding> {
        let near = self.found.range(path.clone()..);
        let near = near.take_while({
            let path = path.clone();
            move |(place, _)| place.as_str().starts_with(path.as_str())
        });
        let within = near.filter({
            let path = path.clone();
            move |(place, _)| path.contains(place)
        });
        within.flat_map(|(_, found)| found).filter_map(|n| self.findings().get(*n))
    }

    /// Groups the changes of the newest answer.
    pub fn regroup(&mut self) {
        self.pressed_change = None;
        self.tree_is_coming = false;
        let Some(answer) = &self.answer else { return };
        let fabric = &answer.evaluation.fabric;
        let compared = Compared::of(&answer.evaluation);
        self.tree = compared
            .map(|compared| ChangeTree::of(compared, fabric, &self.filter))
            .unwrap_or_default();
        self.unfold();
    }

    /// Lays out the lines of the changes.
    pub fn unfold(&mut self) {
        let Self { answer, tree, open_groups, filter, selection, pressed_change, .. } = self;
        if let Some(compared) = answer.as_ref().and_then(|a| Compared::of(&a.evaluation)) {
            let shown = Shown { selection, pressed: *pressed_change };
            tree.unfold(compared, open_groups, !filter.trim().is_empty(), shown);
        }
    }

    /// Gathers the findings, and notes where they stand.
    pub fn place_findings(&mut self) {
        // Of a blank plan that stands in for a file nothing is to be said.
        let stands_in = self.is_stand_in();
        let answer = self.answer.as_ref().filter(|_| !stands_in);
        let computed = answer.map(|answer| &answer.evaluation.findings);
        let typed = self.ron.problem.as_ref().map(|problem| problem.finding(stands_in));
        self.findings = typed.into_iter().chain(computed.into_iter().flatten().cloned()).collect();
        let mut found: BTreeMap<SpecPath, Vec<usize>> = BTreeMap::new();
        for (n, finding) in self.findings().iter().enumerate() {
            found.entry(finding.path.clone()).or_default().push(n);
        }
        self.found = found;
    }

    /// The line of a place in the text of the plan.
    pub fn line_of(&self, path: &SpecPath) -> Option<usize> {
        self.ron.line_of(path)
    }

    /// The name of the file, or what stands for it.
    pub fn file_name(&self) -> String {
        let path = self.path.as_ref().or(self.mends.as_ref().map(|mends| &mends.path));
        path.and_then(|path| path.file_name())
            .map_or_else(|| "Untitled".to_owned(), |name| name.to_string_lossy().into_owned())
    }
}
