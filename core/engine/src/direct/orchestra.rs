//! Compiling while an engine runs: which numbers may be defined, and what Csound said of the code.

use crate::report;
use ksmps_csound::{MessageLine, MessageQueue, MessageReader, Running};
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_document::{Document, Instrument};

use ksmps_data::needs::Needs;
use ksmps_data::source_map::ComposedText;
use ksmps_data::verbs::{EngineError, Failure, RESERVED_NUMBERS, ReservedRange};

/// What compiles orchestra while an engine runs.
#[derive(Debug)]
pub(super) struct Orchestra {
    messages: MessageQueue,
    reader: MessageReader,
    pub reserved: Vec<ReservedRange>,
    /// The highest number that an instrument can have.
    pub highest: u32,
    /// What code may do that is compiled: what the engine's header has asked for and was given.
    pub given: Needs,
}

impl Orchestra {
    pub fn new(messages: MessageQueue) -> Self {
        let own = ReservedRange {
            owner: "the engine".into(),
            first: *RESERVED_NUMBERS.start(),
            last: *RESERVED_NUMBERS.end(),
        };
        Self {
            messages,
            reader: MessageReader::default(),
            reserved: vec![own],
            highest: u32::MAX,
            given: Needs::default(),
        }
    }

    /// Compiles code with the user's instruments. `[control]`
    pub fn compile(&mut self, running: &mut Running, code: &str) -> Result<(), EngineError> {
        let document = self.read(code)?;
        self.check_numbers(&document.instruments)?;
        self.compile_document(running, &document)
    }

    /// Compiles code of the engine's own. `[control]`
    pub fn compile_own(&mut self, running: &mut Running, code: &str) -> Result<(), EngineError> {
        self.compile_document(running, &self.read(code)?)
    }

    fn compile_document(&mut self, running: &mut Running, document: &Document) -> Result<(), EngineError> {
        if is_empty(&document.text) {
            return Ok(());
        }
        let code = document.compilable().map_err(|error| EngineError::Compile(vec![error]))?;
        self.reader.read(&self.messages);
        let compiled = running.compile(code);
        let (said, printed) = self.said(document);
        if document.has_only_macros {
            // They are defined, and Csound calls it an error that there is nothing else.
            return Ok(());
        }
        match compiled {
            Ok(()) if !said.iter().any(|diagnostic| diagnostic.text.contains("Missing local arg")) => Ok(()),
            Ok(()) => Err(EngineError::Compile(said)),
            Err(failure) => Err(EngineError::Compile(or_unsaid(said, &failure, &printed, document))),
        }
    }

    /// Evaluates code; errors name the code's own lines. `[control]`
    pub fn eval(&mut self, running: &mut Running, code: &str) -> Result<f64, EngineError> {
        let document = self.read(code)?;
        self.check_numbers(&document.instruments)?;
        let code = document.compilable().map_err(|error| EngineError::Compile(vec![error]))?;
        self.reader.read(&self.messages);
        let evaluated = running.eval(code);
        let (said, printed) = self.said(&document);
        let refused = |failure| EngineError::Compile(or_unsaid(said.clone(), &failure, &printed, &document));
        let value = evaluated.map_err(refused)?;
        let failed = said.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if failed { Err(EngineError::Compile(said)) } else { Ok(value) }
    }

    /// Sends a line of score. `[control]`
    ///
    /// # Errors
    /// [`EngineError::ScoreLine`] with what Csound said of it.
    pub fn input_message(&mut self, running: &mut Running, line: &str) -> Result<(), EngineError> {
        running.input_message(line).map_err(|failure| {
            if !failure.is_csounds() {
                return failure.into();
            }
            let error = Diagnostic::error(None, failure.to_string());
            let text = ComposedText::whole(line);
            let error = report::with_last_words(error, &self.printed(), report::Compiled::all_of(&text));
            EngineError::ScoreLine(format!("{} ({})", line.trim(), error.text))
        })
    }

    /// What Csound printed since the last call. `[control]`
    fn printed(&mut self) -> Vec<MessageLine> {
        let mut lines = self.reader.read(&self.messages);
        lines.extend(self.reader.finish());
        lines
    }

    /// The same, as diagnostics of a text and as it was printed. `[control]`
    fn said(&mut self, document: &Document) -> (Vec<Diagnostic>, Vec<MessageLine>) {
        let lines = self.printed();
        (report::diagnostics(&lines, report::Compiled::orchestra_of(document)), lines)
    }

    /// The instruments that code defines; none where it cannot be read. `[control]`
    pub fn instruments_in(&self, code: &str) -> Vec<Instrument> {
        self.read(code).map_or(Vec::new(), |document| document.instruments)
    }

    /// Reads code as the text it is; what is known to crash Csound is refused here.
    fn read(&self, code: &str) -> Result<Document, EngineError> {
        Document::parse_part(code, self.given).map_err(EngineError::Compile)
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
}

/// Whether there are only comments and blank lines: Csound answers those with an error.
fn is_empty(code: &str) -> bool {
    code.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with(';') || line.starts_with("//"))
}

fn or_unsaid(
    said: Vec<Diagnostic>,
    failure: &Failure,
    printed: &[MessageLine],
    document: &Document,
) -> Vec<Diagnostic> {
    if said.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return said;
    }
    let unsaid = Diagnostic::error(None, failure.to_string());
    let compiled = report::Compiled::orchestra_of(document);
    let is_csounds = failure.is_csounds();
    let unsaid = if is_csounds { report::with_last_words(unsaid, printed, compiled) } else { unsaid };
    [said, vec![unsaid]].concat()
}
