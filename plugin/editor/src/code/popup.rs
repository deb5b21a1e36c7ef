//! The list of candidates at the caret, with the signature of the chosen one beside it.

use egui::{
    Align2, Area, CornerRadius, Frame, Margin, Order, Pos2, Rect, Sense, Shadow, Stroke, StrokeKind, Ui,
    pos2, vec2,
};

use super::complete::{Candidate, CandidateKind};
use super::geometry::Geometry;
use super::inputs::CodeInputs;
use super::pointer::describe;
use super::signature::signature_of;
use super::state::CodeState;
use super::words::{Colouring, rate_of};
use crate::theme::{self, Theme, size};

/// Rows that are shown at once.
pub(super) const ROWS: usize = 9;
/// The height of a row.
const ROW: f32 = 22.0;
/// The width of the list.
const WIDTH: f32 = 240.0;
/// The width of what stands beside it.
const SIDE: f32 = 300.0;

/// Draws the list, when one is open; a click accepts.
pub(super) fn show(
    ui: &Ui,
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    geometry: &Geometry,
    shown: Rect,
) {
    let Some(list) = state.completion.clone() else {
        state.popup = None;
        return;
    };
    let caret = state.buffer.position(list.range.start);
    let structure = state.structure.clone();
    let colouring =
        Colouring { theme: inputs.theme, book: inputs.opcodes, structure: &structure, rate_colours: true };
    let row = state.folds.row_of(caret.line);
    let galley = geometry.galley(ui, state, &colouring, caret.line);
    let line = geometry.columns(&galley, row, caret.column..caret.column);
    let rows = list.candidates.len().min(ROWS);
    let height = rows as f32 * ROW + 8.0;
    let at = corner(line, height, shown, ui.ctx().content_rect());
    let id = ui.scope_id().with("candidates");
    let first = (list.chosen + 1).saturating_sub(ROWS - 1).min(list.candidates.len() - rows);
    let area = Area::new(id).order(Order::Foreground).fixed_pos(at).constrain(false).fade_in(false);
    let clicked = area.show(ui.ctx(), |ui| {
        let mut clicked = None;
        frame(inputs.theme).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 0.0;
            for n in first..first + rows {
                if candidate(ui, inputs, &colouring, &list.candidates[n], n == list.chosen) {
                    clicked = Some(n);
                }
            }
            if list.candidates.len() > rows {
                position_bar(ui, inputs.theme, first, rows, list.candidates.len());
            }
        });
        clicked
    });
    let taken = Rect::from_min_size(at, vec2(WIDTH + 8.0, height));
    state.popup = Some(taken);
    beside(ui, state, inputs, &list.candidates[list.chosen], taken);
    if let Some(n) = clicked.inner {
        if let Some(list) = &mut state.completion {
            list.chosen = n;
        }
        state.accept_completion();
        state.wants_focus = true;
    }
}

/// Whether the pointer is over the list of the last frame.
pub(super) fn has_pointer(ui: &Ui, state: &CodeState) -> bool {
    let at = ui.input(|input| input.pointer.latest_pos());
    state.popup.zip(at).is_some_and(|(popup, at)| popup.contains(at))
}

/// Below the line, or above where there is no room; inside the window.
fn corner(line: Rect, height: f32, shown: Rect, window: Rect) -> Pos2 {
    let below = line.bottom() + 4.0;
    let y = if below + height > window.bottom() && line.top() - 4.0 - height > window.top() {
        line.top() - 4.0 - height
    } else {
        below
    };
    let x = line.left().clamp(shown.left(), (window.right() - WIDTH - size::NEAR).max(shown.left()));
    pos2(x.round(), y.round())
}

/// What popups look like.
fn frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.raised)
        .stroke(Stroke::new(size::LINE, theme.line))
        .corner_radius(CornerRadius::same(size::RADIUS_PANEL))
        .inner_margin(Margin::same(3))
        .shadow(Shadow { offset: [0, 4], blur: 12, spread: 0, color: theme.shadow })
}

/// A row; whether it was clicked.
fn candidate(
    ui: &mut Ui,
    inputs: &CodeInputs<'_>,
    colouring: &Colouring<'_>,
    candidate: &Candidate,
    chosen: bool,
) -> bool {
    let theme = inputs.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::click());
    let radius = CornerRadius::same(size::RADIUS_CONTROL);
    if chosen {
        ui.painter().rect_filled(rect, radius, theme.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius, theme.hover);
    }
    let look = match candidate.kind {
        CandidateKind::Channel => theme.code.string,
        CandidateKind::Keyword => theme.code.keyword,
        CandidateKind::Defined => theme.code.opcode,
        _ => colouring.look(&candidate.text, super::lexer::Kind::Word, false).colour,
    };
    let mut text = egui::RichText::new(&candidate.text).font(theme::code(size::TEXT_BODY)).color(look);
    if candidate.deprecated {
        text = text.strikethrough();
    }
    let kind = kind_words(candidate);
    let right = pos2(rect.right() - size::NEAR, rect.center().y);
    let kind =
        ui.painter().text(right, Align2::RIGHT_CENTER, kind, theme::medium(size::TEXT_AXIS), theme.muted);
    let job = egui::WidgetText::from(text).into_galley(
        ui,
        Some(egui::TextWrapMode::Truncate),
        kind.left() - rect.left() - 2.0 * size::NEAR,
        egui::TextStyle::Body,
    );
    let at = pos2(rect.left() + size::NEAR, rect.center().y - job.size().y / 2.0);
    ui.painter().galley(theme::snap_pos(at, ui.pixels_per_point()), job, look);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, candidate.text.clone())
    });
    response.clicked()
}

/// What a candidate is, in a word.
fn kind_words(candidate: &Candidate) -> &'static str {
    match candidate.kind {
        CandidateKind::Channel => "channel",
        CandidateKind::Keyword => "",
        CandidateKind::Opcode if candidate.deprecated => "deprecated",
        CandidateKind::Opcode => "",
        CandidateKind::Defined => "opcode here",
        CandidateKind::Variable => match rate_of(&candidate.text) {
            Some(super::words::Rate::Init) => "i-rate",
            Some(super::words::Rate::Control) => "k-rate",
            Some(super::words::Rate::Audio) => "a-rate",
            Some(super::words::Rate::Text) => "string",
            Some(super::words::Rate::Spectrum) => "spectrum",
            None => "",
        },
    }
}

/// Where in the whole list the shown rows are.
fn position_bar(ui: &Ui, theme: &Theme, first: usize, rows: usize, count: usize) {
    let all = ui.min_rect();
    let share = |n: usize| all.top() + all.height() * n as f32 / count as f32;
    let bar = Rect::from_min_max(
        pos2(all.right() - 1.0, share(first)),
        pos2(all.right() + 1.0, share(first + rows)),
    );
    ui.painter().rect_filled(bar, 1.0, theme.border);
}

/// The signature of the chosen candidate and what it does, beside the list where there is room.
fn beside(ui: &Ui, state: &CodeState, inputs: &CodeInputs<'_>, chosen: &Candidate, list: Rect) {
    let Some(mut signature) = signature_of(&chosen.text, &state.buffer, &state.structure, inputs.opcodes)
    else {
        return;
    };
    // Nothing is being written yet.
    signature.argument = usize::MAX;
    let window = ui.ctx().content_rect();
    let right = list.right() + 4.0;
    let x = if right + SIDE <= window.right() { right } else { list.left() - SIDE - 4.0 };
    if x < window.left() {
        return;
    }
    let area = Area::new(ui.scope_id().with("beside candidates"))
        .order(Order::Foreground)
        .interactable(false)
        .fade_in(false);
    area.fixed_pos(pos2(x, list.top())).constrain(false).show(ui.ctx(), |ui| {
        frame(inputs.theme).inner_margin(Margin::same(size::NEAR as i8)).show(ui, |ui| {
            ui.set_width(SIDE - 2.0 * size::NEAR - 2.0);
            describe(ui, inputs, &signature);
        });
    });
}

/// Draws a ring round a control of the search bar that has the keyboard.
pub(super) fn focus_ring(ui: &Ui, rect: Rect, theme: &Theme) {
    let radius = CornerRadius::same(size::RADIUS_CONTROL);
    ui.painter().rect_stroke(rect, radius, Stroke::new(size::RING, theme.focus), StrokeKind::Outside);
}
