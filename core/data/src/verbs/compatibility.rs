//! Which of two rules holds where the reference's documents and its recordings differ.

use serde::{Deserialize, Serialize};

use super::EventId;

/// What the reference's documents say and what it was recorded to do are not always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Compatibility {
    /// The documents.
    #[default]
    Documented,
    /// The recordings of csoundengine 2.23, for what was written around its slips: the end marker counts from the
    /// time of an event's scheduling, perform does nothing where nothing was scheduled or compiled since, lines of
    /// more than 950 points move in pieces, unsched does not find a named instance (`synth.0002`), and sample-accurate
    /// starts are Csound's own, with the defect of its `outch`. Code that does not compile and instrument numbers that
    /// do not exist are passed over in silence.
    Recorded,
}

/// In [`Compatibility::Recorded`] longer lines move in pieces of this many points.
const RECORDED_PIECE: usize = 950;

impl Compatibility {
    /// Whether unsched does not find an event. `[any]`
    pub fn misses(self, id: &EventId) -> bool {
        self == Self::Recorded && id.is_unique() && id.is_named()
    }

    /// How many points of a line move in one piece. `[any]`
    pub fn line_piece(self) -> usize {
        if self == Self::Recorded { RECORDED_PIECE } else { usize::MAX }
    }

    /// Whether a line's last value is written even where its last cycle comes before its last point. `[any]`
    pub fn settles_lines(self) -> bool {
        self == Self::Documented
    }
}
