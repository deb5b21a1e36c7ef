//! The policy and priority by which the system runs a thread: the engine's audio thread gets what the host's has.

#![expect(unsafe_code, reason = "policies are asked for and set by system calls")]

mod awake;
mod rtkit;

use std::io;

pub use awake::Awake;

/// How a thread is scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Policy {
    /// It shares the processor with everybody.
    Ordinary,
    /// It runs before ordinary threads, until it waits. Priority 1..=99.
    Fifo(u8),
    /// The same, taking turns with those of its priority. Priority 1..=99.
    RoundRobin(u8),
}

impl Policy {
    /// That of the calling thread. A system call: once, in the first block. `[audio]`
    pub fn of_this_thread() -> Self {
        Self::of(0)
    }

    /// That of a thread of the same user; 0 is the calling one. `[any]`
    pub fn of(thread: i32) -> Self {
        let mut parameter = libc::sched_param { sched_priority: 0 };
        // SAFETY: the call fills in a number.
        let policy = unsafe {
            libc::sched_getparam(thread, &mut parameter);
            libc::sched_getscheduler(thread)
        };
        let priority = u8::try_from(parameter.sched_priority).unwrap_or(0);
        match policy & !libc::SCHED_RESET_ON_FORK {
            libc::SCHED_FIFO => Self::Fifo(priority),
            libc::SCHED_RR => Self::RoundRobin(priority),
            _ => Self::Ordinary,
        }
    }

    /// Whether it is a real-time policy. `[any]`
    pub fn is_real_time(self) -> bool {
        self != Self::Ordinary
    }

    /// Gives it to a thread of the same user; processes that the thread starts do not have it. 0 is the calling one.
    /// `[control]`
    ///
    /// # Errors
    /// Where the system does not grant it: the user's limit on real-time priority is too low.
    pub fn give_to(self, thread: i32) -> io::Result<()> {
        let (policy, priority) = match self {
            Self::Ordinary => (libc::SCHED_OTHER, 0),
            Self::Fifo(priority) => (libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, priority),
            Self::RoundRobin(priority) => (libc::SCHED_RR | libc::SCHED_RESET_ON_FORK, priority),
        };
        let parameter = libc::sched_param { sched_priority: priority.into() };
        // SAFETY: plain numbers.
        let failed = unsafe { libc::sched_setscheduler(thread, policy, &parameter) };
        if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ordinary => write!(f, "without real-time priority"),
            Self::Fifo(priority) | Self::RoundRobin(priority) => write!(f, "real-time priority {priority}"),
        }
    }
}

/// Why a thread does not have the policy that it was to have.
#[derive(Debug, thiserror::Error)]
#[error("{system}; rtkit: {rtkit}")]
pub struct Refused {
    /// What the system said.
    pub system: io::Error,
    /// What rtkit said, which grants it to users whom the system does not let.
    pub rtkit: String,
}

/// Gives a real-time policy to a thread of another process of the same user: by itself where the system lets this user, else
/// by rtkit, whose priorities are lower. It may take a second. `[control]`
///
/// # Errors
/// What both said.
pub fn grant(policy: Policy, process: i32, thread: i32) -> Result<(), Refused> {
    let Err(system) = policy.give_to(thread) else { return Ok(()) };
    let (Policy::Fifo(priority) | Policy::RoundRobin(priority)) = policy else {
        return Err(Refused { system, rtkit: "not asked".to_owned() });
    };
    rtkit::make_real_time(process, thread, priority).map_err(|rtkit| Refused { system, rtkit })
}

/// The number of the calling thread, for [`Policy::give_to`]. `[any]`
pub fn this_thread() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

/// How many processors this process may use. `[control]`
pub fn processor_count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
