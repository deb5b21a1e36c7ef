//! The examples of `OfflineEngine`.

use ksmps_core::csound::BusKind;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::Perform;
use ksmps_core::offline::sound_file::read;
use ksmps_core::verbs::{
    Automation, ChannelMode, EngineError, PlayDisk, PlaySample, Sched, SoundRead, TableSpec, When,
};

use super::hear::{Heard, engine, key, near, rendered, settings, stereo, stereo_file};

const SINE: &str = "instr sine\n a0 oscili 0.1, 1000\n outch 1, a0\nendin\n";

/// Five partials, each with a transposition and a cutoff of its own. The example has a random transposition.
#[test]
fn partials_glide_to_their_own_transpositions_and_their_filters_open() {
    let mut engine = settings().build().unwrap();
    engine
        .compile(
            "instr vco\n pset 0, 0, 0, 263, 0.1, 1, 1000, 0.1, 0.5\n ifreq = p4\n iamp = p5\n ktransp = p6\n\
             kcutoff = p7\n ifade = p8\n ifilterq = p9\n kfreq = ifreq * ktransp\n aout = vco2:a(iamp, kfreq)\n\
             iresonance = 0.6\n idistortion = 0.\n aout = lpf18(aout, kcutoff, iresonance, idistortion)\n\
             aout *= linsegr:a(0, ifade, 1, ifade, 0)\n outch 1, aout\nendin\n",
        )
        .unwrap();
    let (f0, factors) = (130.0, [(1.0, 0.95), (2.76, 1.03), (5.3, 1.08), (5.4, 0.92), (8.93, 1.01)]);
    let mut events = Vec::new();
    for (factor, transposition) in factors {
        let freq = f0 * factor;
        let event = Sched::new("vco").delay(engine.now()).dur(8.0).unique();
        let event = event.field("ifreq", freq).field("iamp", 0.1).field("kcutoff", freq * 3.0);
        let event = engine.sched(event.field("ifade", freq / f0 * 0.5).field("ifilterq", 0.8)).unwrap();
        let transpose = Automation::new(&[0.0, 1.0, 5.0, transposition]).unwrap().delay(2.0);
        engine.automatep(&event, 6, &transpose).unwrap();
        let open = Automation::new(&[0.0, 0.0, 3.0, freq * 1.1]).unwrap().overtake();
        engine.automatep(&event, "kcutoff", &open.delay(2.0 + factor * 0.3)).unwrap();
        events.push((event, freq, transposition));
    }
    engine.perform_until(1.9).unwrap();
    for (event, freq, _) in &events {
        assert_eq!(engine.getp(event, "kcutoff"), Ok(Some(freq * 3.0)));
        assert_eq!(engine.getp(event, "ktransp"), Ok(Some(1.0)), "the pset's default");
    }
    engine.perform_until(7.9).unwrap();
    for (event, freq, transposition) in &events {
        near(engine.getp(event, "kcutoff").unwrap().unwrap(), freq * 1.1, 1e-9);
        near(engine.getp(event, "ktransp").unwrap().unwrap(), *transposition, 1e-12);
    }
    engine.perform_with(Perform { extra: 5.0, ..Perform::default() }).unwrap();
    near(engine.now(), 13.0, 64.0 / 44_100.0);
    let sound = rendered(&mut engine);
    for (_, freq, transposition) in events {
        let (before, after) = (sound.level(freq, 1.2, 1.9), sound.level(freq * transposition, 7.1, 7.9));
        assert!(before > 0.005 && after > 0.01, "{freq}: {before} {after}");
    }
    // The longest fade is 4.465 seconds behind the end of its event.
    assert!(sound.peak(12.0, 12.4) > 0.0 && sound.peak(12.5, 13.0) < 1e-4);
}

const FILTERED: &str = "instr 100\n pset 0, 0, 0, 1000, 2000, 0, 9.0\n kfreq = p4\n kcutoff = p5\n Smode strget p6\n\
     iq = p7\n asig vco2 0.1, kfreq\n if strcmp(Smode, \"lowpass\") == 0 then\n asig moogladder2 asig, kcutoff, 0.95\n\
     else\n asig K35_hpf asig, kcutoff, iq\n endif\n outch 1, asig\nendin\n";

#[test]
fn a_text_chooses_the_filter_and_setp_opens_it_step_by_step() {
    let mut engine = engine(FILTERED);
    let event = Sched::new(100).delay(2.0).arg(200).arg(400).arg("lowpass").unique();
    let eventid = engine.sched(event).unwrap();
    engine.perform_until(2.2).unwrap();
    for cutoff in (400..3000).step_by(10) {
        engine.setp(&eventid, [(5, f64::from(cutoff))], 0.0).unwrap();
        engine.perform_until(engine.now() + 0.01).unwrap();
    }
    assert_eq!(engine.getp(&eventid, 5), Ok(Some(2990.0)));
    engine.unsched(&eventid, 0.0).unwrap();
    let stopped = engine.now();
    engine.perform_until(stopped + 0.2).unwrap();
    let sound = rendered(&mut engine);
    near(sound.onset().unwrap(), 2.0, 0.01);
    near(sound.last().unwrap(), stopped, 0.01);
    // The tenth partial is behind the filter first, and through it at the end.
    let (closed, open) = (sound.level(2000.0, 2.05, 2.2), sound.level(2000.0, stopped - 0.2, stopped));
    assert!(open > 10.0 * closed, "{closed} {open}");
}

#[test]
fn events_at_times_of_the_engine_are_in_step() {
    let mut engine = engine(FILTERED);
    engine.perform_until(0.1).unwrap();
    let now = engine.elapsed_time();
    for step in 0..10 {
        let event = Sched::new(100).at(2.0 + 0.2 * f64::from(step) + now).dur(0.1).field("p7", 9.8);
        engine.sched(event).unwrap();
    }
    let sound = rendered(&mut engine);
    near(sound.onset().unwrap(), 2.0 + now, 0.005);
    for step in 0..10 {
        let start = 2.0 + 0.2 * f64::from(step) + now;
        assert!(sound.rms(start + 0.02, start + 0.09) > 0.01, "nothing at {start}");
        assert!(sound.peak(start + 0.11, start + 0.19) < 1e-6, "it goes on after {start}");
    }
}

/// The example schedules an instrument 10, which it does not define.
#[test]
fn an_event_without_an_end_is_stopped_at_its_time() {
    let mut engine = engine(SINE);
    assert_eq!(engine.sched(Sched::new(10)), Err(EngineError::UnknownInstrument("10".to_owned())));
    let eventid = engine.sched(Sched::new("sine")).unwrap();
    engine.unsched(&eventid, 10.0).unwrap();
    engine.perform_until(10.2).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(0.1, 9.9), 1000.0, 0.01);
    near(sound.last().unwrap(), 10.0, 64.0 / 44_100.0);
}

/// The orchestra follows the pitch of a table's sound into another table.
#[test]
fn a_sound_is_analysed_into_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let sndfile = stereo_file(folder.path(), 330.0, 1.5);
    let mut engine = engine(
        "instr pitchtrack\n itabnum = p4\n itabfreq = p5\n itabsize = ftlen(itabfreq)\n ifftsize = 2048\n\
         ifftsize2 = ifftsize * 4\n iwtype = 0\n kcount init 1\n aouts[] loscilx 1, 1, itabnum, 4, 1\n a0 = aouts[0]\n\
         a0d = delay(a0, ifftsize2 * 0.5 / sr)\n fsig pvsanal a0d, ifftsize, 512, ifftsize, iwtype\n\
         fsig2 pvsanal a0, ifftsize2, 512, ifftsize2, iwtype\n kfreq, kamp pvspitch fsig, 0.1\n\
         kfreq2, kamp2 pvspitch fsig2, 0.08\n\
         if kcount >= itabsize || detectsilence(a0, db(-90), 0.1) == 1 then\n turnoff\n endif\n\
         if (kfreq2 == 0 ? 1 : kfreq / kfreq2) < 0.5 then\n kfreq = kfreq2\n endif\n\
         tabw kfreq, kcount, itabfreq\n kcount += 1\n tabw kcount, 0, itabfreq\n\
         outs delay(a0, ifftsize + ifftsize2*0.5), vco2(kamp, kfreq)\nendin\n",
    );
    let sndtab = engine.read_soundfile(&sndfile, SoundRead::default()).unwrap();
    let duration = read(&sndfile).unwrap().about.frames as f64 / 44_100.0;
    let numcycles = (duration * f64::from(engine.sample_rate()) / f64::from(engine.ksmps())) as usize;
    let freqtab = engine.make_empty_table(numcycles + 100, TableSpec::default()).unwrap();
    engine.sched(Sched::new("pitchtrack").dur(duration + 0.1).arg(sndtab).arg(freqtab)).unwrap();
    engine.perform().unwrap();
    let outarr = engine.table_data(freqtab).unwrap();
    let freqs = &outarr[1..outarr[0] as usize];
    assert!(freqs.len().abs_diff(numcycles) < 100, "{} of {numcycles}", freqs.len());
    let right = freqs.iter().filter(|freq| (**freq - 330.0).abs() < 3.0).count();
    assert!(right * 10 > freqs.len() * 7, "{right} of {}", freqs.len());
    // What was performed can be read while the engine is there.
    let job = engine.job().unwrap();
    assert_eq!(read(&job.path).unwrap().about.frames, job.frames);
    near(job.frames as f64 / 44_100.0, duration + 0.1, 64.0 / 44_100.0);
    engine.stop().unwrap();
}

/// The example's event has no length: it has its init pass alone, and `gkfoo` is written in cycles.
#[test]
fn a_variable_is_asked_for() {
    let mut engine = engine("gkfoo init 0\ngifoo init 0\ninstr 100\n gkfoo = p4\n gifoo = p4\nendin\n");
    engine.sched(Sched::new(100).dur(0.0).arg(314)).unwrap();
    engine.perform().unwrap();
    assert_eq!([engine.query_variable("gkfoo"), engine.query_variable("gifoo")], [Ok(0.0), Ok(314.0)]);
    engine.sched(Sched::new(100).dur(0.01).arg(314)).unwrap();
    engine.perform().unwrap();
    assert_eq!(engine.query_variable("gkfoo"), Ok(314.0));
}

#[test]
fn a_function_is_called() {
    let mut engine = settings().build().unwrap();
    engine.compile("i0 = ftgen(200, 0, 100, 2, 0)").unwrap();
    assert_eq!(engine.call("ftlen(200)"), Ok(100.0));
}

/// The example's instrument has no output; this one has.
#[test]
fn a_channel_is_the_master_gain() {
    let mut engine = settings().build().unwrap();
    engine.init_channel("mastergain", 1.0, ChannelMode::Read).unwrap();
    engine
        .compile(
            "instr 100\n asig oscili 0.1, 1000\n kmastergain = chnget:k(\"mastergain\")\n asig *= intrp(kmastergain)\n\
             outch 1, asig\nendin",
        )
        .expect_err("there is no opcode intrp: interp is meant");
    engine
        .compile(
            "instr 100\n asig oscili 0.1, 1000\n kmastergain = chnget:k(\"mastergain\")\n asig *= interp(kmastergain)\n\
             outch 1, asig\nendin",
        )
        .unwrap();
    engine.sched(Sched::new(100)).unwrap();
    engine.perform_until(0.5).unwrap();
    engine.set_channel("mastergain", 0.5, 0.0).unwrap();
    engine.perform_until(1.0).unwrap();
    let sound = rendered(&mut engine);
    near(sound.peak(0.1, 0.49), 0.1, 1e-6);
    near(sound.peak(0.51, 1.0), 0.05, 1e-6);
}

/// Gain is p4 and speed p5.
#[test]
fn a_sample_from_memory_plays_on_at_half_speed() {
    let mut engine = settings().build().unwrap();
    let sample: Vec<f64> = stereo(440.0, 2.0).iter().map(|sample| sample * 0.5).collect();
    let spec = TableSpec { rate: 44_100, channels: 2, ..TableSpec::default() };
    let table = engine.make_table(&sample, spec).unwrap();
    let eventid = engine.play_sample(table, PlaySample::default()).unwrap();
    engine.perform_until(0.5).unwrap();
    engine.setp(&eventid, [(5, 0.5)], 0.0).unwrap();
    engine.perform_until(1.0).unwrap();
    engine.setp(&eventid, [(4, 0.1)], 0.0).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(0.1, 0.5), 440.0, 0.1);
    near(sound.pitch(0.6, 1.0), 220.0, 0.1);
    near(sound.peak(0.1, 0.9), 0.25, 0.001);
    near(sound.peak(1.1, 1.5), 0.025, 0.001);
}

const SINE_100: &str = "instr 100\n kfreq = p4\n outch 1, oscili:a(0.1, kfreq)\nendin\n";

#[test]
fn a_frequency_glides_down_and_stays() {
    let mut engine = engine(SINE_100);
    let eventid = engine.sched(Sched::new(100).dur(10.0).arg(1000)).unwrap();
    let line = Automation::new(&[0.0, 1000.0, 3.0, 200.0, 5.0, 200.0]).unwrap();
    engine.automatep(&eventid, 4, &line).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(1.45, 1.55), 600.0, 1.0);
    near(sound.pitch(3.1, 9.9), 200.0, 0.01);
    near(sound.last().unwrap(), 10.0, 0.005);
}

/// A file from disk, as `playSoundFromDisk` has it: at twice the speed it is an octave higher and half as long.
#[test]
fn a_file_plays_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = stereo_file(folder.path(), 300.0, 1.0);
    let mut engine = settings().build().unwrap();
    let play = PlayDisk { when: When::In(0.5), speed: 2.0, ..PlayDisk::default() };
    engine.play_from_disk(&path, play).unwrap();
    near(engine.end_time(), 1.0, 1e-9);
    let sound = rendered(&mut engine);
    near(sound.onset().unwrap(), 0.5, 0.003);
    near(sound.pitch(0.6, 0.9), 600.0, 0.1);
    near(sound.peak(0.6, 0.9), 0.5, 0.001);
}

/// The example hands 0.1 and 440 to p4 and p5, where the instrument reads p5 and p6; its first instance is .0001.
#[test]
fn a_gain_is_set_after_half_a_second() {
    let mut engine =
        engine("instr foo\n kamp = p5\n kfreq = p6\n a0 oscili kamp, kfreq\n outch 1, a0\nendin\n");
    let p1 = engine.sched(Sched::new("foo").args([0.0, 0.1, 440.0]).unique()).unwrap();
    assert_eq!(p1.to_string(), "foo.0002");
    engine.setp(&p1, [(5, 0.2)], 0.5).unwrap();
    engine.perform_until(1.0).unwrap();
    let sound = rendered(&mut engine);
    near(sound.peak(0.1, 0.499), 0.1, 1e-4);
    near(sound.peak(0.51, 1.0), 0.2, 1e-4);
    near(sound.pitch(0.1, 0.9), 440.0, 0.01);
}

#[test]
fn audio_goes_from_one_instrument_to_another_and_the_bus_with_them() {
    let mut engine =
        engine("instr 100\n ibus = p4\n kfreq = 1000\n asig vco2 0.1, kfreq\n busout(ibus, asig)\nendin\n");
    engine
        .compile("instr 110\n ibus = p4\n asig = busin(ibus)\n ; do something with asig\n asig *= 0.5\n outch 1, asig\nendin\n")
        .unwrap();
    let bus = engine.assign_bus(Some(BusKind::Audio), None, false).unwrap();
    engine.sched(Sched::new(100).dur(4.0).arg(bus)).unwrap();
    engine.sched(Sched::new(110).dur(4.0).arg(bus)).unwrap();
    engine.perform_with(Perform { extra: 0.1, ..Perform::default() }).unwrap();
    assert_eq!(engine.bus_system_status().unwrap().used(BusKind::Audio), 0, "the bus went with its users");
    let sound = rendered(&mut engine);
    // Half of a saw's first harmonic, 2/pi of the amplitude.
    near(sound.level(1000.0, 0.5, 3.5), 0.5 * 0.1 * 2.0 / std::f64::consts::PI, 0.002);
    near(sound.last().unwrap(), 4.0, 0.005);
}

#[test]
fn one_instrument_modulates_another_over_a_control_bus() {
    let mut engine = engine(
        "instr 130\n ibus = p4\n ; lfo between -0.5 and 0 at 6 Hz\n kvibr = linlin(lfo:k(1, 6), -0.5, 0, -1, 1)\n\
         busout(ibus, kvibr)\nendin\n\
         instr 140\n itranspbus = p4\n kpitch = p5\n ktransp = busin:k(itranspbus, 0)\n kpitch += ktransp\n\
         asig vco2 0.1, mtof(kpitch)\n outch 1, asig\nendin\n",
    );
    // The example leaves kind and value out, which is an audio bus by its own text.
    let bus = engine.assign_bus(Some(BusKind::Control), None, false).unwrap();
    engine.sched(Sched::new(140).arg(bus).arg(67)).unwrap();
    engine.perform_until(1.0).unwrap();
    let s2 = engine.sched(Sched::new(130).arg(bus)).unwrap();
    let mut seen = Vec::new();
    while engine.now() < 2.0 {
        engine.perform_until(engine.now() + 0.001).unwrap();
        seen.push(engine.read_bus(bus).unwrap());
    }
    let (low, high) =
        seen[2..].iter().fold((0.0_f64, -1.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    near(low, -0.5, 0.01);
    near(high, 0.0, 0.01);
    engine.unsched(&s2, 0.0).unwrap();
    engine.perform_until(2.1).unwrap();
    engine.write_bus(bus, 0.0, 0.0).unwrap();
    engine.perform_until(3.0).unwrap();
    engine.unsched_all().unwrap();
    engine.perform_until(3.2).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(0.1, 0.9), key(67.0), 0.05);
    near(sound.pitch(2.2, 2.9), key(67.0), 0.05);
    assert!((sound.pitch(1.1, 1.9) - key(66.75)).abs() < 2.0, "{}", sound.pitch(1.1, 1.9));
    near(sound.last().unwrap(), 3.0, 0.005);
}

#[test]
fn a_bus_is_written_later() {
    let mut engine = engine(
        "instr 100\n ifreqbus = p4\n kfreq = busin:k(ifreqbus)\n outch 1, vco2:a(0.1, kfreq)\nendin\n",
    );
    let freqbus = engine.assign_bus(None, Some(1000.0), false).unwrap();
    engine.sched(Sched::new(100).dur(4.0).arg(freqbus)).unwrap();
    engine.write_bus(freqbus, 500.0, 0.5).unwrap();
    let sound = rendered(&mut engine);
    near(sound.pitch(0.1, 0.49), 1000.0, 0.5);
    near(sound.pitch(0.51, 3.9), 500.0, 0.1);
}

/// What is written while the engine is there is a file of the wanted kind, at both channels.
#[test]
fn every_channel_is_in_the_file() {
    let mut engine = engine("instr 100\n outch 2, oscili:a(0.1, 500)\nendin\n");
    engine.sched(Sched::new(100).dur(0.2)).unwrap();
    let job = engine.stop().unwrap().unwrap();
    let sound = read(&job.path).unwrap();
    assert_eq!((sound.about.channels, sound.about.rate), (2, 44_100));
    assert_eq!(Heard::channel(&sound, 0).peak(0.0, 0.2), 0.0);
    near(Heard::channel(&sound, 1).peak(0.05, 0.2), 0.1, 1e-4);
}
