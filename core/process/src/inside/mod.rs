//! What a process does that was started to be an engine: it takes what the host has handed over, watches the host, and
//! leaves word when it dies.

#![expect(unsafe_code, reason = "files come as numbers, and signals are handled")]

mod last_words;
mod peek;
mod usage;
mod warm;

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use serde::de::DeserializeOwned;

use crate::exchange::{Control, EngineEnd, Limits};
use crate::memory::SharedMemory;
use crate::socket::{Socket, SocketError, greet_host, wait_for};
use crate::wake::Futex;

pub use last_words::{forget_printed, print, printed_bytes, signal_stack_for_this_thread};
pub use peek::Peek;
pub use usage::Usage;
pub use warm::{have_code, have_thread_memory};

/// The number of the control socket in a new process.
pub const SOCKET_FILE: RawFd = 3;
/// The number of the shared memory in a new process.
pub const MEMORY_FILE: RawFd = 4;
/// The number of the host's pidfd in a new process.
pub const HOST_FILE: RawFd = 5;

/// What the host has handed over.
#[derive(Debug)]
pub struct Inherited {
    socket: Socket,
    host: Arc<OwnedFd>,
    memory: Arc<SharedMemory>,
    limits: Limits,
}

impl Inherited {
    /// Takes it, and answers the host's greeting. Once, first of all. Nobody may look into this process from now on, and no
    /// core file is written. `[control]`
    ///
    /// # Errors
    /// Where the process was not started by a host of the same build.
    pub fn take(build: &str) -> Result<Self, SocketError> {
        close_others();
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        rustix::process::setrlimit(Resource::Core, none)?;
        rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
        let socket = Socket::new(handed_over(SOCKET_FILE)?)?;
        let limits = greet_host(&socket, build)?;
        let memory = Arc::new(SharedMemory::open(handed_over(MEMORY_FILE)?, limits.words())?);
        Ok(Self { socket, host: Arc::new(handed_over(HOST_FILE)?), memory, limits })
    }

    /// The control socket. `[control]`
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The engine's end of the exchange. There is one. `[control]`
    pub fn engine_end(&self) -> EngineEnd {
        EngineEnd::new(Arc::clone(&self.memory), self.limits, Futex)
    }

    /// Asks the audio thread to end. `[control]`
    pub fn quit(&self) {
        Control(&self.memory).ask_to_quit(&Futex);
    }

    /// Says that one more message of the host's is ready for the audio thread. `[control]`
    pub fn count_ready(&self) {
        Control(&self.memory).count_ready(&Futex);
    }

    /// The host's next message; `None` where the host is gone. `[control]`
    ///
    /// # Errors
    /// Where the message cannot be understood.
    pub fn next_message<T: DeserializeOwned>(&self) -> Result<Option<T>, SocketError> {
        self.next_message_within(None)
    }

    /// As [`Inherited::next_message`], for so long. `[control]`
    ///
    /// # Errors
    /// [`SocketError::TimedOut`], and where the message cannot be understood.
    pub fn next_message_within<T: DeserializeOwned>(
        &self,
        at_most: Option<Duration>,
    ) -> Result<Option<T>, SocketError> {
        let mut files = [PollFd::new(&self.socket, PollFlags::IN), PollFd::new(&*self.host, PollFlags::IN)];
        if !wait_for(&mut files, at_most)? {
            return Err(SocketError::TimedOut);
        }
        if !files[1].revents().is_empty() {
            return Ok(None);
        }
        match self.socket.receive(None) {
            Err(SocketError::Closed) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Ends this process as soon as the host is gone, whatever its other threads do. `[control]`
    ///
    /// # Errors
    /// Where there can be no thread.
    pub fn end_with_host(&self) -> io::Result<()> {
        let host = Arc::clone(&self.host);
        let watch = move || {
            while wait_for(&mut [PollFd::new(&*host, PollFlags::IN)], None).is_err() {
                std::thread::sleep(Duration::from_millis(10));
            }
            // SAFETY: it ends the process and runs nothing of it.
            unsafe { libc::_exit(0) }
        };
        std::thread::Builder::new().name("host".to_owned()).stack_size(64 << 10).spawn(watch)?;
        Ok(())
    }

    /// Leaves word in the shared memory when this process dies of a signal or leaves by `exit`: the audio thread of the host
    /// goes on before the system has taken the process apart. Then `describe` says in at most 256 bytes what was going on;
    /// it may use only what a signal handler may. `[control]`
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn leave_word_on_death(&self, describe: fn(&mut [u8]) -> usize) -> io::Result<()> {
        last_words::prepare(&self.memory, self.limits, describe)
    }
}

/// A file that the host has opened for this process.
fn handed_over(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: asking for a number's flags changes nothing.
    if unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return Err(io::Error::other("this program is started by the plugin, not by hand"));
    }
    // SAFETY: it is open, and nothing else in this new process has taken it: each is taken once, by `Inherited::take`.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Closes what a host has left open by mistake.
fn close_others() {
    // SAFETY: at the beginning of the process nothing has opened a file above these.
    unsafe { libc::syscall(libc::SYS_close_range, HOST_FILE + 1, u32::MAX, 0) };
}
