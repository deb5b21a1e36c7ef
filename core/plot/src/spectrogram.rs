//! A sound's frequencies over its time: the louder, the lighter.

use super::axes::{self, Axis};
use super::canvas::{Canvas, Picture};
use super::colours::{self, NO_LEVEL};
use super::layout::{self, Area};
use super::spectrum::{Spectrum, Windows};
use super::waveform::{rate_and_duration, strange_words};
use super::{PlotError, PlotSpectrogram, Samples, text};

/// The colour bar's distance from the picture and its width, in pixels.
const BAR_GAP: usize = 22;
const BAR_WIDTH: usize = 16;
/// Where levels go beyond 0 dB, the scale's top is a whole number of these.
const TOP_STEP_DB: f64 = 10.0;

/// Draws the frequencies of one channel. `[control]`
///
/// Silence has the colour of the floor. Where a window holds a NaN or an infinity there is no level: grey.
///
/// # Errors
/// Every [`PlotError`] but [`PlotError::Crowded`].
pub fn spectrogram(samples: &Samples, options: &PlotSpectrogram) -> Result<Picture, PlotError> {
    let frames = samples.frames()?;
    options.check(samples.channels())?;
    let rate = samples.rate.unwrap_or(options.fallback_rate);
    let (low, high) = options.frequencies(rate)?;
    let channel = samples.channel(options.channel - 1);
    let survey = channel.survey();

    let area = area_of(options, low, high);
    let upwards = axes::upwards(low, high, 45, &area);
    let windows =
        Windows { size: options.fft_size, hop: options.fft_size / options.overlap, columns: area.width() };
    let spectrum = Spectrum::new(channel, windows, survey.peak(), samples.full_scale);
    let levels = Levels::of(spectrum, &area, &upwards, rate / options.fft_size as f64);
    let top = levels.top();

    let mut canvas = Canvas::new(options.width, options.height);
    levels.paint(&mut canvas, &area, (options.min_db, top));
    axes::frame(&mut canvas, &area);
    axes::left_of(&mut canvas, &area, &upwards);
    axes::name_upwards(&mut canvas, &area, 12, "frequency (Hz)");
    axes::below(&mut canvas, &area, &axes::seconds(frames as f64 / rate, &area), "time (s)");
    bar(&mut canvas, &area, (options.min_db, top));
    let known = match samples.channels() {
        1 => rate_and_duration(frames, rate),
        many => format!("channel {} of {many}, {}", options.channel, rate_and_duration(frames, rate)),
    };
    axes::title(&mut canvas, &area, samples.title, &strange_words(survey.strange), &known);
    Ok(canvas.finish())
}

/// Where the frequencies are drawn: what axis and colour bar leave.
fn area_of(options: &PlotSpectrogram, low: f64, high: f64) -> Area {
    let page = Area {
        left: 0,
        top: layout::TOP,
        right: options.width - BAR_GAP - BAR_WIDTH - layout::left(4),
        bottom: options.height - layout::BOTTOM,
    };
    let letters = axes::upwards(low, high, 45, &page).ticks.letters();
    Area { left: layout::left(letters), ..page }
}

/// The colours and their levels, on the right.
fn bar(canvas: &mut Canvas, area: &Area, (floor, top): (f64, f64)) {
    let bar = Area { left: area.right + BAR_GAP, right: area.right + BAR_GAP + BAR_WIDTH, ..*area };
    for y in bar.top..bar.bottom {
        let share = (bar.bottom - 1 - y) as f64 / (bar.height() - 1) as f64;
        for x in bar.left..bar.right {
            canvas.set(x, y, colours::level(share));
        }
    }
    axes::frame(canvas, &bar);
    let axis = axes::upwards(floor, top, 35, &bar);
    axes::right_of(canvas, &bar, &axis);
    let numbers = axis.ticks.letters() * text::ADVANCE + layout::TICK_GAP;
    axes::name_upwards(canvas, &bar, bar.right + numbers + 6, "level (dB)");
}

/// The level of each pixel, in dB; NaN where there is none. Columns from the left, each from its top.
struct Levels {
    rows: usize,
    db: Vec<f32>,
}

impl Levels {
    fn of(mut spectrum: Spectrum, area: &Area, upwards: &Axis, bin_hz: f64) -> Self {
        let rows: Vec<Row> = Row::all(area, upwards, bin_hz, spectrum.bins());
        let mut db = Vec::with_capacity(area.width() * rows.len());
        for column in 0..area.width() {
            match spectrum.column(column) {
                Some(levels) => db.extend(rows.iter().map(|row| row.level(&levels) as f32)),
                None => db.extend(rows.iter().map(|_| f32::NAN)),
            }
        }
        Self { rows: rows.len(), db }
    }

    /// The level of the lightest colour: 0 dB, or more where the sound has more.
    fn top(&self) -> f64 {
        let loudest = self.db.iter().fold(0.0f32, |loudest, &db| loudest.max(db));
        // A full sine between two places of the transform is a little off 0 dB by rounding.
        (f64::from(loudest - 0.05) / TOP_STEP_DB).ceil().max(0.0) * TOP_STEP_DB
    }

    fn paint(&self, canvas: &mut Canvas, area: &Area, (floor, top): (f64, f64)) {
        for (column, levels) in self.db.chunks_exact(self.rows).enumerate() {
            for (row, &db) in levels.iter().enumerate() {
                let share = (f64::from(db) - floor) / (top - floor);
                let colour = if db.is_nan() { NO_LEVEL } else { colours::level(share) };
                canvas.set(area.left + column, area.top + row, colour);
            }
        }
    }
}

/// What a row of pixels shows of a spectrum.
struct Row {
    /// The place of its middle between two bins.
    middle: f64,
    /// The bins that lie on it.
    bins: std::ops::Range<usize>,
}

impl Row {
    /// The rows of an area, from its top.
    fn all(area: &Area, upwards: &Axis, bin_hz: f64, bins: usize) -> Vec<Self> {
        let (low, high) = (upwards.scale.low, upwards.scale.high);
        let place = |row: f64| (high - row / area.height() as f64 * (high - low)) / bin_hz;
        let row = |nth: usize| {
            let (above, below) = (place(nth as f64), place(nth as f64 + 1.0));
            Self {
                middle: (above + below) / 2.0,
                bins: (below.max(0.0).ceil() as usize).min(bins)..((above.floor() as usize) + 1).min(bins),
            }
        };
        (0..area.height()).map(row).collect()
    }

    /// The loudest that lies on it, so that no thin line is lost.
    fn level(&self, levels: &[f64]) -> f64 {
        let at = (self.middle.max(0.0) as usize).min(levels.len() - 2);
        let between = levels[at] + (self.middle - at as f64) * (levels[at + 1] - levels[at]);
        levels[self.bins.clone()].iter().fold(between, |loudest, &level| loudest.max(level))
    }
}
