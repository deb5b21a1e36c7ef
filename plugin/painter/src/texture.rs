//! A texture: texels, and how they are read between their centres.

use egui::{Color32, ColorImage, Pos2, TextureFilter, TextureOptions, TextureWrapMode};

/// One texture of a context.
#[derive(Debug)]
pub(crate) struct Texture {
    size: [usize; 2],
    texels: Vec<Color32>,
    options: TextureOptions,
}

impl Texture {
    /// A texture from a whole image.
    pub(crate) fn new(image: &ColorImage, options: TextureOptions) -> Self {
        Self { size: image.size, texels: image.pixels.clone(), options }
    }

    /// Writes an image into it, with its corner at a texel; what does not fit is left out.
    pub(crate) fn patch(&mut self, [left, top]: [usize; 2], image: &ColorImage) {
        let [width, height] = self.size;
        let columns = image.size[0].min(width.saturating_sub(left));
        for row in 0..image.size[1].min(height.saturating_sub(top)) {
            let to = (top + row) * width + left;
            let from = row * image.size[0];
            self.texels[to..to + columns].copy_from_slice(&image.pixels[from..from + columns]);
        }
    }

    /// A place in the texture, 0 to 1, as a place in texels.
    pub(crate) fn texels(&self, uv: Pos2) -> [f32; 2] {
        [uv.x * self.size[0] as f32, uv.y * self.size[1] as f32]
    }

    /// The colour at a place in texels, each part 0 to 255.
    pub(crate) fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        if self.options.magnification == TextureFilter::Nearest {
            return self.texel(x.floor() as i32, y.floor() as i32);
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (across, down) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        // Text lies on whole pixels: one texel is all of it, up to rounding.
        const NOTHING: f32 = 1.0 / 512.0;
        if across < NOTHING && down < NOTHING {
            return self.texel(left, top);
        }
        let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| self.texel(left + dx, top + dy));
        std::array::from_fn(|part| {
            let upper = corners[0][part] * (1.0 - across) + corners[1][part] * across;
            let lower = corners[2][part] * (1.0 - across) + corners[3][part] * across;
            upper * (1.0 - down) + lower * down
        })
    }

    /// One texel; outside the image as the wrap mode says.
    fn texel(&self, x: i32, y: i32) -> [f32; 4] {
        let [x, y] = [(x, self.size[0]), (y, self.size[1])].map(|(at, count)| {
            let count = count as i32;
            (match self.options.wrap_mode {
                TextureWrapMode::ClampToEdge => at.clamp(0, count - 1),
                TextureWrapMode::Repeat => at.rem_euclid(count),
                TextureWrapMode::MirroredRepeat => {
                    let at = at.rem_euclid(2 * count);
                    at.min(2 * count - 1 - at)
                }
            }) as usize
        });
        self.texels[y * self.size[0] + x].to_array().map(f32::from)
    }
}
