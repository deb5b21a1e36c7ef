//! What takes memory inside Csound, and so cannot be done to the engine that plays: orchestra, tables, sound files.
//!
//! These are edits of the project's session. Each builds another engine beside the playing one, which takes over with a
//! fade: held notes go on, the session begins anew, and what was sent to the old engine ends with it. What they add
//! stays in the project. With several at once, one [`Control::edit_session`] builds one engine.

use std::path::PathBuf;

use ksmps_session::{SessionError, Sound, TableId, TableSource};

use super::control::Control;
use super::instance::Ticket;

impl Control {
    /// Adds orchestra: instruments, opcodes, global variables, tables. Whether it compiles is known when the request is
    /// answered ([`Control::wait_for`]): what does not leaves the playing engine alone, and stays in the session until
    /// it is taken out. The same text is added once. `[control]`
    ///
    /// # Errors
    /// Where the session in the project cannot be read.
    pub fn compile(&self, code: &str) -> Result<Ticket, SessionError> {
        self.edit_session(|session| {
            session.add_code(code, true);
            Ok(())
        })
        .map(|((), ticket)| ticket)
    }

    /// Makes a table of these values, interleaved; `rate` is 0 where it is no sound. `[control]`
    ///
    /// # Errors
    /// [`SessionError::BadTable`], and as [`Control::compile`].
    pub fn make_table(
        &self,
        values: Vec<f64>,
        rate: u32,
        channels: usize,
    ) -> Result<(TableId, Ticket), SessionError> {
        self.edit_session(|session| session.make_table(TableSource::Data(values), rate, channels, 0.0, true))
    }

    /// Makes a table of zeros. `[control]`
    ///
    /// # Errors
    /// As [`Control::make_table`].
    pub fn make_empty_table(&self, length: usize) -> Result<(TableId, Ticket), SessionError> {
        self.edit_session(|session| session.make_table(TableSource::Zeros(length), 0, 1, 0.0, true))
    }

    /// Reads a sound file into a table: all channels or one, counted from 1. A file that was read so has its table
    /// already. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`] where it cannot be read, [`SessionError::BadTable`], and as [`Control::compile`].
    pub fn read_soundfile(
        &self,
        path: impl Into<PathBuf>,
        channel: usize,
    ) -> Result<(TableId, Ticket), SessionError> {
        let sound = Sound { path: path.into(), channel, skip: 0.0 };
        self.edit_session(|session| session.read_sound(sound, 0.0, false))
    }
}
