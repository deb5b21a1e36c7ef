//! Sizes: points are what content is laid out in, pixels are what the window system and hosts count.

/// A size in points, egui's unit: a pixel at scale 1 and zoom 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Points {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// A size in pixels of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// How points become pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometry {
    /// Pixels per point that the screen or the host wants; 1 on an ordinary screen.
    pub scale: f32,
    /// By how much the user wants everything larger.
    pub zoom: f32,
}

impl Geometry {
    /// Pixels per point. `[any]`
    pub fn pixels_per_point(&self) -> f32 {
        (self.scale * self.zoom).clamp(0.25, 16.0)
    }

    /// The whole pixels that this size takes, at least one each way. `[any]`
    pub fn pixels(&self, points: Points) -> Pixels {
        // The window system counts in 16 bits.
        let whole = |length: f32| (length * self.pixels_per_point()).round().clamp(1.0, 16_384.0) as u32;
        Pixels { width: whole(points.width), height: whole(points.height) }
    }

    /// The points that fit in this size. `[any]`
    pub fn points(&self, pixels: Pixels) -> Points {
        let length = |pixels: u32| pixels as f32 / self.pixels_per_point();
        Points { width: length(pixels.width), height: length(pixels.height) }
    }
}

impl Pixels {
    /// The larger of the two each way. `[any]`
    pub fn at_least(self, other: Self) -> Self {
        Self { width: self.width.max(other.width), height: self.height.max(other.height) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_back_from_pixels() {
        for (scale, zoom) in [(1.0, 1.0), (1.5, 1.0), (2.0, 1.25), (3.0, 0.75)] {
            let geometry = Geometry { scale, zoom };
            let points = Points { width: 800.0, height: 560.0 };
            let pixels = geometry.pixels(points);
            assert_eq!(pixels.width, (800.0 * scale * zoom) as u32, "{geometry:?}");
            assert_eq!(geometry.pixels(geometry.points(pixels)), pixels, "{geometry:?}");
        }
    }
}
