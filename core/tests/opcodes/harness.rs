//! An engine that plays an orchestra and is asked what it did.

use ksmps_core::csound::{BusSizes, MessageQueue, MessageReader, Performed, Preparing, Running};

/// ksmps of every orchestra here.
pub const KSMPS: usize = 16;

pub struct Play {
    pub running: Running,
    messages: MessageQueue,
    reader: MessageReader,
    said: String,
}

/// Starts an orchestra; it gets a header, with two channels unless it says how many.
pub fn play(orchestra: &str) -> Play {
    play_with(orchestra, BusSizes::default())
}

pub fn play_with(orchestra: &str, buses: BusSizes) -> Play {
    try_play(orchestra, buses).unwrap_or_else(|said| panic!("{said}\n{orchestra}"))
}

/// As [`play_with`]; what Csound said where it did not compile.
pub fn try_play(orchestra: &str, buses: BusSizes) -> Result<Play, String> {
    let mut preparing = Preparing::create().unwrap();
    let messages = preparing.messages();
    preparing.set_bus_sizes(buses);
    preparing.option("--sample-rate=48000").unwrap();
    let channels = if orchestra.contains("nchnls") { "" } else { "nchnls=2\n" };
    let compiled = preparing.compile(&format!("ksmps={KSMPS}\n0dbfs=1\n{channels}{orchestra}"));
    let mut reader = MessageReader::default();
    if compiled.is_err() {
        return Err(texts(&mut reader, &messages));
    }
    let running = preparing.start().unwrap();
    Ok(Play { running, messages, reader, said: String::new() })
}

fn texts(reader: &mut MessageReader, messages: &MessageQueue) -> String {
    let mut lines: Vec<String> = reader.read(messages).into_iter().map(|line| line.text).collect();
    lines.extend(reader.finish().map(|line| line.text));
    lines.join("\n")
}

impl Play {
    /// Starts a note that lasts until it is released.
    pub fn note(&mut self, pfields: &[f64]) -> &mut Self {
        let mut all = vec![pfields[0], 0.0, -1.0];
        all.extend(&pfields[1..]);
        self.running.start(&all, 0);
        self
    }

    /// Starts a note of so many cycles.
    pub fn note_for(&mut self, cycles: usize, pfields: &[f64]) -> &mut Self {
        let mut all = vec![pfields[0], 0.0, (cycles * KSMPS) as f64 / 48000.0];
        all.extend(&pfields[1..]);
        self.running.start(&all, 0);
        self
    }

    /// Performs, and gives the first channel.
    pub fn cycles(&mut self, count: usize) -> Vec<f64> {
        let mut heard = Vec::new();
        for _ in 0..count {
            assert_eq!(self.running.perform(), Performed::Cycle);
            heard.extend(self.running.spout().iter().step_by(self.running.outputs()));
        }
        heard
    }

    /// A control channel's value.
    pub fn channel(&mut self, name: &str) -> f64 {
        let id = self.running.control_channel(name).unwrap();
        self.running.channel(id)
    }

    /// Everything Csound has said.
    pub fn said(&mut self) -> &str {
        self.said += &texts(&mut self.reader, &self.messages);
        &self.said
    }
}

/// Plays a note of instrument 1 for three cycles and compares channels `a`, `b`, `c`, … with what is expected.
pub fn check(body: &str, expected: &[f64]) {
    check_orchestra(&format!("instr 1\n{body}\nendin\n"), expected);
}

/// As [`check`] for a whole orchestra.
pub fn check_orchestra(orchestra: &str, expected: &[f64]) {
    let mut play = play(orchestra);
    play.note(&[1.0]).cycles(3);
    for (name, &expected) in ('a'..).zip(expected) {
        let value = play.channel(&name.to_string());
        assert!(
            (value - expected).abs() < 1e-12,
            "{name} is {value}, not {expected}\n{orchestra}\n{}",
            play.said()
        );
    }
}
