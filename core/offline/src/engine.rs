//! The offline engine: time, the file, the end.

use std::path::{Path, PathBuf};

use ksmps_csound::Performed;
use ksmps_data::verbs::{Compatibility, EngineError};
use ksmps_engine::verbs::Verbs;
use ksmps_engine::{Direct, MakingVerbs as _};

use super::builder::OfflineBuilder;
use super::csd::Csd;
use ksmps_library::sound_file::{Encoding, Format, Writer};

/// How far [`OfflineEngine::perform_with`] goes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Perform {
    /// Up to this time in seconds; `None` for the end marker.
    pub until: Option<f64>,
    /// Seconds after the end marker, for what dies away. Not counted where `until` says where to stop.
    pub extra: f64,
}

/// A file that was rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderJob {
    /// The file.
    pub path: PathBuf,
    /// Its frames, a multiple of ksmps.
    pub frames: u64,
    /// Frames per second.
    pub rate: u32,
    /// Its channels.
    pub channels: usize,
    /// Its samples' encoding.
    pub encoding: Encoding,
}

/// Where the sound goes.
#[derive(Debug)]
pub(super) struct Target {
    pub path: PathBuf,
    pub format: Format,
    pub encoding: Encoding,
    /// The temporary folder that the file lies in; it goes with the engine.
    pub _folder: Option<tempfile::TempDir>,
}

/// Csound that renders into a file, as far and as often as it is told to.
///
/// Dropping it ends it without rendering what is still to come; [`OfflineEngine::stop`] renders that first.
pub struct OfflineEngine {
    /// `None` once it was stopped.
    live: Option<Live>,
    target: Target,
    setup: OfflineBuilder,
    job: Option<RenderJob>,
}

/// What there is until the engine is stopped.
pub(super) struct Live {
    pub engine: Direct,
    writer: Writer,
    included: Vec<PathBuf>,
    cycle: Vec<f64>,
}

/// Once it was stopped every verb is refused with [`EngineError::Stopped`].
impl<'a> Verbs for &'a mut OfflineEngine {
    type Target = &'a mut Direct;

    fn target(self) -> Result<Self::Target, EngineError> {
        self.live().map(|live| &mut live.engine)
    }
}

impl OfflineEngine {
    /// A new engine's settings.
    pub fn builder() -> OfflineBuilder {
        OfflineBuilder::default()
    }

    pub(super) fn new(engine: Direct, writer: Writer, target: Target, setup: OfflineBuilder) -> Self {
        let cycle = Vec::with_capacity(engine.running().ksmps() * engine.running().outputs());
        let included = setup.includes.clone();
        Self { live: Some(Live { engine, writer, included, cycle }), target, setup, job: None }
    }

    pub(super) fn live(&mut self) -> Result<&mut Live, EngineError> {
        self.live.as_mut().ok_or(EngineError::Stopped)
    }

    /// Frames per second. `[any]`
    pub fn sample_rate(&self) -> u32 {
        self.setup.rate
    }

    /// Frames in a cycle. `[any]`
    pub fn ksmps(&self) -> u32 {
        self.setup.ksmps
    }

    /// Output channels. `[any]`
    pub fn channels(&self) -> u32 {
        self.setup.channels
    }

    /// Seconds performed since the start or the last rewind; after the end, 0. `[any]`
    pub fn now(&self) -> f64 {
        self.live.as_ref().map_or(0.0, |live| live.engine.now())
    }

    /// As [`OfflineEngine::now`], but it stands still while the clock is locked. `[any]`
    pub fn elapsed_time(&self) -> f64 {
        self.live.as_ref().map_or(0.0, |live| live.engine.elapsed_time())
    }

    /// The end marker in seconds: where [`OfflineEngine::perform`] stops. `[any]`
    pub fn end_time(&self) -> f64 {
        self.live.as_ref().map_or(0.0, |live| live.engine.horizon.end)
    }

    /// Sets the end marker, before or after the ends of what was scheduled. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`], [`EngineError::BadTime`].
    pub fn set_end_marker(&mut self, seconds: f64) -> Result<(), EngineError> {
        if !(seconds.is_finite() && seconds >= 0.0) {
            return Err(EngineError::BadTime(seconds));
        }
        self.live()?.engine.horizon.end = seconds;
        Ok(())
    }

    /// Whether it was stopped or cancelled. `[any]`
    pub fn is_stopped(&self) -> bool {
        self.live.is_none()
    }

    /// Advances to the end marker. `[control]`
    ///
    /// # Errors
    /// As [`OfflineEngine::perform_with`].
    pub fn perform(&mut self) -> Result<(), EngineError> {
        self.perform_with(Perform::default())
    }

    /// Advances to a time in seconds; one that is over changes nothing. `[control]`
    ///
    /// # Errors
    /// As [`OfflineEngine::perform_with`].
    pub fn perform_until(&mut self, seconds: f64) -> Result<(), EngineError> {
        self.perform_with(Perform { until: Some(seconds), extra: 0.0 })
    }

    /// Advances by whole cycles, at least to the time asked for; the end marker moves there if it was before. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`], [`EngineError::Left`], [`EngineError::BadTime`], [`EngineError::File`].
    pub fn perform_with(&mut self, perform: Perform) -> Result<(), EngineError> {
        let compatibility = self.setup.chosen_compatibility();
        let live = self.live()?;
        let horizon = live.engine.horizon;
        let target = match (perform.until, compatibility) {
            (Some(until), Compatibility::Documented) => until,
            (until, _) => until.unwrap_or(horizon.end) + perform.extra,
        };
        if !target.is_finite() {
            return Err(EngineError::BadTime(target));
        }
        let recorded = compatibility == Compatibility::Recorded;
        if recorded && (target <= 0.0 || !horizon.changed) {
            return Ok(());
        }
        live.engine.horizon.end = horizon.end.max(target);
        live.engine.horizon.changed = false;
        if recorded {
            live.perform_cycle()?;
        }
        let clock = live.engine.symbols().clock();
        // A frame is reached where its start is: times between two frames are the earlier one's.
        while (live.engine.now() * clock.rate()).round() < (target * clock.rate()).floor() {
            live.perform_cycle()?;
        }
        // An event without a length at the marker itself has its init pass all the same.
        if perform.until.is_none() && !recorded && live.engine.is_instant_due() {
            live.perform_cycle()?;
        }
        Ok(())
    }

    /// Renders what is still to come, closes the file and ends Csound. `None` where nothing was ever rendered, or
    /// the engine was stopped before. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Left`], [`EngineError::File`].
    pub fn stop(&mut self) -> Result<Option<RenderJob>, EngineError> {
        self.stop_with(true, 0.0)
    }

    /// As [`OfflineEngine::stop`]; with `render` off what is still to come stays unheard, else `extra` seconds are
    /// added for what dies away. `[control]`
    ///
    /// # Errors
    /// As [`OfflineEngine::stop`].
    pub fn stop_with(&mut self, render: bool, extra: f64) -> Result<Option<RenderJob>, EngineError> {
        if self.live.is_none() {
            return Ok(None);
        }
        let performed = if render { self.perform_with(Perform { until: None, extra }) } else { Ok(()) };
        if let Some(mut live) = self.live.take() {
            live.writer.flush()?;
            performed?;
            let frames = live.writer.frames();
            self.job = (frames > 0).then(|| self.render_job(frames));
        }
        Ok(self.job.clone())
    }

    /// Ends Csound without rendering further; with `remove` the file goes too. `[control]`
    ///
    /// # Errors
    /// [`EngineError::File`].
    pub fn cancel(&mut self, remove: bool) -> Result<(), EngineError> {
        if let Some(mut live) = self.live.take() {
            live.writer.flush()?;
        }
        let path = &self.target.path;
        if remove && path.exists() {
            let failed =
                |error: std::io::Error| EngineError::File { path: path.clone(), reason: error.to_string() };
            std::fs::remove_file(path).map_err(failed)?;
        }
        Ok(())
    }

    /// The file as it is now; one that is still written can be read up to what was performed. `[control]`
    ///
    /// # Errors
    /// [`EngineError::File`].
    pub fn job(&mut self) -> Result<RenderJob, EngineError> {
        if let Some(job) = &self.job {
            return Ok(job.clone());
        }
        let frames = match &mut self.live {
            Some(live) => {
                live.writer.flush()?;
                live.writer.frames()
            }
            None => 0,
        };
        Ok(self.render_job(frames))
    }

    fn render_job(&self, frames: u64) -> RenderJob {
        RenderJob {
            path: self.target.path.clone(),
            frames,
            rate: self.setup.rate,
            channels: self.setup.channels as usize,
            encoding: self.target.encoding,
        }
    }

    /// Cuts off what plays, forgets what was to come and sets the time; the file keeps what it has and grows on. The
    /// end marker stays. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`], [`EngineError::BadTime`].
    pub fn rewind(&mut self, seconds: f64) -> Result<(), EngineError> {
        if !(seconds.is_finite() && seconds >= 0.0) {
            return Err(EngineError::BadTime(seconds));
        }
        self.live()?.engine.rewind(seconds);
        Ok(())
    }

    /// Compiles a file of orchestra, each file once. `[control]`
    ///
    /// # Errors
    /// [`EngineError::File`], and as [`ksmps_engine::MakingVerbs::compile`].
    pub fn include_file(&mut self, path: impl AsRef<Path>) -> Result<(), EngineError> {
        let path = path.as_ref();
        let code = super::builder::read_include(path)?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let live = self.live()?;
        if live.included.contains(&absolute) {
            return Ok(());
        }
        live.engine.compile(&code)?;
        live.included.push(absolute);
        Ok(())
    }

    /// Does something that the history, and with it the exported .csd, does not know of. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`], and what `work` answers.
    pub fn without_history<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let before = self.live()?.engine.history.suspend();
        let done = work(self);
        if let Ok(live) = self.live() {
            live.engine.history.resume(before);
        }
        done
    }

    /// Everything compiled and scheduled so far, as a .csd. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`], [`EngineError::NotExportable`].
    pub fn generate_csd(&mut self) -> Result<Csd, EngineError> {
        let setup = self.setup.clone();
        let live = self.live()?;
        Csd::new(&setup, &live.engine)
    }

    /// Writes [`OfflineEngine::generate_csd`] to a file; data that is too long for a score goes into a folder
    /// `<name>.assets` beside it. `[control]`
    ///
    /// # Errors
    /// As [`OfflineEngine::generate_csd`], and [`EngineError::File`].
    pub fn write(&mut self, path: impl AsRef<Path>) -> Result<(), EngineError> {
        self.generate_csd()?.write(path.as_ref())
    }
}

impl Live {
    pub(super) fn perform_cycle(&mut self) -> Result<(), EngineError> {
        let Self { engine, writer, cycle, .. } = self;
        let performed = engine.perform();
        let running = engine.running();
        let scale = 1.0 / running.zero_dbfs();
        cycle.clear();
        match performed {
            Performed::Cycle => cycle.extend(running.spout().iter().map(|sample| sample * scale)),
            Performed::Ended => cycle.resize(running.spout().len(), 0.0),
            Performed::Left => return Err(EngineError::Left),
        }
        Ok(writer.write(cycle)?)
    }
}
