//! Rows from a spreadsheet: pasted as text, shown as what they would add, added at once.

use super::fields::{Rows, template};
use crate::app::command::Action;
use crate::app::dialogs::{buttons, text, title};
use crate::app::model::{Dialog, Model};
use crate::app::theme::{self, tokens};
use crate::model::{SpecPath, counted};
use crate::plan::{Plan, RowEdit, edit_rows, rows_from_text};
use egui::{RichText, ScrollArea, TextEdit, Ui, WidgetInfo, WidgetType};

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
    let edit = (!pasted.text.trim().is_empty()).then(|| pasted.edit(model));
    let count = match &edit {
        Some(Ok(RowEdit::Add(rows))) => rows.len() as u64,
        _ => 0,
    };
    if let Some(Err(problem)) = &edit {
        ui.add(egui::Label::new(RichText::new(problem).color(t.removed)).wrap());
    }
    let one = format!("{} more", pasted.rows.one);
    let add =
        if count == 0 { "Add".to_owned() } else { format!("Add {}", counted(count, &one, "rows")) };
    buttons(ui, (&add, count > 0), None, false, out);
}
