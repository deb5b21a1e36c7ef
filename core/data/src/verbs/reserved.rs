//! Instrument numbers that are not the user's.

/// Instrument numbers that users may not define: the engine's own and those Csound gives to names.
pub const RESERVED_NUMBERS: std::ops::RangeInclusive<u32> = 1..=99;

/// A range of instrument numbers that users may not define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedRange {
    /// Whose it is.
    pub owner: String,
    /// Its first number.
    pub first: u32,
    /// Its last number.
    pub last: u32,
}
