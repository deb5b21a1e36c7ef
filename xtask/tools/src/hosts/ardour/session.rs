//! What Ardour's scripts cannot put into a session: the plugins' documents, and regions with their files.
//!
//! A session is one XML file that Ardour has written; elements are put in where it left their places empty, with the few
//! attributes that it cannot do without. It writes them out whole when it saves.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ksmps_harness::wav;

use crate::error::Error;
use crate::hosts::material::{Document, Material, RATE, TICKS_PER_BEAT};

/// The session's name.
pub const NAME: &str = "ksmps";
/// Where the tone of the effect's track lies, in seconds.
pub const TONE: [f64; 2] = [5.0, 7.0];
/// Where the effect's gain goes from 1 to 0, in seconds.
pub const RAMP: [f64; 2] = [5.5, 6.5];
/// The tone's amplitude.
pub const LEVEL: f32 = 0.25;
/// The end of the session in seconds.
const END: f64 = 7.5;
/// Ardour's unit of time, in a second.
const SUPERCLOCKS: f64 = 282_240_000.0;
/// Beats that the notes' region lasts.
const BEATS: u32 = 9;

/// Puts everything in.
///
/// # Errors
/// Where a file cannot be read or written, or the session lacks a place that is expected.
pub fn fill(folder: &Path, material: &Material) -> Result<(), Error> {
    let files = folder.join("interchange").join(NAME);
    let notes = files.join("midifiles/notes.mid");
    fs::copy(material.notes(), &notes).map_err(Error::file(&notes))?;
    for side in ["L", "R"] {
        write_tone(&files.join(format!("audiofiles/tone%{side}.wav")))?;
    }
    let path = folder.join(NAME).with_extension("ardour");
    let mut text = fs::read_to_string(&path).map_err(Error::file(&path))?;
    for document in [Document::Tone, Document::Duck] {
        let preset = material.preset(document);
        let preset = fs::read(&preset).map_err(Error::file(&preset))?;
        text = with_preset(&text, document.kind().name(), &STANDARD.encode(preset))?;
    }
    let clocks = |seconds: f64| (seconds * SUPERCLOCKS) as u64;
    text = replaced(
        &text,
        "<Sources/>",
        "<Sources><Source name=\"notes.mid\" type=\"midi\" flags=\"\" id=\"9001\"/>\
         <Source name=\"tone%L.wav\" type=\"audio\" flags=\"\" id=\"9002\" channel=\"0\"/>\
         <Source name=\"tone%R.wav\" type=\"audio\" flags=\"\" id=\"9003\" channel=\"0\"/></Sources>",
    )?;
    text = with_region(
        &text,
        "midi",
        &format!(
            "<Region name=\"notes\" type=\"midi\" id=\"9004\" start=\"b0\" length=\"b{}@b0\" source-0=\"9001\"/>",
            u32::from(TICKS_PER_BEAT) * BEATS
        ),
    )?;
    text = with_region(
        &text,
        "audio",
        &format!(
            "<Region name=\"tone\" type=\"audio\" id=\"9005\" channels=\"2\" start=\"a0\" length=\"a{}@a{}\" \
             source-0=\"9002\" source-1=\"9003\" default-fade-in=\"0\" default-fade-out=\"0\"/>",
            clocks(TONE[1] - TONE[0]),
            clocks(TONE[0])
        ),
    )?;
    text = replaced(
        &text,
        "<Locations/>",
        &format!(
            "<Locations><Location id=\"9006\" name=\"session\" start=\"a0\" end=\"a{}\" \
             flags=\"IsSessionRange\" locked=\"0\"/></Locations>",
            clocks(END)
        ),
    )?;
    fs::write(&path, text).map_err(Error::file(&path))
}

/// Puts a preset in the place of a plugin's state.
fn with_preset(text: &str, plugin: &str, preset: &str) -> Result<String, Error> {
    let missing = || Error::Hosts(format!("the session has no state of {plugin}"));
    let (before, rest) = text.split_once(&format!(" name=\"{plugin}\" ")).ok_or_else(missing)?;
    let (inside, rest) = rest.split_once("<chunk>").ok_or_else(missing)?;
    let (_, after) = rest.split_once("</chunk>").ok_or_else(missing)?;
    Ok(format!("{before} name=\"{plugin}\" {inside}<chunk>{preset}</chunk>{after}"))
}

/// Puts a region into the only playlist of a kind.
fn with_region(text: &str, kind: &str, region: &str) -> Result<String, Error> {
    let missing = || Error::Hosts(format!("the session has no empty {kind} playlist"));
    let of_kind = format!(" type=\"{kind}\" ");
    let at = text
        .match_indices("<Playlist ")
        .map(|(at, _)| at)
        .find(|at| text[*at..].split('>').next().is_some_and(|tag| tag.contains(&of_kind)))
        .ok_or_else(missing)?;
    let end = at + text[at..].find("/>").ok_or_else(missing)?;
    Ok(format!("{}>{region}</Playlist>{}", &text[..end], &text[end + 2..]))
}

fn replaced(text: &str, empty: &str, full: &str) -> Result<String, Error> {
    if text.contains(empty) {
        return Ok(text.replacen(empty, full, 1));
    }
    Err(Error::Hosts(format!("the session has no {empty}")))
}

/// One side of the tone.
fn write_tone(path: &Path) -> Result<(), Error> {
    let rate = f64::from(RATE);
    let frames = ((TONE[1] - TONE[0]) * rate) as u32;
    let wave = |frame| LEVEL * (std::f64::consts::TAU * 1000.0 * f64::from(frame) / rate).sin() as f32;
    wav::write(path, RATE, &[(0..frames).map(wave).collect()]).map_err(Error::sound(path))
}
