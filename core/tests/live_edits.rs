//! Seam: `player`, what an engine is made of beside the document's own text: included files, added orchestra and tables,
//! and instruments that sound without the document's.

mod common;

use std::path::Path;

use common::{Bench, RATE, peak, pitch};
use ksmps_core::diagnostic::Diagnostic;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::{Control, LiveError, Ticket};
use ksmps_core::verbs::{EngineError, PlaySample, Sched, TestSignal};

const LIBRARY: &str = "#include \"deeper.inc\"\ninstr lead\n klevel = p5\n outs a(klevel), a(klevel)\nendin\n\
    instr 77\n outs a(0.125), a(0.125)\nendin\n";
const DEEPER: &str =
    "instr deep\n ilevel = p4\n chnset ilevel, \"told\"\n outs a(ilevel), a(ilevel)\nendin\n";
const HEADER: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n";

fn last(bench: &mut Bench, frames: usize) -> f32 {
    bench.play(frames, &[], &[480])[frames - 1]
}

/// Waits for a request, then plays until the old engine has faded.
fn settle(bench: &mut Bench, ticket: Ticket) {
    let status = bench.control.wait_for(ticket);
    assert!(!status.failed, "{:?}", status.diagnostics);
    bench.play(4800, &[], &[480]);
}

fn plays_included(control: &Control) {
    control.sched(Sched::new("lead").field("klevel", 0.5).dur(0.005)).unwrap();
    let unknown = control.sched(Sched::new("lead").field("kwhat", 0.5)).map(drop);
    assert_eq!(unknown, Err(LiveError::Engine(EngineError::UnknownField("kwhat".into()))));
}

#[test]
fn instruments_of_included_files_have_names() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("library.inc"), LIBRARY).unwrap();
    std::fs::write(folder.path().join("deeper.inc"), DEEPER).unwrap();
    let text = format!("{HEADER}#include \"library.inc\"\ninstr 1\nendin\n");
    let mut bench = Bench::new("instr 1\nendin\n");
    let ticket = bench.control.load(text, Some(folder.path().join("piece.orc")));
    settle(&mut bench, ticket);
    plays_included(&bench.control);
    assert_eq!(peak(&bench.play(960, &[], &[480])), 0.5);
    bench.control.sched(Sched::new("deep").field("ilevel", 0.25).dur(0.005)).unwrap();
    assert_eq!(peak(&bench.play(960, &[], &[480])), 0.25);
    bench.control.sched(Sched::new(77).dur(0.005)).unwrap();
    assert_eq!(peak(&bench.play(960, &[], &[480])), 0.125);
}

#[test]
fn instruments_of_files_inside_the_document_have_names() {
    let text = format!(
        "<CsoundSynthesizer>\n<CsFile filename=\"library.inc\">\n{}</CsFile>\n<CsInstruments>\n{HEADER}#include \"library.inc\"\n\
         </CsInstruments>\n</CsoundSynthesizer>\n",
        LIBRARY.replace("#include \"deeper.inc\"\n", "")
    );
    let mut bench = Bench::new(&text);
    plays_included(&bench.control);
    assert_eq!(peak(&bench.play(960, &[], &[480])), 0.5);
}

#[test]
fn orchestra_that_is_added_is_played_by_name() {
    let mut bench = Bench::new(&format!("{HEADER}instr hold\n outs a(0.125), a(0.125)\nendin\n"));
    let ticket = bench.control.compile("gilevel init 0.25\ninstr added\n kgain = p4\n kknob chnget \"knob\"\n outs a(gilevel * kgain + kknob), a(0)\nendin\n");
    settle(&mut bench, ticket.unwrap());
    bench.control.set_channel("knob", 0.0625, 0.0).unwrap();
    bench.control.sched(Sched::new("added").field("kgain", 2.0)).unwrap();
    assert_eq!(last(&mut bench, 960), 0.5625);
    // What does not compile leaves that as it is.
    let ticket = bench.control.compile("instr broken\n asig oscili\n").unwrap();
    let status = bench.control.wait_for(ticket);
    assert!(status.failed && !status.diagnostics.is_empty(), "{status:?}");
    assert_eq!(last(&mut bench, 960), 0.5625);
    // It says in which code of the session it stands, on which line, and what Csound has against it.
    let said = &status.diagnostics[0];
    assert_eq!(said.file.as_deref(), Some("the session's global code 2"), "{said}");
    assert!(said.line.is_some_and(|line| line <= 2) && said.remedy.is_some(), "{said}");
}

#[test]
fn code_of_the_session_that_csound_refuses_is_said_with_its_line_and_reason() {
    let bench = Bench::new(&format!("{HEADER}instr 1\nendin\n"));
    let ticket = bench.control.compile("gi1 = 1\ngi2 = giNothing + 1\n").unwrap();
    let said = bench.control.wait_for(ticket).diagnostics;
    let names_it = |text: &str| text.contains("giNothing") && text.contains("before defined");
    let is_it = |one: &Diagnostic| {
        one.file.as_deref() == Some("the session's global code 1")
            && one.line == Some(2)
            && names_it(&one.text)
    };
    assert!(said.iter().any(is_it), "{said:?}");
}

#[test]
fn tables_are_made_and_read_from_files_and_their_sound_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    write_tone(&path, 24_000, 440.0);
    let mut bench = Bench::new(&format!("{HEADER}instr 1\nendin\n"));
    let (table, _) = bench.control.make_table(vec![0.5, 0.25], 0, 1).unwrap();
    let (empty, _) = bench.control.make_empty_table(5).unwrap();
    let (tone, ticket) = bench.control.read_soundfile(&path, 0).unwrap();
    settle(&mut bench, ticket);
    let parts = [table, empty, tone].map(|table| bench.control.read_table(table.0, 0, 8).unwrap());
    bench.play(480, &[], &[480]);
    let lengths = parts.map(|part| match part.read() {
        ksmps_core::player::Reading::Value(values) => values.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(lengths, [2, 5, 8]);

    let id = bench.control.play_sample(tone.0, PlaySample { gain: 0.5, ..PlaySample::default() }).unwrap();
    let sound = bench.play(9600, &[], &[480]);
    assert!((pitch(&sound[4800..]) - 440.0).abs() < 0.5, "{}", pitch(&sound[4800..]));
    assert!((peak(&sound[4800..]) - 0.25).abs() < 0.01, "{}", peak(&sound[4800..]));
    bench.control.setp(&id, [(5, 2.0)], 0.0).unwrap();
    let sound = bench.play(9600, &[], &[480]);
    assert!((pitch(&sound[6000..]) - 880.0).abs() < 2.0, "{}", pitch(&sound[6000..]));
    bench.control.unsched(&id, 0.0).unwrap();
    bench.play(960, &[], &[480]);
    assert_eq!(peak(&bench.play(960, &[], &[480])), 0.0);

    let bad = bench.control.play_sample(tone.0, PlaySample { channel: 3, ..PlaySample::default() });
    assert_eq!(bad.map(drop), Err(LiveError::Engine(EngineError::NoChannel(3))));
    let endless = PlaySample { speed: 0.0, ..PlaySample::default() };
    let endless = bench.control.play_sample(tone.0, endless).map(drop);
    assert_eq!(endless, Err(LiveError::Engine(EngineError::BadSpeed(0.0))));
}

#[test]
fn the_outputs_are_tested_one_after_the_other() {
    let mut bench = Bench::new(&format!("{HEADER}instr 1\nendin\n"));
    bench.control.test_audio(0.0, 0.2, 0.05, TestSignal::Sine, -6.0).unwrap();
    let left = bench.play(RATE as usize / 4, &[], &[480]);
    let part = |from: f64| peak(&left[(from * RATE) as usize..((from + 0.03) * RATE) as usize]);
    assert!((pitch(&left[480..1920]) - 1000.0).abs() < 0.5, "{}", pitch(&left[480..1920]));
    assert!((part(0.01) - 0.501).abs() < 0.01 && part(0.06) == 0.0 && part(0.11) > 0.4, "{}", part(0.01));
    assert_eq!(part(0.21), 0.0);
}

#[test]
fn a_missing_table_is_silent_and_leaves_the_rest_alone() {
    let mut bench = Bench::new(&format!("{HEADER}instr 1\n outs a(0.25), a(0)\nendin\n"));
    bench.control.sched(Sched::new(1)).unwrap();
    bench.control.play_sample(99, PlaySample::default()).unwrap();
    let sound = bench.play(4800, &[], &[480]);
    assert!(sound[64..].iter().all(|sample| *sample == 0.25), "{:?}", &sound[..64]);
    let console = bench.control.status().console;
    assert!(!console.iter().any(|line| line.contains("instr 199")), "{console:?}");
}

fn write_tone(path: &Path, rate: u32, frequency: f64) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    for frame in 0..rate {
        let phase = f64::from(frame) / f64::from(rate) * frequency * std::f64::consts::TAU;
        file.write_sample((phase.sin() * 0.5) as f32).unwrap();
    }
    file.finalize().unwrap();
}
