//! What sounds without an orchestra of the user's: samples, files, soundfonts, a test signal.
//!
//! These are instruments, because they sound; their numbers lie in the engine's own range.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::csound::Running;
use crate::offline::sound_file;

use super::agenda::Action;
use super::history::Item;
use super::{
    Compatibility, EngineError, EventId, PlayDisk, PlaySample, PlaySoundfont, Preset, TestSignal, Verbs,
    When, quoted, soundfont_presets,
};

const DISK: u32 = 16;
const SOUNDFONT: u32 = 17;
const SAMPLE: u32 = 18;
const TEST: u32 = 19;

/// The instruments, in numbers that are free in the engine's range.
pub(super) const ORCHESTRA: &str = include_str!("players.orc");

/// What the instrument that plays a table's sound is called in an engine that plays a document.
pub(crate) const SAMPLE_PLAYER: &str = "_ksmps_sample";
/// What the one that tests the outputs is called there.
pub(crate) const TEST_PLAYER: &str = "_ksmps_test";

/// The instruments that are fit for an engine that plays a document: under names, as the document has the numbers, and
/// without those that open files when they start. [any]
pub(crate) fn live_players() -> String {
    let instruments = ORCHESTRA.split_inclusive("endin\n");
    [(SAMPLE, SAMPLE_PLAYER), (TEST, TEST_PLAYER)]
        .map(|(number, name)| {
            let head = format!("instr {number}\n");
            let own =
                instruments.clone().find_map(|text| text.find(&head).map(|at| &text[at + head.len()..]));
            format!("instr {name}\n{}", own.unwrap_or("endin\n"))
        })
        .concat()
}

/// Presets that were prepared.
#[derive(Debug, Default)]
pub(super) struct Soundfonts {
    presets: HashMap<(PathBuf, u16, u16), Preset>,
}

impl Verbs {
    /// The text of the engine's own instruments, where the history has events of theirs.
    pub(crate) fn used_players(&self) -> &'static str {
        let is_own = |item: &Item| matches!(item, Item::Event { id, .. } if (DISK..=TEST).contains(&(id.number() as u32)));
        if self.history.items().iter().any(is_own) { ORCHESTRA } else { "" }
    }

    /// Plays the sound in a table, at its own rate. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::NoChannel`], [`EngineError::BadSpeed`], [`EngineError::Past`],
    /// [`EngineError::BadTime`].
    pub fn play_sample(
        &mut self,
        running: &mut Running,
        table: u32,
        play: PlaySample,
    ) -> Result<EventId, EngineError> {
        let info = self.table_info(running, table)?;
        self.check_channel(running, play.channel)?;
        check_speed(play.speed)?;
        let rate = match self.compatibility {
            Compatibility::Documented if info.rate > 0.0 => info.rate,
            _ => self.clock.rate(),
        };
        let length = (info.frames as f64 / rate - play.start).max(0.0) / play.speed.abs();
        // The recorded end marker is that of the whole sound.
        let length = if self.compatibility == Compatibility::Recorded {
            info.frames as f64 / rate / play.speed
        } else {
            length
        };
        // The recorded speed does not lag, and the recorded fade is counted in the table's time.
        let (lag, fade_in_table) =
            if self.compatibility == Compatibility::Recorded { (0.0, 1.0) } else { (play.lag, 0.0) };
        let channel = play.channel as f64;
        let pfields =
            [play.gain, play.speed, f64::from(table), channel, play.fade, play.start, lag, fade_in_table];
        self.play(running, SAMPLE, play.when, play.dur, length, &pfields)
    }

    /// Plays a sound file from disk, at its own rate. [control]
    ///
    /// # Errors
    /// [`EngineError::File`], [`EngineError::NoChannel`], [`EngineError::BadSpeed`], [`EngineError::Past`],
    /// [`EngineError::BadTime`].
    pub fn play_from_disk(
        &mut self,
        running: &mut Running,
        path: &Path,
        play: PlayDisk,
    ) -> Result<EventId, EngineError> {
        let about = sound_file::about(path)?;
        let channel = play.channel.max(1);
        self.check_channel(running, channel)?;
        check_speed(play.speed)?;
        let text = path.to_str().ok_or_else(|| EngineError::BadString(path.display().to_string()))?;
        let text = self.str_set(running, text)?;
        let length = about.frames as f64 / f64::from(about.rate) / play.speed.abs();
        let pfields = [f64::from(text), play.gain, play.speed, channel as f64, play.fade];
        self.play(running, DISK, play.when, play.dur, length, &pfields)
    }

    /// Loads a soundfont where it is not loaded and gives one of its presets a number for `sfplay3` and
    /// [`Verbs::play_soundfont`]. The same preset keeps its number. [control]
    ///
    /// # Errors
    /// [`EngineError::File`] where it is no soundfont or has no such preset.
    pub fn soundfont_preset(
        &mut self,
        running: &mut Running,
        path: &Path,
        bank: u16,
        program: u16,
    ) -> Result<Preset, EngineError> {
        let key = (path.to_owned(), bank, program);
        if let Some(&preset) = self.soundfonts.presets.get(&key) {
            return Ok(preset);
        }
        if !soundfont_presets(path)?.iter().any(|preset| (preset.bank, preset.program) == (bank, program)) {
            let reason = format!("there is no preset {program} in bank {bank}: see soundfont_presets");
            return Err(EngineError::File { path: path.to_owned(), reason });
        }
        let text = path.to_str().ok_or_else(|| EngineError::BadString(path.display().to_string()))?;
        let number = self.call(running, &format!("sfpresetindex({}, {bank}, {program})", quoted(text)?))?;
        let number = number as u32;
        self.soundfonts.presets.insert(key, Preset(number));
        Ok(Preset(number))
    }

    /// Plays a soundfont's note; `pitch` is a MIDI key and may have a fraction. [control]
    ///
    /// # Errors
    /// [`EngineError::NoChannel`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn play_soundfont(
        &mut self,
        running: &mut Running,
        preset: Preset,
        pitch: f64,
        play: PlaySoundfont,
    ) -> Result<EventId, EngineError> {
        self.check_channel(running, play.channel)?;
        let velocity = play.velocity.map_or((play.amp * 127.0).floor(), f64::from);
        let pfields = [pitch, play.amp, f64::from(preset.0), velocity, play.channel as f64];
        self.play(running, SOUNDFONT, play.when, play.dur, 0.0, &pfields)
    }

    /// Sounds on one output channel after the other, `period` seconds on each. [control]
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn test_audio(
        &mut self,
        running: &mut Running,
        when: impl Into<When>,
        dur: f64,
        period: f64,
        signal: TestSignal,
        gain_db: f64,
    ) -> Result<EventId, EngineError> {
        let pfields = signal.pfields(period, gain_db, self.clock);
        self.play(running, TEST, when.into(), dur, 0.0, &pfields)
    }

    /// Starts one of the engine's own instruments; an event without end reaches as far as its sound is long.
    fn play(
        &mut self,
        running: &mut Running,
        instrument: u32,
        when: When,
        dur: f64,
        length: f64,
        args: &[f64],
    ) -> Result<EventId, EngineError> {
        if !dur.is_finite() {
            return Err(EngineError::BadTime(dur));
        }
        let start = self.start_of(when)?;
        let id = self.orchestra.unique(running, &instrument.into())?;
        let pfields: Vec<f64> = [id.p1(), 0.0, dur].iter().chain(args).copied().collect();
        self.history.push(|| Item::Event {
            id: id.clone(),
            start,
            pfields: pfields.clone(),
            comment: String::new(),
        });
        self.agenda.add(start, Action::Start(pfields.into()));
        self.reach(start, if dur < 0.0 { length } else { dur });
        Ok(id)
    }

    fn check_channel(&self, running: &Running, channel: usize) -> Result<(), EngineError> {
        if (1..=running.outputs()).contains(&channel) { Ok(()) } else { Err(EngineError::NoChannel(channel)) }
    }
}

/// A speed at which a sound comes to its end.
pub(crate) fn check_speed(speed: f64) -> Result<(), EngineError> {
    if speed.is_finite() && speed > 0.0 { Ok(()) } else { Err(EngineError::BadSpeed(speed)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_players_are_whole_instruments_under_names() {
        let text = live_players();
        assert_eq!((text.matches("instr _ksmps_").count(), text.matches("endin").count()), (2, 2), "{text}");
        assert!(text.contains("loscilx") && text.contains("pinkish") && !text.contains("diskin2"), "{text}");
    }
}
