//! What is counted for an engine by the side that asks: unique instances, texts, tokens of answers, lines.

use std::collections::HashMap;

use ksmps_data::verbs::{EngineError, EventId, Instr, LineId};

use super::{Symbols, TextNumbers};

/// How many answers can be waited for before a token comes again.
pub const TOKENS: u32 = 1024;
/// Unique instances of one instrument are counted up to here, then from the beginning again.
const INSTANCES: u32 = 9998;
/// Fractions of p1 are counted in these.
const FRACTION: f64 = 10_000.0;

/// The counters of one engine.
#[derive(Debug)]
pub struct Counters {
    engine: u64,
    /// Unique instances.
    pub instances: InstanceCounter,
    /// Texts and their numbers.
    pub texts: TextNumbers,
    token: u32,
    line: u64,
}

impl Counters {
    /// Those of an engine from which nothing was asked yet. `[control]`
    pub fn of(symbols: &Symbols) -> Self {
        Self {
            engine: symbols.engine(),
            instances: InstanceCounter::default(),
            texts: symbols.texts().clone(),
            token: 0,
            line: 0,
        }
    }

    /// A place in the table of answers. The first is 1: a channel that nobody wrote is 0. `[control]`
    pub fn next_token(&mut self) -> u32 {
        self.token = self.token % (TOKENS - 1) + 1;
        self.token
    }

    /// An id for a line. `[control]`
    pub fn next_line(&mut self) -> LineId {
        self.line += 1;
        LineId { engine: self.engine, number: self.line }
    }
}

/// Counts the unique instances of each instrument.
#[derive(Debug, Default)]
pub struct InstanceCounter(HashMap<i32, u32>);

impl InstanceCounter {
    /// The next one of an instrument, which was named as `instr`. The first is .0002. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UniqueFraction`].
    pub fn next(&mut self, instr: &Instr, whole: EventId) -> Result<EventId, EngineError> {
        if whole.is_unique() {
            return Err(EngineError::UniqueFraction(instr.to_string()));
        }
        let counter = self.0.entry(whole.number()).or_insert(0);
        *counter = *counter % INSTANCES + 1;
        Ok(whole.instance(f64::from(*counter + 1) / FRACTION))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_counted_round() {
        let mut instances = InstanceCounter::default();
        let mut next = || instances.next(&Instr::Number(7), EventId::new(None, 7.0)).unwrap().p1();
        assert_eq!((next(), next()), (7.0002, 7.0003));
        assert_eq!((0..INSTANCES - 2).map(|_| next()).last(), Some(7.9999));
        assert_eq!(next(), 7.0002);
        let whole = EventId::new(None, 7.5);
        assert!(instances.next(&Instr::Instance(7.5), whole).is_err());
    }
}
