//! What has to wait for its time but may allocate: tables and texts. Done between cycles, beside the agenda.

use crate::csound::{BusToken, Running};

use super::later::Call;
use super::{ChannelValue, channels};
use super::{EngineError, Verbs};

/// A thing to do later.
#[derive(Debug)]
pub(super) enum Job {
    /// Makes a table of these values.
    MakeTable { number: u32, data: Vec<f64>, rate: u32, channels: usize },
    /// Reads a sound file into a table: the code that does it.
    ReadSound(String),
    /// Frees a table.
    FreeTable(u32),
    /// Writes a place in a table.
    WriteTable(u32, usize, f64),
    /// Says what sound is in a table.
    DescribeTable(u32, u32, usize),
    /// Writes a text or audio channel.
    SetChannel(String, ChannelValue),
    /// Gives a bus back.
    ReleaseBus(BusToken),
    /// Calls out of the engine.
    Call(Call),
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
    pub fn clear(&mut self) {
        self.pending.clear();
    }
}

impl Verbs {
    pub(super) fn add_job(&mut self, seconds: f64, job: Job) {
        let cycle = self.clock.nearest_cycle(seconds).max(self.agenda.cycle());
        self.jobs.pending.push(Pending { cycle, serial: self.agenda.next_serial(), job });
    }

    /// Does what is due before the coming cycle, or with `after` what an event of this cycle came before. [control]
    pub(super) fn run_jobs(&mut self, running: &mut Running, after: bool) {
        let cycle = self.agenda.cycle();
        let mut at = 0;
        while at < self.jobs.pending.len() {
            let pending = &self.jobs.pending[at];
            let is_due = pending.cycle <= cycle;
            if is_due && (after || !self.agenda.starts_before(pending.cycle, pending.serial)) {
                let job = self.jobs.pending.remove(at).job;
                if let Err(error) = self.run_job(running, job) {
                    self.jobs.errors.push(error);
                }
            } else {
                at += 1;
            }
        }
    }

    fn run_job(&mut self, running: &mut Running, job: Job) -> Result<(), EngineError> {
        match job {
            Job::MakeTable { number, data, rate, channels } => {
                self.create_table(running, number, data.len())?;
                self.fill_table(running, number, &data)?;
                self.describe(running, number, rate, channels)
            }
            Job::ReadSound(code) => self.orchestra.eval(running, &code).map(drop),
            Job::FreeTable(number) => self.free_now(running, number),
            Job::WriteTable(number, index, value) => self.write_table(running, number, index, value, 0.0),
            Job::DescribeTable(number, rate, channels) => self.describe(running, number, rate, channels),
            Job::SetChannel(name, value) => channels::write_other(running, &name, &value),
            Job::ReleaseBus(bus) => Ok(running.release_bus(bus)?),
            Job::Call(call) => (call.0)(self, running),
        }
    }

    /// Forgets everything that is still to come; lines that move go on. [control]
    pub(crate) fn forget_what_waits(&mut self) {
        self.jobs.clear();
        self.agenda.forget_waiting();
    }

    /// What went wrong with things that were to be done later, since the last call. [control]
    pub fn take_late_errors(&mut self) -> Vec<EngineError> {
        std::mem::take(&mut self.jobs.errors)
    }
}
