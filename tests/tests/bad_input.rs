//! Documents that are wrong, each in the built plugins: a message, no crash, no stuck sound, and the next good
//! document plays. A test program of its own, because what goes wrong here takes the process with it.

use std::thread;
use std::time::Duration;

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;
use serde_json::Value;

const RATE: f64 = 48_000.0;

const GOOD: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr good ;@notes\n  pset 0, 0, 0, 60\n  ikey = p4\n\
    a1 = poscil:a(0.2, 440) * linsegr:a(1, 0.02, 0)\n  outs a1, a1\nendin\n";

fn open(format: Format) -> Instance {
    let library = bundle::library(format).unwrap_or_else(|error| panic!("{error}"));
    Instance::open(format, &library, Kind::Instrument.name()).expect("it opens")
}

/// Plays a note and gives what is left of it a second later.
fn play_note(instance: &mut Instance) -> (f32, f32) {
    let script = Script::parse("0.1 note 60 100 0.2", RATE).expect("reads");
    let sound = instance.play(&Plan::new(script, 3 * RATE as u64)).expect("it plays");
    assert!(sound.channels.iter().flatten().all(|sample| sample.is_finite()), "a sample is no number");
    let peak = |from: f64, to: f64| {
        let samples = &sound.channels[0][(from * RATE) as usize..(to * RATE) as usize];
        samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
    };
    (peak(0.0, 2.0), peak(2.0, 3.0))
}

fn report(instance: &mut Instance) -> Value {
    instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is")
}

/// Whether the instance says something, within a second: messages come from another thread.
fn says(instance: &mut Instance, message: &str) -> bool {
    (0..100).any(|_| {
        let report = report(instance);
        let said = ["diagnostics", "problems", "console"].map(|field| report[field].to_string()).concat();
        let is_said = said.to_lowercase().contains(message);
        if !is_said {
            thread::sleep(Duration::from_millis(10));
        }
        is_said
    })
}

/// Loads a bad document, plays a note, and sees to it that there is a message that holds `message`, that nothing
/// sounds on, and that a good document plays afterwards.
#[track_caller]
fn check(document: &str, message: &str) {
    for format in Format::BUNDLES {
        let mut instance = open(format);
        instance.load(document, None).expect("the state is fine, whatever the document is");
        instance.activate(RATE, 512).expect("it activates");
        let (_, rest) = play_note(&mut instance);
        assert!(rest < 1e-3, "{format:?}: {rest} sounds on\n{document}");
        assert!(
            says(&mut instance, message),
            "{format:?}: nothing says `{message}`: {:#}\n{document}",
            report(&mut instance)
        );

        instance.load(GOOD, None).expect("the good one goes in");
        instance.activate(RATE, 512).expect("it activates");
        let (peak, rest) = play_note(&mut instance);
        assert!(
            peak > 0.05 && rest < 1e-3,
            "{format:?}: the good one gives {peak} and {rest} after\n{document}"
        );
    }
}

fn instrument(body: &str) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr bad ;@notes\n  pset 0, 0, 0, 60\n  ikey = p4\n  {body}\nendin\n"
    )
}

fn with_score(score: &str) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n{GOOD}</CsInstruments>\n<CsScore>\n{score}\n</CsScore>\n\
         </CsoundSynthesizer>\n"
    )
}

#[test]
fn a_syntax_error() {
    check(&instrument("a1 oscil 0.5,"), "line");
}

#[test]
fn an_opcode_that_does_not_exist() {
    check(&instrument("a1 nosuchopcode 1"), "nosuchopcode");
}

#[test]
fn an_instrument_that_does_not_exist() {
    check(&with_score("i \"nobody\" 0 1"), "nobody");
}

#[test]
fn a_comment_without_an_end() {
    check(&format!("{GOOD}/* and so on"), "comment");
}

#[test]
fn a_score_line_that_is_none() {
    check(&with_score("i 1 0 [1 +"), "score");
}

#[test]
fn an_instrument_that_leaves_with_exitnow() {
    check(&instrument("exitnow"), "exitnow");
}

#[test]
fn a_missing_include_and_a_missing_sound_file() {
    check(&format!("#include \"nowhere.inc\"\n{GOOD}"), "nowhere.inc");
    check(&instrument("a1 diskin2 \"nowhere.wav\", 1\n  outs a1, a1"), "nowhere.wav");
}

#[test]
fn samples_that_are_no_numbers() {
    check(&instrument("kneg init -1\n  a1 = a(sqrt(kneg))\n  outs a1, a1"), "number");
    check(&instrument("kzero init 0\n  a1 = a(1 / kzero)\n  outs a1, a1"), "number");
}

#[test]
fn an_instrument_that_calls_itself() {
    check(&instrument("schedule \"bad\", 0, 1, 60"), "");
}

#[test]
fn an_empty_document_and_one_of_nothing_but_noise() {
    check("", "");
    check(&"\u{1}\u{2}<>{{ \"".repeat(100), "");
}

/// Half-typed texts that end the process inside Csound: the file in `tests/faults/half-typed`, and what is said.
const HALF_TYPED: [(&str, &str); 11] = [
    ("elseif-half.orc", "syntax error at `then`"),
    ("init-in-note.orc", "no value behind `init`"),
    ("init-without-value.orc", "no value behind `init`"),
    ("macro-comma.orc", "the macro g"),
    ("macro-unclosed.orc", "the macro g"),
    ("score-define-open.csd", "never closed"),
    ("score-macro-short.csd", "the macro g"),
    ("score-mark-256.csd", "longer than csound"),
    ("score-name-300.csd", "longer than csound"),
    ("string-assign-open.orc", "no value behind `=`"),
    ("untyped-index.orc", "has no type"),
];

#[test]
fn half_typed_texts_while_the_good_one_plays() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/half-typed");
    for format in Format::BUNDLES {
        let mut instance = open(format);
        instance.load(GOOD, None).expect("the good one goes in");
        instance.activate(RATE, 512).expect("it activates");
        for (name, message) in HALF_TYPED {
            let text = std::fs::read_to_string(folder.join(name)).expect("it is there");
            instance.load(&text, None).expect("the state is fine, whatever the document is");
            assert!(says(&mut instance, message), "{format:?} {name}: {:#}", report(&mut instance));
            let (peak, rest) = play_note(&mut instance);
            assert!(peak > 0.05 && rest < 1e-3, "{format:?} {name}: the good one gives {peak} and {rest}");
        }
    }
}

#[test]
fn a_column_that_is_written_beyond_its_array() {
    check(include_str!("../faults/half-typed/setcol-abort.csd"), "setcol");
}
