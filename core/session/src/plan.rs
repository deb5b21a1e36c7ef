//! A session as what is to be done, in order: the same list for the engine and for a .csd.
//!
//! What happens in one cycle happens in this order: tables, channels and buses, releases, stops, changes, lines,
//! events. Events of a cycle come in the order of their times, then of their instruments.

use ksmps_data::verbs::{Clock, EngineError};

use super::change::Moves;
use super::event::{ChangeTarget, What};
use super::resources::{Channel, Table};
use super::{BusId, Code, Event, Registered, Session, SessionError};

/// Orchestra to be compiled, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// `template sine`, `global code 1`.
    pub place: String,
    /// The code.
    pub code: String,
    /// Lines of the code that are not the place's own.
    pub own_lines: usize,
    /// The place's line that follows them, from 1.
    pub first_line: usize,
}

/// An instrument to be compiled.
#[derive(Debug, Clone)]
pub struct Instrument<'a> {
    /// Its number.
    pub number: u32,
    /// Its template.
    pub registered: &'a Registered,
}

/// Something that happens at a time.
#[derive(Debug, Clone)]
pub enum Item<'a> {
    /// A table is made or read.
    Table(&'a Table),
    /// A channel gets a value.
    Channel(&'a Channel),
    /// A bus is given back.
    Release(BusId),
    /// An event is stopped.
    Stop(&'a Event),
    /// A value changes at once.
    Set(ChangeTarget, f64),
    /// A value moves.
    Line(ChangeTarget, Moves),
    /// An event starts.
    Start(&'a Event),
}

/// An item and its time.
#[derive(Debug, Clone)]
pub struct Timed<'a> {
    /// The cycle of the session.
    pub cycle: u64,
    /// Seconds of the session.
    pub at: f64,
    /// What happens.
    pub item: Item<'a>,
}

/// How many places an event has in the table of controls, and how many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Controls {
    /// Places of one event.
    pub row: usize,
    /// Events with places.
    pub rows: usize,
}

impl Session {
    /// Orchestra that comes before the instruments: global code, includes, and what templates need, each text once.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut add = |place: String, code: &str, once: bool| {
            let known = once && pieces.iter().any(|known| known.code == code);
            if !code.trim().is_empty() && !known {
                pieces.push(Piece { place, code: code.to_owned(), own_lines: 0, first_line: 1 });
            }
        };
        for (index, code) in self.code.iter().enumerate() {
            match code {
                Code::Text(text) => add(format!("global code {}", index + 1), text, false),
                Code::Include(include) => add(include.path.display().to_string(), &include.text, true),
            }
        }
        for instrument in self.instruments() {
            let template = instrument.registered.template();
            for include in &template.includes {
                add(include.path.display().to_string(), &include.text, true);
            }
            add(format!("the init code of template {}", template.name), &template.init, true);
        }
        pieces
    }

    /// The instruments that were committed, in order.
    pub fn instruments(&self) -> impl Iterator<Item = Instrument<'_>> {
        let committed = self.priorities.committed().iter();
        committed.map(|&(version, _, number)| Instrument { number, registered: &self.versions[version] })
    }

    /// The size of the table of controls. `[any]`
    pub fn controls(&self) -> Controls {
        let widest = self.versions.iter().map(|version| version.controls().count()).max().unwrap_or(0);
        let rows = self.events.iter().rev().find(|event| !event.controls.is_empty());
        let rows = rows.map_or(0, |event| event.fields[0] as usize + 1);
        Controls { row: widest.max(self.config.controls_per_event), rows }
    }

    /// The values of the table of controls at the beginning: every event has a row of its own.
    pub fn control_values(&self) -> Vec<f64> {
        let Controls { row, rows } = self.controls();
        let mut values = vec![0.0; row * rows];
        for event in self.events.iter().filter(|event| !event.controls.is_empty()) {
            let start = event.fields[0] as usize * row;
            values[start..start + event.controls.len()].copy_from_slice(&event.controls);
        }
        values
    }

    /// Everything that happens at a time, in order.
    pub fn timeline(&self) -> Vec<Timed<'_>> {
        let mut timeline: Vec<Timed<'_>> = Vec::with_capacity(self.events.len() + self.changes.len());
        let clock = self.clock();
        let mut add = |at: f64, item| timeline.push(Timed { cycle: clock.nearest_cycle(at), at, item });
        for table in self.tables.iter().filter(|table| table.at > 0.0) {
            add(table.at, Item::Table(table));
        }
        for channel in &self.channels {
            if let Some(at) = channel.at.filter(|at| *at > 0.0) {
                add(at, Item::Channel(channel));
            }
        }
        for (index, bus) in self.buses.iter().enumerate() {
            if let Some(at) = bus.release {
                add(at, Item::Release(BusId(index as i64 + 1)));
            }
        }
        for event in &self.events {
            let is_stopped = |stop: f64| clock.nearest_cycle(stop) <= clock.nearest_cycle(event.start);
            if event.stop.is_some_and(is_stopped) {
                continue;
            }
            add(event.start, Item::Start(event));
            if let Some(at) = event.stopped_at() {
                add(at, Item::Stop(event));
            }
        }
        for change in &self.changes {
            match &change.what {
                What::Set(value) => add(change.at, Item::Set(change.target, *value)),
                What::Line { .. } => {
                    if let Some(moves) = self.line_of(change) {
                        add(change.at, Item::Line(change.target, moves));
                    }
                }
            }
        }
        timeline.sort_by(|a, b| {
            let of_event = |timed: &Timed<'_>| match &timed.item {
                Item::Start(event) => (timed.at, event.p1),
                _ => (0.0, 0.0),
            };
            let ((at_a, p1_a), (at_b, p1_b)) = (of_event(a), of_event(b));
            let by_class = (a.cycle, class(&a.item)).cmp(&(b.cycle, class(&b.item)));
            by_class.then(at_a.total_cmp(&at_b)).then(p1_a.total_cmp(&p1_b))
        });
        timeline
    }

    /// The session's own seconds and cycles. `[any]`
    pub fn clock(&self) -> Clock {
        Clock::new(f64::from(self.config.sr), self.config.ksmps as usize)
    }
}

fn class(item: &Item<'_>) -> u8 {
    match item {
        Item::Table(_) => 0,
        Item::Channel(_) => 1,
        Item::Release(_) => 2,
        Item::Stop(_) => 3,
        Item::Set(..) => 4,
        Item::Line(..) => 5,
        Item::Start(_) => 6,
    }
}

impl Instrument<'_> {
    /// The instrument as Csound compiles it.
    pub fn piece(&self, prologue: &str) -> Piece {
        Piece {
            place: format!("template {}", self.registered.template().name),
            code: format!("instr {}\n{prologue}{}\nendin\n", self.number, self.registered.code()),
            own_lines: 1 + prologue.lines().count(),
            first_line: self.registered.first_line(),
        }
    }
}

impl Piece {
    /// An error of Csound's with the lines of the place it came from. `[any]`
    pub fn explain(&self, error: EngineError) -> SessionError {
        let EngineError::Compile(mut diagnostics) = error else { return error.into() };
        for diagnostic in &mut diagnostics {
            diagnostic.line = diagnostic.line.map(|line| {
                let behind = (line as usize).saturating_sub(self.own_lines + 1);
                (self.first_line + behind) as u32
            });
        }
        SessionError::Compile { place: self.place.clone(), diagnostics }
    }
}
