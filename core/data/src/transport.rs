//! Where the host's song stands, and how it goes on inside a block.
//!
//! A host says it once per block; an engine wants it at the first frame of each cycle. The position is carried on
//! from an anchor frame, and a new block moves the anchor only where the host jumped, so that the numbers do not
//! depend on how the blocks were cut.

/// The host's transport at the first frame of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transport {
    /// Whether the song moves.
    pub playing: bool,
    /// Whether the host records.
    pub recording: bool,
    /// Quarter notes per minute.
    pub tempo: f64,
    /// Upper and lower number of the time signature.
    pub signature: (u32, u32),
    /// Position in frames.
    pub frames: i64,
    /// Position in quarter notes.
    pub beats: f64,
}

/// How far a carried position may be from the host's before it counts as a jump, in frames.
const JUMP_FRAMES: f64 = 2.0;

/// A transport that is carried on from where the host last jumped, started or stopped.
#[derive(Debug, Clone, Copy)]
pub struct Song {
    anchor: Transport,
    anchor_frame: u64,
    rate: f64,
}

impl Song {
    /// The song as the host says it is at an engine's frame. [audio]
    pub fn new(transport: Transport, frame: u64, rate: f64) -> Self {
        Self { anchor: transport, anchor_frame: frame, rate }
    }

    /// The host says it again. [audio]
    pub fn update(&mut self, transport: Transport, frame: u64) {
        let carried = self.at(frame);
        let same_way = carried.playing == transport.playing
            && carried.tempo.to_bits() == transport.tempo.to_bits()
            && carried.signature == transport.signature
            && carried.recording == transport.recording;
        let beats_per_frame = transport.tempo / 60.0 / self.rate;
        let near = (carried.frames - transport.frames).abs() as f64 <= JUMP_FRAMES
            && (carried.beats - transport.beats).abs() <= JUMP_FRAMES * beats_per_frame;
        if !(same_way && near) {
            *self = Self::new(transport, frame, self.rate);
        }
    }

    /// The transport at an engine's frame, at or behind the anchor. [audio]
    pub fn at(&self, frame: u64) -> Transport {
        let passed = if self.anchor.playing { frame.saturating_sub(self.anchor_frame) } else { 0 };
        Transport {
            frames: self.anchor.frames.saturating_add_unsigned(passed),
            beats: self.anchor.beats + passed as f64 * self.anchor.tempo / 60.0 / self.rate,
            ..self.anchor
        }
    }

    /// Position in seconds at an engine's frame. [audio]
    pub fn seconds_at(&self, frame: u64) -> f64 {
        self.at(frame).frames as f64 / self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    fn at(frames: i64) -> Transport {
        let beats = frames as f64 / RATE * 2.0;
        Transport { playing: true, recording: false, tempo: 120.0, signature: (4, 4), frames, beats }
    }

    #[test]
    fn the_song_goes_on_alike_however_it_is_cut() {
        let mut whole = Song::new(at(1000), 0, RATE);
        let mut cut = whole;
        for frame in (0..48_000).step_by(17) {
            cut.update(at(1000 + frame as i64), frame);
        }
        whole.update(at(1000 + 30_000), 30_000);
        assert_eq!(cut.at(48_000), whole.at(48_000));
        assert!((whole.at(48_000).beats - at(49_000).beats).abs() < 1e-9);
    }

    #[test]
    fn a_jump_a_stop_and_a_tempo_move_the_anchor() {
        let mut song = Song::new(at(0), 0, RATE);
        song.update(at(96_000), 480);
        assert_eq!(song.at(480).frames, 96_000);
        song.update(Transport { playing: false, ..at(96_480) }, 960);
        assert_eq!(song.at(5000).frames, 96_480, "a song that stands stays");
        song.update(Transport { tempo: 60.0, ..at(96_480) }, 6000);
        assert_eq!(song.at(6000 + 48_000).beats, at(96_480).beats + 1.0);
    }
}
