//! Rendering without a clock on the wall, over the csound command line on what was exported of it.
//!
//! Both start from nothing and write a file of 32-bit floats, in turns.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::pieces::{self, EVENTS};
use super::{failed, median};
use crate::error::Error;

/// Measures and prints the renders.
pub fn renders(rounds: usize) -> Result<(), Error> {
    let scratch = tempfile::tempdir().map_err(failed)?;
    let (ours, csd, theirs) = (
        scratch.path().join("ours.wav"),
        scratch.path().join("piece.csd"),
        scratch.path().join("theirs.wav"),
    );
    println!("renders over the csound command line (median of {rounds} turns)");
    pieces::engine(1, &ours)?.write(&csd).map_err(failed)?;
    let minute = || pieces::engine(1, &ours)?.stop().map(drop).map_err(failed);
    let turns = Turns::take(rounds, minute, || command_line(&csd, &theirs))?;
    println!("  a minute of 8 voices: {}, {}", turns.words(), sameness(&ours, &theirs)?);

    let mut times = Vec::new();
    let mut session = pieces::events()?;
    for _ in 0..rounds {
        let start = Instant::now();
        session = pieces::events()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("  scheduling {EVENTS} events: {:.1} ms (target under 50)", median(times));
    session.write_csd(&csd).map_err(failed)?;
    let turns = Turns::take(rounds, || pieces::render(&session, &ours), || command_line(&csd, &theirs))?;
    println!("  {EVENTS} events of 3 instruments: {}, {}", turns.words(), sameness(&ours, &theirs)?);
    Ok(())
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

/// Renders a .csd with the csound command line into a file of 32-bit floats.
pub fn command_line(csd: &Path, out: &Path) -> Result<(), Error> {
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=float", "-o"]).arg(out).arg(csd);
    // The person's own defaults would be a difference.
    csound.env("CSOUND6RC", csd.with_extension("none")).stdout(Stdio::null()).stderr(Stdio::null());
    let status = csound.status().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(Error::Bench(format!("csound ends with {status}"))) }
}

/// Whether both files hold the same, as far as the shorter goes: a figure for another sound would mean nothing.
pub fn sameness(ours: &Path, theirs: &Path) -> Result<&'static str, Error> {
    let open = |path| hound::WavReader::open(path).map_err(failed);
    let (mut ours, mut theirs) = (open(ours)?, open(theirs)?);
    let mut length = 0_u64;
    for (ours, theirs) in ours.samples::<f32>().zip(theirs.samples::<f32>()) {
        if ours.map_err(failed)? != theirs.map_err(failed)? {
            return Ok("DIFFERENT");
        }
        length += 1;
    }
    Ok(if length > 0 { "identical" } else { "DIFFERENT" })
}
