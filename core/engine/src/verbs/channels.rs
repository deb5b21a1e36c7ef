//! Channels: named values between orchestra and host.

use std::ffi::CString;

use ksmps_data::verbs::{ChannelValue, EngineError, LIVE_TEXT_BYTES_MAX, When};

use super::super::command::{Action, Command, Making, Question};
use super::super::symbols::ChannelHandle;
use super::{Answered, Failed, ListenerId, Target, Verbs};

/// Sends a command, and notes that something is asked for at its time.
fn send_at<T: Target>(target: &mut T, when: When, command: Command) -> Result<(), T::Error> {
    target.send(when, command)?;
    if when != When::In(0.0) {
        target.reach(when, 0.0);
    }
    Ok(())
}

/// Channels.
pub trait ChannelVerbs: Verbs {
    /// Writes a channel, now or later; an engine that grows makes it where it does not exist. In one that plays these
    /// are the channels that the document declares (`chn_k`), that its text names (`chnget`, `chnset`, `invalue`,
    /// `outvalue`), or that a parameter moves; texts have up to 511 bytes and are written before the events of their
    /// cycle start. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`EngineError::BadString`]; [`EngineError::NotLive`] for audio, where the engine plays.
    fn set_channel(
        self,
        name: &str,
        value: impl Into<ChannelValue>,
        when: impl Into<When>,
    ) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target_at(when)?;
        let command = match value.into() {
            ChannelValue::Number(value) => Command::Do(Action::SetChannel(target.channel(name)?, value)),
            other if target.symbols().grows() => {
                Command::Make(Making::SetChannel { name: name.to_owned(), value: other })
            }
            ChannelValue::Text(text) => {
                let channel = target.symbols().text_channel(name)?;
                Command::Do(Action::SetText(channel, live_text(&text)?))
            }
            ChannelValue::Audio(_) => return Err(EngineError::NotLive("writing an audio channel").into()),
        };
        send_at(&mut target, when, command)
    }

    /// Writes a text channel: [`ChannelVerbs::set_channel`] with a text. `[control]`
    ///
    /// # Errors
    /// As [`ChannelVerbs::set_channel`].
    fn set_text_channel(self, name: &str, text: &str, when: impl Into<When>) -> Result<(), Failed<Self>> {
        self.set_channel(name, text, when)
    }

    /// A handle of a control channel, which finds it without its name; an engine that grows makes the channel where it
    /// does not exist. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`].
    fn channel_handle(self, name: &str) -> Result<ChannelHandle, Failed<Self>> {
        let mut target = self.target()?;
        let index = target.channel(name)?;
        Ok(target.symbols().channel_handle(index))
    }

    /// Writes a control channel that was found before, now or later. `[control]`
    ///
    /// # Errors
    /// [`EngineError::OtherEngine`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn set_channel_at(
        self,
        channel: ChannelHandle,
        value: f64,
        when: impl Into<When>,
    ) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target_at(when)?;
        let channel = target.symbols().of_handle(channel)?;
        send_at(&mut target, when, Command::Do(Action::SetChannel(channel, value)))
    }

    /// Asks what a control channel holds that was found before. `[control]`
    ///
    /// # Errors
    /// [`EngineError::OtherEngine`].
    fn control_channel_at(self, channel: ChannelHandle) -> Result<Answered<Self, f64>, Failed<Self>> {
        let mut target = self.target()?;
        let channel = target.symbols().of_handle(channel)?;
        target.ask(Question::Channel(channel))
    }

    /// Asks what a control channel holds. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`].
    fn control_channel(self, name: &str) -> Result<Answered<Self, f64>, Failed<Self>> {
        let mut target = self.target()?;
        let channel = target.present_channel(name)?;
        target.ask(Question::Channel(channel))
    }

    /// Asks what a text channel holds; of a longer text, the first 4,096 bytes. `[control]`
    ///
    /// # Errors
    /// As [`ChannelVerbs::control_channel`].
    fn text_channel(self, name: &str) -> Result<Answered<Self, String>, Failed<Self>> {
        let mut target = self.target()?;
        let channel = target.present_text_channel(name)?;
        target.ask(Question::Text(channel))
    }

    /// Has `hear` called, with the channel's name and value, for each cycle in which anybody changed the channel
    /// (`outvalue`, `chnset`, a verb, a parameter); the last value of the cycle counts. Several may hear of one channel;
    /// texts are not heard. Offline it is called between cycles, live on the builder's thread within 10 ms (later where
    /// an engine is being built), and goes on with the next engine where that has the channel. Live up to 4,096 changes
    /// wait; more are lost, and the status says so. `hear` must not wait for the engine. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`], and where as many listen as there is room for.
    fn on_channel(
        self,
        name: &str,
        hear: impl FnMut(&str, f64) + Send + 'static,
    ) -> Result<ListenerId, Failed<Self>> {
        let mut target = self.target()?;
        let channel = target.channel(name)?;
        target.listen(name, channel, Box::new(hear))
    }
}

impl<V: Verbs> ChannelVerbs for V {}

/// A text that an engine that plays has room for.
fn live_text(text: &str) -> Result<Box<std::ffi::CStr>, EngineError> {
    let refuse = |why: &str| EngineError::BadString(format!("{text:?} {why}"));
    if text.len() > LIVE_TEXT_BYTES_MAX {
        return Err(refuse("is longer than 511 bytes"));
    }
    Ok(CString::new(text).map_err(|_| refuse("has a NUL byte in it"))?.into_boxed_c_str())
}
