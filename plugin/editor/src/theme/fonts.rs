//! The fonts, which are inside the binary: Inter for the interface, Hack for code.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId};

/// Inter's semibold face: titles, and what is chosen.
const SEMIBOLD: &str = "Inter SemiBold";

/// All fonts and the families made of them. `[any]`
///
/// Hack stands behind Inter for the signs that Inter does not have, and Inter behind Hack.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [
        ("Inter Medium", &include_bytes!("../../fonts/Inter-Medium.otf")[..]),
        (SEMIBOLD, &include_bytes!("../../fonts/Inter-SemiBold.otf")[..]),
        ("Hack", &include_bytes!("../../fonts/Hack-Regular.ttf")[..]),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, faces) in [
        (FontFamily::Proportional, ["Inter Medium", "Hack"]),
        (semibold_family(), [SEMIBOLD, "Hack"]),
        (FontFamily::Monospace, ["Hack", "Inter Medium"]),
    ] {
        fonts.families.insert(family, faces.iter().map(|face| (*face).to_owned()).collect());
    }
    fonts
}

/// The family of titles. `[any]`
pub fn semibold_family() -> FontFamily {
    FontFamily::Name(SEMIBOLD.into())
}

/// The interface's font at a size in points. `[any]`
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The semibold font at a size in points. `[any]`
pub fn bold(size: f32) -> FontId {
    FontId::new(size, semibold_family())
}

/// The interface's font at the size of text that is read. `[any]`
pub fn body() -> FontId {
    medium(super::size::TEXT_BODY)
}

/// The font of code at a size in points. `[any]`
pub fn code(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}
