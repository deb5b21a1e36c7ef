//! How long the host's audio thread waits for an answer, and how: asleep, or awake for a while before.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ksmps_process::exchange::Patience;
use ksmps_process::scheduling::{Policy, processor_count};

use super::handle::Handle;
use super::limits;

/// The part of a block's time in which the engine has to answer.
const DEADLINE: f64 = 0.8;
/// The shortest deadline: blocks that are cut up by events come faster than they sound.
const DEADLINE_MIN: Duration = Duration::from_millis(1);
/// The deadline in milliseconds, for machines and tests that need another one.
const DEADLINE_VARIABLE: &str = "KSMPS_DEADLINE_MS";
/// How long an offline render waits for one block beyond the limit at which the process is ended.
const BEYOND_LIMIT: Duration = Duration::from_secs(5);
/// How long an offline render waits without sleeping, where there is a processor for each of the two.
const OFFLINE_AWAKE: Duration = Duration::from_micros(300);
/// How long the audio thread waits without sleeping, where both are real time and have a processor each.
const LIVE_AWAKE_MAX: Duration = Duration::from_micros(400);
/// How long an engine that goes may take to write down what is held.
const HOLD_PATIENCE: Duration = Duration::from_millis(2);

/// Engines in processes of their own that play in this host. Spare ones do not.
static ENGINES: AtomicUsize = AtomicUsize::new(0);

/// The deadlines of one engine. `[audio]`
#[derive(Debug)]
pub(super) struct Deadlines {
    rate: f64,
    is_offline: bool,
    /// How long an offline render waits for a block. Whoever watches the process ends it before.
    offline: Duration,
    /// What the user has set.
    set: Option<Duration>,
    /// What kind of thread the host's audio thread is.
    policy: Option<Policy>,
    processors: usize,
}

impl Deadlines {
    /// For an engine of so many frames a second. `[control]`
    pub fn new(rate: f64) -> Self {
        let set = std::env::var(DEADLINE_VARIABLE).ok().and_then(|text| text.parse().ok());
        let set = set.map(Duration::from_millis);
        let offline = limits::offline_block() + BEYOND_LIMIT;
        Self { rate, is_offline: false, offline, set, policy: None, processors: processor_count() }
    }

    /// Whether the host renders offline. `[audio]`
    pub fn set_offline(&mut self, is_offline: bool) {
        self.is_offline = is_offline;
    }

    /// The first block says what kind of thread this is. A system call, once. `[audio]`
    pub fn learn_policy(&mut self, handle: &Handle) {
        if self.policy.is_none() {
            let policy = Policy::of_this_thread();
            self.policy = Some(policy);
            handle.set_host_policy(policy);
            ENGINES.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How long a block of so many frames is waited for. `[audio]`
    pub fn for_block(&self, frames: usize, handle: &Handle) -> Patience {
        // Who waits awake has a processor, and so has the engine for which it waits.
        let has_processors = ENGINES.load(Ordering::Relaxed) < self.processors;
        if self.is_offline {
            let awake = if has_processors { OFFLINE_AWAKE } else { Duration::ZERO };
            return Patience { at_most: Some(self.offline), awake };
        }
        let block = Duration::from_secs_f64(frames as f64 / self.rate * DEADLINE).max(DEADLINE_MIN);
        let block = self.set.unwrap_or(block);
        let both_real_time = self.policy.is_some_and(Policy::is_real_time) && handle.is_real_time();
        let awake = if both_real_time && has_processors { LIVE_AWAKE_MAX.min(block) } else { Duration::ZERO };
        Patience { at_most: Some(block), awake }
    }

    /// How long an engine that goes is waited for. `[audio]`
    pub fn for_held(&self) -> Patience {
        let live = self.set.unwrap_or(HOLD_PATIENCE);
        let at_most = if self.is_offline { self.offline } else { live };
        Patience { at_most: Some(at_most), awake: Duration::ZERO }
    }
}

impl Drop for Deadlines {
    fn drop(&mut self) {
        if self.policy.is_some() {
            ENGINES.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
