//! Instruments that are compiled later than others, with numbers far above theirs: Csound 6.18 writes beyond the end
//! of its list where nothing made room for them and the orchestra has an opcode.
//!
//! `LD_PRELOAD=libc_malloc_debug.so GLIBC_TUNABLES=glibc.malloc.check=3`, or valgrind, shows whether it did.

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::verbs::{EngineError, Sched};

const OPCODE: &str = "opcode Twice, a, a\nain xin\nxout ain*2\nendop\n";

fn instrument(number: u32) -> String {
    format!("instr {number}\nasig = 0.1\noutch 1, Twice(asig)\nendin\n")
}

#[test]
fn an_instrument_of_any_number_can_come_later() {
    let mut engine = OfflineEngine::builder().channels(1).global_code(OPCODE).build().unwrap();
    for number in [5000_u32, 300, 9_999, 451] {
        engine.compile(&instrument(number)).unwrap();
        engine.sched(Sched::new(number).dur(0.01)).unwrap();
    }
    engine.compile(&OPCODE.replace("Twice", "Thrice")).unwrap();
    engine.perform().unwrap();
    assert_eq!(engine.stop().unwrap().unwrap().frames, 7 * 64);
}

#[test]
fn a_number_without_room_is_refused_and_room_can_be_made() {
    let mut engine = OfflineEngine::builder().global_code(OPCODE).build().unwrap();
    let refused = engine.compile(&instrument(12_000)).unwrap_err();
    assert_eq!(refused, EngineError::HighNumber { number: 12_000, highest: 9_999 });
    assert_eq!(engine.sched(Sched::new(10_000_u32)), Err(EngineError::UnknownInstrument("10000".into())));

    let header = format!("{OPCODE}{}", instrument(20_000));
    let mut engine = OfflineEngine::builder().global_code(header).build().unwrap();
    engine.compile(&instrument(12_000)).unwrap();
    engine.sched(Sched::new(12_000_u32).dur(0.01)).unwrap();
    engine.perform().unwrap();
}

#[test]
fn a_number_that_csound_cannot_hold_is_refused_with_its_line() {
    let mut engine = OfflineEngine::builder().build().unwrap();
    match engine.compile("\ninstr 1000, 40000\nendin\n").unwrap_err() {
        EngineError::Compile(said) => {
            assert_eq!(said[0].line, Some(2));
            assert!(said[0].text.contains("40000"), "{}", said[0].text);
        }
        other => panic!("{other}"),
    }
}
