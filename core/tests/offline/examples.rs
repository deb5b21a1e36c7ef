//! The examples of the documents.

use ksmps_core::csound::BusKind;
use ksmps_core::offline::sound_file::{Encoding, Format, Writer};
use ksmps_core::offline::{OfflineEngine, Perform};
use ksmps_core::verbs::{
    Automation, ChannelMode, PlaySample, PlaySoundfont, Sched, SoundRead, TableSpec, TestSignal, When,
};

use super::{engine, peak, rendered, settings, value_at};

const DC: &str = "instr 100\n kval = p4\n kmul = p5\n outch 1, a(kval*kmul)\nendin\n";

#[test]
fn partials_with_their_own_transpositions() {
    let mut engine = settings().build().unwrap();
    engine
        .compile(
            "instr vco\n pset 0, 0, 0, 263, 0.1, 1, 1000, 0.1, 0.5\n ifreq = p4\n iamp = p5\n ktransp = p6\n kcutoff = p7\n \
             ifade = p8\n ifilterq = p9\n kfreq = ifreq * ktransp\n aout = vco2:a(iamp, kfreq)\n iresonance = 0.6\n \
             idistortion = 0.\n aout = lpf18(aout, kcutoff, iresonance, idistortion)\n \
             aout *= linsegr:a(0, ifade, 1, ifade, 0)\n outch 1, aout\nendin\n",
        )
        .unwrap();
    for (factor, transposition) in [(1.0, 0.95), (2.76, 1.03), (5.3, 1.08), (5.4, 0.92), (8.93, 1.01)] {
        let freq = 130.0 * factor;
        let event = Sched::new("vco").delay(engine.now()).dur(0.8).unique();
        let event = event.field("ifreq", freq).field("iamp", 0.1).field("kcutoff", freq * 3.0);
        let event = engine.sched(event.field("ifade", 0.05).field("ifilterq", 0.8)).unwrap();
        let transpose = Automation::new(&[0.0, 1.0, 0.5, transposition]).unwrap().delay(0.2);
        engine.automatep(&event, 6, &transpose).unwrap();
        let open =
            Automation::new(&[0.0, 0.0, 0.3, freq * 1.1]).unwrap().overtake().delay(0.2 + factor * 0.03);
        engine.automatep(&event, "kcutoff", &open).unwrap();
    }
    engine.perform_with(Perform { extra: 0.5, ..Perform::default() }).unwrap();
    let sound = rendered(&mut engine);
    assert!(peak(&sound, 0.2, 0.7) > 0.1);
    assert!(peak(&sound, 0.9, 1.3) < 1e-3);
}

#[test]
fn a_text_chooses_the_filter_and_a_setp_moves_it() {
    let mut engine = engine(
        "instr 100\n pset 0, 0, 0, 1000, 2000, 0, 9.0\n kfreq = p4\n kcutoff = p5\n Smode strget p6\n iq = p7\n \
         asig vco2 0.1, kfreq\n if strcmp(Smode, \"lowpass\") == 0 then\n asig moogladder2 asig, kcutoff, 0.95\n else\n \
         asig K35_hpf asig, kcutoff, iq\n endif\n outch 1, asig\nendin\n",
    );
    let id = engine.sched(Sched::new(100).args(["200", "400"]).unique()).err();
    assert!(id.is_none(), "texts are p-fields, too");
    engine.unsched_all().unwrap();
    let event = Sched::new(100).delay(0.1).arg(200).arg(400).arg("lowpass").unique();
    let id = engine.sched(event).unwrap();
    for (step, cutoff) in (400..1200).step_by(100).enumerate() {
        engine.setp(&id, [(5, f64::from(cutoff))], 0.1 + 0.02 * step as f64).unwrap();
    }
    engine.unsched(&id, 0.4).unwrap();
    engine.perform_until(0.5).unwrap();
    let sound = rendered(&mut engine);
    assert_eq!(peak(&sound, 0.0, 0.099), 0.0);
    assert!(peak(&sound, 0.2, 0.39) > 0.01);
    assert_eq!(peak(&sound, 0.41, 0.5), 0.0);
}

#[test]
fn variables_and_functions_answer() {
    let mut engine = engine("gkfoo init 0\ninstr 100\n gkfoo = p4\nendin\n");
    engine.sched(Sched::new(100).dur(0.01).arg(314)).unwrap();
    engine.perform().unwrap();
    assert_eq!(engine.query_variable("gkfoo"), Ok(314.0));
    engine.compile("i0 = ftgen(200, 0, 100, -2, 0)").unwrap();
    assert_eq!(engine.call("ftlen(200)"), Ok(100.0));
    engine.compile("instr myinstr\n turnoff\nendin\nopcode getinstrnum, i, S\n Sinstr xin\n inum nstrnum Sinstr\n xout inum\nendop").unwrap();
    let number = f64::from(engine.instrument_number("myinstr").unwrap());
    assert_eq!(engine.eval("return getinstrnum(\"myinstr\")"), Ok(number));
}

#[test]
fn a_p_field_is_automated_set_and_read() {
    let mut engine = engine(DC);
    let id = engine.sched(Sched::new(100).dur(0.6).args([0.1, 1.0]).unique()).unwrap();
    engine.automatep(&id, 4, &Automation::new(&[0.0, 0.1, 0.2, 0.5, 0.4, 0.2]).unwrap()).unwrap();
    engine.setp(&id, [("kmul", 2.0)], 0.5).unwrap();
    engine.perform_until(0.3).unwrap();
    let now = engine.getp(&id, "kval").unwrap().unwrap();
    assert!((now - (0.5 - 0.3 * 0.1 / 0.2)).abs() < 0.01, "{now}");
    let sound = rendered(&mut engine);
    assert!((value_at(&sound, 0.2) - 0.5).abs() < 0.005);
    assert!((value_at(&sound, 0.55) - 0.4).abs() < 1e-12);
}

#[test]
fn a_line_over_a_table_fades_out_from_where_it_is() {
    let mut engine = engine("instr 100\n itab = p4\n kamp table 0, itab\n outch 1, a(kamp)\nendin\n");
    let table = engine.make_table(&[0.1, 1000.0], TableSpec::default()).unwrap();
    engine.sched(Sched::new(100).dur(0.5).arg(table)).unwrap();
    engine
        .automate_table(table, 0, &Automation::new(&[0.0, -1.0, 0.2, 0.0]).unwrap().overtake().delay(0.2))
        .unwrap();
    let sound = rendered(&mut engine);
    for (seconds, value) in [(0.1, 0.1), (0.3, 0.05), (0.45, 0.0)] {
        assert!(
            (value_at(&sound, seconds) - value).abs() < 1e-3,
            "at {seconds}: {}",
            value_at(&sound, seconds)
        );
    }
}

#[test]
fn a_sample_from_memory_plays_at_half_speed() {
    let mut engine = OfflineEngine::builder().encoding(Encoding::Float64).build().unwrap();
    let frames = (0..22_050).flat_map(|frame| {
        let sample = (f64::from(frame) * 0.05).sin() * 0.5;
        [sample, -sample]
    });
    let data: Vec<f64> = frames.collect();
    let spec = TableSpec { rate: 44_100, channels: 2, ..TableSpec::default() };
    let table = engine.make_table(&data, spec).unwrap();
    assert_eq!(engine.table_info(table).unwrap().frames, 22_050);
    let id = engine.play_sample(table, PlaySample { speed: 0.5, ..PlaySample::default() }).unwrap();
    engine.setp(&id, [(4, 0.1)], 0.5).unwrap();
    let sound = rendered(&mut engine);
    assert!((peak(&sound, 0.1, 0.45) - 0.5).abs() < 0.01);
    assert!((peak(&sound, 0.6, 0.9) - 0.05).abs() < 0.005);
    assert!(sound.samples.chunks_exact(2).all(|frame| frame[0] == -frame[1]));
}

#[test]
fn a_file_is_read_into_a_table_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stereo.wav");
    let mut writer = Writer::create(&path, Format::Wav, Encoding::Float32, 48_000, 2).unwrap();
    writer.write(&[0.25; 9600]).unwrap();
    writer.flush().unwrap();
    drop(writer);
    let mut engine = engine(DC);
    let again = SoundRead { unique: false, ..SoundRead::default() };
    let table = engine.read_soundfile(&path, again).unwrap();
    assert_eq!(engine.read_soundfile(&path, again).unwrap(), table);
    assert_ne!(engine.read_soundfile(&path, SoundRead::default()).unwrap(), table);
    let info = engine.table_info(table).unwrap();
    assert_eq!((info.rate, info.channels, info.frames), (48_000.0, 2, 4800));
    let left = engine.read_soundfile(&path, SoundRead { channel: 1, ..SoundRead::default() }).unwrap();
    assert_eq!(engine.table_info(left).unwrap().channels, 1);
}

#[test]
fn audio_goes_from_one_instrument_to_another_over_a_bus() {
    let mut engine = engine(
        "instr 100\n ibus = p4\n asig vco2 0.1, 1000\n busout(ibus, asig)\nendin\n\
         instr 110\n ibus = p4\n asig = busin(ibus)\n asig *= 0.5\n outch 1, asig\nendin\n",
    );
    let bus = engine.assign_bus(Some(BusKind::Audio), None, false).unwrap();
    engine.sched(Sched::new(100).dur(0.2).arg(bus)).unwrap();
    engine.sched(Sched::new(110).dur(0.2).arg(bus)).unwrap();
    engine.perform().unwrap();
    let sound = rendered(&mut engine);
    assert!((peak(&sound, 0.05, 0.2) - 0.05).abs() < 0.02);
}

#[test]
fn a_control_bus_modulates_is_written_moved_and_read() {
    let mut engine = engine(
        "instr 130\n ibus = p4\n busout(ibus, 2)\nendin\n\
         instr 140\n ibus = p4\n kvalue = busin:k(ibus, 0)\n outch 1, a(kvalue)\nendin\n",
    );
    let bus = engine.assign_bus(None, Some(1.0), true).unwrap();
    engine.sched(Sched::new(140).dur(1.0).arg(bus)).unwrap();
    engine.write_bus(bus, 0.5, 0.1).unwrap();
    engine.automate_bus(bus, &Automation::new(&[0.0, f64::NAN, 0.2, 0.9]).unwrap().delay(0.3)).unwrap();
    engine.perform_until(0.6).unwrap();
    assert!((engine.read_bus(bus).unwrap() - 0.9).abs() < 1e-12);
    engine.release_bus(bus, 0.0).unwrap();
    let sound = rendered(&mut engine);
    for (seconds, value) in [(0.05, 1.0), (0.2, 0.5), (0.4, 0.7), (0.55, 0.9)] {
        assert!(
            (value_at(&sound, seconds) - value).abs() < 4e-3,
            "at {seconds}: {}",
            value_at(&sound, seconds)
        );
    }
}

#[test]
fn a_channel_is_the_master_gain() {
    let mut engine = engine(
        "instr 100\n kgain = chnget:k(\"mastergain\")\n outch 1, a(kgain)\n chnset kgain*2, \"back\"\nendin\n",
    );
    engine.init_channel("mastergain", 1.0, ChannelMode::Read).unwrap();
    engine.sched(Sched::new(100).dur(0.4)).unwrap();
    engine.set_channel("mastergain", 0.5, 0.1).unwrap();
    engine
        .automate_channel("mastergain", &Automation::new(&[0.0, 0.5, 0.1, 0.0]).unwrap().delay(0.2))
        .unwrap();
    engine.perform_until(0.15).unwrap();
    assert_eq!(engine.control_channel("back"), Ok(1.0));
    engine.set_channel("word", "loud", 0.0).unwrap();
    assert_eq!(engine.text_channel("word"), Ok("loud".to_owned()));
    assert_eq!(engine.audio_channel("sound").unwrap().len(), 64);
    let sound = rendered(&mut engine);
    assert_eq!([value_at(&sound, 0.05), value_at(&sound, 0.15), value_at(&sound, 0.35)], [1.0, 0.5, 0.0]);
}

#[test]
fn texts_have_numbers() {
    let mut engine = engine(DC);
    let number = engine.str_set("foo \"bar\"").unwrap();
    assert_eq!(engine.str_set("foo \"bar\"").unwrap(), number);
    assert_eq!(engine.str_get(number).unwrap(), Some("foo \"bar\""));
    assert!(engine.defined_strings().unwrap().contains(&("foo \"bar\"".to_owned(), number)));
    assert_eq!(engine.eval(&format!("Stext strget {number}\nreturn strlen(Stext)")), Ok(9.0));
}

#[test]
fn events_of_one_turn_are_in_step() {
    let mut engine = engine(DC);
    engine.perform_until(0.1).unwrap();
    for step in 1..4 {
        let at = engine.now() + 0.1 * f64::from(step);
        engine.sched(Sched::new(100).at(at).dur(0.05).args([0.2, 1.0])).unwrap();
        engine.sched(Sched::new(100).delay(0.1 * f64::from(step)).dur(0.05).args([0.3, 1.0])).unwrap();
    }
    let sound = rendered(&mut engine);
    let both = sound.samples.iter().filter(|sample| **sample > 0.4).count();
    let any = sound.samples.iter().filter(|sample| **sample != 0.0).count();
    assert!(any > 0 && any - both < 3 * 64, "{both} of {any} frames have both");
}

#[test]
fn a_soundfont_and_the_outputs_sound() {
    let mut engine = OfflineEngine::builder().encoding(Encoding::Float64).build().unwrap();
    engine.test_audio(0.0, 0.4, 0.2, TestSignal::Sine, -6.0).unwrap();
    let font = std::path::Path::new("/usr/share/sounds/sf2/default-GM.sf2");
    if font.exists() {
        let preset = engine.soundfont_preset(font, 0, 0).unwrap();
        assert_eq!(engine.soundfont_preset(font, 0, 0).unwrap(), preset);
        let play = PlaySoundfont { when: When::In(0.5), dur: 0.3, ..PlaySoundfont::default() };
        engine.play_soundfont(preset, 60.0, play).unwrap();
    }
    let sound = rendered(&mut engine);
    let left = |from: usize, to: usize| {
        sound.samples[from * 2..to * 2].iter().step_by(2).fold(0.0_f64, |peak, sample| sample.abs().max(peak))
    };
    assert!((left(1000, 8000) - 0.5012).abs() < 1e-3);
    assert_eq!(left(9500, 17_000), 0.0);
    assert!(!font.exists() || peak(&sound, 0.55, 0.8) > 0.01);
}
