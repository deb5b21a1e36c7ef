//! Documents read at the public seam, [`Document::parse`].

mod crashes;
mod declared;
mod noted;
mod sectioned;

use super::*;
use ksmps_data::diagnostic::Severity;

/// A .csd with this orchestra and score.
fn csd(orchestra: &str, score: &str) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n{orchestra}\n</CsInstruments>\n<CsScore>\n{score}\n</CsScore>\n\
         </CsoundSynthesizer>\n"
    )
}

/// A document that plays.
fn plays(text: &str) -> Document {
    match Document::parse(text, None) {
        Ok(document) => document,
        Err(found) => panic!("{text}\nis refused: {found:#?}"),
    }
}

/// The errors of a document that does not.
fn errors(text: &str) -> Vec<Diagnostic> {
    match Document::parse(text, None) {
        Ok(_) => panic!("{text}\nis not refused"),
        Err(found) => found.into_iter().filter(|one| one.severity == Severity::Error).collect(),
    }
}

/// The warnings of a document that plays: the line and the sentence.
fn warnings(text: &str) -> Vec<(Option<u32>, String)> {
    let document = plays(text);
    assert!(document.diagnostics.iter().all(|one| one.remedy.is_some() && one.source.is_some()), "{text}");
    document.diagnostics.into_iter().map(|one| (one.line, one.text)).collect()
}

const EXAMPLES: [&str; 3] = [
    include_str!("../../../../instruments/glass-keys/glass-keys.csd"),
    include_str!("../../../../instruments/ducking-smear/ducking-smear.csd"),
    include_str!("../../../../instruments/kit-and-piece/kit-and-piece.csd"),
];

#[test]
fn every_beginning_of_a_document_is_read_or_refused() {
    for text in EXAMPLES {
        for (end, _) in text.char_indices() {
            let beginning = &text[..end];
            if let Err(found) = Document::parse(beginning, None) {
                assert!(found.iter().any(|one| one.severity == Severity::Error), "{beginning}");
            }
        }
    }
}

#[test]
fn every_document_without_one_of_its_lines_is_read_or_refused() {
    for text in EXAMPLES {
        let lines: Vec<&str> = text.lines().collect();
        for left_out in 0..lines.len() {
            let mut lines = lines.clone();
            lines.remove(left_out);
            let text = lines.join("\n");
            match Document::parse(&text, None) {
                Ok(document) => assert_eq!(document.text, text),
                Err(found) => assert!(found.iter().all(|one| one.remedy.is_some()), "{found:?}"),
            }
        }
    }
}

#[test]
fn the_examples_of_the_manual_are_read_without_a_word() {
    let manual = include_str!("../../../../docs/orchestras.md");
    let examples: Vec<&str> =
        manual.split("```csound\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 11, "only {} examples", examples.len());
    for example in examples {
        let document = plays(example);
        assert_eq!(document.diagnostics, [], "{example}");
    }
}
