//! Seam: `csound`, what handles do when their engine is gone, and when another one took over.

use ksmps_core::csound::{BusError, BusKind, LateRead, Preparing, Running, Which};

/// Two channels of each kind; notes of instrument 1 write p4 to the second number.
const ORCHESTRA: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n\
    chn_k \"first\", 3\nchn_k \"second\", 3\nchn_S \"name\", 3\nchn_S \"place\", 3\n\
    instr 1\n chnset p4, \"second\"\nendin\n";

fn engine() -> Running {
    let mut preparing = Preparing::create().unwrap();
    preparing.compile(ORCHESTRA).unwrap();
    preparing.start().unwrap()
}

/// What the channels of an engine hold.
fn values(engine: &mut Running) -> (f64, f64, String, String) {
    let [first, second] = ["first", "second"].map(|name| engine.control_channel(name).unwrap());
    let (first, second) = (engine.channel(first), engine.channel(second));
    (first, second, engine.text_channel("name").unwrap(), engine.text_channel("place").unwrap())
}

#[test]
fn a_channel_is_its_own_engines_alone() {
    let mut before = engine();
    let (first, second) =
        (before.control_channel("first").unwrap(), before.control_channel("second").unwrap());
    assert_ne!(first, second);
    assert_eq!(before.control_channel("first"), Some(first), "one channel has one handle");
    before.set_channel(first, 0.5);
    before.set_channel(second, 0.25);
    assert_eq!((before.channel(first), before.channel(second)), (0.5, 0.25));

    // Beside it, in its place, and after others came and went.
    let mut beside = engine();
    beside.set_channel(first, 9.0);
    assert_eq!(beside.channel(first), 0.0);
    assert_eq!(values(&mut beside), (0.0, 0.0, String::new(), String::new()));
    drop(before);
    for _ in 0..8 {
        let mut after = engine();
        let own = after.control_channel("first").unwrap();
        after.set_channel(own, 1.0);
        after.set_channel(first, 9.0);
        after.set_channel(second, 9.0);
        assert_eq!((after.channel(first), after.channel(second)), (0.0, 0.0));
        assert_eq!(values(&mut after), (1.0, 0.0, String::new(), String::new()));
    }
}

#[test]
fn a_write_in_the_cycle_does_not_reach_another_engine() {
    let stale = engine().control_channel("first").unwrap();
    let mut after = engine();
    let own = after.control_channel("second").unwrap();
    after.late_set_channel(stale, 9.0);
    after.late_set_channel(own, 0.5);
    after.perform();
    assert_eq!(values(&mut after), (0.0, 0.5, String::new(), String::new()));
}

#[test]
fn a_text_channel_is_its_own_engines_alone() {
    let mut before = engine();
    let name = before.text_channel_place("name").unwrap();
    assert_eq!(before.text_channel_place("name"), Some(name));
    assert!(before.set_text_at(name, c"mine"));
    assert_eq!(before.text_at(name), c"mine");
    drop(before);
    for _ in 0..8 {
        let mut after = engine();
        let own = after.text_channel_place("place").unwrap();
        assert!(after.set_text_at(own, c"here"));
        assert!(!after.set_text_at(name, c"not mine"));
        assert_eq!(after.text_at(name), c"");
        assert_eq!(values(&mut after), (0.0, 0.0, String::new(), "here".into()));
    }
}

/// Reads p4 of instrument 1 inside the next cycle.
fn read(engine: &mut Running) -> LateRead {
    let read = engine.late_read(Which::All(1), 4);
    engine.perform();
    read
}

#[test]
fn a_value_that_was_read_is_of_its_own_engine_and_cycle() {
    let mut before = engine();
    before.start(&[1.001, 0.0, -1.0, 7.0], 0);
    let own = read(&mut before);
    assert_eq!(before.late_value(own), Some(7.0));
    let next = read(&mut before);
    assert_eq!((before.late_value(next), before.late_value(own)), (Some(7.0), None), "of an earlier cycle");

    let mut after = engine();
    after.start(&[1.001, 0.0, -1.0, 8.0], 0);
    let of_after = [read(&mut after), read(&mut after)];
    assert_eq!(before.late_value(of_after[1]), None);
    assert_eq!((after.late_value(own), after.late_value(next)), (None, None));
    drop(before);
    assert_eq!((after.late_value(next), after.late_value(of_after[1])), (None, Some(8.0)));
}

#[test]
fn a_bus_is_a_number_that_another_engine_looks_up_anew() {
    let mut before = engine();
    before.assign_bus(Some(BusKind::Control), Some(1.0), true).unwrap();
    let second = before.assign_bus(Some(BusKind::Control), Some(2.0), true).unwrap();
    drop(before);
    let mut after = engine();
    after.assign_bus(Some(BusKind::Control), Some(3.0), true).unwrap();
    assert_eq!(after.read_bus(second), Err(BusError::Unknown(second)));
    assert_eq!(after.write_bus(second, 1.0), Err(BusError::Unknown(second)));
    assert_eq!(after.release_bus(second), Err(BusError::Unknown(second)));
}
