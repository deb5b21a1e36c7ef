//! Instruments and their p-fields by name: what offline verbs and live ones look up, each from what is known of the
//! instruments' text.

use serde::{Deserialize, Serialize};

use std::collections::HashMap;

use ksmps_csound::Running;
use ksmps_document::Instrument;

use ksmps_data::verbs::{Arg, EngineError, Instr, PFIELDS_MAX, Sched, changeable, split_name};

/// What is known of instruments by their names. A number is a name, too.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct InstrumentTable {
    known: HashMap<String, Instrument>,
    numbers: HashMap<String, i32>,
}

impl InstrumentTable {
    /// Remembers instruments; a later one of a name replaces the earlier. `[control]`
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

    /// Says which number Csound has given to a name; then it is known by both. `[control]`
    pub fn give_number(&mut self, name: &str, number: i32) {
        self.numbers.insert(name.to_owned(), number);
        if let Some(instrument) = self.known.get(name).cloned() {
            self.known.entry(number.to_string()).or_insert(instrument);
        }
    }

    /// The number of a name, as far as it was said. `[any]`
    pub fn number(&self, name: &str) -> Option<i32> {
        self.numbers.get(name).copied()
    }

    /// What is known of an instrument's text. `[any]`
    pub fn known(&self, instr: &Instr) -> Option<&Instrument> {
        match instr {
            Instr::Number(number) => self.known.get(&number.to_string()),
            Instr::Instance(p1) => self.known.get(&(*p1 as u32).to_string()),
            Instr::Name(text) => self.known.get(split_name(text).0),
            Instr::Event(id) => match id.name() {
                Some(name) => self.known.get(name),
                None => self.known.get(&id.number().to_string()),
            },
        }
    }

    /// Asks Csound for the numbers of all names, and for all numbers up to the highest that counts. `[control]`
    pub(crate) fn number_all(&mut self, running: &mut Running, highest: u32) {
        let unknown: Vec<String> =
            self.known.keys().filter(|name| !self.numbers.contains_key(*name)).cloned().collect();
        for name in unknown {
            if let Some(number) = running.instrument_number(&name) {
                self.give_number(&name, number);
            }
        }
        // What comes from macros or was not read as text can be named by its number all the same.
        for number in running.instrument_numbers().into_iter().filter(|number| *number <= highest) {
            self.give_number(&number.to_string(), number as i32);
        }
    }

    /// The number of a p-field that is named `p5` or as the instrument names it. `[any]`
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

    /// An event's p-fields: p1 and p2 are still to be filled in. `value` makes a number of what was given. `[any]`
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

#[cfg(test)]
mod tests {
    use super::*;

    fn instruments() -> InstrumentTable {
        let lead = Instrument {
            names: vec!["7".into(), "lead".into()],
            pfields: vec![ksmps_document::PfieldName { name: "kfreq".into(), index: 5 }],
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
}
