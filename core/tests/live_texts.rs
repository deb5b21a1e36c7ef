//! Seam: `player`, texts that reach a playing engine: as p-fields, by number, in channels.

mod common;

use std::sync::{Arc, Mutex};

use common::{Bench, peak};
use ksmps_core::engine::LIVE_TEXTS_MAX;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::LiveError;
use ksmps_core::player::Reading;
use ksmps_core::verbs::{EngineError, Sched};

/// What a text says is what is heard: the level, or the length of the text in hundredths.
const TEXTS: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\nstrset 24, \"mine\"\nchn_S \"name\", 3\n\
    instr level\n Sname strget p4\n ilevel = strcmp(Sname, \"loud\") == 0 ? 0.5 : 0.125\n outs a(ilevel), a(ilevel)\nendin\n\
    instr 11\n Sname strget p4\n ilen strlen Sname\n asig init ilen / 1000\n outs asig, asig\nendin\n\
    instr 12\n Sname chnget \"name\"\n ilen strlen Sname\n asig init ilen / 1000\n outs asig, asig\nendin\n\
    instr 13\n Sname sprintfk \"said %d\", p4\n chnset Sname, \"name\"\nendin\n";

fn heard(bench: &mut Bench, event: Sched) -> f32 {
    bench.control.sched(event.dur(0.005)).unwrap();
    let sound = bench.play(960, &[], &[480]);
    assert_eq!(sound[959], 0.0, "it has ended");
    peak(&sound)
}

#[test]
fn a_text_as_a_p_field_is_read_with_strget() {
    let mut bench = Bench::new(TEXTS);
    bench.play(480, &[], &[480]);
    assert_eq!(heard(&mut bench, Sched::new("level").arg("loud")), 0.5);
    assert_eq!(heard(&mut bench, Sched::new("level").field("p4", "soft")), 0.125);
    assert_eq!(heard(&mut bench, Sched::new("level").args(["loud"])), 0.5);
    assert_eq!(heard(&mut bench, Sched::new(11).arg("")), 0.0);
    assert_eq!(heard(&mut bench, Sched::new(11).arg("x".repeat(500))), 0.5);
    assert_eq!(heard(&mut bench, Sched::new(11).arg("a \"b\" }} \\ \n é")), 0.015);
}

#[test]
fn texts_are_numbered_once_beside_those_of_the_document() {
    let mut bench = Bench::new(TEXTS);
    let control = Arc::clone(&bench.control);
    assert_eq!(control.str_set("mine"), Ok(24));
    let (first, second) = (control.str_set("one").unwrap(), control.str_set("two").unwrap());
    assert_eq!((first, second, control.str_set("one")), (25, 26, Ok(25)));
    assert_eq!(control.str_get(26), Ok(Some("two".to_owned())));
    assert_eq!(control.str_get(27), Ok(None));
    let texts = control.defined_strings().unwrap();
    assert_eq!(texts, [("mine".to_owned(), 24), ("one".to_owned(), 25), ("two".to_owned(), 26)]);
    bench.play(480, &[], &[480]);
    assert_eq!(heard(&mut bench, Sched::new(11).arg(25)), 0.003);
    assert_eq!(heard(&mut bench, Sched::new(11).arg(24)), 0.004);

    let long = control.str_set(&"x".repeat(512));
    assert!(matches!(long, Err(LiveError::Engine(EngineError::BadString(_)))), "{long:?}");
    let nul = control.str_set("a\0b");
    assert!(matches!(nul, Err(LiveError::Engine(EngineError::BadString(_)))), "{nul:?}");
    for text in 2..LIVE_TEXTS_MAX {
        control.str_set(&format!("text {text}")).unwrap();
        bench.play(16, &[], &[16]);
    }
    let error = control.str_set("one too many").unwrap_err().to_string();
    assert!(error.contains("strset"), "the remedy: {error}");
    assert_eq!(heard(&mut bench, Sched::new(11).arg("text 255")), 0.008);
}

#[test]
fn another_engine_numbers_anew_and_a_text_p_field_follows() {
    let mut bench = Bench::new(TEXTS);
    bench.control.str_set("first").unwrap();
    assert_eq!(bench.control.str_set("loud"), Ok(26));
    bench.play(480, &[], &[480]);
    bench.player.reset();
    assert_eq!(heard(&mut bench, Sched::new("level").arg("loud")), 0.5);
    assert_eq!(bench.control.str_set("loud"), Ok(25));
}

#[test]
fn text_channels_are_written_now_or_later_and_read() {
    let mut bench = Bench::new(TEXTS);
    bench.play(480, &[], &[480]);
    bench.control.set_text_channel("name", "four", 0.0).unwrap();
    assert_eq!(heard(&mut bench, Sched::new(12)), 0.004);
    // Before the events of its cycle, whoever was asked for first.
    bench.control.sched(Sched::new(12).delay(0.02).dur(0.005)).unwrap();
    bench.control.set_text_channel("name", &"y".repeat(511), 0.02).unwrap();
    assert_eq!(peak(&bench.play(480, &[], &[480])), 0.0);
    assert_eq!(peak(&bench.play(960, &[], &[480])), 0.511);

    bench.control.sched(Sched::new(13).arg(7).dur(0.01)).unwrap();
    bench.play(480, &[], &[480]);
    let answer = bench.control.text_channel("name").unwrap();
    assert_eq!(answer.read(), Reading::Waiting);
    bench.play(480, &[], &[480]);
    assert_eq!(answer.read(), Reading::Value("said 7".to_owned()));

    let control = &bench.control;
    let refused = |answer: Result<(), LiveError>, expected: EngineError| {
        assert_eq!(answer, Err(LiveError::Engine(expected)));
    };
    refused(control.set_text_channel("nobody", "x", 0.0), EngineError::UnknownChannel("nobody".into()));
    refused(control.set_channel("name", 1.0, 0.0), EngineError::ChannelKind("name".into()));
    let long = control.set_text_channel("name", &"y".repeat(512), 0.0);
    assert!(matches!(long, Err(LiveError::Engine(EngineError::BadString(_)))), "{long:?}");
}

#[test]
fn texts_do_not_depend_on_how_blocks_are_cut() {
    let render = |cuts: &[usize]| {
        let mut bench = Bench::new(TEXTS);
        for (at, text) in [(0.001, "loud"), (0.02, "soft"), (0.0303, "loud")] {
            bench.control.sched(Sched::new("level").arg(text).delay(at).dur(0.006).unique()).unwrap();
            bench.control.set_text_channel("name", text, at + 0.04).unwrap();
            bench.control.sched(Sched::new(12).delay(at + 0.04).dur(0.006).unique()).unwrap();
        }
        bench.play(4800, &[], cuts)
    };
    let whole = render(&[480]);
    assert!(peak(&whole) == 0.5);
    for cuts in [&[7][..], &[1, 500, 16], &[4800]] {
        assert!(render(cuts) == whole, "{cuts:?}");
    }
}

#[test]
fn threads_that_give_the_same_texts_agree() {
    let mut bench = Bench::new(TEXTS);
    let numbers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let own: Vec<u32> =
                    (0..40).map(|text| bench.control.str_set(&format!("t{text}")).unwrap()).collect();
                numbers.lock().unwrap().push(own);
            });
        }
    });
    let numbers = numbers.into_inner().unwrap();
    assert!(numbers.iter().all(|own| *own == numbers[0]), "{numbers:?}");
    bench.play(480, &[], &[480]);
    assert_eq!(heard(&mut bench, Sched::new(11).arg("t39")), 0.003);
}
