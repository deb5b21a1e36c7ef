//! The verbs of an engine whose owner may wait: compile, evaluate, make tables, read files.

use std::path::Path;

use ksmps_csound::BusStatus;
use ksmps_data::needs::Needs;
use ksmps_data::verbs::{
    BusKind, BusToken, ChannelMode, ChannelValue, EngineError, ReservedRange, SoundRead, TableNumber,
    TableSpec, When,
};
use ksmps_document::code_words;
use ksmps_plot::{PlotSpectrogram, PlotTable};

use super::super::command::{Command, Making, Question, TextChannelIndex};
use super::super::history::Item;
use super::super::verbs::{ChannelVerbs, ListenerId, TableAbout, Target, Verbs, first_value};
use super::Direct;
use super::deferred::Job;
use ksmps_library::sound_file;

/// The number of the first table that the engine numbers; never given out twice.
const FIRST_TABLE: u32 = 300;
/// Csound holds no longer table.
const TABLE_LENGTH_MAX: usize = 1 << 28;

/// What takes memory. An engine that plays has none of it: there the document's session is edited.
pub trait MakingVerbs<'a>: Verbs<Target = &'a mut Direct> {
    /// Compiles more orchestra. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Compile`] with lines and texts; what played goes on as it was. [`EngineError::ReservedNumber`],
    /// [`EngineError::HighNumber`].
    fn compile(self, code: &str) -> Result<(), EngineError> {
        let engine = self.target()?;
        engine.make(Making::Compile { code: code.to_owned(), own_numbers: false })?;
        engine.horizon.changed = true;
        engine.history.push(|| Item::Code(code.to_owned()));
        Ok(())
    }

    /// Evaluates code (`return …`, or an expression alone: `ftlen(200)`, `giX`) and gives its value. `[control]`
    ///
    /// # Errors
    /// As [`MakingVerbs::compile`]; [`EngineError::NoValue`] where nothing was returned.
    fn eval(self, code: &str) -> Result<f64, EngineError> {
        let engine = self.target()?;
        let returned = is_expression(code).then(|| format!("return {}\n", code.trim()));
        // Without a `return` Csound hands out what lies in its memory.
        if returned.is_none() && !code_words(code).iter().any(|(_, word)| word == "return") {
            return Err(EngineError::NoValue(code.to_owned()));
        }
        let value = engine.make(Making::Evaluate(returned.unwrap_or_else(|| code.to_owned())))?;
        if value.is_nan() { Err(EngineError::NoValue(code.to_owned())) } else { Ok(value) }
    }

    /// Calls an init-time function (`ftlen(200)`) and gives its value. `[control]`
    ///
    /// # Errors
    /// As [`MakingVerbs::eval`].
    fn call(self, function: &str) -> Result<f64, EngineError> {
        self.eval(&format!("return {function}\n"))
    }

    /// The present value of a global number variable. `[control]`
    ///
    /// # Errors
    /// As [`MakingVerbs::eval`].
    fn query_variable(self, variable: &str) -> Result<f64, EngineError> {
        let variable = variable.trim();
        match variable.starts_with("gk") {
            true => self.call(&format!("i({variable})")),
            false => self.call(variable),
        }
    }

    /// The ranges of instrument numbers that users may not define. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    fn reserved_ranges(self) -> Result<&'a [ReservedRange], EngineError> {
        Ok(&self.target()?.orchestra.reserved)
    }

    /// Reserves a range of instrument numbers: compiling one of them is refused from now on. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    fn reserve_range(self, range: ReservedRange) -> Result<(), EngineError> {
        self.target()?.orchestra.reserved.push(range);
        Ok(())
    }

    /// Makes a table of any length with these values. `[control]`
    ///
    /// # Errors
    /// [`EngineError::BadTable`], [`EngineError::Past`], [`EngineError::BadTime`], [`EngineError::TableLayout`].
    fn make_table(self, data: &[f64], spec: TableSpec) -> Result<u32, EngineError> {
        let engine = self.target()?;
        check_length(data.len())?;
        let channels = spec.channels.max(1);
        if !data.len().is_multiple_of(channels) {
            let why = format!("{} values are no whole frames of {channels}", data.len());
            return Err(EngineError::BadTable(why));
        }
        let (later, seconds) = (spec.when != When::In(0.0), engine.start_of(spec.when)?);
        let number = engine.choose_number(spec.number, later)?;
        if number > 0 {
            engine.history.push(|| Item::Table { number, start: seconds, data: data.to_vec() });
        }
        let table = Making::Table { number, values: data.into(), rate: spec.rate, channels };
        if later {
            engine.defer(seconds, Job::Make(table));
            return Ok(number);
        }
        Ok(engine.make(table)? as u32)
    }

    /// Makes a table of zeros. `[control]`
    ///
    /// # Errors
    /// As [`MakingVerbs::make_table`].
    fn make_empty_table(self, length: usize, spec: TableSpec) -> Result<u32, EngineError> {
        check_length(length)?;
        self.make_table(&vec![0.0; length], spec)
    }

    /// A table's values as they are, interleaved. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    fn table_data(self, number: u32) -> Result<&'a [f64], EngineError> {
        self.target()?.running.table(number).ok_or(EngineError::MissingTable(number))
    }

    /// Frees a table, now or later. What reads it afterwards fails in its init pass and is silent. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`] where it is freed now, [`EngineError::Past`], [`EngineError::BadTime`].
    fn free_table(self, number: u32, when: impl Into<When>) -> Result<(), EngineError> {
        let when = when.into();
        let mut engine = self.target()?;
        let start = engine.start_of(when)?;
        engine.send(when, Command::Make(Making::FreeTable(number)))?;
        if when != When::In(0.0) {
            engine.reach_from(start, 0.0);
        }
        engine.history.push(|| Item::FreeTable { number, start });
        Ok(())
    }

    /// Reads a sound file into a table. `[control]`
    ///
    /// # Errors
    /// [`EngineError::File`], [`EngineError::BadTable`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn read_soundfile(self, path: &Path, read: SoundRead) -> Result<u32, EngineError> {
        let engine = self.target()?;
        let about = sound_file::about(path)?;
        if read.channel > about.channels {
            return Err(EngineError::BadTable(format!("{} has no channel {}", path.display(), read.channel)));
        }
        let (later, seconds) = (read.when != When::In(0.0), engine.start_of(read.when)?);
        let key = (path.to_owned(), read.channel, read.skip.to_bits());
        if let (false, Some(&number)) = (read.unique, engine.tables.files.get(&key)) {
            return Ok(number);
        }
        let number = engine.choose_number(read.number, later)?;
        let text = path.to_str().ok_or_else(|| EngineError::BadString(path.display().to_string()))?;
        ksmps_data::verbs::quoted(text)?;
        let SoundRead { channel, skip, .. } = read;
        if number > 0 {
            let path = path.to_owned();
            engine.history.push(|| Item::Sound { number, start: seconds, path, skip, channel });
        }
        let sound = Making::ReadSoundfile { number, path: text.to_owned(), skip, channel };
        let made = if later {
            engine.defer(seconds, Job::Make(sound));
            number
        } else {
            engine.make(sound)? as u32
        };
        engine.tables.files.insert(key, made);
        Ok(made)
    }

    /// Draws a table's values into a PNG file; one that exists is replaced. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::Plot`] for a table without frames and options that cannot be,
    /// [`EngineError::File`] where the file cannot be written or its name does not end in `.png`.
    fn plot_table(self, table: u32, options: PlotTable, path: &Path) -> Result<(), EngineError> {
        super::super::verbs::check_picture_name(path)?;
        let mut engine = self.target()?;
        let about: TableAbout = engine.ask(Question::Table(table))?;
        about.plot(engine.running.rate(), engine.table_data(table)?, &options, path)
    }

    /// Draws the frequencies of the sound in a table into a PNG file; one that exists is replaced. `[control]`
    ///
    /// # Errors
    /// As [`MakingVerbs::plot_table`].
    fn plot_table_spectrogram(
        self,
        table: u32,
        options: PlotSpectrogram,
        path: &Path,
    ) -> Result<(), EngineError> {
        super::super::verbs::check_picture_name(path)?;
        let mut engine = self.target()?;
        let about: TableAbout = engine.ask(Question::Table(table))?;
        about.plot_spectrogram(engine.running.rate(), engine.table_data(table)?, &options, path)
    }

    /// Makes a channel and gives it its first value. `[control]`
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`] where there is one of this name that carries something else.
    fn init_channel(
        self,
        name: &str,
        value: impl Into<ChannelValue>,
        mode: ChannelMode,
    ) -> Result<(), EngineError> {
        let value = value.into();
        let engine = self.target()?;
        let declared =
            Making::DeclareChannel { name: name.to_owned(), value: value.clone(), mode: mode.number() };
        engine.make(declared)?;
        engine.set_channel(name, value, 0.0)
    }

    /// The samples of an audio channel in the last cycle; it is made where it does not exist. `[control]`
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`].
    fn audio_channel(self, name: &str) -> Result<&'a mut [f64], EngineError> {
        let kind_differs = || EngineError::ChannelKind(name.to_owned());
        self.target()?.running.audio_channel(name).ok_or_else(kind_differs)
    }

    /// Every bus and how many there can be. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`].
    fn bus_system_status(self) -> Result<BusStatus, EngineError> {
        let engine = self.target()?;
        let has_buses = engine.symbols.has_buses();
        if has_buses { Ok(engine.running.bus_status()) } else { Err(EngineError::NoBusSupport) }
    }

    /// Calls `work` before the first cycle that does not start before the given time; it may use every verb. What it
    /// answers in error is kept for [`MakingVerbs::take_deferred_errors`]. The end marker moves behind that cycle.
    /// `[control]`
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    fn call_later(
        self,
        when: impl Into<When>,
        work: impl FnOnce(&mut Direct) -> Result<(), EngineError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let engine = self.target()?;
        let asked = engine.start_of(when.into())?;
        let clock = engine.symbols.clock();
        // A time that is a cycle's start up to rounding is that cycle's.
        let cycle = (asked * clock.cycles_per_second() - 1e-6).ceil().max(0.0) as u64;
        let seconds = clock.seconds(cycle);
        engine.defer(seconds, Job::Call(Box::new(work)));
        engine.reach_from(seconds, clock.cycle_seconds());
        Ok(())
    }

    /// Has a listener called no more. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    fn stop_listening(self, listener: ListenerId) -> Result<(), EngineError> {
        Target::stop_listening(&mut self.target()?, listener)
    }

    /// What went wrong with things that were to be done later, since the last call. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    fn take_deferred_errors(self) -> Result<Vec<EngineError>, EngineError> {
        Ok(self.target()?.deferred.take_errors())
    }
}

impl<'a, V: Verbs<Target = &'a mut Direct>> MakingVerbs<'a> for V {}

impl Direct {
    /// Compiles code that may define instruments in the engine's own range: those of a session. `[control]`
    pub(crate) fn compile_own_numbers(&mut self, code: &str) -> Result<(), EngineError> {
        self.make(Making::Compile { code: code.to_owned(), own_numbers: true })?;
        self.horizon.changed = true;
        Ok(())
    }

    /// Makes a bus with a token that no bus has had: those that an engine's `BusSizes::first_token` leaves out.
    /// `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`], [`EngineError::Bus`].
    pub(crate) fn assign_bus_as(
        &mut self,
        token: BusToken,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<(), EngineError> {
        if !self.symbols.has_buses() {
            return Err(EngineError::NoBusSupport);
        }
        self.running.assign_bus_as(token, kind, first_value(kind, value), persists)?;
        self.horizon.changed = true;
        Ok(())
    }

    /// The place of a text channel, made where it does not exist. `[control]`
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`].
    pub(crate) fn make_text_channel(&mut self, name: &str) -> Result<TextChannelIndex, EngineError> {
        if let Ok(channel) = self.symbols.text_channel(name) {
            return Ok(channel);
        }
        let place = self.running.text_channel_place(name);
        let place = place.ok_or_else(|| EngineError::ChannelKind(name.to_owned()))?;
        let index = self.executor.places_mut().add_text(place);
        self.symbols.add_text_channel(name, index);
        Ok(index)
    }

    /// Gives a text this number, whatever had it before. `[control]`
    pub(crate) fn str_set_at(&mut self, number: u32, text: &str) -> Result<(), EngineError> {
        self.make(Making::GiveText { number, text: text.to_owned() }).map(drop)
    }

    /// Sends a line of score to Csound's own queue. `[control]`
    ///
    /// # Errors
    /// [`EngineError::ScoreLine`] with what Csound said of it.
    pub fn input_message(&mut self, line: &str) -> Result<(), EngineError> {
        self.orchestra.input_message(&mut self.running, line)
    }

    /// Lets code that is compiled later do this. `[control]`
    pub fn let_code(&mut self, given: Needs) {
        self.orchestra.given = given;
    }

    /// Refuses later instruments above a number: where one comes that is far above those of the first compilation,
    /// Csound writes beyond its list (measured, 6.18.1: `insert_opcodes`, with any opcode there). `[control]`
    pub fn limit_numbers(&mut self, highest: u32) {
        self.orchestra.highest = highest;
    }

    /// The number of a table that is made; 0 leaves the choice to Csound.
    fn choose_number(&mut self, number: TableNumber, later: bool) -> Result<u32, EngineError> {
        match number {
            TableNumber::Csound if later => {
                Err(EngineError::BadTable("Csound chooses numbers only for tables made at once".into()))
            }
            TableNumber::Csound => Ok(0),
            TableNumber::Exactly(number) => Ok(number.max(1)),
            TableNumber::Next => {
                self.tables.made += 1;
                Ok(FIRST_TABLE + self.tables.made - 1)
            }
        }
    }
}

fn check_length(length: usize) -> Result<(), EngineError> {
    if (1..=TABLE_LENGTH_MAX).contains(&length) {
        Ok(())
    } else {
        Err(EngineError::BadTable(format!("a table has 1 to {TABLE_LENGTH_MAX} values, not {length}")))
    }
}

/// Whether code is one value and no statement: a function's call, a variable or a number.
fn is_expression(code: &str) -> bool {
    let code = code.trim();
    let called = code.split_once('(').is_some_and(|(name, _)| code.ends_with(')') && is_word(name));
    !code.contains('\n') && (called || is_word(code))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.'))
}
