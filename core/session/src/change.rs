//! What becomes of events and buses after their start: set, automate, stop.
//!
//! A line's value in its first cycle is that of the cycle's end, as in the reference's sessions; before its first
//! point it does nothing, after its last point that one's value stays. A straight line of two points on a p-field is
//! Csound's own `line`: it begins with its first value and ends on a whole cycle.

use ksmps_data::verbs::{Curve, Line, Points};

use super::event::{Change, ChangeTarget, What};
use super::resources::check_time;
use super::schedule::{kind_error, place};
use super::{Automate, BusId, Event, EventId, Session, SessionError};
use ksmps_data::args::{ArgKind, ArgPlace};

impl Session {
    /// Changes a parameter of an event at a time of the session. `false` where the event does not sound then, and
    /// nothing changes. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownEvent`], [`SessionError::UnknownArgument`], [`SessionError::FixedArgument`],
    /// [`SessionError::ArgumentKind`], [`SessionError::BadTime`].
    pub fn set(&mut self, event: EventId, name: &str, value: f64, at: f64) -> Result<bool, SessionError> {
        check_time(at)?;
        let target = self.target(event, name)?;
        // PANIC: `target` found the event.
        let (start, end) =
            self.event(event).map(|event| (event.start, event.end())).expect("the event is there");
        let clock = self.clock();
        if clock.nearest_cycle(at) < clock.nearest_cycle(start) || at >= end {
            return Ok(false);
        }
        self.changes.push(Change { target, at, what: What::Set(value), name: name.to_owned(), asked: None });
        Ok(true)
    }

    /// Moves a parameter of an event along a line. `false` where the line lies wholly before or after the event and
    /// changes nothing. `[any]`
    ///
    /// # Errors
    /// As [`Session::set`]; [`SessionError::Engine`] for points that make no line.
    pub fn automate(&mut self, event: EventId, name: &str, line: Automate) -> Result<bool, SessionError> {
        let target = self.target(event, name)?;
        // PANIC: `target` found the event.
        let (start, end) =
            self.event(event).map(|event| (event.start, event.end())).expect("the event is there");
        let at = line.at.unwrap_or(start);
        let last = line.points.last().map_or(0.0, |(time, _)| *time);
        let change = change(target, at, line, name)?;
        if at + last < start || at >= end {
            return Ok(false);
        }
        self.changes.push(change);
        Ok(true)
    }

    /// Stops an event at a time, with its release. An event that ends before is left alone. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownEvent`], [`SessionError::BadTime`].
    pub fn stop(&mut self, event: EventId, at: f64) -> Result<(), SessionError> {
        check_time(at)?;
        let found = self.events.get_mut(event.0 as usize).ok_or(SessionError::UnknownEvent(event.0))?;
        found.stop = Some(found.stop.map_or(at, |stop| stop.min(at)));
        Ok(())
    }

    /// Stops the events with this p1 at a time; a whole number means all of the instrument that sound then. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownP1`], [`SessionError::BadTime`].
    pub fn unsched(&mut self, p1: f64, at: f64) -> Result<(), SessionError> {
        check_time(at)?;
        let meant: Vec<EventId> =
            self.events_by_p1(p1).filter(|event| event.start <= at).map(Event::id).collect();
        if meant.is_empty() && self.events_by_p1(p1).next().is_none() {
            return Err(SessionError::UnknownP1(p1));
        }
        meant.into_iter().try_for_each(|event| self.stop(event, at))
    }

    /// Writes a control bus at a time. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`], [`SessionError::Bus`], [`SessionError::BadTime`].
    pub fn set_bus(&mut self, bus: BusId, value: f64, at: f64) -> Result<(), SessionError> {
        check_time(at)?;
        self.control_bus(bus)?;
        self.changes.push(Change {
            target: ChangeTarget::Bus(bus.0),
            at,
            what: What::Set(value),
            name: String::new(),
            asked: None,
        });
        Ok(())
    }

    /// Moves a control bus along a line, from the session's beginning where it says nothing else. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`], [`SessionError::Bus`]; [`SessionError::Engine`] for points that make no line.
    pub fn automate_bus(&mut self, bus: BusId, line: Automate) -> Result<(), SessionError> {
        self.control_bus(bus)?;
        let at = line.at.unwrap_or(0.0);
        self.changes.push(change(ChangeTarget::Bus(bus.0), at, line, "")?);
        Ok(())
    }

    fn target(&self, event: EventId, name: &str) -> Result<ChangeTarget, SessionError> {
        let found = self.event(event).ok_or(SessionError::UnknownEvent(event.0))?;
        let registered = &self.versions[found.version];
        let fixed =
            || SessionError::FixedArgument { template: found.template.clone(), name: name.to_owned() };
        if let Some(arg) = registered.arg(name) {
            match arg.kind {
                ArgKind::Dynamic => {}
                ArgKind::Fixed => return Err(fixed()),
                ArgKind::Text => return Err(kind_error(registered, name, "number")),
            }
        }
        match place(registered, name)? {
            ArgPlace::Field(field) if field > registered.highest_field() => {
                Err(SessionError::UnknownArgument {
                    template: found.template.clone(),
                    name: name.to_owned(),
                    known: registered.names(),
                })
            }
            ArgPlace::Field(field) => {
                let of_field = registered.args().iter().find(|arg| arg.place == ArgPlace::Field(field));
                match of_field.map(|arg| arg.kind) {
                    Some(ArgKind::Fixed | ArgKind::Text) => Err(fixed()),
                    _ => Ok(ChangeTarget::Field(event, field)),
                }
            }
            ArgPlace::Control(control) => Ok(ChangeTarget::Control(event, control)),
        }
    }

    /// What a parameter has before any change.
    pub(super) fn initial(&self, target: ChangeTarget) -> f64 {
        match target {
            ChangeTarget::Field(event, field) => {
                self.event(event).and_then(|event| event.fields.get(field - 4)).copied().unwrap_or(0.0)
            }
            ChangeTarget::Control(event, control) => {
                self.event(event).and_then(|event| event.controls.get(control)).copied().unwrap_or(0.0)
            }
            ChangeTarget::Bus(bus) => {
                self.buses.get(bus as usize - 1).and_then(|bus| bus.value).unwrap_or(0.0)
            }
        }
    }

    /// What a target has at a time, before what changes in that very cycle.
    pub(super) fn value_at(&self, target: ChangeTarget, initial: f64, at: f64) -> f64 {
        let cycle_seconds = f64::from(self.config.ksmps) / f64::from(self.config.sr);
        let before = |change: &&Change| change.at + cycle_seconds * 0.5 < at;
        self.changes_of(target).into_iter().filter(before).fold(initial, |value, change| match &change.what {
            What::Set(value) => *value,
            What::Line { points, curve, overtake, .. } => {
                let mut line = moving(points, *curve, value, *overtake);
                line.at(at - change.at, 0.0)
            }
        })
    }

    /// The value of an event's parameter at a time, as far as the session itself changes it. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownEvent`], [`SessionError::UnknownArgument`], [`SessionError::FixedArgument`].
    pub fn value(&self, event: EventId, name: &str, at: f64) -> Result<f64, SessionError> {
        let target = self.target(event, name)?;
        Ok(self.value_at(target, self.initial(target), at))
    }

    /// The line of a change, its first value known.
    pub(super) fn line_of(&self, change: &Change) -> Option<Moves> {
        let What::Line { points, curve, overtake, straight } = &change.what else { return None };
        let mut points = points.clone();
        if *overtake {
            points[0].1 = self.value_at(change.target, self.initial(change.target), change.at);
        }
        Some(Moves { points, curve: *curve, straight: *straight })
    }
}

/// A line as it is handed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Moves {
    /// Seconds since its start, the first being 0, and values.
    pub points: Vec<(f64, f64)>,
    /// How it goes from point to point.
    pub curve: Curve,
    /// Two points from an event's start on a p-field, in a straight line: in the n-th of N cycles, n/N of the way.
    pub straight: bool,
}

fn moving(points: &[(f64, f64)], curve: Curve, found: f64, overtake: bool) -> Line {
    let given = points.iter().copied().enumerate();
    let points =
        given.map(|(index, (time, value))| (time, if overtake && index == 0 { found } else { value }));
    // PANIC: `change` has made these very points before, and `found` is a number.
    let points = Points::new(points).expect("the points were checked");
    Line::new(points, curve, false, 1.0).by_time()
}

/// A line as a change: its first point's time belongs to when it starts.
fn change(target: ChangeTarget, at: f64, line: Automate, name: &str) -> Result<Change, SessionError> {
    let asked = Some(Box::new(line.clone()));
    let Automate { mut points, curve, overtake, .. } = line;
    Points::new(points.iter().copied())?;
    let first = points[0].0;
    points.iter_mut().for_each(|point| point.0 -= first);
    let at = at + first;
    check_time(at)?;
    let overtake = overtake || points[0].1.is_nan();
    let what = match points[..] {
        // One point is no line: the value from there on.
        [(_, value)] if !overtake => What::Set(value),
        _ => {
            let is_field = matches!(target, ChangeTarget::Field(..));
            let straight =
                is_field && points.len() == 2 && first == 0.0 && curve == Curve::Linear && !overtake;
            What::Line { points, curve, overtake, straight }
        }
    };
    Ok(Change { target, at, what, name: name.to_owned(), asked })
}
