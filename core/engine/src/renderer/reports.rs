//! What a block has to tell the host beside its sound.

use ksmps_csound::{MemoryTaken, MidiOut};
use ksmps_data::event::NoteName;

use crate::CycleReport;

/// Notes that can end, and messages that can be sent, in one block before some go unreported.
pub const REPORTS_MAX: usize = 1024;

/// What a block has to tell the host. Its room is made once.
#[derive(Debug)]
pub struct Reports {
    /// Voices that ended, with the frame of the block.
    pub ended: Vec<(u32, NoteName)>,
    /// MIDI that the orchestra sent, with the frame of the block.
    pub midi_out: Vec<(u32, MidiOut)>,
    /// Events that found no room.
    pub dropped_events: u32,
    /// Samples that were not numbers and were silenced.
    pub silenced_samples: u32,
    /// Another engine plays from the block's first frame on: what the one before had begun elsewhere, such as notes that
    /// it sent by MIDI, it will not end.
    pub has_other_engine: bool,
    /// Parameters with `send` that the orchestra wrote: the frame of the block, the slot, the normalized value.
    pub params: Vec<(u32, u16, f64)>,
    /// Whether a note arrived that the engine does not play ([`crate::EngineInfo::refused_note`]).
    pub note_refused: bool,
    /// Memory that Csound took in the block's cycles.
    pub taken: MemoryTaken,
    /// The frame of the block at which the cycle at hand was performed.
    pub(super) frame: u32,
}

impl Default for Reports {
    fn default() -> Self {
        Self {
            ended: Vec::with_capacity(REPORTS_MAX),
            midi_out: Vec::with_capacity(REPORTS_MAX),
            dropped_events: 0,
            silenced_samples: 0,
            has_other_engine: false,
            params: Vec::with_capacity(REPORTS_MAX),
            note_refused: false,
            taken: MemoryTaken::default(),
            frame: 0,
        }
    }
}

impl Reports {
    /// Forgets the last block. `[audio]`
    pub fn clear(&mut self) {
        self.ended.clear();
        self.midi_out.clear();
        self.dropped_events = 0;
        self.silenced_samples = 0;
        self.has_other_engine = false;
        self.params.clear();
        self.note_refused = false;
        self.taken = MemoryTaken::default();
    }

    /// A note ended at a frame of the block; without room it goes unreported. `[audio]`
    pub fn note_ended_at(&mut self, frame: u32, note: NoteName) {
        if self.ended.len() < REPORTS_MAX {
            self.ended.push((frame, note));
        }
    }

    /// The orchestra sent a message at a frame of the block; one without room counts as dropped. `[audio]`
    pub fn midi_out_at(&mut self, frame: u32, message: MidiOut) {
        if self.midi_out.len() < REPORTS_MAX {
            self.midi_out.push((frame, message));
        } else {
            self.dropped_events += 1;
        }
    }
}

impl CycleReport for Reports {
    fn note_ended(&mut self, note: NoteName) {
        self.note_ended_at(self.frame, note);
    }

    fn midi_out(&mut self, message: MidiOut) {
        self.midi_out_at(self.frame, message);
    }

    fn dropped(&mut self, count: u32) {
        self.dropped_events += count;
    }

    fn note_refused(&mut self) {
        self.note_refused = true;
    }

    fn param_written(&mut self, slot: u16, normalized: f64) {
        if self.params.len() < REPORTS_MAX {
            self.params.push((self.frame, slot, normalized));
        }
    }

    fn memory_taken(&mut self, taken: MemoryTaken) {
        self.taken = self.taken.and(taken);
    }
}
