//! The bar for finding and replacing, above the text.

use egui::{Align, Button, Id, Key, Layout, Rect, Response, RichText, TextEdit, Ui, UiBuilder, pos2, vec2};

use super::inputs::CodeInputs;
use super::popup::focus_ring;
use super::show::BAR_INSET;
use super::state::CodeState;
use crate::theme::{self, size};

/// The height of one row of the bar.
const ROW: f32 = size::CONTROL + size::NEAR;
/// The width of the fields.
const FIELD: f32 = 240.0;
/// The width below which the bar leaves out what a key does as well.
const NARROW: f32 = 540.0;

/// Draws the bar; gives the rectangle that it takes.
pub(super) fn show(
    ui: &mut Ui,
    area: Rect,
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    text: Id,
) -> Rect {
    let rows = if state.find.replacing { 2.0 } else { 1.0 };
    let rect = Rect::from_min_max(area.min, pos2(area.max.x, area.min.y + rows * ROW + 1.0));
    ui.painter().rect_filled(rect, 0.0, inputs.theme.panel);
    theme::hairline(ui.painter(), rect.left_bottom(), rect.right_bottom(), size::LINE, inputs.theme.line);
    let mut ui =
        ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(BAR_INSET, 0.0))).id_salt((text, "find")));
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing = vec2(size::TIGHT, 0.0);
    row(&mut ui, |ui| find_row(ui, state, inputs));
    if state.find.replacing {
        row(&mut ui, |ui| replace_row(ui, state, inputs));
    }
    if ui.input(|input| input.key_pressed(Key::Escape)) && ui.memory(|memory| !memory.has_focus(text)) {
        close(state);
    }
    rect
}

fn close(state: &mut CodeState) {
    state.find.open = false;
    state.wants_focus = true;
}

/// One row, from left to right.
fn row(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(ROW);
        add(ui);
    });
}

/// A field for text.
fn field(ui: &mut Ui, inputs: &CodeInputs<'_>, text: &mut String, name: &str) -> Response {
    let share = if ui.available_width() < NARROW { 0.36 } else { 0.5 };
    let width = FIELD.min(ui.available_width() * share);
    let edit = TextEdit::singleline(text)
        .hint_text(name)
        .font(theme::code(size::TEXT_BODY))
        .desired_width(width - 12.0)
        .margin(egui::Margin::symmetric(6, 4))
        .align(egui::Align2([Align::Min, Align::Center]));
    let response = ui
        .scope(|ui| {
            ui.visuals_mut().selection.stroke.color = inputs.theme.focus;
            ui.add_sized(vec2(width, size::COMPACT), edit)
        })
        .inner;
    if response.has_focus() {
        focus_ring(ui, response.rect, inputs.theme);
    }
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::text_edit(true, text.as_str(), text.as_str(), name);
        info.label = Some(name.to_owned());
        info
    });
    response
}

/// A small button with a name for whoever does not see it.
fn button(ui: &mut Ui, label: &str, name: &str, chosen: bool, enabled: bool) -> bool {
    let text = RichText::new(label).font(theme::medium(size::TEXT_LABEL));
    let button = Button::new(text).selected(chosen).min_size(vec2(size::COMPACT, size::COMPACT));
    ui.spacing_mut().button_padding = vec2(size::NEAR - 2.0, 2.0);
    ui.spacing_mut().interact_size.y = size::COMPACT;
    let response = ui.add_enabled(enabled, button).on_hover_text(name);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, enabled, chosen, name));
    response.clicked()
}

fn find_row(ui: &mut Ui, state: &mut CodeState, inputs: &CodeInputs<'_>) {
    let is_narrow = ui.available_width() < NARROW;
    let before = (state.find.query.clone(), state.find.case, state.find.whole_word, state.find.regex);
    let query = field(ui, inputs, &mut state.find.query, "Find");
    if std::mem::take(&mut state.find.wants_focus) {
        query.request_focus();
    }
    if query.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        let back = ui.input(|input| input.modifiers.shift);
        state.find_next(back);
        query.request_focus();
    }
    if query.has_focus() && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::F3)) {
        state.find_next(false);
    }
    for (label, name, on) in [
        ("Aa", "Match case", &mut state.find.case),
        ("W", "Whole words", &mut state.find.whole_word),
        (".*", "Regular expression", &mut state.find.regex),
    ] {
        if button(ui, label, name, *on, true) {
            *on = !*on;
        }
    }
    let asked = (state.find.query.clone(), state.find.case, state.find.whole_word, state.find.regex);
    if asked != before {
        state.find_from_here();
    }
    state.refresh_find();
    let any = !state.find.matches().is_empty();
    if !is_narrow && button(ui, "↑", "Previous match", false, any) {
        state.find_next(true);
    }
    if button(ui, "↓", "Next match", false, any) {
        state.find_next(false);
    }
    count(ui, state, inputs);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if button(ui, "×", "Close find", false, true) {
            close(state);
        }
        let name = if state.find.replacing { "Hide replace" } else { "Show replace" };
        if !is_narrow && button(ui, "Replace", name, state.find.replacing, true) {
            state.find.replacing = !state.find.replacing;
        }
    });
}

/// How many matches there are, or what is wrong with the query.
fn count(ui: &mut Ui, state: &CodeState, inputs: &CodeInputs<'_>) {
    let theme = inputs.theme;
    let matches = state.find.matches().len();
    let (text, colour) = match (&state.find.error, state.match_selected()) {
        (Some(_), _) => ("not an expression".to_owned(), theme.error),
        (None, Some(n)) => (format!("{} of {matches}", n + 1), theme.muted),
        (None, None) if state.find.query.is_empty() => (String::new(), theme.muted),
        (None, None) if matches == 0 => ("nothing found".to_owned(), theme.warning),
        (None, None) => (format!("{matches} found"), theme.muted),
    };
    ui.add_space(size::TIGHT);
    let label = ui.label(RichText::new(text).font(theme::medium(size::TEXT_LABEL)).color(colour));
    if let Some(error) = &state.find.error {
        label.on_hover_text(error);
    }
}

fn replace_row(ui: &mut Ui, state: &mut CodeState, inputs: &CodeInputs<'_>) {
    let field = field(ui, inputs, &mut state.find.replacement, "Replace with");
    let any = !state.find.matches().is_empty() && !inputs.options.read_only;
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if button(ui, "Replace", "Replace match", false, any) || entered && any {
        state.replace_next();
    }
    if entered {
        field.request_focus();
    }
    if button(ui, "All", "Replace all", false, any) {
        state.replace_all();
    }
}
