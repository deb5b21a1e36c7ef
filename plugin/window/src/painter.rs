//! Draws egui's shapes with OpenGL.

#![expect(unsafe_code, reason = "OpenGL is a C interface that is found at run time")]

use std::sync::Arc;

use baseview::WindowContext;
use egui_glow::glow;

use crate::geometry::Pixels;

/// The drawing side of one window.
pub(crate) struct Painter {
    window: WindowContext,
    inner: egui_glow::Painter,
}

/// Why nothing can be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PainterError {
    /// The window has no OpenGL.
    #[error("the window has no OpenGL")]
    NoContext,
    /// The window system refused.
    #[error(transparent)]
    Window(#[from] baseview::Error),
    /// The driver refused.
    #[error(transparent)]
    Driver(#[from] egui_glow::PainterError),
}

/// What one frame draws.
pub(crate) struct Picture<'a> {
    /// The window's size.
    pub pixels: Pixels,
    /// Pixels per point.
    pub pixels_per_point: f32,
    /// What is behind everything.
    pub background: egui::Color32,
    /// What is drawn.
    pub primitives: &'a [egui::ClippedPrimitive],
    /// Textures that come and go with it.
    pub textures: &'a mut egui::TexturesDelta,
}

impl Painter {
    /// A painter for a window that was made with OpenGL.
    pub fn new(window: &WindowContext) -> Result<Self, PainterError> {
        let context = window.gl_context().ok_or(PainterError::NoContext)?;
        // SAFETY: The context is this window's, and this is the window's thread, the only one that makes it current.
        unsafe { context.make_current()? };
        // SAFETY: The context is current; what the loader finds are functions of the driver.
        let glow = Arc::new(unsafe {
            glow::Context::from_loader_function_cstr(|name| context.get_proc_address(name))
        });
        let inner = egui_glow::Painter::new(glow, "", None, true)?;
        // SAFETY: As above.
        unsafe { context.make_not_current()? };
        Ok(Self { window: window.clone(), inner })
    }

    /// The longest side that a texture may have, in pixels.
    pub fn max_texture_side(&self) -> usize {
        self.inner.max_texture_side()
    }

    /// Draws a picture and shows it.
    pub fn paint(&mut self, picture: Picture<'_>) -> Result<(), PainterError> {
        let context = self.window.gl_context().ok_or(PainterError::NoContext)?;
        let size = [picture.pixels.width, picture.pixels.height];
        let [red, green, blue, _] = picture.background.to_array().map(|level| f32::from(level) / 255.0);
        // SAFETY: As in `new`.
        unsafe { context.make_current()? };
        self.inner.clear(size, [red, green, blue, 1.0]);
        let (pixels_per_point, primitives) = (picture.pixels_per_point, picture.primitives);
        self.inner.paint_and_update_textures(size, pixels_per_point, primitives, picture.textures);
        context.swap_buffers()?;
        // SAFETY: As in `new`.
        unsafe { context.make_not_current()? };
        Ok(())
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        let Some(context) = self.window.gl_context() else { return };
        // SAFETY: As in `new`. Without the context the driver frees everything with the window.
        if unsafe { context.make_current() }.is_ok() {
            self.inner.destroy();
            // SAFETY: As in `new`.
            let _ = unsafe { context.make_not_current() };
        }
    }
}
