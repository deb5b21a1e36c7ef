//! Draws pictures of the code widget into a folder, to be looked at by eye: `code_pictures FOLDER`. Without a folder
//! it prints how long a frame takes.

use std::path::Path;

use egui::{Context, Event, Key, Modifiers, RawInput, Rect, ViewportId, vec2};
use ksmps_data::opcode::Opcode;
use ksmps_editor::code::{
    CodeInputs, CodeOptions, CodeState, Mark, Note, OpcodeBook, Position, SAMPLE, Selection, Severity, show,
};
use ksmps_editor::theme::{Theme, apply};
use ksmps_painter::Painter;

fn main() {
    let book = book();
    let Some(folder) = std::env::args().nth(1) else {
        for lines in [200, 2_000, 5_000, 20_000] {
            println!("{lines} lines: {:.2?}", ksmps_editor::code::bench::frame_times(lines, &book));
        }
        return;
    };
    for (dark, theme) in [("dark", Theme::DARK), ("light", Theme::LIGHT)] {
        for scale in [1.0, 1.5, 2.0] {
            for what in ["text", "error", "folds", "completion", "find", "narrow"] {
                let path = format!("{folder}/code-{what}-{dark}-{scale}.png");
                draw(Path::new(&path), &book, &theme, scale, what);
            }
        }
    }
}

/// A few opcodes, as an engine would list them.
fn book() -> OpcodeBook {
    let form = |name: &str, out: &str, ins: &str, flags| Opcode {
        name: name.to_owned(),
        out_types: out.to_owned(),
        in_types: ins.to_owned(),
        flags,
    };
    let mut opcodes: Vec<Opcode> =
        ksmps_editor::code::opcodes::helped().map(|name| form(name, "a", "xxoo", 0)).collect();
    opcodes.push(form("poscil", "k", "kkoo", Opcode::READS_TABLE));
    for name in ["schedulek", "poscil3x", "soundin", "oscilikt", "osciliktp", "oscilikts"] {
        opcodes.push(form(name, "a", "kko", 0));
    }
    opcodes.push(form("oscilx", "a", "kko", Opcode::DEPRECATED));
    opcodes.push(form("oscbnk", "a", "kkkkiikkkkikkkkkkikooooooo", 0));
    OpcodeBook::new(&opcodes)
}

fn draw(path: &Path, book: &OpcodeBook, theme: &Theme, scale: f32, what: &str) {
    let ctx = Context::default();
    apply(&ctx, theme);
    let mut state = CodeState::new(SAMPLE);
    let mut marks = Vec::new();
    let mut events = Vec::new();
    let line =
        |text: &str| SAMPLE.lines().position(|line| line.contains(text)).expect("a line of the sample");
    let at = |text: &str, column| Position { line: line(text), column };
    match what {
        "text" => state.go_to(at("ivel = p5", 8)),
        "error" => {
            state.go_to(at("a1 poscil", 14));
            marks.push(Mark {
                line: line("moogladder2 amix"),
                columns: Some(10..21),
                severity: Severity::Error,
                text: "Unable to find opcode entry for 'moogladder2'".to_owned(),
            });
            marks.push(Mark {
                line: line("idetune = "),
                columns: None,
                severity: Severity::Warning,
                text: "idetune is not used".to_owned(),
            });
        }
        "folds" => {
            state.fold_all(true);
            state.go_to(at(";; Instruments", 3));
        }
        "completion" => {
            state.go_to(at("a1 poscil", 99));
            let (key, modifiers) = (Key::Enter, Modifiers::NONE);
            events.push(Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers });
            events.push(Event::Text("a3 osc".to_owned()));
            events.push(Event::Text("i".to_owned()));
        }
        _ => {
            state.open_find(true);
            state.find_mut().query = "kcut".to_owned();
            state.select(Selection::at(state.buffer().offset(at("instr Glass", 0))));
            state.find_next(false);
        }
    }
    let wave = |n: f32| (n * 0.2).sin() * (n * 0.05).cos();
    let curve: Vec<[f32; 2]> = (0..60).map(|n| [wave(n as f32); 2]).collect();
    let notes = [
        Note { line: line("kcut port"), text: "1240.5".into(), curve, colour: theme.code.k_rate },
        Note {
            line: line("icps = cpsmidinn"),
            text: "261.63".into(),
            curve: Vec::new(),
            colour: theme.code.i_rate,
        },
    ];
    let inputs = CodeInputs {
        name: "Code",
        theme,
        opcodes: book,
        marks: &marks,
        notes: if what == "text" { &notes } else { &[] },
        channels: &[],
        watch: None,
        options: CodeOptions::default(),
    };
    let size = if what == "narrow" { vec2(380.0, 520.0) } else { vec2(900.0, 520.0) };
    let mut painter = Painter::new();
    let mut output = None;
    for frame in 0..8 {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(f64::from(frame)),
            ..RawInput::default()
        };
        if frame == 3 {
            input.events = std::mem::take(&mut events);
        }
        input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(scale);
        let mut full = ctx.run_ui(input, |ui| {
            show(ui, &mut state, &inputs);
        });
        painter.update_textures(&mut full.textures_delta);
        output = Some(full);
    }
    let output = output.expect("frames were run");
    let start = std::time::Instant::now();
    let triangles = ctx.tessellate(output.shapes, scale);
    let pixels = size * scale;
    let picture = painter.draw(&triangles, [pixels.x as usize, pixels.y as usize], scale, theme.window);
    println!("{}: {:.1} ms", path.display(), start.elapsed().as_secs_f64() * 1e3);
    picture.write(path).expect("the picture is written");
}
