//! Handles of an engine that is gone, or over which another one has taken, do nothing and say so: one of each kind, live
//! and offline.

mod common;

use common::Bench;
use ksmps_core::csound::BusKind;
use ksmps_core::engine::ChannelHandle;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::player::{LiveError, Reading};
use ksmps_core::verbs::{Automation, Bus, EngineError, EventId, LineId, Sched};

const LEVELS: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n;@notes off\nchn_k \"level\", 3\n\
    instr 100\n kval = p4\n outch 1, a(kval)\nendin\n";

/// One handle of each kind.
struct Handles {
    event: EventId,
    line: LineId,
    bus: Bus,
    channel: ChannelHandle,
}

fn line() -> Automation {
    Automation::new(&[0.0, 0.5, 1.0, 0.5]).unwrap()
}

/// A note that sounds at 0.5.
fn note() -> Sched {
    Sched::new(100).arg(0.5).unique()
}

/// Handles of what this engine has.
macro_rules! handles {
    ($engine:expr, $bus:expr) => {{
        let event = $engine.sched(&note()).unwrap();
        let line = $engine.automatep(&event, 4, &line()).unwrap();
        let channel = $engine.channel_handle("level").unwrap();
        Handles { event, line, bus: $bus, channel }
    }};
}

/// What each verb says that is given one of them.
macro_rules! refusals {
    ($engine:expr, $handles:expr) => {{
        let Handles { event, line: moving, bus, channel } = $handles;
        [
            $engine.unsched(event, 0.0).err(),
            $engine.unsched_future(event).err(),
            $engine.setp(event, [(4, 0.0)], 0.0).err(),
            $engine.getp(event, 4).err(),
            $engine.automatep(event, 4, &line()).err(),
            $engine.sched(&Sched::with_id(event).arg(0.25)).err(),
            $engine.unautomate(*moving).err(),
            $engine.write_bus(*bus, 0.0, 0.0).err(),
            $engine.read_bus(*bus).err(),
            $engine.automate_bus(*bus, &line()).err(),
            $engine.release_bus(*bus, 0.0).err(),
            $engine.set_channel_at(*channel, 0.0, 0.0).err(),
            $engine.control_channel_at(*channel).err(),
        ]
    }};
}

const OTHERS: [&str; 13] = [
    "event", "event", "event", "event", "event", "event", "line", "bus", "bus", "bus", "bus", "channel",
    "channel",
];

#[test]
fn handles_of_an_engine_over_which_another_one_has_taken_are_refused_while_it_plays() {
    let mut bench = Bench::new(LEVELS);
    let bus = bench.control.assign_bus(BusKind::Control, 0.25, true).unwrap();
    bench.play(480, &[], &[480]);
    let Reading::Value(bus) = bus.read() else { panic!("no bus") };
    let old = handles!(bench.control, bus);
    bench.play(480, &[], &[480]);

    bench.player.reset();
    bench.play(480, &[], &[480]);
    // The new engine has the same instance, line, bus and channel, under handles of its own.
    let bus = bench.control.assign_bus(BusKind::Control, 0.25, true).unwrap();
    bench.play(480, &[], &[480]);
    let Reading::Value(bus) = bus.read() else { panic!("no bus") };
    let new = handles!(bench.control, bus);
    assert_eq!((new.event.p1(), new.bus.token()), (old.event.p1(), old.bus.token()));
    bench.control.set_channel_at(new.channel, 0.75, 0.0).unwrap();
    let refused = refusals!(bench.control, &old);
    assert_eq!(refused, OTHERS.map(|what| Some(LiveError::Engine(EngineError::OtherEngine(what)))));
    bench.play(4800, &[], &[480]);

    let level = bench.control.control_channel_at(new.channel).unwrap();
    let held = bench.control.read_bus(new.bus).unwrap();
    assert_eq!(bench.play(480, &[], &[480])[479], 0.5, "the note goes on");
    assert_eq!((level.read(), held.read()), (Reading::Value(0.75), Reading::Value(0.25)));
    assert_eq!(refusals!(bench.control, &new), [const { None }; 13]);
}

#[test]
fn handles_are_refused_while_nothing_plays() {
    let mut bench = Bench::new(LEVELS);
    let bus = bench.control.assign_bus(BusKind::Control, 0.25, true).unwrap();
    bench.play(480, &[], &[480]);
    let Reading::Value(bus) = bus.read() else { panic!("no bus") };
    let old = handles!(bench.control, bus);
    bench.player.release();
    assert_eq!(refusals!(bench.control, &old), [const { Some(LiveError::NothingPlays) }; 13]);
}

#[test]
fn a_listener_that_was_ended_is_unknown() {
    let bench = Bench::new(LEVELS);
    let listener = bench.control.on_channel("level", |_, _| ()).unwrap();
    assert_eq!(bench.control.stop_listening(listener), Ok(()));
    assert_eq!(bench.control.stop_listening(listener), Err(LiveError::UnknownListener));
}

fn offline() -> OfflineEngine {
    let mut engine = OfflineEngine::builder().channels(1).build().unwrap();
    engine.compile("instr 100\n kval = p4\n outch 1, a(kval)\nendin\n").unwrap();
    engine
}

#[test]
fn handles_of_another_engine_or_one_that_was_stopped_are_refused_offline() {
    let (mut one, mut other) = (offline(), offline());
    let bus = one.assign_bus(BusKind::Control, 0.25, true).unwrap();
    let old = handles!(one, bus);
    let bus = other.assign_bus(BusKind::Control, 0.25, true).unwrap();
    let new = handles!(other, bus);
    let listener = one.on_channel("level", |_, _| ()).unwrap();
    assert_eq!((new.event.p1(), new.bus.token()), (old.event.p1(), old.bus.token()));
    assert_eq!(refusals!(other, &old), OTHERS.map(|what| Some(EngineError::OtherEngine(what))));
    one.stop_with(false, 0.0).unwrap();
    assert_eq!(refusals!(other, &old), OTHERS.map(|what| Some(EngineError::OtherEngine(what))));
    assert_eq!(refusals!(one, &old), [const { Some(EngineError::Stopped) }; 13]);
    assert_eq!(one.stop_listening(listener), Err(EngineError::Stopped));
    assert_eq!(other.getp(&new.event, 4), Ok(None), "nothing was started by it");
    assert_eq!(other.read_bus(new.bus), Ok(0.25));
    assert_eq!(refusals!(other, &new), [const { None }; 13]);
}
