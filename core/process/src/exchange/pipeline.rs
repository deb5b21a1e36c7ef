//! One block later: the host hands over block n and takes the answer to block n - 1, so that it hardly ever waits.
//!
//! For machines on which waking a processor is dear. The price is a latency of the longest block, which is reported to the
//! host. Blocks may have any length up to that.

/// The frames that wait to be heard. `[audio]`
#[derive(Debug)]
pub struct Pipeline {
    channels: Box<[Box<[f32]>]>,
    longest: usize,
    read: usize,
    filled: usize,
}

impl Pipeline {
    /// For so many channels and blocks up to so many frames: filled with one such block of silence. `[control]`
    pub fn new(channels: usize, longest: usize) -> Self {
        // What waits: the latency, and one answer that has just come.
        let channels = (0..channels).map(|_| vec![0.0; 2 * longest].into()).collect();
        Self { channels, longest, read: 0, filled: longest }
    }

    /// Frames by which everything is heard later. `[any]`
    pub fn latency_frames(&self) -> u32 {
        self.longest as u32
    }

    /// Takes in an answer of so many frames: `next` gives the samples of one channel. Frames beyond the room are lost: they
    /// come of a host that breaks its word on the longest block. `[audio]`
    pub fn push(&mut self, channel: usize, samples: impl Iterator<Item = f32>) {
        let Some(ring) = self.channels.get_mut(channel) else { return };
        let (length, first) = (ring.len(), self.read + self.filled);
        for (at, sample) in samples.take(length - self.filled).enumerate() {
            ring[(first + at) % length] = sample;
        }
    }

    /// The answer that was pushed, channel by channel, has so many frames. `[audio]`
    pub fn pushed(&mut self, frames: usize) {
        self.filled = (self.filled + frames).min(2 * self.longest);
    }

    /// Silence in place of an answer that did not come. `[audio]`
    pub fn push_silence(&mut self, frames: usize) {
        for channel in 0..self.channels.len() {
            self.push(channel, std::iter::repeat_n(0.0, frames));
        }
        self.pushed(frames);
    }

    /// Fills frames `at..at + frames` of each output. `[audio]`
    pub fn pop(&mut self, outputs: &mut [&mut [f32]], at: usize, frames: usize) {
        let heard = frames.min(self.filled);
        for (channel, output) in outputs.iter_mut().enumerate() {
            let output = &mut output[at..at + frames];
            output[heard..].fill(0.0);
            let Some(ring) = self.channels.get(channel) else {
                output.fill(0.0);
                continue;
            };
            for (frame, sample) in output[..heard].iter_mut().enumerate() {
                *sample = ring[(self.read + frame) % ring.len()];
            }
        }
        self.read = (self.read + heard) % (2 * self.longest).max(1);
        self.filled -= heard;
    }
}
