//! The outline: sections, instruments, opcodes, tables and parameters of the text, with a jump to each.

use egui::Ui;

use crate::code::ItemKind;
use crate::model::View;
use crate::state::State;
use crate::theme::Theme;
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::{button, panel};

/// What the outline keeps.
#[derive(Default)]
pub(super) struct Outline {
    list: ListState,
}

impl Outline {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        panel::filling(ui, theme, |ui| {
            let entries = state.code.structure().items.clone();
            if entries.is_empty() {
                panel::note(ui, theme, "Instruments, opcodes, tables and parameters stand here.");
                if state.code.buffer().is_empty() && button::primary(ui, theme, "Choose a template").clicked()
                {
                    state.view_state.view = View::Documents;
                    state.view_state.documents_page = 0;
                }
                return;
            }
            let rows: Vec<Row<'_>> = entries
                .iter()
                .map(|item| Row {
                    // A comment behind the head is no part of the name.
                    text: item.name.split(';').next().unwrap_or_default().trim(),
                    detail: word(item.kind),
                    is_folder: item.kind == ItemKind::Section,
                })
                .collect();
            self.list.hides_search = rows.len() <= 12;
            let line = state.code.caret().line;
            let here = entries.iter().rposition(|item| item.line <= line);
            let height = ui.available_height();
            let act = list::list(ui, theme, &mut self.list, "outline", &rows, here, height);
            if let Some(at) = act.chosen.or(act.opened) {
                state.go_to(entries[at].line as u32 + 1);
            }
        });
    }
}

fn word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Section => "",
        ItemKind::Instrument => "instr",
        ItemKind::Opcode => "opcode",
        ItemKind::Table => "table",
        ItemKind::Parameter => "param",
    }
}
