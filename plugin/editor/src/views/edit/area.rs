//! The code itself, with marks of what is wrong and what is watched beside its lines.

use egui::{Key, RichText, Ui};

use ksmps_data::diagnostic;

use crate::code::opcodes::{self, OpcodeBook};
use crate::code::{self, CodeCommand, CodeInputs, CodeOptions, Mark, Note, Position, Severity};
use crate::model::{Command, Model, VariableOwner, WatchTarget};
use crate::state::State;
use crate::theme::{Theme, bold, medium, size};
use crate::views::watched;
use crate::widgets::{button, panel};

/// How long nobody types before the text is built, seconds, where the user wants that.
const PAUSE_SECONDS: f64 = 0.8;

/// What the area keeps.
#[derive(Default)]
pub(super) struct CodeArea {
    book: OpcodeBook,
    /// How many opcodes the book was made of, and where they lay.
    book_of: (usize, usize),
    /// When the text changed last, where it was not built since.
    changed_at: Option<f64>,
    /// The opcode that is explained.
    help: Option<String>,
}

impl CodeArea {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        self.take_opcodes(&state.model);
        // The frame of a click elsewhere takes the keyboard from the code: it goes there in the next one.
        if ui.input(|input| input.pointer.any_click()) {
            ui.ctx().request_repaint();
        } else if let Some(line) = state.go_to_line.take() {
            state.code.go_to(Position { line: (line as usize).saturating_sub(1), column: 0 });
        }
        panel::frame(theme).fill(theme.well).inner_margin(2.0).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            self.explain(state, theme, ui);
            self.code(state, theme, ui);
        });
        self.build_after_pause(state, ui);
    }

    fn code(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let marks = marks(&state.model);
        let notes = notes(state, theme);
        let target = self.under_caret(state);
        let watch = target.as_ref().map(|target| watched::words(&state.model, target));
        let mut channels: Vec<String> =
            state.model.channels.iter().map(|channel| channel.name.clone()).collect();
        channels.extend(state.model.parameters.iter().map(|one| one.param.name.clone()));
        channels.extend(state.model.undeclared.iter().cloned());
        channels.sort();
        channels.dedup();
        let options = CodeOptions { rate_colours: state.view_state.colours_rates, ..CodeOptions::default() };
        let inputs = CodeInputs {
            name: "Code",
            theme,
            opcodes: &self.book,
            marks: &marks,
            notes: &notes,
            channels: &channels,
            watch: watch.as_deref(),
            options,
        };
        let output = code::show(ui, &mut state.code, &inputs);
        if output.changed {
            state.code_changed();
            self.changed_at = Some(ui.input(|input| input.time));
        }
        for command in output.commands {
            match command {
                CodeCommand::Build => state.build(),
                CodeCommand::Evaluate { text, .. } => state.act(Command::Evaluate { code: text }),
                CodeCommand::Help(name) => self.help = Some(name),
                CodeCommand::Watch => {
                    if let Some(target) = self.under_caret(state) {
                        watched::toggle(state, target);
                    }
                }
            }
        }
    }

    /// The book is made anew where another engine has other opcodes.
    fn take_opcodes(&mut self, model: &Model) {
        let of = (model.opcodes.len(), model.opcodes.as_ptr() as usize);
        if self.book_of != of {
            self.book = OpcodeBook::new(&model.opcodes);
            self.book_of = of;
        }
    }

    fn build_after_pause(&mut self, state: &mut State, ui: &Ui) {
        if !state.is_draft() {
            self.changed_at = None;
        }
        let (true, Some(at)) = (state.view_state.builds_after_pause, self.changed_at) else { return };
        let rest = at + PAUSE_SECONDS - ui.input(|input| input.time);
        if rest <= 0.0 {
            self.changed_at = None;
            state.build();
        } else {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(rest));
        }
    }

    /// What there is to know of an opcode, above the code.
    fn explain(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let Some(name) = self.help.clone() else { return };
        let (outs, touches) =
            self.book.get(&name).map_or_else(Default::default, |entry| (entry.outs(), entry.touches()));
        let help = opcodes::help(&name);
        panel::frame(theme).inner_margin(8.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let call = format!("{outs}  {name}  {}", help.map_or("", |help| help.args));
                ui.label(RichText::new(call.trim()).font(bold(size::TEXT_BODY)).color(theme.accent));
                if button::compact(ui, "Manual")
                    .on_hover_text("Shows its page of Csound's manual in your browser")
                    .clicked()
                {
                    let url = format!("https://csound.com/docs/manual/{name}.html");
                    state.act(Command::OpenPage { url });
                }
                let is_left = ui.input(|input| input.key_pressed(Key::Escape));
                if button::compact(ui, "Close").clicked() || is_left {
                    self.help = None;
                }
            });
            let words = help.map_or("There are no words of ours for it.", |help| help.words);
            let words = std::iter::once(words.to_owned()).chain(touches.iter().map(|one| (*one).to_owned()));
            let words = words.collect::<Vec<_>>().join(" · ");
            ui.label(RichText::new(words).font(medium(size::TEXT_LABEL)).color(theme.muted));
        });
    }

    /// The k- or a-rate variable at the caret, inside an instrument or global.
    pub fn under_caret(&self, state: &State) -> Option<WatchTarget> {
        let caret = state.code.caret();
        let text: Vec<char> = state.code.buffer().line(caret.line).chars().collect();
        let is_part = |at: usize| text.get(at).is_some_and(|one| one.is_alphanumeric() || *one == '_');
        let mut from = caret.column.min(text.len());
        while from > 0 && is_part(from - 1) {
            from -= 1;
        }
        let mut to = from;
        while is_part(to) {
            to += 1;
        }
        let name: String = text[from..to].iter().collect();
        let is_variable =
            !matches!(name.as_str(), "ksmps" | "kr" | "a" | "k" | "") && self.book.get(&name).is_none();
        let local = name.strip_prefix('g').unwrap_or(&name);
        if !is_variable || !local.starts_with(['k', 'a']) {
            return None;
        }
        let line = caret.line as u32 + 1;
        if name.starts_with('g') {
            return Some(WatchTarget::Variable { owner: VariableOwner::Global, name, line });
        }
        let region = state.code.structure().body_of(caret.line)?;
        // A comment behind the head is no part of the name.
        let head = region.name.split(';').next().unwrap_or_default().trim().to_owned();
        let owner = match region.kind {
            code::ItemKind::Instrument => VariableOwner::Instrument(head),
            code::ItemKind::Opcode => {
                let of_opcode = head.split([',', ' ', '(']).next().unwrap_or_default();
                VariableOwner::Opcode(of_opcode.to_owned())
            }
            _ => return None,
        };
        Some(WatchTarget::Variable { owner, name, line })
    }
}

/// Errors and warnings of the document's own lines.
fn marks(model: &Model) -> Vec<Mark> {
    let own = model.diagnostics.iter().filter(|one| one.file.is_none());
    own.filter_map(|one| {
        let severity = match one.severity {
            diagnostic::Severity::Error => Severity::Error,
            diagnostic::Severity::Warning => Severity::Warning,
            diagnostic::Severity::Note => return None,
        };
        let line = (one.line? as usize).saturating_sub(1);
        Some(Mark { line, columns: None, severity, text: one.text.clone() })
    })
    .collect()
}

/// What is watched, beside its lines.
fn notes(state: &State, theme: &Theme) -> Vec<Note> {
    let one = |watch: &crate::model::Watched| match &watch.target {
        WatchTarget::Variable { name, line, .. } => Some(Note {
            line: watched::line_now(state, name, (*line as usize).saturating_sub(1)),
            text: format!("{name} {}", watched::value(watch)),
            curve: watch.history.clone(),
            colour: if watch.now.seen.has_value() { theme.accent } else { theme.faint },
        }),
        _ => None,
    };
    state.model.watches.iter().filter_map(one).collect()
}
