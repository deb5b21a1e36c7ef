//! Runs a script through an activated plugin, block by block, on a thread of its own.
//!
//! What comes back is the sound and what the plugin said, at absolute frames. Nothing is measured or judged here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::script::{Cut, Script};
use crate::song::Song;
use ksmps_core::event::NoteName;

use crate::host::{Block, Buses, HostError, Processing};

/// What output buffers hold before a plugin writes them, so that a sample it leaves out is heard.
pub const UNWRITTEN: f32 = 321.0;

/// How far a plan has come, for whoever waits for it; clones are one and the same.
#[derive(Debug, Clone, Default)]
pub struct Done(Arc<AtomicU64>);

impl Done {
    /// Frames that were run, kept or not. `[any]`
    pub fn frames(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What happens. Parameters by name have to be bound.
    pub script: Script,
    /// How the host cuts it.
    pub cut: Cut,
    /// Frames to be kept.
    pub frames: u64,
    /// Frames to be run before and left out: the plugin's latency, to align the sound with the script.
    pub skip: u64,
    /// Sound for the input channels from the first frame on; silence behind its end and for missing channels.
    pub inputs: Vec<Vec<f32>>,
    /// The host plays this song; `None`: it has no transport.
    pub song: Option<Song>,
    /// When blocks begin, and when the last one ends.
    pub pace: Pace,
    /// How far it has come.
    pub done: Done,
}

/// When the blocks of a plan begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Each as soon as the one before is done.
    Free,
    /// Each when it would be heard, as when a DAW plays.
    Clock,
    /// By the clock, for as long as what runs meanwhile takes; the plan's frames are the most.
    ClockMeanwhile,
}

impl Plan {
    /// A script in blocks of 512 frames, without input, transport or latency. `[any]`
    pub fn new(script: Script, frames: u64) -> Self {
        Self {
            script,
            cut: Cut::Fixed(512),
            frames,
            skip: 0,
            inputs: Vec::new(),
            song: None,
            pace: Pace::Free,
            done: Done::default(),
        }
    }

    /// The same in other blocks. `[any]`
    #[must_use]
    pub fn cut(mut self, cut: Cut) -> Self {
        self.cut = cut;
        self
    }

    /// The same with sound for the input. `[any]`
    #[must_use]
    pub fn inputs(mut self, inputs: Vec<Vec<f32>>) -> Self {
        self.inputs = inputs;
        self
    }

    /// The same at the pace of the clock. `[any]`
    #[must_use]
    pub fn live(mut self) -> Self {
        self.pace = Pace::Clock;
        self
    }

    /// The same at the pace of the clock, until what runs meanwhile is done. `[any]`
    #[must_use]
    pub fn live_meanwhile(mut self) -> Self {
        self.pace = Pace::ClockMeanwhile;
        self
    }

    /// Frames that are run, kept or not. `[any]`
    pub fn run_frames(&self) -> u64 {
        self.skip + self.frames
    }
}

/// What came out. Frames count from the first that was kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sound {
    /// Each output channel, main bus first.
    pub channels: Vec<Vec<f32>>,
    /// Voices that ended.
    pub ended: Vec<(u64, NoteName)>,
    /// Channel messages that the plugin sent.
    pub midi: Vec<(u64, [u8; 3])>,
    /// Blocks that were not done in time, at the pace of the clock.
    pub late_blocks: u32,
    /// Times that the plugin gave up the processor by itself while it processed, because it waited for a lock, a file
    /// or another thread; counted on Linux, at the pace of the clock, in the blocks in which the system gave the thread
    /// no page of memory: for that it may wait for another thread's.
    pub waits: u64,
}

impl Sound {
    /// The first sample that differs by bits: channel and frame. A difference in length counts as one. `[any]`
    pub fn first_difference(&self, other: &Self) -> Option<(usize, usize)> {
        if self.channels.len() != other.channels.len() {
            return Some((self.channels.len().min(other.channels.len()), 0));
        }
        let differences =
            self.channels.iter().zip(&other.channels).enumerate().filter_map(|(channel, (a, b))| {
                let frame = a.iter().zip(b).position(|(a, b)| a.to_bits() != b.to_bits());
                let frame = frame.or((a.len() != b.len()).then_some(a.len().min(b.len())));
                frame.map(|frame| (channel, frame))
            });
        differences.min_by_key(|(_, frame)| *frame)
    }

    /// The largest absolute sample; not finite where a sample is not. `[any]`
    pub fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |peak: f32, sample| {
            if sample.is_finite() { peak.max(sample.abs()) } else { f32::INFINITY }
        })
    }

    /// Two channels of it, as one bus. `[any]`
    pub fn stereo(&self, bus: usize) -> Self {
        let channels = self.channels.iter().skip(2 * bus).take(2).cloned().collect();
        Self { channels, ..Self::default() }
    }
}

/// Runs a plan on a thread of its own while `meanwhile` runs on this one; gives what both gave. `[control]`
///
/// # Errors
/// Where the plugin fails to process a block.
pub fn bounce<T>(
    processing: &mut dyn Processing,
    buses: &Buses,
    plan: &Plan,
    meanwhile: impl FnOnce() -> T,
) -> Result<(Sound, T), HostError> {
    assert!(plan.script.settings().is_empty(), "the script's parameters by name are not bound");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let audio = scope.spawn(|| run(processing, buses, plan, &is_over));
        // Also where it panics: the audio side would go on to the plan's end.
        let over = Over(&is_over);
        let result = meanwhile();
        drop(over);
        // PANIC: a panic of the audio side is the test's panic.
        Ok((audio.join().unwrap()?, result))
    })
}

/// Dropped, it says that what ran meanwhile is over.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How often this thread has given up the processor by itself; 0 where that is not known.
fn waits() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// How many pages of memory this thread was given when it first touched them; 0 where that is not known.
fn pages() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    // The name before it, in brackets, may have blanks; then come state, five numbers, flags and this one.
    let count = stat.rsplit(')').next().and_then(|fields| fields.split_whitespace().nth(7));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

fn run(
    processing: &mut dyn Processing,
    buses: &Buses,
    plan: &Plan,
    is_over: &AtomicBool,
) -> Result<Sound, HostError> {
    let total = plan.run_frames();
    let mut inputs = plan.inputs.clone();
    inputs.resize(buses.input_channels(), Vec::new());
    inputs.iter_mut().for_each(|channel| channel.resize(total as usize, 0.0));
    let mut outputs = vec![vec![UNWRITTEN; total as usize]; buses.output_channels()];
    let mut sound = Sound::default();
    let mut events = Vec::new();
    let mut ended = total;
    let begun = Instant::now();
    for range in plan.cut.blocks(total) {
        let frames = (range.end - range.start) as usize;
        plan.script.block(range.start, frames, &mut events);
        let span = range.start as usize..range.end as usize;
        let inputs: Vec<&[f32]> = inputs.iter().map(|channel| &channel[span.clone()]).collect();
        let mut outputs: Vec<&mut [f32]> =
            outputs.iter_mut().map(|channel| &mut channel[span.clone()]).collect();
        let mut block = Block {
            inputs: &inputs,
            outputs: &mut outputs,
            frames,
            events: &events,
            transport: plan.song.as_ref().map(|song| song.at(range.start, processing.rate())),
        };
        let is_live = plan.pace != Pace::Free;
        // Pages are counted within the waits: what reading these counts touches is not the plugin's.
        let before = if is_live { (waits(), pages()) } else { (0, 0) };
        let reports = processing.process(&mut block)?;
        plan.done.0.store(range.end, Ordering::Relaxed);
        if is_live {
            let is_same_memory = pages() == before.1;
            sound.waits += if is_same_memory { waits() - before.0 } else { 0 };
            let end = begun + Duration::from_secs_f64(range.end as f64 / processing.rate());
            let left = end.saturating_duration_since(Instant::now());
            sound.late_blocks += u32::from(left.is_zero());
            thread::sleep(left);
        }
        let at = |frame: u32| (range.start + u64::from(frame)).saturating_sub(plan.skip);
        sound.ended.extend(reports.ended.iter().map(|(frame, note)| (at(*frame), *note)));
        sound.midi.extend(reports.midi.iter().map(|(frame, bytes)| (at(*frame), *bytes)));
        if plan.pace == Pace::ClockMeanwhile && is_over.load(Ordering::Relaxed) {
            ended = range.end;
            break;
        }
    }
    for channel in &mut outputs {
        channel.truncate(ended as usize);
        channel.drain(..channel.len().min(plan.skip as usize));
    }
    sound.channels = outputs;
    Ok(sound)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::host::{Reports, Tail};

    /// Sleeps in every fifth block, as if it waited for a lock.
    struct Waiting(u32);

    impl Processing for Waiting {
        fn rate(&self) -> f64 {
            48_000.0
        }

        fn process(&mut self, block: &mut Block<'_>) -> Result<Reports, HostError> {
            block.outputs.iter_mut().for_each(|channel| channel.fill(0.0));
            self.0 += 1;
            if self.0.is_multiple_of(5) {
                thread::sleep(Duration::from_micros(100));
            }
            Ok(Reports::default())
        }

        fn reset(&mut self) {}

        fn tail(&mut self) -> Tail {
            Tail::Frames(0)
        }
    }

    #[test]
    fn a_plugin_that_waits_is_seen() {
        let buses = Buses { inputs: Vec::new(), outputs: vec![2] };
        let plan = Plan::new(Script::new(), 100 * 64).cut(Cut::Fixed(64)).live();
        let (sound, ()) = bounce(&mut Waiting(0), &buses, &plan, || ()).unwrap();
        assert!(sound.waits >= 10, "{} of 20 waits were seen", sound.waits);
    }
}
