//! Whether a document is written for Csound's own MIDI input.

use super::options::CsOption;
use super::scan;

/// Opcodes that read Csound's MIDI input.
const MIDI_OPCODES: [&str; 64] = [
    "aftouch",
    "ampmidi",
    "ampmidicurve",
    "ampmidid",
    "chanctrl",
    "cpsmidi",
    "cpsmidib",
    "cpstmid",
    "ctrl14",
    "ctrl21",
    "ctrl7",
    "ctrlpreset",
    "ctrlprint",
    "ctrlselect",
    "initc14",
    "initc21",
    "initc7",
    "midic14",
    "midic21",
    "midic7",
    "midichannelaftertouch",
    "midichn",
    "midicontrolchange",
    "midictrl",
    "mididefault",
    "midiin",
    "midinoteoff",
    "midinoteoncps",
    "midinoteonkey",
    "midinoteonoct",
    "midinoteonpch",
    "midipgm",
    "midipitchbend",
    "midipolyaftertouch",
    "midiprogramchange",
    "notnum",
    "octmidi",
    "octmidib",
    "pchbend",
    "pchmidi",
    "pchmidib",
    "polyaft",
    "slider16",
    "slider16f",
    "slider16table",
    "slider16tablef",
    "slider32",
    "slider32f",
    "slider32table",
    "slider32tablef",
    "slider64",
    "slider64f",
    "slider64table",
    "slider64tablef",
    "slider8",
    "slider8f",
    "slider8table",
    "slider8tablef",
    "sliderKawai",
    "s16b14",
    "s32b14",
    "veloc",
    "midiarp",
    "ctrlinit",
];

/// Whether a document is written for Csound's own MIDI input.
pub(super) fn uses_midi(code: &str, options: &[CsOption]) -> bool {
    let by_option = options.iter().any(|option| {
        option.argument.starts_with("--midi-key") || option.argument.starts_with("--midi-velocity")
    });
    by_option || code.lines().any(line_uses_midi)
}

fn line_uses_midi(line: &str) -> bool {
    // `massign 0, 0` takes notes away from all instruments: no sign that MIDI is wanted.
    let assign = scan::words(line).find(|(_, word)| matches!(*word, "massign" | "pgmassign"));
    let assigns = assign.is_some_and(|(at, word)| {
        let arguments = &line[at + word.len()..];
        arguments.split(',').nth(1).is_none_or(|target| target.trim().trim_end_matches(')').trim() != "0")
    });
    assigns || scan::words(line).any(|(_, word)| MIDI_OPCODES.contains(&word))
}
