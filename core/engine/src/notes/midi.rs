//! Channel messages that are no notes: pedals, ends, and what moves p-fields.

use ksmps_csound::Running;
use ksmps_data::event::NoteSelector;

use super::{NotePlayer, let_go};
use crate::midi_channels::CHANNELS;
use crate::voices::{Phase, Voice};

const SUSTAIN: u8 = 64;
const SOSTENUTO: u8 = 66;
const ALL_SOUND_OFF: u8 = 120;
const RESET_CONTROLLERS: u8 = 121;
const ALL_NOTES_OFF: u8 = 123;

impl NotePlayer {
    /// A channel message that is not a note. `[audio]`
    pub fn midi(&mut self, running: &mut Running, bytes: [u8; 3]) {
        let channel = bytes[0] & 0x0f;
        match (bytes[0] & 0xf0, bytes[1]) {
            (0xb0, SUSTAIN) => self.pedal(running, channel, bytes[2] >= 64),
            (0xb0, SOSTENUTO) => self.sostenuto(running, channel, bytes[2] >= 64),
            (0xb0, ALL_SOUND_OFF) => self.each_reached(channel, |this, notes| this.choke(running, notes)),
            (0xb0, RESET_CONTROLLERS) => {
                self.pedal(running, channel, false);
                self.sostenuto(running, channel, false);
                self.filling.channels.reset(channel);
            }
            (0xb0, ALL_NOTES_OFF..=127) => {
                self.each_reached(channel, |this, notes| this.all_off(running, notes));
            }
            _ if !self.filling.channels.message(bytes) => return,
            _ => {}
        }
        let Self { filling, voices, .. } = self;
        let reached = voices.iter_mut().filter(|voice| filling.channels.reaches(channel, voice.note.channel));
        reached.for_each(|voice| voice.changed = true);
    }

    /// Does something with the notes of each channel for which a message counts.
    fn each_reached(&mut self, channel: u8, mut with: impl FnMut(&mut Self, NoteSelector)) {
        for other in 0..CHANNELS as u8 {
            if self.filling.channels.reaches(channel, other) {
                with(self, NoteSelector { channel: Some(other), ..NoteSelector::ALL });
            }
        }
    }

    fn all_off(&mut self, running: &mut Running, notes: NoteSelector) {
        self.filling.monos.iter_mut().for_each(|mono| mono.lift(&notes));
        let playing = |voice: &&mut Voice| voice.is_playing() && notes.matches(&voice.note);
        self.voices.iter_mut().filter(playing).for_each(|voice| let_go(running, voice, false));
    }

    fn pedal(&mut self, running: &mut Running, channel: u8, down: bool) {
        self.filling.channels.channel_mut(channel).pedal = down;
        if !down {
            self.release_unheld(running);
        }
    }

    /// The pedal that keeps what is down when it goes down, and nothing else.
    fn sostenuto(&mut self, running: &mut Running, channel: u8, down: bool) {
        let set = self.filling.channels.channel_mut(channel);
        let goes_down = down && !set.sostenuto;
        set.sostenuto = down;
        let Self { filling, voices, .. } = self;
        let on_it = voices.iter_mut().filter(|voice| filling.channels.reaches(channel, voice.note.channel));
        if goes_down {
            on_it.filter(|voice| voice.phase == Phase::Held).for_each(|voice| voice.is_caught = true);
        } else if !down {
            on_it.for_each(|voice| voice.is_caught = false);
            self.release_unheld(running);
        }
    }

    /// Releases what no pedal keeps any more.
    fn release_unheld(&mut self, running: &mut Running) {
        let Self { filling, voices, .. } = self;
        let sustained = voices.iter_mut().filter(|voice| voice.phase == Phase::Sustained);
        for voice in sustained {
            if !filling.is_sustained(voice) {
                let_go(running, voice, false);
            }
        }
    }
}
