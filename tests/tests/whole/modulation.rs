//! Modulation of a parameter is heard, and kept nowhere.

use ksmps_core::event::{Event, EventKind};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Block;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use serde_json::Value;

use super::{documents, playing};

/// Plays one block; its last sample.
fn level(instance: &mut Instance, events: &[Event]) -> f32 {
    const FRAMES: usize = 1024;
    let silence = [[0.0; FRAMES]; 4];
    let inputs = silence.each_ref().map(|channel| &channel[..]);
    let mut sound = vec![vec![0.0; FRAMES]; 2];
    let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(Vec::as_mut_slice).collect();
    let mut block = Block { inputs: &inputs, outputs: &mut outputs, frames: FRAMES, events, transport: None };
    instance.processing().process(&mut block).expect("it plays");
    sound[0][FRAMES - 1]
}

/// The values in a saved state.
fn values(instance: &mut Instance) -> Value {
    instance.state().expect("it saves").core["slots"].clone()
}

#[test]
fn a_save_holds_the_value_without_it() {
    for host in Host::CLAP {
        let mut instance = playing(host, Kind::Effect, &documents::level(16, "level 0..1=0.5"));
        let slot = instance.param("level").expect("it saves").expect("it has a slot").0;
        let point = |frame, normalized| Event { frame, kind: EventKind::Param { slot, normalized } };
        let modulation = |frame, offset| Event { frame, kind: EventKind::ParamModulation { slot, offset } };
        let untouched = values(&mut instance);
        assert_eq!(level(&mut instance, &[modulation(0, 0.25)]), 0.75);
        assert_eq!(values(&mut instance), untouched, "modulation alone moves nothing");
        assert_eq!(level(&mut instance, &[point(0, 0.125), modulation(100, 0.5)]), 0.625);
        let moved = values(&mut instance);
        assert!(moved.to_string().contains("0.125"), "{moved}");
        let seen = instance.param("level").expect("it saves").expect("it has a slot").1;
        assert_eq!(seen.value, 0.125, "the host's knob stays");
        // What goes beyond the range is cut, and comes back whole.
        assert_eq!(level(&mut instance, &[modulation(0, 0.9375)]), 1.0);
        assert_eq!(level(&mut instance, &[point(0, 0.0)]), 0.9375);
        assert_eq!(level(&mut instance, &[modulation(0, 0.0)]), 0.0);
        // The saved project opens with the base value.
        assert_eq!(level(&mut instance, &[point(0, 0.125), modulation(0, 0.5)]), 0.625);
        let state = instance.state().expect("it saves");
        let mut other = playing(host, Kind::Effect, &documents::level(16, "level 0..1=0.5"));
        other.set_state(&state).expect("it loads");
        other.activate(super::RATE, 1024).expect("it activates");
        assert_eq!(level(&mut other, &[]), 0.125);
    }
}

#[test]
fn an_engine_that_takes_over_goes_on_with_it() {
    for host in Host::CLAP {
        let text = documents::level(16, "level 0..1=0.5");
        let mut instance = playing(host, Kind::Effect, &text);
        let slot = instance.param("level").expect("it saves").expect("it has a slot").0;
        let modulation = Event { frame: 0, kind: EventKind::ParamModulation { slot, offset: 0.25 } };
        assert_eq!(level(&mut instance, &[modulation]), 0.75);
        let mut state = instance.state().expect("it saves");
        state.edit_document(&text.replace("upsamp k1", "upsamp k1 / 2"), None);
        instance.set_state(&state).expect("it loads");
        let mut heard = 0.0;
        // Until the new engine has taken over.
        for _ in 0..100_000 {
            heard = level(&mut instance, &[]);
            if heard != 0.75 {
                break;
            }
            std::thread::yield_now();
        }
        (0..4).for_each(|_| heard = level(&mut instance, &[]));
        assert_eq!(heard, 0.375);
    }
}
