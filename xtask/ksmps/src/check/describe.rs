//! What a document has, in lines: names, notes, parameters, inputs and outputs, latency, what it asks for.

use std::fmt::{self, Write as _};
use std::path::Path;

use ksmps_core::document::{ChannelRange, Document, NoteRule, Notes, Source, Tail, VoiceMode};
use ksmps_core::engine::{EngineInfo, NoteInput};
use ksmps_core::params::{Param, Taper};
use ksmps_core::player::Placing;

use super::first_notes::{self, FirstNotes};

/// What is known of it.
pub struct Described<'a> {
    /// As it was read.
    pub document: Option<&'a Document>,
    /// As its engine has it.
    pub info: &'a EngineInfo,
    /// What its first notes take.
    pub first_notes: &'a FirstNotes,
    /// Where that plays.
    pub placing: Option<&'a Placing>,
    /// Files that it plays with and that are not there.
    pub missing: &'a [String],
    /// What it is called on the command line.
    pub name: &'a Path,
}

/// The widest word at the beginning of a line.
const WIDTH: usize = 12;

/// All of it.
pub fn describe(of: &Described<'_>) -> String {
    let mut lines = Lines::default();
    let info = of.info;
    about(info, &mut lines);
    notes(of, &mut lines);
    for (index, line) in first_notes::lines(of.first_notes, info).iter().enumerate() {
        lines.add(if index == 0 { "first notes" } else { "" }, format_args!("{line}"));
    }
    let count = info.params.len();
    lines.add("parameters", format_args!("{count}"));
    info.params.iter().for_each(|(slot, one)| lines.add("", format_args!("{slot:3} {}", param(one))));
    lines.add("inputs", format_args!("{}", channels(info.inputs, &info.input_buses)));
    lines.add("outputs", format_args!("{}", channels(info.outputs, &info.output_buses)));
    let ms = f64::from(info.latency_frames) * 1000.0 / info.rate;
    lines.add(
        "latency",
        format_args!("{} frames, {ms:.2} ms at {} Hz (ksmps {})", info.latency_frames, info.rate, info.ksmps),
    );
    let rests = if of.document.is_some_and(|document| document.rests) { ", then it rests" } else { "" };
    lines.add("tail", format_args!("{}{rests}", tail(info.tail)));
    needs(of, &mut lines);
    for file in of.missing {
        lines.add("missing", format_args!("{file}"));
    }
    lines.0
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, word: &str, text: fmt::Arguments<'_>) {
        // PANIC: writing into a string does not fail.
        writeln!(self.0, "  {word:WIDTH$} {text}").expect("text");
    }
}

fn about(info: &EngineInfo, lines: &mut Lines) {
    let about = &info.about;
    for (word, text) in [
        ("name", &about.name),
        ("author", &about.author),
        ("licence", &about.license),
        ("category", &about.category),
        ("version", &about.version),
        ("about", &about.text),
    ] {
        if let Some(text) = text {
            lines.add(word, format_args!("{text}"));
        }
    }
}

fn notes(of: &Described<'_>, lines: &mut Lines) {
    match (of.info.note_input, of.document.map(|document| &document.notes)) {
        (NoteInput::Midi, _) => lines.add("notes", format_args!("go to Csound's own MIDI opcodes")),
        (NoteInput::None, _) => lines.add("notes", format_args!("none are taken")),
        (NoteInput::Sched, Some(Notes::Sched(rules))) => {
            for (index, one) in rules.iter().enumerate() {
                lines.add(if index == 0 { "notes" } else { "" }, format_args!("{}", rule(one)));
            }
        }
        (NoteInput::Sched, _) => lines.add("notes", format_args!("start instruments")),
    }
}

/// `instr 1: 16 voices, keys 36..60, p4 hertz, p5 amplitude`.
fn rule(rule: &NoteRule) -> String {
    let mut text = format!("instr {}: ", rule.instrument);
    text += &match rule.mode {
        VoiceMode::Mono => "one voice".to_owned(),
        VoiceMode::Poly => format!("{} voices", rule.voices),
    };
    for (is_so, word) in [(rule.legato, ", legato"), (!rule.sustain, ", without the sustain pedal")] {
        text += if is_so { word } else { "" };
    }
    for (from, to) in &rule.keys {
        text += &if from == to { format!(", key {from}") } else { format!(", keys {from}..{to}") };
    }
    if rule.velocities != (0, 127) {
        text += &format!(", velocities {}..{}", rule.velocities.0, rule.velocities.1);
    }
    if let Some(channel) = rule.channel {
        text += &format!(", channel {}", channel + 1);
    }
    if let Some(seconds) = rule.duration_s {
        text += &format!(", {seconds} s long");
    }
    for field in &rule.fields {
        text += &format!(", p{} {}", field.index, source(field.source));
    }
    text
}

fn source(source: Source) -> String {
    let word = match source {
        Source::Hertz => "hertz",
        Source::Key => "key",
        Source::Velocity => "velocity",
        Source::Amplitude => "amplitude",
        Source::Level => "level",
        Source::Decibel => "decibel",
        Source::Channel => "channel",
        Source::Bend => "bend",
        Source::Pressure => "pressure",
        Source::Timbre => "timbre",
        Source::Pan => "pan",
        Source::Volume => "volume",
        Source::Vibrato => "vibrato",
        Source::Expression => "expression",
        Source::OffVelocity => "offvel",
        Source::Id => "note id",
        Source::Constant(value) => return value.to_string(),
    };
    word.to_owned()
}

/// `cutoff (Cutoff): 20..20000 Hz, 1200, exponential`.
fn param(param: &Param) -> String {
    let mut text = param.name.clone();
    if param.label != param.name {
        text += &format!(" ({})", param.label);
    }
    text += ": ";
    text += &match param.labels.is_empty() {
        true => format!("{}..{} {}", param.min, param.max, param.unit).trim_end().to_owned(),
        false => param.labels.join("|"),
    };
    if let Some(default) = param.default {
        let index = (default - param.min).round();
        let label = (index >= 0.0).then(|| param.labels.get(index as usize)).flatten();
        text += &format!(", {}", label.cloned().unwrap_or_else(|| default.to_string()));
    }
    match param.taper {
        Taper::Linear => {}
        Taper::Exponential => text += ", exponential",
        Taper::Logarithmic => text += ", logarithmic",
        Taper::Skew(skew) => text += &format!(", skew {skew}"),
    }
    for (is_so, word) in
        [(param.per_note, ", per note"), (param.hidden, ", hidden"), (param.send, ", sent to the host")]
    {
        text += if is_so { word } else { "" };
    }
    text
}

/// `2: Main 1..2, Key 3..4 (optional)`.
fn channels(count: usize, buses: &[ChannelRange]) -> String {
    let named: Vec<String> = buses
        .iter()
        .map(|bus| {
            let optional = if bus.optional { " (optional)" } else { "" };
            format!("{} {}..{}{optional}", bus.name, bus.first, bus.last)
        })
        .collect();
    let colon = if named.is_empty() { "" } else { ": " };
    format!("{count}{colon}{}", named.join(", "))
}

fn tail(tail: Option<Tail>) -> String {
    match tail {
        Some(Tail::Seconds(seconds)) => format!("{seconds} s"),
        Some(Tail::Infinite) => "for ever".to_owned(),
        None => "not said".to_owned(),
    }
}

fn needs(of: &Described<'_>, lines: &mut Lines) {
    let asked = of.document.map(|document| document.needs).unwrap_or_default();
    if asked.is_empty() {
        return lines.add("asks for", format_args!("nothing"));
    }
    let open = of.placing.map_or(asked, |placing| placing.unanswered);
    let how = if open.is_empty() {
        "allowed on this machine".to_owned()
    } else {
        format!("not allowed yet: {open}; ksmps consent give {}", of.name.display())
    };
    lines.add("asks for", format_args!("{asked} ({how})"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_lines() {
        let mut cutoff = Param::channel("cutoff");
        cutoff.label = "Cutoff".to_owned();
        (cutoff.min, cutoff.max, cutoff.default) = (20.0, 20000.0, Some(1200.0));
        cutoff.unit = "Hz".to_owned();
        cutoff.taper = Taper::Exponential;
        assert_eq!(param(&cutoff), "cutoff (Cutoff): 20..20000 Hz, 1200, exponential");
        let mut shape = Param::channel("shape");
        shape.labels = ["Sine", "Saw"].map(str::to_owned).into();
        (shape.default, shape.hidden) = (Some(1.0), true);
        assert_eq!(param(&shape), "shape: Sine|Saw, Saw, hidden");
    }

    #[test]
    fn channels_have_their_buses() {
        assert_eq!(channels(2, &[]), "2");
        let key = ChannelRange { name: "Key".to_owned(), first: 3, last: 4, optional: true };
        assert_eq!(channels(4, &[key]), "4: Key 3..4 (optional)");
    }
}
