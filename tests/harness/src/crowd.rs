//! Many instances of both formats in one process, each with a document of its own, playing at once on two threads; and each
//! of them alone.
//!
//! The documents use the same names and numbers for different things (tables, channels, global variables, random
//! numbers), so that whatever one instance gets from another is heard. A member's sound is kept as a fingerprint for each
//! second: two minutes of many instances would not fit into memory.

use std::path::PathBuf;
use std::thread;

use ksmps_core::player::Place;

use crate::bundle::{self, Kind};
use crate::host::{Block, Format, HostError, Processing};
use crate::instance::{Instance, InstanceError};
use crate::measure;
use crate::script::Script;

/// Frames a second.
const RATE: usize = 48_000;
/// Blocks divide a second.
const BLOCK: usize = 480;
/// Threads that process, each half of the instances.
const THREADS: usize = 2;
/// Every so many members play a factory document.
const FACTORY_EVERY: usize = 5;
const FACTORY: [&str; 4] = ["drift/drift.csd", "bell/bell.csd", "tine/tine.csd", "glass-keys/glass-keys.csd"];

/// One instance: what it plays, and as which plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member(pub usize);

/// What came of playing.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// A fingerprint of each second.
    pub seconds: Vec<String>,
    /// The largest absolute sample.
    pub peak: f32,
    /// What the instance reports as wrong.
    pub problems: Vec<String>,
}

/// What came of playing at once.
#[derive(Debug, Clone, Default)]
pub struct Together {
    /// Of each member.
    pub heard: Vec<Heard>,
    /// Bytes of memory that the process took for all instances, where the system says so.
    pub bytes: Option<u64>,
}

impl Member {
    /// Both formats in turn.
    pub fn format(self) -> Format {
        Format::BUNDLES[self.0 % 2]
    }

    fn kind(self) -> Kind {
        match self.0 % FACTORY_EVERY {
            2 => Kind::Effect,
            3 => Kind::MultiOut,
            _ => Kind::Instrument,
        }
    }

    /// The document and where it comes from.
    fn document(self) -> Result<(String, Option<PathBuf>), HostError> {
        if !self.0.is_multiple_of(FACTORY_EVERY) {
            return Ok((text(self.0, self.kind() == Kind::Effect), None));
        }
        let file = FACTORY[self.0 / FACTORY_EVERY % FACTORY.len()];
        let documents = bundle::documents().map_err(|error| HostError::refused(error.to_string()))?;
        let path = documents.join(file);
        let text = std::fs::read_to_string(&path).map_err(|error| HostError::library(&path, error))?;
        Ok((text, Some(path)))
    }

    /// Two notes each second, at frames and keys of its own; none for an effect.
    fn script(self, seconds: u64) -> Script {
        let mut script = Script::new();
        if self.kind() == Kind::Effect {
            return script;
        }
        for second in 0..seconds {
            let from = second * RATE as u64 + 97 * self.0 as u64 % 9000;
            let key = 40 + ((7 * self.0 + 5 * second as usize) % 40) as u8;
            script.key(from, key, 0.8, 20_000).key(from + 12_000, key + 4, 0.5, 15_000);
        }
        script
    }

    fn open(self) -> Result<Instance, InstanceError> {
        let format = self.format();
        let library = bundle::library(format).map_err(|error| HostError::library(&error.0, &error))?;
        let mut instance = Instance::open(format, &library, self.kind().name())?;
        instance.set_place(Place::Together)?;
        let (text, origin) = self.document()?;
        instance.load(&text, origin.as_deref())?;
        instance.activate(RATE as f64, BLOCK)?;
        Ok(instance)
    }
}

/// Plays one member while no other is there. `[control]`
///
/// # Errors
/// Where it cannot be opened, or fails to process.
pub fn alone(member: Member, seconds: u64) -> Result<Heard, InstanceError> {
    let mut instance = member.open()?;
    let mut seat = Seat::new(member, &mut instance, seconds);
    (0..seconds).try_for_each(|second| seat.play(second))?;
    let heard = seat.heard;
    with_problems(&mut instance, heard)
}

/// Plays `count` members at once. `[control]`
///
/// # Errors
/// Where one cannot be opened, or fails to process.
pub fn together(count: usize, seconds: u64) -> Result<Together, InstanceError> {
    let before = resident_bytes();
    let members: Vec<Member> = (0..count).map(Member).collect();
    let mut instances: Vec<Instance> =
        members.iter().map(|member| member.open()).collect::<Result<_, _>>()?;
    let mut seats: Vec<Seat<'_>> = members
        .iter()
        .zip(&mut instances)
        .map(|(member, instance)| Seat::new(*member, instance, seconds))
        .collect();
    let share = count.div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        let threads: Vec<_> =
            seats.chunks_mut(share).map(|seats| scope.spawn(|| play(seats, seconds))).collect();
        // PANIC: a panic of a thread is the caller's.
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    let bytes = before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before));
    let heard: Vec<Heard> = seats.into_iter().map(|seat| seat.heard).collect();
    let heard = instances.iter_mut().zip(heard).map(|(instance, heard)| with_problems(instance, heard));
    Ok(Together { heard: heard.collect::<Result<_, _>>()?, bytes })
}

/// Block by block, as a host does with the instances of one of its threads.
fn play(seats: &mut [Seat<'_>], seconds: u64) -> Result<(), HostError> {
    (0..seconds).try_for_each(|second| seats.iter_mut().try_for_each(|seat| seat.play(second)))
}

fn with_problems(instance: &mut Instance, heard: Heard) -> Result<Heard, InstanceError> {
    let report = instance.state()?.report()?;
    let list = report["problems"].as_array().cloned().unwrap_or_default();
    let problems =
        list.iter().map(ToString::to_string).chain((report["plays"] != true).then(|| report.to_string()));
    Ok(Heard { problems: problems.collect(), ..heard })
}

/// An instance as a thread of the host has it.
struct Seat<'a> {
    processing: &'a mut dyn Processing,
    script: Script,
    inputs: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
    heard: Heard,
}

impl<'a> Seat<'a> {
    fn new(member: Member, instance: &'a mut Instance, seconds: u64) -> Self {
        let buses = instance.hosted().buses().clone();
        let input = |channel: usize| -> Vec<f32> {
            let pitch = 0.01 + 0.001 * (member.0 + channel) as f32;
            (0..RATE).map(|frame| 0.2 * (frame as f32 * pitch).sin()).collect()
        };
        Self {
            processing: instance.processing(),
            script: member.script(seconds),
            inputs: (0..buses.input_channels()).map(input).collect(),
            outputs: vec![vec![0.0; RATE]; buses.output_channels()],
            heard: Heard::default(),
        }
    }

    /// Plays one second in blocks.
    fn play(&mut self, second: u64) -> Result<(), HostError> {
        let mut events = Vec::new();
        for at in (0..RATE).step_by(BLOCK) {
            self.script.block(second * RATE as u64 + at as u64, BLOCK, &mut events);
            let inputs: Vec<&[f32]> = self.inputs.iter().map(|channel| &channel[at..at + BLOCK]).collect();
            let mut outputs: Vec<&mut [f32]> =
                self.outputs.iter_mut().map(|channel| &mut channel[at..at + BLOCK]).collect();
            let (inputs, outputs) = (&inputs[..], &mut outputs[..]);
            let mut block = Block { inputs, outputs, frames: BLOCK, events: &events, transport: None };
            self.processing.process(&mut block)?;
        }
        self.heard.peak =
            self.outputs.iter().map(|channel| measure::peak(channel)).fold(self.heard.peak, f32::max);
        self.heard.seconds.push(measure::hash(&self.outputs));
        Ok(())
    }
}

/// A document whose tables, channels, variables and random numbers have the names that all others have, too.
fn text(index: usize, is_effect: bool) -> String {
    let cycle = [10, 16, 32, 64, 100][index % 5];
    let (partial, seed, delay) = (2 + index % 7, index + 1, 0.01 + 0.003 * index as f64);
    let head = format!(
        "ksmps = {cycle}\nnchnls = 2\n0dbfs = 1\nseed {seed}\ngiWave ftgen 1, 0, 1024, 10, 1, 0.{partial}, 0, 0.2\n\
         gkTurns init {index}\n;@param level 0..1=0.{}\n",
        3 + index % 6
    );
    let body = if is_effect {
        format!(
            ";@notes off\ninstr 1\n klevel chnget \"level\"\n aleft, aright ins\n ashake randh 0.3, {}\n \
             aleft = aleft + delay(aleft * klevel, {delay})\n outs aleft * (1 + ashake), aright * klevel\nendin\nschedule 1, 0, -1\n",
            200 + 13 * index
        )
    } else {
        format!(
            "instr tone ;@notes\n ifreq = p4 * {}\n iamp = p5\n klevel chnget \"level\"\n gkTurns += 1\n chnset gkTurns, \"turns\"\n \
             kturns chnget \"turns\"\n anoise random -0.05, 0.05\n asound oscili iamp, ifreq + (kturns % 8), giWave\n \
             aends linsegr 0, 0.01, 1, 0.05, 0\n outs (asound + anoise) * aends * klevel, asound * aends * klevel\nendin\n",
            1.0 + 0.01 * index as f64
        )
    };
    head + &body
}

/// The memory of this process that is in use; `None` where the system does not say.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(1024 * line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?)
}
