//! What begins with `#`: definitions, files, conditions.

use super::super::Fault;
use super::super::macros::{DefinitionFault, definition};
use super::Expander;
use super::calls::shown;

impl Expander<'_> {
    /// What begins with `#`.
    pub(super) fn directive(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let blanks = 1 + rest[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if rest[blanks..].starts_with(b"define") {
            self.skip(blanks + b"define".len());
            return self.define();
        }
        if rest.starts_with(b"#include") {
            self.include();
        } else if rest.starts_with(b"#undef") {
            self.undefine()?;
        } else if rest.starts_with(b"#ifdef") || rest.starts_with(b"#ifndef") {
            self.condition()?;
        } else if rest.starts_with(b"#else") && is_else(rest) {
            match self.conditions.last_mut() {
                Some((_, has_else)) if !*has_else => *has_else = true,
                _ => {
                    return Err(Fault::new(
                        self.line,
                        "this #else has no #ifdef",
                        "take it out, or write the #ifdef",
                    ));
                }
            }
            self.skip_hidden()?;
        } else if rest.starts_with(b"#end") {
            let length = if rest.starts_with(b"#endif") { 6 } else { 4 };
            if self.conditions.pop().is_none() {
                return Err(Fault::new(
                    self.line,
                    "this #end has no #ifdef",
                    "take it out, or write the #ifdef",
                ));
            }
            self.skip(length);
            self.expanded.push(b"\n", self.line);
        } else if rest.starts_with(b"#exit") {
            self.sources.clear();
        } else {
            self.copy(1);
        }
        Ok(())
    }

    fn define(&mut self) -> Result<(), Fault> {
        let (line, before) = (self.line, self.reader().at);
        let defined = definition(self.reader());
        let behind = self.reader().at;
        self.reader().at = before;
        self.skip(behind - before);
        match defined {
            Ok(defined) => {
                self.macros.define(defined);
                Ok(())
            }
            Err(fault) => Err(definition_fault(line, fault)),
        }
    }

    fn undefine(&mut self) -> Result<(), Fault> {
        let line = self.line;
        let rest = &self.rest()[b"#undef".len()..];
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let name: Vec<u8> = rest[..end]
            .iter()
            .copied()
            .skip_while(|byte| matches!(byte, b' ' | b'\t'))
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .collect();
        self.skip((b"#undef".len() + end + 1).min(self.rest().len()));
        if !self.macros.undefine(&name) && self.expanded.is_complete && self.knows_all {
            let what = format!("there is no macro {} to undefine", shown(&name));
            return Err(Fault::new(line, what, "take the line out, or write its #define before it"));
        }
        Ok(())
    }

    /// A file that was not found: what it defines is not known.
    fn include(&mut self) {
        let rest = self.rest();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.skip(end);
        self.expanded.is_complete = false;
    }

    /// `#ifdef`, `#ifndef`.
    fn condition(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let is_negated = rest.starts_with(b"#ifndef");
        let behind = &rest[if is_negated { 7 } else { 6 }..];
        let name: Vec<u8> = behind
            .iter()
            .copied()
            .skip_while(|byte| matches!(byte, b' ' | b'\t'))
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .collect();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.conditions.push((self.line, false));
        let is_defined = self.macros.find(&name).is_some();
        let knows_all = self.knows_all && self.expanded.is_complete;
        if !is_defined && !knows_all {
            self.expanded.is_complete = false;
        }
        if is_defined != is_negated {
            self.skip(end);
            self.expanded.push(b"\n", self.line);
            return Ok(());
        }
        self.skip_hidden()
    }

    /// Passes over what a condition hides, up to its `#else` or `#end`.
    fn skip_hidden(&mut self) -> Result<(), Fault> {
        let mut depth = 0;
        loop {
            let rest = self.rest();
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
                let line = self.conditions.last().map_or(self.line, |&(line, _)| line);
                return Err(open_condition(line));
            };
            self.skip(end + 1);
            self.expanded.push(b"\n", self.line);
            let rest = self.rest();
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let Some(word) = rest[blanks..].strip_prefix(b"#") else { continue };
            let length = word.iter().take_while(|byte| byte.is_ascii_lowercase()).count().min(7);
            match &word[..length] {
                b"end" | b"endif" if depth == 0 => {
                    self.conditions.pop();
                    break;
                }
                b"end" | b"endif" => depth -= 1,
                b"ifdef" | b"ifndef" => depth += 1,
                b"else" if depth == 0 => {
                    if let Some((_, has_else)) = self.conditions.last_mut() {
                        *has_else = true;
                    }
                    break;
                }
                _ => {}
            }
        }
        let rest = self.rest();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.skip(end);
        Ok(())
    }
}

pub(super) fn open_condition(line: usize) -> Fault {
    Fault::new(line, "this #ifdef is never closed", "write #end where it ends")
}

/// The fault of a definition that cannot be read.
fn definition_fault(line: usize, fault: DefinitionFault) -> Fault {
    let remedy = "write #define NAME #text# or #define NAME(A'B) #text#";
    match fault {
        DefinitionFault::Open => Fault::new(line, "this #define is never closed", remedy),
        DefinitionFault::Malformed => {
            Fault::syntax(line, "this #define has no name, or no text between two #", remedy)
        }
    }
}

/// Whether nothing but a comment stands behind `#else` on its line.
fn is_else(rest: &[u8]) -> bool {
    let behind = rest[b"#else".len()..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
    matches!(behind, None | Some(b'\n' | b';'))
}
