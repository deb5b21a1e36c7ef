//! Texts of any kind, given to a plugin that plays a good one: what became of each, how soon it was said, and whether the
//! good sound came back.
//!
//! The host itself is the process that runs this: whether it lives is seen from outside.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use ksmps_core::event::{Event, EventKind, NoteName, NoteSelector};
use serde_json::Value;

use crate::bundle::Kind;
use crate::host::{Block, HostError, Setup};
use crate::hosts::Host;
use crate::instance::{Instance, InstanceError};

/// Sounds at [`GOOD_LEVEL`] as long as it plays.
const GOOD: &str = "nchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n a1 oscili 0.25, 440\n outs a1, a1\nendin\nschedule 1, 0, -1\n";
const GOOD_LEVEL: f32 = 0.25;
const RATE: f64 = 48_000.0;
const FRAMES: usize = 480;
/// Far more than anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Blocks that a text plays, with a note, until it is believed.
const BLOCKS: usize = 24;
/// The note ends before this one.
const NOTE_OFF_BLOCK: usize = 12;
/// Where a text keeps its engine busy, it is waited for so long: then it is stopped.
const BUSY: Duration = Duration::from_secs(4);

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was built and played.
    Played,
    /// It was refused, with a message.
    Refused,
    /// It has ended its engine, or had to be stopped.
    Died,
}

/// What became of a text, and how soon.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What became of it.
    pub ending: Ending,
    /// What was said of it; empty where nothing was.
    pub said: String,
    /// How long it took until it was said: from the load, or from the note that it died of.
    pub said_after: Duration,
    /// How long it took then until the good sound was heard; `None` where it did not come back.
    pub good_after: Option<Duration>,
}

/// A plugin that plays the good document.
pub struct Trial {
    instance: Instance,
    is_offline: bool,
    /// A block was refused: the render has failed.
    has_failed: bool,
}

impl Trial {
    /// Opens the instrument in a host, active and playing. `[control]`
    ///
    /// # Errors
    /// Where the host or the plugin cannot.
    pub fn new(host: Host, is_offline: bool) -> Result<Self, InstanceError> {
        let mut instance = host.open(Kind::Instrument)?;
        instance.load(GOOD, None)?;
        instance.activate_for(Setup { rate: RATE, block_max: FRAMES, offline: is_offline })?;
        let mut trial = Self { instance, is_offline, has_failed: false };
        trial.wait_for_good()?;
        Ok(trial)
    }

    /// Gives it a text, as if it came from this file, plays a note of it, and sees what becomes of it. Then the good document plays. `[control]`
    ///
    /// # Errors
    /// Where the host or the plugin cannot; the text is no reason for that.
    pub fn attempt(&mut self, text: &str, origin: Option<&Path>) -> Result<Outcome, InstanceError> {
        self.has_failed = false;
        let begun = Instant::now();
        self.instance.load(text, origin)?;
        let report = self.report_when(begun, |report| report["building"] == false)?;
        if report["plays"] == false {
            let said = said(&report);
            let ending =
                if said.contains("the engine's process ended") { Ending::Died } else { Ending::Refused };
            return self.finish(ending, said, begun.elapsed());
        }
        let begun = Instant::now();
        let report = self.play_note(begun)?;
        if report["plays"] == false {
            return self.finish(Ending::Died, said(&report), begun.elapsed());
        }
        self.instance.load(GOOD, None)?;
        // The text's own sound may be as loud as the good one. What was loaded and not built would be replaced by the next text.
        self.report_when(Instant::now(), |report| report["building"] == false)?;
        self.finish(Ending::Played, said(&report), Duration::ZERO)
    }

    /// A note, until it is over or the engine is.
    fn play_note(&mut self, begun: Instant) -> Result<Value, InstanceError> {
        let note = NoteName { id: None, channel: 0, key: 60 };
        for block in 0..BLOCKS {
            let kind = match block {
                0 => Some(EventKind::NoteOn { note, velocity: 0.8 }),
                NOTE_OFF_BLOCK => Some(EventKind::NoteOff { notes: NoteSelector::from(note), velocity: 0.5 }),
                _ => None,
            };
            self.block(kind)?;
            thread::sleep(Duration::from_millis(1));
        }
        let is_busy = |report: &Value| report["problems"].to_string().contains("ready in time");
        let report = self.report()?;
        if self.has_failed || is_busy(&report) {
            let noticed = Instant::now();
            return self.report_when(begun, |report| report["plays"] == false || noticed.elapsed() > BUSY);
        }
        Ok(report)
    }

    /// The good sound comes back: by itself where the text does not play, else because it was loaded.
    fn finish(
        &mut self,
        ending: Ending,
        said: String,
        said_after: Duration,
    ) -> Result<Outcome, InstanceError> {
        let good_after = self.wait_for_good()?;
        let said = match good_after {
            Some(_) => said,
            // What is said of the good text is the reason.
            None => format!("{said}\nand then: {}", self.report()?),
        };
        Ok(Outcome { ending, said, said_after, good_after })
    }

    /// Plays until the good document is heard; how long that took.
    fn wait_for_good(&mut self) -> Result<Option<Duration>, InstanceError> {
        let until = Instant::now() + PATIENCE;
        let mut begun = Instant::now();
        while Instant::now() < until {
            let loudest = self.block(None)?;
            if std::mem::take(&mut self.has_failed) {
                // A render that has failed begins anew; so does one that the text fails while the good one is built.
                self.instance.reset();
                begun = Instant::now();
            }
            if (loudest - GOOD_LEVEL).abs() < 0.01 {
                return Ok(Some(begun.elapsed()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(None)
    }

    /// Plays until the plugin says something.
    fn report_when(
        &mut self,
        begun: Instant,
        holds: impl Fn(&Value) -> bool,
    ) -> Result<Value, InstanceError> {
        loop {
            self.block(None)?;
            let report = self.report()?;
            if holds(&report) || begun.elapsed() > PATIENCE {
                return Ok(report);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn report(&mut self) -> Result<Value, InstanceError> {
        Ok(self.instance.state()?.report()?)
    }

    /// A block; its loudest sample. A block that fails is silence, and is remembered.
    fn block(&mut self, kind: Option<EventKind>) -> Result<f32, InstanceError> {
        let events: Vec<Event> = kind.into_iter().map(|kind| Event { frame: 0, kind }).collect();
        let mut sound = [[0.0_f32; FRAMES]; 2];
        let [left, right] = &mut sound;
        let outputs = &mut [&mut left[..], &mut right[..]];
        let mut block = Block { inputs: &[], outputs, frames: FRAMES, events: &events, transport: None };
        match self.instance.processing().process(&mut block) {
            Ok(_) => Ok(sound.iter().flatten().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()))),
            Err(HostError::Refused(_)) if self.is_offline => {
                self.has_failed = true;
                Ok(0.0)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn said(report: &Value) -> String {
    let lines =
        ["diagnostics", "problems"].into_iter().filter_map(|field| report[field].as_array()).flatten();
    let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
    lines.join("\n")
}
