//! `beosc`, `beadsynt`.

use std::f64::consts::TAU;

use crate::harness::{KSMPS, Play, play};

const RATE: f64 = 48000.0;

/// What instrument 1 plays in so many cycles: a bank of partials as arrays, with more arguments.
fn bank(freqs: &str, amps: &str, bws: &str, more: &str, cycles: usize) -> Vec<f64> {
    heard(
        &format!(
            "kF[] fillarray {freqs}\n kA[] fillarray {amps}\n kB[] fillarray {bws}\n\
             asig beadsynt kF, kA, kB{more}"
        ),
        cycles,
    )
}

/// What instrument 1 plays whose body ends with `asig`. Tables: 7 is constant, 8 rises from 0 to 1.
fn heard(body: &str, cycles: usize) -> Vec<f64> {
    playing(body).note(&[1.0]).cycles(cycles)
}

fn playing(body: &str) -> Play {
    play(&format!(
        "gi7 ftgen 7, 0, -64, -7, 1, 64, 1\n gi8 ftgen 8, 0, -1000, -7, 0, 1000, 1\n\
         instr 1\n{body}\n outs asig, asig\n endin\n"
    ))
}

fn assert_close(heard: &[f64], expected: impl Iterator<Item = f64>, limit: f64) {
    for (frame, (heard, expected)) in heard.iter().zip(expected).enumerate() {
        assert!((heard - expected).abs() < limit, "frame {frame}: {heard}, not {expected}");
    }
}

fn sine(frequency: f64) -> impl Iterator<Item = f64> {
    (0..).map(move |frame| (TAU * frequency * f64::from(frame) / RATE).sin())
}

fn mean(heard: &[f64]) -> f64 {
    heard.iter().sum::<f64>() / heard.len() as f64
}

fn deviation(heard: &[f64]) -> f64 {
    let mean = mean(heard);
    (heard.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / heard.len() as f64).sqrt()
}

/// The power of a signal around a frequency, averaged over stretches of 20 ms.
fn power(heard: &[f64], frequency: f64) -> f64 {
    const LEN: usize = 960;
    let stretches = heard.chunks_exact(LEN).map(|stretch| {
        let (mut re, mut im) = (0.0, 0.0);
        for (frame, value) in stretch.iter().enumerate() {
            let window = 0.5 - 0.5 * (TAU * frame as f64 / LEN as f64).cos();
            let (sin, cos) = (TAU * frequency * frame as f64 / RATE).sin_cos();
            (re, im) = (re + value * window * cos, im + value * window * sin);
        }
        re * re + im * im
    });
    stretches.sum::<f64>() / (heard.len() / LEN) as f64
}

#[test]
fn a_partial_has_its_pitch_and_level_after_a_cycle() {
    let rise = (0..).map(|frame| (f64::from(frame) / KSMPS as f64).min(1.0) * 0.5);
    let expected = || sine(1234.5).zip(rise.clone()).map(|(sine, rise)| sine * rise);
    assert_close(&bank("1234.5", "0.5", "0", ", -1, 7, 1, 1, -1, 0", 200), expected(), 1e-7);
    // Without straight lines between the wave's numbers.
    assert_close(&bank("1234.5", "0.5", "0", ", -1, 5, 1, 1, -1, 0", 200), expected(), 1e-3);
}

#[test]
fn partials_add_up_and_are_counted() {
    let both = bank("440, 3000", "0.5, -0.25", "0, 0", ", -1, 2, 1, 1, -1, 0", 100);
    let expected = sine(440.0).zip(sine(3000.0)).map(|(a, b)| a * 0.5 - b * 0.25);
    assert_close(&both[KSMPS..], expected.skip(KSMPS), 1e-6);
    let first = bank("440, 3000", "0.5, -0.25", "0, 0", ", 1, 2, 1, 1, -1, 0", 100);
    assert_close(&first[KSMPS..], sine(440.0).map(|a| a * 0.5).skip(KSMPS), 1e-6);
    assert!(bank("440", "1", "0", ", 0", 3).iter().all(|value| *value == 0.0));
}

#[test]
fn factors_transpose_and_take_the_noise_away() {
    let up = bank("1000", "1", "1", ", -1, 3, 1.5, 0, -1, 0", 100);
    assert_close(&up[KSMPS..], sine(1500.0).skip(KSMPS), 1e-6);
    // Downwards through 0, too.
    let back = bank("1000", "1", "0", ", -1, 3, -1, 1, -1, 0", 100);
    assert_close(&back[KSMPS..], sine(-1000.0).skip(KSMPS), 1e-6);
}

#[test]
fn a_frequency_changes_at_once_or_in_a_line() {
    let body = |flags| {
        format!(
            "kt timeinstk\n kF[] fillarray 0\n kA[] fillarray 1\n kB[] fillarray 0\n kF[0] = (kt == 1 ? 0 : 48)\n\
             asig beadsynt kF, kA, kB, -1, {flags}, 1, 1, 8, 0"
        )
    };
    let at_once = (0..).map(|frame: u32| f64::from(frame.saturating_sub(16)) * 0.001);
    assert_close(&heard(&body(2), 3), at_once, 1e-9);
    let line = (0..).scan(0.0, |phase, frame: u32| {
        let now = *phase;
        *phase += f64::from(frame.saturating_sub(16)).min(16.0) / 16.0 * 0.001;
        Some(now)
    });
    assert_close(&heard(&body(6), 3), line, 1e-9);
}

#[test]
fn bandwidth_exchanges_the_partial_for_noise() {
    for (flags, level) in [(0, 0.532), (1, 0.873)] {
        for bandwidth in [0.1, 0.5, 1.0] {
            let heard = bank("100", "1", &bandwidth.to_string(), &format!(", -1, {flags}, 1, 1, 7"), 24000);
            let steady = &heard[4800..];
            let expected = level * (2.0_f64 * bandwidth).sqrt();
            let deviation = deviation(steady);
            assert!(
                (deviation / expected - 1.0).abs() < 0.05,
                "{flags} {bandwidth}: {deviation}, not {expected}"
            );
            let mean = mean(steady);
            assert!((mean - (1.0 - bandwidth).sqrt()).abs() < 0.05, "{flags} {bandwidth}: {mean}");
        }
    }
    // More than everything is everything, and what is no number is nothing.
    let mean = |bw: &str| mean(&bank("100", "1", bw, ", -1, 0, 1, 1, 7", 6000)[KSMPS..]);
    assert!(mean("7").abs() < 0.1, "{}", mean("7"));
    assert_eq!((mean("-3"), mean("sqrt(-1)")), (1.0, 1.0));
}

#[test]
fn noise_fills_a_band_around_the_frequency() {
    let noise = bank("6000", "1", "1", ", -1, 3", 12000);
    let middle = power(&noise, 6000.0);
    let decibels = |frequency| 10.0 * (power(&noise, frequency) / middle).log10();
    for frequency in [5600.0, 5750.0, 6250.0, 6400.0] {
        assert!(decibels(frequency).abs() < 2.5, "{frequency}: {}", decibels(frequency));
    }
    // Third order: 22 dB an octave above its edge.
    for frequency in [5000.0, 7000.0] {
        assert!((decibels(frequency) + 22.0).abs() < 3.0, "{frequency}: {}", decibels(frequency));
    }
    for frequency in [3000.0, 9000.0, 12000.0] {
        assert!(decibels(frequency) < -40.0, "{frequency}: {}", decibels(frequency));
    }
    // Each partial has noise of its own: two are √2 times one.
    let two = bank("100, 100", "1, 1", "1, 1", ", -1, 0, 1, 1, 7", 24000);
    assert!((deviation(&two) / (0.532 * 2.0) - 1.0).abs() < 0.05, "{}", deviation(&two));
}

#[test]
fn phases_are_given_or_drawn() {
    let begin = |phases: &str, more: &str| {
        heard(
            &format!(
                "{more}\n kF[] fillarray 0\n kA[] fillarray 1\n kB[] fillarray 0\n\
                 asig beadsynt kF, kA, kB, -1, 2, 1, 1, 8{phases}"
            ),
            2,
        )[KSMPS]
    };
    assert!((begin(", 0.25", "") - 0.25).abs() < 1e-9);
    assert!(begin(", 1", "").abs() < 1e-9);
    assert!((begin(", itab", "itab ftgen 0, 0, -2, -2, 3.75, 0.5") - 0.75).abs() < 1e-9);
    assert!((bank("1000", "1", "0", ", -1, 2, 1, 1, -1, 0.25", 2)[KSMPS] - (TAU / 3.0).cos()).abs() < 1e-6);
    // Drawn: each its own, the same in each run.
    let drawn = bank("0, 0, 0", "1, 10, 100", "0, 0, 0", ", -1, 2, 1, 1, 8", 2)[KSMPS];
    assert_eq!(drawn, bank("0, 0, 0", "1, 10, 100", "0, 0, 0", ", -1, 2, 1, 1, 8, -1", 2)[KSMPS]);
    let alone = begin("", "");
    assert!((0.0..1.0).contains(&alone) && (drawn - alone * 111.0).abs() > 0.1);
}

#[test]
fn two_runs_are_alike_and_two_notes_are_not() {
    let run = || {
        let mut play = playing(
            "kF[] fillarray 300, 700\n kA[] fillarray 0.5, 0.5\n kB[] fillarray 0.3, 1\n asig beadsynt kF, kA, kB, -1, 7",
        );
        let first = play.note(&[1.1]).cycles(50);
        play.running.kill(1.1);
        play.cycles(2);
        (first, play.note(&[1.1]).cycles(50))
    };
    let (first, second) = run();
    assert_eq!((&first, &second), (&run().0, &run().1));
    assert_ne!(first, second);
}

#[test]
fn tables_sound_as_arrays_do() {
    let tables = |count: &str| {
        heard(
            &format!(
                "i1 ftgentmp 0, 0, -3, -2, 440, 1000, 2000\n i2 ftgentmp 0, 0, -3, -2, 0.5, 0.25, 0.1\n\
                 i3 ftgentmp 0, 0, -3, -2, 0, 0.5, 1\n asig beadsynt i1, i2, i3{count}"
            ),
            40,
        )
    };
    let arrays = bank("440, 1000, 2000", "0.5, 0.25, 0.1", "0, 0.5, 1", "", 40);
    assert_eq!(tables(""), arrays);
    assert_eq!(tables(", -1"), arrays);
    assert_eq!(tables(", 2, 7"), bank("440, 1000, 2000", "0.5, 0.25, 0.1", "0, 0.5, 1", ", 2, 7", 40));
    // What is written to a table is heard in its cycle.
    let written = heard(
        "i1 ftgentmp 0, 0, -1, -2, 0\n i2 ftgentmp 0, 0, -1, -2, 1\n kt timeinstk\n\
         tablew (kt < 3 ? 0 : 48), 0, i1\n asig beadsynt i1, i2, i1, 1, 2, 1, 0, 8, 0",
        4,
    );
    let expected = (0..).map(|frame: u32| f64::from(frame.saturating_sub(32)) * 0.001);
    assert_close(&written, expected, 1e-9);
    let arrays_of_init = heard(
        "iF[] fillarray 1000\n iA[] fillarray 1\n iB[] fillarray 0\n asig beadsynt iF, iA, iB, -1, 2, 1, 1, -1, 0",
        40,
    );
    assert_close(&arrays_of_init[KSMPS..], sine(1000.0).skip(KSMPS), 1e-6);
}

#[test]
fn a_spectrum_is_read_row_by_row() {
    // Rows of three numbers for each partial, after one for the time.
    let heard = heard(
        "itab ftgen 0, 0, -14, -2, 0, 400, 0.5, 0, 2000, 0.1, 0, 1, 600, 0.5, 0, 3000, 0.3, 0\n krow = 0.5\n\
         kF[] getrowlin krow, itab, 7, 0, 1, 0, 3\n kA[] getrowlin krow, itab, 7, 0, 2, 0, 3\n\
         kB[] getrowlin krow, itab, 7, 0, 3, 0, 3\n kin[] cmp 100, \"<=\", kF, \"<=\", 1000\n kA *= kin\n\
         asig beadsynt kF, kA, kB, -1, 7, 2, 1, -1, 0",
        100,
    );
    assert_close(&heard[KSMPS..], sine(1000.0).map(|sine| sine * 0.5).skip(KSMPS), 1e-6);
}

#[test]
fn arrays_may_change_their_length() {
    // Two columns, then one, then none, then three: the third was not there at the start.
    let heard = heard(
        "kt timeinstk\n kend = (kt <= 2 ? 2 : kt <= 4 ? 1 : 4)\n kstart = (kt == 5 || kt == 6 ? 4 : 0)\n\
         kmtx[][] init 1, 4\n kmtx fillarray 1, 10, 100, 1000\n kzero[][] init 1, 4\n kend = (kt == 1 ? 2 : kend)\n\
         kF[] getrowlin kzero, 0, kstart, kend\n kA[] getrowlin kmtx, 0, kstart, kend\n kB[] getrowlin kzero, 0, kstart, kend\n\
         asig beadsynt kF, kA, kB, 2, 2, 1, 1, 7, 0",
        10,
    );
    let at_ends: Vec<f64> = heard.chunks(KSMPS).skip(1).map(|cycle| cycle[0]).collect();
    assert_eq!(at_ends, [11.0, 11.0, 1.0, 1.0, 0.0, 0.0, 11.0, 11.0, 11.0]);
}

#[test]
fn a_bank_starts_on_its_frame() {
    let mut play = playing(
        "asig beosc k(0), k(0), 7\n kF[] fillarray 0\n kA[] fillarray 1\n kB[] fillarray 0\n\
         abank beadsynt kF, kA, kB, -1, 2, 1, 1, 7, 0\n asig += abank",
    );
    assert!(play.running.has_exact_starts());
    play.running.start(&[1.1, 0.0, -1.0], 6);
    let heard = play.cycles(2);
    let rise = |frame: u32| f64::from(frame.saturating_sub(6)) / 10.0;
    let expected = (0..).map(|frame| if frame < 6 { 0.0 } else { 1.0 + rise(frame).min(1.0) });
    assert_close(&heard, expected, 1e-12);
}

#[test]
fn banks_come_and_go_in_opcodes_of_the_documents_own() {
    // Of other sizes each time, with init passes made again, in instances that Csound uses again.
    let mut play = play(
        "gi7 ftgen 7, 0, -64, -7, 1, 64, 1\n opcode bank, a, i\n icount xin\n iF[] init icount\n iA[] init icount\n iA = iF + 0.5\n\
         asig beadsynt iF, iA, iF, -1, 2, 1, 1, 7\n xout asig\n endop\n\
         instr 1\n kt timeinstk\n if kt == 4 then\n reinit again\n endif\n again:\n asig bank p4\n rireturn\n outs asig, asig\n endin\n",
    );
    for partials in [1.0, 300.0, 2.0, 2.0, 5000.0, 1.0] {
        let heard = play.note_for(6, &[1.0, partials]).cycles(6);
        let at_ends: Vec<f64> = heard.chunks(KSMPS).map(|cycle| cycle[0] / partials).collect();
        assert_eq!(at_ends, [0.0, 0.5, 0.5, 0.0, 0.5, 0.5], "{partials}\n{}", play.said());
        assert!(play.cycles(3)[2 * KSMPS..].iter().all(|value| *value == 0.0));
    }
}

#[test]
fn beosc_is_a_partial_of_its_own() {
    assert_close(&heard("asig beosc k(1000), k(0)", 40), sine(1000.0), 1e-6);
    let cosine = (0..).map(|frame| (TAU * 1000.0 * f64::from(frame) / RATE).cos());
    assert_close(&heard("asig beosc k(1000), k(0), -1, $M_PI_2", 40), cosine, 1e-6);
    // A frequency as audio, also where the output is: 0.1 of a table's period for each frame, then 0.001.
    for (name, at) in [("afreq", "asig"), ("asig", "asig")] {
        let heard = heard(
            &format!("{name} init 48\n {name} = {name}\n vaset 4800, 3, {name}\n {at} beosc {name}, k(0), 8"),
            1,
        );
        let expected = (0..).map(|frame: u32| 0.001 * f64::from(frame) + if frame > 3 { 0.099 } else { 0.0 });
        assert_close(&heard, expected, 1e-9);
    }
    for (kind, level) in [(0, 0.532), (1, 0.873)] {
        let heard = heard(&format!("asig beosc k(100), k(0.5), 7, 0, {kind}"), 24000);
        assert!((deviation(&heard) / level - 1.0).abs() < 0.05, "{kind}: {}", deviation(&heard));
    }
}

#[test]
fn what_cannot_sound_is_a_message() {
    let arrays = "kF[] fillarray 1, 2\n kA[] fillarray 1\n kB[] fillarray 0, 0\n";
    let alike = "kF[] fillarray 1, 2\n kA[] fillarray 1, 2\n kB[] fillarray 0, 0\n";
    for (body, message) in [
        (format!("{arrays} a1 beadsynt kF, kA, kB"), "beadsynt has 2 frequencies, 1 amplitudes and 2 bandwidths: give"),
        (format!("{arrays} a1 beadsynt kF, kA, kB, 2"), "beadsynt is to play 2 partials, but there are only 1 amplitudes: give"),
        (format!("{alike} a1 beadsynt kF, kA, kB, 3"), "beadsynt is to play 3 partials, but there are only 2 frequencies: give"),
        (format!("{alike} a1 beadsynt kF, kA, kB, -1, 1, 1, 1, 99"), "no table 99 of a wave for beadsynt: make"),
        (format!("{alike} a1 beadsynt kF, kA, kB, -1, 1, 1, 1, -1, 99"), "no table 99 of phases for beadsynt: make"),
        ("ip ftgen 0, 0, -1, -2, 0\n iF ftgen 0, 0, -2, -2, 1, 2\n a1 beadsynt iF, iF, iF, 2, 1, 1, 1, -1, ip".into(), "play 2 partials, but there are only 1 phases"),
        ("a1 beadsynt 99, 1, 1, 1".into(), "no table 99 of frequencies for beadsynt: make"),
        ("S1[] init 2\n a1 beadsynt S1, S1, S1".into(), "beadsynt has 0 frequencies"),
        ("a1 beosc k(1), k(0), 99".into(), "no table 99 of a wave for beosc: make"),
    ] {
        let mut play = play(&format!("instr 1\n{body}\nendin\n"));
        play.note(&[1.0]).cycles(2);
        assert!(play.said().contains(message), "{body}: {}", play.said());
        assert_eq!(play.running.sounding().count(), 0, "{body}");
    }
    // A table that goes while it is played ends the note.
    let mut play = play(
        "gi1 ftgen 21, 0, -1, -2, 1\n instr 1\n a1 beadsynt 21, 21, 21, 1\n endin\n instr 2\n ftfree 21, 0\n endin\n",
    );
    play.note(&[1.0]).cycles(2);
    play.note(&[2.0]).cycles(2);
    assert!(play.said().contains("no table 21 of frequencies for beadsynt"), "{}", play.said());
    assert!(play.running.sounding().all(|(p1, _)| p1 != 1.0), "the note has ended");
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let heard = bank("sqrt(-1), 1e308, 1000", "1, 1, sqrt(-1)", "0, 0, 0", ", -1, 7", 20);
    assert!(heard.iter().all(|value| value.is_finite()), "{heard:?}");
}
