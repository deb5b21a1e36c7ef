//! Native MIDI documents: which keys are down and what controllers said, so that nothing hangs and an engine that
//! takes over knows both.

use ksmps_csound::Running;
use ksmps_data::event::{NoteName, NoteSelector};

use super::held::Held;

pub(super) const CHANNELS: usize = 16;
const KEYS: usize = 128;
/// Bytes of what was sent on one channel.
pub(super) const CHANNEL_BYTES: usize = 3 * KEYS + 5;
/// A controller that was never sent.
const UNSENT: u8 = 0xff;
/// The sustain pedal's controller.
const PEDAL: usize = 64;
/// Note-offs that can wait for room in a cycle.
const OWED_MAX: usize = CHANNELS * KEYS;

const NOTE_ON: u8 = 0x90;
const NOTE_OFF: u8 = 0x80;

/// One channel's keys and controllers.
#[derive(Clone, Copy)]
pub(super) struct Channel {
    /// How often each key is down.
    down: [u8; KEYS],
    velocity: [u8; KEYS],
    controllers: [u8; KEYS],
    /// Program and channel pressure.
    program: u8,
    pressure: u8,
    bend: Option<[u8; 2]>,
}

impl Channel {
    pub const SILENT: Self = Self {
        down: [0; KEYS],
        velocity: [0; KEYS],
        controllers: [UNSENT; KEYS],
        program: UNSENT,
        pressure: UNSENT,
        bend: None,
    };

    /// Whether a key is down. `[audio]`
    pub fn is_down(&self) -> bool {
        self.down != [0; KEYS]
    }

    /// No key is down any more; what controllers said stays. `[audio]`
    pub fn lift(&mut self) {
        self.down = [0; KEYS];
    }

    /// Writes it as bytes; `false` where nothing was ever sent. `[audio]`
    pub fn write(&self, bytes: &mut [u8; CHANNEL_BYTES]) -> bool {
        let rest = [self.program, self.pressure, u8::from(self.bend.is_some())];
        // Whole arrays are compared at once: there are sixteen channels, and most of them are silent.
        if rest == [UNSENT, UNSENT, 0] && !self.is_down() && self.controllers == [UNSENT; KEYS] {
            return false;
        }
        let [low, high] = self.bend.unwrap_or_default();
        let [program, pressure, has_bend] = rest;
        let (keys, others) = bytes.split_at_mut(3 * KEYS);
        let numbers = [&self.down, &self.velocity, &self.controllers];
        keys.chunks_exact_mut(KEYS).zip(numbers).for_each(|(place, numbers)| place.copy_from_slice(numbers));
        others.copy_from_slice(&[program, pressure, has_bend, low, high]);
        true
    }

    /// Reads it from bytes, whatever they are. `[audio]`
    pub fn read(bytes: &[u8; CHANNEL_BYTES]) -> Self {
        let keys = |at: usize| std::array::from_fn(|key| bytes[at * KEYS + key]);
        let [program, pressure, has_bend, low, high] = std::array::from_fn(|at| bytes[3 * KEYS + at]);
        Self {
            down: keys(0),
            velocity: keys(1),
            controllers: keys(2),
            program,
            pressure,
            bend: (has_bend == 1).then_some([low, high]),
        }
    }
}

/// What was sent to Csound's MIDI opcodes.
pub(super) struct MidiKeys {
    channels: Box<[Channel; CHANNELS]>,
    /// How many keys are down, each counted as often as it is.
    down_count: usize,
    owed: Vec<[u8; 3]>,
    /// Messages that found no room.
    pub dropped: u32,
}

impl MidiKeys {
    /// No key down, no controller sent. `[control]`
    pub fn new() -> Self {
        Self {
            channels: Box::new([Channel::SILENT; CHANNELS]),
            down_count: 0,
            owed: Vec::with_capacity(OWED_MAX),
            dropped: 0,
        }
    }

    /// How many keys are down. `[any]`
    pub fn down_count(&self) -> usize {
        self.down_count
    }

    /// A key goes down; velocity is 1..=127. `[audio]`
    pub fn note_on(&mut self, running: &mut Running, note: NoteName, velocity: u8, offset: u32) {
        let (channel, key) = (note.channel & 0x0f, note.key & 0x7f);
        if running.midi_in([NOTE_ON | channel, key, velocity], 3, offset) {
            let state = &mut self.channels[usize::from(channel)];
            let down = &mut state.down[usize::from(key)];
            self.down_count += usize::from(*down < u8::MAX);
            *down = down.saturating_add(1);
            state.velocity[usize::from(key)] = velocity;
        } else {
            self.dropped += 1;
        }
    }

    /// Keys go up: one press of a key that the selector names, else every press of every key that matches. `[audio]`
    pub fn note_off(&mut self, running: &mut Running, notes: NoteSelector, velocity: u8, offset: u32) {
        let once = notes.channel.is_some() && notes.key.is_some();
        self.for_each_down(notes, |this, channel, key, presses| {
            for _ in 0..if once { 1 } else { presses } {
                this.send_off(running, [NOTE_OFF | channel, key, velocity], offset);
            }
        });
    }

    /// A message for every key that is down and meant, such as its pressure. `[audio]`
    pub fn send_for_keys(
        &mut self,
        running: &mut Running,
        notes: NoteSelector,
        status: u8,
        value: u8,
        offset: u32,
    ) {
        self.for_each_down(notes, |this, channel, key, _| {
            this.dropped += u32::from(!running.midi_in([status | channel, key, value], 3, offset));
        });
    }

    /// A channel message that is not a note. The messages that end notes are told key by key: Csound knows but one
    /// of them. `[audio]`
    pub fn message(&mut self, running: &mut Running, bytes: [u8; 3], len: u8, offset: u32) {
        let channel = bytes[0] & 0x0f;
        if bytes[0] & 0xf0 == 0xb0 && matches!(bytes[1], 120 | 123..=127) {
            self.note_off(running, NoteSelector { channel: Some(channel), ..NoteSelector::ALL }, 0, offset);
        }
        if !running.midi_in(bytes, len, offset) {
            self.dropped += 1;
            return;
        }
        let state = &mut self.channels[usize::from(channel)];
        match bytes[0] & 0xf0 {
            0xb0 => state.controllers[usize::from(bytes[1] & 0x7f)] = bytes[2],
            0xc0 => state.program = bytes[1],
            0xd0 => state.pressure = bytes[1],
            0xe0 => state.bend = Some([bytes[1], bytes[2]]),
            _ => {}
        }
    }

    /// Whether a pedal holds notes of a channel. `[audio]`
    pub fn holds(&self) -> bool {
        let is_down = |value: u8| value != UNSENT && value >= 64;
        self.channels.iter().any(|channel| is_down(channel.controllers[PEDAL]))
    }

    /// Sends note-offs that found no room before; at the start of each cycle. `[audio]`
    pub fn pay(&mut self, running: &mut Running) {
        while let Some(&bytes) = self.owed.last() {
            if !running.midi_in(bytes, 3, 0) {
                break;
            }
            self.owed.pop();
        }
    }

    /// Writes down what was told. `[audio]`
    pub fn hold(&self, held: &mut Held) {
        held.midi.copy_from_slice(&*self.channels);
    }

    /// Tells a new engine what another one was told: controllers first, then the keys that are down. `[audio]`
    pub fn take_over(&mut self, running: &mut Running, held: &Held) {
        for (number, theirs) in (0u8..).zip(held.midi.iter()) {
            for (controller, &value) in
                (0u8..).zip(&theirs.controllers).filter(|(at, value)| **value != UNSENT && *at < 120)
            {
                self.message(running, [0xb0 | number, controller, value], 3, 0);
            }
            if theirs.program != UNSENT {
                self.message(running, [0xc0 | number, theirs.program, 0], 2, 0);
            }
            if theirs.pressure != UNSENT {
                self.message(running, [0xd0 | number, theirs.pressure, 0], 2, 0);
            }
            if let Some([low, high]) = theirs.bend {
                self.message(running, [0xe0 | number, low, high], 3, 0);
            }
            for (key, &presses) in (0u8..).zip(&theirs.down) {
                let note = NoteName { id: None, channel: number, key };
                for _ in 0..presses {
                    self.note_on(running, note, theirs.velocity[usize::from(key)].max(1), 0);
                }
            }
        }
    }

    fn send_off(&mut self, running: &mut Running, bytes: [u8; 3], offset: u32) {
        let (channel, key) = (usize::from(bytes[0] & 0x0f), usize::from(bytes[1]));
        let down = &mut self.channels[channel].down[key];
        self.down_count -= usize::from(*down > 0);
        *down = down.saturating_sub(1);
        if !running.midi_in(bytes, 3, offset) && self.owed.len() < OWED_MAX {
            self.owed.push(bytes);
        }
    }

    fn for_each_down(&mut self, notes: NoteSelector, mut each: impl FnMut(&mut Self, u8, u8, u8)) {
        for channel in 0..CHANNELS as u8 {
            for key in 0..KEYS as u8 {
                let presses = self.channels[usize::from(channel)].down[usize::from(key)];
                // The host's ids mean nothing here: a selector with an id has channel and key as well.
                if presses > 0 && notes.matches(&NoteName { id: None, channel, key }) {
                    each(self, channel, key, presses);
                }
            }
        }
    }
}
