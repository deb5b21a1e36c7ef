//! From the framework's words to the core's and back: one event in, at most one event out.
//!
//! Pure functions of their arguments, so that every rule here is a row of a table in the tests. Where an event
//! falls (late ones, those between two parts of a block) is decided in [`crate::process`], parameter points come
//! from `param_bank`.

use ksmps_core::event::{Event, EventKind, Expression, NoteName, NoteSelector};
use nice_plug::midi::{Channel, Key, MidiResult, VoiceID};
use nice_plug::prelude::{NoteEvent, PluginApi};

/// What a host's event means to the player; `None` for what the player has no use for. `[any]`
///
/// `api` matters because the framework's VST3 side confuses two expressions and loses some: there they come by
/// [`crate::host_block`] instead.
pub fn event(event: &NoteEvent<()>, api: PluginApi) -> Option<Event> {
    let kind = match *event {
        NoteEvent::NoteOn { voice_id, channel, key, velocity, .. } => EventKind::NoteOn {
            // A start needs a key; a channel that is left open is the first.
            note: NoteName { id: voice_id.id(), channel: channel.number().unwrap_or(0), key: key.number()? },
            velocity: unit(velocity),
        },
        NoteEvent::NoteOff { voice_id, channel, key, velocity, .. } => {
            EventKind::NoteOff { notes: selector(voice_id, channel, key), velocity: unit(velocity) }
        }
        NoteEvent::Choke { voice_id, channel, key, .. } => {
            EventKind::Choke { notes: selector(voice_id, channel, key) }
        }
        NoteEvent::PolyModulation { voice_id, poly_modulation_id, normalized_offset, .. } => {
            EventKind::Modulation {
                notes: NoteSelector { id: Some(voice_id), ..NoteSelector::ALL },
                slot: u16::try_from(poly_modulation_id).ok()?,
                offset: f64::from(normalized_offset),
            }
        }
        NoteEvent::MidiCC { .. }
        | NoteEvent::MidiPitchBend { .. }
        | NoteEvent::MidiChannelPressure { .. }
        | NoteEvent::MidiProgramChange { .. } => midi(event)?,
        _ => expression(event, api)?,
    };
    Some(Event { frame: event.timing(), kind })
}

/// A message that a document sends, as the framework's event. `None` for what is no channel message. `[any]`
pub fn midi_out(frame: u32, bytes: &[u8]) -> Option<NoteEvent<()>> {
    NoteEvent::from_midi(frame, bytes).ok()
}

/// The end of a voice, as the host wants to hear of it. `[any]`
pub fn voice_end(frame: u32, note: NoteName) -> NoteEvent<()> {
    NoteEvent::VoiceTerminated {
        timing: frame,
        voice_id: note.id.map_or(VoiceID::Wildcard, VoiceID::ID),
        channel: Channel::Number(note.channel),
        key: Key::Number(note.key),
    }
}

fn selector(id: VoiceID, channel: Channel, key: Key) -> NoteSelector {
    NoteSelector { id: id.id(), channel: channel.number(), key: key.number() }
}

fn unit(value: f32) -> f32 {
    // A velocity that is no number is silence, not a NaN in a p-field.
    if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) }
}

fn expression(event: &NoteEvent<()>, api: PluginApi) -> Option<EventKind> {
    use Expression::{Brightness, Expression as Intensity, Pan, Pressure, Tuning, Vibrato, Volume};
    // Pressure per note is an event of its own in VST3; of all others the framework's are doubtful, and known already.
    if api == PluginApi::Vst3 && !matches!(event, NoteEvent::PolyPressure { .. }) {
        return None;
    }
    let (id, channel, key, expression, value) = match *event {
        NoteEvent::PolyPressure { voice_id, channel, key, pressure, .. } => {
            (voice_id, channel, key, Pressure, pressure)
        }
        NoteEvent::PolyVolume { voice_id, channel, key, gain, .. } => (voice_id, channel, key, Volume, gain),
        NoteEvent::PolyPan { voice_id, channel, key, pan, .. } => (voice_id, channel, key, Pan, pan),
        NoteEvent::PolyTuning { voice_id, channel, key, tuning, .. } => {
            (voice_id, channel, key, Tuning, tuning)
        }
        NoteEvent::PolyVibrato { voice_id, channel, key, vibrato, .. } => {
            (voice_id, channel, key, Vibrato, vibrato)
        }
        NoteEvent::PolyExpression { voice_id, channel, key, expression, .. } => {
            (voice_id, channel, key, Intensity, expression)
        }
        NoteEvent::PolyBrightness { voice_id, channel, key, brightness: value, .. } => {
            (voice_id, channel, key, Brightness, value)
        }
        _ => return None,
    };
    value.is_finite().then(|| EventKind::Expression {
        notes: selector(id, channel, key),
        expression,
        value: f64::from(value),
    })
}

fn midi(event: &NoteEvent<()>) -> Option<EventKind> {
    let Some(MidiResult::Basic(bytes)) = event.as_midi() else { return None };
    let len = match event {
        NoteEvent::MidiChannelPressure { .. } | NoteEvent::MidiProgramChange { .. } => 2,
        _ => 3,
    };
    Some(EventKind::Midi { bytes, len })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: VoiceID = VoiceID::ID(7);
    const ANY_ID: VoiceID = VoiceID::Wildcard;
    const CHANNEL: Channel = Channel::Number(3);
    const KEY: Key = Key::Number(60);
    const NOTES: NoteSelector = NoteSelector { id: Some(7), channel: Some(3), key: Some(60) };

    fn check(host: NoteEvent<()>, api: PluginApi, kind: EventKind) {
        assert_eq!(event(&host, api), Some(Event { frame: 5, kind }), "{host:?} in {api}");
    }

    #[test]
    fn notes() {
        for api in [PluginApi::Clap, PluginApi::Vst3] {
            check(
                NoteEvent::NoteOn { timing: 5, voice_id: ID, channel: CHANNEL, key: KEY, velocity: 0.5 },
                api,
                EventKind::NoteOn { note: NoteName { id: Some(7), channel: 3, key: 60 }, velocity: 0.5 },
            );
            check(
                NoteEvent::NoteOff { timing: 5, voice_id: ANY_ID, channel: CHANNEL, key: KEY, velocity: 2.0 },
                api,
                EventKind::NoteOff { notes: NoteSelector { id: None, ..NOTES }, velocity: 1.0 },
            );
            check(
                NoteEvent::Choke { timing: 5, voice_id: ID, channel: Channel::Wildcard, key: Key::Wildcard },
                api,
                EventKind::Choke { notes: NoteSelector { id: Some(7), ..NoteSelector::ALL } },
            );
            check(
                NoteEvent::PolyModulation {
                    timing: 5,
                    voice_id: 7,
                    poly_modulation_id: 127,
                    normalized_offset: -0.25,
                },
                api,
                EventKind::Modulation {
                    notes: NoteSelector { id: Some(7), ..NoteSelector::ALL },
                    slot: 127,
                    offset: -0.25,
                },
            );
        }
    }

    #[test]
    fn expressions_of_a_clap_host() {
        let (voice_id, channel, key, timing) = (ID, CHANNEL, KEY, 5);
        let table: [(NoteEvent<()>, Expression, f64); 7] = [
            (
                NoteEvent::PolyPressure { timing, voice_id, channel, key, pressure: 0.5 },
                Expression::Pressure,
                0.5,
            ),
            (NoteEvent::PolyVolume { timing, voice_id, channel, key, gain: 4.0 }, Expression::Volume, 4.0),
            (NoteEvent::PolyPan { timing, voice_id, channel, key, pan: -1.0 }, Expression::Pan, -1.0),
            (NoteEvent::PolyTuning { timing, voice_id, channel, key, tuning: 0.5 }, Expression::Tuning, 0.5),
            (
                NoteEvent::PolyVibrato { timing, voice_id, channel, key, vibrato: 0.25 },
                Expression::Vibrato,
                0.25,
            ),
            (
                NoteEvent::PolyExpression { timing, voice_id, channel, key, expression: 0.75 },
                Expression::Expression,
                0.75,
            ),
            (
                NoteEvent::PolyBrightness { timing, voice_id, channel, key, brightness: 0.125 },
                Expression::Brightness,
                0.125,
            ),
        ];
        for (host, expression, value) in table {
            check(host, PluginApi::Clap, EventKind::Expression { notes: NOTES, expression, value });
            // The framework's VST3 side mixes them up; the plugin has read them already.
            let is_own = expression == Expression::Pressure;
            assert_eq!(event(&host, PluginApi::Vst3).is_some(), is_own, "{host:?}");
        }
    }

    #[test]
    fn channel_messages_become_the_bytes_they_were() {
        let table: [(NoteEvent<()>, [u8; 3], u8); 5] = [
            (NoteEvent::MidiCC { timing: 5, channel: 2, cc: 74, value: 64.0 / 127.0 }, [0xb2, 74, 64], 3),
            (NoteEvent::MidiPitchBend { timing: 5, channel: 0, value: 0.5 }, [0xe0, 0, 64], 3),
            (NoteEvent::MidiPitchBend { timing: 5, channel: 15, value: 1.0 }, [0xef, 127, 127], 3),
            (NoteEvent::MidiChannelPressure { timing: 5, channel: 1, pressure: 1.0 }, [0xd1, 127, 0], 2),
            (NoteEvent::MidiProgramChange { timing: 5, channel: 9, program: 12 }, [0xc9, 12, 0], 2),
        ];
        for (host, bytes, len) in table {
            check(host, PluginApi::Clap, EventKind::Midi { bytes, len });
            let back = midi_out(5, &bytes[..usize::from(len)]);
            assert_eq!(back.and_then(|back| event(&back, PluginApi::Clap)), event(&host, PluginApi::Clap));
        }
    }

    #[test]
    fn what_the_player_has_no_use_for() {
        let table: [NoteEvent<()>; 4] = [
            NoteEvent::NoteOn {
                timing: 0,
                voice_id: ID,
                channel: CHANNEL,
                key: Key::Wildcard,
                velocity: 1.0,
            },
            NoteEvent::MonoAutomation { timing: 0, poly_modulation_id: 3, normalized_value: 0.5 },
            NoteEvent::PolyPan { timing: 0, voice_id: ID, channel: CHANNEL, key: KEY, pan: f32::NAN },
            NoteEvent::MidiSysEx { timing: 0, message: () },
        ];
        for host in table {
            assert_eq!(event(&host, PluginApi::Clap), None, "{host:?}");
        }
        assert_eq!(midi_out(0, &[0xf8]), None);
    }

    #[test]
    fn a_voice_end_names_the_note_as_the_host_did() {
        let with_id = voice_end(9, NoteName { id: Some(4), channel: 1, key: 2 });
        let (channel, key) = (Channel::Number(1), Key::Number(2));
        assert_eq!(with_id, NoteEvent::VoiceTerminated { timing: 9, voice_id: VoiceID::ID(4), channel, key });
    }
}
