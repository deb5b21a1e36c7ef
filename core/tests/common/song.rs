//! A host's song for the tests: where it moves, stands and jumps, and what is due in it.

use super::{Bench, RATE};
use ksmps_core::transport::{Position, Transport};

/// The cycle of the documents that are played here.
pub const KSMPS: usize = 32;

/// From a frame on the host's song stands or moves, from a position in quarter notes, at a tempo.
#[derive(Debug, Clone, Copy)]
pub struct Leg {
    pub from: usize,
    pub playing: bool,
    pub beats: f64,
    pub tempo: f64,
}

pub fn moves(from: usize, beats: f64, tempo: f64) -> Leg {
    Leg { from, playing: true, beats, tempo }
}

pub fn stands(from: usize, beats: f64) -> Leg {
    Leg { from, playing: false, beats, tempo: 120.0 }
}

impl Leg {
    pub fn beats_per_frame(self) -> f64 {
        self.tempo / 60.0 / RATE
    }

    pub fn at(self, frame: usize) -> Transport {
        let passed = if self.playing { frame - self.from } else { 0 };
        let beats = self.beats + passed as f64 * self.beats_per_frame();
        // As if the song had one tempo from its start on.
        let frames = (self.beats / self.beats_per_frame()).round() as i64 + passed as i64;
        let position = Some(Position { frames, beats });
        Transport { playing: self.playing, tempo: self.tempo, position, ..Transport::default() }
    }
}

/// Plays frames while the host's song goes these ways; the host begins a block at each.
pub fn play(bench: &mut Bench, legs: &[Leg], frames: usize, cuts: &[usize]) -> Vec<f32> {
    let mut sound = Vec::new();
    let mut cuts = cuts.iter().cycle();
    while sound.len() < frames {
        let at = sound.len();
        let ahead = legs.iter().map(|leg| leg.from).find(|from| *from > at).unwrap_or(frames);
        let count = cuts.next().unwrap().min(&(ahead.min(frames) - at)).to_owned();
        let leg = legs.iter().rfind(|leg| leg.from <= at).expect("the first leg begins at 0");
        bench.player.transport(leg.at(at));
        sound.extend(bench.play(count, &[], &[count]));
    }
    sound
}

/// What is not silent, with the latency taken off.
pub fn heard(sound: &[f32]) -> Vec<(usize, f32)> {
    let frames = sound.iter().enumerate().filter(|(_, sample)| **sample != 0.0);
    frames.map(|(frame, sample)| (frame - KSMPS, *sample)).collect()
}

/// The frames at which clicks at these positions are due.
pub fn due(clicks: &[(f64, f32)], legs: &[Leg], frames: usize) -> Vec<(usize, f32)> {
    let mut due = Vec::new();
    for (index, leg) in legs.iter().enumerate().filter(|(_, leg)| leg.playing) {
        let end = legs.get(index + 1).map_or(frames, |next| next.from);
        for &(position, level) in clicks {
            let frame = (((position - leg.beats) / leg.beats_per_frame() - 1e-3).ceil()) + leg.from as f64;
            if (leg.from as f64..end as f64).contains(&frame) {
                due.push((frame as usize, level));
            }
        }
    }
    due.sort_by_key(|(frame, _)| *frame);
    // What is due at one frame is heard as one.
    due.dedup_by(|next, first| {
        let is_same = next.0 == first.0;
        first.1 += if is_same { next.1 } else { 0.0 };
        is_same
    });
    due
}

/// A way through the song with jumps back and forward, tempi and stops, for some 160,000 frames.
pub fn wandering() -> [Leg; 7] {
    [
        stands(0, 0.0),
        moves(1003, 0.0, 120.0),
        // Back into a loop, where the host ends a block in the midst of a cycle.
        moves(40_009, 0.9, 120.0),
        // Forward.
        moves(60_001, 2.9, 97.0),
        stands(75_000, 3.5),
        moves(76_001, 0.3, 171.5),
        // Another tempo, without a jump.
        moves(100_000, 0.3 + 23_999.0 * 171.5 / 60.0 / RATE, 60.0),
    ]
}

/// Clicks at irregular positions, each of another level.
pub fn clicks() -> Vec<(f64, f32)> {
    let positions =
        [0.0, 0.013, 0.25, 0.3333333, 1.0, 1.000021, 1.5, 1.77, 2.0, 2.125, 2.9, 3.0, 3.3, 3.999, 4.0];
    (1_u8..).zip(positions).map(|(number, position)| (position, f32::from(number) / 64.0)).collect()
}

pub const CUTS: [&[usize]; 6] = [&[512], &[1], &[17], &[64], &[1000], &[3, 700, 1, 45]];
