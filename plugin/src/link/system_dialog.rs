//! The system's dialog for files, beside the browser in the window: through the desktop's portal, which shows it in a process of
//! its own. Where there is none, a message says so, and the browser in the window does the same.
//!
//! A dialog stands as long as the user likes, so it has a job's thread. Before one is asked for, the portal is asked whether
//! it is there: it may hang, and the library would take a missing one for a dialog that was cancelled.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dbus::arg::Variant;
use dbus::blocking::Connection;
use dbus::channel::Channel;

/// How long the portal has to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);
/// What is opened without asking for all files.
const DOCUMENTS: [&str; 4] = ["csd", "orc", "udo", "inc"];
const SOUNDS: [&str; 6] = ["wav", "aif", "aiff", "flac", "ogg", "mp3"];
/// What to do without it.
const INSTEAD: &str = "choose the file in the window";

/// What a dialog is for.
pub(super) enum Purpose {
    /// A document or a sound that there is.
    Open,
    /// A file that may be new, with the name that is offered.
    Save(String),
}

/// The system's dialogs of one window: one at a time.
#[derive(Default)]
pub(super) struct SystemDialog {
    is_open: Arc<AtomicBool>,
}

/// A dialog that may be shown; others may when it goes.
pub(super) struct Turn(Arc<AtomicBool>);

impl SystemDialog {
    /// The right to show a dialog; `None` while one stands. `[control]`
    pub fn turn(&self) -> Option<Turn> {
        let was_open = self.is_open.swap(true, Ordering::AcqRel);
        (!was_open).then(|| Turn(Arc::clone(&self.is_open)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Turn {
    /// Shows a dialog that begins in a folder and waits for the user; `None` where it was cancelled. Not on a thread that
    /// others wait for. `[control]`
    ///
    /// # Errors
    /// Where the system shows none: why, and what to do.
    pub fn ask(self, folder: Option<&Path>, purpose: &Purpose) -> Result<Option<PathBuf>, String> {
        ask_portal(session_bus().as_deref())?;
        let mut dialog = rfd::FileDialog::new();
        if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        Ok(match purpose {
            Purpose::Open => {
                let all: Vec<&str> = DOCUMENTS.into_iter().chain(SOUNDS).collect();
                let dialog = dialog.set_title("Open a document or a sound");
                dialog.add_filter("Documents and sounds", &all).add_filter("All files", &["*"]).pick_file()
            }
            Purpose::Save(name) => {
                let dialog = dialog.set_title("Save the document").set_file_name(name);
                let path = dialog.add_filter("Documents", &DOCUMENTS).save_file();
                // As in the window: a document without an extension is a .csd.
                path.map(|path| if path.extension().is_some() { path } else { path.with_extension("csd") })
            }
        })
    }
}

/// The address of the user's message bus, where there is one. The bus is not started for this.
fn session_bus() -> Option<String> {
    let named = std::env::var("DBUS_SESSION_BUS_ADDRESS").ok().filter(|address| !address.is_empty());
    let usual = || {
        let socket = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR")?).join("bus");
        socket.exists().then(|| format!("unix:path={}", socket.display()))
    };
    named.or_else(usual)
}

/// Whether the portal at this bus is there and has a dialog for files.
fn ask_portal(bus: Option<&str>) -> Result<(), String> {
    let none = |why: &str| format!("the system has no dialog for files ({why}): {INSTEAD}");
    let Some(bus) = bus else { return Err(none("there is no message bus of the user's")) };
    let said = |error: dbus::Error| none(error.message().unwrap_or("the message bus does not answer"));
    let mut channel = Channel::open_private(bus).map_err(said)?;
    channel.register().map_err(said)?;
    let connection = Connection::from(channel);
    let portal =
        connection.with_proxy("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", PATIENCE);
    let version = ("org.freedesktop.portal.FileChooser", "version");
    let answer: Result<(Variant<u32>,), dbus::Error> =
        portal.method_call("org.freedesktop.DBus.Properties", "Get", version);
    answer.map(drop).map_err(said)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};

    use dbus::Message;
    use dbus::message::MessageType;

    use super::*;

    /// A message bus of the test's own.
    struct Bus {
        daemon: Child,
        address: String,
    }

    impl Bus {
        /// `None` on a machine without the program.
        fn start() -> Option<Self> {
            let mut daemon = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let mut address = String::new();
            let said = daemon.stdout.take().map(|out| BufReader::new(out).read_line(&mut address));
            assert!(said.is_some_and(|said| said.is_ok()), "the bus says no address");
            Some(Self { daemon, address: address.trim().to_owned() })
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.daemon.kill();
            let _ = self.daemon.wait();
        }
    }

    /// Answers one question as a portal does.
    fn portal(address: &str) -> std::thread::JoinHandle<()> {
        let mut channel = Channel::open_private(address).unwrap();
        channel.register().unwrap();
        let connection = Connection::from(channel);
        connection.request_name("org.freedesktop.portal.Desktop", false, true, false).unwrap();
        std::thread::spawn(move || {
            let channel = connection.channel();
            loop {
                let Some(message) = channel.blocking_pop_message(PATIENCE * 3).unwrap() else { return };
                if message.msg_type() == MessageType::MethodCall {
                    let asked: (&str, &str) = message.read2().unwrap();
                    assert_eq!(asked, ("org.freedesktop.portal.FileChooser", "version"));
                    let answer: Message = message.method_return().append1(Variant(4u32));
                    channel.send(answer).unwrap();
                    channel.flush();
                    return;
                }
            }
        })
    }

    #[test]
    fn without_a_portal_a_message_says_what_to_do() {
        for bus in [None, Some("unix:path=/nowhere/bus")] {
            let why = ask_portal(bus).unwrap_err();
            assert!(why.contains("no dialog") && why.contains(INSTEAD), "{why}");
        }
        let Some(bus) = Bus::start() else { return };
        let why = ask_portal(Some(&bus.address)).unwrap_err();
        assert!(why.contains("portal") && why.contains(INSTEAD), "{why}");
        let portal = portal(&bus.address);
        assert_eq!(ask_portal(Some(&bus.address)), Ok(()));
        portal.join().unwrap();
    }

    #[test]
    fn there_is_one_dialog_at_a_time() {
        let dialog = SystemDialog::default();
        let turn = dialog.turn();
        assert!(turn.is_some() && dialog.turn().is_none());
        drop(turn);
        assert!(dialog.turn().is_some());
    }
}
