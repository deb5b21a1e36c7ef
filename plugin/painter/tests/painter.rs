//! The painter against what its pictures must be: colours of known places, edges that are shared, files.

use egui::epaint::{ClippedPrimitive, ColorImage, ImageDelta, Mesh, Primitive, Vertex};
use egui::{Color32, Pos2, Rect, TextureId, TextureOptions, TexturesDelta, pos2, vec2};
use ksmps_painter::{Painter, Picture, picture_of};

/// Draws a mesh on black, 16 x 16 pixels, with a white texture of one texel.
fn draw(mesh: Mesh, clip: Rect) -> Picture {
    let mut painter = Painter::new();
    let mut delta = TexturesDelta::default();
    let white = ColorImage::filled([1, 1], Color32::WHITE);
    delta.push(TextureId::default(), ImageDelta::full(white, TextureOptions::LINEAR));
    painter.update_textures(&mut delta);
    let primitive = ClippedPrimitive { clip_rect: clip, primitive: Primitive::Mesh(mesh) };
    painter.draw(&[primitive], [16, 16], 1.0, Color32::BLACK)
}

/// A fan of triangles round a centre, half transparent.
fn fan(centre: Pos2, radius: f32, parts: u32, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.vertices.push(Vertex::untextured(centre, colour));
    for n in 0..parts {
        let angle = std::f32::consts::TAU * n as f32 / parts as f32;
        mesh.vertices.push(Vertex::untextured(centre + radius * vec2(angle.cos(), angle.sin()), colour));
        mesh.indices.extend([0, 1 + n, 1 + (n + 1) % parts]);
    }
    mesh
}

const ALL: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(16.0, 16.0) };

#[test]
fn triangles_that_share_edges_cover_each_pixel_once() {
    let half = Color32::from_rgba_premultiplied(100, 100, 100, 128);
    for (x, y) in [(8.0, 8.0), (7.5, 7.5), (8.13, 7.77)] {
        for parts in [3, 4, 7, 12] {
            let picture = draw(fan(pos2(x, y), 6.0, parts, half), ALL);
            for at in 0..256 {
                let red = picture.pixel(at % 16, at / 16)[0];
                assert!(red == 0 || red == 100, "{parts} parts round {x}, {y}: pixel {at} has {red}");
            }
            assert_eq!(picture.pixel(8, 8)[0], 100);
        }
    }
}

#[test]
fn a_rectangle_covers_its_pixels_and_the_clip_cuts_it() {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(Rect::from_min_max(pos2(2.0, 3.0), pos2(10.0, 12.0)), Color32::RED);
    let clip = Rect::from_min_max(pos2(4.0, 0.0), pos2(16.0, 11.0));
    let picture = draw(mesh, clip);
    for y in 0..16 {
        for x in 0..16 {
            let inside = (4..10).contains(&x) && (3..11).contains(&y);
            let expected = if inside { [255, 0, 0, 255] } else { [0, 0, 0, 255] };
            assert_eq!(picture.pixel(x, y), expected, "pixel {x}, {y}");
        }
    }
}

#[test]
fn colours_change_linearly_between_corners() {
    let mut mesh = Mesh::default();
    for (x, y, level) in [(0.0, 0.0, 0), (16.0, 0.0, 160), (16.0, 16.0, 160), (0.0, 16.0, 0)] {
        mesh.vertices.push(Vertex::untextured(pos2(x, y), Color32::from_gray(level)));
    }
    mesh.indices = vec![0, 1, 2, 0, 2, 3];
    let picture = draw(mesh, ALL);
    for y in 0..16 {
        for x in 0..16 {
            assert_eq!(picture.pixel(x, y)[0], 10 * x as u8 + 5, "pixel {x}, {y}");
        }
    }
}

#[test]
fn a_view_is_drawn_at_each_scale_and_a_file_holds_the_same_picture() {
    let folder = std::env::temp_dir().join(format!("ksmps-painter-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    for scale in [1.0_f32, 1.5, 2.0] {
        let square = Rect::from_min_size(pos2(20.0, 10.0), vec2(40.0, 20.0));
        let picture = picture_of(
            vec2(100.0, 60.0),
            scale,
            |_| {},
            |ui| {
                ui.painter().rect_filled(square, 0.0, Color32::GREEN);
            },
        );
        assert_eq!((picture.width(), picture.height()), ((100.0 * scale) as usize, (60.0 * scale) as usize));
        let (x, y) = ((40.0 * scale) as usize, (20.0 * scale) as usize);
        assert_eq!(picture.pixel(x, y), [0, 255, 0, 255]);
        assert_ne!(picture.pixel((61.0 * scale) as usize, y), [0, 255, 0, 255]);
        let path = folder.join("picture.png");
        picture.write(&path).expect("a picture is written");
        assert_eq!(Picture::read(&path).expect("a picture is read"), picture);
    }
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}
