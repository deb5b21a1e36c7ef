//! What a document says of itself: `;@about`, `;@in`, `;@out`, `;@latency`, `;@tail`.

/// What browsers, presets and exports show. All of it is the document's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// The document's name.
    pub name: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Under which terms.
    pub license: Option<String>,
    /// `Synth/Keys`, `Effect/Spectral`, …
    pub category: Option<String>,
    /// The document's own version.
    pub version: Option<String>,
    /// A sentence or two.
    pub text: Option<String>,
}

/// A bus: a named run of channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// What the host shows.
    pub name: String,
    /// Its first channel, counted from 1.
    pub first: u16,
    /// Its last channel, counted from 1, not below `first`.
    pub last: u16,
    /// Whether the document works without it.
    pub optional: bool,
}

/// How long a document sounds after its input and its notes have ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tail {
    /// Seconds, finite, not below 0.
    Seconds(f64),
    /// It may sound for ever.
    Infinite,
}
