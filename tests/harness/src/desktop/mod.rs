//! A screen without a monitor: an X server of the process's own, a host's windows on it, and synthetic mouse and keys.
//!
//! The server (Xvfb) is started by the first [`Desktop::open`] of a process and ends with it. OpenGL is drawn by the
//! processor. What people do is done by the server's own test extension, so plugins cannot tell it from a hand.

mod dropping;
mod input;
mod picture;
mod window;

pub use dropping::DropAnswer;
pub use picture::Picture;
pub use window::{HostKey, HostWindow};

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// How long anything is waited for that has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Names that every window manager makes known to its server. JUCE's windows use them without asking whether they are
/// there, and the server ends their process where they are not.
const NAMES_OF_WINDOW_MANAGERS: [&[u8]; 3] = [b"WM_PROTOCOLS", b"_NET_WM_WINDOW_TYPE", b"_NET_WM_STATE"];

/// Why there is no desktop, or something on it did not happen.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    /// The server's program.
    #[error("Xvfb does not start ({0}): run `cargo xtask setup`")]
    Server(String),
    /// The server went, or refused.
    #[error("the X server refused: {0}")]
    Refused(String),
    /// Something that had to come did not.
    #[error("waited in vain for {0}")]
    Missed(String),
}

macro_rules! refused {
    ($($error:ty),*) => {
        $(impl From<$error> for DesktopError {
            fn from(error: $error) -> Self {
                Self::Refused(error.to_string())
            }
        })*
    };
}
refused!(ConnectError, ConnectionError, ReplyError, ReplyOrIdError);

/// A client of the server that does what a host and a person do. There is one keyboard and one pointer: so there is one
/// desktop at a time, and the next waits for it.
pub struct Desktop {
    client: Client,
    _turn: MutexGuard<'static, ()>,
}

/// A connection to the server.
struct Client {
    connection: RustConnection,
    root: Window,
}

impl Desktop {
    /// A client of the process's own server, which is started where there is none yet. From then on every window of the
    /// process opens there. `[control]`
    ///
    /// # Errors
    /// Where the server does not start.
    pub fn open() -> Result<Self, DesktopError> {
        static SERVER: OnceLock<Result<Kept, String>> = OnceLock::new();
        let kept = SERVER.get_or_init(|| start().map_err(|error| error.to_string()));
        let kept = kept.as_ref().map_err(|error| DesktopError::Server(error.clone()))?;
        static TURN: Mutex<()> = Mutex::new(());
        // A test that failed has left nothing behind that the next would find.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { client: Client::connect(&kept.display)?, _turn: turn })
    }

    /// Says how many dots an inch has, as desktop settings do: 96 is scale 1. Windows that open later know. `[control]`
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn set_dpi(&self, dpi: Option<u32>) -> Result<(), DesktopError> {
        let text = dpi.map_or_else(String::new, |dpi| format!("Xft.dpi:\t{dpi}\n"));
        let (resources, string) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
        self.client
            .connection
            .change_property8(PropMode::REPLACE, self.client.root, resources, string, text.as_bytes())?
            .check()?;
        Ok(())
    }

    /// Waits until `is_there`, calling `idle` in between. `[control]`
    ///
    /// # Errors
    /// Where it does not come; `what` says what was waited for.
    pub fn wait_for(
        &self,
        what: &str,
        mut idle: impl FnMut(),
        mut is_there: impl FnMut() -> Result<bool, DesktopError>,
    ) -> Result<(), DesktopError> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            idle();
            if is_there()? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(DesktopError::Missed(what.to_owned()))
    }

    /// Waits until the server has done all that it was told. `[control]`
    ///
    /// # Errors
    /// Where the server is gone.
    pub fn sync(&self) -> Result<(), DesktopError> {
        self.client.connection.get_input_focus()?.reply()?;
        Ok(())
    }
}

impl Client {
    fn connect(display: &str) -> Result<Self, DesktopError> {
        let (connection, screen) = RustConnection::connect(Some(display))?;
        let root = connection.setup().roots[screen].root;
        Ok(Self { connection, root })
    }
}

/// The server, as the process keeps it.
struct Kept {
    display: String,
    /// The server ends with its last client, and this one stays as long as the process.
    _client: Mutex<Client>,
}

fn start() -> Result<Kept, DesktopError> {
    let no = |error: &dyn std::fmt::Display| DesktopError::Server(error.to_string());
    // The server chooses a number that nobody has and says which. Without -noreset it would forget its settings with
    // every client that is the last one for a moment.
    let mut server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "2400x1600x24",
            "-noreset",
            "-terminate",
            "-nolisten",
            "tcp",
        ])
        .args(["+extension", "GLX", "-dpi", "96"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| no(&error))?;
    let mut number = String::new();
    let output = server.stdout.take().ok_or_else(|| no(&"without output"))?;
    BufReader::new(output).read_line(&mut number).map_err(|error| no(&error))?;
    let number: u32 = number.trim().parse().map_err(|error| no(&error))?;
    let display = format!(":{number}");
    let client = Client::connect(&display)?;
    for name in NAMES_OF_WINDOW_MANAGERS {
        client.connection.intern_atom(false, name)?.reply()?;
    }
    use_from_now_on(&display);
    Ok(Kept { display, _client: Mutex::new(client) })
}

#[expect(unsafe_code, reason = "the window system's libraries are told by the environment")]
fn use_from_now_on(display: &str) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: Rust's own reads of the environment wait for this; C reads it where a window or an engine is made, which
    // the callers do after they have a desktop.
    unsafe {
        std::env::set_var("DISPLAY", display);
        std::env::set_var("LIBGL_ALWAYS_SOFTWARE", "1");
    }
}
