//! Seam: `player`, the engine's time from the control half: locks, calls, listeners, answers.

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Bench, peak};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::LiveError;
use ksmps_core::player::Reading;
use ksmps_core::verbs::{EngineError, Sched, When};

const TIMES: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\nchn_k \"level\", 3\n\
    gi__responses ftgen 0, 0, -1024, -2, 0\n\
    instr 10\n kval = chnget:k(\"level\")\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 11\n asig init p4\n outs asig, asig\nendin\n\
    instr 12\n kcycle init 0\n kcycle += 1\n outvalue \"count\", kcycle\nendin\n\
    instr double\n itoken = p4\n ivalue = p5\n tabw_i ivalue * 2, itoken, gi__responses\n outvalue \"__sync__\", itoken\n turnoff\nendin\n\
    instr silent\n inothing = p4\nendin\n";

const KSMPS: usize = 16;

fn seconds(frames: usize) -> f64 {
    frames as f64 / common::RATE
}

fn onsets(sound: &[f32]) -> Vec<usize> {
    let rises = sound.windows(2).enumerate().filter(|(_, pair)| pair[1] > pair[0]);
    rises.map(|(at, _)| at + 1).collect()
}

/// Waits until what the builder's thread does has happened.
fn soon(mut happened: impl FnMut() -> bool) -> bool {
    (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        happened()
    })
}

#[test]
fn verbs_under_one_lock_land_on_one_frame_though_blocks_go_by() {
    for cut in [480, 64, 7] {
        let mut bench = Bench::new(TIMES);
        bench.play(960, &[], &[cut]);
        let control = Arc::clone(&bench.control);
        let lock = control.locked_clock(seconds(2400)).unwrap();
        let event = Sched::new(11).dur(0.01).unique();
        control.sched(event.clone().arg(0.125)).unwrap();
        let first = bench.play(480, &[], &[cut]);
        control.sched(event.clone().arg(0.25)).unwrap();
        let second = bench.play(480, &[], &[cut]);
        control.sched(event.arg(0.5).delay(seconds(33))).unwrap();
        assert_eq!(control.elapsed_time(), Ok(seconds(960)));
        assert_eq!(control.now(), Ok(seconds(1920)));
        drop(lock);
        assert!(!control.is_clock_locked().unwrap());
        let rest = bench.play(2400, &[], &[cut]);
        let sound = [first, second, rest].concat();
        assert_eq!(onsets(&sound), [2400 + KSMPS, 2433 + KSMPS], "blocks of {cut}");
        assert_eq!(sound[2400 + KSMPS], 0.375);
    }
}

#[test]
fn locks_nest_and_what_is_late_is_done_at_once() {
    let mut bench = Bench::new(TIMES);
    let control = Arc::clone(&bench.control);
    assert!(!control.pop_lock().unwrap());
    control.push_lock(0.0).unwrap();
    control.push_lock(f64::NAN).unwrap();
    assert!(control.pop_lock().unwrap() && control.is_clock_locked().unwrap());
    bench.play(480, &[], &[480]);
    control.sched(Sched::new(11).arg(0.5).dur(0.005).unique()).unwrap();
    assert_eq!(onsets(&bench.play(960, &[], &[480])), [KSMPS]);
    // A lock that was for another engine shows the new one's time.
    bench.player.reset();
    assert_eq!((control.elapsed_time(), control.now()), (Ok(0.0), Ok(0.0)));
    control.lock_clock(false).unwrap();
    assert!(!control.is_clock_locked().unwrap() && !control.pop_lock().unwrap());
    control.lock_clock(true).unwrap();
    control.lock_clock(true).unwrap();
    assert!(control.pop_lock().unwrap() && !control.pop_lock().unwrap());
}

#[test]
fn calls_come_in_order_when_their_time_has_passed() {
    let mut bench = Bench::new(TIMES);
    let called = Arc::new(Mutex::new(Vec::new()));
    let call = |name: &'static str| {
        let called = Arc::clone(&called);
        move || called.lock().unwrap().push(name)
    };
    bench.control.call_later(0.03, call("third")).unwrap();
    bench.control.call_later(0.01, call("first")).unwrap();
    bench.control.call_later(When::At(0.02), call("second")).unwrap();
    bench.control.call_later(10.0, call("never")).unwrap();
    let past = bench.control.call_later(When::In(-1.0), || {});
    assert!(matches!(past, Err(LiveError::Engine(EngineError::BadTime(_)))), "{past:?}");
    bench.play(432, &[], &[48]);
    std::thread::sleep(Duration::from_millis(40));
    assert!(called.lock().unwrap().is_empty(), "it is 0.009 s now");
    bench.play(96, &[], &[48]);
    assert!(soon(|| *called.lock().unwrap() == ["first"]));
    bench.play(4800, &[], &[480]);
    assert!(soon(|| *called.lock().unwrap() == ["first", "second", "third"]));
    bench.player.reset();
    bench.play(480, &[], &[480]);
    bench.control.call_later(0.0, call("new")).unwrap();
    assert!(soon(|| called.lock().unwrap().last() == Some(&"new")));
}

#[test]
fn a_call_may_use_the_verbs_and_may_have_the_last_hold_on_the_instance() {
    let mut bench = Bench::new(TIMES);
    let control = Arc::clone(&bench.control);
    bench
        .control
        .call_later(0.005, move || {
            control.sched(Sched::new(11).arg(0.5).dur(0.005)).unwrap();
            // The test has let go by then, or not: both are fine.
            drop(control);
        })
        .unwrap();
    bench.play(480, &[], &[480]);
    let mut heard = 0.0_f32;
    assert!(soon(|| {
        heard = heard.max(peak(&bench.play(48, &[], &[48])));
        heard == 0.5
    }));
    let (done, gone) = (Arc::new(AtomicU32::new(0)), Arc::downgrade(&bench.control));
    let (own, told) = (Arc::clone(&bench.control), Arc::clone(&done));
    let work = move || {
        std::thread::sleep(Duration::from_millis(50));
        drop(own);
        told.store(1, Ordering::Release);
    };
    bench.control.call_later(0.0, work).unwrap();
    drop(bench);
    assert!(soon(|| done.load(Ordering::Acquire) == 1 && gone.strong_count() == 0));
}

#[test]
fn a_listener_hears_of_each_cycle_that_changed_its_channel() {
    let mut bench = Bench::new(TIMES);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listen = |channel: &str| {
        let heard = Arc::clone(&heard);
        bench.control.on_channel(channel, move |name, value| {
            heard.lock().unwrap().push((name.to_owned(), value));
        })
    };
    listen("count").unwrap();
    let id = listen("level").unwrap();
    assert_eq!(listen("nowhere"), Err(LiveError::Engine(EngineError::UnknownChannel("nowhere".into()))));
    let take = |count: usize| {
        assert!(soon(|| heard.lock().unwrap().len() >= count), "{:?}", heard.lock().unwrap());
        std::mem::take(&mut *heard.lock().unwrap())
    };
    bench.control.set_channel("level", 0.5, 0.001).unwrap();
    bench.control.set_channel("level", 0.5, 0.002).unwrap();
    bench.play(480, &[], &[480]);
    assert_eq!(take(1), [("level".to_owned(), 0.5)]);

    bench.control.sched(Sched::new(12).dur(seconds(48))).unwrap();
    bench.play(480, &[], &[7]);
    let counted: Vec<f64> = take(3).into_iter().map(|(_, value)| value).collect();
    assert_eq!(counted, [1.0, 2.0, 3.0]);

    // The next engine goes on where the listener was: its channel is 0 again.
    bench.player.reset();
    assert!(soon(|| {
        bench.play(16, &[], &[16]);
        heard.lock().unwrap().len() == 2
    }));
    let mut anew = take(2);
    anew.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(anew, [("count".to_owned(), 0.0), ("level".to_owned(), 0.0)]);

    bench.control.stop_listening(id).unwrap();
    bench.control.set_channel("level", 0.25, 0.0).unwrap();
    bench.play(480, &[], &[480]);
    std::thread::sleep(Duration::from_millis(40));
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn changes_that_nobody_can_be_told_of_are_counted() {
    let mut bench = Bench::new(TIMES);
    let heard = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&heard);
    let hear = move |_: &str, _: f64| {
        counter.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(100));
    };
    let id = bench.control.on_channel("count", hear).unwrap();
    bench.control.sched(Sched::new(12)).unwrap();
    bench.play(16 * 4, &[], &[64]);
    assert!(soon(|| heard.load(Ordering::Relaxed) > 0));
    // The builder's thread is busy: the queue has room for 4,096.
    bench.play(16 * 4200, &[], &[480]);
    bench.control.stop_listening(id).unwrap();
    let lost = || bench.control.status().problems.iter().any(|problem| problem.text.contains("were lost"));
    assert!(soon(lost));
}

#[test]
fn events_answer_each_its_own() {
    let mut bench = Bench::new(TIMES);
    let ask = |bench: &Bench, value: f64, delay: f64| {
        bench.control.sched_sync(&Sched::new("double").arg(value).delay(delay).unique()).unwrap().1
    };
    let (one, two) = (ask(&bench, 3.0, 0.0), ask(&bench, 4.0, 0.0));
    let late = ask(&bench, 5.0, 0.02);
    assert_eq!(one.read(), Reading::Waiting);
    bench.play(480, &[], &[480]);
    assert_eq!(
        (one.read(), two.read(), late.read()),
        (Reading::Value(6.0), Reading::Value(8.0), Reading::Waiting)
    );
    bench.play(960, &[], &[480]);
    assert_eq!(late.wait(Duration::ZERO), Reading::Value(10.0));

    let never = bench.control.sched_sync(&Sched::new("silent").dur(0.1)).unwrap().1;
    bench.play(480, &[], &[480]);
    assert_eq!(never.wait(Duration::from_millis(5)), Reading::Waiting);
    // With its engine, an answer that is still to come is gone.
    bench.player.reset();
    assert_eq!(never.wait(Duration::from_secs(5)), Reading::Nothing);

    let first = ask(&bench, 1.0, 1.0);
    for _ in 0..64 {
        bench.control.sched_sync(&Sched::new("silent").dur(0.01)).unwrap();
        bench.play(16, &[], &[16]);
    }
    assert_eq!(first.read(), Reading::Nothing, "one more than there is room for");

    let without = Bench::new("instr 1\nendin\n");
    assert_eq!(without.control.sched_sync(&Sched::new(1)).map(drop), Err(LiveError::NoAnswers));
}

#[test]
fn ids_and_numbers_are_known_without_asking_the_engine() {
    let mut bench = Bench::new(TIMES);
    let id = bench.control.assign_event_id(11).unwrap();
    assert_eq!(id.p1(), 11.0002);
    bench.control.sched(Sched::with_id(&id).arg(0.5)).unwrap();
    assert_eq!(peak(&bench.play(480, &[], &[480])), 0.5);
    bench.control.unsched(&id, 0.0).unwrap();
    bench.play(480, &[], &[480]);
    assert_eq!(peak(&bench.play(480, &[], &[480])), 0.0);
    let number = bench.control.instrument_number("double").unwrap();
    let by_number = bench.control.sched_sync(&Sched::new(number).arg(21.0)).unwrap().1;
    bench.play(480, &[], &[480]);
    assert_eq!(by_number.read(), Reading::Value(42.0));
    assert_eq!(
        bench.control.instrument_number("nobody"),
        Err(LiveError::Engine(EngineError::UnknownInstrument("nobody".into())))
    );
}
