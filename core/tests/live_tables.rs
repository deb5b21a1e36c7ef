//! Seam: `player`, tables of the document from the control half while blocks are processed.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::{Bench, RATE};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::LiveError;
use ksmps_core::player::Reading;
use ksmps_core::plot::{PlotError, PlotSpectrogram, PlotTable, Samples, waveform};
use ksmps_core::verbs::{EngineError, Sched};

const TABLES: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
    giTable ftgen 7, 0, -10, -2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n\
    giLong ftgen 8, 0, -150000, -2, 0.25\n\
    instr 10\n kval table p4, 7\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 11\n asig init ftchnls(7) + ftsr(7) / 48000 / 8\n outs asig, asig\nendin\n\
    instr 12\n asig tablei 9.5 * a(1), 7\n outs asig, asig\nendin\n";

const PATIENCE: Duration = Duration::from_secs(10);

/// Asks while another thread plays.
fn while_playing<T>(bench: &mut Bench, ask: impl FnOnce(&ksmps_core::player::Control) -> T) -> T {
    let control = std::sync::Arc::clone(&bench.control);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let player = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                bench.play(480, &[], &[480]);
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let answer = ask(&control);
        done.store(true, Ordering::Relaxed);
        player.join().unwrap();
        answer
    })
}

#[test]
fn a_whole_table_is_read_while_blocks_go_by() {
    let mut bench = Bench::new(TABLES);
    let short = while_playing(&mut bench, |control| control.table_data(7, PATIENCE)).unwrap();
    assert_eq!(short, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    bench.control.fill_table(8, (0..150_000).map(f64::from).collect::<Vec<_>>()).unwrap();
    let long = while_playing(&mut bench, |control| control.table_data(8, PATIENCE)).unwrap();
    assert!(long.len() == 150_000 && long.iter().enumerate().all(|(at, value)| *value == at as f64));
    let missing = while_playing(&mut bench, |control| control.table_data(9, PATIENCE));
    assert_eq!(missing, Err(LiveError::Engine(EngineError::MissingTable(9))));
    let nobody_plays = bench.control.table_data(7, Duration::from_millis(5));
    assert_eq!(nobody_plays, Err(LiveError::NoAnswer));
}

#[test]
fn parts_of_tables_and_whether_they_are_there() {
    let mut bench = Bench::new(TABLES);
    let part = bench.control.read_table(7, 8, 5).unwrap();
    let behind = bench.control.read_table(7, 10, 5).unwrap();
    let much = bench.control.read_table(8, 0, 1_000_000).unwrap();
    let none = bench.control.read_table(9, 0, 5).unwrap();
    let (there, missing) = (bench.control.table_exists(7).unwrap(), bench.control.table_exists(9).unwrap());
    assert_eq!(part.read(), Reading::Waiting);
    bench.play(16, &[], &[16]);
    assert_eq!(part.read(), Reading::Value(vec![8.0, 9.0]));
    assert_eq!((behind.read(), none.read()), (Reading::Value(vec![]), Reading::Nothing));
    assert!(matches!(much.read(), Reading::Value(values) if values.len() == 65_536));
    assert_eq!((there.read(), missing.read()), (Reading::Value(true), Reading::Value(false)));
}

#[test]
fn a_place_is_written_now_or_later() {
    for cut in [480, 7] {
        let mut bench = Bench::new(TABLES);
        bench.control.write_table(7, 3, 0.5, 0.0).unwrap();
        bench.control.write_table(7, 3, 0.25, 160.0 / RATE).unwrap();
        // Outside: nothing happens.
        bench.control.write_table(7, 10, 99.0, 0.0).unwrap();
        bench.control.write_table(9, 0, 99.0, 0.0).unwrap();
        bench.control.sched(Sched::new(10).arg(3)).unwrap();
        let sound = bench.play(480, &[], &[cut]);
        assert_eq!((sound[16], sound[160 + 15], sound[160 + 16]), (0.5, 0.5, 0.25), "blocks of {cut}");
    }
}

#[test]
fn the_guard_point_follows_the_first_place() {
    let mut bench = Bench::new(TABLES);
    bench.control.fill_table(7, vec![5.0; 10]).unwrap();
    bench.control.write_table(7, 0, 1.0, 0.0).unwrap();
    bench.control.sched(Sched::new(12)).unwrap();
    // Half way between the last place and the first one again.
    assert_eq!(bench.play(480, &[], &[480])[479], 3.0);
}

#[test]
fn what_sound_is_in_a_table_can_be_said_and_asked() {
    let mut bench = Bench::new(TABLES);
    bench.control.set_table_metadata(7, 96_000, 2, 0.0).unwrap();
    bench.control.sched(Sched::new(11)).unwrap();
    assert_eq!(bench.play(480, &[], &[480])[479], 2.25);
    let info = while_playing(&mut bench, |control| control.table_info(7, PATIENCE)).unwrap();
    assert_eq!((info.number, info.rate, info.channels, info.frames, info.length), (7, 96_000.0, 2, 5, 10));
}

#[test]
fn a_table_is_drawn_while_it_is_played_from() {
    let mut bench = Bench::new(TABLES);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.png");
    while_playing(&mut bench, |control| control.plot_table(7, PlotTable::default(), &path, PATIENCE))
        .unwrap();
    let values: Vec<f64> = (0..10).map(f64::from).collect();
    let expected = waveform(&Samples::new("Table 7", &values), &PlotTable::default()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), expected.png().unwrap());

    let options = PlotSpectrogram { fft_size: 64, ..PlotSpectrogram::default() };
    while_playing(&mut bench, |control| control.plot_table_spectrogram(8, options, &path, PATIENCE)).unwrap();
    assert_ne!(std::fs::read(&path).unwrap(), expected.png().unwrap());

    let missing =
        while_playing(&mut bench, |control| control.plot_table(9, PlotTable::default(), &path, PATIENCE));
    assert_eq!(missing, Err(LiveError::Engine(EngineError::MissingTable(9))));
    let odd = PlotSpectrogram { overlap: 0, ..options };
    let refused =
        while_playing(&mut bench, |control| control.plot_table_spectrogram(7, odd, &path, PATIENCE));
    assert_eq!(refused, Err(EngineError::Plot(PlotError::Overlap { given: 0, max: 32 }).into()));
}
