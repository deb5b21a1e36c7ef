//! Documents: the library, files, presets are in the play view; what is known of the open one, what changed in it, and a
//! render to a sound file.

mod changes;
mod conflict;
mod files;
mod information;
mod library;
mod render;

use egui::Ui;

use crate::state::State;
use crate::theme::Theme;
use crate::widgets::tabs;

/// The pages in their order.
const PAGES: [&str; 5] = ["Library", "Open", "Save", "Information", "Changes"];

/// What the view keeps.
#[derive(Default)]
pub(super) struct DocumentsView {
    library: library::LibraryPage,
    files: files::FilesPage,
    changes: changes::ChangesPage,
    render: render::RenderPage,
}

impl DocumentsView {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let mut pages = PAGES.to_vec();
        pages.push("Render");
        tabs::tabs(ui, theme, &pages, &mut state.view_state.documents_page);
        match state.view_state.documents_page {
            0 => self.library.show(state, theme, ui),
            1 => self.files.show(state, theme, files::Purpose::Open, ui),
            2 => self.files.show(state, theme, files::Purpose::Save, ui),
            3 => information::show(state, theme, ui),
            4 => self.changes.show(state, theme, ui),
            _ => self.render.show(state, theme, ui),
        }
    }
}
