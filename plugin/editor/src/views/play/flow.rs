//! Where things of known sizes go: from left to right, then below.

use egui::{Pos2, Vec2, vec2};

/// The places of things in rows that are at most `width` wide, and the size of all. A row of `rows` always begins on the
/// left; a thing that is wider than there is room has a row of its own.
pub(super) fn flow(rows: &[Vec<Vec2>], width: f32, gap: f32) -> (Vec<Vec<Pos2>>, Vec2) {
    let mut y = 0.0;
    let mut all = Vec2::ZERO;
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        let (mut x, mut height) = (0.0_f32, 0.0_f32);
        let mut row_places = Vec::with_capacity(row.len());
        for size in row {
            if x > 0.0 && x + size.x > width {
                y += height + gap;
                (x, height) = (0.0, 0.0);
            }
            row_places.push(Pos2::new(x, y));
            all.x = all.x.max(x + size.x);
            x += size.x + gap;
            height = height.max(size.y);
        }
        if !row.is_empty() {
            all.y = y + height;
            y += height + gap;
        }
        places.push(row_places);
    }
    (places, vec2(all.x, all.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_goes_below() {
        let one = vec2(10.0, 5.0);
        let (places, size) = flow(&[vec![one; 3], vec![one, vec2(40.0, 8.0)]], 25.0, 2.0);
        let at = |x: f32, y: f32| Pos2::new(x, y);
        assert_eq!(
            places,
            [vec![at(0.0, 0.0), at(12.0, 0.0), at(0.0, 7.0)], vec![at(0.0, 14.0), at(0.0, 21.0)]]
        );
        assert_eq!(size, vec2(40.0, 29.0));
        assert_eq!(flow(&[], 10.0, 1.0).1, Vec2::ZERO);
    }
}
