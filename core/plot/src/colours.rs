//! The colours: a light page, one blue, and for levels magma, which stays in order in print and for every eye.

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

pub(super) const PAPER: Rgb = [255, 255, 255];
pub(super) const INK: Rgb = [36, 41, 51];
pub(super) const FAINT_INK: Rgb = [96, 105, 120];
pub(super) const FRAME: Rgb = [150, 158, 172];
pub(super) const GRID: Rgb = [231, 234, 240];
pub(super) const ZERO: Rgb = [184, 191, 203];
/// A curve, and in a sound its root mean square.
pub(super) const CURVE: Rgb = [31, 98, 176];
/// In a sound, where its peaks are.
pub(super) const PEAK: Rgb = [139, 182, 228];
/// Where a value is NaN or infinite.
pub(super) const WARNING: Rgb = [200, 46, 46];
/// In a spectrogram, where there is no level to show.
pub(super) const NO_LEVEL: Rgb = [128, 128, 128];

/// The colour of a level: 0 is the floor, 1 the top. What is outside has the colour of the nearer end.
pub(super) fn level(share: f64) -> Rgb {
    colorous::MAGMA.eval_continuous(share.clamp(0.0, 1.0)).as_array()
}
