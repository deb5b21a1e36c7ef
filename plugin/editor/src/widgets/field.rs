//! Fields that text is typed into.

use egui::{Align2, Key, Response, Role, Sense, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::paint;
use crate::theme::{Theme, body, code, size};

/// What a field is for.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name for accessibility.
    pub name: &'a str,
    /// What stands in it while it is empty.
    pub hint: &'a str,
    /// Its width.
    pub width: f32,
    /// Whether what is typed is code.
    pub is_code: bool,
}

/// One line of text. `lost_focus` of the response tells when it is finished. `[control]`
pub fn text(ui: &mut Ui, theme: &Theme, text: &mut String, field: Field<'_>) -> Response {
    let font = if field.is_code { code(size::TEXT_BODY) } else { body() };
    let edit = TextEdit::singleline(text)
        .hint_text(egui::RichText::new(field.hint).color(theme.faint))
        .font(font)
        .margin(vec2(size::NEAR, 5.0))
        .desired_width(field.width)
        .min_size(Vec2::new(0.0, size::CONTROL));
    let response = ui.add(edit);
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(response.enabled(), "", text.as_str(), field.hint);
        info.label = Some(field.name.to_owned());
        info
    });
    let edge = response.rect;
    let stroke = egui::Stroke::new(size::LINE, theme.border);
    ui.painter().rect_stroke(edge, f32::from(size::RADIUS_CONTROL), stroke, egui::StrokeKind::Inside);
    paint::focus_ring(ui, theme, edge, &response);
    response
}

/// Whether Enter has just finished a field. `[control]`
pub fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// A field that searches, with a button that clears it. Escape clears it too. `[control]`
pub fn search(ui: &mut Ui, theme: &Theme, query: &mut String, name: &str, width: f32) -> Response {
    let response = text(ui, theme, query, Field { name, hint: "Search", width, is_code: false });
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
        query.clear();
    }
    if !query.is_empty() {
        let centre = pos2(response.rect.right() - 16.0, response.rect.center().y);
        let rect = egui::Rect::from_center_size(centre, Vec2::splat(size::COMPACT));
        let clear = ui.interact(rect, response.id.with("clear"), Sense::click());
        clear.widget_info(|| WidgetInfo::labeled(Role::Button, clear.enabled(), "Clear the search"));
        let colour = if clear.hovered() { theme.text } else { theme.muted };
        ui.painter().rect_filled(rect.shrink(3.0), 4.0, theme.well);
        paint::text(ui, centre, Align2::CENTER_CENTER, "×", body(), colour, 20.0);
        paint::focus_ring(ui, theme, rect, &clear);
        if clear.on_hover_text("Clear the search").on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
            query.clear();
            response.request_focus();
        }
    }
    response
}
