//! Seam: `csound` and `engine::build` against what is known to end a host. Each test is one of those.

use ksmps_core::csound::{Failure, MessageReader, Performed, Preparing, Running};
use ksmps_core::document::{Document, KeptValues};
use ksmps_core::engine::{self, BuildRequest};
use ksmps_core::needs::Needs;
use ksmps_core::params::{SlotMap, SlotValues};

const TONE: &str = "ksmps=32\nnchnls=1\n0dbfs=1\ninstr 1\nout oscili:a(0.5, 440)\nendin\n";

fn start(orchestra: &str, score: &str) -> Running {
    let mut preparing = Preparing::create().unwrap();
    preparing.compile(orchestra).unwrap();
    preparing.read_score(score).unwrap();
    preparing.start().unwrap()
}

/// The errors of a text that must not build.
fn errors(text: &str) -> Vec<String> {
    let document = match Document::parse(text, None) {
        Ok(document) => document,
        Err(diagnostics) => return diagnostics.iter().map(ToString::to_string).collect(),
    };
    let (mut slots, values) = (SlotMap::default(), SlotValues::default());
    let request = BuildRequest {
        document: &document,
        session: None,
        rate: 48_000.0,
        slots: &mut slots,
        values: &values,
        kept: &KeptValues::default(),
        given: Needs::default(),
    };
    match engine::build(request) {
        Ok(_) => panic!("this should not build:\n{text}"),
        Err(error) => error.0.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_thousand_engines_are_built_and_destroyed() {
    for _ in 0..1000 {
        let mut running = start(TONE, "i1 0 1\n");
        assert_eq!(running.perform(), Performed::Cycle);
    }
}

#[test]
fn an_option_csound_does_not_know_is_an_error() {
    for option in ["--bogus", "-b", "-t", "-@", "-F", "-L", "-s4Q", "-U"] {
        let mut preparing = Preparing::create().unwrap();
        assert!(preparing.option(option).is_err(), "{option}");
    }
}

#[test]
fn a_bad_line_of_score_is_an_error() {
    for line in ["i1 [1+] 2\n", "i1 0 [foo]\n", "#include \"nope\"\n", "}\n"] {
        let mut preparing = Preparing::create().unwrap();
        preparing.compile(TONE).unwrap();
        let read = preparing.read_score(line);
        assert!(matches!(read, Err(Failure::Jumped | Failure::Code(_))), "{line}: {read:?}");
    }
}

#[test]
fn an_engine_built_here_is_left_and_destroyed_on_another_thread() {
    let orchestra = "ksmps=16\nnchnls=1\n0dbfs=1\ninstr 1\nexitnow\nendin\n";
    let mut running = start(orchestra, "");
    assert_eq!(running.perform(), Performed::Cycle);
    let running = std::thread::spawn(move || {
        running.start(&[1.0, 0.0, 1.0], 0);
        assert_eq!(running.perform(), Performed::Left);
        running
    });
    drop(running.join().unwrap());
    assert_eq!(start(TONE, "").perform(), Performed::Cycle, "others go on");
}

#[test]
fn after_the_end_of_the_score_notes_still_sound() {
    let mut running = start(TONE, "i1 0 0.01\ne\n");
    for _ in 0..100 {
        assert_eq!(running.perform(), Performed::Cycle);
    }
    assert!(running.spout().iter().all(|sample| *sample == 0.0), "no buzz from the last cycle");
    running.start(&[1.1, 0.0, 1.0], 0);
    running.perform();
    assert!(running.spout().iter().any(|sample| sample.abs() > 0.01));
}

#[test]
fn too_many_p_fields_are_cut() {
    let mut running = start(TONE, "");
    let mut pfields = vec![0.5; 5000];
    pfields[..3].copy_from_slice(&[1.1, 0.0, 1.0]);
    running.start(&pfields, 0);
    assert_eq!(running.perform(), Performed::Cycle);
}

#[test]
fn texts_that_crash_csound_are_errors_with_their_line() {
    let texts = [
        ("instr 1\n i1 = 1/0\n out a(i1)\nendin\n", "line 2"),
        ("instr 1\n i1 = 5/(2-2)\nendin\n", "line 2"),
        ("instr 1\n i1 = 2^5000\nendin\n", "line 2"),
        ("instr 1\nendin\n/* never closed\n", "line 3"),
        ("#define X(a #\ninstr 1\nendin\n", "line 1"),
        ("ctrlinit 5\ninstr 1\nendin\n", "line 1"),
    ];
    for (text, line) in texts {
        let errors = errors(text);
        assert!(errors.iter().any(|error| error.contains(line)), "{text}: {errors:?}");
    }
}

#[test]
fn syntax_errors_missing_files_and_missing_names_say_where() {
    let texts = [
        ("instr 1\n a1 oscili 1 440\nendin\n", "line 2"),
        ("instr 1\n k1 bogus 3\nendin\n", "line 2"),
        ("\n\ninstr 1\n outs a9, a9\nendin\n", "line 4"),
        ("giT ftgen 0, 0, 0, 1, \"missing.wav\", 0, 0, 0\ninstr 1\nendin\n", "missing.wav"),
        ("#include \"missing.inc\"\ninstr 1\nendin\n", "missing.inc"),
    ];
    for (text, expected) in texts {
        let errors = errors(text);
        assert!(errors.iter().any(|error| error.contains(expected)), "{text}: {errors:?}");
    }
}

#[test]
fn the_lines_of_a_csd_are_those_of_the_document() {
    let text = "<CsoundSynthesizer>\n<CsOptions>\n</CsOptions>\n<CsInstruments>\ninstr 1\n k1 bogus 3\nendin\n\
        </CsInstruments>\n</CsoundSynthesizer>\n";
    assert!(errors(text).iter().any(|error| error.contains("line 6")), "{:?}", errors(text));
}

#[test]
fn what_csound_prints_is_caught_from_create_to_destroy() {
    let mut preparing = Preparing::create().unwrap();
    let messages = preparing.messages();
    preparing.compile("instr 1\nprints \"hello from init\\n\"\nendin\nschedule 1, 0, 1\n").unwrap();
    let mut running = preparing.start().unwrap();
    running.perform();
    drop(running);
    let lines = MessageReader::default().read(&messages);
    assert!(lines.iter().any(|line| line.text.contains("hello from init")));
}

/// The control and status bits of this thread's SSE unit.
#[cfg(target_arch = "x86_64")]
fn mxcsr_flushes_denormals() -> bool {
    // A sum below the smallest normal number is 0 where denormals are flushed.
    let tiny = std::hint::black_box(f64::MIN_POSITIVE);
    std::hint::black_box(tiny / 2.0) == 0.0
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_callers_floating_point_state_is_its_own() {
    assert!(!mxcsr_flushes_denormals());
    let mut running = start(TONE, "i1 0 1\n");
    assert!(!mxcsr_flushes_denormals(), "after building");
    running.perform();
    assert!(!mxcsr_flushes_denormals(), "after performing");
    drop(running);
    assert!(!mxcsr_flushes_denormals(), "after destroying");
}

#[test]
fn rates_from_the_lowest_to_the_highest_build_and_others_are_refused() {
    let document = Document::parse(TONE, None).unwrap();
    let (mut slots, values) = (SlotMap::default(), SlotValues::default());
    for (rate, builds) in [
        (1_000.0, true),
        (44_100.0, true),
        (1_000_000.0, true),
        (0.0, false),
        (2e6, false),
        (f64::NAN, false),
    ] {
        let request = BuildRequest {
            document: &document,
            session: None,
            rate,
            slots: &mut slots,
            values: &values,
            kept: &KeptValues::default(),
            given: Needs::default(),
        };
        assert_eq!(engine::build(request).is_ok(), builds, "{rate}");
    }
}
