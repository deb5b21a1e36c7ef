//! Ardour without a window: a session with both plugins, made, saved, loaded, automated, saved and exported by Ardour's own
//! programs, and measured in the exported file.
//!
//! The instrument plays the notes to the master bus and to the effect's sidechain. The effect lets half of its sidechain
//! through, and a tone of its own track with an automated gain. How far the two paths of the notes are in step is measured
//! to the frame.

mod session;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::measure::{cents, first_above, peak, pitch_hz, rms};
use ksmps_harness::wav;

use super::material::{Document, KEYS, Material, RATE, notes, playing};
use super::program;
use super::rows::Rows;
use crate::error::Error;
use session::{NAME, RAMP, TONE};

/// The cycle of the documents, which is the latency of each plugin.
const CYCLE: usize = 32;
/// How often an export is tried again.
const EXPORTS_MAX: usize = 8;
/// The first frames of the session, which have the notes.
const NOTES_FRAMES: usize = 4 * RATE as usize;
/// How late the sidechain is looked for.
const LATE_MAX: usize = 128;
/// Where Debian's Ardour lies.
const ARDOUR: &str = "/usr/lib/ardour7";
/// Ardour's settings. Its ports can play at other speeds, which takes 16 frames; whether it counts them as latency differs
/// from one opening of a session to the next. A quality of 0 switches that off.
const SETTINGS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Ardour>\n  <Config>\n    \
    <Option name=\"port-resampler-quality\" value=\"0\"/>\n  </Config>\n</Ardour>\n";

/// Scans, makes the session, exports it twice, and measures.
///
/// # Errors
/// Where a program of Ardour's is not there or fails.
pub fn run(material: &Material, rows: &mut Rows) -> Result<(), Error> {
    let ardour = Ardour { home: material.home().to_owned() };
    ardour.set_up()?;
    let version = program::output(ardour.command("ardour7-lua").arg("--version"))?;
    rows.say("version", true, version.lines().next().unwrap_or_default());
    ardour.scan(rows)?;

    // Its files lie in a folder that is called as the session's.
    let folder = material.folder().join("ardour").join(NAME);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(material.folder().join("ardour")).map_err(Error::file(&folder))?;
    ardour.lua("make.lua", &folder, &[])?;
    session::fill(&folder, material)?;
    let told = ardour.lua("finish.lua", &folder, &RAMP.map(|seconds| seconds.to_string()))?;
    let title = told.lines().find(|line| line.starts_with("title: ")).unwrap_or("no title");
    rows.say("a session is saved with both plugins, loaded and saved again", true, title);

    let mut unusable = Vec::new();
    let first = ardour.export(&folder, &material.folder().join("ardour-1.wav"), &mut unusable)?;
    let second = ardour.export(&folder, &material.folder().join("ardour-2.wav"), &mut unusable)?;
    let differing = first.iter().flatten().zip(second.iter().flatten()).filter(|(a, b)| a != b).count();
    let figure = format!("{differing} samples differ; unusable exports besides: {unusable:?}");
    rows.say("two exports are identical", first == second, figure);
    hear_notes(&first, rows)?;
    hear_automation(&first[0], rows);
    Ok(())
}

/// Its programs, with settings of their own.
struct Ardour {
    home: PathBuf,
}

impl Ardour {
    fn command(&self, name: &str) -> Command {
        program::command(name, &self.home)
    }

    fn set_up(&self) -> Result<(), Error> {
        let folder = self.home.join(".config/ardour7");
        std::fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let settings = folder.join("config");
        std::fs::write(&settings, SETTINGS).map_err(Error::file(&settings))
    }

    /// Puts the bundle where Ardour looks and lets its scanner list it. Ardour opens what has been scanned.
    fn scan(&self, rows: &mut Rows) -> Result<(), Error> {
        let library = bundle::library(Format::Vst3)?;
        let bundle = library.ancestors().nth(3).unwrap_or(&library);
        let folder = self.home.join(".vst3");
        let link = folder.join("Ksmps.vst3");
        std::fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(bundle, &link).map_err(Error::file(&link))?;
        let started = Instant::now();
        let mut scanner = self.command(&format!("{ARDOUR}/ardour-vst3-scanner"));
        let told = program::output(scanner.env("LD_LIBRARY_PATH", ARDOUR).arg("-f").arg(&link))?;
        let took = started.elapsed();
        let found = Kind::ALL.into_iter().filter(|kind| told.contains(kind.name())).count();
        rows.say("its scanner lists the plugins", found == 3, format!("{found} in {took:.2?}"));
        Ok(())
    }

    /// Runs a script beside this file on the session.
    fn lua(&self, script: &str, folder: &Path, arguments: &[String]) -> Result<String, Error> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hosts/ardour").join(script);
        program::output(self.command("ardour7-lua").arg(script).arg(folder).arg(NAME).args(arguments))
    }

    /// Exports until an export is of use. Ardour 7.3's program for it writes beyond its own memory now and then, also of a
    /// session without any plugin: then it ends with a signal, or its samples are no sound. And sometimes it begins before
    /// its MIDI tracks are ready.
    fn export(
        &self,
        folder: &Path,
        out: &Path,
        unusable: &mut Vec<&'static str>,
    ) -> Result<Vec<Vec<f32>>, Error> {
        for _ in 0..EXPORTS_MAX {
            let mut export = self.command("ardour7-export");
            export.args(["--bitdepth", "float", "--output"]).arg(out).arg(folder).arg(NAME);
            if program::output(&mut export).is_err() {
                unusable.push("it crashed");
                continue;
            }
            let channels = wav::read(out).map_err(Error::sound(out))?.channels;
            if channels.iter().any(|channel| peak(channel) > 2.0) {
                unusable.push("samples are no sound");
            } else if channels.iter().all(|channel| peak(&channel[..NOTES_FRAMES]) == 0.0) {
                unusable.push("it played no MIDI");
            } else {
                return Ok(channels);
            }
        }
        Err(Error::Hosts(format!("no export is of use: {unusable:?}")))
    }
}

/// The notes of the instrument, and how they come through the sidechain.
fn hear_notes(export: &[Vec<f32>], rows: &mut Rows) -> Result<(), Error> {
    let rate = f64::from(RATE);
    let second = RATE as usize;
    let mut off = Vec::new();
    let mut wrong = Vec::new();
    for (at, key) in KEYS.into_iter().enumerate() {
        let begin = at * second + second / 2;
        let around = [export[0][begin - 1000..begin + second / 2].to_vec()];
        off.push(first_above(&around, 1e-3).map_or(i64::MAX, |frame| frame as i64 - 1000));
        let hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        let heard = pitch_hz(&export[0][begin + 1000..begin + second / 2 - 1000], rate);
        wrong.push(heard.map_or(f64::INFINITY, |heard| cents(heard, hz).abs()));
    }
    rows.say("notes begin on their frames", off == [0; 4], format!("{off:?} frames off"));
    let most = wrong.iter().copied().fold(0.0, f64::max);
    rows.say("pitches", most < 1.0, format!("{most:.2} cents off at most, keys {KEYS:?}"));

    let alone = playing(Format::Core, Document::Tone, RATE)?.play_aligned(&notes(RATE))?.channels;
    let (late, apart) = (0..=LATE_MAX)
        .map(|late| (late, difference_with_sidechain(&alone, export, late)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((0, f32::INFINITY));
    rows.say(
        "the notes and half of them from the sidechain are the core's samples",
        apart == 0.0 && (late == 0 || late == CYCLE),
        format!("differ by {apart:e} at most, the sidechain is {late} frames late"),
    );
    Ok(())
}

/// The largest difference between what was exported and the notes with half of them `late` frames later.
fn difference_with_sidechain(notes: &[Vec<f32>], export: &[Vec<f32>], late: usize) -> f32 {
    let apart = notes.iter().zip(export).flat_map(|(notes, export)| {
        let later = std::iter::repeat_n(0.0, late).chain(notes.iter().copied());
        let expected = notes.iter().zip(later).map(|(now, later)| now + later * 0.5);
        expected.zip(export).map(|(expected, heard)| (expected - heard).abs())
    });
    apart.fold(0.0, f32::max)
}

/// The tone through the effect while its gain goes down.
fn hear_automation(heard: &[f32], rows: &mut Rows) {
    let rate = f64::from(RATE);
    let [begin, end] = RAMP;
    let mut most: f64 = 0.0;
    for step in 0..40 {
        let at = TONE[0] + 0.05 + 0.0475 * f64::from(step);
        let around = ((at - 0.005) * rate) as usize..((at + 0.005) * rate) as usize;
        let share = f64::from(rms(&heard[around])) / (f64::from(session::LEVEL) / 2_f64.sqrt());
        let expected = (1.0 - (at - begin) / (end - begin)).clamp(0.0, 1.0);
        most = most.max((share - expected).abs());
    }
    rows.say("the automation is followed", most < 0.03, format!("off by {most:.4} of full at most"));
}
