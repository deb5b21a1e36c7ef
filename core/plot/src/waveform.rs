//! A table's values as a curve, each channel in a lane of its own.

use super::axes::{self, Axis};
use super::canvas::{Canvas, Picture};
use super::colours::{CURVE, FAINT_INK, PEAK, WARNING};
use super::columns::columns;
use super::layout::{self, Area};
use super::samples::{Channel, Survey};
use super::scale::range_around;
use super::text::{self, Style};
use super::{PlotError, PlotTable, Samples};

/// More frames than this on a column are drawn as its range, fewer as lines from value to value.
const FRAMES_AS_LINES: usize = 2;
/// Values so many pixels apart get a dot each.
const DOTS_APART: f32 = 9.0;
/// How wide the curve is, in pixels.
const STROKE: f32 = 1.6;
/// The lowest lane that can be read, in pixels.
const LANE_MIN: usize = 24;
const HEIGHT_MAX: usize = 4096;

/// Draws values. `[control]`
///
/// Where many frames fall on a column of pixels, the column goes from their lowest to their highest; in a sound the
/// darker part is the root of their mean square. NaN and infinity leave a gap and a red mark at the lane's top.
///
/// # Errors
/// [`PlotError::Empty`], [`PlotError::Rate`], [`PlotError::Channel`], [`PlotError::Size`], [`PlotError::Crowded`].
pub fn waveform(samples: &Samples, options: &PlotTable) -> Result<Picture, PlotError> {
    let frames = samples.frames()?;
    options.check(samples.channels())?;
    let rate = options.rate.or(samples.rate);
    let chosen = match options.channel {
        0 => 0..samples.channels(),
        one => one - 1..one,
    };
    let (height, gap) = height_and_gap(options.height, chosen.len())?;
    let surveys: Vec<Survey> = chosen.clone().map(|nth| samples.channel(nth).survey()).collect();
    let all = surveys.iter().fold(Survey::default(), |all, &one| all.and(one));
    let range = range_around(all.min, all.max, rate.is_some());

    let lanes = lanes((options.width, height), chosen.len(), gap, range);
    let along = horizontal(frames, rate, &lanes[0]);
    let mut canvas = Canvas::new(options.width, height);
    for ((nth, area), survey) in chosen.clone().zip(&lanes).zip(&surveys) {
        let upwards = axes::upwards(range.0, range.1, spacing(area), area);
        axes::grid(&mut canvas, area, &along, &upwards);
        axes::frame(&mut canvas, area);
        axes::left_of(&mut canvas, area, &upwards);
        let lane = Lane { area, along: &along, upwards: &upwards, channel: samples.channel(nth), rate };
        lane.draw(&mut canvas, survey.peak());
        if chosen.len() > 1 {
            let place = ((area.right + 8) as i32, ((area.top + area.bottom) / 2 - text::HEIGHT / 2) as i32);
            text::write(&mut canvas, &format!("ch{}", nth + 1), place, Style::regular(FAINT_INK));
        }
    }
    let (across, beside) = if rate.is_some() { ("time (s)", "amplitude") } else { ("index", "value") };
    let all_lanes = Area { bottom: lanes[lanes.len() - 1].bottom, ..lanes[0] };
    axes::below(&mut canvas, &all_lanes, &along, across);
    axes::name_upwards(&mut canvas, &all_lanes, 12, beside);
    let known = known(samples, frames, rate);
    axes::title(&mut canvas, &all_lanes, samples.title, &strange_words(all.strange), &known);
    Ok(canvas.finish())
}

/// Where the lanes are; at least one. Several have room on the right for their names.
fn lanes((width, height): (usize, usize), count: usize, gap: usize, (low, high): (f64, f64)) -> Vec<Area> {
    let names = if count > 1 { 4 * text::ADVANCE } else { 0 };
    let page = Area {
        left: 0,
        top: layout::TOP,
        right: width - layout::RIGHT - names,
        bottom: height - layout::BOTTOM,
    };
    let lane = page.lanes(count, gap)[0];
    let letters = axes::upwards(low, high, spacing(&lane), &lane).ticks.letters();
    Area { left: layout::left(letters), ..page }.lanes(count, gap)
}

/// The picture's height and the space between its lanes.
fn height_and_gap(height: Option<usize>, channels: usize) -> Result<(usize, usize), PlotError> {
    let gap = if channels <= 8 { 14 } else { 8 };
    let lane = if channels == 1 { 338 } else { (960 / channels).clamp(40, 240) };
    let natural = layout::TOP + layout::BOTTOM + channels * (lane + gap) - gap;
    let height = height.unwrap_or(natural.min(HEIGHT_MAX));
    if layout::lane_height(height - layout::TOP - layout::BOTTOM, channels, gap) < LANE_MIN {
        return Err(PlotError::Crowded { channels, height });
    }
    Ok((height, gap))
}

/// How far apart the numbers of a lane are, in pixels.
fn spacing(area: &Area) -> usize {
    if area.height() < 100 { 30 } else { 45 }
}

fn horizontal(frames: usize, rate: Option<f64>, area: &Area) -> Axis {
    match (rate, frames) {
        (Some(rate), _) => axes::seconds(frames as f64 / rate, area),
        (None, 1) => axes::along(-0.5, 0.5, 1.0, area),
        (None, _) => axes::along(0.0, (frames - 1) as f64, 1.0, area),
    }
}

/// What is known of the values, for the title.
fn known(samples: &Samples, frames: usize, rate: Option<f64>) -> String {
    let channels = match samples.channels() {
        1 => String::new(),
        many => format!("{many} channels, "),
    };
    match rate {
        Some(rate) => format!("{channels}{}", rate_and_duration(frames, rate)),
        None if samples.data.len() == 1 => "1 value".into(),
        None if samples.channels() == 1 => format!("{frames} values"),
        None => format!("{channels}{frames} frames"),
    }
}

/// `44100 Hz, 1.5 s`.
pub(super) fn rate_and_duration(frames: usize, rate: f64) -> String {
    let seconds = format!("{:.4}", frames as f64 / rate);
    format!("{rate} Hz, {} s", seconds.trim_end_matches('0').trim_end_matches('.'))
}

pub(super) fn strange_words(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 value is NaN or infinite".into(),
        _ => format!("{count} values are NaN or infinite"),
    }
}

/// One channel and where it is drawn.
struct Lane<'a> {
    area: &'a Area,
    along: &'a Axis,
    upwards: &'a Axis,
    channel: Channel<'a>,
    rate: Option<f64>,
}

impl Lane<'_> {
    fn draw(&self, canvas: &mut Canvas, peak: f64) {
        if self.channel.frames > self.area.width() * FRAMES_AS_LINES {
            self.draw_columns(canvas, peak);
        } else {
            self.draw_lines(canvas);
        }
    }

    fn y(&self, value: f64) -> f32 {
        self.upwards.scale.px(value)
    }

    fn draw_columns(&self, canvas: &mut Canvas, peak: f64) {
        let mut before: Option<(f64, f64)> = None;
        for (nth, column) in columns(self.channel, self.area.width(), peak).into_iter().enumerate() {
            let x = (self.area.left + nth) as f32;
            let Survey { min, max, strange } = column.survey;
            if strange > 0 {
                self.mark(canvas, x);
            }
            if min > max {
                before = None;
                continue;
            }
            // A column reaches to the one before it, so that the curve is one.
            let (low, high) = before.map_or((min, max), |(low, high)| (min.min(high), max.max(low)));
            before = Some((min, max));
            let is_sound = self.rate.is_some();
            self.bar(canvas, x, (low, high), if is_sound { PEAK } else { CURVE });
            if is_sound {
                self.bar(canvas, x, (low.max(-column.rms).min(high), high.min(column.rms).max(low)), CURVE);
            }
        }
    }

    /// One column from a value to another, at least as high as the curve is wide.
    fn bar(&self, canvas: &mut Canvas, x: f32, (low, high): (f64, f64), colour: [u8; 3]) {
        let (top, bottom) = (self.y(high), self.y(low));
        let missing = (STROKE - (bottom - top)).max(0.0) / 2.0;
        canvas.fill((x, top - missing, x + 1.0, bottom + missing), colour);
    }

    fn draw_lines(&self, canvas: &mut Canvas) {
        let place =
            |frame: usize| self.along.scale.px(self.rate.map_or(frame as f64, |rate| frame as f64 / rate));
        let dotted = self.channel.frames == 1 || place(1) - place(0) >= DOTS_APART;
        let points: Vec<(f32, Option<f32>)> = (0..self.channel.frames)
            .map(|frame| (frame, self.channel.at(frame)))
            .map(|(frame, value)| (place(frame), value.is_finite().then(|| self.y(value))))
            .collect();
        for &(x, _) in points.iter().filter(|(_, y)| y.is_none()) {
            self.mark(canvas, x.floor());
        }
        for run in points.split(|(_, y)| y.is_none()) {
            let run: Vec<(f32, f32)> = run.iter().filter_map(|&(x, y)| Some((x, y?))).collect();
            canvas.line(&run, STROKE, CURVE);
            for &point in run.iter().filter(|_| dotted || run.len() == 1) {
                canvas.dot(point, if dotted { 3.2 } else { STROKE }, CURVE);
            }
        }
    }

    /// Says that there is a value here that cannot be drawn.
    fn mark(&self, canvas: &mut Canvas, x: f32) {
        let top = self.area.top as f32;
        canvas.fill((x, top, x + 2.0, top + 8.0), WARNING);
    }
}
