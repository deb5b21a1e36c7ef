//! A menu that chooses one of a list's values, with its label.

use egui::{
    Align2, Id, Key, Modifiers, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::list::{self, ListState, Row};
use super::value::{self, Shown, ValueAct};
use super::{paint, units};
use crate::theme::{Theme, body, medium, size};

/// The width of a menu's cell.
pub const WIDTH: f32 = 120.0;
/// A list that is longer has a search.
const ROWS_WITHOUT_SEARCH: usize = 12;

/// Draws a menu in a cell that is [`WIDTH`] wide and as high as a knob's. `[control]`
pub fn menu(ui: &mut Ui, theme: &Theme, shown: Shown<'_>, acts: &mut Vec<ValueAct>) -> Response {
    let param = &shown.parameter.param;
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, size::KNOB_CELL[1]), Sense::hover());
    let button =
        Rect::from_center_size(pos2(rect.center().x, rect.top() + 26.0), vec2(WIDTH - 8.0, size::CONTROL));
    let response = ui.interact(button, Id::unique(("menu", shown.parameter.slot)), Sense::click());
    let chosen = (param.plain(shown.parameter.base) - param.min).round().max(0.0) as usize;
    let text = units::text(param, shown.parameter.base);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, response.enabled(), &param.label);
        info.current_text_value = Some(text.clone());
        info
    });
    if let Some(row) = choose(ui, theme, &response, &param.labels, chosen) {
        value::jump(acts, param.normalized(param.min + row as f64));
    }
    arrows(ui, &response, shown, chosen, acts);
    value::reset_and_clipboard(ui, &response, shown, acts);
    value::menu(&response, shown, acts);
    if ui.is_rect_visible(rect) {
        draw(ui, theme, &text, button, &response);
        let at = pos2(rect.center().x, rect.bottom() - 34.0);
        let (label, colour) = if shown.is_learning {
            ("move one…", theme.modulation)
        } else {
            (param.label.as_str(), theme.muted)
        };
        paint::text(ui, at, Align2::CENTER_TOP, label, medium(size::TEXT_LABEL), colour, WIDTH - 4.0);
    }
    value::hover(response, shown).on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// The popup with the list; the row that was chosen.
fn choose(ui: &Ui, theme: &Theme, response: &Response, labels: &[String], chosen: usize) -> Option<usize> {
    let id = response.id.with("list");
    // The context menu has the name that popups of a control have otherwise.
    let popup = Popup::menu(response).id(response.id.with("values")).width(WIDTH.max(160.0));
    let shown = popup.show(|ui| {
        let rows: Vec<Row<'_>> = labels.iter().map(|label| Row::text(label)).collect();
        let mut state: ListState = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        state.hides_search = rows.len() <= ROWS_WITHOUT_SEARCH;
        let height = list::ROW * rows.len().min(ROWS_WITHOUT_SEARCH) as f32;
        let act = list::list(ui, theme, &mut state, "Values", &rows, Some(chosen), height);
        let taken = act.chosen.or(act.opened);
        if taken.is_some() {
            ui.close();
        }
        ui.data_mut(|data| data.insert_temp(id, state));
        taken
    });
    if shown.is_none() {
        ui.data_mut(|data| data.remove::<ListState>(id));
    }
    shown.and_then(|shown| shown.inner)
}

/// Arrow keys go through the values while the menu has the focus.
fn arrows(ui: &Ui, response: &Response, shown: Shown<'_>, chosen: usize, acts: &mut Vec<ValueAct>) {
    if !response.has_focus() || Popup::is_any_open(ui.ctx()) {
        return;
    }
    let filter = egui::EventFilter { vertical_arrows: true, ..egui::EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let param = &shown.parameter.param;
    let to = |row: usize| param.normalized(param.min + row as f64);
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        value::jump(acts, to((chosen + 1).min(param.labels.len().saturating_sub(1))));
    }
    if pressed(Key::ArrowUp) {
        value::jump(acts, to(chosen.saturating_sub(1)));
    }
}

fn draw(ui: &Ui, theme: &Theme, text: &str, button: Rect, response: &Response) {
    let painter = ui.painter();
    let fill = if response.hovered() { theme.hover } else { theme.raised };
    painter.rect(
        button,
        f32::from(size::RADIUS_CONTROL),
        fill,
        Stroke::new(size::LINE, theme.border),
        StrokeKind::Inside,
    );
    let at = pos2(button.left() + 10.0, button.center().y);
    paint::text(ui, at, Align2::LEFT_CENTER, text, body(), theme.text, button.width() - 34.0);
    let tip = pos2(button.right() - 14.0, button.center().y + 2.0);
    let stroke = Stroke::new(1.5, theme.muted);
    painter.line(vec![tip + vec2(-4.0, -4.0), tip, tip + vec2(4.0, -4.0)], stroke);
    paint::focus_ring(ui, theme, button, response);
}
