//! `demo`: a piece from a MIDI file, played by a factory instrument through a factory effect, in both formats.
//!
//! Everything that is said is measured on the sound: which notes are in it, how high they are, how far from their
//! frames they begin. And the promises that a DAW relies on are kept before one's eyes: a second bounce is the
//! first, a state that was saved and loaded sounds the same, and both formats do.

use std::path::{Path, PathBuf};

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;
use ksmps_harness::measure::{hash, peak_dbfs};
use ksmps_harness::script::Script;
use ksmps_harness::{midi_file, wav};

use crate::error::Error;
use ksmps_program::make_room;
use ksmps_program::play::{Text, remarks_of};
use ksmps_program::progress::Progress;
use notes::{Heard, Note, listen};

mod notes;

const INSTRUMENT: &str = "instruments/drift/drift.csd";
const EFFECT: &str = "instruments/echo/echo.csd";
const PIECE: &str = "instruments/demo.mid";
const RATE: u32 = 48000;
const BLOCK: usize = 512;
/// How long the sound goes on behind the last note: the echoes.
const TAIL_SECONDS: u64 = 3;

/// Where the sounds go.
#[derive(clap::Args)]
pub struct Args {
    /// Folder for the WAV files.
    #[arg(long, default_value = "out/demo")]
    out: PathBuf,
}

/// Plays the piece in CLAP and VST3 and says what was heard.
pub fn run(args: &Args) -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let documents = [Text::read(&root.join(INSTRUMENT))?, Text::read(&root.join(EFFECT))?];
    let piece = root.join(PIECE);
    let bytes = std::fs::read(&piece).map_err(Error::file(&piece))?;
    let script = midi_file::script(&bytes, f64::from(RATE))
        .map_err(|error| Error::usage(format!("{}: {error}", piece.display())))?;
    let notes = notes::notes(&script);
    println!("{PIECE}: {} notes, played by {INSTRUMENT} through {EFFECT} at {RATE} Hz", notes.len());

    let progress = Progress::new("bounces", 2 * (notes.len() as u64 + 6));
    let mut wrong = Vec::new();
    let mut hashes = Vec::new();
    for (format, name) in Format::BUNDLES.into_iter().zip(["clap", "vst3"]) {
        let part = Part { format, name, script: &script, notes: &notes, progress: &progress, out: &args.out };
        hashes.push(part.play(&documents, &mut wrong)?);
    }
    if hashes.windows(2).all(|pair| pair[0] == pair[1]) {
        progress.say("CLAP and VST3 sound the same, bit for bit");
    } else {
        wrong.push("CLAP and VST3 do not sound the same".to_owned());
    }
    drop(progress);
    if wrong.is_empty() { Ok(()) } else { Err(Error::Demo(wrong.join("; "))) }
}

/// The piece in one format.
struct Part<'a> {
    format: Format,
    name: &'static str,
    script: &'a Script,
    notes: &'a [Note],
    progress: &'a Progress,
    out: &'a Path,
}

impl Part<'_> {
    /// Plays instrument and effect, writes what they sound like, and gives a fingerprint of both.
    fn play(&self, documents: &[Text; 2], wrong: &mut Vec<String>) -> Result<[String; 2], Error> {
        let [instrument, effect] = documents;
        let frames = self.script.end() + TAIL_SECONDS * u64::from(RATE);
        let plan = Plan::new(self.script.clone(), frames);
        let mut instance = self.open(Kind::Instrument, instrument)?;
        let dry = self.thrice(&mut instance, Kind::Instrument, &plan, "instrument", wrong)?;
        let heard = listen(&mut instance, self.script, self.notes, || self.progress.advance(1))?;
        self.say("instrument", &dry, &heard, wrong)?;

        let mut instance = self.open(Kind::Effect, effect)?;
        let plan = Plan::new(Script::new(), frames).inputs(dry.channels.clone());
        let wet = self.thrice(&mut instance, Kind::Effect, &plan, "effect", wrong)?;
        self.say("effect", &wet, &[], wrong)?;
        Ok([hash(&dry.channels), hash(&wet.channels)])
    }

    fn open(&self, kind: Kind, document: &Text) -> Result<Instance, Error> {
        let mut instance = Instance::open(self.format, &bundle::library(self.format)?, kind.name())?;
        instance.load(&document.text, Some(&document.origin))?;
        instance.activate(f64::from(RATE), BLOCK)?;
        Ok(instance)
    }

    /// Bounces twice on one instance, and once on a new one that got the first one's state.
    fn thrice(
        &self,
        instance: &mut Instance,
        kind: Kind,
        plan: &Plan,
        what: &str,
        wrong: &mut Vec<String>,
    ) -> Result<Take, Error> {
        let first = instance.play_aligned(plan)?.channels;
        self.progress.advance(1);
        for remark in remarks_of(&instance.state()?.report()?) {
            self.progress.say(&remark.to_string());
            if remark.is_error() {
                wrong.push(format!("{} {what}: {}", self.name, remark.headline()));
            }
        }
        instance.reset();
        let second = instance.play_aligned(plan)?.channels;
        self.progress.advance(1);
        let mut reloaded = Instance::open(self.format, &bundle::library(self.format)?, kind.name())?;
        reloaded.set_state(&instance.state()?)?;
        reloaded.activate(f64::from(RATE), BLOCK)?;
        let third = reloaded.play_aligned(plan)?.channels;
        self.progress.advance(1);
        instance.reset();
        let take = Take {
            bounces_agree: hash(&first) == hash(&second),
            state_agrees: hash(&first) == hash(&third),
            channels: first,
        };
        if !take.bounces_agree {
            wrong.push(format!("{} {what}: the second bounce is not the first", self.name));
        }
        if !take.state_agrees {
            wrong.push(format!("{} {what}: the reloaded state sounds different", self.name));
        }
        Ok(take)
    }

    /// Writes the sound and prints its line.
    fn say(&self, what: &str, take: &Take, heard: &[Heard], wrong: &mut Vec<String>) -> Result<(), Error> {
        let path = self.out.join(format!("{what}-{}.wav", self.name));
        make_room(&path)?;
        wav::write(&path, RATE, &take.channels).map_err(Error::sound(&path))?;
        let seconds = take.channels.first().map_or(0.0, |channel| channel.len() as f64 / f64::from(RATE));
        let mut line =
            format!("{}: peak {:.1} dBFS, {seconds:.2} s", path.display(), peak_dbfs(&take.channels));
        if !heard.is_empty() {
            line += &notes::words(heard);
            wrong.extend(notes::complaint(heard).map(|why| format!("{} {what}: {why}", self.name)));
        }
        let word = |agrees| if agrees { "identical" } else { "DIFFERENT" };
        line += &format!(
            ", second bounce {}, reloaded state {}",
            word(take.bounces_agree),
            word(take.state_agrees)
        );
        self.progress.say(&line);
        Ok(())
    }
}

/// A sound and whether it came out the same again.
struct Take {
    channels: Vec<Vec<f32>>,
    bounces_agree: bool,
    state_agrees: bool,
}
