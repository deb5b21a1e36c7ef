//! What sounds without an instrument of the document's: a table's sound, a test of the outputs.

use crate::engine::Order;
use crate::engine::verbs::{SAMPLE_PLAYER, TEST_PLAYER, check_speed};
use crate::verbs::{EngineError, EventId, PlaySample, TestSignal, When};

use super::super::Control;
use super::{Aim, LiveError};

impl Control {
    /// Plays the sound in a table, at its own rate; where there is no such table, nothing sounds.
    /// Gain and speed are p4 and p5.
    /// A document that uses the name `_ksmps_sample` itself has no such player. [control]
    ///
    /// # Errors
    /// [`EngineError::NoChannel`], [`EngineError::BadSpeed`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`EngineError::UnknownInstrument`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn play_sample(&self, table: u32, play: PlaySample) -> Result<EventId, LiveError> {
        let aim = self.aim()?;
        if !(1..=aim.symbols.outputs()).contains(&play.channel) {
            return Err(EngineError::NoChannel(play.channel).into());
        }
        check_speed(play.speed)?;
        let pfields =
            [play.gain, play.speed, f64::from(table), play.channel as f64, play.fade, play.start, play.lag];
        self.play(&aim, SAMPLE_PLAYER, play.when, play.dur, &pfields)
    }

    /// Sounds on one output channel after the other, `period` seconds on each. [control]
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn test_audio(
        &self,
        when: impl Into<When>,
        dur: f64,
        period: f64,
        signal: TestSignal,
        gain_db: f64,
    ) -> Result<EventId, LiveError> {
        let aim = self.aim()?;
        let pfields = signal.pfields(period, gain_db, aim.symbols.clock());
        self.play(&aim, TEST_PLAYER, when.into(), dur, &pfields)
    }

    fn play(
        &self,
        aim: &Aim,
        player: &str,
        when: When,
        dur: f64,
        args: &[f64],
    ) -> Result<EventId, LiveError> {
        if !dur.is_finite() {
            return Err(EngineError::BadTime(dur).into());
        }
        let id = aim.symbols.instance(&player.into())?;
        let pfields: Vec<f64> = [id.p1(), 0.0, dur].iter().chain(args).copied().collect();
        self.send(aim, when, Order::Start(pfields.into()))?;
        Ok(id)
    }
}
