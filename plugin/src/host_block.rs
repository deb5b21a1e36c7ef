//! The host's transport over one block of the host, which the framework hands on in parts.
//!
//! The framework's own transport loses what stands beside a missing tempo, and is wrong behind a change in the middle
//! of a block. So the object that the host holds reads it first, and the audio side takes it from here, part by part. So it
//! is with VST3's note expressions.

use ksmps_core::event::Event;
use ksmps_core::transport::{HostTransport, Transport};

/// Changes of the transport inside one block that are followed; the last one holds in any case.
const CHANGES_MAX: usize = 16;
/// Note expressions of one block.
pub const EXPRESSIONS_MAX: usize = 8192;

/// The transport over one block.
#[derive(Debug, Default)]
pub struct HostBlock {
    /// Transports with the frame from which each holds, in the order of the frames.
    transports: [(u32, Transport); CHANGES_MAX],
    count: usize,
    /// The first frame of the part that comes next.
    frame: u32,
    rate: f64,
    /// What notes do meanwhile, in the order of the frames.
    expressions: Vec<Event>,
    /// How many of them earlier parts have taken.
    expressed: usize,
    /// Those for which there was no room.
    dropped: u32,
}

impl HostBlock {
    /// Makes room for a block's note expressions. `[control]`
    pub fn prepare(&mut self) {
        self.expressions.clear();
        self.expressions.reserve_exact(EXPRESSIONS_MAX);
    }

    /// A block begins, at a rate in frames per second, and the host says this of its song. `[audio]`
    pub fn begin(&mut self, transport: HostTransport, rate: f64) {
        (self.count, self.frame, self.rate) = (0, 0, rate);
        self.expressions.clear();
        self.expressed = 0;
        self.change(0, transport);
    }

    /// The host says something else from a frame of the block on. `[audio]`
    pub fn change(&mut self, frame: u32, transport: HostTransport) {
        let place = self.count.min(CHANGES_MAX - 1);
        self.transports[place] = (frame, transport.complete(self.rate));
        self.count = place + 1;
    }

    /// A note's expression moves at a frame of the block. One too many is counted. `[audio]`
    pub fn express(&mut self, event: Event) {
        if self.expressions.len() < self.expressions.capacity() {
            self.expressions.push(event);
        } else {
            self.dropped += 1;
        }
    }

    /// Calls `each` with the expressions of the part that has begun, their frames counted from its first; how many found
    /// no room since the last call. `[audio]`
    pub fn take_expressions(&mut self, part: Part, mut each: impl FnMut(Event)) -> u32 {
        while let Some(event) = self.expressions.get(self.expressed).filter(|event| event.frame < self.frame)
        {
            each(Event { frame: event.frame.saturating_sub(part.frame), ..*event });
            self.expressed += 1;
        }
        std::mem::take(&mut self.dropped)
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
    use ksmps_core::event::{EventKind, Expression, NoteSelector};

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
    fn each_part_has_its_own_expressions_and_those_without_room_are_counted() {
        let kind = |value| EventKind::Expression {
            notes: NoteSelector { id: Some(1), ..NoteSelector::ALL },
            expression: Expression::Tuning,
            value,
        };
        let mut block = HostBlock::default();
        for _ in 0..2 {
            block.prepare();
            block.begin(HostTransport::default(), 48_000.0);
            for frame in [0, 99, 100, 250] {
                block.express(Event { frame, kind: kind(f64::from(frame)) });
            }
            let mut seen = Vec::new();
            for frames in [100, 100, 100] {
                let part = block.begin_part(frames);
                let dropped = block.take_expressions(part, |event| seen.push((part.frame, event.frame)));
                assert_eq!(dropped, 0);
            }
            assert_eq!(seen, [(0, 0), (0, 99), (100, 0), (200, 50)]);
        }
        let room = block.expressions.capacity() - block.expressions.len();
        (0..room + 3).for_each(|_| block.express(Event { frame: 0, kind: kind(0.0) }));
        assert_eq!(block.take_expressions(Part::default(), |_| ()), 3);
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
