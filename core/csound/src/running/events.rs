//! What goes into an instance between cycles and comes out of it: notes, score events, MIDI, answers.

use std::ffi::c_char;

use ksmps_data::verbs::Instances;

use super::Running;
use crate::instance::MidiOut;
use crate::instances::{is_meant, stop};

/// Csound does not check the number of an event's p-fields: 2,100 end the process (measured).
pub(crate) const PFIELDS_MAX: usize = 1990;

impl Running {
    /// Starts an instance in the coming cycle, `offset` frames into it. `pfields` begins with p1; instances of the same p1
    /// that start in one cycle are told apart by the order in which they were sent. p2 should be 0. `[audio]`
    pub fn start(&mut self, pfields: &[f64], offset: u32) {
        let Some(&p1) = pfields.first() else { return };
        let count = pfields.len().min(PFIELDS_MAX);
        // SAFETY: live instance owned by this thread; Csound copies the p-fields.
        unsafe {
            (self.raw.api.score_event)(self.raw.cs.as_ptr(), b'i' as c_char, pfields.as_ptr(), count as _);
        }
        self.raw.host().opcodes.starts.note(p1, offset);
    }

    /// Sends a score event for Csound's own queue: `pfields` begins with p1, p2 counts from now in seconds. Events
    /// go one cycle each, in the order they are sent. `[audio]`
    pub fn send_event(&mut self, kind: u8, pfields: &[f64]) {
        let count = pfields.len().min(PFIELDS_MAX);
        // SAFETY: live instance owned by this thread; Csound copies the p-fields.
        unsafe {
            (self.raw.api.score_event)(self.raw.cs.as_ptr(), kind as c_char, pfields.as_ptr(), count as _);
        }
    }

    /// Releases the instance with exactly this p1. `[audio]`
    pub fn release(&mut self, p1: f64) {
        self.stop_now(Instances::Exactly(p1), true);
    }

    /// Ends the instance with exactly this p1 without its release. `[audio]`
    pub fn kill(&mut self, p1: f64) {
        self.stop_now(Instances::Exactly(p1), false);
    }

    /// Stops instances before the coming cycle, with or without their release; none is fine. `[audio]`
    pub fn stop_now(&mut self, which: Instances, release: bool) {
        // Csound prints a warning where there is none: look first.
        if self.raw.layout.is_none() || self.active().any(|active| is_meant(active, which)) {
            stop(self.raw.api, self.raw.cs.as_ptr(), which, release);
        }
    }

    /// Hands a channel message to Csound's MIDI opcodes in the coming cycle, `offset` frames into it; `false` where
    /// the cycle has no room left. `[audio]`
    pub fn midi_in(&mut self, bytes: [u8; 3], len: u8, offset: u32) -> bool {
        self.raw.host().opcodes.starts.midi(bytes, len, offset)
    }

    /// What the orchestra sent in the last cycle. `[audio]`
    pub fn midi_out(&mut self) -> &[MidiOut] {
        &self.raw.host().midi_out
    }

    /// What events said with `outvalue "__sync__"` in the last cycle: that their answers are there. `[audio]`
    pub fn synced(&mut self) -> &[f64] {
        &self.raw.host().synced
    }
}
