//! What is drawn in a window.

use crate::geometry::Points;

/// What is drawn in a window. All of it runs on the window's thread; a panic in any of it closes the window.
pub trait Content: Send {
    /// The window is there: the place for fonts and style. Its zoom is set already.
    fn opened(&mut self, context: &egui::Context) {
        let _ = context;
    }

    /// Whether there is something new to draw. Asked [`FRAMES_PER_SECOND_MAX`](crate::FRAMES_PER_SECOND_MAX) times a
    /// second, so it is to be cheap.
    fn has_news(&mut self) -> bool;

    /// Draws one frame. For the next one: [`egui::Context::request_repaint`], or news.
    ///
    /// While the cursor is [`egui::CursorIcon::None`] and a button is down, the pointer is hidden and does not stop at
    /// the edge of the screen; afterwards it is where the button went down.
    fn frame(&mut self, ui: &mut egui::Ui, frame: &mut Frame);

    /// Whether a key that is pressed while a widget has egui's focus is the content's. One that is not goes to the host's
    /// window.
    fn uses_key(&mut self, context: &egui::Context, key: egui::Key, modifiers: egui::Modifiers) -> bool {
        let _ = (context, key, modifiers);
        true
    }

    /// The window goes; the content is dropped next.
    fn closed(&mut self) {}
}

/// A frame's window: what it is, and what the content wants of it.
#[derive(Debug, Clone)]
pub struct Frame {
    size: Points,
    pub(crate) wanted: Option<Points>,
    pub(crate) is_closing: bool,
}

impl Frame {
    pub(crate) fn new(size: Points) -> Self {
        Self { size, wanted: None, is_closing: false }
    }

    /// The window's size, in points at the present zoom.
    pub fn size(&self) -> Points {
        self.size
    }

    /// Asks the host for another size, in points at the present zoom; the host may refuse.
    pub fn resize(&mut self, size: Points) {
        self.wanted = Some(size);
    }

    /// Closes the window after this frame.
    pub fn close(&mut self) {
        self.is_closing = true;
    }
}
