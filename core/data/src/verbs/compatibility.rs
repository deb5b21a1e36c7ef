//! Which of two rules holds where the reference's documents and its recordings differ.

/// What the reference's documents say and what it was recorded to do are not always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
