//! Views and controls, used as a person uses them: found by their accessible names, clicked, dragged, typed into.

mod code;
mod controls;
mod documents;
mod play;
mod session;
mod watch;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use ksmps_editor::Editor;
use ksmps_editor::gallery;
use ksmps_editor::model::{Appearance, Command, DocumentNow, News, View};

/// An editor and what was done in it.
struct Used {
    editor: Editor,
    commands: Vec<Command>,
}

fn open(editor: Editor) -> Harness<'static, Used> {
    let used = Used { editor, commands: Vec::new() };
    let mut harness = Harness::builder().with_size(egui::vec2(1000.0, 700.0)).build_ui_state(
        |ui, used: &mut Used| {
            let done = used.editor.show(ui);
            used.commands.extend(done);
        },
        used,
    );
    harness.run_ok();
    harness.state_mut().commands.clear();
    harness
}

fn playing(view: View) -> Harness<'static, Used> {
    open(gallery::editor(view, Appearance::Dark, 8))
}

/// What was done, without what a project remembers of the view and whether there is a draft.
fn done(harness: &mut Harness<'static, Used>) -> Vec<Command> {
    harness.run_ok();
    let commands = std::mem::take(&mut harness.state_mut().commands);
    let is_told_always = |one: &Command| matches!(one, Command::KeepViewState | Command::KeepDraft(_));
    commands.into_iter().filter(|command| !is_told_always(command)).collect()
}

fn type_into(harness: &mut Harness<'static, Used>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run_ok();
    harness.get_by_label(label).type_text(text);
    harness.run_ok();
}

fn base(harness: &Harness<'static, Used>, slot: u16) -> f64 {
    harness.state().editor.model().parameter(slot).unwrap().base
}

fn view(harness: &Harness<'static, Used>) -> View {
    harness.state().editor.view_state().view
}

fn type_over(harness: &mut Harness<'static, Used>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_into(harness, label, text);
}

/// The one text that was built.
fn built(harness: &mut Harness<'static, Used>) -> String {
    let commands = done(harness);
    let [Command::Build { text }] = &commands[..] else { panic!("{commands:?}") };
    // It comes back as the document's.
    let read = ksmps_document::Document::read(text, None, &ksmps_document::Assets::default()).unwrap();
    let document =
        DocumentNow { text: text.as_str().into(), ..harness.state().editor.model().document.clone() };
    harness.state_mut().editor.feed(News::Document(document));
    harness.state_mut().editor.feed(News::Read(Some(std::sync::Arc::new(read))));
    harness.run_ok();
    text.clone()
}

/// The line of the sample document in which something stands.
fn gallery_line(harness: &Harness<'static, Used>, part: &str) -> u32 {
    let text = &harness.state().editor.model().document.text;
    text.lines().position(|line| line.contains(part)).unwrap() as u32 + 1
}
