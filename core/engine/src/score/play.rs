//! Events that are played by us: those of a score, and those of a session.
//!
//! A place in the list of them ([`Walk`]) goes with the engine's time, or is moved by the host's transport. What begins in a
//! cycle is handed to Csound before it, with the frame at which it starts.

use ksmps_csound::{Running, TextEvent};
use ksmps_data::transport::{Song, Transport};
use ksmps_document::{Late, SongMode, SongPlay};

use super::changes::{Changes, Cycle};
use super::list::{EventList, Kind, LOOP_SECONDS_MIN, Unit};
use super::sounding::Sounding;
use super::walk::{Course, Due, FRAME_TOLERANCE, Walk};

/// Events, and who plays them.
pub(in super::super) struct Play {
    pub(super) walk: Walk,
    pub(super) played_by: PlayedBy,
    pub(super) late: Option<Late>,
    /// The host's song, as it was told last.
    song: Option<Song>,
    /// Another engine's events go on here: what lasts over the song's place enters, if the song moves.
    pub(super) enters_next: bool,
    sounding: Sounding,
    changes: Changes,
    /// Room for the p-fields of one event.
    fields: Vec<f64>,
    text_event: Option<TextEvent>,
    rate: f64,
}

/// Who plays events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlayedBy {
    /// Csound, from the engine's first frame on.
    Csound,
    /// We do, from this frame of the events on at the engine's first.
    Engine { from: u64 },
    /// We do, at the positions of the host's song.
    Host(Unit),
    /// Nobody.
    Nobody,
}

/// What the positions of events count.
pub(super) fn unit_of(play: SongPlay) -> Unit {
    if play.mode == SongMode::Beats { Unit::Beats } else { Unit::Frames }
}

/// Whether events repeat: what is shorter than [`LOOP_SECONDS_MIN`] does not.
fn loops(play: SongPlay, list: &EventList, rate: f64) -> bool {
    let seconds = if unit_of(play) == Unit::Frames { rate } else { 1.0 };
    play.loops && list.length > LOOP_SECONDS_MIN * seconds
}

impl PlayedBy {
    /// Who plays what goes with the host's song in this way, where Csound leaves to us what it cannot do. `[any]`
    pub fn of(play: SongPlay, list: &EventList, rate: f64) -> Self {
        match play.mode {
            SongMode::Free if !loops(play, list, rate) => Self::Csound,
            SongMode::Free => Self::Engine { from: 0 },
            SongMode::Beats | SongMode::Seconds => Self::Host(unit_of(play)),
            SongMode::Off => Self::Nobody,
        }
    }
}

impl Play {
    /// Events that go with the host's song in this way. `[control]`
    pub(super) fn new(
        list: EventList,
        changes: Changes,
        play: SongPlay,
        played_by: PlayedBy,
        rate: f64,
    ) -> Self {
        let loops = loops(play, &list, rate);
        let mut this = Self {
            sounding: Sounding::new(&list.sounding),
            fields: Vec::with_capacity(list.fields_max),
            text_event: list.has_texts().then(TextEvent::new),
            walk: Walk::new(list, loops),
            played_by,
            late: play.late,
            song: None,
            enters_next: false,
            changes,
            rate,
        };
        if played_by == (PlayedBy::Engine { from: 0 }) {
            this.go_on_from(0, 0, false);
        }
        this
    }

    /// Whether they follow the host's song. `[any]`
    pub fn follows(&self) -> bool {
        matches!(self.played_by, PlayedBy::Host(_)) && !self.walk.list.is_empty()
    }

    /// Whether their song moves; one that goes with the engine's time does until its events are over. `[audio]`
    pub fn moves(&self) -> bool {
        let is_over = || self.walk.is_done() && !self.changes.move_any();
        self.walk.moves() && !(matches!(self.played_by, PlayedBy::Engine { .. }) && is_over())
    }

    /// The engine goes on where another one was, before the first cycle: what lasts over the song's place enters. `[audio]`
    pub fn take_over(&mut self) {
        self.enters_next = true;
    }

    /// The events go on by the engine's time, from a frame of theirs on at its first; it is at `frame`. `[audio]`
    pub fn go_on_from(&mut self, from: u64, frame: u64, enters: bool) {
        self.played_by = PlayedBy::Engine { from };
        let course = Course { position: from as f64, frame: 0, per_frame: 1.0, seconds: 1.0 / self.rate };
        self.walk.land(course, frame, enters);
    }

    /// The host's transport at an engine's frame. `[audio]`
    pub fn transport(&mut self, running: &mut Running, transport: Transport, frame: u64) {
        let PlayedBy::Host(unit) = self.played_by else { return };
        if self.walk.list.is_empty() {
            return;
        }
        let rate = self.rate;
        let song = self.song.get_or_insert_with(|| Song::new(transport, frame, rate));
        let jumped = song.update(transport, frame);
        let has_jumped = if unit == Unit::Beats { jumped.in_beats } else { jumped.in_frames };
        let course = self.host_course(unit, frame);
        let enters = std::mem::take(&mut self.enters_next) || self.late == Some(Late::Enter);
        match (self.walk.moves(), course) {
            (false, None) => {}
            (true, Some(course)) if !has_jumped => {
                self.walk.run(frame);
                self.walk.steer(course);
            }
            (moved, course) => {
                if moved {
                    self.walk.run(frame);
                    self.end_notes(running);
                }
                match course {
                    Some(course) => self.walk.land(course, frame, enters),
                    None => self.walk.stand(),
                }
            }
        }
    }

    /// Hands over what begins in the cycle of `ksmps` frames that starts at `frame`; how many events found no room. `[audio]`
    pub fn advance(&mut self, running: &mut Running, frame: u64, ksmps: u64) -> u32 {
        self.walk.run(frame + ksmps);
        self.sounding.forget_ended(running);
        // What starts in this very cycle is there only after its init pass.
        let mut started = false;
        for index in 0..self.walk.due.len() {
            let due = self.walk.due[index];
            let event = self.walk.list.event(due.event);
            match event.kind {
                Kind::Note => {
                    // What has no end would sound on beside it.
                    if event.over.is_infinite() && self.walk.list.has_changes {
                        self.sounding.release(running, event.sounding, started);
                    }
                    self.start(running, due, frame);
                    started = true;
                }
                Kind::Stop => self.sounding.release(running, event.sounding, started),
                Kind::Change(change) => self.changes.begin(running, &self.sounding, change, due.round),
            }
        }
        self.walk.due.clear();
        if self.walk.moves() {
            let cycle = Cycle { begin: self.position(frame), end: self.position(frame + ksmps) };
            self.changes.advance(running, &self.sounding, cycle);
        }
        std::mem::take(&mut self.walk.dropped) + std::mem::take(&mut self.changes.dropped)
    }

    /// The position of a song that moves, for the values that depend on it: exact to a part of a frame, because a host's numbers
    /// are rounded, and a place is to sound the same from wherever it was reached.
    fn position(&self, frame: u64) -> f64 {
        match (self.played_by, &self.song) {
            (PlayedBy::Engine { from }, _) => (from + frame) as f64,
            (PlayedBy::Host(Unit::Frames), Some(song)) => song.position_at(frame).frames as f64,
            (PlayedBy::Host(Unit::Beats), Some(song)) => {
                let part = song.transport().tempo / 60.0 / self.rate * FRAME_TOLERANCE;
                (song.position_at(frame).beats / part).round() * part
            }
            _ => 0.0,
        }
    }

    /// The song's way from a frame on; `None` where it stands.
    fn host_course(&self, unit: Unit, frame: u64) -> Option<Course> {
        let song = self.song.as_ref()?;
        let Transport { playing, tempo, .. } = *song.transport();
        let position = song.position_at(frame);
        let course = match unit {
            Unit::Beats => Course {
                position: position.beats,
                frame,
                per_frame: tempo / 60.0 / self.rate,
                seconds: 60.0 / tempo,
            },
            Unit::Frames => {
                Course { position: position.frames as f64, frame, per_frame: 1.0, seconds: 1.0 / self.rate }
            }
        };
        (playing && course.per_frame > 0.0 && course.position.is_finite()).then_some(course)
    }

    /// Releases the notes that sound.
    fn end_notes(&mut self, running: &mut Running) {
        self.walk.break_off();
        self.changes.halt();
        self.sounding.release_all(running);
    }

    /// Hands one note to Csound, for the cycle that starts at `cycle`.
    fn start(&mut self, running: &mut Running, due: Due, cycle: u64) {
        let Self { walk, fields, text_event, sounding, changes, .. } = self;
        let (list, event) = (&walk.list, walk.list.event(due.event));
        fields.clear();
        fields.extend_from_slice(list.fields_of(event));
        if let (Some(rest), true) = (due.rest, fields[2] > 0.0) {
            fields[2] = rest;
        }
        fields[2] = never_between_cycles(fields[2] * due.seconds, running.rate() / running.ksmps() as f64);
        if list.has_changes {
            changes.leave_note(event.sounding);
            fields[0] = sounding.start_apart(running, event.sounding);
        } else {
            sounding.start(event.sounding);
        }
        let offset = (due.frame - cycle) as u32;
        match (list.texts_of(event), text_event) {
            (texts, Some(text_event)) if texts.1 > 0 => {
                running.start_with_texts(text_event, fields, texts, event.p1, offset);
            }
            // It ends something, and nothing starts.
            _ if event.p1 < 0.0 => running.send_event(b'i', fields),
            _ => running.start(fields, offset),
        }
    }
}

/// A length that Csound rounds to the same number of cycles wherever the note begins. It adds the length to the time of the
/// beginning, in seconds: of one that ends in the midst of a cycle the last digits of that sum would decide.
fn never_between_cycles(seconds: f64, cycles_per_second: f64) -> f64 {
    const ROUNDED_CYCLES: f64 = 1e-6;
    let cycles = seconds * cycles_per_second;
    let is_between = cycles > 0.0 && (cycles.fract() - 0.5).abs() < ROUNDED_CYCLES;
    if is_between { (cycles + 2.0 * ROUNDED_CYCLES) / cycles_per_second } else { seconds }
}
