//! The command lines.

use std::fmt;
use std::path::Path;

/// A command line.
pub struct Case {
    /// The document, from the repository's folder on; `None` for a utility.
    pub document: Option<&'static str>,
    /// What comes before the document, in words that have no blanks.
    pub options: &'static str,
    /// A file that csound is to make: so that a case that does nothing is seen. `None` where it makes none.
    pub makes: Option<&'static str>,
}

const fn case(document: &'static str, options: &'static str, makes: &'static str) -> Case {
    Case { document: Some(document), options, makes: Some(makes) }
}

/// A case that makes no file: only its end is compared.
const fn silent(document: &'static str, options: &'static str) -> Case {
    Case { document: Some(document), options, makes: None }
}

const fn utility(arguments: &'static str, makes: &'static str) -> Case {
    Case { document: None, options: arguments, makes: Some(makes) }
}

impl Case {
    pub fn arguments(&self, root: &Path) -> Vec<String> {
        let path = |name: &str| root.join(name).display().to_string();
        let mut arguments: Vec<String> = self.options.split_whitespace().map(str::to_owned).collect();
        if let Some(document) = self.document {
            for argument in &mut arguments {
                // A MIDI file of the repository's.
                if let Some(file) = argument.strip_prefix("-F") {
                    *argument = format!("-F{}", path(file));
                }
            }
            arguments.push(path(document));
            if let Some(orchestra) = document.strip_suffix(".orc") {
                arguments.push(path(&format!("{orchestra}.sco")));
            }
        }
        arguments
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "csound {} {}", self.options, self.document.unwrap_or_default())
    }
}

macro_rules! own {
    ($name:literal) => {
        concat!("core/csound/tests/front_end/documents/", $name)
    };
}

/// What other cases read, made by csound beforehand.
pub const PREPARED: &[Case] = &[
    case(own!("tone.csd"), "-o tone.wav", "tone.wav"),
    utility("-U pvanal -c 1 -n 512 -h 256 tone.wav tone.pvx", "tone.pvx"),
];

pub const CASES: &[Case] = &[
    // How the sound is written.
    case(own!("tone.csd"), "-o out.wav", "out.wav"),
    case(own!("aiff-24-bits.csd"), "", "out.aif"),
    case(own!("raw-floats.csd"), "", "out.raw"),
    case(own!("flac.csd"), "", "out.flac"),
    case(own!("unsigned-bytes.csd"), "", "test.wav"),
    case(own!("four-channels.csd"), "--format=wavex --format=double -o out.wav", "out.wav"),
    case(own!("written-by-fout.csd"), "", "left.wav"),
    case(own!("sample-accurate.csd"), "-W -f -K -o out.wav", "out.wav"),
    // Sound input.
    case(own!("input-filtered.csd"), "-o out.wav", "out.wav"),
    case(own!("input-delayed.csd"), "-itone.wav -o out.wav", "out.wav"),
    case(
        "instruments/ducking-smear/ducking-smear.csd",
        "-Finstruments/demo.mid -T -i tone.wav -o out.wav",
        "out.wav",
    ),
    case("instruments/echo/echo.csd", "-Finstruments/demo.mid -T -i tone.wav -f -o out.wav", "out.wav"),
    case("instruments/hall/hall.csd", "-Finstruments/demo.mid -T -i tone.wav -3 -o out.wav", "out.wav"),
    // MIDI files.
    case(own!("midi-notes.csd"), "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case(own!("midi-controllers.csd"), "-Finstruments/demo.mid -o out.wav", "out.wav"),
    case(own!("midi-pfields.csd"), "-Finstruments/demo.mid -o out.wav", "out.wav"),
    case(own!("midi-written.csd"), "", "out.mid"),
    case("instruments/bell/bell.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("instruments/drift/drift.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("instruments/tine/tine.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("tests/documents/wide/midi.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("instruments/glass-keys/glass-keys.csd", "-Finstruments/demo.mid -o out.wav", "out.wav"),
    // Options.
    case(
        own!("option-macros.csd"),
        "--omacro:LEVEL=0.4 --omacro:CUT=1500 --smacro:LENGTH=0.3 -o out.wav",
        "out.wav",
    ),
    case(own!("rates.csd"), "-r 48000 -k 480 -o out.wav", "out.wav"),
    case(own!("tempo.csd"), "-t 400 --ksmps=7 -o out.wav", "out.wav"),
    case(own!("begun-later.csd"), "-+skip_seconds=0.6 -o out.wav", "out.wav"),
    case(own!("zak-and-reverb.csd"), "--nchnls=4 --0dbfs=2 -o out.wav", "out.wav"),
    case(own!("arrays.csd"), "--sample-rate=32000 --m-amps=0 -b 128 -B 512 -o out.wav", "out.wav"),
    silent(own!("recursion.csd"), "--syntax-check-only"),
    silent(own!("scheduled.csd"), "-n --no-such-option"),
    // Orchestra and score, includes, files.
    case(own!("separate.orc"), "-o out.wav", "out.wav"),
    case(own!("included.csd"), "-o out.wav", "out.wav"),
    case(own!("sample-in-a-table.csd"), "-o out.wav", "out.wav"),
    case(own!("spectrum.csd"), "-o out.wav", "out.wav"),
    case(own!("analysed.csd"), "-o out.wav", "out.wav"),
    case(own!("embedded-file.csd"), "-o out.wav", "out.wav"),
    // Language.
    case(own!("tables.csd"), "-o out.wav", "out.wav"),
    case(own!("scheduled.csd"), "-o out.wav", "out.wav"),
    case(own!("zak-and-reverb.csd"), "-o out.wav", "out.wav"),
    case(own!("recursion.csd"), "-o out.wav", "out.wav"),
    case(own!("arrays.csd"), "-o out.wav", "out.wav"),
    case("instruments/kit-and-piece/kit-and-piece.csd", "-o out.wav", "out.wav"),
    case("tests/documents/score-and-macros.csd", "-o out.wav", "out.wav"),
    case("tests/documents/wide/control-flow.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("tests/documents/wide/effect.csd", "-i tone.wav -o out.wav", "out.wav"),
    case("tests/documents/wide/macros.csd", "-W -o out.wav", "out.wav"),
    case("tests/documents/wide/sections.csd", "-o out.wav", "out.wav"),
    case("tests/documents/wide/sequencer.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("tests/documents/wide/strings-and-score.csd", "-Finstruments/demo.mid -T -o out.wav", "out.wav"),
    case("tests/faults/text/chn_k-then-chnset.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/comment-glued-to-an-option.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/latin-1.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/missing-file-while-playing.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/only-sr-48000.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/only-sr-96000.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/outvalue-heard-by-invalue.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/score-loop-unclosed.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/string-over-two-lines-in-score.csd", "-o out.wav", "out.wav"),
    case("tests/faults/text/text-before-the-first-tag.csd", "-o out.wav", "out.wav"),
    // Errors and ends.
    case(own!("faulty-note.csd"), "-o out.wav", "out.wav"),
    case(own!("exits.csd"), "-o out.wav", "out.wav"),
    silent(own!("not-there.csd"), "-n"),
    // Utilities, through the same front end.
    utility("-U pvanal -c 1 -n 1024 -h 512 tone.wav again.pvx", "again.pvx"),
    utility("-U lpanal -p 12 -h 200 tone.wav tone.lpc", "tone.lpc"),
    utility("-U hetro -c 1 -f 220 -h 6 tone.wav tone.het", "tone.het"),
    utility("-U envext -o tone.env tone.wav", "tone.env"),
    utility("-U scale -F 0.5 -o half.wav tone.wav", "half.wav"),
    Case { document: None, options: "-U sndinfo tone.wav", makes: None },
    Case { document: None, options: "-U no-such-utility", makes: None },
];
