//! What the window system says, as egui's input.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use baseview::{DropData, EventStatus, MouseButton, MouseEvent, ScrollDelta};
use egui::{Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use keyboard_types::{KeyState, KeyboardEvent};

use crate::clipboard::Clipboard;
use crate::geometry::{Geometry, Pixels};
use crate::keys::{self, ClipboardKey};

/// How far from its place a hidden pointer may go before it is put back, in pixels.
const LEASH: f32 = 64.0;
/// A step that no hand makes between two events, in pixels: the pointer was put back in vain.
const JUMP: f32 = LEASH / 2.0;

/// What is gathered for the next frame.
pub(crate) struct Input {
    raw: egui::RawInput,
    geometry: Geometry,
    modifiers: Modifiers,
    /// Where the pointer is, in pixels.
    pointer: Option<Pos2>,
    buttons_down: BTreeSet<u8>,
    keys_down: BTreeSet<egui::Key>,
    hidden: Option<Hidden>,
}

/// A pointer that is hidden while something is dragged. The content sees it go on for ever.
struct Hidden {
    /// Where it was hidden, and where it will be again.
    anchor: Pos2,
    /// Where it last was.
    last: Pos2,
    /// Where it was put back, and the event that says so is still to come.
    is_returning: bool,
    /// It has just been put back.
    has_returned: bool,
    /// A tablet's or a remote desktop's pointer, which cannot be put anywhere.
    is_absolute: bool,
}

impl Input {
    /// Nothing yet, for a window of this size.
    pub fn new(geometry: Geometry, pixels: Pixels, max_texture_side: usize) -> Self {
        let mut input = Self {
            raw: egui::RawInput {
                max_texture_side: Some(max_texture_side),
                focused: true,
                ..Default::default()
            },
            geometry,
            modifiers: Modifiers::NONE,
            pointer: None,
            buttons_down: BTreeSet::new(),
            keys_down: BTreeSet::new(),
            hidden: None,
        };
        input.resize(geometry, pixels);
        input
    }

    /// The window's size from now on.
    pub fn resize(&mut self, geometry: Geometry, pixels: Pixels) {
        self.geometry = geometry;
        let points = geometry.points(pixels);
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(points.width, points.height));
        self.raw.screen_rect = Some(rect);
        let viewport = self.raw.viewports.entry(self.raw.viewport_id).or_default();
        viewport.native_pixels_per_point = Some(geometry.scale);
        viewport.inner_rect = Some(rect);
        viewport.focused = Some(true);
    }

    /// What was gathered, for the frame that begins `seconds` after the window was opened. Keys behind a click wait for the
    /// frame after it: egui looks at a frame's keys before its clicks, so an Escape would come before the click that it is
    /// to undo.
    pub fn take(&mut self, seconds: f64) -> egui::RawInput {
        self.raw.time = Some(seconds);
        let mut frame = self.raw.take();
        let click = frame.events.iter().position(|event| matches!(event, egui::Event::PointerButton { .. }));
        let is_key = |event: &egui::Event| {
            use egui::Event::{Copy, Cut, Key, Paste, Text};
            matches!(event, Key { .. } | Text(_) | Paste(_) | Copy | Cut)
        };
        if let Some(click) = click
            && let Some(key) = frame.events[click..].iter().position(is_key)
        {
            self.raw.events = frame.events.split_off(click + key);
        }
        frame
    }

    /// Whether something waits for another frame.
    pub fn is_waiting(&self) -> bool {
        !self.raw.events.is_empty()
    }

    /// Whether a button of the mouse is down.
    pub fn is_button_down(&self) -> bool {
        !self.buttons_down.is_empty()
    }

    /// The window has the keyboard from now on, or no longer: then nobody will say that the keys have been released.
    pub fn focus(&mut self, has_keyboard: bool) {
        self.raw.focused = has_keyboard;
        if !has_keyboard {
            for key in std::mem::take(&mut self.keys_down) {
                self.push_key(key, false, false);
            }
        }
    }

    /// egui's name of a key, with the modifiers that hold; `None` for keys that it has no name for, modifiers among them.
    pub fn named(&self, event: &KeyboardEvent, on_key: Option<char>) -> Option<(egui::Key, Modifiers)> {
        let modifiers = keys::modifiers(event.modifiers, Some((&event.key, event.state == KeyState::Down)));
        Some((keys::egui_key(&event.key, event.code, on_key, modifiers)?, modifiers))
    }

    /// Whether a key's press went to the content, and its release has not come yet.
    pub fn is_key_down(&self, key: egui::Key) -> bool {
        self.keys_down.contains(&key)
    }

    /// A key, with the letter that stands on it.
    pub fn key(&mut self, event: &KeyboardEvent, on_key: Option<char>, clipboard: &mut Clipboard) {
        let is_pressed = event.state == KeyState::Down;
        self.set_modifiers(keys::modifiers(event.modifiers, Some((&event.key, is_pressed))));
        let key = keys::egui_key(&event.key, event.code, on_key, self.modifiers);
        if is_pressed && let Some(asked) = key.and_then(|key| keys::clipboard(key, self.modifiers)) {
            let event = match asked {
                ClipboardKey::Cut => Some(egui::Event::Cut),
                ClipboardKey::Copy => Some(egui::Event::Copy),
                ClipboardKey::Paste => clipboard.text().map(egui::Event::Paste),
            };
            self.raw.events.extend(event);
            return;
        }
        if let Some(key) = key {
            let is_repeat = is_pressed && !self.keys_down.insert(key);
            if !is_pressed {
                self.keys_down.remove(&key);
            }
            self.push_key(key, is_pressed, is_repeat);
        }
        if is_pressed && let Some(text) = keys::text(&event.key, self.modifiers) {
            self.raw.events.push(egui::Event::Text(text.to_owned()));
        }
    }

    /// The mouse. A place to which the pointer is to be put, in pixels, is for the caller to see to.
    pub fn mouse(&mut self, event: &MouseEvent) -> (EventStatus, Option<Pos2>) {
        let mut put = None;
        let mut status = EventStatus::Captured;
        match event {
            MouseEvent::CursorMoved { position, modifiers } => {
                self.set_modifiers(keys::modifiers(*modifiers, None));
                put = self.move_to(pos2(position.x as f32, position.y as f32));
            }
            MouseEvent::ButtonPressed { button, modifiers } => {
                self.set_modifiers(keys::modifiers(*modifiers, None));
                self.button(*button, true);
            }
            MouseEvent::ButtonReleased { button, modifiers } => {
                self.set_modifiers(keys::modifiers(*modifiers, None));
                self.button(*button, false);
            }
            MouseEvent::WheelScrolled { delta, modifiers } => {
                self.set_modifiers(keys::modifiers(*modifiers, None));
                self.wheel(*delta);
            }
            // While a button is down the events go on coming.
            MouseEvent::CursorLeft if self.buttons_down.is_empty() => {
                self.pointer = None;
                self.raw.events.push(egui::Event::PointerGone);
            }
            MouseEvent::DragEntered { position, data, .. } | MouseEvent::DragMoved { position, data, .. } => {
                self.move_to(pos2(position.x as f32, position.y as f32));
                self.raw.hovered_files = hovered(data);
                status = if self.raw.hovered_files.is_empty() {
                    EventStatus::Ignored
                } else {
                    EventStatus::AcceptDrop(baseview::DropEffect::Copy)
                };
            }
            MouseEvent::DragDropped { position, data, .. } => {
                self.move_to(pos2(position.x as f32, position.y as f32));
                self.raw.hovered_files.clear();
                self.raw.dropped_files.extend(dropped(data));
                status = EventStatus::AcceptDrop(baseview::DropEffect::Copy);
            }
            MouseEvent::DragLeft => {
                self.raw.hovered_files.clear();
                self.raw.events.push(egui::Event::PointerGone);
            }
            _ => status = EventStatus::Ignored,
        }
        (status, put)
    }

    /// Hides the pointer from now on, or shows it again: then it is to be put where it was hidden, in pixels.
    pub fn hide_pointer(&mut self, hide: bool) -> Option<Pos2> {
        match (hide, &self.hidden) {
            (true, None) => {
                let anchor = self.pointer?;
                self.hidden = Some(Hidden {
                    anchor,
                    last: anchor,
                    is_returning: false,
                    has_returned: false,
                    is_absolute: false,
                });
                None
            }
            (false, Some(_)) => {
                let hidden = self.hidden.take()?;
                self.pointer = Some(hidden.anchor);
                self.push_pointer();
                (!hidden.is_absolute).then_some(hidden.anchor)
            }
            _ => None,
        }
    }

    fn move_to(&mut self, place: Pos2) -> Option<Pos2> {
        let put = match &mut self.hidden {
            None => {
                self.pointer = Some(place);
                None
            }
            Some(hidden) => {
                let (step, put) = hidden.step(place);
                self.pointer = self.pointer.map(|pointer| pointer + step);
                put
            }
        };
        self.push_pointer();
        put
    }

    fn push_pointer(&mut self) {
        if let Some(point) = self.pointer_points() {
            self.raw.events.push(egui::Event::PointerMoved(point));
        }
    }

    fn pointer_points(&self) -> Option<Pos2> {
        self.pointer.map(|pixels| (pixels.to_vec2() / self.geometry.pixels_per_point()).to_pos2())
    }

    fn button(&mut self, button: MouseButton, is_pressed: bool) {
        let (button, number) = match button {
            MouseButton::Left => (PointerButton::Primary, 0),
            MouseButton::Right => (PointerButton::Secondary, 1),
            MouseButton::Middle => (PointerButton::Middle, 2),
            MouseButton::Back => (PointerButton::Extra1, 3),
            MouseButton::Forward => (PointerButton::Extra2, 4),
            _ => return,
        };
        if is_pressed {
            self.buttons_down.insert(number);
        } else {
            self.buttons_down.remove(&number);
        }
        let Some(pos) = self.pointer_points() else { return };
        let modifiers = self.modifiers;
        self.raw.events.push(egui::Event::PointerButton { pos, button, pressed: is_pressed, modifiers });
    }

    fn wheel(&mut self, delta: ScrollDelta) {
        let (unit, delta) = match delta {
            ScrollDelta::Lines { x, y } => (egui::MouseWheelUnit::Line, vec2(x, y)),
            ScrollDelta::Pixels { x, y } => {
                (egui::MouseWheelUnit::Point, vec2(x, y) / self.geometry.pixels_per_point())
            }
        };
        self.raw.events.push(egui::Event::MouseWheel {
            unit,
            delta,
            modifiers: self.modifiers,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
        });
    }

    fn push_key(&mut self, key: egui::Key, pressed: bool, repeat: bool) {
        let modifiers = self.modifiers;
        self.raw.events.push(egui::Event::Key { key, physical_key: None, pressed, repeat, modifiers });
    }

    fn set_modifiers(&mut self, modifiers: Modifiers) {
        if self.modifiers != modifiers {
            self.modifiers = modifiers;
            self.raw.events.push(egui::Event::ModifiersChanged(modifiers));
        }
    }
}

impl Hidden {
    /// How far it went, and where it is to be put.
    fn step(&mut self, place: Pos2) -> (egui::Vec2, Option<Pos2>) {
        if self.is_returning && place.distance(self.anchor) <= 1.0 {
            (self.is_returning, self.has_returned, self.last) = (false, true, self.anchor);
            return (egui::Vec2::ZERO, None);
        }
        let mut step = place - self.last;
        self.last = place;
        if std::mem::take(&mut self.has_returned) && step.length() > JUMP {
            self.is_absolute = true;
            step = egui::Vec2::ZERO;
        }
        let is_far = place.distance(self.anchor) > LEASH;
        let put = is_far && !self.is_returning && !self.is_absolute;
        self.is_returning |= put;
        (step, put.then_some(self.anchor))
    }
}

fn files(data: &DropData) -> &[PathBuf] {
    match data {
        DropData::Files(files) => files,
        _ => &[],
    }
}

fn hovered(data: &DropData) -> Vec<egui::HoveredFile> {
    let hovered = |path: &PathBuf| egui::HoveredFile { path: Some(path.clone()), ..Default::default() };
    files(data).iter().map(hovered).collect()
}

fn dropped(data: &DropData) -> impl Iterator<Item = egui::DroppedFileHandle> {
    files(data).iter().map(|path| Arc::new(OnDisk(path.clone())) as egui::DroppedFileHandle)
}

/// A file that was dropped, which lies on disk.
#[derive(Debug)]
struct OnDisk(PathBuf);

impl egui::DroppedFile for OnDisk {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| format!("{} cannot be read: {error}", self.0.display()))
    }
}

#[cfg(test)]
mod tests {
    use keyboard_types::{Code, Key, NamedKey};

    use super::*;

    fn input(scale: f32) -> Input {
        let geometry = Geometry { scale, zoom: 1.0 };
        Input::new(geometry, Pixels { width: 800, height: 600 }, 2048)
    }

    fn moved(x: f64, y: f64) -> MouseEvent {
        let position = baseview::dpi::PhysicalPosition::new(x, y);
        MouseEvent::CursorMoved { position, modifiers: Default::default() }
    }

    fn places(input: &mut Input) -> Vec<Pos2> {
        let events = input.take(0.0).events;
        let place = |event: &egui::Event| match event {
            egui::Event::PointerMoved(place) => Some(*place),
            _ => None,
        };
        events.iter().filter_map(place).collect()
    }

    #[test]
    fn pixels_become_points() {
        let mut input = input(2.0);
        input.mouse(&moved(100.0, 50.0));
        assert_eq!(input.raw.screen_rect.map(|rect| rect.size()), Some(vec2(400.0, 300.0)));
        assert_eq!(places(&mut input), [pos2(50.0, 25.0)]);
    }

    #[test]
    fn a_hidden_pointer_goes_on_and_comes_back() {
        let mut input = input(1.0);
        input.mouse(&moved(100.0, 100.0));
        assert_eq!(input.hide_pointer(true), None);
        let mut puts = Vec::new();
        for step in 1..=7 {
            puts.extend(input.mouse(&moved(100.0, 100.0 + 10.0 * f64::from(step))).1);
        }
        assert_eq!(puts, [pos2(100.0, 100.0)], "at the end of the leash, once");
        input.mouse(&moved(100.0, 100.0));
        input.mouse(&moved(100.0, 110.0));
        assert_eq!(places(&mut input).last(), Some(&pos2(100.0, 180.0)));
        assert_eq!(input.hide_pointer(false), Some(pos2(100.0, 100.0)));
        assert_eq!(places(&mut input), [pos2(100.0, 100.0)]);
    }

    #[test]
    fn a_pointer_that_cannot_be_put_back_does_not_jump() {
        let mut input = input(1.0);
        input.mouse(&moved(100.0, 100.0));
        input.hide_pointer(true);
        input.mouse(&moved(100.0, 170.0));
        input.mouse(&moved(100.0, 100.0));
        input.mouse(&moved(100.0, 175.0));
        assert_eq!(places(&mut input).last(), Some(&pos2(100.0, 170.0)));
        assert_eq!(input.mouse(&moved(100.0, 180.0)).1, None, "it is left alone from now on");
        assert_eq!(places(&mut input), [pos2(100.0, 175.0)]);
        assert_eq!(input.hide_pointer(false), None);
    }

    #[test]
    fn leaving_with_a_button_down_is_no_end() {
        let mut input = input(1.0);
        input.mouse(&moved(1.0, 1.0));
        let modifiers = Default::default();
        input.mouse(&MouseEvent::ButtonPressed { button: MouseButton::Left, modifiers });
        input.mouse(&MouseEvent::CursorLeft);
        assert!(!input.take(0.0).events.contains(&egui::Event::PointerGone));
        input.mouse(&MouseEvent::ButtonReleased { button: MouseButton::Left, modifiers });
        input.mouse(&MouseEvent::CursorLeft);
        assert!(input.take(0.0).events.contains(&egui::Event::PointerGone));
    }

    #[test]
    fn keys_that_are_down_when_the_keyboard_goes_are_released() {
        let mut input = input(1.0);
        let event = KeyboardEvent {
            state: KeyState::Down,
            key: Key::Character("a".to_owned()),
            code: Code::KeyA,
            ..KeyboardEvent::default()
        };
        let mut clipboard = Clipboard::default();
        input.key(&event, Some('a'), &mut clipboard);
        input.key(&event, Some('a'), &mut clipboard);
        input.focus(false);
        let keys: Vec<(bool, bool)> = input
            .take(0.0)
            .events
            .iter()
            .filter_map(|event| match event {
                egui::Event::Key { pressed, repeat, .. } => Some((*pressed, *repeat)),
                _ => None,
            })
            .collect();
        assert_eq!(keys, [(true, false), (true, true), (false, false)]);
    }

    #[test]
    fn a_key_behind_a_click_waits_for_the_next_frame() {
        let mut input = input(1.0);
        let key =
            KeyboardEvent { state: KeyState::Down, key: Key::Named(NamedKey::Escape), ..Default::default() };
        let modifiers = Default::default();
        let click = MouseEvent::ButtonPressed { button: MouseButton::Left, modifiers };
        let release = MouseEvent::ButtonReleased { button: MouseButton::Left, modifiers };
        let mut clipboard = Clipboard::default();
        input.key(&key, None, &mut clipboard);
        input.mouse(&moved(1.0, 1.0));
        input.mouse(&click);
        input.mouse(&release);
        input.key(&key, None, &mut clipboard);
        input.mouse(&click);
        input.key(&key, None, &mut clipboard);
        let mut frames = Vec::new();
        loop {
            let events = input.take(0.0).events;
            let of = |is: fn(&egui::Event) -> bool| events.iter().filter(|event| is(event)).count();
            let keys = of(|event| matches!(event, egui::Event::Key { .. }));
            frames.push((keys, of(|event| matches!(event, egui::Event::PointerButton { .. }))));
            if !input.is_waiting() {
                break;
            }
        }
        assert_eq!(frames, [(1, 2), (1, 1), (1, 0)]);
    }

    #[test]
    fn files_are_hovered_and_dropped() {
        let mut input = input(1.0);
        let data = DropData::Files(vec![PathBuf::from("/a.csd"), PathBuf::from("/b.wav")]);
        let position = baseview::dpi::PhysicalPosition::new(5.0, 5.0);
        let modifiers = Default::default();
        let (status, _) = input.mouse(&MouseEvent::DragEntered { position, modifiers, data: data.clone() });
        assert_eq!(status, EventStatus::AcceptDrop(baseview::DropEffect::Copy));
        assert_eq!(input.take(0.0).hovered_files.len(), 2);
        input.mouse(&MouseEvent::DragDropped { position, modifiers, data });
        let taken = input.take(0.0);
        assert!(taken.hovered_files.is_empty());
        assert_eq!(
            taken.dropped_files.iter().map(|file| file.path()).collect::<Vec<_>>(),
            [Path::new("/a.csd"), Path::new("/b.wav")]
        );
        let (status, _) = input.mouse(&MouseEvent::DragEntered { position, modifiers, data: DropData::None });
        assert_eq!(status, EventStatus::Ignored);
    }
}
