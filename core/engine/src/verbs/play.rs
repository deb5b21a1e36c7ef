//! What sounds without an instrument of the document's: a table's sound, a test of the outputs.

use ksmps_data::verbs::{
    Compatibility, EngineError, EventId, Instr, PlaySample, TableInfo, TestSignal, When,
};

use super::super::command::{Action, Command};
use super::super::history::Item;
use super::super::symbols::Symbols;
use super::{Failed, Target, Verbs};

/// Players of the engine's own.
pub trait PlayVerbs: Verbs {
    /// Plays the sound in a table, at its own rate. Gain and speed are p4 and p5. Live, nothing sounds where there is no
    /// such table, and a document with instruments under almost all numbers from 129 to 199 has no such player. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::NoChannel`], [`EngineError::BadSpeed`], [`EngineError::Past`],
    /// [`EngineError::BadTime`].
    fn play_sample(self, table: u32, play: PlaySample) -> Result<EventId, Failed<Self>> {
        let mut target = self.target()?;
        let sound = target.sound_of(table)?;
        check_channel(&target, play.channel)?;
        check_speed(play.speed)?;
        let length = sample_length(target.symbols(), &play, sound);
        // The recorded speed does not lag, and the recorded fade is counted in the table's time.
        let recorded = target.symbols().compatibility() == Compatibility::Recorded;
        let (lag, fade_in_table) = if recorded { (0.0, 1.0) } else { (play.lag, 0.0) };
        let pfields = [
            play.gain,
            play.speed,
            f64::from(table),
            play.channel as f64,
            play.fade,
            play.start,
            lag,
            fade_in_table,
        ];
        let player = target.symbols().sample_player().clone();
        start(&mut target, &player, play.when, play.dur, length, &pfields)
    }

    /// Sounds on one output channel after the other, `period` seconds on each. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    fn test_audio(
        self,
        when: impl Into<When>,
        dur: f64,
        period: f64,
        signal: TestSignal,
        gain_db: f64,
    ) -> Result<EventId, Failed<Self>> {
        let mut target = self.target()?;
        let pfields = signal.pfields(period, gain_db, target.symbols().clock());
        let player = target.symbols().test_player().clone();
        start(&mut target, &player, when.into(), dur, 0.0, &pfields)
    }
}

impl<V: Verbs> PlayVerbs for V {}

/// How long the sound in a table lasts, in seconds; 0 where nobody needs to know.
fn sample_length(symbols: &Symbols, play: &PlaySample, sound: Option<TableInfo>) -> f64 {
    let Some(sound) = sound else { return 0.0 };
    let frames = sound.frames as f64;
    match symbols.compatibility() {
        Compatibility::Documented => {
            let rate = if sound.rate > 0.0 { sound.rate } else { symbols.clock().rate() };
            (frames / rate - play.start).max(0.0) / play.speed.abs()
        }
        // The recorded end marker is that of the whole sound, at the engine's rate.
        Compatibility::Recorded => frames / symbols.clock().rate() / play.speed,
    }
}

/// Starts one of the engine's own instruments; an event without end reaches as far as its sound is long.
pub(crate) fn start<T: Target>(
    target: &mut T,
    instrument: &Instr,
    when: When,
    dur: f64,
    length: f64,
    args: &[f64],
) -> Result<EventId, T::Error> {
    if !dur.is_finite() {
        return Err(EngineError::BadTime(dur).into());
    }
    target.check_time(when)?;
    let whole = target.find(instrument)?;
    let id = target.count(|counters| counters.instances.next(instrument, whole))?;
    let pfields: Vec<f64> = [id.p1(), 0.0, dur].iter().chain(args).copied().collect();
    target.record(when, |start| Item::Event {
        id: id.clone(),
        start,
        pfields: pfields.clone(),
        comment: String::new(),
    });
    let exact = target.symbols().exact_starts() && !target.symbols().grows();
    target.send(when, Command::Do(Action::Start { pfields: pfields.into(), exact }))?;
    target.reach(when, if dur < 0.0 { length } else { dur });
    Ok(id)
}

/// Refuses an output that the engine does not have.
pub(crate) fn check_channel<T: Target>(target: &T, channel: usize) -> Result<(), EngineError> {
    let is_there = (1..=target.symbols().outputs()).contains(&channel);
    if is_there { Ok(()) } else { Err(EngineError::NoChannel(channel)) }
}

/// A speed at which a sound comes to its end.
pub(crate) fn check_speed(speed: f64) -> Result<(), EngineError> {
    if speed.is_finite() && speed > 0.0 { Ok(()) } else { Err(EngineError::BadSpeed(speed)) }
}
