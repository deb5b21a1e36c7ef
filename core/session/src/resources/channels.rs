//! Channels of a session: declarations, and values at times.

use serde::{Deserialize, Serialize};

use crate::{ArgValue, Session, SessionError};

use super::check_time;

/// What a channel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// A number.
    Control,
    /// A text.
    Text,
    /// Audio.
    Audio,
}

/// A channel's declaration or a value it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub kind: ChannelKind,
    /// What it gets.
    pub value: Option<ArgValue>,
    /// `None` for a declaration, which comes first.
    pub at: Option<f64>,
}

impl Session {
    /// Declares a channel and gives it a first value. `[any]`
    ///
    /// # Errors
    /// [`SessionError::ChannelKind`] where neither kind nor value is given, or they do not fit.
    pub fn init_channel(
        &mut self,
        name: &str,
        value: Option<ArgValue>,
        kind: Option<ChannelKind>,
    ) -> Result<(), SessionError> {
        let wrong = || SessionError::ChannelKind(name.to_owned());
        let by_value = value.as_ref().map(kind_of);
        let kind = kind.or(by_value).ok_or_else(wrong)?;
        if by_value.is_some_and(|by_value| by_value != kind) {
            return Err(wrong());
        }
        self.channels.push(Channel { name: name.to_owned(), kind, value, at: None });
        Ok(())
    }

    /// Gives a channel a value at a time. `[any]`
    ///
    /// # Errors
    /// [`SessionError::BadTime`].
    pub fn set_channel(
        &mut self,
        name: &str,
        value: impl Into<ArgValue>,
        at: f64,
    ) -> Result<(), SessionError> {
        check_time(at)?;
        let value = value.into();
        let kind = kind_of(&value);
        self.channels.push(Channel { name: name.to_owned(), kind, value: Some(value), at: Some(at) });
        Ok(())
    }
}

fn kind_of(value: &ArgValue) -> ChannelKind {
    match value {
        ArgValue::Number(_) => ChannelKind::Control,
        ArgValue::Text(_) => ChannelKind::Text,
    }
}
