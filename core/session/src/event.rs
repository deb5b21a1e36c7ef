//! Events, and what happens to them after their start.

use ksmps_data::verbs::Curve;

use ksmps_data::args::ArgValue;

/// An event's token: running numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u64);

/// Whose an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The session's own: of a project, or a file.
    Session,
    /// The document's, which schedules it in its session section.
    Document,
}

/// A scheduled event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub(super) id: EventId,
    pub(super) version: usize,
    pub(super) template: String,
    pub(super) p1: f64,
    pub(super) start: f64,
    pub(super) dur: f64,
    pub(super) priority: u32,
    /// p4 and what follows, as Csound gets them.
    pub(super) fields: Vec<f64>,
    /// Named controls at the start; empty where the template has none.
    pub(super) controls: Vec<f64>,
    /// What it was asked for with, to write it down again.
    pub(super) asked: Vec<(String, ArgValue)>,
    /// When it is stopped, in seconds of the session.
    pub(super) stop: Option<f64>,
    /// Whose it is.
    pub(super) owner: Owner,
}

impl Event {
    /// Its token. `[any]`
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The template it was made from. `[any]`
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The instrument's number and, behind the point, the instance. `[any]`
    pub fn p1(&self) -> f64 {
        self.p1
    }

    /// When it starts, in seconds. `[any]`
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Seconds it lasts; negative for one without an end. `[any]`
    pub fn dur(&self) -> f64 {
        self.dur
    }

    /// When it ends, stopped or by itself, in seconds; infinity for one without an end. Its release is not
    /// counted. `[any]`
    pub fn end(&self) -> f64 {
        let by_itself = if self.dur < 0.0 { f64::INFINITY } else { self.start + self.dur };
        self.stop.map_or(by_itself, |stop| by_itself.min(stop.max(self.start)))
    }

    /// Seconds at which it is stopped, where it is. `[any]`
    pub fn stopped_at(&self) -> Option<f64> {
        // One that ends by itself before is left alone.
        self.stop.filter(|stop| self.end() == *stop)
    }

    /// Whether it stands: it begins at 0 and nothing ends it. It sounds from the engine's start on, also where the session
    /// follows the host's song. `[any]`
    pub fn stands(&self) -> bool {
        self.start == 0.0 && self.dur < 0.0 && self.stop.is_none()
    }

    /// When it ends for the length of the score: by itself, or stopped where it has no end of its own.
    pub(super) fn end_in_score(&self) -> f64 {
        if self.dur < 0.0 { self.end() } else { self.start + self.dur }
    }

    /// The priority, from 1. `[any]`
    pub fn priority(&self) -> u32 {
        self.priority
    }

    /// p4 and what follows. p4 is -1, or the event's row in the table of controls. `[any]`
    pub fn args(&self) -> &[f64] {
        &self.fields
    }

    /// The event's row in the table of controls; -1 where it has none. `[any]`
    pub fn slot(&self) -> i32 {
        self.fields.first().map_or(-1, |slot| *slot as i32)
    }
}

/// A line for a parameter or a bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Automate {
    /// Seconds since the line's start, and the value there. NaN as the first value takes over what is found.
    pub points: Vec<(f64, f64)>,
    /// How it goes from point to point.
    pub curve: Curve,
    /// When it starts, in seconds of the session; `None` for the start of the event.
    pub at: Option<f64>,
    /// Its first value is the one the parameter has when the line starts.
    pub overtake: bool,
}

impl Automate {
    /// A straight line from the start of its event.
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { points: points.into_iter().collect(), curve: Curve::Linear, at: None, overtake: false }
    }

    /// How it goes from point to point.
    pub fn curve(self, curve: Curve) -> Self {
        Self { curve, ..self }
    }

    /// When it starts, in seconds of the session.
    pub fn at(self, seconds: f64) -> Self {
        Self { at: Some(seconds), ..self }
    }

    /// Its first value is the one the parameter has when the line starts.
    pub fn overtake(self) -> Self {
        Self { overtake: true, ..self }
    }
}

/// What a change changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeTarget {
    /// A p-field of an event.
    Field(EventId, usize),
    /// A named control of an event.
    Control(EventId, usize),
    /// A control bus.
    Bus(i64),
}

/// A value that changes at a time, or from a time on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub target: ChangeTarget,
    /// Seconds of the session.
    pub at: f64,
    pub what: What,
    /// The parameter as it was asked for, to write it down again.
    pub name: String,
    /// The line as it was asked for.
    pub asked: Option<Box<Automate>>,
}

/// How it changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// At once.
    Set(f64),
    /// Along a line; its points count from `at`, the first one is at 0.
    Line { points: Vec<(f64, f64)>, curve: Curve, overtake: bool, straight: bool },
}
