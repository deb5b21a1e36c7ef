//! A keyboard that plays: by mouse, and by the computer's keys while it has the focus.

use egui::{
    Align2, Context, Event, Id, Key, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::paint;
use crate::theme::{Theme, medium, size};

/// The least width of a white key.
const WHITE: f32 = 22.0;
/// The keys of an octave that are white, in semitones.
const WHITES: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
/// The velocity of the computer's keys.
const KEY_VELOCITY: f32 = 0.8;
/// The computer's keys from the lowest octave's C on, two rows as a piano's.
const COMPUTER: [(Key, u8); 29] = [
    (Key::Z, 0),
    (Key::S, 1),
    (Key::X, 2),
    (Key::D, 3),
    (Key::C, 4),
    (Key::V, 5),
    (Key::G, 6),
    (Key::B, 7),
    (Key::H, 8),
    (Key::N, 9),
    (Key::J, 10),
    (Key::M, 11),
    (Key::Q, 12),
    (Key::Num2, 13),
    (Key::W, 14),
    (Key::Num3, 15),
    (Key::E, 16),
    (Key::R, 17),
    (Key::Num5, 18),
    (Key::T, 19),
    (Key::Num6, 20),
    (Key::Y, 21),
    (Key::Num7, 22),
    (Key::U, 23),
    (Key::I, 24),
    (Key::Num9, 25),
    (Key::O, 26),
    (Key::Num0, 27),
    (Key::P, 28),
];

/// What the user plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeyAct {
    /// A key goes down.
    On {
        /// MIDI key.
        key: u8,
        /// 0..=1.
        velocity: f32,
    },
    /// A key goes up.
    Off {
        /// MIDI key.
        key: u8,
    },
}

/// What is held down in the window.
#[derive(Debug, Default)]
pub struct KeyboardState {
    by_mouse: Option<u8>,
    by_computer: Vec<(Key, u8)>,
}

impl KeyboardState {
    /// Lets go of everything.
    pub fn release(&mut self, acts: &mut Vec<KeyAct>) {
        let held = self.by_mouse.take().into_iter().chain(self.by_computer.drain(..).map(|(_, key)| key));
        acts.extend(held.map(|key| KeyAct::Off { key }));
    }
}

/// Draws a keyboard as wide as there is room and `height` high; `lowest` is its first key, a C, and `lit` the keys that
/// sound. `[control]`
pub fn keyboard(
    ui: &mut Ui,
    theme: &Theme,
    state: &mut KeyboardState,
    (lowest, lit): (u8, u128),
    height: f32,
    acts: &mut Vec<KeyAct>,
) -> Response {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, response.enabled(), "Piano keyboard"));
    let keys = layout(rect, lowest);
    mouse(ui, &response, &keys, state, acts);
    computer(ui, &response, lowest, state, acts);
    if ui.is_rect_visible(rect) {
        draw(ui, theme, &keys, lit | held(state), &response);
    }
    response
}

/// Whether a keyboard has egui's focus and plays this key of the computer. `[control]`
pub fn uses(ctx: &Context, key: Key) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    let is_ours = focused.is_some() && ctx.data(|data| data.get_temp(focus_id())) == focused;
    is_ours && COMPUTER.iter().any(|(one, _)| *one == key)
}

/// Where the keyboard that had the focus last is noted.
fn focus_id() -> Id {
    Id::unique("keyboard with the focus")
}

fn held(state: &KeyboardState) -> u128 {
    let computer = state.by_computer.iter().map(|(_, key)| *key);
    state.by_mouse.into_iter().chain(computer).fold(0, |bits, key| bits | 1 << key)
}

/// The keys with their places, the white ones first.
fn layout(rect: Rect, lowest: u8) -> Vec<(u8, Rect)> {
    let above = (lowest..128).filter(|key| WHITES.contains(&(key % 12))).count();
    let count = ((rect.width() / WHITE).floor().max(7.0) as usize).min(above.max(7));
    let width = rect.width() / count as f32;
    let key_at = |white: usize| usize::from(lowest) + white / 7 * 12 + usize::from(WHITES[white % 7]);
    let whites = (0..count).map(|at| (at, key_at(at))).filter(|(_, key)| *key < 128);
    let mut keys: Vec<(u8, Rect)> = whites
        .clone()
        .map(|(at, key)| {
            let left = rect.left() + width * at as f32;
            (key as u8, Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height())))
        })
        .collect();
    let blacks = whites.filter(|(at, key)| ![2, 6].contains(&(at % 7)) && key + 1 < 128 && at + 1 < count);
    keys.extend(blacks.map(|(at, key)| {
        let centre = rect.left() + width * (at + 1) as f32;
        let size = vec2(width * 0.6, rect.height() * 0.6);
        (key as u8 + 1, Rect::from_min_size(pos2(centre - size.x / 2.0, rect.top()), size))
    }));
    keys
}

/// The key under a place, and its velocity: nearer to the front is louder.
fn key_at(keys: &[(u8, Rect)], at: Pos2) -> Option<(u8, f32)> {
    let (key, rect) = keys.iter().rev().find(|(_, rect)| rect.contains(at))?;
    let part = (at.y - rect.top()) / rect.height();
    Some((*key, 0.2 + 0.8 * part.clamp(0.0, 1.0)))
}

fn mouse(
    ui: &Ui,
    response: &Response,
    keys: &[(u8, Rect)],
    state: &mut KeyboardState,
    acts: &mut Vec<KeyAct>,
) {
    let is_down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
    let under = response.interact_pointer_pos().and_then(|at| key_at(keys, at));
    let wanted = if is_down { under } else { None };
    if response.clicked() || is_down {
        response.request_focus();
    }
    // Press and release can come in one frame: then the click is all that is seen of them.
    if response.clicked() && state.by_mouse.is_none() && !is_down {
        if let Some((key, velocity)) = under {
            acts.extend([KeyAct::On { key, velocity }, KeyAct::Off { key }]);
        }
        return;
    }
    if state.by_mouse == wanted.map(|(key, _)| key) {
        return;
    }
    if let Some(key) = state.by_mouse.take() {
        acts.push(KeyAct::Off { key });
    }
    if let Some((key, velocity)) = wanted {
        acts.push(KeyAct::On { key, velocity });
        state.by_mouse = Some(key);
    }
}

fn computer(ui: &Ui, response: &Response, lowest: u8, state: &mut KeyboardState, acts: &mut Vec<KeyAct>) {
    if !response.has_focus() {
        let by_mouse = state.by_mouse.take();
        state.release(acts);
        state.by_mouse = by_mouse;
        return;
    }
    ui.data_mut(|data| data.insert_temp(focus_id(), response.id));
    let events = ui.input(|input| input.events.clone());
    for event in events {
        let Event::Key { key, pressed, repeat: false, modifiers, .. } = event else { continue };
        let Some((_, above)) = COMPUTER.iter().find(|(one, _)| *one == key) else { continue };
        let sounding = state.by_computer.iter().position(|(one, _)| *one == key);
        match (pressed && !modifiers.any(), sounding) {
            (true, None) if lowest + above < 128 => {
                acts.push(KeyAct::On { key: lowest + above, velocity: KEY_VELOCITY });
                state.by_computer.push((key, lowest + above));
            }
            (false, Some(at)) => acts.push(KeyAct::Off { key: state.by_computer.swap_remove(at).1 }),
            _ => {}
        }
    }
}

fn draw(ui: &Ui, theme: &Theme, keys: &[(u8, Rect)], lit: u128, response: &Response) {
    let painter = ui.painter();
    let gap = Stroke::new(size::LINE, theme.border);
    for (key, rect) in keys {
        let is_white = WHITES.contains(&(key % 12));
        let is_lit = lit >> key & 1 == 1;
        let (white, black) = if theme.dark { (theme.muted, theme.well) } else { (theme.raised, theme.text) };
        let rest = if is_white { white } else { black };
        let fill = if is_lit { theme.accent } else { rest };
        painter.rect(*rect, f32::from(size::RADIUS_MARK), fill, gap, StrokeKind::Inside);
        if key % 12 == 0 {
            let colour = if is_lit {
                theme.on_accent
            } else if theme.dark {
                theme.well
            } else {
                theme.muted
            };
            let name = format!("C{}", i32::from(key / 12) - 1);
            let at = pos2(rect.center().x, rect.bottom() - 4.0);
            paint::text(ui, at, Align2::CENTER_BOTTOM, &name, medium(10.0), colour, rect.width());
        }
    }
    if let Some((_, first)) = keys.first() {
        let all = keys.iter().fold(*first, |all, (_, rect)| all.union(*rect));
        paint::focus_ring(ui, theme, all, response);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyboard_has_every_key_between_its_ends_once() {
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(WHITE * 14.0, 80.0));
        let mut keys: Vec<u8> = layout(rect, 48).into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        assert_eq!(keys, (48..72).collect::<Vec<_>>());
        let high = layout(rect, 120);
        assert!(high.iter().all(|(key, _)| *key < 128));
    }

    #[test]
    fn the_front_of_a_key_is_louder_and_black_keys_lie_above_white_ones() {
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(WHITE * 7.0, 100.0));
        let keys = layout(rect, 60);
        let (key, soft) = key_at(&keys, pos2(5.0, 10.0)).unwrap();
        let (_, loud) = key_at(&keys, pos2(5.0, 99.0)).unwrap();
        assert!(key == 60 && loud > soft && loud > 0.95 && soft >= 0.2);
        assert_eq!(key_at(&keys, pos2(WHITE, 10.0)).map(|(key, _)| key), Some(61));
        assert_eq!(key_at(&keys, pos2(WHITE - 1.0, 90.0)).map(|(key, _)| key), Some(60));
    }
}
