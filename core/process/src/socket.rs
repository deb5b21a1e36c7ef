//! The control socket: everything that is not audio, as messages in a serialised form.
//!
//! A message is a value that serde knows, in postcard's form, cut into packets: the first begins with its length. The
//! length is checked before anything is allocated, and memory grows with what has arrived. What does not decode is an
//! error, after which the other side is not to be trusted.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, sockopt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::exchange::Limits;

/// The version of what both sides say, and how. It changes whenever any message changes.
pub const PROTOCOL: u32 = 2;
/// Bytes of the longest message.
pub const MESSAGE_BYTES_MAX: usize = 256 << 20;
/// Bytes of a packet. Well under what a socket holds by default, so that several are under way.
const PACKET_BYTES: usize = 32 << 10;
/// How long a send waits for a reader before the other side counts as stuck.
const SEND_PATIENCE: Duration = Duration::from_secs(5);

/// Why a message could not be sent or received.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The other side has closed its end, or is gone.
    #[error("the other process has closed the connection")]
    Closed,
    /// Nothing came, or nobody read, in time.
    #[error("the other process did not answer in time")]
    TimedOut,
    /// It is longer than [`MESSAGE_BYTES_MAX`].
    #[error("a message of {0} bytes is longer than the {MESSAGE_BYTES_MAX} that are allowed")]
    TooLong(usize),
    /// It does not decode.
    #[error("a message of the other process was not understood: {0}")]
    Garbled(String),
    /// The two sides are not of the same build.
    #[error("{ours} does not fit {theirs}: install the plugin again, as a whole")]
    OtherBuild {
        /// This side's protocol and build.
        ours: String,
        /// The other side's.
        theirs: String,
    },
    /// What the system said.
    #[error("the connection to the other process failed: {0}")]
    System(#[from] io::Error),
}

impl From<rustix::io::Errno> for SocketError {
    fn from(error: rustix::io::Errno) -> Self {
        match error {
            rustix::io::Errno::PIPE | rustix::io::Errno::CONNRESET => Self::Closed,
            rustix::io::Errno::AGAIN => Self::TimedOut,
            other => Self::System(other.into()),
        }
    }
}

/// One end of the control socket. Threads take turns, by message. `[control]`
#[derive(Debug)]
pub struct Socket {
    file: OwnedFd,
    sending: Mutex<()>,
    receiving: Mutex<()>,
}

impl Socket {
    /// Both ends; neither is handed to programs that are started. `[control]`
    ///
    /// # Errors
    /// Where the system has no more files.
    pub fn pair() -> io::Result<(Self, Self)> {
        let flags = SocketFlags::CLOEXEC;
        let (a, b) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        Ok((Self::new(a)?, Self::new(b)?))
    }

    /// An end that was handed to this process. `[control]`
    ///
    /// # Errors
    /// Where it is no socket.
    pub fn new(file: OwnedFd) -> io::Result<Self> {
        sockopt::set_socket_timeout(&file, sockopt::Timeout::Send, Some(SEND_PATIENCE))?;
        Ok(Self { file, sending: Mutex::new(()), receiving: Mutex::new(()) })
    }

    /// Sends a message. It waits for a reader who is behind, with a limit. `[control]`
    ///
    /// # Errors
    /// [`SocketError`].
    pub fn send(&self, message: &impl Serialize) -> Result<(), SocketError> {
        let body = postcard::to_stdvec(message).map_err(|error| SocketError::Garbled(error.to_string()))?;
        if body.len() > MESSAGE_BYTES_MAX {
            return Err(SocketError::TooLong(body.len()));
        }
        let mut first = Vec::with_capacity(PACKET_BYTES);
        first.extend((body.len() as u32).to_le_bytes());
        let (head, rest) = body.split_at(body.len().min(PACKET_BYTES - first.len()));
        first.extend(head);
        let _turn = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        for packet in [first.as_slice()].into_iter().chain(rest.chunks(PACKET_BYTES)) {
            rustix::net::send(&self.file, packet, SendFlags::NOSIGNAL)?;
        }
        Ok(())
    }

    /// Waits for a message. `[control]`
    ///
    /// # Errors
    /// [`SocketError`]; after [`SocketError::TimedOut`] it may be tried again where no packet had come.
    pub fn receive<T: DeserializeOwned>(&self, at_most: Option<Duration>) -> Result<T, SocketError> {
        let until = at_most.map(|at_most| Instant::now() + at_most);
        let _turn = self.receiving.lock().unwrap_or_else(PoisonError::into_inner);
        let mut packet = Box::new([MaybeUninit::uninit(); PACKET_BYTES]);
        let first = self.packet(&mut packet[..], until)?;
        let Some((length, head)) = first.split_first_chunk::<4>() else {
            return Err(SocketError::Garbled("a packet is too short".to_owned()));
        };
        let length = u32::from_le_bytes(*length) as usize;
        if length > MESSAGE_BYTES_MAX {
            return Err(SocketError::TooLong(length));
        }
        let mut body = head.to_vec();
        while body.len() < length {
            body.extend_from_slice(self.packet(&mut packet[..], until)?);
        }
        if body.len() > length {
            return Err(SocketError::Garbled("a message is longer than it says".to_owned()));
        }
        postcard::from_bytes(&body).map_err(|error| SocketError::Garbled(error.to_string()))
    }

    fn packet<'a>(
        &self,
        room: &'a mut [MaybeUninit<u8>],
        until: Option<Instant>,
    ) -> Result<&'a [u8], SocketError> {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if !wait_for(&mut [PollFd::new(&self.file, PollFlags::IN)], left)? {
            return Err(SocketError::TimedOut);
        }
        let ((bytes, _), _) = rustix::net::recv(&self.file, room, RecvFlags::empty())?;
        if bytes.is_empty() { Err(SocketError::Closed) } else { Ok(bytes) }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Waits until one of the files is ready or hung up; `false` where the time is over. Signals do not end it. `[control]`
///
/// # Errors
/// Where the system has no memory.
pub(crate) fn wait_for(files: &mut [PollFd<'_>], at_most: Option<Duration>) -> io::Result<bool> {
    let until = at_most.map(|at_most| Instant::now() + at_most);
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now())).map(|left| Timespec {
            tv_sec: left.as_secs().cast_signed(),
            tv_nsec: left.subsec_nanos().into(),
        });
        match rustix::event::poll(files, left.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The first message of each side. Its form never changes, so that sides of different builds understand this much.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Greeting {
    protocol: u32,
    build: String,
    /// What one block can have; the host's side says it.
    limits: Option<Limits>,
}

impl Greeting {
    fn check(self, build: &str) -> Result<Option<Limits>, SocketError> {
        if self.protocol == PROTOCOL && self.build == build {
            return Ok(self.limits);
        }
        let name = |protocol: u32, build: &str| format!("build {build} (protocol {protocol})");
        Err(SocketError::OtherBuild { ours: name(PROTOCOL, build), theirs: name(self.protocol, &self.build) })
    }
}

/// The host's side of the handshake. `[control]`
///
/// # Errors
/// [`SocketError::OtherBuild`], and what else can happen to a message.
pub fn greet_engine(
    socket: &Socket,
    build: &str,
    limits: Limits,
    at_most: Duration,
) -> Result<(), SocketError> {
    socket.send(&Greeting { protocol: PROTOCOL, build: build.to_owned(), limits: Some(limits) })?;
    socket.receive::<Greeting>(Some(at_most))?.check(build)?;
    Ok(())
}

/// The engine's side of the handshake: what one block can have. `[control]`
///
/// # Errors
/// [`SocketError::OtherBuild`], and what else can happen to a message.
pub fn greet_host(socket: &Socket, build: &str) -> Result<Limits, SocketError> {
    let greeting = socket.receive::<Greeting>(None)?;
    socket.send(&Greeting { protocol: PROTOCOL, build: build.to_owned(), limits: None })?;
    greeting.check(build)?.ok_or_else(|| SocketError::Garbled("the limits are missing".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_any_length_come_as_they_were_sent() {
        let (a, b) = Socket::pair().unwrap();
        std::thread::scope(|scope| {
            let lengths = [0usize, 1, PACKET_BYTES - 8, PACKET_BYTES, 1 << 20];
            scope.spawn(move || {
                for length in lengths {
                    a.send(&(length as u64, vec![7u8; length])).unwrap();
                }
            });
            for length in lengths {
                let got: (u64, Vec<u8>) = b.receive(Some(Duration::from_secs(20))).unwrap();
                assert_eq!((got.0 as usize, got.1.len()), (length, length));
            }
        });
        assert!(matches!(b.receive::<u8>(None), Err(SocketError::Closed)));
    }

    #[test]
    fn a_length_is_checked_before_there_is_memory_for_it() {
        let (a, b) = Socket::pair().unwrap();
        rustix::net::send(&a, &u32::MAX.to_le_bytes(), SendFlags::empty()).unwrap();
        assert!(matches!(b.receive::<Vec<u8>>(None), Err(SocketError::TooLong(_))));
    }

    #[test]
    fn what_does_not_decode_is_an_error() {
        let (a, b) = Socket::pair().unwrap();
        for packet in
            [&[][..], &[1, 0, 0], &[1, 0, 0, 0, 9, 9], &[3, 0, 0, 0, 255, 255, 255], &[1, 0, 0, 0, 2]]
        {
            rustix::net::send(&a, packet, SendFlags::empty()).unwrap();
            let got = b.receive::<Vec<bool>>(Some(Duration::from_millis(50)));
            assert!(got.is_err(), "{packet:?} gave {got:?}");
        }
    }

    #[test]
    fn sides_of_different_builds_say_so() {
        let ours = Limits { inputs: 1, outputs: 2, frames: 3, messages_in: 4, messages_out: 5, places: 1 };
        for (engine, fits) in [("1.0", true), ("1.1", false)] {
            let (a, b) = Socket::pair().unwrap();
            std::thread::scope(|scope| {
                let theirs = scope.spawn(move || greet_host(&b, engine));
                let greeted = greet_engine(&a, "1.0", ours, Duration::from_secs(20));
                assert_eq!(greeted.is_ok(), fits, "{greeted:?}");
                assert_eq!(theirs.join().unwrap().ok(), fits.then_some(ours));
            });
        }
    }
}
