//! Every view and every control with sample data, for pictures, tests and measurements.

mod controls;
mod samples;

use std::time::{Duration, Instant};

use egui::{Context, Pos2, RawInput, Rect, Ui, vec2};

use crate::Editor;
use crate::model::{Appearance, Command, News, View, ViewState};
use crate::theme::Theme;

/// A view with sample data.
pub struct Scene {
    /// What its picture is called.
    pub name: &'static str,
    /// The editor as it is shown; `None` for the page with all controls.
    editor: Option<Editor>,
    appearance: Appearance,
    controls: controls::Controls,
}

impl Scene {
    /// Draws one frame and gives what the user did. `[control]`
    pub fn show(&mut self, ui: &mut Ui) -> Vec<Command> {
        match &mut self.editor {
            Some(editor) => editor.show(ui),
            None => {
                self.controls.show(&Theme::of(self.appearance == Appearance::Dark), ui);
                Vec::new()
            }
        }
    }
}

/// A document of `count` parameters that plays, in a view. `[any]`
pub fn editor(view: View, appearance: Appearance, count: usize) -> Editor {
    let mut editor = Editor::new(ViewState { view, appearance, ..ViewState::default() });
    samples::playing(count).into_iter().for_each(|news| _ = editor.feed(news));
    editor
}

/// An editor with more news that remembers this. `[any]`
fn with(state: ViewState, news: Vec<News>) -> Editor {
    let mut editor = Editor::new(state);
    samples::playing(12).into_iter().chain(news).for_each(|news| _ = editor.feed(news));
    editor
}

/// What a frame of a view takes: the median over so many frames of running it and making its triangles, while one
/// parameter moves from frame to frame. `[control]`
pub fn frame_time(view: View, parameters: usize, frames: usize) -> Duration {
    let mut editor = editor(view, Appearance::Dark, parameters);
    median_time(frames, |ui, at| {
        let base = (at as f64 * 0.013).fract();
        editor.feed(News::Value { slot: 0, base });
        _ = editor.show(ui);
    })
}

/// The same of a window in which nothing is drawn. `[control]`
pub fn empty_frame_time(frames: usize) -> Duration {
    median_time(frames, |_, _| ())
}

/// The median time of so many frames of 1600 by 1000 points, drawn by `draw`, which is told how many there were before.
fn median_time(frames: usize, mut draw: impl FnMut(&mut Ui, usize)) -> Duration {
    let ctx = Context::default();
    let mut frame = |at: usize| {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1600.0, 1000.0))),
            time: Some(at as f64 / 30.0),
            ..RawInput::default()
        };
        let begin = Instant::now();
        let mut output = ctx.run_ui(input, |ui| draw(ui, at));
        let shapes = std::mem::take(&mut output.shapes);
        let triangles = ctx.tessellate(shapes, output.pixels_per_point);
        let took = begin.elapsed();
        output.textures_delta.clear();
        drop(triangles);
        took
    };
    // The first frames make fonts and layouts.
    (0..8).for_each(|at| _ = frame(at));
    let mut times: Vec<Duration> = (8..8 + frames.max(1)).map(frame).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// All scenes. `[any]`
pub fn scenes(appearance: Appearance) -> Vec<Scene> {
    let scene = |name, editor| Scene { name, editor, appearance, controls: controls::Controls::default() };
    let plain = |view, count| Some(editor(view, appearance, count));
    let page = |view, page| ViewState {
        view,
        appearance,
        see_page: page,
        documents_page: page,
        session_page: page,
        ..ViewState::default()
    };
    let more = |view, at, news| Some(with(page(view, at), news));
    let spectrogram = ViewState { table_picture: 1, ..page(View::See, 1) };
    let empty = |view| Some(Editor::new(ViewState { view, appearance, ..ViewState::default() }));
    vec![
        scene("controls", None),
        scene("play-3", plain(View::Play, 3)),
        scene("play-12", plain(View::Play, 12)),
        scene("play-120", plain(View::Play, 120)),
        scene("play-layout", more(View::Play, 0, samples::laid_out())),
        scene("play-empty", empty(View::Play)),
        scene("edit", plain(View::Edit, 12)),
        scene("edit-long", more(View::Edit, 0, samples::long(2000))),
        scene("edit-error", more(View::Edit, 0, samples::error())),
        scene("edit-watched", more(View::Edit, 0, samples::watched())),
        scene("edit-building", more(View::Edit, 0, vec![News::Building(true)])),
        scene("edit-empty", empty(View::Edit)),
        scene("both", plain(View::Both, 12)),
        scene("see-sound", more(View::See, 0, samples::seen())),
        scene("see-tables", more(View::See, 1, samples::seen())),
        scene("see-spectrogram", Some(with(spectrogram, samples::swept()))),
        scene("see-values", more(View::See, 2, samples::seen())),
        scene("see-empty", empty(View::See)),
        scene("console", more(View::Console, 0, samples::printed())),
        scene("console-empty", empty(View::Console)),
        scene("documents-library", more(View::Documents, 0, samples::files())),
        scene("documents-open", more(View::Documents, 1, samples::files())),
        scene("documents-save", more(View::Documents, 2, samples::files())),
        scene("documents-information", more(View::Documents, 3, samples::missing())),
        scene("documents-changes", more(View::Documents, 4, samples::changed())),
        scene("documents-conflict", more(View::Documents, 4, samples::conflict())),
        scene("documents-render", more(View::Documents, 5, samples::files())),
        scene("session-instruments", more(View::Session, 0, samples::session())),
        scene("session-project", more(View::Session, 1, samples::session())),
        scene("session-parameters", more(View::Session, 2, samples::session())),
        scene("session-window", more(View::Session, 4, samples::session())),
        scene("session-place", more(View::Session, 3, samples::session())),
    ]
}
