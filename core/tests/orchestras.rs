//! Seam: docs/orchestras.md. Every example there is played: it builds without a complaint and it sounds.

mod common;

use common::{Bench, midi, off, on, peak};
use ksmps_core::event::EventKind;

/// The examples of the page, each with the line it starts at, but those that ask for Python: `tests/python` plays them.
fn examples() -> Vec<(usize, String)> {
    let page = std::fs::read_to_string(common::test_files().join("../docs/orchestras.md")).unwrap();
    let mut examples = Vec::new();
    let mut example: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match &mut example {
            None if line == "```csound" => example = Some((number, String::new())),
            None => {}
            Some(_) if line == "```" => examples.extend(example.take()),
            Some((_, text)) => *text += &format!("{line}\n"),
        }
    }
    examples.retain(|(_, text)| !text.starts_with(";@needs python"));
    examples
}

#[test]
fn every_example_of_the_page_plays() {
    let examples = examples();
    assert!(examples.len() >= 10, "the page has its examples: {}", examples.len());
    // Noise in, a few notes over the keyboard, the usual controllers: something must come out.
    let input: Vec<f32> =
        (0..96_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 3.4e7 - 0.25).collect();
    let notes: Vec<(usize, EventKind)> = [36, 42, 48, 60, 64, 67, 72]
        .into_iter()
        .enumerate()
        .flat_map(|(n, key)| [(n * 4000, on(key)), (n * 4000 + 9000, off(key))])
        .chain([(100, midi([0xb0, 1, 64]))])
        .collect();
    let mut events = notes;
    events.sort_by_key(|(frame, _)| *frame);
    for (line, text) in examples {
        let (mut bench, status) = Bench::open(&text);
        assert!(!status.failed, "line {line}: {:?}", status.diagnostics);
        bench.tempo = Some(120.0);
        let sound = bench.play_with(&input, &events, &[512]);
        assert!(peak(&sound) > 0.001, "line {line}: silent");
        assert!(sound.iter().all(|sample| sample.is_finite()), "line {line}");
    }
}
