//! Instrument templates as they are written: a body, its arguments, and what it needs to be compiled.
//!
//! A template has no number; it gets one at each priority it is used at. What its body says is read by
//! `Registered`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::args::ArgValue;
use crate::diagnostic::Diagnostic;
use crate::file::FileError;

/// A template as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The instrument between `instr` and `endin`, with or without a declaration of arguments before it.
    pub body: String,
    /// Arguments with their defaults, in order; instead of a declaration in the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, ArgValue)>,
    /// Code that runs once, before any event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub init: String,
    /// Files of orchestra it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<Include>,
    /// Other names of arguments: alias, argument.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, String>,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// Where arguments that change live: p-fields, or else named controls in a table.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub dynamic_pfields: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// A file of orchestra, with its text: a session plays where the file is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Include {
    /// Where it was read.
    pub path: PathBuf,
    /// What stood there.
    pub text: String,
}

impl Include {
    /// Reads a file. `[control]`
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| FileError::new(path, error))?;
        Ok(Self { path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()), text })
    }
}

impl Template {
    /// A template with a body.
    pub fn new(name: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            body: body.into(),
            args: Vec::new(),
            init: String::new(),
            includes: Vec::new(),
            aliases: BTreeMap::new(),
            doc: String::new(),
            dynamic_pfields: true,
        }
    }

    /// An argument with its default, instead of a declaration in the body.
    pub fn arg(mut self, name: impl Into<String>, default: impl Into<ArgValue>) -> Self {
        self.args.push((name.into(), default.into()));
        self
    }

    /// Code that runs once, before any event.
    pub fn init(self, code: impl Into<String>) -> Self {
        Self { init: code.into(), ..self }
    }

    /// A file of orchestra it needs.
    pub fn include(mut self, include: Include) -> Self {
        self.includes.push(include);
        self
    }

    /// Another name of an argument.
    pub fn alias(mut self, alias: impl Into<String>, argument: impl Into<String>) -> Self {
        self.aliases.insert(alias.into(), argument.into());
        self
    }

    /// What it is, for people.
    pub fn doc(self, text: impl Into<String>) -> Self {
        Self { doc: text.into(), ..self }
    }

    /// Arguments that change live in a table of controls instead of p-fields.
    pub fn controls_in_table(self) -> Self {
        Self { dynamic_pfields: false, ..self }
    }
}

/// Why a template cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TemplateError {
    /// Its declaration or its body is not understood.
    #[error("template {template}, line {line}: {reason}: {source_line}")]
    Body {
        /// The template's name.
        template: String,
        /// Line of the body, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
        /// The line as it stands there.
        source_line: String,
    },
    /// Its body does not compile, or would crash Csound.
    #[error("template {template} does not compile:\n{}", diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Compile {
        /// The template's name.
        template: String,
        /// Lines are those of its body.
        diagnostics: Vec<Diagnostic>,
    },
}
