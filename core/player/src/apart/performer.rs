//! The performer whose engine is in a process of its own: it hands each block over with what happened before it, and takes
//! the answer.
//!
//! What happens is written down as steps, which go with the next block; while the engine has not answered they are kept for
//! it. How blocks go is in [`super::direct`] and [`super::pipelined`]. An engine that is dead is silence, and its notes are
//! reported as ended.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use ksmps_process::exchange::{HostEnd, Waited};

use ksmps_csound::MessageQueue;
use ksmps_data::event::{Event, EventKind};
use ksmps_data::params::{SLOTS, SlotValues};
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_data::watched::WatchReading;
use ksmps_engine::command::{Command, Returned, Value};
use ksmps_engine::renderer::{Block, Reports};
use ksmps_engine::route::HostChannels;
use ksmps_engine::{ChannelChange, EngineInfo, Held, HeldPart, KEPT_CHUNK_WORDS, KEPT_TURN_WORDS, KeptBoard};

use super::super::performer::Performer;
use super::deadlines::Deadlines;
use super::handle::Handle;
use super::heard::Heard;
use super::messages::{Said, Step, Writer, read_all};
use super::pipelined::Pipelined;

/// Room that is kept for a block's own messages when commands are taken.
const BLOCK_BYTES: usize = 64 << 10;
/// Host channels on one side.
pub(super) const CHANNELS_MAX: usize = 32;

/// An engine in a process of its own. `[audio]`
pub(super) struct Apart {
    pub(super) end: HostEnd,
    pub(super) handle: Arc<Handle>,
    info: Arc<EngineInfo>,
    pub(super) steps: Writer,
    pub(super) heard: Heard,
    pub(super) deadlines: Deadlines,
    /// The engine did not answer in time, and has not answered since.
    is_overdue: bool,
    /// Since when no block was there in time.
    late_since: Option<Instant>,
    /// What waits to be heard, where blocks are heard one block later.
    pipelined: Option<Box<Pipelined>>,
    is_touched: bool,
    pub(super) is_dead: bool,
}

impl Apart {
    /// Of an engine that waits for its first block, in a host with these channels; one that is heard later by the longest block
    /// where that is given. `[control]`
    pub fn new(
        handle: Arc<Handle>,
        info: Arc<EngineInfo>,
        printed: MessageQueue,
        kept: Option<Arc<KeptBoard>>,
        pipelined: Option<usize>,
        channels: &HostChannels,
    ) -> Self {
        let mut end = handle.process.host_end();
        end.have_pages(channels.input_count(), channels.output_count());
        let steps = Writer::new(end.limits().messages_in as usize);
        let deadlines = Deadlines::new(info.rate);
        let pipelined = pipelined.map(|longest| Box::new(Pipelined::new(longest, end.limits())));
        Self {
            end,
            handle,
            info,
            steps,
            heard: Heard::new(printed, kept),
            deadlines,
            is_overdue: false,
            late_since: None,
            pipelined,
            is_touched: false,
            is_dead: false,
        }
    }

    /// Adds what happened; `false` where there is no room. What is small always finds some of what commands leave.
    pub(super) fn add(&mut self, step: &Step<'_>) -> bool {
        !self.is_dead && self.steps.add(step)
    }

    /// Hands over frames `at..at + frames` of a block with everything that happened before; `false` where that cannot be.
    pub(super) fn hand_over(&mut self, block: &Block<'_, '_>, at: usize, frames: usize) -> bool {
        let outputs = block.outputs.len().min(CHANNELS_MAX);
        if !self.end.has_place() || !self.add(&Step::Process(outputs as u16)) {
            return false;
        }
        let inputs = &block.inputs[..block.inputs.len().min(CHANNELS_MAX)];
        let is_handed_over = self.end.hand_over(inputs, at, frames, self.steps.bytes());
        if is_handed_over {
            self.steps.truncate(0);
        }
        is_handed_over
    }

    /// The engine has answered, in time for what it has played to be heard or not.
    pub(super) fn has_answered(&mut self, is_in_time: bool) {
        self.is_overdue = false;
        if is_in_time {
            self.late_since = None;
            self.handle.is_in_time();
        }
    }

    /// Whether the engine did not answer in time, and has not answered since.
    pub(super) fn is_overdue(&self) -> bool {
        self.is_overdue
    }

    /// So many frames are silence because the engine has not answered in time.
    pub(super) fn is_late(&mut self, frames: usize) {
        if self.is_dead || frames == 0 {
            return;
        }
        self.is_overdue = true;
        let since = *self.late_since.get_or_insert_with(Instant::now);
        self.handle.is_late((since.elapsed().as_millis() as u32).max(1));
    }

    /// The engine is dead: its notes have ended, and nobody will answer.
    pub(super) fn die(&mut self, reports: &mut Reports) {
        if std::mem::replace(&mut self.is_dead, true) {
            return;
        }
        self.end.give_up();
        self.steps.truncate(0);
        self.heard.die(reports);
    }

    /// One piece of a block that fits the limits: its frames from `at` on.
    fn exchange(&mut self, block: &mut Block<'_, '_>, at: usize, frames: usize, reports: &mut Reports) {
        match self.pipelined.take() {
            Some(mut pipelined) => {
                pipelined.exchange(self, block, at, frames, reports);
                self.pipelined = Some(pipelined);
            }
            None => self.exchange_directly(block, at, frames, reports),
        }
    }

    /// Whether no block is out; in pipelined mode those that are out are waited for a while, and heard in their time.
    fn comes_to_rest(&mut self) -> bool {
        if let Some(mut pipelined) = self.pipelined.take() {
            pipelined.take_all(self);
            self.pipelined = Some(pipelined);
        }
        self.end.out() == 0
    }

    /// Asks the engine for something that needs no block, and takes what it says. An engine that does not answer in time
    /// has said nothing.
    fn ask(&mut self, step: &Step<'_>, mut take: impl FnMut(&Heard, Said<'_>)) {
        if !self.comes_to_rest() || !self.add(step) {
            return;
        }
        if !self.end.hand_over(&[], 0, 0, self.steps.bytes()) {
            return;
        }
        self.steps.truncate(0);
        if let Some(pipelined) = &mut self.pipelined {
            pipelined.is_out(0);
        }
        if self.end.wait(self.deadlines.for_held()) != Waited::Answered {
            return;
        }
        if let Some(answer) = self.end.take(0, |_, _| {}) {
            read_all(answer.messages, |said| take(&self.heard, said));
            if let Some(pipelined) = &mut self.pipelined {
                pipelined.was_taken();
            }
        }
    }
}

impl Performer for Apart {
    fn info(&self) -> &Arc<EngineInfo> {
        &self.info
    }

    fn is_as_new(&self) -> bool {
        !self.is_touched
    }

    fn set_offline(&mut self, is_offline: bool) {
        self.deadlines.set_offline(is_offline);
        self.handle.set_offline(is_offline);
    }

    fn settle(&mut self, values: &SlotValues) {
        self.add(&Step::ClearSlots);
        for slot in 0..SLOTS {
            if let Some(value) = values.get(slot) {
                self.add(&Step::Slot(slot as u16, value));
            }
        }
        self.add(&Step::Settle);
    }

    fn hold(&mut self, held: &mut Held) {
        held.clear();
        if self.is_dead || self.end.is_dead() {
            // Nobody has heard yet that it died.
            return self.heard.end_all(|note| held.read(HeldPart::Ended(note)));
        }
        self.ask(&Step::Hold, |_, said| {
            if let Said::Held(part) = said {
                held.read(part);
            }
        });
    }

    fn take_over(&mut self, held: &Held) {
        self.is_touched = true;
        held.write(|part| {
            self.steps.add(&Step::Held(part));
        });
        self.add(&Step::TakeOver);
    }

    fn show_kept(&mut self, _: &KeptBoard, words: Range<usize>) {
        // What has its turn after a block comes with the block's answer.
        if words.len() > KEPT_TURN_WORDS && !self.is_dead && !self.end.is_dead() {
            self.ask(&Step::ShowKept, |heard, said| {
                if let Said::Kept(first, bytes) = said {
                    heard.keep(first, bytes);
                }
            });
        }
    }

    fn take_kept(&mut self, first: usize, words: &[u64]) {
        let mut bytes = [0; KEPT_CHUNK_WORDS * 8];
        for (at, words) in (first..).step_by(KEPT_CHUNK_WORDS).zip(words.chunks(KEPT_CHUNK_WORDS)) {
            let places = bytes.as_chunks_mut::<8>().0.iter_mut();
            places.zip(words).for_each(|(eight, word)| *eight = word.to_le_bytes());
            self.add(&Step::Kept(at as u32, &bytes[..words.len() * 8]));
        }
    }

    fn cut(&mut self) {
        self.add(&Step::Cut);
    }

    fn transport(&mut self, transport: Transport) {
        self.add(&Step::Transport(transport));
    }

    fn event(&mut self, kind: EventKind) {
        self.is_touched = true;
        self.heard.note(kind);
        self.add(&Step::Event(kind));
    }

    fn command(
        &mut self,
        when: When,
        mut command: Command,
        number: u32,
    ) -> Result<Option<Returned>, Command> {
        self.is_touched |= !command.leaves_as_new();
        let room = self.end.limits().messages_in as usize - BLOCK_BYTES;
        let has_room = self.heard.has_room() && self.steps.len() < room;
        if !has_room || !self.add(&Step::Command(when, number)) {
            return Err(command);
        }
        match &mut command {
            Command::Ask { id, room, .. } => {
                self.heard.expect(*id, std::mem::take(room));
                Ok(None)
            }
            Command::StartAndAnswer { id, pfields, .. } => {
                self.heard.expect(*id, Value::Nothing);
                Ok(Some(Returned::Pfields(std::mem::take(pfields))))
            }
            _ => Ok(Some(Returned::Command(command))),
        }
    }

    fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        self.is_touched = true;
        self.deadlines.learn_policy(&self.handle);
        let longest = self.end.limits().frames as usize;
        let mut events = block.events;
        let mut at = 0;
        loop {
            let frames = longest.min(block.frames - at);
            let is_last = at + frames == block.frames;
            let here = match is_last {
                true => events.len(),
                false => events.iter().take_while(|event| (event.frame as usize) < at + frames).count(),
            };
            for event in &events[..here] {
                self.heard.note(event.kind);
                let event = Event { frame: event.frame.saturating_sub(at as u32), ..*event };
                if !self.add(&Step::BlockEvent(event)) && !self.is_dead {
                    reports.dropped_events += 1;
                }
            }
            events = &events[here..];
            self.exchange(block, at, frames, reports);
            at += frames;
            if is_last {
                return;
            }
        }
    }

    fn give_back(&mut self) -> Option<Returned> {
        self.heard.give_back()
    }

    fn next_change(&mut self) -> Option<ChannelChange> {
        self.heard.next_change()
    }

    fn take_lost_changes(&mut self) -> u32 {
        self.heard.take_lost_changes()
    }

    fn next_reading(&mut self) -> Option<WatchReading> {
        self.heard.next_reading()
    }

    fn voice_count(&self) -> usize {
        self.heard.stands().voices
    }

    fn frames(&self) -> u64 {
        self.heard.stands().frames
    }

    fn has_left(&self) -> bool {
        self.heard.stands().has_left
    }

    fn is_dead(&self) -> bool {
        self.is_dead
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.handle.finish();
    }
}
