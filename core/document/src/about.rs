//! What a document says of itself: `;@about`, `;@in`, `;@out`, `;@latency`, `;@tail`.

use serde::{Deserialize, Serialize};

use super::directives::{Directive, Item, Value, misfit, number, written};
use super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;

/// What browsers, presets and exports show. All of it is the document's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// The document's name.
    pub name: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Under which terms.
    pub license: Option<String>,
    /// `Synth/Keys`, `Effect/Spectral`, …
    pub category: Option<String>,
    /// The document's own version.
    pub version: Option<String>,
    /// A sentence or two.
    pub text: Option<String>,
}

/// Channels with a name, which are a bus of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRange {
    /// What the host shows.
    pub name: String,
    /// Its first channel, counted from 1.
    pub first: u16,
    /// Its last channel, counted from 1, not below `first`.
    pub last: u16,
    /// Whether the document works without it.
    pub optional: bool,
}

/// How long a document sounds after its input and its notes have ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Tail {
    /// Seconds, finite, not below 0.
    Seconds(f64),
    /// It may sound for ever.
    Infinite,
}

/// All of it together.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub about: About,
    pub inputs: Vec<ChannelRange>,
    pub outputs: Vec<ChannelRange>,
    pub latency_frames: u32,
    pub tail: Option<Tail>,
    /// The line of the `;@tail` that says `rest`.
    pub rests: Option<u32>,
}

/// Ten seconds at 192 kHz: more cannot be meant.
const LATENCY_FRAMES_MAX: f64 = 1_920_000.0;
const CHANNELS_MAX: f64 = 256.0;

/// Reads these directives; what does not fit is a warning.
pub(super) fn read(directives: &[Directive], found: &mut Vec<Diagnostic>) -> Declared {
    let mut declared = Declared::default();
    for directive in directives {
        match directive.word.as_str() {
            "about" => read_about(directive, &mut declared.about, found),
            "in" => declared.inputs.extend(channel_range(directive, found)),
            "out" => declared.outputs.extend(channel_range(directive, found)),
            "latency" => match single(directive).filter(|frames| (0.0..=LATENCY_FRAMES_MAX).contains(frames))
            {
                // The range was checked, and a fraction of a frame is none.
                Some(frames) => declared.latency_frames = frames as u32,
                None => found.push(misfit(directive, "the value", vocabulary::remedy("latency"))),
            },
            "tail" => match tail(directive) {
                Some((tail, rests)) => {
                    declared.tail = Some(tail);
                    declared.rests = rests.then_some(directive.line);
                }
                None => found.push(misfit(directive, "the value", vocabulary::remedy("tail"))),
            },
            _ => {}
        }
    }
    declared
}

/// How long it sounds, and whether it rests then: only what has an end can.
fn tail(directive: &Directive) -> Option<(Tail, bool)> {
    let (first, rests) = match directive.items.as_slice() {
        [Item::Word(first)] => (first, false),
        [Item::Word(first), Item::Word(rest)] if rest == "rest" => (first, true),
        _ => return None,
    };
    match number(first).filter(|seconds| *seconds >= 0.0) {
        Some(seconds) => Some((Tail::Seconds(seconds), rests)),
        None => (first == "inf" && !rests).then_some((Tail::Infinite, false)),
    }
}

/// The one number behind a word.
fn single(directive: &Directive) -> Option<f64> {
    match directive.items.as_slice() {
        [Item::Word(word)] => number(word),
        _ => None,
    }
}

fn read_about(directive: &Directive, about: &mut About, found: &mut Vec<Diagnostic>) {
    for item in &directive.items {
        let (field, value) = match item {
            Item::Text(text) => (Some(&mut about.name), Some(text.clone())),
            Item::Assign { key, value } => {
                let field = match key.as_str() {
                    "name" => Some(&mut about.name),
                    "author" => Some(&mut about.author),
                    "license" => Some(&mut about.license),
                    "category" => Some(&mut about.category),
                    "version" => Some(&mut about.version),
                    "text" => Some(&mut about.text),
                    _ => None,
                };
                (field, value.text())
            }
            Item::Word(_) | Item::Range { .. } | Item::List { .. } => (None, None),
        };
        match (field, value) {
            (Some(field), Some(value)) => *field = Some(value),
            _ => found.push(misfit(directive, &written(item), vocabulary::remedy("about"))),
        }
    }
}

/// `Main 1..2 optional`
fn channel_range(directive: &Directive, found: &mut Vec<Diagnostic>) -> Option<ChannelRange> {
    let mut name = None;
    let mut channels = None;
    let mut optional = false;
    for item in &directive.items {
        match item {
            Item::Word(word) if word == "optional" => optional = true,
            Item::Word(word) if number(word).is_some() => channels = number(word).map(|one| (one, one)),
            Item::Word(word) | Item::Text(word) if name.is_none() => name = Some(word.clone()),
            Item::Range { from, to, default: None } => channels = Some((*from, *to)),
            Item::Assign { key, value: Value::Text(text) | Value::Word(text) } if key == "name" => {
                name = Some(text.clone());
            }
            _ => found.push(misfit(directive, &written(item), vocabulary::remedy(&directive.word))),
        }
    }
    let fits = |(first, last): &(f64, f64)| {
        (1.0..=CHANNELS_MAX).contains(first)
            && (*first..=CHANNELS_MAX).contains(last)
            && first.fract() + last.fract() == 0.0
    };
    match (name, channels.filter(fits)) {
        (Some(name), Some((first, last))) => {
            Some(ChannelRange { name, first: first as u16, last: last as u16, optional })
        }
        _ => {
            found.push(misfit(
                directive,
                "the bus",
                format!("write ;@{} Name a..b with channels counted from 1", directive.word),
            ));
            None
        }
    }
}
