//! Seam: `player`, channels that a document only names, and what plain Csound does with `invalue` and `outvalue`.

mod common;

use common::{Bench, peak};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::player::{LiveError, Notice, Reading, Report, Subscription};
use ksmps_core::verbs::{Automation, EngineError, Sched};

/// No channel is declared: the text names them.
const NAMED: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
    instr 10\n kval chnget \"knob\"\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 11\n kval invalue \"dial\"\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 12\n Sval invalue \"word\"\n klen strlenk Sval\n asig upsamp klen / 100\n outs asig, asig\nendin\n\
    instr 13\n outvalue \"told\", p4\n Stold sprintfk \"it is %d\", p4\n outvalue \"said\", Stold\n turnoff\nendin\n\
    instr 14\n chnset p4, \"both\"\n chnset \"text\", \"both\"\nendin\n";

fn last(bench: &mut Bench, frames: usize) -> f32 {
    bench.play(frames, &[], &[480])[frames - 1]
}

#[test]
fn a_channel_that_the_text_names_can_be_written_before_anything_has_used_it() {
    let mut bench = Bench::new(NAMED);
    bench.control.set_channel("knob", 0.5, 0.0).unwrap();
    bench.control.sched(Sched::new(10).dur(0.1)).unwrap();
    assert_eq!(last(&mut bench, 480), 0.5);
    let line = Automation::new(&[0.0, 0.5, 0.02, 0.25]).unwrap();
    bench.control.automate_channel("knob", &line).unwrap();
    assert_eq!(last(&mut bench, 1920), 0.25);
    let unknown = bench.control.set_channel("nob", 0.5, 0.0).unwrap_err();
    assert_eq!(unknown, LiveError::Engine(EngineError::UnknownChannel("nob".into())));
    let ambiguous = bench.control.set_channel("both", 0.5, 0.0).unwrap_err();
    assert_eq!(ambiguous, LiveError::Engine(EngineError::UnknownChannel("both".into())));
}

#[test]
fn invalue_reads_what_was_written() {
    let mut bench = Bench::new(NAMED);
    bench.control.set_channel("dial", 0.25, 0.0).unwrap();
    bench.control.sched(Sched::new(11).dur(0.1)).unwrap();
    assert_eq!(last(&mut bench, 480), 0.25);
    bench.control.set_channel("dial", 0.75, 0.0).unwrap();
    assert_eq!(last(&mut bench, 480), 0.75);

    let mut bench = Bench::new(NAMED);
    bench.control.set_text_channel("word", "hello", 0.0).unwrap();
    bench.control.sched(Sched::new(12).dur(0.1)).unwrap();
    assert_eq!(last(&mut bench, 480), 0.05);
    bench.control.set_text_channel("word", "a longer text that is", 0.0).unwrap();
    assert_eq!(last(&mut bench, 480), 0.21);
}

#[test]
fn outvalue_writes_numbers_and_texts() {
    let mut bench = Bench::new(NAMED);
    bench.control.sched(Sched::new(13).arg(7).dur(0.1)).unwrap();
    bench.play(480, &[], &[480]);
    let (told, said) =
        (bench.control.control_channel("told").unwrap(), bench.control.text_channel("said").unwrap());
    bench.play(480, &[], &[480]);
    assert_eq!((told.read(), said.read()), (Reading::Value(7.0), Reading::Value("it is 7".to_owned())));
}

#[test]
fn a_change_that_somebody_listens_to_is_among_the_reports() {
    let mut bench = Bench::new(NAMED);
    let mut reader = bench.control.subscribe();
    let reported = |reader: &mut Subscription| {
        let notices = std::iter::from_fn(|| reader.next_notice());
        let values = notices.filter_map(|notice| match notice {
            Notice::Report(Report::Channel { value, .. }) => Some(value),
            _ => None,
        });
        values.collect::<Vec<f64>>()
    };
    bench.control.set_channel("knob", 0.5, 0.0).unwrap();
    bench.play(480, &[], &[480]);
    assert_eq!(reported(&mut reader), [0.0; 0], "nobody listens");
    bench.control.on_channel("knob", |_, _| ()).unwrap();
    bench.play(480, &[], &[480]);
    bench.control.set_channel("knob", 0.75, 0.0).unwrap();
    bench.play(480, &[], &[480]);
    assert_eq!(reported(&mut reader).last(), Some(&0.75));
}

#[test]
fn an_orchestra_does_not_hear_its_own_outvalue() {
    let text = |first: &str| {
        format!(
            "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n {first}\n kv invalue \"v\"\n a1 upsamp kv\n \
             outs a1, a1\nendin\nschedule 1, 0, -1\n"
        )
    };
    let mut bench = Bench::new(&text("outvalue \"v\", 0.2"));
    assert_eq!(last(&mut bench, 480), 0.0);
    // The host reads it, and what the host writes is heard, until it writes again.
    let told = bench.control.control_channel("v").unwrap();
    bench.play(480, &[], &[480]);
    assert_eq!(told.read(), Reading::Value(0.2));
    bench.control.set_channel("v", 0.5, 0.0).unwrap();
    assert_eq!(last(&mut bench, 480), 0.5);
    bench.control.set_channel("v", 0.75, 0.0).unwrap();
    assert_eq!(last(&mut bench, 480), 0.75);
    // As the command line, where nobody answers.
    let file = common::test_files().join("faults/text/outvalue-heard-by-invalue.csd");
    assert_eq!(peak(&Bench::from_file(&file).play(24_000, &[], &[512])), 0.0);
}

#[test]
fn offline_invalue_reads_the_channel_too() {
    let mut engine = OfflineEngine::builder().channels(1).build().unwrap();
    engine.compile("instr dial\n kval invalue \"dial\"\n out a(kval)\nendin\n").unwrap();
    engine.set_channel("dial", 0.5, 0.0).unwrap();
    engine.set_channel("dial", 0.125, 0.5).unwrap();
    engine.sched(Sched::new("dial").dur(1.0)).unwrap();
    let job = engine.stop().unwrap().unwrap();
    let mut file = hound::WavReader::open(&job.path).unwrap();
    let rate = file.spec().sample_rate as usize;
    let sound: Vec<f32> = file.samples::<f32>().map(Result::unwrap).collect();
    assert_eq!((sound[rate / 4], sound[rate / 4 * 3], peak(&sound)), (0.5, 0.125, 0.5));
}
