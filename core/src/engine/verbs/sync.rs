//! Events that answer: an instrument that gets a token in p4, leaves its answer in a table and says that it has.
//!
//! ```csound
//! instr length
//!   itoken = p4
//!   tabw_i ftlen(p5), itoken, gi__responses
//!   outvalue "__sync__", itoken
//!   turnoff
//! endin
//! ```

use crate::csound::Running;

use super::{EngineError, EventId, Sched, Verbs};

/// Part of every header: the table of answers, made when it is first needed.
pub(super) const ORCHESTRA: &str = "gi__responses init 0\n";
/// Where an instrument says that its answer is there.
const CHANNEL: &str = "__sync__";
/// How many answers can be waited for before a token comes again.
const TOKENS: u32 = 1024;

/// What an event was given in p4, to find its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncToken(u32);

/// The tokens, and where the answers are.
#[derive(Debug, Default)]
pub(super) struct Sync {
    table: Option<u32>,
    next: u32,
}

impl Verbs {
    /// Schedules an event that will answer. Its p4 is the token; what `event` gives one by one or as a list begins with
    /// p5. The answer is asked for with [`Verbs::sync_answer`] after each cycle. One at a time: `__sync__` holds one
    /// token. [control]
    ///
    /// # Errors
    /// As [`Verbs::sched`].
    pub fn sched_with_token(
        &mut self,
        running: &mut Running,
        event: &Sched,
    ) -> Result<(EventId, SyncToken), EngineError> {
        let table = self.answers(running)?;
        // The first token is 1: a channel that nobody wrote is 0.
        self.sync.next = self.sync.next % (TOKENS - 1) + 1;
        let token = self.sync.next;
        self.write_table(running, table, token as usize, 0.0, 0.0)?;
        let channel = self.channel_handle(running, CHANNEL)?;
        running.set_channel(channel, 0.0);
        let mut event = event.clone();
        event.list.as_mut().unwrap_or(&mut event.single).insert(0, token.into());
        Ok((self.sched(running, &event)?, SyncToken(token)))
    }

    /// The answer to a token; `None` where it is still to come. [control]
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`], [`EngineError::MissingTable`].
    pub fn sync_answer(
        &mut self,
        running: &mut Running,
        token: SyncToken,
    ) -> Result<Option<f64>, EngineError> {
        let channel = self.channel_handle(running, CHANNEL)?;
        if running.channel(channel) != f64::from(token.0) {
            return Ok(None);
        }
        let table = self.answers(running)?;
        Ok(self.table_data(running, table)?.get(token.0 as usize).copied())
    }

    fn answers(&mut self, running: &mut Running) -> Result<u32, EngineError> {
        if let Some(table) = self.sync.table {
            return Ok(table);
        }
        let made = format!("gi__responses ftgen 0, 0, -{TOKENS}, -2, 0\nreturn gi__responses\n");
        let table = self.eval(running, &made)? as u32;
        self.sync.table = Some(table);
        Ok(table)
    }
}
