//! The text under the code widget, by properties: random edits against a plain string, undo of everything, and the
//! lexer that goes on from an edit against one that reads the whole text.

use ksmps_editor::code::{Buffer, CodeState, Selection, Structure};

/// Numbers that look random, from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }
}

/// Pieces that change what the rest of a text is.
const PIECES: [&str; 22] = [
    "a",
    "kcut",
    " ",
    "\n",
    "\n\n",
    "\r\n",
    "/*",
    "*/",
    "{{",
    "}}",
    "\"",
    ";",
    "instr 1\n",
    "endin\n",
    "<CsScore>\n",
    "</CsInstruments>\n",
    "<CsInstruments>\n",
    "ä",
    "→",
    "(1, 2)",
    "opcode X, a, a\n",
    "i 1 0 1",
];

/// A random place and length in a text.
fn selection(random: &mut Random, length: usize) -> Selection {
    let anchor = random.below(length + 1);
    let caret = if random.below(3) == 0 { random.below(length + 1) } else { anchor };
    Selection { anchor, caret }
}

/// What must hold of a text at all times.
fn check(state: &CodeState, model: &[char], seed: u64) {
    let text: String = model.iter().collect();
    let buffer = state.buffer();
    assert_eq!(buffer.text(), text, "seed {seed}");
    let fresh = Buffer::new(&text);
    assert_eq!(buffer.line_count(), text.split('\n').count(), "seed {seed}");
    for (line, expected) in text.split('\n').enumerate() {
        // A return belongs to the line end, but in the last line there is none.
        let is_last = line + 1 == buffer.line_count();
        let expected = if is_last { expected } else { expected.strip_suffix('\r').unwrap_or(expected) };
        assert_eq!(buffer.line(line), expected, "seed {seed}, line {line}");
        assert_eq!(buffer.line_end(line) - buffer.line_start(line), expected.chars().count(), "seed {seed}");
        assert_eq!(buffer.state(line), fresh.state(line), "seed {seed}, line {line} of {text:?}");
        assert_eq!(buffer.tokens(line), fresh.tokens(line), "seed {seed}");
    }
    assert_eq!(buffer.columns_max(), fresh.columns_max(), "seed {seed}");
    assert_eq!(*state.structure(), Structure::of(&fresh), "seed {seed}");
    let rows = state.folds().row_count(buffer.line_count());
    for row in 0..rows {
        let line = state.folds().line_of(row);
        assert!(!state.folds().is_hidden(line), "seed {seed}: row {row} shows the hidden line {line}");
        assert_eq!(state.folds().row_of(line), row, "seed {seed}");
    }
    assert!(!state.folds().is_hidden(state.caret().line), "seed {seed}: the caret is hidden");
}

#[test]
fn random_edits_agree_with_a_plain_string_and_undo_gives_every_text_back() {
    for seed in 1..=60_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let first = "instr 1\n  a1 = 2 ; x\nendin\n\n/* c\n*/\ninstr 2\nendin";
        let mut state = CodeState::new(first);
        let mut model: Vec<char> = first.chars().collect();
        let mut texts = vec![model.clone()];
        for _ in 0..40 {
            let chosen = selection(&mut random, model.len());
            if random.below(5) == 0 {
                let line = random.below(state.buffer().line_count());
                state.toggle_fold(line);
            }
            let piece = if random.below(4) == 0 { "" } else { PIECES[random.below(PIECES.len())] };
            state.select(chosen);
            state.insert(piece);
            model.splice(chosen.range(), piece.chars());
            check(&state, &model, seed);
            if *texts.last().expect("the first text") != model {
                texts.push(model.clone());
            }
        }
        for text in texts.iter().rev().skip(1) {
            assert!(state.buffer().can_undo(), "seed {seed}");
            state.undo();
            check(&state, text, seed);
        }
        assert!(!state.buffer().can_undo(), "seed {seed}: more steps than edits");
        for text in &texts[1..] {
            state.redo();
            check(&state, text, seed);
        }
        assert!(!state.buffer().can_redo(), "seed {seed}");
    }
}

#[test]
fn a_text_that_comes_from_outside_is_one_step_and_keeps_the_folds() {
    let mut state = CodeState::new("x\ninstr 1\na\nendin\ny");
    state.toggle_fold(1);
    state.set_text("x\nnew\ninstr 1\na\nendin\ny");
    assert_eq!(state.buffer().text(), "x\nnew\ninstr 1\na\nendin\ny");
    assert!(state.folds().is_folded(2));
    state.undo();
    assert_eq!(state.buffer().text(), "x\ninstr 1\na\nendin\ny");
    assert!(state.folds().is_folded(1));
}
