//! Events while it plays: of a score, typed lines, notes that are ended.

use std::ffi::{c_char, c_int};

use ksmps_data::verbs::Failure;

use super::instance::c_text;
use super::state::{Csound, Performing};
use crate::running::PFIELDS_MAX;

/// A kind of score event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreEvent {
    /// `i`: a note.
    Note,
    /// `f`: a table.
    Table,
    /// `a`: goes on in the score without sound.
    Advance,
    /// `q`: mutes an instrument.
    Mute,
    /// `e`: the end.
    End,
}

impl ScoreEvent {
    pub(super) fn letter(self) -> u8 {
        match self {
            Self::Note => b'i',
            Self::Table => b'f',
            Self::Advance => b'a',
            Self::Mute => b'q',
            Self::End => b'e',
        }
    }
}

/// An instrument, by number or by name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Instrument<'a> {
    /// Its number; the fraction tells notes apart where [`KillMode::is_exact`].
    Number(f64),
    /// Its name.
    Name(&'a str),
}

/// Which of an instrument's notes are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KillWhich {
    /// All of them.
    All,
    /// The one that began first.
    Oldest,
    /// The one that began last.
    Newest,
}

/// Which notes are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KillMode {
    /// Which of those that are meant.
    pub which: KillWhich,
    /// Only notes whose number has exactly this fraction are meant.
    pub is_exact: bool,
    /// Only notes without an end are meant (a negative p3, or MIDI).
    pub only_endless: bool,
}

impl KillMode {
    /// All notes of the instrument.
    pub const ALL: Self = Self { which: KillWhich::All, is_exact: false, only_endless: false };

    fn bits(self) -> c_int {
        let which = match self.which {
            KillWhich::All => 0,
            KillWhich::Oldest => 1,
            KillWhich::Newest => 2,
        };
        which + 4 * c_int::from(self.is_exact) + 8 * c_int::from(self.only_endless)
    }
}

impl Csound<Performing> {
    /// Sends a score event: `pfields` begins with p1, p2 counts from now in seconds. 1,990 p-fields count: Csound would
    /// write beyond its memory with more. `[audio]`
    pub fn score_event(&mut self, event: ScoreEvent, pfields: &[f64]) {
        let (pfields, count) = (pfields.as_ptr(), pfields.len().min(PFIELDS_MAX));
        let (api, cs) = (self.instance.api, self.instance.cs());
        // SAFETY: live instance owned by this thread; Csound copies the p-fields.
        unsafe { (api.score_event)(cs, event.letter() as c_char, pfields, count as _) };
    }

    /// As [`Csound::score_event`], with p2 counted from `offset_seconds` after the start of the performance. `[audio]`
    pub fn score_event_absolute(&mut self, event: ScoreEvent, pfields: &[f64], offset_seconds: f64) {
        let (pfields, count) = (pfields.as_ptr(), pfields.len().min(PFIELDS_MAX));
        let (more, cs) = (self.instance.more, self.instance.cs());
        let letter = event.letter() as c_char;
        // SAFETY: as in `score_event`.
        unsafe { (more.score_event_absolute)(cs, letter, pfields, count as _, offset_seconds) };
    }

    /// Sends a line of score, as if typed. `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] where Csound gave up on it.
    pub fn input_message(&mut self, message: &str) -> Result<(), Failure> {
        let message = c_text(message)?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.instance.guard().message(self.instance.api.input_message, &message) }
    }

    /// Ends notes of an instrument, with their release or at once; `false` where there was none. `[control]`
    ///
    /// # Errors
    /// [`Failure::Nul`] for a name with a NUL byte.
    pub fn kill_instance(
        &mut self,
        instrument: Instrument<'_>,
        mode: KillMode,
        release: bool,
    ) -> Result<bool, Failure> {
        let (number, name) = match instrument {
            // Csound makes an int of it.
            Instrument::Number(number) if !(1.0..1e9).contains(&number) => return Ok(false),
            Instrument::Number(number) => (number, None),
            Instrument::Name(name) => (0.0, Some(c_text(name)?)),
        };
        let name = name.as_ref().map_or(std::ptr::null(), |name| name.as_ptr());
        let (api, cs) = (self.instance.api, self.instance.cs());
        // SAFETY: live instance owned by this thread; the name outlives the call.
        Ok(unsafe { (api.kill_instance)(cs, number, name, mode.bits(), release.into()) } == 0)
    }
}
