//! The system's clipboard, opened when it is first needed: it has a thread and two connections of its own.

use copypasta::{ClipboardContext, ClipboardProvider};

/// The clipboard of one window.
#[derive(Default)]
pub(crate) struct Clipboard {
    context: Option<ClipboardContext>,
}

impl Clipboard {
    /// The text that was copied last, here or elsewhere; waits up to three seconds for who has it. `None` where there is
    /// no text.
    pub fn text(&mut self) -> Option<String> {
        self.context()?.get_contents().ok().filter(|text| !text.is_empty())
    }

    /// Copies a text.
    pub fn set(&mut self, text: String) {
        // Without a clipboard there is nothing to copy to.
        let _ = self.context().map(|context| context.set_contents(text));
    }

    fn context(&mut self) -> Option<&mut ClipboardContext> {
        if self.context.is_none() {
            self.context = ClipboardContext::new().ok();
        }
        self.context.as_mut()
    }
}
