//! A session as a sound file.
//!
//! ```
//! use ksmps_offline::{RenderOptions, RenderSession};
//! use ksmps_session::{Automate, Sched, Session, Template};
//!
//! let folder = tempfile::tempdir()?;
//! let mut session = Session::default();
//! session.define(Template::new("saw", "|kmidi=60| \n outch 1, vco2:a(0.1, mtof:k(kmidi))"))?;
//! let low = session.sched(Sched::new("saw").dur(0.4).with("kmidi", 48.0))?;
//! session.sched(Sched::new("saw").at(0.2).dur(0.4).with("kmidi", 67.0))?;
//! session.automate(low, "kmidi", Automate::new([(0.0, 48.0), (0.4, 60.0)]))?;
//! let job = session.render(folder.path().join("saw.wav"), &RenderOptions::default())?;
//! assert_eq!(job.seconds(), job.frames as f64 / 44_100.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ksmps_library::sound_file::{Encoding, Format, Writer};

use ksmps_csound::{MessageLine, MessageQueue, MessageReader, Performed};
use ksmps_data::diagnostic::Severity;
use ksmps_data::file::FileError;
use ksmps_data::transport::TEMPO_DEFAULT;
use ksmps_data::verbs::EngineError;
use ksmps_engine::{Direct, MakingVerbs as _, session_setup};
use ksmps_session::{Session, SessionError};

use super::OfflineEngine;

/// How a session is rendered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RenderOptions {
    /// Where the file ends, in seconds of the session: what goes on is cropped, what ended before is extended.
    pub endtime: Option<f64>,
    /// Where the file begins, in seconds of the session. What comes before is performed but not written, so that what
    /// sounds across it sounds as it would have.
    pub starttime: f64,
    /// Seconds added at the end, for what dies away.
    pub tail: f64,
    /// What samples are written as; the format's own default where nothing is said.
    pub encoding: Option<Encoding>,
    /// The kind of file; by the file name's extension where nothing is said.
    pub format: Option<Format>,
    /// Frames per second instead of the session's.
    pub sr: Option<u32>,
    /// Frames in a cycle instead of the session's.
    pub ksmps: Option<u32>,
    /// Options of the csound command line for this render.
    pub options: Vec<String>,
}

/// A session that was rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionJob {
    /// The file.
    pub path: PathBuf,
    /// Its frames.
    pub frames: u64,
    /// Frames per second.
    pub rate: u32,
    /// Its channels.
    pub channels: usize,
    /// Its samples' encoding.
    pub encoding: Encoding,
    /// How long it took.
    pub took: Duration,
    /// What Csound and the engine had to say: instances that failed, tables that could not be made.
    pub messages: Vec<String>,
}

impl SessionJob {
    /// Seconds of sound. `[any]`
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate)
    }
}

/// From where to where a render goes, in frames, and whether releases may go on behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: u64,
    to: u64,
    rings_out: bool,
}

/// A release that goes on for longer than this behind the last event is cut off.
const RING_OUT_SECONDS: f64 = 600.0;

/// Rendering a session.
pub trait RenderSession {
    /// Renders everything into a sound file. `[control]`
    ///
    /// Without an end of its own the file lasts until the last event with an end has ended and died away, or until
    /// the end marker; events without an end are cut off there. A session that follows the host's song is rendered as the song
    /// has it from its beginning on, once, at 120 quarter notes a minute.
    ///
    /// # Errors
    /// [`SessionError::NothingToRender`]; [`SessionError::Compile`] with template, line and text;
    /// [`SessionError::Engine`], [`SessionError::File`], [`SessionError::Configuration`], [`SessionError::BadTime`].
    fn render(&self, path: impl AsRef<Path>, options: &RenderOptions) -> Result<SessionJob, SessionError> {
        self.render_with(path, options, |_, _| {})
    }

    /// As [`RenderSession::render`]; tells every now and then how many frames of how many are done. `[control]`
    ///
    /// # Errors
    /// As [`RenderSession::render`].
    fn render_with(
        &self,
        path: impl AsRef<Path>,
        options: &RenderOptions,
        progress: impl FnMut(u64, u64),
    ) -> Result<SessionJob, SessionError>;
}

impl RenderSession for Session {
    fn render_with(
        &self,
        path: impl AsRef<Path>,
        options: &RenderOptions,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<SessionJob, SessionError> {
        let path = path.as_ref();
        let began = Instant::now();
        if options.sr.is_some() || options.ksmps.is_some() {
            let session = self.at_rate(options.sr, options.ksmps)?;
            let options = RenderOptions { sr: None, ksmps: None, ..options.clone() };
            return session.render_with(path, &options, progress);
        }
        if !self.play().is_plain() {
            return self.in_seconds(TEMPO_DEFAULT).render_with(path, options, progress);
        }
        let span = span(self, options)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(FileError::new(folder, "there is no such folder").into());
        }
        let unclear = || FileError::new(path, "its name does not say which kind of sound file it is");
        let format = options.format.or_else(|| Format::of(path)).ok_or_else(unclear)?;
        let encoding = options.encoding.unwrap_or_else(|| format.default_encoding());
        let mut engine = start(self, self.csound_options().iter().chain(&options.options))?;
        let channels = engine.running().outputs();
        let rate = self.config().sr;
        let mut writer = Writer::create(path, format, encoding, rate, channels)?;
        let messages = perform(&mut engine, span, &mut writer, &mut progress)?;
        writer.flush()?;
        let frames = writer.frames();
        let path = path.to_owned();
        Ok(SessionJob { path, frames, rate, channels, encoding, took: began.elapsed(), messages })
    }
}

/// Starts an engine and puts the session on it.
fn start<'a>(session: &Session, options: impl Iterator<Item = &'a String>) -> Result<Direct, SessionError> {
    let config = session.config();
    let mut builder = OfflineEngine::builder()
        .sample_rate(config.sr)
        .ksmps(config.ksmps)
        .channels(config.channels)
        .a4(config.a4)
        .num_audio_buses(config.audio_buses)
        .num_control_buses(config.control_buses)
        .first_bus(session.bus_sizes().first_token)
        .global_code(format!("instr {}\nendin\n", session.highest_number()));
    for option in options {
        builder = builder.option(option);
    }
    let mut engine = builder.start_without_file()?;
    session_setup::put(&mut engine, session)?;
    Ok(engine)
}

/// From where to where a render goes.
fn span(session: &Session, options: &RenderOptions) -> Result<Span, SessionError> {
    for seconds in [options.starttime, options.tail, options.endtime.unwrap_or(0.0)] {
        if !(seconds.is_finite() && seconds >= 0.0) {
            return Err(SessionError::BadTime(seconds));
        }
    }
    if session.events().is_empty() {
        return Err(SessionError::NothingToRender("no event is scheduled"));
    }
    let end = options.endtime.unwrap_or_else(|| session.own_end());
    if end == 0.0 {
        let why = "no event has an end, and there is no end marker; set one, or an endtime";
        return Err(SessionError::NothingToRender(why));
    }
    if options.starttime >= end + options.tail {
        return Err(SessionError::NothingToRender("it starts where it ends, or behind"));
    }
    let clock = session.clock();
    let cycles = clock.nearest_cycle(end + options.tail);
    let to = cycles * u64::from(session.config().ksmps);
    Ok(Span { from: clock.frame(options.starttime), to, rings_out: options.endtime.is_none() })
}

fn perform(
    engine: &mut Direct,
    span: Span,
    writer: &mut Writer,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Vec<String>, SessionError> {
    let (ksmps, outputs) = (engine.running().ksmps() as u64, engine.running().outputs());
    let queue = engine.running_mut().messages();
    let mut log = Log::default();
    let longest = span.to + (RING_OUT_SECONDS * engine.running().rate()) as u64;
    let mut frame = 0;
    loop {
        let rings_on = frame >= span.to;
        if rings_on && !(span.rings_out && frame < longest) {
            break;
        }
        engine.begin_cycle();
        if frame == span.to {
            engine.forget_what_waits();
        }
        let performed = engine.running_mut().perform();
        engine.end_cycle();
        let running = engine.running();
        log.read(&queue);
        if performed == Performed::Left {
            return Err(EngineError::Left.into());
        }
        // Only at the beginning of the next cycle is it seen whether an event is over or has begun its release.
        if rings_on && !rings(running) {
            break;
        }
        let skipped = span.from.saturating_sub(frame).min(ksmps) as usize * outputs;
        match performed {
            Performed::Ended => writer.write(&vec![0.0; running.spout().len() - skipped])?,
            _ => writer.write(&running.spout()[skipped..])?,
        }
        frame += ksmps;
        if frame % (ksmps * PROGRESS_CYCLES) == 0 {
            progress(frame.min(span.to), span.to);
        }
    }
    progress(span.to, span.to);
    let mut messages: Vec<String> = engine.take_deferred_errors()?.iter().map(ToString::to_string).collect();
    messages.extend(log.finish(&queue));
    Ok(messages)
}

/// What Csound says that is worth telling.
#[derive(Default)]
struct Log {
    reader: MessageReader,
    lines: Vec<String>,
}

impl Log {
    /// Takes in what was said since the last time. It is read after every cycle: a cycle in which a thousand events
    /// start fills the queue.
    fn read(&mut self, queue: &MessageQueue) {
        let said = self.reader.read(queue);
        self.keep(said);
    }

    fn finish(mut self, queue: &MessageQueue) -> Vec<String> {
        self.read(queue);
        let rest = self.reader.finish();
        self.keep(rest);
        self.lines
    }

    fn keep(&mut self, said: impl IntoIterator<Item = MessageLine>) {
        let worth_telling = |line: &MessageLine| {
            line.severity > Severity::Note && !NOISE.iter().any(|noise| line.text.contains(noise))
        };
        self.lines.extend(said.into_iter().filter(worth_telling).map(|line| line.text.trim().to_owned()));
    }
}

/// What Csound prints as warnings though all is well: every event has p4, whether its instrument reads it or not.
const NOISE: [&str; 2] = ["new alloc for instr", "p-fields but is given"];

/// How often progress is told.
const PROGRESS_CYCLES: u64 = 256;

/// Whether something still sounds that has an end: a release, or an event whose instrument made it longer.
fn rings(running: &ksmps_csound::Running) -> bool {
    let has_an_end = |p1| running.pfield(p1, 3).is_some_and(|length| length > 0.0);
    running.sounding().any(|(p1, releasing)| releasing || has_an_end(p1))
}
