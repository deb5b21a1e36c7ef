//! Samples and packed spectra, played by templates of the session's own.

mod mtx;
mod partials;
mod sdif;

use std::path::{Path, PathBuf};

use ksmps_data::file::FileError;
use ksmps_library::sound_file;

use super::{EventId, Sched, Session, SessionError, TableId, TableSource, Template};

pub use partials::Partials;

const SAMPLE: &str = ".playSample";
const DISK: &str = ".diskin";
const PARTIALS: &str = ".playPartials";

/// What a sample is played from.
#[derive(Debug, Clone, PartialEq)]
pub enum SampleSource {
    /// A table of the session.
    Table(TableId),
    /// A file, read from disk while it plays.
    File(PathBuf),
    /// Samples, interleaved, their rate and channels; they become a table.
    Samples {
        /// The samples.
        samples: Vec<f64>,
        /// Frames per second.
        rate: u32,
        /// Channels.
        channels: usize,
    },
}

/// How a sample is played. Speed, gain and pan (`kspeed`, `kgain`, `kpan`) can change while it plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaySample {
    /// When it starts, in seconds.
    pub at: f64,
    /// Seconds; `None` for as long as the sound lasts at this speed. Negative for one that ends itself when the sound
    /// does, whatever becomes of its speed, and for loops, which end when they are stopped.
    pub dur: Option<f64>,
    /// The first output channel, from 1.
    pub channel: usize,
    /// What it is multiplied with.
    pub gain: f64,
    /// 2 is an octave higher.
    pub speed: f64,
    /// Whether it begins again at its end.
    pub looped: bool,
    /// 0 left, 1 right; -1 for the default, which is 0 for mono and 0.5 for stereo. More channels are not panned.
    pub pan: f64,
    /// Seconds into the sound at which it begins.
    pub skip: f64,
    /// Seconds of fade in and fade out.
    pub fade: (f64, f64),
    /// Seconds in which a loop's end and beginning overlap.
    pub crossfade: f64,
}

impl Default for PlaySample {
    fn default() -> Self {
        Self {
            at: 0.0,
            dur: None,
            channel: 1,
            gain: 1.0,
            speed: 1.0,
            looped: false,
            pan: 0.5,
            skip: 0.0,
            fade: (0.02, 0.02),
            crossfade: 0.02,
        }
    }
}

/// What a packed spectrum is played from.
#[derive(Debug, Clone, PartialEq)]
pub enum PartialsSource {
    /// The spectrum itself.
    Partials(Partials),
    /// A `.mtx` or `.sdif` file.
    File(PathBuf),
}

/// How a packed spectrum is played. `kspeed`, `kfreqscale`, `kgain`, `kbwscale`, `kminfreq`, `kmaxfreq` and `kpan` can
/// change while it plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayPartials {
    /// When it starts, in seconds.
    pub at: f64,
    /// Seconds; negative for as long as the selection lasts, or without an end where it loops.
    pub dur: f64,
    /// How fast it goes; the pitch stays.
    pub speed: f64,
    /// What frequencies are multiplied with.
    pub freq_scale: f64,
    /// What it is multiplied with.
    pub gain: f64,
    /// What bandwidths are multiplied with.
    pub bandwidth_scale: f64,
    /// Whether the selection begins again at its end.
    pub looped: bool,
    /// The first output channel, from 1.
    pub channel: usize,
    /// Where the selection begins, in seconds of the spectrum.
    pub start: f64,
    /// Where it ends; 0 for the end of the spectrum.
    pub stop: f64,
    /// Oscillators below this frequency are silent.
    pub min_freq: f64,
    /// Oscillators above this frequency are silent; 0 for none.
    pub max_freq: f64,
    /// How many oscillators a file of loose partials may need at most.
    pub max_polyphony: usize,
    /// Whether the noise is gaussian.
    pub gaussian: bool,
    /// Whether frequencies glide within a cycle.
    pub interpolate_freq: bool,
    /// 0 left, 1 right.
    pub position: f64,
}

impl Default for PlayPartials {
    fn default() -> Self {
        Self {
            at: 0.0,
            dur: -1.0,
            speed: 1.0,
            freq_scale: 1.0,
            gain: 1.0,
            bandwidth_scale: 1.0,
            looped: false,
            channel: 1,
            start: 0.0,
            stop: 0.0,
            min_freq: 0.0,
            max_freq: 0.0,
            max_polyphony: 50,
            gaussian: false,
            interpolate_freq: true,
            position: 0.0,
        }
    }
}

impl Session {
    /// Plays a sample. `[control]`
    ///
    /// # Errors
    /// [`SessionError::UnknownTable`], [`SessionError::File`] for files that cannot be read,
    /// [`SessionError::Configuration`] for a speed or channel that cannot be, [`SessionError::BadTime`].
    pub fn play_sample(&mut self, source: SampleSource, play: PlaySample) -> Result<EventId, SessionError> {
        check_channel(self, play.channel)?;
        check_speed(play.speed)?;
        match source {
            SampleSource::Table(table) => self.play_table(table, play),
            SampleSource::File(path) => self.play_file(&path, play),
            SampleSource::Samples { samples, rate, channels } => {
                let table = self.make_table(TableSource::Data(samples), rate, channels, 0.0, false)?;
                self.play_table(table, play)
            }
        }
    }

    fn play_table(&mut self, table: TableId, play: PlaySample) -> Result<EventId, SessionError> {
        let known = self.table(table)?;
        let rate = if known.rate == 0 { self.config.sr } else { known.rate };
        let (length, channels) = (known.frames as f64 / f64::from(rate), known.channels);
        self.define(Template::new(SAMPLE, include_str!("sample.orc")))?;
        let crossfade = if play.looped { play.crossfade } else { -1.0 };
        let sched = Sched::new(SAMPLE).at(play.at).dur(dur(&play, length)).args([
            f64::from(table.0),
            play.skip,
            play.fade.0,
            play.fade.1,
            play.channel as f64,
            play.speed,
            play.gain,
            pan(play.pan, channels),
            crossfade,
        ]);
        self.sched(sched)
    }

    fn play_file(&mut self, path: &Path, play: PlaySample) -> Result<EventId, SessionError> {
        let about = sound_file::about(path)?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let text = absolute.to_str().ok_or_else(|| FileError::new(path, "its name is no text"))?.to_owned();
        if !self.disk_sounds.contains(&absolute) {
            self.disk_sounds.push(absolute);
        }
        self.define(Template::new(DISK, include_str!("disk.orc")))?;
        let sched = Sched::new(DISK)
            .at(play.at)
            .dur(dur(&play, about.frames as f64 / f64::from(about.rate)))
            .with("Spath", text)
            .with("istart", play.skip)
            .with("ifadein", play.fade.0)
            .with("ifadeout", play.fade.1)
            .with("ichan", play.channel as f64)
            .with("kspeed", play.speed)
            .with("kgain", play.gain)
            .with("kpan", pan(play.pan, about.channels))
            .with("iloop", if play.looped { 1.0 } else { 0.0 });
        self.sched(sched)
    }

    /// Plays a packed spectrum: a bank of oscillators whose frequencies, amplitudes and bandwidths are given over
    /// time. `[control]`
    ///
    /// # Errors
    /// [`SessionError::BadPartials`], [`SessionError::File`], and as [`Session::play_sample`].
    pub fn play_partials(
        &mut self,
        source: PartialsSource,
        play: PlayPartials,
    ) -> Result<EventId, SessionError> {
        check_channel(self, play.channel)?;
        check_speed(play.speed)?;
        let partials = match source {
            PartialsSource::Partials(partials) => partials,
            PartialsSource::File(path) => Partials::read(&path, play.max_polyphony)?,
        };
        let end = if play.stop > 0.0 { play.stop.min(partials.end()) } else { partials.end() };
        if end <= play.start {
            return Err(SessionError::BadPartials(format!(
                "nothing lies between {} and {end} s",
                play.start
            )));
        }
        let dur = if play.dur < 0.0 && !play.looped { (end - play.start) / play.speed } else { play.dur };
        let (rows, columns) = (partials.rows(), partials.columns());
        let table = self.make_table(TableSource::Data(partials.into_values()), 0, 1, 0.0, false)?;
        self.define(Template::new(PARTIALS, include_str!("partials.orc")).init(include_str!("partial.orc")))?;
        let flag = |yes: bool| f64::from(u8::from(yes));
        let sched = Sched::new(PARTIALS).at(play.at).dur(dur).args([
            f64::from(table.0),
            rows as f64,
            columns as f64,
            play.start,
            play.stop,
            flag(play.looped),
            play.channel as f64,
            flag(play.gaussian),
            flag(play.interpolate_freq),
            play.speed,
            play.freq_scale,
            play.gain,
            play.bandwidth_scale,
            play.min_freq,
            play.max_freq,
            play.position,
        ]);
        self.sched(sched)
    }
}

fn dur(play: &PlaySample, length: f64) -> f64 {
    match play.dur {
        _ if play.looped && play.dur.is_none() => -1.0,
        Some(dur) => dur,
        None => (length - play.skip).max(0.0) / play.speed,
    }
}

fn pan(pan: f64, channels: usize) -> f64 {
    match channels {
        _ if pan >= 0.0 => pan,
        1 => 0.0,
        _ => 0.5,
    }
}

fn check_channel(session: &Session, channel: usize) -> Result<(), SessionError> {
    let count = session.config.channels as usize;
    if (1..=count).contains(&channel) {
        Ok(())
    } else {
        Err(SessionError::Configuration(format!("there is no output channel {channel}; there are {count}")))
    }
}

fn check_speed(speed: f64) -> Result<(), SessionError> {
    if speed.is_finite() && speed > 0.0 {
        Ok(())
    } else {
        Err(SessionError::Configuration(format!("a sound cannot be played at the speed {speed}")))
    }
}
