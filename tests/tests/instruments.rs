//! Seam: every document in `instruments/`, played by the core alone.
//!
//! One passage for all of them: a middle A, hard and soft, then a chord; effects hear it as plucked strings on their
//! inputs. How each document sounds is compared with its `golden.json`, and what is asked of all of them (see
//! `instruments/README.md`) is asked here. `KSMPS_BLESS=1` writes the numbers anew.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::io::Write;
use std::path::{Path, PathBuf};

use ksmps_core::diagnostic::Severity;
use ksmps_core::document::{Document, Notes};
use ksmps_core::event::Event;
use ksmps_core::library::python::candidates;
use ksmps_core::player::{self, Control, InstanceConfig, Machine, Player};
use ksmps_core::python::PythonSearch;
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::settings::UserFiles;
use ksmps_core::transport::{HostTransport, Transport};
use ksmps_harness::count::{Kind, counted};
use ksmps_harness::measure;
use ksmps_harness::script::{Cut, Script};
use serde::{Deserialize, Serialize};

const RATE: f64 = 48_000.0;
/// A stereo pair and one more, on both sides: enough for every document here.
const BUSES: [usize; 2] = [2, 2];
const CHANNELS: usize = 4;

// The passage, in seconds. It begins when the scores that some documents play at their start are over.
const HARD_S: f64 = 3.0;
const SOFT_S: f64 = 5.5;
const SINGLE_NOTE_S: f64 = 1.0;
const CHORD_S: f64 = 7.5;
const CHORD_LENGTH_S: f64 = 1.5;
const END_S: f64 = 17.0;
const HARD: f32 = 100.0 / 127.0;
const SOFT: f32 = 40.0 / 127.0;
const SINGLE_KEY: u8 = 69;
const CHORD_KEYS: [u8; 4] = [48, 55, 64, 71];

/// How a document sounds, and what it need not do.
#[derive(Debug, Serialize, Deserialize)]
struct Golden {
    /// Peak of the chord.
    peak_dbfs: f64,
    /// Integrated loudness of the passage.
    loudness_lufs: f64,
    /// Centre of the passage's spectrum.
    centroid_hz: f64,
    /// Pitch of the hard A.
    pitch_hz: Option<f64>,
    /// All samples.
    hash: String,
    /// Rules that do not hold, each with its reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    except: BTreeMap<String, String>,
}

#[test]
fn every_instrument_sounds_as_it_did_and_as_it_should() {
    let bless = std::env::var_os("KSMPS_BLESS").is_some();
    let folders = folders("");
    assert!(folders.len() >= 8, "only {} folders", folders.len());
    let complaints: Vec<String> = folders.iter().flat_map(|folder| check(folder, bless)).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// What is told of the documents in `instruments/python`, which play apart once they are allowed to.
#[test]
fn every_instrument_with_python_sounds_as_it_did_and_as_it_should() {
    let folders = folders(PYTHON);
    assert_eq!(folders.len(), 2);
    let (found, refused) = candidates(&PythonSearch::of_environment());
    if found.is_empty() {
        // Past what keeps the words of tests that pass to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED, A TEST OF PYTHON: there is none here {refused:?}");
        return;
    }
    let bless = std::env::var_os("KSMPS_BLESS").is_some();
    let complaints: Vec<String> = folders.iter().flat_map(|folder| check(folder, bless)).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The folder of documents that run Python, in `instruments/`.
const PYTHON: &str = "python";

/// The folders of documents in `instruments/` or a folder of it, by name.
fn folders(of: &str) -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../instruments").join(of).canonicalize().unwrap();
    let entries = std::fs::read_dir(&all).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir() && !path.ends_with(PYTHON)).collect();
    folders.sort();
    folders
}

/// Everything that is wrong with one folder, in sentences that begin with its name.
fn check(folder: &Path, bless: bool) -> Vec<String> {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let told = |complaint: String| format!("{name}: {complaint}");
    if !folder.join("README.md").is_file() {
        return vec![told("there is no README.md".into())];
    }
    let instance = match Instance::new(&folder.join(format!("{name}.csd"))) {
        Ok(instance) => instance,
        Err(problem) => return vec![told(problem)],
    };
    let take = instance.play();
    let file = folder.join("golden.json");
    let kept: Option<Golden> = std::fs::read_to_string(&file)
        .ok()
        .map(|text| serde_json::from_str(&text).expect("golden.json is readable"));
    let except = kept.as_ref().map(|golden| golden.except.clone()).unwrap_or_default();
    let heard = take.golden(except);
    let mut complaints = exceptions_apart(take.broken_rules(), &heard.except);
    match kept {
        _ if bless => {
            let text = serde_json::to_string_pretty(&heard).unwrap();
            std::fs::write(&file, text + "\n").unwrap();
        }
        None => complaints.push("there is no golden.json; KSMPS_BLESS=1 writes it".into()),
        Some(kept) => complaints.extend(differences(&kept, &heard)),
    }
    if !bless && complaints.is_empty() {
        println!("{name}: {heard:?}");
    }
    complaints.into_iter().map(told).collect()
}

/// What has moved beyond its tolerance.
fn differences(kept: &Golden, heard: &Golden) -> Vec<String> {
    let mut found = Vec::new();
    let mut near = |what: &str, kept: f64, heard: f64, by: f64| {
        // Two silences are equal, and no number is near to NaN.
        let is_near = kept == heard || (kept - heard).abs() <= by;
        if !is_near {
            found.push(format!("{what} was {kept}, is {heard}"));
        }
    };
    near("peak_dbfs", kept.peak_dbfs, heard.peak_dbfs, 0.5);
    near("loudness_lufs", kept.loudness_lufs, heard.loudness_lufs, 0.5);
    near("centroid_hz", kept.centroid_hz, heard.centroid_hz, 0.03 * kept.centroid_hz);
    match (kept.pitch_hz, heard.pitch_hz) {
        (Some(kept), Some(heard)) => near("pitch in cents", 0.0, measure::cents(heard, kept), 5.0),
        (kept, heard) if kept != heard => found.push(format!("pitch_hz was {kept:?}, is {heard:?}")),
        _ => {}
    }
    if found.is_empty() && kept.hash != heard.hash {
        println!("the same numbers, but not the same samples: {} was {}", heard.hash, kept.hash);
    }
    found
}

/// Broken rules that are not excepted, and exceptions that nothing needs.
fn exceptions_apart(broken: BTreeMap<&str, String>, except: &BTreeMap<String, String>) -> Vec<String> {
    let unexpected = broken.iter().filter(|(rule, _)| !except.contains_key(**rule));
    let unexpected = unexpected.map(|(rule, what)| format!("{rule}: {what}"));
    let needless = except.keys().filter(|rule| !broken.contains_key(rule.as_str()));
    unexpected.chain(needless.map(|rule| format!("`{rule}` is excepted, but holds"))).collect()
}

/// A document, loaded and ready to play the passage.
struct Instance {
    // Keeps the document; the player plays it.
    _control: std::sync::Arc<Control>,
    player: Player,
    // What the user has allowed.
    _user: tempfile::TempDir,
    script: Script,
    inputs: Vec<Vec<f32>>,
    warnings: Vec<String>,
}

impl Instance {
    fn new(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let document = Document::parse(&text, Some(file)).map_err(|errors| format!("{errors:?}"))?;
        let channels = HostChannels { inputs: BUSES.to_vec(), outputs: BUSES.to_vec() };
        let user = tempfile::tempdir().map_err(|error| error.to_string())?;
        let machine = Machine { user: Some(UserFiles::in_folder(user.path())), factory: &[] };
        if !document.needs.is_empty() {
            player::give_consent(&UserFiles::in_folder(user.path()), file, None)
                .map_err(|error| error.to_string())?;
        }
        let config = InstanceConfig { channels, default_document: "" };
        let (control, mut player) = match document.needs.is_empty() {
            true => player::pair(config),
            false => player::pair_on(machine, config),
        };
        control.load(text, Some(file.to_path_buf()));
        let status = control.activate(RATE);
        if status.failed || status.info.is_none() {
            return Err(format!("it does not build: {:?}", status.diagnostics));
        }
        player.set_offline(true);
        player.adopt();
        let warnings = status.diagnostics.iter().filter(|told| told.severity >= Severity::Warning);
        let warnings = warnings.map(|told| told.text.clone()).collect();
        let (single, chord) = keys(&document);
        let hears = matches!(document.notes, Notes::Off | Notes::Undeclared);
        Ok(Self {
            _control: control,
            player,
            _user: user,
            script: if hears { Script::new() } else { script(single, &chord) },
            inputs: if hears { plucked(single, &chord) } else { vec![vec![0.0; seconds(END_S)]; CHANNELS] },
            warnings,
        })
    }

    fn play(mut self) -> Take {
        let (channels, _) = self.render();
        let voices_left = self.player.voice_count();
        let (_, allocations) = self.render();
        self.player.reset();
        let (again, _) = self.render();
        let differs = measure::difference(&channels, &again).map(|found| found.first_frame);
        Take { channels, voices_left, allocations, differs, warnings: self.warnings }
    }

    /// The sound of the passage, and how often memory was allocated on the way, where that can be counted.
    fn render(&mut self) -> (Vec<Vec<f32>>, u64) {
        let mut channels = vec![vec![0.0; seconds(END_S)]; CHANNELS];
        let mut events: Vec<Event> = Vec::new();
        let mut reports = Reports::default();
        let mut allocations = 0;
        for range in Cut::Fixed(512).blocks(seconds(END_S) as u64) {
            let (from, to) = (range.start as usize, range.end as usize);
            self.script.block(range.start, to - from, &mut events);
            let inputs: Vec<&[f32]> = self.inputs.iter().map(|channel| &channel[from..to]).collect();
            let mut outputs: Vec<&mut [f32]> =
                channels.iter_mut().map(|channel| &mut channel[from..to]).collect();
            let mut block =
                Block { inputs: &inputs, outputs: &mut outputs, frames: to - from, events: &events };
            self.player.transport(song_at(range.start));
            let ((), counts) = counted(|| self.player.process(&mut block, &mut reports));
            allocations += match counts {
                Some(counts) => counts.total(Kind::Allocation),
                // Only there the rule cannot be checked.
                None if cfg!(not(all(target_os = "linux", target_env = "gnu"))) => 0,
                None => panic!("glibc's calls are counted"),
            };
        }
        (channels, allocations)
    }
}

/// The host's song, which plays with the passage.
fn song_at(frame: u64) -> Transport {
    let frames = Some(frame as i64);
    HostTransport { playing: true, frames, ..HostTransport::default() }.complete(RATE)
}

/// The key of the single notes and those of the chord: what the document's rules name, else the passage's own.
fn keys(document: &Document) -> (u8, Vec<u8>) {
    let Notes::Sched(rules) = &document.notes else { return (SINGLE_KEY, CHORD_KEYS.to_vec()) };
    let named: Vec<u8> = rules.iter().flat_map(|rule| rule.keys.iter().map(|(first, _)| *first)).collect();
    named.first().map_or((SINGLE_KEY, CHORD_KEYS.to_vec()), |first| (*first, named.clone()))
}

/// When each note of the passage starts, its key, velocity and length in seconds.
fn passage(single: u8, chord: &[u8]) -> impl Iterator<Item = (f64, u8, f32, f64)> {
    let singles = [(HARD_S, single, HARD, SINGLE_NOTE_S), (SOFT_S, single, SOFT, SINGLE_NOTE_S)];
    singles.into_iter().chain(chord.iter().map(|key| (CHORD_S, *key, HARD, CHORD_LENGTH_S)))
}

fn script(single: u8, chord: &[u8]) -> Script {
    let mut script = Script::new();
    for (start, key, velocity, length) in passage(single, chord) {
        script.key(seconds(start) as u64, key, velocity, seconds(length) as u64);
    }
    script
}

/// The passage as plucked strings of ten harmonics, on the first two channels.
fn plucked(single: u8, chord: &[u8]) -> Vec<Vec<f32>> {
    let mut sound = vec![0.0; seconds(END_S)];
    for (start, key, velocity, length) in passage(single, chord) {
        let hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        let frames = seconds(length);
        for (n, sample) in sound[seconds(start)..][..frames].iter_mut().enumerate() {
            let fade = (n as f64 / 200.0).min((frames - n) as f64 / 2_000.0).min(1.0);
            let decay = (-(n as f64) / (0.6 * RATE)).exp();
            let phase = TAU * hz * n as f64 / RATE;
            let string: f64 = (1..=10).map(f64::from).map(|h| (h * phase).sin() / h).sum();
            *sample += (0.06 * f64::from(velocity * velocity) * fade * decay * string) as f32;
        }
    }
    let silence = vec![0.0; sound.len()];
    vec![sound.clone(), sound, silence.clone(), silence]
}

fn seconds(seconds: f64) -> usize {
    (seconds * RATE) as usize
}

/// A rendering of the passage.
struct Take {
    channels: Vec<Vec<f32>>,
    voices_left: usize,
    /// In the second passage, when every voice has sounded before.
    allocations: u64,
    /// Where the second rendering, after a reset, parts from the first.
    differs: Option<usize>,
    warnings: Vec<String>,
}

impl Take {
    fn part(&self, from_s: f64, to_s: f64) -> Vec<Vec<f32>> {
        self.channels.iter().map(|channel| channel[seconds(from_s)..seconds(to_s)].to_vec()).collect()
    }

    fn golden(&self, except: BTreeMap<String, String>) -> Golden {
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        let chord = self.part(CHORD_S, CHORD_S + CHORD_LENGTH_S);
        let all = measure::mixdown(&self.part(HARD_S, END_S));
        let single = measure::mixdown(&self.part(HARD_S + 0.2, HARD_S + 0.9));
        Golden {
            peak_dbfs: rounded(measure::peak_dbfs(&chord)),
            loudness_lufs: rounded(measure::loudness_lufs(&self.part(HARD_S, END_S), RATE)),
            centroid_hz: rounded(measure::Spectrum::of(&all, RATE).centroid_hz()),
            pitch_hz: measure::pitch_hz(&single, RATE).map(rounded),
            hash: measure::hash(&self.channels),
            except,
        }
    }

    /// What is asked of every document, by the rule's name.
    fn broken_rules(&self) -> BTreeMap<&'static str, String> {
        let mut broken = BTreeMap::new();
        let peak = measure::peak_dbfs(&self.part(CHORD_S, CHORD_S + CHORD_LENGTH_S));
        if !(-18.0..=-6.0).contains(&peak) {
            broken.insert("level", format!("the chord peaks at {peak:.1} dBFS"));
        }
        let single = |at: f64| measure::peak_dbfs(&self.part(at, at + SINGLE_NOTE_S));
        let softer = single(HARD_S) - single(SOFT_S);
        if softer.is_nan() || softer < 3.0 {
            broken.insert("velocity", format!("a soft note is only {softer:.1} dB softer"));
        }
        let clicks: Vec<_> =
            self.channels.iter().flat_map(|channel| measure::clicks(channel, RATE)).collect();
        if !clicks.is_empty() {
            broken.insert("clicks", format!("{}, the first is {:?}", clicks.len(), clicks[0]));
        }
        if !measure::is_silent(&self.part(END_S - 0.5, END_S), -80.0) || self.voices_left > 0 {
            broken.insert("silence", format!("it does not end; {} voices are left", self.voices_left));
        }
        if self.allocations > 0 {
            broken.insert("allocations", format!("{} when every voice had sounded before", self.allocations));
        }
        if let Some(frame) = self.differs {
            broken.insert("repeat", format!("after a reset it is another sound from frame {frame} on"));
        }
        if !self.warnings.is_empty() {
            broken.insert("warnings", self.warnings.join("; "));
        }
        broken
    }
}
