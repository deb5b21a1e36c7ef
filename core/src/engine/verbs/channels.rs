//! Channels: named values between orchestra and host.

use std::collections::HashMap;

use crate::csound::{ChannelId, ChannelKind, Running};

use super::agenda::Action;
use super::deferred::Job;
use super::{ChannelMode, ChannelValue, EngineError, Verbs, When};

/// Channels whose places are known.
#[derive(Debug, Default)]
pub(super) struct Channels {
    handles: HashMap<String, ChannelId>,
}

impl Verbs {
    /// Makes a channel and gives it its first value. [control]
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`] where there is one of this name that carries something else.
    pub fn init_channel(
        &mut self,
        running: &mut Running,
        name: &str,
        value: impl Into<ChannelValue>,
        mode: ChannelMode,
    ) -> Result<(), EngineError> {
        let value = value.into();
        let opcode = match &value {
            ChannelValue::Number(_) => "chn_k",
            ChannelValue::Text(_) => "chn_S",
            ChannelValue::Audio(_) => "chn_a",
        };
        let declared = format!("{opcode} {}, {}\n", super::quoted(name)?, mode.number());
        let kind_differs = |_| EngineError::ChannelKind(name.to_owned());
        self.orchestra.compile_own(running, &declared).map_err(kind_differs)?;
        self.set_channel(running, name, value, 0.0)
    }

    /// Writes a channel, now or later; it is made where it does not exist. [control]
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn set_channel(
        &mut self,
        running: &mut Running,
        name: &str,
        value: impl Into<ChannelValue>,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let when = when.into();
        let seconds = self.start_of(when)?;
        let at_once = when == When::In(0.0);
        match value.into() {
            ChannelValue::Number(value) => {
                let channel = self.channel_handle(running, name)?;
                if at_once {
                    running.set_channel(channel, value);
                } else {
                    self.agenda.add(seconds, Action::SetChannel(channel, value));
                }
            }
            other if at_once => write_other(running, name, &other)?,
            other => self.add_job(seconds, Job::SetChannel(name.to_owned(), other)),
        }
        if !at_once {
            self.reach(seconds, 0.0);
        }
        Ok(())
    }

    /// The value of a control channel. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`].
    pub fn control_channel(&mut self, running: &mut Running, name: &str) -> Result<f64, EngineError> {
        if !self.channels.handles.contains_key(name) {
            let channels = running.channels();
            let found = channels.iter().find(|channel| channel.name == name);
            match found.map(|channel| channel.kind) {
                None => return Err(EngineError::UnknownChannel(name.to_owned())),
                Some(ChannelKind::Control) => {}
                Some(_) => return Err(EngineError::ChannelKind(name.to_owned())),
            }
        }
        let channel = self.channel_handle(running, name)?;
        Ok(running.channel(channel))
    }

    /// What a text channel holds. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`].
    pub fn text_channel(&mut self, running: &mut Running, name: &str) -> Result<String, EngineError> {
        let unknown = || EngineError::UnknownChannel(name.to_owned());
        let exists = running
            .channels()
            .iter()
            .any(|channel| channel.name == name && channel.kind == ChannelKind::Text);
        if exists { running.text_channel(name).ok_or_else(unknown) } else { Err(unknown()) }
    }

    /// The place of a control channel, for [`Running::set_channel`] and [`Running::channel`]; it is made where it
    /// does not exist. [control]
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`].
    pub fn channel_handle(&mut self, running: &mut Running, name: &str) -> Result<ChannelId, EngineError> {
        if let Some(&channel) = self.channels.handles.get(name) {
            return Ok(channel);
        }
        let channel =
            running.control_channel(name).ok_or_else(|| EngineError::ChannelKind(name.to_owned()))?;
        self.channels.handles.insert(name.to_owned(), channel);
        Ok(channel)
    }
}

/// Writes a text or audio channel.
pub(super) fn write_other(
    running: &mut Running,
    name: &str,
    value: &ChannelValue,
) -> Result<(), EngineError> {
    let written = match value {
        ChannelValue::Number(_) => false,
        ChannelValue::Text(text) => running.set_text_channel(name, text),
        ChannelValue::Audio(samples) => running
            .audio_channel(name)
            .map(|place| place.iter_mut().zip(samples).for_each(|(place, sample)| *place = *sample))
            .is_some(),
    };
    if written { Ok(()) } else { Err(EngineError::ChannelKind(name.to_owned())) }
}
