//! A session whose events follow the host's song: what of it is played at positions, and what each value is at each of them.
//!
//! What follows has no beginning from which everything happens once in its order: the song may begin anywhere, and come again.
//! So the changes of a value are brought into stretches that lie one behind the other ([`Track`]), and each says by itself
//! what the value is.

use std::collections::BTreeMap;

use ksmps_document::{SongMode, SongPlay};

use super::change::Moves;
use super::event::{Change, ChangeTarget, Owner, What};
use super::plan::Item;
use super::{ArgValue, Channel, Event, EventId, Sched, Session, SessionError};

/// What becomes of one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The value.
    pub target: ChangeTarget,
    /// Its stretches, one behind the other.
    pub stretches: Vec<Stretch>,
}

/// A part of a [`Track`]. Times are those of the session.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub until: f64,
    /// What holds in it.
    pub course: Course,
}

/// How a value goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Course {
    /// It stays.
    Value(f64),
    /// It moves along a line that began at a time, at or before the stretch.
    Line(f64, Moves),
}

impl Session {
    /// How its own events go with the host's song. `[any]`
    pub fn play(&self) -> SongPlay {
        self.play
    }

    /// Says how its own events go with the host's song: then all times are counted in it, and are quarter notes where
    /// it follows them. `[any]`
    pub fn set_play(&mut self, play: SongPlay) {
        self.play = play;
    }

    /// How somebody's events go with the host's song. `[any]`
    pub fn play_of(&self, owner: Owner) -> SongPlay {
        match owner {
            Owner::Session => self.play,
            Owner::Document => self.document_play,
        }
    }

    /// Schedules an event of the document's. `[any]`
    ///
    /// # Errors
    /// As [`Session::sched`].
    pub fn sched_declared(&mut self, sched: Sched) -> Result<EventId, SessionError> {
        let id = self.sched(sched)?;
        self.events[id.0 as usize].owner = Owner::Document;
        Ok(id)
    }

    /// Whether something is left to the song rather than done in the engine's time: all that happens at a time where the
    /// session follows, but for events that stand; and all events of one that is off. `[any]`
    pub fn follows(&self, item: &Item<'_>) -> bool {
        let follows = |owner| !self.play_of(owner).is_plain();
        match item {
            Item::Table(_) => false,
            Item::Channel(_) | Item::Release(_) => follows(Owner::Session),
            Item::Start(event) | Item::Stop(event) => {
                let play = self.play_of(event.owner);
                play.mode == SongMode::Off || (!play.is_plain() && !event.stands())
            }
            Item::Set(target, _) | Item::Line(target, _) => follows(self.owner_of(*target)),
        }
    }

    fn owner_of(&self, target: ChangeTarget) -> Owner {
        match target {
            ChangeTarget::Field(event, _) | ChangeTarget::Control(event, _) => {
                self.event(event).map_or(Owner::Session, |event| event.owner)
            }
            ChangeTarget::Bus(_) => Owner::Session,
        }
    }

    /// The events of somebody's that are started where the song is, in the order of their times, then of their instruments.
    /// `[any]`
    pub fn followed_events(&self, owner: Owner) -> Vec<&Event> {
        let clock = self.clock();
        let starts = |event: &&Event| {
            let is_stopped = |stop: f64| clock.nearest_cycle(stop) <= clock.nearest_cycle(event.start);
            event.owner == owner && self.follows(&Item::Start(event)) && !event.stop.is_some_and(is_stopped)
        };
        let mut events: Vec<&Event> = self.events.iter().filter(starts).collect();
        events.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.p1.total_cmp(&b.p1)));
        events
    }

    /// Where the events of somebody's end: the last one that has an end, or the end marker. `[any]`
    pub fn length_of(&self, owner: Owner) -> f64 {
        let marker = self.end_marker.filter(|_| owner == Owner::Session);
        let ends = self.events.iter().filter(|event| event.owner == owner).map(Event::end_in_score);
        ends.filter(|end| end.is_finite()).fold(marker.unwrap_or(0.0), f64::max)
    }

    /// What becomes of each value that changes where the session follows; `first` is the time before all others. A p-field of
    /// an event that is started has its first value from there. `[any]`
    pub fn tracks(&self, first: f64) -> Vec<Track> {
        let mut changes: BTreeMap<ChangeTarget, Vec<&Change>> = BTreeMap::new();
        for change in &self.changes {
            changes.entry(change.target).or_default().push(change);
        }
        changes.into_iter().map(|(target, changes)| self.track(target, &changes, first)).collect()
    }

    fn track(&self, target: ChangeTarget, changes: &[&Change], first: f64) -> Track {
        let event = match target {
            ChangeTarget::Field(event, _) | ChangeTarget::Control(event, _) => self.event(event),
            ChangeTarget::Bus(_) => None,
        };
        let started = event.filter(|event| !event.stands());
        let is_given = matches!(target, ChangeTarget::Field(..)) && started.is_some();
        let mut courses: Vec<(f64, Course)> = changes.iter().map(|change| self.course(change)).collect();
        courses.sort_by(|a, b| a.0.total_cmp(&b.0));
        let initial = (!is_given).then(|| self.initial(target));
        // A line goes on in the event's release.
        let ends = courses.iter().filter_map(|(_, course)| course.end()).map(|(end, _)| end);
        let between =
            started.map_or((first, f64::INFINITY), |event| (event.start, ends.fold(event.end(), f64::max)));
        Track { target, stretches: stretches(initial, between, &courses) }
    }

    fn course(&self, change: &Change) -> (f64, Course) {
        let course = match (&change.what, self.line_of(change)) {
            (What::Set(value), _) => Course::Value(*value),
            (What::Line { .. }, Some(moves)) => Course::Line(change.at, moves),
            // A line is made of points.
            (What::Line { .. }, None) => Course::Value(self.initial(change.target)),
        };
        (change.at, course)
    }

    /// The channels that it writes at times behind its beginning, each with the times and values in their order. `[any]`
    pub fn timed_channels(&self) -> Vec<(&str, Vec<(f64, &ArgValue)>)> {
        let mut timed: Vec<(&str, Vec<(f64, &ArgValue)>)> = Vec::new();
        for Channel { name, value, at, .. } in &self.channels {
            let (Some(at), Some(value)) = (at.filter(|at| *at > 0.0), value) else { continue };
            match timed.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push((at, value)),
                None => timed.push((name, vec![(at, value)])),
            }
        }
        timed.iter_mut().for_each(|(_, values)| values.sort_by(|a, b| a.0.total_cmp(&b.0)));
        timed
    }

    /// The same in the seconds of a song that is played once from its beginning at a tempo: for a render and a .csd, where
    /// there is no host. `[any]`
    pub fn in_seconds(&self, tempo: f64) -> Self {
        let mut session = self.clone();
        session.play = SongPlay::default();
        match self.play.mode {
            SongMode::Free | SongMode::Seconds => {}
            SongMode::Beats => session.scale_times(60.0 / tempo),
            SongMode::Off => {
                session.events.clear();
                session.changes.clear();
                session.channels.retain(|channel| channel.at.is_none_or(|at| at == 0.0));
            }
        }
        session
    }

    /// Multiplies all times.
    fn scale_times(&mut self, by: f64) {
        for event in &mut self.events {
            event.start *= by;
            event.stop = event.stop.map(|stop| stop * by);
            if event.dur > 0.0 {
                event.dur *= by;
            }
        }
        for change in &mut self.changes {
            change.at *= by;
            if let What::Line { points, .. } = &mut change.what {
                points.iter_mut().for_each(|(time, _)| *time *= by);
            }
        }
        let channels = self.channels.iter_mut().filter_map(|channel| channel.at.as_mut());
        let releases = self.buses.iter_mut().filter_map(|bus| bus.release.as_mut());
        let tables = self.tables.iter_mut().map(|table| &mut table.at);
        channels.chain(releases).chain(tables).chain(self.end_marker.as_mut()).for_each(|at| *at *= by);
    }
}

/// Courses in the order of their times as stretches between two times. A line holds until it ends, or until another one
/// begins; a value that is set meanwhile is lost, as in the engine's time.
fn stretches(initial: Option<f64>, (from, until): (f64, f64), courses: &[(f64, Course)]) -> Vec<Stretch> {
    let mut turns: Vec<(f64, bool, usize)> = Vec::new();
    for (index, (at, course)) in courses.iter().enumerate() {
        turns.push((*at, false, index));
        if let Some((end, _)) = course.end() {
            turns.push((end, true, index));
        }
    }
    // What ends comes before what begins there.
    turns.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut moving: Vec<usize> = Vec::new();
    let mut left = initial.map(Course::Value);
    let mut found: Vec<Stretch> = Vec::new();
    let mut add = |at: f64, course: &Option<Course>| {
        let Some(course) = course.clone().filter(|_| at < until) else { return };
        let from = at.max(from);
        if let Some(last) = found.last_mut() {
            if last.course == course {
                return;
            }
            last.until = from;
        }
        found.push(Stretch { from, until, course });
    };
    add(from, &left);
    for (at, is_end, index) in turns {
        match &courses[index].1 {
            course if is_end => {
                moving.retain(|line| *line != index);
                left = course.end().map(|(_, value)| Course::Value(value));
            }
            Course::Line(..) => moving.push(index),
            course => left = if moving.is_empty() { Some(course.clone()) } else { left },
        }
        add(at, &moving.last().map_or_else(|| left.clone(), |line| Some(courses[*line].1.clone())));
    }
    found.retain(|stretch| stretch.from < stretch.until);
    found
}

impl Course {
    /// When a line ends, and the value that it leaves.
    fn end(&self) -> Option<(f64, f64)> {
        let Self::Line(since, moves) = self else { return None };
        moves.points.last().map(|(time, value)| (since + time, *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Automate, Template};

    fn session() -> (Session, EventId) {
        let mut session = Session::default();
        session.define(Template::new("tone", "|kamp=0.1|\nouts a(kamp), a(kamp)")).unwrap();
        let event = session.sched(Sched::new("tone").at(1.0).dur(9.0)).unwrap();
        (session, event)
    }

    /// From, until, value, or the value at the end of a line.
    fn shown(track: &Track) -> Vec<(f64, f64, f64)> {
        let shown = |stretch: &Stretch| {
            let value = match &stretch.course {
                Course::Value(value) => *value,
                Course::Line(..) => stretch.course.end().unwrap().1,
            };
            (stretch.from, stretch.until, value)
        };
        track.stretches.iter().map(shown).collect()
    }

    #[test]
    fn what_is_set_during_a_line_is_lost_and_the_line_that_began_last_holds() {
        let (mut session, event) = session();
        session.set(event, "kamp", 0.2, 2.0).unwrap();
        session.automate(event, "kamp", Automate::new([(0.0, 0.3), (4.0, 0.4)]).at(3.0)).unwrap();
        session.set(event, "kamp", 0.9, 3.5).unwrap();
        session.automate(event, "kamp", Automate::new([(0.0, 0.5), (1.0, 0.6)]).at(5.0)).unwrap();
        session.set(event, "kamp", 0.7, 8.0).unwrap();
        let tracks = session.tracks(0.0);
        let expected = [
            (2.0, 3.0, 0.2),
            (3.0, 5.0, 0.4),
            (5.0, 6.0, 0.6),
            (6.0, 7.0, 0.4),
            (7.0, 8.0, 0.4),
            (8.0, 10.0, 0.7),
        ];
        assert_eq!((tracks.len(), shown(&tracks[0])), (1, expected.to_vec()));
    }

    #[test]
    fn a_line_goes_on_in_the_release_of_its_event() {
        let (mut session, event) = session();
        session.automate(event, "kamp", Automate::new([(0.0, 0.1), (3.0, 0.4)]).at(9.0)).unwrap();
        session.stop(event, 9.5).unwrap();
        assert_eq!(shown(&session.tracks(0.0)[0]), [(9.0, 12.0, 0.4)]);
    }

    #[test]
    fn a_bus_has_its_first_value_before_everything_and_what_stands_too() {
        let (mut session, _) = session();
        let bus = session.assign_bus(None, Some(0.8), true).unwrap();
        session.set_bus(bus, 0.1, 2.0).unwrap();
        let standing = session.sched(Sched::new("tone")).unwrap();
        session.set(standing, "kamp", 0.5, 4.0).unwrap();
        let tracks = session.tracks(f64::NEG_INFINITY);
        let (before, ever) = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(shown(&tracks[0]), [(before, 4.0, 0.1), (4.0, ever, 0.5)]);
        assert_eq!(shown(&tracks[1]), [(before, 2.0, 0.8), (2.0, ever, 0.1)]);
    }

    #[test]
    fn a_song_in_beats_has_its_seconds_at_a_tempo() {
        let (mut session, event) = session();
        session.set(event, "kamp", 0.2, 2.0).unwrap();
        session.automate(event, "kamp", Automate::new([(0.0, 0.3), (4.0, 0.4)]).at(3.0)).unwrap();
        session.set_end_marker(12.0).unwrap();
        session.set_play("follow=beats".parse().unwrap());
        let seconds = session.in_seconds(120.0);
        let event = seconds.event(event).unwrap();
        assert_eq!((event.start(), event.dur(), seconds.end_marker()), (0.5, 4.5, Some(6.0)));
        assert_eq!(shown(&seconds.tracks(0.0)[0]), [(1.0, 1.5, 0.2), (1.5, 3.5, 0.4), (3.5, 5.0, 0.4)]);
        assert!(seconds.play().is_plain());
        session.set_play("off".parse().unwrap());
        assert_eq!(session.in_seconds(120.0).events(), []);
    }
}
