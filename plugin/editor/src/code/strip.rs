//! The line below the text: the call at the caret, with the argument that is being written, and the caret's place.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Rect, Stroke, Ui, pos2};

use super::inputs::CodeInputs;
use super::show::BAR_INSET;
use super::signature::Signature;
use super::state::CodeState;
use crate::theme::{self, Theme, size};

/// Its height, which does not change, so that the text never moves.
pub(super) const HEIGHT: f32 = size::COMPACT;

/// Draws it.
pub(super) fn show(ui: &Ui, rect: Rect, state: &CodeState, inputs: &CodeInputs<'_>) {
    let theme = inputs.theme;
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, theme.panel);
    theme::hairline(&painter, rect.left_top(), rect.right_top(), size::LINE, theme.line);
    let caret = state.caret();
    let place = format!("Line {}, column {}", caret.line + 1, caret.column + 1);
    let right = pos2(rect.right() - BAR_INSET, rect.center().y);
    let place =
        painter.text(right, Align2::RIGHT_CENTER, place, theme::medium(size::TEXT_LABEL), theme.muted);
    let Some(signature) = state.signature(inputs.opcodes) else { return };
    let width = place.left() - rect.left() - BAR_INSET - size::GROUP;
    let mut job = signature_job(theme, &signature, size::TEXT_LABEL, width);
    if !signature.words.is_empty() {
        let format = TextFormat::simple(theme::medium(size::TEXT_LABEL), theme.muted);
        job.append(&signature.words, size::GROUP, format);
    }
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let at = pos2(rect.left() + BAR_INSET, rect.center().y - galley.size().y / 2.0);
    painter.galley(theme::snap_pos(at, ui.pixels_per_point()), galley, theme.text);
}

/// A signature as text: results, name, arguments; the one that is being written stands out.
pub(super) fn signature_job(theme: &Theme, signature: &Signature, font_size: f32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut add = |text: &str, colour, underlined| {
        let underline = if underlined { Stroke::new(1.0, colour) } else { Stroke::NONE };
        let format = TextFormat { underline, ..TextFormat::simple(theme::code(font_size), colour) };
        job.append(text, 0.0, format);
    };
    if !signature.outs.is_empty() {
        add(&signature.outs, theme.muted, false);
        add("  ", theme.muted, false);
    }
    add(&signature.name, theme.code.opcode, false);
    add("  ", theme.muted, false);
    for (n, arg) in signature.args.iter().enumerate() {
        if n > 0 {
            add(", ", theme.muted, false);
        }
        let here = n == signature.argument;
        add(arg, if here { theme.accent } else { theme.text }, here);
    }
    job
}
