//! The examples of `Engine`, played by the offline engine, which has the same verbs, and where audio comes in by a
//! plugin instance. Those that are word for word examples of `OfflineEngine` are there: `setChannel`, `automatep`,
//! `setp`, `writeBus`, `assignBus`, and the first example of `playSample`.

use std::sync::{Arc, Mutex};

use ksmps_core::csound::BusKind;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::offline::sound_file::read;
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::player::Reading;
use ksmps_core::session::{Sched as Note, Session, Template};
use ksmps_core::verbs::{
    Automation, EngineError, PlaySample, PlaySoundfont, Sched, SoundRead, TableInfo, TableSpec, TestSignal,
};

use super::common::{self, Bench};
use super::hear::{Heard, engine, key, near, rendered, settings, stereo, stereo_file};
use super::soundfont;

const SYNTH: &str = "instr synth\n kmidinote = p4\n kamp = p5\n kcutoff = p6\n kfreq = mtof:k(kmidinote)\n\
     asig = vco2:a(kamp, kfreq)\n asig = moogladder2(asig, kcutoff, 0.9)\n asig *= linsegr:a(0, 0.1, 1, 0.1, 0)\n\
     outs asig, asig\nendin\n";

#[test]
fn a_synth_without_an_end_is_changed_and_stopped() {
    let mut engine = engine(SYNTH);
    let p1 = engine.sched(Sched::new("synth").args([67.0, 0.1, 3000.0]).unique()).unwrap();
    engine.perform_until(1.0).unwrap();
    engine.setp(&p1, [(4, 60.0)], 0.0).unwrap();
    engine.setp(&p1, [(6, 1000.0)], 4.0).unwrap();
    engine.perform_until(6.0).unwrap();
    engine.unsched(&p1, 0.0).unwrap();
    engine.perform_until(6.5).unwrap();
    let sound = rendered(&mut engine);
    assert!(sound.level(key(67.0), 0.2, 0.9) > 0.01 && sound.level(key(60.0), 0.2, 0.9) < 1e-3);
    assert!(sound.level(key(67.0), 1.2, 4.9) < 1e-3 && sound.level(key(60.0), 1.2, 4.9) > 0.01);
    let seventh = 7.0 * key(60.0);
    let (open, closed) = (sound.level(seventh, 1.2, 4.9), sound.level(seventh, 5.1, 5.9));
    assert!(open > 4.0 * closed, "{open} {closed}");
    near(sound.last().unwrap(), 6.1, 0.02);
}

/// The example's `setp` is `set` here; times are those of the session.
#[test]
fn a_session_has_names_for_everything() {
    let mut session = Session::default();
    session
        .define(Template::new(
            "mysynth",
            "|kmidinote=60, kamp=0.1, kcutoff=3000|\n kfreq = mtof:k(kmidinote)\n asig = vco2:a(kamp, kfreq)\n\
             asig = moogladder2(asig, kcutoff, 0.9)\n aenv = linsegr:a(0, 0.1, 1, 0.1, 0)\n asig *= aenv\n\
             outs asig, asig\n",
        ))
        .unwrap();
    let note = Note::new("mysynth").with("kmidinote", 67.0).with("kcutoff", 2000.0);
    let synth = session.sched(note).unwrap();
    assert_eq!(session.set(synth, "kmidinote", 60.0, 2.0), Ok(true));
    session.stop(synth, 4.0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("synth.wav");
    session.render(&path, &RenderOptions::default()).unwrap();
    let sound = Heard::channel(&read(&path).unwrap(), 0);
    assert!(sound.level(key(67.0), 0.2, 1.9) > 0.01 && sound.level(key(60.0), 0.2, 1.9) < 1e-3);
    assert!(sound.level(key(60.0), 2.1, 3.9) > 0.01 && sound.level(key(67.0), 2.1, 3.9) < 1e-3);
}

/// There is nothing to wait for: a table is there when the verb returns.
#[test]
fn ten_tables_are_there_at_once() {
    let mut engine = settings().build().unwrap();
    let tables: Vec<u32> =
        (0..10).map(|_| engine.make_empty_table(1000, TableSpec::default()).unwrap()).collect();
    for table in tables {
        assert_eq!(engine.table_data(table).unwrap(), [0.0; 1000]);
    }
}

#[test]
fn arrays_and_opcodes_are_compiled() {
    let mut engine = settings().build().unwrap();
    engine.compile("giMelody[] fillarray 60, 62, 64, 65, 67, 69, 71").unwrap();
    engine.compile("opcode third, i, i\n iat xin\n xout giMelody[iat + 2]\nendop").unwrap();
    assert_eq!(engine.eval("return third(1)"), Ok(65.0));
}

/// The example's instrument has no `endin`; it has one here. An expression needs no `return`.
#[test]
fn an_opcode_of_the_users_answers_what_number_a_name_has() {
    let mut engine = engine("instr myinstr\n prints \"myinstr!\"\n turnoff\nendin\n");
    engine.compile("opcode getinstrnum, i, S\n Sinstr xin\n inum nstrnum Sinstr\n xout inum\nendop").unwrap();
    let number = f64::from(engine.instrument_number("myinstr").unwrap());
    assert_eq!(engine.eval("getinstrnum(\"myinstr\")"), Ok(number));
    assert_eq!(engine.eval("return getinstrnum(\"myinstr\")"), Ok(number));
}

const BLIPS: &str =
    "instr 100\n ifreq = p4\n outch 1, oscili:a(0.1, ifreq) * linseg:a(0, 0.01, 1, 0.1, 0)\nendin\n";

/// Plays both tones every 0.2 seconds, as asked for in one of the three ways, and checks them.
fn check_blips(ask: impl FnOnce(&mut OfflineEngine)) {
    let mut engine = engine(BLIPS);
    engine.perform_until(0.3).unwrap();
    let now = engine.elapsed_time();
    ask(&mut engine);
    assert_eq!(engine.is_clock_locked(), Ok(false));
    let sound = rendered(&mut engine);
    for step in 0..10 {
        let start = now + 0.2 * f64::from(step);
        for hertz in [1000.0, 800.0] {
            assert!(sound.level(hertz, start, start + 0.11) > 0.03, "no {hertz} Hz at {start}");
        }
        assert!(sound.peak(start + 0.112, start + 0.198) < 1e-3, "{start}");
        // Both begin in the same cycle: their sum is what one instance of both would be.
        assert!(sound.rms(start, start + 0.01) > 0.02, "{start}");
    }
}

#[test]
fn tones_at_times_of_the_engine_are_in_step() {
    check_blips(|engine| {
        let now = engine.elapsed_time();
        for step in 0..10 {
            for hertz in [1000, 800] {
                let at = 0.2 * f64::from(step) + now;
                engine.sched(Sched::new(100).at(at).dur(0.15).arg(hertz)).unwrap();
            }
        }
    });
}

#[test]
fn tones_are_in_step_while_the_clock_is_locked() {
    check_blips(|engine| {
        engine.lock_clock(true).unwrap();
        for step in 0..10 {
            for hertz in [1000, 800] {
                engine.sched(Sched::new(100).delay(0.2 * f64::from(step)).dur(0.15).arg(hertz)).unwrap();
            }
        }
        engine.lock_clock(false).unwrap();
    });
}

#[test]
fn tones_are_in_step_inside_a_locked_clock() {
    check_blips(|engine| {
        let mut engine = engine.locked_clock(0.0).unwrap();
        for step in 0..10 {
            for hertz in [1000, 800] {
                engine.sched(Sched::new(100).delay(0.2 * f64::from(step)).dur(0.15).arg(hertz)).unwrap();
            }
        }
    });
}

#[test]
fn an_effect_hears_what_three_notes_mix() {
    let mut session = Session::default();
    session
        .define(Template::new(
            "synth",
            "kamp = p5 ; notice that p4 is reserved\n kmidi = p6\n asig vco2 kamp, mtof:k(kmidi)\n chnmix asig, \"mix1\"\n",
        ))
        .unwrap();
    session
        .define(Template::new(
            "post",
            "a1 chnget \"mix1\"\n a2 chnget \"mix2\"\n aL, aR reverbsc a1, a2, 0.85, 12000, sr, 0.5, 1\n\
             outch 1, aL, 2, aR\n chnclear \"mix1\", \"mix2\"\n",
        ))
        .unwrap();
    session.sched(Note::new("post").priority(2)).unwrap();
    for (delay, midi) in [60.0, 64.0, 67.0].into_iter().enumerate() {
        let note = Note::new("synth").at(delay as f64).dur(4.0).with("kamp", 0.1).with("kmidi", midi);
        session.sched(note).unwrap();
    }
    session.set_end_marker(8.0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("post.wav");
    let job = session.render(&path, &RenderOptions::default()).unwrap();
    near(job.seconds(), 8.0, 0.01);
    let sound = read(&path).unwrap();
    let (left, right) = (Heard::channel(&sound, 0), Heard::channel(&sound, 1));
    let levels = |from: f64| [60.0, 64.0, 67.0].map(|midi| left.level(key(midi), from, from + 0.7));
    let ([first, others @ ..], all, [over @ .., last]) = (levels(0.2), levels(3.0), levels(5.3));
    assert!(others.iter().all(|level| first > 10.0 * level), "{first} {others:?}");
    assert!(all.iter().all(|level| *level > 0.01), "{all:?}");
    assert!(over.iter().all(|level| last > 2.0 * level), "{over:?} {last}");
    assert!(right.rms(1.0, 4.0) > 0.01, "the reverb's other side");
    let (sounding, tail) = (left.rms(5.0, 5.9), left.rms(6.1, 6.5));
    assert!(tail > 1e-4 && tail < sounding && left.rms(7.5, 8.0) < tail * 0.5, "{sounding} {tail}");
}

#[test]
fn a_table_is_a_row_of_buses() {
    let mut engine = settings().build().unwrap();
    let source = engine.make_empty_table(128, TableSpec::default()).unwrap();
    engine
        .compile(
            "instr 100\n imidi = p4\n iamptab = p5\n islot = p6\n kamp table islot, iamptab\n\
             asig = oscili:a(interp(kamp), mtof(imidi))\n outch 1, asig\nendin\n",
        )
        .unwrap();
    engine.sched(Sched::new(100).args([67.0, f64::from(source), 0.0])).unwrap();
    engine.perform_until(0.3).unwrap();
    engine.write_table(source, 0, 0.5, 0.0).unwrap();
    engine.perform_until(0.6).unwrap();
    let sound = rendered(&mut engine);
    assert_eq!(sound.peak(0.0, 0.29), 0.0);
    near(sound.peak(0.31, 0.6), 0.5, 1e-4);
    near(sound.pitch(0.31, 0.6), key(67.0), 0.05);
}

#[test]
fn a_sample_is_made_from_data_and_played() {
    let mut engine = settings().build().unwrap();
    let sample: Vec<f64> = stereo(500.0, 0.5).iter().map(|sample| sample * 0.5).collect();
    let source =
        engine.make_table(&sample, TableSpec { rate: 44_100, channels: 2, ..TableSpec::default() }).unwrap();
    assert_eq!(engine.table_exists(source), Ok(true));
    engine.play_sample(source, PlaySample::default()).unwrap();
    near(engine.end_time(), 0.5, 1e-9);
    let sound = rendered(&mut engine);
    near(sound.peak(0.1, 0.4), 0.25, 1e-3);
    near(sound.pitch(0.1, 0.4), 500.0, 0.05);
}

#[test]
fn a_call_comes_two_seconds_later() {
    let mut engine = settings().build().unwrap();
    let start = engine.now();
    let called = Arc::new(Mutex::new(Vec::new()));
    let keeper = Arc::clone(&called);
    engine
        .call_later(2.0, move |engine| {
            keeper.lock().unwrap().push(engine.now() - start);
            Ok(())
        })
        .unwrap();
    engine.perform().unwrap();
    let called = called.lock().unwrap();
    assert_eq!(called.len(), 1);
    assert!((2.0..2.0 + 2.0 * 64.0 / 44_100.0).contains(&called[0]), "never before: {called:?}");
}

#[test]
fn an_instrument_reads_a_sound_and_answers_with_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = stereo_file(folder.path(), 440.0, 0.25);
    // The example calls `itab ftgen ftgen`.
    let mut engine = engine(
        "instr readsound\n itoken = p4\n Spath strget p5\n itab ftgen 0, 0, 0, -1, Spath, 0, 0, 0\n\
         tabw_i itab, itoken, gi__responses\n outvalue \"__sync__\", itoken\n turnoff\nendin\n",
    );
    let event = Sched::new("readsound").arg(path.to_str().unwrap());
    let (eventid, tabnum) = engine.sched_sync(&event, 1.0).unwrap();
    assert_eq!(eventid.to_string(), "readsound");
    let info = engine.table_info(tabnum as u32).unwrap();
    assert_eq!((info.rate, info.channels, info.frames), (44_100.0, 2, 11_025));
}

#[test]
fn the_pitch_of_what_comes_in_is_read_from_a_channel() {
    let mut bench = Bench::new(
        "sr = 48000\nksmps = 32\nnchnls = 2\nnchnls_i = 2\n0dbfs = 1\n;@notes off\nchn_k \"freq\", 2\n\
         instr pitchtrack\n asig inch 1\n afreq, alock plltrack asig, 0.25, 20, 0.33, 50, 800\n kfreq = k(afreq)\n\
         chnset kfreq, \"freq\"\nendin\n",
    );
    bench.control.sched(Sched::new("pitchtrack")).unwrap();
    let input: Vec<f32> = (0..48_000)
        .map(|frame| (std::f64::consts::TAU * 220.0 * f64::from(frame) / common::RATE).sin() as f32 * 0.5)
        .collect();
    bench.play_with(&input, &[], &[480]);
    let freq = bench.control.control_channel("freq").unwrap();
    bench.play(480, &[], &[480]);
    let Reading::Value(freq) = freq.read() else { panic!("no answer") };
    near(freq, 220.0, 3.0);
}

#[test]
fn the_level_of_what_comes_in_is_read_from_a_bus() {
    let mut bench = Bench::new(
        "sr = 48000\nksmps = 32\nnchnls = 2\nnchnls_i = 2\n0dbfs = 1\n;@notes off\n\
         instr 100\n irmsbus = p4\n asig inch 1\n krms = rms:k(asig)\n busout irmsbus, krms\nendin\n",
    );
    let bus = bench.control.assign_bus(BusKind::Control, 0.0, true).unwrap();
    bench.play(480, &[], &[480]);
    let Reading::Value(rmsbus) = bus.read() else { panic!("no bus") };
    bench.control.sched(Sched::new(100).arg(rmsbus)).unwrap();
    bench.play_with(&[0.25; 24_000], &[], &[480]);
    let rms = bench.control.read_bus(rmsbus).unwrap();
    bench.play_with(&[0.25; 480], &[], &[480]);
    let Reading::Value(rms) = rms.read() else { panic!("no answer") };
    near(rms, 0.25, 1e-3);
}

#[test]
fn a_table_is_filled_with_a_sine() {
    let mut engine = settings().build().unwrap();
    let ys: Vec<f64> = (0..1000).map(|at| (std::f64::consts::TAU * f64::from(at) / 999.0).sin()).collect();
    let source = engine.make_empty_table(ys.len(), TableSpec::default()).unwrap();
    engine.fill_table(source, &ys).unwrap();
    assert_eq!(engine.table_data(source).unwrap(), ys);
    // What does not fit is left out, and what is not given stays.
    engine.fill_table(source, [7.0; 2000]).unwrap();
    engine.fill_table(source, [1.0, 2.0]).unwrap();
    assert_eq!(engine.table_data(source).unwrap()[..3], [1.0, 2.0, 7.0]);
}

/// The size counts the guard point of a table that was read from a file.
#[test]
fn a_table_tells_what_sound_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = stereo_file(folder.path(), 440.0, 2.0);
    let mut engine = settings().build().unwrap();
    let source = engine.read_soundfile(&path, SoundRead::default()).unwrap();
    let told = TableInfo { number: source, rate: 44_100.0, channels: 2, frames: 88_200, length: 176_401 };
    assert_eq!(engine.table_info(source), Ok(told));
    // One that was made of data tells what it was given, and is played at that rate.
    let table = engine.make_table(&stereo(400.0, 0.5), TableSpec::default()).unwrap();
    engine.set_table_metadata(table, 22_050, 2, 0.0).unwrap();
    let info = engine.table_info(table).unwrap();
    assert_eq!((info.rate, info.channels, info.frames), (22_050.0, 2, 22_050));
    engine.play_sample(table, PlaySample::default()).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(0.1, 0.9), 200.0, 0.05);
}

#[test]
fn a_file_is_read_played_and_made_softer_after_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let path = stereo_file(folder.path(), 440.0, 3.0);
    let mut engine = settings().build().unwrap();
    let source = engine.read_soundfile(&path, SoundRead::default()).unwrap();
    let eventid = engine.play_sample(source, PlaySample::default()).unwrap();
    engine.setp(&eventid, [(4, 0.8)], 2.0).unwrap();
    let sound = rendered(&mut engine);
    near(sound.peak(0.1, 1.99), 0.5, 1e-3);
    near(sound.peak(2.05, 2.9), 0.4, 1e-3);
    near(sound.last().unwrap(), 3.0, 0.01);
}

/// The example has the preset chosen in a window; here it is given. p4 is the pitch.
#[test]
fn a_soundfont_glides_a_major_third() {
    let folder = tempfile::tempdir().unwrap();
    let path = soundfont::write(folder.path());
    let mut engine = settings().build().unwrap();
    let idx = engine.soundfont_preset(&path, 0, 0).unwrap();
    assert_eq!(engine.soundfont_preset(&path, 0, 0), Ok(idx));
    let missing = engine.soundfont_preset(&path, 0, 9);
    assert!(matches!(missing, Err(EngineError::File { .. })), "{missing:?}");
    let event = engine.play_soundfont(idx, 60.0, PlaySoundfont::default()).unwrap();
    let (offset, glissdur) = (2.0, 8.0);
    let line = Automation::new(&[offset, 60.0, offset + glissdur, 64.0]).unwrap();
    engine.automatep(&event, 4, &line).unwrap();
    engine.perform_until(11.0).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(0.2, 1.9), key(60.0), 0.5);
    near(sound.pitch(5.95, 6.05), key(62.0), 1.0);
    near(sound.pitch(10.1, 10.9), key(64.0), 0.5);
    assert!(sound.peak(0.2, 1.9) > 0.1, "{}", sound.peak(0.2, 1.9));
}

/// `getp` has no example: p-fields have the values they were given or moved to.
#[test]
fn a_p_field_is_read_while_it_moves() {
    let mut engine = engine("instr 100\n kval = p4\n outch 1, a(kval)\nendin\n");
    let id = engine.sched(Sched::new(100).arg(1).unique()).unwrap();
    assert_eq!(engine.getp(&id, 4), Ok(None), "it does not sound yet");
    engine.automatep(&id, "kval", &Automation::new(&[0.0, 1.0, 1.0, 2.0]).unwrap()).unwrap();
    engine.perform_until(0.5).unwrap();
    near(engine.getp(&id, 4).unwrap().unwrap(), 1.5, 0.002);
}

#[test]
fn a_table_is_automated_and_fades_out_from_where_it_is() {
    let mut engine = engine(
        "instr 100\n itab = p4\n kamp table 0, itab\n kfreq table 1, itab\n outch 1, oscili:a(kamp, kfreq)\n\
         ftfree itab, 1 ; free the table when finished\nendin\n",
    );
    let source = engine.make_table(&[0.1, 1000.0], TableSpec::default()).unwrap();
    engine.sched(Sched::new(100).dur(10.0).arg(source)).unwrap();
    engine
        .automate_table(source, 1, &Automation::new(&[0.0, 1000.0, 3.0, 200.0, 5.0, 200.0]).unwrap())
        .unwrap();
    let fade = Automation::new(&[0.0, -1.0, 2.0, 0.0]).unwrap().overtake().delay(5.0);
    engine.automate_table(source, 0, &fade).unwrap();
    engine.perform_until(10.1).unwrap();
    assert_eq!(engine.table_exists(source), Ok(false), "the note frees its table");
    let sound = rendered(&mut engine);
    near(sound.pitch(1.45, 1.55), 600.0, 1.0);
    near(sound.pitch(3.1, 5.9), 200.0, 0.05);
    near(sound.peak(0.1, 4.9), 0.1, 1e-3);
    near(sound.rms(5.95, 6.05), 0.05 / 2.0_f64.sqrt(), 1e-3);
    assert!(sound.peak(7.01, 10.0) < 1e-6);
}

#[test]
fn texts_have_numbers() {
    let mut engine = settings().build().unwrap();
    let idx = engine.str_set("foo").unwrap();
    assert_eq!(engine.str_get(idx).unwrap().as_deref(), Some("foo"));
    assert_eq!(engine.str_set("foo"), Ok(idx));
    assert!(engine.defined_strings().unwrap().contains(&("foo".to_owned(), idx)));
    let quoted = engine.str_set("foo \"bar\"").unwrap();
    assert_eq!(engine.eval(&format!("Stext strget {quoted}\nreturn strlen(Stext)")), Ok(9.0));
}

/// As `udpSendScoreline` has it; over the network it is in `tests/port.rs`.
#[test]
fn a_line_of_score_sounds() {
    let mut engine = engine("instr 100\n ifreq = p4\n outch 1, oscili:a(0.1, ifreq)\nendin\n");
    assert_eq!(engine.input_message("i 100 0 4 440"), Ok(100.0));
    let sound = rendered(&mut engine);
    near(sound.pitch(0.1, 3.9), 440.0, 0.01);
    near(sound.last().unwrap(), 4.0, 0.005);
}

#[test]
fn a_bus_glides_from_where_it_is() {
    let mut engine = engine(
        "instr 100\n ifreqbus = p4\n kfreq = busin:k(ifreqbus)\n outch 1, oscili:a(0.1, kfreq)\nendin\n",
    );
    let freqbus = engine.assign_bus(None, Some(440.0), false).unwrap();
    let eventid = engine.sched(Sched::new(100).arg(freqbus).unique()).unwrap();
    engine
        .automate_bus(freqbus, &Automation::new(&[0.0, f64::NAN, 3.0, 200.0, 5.0, 200.0]).unwrap())
        .unwrap();
    engine.perform_until(6.0).unwrap();
    assert_eq!(engine.read_bus(freqbus), Ok(200.0));
    engine.unsched(&eventid, 0.0).unwrap();
    engine.perform_until(6.1).unwrap();
    let gone = engine.read_bus(freqbus);
    assert!(matches!(gone, Err(EngineError::Bus(_))), "its last user took it along: {gone:?}");
    assert_eq!(gone.unwrap_or(7.0), 7.0, "`readBus` with a default");
    let sound = rendered(&mut engine);
    near(sound.pitch(1.45, 1.55), 320.0, 1.0);
    near(sound.pitch(3.1, 5.9), 200.0, 0.05);
}

/// Each output in turn; `testAudio` has no example.
#[test]
fn the_outputs_are_tested_one_after_the_other() {
    let mut engine = settings().build().unwrap();
    engine.test_audio(0.0, 0.4, 0.2, TestSignal::Sine, -6.0).unwrap();
    let job = engine.stop().unwrap().unwrap();
    let sound = read(&job.path).unwrap();
    let (left, right) = (Heard::channel(&sound, 0), Heard::channel(&sound, 1));
    near(left.peak(0.01, 0.19), 10.0_f64.powf(-0.3), 1e-3);
    near(right.peak(0.21, 0.39), 10.0_f64.powf(-0.3), 1e-3);
    assert_eq!([left.peak(0.21, 0.39), right.peak(0.01, 0.19)], [0.0, 0.0]);
}

/// What `eventUI` would do with its sliders: p-fields by number and by name.
#[test]
fn what_an_editor_moves_is_set_by_number_or_name() {
    let mut engine = engine(
        "instr synth\n kmidinote = p4\n kampdb = p5\n kcutoff = p6\n kres = p7\n kfreq = mtof:k(kmidinote)\n\
         asig = vco2:a(ampdb(kampdb), kfreq)\n asig = moogladder2(asig, kcutoff, kres)\n\
         asig *= linsegr:a(0, 0.1, 1, 0.1, 0)\n outs asig, asig\nendin\n",
    );
    let ev = engine.sched(Sched::new("synth").args([67.0, -12.0, 3000.0, 0.9]).unique()).unwrap();
    engine.setp(&ev, [("p4", 60.0), ("p5", -24.0), ("kcutoff", 5000.0), ("kres", 0.1)], 1.0).unwrap();
    engine.perform_until(2.0).unwrap();
    assert_eq!(engine.getp(&ev, "kcutoff"), Ok(Some(5000.0)));
    let sound = rendered(&mut engine);
    let level = |midi, from| sound.level(key(midi), from, from + 0.7);
    assert!(level(67.0, 0.2) > 0.02 && level(67.0, 1.2) < 1e-3);
    // Hardly filtered any more: a saw's first harmonic at -24 dB.
    near(level(60.0, 1.2), 10.0_f64.powf(-24.0 / 20.0) * 2.0 / std::f64::consts::PI, 0.015);
}
