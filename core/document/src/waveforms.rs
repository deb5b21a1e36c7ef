//! The built-in waveforms of which `vco2` needs band-limited tables, told from the text.
//!
//! Each waveform takes 4 to 8 MB and some milliseconds. So only those are named that a mode in the text can mean; a mode that is
//! computed may mean any. An orchestra that makes tables itself (`vco2init`) has them as it says: to make them again would
//! change its sound.

use super::macros;
use super::scan::{self, Scan};

/// All of them, as `vco2init` counts them.
const ALL: u32 = 31;
/// The waveform of each mode, as `vco2` has it; the last one is the user's own.
const OF_MODES: [u32; 8] = [0, 0, 1, 2, 1, 3, 4, 5];
const USERS_OWN: u32 = 5;
/// The place of the mode among the arguments.
const MODE: usize = 2;

/// The waveforms whose tables the first notes would make, a bit for each as `vco2init` counts them.
pub(super) fn read(orchestra: &Scan) -> u32 {
    let mut waveforms = 0;
    for (_, statement) in macros::statements(&orchestra.code) {
        for (at, word) in scan::words(&statement) {
            match word {
                "vco2init" => return 0,
                "vco2" => waveforms |= of_call(&statement[..at], &statement[at + word.len()..]),
                _ => {}
            }
        }
    }
    waveforms
}

/// The waveforms that one call can mean, of what stands before it in its statement and behind its name.
fn of_call(before: &str, behind: &str) -> u32 {
    let typed = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let rest = behind.strip_prefix(':').map_or(behind, |rest| &rest[typed(rest)..]).trim_start();
    // `aout vco2 …` has no parenthesis round all of its arguments.
    let is_function = rest.starts_with('(') && !is_output(before.trim());
    let listed = if is_function { rest[1..].to_owned() + ")" } else { rest.to_owned() };
    let arguments = arguments(&listed);
    match arguments.get(MODE).map(|mode| mode.trim().parse::<f64>()) {
        None => of_mode(0),
        Some(Ok(mode)) => of_mode(mode.round() as i64 as u32),
        Some(Err(_)) => ALL,
    }
}

fn of_mode(mode: u32) -> u32 {
    let waveform = OF_MODES[((mode & 14) >> 1) as usize];
    // An odd one leaves the oscillator as it is.
    if mode & 1 == 1 || waveform == USERS_OWN { 0 } else { 1 << waveform }
}

/// Whether this is the one audio variable that an opcode writes.
fn is_output(before: &str) -> bool {
    let is_word =
        !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word && (before.starts_with('a') || before.starts_with("ga"))
}

/// What stands between commas, up to the end or to a parenthesis that was not opened here.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_usize, 0, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth == 0 => {
                found.push(&text[from..at]);
                return found;
            }
            b')' | b']' => depth -= 1,
            b',' if depth == 0 => {
                found.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[from..]);
    found
}

#[cfg(test)]
mod tests {
    use super::super::scan::Language;
    use super::*;

    #[test]
    fn only_the_waveforms_that_are_meant_are_named() {
        let table = [
            ("aout poscil 1, 440", 0),
            ("aout vco2 kamp, 440", 1),
            ("aout vco2 (kamp), (440)", 1),
            ("aout vco2 (kamp + 1) * 2, table:k(3, 4), 10", 1 << 3),
            ("asaw = vco2:a(iamp, kfreq)", 1),
            ("asquare = vco2(iamp, kfreq, 10) * vco2(1, max(kfreq, 3), 12.0)", 1 << 3 | 1 << 4),
            ("outs vco2(1, 440, 2, 0.5), vco2(1, 440, 4, 0.5)", 1 | 1 << 1),
            ("aout = vco2:a(1, kfreq, 16, 0.5, iphase)", 1),
            ("aout vco2 1, 440, 8 ; , 12", 1 << 1),
            ("aout vco2 1, 440, \\\n 6, 0.3", 1 << 2),
            ("aout vco2 1, 440, 1", 0),
            ("aout vco2 1, 440, imode", ALL),
            ("aout vco2 1, 440, ishape > 0.5 ? 10 : 0", ALL),
            ("#define SQUARE #10#\naout vco2 1, 440, $SQUARE", 1 << 3),
            ("aout vco2 1, 440, $UNKNOWN", ALL),
            ("aout vco2 1, 440, 14\ngitab vco2init -1, 100, 0, 0, 0, 1", 0),
            ("aout vco2 1, 440\nitab = vco2init(1, 100, 1.5)", 0),
            ("Stext = \"vco2 1, 1, 10\"", 0),
        ];
        for (text, expected) in table {
            assert_eq!(read(&scan::scan(text, Language::Orchestra)), expected, "{text}");
        }
    }
}
