//! Each view is compared with a kept picture, so that nothing is cut off, moved or recoloured unseen.
//!
//! `KSMPS_KEEP_PICTURES=1 cargo test --release -p ksmps-editor --test pictures` keeps what is drawn now; look at it.

use std::path::{Path, PathBuf};

use egui::vec2;
use ksmps_editor::gallery::scenes;
use ksmps_editor::model::Appearance;
use ksmps_painter::{Picture, picture_of};

/// Pixels that may differ, of a million: rounding of another machine's arithmetic.
const DIFFERENT_PPM: usize = 1000;

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name).with_extension("png")
}

/// Why a picture is not the kept one.
fn differs(name: &str, now: &Picture) -> Option<String> {
    let path = kept(name);
    if std::env::var_os("KSMPS_KEEP_PICTURES").is_some() {
        now.write(&path).unwrap();
        return None;
    }
    let before = match Picture::read(&path) {
        Ok(before) => before,
        Err(why) => return Some(format!("{name}: {why}")),
    };
    let Some(difference) = before.difference(now) else { return Some(format!("{name}: another size")) };
    let allowed = now.width() * now.height() * DIFFERENT_PPM / 1_000_000;
    if difference.pixels <= allowed {
        return None;
    }
    let beside = std::env::temp_dir().join(format!("ksmps-{name}.png"));
    now.write(&beside).unwrap();
    Some(format!("{name}: {} pixels differ, see {}", difference.pixels, beside.display()))
}

fn check(appearance: Appearance, word: &str, names: &[&str]) {
    let mut scenes = scenes(appearance);
    let differing: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let scene = scenes.iter_mut().find(|scene| scene.name == *name).unwrap();
            let picture = picture_of(vec2(800.0, 560.0), 1.0, |_| {}, |ui| _ = scene.show(ui));
            differs(&format!("{name}-{word}"), &picture)
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn views_look_as_they_did_in_dark() {
    let names = [
        "controls",
        "play-12",
        "play-layout",
        "edit-error",
        "edit-watched",
        "both",
        "see-sound",
        "console",
        "documents-open",
        "session-parameters",
    ];
    check(Appearance::Dark, "dark", &names);
}

#[test]
fn views_look_as_they_did_in_light() {
    let names = ["play-empty", "see-values", "documents-library", "documents-information", "session-project"];
    check(Appearance::Light, "light", &names);
}

#[test]
fn every_scene_draws_at_every_size_and_scale() {
    for (width, height, scale) in [(720.0, 420.0, 1.0), (1600.0, 1000.0, 1.0), (800.0, 560.0, 3.0)] {
        for mut scene in scenes(Appearance::Dark) {
            let picture = picture_of(vec2(width, height), scale, |_| {}, |ui| _ = scene.show(ui));
            // A view that draws nothing has one colour.
            let first = picture.pixel(0, 0);
            let other = (0..picture.height()).any(|y| picture.pixel(picture.width() / 2, y) != first);
            assert!(other, "{} is empty at {width} x {height}", scene.name);
        }
    }
}
