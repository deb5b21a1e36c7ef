//! A value that moves in a straight line from one frame to another.

/// A value on its way. Frames count from the engine's start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    from: f64,
    to: f64,
    start: u64,
    frames: u64,
}

impl Ramp {
    /// A value that stays. `[any]`
    pub fn fixed(value: f64) -> Self {
        Self { from: value, to: value, start: 0, frames: 0 }
    }

    /// Moves to `to` from where the value is at `start`, over `frames`; 0 frames is a jump. `[audio]`
    pub fn move_to(&mut self, to: f64, start: u64, frames: u64) {
        *self = Self { from: self.at(start), to, start, frames };
    }

    /// The value at a frame. `[audio]`
    pub fn at(&self, frame: u64) -> f64 {
        let passed = frame.saturating_sub(self.start);
        // A jump is there at once, also when it is asked for a frame before its own: it holds for its whole cycle.
        if self.frames == 0 || passed >= self.frames {
            return self.to;
        }
        self.from + (self.to - self.from) * (passed as f64 / self.frames as f64)
    }

    /// Whether the value still moves at or after a frame. `[audio]`
    pub fn is_moving(&self, frame: u64) -> bool {
        frame < self.start + self.frames
    }

    /// Where it goes. `[any]`
    pub fn target(&self) -> f64 {
        self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_from_frame_to_frame() {
        let mut ramp = Ramp::fixed(1.0);
        assert_eq!(ramp.at(1000), 1.0);
        ramp.move_to(3.0, 100, 50);
        assert_eq!(
            [ramp.at(0), ramp.at(100), ramp.at(125), ramp.at(150), ramp.at(900)],
            [1.0, 1.0, 2.0, 3.0, 3.0]
        );
        ramp.move_to(0.0, 125, 10);
        assert_eq!([ramp.at(125), ramp.at(130), ramp.at(135)], [2.0, 1.0, 0.0]);
        ramp.move_to(7.0, 200, 0);
        assert_eq!([ramp.at(190), ramp.at(200), ramp.at(210)], [7.0; 3]);
    }
}
