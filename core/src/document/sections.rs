//! Cutting a .csd into its sections as Csound does.

/// A piece of the document that Csound is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The text, with `\n` line ends.
    pub text: String,
    /// The document's line at which the text's line 1 stands.
    pub first_line: u32,
}
