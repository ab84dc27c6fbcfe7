//! The question what another number of servers would do, and its answer: what is added, moved and
//! removed, before the step is taken.
//!
//! The answer is that of the session, shortened to what fits a question: classes whose count
//! changes, cables in all, the first that move.

use super::command::Action;
use super::dialogs::{buttons, ended_with_enter, focus_and_select, text, title};
use super::menus::menu_line;
use super::model::{Dialog, Model};
use super::theme::{self, tokens};
use super::widgets::{unfold, whole_number};
use crate::catalog::Catalog;
use crate::model::{Edit, Limits, Progress, Severity, grouped};
use crate::plan::Plan;
use crate::session::{self, SessionError};
use egui::{Align, ComboBox, Grid, Id, Layout, RichText, TextEdit, Ui, vec2};

/// What is asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WhatIf {
    /// The server class; `None` for the cluster or the only one.
    pub class: Option<String>,
    /// The number of servers as it was typed.
    pub servers: String,
    /// The answer to just this question, or why there is none.
    pub outcome: Option<Result<Outcome, String>>,
}

/// What another number of servers would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The edits that lead there.
    pub edits: Vec<Edit>,
    /// The edit that keeps room for it, and the cables that move when it is made.
    pub room: Option<(Edit, u64)>,
    /// Classes whose count changes: id, before, after.
    classes: Vec<(String, u64, u64)>,
    /// Cables that are added, moved and removed.
    cables: [u64; 3],
    /// The first cables that move: `end: from → to`.
    examples: Vec<String>,
}

impl WhatIf {
    /// The question for a plan, with the number that it has.
    pub fn of(plan: &Plan) -> Self {
        let class = match (&plan.spec.cluster, plan.spec.server_classes.as_slice()) {
            (None, [first, _, ..]) => Some(first.id.clone()),
            _ => None,
        };
        let first = plan.spec.server_classes.first().map(|class| class.quantity);
        let servers = plan.spec.cluster.as_ref().map(|cluster| cluster.servers).or(first);
        Self { class, servers: servers.unwrap_or_default().to_string(), outcome: None }
    }

    /// The number that was typed, if it is one.
    fn number(&self) -> Option<u32> {
        whole_number(&self.servers).filter(|n| (1..=Limits::SERVERS).contains(n))
    }

    /// Asks the session.
    ///
    /// # Errors
    /// Nobody waits for the answer any longer.
    pub fn answered(
        self,
        plan: &Plan,
        catalog: &Catalog,
        progress: &Progress,
    ) -> Result<Self, SessionError> {
        let Some(servers) = self.number() else { return Ok(self) };
        let outcome =
            match session::what_if(plan, catalog, self.class.as_deref(), servers, progress) {
                Ok(answer) => outcome(answer),
                Err(SessionError::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(error) => Err(error.to_string()),
            };
        Ok(Self { outcome: Some(outcome), ..self })
    }
}

fn outcome(answer: session::WhatIf) -> Result<Outcome, String> {
    let Some(growth) = answer.growth else {
        let errors = answer.evaluation.findings.into_iter();
        let first = errors.into_iter().find(|f| f.severity == Severity::Error);
        return Err(first.map_or_else(|| "It has errors.".to_owned(), |finding| finding.text));
    };
    let sum = |count: fn(&crate::fabric::growth::LinkGrowth) -> u64| growth.links.iter().map(count);
    Ok(Outcome {
        edits: answer.edits,
        room: answer.room.and_then(|room| Some((room.remedy.edit?, room.moved_now))),
        cables: [sum(|l| l.added).sum(), growth.moved(), sum(|l| l.removed).sum()],
        examples: growth
            .links
            .iter()
            .flat_map(|links| &links.examples)
            .take(3)
            .map(|moved| format!("{}: {} → {}", moved.end, moved.from, moved.to))
            .collect(),
        classes: growth
            .classes
            .into_iter()
            .filter(|class| class.before != class.after)
            .map(|class| (class.class, class.before, class.after))
            .collect(),
    })
}

/// Draws the question.
pub(super) fn what_if_ui(ui: &mut Ui, model: &Model, asked: &WhatIf, out: &mut Vec<Action>) {
    title(ui, "What if there were more servers, or fewer?");
    text(ui, "Shows what would be added, moved and removed. Nothing is changed by asking.");
    let mut now = asked.clone();
    if let Some(class) = &mut now.class {
        let label = ui.label("Server class");
        let list = ComboBox::from_id_salt("what-if class")
            .width(ui.available_width())
            .selected_text(class.as_str());
        let response = unfold(ui, list, |ui| {
            for of in &model.plan.spec.server_classes {
                let line = ui.selectable_value(class, of.id.clone(), &of.id);
                menu_line(ui, &line);
                if line.clicked() {
                    ui.close();
                }
            }
        });
        response.labelled_by(label.id);
        ui.add_space(4.0);
    }
    let label = ui.label("Number of servers");
    let field = TextEdit::singleline(&mut now.servers)
        .id(Id::new("what-if servers"))
        .font(theme::mono(12.5))
        .char_limit(12)
        .margin(egui::Margin::symmetric(8, 4))
        .desired_width(f32::INFINITY);
    let response = ui.add(field).labelled_by(label.id);
    let enter = ended_with_enter(ui, &response);
    if !enter {
        focus_and_select(ui, &response, &now.servers);
    }
    if now.number().is_none() {
        let words = format!("A whole number from 1 to {}.", grouped(Limits::SERVERS.into()));
        ui.label(RichText::new(words).color(tokens(ui.ctx()).removed));
    }
    ui.add_space(8.0);
    match &asked.outcome {
        None => {}
        Some(Ok(outcome)) => outcome_ui(ui, outcome),
        Some(Err(problem)) => {
            ui.add(egui::Label::new(problem).wrap());
            ui.add_space(8.0);
        }
    }
    let ready = now.number().is_some();
    if (&now.class, &now.servers) != (&asked.class, &asked.servers) {
        out.push(Action::Ask(Dialog::WhatIf(WhatIf { outcome: None, ..now })));
    }
    if enter && ready {
        out.push(Action::Confirm);
    }
    let (main, other) = match &asked.outcome {
        Some(Ok(outcome)) => (
            "Use this number",
            outcome.room.as_ref().map(|_| format!("Keep room for {}", asked.servers.trim())),
        ),
        _ => ("Show", None),
    };
    buttons(ui, (main, ready), other.as_deref(), false, out);
}

fn outcome_ui(ui: &mut Ui, outcome: &Outcome) {
    let t = tokens(ui.ctx());
    if outcome.classes.is_empty() {
        ui.label("No class changes its count.");
    } else {
        Grid::new("what-if classes").num_columns(3).spacing([12.0, 4.0]).show(ui, |ui| {
            let quiet = |words: &str| RichText::new(words).color(t.dim).size(11.0);
            ui.label(quiet("Class"));
            figure(ui, quiet("Now"));
            figure(ui, quiet("Then"));
            ui.end_row();
            for (class, before, after) in &outcome.classes {
                ui.label(class);
                for count in [before, after] {
                    figure(ui, RichText::new(grouped(*count)).font(theme::mono(12.5)));
                }
                ui.end_row();
            }
        });
    }
    ui.add_space(6.0);
    let [added, moved, removed] = outcome.cables;
    let words = format!(
        "{} cables added, {} moved, {} removed.",
        grouped(added),
        grouped(moved),
        grouped(removed)
    );
    ui.label(words);
    let more = moved.saturating_sub(outcome.examples.len() as u64);
    for example in &outcome.examples {
        ui.add(
            egui::Label::new(RichText::new(example).font(theme::mono(11.5)).color(t.changed))
                .truncate(),
        );
    }
    if more > 0 && !outcome.examples.is_empty() {
        ui.label(RichText::new(format!("and {} more", grouped(more))).color(t.dim));
    }
    if let Some((_, moved_now)) = &outcome.room {
        let cost = match moved_now {
            0 => "keeping it moves none now".to_owned(),
            n => format!("in a plan that is cabled already, keeping it moves {} now", grouped(*n)),
        };
        let words = format!("With room kept for that many, no cable moves later; {cost}.");
        ui.add(egui::Label::new(RichText::new(words).color(t.dim)).wrap());
    }
    ui.add_space(8.0);
}

/// A cell of figures, ranged right.
fn figure(ui: &mut Ui, words: RichText) {
    let size = vec2(72.0, theme::ROW_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(size.x);
        ui.label(words);
    });
}
