//! What is wrong with a document or a build, said so that the writer can act on it.

use std::fmt;

/// How grave a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// It plays, but probably not as meant.
    Warning,
    /// It does not play.
    Error,
}

/// One message about a document: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// The included file in which the line stands, as the document names it; `None` for the document itself.
    pub file: Option<String>,
    /// Line of the document or of `file`, counted from 1; `None` where no line is known.
    pub line: Option<u32>,
    /// What is wrong, in one sentence.
    pub text: String,
    /// The line as it stands there.
    pub source: Option<String>,
    /// What to write or do instead.
    pub remedy: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without source line or remedy. [any]
    pub fn new(severity: Severity, line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self { severity, file: None, line: line.into(), text: text.into(), source: None, remedy: None }
    }

    /// An error at a line. [any]
    pub fn error(line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self::new(Severity::Error, line, text)
    }

    /// A warning at a line. [any]
    pub fn warning(line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self::new(Severity::Warning, line, text)
    }

    /// A note at a line. [any]
    pub fn note(line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self::new(Severity::Note, line, text)
    }

    /// The same, with what to do about it. [any]
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, with the document's line. [any]
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        if let Some(file) = &self.file {
            write!(f, "{file} ")?;
        }
        match self.line {
            Some(line) => write!(f, "line {line}: {severity}: {}", self.text)?,
            None => write!(f, "{severity}: {}", self.text)?,
        }
        if let Some(source) = &self.source {
            write!(f, "\n    {}", source.trim())?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n    -> {remedy}")?;
        }
        Ok(())
    }
}
