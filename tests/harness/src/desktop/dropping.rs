//! Files that are dragged from elsewhere and dropped: the other side of the XDND protocol.

use std::path::Path;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, ClientMessageEvent, ConnectionExt as _, EventMask, PropMode, SelectionNotifyEvent,
};
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

use super::{Desktop, DesktopError, HostWindow};

/// What became of a drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropAnswer {
    /// The window has the files.
    Taken,
    /// The window does not want them.
    Refused,
}

impl Desktop {
    /// Drags a file over a place of a window and drops it there. `source` is where it comes from. `[control]`
    ///
    /// # Errors
    /// Where the window does not answer.
    pub fn drop_file(
        &self,
        source: HostWindow,
        window: u32,
        at: (i16, i16),
        path: &Path,
    ) -> Result<DropAnswer, DesktopError> {
        let atom = |name: &str| -> Result<Atom, DesktopError> {
            Ok(self.client.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
        };
        let (selection, list, copy) =
            (atom("XdndSelection")?, atom("text/uri-list")?, atom("XdndActionCopy")?);
        self.client.connection.set_selection_owner(source.id, selection, CURRENT_TIME)?.check()?;
        let place =
            self.client.connection.translate_coordinates(window, self.client.root, at.0, at.1)?.reply()?;
        let place = (u32::from(place.dst_x as u16) << 16) | u32::from(place.dst_y as u16);
        let send = |name: &str, data: [u32; 5]| -> Result<(), DesktopError> {
            let message = ClientMessageEvent::new(32, window, atom(name)?, data);
            Ok(self.client.connection.send_event(false, window, EventMask::NO_EVENT, message)?.check()?)
        };
        send("XdndEnter", [source.id, 5 << 24, list, NONE, NONE])?;
        let (status, finished) = (atom("XdndStatus")?, atom("XdndFinished")?);
        let uri = format!("file://{}\r\n", path.display());
        let mut is_dropped = false;
        let mut answer = None;
        let mut rounds = 0_u32;
        self.wait_for(
            "the answer to a drop",
            || (),
            || {
                // A drag goes on moving until it is welcome.
                if !is_dropped && rounds.is_multiple_of(20) {
                    send("XdndPosition", [source.id, 0, place, CURRENT_TIME, copy])?;
                }
                rounds += 1;
                while let Some(event) = self.client.connection.poll_for_event()? {
                    match event {
                        Event::SelectionRequest(asked) => {
                            self.client
                                .connection
                                .change_property8(
                                    PropMode::REPLACE,
                                    asked.requestor,
                                    asked.property,
                                    asked.target,
                                    uri.as_bytes(),
                                )?
                                .check()?;
                            let told = SelectionNotifyEvent {
                                response_type: x11rb::protocol::xproto::SELECTION_NOTIFY_EVENT,
                                sequence: 0,
                                time: asked.time,
                                requestor: asked.requestor,
                                selection: asked.selection,
                                target: asked.target,
                                property: asked.property,
                            };
                            self.client
                                .connection
                                .send_event(false, asked.requestor, EventMask::NO_EVENT, told)?
                                .check()?;
                        }
                        Event::ClientMessage(message) if message.type_ == status && !is_dropped => {
                            let is_welcome = message.data.as_data32()[1] & 1 != 0;
                            // Until the window has read the list it says no.
                            if is_welcome {
                                send("XdndDrop", [source.id, 0, CURRENT_TIME, NONE, NONE])?;
                                is_dropped = true;
                            } else if rounds > 200 {
                                answer = Some(DropAnswer::Refused);
                            }
                        }
                        Event::ClientMessage(message) if message.type_ == finished => {
                            let is_taken = message.data.as_data32()[1] & 1 != 0;
                            answer = Some(if is_taken { DropAnswer::Taken } else { DropAnswer::Refused });
                        }
                        _ => {}
                    }
                }
                Ok(answer.is_some())
            },
        )?;
        answer.ok_or_else(|| DesktopError::Missed("the answer to a drop".to_owned()))
    }
}
