//! What is carried of a file, and what is to be carried of it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::text::decode;
use super::ASSET_BYTES_MAX;
use super::link::{Found, Link};
use super::wishes::Wish;

/// What is carried of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A text that the document includes.
    Text(String),
    /// The same, of a file in Latin-1.
    Latin1(String),
    /// The bytes of any other file.
    #[serde(rename = "data", with = "in_base64")]
    Bytes(Vec<u8>),
    /// Nothing: it is longer than [`ASSET_BYTES_MAX`]. How many bytes it had.
    Linked(u64),
    /// Nothing but what it is known by: the document links it.
    Link(Link),
}

impl Content {
    /// An included text of a file.
    pub(super) fn included(bytes: &[u8]) -> Self {
        let (text, warning) = (plain_text(bytes), decode(bytes).1);
        if warning.is_some() { Self::Latin1(text) } else { Self::Text(text) }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Latin1(text) => Some(text),
            Self::Bytes(_) | Self::Linked(_) | Self::Link(_) => None,
        }
    }

    /// What is carried of a file; `None` where it cannot be read, of which Csound complains.
    fn of_file(path: &Path) -> Option<Self> {
        let bytes = std::fs::metadata(path).ok()?.len();
        if bytes > ASSET_BYTES_MAX {
            Some(Self::Linked(bytes))
        } else {
            std::fs::read(path).ok().map(Self::Bytes)
        }
    }

    /// Whether this is what a document wants to be carried. A linked file is looked for each time.
    pub(super) fn fits(&self, wish: Option<Wish>) -> bool {
        match self {
            Self::Text(_) | Self::Latin1(_) => true,
            Self::Bytes(_) => wish != Some(Wish::Link),
            Self::Linked(_) => wish.is_none(),
            Self::Link(_) => false,
        }
    }

    /// Whether the file itself is not in the project.
    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Linked(_) | Self::Link(_))
    }

    /// What is to be carried of a file that was found or not, instead of what was known of it; `room` is what long files may
    /// have. `None` where nothing is to change.
    pub(super) fn wanted(
        wish: Option<Wish>,
        known: Option<Self>,
        name: &str,
        named: Option<PathBuf>,
        origin: Option<&Path>,
        room: u64,
    ) -> Option<Self> {
        // A linked file may lie elsewhere.
        let found = match &known {
            Some(Self::Link(link)) => link.find(name, named.as_deref(), origin),
            _ => named.clone().map(|path| Found { path, is_same: true }),
        };
        let Found { path: found, is_same } = found?;
        let link = |path: &Path| match &known {
            Some(Self::Link(link)) if is_same => {
                Some(Self::Link(link.found_at(path, named.as_deref() == Some(path))))
            }
            // What the project was saved with is still what it is known by.
            Some(Self::Link(link)) => Some(Self::Link(Link { at: None, ..link.clone() })),
            _ => Link::of(path).ok().map(Self::Link),
        };
        match wish {
            Some(Wish::Link) => match &known {
                // What is carried is not given up for a file that is another one.
                Some(carried @ Self::Bytes(_)) if carried.differs_from(&found) => None,
                _ => link(&found),
            },
            Some(Wish::Embed) => {
                let bytes = std::fs::metadata(&found).ok()?.len();
                let fits = bytes <= ASSET_BYTES_MAX || bytes <= room;
                if fits { std::fs::read(&found).ok().map(Self::Bytes) } else { link(&found) }
            }
            None => Self::of_file(&found),
        }
    }

    pub(super) fn differs_from(&self, path: &Path) -> bool {
        let Ok(bytes) = std::fs::read(path) else { return false };
        match self {
            Self::Text(text) | Self::Latin1(text) => plain_text(&bytes) != *text,
            Self::Bytes(carried) => bytes[..] != carried[..],
            Self::Linked(_) | Self::Link(_) => false,
        }
    }
}

/// A text with `\n` line ends.
pub(super) fn plain_text(bytes: &[u8]) -> String {
    decode(bytes).0.replace("\r\n", "\n").replace('\r', "\n")
}

mod in_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::Deserialize;

    pub fn serialize<S: serde::Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}
