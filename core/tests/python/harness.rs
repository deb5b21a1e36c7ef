//! An engine that may run Python, and is asked what it did.

use std::io::Write;

use ksmps_core::csound::{MessageQueue, MessageReader, Performed, Preparing, Python, Running};
use ksmps_core::python::{PythonError, PythonSearch};

/// ksmps of every orchestra here.
pub const KSMPS: usize = 16;

/// This machine's Python; `None`, and it is said, where there is none.
pub fn python() -> Option<Python> {
    match Python::open(&PythonSearch::of_environment()) {
        Ok(python) => Some(python),
        Err(error @ PythonError::Missing { .. }) => {
            // Past what keeps the words of tests that pass to itself.
            let _ = writeln!(std::io::stderr(), "SKIPPED, A TEST OF PYTHON: {error}: {}", error.remedy());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

pub struct Play {
    pub running: Running,
    messages: MessageQueue,
    reader: MessageReader,
    said: String,
}

/// Starts an orchestra that may run Python.
pub fn play(python: Python, orchestra: &str) -> Play {
    start(Some(python), orchestra, &[])
}

/// As [`play`], with or without Python, and with more options.
pub fn start(python: Option<Python>, orchestra: &str, options: &[&str]) -> Play {
    let mut preparing = Preparing::create().unwrap();
    let messages = preparing.messages();
    if let Some(python) = python {
        assert!(preparing.give_python(python));
    }
    preparing.option("--sample-rate=48000").unwrap();
    options.iter().for_each(|option| preparing.option(option).unwrap());
    let play = |preparing: Preparing| Play {
        running: preparing.start().unwrap(),
        messages: messages.clone(),
        reader: MessageReader::default(),
        said: String::new(),
    };
    let header = format!("ksmps={KSMPS}\n0dbfs=1\nnchnls=2\n");
    match preparing.compile(&(header + orchestra)) {
        Ok(()) => play(preparing),
        Err(failure) => {
            let mut reader = MessageReader::default();
            panic!("{failure}\n{orchestra}\n{:?}", reader.read(&messages));
        }
    }
}

impl Play {
    /// Starts a note of so many cycles.
    pub fn note(&mut self, cycles: usize, pfields: &[f64]) -> &mut Self {
        let mut all = vec![pfields[0], 0.0, (cycles * KSMPS) as f64 / 48000.0];
        all.extend(&pfields[1..]);
        self.running.start(&all, 0);
        self
    }

    pub fn cycles(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            assert_eq!(self.running.perform(), Performed::Cycle);
        }
        self
    }

    /// A control channel's value.
    pub fn channel(&mut self, name: &str) -> f64 {
        let id = self.running.control_channel(name).unwrap();
        self.running.channel(id)
    }

    /// Everything Csound has said.
    pub fn said(&mut self) -> &str {
        for line in self.reader.read(&self.messages) {
            self.said += &line.text;
            self.said.push('\n');
        }
        &self.said
    }

    /// How many lines of what was said have this text in them.
    pub fn count(&mut self, text: &str) -> usize {
        self.said().lines().filter(|line| line.contains(text)).count()
    }
}

/// Plays a note of instrument 1 for three cycles and compares channels `a`, `b`, `c`, … with what is expected.
pub fn check(python: Python, orchestra: &str, expected: &[f64]) {
    let mut play = play(python, orchestra);
    play.note(3, &[1.0]).cycles(3);
    for (name, &expected) in ('a'..).zip(expected) {
        let value = play.channel(&name.to_string());
        assert!(
            (value - expected).abs() < 1e-12,
            "{name} is {value}, not {expected}\n{orchestra}\n{}",
            play.said()
        );
    }
}
