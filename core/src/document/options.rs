//! `<CsOptions>`: what is harmless is passed on, the rest is left to the host.

/// One option as csoundSetOption takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsOption {
    /// One normalized argument: `--omacro:X=1`, `-t90`.
    pub argument: String,
    /// The document's line.
    pub line: u32,
}
