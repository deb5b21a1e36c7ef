//! Opcodes that run programs or Python of the machine: a document may not, unless it asks and the user lets it.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;

use super::scan::{self, Scan};
use super::sections::{Section, number};

/// One use of such an opcode.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Use {
    /// What it needs.
    pub need: Needs,
    /// The error that it is where that is not given.
    pub error: Diagnostic,
}

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

/// Every use, one for each line. An opcode that the text defines itself under such a name is its own.
pub(super) fn find(orchestra: &Section, code: &Scan) -> Vec<Use> {
    let lines = code.code.split('\n').enumerate();
    let uses = lines.filter_map(|(index, line)| {
        let (_, word) = scan::words(line).find(|(_, word)| is_program(word))?;
        (!defines(&code.code, word)).then(|| Use::new(word, orchestra.document_line(number(index))))
    });
    uses.collect()
}

impl Use {
    fn new(word: &str, line: u32) -> Self {
        let (need, what) = match word.starts_with("py") {
            true => ("python", "runs Python"),
            false => ("programs", "runs a program of this machine"),
        };
        let text = format!("{word} {what}, which a document may not do here");
        let remedy = format!(
            "write ;@needs {need} and allow it on this machine; or take it out, or run the document on the csound \
             command line"
        );
        let need = Needs::of_word(need).unwrap_or_default();
        Self { need, error: Diagnostic::error(line, text).with_remedy(remedy) }
    }
}

fn is_program(word: &str) -> bool {
    matches!(word, "system" | "system_i") || PYTHON.iter().any(|start| word.starts_with(start))
}

/// Whether the code defines an opcode of this name. `[any]`
pub(super) fn defines(code: &str, name: &str) -> bool {
    code.split('\n').any(|line| {
        let mut words = scan::words(line).map(|(_, word)| word);
        words.next() == Some("opcode") && words.next() == Some(name)
    })
}
