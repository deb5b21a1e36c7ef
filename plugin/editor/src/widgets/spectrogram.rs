//! What frequencies a table holds over its length, drawn.

use std::sync::Arc;

use egui::{Align2, Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, Vec2, pos2};
use realfft::RealFftPlanner;

use super::{paint, picture};
use crate::theme::{Theme, medium, size};

/// The most values of one column.
const WINDOW_MAX: usize = 2048;
/// The most columns.
const COLUMNS_MAX: usize = 512;
/// Rows, from the highest frequency down.
const ROWS: usize = 192;
/// The quietest level that is seen, dB below the loudest.
const FLOOR_DB: f32 = -84.0;
/// The lowest frequency that is shown.
const LOW_HZ: f32 = 40.0;

/// The picture that was made last, kept until the table, the rate or the colours are others.
#[derive(Default)]
pub struct Spectrogram {
    values: Option<Arc<[f64]>>,
    rate: f32,
    is_dark: bool,
    texture: Option<TextureHandle>,
}

impl Spectrogram {
    /// The picture of these values, played at `rate` values a second.
    fn texture(&mut self, ui: &Ui, theme: &Theme, values: &Arc<[f64]>, rate: f32) -> &TextureHandle {
        let is_same = self.values.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, values))
            && (self.rate, self.is_dark) == (rate, theme.dark);
        if !is_same {
            (self.rate, self.is_dark, self.texture) = (rate, theme.dark, None);
            self.values = Some(Arc::clone(values));
        }
        self.texture.get_or_insert_with(|| {
            ui.ctx().load_texture("spectrogram", image(theme, values, rate), TextureOptions::LINEAR)
        })
    }
}

/// Draws the frequencies of a table from 40 Hz to half the rate over its length, as it sounds when it is played at
/// `rate` values a second. `[control]`
pub fn spectrogram(
    ui: &mut Ui,
    theme: &Theme,
    kept: &mut Spectrogram,
    (name, values): (&str, &Arc<[f64]>),
    rate: f32,
    room: Vec2,
) {
    let (rect, response, painter) = picture::well(ui, theme, name, room);
    let inner = rect.shrink(1.0);
    if values.is_empty() || rate <= 2.0 * LOW_HZ {
        return;
    }
    let texture = kept.texture(ui, theme, values, rate).id();
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture, inner, whole, Color32::WHITE);
    let octaves = (rate / 2.0 / LOW_HZ).log2();
    for (hz, text) in [(100.0, "100"), (1000.0, "1k"), (10_000.0, "10k")] {
        let y = inner.bottom() - inner.height() * (hz / LOW_HZ).log2() / octaves;
        if hz < rate / 2.0 {
            let at = pos2(inner.left() + 4.0, y);
            paint::text(ui, at, Align2::LEFT_CENTER, text, medium(size::TEXT_AXIS), theme.faint, 40.0);
        }
    }
    if let Some(at) = response.hover_pos() {
        let part = ((at.x - inner.left()) / inner.width()).clamp(0.0, 1.0);
        let index = ((values.len() - 1) as f32 * part).round();
        let hz = LOW_HZ * ((inner.bottom() - at.y) / inner.height() * octaves).exp2();
        response.on_hover_text(format!("{index:.0}: {hz:.0} Hz, where it is played at {rate:.0} Hz"));
    }
}

/// The levels of each column from 0 Hz to half the rate, dB below the loudest; all silent ones are at the floor.
fn levels(values: &[f64]) -> Vec<Vec<f32>> {
    let window = (values.len() / 8).next_power_of_two().clamp(64, WINDOW_MAX);
    let columns = (4 * values.len() / window).clamp(1, COLUMNS_MAX);
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(window);
    let step = std::f32::consts::TAU / window as f32;
    let shape: Vec<f32> = (0..window).map(|at| 0.5 - 0.5 * (step * at as f32).cos()).collect();
    let mut output = transform.make_output_vec();
    let mut loudest = f32::MIN_POSITIVE;
    let mut levels: Vec<Vec<f32>> = (0..columns)
        .map(|column| {
            // Each column stands in the middle of its values; what lies beyond the ends is silent.
            let middle = (2 * column + 1) * values.len() / (2 * columns);
            let value = |at: usize| (middle + at).checked_sub(window / 2).and_then(|at| values.get(at));
            let mut input: Vec<f32> = shape
                .iter()
                .enumerate()
                .map(|(at, shape)| {
                    value(at).filter(|value| value.is_finite()).map_or(0.0, |v| *v as f32 * shape)
                })
                .collect();
            if transform.process(&mut input, &mut output).is_err() {
                return vec![0.0; window / 2 + 1];
            }
            let column: Vec<f32> = output.iter().map(|bin| bin.norm()).collect();
            loudest = column.iter().copied().fold(loudest, f32::max);
            column
        })
        .collect();
    let db = |level: f32| (20.0 * (level / loudest).max(1e-9).log10()).max(FLOOR_DB);
    levels.iter_mut().flatten().for_each(|level| *level = db(*level));
    levels
}

fn image(theme: &Theme, values: &[f64], rate: f32) -> ColorImage {
    let levels = levels(values);
    let bins = levels.first().map_or(1, Vec::len) - 1;
    let octaves = (rate / 2.0 / LOW_HZ).log2();
    let bin = |row: usize| {
        let part = 1.0 - row as f32 / ROWS as f32;
        LOW_HZ * (part * octaves).exp2() / (rate / 2.0) * bins as f32
    };
    let mut pixels = Vec::with_capacity(ROWS * levels.len());
    for row in 0..ROWS {
        let (low, high) = (bin(row + 1), bin(row));
        for column in &levels {
            pixels.push(colour(theme, 1.0 - level(column, low, high) / FLOOR_DB));
        }
    }
    ColorImage::new([levels.len(), ROWS], pixels)
}

/// The greatest level between two places among the bins; between two bins what lies between them.
fn level(column: &[f32], low: f32, high: f32) -> f32 {
    let last = column.len() - 1;
    let (first, end) = (low.ceil() as usize, high.floor() as usize);
    if first <= end.min(last) {
        return column[first..=end.min(last)].iter().copied().fold(FLOOR_DB, f32::max);
    }
    let at = (low as usize).min(last);
    let part = (low - at as f32).clamp(0.0, 1.0);
    column[at] * (1.0 - part) + column[(at + 1).min(last)] * part
}

/// From the well's colour over the value's to the text's.
fn colour(theme: &Theme, part: f32) -> Color32 {
    let part = part.clamp(0.0, 1.0);
    if part < 0.7 {
        theme.well.lerp_to_gamma(theme.accent, part / 0.7)
    } else {
        theme.accent.lerp_to_gamma(theme.text, (part - 0.7) / 0.3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine that goes from one frequency to another at half of the table; frequencies in periods per value.
    fn two_tones() -> Vec<f64> {
        let tone = |at: usize| if at < 24_000 { 0.02 } else { 0.1 };
        (0..48_000).map(|at| (std::f64::consts::TAU * tone(at) * at as f64).sin()).collect()
    }

    #[test]
    fn each_column_has_the_frequency_of_its_place() {
        let levels = levels(&two_tones());
        let loudest = |column: &[f32]| {
            let (at, _) = column.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
            at as f64 / (2 * (column.len() - 1)) as f64
        };
        let count = levels.len();
        assert!(count > 50, "{count}");
        assert!((loudest(&levels[count / 4]) - 0.02).abs() < 0.002);
        assert!((loudest(&levels[3 * count / 4]) - 0.1).abs() < 0.002);
        assert!(levels[count / 4].iter().copied().fold(FLOOR_DB, f32::max) > -3.0);
    }

    #[test]
    fn silence_and_what_is_no_number_are_as_quiet_as_can_be_shown() {
        for values in [vec![0.0; 100], vec![f64::NAN; 3000], vec![]] {
            assert!(levels(&values).iter().flatten().all(|level| *level == FLOOR_DB));
        }
    }

    #[test]
    fn the_picture_is_no_larger_than_it_is_seen() {
        let long: Vec<f64> = vec![0.1; 3_000_000];
        assert_eq!(image(&Theme::DARK, &long, 48_000.0).size, [COLUMNS_MAX, ROWS]);
        assert_eq!(image(&Theme::DARK, &long[..1], 48_000.0).size, [1, ROWS]);
    }
}
