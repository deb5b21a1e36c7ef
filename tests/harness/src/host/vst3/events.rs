//! The core's events as VST3's, and what the plugin sends as reports.
//!
//! VST3 has no wildcards: a host knows which notes it holds and ends them one by one, and so does this one.
//! Controllers, bend and channel pressure travel as parameters, program changes and chokes not at all.

use ksmps_core::event::{Event as CoreEvent, EventKind, Expression, NoteName, NoteSelector};
use vst3::Steinberg::Vst::Event_::EventTypes_;
use vst3::Steinberg::Vst::{
    Event, Event__type0, NoteExpressionTypeIDs_, NoteExpressionValueEvent, NoteOffEvent, NoteOnEvent,
    PolyPressureEvent,
};

use super::CONTROLLERS;
use super::com::{EventList, ParameterChanges};

/// Numbers in `IMidiMapping` for what has no controller number.
const PRESSURE: usize = 128;
const BEND: usize = 129;
const PROGRAM: usize = 130;

/// Translates the events of a block.
pub(super) struct Translator<'a> {
    /// Parameters by slot.
    pub param_ids: &'a [u32],
    /// Parameters by channel and controller.
    pub midi_ids: &'a [Option<u32>],
    /// Notes that are held, oldest first.
    pub held: &'a mut Vec<NoteName>,
    /// Where events go.
    pub events: &'a EventList,
    /// Where parameter points go.
    pub changes: &'a ParameterChanges,
}

impl Translator<'_> {
    /// Adds an event; says whether VST3 can carry it.
    pub fn push(&mut self, event: &CoreEvent) -> bool {
        let frame = event.frame;
        match event.kind {
            EventKind::NoteOn { note, velocity } => self.note_on(frame, note, velocity),
            EventKind::NoteOff { notes, velocity } => self.note_off(frame, notes, velocity),
            EventKind::Choke { .. } | EventKind::Modulation { .. } | EventKind::ParamModulation { .. } => {
                return false;
            }
            EventKind::Expression { notes, expression, value } => {
                return self.expression(frame, notes, expression, value);
            }
            EventKind::Midi { bytes, .. } => return self.midi(frame, bytes),
            EventKind::Param { slot, normalized } => {
                let Some(id) = self.param_ids.get(usize::from(slot)) else { return false };
                self.changes.push(*id, frame, normalized);
            }
        }
        true
    }

    fn send(&self, frame: u32, kind: u32, data: Event__type0) {
        self.events.events.borrow_mut().push(Event {
            busIndex: 0,
            sampleOffset: frame as i32,
            ppqPosition: 0.0,
            flags: 0,
            r#type: kind as u16,
            __field0: data,
        });
    }

    fn note_on(&mut self, frame: u32, note: NoteName, velocity: f32) {
        self.held.push(note);
        let on = NoteOnEvent {
            channel: note.channel.into(),
            pitch: note.key.into(),
            tuning: 0.0,
            velocity,
            length: 0,
            noteId: note.id.unwrap_or(-1),
        };
        self.send(frame, EventTypes_::kNoteOnEvent as u32, Event__type0 { noteOn: on });
    }

    /// One key of one channel ends one note, the oldest with this id or without one as well, else the oldest; anything wider ends
    /// all that it names.
    fn note_off(&mut self, frame: u32, notes: NoteSelector, velocity: f32) {
        if let NoteSelector { id, channel: Some(channel), key: Some(key) } = notes {
            let exactly = self.held.iter().position(|note| *note == NoteName { id, channel, key });
            let held = exactly.or_else(|| self.held.iter().position(|note| notes.matches(note)));
            let note = held.map_or(NoteName { id, channel, key }, |index| self.held.remove(index));
            self.send_note_off(frame, note, velocity);
            return;
        }
        while let Some(index) = self.held.iter().position(|note| notes.matches(note)) {
            let note = self.held.remove(index);
            self.send_note_off(frame, note, velocity);
        }
    }

    fn send_note_off(&self, frame: u32, note: NoteName, velocity: f32) {
        let off = NoteOffEvent {
            channel: note.channel.into(),
            pitch: note.key.into(),
            velocity,
            noteId: note.id.unwrap_or(-1),
            tuning: 0.0,
        };
        self.send(frame, EventTypes_::kNoteOffEvent as u32, Event__type0 { noteOff: off });
    }

    /// Pressure of a note without an id has an event of its own; all others need the id.
    fn expression(&mut self, frame: u32, notes: NoteSelector, expression: Expression, value: f64) -> bool {
        let meant: Vec<NoteName> = self.held.iter().filter(|note| notes.matches(note)).copied().collect();
        let mut is_sent = false;
        for note in meant {
            let Some(id) = note.id else {
                if let Expression::Pressure = expression {
                    self.poly_pressure(frame, note, value as f32);
                    is_sent = true;
                }
                continue;
            };
            let (kind, value) = note_expression(expression, value);
            let moved = NoteExpressionValueEvent { typeId: kind, noteId: id, value };
            let data = Event__type0 { noteExpressionValue: moved };
            self.send(frame, EventTypes_::kNoteExpressionValueEvent as u32, data);
            is_sent = true;
        }
        is_sent
    }

    fn poly_pressure(&self, frame: u32, note: NoteName, pressure: f32) {
        let pressed = PolyPressureEvent {
            channel: note.channel.into(),
            pitch: note.key.into(),
            pressure,
            noteId: note.id.unwrap_or(-1),
        };
        self.send(frame, EventTypes_::kPolyPressureEvent as u32, Event__type0 { polyPressure: pressed });
    }

    fn midi(&mut self, frame: u32, [status, first, second]: [u8; 3]) -> bool {
        let channel = status & 15;
        let note = NoteName { id: None, channel, key: first };
        let unit = |value: u8| f64::from(value) / 127.0;
        let (controller, value) = match status & 0xf0 {
            0x90 if second > 0 => {
                self.note_on(frame, note, unit(second) as f32);
                return true;
            }
            0x80 | 0x90 => {
                self.note_off(frame, note.into(), unit(second) as f32);
                return true;
            }
            0xa0 => {
                self.poly_pressure(frame, note, unit(second) as f32);
                return true;
            }
            0xb0 => (usize::from(first), unit(second)),
            0xc0 => (PROGRAM, unit(first)),
            0xd0 => (PRESSURE, unit(first)),
            0xe0 => (BEND, f64::from(u16::from(second) << 7 | u16::from(first)) / 16383.0),
            _ => return false,
        };
        let index = usize::from(channel) * CONTROLLERS + controller;
        let Some(id) = self.midi_ids.get(index).copied().flatten() else { return false };
        self.changes.push(id, frame, value);
        true
    }
}

/// VST3 counts every expression from 0 to 1.
fn note_expression(expression: Expression, value: f64) -> (u32, f64) {
    match expression {
        Expression::Volume => (NoteExpressionTypeIDs_::kVolumeTypeID, value / 4.0),
        Expression::Pan => (NoteExpressionTypeIDs_::kPanTypeID, (value + 1.0) / 2.0),
        Expression::Tuning => (NoteExpressionTypeIDs_::kTuningTypeID, value / 240.0 + 0.5),
        Expression::Vibrato => (NoteExpressionTypeIDs_::kVibratoTypeID, value),
        Expression::Brightness => (NoteExpressionTypeIDs_::kBrightnessTypeID, value),
        Expression::Expression => (NoteExpressionTypeIDs_::kExpressionTypeID, value),
        // The plugin's own, as its mapping of an MPE keyboard says.
        Expression::Pressure => (NoteExpressionTypeIDs_::kCustomStart, value),
    }
}

/// The channel messages that the plugin has sent.
pub(super) fn sent(events: &EventList) -> Vec<(u32, [u8; 3])> {
    events.events.borrow().iter().filter_map(message).collect()
}

/// The ids of the notes that begin and end among them, in their order.
pub(super) fn note_ids(events: &EventList) -> Vec<i32> {
    // SAFETY: the type names the union's field.
    let id = |event: &Event| unsafe {
        match i32::from(event.r#type) {
            kind if kind == EventTypes_::kNoteOnEvent as i32 => Some(event.__field0.noteOn.noteId),
            kind if kind == EventTypes_::kNoteOffEvent as i32 => Some(event.__field0.noteOff.noteId),
            _ => None,
        }
    };
    events.events.borrow().iter().filter_map(id).collect()
}

fn message(event: &Event) -> Option<(u32, [u8; 3])> {
    let level = |value: f32| (value * 127.0).round().clamp(0.0, 127.0) as u8;
    // SAFETY: the type names the union's field.
    let bytes = unsafe {
        match i32::from(event.r#type) {
            kind if kind == EventTypes_::kNoteOnEvent as i32 => {
                let on = event.__field0.noteOn;
                [0x90 | (on.channel as u8 & 15), on.pitch as u8, level(on.velocity)]
            }
            kind if kind == EventTypes_::kNoteOffEvent as i32 => {
                let off = event.__field0.noteOff;
                [0x80 | (off.channel as u8 & 15), off.pitch as u8, level(off.velocity)]
            }
            kind if kind == EventTypes_::kPolyPressureEvent as i32 => {
                let pressed = event.__field0.polyPressure;
                [0xa0 | (pressed.channel as u8 & 15), pressed.pitch as u8, level(pressed.pressure)]
            }
            kind if kind == EventTypes_::kLegacyMIDICCOutEvent as i32 => {
                let out = event.__field0.midiCCOut;
                let channel = out.channel as u8 & 15;
                match usize::from(out.controlNumber) {
                    PRESSURE => [0xd0 | channel, out.value as u8, 0],
                    BEND => [0xe0 | channel, out.value as u8, out.value2 as u8],
                    PROGRAM => [0xc0 | channel, out.value as u8, 0],
                    _ => [0xb0 | channel, out.controlNumber, out.value as u8],
                }
            }
            _ => return None,
        }
    };
    Some((event.sampleOffset.max(0) as u32, bytes))
}
