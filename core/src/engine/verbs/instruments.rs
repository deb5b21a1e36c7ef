//! Instruments and their p-fields by name: what offline verbs and live ones look up, each from what is known of the
//! instruments' text.

use std::collections::HashMap;

use crate::document::Instrument;

use crate::verbs::{Arg, EngineError, EventId, Instr, PFIELDS_MAX, Sched, changeable, split_name};

/// Unique instances of one instrument are counted up to here, then from the beginning again.
const INSTANCES: u32 = 9998;
/// Fractions of p1 are counted in these.
const FRACTION: f64 = 10_000.0;

/// What is known of instruments by their names. A number is a name, too.
#[derive(Debug, Default)]
pub(crate) struct InstrumentTable {
    known: HashMap<String, Instrument>,
    numbers: HashMap<String, i32>,
}

impl InstrumentTable {
    /// Remembers instruments; a later one of a name replaces the earlier. [control]
    pub fn learn(&mut self, instruments: impl IntoIterator<Item = Instrument>) {
        for instrument in instruments {
            for name in &instrument.names {
                if let Some(number) = self.numbers.remove(name) {
                    self.known.remove(&number.to_string());
                }
                self.known.insert(name.clone(), instrument.clone());
            }
        }
    }

    /// Says which number Csound has given to a name; then it is known by both. [control]
    pub fn give_number(&mut self, name: &str, number: i32) {
        self.numbers.insert(name.to_owned(), number);
        if let Some(instrument) = self.known.get(name).cloned() {
            self.known.entry(number.to_string()).or_insert(instrument);
        }
    }

    /// The number of a name, as far as it was said. [any]
    pub fn number(&self, name: &str) -> Option<i32> {
        self.numbers.get(name).copied()
    }

    /// Every name that is known. [any]
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// What is known of an instrument's text. [any]
    pub fn known(&self, instr: &Instr) -> Option<&Instrument> {
        match instr {
            Instr::Number(number) => self.known.get(&number.to_string()),
            Instr::Instance(p1) => self.known.get(&(*p1 as u32).to_string()),
            Instr::Name(text) => self.known.get(split_name(text).0),
        }
    }

    /// The number of a p-field that is named `p5` or as the instrument names it. [any]
    ///
    /// # Errors
    /// [`EngineError::UnknownField`], [`EngineError::FixedField`].
    pub fn field(&self, instr: &Instr, name: &str) -> Result<usize, EngineError> {
        let by_number = name.strip_prefix('p').and_then(|digits| digits.parse().ok());
        let by_name =
            || self.known(instr)?.pfields.iter().find(|field| field.name == name).map(|field| field.index);
        let index = by_number.or_else(by_name).ok_or_else(|| EngineError::UnknownField(name.to_owned()))?;
        changeable(index)
    }

    /// An event's p-fields: p1 and p2 are still to be filled in. `value` makes a number of what was given. [any]
    ///
    /// # Errors
    /// [`EngineError::BadTime`], [`EngineError::ArgsAndPfields`], [`EngineError::UnknownField`],
    /// [`EngineError::FixedField`], and those of `value`.
    pub fn pfields<E: From<EngineError>>(
        &self,
        event: &Sched,
        mut value: impl FnMut(&Arg) -> Result<f64, E>,
    ) -> Result<Vec<f64>, E> {
        if !event.dur.is_finite() {
            return Err(EngineError::BadTime(event.dur).into());
        }
        if event.list.is_some() && !event.single.is_empty() {
            return Err(EngineError::ArgsAndPfields.into());
        }
        let mut pfields = vec![0.0, 0.0, event.dur];
        for arg in event.list.as_ref().unwrap_or(&event.single) {
            pfields.push(value(arg)?);
        }
        // What is not given by name has the instrument's `pset` value, or 0; a template's arguments always have theirs.
        let known = self.known(&event.instr);
        let known = known.filter(|known| known.is_template || !event.named.is_empty());
        if let Some(defaults) = known.and_then(|known| known.pset.get(pfields.len()..)) {
            pfields.extend(defaults);
        }
        for (name, arg) in &event.named {
            let index = self.field(&event.instr, name)?;
            pfields.resize(pfields.len().max(index), 0.0);
            pfields[index - 1] = value(arg)?;
        }
        match pfields.len() {
            0..=PFIELDS_MAX => Ok(pfields),
            more => Err(EngineError::FixedField(more).into()),
        }
    }
}

/// Counts the unique instances of each instrument.
#[derive(Debug, Default)]
pub(crate) struct InstanceCounter(HashMap<i32, u32>);

impl InstanceCounter {
    /// The next one of an instrument, which was named as `instr`. The first is .0002. [control]
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

    fn instruments() -> InstrumentTable {
        let lead = Instrument {
            names: vec!["7".into(), "lead".into()],
            pfields: vec![crate::document::PfieldName { name: "kfreq".into(), index: 5 }],
            pset: vec![0.0, 0.0, 0.0, 0.5, 440.0, 1.0],
            ..Instrument::default()
        };
        let mut instruments = InstrumentTable::default();
        instruments.learn([lead]);
        instruments
    }

    fn plain(arg: &Arg) -> Result<f64, EngineError> {
        match arg {
            Arg::Number(number) => Ok(*number),
            Arg::Text(text) => Err(EngineError::BadString(text.clone())),
        }
    }

    #[test]
    fn what_is_not_given_by_name_has_its_default() {
        let instruments = instruments();
        let event = Sched::new("lead").dur(1.0).field("kfreq", 220.0);
        assert_eq!(instruments.pfields(&event, plain), Ok(vec![0.0, 0.0, 1.0, 0.5, 220.0, 1.0]));
        let event = Sched::new(7).dur(1.0).arg(0.25);
        assert_eq!(instruments.pfields(&event, plain), Ok(vec![0.0, 0.0, 1.0, 0.25]));
        let event = Sched::new(7).field("kwhat", 1.0);
        assert_eq!(instruments.pfields(&event, plain), Err(EngineError::UnknownField("kwhat".into())));
        assert_eq!(instruments.field(&Instr::from(7.5), "p3"), Err(EngineError::FixedField(3)));
    }

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
