//! The engine's side of the seam: what the host hands over is done to a performer here, block by block.

use std::sync::Arc;

use crossbeam_queue::ArrayQueue;
use ksmps_process::exchange::EngineEnd;

use ksmps_csound::MessageQueue;
use ksmps_data::event::Event;
use ksmps_data::params::{SLOTS, SlotValues};
use ksmps_engine::Held;
use ksmps_engine::command::{Command, Reply, Returned, Value};
use ksmps_engine::renderer::{Block, Reports};

use super::super::performer::Performer;
use super::messages::{Answer, Said, Step, Writer, read_all};

/// Events in one block; more are dropped, and counted.
const EVENTS_MAX: usize = 16 << 10;
/// Room for what is said with one block. What does not fit is said with the next one, or counted as lost.
const SAID_BYTES: usize = ksmps_process::exchange::Limits::USUAL.messages_out as usize;
/// Part of it that replies and what is printed leave free.
const REPORT_BYTES: usize = 96 << 10;
/// Pieces of what Csound prints that are said with one block.
const PRINTED_MAX: usize = 64;
/// Host channels on one side.
const CHANNELS_MAX: usize = 32;

/// A performer that is played by blocks from another process. `[audio]`
pub(super) struct Remote {
    performer: Box<dyn Performer>,
    printed: Option<MessageQueue>,
    values: SlotValues,
    held: Held,
    events: Vec<Event>,
    dropped_events: u32,
    reports: Reports,
    said: Writer,
    /// An answer that found no room yet.
    waiting: Option<Reply>,
    bytes: Vec<u8>,
    /// What owns memory and is done with, on its way to a thread that may free it.
    memory: Arc<ArrayQueue<Returned>>,
}

impl Remote {
    /// Plays this performer. Memory that it is done with goes into the queue. `[control]`
    pub fn new(
        performer: Box<dyn Performer>,
        printed: Option<MessageQueue>,
        memory: Arc<ArrayQueue<Returned>>,
    ) -> Self {
        Self {
            performer,
            printed,
            values: SlotValues::default(),
            held: Held::new(),
            events: Vec::with_capacity(EVENTS_MAX),
            dropped_events: 0,
            reports: Reports::default(),
            said: Writer::new(SAID_BYTES),
            waiting: None,
            bytes: Vec::with_capacity(SAID_BYTES),
            memory,
        }
    }

    /// Plays until the host asks it to end. `[audio]`
    pub fn play(mut self, mut end: EngineEnd) {
        while let Some(mut request) = end.wait() {
            let frames = request.frames();
            self.said.truncate(0);
            request.play::<CHANNELS_MAX, _>(CHANNELS_MAX, |steps, inputs, outputs| {
                read_all(steps, |step| self.carry_out(step, inputs, outputs, frames));
            });
            self.report();
            request.answer(self.said.bytes());
        }
    }

    fn carry_out<'b>(
        &mut self,
        step: Step<'_, Command>,
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
            Step::Cut => self.performer.cut(),
            Step::Transport(transport) => self.performer.transport(transport),
            Step::Event(kind) => self.performer.event(kind),
            Step::Command(when, command) => {
                let room = match &command {
                    Command::Ask { question, .. } => question.room(),
                    _ => Value::Nothing,
                };
                self.command(when, command, room);
            }
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

    /// A question's room stays behind on the host's side: the answer gets room of this side.
    fn command(&mut self, when: ksmps_data::verbs::When, mut command: Command, answer_room: Value) {
        if let Command::Ask { room, .. } = &mut command {
            *room = answer_room;
        }
        match self.performer.command(when, command) {
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
        if let Err(returned) = self.memory.push(returned) {
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
        let dropped = self.reports.dropped_events + std::mem::take(&mut self.dropped_events);
        let silenced = self.reports.silenced_samples;
        let lost_changes = self.performer.take_lost_changes();
        self.reports.clear();
        if dropped + silenced + lost_changes > 0 {
            self.said.add(&Said::Counted { dropped, silenced, lost_changes });
        }
        self.said.add(&Said::Stands {
            voices: self.performer.voice_count() as u32,
            frames: self.performer.frames(),
            has_left: self.performer.has_left(),
        });
        self.say_changes();
        self.say_replies();
        self.print();
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
