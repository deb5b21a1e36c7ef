//! What is heard while the plugin is bypassed: its main input, as late as the document's sound is, and silence on every
//! channel without one.
//!
//! The engine plays on behind it, so that notes and tails are where they belong when the bypass ends. Between the two
//! there is a straight fade, which begins at the frame at which the parameter moves.

use ksmps_core::sample;

/// Seconds of the fade.
const FADE_SECONDS: f64 = 0.01;
/// Room beyond the present latency, for engines with longer cycles that come without an activation.
const SPARE_FRAMES: usize = 8192;

/// The input of the last frames, and how much of it is heard.
#[derive(Default)]
pub(super) struct Dry {
    /// A ring of `room` frames for each main input channel.
    rings: Vec<f32>,
    room: usize,
    /// The place of the next frame in each ring.
    at: usize,
    /// How far the fade has come: 0 is the document's sound alone, `fade_frames` the input alone.
    faded: u32,
    fade_frames: u32,
}

impl Dry {
    /// Makes room for so many input channels, this latency, and pieces of so many frames; the fade is where the parameter
    /// wants it. `[control]`
    pub fn prepare(
        &mut self,
        channels: usize,
        latency_frames: u32,
        frames_max: usize,
        rate: f64,
        is_bypassed: bool,
    ) {
        self.room = if channels == 0 { 0 } else { latency_frames as usize + frames_max + SPARE_FRAMES };
        self.rings = vec![0.0; channels * self.room];
        self.at = 0;
        self.fade_frames = ((rate * FADE_SECONDS) as u32).max(1);
        self.faded = if is_bypassed { self.fade_frames } else { 0 };
    }

    /// Forgets the input, and ends a fade. `[audio]`
    pub fn reset(&mut self, is_bypassed: bool) {
        self.rings.fill(0.0);
        self.faded = if is_bypassed { self.fade_frames } else { 0 };
    }

    /// Takes the input of some frames and puts as much of it into the outputs as is to be heard, `latency_frames` later
    /// than it came. A latency for which there is no room is shortened until the next activation, which it asks the host
    /// for. The first outputs belong to the inputs. `[audio]`
    pub fn mix(
        &mut self,
        inputs: &[&[f32]],
        outputs: &mut [&mut [f32]],
        frames: usize,
        latency_frames: u32,
        is_bypassed: bool,
    ) {
        let rest = if is_bypassed { self.fade_frames } else { 0 };
        let (first, from) = (self.at, self.faded);
        for (ring, input) in self.rings.chunks_exact_mut(self.room.max(1)).zip(inputs) {
            write(ring, first, &input[..frames]);
        }
        if self.room > 0 {
            self.at = (first + frames) % self.room;
        }
        self.faded = after(from, rest, frames);
        if from == 0 && rest == 0 {
            return;
        }
        let latency_frames = (latency_frames as usize).min(self.room.saturating_sub(frames));
        let delayed = first + self.room - latency_frames;
        let mut rings = self.rings.chunks_exact(self.room.max(1)).take(inputs.len());
        for output in outputs {
            let ring = rings.next();
            let mut at = if self.room > 0 { delayed % self.room } else { 0 };
            for (frame, sample) in output[..frames].iter_mut().enumerate() {
                let dry = ring.map_or(0.0, |ring| ring[at]);
                at = if at + 1 < self.room { at + 1 } else { 0 };
                *sample = mixed(*sample, dry, after(from, rest, frame + 1), self.fade_frames);
            }
        }
    }
}

/// Writes a channel's newest frames into its ring, which has room for them; what is not a number is silence.
fn write(ring: &mut [f32], at: usize, input: &[f32]) {
    let (end, start) = input.split_at(input.len().min(ring.len() - at));
    let places = ring[at..].iter_mut().zip(end);
    places.for_each(|(place, input)| *place = sample::for_host(*input));
    ring.iter_mut().zip(start).for_each(|(place, input)| *place = sample::for_host(*input));
}

/// Where a fade is so many frames later.
fn after(faded: u32, rest: u32, frames: usize) -> u32 {
    let frames = u32::try_from(frames).unwrap_or(u32::MAX);
    if faded < rest { faded.saturating_add(frames).min(rest) } else { faded.saturating_sub(frames).max(rest) }
}

/// As much of the input as the fade has come to. Both ends of it are the samples themselves.
fn mixed(wet: f32, dry: f32, faded: u32, fade_frames: u32) -> f32 {
    if faded == 0 {
        wet
    } else if faded == fade_frames {
        dry
    } else {
        sample::for_host(wet + (dry - wet) * (faded as f32 / fade_frames as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of one channel of `wet` with `dry` beside it, in pieces of so many frames, with the bypass on from
    /// one frame until another.
    fn heard(dry: &[f32], wet: f32, piece: usize, latency: u32, on: usize, off: usize) -> Vec<f32> {
        let mut bypass = Dry::default();
        bypass.prepare(1, latency, 1000, 1000.0, false);
        let mut sound = vec![wet; dry.len()];
        let mut from = 0;
        while from < dry.len() {
            let edge = [on, off].into_iter().find(|edge| *edge > from).unwrap_or(dry.len());
            let until = dry.len().min(from + piece).min(edge);
            let mut outputs = [&mut sound[from..until]];
            bypass.mix(&[&dry[from..until]], &mut outputs, until - from, latency, (on..off).contains(&from));
            from = until;
        }
        sound
    }

    #[test]
    fn the_input_is_as_late_as_the_sound_and_the_fade_is_straight() {
        let dry: Vec<f32> = (0..20_000).map(|frame| frame as f32).collect();
        for piece in [1, 7, 1000] {
            let sound = heard(&dry, -1.0, piece, 33, 10_000, 15_000);
            assert!(sound[..10_000].iter().all(|sample| *sample == -1.0));
            // The fade is 10 frames at 1000 frames a second.
            let half = sound[10_004];
            assert_eq!(half, -1.0 + (10_004.0 - 33.0 + 1.0) * 0.5);
            for frame in 10_010..15_000 {
                assert_eq!(sound[frame], dry[frame - 33], "frame {frame} in pieces of {piece}");
            }
            assert!(sound[15_010..].iter().all(|sample| *sample == -1.0));
        }
    }

    #[test]
    fn what_is_not_a_normal_number_does_not_leave() {
        let dry = [f32::NAN, f32::INFINITY, 1e-40, 0.5].repeat(10);
        assert_eq!(heard(&dry, 0.0, 7, 0, 0, 40)[10..], [0.0, 0.5, 0.0, 0.0].repeat(8)[..30]);
        let faint = heard(&[0.0; 40], f32::MIN_POSITIVE, 7, 0, 5, 40);
        assert!(faint.iter().all(|sample| !sample.is_subnormal()), "{faint:?}");
    }

    #[test]
    fn channels_without_an_input_are_silent() {
        let mut bypass = Dry::default();
        bypass.prepare(0, 16, 8, 1000.0, true);
        let (mut left, mut right) = ([0.5; 8], [0.5; 8]);
        bypass.mix(&[], &mut [&mut left, &mut right], 8, 16, true);
        assert_eq!((left, right), ([0.0; 8], [0.0; 8]));
    }

    #[test]
    fn a_latency_without_room_is_shortened() {
        let mut bypass = Dry::default();
        bypass.prepare(1, 0, 4, 1000.0, true);
        let mut sound = [0.0; 4];
        bypass.mix(&[&[1.0; 4]], &mut [&mut sound], 4, u32::MAX, true);
        assert_eq!(sound, [0.0; 4]);
    }
}
