//! Sounds that open files when they start: from disk, and out of soundfonts.

use std::path::Path;

use ksmps_data::verbs::{EngineError, EventId, PlayDisk, PlaySoundfont, Preset, quoted, soundfont_presets};

use super::super::players::{DISK, SOUNDFONT};
use super::super::verbs::{TextVerbs, Verbs, check_channel, check_speed, start_player};
use super::Direct;
use super::making::MakingVerbs;
use ksmps_library::sound_file;

/// What plays files. An engine that plays opens none.
pub trait FileVerbs<'a>: Verbs<Target = &'a mut Direct> {
    /// Plays a sound file from disk, at its own rate. `[control]`
    ///
    /// # Errors
    /// [`EngineError::File`], [`EngineError::NoChannel`], [`EngineError::BadSpeed`], [`EngineError::Past`],
    /// [`EngineError::BadTime`].
    fn play_from_disk(self, path: &Path, play: PlayDisk) -> Result<EventId, EngineError> {
        let mut engine = self.target()?;
        let about = sound_file::about(path)?;
        let channel = play.channel.max(1);
        check_channel(&engine, channel)?;
        check_speed(play.speed)?;
        let text = engine.str_set(utf8(path)?)?;
        let length = about.frames as f64 / f64::from(about.rate) / play.speed.abs();
        let pfields = [f64::from(text), play.gain, play.speed, channel as f64, play.fade];
        start_player(&mut engine, &DISK.into(), play.when, play.dur, length, &pfields)
    }

    /// Loads a soundfont where it is not loaded and gives one of its presets a number for `sfplay3` and
    /// [`FileVerbs::play_soundfont`]. The same preset keeps its number. `[control]`
    ///
    /// # Errors
    /// [`EngineError::File`] where it is no soundfont or has no such preset.
    fn soundfont_preset(self, path: &Path, bank: u16, program: u16) -> Result<Preset, EngineError> {
        let engine = self.target()?;
        let key = (path.to_owned(), bank, program);
        if let Some(&preset) = engine.presets.get(&key) {
            return Ok(preset);
        }
        if !soundfont_presets(path)?.iter().any(|preset| (preset.bank, preset.program) == (bank, program)) {
            let reason = format!("there is no preset {program} in bank {bank}: see soundfont_presets");
            return Err(EngineError::File { path: path.to_owned(), reason });
        }
        let text = quoted(utf8(path)?)?;
        let number = engine.call(&format!("sfpresetindex({text}, {bank}, {program})"))? as u32;
        engine.presets.insert(key, Preset(number));
        Ok(Preset(number))
    }

    /// Plays a soundfont's note; `pitch` is a MIDI key and may have a fraction. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoChannel`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn play_soundfont(self, preset: Preset, pitch: f64, play: PlaySoundfont) -> Result<EventId, EngineError> {
        let mut engine = self.target()?;
        check_channel(&engine, play.channel)?;
        let velocity = play.velocity.map_or((play.amp * 127.0).floor(), f64::from);
        let pfields = [pitch, play.amp, f64::from(preset.0), velocity, play.channel as f64];
        start_player(&mut engine, &SOUNDFONT.into(), play.when, play.dur, 0.0, &pfields)
    }
}

impl<'a, V: Verbs<Target = &'a mut Direct>> FileVerbs<'a> for V {}

fn utf8(path: &Path) -> Result<&str, EngineError> {
    path.to_str().ok_or_else(|| EngineError::BadString(path.display().to_string()))
}
