//! What has to wait for its time but takes memory: tables, texts, calls. Done between cycles, beside the agenda.

use std::fmt;

use ksmps_data::verbs::EngineError;

use super::super::command::Making;
use super::Direct;

/// What is called at a time.
pub(super) type Work = Box<dyn FnOnce(&mut Direct) -> Result<(), EngineError> + Send>;

/// A thing to do later.
pub(super) enum Job {
    /// A command.
    Make(Making),
    /// A call out of the engine.
    Call(Work),
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Make(making) => making.fmt(f),
            Self::Call(_) => f.write_str("Call"),
        }
    }
}

#[derive(Debug)]
struct Pending {
    cycle: u64,
    serial: u64,
    job: Job,
}

/// What is to be done later, and what went wrong with it.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    pending: Vec<Pending>,
    errors: Vec<EngineError>,
}

impl Deferred {
    /// Takes back everything. `[control]`
    pub fn clear(&mut self) {
        self.pending.clear();
    }

    /// What went wrong since the last call. `[control]`
    pub fn take_errors(&mut self) -> Vec<EngineError> {
        std::mem::take(&mut self.errors)
    }
}

impl Direct {
    pub(super) fn defer(&mut self, seconds: f64, job: Job) {
        let agenda = self.executor.agenda();
        let cycle = agenda.clock().nearest_cycle(seconds).max(agenda.cycle());
        let serial = agenda.next_serial();
        self.deferred.pending.push(Pending { cycle, serial, job });
    }

    /// Does what is due before the coming cycle, or with `after` what an event of this cycle came before. `[control]`
    pub(super) fn run_deferred(&mut self, after: bool) {
        let cycle = self.executor.agenda().cycle();
        let mut at = 0;
        while at < self.deferred.pending.len() {
            let pending = &self.deferred.pending[at];
            let waits = || !after && self.executor.agenda().starts_before(pending.cycle, pending.serial);
            if pending.cycle > cycle || waits() {
                at += 1;
                continue;
            }
            let done = match self.deferred.pending.remove(at).job {
                Job::Make(making) => self.make(making).map(drop),
                Job::Call(work) => work(self),
            };
            self.deferred.errors.extend(done.err());
        }
    }
}
