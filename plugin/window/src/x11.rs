//! What baseview leaves to say to the X server, on the window's own connection: who has the keyboard, where the pointer
//! is, which key is not ours.
//!
//! A window that does not select key events lets the server give them to the host's window, as if ours were not there;
//! so that is what it does while nobody types. Only a key that comes all the same, because something else gave our
//! window the keyboard, is sent on.

#![expect(unsafe_code, reason = "the connection is baseview's, which hands it out as a pointer")]

use std::cell::Cell;

use baseview::{PlatformHandle, WindowContext};
use keyboard_types::{Code, KeyState, KeyboardEvent, Modifiers};
use raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    KeyButMask, KeyPressEvent, Window,
};
use x11rb::xcb_ffi::XCBConnection;

/// The first code of a key in X11, which counts from 8.
const KEY_CODE_MIN: u8 = 8;
/// How deep a window lies at most in others.
const DEPTH_MAX: usize = 32;
/// How many codes there are.
const KEY_CODES: usize = 248;

/// The X server, as one window speaks to it.
pub(crate) struct Server {
    connection: XCBConnection,
    window: Window,
    /// What the window selects besides keys: what baseview chose.
    others: EventMask,
    has_keys: Cell<bool>,
    /// Who had the keyboard before us.
    before: Cell<Option<Window>>,
    layout: Vec<Option<char>>,
    /// Behind the connection, which borrows from it.
    _handle: PlatformHandle,
}

impl Server {
    /// The server of a window; `None` where the window is not X11's.
    pub fn of(window: &WindowContext) -> Option<Self> {
        let handle = window.platform_handle();
        let RawDisplayHandle::Xcb(display) = handle.display_handle().ok()?.as_raw() else { return None };
        let RawWindowHandle::Xcb(id) = handle.window_handle().ok()?.as_raw() else { return None };
        let id = id.window.get();
        // SAFETY: The handle, which is kept as long, keeps baseview's connection; it is not closed from here.
        let connection =
            unsafe { XCBConnection::from_raw_xcb_connection(display.connection?.as_ptr(), false) }.ok()?;
        let keys = EventMask::KEY_PRESS | EventMask::KEY_RELEASE;
        let selected = connection.get_window_attributes(id).ok()?.reply().ok()?.your_event_mask;
        repeat_without_releases(&connection);
        let layout = layout(&connection);
        let server = Self {
            connection,
            window: id,
            others: selected.remove(keys),
            has_keys: Cell::new(true),
            before: Cell::new(None),
            layout,
            _handle: handle,
        };
        server.listen(false);
        Some(server)
    }

    /// The letter that stands on a key in the user's layout.
    pub fn letter(&self, code: Code) -> Option<char> {
        *self.layout.get(usize::from(key_code(code)? - KEY_CODE_MIN))?
    }

    /// Selects keys, or leaves them to the host's window.
    pub fn listen(&self, to_keys: bool) {
        if self.has_keys.replace(to_keys) == to_keys {
            return;
        }
        let keys = EventMask::KEY_PRESS | EventMask::KEY_RELEASE;
        let mask = if to_keys { self.others | keys } else { self.others };
        self.ignoring(
            self.connection
                .change_window_attributes(self.window, &ChangeWindowAttributesAux::new().event_mask(mask)),
        );
    }

    /// Whether the keys come to this very window, not to the host's with the pointer over ours.
    pub fn has_focus(&self) -> bool {
        self.focused() == Some(self.window)
    }

    /// Whether the keyboard is the host's window's that ours lies in, or of something else in that.
    pub fn is_focus_in_same_top(&self) -> bool {
        let focused = self.focused().and_then(|window| self.top(window));
        focused.is_some() && focused == self.top(self.window)
    }

    /// Takes the keyboard where it does not have it, and notes whose it was.
    pub fn take_focus(&self) {
        let focused = self.focused();
        if focused == Some(self.window) {
            return;
        }
        // Below 2 are "nobody" and "whoever is under the pointer".
        self.before.set(focused.filter(|focused| *focused > 1));
        self.focus(self.window);
    }

    /// Gives the keyboard back, unless somebody else has taken it.
    pub fn give_focus_back(&self) {
        if self.has_focus()
            && !self.before.take().is_some_and(|before| self.focus(before))
            && let Some(parent) = self.parent()
        {
            self.focus(parent);
        }
    }

    /// Who has the keyboard.
    fn focused(&self) -> Option<Window> {
        Some(self.connection.get_input_focus().ok()?.reply().ok()?.focus)
    }

    /// The window on the screen itself that a window lies in, or is.
    fn top(&self, window: Window) -> Option<Window> {
        let mut window = window;
        for _ in 0..DEPTH_MAX {
            let tree = self.connection.query_tree(window).ok()?.reply().ok()?;
            if tree.parent == tree.root || tree.parent == x11rb::NONE {
                return Some(window);
            }
            window = tree.parent;
        }
        None
    }

    /// Sends a key that is not ours to the host's window.
    pub fn send_to_host(&self, event: &KeyboardEvent) {
        let (Some(code), Some(parent)) = (key_code(event.code), self.parent()) else { return };
        let Some(pointer) = self.connection.query_pointer(parent).ok().and_then(|cookie| cookie.reply().ok())
        else {
            return;
        };
        let is_down = event.state == KeyState::Down;
        let sent = KeyPressEvent {
            response_type: if is_down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT },
            detail: code,
            sequence: 0,
            time: CURRENT_TIME,
            root: pointer.root,
            event: parent,
            child: x11rb::NONE,
            root_x: pointer.root_x,
            root_y: pointer.root_y,
            event_x: pointer.win_x,
            event_y: pointer.win_y,
            state: state(event.modifiers),
            same_screen: true,
        };
        let mask = if is_down { EventMask::KEY_PRESS } else { EventMask::KEY_RELEASE };
        self.ignoring(self.connection.send_event(true, parent, mask, sent));
    }

    /// Puts the pointer at a place in the window, in pixels.
    pub fn move_pointer(&self, x: i16, y: i16) {
        self.ignoring(self.connection.warp_pointer(x11rb::NONE, self.window, 0, 0, 0, 0, x, y));
    }

    fn parent(&self) -> Option<Window> {
        let tree = self.connection.query_tree(self.window).ok()?.reply().ok()?;
        Some(tree.parent).filter(|parent| *parent != x11rb::NONE)
    }

    /// Whether it could be done: a window that is gone or not shown takes no keyboard.
    fn focus(&self, window: Window) -> bool {
        self.connection
            .set_input_focus(InputFocus::PARENT, window, CURRENT_TIME)
            .is_ok_and(|cookie| cookie.check().is_ok())
    }

    /// What cannot be done is left: the window may be about to go.
    fn ignoring(
        &self,
        sent: Result<x11rb::cookie::VoidCookie<'_, XCBConnection>, x11rb::errors::ConnectionError>,
    ) {
        if let Ok(cookie) = sent {
            cookie.ignore_error();
        }
        let _ = self.connection.flush();
    }
}

/// While a key is held down the server is to repeat its press alone, so that a release is one.
fn repeat_without_releases(connection: &XCBConnection) {
    let flags = xkb::PerClientFlag::DETECTABLE_AUTO_REPEAT;
    let (none, device) = (xkb::BoolCtrl::default(), xkb::ID::USE_CORE_KBD.into());
    // A server that cannot do it repeats releases, too.
    let _ = connection.xkb_use_extension(1, 0).map(|cookie| cookie.reply());
    let _ =
        connection.xkb_per_client_flags(device, flags, flags, none, none, none).map(|cookie| cookie.reply());
}

/// The letter on each key, from [`KEY_CODE_MIN`] on: the sign that it types by itself in the first layout.
fn layout(connection: &XCBConnection) -> Vec<Option<char>> {
    let reply = connection
        .get_keyboard_mapping(KEY_CODE_MIN, KEY_CODES as u8)
        .ok()
        .and_then(|cookie| cookie.reply().ok());
    let Some(reply) = reply else { return Vec::new() };
    let signs = reply.keysyms.chunks(usize::from(reply.keysyms_per_keycode).max(1));
    // The numbers of Latin letters are Unicode's; others have one added that says so.
    signs
        .map(|signs| match signs.first()? {
            sign @ (0x20..=0x7e | 0xa0..=0xff) => char::from_u32(*sign),
            sign @ 0x0100_0100..=0x0110_ffff => char::from_u32(sign - 0x0100_0000),
            _ => None,
        })
        .collect()
}

fn state(modifiers: Modifiers) -> KeyButMask {
    let masks = [
        (Modifiers::SHIFT, KeyButMask::SHIFT),
        (Modifiers::CAPS_LOCK, KeyButMask::LOCK),
        (Modifiers::CONTROL, KeyButMask::CONTROL),
        (Modifiers::ALT, KeyButMask::MOD1),
        (Modifiers::NUM_LOCK, KeyButMask::MOD2),
        (Modifiers::META, KeyButMask::MOD4),
    ];
    masks
        .into_iter()
        .filter(|(modifier, _)| modifiers.contains(*modifier))
        .fold(KeyButMask::default(), |state, (_, mask)| state | mask)
}

/// X11's code of a key, on every keyboard that Linux knows.
fn key_code(code: Code) -> Option<u8> {
    KEYS.iter().find_map(|(first, codes)| Some(first + codes.iter().position(|known| *known == code)? as u8))
}

/// Keys in a row, with the code of the first.
const KEYS: [(u8, &[Code]); 4] = [
    (
        9,
        &[
            Code::Escape,
            Code::Digit1,
            Code::Digit2,
            Code::Digit3,
            Code::Digit4,
            Code::Digit5,
            Code::Digit6,
            Code::Digit7,
            Code::Digit8,
            Code::Digit9,
            Code::Digit0,
            Code::Minus,
            Code::Equal,
            Code::Backspace,
            Code::Tab,
            Code::KeyQ,
            Code::KeyW,
            Code::KeyE,
            Code::KeyR,
            Code::KeyT,
            Code::KeyY,
            Code::KeyU,
            Code::KeyI,
            Code::KeyO,
            Code::KeyP,
            Code::BracketLeft,
            Code::BracketRight,
            Code::Enter,
            Code::ControlLeft,
            Code::KeyA,
            Code::KeyS,
            Code::KeyD,
            Code::KeyF,
            Code::KeyG,
            Code::KeyH,
            Code::KeyJ,
            Code::KeyK,
            Code::KeyL,
            Code::Semicolon,
            Code::Quote,
            Code::Backquote,
            Code::ShiftLeft,
            Code::Backslash,
            Code::KeyZ,
            Code::KeyX,
            Code::KeyC,
            Code::KeyV,
            Code::KeyB,
            Code::KeyN,
            Code::KeyM,
            Code::Comma,
            Code::Period,
            Code::Slash,
            Code::ShiftRight,
            Code::NumpadMultiply,
            Code::AltLeft,
            Code::Space,
            Code::CapsLock,
            Code::F1,
            Code::F2,
            Code::F3,
            Code::F4,
            Code::F5,
            Code::F6,
            Code::F7,
            Code::F8,
            Code::F9,
            Code::F10,
            Code::NumLock,
            Code::ScrollLock,
            Code::Numpad7,
            Code::Numpad8,
            Code::Numpad9,
            Code::NumpadSubtract,
            Code::Numpad4,
            Code::Numpad5,
            Code::Numpad6,
            Code::NumpadAdd,
            Code::Numpad1,
            Code::Numpad2,
            Code::Numpad3,
            Code::Numpad0,
            Code::NumpadDecimal,
        ],
    ),
    (94, &[Code::IntlBackslash, Code::F11, Code::F12, Code::IntlRo]),
    (104, &[Code::NumpadEnter, Code::ControlRight, Code::NumpadDivide, Code::PrintScreen, Code::AltRight]),
    (
        110,
        &[
            Code::Home,
            Code::ArrowUp,
            Code::PageUp,
            Code::ArrowLeft,
            Code::ArrowRight,
            Code::End,
            Code::ArrowDown,
            Code::PageDown,
            Code::Insert,
            Code::Delete,
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_codes_of_linux() {
        let known = [
            (Code::Escape, 9),
            (Code::Enter, 36),
            (Code::Space, 65),
            (Code::F1, 67),
            (Code::F10, 76),
            (Code::NumpadDecimal, 91),
            (Code::F12, 96),
            (Code::NumpadEnter, 104),
            (Code::Delete, 119),
        ];
        for (code, number) in known {
            assert_eq!(key_code(code), Some(number), "{code:?}");
        }
        assert_eq!(key_code(Code::WakeUp), None);
    }
}
