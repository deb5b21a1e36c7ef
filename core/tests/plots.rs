//! Pictures of tables, from the verbs to the decoded PNG: what is where on them, and every error.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::plot::{Picture, PlotError, PlotSpectrogram, PlotTable, Samples, spectrogram, waveform};
use ksmps_core::verbs::{EngineError, SoundRead, TableSpec};

const FRAME: [u8; 3] = [150, 158, 172];
const CURVE: [u8; 3] = [31, 98, 176];
const PEAK: [u8; 3] = [139, 182, 228];
const WARNING: [u8; 3] = [200, 46, 46];
const NO_LEVEL: [u8; 3] = [128, 128, 128];
const FLOOR: [u8; 3] = [0, 0, 4];

/// A decoded picture.
struct Decoded {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Decoded {
    fn read(path: &Path) -> Self {
        Self::from_bytes(&std::fs::read(path).expect("the picture is there"))
    }

    fn of(picture: &Picture) -> Self {
        Self::from_bytes(&picture.png().expect("it can be encoded"))
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut rgb).expect("a picture");
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Self { width: info.width as usize, height: info.height as usize, rgb }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// The lanes, by their frames: left, top, right, bottom of each, from the top.
    fn lanes(&self) -> Vec<(usize, usize, usize, usize)> {
        let run = |y: usize| (0..self.width).filter(|&x| self.at(x, y) == FRAME).count();
        let lines: Vec<usize> = (0..self.height).filter(|&y| run(y) > self.width / 3).collect();
        let lane = |lines: &[usize]| {
            let left = (0..self.width).find(|&x| self.at(x, lines[0]) == FRAME).expect("a frame");
            let right = (left..self.width).find(|&x| self.at(x, lines[0]) != FRAME).expect("a frame") - 1;
            (left + 1, lines[0] + 1, right, lines[1])
        };
        lines.chunks_exact(2).map(lane).collect()
    }

    /// The mean height of the curve in a lane, at a share of its width: 0.0 is the bottom, 1.0 the top.
    fn curve_at(&self, lane: (usize, usize, usize, usize), share: f64) -> f64 {
        let (left, top, right, bottom) = lane;
        let x = left + ((right - left - 1) as f64 * share) as usize;
        let rows: Vec<usize> = (top..bottom).filter(|&y| is_near(self.at(x, y), CURVE)).collect();
        assert!(!rows.is_empty(), "no curve at {share}");
        let middle = rows.iter().map(|&y| y as f64 + 0.5).sum::<f64>() / rows.len() as f64;
        (bottom as f64 - middle) / (bottom - top) as f64
    }

    fn count(&self, lane: (usize, usize, usize, usize), colour: [u8; 3]) -> usize {
        let (left, top, right, bottom) = lane;
        (top..bottom).map(|y| (left..right).filter(|&x| self.at(x, y) == colour).count()).sum()
    }
}

fn is_near(colour: [u8; 3], other: [u8; 3]) -> bool {
    colour.iter().zip(other).all(|(&one, other)| one.abs_diff(other) < 70)
}

fn check(what: f64, expected: f64, tolerance: f64) {
    assert!((what - expected).abs() <= tolerance, "{what}, not {expected}");
}

fn sine(frames: usize, cycles: f64) -> Vec<f64> {
    (0..frames).map(|n| (TAU * cycles * n as f64 / frames as f64).sin()).collect()
}

fn sound<'a>(data: &'a [f64], channels: usize) -> Samples<'a> {
    Samples { rate: Some(44_100.0), channels, ..Samples::new("Table 300", data) }
}

fn engine() -> (OfflineEngine, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let engine =
        OfflineEngine::builder().outfile(folder.path().join("out.wav")).build().expect("the engine starts");
    (engine, folder)
}

#[test]
fn a_curve_is_where_its_values_are() {
    let (mut engine, folder) = engine();
    let path = folder.path().join("sine.png");
    let table = engine.make_table(&sine(1000, 1.0), TableSpec::default()).expect("a table");
    engine.plot_table(table, PlotTable::default(), &path).expect("a picture");
    let picture = Decoded::read(&path);
    assert_eq!((picture.width, picture.height), (1200, 440));
    let lanes = picture.lanes();
    assert_eq!(lanes.len(), 1);
    // The range is -1.1 to 1.1, and the last of the 1,000 values is at the right edge.
    for (share, value) in [(0.25, 1.0), (0.5, 0.0), (0.75, -1.0), (0.0833, 0.5)] {
        check(picture.curve_at(lanes[0], share), (value + 1.1) / 2.2, 0.006);
    }
}

#[test]
fn three_values_are_three_dots_on_two_lines() {
    let picture = Decoded::of(&waveform(&Samples::new("", &[0.0, 1.0, 0.0]), &PlotTable::default()).unwrap());
    let lane = picture.lanes()[0];
    for (share, value) in [(0.25, 0.5), (0.5, 1.0), (0.75, 0.5)] {
        check(picture.curve_at(lane, share), (value + 0.05) / 1.1, 0.01);
    }
}

#[test]
fn each_channel_has_its_lane_and_all_have_one_scale() {
    let loud = sine(20_000, 50.0);
    let data: Vec<f64> = loud.iter().flat_map(|value| [value * 0.5, *value, 0.0]).collect();
    let picture = Decoded::of(&waveform(&sound(&data, 3), &PlotTable::default()).unwrap());
    let lanes = picture.lanes();
    assert_eq!(lanes.len(), 3);
    let peaks: Vec<usize> = lanes.iter().map(|&lane| picture.count(lane, PEAK)).collect();
    check(peaks[0] as f64 / peaks[1] as f64, 0.5, 0.1);
    assert_eq!(peaks[2], 0, "silence is a line");
    check(picture.curve_at(lanes[2], 0.5), 0.5, 0.005);

    let second = PlotTable { channel: 2, ..PlotTable::default() };
    let alone = Decoded::of(&waveform(&sound(&data, 3), &second).unwrap());
    assert_eq!(alone.lanes().len(), 1);
}

#[test]
fn one_loud_frame_among_millions_is_seen() {
    let mut data = vec![0.0; 5_000_000];
    data[2_500_000] = 1.0;
    let picture = Decoded::of(&waveform(&sound(&data, 1), &PlotTable::default()).unwrap());
    let lane = picture.lanes()[0];
    // From zero to 1.0 is 1.0 / 2.2 of the lane, less what the line at zero covers.
    let height = (lane.3 - lane.1) as f64 / 2.2;
    let seen = picture.count(lane, PEAK) as f64;
    assert!(seen > height - 4.0 && seen < 2.0 * height + 8.0, "{seen} of {height}");
}

#[test]
fn values_that_are_no_numbers_are_marked_and_leave_gaps() {
    let mut data = sine(1000, 1.0);
    data[400..600].fill(f64::NAN);
    data[800] = f64::INFINITY;
    let picture = Decoded::of(&waveform(&Samples::new("", &data), &PlotTable::default()).unwrap());
    let lane = picture.lanes()[0];
    let (left, top, right, bottom) = lane;
    let x = |share: f64| left + ((right - left) as f64 * share) as usize;
    assert_eq!(picture.at(x(0.5), top + 2), WARNING);
    assert!((top + 10..bottom).all(|y| !is_near(picture.at(x(0.5), y), CURVE)), "a gap");
    assert!((x(0.8) - 2..x(0.8) + 3).any(|x| picture.at(x, top + 2) == WARNING));
    check(picture.curve_at(lane, 0.25), 2.1 / 2.2, 0.006);

    let nothing = [f64::NAN; 5000];
    let picture = Decoded::of(&waveform(&Samples::new("", &nothing), &PlotTable::default()).unwrap());
    assert_eq!(picture.count(picture.lanes()[0], CURVE), 0);

    let mut noisy = sine(44_100, 1000.0);
    noisy[22_050] = f64::NAN;
    let picture = Decoded::of(&spectrogram(&sound(&noisy, 1), &PlotSpectrogram::default()).unwrap());
    let (left, top, right, _) = picture.lanes()[0];
    assert_eq!(picture.at((left + right) / 2, top + 100), NO_LEVEL);
    assert_ne!(picture.at(left + 100, top + 100), NO_LEVEL);
}

#[test]
fn a_sine_of_1_khz_is_brightest_at_1_khz() {
    let (mut engine, folder) = engine();
    let path = folder.path().join("sine.png");
    let spec = TableSpec { rate: 44_100, ..TableSpec::default() };
    let table = engine.make_table(&sine(44_100, 1000.0), spec).expect("a table");
    for (min_freq, max_freq) in [(0.0, None), (0.0, Some(4000.0)), (500.0, Some(1500.0))] {
        let options = PlotSpectrogram { min_freq, max_freq, ..PlotSpectrogram::default() };
        engine.plot_table_spectrogram(table, options, &path).expect("a picture");
        let picture = Decoded::read(&path);
        assert_eq!((picture.width, picture.height), (1200, 560));
        let (left, top, right, bottom) = picture.lanes()[0];
        let light = |y: usize| picture.at((left + right) / 2, y).map(u32::from).iter().sum::<u32>();
        let brightest = (top..bottom).max_by_key(|&y| light(y)).expect("rows");
        let hz_per_row = (max_freq.unwrap_or(22_050.0) - min_freq) / (bottom - top) as f64;
        let hz = min_freq + (bottom as f64 - brightest as f64 - 0.5) * hz_per_row;
        // A row, or where rows are finer than that, half a step of the transform.
        check(hz, 1000.0, hz_per_row.max(44_100.0 / 2048.0 / 2.0 + hz_per_row));
        assert!(light(brightest) > 600, "nearly 0 dB is nearly the lightest");
    }
}

#[test]
fn silence_has_the_colour_of_the_floor() {
    let picture = Decoded::of(&spectrogram(&sound(&[0.0; 30_000], 1), &PlotSpectrogram::default()).unwrap());
    let lane = picture.lanes()[0];
    assert_eq!(picture.count(lane, FLOOR), (lane.2 - lane.0) * (lane.3 - lane.1));
}

#[test]
fn the_floor_the_full_scale_and_the_window_change_what_is_seen() {
    let quiet: Vec<f64> = sine(44_100, 1000.0).iter().map(|value| value * 1e-3).collect();
    let seen = |samples: Samples, options: PlotSpectrogram| {
        let picture = Decoded::of(&spectrogram(&samples, &options).unwrap());
        let lane = picture.lanes()[0];
        (lane.2 - lane.0) * (lane.3 - lane.1) - picture.count(lane, FLOOR)
    };
    let default = PlotSpectrogram::default();
    assert!(seen(sound(&quiet, 1), default) > 0);
    assert_eq!(
        seen(sound(&quiet, 1), PlotSpectrogram { min_db: -50.0, ..default }),
        0,
        "-60 dB is below -50"
    );
    let full = Samples { full_scale: 32_768.0, ..sound(&quiet, 1) };
    assert_eq!(seen(full, default), 0, "-150 dB");
    // A window of a sixteenth has lines sixteen times as wide.
    let (fine, coarse) = (
        seen(sound(&quiet, 1), PlotSpectrogram { fft_size: 8192, ..default }),
        seen(sound(&quiet, 1), PlotSpectrogram { fft_size: 512, ..default }),
    );
    assert!(coarse > 3 * fine, "{fine} {coarse}");
}

#[test]
fn every_shape_of_table_gives_a_picture() {
    let tables: [&[f64]; 6] =
        [&[0.25], &[5.0; 7], &[f64::MAX, f64::MIN], &[f64::NAN], &[5e-324; 3000], &[f64::INFINITY; 3000]];
    for data in tables {
        for samples in [Samples::new("", data), sound(data, 1)] {
            for (width, height) in [(320, 200), (1200, 440)] {
                let table = PlotTable { width, height: Some(height), ..PlotTable::default() };
                let picture = waveform(&samples, &table).unwrap();
                assert_eq!((picture.width(), picture.height()), (width, height));
                for (fft_size, overlap) in [(32, 32), (2048, 1)] {
                    let options =
                        PlotSpectrogram { width, height, fft_size, overlap, ..PlotSpectrogram::default() };
                    assert!(spectrogram(&samples, &options).unwrap().pixel(width - 1, height - 1).is_some());
                }
            }
        }
    }
}

#[test]
fn the_same_table_gives_the_same_file_and_replaces_the_one_before() {
    let (mut engine, folder) = engine();
    let spec = TableSpec { rate: 48_000, channels: 2, ..TableSpec::default() };
    let table = engine.make_table(&sine(9_600, 13.0), spec).expect("a table");
    let paths: Vec<PathBuf> = ["one.png", "two.PNG"].map(|name| folder.path().join(name)).to_vec();
    std::fs::write(&paths[0], "something else").expect("a file");
    for path in &paths {
        engine.plot_table(table, PlotTable::default(), path).expect("a picture");
    }
    assert_eq!(std::fs::read(&paths[0]).unwrap(), std::fs::read(&paths[1]).unwrap());
    assert_eq!(Decoded::read(&paths[0]).lanes().len(), 2);
    for path in &paths {
        engine.plot_table_spectrogram(table, PlotSpectrogram::default(), path).expect("a picture");
    }
    assert_eq!(std::fs::read(&paths[0]).unwrap(), std::fs::read(&paths[1]).unwrap());
}

#[test]
fn a_rate_that_is_given_does_what_the_tables_own_does() {
    let (mut engine, folder) = engine();
    let [own, given, none] = ["own.png", "given.png", "none.png"].map(|name| folder.path().join(name));
    let table = engine.make_table(&sine(2000, 3.0), TableSpec::default()).expect("a table");
    engine.plot_table(table, PlotTable::default(), &none).expect("a picture");
    let rate = PlotTable { rate: Some(8000.0), ..PlotTable::default() };
    engine.plot_table(table, rate, &given).expect("a picture");
    engine.set_table_metadata(table, 8000, 1, 0.0).expect("a sound");
    engine.plot_table(table, PlotTable::default(), &own).expect("a picture");
    let [own, given, none] = [own, given, none].map(|path| std::fs::read(path).expect("a file"));
    assert_eq!(own, given);
    assert_ne!(own, none, "without a rate the axis has places");
}

#[test]
fn tables_of_the_orchestra_have_places_and_files_have_seconds() {
    let (mut engine, folder) = engine();
    let file = folder.path().join("sound.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&file, spec).expect("a file");
    sine(4096, 1.0)
        .iter()
        .for_each(|value| writer.write_sample((value * 32_767.0) as i16).expect("a sample"));
    writer.finalize().expect("a file");
    let code = format!(
        "giwave ftgen 77, 0, 4096, 10, 1\ngifile ftgen 78, 0, 0, -1, \"{}\", 0, 0, 0",
        file.display()
    );
    engine.compile(&code).expect("it compiles");
    let read = engine.read_soundfile(&file, SoundRead::default()).expect("a table");

    let mut drawn = |table, rate| {
        let path = folder.path().join("wave.png");
        engine.plot_table(table, PlotTable { rate, ..PlotTable::default() }, &path).expect("a picture");
        let picture = Decoded::read(&path);
        check(picture.curve_at(picture.lanes()[0], 0.25), 2.1 / 2.2, 0.006);
        std::fs::read(&path).expect("a file")
    };
    assert_ne!(drawn(77, None), drawn(77, Some(44_100.0)), "a period of a wave is no sound");
    assert_eq!(drawn(78, None), drawn(78, Some(44_100.0)));
    assert_eq!(drawn(read, None), drawn(read, Some(44_100.0)));
}

#[test]
fn what_cannot_be_drawn_or_written_is_an_error_and_leaves_no_file() {
    let (mut engine, folder) = engine();
    let path = folder.path().join("picture.png");
    let table = engine.make_table(&[1.0, 2.0, 3.0, 4.0], TableSpec::default()).expect("a table");

    let missing = engine.plot_table(12, PlotTable::default(), &path);
    assert_eq!(missing, Err(EngineError::MissingTable(12)));
    let missing = engine.plot_table_spectrogram(12, PlotSpectrogram::default(), &path);
    assert_eq!(missing, Err(EngineError::MissingTable(12)));
    let odd = PlotSpectrogram { fft_size: 1000, ..PlotSpectrogram::default() };
    let error = engine.plot_table_spectrogram(table, odd, &path).expect_err("1000 is no power of two");
    assert_eq!(error, EngineError::Plot(PlotError::FftSize { given: 1000, min: 32, max: 65_536 }));
    assert_eq!(error.to_string(), "fft_size is a power of two from 32 to 65536, not 1000");
    assert!(!path.exists());

    let jpeg = folder.path().join("picture.jpg");
    let error = engine.plot_table(table, PlotTable::default(), &jpeg).expect_err("no PNG");
    assert!(error.to_string().contains("give a name that ends in .png"), "{error}");
    assert!(!jpeg.exists());
    let nowhere = folder.path().join("no folder").join("picture.png");
    let error = engine.plot_table(table, PlotTable::default(), &nowhere).expect_err("no folder");
    assert!(matches!(&error, EngineError::File { path, .. } if *path == nowhere), "{error}");

    engine.stop().expect("it stops");
    assert_eq!(engine.plot_table(table, PlotTable::default(), &path), Err(EngineError::Stopped));
}

#[test]
fn every_option_out_of_its_range_is_named() {
    let data = [0.0; 64];
    let table = PlotTable::default();
    let cases = [
        (PlotTable { channel: 3, ..table }, PlotError::Channel { given: 3, channels: 2 }),
        (PlotTable { rate: Some(0.0), ..table }, PlotError::Rate(0.0)),
        (PlotTable { width: 10, ..table }, PlotError::Size { side: "width", given: 10, min: 320, max: 4096 }),
        (
            PlotTable { height: Some(5000), ..table },
            PlotError::Size { side: "height", given: 5000, min: 200, max: 4096 },
        ),
    ];
    for (options, error) in cases {
        assert_eq!(waveform(&sound(&data, 2), &options), Err(error));
    }
    let crowd = PlotTable { height: Some(200), ..table };
    let error = waveform(&sound(&data, 16), &crowd).expect_err("16 lanes in 200 pixels");
    assert_eq!(error, PlotError::Crowded { channels: 16, height: 200 });
    assert!(error.to_string().contains("choose one with `channel`"), "{error}");
    assert_eq!(waveform(&sound(&data, 65), &table), Err(PlotError::Empty), "not one whole frame");
    assert_eq!(waveform(&Samples::new("", &[]), &table), Err(PlotError::Empty));

    let plot = PlotSpectrogram::default();
    let nyquist = 22_050.0;
    let cases = [
        (PlotSpectrogram { fft_size: 16, ..plot }, PlotError::FftSize { given: 16, min: 32, max: 65_536 }),
        (PlotSpectrogram { overlap: 0, ..plot }, PlotError::Overlap { given: 0, max: 32 }),
        (PlotSpectrogram { min_db: 6.0, ..plot }, PlotError::Floor { given: 6.0, min: -200.0, max: -10.0 }),
        (PlotSpectrogram { fallback_rate: -1.0, ..plot }, PlotError::Rate(-1.0)),
        (PlotSpectrogram { channel: 0, ..plot }, PlotError::Channel { given: 0, channels: 2 }),
        (
            PlotSpectrogram { width: 9999, ..plot },
            PlotError::Size { side: "width", given: 9999, min: 320, max: 4096 },
        ),
        (
            PlotSpectrogram { min_freq: 4000.0, max_freq: Some(4000.0), ..plot },
            PlotError::Frequencies { low: 4000.0, high: 4000.0, nyquist },
        ),
        (
            PlotSpectrogram { max_freq: Some(30_000.0), ..plot },
            PlotError::Frequencies { low: 0.0, high: 30_000.0, nyquist },
        ),
    ];
    for (options, error) in cases {
        assert_eq!(spectrogram(&sound(&data, 2), &options), Err(error));
    }
    assert_eq!(spectrogram(&Samples::new("", &[]), &plot), Err(PlotError::Empty));
    let not_a_number = PlotSpectrogram { min_db: f64::NAN, ..plot };
    assert!(matches!(spectrogram(&sound(&data, 2), &not_a_number), Err(PlotError::Floor { .. })));
}
