//! Calls of macros.

use super::super::Fault;
use super::super::macros::{Call, Macro, Reader, arguments, called};
use super::{Dialect, Expander, Source};

/// Deeper calls of macros Csound refuses.
const DEPTH_MAX: usize = 1_000;

impl Expander<'_> {
    /// `$NAME`, `$NAME.`, `$NAME(…)`.
    pub(super) fn call(&mut self) -> Result<(), Fault> {
        let Some((name, length, has_bracket)) = called(&self.rest()[1..]) else {
            self.copy(1);
            return Ok(());
        };
        let (name, line) = (name.to_vec(), self.line);
        let found = self.macros.find(&name).cloned();
        self.skip(1 + length);
        let Some(found) = found else {
            self.expanded.is_complete &= self.knows_all;
            self.expanded.push(b"$error", line);
            return Ok(());
        };
        let is_bare = found.parameters.is_empty();
        if has_bracket && !is_bare && !self.define_arguments(&found, &name)? {
            return Ok(());
        }
        if self.sources.len() > DEPTH_MAX {
            let what = format!("the macro {} calls itself without end", shown(&name));
            return Err(Fault::new(line, what, "take its own name out of its text"));
        }
        self.sources.push(Source {
            reader: Reader::new(found.body),
            drops_macros: has_bracket && is_bare,
            is_orchestra: false,
        });
        Ok(())
    }

    /// Reads a call's arguments; whether they are complete.
    fn define_arguments(&mut self, called: &Macro, name: &[u8]) -> Result<bool, Fault> {
        let line = self.line;
        let before = self.reader().at;
        let is_score = self.dialect == Dialect::Score;
        let call = arguments(self.reader(), called.parameters.len(), is_score);
        let behind = self.reader().at;
        self.reader().at = before;
        let (arguments, errors) = match call {
            Call::Complete(arguments) => (arguments, 0),
            Call::Wrong { arguments, errors } => (arguments, errors),
            Call::Endless => return Err(call_fault(line, name, called.parameters.len())),
        };
        self.skip(behind - before);
        for (parameter, argument) in called.parameters.iter().zip(arguments) {
            self.macros.define_argument(parameter.clone(), argument);
        }
        for _ in 0..errors {
            self.expanded.push(b"$error", line);
        }
        if errors > 0 && !self.in_string && !is_score {
            return Err(call_fault(line, name, called.parameters.len()));
        }
        Ok(errors == 0)
    }
}

/// The fault of a call whose arguments are not those of its macro.
fn call_fault(line: usize, name: &[u8], count: usize) -> Fault {
    let name = shown(name);
    let arguments: Vec<String> = (1..=count).map(|number| format!("arg{number}")).collect();
    Fault::new(
        line,
        format!(
            "the call of the macro {name} has not the {count} arguments that it takes, or an argument is too long"
        ),
        format!("write ${name}({}); ' stands between two arguments, ) behind the last", arguments.join("'")),
    )
}

/// A macro's name for people, without what Csound puts before arguments.
pub(super) fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.rsplit('`').next().unwrap_or_default().to_owned()
}
