//! Draws what a test harness shows.

use std::cell::RefCell;
use std::rc::Rc;

use egui::TexturesDelta;
use egui_kittest::{Harness, TestRenderer};

use crate::{Painter, Picture};

/// A painter that a harness feeds with textures: give a clone to `HarnessBuilder::renderer`, keep the other.
#[derive(Debug, Clone, Default)]
pub struct HarnessPainter {
    painter: Rc<RefCell<Painter>>,
}

impl HarnessPainter {
    /// A painter for one harness. `[any]`
    pub fn new() -> Self {
        Self::default()
    }

    /// What the harness shows now. `[any]`
    pub fn picture<S>(&self, harness: &Harness<'_, S>) -> Picture {
        let output = harness.output();
        let pixels_per_point = output.pixels_per_point;
        let size = (harness.ctx.content_rect().size() * pixels_per_point).round();
        let triangles = harness.ctx.tessellate(output.shapes.clone(), pixels_per_point);
        let ground = harness.ctx.global_style().visuals.panel_fill;
        self.painter.borrow().draw(&triangles, [size.x as usize, size.y as usize], pixels_per_point, ground)
    }
}

impl TestRenderer for HarnessPainter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.painter.borrow_mut().update_textures(delta);
    }
}
