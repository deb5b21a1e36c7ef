//! What the control side keeps of an engine's process while its performer is on the audio side.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ksmps_process::life::Process;
use ksmps_process::scheduling::{Awake, Policy};

use super::super::project::Project;
use super::scratch::Scratch;

use ksmps_engine::command::Command;

use super::super::courier::Courier;
use super::messages::ToEngine;

/// How long an engine may take to take a command. It decodes it, and does not carry it out.
const COMMAND_PATIENCE: Duration = Duration::from_secs(1);
/// No policy is known yet.
const UNKNOWN_POLICY: u32 = u32::MAX;

/// An engine's process, shared by its performer and by those who watch over it.
#[derive(Debug)]
pub(super) struct Handle {
    /// The process.
    pub process: Process,
    /// The number of its audio thread.
    pub thread: i32,
    /// What it plays.
    pub project: Project,
    /// Blocks that were not there in time.
    late_blocks: AtomicU64,
    /// How many of them somebody has asked about.
    told_late_blocks: AtomicU64,
    /// For how long it has had no block ready in time, in milliseconds.
    late_ms: AtomicU32,
    /// Nobody waits for its blocks but as long as they need.
    is_offline: AtomicBool,
    /// The block that it answered last, while it has another one to answer, and since when that is known.
    unanswered: Mutex<Option<(u32, Instant)>>,
    /// The policy of the host's audio thread.
    host_policy: AtomicU32,
    /// Whether the engine's audio thread has a real-time policy.
    is_real_time: AtomicBool,
    /// Processors stay awake for a real-time engine, where the system lets us.
    awake: OnceLock<Awake>,
    /// Commands that were sent over the socket.
    sent: AtomicU32,
    /// The performer is gone: the end of the process is as it should be.
    is_done: AtomicBool,
    /// The only folder that it writes.
    _scratch: Scratch,
}

impl Handle {
    /// Of a process whose engine is built. `[control]`
    pub fn new(process: Process, thread: i32, project: Project, scratch: Scratch) -> Self {
        Self {
            process,
            thread,
            project,
            late_blocks: AtomicU64::new(0),
            told_late_blocks: AtomicU64::new(0),
            late_ms: AtomicU32::new(0),
            is_offline: AtomicBool::new(false),
            unanswered: Mutex::new(None),
            host_policy: AtomicU32::new(UNKNOWN_POLICY),
            is_real_time: AtomicBool::new(false),
            awake: OnceLock::new(),
            sent: AtomicU32::new(0),
            is_done: AtomicBool::new(false),
            _scratch: scratch,
        }
    }

    /// A block was not there in time; for how long none has been. `[audio]`
    pub fn is_late(&self, for_ms: u32) {
        self.late_blocks.fetch_add(1, Ordering::Relaxed);
        self.late_ms.fetch_max(for_ms, Ordering::Relaxed);
    }

    /// A block was there in time. `[audio]`
    pub fn is_in_time(&self) {
        self.late_ms.store(0, Ordering::Relaxed);
    }

    /// Whether blocks are waited for as long as they need. `[audio]`
    pub fn set_offline(&self, is_offline: bool) {
        self.is_offline.store(is_offline, Ordering::Relaxed);
    }

    /// Whether blocks are waited for as long as they need. `[any]`
    pub fn is_offline(&self) -> bool {
        self.is_offline.load(Ordering::Relaxed)
    }

    /// For how long it has had a block to answer, and has answered none. It is asked often, by one thread. `[control]`
    pub fn unanswered_for(&self) -> Duration {
        let mut known = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.process.unanswered();
        if known.map(|(block, _)| block) != now {
            *known = now.map(|block| (block, Instant::now()));
        }
        known.map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }

    /// Whether blocks were late since this was asked last, and whether they are the first ones. `[control]`
    pub fn take_late(&self) -> Option<bool> {
        let late = self.late_blocks.load(Ordering::Relaxed);
        let told = self.told_late_blocks.swap(late, Ordering::Relaxed);
        (late > told).then_some(told == 0)
    }

    /// For how long it has had no block ready in time; 0 where the last one was. `[any]`
    pub fn late_for(&self) -> Duration {
        Duration::from_millis(self.late_ms.load(Ordering::Relaxed).into())
    }

    /// Says which policy the host's audio thread has. `[audio]`
    pub fn set_host_policy(&self, policy: Policy) {
        let number = match policy {
            Policy::Ordinary => 0,
            Policy::Fifo(priority) => 0x100 | u32::from(priority),
            Policy::RoundRobin(priority) => 0x200 | u32::from(priority),
        };
        self.host_policy.store(number, Ordering::Release);
    }

    /// The policy of the host's audio thread, the first time that it is known. `[control]`
    pub fn take_host_policy(&self) -> Option<Policy> {
        let number = self.host_policy.swap(UNKNOWN_POLICY, Ordering::Acquire);
        let priority = number as u8;
        match number >> 8 {
            0 => Some(Policy::Ordinary),
            1 => Some(Policy::Fifo(priority)),
            2 => Some(Policy::RoundRobin(priority)),
            _ => None,
        }
    }

    /// Whether the engine's audio thread has a real-time policy. `[any]`
    pub fn is_real_time(&self) -> bool {
        self.is_real_time.load(Ordering::Relaxed)
    }

    /// Says that the engine's audio thread has a real-time policy. `[control]`
    pub fn set_real_time(&self) {
        self.is_real_time.store(true, Ordering::Relaxed);
        if let Ok(awake) = Awake::hold() {
            // Said twice, the first stays.
            let _ = self.awake.set(awake);
        }
    }

    /// Whether the process is not wanted any more. `[any]`
    pub fn is_done(&self) -> bool {
        self.is_done.load(Ordering::Acquire)
    }

    /// The process is not wanted any more. `[control]`
    pub fn finish(&self) {
        self.is_done.store(true, Ordering::Release);
        self.process.kill();
    }
}

impl Courier for Handle {
    fn take(&self, command: &Command) -> Option<u32> {
        self.process.socket().send(&ToEngine::Command(command)).ok()?;
        let number = self.sent.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        self.process.wait_until_ready(number, COMMAND_PATIENCE).then_some(number)
    }
}
