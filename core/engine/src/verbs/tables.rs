//! Tables: write, read, describe. Who makes them is the owner of an engine that grows, or the document.

#[cfg(doc)]
use ksmps_data::verbs::EngineError;
use ksmps_data::verbs::{TableInfo, When};

use super::super::command::{Action, Command, Question};
use super::{Answered, Failed, TableAbout, Target, Verbs};

/// Tables.
pub trait TableVerbs: Verbs {
    /// Copies values to a table's beginning: as many as fit, the rest of the table stays. Live, nothing happens where
    /// there is no such table. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    fn fill_table(self, table: u32, values: impl AsRef<[f64]>) -> Result<(), Failed<Self>> {
        self.target()?.send(When::default(), Command::FillTable { table, values: values.as_ref().into() })
    }

    /// Writes one place of a table, from 0, now or later. Live, nothing happens where there is none. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::TableIndex`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn write_table(
        self,
        table: u32,
        index: usize,
        value: f64,
        when: impl Into<When>,
    ) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target_at(when)?;
        target.send(when, Command::Do(Action::WriteTable(table, index, value)))
    }

    /// Says what sound is in a table, now or later, as if it had been read from a file. Live, nothing happens where
    /// there is no such table. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::TableLayout`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn set_table_metadata(
        self,
        table: u32,
        rate: u32,
        channels: usize,
        when: impl Into<When>,
    ) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target_at(when)?;
        if rate != 0 || channels > 1 {
            target.symbols().see_tables()?;
        }
        let action = Action::DescribeTable(table, f64::from(rate), channels);
        target.send(when, Command::Do(action))
    }

    /// Asks whether there is a table. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn table_exists(self, table: u32) -> Result<Answered<Self, bool>, Failed<Self>> {
        self.target()?.ask(Question::IsTable(table))
    }

    /// Asks for values of a table from a place on, 65,536 at most: those that are there; nothing where there is no such
    /// table. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    fn read_table(
        self,
        table: u32,
        start: usize,
        count: usize,
    ) -> Result<Answered<Self, Vec<f64>>, Failed<Self>> {
        self.target()?.ask(Question::ReadTable { table, start, count })
    }

    /// Asks what is known of a table and of the sound in it. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    fn about_table(self, table: u32) -> Result<Answered<Self, TableAbout>, Failed<Self>> {
        self.target()?.ask(Question::Table(table))
    }

    /// Asks what is known of a table. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    fn table_info(self, table: u32) -> Result<Answered<Self, TableInfo>, Failed<Self>> {
        self.target()?.ask(Question::Table(table))
    }
}

impl<V: Verbs> TableVerbs for V {}
