//! Rows from a spreadsheet: pasted as text, shown as what they would add, added at once.

use super::fields::{Rows, template};
use crate::app::command::Action;
use crate::app::dialogs::{buttons, text, title};
use crate::app::model::{Dialog, Model};
use crate::app::theme::{self, tokens};
use crate::model::{SpecPath, counted};
use crate::plan::{Plan, RowEdit, edit_rows, rows_from_text};
use egui::{RichText, ScrollArea, TextEdit, Ui, WidgetInfo, WidgetType};
use std::sync::Arc;

/// Bytes of pasted text that are looked at.
const MOST_BYTES: usize = 1024 * 1024;

/// Rows that are being pasted.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Pasted {
    /// The list they go to.
    pub list: SpecPath,
    /// What a row of it is.
    pub rows: &'static Rows,
    /// What was pasted by now.
    pub text: String,
}

impl Pasted {
    /// The edit that adds the rows.
    ///
    /// # Errors
    /// A sentence: what cannot be read, or what the plan cannot have.
    pub fn edit(&self, model: &Model) -> Result<RowEdit, String> {
        if self.text.len() > MOST_BYTES {
            return Err("This is more than 1 MB; paste fewer rows at once.".to_owned());
        }
        let rows = rows_from_text(&self.text, &template(self.rows, &model.spec_tree))?;
        let edit = RowEdit::Add(rows);
        let mut tried = Plan::clone(&model.plan);
        edit_rows(&mut tried, &self.list, &edit).map_err(|error| error.to_string())?;
        Ok(edit)
    }
}

/// What would come of rows that are pasted.
struct Tried {
    pasted: Pasted,
    plan: Arc<Plan>,
    /// How many rows, or what is wrong.
    rows: Result<u64, String>,
}

/// What would come of them, tried once: the text may be long, and a frame is not.
fn tried(ui: &Ui, model: &Model, pasted: &Pasted) -> Arc<Tried> {
    let id = egui::Id::new("rows that are pasted");
    let is_of =
        |tried: &Arc<Tried>| tried.pasted == *pasted && Arc::ptr_eq(&tried.plan, &model.plan);
    if let Some(known) = ui.data(|data| data.get_temp::<Arc<Tried>>(id)).filter(is_of) {
        return known;
    }
    let rows = match pasted.text.trim() {
        "" => Ok(0),
        _ => pasted.edit(model).map(|edit| match edit {
            RowEdit::Add(rows) => rows.len() as u64,
            RowEdit::Duplicate(_) | RowEdit::Move { .. } | RowEdit::Remove(_) => 0,
        }),
    };
    let tried = Tried { pasted: pasted.clone(), plan: Arc::clone(&model.plan), rows };
    let tried = Arc::new(tried);
    ui.data_mut(|data| data.insert_temp(id, Arc::clone(&tried)));
    tried
}

/// Draws the question.
pub(in crate::app) fn paste_ui(ui: &mut Ui, model: &Model, pasted: &Pasted, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    title(ui, &format!("Paste {}", pasted.rows.many.to_lowercase()));
    text(
        ui,
        "Paste lines from a spreadsheet. The first names the fields; a field that is left out is \
         as in a new row. “Copy rows” gives such lines.",
    );
    let names = pasted.rows.fields.iter().map(|field| field.name);
    let names: Vec<&str> = names.chain(pasted.rows.rows.iter().map(|rows| rows.name)).collect();
    ui.add(
        egui::Label::new(RichText::new(names.join("  ")).font(theme::mono(11.0)).color(t.faint))
            .wrap(),
    );
    ui.add_space(6.0);
    let mut typed = pasted.text.clone();
    ScrollArea::both().max_height(180.0).show(ui, |ui| {
        let field = ui.add(
            TextEdit::multiline(&mut typed)
                .code_editor()
                .desired_rows(8)
                .margin(egui::Margin::symmetric(8, 6))
                .desired_width(f32::INFINITY),
        );
        field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Rows to paste"));
        if ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        if field.changed() {
            let pasted = Pasted { text: typed, ..pasted.clone() };
            out.push(Action::Ask(Dialog::PasteRows(pasted)));
        }
    });
    ui.add_space(6.0);
    let tried = tried(ui, model, pasted);
    let count = tried.rows.as_ref().copied().unwrap_or_default();
    if let Err(problem) = &tried.rows {
        ui.add(egui::Label::new(RichText::new(problem).color(t.removed)).wrap());
    }
    let one = format!("{} more", pasted.rows.one);
    let add =
        if count == 0 { "Add".to_owned() } else { format!("Add {}", counted(count, &one, "rows")) };
    buttons(ui, (&add, count > 0), None, false, out);
}
