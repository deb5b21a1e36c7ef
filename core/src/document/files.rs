//! Files carried inside a document: `<CsFileB>`, `<CsSampleB>`, `<CsMidifileB>`, `<CsFile>`.

/// One file carried inside a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// The name under which the orchestra opens it: a plain relative path without `..`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The document's line of its tag.
    pub line: u32,
}
