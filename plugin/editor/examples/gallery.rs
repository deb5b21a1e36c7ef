//! Draws every view and every control with sample data into PNG files: `cargo xtask gallery --out DIR`.
//!
//! `gallery DIR [PART]` draws the scenes whose name has PART.

use std::path::PathBuf;
use std::process::ExitCode;

use egui::{Vec2, vec2};
use ksmps_editor::gallery::{Scene, scenes};
use ksmps_editor::model::Appearance;
use ksmps_painter::{PictureError, picture_of};

/// Sizes in points with their scales.
const SIZES: [(f32, f32, f32); 4] =
    [(800.0, 560.0, 1.0), (1600.0, 1000.0, 1.0), (800.0, 560.0, 1.5), (800.0, 560.0, 2.0)];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: gallery DIR [PART]");
        return ExitCode::FAILURE;
    };
    let part = arguments.next().unwrap_or_default();
    if let Err(why) = std::fs::create_dir_all(&folder) {
        eprintln!("{}: {why}", folder.display());
        return ExitCode::FAILURE;
    }
    for (appearance, word) in [(Appearance::Dark, "dark"), (Appearance::Light, "light")] {
        for (width, height, scale) in SIZES {
            for mut scene in scenes(appearance).into_iter().filter(|scene| scene.name.contains(&part)) {
                let file = folder.join(format!("{}-{word}-{width}x{height}@{scale}.png", scene.name));
                if let Err(why) = draw(&mut scene, vec2(width, height), scale, &file) {
                    eprintln!("{}: {why}", file.display());
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}

fn draw(scene: &mut Scene, size: Vec2, scale: f32, file: &std::path::Path) -> Result<(), PictureError> {
    picture_of(size, scale, |_| {}, |ui| _ = scene.show(ui)).write(file)
}
