//! A list to choose from: with a search where it is long, the facts of each, and of models that
//! are being tried what comes of each, held against what there is now.
//!
//! A row of models has two lines. On the right stand in two columns how many devices there would
//! be and what they draw, and below that the difference to now; where a model does not fit, its
//! first error stands there. Limits: a row tells its error in one line; the whole of it stands
//! above the list for the row that is meant.

use super::ModelKind;
use super::fits::{Figures, Tried, keep_trying};
use crate::app::command::Action;
use crate::app::menus::{menu_line, menu_lines, opened_by_keys};
use crate::app::theme::{self, FIELD_WIDTH, tokens};
use crate::app::widgets::{choose, note_widget};
use crate::model::{SpecPath, counted};
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, Button, Color32, ComboBox, FontId, Id, Key, Modifiers, PopupCloseBehavior, Pos2,
    Response, RichText, ScrollArea, Stroke, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::time::Duration;

/// Something to choose: its id, what it is called, and what is known of it.
pub(in crate::app) struct Known {
    pub id: String,
    pub name: String,
    pub facts: String,
    /// What comes of it here, if it was tried.
    pub tried: Tried,
}

/// What a list offers.
pub(super) struct Offer {
    /// All of it.
    pub known: Vec<Known>,
    /// What there is to say of models; `None` of other things.
    pub models: Option<Models>,
}

/// What there is to say of the models of a list.
pub(super) struct Models {
    /// What they are models of.
    pub kind: ModelKind,
    /// How many devices of the field are in the inventory.
    pub applied: u64,
    /// The error that the plan has with every one of them, if it has one.
    pub in_the_way: Option<String>,
}

/// A list to choose from, with a search and the facts of each; `none` stands for no value. Gives the
/// id of the row that is meant, once it has been so for a moment.
pub(super) fn picker(
    ui: &mut Ui,
    path: &SpecPath,
    (label, edge): (Id, Option<Stroke>),
    (value, shown): (Option<&str>, &str),
    none: Option<&str>,
    offer: impl FnOnce() -> Offer,
    out: &mut Vec<Action>,
) -> Option<String> {
    let t = tokens(ui.ctx());
    let mut meant = None;
    ui.scope(|ui| {
        if let Some(edge) = edge {
            ui.visuals_mut().widgets.inactive.bg_stroke = edge;
        }
        ui.set_max_width(FIELD_WIDTH);
        let search_id = Id::new(("search", path.as_str()));
        let words = match value {
            Some(_) => RichText::new(shown),
            None => RichText::new(none.unwrap_or_default()).color(t.faint),
        };
        let shown = ComboBox::from_id_salt(path.as_str())
            .width(FIELD_WIDTH)
            .truncate()
            .height(MOST_HEIGHT)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .selected_text(words)
            .show_ui(ui, |ui| {
                let chosen;
                (chosen, meant) = offer_ui(ui, search_id, value, none, &offer());
                if let Some(chosen) = chosen {
                    if chosen.as_deref() != value {
                        choose(path, chosen.as_deref(), out);
                    }
                    ui.close();
                }
            });
        opened_by_keys(ui, &shown.response);
        let picking = shown.inner.is_none().then(|| {
            // The next time begins with no search.
            ui.data_mut(|data| data.remove_temp::<Picking>(search_id))
        });
        if let Some(picking) = picking.flatten().filter(|picking| picking.field.is_some()) {
            // The keyboard goes on from the field, unless a press has led it elsewhere.
            let had = ui.memory(|memory| memory.focused());
            if had.is_none() || had == picking.field {
                shown.response.request_focus();
            }
        }
        note_widget(ui, path, &shown.response);
        shown.response.labelled_by(label);
    });
    meant
}

/// What was chosen: something, or none.
type Chosen = Option<Option<String>>;

/// The list of a picker. Gives what was chosen, and which row is meant.
fn offer_ui(
    ui: &mut Ui,
    search_id: Id,
    value: Option<&str>,
    none: Option<&str>,
    offer: &Offer,
) -> (Chosen, Option<String>) {
    let t = tokens(ui.ctx());
    let options = &offer.known;
    let is_models = offer.models.is_some();
    let without = none.unwrap_or_default();
    let mut chosen = None;
    if is_models {
        keep_trying(ui);
        ui.set_min_width(MODELS_WIDTH);
    } else if options.iter().any(|option| !option.facts.is_empty()) {
        ui.set_min_width(340.0);
    }
    // Where there is no search the arrows go round the lines, as in a menu.
    let searched = is_models || options.len() > MOST_UNSEARCHED;
    let before = ui.data(|data| data.get_temp::<Picking>(search_id));
    let opened = before.is_none();
    let mut picking = before.unwrap_or_default();
    let (mut entered, mut moved) = (false, false);
    if searched {
        // The arrows move the choice and not the cursor of the field.
        let (down, up) = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            (pressed(Key::ArrowDown), pressed(Key::ArrowUp))
        });
        moved = down || up;
        let field = ui.add(
            TextEdit::singleline(&mut picking.search)
                .hint_text(RichText::new("Search").color(t.faint))
                .char_limit(80)
                .margin(egui::Margin::symmetric(8, 3))
                .desired_width(f32::INFINITY),
        );
        field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Search the list"));
        if opened {
            // The search is what the keyboard is for.
            field.request_focus();
        }
        picking.field = Some(field.id);
        entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if field.changed() {
            // The first that fits, for Enter takes it.
            let found = options.iter().filter(|option| meets(option, &picking.search));
            let fits = found.clone().position(|option| !matches!(option.tried, Tried::Unfit(_)));
            picking.line = Some(fits.unwrap_or(0));
        }
        picking.frames = picking.frames.saturating_add(1);
        if down {
            picking.line = Some(picking.line.map_or(0, |line| line + 1));
        }
        if up {
            picking.line = picking.line.map(|line| line.saturating_sub(1));
        }
        ui.add_space(2.0);
    }
    let none = none.filter(|_| picking.search.trim().is_empty()).map(|_| None);
    let found = options.iter().filter(|option| meets(option, &picking.search)).map(Some);
    let rows: Vec<Option<&Known>> = none.into_iter().chain(found).collect();
    let now = |row: &Option<&Known>| row.map(|option| option.id.as_str()) == value;
    // It begins at what is chosen already, so that Enter alone changes nothing.
    let begin = || rows.iter().position(now).unwrap_or(0);
    let line = picking.line.unwrap_or_else(begin).min(rows.len().saturating_sub(1));
    picking.line = Some(line);
    let picking_words = picking.search.trim().to_owned();
    // What is wrong with a model stands above the list, where it covers no other and a low window
    // does not cut it. Which one is meant the list has said in the frame before.
    if let Some(models) = &offer.models {
        let meant = options.iter().find(|option| Some(&option.id) == picking.meant.as_ref());
        let why = match meant.map(|option| &option.tried) {
            Some(Tried::Unfit(why)) => Some(why.as_str()),
            _ => None,
        };
        about_ui(ui, models, why);
    }
    let mut meant = None;
    // A search that finds little makes the list no lower: it would not grow again.
    let height = match searched {
        true if is_models => LIST_HEIGHT.min(options.len() as f32 * ROW_HEIGHT),
        true => LIST_HEIGHT,
        false => 0.0,
    };
    let is_new = searched && picking.frames < SETTLED;
    let area = ScrollArea::vertical().max_height(LIST_HEIGHT).min_scrolled_height(height);
    let lines = |ui: &mut Ui| {
        for (n, row) in rows.iter().enumerate() {
            let (is, here) = (now(row), searched && n == line);
            let response = match row {
                Some(option) if is_models => model_row(ui, option, is),
                row => plain_row(ui, *row, without, is),
            };
            if here {
                let edge = Stroke::new(1.0, t.accent);
                ui.painter().rect_stroke(response.rect, 3.0, edge, egui::StrokeKind::Inside);
            }
            let spoken = row.map_or_else(|| without.to_owned(), spoken);
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::SelectableLabel, true, is || here, &spoken)
            });
            let pointed = response.hovered() || response.has_focus();
            if pointed || (here && meant.is_none()) {
                meant = row.map(|option| option.id.clone());
            }
            if !searched {
                menu_line(ui, &response);
            }
            if here && is_new {
                response.scroll_to_me(Some(Align::Center));
            } else if here && moved {
                // All of it, with its edge.
                ui.scroll_to_rect(response.rect.expand2(vec2(0.0, 6.0)), None);
            }
            if response.clicked() || (here && entered) {
                chosen = Some(row.map(|option| option.id.clone()));
            }
        }
        if rows.is_empty() {
            let searched = !picking_words.is_empty();
            let words =
                if searched { "Nothing has that in its name." } else { "There is none yet." };
            ui.label(RichText::new(words).color(t.dim));
        }
    };
    match searched {
        true => drop(area.auto_shrink([false, false]).show(ui, lines)),
        false => drop(menu_lines(ui, lines)),
    }
    // A row that is passed on the way to another is not meant.
    let time = ui.input(|input| input.time);
    if picking.meant != meant {
        (picking.meant, picking.since) = (meant.clone(), time);
        ui.ctx().request_repaint();
    }
    let rested = time - picking.since >= REST;
    if !rested {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(REST));
    }
    ui.data_mut(|data| data.insert_temp(search_id, picking));
    (chosen, meant.filter(|_| rested))
}

/// How high a list is with all that belongs to it.
const MOST_HEIGHT: f32 = 460.0;

/// How high a list is at most, and one that is searched.
const LIST_HEIGHT: f32 = 340.0;

/// Rows of names up to which a list is looked over at once.
const MOST_UNSEARCHED: usize = 8;

/// Frames after which a list has its size, and stands where it stays.
const SETTLED: u8 = 6;

/// How wide a list of models is.
const MODELS_WIDTH: f32 = 480.0;

/// Room for what is wrong with a model.
const WHY_HEIGHT: f32 = 30.0;

/// Height of a row of models, and of its first line.
const ROW_HEIGHT: f32 = 38.0;
const FIRST_LINE: f32 = 12.0;
const SECOND_LINE: f32 = 27.0;

/// Width of the column of watts, and of that of devices.
const POWER_WIDTH: f32 = 76.0;
const COUNT_WIDTH: f32 = 96.0;

/// For how many seconds a row has to be meant before anything begins for it.
const REST: f64 = 0.25;

/// What is typed into the search of a list, and the line that Enter takes.
#[derive(Clone, Debug, Default)]
struct Picking {
    search: String,
    line: Option<usize>,
    /// For how many frames it has been open: its size is known only after some.
    frames: u8,
    /// The field of the search.
    field: Option<Id>,
    /// The row that is meant, and since when.
    meant: Option<String>,
    since: f64,
}

fn meets(option: &Known, search: &str) -> bool {
    let all = format!("{} {} {}", option.name, option.id, option.facts).to_lowercase();
    search.split_whitespace().all(|word| all.contains(&word.to_lowercase()))
}

/// What stands above a list of models: what would have to be replaced, and why the one that is
/// meant does not fit, or else what the figures are.
fn about_ui(ui: &mut Ui, models: &Models, why: Option<&str>) {
    let Models { kind, applied, in_the_way } = models;
    let (applied, t) = (*applied, tokens(ui.ctx()));
    if applied > 0 && *kind == ModelKind::Switch {
        let words = format!(
            "{} of this field in the inventory: a model with other ports takes their place only once \
             they were taken away.",
            counted(applied, "device is", "devices are"),
        );
        let words = RichText::new(words).font(theme::small()).color(t.changed);
        ui.add(egui::Label::new(words).wrap());
    }
    ui.allocate_ui(vec2(ui.available_width(), WHY_HEIGHT), |ui| {
        ui.set_min_height(WHY_HEIGHT);
        let (what, draws) = match kind {
            ModelKind::Switch => ("switches its fabric", ", and what they draw at most"),
            ModelKind::Card => ("switches the plan", ", and what they draw at most"),
            ModelKind::Server => ("servers the plan", ", and what they draw at most"),
            ModelKind::Rack => ("racks the plan", ""),
        };
        let tried = match in_the_way {
            Some(error) => format!("Whatever is chosen here, this is wrong elsewhere: {error}"),
            None => format!("Each is tried in this plan: how many {what} then has{draws}."),
        };
        let words = RichText::new(why.unwrap_or(&tried)).font(theme::small());
        ui.add(egui::Label::new(words.color(t.dim)).wrap());
    });
    ui.separator();
}

/// A row in words, for a screen reader.
fn spoken(option: &Known) -> String {
    let name = &option.name;
    match &option.tried {
        Tried::Nothing => name.clone(),
        Tried::Soon => format!("{name}, being tried"),
        Tried::Fits(figures) => format!("{name}, {}", figures.spoken),
        Tried::Unfit(why) => format!("{name}, does not fit: {why}"),
    }
}

/// A row of names, or that of none.
fn plain_row(ui: &mut Ui, option: Option<&Known>, without: &str, is: bool) -> Response {
    let t = tokens(ui.ctx());
    let (name, facts) = match option {
        Some(option) => (option.name.as_str(), option.facts.as_str()),
        None => (without, ""),
    };
    let facts = RichText::new(facts).font(theme::small()).color(t.dim);
    let button = Button::selectable(is, RichText::new(name).color(t.text)).right_text(facts);
    ui.add(button.min_size(vec2(ui.available_width(), 0.0)))
}

/// A row of a model, with what comes of it.
fn model_row(ui: &mut Ui, option: &Known, is: bool) -> Response {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    let response = ui.add(Button::selectable(is, "").min_size(vec2(width, ROW_HEIGHT)));
    if !ui.is_rect_visible(response.rect) {
        return response;
    }
    let row = response.rect.shrink2(vec2(8.0, 0.0));
    let line = |y: f32| pos2(row.left(), row.top() + y);
    let columns = COUNT_WIDTH + POWER_WIDTH;
    let beside = row.width() - columns - 12.0;
    let body = egui::TextStyle::Body.resolve(ui.style());
    let (small, figures_font) = (theme::small(), theme::mono(11.5));
    let unfit = matches!(option.tried, Tried::Unfit(_));
    let ink = if unfit { t.dim } else { t.text };
    text(ui, line(FIRST_LINE), &option.name, body, ink, beside);
    match &option.tried {
        Tried::Unfit(why) => {
            let words = format!("{} does not fit", icon::WARNING);
            let at = pos2(row.right(), line(FIRST_LINE).y);
            ui.painter().text(at, Align2::RIGHT_CENTER, words, small.clone(), t.changed);
            text(ui, line(SECOND_LINE), why, small, t.dim, row.width());
        }
        tried => {
            text(ui, line(SECOND_LINE), &option.facts, small.clone(), t.dim, beside);
            let of = match tried {
                Tried::Fits(figures) => figures.clone(),
                Tried::Soon => Figures { count: "…".to_owned(), ..Figures::default() },
                _ => Figures::default(),
            };
            let soon = matches!(tried, Tried::Soon);
            let ends = [row.right() - POWER_WIDTH, row.right()];
            let first = if soon { t.faint } else { t.text };
            for (x, above, below) in
                [(ends[0], &of.count, &of.count_change), (ends[1], &of.power, &of.power_change)]
            {
                let font = figures_font.clone();
                let at = pos2(x, line(FIRST_LINE).y);
                ui.painter().text(at, Align2::RIGHT_CENTER, above, font.clone(), first);
                let at = pos2(x, line(SECOND_LINE).y);
                ui.painter().text(at, Align2::RIGHT_CENTER, below, font, t.dim);
            }
        }
    }
    response
}

/// A line of text from a point to the right, with an ellipsis where it is too long.
fn text(ui: &Ui, at: Pos2, words: &str, font: FontId, color: Color32, width: f32) {
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(width);
    let galley = ui.painter().layout_job(job);
    let top = at.y - galley.size().y / 2.0;
    ui.painter().galley(pos2(at.x, top), galley, color);
}

/// The list of models of a field by itself, for pictures.
#[cfg(test)]
pub(in crate::app) fn list_alone(
    ui: &mut Ui,
    model: &crate::app::model::Model,
    (path, kind): (&SpecPath, ModelKind),
    value: &str,
) {
    let offer = super::pickers::models_offered(model, path, kind);
    offer_ui(ui, Id::new("list"), Some(value), None, &offer);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(tried: Tried) -> Known {
        Known {
            id: "nvidia-sn5600".to_owned(),
            name: "NVIDIA SN5600".to_owned(),
            facts: "64 × 800G OSFP".to_owned(),
            tried,
        }
    }

    #[test]
    fn a_search_meets_name_id_and_facts() {
        for (search, expected) in
            [("", true), ("sn56", true), ("NVIDIA 800g", true), ("nvidia 400g", false)]
        {
            assert_eq!(meets(&option(Tried::Nothing), search), expected, "{search}");
        }
    }

    #[test]
    fn a_row_says_what_it_shows() {
        let check = |tried: Tried, expected: &str| assert_eq!(spoken(&option(tried)), expected);
        check(Tried::Nothing, "NVIDIA SN5600");
        check(Tried::Soon, "NVIDIA SN5600, being tried");
        let figures = "24 switches, 54.0 kW, 4 fewer";
        let figures = Figures { spoken: figures.to_owned(), ..Figures::default() };
        check(Tried::Fits(figures), "NVIDIA SN5600, 24 switches, 54.0 kW, 4 fewer");
        let why = "It has no ports of 800G.".to_owned();
        check(Tried::Unfit(why), "NVIDIA SN5600, does not fit: It has no ports of 800G.");
    }
}
