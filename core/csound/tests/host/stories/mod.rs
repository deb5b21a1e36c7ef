//! Stories of a host: each calls a part of the API, and asserts what comes of it.

pub mod callbacks;
pub mod channels;
pub mod compile;
pub mod devices;
pub mod events;
pub mod life;
pub mod messages;
pub mod opcodes;
pub mod perform;
pub mod rusts_own;
pub mod score;
pub mod tables;
pub mod utilities;

use ksmps_csound::host::{Compiled, Configuring, Csound, Performing};

/// An instance without files and devices, which prints nothing.
pub fn silent() -> Csound<Configuring> {
    let mut csound = Csound::create().expect("Csound is installed");
    for option in ["-n", "-d", "-m0"] {
        csound.set_option(option).expect("Csound knows it");
    }
    csound
}

/// An instance that has compiled an orchestra.
pub fn compiled(orchestra: &str) -> Csound<Compiled> {
    silent().compile_orc(orchestra).expect("it compiles")
}

/// An instance that plays an orchestra and a score. Its buffers are the host's.
pub fn playing(orchestra: &str, score: &str) -> Csound<Performing> {
    let mut csound = silent();
    csound.set_host_implemented_audio_io(true, 0);
    let mut csound = csound.compile_orc(orchestra).expect("it compiles");
    csound.read_score(score).expect("it is read");
    csound.start().expect("it starts")
}

/// The greatest sample of the last cycle, without the last digits: Csound adds steps up where a number becomes audio.
pub fn peak(csound: &Csound<Performing>) -> f64 {
    let peak = csound.spout().iter().fold(0.0, |peak: f64, sample| peak.max(sample.abs()));
    (peak * 1e9).round() / 1e9
}
