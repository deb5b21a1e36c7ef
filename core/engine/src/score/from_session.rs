//! What of a session follows the host's song, as events that we play: its notes with their stops, and the values that change.

use std::collections::HashMap;
use std::ffi::{CStr, CString};

use ksmps_csound::Running;
use ksmps_data::args::ArgValue;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::verbs::{BusToken, EngineError, Line, Points};
use ksmps_document::{CONTROLS_TABLE, SongMode};
use ksmps_session::{ChangeTarget, Course, EventId, Moves, Owner, Session, SessionError};

use super::changes::{Change, Changes, Target, Written};
use super::list::{EventList, Kind, Measure, Unit};
use super::play::{Play, PlayedBy, unit_of};

/// What follows the song of the session's own events, and of the document's. `[control]`
///
/// # Errors
/// [`SessionError::ChannelKind`] for a channel that is one of another kind, [`SessionError::Engine`] for a text with a NUL byte
/// in it and for points that make no line.
pub(in super::super) fn of_session(
    session: &Session,
    running: &mut Running,
) -> Result<Vec<Play>, SessionError> {
    let mut plays = Vec::new();
    let rate = running.rate();
    for owner in [Owner::Session, Owner::Document] {
        let play = session.play_of(owner);
        if play.is_plain() || play.mode == SongMode::Off {
            continue;
        }
        let measure = Measure { unit: unit_of(play), rate, tempo: None };
        // What repeats has a first position.
        let first = if play.loops { 0.0 } else { f64::NEG_INFINITY };
        let mut following = Following { measure, first, list: EventList::default(), changes: Vec::new() };
        let notes = following.notes(session, owner);
        if owner == Owner::Session {
            following.channels(session, running)?;
            following.tracks(session, &notes)?;
        }
        let Following { list, changes, .. } = following;
        if list.is_empty() {
            continue;
        }
        let list = list.finish(measure.position_of(session.length_of(owner)));
        let time_per_position = if measure.unit == Unit::Frames { 1.0 / rate } else { 1.0 };
        let played_by = match PlayedBy::of(play, &list, rate) {
            // It is too short to repeat, and plays once.
            PlayedBy::Csound => PlayedBy::Engine { from: 0 },
            played_by => played_by,
        };
        plays.push(Play::new(list, Changes::new(changes, time_per_position), play, played_by, rate));
    }
    Ok(plays)
}

/// What a session says that is of no effect where it follows the song. `[any]`
pub(in super::super) fn left_out(session: &Session) -> Vec<Diagnostic> {
    let play = session.play();
    if play.is_plain() || play.mode == SongMode::Off {
        return Vec::new();
    }
    let given_back = (1..).zip(session.buses()).filter(|(_, bus)| bus.release.is_some());
    let warning = |(token, _)| {
        let text =
            format!("the session's bus {token} is not given back: what follows the song may come again");
        Diagnostic::warning(None, text).with_remedy("leave its release out")
    };
    given_back.map(warning).collect()
}

/// The events and changes that were found so far.
struct Following {
    measure: Measure,
    /// The position before all others.
    first: f64,
    list: EventList,
    changes: Vec<Change>,
}

impl Following {
    /// Takes the notes in, each with its stop; gives which p1 of the list each event has.
    fn notes(&mut self, session: &Session, owner: Owner) -> HashMap<EventId, usize> {
        let measure = self.measure;
        let events = session.followed_events(owner);
        let mut notes = HashMap::with_capacity(events.len());
        let mut stops = Vec::new();
        for event in events {
            let between = (measure.position_of(event.start()), measure.position_of(event.end()));
            let length = measure.position_of(event.dur());
            let sounding = self.list.push_note(event.p1(), between, length, event.args());
            notes.insert(event.id(), sounding);
            stops.extend(event.stopped_at().map(|at| (sounding, measure.position_of(at))));
        }
        for (sounding, at) in stops {
            self.list.push(Kind::Stop, sounding, (at, at));
        }
        notes
    }

    fn tracks(&mut self, session: &Session, notes: &HashMap<EventId, usize>) -> Result<(), SessionError> {
        let row = session.controls().row;
        for track in session.tracks(self.first) {
            let target = match track.target {
                ChangeTarget::Bus(bus) => Target::Bus(BusToken(bus)),
                ChangeTarget::Field(id, field) | ChangeTarget::Control(id, field) => {
                    let Some(event) = session.event(id) else { continue };
                    match (track.target, notes.get(&id).copied()) {
                        (ChangeTarget::Control(..), _) => {
                            Target::Table(CONTROLS_TABLE, event.slot() as usize * row + field)
                        }
                        (_, Some(note)) => Target::Pfield(note, field),
                        (_, None) if event.stands() => Target::Standing(event.p1(), field),
                        (_, None) => continue,
                    }
                }
            };
            for stretch in track.stretches {
                let written = self.written(stretch.course)?;
                self.change(target, written, (stretch.from, stretch.until));
            }
        }
        Ok(())
    }

    fn written(&self, course: Course) -> Result<Written, EngineError> {
        Ok(match course {
            Course::Value(value) => Written::Value(value),
            Course::Line(since, Moves { points, curve, straight }) => {
                // Its values are those of the song's positions, in a straight line too.
                let line = Line::new(Points::new(points)?, curve, false, 1.0).by_time();
                Written::Line { line, since: self.measure.position_of(since), straight }
            }
        })
    }

    /// A channel has what it held at the engine's start, until the first value that comes at a time.
    fn channels(&mut self, session: &Session, running: &mut Running) -> Result<(), SessionError> {
        for (name, values) in session.timed_channels() {
            let wrong = || SessionError::ChannelKind(name.to_owned());
            let is_text = values.iter().any(|(_, value)| matches!(value, ArgValue::Text(_)));
            let (target, initial) = if is_text {
                let place = running.text_channel_place(name).ok_or_else(wrong)?;
                (Target::Text(place), Written::Text(running.text_at(place).into()))
            } else {
                let place = running.control_channel(name).ok_or_else(wrong)?;
                (Target::Channel(place), Written::Value(running.channel(place)))
            };
            let mut from = self.first;
            let mut held = initial;
            for (at, value) in values {
                let next = match (value, is_text) {
                    (ArgValue::Number(value), false) => Written::Value(*value),
                    (ArgValue::Text(text), true) => Written::Text(live_text(text)?),
                    _ => return Err(wrong()),
                };
                self.change(target, std::mem::replace(&mut held, next), (from, at));
                from = at;
            }
            self.change(target, held, (from, f64::INFINITY));
        }
        Ok(())
    }

    /// One more change, between two times.
    fn change(&mut self, target: Target, written: Written, (from, until): (f64, f64)) {
        let (from, until) = (self.measure.position_of(from), self.measure.position_of(until));
        self.list.push(Kind::Change(self.changes.len()), 0, (from, until));
        self.changes.push(Change { target, written });
    }
}

/// A text for a channel that is written while the engine plays; its length was looked at before.
fn live_text(text: &str) -> Result<Box<CStr>, EngineError> {
    let refused = |_| EngineError::BadString(format!("{text:?} has a NUL byte in it"));
    Ok(CString::new(text).map_err(refused)?.into_boxed_c_str())
}
