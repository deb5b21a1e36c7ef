//! One block later: the host hands over block n and hears block n - 1, so that it hardly ever waits.
//!
//! For machines on which waking a processor is dear. The price is a latency of the longest block, which is reported to the
//! host. Blocks may have any length up to that.

/// The frames that wait to be heard. Frames that are missing when they are to be heard are silence then, and are left out
/// when they come: everything after them is heard in its time. `[audio]`
#[derive(Debug)]
pub struct Pipeline {
    channels: Box<[Box<[f32]>]>,
    longest: usize,
    read: usize,
    filled: usize,
    /// Frames that were silence in their time and have not come yet.
    missing: usize,
    /// Nothing has gone in or out since it began.
    is_new: bool,
}

impl Pipeline {
    /// For so many channels and blocks up to so many frames: filled with one such block of silence. `[control]`
    pub fn new(channels: usize, longest: usize) -> Self {
        // What waits: the latency, and one answer that has just come.
        let channels = (0..channels).map(|_| vec![0.0; 2 * longest].into()).collect();
        Self { channels, longest, read: 0, filled: longest, missing: 0, is_new: true }
    }

    /// Frames by which everything is heard later. `[any]`
    pub fn latency_frames(&self) -> usize {
        self.longest
    }

    /// Frames that can be heard now. `[audio]`
    pub fn frames(&self) -> usize {
        self.filled
    }

    /// Takes in an answer: `next` gives the samples of one channel. Frames beyond the room are lost: they come of a host
    /// that breaks its word on the longest block. `[audio]`
    pub fn push(&mut self, channel: usize, samples: impl Iterator<Item = f32>) {
        let Some(ring) = self.channels.get_mut(channel) else { return };
        let (length, first) = (ring.len(), self.read + self.filled);
        for (at, sample) in samples.skip(self.missing).take(length - self.filled).enumerate() {
            ring[(first + at) % length] = sample;
        }
    }

    /// The answer that was pushed, channel by channel, has so many frames. `[audio]`
    pub fn pushed(&mut self, frames: usize) {
        self.is_new = false;
        let left_out = frames.min(self.missing);
        self.missing -= left_out;
        self.filled = (self.filled + frames - left_out).min(2 * self.longest);
    }

    /// Fills frames `at..at + frames` of each output; how many of them were missing. `[audio]`
    pub fn pop(&mut self, outputs: &mut [&mut [f32]], at: usize, frames: usize) -> usize {
        self.is_new = false;
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
        self.missing += frames - heard;
        frames - heard
    }

    /// Begins again with one longest block of silence. `[audio]`
    pub fn restart(&mut self) {
        if !std::mem::replace(&mut self.is_new, true) {
            self.channels.iter_mut().for_each(|ring| ring.fill(0.0));
            (self.read, self.filled, self.missing) = (0, self.longest, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands over 8 frames that count from `first` on.
    fn push(pipeline: &mut Pipeline, first: usize) {
        pipeline.push(0, (first..first + 8).map(|frame| frame as f32));
        pipeline.pushed(8);
    }

    fn pop(pipeline: &mut Pipeline) -> [f32; 8] {
        let mut output = [9.0; 8];
        pipeline.pop(&mut [&mut output], 0, 8);
        output
    }

    #[test]
    fn what_is_late_is_silence_and_what_comes_after_it_is_in_time() {
        let mut pipeline = Pipeline::new(1, 8);
        assert_eq!(pop(&mut pipeline), [0.0; 8]);
        // The first answer does not come in time; then it comes together with the second.
        assert_eq!(pop(&mut pipeline), [0.0; 8]);
        push(&mut pipeline, 1);
        push(&mut pipeline, 9);
        assert_eq!(pop(&mut pipeline), [9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0]);
        pipeline.restart();
        assert_eq!((pipeline.frames(), pop(&mut pipeline)), (8, [0.0; 8]));
    }

    #[test]
    fn more_than_the_longest_block_is_silence_and_never_out_of_bounds() {
        let mut pipeline = Pipeline::new(1, 4);
        assert_eq!(pop(&mut pipeline), [0.0; 8]);
        push(&mut pipeline, 1);
        assert_eq!(pipeline.frames(), 4);
        push(&mut pipeline, 9);
        push(&mut pipeline, 17);
        assert_eq!(pipeline.frames(), 8);
        assert_eq!(pop(&mut pipeline)[..4], [5.0, 6.0, 7.0, 8.0]);
    }
}
