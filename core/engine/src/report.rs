//! Csound's printed lines as diagnostics that point into what the user wrote.

use ksmps_csound::MessageLine;
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::source_map::ComposedText;
use ksmps_document::{Document, first_long_end};

/// Lines that announce an error, whatever attribute Csound gave them (it prints its banner as errors too).
const ERROR_SIGNS: [&str; 12] = [
    "error:",
    "INIT ERROR",
    "PERF ERROR",
    "Unexpected untyped word",
    "Cannot open",
    "cannot open",
    "not found",
    "used before defined",
    "Unable to find opcode",
    "unable to find",
    "Missing local arg",
    "sread:",
];
/// Lines that only say again that there was an error.
const ECHOES: [&str; 5] = [
    "Parsing failed",
    "Stopping on parser failure",
    "header init errors",
    "Compilation failed",
    "error:  Variable type for",
];

/// Lines that say nothing of what went wrong.
const BANNER: [&str; 18] = [
    "--Csound",
    "[commit",
    "libsndfile",
    "0dBFS",
    "UnifiedCSD",
    "rtaudio",
    "rtmidi",
    "Elapsed",
    "graphics",
    "sr =",
    "orch",
    "audio buffered",
    "SECTION",
    "sorting",
    "end of score",
    "overall samples",
    "0 errors in performance",
    "...",
];

/// What Csound was given to compile.
#[derive(Debug, Clone, Copy)]
pub struct Compiled<'a> {
    /// The text in which it stands.
    pub composed: &'a ComposedText,
    /// Where in it Csound's line 1 is.
    pub first_line: u32,
}

impl<'a> Compiled<'a> {
    /// A document's orchestra. `[any]`
    pub fn orchestra_of(document: &'a Document) -> Self {
        Self { composed: &document.composed, first_line: document.orchestra.first_line }
    }

    /// All of a text. `[any]`
    pub fn all_of(composed: &'a ComposedText) -> Self {
        Self { composed, first_line: 1 }
    }

    /// The composed line of a line that Csound names. From the first comment or text of several lines on, Csound names the
    /// next one (6.18.1, in text that it is given by its API).
    fn line(&self, line: u32) -> u32 {
        let named = (self.first_line + line).saturating_sub(1);
        let before: usize =
            self.composed.text().split_inclusive('\n').take(self.skipped()).map(str::len).sum();
        let long_end = first_long_end(&self.composed.text()[before..]);
        if long_end.is_some_and(|end| line > end) { named - 1 } else { named }
    }

    /// Lines before Csound's line 1.
    fn skipped(&self) -> usize {
        self.first_line.saturating_sub(1) as usize
    }
}

/// The line of the composed text that Csound names so. `[any]`
pub fn composed_line(compiled: Compiled<'_>, line: u32) -> u32 {
    compiled.line(line)
}

/// The errors and warnings among what Csound printed, with the user's own files and lines. `[control]`
pub fn diagnostics(lines: &[MessageLine], compiled: Compiled<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for line in lines {
        let text = line.text.trim();
        if let Some(source) = text.strip_prefix(">>>").and_then(|rest| rest.strip_suffix("<<<")) {
            if let Some(last) = found.last_mut().filter(|last| last.source.is_none()) {
                last.source = Some(source.trim().to_owned());
            }
            continue;
        }
        if let Some(number) = line_number_alone(text) {
            if let Some(last) = found.last_mut().filter(|last| last.line.is_none()) {
                last.line = Some(compiled.line(number));
            }
            continue;
        }
        if let (Some(last), true) = (found.last_mut(), text.starts_with("Found:")) {
            last.text = format!("{} {}", last.text, text.replace("(null)", "without arguments"));
            continue;
        }
        if ECHOES.iter().any(|echo| text.starts_with(echo)) {
            continue;
        }
        let severity = severity(line, text);
        if severity > Severity::Note {
            found.push(diagnostic(severity, text, compiled));
        }
    }
    found.into_iter().map(|one| compiled.composed.located(with_line_and_remedy(one, compiled))).collect()
}

/// An error for which Csound printed nothing that looks like one: its last words are the reason. `[control]`
pub fn with_last_words(error: Diagnostic, lines: &[MessageLine], compiled: Compiled<'_>) -> Diagnostic {
    let says = |text: &&str| !text.is_empty() && !BANNER.iter().any(|start| text.starts_with(start));
    let Some(words) = lines.iter().rev().map(|line| line.text.trim()).find(says) else {
        let text = format!("{}, and printed no reason", error.text);
        let remedy =
            error.remedy.unwrap_or_else(|| "undo the last change, or try the text in parts".to_owned());
        return Diagnostic { text, remedy: Some(remedy), ..error };
    };
    let line = error.line.or_else(|| line_inside(words).map(|line| compiled.line(line)));
    let said = Diagnostic { line, text: format!("{}: {}", error.text, without_severity(words)), ..error };
    compiled.composed.located(with_line_and_remedy(said, compiled))
}

fn severity(line: &MessageLine, text: &str) -> Severity {
    if ERROR_SIGNS.iter().any(|sign| text.contains(sign)) {
        Severity::Error
    } else if line.severity == Severity::Warning || text.starts_with("WARNING") {
        Severity::Warning
    } else {
        Severity::Note
    }
}

fn diagnostic(severity: Severity, text: &str, compiled: Compiled<'_>) -> Diagnostic {
    let clean = without_severity(text);
    let line = line_inside(clean).map(|number| compiled.line(number));
    Diagnostic::new(severity, line, clean)
}

/// The text without the words for its severity, which Csound writes twice now and then.
fn without_severity(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(behind) = ["error:", "WARNING:"].iter().find_map(|word| rest.strip_prefix(word)) {
        rest = behind.trim_start();
    }
    rest
}

/// `line 12:`, `Line 12` or `Line: 12` and nothing else.
fn line_number_alone(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("line").or_else(|| text.strip_prefix("Line"))?;
    rest.trim_matches(['.', ':', ' ']).parse().ok()
}

/// `INIT ERROR in instr 80 (opcode table.i) line 2: …`
fn line_inside(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once(" line ").or_else(|| text.split_once(" Line "))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn with_line_and_remedy(mut diagnostic: Diagnostic, compiled: Compiled<'_>) -> Diagnostic {
    if diagnostic.source.is_none() {
        let line = line_of_include(&diagnostic, compiled).or_else(|| line_of_word(&diagnostic, compiled));
        diagnostic.line = line.or(diagnostic.line);
    }
    if diagnostic.remedy.is_none() {
        diagnostic.remedy = remedy(&diagnostic.text).map(str::to_owned);
    }
    diagnostic
}

/// Csound names the file that it could not include, and no line.
fn line_of_include(diagnostic: &Diagnostic, compiled: Compiled<'_>) -> Option<u32> {
    let (_, name) = diagnostic.text.split_once("#include'd file ")?;
    let mut lines = (1u32..).zip(compiled.composed.text().lines());
    lines.find(|(_, line)| line.contains("#include") && line.contains(name.trim())).map(|(line, _)| line)
}

/// Csound's line is sometimes that of the instrument: the word it complains of is on that line or further down.
fn line_of_word(diagnostic: &Diagnostic, compiled: Compiled<'_>) -> Option<u32> {
    let word = diagnostic.text.split('\'').nth(1).filter(|word| !word.is_empty())?;
    let first = diagnostic.line.unwrap_or(compiled.first_line);
    let has_word = |line: &str| {
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.any(|found| found == word)
    };
    let mut lines = (1u32..).zip(compiled.composed.text().lines()).skip(first.saturating_sub(1) as usize);
    lines.find(|(_, line)| has_word(line)).map(|(number, _)| number)
}

fn remedy(text: &str) -> Option<&'static str> {
    const REMEDIES: [(&str, &str); 10] = [
        (
            "matching argument types",
            "check the number and the rates of the opcode's arguments in its manual page",
        ),
        ("redefined", "give one of the two another number or name"),
        (
            "T_IDENT",
            "the word is not an opcode of this Csound, or it stands where a variable is wanted: check its spelling",
        ),
        (
            "syntax error",
            "look at this line and the end of the one before: a comma, a bracket or an `endin` may be missing",
        ),
        ("used before defined", "give the variable a value above this line (`init`, or an assignment)"),
        ("#include'd", "put the file beside the document, or embed it"),
        ("ftable", "make the table in the header (`ftgen`) or check its number"),
        (
            "memory allocate failure",
            "use smaller tables and shorter delays; an engine in a process of its own has 1.5 GB of memory",
        ),
        ("Failed to open", "put the file beside the document, or check the path"),
        ("cannot open", "put the file beside the document, or check the path"),
    ];
    REMEDIES.iter().find(|(sign, _)| text.contains(sign)).map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(lines: &[&str]) -> Vec<MessageLine> {
        let line = |text: &&str| MessageLine { severity: Severity::Note, text: (*text).to_owned() };
        lines.iter().map(line).collect()
    }

    #[test]
    fn an_error_without_a_line_of_its_own_has_the_last_words_for_its_reason() {
        let text = ComposedText::whole("a\nb\nc\nd\n");
        let compiled = Compiled { composed: &text, first_line: 2 };
        let error = || Diagnostic::error(None, "Csound answered with error -1");
        let said = with_last_words(
            error(),
            &printed(&["--Csound version 6.18", "no input in line 2:", "... done"]),
            compiled,
        );
        assert_eq!(said.text, "Csound answered with error -1: no input in line 2:");
        assert_eq!((said.line, said.source.as_deref()), (Some(3), Some("c")));
        let memory = ["memory allocate failure for 1073741832", "0 errors in performance", "Elapsed time"];
        let said = with_last_words(Diagnostic::error(None, "error -4"), &printed(&memory), compiled);
        assert_eq!(said.text, "error -4: memory allocate failure for 1073741832");
        assert!(said.remedy.is_some_and(|remedy| remedy.contains("smaller tables")));
        let unsaid = with_last_words(error(), &printed(&["0dBFS level = 1", " "]), compiled);
        assert_eq!(unsaid.text, "Csound answered with error -1, and printed no reason");
        assert!(unsaid.line.is_none() && unsaid.remedy.is_some());
    }

    #[test]
    fn behind_a_comment_or_a_text_of_several_lines_csound_names_the_next_line() {
        let text = ComposedText::whole("header\na\nb {{\n c\n}} d\ne\nf\n/* g\n*/\nh\n");
        let compiled = Compiled { composed: &text, first_line: 2 };
        let lines = [(1, 2), (2, 3), (6, 6), (7, 7), (10, 10)];
        assert_eq!(lines.map(|(said, _)| compiled.line(said)), lines.map(|(_, line)| line));
    }

    #[test]
    fn a_severity_that_csound_writes_twice_is_taken_off_twice() {
        for (text, clean) in [
            ("error:  error: opcode '##add' not found", "opcode '##add' not found"),
            ("WARNING: late", "late"),
            ("INIT ERROR in instr 1: error: none", "INIT ERROR in instr 1: error: none"),
        ] {
            assert_eq!(without_severity(text), clean);
        }
    }
}
