//! A list with a search, chosen by mouse and keys; only the rows that are seen are drawn.

use egui::{Align2, Key, Modifiers, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{button, field, paint};
use crate::theme::{Theme, body, medium, size};

/// The height of a row.
pub const ROW: f32 = size::COMPACT;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// What it is called.
    pub text: &'a str,
    /// What stands at the right of it, smaller.
    pub detail: &'a str,
    /// Whether it is a folder or another heading, which stands out.
    pub is_folder: bool,
}

impl<'a> Row<'a> {
    /// A row with nothing but a text. `[any]`
    pub fn text(text: &'a str) -> Self {
        Self { text, detail: "", is_folder: false }
    }
}

/// What a list keeps.
#[derive(Debug, Clone, Default)]
pub struct ListState {
    /// What is searched for.
    pub query: String,
    /// Whether there is no field to search.
    pub hides_search: bool,
    cursor: Option<usize>,
}

impl ListState {
    /// A list that has no field to search. `[any]`
    pub fn without_search() -> Self {
        Self { hides_search: true, ..Self::default() }
    }
}

/// What the user did in a list; rows by their place in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListAct {
    /// Chosen by a click or an arrow key.
    pub chosen: Option<usize>,
    /// Opened by a double click or Enter.
    pub opened: Option<usize>,
}

/// The rows in which all words of a query stand, those that begin with it first. `[any]`
pub fn find(rows: &[Row<'_>], query: &str) -> Vec<usize> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let matches = |row: &Row<'_>| {
        let text = format!("{} {}", row.text, row.detail).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut found: Vec<usize> = (0..rows.len()).filter(|at| matches(&rows[*at])).collect();
    if !query.is_empty() {
        found.sort_by_key(|at| !rows[*at].text.to_lowercase().starts_with(&query));
    }
    found
}

/// Draws a list that is `height` high without its search. `[control]`
pub fn list(
    ui: &mut Ui,
    theme: &Theme,
    state: &mut ListState,
    name: &str,
    rows: &[Row<'_>],
    chosen: Option<usize>,
    height: f32,
) -> ListAct {
    let mut act = ListAct::default();
    let is_entered = !state.hides_search && search(ui, theme, state, name, rows);
    let found = find(rows, &state.query);
    if found.is_empty() && !state.query.is_empty() {
        ui.add_space(size::NEAR);
        ui.colored_label(theme.muted, format!("Nothing found for “{}”.", state.query));
        if button::plain(ui, "Clear the search").clicked() {
            state.query.clear();
        }
        return act;
    }
    let moved = keys(ui, state, &found, chosen, &mut act);
    if is_entered {
        // What is seen of the chosen one counts, else the best match.
        act.opened = chosen.filter(|chosen| found.contains(chosen)).or(found.first().copied());
    }
    let area = ScrollArea::vertical().id_salt(name).max_height(height).auto_shrink([false, true]);
    ui.spacing_mut().item_spacing.y = 0.0;
    area.show_rows(ui, ROW, found.len(), |ui, range| {
        for at in range {
            let index = found[at];
            row(ui, theme, &rows[index], chosen == Some(index), index, &mut act);
        }
    });
    if moved {
        state.cursor = act.chosen;
    }
    act
}

/// The field above a list; whether Enter has finished it.
fn search(ui: &mut Ui, theme: &Theme, state: &mut ListState, name: &str, rows: &[Row<'_>]) -> bool {
    let width = ui.available_width();
    let response = field::search(ui, theme, &mut state.query, &format!("Search {name}"), width);
    if !state.query.is_empty() {
        let count = find(rows, &state.query).len();
        let at = pos2(response.rect.right() - 32.0, response.rect.center().y);
        let text = format!("{count} of {}", rows.len());
        paint::text(ui, at, Align2::RIGHT_CENTER, &text, medium(size::TEXT_AXIS), theme.faint, 90.0);
    }
    ui.add_space(size::TIGHT);
    field::entered(ui, &response)
}

/// Arrow keys and Enter, while the search or a row has the focus; whether the choice has moved.
fn keys(ui: &Ui, state: &ListState, found: &[usize], chosen: Option<usize>, act: &mut ListAct) -> bool {
    let is_here = ui.ctx().memory(|memory| memory.focused()).is_some_and(|id| {
        ui.ctx()
            .read_response(id)
            .is_some_and(|response| ui.max_rect().expand(4.0).contains_rect(response.rect))
    });
    if !is_here || found.is_empty() {
        return false;
    }
    let now = chosen.or(state.cursor).and_then(|chosen| found.iter().position(|one| *one == chosen));
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = found.len() - 1;
    if pressed(Key::ArrowDown) {
        act.chosen = Some(found[now.map_or(0, |now| (now + 1).min(last))]);
    } else if pressed(Key::ArrowUp) {
        act.chosen = Some(found[now.map_or(0, |now| now.saturating_sub(1))]);
    }
    if ui.input(|input| input.key_pressed(Key::Enter)) {
        act.opened = now.map(|now| found[now]).or(found.first().copied());
    }
    act.chosen.is_some()
}

fn row(ui: &mut Ui, theme: &Theme, row: &Row<'_>, is_chosen: bool, index: usize, act: &mut ListAct) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::selected(Role::ListItem, response.enabled(), is_chosen, row.text);
        info.current_text_value = Some(row.detail.to_owned()).filter(|detail| !detail.is_empty());
        info
    });
    if response.clicked() {
        act.chosen = Some(index);
    }
    if response.double_clicked() {
        act.opened = Some(index);
    }
    if !ui.is_rect_visible(rect) {
        return;
    }
    draw(ui, theme, row, is_chosen, rect, &response);
    response.on_hover_cursor(egui::CursorIcon::PointingHand);
}

fn draw(ui: &Ui, theme: &Theme, row: &Row<'_>, is_chosen: bool, rect: Rect, response: &egui::Response) {
    let radius = f32::from(size::RADIUS_CONTROL);
    if is_chosen {
        ui.painter().rect_filled(rect, radius, theme.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius, theme.hover);
    }
    let right = pos2(rect.right() - size::NEAR, rect.center().y);
    let half = rect.width() * 0.6;
    let detail = medium(size::TEXT_LABEL);
    let taken = paint::text(ui, right, Align2::RIGHT_CENTER, row.detail, detail, theme.muted, half);
    let mut left = pos2(rect.left() + size::NEAR, rect.center().y);
    if row.is_folder {
        let mark = paint::text(ui, left, Align2::LEFT_CENTER, "▸", body(), theme.muted, 20.0);
        left.x += mark + 6.0;
    }
    let room = rect.right() - left.x - taken - 2.0 * size::NEAR;
    paint::text(ui, left, Align2::LEFT_CENTER, row.text, body(), theme.text, room.max(20.0));
    paint::focus_ring(ui, theme, rect.shrink(2.0), response);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_query_comes_first_and_details_count() {
        let rows = ["Far Wall", "Wall of Strings", "Bell"].map(Row::text);
        assert_eq!(find(&rows, "wall"), [1, 0]);
        assert_eq!(find(&rows, ""), [0, 1, 2]);
        assert_eq!(find(&rows, "wall strings"), [1]);
        assert!(find(&rows, "horn").is_empty());
        let kept = [Row { text: "Bell", detail: "Synth/Keys", is_folder: false }];
        assert_eq!(find(&kept, "keys bell"), [0]);
    }
}
