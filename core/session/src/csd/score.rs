//! The score of an exported session.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ksmps_data::verbs::{Clock, Line, Points, quoted};

use super::super::change::Moves;
use super::super::event::ChangeTarget;
use super::super::plan::{Item, Timed};
use super::super::{ArgValue, CONTROLS_TABLE, EventId, Session, SessionError};
use super::tables::{self, TableWriter};
use super::{FieldCells, helpers};

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
    /// Texts that the score cannot hold as they are.
    texts: Vec<String>,
    /// Up to which cycle a target moves: what is written there meanwhile is lost.
    moves_until: BTreeMap<ChangeTarget, u64>,
}

impl Score {
    pub fn write(
        session: &Session,
        cells: &FieldCells,
        tables: &mut TableWriter,
    ) -> Result<Self, SessionError> {
        let mut score = Self::default();
        if session.has_buses_in_csd() {
            let number = session.priorities.end();
            // PANIC: writing to a String does not fail.
            writeln!(score.text, "i {number} 0 -1").unwrap();
        }
        let clock = session.clock();
        let last = session.last_cycle();
        for timed in
            session.timeline().into_iter().filter(|timed| last.is_none_or(|last| timed.cycle <= last))
        {
            score.item(session, cells, tables, clock, &timed)?;
        }
        Ok(score)
    }

    fn item(
        &mut self,
        session: &Session,
        cells: &FieldCells,
        tables: &mut TableWriter,
        clock: Clock,
        timed: &Timed<'_>,
    ) -> Result<(), SessionError> {
        let Timed { cycle, at, item } = timed;
        match item {
            Item::Table(table) => {
                let statement = tables.statement(table, &early(clock, *cycle), session.config.sr);
                // PANIC: writing to a String does not fail.
                writeln!(self.text, "{}", statement.text).unwrap();
                if let Some(from) = statement.completed_from {
                    self.helper(clock, *cycle, helpers::COMPLETE, "0", &format!("{} {from}", table.number.0));
                }
            }
            Item::Channel(channel) => {
                let Some(value) = &channel.value else { return Ok(()) };
                let helper = match value {
                    ArgValue::Number(_) => helpers::CHANNEL,
                    ArgValue::Text(_) => helpers::TEXT_CHANNEL,
                };
                let name = self.text_number(&channel.name);
                let value = match value {
                    ArgValue::Number(number) => format!("{number:?}"),
                    ArgValue::Text(text) => self.text_number(text).to_string(),
                };
                self.helper(clock, *cycle, helper, "0", &format!("{name} {value}"));
            }
            Item::Release(bus) => self.helper(clock, *cycle, helpers::RELEASE, "0", &bus.0.to_string()),
            Item::Stop(event) => self.helper(clock, *cycle, helpers::STOP, "0", &format!("{:?}", event.p1)),
            Item::Set(target, value) => {
                if self.moves_until.get(target).is_none_or(|last| cycle > last) {
                    self.set(clock, *cycle, place(session, cells, *target), *value);
                }
            }
            Item::Line(target, moves) => {
                let values = values(clock, *at, moves)?;
                let last = cycle + values.len() as u64 - 1;
                let until = self.moves_until.entry(*target).or_default();
                *until = last.max(*until);
                self.line(clock, *cycle, session, place(session, cells, *target), &values);
            }
            Item::Start(event) => {
                let start = clock.start_of_event(*at);
                // PANIC: writing to a String does not fail.
                write!(self.text, "i {:?} {start:?} {:?}", event.p1, event.dur).unwrap();
                let own = cells.of_event.get(&event.id).filter(|_| event.controls.is_empty());
                for (index, field) in event.fields.iter().enumerate() {
                    let field = own.filter(|_| index == 0).map_or(*field, |(row, _)| *row as f64);
                    // PANIC: writing to a String does not fail.
                    write!(self.text, " {field:?}").unwrap();
                }
                self.text.push('\n');
            }
        }
        Ok(())
    }

    /// A value at a time: a p-field's after the init passes of its cycle, others before them.
    fn set(&mut self, clock: Clock, cycle: u64, place: Place, value: f64) {
        let Place { table, mark, index } = place;
        let (helper, dur) = match place.is_field() {
            true => (helpers::SET_FIELD, "-1"),
            false => (helpers::SET, "0"),
        };
        self.helper(clock, cycle, helper, dur, &format!("{table} {mark} {index} {value:?}"));
    }

    /// A p-field moves after the init passes of each cycle, others before them: at the end of the cycle before.
    fn line(&mut self, clock: Clock, cycle: u64, session: &Session, place: Place, values: &[f64]) {
        let Place { table, mark, index } = place;
        let (helper, values) = match place.is_field() {
            true => (helpers::LINE_OF_FIELD, values),
            false => {
                self.set(clock, cycle, place, values[0]);
                (session.last_helper(), &values[1..])
            }
        };
        if !values.is_empty() {
            let (first, count) = (self.lines.len(), values.len());
            self.lines.extend(values);
            self.helper(clock, cycle, helper, "-1", &format!("{table} {mark} {index} {first} {count}"));
        }
    }

    fn helper(&mut self, clock: Clock, cycle: u64, number: u32, dur: &str, args: &str) {
        self.uses_helpers = true;
        self.helpers += 1;
        let p1 = f64::from(number) + f64::from(self.helpers) / HELPERS_MAX;
        // PANIC: writing to a String does not fail.
        writeln!(self.text, "i {p1:?} {} {dur} {args}", early(clock, cycle)).unwrap();
    }

    /// The number under which the orchestra keeps a text.
    fn text_number(&mut self, text: &str) -> usize {
        let known = self.texts.iter().position(|known| known == text);
        FIRST_TEXT
            + known.unwrap_or_else(|| {
                self.texts.push(text.to_owned());
                self.texts.len() - 1
            })
    }

    /// The texts, for the orchestra.
    pub fn texts(&self) -> Result<String, SessionError> {
        let mut code = String::new();
        for (number, text) in (FIRST_TEXT..).zip(&self.texts) {
            // PANIC: writing to a String does not fail.
            writeln!(code, "strset {number}, {}", quoted(text)?).unwrap();
        }
        Ok(code)
    }

    /// The table of all lines' values.
    pub fn lines_table(&self, tables: &mut TableWriter) -> String {
        if self.lines.is_empty() {
            String::new()
        } else {
            tables.values(tables::LINES, &self.lines, LINES_RATE)
        }
    }

    /// The statements, from the first to the end.
    pub fn text(&self, session: &Session) -> String {
        // Where the last event fails in its init pass, the score still lasts until its end. An `e` with a time would
        // have six digits.
        let end = session.own_end();
        let end = if end > 0.0 { format!("f 0 {end:?}\ne\n") } else { String::new() };
        format!("C 0\n{}{end}", self.text)
    }
}

/// Numbers of texts from here on are the score's.
const FIRST_TEXT: usize = 99_000;
/// What a file of values says of its rate; nobody asks.
const LINES_RATE: u32 = 44_100;

/// A time that belongs to a cycle and comes before its events; of those of the same time the lower numbers come first.
fn early(clock: Clock, cycle: u64) -> String {
    format!("{:?}", clock.first_time(cycle))
}

/// Where a value is kept.
#[derive(Debug, Clone, Copy)]
struct Place {
    table: u32,
    /// Its row's mark among the p-fields; -1 for what is no p-field.
    mark: i64,
    index: usize,
}

impl Place {
    fn is_field(self) -> bool {
        self.mark >= 0
    }
}

fn place(session: &Session, cells: &FieldCells, target: ChangeTarget) -> Place {
    let slot = |event: EventId| session.event(event).map_or(0, super::super::Event::slot) as usize;
    match target {
        ChangeTarget::Field(event, field) => {
            // PANIC: every change of a p-field has a cell (`Session::field_cells`).
            let (mark, index) = cells.cell(event, field).expect("a p-field that changes has a cell");
            Place { table: tables::FIELDS, mark: mark as i64, index }
        }
        ChangeTarget::Control(event, control) => {
            let index = slot(event) * session.controls().row + control;
            Place { table: CONTROLS_TABLE, mark: -1, index }
        }
        ChangeTarget::Bus(bus) => Place { table: tables::BUS_VALUES, mark: -1, index: bus as usize },
    }
}

/// A line's values, one a cycle, as the engine's agenda writes them.
fn values(clock: Clock, at: f64, moves: &Moves) -> Result<Vec<f64>, SessionError> {
    let points = Points::new(moves.points.iter().copied())?;
    let last = points.last_time();
    let line = Line::new(points, moves.curve, false, clock.cycles_per_second());
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
