//! What an engine in another process has said: told at once where it belongs to a block, kept where the player asks for it.

use std::collections::VecDeque;
use std::sync::Arc;

use ksmps_csound::{MessageQueue, MidiOut};
use ksmps_data::event::{EventKind, NoteName, NoteSelector};
use ksmps_data::params::SLOTS;
use ksmps_data::watched::WatchReading;
use ksmps_engine::command::{Command, Question, Reply, Returned, Value};
use ksmps_engine::renderer::{REPORTS_MAX, Reports};
use ksmps_engine::{CHANGES_MAX, ChannelChange, KeptBoard, MemoryTaken, READINGS_MAX, VOICES_MAX};

use super::messages::{Answer, Said};

/// Questions that can wait for their answers; more are answered with nothing.
const QUESTIONS_MAX: usize = 1024;

/// What was heard of one engine, and what it was asked. Its room is made once. `[audio]`
pub(super) struct Heard {
    printed: MessageQueue,
    stands: Stands,
    /// Notes that have begun and not ended.
    notes: Vec<NoteName>,
    questions: Vec<(u64, Value)>,
    returned: VecDeque<Returned>,
    changes: VecDeque<ChannelChange>,
    lost_changes: u32,
    readings: VecDeque<WatchReading>,
    /// Where it is written what the document keeps.
    kept: Option<Arc<KeptBoard>>,
}

/// How the engine stood when it answered last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stands {
    /// Sounding voices.
    pub voices: usize,
    /// Frames performed.
    pub frames: u64,
    /// Csound has left.
    pub has_left: bool,
}

impl Heard {
    /// Nothing; what Csound prints goes into the queue, and what the document keeps onto the board. `[control]`
    pub fn new(printed: MessageQueue, kept: Option<Arc<KeptBoard>>) -> Self {
        Self {
            printed,
            stands: Stands::default(),
            notes: Vec::with_capacity(VOICES_MAX),
            questions: Vec::with_capacity(QUESTIONS_MAX),
            returned: VecDeque::with_capacity(QUESTIONS_MAX),
            changes: VecDeque::with_capacity(CHANGES_MAX),
            lost_changes: 0,
            readings: VecDeque::with_capacity(READINGS_MAX),
            kept,
        }
    }

    /// How the engine stands. `[audio]`
    pub fn stands(&self) -> Stands {
        self.stands
    }

    /// Notes what the host has played, so that it can be said to have ended. `[audio]`
    pub fn note(&mut self, kind: EventKind) {
        if let EventKind::NoteOn { note, .. } = kind
            && self.notes.len() < self.notes.capacity()
        {
            self.notes.push(note);
        }
    }

    /// Whether one more question can wait for its answer. `[audio]`
    pub fn has_room(&self) -> bool {
        self.questions.len() < QUESTIONS_MAX
            && self.returned.len() + self.questions.len() < self.returned.capacity()
    }

    /// A question was asked; its answer gets this room. `[audio]`
    pub fn expect(&mut self, id: u64, room: Value) {
        self.questions.push((id, room));
    }

    /// What the engine is done with, or an answer. `[audio]`
    pub fn give_back(&mut self) -> Option<Returned> {
        self.returned.pop_front()
    }

    /// The next change of a watched channel. `[audio]`
    pub fn next_change(&mut self) -> Option<ChannelChange> {
        self.changes.pop_front()
    }

    /// How many changes were lost since the last call. `[audio]`
    pub fn take_lost_changes(&mut self) -> u32 {
        std::mem::take(&mut self.lost_changes)
    }

    /// The next reading of a watched value. `[audio]`
    pub fn next_reading(&mut self) -> Option<WatchReading> {
        self.readings.pop_front()
    }

    /// Gives each note that has begun and not ended, and forgets it. `[audio]`
    pub fn end_all(&mut self, ended: impl FnMut(NoteName)) {
        self.notes.drain(..).for_each(ended);
    }

    /// The engine is dead: its notes have ended, and nobody will answer. `[audio]`
    pub fn die(&mut self, reports: &mut Reports) {
        self.stands.voices = 0;
        self.notes.drain(..).for_each(|note| reports.note_ended_at(0, note));
        self.returned.extend(self.questions.drain(..).map(|(id, room)| unanswered(id, room)));
    }

    /// Takes in one thing that was said with a block whose first frame is `first`. `[audio]`
    pub fn hear(&mut self, said: Said<'_>, first: u32, reports: &mut Reports) {
        match said {
            Said::Ended(frame, note) => {
                if let Some(at) = self.notes.iter().position(|begun| NoteSelector::from(note).matches(begun))
                {
                    self.notes.swap_remove(at);
                }
                reports.note_ended_at(first.saturating_add(frame), note);
            }
            Said::MidiOut(frame, bytes, len) => {
                let message = MidiOut { bytes, len: len.min(3) };
                reports.midi_out_at(first.saturating_add(frame), message);
            }
            Said::Param(frame, slot, normalized) => {
                let is_there = usize::from(slot) < SLOTS && normalized.is_finite();
                if is_there && reports.params.len() < REPORTS_MAX {
                    reports.params.push((first.saturating_add(frame), slot, normalized.clamp(0.0, 1.0)));
                }
            }
            Said::NoteRefused => reports.note_refused = true,
            Said::Counted { dropped, silenced, lost_changes, taken: (pieces, bytes) } => {
                reports.taken = reports.taken.and(MemoryTaken { pieces, bytes });
                reports.dropped_events = reports.dropped_events.saturating_add(dropped);
                reports.silenced_samples = reports.silenced_samples.saturating_add(silenced);
                self.lost_changes = self.lost_changes.saturating_add(lost_changes);
            }
            Said::Stands { voices, frames, has_left } => {
                self.stands = Stands { voices: voices as usize, frames, has_left };
            }
            Said::Change(watch, value) => {
                if self.changes.len() < self.changes.capacity() {
                    self.changes.push_back(ChannelChange { watch, value });
                } else {
                    self.lost_changes = self.lost_changes.saturating_add(1);
                }
            }
            // One without room is lost: nobody has fetched those before it.
            Said::Watched(reading) => {
                if self.readings.len() < self.readings.capacity() {
                    self.readings.push_back(reading);
                }
            }
            Said::Reply(id, answer) => self.reply(id, answer),
            Said::Printed(attribute, text) => self.printed.push(attribute, text),
            Said::Kept(first, bytes) => self.keep(first, bytes),
            Said::Held(_) => {}
        }
    }

    /// Takes in words of what the document keeps. `[audio]`
    pub fn keep(&self, first: u32, bytes: &[u8]) {
        if let Some(board) = &self.kept {
            board.write_bytes(first as usize, bytes);
        }
    }

    /// An answer to a question that was asked, in the room that came with it.
    fn reply(&mut self, id: u64, answer: Answer<'_>) {
        let Some(at) = self.questions.iter().position(|(asked, _)| *asked == id) else { return };
        let (_, room) = self.questions.swap_remove(at);
        let value = match (answer, room) {
            (Answer::Number(number), _) => Value::Number(number),
            (Answer::Table(table), _) => Value::Table(table),
            (Answer::Numbers(bytes), Value::Numbers(mut room)) => {
                let free = room.capacity() - room.len();
                let numbers = bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes));
                room.extend(numbers.take(free));
                Value::Numbers(room)
            }
            (Answer::Text(bytes), Value::Text(mut room)) => {
                let free = room.capacity() - room.len();
                room.extend_from_slice(&bytes[..bytes.len().min(free)]);
                Value::Text(room)
            }
            // No answer, or one of another kind than was asked.
            (_, room) => return self.returned.push_back(unanswered(id, room)),
        };
        self.returned.push_back(Returned::Reply(Reply { id, value }));
    }
}

/// A question that is answered with nothing; its room goes back with it.
fn unanswered(id: u64, room: Value) -> Returned {
    Returned::Command(Command::Ask { id, question: Question::IsTable(0), room })
}
