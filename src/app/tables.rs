//! The tables of devices, ports and cables: only the rows in view are drawn; filtering and sorting
//! are jobs, and an answer to an older question is let go.

use super::Window;
use super::command::{Action, Command};
use super::menus::{menu_line, menu_lines, opened_by_keys};
use super::model::{Field, Model};
use super::selection::{MOST_SELECTED, Reach, Selected, from_to, spoken_selection};
use super::theme::{self, tokens};
use super::widgets::{Empty, at_right, command_button, empty_state, tick};
use crate::model::{Cancelled, Progress, counted, grouped};
use crate::scene::State;
use crate::scene::tables::{Column, Direction, Rows, Subject, TableKind, TableQuery, Tables};
use crate::session::{Job, free_aside};
use egui::{
    Align, Button, EventFilter, Key, Layout, Modifiers, Response, RichText, ScrollArea, Sense,
    Stroke, StrokeKind, TextEdit, Ui, Widget, WidgetInfo, WidgetType, vec2,
};
use egui_extras::{Column as Width, TableBuilder};
use egui_phosphor::regular as icon;
use std::sync::Arc;

const ROW: f32 = 20.0;
/// Width of what stands beside the filter.
const TOOLS: f32 = 210.0;
/// The choice of the view and the tools of a table take this, at least.
const ONE_ROW: f32 = 570.0;
/// Rows that go to the clipboard at once.
const MOST_COPIED: usize = 50_000;
/// Ports among which that of a link selected elsewhere is looked for, each frame.
const MOST_LOOKED_AT: usize = 50_000;

/// What the centre of the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Centre {
    /// The drawing.
    #[default]
    Topology,
    /// A table.
    Table(TableKind),
}

/// The table that is shown: the question, and the rows of the newest answer to it.
#[derive(Clone, Debug)]
pub(super) struct TableView {
    /// What is asked for.
    pub query: TableQuery,
    /// The rows, once they are there, and the tables that they are of.
    pub rows: Option<(Arc<Tables>, Arc<Rows>)>,
    /// True while the rows belong to an older question or an older plan.
    pub stale: bool,
    /// The row that was chosen last, and where it stood: a device has many ports, and a cable two.
    /// It counts while it stands for the lead of what is selected.
    pub chosen: Option<(usize, u32)>,
}

impl TableView {
    /// A table as it is first shown.
    pub fn of(kind: TableKind) -> Self {
        Self { query: TableQuery::all(kind), rows: None, stale: true, chosen: None }
    }
}

/// A question under way.
pub(super) struct Asked {
    query: TableQuery,
    tables: Arc<Tables>,
    job: Job<Result<Rows, Cancelled>>,
}

impl Window {
    /// Shows the topology or a table.
    pub(super) fn show_centre(&mut self, centre: Centre) {
        self.model.centre = centre;
        if let Centre::Table(kind) = centre
            && self.model.table.query.kind != kind
        {
            free_aside(std::mem::replace(&mut self.model.table, TableView::of(kind)));
            // A filter was for what was looked for then.
            if let Some(kept) = self.model.table_queries.get(&kind) {
                self.model.table.query.columns.clone_from(&kept.columns);
                self.model.table.query.sort = kept.sort;
            }
        }
    }

    /// Another question about the table.
    pub(super) fn ask_table(&mut self, query: TableQuery) {
        self.model.table_queries.insert(query.kind, query.clone());
        self.model.table.stale |= query != self.model.table.query;
        self.model.table.query = query;
    }

    /// Takes rows that are there, and asks for those that are not. Nobody waits for them here.
    pub(super) fn follow_table(&mut self) {
        if self.model.centre == Centre::Topology {
            return;
        }
        let Some(answer) = &self.model.answer else { return };
        if let Some(asked) = &mut self.asked {
            let wanted =
                asked.query == self.model.table.query && Arc::ptr_eq(&asked.tables, &answer.tables);
            if !wanted {
                asked.job.progress().cancel();
            }
            if let Some(done) = asked.job.take() {
                if let (Ok(Ok(rows)), true) = (done, wanted) {
                    let rows = Some((Arc::clone(&asked.tables), Arc::new(rows)));
                    let old = std::mem::replace(&mut self.model.table.rows, rows);
                    free_aside(old);
                    self.model.table.stale = false;
                }
                // Whoever lets go of a giant's tables last takes long to free them.
                free_aside(self.asked.take());
            }
        }
        let shown = self.model.table.rows.as_ref();
        let current = shown.is_some_and(|(of, _)| Arc::ptr_eq(of, &answer.tables));
        if self.asked.is_none() && (self.model.table.stale || !current) {
            self.model.table.stale = true;
            let (tables, query) = (Arc::clone(&answer.tables), self.model.table.query.clone());
            let (of, for_job, wake) = (Arc::clone(&tables), query.clone(), self.context.clone());
            let job = Job::start(
                Progress::new(),
                move |progress| of.rows(&for_job, progress),
                move || wake.request_repaint(),
            );
            self.asked = Some(Asked { query, tables, job });
        }
    }

    /// Copies the rows of the table as lines of a spreadsheet.
    pub(super) fn copy_table(&mut self) {
        let table = &self.model.table;
        let Some((tables, rows)) = table.rows.as_ref().filter(|_| !table.stale) else {
            return self.tell("The table is being made; copy it once it is there.");
        };
        let copied = rows.order.len().min(MOST_COPIED);
        let some = rows.order.iter().copied().take(MOST_COPIED);
        let text = tables.tsv(rows.kind, some, &table.query.columns);
        self.context.copy_text(text);
        let all = rows.order.len();
        self.tell(match all > copied {
            true => format!(
                "The first {} of {} rows were copied; `heddle export` writes all of them.",
                grouped(copied as u64),
                grouped(all as u64)
            ),
            false => format!("{} copied.", counted(copied as u64, "row was", "rows were")),
        });
    }
}

impl Window {
    /// Selects what a row of the table stands for.
    pub(super) fn select_row(&mut self, row: u32, reach: Reach) {
        let table = &self.model.table;
        let Some((tables, rows)) = table.rows.as_ref().filter(|_| !table.stale) else { return };
        let Some(one) = selected_of(&self.model, tables, rows.kind, row) else { return };
        let from = (reach == Reach::Through).then(|| lead_row(&self.model, tables, rows)).flatten();
        let place = rows.order.iter().position(|other| *other == row);
        let between = from.zip(place).into_iter().flat_map(|(from, to)| from_to(from, to));
        let of = |place: usize| {
            selected_of(&self.model, tables, rows.kind, rows.order.get(place).copied()?)
        };
        // What lies beyond the most that can be selected is not looked at.
        let between = between.take(MOST_SELECTED).filter_map(of).collect();
        let selection = self.model.selection.clicked(one, reach, between);
        // A range begins at the same row if it is drawn again.
        if from.is_none() {
            self.model.table.chosen = place.map(|place| (place, row));
        }
        self.select(selection);
    }
}

/// Draws the choice between topology and tables. It stands above either.
pub(super) fn centre_tabs_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    ui.spacing_mut().item_spacing.x = 2.0;
    for (centre, command, name) in [
        (Centre::Topology, Command::ShowTopology, "Topology"),
        (Centre::Table(TableKind::Devices), Command::ShowDevices, "Devices"),
        (Centre::Table(TableKind::Ports), Command::ShowPorts, "Ports"),
        (Centre::Table(TableKind::Cables), Command::ShowCables, "Cables"),
    ] {
        let here = model.centre == centre;
        let words = RichText::new(name).color(if here { t.text } else { t.dim });
        let button = Button::selectable(here, words).min_size(vec2(0.0, 24.0));
        let response = ui.add(button);
        let spoken = format!("View {}", name.to_lowercase());
        response
            .widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, here, &spoken));
        let keys = command.shortcut().map(|keys| ui.ctx().format_shortcut(&keys));
        let hint = format!("{}  ({})", command.hint(), keys.unwrap_or_default());
        if response.on_hover_text(hint).clicked() {
            out.push(Action::Do(command));
        }
    }
}

/// Draws the table.
pub(super) fn table_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let TableView { query, rows, stale, .. } = &model.table;
    // As over the topology: without room for all, the tools stand in a row of their own.
    let in_two_rows = ui.available_width() < ONE_ROW;
    if in_two_rows {
        ui.horizontal(|ui| centre_tabs_ui(ui, model, out));
    }
    ui.horizontal(|ui| {
        if !in_two_rows {
            centre_tabs_ui(ui, model, out);
        }
        let room = ui.available_width();
        at_right(ui, "tools of the table", |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let mut filter = query.filter.clone();
            let width = (room - TOOLS).clamp(80.0, 220.0);
            let field = ui.add(
                TextEdit::singleline(&mut filter)
                    .hint_text(RichText::new(filter_hint(model)).color(t.faint))
                    .char_limit(200)
                    .margin(egui::Margin::symmetric(8, 3))
                    .desired_width(width),
            );
            field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Filter rows"));
            if model.focus == Some(Field::Centre) {
                field.request_focus();
            }
            if field.changed() {
                out.push(Action::AskTable(TableQuery { filter, ..query.clone() }));
            }
            let mut only = query.only_changed;
            if tick(ui, &mut only, "Only changed").changed() {
                out.push(Action::AskTable(TableQuery { only_changed: only, ..query.clone() }));
            }
            columns_ui(ui, query, out);
            command_button(ui, model, Command::CopyTable, Button::new(icon::COPY), out);
        });
    });
    ui.add_space(4.0);
    let Some((tables, rows)) = rows else {
        let state = Empty {
            mark: icon::HOURGLASS,
            title: "Computing",
            words: "The rows are listed once they are known.",
            commands: &[],
        };
        empty_state(ui, model, &state, out);
        return;
    };
    if rows.order.is_empty() {
        none_ui(ui, model, (tables, rows), out);
        return;
    }
    let footer = 22.0;
    let height = (ui.available_height() - footer).max(60.0);
    // Numbers of rows of an older fabric select nothing in this one.
    let chosen = if *stale { None } else { lead_row(model, tables, rows) };
    let spoken = chosen.and_then(|place| spoken_row(tables, rows, query, place));
    let spoken = spoken_selection(spoken, model.selection.len());
    let place = rows_place(ui, model, query, (height, spoken));
    let moved = if *stale { None } else { move_of_keys(ui, chosen, rows, place) };
    let shown = moved.map(|(to, _)| to).or(chosen.filter(|_| model.reveal_row));
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ScrollArea::horizontal().id_salt(("columns", query.kind.title())).show(ui, |ui| {
            rows_ui(ui, model, (query, rows), tables, (shown, !stale), out);
        });
    });
    let shown = rows.order.len() as u64;
    let words = match shown == u64::from(rows.total) {
        true => counted(shown, "row", "rows"),
        false => format!("{} of {}", grouped(shown), counted(u64::from(rows.total), "row", "rows")),
    };
    // Rows that the filter leaves out are counted as well, and that is said.
    let of_all = if shown == u64::from(rows.total) { "" } else { " in all" };
    let words = match tables.is_compared() {
        true => format!("{words} · {} changed{of_all}", grouped(u64::from(rows.changed))),
        false => words,
    };
    let removed = removed_words(tables, rows.kind);
    let words = if removed.is_empty() { words } else { format!("{words} · {removed}") };
    let words = if *stale { format!("{words} · computing…") } else { words };
    ui.label(RichText::new(words).font(theme::small()).color(t.dim));
    if let Some((to, adds)) = moved
        && let Some(row) = rows.order.get(to)
    {
        out.push(Action::SelectRow(*row, if adds { Reach::Joins } else { Reach::Only }));
    }
}

/// What stands in an empty filter: an example that finds something in the table that is shown.
fn filter_hint(model: &Model) -> String {
    let TableView { query, rows, .. } = &model.table;
    let column = match query.kind {
        TableKind::Devices => Column::Model,
        TableKind::Ports | TableKind::Cables => Column::Speed,
    };
    let first = rows.as_ref().filter(|(_, rows)| rows.kind == query.kind);
    let first = first.map(|(tables, _)| tables.cell(query.kind, 0, column));
    // Of `celestica-ds5000` the end says enough, and there is room for it.
    let word = first.as_deref().and_then(|text| text.rsplit('-').next());
    match word {
        Some(word) if !word.is_empty() && !word.contains(char::is_whitespace) => {
            format!("Filter, e.g. {}:{word}", column.id())
        }
        _ => "Filter".to_owned(),
    }
}

/// What is to be removed and has no row: where it is found. Empty if there is nothing like that.
fn removed_words(tables: &Tables, kind: TableKind) -> String {
    match tables.removed(kind) {
        0 => String::new(),
        1 => "1 to be removed is among the changes".to_owned(),
        many => format!("{} to be removed are among the changes", grouped(many.into())),
    }
}

/// What stands in place of rows.
fn none_ui(ui: &mut Ui, model: &Model, (tables, rows): (&Tables, &Rows), out: &mut Vec<Action>) {
    let all = counted(u64::from(rows.total), "row", "rows");
    let none = format!("None of {all} is like that.");
    let removed = removed_words(tables, rows.kind);
    let none = match model.table.query.only_changed && !removed.is_empty() {
        true => format!("{none} {removed}."),
        false => none,
    };
    let state = match rows.total {
        0 if model.is_stand_in() => Empty {
            mark: icon::WARNING_OCTAGON,
            title: "None of these",
            words: "The text of the file cannot be read. Mend it at the left.",
            commands: &[Command::NextFinding],
        },
        // What has errors is not woven, whatever the plan has.
        0 if model.has_errors() => Empty {
            mark: icon::WARNING_OCTAGON,
            title: "None of these",
            words: "The spec has errors. Each stands at its field, with what mends it.",
            commands: &[Command::NextFinding],
        },
        0 => Empty {
            mark: icon::TABLE,
            title: "None of these",
            words: "The plan has none: add a cluster or classes at the left.",
            commands: &[Command::New],
        },
        _ if model.table.query.only_changed && !tables.is_compared() => Empty {
            mark: icon::FUNNEL,
            title: "No row is left",
            words: "The plan was not held against an inventory, so what would change is not known.",
            commands: &[Command::ClearTableFilter],
        },
        _ => Empty {
            mark: icon::FUNNEL,
            title: "No row is left",
            words: &none,
            commands: &[Command::ClearTableFilter],
        },
    };
    empty_state(ui, model, &state, out);
}

/// The columns to choose.
fn columns_ui(ui: &mut Ui, query: &TableQuery, out: &mut Vec<Action>) {
    let menu = ui.menu_button(RichText::new(icon::COLUMNS).size(14.0), |ui| {
        menu_lines(ui, |ui| column_ticks_ui(ui, query, out));
    });
    opened_by_keys(ui, &menu.response);
    menu.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Choose columns"));
}

fn column_ticks_ui(ui: &mut Ui, query: &TableQuery, out: &mut Vec<Action>) {
    for column in query.kind.columns() {
        let mut shown = query.columns.contains(column);
        // The last one stays.
        let can = !shown || query.columns.len() > 1;
        let title = match column.unit() {
            Some(unit) => format!("{} ({unit})", column.title()),
            None => column.title().to_owned(),
        };
        ui.add_enabled_ui(can, |ui| {
            let line = ui.checkbox(&mut shown, title);
            menu_line(ui, &line);
            if line.changed() {
                let keep = |c: &&Column| match *c == column {
                    true => shown,
                    false => query.columns.contains(c),
                };
                let columns = query.kind.columns().iter().filter(keep).copied().collect();
                out.push(Action::AskTable(TableQuery { columns, ..query.clone() }));
            }
        });
    }
}

fn rows_ui(
    ui: &mut Ui,
    model: &Model,
    (query, rows): (&TableQuery, &Rows),
    tables: &Tables,
    (shown, can_select): (Option<usize>, bool),
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    let context = ui.ctx().clone();
    let salt = ("table", query.kind.title());
    // What columns are dragged by has no name of its own.
    let edges = ui.id().with(egui::IdSalt::new(salt)).with("resize_column");
    let mut builder = TableBuilder::new(ui)
        .id_salt(salt)
        .striped(false)
        .resizable(true)
        // A row is chosen by pressing it; to Tab the rows are one place.
        .sense(Sense::CLICK)
        .cell_layout(Layout::left_to_right(Align::Center));
    for column in &query.columns {
        let width = if column.is_number() { 70.0 } else { 120.0 };
        builder = builder.column(Width::initial(width).at_least(40.0).clip(true));
    }
    if let Some(shown) = shown {
        builder = builder.scroll_to_row(shown, None);
    }
    let table = builder.header(24.0, |mut header| {
        for column in &query.columns {
            header.col(|ui| {
                let sorted = query.sort.filter(|(by, _)| by == column);
                let (mark, next) = match sorted {
                    None => ("", Some((*column, Direction::Ascending))),
                    Some((_, Direction::Ascending)) => {
                        (icon::CARET_UP, Some((*column, Direction::Descending)))
                    }
                    Some((_, Direction::Descending)) => (icon::CARET_DOWN, None),
                };
                let title = match column.unit() {
                    Some(unit) => format!("{} ({unit})", column.title()),
                    None => column.title().to_owned(),
                };
                let words = RichText::new(format!("{title} {mark}").trim().to_owned())
                    .font(theme::semibold(11.0))
                    .color(t.dim);
                let button = Button::new(words).frame(false).truncate();
                let response =
                    if column.is_number() { ranged_right(ui, button) } else { ui.add(button) };
                let spoken = format!("Sort by {}", column.title().to_lowercase());
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
                if response.clicked() {
                    out.push(Action::AskTable(TableQuery { sort: next, ..query.clone() }));
                }
            });
        }
    });
    table.body(|body| {
        body.rows(ROW, rows.order.len(), |mut row| {
            let place = row.index();
            let Some(number) = rows.order.get(place).copied() else { return };
            let one = selected_of(model, tables, rows.kind, number).filter(|_| can_select);
            let selected = one.as_ref().is_some_and(|one| model.selection.contains(one));
            row.set_selected(selected);
            let state = tables.state(rows.kind, number);
            for column in &query.columns {
                row.col(|ui| cell_ui(ui, tables, (rows.kind, number), *column, state));
            }
            let response = row.response();
            if response.clicked() && can_select {
                let reach = Reach::of(response.ctx.input(|input| input.modifiers));
                out.push(Action::SelectRow(number, reach));
            }
            if response.secondary_clicked()
                && can_select
                && let Some(at) = response.interact_pointer_pos()
            {
                // What lies under the pointer is meant, unless it is a part of what is selected.
                if !selected {
                    out.push(Action::SelectRow(number, Reach::Only));
                }
                out.push(Action::OpenMenu(at));
            }
        });
    });
    for (n, column) in query.columns.iter().enumerate() {
        context.accesskit_node_builder(edges.with(n), |node| {
            node.set_role(egui::accesskit::Role::Splitter);
            node.set_label(format!("Width of {}", column.title().to_lowercase()));
        });
    }
}

fn cell_ui(
    ui: &mut Ui,
    tables: &Tables,
    (kind, row): (TableKind, u32),
    column: Column,
    state: State,
) {
    let t = tokens(ui.ctx());
    let text = tables.cell(kind, row, column);
    let color = match (column, t.of_state(state)) {
        (Column::State, Some(color)) => color,
        (Column::State, None) => t.faint,
        _ => t.text,
    };
    let words = match column {
        Column::State => RichText::new(format!("{} {text}", state.glyph()).trim().to_owned()),
        _ => RichText::new(text.as_ref()).font(theme::mono(12.0)),
    };
    let label = egui::Label::new(words.color(color)).truncate().selectable(false);
    if column.is_number() {
        ranged_right(ui, label);
    } else {
        ui.add(label);
    }
}

/// Figures, and the title above them.
fn ranged_right(ui: &mut Ui, content: impl Widget) -> Response {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(6.0);
        ui.add(content)
    })
    .inner
}

/// The place of what was selected last, a device or a link, among the rows.
fn lead_row(model: &Model, tables: &Tables, rows: &Rows) -> Option<usize> {
    let fabric = &model.answer.as_ref()?.evaluation.fabric;
    let lead = model.selection.lead()?;
    if let Some((place, row)) = model.table.chosen
        && selected_of(model, tables, rows.kind, row).as_ref() == Some(lead)
    {
        // It stands where it stood, unless the rows are others by now.
        if rows.order.get(place) == Some(&row) {
            return Some(place);
        }
        if let Some(place) = rows.order.iter().position(|other| *other == row) {
            return Some(place);
        }
    }
    match (rows.kind, lead) {
        // Rows of these two are numbered as devices and links are.
        (TableKind::Devices, lead @ Selected::Device { .. }) => {
            let device = lead.device_index(fabric)?;
            rows.order.iter().position(|row| *row == device)
        }
        (TableKind::Cables, Selected::Link(link)) => rows.order.iter().position(|row| row == link),
        (TableKind::Ports, Selected::Link(link)) if rows.order.len() <= MOST_LOOKED_AT => {
            let is_it = |row: &u32| match tables.subject(rows.kind, *row) {
                Some(Subject::Port(_, of)) => of == Some(*link),
                _ => false,
            };
            rows.order.iter().position(is_it)
        }
        _ => None,
    }
}

/// Cells of a row that are heard, beside its state.
const SPOKEN_CELLS: usize = 4;

/// What is heard of a row: its first cells, and its state wherever that stands.
fn spoken_row(tables: &Tables, rows: &Rows, query: &TableQuery, place: usize) -> Option<String> {
    let row = *rows.order.get(place)?;
    let cell = |column: Column| tables.cell(rows.kind, row, column).into_owned();
    let shown = query.columns.iter().copied().filter(|column| *column != Column::State);
    let first = shown.take(SPOKEN_CELLS).map(cell).filter(|text| !text.is_empty());
    let spoken: Vec<String> = first.chain([cell(Column::State)]).collect();
    Some(spoken.join(", "))
}

/// The rows as one place to which Tab leads. True if it has the keyboard.
fn rows_place(
    ui: &Ui,
    model: &Model,
    query: &TableQuery,
    (height, selected): (f32, String),
) -> bool {
    let room = ui.available_rect_before_wrap();
    let room = egui::Rect::from_min_size(room.min, vec2(room.width(), height));
    let response = ui.interact(room, ui.id().with("rows"), Sense::focusable_noninteractive());
    let name = format!("Rows of {}", query.kind.title().to_lowercase());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, &name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::Grid);
        node.set_value(selected);
    });
    if model.focus == Some(Field::View) {
        response.request_focus();
    }
    if response.has_focus() {
        let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let edge = Stroke::new(1.0, tokens(ui.ctx()).accent);
        ui.painter().rect_stroke(room, 2.0, edge, StrokeKind::Inside);
    }
    response.has_focus()
}

/// The row to which the arrow keys move, if they do and nothing else has the keyboard; and whether
/// it comes to what is selected.
fn move_of_keys(
    ui: &Ui,
    chosen: Option<usize>,
    rows: &Rows,
    has_focus: bool,
) -> Option<(usize, bool)> {
    let elsewhere = !has_focus && ui.memory(|memory| memory.focused().is_some());
    if elsewhere || egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    let last = rows.order.len().checked_sub(1)?;
    let adds = ui.input(|input| input.modifiers.shift);
    let held = if adds { Modifiers::SHIFT } else { Modifiers::NONE };
    let pressed = |key| ui.input_mut(|input| input.consume_key(held, key));
    let page = 20;
    let to = |by: isize| match chosen {
        Some(now) => now.saturating_add_signed(by).min(last),
        None => 0,
    };
    let place = if pressed(Key::ArrowDown) {
        Some(to(1))
    } else if pressed(Key::ArrowUp) {
        Some(to(-1))
    } else if pressed(Key::PageDown) {
        Some(to(page))
    } else if pressed(Key::PageUp) {
        Some(to(-page))
    } else if pressed(Key::Home) {
        Some(0)
    } else if pressed(Key::End) {
        Some(last)
    } else {
        None
    };
    place.map(|place| (place, adds))
}

/// What a row selects.
fn selected_of(model: &Model, tables: &Tables, kind: TableKind, row: u32) -> Option<Selected> {
    let fabric = &model.answer.as_ref()?.evaluation.fabric;
    match tables.subject(kind, row)? {
        Subject::Device(device) => Selected::device(fabric, device),
        Subject::Link(link) | Subject::Port(_, Some(link)) => Some(Selected::Link(link)),
        Subject::Port(end, None) => Selected::device(fabric, end.device),
    }
}
