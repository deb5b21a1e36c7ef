//! Who and what is in an engine, by name: what the control side needs to prepare verbs for an engine that the audio
//! thread owns.
//!
//! It is made once, when the engine is built, and only read from then on, but for the count of unique instances.
//! Instruments are those of the document's text: what an included file defines has no names here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::csound::{ChannelId, ChannelKind, Running, Which};
use crate::document::{Document, Instrument};
use crate::verbs::{
    Arg, Clock, EngineError, EventId, Field, Instr, PFIELDS_MAX, Sched, changeable, meant, split_name,
};

use super::staging::Placed;

/// Unique instances of one instrument are counted up to here, then from the beginning again.
const INSTANCES: u32 = 9998;
/// Fractions of p1 are counted in these.
const FRACTION: f64 = 10_000.0;

/// The instruments and control channels of one engine. [any]
#[derive(Debug)]
pub struct Cast {
    clock: Clock,
    instruments: HashMap<String, (i32, Instrument)>,
    channels: HashMap<String, ChannelId>,
    exact: bool,
    sees_instances: bool,
    counters: Mutex<HashMap<i32, u32>>,
}

impl Cast {
    /// Of an instance that was started with a document. [control]
    pub(super) fn of(running: &mut Running, document: &Document, placed: &Placed) -> Self {
        let mut instruments = HashMap::new();
        for instrument in &document.instruments {
            for name in &instrument.names {
                if let Some(number) = running.instrument_number(name) {
                    instruments.insert(name.clone(), (number, instrument.clone()));
                }
            }
        }
        for (number, template) in placed.iter() {
            for name in template.names.iter().cloned().chain([number.to_string()]) {
                instruments.insert(name, (number as i32, template.clone()));
            }
        }
        let mut channels = HashMap::new();
        for channel in running.channels() {
            if channel.kind == ChannelKind::Control
                && let Some(id) = running.control_channel(&channel.name)
            {
                channels.insert(channel.name, id);
            }
        }
        Self {
            clock: Clock::new(running.rate(), running.ksmps()),
            instruments,
            channels,
            exact: running.has_exact_starts(),
            sees_instances: running.can_see_instances(),
            counters: Mutex::default(),
        }
    }

    /// The engine's seconds and cycles. [any]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Whether events start on their frames. [any]
    pub fn has_exact_starts(&self) -> bool {
        self.exact
    }

    /// The p-fields of an event from p1 on, and its id. p2 is left to whoever starts it. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::sched`]; texts as p-fields are refused with [`EngineError::BadString`].
    pub fn event(&self, event: &Sched) -> Result<(EventId, Box<[f64]>), EngineError> {
        if event.dur.is_nan() {
            return Err(EngineError::BadTime(event.dur));
        }
        if event.list.is_some() && !event.single.is_empty() {
            return Err(EngineError::ArgsAndPfields);
        }
        let (given, instrument) = self.find(&event.instr)?;
        let mut pfields = vec![0.0, 0.0, event.dur];
        for arg in event.list.as_ref().unwrap_or(&event.single) {
            pfields.push(number(arg)?);
        }
        if (!event.named.is_empty() || instrument.is_template) && instrument.pset.len() > pfields.len() {
            let given = pfields.len();
            pfields.extend(&instrument.pset[given..]);
        }
        for (name, arg) in &event.named {
            let index = field_of(instrument, name)?;
            pfields.resize(pfields.len().max(index), 0.0);
            pfields[index - 1] = number(arg)?;
        }
        if pfields.len() > PFIELDS_MAX {
            return Err(EngineError::FixedField(pfields.len()));
        }
        let id = if event.unique { self.unique(&event.instr, given)? } else { given };
        pfields[0] = id.p1();
        Ok((id, pfields.into()))
    }

    /// One instance, or all of an instrument. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    pub fn which(&self, target: &Instr) -> Result<Which, EngineError> {
        self.find(target).map(|(id, _)| meant(&id))
    }

    /// A p-field of sounding instances. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UnknownField`], [`EngineError::FixedField`],
    /// [`EngineError::InstanceLayout`].
    pub fn pfield(&self, target: &Instr, field: &Field) -> Result<(Which, usize), EngineError> {
        if !self.sees_instances {
            return Err(EngineError::InstanceLayout);
        }
        let (id, instrument) = self.find(target)?;
        let index = match field {
            Field::Number(index) => changeable(*index)?,
            Field::Name(name) => field_of(instrument, name)?,
        };
        Ok((meant(&id), index))
    }

    /// A control channel that the orchestra declares (`chn_k`) or a parameter moves. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`].
    pub fn channel(&self, name: &str) -> Result<ChannelId, EngineError> {
        self.channels.get(name).copied().ok_or_else(|| EngineError::UnknownChannel(name.to_owned()))
    }

    fn find(&self, instr: &Instr) -> Result<(EventId, &Instrument), EngineError> {
        let named = |name: &str| {
            let unknown = || EngineError::UnknownInstrument(instr.to_string());
            self.instruments.get(name).ok_or_else(unknown)
        };
        match instr {
            Instr::Number(number) => {
                let (number, instrument) = named(&number.to_string())?;
                Ok((EventId::new(None, f64::from(*number)), instrument))
            }
            Instr::Instance(p1) => {
                let (_, instrument) = named(&(p1.trunc() as u32).to_string())?;
                Ok((EventId::new(None, *p1), instrument))
            }
            Instr::Name(text) => {
                let (name, fraction) = split_name(text);
                let (number, instrument) = named(name)?;
                Ok((EventId::new(Some(name.to_owned()), f64::from(*number) + fraction), instrument))
            }
        }
    }

    /// The next unique instance of an instrument. The first is .0002. [control]
    fn unique(&self, instr: &Instr, whole: EventId) -> Result<EventId, EngineError> {
        if whole.is_unique() {
            return Err(EngineError::UniqueFraction(instr.to_string()));
        }
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.entry(whole.number()).or_insert(0);
        *counter = *counter % INSTANCES + 1;
        Ok(whole.instance(f64::from(*counter + 1) / FRACTION))
    }
}

fn field_of(instrument: &Instrument, name: &str) -> Result<usize, EngineError> {
    let by_number = name.strip_prefix('p').and_then(|digits| digits.parse().ok());
    let by_name = || instrument.pfields.iter().find(|field| field.name == name).map(|field| field.index);
    changeable(by_number.or_else(by_name).ok_or_else(|| EngineError::UnknownField(name.to_owned()))?)
}

fn number(arg: &Arg) -> Result<f64, EngineError> {
    match arg {
        Arg::Number(number) => Ok(*number),
        Arg::Text(text) => Err(EngineError::BadString(format!("{text} (live events take numbers)"))),
    }
}
