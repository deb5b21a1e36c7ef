//! A session for an engine that somebody else performs: a plugin's.
//!
//! The audio thread carries out what waits on the agenda and does nothing that allocates. So tables that a render makes
//! at a later time are there from the start, and long texts cannot be written into channels later.

use ksmps_data::verbs::{BusSizes, LIVE_TEXT_BYTES_MAX};
use ksmps_document::{Document, INSTRUMENT_MAX, code_words};

use super::{ArgValue, Registered, Session, SessionError, SessionFile};

impl Session {
    /// A document's templates and the project's session together. Its instruments are evaluated after those of the
    /// document. `[control]`
    ///
    /// # Errors
    /// [`SessionError::TwoTemplates`], and whatever the content is refused with.
    pub fn beside(document: &Document, file: Option<&SessionFile>) -> Result<Self, SessionError> {
        let names = document.instruments.iter().flat_map(|instrument| &instrument.names);
        let numbers = names.clone().filter_map(|name| name.parse().ok());
        // Csound gives named instruments the lowest numbers that are free.
        let last = numbers.fold(names.count() as u32, u32::max);
        // The session's own orchestra is compiled before its templates.
        let last = last.saturating_add(file.map_or(0, SessionFile::instrument_count) as u32);
        let config = file.map(|file| file.config.clone()).unwrap_or_default();
        let session = Self::new(config)?;
        // Notes and verbs have numbers of their own, beside those of the events.
        let declared =
            document.templates.iter().filter_map(|one| session.priorities.normal(one.priority).ok());
        let kept = file.into_iter().flat_map(|file| file.template_names().map(|_| 1));
        let apart: Vec<u32> = declared.chain(kept).collect();
        let mut session = session.behind(last, &apart)?;
        for declared in &document.templates {
            session.define(declared.template.clone())?;
        }
        session.borrowed = session.versions.len();
        session.document_play = document.session_play;
        if let Some(file) = file {
            let is_declared = |name: &str| session.names.contains_key(name);
            if let Some(twice) = file.template_names().find(|name| is_declared(name)) {
                return Err(SessionError::TwoTemplates(twice.to_owned()));
            }
            session.add_file(file)?;
        }
        Ok(session)
    }

    /// A template of the session's that has the name of one of the document's. `[any]`
    pub fn declared_twice(&self) -> Option<&str> {
        let (declared, own) = self.versions.split_at(self.borrowed);
        let is_declared = |name: &&str| declared.iter().any(|one| one.template().name == **name);
        own.iter().map(|one| one.template().name.as_str()).find(is_declared)
    }

    /// Orchestra outside its templates, included files too. `[any]`
    pub fn code_texts(&self) -> impl Iterator<Item = &str> {
        self.code.iter().map(|code| match code {
            super::Code::Text(text) => text.as_str(),
            super::Code::Include(include) => include.text.as_str(),
        })
    }

    /// The first and the last number of its texts. `[any]`
    pub fn text_numbers(&self) -> Option<(u32, u32)> {
        let numbers = || self.strings.iter().map(|(number, _)| number);
        Some((numbers().min()?, numbers().max()?))
    }

    /// Makes it fit for an engine of this rate and cycle: everything that allocates is done at the start. `[control]`
    ///
    /// # Errors
    /// [`SessionError::NotLive`].
    pub fn settle_for(&mut self, rate: f64, ksmps: usize) -> Result<(), SessionError> {
        // Both were checked when the engine was built.
        (self.config.sr, self.config.ksmps) = (rate.round() as u32, ksmps as u32);
        self.tables.iter_mut().for_each(|table| table.at = 0.0);
        if !self.play.is_plain() {
            // A bus that goes with its last user would be gone when the song comes again.
            self.buses.iter_mut().for_each(|bus| bus.persists = true);
        }
        let is_long = |value: &Option<ArgValue>| matches!(value, Some(ArgValue::Text(text)) if text.len() > LIVE_TEXT_BYTES_MAX);
        let mut late = self.channels.iter().filter(|channel| channel.at.is_some_and(|at| at > 0.0));
        match late.find(|channel| is_long(&channel.value)) {
            Some(channel) => Err(SessionError::NotLive(format!(
                "the text of channel {} at {} s is longer than {LIVE_TEXT_BYTES_MAX} bytes: write it at the beginning",
                channel.name,
                channel.at.unwrap_or_default()
            ))),
            None => Ok(()),
        }
    }

    /// Orchestra for the end of the first compilation: it keeps room for the numbers of this session's instruments.
    /// `[any]`
    pub fn reservation(&self) -> String {
        format!("\ninstr {}\nendin\n", self.highest_number())
    }

    /// The buses that the engine needs. Those of the session come first; the orchestra's own follow. `[any]`
    pub fn bus_sizes(&self) -> BusSizes {
        let BusSizes { audio, control, .. } = BusSizes::default();
        BusSizes {
            audio: audio.max(self.config.audio_buses),
            control: control.max(self.config.control_buses),
            first_token: self.buses.len() as i64 + 1,
        }
    }

    /// Its instruments' numbers. `[any]`
    pub fn numbers(&self) -> impl Iterator<Item = (u32, &Registered)> {
        self.instruments().map(|instrument| (instrument.number, instrument.registered))
    }
}

impl Session {
    /// The highest instrument number that will be compiled, or a higher one. Csound makes room for instruments and
    /// opcodes in one list; where an instrument comes whose number is far above those of the first compilation, it
    /// writes beyond the list's end (measured, 6.18: `insert_opcodes` lets it shrink). So the first compilation has
    /// an instrument with this number.
    pub fn highest_number(&self) -> u32 {
        let numbers = self.pieces().into_iter().flat_map(|piece| instrument_numbers(&piece.code));
        numbers.fold(self.priorities.end(), u32::max)
    }
}

/// The numbers behind each `instr`; those that Csound cannot hold are refused when they are compiled.
fn instrument_numbers(code: &str) -> Vec<u32> {
    let mut line_of_instr = None;
    let mut numbers = Vec::new();
    for (line, word) in code_words(code) {
        if word == "instr" {
            line_of_instr = Some(line);
        } else if line_of_instr == Some(line) {
            numbers.extend(word.parse().ok().filter(|number: &u32| *number <= INSTRUMENT_MAX));
        }
    }
    numbers
}
