//! Where the host's song stands, and how it goes on inside a block.
//!
//! A host says it once per block; an engine wants it at the first frame of each cycle. The position is carried on
//! from an anchor frame, and a new block moves the anchor only where the host jumped, so that the numbers do not
//! depend on how the blocks were cut.

use serde::{Deserialize, Serialize};

/// The channels in which an orchestra finds the host's song.
pub const TRANSPORT_CHANNELS: [&str; 10] = [
    "HOST_BPM",
    "HOST_PPQ_POS",
    "HOST_BAR_POS",
    "TIME_IN_SECONDS",
    "TIME_IN_SAMPLES",
    "IS_PLAYING",
    "IS_RECORDING",
    "IS_LOOPING",
    "TIME_SIG_NUM",
    "TIME_SIG_DENOM",
];

/// The tempo of a host that says none, in quarter notes per minute.
pub const TEMPO_DEFAULT: f64 = 120.0;
/// The time signature of a host that says none.
pub const SIGNATURE_DEFAULT: (u32, u32) = (4, 4);

/// Less of a bar is a rounding of the host's.
const BAR_ROUNDING: f64 = 1e-6;

/// What a host says of its song, as far as it says it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HostTransport {
    /// Whether the song moves.
    pub playing: bool,
    /// Whether the host records.
    pub recording: bool,
    /// Whether the host repeats a part of the song.
    pub looping: bool,
    /// Quarter notes per minute.
    pub tempo: Option<f64>,
    /// Upper and lower number of the time signature.
    pub signature: Option<(u32, u32)>,
    /// Position in frames from the song's start.
    pub frames: Option<i64>,
    /// Position in quarter notes from the song's start.
    pub beats: Option<f64>,
    /// The bar that the song is in.
    pub bar: Option<HostBar>,
}

/// A bar of the host's song.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HostBar {
    /// Where it begins, in quarter notes from the song's start.
    pub start: f64,
    /// Bars before it; `None` where the host does not count them: then all are as long as this one.
    pub number: Option<i64>,
}

impl HostTransport {
    /// All of it: what the host does not say follows from what it says, or has its default. A number that cannot be
    /// is one that was not said. `[any]`
    pub fn complete(self, rate: f64) -> Transport {
        let tempo = self.tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0).unwrap_or(TEMPO_DEFAULT);
        let signature = self.signature.filter(|(upper, lower)| *upper > 0 && *lower > 0);
        let beats = self.beats.filter(|beats| beats.is_finite());
        let position = match (self.frames, beats) {
            (Some(frames), Some(beats)) => Some(Position { frames, beats }),
            (Some(frames), None) => Some(Position { frames, beats: frames as f64 / rate / 60.0 * tempo }),
            (None, Some(beats)) => {
                Some(Position { frames: (beats / tempo * 60.0 * rate).round() as i64, beats })
            }
            (None, None) => None,
        };
        let signature = signature.unwrap_or(SIGNATURE_DEFAULT);
        let bar = self.bar.filter(|bar| bar.start.is_finite());
        Transport {
            playing: self.playing,
            recording: self.recording,
            looping: self.looping,
            tempo,
            signature,
            first_bar: bar.map_or(0.0, |bar| bar.at_the_songs_start(bar_beats(signature))),
            position,
        }
    }
}

impl HostBar {
    /// The position in bars at the song's start, were all bars `beats` quarter notes long.
    fn at_the_songs_start(self, beats: f64) -> f64 {
        let bars = self.start / beats;
        let first = self.number.map_or(bars.round(), |number| number as f64) - bars;
        // The last digits of a host's numbers are not a place of the song.
        if (first - first.round()).abs() < BAR_ROUNDING { first.round() } else { first }
    }
}

/// Quarter notes of a bar.
fn bar_beats((upper, lower): (u32, u32)) -> f64 {
    4.0 * f64::from(upper) / f64::from(lower)
}

/// The host's transport at the first frame of a block.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Transport {
    /// Whether the song moves.
    pub playing: bool,
    /// Whether the host records.
    pub recording: bool,
    /// Whether the host repeats a part of the song.
    pub looping: bool,
    /// Quarter notes per minute; [`TEMPO_DEFAULT`] where the host says none.
    pub tempo: f64,
    /// Upper and lower number of the time signature; [`SIGNATURE_DEFAULT`] where the host says none.
    pub signature: (u32, u32),
    /// Where the song's start would be in bars, were all bars as long as the present one: 0 where all are, or where the host does
    /// not say.
    pub first_bar: f64,
    /// Where the song is; `None` where the host does not say: then it goes on from where it was.
    pub position: Option<Position>,
}

impl Default for Transport {
    /// What holds where a host says nothing. `[any]`
    fn default() -> Self {
        Self {
            playing: false,
            recording: false,
            looping: false,
            tempo: TEMPO_DEFAULT,
            signature: SIGNATURE_DEFAULT,
            first_bar: 0.0,
            position: None,
        }
    }
}

impl Transport {
    /// The transport so many frames later, if nothing happens until then. `[any]`
    pub fn after(self, frames: u32, rate: f64) -> Self {
        let passed = if self.playing { frames } else { 0 };
        let position = self.position.map(|position| Position {
            frames: position.frames.saturating_add(i64::from(passed)),
            beats: position.beats + f64::from(passed) / rate / 60.0 * self.tempo,
        });
        Self { position, ..self }
    }
}

/// A place in the host's song.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Position {
    /// In frames from the song's start.
    pub frames: i64,
    /// In quarter notes from the song's start.
    pub beats: f64,
}

/// How far a carried position may be from the host's before it is carried on from there anew, in frames.
const NEAR_FRAMES: f64 = 2.0;
/// How far it may be from the host's before the song counts as one that has jumped, in seconds: a host's own rounding,
/// and what it makes up for, is less.
const JUMP_SECONDS: f64 = 0.005;

/// A transport that is carried on from where the host last jumped, started or stopped.
#[derive(Debug, Clone, Copy)]
pub struct Song {
    transport: Transport,
    /// Where the song was at the frame `anchor_frame`.
    anchor: Position,
    anchor_frame: u64,
    /// The frame at which the host spoke last.
    said_frame: u64,
    rate: f64,
}

/// What an update made of a song that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jumped {
    /// Its position in quarter notes is not the one to which it came by itself, at the tempo before or the one since.
    pub in_beats: bool,
    /// Its position in frames is not the one to which it came by itself.
    pub in_frames: bool,
}

impl Song {
    /// The song as the host says it is at an engine's frame. `[audio]`
    pub fn new(transport: Transport, frame: u64, rate: f64) -> Self {
        let anchor = transport.position.unwrap_or_default();
        Self { transport, anchor, anchor_frame: frame, said_frame: frame, rate }
    }

    /// The host says it again; what became of the position. `[audio]`
    pub fn update(&mut self, transport: Transport, frame: u64) -> Jumped {
        let carried = self.position_at(frame);
        let position = transport.position.unwrap_or(carried);
        let jumped = self.jumped(transport.tempo, position, frame);
        let same_way = self.transport.playing == transport.playing
            && self.transport.tempo.to_bits() == transport.tempo.to_bits()
            && self.transport.signature == transport.signature
            && self.transport.recording == transport.recording
            && self.transport.looping == transport.looping
            && (self.transport.first_bar - transport.first_bar).abs() < BAR_ROUNDING;
        let beats_per_frame = transport.tempo / 60.0 / self.rate;
        let near = (carried.frames.saturating_sub(position.frames)).unsigned_abs() as f64 <= NEAR_FRAMES
            && (carried.beats - position.beats).abs() <= NEAR_FRAMES * beats_per_frame;
        if !(same_way && near) {
            *self = Self::new(Transport { position: Some(position), ..transport }, frame, self.rate);
        }
        self.said_frame = frame;
        jumped
    }

    /// Whether a position is none to which the song came by itself since the host spoke last, at the tempo of then, at
    /// this one, or at one between them.
    fn jumped(&self, tempo: f64, position: Position, frame: u64) -> Jumped {
        let carried = self.position_at(frame);
        let passed = if self.transport.playing { frame.saturating_sub(self.said_frame) } else { 0 };
        let beats_in = |tempo: f64, seconds: f64| seconds * tempo / 60.0;
        let since = passed as f64 / self.rate;
        let at_this_tempo = carried.beats + beats_in(tempo - self.transport.tempo, since);
        let (first, last) = (carried.beats.min(at_this_tempo), carried.beats.max(at_this_tempo));
        let room = beats_in(tempo.max(self.transport.tempo), JUMP_SECONDS);
        let frames_off = carried.frames.saturating_sub(position.frames).unsigned_abs() as f64;
        Jumped {
            in_beats: !(first - room..=last + room).contains(&position.beats),
            in_frames: frames_off > JUMP_SECONDS * self.rate,
        }
    }

    /// What the host said last, but for the position. `[audio]`
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Where the song is at an engine's frame, at or behind the last jump. `[audio]`
    pub fn position_at(&self, frame: u64) -> Position {
        let passed = if self.transport.playing { frame.saturating_sub(self.anchor_frame) } else { 0 };
        Position {
            frames: self.anchor.frames.saturating_add_unsigned(passed),
            beats: self.anchor.beats + passed as f64 * self.transport.tempo / 60.0 / self.rate,
        }
    }

    /// Position in bars at an engine's frame: 0 is the first bar's beginning. `[audio]`
    pub fn bars_at(&self, frame: u64) -> f64 {
        self.transport.first_bar + self.position_at(frame).beats / bar_beats(self.transport.signature)
    }

    /// Position in seconds at an engine's frame. `[audio]`
    pub fn seconds_at(&self, frame: u64) -> f64 {
        self.position_at(frame).frames as f64 / self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    fn at(frames: i64) -> Transport {
        let beats = frames as f64 / RATE * 2.0;
        let position = Some(Position { frames, beats });
        Transport { playing: true, position, ..Transport::default() }
    }

    #[test]
    fn the_song_goes_on_alike_however_it_is_cut() {
        let mut whole = Song::new(at(1000), 0, RATE);
        let mut cut = whole;
        for frame in (0..48_000).step_by(17) {
            cut.update(at(1000 + frame as i64), frame);
        }
        whole.update(at(1000 + 30_000), 30_000);
        assert_eq!(cut.position_at(48_000), whole.position_at(48_000));
        let beats = whole.position_at(48_000).beats;
        assert!((beats - 49_000.0 / RATE * 2.0).abs() < 1e-9, "{beats}");
    }

    #[test]
    fn a_jump_a_stop_and_a_tempo_move_the_anchor() {
        let mut song = Song::new(at(0), 0, RATE);
        song.update(at(96_000), 480);
        assert_eq!(song.position_at(480).frames, 96_000);
        song.update(Transport { playing: false, ..at(96_480) }, 960);
        assert_eq!(song.position_at(5000).frames, 96_480, "a song that stands stays");
        song.update(Transport { tempo: 60.0, ..at(96_480) }, 6000);
        assert_eq!(song.position_at(6000 + 48_000).beats, 96_480.0 / RATE * 2.0 + 1.0);
    }

    #[test]
    fn a_jump_is_told_from_a_tempo_and_from_a_hosts_rounding() {
        let tempo = |tempo, transport| Transport { tempo, ..transport };
        let beats = |beats, transport: Transport| {
            let position = transport.position.map(|position| Position { beats, ..position });
            Transport { position, ..transport }
        };
        let jumped = |in_beats, in_frames| Jumped { in_beats, in_frames };
        let nothing = jumped(false, false);
        for (next, expected) in [
            (at(480), nothing),
            (at(483), nothing),
            (at(0), jumped(true, true)),
            (at(960), jumped(true, true)),
            // The tempo changed before, behind, or in the midst of the block.
            (tempo(240.0, at(480)), nothing),
            (tempo(240.0, beats(0.04, at(480))), nothing),
            (tempo(240.0, beats(0.03, at(480))), nothing),
            (tempo(240.0, beats(0.08, at(480))), jumped(true, false)),
            (tempo(240.0, beats(-0.02, at(480))), jumped(true, false)),
            (Transport { position: None, ..at(0) }, nothing),
        ] {
            assert_eq!(Song::new(at(0), 0, RATE).update(next, 480), expected, "{next:?}");
        }
    }

    #[test]
    fn what_a_host_does_not_say_follows_from_what_it_says() {
        let nothing = HostTransport::default();
        let without = Transport { playing: false, position: None, ..at(0) };
        let place = |frames, beats| Some(Position { frames, beats });
        let bar = |start, number, host: HostTransport| HostTransport {
            bar: Some(HostBar { start, number }),
            ..host
        };
        let table = [
            (nothing, without),
            (HostTransport { tempo: Some(90.0), ..nothing }, Transport { tempo: 90.0, ..without }),
            (HostTransport { tempo: Some(0.0), ..nothing }, without),
            (HostTransport { tempo: Some(f64::NAN), ..nothing }, without),
            (
                HostTransport { signature: Some((3, 8)), ..nothing },
                Transport { signature: (3, 8), ..without },
            ),
            (HostTransport { signature: Some((3, 0)), ..nothing }, without),
            (
                HostTransport { frames: Some(48_000), ..nothing },
                Transport { position: place(48_000, 2.0), ..without },
            ),
            (
                HostTransport { beats: Some(1.0), ..nothing },
                Transport { position: place(24_000, 1.0), ..without },
            ),
            (
                HostTransport { beats: Some(1.0), tempo: Some(60.0), ..nothing },
                Transport { tempo: 60.0, position: place(48_000, 1.0), ..without },
            ),
            (
                HostTransport { frames: Some(7), beats: Some(1.0), ..nothing },
                Transport { position: place(7, 1.0), ..without },
            ),
            (HostTransport { playing: true, ..nothing }, Transport { playing: true, ..without }),
            (HostTransport { recording: true, ..nothing }, Transport { recording: true, ..without }),
            (HostTransport { looping: true, ..nothing }, Transport { looping: true, ..without }),
            (bar(8.0, Some(2), nothing), without),
            (bar(8.0, None, nothing), without),
            (bar(8.0, Some(5), nothing), Transport { first_bar: 3.0, ..without }),
            // Two bars of 4/4, then one of 3/4.
            (
                HostTransport { signature: Some((3, 4)), ..bar(8.0, Some(2), nothing) },
                Transport { signature: (3, 4), first_bar: 2.0 - 8.0 / 3.0, ..without },
            ),
            (bar(f64::NAN, Some(5), nothing), without),
        ];
        for (host, complete) in table {
            assert_eq!(host.complete(RATE), complete, "{host:?}");
        }
    }

    #[test]
    fn bars_go_on_through_changes_of_their_length() {
        let said = |beats: f64, start, number, upper| {
            let bar = Some(HostBar { start, number: Some(number) });
            let signature = Some((upper, 4));
            let frames = Some((beats * 24_000.0) as i64);
            let tempo = Some(120.0);
            HostTransport { playing: true, frames, tempo, signature, bar, ..Default::default() }
                .complete(RATE)
        };
        let mut song = Song::new(said(7.0, 4.0, 1, 4), 0, RATE);
        assert_eq!((song.bars_at(0), song.bars_at(12_000)), (1.75, 1.875));
        song.update(said(8.0, 8.0, 2, 3), 24_000);
        assert_eq!(song.bars_at(24_000), 2.0);
        assert!((song.bars_at(24_000 + 36_000) - 2.5).abs() < 1e-12, "{}", song.bars_at(60_000));
        // Said again and again in the same bar, and in the next one.
        song.update(said(9.5, 8.0, 2, 3), 60_000);
        song.update(said(12.5, 11.0, 3, 3), 132_000);
        assert!((song.bars_at(132_000) - 3.5).abs() < 1e-12, "{}", song.bars_at(132_000));
    }

    #[test]
    fn a_song_without_a_position_goes_on_from_where_it_was() {
        let nowhere = |playing| Transport { playing, position: None, ..at(0) };
        let mut song = Song::new(nowhere(false), 0, RATE);
        song.update(nowhere(true), 1000);
        for frame in (1000..25_000).step_by(17) {
            song.update(nowhere(true), frame);
        }
        assert_eq!(song.position_at(25_000), Position { frames: 24_000, beats: 1.0 });
        song.update(nowhere(false), 25_000);
        assert_eq!(song.position_at(99_000).frames, 24_000);
        song.update(at(96_000), 99_000);
        song.update(nowhere(true), 99_100);
        assert_eq!(song.position_at(99_200).frames, 96_200);
    }
}
