//! What channels are given, and who writes them.

use serde::{Deserialize, Serialize};

/// What a channel is given, which says what it carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ChannelValue {
    /// A number: a control channel.
    Number(f64),
    /// A text.
    Text(String),
    /// A cycle of audio; shorter ones leave the rest as it is.
    Audio(Vec<f64>),
}

impl From<f64> for ChannelValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for ChannelValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Who writes a channel, as Csound sees it. It is told to whoever lists the channels; nobody is held to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelMode {
    /// The host writes, the orchestra reads.
    #[default]
    Read,
    /// The orchestra writes, the host reads.
    Write,
    /// Both.
    ReadWrite,
}

impl ChannelMode {
    /// As `chn_k`'s mode.
    pub fn number(self) -> u32 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
            Self::ReadWrite => 3,
        }
    }
}
