//! Opcodes that run programs or Python of the machine: a document may not.

use ksmps_data::diagnostic::Diagnostic;

use super::scan::{self, Scan};
use super::sections::{Section, number};

/// What Csound's Python opcodes begin with.
const PYTHON: [&str; 12] = [
    "pyinit",
    "pyrun",
    "pyexec",
    "pyeval",
    "pyassign",
    "pycall",
    "pylrun",
    "pylexec",
    "pyleval",
    "pylassign",
    "pylcall",
    "pylinit",
];

/// Adds an error for each line that uses one. An opcode that the text defines itself under such a name is its own.
pub(super) fn check(orchestra: &Section, code: &Scan, found: &mut Vec<Diagnostic>) {
    for (index, line) in code.code.split('\n').enumerate() {
        let Some((_, word)) = scan::words(line).find(|(_, word)| is_program(word)) else { continue };
        if defines(&code.code, word) {
            continue;
        }
        let what = if word.starts_with("py") { "runs Python" } else { "runs a program of this machine" };
        found.push(
            Diagnostic::error(
                orchestra.document_line(number(index)),
                format!("{word} {what}, which a document may not do here"),
            )
            .with_remedy("take it out, or run the document on the csound command line"),
        );
    }
}

fn is_program(word: &str) -> bool {
    matches!(word, "system" | "system_i") || PYTHON.iter().any(|start| word.starts_with(start))
}

fn defines(code: &str, name: &str) -> bool {
    code.split('\n').any(|line| {
        let mut words = scan::words(line).map(|(_, word)| word);
        words.next() == Some("opcode") && words.next() == Some(name)
    })
}
