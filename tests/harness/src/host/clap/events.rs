//! The core's events as CLAP's, and what the plugin sends as reports.

use clack_host::events::event_types::*;
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{Match, Pckn};
use clack_host::prelude::{ClapId, EventBuffer};
use ksmps_core::event::{Event, EventKind, Expression, NoteName, NoteSelector};

use crate::host::{Counters, HostTransport, Reports, present_bar};

/// Adds an event; says whether CLAP can carry it.
pub(super) fn push(event: &Event, ids: &[ClapId], buffer: &mut EventBuffer) -> bool {
    let time = event.frame;
    match event.kind {
        EventKind::NoteOn { note, velocity } => {
            buffer.push(&NoteOnEvent::new(time, pckn(note.into()), velocity.into()));
        }
        EventKind::NoteOff { notes, velocity } => {
            buffer.push(&NoteOffEvent::new(time, pckn(notes), velocity.into()));
        }
        EventKind::Choke { notes } => buffer.push(&NoteChokeEvent::new(time, pckn(notes))),
        EventKind::Expression { notes, expression, value } => {
            let (kind, value) = note_expression(expression, value);
            buffer.push(&NoteExpressionEvent::new(time, pckn(notes), kind, value));
        }
        EventKind::Modulation { notes, slot, offset } => {
            let Some(id) = ids.get(usize::from(slot)) else { return false };
            buffer.push(&ParamModEvent::new(time, *id, pckn(notes), offset));
        }
        EventKind::ParamModulation { slot, offset } => {
            let Some(id) = ids.get(usize::from(slot)) else { return false };
            buffer.push(&ParamModEvent::new(time, *id, Pckn::match_all(), offset));
        }
        EventKind::Midi { bytes, .. } => buffer.push(&MidiEvent::new(time, 0, bytes)),
        EventKind::Param { slot, normalized } => {
            let Some(id) = ids.get(usize::from(slot)) else { return false };
            buffer.push(&ParamValueEvent::new(time, *id, Pckn::match_all(), normalized));
        }
    }
    true
}

/// What the plugin has sent, as reports.
pub(super) fn reports(buffer: &EventBuffer) -> Reports {
    let mut reports = Reports::default();
    for event in buffer.iter() {
        let time = event.header().time();
        reports.frames.push(time);
        match event.as_core_event() {
            Some(CoreEventSpace::NoteEnd(end)) => reports.ended.push((time, name(&end.pckn()))),
            Some(CoreEventSpace::NoteOn(on)) => {
                let velocity = (on.velocity() * 127.0).round() as u8;
                reports.midi.push((time, note_message(0x90, &on.pckn(), velocity)));
            }
            Some(CoreEventSpace::NoteOff(off)) => {
                reports.midi.push((time, note_message(0x80, &off.pckn(), 0)));
            }
            Some(CoreEventSpace::Midi(midi)) => reports.midi.push((time, midi.data())),
            Some(CoreEventSpace::ParamValue(param)) => {
                let id = param.param_id().map_or(u32::MAX, |id| id.get());
                reports.params.push((time, id, param.value()));
            }
            _ => {}
        }
    }
    reports
}

/// Counts the moves of parameters among what the plugin has sent.
pub(super) fn note_moves(buffer: &EventBuffer, counters: &Counters) {
    for event in buffer.iter() {
        match event.as_core_event() {
            Some(CoreEventSpace::ParamGestureBegin(_)) => Counters::count(&counters.begun),
            Some(CoreEventSpace::ParamGestureEnd(_)) => Counters::count(&counters.ended),
            Some(CoreEventSpace::ParamValue(param)) => {
                let id = param.param_id().map_or(u32::MAX, |id| id.get());
                Counters::keep(&counters.moves, (id, param.value()));
            }
            _ => {}
        }
    }
}

/// The host's song position in CLAP's form.
pub(super) fn transport(transport: &HostTransport, rate: f64) -> TransportEvent {
    use clack_host::events::{EventFlags, EventHeader};
    use clack_host::utils::{BeatTime, SecondsTime};
    let (numerator, denominator) = transport.signature.unwrap_or((0, 0));
    let (numerator, denominator) = (numerator as u16, denominator as u16);
    let beats = transport.beats.unwrap_or(0.0);
    let bar = present_bar(transport);
    let said = [
        (transport.playing, TransportFlags::IS_PLAYING),
        (transport.recording, TransportFlags::IS_RECORDING),
        (transport.looping, TransportFlags::IS_LOOP_ACTIVE),
        (transport.tempo.is_some(), TransportFlags::HAS_TEMPO),
        (transport.beats.is_some(), TransportFlags::HAS_BEATS_TIMELINE),
        (transport.frames.is_some(), TransportFlags::HAS_SECONDS_TIMELINE),
        (transport.signature.is_some(), TransportFlags::HAS_TIME_SIGNATURE),
    ];
    let flags = said.into_iter().filter(|(is_said, _)| *is_said).map(|(_, flag)| flag).collect();
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags,
        song_pos_beats: BeatTime::from_float(beats),
        song_pos_seconds: SecondsTime::from_float(transport.frames.unwrap_or(0) as f64 / rate),
        tempo: transport.tempo.unwrap_or(0.0),
        tempo_inc: 0.0,
        loop_start_beats: BeatTime::from_float(0.0),
        loop_end_beats: BeatTime::from_float(0.0),
        loop_start_seconds: SecondsTime::from_float(0.0),
        loop_end_seconds: SecondsTime::from_float(0.0),
        bar_start: BeatTime::from_float(bar.start),
        bar_number: bar.number.unwrap_or(0) as i32,
        time_signature_numerator: numerator,
        time_signature_denominator: denominator,
    }
}

fn pckn(notes: NoteSelector) -> Pckn {
    let small = |field: Option<u8>| field.map_or(Match::All, |value| Match::Specific(u16::from(value)));
    // Negative ids mean "any" in CLAP; the wrapping cast keeps them what they are.
    let id = notes.id.map_or(Match::All, |id| Match::Specific(id as u32));
    Pckn { port_index: Match::Specific(0), channel: small(notes.channel), key: small(notes.key), note_id: id }
}

fn name(pckn: &Pckn) -> NoteName {
    let small = |field: Match<u16>| field.into_specific().unwrap_or(0) as u8;
    let id = pckn.note_id.into_specific().map(|id| id as i32);
    NoteName { id, channel: small(pckn.channel), key: small(pckn.key) }
}

fn note_message(status: u8, pckn: &Pckn, velocity: u8) -> [u8; 3] {
    let note = name(pckn);
    [status | (note.channel & 15), note.key, velocity]
}

fn note_expression(expression: Expression, value: f64) -> (NoteExpressionType, f64) {
    match expression {
        Expression::Volume => (NoteExpressionType::Volume, value),
        // CLAP counts from 0 (left) to 1 (right).
        Expression::Pan => (NoteExpressionType::Pan, (value + 1.0) / 2.0),
        Expression::Tuning => (NoteExpressionType::Tuning, value),
        Expression::Vibrato => (NoteExpressionType::Vibrato, value),
        Expression::Expression => (NoteExpressionType::Expression, value),
        Expression::Brightness => (NoteExpressionType::Brightness, value),
        Expression::Pressure => (NoteExpressionType::Pressure, value),
    }
}
