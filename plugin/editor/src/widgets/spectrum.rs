//! The spectrum of the first output.

use std::sync::Arc;

use egui::{Align2, Rect, Shape, Stroke, Ui, Vec2, pos2};
use realfft::{RealFftPlanner, RealToComplex};

use super::{paint, picture};
use crate::theme::{Theme, medium, size};

/// Frames of one picture.
pub const FRAMES: usize = 4096;
/// The quietest level that is shown, dB.
const FLOOR_DB: f32 = -96.0;
/// The lowest frequency that is shown.
const LOW_HZ: f32 = 20.0;

/// Computes spectra of [`FRAMES`] frames.
pub struct Spectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// The level at each frequency, dB, full-scale sine at 0.
    decibels: Vec<f32>,
}

impl Default for Spectrum {
    fn default() -> Self {
        let step = std::f32::consts::TAU / FRAMES as f32;
        Self {
            transform: RealFftPlanner::new().plan_fft_forward(FRAMES),
            window: (0..FRAMES).map(|at| 0.5 - 0.5 * (step * at as f32).cos()).collect(),
            decibels: vec![FLOOR_DB; FRAMES / 2 + 1],
        }
    }
}

impl Spectrum {
    /// Takes the newest frames; too few are silence before the first. `[control]`
    pub fn take(&mut self, frames: &[[f32; 2]]) {
        let mut input = vec![0.0; FRAMES];
        let newest = &frames[frames.len().saturating_sub(FRAMES)..];
        let begin = FRAMES - newest.len();
        for (at, frame) in newest.iter().enumerate() {
            input[begin + at] = frame[0] * self.window[begin + at];
        }
        let mut output = self.transform.make_output_vec();
        if self.transform.process(&mut input, &mut output).is_err() {
            return;
        }
        // A full-scale sine has a peak of half the window's sum, which is half the frames.
        let full = FRAMES as f32 / 4.0;
        for (db, bin) in self.decibels.iter_mut().zip(&output) {
            *db = (20.0 * (bin.norm() / full).max(1e-6).log10()).max(FLOOR_DB);
        }
    }

    /// The level at each frequency, dB, from 0 Hz to half the rate. `[any]`
    pub fn decibels(&self) -> &[f32] {
        &self.decibels
    }
}

/// Draws a spectrum over frequencies from 20 Hz to half the rate. `[control]`
pub fn spectrum(ui: &mut Ui, theme: &Theme, spectrum: &Spectrum, rate: f32, size: Vec2) {
    let (rect, response, painter) = picture::well(ui, theme, "Spectrum", size);
    let inner = rect.shrink(1.0);
    let octaves = (rate / 2.0 / LOW_HZ).max(2.0).log2();
    let x = |hz: f32| inner.left() + inner.width() * (hz / LOW_HZ).log2() / octaves;
    let y = |db: f32| inner.top() + inner.height() * (db / FLOOR_DB).clamp(0.0, 1.0);
    grid(ui, theme, inner, (&x, &y), rate);
    let line = line(spectrum.decibels(), rate, inner, octaves, &y);
    painter.add(picture::area(&line, inner.bottom(), theme.accent.gamma_multiply(0.22)));
    painter.add(Shape::line(line, Stroke::new(1.5, theme.accent)));
    response.on_hover_text("The spectrum of output 1, full scale at the top, 96 dB down to the bottom");
}

fn grid(ui: &Ui, theme: &Theme, inner: Rect, (x, y): (&dyn Fn(f32) -> f32, &dyn Fn(f32) -> f32), rate: f32) {
    let thin = Stroke::new(size::LINE, theme.line);
    for db in [-24.0, -48.0, -72.0] {
        ui.painter().hline(inner.x_range(), y(db), thin);
        let at = pos2(inner.left() + 4.0, y(db) + 1.0);
        paint::text(
            ui,
            at,
            Align2::LEFT_TOP,
            &format!("{db:.0}"),
            medium(size::TEXT_AXIS),
            theme.faint,
            30.0,
        );
    }
    for (hz, name) in [(100.0, "100"), (1000.0, "1k"), (10_000.0, "10k")] {
        if hz < rate / 2.0 {
            ui.painter().vline(x(hz), inner.y_range(), thin);
            let at = pos2(x(hz) + 3.0, inner.bottom() - 2.0);
            paint::text(ui, at, Align2::LEFT_BOTTOM, name, medium(size::TEXT_AXIS), theme.faint, 30.0);
        }
    }
}

/// The greatest level over each point of width.
fn line(decibels: &[f32], rate: f32, inner: Rect, octaves: f32, y: &dyn Fn(f32) -> f32) -> Vec<egui::Pos2> {
    let bins = decibels.len() - 1;
    let bin_at = |x: f32| {
        let hz = LOW_HZ * ((x - inner.left()) / inner.width() * octaves).exp2();
        hz / (rate / 2.0) * bins as f32
    };
    let count = inner.width().max(2.0) as usize;
    (0..=count)
        .map(|at| {
            let x = inner.left() + at as f32;
            let (from, to) = (bin_at(x), bin_at(x + 1.0));
            let first = (from as usize).min(bins);
            let last = (to as usize).clamp(first, bins);
            let db = if last == first {
                let next = (first + 1).min(bins);
                let part = (from - first as f32).clamp(0.0, 1.0);
                decibels[first] * (1.0 - part) + decibels[next] * part
            } else {
                decibels[first..=last].iter().copied().fold(FLOOR_DB, f32::max)
            };
            pos2(x, y(db))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_of_full_scale_stands_at_0_db_at_its_frequency() {
        let mut spectrum = Spectrum::default();
        let bin = 128.0;
        let step = std::f32::consts::TAU * bin / FRAMES as f32;
        let frames: Vec<[f32; 2]> = (0..FRAMES).map(|at| [(step * at as f32).sin(), 0.0]).collect();
        spectrum.take(&frames);
        assert!(spectrum.decibels()[128].abs() < 0.05, "{}", spectrum.decibels()[128]);
        assert!(spectrum.decibels()[400] < -90.0);
        spectrum.take(&[]);
        assert!(spectrum.decibels().iter().all(|db| *db == FLOOR_DB));
    }
}
