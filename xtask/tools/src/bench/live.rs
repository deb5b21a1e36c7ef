//! What the engine's verbs cost on the audio thread.
//!
//! A call is timed alone, many at a time; what is carried out inside the cycle is the difference of neighbouring
//! cycles, with it and without it.

use std::hint::black_box;
use std::time::Instant;

use ksmps_core::csound::{BusKind, BusSizes, BusToken, Failure, Instances, Performed, Preparing, Running};
use ksmps_core::engine::command::{Action, LineTarget, PendingLine};
use ksmps_core::engine::{Agenda, ChannelPlaces};
use ksmps_core::verbs::{Clock, Curve, EngineError, Line, LineId, Pairs, Points, SETP_PAIRS_MAX};

use super::{RATE, median};
use crate::error::Error;

const KSMPS: usize = 64;
const VOICES: usize = 64;
const LINES: usize = 1000;
/// Calls that one time is taken of: fewer than an agenda has room for.
const CALLS: usize = 4000;
/// Cycles that one time is taken of.
const CYCLES: usize = 200;
/// p-fields of a voice, from p4 on, that a line can move.
const FIELDS: std::ops::Range<usize> = 4..20;

/// Measures and prints the verbs.
pub fn verbs(rounds: usize) -> Result<(), Error> {
    println!("verbs at {RATE} Hz, ksmps {KSMPS}, {VOICES} voices (median of {rounds} turns)");
    let mut live = Live::start().map_err(|failure| Error::Bench(failure.to_string()))?;
    println!("  setp written between cycles: {:.4} us a call (target under 0.2)", live.direct(rounds)? * 1e6);
    println!("  setp through the agenda: {:.4} us a call (target under 0.2)", live.setp(rounds)? * 1e6);
    println!("  bus write: {:.1} ns a call (target under 50)", live.bus(rounds)? * 1e9);
    for (what, is_bus) in [("p-fields", false), ("buses", true)] {
        let percent = live.lines(rounds, is_bus)? * 100.0;
        println!("  {LINES} automation lines over {what}: {percent:.2} % of real time (target under 5)");
    }
    Ok(())
}

/// An engine with its voices sounding.
struct Live {
    running: Running,
    agenda: Agenda,
    places: ChannelPlaces,
    clock: Clock,
    buses: Vec<BusToken>,
}

/// p1 of a voice.
fn voice(index: usize) -> f64 {
    1.0 + (index % VOICES + 1) as f64 / 1000.0
}

impl Live {
    fn start() -> Result<Self, Failure> {
        let mut preparing = Preparing::create()?;
        preparing.set_bus_sizes(BusSizes { control: LINES, ..BusSizes::default() });
        let voices = "instr 1\n kvalue = p4 + p19\nendin\n";
        preparing.compile(&format!("sr = {RATE}\nksmps = {KSMPS}\nnchnls = 2\n0dbfs = 1\n{voices}"))?;
        let mut running = preparing.start()?;
        for index in 0..VOICES {
            let mut pfields = [0.0; FIELDS.end];
            (pfields[0], pfields[2]) = (voice(index), -1.0);
            running.start(&pfields, 0);
        }
        let clock = Clock::new(f64::from(RATE), KSMPS);
        Ok(Self {
            running,
            agenda: Agenda::new(clock),
            places: ChannelPlaces::default(),
            clock,
            buses: Vec::new(),
        })
    }

    /// Performs cycles; seconds for one.
    fn cycles(&mut self, count: usize) -> Result<f64, Error> {
        let start = Instant::now();
        for _ in 0..count {
            self.agenda.advance(&mut self.running, &self.places);
            if self.running.perform() != Performed::Cycle {
                return Err(Error::Bench("the engine stopped".to_owned()));
            }
            self.agenda.performed(&mut self.running);
        }
        Ok(start.elapsed().as_secs_f64() / count as f64)
    }

    /// Writes that are done at once.
    fn direct(&mut self, rounds: usize) -> Result<f64, Error> {
        self.cycles(CYCLES)?;
        let mut times = Vec::new();
        for round in 0..rounds {
            let start = Instant::now();
            let done = (0..CALLS).filter(|&call| {
                self.running.set_pfield(black_box(voice(call)), FIELDS.start, (round + call) as f64)
            });
            let done = done.count();
            times.push(start.elapsed().as_secs_f64() / CALLS as f64);
            if done != CALLS {
                return Err(Error::Bench("a voice was not found".to_owned()));
            }
        }
        Ok(median(times))
    }

    /// Writes on their way: asked for, due, and carried out inside the cycle.
    fn setp(&mut self, rounds: usize) -> Result<f64, Error> {
        let mut times = Vec::new();
        for round in 0..rounds {
            let idle = self.cycles(CYCLES)?;
            let start = Instant::now();
            for call in 0..CALLS {
                let mut pairs = [(0, 0.0); SETP_PAIRS_MAX];
                pairs[0] = (FIELDS.start as u16, (round + call) as f64);
                let which = Instances::Exactly(voice(call));
                self.agenda.add(0.0, Action::SetPfields(which, Pairs { pairs, count: 1 }));
            }
            self.cycles(1)?;
            times.push((start.elapsed().as_secs_f64() - idle) / CALLS as f64);
            let last = (round + CALLS - 1) as f64;
            if self.running.pfield(voice(CALLS - 1), FIELDS.start) != Some(last) {
                return Err(Error::Bench("a setp did not arrive".to_owned()));
            }
        }
        Ok(median(times))
    }

    fn bus(&mut self, rounds: usize) -> Result<f64, Error> {
        let failed = |error| Error::Bench(EngineError::Bus(error).to_string());
        while self.buses.len() < LINES {
            let bus = self.running.assign_bus(Some(BusKind::Control), Some(0.0), true);
            self.buses.push(bus.map_err(failed)?);
        }
        let mut times = Vec::new();
        for round in 0..rounds {
            let start = Instant::now();
            for call in 0..CALLS {
                let bus = black_box(self.buses[call % LINES]);
                self.running.write_bus(bus, (round + call) as f64).map_err(failed)?;
            }
            times.push(start.elapsed().as_secs_f64() / CALLS as f64);
        }
        Ok(median(times))
    }

    /// What lines add to a cycle, as a share of the time that the cycle lasts.
    fn lines(&mut self, rounds: usize, is_bus: bool) -> Result<f64, Error> {
        let mut shares = Vec::new();
        for _ in 0..rounds {
            let idle = self.cycles(CYCLES)?;
            for index in 0..LINES {
                let target = match is_bus {
                    true => LineTarget::Bus(self.buses[index]),
                    false => LineTarget::Pfield {
                        which: Instances::Exactly(voice(index)),
                        index: FIELDS.start + index / VOICES,
                    },
                };
                self.add_line(target, LineId { engine: 0, number: index as u64 })?;
            }
            // The lines start.
            self.cycles(1)?;
            let moving = self.cycles(CYCLES)?;
            if self.agenda.line_count() != LINES {
                return Err(Error::Bench("lines ended early".to_owned()));
            }
            shares.push((moving - idle) / self.clock.cycle_seconds());
            self.agenda.clear();
        }
        Ok(median(shares))
    }

    fn add_line(&mut self, target: LineTarget, id: LineId) -> Result<(), Error> {
        // More points than are passed while it is measured, and longer than that.
        let points = Points::new((0..20).map(|point| (f64::from(point) * 0.1, f64::from(point))));
        let points = points.map_err(|error| Error::Bench(error.to_string()))?;
        let line = Line::new(points, Curve::Linear, false, self.clock.cycles_per_second());
        let pending = PendingLine { id, target, line, settle: true, ahead: false };
        self.agenda.add(self.clock.seconds(self.agenda.cycle()), Action::Line(Box::new(pending)));
        Ok(())
    }
}
