//! What the engine knows of the instruments that were compiled: their p-fields' names, their defaults, their numbers.

use crate::csound::{MessageQueue, MessageReader, Running};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Document, Instrument};
use crate::engine::report;

use crate::verbs::{EngineError, EventId, Instr, RESERVED_NUMBERS, ReservedRange, split_name};

use super::instruments::{InstanceCounter, InstrumentTable};

/// The instruments of an engine.
#[derive(Debug)]
pub(super) struct Orchestra {
    messages: MessageQueue,
    reader: MessageReader,
    pub instruments: InstrumentTable,
    instances: InstanceCounter,
    pub reserved: Vec<ReservedRange>,
    /// The highest number that an instrument can have.
    pub highest: u32,
    /// Instruments that do not exist are named as if they did.
    forgiving: bool,
}

impl Orchestra {
    pub fn new(messages: MessageQueue, forgiving: bool) -> Self {
        let own = ReservedRange {
            owner: "the engine".into(),
            first: *RESERVED_NUMBERS.start(),
            last: *RESERVED_NUMBERS.end(),
        };
        Self {
            messages,
            reader: MessageReader::default(),
            instruments: InstrumentTable::default(),
            instances: InstanceCounter::default(),
            reserved: vec![own],
            highest: u32::MAX,
            forgiving,
        }
    }

    /// Compiles code and remembers its instruments. [control]
    pub fn compile(&mut self, running: &mut Running, code: &str) -> Result<(), EngineError> {
        let document = read(code)?;
        self.check_numbers(&document.instruments)?;
        self.compile_document(running, &document)?;
        self.instruments.learn(document.instruments);
        Ok(())
    }

    /// Remembers the instruments of text that is compiled already. [control]
    pub fn learn(&mut self, code: &str) {
        if let Ok(document) = read(code) {
            self.instruments.learn(document.instruments);
        }
    }

    /// Compiles code of the engine's own. [control]
    pub fn compile_own(&mut self, running: &mut Running, code: &str) -> Result<(), EngineError> {
        self.compile_document(running, &read(code)?)
    }

    fn compile_document(&mut self, running: &mut Running, document: &Document) -> Result<(), EngineError> {
        if is_empty(&document.text) {
            return Ok(());
        }
        let code = document.compilable().map_err(|error| EngineError::Compile(vec![error]))?;
        self.reader.read(&self.messages);
        let compiled = running.compile(code);
        let said = self.said(document);
        if document.has_only_macros {
            // They are defined, and Csound calls it an error that there is nothing else.
            return Ok(());
        }
        match compiled {
            Ok(()) if !said.iter().any(|diagnostic| diagnostic.text.contains("Missing local arg")) => Ok(()),
            Ok(()) => Err(EngineError::Compile(said)),
            Err(failure) => Err(EngineError::Compile(or_unsaid(said, &failure))),
        }
    }

    /// Evaluates code; errors name the code's own lines. [control]
    pub fn eval(&mut self, running: &mut Running, code: &str) -> Result<f64, EngineError> {
        let document = read(code)?;
        self.check_numbers(&document.instruments)?;
        let code = document.compilable().map_err(|error| EngineError::Compile(vec![error]))?;
        self.reader.read(&self.messages);
        let evaluated = running.eval(code);
        let said = self.said(&document);
        let value = evaluated.map_err(|failure| EngineError::Compile(or_unsaid(said.clone(), &failure)))?;
        let failed = said.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if failed { Err(EngineError::Compile(said)) } else { Ok(value) }
    }

    /// What Csound printed since the last call, as diagnostics of a text. [control]
    fn said(&mut self, document: &Document) -> Vec<Diagnostic> {
        let mut lines = self.reader.read(&self.messages);
        lines.extend(self.reader.finish());
        report::diagnostics(&lines, report::Compiled::orchestra_of(document))
    }

    fn check_numbers(&self, instruments: &[Instrument]) -> Result<(), EngineError> {
        let numbers =
            instruments.iter().flat_map(|instrument| &instrument.names).filter_map(|name| name.parse().ok());
        for number in numbers {
            if number > self.highest {
                return Err(EngineError::HighNumber { number, highest: self.highest });
            }
            if let Some(range) =
                self.reserved.iter().find(|range| (range.first..=range.last).contains(&number))
            {
                return Err(EngineError::ReservedNumber {
                    number,
                    first: range.first,
                    last: range.last,
                    owner: range.owner.clone(),
                });
            }
        }
        Ok(())
    }

    /// The number of a named instrument. [control]
    pub fn number_of_name(&mut self, running: &mut Running, name: &str) -> Result<i32, EngineError> {
        if let Some(number) = self.instruments.number(name) {
            return Ok(number);
        }
        let number = running
            .instrument_number(name)
            .filter(|_| name.parse::<f64>().is_err())
            .ok_or_else(|| EngineError::UnknownInstrument(name.to_owned()))?;
        self.instruments.give_number(name, number);
        Ok(number)
    }

    /// An instrument or instance as Csound has it. [control]
    pub fn resolve(&mut self, running: &mut Running, instr: &Instr) -> Result<EventId, EngineError> {
        let unknown = || EngineError::UnknownInstrument(instr.to_string());
        match instr {
            Instr::Number(number) => {
                let exists = self.forgiving || (*number <= self.highest && running.has_instrument(*number));
                if exists { Ok(EventId::new(None, f64::from(*number))) } else { Err(unknown()) }
            }
            Instr::Instance(p1) => {
                let exists = p1.is_finite() && *p1 >= 1.0 && running.has_instrument(*p1 as u32);
                if exists { Ok(EventId::new(None, *p1)) } else { Err(unknown()) }
            }
            Instr::Name(text) => {
                let (name, fraction) = split_name(text);
                let number = self.number_of_name(running, name)?;
                Ok(EventId::new(Some(name.to_owned()), f64::from(number) + fraction))
            }
        }
    }

    /// The next unique instance of an instrument. The first is .0002. [control]
    pub fn unique(&mut self, running: &mut Running, instr: &Instr) -> Result<EventId, EngineError> {
        // A number need not be compiled yet: the id may be for later.
        let whole = match instr {
            Instr::Number(number) => EventId::new(None, f64::from(*number)),
            other => self.resolve(running, other)?,
        };
        self.instances.next(instr, whole)
    }
}

/// Whether there are only comments and blank lines: Csound answers those with an error.
fn is_empty(code: &str) -> bool {
    code.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with(';') || line.starts_with("//"))
}

/// Reads code as the text it is; what is known to crash Csound is refused here.
fn read(code: &str) -> Result<Document, EngineError> {
    Document::parse_part(code).map_err(EngineError::Compile)
}

fn or_unsaid(said: Vec<Diagnostic>, failure: &crate::verbs::Failure) -> Vec<Diagnostic> {
    let has_error = said.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let unsaid = Diagnostic::error(None, failure.to_string());
    if has_error { said } else { [said, vec![unsaid]].concat() }
}
