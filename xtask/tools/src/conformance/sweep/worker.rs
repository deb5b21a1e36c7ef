//! The process in which states are tried, and its parent's end.
//!
//! One worker tries many states and is started again when it ends or hangs. It reads a text's length and the text
//! from its standard input and answers with a mark and a line on standard output, where Csound may print as well.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use ksmps_core::document::{Document, KeptValues};
use ksmps_core::engine::{self, BuildRequest, CycleReport};
use ksmps_core::event::{EventKind, NoteName, NoteSelector};
use ksmps_core::needs::Needs;
use ksmps_core::params::{SlotMap, SlotValues};

use crate::error::Error;

/// Stands before the line of an answer; no document prints it.
const MARK: u8 = 0x1e;
const PLAYED: &str = "played";
const REFUSED: &str = "refused";
/// A state that takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(20);
/// The word by which a worker of this kind is started.
const COMMAND: &str = "work-for-sweep";
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
    arguments: Vec<String>,
    deadline: Duration,
    /// A variable of its environment where that has none: name and value.
    default: Option<(&'static str, &'static str)>,
    process: Option<Process>,
}

/// What came back of a text.
pub enum Answer {
    /// The worker's line.
    Line(String),
    /// The worker has ended.
    Ended(ExitStatus),
    /// The worker did not answer, and was ended.
    Hung,
}

struct Process {
    child: Child,
    input: ChildStdin,
    answers: Receiver<String>,
    states: usize,
}

impl Worker {
    /// A worker whose process starts with its first state.
    pub fn new() -> Self {
        Self::of_kind(&[COMMAND], DEADLINE)
    }

    /// A worker that is started with these arguments, and hangs where it takes longer than this for a state.
    pub fn of_kind(arguments: &[&str], deadline: Duration) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { arguments, deadline, default: None, process: None }
    }

    /// The same with a variable of the environment that is set where nobody has set it.
    pub fn with_default(mut self, variable: (&'static str, &'static str)) -> Self {
        self.default = Some(variable);
        self
    }

    /// Tries one state.
    pub fn attempt(&mut self, text: &str) -> Result<Ending, Error> {
        Ok(match self.ask(text)? {
            Answer::Line(line) if line == PLAYED => Ending::Played,
            Answer::Line(_) => Ending::Refused,
            Answer::Ended(status) => Ending::Crashed(status),
            Answer::Hung => Ending::Hung,
        })
    }

    /// Hands over a text, and waits for the answer.
    pub fn ask(&mut self, text: &str) -> Result<Answer, Error> {
        let failed = |error: io::Error| Error::usage(format!("the sweep's worker could not be run: {error}"));
        if self.process.as_ref().is_some_and(|process| process.states >= STATES_MAX) {
            self.end().map_err(failed)?;
        }
        let process = match &mut self.process {
            Some(process) => process,
            None => self.process.insert(Process::start(&self.arguments, self.default).map_err(failed)?),
        };
        process.states += 1;
        // A worker that is gone is seen by its answers.
        let _ = process.send(text);
        match process.answers.recv_timeout(self.deadline) {
            Ok(line) => Ok(Answer::Line(line)),
            Err(RecvTimeoutError::Timeout) => {
                self.end().map_err(failed)?;
                Ok(Answer::Hung)
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = process.child.wait().map_err(failed)?;
                self.process = None;
                Ok(Answer::Ended(status))
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
    fn start(arguments: &[String], default: Option<(&str, &str)>) -> io::Result<Self> {
        let set = default.filter(|(name, _)| std::env::var_os(name).is_none());
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .envs(set)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let missing = || io::Error::other("no pipe");
        let input = child.stdin.take().ok_or_else(missing)?;
        let mut output = child.stdout.take().ok_or_else(missing)?;
        let (answer, answers) = channel();
        thread::spawn(move || {
            let (mut buffer, mut line) = ([0; 4096], None::<Vec<u8>>);
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                for &byte in &buffer[..count] {
                    match (byte, &mut line) {
                        (MARK, _) => line = Some(Vec::new()),
                        (b'\n', Some(bytes)) => {
                            if answer.send(String::from_utf8_lossy(bytes).into_owned()).is_err() {
                                return;
                            }
                            line = None;
                        }
                        (byte, Some(bytes)) => bytes.push(byte),
                        (_, None) => {}
                    }
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
    answer_with(|text| if play(text) { PLAYED.to_owned() } else { REFUSED.to_owned() });
}

/// Answers each text from standard input with a line, until the input closes.
pub fn answer_with(mut answer: impl FnMut(&str) -> String) {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout());
    let mut length = [0; 8];
    while input.read_exact(&mut length).is_ok() {
        let mut text = vec![0; u64::from_le_bytes(length) as usize];
        if input.read_exact(&mut text).is_err() {
            break;
        }
        let line = answer(&String::from_utf8_lossy(&text)).replace('\n', " ");
        let answer = [&[MARK], line.as_bytes(), b"\n"].concat();
        // The parent may be gone: then the next read ends this process.
        let _ = output.write_all(&answer).and_then(|()| output.flush());
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
        kept: &KeptValues::default(),
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
    fn memory_taken(&mut self, _: ksmps_core::engine::MemoryTaken) {}
}
