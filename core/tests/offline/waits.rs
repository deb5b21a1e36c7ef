//! The locked clock, calls out of the engine, events that answer.

use std::sync::{Arc, Mutex};

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::verbs::{EngineError, Sched};

use super::{engine, rendered, value_at};

const DC: &str = "instr 100\n kval = p4\n outch 1, a(kval)\nendin\n";

#[test]
fn a_locked_clock_keeps_what_belongs_together_in_step() {
    let mut engine = engine(DC);
    {
        let mut outer = engine.locked_clock(0.1).unwrap();
        outer.sched(Sched::new(100).dur(0.1).arg(0.25).unique()).unwrap();
        outer.perform_until(0.05).unwrap();
        let mut inner = outer.locked_clock(0.1).unwrap();
        assert_eq!(inner.elapsed_time(), 0.0);
        assert!(inner.now() >= 0.05);
        inner.sched(Sched::new(100).dur(0.1).arg(0.5).unique()).unwrap();
    }
    assert!(!engine.is_clock_locked().unwrap());
    assert_eq!(engine.elapsed_time(), engine.now());
    let sound = rendered(&mut engine);
    assert_eq!([0.09, 0.15, 0.199].map(|seconds| value_at(&sound, seconds)), [0.0, 0.75, 0.75]);
}

#[test]
fn locks_that_are_not_nested() {
    let mut engine = engine(DC);
    engine.lock_clock(true).unwrap();
    engine.lock_clock(true).unwrap();
    engine.perform_until(0.05).unwrap();
    engine.sched(Sched::new(100).delay(0.1).dur(0.1).arg(0.5)).unwrap();
    assert_eq!(engine.end_time(), 0.2);
    assert_eq!(engine.pop_lock(), Ok(true));
    assert_eq!(engine.pop_lock(), Ok(false));
    engine.push_lock(1.0).unwrap();
    engine.rewind(3.0).unwrap();
    assert_eq!(engine.elapsed_time(), 3.0);
    engine.lock_clock(false).unwrap();
    assert_eq!(engine.is_clock_locked(), Ok(false));
}

#[test]
fn a_call_comes_at_its_time_and_may_schedule() {
    let mut engine = engine(DC);
    let (called, seen) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    for delay in [0.2, 0.0, 0.1] {
        let called = called.clone();
        let call = move |engine: &mut ksmps_core::engine::Direct| {
            called.lock().unwrap().push((delay, engine.now()));
            engine.sched(Sched::new(100).dur(0.05).arg(0.5)).map(drop)
        };
        engine.call_later(delay, call).unwrap();
    }
    let seen_then = seen.clone();
    engine
        .call_later(0.15, move |engine| {
            seen_then.lock().unwrap().push(engine.now());
            engine.sched(Sched::new(4711)).map(drop)
        })
        .unwrap();
    engine.perform().unwrap();
    let cycle = 64.0 / 44_100.0;
    let called = called.lock().unwrap();
    assert_eq!(called.iter().map(|call| call.0).collect::<Vec<_>>(), [0.0, 0.1, 0.2]);
    assert!(called.iter().all(|(delay, now)| (0.0..cycle).contains(&(now - delay))), "{called:?}");
    assert_eq!(seen.lock().unwrap().len(), 1);
    assert_eq!(
        engine.take_deferred_errors().unwrap(),
        [EngineError::UnknownInstrument("4711".to_owned())],
        "what a call answers in error is kept"
    );
    let sound = rendered(&mut engine);
    assert_eq!([0.02, 0.12, 0.22].map(|seconds| value_at(&sound, seconds)), [0.5; 3]);
}

#[test]
fn listeners_hear_of_each_change_once() {
    let mut engine = engine(
        "instr 100\n kstep = int(timeinsts() * 10)\n outvalue \"said\", kstep\n chnset p4, \"set\"\nendin\n",
    );
    let heard = Arc::new(Mutex::new(Vec::new()));
    for name in ["said", "set"] {
        let heard = heard.clone();
        engine
            .on_channel(name, move |name, value| heard.lock().unwrap().push((name.to_owned(), value)))
            .unwrap();
    }
    engine.sched(Sched::new(100).dur(0.35).arg(7)).unwrap();
    engine.perform().unwrap();
    let mut heard = heard.lock().unwrap().clone();
    heard.sort_by(|left, right| left.partial_cmp(right).unwrap());
    let expected = [("said", 1.0), ("said", 2.0), ("said", 3.0), ("set", 7.0)];
    assert_eq!(heard, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn an_event_answers() {
    let mut engine = engine(
        "instr length\n itoken = p4\n ilen strlen strget(p5)\n tabw_i ilen, itoken, gi__responses\n \
         outvalue \"__sync__\", itoken\n turnoff\nendin\ninstr 101\n ival = p5\nendin\n",
    );
    for (delay, text) in [(0.0, "four!"), (0.05, "seven!!")] {
        let before = engine.now();
        let (_, answer) = engine.sched_sync(&Sched::new("length").delay(delay).arg(text), 1.0).unwrap();
        assert_eq!(answer, text.len() as f64);
        assert!((delay..delay + 0.005).contains(&(engine.now() - before)));
    }
    let silent = engine.sched_sync(&Sched::new(101).dur(0.1).args([1.0]), 0.2);
    assert_eq!(silent, Err(EngineError::NoAnswer { instance: "101".to_owned(), seconds: 0.2 }));
}
