//! Texts that end the process inside Csound, found before it sees them.
//!
//! Csound 6.18.1 reads beyond the ends of texts and works with half a tree behind an error in its grammar. So an
//! orchestra is read here as Csound reads it: `expand` puts macros in their places, `tokens` tells words and signs,
//! `grammar` and `expression` take statements, `meaning` looks at what they
//! say; a score is read by `score`, and `references` follows what its notes take from one
//! another. What is refused here Csound refuses too,
//! or crashes with; what is let through by mistake it still meets.

mod expand;
mod expression;
mod grammar;
mod macros;
mod meaning;
mod references;
mod score;
mod tokens;

use expand::{Dialect, expand};
use macros::{Macro, Macros};
pub(super) use score::score;

/// Something in a text that must not reach Csound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, counted from 0.
    pub line: usize,
    pub what: String,
    pub remedy: String,
    /// Csound says so itself, unless it crashes: the text is no orchestra by its grammar.
    pub is_syntax: bool,
}

impl Fault {
    fn new(line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { line, what: what.into(), remedy: remedy.into(), is_syntax: false }
    }

    fn syntax(line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { is_syntax: true, ..Self::new(line, what, remedy) }
    }
}

/// What is compiled before a text, as far as reading the text needs it.
#[derive(Debug, Clone)]
pub struct Known {
    macros: Macros,
    /// What options define for the score.
    score_macros: Macros,
    /// Nothing else is compiled before.
    is_all: bool,
}

/// Macros that Csound defines itself.
const OWN_MACROS: [&str; 14] = [
    "M_E",
    "M_LOG2E",
    "M_LOG10E",
    "M_LN2",
    "M_LN10",
    "M_PI",
    "M_PI_2",
    "M_PI_4",
    "M_1_PI",
    "M_2_PI",
    "M_2_SQRTPI",
    "M_SQRT2",
    "M_SQRT1_2",
    "M_INF",
];

impl Known {
    /// Nothing but what Csound has itself, and the macros that options define.
    pub(super) fn at_start<'a>(options: impl Iterator<Item = &'a str>) -> Self {
        let mut known = Self { macros: Macros::default(), score_macros: Macros::default(), is_all: true };
        for name in OWN_MACROS {
            known.macros.define(plain(name));
        }
        for option in options {
            if let Some(assignment) = option.strip_prefix("--omacro:") {
                known.macros.define(plain(assignment));
            } else if let Some(assignment) = option.strip_prefix("--smacro:") {
                known.score_macros.define(plain(assignment));
            }
        }
        known
    }

    /// Something that is not known here.
    pub(super) fn unknown() -> Self {
        Self { is_all: false, ..Self::at_start(std::iter::empty()) }
    }
}

/// A macro without arguments, of `NAME=text`.
fn plain(assignment: &str) -> Macro {
    let (name, body) = assignment.split_once('=').unwrap_or((assignment, "1.0"));
    Macro { name: name.as_bytes().to_vec(), parameters: Vec::new(), body: body.as_bytes().into() }
}

/// Whether an orchestra says anything besides macros; the first fault that ends Csound, or that it does not take.
/// Files that are still to be included are not known.
pub(super) fn orchestra(text: &str, known: &Known) -> Result<bool, Fault> {
    let mut macros = known.macros.clone();
    let expanded = expand(text, Dialect::Orchestra, &mut macros, known.is_all)?;
    if !expanded.is_complete {
        return Ok(true);
    }
    let tokens = tokens::read(&expanded.text);
    let said = grammar::said(&expanded, &tokens)?;
    meaning::fault(&said, known.is_all).map_or(Ok(()), Err)?;
    Ok(tokens.iter().any(|token| token.kind != tokens::Kind::Newline))
}
