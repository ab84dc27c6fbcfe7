//! Small pieces that panels share: command buttons, labelled fields, findings, links.

use super::command::{Action, Command};
use super::menus::{menu_line, menu_lines, opened_by_keys};
use super::model::Model;
use super::theme::{self, FIELD_WIDTH, LABEL_WIDTH, ROW_HEIGHT, tokens};
use crate::model::{Code, Edit, EditValue, Finding, Limits, Remedy, Severity, SpecPath, grouped};
use crate::scene::State;
use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::text_edit::TextEditState;
use egui::{
    Button, Color32, ComboBox, Id, Key, Response, RichText, Sense, Stroke, TextEdit, TextStyle, Ui,
    WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icon;

/// A button of a command: off while it cannot be done, with the reason when hovered.
pub(super) fn command_button(
    ui: &mut Ui,
    model: &Model,
    command: Command,
    button: Button<'_>,
    out: &mut Vec<Action>,
) -> Response {
    let blocked = command.blocked(model);
    let response = ui.add_enabled(blocked.is_none(), button);
    let enabled = blocked.is_none();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, command.name()));
    let keys = command
        .shortcut()
        .map(|keys| format!("  ({})", ui.ctx().format_shortcut(&keys)))
        .unwrap_or_default();
    let response = response
        .on_hover_text(format!("{}{keys}", command.hint()))
        .on_disabled_hover_text(blocked.unwrap_or_default());
    if response.clicked() {
        out.push(Action::Do(command));
    }
    response
}

/// Moves what scrolls by the keys that do so everywhere. `line` is what an arrow moves it by; 0
/// where arrows go from one thing to the next.
pub(super) fn scroll_by_keys(ui: &Ui, line: f32, page: f32) {
    let all = 1e6;
    let keys = [
        (Key::ArrowDown, -line),
        (Key::ArrowUp, line),
        (Key::PageDown, -page),
        (Key::PageUp, page),
        (Key::End, -all),
        (Key::Home, all),
    ];
    let by: f32 = ui.input(|input| {
        keys.iter().filter(|(key, _)| input.key_pressed(*key)).map(|(_, by)| by).sum()
    });
    if by != 0.0 {
        ui.scroll_with_delta(vec2(0.0, by));
    }
}

/// Draws at the right of the room there is, from left to right, so that Tab goes as one reads. The
/// width is that of the frame before; the first is drawn again at once.
pub(super) fn at_right<R>(
    ui: &mut Ui,
    name: &'static str,
    content: impl FnOnce(&mut Ui) -> R,
) -> (R, egui::Rect) {
    let id = Id::new(("at right", name));
    let room = ui.available_rect_before_wrap();
    let known = ui.data(|data| data.get_temp::<f32>(id));
    let left = (room.right() - known.unwrap_or(0.0)).max(room.left());
    let place = egui::Rect::from_min_max(egui::pos2(left, room.top()), room.max);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let own = egui::UiBuilder::new().id(id).max_rect(place).layout(layout);
    let mut child = ui.new_child(own);
    let result = content(&mut child);
    let width = child.min_rect().width();
    if known.is_none_or(|known| (known - width).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, width));
        ui.ctx().request_discard("what stands at the right was measured");
    }
    let used = child.min_rect();
    ui.advance_cursor_after_rect(used);
    (result, used)
}

/// What stands where there is nothing to show: why, and what to do next.
pub(super) struct Empty<'a> {
    /// An icon.
    pub mark: &'a str,
    /// Two or three words.
    pub title: &'a str,
    /// What to do next.
    pub words: &'a str,
    /// The buttons that do it; those that cannot be given are left out.
    pub commands: &'a [Command],
}

/// Draws it in the middle of the room there is.
pub(super) fn empty_state(ui: &mut Ui, model: &Model, empty: &Empty<'_>, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let buttons: Vec<Command> =
        empty.commands.iter().copied().filter(|c| c.blocked(model).is_none()).collect();
    let width = ui.available_width().min(340.0);
    // Where there is little room, the words need it more than the icon.
    let tall = ui.available_height() > 150.0;
    let height = if tall { 96.0 } else { 44.0 } + if buttons.is_empty() { 0.0 } else { 38.0 };
    ui.add_space(((ui.available_height() - height) / 2.0).clamp(4.0, 220.0));
    ui.vertical_centered(|ui| {
        ui.set_max_width(width);
        if tall {
            mark(ui, empty.mark, t.faint, 30.0);
            ui.add_space(2.0);
        }
        ui.label(RichText::new(empty.title).font(theme::semibold(13.0)));
        ui.add(egui::Label::new(RichText::new(empty.words).color(t.dim)).wrap());
        if buttons.is_empty() {
            return;
        }
        ui.add_space(8.0);
        // A row of buttons is centred by its width, which is known before it is drawn.
        let all: f32 = buttons.iter().map(|command| wide_of(ui, *command)).sum();
        let all = all + 8.0 * (buttons.len() - 1) as f32;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.add_space(((ui.available_width() - all) / 2.0).max(0.0));
            for command in buttons {
                let button = Button::new(command.name()).min_size(vec2(wide_of(ui, command), 28.0));
                command_button(ui, model, command, button, out);
            }
        });
    });
}

/// The width of the button of a command.
fn wide_of(ui: &Ui, command: Command) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    let words = command.name().to_owned();
    ui.painter().layout_no_wrap(words, font, tokens(ui.ctx()).text).size().x + 24.0
}

/// Words that act when pressed.
pub(super) fn link(ui: &mut Ui, text: &str, label: &str) -> Response {
    let accent = tokens(ui.ctx()).accent;
    let response = ui.add(Button::new(RichText::new(text).color(accent)).frame(false).wrap());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label));
    response
}

/// A heading within a panel.
pub(super) fn section(ui: &mut Ui, text: &str) {
    ui.add_space(12.0);
    heading(ui, text);
    ui.add_space(2.0);
}

/// The words of a heading.
pub(super) fn heading(ui: &mut Ui, text: &str) {
    let color = tokens(ui.ctx()).dim;
    ui.label(RichText::new(text).font(theme::semibold(11.0)).color(color));
}

/// A line of the form: label, field, unit. Under it stand what is wrong with the typing, which
/// the field gives, and the findings of the field and of all within it, but for `inner` places that
/// have fields of their own.
pub(super) fn row(
    ui: &mut Ui,
    model: &Model,
    (path, inner): (&SpecPath, &[SpecPath]),
    (label, unit): (&str, &str),
    out: &mut Vec<Action>,
    field: impl FnOnce(&mut Ui, Id, Option<Stroke>, &mut Vec<Action>) -> Option<String>,
) {
    // Widgets are called after their place: what comes and goes above moves no keyboard.
    named(ui, ("row", path), |ui| {
        let t = tokens(ui.ctx());
        let own = |finding: &&Finding| !inner.iter().any(|inner| inner.contains(&finding.path));
        let findings: Vec<&Finding> = model.findings_within(path).filter(own).collect();
        let worst = findings.iter().map(|f| f.severity).min();
        let edge = match worst {
            Some(Severity::Error) => Some(Stroke::new(1.0, t.removed)),
            Some(Severity::Warning) => Some(Stroke::new(1.0, t.changed)),
            Some(Severity::Info) | None => None,
        };
        let mut problem = None;
        // A plan that is only read shows its fields, and no hand can write in them.
        let can_write = model.read_only().is_none();
        let line = ui.horizontal(|ui| {
            let name = label_of_row(ui, label, LABEL_WIDTH);
            if !can_write {
                ui.disable();
            }
            if unit.is_empty() {
                problem = field(ui, name, edge, out);
                return;
            }
            // Where there is little room the field gives way to its unit.
            let font = TextStyle::Body.resolve(ui.style());
            let words = ui.painter().layout_no_wrap(unit.to_owned(), font, t.faint).size().x;
            let room = ui.available_width() - words - ui.spacing().item_spacing.x;
            ui.scope(|ui| {
                ui.set_max_width(room);
                problem = field(ui, name, edge, out);
            });
            ui.label(RichText::new(unit).color(t.faint));
        });
        if model.go_to.as_ref().is_some_and(|place| path.contains(place)) {
            ui.scroll_to_rect(line.response.rect, Some(egui::Align::Center));
            let widget = widget_of(ui.ctx(), path);
            ui.memory_mut(|memory| memory.request_focus(widget));
            // What is typed then takes the place of what is wrong there.
            let mut state = TextEditState::load(ui.ctx(), widget).unwrap_or_default();
            let end = CCursor::new(Limits::TEXT_CHARS);
            state.cursor.set_char_range(Some(CCursorRange::two(CCursor::default(), end)));
            state.store(ui.ctx(), widget);
        }
        if let Some(problem) = problem {
            ui.add(egui::Label::new(RichText::new(problem).color(t.removed)).wrap());
        }
        for finding in findings.iter().take(MOST_FINDINGS) {
            finding_ui(ui, model, finding, out);
        }
        let more = findings.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            let words = format!("{} more in Checks", grouped(more as u64));
            if link(ui, &words, &format!("{words} of {path}")).clicked() {
                out.push(Action::FilterFindings(path.as_str().to_owned()));
                out.push(Action::Do(Command::ShowFindings));
            }
        }
    });
}

/// Draws widgets whose names do not depend on what is drawn before them.
pub(super) fn named(ui: &mut Ui, name: (&str, &SpecPath), content: impl FnOnce(&mut Ui)) {
    let builder = egui::UiBuilder::new().id(Id::new((name.0, name.1.as_str())));
    ui.scope_builder(builder, content);
}

/// Findings that stand below a field; the others are among the checks.
const MOST_FINDINGS: usize = 4;

/// What a line is about, in a column of its own.
pub(super) fn label_of_row(ui: &mut Ui, label: &str, width: f32) -> Id {
    let color = tokens(ui.ctx()).dim;
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(vec2(width, ROW_HEIGHT), layout, |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width);
        ui.add(egui::Label::new(RichText::new(label).color(color)).truncate()).id
    })
    .inner
}

/// The widget of a field that is typed.
pub(super) fn field_id(path: &SpecPath) -> Id {
    Id::new(("field", path.as_str()))
}

/// The widget of a field that is not typed: its id comes from the layout.
#[derive(Clone, Copy)]
struct WidgetOf(Id);

/// The widget that shows the field of a path.
pub(super) fn widget_of(context: &egui::Context, path: &SpecPath) -> Id {
    let id = field_id(path);
    context.data(|data| data.get_temp::<WidgetOf>(id)).map_or(id, |WidgetOf(id)| id)
}

/// Notes the widget of a field that is not typed, for who is led there.
pub(super) fn note_widget(ui: &Ui, path: &SpecPath, widget: &Response) {
    ui.data_mut(|data| data.insert_temp(field_id(path), WidgetOf(widget.id)));
}

/// A finding, with its remedy as something to press.
pub(super) fn finding_ui(ui: &mut Ui, model: &Model, finding: &Finding, out: &mut Vec<Action>) {
    let t = tokens(ui.ctx());
    let (mark, color) = match finding.severity {
        Severity::Error => (icon::WARNING_OCTAGON, t.removed),
        Severity::Warning => (icon::WARNING, t.changed),
        Severity::Info => (icon::INFO, t.accent),
    };
    theme::barred_box(ui, color, |ui| {
        ui.horizontal_top(|ui| {
            self::mark(ui, mark, color, 13.0);
            ui.vertical(|ui| {
                let words = with_code(ui, &finding.text, t.text);
                ui.add(egui::Label::new(words).wrap());
                if finding.code == Code::ManyDeletions
                    && link(ui, "Show the deletions", "Show the deletions").clicked()
                {
                    out.push(Action::Filter(State::Removed.glyph().to_owned()));
                }
                if finding.code == Code::InterfaceMissing
                    && Command::Destroy.blocked(model).is_none()
                {
                    let words = "Take them away first…";
                    if link(ui, words, words).clicked() {
                        out.push(Action::TakeAway(finding.path.clone()));
                    }
                }
                let all = finding.remedies();
                all.for_each(|remedy| remedy_ui(ui, model, (finding, remedy), out));
            });
        });
    });
    ui.add_space(2.0);
}

/// A remedy: something to press with what it leads to, or words.
fn remedy_ui(
    ui: &mut Ui,
    model: &Model,
    (finding, remedy): (&Finding, &Remedy),
    out: &mut Vec<Action>,
) {
    let dim = tokens(ui.ctx()).dim;
    let Some(edit) = &remedy.edit else {
        let words = with_code(ui, &remedy.text, dim);
        ui.add(egui::Label::new(words).wrap());
        return;
    };
    let pressed = link(ui, &remedy.text, &remedy.text);
    if pressed.clicked() {
        out.push(Action::Mend(edit.clone()));
        // It goes with its finding: the keyboard goes on from the field.
        if pressed.has_focus() {
            out.push(Action::Focus(edit.path.clone()));
        }
    }
    let tried = model.remedies.as_ref();
    if let Some(price) = tried.and_then(|tried| tried.price(finding, remedy, &model.plan)) {
        ui.add(egui::Label::new(with_code(ui, price, dim)).wrap());
    }
}

/// Words in which what stands between backticks is written as in the text of a plan.
pub(super) fn with_code(ui: &Ui, words: &str, color: Color32) -> LayoutJob {
    let body = TextStyle::Body.resolve(ui.style());
    let code = theme::mono(body.size - 1.0);
    let mut job = LayoutJob::default();
    let paired = words.matches('`').count().is_multiple_of(2);
    for (n, part) in words.split('`').enumerate() {
        let font = if n % 2 == 1 && paired { code.clone() } else { body.clone() };
        let mark = if n > 0 && !paired { "`" } else { "" };
        job.append(mark, 0.0, TextFormat::simple(body.clone(), color));
        job.append(part, 0.0, TextFormat::simple(font, color));
    }
    job
}

/// What is being typed into a field, kept while it has the keyboard.
#[derive(Clone)]
struct Typed {
    text: String,
    /// What the field held once that text was taken.
    value: String,
}

/// How a field looks.
pub(super) struct Look<'a> {
    /// The label that it belongs to.
    pub label: Id,
    /// The colour of its edge, if a finding gives it one.
    pub edge: Option<Stroke>,
    /// What stands in it while it is empty.
    pub hint: &'a str,
    /// True for figures and names of ports.
    pub figures: bool,
    /// Characters that it takes.
    pub most_chars: usize,
}

/// A field whose text stands for a value. What cannot be read is not taken, and says so, also once
/// the field is left; the text stays as it was typed until then.
pub(super) fn read_field(
    ui: &mut Ui,
    path: &SpecPath,
    look: &Look<'_>,
    value: &str,
    read: impl Fn(&str) -> Result<EditValue, String>,
    out: &mut Vec<Action>,
) -> Option<String> {
    let id = field_id(path);
    // An undo or a remedy changes the value under the text: then the text is forgotten. A value that
    // is shown in other words is still the one typed: `3,` on its way to `3,7` is shown as `3`.
    let is_of = |typed: &Typed| {
        typed.value == value
            || matches!((read(&typed.text), read(value)), (Ok(a), Ok(b)) if a == b)
            // The default is left out of the plan: `1:1` on its way to `1:15`.
            || (value.is_empty() && typed.text == look.hint)
    };
    let kept = ui.data(|data| data.get_temp::<Typed>(id)).filter(is_of);
    let was_typed = kept.is_some();
    let mut text = kept.map_or_else(|| value.to_owned(), |typed| typed.text);
    let response = text_field(ui, id, look, &mut text);
    let found = read(&text);
    if response.changed() {
        let now = match &found {
            Ok(edit) => {
                let edit = Edit { path: path.clone(), value: edit.clone() };
                out.push(Action::Edit(edit));
                shown_value(&text, found.as_ref().ok())
            }
            Err(_) => value.to_owned(),
        };
        ui.data_mut(|data| data.insert_temp(id, Typed { text, value: now }));
    }
    let refused = id.with("refused");
    // Where the field was not drawn as it lost the keyboard, nobody has told yet.
    if response.lost_focus() || (was_typed && !response.has_focus() && !response.changed()) {
        let given_up = ui.input(|input| input.key_pressed(egui::Key::Escape));
        ui.data_mut(|data| {
            // The field shows what stands again; what was typed is told until that changes.
            if let (Some(typed), Err(why), false) = (data.get_temp::<Typed>(id), &found, given_up) {
                let words = format!("“{}” was not taken. {why}", clipped(&typed.text));
                data.insert_temp(refused, Typed { text: words, value: value.to_owned() });
            }
            data.remove::<Typed>(id);
        });
        out.push(Action::EditEnded);
    }
    if response.has_focus() {
        ui.data_mut(|data| data.remove::<Typed>(refused));
        return found.err();
    }
    let kept = ui.data(|data| data.get_temp::<Typed>(refused));
    kept.filter(|typed| typed.value == value).map(|typed| typed.text)
}

/// Forgets what was typed into fields and not taken: it was of another plan.
pub(super) fn forget_typed(context: &egui::Context) {
    context.data_mut(|data| data.remove_by_type::<Typed>());
}

/// The beginning of what was typed, where it is cited.
fn clipped(text: &str) -> String {
    let mut shown: String = text.chars().take(30).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// How a value that was just read will be shown: a number without what parts its thousands.
fn shown_value(text: &str, value: Option<&EditValue>) -> String {
    match value {
        Some(EditValue::Number(number)) => number.to_string(),
        Some(EditValue::Tree(serde_json::Value::Null)) => String::new(),
        _ => text.to_owned(),
    }
}

/// A field for a whole number; with `or` one that may be empty, and what then stands in it.
pub(super) fn number_field(
    ui: &mut Ui,
    path: &SpecPath,
    look: &Look<'_>,
    value: Option<u64>,
    optional: bool,
    out: &mut Vec<Action>,
) -> Option<String> {
    let shown = value.map(|value| value.to_string()).unwrap_or_default();
    let read = |text: &str| match whole_number(text) {
        Some(number) => Ok(EditValue::Number(u64::from(number))),
        None if optional && text.trim().is_empty() => Ok(EditValue::left_out()),
        None if is_too_large(text) => {
            Err(format!("At most {}; the number before stays.", grouped(u32::MAX.into())))
        }
        None => Err("This is not a whole number; the one before stays.".to_owned()),
    };
    read_field(ui, path, look, &shown, read, out)
}

/// A field for a word, which may be empty.
pub(super) fn word_field(
    ui: &mut Ui,
    path: &SpecPath,
    look: &Look<'_>,
    value: &str,
    optional: bool,
    out: &mut Vec<Action>,
) -> Option<String> {
    let read = |text: &str| {
        let out = optional && text.is_empty();
        Ok(if out { EditValue::left_out() } else { EditValue::Text(text.to_owned()) })
    };
    read_field(ui, path, look, value, read, out)
}

/// A field for the key of a row: it is written once the field is left or Enter is pressed, since
/// every letter in between would be a key of its own.
pub(super) fn id_field(
    ui: &mut Ui,
    path: &SpecPath,
    look: &Look<'_>,
    (value, typed): (&str, Option<&str>),
    out: &mut Vec<Action>,
) -> Option<String> {
    let mut text = typed.unwrap_or(value).to_owned();
    let response = text_field(ui, field_id(path), look, &mut text);
    if response.changed() {
        out.push(Action::TypeKey(path.clone(), text));
    }
    if response.lost_focus() {
        let given_up = ui.input(|input| input.key_pressed(egui::Key::Escape));
        out.push(Action::EndKey { taken: !given_up });
    }
    None
}

/// True for a whole number that is larger than any in a plan.
fn is_too_large(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(text.trim()) && text.trim().parse::<u32>().is_err()
}

/// A whole number, also with marks between thousands: `1,024` but not `1,5`.
pub(super) fn whole_number(text: &str) -> Option<u32> {
    let groups: Vec<&str> = text.trim().split([',', ' ', '_']).collect();
    let marked = groups.iter().skip(1).all(|group| group.len() == 3);
    let plain = groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()));
    (marked && plain).then(|| groups.concat().parse().ok())?
}

/// What an empty field says: in italics, so that it is not taken for a value.
pub(super) fn hint(ui: &Ui, words: &str) -> RichText {
    RichText::new(words).italics().color(tokens(ui.ctx()).faint)
}

fn text_field(ui: &mut Ui, id: Id, look: &Look<'_>, text: &mut String) -> Response {
    if look.most_chars > Limits::TEXT_CHARS && ui.memory(|memory| memory.has_focus(id)) {
        // A column of a spreadsheet is a list too.
        ui.input_mut(|input| {
            for event in &mut input.events {
                if let egui::Event::Paste(pasted) = event {
                    let cells = pasted.split(['\n', '\r', '\t']).map(str::trim);
                    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
                    *pasted = cells.join(", ");
                }
            }
        });
    }
    ui.scope(|ui| {
        if let Some(edge) = look.edge {
            let widgets = &mut ui.visuals_mut().widgets;
            widgets.inactive.bg_stroke = edge;
            widgets.hovered.bg_stroke = edge;
            widgets.active.bg_stroke = edge;
            ui.visuals_mut().selection.stroke = edge;
        }
        let font = if look.figures { theme::mono(12.5) } else { egui::FontId::proportional(13.0) };
        ui.add(
            TextEdit::singleline(text)
                .id(id)
                .font(font)
                .hint_text(hint(ui, look.hint))
                .margin(egui::Margin::symmetric(8, 3))
                .char_limit(look.most_chars)
                .desired_width(FIELD_WIDTH),
        )
        .labelled_by(look.label)
    })
    .inner
}

/// A field with a list of names to choose from.
pub(super) fn choice_field<'a>(
    ui: &mut Ui,
    path: &SpecPath,
    label: Id,
    edge: Option<Stroke>,
    value: &str,
    choices: &[(&'a str, &'a str)],
    out: &mut Vec<Action>,
) {
    ui.scope(|ui| {
        if let Some(edge) = edge {
            ui.visuals_mut().widgets.inactive.bg_stroke = edge;
        }
        ui.set_max_width(FIELD_WIDTH);
        let shown = choices.iter().find(|(id, _)| *id == value);
        let shown = shown.map_or(value, |(_, name)| *name);
        let list = ComboBox::from_id_salt(path.as_str())
            .width(FIELD_WIDTH)
            .truncate()
            .selected_text(shown);
        let response = unfold(ui, list, |ui| {
            for (id, name) in choices {
                let words = RichText::new(*name).color(tokens(ui.ctx()).text);
                let line = ui.selectable_label(*id == value, words);
                menu_line(ui, &line);
                if line.clicked() {
                    if *id != value {
                        choose(path, Some(id).filter(|id| !id.is_empty()).copied(), out);
                    }
                    // A press of Enter folds no list by itself.
                    ui.close();
                }
            }
        });
        note_widget(ui, path, &response);
        response.labelled_by(label);
    });
}

/// A field that unfolds a list: arrow keys go round its lines, each of which says so
/// ([`menu_line`]).
pub(super) fn unfold(ui: &mut Ui, list: ComboBox, lines: impl FnOnce(&mut Ui)) -> Response {
    let shown = list.show_ui(ui, |ui| {
        menu_lines(ui, lines);
    });
    opened_by_keys(ui, &shown.response);
    shown.response
}

/// A field with a few choices side by side.
pub(super) fn segment_field(
    ui: &mut Ui,
    (path, label): (&SpecPath, &str),
    value: &str,
    choices: &[(&str, &str)],
    out: &mut Vec<Action>,
) {
    let t = tokens(ui.ctx());
    ui.scope(|ui| {
        // Neighbours share an edge, and what room is left is shared out between the words.
        ui.spacing_mut().item_spacing.x = -1.0;
        let font = TextStyle::Button.resolve(ui.style());
        let width_of = |(_, name): &(&str, &str)| {
            ui.painter().layout_no_wrap((*name).to_owned(), font.clone(), t.text).size().x
        };
        let words: f32 = choices.iter().map(width_of).sum();
        let count = choices.len().max(1) as f32;
        let spare = FIELD_WIDTH + (count - 1.0) - words;
        ui.spacing_mut().button_padding.x = (spare / (2.0 * count)).max(3.0);
        for (id, name) in choices {
            let selected = *id == value;
            let response = segment_button(ui, name, selected, 0.0);
            // Who does not see the row is to hear of what it is.
            let spoken = format!("{label}: {name}");
            response.widget_info(|| {
                WidgetInfo::selected(WidgetType::RadioButton, ui.is_enabled(), selected, &spoken)
            });
            if selected {
                note_widget(ui, path, &response);
            } else if response.clicked() {
                choose(path, Some(id), out);
            }
        }
    });
}

/// One of a few choices side by side. True if it was chosen now.
pub(super) fn segment(ui: &mut Ui, name: &str, selected: bool, least_width: f32) -> bool {
    segment_button(ui, name, selected, least_width).clicked() && !selected
}

fn segment_button(ui: &mut Ui, name: &str, selected: bool, least_width: f32) -> Response {
    let t = tokens(ui.ctx());
    let edge = if selected { t.accent } else { t.line };
    let fill = if selected { t.accent.gamma_multiply(0.18) } else { Color32::TRANSPARENT };
    let response = ui.add(
        Button::new(name)
            .fill(fill)
            .stroke(Stroke::new(1.0, edge))
            .corner_radius(2.0)
            .min_size(vec2(least_width, ROW_HEIGHT)),
    );
    response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, selected, name));
    response
}

/// Hands back a choice, or that the field is left out, as a step of its own.
pub(super) fn choose(path: &SpecPath, id: Option<&str>, out: &mut Vec<Action>) {
    let value = id.map_or_else(EditValue::left_out, |id| EditValue::Text(id.to_owned()));
    edit_at_once(path, value, out);
}

/// Hands back an edit that is a step of its own.
pub(super) fn edit_at_once(path: &SpecPath, value: EditValue, out: &mut Vec<Action>) {
    out.push(Action::EditEnded);
    out.push(Action::Edit(Edit { path: path.clone(), value }));
    out.push(Action::EditEnded);
}

/// A box to tick that can be seen on a quiet box too. It comes into view with the keyboard.
pub(super) fn tick<'a>(ui: &mut Ui, on: &'a mut bool, label: impl egui::IntoAtoms<'a>) -> Response {
    let t = tokens(ui.ctx());
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for (widget, edge) in [
            (&mut widgets.inactive, t.faint),
            (&mut widgets.hovered, t.text),
            (&mut widgets.active, t.accent),
        ] {
            widget.bg_fill = t.field;
            widget.bg_stroke = Stroke::new(1.0, edge);
        }
        let response = ui.checkbox(on, label);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        response
    })
    .inner
}

/// An icon beside words that say the same: nothing is spoken of it.
pub(super) fn mark(ui: &mut Ui, icon: &str, color: Color32, size: f32) -> Response {
    let font = egui::FontId::proportional(size);
    let galley = ui.painter().layout_no_wrap(icon.to_owned(), font, color);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    ui.painter().galley(rect.min, galley, color);
    response
}

/// A coloured dot with words for who cannot see it.
pub(super) fn dot(ui: &mut Ui, color: Color32, label: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, color);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, label));
}

#[cfg(test)]
mod tests {
    use super::whole_number;

    #[test]
    fn marks_stand_between_thousands() {
        for (text, expected) in [
            ("1024", Some(1024)),
            (" 1,024 ", Some(1024)),
            ("1_024", Some(1024)),
            ("1 024 000", Some(1_024_000)),
            ("1,5", None),
            ("1,0244", None),
            ("", None),
            ("-1", None),
            ("1e3", None),
            ("99999999999", None),
        ] {
            assert_eq!(whole_number(text), expected, "{text}");
        }
    }
}
