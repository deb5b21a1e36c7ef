//! Rendering without a clock on the wall, over the csound command line on what was exported of it.
//!
//! Both start from nothing and write a file of 32-bit floats, in turns.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use ksmps_core::offline::OfflineEngine;
use ksmps_core::offline::sound_file::{self, Encoding};
use ksmps_core::session::{RenderOptions, Sched, Session, SessionConfig, Template};
use ksmps_core::verbs;

use super::{RATE, median};
use crate::error::Error;

const MINUTE: f64 = 60.0;
const EVENTS: usize = 10_000;
/// A note that costs what notes cost; `ifreq` is its frequency in Hz.
const TONE: &str = "aenv = linseg:a(0, 0.01, 1, p3 - 0.02, 1, 0.01, 0)\n\
                    asound = moogladder2(vco2:a(0.02, ifreq) * aenv, 2000, 0.3)\n\
                    outs asound, asound\n";
const RING: &str = "asound = foscili:a(0.02, ifreq, 1, 1.4, 2) * linseg:a(1, p3, 0)\n\
                    outs asound, asound\n";
const PLUCK: &str = "asound = pluck:a(0.02, ifreq, ifreq, 0, 1)\n\
                     outs asound, asound\n";

/// Measures and prints the renders.
pub fn renders(rounds: usize) -> Result<(), Error> {
    let scratch = tempfile::tempdir().map_err(|error| Error::Bench(error.to_string()))?;
    let (ours, csd, theirs) = (
        scratch.path().join("ours.wav"),
        scratch.path().join("piece.csd"),
        scratch.path().join("theirs.wav"),
    );
    println!("renders over the csound command line (median of {rounds} turns)");
    piece(&ours, Some(&csd))?;
    let turns = Turns::take(rounds, || piece(&ours, None), || command_line(&csd, &theirs))?;
    println!("  a minute of 8 voices: {}, {}", turns.words(), sameness(&ours, &theirs)?);

    let mut times = Vec::new();
    let mut session = events()?;
    for _ in 0..rounds {
        let start = Instant::now();
        session = events()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("  scheduling {EVENTS} events: {:.1} ms (target under 50)", median(times));
    session.write_csd(&csd).map_err(bench)?;
    let options = RenderOptions { encoding: Some(Encoding::Float32), ..RenderOptions::default() };
    let render = || session.render(&ours, &options).map(drop).map_err(bench);
    let turns = Turns::take(rounds, render, || command_line(&csd, &theirs))?;
    println!("  {EVENTS} events of 3 instruments: {}, {}", turns.words(), sameness(&ours, &theirs)?);
    Ok(())
}

fn bench(error: impl ToString) -> Error {
    Error::Bench(error.to_string())
}

/// Times of the two sides, in turns.
struct Turns {
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

impl Turns {
    fn take(
        rounds: usize,
        ours: impl Fn() -> Result<(), Error>,
        theirs: impl Fn() -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let timed = |side: &dyn Fn() -> Result<(), Error>| {
            let start = Instant::now();
            side().map(|()| start.elapsed().as_secs_f64())
        };
        let mut turns = Self { ours: Vec::new(), theirs: Vec::new() };
        for _ in 0..rounds {
            turns.ours.push(timed(&ours)?);
            turns.theirs.push(timed(&theirs)?);
        }
        Ok(turns)
    }

    fn words(&self) -> String {
        let ratios = self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| ours / theirs).collect();
        let (ours, theirs) = (median(self.ours.clone()), median(self.theirs.clone()));
        format!("ratio {:.3}, {ours:.2} s over {theirs:.2} s", median(ratios))
    }
}

/// A minute of notes, eight at a time; its .csd is written where one is asked for.
fn piece(out: &Path, csd: Option<&Path>) -> Result<(), Error> {
    let builder = OfflineEngine::builder().sample_rate(RATE).ksmps(64).channels(2);
    let mut engine = builder.outfile(out).encoding(Encoding::Float32).build().map_err(bench)?;
    engine.compile(&format!("instr 100\nifreq = p5\n{TONE}endin\n")).map_err(bench)?;
    for note in 0..MINUTE as u32 * 8 {
        let hertz = 110.0 * 2_f64.powf(f64::from(note * 7 % 36) / 12.0);
        let event = verbs::Sched::new(100).dur(1.0).at(f64::from(note / 8)).arg(0).arg(hertz);
        engine.sched(event).map_err(bench)?;
    }
    if let Some(csd) = csd {
        engine.write(csd).map_err(bench)?;
    }
    engine.stop().map(drop).map_err(bench)
}

/// A minute of many short notes of several instruments.
fn events() -> Result<Session, Error> {
    let mut session = Session::new(SessionConfig { sr: RATE, ..SessionConfig::default() }).map_err(bench)?;
    let instruments = [("tone", TONE), ("ring", RING), ("pluck", PLUCK)];
    for (name, body) in instruments {
        session.define(Template::new(name, format!("|ifreq=440|\n{body}"))).map_err(bench)?;
    }
    for note in 0..EVENTS {
        let hertz = 110.0 * 2_f64.powf((note * 7 % 36) as f64 / 12.0);
        let (name, _) = instruments[note % instruments.len()];
        // On whole cycles: halves are rounded to even ones by an engine and upwards by a score.
        let start = cycles(note as f64 * MINUTE / EVENTS as f64);
        let event =
            Sched::new(name).at(start).dur(cycles(0.1)).with("ifreq", hertz).priority(1 + note as i32 % 2);
        session.sched(event).map_err(bench)?;
    }
    Ok(session)
}

/// A time at the beginning of a cycle.
fn cycles(seconds: f64) -> f64 {
    let cycle = f64::from(SessionConfig::default().ksmps) / f64::from(RATE);
    (seconds / cycle).floor() * cycle
}

fn command_line(csd: &Path, out: &Path) -> Result<(), Error> {
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=float", "-o"]).arg(out).arg(csd);
    // The person's own defaults would be a difference.
    csound.env("CSOUND6RC", csd.with_extension("none")).stdout(Stdio::null()).stderr(Stdio::null());
    let status = csound.status().map_err(bench)?;
    if status.success() { Ok(()) } else { Err(Error::Bench(format!("csound ends with {status}"))) }
}

/// Whether both files hold the same, as far as the shorter goes: a figure for another sound would mean nothing.
fn sameness(ours: &Path, theirs: &Path) -> Result<&'static str, Error> {
    let (ours, theirs) = (sound_file::read(ours).map_err(bench)?, sound_file::read(theirs).map_err(bench)?);
    let length = ours.samples.len().min(theirs.samples.len());
    Ok(if length > 0 && ours.samples[..length] == theirs.samples[..length] {
        "identical"
    } else {
        "DIFFERENT"
    })
}
