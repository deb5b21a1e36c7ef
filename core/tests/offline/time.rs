//! When things happen.

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::Perform;
use ksmps_core::verbs::{Automation, EngineError, Sched};

use super::{engine, rendered, settings, value_at};

const DC: &str =
    "instr 100\n kval = p4\n outch 1, a(kval)\nendin\ninstr 113\n asig = p4\n outch 1, asig\nendin\n";

#[test]
fn the_end_marker_counts_from_the_start() {
    let mut engine = engine(DC);
    engine.sched(Sched::new(100).dur(0.05).arg(0.1)).unwrap();
    engine.perform().unwrap();
    let now = engine.now();
    engine.sched(Sched::new(100).delay(0.02).dur(0.05).arg(0.2)).unwrap();
    assert_eq!(engine.end_time(), now + 0.02 + 0.05);
    engine.perform_with(Perform { until: None, extra: 0.1 }).unwrap();
    assert!(engine.now() >= now + 0.17);
    engine.perform_until(0.1).unwrap();
    assert!(engine.now() < now + 0.18, "a time that is over changes nothing");
}

#[test]
fn events_start_on_their_frame_where_that_is_wanted() {
    let mut engine = settings().sample_accurate().build().unwrap();
    engine.compile(DC).unwrap();
    let onsets = [471, 1000, 1371, 5003];
    for onset in onsets {
        let start = f64::from(onset) / 44_100.0;
        engine.sched(Sched::new(113).delay(start).dur(0.002).arg(0.5).unique()).unwrap();
    }
    engine.perform_until(0.2).unwrap();
    let samples = rendered(&mut engine).samples;
    for onset in onsets {
        assert_eq!(samples[onset as usize - 1..=onset as usize], [0.0, 0.5], "{onset}");
    }
}

#[test]
fn a_stop_before_an_event_of_the_same_cycle_leaves_it_alone() {
    let mut engine = engine(DC);
    engine.sched(Sched::new(100).arg(0.1)).unwrap();
    engine.unsched(100, 0.1).unwrap();
    engine.sched(Sched::new(100).delay(0.1).dur(0.1).arg(0.2)).unwrap();
    engine.sched(Sched::new(113).delay(0.1).dur(0.1).arg(0.4)).unwrap();
    engine.unsched(113, 0.1).unwrap();
    let sound = rendered(&mut engine);
    assert_eq!([value_at(&sound, 0.05), value_at(&sound, 0.15)], [0.1, 0.2]);
}

#[test]
fn a_thousand_points_are_exact_in_every_cycle() {
    let mut engine = engine(DC);
    let flat: Vec<f64> =
        (0..3000).flat_map(|at| [f64::from(at) * 0.0003, f64::from(at * 37 % 101) / 101.0]).collect();
    let id = engine.sched(Sched::new(100).dur(1.0).arg(0.0).unique()).unwrap();
    engine.automatep(&id, 4, &Automation::new(&flat).unwrap()).unwrap();
    let sound = rendered(&mut engine);
    let value = |seconds: f64| {
        let at = flat.chunks_exact(2).position(|point| point[0] > seconds).unwrap();
        let (left, right) = (&flat[at * 2 - 2..], &flat[at * 2..]);
        left[1] + (right[1] - left[1]) * (seconds - left[0]) / (right[0] - left[0])
    };
    for cycle in 0..600 {
        let seen = sound.samples[cycle * 64 + 63];
        assert!((seen - value(cycle as f64 * 64.0 / 44_100.0)).abs() < 1e-9, "cycle {cycle}");
    }
}

#[test]
fn the_later_line_holds_and_the_earlier_goes_on() {
    let mut engine = engine(DC);
    let id = engine.sched(Sched::new(100).dur(1.0).arg(0.0).unique()).unwrap();
    engine.automatep(&id, 4, &Automation::new(&[0.0, 0.5, 0.5, 0.5, 0.9, 0.5]).unwrap()).unwrap();
    engine.automatep(&id, 4, &Automation::new(&[0.0, 0.2, 0.1, 0.2, 0.2, 0.2]).unwrap().delay(0.3)).unwrap();
    let cut = engine.automatep(&id, 4, &Automation::new(&[0.0, 0.9]).unwrap().delay(0.7)).unwrap();
    engine.unautomate(cut).unwrap();
    let sound = rendered(&mut engine);
    let seen = [0.1, 0.4, 0.6, 0.75, 0.95].map(|seconds| value_at(&sound, seconds));
    assert_eq!(seen, [0.5, 0.2, 0.5, 0.5, 0.5]);
}

#[test]
fn rewinding_forgets_what_was_to_come() {
    let mut engine = engine(DC);
    engine.sched(Sched::new(100).delay(0.2).dur(0.1).arg(0.5)).unwrap();
    engine.perform_until(0.1).unwrap();
    engine.rewind(0.0).unwrap();
    assert_eq!(engine.now(), 0.0);
    engine.sched(Sched::new(100).at(0.05).dur(0.05).arg(0.25)).unwrap();
    let before = engine.sched(Sched::new(100).at(-0.01).arg(0.25));
    assert!(matches!(before, Err(EngineError::Past { .. })));
    engine.perform_until(0.4).unwrap();
    let sound = rendered(&mut engine);
    assert!(!sound.samples.contains(&0.5));
    assert!((value_at(&sound, 0.1001 + 0.07) - 0.25).abs() < 1e-12);
}

#[test]
fn future_events_are_taken_back_alone() {
    let mut engine = engine(DC);
    engine.sched(Sched::new(100).dur(0.1).arg(0.5)).unwrap();
    engine.sched(Sched::new(100).delay(0.2).dur(0.1).arg(0.25)).unwrap();
    engine.perform_until(0.05).unwrap();
    engine.unsched_future(100).unwrap();
    let sound = rendered(&mut engine);
    assert_eq!([value_at(&sound, 0.08), value_at(&sound, 0.25)], [0.5, 0.0]);
}

#[test]
fn an_event_without_a_length_has_its_init_pass_at_the_marker() {
    let mut engine = engine("gifoo init 0\ninstr 100\n gifoo = p4\nendin\n");
    engine.sched(Sched::new(100)).unwrap();
    assert_eq!((engine.perform(), engine.now()), (Ok(()), 0.0), "nothing has an end");
    engine.sched(Sched::new(100).dur(0.0).arg(314)).unwrap();
    engine.perform().unwrap();
    assert_eq!(engine.query_variable("gifoo"), Ok(314.0));
    let now = engine.now();
    engine.perform().unwrap();
    assert_eq!(engine.now(), now, "once");
}
