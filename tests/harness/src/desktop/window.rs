//! A host's window, into which a plugin puts its own.

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, InputFocus, Window, WindowClass,
};
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME, NONE};

use super::{Desktop, DesktopError};

/// A window of the host's own. It goes with the desktop's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostWindow {
    /// Its number in X11.
    pub id: u32,
}

/// A key that reached the host's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostKey {
    /// X11's number of the key.
    pub code: u8,
    /// Pressed, or released.
    pub is_pressed: bool,
}

impl Desktop {
    /// Opens a host's window at a place of the screen, which has the keyboard as a window that was clicked has. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn host_window(&self, at: (i16, i16), size: (u32, u32)) -> Result<HostWindow, DesktopError> {
        let id = self.client.connection.generate_id()?;
        let events = EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE
            | EventMask::STRUCTURE_NOTIFY
            | EventMask::SUBSTRUCTURE_NOTIFY;
        let looks =
            CreateWindowAux::new().event_mask(events).background_pixel(0x80_80_80).override_redirect(1);
        let (width, height) = (size.0 as u16, size.1 as u16);
        self.client
            .connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                id,
                self.client.root,
                at.0,
                at.1,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                COPY_FROM_PARENT,
                &looks,
            )?
            .check()?;
        self.client.connection.map_window(id)?.check()?;
        let window = HostWindow { id };
        self.wait_for("the host's window", || (), || self.is_shown(id))?;
        self.give_keyboard(window)?;
        Ok(window)
    }

    /// Closes a host's window. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn close(&self, window: HostWindow) -> Result<(), DesktopError> {
        Ok(self.client.connection.destroy_window(window.id)?.check()?)
    }

    /// Gives a host's window another size. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn resize(&self, window: HostWindow, size: (u32, u32)) -> Result<(), DesktopError> {
        let size = ConfigureWindowAux::new().width(size.0).height(size.1);
        Ok(self.client.connection.configure_window(window.id, &size)?.check()?)
    }

    /// Gives a host's window the keyboard. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn give_keyboard(&self, window: HostWindow) -> Result<(), DesktopError> {
        Ok(self.client.connection.set_input_focus(InputFocus::PARENT, window.id, CURRENT_TIME)?.check()?)
    }

    /// The window that has the keyboard. `[control]`
    ///
    /// # Errors
    /// Where the server is gone.
    pub fn keyboard_owner(&self) -> Result<u32, DesktopError> {
        Ok(self.client.connection.get_input_focus()?.reply()?.focus)
    }

    /// The windows that a plugin has put into a host's window. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn children(&self, window: HostWindow) -> Result<Vec<u32>, DesktopError> {
        Ok(self.client.connection.query_tree(window.id)?.reply()?.children)
    }

    /// The size of any window. `[control]`
    ///
    /// # Errors
    /// Where there is no such window.
    pub fn size(&self, window: u32) -> Result<(u32, u32), DesktopError> {
        let shape = self.client.connection.get_geometry(window)?.reply()?;
        Ok((shape.width.into(), shape.height.into()))
    }

    /// The keys that reached the host's windows since the last call. `[control]`
    ///
    /// # Errors
    /// Where the server is gone.
    pub fn host_keys(&self) -> Result<Vec<HostKey>, DesktopError> {
        self.sync()?;
        let mut keys = Vec::new();
        while let Some(event) = self.client.connection.poll_for_event()? {
            match event {
                Event::KeyPress(key) => keys.push(HostKey { code: key.detail, is_pressed: true }),
                Event::KeyRelease(key) => keys.push(HostKey { code: key.detail, is_pressed: false }),
                _ => {}
            }
        }
        Ok(keys)
    }

    fn is_shown(&self, window: Window) -> Result<bool, DesktopError> {
        use x11rb::protocol::xproto::MapState;
        let shown = self.client.connection.get_window_attributes(window)?.reply()?.map_state;
        Ok(window != NONE && shown == MapState::VIEWABLE)
    }
}
