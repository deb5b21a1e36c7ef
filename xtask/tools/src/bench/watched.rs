//! What it costs the audio thread to watch values.
//!
//! Cycles with watched values and without stand beside each other, a few at a time.

use std::time::Instant;

use ksmps_core::csound::{Failure, Performed, Preparing, Running, prove_variables};
use ksmps_core::engine::command::{Command, WatchList, WatchPlace};
use ksmps_core::engine::{Agenda, ChannelPlaces, Executor};
use ksmps_core::verbs::Clock;
use ksmps_core::watched::{VariableScope, WhichVoice};

use super::{RATE, median};
use crate::error::Error;

const KSMPS: usize = 16;
const VOICES: usize = 16;
/// Variables that are watched.
const WATCHED: [usize; 3] = [1, 10, 50];
/// Cycles that one time is taken of.
const CYCLES: usize = 300;
/// Pairs of such times in each turn.
const PAIRS: usize = 16;
/// Frames between two readings of a value, as the editor asks for.
const EVERY_FRAMES: u32 = 1024;

/// Measures and prints the cost of watching.
pub fn values(rounds: usize) -> Result<(), Error> {
    println!(
        "watched variables at {RATE} Hz, ksmps {KSMPS}, {VOICES} voices of 76 variables (median of {rounds} turns)"
    );
    let mut watching = Watching::start().map_err(|failure| Error::Bench(failure.to_string()))?;
    for count in WATCHED {
        let (added, ratio) = watching.measure(rounds, count)?;
        let target = if count == 10 { " (target under 1)" } else { "" };
        println!(
            "  {count} watched: {:.3} us a cycle{target}, the cycle takes {ratio:.3} times as long",
            added * 1e6
        );
    }
    Ok(())
}

struct Watching {
    running: Running,
    executor: Executor,
}

impl Watching {
    fn start() -> Result<Self, Failure> {
        let mut preparing = Preparing::create()?;
        let numbers: String = (0..50).map(|at| format!(" kvalue{at} = p4 + {at}\n")).collect();
        let more: String = (0..25).map(|at| format!(" amore{at} init {at}\n")).collect();
        let body = format!("{numbers}{more} asound oscili 0.01, 440\n out asound\n");
        preparing.compile(&format!(
            "sr = {RATE}\nksmps = {KSMPS}\nnchnls = 1\n0dbfs = 1\ninstr 1\n{body}endin\n"
        ))?;
        let mut running = preparing.start()?;
        if let Ok(proven) = prove_variables() {
            running.see_variables(proven);
        }
        for index in 0..VOICES {
            running.start(&[1.0 + (index + 1) as f64 / 1000.0, 0.0, -1.0, index as f64], 0);
        }
        let agenda = Agenda::new(Clock::new(f64::from(RATE), KSMPS));
        Ok(Self { running, executor: Executor::new(agenda, ChannelPlaces::default()) })
    }

    fn watch(&mut self, count: usize) {
        let name = |at: usize| std::ffi::CString::new(format!("kvalue{at}")).unwrap_or_default().into();
        let place = |at| WatchPlace::Variable { scope: VariableScope::Instrument(1), name: name(at) };
        let list = WatchList::new(1, WhichVoice::Newest, EVERY_FRAMES, (0..count).map(place).collect());
        // The list before it comes back.
        drop(self.executor.take(&mut self.running, 0.0, Command::WatchValues(Box::new(list))));
    }

    /// Performs cycles; seconds for one, and how many readings there were.
    fn cycles(&mut self) -> Result<(f64, usize), Error> {
        let mut readings = 0;
        let start = Instant::now();
        for _ in 0..CYCLES {
            self.executor.advance(&mut self.running);
            if self.running.perform() != Performed::Cycle {
                return Err(Error::Bench("the engine stopped".to_owned()));
            }
            self.executor.performed(&mut self.running);
            while let Some(reading) = self.executor.next_reading() {
                readings += usize::from(reading.seen.has_value());
            }
        }
        Ok((start.elapsed().as_secs_f64() / CYCLES as f64, readings))
    }

    /// Seconds that so many watched variables add to a cycle, and how many times as long it is.
    fn measure(&mut self, rounds: usize, count: usize) -> Result<(f64, f64), Error> {
        let (mut added, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..rounds * PAIRS {
            self.watch(0);
            let (idle, _) = self.cycles()?;
            self.watch(count);
            let (watched, readings) = self.cycles()?;
            if readings == 0 || readings % count != 0 {
                return Err(Error::Bench(format!("{readings} readings of {count} watched variables")));
            }
            added.push(watched - idle);
            ratios.push(watched / idle);
        }
        Ok((median(added), median(ratios)))
    }
}
