//! Runs a view without a window, and draws what it shows.

use egui::{Context, RawInput, Rect, Ui, Vec2, ViewportId};

use crate::{Painter, Picture};

/// Frames after which a view that still asks for another one is drawn as it is.
const FRAMES_MAX: usize = 8;

/// Shows a view of `size` points at a scale until it asks for no further frame at once, and draws it. `[control]`
///
/// `set_up` is called once with the new context: fonts and style. The ground is the style's panel colour.
pub fn picture_of(
    size: Vec2,
    pixels_per_point: f32,
    set_up: impl FnOnce(&Context),
    mut view: impl FnMut(&mut Ui),
) -> Picture {
    let ctx = Context::default();
    set_up(&ctx);
    let mut painter = Painter::new();
    let mut frame = 0;
    loop {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(frame as f64 / 30.0),
            ..RawInput::default()
        };
        input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(pixels_per_point);
        let mut output = ctx.run_ui(input, &mut view);
        painter.update_textures(&mut output.textures_delta);
        frame += 1;
        let again = output.viewport_output.values().any(|viewport| viewport.repaint_delay.is_zero());
        if !again || frame == FRAMES_MAX {
            let pixels = (size * pixels_per_point).round();
            let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
            let ground = ctx.global_style().visuals.panel_fill;
            return painter.draw(
                &triangles,
                [pixels.x as usize, pixels.y as usize],
                pixels_per_point,
                ground,
            );
        }
    }
}
