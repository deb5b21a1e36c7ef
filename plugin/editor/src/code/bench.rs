//! How long a frame of the code widget takes, for `bench`: medians of CPU time, of layout and triangles together.

use std::time::Instant;

use egui::{Context, Event, RawInput, Rect, vec2};

use super::{CodeInputs, CodeOptions, CodeState, OpcodeBook, Position, SAMPLE, show};
use crate::theme::{Theme, apply};

/// Milliseconds of a frame, as medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameTimes {
    /// A letter is typed in the middle of the text.
    pub typed_ms: f64,
    /// Nothing happens.
    pub idle_ms: f64,
    /// The text scrolls by ten rows.
    pub scrolled_ms: f64,
    /// The text is read for the first time.
    pub opened_ms: f64,
}

/// Times the widget, 1000 by 700 points, with a text of so many lines and the opcodes of an engine. `[control]`
pub fn frame_times(line_count: usize, opcodes: &OpcodeBook) -> FrameTimes {
    let text: String = SAMPLE.lines().cycle().take(line_count).flat_map(|line| [line, "\n"]).collect();
    let start = Instant::now();
    let mut state = CodeState::new(&text);
    let opened_ms = start.elapsed().as_secs_f64() * 1e3;
    let ctx = Context::default();
    apply(&ctx, &Theme::DARK);
    state.go_to(Position { line: line_count / 2, column: 0 });
    let frame = |state: &mut CodeState, events: Vec<Event>| {
        let screen_rect = Some(Rect::from_min_size(egui::Pos2::ZERO, vec2(1000.0, 700.0)));
        let input = RawInput { screen_rect, events, ..RawInput::default() };
        let inputs = CodeInputs {
            name: "Code",
            theme: &Theme::DARK,
            opcodes,
            marks: &[],
            notes: &[],
            channels: &[],
            watch: None,
            options: CodeOptions::default(),
        };
        let start = Instant::now();
        let mut output = ctx.run_ui(input, |ui| _ = show(ui, state, &inputs));
        let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        output.textures_delta.clear();
        drop(triangles);
        ms
    };
    for _ in 0..5 {
        frame(&mut state, Vec::new());
    }
    let letters = "a1 oscili p4, kcut * 2 ; a note\n";
    let typed =
        letters.chars().cycle().take(120).map(|letter| frame(&mut state, vec![event_of(letter)])).collect();
    let idle = (0..60).map(|_| frame(&mut state, Vec::new())).collect();
    let scrolled = (0..60)
        .map(|_| {
            state.scroll_rows(10.0);
            frame(&mut state, Vec::new())
        })
        .collect();
    FrameTimes { typed_ms: median(typed), idle_ms: median(idle), scrolled_ms: median(scrolled), opened_ms }
}

/// The event of a typed letter.
fn event_of(letter: char) -> Event {
    match letter {
        '\n' => Event::Key {
            key: egui::Key::Enter,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        },
        letter => Event::Text(letter.to_string()),
    }
}

/// The value in the middle; 0 for none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
