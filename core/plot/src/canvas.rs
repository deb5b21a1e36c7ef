//! A page to draw on, and the picture it becomes.

use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform};

use super::colours::{PAPER, Rgb};

/// A finished picture. Opaque; rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    /// In pixels. `[any]`
    pub fn width(&self) -> usize {
        self.width
    }

    /// In pixels. `[any]`
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green and blue of a pixel counted from the upper left corner; `None` outside. `[any]`
    pub fn pixel(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let at = (y * self.width + x) * 3;
        (x < self.width && y < self.height).then(|| [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]])
    }

    /// The picture as a PNG file's bytes. `[control]`
    ///
    /// # Errors
    /// What the encoder answers; none is known for a picture of these sizes.
    pub fn png(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // A side is at most 4096.
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(bytes)
    }
}

/// A page. Coordinates are in pixels from the upper left corner; whole numbers lie between pixels.
pub(super) struct Canvas {
    pixmap: Pixmap,
}

impl Canvas {
    /// An empty page.
    ///
    /// PANIC: the sides were checked; they are above 0 and small.
    pub fn new(width: usize, height: usize) -> Self {
        let mut pixmap = Pixmap::new(width as u32, height as u32).expect("a picture's sides were checked");
        pixmap.fill(colour(PAPER));
        Self { pixmap }
    }

    /// Fills a rectangle: left, top, right, bottom. Parts of pixels are part of the colour.
    pub fn fill(&mut self, (left, top, right, bottom): (f32, f32, f32, f32), rgb: Rgb) {
        if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
            self.pixmap.fill_rect(rect, &paint(rgb), Transform::identity(), None);
        }
    }

    /// Draws straight lines from point to point.
    pub fn line(&mut self, points: &[(f32, f32)], width: f32, rgb: Rgb) {
        let mut path = PathBuilder::new();
        for (nth, &(x, y)) in points.iter().enumerate() {
            if nth == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        if let Some(path) = path.finish() {
            let stroke =
                Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
            self.pixmap.stroke_path(&path, &paint(rgb), &stroke, Transform::identity(), None);
        }
    }

    /// Draws a full circle.
    pub fn dot(&mut self, (x, y): (f32, f32), radius: f32, rgb: Rgb) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.pixmap.fill_path(&path, &paint(rgb), FillRule::Winding, Transform::identity(), None);
        }
    }

    /// Lays ink over a pixel: 0 leaves it, 255 covers it. Outside the page nothing happens.
    pub fn blend(&mut self, x: i32, y: i32, rgb: Rgb, ink: u8) {
        let (width, height) = (self.pixmap.width() as i32, self.pixmap.height() as i32);
        if !(0..width).contains(&x) || !(0..height).contains(&y) {
            return;
        }
        let at = (y * width + x) as usize * 4;
        for (channel, value) in self.pixmap.data_mut()[at..at + 3].iter_mut().zip(rgb) {
            let (old, new, ink) = (u32::from(*channel), u32::from(value), u32::from(ink));
            *channel = ((old * (255 - ink) + new * ink + 127) / 255) as u8;
        }
    }

    /// Gives a pixel its colour.
    pub fn set(&mut self, x: usize, y: usize, rgb: Rgb) {
        self.blend(x as i32, y as i32, rgb, 255);
    }

    /// The picture. The page is opaque, so its colours are as they were given.
    pub fn finish(self) -> Picture {
        let (width, height) = (self.pixmap.width() as usize, self.pixmap.height() as usize);
        let rgb =
            self.pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Picture { width, height, rgb }
    }
}

fn colour([red, green, blue]: Rgb) -> Color {
    Color::from_rgba8(red, green, blue, 255)
}

fn paint(rgb: Rgb) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(colour(rgb));
    paint.anti_alias = true;
    paint
}
