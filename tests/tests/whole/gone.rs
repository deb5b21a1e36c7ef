//! An instance that goes while it builds takes nothing from the others, and is gone.
//!
//! The framework has one thread for all instances of a library, which ends with the first instance that goes while something
//! is to do; the last one then ends the host. So each instance has a thread of its own.

use std::thread;
use std::time::{Duration, Instant};

use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Block;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;

use super::{documents, playing};

/// How long an edit may take until it is heard.
const PATIENCE: Duration = Duration::from_secs(20);

fn steady(level: f64) -> String {
    documents::level(16, &format!("level 0..1={level}"))
}

/// A text that Csound compiles for a while.
fn slow(number: usize) -> String {
    let table = format!("giTable ftgen 0, 0, 262144, 10{}\n", ", 1".repeat(100));
    steady(0.25).replace(";@notes off\n", &format!(";@notes off\n{table}; {number}\n"))
}

fn edit(instance: &mut Instance, text: &str) {
    let mut state = instance.state().expect("it saves");
    state.set_document(text, None);
    instance.set_state(&state).expect("it loads");
}

/// Plays one block; its last sample.
fn level(instance: &mut Instance) -> f32 {
    const FRAMES: usize = 512;
    let mut sound = vec![vec![0.0; FRAMES]; 2];
    let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(Vec::as_mut_slice).collect();
    let silence = [[0.0; FRAMES]; 4];
    let inputs = silence.each_ref().map(|channel| &channel[..]);
    let mut block =
        Block { inputs: &inputs, outputs: &mut outputs, frames: FRAMES, events: &[], transport: None };
    instance.processing().process(&mut block).expect("it plays");
    sound[0][FRAMES - 1]
}

#[test]
fn an_instance_that_goes_while_it_builds_leaves_the_others_their_builders() {
    for host in Host::BUNDLES {
        let mut stays = playing(host, Kind::Effect, &steady(0.5));
        for round in 0..4 {
            let mut goes = playing(host, Kind::Effect, &steady(0.75));
            assert_eq!(level(&mut goes), 0.75, "{host:?}");
            // Several builds wait, and one is under way.
            (0..3).for_each(|number| edit(&mut goes, &slow(number)));
            drop(goes);
            let wanted = if round % 2 == 0 { 0.125 } else { 0.5 };
            edit(&mut stays, &steady(wanted));
            let started = Instant::now();
            while level(&mut stays) != wanted as f32 {
                assert!(started.elapsed() < PATIENCE, "{host:?}: the edit is not heard in round {round}");
                thread::sleep(Duration::from_millis(1));
            }
        }
        // The last one, while it builds: the host goes on.
        edit(&mut stays, &slow(9));
        drop(stays);
    }
}
