//! Channels: write and read.

use std::ffi::CString;
use std::sync::Arc;

use crate::csound::LIVE_TEXT_BYTES_MAX;
use crate::engine::verbs::Action;
use crate::engine::{Answer, Order, Question, TextAnswer};
use crate::verbs::{EngineError, When};

use super::super::Control;
use super::LiveError;

impl Control {
    /// Writes a control channel: one that the document declares (`chn_k`), one that its text names (`chnget`,
    /// `chnset`, `invalue`, `outvalue`), or one that a parameter moves. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn set_channel(&self, channel: &str, value: f64, when: impl Into<When>) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let channel = aim.symbols.channel(channel)?;
        self.send(&aim, when.into(), Order::Do(Action::SetChannel(channel, value)))
    }

    /// Writes a text channel of the document, up to 511 bytes. It is written before the events of its cycle start.
    /// [control]
    ///
    /// # Errors
    /// [`EngineError::BadString`], and as [`Control::set_channel`].
    pub fn set_text_channel(
        &self,
        channel: &str,
        text: &str,
        when: impl Into<When>,
    ) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let channel = aim.symbols.text_channel(channel)?;
        let refuse = |why: &str| EngineError::BadString(format!("{text:?} {why}"));
        if text.len() > LIVE_TEXT_BYTES_MAX {
            return Err(refuse("is longer than 511 bytes").into());
        }
        let text = CString::new(text).map_err(|_| refuse("has a NUL byte in it"))?;
        self.send(&aim, when.into(), Order::Do(Action::SetText(channel, text.into_boxed_c_str())))
    }

    /// Asks what a control channel holds. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`], [`LiveError::NothingPlays`],
    /// [`LiveError::QueueFull`].
    pub fn control_channel(&self, channel: &str) -> Result<Arc<Answer>, LiveError> {
        let aim = self.aim()?;
        let channel = aim.symbols.channel(channel)?;
        self.ask(&aim, Question::Channel(channel))
    }

    /// Asks what a text channel holds; of a longer text, the first 4,096 bytes. [control]
    ///
    /// # Errors
    /// As [`Control::control_channel`].
    pub fn text_channel(&self, channel: &str) -> Result<Arc<TextAnswer>, LiveError> {
        const READ_MAX: usize = 4096;
        let aim = self.aim()?;
        let channel = aim.symbols.text_channel(channel)?;
        let answer = Arc::new(TextAnswer::with_room(READ_MAX));
        self.send(&aim, When::default(), Order::ReadText(channel, Arc::clone(&answer)))?;
        Ok(answer)
    }
}
