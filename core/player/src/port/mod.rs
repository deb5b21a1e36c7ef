//! A control port: another program on this machine starts and stops instruments, writes channels and asks, in the
//! words of Csound's own UDP server (`csound --port=`).
//!
//! It is there only where somebody opens it: no document, no project and no state does. The socket listens on
//! 127.0.0.1 alone and belongs to a thread of its own, which sends what it understands through
//! [`Control`]'s verbs. What is refused is answered with `error: …` to the sender, and noted in
//! [`crate::Status::problems`].
//!
//! The path of a packet: `serve` receives it, `long` puts texts of several packets together, `packet` and
//! `score` read it, `act` carries it out, and `questions` sends what the audio thread answered.

mod act;
mod long;
mod packet;
mod questions;
mod score;
mod serve;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

pub use long::TEXT_BYTES_MAX;

use crate::Control;

/// How many numbers [`ControlPort::open_from`] tries.
pub const PORTS_TRIED: u16 = 16;

/// Why there is no control port.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Somebody else has it.
    #[error("the control port {0} is in use: choose another number, or close the program that has it")]
    InUse(u16),
    /// All of a range are taken.
    #[error(
        "the control ports {first} to {last} are all in use: choose another number, or close what has them"
    )]
    AllInUse {
        /// The first that was tried.
        first: u16,
        /// The last.
        last: u16,
    },
    /// The system does not give it.
    #[error("the control port {port} cannot be opened: {reason}")]
    Refused {
        /// The number.
        port: u16,
        /// What the system says.
        reason: io::Error,
    },
}

/// An open control port of one instance. Dropping it closes the socket and ends its thread; it keeps the instance's
/// control side alive until then.
pub struct ControlPort {
    number: u16,
    open: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ControlPort {
    /// Opens a port on 127.0.0.1; 0 is any free one. Commands reach the engine that plays when they come. `[control]`
    ///
    /// # Errors
    /// [`PortError::InUse`], [`PortError::Refused`].
    pub fn open(control: Arc<Control>, port: u16) -> Result<Self, PortError> {
        let refused = |reason: io::Error| match reason.kind() {
            io::ErrorKind::AddrInUse => PortError::InUse(port),
            _ => PortError::Refused { port, reason },
        };
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
        let number = socket.local_addr().map_err(refused)?.port();
        let open = Arc::new(AtomicBool::new(true));
        let server = serve::Server::new(socket, control, Arc::clone(&open)).map_err(refused)?;
        let thread = std::thread::Builder::new().name("ksmps control port".into());
        let thread = Some(thread.spawn(move || server.run()).map_err(refused)?);
        Ok(Self { number, open, thread })
    }

    /// Opens the first free port from `first` on, up to [`PORTS_TRIED`] of them. `[control]`
    ///
    /// # Errors
    /// [`PortError::AllInUse`], [`PortError::Refused`].
    pub fn open_from(control: &Arc<Control>, first: u16) -> Result<Self, PortError> {
        let last = first.saturating_add(PORTS_TRIED - 1);
        let tried = (first..=last).map(|port| Self::open(Arc::clone(control), port));
        let mut opened = tried.filter(|opened| !matches!(opened, Err(PortError::InUse(_))));
        opened.next().unwrap_or(Err(PortError::AllInUse { first, last }))
    }

    /// Its number. `[any]`
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Whether it still listens: `!!close!!` from outside closes it. `[any]`
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }
}

impl Drop for ControlPort {
    fn drop(&mut self) {
        self.open.store(false, Ordering::Release);
        // An empty packet wakes the thread; where it does not arrive the thread looks up by itself.
        if let Ok(wake) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)) {
            let _ = wake.send_to(&[], (Ipv4Addr::LOCALHOST, self.number));
        }
        if let Some(thread) = self.thread.take() {
            // A panic of it was caught and told where it happened.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for ControlPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlPort").field("number", &self.number).field("open", &self.is_open()).finish()
    }
}
