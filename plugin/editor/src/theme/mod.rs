//! Every colour, size and font of the editor, by the role it plays.
//!
//! A [`Theme`] is plain data, dark or light. A view asks it by role ("muted text", "gap between panels") and never
//! writes a number of its own. [`apply`] puts the same theme into egui's style, so that egui's own controls agree with
//! ours. Nothing here draws.

mod apply;
mod colour;
mod fonts;
mod pixels;
pub mod size;

pub use apply::apply;
pub use colour::{CodeColours, Theme, contrast};
pub use fonts::{body, bold, code, definitions, medium, semibold_family};
pub use pixels::{hairline, snap, snap_pos, snap_rect};
