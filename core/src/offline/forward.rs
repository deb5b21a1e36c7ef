//! The verbs, on the engine that carries them out: each is described at [`crate::verbs::Verbs`].

use std::path::Path;

use crate::csound::{BusKind, BusStatus, BusToken, ChannelId};
use crate::plot::{PlotSpectrogram, PlotTable};
use crate::verbs::{
    Automation, ChannelMode, ChannelValue, EngineError, EventId, Field, Instr, LineId, PlayDisk, PlaySample,
    PlaySoundfont, Preset, ReservedRange, Sched, SoundRead, TableInfo, TableSpec, TestSignal, When,
};

use super::engine::{Live, OfflineEngine};

/// Each answers [`EngineError::Stopped`] once the engine was stopped, else as the verb it stands for.
macro_rules! forward {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        impl OfflineEngine {
            $(
                $(#[$doc])*
                pub fn $name(&mut self, $($arg: $type),*) -> Result<$out, EngineError> {
                    let Live { running, verbs, .. } = self.live()?;
                    verbs.$name(running, $($arg),*)
                }
            )*
        }
    };
}

forward! {
    /// Compiles more orchestra. See [`crate::engine::verbs::Verbs::compile`]. [control]
    compile(code: &str) -> ();
    /// Evaluates `return …`. See [`crate::engine::verbs::Verbs::eval`]. [control]
    eval(code: &str) -> f64;
    /// Calls an init-time function. See [`crate::engine::verbs::Verbs::call`]. [control]
    call(function: &str) -> f64;
    /// The value of a global variable. See [`crate::engine::verbs::Verbs::query_variable`]. [control]
    query_variable(variable: &str) -> f64;
    /// The number of a named instrument. See [`crate::engine::verbs::Verbs::instrument_number`]. [control]
    instrument_number(name: &str) -> i32;
    /// The number of a text. See [`crate::engine::verbs::Verbs::str_set`]. [control]
    str_set(text: &str) -> u32;
    /// The value of a control channel. See [`crate::engine::verbs::Verbs::control_channel`]. [control]
    control_channel(name: &str) -> f64;
    /// What a text channel holds. See [`crate::engine::verbs::Verbs::text_channel`]. [control]
    text_channel(name: &str) -> String;
    /// The place of a control channel. See [`crate::engine::verbs::Verbs::channel_handle`]. [control]
    channel_handle(name: &str) -> ChannelId;
    /// Makes a bus. See [`crate::engine::verbs::Verbs::assign_bus`]. [control]
    assign_bus(kind: Option<BusKind>, value: Option<f64>, persists: bool) -> BusToken;
    /// Moves a control bus. See [`crate::engine::verbs::Verbs::automate_bus`]. [control]
    automate_bus(bus: BusToken, line: &Automation) -> LineId;
    /// Moves a place in a table. See [`crate::engine::verbs::Verbs::automate_table`]. [control]
    automate_table(table: u32, index: usize, line: &Automation) -> LineId;
    /// Moves a control channel. See [`crate::engine::verbs::Verbs::automate_channel`]. [control]
    automate_channel(channel: &str, line: &Automation) -> LineId;
    /// Makes a table. See [`crate::engine::verbs::Verbs::make_table`]. [control]
    make_table(data: &[f64], spec: TableSpec) -> u32;
    /// Makes a table of zeros. See [`crate::engine::verbs::Verbs::make_empty_table`]. [control]
    make_empty_table(length: usize, spec: TableSpec) -> u32;
    /// Copies values into a table. See [`crate::engine::verbs::Verbs::fill_table`]. [control]
    fill_table(number: u32, data: &[f64]) -> ();
    /// What is known of a table. See [`crate::engine::verbs::Verbs::table_info`]. [control]
    table_info(number: u32) -> TableInfo;
    /// Draws a table's values into a PNG file. See [`crate::engine::verbs::Verbs::plot_table`]. [control]
    plot_table(table: u32, options: PlotTable, path: &Path) -> ();
    /// Draws the frequencies of a table's sound into a PNG file. See
    /// [`crate::engine::verbs::Verbs::plot_table_spectrogram`]. [control]
    plot_table_spectrogram(table: u32, options: PlotSpectrogram, path: &Path) -> ();
    /// Reads a sound file into a table. See [`crate::engine::verbs::Verbs::read_soundfile`]. [control]
    read_soundfile(path: &Path, read: SoundRead) -> u32;
    /// Plays the sound in a table. See [`crate::engine::verbs::Verbs::play_sample`]. [control]
    play_sample(table: u32, play: PlaySample) -> EventId;
    /// Plays a sound file from disk. See [`crate::engine::verbs::Verbs::play_from_disk`]. [control]
    play_from_disk(path: &Path, play: PlayDisk) -> EventId;
    /// Prepares a soundfont's preset. See [`crate::engine::verbs::Verbs::soundfont_preset`]. [control]
    soundfont_preset(path: &Path, bank: u16, program: u16) -> Preset;
    /// Plays a soundfont's note. See [`crate::engine::verbs::Verbs::play_soundfont`]. [control]
    play_soundfont(preset: Preset, pitch: f64, play: PlaySoundfont) -> EventId;
}

impl OfflineEngine {
    /// Starts an instrument. See [`crate::engine::verbs::Verbs::sched`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn sched(&mut self, event: Sched) -> Result<EventId, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.sched(running, &event)
    }

    /// A unique instance. See [`crate::engine::verbs::Verbs::assign_event_id`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn assign_event_id(&mut self, instr: impl Into<Instr>) -> Result<EventId, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.assign_event_id(running, instr)
    }

    /// Stops instances. See [`crate::engine::verbs::Verbs::unsched`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn unsched(&mut self, target: impl Into<Instr>, when: impl Into<When>) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.unsched(running, target, when)
    }

    /// Takes back events that have not started. See [`crate::engine::verbs::Verbs::unsched_future`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn unsched_future(&mut self, target: impl Into<Instr>) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.unsched_future(running, target)
    }

    /// Cuts off everything. See [`crate::engine::verbs::Verbs::unsched_all`]. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn unsched_all(&mut self) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.unsched_all(running);
        Ok(())
    }

    /// Changes p-fields. See [`crate::engine::verbs::Verbs::setp`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn setp<F: Into<Field>>(
        &mut self,
        target: impl Into<Instr>,
        pairs: impl IntoIterator<Item = (F, f64)>,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.setp(running, target, pairs, when)
    }

    /// The value of a p-field. See [`crate::engine::verbs::Verbs::getp`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn getp(
        &mut self,
        target: impl Into<Instr>,
        field: impl Into<Field>,
    ) -> Result<Option<f64>, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.getp(running, target, field)
    }

    /// Moves a p-field. See [`crate::engine::verbs::Verbs::automatep`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn automatep(
        &mut self,
        target: impl Into<Instr>,
        field: impl Into<Field>,
        line: &Automation,
    ) -> Result<LineId, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.automatep(running, target, field, line)
    }

    /// Ends a line where it is. See [`crate::engine::verbs::Verbs::unautomate`]. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn unautomate(&mut self, line: LineId) -> Result<(), EngineError> {
        self.live()?.verbs.unautomate(line);
        Ok(())
    }

    /// The text with a number. See [`crate::engine::verbs::Verbs::str_get`]. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn str_get(&mut self, number: u32) -> Result<Option<&str>, EngineError> {
        Ok(self.live()?.verbs.str_get(number))
    }

    /// Every text and its number. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn defined_strings(&mut self) -> Result<Vec<(String, u32)>, EngineError> {
        Ok(self.live()?.verbs.defined_strings().map(|(text, number)| (text.to_owned(), number)).collect())
    }

    /// Makes a channel. See [`crate::engine::verbs::Verbs::init_channel`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn init_channel(
        &mut self,
        name: &str,
        value: impl Into<ChannelValue>,
        mode: ChannelMode,
    ) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.init_channel(running, name, value, mode)
    }

    /// Writes a channel. See [`crate::engine::verbs::Verbs::set_channel`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn set_channel(
        &mut self,
        name: &str,
        value: impl Into<ChannelValue>,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.set_channel(running, name, value, when)
    }

    /// The samples of an audio channel in the last cycle; it is made where it does not exist. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`], [`EngineError::ChannelKind`].
    pub fn audio_channel(&mut self, name: &str) -> Result<&mut [f64], EngineError> {
        let kind_differs = || EngineError::ChannelKind(name.to_owned());
        self.live()?.running.audio_channel(name).ok_or_else(kind_differs)
    }

    /// Gives a bus back. See [`crate::engine::verbs::Verbs::release_bus`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn release_bus(&mut self, bus: BusToken, when: impl Into<When>) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.release_bus(running, bus, when)
    }

    /// Writes a control bus. See [`crate::engine::verbs::Verbs::write_bus`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn write_bus(&mut self, bus: BusToken, value: f64, when: impl Into<When>) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.write_bus(running, bus, value, when)
    }

    /// What a control bus holds. See [`crate::engine::verbs::Verbs::read_bus`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn read_bus(&mut self, bus: BusToken) -> Result<f64, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.read_bus(running, bus)
    }

    /// Whether the engine has buses. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn has_bus_support(&mut self) -> Result<bool, EngineError> {
        Ok(self.live()?.verbs.has_bus_support())
    }

    /// Every bus. See [`crate::engine::verbs::Verbs::bus_system_status`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn bus_system_status(&mut self) -> Result<BusStatus, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.bus_system_status(running)
    }

    /// A table's values. See [`crate::engine::verbs::Verbs::table_data`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn table_data(&mut self, number: u32) -> Result<&[f64], EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.table_data(running, number)
    }

    /// Writes a place in a table. See [`crate::engine::verbs::Verbs::write_table`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn write_table(
        &mut self,
        number: u32,
        index: usize,
        value: f64,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.write_table(running, number, index, value, when)
    }

    /// Whether there is such a table. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn table_exists(&mut self, number: u32) -> Result<bool, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        Ok(verbs.table_exists(running, number))
    }

    /// Says what sound is in a table. See [`crate::engine::verbs::Verbs::set_table_metadata`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn set_table_metadata(
        &mut self,
        number: u32,
        rate: u32,
        channels: usize,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.set_table_metadata(running, number, rate, channels, when)
    }

    /// Frees a table. See [`crate::engine::verbs::Verbs::free_table`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn free_table(&mut self, number: u32, when: impl Into<When>) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.free_table(running, number, when)
    }

    /// Tests the outputs. See [`crate::engine::verbs::Verbs::test_audio`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn test_audio(
        &mut self,
        when: impl Into<When>,
        dur: f64,
        period: f64,
        signal: TestSignal,
        gain_db: f64,
    ) -> Result<EventId, EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.test_audio(running, when, dur, period, signal, gain_db)
    }

    /// The ranges of instrument numbers that users may not define. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn reserved_ranges(&mut self) -> Result<&[ReservedRange], EngineError> {
        Ok(self.live()?.verbs.reserved_ranges())
    }

    /// Reserves a range of instrument numbers. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn reserve_range(&mut self, range: ReservedRange) -> Result<(), EngineError> {
        self.live()?.verbs.reserve_range(range);
        Ok(())
    }

    /// What went wrong with things that were to be done later. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn take_late_errors(&mut self) -> Result<Vec<EngineError>, EngineError> {
        Ok(self.live()?.verbs.take_late_errors())
    }
}
