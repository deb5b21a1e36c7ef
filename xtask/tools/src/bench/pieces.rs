//! The pieces that renders are measured with.

use std::path::Path;

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::offline::sound_file::Encoding;
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{Sched, Session, SessionConfig, Template};
use ksmps_core::verbs;

use super::{RATE, failed};
use crate::error::Error;

/// Events of the piece of many short notes.
pub const EVENTS: usize = 10_000;
const MINUTE: f64 = 60.0;
/// Notes of the tones in a second; each lasts one.
const TONES_PER_SECOND: u32 = 8;
/// A note that costs what notes cost; `ifreq` is its frequency in Hz.
const TONE: &str = "aenv = linseg:a(0, 0.01, 1, p3 - 0.02, 1, 0.01, 0)\n\
                    asound = moogladder2(vco2:a(0.02, ifreq) * aenv, 2000, 0.3)\n\
                    outs asound, asound\n";
const RING: &str = "asound = foscili:a(0.02, ifreq, 1, 1.4, 2) * linseg:a(1, p3, 0)\n\
                    outs asound, asound\n";
const PLUCK: &str = "asound = pluck:a(0.02, ifreq, ifreq, 0, 1)\n\
                     outs asound, asound\n";

/// When the tones start, in seconds, and their frequencies.
fn tones(minutes: u32) -> impl Iterator<Item = (f64, f64)> {
    (0..tone_count(minutes)).map(|note| (f64::from(note / TONES_PER_SECOND), hertz(note)))
}

/// How many tones there are in that many minutes.
pub fn tone_count(minutes: u32) -> u32 {
    minutes * 60 * TONES_PER_SECOND
}

fn hertz(note: u32) -> f64 {
    110.0 * 2_f64.powf(f64::from(note * 7 % 36) / 12.0)
}

/// Tones, eight at a time, on an engine that has not rendered them.
pub fn engine(minutes: u32, out: &Path) -> Result<OfflineEngine, Error> {
    let builder = OfflineEngine::builder().sample_rate(RATE).ksmps(64).channels(2);
    let mut engine = builder.outfile(out).encoding(Encoding::Float32).build().map_err(failed)?;
    engine.compile(&format!("instr 100\nifreq = p5\n{TONE}endin\n")).map_err(failed)?;
    for (start, hertz) in tones(minutes) {
        engine.sched(verbs::Sched::new(100).dur(1.0).at(start).arg(0).arg(hertz)).map_err(failed)?;
    }
    Ok(engine)
}

/// The same tones as a session.
pub fn session(minutes: u32) -> Result<Session, Error> {
    let mut session = empty(&[("tone", TONE)])?;
    for (start, hertz) in tones(minutes) {
        session.sched(Sched::new("tone").at(start).dur(1.0).with("ifreq", hertz)).map_err(failed)?;
    }
    Ok(session)
}

/// A minute of many short notes of several instruments.
pub fn events() -> Result<Session, Error> {
    let instruments = [("tone", TONE), ("ring", RING), ("pluck", PLUCK)];
    let mut session = empty(&instruments)?;
    for note in 0..EVENTS {
        let (name, _) = instruments[note % instruments.len()];
        let start = cycles(note as f64 * MINUTE / EVENTS as f64);
        let event = Sched::new(name).at(start).dur(cycles(0.1)).with("ifreq", hertz(note as u32));
        session.sched(event.priority(1 + note as i32 % 2)).map_err(failed)?;
    }
    Ok(session)
}

/// Renders a session into a file of 32-bit floats.
pub fn render(session: &Session, out: &Path) -> Result<(), Error> {
    let options = RenderOptions { encoding: Some(Encoding::Float32), ..RenderOptions::default() };
    session.render(out, &options).map(drop).map_err(failed)
}

fn empty(templates: &[(&str, &str)]) -> Result<Session, Error> {
    let mut session = Session::new(SessionConfig { sr: RATE, ..SessionConfig::default() }).map_err(failed)?;
    for (name, body) in templates {
        session.define(Template::new(*name, format!("|ifreq=440|\n{body}"))).map_err(failed)?;
    }
    Ok(session)
}

/// A time at the beginning of a cycle.
fn cycles(seconds: f64) -> f64 {
    let cycle = f64::from(SessionConfig::default().ksmps) / f64::from(RATE);
    (seconds / cycle).floor() * cycle
}
