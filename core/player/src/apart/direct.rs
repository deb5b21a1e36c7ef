//! Each block in its own time: the audio thread hands it over and waits for the answer, with a deadline inside the block.
//!
//! What is late is silence; while the engine has not answered nothing is handed over, and the answer's frames are left out
//! when they come.

use ksmps_process::exchange::Waited;

use ksmps_engine::renderer::{Block, Reports};

use super::messages::read_all;
use super::performer::Apart;

impl Apart {
    /// Frames `at..at + frames` of a block, there and back. `[audio]`
    pub(super) fn exchange_directly(
        &mut self,
        block: &mut Block<'_, '_>,
        at: usize,
        frames: usize,
        reports: &mut Reports,
    ) {
        self.take_late(reports);
        if self.is_dead || !self.hand_over_alone(block, at, frames) {
            return self.miss(block, at, frames);
        }
        match self.end.wait(self.deadlines.for_block(frames, &self.handle)) {
            Waited::Answered => self.take(Some((block, at)), reports),
            Waited::Late => self.miss(block, at, frames),
            Waited::Dead => {
                self.die(reports);
                self.miss(block, at, frames);
            }
        }
    }

    /// Hands over where no other block is out.
    fn hand_over_alone(&mut self, block: &Block<'_, '_>, at: usize, frames: usize) -> bool {
        self.end.out() == 0 && self.hand_over(block, at, frames)
    }

    /// Takes an answer whose time is over, without its frames.
    fn take_late(&mut self, reports: &mut Reports) {
        if self.end.is_dead() {
            self.die(reports);
        }
        if !self.is_dead && self.end.answered_frames().is_some() {
            self.take(None, reports);
        }
    }

    /// Silence in place of frames that are not there.
    fn miss(&mut self, block: &mut Block<'_, '_>, at: usize, frames: usize) {
        block.outputs.iter_mut().for_each(|output| output[at..at + frames].fill(0.0));
        self.is_late(frames);
    }

    /// Takes the answer: frames where somebody wants them, and everything that was said.
    fn take(&mut self, outlet: Option<(&mut Block<'_, '_>, usize)>, reports: &mut Reports) {
        let is_in_time = outlet.is_some();
        let first = outlet.as_ref().map_or(0, |(_, at)| *at as u32);
        let answer = match outlet {
            Some((block, at)) => self.end.take(block.outputs.len(), |channel, samples| {
                block.outputs[channel][at..].iter_mut().zip(samples).for_each(|(out, sample)| *out = sample);
            }),
            None => self.end.take(0, |_, _| {}),
        };
        let Some(answer) = answer else { return };
        reports.silenced_samples = reports.silenced_samples.saturating_add(answer.silenced_samples);
        read_all(answer.messages, |said| self.heard.hear(said, first, reports));
        self.has_answered(is_in_time);
    }
}
