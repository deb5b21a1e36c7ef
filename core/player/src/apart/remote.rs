//! The engine's side of the seam: what the host hands over is done to a performer here, block by block.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_queue::ArrayQueue;
use ksmps_process::exchange::{EngineEnd, Request};

use ksmps_csound::MessageQueue;
use ksmps_data::event::Event;
use ksmps_data::params::{SLOTS, SlotValues};
use ksmps_data::verbs::When;
use ksmps_engine::command::{Command, Reply, Returned, Value};
use ksmps_engine::renderer::{Block, Reports};
use ksmps_engine::{Held, KEPT_CHUNK_WORDS, KEPT_TURN_WORDS, KeptBoard, MemoryTaken};

use super::super::ends::COMMANDS_MAX;
use super::super::performer::Performer;
use super::messages::{Answer, Said, Step, Writer, read_all};

/// Events in one block; more are dropped, and counted. A block has room for fewer: memory that is never touched costs nothing.
const EVENTS_MAX: usize = 256 << 10;
/// Room for what is said with one block. What does not fit is said with the next one, or counted as lost.
const SAID_BYTES: usize = ksmps_process::exchange::Limits::USUAL.messages_out as usize;
/// Part of it that replies and what is printed leave free.
const REPORT_BYTES: usize = 96 << 10;
/// Pieces of what Csound prints that are said with one block.
const PRINTED_MAX: usize = 64;
/// Host channels on one side.
const CHANNELS_MAX: usize = 32;

/// Boxes that can wait to be freed.
const MEMORY_MAX: usize = 4096;
/// How long it takes until somebody looks again whether there is room for a command.
const FULL: Duration = Duration::from_millis(1);

/// What lies between the threads that make and free memory and the one that plays.
#[derive(Clone)]
pub(super) struct Queues {
    /// Commands that came over the socket, in the order of their numbers.
    commands: Arc<ArrayQueue<Command>>,
    /// What owns memory and is done with.
    memory: Arc<ArrayQueue<Returned>>,
}

impl Queues {
    /// Empty ones. `[control]`
    pub fn new() -> Self {
        let commands = Arc::new(ArrayQueue::new(COMMANDS_MAX));
        Self { commands, memory: Arc::new(ArrayQueue::new(MEMORY_MAX)) }
    }

    /// Adds a command, with room for its answer. It waits until there is room for it: who has sent it waits as well.
    /// `[control]`
    pub fn add(&self, mut command: Command) {
        command.make_room();
        while let Err(full) = self.commands.push(command) {
            command = full;
            std::thread::sleep(FULL);
        }
    }

    /// Frees what playing has left. `[control]`
    pub fn free(&self) {
        while self.memory.pop().is_some() {}
    }
}

/// A performer that is played by blocks from another process. `[audio]`
pub(super) struct Remote {
    performer: Box<dyn Performer>,
    printed: Option<MessageQueue>,
    values: SlotValues,
    /// What the document keeps.
    kept: Option<Arc<KeptBoard>>,
    held: Held,
    events: Vec<Event>,
    dropped_events: u32,
    reports: Reports,
    said: Writer,
    /// An answer that found no room yet.
    waiting: Option<Reply>,
    bytes: Vec<u8>,
    queues: Queues,
    /// The number of the command that was taken last.
    command: u32,
}

impl Remote {
    /// Plays this performer. `[control]`
    pub fn new(
        performer: Box<dyn Performer>,
        printed: Option<MessageQueue>,
        kept: Option<Arc<KeptBoard>>,
        queues: Queues,
    ) -> Self {
        Self {
            performer,
            printed,
            values: SlotValues::default(),
            kept,
            held: Held::new(),
            events: Vec::with_capacity(EVENTS_MAX),
            dropped_events: 0,
            reports: Reports::default(),
            said: Writer::new(SAID_BYTES),
            waiting: None,
            bytes: Vec::with_capacity(SAID_BYTES),
            queues,
            command: 0,
        }
    }

    /// Plays until the host asks it to end. `[audio]`
    pub fn play(mut self, mut end: EngineEnd) {
        while let Some(request) = end.wait() {
            self.play_block(request);
        }
    }

    /// Plays one block and answers. `[audio]`
    pub(super) fn play_block(&mut self, mut request: Request<'_>) {
        let frames = request.frames();
        self.said.truncate(0);
        request.play::<CHANNELS_MAX, _>(CHANNELS_MAX, |steps, inputs, outputs| {
            read_all(steps, |step| self.carry_out(step, inputs, outputs, frames));
        });
        self.report();
        request.answer(self.said.bytes());
    }

    fn carry_out<'b>(
        &mut self,
        step: Step<'_>,
        inputs: &[&'b [f32]],
        outputs: &mut [&'b mut [f32]],
        frames: usize,
    ) {
        match step {
            Step::ClearSlots => (0..SLOTS).for_each(|slot| self.values.clear(slot)),
            Step::Slot(slot, value) => self.values.set(usize::from(slot), value),
            Step::Settle => self.performer.settle(&self.values),
            Step::Held(part) => self.held.read(part),
            Step::TakeOver => {
                self.performer.take_over(&self.held);
                self.held.clear();
            }
            Step::Kept(first, bytes) => self.take_kept(first as usize, bytes),
            Step::ShowKept => {
                let all = self.kept.as_ref().map_or(0, |board| board.len());
                self.say_kept(0..all);
            }
            Step::Cut => self.performer.cut(),
            Step::Transport(transport) => self.performer.transport(transport),
            Step::Event(kind) => self.performer.event(kind),
            Step::Command(when, number) => self.command(when, number),
            Step::BlockEvent(event) => {
                if self.events.len() < EVENTS_MAX {
                    self.events.push(event);
                } else {
                    self.dropped_events += 1;
                }
            }
            Step::Hold => {
                self.performer.hold(&mut self.held);
                let said = &mut self.said;
                self.held.write(|part| _ = said.add(&Said::Held(part)));
                self.held.clear();
            }
            Step::Process(count) => {
                let count = usize::from(count).min(outputs.len());
                let outputs = &mut outputs[..count];
                let mut block = Block { inputs, outputs, frames, events: &self.events };
                self.performer.process(&mut block, &mut self.reports);
                self.events.clear();
            }
        }
    }

    /// Carries out the command with this number. Those before it are not wanted any more.
    fn command(&mut self, when: When, number: u32) {
        while self.command != number {
            let Some(command) = self.queues.commands.pop() else {
                self.dropped_events += 1;
                return;
            };
            self.command = self.command.wrapping_add(1);
            if self.command == number {
                return self.carry_out_command(when, command);
            }
            self.free(Returned::Command(command));
        }
    }

    fn carry_out_command(&mut self, when: When, command: Command) {
        match self.performer.command(when, command, 0) {
            Ok(None) => {}
            Ok(Some(done)) => self.free(done),
            Err(refused) => {
                self.dropped_events += 1;
                self.free(Returned::Command(refused));
            }
        }
    }

    /// Answers are said; memory goes where it may be freed.
    fn free(&mut self, returned: Returned) {
        if let Returned::Command(command) = &returned
            && let Some(id) = command.question()
        {
            self.said.add(&Said::Reply(id, Answer::Nothing));
        }
        if let Err(returned) = self.queues.memory.push(returned) {
            std::mem::forget(returned);
        }
    }

    /// Says everything that there is to say after a block.
    fn report(&mut self) {
        for &(frame, note) in &self.reports.ended {
            self.said.add(&Said::Ended(frame, note));
        }
        for (frame, message) in &self.reports.midi_out {
            self.said.add(&Said::MidiOut(*frame, message.bytes, message.len));
        }
        for &(frame, slot, normalized) in &self.reports.params {
            self.said.add(&Said::Param(frame, slot, normalized));
        }
        if self.reports.note_refused {
            self.said.add(&Said::NoteRefused);
        }
        let dropped = self.reports.dropped_events + std::mem::take(&mut self.dropped_events);
        let silenced = self.reports.silenced_samples;
        let lost_changes = self.performer.take_lost_changes();
        let MemoryTaken { pieces, bytes } = self.reports.taken;
        self.reports.clear();
        if dropped + silenced + lost_changes > 0 || pieces > 0 {
            self.said.add(&Said::Counted { dropped, silenced, lost_changes, taken: (pieces, bytes) });
        }
        self.said.add(&Said::Stands {
            voices: self.performer.voice_count() as u32,
            frames: self.performer.frames(),
            has_left: self.performer.has_left(),
        });
        let turns = self.kept.as_ref().map(|board| board.turns());
        turns.into_iter().flatten().for_each(|words| self.say_kept(words));
        self.say_changes();
        self.say_readings();
        self.say_replies();
        self.print();
    }

    /// Says words of what the document keeps.
    fn say_kept(&mut self, words: Range<usize>) {
        let Self { performer, kept: Some(board), said, bytes, .. } = self else { return };
        performer.show_kept(board, words.clone());
        let mut chunk = [0; KEPT_CHUNK_WORDS];
        for first in words.clone().step_by(KEPT_TURN_WORDS) {
            bytes.clear();
            let end = (first + KEPT_TURN_WORDS).min(words.end);
            for at in (first..end).step_by(KEPT_CHUNK_WORDS) {
                let chunk = &mut chunk[..(end - at).min(KEPT_CHUNK_WORDS)];
                board.load(at, chunk);
                bytes.extend(chunk.iter().flat_map(|word| word.to_le_bytes()));
            }
            said.add(&Said::Kept(first as u32, bytes));
        }
    }

    /// Takes words of what the document keeps from an earlier engine.
    fn take_kept(&mut self, mut first: usize, bytes: &[u8]) {
        let mut chunk = [0; KEPT_CHUNK_WORDS];
        for bytes in bytes.as_chunks::<8>().0.chunks(KEPT_CHUNK_WORDS) {
            chunk.iter_mut().zip(bytes).for_each(|(word, bytes)| *word = u64::from_le_bytes(*bytes));
            self.performer.take_kept(first, &chunk[..bytes.len()]);
            first += bytes.len();
        }
    }

    fn has_room(&self) -> bool {
        self.said.len() + REPORT_BYTES < SAID_BYTES
    }

    fn say_changes(&mut self) {
        while self.has_room()
            && let Some(change) = self.performer.next_change()
        {
            self.said.add(&Said::Change(change.watch, change.value));
        }
    }

    fn say_readings(&mut self) {
        while self.has_room()
            && let Some(reading) = self.performer.next_reading()
        {
            self.said.add(&Said::Watched(reading));
        }
    }

    fn say_replies(&mut self) {
        while self.has_room() {
            let next = self.waiting.take().map(Returned::Reply).or_else(|| self.performer.give_back());
            match next {
                Some(Returned::Reply(reply)) => {
                    if !self.say(&reply) {
                        self.waiting = Some(reply);
                        return;
                    }
                    self.free(Returned::Reply(reply));
                }
                Some(memory) => self.free(memory),
                None => return,
            }
        }
    }

    /// Says an answer; `false` where there is no room for it now.
    fn say(&mut self, Reply { id, value }: &Reply) -> bool {
        self.bytes.clear();
        let answer = match value {
            Value::Nothing => Answer::Nothing,
            Value::Number(number) => Answer::Number(*number),
            Value::Numbers(numbers) => {
                let most = SAID_BYTES / 8 - REPORT_BYTES / 8;
                let numbers = &numbers[..numbers.len().min(most)];
                self.bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
                Answer::Numbers(&self.bytes)
            }
            Value::Text(text) => Answer::Text(text),
            Value::Table(table) => Answer::Table(*table),
        };
        self.said.add(&Said::Reply(*id, answer))
    }

    fn print(&mut self) {
        let Some(printed) = &self.printed else { return };
        for _ in 0..PRINTED_MAX {
            if !self.has_room() {
                return;
            }
            let Some(said) = printed.pop(|attribute, text| self.said.add(&Said::Printed(attribute, text)))
            else {
                return;
            };
            debug_assert!(said, "there is room");
        }
    }
}
