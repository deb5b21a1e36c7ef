//! The host's song on its way: it jumps, is played at another tempo, and stands.

use ksmps_harness::host::{Block, HostTransport};
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Cut;

use super::{BLOCK_MAX, RATE};

/// From a frame on: the position in quarter notes, and the tempo (0: it stands).
pub type Leg = (usize, f64, f64);

/// The leg at a frame; the first begins at 0.
fn leg_at(legs: &[Leg], frame: usize) -> Leg {
    *legs.iter().rfind(|(from, ..)| *from <= frame).expect("the first is at 0")
}

/// What the host says of its song at a frame.
pub fn transport(legs: &[Leg], frame: usize) -> HostTransport {
    let (from, position, tempo) = leg_at(legs, frame);
    let beats = position + (frame - from) as f64 * tempo / 60.0 / RATE;
    HostTransport {
        playing: tempo > 0.0,
        tempo: Some(if tempo > 0.0 { tempo } else { 120.0 }),
        signature: Some((4, 4)),
        frames: Some(frame as i64),
        beats: Some(beats),
        ..HostTransport::default()
    }
}

/// The sound with the song on this way, in blocks that end where it jumps.
pub fn sound(instance: &mut Instance, legs: &[Leg], frames: usize, cut: &Cut) -> Vec<Vec<f32>> {
    let mut sound = vec![vec![0.0; frames]; 2];
    for range in cut.blocks(frames as u64) {
        let (mut at, end) = (range.start as usize, range.end as usize);
        while at < end {
            let jump = legs.iter().map(|(from, ..)| *from).find(|from| *from > at).unwrap_or(frames);
            let to = end.min(jump).min(at + BLOCK_MAX);
            let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(|channel| &mut channel[at..to]).collect();
            let transport = Some(transport(legs, at));
            let mut block =
                Block { inputs: &[], outputs: &mut outputs, frames: to - at, events: &[], transport };
            instance.processing().process(&mut block).expect("it plays");
            at = to;
        }
    }
    sound
}

/// The frames at which notes at these positions are heard, one cycle of 32 frames later than they are due.
pub fn due(legs: &[Leg], frames: usize, positions: &[f64]) -> Vec<u64> {
    let mut due = Vec::new();
    for (index, &(from, position, tempo)) in legs.iter().enumerate().filter(|(_, (.., tempo))| *tempo > 0.0) {
        let end = legs.get(index + 1).map_or(frames - 32, |(next, ..)| *next);
        for start in positions {
            let frame = ((start - position) / (tempo / 60.0 / RATE) - 1e-3).ceil() + from as f64;
            if (from as f64..end as f64).contains(&frame) {
                due.push(frame as u64 + 32);
            }
        }
    }
    due
}
