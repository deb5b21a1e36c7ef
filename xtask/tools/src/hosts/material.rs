//! What every host gets: the documents as presets, the notes, and what the core alone plays of them.

use std::fs;
use std::path::{Path, PathBuf};

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::{Cut, Script};
use midly::num::{u4, u7, u15, u28};
use midly::{Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

use crate::error::Error;

/// Frames a second where nothing else is said.
pub const RATE: u32 = 48_000;
/// The rates that hosts are run at. The notes' times are whole frames at each.
pub const RATES: [u32; 5] = [22_050, 44_100, 48_000, 96_000, 192_000];
/// The keys of the notes: one begins each second, the first after half of one, and is held for half a second.
pub const KEYS: [u8; 4] = [57, 60, 64, 69];
/// Velocity of the notes, 0 to 127.
pub const VELOCITY: u8 = 100;
/// Ticks of a beat in the MIDI file; Ardour's own unit.
pub const TICKS_PER_BEAT: u16 = 1920;
/// How long the notes with the silence behind the last one are.
pub const SECONDS: f64 = 4.5;

/// A document and the plugin that plays it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// Notes that begin with a step.
    Tone,
    /// A gain for the input, and half of the sidechain.
    Duck,
    /// Notes on the first and the last of eight outputs.
    Kit,
}

impl Document {
    const ALL: [Self; 3] = [Self::Tone, Self::Duck, Self::Kit];

    /// The plugin for it.
    pub fn kind(self) -> Kind {
        match self {
            Self::Tone => Kind::Instrument,
            Self::Duck => Kind::Effect,
            Self::Kit => Kind::MultiOut,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tone => "tone",
            Self::Duck => "duck",
            Self::Kit => "kit",
        }
    }

    /// Its text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Tone => include_str!("documents/tone.orc"),
            Self::Duck => include_str!("documents/duck.orc"),
            Self::Kit => include_str!("documents/kit.orc"),
        }
    }
}

/// The folder with all of it.
pub struct Material {
    folder: PathBuf,
    home: PathBuf,
}

impl Material {
    /// Writes presets and reference sounds into the folder.
    ///
    /// # Errors
    /// Where the bundles are not built, a document does not play, or a file cannot be written.
    pub fn new(folder: &Path) -> Result<Self, Error> {
        let folder = std::path::absolute(folder).map_err(Error::file(folder))?;
        let home = folder.join("home");
        fs::create_dir_all(&home).map_err(Error::file(&home))?;
        let material = Self { folder, home };
        for document in Document::ALL {
            let path = material.preset(document);
            fs::write(&path, preset(document)?).map_err(Error::file(&path))?;
            let path = material.folder.join(document.name()).with_extension("orc");
            fs::write(&path, document.text()).map_err(Error::file(&path))?;
        }
        let path = material.notes();
        fs::write(&path, midi_file()?).map_err(Error::file(&path))?;
        for rate in RATES {
            material.write_raw(&format!("tone-{rate}.f32"), &notes_of(Document::Tone, rate)?)?;
        }
        material.write_raw("kit.f32", &notes_of(Document::Kit, RATE)?.stereo(0))?;
        Ok(material)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the hosts keep their settings.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// A document as VST3 hosts save it in a file.
    pub fn preset(&self, document: Document) -> PathBuf {
        self.folder.join(format!("{}.vstpreset", document.name()))
    }

    /// The notes as a MIDI file.
    pub fn notes(&self) -> PathBuf {
        self.folder.join("notes.mid")
    }

    /// Writes a sound as plain samples, one channel after the other, which needs no library to be read.
    fn write_raw(&self, name: &str, sound: &Sound) -> Result<(), Error> {
        let path = self.folder.join(name);
        let bytes: Vec<u8> =
            sound.channels.iter().flatten().flat_map(|sample| sample.to_le_bytes()).collect();
        fs::write(&path, bytes).map_err(Error::file(&path))
    }
}

/// An instance that plays a document.
pub fn playing(format: Format, document: Document, rate: u32) -> Result<Instance, Error> {
    let library = bundle::library(format)?;
    let mut instance = Instance::open(format, &library, document.kind().name())?;
    instance.load(document.text(), None)?;
    instance.activate(f64::from(rate), Cut::Fixed(512).block_max(u64::from(rate)))?;
    let report = instance.state()?.report()?;
    if report["plays"] != true {
        return Err(Error::Hosts(format!("{} does not play: {report:#}", document.name())));
    }
    Ok(instance)
}

/// The notes as the harness plays them.
pub fn notes(rate: u32) -> Plan {
    let half = u64::from(rate) / 2;
    let mut script = Script::new();
    for (at, key) in (0..).zip(KEYS) {
        script.key(half + 2 * half * at, key, f32::from(VELOCITY) / 127.0, half);
    }
    Plan::new(script, (SECONDS * f64::from(rate)) as u64)
}

/// What the core alone plays of the notes; the first frame is the host's, so the document's latency is in it.
fn notes_of(document: Document, rate: u32) -> Result<Sound, Error> {
    Ok(playing(Format::Core, document, rate)?.play(&notes(rate))?)
}

/// The notes as a file of one track at 120 beats a minute: each begins a beat behind the end of the one before.
fn midi_file() -> Result<Vec<u8>, Error> {
    let mut track = Vec::new();
    let mut push = |delta: u32, kind| track.push(TrackEvent { delta: u28::new(delta), kind });
    for key in KEYS.map(u7::new) {
        let message = |message| TrackEventKind::Midi { channel: u4::new(0), message };
        push(TICKS_PER_BEAT.into(), message(MidiMessage::NoteOn { key, vel: u7::new(VELOCITY) }));
        push(TICKS_PER_BEAT.into(), message(MidiMessage::NoteOff { key, vel: u7::new(64) }));
    }
    push(TICKS_PER_BEAT.into(), TrackEventKind::Meta(MetaMessage::EndOfTrack));
    let timing = Timing::Metrical(u15::new(TICKS_PER_BEAT));
    let file = Smf { header: Header { format: midly::Format::SingleTrack, timing }, tracks: vec![track] };
    let mut bytes = Vec::new();
    file.write_std(&mut bytes).map_err(|error| Error::Hosts(format!("the notes: {error}")))?;
    Ok(bytes)
}

/// A VST3 preset: a header, the component's state, and a list of what there is.
fn preset(document: Document) -> Result<Vec<u8>, Error> {
    const HEADER_BYTES: u64 = 48;
    let library = bundle::library(Format::Vst3)?;
    let plugins = Format::Vst3.scan(&library)?;
    let plugin = plugins.iter().find(|plugin| plugin.name == document.kind().name());
    let class = &plugin.ok_or_else(|| Error::Hosts(format!("no {}", document.kind().name())))?.id;
    let mut instance = Instance::open(Format::Vst3, &library, document.kind().name())?;
    instance.load(document.text(), None)?;
    let state = instance.hosted().save()?;
    let length = state.len() as u64;
    let mut file = b"VST3".to_vec();
    file.extend(1_u32.to_le_bytes());
    file.extend(class.as_bytes());
    file.extend((HEADER_BYTES + length).to_le_bytes());
    file.extend(state);
    file.extend(b"List");
    file.extend(1_u32.to_le_bytes());
    file.extend(b"Comp");
    file.extend(HEADER_BYTES.to_le_bytes());
    file.extend(length.to_le_bytes());
    Ok(file)
}
