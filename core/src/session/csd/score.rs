//! The score of an exported session.

use std::fmt::Write as _;

use crate::verbs::{Clock, Line, Points};

use super::super::change::Moves;
use super::super::event::Target;
use super::super::plan::{Item, Timed};
use super::super::{ArgValue, CONTROLS_TABLE, EventId, Session, SessionError};
use super::tables::{self, Tables};
use super::{Rows, helpers, literal};

/// How far before its cycle's start a helper is written, in cycles: it comes before every event of its cycle, which
/// begins half a cycle before.
const BEFORE: f64 = 0.49;
/// Helpers of one kind are told apart, and ordered, by the fraction of p1.
const HELPERS_MAX: f64 = 1_000_000.0;

/// The statements in order, and what they need.
#[derive(Debug, Default)]
pub(super) struct Score {
    text: String,
    /// The values of all lines, one after the other.
    lines: Vec<f64>,
    helpers: u32,
    pub uses_helpers: bool,
}

impl Score {
    pub fn write(session: &Session, rows: &Rows, tables: &mut Tables) -> Result<Self, SessionError> {
        let mut score = Self::default();
        if session.has_buses_in_csd() {
            let number = session.priorities.end();
            // PANIC: here and below: writing to a String does not fail.
            writeln!(score.text, "i {number} 0 -1").unwrap();
        }
        let clock = session.clock();
        for timed in session.timeline() {
            score.item(session, rows, tables, clock, &timed)?;
        }
        Ok(score)
    }

    fn item(
        &mut self,
        session: &Session,
        rows: &Rows,
        tables: &mut Tables,
        clock: Clock,
        timed: &Timed<'_>,
    ) -> Result<(), SessionError> {
        let Timed { cycle, at, item } = timed;
        match item {
            Item::Table(table) => {
                let statement = tables.statement(table, &early(clock, *cycle), session.config.sr);
                writeln!(self.text, "{statement}").unwrap();
            }
            Item::Channel(channel) => {
                let Some(value) = &channel.value else { return Ok(()) };
                let helper = match value {
                    ArgValue::Number(_) => helpers::CHANNEL,
                    ArgValue::Text(_) => helpers::TEXT_CHANNEL,
                };
                let name = literal(&ArgValue::Text(channel.name.clone()))?;
                self.helper(clock, *cycle, helper, "0", &format!("{name} {}", literal(value)?));
            }
            Item::Release(bus) => self.helper(clock, *cycle, helpers::RELEASE, "0", &bus.0.to_string()),
            Item::Stop(event) => self.helper(clock, *cycle, helpers::STOP, "0", &format!("{:?}", event.p1)),
            Item::Set(target, value) => {
                let (table, mark, index) = place(session, rows, *target);
                self.helper(clock, *cycle, helpers::SET, "-1", &format!("{table} {mark} {index} {value:?}"));
            }
            Item::Line(target, moves) => {
                let (table, mark, index) = place(session, rows, *target);
                let first = self.lines.len();
                self.lines.extend(values(clock, *at, moves)?);
                let count = self.lines.len() - first;
                self.helper(
                    clock,
                    *cycle,
                    helpers::LINE,
                    "-1",
                    &format!("{table} {mark} {index} {first} {count}"),
                );
            }
            Item::Start(event) => {
                write!(self.text, "i {:?} {at:?} {:?}", event.p1, event.dur).unwrap();
                let own = rows.of_event.get(&event.id).filter(|_| event.controls.is_empty());
                for (index, field) in event.fields.iter().enumerate() {
                    let field = own.filter(|_| index == 0).map_or(*field, |(row, _)| *row as f64);
                    write!(self.text, " {field:?}").unwrap();
                }
                self.text.push('\n');
            }
        }
        Ok(())
    }

    fn helper(&mut self, clock: Clock, cycle: u64, number: u32, dur: &str, args: &str) {
        self.uses_helpers = true;
        self.helpers += 1;
        let p1 = f64::from(number) + f64::from(self.helpers) / HELPERS_MAX;
        writeln!(self.text, "i {p1:?} {} {dur} {args}", early(clock, cycle)).unwrap();
    }

    /// The table of all lines' values.
    pub fn lines_table(&self, tables: &mut Tables) -> String {
        if self.lines.is_empty() {
            String::new()
        } else {
            tables.values(tables::LINES, &self.lines, LINES_RATE)
        }
    }

    /// The statements, from the first to the end.
    pub fn text(&self, session: &Session) -> String {
        // Where the last event fails in its init pass, the score still lasts until its end.
        let end = session.end_marker.unwrap_or(0.0).max(session.finite_end());
        let end = if end > 0.0 { format!("e {end:?}\n") } else { String::new() };
        format!("C 0\n{}{end}", self.text)
    }
}

/// What a file of values says of its rate; nobody asks.
const LINES_RATE: u32 = 44_100;

/// A time that belongs to a cycle and comes before its events.
fn early(clock: Clock, cycle: u64) -> String {
    let seconds = (cycle as f64 - BEFORE).max(0.0) * clock.cycle_seconds();
    format!("{seconds:?}")
}

/// Where a value is kept: the table, its row's mark (-1 for none), its index.
fn place(session: &Session, rows: &Rows, target: Target) -> (u32, i64, usize) {
    let slot = |event: EventId| session.event(event).map_or(0, super::super::Event::slot) as usize;
    match target {
        Target::Field(event, field) => {
            // PANIC: every change of a p-field has a cell (`Session::rows`).
            let (mark, index) = rows.cell(event, field).expect("a p-field that changes has a cell");
            (tables::FIELDS, mark as i64, index)
        }
        Target::Control(event, control) => {
            (CONTROLS_TABLE, -1, slot(event) * session.controls().row + control)
        }
        Target::Bus(bus) => (tables::BUS_VALUES, -1, bus as usize),
    }
}

/// A line's values, one a cycle, as the engine's agenda writes them.
fn values(clock: Clock, at: f64, moves: &Moves) -> Result<Vec<f64>, SessionError> {
    let points = Points::new(moves.points.iter().copied())?;
    let last = points.last_time();
    let line = Line::new(points, moves.shape, false, clock.cycles_per_second());
    let (mut line, first) = if moves.straight { (line, 0) } else { (line.by_time(), 1) };
    let start = clock.nearest_cycle(at);
    let cycles = clock.end_cycle(at + last + clock.cycle_seconds()).saturating_sub(start).max(1);
    let counted = first..first + cycles;
    let mut values: Vec<f64> = counted.map(|cycle| line.at(clock.seconds(cycle), cycle as f64)).collect();
    if clock.seconds(first + cycles - 1) < last {
        values.push(line.last_value());
    }
    Ok(values)
}
