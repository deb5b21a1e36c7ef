//! The widget: from its state and inputs to a frame, and what the user did in it.

use egui::scroll_area::ScrollArea;
use egui::{
    Align, Context, CursorIcon, EventFilter, Id, Layout, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use super::geometry::Geometry;
use super::inputs::{CodeCommand, CodeInputs, CodeOutput};
use super::state::{CodeState, Reveal};
use super::words::Colouring;
use super::{find_bar, keys, paint, pointer, popup, strip};
use crate::theme::size;

/// Rows that can be scrolled into view below the last line.
const ROWS_BELOW: f32 = 2.0;

/// Shows the code widget in all the space there is. `[control]`
pub fn show(ui: &mut Ui, state: &mut CodeState, inputs: &CodeInputs<'_>) -> CodeOutput {
    let id = ui.make_persistent_id(inputs.name);
    let revision = state.buffer.revision();
    state.now = ui.input(|input| input.time);
    state.follow_edits();
    let has_focus = take_focus(ui, state, id);
    let mut commands = if has_focus { keys::handle(ui, state, inputs) } else { Vec::new() };

    let area = ui.available_rect_before_wrap();
    ui.allocate_rect(area, Sense::hover());
    ui.painter().rect_filled(area, 0.0, inputs.theme.well);
    let mut body = area;
    if state.find.open {
        body.min.y = find_bar::show(ui, area, state, inputs, id).max.y;
    }
    if inputs.options.signature {
        let bottom = Rect::from_min_max(pos2(area.min.x, area.max.y - strip::HEIGHT), area.max);
        body.max.y = bottom.min.y;
        strip::show(ui, bottom, state, inputs);
    }
    state.refresh_find();
    let response = show_text(ui, body, id, state, inputs, &mut commands);
    // Also where the pointer has just given it the keyboard: the next key may come before the next frame.
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(focus_id(), id));
    }
    state.follow_edits();
    CodeOutput { response, changed: state.buffer.revision() != revision, commands, caret: state.caret() }
}

/// Takes the keyboard when that was asked for, and the keys that egui would move the focus with.
fn take_focus(ui: &Ui, state: &mut CodeState, id: Id) -> bool {
    ui.memory_mut(|memory| {
        if std::mem::take(&mut state.wants_focus) {
            memory.request_focus(id);
        }
        // Escape closes something of ours first.
        let escape = state.completion.is_some() || state.find.open || !state.selection.is_empty();
        let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape };
        memory.set_focus_lock_filter(id, filter);
        memory.has_focus(id)
    })
}

/// Whether a code widget has the keyboard, so that every key is its text's. `[control]`
pub(crate) fn has_keyboard(ctx: &Context) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    focused.is_some() && ctx.data(|data| data.get_temp(focus_id())) == focused
}

/// Where the code widget that had the keyboard last is noted.
fn focus_id() -> Id {
    Id::unique("code with the keyboard")
}

/// The scrolled text with its gutter.
fn show_text(
    ui: &mut Ui,
    body: Rect,
    id: Id,
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    commands: &mut Vec<CodeCommand>,
) -> Response {
    let mut geometry = Geometry::new(ui, inputs.options.font_size, state.buffer.line_count());
    state.row = geometry.row;
    let rows = state.folds.row_count(state.buffer.line_count());
    let content = vec2(
        geometry.gutter + (state.buffer.columns_max() as f32 + 8.0) * geometry.letter,
        (rows as f32 + ROWS_BELOW) * geometry.row,
    );
    reveal_caret(state, &geometry);
    let mut ui =
        ui.new_child(UiBuilder::new().max_rect(body).layout(Layout::top_down(Align::Min)).id_salt(id));
    let mut area = ScrollArea::both().id_salt("text").auto_shrink(false);
    if std::mem::take(&mut state.scrolled) {
        area = area.scroll_offset(state.offset);
    }
    let output = area.show_viewport(&mut ui, |ui, viewport| {
        let clip = ui.clip_rect();
        let corner = ui.max_rect().min;
        ui.set_min_size(content);
        geometry.origin = pos2(corner.x + geometry.gutter, corner.y);
        let first = (viewport.min.y / geometry.row).floor().max(0.0) as usize;
        let last = ((viewport.max.y / geometry.row).ceil().max(0.0) as usize).min(rows);
        let response = ui.interact(clip, id, Sense::click_and_drag());
        let has_focus = response.has_focus();
        pointer::handle(ui, state, inputs, &geometry, &response, commands);
        // Colours need the state as the pointer has left it.
        let structure = state.structure.clone();
        let colouring = Colouring {
            theme: inputs.theme,
            book: inputs.opcodes,
            structure: &structure,
            rate_colours: inputs.options.rate_colours,
        };
        paint::Frame { ui, state, inputs, geometry: &geometry, colouring: &colouring, clip, has_focus }
            .paint(first..last.max(first));
        response
    });
    state.offset = output.state.clamped_offset();
    state.shown = output.inner_rect.size();
    let response = output.inner;
    // A click on a candidate takes the keyboard away before it is a click.
    if !response.has_focus() && !popup::has_pointer(&ui, state) {
        state.completion = None;
    }
    popup::show(&ui, state, inputs, &geometry, output.inner_rect);
    accessible(&response, state, inputs);
    response.on_hover_cursor(CursorIcon::Text)
}

/// Scrolls so that the caret is in view, where that was asked for.
fn reveal_caret(state: &mut CodeState, geometry: &Geometry) {
    // Before the first frame it is not known how much is shown.
    if state.shown.y <= 0.0 {
        return;
    }
    let Some(reveal) = state.reveal.take() else { return };
    let position = state.caret();
    let top = state.folds.row_of(position.line) as f32 * geometry.row;
    let left = geometry.gutter + position.column as f32 * geometry.letter;
    let (height, width) = (state.shown.y, state.shown.x);
    let mut offset = state.offset;
    let in_view = top >= offset.y && top + geometry.row <= offset.y + height;
    match reveal {
        Reveal::Middle if !in_view => offset.y = top - (height - geometry.row) / 2.0,
        _ => offset.y = offset.y.clamp((top + 2.0 * geometry.row - height).min(top), top),
    }
    let margin = 4.0 * geometry.letter;
    let (right_most, left_most) = (left - geometry.gutter - margin, left + margin - width);
    offset.x = offset.x.min(right_most.max(0.0)).max(left_most.min(right_most).max(0.0));
    if offset != state.offset {
        state.offset = offset.max(egui::Vec2::ZERO);
        state.scrolled = true;
    }
}

/// Says what the widget is and holds, for whoever does not see it.
fn accessible(response: &Response, state: &CodeState, inputs: &CodeInputs<'_>) {
    response.widget_info(|| {
        let text = state.buffer.text();
        let mut info = WidgetInfo::text_edit(!inputs.options.read_only, text.clone(), text, "");
        info.label = Some(inputs.name.to_owned());
        let range = state.selection.range();
        info.text_selection = Some(range.start.into()..range.end.into());
        info
    });
}

/// How far things stand from the edges of bars.
pub(super) const BAR_INSET: f32 = size::NEAR;
