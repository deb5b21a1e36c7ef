//! VST3's texts: 16-bit units with a zero at the end, in fields of 128.

use vst3::Steinberg::Vst::{String128, TChar};

/// Texts of hosts that are longer are no texts.
const UNITS_MAX: usize = 4096;

/// Writes as much of a text as fits before the closing zero.
pub(super) fn write_text(to: &mut String128, text: &str) {
    to.fill(0);
    let room = to.len() - 1;
    for (to, unit) in to[..room].iter_mut().zip(text.encode_utf16()) {
        *to = unit as _;
    }
}

/// Reads a text; `None` for none, and for one without an end.
///
/// # Safety
/// `text` is null or points to units of which one is zero.
pub(super) unsafe fn read_text(text: *const TChar) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: The caller answers for the zero, and nothing is read behind it.
    let units: Vec<u16> =
        (0..UNITS_MAX).map(|at| unsafe { *text.add(at) }).take_while(|unit| *unit != 0).collect();
    (units.len() < UNITS_MAX).then(|| String::from_utf16_lossy(&units))
}
