//! What the audio side tells everybody: a bounded ring of plain data with one writer and any number of readers.
//!
//! The writer never waits and never looks at a reader. Each reader has its own place in the ring; one that falls behind
//! by more than [`REPORTS_KEPT`] loses the oldest reports and is told how many. Nobody takes a lock: a slot carries the
//! number of its report, by which a reader sees that it was written over meanwhile.
//!
//! Levels and load are measured while somebody asks for them ([`Measuring`]); everything else is always reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

use ksmps_data::event::NoteName;
use ksmps_data::watched::{Seen, WatchReading};

/// Reports that are kept for readers that come late.
pub const REPORTS_KEPT: usize = 8192;
/// 64-bit words of one report.
const WORDS: usize = 3;

/// One thing that the audio side reports. Engines are named by their number in the instance, from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Report {
    /// An engine is in another state.
    Engine {
        /// Its number.
        engine: u64,
        /// What it does from now on.
        state: EngineState,
    },
    /// The level of an output over the last [`super::METER_FRAMES`] frames, 1 is full scale.
    Level {
        /// The host's output channel, from 0.
        output: u16,
        /// The greatest absolute sample.
        peak: f32,
        /// The root of the mean square.
        rms: f32,
    },
    /// What the last [`super::METER_FRAMES`] frames or some more took, as part of the time they last: 1 is all of it.
    Load {
        /// On average.
        mean: f32,
        /// In the slowest block; of one that is shorter than a cycle, as part of a cycle.
        peak: f32,
        /// How many voices sound.
        voices: u32,
        /// How many frames they were: whole blocks.
        frames: u32,
    },
    /// The latency of what plays, frames, where it has changed.
    Latency {
        /// Between what goes in and its sound.
        frames: u32,
    },
    /// Samples of a block that were not numbers and were silenced.
    Silenced {
        /// How many.
        samples: u32,
    },
    /// Events of a block that found no room.
    Dropped {
        /// How many.
        events: u32,
    },
    /// The sound of half a second took far longer than that, while the host plays: it comes too late.
    Slow {
        /// How many times as long.
        times: f32,
    },
    /// Memory that Csound took in a block, such as the init pass of a first note does.
    MemoryTaken {
        /// How often.
        pieces: u32,
        /// How much, in bytes.
        bytes: u64,
    },
    /// A note's last voice has ended.
    NoteEnded {
        /// As the host named it.
        note: NoteName,
    },
    /// A key went down or up, as the host said or somebody at the window.
    Key {
        /// MIDI key, 0..=127.
        key: u8,
        /// Whether it is down from now on.
        is_down: bool,
    },
    /// The host sent a MIDI controller.
    Controller {
        /// 0..=127.
        controller: u8,
    },
    /// A note arrived that the engine does not play ([`ksmps_engine::EngineInfo::refused_note`]); once for each engine.
    NoteRefused,
    /// The orchestra wrote the channel of a parameter with `send`.
    ParamWritten {
        /// The parameter's slot.
        slot: u16,
        /// Its value from now on, 0..=1.
        normalized: f64,
    },
    /// What was seen of a watched value ([`super::Control::watch_values`]).
    Watched(WatchReading),
    /// A channel that somebody listens to has changed.
    Channel {
        /// Who listens.
        listener: u64,
        /// What it holds now.
        value: f64,
    },
}

/// What an engine does, for those who read reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineState {
    /// It is heard and gets the events.
    Playing,
    /// Another one has taken over, or is to be built in its place; it is heard until its fade has ended.
    Fading,
    /// It has gone back to be freed.
    Spent,
    /// A reset has cut it off; another one is made ready.
    Stopped,
    /// Csound has left the performance: there is silence.
    Left,
}

impl Report {
    fn encode(self) -> [u64; WORDS] {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        match self {
            Self::Engine { engine, state } => [0, engine, state as u64],
            Self::Level { output, peak, rms } => [1, pair(peak.to_bits(), rms.to_bits()), output.into()],
            Self::Load { mean, peak, voices, frames } => {
                [2, pair(mean.to_bits(), peak.to_bits()), pair(frames, voices)]
            }
            Self::Latency { frames } => [3, frames.into(), 0],
            Self::Silenced { samples } => [4, samples.into(), 0],
            Self::Dropped { events } => [5, events.into(), 0],
            Self::NoteEnded { note: NoteName { id, channel, key } } => {
                let id = id.map_or(0, |id| pair(1, id.cast_unsigned()));
                [6, id, pair(channel.into(), key.into())]
            }
            Self::Channel { listener, value } => [7, listener, value.to_bits()],
            Self::NoteRefused => [8, 0, 0],
            Self::ParamWritten { slot, normalized } => [9, slot.into(), normalized.to_bits()],
            Self::Key { key, is_down } => [10, key.into(), is_down.into()],
            Self::Controller { controller } => [11, controller.into(), 0],
            Self::Slow { times } => [13, times.to_bits().into(), 0],
            Self::MemoryTaken { pieces, bytes } => [14, pieces.into(), bytes],
            Self::Watched(WatchReading { list, watch, seen, value, low, high }) => {
                let kind = 12 | (seen as u64) << 8 | u64::from(watch) << 16 | u64::from(list) << 32;
                [kind, value.to_bits(), pair(low.to_bits(), high.to_bits())]
            }
        }
    }

    fn decode([kind, first, second]: [u64; WORDS]) -> Option<Self> {
        let high = |word: u64| (word >> 32) as u32;
        let low = |word: u64| word as u32;
        // The other bytes of the word are a reading's.
        Some(match kind & 0xff {
            0 => Self::Engine { engine: first, state: EngineState::decode(second)? },
            1 => Self::Level {
                output: second as u16,
                peak: f32::from_bits(high(first)),
                rms: f32::from_bits(low(first)),
            },
            2 => Self::Load {
                mean: f32::from_bits(high(first)),
                peak: f32::from_bits(low(first)),
                voices: low(second),
                frames: high(second),
            },
            3 => Self::Latency { frames: low(first) },
            4 => Self::Silenced { samples: low(first) },
            5 => Self::Dropped { events: low(first) },
            6 => {
                let id = (high(first) == 1).then_some(low(first).cast_signed());
                Self::NoteEnded { note: NoteName { id, channel: high(second) as u8, key: low(second) as u8 } }
            }
            7 => Self::Channel { listener: first, value: f64::from_bits(second) },
            8 => Self::NoteRefused,
            11 => Self::Controller { controller: first as u8 },
            10 => Self::Key { key: first as u8, is_down: second == 1 },
            12 => Self::Watched(WatchReading {
                list: high(kind),
                watch: (kind >> 16) as u16,
                seen: seen_from((kind >> 8) as u8)?,
                value: f64::from_bits(first),
                low: f32::from_bits(high(second)),
                high: f32::from_bits(low(second)),
            }),
            13 => Self::Slow { times: f32::from_bits(low(first)) },
            14 => Self::MemoryTaken { pieces: low(first), bytes: second },
            9 => Self::ParamWritten { slot: first as u16, normalized: f64::from_bits(second) },
            _ => return None,
        })
    }
}

fn seen_from(byte: u8) -> Option<Seen> {
    [Seen::Number, Seen::Sound, Seen::Silent, Seen::Unknown, Seen::Other]
        .into_iter()
        .find(|seen| *seen as u8 == byte)
}

impl EngineState {
    fn decode(word: u64) -> Option<Self> {
        [Self::Playing, Self::Fading, Self::Spent, Self::Stopped, Self::Left]
            .into_iter()
            .find(|state| *state as u64 == word)
    }
}

/// The ring itself.
struct Ring {
    slots: Box<[Slot]>,
    /// How many reports were written.
    written: AtomicU64,
    /// How many ask for levels and load.
    measuring: AtomicUsize,
}

/// One report. `sequence` is odd while it is written, and twice the report's number, from 1, afterwards.
#[derive(Default)]
struct Slot {
    sequence: AtomicU64,
    words: [AtomicU64; WORDS],
}

/// The end that writes. There is one.
pub(super) struct ReportWriter {
    ring: Arc<Ring>,
    written: u64,
}

/// Makes readers. `[any]`
#[derive(Clone)]
pub(super) struct ReportSource {
    ring: Arc<Ring>,
}

/// Asks for levels and load, until it is dropped.
pub(super) struct Measuring(Arc<Ring>);

/// An end that reads, from the moment at which it was made. Dropping it ends the subscription.
pub struct ReportReader {
    ring: Arc<Ring>,
    /// How many reports were read or lost.
    read: u64,
    lost: u64,
}

/// A ring for so many reports. `[control]`
pub(super) fn ring(kept: usize) -> (ReportWriter, ReportSource) {
    let slots = (0..kept).map(|_| Slot::default()).collect();
    let ring = Arc::new(Ring { slots, written: AtomicU64::new(0), measuring: AtomicUsize::new(0) });
    (ReportWriter { ring: Arc::clone(&ring), written: 0 }, ReportSource { ring })
}

impl Ring {
    /// The slot of a report, counted from 0.
    fn slot(&self, number: u64) -> &Slot {
        &self.slots[(number % self.slots.len() as u64) as usize]
    }
}

impl ReportWriter {
    /// Whether somebody asks for levels and load. `[audio]`
    pub fn is_measuring(&self) -> bool {
        self.ring.measuring.load(Ordering::Relaxed) > 0
    }

    /// Writes a report over the oldest one. `[audio]`
    pub fn write(&mut self, report: Report) {
        let slot = self.ring.slot(self.written);
        self.written += 1;
        slot.sequence.store(self.written * 2 - 1, Ordering::Relaxed);
        // Whoever sees one of the words below sees the odd number, too.
        fence(Ordering::Release);
        for (place, word) in slot.words.iter().zip(report.encode()) {
            place.store(word, Ordering::Relaxed);
        }
        slot.sequence.store(self.written * 2, Ordering::Release);
        self.ring.written.store(self.written, Ordering::Release);
    }
}

impl ReportSource {
    /// Reads what is written from now on. `[any]` but the audio thread
    pub fn subscribe(&self) -> ReportReader {
        ReportReader {
            read: self.ring.written.load(Ordering::Acquire),
            ring: Arc::clone(&self.ring),
            lost: 0,
        }
    }

    /// Asks for levels and load from now on. `[any]` but the audio thread
    pub fn measure(&self) -> Measuring {
        self.ring.measuring.fetch_add(1, Ordering::Relaxed);
        Measuring(Arc::clone(&self.ring))
    }
}

impl Drop for Measuring {
    fn drop(&mut self) {
        self.0.measuring.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ReportReader {
    /// The oldest report that was not read yet; `None` where there is none now. `[any]`
    pub fn next_report(&mut self) -> Option<Report> {
        loop {
            let written = self.ring.written.load(Ordering::Acquire);
            if self.read == written {
                return None;
            }
            let behind = (written - self.read).saturating_sub(self.ring.slots.len() as u64);
            self.skip(behind);
            match self.look() {
                Some(words) => {
                    self.read += 1;
                    if let Some(report) = Report::decode(words) {
                        return Some(report);
                    }
                }
                // It was written over while it was read.
                None => self.skip(1),
            }
        }
    }

    /// How many reports were written over before they were read, since the last call. `[any]`
    pub fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    fn skip(&mut self, reports: u64) {
        self.read += reports;
        self.lost += reports;
    }

    /// The words of the report to be read, where they are still there.
    fn look(&self) -> Option<[u64; WORDS]> {
        let slot = self.ring.slot(self.read);
        let complete = (self.read + 1) * 2;
        if slot.sequence.load(Ordering::Acquire) != complete {
            return None;
        }
        let words = std::array::from_fn(|at| slot.words[at].load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        (slot.sequence.load(Ordering::Relaxed) == complete).then_some(words)
    }
}

impl std::fmt::Debug for ReportReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportReader").field("read", &self.read).field("lost", &self.lost).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn every_report_comes_back_as_it_was() {
        let states = [
            EngineState::Playing,
            EngineState::Fading,
            EngineState::Spent,
            EngineState::Stopped,
            EngineState::Left,
        ];
        let states = states.map(|state| Report::Engine { engine: u64::MAX, state });
        let reading = |watch, seen| {
            Report::Watched(WatchReading {
                list: u32::MAX,
                watch,
                seen,
                value: -0.1,
                low: -2.5,
                high: f32::INFINITY,
            })
        };
        let others = [
            reading(0, Seen::Number),
            reading(u16::MAX, Seen::Sound),
            reading(1, Seen::Silent),
            reading(2, Seen::Unknown),
            reading(3, Seen::Other),
            Report::Level { output: u16::MAX, peak: 1.5, rms: -0.0 },
            Report::Load { mean: 0.25, peak: f32::INFINITY, voices: 512, frames: 1440 },
            Report::Latency { frames: u32::MAX },
            Report::Silenced { samples: 1 },
            Report::Dropped { events: 2 },
            Report::Slow { times: 2.5 },
            Report::MemoryTaken { pieces: u32::MAX, bytes: u64::MAX },
            Report::NoteEnded { note: NoteName { id: Some(-1), channel: 15, key: 127 } },
            Report::NoteEnded { note: NoteName { id: None, channel: 0, key: 0 } },
            Report::Channel { listener: 3, value: -1e300 },
            Report::NoteRefused,
            Report::ParamWritten { slot: u16::MAX, normalized: 0.25 },
            Report::Key { key: 127, is_down: true },
            Report::Key { key: 0, is_down: false },
            Report::Controller { controller: 74 },
        ];
        let (mut writer, source) = ring(64);
        let mut reader = source.subscribe();
        for report in states.into_iter().chain(others) {
            writer.write(report);
            assert_eq!(reader.next_report(), Some(report));
        }
        assert_eq!((reader.next_report(), reader.take_lost()), (None, 0));
    }

    #[test]
    fn each_reader_has_its_own_place_and_begins_where_it_comes() {
        let (mut writer, source) = ring(4);
        let frames = |reader: &mut ReportReader| match reader.next_report() {
            Some(Report::Latency { frames }) => Some(frames),
            _ => None,
        };
        let mut first = source.subscribe();
        writer.write(Report::Latency { frames: 0 });
        let mut second = source.subscribe();
        writer.write(Report::Latency { frames: 1 });
        assert_eq!((frames(&mut first), frames(&mut second)), (Some(0), Some(1)));
        (2..12).for_each(|frames| writer.write(Report::Latency { frames }));
        assert_eq!((frames(&mut first), first.take_lost()), (Some(8), 7));
        assert_eq!((frames(&mut first), first.take_lost()), (Some(9), 0));
        drop(first);
        assert_eq!((frames(&mut second), second.take_lost()), (Some(8), 6));
    }

    /// One writer at full speed, readers of every pace: what they get is whole and in order, and together with what they
    /// lost it is everything.
    #[test]
    fn readers_get_whole_reports_in_order_and_know_what_they_lost() {
        const WRITTEN: u64 = 200_000;
        for (kept, pause) in [(2, 0), (16, 0), (64, 7), (1024, 50)] {
            let (mut writer, source) = ring(kept);
            let done = AtomicBool::new(false);
            std::thread::scope(|scope| {
                for reader in 0..3 {
                    let (mut subscription, done) = (source.subscribe(), &done);
                    scope.spawn(move || {
                        let (mut next, mut got, mut lost) = (0, 0, 0);
                        loop {
                            let was_done = done.load(Ordering::Acquire);
                            let Some(report) = subscription.next_report() else {
                                if was_done {
                                    break;
                                }
                                continue;
                            };
                            let Report::Channel { listener, value } = report else { panic!("{report:?}") };
                            assert_eq!(value, listener as f64, "the words of one report belong together");
                            lost += subscription.take_lost();
                            assert_eq!(listener, got + lost, "in order, and every gap is known");
                            assert!(listener >= next);
                            (next, got) = (listener + 1, got + 1);
                            (0..pause * reader).for_each(|_| std::hint::spin_loop());
                        }
                        assert_eq!(got + lost + subscription.take_lost(), WRITTEN);
                    });
                }
                for number in 0..WRITTEN {
                    writer.write(Report::Channel { listener: number, value: number as f64 });
                }
                done.store(true, Ordering::Release);
            });
        }
    }
}
