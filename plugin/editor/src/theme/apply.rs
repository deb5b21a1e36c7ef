//! Puts a theme into egui, so that its own controls look like ours.

use egui::style::{ScrollStyle, Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Visuals, vec2};

use super::{Theme, body, bold, code, definitions, medium, size};

/// Sets fonts, colours and distances of a context; once when it is made, and when the theme changes. `[control]`
pub fn apply(ctx: &Context, theme: &Theme) {
    ctx.set_fonts(definitions());
    ctx.set_theme(if theme.dark { egui::Theme::Dark } else { egui::Theme::Light });
    ctx.all_styles_mut(|style| restyle(style, theme));
}

/// The whole style, from the theme alone.
fn restyle(style: &mut Style, theme: &Theme) {
    style.text_styles = [
        (TextStyle::Heading, bold(size::TEXT_TITLE)),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Monospace, code(size::TEXT_CODE)),
        (TextStyle::Small, medium(size::TEXT_LABEL)),
    ]
    .into();
    spacing(&mut style.spacing);
    style.visuals = visuals(theme);
    style.animation_time = 0.08;
    style.interaction.tooltip_delay = 0.5;
    style.interaction.selectable_labels = false;
}

/// Distances.
fn spacing(spacing: &mut Spacing) {
    spacing.item_spacing = vec2(size::NEAR, size::NEAR);
    spacing.button_padding = vec2(size::INSET, 5.0);
    spacing.interact_size = vec2(size::CONTROL, size::CONTROL);
    spacing.window_margin = Margin::same(size::INSET as i8);
    spacing.menu_margin = Margin::same(size::TIGHT as i8);
    spacing.indent = size::GROUP;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 8.0;
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        handle_min_length: 24.0,
        bar_inner_margin: 2.0,
        bar_outer_margin: 2.0,
        // No lane is seen where nothing is scrolled, and the room for it is kept: nothing moves when it appears.
        floating_allocated_width: 12.0,
        floating_width: 6.0,
        ..ScrollStyle::floating()
    };
}

/// Colours.
fn visuals(theme: &Theme) -> Visuals {
    let mut visuals = if theme.dark { Visuals::dark() } else { Visuals::light() };
    visuals.widgets = widgets(theme);
    visuals.selection = Selection { bg_fill: theme.selection, stroke: Stroke::new(size::LINE, theme.text) };
    visuals.hyperlink_color = theme.accent;
    visuals.weak_text_color = Some(theme.muted);
    visuals.warn_fg_color = theme.warning;
    visuals.error_fg_color = theme.error;
    visuals.faint_bg_color = theme.current_line;
    visuals.extreme_bg_color = theme.well;
    visuals.text_edit_bg_color = Some(theme.well);
    visuals.code_bg_color = theme.well;
    visuals.panel_fill = theme.window;
    visuals.window_fill = theme.raised;
    visuals.window_stroke = Stroke::new(size::LINE, theme.line);
    visuals.window_corner_radius = CornerRadius::same(size::RADIUS_POPUP);
    visuals.menu_corner_radius = CornerRadius::same(size::RADIUS_POPUP);
    let shadow = Shadow { offset: [0, 4], blur: 12, spread: 0, color: theme.shadow };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.disabled_alpha = 0.4;
    visuals.text_cursor = TextCursorStyle {
        stroke: Stroke::new(size::RING, theme.accent),
        blink: false,
        ..TextCursorStyle::default()
    };
    visuals
}

/// What a control looks like at rest, under the pointer, pressed and open.
fn widgets(theme: &Theme) -> Widgets {
    let state = |fill: Color32, edge: Color32, edge_width: f32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(edge_width, edge),
        corner_radius: CornerRadius::same(size::RADIUS_CONTROL),
        fg_stroke: Stroke::new(size::LINE, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(theme.panel, theme.line, size::LINE, theme.text),
        inactive: state(theme.raised, theme.border, size::LINE, theme.text),
        hovered: state(theme.hover, theme.border, size::LINE, theme.text),
        active: state(theme.hover, theme.accent, size::LINE, theme.text),
        open: state(theme.hover, theme.border, size::LINE, theme.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn egui_takes_colours_and_fonts_and_finds_every_sign_that_we_write() {
        for theme in [Theme::DARK, Theme::LIGHT] {
            let ctx = Context::default();
            apply(&ctx, &theme);
            let mut missing = String::new();
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                let signs = "Aäß ▶ ■ ● ▾ ▸ × … · ← → ↑ ↓ ↩ ✓ ⚠ − – “” ≤ ∞ °";
                for font in [medium(13.0), bold(16.0), code(14.0)] {
                    missing.extend(
                        signs.chars().filter(|sign| !ui.fonts_mut(|fonts| fonts.has_glyph(&font, *sign))),
                    );
                }
                assert_eq!(ui.visuals().panel_fill, theme.window);
                assert_eq!(ui.style().text_styles[&TextStyle::Body], body());
            });
            output.textures_delta.clear();
            assert_eq!(missing, "", "signs that no font of ours has");
        }
    }
}
