//! Who has the keyboard: the content while it wants it, the host at any other time.

use std::time::{Duration, Instant};

use baseview::EventStatus;
use egui::Pos2;
use keyboard_types::{Code, KeyState, KeyboardEvent};

use super::Running;
#[cfg(target_os = "linux")]
use crate::x11::Server;

/// How long a window manager takes at most to answer a click.
const ANSWER_TIME: Duration = Duration::from_secs(1);
/// How often it does that for one click, with the host's toolkit.
const ANSWERS_MAX: u8 = 3;
/// How long a key that was sent to the host's window takes at most to come back.
const ECHO_TIME: Duration = Duration::from_millis(200);

/// What is known of the keyboard.
#[derive(Default)]
pub(super) struct Keyboard {
    /// Keys are the content's.
    pub(super) is_typing: bool,
    /// Somebody else took the keyboard, and nobody has clicked here since.
    has_lost_focus: bool,
    /// A button went down since the last frame.
    was_pressed: bool,
    /// The window manager may still answer a click.
    answer: Option<Answer>,
    /// The server gives the keyboard's keys to this very window.
    has_focus: bool,
    /// Keys that were sent to the host's window a moment ago.
    sent: Vec<Sent>,
}

/// A click in the window to which the window manager may answer by giving the keyboard to the host's window: it means the
/// whole window that was clicked, and does not know what lies in it.
#[derive(Clone, Copy)]
struct Answer {
    until: Instant,
    left: u8,
}

/// A key that was sent to the host's window.
struct Sent {
    code: Code,
    state: KeyState,
    at: Instant,
}

impl Keyboard {
    /// A button went down in the window.
    pub(super) fn pressed(&mut self) {
        self.was_pressed = true;
        self.answer = Some(Answer { until: Instant::now() + ANSWER_TIME, left: ANSWERS_MAX });
    }
}

impl Running {
    /// Whether the content uses a key while a widget of it has the keyboard. A release goes where the press went.
    fn is_used(&mut self, event: &KeyboardEvent, letter: Option<char>) -> bool {
        match self.input.named(event, letter) {
            Some((key, modifiers)) if event.state == KeyState::Down => {
                self.content.uses_key(&self.context, key, modifiers)
            }
            Some((key, _)) => self.input.is_key_down(key),
            None => true,
        }
    }
}

/// Who has the keyboard, on a system where the window says so itself.
#[cfg(target_os = "linux")]
impl Running {
    pub(super) fn key(&mut self, event: &KeyboardEvent) -> EventStatus {
        let Some(server) = &self.server else { return EventStatus::Ignored };
        let letter = server.letter(event.code);
        if !self.keyboard.is_typing || !self.is_used(event, letter) {
            self.send_to_host(event);
            return EventStatus::Ignored;
        }
        self.keyboard.answer = None;
        self.input.key(event, letter, &mut self.clipboard);
        EventStatus::Captured
    }

    /// Sends a key that is not ours to the host's window, unless it comes from there: a toolkit that has no use for a key
    /// gives it to what lies in its window, which would go on for ever.
    fn send_to_host(&mut self, event: &KeyboardEvent) {
        let now = Instant::now();
        self.keyboard.sent.retain(|sent| now < sent.at + ECHO_TIME);
        let is_same = |sent: &Sent| (sent.code, sent.state) == (event.code, event.state);
        if let Some(echo) = self.keyboard.sent.iter().position(is_same) {
            self.keyboard.sent.swap_remove(echo);
        } else if let Some(server) = &self.server {
            server.send_to_host(event);
            self.keyboard.sent.push(Sent { code: event.code, state: event.state, at: now });
        }
    }

    /// The window has got or lost the keyboard. The server says so, too, where it is the host's window that did, and the
    /// pointer is over this one.
    pub(super) fn follow_focus(&mut self, said: bool) {
        let has_focus = self.server.as_ref().map_or(said, Server::has_focus);
        if std::mem::replace(&mut self.keyboard.has_focus, has_focus) == has_focus {
            return;
        }
        self.input.focus(has_focus);
        if has_focus { self.got_focus() } else { self.lost_focus() }
    }

    /// Takes the keyboard when somebody begins to type, and gives it back when nobody does any more.
    pub(super) fn follow_typing(&mut self) {
        let wants = self.context.egui_wants_keyboard_input();
        let Some(server) = &self.server else { return };
        self.keyboard.has_lost_focus &= !std::mem::take(&mut self.keyboard.was_pressed);
        if wants && !self.keyboard.is_typing && !self.keyboard.has_lost_focus {
            server.listen(true);
            server.take_focus();
            self.keyboard.is_typing = true;
        } else if !wants && (self.keyboard.is_typing || self.keyboard.has_focus) {
            server.listen(false);
            server.give_focus_back();
            self.keyboard.is_typing = false;
        }
    }

    /// The window has the keyboard. Where nobody types, its keys are sent on.
    fn got_focus(&mut self) {
        if let Some(server) = &self.server {
            server.listen(true);
        }
        self.keyboard.is_typing = self.context.egui_wants_keyboard_input();
        self.keyboard.has_lost_focus = false;
    }

    /// Somebody else has the keyboard: a widget that still has egui's focus gets it back with the next click. Where it is
    /// the answer to the last one, it gets it back at once.
    fn lost_focus(&mut self) {
        if let Some(server) = &self.server {
            let answer =
                self.keyboard.answer.filter(|answer| answer.left > 0 && Instant::now() < answer.until);
            if let Some(answer) = answer.filter(|_| self.keyboard.is_typing && server.is_focus_in_same_top())
            {
                self.keyboard.answer = Some(Answer { left: answer.left - 1, ..answer });
                server.take_focus();
                return;
            }
            server.listen(false);
        }
        self.keyboard.is_typing = false;
        self.keyboard.has_lost_focus = true;
    }

    pub(super) fn put_pointer(&self, place: Option<Pos2>) {
        if let (Some(server), Some(place)) = (&self.server, place) {
            server.move_pointer(place.x as i16, place.y as i16);
        }
    }
}

/// Who has the keyboard, on a system that asks whether a key was used.
#[cfg(not(target_os = "linux"))]
impl Running {
    pub(super) fn key(&mut self, event: &KeyboardEvent) -> EventStatus {
        if !self.context.egui_wants_keyboard_input() || !self.is_used(event, None) {
            return EventStatus::Ignored;
        }
        self.input.key(event, None, &mut self.clipboard);
        EventStatus::Captured
    }

    pub(super) fn follow_typing(&mut self) {
        if std::mem::take(&mut self.keyboard.was_pressed) && self.context.egui_wants_keyboard_input() {
            // Without the keyboard nothing can be typed, which the user sees.
            let _ = self.window.focus();
        }
    }

    pub(super) fn follow_focus(&mut self, has_focus: bool) {
        self.keyboard.has_focus = has_focus;
        self.input.focus(has_focus);
    }

    /// The pointer stops at the edge of the screen.
    pub(super) fn put_pointer(&self, _place: Option<Pos2>) {}
}
