//! The process in which states are tried, and its parent's end.
//!
//! One worker tries many states and is started again when it ends or hangs. It reads a text's length and the text
//! from its standard input and answers with a mark and a letter on standard output, where Csound may print as well.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use ksmps_core::document::Document;
use ksmps_core::engine::{self, BuildRequest, CycleReport};
use ksmps_core::event::{EventKind, NoteName, NoteSelector};
use ksmps_core::needs::Needs;
use ksmps_core::params::{SlotMap, SlotValues};

use crate::error::Error;

/// Stands before the letter of an answer; no document prints it.
const MARK: u8 = 0x1e;
const PLAYED: u8 = b'p';
const REFUSED: u8 = b'r';
/// A state that takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(20);
/// States that one worker tries: then a new one begins with fresh memory.
const STATES_MAX: usize = 2_000;
const RATE: f64 = 48_000.0;
const CYCLES: usize = 24;
/// The cycle before which the note ends.
const NOTE_OFF_CYCLE: usize = 12;

/// What became of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was built and performed.
    Played,
    /// It was refused with a message.
    Refused,
    /// It ended its process.
    Crashed(ExitStatus),
    /// It did not come back.
    Hung,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Played => f.write_str("played"),
            Self::Refused => f.write_str("refused"),
            Self::Crashed(status) => match status.signal() {
                Some(signal) => write!(f, "signal {signal}"),
                None => write!(f, "{status}"),
            },
            Self::Hung => write!(f, "no answer within {} s", DEADLINE.as_secs()),
        }
    }
}

/// The parent's end of a worker.
pub struct Worker {
    process: Option<Process>,
}

struct Process {
    child: Child,
    input: ChildStdin,
    answers: Receiver<u8>,
    states: usize,
}

impl Worker {
    /// A worker whose process starts with its first state.
    pub fn new() -> Self {
        Self { process: None }
    }

    /// Tries one state.
    pub fn attempt(&mut self, text: &str) -> Result<Ending, Error> {
        let failed = |error: io::Error| Error::Usage(format!("the sweep's worker could not be run: {error}"));
        if self.process.as_ref().is_some_and(|process| process.states >= STATES_MAX) {
            self.end().map_err(failed)?;
        }
        let process = match &mut self.process {
            Some(process) => process,
            None => self.process.insert(Process::start().map_err(failed)?),
        };
        process.states += 1;
        // A worker that is gone is seen by its answers.
        let _ = process.send(text);
        match process.answers.recv_timeout(DEADLINE) {
            Ok(PLAYED) => Ok(Ending::Played),
            Ok(_) => Ok(Ending::Refused),
            Err(RecvTimeoutError::Timeout) => {
                self.end().map_err(failed)?;
                Ok(Ending::Hung)
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = process.child.wait().map_err(failed)?;
                self.process = None;
                Ok(Ending::Crashed(status))
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.child.kill()?;
            process.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl Process {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("work-for-sweep")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let missing = || io::Error::other("no pipe");
        let input = child.stdin.take().ok_or_else(missing)?;
        let mut output = child.stdout.take().ok_or_else(missing)?;
        let (answer, answers) = channel();
        thread::spawn(move || {
            let (mut buffer, mut marked) = ([0; 4096], false);
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                for &byte in &buffer[..count] {
                    if marked && answer.send(byte).is_err() {
                        return;
                    }
                    marked = byte == MARK;
                }
            }
        });
        Ok(Self { child, input, answers, states: 0 })
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        self.input.write_all(&(text.len() as u64).to_le_bytes())?;
        self.input.write_all(text.as_bytes())?;
        self.input.flush()
    }
}

/// The worker's life: states from standard input until it closes.
pub fn work_for_parent() {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut length = [0; 8];
    while input.read_exact(&mut length).is_ok() {
        let mut text = vec![0; u64::from_le_bytes(length) as usize];
        if input.read_exact(&mut text).is_err() {
            break;
        }
        let answer = if play(&String::from_utf8_lossy(&text)) { PLAYED } else { REFUSED };
        // The parent may be gone: then the next read ends this process.
        let _ = output.write_all(&[MARK, answer]).and_then(|()| output.flush());
    }
}

/// Reads, builds, performs with a note; whether it played.
fn play(text: &str) -> bool {
    let Ok(document) = Document::parse(text, None) else { return false };
    let (mut slots, values) = (SlotMap::default(), SlotValues::default());
    let request = BuildRequest {
        document: &document,
        session: None,
        rate: RATE,
        slots: &mut slots,
        values: &values,
        given: Needs::default(),
    };
    let Ok(mut engine) = engine::build(request) else { return false };
    for cycle in 0..CYCLES {
        match cycle {
            1 => {
                let note = NoteName { id: None, channel: 0, key: 60 };
                engine.event(0, EventKind::NoteOn { note, velocity: 0.8 });
            }
            NOTE_OFF_CYCLE => {
                engine.event(0, EventKind::NoteOff { notes: NoteSelector::ALL, velocity: 0.5 });
            }
            _ => {}
        }
        engine.perform(&mut Unheard);
    }
    true
}

/// Nobody is told what happens in a cycle.
struct Unheard;

impl CycleReport for Unheard {
    fn note_ended(&mut self, _: NoteName) {}
    fn midi_out(&mut self, _: ksmps_core::csound::MidiOut) {}
    fn dropped(&mut self, _: u32) {}
    fn note_refused(&mut self) {}
    fn param_written(&mut self, _: u16, _: f64) {}
}
