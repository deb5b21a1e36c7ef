//! Draws what egui has made, without a window or a graphics card.
//!
//! egui ends a frame with triangles and textures. [`Painter`] keeps the textures and draws the triangles into a
//! [`Picture`], with the arithmetic of egui's own shader, so that the pictures of tests and docs are those of the
//! window: a graphics card differs by rounding. [`picture_of`] runs a view and draws it, and with the feature
//! `kittest` a `HarnessPainter` draws what a test harness shows.
//!
//! Nothing here knows the editor.

#[cfg(feature = "kittest")]
mod harness;
mod painter;
mod picture;
mod run;
mod texture;
mod triangle;

#[cfg(feature = "kittest")]
pub use harness::HarnessPainter;
pub use painter::Painter;
pub use picture::{Difference, Picture, PictureError};
pub use run::picture_of;
