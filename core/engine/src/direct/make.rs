//! What takes memory, carried out: orchestra, tables, sound files, texts and channels by name.

use ksmps_csound::TableFailure;
use ksmps_data::verbs::{ChannelValue, Compatibility, EngineError, quoted};

use super::super::command::Making;
use super::super::executor::fill_table;
use super::super::history::Item;
use super::Direct;

impl Direct {
    /// Does it; what it gives is 0 where it gives nothing. `[control]`
    pub(super) fn make(&mut self, making: Making) -> Result<f64, EngineError> {
        match making {
            Making::Compile { code, own_numbers: true } => {
                self.orchestra.compile_own(&mut self.running, &code).map(|()| 0.0)
            }
            Making::Compile { code, own_numbers: false } => self.compile_users(&code).map(|()| 0.0),
            Making::Evaluate(code) => self.orchestra.eval(&mut self.running, &code),
            Making::Table { number, values, rate, channels } => {
                let made = self.create_table(number, values.len())?;
                if !fill_table(&mut self.running, made, &values) {
                    return Err(EngineError::MissingTable(made));
                }
                self.describe(made, rate, channels)?;
                Ok(f64::from(made))
            }
            Making::ReadSoundfile { number, path, skip, channel } => {
                let file = quoted(&path)?;
                let code = format!("return ftgen({number}, 0, 0, -1, {file}, {skip}, 0, {channel})\n");
                let made = self.orchestra.eval(&mut self.running, &code)?;
                let failed = || EngineError::BadTable(format!("Csound did not read {path}"));
                if made >= 1.0 { Ok(made) } else { Err(failed()) }
            }
            Making::FreeTable(number) => self.free(number).map(|()| 0.0),
            Making::WriteTable(number, index, value) => self.write(number, index, value).map(|()| 0.0),
            Making::DescribeTable(number, rate, channels) => {
                self.describe(number, rate, channels).map(|()| 0.0)
            }
            Making::ReleaseBus(bus) => Ok(self.running.release_bus(bus).map(|()| 0.0)?),
            Making::GiveText { number, text } => self.give_text(number, &text).map(|()| 0.0),
            Making::DeclareChannel { name, value, mode } => self.declare(&name, &value, mode).map(|()| 0.0),
            Making::SetChannel { name, value } => self.write_channel(&name, &value).map(|()| 0.0),
        }
    }

    fn compile_users(&mut self, code: &str) -> Result<(), EngineError> {
        match self.orchestra.compile(&mut self.running, code) {
            // Nothing comes of it, and its instruments' p-fields have names all the same.
            Err(EngineError::Compile(_)) if self.symbols.compatibility() == Compatibility::Recorded => {}
            compiled => compiled?,
        }
        self.learn(code);
        Ok(())
    }

    /// Remembers the instruments of text that was compiled. `[control]`
    pub fn learn(&mut self, code: &str) {
        let instruments = self.orchestra.instruments_in(code);
        self.symbols.instruments_mut().learn(instruments);
    }

    fn create_table(&mut self, number: u32, length: usize) -> Result<u32, EngineError> {
        // A negative length is any length; a negative GEN does not normalise.
        let code = format!("return ftgen({number}, 0, -{length}, -2, 0)\n");
        let made = self.orchestra.eval(&mut self.running, &code)?;
        let failed = || EngineError::BadTable("Csound did not make it".into());
        if made >= 1.0 { Ok(made as u32) } else { Err(failed()) }
    }

    fn write(&mut self, number: u32, index: usize, value: f64) -> Result<(), EngineError> {
        let table = self.running.table_mut(number).ok_or(EngineError::MissingTable(number))?;
        let length = table.len();
        let slot = table.get_mut(index).ok_or(EngineError::TableIndex { table: number, index, length })?;
        *slot = value;
        if index == 0 {
            self.running.set_guard_point(number);
        }
        Ok(())
    }

    fn describe(&mut self, number: u32, rate: u32, channels: usize) -> Result<(), EngineError> {
        self.tables.rates.insert(number, f64::from(rate));
        if rate == 0 && channels <= 1 {
            return Ok(());
        }
        let described = self.running.set_table_sound(number, f64::from(rate), channels);
        described.map_err(|failure| match failure {
            TableFailure::Missing => EngineError::MissingTable(number),
            TableFailure::Layout => EngineError::TableLayout,
        })
    }

    fn free(&mut self, number: u32) -> Result<(), EngineError> {
        if self.running.table(number).is_none() {
            return Err(EngineError::MissingTable(number));
        }
        self.orchestra.compile_own(&mut self.running, &format!("ftfree {number}, 0\n"))?;
        self.tables.rates.remove(&number);
        self.tables.files.retain(|_, table| *table != number);
        Ok(())
    }

    fn give_text(&mut self, number: u32, text: &str) -> Result<(), EngineError> {
        if self.counters.texts.text(number) == Some(text) {
            return Ok(());
        }
        let code = Self::numbering(number, text)?;
        self.orchestra.compile_own(&mut self.running, &code)?;
        self.counters.texts.numbered(number, text);
        self.history.push(|| Item::Text(number, text.to_owned()));
        Ok(())
    }

    fn declare(&mut self, name: &str, value: &ChannelValue, mode: u32) -> Result<(), EngineError> {
        let opcode = match value {
            ChannelValue::Number(_) => "chn_k",
            ChannelValue::Text(_) => "chn_S",
            ChannelValue::Audio(_) => "chn_a",
        };
        let declared = format!("{opcode} {}, {mode}\n", quoted(name)?);
        let kind_differs = |_| EngineError::ChannelKind(name.to_owned());
        self.orchestra.compile_own(&mut self.running, &declared).map_err(kind_differs)
    }

    fn write_channel(&mut self, name: &str, value: &ChannelValue) -> Result<(), EngineError> {
        let written = match value {
            ChannelValue::Number(value) => self
                .running
                .control_channel(name)
                .map(|place| self.running.set_channel(place, *value))
                .is_some(),
            ChannelValue::Text(text) => self.running.set_text_channel(name, text),
            ChannelValue::Audio(samples) => self
                .running
                .audio_channel(name)
                .map(|place| place.iter_mut().zip(samples).for_each(|(place, sample)| *place = *sample))
                .is_some(),
        };
        if written { Ok(()) } else { Err(EngineError::ChannelKind(name.to_owned())) }
    }
}
