//! `render`: one document, played into a WAV file of 32-bit floats.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ksmps_core::offline::RenderOptions;
use ksmps_harness::bounce::Done;
use ksmps_harness::measure::{decibels, peak};
use ksmps_harness::script::{Cut, Script};
use ksmps_harness::song::Song;
use ksmps_harness::{midi_file, wav};

use crate::error::Error;
use crate::play::{Form, Job, Kind, Text, play};
use crate::progress::Watched;

use crate::{alone, session};

/// Sample rate where neither the command line nor the input names one.
const RATE_DEFAULT: u32 = 48000;
/// How long it goes on behind the last event or the input's end, and how long it lasts without either.
const TAIL_SECONDS: f64 = 3.0;
const LENGTH_SECONDS: f64 = 10.0;

/// What to render.
#[derive(clap::Args)]
pub struct Args {
    /// A .csd file, a bare orchestra or the name of a factory document; may be left out where --state-in holds one. Or a
    /// session (.json), which the core plays alone, into any sound file or a .csd; of the options, --rate and --seconds
    /// count then.
    #[arg(required_unless_present = "state_in")]
    document: Option<PathBuf>,
    /// Which plugin plays.
    #[arg(long, value_enum, default_value_t = Kind::Instrument)]
    plugin: Kind,
    /// In which form: a built plugin, or the core alone.
    #[arg(long, value_enum, default_value_t = Form::Clap)]
    format: Form,
    /// Standard MIDI file to play. The host's song plays from its beginning at the file's tempi, else at 120.
    #[arg(long, value_name = "FILE")]
    midi: Option<PathBuf>,
    /// Sound for the input.
    #[arg(long, value_name = "WAV")]
    input: Option<PathBuf>,
    /// A parameter by name, from a time on (from the start if no time is given); may be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE@SECONDS")]
    settings: Vec<String>,
    /// Sample rate; that of the input, else 48000, if not given.
    #[arg(long)]
    rate: Option<u32>,
    /// Blocks in which the host hands over audio: a number of frames, or random:SEED.
    #[arg(long, value_name = "N|random:SEED", default_value = "512")]
    block: Cut,
    /// Length; up to 3 s behind the last event and the input if not given, 10 s where there is neither.
    #[arg(long)]
    seconds: Option<f64>,
    /// State that the plugin is given first, as --state-out leaves it.
    #[arg(long, value_name = "FILE")]
    state_in: Option<PathBuf>,
    /// Session that the project keeps, as JSON; its files are carried in the state.
    #[arg(long, value_name = "SESSION.json")]
    session: Option<PathBuf>,
    /// Where the plugin's state goes afterwards, as JSON.
    #[arg(long, value_name = "FILE")]
    state_out: Option<PathBuf>,
    /// Play in this process, which a document can end.
    #[arg(long)]
    together: bool,
    /// The longest time that the document may take until it is ready, or for one block, in seconds; 20 and 30 if not given.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Where the sound goes.
    #[arg(long, value_name = "WAV")]
    out: PathBuf,
}

/// Renders; what the document's author should know goes to standard error.
///
/// # Errors
/// Where the document does not play, and, once the sound is written, where something went wrong while it played.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let played_here = |()| ExitCode::SUCCESS;
    match args.document.as_deref().filter(|path| session::is_session(path)) {
        Some(_) if args.together => render(args).map(played_here),
        Some(session) => alone::render_session(session, &args.out, args.limit),
        None => match alone::begin_again(args.together, args.limit)? {
            Some(code) => Ok(code),
            None => render(args).map(played_here),
        },
    }
}

fn render(args: &Args) -> Result<(), Error> {
    if let Some(session) = args.document.as_deref().filter(|path| session::is_session(path)) {
        let options = RenderOptions { endtime: args.seconds, sr: args.rate, ..RenderOptions::default() };
        return session::render(session, &args.out, &options);
    }
    let job = job(args)?;
    let seconds = job.frames as f64 / f64::from(job.rate);
    let (done, rate) = (job.done.clone(), u64::from(job.rate));
    let watched = Watched::new("seconds of sound", job.frames.div_ceil(rate), move || done.frames() / rate);
    let played = play(&job)?;
    drop(watched);
    if played.remarks.iter().any(|remark| remark.is_error() && remark.0.contains(ENGINE_ENDED)) {
        // What there is of the sound is not the document's.
        return Err(Error::Document { name: name_of(args), diagnostics: played.remarks });
    }

    for remark in &played.remarks {
        eprintln!("{remark}");
    }
    if let Some(path) = &args.state_out {
        make_room(path)?;
        fs::write(path, played.state.to_string()).map_err(Error::file(path))?;
    }
    make_room(&args.out)?;
    wav::write(&args.out, job.rate, &played.channels).map_err(Error::sound(&args.out))?;
    let loudest = played.channels.iter().map(|channel| peak(channel)).fold(0.0, f32::max);
    println!(
        "{}: {seconds:.2} s, {} channels at {} Hz, peak {:.1} dBFS, latency {} frames removed",
        args.out.display(),
        played.channels.len(),
        job.rate,
        decibels(loudest),
        played.latency_frames,
    );
    let count = played.remarks.iter().filter(|remark| remark.is_error()).count();
    if count == 0 { Ok(()) } else { Err(Error::WhilePlaying { name: name_of(args), count }) }
}

/// What an instance says of an engine's process that has ended.
const ENGINE_ENDED: &str = "the engine's process ended";

/// What the document is called.
fn name_of(args: &Args) -> String {
    args.document
        .as_ref()
        .map_or_else(|| "the state's document".to_owned(), |path| path.display().to_string())
}

fn job(args: &Args) -> Result<Job, Error> {
    let input = args.input.as_ref().map(|path| wav::read(path).map_err(Error::sound(path))).transpose()?;
    let rate = args.rate.or(input.as_ref().map(|input| input.rate)).unwrap_or(RATE_DEFAULT);
    if rate == 0 {
        return Err(Error::Usage("--rate must be above 0".to_owned()));
    }
    if let Some(input) = input.as_ref().filter(|input| input.rate != rate) {
        return Err(Error::Usage(format!("the input is at {} Hz, which is not --rate {rate}", input.rate)));
    }
    let inputs = input.map(|input| input.channels).unwrap_or_default();
    let (script, song) = script(args, f64::from(rate))?;
    let frames = match args.seconds {
        Some(seconds) if seconds > 0.0 && seconds.is_finite() => (seconds * f64::from(rate)).ceil() as u64,
        Some(_) => return Err(Error::Usage("--seconds must be above 0".to_owned())),
        None => match script.end().max(inputs.first().map_or(0, |channel| channel.len() as u64)) {
            0 => (LENGTH_SECONDS * f64::from(rate)) as u64,
            end => end + (TAIL_SECONDS * f64::from(rate)) as u64,
        },
    };
    Ok(Job {
        document: args.document.as_deref().map(Text::read).transpose()?,
        state: args.state_in.as_deref().map(read_state).transpose()?,
        session: args.session.as_deref().map(session::for_project).transpose()?,
        kind: args.plugin,
        form: args.format,
        rate,
        frames,
        block: args.block.clone(),
        song: Some(song),
        script,
        inputs,
        done: Done::default(),
    })
}

/// The MIDI file's events and the parameters that are set, and the song that they are in.
fn script(args: &Args, rate: f64) -> Result<(Script, Song), Error> {
    let (mut script, song) = match &args.midi {
        Some(path) => {
            let bytes = fs::read(path).map_err(Error::file(path))?;
            midi_file::script(&bytes, rate)
                .and_then(|script| Ok((script, midi_file::song(&bytes)?)))
                .map_err(|error| Error::Usage(format!("{}: {error}", path.display())))?
        }
        None => (Script::new(), Song::default()),
    };
    for text in &args.settings {
        let (name, value, seconds) = setting(text)
            .ok_or_else(|| Error::Usage(format!("--set {text}: write NAME=VALUE or NAME=VALUE@SECONDS")))?;
        script.set((seconds * rate).round() as u64, name, value);
    }
    Ok((script, song))
}

/// `NAME=VALUE@SECONDS`, taken apart.
fn setting(text: &str) -> Option<(&str, &str, f64)> {
    let (name, rest) = text.split_once('=')?;
    let (value, seconds) = match rest.rsplit_once('@') {
        Some((value, seconds)) => (value, seconds.parse().ok()?),
        None => (rest, 0.0),
    };
    let is_whole = !name.is_empty() && !value.is_empty() && (0.0..1e9).contains(&seconds);
    is_whole.then_some((name, value, seconds))
}

fn read_state(path: &Path) -> Result<serde_json::Value, Error> {
    let bytes = fs::read(path).map_err(Error::file(path))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Error::Usage(format!("{} is no state: {error}", path.display())))
}

/// Makes the folder that a file goes to.
pub fn make_room(path: &Path) -> Result<(), Error> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::create_dir_all(folder).map_err(Error::file(folder)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::setting;

    #[test]
    fn settings() {
        for (text, expected) in [
            ("cutoff=1200@0.5", Some(("cutoff", "1200", 0.5))),
            ("shape=Square", Some(("shape", "Square", 0.0))),
            ("name=a@b@1", Some(("name", "a@b", 1.0))),
            ("cutoff=1200@soon", None),
            ("cutoff=1200@-1", None),
            ("cutoff", None),
            ("=1", None),
        ] {
            assert_eq!(setting(text), expected, "{text}");
        }
    }
}
