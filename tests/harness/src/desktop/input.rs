//! What a person does with mouse and keys.

use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, EventMask, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, KeyButMask, KeyPressEvent, MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

use super::{Desktop, DesktopError};

/// X11's number of the left button.
const LEFT: u8 = 1;

impl Desktop {
    /// Moves the pointer to a place of a window. `[control]`
    ///
    /// # Errors
    /// Where there is no such window.
    pub fn point_at(&self, window: u32, x: i16, y: i16) -> Result<(), DesktopError> {
        let place = self.client.connection.translate_coordinates(window, self.client.root, x, y)?.reply()?;
        self.fake(MOTION_NOTIFY_EVENT, 0, (place.dst_x, place.dst_y))
    }

    /// Where the pointer is in a window. `[control]`
    ///
    /// # Errors
    /// Where there is no such window.
    pub fn pointer(&self, window: u32) -> Result<(i16, i16), DesktopError> {
        let pointer = self.client.connection.query_pointer(window)?.reply()?;
        Ok((pointer.win_x, pointer.win_y))
    }

    /// Presses the left button, or lets it go. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn press_button(&self, is_pressed: bool) -> Result<(), DesktopError> {
        self.fake(if is_pressed { BUTTON_PRESS_EVENT } else { BUTTON_RELEASE_EVENT }, LEFT, (0, 0))
    }

    /// Clicks a place of a window. `[control]`
    ///
    /// # Errors
    /// Where there is no such window.
    pub fn click(&self, window: u32, x: i16, y: i16) -> Result<(), DesktopError> {
        self.point_at(window, x, y)?;
        self.press_button(true)?;
        self.press_button(false)
    }

    /// Turns the wheel by one notch. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn turn_wheel(&self, is_up: bool) -> Result<(), DesktopError> {
        let button = if is_up { 4 } else { 5 };
        self.fake(BUTTON_PRESS_EVENT, button, (0, 0))?;
        self.fake(BUTTON_RELEASE_EVENT, button, (0, 0))
    }

    /// Presses and releases a key while others are held, each by the sign or the name that stands on it: `a`, `F1`,
    /// `space`, `Escape`, `Control`. `[control]`
    ///
    /// # Errors
    /// Where there is no such key.
    pub fn press_keys(&self, names: &[&str]) -> Result<(), DesktopError> {
        let codes = names.iter().map(|name| self.key_code(name)).collect::<Result<Vec<u8>, _>>()?;
        for code in &codes {
            self.fake(KEY_PRESS_EVENT, *code, (0, 0))?;
        }
        for code in codes.iter().rev() {
            self.fake(KEY_RELEASE_EVENT, *code, (0, 0))?;
        }
        Ok(())
    }

    /// Sends a key's press to a window as another program does, not the keyboard. `[control]`
    ///
    /// # Errors
    /// Where there is no such window.
    pub fn send_key(&self, window: u32, code: u8) -> Result<(), DesktopError> {
        let event = KeyPressEvent {
            response_type: KEY_PRESS_EVENT,
            detail: code,
            sequence: 0,
            time: CURRENT_TIME,
            root: self.client.root,
            event: window,
            child: NONE,
            root_x: 0,
            root_y: 0,
            event_x: 0,
            event_y: 0,
            state: KeyButMask::default(),
            same_screen: true,
        };
        // Without a mask it goes to whoever made the window.
        Ok(self.client.connection.send_event(false, window, EventMask::NO_EVENT, event)?.check()?)
    }

    /// Types a text, sign by sign. `[control]`
    ///
    /// # Errors
    /// Where the keyboard has no such sign.
    pub fn type_text(&self, text: &str) -> Result<(), DesktopError> {
        for sign in text.chars() {
            let (code, is_shifted) = self.find(sym(sign))?;
            let shift = self.key_code("Shift")?;
            if is_shifted {
                self.fake(KEY_PRESS_EVENT, shift, (0, 0))?;
            }
            self.fake(KEY_PRESS_EVENT, code, (0, 0))?;
            self.fake(KEY_RELEASE_EVENT, code, (0, 0))?;
            if is_shifted {
                self.fake(KEY_RELEASE_EVENT, shift, (0, 0))?;
            }
        }
        Ok(())
    }

    /// X11's number of the key with this sign or name. `[control]`
    ///
    /// # Errors
    /// Where there is no such key.
    pub fn key_code(&self, name: &str) -> Result<u8, DesktopError> {
        let mut signs = name.chars();
        let sign = match (signs.next(), signs.next()) {
            (Some(sign), None) => Some(sym(sign)),
            _ => NAMES.iter().find(|(known, _)| *known == name).map(|(_, sym)| *sym),
        };
        let sign = sign.ok_or_else(|| DesktopError::Missed(format!("a key called {name}")))?;
        Ok(self.find(sign)?.0)
    }

    /// The key of a sign, and whether with shift.
    fn find(&self, sign: u32) -> Result<(u8, bool), DesktopError> {
        const FIRST: u8 = 8;
        let map = self.client.connection.get_keyboard_mapping(FIRST, 248)?.reply()?;
        let rows = map.keysyms.chunks(usize::from(map.keysyms_per_keycode).max(1));
        for (code, row) in (FIRST..).zip(rows) {
            if let Some(column) = row.iter().take(2).position(|known| *known == sign) {
                return Ok((code, column == 1));
            }
        }
        Err(DesktopError::Missed(format!("a key with the sign {sign:#x}")))
    }

    fn fake(&self, what: u8, detail: u8, at: (i16, i16)) -> Result<(), DesktopError> {
        let screen = if what == MOTION_NOTIFY_EVENT { self.client.root } else { NONE };
        self.client
            .connection
            .xtest_fake_input(what, detail, CURRENT_TIME, screen, at.0, at.1, 0)?
            .check()?;
        Ok(())
    }
}

/// X11's number of a sign on a key.
fn sym(sign: char) -> u32 {
    match sign {
        '\n' => 0xff0d,
        '\t' => 0xff09,
        sign => sign.into(),
    }
}

/// X11's numbers of named keys.
const NAMES: [(&str, u32); 22] = [
    ("space", 0x20),
    ("BackSpace", 0xff08),
    ("Tab", 0xff09),
    ("Return", 0xff0d),
    ("Escape", 0xff1b),
    ("Home", 0xff50),
    ("Left", 0xff51),
    ("Up", 0xff52),
    ("Right", 0xff53),
    ("Down", 0xff54),
    ("Page_Up", 0xff55),
    ("Page_Down", 0xff56),
    ("End", 0xff57),
    ("Insert", 0xff63),
    ("Delete", 0xffff),
    ("F1", 0xffbe),
    ("F5", 0xffc2),
    ("F8", 0xffc5),
    ("F12", 0xffc9),
    ("Shift", 0xffe1),
    ("Control", 0xffe3),
    ("Alt", 0xffe9),
];
