//! The host's transport over one block of the host, which the framework hands on in parts.
//!
//! The framework's own transport loses what stands beside a missing tempo, and is wrong behind a change in the middle
//! of a block. So the object that the host holds reads it first, and the audio side takes it from here, part by part.

use ksmps_core::transport::{HostTransport, Transport};

/// Changes of the transport inside one block that are followed; the last one holds in any case.
const CHANGES_MAX: usize = 16;

/// The transport over one block.
#[derive(Debug, Default)]
pub struct HostBlock {
    /// Transports with the frame from which each holds, in the order of the frames.
    transports: [(u32, Transport); CHANGES_MAX],
    count: usize,
    /// The first frame of the part that comes next.
    frame: u32,
    rate: f64,
}

impl HostBlock {
    /// A block begins, at a rate in frames per second, and the host says this of its song. `[audio]`
    pub fn begin(&mut self, transport: HostTransport, rate: f64) {
        (self.count, self.frame, self.rate) = (0, 0, rate);
        self.change(0, transport);
    }

    /// The host says something else from a frame of the block on. `[audio]`
    pub fn change(&mut self, frame: u32, transport: HostTransport) {
        let place = self.count.min(CHANGES_MAX - 1);
        self.transports[place] = (frame, transport.complete(self.rate));
        self.count = place + 1;
    }

    /// The block's next part begins, which is so long. `[audio]`
    pub fn begin_part(&mut self, frames: u32) -> Part {
        let known = &self.transports[..self.count];
        let last = known.iter().rev().find(|(from, _)| *from <= self.frame);
        let transport = last.map(|(from, transport)| transport.after(self.frame - from, self.rate));
        let part = Part { frame: self.frame, transport };
        self.frame = self.frame.saturating_add(frames);
        part
    }
}

/// A part of a block, as the framework hands it on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Part {
    /// Its first frame in the host's block.
    pub frame: u32,
    /// The transport at that frame; `None` where the host's object does not say.
    pub transport: Option<Transport>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part's first frame, in the block and in the song.
    fn place(part: Part) -> (u32, i64) {
        (part.frame, part.transport.unwrap().position.unwrap().frames)
    }

    #[test]
    fn each_part_has_the_position_of_its_first_frame() {
        let playing =
            HostTransport { playing: true, frames: Some(1000), tempo: Some(60.0), ..Default::default() };
        let mut block = HostBlock::default();
        assert_eq!(block.begin_part(10), Part::default());
        for _ in 0..2 {
            block.begin(playing, 48_000.0);
            block.change(480, HostTransport { frames: Some(96_000), ..playing });
            let parts = [100, 380, 20, 500].map(|frames| place(block.begin_part(frames)));
            assert_eq!(parts, [(0, 1000), (100, 1100), (480, 96_000), (500, 96_020)]);
        }
        block.begin(HostTransport { playing: false, ..playing }, 48_000.0);
        let parts = [100, 100].map(|frames| place(block.begin_part(frames)));
        assert_eq!(parts, [(0, 1000), (100, 1000)]);
    }

    #[test]
    fn of_too_many_changes_the_last_holds() {
        let mut block = HostBlock::default();
        block.begin(HostTransport::default(), 48_000.0);
        for frame in 1..=40 {
            block.change(frame, HostTransport { tempo: Some(f64::from(frame)), ..Default::default() });
        }
        assert_eq!(block.begin_part(100).transport.map(|transport| transport.tempo), Some(120.0));
        assert_eq!(block.begin_part(100).transport.map(|transport| transport.tempo), Some(40.0));
    }
}
