//! Scheduling events, finding them again, and how far they reach.

use std::collections::BTreeMap;

use super::resources::check_time;
use super::{Event, EventId, Owner, Registered, Sched, Session, SessionError};
use ksmps_data::args::{ArgKind, ArgPlace, ArgValue};
use ksmps_document::FIRST_FIELD;

/// p1 of an instrument's instances: its number plus their count over this.
const INSTANCES: u32 = 10_000;
/// Later instances lie between these: an odd number of halves of a millionth.
const LATER_INSTANCES: f64 = 1_000_000.0;
/// How many p-fields an event can have.
const FIELDS_MAX: usize = 1900;

/// What an event's arguments come to.
struct Values {
    /// p5 and what follows.
    fields: Vec<ArgValue>,
    controls: Vec<f64>,
}

impl Session {
    /// Schedules an event. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownTemplate`], [`SessionError::UnknownArgument`], [`SessionError::ArgumentKind`],
    /// [`SessionError::Arguments`], [`SessionError::Priority`], [`SessionError::PriorityFull`],
    /// [`SessionError::BadTime`].
    pub fn sched(&mut self, sched: Sched) -> Result<EventId, SessionError> {
        self.sched_version(self.version(&sched.template)?, sched)
    }

    pub(super) fn sched_version(&mut self, version: usize, sched: Sched) -> Result<EventId, SessionError> {
        let priority = self.priorities.normal(sched.priority)?;
        check_time(sched.start)?;
        if !sched.dur.is_finite() {
            return Err(SessionError::BadTime(sched.dur));
        }
        let registered = &self.versions[version];
        let values = values(registered, &sched)?;
        let asked = asked(registered, &sched);
        let number = self.priorities.commit(version, priority)?;
        let slot = if values.controls.is_empty() { -1.0 } else { self.next_slot() };
        let mut fields = vec![slot];
        for value in &values.fields {
            fields.push(match value {
                ArgValue::Number(number) => *number,
                ArgValue::Text(text) => f64::from(self.strings.number(text)),
            });
        }
        let count = self.instances.entry(number).or_insert(0);
        *count += 1;
        let p1 = f64::from(number) + fraction(*count);
        let id = EventId(self.events.len() as u64);
        let Sched { template, start, dur, .. } = sched;
        let controls = values.controls;
        self.events.push(Event {
            id,
            version,
            template,
            p1,
            start,
            dur,
            priority,
            fields,
            controls,
            asked,
            stop: None,
            owner: Owner::Session,
        });
        Ok(id)
    }

    /// Rows of the table of controls are counted from 1.
    fn next_slot(&self) -> f64 {
        let used = self.events.iter().rev().find(|event| !event.controls.is_empty());
        used.map_or(1.0, |event| event.fields[0] + 1.0)
    }

    /// An event by its token. `[any]`
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.get(id.0 as usize)
    }

    /// Every event, in the order in which they were scheduled. `[any]`
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events with this p1; a whole number means all of the instrument. `[any]`
    pub fn events_by_p1(&self, p1: f64) -> impl Iterator<Item = &Event> {
        let is_meant = move |event: &&Event| event.p1 == p1 || (p1.fract() == 0.0 && event.p1.trunc() == p1);
        self.events.iter().filter(is_meant)
    }

    /// When the first event starts and the last one ends, in seconds; infinity where one has no end. An event that is
    /// stopped before its end counts in full. The end marker does not count. (0, 0) without events. `[any]`
    pub fn score_time_range(&self) -> (f64, f64) {
        let start = self.events.iter().map(Event::start).fold(f64::INFINITY, f64::min);
        let end = self.events.iter().map(Event::end_in_score).fold(0.0, f64::max);
        if self.events.is_empty() { (0.0, 0.0) } else { (start, end) }
    }

    /// Puts the end marker: a render lasts at least until there, and what has no end is cut off there. `[any]`
    ///
    /// # Errors
    /// [`SessionError::BadTime`].
    pub fn set_end_marker(&mut self, seconds: f64) -> Result<(), SessionError> {
        check_time(seconds)?;
        self.end_marker = Some(seconds);
        Ok(())
    }

    /// The end marker in seconds, where there is one. `[any]`
    pub fn end_marker(&self) -> Option<f64> {
        self.end_marker
    }

    /// How long a render lasts, in seconds, without its tail: up to the end of the last event or the end marker.
    /// Infinity where an event has no end and there is no marker. `[any]`
    pub fn render_duration(&self) -> f64 {
        let (_, end) = self.score_time_range();
        if self.end_marker.is_some() { self.own_end() } else { end }
    }

    /// The end of a render that is not told where to end; 0 where nothing says so. `[any]`
    pub fn own_end(&self) -> f64 {
        self.end_marker.unwrap_or(0.0).max(self.finite_end())
    }

    /// The last cycle in which something happens in such a render.
    pub(super) fn last_cycle(&self) -> Option<u64> {
        let end = self.own_end();
        (end > 0.0).then(|| self.clock().nearest_cycle(end))
    }

    /// When the last event that has an end ends.
    pub(super) fn finite_end(&self) -> f64 {
        self.events.iter().map(Event::end_in_score).filter(|end| end.is_finite()).fold(0.0, f64::max)
    }
}

/// The fraction of p1 of an instrument's n-th instance; none comes twice.
fn fraction(count: u32) -> f64 {
    match count {
        ..INSTANCES => f64::from(count) / f64::from(INSTANCES),
        _ => (f64::from(count) + 0.5) / LATER_INSTANCES,
    }
}

fn values(registered: &Registered, sched: &Sched) -> Result<Values, SessionError> {
    if !sched.list.is_empty() && !sched.named.is_empty() {
        return Err(SessionError::Arguments("arguments come as a list or by name, not both".into()));
    }
    let mut fields: BTreeMap<usize, ArgValue> = BTreeMap::new();
    let mut controls = Vec::new();
    for arg in registered.args() {
        match (arg.place, &arg.default) {
            (ArgPlace::Field(field), default) => drop(fields.insert(field, default.clone())),
            (ArgPlace::Control(_), ArgValue::Number(default)) => controls.push(*default),
            (ArgPlace::Control(_), ArgValue::Text(_)) => controls.push(0.0),
        }
    }
    for (field, value) in (FIRST_FIELD..).zip(&sched.list) {
        fits(registered, field, value)?;
        fields.insert(field, value.clone());
    }
    for (name, value) in &sched.named {
        match (place(registered, name)?, value) {
            (ArgPlace::Field(field), value) => {
                fits(registered, field, value)?;
                fields.insert(field, value.clone());
            }
            (ArgPlace::Control(control), ArgValue::Number(value)) => controls[control] = *value,
            (ArgPlace::Control(_), ArgValue::Text(_)) => return Err(kind_error(registered, name, "number")),
        }
    }
    let last = fields.keys().next_back().copied().unwrap_or(FIRST_FIELD - 1);
    if last > FIELDS_MAX {
        return Err(SessionError::Arguments(format!("p{last} is more than an event can have")));
    }
    let fields =
        (FIRST_FIELD..=last).map(|field| fields.remove(&field).unwrap_or(ArgValue::Number(0.0))).collect();
    Ok(Values { fields, controls })
}

/// Where a named argument is: by its name, its alias, or as `p6`.
pub(super) fn place(registered: &Registered, name: &str) -> Result<ArgPlace, SessionError> {
    if let Some(arg) = registered.arg(name) {
        return Ok(arg.place);
    }
    let by_number = name.strip_prefix('p').and_then(|digits| digits.parse().ok());
    let field = by_number.filter(|field| (FIRST_FIELD..=FIELDS_MAX).contains(field));
    field.map(ArgPlace::Field).ok_or_else(|| SessionError::UnknownArgument {
        template: registered.template().name.clone(),
        name: name.to_owned(),
        known: registered.names(),
    })
}

/// A p-field with a name takes what its name says; one without takes both.
fn fits(registered: &Registered, field: usize, value: &ArgValue) -> Result<(), SessionError> {
    let Some(arg) = registered.args().iter().find(|arg| arg.place == ArgPlace::Field(field)) else {
        return Ok(());
    };
    match (arg.kind, value) {
        (_, ArgValue::Number(number)) if !number.is_finite() => {
            Err(kind_error(registered, &arg.name, "number"))
        }
        (ArgKind::Dynamic, ArgValue::Text(_)) => Err(kind_error(registered, &arg.name, "number")),
        _ => Ok(()),
    }
}

pub(super) fn kind_error(registered: &Registered, name: &str, wanted: &'static str) -> SessionError {
    let template = registered.template().name.clone();
    SessionError::ArgumentKind { template, name: name.to_owned(), wanted }
}

/// The arguments by name, to write them down.
fn asked(registered: &Registered, sched: &Sched) -> Vec<(String, ArgValue)> {
    let name_of = |field: usize| {
        let arg = registered.args().iter().find(|arg| arg.place == ArgPlace::Field(field));
        arg.map_or_else(|| format!("p{field}"), |arg| arg.name.clone())
    };
    let listed = (FIRST_FIELD..).zip(&sched.list).map(|(field, value)| (name_of(field), value.clone()));
    listed.chain(sched.named.iter().cloned()).collect()
}
