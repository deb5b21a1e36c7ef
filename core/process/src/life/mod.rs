//! The life of an engine's process, seen from the host's side: found, started, watched, ended.
//!
//! The host is somebody else's program: it may wait for all children, ignore their end, or copy itself. So whether a
//! process lives is told by its pidfd alone, which names no other process ever, and a status that the host has taken is
//! simply not known. One thread watches all processes; it exists while there is one.

mod last_words;
mod spawn;
mod watcher;

pub use last_words::LastWords;

use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::exchange::{ANSWER, Control, DEAD, DeathNote, HostEnd, Limits};
use crate::memory::SharedMemory;
use crate::socket::{Socket, SocketError, greet_engine};
use crate::wake::Futex;

use watcher::Watcher;

/// How long a process that was just started may take until it answers.
const START_PATIENCE: Duration = Duration::from_secs(10);
/// How often somebody who waits for an engine looks whether it is dead.
const LOOK: Duration = Duration::from_millis(20);

/// Why there is no process.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The system did not start it.
    #[error("{path} could not be started: {error}")]
    NotStarted {
        /// The executable.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// It started and did not answer as it should.
    #[error("the engine's process was started and did not answer: {0}")]
    NoAnswer(#[from] SocketError),
    /// There was no memory or no file to share with it.
    #[error("nothing could be shared with an engine's process: {0}")]
    NothingToShare(#[from] std::io::Error),
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By this signal, of its own or of somebody's.
    Signal(i32),
    /// It left with this status.
    Status(i32),
    /// It is gone, and somebody else in the host has been told why.
    Unknown,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Signal(signal) => match Signal::from_named_raw(*signal) {
                Some(Signal::SEGV) => write!(f, "it touched memory that is not its own (segmentation fault)"),
                Some(Signal::BUS) => write!(f, "it touched memory that is not there (bus error)"),
                Some(Signal::ABORT) => write!(f, "it aborted"),
                Some(Signal::ILL) => write!(f, "it ran into an illegal instruction"),
                Some(Signal::FPE) => write!(f, "it divided by zero (arithmetic error)"),
                Some(Signal::KILL) => write!(f, "it was stopped"),
                Some(Signal::SYS) => write!(f, "it did what no document may do (forbidden system call)"),
                Some(Signal::XCPU) => write!(f, "it used up the processor time it may have"),
                _ => write!(f, "it was ended by signal {signal}"),
            },
            Self::Status(status) => write!(f, "it ended by itself with status {status}"),
            Self::Unknown => write!(f, "it is gone"),
        }
    }
}

/// What becomes known when a process ends.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    how: Mutex<Option<End>>,
    changed: Condvar,
}

impl Ended {
    fn get(&self) -> Option<End> {
        *self.how.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, at_most: Duration) -> Option<End> {
        let how = self.how.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(how, at_most, |how| how.is_none());
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn set(&self, end: End) {
        *self.how.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
        self.changed.notify_all();
    }
}

/// What an engine's process is started with.
#[derive(Debug)]
pub struct Launch<'a> {
    /// The executable.
    pub executable: &'a Path,
    /// Its working folder.
    pub folder: &'a Path,
    /// All of its environment. The host's own is not handed on: it may name libraries of the host.
    pub environment: &'a [(&'a str, &'a str)],
    /// What one block can have.
    pub limits: Limits,
    /// What both sides were built from.
    pub build: &'a str,
}

/// An engine's process. Dropping it ends the process. `[control]`
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    handle: Arc<OwnedFd>,
    socket: Socket,
    memory: Arc<SharedMemory>,
    limits: Limits,
    ended: Arc<Ended>,
    /// The process that started it: a copy of the host made by `fork` has nothing to do with it.
    host: Pid,
    _watcher: Arc<Watcher>,
}

impl Process {
    /// Starts a process and waits for its greeting. Takes a millisecond and what the engine needs. `[control]`
    ///
    /// # Errors
    /// [`LaunchError`].
    pub fn launch(launch: &Launch<'_>) -> Result<Self, LaunchError> {
        let process = Self::start(launch)?;
        greet_engine(&process.socket, launch.build, launch.limits, START_PATIENCE)?;
        Ok(process)
    }

    fn start(launch: &Launch<'_>) -> Result<Self, LaunchError> {
        let (socket, theirs) = Socket::pair()?;
        let memory = Arc::new(SharedMemory::create(launch.limits.words())?);
        let host = rustix::process::getpid();
        let host_handle = rustix::process::pidfd_open(host, rustix::process::PidfdFlags::empty())
            .map_err(std::io::Error::from)?;
        let watcher = Watcher::get()?;
        let spawned = spawn::spawn(launch, &theirs, &memory, &host_handle).map_err(|error| {
            LaunchError::NotStarted { path: launch.executable.display().to_string(), error }
        })?;
        let (pid, handle, ended) = (spawned.pid, Arc::new(spawned.handle), Arc::default());
        watcher.watch(Arc::clone(&handle), Arc::clone(&memory), Arc::clone(&ended));
        Ok(Self { pid, handle, socket, memory, limits: launch.limits, ended, host, _watcher: watcher })
    }

    /// The host's end of the exchange. There is one. `[control]`
    pub fn host_end(&self) -> HostEnd {
        HostEnd::new(Arc::clone(&self.memory), self.limits, Futex)
    }

    /// Its control socket. `[control]`
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Waits until the engine says that the message with this number, from 1, is ready for its audio thread; `false` where
    /// it is not in time, or dead. `[control]`
    pub fn wait_until_ready(&self, number: u32, at_most: Duration) -> bool {
        let (control, until) = (Control(&self.memory), Instant::now() + at_most);
        while self.end().is_none() {
            if control.wait_until_ready(number, LOOK, &Futex) {
                return true;
            }
            if Instant::now() > until {
                return false;
            }
        }
        false
    }

    /// Its number, for messages. `[any]`
    pub fn id(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// What it has said of its end, and what it has printed last. It may be asked while the process lives. `[control]`
    pub fn last_words(&self) -> LastWords {
        LastWords::of(&self.memory, &self.limits)
    }

    /// The number of the block that it answered last, where it has another one to answer; `None` where it has none. `[any]`
    pub fn unanswered(&self) -> Option<u32> {
        Control(&self.memory).unanswered()
    }

    /// How it ended; `None` while it lives. `[any]`
    pub fn end(&self) -> Option<End> {
        self.ended.get()
    }

    /// Whether it has said that it is dead: the system may need a while to take it apart. `[any]`
    pub fn is_dying(&self) -> bool {
        Control(&self.memory).word(ANSWER).load(Ordering::Acquire) & DEAD != 0
    }

    /// Waits until it has ended. `[control]`
    pub fn wait_for_end(&self, at_most: Duration) -> Option<End> {
        self.ended.wait(at_most)
    }

    /// Ends it at once. `[control]`
    pub fn kill(&self) {
        if self.is_ours() {
            // The only failure is that it is gone.
            let _ = rustix::process::pidfd_send_signal(&*self.handle, Signal::KILL);
        }
    }

    fn is_ours(&self) -> bool {
        rustix::process::getpid() == self.host
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a process ended, with what it has said of itself: a signal that it has noted is the reason even where the system's
/// status has been given to somebody else.
fn with_note(end: End, note: Option<DeathNote>) -> End {
    match (end, note) {
        (End::Unknown, Some(DeathNote { signal })) => End::Signal(signal),
        (end, _) => end,
    }
}

/// Says that an engine is dead, and wakes who waits for it; what it has said of itself. `[any]`
fn declare_dead(memory: &SharedMemory) -> Option<DeathNote> {
    let control = Control(memory);
    control.declare_dead(&Futex);
    control.death_note()
}
