//! What is drawn in the editor's window, on the window's thread.

use std::sync::Arc;

use ksmps_window::{Content, Frame};

use crate::host_link::ParamEdit;
use crate::instance::Instance;

/// The editor of an instance, while its window is open.
pub struct EditorContent {
    instance: Arc<Instance>,
    shown: Vec<u32>,
    text: String,
}

impl EditorContent {
    /// The content of a window that is about to open. `[control]`
    pub fn new(instance: &Arc<Instance>) -> Self {
        Self { instance: Arc::clone(instance), shown: Vec::new(), text: String::new() }
    }

    fn slots(&self) -> Vec<usize> {
        let list = self.instance.params().list();
        (0..ksmps_core::params::SLOTS)
            .filter(|slot| list.param(*slot).is_some_and(|param| !param.hidden))
            .collect()
    }
}

impl Content for EditorContent {
    fn has_news(&mut self) -> bool {
        let now: Vec<u32> =
            self.slots().into_iter().map(|slot| self.instance.params().shown(slot).to_bits()).collect();
        std::mem::replace(&mut self.shown, now) != self.shown
    }

    fn frame(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        self.instance.editor().keep_size(frame.size(), ui.ctx().zoom_factor());
        egui::CentralPanel::default().show(ui, |ui| {
            ui.text_edit_singleline(&mut self.text);
            let list = self.instance.params().list();
            for slot in self.slots() {
                let Some(param) = list.param(slot) else { continue };
                let mut value = self.instance.params().shown(slot);
                let slider =
                    ui.add(egui::Slider::new(&mut value, 0.0..=1.0).text(&param.label).show_value(false));
                if slider.drag_started() {
                    self.instance.edit(slot, ParamEdit::Begin);
                }
                if slider.changed() {
                    self.instance.edit(slot, ParamEdit::Value(f64::from(value)));
                }
                if slider.drag_stopped() {
                    self.instance.edit(slot, ParamEdit::End);
                }
            }
        });
    }
}
