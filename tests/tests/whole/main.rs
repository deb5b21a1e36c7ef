//! The whole path, from a host's block to its samples: the built bundles in headless hosts.
//!
//! Every story here is told for CLAP and for VST3, each with the engine in the host's process and in one of its own, and
//! for the core alone where they are compared. Documents go in as a project would bring them, in the state.
//! Sound is compared with its latency taken off, so that a frame of the script is a frame of the sound.
//! Needs the bundles: `cargo xtask bundle`. What may bring a process down has a test program of its own.

mod alone;
mod assets;
mod buses;
mod bypass;
mod cuts;
mod documents;
mod earlier;
mod expression;
mod factory;
mod faults;
mod fresh;
mod gone;
mod groups;
mod histories;
mod kept;
mod legs;
mod limits;
mod midi_out;
mod modulation;
mod offline;
mod onsets;
mod params;
mod presets;
mod rest;
mod score;
mod sent;
mod session;
mod song;
mod state;
mod transport;

use ksmps_harness::bounce::Sound;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;

/// Frames a second where nothing else is said.
const RATE: f64 = 48_000.0;
/// Longest block where nothing else is said.
const BLOCK_MAX: usize = 1024;

/// A fresh instance.
fn open(host: Host, kind: Kind) -> Instance {
    host.open(kind).unwrap_or_else(|error| panic!("{host:?} {kind:?}: {error}"))
}

/// An active instance that plays a document.
fn playing(host: Host, kind: Kind, document: &str) -> Instance {
    let mut instance = open(host, kind);
    instance.load(document, None).expect("the document goes in");
    instance.activate(RATE, BLOCK_MAX).expect("it activates");
    let report = instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
    assert_eq!(report["plays"], true, "{host:?} {kind:?}: {report:#}\n{document}");
    instance
}

/// The frames of a channel that are not silent.
fn sounding(channel: &[f32]) -> Vec<u64> {
    (0_u64..).zip(channel).filter(|(_, sample)| **sample != 0.0).map(|(frame, _)| frame).collect()
}

/// Fails where two sounds are not the same to the bit.
#[track_caller]
fn assert_same(a: &Sound, b: &Sound, what: &str) {
    if let Some((channel, frame)) = a.first_difference(b) {
        let sample =
            |sound: &Sound| sound.channels.get(channel).and_then(|samples| samples.get(frame).copied());
        panic!("{what}: channel {channel}, frame {frame}: {:?} and {:?}", sample(a), sample(b));
    }
}
