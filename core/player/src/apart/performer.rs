//! The performer whose engine is in a process of its own: it hands each block over with what happened before it, and takes
//! the answer.
//!
//! It waits with a deadline inside the block. What is late is silence; while the engine has not answered, what happens is
//! kept for it, and the answer's frames are dropped when they come. An engine that is dead is silence, and its notes are
//! reported as ended.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ksmps_process::exchange::{HostEnd, Patience, Waited};
use ksmps_process::scheduling::{Policy, processor_count};

use ksmps_csound::{MessageQueue, MidiOut};
use ksmps_data::event::{EventKind, NoteName, NoteSelector};
use ksmps_data::params::{SLOTS, SlotValues};
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_engine::command::{Command, Reply, Returned, Value};
use ksmps_engine::renderer::{Block, Reports};
use ksmps_engine::{CHANGES_MAX, ChannelChange, EngineInfo, Held, VOICES_MAX};

use super::super::performer::Performer;
use super::handle::Handle;
use super::messages::{Answer, Said, Step, Writer, read_all};

/// The part of a block's time in which the engine has to answer.
const DEADLINE: f64 = 0.8;
/// The shortest deadline: blocks that are cut up by events come faster than they sound.
const DEADLINE_MIN: Duration = Duration::from_millis(1);
/// The deadline in milliseconds, for machines and tests that need another one.
const DEADLINE_VARIABLE: &str = "KSMPS_DEADLINE_MS";
/// How long an offline render waits for one block.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(30);
/// How long an offline render waits without sleeping, where there is a processor for each of the two.
const OFFLINE_AWAKE: Duration = Duration::from_micros(300);
/// How long the audio thread waits without sleeping, where both are real time and have a processor each.
const LIVE_AWAKE_MAX: Duration = Duration::from_micros(400);
/// How long an engine that goes may take to write down what is held.
const HOLD_PATIENCE: Duration = Duration::from_millis(2);
/// Questions that can wait for their answers; more are answered with nothing.
const QUESTIONS_MAX: usize = 1024;
/// Room that is kept for a block's own messages when commands are taken.
const BLOCK_BYTES: usize = 64 << 10;
/// Host channels on one side.
const CHANNELS_MAX: usize = 32;

/// An engine in a process of its own. `[audio]`
pub(super) struct Apart {
    end: HostEnd,
    handle: Arc<Handle>,
    info: Arc<EngineInfo>,
    printed: MessageQueue,
    steps: Writer,
    stands: Stands,
    /// Frames of the block that is out and whose time is over.
    overdue_ms: f64,
    is_offline: bool,
    /// What the user has set as the deadline.
    deadline: Option<Duration>,
    /// The host's audio thread is real time, and so is the engine's.
    policy: Option<Policy>,
    has_processors: bool,
    is_touched: bool,
    is_dead: bool,
    /// Notes that have begun and not ended.
    notes: Vec<NoteName>,
    questions: Vec<(u64, Value)>,
    returned: VecDeque<Returned>,
    changes: VecDeque<ChannelChange>,
    lost_changes: u32,
}

/// How the engine stood when it answered last.
#[derive(Debug, Clone, Copy, Default)]
struct Stands {
    voices: usize,
    frames: u64,
    has_left: bool,
}

impl Apart {
    /// Of an engine that waits for its first block. `[control]`
    pub fn new(handle: Arc<Handle>, info: Arc<EngineInfo>, printed: MessageQueue) -> Self {
        let end = handle.process.host_end();
        let steps = Writer::new(end.limits().messages_in as usize);
        Self {
            end,
            handle,
            info,
            printed,
            steps,
            stands: Stands::default(),
            overdue_ms: 0.0,
            is_offline: false,
            deadline: deadline(),
            policy: None,
            has_processors: processor_count() > 1,
            is_touched: false,
            is_dead: false,
            notes: Vec::with_capacity(VOICES_MAX),
            questions: Vec::with_capacity(QUESTIONS_MAX),
            returned: VecDeque::with_capacity(QUESTIONS_MAX),
            changes: VecDeque::with_capacity(CHANGES_MAX),
            lost_changes: 0,
        }
    }

    /// Adds what happened; `false` where there is no room. What is small always finds some of what commands leave.
    fn add(&mut self, step: &Step<'_, &Command>) -> bool {
        !self.is_dead && self.steps.add(step)
    }

    fn patience(&self, frames: usize) -> Patience {
        if self.is_offline {
            let awake = if self.has_processors { OFFLINE_AWAKE } else { Duration::ZERO };
            return Patience { at_most: Some(OFFLINE_PATIENCE), awake };
        }
        let block = Duration::from_secs_f64(frames as f64 / self.info.rate * DEADLINE).max(DEADLINE_MIN);
        let block = self.deadline.unwrap_or(block);
        let both_real_time = self.policy.is_some_and(Policy::is_real_time) && self.has_processors;
        let awake = if both_real_time { LIVE_AWAKE_MAX.min(block) } else { Duration::ZERO };
        Patience { at_most: Some(block), awake }
    }

    /// The first block says what kind of thread this is. A system call, once.
    fn learn_policy(&mut self) {
        if self.policy.is_none() {
            let policy = Policy::of_this_thread();
            self.policy = Some(policy);
            self.handle.set_host_policy(policy);
        }
    }

    /// One piece of a block that fits the limits: its frames from `at` on.
    fn exchange(&mut self, block: &mut Block<'_, '_>, at: usize, frames: usize, reports: &mut Reports) {
        if self.is_overdue(reports) {
            return self.miss(block, at, frames);
        }
        let outputs = block.outputs.len().min(CHANNELS_MAX);
        let is_added = self.add(&Step::Process(outputs as u16));
        let inputs = &block.inputs[..block.inputs.len().min(CHANNELS_MAX)];
        if !is_added || !self.end.hand_over(inputs, at, frames, self.steps.bytes()) {
            return self.miss(block, at, frames);
        }
        self.steps.truncate(0);
        match self.end.wait(self.patience(frames)) {
            Waited::Answered => {
                let first = at as u32;
                let mut outlet = Some(&mut *block);
                self.take(first, &mut outlet, at, reports);
                self.handle.has_answered();
                self.overdue_ms = 0.0;
            }
            Waited::Late if self.is_offline => {
                // The process is ended by whoever watches it: the render fails with a message.
                self.handle.is_late(OFFLINE_PATIENCE.as_millis() as u32);
                self.miss(block, at, frames);
            }
            Waited::Late => self.miss(block, at, frames),
            Waited::Dead => {
                self.die(reports);
                self.miss(block, at, frames);
            }
        }
    }

    /// Whether a block is out whose time was over; its answer is taken where it has come, without its frames.
    fn is_overdue(&mut self, reports: &mut Reports) -> bool {
        if self.end.is_dead() {
            self.die(reports);
        }
        if !self.is_dead && self.end.is_out() && self.end.answered_frames().is_some() {
            self.take(0, &mut None, 0, reports);
            self.handle.has_answered();
            self.overdue_ms = 0.0;
        }
        self.is_dead || self.end.is_out()
    }

    /// Silence in place of frames that are not there.
    fn miss(&mut self, block: &mut Block<'_, '_>, at: usize, frames: usize) {
        block.outputs.iter_mut().for_each(|output| output[at..at + frames].fill(0.0));
        if !self.is_dead {
            self.overdue_ms += frames as f64 / self.info.rate * 1000.0;
            self.handle.is_late((self.overdue_ms as u32).max(1));
        }
    }

    /// Takes an answer: frames where somebody wants them, and everything that was said.
    fn take(
        &mut self,
        first: u32,
        outlet: &mut Option<&mut Block<'_, '_>>,
        at: usize,
        reports: &mut Reports,
    ) {
        let channels = outlet.as_ref().map_or(0, |block| block.outputs.len());
        let answer = self.end.take(channels, |channel, samples| {
            if let Some(block) = outlet {
                block.outputs[channel][at..].iter_mut().zip(samples).for_each(|(out, sample)| *out = sample);
            }
        });
        let Some(answer) = answer else { return };
        reports.silenced_samples += answer.silenced_samples;
        let mut listener = Listener {
            notes: &mut self.notes,
            questions: &mut self.questions,
            returned: &mut self.returned,
            changes: &mut self.changes,
            lost_changes: &mut self.lost_changes,
            printed: &self.printed,
            stands: &mut self.stands,
        };
        read_all(answer.messages, |said| listener.hear(said, first, reports));
    }

    /// The engine is dead: its notes have ended, and nobody will answer.
    fn die(&mut self, reports: &mut Reports) {
        if std::mem::replace(&mut self.is_dead, true) {
            return;
        }
        self.end.give_up();
        self.steps.truncate(0);
        self.stands.voices = 0;
        self.notes.drain(..).for_each(|note| reports.note_ended_at(0, note));
        for (id, _) in &self.questions {
            self.returned.push_back(Returned::Reply(Reply { id: *id, value: Value::Nothing }));
        }
    }

    fn note(&mut self, kind: EventKind) {
        if let EventKind::NoteOn { note, .. } = kind
            && self.notes.len() < self.notes.capacity()
        {
            self.notes.push(note);
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
        self.is_offline = is_offline;
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
        if self.is_dead || self.end.is_out() {
            return;
        }
        if !self.add(&Step::Hold) || !self.end.hand_over(&[], 0, 0, self.steps.bytes()) {
            return;
        }
        self.steps.truncate(0);
        let live = self.deadline.unwrap_or(HOLD_PATIENCE);
        let at_most = if self.is_offline { OFFLINE_PATIENCE } else { live };
        if self.end.wait(Patience { at_most: Some(at_most), awake: Duration::ZERO }) != Waited::Answered {
            return;
        }
        if let Some(answer) = self.end.take(0, |_, _| {}) {
            read_all(answer.messages, |said| {
                if let Said::Held(part) = said {
                    held.read(part);
                }
            });
        }
    }

    fn take_over(&mut self, held: &Held) {
        self.is_touched = true;
        held.write(|part| {
            self.steps.add(&Step::<&Command>::Held(part));
        });
        self.add(&Step::TakeOver);
    }

    fn cut(&mut self) {
        self.add(&Step::Cut);
    }

    fn transport(&mut self, transport: Transport) {
        self.add(&Step::Transport(transport));
    }

    fn event(&mut self, kind: EventKind) {
        self.is_touched = true;
        self.note(kind);
        self.add(&Step::Event(kind));
    }

    fn command(&mut self, when: When, mut command: Command) -> Result<Option<Returned>, Command> {
        self.is_touched = true;
        let before = self.steps.len();
        let room = self.end.limits().messages_in as usize - BLOCK_BYTES;
        let has_room = self.questions.len() < QUESTIONS_MAX
            && self.returned.len() + self.questions.len() < self.returned.capacity();
        if !has_room || !self.add(&Step::Command(when, &command)) {
            return Err(command);
        }
        if self.steps.len() > room {
            self.steps.truncate(before);
            return Err(command);
        }
        if let Command::Ask { id, room, .. } = &mut command {
            self.questions.push((*id, std::mem::take(room)));
            return Ok(None);
        }
        if let Command::StartAndAnswer { id, pfields, .. } = command {
            self.questions.push((id, Value::Nothing));
            return Ok(Some(Returned::Pfields(pfields)));
        }
        Ok(Some(Returned::Command(command)))
    }

    fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        self.is_touched = true;
        self.learn_policy();
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
                self.note(event.kind);
                let event =
                    ksmps_data::event::Event { frame: event.frame.saturating_sub(at as u32), ..*event };
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
        self.returned.pop_front()
    }

    fn next_change(&mut self) -> Option<ChannelChange> {
        self.changes.pop_front()
    }

    fn take_lost_changes(&mut self) -> u32 {
        std::mem::take(&mut self.lost_changes)
    }

    fn voice_count(&self) -> usize {
        self.stands.voices
    }

    fn frames(&self) -> u64 {
        self.stands.frames
    }

    fn has_left(&self) -> bool {
        self.stands.has_left
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

/// The deadline that the user has set.
fn deadline() -> Option<Duration> {
    std::env::var(DEADLINE_VARIABLE).ok()?.parse().ok().map(Duration::from_millis)
}

/// Takes in what the engine says.
struct Listener<'a> {
    notes: &'a mut Vec<NoteName>,
    questions: &'a mut Vec<(u64, Value)>,
    returned: &'a mut VecDeque<Returned>,
    changes: &'a mut VecDeque<ChannelChange>,
    lost_changes: &'a mut u32,
    printed: &'a MessageQueue,
    stands: &'a mut Stands,
}

impl Listener<'_> {
    fn hear(&mut self, said: Said<'_>, first: u32, reports: &mut Reports) {
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
            Said::Counted { dropped, silenced, lost_changes } => {
                reports.dropped_events = reports.dropped_events.saturating_add(dropped);
                reports.silenced_samples = reports.silenced_samples.saturating_add(silenced);
                *self.lost_changes = self.lost_changes.saturating_add(lost_changes);
            }
            Said::Stands { voices, frames, has_left } => {
                *self.stands = Stands { voices: voices as usize, frames, has_left };
            }
            Said::Change(watch, value) => {
                if self.changes.len() < self.changes.capacity() {
                    self.changes.push_back(ChannelChange { watch, value });
                } else {
                    *self.lost_changes = self.lost_changes.saturating_add(1);
                }
            }
            Said::Reply(id, answer) => self.reply(id, answer),
            Said::Printed(attribute, text) => self.printed.push(attribute, text),
            Said::Held(_) => {}
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
            _ => Value::Nothing,
        };
        self.returned.push_back(Returned::Reply(Reply { id, value }));
    }
}
