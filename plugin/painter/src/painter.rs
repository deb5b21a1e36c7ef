//! Keeps egui's textures between frames and draws a frame's triangles.

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ImageData, Mesh, Primitive};
use egui::{Color32, Rect, TextureId, TexturesDelta};

use crate::Picture;
use crate::texture::Texture;
use crate::triangle::{Clip, Corner, fill};

/// What draws the frames of one context. `[any]`
#[derive(Debug, Default)]
pub struct Painter {
    textures: HashMap<TextureId, Texture>,
}

impl Painter {
    /// A painter without textures; the first frame of a context brings them. `[any]`
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over what a frame changes in the textures; before the frame is drawn. Leaves the changes empty. `[any]`
    pub fn update_textures(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                match change.pos {
                    None => {
                        self.textures.insert(id, Texture::new(image, change.options));
                    }
                    Some(at) => {
                        if let Some(texture) = self.textures.get_mut(&id) {
                            texture.patch(at, image);
                        }
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    /// Draws triangles on a ground of one colour. `width` and `height` are in pixels. `[any]`
    ///
    /// What an application draws by itself (paint callbacks) is left out, and so is what has a texture that is not
    /// known.
    pub fn draw(
        &self,
        primitives: &[ClippedPrimitive],
        [width, height]: [usize; 2],
        pixels_per_point: f32,
        ground: Color32,
    ) -> Picture {
        let mut picture = Picture::filled(width, height, ground);
        for primitive in primitives {
            let Primitive::Mesh(mesh) = &primitive.primitive else { continue };
            let Some(texture) = self.textures.get(&mesh.texture_id) else { continue };
            let clip = clip_of(primitive.clip_rect, pixels_per_point, &picture);
            draw_mesh(&mut picture, mesh, texture, clip, pixels_per_point);
        }
        picture
    }
}

/// A clip rectangle in whole pixels, as egui's renderers round it.
fn clip_of(rect: Rect, pixels_per_point: f32, picture: &Picture) -> Clip {
    let within = |points: f32, end: usize| (points * pixels_per_point).round().clamp(0.0, end as f32) as i32;
    Clip {
        left: within(rect.min.x, picture.width()),
        right: within(rect.max.x, picture.width()),
        top: within(rect.min.y, picture.height()),
        bottom: within(rect.max.y, picture.height()),
    }
}

/// Draws the triangles of a mesh, in order.
fn draw_mesh(picture: &mut Picture, mesh: &Mesh, texture: &Texture, clip: Clip, pixels_per_point: f32) {
    let corner = |index: u32| {
        let vertex = &mesh.vertices[index as usize];
        let [u, v] = texture.texels(vertex.uv);
        let [r, g, b, a] = vertex.color.to_array().map(f32::from);
        Corner { at: vertex.pos * pixels_per_point, values: [r, g, b, a, u, v] }
    };
    for indices in mesh.indices.chunks_exact(3) {
        fill(picture, texture, clip, [corner(indices[0]), corner(indices[1]), corner(indices[2])]);
    }
}
