//! What is wrong with a document or a build, said so that the writer can act on it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How grave a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// It plays, but probably not as meant.
    Warning,
    /// It does not play.
    Error,
}

/// One message about a document: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether an engine went in circles there and was ended, and in which instrument, where that is known.
    #[serde(default)]
    pub hang: Option<Box<Hang>>,
}

/// Where an engine went in circles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hang {
    /// The instrument's name or number, or that it was the header; `None` where it is not known.
    pub instrument: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without source line or remedy. `[any]`
    pub fn new(severity: Severity, line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self {
            severity,
            file: None,
            line: line.into(),
            text: text.into(),
            source: None,
            remedy: None,
            hang: None,
        }
    }

    /// An error at a line. `[any]`
    pub fn error(line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self::new(Severity::Error, line, text)
    }

    /// A warning at a line. `[any]`
    pub fn warning(line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self::new(Severity::Warning, line, text)
    }

    /// A note at a line. `[any]`
    pub fn note(line: impl Into<Option<u32>>, text: impl Into<String>) -> Self {
        Self::new(Severity::Note, line, text)
    }

    /// The same, with what to do about it. `[any]`
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, with the document's line. `[any]`
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl Diagnostic {
    /// The same, of an engine that went in circles. `[any]`
    #[must_use]
    pub fn with_hang(mut self, hang: Hang) -> Self {
        self.hang = Some(Box::new(hang));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Note => "note: ",
            Severity::Warning => "warning: ",
            Severity::Error => "error: ",
        };
        self.write(f, severity)
    }
}

/// See [`Diagnostic::without_severity`].
struct WithoutSeverity<'a>(&'a Diagnostic);

impl fmt::Display for WithoutSeverity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, "")
    }
}

impl Diagnostic {
    /// What it says without the word for its severity, for whoever shows the severity in another way. `[any]`
    pub fn without_severity(&self) -> impl fmt::Display + '_ {
        WithoutSeverity(self)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, severity: &str) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file} line {line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        write!(f, "{severity}{}", self.text)?;
        if let Some(source) = &self.source {
            write!(f, "\n    {}", source.trim())?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n    -> {remedy}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Diagnostic;

    #[test]
    fn the_place_comes_first_and_the_severity_once() {
        let mut found = Diagnostic::error(3, "no such opcode")
            .with_source("  a1 nosuch")
            .with_remedy("check its spelling");
        assert_eq!(
            found.to_string(),
            "line 3: error: no such opcode\n    a1 nosuch\n    -> check its spelling"
        );
        assert_eq!(
            found.without_severity().to_string(),
            "line 3: no such opcode\n    a1 nosuch\n    -> check its spelling"
        );
        found.file = Some("parts.inc".to_owned());
        assert!(found.to_string().starts_with("parts.inc line 3: error: no such opcode\n"));
        found.line = None;
        assert!(found.to_string().starts_with("parts.inc: error: no such opcode\n"));
        assert_eq!(Diagnostic::warning(None, "late").to_string(), "warning: late");
    }
}
