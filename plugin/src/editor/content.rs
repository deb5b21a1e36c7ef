//! What is drawn in the editor's window, on the window's thread: the editor, fed and served by its link.

use std::sync::Arc;

use ksmps_editor::Editor;
use ksmps_window::{Content, Frame};

use crate::instance::Instance;
use crate::link::Link;

/// The editor of an instance, while its window is open.
pub struct EditorContent {
    instance: Arc<Instance>,
    link: Link,
    editor: Editor,
}

impl EditorContent {
    /// The content of a window that is about to open. `[control]`
    pub fn new(instance: &Arc<Instance>) -> Self {
        let link = Link::new(instance);
        let editor = Editor::new(link.view_state());
        Self { instance: Arc::clone(instance), link, editor }
    }
}

impl Content for EditorContent {
    fn has_news(&mut self) -> bool {
        let mut is_other = false;
        for news in self.link.news() {
            is_other |= self.editor.feed(news);
        }
        is_other
    }

    fn uses_key(&mut self, context: &egui::Context, key: egui::Key, modifiers: egui::Modifiers) -> bool {
        self.editor.uses_key(context, key, modifiers)
    }

    fn frame(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        self.has_news();
        let size = frame.size();
        self.editor.resized(size.width, size.height);
        self.instance.editor().keep_size(size, ui.ctx().zoom_factor());
        for command in self.editor.show(ui) {
            self.link.carry_out(command, self.editor.view_state());
        }
    }
}
