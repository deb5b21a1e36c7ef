//! Where on the page things are.

use super::text;

/// The space above what is drawn, for the title.
pub(super) const TOP: usize = 44;
/// The space below, for the axis's numbers and its name.
pub(super) const BOTTOM: usize = 58;
/// The space on the right.
pub(super) const RIGHT: usize = 28;
/// From an axis to its numbers.
pub(super) const TICK_GAP: usize = 9;

/// A rectangle of whole pixels to draw in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub left: usize,
    pub top: usize,
    /// The first pixel that is not inside.
    pub right: usize,
    /// The first pixel that is not inside.
    pub bottom: usize,
}

impl Area {
    pub fn width(&self) -> usize {
        self.right - self.left
    }

    pub fn height(&self) -> usize {
        self.bottom - self.top
    }

    /// Left, top, right and bottom as coordinates.
    pub fn edges(&self) -> (f32, f32, f32, f32) {
        (self.left as f32, self.top as f32, self.right as f32, self.bottom as f32)
    }

    /// Cut into lanes, one below the other, as high as each other; what does not divide stays free at the bottom.
    pub fn lanes(&self, count: usize, gap: usize) -> Vec<Self> {
        let height = lane_height(self.height(), count, gap);
        let top = |nth: usize| self.top + nth * (height + gap);
        (0..count).map(|nth| Self { top: top(nth), bottom: top(nth) + height, ..*self }).collect()
    }
}

/// The height of one of several lanes, 0 where there is no room.
pub(super) fn lane_height(height: usize, count: usize, gap: usize) -> usize {
    height.saturating_sub((count - 1) * gap) / count
}

/// The space on the left for numbers of so many letters and the axis's name beside them.
pub(super) fn left(letters: usize) -> usize {
    12 + text::HEIGHT + 6 + letters * text::ADVANCE + TICK_GAP
}
