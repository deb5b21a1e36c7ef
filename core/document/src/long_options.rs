//! `<CsOptions>` behind two dashes: which are passed, with which values.

use super::options::Verdict::{self, Drop, Pass, Refuse};
use super::options::{
    REMEDY_INPUT, REMEDY_MIDI_FILE, REMEDY_RATE, REMEDY_UNKNOWN, REMEDY_VALUE, is_device, tempo,
};

/// Long options that the sound does not depend on, or that the host decides.
const DROPPED: [&str; 53] = [
    "aiff",
    "au",
    "wave",
    "ircam",
    "ogg",
    "mpeg",
    "noheader",
    "rewrite",
    "nopeaks",
    "format",
    "iobufsamps",
    "hardwarebufsamps",
    "orc",
    "cscore",
    "nodisplays",
    "displays",
    "defer-gen1",
    "midioutfile",
    "asciidisplay",
    "postscriptdisplay",
    "heartbeat",
    "csd-line-nums",
    "midi-device",
    "nosound",
    "notify",
    "output",
    "print_version",
    "keep-sorted-score",
    "simple-sorted-score",
    "expression-opt",
    "no-expression-opt",
    "terminate-on-midi",
    "verbose",
    "dither",
    "dither-uniform",
    "dither-triangular",
    "num-threads",
    "realtime",
    "new-parser",
    "old-parser",
    "sco-parser",
    "daemon",
    "vbr-quality",
    "vbr",
    "sched",
    "sample-rate",
    "use-system-sr",
    "default-ksmps",
    "list-opcodes",
    "help",
    "version",
    "devices",
    "midi-devices",
];

/// Options that take a whole number from 1.
const MIDI_PFIELDS: [&str; 6] =
    ["midi-key", "midi-key-cps", "midi-key-oct", "midi-key-pch", "midi-velocity", "midi-velocity-amp"];
const MESSAGE_PARTS: [&str; 8] =
    ["m-amps", "m-range", "m-warnings", "m-raw", "m-dB", "m-colours", "m-colors", "m-benchmarks"];
/// Folders that Csound searches; no other variable is set by a document.
const SEARCH_FOLDERS: [&str; 5] = ["INCDIR", "SSDIR", "SFDIR", "SADIR", "MFDIR"];

const REMEDY_PORT: &str =
    "start the host with KSMPS_PORT=7770 in its environment; docs/hosts.md says what it does";
/// Highest p-field number that a MIDI option may name.
const PFIELD_MAX: u32 = 999;
/// More channels than this crash Csound.
pub(super) const CHANNELS_MAX: u32 = 256;

/// An option behind two dashes.
pub(super) fn verdict(option: &str) -> Verdict {
    for kind in ["omacro:", "smacro:", "env:"] {
        if let Some(assignment) = option.strip_prefix(kind) {
            return assignment_option(kind, assignment);
        }
    }
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    let whole = |lowest: u32, highest: u32| match value.and_then(|value| value.parse::<u32>().ok()) {
        Some(number) if (lowest..=highest).contains(&number) => Pass(format!("--{name}={number}")),
        _ => Refuse(
            format!("--{name} needs a whole number {lowest} to {highest} and is left out"),
            REMEDY_VALUE,
        ),
    };
    match name {
        "ksmps" => whole(1, 1 << 20),
        "nchnls" | "nchnls_i" => whole(1, CHANNELS_MAX),
        "0dbfs" => whole(1, 1 << 30),
        "messagelevel" => whole(0, 1023),
        "sinesize" => whole(16, 1 << 20),
        "fftlib" => whole(0, 1),
        _ if MESSAGE_PARTS.contains(&name) => whole(0, 1),
        _ if MIDI_PFIELDS.contains(&name) => whole(1, PFIELD_MAX),
        "tempo" => value.map_or_else(|| Refuse("--tempo lacks its value".into(), REMEDY_VALUE), tempo),
        "sample-accurate" | "aft-zero" | "default-paths" | "no-default-paths" if value.is_none() => {
            Pass(format!("--{name}"))
        }
        _ if name.strip_prefix("strset").is_some_and(|slot| slot.parse::<u16>().is_ok())
            && value.is_some() =>
        {
            Pass(format!("--{option}"))
        }
        "control-rate" => {
            Refuse("--control-rate is left out: it follows from the host's rate".into(), REMEDY_RATE)
        }
        "midifile" => match value.filter(|value| !value.is_empty() && !is_device(value)) {
            Some(file) => Pass(format!("-F{file}")),
            None => Refuse("no MIDI is read from a device".into(), REMEDY_MIDI_FILE),
        },
        "input" if value.is_some_and(|value| value.starts_with("adc")) => Drop,
        "input" => Refuse("the input file is not read".into(), REMEDY_INPUT),
        // Csound limits its own output buffer, also where a host reads it.
        "limiter" => match value.map_or(Some(0.5), |value| value.parse::<f64>().ok()) {
            Some(level) if level > 0.0 && level <= 1.0 => Pass(format!("--limiter={level}")),
            _ => Refuse("--limiter wants a level above 0, at most 1".into(), REMEDY_VALUE),
        },
        "port" => Refuse("--port is left out: no document opens a port".into(), REMEDY_PORT),
        "i-only" | "syntax-check-only" | "utility" | "extract-score" | "logfile" | "score-in"
        | "opcode-lib" | "opcode-dir" | "udp-echo" | "udp-console" | "udp-mirror-console" => {
            Refuse(format!("--{name} is left out"), "take it out")
        }
        _ if DROPPED.contains(&name) => Drop,
        _ => Refuse(format!("--{name} is unknown and is left out"), REMEDY_UNKNOWN),
    }
}

/// `--omacro:NAME=text`, `--smacro:NAME=text`, `--env:NAME=folder`.
fn assignment_option(kind: &str, assignment: &str) -> Verdict {
    let (name, value) = assignment.split_once('=').unwrap_or((assignment, ""));
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if kind == "env:" {
        let variable = name.trim_end_matches('+');
        if !SEARCH_FOLDERS.contains(&variable) {
            return Refuse(
                format!("--env:{variable} is left out"),
                "INCDIR, SSDIR, SFDIR, SADIR and MFDIR can be set; relative paths start in the document's folder",
            );
        }
        return Pass(format!("--{kind}{assignment}"));
    }
    if is_name {
        Pass(format!("--{kind}{name}={value}"))
    } else {
        Refuse(format!("--{kind} needs a name and is left out"), "write --omacro:NAME=text")
    }
}
